//! The methods that ask a person: `password` (RFC 4252 section 8) and
//! `keyboard-interactive` (RFC 4256).

use std::sync::Arc;
use std::time::Duration;

use russh::client::{AuthResult, KeyboardInteractiveAuthResponse as Response, Prompt as Asked};
use tokio::time::{Instant, sleep};
use zeroize::Zeroize;

use super::{Dialogue, Outcome, answered};
use crate::client::deadline;
use crate::client::events::Shared;
use crate::error::{Error, Kind, Result};
use crate::prompt::{Answer, Challenge, ChallengePrompt, Notice};
use crate::secret::Secret;
use crate::text;

/// Prompts in one request; PAM stacks have a handful.
const MAX_PROMPTS: usize = 32;
/// Requests in one attempt; a server that asks on and on wants something else.
const MAX_ROUNDS: usize = 20;
/// What is shown of one text of the server's.
const MAX_TEXT: usize = 4096;

impl Dialogue {
    /// Asks for a password up to the configured number of times; a handed-over one counts
    /// as all of them.
    pub(super) async fn password(&mut self) -> Result<Outcome> {
        let mut left = self.login.tries.max(1);
        loop {
            left -= 1;
            let secret = match self.login.password.take() {
                Some(secret) => {
                    left = 0;
                    secret
                }
                None => self.ask_password().await?,
            };
            let mut password = secret.expose().to_owned();
            let shared = Arc::clone(&self.transport.shared);
            let user = self.login.user.clone();
            let request =
                self.transport.handle.authenticate_password(user, std::mem::take(&mut password));
            let readable = readable_answer(&shared, answered(&shared, request)).await;
            drop(secret);
            let outcome = self.outcome(readable?).await?;
            match &outcome {
                Outcome::Refused(accepted)
                    if left > 0 && accepted.iter().any(|name| name == "password") =>
                {
                    let again = "Permission denied, please try again.";
                    self.transport.prompt.notice(Notice::Error(again));
                }
                _ => return Ok(outcome),
            }
        }
    }

    async fn ask_password(&self) -> Result<Secret> {
        let label = format!("{}'s password: ", self.login.label);
        match self.ask(move |prompt| prompt.secret(&label)).await {
            Answer::Given(secret) => Ok(secret),
            Answer::Cancelled => Err(cancelled()),
            Answer::CannotAsk => Err(cannot_ask("password", "--password-fd N or SSH_ASKPASS")),
        }
    }

    pub(super) async fn keyboard_interactive(&mut self) -> Result<Outcome> {
        let mut left = self.login.tries.max(1);
        loop {
            left -= 1;
            let outcome = self.one_interaction().await?;
            match &outcome {
                Outcome::Refused(accepted)
                    if left > 0
                        && self.login.password.is_none()
                        && accepted.iter().any(|name| name == "keyboard-interactive")
                        && self.credential.as_deref() != Some(HANDED_OVER) => {}
                _ => return Ok(outcome),
            }
        }
    }

    async fn one_interaction(&mut self) -> Result<Outcome> {
        let shared = Arc::clone(&self.transport.shared);
        let user = self.login.user.clone();
        let start =
            self.transport.handle.authenticate_keyboard_interactive_start(user, None::<String>);
        let mut response = answered(&shared, start).await?;
        let mut rounds = 0;
        loop {
            let (name, instructions, prompts) = match response {
                Response::Success => return Ok(Outcome::Success),
                Response::Failure { remaining_methods, partial_success } => {
                    let result = AuthResult::Failure { remaining_methods, partial_success };
                    return self.outcome(result).await;
                }
                Response::InfoRequest { name, instructions, prompts } => {
                    (name, instructions, prompts)
                }
            };
            rounds += 1;
            if rounds > MAX_ROUNDS || prompts.len() > MAX_PROMPTS {
                return Err(too_much(prompts.len()));
            }
            let challenge = challenge(&name, &instructions, &prompts);
            let answers = self.answer(challenge).await?;
            let mut texts: Vec<String> =
                answers.iter().map(|answer| answer.expose().to_owned()).collect();
            let request = self
                .transport
                .handle
                .authenticate_keyboard_interactive_respond(std::mem::take(&mut texts));
            response = answered(&shared, request).await?;
            texts.zeroize();
        }
    }

    async fn answer(&mut self, challenge: Challenge) -> Result<Vec<Secret>> {
        let nothing_to_say = challenge.prompts.is_empty()
            && challenge.name.is_empty()
            && challenge.instruction.is_empty();
        if nothing_to_say {
            return Ok(Vec::new());
        }
        if let [prompt] = &challenge.prompts[..]
            && !prompt.echo
            && let Some(secret) = self.login.password.take()
        {
            self.credential = Some(HANDED_OVER.to_owned());
            return Ok(vec![secret]);
        }
        let wanted = challenge.prompts.len();
        match self.ask(move |prompt| prompt.challenge(&challenge)).await {
            Answer::Given(answers) if answers.len() == wanted => Ok(answers),
            Answer::Given(_) | Answer::Cancelled => Err(cancelled()),
            Answer::CannotAsk => {
                Err(cannot_ask("keyboard-interactive", "--password-fd N or SSH_ASKPASS"))
            }
        }
    }
}

/// The handed-over password was used up.
const HANDED_OVER: &str = "the password that was handed over";

fn challenge(name: &str, instructions: &str, prompts: &[Asked]) -> Challenge {
    Challenge {
        name: text::line(name, MAX_TEXT),
        instruction: text::block(instructions, MAX_TEXT, MAX_ROUNDS),
        prompts: prompts
            .iter()
            .map(|asked| ChallengePrompt {
                text: text::line(&asked.prompt, MAX_TEXT),
                echo: asked.echo,
            })
            .collect(),
    }
}

/// Gap G4: where a server answers a password with a request to change it, the library says
/// nothing at all. Bytes that came after our last ones, meant nothing, and were followed by
/// silence are that answer.
async fn readable_answer(
    shared: &Shared,
    answer: impl Future<Output = Result<AuthResult>>,
) -> Result<AuthResult> {
    let watch = async {
        let mut last = (0, Instant::now());
        loop {
            sleep(Duration::from_millis(100)).await;
            let unexplained = shared.wire.unexplained();
            if unexplained == 0 || unexplained != last.0 {
                last = (unexplained, Instant::now());
            } else if last.1.elapsed() > deadline::UNREADABLE_ANSWER {
                return;
            }
        }
    };
    tokio::select! {
        result = answer => result,
        () = watch => Err(Error::new(
            Kind::Authentication,
            "the server answered the password with neither yes nor no; most likely the password has expired and must be changed",
        )
        .hint("change it another way, for example on the server's console, then log in again")),
    }
}

fn cancelled() -> Error {
    Error::new(Kind::Cancelled, "authentication was cancelled")
}

fn cannot_ask(method: &str, instead: &str) -> Error {
    Error::new(Kind::Authentication, format!("{method} needs an answer and nobody can be asked"))
        .hint(format!("run on a terminal without BatchMode, or use {instead}"))
}

fn too_much(prompts: usize) -> Error {
    let what = match prompts > MAX_PROMPTS {
        true => format!("{prompts} prompts at once"),
        false => format!("more than {MAX_ROUNDS} rounds of questions"),
    };
    Error::new(Kind::Authentication, format!("the server asked too much: {what}"))
        .hint("use another method with --auth")
}
