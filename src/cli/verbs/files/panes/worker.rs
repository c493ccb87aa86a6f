//! Does what the screen asks for, several things at a time, and tells it what came of them.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{AbortHandle, JoinSet};

use super::compare;
use super::place::{FilePlace, ListingPart, Said, TreeUsage};
use super::server::{PanePlace, Reconnected};
use crate::say;
use crate::text;
use crate::ui::panes::{
    PaneOperation, PaneSide, PanesEvent, PanesRequest, ViewedFile, path, size_text,
};

/// How long to wait while the screen has not taken earlier events: it may be left for an editor.
const FULL: Duration = Duration::from_millis(20);
/// How many parts of a listing wait for the screen.
const PARTS: usize = 8;
/// How many characters of a name a sentence has.
const MAX_SHOWN: usize = 80;

/// Gives events to the screen.
#[derive(Clone)]
pub(super) struct EventOutlet(pub(super) SyncSender<PanesEvent>);

impl EventOutlet {
    /// Gives an event as soon as there is room; `false` if the screen is gone.
    pub(super) async fn tell(&self, event: PanesEvent) -> bool {
        let mut event = event;
        loop {
            match self.0.try_send(event) {
                Ok(()) => return true,
                Err(TrySendError::Disconnected(_)) => return false,
                Err(TrySendError::Full(back)) => event = back,
            }
            tokio::time::sleep(FULL).await;
        }
    }
}

/// The places of the panes, and where events go.
pub(super) struct PanesWorker {
    pub(super) places: [PanePlace; 2],
    pub(super) outlet: EventOutlet,
    pub(super) requests: Receiver<PanesRequest>,
    /// Told when the queue was changed by the person.
    pub(super) queue_changed: Arc<Notify>,
    /// Told then, too: there may be an answer for a job.
    pub(super) answered: Arc<Notify>,
}

impl PanesWorker {
    /// Works until the screen is gone.
    pub(super) async fn run(mut self) {
        let mut listings: [Option<AbortHandle>; 2] = [None, None];
        // Dropping it, with this future, ends all that is not done.
        let mut works = JoinSet::new();
        loop {
            let request = tokio::select! {
                request = self.requests.recv() => request,
                Some(_) = works.join_next() => continue,
            };
            let Some(request) = request else { return };
            let outlet = self.outlet.clone();
            match request {
                PanesRequest::List { side, listing, path } => {
                    // What was asked for before is wanted no more.
                    if let Some(older) = listings[side.index()].take() {
                        older.abort();
                    }
                    let place = self.place(side);
                    let work = list(place, outlet, side, listing, path);
                    listings[side.index()] = Some(works.spawn(work));
                }
                PanesRequest::Do(side, operation) => {
                    works.spawn(carry_out(self.place(side), outlet, side, operation));
                }
                PanesRequest::View(side, path) => {
                    works.spawn(view(self.place(side), outlet, path));
                }
                PanesRequest::Connect(side) => {
                    works.spawn(connect(self.places[side.index()].clone(), outlet, side));
                }
                PanesRequest::Compare(paths, by_contents) => {
                    let places = [self.place(PaneSide::Left), self.place(PaneSide::Right)];
                    works.spawn(async move {
                        let found = compare::compare(&places, paths, by_contents).await;
                        outlet.tell(PanesEvent::Compared(found)).await;
                    });
                }
                PanesRequest::PlanSync(from, paths) => {
                    let places = self.places.clone();
                    works.spawn(async move {
                        let plan = compare::plan_sync(&places, from, paths).await;
                        outlet.tell(PanesEvent::SyncPlanned(plan)).await;
                    });
                }
                PanesRequest::Queue => {
                    self.queue_changed.notify_one();
                    self.answered.notify_one();
                }
            }
        }
    }

    fn place(&self, side: PaneSide) -> FilePlace {
        self.places[side.index()].now()
    }
}

