//! Questions as plain lines on the controlling terminal: append-only, numbered choices, no
//! box drawing.
//!
//! Text from the server is marked, so that it cannot imitate ours.

mod host_key;
mod login;
mod paste;
mod person;
mod rotation;
mod sigil;
mod width;

use crate::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion, Notice, Prompt,
    RotationQuestion, Welcome,
};
use crate::secret::Secret;
use crate::terminal;
use crate::trust::Judgement;
use login::LoginLines;
use person::run_ask_pass;

pub use person::{AskPass, Plain, Report};
pub use sigil::Sigils;

impl Plain {
    /// Whether SSH_ASKPASS_REQUIRE leaves this question to a program, wherever else it could be asked.
    pub fn leaves_to_program(&self, question: &HostKeyQuestion<'_>) -> bool {
        let is_programs = self.ask_pass.as_ref().is_some_and(|ask_pass| ask_pass.always);
        is_programs && host_key::is_merely_new(question.evidence)
    }
}

impl Prompt for Plain {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        match (&self.ask_pass, self.terminal()) {
            _ if self.batch => Answer::CannotAsk,
            (Some(ask_pass), terminal) if ask_pass.always || terminal.is_none() => {
                host_key::ask_program(ask_pass, terminal, question)
            }
            (_, Some(tty)) => host_key::ask(tty, question),
            _ => Answer::CannotAsk,
        }
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.hidden(label)
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        match self.terminal() {
            Some(tty) => LoginLines { plain: self, tty, question: &question }.ask(),
            None => Answer::CannotAsk,
        }
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        if self.batch {
            return Answer::CannotAsk;
        }
        for line in [&challenge.name, &challenge.instruction] {
            for line in line.lines().filter(|line| !line.is_empty()) {
                (self.say)(&match self.sigils.on {
                    true => self.sigils.marked(line),
                    false => format!("| {line}\n"),
                });
            }
        }
        let mut answers = Vec::with_capacity(challenge.prompts.len());
        for prompt in &challenge.prompts {
            let label = self.sigils.label(&challenge, &prompt.text);
            let shown = match (prompt.echo, self.terminal()) {
                (true, Some(tty)) if !self.ask_pass.as_ref().is_some_and(|ask| ask.always) => {
                    match terminal::secret::read_shown(&tty, &label) {
                        Ok(Some(typed)) => Answer::Given(Secret::new(typed)),
                        Ok(None) | Err(_) => Answer::Cancelled,
                    }
                }
                _ => self.hidden(&label),
            };
            match shown {
                Answer::Given(secret) => answers.push(secret),
                Answer::Cancelled => return Answer::Cancelled,
                Answer::CannotAsk => return Answer::CannotAsk,
            }
        }
        Answer::Given(answers)
    }

    fn rotation(&self, question: &RotationQuestion<'_>) -> Answer<bool> {
        match self.terminal() {
            Some(tty) => rotation::ask(tty, question),
            None => Answer::CannotAsk,
        }
    }

    fn confirm(&self, question: &str) -> Answer<bool> {
        let Some(ask_pass) = self.ask_pass.as_ref().filter(|_| !self.batch) else {
            // Enter alone may be a mistake, so the answer must be written out.
            return self.yes(&format!("{question} (yes/no) "));
        };
        match run_ask_pass(ask_pass, question) {
            Answer::Given(said) => Answer::Given(is_yes(said.expose()) || said.is_empty()),
            Answer::Cancelled => Answer::Cancelled,
            Answer::CannotAsk => Answer::CannotAsk,
        }
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        let terminal = self.terminal();
        match (&self.ask_pass, terminal) {
            _ if self.batch => Answer::CannotAsk,
            // As in ssh(1), a program that exits successfully has answered yes, unless it prints
            // another answer.
            (Some(ask_pass), terminal) if ask_pass.always || terminal.is_none() => {
                match run_ask_pass(ask_pass, question) {
                    Answer::Given(said) => Answer::Given(is_yes(said.expose()) || said.is_empty()),
                    Answer::Cancelled => Answer::Given(false),
                    Answer::CannotAsk => Answer::CannotAsk,
                }
            }
            (_, Some(tty)) => match terminal::secret::read_shown(&tty, question) {
                Ok(Some(typed)) => Answer::Given(is_yes(&typed)),
                Ok(None) | Err(_) => Answer::Cancelled,
            },
            _ => Answer::CannotAsk,
        }
    }

    fn paste(&self, text: &str) -> Answer<String> {
        match self.terminal() {
            Some(tty) => paste::ask(&tty, text),
            None => Answer::CannotAsk,
        }
    }

    fn judged(&self, judgement: &Judgement, because: Option<&str>) {
        if let Some(report) = self.report {
            report(judgement, because);
        }
    }

    fn welcome(&self, welcome: &Welcome<'_>) {
        if let Some(text) = self.sigils.welcome(welcome).filter(|_| self.banner) {
            (self.say)(&format!("tessh: {text}\n"));
        }
    }

    fn notice(&self, notice: Notice<'_>) {
        match notice {
            Notice::Banner(text) if self.banner => {
                self.sigils.lead();
                (self.say)(&self.sigils.marked(text));
            }
            Notice::Banner(_) => {}
            Notice::Warning(text) => log::warn!("{text}"),
            Notice::Error(text) => log::error!("{text}"),
        }
    }
}

fn is_yes(typed: &str) -> bool {
    typed.trim().eq_ignore_ascii_case("yes")
}
