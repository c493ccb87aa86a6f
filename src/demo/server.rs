//! Starts and stops the demo server, accepts its connections and bounds them.

use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use russh::keys::ssh_key::{PrivateKey, PublicKey};
use russh::{MethodSet, Preferred, compression, server};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep_until, timeout_at};

use super::children::Children;
use super::connection::{self, Connection};
use super::credentials::{self, Credentials};
use super::shared::{DemoOptions, DemoState};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::secret::Secret;

/// The most connections at once: more than a person needs who tries things out.
const MAX_CONNECTIONS: usize = 16;
/// OpenSSH's MaxAuthTries.
const MAX_AUTH_TRIES: usize = 6;
/// OpenSSH's LoginGraceTime, in which greeting, key exchange and login must be done.
const LOGIN_GRACE: Duration = Duration::from_secs(120);
/// How long every refusal takes: it slows guessing, and the time reveals nothing.
const REFUSAL: Duration = Duration::from_millis(500);
/// The pause after a failed accept (out of descriptors), which avoids a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running server. Dropping it ends the listener, the connections and their programs.
pub struct DemoServer {
    address: SocketAddr,
    host_key: PublicKey,
    shared: Arc<DemoState>,
    listener: JoinHandle<()>,
}

impl DemoServer {
    /// Makes a host key, a password and an identity, and starts to listen.
    ///
    /// # Errors
    /// The address is not loopback or cannot be bound, or no key can be made.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn start(options: DemoOptions) -> Result<DemoServer> {
        if !options.address.ip().is_loopback() {
            return Err(Error::new(Kind::Usage, say!(demo_loopback_only))
                .hint(say!(demo_loopback_only_hint)));
        }
        let host_key = credentials::fresh_key("tessh demo host key")?;
        let listener = bind(options.address)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let shared = Arc::new(DemoState {
            credentials: Credentials::fresh(&options.user)?,
            children: Children::default(),
            options,
        });
        let public = host_key.public_key().clone();
        let config = Arc::new(configuration(host_key));
        let listener = tokio::spawn(listen(listener, config, shared.clone()));
        Ok(DemoServer { address, host_key: public, shared, listener })
    }

    /// The address it listens on, with the port that the kernel chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its host key, an Ed25519 key that exists only while it runs.
    pub fn host_key(&self) -> &PublicKey {
        &self.host_key
    }

    /// The user who can log in.
    pub fn user(&self) -> &str {
        &self.shared.options.user
    }

    /// The password of this run, for `password` and `keyboard-interactive`.
    pub fn password(&self) -> &Secret {
        self.shared.credentials.password()
    }

    /// The Ed25519 key of this run, for `publickey`. A file for it must be created 0600.
    pub fn identity(&self) -> &PrivateKey {
        self.shared.credentials.identity()
    }

    /// Ends the listener, the connections and their programs. Dropping the server does so, too.
    pub fn stop(self) {}
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.listener.abort();
        self.shared.children.end();
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address).map_err(cannot_listen)?;
    listener.set_nonblocking(true).map_err(cannot_listen)?;
    TcpListener::from_std(listener).map_err(cannot_listen)
}

fn cannot_listen(error: std::io::Error) -> Error {
    Error::new(Kind::Local, say!(demo_cannot_listen, error = crate::error::io_reason(&error)))
        .hint(say!(demo_cannot_listen_hint))
}

fn configuration(host_key: PrivateKey) -> server::Config {
    server::Config {
        methods: MethodSet::from(&connection::METHODS[..]),
        auth_rejection_time: REFUSAL,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key],
        // Compression saves nothing on loopback, and without it there is less to attack.
        preferred: Preferred { compression: (&[compression::NONE]).into(), ..Preferred::default() },
        max_auth_attempts: MAX_AUTH_TRIES,
        inactivity_timeout: None,
        nodelay: true,
        ..server::Config::default()
    }
}

async fn listen(listener: TcpListener, config: Arc<server::Config>, shared: Arc<DemoState>) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let Ok(place) = room.clone().try_acquire_owned() else { continue };
        let (config, shared) = (config.clone(), shared.clone());
        connections.spawn(async move {
            // The peer sees this error itself, so the server does not report it.
            let _ = connection(stream, config, shared).await;
            drop(place);
        });
    }
}

/// Serves one connection until it ends or the login takes too long.
async fn connection(
    stream: TcpStream,
    config: Arc<server::Config>,
    shared: Arc<DemoState>,
) -> Result<(), russh::Error> {
    let deadline = tokio::time::Instant::now() + LOGIN_GRACE;
    let (stream, hang_up) = HangUp::new(stream)?;
    let logged_in = Arc::new(AtomicBool::new(false));
    let handler = Connection::new(shared, logged_in.clone());
    let running = server::run_stream(config, stream, handler);
    let mut session = timeout_at(deadline, running).await.map_err(|_| russh::Error::HUP)??;
    tokio::select! {
        ended = &mut session => return ended,
        () = sleep_until(deadline) => {}
    }
    if !logged_in.load(Ordering::Relaxed) {
        drop(hang_up);
    }
    session.await
}

/// Shuts the socket down when dropped, because russh's task for the connection outlives its handle.
struct HangUp(std::net::TcpStream);

impl HangUp {
    fn new(stream: TcpStream) -> std::io::Result<(TcpStream, HangUp)> {
        stream.set_nodelay(true)?;
        let stream = stream.into_std()?;
        let other = stream.try_clone()?;
        Ok((TcpStream::from_std(stream)?, HangUp(other)))
    }
}

impl Drop for HangUp {
    fn drop(&mut self) {
        // The shutdown fails only if the peer has closed the connection already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}
