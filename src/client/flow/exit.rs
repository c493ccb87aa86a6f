//! How a session ends.

/// How the program on the server ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this status.
    Status(u32),
    /// By this signal, named without SIG, with the server's text.
    Signal(String, String),
    /// The channel was closed and nothing was said.
    Unknown,
    /// The person ended the connection with `~.`.
    Escaped,
    /// Standard output was closed by whoever read it.
    OutputClosed,
}
