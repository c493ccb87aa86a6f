//! One login in progress: requests to the server with their deadlines, the meaning of the answers,
//! and the wording of a refusal. The methods are in files of their own.
//!
//! Closes gap G6: the library reports a connection lost during the login as a refusal.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use log::{debug, info};
use russh::client::AuthResult;
use russh::keys::HashAlg;
use russh::{MethodKind, MethodSet};
use tokio::time::{Instant, sleep_until, timeout};

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::handshake::verify::Transport;
use crate::client::login::again::Reconnection;
use crate::client::login::request::Login;
use crate::client::state::remembered::{RememberedCredential, RememberedLogin, UsedLogin};
use crate::client::state::shared::ConnectionState;
use crate::config::Method;
use crate::error::{Error, Kind, Result, joined};
use crate::prompt::{Answer, Lost, Prompt};
use crate::say;
use crate::secret::Secret;

/// The method's name on the wire.
pub fn name(method: Method) -> &'static str {
    match method {
        Method::None => "none",
        Method::Password => "password",
        Method::PublicKey | Method::Agent => "publickey",
        Method::KeyboardInteractive => "keyboard-interactive",
    }
}

/// The outcome of one method; the names are the methods that the server accepts next.
pub(super) enum MethodOutcome {
    Success,
    Partial(Vec<String>),
    Refused(Vec<String>),
}

/// What an attempt was made with, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TriedWith {
    /// A password that was handed over (`--password-fd`).
    HandedOver,
    /// Keys, each with its type and fingerprint.
    Keys(Vec<String>),
}

impl fmt::Display for TriedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TriedWith::HandedOver => f.write_str(&say!(password_handed_over)),
            TriedWith::Keys(keys) => f.write_str(&keys.join(", ")),
        }
    }
}

/// One login in progress.
pub(super) struct Dialogue {
    pub(super) transport: Transport,
    pub(super) login: Login,
    /// What the last method logged in with, for messages.
    pub(super) credential: Option<TriedWith>,
    /// The key that was offered last: its fingerprint and file.
    pub(super) key: Option<(String, Option<PathBuf>)>,
    /// Why a key of the last method could not be used, where the server has refused others.
    pub(super) fault: Option<Error>,
    /// The credential for further connections, if the login keeps it.
    pub(super) kept: Option<RememberedCredential>,
    /// The steps of the chain that have succeeded, for messages.
    pub(super) done: Vec<String>,
    /// The hash for RSA signatures that the server prefers, from its announcement; `None` before
    /// the announcement was looked for.
    pub(super) announced: Option<Announced>,
}

/// The result of `server-sig-algs` (RFC 8308), if it arrived: the best hash, or SHA-1.
pub(super) type Announced = Option<Option<HashAlg>>;

impl Dialogue {
    pub(super) fn new(transport: Transport, login: Login) -> Dialogue {
        Dialogue {
            transport,
            login,
            credential: None,
            key: None,
            fault: None,
            kept: None,
            done: Vec::new(),
            announced: None,
        }
    }

    pub(super) fn finish(mut self, method: Method) -> Session {
        let last = self.tried(method);
        let remembered = self.remembered(method);
        let used = self.used(method);
        self.done.push(last);
        let how = self.done.join(&say!(login_then));
        let Transport { handle, shared, .. } = self.transport;
        shared.watch_end(None);
        shared.record.logged_in(&self.login.user);
        shared.wire.logged_in();
        if !shared.record.is_proved() {
            info!("the server asked for no proof of who logs in");
        }
        Session { remembered, used, ..Session::new(handle, shared, how) }
    }

    fn used(&mut self, method: Method) -> Option<UsedLogin> {
        let key = self.key.take().filter(|_| name(method) == name(Method::PublicKey));
        if method == Method::None || !self.done.is_empty() {
            return None;
        }
        let (key, file) = key.map_or((None, None), |(key, file)| (Some(key), file));
        // Under the name `ssh`, `publickey` has the agent's keys as well.
        let method = match (&key, &file) {
            (Some(_), None) => Method::Agent,
            _ => method,
        };
        Some(UsedLogin { user: self.login.user.clone(), method, key, file, again: None })
    }

    /// The login for further connections. One of several steps cannot be repeated with one
    /// credential.
    fn remembered(&mut self, method: Method) -> Option<RememberedLogin> {
        let single = self.login.keep && self.done.is_empty();
        let credential = match (method, self.kept.take()) {
            (Method::None, _) => RememberedCredential::Nothing,
            (_, kept) => kept?,
        };
        let method = match credential {
            RememberedCredential::Held(_) => Method::Agent,
            _ => method,
        };
        single.then(|| RememberedLogin { user: self.login.user.clone(), method, credential })
    }

    /// Keeps a password for further connections, if the login asks for that.
    pub(super) fn keep_password(&mut self, secret: &Secret) {
        if self.login.keep {
            let copy = Secret::new(secret.expose().to_owned());
            self.kept = Some(RememberedCredential::Password(copy));
        }
    }

