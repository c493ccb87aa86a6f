//! The single-threaded runtime for a verb's work, which runs until it ends or a signal arrives.

use std::ops::ControlFlow;

use tokio::runtime::{Builder, Runtime};

use super::attempt;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::signal::{Arrivals, Signal};
use crate::say;
use crate::terminal;

/// Builds a runtime on this thread. A process that forks must do so before.
///
/// # Errors
/// [`Kind::Local`]: the system has no free descriptors.
pub fn build() -> Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Local, say!(cannot_start, error = io_reason(&error))))
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
    // A question may still be open on its thread; it is not waited for.
    runtime.shutdown_background();
    result
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
