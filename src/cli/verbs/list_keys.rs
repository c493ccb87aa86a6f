//! `-Z`: lists the keys that a login would try, one per line in order, without connecting.
//!
//! The flag is ssh's, so it lists what ssh would try, including every key of the agent. Under its
//! own name, this program offers only the chosen keys.

use std::ops::ControlFlow;

use crate::cli::args::{Typed, no_host};
use crate::cli::connect::login;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::output::print;
use crate::cli::{log, resolve, runtime};
use crate::client::login::listing;
use crate::error::Result;

/// Prints the list; for a chain of methods, what its `publickey` would try.
///
/// # Errors
/// Those of connecting, up to the point where the server is needed.
pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    if typed.lacks_host() {
        return Err(no_host());
    }
    let auth = typed.auth.clone().or_else(|| Some("publickey".to_owned()));
    let typed = Typed { auth, ..typed.clone() };
    let context = environment.context();
    let resolved = resolve::checked(&typed, &context)?;
    log::start_as_typed(&typed, &resolved.options)?;
    let mut plan = resolve::settle(&typed, resolved, &context)?;
    plan.agent_identities = plan.agent.is_some() && !*plan.options.identities_only;
    let explicit = plan.options.identity_files.is_set();
    let login = login::login(&plan, &environment, None)?;
    match runtime::run_until_signal(listing(login, explicit))? {
        ControlFlow::Break(code) => Ok(code),
        ControlFlow::Continue(lines) => {
            print(&lines.into_iter().map(|line| line + "\n").collect::<String>())
        }
    }
}
