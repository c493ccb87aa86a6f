//! A session of PuTTY, or a site of WinSCP, as the fields of a saved session.
//!
//! A value that is PuTTY's own default is not a wish of the person's, so it sets no field; host,
//! port and user are. What tessh cannot do is named, and what it must not do is an error.

use super::forwards;
use super::jump::PuttyJump;
use super::map;
use super::modes;
use super::pins;
use super::preferences::{self, CIPHERS, HOST_KEYS, KEX};
use super::proxy::{self, PuttyRoute};
use super::settings::{Keeper, PuttyPort, PuttySettings};
use crate::profiles::profile::Profile;
use crate::say;
use crate::text;

/// Values that tessh has no counterpart for. They are named if they are not the default.
const UNKNOWN: [&str; 16] = [
    "AuthPlugin",
    "ChangeUsername",
    "ConnectionSharing",
    "GssapiFwd",
    "PreConnectCommand",
    "PreferKnownHostKeys",
    "SSH2DES",
    "SSHLogOmitData",
    "SshBanner",
    "SshNoTrivialAuth",
    "TCPNoDelay",
    "TerminalSpeed",
    "X11AuthFile",
    "X11AuthType",
    "X11Display",
    "BugIgnore2",
];
/// The seconds between WinSCP's keepalives, where they are on and no other number is kept.
const WINSCP_KEEPALIVE: u32 = 30;
/// The most characters of a value that a message shows.
const MAX_SHOWN: usize = 80;

/// A converted session.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The fields.
    pub profile: Profile,
    /// What is not done, one line each.
    pub unhonoured: Vec<String>,
    /// What keeps the session from being used, one line, although it can be shown.
    pub refusal: Option<String>,
    /// The SSH server to go through.
    pub jump: Option<PuttyJump>,
}

/// Converts a session.
///
/// # Errors
/// What keeps the session from being shown, too, one line: a value makes no sense.
pub fn converted(settings: &PuttySettings<'_>) -> Result<Converted, String> {
    let mut profile =
        Profile { host: settings.host(), user: settings.user(), ..Profile::default() };
    let mut unhonoured = Vec::new();
    if profile.host.is_empty() {
        return Err(say!(putty_no_host));
    }
    let route = proxy::route(settings, &profile.host);
    let port = check_protocol(settings).and_then(|()| port(settings));
    let (jump, route) = match (port, route) {
        (Ok(port), Ok(route)) if port.is_some() || matches!(route, PuttyRoute::Command(_)) => {
            profile.port = port;
            (add_route(&mut profile, route, settings, &mut unhonoured), None)
        }
        (Ok(_), Ok(_)) => (None, Some(say!(putty_port, port = 0))),
        (Err(what), _) | (_, Err(what)) => (None, Some(what)),
    };
    let pins = add_login(&mut profile, settings, &mut unhonoured);
    let refusal = route.or(pins.err());
    add_session(&mut profile, settings, &mut unhonoured);
    add_forwards(&mut profile, settings, &mut unhonoured);
    add_options(&mut profile, settings, &mut unhonoured);
    add_log(&mut profile, settings, &mut unhonoured);
    if settings.keeper() == Keeper::Putty {
        let changed = UNKNOWN.iter().filter(|name| !settings.is_default(name));
        unhonoured.extend(changed.map(|name| unknown(settings, name)));
    }
    profile.check().map_err(|(field, what)| format!("{}: {what}", key_of(field)))?;
    Ok(Converted { profile, unhonoured, refusal, jump })
}

/// The key from which a field is made.
fn key_of(field: &str) -> &str {
    match field {
        "host" => "HostName",
        "user" => "UserName",
        "identity" => "PublicKeyFile",
        "certificate" => "DetachedCertificate",
        "command" => "RemoteCommand",
        "host_key_name" => "LogHost",
        "terminal_type" => "TerminalType",
        "terminal_modes" => "TerminalModes",
        "log" => "LogFileName",
        other => other,
    }
}

fn check_protocol(settings: &PuttySettings<'_>) -> Result<(), String> {
    let word = settings.protocol();
    if word != "ssh" && word != "default" {
        return Err(say!(putty_protocol, word = text::line(&word, MAX_SHOWN)));
    }
    // 0 is "SSH-1 only" in current versions and 1 was "1 preferred" in old ones.
    match settings.number("SshProt") {
        0 | 1 => Err(say!(putty_protocol, word = "SSH-1")),
        _ => Ok(()),
    }
}

