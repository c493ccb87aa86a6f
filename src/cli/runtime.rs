//! The single-threaded runtime for a verb's work, which runs until it ends or a signal arrives.

use std::convert::Infallible;
use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{Builder, Runtime};

use super::attempt;
use crate::error::{Error, Kind, Result, io_reason, next_step_after};
use crate::os::descriptor;
use crate::os::shortage::Shortage;
use crate::os::signal::{Arrivals, Signal};
use crate::say;
use crate::terminal;

/// The descriptors that a session needs beside those that are open when it starts: the runtime's
/// five, the connection, two for each standard stream, and a file at a time.
const SPARE_DESCRIPTORS: usize = 14;

/// Work for the runtime, in memory of its own. Work that is a plain value is moved several times
/// before it runs, and each move leaves its size in the stack of the session.
pub type BoxedWork<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

static NO_THREAD: AtomicBool = AtomicBool::new(false);

/// Builds a runtime on this thread. A process that forks must do so before.
///
/// # Errors
/// [`Kind::Local`]: the system has no free descriptors.
pub fn build() -> Result<Runtime> {
    // Where there are too few, the runtime panics, and a file that cannot be opened for that reason
    // would be reported as one that is at fault.
    descriptor::check_spare(SPARE_DESCRIPTORS).map_err(|error| cannot_start(&error))?;
    Builder::new_current_thread().enable_all().build().map_err(|error| cannot_start(&error))
}

fn cannot_start(error: &io::Error) -> Error {
    Error::new(Kind::Local, say!(cannot_start, error = io_reason(error))).hint_about(error)
}

/// Makes a panic about a thread that cannot be started silent: [`run_until_signal`] then says what
/// is missing. The runtime and the standard library have no other way to tell.
pub fn expect_shortage_of_threads() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        match text.and_then(Shortage::of_panic) {
            Some(_) => NO_THREAD.store(true, Ordering::Relaxed),
            None => previous(info),
        }
    }));
}

/// The error after a panic on the runtime.
fn stopped() -> Error {
    if NO_THREAD.load(Ordering::Relaxed) {
        return Error::new(Kind::Local, say!(os_no_thread))
            .hint(next_step_after(Shortage::Threads));
    }
    // The panic has been reported.
    Error::new(Kind::Local, say!(stopped_by_fault))
}

/// Runs work that returns an exit code; a signal gives 128 plus its number.
///
/// # Errors
/// Those of the work.
pub fn run_to_exit_code(work: impl Future<Output = Result<u8>> + Send + 'static) -> Result<u8> {
    run_until_signal(work).map(|ended| match ended {
        ControlFlow::Continue(code) | ControlFlow::Break(code) => code,
    })
}

/// Runs work until it ends or a signal ends the program; `Break` has the exit code for the signal.
/// The terminal is restored in both cases.
///
/// The work is a task: waking the runtime's outermost future costs a system call each time, waking
/// a task none, and a session is woken for each key.
///
/// # Errors
/// Those of the work.
pub fn run_until_signal<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<ControlFlow<u8, T>> {
    run_boxed(Box::pin(work))
}

fn run_boxed<T: Send + 'static>(work: BoxedWork<T>) -> Result<ControlFlow<u8, T>> {
    let runtime = build()?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = tokio::spawn(work) => match result {
                Ok(result) => result.map(ControlFlow::Continue),
                // The terminal is restored below.
                Err(_) => Err(stopped()),
            },
            number = ended_by_signal() => Ok(ControlFlow::Break(128 + number)),
            never = renew_terminal() => match never {},
        }
    });
    match result {
        Ok(ControlFlow::Break(_)) => {
            terminal::restore_for_good();
            if let Ok(tty) = terminal::open_controlling() {
                terminal::secret::end_open_line(&tty);
            }
        }
        _ => terminal::restore(),
    }
    // A question may still be open on its thread; it is not waited for.
    runtime.shutdown_background();
    result
}

/// Puts the terminal into the mode in force again when a stopped program is continued: the shell
/// has set its own meanwhile.
async fn renew_terminal() -> Infallible {
    let mut continued = Arrivals::of(Signal::Continue);
    loop {
        continued.next().await;
        terminal::renew();
    }
}

/// Waits for a signal that ends the program; returns its number.
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
