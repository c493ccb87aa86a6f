//! Parses forwardings as ssh_config(5) and ssh(1) write them: LocalForward, RemoteForward,
//! DynamicForward and `-L -R -D -W`.
//!
//! The form is `[bind:]port:host:port`. A path can replace either side, brackets enclose what
//! contains colons, and in a config file a blank separates the sides. Nothing is bound or opened
//! here; the client does that (RFC 4254 section 7).

use std::fmt;

use crate::config::fault::{ConfigFault, shown};
use crate::config::keyword::Keyword;
use crate::destination::number_or_service;
use crate::os::service;
use crate::say;

/// The longest host name that the system's resolver accepts.
const MAX_HOST: usize = 1024;
/// The longest path of a Unix socket on Linux, without the final NUL.
const MAX_SOCKET_PATH: usize = 107;
/// The most fields of a forwarding.
const MAX_FIELDS: usize = 4;

/// The listening side of a forwarding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A TCP port.
    Tcp {
        /// The address to bind; `None` lets GatewayPorts decide, `*` and the empty word mean all.
        host: Option<String>,
        /// The port; 0, allowed only in a remote forwarding, lets the server choose.
        port: u16,
    },
    /// A Unix socket.
    Path(String),
}

/// The destination of a forwarding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connect {
    /// A TCP port.
    Tcp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket.
    Path(String),
    /// The destination that the SOCKS client names.
    Socks,
}

/// One forwarding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The listening side.
    pub listen: Listen,
    /// The destination.
    pub connect: Connect,
}

impl Forward {
    /// How the argument of `-W` is written.
    pub const STDIO_FORM: &str = "host:port";

    /// Parses the arguments of one of the three keywords, or the single argument of its flag.
    ///
    /// # Errors
    /// `Bad forwarding specification`.
    pub fn parse(keyword: Keyword, args: &[String]) -> Result<Forward, ConfigFault> {
        let text = args.join(":");
        let bad = || say!(config_bad_forward, text = shown(&args.join(" ")));
        let fields = fields(text.trim_start()).ok_or_else(bad)?;
        let remote = keyword == Keyword::RemoteForward;
        let socks = keyword == Keyword::DynamicForward || (remote && fields.len() <= 2);
        let socks = socks && !fields.iter().skip(1).any(|field| field.path);
        let forward = if socks { dynamic(&fields) } else { directed(&fields) };
        let forward = forward.ok_or_else(bad)?;
        match &forward.listen {
            Listen::Tcp { port: 0, .. } if !remote => Err(bad()),
            _ => Ok(forward),
        }
    }

    /// Parses the argument of `-W`: a host and a port, or the path of a socket.
    ///
    /// # Errors
    /// `Bad stdio forwarding specification`.
    pub fn parse_stdio(text: &str) -> Result<Connect, ConfigFault> {
        let bad = || say!(config_bad_stdio_forward, text = shown(text));
        let fields = fields(text).ok_or_else(bad)?;
        match fields.as_slice() {
            [host, port] if !host.path && !host.text.is_empty() => {
                let port = number(&port.text).filter(|&port| port > 0).ok_or_else(bad)?;
                Ok(Connect::Tcp { host: host.text.clone(), port })
            }
            [only] if only.path => socket(only).ok_or_else(bad),
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Listen {
    /// Writes the listening side as `ssh -G` prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Tcp { host: None, port } => write!(f, "{port}"),
            Listen::Tcp { host: Some(host), port } => write!(f, "[{host}]:{port}"),
            Listen::Path(path) => f.write_str(path),
        }
    }
}

impl fmt::Display for Connect {
    /// Writes the destination as `ssh -G` prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Connect::Tcp { host, port } => write!(f, "[{host}]:{port}"),
            Connect::Path(path) => f.write_str(path),
            Connect::Socks => f.write_str("[socks]:0"),
        }
    }
}

struct ForwardField {
    text: String,
    /// Whether the field contains a slash, so that it is the path of a socket.
    path: bool,
}

/// Splits at colons, but not within brackets or after a backslash.
fn fields(text: &str) -> Option<Vec<ForwardField>> {
    let mut fields = Vec::new();
    let mut rest = Some(text).filter(|text| !text.is_empty());
    while let Some(text) = rest {
        if fields.len() == MAX_FIELDS {
            return None;
        }
        let (field, after) = match text.strip_prefix('[') {
            Some(inner) => {
                let (field, after) = inner.split_once(']')?;
                let after = match after.strip_prefix(':') {
                    None if after.is_empty() => None,
                    None => return None,
                    Some(after) => Some(after),
                };
                (field.to_owned(), after)
            }
            None => plain(text)?,
        };
        let path = field.contains('/');
        fields.push(ForwardField { text: field, path });
        rest = after.filter(|after| !after.is_empty());
    }
    (!fields.is_empty()).then_some(fields)
}

fn plain(text: &str) -> Option<(String, Option<&str>)> {
    let mut field = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => field.push(chars.next()?.1),
            ':' => return Some((field, Some(&text[at + 1..]))),
            c => field.push(c),
        }
    }
    Some((field, None))
}

fn dynamic(fields: &[ForwardField]) -> Option<Forward> {
    let listen = match fields {
        [only] => listen(None, only)?,
        [host, port] => listen(Some(host), port)?,
        _ => return None,
    };
    Some(Forward { listen, connect: Connect::Socks })
}

