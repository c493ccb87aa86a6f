//! Login by dialog: the person chooses each attempt, and this file carries it out with the server.
//!
//! Once the user name is settled, the server is asked which methods it accepts (`none`, RFC 4252
//! section 5.2). Then each attempt is one that the person asked for. A refusal leads back to the
//! question, never to another method. Only the person or the server ends the login.

use std::path::PathBuf;
use std::time::Duration;

use log::{debug, info};
use tokio::time::timeout;

use crate::client::connection::Session;
use crate::client::handshake::verify::Transport;
use crate::client::login::dialogue::{Dialogue, MethodOutcome, name};
use crate::client::login::interactive::cancelled;
use crate::client::login::request::{Login, LoginDialogOptions};
use crate::client::state::remembered::{RememberedLogin, UsedLogin};
use crate::config::Method;
use crate::error::{Error, Kind, Result, joined};
use crate::keys::agent::Agent;
use crate::prompt::{
    AgentKeys, Answer, Attempt, LoginAnswer, LoginCredential, LoginQuestion, MethodObstacle,
    MethodOffer, Occasion, User, held_key,
};
use crate::say;
use crate::trust::fingerprint;

/// Time for the agent to list its keys, while the person waits for the dialog.
const AGENT_LIST: Duration = Duration::from_millis(1500);

/// Logs in as the person chooses; [`Login::chain`] and [`Login::identities`] are ignored.
///
/// # Errors
/// The person gives up, the server accepts nothing usable or disconnects, or nobody can be asked.
pub async fn authenticate_asking(
    transport: Transport,
    login: Login,
    asking: LoginDialogOptions,
) -> Result<Session> {
    let mut talk = LoginConversation::new(Dialogue::new(transport, login), asking);
    if talk.asking.user_is_proposed {
        talk.settle_user().await?;
    }
    let accepted = match talk.dialogue.none().await? {
        MethodOutcome::Success => return Ok(talk.dialogue.finish(Method::None)),
        MethodOutcome::Partial(accepted) | MethodOutcome::Refused(accepted) => accepted,
    };
    let accepted = Some(accepted);
    talk.log_in(DialogPosition { occasion: Occasion::First, accepted, tried: None }).await
}

/// Logs in as the person chooses, after the method that was chosen beforehand has not.
pub(super) async fn ask_after(
    dialogue: Dialogue,
    asking: LoginDialogOptions,
    position: DialogPosition,
) -> Result<Session> {
    LoginConversation::new(dialogue, asking).log_in(position).await
}

/// The state of a login by dialog.
struct LoginConversation {
    dialogue: Dialogue,
    asking: LoginDialogOptions,
    agent: AgentKeys,
    /// Whether "remember" was selected in the last answer.
    remember: bool,
    /// Whether "use this next time" was selected in the last answer, at first in the last login.
    again: bool,
    forward: Option<bool>,
}

/// The situation in which the next question is asked.
pub(super) struct DialogPosition {
    pub occasion: Occasion,
    /// The methods that the server accepts; `None` before it was asked.
    pub accepted: Option<Vec<String>>,
    /// The method that was tried last.
    pub tried: Option<Method>,
}

impl LoginConversation {
    fn new(dialogue: Dialogue, asking: LoginDialogOptions) -> LoginConversation {
        // On a restricted connection the agent is not forwarded, whatever the person chooses.
        let forward = asking.forward.filter(|_| !dialogue.transport.is_restricted());
        let again = asking.worked.as_ref().and_then(|worked| worked.again).unwrap_or(true);
        let agent = AgentKeys::None;
        LoginConversation { dialogue, asking, agent, remember: false, again, forward }
    }

    /// Asks for the user name, before anything about the user is sent.
    async fn settle_user(&mut self) -> Result<()> {
        let stage = DialogPosition { occasion: Occasion::First, accepted: None, tried: None };
        let question = self.question(&stage).await;
        match self.ask(question).await? {
            LoginAnswer::User(user) => {
                self.dialogue.login.set_user(&user);
                Ok(())
            }
            LoginAnswer::Attempt(_) => Err(cancelled()),
        }
    }

