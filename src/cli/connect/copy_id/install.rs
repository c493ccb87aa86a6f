//! Installs a key on a session that is logged in: through a POSIX shell, and over SFTP where the
//! server runs no programs.

use log::debug;

use super::outcome::{InstallWay, Installation, refused};
use super::over_sftp;
use crate::cli::connect::subsystem;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::client::Session;
use crate::client::session::program;
use crate::error::{Kind, Result};
use crate::keys::authorized::AuthorizedKey;
use crate::keys::authorized_script::ScriptResult;

/// The program that reads the script. A login shell of any kind can start it.
const SHELL: &[u8] = b"sh";

/// Installs the key, once.
///
/// # Errors
/// What is there is no place for it, the server lets us neither run a shell nor speak SFTP, or the
/// connection is lost.
pub async fn install(
    session: &Session,
    about: (&Plan, &ProcessEnvironment),
    key: &AuthorizedKey,
) -> Result<Installation> {
    if let Some(done) = through_shell(session, key).await? {
        return Ok(done);
    }
    debug!("the server runs no script for a shell; trying SFTP");
    subsystem::around(session, about, async |sftp| over_sftp::install(&sftp, key).await).await
}

/// Installs the key through a shell; `None` if the server does not run one.
///
/// # Errors
/// What is there is no place for the key, or the connection is lost.
pub(super) async fn through_shell(
    session: &Session,
    key: &AuthorizedKey,
) -> Result<Option<Installation>> {
    let script = key.script().into_bytes();
    let output = match program::output_of_fed(session, SHELL.to_vec(), script).await {
        Ok(output) => output,
        // A script that was begun may still be at it.
        Err(error) if session.ended().is_some() || error.kind() == Kind::Timeout => {
            return Err(error);
        }
        Err(error) => {
            debug!("no shell: {error}");
            return Ok(None);
        }
    };
    match ScriptResult::read(&output) {
        None => Ok(None),
        Some(Ok(ScriptResult { added, made_folder, writable })) => {
            Ok(Some(Installation { added, made_folder, writable, way: InstallWay::Shell }))
        }
        Some(Err(refusal)) => Err(refused(&refusal, key)),
    }
}
