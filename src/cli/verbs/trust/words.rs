//! Parses the words after a verb of `tessh trust`: its flags, then the host and the options for
//! finding it.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::cli::args::{self, Typed, Verb};
use crate::cli::flags::Flag;
use crate::cli::flags::trust::{TRUST, Trust};
use crate::error::{Error, Kind, Result};
use crate::os::words;
use crate::say;
use crate::text;

/// The exit code if nothing was found, nothing changed, or the host is not trusted.
pub(super) const NOTHING: u8 = 1;
/// How many characters of a word an error quotes.
pub(super) const MAX_SHOWN: usize = 60;

/// The words after the verb.
#[derive(Default)]
pub(super) struct TrustWords {
    pub(super) file: Option<PathBuf>,
    pub(super) kind: Option<String>,
    pub(super) fingerprint: Option<String>,
    pub(super) replace: bool,
    pub(super) dry_run: bool,
    pub(super) json: bool,
    pub(super) help: bool,
    /// The host and the options for finding it.
    pub(super) rest: Vec<OsString>,
}

impl TrustWords {
    pub(super) fn read(words: &[OsString]) -> Result<TrustWords> {
        let mut read = TrustWords::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let bytes = word.as_encoded_bytes();
            if bytes == b"--" {
                read.rest.push(word.clone());
                read.rest.extend(words.by_ref().cloned());
                break;
            }
            let (name, attached) = match bytes.iter().position(|&byte| byte == b'=') {
                Some(at) => (&bytes[..at], Some(words::from_bytes(bytes[at + 1..].to_vec()))),
                None => (bytes, None),
            };
            let Some(flag) = TRUST.iter().find(|flag| flag.name.as_bytes() == name) else {
                read.rest.push(word.clone());
                continue;
            };
            let value = match (flag.value, attached) {
                (None, None) => OsString::new(),
                (None, Some(_)) => {
                    return Err(usage(say!(option_takes_no_argument, flag = flag.name)));
                }
                (Some(_), Some(value)) => value,
                (Some(_), None) => {
                    let missing = || Verb::Trust.without_argument(flag.name);
                    words.next().cloned().ok_or_else(missing)?
                }
            };
            read.apply(flag, value)?;
        }
        Ok(read)
    }

    fn apply(&mut self, flag: &Flag<Trust>, value: OsString) -> Result<()> {
        let text = |value: OsString| {
            value.into_string().map_err(|_| usage(say!(argument_not_utf8, what = flag.name)))
        };
        match flag.does {
            Trust::File => self.file = Some(value.into()),
            Trust::Type => self.kind = Some(text(value)?),
            Trust::Fingerprint => self.fingerprint = Some(text(value)?),
            Trust::Replace => self.replace = true,
            Trust::DryRun => self.dry_run = true,
            Trust::Json => self.json = true,
            Trust::Help => self.help = true,
        }
        Ok(())
    }

    /// Refuses flags that the verb does not have.
    pub(super) fn only(&self, verb: &str, taken: &[Trust]) -> Result<()> {
        let typed = [
            (Trust::File, self.file.is_some()),
            (Trust::Type, self.kind.is_some()),
            (Trust::Fingerprint, self.fingerprint.is_some()),
            (Trust::Replace, self.replace),
            (Trust::DryRun, self.dry_run),
        ];
        let stray = typed.iter().find(|(flag, typed)| *typed && !taken.contains(flag));
        match stray.and_then(|(does, _)| TRUST.iter().find(|flag| flag.does == *does)) {
            Some(flag) => Err(usage(say!(trust_flag_without_meaning, flag = flag.name, verb))),
            None => Ok(()),
        }
    }

    /// The host and its options, parsed as for connecting; the words after the host become the
    /// command.
    pub(super) fn typed(&self, verb: &str) -> Result<Typed> {
        let parsed = args::parse_after(Verb::Trust, self.rest.iter().cloned())?;
        if parsed.lacks_host() {
            return Err(args::no_host().hint(say!(trust_usage, verb)));
        }
        Ok(Typed { as_ssh: false, json: self.json, ..parsed })
    }

    /// The host and its options, for a verb that takes no words after the host.
    pub(super) fn host_alone(&self, verb: &str) -> Result<Typed> {
        let typed = self.typed(verb)?;
        match typed.command.first() {
            None => Ok(typed),
            Some(word) => {
                let word = text::line(&word.to_string_lossy(), MAX_SHOWN);
                Err(usage(say!(trust_one_host, verb, word)))
            }
        }
    }
}

pub(super) fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
