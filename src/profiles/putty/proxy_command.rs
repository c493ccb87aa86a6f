//! `ProxyTelnetCommand`: the line for a Telnet proxy, or the command of this machine.
//!
//! `%host %port %user %pass %proxyhost %proxyport` are replaced, in any case and even if letters
//! follow (`%hostname` is the host and `name`); `\\ \% \r \n \t \xHH` are characters; all else
//! stays. `%user` and `%pass` are the proxy's.

use crate::secret::{Secret, SecretBytes};

/// The replacements, in the order in which PuTTY looks for them.
const NAMES: [(&str, Piece); 6] = [
    ("host", Piece::Host),
    ("port", Piece::Port),
    ("user", Piece::User),
    ("pass", Piece::Password),
    ("proxyhost", Piece::ProxyHost),
    ("proxyport", Piece::ProxyPort),
];

/// A part of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Byte(u8),
    Host,
    Port,
    User,
    Password,
    ProxyHost,
    ProxyPort,
}

/// What is put into the line.
#[derive(Clone, Copy)]
pub struct ProxyValues<'a> {
    /// The host that the proxy shall connect to.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// The proxy's host.
    pub proxy_host: &'a str,
    /// The proxy's port.
    pub proxy_port: u16,
    /// The user name for the proxy; empty if there is none.
    pub user: &'a str,
    /// The password for the proxy.
    pub password: Option<&'a Secret>,
}

/// Why a command of this machine is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandFault {
    /// It would have the password among its words, where every user can read it.
    Password,
    /// It wants a user for the proxy, and there is none.
    NoUser,
    /// It has control characters, as `\t` becomes where a path has single backslashes.
    ControlCharacters,
    /// There is none.
    Empty,
    /// A value that is put into it would act in a shell.
    ActsInShell(&'static str),
}

/// The bytes that a Telnet proxy is sent.
pub fn opening(line: &str, values: &ProxyValues<'_>) -> SecretBytes {
    let mut bytes = Vec::with_capacity(line.len() + 256);
    for piece in pieces(line) {
        match piece {
            Piece::Byte(byte) => bytes.push(byte),
            Piece::Host => bytes.extend(values.host.as_bytes()),
            Piece::Port => bytes.extend(values.port.to_string().as_bytes()),
            Piece::User => bytes.extend(values.user.as_bytes()),
            Piece::Password => {
                bytes.extend(values.password.map_or("", Secret::expose).as_bytes());
            }
            Piece::ProxyHost => bytes.extend(values.proxy_host.as_bytes()),
            Piece::ProxyPort => bytes.extend(values.proxy_port.to_string().as_bytes()),
        }
    }
    SecretBytes::new(bytes)
}

/// Whether the line has a replacement of this name in it, such as `user`.
pub fn has_piece(line: &str, name: &str) -> bool {
    let wanted = NAMES.iter().find(|(known, _)| *known == name).map(|(_, piece)| *piece);
    wanted.is_some_and(|wanted| pieces(line).contains(&wanted))
}

/// The command of this machine, as ProxyCommand takes it: the host and port of the server are left
/// to its `%h` and `%p`, which are checked when they are put in. `port` is written where it is
/// given, because ProxyCommand has no 0.
///
/// # Errors
/// The command cannot be run safely, or at all.
pub fn template(
    line: &str,
    values: &ProxyValues<'_>,
    port: Option<&str>,
) -> Result<String, CommandFault> {
    let mut bytes = Vec::with_capacity(line.len());
    let put = |name: &'static str, value: &str| match is_plain(value) {
        true => Ok(value.replace('%', "%%")),
        false => Err(CommandFault::ActsInShell(name)),
    };
    for piece in pieces(line) {
        let text = match piece {
            Piece::Byte(b'%') => "%%".to_owned(),
            Piece::Byte(byte) => {
                bytes.push(byte);
                continue;
            }
            Piece::Host => "%h".to_owned(),
            Piece::Port => port.unwrap_or("%p").to_owned(),
            Piece::User if values.user.is_empty() => return Err(CommandFault::NoUser),
            Piece::User => put("ProxyUsername", values.user)?,
            Piece::Password => return Err(CommandFault::Password),
            Piece::ProxyHost => put("ProxyHost", values.proxy_host)?,
            Piece::ProxyPort => values.proxy_port.to_string(),
        };
        bytes.extend(text.as_bytes());
    }
    let command = String::from_utf8(bytes).map_err(|_| CommandFault::ControlCharacters)?;
    let command = command.trim_matches([' ', '\r', '\n']);
    if command.is_empty() {
        return Err(CommandFault::Empty);
    }
    match command.contains(char::is_control) {
        true => Err(CommandFault::ControlCharacters),
        false => Ok(in_own_shell(command)),
    }
}

/// The words that only a shell knows, and the one that for ProxyCommand means no command.
const OF_SHELL: [&str; 28] = [
    "!", ".", ":", "alias", "case", "cd", "command", "eval", "exec", "exit", "export", "for", "if",
    "local", "none", "read", "readonly", "return", "set", "shift", "time", "times", "trap",
    "ulimit", "umask", "unset", "until", "while",
];

/// A command that the shell may replace itself by. Any other, such as one of several commands or one
/// that sets a variable, gets a shell of its own, because PuTTY lets `/bin/sh` run it.
fn in_own_shell(command: &str) -> String {
    let of_shell =
        |word: &str| word.contains('=') || OF_SHELL.contains(&word.to_lowercase().as_str());
    let first = command.split_whitespace().next().is_some_and(of_shell);
    match first || command.contains([';', '&', '|', '(', ')', '{', '}', '$', '`', '<', '>', '#']) {
        true => format!("/bin/sh -c '{}'", command.replace('\'', "'\\''")),
        false => command.to_owned(),
    }
}

