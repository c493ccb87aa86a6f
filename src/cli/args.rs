//! Parses the words of the command line into [`Typed`]: text only, without system calls.
//!
//! The rules are getopt(3)'s as ssh(1) uses it: letters can be bundled, an argument can be
//! attached, options may follow the host until the command starts, `--` ends them. A verb counts
//! only as the first word. Nothing is looked up and nothing is decided here except which flag a
//! word is.

mod verb;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

pub use verb::{VERBS, Verb};

use super::flags::{self, Does, Flag, Special};
use crate::config::{Connect, Forward, Keyword, LogLevel};
use crate::error::{Error, Kind, Result};
use crate::os::words;
use crate::profiles::Source;
use crate::say;

/// The version of the SSH library; a test compares it with Cargo.lock.
const RUSSH: &str = "0.65.1";

/// The commands of `-O`.
pub const CONTROLS: [&str; 8] =
    ["check", "conninfo", "channels", "forward", "cancel", "exit", "stop", "proxy"];

/// One setting of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedSetting {
    /// A flag that sets a keyword.
    Flag {
        /// The flag, such as `-p`.
        flag: &'static str,
        /// The keyword.
        keyword: Keyword,
        /// Its value.
        value: String,
        /// Whether it takes precedence over earlier settings and over `-o`.
        overrules: bool,
    },
    /// The argument of `-o`.
    Option(String),
}

/// The parsed command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The task to do.
    pub verb: Verb,
    /// Whether the program was called `ssh`: it then has no verbs, and its callers expect ssh's
    /// behaviour.
    pub as_ssh: bool,
    /// The destination, not parsed yet.
    pub destination: Option<String>,
    /// Whether the destination is the very first word, where a verb can stand.
    pub destination_is_first: bool,
    /// How many of the settings were typed before the destination.
    pub destination_at: usize,
    /// The words of the command.
    pub command: Vec<OsString>,
    /// The settings, in order; those of `-v`, `-q`, `-t`, `-T` come last.
    pub settings: Vec<TypedSetting>,
    /// `-F`: a file, or the word `none`.
    pub config_file: Option<PathBuf>,
    /// `-E`.
    pub log_file: Option<PathBuf>,
    /// `-V`.
    pub print_version: bool,
    /// `-G`.
    pub print_config: bool,
    /// `-Z`.
    pub list_keys: bool,
    /// `-Q`.
    pub query: Option<String>,
    /// `-W`: the target of standard input and output.
    pub stdio_forward: Option<Connect>,
    /// `-O`: a command for the master of a shared connection.
    pub control: Option<String>,
    /// `-y`.
    pub syslog: bool,
    /// `-K`.
    pub gssapi: bool,
    /// `--auth`.
    pub auth: Option<String>,
    /// `--password-fd`.
    pub password_fd: Option<i32>,
    /// `--stored-password`.
    pub stored_password: bool,
    /// `--proxy`.
    pub proxy: Option<String>,
    /// `--proxy-password-fd`.
    pub proxy_password_fd: Option<i32>,
    /// `--host-key`; may be repeated.
    pub host_keys: Vec<String>,
    /// `--plain`.
    pub plain: bool,
    /// `--json`.
    pub json: bool,
    /// `--profile`.
    pub profile: Option<String>,
    /// The source of the session, chosen among several that have its name.
    pub source: Option<Source>,
    /// `--encoding`.
    pub encoding: Option<String>,
    /// `--log`.
    pub log: Option<PathBuf>,
    /// `--log-format`.
    pub log_format: Option<String>,
    /// `--log-timestamp`.
    pub log_timestamp: Option<String>,
    /// `--lang`.
    pub lang: Option<String>,
    /// `--confirm-paste`.
    pub confirm_paste: bool,
    /// `--force`.
    pub force: bool,
    /// `--yes`.
    pub yes: bool,
    /// The words after a verb that parses its own arguments.
    pub rest: Vec<OsString>,
}

impl Typed {
    /// Whether a host or saved session is required and none was typed.
    pub fn lacks_host(&self) -> bool {
        let named = self.destination.is_some() || self.profile.is_some();
        self.verb == Verb::Connect && !named && self.query.is_none()
    }

