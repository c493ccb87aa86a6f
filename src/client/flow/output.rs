//! Where the data of the connection's first session channel goes.
//!
//! Every other channel's data goes through a lane, see `flow::lane`.

use tokio::io::AsyncWrite;

/// Where a session channel's data goes: standard output, or any other sink.
pub type OutputSink = Box<dyn AsyncWrite + Send + Unpin>;

/// The sinks of the session channel.
pub(crate) struct ChannelOutput {
    pub stdout: OutputSink,
    /// Where extended data goes. `None` drops it; it never falls back to `stdout`.
    pub stderr: Option<OutputSink>,
}
