//! The values of a session as PuTTY itself would see them: those that are kept, and its defaults.

use super::preferences::{self, Preferences};
use crate::registry::RegistryKey;

/// The program that keeps the session. WinSCP has PuTTY's keys, and a few other defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// PuTTY.
    Putty,
    /// WinSCP, which has SSH only, and no key for the protocol.
    WinScp,
}

/// The default of each value, where it is neither 0 nor empty.
const DEFAULTS: &[(&str, &str)] = &[
    ("LogFileName", "putty.log"),
    ("LogFileClash", "-1"),
    ("LogFlush", "1"),
    ("LogHeader", "1"),
    ("SSHLogOmitPasswords", "1"),
    ("Protocol", "ssh"),
    ("TCPNoDelay", "1"),
    ("TerminalType", "xterm"),
    ("TerminalSpeed", "38400,38400"),
    ("ProxyDNS", "1"),
    ("ProxyHost", "proxy"),
    ("ProxyPort", "80"),
    ("ProxyTelnetCommand", "connect %host %port\\n"),
    ("ProxyLogToTerm", "1"),
    ("TryAgent", "1"),
    ("PreferKnownHostKeys", "1"),
    ("RekeyTime", "60"),
    ("RekeyBytes", "1G"),
    ("SshBanner", "1"),
    ("AuthKI", "1"),
    ("AuthGSSAPI", "1"),
    ("AuthGSSAPIKEX", "1"),
    ("SshProt", "3"),
    ("X11AuthType", "1"),
];

/// The port that a session names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PuttyPort {
    /// One that a server can have.
    Number(u16),
    /// 0, which a proxy command may take as "whichever is right".
    Zero,
    /// No port.
    Impossible(i32),
}

/// How a session reaches its host: PuTTY's proxy methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyMethod {
    /// Directly.
    Direct,
    /// A SOCKS 4 server.
    Socks4,
    /// A SOCKS 5 server.
    Socks5,
    /// An HTTP server.
    Http,
    /// A Telnet server, which is sent a line.
    Telnet,
    /// A command of this machine.
    Command,
    /// An SSH server that forwards a TCP connection.
    Jump,
    /// A method that tessh does not have, or no method at all.
    Other(i32),
}

/// A session's values.
#[derive(Clone, Copy)]
pub struct PuttySettings<'a> {
    key: &'a RegistryKey,
    keeper: Keeper,
}

impl<'a> PuttySettings<'a> {
    /// The values of this key.
    pub fn new(key: &'a RegistryKey, keeper: Keeper) -> PuttySettings<'a> {
        PuttySettings { key, keeper }
    }

    /// The program that keeps the session.
    pub fn keeper(&self) -> Keeper {
        self.keeper
    }

    /// The key.
    pub fn key(&self) -> &'a RegistryKey {
        self.key
    }

    /// A text, or its default.
    pub fn text(&self, name: &str) -> String {
        self.key.text(name).unwrap_or_else(|| self.default(name).to_owned())
    }

    /// A number, or its default.
    pub fn number(&self, name: &str) -> i32 {
        let default = || self.default(name).parse().unwrap_or_default();
        self.key.number(name).unwrap_or_else(default)
    }

    /// Whether a number is not 0.
    pub fn flag(&self, name: &str) -> bool {
        self.number(name) != 0
    }

    /// A text that is neither missing nor empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.trim().is_empty())
    }

    /// Whether the value, a number or a text, is the one that PuTTY has without any.
    pub fn is_default(&self, name: &str) -> bool {
        let default = self.default(name);
        match default.parse::<i32>() {
            Ok(number) => self.number(name) == number,
            Err(_) if default.is_empty() => {
                let text = self.text(name);
                text.is_empty() || text == "0"
            }
            Err(_) => self.text(name) == default,
        }
    }

    /// The host, without the user and the port that may be written with it.
    pub fn host(&self) -> String {
        let text = self.text("HostName");
        let text = text.rsplit_once('@').map_or(text.as_str(), |(_, host)| host);
        let host: String = text.chars().filter(|letter| !matches!(letter, ' ' | '\t')).collect();
        if let Some((inner, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            return inner.to_owned();
        }
        match host.split_once(':') {
            Some((name, port)) if !port.contains(':') => name.to_owned(),
            _ => host,
        }
    }

    /// The user: the one written with the host, or else `UserName`.
    pub fn user(&self) -> Option<String> {
        let host = self.text("HostName");
        let within = host.trim_start_matches([' ', '\t']).rsplit_once('@').map(|(user, _)| user);
        let user = within.map_or_else(|| self.text("UserName"), str::to_owned);
        Some(user).filter(|user| !user.is_empty())
    }

    /// The protocol's word, `ssh` if none is kept.
    pub fn protocol(&self) -> String {
        match self.keeper {
            Keeper::Putty => self.filled("Protocol").unwrap_or_else(|| "ssh".to_owned()),
            Keeper::WinScp => "ssh".to_owned(),
        }
    }

    /// The port. PuTTY keeps one for its protocol, and ignores it if no protocol is kept.
    pub fn port(&self) -> PuttyPort {
        let kept = self.keeper == Keeper::WinScp || self.key.has("Protocol");
        match self.key.number("PortNumber").filter(|_| kept).unwrap_or(22) {
            0 => PuttyPort::Zero,
            number => {
                u16::try_from(number).map_or(PuttyPort::Impossible(number), PuttyPort::Number)
            }
        }
    }

    /// The way to the host. PuTTY connects directly if it does not know the method; here that is
    /// [`ProxyMethod::Other`].
    pub fn proxy_method(&self) -> ProxyMethod {
        match self.key.number("ProxyMethod") {
            Some(-1) | None => self.old_proxy_method(),
            Some(0) => ProxyMethod::Direct,
            Some(1) => ProxyMethod::Socks4,
            Some(2) => ProxyMethod::Socks5,
            Some(3) => ProxyMethod::Http,
            Some(4) => ProxyMethod::Telnet,
            Some(5) => ProxyMethod::Command,
            Some(6) => ProxyMethod::Jump,
            Some(other) => ProxyMethod::Other(other),
        }
    }

    /// The way to the host as PuTTY kept it before version 0.58.
    fn old_proxy_method(&self) -> ProxyMethod {
        match self.number("ProxyType") {
            0 => ProxyMethod::Direct,
            1 => ProxyMethod::Http,
            2 if self.key.number("ProxySOCKSVersion") == Some(4) => ProxyMethod::Socks4,
            2 => ProxyMethod::Socks5,
            3 => ProxyMethod::Telnet,
            4 => ProxyMethod::Command,
            other => ProxyMethod::Other(other),
        }
    }

    /// An order of preference: `Cipher`, `KEX` or `HostKey`, with the words that the session does
    /// not know put where PuTTY puts them.
    pub fn preferences(&self, kind: &'static Preferences) -> Vec<&'static str> {
        preferences::ordered(kind, self.key.text(kind.name).as_deref())
    }

    fn default(&self, name: &str) -> &'static str {
        if self.keeper == Keeper::WinScp && name == "AuthGSSAPIKEX" {
            return "0";
        }
        DEFAULTS.iter().find(|(key, _)| *key == name).map_or("", |(_, default)| default)
    }
}
