//! `tessh files`: two panes with files, of this machine and of servers.
//!
//! ```text
//!   store    the queue and the bookmarks, as files
//!   edit     a file in the person's editor
//!   worker   what the screen asks for
//!   compare  what differs on the two sides
//!   jobs     the queue: by `sftp/transfer`, or by `copier`
//!   shell    a shell in a directory
//!   server   a server, and its connection, which may be made again
//!   place    what is done with files, here or on a server
//! ```
//!
//! The screen runs on a thread of its own and blocks there; everything else are tasks of the
//! runtime. It is left for an editor or a shell, and shown again as it was.

mod compare;
mod copier;
mod edit;
mod jobs;
mod place;
mod server;
mod shell;
mod store;
mod worker;

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, mpsc};

use super::place::{Places, TypedPlace, looks_remote};
use super::words::{FileWords, Operand, usage};
use crate::cli::args::Typed;
use crate::cli::connect::subsystem::{self, SftpTarget};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::{look, runtime};
use crate::error::{Error, Kind, Result, io_reason};
use crate::say;
use crate::sftp::TransferOptions;
use crate::text;
use crate::ui::panes::{
    EntryColumns, Pane, PaneSide, PanesEvent, PanesExit, PanesRequest, SharedQueue, locked,
};
use crate::ui::screen::Screen;
use crate::ui::screen::look::Look;
use crate::ui::screen::panes::{PanesScreen, PanesSetup};
use jobs::JobRunner;
use server::{PanePlace, PaneServer, ServerWords};
use store::{PanesStore, StoredBookmarks};
use worker::{EventOutlet, PanesWorker};

/// How many requests of the screen wait at most.
const REQUESTS: usize = 64;
/// How many events wait for the screen.
const EVENTS: usize = 64;
/// How many characters of a place a title has.
const MAX_LABEL: usize = 60;

/// One side as it was typed.
enum TypedSide {
    Local(Vec<u8>),
    Remote { typed: Box<Typed>, path: Vec<u8>, words: ServerWords },
}

/// One side, reached.
struct OpenSide {
    place: PanePlace,
    /// The words that the queue has for the place; empty for this machine.
    key: String,
    label: String,
    path: Vec<u8>,
}

pub(super) fn run(words: &FileWords, environment: &ProcessEnvironment) -> Result<u8> {
    if words.json {
        return Err(usage(say!(panes_no_flags)).hint(say!(panes_no_flags_hint)));
    }
    let all = words.typed(None, words.connecting.len())?;
    if all.plain {
        return Err(usage(say!(panes_plain)).hint(say!(panes_plain_hint)));
    }
    let look = look::full_screen(environment)
        .ok_or_else(|| usage(say!(panes_no_terminal)).hint(say!(panes_plain_hint)))?;
    let sides = sides(words, environment)?;
    let mut targets = Vec::new();
    for side in sides {
        let target = match &side {
            TypedSide::Local(_) => None,
            TypedSide::Remote { typed, .. } => {
                Some(subsystem::prepare(typed, "files", environment)?)
            }
        };
        targets.push((side, target));
    }
    let options =
        TransferOptions { verify: words.verify, rate: words.limit, ..TransferOptions::default() };
    runtime::run_to_exit_code(show(targets, ProcessEnvironment::find(), (look, options)))
}

/// The two sides: the first word is the left one, and one server alone is on the right.
fn sides(words: &FileWords, environment: &ProcessEnvironment) -> Result<Vec<TypedSide>> {
    let places = Places::new(words, environment.context())?;
    let here = || TypedSide::Local(b".".to_vec());
    let side = |operand: &Operand, is_second: bool| -> Result<TypedSide> {
        let word = operand.word.as_encoded_bytes();
        if is_local(word, is_second && !words.has_profile) {
            return Ok(TypedSide::Local(word.to_vec()));
        }
        // A host or session without a colon means its home directory.
        let mut whole = operand.word.clone();
        if !words.has_profile && !looks_remote(word) && !word.contains(&b':') {
            whole.push(":");
        }
        let TypedPlace { destination, path } =
            places.split(&Operand { word: whole, at: operand.at })?;
        let typed = words.typed(destination.clone(), operand.at)?;
        let words = ServerWords { flags: words.connecting.clone(), destination };
        Ok(TypedSide::Remote { typed: Box::new(typed), path, words })
    };
    match &words.operands[..] {
        [] if words.has_profile => {
            let whole = Operand { word: ":".into(), at: words.connecting.len() };
            Ok(vec![here(), side(&whole, false)?])
        }
        [] => Ok(vec![here(), here()]),
        [one] => match side(one, false)? {
            local @ TypedSide::Local(_) => Ok(vec![local, here()]),
            remote => Ok(vec![here(), remote]),
        },
        [left, right] => Ok(vec![side(left, false)?, side(right, true)?]),
        _ => Err(usage(say!(panes_too_many)).hint(say!(panes_usage_line))),
    }
}