    /// Whether `-i` was typed.
    pub fn names_identity(&self) -> bool {
        let is_identity = |setting: &TypedSetting| {
            matches!(setting, TypedSetting::Flag { keyword: Keyword::IdentityFile, .. })
        };
        self.settings.iter().any(is_identity)
    }

    /// Sets keywords whatever was typed and the files say; `flag` is the flag or verb that they are
    /// said to come from.
    pub fn overrule<'a>(
        &mut self,
        flag: &'static str,
        settings: impl IntoIterator<Item = &'a (Keyword, &'a str)>,
    ) {
        self.settings.extend(settings.into_iter().map(|&(keyword, value)| TypedSetting::Flag {
            flag,
            keyword,
            value: value.to_owned(),
            overrules: true,
        }));
    }
}

/// Parses the words after the program's name.
///
/// # Errors
/// [`Kind::Usage`]: a flag is unknown, lacks its argument or is refused, or the host is missing.
pub fn parse(args: impl Iterator<Item = OsString>, as_ssh: bool) -> Result<Typed> {
    let typed = parse_open(args, as_ssh)?;
    match typed.lacks_host() {
        true => Err(no_host()),
        false => Ok(typed),
    }
}

/// Parses like [`parse`], but accepts a missing host, for which the New connection dialog asks.
///
/// # Errors
/// Those of [`parse`], except for a missing host.
pub fn parse_open(args: impl Iterator<Item = OsString>, as_ssh: bool) -> Result<Typed> {
    let mut words: Vec<OsString> = args.collect();
    let verb = words.first().and_then(|word| verb(word)).filter(|_| !as_ssh);
    let is_option = |word: &OsString| word.as_encoded_bytes().starts_with(b"-");
    let first = !as_ssh && verb.is_none() && words.first().is_some_and(|word| !is_option(word));
    if let Some(verb) = verb {
        words.remove(0);
        // `explain` takes the same words as connecting.
        if !matches!(verb, Verb::Connect | Verb::Explain) {
            // `--json` must be known before the other words are parsed, because it decides how
            // errors are printed.
            let tells = matches!(
                verb,
                Verb::Sessions
                    | Verb::Teleport
                    | Verb::Trust
                    | Verb::Files
                    | Verb::Get
                    | Verb::Put
                    | Verb::Sync
                    | Verb::Bench
            );
            let json = tells && words.iter().any(|word| word == "--json");
            return Ok(Typed { verb, as_ssh, json, rest: words, ..Typed::default() });
        }
    }
    let verb = verb.unwrap_or_default();
    let typed = Typed { verb, as_ssh, destination_is_first: first, ..Typed::default() };
    Reading::of(words, typed, verb).finish()
}

/// Parses the words after a verb that connects, which may lack the host: as if under the name `ssh`,
/// which has no verbs, so that a host may be named like one.
///
/// # Errors
/// Those of [`parse_open`]; the next step is the help of the verb.
pub fn parse_after(verb: Verb, words: impl IntoIterator<Item = OsString>) -> Result<Typed> {
    let typed = Typed { as_ssh: true, ..Typed::default() };
    Reading::of(words.into_iter().collect(), typed, verb).finish()
}

/// Whether a first word is a verb.
pub fn is_verb(word: &OsString) -> bool {
    verb(word).is_some()
}

/// The version for `-V`, which is printed on standard error as by ssh(1).
pub fn version_line() -> String {
    format!("tessh {}, SSH-2.0 client (russh {RUSSH})", env!("CARGO_PKG_VERSION"))
}

/// The usage line.
pub fn usage_line() -> String {
    say!(usage)
}

/// The error for a missing host when nobody can be asked for it.
pub fn no_host() -> Error {
    usage(say!(no_host_named)).hint(usage_line())
}

fn verb(word: &OsStr) -> Option<Verb> {
    VERBS.iter().find(|(name, ..)| word == *name).map(|(_, verb, _)| *verb)
}

