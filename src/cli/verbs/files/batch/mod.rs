//! `tessh files --batch FILE`: a script of commands as sftp(1) and psftp have them.
//!
//! The script is read whole before there is a connection. It stops at the first command that fails,
//! with exit code 1, unless a `-` stands before that line.

mod run;
mod script;

use std::ffi::OsStr;
use std::io::Read;

use super::SOME_FAILED;
use super::connections::{self, Connections};
use super::place::{Places, looks_remote, shown};
use super::words::{FileWords, usage};
use crate::cli::connect::subsystem::{self, SftpTarget};
use crate::cli::environment::{self, ProcessEnvironment};
use crate::cli::runtime;
use crate::error::{Error, Kind, Result, io_reason};
use crate::say;
use crate::sftp::{SftpFailure, TransferOptions};
use run::BatchSession;
use script::{MAX_SCRIPT, ScriptLine};

/// Runs the script for the one place of the words.
///
/// # Errors
/// The script cannot be read, or the connection fails.
pub(super) fn run(words: &FileWords, file: &OsStr, environment: &ProcessEnvironment) -> Result<u8> {
    let [place] = &words.operands[..] else {
        return Err(usage(say!(batch_one_place)).hint(say!(batch_one_place_hint)));
    };
    let name = shown(file.as_encoded_bytes());
    let lines = script::read(&name, &contents(file)?)?;
    let word = place.word.as_encoded_bytes();
    let (destination, path) = match looks_remote(word) || word.starts_with(b":") {
        true => {
            let place = Places::new(words, environment.context())?.split(place)?;
            (place.destination, place.path)
        }
        // A host alone, as sftp(1) takes it.
        false => (place.word.to_str().map(str::to_owned), Vec::new()),
    };
    let connecting = words.typed(destination, place.at)?;
    let (here, home) = (environment::working_directory()?, environment.context().home);
    let target = subsystem::prepare(&connecting, "files", environment)?;
    let options =
        TransferOptions { verify: words.verify, rate: words.limit, ..TransferOptions::default() };
    let (json, name) = (words.json, name);
    runtime::run_to_exit_code(async move {
        let session =
            |sftp, shell, there| BatchSession { sftp, shell, options, there, here, home, json };
        carry_out(target, &name, &lines, &path, session).await
    })
}

async fn carry_out(
    target: SftpTarget,
    name: &str,
    lines: &[ScriptLine],
    path: &[u8],
    session: impl FnOnce(
        crate::sftp::Sftp,
        std::sync::Arc<dyn crate::sftp::RemoteShell>,
        Vec<u8>,
    ) -> BatchSession,
) -> Result<u8> {
    let connection = target.open().await?;
    let start = if path.is_empty() { b"." } else { path };
    let there = connection.sftp.real_path(start).await.map_err(SftpFailure::into_error)?;
    let mut session = session(connection.sftp.clone(), connections::shell(&connection), there);
    let complete = session.run(name, lines).await?;
    drop(session);
    Connections::alone(connection).close().await;
    Ok(if complete { 0 } else { SOME_FAILED })
}

/// The script; `-` is standard input.
fn contents(file: &OsStr) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = match file.as_encoded_bytes() {
        b"-" => std::io::stdin().take(MAX_SCRIPT + 1).read_to_end(&mut text),
        _ => std::fs::File::open(file)
            .and_then(|file| file.take(MAX_SCRIPT + 1).read_to_end(&mut text)),
    };
    let name = shown(file.as_encoded_bytes());
    match read {
        Ok(read) if read as u64 > MAX_SCRIPT => {
            Err(Error::new(Kind::Usage, say!(batch_too_long, name, most = MAX_SCRIPT)))
        }
        Ok(_) => Ok(text),
        Err(error) => {
            let cause = io_reason(&error);
            Err(Error::new(Kind::Usage, say!(sftp_about, file = name, cause)))
        }
    }
}
