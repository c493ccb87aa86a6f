//! The way to the host in PuTTY's settings for proxies.

use crate::registry::WrittenField;

/// PuTTY's numbers in `ProxyMethod`.
const NONE: i32 = 0;
const SOCKS4: i32 = 1;
const SOCKS5: i32 = 2;
const HTTP: i32 = 3;
const TELNET: i32 = 4;
const COMMAND: i32 = 5;
const SSH_JUMP: i32 = 6;
/// PuTTY's default in `ProxyPort`.
const PROXY_PORT: i32 = 80;
/// `ProxyDNS`: the client looks names up.
const DNS_HERE: i32 = 0;
/// `ProxyDNS`: PuTTY decides by the kind of proxy.
const DNS_AUTO: i32 = 1;
/// `ProxyDNS`: the proxy looks names up.
const DNS_THERE: i32 = 2;

/// The way to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportRoute {
    /// Directly.
    Direct,
    /// Through a proxy server.
    Proxy {
        /// Its protocol: `http`, `socks4`, `socks4a`, `socks5`, `socks5h` or `telnet`.
        kind: String,
        /// Its host.
        host: String,
        /// Its port.
        port: u16,
        /// The user, if it has one.
        user: Option<String>,
        /// What a Telnet proxy is sent, with PuTTY's escapes.
        opening: Option<String>,
    },
    /// Through one jump host.
    Jump {
        /// The host, or the name of a session.
        host: String,
        /// Its port.
        port: u16,
        /// The user on it.
        user: String,
    },
    /// Through a command, with the tokens of ProxyCommand.
    Command(String),
    /// Through Teleport's tsh.
    Teleport {
        /// The path of tsh.
        tsh: String,
        /// The proxy's host, without port.
        proxy: String,
        /// The cluster that the host is in.
        cluster: String,
    },
}

/// The values for a way to the host; `None` if PuTTY cannot go it. `user` logs in to the host.
pub(super) fn fields(route: &ExportRoute, user: &str) -> Option<Vec<WrittenField>> {
    let text = WrittenField::text;
    let number = WrittenField::number;
    let method = |method| number("ProxyMethod", method, NONE);
    let command = |command: &str, user: &str| {
        vec![
            method(COMMAND),
            text("ProxyTelnetCommand", command),
            text("ProxyUsername", user),
            number("ProxyLocalhost", 1, 0),
        ]
    };
    Some(match route {
        ExportRoute::Direct => vec![method(NONE)],
        ExportRoute::Proxy { kind, host, port, user, opening } => {
            let (kind, dns) = match kind.as_str() {
                "socks4" => (SOCKS4, DNS_HERE),
                "socks4a" => (SOCKS4, DNS_THERE),
                "socks5" => (SOCKS5, DNS_HERE),
                "socks5h" => (SOCKS5, DNS_THERE),
                "http" => (HTTP, DNS_AUTO),
                "telnet" => (TELNET, DNS_AUTO),
                _ => return None,
            };
            let mut fields = vec![
                method(kind),
                text("ProxyHost", host),
                number("ProxyPort", (*port).into(), PROXY_PORT),
                text("ProxyUsername", user.as_deref().unwrap_or_default()),
                number("ProxyDNS", dns, DNS_AUTO),
                number("ProxyLocalhost", 1, 0),
            ];
            if kind == TELNET {
                let opening = opening.as_deref().unwrap_or("connect %host %port\\n");
                fields.push(text("ProxyTelnetCommand", opening));
            }
            fields
        }
        ExportRoute::Jump { host, port, user } => vec![
            method(SSH_JUMP),
            text("ProxyHost", host),
            number("ProxyPort", (*port).into(), PROXY_PORT),
            text("ProxyUsername", user),
            number("ProxyDNS", DNS_THERE, DNS_AUTO),
            number("ProxyLocalhost", 1, 0),
        ],
        ExportRoute::Command(template) => command(&of_template(template)?, user),
        ExportRoute::Teleport { tsh, proxy, cluster } => {
            let tsh = tsh.replace('\\', "\\\\").replace('%', "%%");
            let tsh = match tsh.contains(char::is_whitespace) {
                true => format!("\"{tsh}\""),
                false => tsh,
            };
            let line =
                format!("{tsh} proxy ssh --cluster={cluster} --proxy=%proxyhost %user@%host:%port");
            let mut fields = command(&line, user);
            fields.extend([
                text("ProxyHost", proxy),
                number("ProxyPort", 0, PROXY_PORT),
                number("ProxyLogToTerm", 2, 1),
                number("AuthGSSAPI", 0, 1),
                number("AuthGSSAPIKEX", 0, 1),
            ]);
            fields
        }
    })
}

/// A ProxyCommand with PuTTY's escapes in the place of its tokens; `None` if it has a token that
/// PuTTY lacks.
fn of_template(template: &str) -> Option<String> {
    let mut command = String::with_capacity(template.len());
    let mut letters = template.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => command.push_str(match letters.next()? {
                'h' | 'n' => "%host",
                'p' => "%port",
                'r' => "%user",
                '%' => "%%",
                _ => return None,
            }),
            '\\' => command.push_str("\\\\"),
            letter => command.push(letter),
        }
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_get_puttys_escapes() {
        for (template, wanted) in [
            ("nc %h %p", Some("nc %host %port")),
            ("x -l %r %hname 100%%", Some("x -l %user %hostname 100%%")),
            ("a\\tb \\%h", Some("a\\\\tb \\\\%host")),
            ("x %d", None),
            ("x %", None),
        ] {
            assert_eq!(of_template(template).as_deref(), wanted, "{template}");
        }
    }

    #[test]
    fn a_path_of_tsh_survives_puttys_escapes() {
        let route = ExportRoute::Teleport {
            tsh: "C:\\Users\\me\\100% tsh.exe".to_owned(),
            proxy: "teleport.example.com".to_owned(),
            cluster: "leaf".to_owned(),
        };
        let fields = fields(&route, "root").unwrap();
        let line = "\"C:\\\\Users\\\\me\\\\100%% tsh.exe\" proxy ssh --cluster=leaf \
                    --proxy=%proxyhost %user@%host:%port";
        assert!(fields.contains(&WrittenField::text("ProxyTelnetCommand", line)), "{fields:?}");
    }
}
