//! The table of flags. The parser, the help, the man page and the completions are made from it.
//!
//! The letters have ssh(1)'s meaning; flags that ssh does not have get a long name. The table says
//! what a flag does as data: a keyword of ssh_config(5) with its value, or an action that `args`
//! implements. Restrictions of keywords are only in the table of keywords.

pub mod bench;
pub mod copy_id;
pub mod demo;
pub mod files;
pub mod keygen;
pub mod sessions;
pub mod teleport;
pub mod trust;

use crate::catalogue::{FixedText, texts};
use crate::config::{Keyword, KeywordStanding};

/// What a flag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Sets a keyword to a fixed value; takes precedence over `-o` and over earlier flags.
    Fix(Keyword, &'static str),
    /// Sets a keyword to the argument; the last flag counts and takes precedence over `-o`.
    Last(Keyword),
    /// Sets a keyword to the argument with the same rank as `-o`: the first one counts.
    First(Keyword),
    /// An action of its own.
    Special(Special),
    /// Accepted without effect, because its effect is the default.
    Nothing,
    /// Refused, with this reason.
    Refuse(FixedText),
}

/// The flags that do more than set a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `-o`.
    Option,
    /// `-F`.
    ConfigFile,
    /// `-E`.
    LogFile,
    /// `-V`.
    Version,
    /// `-G`.
    PrintConfig,
    /// `-Q`.
    Query,
    /// `-Z`.
    ListKeys,
    /// `-v`.
    Verbose,
    /// `-q`.
    Quiet,
    /// `-t`.
    Tty,
    /// `-T`.
    NoTty,
    /// `-M`.
    Master,
    /// `-O`.
    Control,
    /// `-W`.
    StdioForward,
    /// `-f`.
    Background,
    /// `-Y`.
    TrustedX11,
    /// `-K`.
    Gssapi,
    /// `-w`.
    Tunnel,
    /// `-y`.
    Syslog,
    /// `--auth`.
    Auth,
    /// `--password-fd`.
    PasswordFd,
    /// `--stored-password`.
    StoredPassword,
    /// `--proxy`.
    Proxy,
    /// `--proxy-password-fd`.
    ProxyPasswordFd,
    /// `--plain`.
    Plain,
    /// `--json`.
    Json,
    /// `--host-key`.
    HostKey,
    /// `--profile`.
    Profile,
    /// `--encoding`.
    Encoding,
    /// `--log`.
    Log,
    /// `--log-format`.
    LogFormat,
    /// `--log-timestamp`.
    LogTimestamp,
    /// `--lang`.
    Lang,
    /// `--confirm-paste`.
    ConfirmPaste,
    /// `--force`.
    Force,
    /// `--yes`.
    Yes,
    /// `--help`.
    Help,
    /// `--version`.
    LongVersion,
}

/// One flag; `D` is what a verb's own flags do.
#[derive(Clone, Copy, Debug)]
pub struct Flag<D = Does> {
    /// As typed: `-p` or `--auth`.
    pub name: &'static str,
    /// The name of its argument, if it takes one.
    pub value: Option<&'static str>,
    /// Its description in one line.
    pub doc: &'static str,
    /// What it does.
    pub does: D,
}

impl<D> Flag<D> {
    /// Its letter, if it has one.
    pub fn letter(&self) -> Option<char> {
        self.name
            .strip_prefix('-')
            .filter(|rest| rest.len() == 1)
            .and_then(|rest| rest.chars().next())
    }

    /// Its long name without the dashes.
    pub fn long(&self) -> Option<&'static str> {
        self.name.strip_prefix("--")
    }
}

impl Flag {
    /// Whether it can be used; a flag for a refused keyword cannot.
    pub fn works(&self) -> bool {
        let unbuilt = |keyword: Keyword, value: Option<&str>| match keyword.row().standing {
            KeywordStanding::Refused(quiet, _) => {
                !value.is_some_and(|value| quiet.contains(&value))
            }
            _ => false,
        };
        match self.does {
            Fix(keyword, value) => !unbuilt(keyword, Some(value)),
            Last(keyword) | First(keyword) => !unbuilt(keyword, None),
            Does::Special(S::Gssapi) => false,
            Does::Special(S::Master) => !unbuilt(K::ControlMaster, Some("yes")),
            Does::Special(S::Background) => !unbuilt(K::ForkAfterAuthentication, Some("yes")),
            Does::Special(S::TrustedX11) => !unbuilt(K::ForwardX11, Some("yes")),
            Does::Special(S::Tunnel) => !unbuilt(K::Tunnel, Some("yes")),
            Does::Special(_) | Nothing => true,
            Refuse(_) => false,
        }
    }
}

