//! The values of one session.

use super::forwards::forwards;
use super::list::escaped;
use super::modes::modes;
use super::route::{self, ExportRoute};
use crate::profiles::profile::Profile;
use crate::registry::WrittenField;
use crate::say;

/// What the session's own fields do not tell, because other configuration counts as well.
#[derive(Clone, Debug)]
pub struct ExportFacts<'a> {
    /// The host to connect to: a name or an address.
    pub host: &'a str,
    /// The port; 0 leaves it to the server's side, which only Teleport knows.
    pub port: u16,
    /// The user on the host.
    pub user: &'a str,
    /// The path of a key file in PuTTY's format.
    pub key: Option<&'a str>,
    /// The path of a certificate file of OpenSSH.
    pub certificate: Option<&'a str>,
    /// The way to the host.
    pub route: &'a ExportRoute,
}

/// A session in PuTTY's form.
#[derive(Clone, Debug)]
pub struct PuttyExport {
    /// The values.
    pub fields: Vec<WrittenField>,
    /// The names of the fields, or options, that PuTTY has no setting for.
    pub left_out: Vec<String>,
}

/// Makes the values of a session.
pub fn putty_session(profile: &Profile, facts: &ExportFacts<'_>) -> PuttyExport {
    let text = WrittenField::text;
    let number = WrittenField::number;
    let mut left_out = Vec::new();
    let mut fields = vec![
        number("Present", 1, 0),
        text("HostName", facts.host),
        text("Protocol", "ssh"),
        number("PortNumber", facts.port.into(), 0).always(),
        text("UserName", facts.user),
        text("PublicKeyFile", facts.key.unwrap_or_default()),
        text("DetachedCertificate", facts.certificate.unwrap_or_default()),
    ];
    match route::fields(facts.route, facts.user) {
        Some(way) => fields.extend(way),
        None => left_out.push("proxy_command".to_owned()),
    }
    let (list, unknown) = forwards(profile);
    fields.push(text("PortForwardings", &list));
    left_out.extend(unknown);
    fields.extend(program(profile, &mut left_out));
    if let Some(kind) = &profile.terminal_type {
        fields.push(text("TerminalType", kind));
    }
    if !profile.terminal_modes.is_empty() {
        fields.push(text("TerminalModes", &modes(&profile.terminal_modes)));
    }
    fields.push(text("LogHost", profile.host_key_name.as_deref().unwrap_or_default()));
    let pairs = profile
        .environment
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    fields.push(text("Environment", &pairs.collect::<Vec<_>>().join(",")));
    fields.push(text("SSHManualHostKeys", &profile.fingerprints.join(",")));
    let seconds = profile.keepalive_interval.and_then(|seconds| i32::try_from(seconds).ok());
    let seconds = seconds.unwrap_or(0);
    fields.push(number("PingInterval", seconds / 60, 0));
    fields.push(number("PingIntervalSecs", seconds % 60, 0));
    fields.extend(login(profile));
    fields.extend(log(profile, &mut left_out));
    for option in &profile.options {
        match of_option(option) {
            Some(field) => fields.push(field),
            None if is_always_so(option) => {}
            None => left_out.push(option.clone()),
        }
    }
    left_out.extend(without_setting(profile));
    PuttyExport { fields, left_out }
}

/// The remote command, and whether there is to be a terminal. Without a terminal asked for, a
/// command has none here, but has one in PuTTY.
fn program(profile: &Profile, left_out: &mut Vec<String>) -> [WrittenField; 2] {
    let without = match profile.pty.as_deref() {
        Some("no") => true,
        Some("yes" | "force") => false,
        _ => profile.command.is_some(),
    };
    let command = without_tokens(profile.command.as_deref().unwrap_or_default());
    if command.is_none() {
        left_out.push("command".to_owned());
    }
    let command = command.unwrap_or_default();
    [
        WrittenField::text("RemoteCommand", &command),
        WrittenField::number("NoPTY", without.into(), 0),
    ]
}

/// A command without its `%%`, which is a `%`; `None` if it has a token, which PuTTY lacks.
fn without_tokens(command: &str) -> Option<String> {
    let whole = command.split("%%").all(|part| !part.contains('%'));
    whole.then(|| command.replace("%%", "%"))
}

