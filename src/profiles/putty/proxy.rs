//! The way to the host: PuTTY's proxy settings.

use super::jump::PuttyJump;
use super::proxy_command::{self, CommandFault, ProxyValues};
use super::settings::{ProxyMethod, PuttyPort, PuttySettings};
use crate::say;

/// A session's way to its host.
#[derive(Clone, Debug)]
pub enum PuttyRoute {
    /// Directly.
    Direct,
    /// Through a proxy server.
    Server {
        /// The server, as `--proxy` takes it.
        proxy: String,
        /// The line that a Telnet proxy is sent.
        line: Option<String>,
        /// Whether the name can be looked up on this side.
        resolves: bool,
    },
    /// Through a command, as ProxyCommand takes it.
    Command(String),
    /// Through an SSH server.
    Jump(PuttyJump),
}

/// The way to this host.
///
/// # Errors
/// The method is not known, or cannot be used with the other values.
pub fn route(settings: &PuttySettings<'_>, host: &str) -> Result<PuttyRoute, String> {
    let method = settings.proxy_method();
    if method == ProxyMethod::Direct || is_excluded(settings, host) {
        return Ok(PuttyRoute::Direct);
    }
    let local = settings.number("ProxyDNS") == 0;
    let always = settings.number("ProxyDNS") == 2;
    let server = |scheme: &str, line: Option<String>, resolves: bool| {
        Ok(PuttyRoute::Server { proxy: address(settings, scheme)?, line, resolves })
    };
    match method {
        ProxyMethod::Direct => Ok(PuttyRoute::Direct),
        ProxyMethod::Socks4 if always => server("socks4a", None, true),
        ProxyMethod::Socks4 => server("socks4", None, true),
        ProxyMethod::Socks5 if local => server("socks5", None, true),
        ProxyMethod::Socks5 => server("socks5h", None, true),
        ProxyMethod::Http => server("http", None, false),
        ProxyMethod::Telnet => server("telnet", Some(line(settings)?), false),
        ProxyMethod::Command => command(settings, host).map(PuttyRoute::Command),
        ProxyMethod::Jump => Ok(PuttyRoute::Jump(jump(settings)?)),
        ProxyMethod::Other(number) => Err(say!(putty_proxy_method, number)),
    }
}

/// The address of a proxy server.
fn address(settings: &PuttySettings<'_>, scheme: &str) -> Result<String, String> {
    let host = settings.text("ProxyHost");
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let number = settings.number("ProxyPort");
    let port = u16::try_from(number).ok().filter(|&port| port != 0);
    let port = port.ok_or_else(|| say!(putty_proxy_port, port = number))?;
    Ok(match settings.filled("ProxyUsername") {
        Some(user) => format!("{scheme}://{}@{host}:{port}", in_address(&user)),
        None => format!("{scheme}://{host}:{port}"),
    })
}

/// A user as an address has it: what may mean something else in one is `%` and two hexadecimal digits.
fn in_address(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for byte in user.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~\\".contains(&byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The line for a Telnet proxy.
fn line(settings: &PuttySettings<'_>) -> Result<String, String> {
    let line = settings.text("ProxyTelnetCommand");
    let lacking = |piece: &str, name: &str| {
        proxy_command::has_piece(&line, piece) && settings.filled(name).is_none()
    };
    match () {
        () if lacking("user", "ProxyUsername") => Err(say!(putty_command_no_user)),
        () if lacking("pass", "ProxyPassword") => Err(say!(putty_command_no_password)),
        () => Ok(line),
    }
}

fn command(settings: &PuttySettings<'_>, host: &str) -> Result<String, String> {
    let zero = settings.port() == PuttyPort::Zero;
    let [proxy_host, user] = ["ProxyHost", "ProxyUsername"].map(|name| settings.text(name));
    let proxy_port = u16::try_from(settings.number("ProxyPort")).unwrap_or_default();
    let values = ProxyValues {
        host,
        port: 0,
        proxy_host: &proxy_host,
        proxy_port,
        user: &user,
        password: None,
    };
    let line = settings.text("ProxyTelnetCommand");
    let made = proxy_command::template(&line, &values, zero.then_some("0"));
    made.map_err(|fault| match fault {
        CommandFault::Password => say!(putty_command_password),
        CommandFault::NoUser => say!(putty_command_no_user),
        CommandFault::Empty => say!(putty_command_empty),
        CommandFault::ControlCharacters => say!(putty_command_characters),
        CommandFault::ActsInShell(name) => say!(putty_command_acts, name),
    })
}

fn jump(settings: &PuttySettings<'_>) -> Result<PuttyJump, String> {
    let number = settings.number("ProxyPort");
    let port = u16::try_from(number).map_err(|_| say!(putty_proxy_port, port = number))?;
    if settings.filled("ProxyHost").is_none() {
        return Err(say!(putty_no_proxy_host));
    }
    Ok(PuttyJump {
        host: settings.text("ProxyHost"),
        port: Some(port).filter(|&port| port != 0),
        user: settings.filled("ProxyUsername"),
    })
}

/// Whether the host is never reached through the proxy: this machine, unless it shall be, and what
/// `ProxyExcludeList` has: names, and patterns with a `*` at one end.
fn is_excluded(settings: &PuttySettings<'_>, host: &str) -> bool {
    if !settings.flag("ProxyLocalhost") && is_this_machine(host) {
        return true;
    }
    let host = host.to_lowercase();
    let list = settings.text("ProxyExcludeList").to_lowercase();
    let entries = list.split(|letter: char| letter == ',' || letter.is_whitespace());
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        match (entry.strip_prefix('*'), entry.strip_suffix('*')) {
            (Some(end), _) => host.ends_with(end),
            (None, Some(start)) => host.starts_with(start),
            (None, None) => host == entry,
        }
    })
}

/// Whether PuTTY looks the name up itself, and then leaves the proxy out for this machine.
pub fn spares_loopback(settings: &PuttySettings<'_>) -> bool {
    let looks_up = match settings.number("ProxyDNS") {
        0 => true,
        1 => settings.proxy_method() == ProxyMethod::Socks4,
        _ => false,
    };
    looks_up && !settings.flag("ProxyLocalhost")
}

/// Whether this is a name or an address of the machine itself.
fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