/// Whether a value is only a part of a word for a shell.
fn is_plain(value: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "-._:@%+,".contains(letter);
    !value.is_empty() && !value.starts_with('-') && value.chars().all(plain)
}

fn pieces(line: &str) -> Vec<Piece> {
    let mut found = Vec::with_capacity(line.len());
    let mut rest = line.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (piece, length) = match byte {
            b'%' => replaced(after),
            b'\\' => character(after),
            _ => (None, 0),
        };
        found.push(piece.unwrap_or(Piece::Byte(byte)));
        rest = &after[length..];
    }
    found
}

/// What a `%` and the bytes after it mean, and how many of them.
fn replaced(after: &[u8]) -> (Option<Piece>, usize) {
    if after.first() == Some(&b'%') {
        return (Some(Piece::Byte(b'%')), 1);
    }
    let starts = |name: &str| {
        after.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
    };
    let found = NAMES.iter().find(|(name, _)| starts(name));
    found.map_or((None, 0), |(name, piece)| (Some(*piece), name.len()))
}

/// The character that a `\` and the bytes after it mean, and how many of them. Where they mean
/// none, the backslash stays, and the next byte means nothing special.
fn character(after: &[u8]) -> (Option<Piece>, usize) {
    let byte = match after {
        [b'\\', ..] => b'\\',
        [b'%', ..] => b'%',
        [b'r', ..] => b'\r',
        [b'n', ..] => b'\n',
        [b't', ..] => b'\t',
        [b'x' | b'X', digits @ ..] => return hexadecimal(digits),
        _ => return (None, 0),
    };
    (Some(Piece::Byte(byte)), 1)
}

fn hexadecimal(digits: &[u8]) -> (Option<Piece>, usize) {
    let digits = digits.get(..2).filter(|two| two.iter().all(u8::is_ascii_hexdigit));
    let byte = digits.and_then(|two| std::str::from_utf8(two).ok());
    match byte.and_then(|two| u8::from_str_radix(two, 16).ok()) {
        Some(byte) => (Some(Piece::Byte(byte)), 3),
        None => (None, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values<'a>(user: &'a str, password: Option<&'a Secret>) -> ProxyValues<'a> {
        let (host, proxy_host) = ("web1.example.com", "proxy.example.com");
        ProxyValues { host, port: 22, proxy_host, proxy_port: 3080, user, password }
    }

    #[test]
    fn a_telnet_proxy_is_sent_what_putty_sends() {
        let data = include_str!("../../../tests/data/putty/proxy-command.jsonl");
        for line in data.lines() {
            let vector: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |field: &str| vector[field].as_str().unwrap();
            let port = |field: &str| u16::try_from(vector[field].as_u64().unwrap()).unwrap();
            let password = Secret::new(text("pass").to_owned());
            let values = ProxyValues {
                host: text("host"),
                port: port("port"),
                proxy_host: text("proxyhost"),
                proxy_port: port("proxyport"),
                user: text("user"),
                password: Some(&password),
            };
            let sent = opening(text("fmt"), &values);
            assert_eq!(sent.expose(), text("expanded").as_bytes(), "{}", text("fmt"));
        }
    }

    #[test]
    fn a_command_is_written_for_proxy_command() {
        let template = |line, port| template(line, &values("root", None), port);
        let ok = |line, wanted: &str| assert_eq!(template(line, None).as_deref(), Ok(wanted));
        ok("nc %host %port\\n", "nc %h %p");
        ok(
            "tsh --proxy=%proxyhost:%proxyport %user@%HOST",
            "tsh --proxy=proxy.example.com:3080 root@%h",
        );
        ok("x %r %% \\% %d", "x %%r %% %% %%d");
        ok("'C:\\\\a b\\\\c' %hostname", "'C:\\a b\\c' %hname");
        ok("cd /x && nc %host", "/bin/sh -c 'cd /x && nc %h'");
        ok("A='b' nc", "/bin/sh -c 'A='\\''b'\\'' nc'");
        ok("exec nc %host", "/bin/sh -c 'exec nc %h'");
        ok("nc $GATE 2>/dev/null", "/bin/sh -c 'nc $GATE 2>/dev/null'");
        ok("none", "/bin/sh -c 'none'");
        assert_eq!(template("nc %host:%port", Some("0")).as_deref(), Ok("nc %h:0"));
    }

    #[test]
    fn a_command_that_cannot_be_run_is_refused() {
        let fault = |line, user| template(line, &values(user, None), None).unwrap_err();
        assert_eq!(fault("nc %pass", "u"), CommandFault::Password);
        assert_eq!(fault("nc %user", ""), CommandFault::NoUser);
        assert_eq!(fault(" \\n", ""), CommandFault::Empty);
        assert_eq!(fault("C:\\x\\tsh.exe", "u"), CommandFault::ControlCharacters);
        assert_eq!(fault("a\\nb", "u"), CommandFault::ControlCharacters);
        assert_eq!(fault("\\xff", "u"), CommandFault::ControlCharacters);
        for bad in ["a;b", "a b", "*", "[a]", "~root", "#a", "$(id)", "-oX", "a`b`", "a'b", "a\nb"]
        {
            assert_eq!(fault("nc %user", bad), CommandFault::ActsInShell("ProxyUsername"), "{bad}");
        }
    }
}
