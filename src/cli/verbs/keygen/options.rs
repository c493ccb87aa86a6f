//! Parses the words after `tessh keygen` as getopt(3) does, without any action.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::PathBuf;

use crate::catalogue::{FixedText, texts};
use crate::cli::args::Verb;
use crate::cli::flags::Flag;
use crate::cli::flags::keygen::{KEYGEN, Keygen};
use crate::destination::check_host;
use crate::error::{Error, Kind, Result};
use crate::keys::write::{DEFAULT_ROUNDS, check_rounds};
use crate::os::words;
use crate::say;
use crate::secret::Secret;
use crate::text;

/// How many characters of a word an error shows.
const MAX_SHOWN: usize = 64;

/// The longest comment that is accepted, in characters.
const MAX_COMMENT: usize = 256;

/// The output format of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutputForm {
    OpenSsh,
    Ppk,
    Public,
    Rfc4716,
    Fingerprint,
}

/// The task to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeygenAction {
    Make,
    Convert,
    Change,
    Public,
    List,
    Export,
    Import,
    Records,
    Help,
}

/// The source of a passphrase.
pub(super) enum PassphraseSource {
    Word(Secret),
    Descriptor(&'static str, i32),
}

/// The parsed words.
#[derive(Default)]
pub(super) struct KeygenOptions {
    pub(super) kind: Option<String>,
    pub(super) bits: Option<u32>,
    pub(super) file: Option<PathBuf>,
    pub(super) host: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) passphrase: Option<PassphraseSource>,
    pub(super) new_passphrase: Option<PassphraseSource>,
    pub(super) rounds: Option<u32>,
    pub(super) form: Option<OutputForm>,
    pub(super) output: Option<PathBuf>,
    pub(super) md5: bool,
    pub(super) verbose: bool,
    pub(super) quiet: bool,
    asked: Vec<(&'static str, KeygenAction)>,
}

impl KeygenOptions {
    /// Parses the words after the verb.
    pub(super) fn parse(words: &[OsString]) -> Result<KeygenOptions> {
        let mut options = KeygenOptions::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let bytes = word.as_encoded_bytes();
            if let Some(long) = bytes.strip_prefix(b"--").filter(|long| !long.is_empty()) {
                options.long(long, &mut words)?;
            } else if bytes.len() > 1 && bytes[0] == b'-' && bytes != b"--" {
                options.bundle(&bytes[1..], &mut words)?;
            } else {
                let word = text::line_bytes(bytes, MAX_SHOWN);
                return Err(
                    usage(say!(keygen_not_an_option, word)).hint(say!(keygen_not_an_option_hint))
                );
            }
        }
        options.check()?;
        Ok(options)
    }

    /// The task that the flags select.
    pub(super) fn action(&self) -> KeygenAction {
        match self.asked.first() {
            Some((_, action)) => *action,
            None if self.form.is_some() && self.kind.is_none() => KeygenAction::Convert,
            None => KeygenAction::Make,
        }
    }

