//! Converts the fields of a saved session to lines for editing, and back. Several values stand in
//! one line as in a shell, quoted if they contain spaces; the lines of a note are separated by `
//! `.

use crate::profiles::{
    LOG_FORMATS, LOG_TIMESTAMPS, METHODS, PTY, Profile, TeleportMembership, Value,
};
use crate::say;
use crate::ui::screen::look::Tone;

/// The name of a field in the file.
pub(super) type Name = &'static str;

/// Chains of methods that are offered besides the single ones.
const CHAINS: [&str; 2] = ["publickey password", "publickey keyboard-interactive"];

/// The fields in groups, each with its heading.
pub(super) fn groups() -> [(String, &'static [Name]); 8] {
    [
        (
            say!(connection_group_connection),
            &["host", "port", "user", "keepalive.interval", "keepalive.count", "tags", "note"],
        ),
        (say!(connection_group_login), &["method", "identity", "certificate"]),
        (say!(connection_group_trust), &["known_hosts", "fingerprints", "host_key_name"]),
        (
            say!(connection_group_proxy),
            &[
                "jump",
                "proxy",
                "proxy_command",
                "proxy_telnet_command",
                "teleport.proxy",
                "teleport.cluster",
                "teleport.uuid",
            ],
        ),
        (say!(connection_group_log), &["log", "log_format", "log_timestamp"]),
        (
            say!(connection_group_terminal),
            &[
                "command",
                "pty",
                "terminal_type",
                "terminal_modes",
                "environment",
                "encoding",
                "confirm_paste",
            ],
        ),
        (
            say!(connection_group_forwards),
            &["forwards.local", "forwards.remote", "forwards.dynamic"],
        ),
        (
            say!(connection_group_other),
            &[
                "algorithms.kex",
                "algorithms.host_key",
                "algorithms.cipher",
                "algorithms.mac",
                "options",
                "imported_from",
            ],
        ),
    ]
}

/// The texts to choose from, where a field has only a few.
pub(super) fn choices(name: Name) -> Option<Vec<String>> {
    let words: Vec<&str> = match name {
        "method" => METHODS.into_iter().chain(CHAINS).collect(),
        "pty" => PTY.to_vec(),
        "log_format" => LOG_FORMATS.to_vec(),
        "log_timestamp" => LOG_TIMESTAMPS.to_vec(),
        "confirm_paste" => vec!["yes", "no"],
        _ => return None,
    };
    Some(words.into_iter().map(str::to_owned).collect())
}

/// What is odd about the text of a field, though it can be used.
pub(super) fn oddity(name: Name, text: &str) -> Option<(Tone, String)> {
    let methods: Vec<&str> = text.split_whitespace().collect();
    if name != "method" || methods.len() < 2 {
        return None;
    }
    let twice = (1..methods.len()).find(|at| methods[..*at].contains(&methods[*at]));
    if let Some(at) = twice {
        return Some((Tone::Warn, say!(connection_method_twice, method = methods[at].to_owned())));
    }
    if methods.contains(&"none") {
        return Some((Tone::Warn, say!(connection_method_none)));
    }
    (!CHAINS.contains(&text)).then(|| (Tone::Dim, say!(connection_method_chain)))
}

/// The label of the field.
pub(super) fn label(name: Name) -> String {
    match name {
        "host" => say!(connection_field_host),
        "port" => say!(connection_field_port),
        "user" => say!(connection_field_user),
        "method" => say!(connection_field_method),
        "identity" => say!(connection_field_identity),
        "certificate" => say!(connection_field_certificate),
        "known_hosts" => say!(connection_field_known_hosts),
        "fingerprints" => say!(connection_field_fingerprints),
        "jump" => say!(connection_field_jump),
        "proxy_command" => say!(connection_field_proxy_command),
        "proxy" => say!(route_field_proxy),
        "proxy_telnet_command" => say!(connection_field_telnet),
        "host_key_name" => say!(connection_field_host_key_name),
        "terminal_type" => say!(connection_field_terminal_type),
        "terminal_modes" => say!(connection_field_terminal_modes),
        "teleport.proxy" => say!(connection_field_teleport_proxy),
        "teleport.cluster" => say!(connection_field_teleport_cluster),
        "teleport.uuid" => say!(connection_field_teleport_uuid),
        "command" => say!(connection_field_command),
        "pty" => say!(connection_field_pty),
        "options" => say!(connection_field_options),
        "encoding" => say!(connection_field_encoding),
        "log" => say!(connection_field_log),
        "log_format" => say!(connection_field_log_format),
        "log_timestamp" => say!(connection_field_log_timestamp),
        "confirm_paste" => say!(connection_field_confirm_paste),
        "note" => say!(connection_field_note),
        "tags" => say!(connection_field_tags),
        "imported_from" => say!(connection_field_imported_from),
        "forwards.local" => say!(connection_field_local),
        "forwards.remote" => say!(connection_field_remote),
        "forwards.dynamic" => say!(connection_field_dynamic),
        "environment" => say!(connection_field_environment),
        "keepalive.interval" => say!(connection_field_interval),
        "keepalive.count" => say!(connection_field_count),
        "algorithms.kex" => say!(connection_field_kex),
        "algorithms.host_key" => say!(connection_field_host_key),
        "algorithms.cipher" => say!(connection_field_cipher),
        "algorithms.mac" => say!(connection_field_mac),
        other => other.to_owned(),
    }
}

/// Formats the value as one line.
pub(super) fn written(name: Name, value: &Value) -> String {
    match value {
        Value::Unset => String::new(),
        Value::Text(text) if name == "note" => escaped(text),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(true) => "yes".to_owned(),
        Value::Flag(false) => "no".to_owned(),
        Value::List(list) => words(list.iter().cloned()),
        Value::Table(pairs) => words(pairs.iter().map(|(name, text)| format!("{name}={text}"))),
    }
}

/// Parses a line into the session; an empty line removes the field.
///
/// # Errors
/// Why the line is not valid.
pub(super) fn put(profile: &mut Profile, name: Name, line: &str) -> Result<(), String> {
    let p = profile;
    let text = || (!line.is_empty()).then(|| line.to_owned());
    match name {
        "host" => line.clone_into(&mut p.host),
        "port" => p.port = number(line, say!(connection_wants_port))?,
        "user" => p.user = text(),
        "method" => p.method = list(line)?,
        "identity" => p.identity = list(line)?,
        "certificate" => p.certificate = list(line)?,
        "known_hosts" => p.known_hosts = list(line)?,
        "fingerprints" => p.fingerprints = list(line)?,
        "jump" => p.jump = text(),
        "proxy_command" => p.proxy_command = text(),
        "proxy" => p.proxy = text(),
        "proxy_telnet_command" => p.proxy_telnet_command = text(),
        "host_key_name" => p.host_key_name = text(),
        "terminal_type" => p.terminal_type = text(),
        "terminal_modes" => p.terminal_modes = list(line)?,
        "teleport.proxy" => node(p, |node| line.clone_into(&mut node.proxy)),
        "teleport.cluster" => node(p, |node| line.clone_into(&mut node.cluster)),
        "teleport.uuid" => node(p, |node| node.uuid = text()),
        "command" => p.command = text(),
        "pty" => p.pty = text(),
        "options" => p.options = list(line)?,
        "encoding" => p.encoding = text(),
        "log" => p.log = text(),
        "log_format" => p.log_format = text(),
        "log_timestamp" => p.log_timestamp = text(),
        "confirm_paste" => {
            p.confirm_paste = match line {
                "" => None,
                "yes" => Some(true),
                "no" => Some(false),
                _ => return Err(say!(connection_wants_yes_or_no)),
            }
        }
        "note" => p.note = text().map(|line| unescaped(&line)),
        "tags" => p.tags = list(line)?,
        "imported_from" => p.imported_from = text(),
        "forwards.local" => p.local_forwards = list(line)?,
        "forwards.remote" => p.remote_forwards = list(line)?,
        "forwards.dynamic" => p.dynamic_forwards = list(line)?,
        "environment" => p.environment = pairs(line)?,
        "keepalive.interval" => {
            p.keepalive_interval = number(line, say!(connection_wants_number))?;
        }
        "keepalive.count" => p.keepalive_count = number(line, say!(connection_wants_number))?,
        "algorithms.kex" => p.kex = text(),
        "algorithms.host_key" => p.host_key = text(),
        "algorithms.cipher" => p.cipher = text(),
        "algorithms.mac" => p.mac = text(),
        _ => {}
    }
    Ok(())
}

/// Changes the part that Teleport owns; without any content there is none.
fn node(profile: &mut Profile, change: impl FnOnce(&mut TeleportMembership)) {
    let mut node = profile.teleport.take().unwrap_or_default();
    change(&mut node);
    profile.teleport = Some(node).filter(|node| *node != TeleportMembership::default());
}

fn words(words: impl Iterator<Item = String>) -> String {
    // Only a NUL cannot be quoted, and no session contains one.
    let quoted = |word: String| match shlex::try_quote(&word) {
        Ok(quoted) => quoted.into_owned(),
        Err(_) => word,
    };
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn list(line: &str) -> Result<Vec<String>, String> {
    shlex::split(line).ok_or_else(|| say!(connection_wants_quotes))
}

fn pairs(line: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |word: String| {
        let (name, value) = word.split_once('=').ok_or_else(|| say!(connection_wants_pairs))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    let mut pairs = list(line)?.into_iter().map(pair).collect::<Result<Vec<_>, String>>()?;
    pairs.sort();
    Ok(pairs)
}

fn number<T: std::str::FromStr>(line: &str, wanted: String) -> Result<Option<T>, String> {
    match line.bytes().all(|byte| byte.is_ascii_digit()) {
        true if line.is_empty() => Ok(None),
        true => line.parse().map(Some).map_err(|_| wanted),
        false => Err(wanted),
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('\n', r"\n");
    text.replace('\t', r"\t").replace('\r', r"\r")
}

fn unescaped(line: &str) -> String {
    let (mut text, mut rest) = (String::new(), line.chars());
    while let Some(c) = rest.next() {
        text.push(match c {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Profile {
        let some = |text: &str| Some(text.to_owned());
        let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Profile {
            host: "h".into(),
            port: Some(2222),
            user: some("u"),
            method: list(&["publickey", "password"]),
            identity: list(&["~/.ssh/my key", "~/b"]),
            certificate: list(&["~/c"]),
            known_hosts: list(&["~/k"]),
            fingerprints: list(&["SHA256:x"]),
            jump: some("gate"),
            proxy_command: some("nc %h 'a b'"),
            proxy: some("socks5://p"),
            proxy_telnet_command: some("connect %host"),
            host_key_name: some("k:22"),
            terminal_type: some("vt220"),
            terminal_modes: list(&["ERASE=127", "-STATUS"]),
            teleport: Some(TeleportMembership {
                proxy: "t.example.org".into(),
                cluster: "c".into(),
                uuid: some("u-1"),
            }),
            local_forwards: list(&["8080:localhost:80"]),
            remote_forwards: list(&["1:h:2"]),
            dynamic_forwards: list(&["1080"]),
            command: some("tmux attach"),
            pty: some("force"),
            environment: vec![("A".into(), "x=y z".into()), ("B".into(), String::new())],
            keepalive_interval: Some(30),
            keepalive_count: Some(3),
            kex: some("+a,b"),
            host_key: some("c"),
            cipher: some("d"),
            mac: some("e"),
            options: list(&["Compression=yes", "SendEnv=\"A B\""]),
            encoding: some("utf-8"),
            log: some("~/log"),
            log_format: some("raw"),
            log_timestamp: some("local"),
            confirm_paste: Some(true),
            note: some("one\ntwo\\n \"q\""),
            tags: list(&["work", "two words", "#1"]),
            imported_from: some("putty"),
        }
    }

    #[test]
    fn every_field_comes_back_from_its_line() {
        let before = whole();
        let mut after = Profile::default();
        for (name, value) in before.fields() {
            let line = written(name, &value);
            assert!(!line.is_empty() && !line.contains('\n'), "{name}: {line:?}");
            put(&mut after, name, &line).unwrap();
        }
        assert_eq!(after, before);
        for (name, _) in before.fields() {
            assert_ne!(label(name), name, "a label of its own");
            put(&mut after, name, "").unwrap();
        }
        assert_eq!(after, Profile::default(), "an empty line leaves the field out");
    }

    #[test]
    fn every_field_is_in_one_group_and_every_choice_is_valid() {
        let names: Vec<Name> = groups().iter().flat_map(|(_, names)| names.to_vec()).collect();
        for (name, _) in whole().fields() {
            assert_eq!(names.iter().filter(|it| **it == name).count(), 1, "{name}");
            for text in choices(name).unwrap_or_default() {
                let mut profile = Profile { host: "h".into(), ..Profile::default() };
                put(&mut profile, name, &text).unwrap();
                assert_eq!(profile.check(), Ok(()), "{name} {text}");
            }
        }
        assert_eq!(names.len(), whole().fields().len());
    }

    #[test]
    fn what_is_no_number_pair_or_list_is_refused() {
        for (name, line) in [
            ("port", "x"),
            ("port", "65536"),
            ("port", "-1"),
            ("port", "+22"),
            ("keepalive.interval", "1.5"),
            ("identity", "'open"),
            ("environment", "NAME"),
            ("confirm_paste", "maybe"),
        ] {
            assert!(put(&mut Profile::default(), name, line).is_err(), "{name} {line}");
        }
    }
}
