//! A server that accepts every key, passes connections on, and runs two programs: one prints
//! the server's name, one stays. Its connections can be cut.

use std::net::{Shutdown, TcpStream as Plain};
use std::sync::{Arc, Mutex};

use russh::keys::ssh_key::{Algorithm, PrivateKey};
use russh::server::{
    self, Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure};
use tokio::net::{TcpListener, TcpStream};

use crate::lab::{Hosted, library_server};

type Shared<T> = Arc<Mutex<Vec<T>>>;

/// A running server; it ends when dropped.
pub struct Gate {
    name: &'static str,
    port: u16,
    host_key: String,
    /// What was done: `login USER`, `forward HOST:PORT`, `exec COMMAND`.
    log: Shared<String>,
    open: Shared<Plain>,
    _hosted: Hosted,
}

impl Gate {
    /// One that passes everything on.
    pub fn start(name: &'static str) -> Gate {
        Gate::with(name, true)
    }

    /// One that passes nothing on.
    pub fn closed(name: &'static str) -> Gate {
        Gate::with(name, false)
    }

    fn with(name: &'static str, forwards: bool) -> Gate {
        let key =
            PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap();
        let host_key = key.public_key().to_openssh().unwrap();
        let (log, open) = (Shared::default(), Shared::default());
        let doing = Doing { name, forwards, log: Arc::clone(&log), user: String::new() };
        let opened = Arc::clone(&open);
        let (_hosted, port) = Hosted::start(|begins| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            begins.send(listener.local_addr().unwrap().port()).unwrap();
            serve(listener, key, doing, opened).await;
        });
        Gate { name, port, host_key, log, open, _hosted }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What known_hosts must have.
    pub fn known_hosts(&self) -> String {
        format!("[127.0.0.1]:{} {}\n", self.port, self.host_key)
    }

    /// A block of ssh_config(5) for it, under its name, with more lines.
    pub fn block(&self, more: &str) -> String {
        let Gate { name, port, .. } = self;
        format!("Host {name}\n HostName 127.0.0.1\n Port {port}\n User {name}-user\n {more}\n")
    }

    /// What was done so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Cuts all connections, without a word.
    pub fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

async fn serve(listener: TcpListener, key: PrivateKey, doing: Doing, open: Shared<Plain>) {
    let config = Arc::new(library_server(key));
    while let Ok((stream, _)) = listener.accept().await {
        let stream = stream.into_std().unwrap();
        open.lock().unwrap().push(stream.try_clone().unwrap());
        let stream = TcpStream::from_std(stream).unwrap();
        let (config, doing) = (Arc::clone(&config), doing.clone());
        tokio::spawn(async move {
            if let Ok(session) = server::run_stream(config, stream, doing).await {
                let _ = session.await;
            }
        });
    }
}

#[derive(Clone)]
struct Doing {
    name: &'static str,
    forwards: bool,
    log: Shared<String>,
    user: String,
}

impl Doing {
    fn log(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }
}

impl Handler for Doing {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        _: &str,
        _: PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(Auth::Accept)
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        _: VerifiedPublicKey<'_>,
    ) -> Result<Auth, russh::Error> {
        user.clone_into(&mut self.user);
        self.log(format!("login {user}"));
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.log(format!("forward {host}:{port}"));
        let place = (host.to_owned(), u16::try_from(port).unwrap());
        let connected = match self.forwards {
            true => TcpStream::connect(place).await.ok(),
            false => None,
        };
        let Some(mut connected) = connected else {
            reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await;
            return Ok(());
        };
        reply.accept().await;
        tokio::spawn(async move {
            let mut channel = channel.into_stream();
            let _ = tokio::io::copy_bidirectional(&mut channel, &mut connected).await;
        });
        Ok(())
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let command = String::from_utf8_lossy(command).into_owned();
        self.log(format!("exec {command}"));
        session.channel_success(id)?;
        let said = match command.strip_prefix("flood ") {
            Some(count) => vec![b'x'; count.parse().unwrap()],
            None => format!("{} as {}\n", self.name, self.user).into_bytes(),
        };
        let (handle, stays) = (session.handle(), command == "stay");
        tokio::spawn(async move {
            let _ = handle.data(id, said).await;
            if !stays {
                let _ = handle.exit_status_request(id, 0).await;
                let _ = handle.eof(id).await;
                let _ = handle.close(id).await;
            }
        });
        Ok(())
    }
}
