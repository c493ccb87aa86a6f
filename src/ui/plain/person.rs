//! The person at the controlling terminal, or the askpass program.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use log::{error, warn};

use super::sigil::Sigils;
use crate::error::io_reason;
use crate::os::output::output_of;
use crate::prompt::Answer;
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::text;
use crate::trust::Judgement;

/// The most invalid answers before a question is cancelled.
pub const MAX_MISTAKES: usize = 5;
/// The most bytes that an askpass program may print.
const MAX_ASKPASS: usize = 8 * 1024;
/// A program that asks for secrets (SSH_ASKPASS).
#[derive(Clone, Debug)]
pub struct AskPass {
    /// The program; it gets the prompt as its argument and prints the answer.
    pub program: PathBuf,
    /// Whether it is used even if there is a terminal.
    pub always: bool,
}

/// A prompt for the person at the controlling terminal.
pub struct Plain {
    /// Whether nobody may be asked (BatchMode).
    pub batch: bool,
    /// Whether the banner is shown.
    pub banner: bool,
    /// The askpass program, if there is one.
    pub ask_pass: Option<AskPass>,
    /// Writes to standard error unchanged.
    pub say: fn(&str),
    /// Marks text from the server.
    pub sigils: Sigils,
    /// Called with each judgement of a host key, and why the key was accepted if it was.
    pub report: Option<Report>,
}

/// The function type of [`Prompt::judged`](crate::prompt::Prompt::judged).
pub type Report = fn(&Judgement, Option<&str>);

impl Plain {
    pub(super) fn terminal(&self) -> Option<File> {
        match self.batch {
            true => None,
            false => terminal::open_controlling().ok().inspect(|_| self.sigils.lead()),
        }
    }

    /// Asks for one line without echo, on the terminal or through the askpass program.
    pub(super) fn hidden(&self, label: &str) -> Answer<Secret> {
        if self.batch {
            return Answer::CannotAsk;
        }
        let terminal = self.terminal();
        if let Some(ask_pass) = &self.ask_pass
            && (ask_pass.always || terminal.is_none())
        {
            return run_ask_pass(ask_pass, label);
        }
        match terminal.map(|tty| terminal::secret::read_hidden(&tty, label)) {
            None => Answer::CannotAsk,
            Some(Ok(Some(secret))) => Answer::Given(secret),
            Some(Ok(None) | Err(_)) => Answer::Cancelled,
        }
    }
}

/// The exit code with which such a program says that the person has cancelled.
const HAS_CANCELLED: i32 = 1;

/// Asks with the program. One that fails counts as cancelled, and is named unless its exit code says
/// that the person has cancelled.
pub(super) fn run_ask_pass(ask_pass: &AskPass, label: &str) -> Answer<Secret> {
    let mut program = Command::new(&ask_pass.program);
    program.arg(label).stdin(Stdio::null()).stderr(Stdio::inherit());
    let name = || text::path(&ask_pass.program);
    let failed = |status: String| warn!("{}", say!(askpass_failed, program = name(), status));
    let mut output = match output_of(&mut program, MAX_ASKPASS) {
        Ok((status, output)) if status.success() => output,
        Ok((status, _)) => {
            if status.code() != Some(HAS_CANCELLED) {
                failed(status.to_string());
            }
            return Answer::Cancelled;
        }
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            failed(io_reason(&error));
            return Answer::Cancelled;
        }
        Err(error) => {
            let (program, why) = (name(), io_reason(&error));
            error!("{}", say!(askpass_not_run, program, why));
            return Answer::CannotAsk;
        }
    };
    let end = output.iter().position(|&byte| byte == b'\n').unwrap_or(output.len());
    output.truncate(end);
    if output.last() == Some(&b'\r') {
        output.pop();
    }
    match Secret::from_bytes(output) {
        Ok(secret) => Answer::Given(secret),
        Err(_) => Answer::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_a_program_prints_the_first_line_counts_and_one_that_is_not_there_asks_nobody() {
        let says = |program: &str, label: &str| {
            run_ask_pass(&AskPass { program: program.into(), always: true }, label)
        };
        for printed in [r"pin\n", r"pin\r\nmore\n", "pin"] {
            let answer = says("/usr/bin/printf", printed);
            assert!(matches!(answer, Answer::Given(pin) if pin.expose() == "pin"), "{printed}");
        }
        assert!(matches!(says("/nonexistent/ask", "?"), Answer::CannotAsk));
        // It fails, or prints without end.
        for program in ["/bin/false", "/usr/bin/yes"] {
            assert!(matches!(says(program, "?"), Answer::Cancelled), "{program}");
        }
    }
}
