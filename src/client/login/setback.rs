//! What follows when the method that was chosen beforehand does not log in: an error, or a question
//! on the same connection.
//!
//! No method follows another by itself. A person at a terminal is asked, and what is answered is
//! one more attempt.

use log::info;

use crate::client::connection::Session;
use crate::client::login::asking::{DialogPosition, ask_after};
use crate::client::login::dialogue::{Dialogue, MethodOutcome, name};
use crate::client::login::request::AfterRefusal;
use crate::config::Method;
use crate::error::{Error, Result};
use crate::prompt::{Answer, Occasion};
use crate::say;

/// Why a method did not log in.
pub(super) enum Setback {
    /// The server refused it, and accepts these.
    Refused(Vec<String>),
    /// The server accepted it and wants one of these as well.
    Further(Vec<String>),
    /// The server ended the connection, or the method cannot be used here.
    Failed(Error),
}

impl Dialogue {
    /// Continues after `method`, the last of those that were tried, with the person's next choice.
    ///
    /// # Errors
    /// Nobody is to be asked, the person gives up, or the next login fails.
    pub(super) async fn after(
        mut self,
        tried: &[Method],
        method: Method,
        setback: Setback,
    ) -> Result<Session> {
        let is_hung_up = matches!(&setback, Setback::Failed(error) if self.is_hung_up(error));
        let error = match &setback {
            Setback::Refused(accepted) => self.denied(method, accepted),
            Setback::Further(wanted) => self.further(tried, wanted),
            Setback::Failed(error) => error.clone(),
        };
        match std::mem::take(&mut self.login.after_refusal) {
            AfterRefusal::Dialog(asking) => match self.position(method, setback, is_hung_up) {
                Some(position) => ask_after(self, *asking, position).await,
                None => Err(error),
            },
            AfterRefusal::Line(allowed) => {
                let is_goodbye = is_hung_up && self.transport.shared.said_goodbye();
                match self.next_step(method, &setback, (&allowed, is_goodbye)) {
                    Some((next, what)) => self.ask_in_a_line(next, what, error).await,
                    None => Err(error),
                }
            }
            AfterRefusal::End => Err(error),
        }
    }

    /// Where the dialog begins; `None` if it could not continue.
    fn position(
        &self,
        method: Method,
        setback: Setback,
        is_hung_up: bool,
    ) -> Option<DialogPosition> {
        let tried = Some(method);
        // What the server accepts is not known yet.
        let all = || Method::ALL.map(|method| name(method).to_owned()).to_vec();
        let what = self.tried(method);
        let (occasion, accepted, tried) = match setback {
            Setback::Refused(accepted) => (Occasion::Refused(what), accepted, tried),
            Setback::Further(wanted) => (Occasion::Further(what), wanted, None),
            Setback::Failed(error) if is_hung_up => (Occasion::HungUp(what, error), all(), tried),
            Setback::Failed(error) if self.is_local(&error) && self.is_alive() => {
                (Occasion::Unusable(error), all(), tried)
            }
            Setback::Failed(_) => return None,
        };
        Some(DialogPosition { occasion, accepted: Some(accepted), tried })
    }

    /// The method that a line asks for, and what it says before. A secret that the server would
    /// take again was wrong, and is not asked for once more.
    fn next_step(
        &self,
        method: Method,
        setback: &Setback,
        (allowed, is_goodbye): (&[Method], bool),
    ) -> Option<(Method, String)> {
        let asks = [Method::Password, Method::KeyboardInteractive];
        if self.transport.is_restricted() {
            return None;
        }
        let accepts = |list: &[String], method| list.iter().any(|wire| wire == name(method));
        let usable = |list: &[String]| -> Vec<Method> {
            let usable = asks.into_iter().filter(|next| allowed.contains(next));
            usable.filter(|&next| accepts(list, next)).collect()
        };
        let (tried, names) = (name(method), |list: &[Method]| {
            list.iter().map(|&method| name(method)).collect::<Vec<_>>().join(", ")
        });
        match setback {
            Setback::Refused(list) if asks.contains(&method) && accepts(list, method) => None,
            Setback::Refused(list) => {
                let usable = usable(list);
                let what = say!(auth_setback_refused, tried, list = names(&usable));
                Some((*usable.first()?, what))
            }
            Setback::Further(list) => {
                let usable = usable(list);
                let what = say!(auth_setback_further, tried, list = names(&usable));
                Some((*usable.first()?, what))
            }
            Setback::Failed(_) if is_goodbye && !asks.contains(&method) => {
                let next = asks.into_iter().find(|next| allowed.contains(next))?;
                Some((next, say!(auth_setback_hung_up, tried)))
            }
            Setback::Failed(_) => None,
        }
    }

    /// Asks in one line; without an answer, `error` is the end.
    async fn ask_in_a_line(mut self, next: Method, what: String, error: Error) -> Result<Session> {
        let outcome = match next {
            Method::Password => {
                let label = self.login.label.clone();
                let label = say!(auth_setback_password, what, label);
                let secret = match self.ask(move |prompt| prompt.secret(&label)).await? {
                    Answer::Given(secret) if !secret.is_empty() => secret,
                    _ => return Err(error),
                };
                self.begin(next);
                self.passwords(Some(secret), self.login.tries.max(1)).await?
            }
            _ => {
                let question = say!(auth_setback_questions, what);
                match self.ask(move |prompt| prompt.yes(&question)).await? {
                    Answer::Given(true) => self.begin(next),
                    _ => return Err(error),
                }
                self.keyboard_interactive().await?
            }
        };
        match outcome {
            MethodOutcome::Success => Ok(self.finish(next)),
            MethodOutcome::Partial(wanted) => Err(self.further(&[next], &wanted)),
            MethodOutcome::Refused(accepted) => Err(self.denied(next, &accepted)),
        }
    }

    fn begin(&mut self, method: Method) {
        info!("Next authentication method: {}", name(method));
        (self.credential, self.fault) = (None, None);
    }
}