/// The methods: PuTTY cannot leave out the password, and uses a key wherever one is named.
fn login(profile: &Profile) -> Vec<WrittenField> {
    if profile.method.is_empty() {
        return Vec::new();
    }
    let has = |name: &str| profile.method.iter().any(|method| method == name);
    let interactive = has("keyboard-interactive") || has("password");
    vec![
        WrittenField::number("TryAgent", has("agent").into(), 1),
        WrittenField::number("AuthKI", interactive.into(), 1),
    ]
}

/// The log: 1 is printable text, 2 all that the server sends.
fn log(profile: &Profile, left_out: &mut Vec<String>) -> Vec<WrittenField> {
    let Some(template) = &profile.log else { return Vec::new() };
    let raw = profile.log_format.as_deref() == Some("raw");
    match log_name(template) {
        Some(name) => vec![
            WrittenField::text("LogFileName", &name),
            WrittenField::number("LogType", if raw { 2 } else { 1 }, 0),
        ],
        None => {
            left_out.push("log".to_owned());
            Vec::new()
        }
    }
}

/// A template with PuTTY's letters; `None` if it has a part that PuTTY lacks.
fn log_name(template: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = template.replace("%H%M%S", "&T");
    while let Some(letter) = rest.chars().next() {
        let two: String = rest.chars().take(2).collect();
        let put = match (two.as_str(), letter) {
            ("&T", _) => "&T",
            ("&h", _) => "&H",
            ("&p", _) => "&P",
            ("&&", _) => "&&",
            ("%Y", _) => "&Y",
            ("%m", _) => "&M",
            ("%d", _) => "&D",
            ("%%", _) => "%",
            (_, '&' | '%') => return None,
            _ => {
                name.push(letter);
                rest.remove(0);
                continue;
            }
        };
        name.push_str(put);
        rest.drain(..two.len());
    }
    Some(name)
}

/// Whether PuTTY does this always: a display that it forwards is trusted.
fn is_always_so(option: &str) -> bool {
    let parts = name_and_value(option);
    parts.is_some_and(|(name, value)| {
        name == "forwardx11trusted" && matches!(value.as_str(), "yes" | "true")
    })
}

/// The name and the value of an option, in lower case.
fn name_and_value(option: &str) -> Option<(String, String)> {
    let end = option.find(|c: char| c == '=' || c.is_whitespace())?;
    let (name, value) = option.split_at(end);
    let value = value.trim_matches(|c: char| c == '=' || c.is_whitespace());
    Some((name.trim().to_ascii_lowercase(), value.to_ascii_lowercase()))
}

/// A further option, as `-o` takes it, for which PuTTY has a setting.
fn of_option(option: &str) -> Option<WrittenField> {
    let (name, value) = name_and_value(option)?;
    let flag = match value.as_str() {
        "yes" | "true" => Some(1),
        "no" | "false" => Some(0),
        _ => None,
    };
    let field = |name, default| Some(WrittenField::number(name, flag?, default));
    match name.as_str() {
        "compression" => field("Compression", 0),
        "forwardagent" => field("AgentFwd", 0),
        "forwardx11" => field("X11Forward", 0),
        "sessiontype" if value == "none" => Some(WrittenField::number("SshNoShell", 1, 0)),
        "sessiontype" if value == "default" => Some(WrittenField::number("SshNoShell", 0, 0)),
        "tcpkeepalive" => field("TCPKeepalives", 0),
        "gatewayports" => field("LocalPortAcceptAll", 0),
        "addressfamily" => {
            let family = match value.as_str() {
                "any" => 0,
                "inet" => 1,
                "inet6" => 2,
                _ => return None,
            };
            Some(WrittenField::number("AddressFamily", family, 0))
        }
        _ => None,
    }
}

/// The fields that PuTTY has nothing for, and that change a connection.
fn without_setting(profile: &Profile) -> Vec<String> {
    let fields = [
        ("known_hosts", !profile.known_hosts.is_empty()),
        ("encoding", profile.encoding.is_some()),
        ("log_timestamp", profile.log_timestamp.is_some()),
        ("keepalive.count", profile.keepalive_count.is_some()),
        ("algorithms.kex", profile.kex.is_some()),
        ("algorithms.host_key", profile.host_key.is_some()),
        ("algorithms.cipher", profile.cipher.is_some()),
        ("algorithms.mac", profile.mac.is_some()),
    ];
    fields.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (*name).to_owned()).collect()
}

