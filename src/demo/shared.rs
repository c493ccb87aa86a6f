//! What the caller of the demo server wants, and what its connections share.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::children::Children;
use super::credentials::Credentials;

/// What a [`DemoServer`](super::Server) needs to know; it reads no environment of its own.
pub struct DemoOptions {
    /// The login shell; commands run as `shell -c command`.
    pub shell: PathBuf,
    /// Where programs start and what `HOME` says.
    pub home: PathBuf,
    /// The only user who can log in, and what `USER` says.
    pub user: String,
    /// The environment programs start from, such as `PATH` and `LANG`.
    pub env: Vec<(String, String)>,
    /// Where to listen: a loopback address; port 0 lets the kernel choose.
    pub address: SocketAddr,
}

/// What every connection shares.
pub struct DemoState {
    /// What the caller wanted.
    pub options: DemoOptions,
    /// The secrets of this run.
    pub credentials: Credentials,
    /// The programs that run.
    pub children: Children,
}
