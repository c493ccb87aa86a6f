//! This client, through its public functions, with a person whose answers are a script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tessh::client::algorithms::{Lists, of_certificate};
use tessh::client::deadline::Budget;
use tessh::client::handshake::{TransportOptions, verify};
use tessh::client::host_key::{DnsCheck, HostPolicy, SettledKey};
use tessh::client::login::{Login, authenticate};
use tessh::client::stream::{Route, connect};
use tessh::client::{Session, Stream, Transport};
use tessh::config::AddressFamily;
use tessh::config::Method;
use tessh::error::Error;
use tessh::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion, Notice, Prompt,
};
use tessh::secret::Secret;
use tessh::trust::{Policy, Sources, Subject};
use tokio::task::JoinHandle;

const ANOTHER_KEY: &str = include_str!("../data/trust/certificates/host-revoked.pub");

/// A person who has a password and says yes to nothing else.
#[derive(Default)]
pub struct Person {
    /// What is done while a challenge is on the screen.
    pub meanwhile: Option<Box<dyn Fn() + Send + Sync>>,
    pub shown: Mutex<Vec<String>>,
    /// How the person logs in where that is asked.
    pub login: Option<Box<dyn Fn(LoginQuestion) -> Answer<LoginAnswer> + Send + Sync>>,
}

impl Prompt for Person {
    fn host_key(&self, _: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        Answer::CannotAsk
    }

    fn secret(&self, _: &str) -> Answer<Secret> {
        Answer::Given(Secret::new("password".to_owned()))
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        self.login.as_ref().map_or(Answer::CannotAsk, |login| login(question))
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        if let Some(meanwhile) = &self.meanwhile {
            meanwhile();
        }
        Answer::Given(challenge.prompts.iter().map(|_| Secret::new("1".to_owned())).collect())
    }

    fn notice(&self, notice: Notice<'_>) {
        let (Notice::Banner(text) | Notice::Warning(text) | Notice::Error(text)) = notice;
        self.shown.lock().unwrap().push(text.to_owned());
    }
}

/// Connects to a loopback address.
pub async fn stream(address: SocketAddr) -> Stream {
    let route = Route {
        host: address.ip().to_string(),
        port: address.port(),
        family: AddressFamily::Any,
        bind: None,
        bind_interface: None,
        tcp_keep_alive: false,
        class: None,
        attempts: 1,
        proxy: None,
    };
    connect(&route, Budget::start(None), &|| {}).await.unwrap()
}

/// Verifies the host, taking a new key and writing it nowhere.
pub async fn transport(address: SocketAddr) -> Result<Transport, Error> {
    transport_for(address, Arc::default(), Options::default()).await
}

/// What differs from test to test.
#[derive(Default)]
pub struct Options {
    pub host_key: Option<&'static str>,
    /// Another key of the host is on record, and StrictHostKeyChecking is `no`.
    pub changed: bool,
    pub alive_interval: Option<Duration>,
    /// 3 without one.
    pub alive_count_max: Option<u32>,
    /// The key that was settled on an earlier connection; with one, StrictHostKeyChecking is `ask`.
    pub settled: SettledKey,
}

pub async fn transport_for(
    address: SocketAddr,
    person: Arc<Person>,
    options: Options,
) -> Result<Transport, Error> {
    let known = tempfile::NamedTempFile::new().unwrap();
    let (mut sources, mut policy) = (Sources::default(), Policy::AcceptNew);
    if options.changed {
        std::fs::write(known.path(), format!("server {ANOTHER_KEY}")).unwrap();
        (sources.user, policy) = (vec![known.path().to_owned()], Policy::No);
    }
    if options.settled.key().is_some() {
        policy = Policy::Ask;
    }
    let host = HostPolicy {
        subject: Subject { name: "server".to_owned(), port: 22, alias: false },
        shown: "server".to_owned(),
        sources,
        policy,
        hash: false,
        command: None,
        revoked: Vec::new(),
        authorities: None,
        authority_places: Vec::new(),
        cluster: None,
        requirements: tessh::trust::Requirements::default(),
        pins: Vec::new(),
        update: tessh::config::UpdateHostKeys::No,
        any_at_loopback: false,
        visual: false,
        dns: DnsCheck::default(),
        first_seen: None,
        settled: options.settled,
    };
    let options = TransportOptions {
        lists: Lists { host_key: options.host_key, ..Lists::default() },
        warn_weak_crypto: false,
        rekey_bytes: None,
        rekey_time: None,
        alive_interval: options.alive_interval,
        alive_count_max: options.alive_count_max.unwrap_or(3),
        version_addendum: None,
        is_subsystem: false,
    };
    verify(stream(address).await, host, &options, Budget::start(None), person).await
}

/// PubkeyAcceptedAlgorithms, certificates aside.
const SIGNATURES: [&str; 4] =
    ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"];

/// A login by this method, with nothing else at hand.
pub fn login(method: Method) -> Login {
    Login {
        user: "user".to_owned(),
        label: "user@server".to_owned(),
        chain: vec![method],
        host_bound: true,
        tries: 1,
        signatures: SIGNATURES
            .iter()
            .flat_map(|name| [(*name).to_owned(), of_certificate(name)])
            .collect(),
        warn_weak_crypto: true,
        ..Login::default()
    }
}

/// Connects, verifies and logs in.
pub async fn session(address: SocketAddr, method: Method) -> Result<Session, Error> {
    authenticate(transport(address).await?, login(method)).await
}

/// A clock that stands still until it is moved, while input and output go on. Left to
/// itself a paused clock jumps ahead whenever every task waits, also for a socket.
pub struct Clock {
    _keep: std::sync::mpsc::Sender<()>,
}

impl Clock {
    pub fn stop() -> Clock {
        tokio::time::pause();
        let (keep, end) = std::sync::mpsc::channel::<()>();
        // As long as a blocking task runs, the clock does not move by itself.
        tokio::task::spawn_blocking(move || end.recv());
        Clock { _keep: keep }
    }

    /// Lets up to `limit` pass, in steps of 100 ms, until the task is done.
    pub async fn pass<T>(&self, limit: Duration, task: JoinHandle<T>) -> T {
        let step = Duration::from_millis(100);
        for _ in 0..limit.as_millis().div_ceil(100) {
            if task.is_finished() {
                break;
            }
            tokio::time::advance(step).await;
        }
        assert!(task.is_finished(), "still waiting after {limit:?}");
        task.await.unwrap()
    }
}