impl PuttyExport {
    /// One line about what is left out, if anything is.
    pub fn left_out_line(&self, name: &str) -> Option<String> {
        let fields = self.left_out.join(", ");
        (!fields.is_empty()).then(|| say!(export_left_out, name, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(profile: &Profile) -> PuttyExport {
        let facts = ExportFacts {
            host: "web",
            port: 22,
            user: "me",
            key: None,
            certificate: None,
            route: &ExportRoute::Direct,
        };
        putty_session(profile, &facts)
    }

    fn value(export: &PuttyExport, name: &str) -> Option<String> {
        let field = export.fields.iter().find(|field| field.name == name)?;
        Some(format!("{:?}", field.value))
    }

    #[test]
    fn lists_are_escaped() {
        let environment = vec![("FOO".to_owned(), "a,b=c\\d".to_owned())];
        let export = exported(&Profile { environment, ..Profile::default() });
        let wanted = WrittenField::text("Environment", "FOO=a\\,b\\=c\\\\d");
        assert!(export.fields.contains(&wanted), "{export:?}");
    }

    #[test]
    fn a_command_has_a_terminal_only_where_one_is_asked_for() {
        for (command, pty, wanted) in [
            (None, None, 0),
            (Some("id"), None, 1),
            (Some("id"), Some("yes"), 0),
            (None, Some("no"), 1),
        ] {
            let profile = Profile {
                command: command.map(str::to_owned),
                pty: pty.map(str::to_owned),
                ..Profile::default()
            };
            let wanted = Some(format!("Number({wanted})"));
            assert_eq!(value(&exported(&profile), "NoPTY"), wanted, "{command:?} {pty:?}");
        }
    }

    #[test]
    fn a_command_is_written_as_the_server_gets_it() {
        for (command, wanted, left_out) in
            [("date +%%Y", "date +%Y", 0), ("x %h", "", 1), ("a %%%h", "", 1), ("%%%%", "%%", 0)]
        {
            let profile = Profile { command: Some(command.to_owned()), ..Profile::default() };
            let export = exported(&profile);
            assert!(export.fields.contains(&WrittenField::text("RemoteCommand", wanted)));
            assert_eq!(export.left_out.len(), left_out, "{command}");
        }
    }

    #[test]
    fn what_putty_lacks_is_named() {
        let profile = Profile {
            options: ["Compression=yes", "AddressFamily inet", "RekeyLimit=1G", "SessionType=none"]
                .map(str::to_owned)
                .to_vec(),
            log: Some("/l/&h-%Y%m%d-%H%M%S.log".to_owned()),
            known_hosts: vec!["/k".to_owned()],
            ..Profile::default()
        };
        let export = exported(&profile);
        assert_eq!(export.left_out, ["RekeyLimit=1G", "known_hosts"]);
        for wanted in [
            WrittenField::number("Compression", 1, 0),
            WrittenField::number("AddressFamily", 1, 0),
            WrittenField::number("SshNoShell", 1, 0),
            WrittenField::text("LogFileName", "/l/&H-&Y&M&D-&T.log"),
        ] {
            assert!(export.fields.contains(&wanted), "{wanted:?}");
        }
        let line = export.left_out_line("web").unwrap();
        assert!(line.contains("RekeyLimit=1G, known_hosts"), "{line}");
        let profile = Profile { log: Some("/l/&u".to_owned()), ..Profile::default() };
        assert_eq!(exported(&profile).left_out, ["log"]);
    }

    #[test]
    fn putty_trusts_every_display_that_it_forwards() {
        for (trusted, left_out) in [
            ("ForwardX11Trusted=yes", &[][..]),
            ("ForwardX11Trusted no", &["ForwardX11Trusted no"]),
        ] {
            let options = vec!["ForwardX11=yes".to_owned(), trusted.to_owned()];
            let export = exported(&Profile { options, ..Profile::default() });
            assert!(export.fields.contains(&WrittenField::number("X11Forward", 1, 0)));
            assert_eq!(export.left_out, left_out);
        }
    }
}
