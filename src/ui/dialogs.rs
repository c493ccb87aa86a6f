//! Questions as dialogs on the full screen, and as plain lines where a dialog adds nothing:
//! the passphrase of a key that was named on the command line, as ssh asks for it.
//!
//! What is said while a dialog is open is held by the terminal until it has closed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::told;
use crate::prompt::{
    Answer, Challenge, ConnectionSummary, HostKeyAnswer, HostKeyQuestion, LoginAnswer,
    LoginQuestion, Notice, Prompt, RotationQuestion, Welcome,
};
use crate::say;
use crate::secret::Secret;
use crate::trust::Judgement;
use crate::ui::plain::Plain;
use crate::ui::screen::facts::ConnectionFacts;
use crate::ui::screen::paste::ConfirmPaste;
use crate::ui::screen::rotation::RotationDialog;
use crate::ui::screen::warning::Warning;
use crate::ui::screen::{ChallengeDialog, Component, LoginDialog, Screen};

/// How much of a banner is kept for the dialog, in bytes: it is shown in full before.
const MAX_BANNER: usize = 2048;

/// The person at a terminal that dialogs can be shown on.
pub struct Dialogs {
    /// Where they are shown.
    screen: Screen,
    /// For what is asked in lines.
    plain: Plain,
    /// What the server said before the session, until a dialog has shown it.
    banner: Mutex<String>,
}

impl Dialogs {
    /// Dialogs on this screen, and lines for the rest.
    pub fn new(screen: Screen, plain: Plain) -> Dialogs {
        Dialogs { screen, plain, banner: Mutex::default() }
    }

    fn banner(&self) -> MutexGuard<'_, String> {
        // Nothing panics while it holds this.
        self.banner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a dialog; one that closes without an answer was left.
    fn shown<C: Component, T>(&self, dialog: C, answer: fn(C) -> Option<T>) -> Answer<T> {
        self.plain.sigils.lead();
        match self.screen.run(dialog) {
            Ok(closed) => answer(closed).map_or(Answer::Cancelled, Answer::Given),
            Err(error) => {
                log::error!("{}", say!(connection_terminal_fault, error = told(&error)));
                Answer::Cancelled
            }
        }
    }
}

impl Prompt for Dialogs {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        self.plain.sigils.lead();
        match self.screen.run(Warning::new(question)) {
            Ok(warning) => Answer::Given(warning.answer()),
            // The terminal is gone, and nobody saw the question.
            Err(_) => Answer::CannotAsk,
        }
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.plain.secret(label)
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        let banner = std::mem::take(&mut *self.banner());
        self.shown(LoginDialog::new(question, &banner), LoginDialog::into_answer)
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        self.shown(ChallengeDialog::new(challenge), ChallengeDialog::into_answers)
    }

    fn rotation(&self, question: &RotationQuestion<'_>) -> Answer<bool> {
        self.shown(RotationDialog::new(question), RotationDialog::into_answer)
    }

    fn confirm(&self, question: &str) -> Answer<bool> {
        // It comes in the middle of something else: a line disturbs that less than a screen.
        self.plain.confirm(question)
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        self.plain.yes(question)
    }

    fn paste(&self, text: &str) -> Answer<String> {
        self.shown(ConfirmPaste::new(text), ConfirmPaste::into_answer)
    }

    fn is_full_screen(&self) -> bool {
        true
    }

    fn facts(&self, facts: ConnectionSummary) {
        // There is no answer.
        let _: Answer<()> = self.shown(ConnectionFacts::new(facts), |_| None);
    }

    fn judged(&self, judgement: &Judgement, because: Option<&str>) {
        self.plain.judged(judgement, because);
    }

    fn welcome(&self, welcome: &Welcome<'_>) {
        self.plain.welcome(welcome);
    }

    fn notice(&self, notice: Notice<'_>) {
        if let Notice::Banner(text) = notice
            && self.plain.banner
        {
            let mut banner = self.banner();
            if banner.len() + text.len() <= MAX_BANNER {
                banner.push_str(text);
            }
        }
        self.plain.notice(notice);
    }
}
