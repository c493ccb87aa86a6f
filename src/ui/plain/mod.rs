//! Questions as plain lines on the controlling terminal: append-only, numbered choices, no
//! box drawing.
//!
//! What came from the server is marked as the server's, so that it cannot pass for ours.

mod host_key;
mod login;
mod paste;
mod rotation;
mod sigil;

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::os::AsDescriptor;
use crate::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion, Notice, Prompt,
    RotationQuestion, Welcome,
};
use crate::secret::Secret;
use crate::terminal;
use crate::trust::Judgement;
use login::Lines;
pub use sigil::Sigils;

/// Answers that make no sense before the question is given up.
const MAX_MISTAKES: usize = 5;
/// What a password program may print.
const MAX_ASKPASS: usize = 8 * 1024;
/// The width of a terminal that does not say.
const COLUMNS: usize = 80;
/// A narrower terminal shows nothing anyway.
const COLUMNS_MIN: usize = 20;

/// A program that asks in our place (SSH_ASKPASS).
#[derive(Clone, Debug)]
pub struct AskPass {
    /// The program; it is given the prompt and prints the answer.
    pub program: PathBuf,
    /// Whether it is used even where there is a terminal.
    pub always: bool,
}

/// The person at the controlling terminal.
pub struct Plain {
    /// Nobody may be asked (BatchMode).
    pub batch: bool,
    /// Whether the banner is shown.
    pub banner: bool,
    /// The program that asks instead, if there is one.
    pub ask_pass: Option<AskPass>,
    /// Writes to standard error as it is.
    pub say: fn(&str),
    /// How the server's words are told from ours.
    pub sigils: Sigils,
    /// Hears of each host key that was judged, and why it was accepted if it was.
    pub report: Option<Report>,
}

/// See [`Prompt::judged`].
pub type Report = fn(&Judgement, Option<&str>);

impl Plain {
    fn terminal(&self) -> Option<File> {
        match self.batch {
            true => None,
            false => terminal::open_controlling().ok().inspect(|_| self.sigils.lead()),
        }
    }

    /// Asks for one line without echo, on the terminal or through the askpass program.
    fn hidden(&self, label: &str) -> Answer<Secret> {
        if self.batch {
            return Answer::CannotAsk;
        }
        let terminal = self.terminal();
        if let Some(ask_pass) = &self.ask_pass
            && (ask_pass.always || terminal.is_none())
        {
            return run(ask_pass, label);
        }
        match terminal.map(|tty| terminal::secret::read_hidden(&tty, label)) {
            None => Answer::CannotAsk,
            Some(Ok(Some(secret))) => Answer::Given(secret),
            Some(Ok(None) | Err(_)) => Answer::Cancelled,
        }
    }
}

impl Prompt for Plain {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        match self.terminal() {
            Some(tty) => host_key::ask(tty, question),
            None => Answer::CannotAsk,
        }
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.hidden(label)
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        match self.terminal() {
            Some(tty) => Lines { plain: self, tty, question: &question }.ask(),
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
            // Enter alone may have been meant for something else.
            return self.yes(&format!("{question} (yes/no) "));
        };
        match run(ask_pass, question) {
            Answer::Given(said) => Answer::Given(is_yes(said.expose()) || said.is_empty()),
            Answer::Cancelled => Answer::Cancelled,
            Answer::CannotAsk => Answer::CannotAsk,
        }
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        let terminal = self.terminal();
        match (&self.ask_pass, terminal) {
            _ if self.batch => Answer::CannotAsk,
            // As with ssh(1), a program that ends well has said yes, unless it says something else.
            (Some(ask_pass), terminal) if ask_pass.always || terminal.is_none() => {
                match run(ask_pass, question) {
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

/// The columns of a terminal.
fn columns(terminal: impl AsDescriptor) -> usize {
    let columns = terminal::window_size(terminal).map(|size| size.columns);
    let columns = columns.and_then(|columns| usize::try_from(columns).ok());
    columns.filter(|&columns| columns >= COLUMNS_MIN).unwrap_or(COLUMNS)
}

fn is_yes(typed: &str) -> bool {
    typed.trim().eq_ignore_ascii_case("yes")
}

fn run(ask_pass: &AskPass, label: &str) -> Answer<Secret> {
    let output = Command::new(&ask_pass.program)
        .arg(label)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let mut output = match output {
        Ok(output) if output.status.success() => output.stdout,
        Ok(_) => return Answer::Cancelled,
        Err(_) => return Answer::CannotAsk,
    };
    let end = output.iter().position(|&byte| byte == b'\n').unwrap_or(output.len());
    output.truncate(end.min(MAX_ASKPASS));
    if output.last() == Some(&b'\r') {
        output.pop();
    }
    match Secret::from_bytes(output) {
        Ok(secret) => Answer::Given(secret),
        Err(_) => Answer::Cancelled,
    }
}
