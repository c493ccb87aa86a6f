//! Parses a typed destination: `[user@]host[:port]` or `ssh://[user@]host[:port][/]`.
//!
//! No host name is resolved, and `config` applies aliases and Host blocks. A port may be the name of
//! a service, as it may in ssh(1) wherever it takes one. ssh(1) takes `name:22` for a host name; a
//! name cannot contain a colon, so here the digits are the port. The
//! characters that ssh(1) refuses are refused here, too, because names are substituted into
//! ProxyCommand and other shell lines (CVE-2023-51385). The URI form follows
//! draft-ietf-secsh-scp-sftp-ssh-uri.

use crate::error::{Error, Kind, Result};
use crate::os::service;
use crate::say;

/// The longest host name taken, in bytes: NI_MAXHOST of getnameinfo(3).
pub const MAX_HOST: usize = 1025;

/// The longest user name taken, in bytes. Linux allows 32 and directory services 256; the rest is
/// reserve.
pub const MAX_USER: usize = 1024;

/// A destination split into its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The remote user, if one was typed.
    pub user: Option<String>,
    /// The host as typed, without the brackets of an IPv6 address. May be an alias.
    pub host: String,
    /// The port, 1 to 65535, if one was typed.
    pub port: Option<u16>,
    /// Whether the text was an `ssh://` URI.
    pub uri: bool,
}

impl Destination {
    /// Splits a destination. The last `@` ends the user, which may contain `@` and `:`.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the host is empty, too long, or contains a character that no host name has;
    /// the user contains a character that a shell would act on; the port is invalid; or a URI has a
    /// path.
    pub fn parse(text: &str) -> Result<Destination> {
        let destination = match text.get(..6) {
            Some(scheme) if scheme.eq_ignore_ascii_case("ssh://") => parse_uri(&text[6..])?,
            _ => parse_plain(text)?,
        };
        // What is missing is told with the form that has it.
        let hint = |part: &str, error: Error| match part.is_empty() {
            true => error.hint(say!(destination_form_hint)),
            false => error,
        };
        let host = &destination.host;
        check_host(host).map_err(|error| hint(host, error))?;
        if let Some(user) = &destination.user {
            check_typed_user(user).map_err(|error| hint(user, error))?;
        }
        Ok(destination)
    }
}

/// Writes a destination in its plain form, `[user@]host[:port]`. The brackets of an IPv6 address
/// stand only where a port follows.
pub fn plain_form(user: Option<&str>, host: &str, port: Option<u16>) -> String {
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    match port {
        Some(port) if host.contains(':') => format!("{user}[{host}]:{port}"),
        Some(port) => format!("{user}{host}:{port}"),
        None => format!("{user}{host}"),
    }
}

/// Checks that this can be the name of a host, as typed or from HostName.
///
/// # Errors
/// [`Kind::Usage`] with the reason.
pub fn check_host(host: &str) -> Result<()> {
    if host.is_empty() {
        return Err(usage(say!(host_name_empty)));
    }
    if host.len() > MAX_HOST {
        return Err(usage(say!(host_name_too_long, limit = MAX_HOST)));
    }
    if host.starts_with('-') {
        return Err(
            usage(say!(host_name_starts_with_dash)).hint(say!(host_name_starts_with_dash_hint))
        );
    }
    let bad = |c: char| c.is_control() || c.is_whitespace() || "'`\"$\\;&<>|(){}".contains(c);
    if host.contains(bad) {
        return Err(usage(say!(host_name_invalid_characters)));
    }
    Ok(())
}

/// Checks that this can be the name of a remote user, from any source.
///
/// # Errors
/// [`Kind::Usage`] with the reason.
pub fn check_user(user: &str) -> Result<()> {
    if user.is_empty() {
        return Err(usage(say!(user_name_empty)));
    }
    if user.len() > MAX_USER {
        return Err(usage(say!(user_name_too_long, limit = MAX_USER)));
    }
    let bad = |c: char| c.is_control() || "'`\";&<>|(){}".contains(c);
    // A dash after a blank would start an option of the command that the name is substituted into;
    // a backslash at the end would join the name with what follows.
    let dash = user.starts_with('-') || user.split(char::is_whitespace).any(|w| w.starts_with('-'));
    if dash || user.ends_with('\\') || user.contains(bad) {
        return Err(usage(say!(user_name_invalid_characters)));
    }
    Ok(())
}

