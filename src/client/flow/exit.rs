//! [`Exit`]: how a session ended.

/// How the program on the server ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this status.
    Status(u32),
    /// This signal ended it: the name without SIG, and the server's text.
    Signal(String, String),
    /// The channel was closed without an exit message.
    Unknown,
    /// The person ended the connection with `~.`.
    Escaped,
    /// The person's terminal has gone.
    HungUp,
    /// The reader of standard output closed it.
    OutputClosed,
}
