//! `tessh` without arguments: the New connection dialog, and the connection that it starts. An
//! error before the session leads back to the dialog; the end of a session ends the program.
//!
//! The input is turned into words, and the command line's parser parses them. Leaving the dialog
//! without a connection gives exit code 130, as for an interrupted program: with 0, a script that
//! continues after `tessh &&` would assume that a session had run.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::sessions;
use crate::cli::args::{self, Typed, TypedSetting, Verb};
use crate::cli::connect::history::{history, remember};
use crate::cli::connect::prompt;
use crate::cli::connect::session::{self, Inherited};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::{self, Plan, sources, sources::store};
use crate::cli::{attempt, log, look, runtime};
use crate::config::{self, Keyword, Options};
use crate::destination::Destination;
use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::profiles::{Document, Profile, ProfileStore, Sessions, Source, qualified};
use crate::say;
use crate::terminal;
use crate::ui::hosts::{AddressChoice, Entered, EnteredCheck, Hosts};
use crate::ui::plain_connection;
use crate::ui::screen::Screen;
use crate::ui::screen::connection::NewConnection;

/// The name of a session that has none yet.
const UNNAMED: &str = "new";
/// The exit code if the person leaves without a connection.
const LEFT: u8 = 130;
/// The number of the first session.
const FIRST: usize = 1;

/// Asks for a host and connects, until a session has run or the person leaves.
pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let asker = match allowed(typed, &environment) {
        true => asker(typed, &environment).ok_or_else(args::no_host)?,
        false => return Err(args::no_host()),
    };
    let (base, before) = beforehand(typed);
    let context = environment.context();
    let sessions = sources::sessions(typed, &context)?;
    let hosts = Hosts::find(store(&context), sessions, history(&environment));
    let environment = Arc::new(environment);
    let (saved, around) = (store(&context), Arc::clone(&environment));
    let entered_check = Arc::new(EnteredCommandLine { base, store: saved, environment: around });
    let asking = match asker {
        DialogOrLines::Screen(screen) => {
            let dialog = NewConnection::new(hosts, entered_check.clone(), &before);
            ConnectionQuestions::Dialog { screen, dialog: Box::new(dialog) }
        }
        DialogOrLines::Lines(tty) => {
            ConnectionQuestions::Lines(Box::new(LineQuestions { tty, hosts, before, failed: None }))
        }
    };
    runtime::run_to_exit_code(lead(asking, entered_check, environment))
}

/// How the host is asked for: by a dialog or line by line.
enum DialogOrLines {
    Screen(Screen),
    Lines(File),
}

/// Whether the person may be asked for a host. A missing host is an error if a program, rather than
/// a person, has called tessh.
fn allowed(typed: &Typed, environment: &ProcessEnvironment) -> bool {
    let batch = || {
        let layers = resolve::command_line(typed, None);
        let options = layers.and_then(|layers| Options::of(&layers, "-", &environment.context()));
        options.is_ok_and(|options| options.batch_mode.value)
    };
    let asks = typed.control.is_some() || typed.password_fd.is_some() || goes_to_background(typed);
    !(typed.as_ssh || typed.json || asks || batch())
}

/// Whether `-f` was typed. A process in the background cannot ask.
fn goes_to_background(typed: &Typed) -> bool {
    typed.settings.iter().any(|setting| {
        matches!(setting, TypedSetting::Flag { keyword: Keyword::ForkAfterAuthentication, .. })
    })
}

fn asker(typed: &Typed, environment: &ProcessEnvironment) -> Option<DialogOrLines> {
    if !typed.plain
        && let Some(look) = look::full_screen(environment)
        && let Ok(screen) = Screen::open(look)
    {
        return Some(DialogOrLines::Screen(screen));
    }
    let stdin = terminal::is_terminal(descriptor::stdin());
    let person = stdin && terminal::is_terminal(descriptor::stderr());
    let tty = person.then(terminal::open_controlling)?;
    tty.ok().map(DialogOrLines::Lines)
}

