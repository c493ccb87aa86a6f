//! Where the data of a session's channel goes.

use tokio::io::AsyncWrite;

/// Where a session channel's data goes: standard output, or any other sink.
pub type OutputSink = Box<dyn AsyncWrite + Send + Unpin>;

/// The sinks of the session channel.
pub(crate) struct ChannelOutput {
    pub stdout: OutputSink,
    /// `None`: everything goes to `stdout` is never meant; extended data is dropped.
    pub stderr: Option<OutputSink>,
}
