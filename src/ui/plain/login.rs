//! The login question as plain lines: numbered methods, then the input for the chosen one.
//!
//! `ui::login` has the texts, the reading of key files and their unlocking, which the dialog uses
//! too.

use std::fs::File;
use std::io::Write;

use super::person::{MAX_MISTAKES, Plain};
use crate::config::Method;
use crate::keys::KeyFile;
use crate::prompt::{
    Answer, Attempt, LoginAnswer, LoginCredential, LoginQuestion, MethodOffer, UnlockedKey, User,
};
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::ui::login::{self, Unlocking};

/// Unwraps an answer, or returns from the function with `Cancelled` or `CannotAsk`.
macro_rules! given {
    ($answer:expr) => {
        match $answer {
            Answer::Given(value) => value,
            Answer::Cancelled => return Answer::Cancelled,
            Answer::CannotAsk => return Answer::CannotAsk,
        }
    };
}

/// One question on the terminal.
pub(super) struct LoginLines<'a> {
    pub plain: &'a Plain,
    pub tty: File,
    pub question: &'a LoginQuestion,
}

impl LoginLines<'_> {
    pub fn ask(&self) -> Answer<LoginAnswer> {
        for (_, line) in login::heading(self.question) {
            self.tell(&line);
        }
        if let User::Proposed(name) = &self.question.user {
            return self.ask_user(name);
        }
        for _ in 0..MAX_MISTAKES {
            let credential = match given!(self.ask_method()) {
                Method::Password => Some(LoginCredential::Password(given!(self.ask_password()))),
                Method::PublicKey => given!(self.ask_key()).map(LoginCredential::Key),
                Method::Agent => Some(given!(self.ask_agent_key())),
                Method::KeyboardInteractive | Method::None => Some(LoginCredential::Interactive),
            };
            // A key that cannot be used leads back to the list of methods.
            let Some(credential) = credential else { continue };
            let again = given!(
                self.yes_or_no(self.question.again, |default| { say!(login_line_again, default) })
            );
            let remember = given!(self.ask_remember(&credential));
            let forward = self.question.forward == Some(true);
            let attempt = Attempt { credential, remember, again, forward };
            return Answer::Given(LoginAnswer::Attempt(Box::new(attempt)));
        }
        Answer::Cancelled
    }

    fn login(&self) -> String {
        format!("{}@{}", self.question.user.name(), self.question.host)
    }

    /// Writes a line. An error is ignored here, because the next question fails too.
    fn tell(&self, line: &str) {
        let _ = (&self.tty).write_all(format!("{line}\n").as_bytes());
    }

    fn line(&self, label: &str) -> Answer<String> {
        match terminal::secret::read_shown(&self.tty, label) {
            Ok(Some(typed)) => Answer::Given(typed.trim().to_owned()),
            Ok(None) | Err(_) => Answer::Cancelled,
        }
    }

    fn ask_user(&self, proposed: &str) -> Answer<LoginAnswer> {
        for _ in 0..MAX_MISTAKES {
            let typed = given!(self.line(&say!(login_line_user, user = proposed)));
            let name = if typed.is_empty() { proposed.to_owned() } else { typed };
            if !name.is_empty() {
                return Answer::Given(LoginAnswer::User(name));
            }
            self.tell(&say!(login_user_missing));
        }
        Answer::Cancelled
    }

    /// Asks for the password; an empty one is explained, and sent only if it is typed twice.
    fn ask_password(&self) -> Answer<Secret> {
        let label = say!(login_line_password, login = self.login());
        let secret = given!(self.plain.hidden(&label));
        if !secret.is_empty() || self.question.handed_over {
            return Answer::Given(secret);
        }
        self.fault(&say!(login_empty_password));
        self.plain.hidden(&label)
    }

    /// Asks for a number from 1 to `count`, with a default; returns it counted from 0.
    fn number(&self, label: &str, count: usize, default: usize) -> Answer<usize> {
        for _ in 0..MAX_MISTAKES {
            let typed = given!(self.line(label));
            let number = match typed.as_str() {
                "" => Some(default),
                typed => typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1)),
            };
            if let Some(number) = number.filter(|&number| number < count) {
                return Answer::Given(number);
            }
            self.tell(&say!(login_line_type_number, count));
        }
        Answer::Cancelled
    }

    fn ask_method(&self) -> Answer<Method> {
        let question = self.question;
        let methods = &question.methods;
        self.tell(&say!(login_line_methods, login = self.login()));
        for (at, offer) in methods.iter().enumerate() {
            let mark = if offer.is_usable() { ' ' } else { '-' };
            let line = format!("{mark} {}  {}", at + 1, described(question, offer));
            self.tell(&line);
        }
        let preselected = methods.iter().position(|it| Some(it.method) == question.preselected);
        let default = preselected.unwrap_or(0);
        let label = say!(login_line_method, count = methods.len(), number = default + 1);
        for _ in 0..MAX_MISTAKES {
            let offer = &methods[given!(self.number(&label, methods.len(), default))];
            if offer.is_usable() {
                return Answer::Given(offer.method);
            }
            let (method, why) = (login::label(offer.method), login::note(question, offer));
            self.tell(&say!(login_line_unusable, method, why));
        }
        Answer::Cancelled
    }

    /// Asks for a key file and unlocks it; `None` if that is not possible.
    fn ask_key(&self) -> Answer<Option<Box<UnlockedKey>>> {
        let Some(file) = given!(self.ask_key_file()) else { return Answer::Given(None) };
        self.tell(&login::describe(&file));
        let path = login::short(file.path(), &self.question.home);
        let mut file = Some(file);
        for _ in 0..MAX_MISTAKES {
            let Some(key) = file.take() else { break };
            let at = key.path().to_owned();
            let passphrase = match key.is_encrypted() {
                true => {
                    let label = say!(login_line_passphrase, path);
                    Some(given!(self.plain.hidden(&label)))
                }
                false => None,
            };
            if passphrase.as_ref().is_some_and(Secret::is_empty) {
                self.fault(&say!(login_key_passphrase));
                file = Some(key);
                continue;
            }
            match login::open(key, passphrase.as_ref()) {
                Unlocking::Key(key) => return Answer::Given(Some(key)),
                Unlocking::Unusable(error) => {
                    self.fault(&error.to_string());
                    break;
                }
                Unlocking::WrongPassphrase(error) => {
                    self.fault(&error.to_string());
                    file = login::read_key(&at).ok();
                }
            }
        }
        Answer::Given(None)
    }

    fn ask_key_file(&self) -> Answer<Option<KeyFile>> {
        let LoginQuestion { key_file, home, .. } = self.question;
        let label = match key_file {
            Some(path) => say!(login_line_key_file_proposed, path = login::short(path, home)),
            None => say!(login_line_key_file),
        };
        for _ in 0..MAX_MISTAKES {
            let typed = given!(self.line(&label));
            let path = match (typed.as_str(), key_file) {
                ("", Some(path)) => path.clone(),
                ("", None) => {
                    self.fault(&say!(login_key_file_missing));
                    continue;
                }
                (typed, _) => login::expand(typed, home),
            };
            match login::read_key(&path) {
                Ok(file) => return Answer::Given(Some(file)),
                Err(why) => self.fault(&why),
            }
        }
        Answer::Given(None)
    }

    /// Reports a local error, and that nothing was sent to the server.
    fn fault(&self, what: &str) {
        self.tell(what);
        self.tell(&say!(login_nothing_sent));
    }

    fn ask_agent_key(&self) -> Answer<LoginCredential> {
        let keys = self.question.agent.held();
        for (at, key) in keys.iter().enumerate() {
            let (text, fingerprint) = login::held(key);
            self.tell(&format!("  {}  {text}  {fingerprint}", at + 1));
        }
        let default = self.question.agent_key.min(keys.len().saturating_sub(1));
        let label = say!(login_line_agent_key, count = keys.len(), number = default + 1);
        let at = given!(self.number(&label, keys.len(), default));
        match keys.get(at) {
            Some(key) => Answer::Given(LoginCredential::Agent(Box::new(key.clone()))),
            None => Answer::Cancelled,
        }
    }

    fn ask_remember(&self, credential: &LoginCredential) -> Answer<bool> {
        let Some(default) = self.question.remember else { return Answer::Given(false) };
        if credential.method() == Method::KeyboardInteractive {
            return Answer::Given(false);
        }
        self.yes_or_no(default, |default| say!(login_line_remember, default))
    }

    fn yes_or_no(&self, default: bool, label: impl Fn(&str) -> String) -> Answer<bool> {
        let default = if default { "yes" } else { "no" };
        for _ in 0..MAX_MISTAKES {
            let typed = given!(self.line(&label(default)));
            let word = if typed.is_empty() { default } else { &typed };
            match word.to_ascii_lowercase().as_str() {
                "yes" | "y" => return Answer::Given(true),
                "no" | "n" => return Answer::Given(false),
                _ => self.tell(&say!(login_line_type_yes_or_no)),
            }
        }
        Answer::Cancelled
    }
}

fn described(question: &LoginQuestion, offer: &MethodOffer) -> String {
    let (label, note) = (login::label(offer.method), login::note(question, offer));
    if note.is_empty() { label } else { format!("{label}  ({note})") }
}
