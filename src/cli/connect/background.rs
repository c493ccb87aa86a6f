//! Two processes of one: the child connects, and the parent waits for it to say that it goes on
//! without the terminal (`-f`, ControlPersist), or to end.
//!
//! The fork is made before there is a runtime, a thread or a dialog, and after the options are
//! known: nothing is resolved, read or asked twice. Until the child calls [`Tether::cut`] it is
//! what the person talks to: it has the terminal, asks, says what failed, and its exit code
//! becomes the parent's. The parent passes signals on to it, stops when it is stopped, and says
//! nothing.
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
use crate::error::{Error, Kind, Result, told};
use crate::os::background::{self, InheritedDescriptors};
use crate::os::process::ProcessId;
use crate::os::signal::{Arrivals, Signal};
use crate::say;

/// Which of the two this process is now.
pub enum ForkSide {
    /// The one that was started; it has the shell's attention.
    Parent(WaitingParent),
    /// The one that connects.
    Child(Tether),
}

/// The parent's view of the child.
pub struct WaitingParent {
    child: ProcessId,
    word: PipeReader,
}

/// What became of the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildOutcome {
    /// It does the rest without the terminal, in a session of its own.
    Background,
    /// It is the master of a shared connection now, without the terminal: what was asked for
    /// is to be asked of it.
    Master,
    /// It ended with this exit code, or 128 and the number of the signal that ended it. What
    /// there was to say it has said.
    Ended(u8),
}

/// What the child says when it leaves the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildReport {
    /// [`ChildOutcome::Background`].
    Background,
    /// [`ChildOutcome::Master`].
    Master,
}

/// The child's bond to the parent and the terminal, until it is cut. A process that is nobody's
/// child has none to cut.
#[derive(Default)]
pub struct Tether(Mutex<Option<Bond>>);

struct Bond {
    /// Where the word is said.
    word: PipeWriter,
    /// What else the caller had open.
    inherited: InheritedDescriptors,
}

/// Goes on as two processes. To be called without any thread, so before a runtime and before a
/// dialog; output of ours that is buffered comes out twice.
///
/// # Errors
/// [`Kind::Local`]: the system has no room for another process or pipe.
pub fn split() -> Result<ForkSide> {
    let failed =
        |error: io::Error| Error::new(Kind::Local, say!(share_cannot_fork, error = told(&error)));
    let (read, write) = io::pipe().map_err(failed)?;
    match background::fork().map_err(failed)? {
        Some(child) => Ok(ForkSide::Parent(WaitingParent { child, word: read })),
        None => {
            // A parent that is killed takes with it what it waited for.
            background::end_with_parent(Some(Signal::Terminate));
            let bond = Bond { word: write, inherited: InheritedDescriptors::find() };
            Ok(ForkSide::Child(Tether(Mutex::new(Some(bond)))))
        }
    }
}

impl Tether {
    /// Whether another process waits for this one.
    pub fn is_bound(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Tells the parent that all went well and goes on without it: in a session of its own,
    /// standard input and output empty, and standard error too unless somebody debugs there.
    /// What is to be written to them later must have been opened before. The second time
    /// nothing happens.
    ///
    /// # Errors
    /// [`Kind::Local`]: `/dev/null` cannot be opened.
    pub fn cut(&self, word: ChildReport) -> Result<()> {
        let bond = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(bond) = bond else { return Ok(()) };
        ::log::debug!("forking to background");
        background::leave_terminal(!log::debugs_to_stderr()).map_err(|error| {
            Error::new(Kind::Local, say!(share_cannot_detach, error = told(&error)))
        })?;
        let Bond { word: mut parent, inherited } = bond;
        inherited.close();
        // A parent that has gone has nobody to tell.
        let _ = parent.write_all(&[word as u8]);
        Ok(())
    }

    /// Leaves it to another process that has the same bond. Nothing is said to the parent,
    /// and it goes on waiting.
    pub fn forget(self) {}
}

impl WaitingParent {
    /// Waits for the child's word or end, and passes on signals meanwhile.
    ///
    /// # Errors
    /// [`Kind::Local`]: there is no room for a thread.
    pub fn wait(self) -> Result<ChildOutcome> {
        let WaitingParent { child, mut word } = self;
        let runtime = runtime::build()?;
        let outcome = runtime.block_on(async {
            // The word, or the end of all who could say it.
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
                () = attend(child) => ChildOutcome::Ended(FAILED),
            }
        });
        runtime.shutdown_background();
        Ok(outcome)
    }
}

/// Passes on what ends the program, and stops with the child. Never returns.
async fn attend(child: ProcessId) {
    let pass = async |signal: Signal| {
        let mut arrived = Arrivals::of(signal);
        loop {
            arrived.next().await;
            child.tell(signal);
        }
    };
    let stop = async {
        let mut changed = Arrivals::of(Signal::ChildChanged);
        loop {
            changed.next().await;
            if background::is_stopped(child) {
                // Here this process stands still, too, until the shell continues both.
                ProcessId::own().tell(Signal::Stop);
            }
        }
    };
    tokio::select! {
        () = pass(Signal::Interrupt) => {}
        () = pass(Signal::Terminate) => {}
        () = pass(Signal::HangUp) => {}
        () = pass(Signal::Quit) => {}
        () = stop => {}
    }
}
