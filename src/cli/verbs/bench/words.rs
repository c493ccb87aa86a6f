//! Parses the words after `bench`: its own flags, the flags of connecting, and the host.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::cli::args::{self, Typed, TypedSetting, Verb};
use crate::cli::flags::Flag;
use crate::cli::flags::bench::{BENCH, BenchFlag, is_taken};
use crate::error::{Error, Kind, Result};
use crate::os::words;
use crate::say;
use crate::text;

/// How many characters of a word an error quotes.
const MAX_SHOWN: usize = 80;
/// How long is measured if nothing is said, and at most, in seconds.
const SECONDS: u64 = 20;
const MAX_SECONDS: u64 = 3600;
/// How much a run transfers if nothing is said, and at most.
const BYTES: u64 = 256 << 20;
const MAX_BYTES: u64 = 64 << 30;

/// Which ssh to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SshWanted {
    /// The first on the PATH.
    OnPath,
    /// This program.
    At(PathBuf),
    /// None.
    Without,
}

/// The words after the verb.
#[derive(Debug)]
pub(super) struct BenchWords {
    /// Those of connecting.
    pub(super) typed: Typed,
    pub(super) seconds: u64,
    /// The most bytes of a run.
    pub(super) bytes: u64,
    pub(super) algorithms: bool,
    pub(super) ssh: SshWanted,
    pub(super) svg: Option<PathBuf>,
    pub(super) help: bool,
}

impl BenchWords {
    /// Parses the words.
    ///
    /// # Errors
    /// [`Kind::Usage`]: a flag is unknown, without meaning here, or lacks its argument; no host.
    pub(super) fn read(all: &[OsString]) -> Result<BenchWords> {
        let mut read = BenchWords {
            typed: Typed::default(),
            seconds: SECONDS,
            bytes: BYTES,
            algorithms: false,
            ssh: SshWanted::OnPath,
            svg: None,
            help: false,
        };
        let (mut connecting, mut json) = (Vec::new(), false);
        let mut words = all.iter().cloned();
        while let Some(word) = words.next() {
            if word == "--" {
                connecting.push(word);
                connecting.extend(words.by_ref());
            } else if let Some((flag, value)) = own(&word, &mut words)? {
                match flag.does {
                    BenchFlag::Json => json = true,
                    does => read.apply(does, &value)?,
                }
            } else {
                connecting.push(word);
            }
        }
        let mut typed = args::parse_after(Verb::Bench, connecting)?;
        (typed.as_ssh, typed.json) = (false, json);
        read.help |= typed.verb == Verb::Help;
        read.typed = typed;
        if !read.help {
            read.check()?;
        }
        Ok(read)
    }

    fn apply(&mut self, does: BenchFlag, value: &OsString) -> Result<()> {
        match does {
            BenchFlag::Seconds => self.seconds = seconds(value)?,
            BenchFlag::Bytes => self.bytes = bytes(value)?,
            BenchFlag::Algorithms => self.algorithms = true,
            BenchFlag::Ssh => self.ssh = SshWanted::At(PathBuf::from(value)),
            BenchFlag::WithoutSsh => self.ssh = SshWanted::Without,
            BenchFlag::Svg => self.svg = Some(PathBuf::from(value)),
            BenchFlag::Help => self.help = true,
            BenchFlag::Json => {}
        }
        Ok(())
    }

    /// Checks what was typed for the connection.
    fn check(&self) -> Result<()> {
        let typed = &self.typed;
        if let Some(flag) = stray(typed) {
            return Err(usage(say!(bench_flag_without_meaning, flag)));
        }
        if typed.lacks_host() {
            return Err(usage(say!(no_host_named)).hint(say!(bench_usage)));
        }
        if let Some(word) = typed.command.first() {
            let word = text::line(&word.to_string_lossy(), MAX_SHOWN);
            return Err(usage(say!(bench_one_host, word)).hint(say!(bench_usage)));
        }
        Ok(())
    }
}

