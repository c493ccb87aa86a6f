//! Questions as dialogs on the full screen, and as plain lines where a dialog adds nothing:
//! the passphrase of a key that was named on the command line, as ssh asks for it.

use crate::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion, Notice, Prompt,
};
use crate::secret::Secret;
use crate::ui::plain::Plain;
use crate::ui::screen::{ChallengeDialog, Component, LoginDialog, Screen};

/// The person at a terminal that dialogs can be shown on.
pub struct Dialogs {
    /// Where they are shown.
    pub screen: Screen,
    /// For what is asked in lines.
    pub plain: Plain,
}

impl Prompt for Dialogs {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        self.plain.host_key(question)
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.plain.secret(label)
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        self.shown(LoginDialog::new(question), LoginDialog::into_answer)
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        self.shown(ChallengeDialog::new(challenge), ChallengeDialog::into_answers)
    }

    fn notice(&self, notice: Notice<'_>) {
        self.plain.notice(notice);
    }
}

impl Dialogs {
    /// Shows a dialog; one that closes without an answer was left.
    fn shown<C: Component, T>(&self, dialog: C, answer: fn(C) -> Option<T>) -> Answer<T> {
        match self.screen.run(dialog) {
            Ok(closed) => answer(closed).map_or(Answer::Cancelled, Answer::Given),
            Err(error) => {
                log::error!("the terminal cannot be used: {error}");
                Answer::Cancelled
            }
        }
    }
}
