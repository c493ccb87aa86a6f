//! The methods in which a person answers: `password` (RFC 4252 section 8) and
//! `keyboard-interactive` (RFC 4256).

use std::sync::Arc;
use std::time::Duration;

use russh::client::{AuthResult, KeyboardInteractiveAuthResponse as Response, Prompt as Asked};
use tokio::time::{Instant, sleep};

use crate::client::deadline;
use crate::client::login::dialogue::{Dialogue, MethodOutcome, TriedWith, answered};
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
use crate::prompt::{Answer, Challenge, ChallengePrompt, Notice};
use crate::say;
use crate::secret::Secret;
use crate::text;

/// The most prompts in one request; PAM stacks have a handful.
const MAX_PROMPTS: usize = 32;
/// The most requests in one attempt; more are not a login but an attempt to question the person
/// without end.
const MAX_ROUNDS: usize = 20;
/// How many lines of one instruction are shown.
const MAX_LINES: usize = 40;
/// How many characters of one text of the server's are shown.
const MAX_TEXT: usize = 4096;

impl Dialogue {
    /// Asks for a password up to the configured number of times; a handed-over password is the only
    /// attempt.
    pub(super) async fn password(&mut self) -> Result<MethodOutcome> {
        match self.login.password.take() {
            Some(secret) => self.passwords(Some(secret), 1).await,
            None => self.passwords(None, self.login.tries.max(1)).await,
        }
    }

    /// Makes up to so many attempts, the first one with this password.
    pub(super) async fn passwords(
        &mut self,
        mut first: Option<Secret>,
        mut left: u32,
    ) -> Result<MethodOutcome> {
        loop {
            left -= 1;
            let secret = match first.take() {
                Some(secret) => secret,
                None => self.ask_password().await?,
            };
            let outcome = self.try_password(&secret).await?;
            if matches!(outcome, MethodOutcome::Success) {
                self.keep_password(&secret);
            }
            drop(secret);
            match &outcome {
                MethodOutcome::Refused(accepted)
                    if left > 0 && accepted.iter().any(|name| name == "password") =>
                {
                    let again = say!(password_retry);
                    self.transport.prompt.notice(Notice::Error(&again));
                }
                _ => return Ok(outcome),
            }
        }
    }

    /// Makes one attempt with this password.
    pub(super) async fn try_password(&mut self, secret: &Secret) -> Result<MethodOutcome> {
        let shared = Arc::clone(&self.transport.shared);
        let user = self.login.user.clone();
        // The library wipes its copy of the password.
        shared.record.prove();
        let request = self.transport.handle.authenticate_password(user, secret.expose());
        let result = readable_answer(&shared, answered(&shared, request)).await?;
        self.outcome(result).await
    }

    async fn ask_password(&mut self) -> Result<Secret> {
        let label = say!(password_ask, label = self.login.label);
        match self.ask(move |prompt| prompt.secret(&label)).await? {
            Answer::Given(secret) => Ok(secret),
            Answer::Cancelled => Err(cancelled()),
            Answer::CannotAsk => Err(cannot_ask("password", &say!(password_handed_over_sources))),
        }
    }

    pub(super) async fn keyboard_interactive(&mut self) -> Result<MethodOutcome> {
        let mut left = self.login.tries.max(1);
        loop {
            left -= 1;
            let outcome = self.one_interaction().await?;
            match &outcome {
                MethodOutcome::Refused(accepted)
                    if left > 0
                        && self.login.password.is_none()
                        && accepted.iter().any(|name| name == "keyboard-interactive")
                        && self.credential != Some(TriedWith::HandedOver) => {}
                _ => return Ok(outcome),
            }
        }
    }

    /// Makes one attempt: answers the server's requests until it accepts or refuses. If the
    /// connection is lost while the person types, the attempt begins again on a new one, where the
    /// same request gets what was typed.
    pub(super) async fn one_interaction(&mut self) -> Result<MethodOutcome> {
        let (mut typed, mut rounds) = (None, 0);
        loop {
            match self.interaction(typed.take(), &mut rounds).await? {
                Interaction::Over(outcome) => return Ok(outcome),
                Interaction::Interrupted(answered) => typed = Some(answered),
            }
        }
    }