fn directed(fields: &[ForwardField]) -> Option<Forward> {
    let (listen, connect) = match fields {
        [from, to] if from.path && to.path => (listen(None, from)?, socket(to)?),
        [port, to] if to.path => (listen(None, port)?, socket(to)?),
        [from, host, port] if from.path => (listen(None, from)?, target(host, port)?),
        [host, port, to] if to.path => (listen(Some(host), port)?, socket(to)?),
        [from, host, port] => (listen(None, from)?, target(host, port)?),
        [bind, from, host, port] => (listen(Some(bind), from)?, target(host, port)?),
        _ => return None,
    };
    Some(Forward { listen, connect })
}

fn listen(host: Option<&ForwardField>, port: &ForwardField) -> Option<Listen> {
    if port.path && host.is_none() {
        return path(port).map(Listen::Path);
    }
    let host = host.map(|field| field.text.clone());
    number(&port.text).map(|port| Listen::Tcp { host, port })
}

fn target(host: &ForwardField, port: &ForwardField) -> Option<Connect> {
    let port = number(&port.text).filter(|&port| port > 0)?;
    let host = Some(host.text.clone()).filter(|host| host.len() <= MAX_HOST)?;
    Some(Connect::Tcp { host, port })
}

fn socket(field: &ForwardField) -> Option<Connect> {
    path(field).map(Connect::Path)
}

fn path(field: &ForwardField) -> Option<String> {
    Some(field.text.clone()).filter(|path| path.len() <= MAX_SOCKET_PATH)
}

/// Parses a port, in digits or as the name of a service.
fn number(text: &str) -> Option<u16> {
    number_or_service(text, service::tcp_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keyword: Keyword, text: &str) -> Option<String> {
        let args: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let forward = Forward::parse(keyword, &args).ok()?;
        Some(format!("{} {}", forward.listen, forward.connect))
    }

    #[test]
    fn forwards_are_read_as_ssh_reads_them() {
        for (keyword, text, wanted) in [
            (Keyword::LocalForward, "1 h:2", Some("1 [h]:2")),
            (Keyword::LocalForward, "1:h:2", Some("1 [h]:2")),
            (Keyword::LocalForward, "b:1:h:2", Some("[b]:1 [h]:2")),
            (Keyword::LocalForward, "[::1]:1 [::2]:3", Some("[::1]:1 [::2]:3")),
            (Keyword::LocalForward, ":1 h:2", Some("[]:1 [h]:2")),
            (Keyword::LocalForward, "*:1 h:2", Some("[*]:1 [h]:2")),
            (Keyword::LocalForward, "/a /b", Some("/a /b")),
            (Keyword::LocalForward, "/a h:2", Some("/a [h]:2")),
            (Keyword::LocalForward, "1 /b", Some("1 /b")),
            (Keyword::LocalForward, "b:1 /b", Some("[b]:1 /b")),
            (Keyword::LocalForward, "[/a:b] /c\\:d", Some("/a:b /c:d")),
            (Keyword::LocalForward, "0 h:2", None),
            (Keyword::LocalForward, "1 h:0", None),
            (Keyword::LocalForward, "1 h", None),
            (Keyword::LocalForward, "70000 h:2", None),
            (Keyword::LocalForward, "1 h:2:3:4", None),
            (Keyword::LocalForward, "[::1 h:2", None),
            (Keyword::LocalForward, "+1 h:2", None),
            (Keyword::LocalForward, "1:h:https", Some("1 [h]:443")),
            (Keyword::LocalForward, "b:http h:ssh", Some("[b]:80 [h]:22")),
            (Keyword::LocalForward, "1 h:no-such-service", None),
            (Keyword::RemoteForward, "ssh", Some("22 [socks]:0")),
            (Keyword::RemoteForward, "0 h:2", Some("0 [h]:2")),
            (Keyword::RemoteForward, "9", Some("9 [socks]:0")),
            (Keyword::RemoteForward, "b:9", Some("[b]:9 [socks]:0")),
            (Keyword::RemoteForward, "/s", Some("/s [socks]:0")),
            (Keyword::RemoteForward, "[::1]:0 /y", Some("[::1]:0 /y")),
            (Keyword::DynamicForward, "9", Some("9 [socks]:0")),
            (Keyword::DynamicForward, "[::1]:9", Some("[::1]:9 [socks]:0")),
            (Keyword::DynamicForward, "0", None),
            (Keyword::DynamicForward, "a:1:b:2", None),
            (Keyword::DynamicForward, "", None),
        ] {
            assert_eq!(read(keyword, text).as_deref(), wanted, "{keyword:?} {text}");
        }
    }

    #[test]
    fn standard_input_leads_to_a_port() {
        let read = |text: &str| Forward::parse_stdio(text).ok().map(|to| to.to_string());
        assert_eq!(read("h:1").as_deref(), Some("[h]:1"));
        assert_eq!(read("h:https").as_deref(), Some("[h]:443"));
        assert_eq!(read("[::1]:22").as_deref(), Some("[::1]:22"));
        assert_eq!(read("/run/s").as_deref(), Some("/run/s"));
        for bad in ["h", "h:0", ":1", "h:x", "", "h:1:2"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