    async fn log_in(mut self, mut stage: DialogPosition) -> Result<Session> {
        let mut steps = 1 + self.dialogue.done.len();
        loop {
            let mut attempt = self.next_attempt(&stage).await?;
            let method = attempt.credential.method();
            let outcome = self.attempt(&mut attempt.credential).await;
            let tried = self.dialogue.tried(method);
            stage = match outcome {
                Ok(MethodOutcome::Success) => return Ok(self.finish(*attempt, steps)),
                Ok(MethodOutcome::Partial(accepted)) => {
                    debug!("Authenticated using \"{}\" with partial success.", name(method));
                    steps += 1;
                    self.dialogue.done.push(tried.clone());
                    // A login of several steps cannot be repeated with one remembered credential.
                    self.remember = false;
                    let accepted = Some(accepted);
                    DialogPosition { occasion: Occasion::Further(tried), accepted, tried: None }
                }
                Ok(MethodOutcome::Refused(accepted)) => {
                    let (tried, occasion) = (Some(method), Occasion::Refused(tried));
                    DialogPosition { occasion, accepted: Some(accepted), tried }
                }
                Err(error) if self.dialogue.is_hung_up(&error) => {
                    let (tried, occasion) = (Some(method), Occasion::HungUp(tried, error));
                    DialogPosition { occasion, tried, ..stage }
                }
                // The error is local, such as a key or the agent: the server still waits for an
                // attempt.
                Err(error) if self.dialogue.is_local(&error) && self.dialogue.is_alive() => {
                    DialogPosition {
                        occasion: Occasion::Unusable(error),
                        tried: Some(method),
                        ..stage
                    }
                }
                Err(error) => return Err(error),
            };
        }
    }

    /// Asks for the next attempt: one of the methods that the dialog offers as usable.
    async fn next_attempt(&mut self, stage: &DialogPosition) -> Result<Box<Attempt>> {
        let question = self.question(stage).await;
        let usable = question.methods.iter().filter(|offer| offer.is_usable());
        let usable: Vec<_> = usable.map(|offer| offer.method).collect();
        if usable.is_empty() {
            return Err(self.dead_end(stage, &question.methods));
        }
        match self.ask(question).await? {
            LoginAnswer::Attempt(attempt) if usable.contains(&attempt.credential.method()) => {
                self.remember = attempt.remember;
                self.again = attempt.again;
                self.forward = self.forward.map(|_| attempt.forward);
                Ok(attempt)
            }
            LoginAnswer::Attempt(_) | LoginAnswer::User(_) => Err(cancelled()),
        }
    }

    /// Makes exactly one attempt with this credential.
    async fn attempt(&mut self, credential: &mut LoginCredential) -> Result<MethodOutcome> {
        info!("Next authentication method: {}", name(credential.method()));
        let dialogue = &mut self.dialogue;
        dialogue.credential = None;
        match credential {
            LoginCredential::Password(secret) => {
                if secret.is_empty()
                    && let Some(handed_over) = dialogue.login.password.take()
                {
                    *secret = handed_over;
                }
                dialogue.try_password(secret).await
            }
            LoginCredential::Key(key) => dialogue.try_key(key).await,
            LoginCredential::Interactive => dialogue.one_interaction().await,
            LoginCredential::Agent(held) => dialogue.try_held(held).await,
        }
    }

    fn finish(self, attempt: Attempt, steps: usize) -> Session {
        let method = attempt.credential.method();
        debug!("Authenticated using \"{}\".", name(method));
        let user = self.dialogue.login.user.clone();
        let again = Some(attempt.again);
        let keep = (attempt.remember || self.dialogue.login.keep) && steps == 1;
        let session = self.dialogue.finish(method);
        Session {
            remembered: keep.then(|| RememberedLogin::of(user, attempt.credential)),
            used: session.used.map(|used| UsedLogin { again, ..used }),
            forward_agent: self.forward,
            ..session
        }
    }

