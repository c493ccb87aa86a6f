//! `tessh sessions import`: copies the sessions of another program into tessh's own, with the host
//! keys and authorities that it has on record for them.
//!
//! What cannot be expressed is said, one line each; a session that is broken or cannot be used is
//! named, and the others are imported. Stored passwords are never read.

mod copy;
mod trust;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::args::{Typed, Verb};
use crate::cli::environment::{ProcessEnvironment, absolute};
use crate::cli::log;
use crate::cli::resolve::sources;
use crate::cli::verbs::sessions::said::{named_path, note};
use crate::error::{Error, Kind, Result};
use crate::os::user::UserId;
use crate::profiles::putty::{ExportedPuttySessions, PuttySessions};
use crate::profiles::winscp::WinScpSites;
use crate::profiles::{SessionPlace, SessionSource, Sessions, Source};
use crate::registry::PuttyPlaces;
use crate::say;
use crate::text;

/// Where a session is, or why it cannot be opened.
type ListedPlace = (SessionPlace, Result<()>);

/// What was typed after `import`.
struct ImportWords {
    source: Source,
    file: Option<PathBuf>,
    force: bool,
}

/// `import putty|winscp|openssh [FILE] [--force]`.
pub(super) fn run(
    words: &[OsString],
    typed: &Typed,
    environment: &ProcessEnvironment,
) -> Result<u8> {
    let wanted = ImportWords::read(words)?;
    let typed = match (wanted.source, &wanted.file) {
        (Source::OpenSsh, Some(file)) => {
            &Typed { config_file: Some(absolute(file)?), ..typed.clone() }
        }
        _ => typed,
    };
    let (sessions, places) = found(&wanted, typed, environment)?;
    let copy = copy::SessionCopy::new(typed, wanted.force || typed.force, environment)?;
    let (done, outcome) = copy.put(sessions.opened(places));
    let trust = &done.trust;
    done.notes.iter().chain(&trust.notes).for_each(|said| note(said));
    let is_nothing_done = done.sessions == 0 && done.kept == 0;
    if !is_nothing_done || trust.keys > 0 {
        log::write(&say!(
            import_done,
            source = wanted.source.word(),
            sessions = done.sessions,
            kept = done.kept,
            keys = trust.keys,
            authorities = trust.authorities
        ));
    }
    outcome?;
    match is_nothing_done {
        true => Err(usage(say!(import_none_usable))),
        false => Ok(0),
    }
}

/// The sessions to import.
///
/// # Errors
/// The source cannot be read, or has no sessions.
fn found(
    wanted: &ImportWords,
    typed: &Typed,
    environment: &ProcessEnvironment,
) -> Result<(Sessions, Vec<ListedPlace>)> {
    let (context, user) = (environment.context(), UserId::real());
    let sessions = match (&wanted.file, wanted.source) {
        (Some(path), Source::Putty) => only(putty(&absolute(path)?, user)?),
        (Some(path), Source::WinScp) => only(Box::new(WinScpSites::new(readable(path)?, user))),
        (Some(path), Source::OpenSsh) => {
            only(Box::new(sources::openssh_hosts(readable(path)?, typed, &context)))
        }
        _ => sources::sessions(typed, &context)?,
    };
    let (mut all, faults) = sessions.names();
    all.retain(|(at, _)| at.source == wanted.source);
    if !all.is_empty() {
        faults.iter().for_each(|fault| log::write(&format!("tessh: {fault}")));
    }
    match (all.is_empty(), faults.into_iter().next()) {
        (false, _) => Ok((sessions, all)),
        (true, Some(fault)) => Err(fault),
        (true, None) => {
            let source = wanted.source.word();
            if let Some(file) = &wanted.file {
                return Err(usage(say!(import_nothing_in, source, file = text::path(file))));
            }
            Err(usage(say!(import_nothing, source)).hint(say!(import_name_file, source)))
        }
    }
}

fn only(source: Box<dyn SessionSource>) -> Sessions {
    Sessions::new(vec![source])
}

/// PuTTY's folder, its folder of sessions, or what regedit has written.
fn putty(path: &Path, user: UserId) -> Result<Box<dyn SessionSource>> {
    let path = readable(path)?;
    if !path.is_dir() {
        return Ok(Box::new(ExportedPuttySessions::new(path, user)));
    }
    let mut places = PuttyPlaces::within(&path);
    if let (false, Some(parent)) = (places.sessions.is_dir(), path.parent()) {
        places = PuttyPlaces { sessions: path.clone(), ..PuttyPlaces::within(parent) };
    }
    Ok(Box::new(PuttySessions::new(places, user)))
}

/// A path that exists, because a source that does not exist would only have no sessions.
fn readable(path: &Path) -> Result<PathBuf> {
    let path = absolute(path)?;
    std::fs::metadata(&path).map_err(|error| {
        let reason = crate::error::io_reason(&error);
        Error::new(Kind::Local, say!(import_not_read, path = text::path(&path), reason))
    })?;
    Ok(path)
}

impl ImportWords {
    fn read(words: &[OsString]) -> Result<ImportWords> {
        let (mut source, mut file, mut force, mut flags) = (None, None, false, true);
        for word in words {
            match word.to_str() {
                Some("--") if flags => flags = false,
                Some("--force") if flags => force = true,
                Some(word) if flags && word.starts_with('-') => {
                    let word = text::line(word, 40);
                    return Err(
                        usage(say!(sessions_option_unknown, word)).hint(Verb::Sessions.see_help())
                    );
                }
                _ if source.is_none() => source = Some(word),
                _ if file.is_none() => file = Some(named_path(word)?),
                _ => return Err(usage(say!(import_words)).hint(USAGE)),
            }
        }
        match source.and_then(|word| Source::find(word.to_str()?)) {
            Some(source @ (Source::Putty | Source::WinScp | Source::OpenSsh)) => {
                Ok(ImportWords { source, file, force })
            }
            Some(Source::Teleport) => {
                Err(usage(say!(import_teleport)).hint(say!(import_teleport_hint)))
            }
            Some(Source::Own) | None => Err(usage(say!(import_source_unknown)).hint(USAGE)),
        }
    }
}

const USAGE: &str = "tessh sessions import putty|winscp|openssh [FILE] [--force]";

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
