//! The questions of `tessh keygen`: passphrases, file names, and whether to overwrite a file.
//!
//! They are asked on the controlling terminal; passphrases may be asked for by the askpass program.
//! Without either, the error names the flag that gives the answer.

use std::path::{Path, PathBuf};

use super::options::PassphraseSource;
use crate::cli::descriptor::read_secret;
use crate::error::{Error, Kind, Result};
use crate::keys::save::{self, Existing};
use crate::keys::{KeyFile, Unlock};
use crate::prompt::{Answer, Prompt};
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::text;
use crate::ui::plain::Plain;
use russh::keys::PrivateKey;

/// How many mismatched or wrong answers end a question.
const MAX_MISTAKES: usize = 3;

/// How many characters of a path a question shows.
const MAX_PATH: usize = 4_096;

/// The means to ask the person.
pub(super) struct KeygenQuestions {
    pub(super) plain: Plain,
}

/// An unlocked key, and its passphrase if it has one.
pub(super) struct OpenedKey {
    pub(super) key: PrivateKey,
    pub(super) passphrase: Option<Secret>,
}

impl KeygenQuestions {
    /// The passphrase for a new file; `None` if the file gets none.
    pub(super) fn new_passphrase(
        &self,
        given: Option<PassphraseSource>,
        label: &str,
    ) -> Result<Option<Secret>> {
        if let Some(given) = given {
            return Ok(Some(taken(given)?).filter(|secret| !secret.is_empty()));
        }
        for _ in 0..MAX_MISTAKES {
            let first = self.secret(label)?;
            let again = self.secret(&say!(keygen_ask_passphrase_again))?;
            if first.expose() != again.expose() {
                (self.plain.say)(&(say!(keygen_passphrases_differ) + "\n"));
                continue;
            }
            if !first.is_empty() {
                return Ok(Some(first));
            }
            // This is asked on a terminal only; an askpass program cannot ask yes or no.
            if !terminal_there() || yes(&say!(keygen_ask_really_without))? {
                return Ok(None);
            }
        }
        Err(Error::new(Kind::Cancelled, say!(keygen_no_passphrase)))
    }

    /// Unlocks a key; asks for the passphrase if the key is encrypted and none was given.
    pub(super) fn unlock(
        &self,
        file: &KeyFile,
        given: Option<PassphraseSource>,
        label: &str,
    ) -> Result<OpenedKey> {
        if !file.is_encrypted() {
            return match file.unlock(None) {
                Ok(key) => Ok(OpenedKey { key, passphrase: None }),
                Err(error) => Err(unlock_error(file, error)),
            };
        }
        let tries = if given.is_some() { 1 } else { MAX_MISTAKES };
        let mut given = given;
        for attempt in 1..=tries {
            let passphrase = match given.take() {
                Some(given) => taken(given)?,
                None => self.secret(label).map_err(|error| match error.kind() {
                    Kind::Usage => {
                        Error::new(Kind::Usage, say!(keygen_locked, file = shown(file.path())))
                            .hint(say!(keygen_locked_hint))
                    }
                    _ => error,
                })?,
            };
            match file.unlock(Some(&passphrase)) {
                Ok(key) => return Ok(OpenedKey { key, passphrase: Some(passphrase) }),
                Err(Unlock::WrongPassphrase) if attempt < tries => {
                    (self.plain.say)(&(say!(keygen_bad_passphrase) + "\n"));
                }
                Err(error) => return Err(unlock_error(file, error)),
            }
        }
        Err(file.wrong_passphrase())
    }

    /// Decides whether existing files may be replaced; asks only if there are any.
    pub(super) fn existing(&self, paths: &[&Path]) -> Result<Existing> {
        let Some(path) = paths.iter().find(|path| std::fs::symlink_metadata(path).is_ok()) else {
            return Ok(Existing::Keep);
        };
        if !terminal_there() {
            return Err(save::exists(path));
        }
        let label = say!(keygen_ask_overwrite, value = shown(path));
        match yes(&label)? {
            true => Ok(Existing::Replace),
            false => {
                Err(Error::new(Kind::Cancelled, say!(keygen_left_as_it_was, value = shown(path))))
            }
        }
    }

    /// Asks for a file; an empty answer means the default.
    pub(super) fn file(&self, question: &str, default: PathBuf) -> Result<PathBuf> {
        let Ok(tty) = terminal::open_controlling() else {
            return Err(
                Error::new(Kind::Usage, say!(keygen_no_file)).hint(say!(keygen_no_file_hint))
            );
        };
        let label = format!("{question} ({}): ", shown(&default));
        match terminal::secret::read_shown(&tty, &label) {
            Ok(Some(typed)) if typed.is_empty() => Ok(default),
            Ok(Some(typed)) => Ok(PathBuf::from(typed)),
            Ok(None) | Err(_) => Err(cancelled()),
        }
    }

    fn secret(&self, label: &str) -> Result<Secret> {
        match self.plain.secret(label) {
            Answer::Given(secret) => Ok(secret),
            Answer::Cancelled => Err(cancelled()),
            Answer::CannotAsk => Err(Error::new(Kind::Usage, say!(keygen_nobody_to_ask))
                .hint(say!(keygen_nobody_to_ask_hint))),
        }
    }
}

/// Reads the passphrase from its source.
fn taken(given: PassphraseSource) -> Result<Secret> {
    match given {
        PassphraseSource::Word(secret) => Ok(secret),
        PassphraseSource::Descriptor(flag, number) => read_secret(flag, number),
    }
}

fn unlock_error(file: &KeyFile, error: Unlock) -> Error {
    match error {
        Unlock::Error(error) => error,
        Unlock::WrongPassphrase | Unlock::NeedsPassphrase => file.wrong_passphrase(),
    }
}

fn terminal_there() -> bool {
    terminal::open_controlling().is_ok()
}

fn yes(label: &str) -> Result<bool> {
    let tty = terminal::open_controlling().map_err(|_| cancelled())?;
    match terminal::secret::read_shown(&tty, label) {
        Ok(Some(typed)) => Ok(matches!(typed.trim(), "y" | "Y" | "yes" | "Yes" | "YES")),
        Ok(None) | Err(_) => Err(cancelled()),
    }
}

/// A path, sanitised for messages.
pub(super) fn shown(path: &Path) -> String {
    text::name(path.as_os_str().as_encoded_bytes(), MAX_PATH)
}

/// The error after a cancelled question.
pub(super) fn cancelled() -> Error {
    Error::new(Kind::Cancelled, say!(keygen_cancelled))
}