/// A flag of connecting that makes no sense here.
fn stray(typed: &Typed) -> Option<&'static str> {
    // -v and -q are settings of another name.
    let is_taken = |flag: &str| is_taken(flag);
    let setting = typed.settings.iter().find_map(|setting| match setting {
        TypedSetting::Flag { flag, .. } if !is_taken(flag) => Some(*flag),
        _ => None,
    });
    let others = [
        (typed.print_config, "-G"),
        (typed.list_keys, "-Z"),
        (typed.query.is_some(), "-Q"),
        (typed.print_version, "-V"),
        (typed.control.is_some(), "-O"),
        (typed.stdio_forward.is_some(), "-W"),
        (typed.syslog, "-y"),
        (typed.encoding.is_some(), "--encoding"),
        (typed.log.is_some(), "--log"),
        (typed.confirm_paste, "--confirm-paste"),
        (typed.force, "--force"),
        (typed.yes, "--yes"),
    ];
    setting.or_else(|| others.into_iter().find(|(typed, _)| *typed).map(|(_, flag)| flag))
}

/// A flag of bench's own, with its argument.
fn own(
    word: &OsString,
    rest: &mut impl Iterator<Item = OsString>,
) -> Result<Option<(&'static Flag<BenchFlag>, OsString)>> {
    let bytes = word.as_encoded_bytes();
    let (name, attached) = match bytes.iter().position(|&byte| byte == b'=') {
        Some(at) => (&bytes[..at], Some(words::from_bytes(&bytes[at + 1..]))),
        None => (bytes, None),
    };
    let Some(flag) = BENCH.iter().find(|flag| flag.name.as_bytes() == name) else {
        return Ok(None);
    };
    let value = match (flag.value, attached) {
        (None, Some(_)) => return Err(usage(say!(option_takes_no_argument, flag = flag.name))),
        (None, None) => OsString::new(),
        (Some(_), Some(value)) => value,
        (Some(_), None) => rest.next().ok_or_else(|| Verb::Bench.without_argument(flag.name))?,
    };
    Ok(Some((flag, value)))
}

fn seconds(value: &OsString) -> Result<u64> {
    let number = value.to_str().and_then(|text| text.parse::<u64>().ok());
    number
        .filter(|number| (1..=MAX_SECONDS).contains(number))
        .ok_or_else(|| usage(say!(bench_seconds_bad, shown = shown(value), most = MAX_SECONDS)))
}

/// Parses a number, with K, M or G for powers of 1024.
fn bytes(value: &OsString) -> Result<u64> {
    let bad = || usage(say!(bench_bytes_bad, shown = shown(value)));
    let typed = value.to_str().ok_or_else(bad)?;
    let amount = crate::cli::amount::bytes(typed).ok_or_else(bad)?;
    if amount > MAX_BYTES { Err(bad()) } else { Ok(amount) }
}

fn shown(value: &OsString) -> String {
    text::line_bytes(value.as_encoded_bytes(), MAX_SHOWN)
}

fn usage(cause: String) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<BenchWords> {
        let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
        BenchWords::read(&words)
    }

    #[test]
    fn own_flags_stand_anywhere_among_those_of_connecting() {
        let words = read(
            "-p 22 --seconds=3 anna@h --bytes 2M -J gate --svg x.svg --json -c a --algorithms",
        );
        let words = words.unwrap();
        assert_eq!((words.seconds, words.bytes), (3, 2 << 20));
        assert_eq!(words.typed.destination.as_deref(), Some("anna@h"));
        assert_eq!(words.typed.settings.len(), 3);
        assert!(words.algorithms && words.typed.json && !words.help);
        assert_eq!(words.svg, Some(PathBuf::from("x.svg")));
        assert_eq!(words.ssh, SshWanted::OnPath);
        assert_eq!(read("--ssh /x h").unwrap().ssh, SshWanted::At("/x".into()));
        assert_eq!(read("--without-ssh h").unwrap().ssh, SshWanted::Without);
        let named = read("-- --json").unwrap().typed;
        assert_eq!((named.destination.as_deref(), named.json), (Some("--json"), false));
        assert!(read("--help").unwrap().help && read("-v h").is_ok());
        assert_eq!(read("--bytes 64G h").unwrap().bytes, MAX_BYTES);
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_one_line() {
        for line in [
            "",
            "h command",
            "-N h",
            "-L 1:h:2 h",
            "-C h",
            "-S x h",
            "-O check h",
            "-t h",
            "--seconds 0 h",
            "--seconds 3601 h",
            "--seconds x h",
            "--seconds",
            "--bytes 0 h",
            "--bytes 65G h",
            "--bytes 5X h",
            "--json=yes h",
        ] {
            let Err(error) = read(line) else { panic!("{line}") };
            let error = error.to_string();
            assert!(!error.contains(char::is_control), "{error}");
        }
    }
}
