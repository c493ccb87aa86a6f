//! Questions as dialogs on the full screen, and as plain lines where a dialog adds nothing:
//! the passphrase of a key that was named on the command line, as ssh asks for it.

use crate::config::Method;
use crate::prompt::{
    Answer, Challenge, Facts, HostKeyAnswer, HostKeyQuestion, MethodQuestion, Notice, Prompt,
};
use crate::secret::Secret;
use crate::ui::plain::Plain;
use crate::ui::screen::Screen;
use crate::ui::screen::facts::ConnectionFacts;
use crate::ui::screen::paste::ConfirmPaste;
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

    fn paste(&self, text: &str) -> Answer<String> {
        match self.screen.run(ConfirmPaste::new(text)) {
            Ok(paste) => paste.into_answer().map_or(Answer::Cancelled, Answer::Given),
            Err(_) => Answer::CannotAsk,
        }
    }

    fn is_full_screen(&self) -> bool {
        true
    }

    fn facts(&self, facts: Facts) {
        // A terminal that is gone shows nothing, and the session is about to notice.
        let _ = self.screen.run(ConnectionFacts::new(facts));
    }

    fn notice(&self, notice: Notice<'_>) {
        self.plain.notice(notice);
    }
}
