//! What the steps of one connection share: the plan, the environment, whom to ask, and how many
//! sessions are below it.

use std::sync::Arc;

use russh::Pty;

use super::background::{ChildReport, Tether};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::client::state::RememberedLogins;
use crate::error::Result;
use crate::prompt::Prompt;

/// What every step of a connection to one host may use.
pub struct ConnectContext<'a> {
    /// Where to, and how.
    pub plan: &'a Plan,
    /// What this process finds around it.
    pub environment: &'a ProcessEnvironment,
    /// Whom to ask.
    pub prompt: Arc<dyn Prompt>,
    /// Logins to be used again by duplicates of the session.
    pub remembered: &'a RememberedLogins,
    /// How many sessions are below this one on the terminal (`~d`).
    pub sessions_below: usize,
    /// The terminal's modes as they were before the first session changed them; `None` for the
    /// first session, which reads them.
    pub terminal_modes: Option<Vec<(Pty, u32)>>,
    /// The bond to a parent process that waits until this one leaves the terminal.
    tether: Option<&'a Tether>,
}

impl<'a> ConnectContext<'a> {
    /// The context of a first session, in a process that nobody waits for.
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
            sessions_below: 0,
            terminal_modes: None,
            tether: None,
        }
    }

    /// Adds the bond to a parent process that waits.
    pub fn with_tether(self, tether: &'a Tether) -> ConnectContext<'a> {
        ConnectContext { tether: Some(tether), ..self }
    }

    /// The context of a duplicate of this session, on top of it.
    pub fn for_duplicate(&self, terminal_modes: &[(Pty, u32)]) -> ConnectContext<'a> {
        ConnectContext {
            prompt: Arc::clone(&self.prompt),
            sessions_below: self.sessions_below + 1,
            terminal_modes: Some(terminal_modes.to_vec()),
            ..*self
        }
    }

    /// The context of a jump host before this host, with its own plan.
    pub fn for_jump_host(&self, plan: &'a Plan) -> ConnectContext<'a> {
        let prompt = Arc::clone(&self.prompt);
        ConnectContext { plan, prompt, terminal_modes: None, ..*self }
    }

    /// Goes to the background if ForkAfterAuthentication says so. What is written to the
    /// standard descriptors afterwards is lost, but for debug messages on standard error.
    ///
    /// With ControlPersist alone this process stays: where it did not become the master, it
    /// does in the foreground what the parent would have asked a master for.
    pub fn leave_if_forking(&self) -> Result<()> {
        match self.plan.options.fork_after_authentication.value {
            true => self.leave_terminal(ChildReport::Background),
            false => Ok(()),
        }
    }

    /// Leaves the terminal if a parent waits for that, and tells it what this process is now.
    pub fn leave_terminal(&self, word: ChildReport) -> Result<()> {
        self.tether.map_or(Ok(()), |tether| tether.cut(word))
    }

    /// Whether a parent waits for this process to leave the terminal.
    pub fn has_parent(&self) -> bool {
        self.tether.is_some_and(Tether::is_bound)
    }
}
