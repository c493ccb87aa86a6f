//! An SSH server with real encryption that keeps to the protocol: the library's own server,
//! with a script that says what it does.

use std::borrow::Cow;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::ssh_key::{Algorithm, Certificate, PrivateKey};
use russh::server::{
    self, Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, PublicKeyOffer, Response, Session,
};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// A key of the test data.
pub fn key(text: &str) -> PrivateKey {
    PrivateKey::from_openssh(text).unwrap()
}

pub const ED25519: &str = include_str!("../data/keys/made/ed25519.openssh");
pub const RSA: &str = include_str!("../data/keys/made/rsa2048.openssh");
pub const ECDSA: &str = include_str!("../data/keys/made/ecdsa256.openssh");

/// The port that is forwarded where the client leaves the choice.
pub const FORWARDED: u32 = 40_000;

/// What the server does with a login.
#[derive(Clone, Copy, Default)]
pub enum Logins {
    /// Lets everybody in.
    #[default]
    Accepted,
    /// Drops the connection without a word.
    Dropped,
    /// Refuses, and names no other method.
    RefusedForGood,
    /// Refuses, and names publickey.
    Refused,
    /// Refuses, and names every method again.
    Wrong,
    /// Asks so many questions, again and again.
    Asking(usize),
    /// Takes a password and wants keyboard-interactive after it.
    HalfWay,
    /// Never answers.
    Unanswered,
    /// Asks one question, by keyboard-interactive.
    Asked,
}

pub type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
pub type Program = Arc<dyn Fn(Handle, ChannelId) -> Running + Send + Sync>;

/// What the client did.
#[derive(Debug, PartialEq, Eq)]
pub enum Act {
    /// It tried to log in with this method.
    Tried(&'static str),
    /// It offered a key to be used with this algorithm.
    Offered(Algorithm),
    Data(Vec<u8>),
    Eof,
    /// A window change, in columns.
    Resized(u32),
}

/// The server's script.
#[derive(Clone)]
pub struct Honest {
    pub logins: Logins,
    pub keys: Vec<PrivateKey>,
    /// The window for data of the client's; 0 takes none.
    pub window: u32,
    pub program: Option<Program>,
    pub acts: UnboundedSender<Act>,
    /// Set once the client has tried to log in.
    pub asked: Arc<AtomicBool>,
}

impl Honest {
    /// A server that lets everybody in, and what it will report.
    pub fn new() -> (Honest, UnboundedReceiver<Act>) {
        let (acts, receiver) = unbounded_channel();
        let keys = vec![key(ED25519)];
        let window = 1024 * 1024;
        let script = Honest {
            logins: Logins::Accepted,
            keys,
            window,
            program: None,
            acts,
            asked: Arc::default(),
        };
        (script, receiver)
    }

    /// Runs this for each shell or command.
    pub fn running<F>(
        mut self,
        program: impl Fn(Handle, ChannelId) -> F + Send + Sync + 'static,
    ) -> Honest
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.program = Some(Arc::new(move |handle, id| Box::pin(program(handle, id))));
        self
    }

    fn config(&self) -> Arc<Config> {
        Arc::new(Config {
            keys: self.keys.clone(),
            window_size: self.window,
            auth_rejection_time: Duration::ZERO,
            auth_rejection_time_initial: Some(Duration::ZERO),
            inactivity_timeout: None,
            ..Config::default()
        })
    }

    /// Serves one connection on this stream; the task can be aborted, which drops it.
    pub fn serve<S>(self, stream: S) -> JoinHandle<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        tokio::spawn(async move {
            let config = self.config();
            let session = server::run_stream(config, stream, Connection { script: self }).await;
            if let Ok(session) = session {
                let _ = session.await;
            }
        })
    }

    /// Listens on loopback for one connection.
    pub async fn listen(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            self.serve(stream);
        });
        address
    }
}

struct Connection {
    script: Honest,
}

impl Connection {
    fn act(&self, act: Act) {
        let _ = self.script.acts.send(act);
    }

    async fn login(&self, method: &'static str) -> Result<Auth, russh::Error> {
        self.script.asked.store(true, Ordering::SeqCst);
        self.act(Act::Tried(method));
        let refused =
            |methods| Auth::Reject { proceed_with_methods: Some(methods), partial_success: false };
        match self.script.logins {
            Logins::Accepted => Ok(Auth::Accept),
            Logins::Dropped => Err(russh::Error::Disconnect),
            Logins::RefusedForGood => Ok(refused(MethodSet::empty())),
            Logins::Refused => Ok(refused(MethodSet::from(&[MethodKind::PublicKey][..]))),
            Logins::Wrong => Ok(refused(MethodSet::client_supported())),
            Logins::Asking(prompts) => Ok(Auth::Partial {
                name: Cow::Borrowed(""),
                instructions: Cow::Borrowed(""),
                prompts: Cow::Owned(vec![(Cow::Borrowed("Code: "), false); prompts]),
            }),
            Logins::HalfWay => Ok(Auth::Reject {
                proceed_with_methods: Some(MethodSet::from(&[MethodKind::KeyboardInteractive][..])),
                partial_success: true,
            }),
            Logins::Unanswered => std::future::pending().await,
            Logins::Asked => Ok(Auth::Partial {
                name: Cow::Borrowed(""),
                instructions: Cow::Borrowed(""),
                prompts: Cow::Borrowed(&[(Cow::Borrowed("Code: "), false)]),
            }),
        }
    }

    fn run(&self, id: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        match &self.script.program {
            Some(program) => {
                tokio::spawn(program(session.handle(), id));
                session.channel_success(id)
            }
            None => session.channel_failure(id),
        }
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_none(&mut self, _: &str) -> Result<Auth, russh::Error> {
        self.login("none").await
    }

    async fn auth_password(&mut self, _: &str, _: &str) -> Result<Auth, russh::Error> {
        self.login("password").await
    }

    async fn auth_publickey_offered(
        &mut self,
        _: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        self.act(Act::Offered(offer.algorithm.clone()));
        Ok(Auth::Accept)
    }

    async fn auth_openssh_certificate(
        &mut self,
        _: &str,
        _: &Certificate,
    ) -> Result<Auth, russh::Error> {
        self.login("publickey").await
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        match response {
            Some(_) if !matches!(self.script.logins, Logins::Asking(_)) => Ok(Auth::Accept),
            Some(_) => self.login("keyboard-interactive").await,
            None => self.login("keyboard-interactive").await,
        }
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

    async fn exec_request(
        &mut self,
        id: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.run(id, session)
    }

    async fn window_change_request(
        &mut self,
        _: ChannelId,
        columns: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.act(Act::Resized(columns));
        Ok(())
    }

    async fn data(
        &mut self,
        _: ChannelId,
        data: &[u8],
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.act(Act::Data(data.to_vec()));
        Ok(())
    }

    async fn channel_eof(&mut self, _: ChannelId, _: &mut Session) -> Result<(), russh::Error> {
        self.act(Act::Eof);
        Ok(())
    }

    async fn tcpip_forward(
        &mut self,
        _: &str,
        port: &mut u32,
        _: &mut Session,
    ) -> Result<bool, russh::Error> {
        *port = FORWARDED;
        Ok(true)
    }
}

/// A place to put results that are made on another task.
pub type Shelf<T> = Arc<Mutex<Vec<T>>>;