    /// The number of bcrypt rounds.
    pub(super) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(DEFAULT_ROUNDS)
    }

    fn bundle<'a>(
        &mut self,
        letters: &[u8],
        words: &mut impl Iterator<Item = &'a OsString>,
    ) -> Result<()> {
        for (at, byte) in letters.iter().enumerate() {
            let letter = char::from(*byte);
            let Some(flag) = KEYGEN.iter().find(|flag| flag.letter() == Some(letter)) else {
                return Err(unknown(&say!(keygen_option_letter, letter = letter.escape_default())));
            };
            if flag.value.is_none() {
                self.apply(flag, OsStr::new(""))?;
                continue;
            }
            let attached = &letters[at + 1..];
            if !attached.is_empty() {
                return self.apply(flag, &words::from_bytes(attached));
            }
            let value = words.next().ok_or_else(|| missing(flag.name))?;
            return self.apply(flag, value);
        }
        Ok(())
    }

    fn long<'a>(
        &mut self,
        word: &[u8],
        words: &mut impl Iterator<Item = &'a OsString>,
    ) -> Result<()> {
        let mut parts = word.splitn(2, |byte| *byte == b'=');
        let name = parts.next().unwrap_or_default();
        let attached = parts.next().map(|value| words::from_bytes(value.to_vec()));
        let known = |flag: &&Flag<Keygen>| flag.long().map(str::as_bytes) == Some(name);
        let Some(flag) = KEYGEN.iter().find(known) else {
            return Err(unknown(&say!(
                keygen_option_word,
                value = text::line_bytes(name, MAX_SHOWN)
            )));
        };
        match (flag.value, attached) {
            (None, None) => self.apply(flag, OsStr::new("")),
            (None, Some(_)) => Err(usage(say!(option_takes_no_argument, flag = flag.name))),
            (Some(_), Some(value)) => self.apply(flag, &value),
            (Some(_), None) => {
                let value = words.next().ok_or_else(|| missing(flag.name))?;
                self.apply(flag, value)
            }
        }
    }

    fn apply(&mut self, flag: &'static Flag<Keygen>, value: &OsStr) -> Result<()> {
        let name = flag.name;
        let text = || utf8(name, value);
        let secret =
            || Ok::<_, Error>(Some(PassphraseSource::Word(Secret::new(utf8(name, value)?))));
        let descriptor =
            || Ok::<_, Error>(Some(PassphraseSource::Descriptor(name, number(name, value)?)));
        match flag.does {
            Keygen::Rounds => self.rounds = Some(number(name, value)?),
            Keygen::Bits => self.bits = Some(number(name, value)?),
            Keygen::Comment => self.comment = Some(comment(text()?)?),
            Keygen::Hash => self.md5 = is_md5(&text()?)?,
            Keygen::File => self.file = Some(file(name, value)?),
            Keygen::Output => self.output = Some(file(name, value)?),
            Keygen::ForeignFormat => check_foreign(&text()?)?,
            Keygen::Format => self.form = Some(form(&text()?)?),
            Keygen::Type => self.kind = Some(text()?),
            Keygen::NewPassphrase => self.new_passphrase = secret()?,
            Keygen::Passphrase => self.passphrase = secret()?,
            Keygen::PassphraseFd => self.passphrase = descriptor()?,
            Keygen::NewPassphraseFd => self.new_passphrase = descriptor()?,
            Keygen::Quiet => self.quiet = true,
            Keygen::Verbose => self.verbose = true,
            // Every flag turns the key generator dialog off; this one does nothing else.
            Keygen::Plain => {}
            Keygen::Change => self.asked.push((name, KeygenAction::Change)),
            Keygen::Export => self.asked.push((name, KeygenAction::Export)),
            Keygen::Import => self.asked.push((name, KeygenAction::Import)),
            Keygen::Records => {
                self.host = Some(host(text()?)?);
                self.asked.push((name, KeygenAction::Records));
            }
            Keygen::List => self.asked.push((name, KeygenAction::List)),
            Keygen::Public => self.asked.push((name, KeygenAction::Public)),
            Keygen::Help => self.asked.insert(0, (name, KeygenAction::Help)),
        }
        Ok(())
    }

    /// Checks for flags that exclude each other.
    fn check(&self) -> Result<()> {
        let action = self.action();
        if action == KeygenAction::Help {
            return Ok(());
        }
        if let [(first, _), (second, other), ..] = self.asked[..]
            && other != action
        {
            return Err(usage(say!(options_exclude, name = first, other = second)));
        }
        if let (Some((name, _)), true) = (self.asked.first(), self.form.is_some()) {
            return Err(usage(say!(keygen_not_with_format, name)));
        }
        if let Some(rounds) = self.rounds {
            check_rounds(rounds)?;
        }
        let private = matches!(self.form, None | Some(OutputForm::OpenSsh | OutputForm::Ppk));
        if action == KeygenAction::Make && !private {
            return Err(usage(say!(keygen_new_key_formats)).hint(say!(keygen_new_key_formats_hint)));
        }
        if self.form == Some(OutputForm::Ppk) && self.rounds.is_some() {
            return Err(
                usage(say!(keygen_ppk_without_rounds)).hint(say!(keygen_ppk_without_rounds_hint))
            );
        }
        self.check_company(action)
    }

    /// Checks for flags that have no meaning for this task.
    fn check_company(&self, action: KeygenAction) -> Result<()> {
        use KeygenAction::{Change, Convert, Export, Import, List, Make, Public, Records};
        let new = self.new_passphrase.is_some();
        let rules: [(bool, &dyn Display, &[KeygenAction], FixedText); 6] = [
            (self.kind.is_some(), &"-t", &[Make], texts::keygen_with_new_key),
            (self.bits.is_some(), &"-b", &[Make], texts::keygen_with_new_key),
            (self.comment.is_some(), &"-C", &[Make, Convert], texts::keygen_with_new_key_or_format),
            (self.md5, &"-E", &[List, Convert], texts::keygen_with_list),
            (
                new,
                &texts::keygen_new_passphrase,
                &[Make, Change, Convert],
                texts::keygen_with_passphrases,
            ),
            (
                self.output.is_some(),
                &"--output",
                &[Convert, Export, Import, Public, Records],
                texts::keygen_with_output,
            ),
        ];
        for (given, name, wanted, what) in rules {
            if given && !wanted.contains(&action) {
                return Err(usage(say!(keygen_option_goes_with, name, what)));
            }
        }
        Ok(())
    }
}

/// Checks a host name, which starts a line of a zone file.
fn host(text: String) -> Result<String> {
    check_host(&text).map_err(|error| usage(format!("-r: {error}")))?;
    Ok(text)
}

