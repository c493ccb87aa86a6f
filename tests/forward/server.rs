//! A server on loopback that forwards to places whose names say what fault to make, for faults
//! that no real server makes on demand.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use russh::server::{Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, Session, run_stream};
use russh::{Channel, ChannelId, ChannelMsg, ChannelOpenFailure};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, JoinSet};

use crate::honest::{ED25519, key};

/// The port that it chooses where it may choose.
pub const CHOSEN: u32 = 4242;
/// What `banner` says before anybody has spoken.
pub const BANNER: &[u8] = b"220 ready\r\n";
/// What `pour` sends in all: more than may be kept.
pub const POURED: usize = 3 * tessh::client::flow::MAX_KEPT / 2;

/// What the client asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Direct(String, u32),
    DirectPath(String),
    Listen(String, u32),
    ListenPath(String),
    Cancel(String, u32),
    AgentForwarding,
}

/// A running server; it ends when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    asked: Mutex<UnboundedReceiver<Asked>>,
    handles: tokio::sync::Mutex<UnboundedReceiver<Handle>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens for one connection.
    pub async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, receiver) = unbounded_channel();
        let (handles, arrived) = unbounded_channel();
        let task = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let config = Arc::new(Config {
                keys: vec![key(ED25519)],
                auth_rejection_time: Duration::ZERO,
                auth_rejection_time_initial: Some(Duration::ZERO),
                inactivity_timeout: None,
                nodelay: true,
                ..Config::default()
            });
            // The library's task outlives this one; the cable between them does not.
            let (here, there) = tokio::io::duplex(1 << 20);
            let connection = Connection { asked };
            tokio::spawn(async move {
                let session = run_stream(config, there, connection).await.unwrap();
                handles.send(session.handle()).unwrap();
                let _ = session.await;
            });
            // Each direction in its own task: a busy one must not hold up the other.
            let (mut from_server, mut to_server) = tokio::io::split(here);
            let (mut from_client, mut to_client) = stream.into_split();
            let mut directions = JoinSet::new();
            directions.spawn(async move {
                let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
            });
            directions.spawn(async move {
                let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
            });
            let _ = directions.join_all().await;
        });
        let (asked, handles) = (Mutex::new(receiver), tokio::sync::Mutex::new(arrived));
        Server { address, asked, handles, task }
    }

    /// What opens channels to the client.
    pub async fn handle(&self) -> Handle {
        self.handles.lock().await.recv().await.unwrap()
    }

    /// Everything asked for so far.
    pub fn asked(&self) -> Vec<Asked> {
        let mut asked = self.asked.lock().unwrap();
        std::iter::from_fn(|| asked.try_recv().ok()).collect()
    }

    /// Goes away without a word.
    pub fn die(&self) {
        self.task.abort();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Connection {
    asked: UnboundedSender<Asked>,
}

impl Connection {
    async fn lead(&self, to: &str, channel: Channel<Msg>, reply: ChannelOpenHandle) {
        match to {
            "refuse" => reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await,
            "unreachable" => reply.reject(ChannelOpenFailure::ConnectFailed).await,
            _ => {
                reply.accept().await;
                tokio::spawn(serve(to.to_owned(), channel));
            }
        }
    }
}

async fn serve(to: String, mut channel: Channel<Msg>) {
    let block = Bytes::from(vec![b'x'; 32 * 1024]);
    match to.as_str() {
        "flood" => while channel.data_bytes(block.clone()).await.is_ok() {},
        "pour" => {
            for _ in 0..POURED / block.len() {
                if channel.data_bytes(block.clone()).await.is_err() {
                    return;
                }
            }
            let _ = channel.eof().await;
            let _ = channel.close().await;
        }
        "banner" => {
            let _ = channel.data_bytes(BANNER).await;
            let _ = channel.eof().await;
            let _ = channel.close().await;
        }
        "hang" => std::future::pending().await,
        _ => echo(&mut channel).await,
    }
}

/// Sends back what comes; closes when the other side has nothing more to say.
async fn echo(channel: &mut Channel<Msg>) {
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => {
                let sent = channel.data_bytes(data).await;
                if sent.is_err() {
                    return;
                }
            }
            ChannelMsg::Eof => {
                let _ = channel.eof().await;
                let _ = channel.close().await;
            }
            _ => {}
        }
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_none(&mut self, _: &str) -> Result<Auth, russh::Error> {
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        reply.accept().await;
        tokio::spawn(serve("echo".to_owned(), channel));
        Ok(())
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_success(id)
    }

    async fn agent_request(
        &mut self,
        id: ChannelId,
        session: &mut Session,
    ) -> Result<bool, russh::Error> {
        let _ = self.asked.send(Asked::AgentForwarding);
        session.channel_success(id)?;
        Ok(true)
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
        let _ = self.asked.send(Asked::Direct(host.to_owned(), port));
        self.lead(host, channel, reply).await;
        Ok(())
    }

    async fn channel_open_direct_streamlocal(
        &mut self,
        channel: Channel<Msg>,
        path: &str,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        let _ = self.asked.send(Asked::DirectPath(path.to_owned()));
        self.lead(path, channel, reply).await;
        Ok(())
    }

    async fn tcpip_forward(
        &mut self,
        address: &str,
        port: &mut u32,
        _: &mut Session,
    ) -> Result<bool, russh::Error> {
        let _ = self.asked.send(Asked::Listen(address.to_owned(), *port));
        // It does not tell everybody which port it has chosen.
        if *port == 0 && address != "no-port" {
            *port = CHOSEN;
        }
        // Port 1 is taken, and about port 2 it never says a word.
        if *port == 2 {
            std::future::pending::<()>().await;
        }
        Ok(*port != 1)
    }

    async fn cancel_tcpip_forward(
        &mut self,
        address: &str,
        port: u32,
        _: &mut Session,
    ) -> Result<bool, russh::Error> {
        let _ = self.asked.send(Asked::Cancel(address.to_owned(), port));
        Ok(true)
    }

    async fn streamlocal_forward(
        &mut self,
        path: &str,
        _: &mut Session,
    ) -> Result<bool, russh::Error> {
        let _ = self.asked.send(Asked::ListenPath(path.to_owned()));
        Ok(true)
    }
}