    async fn question(&mut self, stage: &DialogPosition) -> LoginQuestion {
        self.look_at_agent().await;
        let LoginDialogOptions { host, home, worked, .. } = &self.asking;
        let user = self.dialogue.login.user.clone();
        let methods = self.offers(stage.accepted.as_deref());
        LoginQuestion {
            host: host.clone(),
            user: match stage.accepted {
                Some(_) => User::Settled(user),
                None => User::Proposed(user),
            },
            occasion: stage.occasion.clone(),
            hint: None,
            preselected: self.preselected(&methods, stage.tried),
            methods,
            key_file: self.key_file(),
            agent_key: self.agent_key(),
            agent: self.agent.clone(),
            handed_over: self.dialogue.login.password.is_some(),
            remember: Some(self.remember),
            again: self.again,
            worked: worked.as_ref().map(|worked| worked.method),
            forward: self.forward,
            home: home.clone(),
            lost: self.dialogue.lost(),
        }
    }

    /// All methods, each with what the server and our configuration say about it.
    fn offers(&self, accepted: Option<&[String]>) -> Vec<MethodOffer> {
        let offer = |method: Method| MethodOffer {
            method,
            accepted: accepted.map(|names| names.iter().any(|wire| wire == name(method))),
            obstacle: self.obstacle(method),
        };
        Method::ALL.into_iter().filter(|&method| method != Method::None).map(offer).collect()
    }

    fn obstacle(&self, method: Method) -> Option<MethodObstacle> {
        let mut off = self.asking.switched_off.iter();
        if let Some((_, why)) = off.find(|(off, _)| *off == method) {
            return Some(why.clone());
        }
        match method {
            Method::Password | Method::KeyboardInteractive
                if self.dialogue.transport.shared.is_restricted() =>
            {
                Some(MethodObstacle::HostKeyChanged)
            }
            Method::Agent => self.agent.obstacle(),
            _ => None,
        }
    }

    /// The preselected method: the one that failed, if it can be tried again, otherwise the next
    /// one. Before the first attempt, what worked the last time, or a key that was named, one of the
    /// agent's, another file, a password.
    fn preselected(&self, methods: &[MethodOffer], tried: Option<Method>) -> Option<Method> {
        let is_usable = |method: Method| {
            methods.iter().any(|offer| offer.method == method && offer.is_usable())
        };
        if let Some(tried) = tried {
            let at = methods.iter().position(|offer| offer.method == tried).unwrap_or(0);
            let (before, on) = methods.split_at(at);
            return on.iter().chain(before).find(|it| it.is_usable()).map(|it| it.method);
        }
        let LoginDialogOptions { worked, key_file_is_named, .. } = &self.asking;
        let worked = worked.as_ref().map(|worked| worked.method);
        let file = self.key_file().map(|_| Method::PublicKey);
        // A file of which the agent holds the key needs no passphrase there.
        let is_held = self.named_agent_key().is_some();
        let named = match key_file_is_named {
            true if is_held => Some(Method::Agent),
            true => file,
            false => None,
        };
        let first = [worked.filter(|&it| it != Method::PublicKey || file.is_some()), named];
        let then = [Some(Method::Agent), file, Some(Method::Password)];
        let last = [Some(Method::KeyboardInteractive)];
        let mut all = first.into_iter().chain(then).chain(last).flatten();
        // A key file that has yet to be named comes last.
        let any = || methods.iter().find(|offer| offer.is_usable()).map(|offer| offer.method);
        all.find(|&method| is_usable(method)).or_else(any)
    }

    /// The proposed key file: that of the last login, if it is still there, or the one that the
    /// configuration names.
    fn key_file(&self) -> Option<PathBuf> {
        let last = self.asking.worked.as_ref().and_then(|worked| worked.file.clone());
        last.filter(|path| path.is_file()).or_else(|| self.asking.key_file.clone())
    }

