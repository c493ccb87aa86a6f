//! `tessh sessions export putty`: writes the saved sessions, the host keys on record for them and
//! the authorities as PuTTY keeps them, into a folder (`~/.putty` on Unix) or a file of regedit.
//!
//! Values of other settings stay where a session is there already. All is made before the first
//! file is written, and each file is written whole or not at all.

mod collect;
mod write;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::args::Verb;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::log;
use crate::cli::verbs::sessions::ask::confirm;
use crate::cli::verbs::sessions::said::{named_path, note};
use crate::error::{Error, Kind, Result};
use crate::registry::PuttyPlaces;
use crate::say;
use crate::text;

/// What was typed after `export`.
#[derive(Default)]
struct ExportWords {
    folder: Option<PathBuf>,
    reg: Option<PathBuf>,
    yes: bool,
}

/// `export putty [DIR] [--reg FILE] [--yes]`.
pub(super) fn run(words: &[OsString], environment: &ProcessEnvironment) -> Result<u8> {
    let wanted = ExportWords::read(words)?;
    let found = collect::collect(environment)?;
    let mut notes = found.notes.clone();
    let mut files = Vec::new();
    if let Some(places) = places(&wanted, environment)? {
        files.extend(write::folder(&found, &places, &mut notes)?);
    }
    if let Some(file) = &wanted.reg {
        files.push(write::reg(&found, file, &mut notes)?);
    }
    files.iter().try_for_each(write::OutgoingFile::put)?;
    notes.sort();
    notes.dedup();
    notes.iter().for_each(|said| note(said));
    let written = wanted.folder.iter().chain(&wanted.reg);
    let written: Vec<String> = written.map(|path| text::path(path)).collect();
    log::write(&say!(
        export_done,
        sessions = found.sessions.len(),
        keys = found.host_keys.len(),
        authorities = found.authorities.len(),
        place = if written.is_empty() { "PuTTY".to_owned() } else { written.join(", ") }
    ));
    Ok(0)
}

/// The folder to write to: the one typed, or after a question PuTTY's own. `None` if only a file of
/// regedit is wanted.
fn places(wanted: &ExportWords, environment: &ProcessEnvironment) -> Result<Option<PuttyPlaces>> {
    if let Some(folder) = &wanted.folder {
        return Ok(Some(PuttyPlaces::within(folder)));
    }
    if wanted.reg.is_some() {
        return Ok(None);
    }
    let variable = |name: &str| std::env::var_os(name);
    let own = PuttyPlaces::find(variable, Some(environment.home()), Path::is_dir);
    let own = own.ok_or_else(|| usage(say!(export_no_folder)))?;
    if !wanted.yes {
        let folder = text::path(&own.sessions);
        confirm(&say!(export_ask, folder), &say!(export_unasked), "--yes")?;
    }
    Ok(Some(own))
}

impl ExportWords {
    fn read(words: &[OsString]) -> Result<ExportWords> {
        let mut read = ExportWords::default();
        let mut program = None;
        let mut flags = true;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--") if flags => flags = false,
                Some("--yes") if flags => read.yes = true,
                Some("--reg") if flags => {
                    let file = words.next().ok_or_else(|| usage(say!(export_reg_wants_file)))?;
                    read.reg = Some(named_path(file)?);
                }
                Some(word) if flags && word.starts_with('-') => {
                    let word = text::line(word, 40);
                    return Err(
                        usage(say!(sessions_option_unknown, word)).hint(Verb::Sessions.see_help())
                    );
                }
                _ if program.is_none() => program = Some(word),
                _ if read.folder.is_none() => read.folder = Some(named_path(word)?),
                _ => return Err(usage(say!(export_words)).hint(USAGE)),
            }
        }
        match program.map(|program| program.to_string_lossy()) {
            Some(program) if program == "putty" => Ok(read),
            _ => Err(usage(say!(export_only_putty)).hint(USAGE)),
        }
    }
}

const USAGE: &str = "tessh sessions export putty [DIR] [--reg FILE] [--yes]";

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