/// Moves the port, the address family and the paste setting of the command line into the dialog's
/// fields.
fn beforehand(typed: &Typed) -> (Typed, Entered) {
    let (mut base, mut before) = (typed.clone(), Entered::default());
    base.settings.retain(|setting| match setting {
        TypedSetting::Flag { keyword: Keyword::Port, value, .. } => {
            before.port = in_digits(value);
            false
        }
        TypedSetting::Flag { keyword: Keyword::AddressFamily, value, .. } => {
            before.family = if value == "inet6" { AddressChoice::V6 } else { AddressChoice::V4 };
            false
        }
        _ => true,
    });
    before.confirm_paste = std::mem::take(&mut base.confirm_paste);
    base.destination_at = base.settings.len();
    (base, before)
}

/// The questions for a new connection, which may be asked several times.
enum ConnectionQuestions {
    Dialog { screen: Screen, dialog: Box<NewConnection> },
    Lines(Box<LineQuestions>),
}

/// The questions, asked line by line.
struct LineQuestions {
    tty: File,
    hosts: Hosts,
    before: Entered,
    failed: Option<Error>,
}

impl ConnectionQuestions {
    /// Asks once; `None` if the person leaves.
    fn ask(
        self,
        entered_check: &dyn EnteredCheck,
    ) -> Result<(ConnectionQuestions, Option<Entered>)> {
        let failed = |error: std::io::Error| {
            Error::new(
                Kind::Local,
                say!(connection_terminal_fault, error = crate::error::io_reason(&error)),
            )
        };
        match self {
            ConnectionQuestions::Dialog { screen, dialog } => {
                let mut dialog = Box::new(screen.run(*dialog).map_err(failed)?);
                let entered = dialog.take_entered();
                Ok((ConnectionQuestions::Dialog { screen, dialog }, entered))
            }
            ConnectionQuestions::Lines(mut lines) => {
                let LineQuestions { tty, hosts, before, failed: error } = &mut *lines;
                let entered =
                    plain_connection::ask(tty, hosts, entered_check, before, error.take());
                let entered = entered.map_err(failed)?;
                Ok((ConnectionQuestions::Lines(lines), entered))
            }
        }
    }

    /// Notes the error that the next question shows.
    fn failed(&mut self, error: Error) {
        match self {
            ConnectionQuestions::Dialog { dialog, .. } => dialog.failed(&error),
            ConnectionQuestions::Lines(lines) => lines.failed = Some(error),
        }
    }
}

/// Asks and connects, until a session has run or the person leaves.
async fn lead(
    mut asking: ConnectionQuestions,
    entered_check: Arc<EnteredCommandLine>,
    around: Arc<ProcessEnvironment>,
) -> Result<u8> {
    loop {
        let (entered_check, environment) = (entered_check.clone(), around.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let (asking, entered) = asking.ask(&*entered_check)?;
            let planned = entered.map(|entered| plan(&entered_check, &entered, &environment));
            Ok((asking, planned))
        });
        let fault = |_| Error::new(Kind::Local, say!(stopped_by_fault));
        let (back, planned) = asked.await.map_err(fault)??;
        asking = back;
        let Some(planned) = planned else { return Ok(LEFT) };
        let (typed, plan) = match planned {
            Ok(planned) => planned,
            Err(error) => {
                asking.failed(error);
                continue;
            }
        };
        let begun = AtomicBool::new(false);
        let prompt = prompt::choose(&plan, &typed, &around);
        let ended = session::run_plan(&plan, Inherited::default(), &around, prompt, || {
            attempt::logged_in();
            begun.store(true, Ordering::Relaxed);
            remember(&plan, &typed, &around);
        });
        // Before the login, Ctrl-C leads back to the dialog.
        let ended = attempt::run(FIRST, Box::pin(ended));
        match ended.await {
            // If the server accepted the login but gave no shell, no session has run.
            Err(error) if !begun.into_inner() || error.kind() == Kind::Channel => {
                asking.failed(error);
            }
            ended => return ended,
        }
    }
}