    /// The position of the proposed key of the agent: that of the last login, or the named one.
    fn agent_key(&self) -> usize {
        let last = self.asking.worked.as_ref().and_then(|worked| worked.key.as_deref());
        let is_last = |held| Some(fingerprint::sha256(&held_key(held).0).as_str()) == last;
        let at = self.agent.held().iter().position(is_last);
        at.or_else(|| self.named_agent_key()).unwrap_or(0)
    }

    /// Lists the agent's keys, again before each question, because keys may have been added. An
    /// agent that did not answer is not asked again.
    async fn look_at_agent(&mut self) {
        if matches!(self.agent, AgentKeys::Silent) {
            return;
        }
        let Some(socket) = self.dialogue.login.agent.clone() else { return };
        let list = async { Agent::connect(&socket).await?.identities().await };
        self.agent = match timeout(AGENT_LIST, list).await {
            Ok(Ok(keys)) => AgentKeys::Held(keys),
            Ok(Err(error)) => AgentKeys::Failed(error),
            Err(_) => AgentKeys::Silent,
        };
    }

    /// The position of the agent's key that the proposed key file names.
    fn named_agent_key(&self) -> Option<usize> {
        let file = self.dialogue.login.agent_key.as_ref()?;
        let wanted = file.public()?.key_data();
        self.agent.held().iter().position(|held| held_key(held).0.key_data() == wanted)
    }

    async fn ask(&mut self, question: LoginQuestion) -> Result<LoginAnswer> {
        match self.dialogue.ask(move |prompt| prompt.login(question)).await? {
            Answer::Given(answer) => Ok(answer),
            Answer::Cancelled => Err(cancelled()),
            Answer::CannotAsk => Err(Error::new(Kind::Authentication, say!(auth_no_method_chosen))
                .hint(say!(auth_no_method_chosen_hint))),
        }
    }

    /// The error when no method is left to try.
    fn dead_end(&self, stage: &DialogPosition, offers: &[MethodOffer]) -> Error {
        let accepted = stage.accepted.as_deref().unwrap_or_default();
        if let (Some(method), Occasion::Refused(_)) = (stage.tried, &stage.occasion) {
            let tried = self.dialogue.tried(method);
            let refused = self.dialogue.permission_denied(accepted);
            return refused.hint(say!(auth_refused_dead_end, tried));
        }
        if let Occasion::Unusable(error) = &stage.occasion {
            return error.clone();
        }
        let off = offers.iter().filter(|offer| offer.accepted == Some(true));
        let off: Vec<_> = off.filter_map(|offer| offer.obstacle.as_ref().map(why)).collect();
        let label = &self.dialogue.login.label;
        let cause = say!(login_dead_end, label);
        let hint = match off.is_empty() {
            true => say!(login_dead_end_accepted, list = accepted.join(", ")),
            false => joined(
                &say!(login_dead_end_accepted, list = accepted.join(", ")),
                &off.into_iter().reduce(|all, one| joined(&all, &one)).unwrap_or_default(),
            ),
        };
        Error::new(Kind::Authentication, cause).hint(hint)
    }
}

impl Dialogue {
    /// Whether an error is local: a key that cannot sign, or an agent that refuses or does not
    /// answer. A server's timeout is not: its answer may still arrive and would be taken for the
    /// next one.
    pub(super) fn is_local(&self, error: &Error) -> bool {
        match error.kind() {
            Kind::Identity => true,
            Kind::Timeout => !self.transport.shared.wire.is_late(),
            _ => false,
        }
    }
}

fn why(obstacle: &MethodObstacle) -> String {
    match obstacle {
        MethodObstacle::SwitchedOff(keyword) => format!("{keyword} no"),
        MethodObstacle::NotNamed(keyword) => say!(login_note_not_named, keyword),
        MethodObstacle::HostKeyChanged => say!(login_off_host_key_changed),
        MethodObstacle::NoAgent => say!(login_note_no_agent),
        MethodObstacle::AgentSilent => say!(login_note_agent_silent),
        MethodObstacle::AgentEmpty => say!(login_note_agent_empty),
        MethodObstacle::AgentFailed => say!(login_off_agent_failed),
    }
}
