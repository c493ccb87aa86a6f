//! A server whose answers to logins are a script, for what no real server does on demand.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};

use russh::keys::ssh_key::PrivateKey;
use russh::server::{self, Auth, Handler, Response};
use russh::{Disconnect, MethodKind, MethodSet};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::lab::{Hosted, library_server};

/// What the server does with the next request to log in.
pub enum Step {
    /// Refuses, and takes these from now on.
    Refuse(&'static [MethodKind]),
    /// Takes it, and wants one of these after it.
    Further(&'static [MethodKind]),
    /// Asks this: name, instruction, prompts with their echo.
    Ask(&'static str, &'static str, &'static [(&'static str, bool)]),
    /// Lets the user in.
    Accept,
}

/// A running server; it ends when dropped.
pub struct Scripted {
    port: u16,
    known_hosts: String,
    /// Every request, such as `password root` and `answers a,b`.
    log: Arc<Mutex<Vec<String>>>,
    hang_up: Arc<Notify>,
    connections: Connections,
    _hosted: Hosted,
}

impl Scripted {
    pub fn start(steps: impl Into<VecDeque<Step>>) -> Scripted {
        Scripted::with_banner(steps, None)
    }

    /// Starts a server that sends a banner before any login.
    pub fn with_banner(steps: impl Into<VecDeque<Step>>, banner: Option<&'static str>) -> Scripted {
        let key = include_str!("../data/keys/made/ed25519.openssh");
        let key = PrivateKey::from_openssh(key).unwrap();
        let public = key.public_key().to_openssh().unwrap();
        let (log, hang_up) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        let steps = Arc::new(Mutex::new(steps.into()));
        let script = Script { steps, log: Arc::clone(&log), banner };
        let (end, connections) = (Arc::clone(&hang_up), Connections::default());
        let made = Arc::clone(&connections);
        let (_hosted, port) = Hosted::start(|begins| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            begins.send(listener.local_addr().unwrap().port()).unwrap();
            serve(listener, key, script, (end, made)).await;
        });
        let known_hosts = format!("[127.0.0.1]:{port} {public}\n");
        Scripted { port, known_hosts, log, hang_up, connections, _hosted }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    pub fn known_hosts(&self) -> &str {
        &self.known_hosts
    }

    /// `-p PORT root@127.0.0.1`, after these options.
    pub fn to(&self, options: &[&str]) -> Vec<String> {
        let port = self.port.to_string();
        let fixed = ["-p", &port, "root@127.0.0.1"];
        [options, &fixed].concat().into_iter().map(str::to_owned).collect()
    }

    /// What was asked of it so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Drops the connection.
    pub fn hang_up(&self) {
        self.hang_up.notify_one();
    }

    /// Closes every connection without a word.
    pub fn cut(&self) {
        for connection in &*self.connections.lock().unwrap() {
            // One that has ended is cut already.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// How many connections have been made.
    pub fn connections(&self) -> usize {
        self.connections.lock().unwrap().len()
    }
}

/// The sockets of all connections, of those that have ended as well.
type Connections = Arc<Mutex<Vec<TcpStream>>>;

async fn serve(
    listener: TcpListener,
    key: PrivateKey,
    script: Script,
    (end, connections): (Arc<Notify>, Connections),
) {
    let config = Arc::new(library_server(key));
    while let Ok((stream, _)) = listener.accept().await {
        let (config, script, end) = (Arc::clone(&config), script.clone(), Arc::clone(&end));
        let socket = stream.as_fd().try_clone_to_owned().unwrap();
        connections.lock().unwrap().push(socket.into());
        tokio::spawn(async move {
            let Ok(session) = server::run_stream(config, stream, script).await else { return };
            let handle = session.handle();
            tokio::select! {
                _ = session => {}
                () = end.notified() => {
                    let (why, language) = ("closing time".to_owned(), "en".to_owned());
                    let _ = handle.disconnect(Disconnect::ByApplication, why, language).await;
                }
            }
        });
    }
}

#[derive(Clone)]
struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    log: Arc<Mutex<Vec<String>>>,
    banner: Option<&'static str>,
}

impl Script {
    fn next(&self, request: String) -> Auth {
        self.log.lock().unwrap().push(request);
        let methods = |kinds: &[MethodKind]| Some(MethodSet::from(kinds));
        match self.steps.lock().unwrap().pop_front() {
            None => Auth::reject(),
            Some(Step::Refuse(kinds)) => {
                Auth::Reject { proceed_with_methods: methods(kinds), partial_success: false }
            }
            Some(Step::Further(kinds)) => {
                Auth::Reject { proceed_with_methods: methods(kinds), partial_success: true }
            }
            Some(Step::Ask(name, instructions, prompts)) => Auth::Partial {
                name: Cow::Borrowed(name),
                instructions: Cow::Borrowed(instructions),
                prompts: prompts.iter().map(|&(text, echo)| (Cow::Borrowed(text), echo)).collect(),
            },
            Some(Step::Accept) => Auth::Accept,
        }
    }
}

impl Handler for Script {
    type Error = russh::Error;

    async fn authentication_banner(&mut self) -> Result<Option<String>, russh::Error> {
        Ok(self.banner.map(str::to_owned))
    }

    async fn auth_none(&mut self, user: &str) -> Result<Auth, russh::Error> {
        Ok(self.next(format!("none {user}")))
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(self.next(format!("password {user} {password:?}")))
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        _: server::PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        self.log.lock().unwrap().push(format!("offer {user}"));
        Ok(Auth::Accept)
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        _: server::VerifiedPublicKey<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(self.next(format!("publickey {user}")))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        Ok(self.next(match response {
            None => format!("keyboard-interactive {user}"),
            Some(answers) => {
                let answers: Vec<_> =
                    answers.map(|it| String::from_utf8_lossy(&it).into_owned()).collect();
                format!("answers {}", answers.join(","))
            }
        }))
    }
}