async fn list(place: FilePlace, outlet: EventOutlet, side: PaneSide, listing: u64, path: Vec<u8>) {
    let (parts, mut came) = channel(PARTS);
    let handing_over = async {
        while let Some(part) = came.recv().await {
            let event = match part {
                ListingPart::Entered(path) => PanesEvent::Entered(side, listing, path),
                ListingPart::Entries(entries) => PanesEvent::Entries(side, listing, entries),
            };
            if !outlet.tell(event).await {
                return;
            }
        }
    };
    let (result, ()) = tokio::join!(place.list(&path, parts), handing_over);
    outlet.tell(PanesEvent::Listed(side, listing, result)).await;
}

/// Makes a lost connection again. Those who watch it tell of a success.
async fn connect(place: PanePlace, outlet: EventOutlet, side: PaneSide) {
    let PanePlace::Remote(server) = place else { return };
    let event = match server.connect_silently().await {
        Ok(Reconnected::Yes) => {
            PanesEvent::Said(Ok(say!(panes_connected, place = server.label.clone())))
        }
        Ok(Reconnected::Asks) => PanesEvent::LoginWanted(side),
        Err(why) => PanesEvent::Said(Err(why)),
    };
    outlet.tell(event).await;
}

async fn view(place: FilePlace, outlet: EventOutlet, path: Vec<u8>) {
    let event = match place.head(&path).await {
        Ok((bytes, is_whole)) => PanesEvent::Viewed(ViewedFile { path, bytes, is_whole }),
        Err(why) => PanesEvent::Said(Err(why)),
    };
    outlet.tell(event).await;
}

async fn carry_out(place: FilePlace, outlet: EventOutlet, side: PaneSide, what: PaneOperation) {
    let event = match what {
        PaneOperation::Usage(paths) => PanesEvent::Said(place.usage(&paths).await.map(|usage| {
            let TreeUsage { files, directories, bytes } = usage;
            match size_text(bytes) {
                size if size == bytes.to_string() => {
                    say!(panes_usage_small, bytes, files, directories)
                }
                size => say!(panes_usage, size, bytes, files, directories),
            }
        })),
        other => {
            let name = named(&other);
            let said = change(&place, &other).await;
            let name = name.filter(|_| said.is_ok());
            PanesEvent::Done(side, said, name)
        }
    };
    outlet.tell(event).await;
}

/// The name that is of interest once the operation is done.
fn named(operation: &PaneOperation) -> Option<Vec<u8>> {
    match operation {
        PaneOperation::MakeDirectory(at)
        | PaneOperation::Rename(_, at)
        | PaneOperation::MakeLink(_, at) => Some(path::name(at).to_vec()),
        _ => None,
    }
}

/// Changes files; a sentence about what was done.
async fn change(place: &FilePlace, operation: &PaneOperation) -> Said<String> {
    let name = |at: &[u8]| text::name(path::name(at), MAX_SHOWN);
    match operation {
        PaneOperation::MakeDirectory(at) => {
            place.make_directory(at).await?;
            Ok(say!(panes_done_made, name = name(at)))
        }
        PaneOperation::MakeLink(target, at) => {
            place.make_link(target, at).await?;
            Ok(say!(panes_done_made, name = name(at)))
        }
        PaneOperation::Rename(from, to) => {
            place.rename(from, to, false).await?;
            Ok(say!(panes_done_renamed, name = name(to)))
        }
        PaneOperation::Remove(paths) => {
            for at in paths {
                place.remove(at).await?;
            }
            Ok(say!(panes_done_removed, count = paths.len()))
        }
        PaneOperation::SetMode(paths, mode) => {
            for at in paths {
                place.set_mode(at, *mode).await?;
            }
            Ok(say!(panes_done_changed, count = paths.len()))
        }
        PaneOperation::SetOwner(paths, user, group) => {
            for at in paths {
                place.set_owner(at, *user, *group).await?;
            }
            Ok(say!(panes_done_changed, count = paths.len()))
        }
        PaneOperation::Usage(_) => Ok(String::new()),
    }
}