    pub(super) async fn none(&mut self) -> Result<MethodOutcome> {
        let user = self.login.user.clone();
        let shared = Arc::clone(&self.transport.shared);
        let request = self.transport.handle.authenticate_none(user);
        let result = answered(&shared, request).await?;
        self.outcome(result).await
    }

    /// The outcome for the library's result. A refusal counts only if the connection still exists
    /// (G6).
    pub(super) async fn outcome(&self, result: AuthResult) -> Result<MethodOutcome> {
        let (methods, partial) = match result {
            AuthResult::Success => return Ok(MethodOutcome::Success),
            AuthResult::Failure { remaining_methods, partial_success } => {
                (remaining_methods, partial_success)
            }
        };
        if methods.is_empty() {
            lost(&self.transport.shared).await?;
        }
        let names = names(&methods);
        debug!("Authentications that can continue: {}", names.join(","));
        Ok(if partial { MethodOutcome::Partial(names) } else { MethodOutcome::Refused(names) })
    }

    /// Describes the last attempt: `password`, `publickey with ED25519 SHA256:…`.
    pub(super) fn tried(&self, method: Method) -> String {
        match &self.credential {
            Some(credential) => say!(login_with, method = name(method), credential),
            None => name(method).to_owned(),
        }
    }

    /// The error that ends the login when a method that was named beforehand is refused, in a chain
    /// or by `--auth`.
    pub(super) fn denied(&self, method: Method, accepted: &[String]) -> Error {
        let tried = self.tried(method);
        let step = match accepted {
            [] => say!(auth_refused_for_good, tried),
            _ if accepted.iter().any(|wire| wire == name(method)) => {
                say!(auth_refused_check, tried)
            }
            _ => say!(auth_refused_not_accepted, tried),
        };
        self.permission_denied(accepted).hint(self.with_fault(step))
    }

    /// A next step, and behind it why a key was not used that might have logged in.
    fn with_fault(&self, step: String) -> String {
        match &self.fault {
            Some(fault) => joined(&step, &fault.to_string()),
            None => step,
        }
    }

    /// The error in ssh's words, with the methods that can continue.
    pub(super) fn permission_denied(&self, accepted: &[String]) -> Error {
        let cause = say!(auth_denied, label = self.login.label, list = accepted.join(","));
        Error::new(Kind::Authentication, cause)
    }

    pub(super) fn further(&self, chain: &[Method], wanted: &[String]) -> Error {
        let done: Vec<_> = chain.iter().map(|&method| name(method)).collect();
        let next = wanted.first().map_or("?", String::as_str);
        let step = say!(auth_partial_hint, done = done.join(","), next);
        self.permission_denied(wanted).hint(self.with_fault(step))
    }

    /// Asks the person on a separate thread, while the deadlines stand still. If the connection was
    /// lost meanwhile (gap G13) and the person has answered, it is made again.
    pub(super) async fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&dyn Prompt) -> Answer<T> + Send + 'static,
    ) -> Result<Answer<T>> {
        self.asked(question).await.map(|(answer, _)| answer)
    }

    /// Does what [`Dialogue::ask`] does, and says whether the connection is a new one.
    pub(super) async fn asked<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&dyn Prompt) -> Answer<T> + Send + 'static,
    ) -> Result<(Answer<T>, bool)> {
        let answer = ask(&self.transport.shared, &self.transport.prompt, question).await;
        let is_given = matches!(answer, Answer::Given(_));
        let is_new = match is_given || self.reconnection().is_none() {
            true => self.stay_connected().await?,
            false => false,
        };
        Ok((answer, is_new))
    }

    /// Makes the connection again if it is lost; says whether that was so.
    pub(super) async fn stay_connected(&mut self) -> Result<bool> {
        let Some(error) = self.transport.shared.ended() else { return Ok(false) };
        let lost = error.context(say!(login_lost_meanwhile));
        let Some(again) = self.reconnection() else { return Err(lost) };
        let transport = again.connect().await.ok_or_else(|| lost.clone())??;
        // Whoever answered was told that the host is the right one.
        if transport.is_restricted() && !self.transport.is_restricted() {
            return Err(lost);
        }
        debug!("The connection was lost while a question was open; it was made again.");
        self.transport = transport;
        self.announced = None;
        Ok(true)
    }

    /// By which a new connection is made, if that is possible: steps of the login that the server
    /// has accepted belong to the old one, and a server that broke the protocol is not asked again.
    pub(super) fn reconnection(&self) -> Option<Reconnection> {
        let may = self.done.is_empty() && !self.transport.shared.ended_by_fault();
        self.login.again.clone().filter(|_| may)
    }

    /// The function by which a dialog finds out that the connection is lost; see [`Lost`]. A
    /// connection that can be made again is not.
    pub(super) fn lost(&self) -> Lost {
        let shared = Arc::clone(&self.transport.shared);
        match self.reconnection() {
            Some(_) => Arc::new(|| None),
            None => Arc::new(move || shared.ended()),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.transport.shared.ended().is_none()
    }

    /// Whether the server ended the connection during an attempt, and a new one can be made.
    pub(super) fn is_hung_up(&self, error: &Error) -> bool {
        error.kind() == Kind::Disconnected && !self.is_alive() && self.reconnection().is_some()
    }
}

