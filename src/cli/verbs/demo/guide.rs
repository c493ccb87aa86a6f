//! The questions of the demonstration, each with what the answer is: a prompt around the real one.

use std::sync::Arc;

use crate::prompt::{
    Answer, Challenge, ConnectionSummary, FactsAnswer, HostKeyAnswer, HostKeyQuestion, LoginAnswer,
    LoginQuestion, Notice, Prompt, RotationQuestion, Welcome,
};
use crate::say;
use crate::secret::Secret;
use crate::trust::Judgement;

/// The real prompt, with the password of the demonstration where one is asked for.
pub(super) struct GuidedPrompt {
    pub(super) prompt: Arc<dyn Prompt>,
    /// The password. It is printed at the start, too, and ends with the server.
    pub(super) password: String,
}

impl GuidedPrompt {
    fn hint(&self) -> String {
        say!(demo_password_hint, password = self.password)
    }
}

impl Prompt for GuidedPrompt {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        self.prompt.host_key(question)
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.prompt.secret(&format!("{}\n{label}", self.hint()))
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        self.prompt.login(LoginQuestion { hint: Some(self.hint()), ..question })
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        self.prompt.challenge(Challenge { instruction: self.hint(), ..challenge })
    }

    fn rotation(&self, question: &RotationQuestion<'_>) -> Answer<bool> {
        self.prompt.rotation(question)
    }

    fn confirm(&self, question: &str) -> Answer<bool> {
        self.prompt.confirm(question)
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        self.prompt.yes(question)
    }

    fn paste(&self, text: &str) -> Answer<String> {
        self.prompt.paste(text)
    }

    fn is_full_screen(&self) -> bool {
        self.prompt.is_full_screen()
    }

    fn facts(&self, facts: ConnectionSummary) -> FactsAnswer {
        self.prompt.facts(facts)
    }

    fn judged(&self, judgement: &Judgement, because: Option<&str>) {
        self.prompt.judged(judgement, because);
    }

    fn welcome(&self, welcome: &Welcome<'_>) {
        self.prompt.welcome(welcome);
    }

    fn notice(&self, notice: Notice<'_>) {
        self.prompt.notice(notice);
    }
}
