//! The trait by which the library asks a human. "Cannot ask" is an answer.
//!
//! The library decides *that* something must be asked and what follows from each answer;
//! an implementation in `ui/` decides how it looks. Calls block: the library makes them on a
//! thread of their own, so the connection goes on beside the question.

use std::path::Path;

use russh::keys::ssh_key::PublicKey;

use crate::secret::Secret;
use crate::trust::rotate::Difference;
use crate::trust::{Evidence, Judgement, fingerprint};

mod login;

pub use login::{
    AgentKeys, Attempt, LoginAnswer, LoginCredential, LoginQuestion, Lost, MethodObstacle,
    MethodOffer, Occasion, UnlockedKey, User, held_key,
};

/// What became of a question.
pub enum Answer<T> {
    /// The person answered.
    Given(T),
    /// The person declined (Esc, Ctrl-C, end of file).
    Cancelled,
    /// There is nobody to ask: batch mode, or no terminal.
    CannotAsk,
}

/// Why the host key needs a person's decision.
pub struct HostKeyQuestion<'a> {
    /// The host as the person knows it, ready to show.
    pub host: &'a str,
    /// Everything that is known about the key, and where it was found.
    pub evidence: &'a Evidence,
    /// The key's `SHA256:…` fingerprint.
    pub sha256: String,
    /// The key's `MD5:aa:bb:…` fingerprint.
    pub md5: String,
    /// The key's randomart, lines with its frame.
    pub randomart: String,
    /// The key's type as ssh names it, such as `ED25519`.
    pub key_type: &'static str,
}

impl<'a> HostKeyQuestion<'a> {
    /// The question about the key of this evidence.
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

/// What the person decided about a host key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostKeyAnswer {
    /// Do not connect.
    Disconnect,
    /// Connect this once; write nothing.
    Once,
    /// Connect and write the key (for a changed key: replace the old ones).
    Record,
    /// Connect and record if the typed fingerprint is the key's own.
    IfFingerprint(String),
}

/// The host announced other keys than are on record, and proved that it has the new ones.
pub struct RotationQuestion<'a> {
    /// The host as the person knows it, ready to show.
    pub host: &'a str,
    /// The file that would be changed.
    pub file: &'a Path,
    /// The keys that would be added, and those that would go, with their places.
    pub difference: &'a Difference,
}

/// One prompt of a keyboard-interactive request (RFC 4256).
pub struct ChallengePrompt {
    /// The server's text, sanitised.
    pub text: String,
    /// Whether what is typed may be shown.
    pub echo: bool,
}

/// One keyboard-interactive request: all of its prompts belong together.
pub struct Challenge {
    /// `user@host`, as the person knows it.
    pub login: String,
    /// The server's name for it, sanitised; often empty.
    pub name: String,
    /// The server's instruction, sanitised; often empty.
    pub instruction: String,
    /// The prompts, possibly none.
    pub prompts: Vec<ChallengePrompt>,
    /// Says why the connection has ended, once it has.
    pub lost: Lost,
}

/// What there is to show about a connection, fit to be shown.
pub struct ConnectionSummary {
    /// Labels, and what there is to say to each.
    pub lines: Vec<(String, String)>,
    /// The host's key.
    pub host_key: Option<PublicKey>,
}

/// What is said rather than asked.
pub enum Notice<'a> {
    /// Text from the server before the session (RFC 4252 section 5.4), sanitised.
    Banner(&'a str),
    /// A line of ours that should be seen even without `-v`.
    Warning(&'a str),
    /// A line of ours about something that went wrong and goes on.
    Error(&'a str),
}

/// A login that was taken.
pub struct Welcome<'a> {
    /// The host as the person knows it, ready to show.
    pub host: &'a str,
    /// The user name on the server.
    pub user: &'a str,
    /// The method, and what it was done with: `publickey with ED25519 SHA256:…`.
    pub how: &'a str,
    /// Whether the server asked for anything that only the user has.
    pub is_proved: bool,
}

/// A human, or the lack of one.
pub trait Prompt: Send + Sync {
    /// Asks whether to trust a host key.
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer>;

    /// Asks for a password or passphrase; `label` ends as it should be shown.
    fn secret(&self, label: &str) -> Answer<Secret>;

    /// Asks how to log in; each answer is one attempt at most.
    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer>;

    /// Asks all prompts of one keyboard-interactive request; one answer for each, in order.
    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>>;

    /// Asks whether to change what is on record of a host; anything but a clear yes is no.
    fn rotation(&self, question: &RotationQuestion<'_>) -> Answer<bool> {
        let _ = question;
        Answer::CannotAsk
    }

    /// Asks yes or no for a client of a shared connection, while the person may be busy in a
    /// session: in a window of its own where a program for that is set (SSH_ASKPASS).
    fn confirm(&self, question: &str) -> Answer<bool> {
        self.yes(question)
    }

    /// Asks a question that `yes` answers; anything but a clear yes is no.
    fn yes(&self, question: &str) -> Answer<bool> {
        let _ = question;
        Answer::CannotAsk
    }

    /// Asks whether this text may be sent as if it were typed, and lets it be edited; gives
    /// what to send. Lines end in `\n`; nothing in it has been sanitised.
    fn paste(&self, _text: &str) -> Answer<String> {
        Answer::CannotAsk
    }

    /// Whether questions and facts have the whole screen; else they are lines among others.
    fn is_full_screen(&self) -> bool {
        false
    }

    /// Shows facts until the person has seen them. Only where [`Prompt::is_full_screen`].
    fn facts(&self, _facts: ConnectionSummary) {}

    /// Hears how a host key was judged, and why it was accepted if it was.
    fn judged(&self, _judgement: &Judgement, _because: Option<&str>) {}

    /// Hears that the login was taken, after everything that the server says before it.
    fn welcome(&self, _welcome: &Welcome<'_>) {}

    /// Says something.
    fn notice(&self, notice: Notice<'_>);
}
