//! The runtime of one thread that a verb's work runs on, to its end or until a signal.

use std::ops::ControlFlow;

use tokio::runtime::{Builder, Runtime};

use super::attempt;
use crate::error::{Error, Kind, Result, told};
use crate::os::signal::{Arrivals, Signal};
use crate::say;
use crate::terminal;

/// A runtime on this thread. A process that forks does so before.
///
/// # Errors
/// [`Kind::Local`]: the system has no room for its descriptors.
pub fn build() -> Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Local, say!(cannot_start, error = told(&error))))
}

/// Runs work that ends in an exit code; a signal that ends it gives 128 and its number.
///
/// # Errors
/// Those of the work.
pub fn run_to_exit_code(work: impl Future<Output = Result<u8>> + Send + 'static) -> Result<u8> {
    run_until_signal(work).map(|ended| match ended {
        ControlFlow::Continue(code) | ControlFlow::Break(code) => code,
    })
}

/// Runs work until it ends or a signal ends the program, whose exit code is the break. The
/// terminal is restored either way.
///
/// The work is a task of its own: waking the runtime's outermost future costs a system call
/// each time, waking a task none, and a session is woken for every key.
///
/// # Errors
/// Those of the work.
pub fn run_until_signal<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<ControlFlow<u8, T>> {
    let runtime = build()?;
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