fn form(name: &str) -> Result<OutputForm> {
    match name.to_ascii_lowercase().as_str() {
        "openssh" | "private-openssh" => Ok(OutputForm::OpenSsh),
        "ppk" | "private" => Ok(OutputForm::Ppk),
        "public" | "public-openssh" => Ok(OutputForm::Public),
        "rfc4716" => Ok(OutputForm::Rfc4716),
        "fingerprint" => Ok(OutputForm::Fingerprint),
        _ => Err(usage(say!(keygen_format_unknown, value = text::line(name, MAX_SHOWN)))
            .hint(say!(keygen_format_unknown_hint))),
    }
}

fn is_md5(name: &str) -> Result<bool> {
    match name.to_ascii_lowercase().as_str() {
        "md5" => Ok(true),
        "sha256" => Ok(false),
        _ => Err(usage(say!(keygen_hash_unknown, value = text::line(name, MAX_SHOWN)))
            .hint(say!(keygen_hash_unknown_hint))),
    }
}

fn check_foreign(name: &str) -> Result<()> {
    match name.eq_ignore_ascii_case("rfc4716") {
        true => Ok(()),
        false => Err(usage(say!(keygen_m_unsupported, value = text::line(name, MAX_SHOWN)))
            .hint(say!(keygen_m_unsupported_hint))),
    }
}

/// Checks a comment, which must fit in one line of a file.
fn comment(text: String) -> Result<String> {
    if text.chars().any(char::is_control) {
        return Err(usage(say!(keygen_comment_control)));
    }
    if text.chars().count() > MAX_COMMENT {
        return Err(usage(say!(keygen_comment_too_long, limit = MAX_COMMENT)));
    }
    Ok(text)
}

fn file(name: &str, value: &OsStr) -> Result<PathBuf> {
    match value.is_empty() {
        true => Err(usage(say!(keygen_empty_file_name, name))),
        false => Ok(PathBuf::from(value)),
    }
}

fn number<N: std::str::FromStr>(name: &str, value: &OsStr) -> Result<N> {
    let digits = value.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let shown = text::line_bytes(value.as_encoded_bytes(), MAX_SHOWN);
        usage(say!(keygen_number_bad, name, shown))
    })
}

fn utf8(name: &str, value: &OsStr) -> Result<String> {
    value.to_str().map(str::to_owned).ok_or_else(|| usage(say!(argument_not_utf8, what = name)))
}

fn unknown(what: &str) -> Error {
    usage(say!(keygen_unknown_option, what)).hint(Verb::Keygen.see_help())
}

fn missing(name: &str) -> Error {
    Verb::Keygen.without_argument(name)
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<KeygenOptions> {
        KeygenOptions::parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn letters_bundle_and_arguments_attach() {
        let options = read("-lvf key -Emd5").unwrap();
        assert_eq!(options.action(), KeygenAction::List);
        assert!(options.verbose && options.md5);
        assert_eq!(options.file, Some(PathBuf::from("key")));
        let options = read("-t rsa -b4096 --output=x -O ppk").err().unwrap();
        assert!(options.to_string().contains("--output goes with"), "{options}");
        assert_eq!(read("-O ppk -f a --output=b").unwrap().action(), KeygenAction::Convert);
        assert_eq!(read("-O ppk -t rsa").unwrap().action(), KeygenAction::Make);
        assert_eq!(read("-q").unwrap().action(), KeygenAction::Make);
        assert_eq!(read("-l --help").unwrap().action(), KeygenAction::Help);
    }

    #[test]
    fn what_makes_no_sense_is_one_line_of_usage() {
        for (line, says) in [
            ("-z", "unknown option -- z"),
            ("--nothing", "unknown option --nothing"),
            ("--help=me", "takes no argument"),
            ("key", "not an option"),
            ("-f", "requires an argument"),
            ("-b many", "-b many: not a number"),
            ("-b -1", "-b -1: not a number"),
            ("-b 99999999999", "not a number"),
            ("-a 0", "1 to 10000"),
            ("-a 4000000000", "1 to 10000"),
            ("-p -l", "Cannot specify -p with -l"),
            ("-p -O ppk", "Cannot specify -p with -O"),
            ("-l -t rsa", "-t goes with a new key"),
            ("-t rsa -O public", "openssh or ppk"),
            ("-O tar", "-O tar: unknown format"),
            ("-O ppk -a 5", "no rounds of bcrypt"),
            ("-l -E crc", "-E crc: unknown hash"),
            ("-e -m PEM", "-m PEM: not supported"),
            ("-C a\nb", "no control characters"),
            ("-r a;b", "-r: hostname contains invalid characters"),
            ("-r h -l", "Cannot specify -r with -l"),
            ("-r h -t rsa", "-t goes with a new key"),
            ("--passphrase-fd x", "not a number"),
        ] {
            let error = read(line).err().unwrap_or_else(|| panic!("{line}"));
            assert_eq!(error.kind(), Kind::Usage, "{line}");
            assert!(error.to_string().contains(says), "{line}: {error}");
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
}