/// Makes the plan in the same way as for a connection from the command line.
fn plan(
    entered_check: &EnteredCommandLine,
    entered: &Entered,
    environment: &ProcessEnvironment,
) -> Result<(Typed, Plan)> {
    let typed = entered_check.typed(entered)?;
    let plan = resolve::resolve(&typed, &environment.context())?;
    log::start_as_typed(&typed, &plan.options)?;
    if let Some(session) = &plan.profile {
        ::log::debug!("{}", resolve::profile::loaded_line(session));
    }
    Ok((typed, plan))
}

/// Turns the dialog's input into a command line, after the words that tessh was called with.
struct EnteredCommandLine {
    base: Typed,
    store: ProfileStore,
    environment: Arc<ProcessEnvironment>,
}

impl EnteredCheck for EnteredCommandLine {
    fn check(&self, entered: &Entered) -> Result<()> {
        self.typed(entered).map(|_| ())
    }

    fn profile(&self, entered: &Entered) -> Result<Profile> {
        let typed = self.typed(entered)?;
        let profile = sessions::typed_profile(&typed, UNNAMED, &self.environment)?;
        // A cleared box is an answer too.
        let cleared = (!entered.confirm_paste).then_some(false);
        Ok(Profile { confirm_paste: profile.confirm_paste.or(cleared), ..profile })
    }

    fn accepts(&self, document: &Document) -> Result<()> {
        sessions::accepts(document, &self.environment)
    }
}

impl EnteredCommandLine {
    /// Whether the saved session has a setting for pastes.
    fn has_said(&self, entered: &Entered) -> bool {
        let name = entered.session.as_deref().unwrap_or(&entered.host);
        let own = match qualified(name) {
            Some((Source::Own | Source::Teleport, own)) => own,
            Some(_) => return false,
            None => name,
        };
        let saved = self.store.open(own).ok().flatten();
        saved.is_some_and(|document| document.profile().confirm_paste.is_some())
    }

    /// Whether a saved session of any source has this name.
    fn is_session(&self, name: &str) -> bool {
        let sessions = sources::sessions(&self.base, &self.environment.context());
        self.store.has(name) || sessions.is_ok_and(|sessions| !sessions.meant(name).is_empty())
    }

    /// Whether a saved session would be meant by a host that was connected to as a host.
    fn hides(&self, text: &str, host: &str) -> bool {
        let sessions = sources::sessions(&self.base, &self.environment.context());
        let meant = |sessions: &Sessions, name| !sessions.meant_besides_hosts(name).is_empty();
        sessions.is_ok_and(|sessions| meant(&sessions, text) || meant(&sessions, host))
    }

    /// The command line with the dialog's input.
    fn typed(&self, entered: &Entered) -> Result<Typed> {
        let mut words: Vec<OsString> = Vec::new();
        match entered.family {
            AddressChoice::Auto => {}
            AddressChoice::V4 => words.push("-4".into()),
            AddressChoice::V6 => words.push("-6".into()),
        }
        if let Some(port) = entered.port_number()? {
            words.extend(["-p".into(), port.to_string().into()]);
        }
        let text = entered.host.trim();
        if let Some(name) = &entered.session {
            words.extend(["--profile".into(), name.into()]);
        } else if let Some(line) = line(text)? {
            words.extend(line.into_iter().map(OsString::from));
        } else {
            // The name of a saved session need not be a valid host name.
            let text = match Destination::parse(text) {
                Err(error) if !self.is_session(text) => return Err(error),
                // A URL is never a saved session.
                Ok(it) if entered.is_host && !it.uri && self.hides(text, &it.host) => {
                    format!("ssh://{text}")
                }
                _ => text.to_owned(),
            };
            words.extend(["--".into(), text.into()]);
        }
        // The line is parsed as if under the name `ssh`, which has no verbs, so that a host may be
        // named like a verb.
        let mut typed = args::parse(words.into_iter(), true)?;
        typed.as_ssh = false;
        typed.confirm_paste |= entered.confirm_paste && !self.has_said(entered);
        placeless(&typed)?;
        agreed(&typed)?;
        Ok(after(&self.base, typed))
    }
}

