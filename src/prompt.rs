//! The trait by which the library asks a human. "Cannot ask" is an answer.
//!
//! The library decides *that* something must be asked and what follows from each answer; an
//! implementation in `ui/` decides how it looks. Calls block. The library makes them on a separate
//! thread, so that the connection keeps running while a question is open.

use std::path::Path;
use std::pin::Pin;

use russh::keys::ssh_key::PublicKey;

use crate::secret::Secret;
use crate::trust::rotate::Difference;
use crate::trust::{Evidence, Judgement, fingerprint};

mod login;

pub use login::{
    AgentKeys, Attempt, LoginAnswer, LoginCredential, LoginQuestion, Lost, MethodObstacle,
    MethodOffer, Occasion, UnlockedKey, User, held_key,
};

/// The outcome of a question.
pub enum Answer<T> {
    /// The person answered.
    Given(T),
    /// The person declined (Esc, Ctrl-C, end of file).
    Cancelled,
    /// Nobody can be asked: batch mode, or no terminal.
    CannotAsk,
}

/// Why the host key needs a person's decision.
pub struct HostKeyQuestion<'a> {
    /// The host as the user named it, sanitised.
    pub host: &'a str,
    /// What is known about the key, and the files where it was found.
    pub evidence: &'a Evidence,
    /// The key's `SHA256:…` fingerprint.
    pub sha256: String,
    /// The key's `MD5:aa:bb:…` fingerprint.
    pub md5: String,
    /// The key's randomart with its frame, several lines.
    pub randomart: String,
    /// The key's type as ssh names it, such as `ED25519`.
    pub key_type: &'static str,
}

impl<'a> HostKeyQuestion<'a> {
    /// The question about the key in this evidence.
    pub fn new(host: &'a str, evidence: &'a Evidence) -> HostKeyQuestion<'a> {
        let key = &evidence.offered;
        HostKeyQuestion {
            host,
            evidence,
            sha256: fingerprint::sha256(key),
            md5: fingerprint::md5(key),
            randomart: fingerprint::randomart(key),
            key_type: fingerprint::type_name(key),
        }
    }
}

/// The person's decision about a host key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostKeyAnswer {
    /// Do not connect.
    Disconnect,
    /// Connect this once and write nothing.
    Once,
    /// Connect and record the key; for a changed key, replace the old ones.
    Record,
    /// Connect and record the key if this typed fingerprint matches it.
    IfFingerprint(String),
}

/// The host announced keys that differ from those on record, and proved that it holds the new ones.
pub struct RotationQuestion<'a> {
    /// The host as the user named it, sanitised.
    pub host: &'a str,
    /// The file that would be changed.
    pub file: &'a Path,
    /// The keys that would be added, and those that would be removed, with their lines.
    pub difference: &'a Difference,
}

/// One prompt of a keyboard-interactive request (RFC 4256).
pub struct ChallengePrompt {
    /// The server's text, sanitised.
    pub text: String,
    /// Whether the typed text may be shown.
    pub echo: bool,
}

/// One keyboard-interactive request, with all of its prompts.
pub struct Challenge {
    /// `user@host`, as the user named them.
    pub login: String,
    /// The server's name for it, sanitised; often empty.
    pub name: String,
    /// The server's instruction, sanitised; often empty.
    pub instruction: String,
    /// The prompts, possibly none.
    pub prompts: Vec<ChallengePrompt>,
    /// Returns why the connection has ended, once it has.
    pub lost: Lost,
}

/// The facts about a connection, sanitised for the screen.
pub struct ConnectionSummary {
    /// The facts, each with its label, in groups with a heading.
    pub groups: Vec<(String, Vec<(String, String)>)>,
    /// The host's key.
    pub host_key: Option<PublicKey>,
}

/// What follows from the facts about a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FactsAnswer {
    /// Nothing more.
    #[default]
    Closed,
    /// A key is to be installed on the server.
    InstallKey,
}