/// Finds the flag of a letter.
pub fn letter(letter: char) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.letter() == Some(letter))
}

/// Finds the flag of a long name, without the dashes.
pub fn long(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.long() == Some(name))
}

const fn flag(name: &'static str, doc: &'static str, does: Does) -> Flag {
    Flag { name, value: None, doc, does }
}

const fn takes(name: &'static str, value: &'static str, doc: &'static str, does: Does) -> Flag {
    Flag { name, value: Some(value), doc, does }
}

use Does::{First, Fix, Last, Nothing, Refuse};
use Keyword as K;
use Special as S;

const fn special(special: Special) -> Does {
    Does::Special(special)
}

/// The table: ssh's letters in the order of ssh(1), then the long names.
pub const FLAGS: &[Flag] = &[
    flag("-1", "SSH-1", Refuse(texts::ssh1_option)),
    flag("-2", "SSH-2, the only one there is", Nothing),
    flag("-4", "use IPv4 addresses only", Fix(K::AddressFamily, "inet")),
    flag("-6", "use IPv6 addresses only", Fix(K::AddressFamily, "inet6")),
    flag("-A", "forward the agent", Fix(K::ForwardAgent, "yes")),
    flag("-a", "do not forward the agent", Fix(K::ForwardAgent, "no")),
    takes("-B", "interface", "use the address of this interface", Last(K::BindInterface)),
    takes("-b", "address", "use this local address", Last(K::BindAddress)),
    flag("-C", "compress all data", Fix(K::Compression, "yes")),
    takes("-c", "ciphers", "the ciphers to propose, in order", Last(K::Ciphers)),
    takes("-D", "[bind:]port", "forward dynamically, as a SOCKS server", First(K::DynamicForward)),
    takes("-E", "file", "append messages to this file", special(S::LogFile)),
    takes("-e", "char", "the escape character, or none", Last(K::EscapeChar)),
    takes(
        "-F",
        "file",
        "read this configuration file and no other, or none",
        special(S::ConfigFile),
    ),
    flag("-f", "go to the background", special(S::Background)),
    flag("-G", "print the effective configuration and exit", special(S::PrintConfig)),
    flag("-g", "let other hosts use local forwards", Fix(K::GatewayPorts, "yes")),
    takes("-I", "provider", "use PKCS#11", Last(K::PKCS11Provider)),
    takes("-i", "file", "log in with this key", First(K::IdentityFile)),
    takes("-J", "host", "connect through this host", Last(K::ProxyJump)),
    flag("-K", "use GSSAPI", special(S::Gssapi)),
    flag("-k", "do not delegate GSSAPI credentials", Fix(K::GSSAPIDelegateCredentials, "no")),
    takes("-L", "spec", "forward a local port", First(K::LocalForward)),
    takes("-l", "user", "log in as this user", First(K::User)),
    flag("-M", "share the connection", special(S::Master)),
    takes("-m", "macs", "the MACs to propose, in order", Last(K::MACs)),
    flag("-N", "run no command", Fix(K::SessionType, "none")),
    flag("-n", "do not read standard input", Fix(K::StdinNull, "yes")),
    takes(
        "-O",
        "command",
        "ask a shared connection: check, conninfo, channels, forward, cancel, exit, stop, proxy",
        special(S::Control),
    ),
    takes("-o", "keyword=value", "an option as in ssh_config(5)", special(S::Option)),
    takes("-P", "tag", "a tag for Match tagged", First(K::Tag)),
    takes("-p", "port", "connect to this port", First(K::Port)),
    takes("-Q", "query", "list the algorithms for a purpose", special(S::Query)),
    flag("-q", "say nothing", special(S::Quiet)),
    takes("-R", "spec", "forward a remote port", First(K::RemoteForward)),
    takes("-S", "path", "the socket of a shared connection, or none", Last(K::ControlPath)),
    flag("-s", "the command names a subsystem", Fix(K::SessionType, "subsystem")),
    flag("-T", "no terminal on the server", special(S::NoTty)),
    flag("-t", "a terminal on the server; twice: without one here, too", special(S::Tty)),
    flag("-V", "print the version and exit", special(S::Version)),
    flag("-v", "say more; up to three times", special(S::Verbose)),
    takes("-W", "host:port", "forward standard input and output", special(S::StdioForward)),
    takes("-w", "tun[:tun]", "forward a tunnel device", special(S::Tunnel)),
    flag("-X", "forward X11", Fix(K::ForwardX11, "yes")),
    flag("-x", "do not forward X11", Fix(K::ForwardX11, "no")),
    flag("-Y", "forward X11, trusted", special(S::TrustedX11)),
    flag("-y", "send messages to syslog", special(S::Syslog)),
    flag("-Z", "list the keys that ssh would try, in their order, and exit", special(S::ListKeys)),
    takes(
        "--auth",
        "method[,method]",
        "log in with password, publickey, agent, keyboard-interactive or none; several for a server that asks for several; ask: choose in the dialog",
        special(S::Auth),
    ),
    takes(
        "--password-fd",
        "number",
        "read the password from this descriptor",
        special(S::PasswordFd),
    ),
    flag(
        "--stored-password",
        "log in with the password that WinSCP has stored with this site",
        special(S::StoredPassword),
    ),
    takes(
        "--proxy",
        "url",
        "connect through this proxy server: http://[user@]host:port, socks5h://…, socks5://…, socks4a://…, socks4://…, telnet://…, or none; h and a look the name up at the proxy",
        special(S::Proxy),
    ),
    takes(
        "--proxy-password-fd",
        "number",
        "read the proxy's password from this descriptor",
        special(S::ProxyPasswordFd),
    ),
    takes(
        "--host-key",
        "SHA256:…",
        "the only host key that is right; again for another: a fingerprint, or the key in base64",
        special(S::HostKey),
    ),
    takes(
        "--profile",
        "name",
        "connect with this saved session; no host is typed",
        special(S::Profile),
    ),
    flag("--plain", "lines instead of dialogs", special(S::Plain)),
    flag("--json", "messages as JSON", special(S::Json)),
    takes(
        "--encoding",
        "name",
        "the encoding of the remote side, such as Shift_JIS or EUC-JP",
        special(S::Encoding),
    ),
    takes(
        "--log",
        "file",
        "append what the session shows to this file; &h, &p and &u are host, port and user, %Y and the like the time; none is no log",
        special(S::Log),
    ),
    takes("--log-format", "text|raw", "lines of text, or every byte", special(S::LogFormat)),
    takes(
        "--log-timestamp",
        "kind",
        "before each line: none, local, utc, elapsed (since the log began) or connection (since connecting)",
        special(S::LogTimestamp),
    ),
    takes("--lang", "name", "the language of dialogs", special(S::Lang)),
    flag(
        "--confirm-paste",
        "ask before a paste of several lines is sent",
        special(S::ConfirmPaste),
    ),
    flag("--force", "sessions save, import: replace without a question", special(S::Force)),
    flag("--yes", "sessions remove, export: do not ask", special(S::Yes)),
    flag("--help", "print this help", special(S::Help)),
    flag("--version", "print the version", special(S::LongVersion)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_ssh_is_there_once_and_takes_what_ssh_takes() {
        // The getopt string of ssh(1), OpenSSH 9.9, with -P of 9.4 and -Z of 10.4.
        const SSH: &str = "1246ab:c:e:fgi:kl:m:no:p:qstvxyAB:CD:E:F:GI:J:KL:MNO:P:Q:R:S:TVw:W:XYZ";
        let mut letters = SSH.chars().peekable();
        let mut count = 0;
        while let Some(c) = letters.next() {
            let takes = letters.next_if_eq(&':').is_some();
            let flag = letter(c).unwrap_or_else(|| panic!("-{c}"));
            assert_eq!(flag.value.is_some(), takes, "-{c}");
            count += 1;
        }
        assert_eq!(FLAGS.iter().filter(|flag| flag.letter().is_some()).count(), count);
    }

    #[test]
    fn names_are_their_own_and_values_are_ones_the_keyword_takes() {
        let mut names = std::collections::HashSet::new();
        for flag in FLAGS {
            assert!(names.insert(flag.name), "{}", flag.name);
            if let Fix(keyword, value) = flag.does {
                let mut layers = crate::config::Layers::new();
                let origin = crate::config::Origin::Flag(flag.name);
                layers.overrule(keyword, value, origin).unwrap();
            }
        }
    }
}
