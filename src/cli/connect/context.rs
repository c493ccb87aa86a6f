//! What the steps of one connection share: the plan, the environment, the prompt, and the number of
//! sessions below.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use russh::Pty;

use super::background::{ChildReport, Tether};
use super::prompt::Quietly;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::client::host_key::SettledKey;
use crate::client::state::RememberedLogins;
use crate::error::Result;
use crate::prompt::Prompt;

/// The keys of the hosts of one connection, by their labels: where a connection is made again, each
/// host on the way must have the key that it had the first time. Copies share them.
#[derive(Clone, Default)]
pub struct SettledHosts(Arc<Mutex<HashMap<String, SettledKey>>>);

impl SettledHosts {
    /// The key of the host with this label.
    pub fn of(&self, label: &str) -> SettledKey {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.entry(label.to_owned()).or_default().clone()
    }
}

/// What every step of a connection to one host may use.
pub struct ConnectContext<'a> {
    /// The plan of the connection.
    pub plan: &'a Plan,
    /// The environment of this process.
    pub environment: &'a ProcessEnvironment,
    /// The prompt for questions.
    pub prompt: Arc<dyn Prompt>,
    /// Logins that duplicates of the session reuse.
    pub remembered: &'a RememberedLogins,
    /// Whether logins are remembered for further connections of this run without being asked to.
    pub keeps_logins: bool,
    /// Whether an earlier connection of this run has told what there is to warn of.
    pub is_further: bool,
    /// The keys of the hosts on the way, once they are accepted.
    pub settled: SettledHosts,
    /// Whether the login is by a key itself, without any certificate.
    pub key_alone: bool,
    /// How many sessions are below this one on the terminal (`~d`).
    pub sessions_below: usize,
    /// The terminal's modes as they were before the first session changed them; `None` for the
    /// first session, which reads them.
    pub terminal_modes: Option<Vec<(Pty, u32)>>,
    /// The connection to a parent process that waits until this one leaves the terminal.
    tether: Option<&'a Tether>,
}

impl<'a> ConnectContext<'a> {
    /// The context of a first session in a process without a waiting parent.
    pub fn new(
        plan: &'a Plan,
        environment: &'a ProcessEnvironment,
        prompt: Arc<dyn Prompt>,
        remembered: &'a RememberedLogins,
    ) -> ConnectContext<'a> {
        ConnectContext {
            plan,
            environment,
            prompt,
            remembered,
            keeps_logins: false,
            is_further: false,
            settled: SettledHosts::default(),
            key_alone: false,
            sessions_below: 0,
            terminal_modes: None,
            tether: None,
        }
    }

    /// Adds the connection to a waiting parent process.
    pub fn with_tether(self, tether: &'a Tether) -> ConnectContext<'a> {
        ConnectContext { tether: Some(tether), ..self }
    }

    /// Remembers logins for further connections of this run.
    pub fn keeping_logins(self) -> ConnectContext<'a> {
        ConnectContext { keeps_logins: true, ..self }
    }

    /// Says whether this is a further connection of the same kind.
    pub fn for_further(self, is_further: bool) -> ConnectContext<'a> {
        ConnectContext { is_further, ..self }
    }

    /// Has the login be by a key itself, without any certificate.
    pub fn with_key_alone(self) -> ConnectContext<'a> {
        ConnectContext { key_alone: true, ..self }
    }

    /// The context of a duplicate on top of this session.
    pub fn for_duplicate(&self, terminal_modes: &[(Pty, u32)]) -> ConnectContext<'a> {
        ConnectContext {
            prompt: Arc::clone(&self.prompt),
            sessions_below: self.sessions_below + 1,
            terminal_modes: Some(terminal_modes.to_vec()),
            settled: SettledHosts::default(),
            ..*self
        }
    }

    /// The context of a jump host before this host, with its own plan.
    pub fn for_jump_host(&self, plan: &'a Plan) -> ConnectContext<'a> {
        let (prompt, settled) = (Arc::clone(&self.prompt), self.settled.clone());
        ConnectContext { plan, prompt, settled, terminal_modes: None, key_alone: false, ..*self }
    }

    /// The context in which the connection is made again during the login, without saying things
    /// twice.
    pub fn for_reconnection(&self) -> ConnectContext<'a> {
        let prompt = Arc::new(Quietly(Arc::clone(&self.prompt)));
        let settled = self.settled.clone();
        ConnectContext { prompt, settled, is_further: true, terminal_modes: None, ..*self }
    }

    /// Goes to the background if ForkAfterAuthentication says so. Afterwards, output to the
    /// standard descriptors is lost, except for debug messages on standard error.
    ///
    /// Does nothing with ControlPersist alone: if this process did not become the master, it does
    /// the parent's work itself, in the foreground.
    pub fn leave_if_forking(&self) -> Result<()> {
        match self.plan.options.fork_after_authentication.value {
            true => self.leave_terminal(ChildReport::Background),
            false => Ok(()),
        }
    }

    /// Leaves the terminal if a parent waits for that, and tells the parent what this process is
    /// now.
    pub fn leave_terminal(&self, word: ChildReport) -> Result<()> {
        self.tether.map_or(Ok(()), |tether| tether.cut(word))
    }

    /// Whether a parent waits for this process to leave the terminal.
    pub fn has_parent(&self) -> bool {
        self.tether.is_some_and(Tether::is_bound)
    }
}