/// Whether a word is a path of this machine. The second one is, unless it has a host's colon or an
/// `@`.
fn is_local(word: &[u8], is_second: bool) -> bool {
    let begins = matches!(word, [b'/' | b'.', ..] | b"~") || word.starts_with(b"~/");
    begins || is_second && !looks_remote(word) && !word.contains(&b'@')
}

/// Connects, and shows the panes until the person leaves.
async fn show(
    targets: Vec<(TypedSide, Option<SftpTarget>)>,
    environment: ProcessEnvironment,
    (look, options): (Look, TransferOptions),
) -> Result<u8> {
    let mut sides = Vec::new();
    for (side, target) in targets {
        sides.push(open(side, target, &sides, &environment).await?);
    }
    let [left, right] = <[OpenSide; 2]>::try_from(sides)
        .map_err(|_| Error::new(Kind::Local, say!(stopped_by_fault)))?;
    let places = [left.place.clone(), right.place.clone()];
    let ended = manage([left, right], &environment, (look, options)).await;
    for place in places {
        if let PanePlace::Remote(server) = place {
            server.close().await;
        }
    }
    ended
}

async fn open(
    side: TypedSide,
    target: Option<SftpTarget>,
    others: &[OpenSide],
    environment: &ProcessEnvironment,
) -> Result<OpenSide> {
    let (typed, path, words, target) = match (side, target) {
        (TypedSide::Remote { typed, path, words }, Some(target)) => (typed, path, words, target),
        (TypedSide::Local(typed), _) => return Ok(open_local(&typed, environment)),
        (TypedSide::Remote { .. }, None) => {
            return Err(Error::new(Kind::Local, say!(stopped_by_fault)));
        }
    };
    let key = words.key();
    let label = text::line(&words.name(), MAX_LABEL);
    // Both sides on the same server are one connection.
    let place = match others.iter().find(|other| other.key == key) {
        Some(other) => other.place.clone(),
        None => {
            let connection = target.open().await?;
            let server = PaneServer::new(*typed, label.clone(), connection);
            PanePlace::Remote(Arc::new(server))
        }
    };
    let at: &[u8] = if path.is_empty() { b"." } else { &path };
    // A path that cannot be resolved is listed as it is, and the pane says why that fails.
    let path = match &place {
        PanePlace::Remote(server) => server.sftp().real_path(at).await.ok(),
        PanePlace::Local => None,
    };
    let path = path.unwrap_or_else(|| at.to_vec());
    Ok(OpenSide { place, key, label, path })
}

fn open_local(typed: &[u8], environment: &ProcessEnvironment) -> OpenSide {
    let path = match typed.strip_prefix(b"~") {
        Some(rest) if rest.is_empty() || rest.starts_with(b"/") => {
            [environment.home().as_os_str().as_encoded_bytes(), rest].concat()
        }
        _ => typed.to_vec(),
    };
    let path = std::path::absolute(place::local(&path)).unwrap_or_default();
    OpenSide {
        place: PanePlace::Local,
        key: String::new(),
        label: say!(panes_local),
        path: path.into_os_string().into_encoded_bytes(),
    }
}

