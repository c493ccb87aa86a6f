//! From what was typed to what is done: one verb, one file.

mod background;
mod connect;
mod demo;
mod explain;
mod filter;
mod forward;
mod invocation;
mod keygen;
mod list_keys;
mod local_command;
mod login;
mod master;
mod new;
mod query;
mod route;
mod sessions;
mod share;
mod trust;

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use background::Tether;
use connect::Visit;

use super::args::{Typed, Verb};
use super::{Environment, attempt, help, log, look};
use crate::cli::resolve::Plan;
use crate::client::login::Remembered;
use crate::client::session::Exit;
use crate::error::{Error, Kind, Result, told};
use crate::os::descriptor;
use crate::os::signal::{Arrivals, Signal};
use crate::prompt::Prompt;
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::ui::dialogs::Dialogs;
use crate::ui::plain::{Plain, Sigils};
use crate::ui::screen::Screen;

/// What `head` leaves a writer with: 128 and SIGPIPE.
const OUTPUT_CLOSED: u8 = 141;
/// Our own failures, and ends that no status was given for.
const FAILED: u8 = 255;
/// A password on a descriptor may be this long.
const MAX_PASSWORD: u64 = 8 * 1024;

/// Does what was asked for and gives the exit code.
pub(super) fn run(typed: &Typed) -> Result<u8> {
    let environment = Environment::find();
    match &typed.verb {
        Verb::Help => print(&help::help_text()),
        Verb::Man => print(&help::man_page()),
        Verb::Completions => {
            let shell = typed.rest.first().map(|word| word.to_string_lossy()).unwrap_or_default();
            print(&help::completions(&shell)?)
        }
        Verb::Version => version(),
        Verb::Connect if typed.print_version => version(),
        Verb::Demo => demo::run(typed, environment),
        Verb::Explain => explain::run(typed, &environment),
        Verb::Sessions => sessions::run(typed, &environment),
        Verb::Keygen => keygen::run(typed, &environment),
        Verb::Trust => trust::run(typed, environment),
        Verb::Connect if typed.query.is_some() => {
            query::run(typed.query.as_deref().unwrap_or_default())
        }
        Verb::Connect if typed.print_config => query::print_config(typed, &environment),
        Verb::Connect if typed.list_keys => list_keys::run(typed, environment),
        Verb::Connect if typed.lacks_host() => new::run(typed, environment),
        Verb::Connect => invocation::run(typed, environment),
        other => {
            Err(Error::new(Kind::Usage, say!(verb_missing, other)).hint(say!(verb_missing_hint)))
        }
    }
}

fn version() -> Result<u8> {
    log::to_stderr(&format!("{}\n", super::args::version_line()));
    Ok(0)
}

fn print(text: &str) -> Result<u8> {
    let written = std::io::stdout().lock().write_all(text.as_bytes());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(Kind::Local, say!(stdout_failed, reason = told(&error))))
        }
        _ => Ok(0),
    }
}

/// What a connection is given besides the plan.
#[derive(Default)]
struct Given {
    /// The password of `--password-fd`.
    password: Option<Secret>,
    /// What binds this process to one that waits for it.
    tether: Tether,
}

/// One connection, from the plan to the exit code; `begun` is called once logged in.
async fn session(
    plan: &Plan,
    given: Given,
    environment: &Environment,
    prompt: Arc<dyn Prompt>,
    begun: impl FnOnce(),
) -> Result<u8> {
    let remembered = Remembered::default();
    let visit = Visit::first(plan, environment, prompt, &remembered);
    let visit = visit.bound(&given.tether);
    let exit = connect::connect(&visit, given.password, begun).await?;
    Ok(code(&exit))
}

/// Who is asked: dialogs on a terminal that can show them, else lines.
fn prompt(plan: &Plan, typed: &Typed, environment: &Environment) -> Arc<dyn Prompt> {
    let plain = Plain {
        batch: plan.options.batch_mode.value,
        banner: plan.options.log_level.value >= crate::config::LogLevel::Info,
        ask_pass: environment.ask_pass(),
        say: log::to_stderr,
        sigils: Sigils::new(
            !typed.as_ssh && terminal::is_terminal(descriptor::stderr()),
            log::level() >= crate::config::LogLevel::Verbose,
        ),
        report: typed.json.then_some(trust::report::connection),
    };
    if plain.batch || typed.plain || typed.as_ssh {
        return Arc::new(plain);
    }
    let screen = look::full_screen(environment).and_then(|look| Screen::open(look).ok());
    match screen {
        Some(screen) => Arc::new(Dialogs::new(screen, plain)),
        None => Arc::new(plain),
    }
}