/// Asks the person on a separate thread, while the deadlines stand still. Unlike [`Dialogue::ask`],
/// does not check whether the connection still exists.
pub(crate) async fn ask<T: Send + 'static>(
    shared: &ConnectionState,
    prompt: &Arc<dyn Prompt>,
    question: impl FnOnce(&dyn Prompt) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let prompt = Arc::clone(prompt);
    shared.pause();
    let answer = tokio::task::spawn_blocking(move || question(&*prompt)).await;
    shared.resume();
    shared.look_for_end();
    // The panic on the other thread has been reported there.
    answer.unwrap_or(Answer::Cancelled)
}

/// Waits for the answer to one request, within its deadline. An answer that arrived before the
/// request does not count: the library queues answers even if nothing was asked (gap G15).
pub(super) async fn answered<T>(
    shared: &ConnectionState,
    request: impl Future<Output = Result<T, russh::Error>>,
) -> Result<T> {
    answered_after_signing(shared, request).await.map_err(AttemptFault::into_error)
}

/// Waits like [`answered`] for the answer to a request that a key signs.
pub(super) async fn answered_after_signing<T, E: Into<SignerError>>(
    shared: &ConnectionState,
    request: impl Future<Output = Result<T, E>>,
) -> Result<T, AttemptFault> {
    shared.wire.ask();
    let result = in_time(shared, deadline::AUTHENTICATION_STEP, request).await;
    let is_answer = shared.wire.answered();
    if result.is_ok() && !is_answer {
        lost(shared).await?;
        let error = Error::new(Kind::Disconnected, say!(auth_answer_before_request));
        return Err(error.hint(say!(host_key_unproved_hint)).into());
    }
    result
}

/// Waits for the result of a request within `limit`.
async fn in_time<T, E: Into<SignerError>>(
    shared: &ConnectionState,
    limit: Duration,
    request: impl Future<Output = Result<T, E>>,
) -> Result<T, AttemptFault> {
    tokio::pin!(request);
    let start = Instant::now();
    let before = shared.paused();
    let mut wake = start + limit;
    loop {
        tokio::select! {
            result = &mut request => return match result.map_err(Into::into) {
                Ok(value) => Ok(value),
                Err(SignerError::Key(fault)) => Err(fault),
                Err(SignerError::Lost) => {
                    lost(shared).await?;
                    Err(lost_for_no_reason().into())
                }
            },
            () = sleep_until(wake) => {
                let end = start + limit + (shared.paused() - before);
                if end <= Instant::now() {
                    shared.wire.note_late();
                    let error = Error::new(Kind::Timeout, say!(auth_no_answer));
                    return Err(error.hint(say!(session_not_opened_in_time_hint)).into());
                }
                wake = end.max(Instant::now() + Duration::from_millis(50));
            }
        }
    }
}

/// Why an attempt has no answer of the server's.
pub(crate) enum AttemptFault {
    /// The key cannot be used, and that is nobody's decision: nobody can be asked for what unlocks
    /// it, no agent has it, or its security key is not plugged in.
    OutOfReach(Error),
    /// The person gave no passphrase or PIN for the key.
    Declined(Error),
    /// The key cannot be used for another reason, or the connection or the server failed.
    Other(Error),
}

impl From<Error> for AttemptFault {
    fn from(error: Error) -> AttemptFault {
        AttemptFault::Other(error)
    }
}

impl AttemptFault {
    /// The error for the person.
    pub fn into_error(self) -> Error {
        match self {
            AttemptFault::OutOfReach(error)
            | AttemptFault::Declined(error)
            | AttemptFault::Other(error) => error,
        }
    }
}

/// Why a request to sign or to log in failed.
pub(crate) enum SignerError {
    /// The connection is lost.
    Lost,
    /// The key cannot be used.
    Key(AttemptFault),
}

impl<E: Into<AttemptFault>> From<E> for SignerError {
    fn from(fault: E) -> SignerError {
        SignerError::Key(fault.into())
    }
}

impl From<russh::SendError> for SignerError {
    fn from(_: russh::SendError) -> SignerError {
        SignerError::Lost
    }
}

impl From<russh::Error> for SignerError {
    fn from(_: russh::Error) -> SignerError {
        SignerError::Lost
    }
}

/// Fails if the connection is lost. Waits a moment, because the library calls the handler shortly
/// after it has failed the request.
pub(super) async fn lost(shared: &ConnectionState) -> Result<()> {
    const MOMENT: Duration = Duration::from_millis(200);
    match timeout(MOMENT, shared.end()).await {
        // The library disconnects if the server accepts no further method: this is a refusal.
        Ok(error) if error.kind() == Kind::Authentication => Ok(()),
        Ok(error) => Err(error.context(say!(auth_connection_lost))),
        Err(_) => Ok(()),
    }
}

pub(super) fn lost_for_no_reason() -> Error {
    Error::new(Kind::Disconnected, say!(auth_connection_lost)).hint(say!(auth_try_again_hint))
}

fn names(methods: &MethodSet) -> Vec<String> {
    methods.iter().map(|method: &MethodKind| <&'static str>::from(method).to_owned()).collect()
}
