//! The login question: who logs in, with which one method, and with what.
//!
//! The credential that an answer holds is complete: a key in it is unlocked already, so that
//! a wrong passphrase never leads to a word to the server.

use std::path::PathBuf;
use std::sync::Arc;

use russh::keys::agent::AgentIdentity;
use russh::keys::{PrivateKey, PublicKey};

use crate::config::Method;
use crate::error::Error;
use crate::keys::KeyFile;
use crate::secret::Secret;

/// The authentication dialog: everything it shows, and what it begins with.
pub struct LoginQuestion {
    /// The host as the person knows it, ready to show.
    pub host: String,
    /// Who logs in.
    pub user: User,
    /// Why the person is asked.
    pub occasion: Occasion,
    /// The methods, in the order in which they are shown.
    pub methods: Vec<MethodOffer>,
    /// The one that is on at first; `None` if none can be used yet.
    pub preselected: Option<Method>,
    /// The key file that is proposed.
    pub key_file: Option<PathBuf>,
    /// What the agent holds.
    pub agent: AgentKeys,
    /// The number of the agent's key that is proposed.
    pub agent_key: usize,
    /// Whether a password was handed over, to be used where none is typed.
    pub handed_over: bool,
    /// Whether "remember in memory for this run" is on at first; `None` if nothing would use it.
    pub remember: Option<bool>,
    /// Whether "forward agent" is on at first; `None` if it cannot be had.
    pub forward: Option<bool>,
    /// The home directory, for `~` in paths; key files are looked for in its `.ssh` first.
    pub home: PathBuf,
    /// Says why the connection has ended, once it has.
    pub lost: Lost,
}

/// Tells a question that is open whether the connection it is about still lives.
pub type Lost = Arc<dyn Fn() -> Option<Error> + Send + Sync>;

/// The user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// Only proposed: nothing was sent yet, and the person may change it.
    Proposed(String),
    /// Sent: a server does not let it change on the same connection.
    Settled(String),
}

impl User {
    /// The name.
    pub fn name(&self) -> &str {
        let (User::Proposed(name) | User::Settled(name)) = self;
        name
    }
}

/// Why the person is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The first time.
    First,
    /// The server refused this, such as `password` or `publickey with ED25519 SHA256:…`.
    Refused(String),
    /// It could not be used, and the server has not refused anything: an agent did not sign.
    Unusable(Error),
    /// The server took this and wants another method after it.
    Further(String),
}

/// One method that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodOffer {
    /// The method.
    pub method: Method,
    /// Whether the server accepts it; `None` while it has not been asked.
    pub accepted: Option<bool>,
    /// What keeps us from using it, whatever the server says.
    pub obstacle: Option<MethodObstacle>,
}

impl MethodOffer {
    /// Whether it can be chosen now.
    pub fn is_usable(&self) -> bool {
        self.accepted == Some(true) && self.obstacle.is_none()
    }
}

/// What keeps us from using a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodObstacle {
    /// It is switched off by this ssh_config keyword.
    SwitchedOff(&'static str),
    /// The host's key changed, and nothing that could be stolen may be sent.
    HostKeyChanged,
    /// There is no agent.
    NoAgent,
    /// The agent does not answer.
    AgentSilent,
    /// The agent holds no key.
    AgentEmpty,
    /// The agent failed.
    AgentFailed,
}

/// What the agent holds.
#[derive(Clone)]
pub enum AgentKeys {
    /// There is none.
    None,
    /// It did not answer in time.
    Silent,
    /// It failed.
    Failed(Error),
    /// These, possibly none; comments are sanitised.
    Held(Vec<AgentIdentity>),
}

impl AgentKeys {
    /// Its keys.
    pub fn held(&self) -> &[AgentIdentity] {
        match self {
            AgentKeys::Held(keys) => keys,
            _ => &[],
        }
    }

    /// Why it cannot be chosen, if it cannot.
    pub fn obstacle(&self) -> Option<MethodObstacle> {
        match self {
            AgentKeys::None => Some(MethodObstacle::NoAgent),
            AgentKeys::Silent => Some(MethodObstacle::AgentSilent),
            AgentKeys::Failed(_) => Some(MethodObstacle::AgentFailed),
            AgentKeys::Held(keys) if keys.is_empty() => Some(MethodObstacle::AgentEmpty),
            AgentKeys::Held(_) => None,
        }
    }
}

/// What the person answered.
pub enum LoginAnswer {
    /// This is the user name: the server may be asked what it accepts from it.
    User(String),
    /// To try this, once.
    Attempt(Box<Attempt>),
}

/// One attempt to log in.
pub struct Attempt {
    /// With what, and so by which method.
    pub credential: LoginCredential,
    /// Whether the credential is kept in memory for this run.
    pub remember: bool,
    /// Whether the agent is forwarded in this session.
    pub forward: bool,
}

/// What logs in.
pub enum LoginCredential {
    /// `password`; empty means the one handed over, where there is one.
    Password(Secret),
    /// `publickey` with this key.
    Key(Box<UnlockedKey>),
    /// `keyboard-interactive`: the server will ask.
    Interactive,
    /// `publickey` with this key of the agent's.
    Agent(Box<AgentIdentity>),
}

impl LoginCredential {
    /// The method that it is for.
    pub fn method(&self) -> Method {
        match self {
            LoginCredential::Password(_) => Method::Password,
            LoginCredential::Key(_) => Method::PublicKey,
            LoginCredential::Interactive => Method::KeyboardInteractive,
            LoginCredential::Agent(_) => Method::Agent,
        }
    }
}

/// A key file and its private key.
pub struct UnlockedKey {
    /// The file.
    pub file: KeyFile,
    /// Its key; wiped when the last owner drops it.
    pub private: Arc<PrivateKey>,
}

/// The public key of an agent's identity, and whether it is in a certificate.
pub fn held_key(identity: &AgentIdentity) -> (PublicKey, bool) {
    match identity {
        AgentIdentity::PublicKey { key, .. } => (key.clone(), false),
        AgentIdentity::Certificate { certificate, .. } => {
            (PublicKey::new(certificate.public_key().clone(), ""), true)
        }
    }
}
