//! The login question: which user logs in, with which one method, and with which credential.
//!
//! The credential in an answer is complete: its key is unlocked already, so a wrong passphrase is
//! handled before anything is sent to the server.

use std::path::PathBuf;
use std::sync::Arc;

use russh::keys::agent::AgentIdentity;
use russh::keys::{PrivateKey, PublicKey};

use crate::config::Method;
use crate::error::Error;
use crate::keys::KeyFile;
use crate::secret::Secret;

/// The content of the authentication dialog, and the choices it starts with.
pub struct LoginQuestion {
    /// The host as the user named it, sanitised.
    pub host: String,
    /// The user who logs in.
    pub user: User,
    /// Why the person is asked.
    pub occasion: Occasion,
    /// A line that helps with the answer, if there is one.
    pub hint: Option<String>,
    /// The methods, in the order in which they are shown.
    pub methods: Vec<MethodOffer>,
    /// The method that is selected at first; `None` if none can be used yet.
    pub preselected: Option<Method>,
    /// The key file that is suggested.
    pub key_file: Option<PathBuf>,
    /// The keys in the agent.
    pub agent: AgentKeys,
    /// The index of the agent's key that is suggested.
    pub agent_key: usize,
    /// Whether a password was given at start, which is used if none is typed.
    pub handed_over: bool,
    /// Whether "remember in memory for this run" is on at first; `None` hides it, because nothing
    /// would use it.
    pub remember: Option<bool>,
    /// Whether "use this next time" is on at first.
    pub again: bool,
    /// The method that worked the last time.
    pub worked: Option<Method>,
    /// Whether "forward agent" is on at first; `None` hides it, because it is not available.
    pub forward: Option<bool>,
    /// The home directory, for `~` in paths; the search for key files starts in its `.ssh`.
    pub home: PathBuf,
    /// Returns why the connection has ended, once it has.
    pub lost: Lost,
}

/// Lets an open question find out whether its connection has ended, and why.
pub type Lost = Arc<dyn Fn() -> Option<Error> + Send + Sync>;

/// The user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// A suggested name: nothing was sent yet, and the person may change it.
    Proposed(String),
    /// A name that was sent: the server does not let it change on the same connection.
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
    /// This is the first attempt.
    First,
    /// The server refused this, such as `password` or `publickey with ED25519 SHA256:…`.
    Refused(String),
    /// The server ended the connection during this attempt, for this reason. The next attempt is
    /// made over a new connection.
    HungUp(String, Error),
    /// The attempt failed here, not at the server: for example, an agent did not sign.
    Unusable(Error),
    /// The server accepted this and wants another method, too.
    Further(String),
}

/// One method that the dialog shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodOffer {
    /// The method.
    pub method: Method,
    /// Whether the server accepts it; `None` while it has not been asked.
    pub accepted: Option<bool>,
    /// The local reason why the method cannot be used, whatever the server accepts.
    pub obstacle: Option<MethodObstacle>,
}

impl MethodOffer {
    /// Whether the method can be chosen now.
    pub fn is_usable(&self) -> bool {
        self.accepted == Some(true) && self.obstacle.is_none()
    }
}

/// A local reason why a method cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodObstacle {
    /// This ssh_config keyword switches the method off.
    SwitchedOff(&'static str),
    /// This ssh_config keyword names other methods.
    NotNamed(&'static str),
    /// The host's key changed, and this method would send something that can be stolen.
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

/// The result of asking the agent for its keys.
#[derive(Clone)]
pub enum AgentKeys {
    /// There is none.
    None,
    /// It did not answer in time.
    Silent,
    /// It failed.
    Failed(Error),
    /// The agent holds these keys, possibly none; comments are sanitised.
    Held(Vec<AgentIdentity>),
}

impl AgentKeys {
    /// The keys that the agent holds.
    pub fn held(&self) -> &[AgentIdentity] {
        match self {
            AgentKeys::Held(keys) => keys,
            _ => &[],
        }
    }

    /// The reason why no key of the agent can be used, if there is one.
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

/// The person's answer.
pub enum LoginAnswer {
    /// The user name is final: the server may be asked which methods it accepts for it.
    User(String),
    /// Try this, once.
    Attempt(Box<Attempt>),
}

/// One attempt to log in.
pub struct Attempt {
    /// The credential, which also determines the method.
    pub credential: LoginCredential,
    /// Whether to keep the credential in memory for this run.
    pub remember: bool,
    /// Whether to use this next time without asking which method.
    pub again: bool,
    /// Whether to forward the agent in this session.
    pub forward: bool,
}

/// A complete credential for one method.
pub enum LoginCredential {
    /// `password` with this password; if it is empty, with the one given at start.
    Password(Secret),
    /// `publickey` with this key.
    Key(Box<UnlockedKey>),
    /// `keyboard-interactive`: the server asks its questions later.
    Interactive,
    /// `publickey` with this key in the agent.
    Agent(Box<AgentIdentity>),
}

impl LoginCredential {
    /// The method that uses this credential.
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
    /// The key file.
    pub file: KeyFile,
    /// The private key of the file; wiped when the last owner drops it.
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
