//! `tessh trust`: what is on record about hosts, across all files, and what a connection would
//! make of one. What an entry means is said in `trust`; the host is found as for connecting.
//!
//! Standard output carries what was asked for and nothing else. Exit codes: 0 found, changed or
//! trusted; 1 nothing there, nothing to change, or not trusted; 2 `check` could not tell.

mod add;
mod authority;
mod check;
mod list;
mod remove;
pub(super) mod report;
mod show;

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Result, connect, log, print, prompt, within_signals};
use crate::cli::args::{self, Typed};
use crate::cli::flags::Flag;
use crate::cli::flags::trust::{TRUST, Trust};
use crate::cli::resolve::{self, SystemNames};
use crate::cli::{Environment, help};
use crate::config::Options;
use crate::error::{Error, Kind};
use crate::os::words;
use crate::say;
use crate::text;
use crate::trust::Subject;

/// Nothing is there, nothing changed, or the host is not trusted.
const NOTHING: u8 = 1;
/// How much of a word an error quotes, in characters.
const MAX_SHOWN: usize = 60;

pub(super) fn run(typed: &Typed, environment: Environment) -> Result<u8> {
    let Some((verb, words)) = typed.rest.split_first() else {
        return Err(usage(say!(trust_no_verb)).hint(say!(trust_verbs)));
    };
    if verb == "authority" && !words.iter().any(|word| word == "--help") {
        return authority::run(words, &environment);
    }
    let words = Words::read(words)?;
    if words.help || verb == "--help" {
        return print(&help::trust_help());
    }
    match verb.to_str().unwrap_or_default() {
        "list" => list::run(&words, &environment),
        "show" => show::run(&words, &environment),
        "add" => add::run(words, environment),
        "remove" => remove::run(&words, &environment),
        "check" => check::run(&words, environment),
        other => Err(usage(say!(trust_unknown_verb, other = text::line(other, MAX_SHOWN)))
            .hint(say!(trust_verbs))),
    }
}

/// What follows the verb.
#[derive(Default)]
struct Words {
    file: Option<PathBuf>,
    kind: Option<String>,
    fingerprint: Option<String>,
    replace: bool,
    dry_run: bool,
    json: bool,
    help: bool,
    /// The host, and the options that it is found with.
    rest: Vec<OsString>,
}

impl Words {
    fn read(words: &[OsString]) -> Result<Words> {
        let mut read = Words::default();
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
                (Some(_), None) => words
                    .next()
                    .cloned()
                    .ok_or_else(|| usage(say!(option_without_argument, flag = flag.name)))?,
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

    /// Refuses flags that mean nothing here.
    fn only(&self, verb: &str, taken: &[Trust]) -> Result<()> {
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

    /// The host and its options, read as for connecting; what follows the host is a command.
    fn typed(&self, verb: &str) -> Result<Typed> {
        // As under the name ssh there are no verbs here: the host may be called like one.
        let parsed = args::parse(self.rest.iter().cloned(), true).map_err(|error| {
            match error.cause() == say!(no_host_named) {
                true => error.hint(say!(trust_usage, verb)),
                false => error,
            }
        })?;
        Ok(Typed { as_ssh: false, json: self.json, ..parsed })
    }

    /// The same for a verb that takes nothing after the host.
    fn host_alone(&self, verb: &str) -> Result<Typed> {
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

/// A host as a connection would look it up.
struct Looked {
    options: Options,
    subject: Subject,
    /// The names that known_hosts may have for it, the one that counts first.
    names: Vec<String>,
    /// As it was typed.
    shown: String,
}

impl Looked {
    fn up(typed: &Typed, environment: &Environment) -> Result<Looked> {
        let resolved = resolve::layered(typed, &environment.context(), &SystemNames)?;
        let subject = connect::subject(&resolved.options);
        let mut names = vec![subject.entry_name()];
        // What was typed may itself be a line's name: a pattern, or a name that means another
        // host by now.
        for name in [subject.name.to_ascii_lowercase(), resolved.host.to_ascii_lowercase()] {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let shown = text::line(&resolved.host, MAX_SHOWN);
        Ok(Looked { options: resolved.options, subject, names, shown })
    }

    /// The file that is written to.
    fn target(&self, words: &Words) -> Result<PathBuf> {
        let first = self.options.user_known_hosts_files.first().cloned();
        words.file.clone().or(first).ok_or_else(|| {
            Error::new(Kind::Config, say!(trust_no_file)).hint(say!(trust_no_file_hint))
        })
    }
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
