//! Parses the words after a verb of `tessh teleport`.

use std::ffi::OsString;

use crate::cli::args::Verb;
use crate::cli::flags::Flag;
use crate::cli::flags::teleport::{TELEPORT, Teleport};
use crate::error::{Error, Kind, Result};
use crate::os::words;
use crate::profiles::teleport::node_port;
use crate::say;
use crate::text;

/// How many characters of a word an error quotes.
const MAX_SHOWN: usize = 60;

/// The words after the verb.
#[derive(Default)]
pub(super) struct TeleportWords {
    pub(super) proxy: Option<String>,
    pub(super) cluster: Option<String>,
    /// The port that was typed; `Some(None)` for port 0, with which the cluster decides.
    pub(super) port: Option<Option<u16>>,
    pub(super) browse: bool,
    pub(super) json: bool,
    pub(super) help: bool,
    /// The words that are no flags, and all words after `--`.
    pub(super) rest: Vec<String>,
    /// The flags that were typed.
    typed: Vec<&'static Flag<Teleport>>,
}

impl TeleportWords {
    pub(super) fn read(typed: &[OsString]) -> Result<TeleportWords> {
        let mut read = TeleportWords::default();
        let mut typed = typed.iter();
        while let Some(word) = typed.next() {
            let bytes = word.as_encoded_bytes();
            if bytes == b"--" {
                for word in typed.by_ref() {
                    read.rest.push(text_of(word.clone(), "--")?);
                }
                break;
            }
            if bytes.len() < 2 || bytes[0] != b'-' {
                read.rest.push(text_of(word.clone(), "teleport")?);
                continue;
            }
            let (name, attached) = match bytes.iter().position(|&byte| byte == b'=') {
                Some(at) => (&bytes[..at], Some(words::from_bytes(bytes[at + 1..].to_vec()))),
                None => (bytes, None),
            };
            let Some(flag) = TELEPORT.iter().find(|flag| flag.name.as_bytes() == name) else {
                let shown = text::line_bytes(name, MAX_SHOWN);
                let cause = match shown.strip_prefix("--") {
                    Some(shown) => say!(option_unknown, shown),
                    None => say!(option_unknown_letter, shown = shown.trim_start_matches('-')),
                };
                return Err(usage(cause).hint(Verb::Teleport.see_help()));
            };
            let value = match (flag.value, attached) {
                (None, None) => OsString::new(),
                (None, Some(_)) => {
                    return Err(usage(say!(option_takes_no_argument, flag = flag.name)));
                }
                (Some(_), Some(value)) => value,
                (Some(_), None) => {
                    let missing = || Verb::Teleport.without_argument(flag.name);
                    typed.next().cloned().ok_or_else(missing)?
                }
            };
            read.apply(flag, value)?;
        }
        Ok(read)
    }

    fn apply(&mut self, flag: &'static Flag<Teleport>, value: OsString) -> Result<()> {
        let value = text_of(value, flag.name)?;
        self.typed.push(flag);
        match flag.does {
            Teleport::Proxy => self.proxy = Some(value),
            Teleport::Cluster => self.cluster = Some(value),
            Teleport::Port => self.port = Some(node_port(&value)?),
            Teleport::Browse => self.browse = true,
            Teleport::Json => self.json = true,
            Teleport::Help => self.help = true,
        }
        Ok(())
    }

    /// Refuses flags that the verb does not have.
    pub(super) fn only(&self, verb: &str, taken: &[Teleport]) -> Result<()> {
        match self.typed.iter().find(|flag| !taken.contains(&flag.does)) {
            Some(flag) => Err(usage(say!(teleport_flag_without_meaning, flag = flag.name, verb))),
            None => Ok(()),
        }
    }

    /// Refuses words that are no flags.
    pub(super) fn no_more(&self, verb: &str) -> Result<()> {
        match self.rest.is_empty() {
            true => Ok(()),
            false => Err(usage(say!(teleport_no_words, verb)).hint(Verb::Teleport.see_help())),
        }
    }
}

pub(super) fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

fn text_of(word: OsString, what: &str) -> Result<String> {
    word.into_string().map_err(|_| usage(say!(argument_not_utf8, what)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<TeleportWords> {
        let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
        TeleportWords::read(&words)
    }

    #[test]
    fn an_unknown_option_is_named_as_it_was_typed() {
        for (line, cause) in
            [("-K x", "unknown option -- K"), ("--bogus", "unknown option --bogus")]
        {
            let error = read(line).err().unwrap();
            assert_eq!(error.cause(), cause);
            assert_eq!(error.next_step(), Some("see tessh teleport --help"));
        }
    }

    #[test]
    fn flags_may_stand_anywhere_before_two_dashes() {
        let words = read("web --proxy p.example.com --leaf=l -p 22 env=prod -- --json").unwrap();
        assert_eq!(words.proxy.as_deref(), Some("p.example.com"));
        assert_eq!(words.cluster.as_deref(), Some("l"));
        assert_eq!(words.port, Some(Some(22)));
        assert_eq!(words.rest, ["web", "env=prod", "--json"]);
        assert!(!words.json);
        assert_eq!(read("--port 0 web").unwrap().port, Some(None));
        assert!(words.only("ls", &[Teleport::Proxy]).is_err());
        assert!(words.no_more("status").is_err());
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_one_line() {
        for line in ["--nothing", "--proxy", "--port x", "--port 70000", "--json=x", "-z"] {
            let error = read(line).err().expect(line).to_string();
            assert!(!error.contains(char::is_control), "{error}");
        }
    }
}