/// Shows the panes until the person leaves.
async fn manage(
    sides: [OpenSide; 2],
    environment: &ProcessEnvironment,
    (look, options): (Look, TransferOptions),
) -> Result<u8> {
    let store = PanesStore::new(environment.state());
    let queue = SharedQueue::default();
    let keys = [sides[0].key.clone(), sides[1].key.clone()];
    let old_jobs = locked(&queue).add_json(&store.queue(), |job| {
        keys.contains(&job.from.place) && keys.contains(&job.to.place)
    });
    let (events, received) = sync_channel(EVENTS);
    let (requests, asked) = mpsc::channel::<PanesRequest>(REQUESTS);
    let outlet = EventOutlet(events);
    let (changed, answered) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let places = [sides[0].place.clone(), sides[1].place.clone()];
    let told = (outlet.clone(), Arc::clone(&changed));
    let worker = PanesWorker {
        places: places.clone(),
        outlet: outlet.clone(),
        requests: asked,
        queue_changed: Arc::clone(&changed),
        answered: Arc::clone(&answered),
    };
    let runner = JobRunner {
        queue: Arc::clone(&queue),
        places: [(keys[0].clone(), places[0].clone()), (keys[1].clone(), places[1].clone())],
        outlet,
        changed,
        answered,
        options,
        store: store.clone(),
    };
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    let screen = PanesScreen::new(PanesSetup {
        panes: [0, 1].map(|at| Pane::new(sides[at].label.clone(), sides[at].path.clone())),
        places: keys,
        columns: EntryColumns::new(Timestamp::now(), zone),
        ask: Arc::new(move |request| requests.try_send(request).is_ok()),
        events: received,
        queue: Arc::clone(&queue),
        bookmarks: Box::new(StoredBookmarks::read(store.clone())),
        old_jobs,
    });
    let talking = talk(screen, &sides, environment, look);
    tokio::pin!(talking);
    let left = tokio::select! {
        left = &mut talking => left,
        // These end with the screen, which says how it was left.
        () = watch(PaneSide::Left, &sides, &told) => talking.await,
        () = watch(PaneSide::Right, &sides, &told) => talking.await,
        () = worker.run() => talking.await,
        () = runner.run() => talking.await,
    };
    let jobs = locked(&queue).to_json();
    let saved = store.save_queue(&jobs);
    left?;
    saved.map_err(|why| Error::new(Kind::Local, why))?;
    Ok(0)
}

/// Tells the screen of a connection that is lost, and the queue of one that was made again.
async fn watch(side: PaneSide, sides: &[OpenSide; 2], told: &(EventOutlet, Arc<Notify>)) {
    let both = sides[0].key == sides[1].key;
    let server = match &sides[side.index()].place {
        PanePlace::Remote(server) if side == PaneSide::Left || !both => server,
        _ => return std::future::pending().await,
    };
    let (outlet, queue_changed) = told;
    loop {
        let why = server.lost().await;
        outlet.tell(PanesEvent::Lost(side, why.clone())).await;
        if both {
            outlet.tell(PanesEvent::Lost(side.other(), why)).await;
        }
        server.renewed().await;
        outlet.tell(PanesEvent::Connected(side)).await;
        if both {
            outlet.tell(PanesEvent::Connected(side.other())).await;
        }
        queue_changed.notify_one();
    }
}

/// Shows the screen, and whatever it is left for, until the person is done.
async fn talk(
    screen: PanesScreen,
    sides: &[OpenSide; 2],
    environment: &ProcessEnvironment,
    look: Look,
) -> Result<()> {
    let mut screen = screen;
    loop {
        let fault = |error: std::io::Error| {
            let error = io_reason(&error);
            Error::new(Kind::Local, say!(connection_terminal_fault, error))
        };
        let shown = tokio::task::spawn_blocking(move || Screen::open(look)?.run(screen));
        let stopped = |_| Error::new(Kind::Local, say!(stopped_by_fault));
        screen = shown.await.map_err(stopped)?.map_err(fault)?;
        let (side, said) = match screen.take_exit() {
            None | Some(PanesExit::Quit) => return Ok(()),
            Some(PanesExit::Edit(side, path)) => {
                let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
                    environment.get(name).filter(|value| !value.trim().is_empty())
                });
                let editor = editor.unwrap_or_else(|| "vi".to_owned());
                (side, edit::edit(&sides[side.index()].place.now(), &path, &editor).await)
            }
            Some(PanesExit::Shell(side)) => {
                let at = &screen.pane(side).path;
                (side, shell::run(&sides[side.index()].place, at, environment).await)
            }
            Some(PanesExit::Connect(side)) => {
                let said = match &sides[side.index()].place {
                    PanePlace::Remote(server) => server.connect_asking().await,
                    PanePlace::Local => Ok(()),
                };
                // The screen hears of a success as of one without questions.
                if said.is_err() {
                    screen.tell(said.map(|()| String::new()));
                }
                continue;
            }
        };
        screen.reload(side);
        if sides[0].key == sides[1].key {
            screen.reload(side.other());
        }
        screen.tell(said);
    }
}