fn code(exit: &Exit) -> u8 {
    match exit {
        Exit::Status(status) => (status & 0xff) as u8,
        Exit::Signal(name, message) => {
            ::log::info!("the remote program was ended by signal {name} {message}");
            signal_number(name).map_or(FAILED, |number| 128 + number)
        }
        Exit::OutputClosed => OUTPUT_CLOSED,
        Exit::Unknown | Exit::Escaped => FAILED,
    }
}

/// The names of RFC 4254 section 6.10, by their numbers in POSIX.
fn signal_number(name: &str) -> Option<u8> {
    let number = match name {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "ILL" => 4,
        "ABRT" => 6,
        "FPE" => 8,
        "KILL" => 9,
        "USR1" => 10,
        "SEGV" => 11,
        "USR2" => 12,
        "PIPE" => 13,
        "ALRM" => 14,
        "TERM" => 15,
        _ => return None,
    };
    Some(number)
}

fn runtime() -> Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Local, say!(cannot_start, error = told(&error))))
}

/// Runs to the end, or until a signal ends it; the terminal is restored either way.
///
/// The work is a task of its own: waking the runtime's outermost future costs a system call
/// each time, waking a task none, and a session is woken for every key.
fn within_signals(work: impl Future<Output = Result<u8>> + Send + 'static) -> Result<u8> {
    governed(work).map(|ended| match ended {
        ControlFlow::Continue(code) | ControlFlow::Break(code) => code,
    })
}

/// The same for work that does not end in an exit code; a signal's is the break.
fn governed<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<ControlFlow<u8, T>> {
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = tokio::spawn(work) => match result {
                Ok(result) => result.map(ControlFlow::Continue),
                // The panic has been reported; the terminal is restored below.
                Err(_) => Err(Error::new(Kind::Local, say!(stopped_by_fault))),
            },
            number = ended_by_signal() => Ok(ControlFlow::Break(128 + number)),
        }
    });
    terminal::restore();
    // A question may still be open on its thread; nobody waits for it.
    runtime.shutdown_background();
    result
}

/// Waits for a signal that ends the program; gives its number.
async fn ended_by_signal() -> u8 {
    let mut interrupt = Arrivals::of(Signal::Interrupt);
    let mut terminate = Arrivals::of(Signal::Terminate);
    let mut hang_up = Arrivals::of(Signal::HangUp);
    let mut quit = Arrivals::of(Signal::Quit);
    let ended = tokio::select! {
        () = async {
            interrupt.next().await;
            while attempt::give_up() {
                interrupt.next().await;
            }
        } => Signal::Interrupt,
        () = terminate.next() => Signal::Terminate,
        () = hang_up.next() => Signal::HangUp,
        () = quit.next() => Signal::Quit,
    };
    ended.number()
}

/// Reads a password from an inherited descriptor, up to its first line end.
fn read_password(fd: i32) -> Result<Secret> {
    read_secret("--password-fd", fd)
}

/// The same for any flag that names such a descriptor.
fn read_secret(flag: &str, fd: i32) -> Result<Secret> {
    use std::io::Read;
    let failed = |why: String| {
        Error::new(Kind::Usage, format!("{flag} {fd}: {why}")).hint(say!(descriptor_hint, flag))
    };
    let file =
        std::fs::File::open(format!("/dev/fd/{fd}")).map_err(|error| failed(told(&error)))?;
    let mut bytes = Vec::with_capacity(MAX_PASSWORD as usize);
    file.take(MAX_PASSWORD).read_to_end(&mut bytes).map_err(|error| failed(told(&error)))?;
    if let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
        zeroize::Zeroize::zeroize(&mut bytes[end..]);
        bytes.truncate(end);
    }
    Secret::from_bytes(bytes).map_err(|_| failed(say!(stdin_not_utf8)))
}