/// The port; `None` is 0, which only a command takes.
fn port(settings: &PuttySettings<'_>) -> Result<Option<u16>, String> {
    match settings.port() {
        PuttyPort::Number(port) => Ok(Some(port)),
        PuttyPort::Zero => Ok(None),
        PuttyPort::Impossible(port) => Err(say!(putty_port, port)),
    }
}

fn add_route(
    profile: &mut Profile,
    route: PuttyRoute,
    settings: &PuttySettings<'_>,
    unhonoured: &mut Vec<String>,
) -> Option<PuttyJump> {
    match route {
        PuttyRoute::Direct => {}
        PuttyRoute::Server { proxy, line, resolves } => {
            profile.proxy = Some(proxy);
            profile.proxy_telnet_command = line;
            if settings.number("ProxyDNS") == 0 && !resolves {
                unhonoured.push(unknown(settings, "ProxyDNS"));
            }
        }
        PuttyRoute::Command(command) => {
            profile.proxy_command = Some(command);
            if settings.number("ProxyDNS") == 0 {
                unhonoured.push(unknown(settings, "ProxyDNS"));
            }
        }
        PuttyRoute::Jump(jump) => return Some(jump),
    }
    None
}

fn add_login(
    profile: &mut Profile,
    settings: &PuttySettings<'_>,
    unhonoured: &mut Vec<String>,
) -> Result<(), String> {
    // In a path of ours, `%` begins a token.
    let path = |name: &str| settings.filled(name).map(|path| path.replace('%', "%%"));
    profile.identity.extend(path("PublicKeyFile"));
    profile.certificate.extend(path("DetachedCertificate"));
    if settings.flag("SshNoAuth") {
        profile.method = vec!["none".to_owned()];
    } else if !profile.identity.is_empty() {
        profile.method = vec!["publickey".to_owned()];
    } else if !settings.flag("AuthKI") {
        unhonoured.push(unknown(settings, "AuthKI"));
    }
    profile.host_key_name = settings.filled("LogHost");
    profile.fingerprints = pins::pinned(&settings.text("SSHManualHostKeys"))?;
    Ok(())
}

fn add_session(profile: &mut Profile, settings: &PuttySettings<'_>, unhonoured: &mut Vec<String>) {
    // A site of WinSCP has no terminal and no command: it is for files.
    if settings.keeper() == Keeper::WinScp {
        return;
    }
    // In a command of ours, `%` begins a token.
    profile.command = settings.filled("RemoteCommand").map(|command| command.replace('%', "%%"));
    // Unlike ssh, PuTTY requests a terminal for a command, too.
    profile.pty = match (settings.flag("NoPTY"), &profile.command) {
        (true, _) => Some("no".to_owned()),
        (false, Some(_)) => Some("yes".to_owned()),
        (false, None) => None,
    };
    if !settings.is_default("TerminalType") {
        profile.terminal_type = settings.filled("TerminalType");
    }
    if let Some(modes) = settings.key().text("TerminalModes") {
        profile.terminal_modes = modes::parse(&modes);
    }
    for (name, value) in map::parse(&settings.text("Environment")) {
        let bad = |letter: char| letter == '=' || letter.is_control() || letter.is_whitespace();
        match name.is_empty() || name.contains(bad) || value.contains(char::is_control) {
            true => unhonoured.push(entry("Environment", &format!("{name}={value}"))),
            false => profile.environment.push((name, value)),
        }
    }
}

fn add_forwards(profile: &mut Profile, settings: &PuttySettings<'_>, unhonoured: &mut Vec<String>) {
    let [all_local, all_remote] =
        ["LocalPortAcceptAll", "RemotePortAcceptAll"].map(|name| settings.flag(name));
    let found = forwards::parse(&settings.text("PortForwardings"), all_local, all_remote);
    profile.local_forwards = found.local;
    profile.remote_forwards = found.remote;
    profile.dynamic_forwards = found.dynamic;
    unhonoured.extend(found.unknown.iter().map(|value| entry("PortForwardings", value)));
}

fn add_options(profile: &mut Profile, settings: &PuttySettings<'_>, unhonoured: &mut Vec<String>) {
    let mut option = |text: &str| profile.options.push(text.to_owned());
    if settings.flag("SshNoShell") {
        option("SessionType=none");
    }
    if settings.flag("Compression") {
        option("Compression=yes");
    }
    if settings.flag("AgentFwd") {
        option("ForwardAgent=yes");
    }
    if settings.flag("X11Forward") {
        option("ForwardX11=yes");
        option("ForwardX11Trusted=yes");
    }
    match settings.number("AddressFamily") {
        1 => option("AddressFamily=inet"),
        2 => option("AddressFamily=inet6"),
        _ => {}
    }
    if settings.flag("TCPKeepalives") {
        option("TCPKeepAlive=yes");
    }
    match rekey(settings) {
        Some(Ok(limit)) => option(&limit),
        Some(Err(name)) => unhonoured.push(unknown(settings, name)),
        None => {}
    }
    profile.keepalive_interval = keepalive(settings);
    let list = |kind| preferences::algorithms(kind, settings.key().text(kind.name).as_deref());
    profile.cipher = list(&CIPHERS);
    profile.kex = list(&KEX);
    profile.host_key = list(&HOST_KEYS).map(|names| with_certificates(&names));
}