/// A message that needs no answer.
pub enum Notice<'a> {
    /// Text from the server before the session (RFC 4252 section 5.4), sanitised.
    Banner(&'a str),
    /// A line of tessh's own that is shown even without `-v`.
    Warning(&'a str),
    /// A line of tessh's own about an error that does not end the connection.
    Error(&'a str),
}

/// The facts about a successful login.
pub struct Welcome<'a> {
    /// The host as the user named it, sanitised.
    pub host: &'a str,
    /// The user name on the server.
    pub user: &'a str,
    /// The method and its credential: `publickey with ED25519 SHA256:…`.
    pub how: &'a str,
    /// Whether the server asked for a credential that only the user has.
    pub is_proved: bool,
}

/// A step on the way to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectStep {
    /// Looking up the host's name.
    Resolve,
    /// Connecting to its address, or through a proxy.
    Connect,
    /// Agreeing on keys.
    KeyExchange,
    /// Checking the host's key.
    HostKey,
    /// Logging in.
    Login,
}

impl ConnectStep {
    /// The steps, in their order.
    pub const ALL: [ConnectStep; 5] = [
        ConnectStep::Resolve,
        ConnectStep::Connect,
        ConnectStep::KeyExchange,
        ConnectStep::HostKey,
        ConnectStep::Login,
    ];
}

/// A future that a [`Prompt`] returns.
pub type Waited<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Asks and informs a human; an implementation may have none to ask.
pub trait Prompt: Send + Sync {
    /// Asks whether to trust a host key.
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer>;

    /// Asks for a password or passphrase; `label` is shown exactly as given.
    fn secret(&self, label: &str) -> Answer<Secret>;

    /// Asks how to log in; each answer is one attempt at most.
    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer>;

    /// Asks all prompts of one keyboard-interactive request. The answers are in the prompts' order.
    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>>;

    /// Asks whether to change the keys on record for a host; anything but a clear yes is no.
    fn rotation(&self, question: &RotationQuestion<'_>) -> Answer<bool> {
        let _ = question;
        Answer::CannotAsk
    }

    /// Asks yes or no on behalf of a client of a shared connection, while a session may own the
    /// terminal: in a separate window if a program for that is set (SSH_ASKPASS).
    fn confirm(&self, question: &str) -> Answer<bool> {
        self.yes(question)
    }

    /// Asks a question that only `yes` answers; anything else is no.
    fn yes(&self, question: &str) -> Answer<bool> {
        let _ = question;
        Answer::CannotAsk
    }

    /// Asks whether this text may be sent as if it were typed, and lets the person edit it. Returns
    /// the text to send. Lines end in `\n`; the text is not sanitised.
    fn paste(&self, _text: &str) -> Answer<String> {
        Answer::CannotAsk
    }

    /// Whether questions and facts take the whole screen; otherwise they are lines of output.
    fn is_full_screen(&self) -> bool {
        false
    }

    /// Shows facts until the person dismisses them. Called only if [`Prompt::is_full_screen`].
    fn facts(&self, _facts: ConnectionSummary) -> FactsAnswer {
        FactsAnswer::Closed
    }

    /// Reports how a host key was judged, and the reason if it was accepted.
    fn judged(&self, _judgement: &Judgement, _because: Option<&str>) {}

    /// Reports that the connection to a host has come to this step.
    fn step(&self, _host: &str, _step: ConnectStep) {}

    /// Reports that the connection is made, or has failed, after the last step.
    fn arrived(&self) {}

    /// Takes what was typed for the session while the connection was made.
    fn typed_ahead(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Returns once the person gives up the connection that is being made.
    fn given_up(&self) -> Waited<'_> {
        Box::pin(std::future::pending())
    }

    /// Reports that the login succeeded, after all text that the server sends before it.
    fn welcome(&self, _welcome: &Welcome<'_>) {}

    /// Shows a message that needs no answer.
    fn notice(&self, notice: Notice<'_>);
}
