//! Splits the program into two processes for `-f` and ControlPersist. The child connects. The
//! parent waits until the child continues without the terminal, or ends.
//!
//! The fork happens before there is a runtime, a thread or a dialog, and after the options are
//! known, so that nothing is resolved, read or asked twice. Until the child calls [`Tether::cut`],
//! it has the terminal: it asks questions and reports errors, and its exit code becomes the
//! parent's. The parent passes signals on to the child, stops when the child is stopped, and prints
//! nothing. The child begins when the parent is ready for that, so that no signal ends the parent
//! alone.
//!
//! ```text
//!   match background::split()? {
//!       ForkSide::Parent(waiting) => match waiting.wait()? {
//!           ChildOutcome::Background => …,   // -f: all is well, the rest happens without us
//!           ChildOutcome::Master => …,       // ControlPersist: be a client of the child
//!           ChildOutcome::Ended(code) => …,  // what it was has been said
//!       },
//!       ForkSide::Child(tether) => { …connect…; tether.cut(word)?; …go on… }
//!   }
//! ```

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::{Mutex, PoisonError};

use crate::cli::exit_code::FAILED;
use crate::cli::{log, runtime};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::background::{self, InheritedDescriptors};
use crate::os::process::ProcessId;
use crate::os::signal::{Arrivals, Signal};
use crate::say;

/// Which of the two processes this is.
pub enum ForkSide {
    /// The original process, for which the shell waits.
    Parent(WaitingParent),
    /// The new process, which connects.
    Child(Tether),
}

/// The parent's view of the child.
pub struct WaitingParent {
    child: ProcessId,
    word: PipeReader,
    /// What the child waits for.
    ready: PipeWriter,
}

/// What happened to the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildOutcome {
    /// It continues without the terminal, in a process session of its own.
    Background,
    /// It is the master of a shared connection now, without the terminal. The parent sends its
    /// request to it.
    Master,
    /// It ended with this exit code, or 128 and the number of the signal that ended it. It has
    /// reported the reason itself.
    Ended(u8),
}

/// The child's message when it leaves the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildReport {
    /// [`ChildOutcome::Background`].
    Background,
    /// [`ChildOutcome::Master`].
    Master,
}

/// Connects the child to its parent and to the terminal until it is cut. Empty in a process that
/// has no waiting parent.
#[derive(Default)]
pub struct Tether(Mutex<Option<Bond>>);

struct Bond {
    /// The pipe to the parent.
    word: PipeWriter,
    /// Other descriptors that the caller had open.
    inherited: InheritedDescriptors,
}

/// Forks. Must be called before there is any thread, runtime or dialog; buffered output would be
/// written twice.
///
/// [`Kind::Local`]: the system cannot create another process or pipe.
pub fn split() -> Result<ForkSide> {
    let failed = |error: io::Error| {
        Error::new(Kind::Local, say!(share_cannot_fork, error = io_reason(&error)))
    };
    let (word, report) = io::pipe().map_err(failed)?;
    let (mut begin, ready) = io::pipe().map_err(failed)?;
    match background::fork().map_err(failed)? {
        Some(child) => Ok(ForkSide::Parent(WaitingParent { child, word, ready })),
        None => {
            // If the parent is killed, the child ends too.
            background::end_with_parent(Some(Signal::Terminate));
            // Only the parent may hold this end, so that the child notices if the parent is gone
            // already, for which there is no signal.
            drop(ready);
            if begin.read_exact(&mut [0]).is_err() {
                ProcessId::own().tell(Signal::Terminate);
            }
            let bond = Bond { word: report, inherited: InheritedDescriptors::find() };
            Ok(ForkSide::Child(Tether(Mutex::new(Some(bond)))))
        }
    }
}

impl Tether {
    /// Whether a parent waits for this process.
    pub fn is_bound(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Tells the parent to stop waiting, and continues in a process session of its own. Standard
    /// input and output become empty, and standard error too unless it shows debug messages.
    /// Whatever is to be written to them later must be opened before. A second call does nothing.
    ///
    /// # Errors
    /// [`Kind::Local`]: `/dev/null` cannot be opened.
    pub fn cut(&self, word: ChildReport) -> Result<()> {
        let bond = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(bond) = bond else { return Ok(()) };
        ::log::debug!("forking to background");
        background::leave_terminal(!log::debugs_to_stderr()).map_err(|error| {
            Error::new(Kind::Local, say!(share_cannot_detach, error = io_reason(&error)))
        })?;
        let Bond { word: mut parent, inherited } = bond;
        inherited.close();
        // An error means that the parent has ended, which needs no handling.
        let _ = parent.write_all(&[word as u8]);
        Ok(())
    }

    /// Leaves the tether to another process that shares it; the parent gets no message and keeps
    /// waiting.
    pub fn forget(self) {}
}

impl WaitingParent {
    /// Waits for the child's message or end, and passes on signals meanwhile.
    ///
    /// # Errors
    /// [`Kind::Local`]: the system cannot create a thread.
    pub fn wait(self) -> Result<ChildOutcome> {
        let WaitingParent { child, mut word, mut ready } = self;
        let runtime = runtime::build()?;
        let outcome = runtime.block_on(async {
            let passing = pass_signals_on(child);
            // An error means that the child has ended, which is noticed below.
            let _ = ready.write_all(&[0]);
            // Ends with the message, or when all processes that could send it have ended.
            let heard = tokio::task::spawn_blocking(move || {
                let mut said = [0];
                match word.read_exact(&mut said) {
                    Ok(()) if said == [ChildReport::Master as u8] => ChildOutcome::Master,
                    Ok(()) => ChildOutcome::Background,
                    Err(_) => ChildOutcome::Ended(background::wait(child).unwrap_or(FAILED)),
                }
            });
            tokio::select! {
                heard = heard => heard.unwrap_or(ChildOutcome::Ended(FAILED)),
                () = passing => ChildOutcome::Ended(FAILED),
            }
        });
        runtime.shutdown_background();
        Ok(outcome)
    }
}

/// Passes on the signals that end the program, from this call on, and stops when the child is
/// stopped. What it returns never ends.
fn pass_signals_on(child: ProcessId) -> impl Future<Output = ()> {
    let pass = |signal: Signal| {
        let mut arrived = Arrivals::of(signal);
        async move {
            loop {
                arrived.next().await;
                child.tell(signal);
            }
        }
    };
    let (interrupt, terminate) = (pass(Signal::Interrupt), pass(Signal::Terminate));
    let (hang_up, quit) = (pass(Signal::HangUp), pass(Signal::Quit));
    let mut changed = Arrivals::of(Signal::ChildChanged);
    async move {
        let stop = async {
            loop {
                changed.next().await;
                if background::is_stopped(child) {
                    // This stops the process here, until the shell continues both.
                    ProcessId::own().tell(Signal::Stop);
                }
            }
        };
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
            () = hang_up => {}
            () = quit => {}
            () = stop => {}
        }
    }
}