/// The seconds between keepalives, if there are any.
fn keepalive(settings: &PuttySettings<'_>) -> Option<u32> {
    let kind = settings.key().number("PingType");
    let kind = kind.filter(|_| settings.keeper() == Keeper::WinScp);
    let minutes = i64::from(settings.number("PingInterval"));
    let seconds = minutes * 60 + i64::from(settings.number("PingIntervalSecs"));
    let seconds = match (kind, seconds) {
        (Some(0), _) => return None,
        (Some(_), 0) => WINSCP_KEEPALIVE,
        (_, seconds) => u32::try_from(seconds).ok()?,
    };
    (seconds > 0).then_some(seconds.min(i32::MAX.unsigned_abs()))
}

/// RekeyLimit for another number of minutes or bytes than PuTTY's own; the key that is no number
/// of bytes, if it is none.
fn rekey(settings: &PuttySettings<'_>) -> Option<Result<String, &'static str>> {
    if settings.is_default("RekeyTime") && settings.is_default("RekeyBytes") {
        return None;
    }
    let bytes = settings.text("RekeyBytes").to_ascii_uppercase();
    let digits = bytes.strip_suffix(['K', 'M', 'G']).unwrap_or(&bytes);
    let number = digits.parse::<u32>().ok();
    let bytes = match number {
        None => return Some(Err("RekeyBytes")),
        Some(0) => "default",
        Some(few) if few < 16 && digits.len() == bytes.len() => return Some(Err("RekeyBytes")),
        Some(_) => &bytes,
    };
    let minutes = settings.number("RekeyTime").clamp(0, i32::MAX / 60);
    Some(Ok(match minutes {
        0 => format!("RekeyLimit={bytes} none"),
        minutes => format!("RekeyLimit={bytes} {minutes}m"),
    }))
}

/// Host key algorithms with those of their certificates before them, as PuTTY offers these where an
/// authority may have signed the key.
fn with_certificates(names: &str) -> String {
    let suffix = "-cert-v01@openssh.com";
    let both = names.split(',').flat_map(|name| [format!("{name}{suffix}"), name.to_owned()]);
    both.collect::<Vec<_>>().join(",")
}

fn add_log(profile: &mut Profile, settings: &PuttySettings<'_>, unhonoured: &mut Vec<String>) {
    if settings.keeper() == Keeper::WinScp {
        return;
    }
    let format = match settings.number("LogType") {
        0 => return,
        1 => "text",
        2 => "raw",
        _ => return unhonoured.push(unknown(settings, "LogType")),
    };
    if settings.filled("LogFileName").is_none() {
        return unhonoured.push(unknown(settings, "LogType"));
    }
    profile.log = Some(log_template(&settings.text("LogFileName")));
    profile.log_format = Some(format.to_owned());
    // A log is always appended to.
    if settings.number("LogFileClash") == 1 {
        unhonoured.push(unknown(settings, "LogFileClash"));
    }
}

/// PuTTY's template for the name of a log, as ours.
fn log_template(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => out.push_str("%%"),
            '&' => match letters.next() {
                Some('h' | 'H') => out.push_str("&h"),
                Some('p' | 'P') => out.push_str("&p"),
                Some('y' | 'Y') => out.push_str("%Y"),
                Some('m' | 'M') => out.push_str("%m"),
                Some('d' | 'D') => out.push_str("%d"),
                Some('t' | 'T') => out.push_str("%H%M%S"),
                Some('&') | None => out.push_str("&&"),
                Some('%') => out.push_str("&&%%"),
                Some(other) => out.extend(["&&".to_owned(), other.to_string()]),
            },
            other => out.push(other),
        }
    }
    out
}

fn unknown(settings: &PuttySettings<'_>, name: &str) -> String {
    entry(name, &settings.text(name))
}

fn entry(name: &str, value: &str) -> String {
    say!(putty_unhonoured, name, value = text::line(value, MAX_SHOWN))
}
