//! KnownHostsCommand: a program that prints known_hosts lines, run without a shell.
//!
//! The command (see ssh_config(5)) gets the environment and standard error of this process, and no
//! input. If it fails, the host is refused, because its lines are unknown.

use std::process::{ExitStatus, Stdio};

use data_encoding::BASE64;
use log::debug;
use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_encoding::Encode;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

use crate::client::deadline;
use crate::config::{KnownHostsCommand, Search, SearchedKey};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::process::kill_with_descendants;
use crate::say;
use crate::text;
use crate::trust::{Subject, fingerprint};

/// The most output that is read; a command that prints all hosts prints a few megabytes.
const MAX_OUTPUT: usize = 16 << 20;

/// Runs the command to find out which host key algorithms to prefer; returns its output.
///
/// # Errors
/// Those of [`for_key`].
pub(crate) async fn for_order(command: &KnownHostsCommand, subject: &Subject) -> Result<Vec<u8>> {
    let name = subject.entry_name();
    run(command, &Search { name: &name, reason: "ORDER", key: None }).await
}

/// Runs the command for the key that the host offered; returns its output.
///
/// # Errors
/// The command does not start, fails, prints more than 16 MiB, or takes more than 30 seconds.
pub(crate) async fn for_key(
    command: &KnownHostsCommand,
    subject: &Subject,
    offered: &PublicKeyOrCertificate,
) -> Result<Vec<u8>> {
    let mut blob = Vec::new();
    let encoded = match offered.certificate() {
        Some(certificate) => certificate.encode(&mut blob),
        None => offered.public_key().key_data().encode(&mut blob),
    };
    encoded.map_err(|_| refused(&say!(host_key_cannot_be_encoded)))?;
    let kind = match offered.certificate() {
        Some(certificate) => certificate.algorithm().to_certificate_type(),
        None => offered.public_key().algorithm().to_string(),
    };
    let key = SearchedKey {
        kind: &kind,
        fingerprint: &fingerprint::sha256(&offered.public_key()),
        blob: &BASE64.encode(&blob),
    };
    let name = subject.entry_name();
    run(command, &Search { name: &name, reason: "HOSTNAME", key: Some(key) }).await
}

async fn run(command: &KnownHostsCommand, search: &Search<'_>) -> Result<Vec<u8>> {
    let program = command.program();
    let shown = text::path(program);
    debug!("KnownHostsCommand-{}: {shown}", search.reason);
    let fault = |what: &str| refused(&say!(known_hosts_command_failed, program = shown, what));
    let mut child = Command::new(program)
        .args(command.arguments(search))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            fault(&say!(known_hosts_command_not_started, error = io_reason(&error)))
        })?;
    let stdout = child.stdout.take().ok_or_else(|| fault(&say!(known_hosts_command_no_output)))?;
    let mut output = Vec::new();
    let done = async {
        stdout.take(MAX_OUTPUT as u64 + 1).read_to_end(&mut output).await?;
        // If the command prints too much, its end is not waited for.
        if output.len() > MAX_OUTPUT { Ok(None) } else { child.wait().await.map(Some) }
    };
    let done = timeout(deadline::KNOWN_HOSTS_COMMAND, done).await;
    if !matches!(done, Ok(Ok(Some(_)))) {
        kill_with_descendants(&child);
    }
    match done {
        Ok(Ok(Some(status))) if status.success() => Ok(output),
        Ok(Ok(Some(status))) => {
            Err(fault(&say!(known_hosts_command_broke, status = ended(status))))
        }
        Ok(Ok(None)) => Err(fault(&say!(known_hosts_command_too_much, limit = MAX_OUTPUT >> 20))),
        Ok(Err(error)) => {
            Err(fault(&say!(known_hosts_command_unreadable, error = io_reason(&error))))
        }
        Err(_) => {
            let seconds = deadline::KNOWN_HOSTS_COMMAND.as_secs();
            Err(fault(&say!(known_hosts_command_too_slow, seconds)))
        }
    }
}

/// Describes how the command ended.
fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => say!(known_hosts_command_status, code),
        None => status.to_string(),
    }
}

fn refused(reason: &str) -> Error {
    Error::new(Kind::HostKey, say!(host_key_refused, reason)).hint(say!(known_hosts_command_hint))
}