/// The words of a line that starts with `ssh` or `tessh`, without the first; `None` for any other
/// text.
fn line(text: &str) -> Result<Option<Vec<String>>> {
    let Some((first, _)) = text.split_once(char::is_whitespace) else { return Ok(None) };
    let program = Path::new(first).file_name().and_then(|name| name.to_str());
    let Some(program @ ("ssh" | "tessh")) = program else { return Ok(None) };
    let mut words = shlex::split(text)
        .ok_or_else(|| usage(say!(connection_open_quote)).hint(say!(connection_open_quote_hint)))?;
    words.remove(0);
    let verb = words.first().map(OsString::from).filter(args::is_verb);
    match verb {
        Some(verb) if program == "tessh" && verb == "connect" => {
            words.remove(0);
        }
        Some(verb) if program == "tessh" => {
            let verb = verb.to_string_lossy().into_owned();
            return Err(
                usage(say!(connection_other_verb, verb)).hint(say!(connection_other_verb_hint))
            );
        }
        _ => {}
    }
    Ok(Some(words))
}

/// Refuses flags that do not connect, or that cannot be used from the dialog.
fn placeless(typed: &Typed) -> Result<()> {
    let placeless = [
        ("-G", typed.print_config),
        ("-Q", typed.query.is_some()),
        ("-V", typed.print_version || typed.verb == Verb::Version),
        ("--help", typed.verb == Verb::Help),
        ("--password-fd", typed.password_fd.is_some()),
        ("--stored-password", typed.stored_password),
        ("--proxy-password-fd", typed.proxy_password_fd.is_some()),
        ("--json", typed.json),
        ("-O", typed.control.is_some()),
        ("-f", goes_to_background(typed)),
    ];
    match placeless.iter().find(|(_, typed)| *typed) {
        Some((flag, _)) => {
            Err(usage(say!(connection_no_place, flag)).hint(say!(connection_no_place_hint)))
        }
        None => Ok(()),
    }
}

/// A port in digits, where it can be one: it may be the name of a service, or nonsense.
fn in_digits(port: &str) -> String {
    config::port(port).map_or_else(|_| port.to_owned(), |port| port.to_string())
}

/// Checks that port and address family, if given twice, agree.
fn agreed(typed: &Typed) -> Result<()> {
    let said = |wanted: Keyword| {
        typed.settings.iter().filter_map(move |setting| match setting {
            TypedSetting::Flag { keyword, value, .. } if *keyword == wanted => Some(value.clone()),
            _ => None,
        })
    };
    let of_host = typed.destination.as_deref().and_then(|text| Destination::parse(text).ok()?.port);
    let mut ports: Vec<String> = said(Keyword::Port).map(|port| in_digits(&port)).collect();
    ports.extend(of_host.map(|port| port.to_string()));
    ports.dedup();
    if let [one, .., other] = ports.as_slice() {
        return Err(
            usage(say!(connection_two_ports, one, other)).hint(say!(connection_two_ports_hint))
        );
    }
    let mut families: Vec<String> = said(Keyword::AddressFamily).collect();
    families.dedup();
    match families.len() > 1 {
        true => Err(usage(say!(connection_two_families)).hint(say!(connection_two_families_hint))),
        false => Ok(()),
    }
}

/// Merges the dialog's command line into the one that tessh was called with.
fn after(base: &Typed, line: Typed) -> Typed {
    let mut settings = base.settings.clone();
    let destination_at = settings.len() + line.destination_at;
    settings.extend(line.settings);
    Typed {
        settings,
        destination_at,
        config_file: line.config_file.or_else(|| base.config_file.clone()),
        log_file: line.log_file.or_else(|| base.log_file.clone()),
        syslog: line.syslog || base.syslog,
        auth: line.auth.or_else(|| base.auth.clone()),
        proxy: line.proxy.or_else(|| base.proxy.clone()),
        encoding: line.encoding.or_else(|| base.encoding.clone()),
        log: line.log.or_else(|| base.log.clone()),
        plain: line.plain || base.plain,
        force: line.force || base.force,
        yes: line.yes || base.yes,
        ..line
    }
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests;
