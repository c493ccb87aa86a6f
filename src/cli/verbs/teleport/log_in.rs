//! `tessh teleport login`: runs `tsh login` in this terminal, with whatever it asks.

use std::ffi::OsString;

use super::place::{directory, tsh};
use super::words::TeleportWords;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::teleport::Teleport;
use crate::cli::runtime;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Runs tsh; the words after `--` are tsh's. Without `--proxy`, the active profile's proxy is
/// meant, and tsh asks for nothing that it knows.
///
/// # Errors
/// tsh is not there or fails.
pub(super) fn run(words: TeleportWords, environment: ProcessEnvironment) -> Result<u8> {
    words.only("login", &[Teleport::Proxy, Teleport::Json])?;
    let tsh = tsh(&environment)?;
    let current = || directory(&environment).current().ok().flatten();
    let proxy = match words.proxy {
        Some(proxy) => Some(proxy),
        None if words.rest.iter().any(|word| word.starts_with("--proxy")) => None,
        None => current(),
    };
    let mut arguments: Vec<OsString> = Vec::new();
    arguments.extend(proxy.map(|proxy| format!("--proxy={proxy}").into()));
    arguments.extend(words.rest.into_iter().map(OsString::from));
    runtime::run_to_exit_code(async move {
        let status = tsh.log_in(&arguments).await?;
        match status.success() {
            true => Ok(0),
            false => Err(Error::new(Kind::Identity, say!(teleport_login_failed, status))
                .hint(say!(teleport_login_failed_hint))),
        }
    })
}
