//! Signals (signal(7)), received and sent.

use tokio::signal::unix::{Signal as Stream, SignalKind, signal as listen};

use super::disposition::is_ignored;

/// The signals that tessh receives or sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The terminal has gone.
    HangUp,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\\.
    Quit,
    /// Ends the program at once; the program cannot prevent it.
    Kill,
    /// Asks the program to end.
    Terminate,
    /// Continues a stopped program.
    Continue,
    /// Ctrl-Z: stops the program until it is continued.
    Stop,
    /// A child has ended or stopped.
    ChildChanged,
    /// The terminal's size has changed.
    WindowChange,
}

impl Signal {
    /// The number of the signal, which an exit code contains as 128 + n.
    pub fn number(self) -> u8 {
        u8::try_from(self.raw().as_raw()).unwrap_or_default()
    }

    /// The signal in the system's own type, for use in `os`.
    pub(super) fn raw(self) -> rustix::process::Signal {
        use rustix::process::Signal as Raw;
        match self {
            Signal::HangUp => Raw::HUP,
            Signal::Interrupt => Raw::INT,
            Signal::Quit => Raw::QUIT,
            Signal::Kill => Raw::KILL,
            Signal::Terminate => Raw::TERM,
            Signal::Continue => Raw::CONT,
            Signal::Stop => Raw::TSTP,
            Signal::ChildChanged => Raw::CHILD,
            Signal::WindowChange => Raw::WINCH,
        }
    }
}

/// The signals of one kind that arrive from now on. They lose their default action; those that the
/// process was started to ignore stay ignored.
#[derive(Debug)]
pub struct Arrivals(Option<Stream>);

impl Arrivals {
    /// Starts to receive a signal. A signal that the system does not deliver never arrives.
    pub fn of(signal: Signal) -> Arrivals {
        if is_ignored(signal.number()) {
            return Arrivals(None);
        }
        Arrivals(listen(SignalKind::from_raw(signal.raw().as_raw())).ok())
    }

    /// Waits for the next signal; several at once may count as one.
    pub async fn next(&mut self) {
        if let Some(stream) = &mut self.0
            && stream.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
