//! A prompt that notes when the steps of a connection begin, and how long somebody was asked during
//! each. It passes everything on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::bench::SetupTimes;
use crate::prompt::{
    Answer, Challenge, ConnectStep, ConnectionSummary, FactsAnswer, HostKeyAnswer, HostKeyQuestion,
    LoginAnswer, LoginQuestion, Notice, Prompt, RotationQuestion, Waited, Welcome,
};
use crate::secret::Secret;
use crate::trust::Judgement;

/// When a step began, and how long somebody was asked in it.
#[derive(Clone, Copy, Debug)]
struct StepMark {
    step: ConnectStep,
    began: Instant,
    asked: Duration,
}

/// The prompt. Only the steps of this host are noted, not those of the jump hosts before it.
pub struct StepClock {
    prompt: Arc<dyn Prompt>,
    host: String,
    marks: Mutex<Vec<StepMark>>,
}

impl StepClock {
    /// A clock around a prompt; `host` is the host as the steps are told of it.
    pub fn new(prompt: Arc<dyn Prompt>, host: String) -> StepClock {
        StepClock { prompt, host, marks: Mutex::default() }
    }

    /// The times of the steps, of a login that ended now; `greeted` is when the identifications had
    /// been exchanged. A step that was gone through twice counts from its last time.
    pub fn times(&self, greeted: Option<Instant>, now: Instant) -> SetupTimes {
        let marks = self.marks();
        let find = |step| marks.iter().rev().find(|mark| mark.step == step);
        let asked = |from: ConnectStep, to: Option<ConnectStep>| {
            let within = marks.iter().filter(|mark| mark.step >= from);
            let within = within.filter(|mark| to.is_none_or(|to| mark.step < to));
            within.map(|mark| mark.asked).sum::<Duration>()
        };
        let began = |step| find(step).map(|mark| mark.began);
        let between = |from: Option<Instant>, to: Option<Instant>, asked: Duration| {
            Some(to?.saturating_duration_since(from?).saturating_sub(asked))
        };
        use ConnectStep::{Connect, KeyExchange, Login, Resolve};
        SetupTimes {
            name_lookup: between(began(Resolve), began(Connect), Duration::ZERO),
            tcp: between(began(Connect), began(KeyExchange), asked(Connect, Some(KeyExchange))),
            greeting: between(began(KeyExchange), greeted, Duration::ZERO),
            key_exchange: between(greeted, began(Login), asked(KeyExchange, Some(Login))),
            authentication: between(began(Login), Some(now), asked(Login, None)),
            channel: None,
            first_output: None,
        }
    }

    fn marks(&self) -> MutexGuard<'_, Vec<StepMark>> {
        // No code panics while it holds this lock.
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, and notes how long that takes.
    fn asking<T>(&self, ask: impl FnOnce(&dyn Prompt) -> T) -> T {
        let began = Instant::now();
        let answer = ask(&*self.prompt);
        if let Some(mark) = self.marks().last_mut() {
            mark.asked += began.elapsed();
        }
        answer
    }
}

impl Prompt for StepClock {
    fn host_key(&self, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        self.asking(|prompt| prompt.host_key(question))
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        self.asking(|prompt| prompt.secret(label))
    }

    fn login(&self, question: LoginQuestion) -> Answer<LoginAnswer> {
        self.asking(|prompt| prompt.login(question))
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        self.asking(|prompt| prompt.challenge(challenge))
    }

    fn rotation(&self, question: &RotationQuestion<'_>) -> Answer<bool> {
        self.asking(|prompt| prompt.rotation(question))
    }

    fn confirm(&self, question: &str) -> Answer<bool> {
        self.asking(|prompt| prompt.confirm(question))
    }

    fn yes(&self, question: &str) -> Answer<bool> {
        self.asking(|prompt| prompt.yes(question))
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

    fn step(&self, host: &str, step: ConnectStep) {
        if host == self.host {
            let mark = StepMark { step, began: Instant::now(), asked: Duration::ZERO };
            self.marks().push(mark);
        }
        self.prompt.step(host, step);
    }

    fn arrived(&self) {
        self.prompt.arrived();
    }

    fn typed_ahead(&self) -> Vec<u8> {
        self.prompt.typed_ahead()
    }

    fn given_up(&self) -> Waited<'_> {
        self.prompt.given_up()
    }

    fn welcome(&self, welcome: &Welcome<'_>) {
        self.prompt.welcome(welcome);
    }

    fn notice(&self, notice: Notice<'_>) {
        self.prompt.notice(notice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::connect::prompt::NobodyAsked;

    #[test]
    fn each_step_has_the_time_from_it_to_the_next_without_questions() {
        let clock = StepClock::new(Arc::new(NobodyAsked), "h".to_owned());
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mark =
            |step, ms, asked| StepMark { step, began: at(ms), asked: Duration::from_millis(asked) };
        *clock.marks() = vec![
            mark(ConnectStep::Resolve, 0, 0),
            mark(ConnectStep::Connect, 2, 0),
            mark(ConnectStep::KeyExchange, 5, 0),
            mark(ConnectStep::HostKey, 20, 1000),
            mark(ConnectStep::Login, 1030, 500),
        ];
        let times = clock.times(Some(at(12)), at(1600));
        let ms = |time: Option<Duration>| time.map(|time| time.as_millis());
        assert_eq!((ms(times.name_lookup), ms(times.tcp)), (Some(2), Some(3)));
        assert_eq!((ms(times.greeting), ms(times.key_exchange)), (Some(7), Some(18)));
        assert_eq!(ms(times.authentication), Some(70));
        // Through a jump host, the name is looked up elsewhere.
        clock.marks().drain(..2);
        let times = clock.times(None, at(1600));
        assert_eq!((ms(times.name_lookup), ms(times.tcp), ms(times.greeting)), (None, None, None));
    }

    #[test]
    fn steps_of_a_jump_host_are_not_the_hosts() {
        let clock = StepClock::new(Arc::new(NobodyAsked), "h".to_owned());
        clock.step("gate", ConnectStep::Resolve);
        assert!(clock.marks().is_empty());
        clock.step("h", ConnectStep::Login);
        let _ = clock.secret("x");
        assert!(clock.times(None, Instant::now()).authentication.is_some());
    }
}