/// Checks that this can be typed as the name of a remote user. `$` is refused, too: it suggests a
/// variable, and typed names are not expanded.
///
/// # Errors
/// [`Kind::Usage`] with the reason.
pub fn check_typed_user(user: &str) -> Result<()> {
    match user.contains('$') {
        true => Err(usage(say!(user_name_invalid_characters))),
        false => check_user(user),
    }
}

/// Parses a port number: 1 to 65535 in plain decimal digits.
///
/// # Errors
/// [`Kind::Usage`]: `Bad port 'x'`.
pub fn parse_port(text: &str) -> Result<u16> {
    positive(number_or_service(text, |_| None), text)
}

/// Parses a port, or the name of a service.
///
/// # Errors
/// [`Kind::Usage`]: `Bad port 'x'`.
pub fn port_or_service(text: &str) -> Result<u16> {
    positive(number_or_service(text, service::tcp_port), text)
}

/// Parses plain decimal digits up to 65535, or the name of a service, which `service` finds.
pub fn number_or_service(text: &str, service: impl Fn(&str) -> Option<u16>) -> Option<u16> {
    match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().ok(),
        false => service(text),
    }
}

/// The port that was found in a text, if it is one to connect to.
fn positive(port: Option<u16>, text: &str) -> Result<u16> {
    port.filter(|&port| port > 0).ok_or_else(|| {
        let shown: String = text.chars().take(40).flat_map(char::escape_default).collect();
        usage(say!(port_bad, shown)).hint(say!(port_range))
    })
}

fn parse_plain(text: &str) -> Result<Destination> {
    let (user, rest) = match text.rsplit_once('@') {
        Some((user, rest)) => (Some(user.to_owned()), rest),
        None => (None, text),
    };
    let (host, port) = split_port(rest)?;
    Ok(Destination { user, host, port, uri: false })
}

fn parse_uri(text: &str) -> Result<Destination> {
    let (authority, path) = match text.find('/') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    if !path.is_empty() {
        return Err(usage(say!(uri_path)).hint(say!(uri_end_hint)));
    }
    if authority.contains(['?', '#']) {
        return Err(usage(say!(uri_query)));
    }
    let (info, rest) = match authority.rsplit_once('@') {
        Some((info, rest)) => (Some(info), rest),
        None => (None, authority),
    };
    if info.is_some_and(|info| info.contains('@')) {
        return Err(usage(say!(uri_bare_at)).hint(say!(uri_bare_at_hint)));
    }
    // Connection parameters may follow a `;`; ssh(1) accepts and ignores them, too.
    let user = match info {
        Some(info) => Some(percent_decoded(info.split(';').next().unwrap_or_default())?),
        None => None,
    };
    let (host, port) = split_port(rest.strip_suffix(':').unwrap_or(rest))?;
    Ok(Destination { user, host, port, uri: true })
}

/// Splits `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address.
fn split_port(text: &str) -> Result<(String, Option<u16>)> {
    if let Some(inner) = text.strip_prefix('[') {
        let Some((host, rest)) = inner.split_once(']') else {
            return Err(usage(say!(bracket_not_closed)));
        };
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host.to_owned(), Some(port_or_service(port)?))),
            None if rest.is_empty() => Ok((host.to_owned(), None)),
            None => Err(usage(say!(bracket_then_no_port))),
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => {
            Ok((host.to_owned(), Some(port_or_service(port)?)))
        }
        Some((_, _)) if address(text) => Ok((text.to_owned(), None)),
        Some((_, _)) => Err(usage(say!(several_colons)).hint(say!(address_with_port_hint))),
        None => Ok((text.to_owned(), None)),
    }
}

/// Whether the text is an IPv6 address, possibly with a zone.
fn address(text: &str) -> bool {
    let bare = text.split('%').next().unwrap_or_default();
    bare.parse::<std::net::Ipv6Addr>().is_ok()
}

