//! LocalCommand: a program of this machine that runs after the login, before the session.
//!
//! As in ssh(1) it has the terminal, what it prints goes where our own output goes, and the
//! session waits for it; how it ends changes nothing.

use log::{debug, warn};
use tokio::process::Command;

use crate::cli::environment::ProcessEnvironment;
use crate::config::Options;
use crate::error::told;
use crate::say;
use crate::text;

/// How many characters of a command a message shows.
const MAX_SHOWN: usize = 120;

/// Runs it, if PermitLocalCommand allows one.
pub(super) async fn run(options: &Options, environment: &ProcessEnvironment) {
    let Some(command) = options.local_command.value.as_deref() else { return };
    let shown = text::line(command, MAX_SHOWN);
    debug!("Executing local command: {shown}");
    let ended =
        Command::new(environment.shell()).arg("-c").arg(command).kill_on_drop(true).status().await;
    match ended {
        Ok(status) if status.success() => {}
        Ok(status) => debug!("LocalCommand: {status}"),
        Err(error) => warn!("{}", say!(config_local_command_failed, shown, error = told(&error))),
    }
}