    /// `rounds` counts the requests of the whole attempt, over all its connections.
    async fn interaction(
        &mut self,
        mut typed: Option<UnsentAnswers>,
        rounds: &mut usize,
    ) -> Result<Interaction> {
        let shared = Arc::clone(&self.transport.shared);
        let user = self.login.user.clone();
        let start =
            self.transport.handle.authenticate_keyboard_interactive_start(user, None::<String>);
        let mut response = answered(&shared, start).await?;
        loop {
            let (name, instructions, prompts) = match response {
                Response::Success => return Ok(Interaction::Over(MethodOutcome::Success)),
                Response::Failure { remaining_methods, partial_success } => {
                    let result = AuthResult::Failure { remaining_methods, partial_success };
                    return self.outcome(result).await.map(Interaction::Over);
                }
                Response::InfoRequest { name, instructions, prompts } => {
                    (name, instructions, prompts)
                }
            };
            *rounds += 1;
            if *rounds > MAX_ROUNDS || prompts.len() > MAX_PROMPTS {
                return Err(too_much(prompts.len()));
            }
            let challenge = self.challenge(&name, &instructions, &prompts);
            if !challenge.prompts.is_empty() {
                shared.record.prove();
            }
            let asked = texts(&challenge);
            let answers = match typed.take().filter(|typed| typed.asked == asked) {
                Some(typed) => typed.answers,
                None => match self.answer(challenge).await? {
                    (answers, false) => answers,
                    (answers, true) => {
                        return Ok(Interaction::Interrupted(UnsentAnswers { asked, answers }));
                    }
                },
            };
            // The library takes the texts over and does not wipe them.
            let texts = answers.iter().map(|answer| answer.expose().to_owned()).collect();
            let request = self.transport.handle.authenticate_keyboard_interactive_respond(texts);
            response = answered(&shared, request).await?;
        }
    }

    fn challenge(&self, name: &str, instructions: &str, prompts: &[Asked]) -> Challenge {
        Challenge {
            login: self.login.label.clone(),
            name: text::line(name, MAX_TEXT),
            instruction: instruction(instructions),
            prompts: shown(prompts),
            lost: self.lost(),
        }
    }

    /// The answers, and whether the connection is a new one, which has not asked this.
    async fn answer(&mut self, challenge: Challenge) -> Result<(Vec<Secret>, bool)> {
        let nothing_to_say = challenge.prompts.is_empty()
            && challenge.name.is_empty()
            && challenge.instruction.is_empty();
        if nothing_to_say {
            return Ok((Vec::new(), false));
        }
        if let [prompt] = &challenge.prompts[..]
            && !prompt.echo
            && let Some(secret) = self.login.password.take()
        {
            self.credential = Some(TriedWith::HandedOver);
            self.keep_password(&secret);
            return Ok((vec![secret], false));
        }
        // Answers may be valid only once.
        (self.kept, self.login.keep) = (None, false);
        let wanted = challenge.prompts.len();
        match self.asked(move |prompt| prompt.challenge(challenge)).await? {
            (Answer::Given(answers), is_new) if answers.len() == wanted => Ok((answers, is_new)),
            (Answer::Given(_) | Answer::Cancelled, _) => Err(cancelled()),
            (Answer::CannotAsk, _) => {
                Err(cannot_ask("keyboard-interactive", &say!(password_handed_over_sources)))
            }
        }
    }
}

/// How one attempt of keyboard-interactive went.
enum Interaction {
    Over(MethodOutcome),
    /// The connection is a new one, and these answers have not been sent.
    Interrupted(UnsentAnswers),
}

/// What the person typed for a request, and that request.
struct UnsentAnswers {
    asked: Vec<(String, bool)>,
    answers: Vec<Secret>,
}

/// What a request says, to compare it with another one.
fn texts(challenge: &Challenge) -> Vec<(String, bool)> {
    let around = [&challenge.name, &challenge.instruction];
    let around = around.into_iter().map(|text| (text.clone(), true));
    around.chain(challenge.prompts.iter().map(|it| (it.text.clone(), it.echo))).collect()
}

