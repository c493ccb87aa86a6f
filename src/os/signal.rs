//! Signals (signal(7)): what the system and other programs tell this one, and the other way.

use tokio::signal::unix::{Signal as Stream, SignalKind, signal as listen};

/// What can be told to a running program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The terminal has gone.
    HangUp,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\\.
    Quit,
    /// To end at once, which nothing can prevent.
    Kill,
    /// To end.
    Terminate,
    /// To go on after a stop.
    Continue,
    /// Ctrl-Z: to stand still until it is continued.
    Stop,
    /// A child has ended or stopped.
    ChildChanged,
    /// The terminal has another size.
    WindowChange,
}

impl Signal {
    /// The number that stands in an exit code, after 128.
    pub fn number(self) -> u8 {
        u8::try_from(self.raw().as_raw()).unwrap_or_default()
    }

    /// The system's name for it, here in `os`.
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

/// The signals of one kind that arrive from now on; they no longer do what they usually do.
#[derive(Debug)]
pub struct Arrivals(Option<Stream>);

impl Arrivals {
    /// Listens for a signal. One that the system does not deliver never arrives.
    pub fn of(signal: Signal) -> Arrivals {
        Arrivals(listen(SignalKind::from_raw(signal.raw().as_raw())).ok())
    }

    /// Waits for the next one; several at once may count as one.
    pub async fn next(&mut self) {
        if let Some(stream) = &mut self.0
            && stream.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
