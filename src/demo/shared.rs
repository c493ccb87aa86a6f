//! The options of the demo server, and the state that its connections share.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::children::Children;
use super::credentials::Credentials;

/// The options of a [`DemoServer`](super::DemoServer), which reads no environment itself.
pub struct DemoOptions {
    /// The login shell; commands run as `shell -c command`.
    pub shell: PathBuf,
    /// The directory in which programs start, also the value of `HOME`.
    pub home: PathBuf,
    /// The only user who can log in, also the value of `USER`.
    pub user: String,
    /// User and group that programs run as; `None` for those of this process.
    pub run_as: Option<(u32, u32)>,
    /// The environment in which programs start, such as `PATH` and `LANG`.
    pub env: Vec<(String, String)>,
    /// The loopback address to listen on; with port 0 the kernel chooses the port.
    pub address: SocketAddr,
}

/// The state that every connection shares.
pub struct DemoState {
    /// The options the server was started with.
    pub options: DemoOptions,
    /// The secrets of this run.
    pub credentials: Credentials,
    /// The programs that run now.
    pub children: Children,
}
