//! The server that is measured: its plan, the first login, and further ones that ask nobody.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use russh::keys::PublicKey;

use super::clock::StepClock;
use crate::bench::SetupTimes;
use crate::cli::args::Typed;
use crate::cli::connect::context::ConnectContext;
use crate::cli::connect::enter::enter;
use crate::cli::connect::prompt::{self, NobodyAsked};
use crate::cli::connect::{choice, history, login, route};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::{MethodChoice, Plan};
use crate::cli::{log, resolve};
use crate::client::Session;
use crate::client::state::{RememberedCredential, RememberedLogin, RememberedLogins};
use crate::config::{Keyword, Origin};
use crate::error::Result;
use crate::keys::KeyFile;
use crate::prompt::Prompt;
use crate::secret::Secret;

/// What is set whatever the files say, here and in each program that is measured: a login and a
/// command, nothing beside it, nothing shared, and nothing compressed, because zeros are sent.
pub const SETTINGS: &[(Keyword, &str)] = &[
    (Keyword::SessionType, "default"),
    (Keyword::RemoteCommand, "none"),
    (Keyword::ForkAfterAuthentication, "no"),
    (Keyword::PermitLocalCommand, "no"),
    (Keyword::ClearAllForwardings, "yes"),
    (Keyword::ForwardAgent, "no"),
    (Keyword::ForwardX11, "no"),
    (Keyword::Tunnel, "no"),
    (Keyword::ControlMaster, "no"),
    (Keyword::ControlPath, "none"),
    (Keyword::Compression, "no"),
    (Keyword::UpdateHostKeys, "no"),
];

/// What a program can log in with without a question.
pub enum SilentCredential {
    /// The key in this file.
    KeyFile(PathBuf),
    /// The agent's key with this public key.
    AgentKey(PublicKey),
    /// The server asks for nothing.
    Nothing,
}

/// A server that is measured.
pub struct MeasuredHost {
    /// What was typed, with the chosen source of the session.
    pub typed: Typed,
    /// The plan of each connection.
    pub plan: Plan,
    environment: ProcessEnvironment,
    password: Option<Secret>,
    remembered: RememberedLogins,
}

impl MeasuredHost {
    /// Finds the plan. Asks which saved session is meant.
    ///
    /// Blocks: it reads files, and may look names up.
    ///
    /// # Errors
    /// The command line or configuration asks for something that cannot be done.
    pub fn prepare(typed: &Typed, environment: ProcessEnvironment) -> Result<MeasuredHost> {
        let context = environment.context();
        let mut typed = choice::source_chosen(typed, &context)?;
        let no_terminal = (Keyword::RequestTTY, "no");
        typed.overrule("bench", SETTINGS.iter().chain([&no_terminal]));
        typed.command = vec!["true".into()];
        let resolved = resolve::checked(&typed, &context)?;
        log::start_as_typed(&typed, &resolved.options)?;
        let plan = resolve::settle(&typed, resolved, &context)?;
        let password = login::handed_over(&typed, &plan, &context)?;
        let remembered = RememberedLogins::default();
        Ok(MeasuredHost { typed, plan, environment, password, remembered })
    }

    /// Logs in for the first time. It may ask.
    ///
    /// # Errors
    /// Those of connecting.
    pub async fn first(&mut self) -> Result<(Session, SetupTimes)> {
        let prompt = prompt::choose(&self.plan, &self.typed, &self.environment);
        let password = self.password.take();
        let made = self.log_in(&self.plan, prompt, password, true).await.map_err(|error| {
            let context = self.environment.context();
            resolve::sources::explained(error, &self.typed, &self.plan, &context)
        })?;
        history::remember(&self.plan, &self.typed, &self.environment);
        Ok(made)
    }

    /// Logs in once more, as the first time, with this cipher or with any. Nobody is asked; see
    /// [`MeasuredHost::is_silent`].
    ///
    /// # Errors
    /// Those of connecting.
    pub async fn again(&self, cipher: Option<&str>) -> Result<(Session, SetupTimes)> {
        let mut plan = self.plan.clone();
        if let Some(cipher) = cipher {
            plan.options.ciphers.value = Some(cipher.to_owned());
            plan.options.ciphers.origin = Origin::Flag("-c");
        }
        self.log_in(&plan, Arc::new(NobodyAsked), None, false).await
    }

    async fn log_in(
        &self,
        plan: &Plan,
        prompt: Arc<dyn Prompt>,
        password: Option<Secret>,
        is_first: bool,
    ) -> Result<(Session, SetupTimes)> {
        let clock = Arc::new(StepClock::new(prompt, route::shown(plan)));
        let prompt = Arc::<StepClock>::clone(&clock);
        let context = ConnectContext::new(plan, &self.environment, prompt, &self.remembered);
        let context = context.keeping_logins().for_further(!is_first);
        // In memory of its own: a login is large, and those who measure are, too.
        let (session, _) = Box::pin(enter(&context, password)).await?;
        let now = Instant::now();
        let greeted = now.checked_sub(session.facts().age);
        let times = clock.times(greeted, now);
        Ok((session, times))
    }

    /// Whether the login can be repeated without a question, on the whole way to the server.
    pub fn is_silent(&self) -> bool {
        self.hops().all(|plan| {
            let kept = self.remembered.get(&route::label(plan));
            kept.is_some_and(|kept| kept.is_silent())
        })
    }

    /// What another program can log in with, by the method that the first login has used; `None` if it
    /// would have to ask, or to choose, here or at a jump host, to which no words of a command line go.
    pub fn credential(&self) -> Option<SilentCredential> {
        let is_settled = |plan: &Plan| matches!(plan.method, MethodChoice::Chain(_));
        let credential =
            |plan: &Plan| of_another_program(&*self.remembered.get(&route::label(plan))?);
        let mut before = self.hops().skip(1);
        if !before.all(|plan| is_settled(plan) && credential(plan).is_some()) {
            return None;
        }
        credential(&self.plan)
    }

    /// The plans of the hosts on the way, the server's first.
    fn hops(&self) -> impl Iterator<Item = &Plan> {
        std::iter::successors(Some(&self.plan), |plan| plan.via.as_deref())
    }

    /// The environment.
    pub fn environment(&self) -> &ProcessEnvironment {
        &self.environment
    }
}

/// What another program can log in with where this login was done; `None` if it would have to ask.
fn of_another_program(kept: &RememberedLogin) -> Option<SilentCredential> {
    if !kept.is_silent() {
        return None;
    }
    match &kept.credential {
        RememberedCredential::Key(_, file) => {
            // This program has opened it; another one would have to ask for the passphrase.
            let asks = KeyFile::read(file).is_ok_and(|key| key.is_encrypted());
            (!asks).then(|| SilentCredential::KeyFile(file.clone()))
        }
        RememberedCredential::Held(key) => Some(SilentCredential::AgentKey(key.clone())),
        RememberedCredential::Nothing => Some(SilentCredential::Nothing),
        RememberedCredential::Password(_) => None,
    }
}
