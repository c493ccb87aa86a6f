//! Asks questions with full-screen dialogs. A question for which a dialog adds nothing is asked as
//! a plain line, for example the passphrase of a key that was named on the command line.
//!
//! Messages that are logged while a dialog is open are held by the terminal until it closes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::io_reason;
use crate::prompt::{
    Answer, Challenge, ConnectStep, ConnectionSummary, FactsAnswer, HostKeyAnswer, HostKeyQuestion,
    LoginAnswer, LoginQuestion, Notice, Prompt, RotationQuestion, Waited, Welcome,
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
use crate::ui::waiting::Waiting;

/// How many bytes of a banner are kept for the dialog; it is shown in full before.
const MAX_BANNER: usize = 2048;

/// A [`Prompt`] for a terminal that can show dialogs.
pub struct Dialogs {
    /// The screen for dialogs.
    screen: Arc<Screen>,
    /// Shows the connection that is being made.
    waiting: Waiting,
    /// The prompt for plain lines.
    plain: Plain,
    /// The server's banner, until a dialog has shown it.
    banner: Mutex<String>,
}

impl Dialogs {
    /// Uses dialogs on this screen, and plain lines for the rest.
    pub fn new(screen: Screen, plain: Plain) -> Dialogs {
        let screen = Arc::new(screen);
        let waiting = Waiting::new(Arc::clone(&screen));
        Dialogs { screen, waiting, plain, banner: Mutex::default() }
    }

    fn banner(&self) -> MutexGuard<'_, String> {
        // No code panics while it holds this lock.
        self.banner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a dialog; closing it without an answer means that it was cancelled.
    fn shown<C: Component, T>(&self, dialog: C, answer: fn(C) -> Option<T>) -> Answer<T> {
        let _pause = self.waiting.pause();
        self.plain.sigils.lead();
        match self.screen.run(dialog) {
            Ok(closed) => answer(closed).map_or(Answer::Cancelled, Answer::Given),
            Err(error) => {
                log::error!("{}", say!(connection_terminal_fault, error = io_reason(&error)));
                Answer::Cancelled
            }
        }
    }
}

impl Prompt for Dialogs {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        let _pause = self.waiting.pause();
        if self.plain.leaves_to_program(question) {
            return self.plain.host_key(question);
        }
        self.plain.sigils.lead();
        match self.screen.run(Warning::new(question)) {
            Ok(warning) => Answer::Given(warning.answer()),
            // The terminal is gone, and nobody has seen the question.
            Err(_) => Answer::CannotAsk,
        }
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        let _pause = self.waiting.pause();
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
        // A line is used, because the question may interrupt something else and disturbs it less
        // than a full screen.
        let _pause = self.waiting.pause();
        self.plain.confirm(question)
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        let _pause = self.waiting.pause();
        self.plain.yes(question)
    }

    fn paste(&self, text: &str) -> Answer<String> {
        self.shown(ConfirmPaste::new(text), ConfirmPaste::into_answer)
    }

    fn is_full_screen(&self) -> bool {
        true
    }

    fn facts(&self, facts: ConnectionSummary) -> FactsAnswer {
        let answer = self.shown(ConnectionFacts::new(facts), |dialog| Some(dialog.into_answer()));
        match answer {
            Answer::Given(answer) => answer,
            Answer::Cancelled | Answer::CannotAsk => FactsAnswer::Closed,
        }
    }

    fn judged(&self, judgement: &Judgement, because: Option<&str>) {
        self.plain.judged(judgement, because);
    }

    fn step(&self, host: &str, step: ConnectStep) {
        self.waiting.step(host, step);
    }

    fn arrived(&self) {
        self.waiting.end();
    }

    fn typed_ahead(&self) -> Vec<u8> {
        self.waiting.typed()
    }

    fn given_up(&self) -> Waited<'_> {
        Box::pin(self.waiting.given_up())
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
