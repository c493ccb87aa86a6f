//! The server that a key is to be installed on: a connection of its own, whoever shares one, with
//! no forwards and no program.

use crate::cli::args::Typed;
use crate::cli::connect::{choice, login, subsystem};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::cli::{log, resolve};
use crate::config::Keyword;
use crate::error::Result;
use crate::secret::Secret;

/// What is set beside the settings of files: a login is wanted, not a session of a shared one.
const SETTINGS: &[(Keyword, &str)] =
    &[(Keyword::ControlMaster, "no"), (Keyword::ControlPath, "none")];

/// A server that is about to be connected to.
pub struct CopyIdTarget {
    /// What was typed, with the chosen source of the session.
    pub typed: Typed,
    /// The plan of the connection.
    pub plan: Plan,
    /// The password that was handed over.
    pub password: Option<Secret>,
}

impl CopyIdTarget {
    /// Finds the plan. Asks which saved session is meant.
    ///
    /// Blocks: it reads files, and may look names up.
    ///
    /// # Errors
    /// The command line or configuration asks for something that cannot be done.
    pub fn prepare(typed: &Typed, environment: &ProcessEnvironment) -> Result<CopyIdTarget> {
        let context = environment.context();
        let mut typed = choice::source_chosen(typed, &context)?;
        typed.command = vec!["sftp".into()];
        typed.overrule("copy-id", subsystem::SETTINGS.iter().chain(SETTINGS));
        let resolved = resolve::checked(&typed, &context)?;
        log::start_as_typed(&typed, &resolved.options)?;
        let plan = resolve::settle(&typed, resolved, &context)?;
        let password = login::handed_over(&typed, &plan, &context)?;
        Ok(CopyIdTarget { typed, plan, password })
    }
}
