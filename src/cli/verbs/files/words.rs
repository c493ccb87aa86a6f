//! Parses the words after `get`, `put` and `sync`: their own flags, the flags of connecting, and places.

use std::ffi::OsString;

use crate::cli::amount;
use crate::cli::args::{self, Typed, Verb};
use crate::cli::flags::files::{CRITERIA, FileFlag, LINKS, POLICIES, connecting};
use crate::cli::flags::{self, Flag};
use crate::error::{Error, Kind, Result};
use crate::os::words;
use crate::say;
use crate::sftp::{LinkPolicy, OverwritePolicy, SyncCriteria, SyncRules};
use crate::text;

/// How many characters of a word an error quotes.
pub(super) const MAX_SHOWN: usize = 80;
/// The most connections of one transfer: sshd's MaxStartups begins to refuse at 10 logins.
const MAX_CONNECTIONS: usize = 8;

/// One place, and how many words of [`FileWords::connecting`] were typed before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operand {
    pub(super) word: OsString,
    pub(super) at: usize,
}

/// The words after the verb.
#[derive(Default)]
pub(super) struct FileWords {
    /// The verb that they stand after.
    pub(super) verb: Verb,
    pub(super) recursive: bool,
    /// `-P`; `None` if it is to be chosen.
    pub(super) connections: Option<usize>,
    pub(super) resume: bool,
    pub(super) verify: bool,
    pub(super) fsync: bool,
    pub(super) overwrite: Option<OverwritePolicy>,
    /// Bytes a second.
    pub(super) limit: Option<u64>,
    pub(super) links: Option<LinkPolicy>,
    pub(super) json: bool,
    pub(super) help: bool,
    pub(super) dry_run: bool,
    /// The script of `files`.
    pub(super) batch: Option<OsString>,
    /// What `sync` compares.
    pub(super) rules: SyncRules,
    /// The flags of connecting, with their arguments.
    pub(super) connecting: Vec<OsString>,
    /// `--profile` was typed.
    pub(super) has_profile: bool,
    pub(super) operands: Vec<Operand>,
}

/// The flags that a verb has of its own.
type FlagTable = &'static [Flag<FileFlag>];