fn instruction(text: &str) -> String {
    text::block(text, MAX_TEXT, MAX_LINES)
}

fn shown(prompts: &[Asked]) -> Vec<ChallengePrompt> {
    let one = |asked: &Asked| ChallengePrompt {
        text: text::line(&asked.prompt, MAX_TEXT),
        echo: asked.echo,
    };
    prompts.iter().map(one).collect()
}

/// Waits for the answer to a password. Gap G4: if a server answers with a request to change the
/// password, the library reports nothing. So bytes that arrive after our last write, have no other
/// meaning and are followed by silence count as that request.
async fn readable_answer(
    shared: &ConnectionState,
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
            say!(password_expired),
        )
        .hint(say!(password_expired_hint))),
    }
}

pub(super) fn cancelled() -> Error {
    Error::new(Kind::Cancelled, say!(auth_cancelled))
}

fn cannot_ask(method: &str, instead: &str) -> Error {
    Error::new(Kind::Authentication, say!(auth_nobody_to_ask, method))
        .hint(say!(auth_nobody_to_ask_hint, instead))
}

fn too_much(prompts: usize) -> Error {
    let what = match prompts > MAX_PROMPTS {
        true => say!(challenge_prompts, prompts),
        false => say!(challenge_rounds, limit = MAX_ROUNDS),
    };
    Error::new(Kind::Authentication, say!(challenge_too_much, what))
        .hint(say!(challenge_too_much_hint))
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    /// Waits for an answer that never comes, while `meanwhile` runs; returns the error, or `None`
    /// if the wait does not end.
    async fn wait(meanwhile: impl AsyncFn(&ConnectionState)) -> Option<Error> {
        let shared = ConnectionState::default();
        let answer = readable_answer(&shared, std::future::pending());
        let both = async {
            tokio::select! {
                result = answer => result.err(),
                () = async {
                    meanwhile(&shared).await;
                    std::future::pending::<()>().await;
                } => None,
            }
        };
        timeout(LONG, both).await.unwrap_or(None)
    }

    async fn pass(seconds: u64) {
        sleep(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn g4_bytes_without_meaning_and_then_silence_are_an_expired_password() {
        let start = Instant::now();
        let error = wait(async |shared| {
            pass(20).await;
            shared.wire.hear(60);
        });
        let error = error.await.unwrap();
        assert_eq!(error.kind(), Kind::Authentication);
        assert!(error.to_string().contains("neither yes nor no"), "{error}");
        let waited = start.elapsed().as_secs();
        assert!((25..28).contains(&waited), "{waited} s");
    }

    #[tokio::test(start_paused = true)]
    async fn g4_silence_alone_and_banners_are_waited_through() {
        assert_eq!(wait(async |_| {}).await, None);
        let banner = wait(async |shared| {
            shared.wire.hear(200);
            shared.wire.explain();
        });
        assert_eq!(banner.await, None);
        let slow = wait(async |shared| {
            for _ in 0..150 {
                shared.wire.hear(1);
                pass(4).await;
            }
        });
        assert_eq!(slow.await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn g4_an_answer_is_given_on() {
        let shared = ConnectionState::default();
        let answer = async {
            shared.wire.hear(10);
            pass(4).await;
            Ok(AuthResult::Success)
        };
        assert_eq!(readable_answer(&shared, answer).await, Ok(AuthResult::Success));
    }

    #[test]
    fn what_a_server_asks_is_made_safe_and_short() {
        let asked = [Asked { prompt: format!("Code\x1b[2J {}", "x".repeat(10_000)), echo: true }];
        assert!(instruction(&"line\n".repeat(100)).lines().count() <= MAX_LINES + 1);
        let prompts = shown(&asked);
        let [prompt] = &prompts[..] else { panic!("one prompt") };
        assert!(prompt.echo && prompt.text.starts_with("Code\\x1b[2J x"), "{}", prompt.text);
        assert!(prompt.text.len() < MAX_TEXT + 10);
    }
}
