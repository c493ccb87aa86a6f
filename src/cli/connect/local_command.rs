//! LocalCommand: runs a local program after the login, before the session.
//!
//! As in ssh(1), the program has the terminal, its output goes to our standard descriptors, and the
//! session waits for it. Its exit status is ignored.

use log::{debug, warn};
use tokio::process::Command;

use crate::cli::environment::ProcessEnvironment;
use crate::config::Options;
use crate::error::io_reason;
use crate::say;
use crate::text;

/// How many characters of a command a message shows.
const MAX_SHOWN: usize = 120;

/// Runs the command, if there is one and PermitLocalCommand allows it.
pub(super) async fn run(options: &Options, environment: &ProcessEnvironment) {
    let Some(command) = options.local_command.value.as_deref() else { return };
    let shown = text::line(command, MAX_SHOWN);
    debug!("Executing local command: {shown}");
    let ended =
        Command::new(environment.shell()).arg("-c").arg(command).kill_on_drop(true).status().await;
    match ended {
        Ok(status) if status.success() => {}
        Ok(status) => debug!("LocalCommand: {status}"),
        Err(error) => {
            warn!("{}", say!(config_local_command_failed, shown, error = io_reason(&error)));
        }
    }
}