fn percent_decoded(text: &str) -> Result<String> {
    let bad = || usage(say!(uri_bad_percent));
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16)).ok_or_else(bad);
        let value = digit()? * 16 + digit()?;
        out.push(u8::try_from(value).map_err(|_| bad())?);
    }
    String::from_utf8(out).map_err(|_| usage(say!(user_name_not_utf8)))
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, String, Option<u16>) {
        let d = Destination::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        (d.user, d.host, d.port)
    }

    #[test]
    fn takes_every_form_apart() {
        for (text, user, host, port) in [
            ("h", None, "h", None),
            ("u@h", Some("u"), "h", None),
            ("u@h:22", Some("u"), "h", Some(22)),
            ("h:65535", None, "h", Some(65535)),
            ("a@b@h", Some("a@b"), "h", None),
            ("u:style@999.999.999.999", Some("u:style"), "999.999.999.999", None),
            ("u:p@h:2", Some("u:p"), "h", Some(2)),
            ("DOMAIN\\u@h", Some("DOMAIN\\u"), "h", None),
            ("a b@h", Some("a b"), "h", None),
            ("::1", None, "::1", None),
            ("u@fe80::1%eth0", Some("u"), "fe80::1%eth0", None),
            ("[::1]", None, "::1", None),
            ("[::1]:2222", None, "::1", Some(2222)),
            ("u@[fe80::1%eth0]:22", Some("u"), "fe80::1%eth0", Some(22)),
            ("[127.0.0.1]:22", None, "127.0.0.1", Some(22)),
            ("ssh://h", None, "h", None),
            ("SSH://h/", None, "h", None),
            ("ssh://u@h:22/", Some("u"), "h", Some(22)),
            ("ssh://u%40x@h", Some("u@x"), "h", None),
            ("ssh://u;fingerprint=x@h", Some("u"), "h", None),
            ("ssh://h:", None, "h", None),
            ("ssh://h:ssh/", None, "h", Some(22)),
            ("h:http", None, "h", Some(80)),
            ("[::1]:https", None, "::1", Some(443)),
            ("ssh://[::1]:22", None, "::1", Some(22)),
            ("ssh://keygen", None, "keygen", None),
        ] {
            let wanted = (user.map(str::to_owned), host.to_owned(), port);
            assert_eq!(parsed(text), wanted, "{text}");
        }
    }

    #[test]
    fn the_plain_form_leads_to_the_same_place() {
        for (user, host, port, text) in [
            (None, "web", None, "web"),
            (Some("root"), "web", Some(2222), "root@web:2222"),
            (None, "2001:db8::7", None, "2001:db8::7"),
            (Some("a@b"), "fe80::1%eth0", Some(22), "a@b@[fe80::1%eth0]:22"),
        ] {
            assert_eq!(plain_form(user, host, port), text);
            let (user, host) = (user.map(str::to_owned), host.to_owned());
            assert_eq!(parsed(text), (user, host, port));
        }
    }

    #[test]
    fn refuses_what_no_host_or_user_can_be() {
        let long = "h".repeat(MAX_HOST + 1);
        for text in [
            "",
            "@h",
            "u@",
            "-h",
            "u@-h",
            "-u@h",
            "h x",
            "h\tx",
            "h\nx",
            "h\u{1b}[2J",
            "h;x",
            "h$(x)",
            "h`x`",
            "h'x",
            "h\\x",
            "h{x}",
            "a;b@h",
            "u'@h",
            "u\\@h",
            "a -b@h",
            "u\u{7}@h",
            "u`x`@h",
            "u$x@h",
            "${X}@h",
            "h:",
            "h:0",
            "h:65536",
            "h:+22",
            "h:22x",
            "h:x",
            "h:1:2",
            "[::1",
            "[::1]x",
            "[]:22",
            "[::1]:",
            "ssh://",
            "ssh://u@",
            "ssh://h/p",
            "ssh://h:0",
            "ssh://h:22:33",
            "ssh://u@h@k",
            "ssh://u%zz@h",
            "ssh://u%00@h",
            "ssh://u%3b@h",
            "ssh://u%ff@h",
            "ssh://h?x",
            "ssh://h#x",
            &long,
        ] {
            let error = Destination::parse(text).expect_err(text);
            assert_eq!(error.kind(), Kind::Usage, "{text}");
            assert!(!error.to_string().contains(char::is_control), "{text}");
        }
    }

    #[test]
    fn never_panics() {
        proptest::proptest!(|(text in ".{0,60}", prefix in "(ssh://)?[a@:\\[\\]%/]{0,9}")| {
            if let Ok(d) = Destination::parse(&format!("{prefix}{text}")) {
                proptest::prop_assert!(check_host(&d.host).is_ok());
                proptest::prop_assert!(d.user.is_none_or(|u| check_user(&u).is_ok()));
            }
        });
    }
}