/// A flag of either table.
enum Found {
    Own(&'static Flag<FileFlag>),
    Connecting(&'static Flag),
}

impl FileWords {
    /// Parses the words after the verb.
    ///
    /// # Errors
    /// [`Kind::Usage`]: a flag is unknown, without meaning here, or lacks its argument.
    pub(super) fn read(typed: &Typed, table: FlagTable) -> Result<FileWords> {
        let mut read = FileWords { verb: typed.verb, ..FileWords::default() };
        let mut words = typed.rest.iter().cloned();
        while let Some(word) = words.next() {
            let bytes = word.as_encoded_bytes();
            if bytes == b"--" {
                words.by_ref().for_each(|word| read.operand(word));
            } else if bytes.starts_with(b"--") {
                read.long(bytes, &mut words, table)?;
            } else if bytes.len() > 1 && bytes[0] == b'-' {
                read.bundle(&bytes[1..], &mut words, table)?;
            } else {
                read.operand(word);
            }
        }
        Ok(read)
    }

    /// The command line of the connection, to this host, which was typed as the given operand.
    ///
    /// # Errors
    /// Those of parsing the flags of connecting.
    pub(super) fn typed(&self, destination: Option<String>, at: usize) -> Result<Typed> {
        let (before, after) = self.connecting.split_at(at);
        // Any word in the place of the host, which need not look like one here.
        let place = destination.as_ref().map(|_| OsString::from("host"));
        let all = before.iter().cloned().chain(place).chain(after.iter().cloned());
        let parsed = args::parse_after(self.verb, all)?;
        Ok(Typed { as_ssh: false, json: self.json, destination, ..parsed })
    }

    fn operand(&mut self, word: OsString) {
        self.operands.push(Operand { word, at: self.connecting.len() });
    }

    fn long(
        &mut self,
        word: &[u8],
        rest: &mut impl Iterator<Item = OsString>,
        table: FlagTable,
    ) -> Result<()> {
        let (name, attached) = match word.iter().position(|&byte| byte == b'=') {
            Some(at) => (&word[..at], Some(words::from_bytes(&word[at + 1..]))),
            None => (word, None),
        };
        let unknown = || {
            let shown = text::line_bytes(name, MAX_SHOWN);
            let cause = say!(option_unknown, shown = shown.trim_start_matches('-'));
            usage(cause).hint(self.verb.see_help())
        };
        let found = find(table, |flag| flag.as_bytes() == name).ok_or_else(unknown)?;
        let (name, takes) = found.about();
        let value = match (takes, attached) {
            (false, Some(_)) => return Err(usage(say!(option_takes_no_argument, flag = name))),
            (false, None) => None,
            (true, Some(value)) => Some(value),
            (true, None) => {
                let missing = || self.verb.without_argument(name);
                Some(rest.next().ok_or_else(missing)?)
            }
        };
        self.apply(&found, value)
    }

    /// Parses bundled letters: the first letter that takes an argument takes the rest of the word.
    fn bundle(
        &mut self,
        letters: &[u8],
        rest: &mut impl Iterator<Item = OsString>,
        table: FlagTable,
    ) -> Result<()> {
        for (at, &byte) in letters.iter().enumerate() {
            let letter = char::from(byte);
            let found =
                find(table, |flag| flag.strip_prefix('-') == Some(letter.encode_utf8(&mut [0; 4])));
            let Some(found) = found else {
                let shown = letter.escape_default();
                return Err(match flags::letter(letter) {
                    Some(flag) => usage(say!(files_flag_without_meaning, flag = flag.name)),
                    None => usage(say!(option_unknown_letter, shown)),
                }
                .hint(self.verb.see_help()));
            };
            let (_, takes) = found.about();
            if !takes {
                self.apply(&found, None)?;
                continue;
            }
            let attached = &letters[at + 1..];
            let value = if attached.is_empty() {
                let missing = || {
                    usage(say!(option_letter_without_argument, letter)).hint(self.verb.see_help())
                };
                rest.next().ok_or_else(missing)?
            } else {
                words::from_bytes(attached)
            };
            return self.apply(&found, Some(value));
        }
        Ok(())
    }

    fn apply(&mut self, found: &Found, value: Option<OsString>) -> Result<()> {
        let flag = match found {
            Found::Connecting(flag) => {
                self.has_profile |= flag.name == "--profile";
                self.connecting.push(flag.name.into());
                self.connecting.extend(value);
                return Ok(());
            }
            Found::Own(flag) => flag,
        };
        let value = value.unwrap_or_default();
        match flag.does {
            FileFlag::Recursive => self.recursive = true,
            FileFlag::Connections => self.connections = Some(connections(&value)?),
            FileFlag::Resume => self.resume = true,
            FileFlag::Verify => self.verify = true,
            FileFlag::Fsync => self.fsync = true,
            FileFlag::Overwrite => self.overwrite = Some(policy(&value)?),
            FileFlag::Limit => self.limit = Some(rate(&value)?),
            FileFlag::Links => self.links = Some(links(&value)?),
            FileFlag::Json => self.json = true,
            FileFlag::Help => self.help = true,
            FileFlag::Delete => self.rules.delete = true,
            FileFlag::Batch => self.batch = Some(value),
            FileFlag::DryRun => self.dry_run = true,
            FileFlag::Criteria => self.rules.criteria = criteria(&value)?,
            FileFlag::Include => self.rules.filter.add(true, value.as_encoded_bytes()),
            FileFlag::Exclude => self.rules.filter.add(false, value.as_encoded_bytes()),
        }
        Ok(())
    }
}

impl Found {
    /// The flag's name, and whether it takes an argument.
    fn about(&self) -> (&'static str, bool) {
        match self {
            Found::Own(flag) => (flag.name, flag.value.is_some()),
            Found::Connecting(flag) => (flag.name, flag.value.is_some()),
        }
    }
}

/// The flag whose name is wanted; the own table comes first.
fn find(table: FlagTable, wanted: impl Fn(&str) -> bool) -> Option<Found> {
    let own = table.iter().find(|flag| wanted(flag.name)).map(Found::Own);
    own.or_else(|| connecting().find(|flag| wanted(flag.name)).map(Found::Connecting))
}

fn connections(value: &OsString) -> Result<usize> {
    let number = value.to_str().and_then(|text| text.parse::<usize>().ok());
    number.filter(|number| (1..=MAX_CONNECTIONS).contains(number)).ok_or_else(|| {
        usage(say!(files_connections_bad, shown = shown(value), most = MAX_CONNECTIONS))
    })
}

fn policy(value: &OsString) -> Result<OverwritePolicy> {
    match value.to_str() {
        Some("ask") => Ok(OverwritePolicy::Ask),
        Some("never") => Ok(OverwritePolicy::Never),
        Some("always") => Ok(OverwritePolicy::Always),
        Some("newer") => Ok(OverwritePolicy::Newer),
        Some("different") => Ok(OverwritePolicy::Different),
        _ => Err(usage(say!(files_policy_bad, shown = shown(value)))
            .hint(say!(files_policy_bad_hint, policies = POLICIES.join(", ")))),
    }
}

fn links(value: &OsString) -> Result<LinkPolicy> {
    match value.to_str() {
        Some("follow") => Ok(LinkPolicy::Follow),
        Some("copy") => Ok(LinkPolicy::Copy),
        Some("skip") => Ok(LinkPolicy::Skip),
        _ => Err(usage(say!(files_links_bad, shown = shown(value)))
            .hint(say!(files_policy_bad_hint, policies = LINKS.join(", ")))),
    }
}

fn criteria(value: &OsString) -> Result<SyncCriteria> {
    let mut criteria = SyncCriteria { size: false, time: false, hash: false };
    for word in value.as_encoded_bytes().split(|&byte| byte == b',') {
        match word {
            b"size" => criteria.size = true,
            b"time" => criteria.time = true,
            b"hash" => criteria.hash = true,
            _ => {
                return Err(usage(say!(sync_criteria_bad, shown = shown(value)))
                    .hint(say!(files_policy_bad_hint, policies = CRITERIA.join(", "))));
            }
        }
    }
    Ok(criteria)
}

/// Parses bytes a second.
fn rate(value: &OsString) -> Result<u64> {
    let bad =
        || usage(say!(files_limit_bad, shown = shown(value))).hint(say!(files_limit_bad_hint));
    value.to_str().and_then(amount::bytes).ok_or_else(bad)
}

fn shown(value: &OsString) -> String {
    text::line_bytes(value.as_encoded_bytes(), MAX_SHOWN)
}

pub(super) fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::TypedSetting;
    use crate::cli::flags::files::{FILES, SYNC};

    fn read(line: &str) -> Result<FileWords> {
        let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
        FileWords::read(&Typed { verb: Verb::Get, rest: words, ..Typed::default() }, FILES)
    }

    #[test]
    fn letters_of_ssh_and_of_files_can_be_bundled_anywhere() {
        let words = read("-rvp22 -P 3 h:a --limit=20M -C h:b . --resume --verify -l me").unwrap();
        assert!(words.recursive && words.resume && words.verify && !words.json);
        assert_eq!((words.connections, words.limit), (Some(3), Some(20 << 20)));
        assert_eq!(words.connecting, ["-v", "-p", "22", "-C", "-l", "me"]);
        let places = words.operands.iter().map(|it| (it.word.to_str().unwrap(), it.at));
        assert_eq!(places.collect::<Vec<_>>(), [("h:a", 3), ("h:b", 4), (".", 4)]);
        assert_eq!(read("-- -r -x").unwrap().operands.len(), 2);
        assert_eq!(read("--overwrite newer").unwrap().overwrite, Some(OverwritePolicy::Newer));
    }

    #[test]
    fn the_user_before_the_host_counts_where_it_stands() {
        let words = read("-p 22 h:a -l late").unwrap();
        let typed = words.typed(Some("early@h".to_owned()), words.operands[0].at).unwrap();
        assert_eq!(typed.destination.as_deref(), Some("early@h"));
        assert_eq!((typed.destination_at, typed.settings.len()), (1, 2));
        assert!(matches!(&typed.settings[1], TypedSetting::Flag { flag: "-l", .. }));
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_one_line() {
        let lines = [
            "-t h:a .",
            "-N",
            "-z",
            "-L 1:h:2",
            "--nothing",
            "-P",
            "-P 0",
            "-P 9",
            "-P x",
            "--links x",
            "--limit 0",
            "--limit 5X",
            "--limit M",
            "--limit 99999999999G",
            "--overwrite maybe",
            "--resume=yes",
            "--overwrite",
            "-p",
        ];
        for line in lines {
            let error = read(line).err().expect(line).to_string();
            assert!(!error.contains(char::is_control), "{error}");
        }
        for line in ["--nothing", "-9", "-K h:a ."] {
            let next = match read(line) {
                Err(error) => error.next_step().map(str::to_owned),
                Ok(_) => None,
            };
            assert_eq!(next.as_deref(), Some("see tessh get --help"), "{line}");
        }
    }

    #[test]
    fn sync_has_flags_of_its_own() {
        let read = |line: &str| {
            let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
            FileWords::read(&Typed { verb: Verb::Sync, rest: words, ..Typed::default() }, SYNC)
        };
        let words = read("--criteria hash --exclude *.o --delete -p 22 a h:b").unwrap();
        let criteria = SyncCriteria { size: false, time: false, hash: true };
        assert_eq!((words.rules.criteria, words.rules.delete), (criteria, true));
        assert!(!words.rules.filter.keeps(b"x.o", false));
        for line in ["-r a h:b", "--criteria date", "--criteria", "--resume a h:b"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
