//! Chooses how questions are asked: by dialogs if the terminal can show them, otherwise line by
//! line, otherwise not at all.

use std::sync::Arc;

use serde_json::json;

use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::cli::{log, look};
use crate::config::LogLevel;
use crate::os::descriptor;
use crate::prompt::{
    Answer, Challenge, ConnectStep, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion,
    Notice, Prompt,
};
use crate::secret::Secret;
use crate::terminal;
use crate::text;
use crate::trust::Judgement;
use crate::ui::dialogs::Dialogs;
use crate::ui::plain::{Plain, Sigils};
use crate::ui::screen::Screen;

/// The prompt for the questions of a plan.
pub fn choose(plan: &Plan, typed: &Typed, environment: &ProcessEnvironment) -> Arc<dyn Prompt> {
    let plain = Plain {
        batch: plan.options.batch_mode.value,
        banner: plan.options.log_level.value >= LogLevel::Info,
        ask_pass: environment.ask_pass(),
        say: log::to_stderr,
        sigils: Sigils::new(
            !typed.as_ssh && terminal::is_terminal(descriptor::stderr()),
            log::level() >= LogLevel::Verbose,
        ),
        report: typed.json.then_some(report_host_key),
    };
    if plain.batch || typed.plain || typed.as_ssh {
        return Arc::new(plain);
    }
    let screen = look::full_screen(environment).and_then(|look| Screen::open(look).ok());
    match screen {
        Some(screen) => Arc::new(Dialogs::new(screen, plain)),
        None => Arc::new(plain),
    }
}

/// A prompt that asks nobody and says nothing: for further connections beside the first one.
pub struct NobodyAsked;

impl Prompt for NobodyAsked {
    fn host_key(&self, _: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        Answer::CannotAsk
    }

    fn secret(&self, _: &str) -> Answer<Secret> {
        Answer::CannotAsk
    }

    fn login(&self, _: LoginQuestion) -> Answer<LoginAnswer> {
        Answer::CannotAsk
    }

    fn challenge(&self, _: Challenge) -> Answer<Vec<Secret>> {
        Answer::CannotAsk
    }

    fn notice(&self, _: Notice<'_>) {}
}

/// A prompt for a connection that is made again: it asks, and repeats nothing that was said on the
/// first one.
pub struct Quietly(pub Arc<dyn Prompt>);

impl Prompt for Quietly {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        self.0.host_key(question)
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.0.secret(label)
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        self.0.login(question)
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        self.0.challenge(challenge)
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        self.0.yes(question)
    }

    fn is_full_screen(&self) -> bool {
        self.0.is_full_screen()
    }

    fn step(&self, host: &str, step: ConnectStep) {
        self.0.step(host, step);
    }

    fn notice(&self, notice: Notice<'_>) {
        if !matches!(notice, Notice::Banner(_)) {
            self.0.notice(notice);
        }
    }
}

/// Reports the judgement of a host key on standard error for `--json`: one object in one line.
/// `because` is why the key was accepted; `None` if it was refused.
fn report_host_key(judgement: &Judgement, because: Option<&str>) {
    let mut object = judgement.json();
    object["event"] = json!("host-key");
    object["accepted"] = json!(because.is_some());
    object["because"] = json!(because);
    log::write(&text::json(&object.to_string()));
}