/// The words still to parse, and the results of those before.
struct Reading {
    /// The verb whose help has the flags.
    verb: Verb,
    words: std::vec::IntoIter<OsString>,
    typed: Typed,
    /// The log level from `-v` and `-q`: the last of them decides.
    level: Option<LogLevel>,
    /// The result of `-t`, `-T` and `-N`: the flag and RequestTTY's value.
    tty: Option<(&'static str, &'static str)>,
}

impl Reading {
    fn of(words: Vec<OsString>, typed: Typed, verb: Verb) -> Reading {
        Reading { verb, words: words.into_iter(), typed, level: None, tty: None }
    }

    fn read(&mut self) -> Result<()> {
        while let Some(word) = self.words.next() {
            let bytes = word.as_encoded_bytes();
            if bytes == b"--" {
                if self.wants_destination()
                    && let Some(host) = self.words.next()
                {
                    self.destination(host)?;
                }
                self.typed.command = self.words.by_ref().collect();
            } else if let Some(long) = bytes.strip_prefix(b"--") {
                self.long(long)?;
            } else if bytes.len() > 1 && bytes[0] == b'-' {
                self.bundle(&bytes[1..])?;
            } else if self.wants_destination() {
                self.destination(word)?;
            } else {
                self.typed.command = std::iter::once(word).chain(self.words.by_ref()).collect();
            }
            if self.ends() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether the next word that is not an option is the destination; a saved session has its own.
    fn wants_destination(&self) -> bool {
        self.typed.destination.is_none() && self.typed.profile.is_none()
    }

    /// Whether a flag was read that makes the remaining words irrelevant, such as `-V`.
    fn ends(&self) -> bool {
        matches!(self.typed.verb, Verb::Help | Verb::Version) || self.typed.query.is_some()
    }

    fn destination(&mut self, word: OsString) -> Result<()> {
        let text = word.into_string();
        self.typed.destination = Some(text.map_err(|_| usage(say!(destination_not_utf8)))?);
        self.typed.destination_at = self.typed.settings.len();
        Ok(())
    }

    /// Parses bundled letters: the first letter that takes an argument takes the rest of the word.
    fn bundle(&mut self, letters: &[u8]) -> Result<()> {
        for (at, &byte) in letters.iter().enumerate() {
            let letter = char::from(byte);
            let Some(flag) = flags::letter(letter) else {
                let shown = letter.escape_default();
                let cause = say!(option_unknown_letter, shown);
                return Err(usage(cause).hint(self.verb.see_help()));
            };
            if flag.value.is_none() {
                self.apply(flag, OsString::new())?;
                continue;
            }
            let attached = &letters[at + 1..];
            let value = if attached.is_empty() {
                let missing = || {
                    usage(say!(option_letter_without_argument, letter)).hint(self.verb.see_help())
                };
                self.words.next().ok_or_else(missing)?
            } else {
                words::from_bytes(attached.to_vec())
            };
            return self.apply(flag, value);
        }
        Ok(())
    }

    /// Parses `--name`, `--name value` or `--name=value`.
    fn long(&mut self, word: &[u8]) -> Result<()> {
        let (name, attached) = match word.iter().position(|&b| b == b'=') {
            Some(at) => (&word[..at], Some(words::from_bytes(word[at + 1..].to_vec()))),
            None => (word, None),
        };
        let found = std::str::from_utf8(name).ok().and_then(flags::long);
        let Some(flag) = found else {
            let shown: String = String::from_utf8_lossy(name).escape_default().take(40).collect();
            return Err(usage(say!(option_unknown, shown)).hint(self.verb.see_help()));
        };
        let value = match (flag.value, attached) {
            (None, Some(_)) => {
                return Err(usage(say!(option_takes_no_argument, flag = flag.name)));
            }
            (None, None) => OsString::new(),
            (Some(_), Some(value)) => value,
            (Some(_), None) => {
                let missing = || self.verb.without_argument(flag.name);
                self.words.next().ok_or_else(missing)?
            }
        };
        self.apply(flag, value)
    }

    fn apply(&mut self, flag: &'static Flag, value: OsString) -> Result<()> {
        let (keyword, value, overrules) = match flag.does {
            Does::Nothing => return Ok(()),
            Does::Refuse(why) => {
                return Err(usage(format!("{}: {why}", flag.name)));
            }
            Does::Special(special) => return self.special(special, flag.name, value),
            Does::Fix(keyword, value) => (keyword, value.to_owned(), true),
            Does::Last(keyword) => (keyword, text(value, flag.name)?, true),
            Does::First(keyword) => (keyword, text(value, flag.name)?, false),
        };
        if flag.name == "-J" && self.typed.settings.iter().any(|setting| is_flag(setting, "-J")) {
            return Err(usage(say!(config_jump_twice)));
        }
        if keyword == Keyword::SessionType {
            self.check_session_type(flag.name)?;
            if flag.name == "-N" {
                self.tty = Some(("-N", "no"));
            }
        }
        self.typed.settings.push(TypedSetting::Flag { flag: flag.name, keyword, value, overrules });
        Ok(())
    }

    /// Checks that `-N` and `-s` do not occur together, in any order; `-W` counts as `-N`.
    fn check_session_type(&self, name: &str) -> Result<()> {
        let subsystem = |flag: &str| flag == "-s";
        let other = self.typed.settings.iter().find_map(|setting| match setting {
            TypedSetting::Flag { flag, keyword: Keyword::SessionType, .. }
                if subsystem(flag) != subsystem(name) =>
            {
                Some(flag)
            }
            _ => None,
        });
        match other {
            Some(other) => Err(usage(say!(options_exclude, name, other))),
            None => Ok(()),
        }
    }

    fn special(&mut self, special: Special, name: &str, value: OsString) -> Result<()> {
        let typed = &mut self.typed;
        match special {
            Special::Option => typed.settings.push(TypedSetting::Option(text(value, name)?)),
            Special::ConfigFile => typed.config_file = Some(value.into()),
            Special::LogFile => typed.log_file = Some(value.into()),
            Special::Version => {
                typed.print_version = true;
                typed.verb = Verb::Version;
            }
            Special::LongVersion => typed.verb = Verb::Version,
            Special::Help => typed.verb = Verb::Help,
            Special::PrintConfig => typed.print_config = true,
            Special::ListKeys => typed.list_keys = true,
            Special::Query => typed.query = Some(text(value, name)?),
            Special::Verbose => self.level = Some(louder(self.level)),
            Special::Quiet => self.level = Some(LogLevel::Quiet),
            Special::Tty => {
                let again = matches!(self.tty, Some(("-t", "yes")));
                self.tty = Some(("-t", if again { "force" } else { "yes" }));
            }
            Special::NoTty => self.tty = Some(("-T", "no")),
            Special::Master => return self.master(name),
            Special::Control => self.control(text(value, name)?)?,
            Special::StdioForward => return self.stdio_forward(&text(value, name)?),
            Special::Background => {
                self.fix("-f", Keyword::ForkAfterAuthentication, "yes");
                self.fix("-f", Keyword::StdinNull, "yes");
            }
            Special::TrustedX11 => {
                self.fix("-Y", Keyword::ForwardX11, "yes");
                self.fix("-Y", Keyword::ForwardX11Trusted, "yes");
            }
            Special::Gssapi => {
                typed.gssapi = true;
                self.fix("-K", Keyword::GSSAPIAuthentication, "yes");
                self.fix("-K", Keyword::GSSAPIDelegateCredentials, "yes");
            }
            Special::Tunnel => {
                let (flag, keyword) = ("-w", Keyword::Tunnel);
                let value_of = "yes".to_owned();
                let open = TypedSetting::Flag { flag, keyword, value: value_of, overrules: false };
                typed.settings.push(open);
                self.fix("-w", Keyword::TunnelDevice, &text(value, name)?);
            }
            Special::Syslog => typed.syslog = true,
            Special::Auth => typed.auth = Some(text(value, name)?),
            Special::PasswordFd => typed.password_fd = Some(descriptor(&value)?),
            Special::StoredPassword => typed.stored_password = true,
            Special::Proxy => typed.proxy = Some(text(value, name)?),
            Special::ProxyPasswordFd => typed.proxy_password_fd = Some(descriptor(&value)?),
            Special::HostKey => typed.host_keys.push(text(value, name)?),
            Special::Profile if typed.destination.is_some() => {
                return Err(usage(say!(profile_and_host)).hint(say!(profile_and_host_hint)));
            }
            Special::Profile => typed.profile = Some(text(value, name)?),
            Special::ConfirmPaste => typed.confirm_paste = true,
            Special::Force => typed.force = true,
            Special::Yes => typed.yes = true,
            Special::Plain => typed.plain = true,
            Special::Json => typed.json = true,
            Special::Encoding => typed.encoding = Some(text(value, name)?),
            Special::Log => typed.log = Some(value.into()),
            Special::LogFormat => typed.log_format = Some(text(value, name)?),
            Special::LogTimestamp => typed.log_timestamp = Some(text(value, name)?),
            Special::Lang => typed.lang = Some(text(value, name)?),
        }
        Ok(())
    }

    fn fix(&mut self, flag: &'static str, keyword: Keyword, value: &str) {
        let value = value.to_owned();
        self.typed.settings.push(TypedSetting::Flag { flag, keyword, value, overrules: true });
    }

    /// `-M`; repeated, it asks before each use (ControlMaster ask).
    fn master(&mut self, name: &str) -> Result<()> {
        let before = self.typed.settings.iter().filter(|setting| is_flag(setting, name)).count();
        self.fix("-M", Keyword::ControlMaster, if before % 2 == 1 { "ask" } else { "yes" });
        Ok(())
    }

    fn control(&mut self, word: String) -> Result<()> {
        if self.typed.stdio_forward.is_some() {
            return Err(usage(say!(config_control_with_stdio)));
        }
        if !CONTROLS.contains(&word.as_str()) {
            let known = CONTROLS.join(", ");
            let word = crate::text::line(&word, 40);
            return Err(usage(say!(config_bad_control, word)).hint(known));
        }
        self.typed.control = Some(word);
        Ok(())
    }

    fn stdio_forward(&mut self, place: &str) -> Result<()> {
        if self.typed.stdio_forward.is_some() {
            return Err(usage(say!(config_stdio_twice)));
        }
        if self.typed.control.is_some() {
            return Err(usage(say!(config_control_with_stdio)));
        }
        self.check_session_type("-W")?;
        let to = Forward::parse_stdio(place).map_err(|fault| {
            usage(fault).hint(say!(config_forward_hint, form = Forward::STDIO_FORM))
        })?;
        self.typed.stdio_forward = Some(to);
        self.fix("-W", Keyword::SessionType, "none");
        self.tty = Some(("-W", "no"));
        Ok(())
    }

    fn finish(mut self) -> Result<Typed> {
        self.read()?;
        if let Some(level) = self.level {
            let flag = if level == LogLevel::Quiet { "-q" } else { "-v" };
            self.fix(flag, Keyword::LogLevel, &level.to_string());
        }
        if let Some((flag, tty)) = self.tty {
            self.fix(flag, Keyword::RequestTTY, tty);
        }
        Ok(self.typed)
    }
}

fn is_flag(setting: &TypedSetting, name: &str) -> bool {
    matches!(setting, TypedSetting::Flag { flag, .. } if *flag == name)
}

fn louder(level: Option<LogLevel>) -> LogLevel {
    match level {
        Some(LogLevel::Debug1) => LogLevel::Debug2,
        Some(LogLevel::Debug2 | LogLevel::Debug3) => LogLevel::Debug3,
        _ => LogLevel::Debug1,
    }
}

fn descriptor(value: &OsStr) -> Result<i32> {
    let number = value.to_str().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    let number = number.and_then(|text| text.parse::<i32>().ok());
    number.ok_or_else(|| usage(say!(password_fd_no_number)).hint(say!(password_fd_no_number_hint)))
}

fn text(value: OsString, what: &str) -> Result<String> {
    value.into_string().map_err(|_| usage(say!(argument_not_utf8, what)))
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests;
