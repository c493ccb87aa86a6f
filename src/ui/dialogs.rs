//! Questions as dialogs on the full screen, and as plain lines where a dialog adds nothing:
//! the passphrase of a key that was named on the command line, as ssh asks for it.

use crate::config::Method;
use crate::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, MethodQuestion, Notice, Prompt,
};
use crate::secret::Secret;
use crate::ui::plain::Plain;
use crate::ui::screen::Screen;
use crate::ui::screen::warning::Warning;

/// The person at a terminal that dialogs can be shown on.
pub struct Dialogs {
    /// Where they are shown.
    pub screen: Screen,
    /// For what is asked in lines.
    pub plain: Plain,
}

impl Prompt for Dialogs {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        match self.screen.run(Warning::new(question)) {
            Ok(warning) => Answer::Given(warning.answer()),
            // The terminal is gone, and nobody saw the question.
            Err(_) => Answer::CannotAsk,
        }
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.plain.secret(label)
    }

    fn method(&self, question: &MethodQuestion<'_>) -> Answer<Method> {
        self.plain.method(question)
    }

    fn challenge(&self, challenge: &Challenge) -> Answer<Vec<Secret>> {
        self.plain.challenge(challenge)
    }

    fn notice(&self, notice: Notice<'_>) {
        self.plain.notice(notice);
    }
}
