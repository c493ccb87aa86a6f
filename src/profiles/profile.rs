//! The fields of a saved session, and the checks that their values make sense.

use crate::destination::{check_host, check_user, plain_form};
use crate::say;

/// The largest file of a saved session, in bytes: room for more than a thousand fields.
pub const MAX_FILE: usize = 64 * 1024;
/// The most entries of one list; ssh(1) allows 100 files or forwards of a kind.
const MAX_LIST: usize = 100;
/// The longest chain of methods, as on the command line.
const MAX_CHAIN: usize = 8;
/// The largest number of seconds or messages: ssh(1) keeps them in an int.
const MAX_NUMBER: u32 = i32::MAX as u32;

/// The methods that a file may name: those that `--auth` takes.
pub const METHODS: [&str; 5] = ["password", "publickey", "agent", "keyboard-interactive", "none"];
/// The values of `pty`.
pub const PTY: [&str; 4] = ["yes", "no", "force", "auto"];

/// The values of `log_format`.
pub const LOG_FORMATS: [&str; 2] = ["text", "raw"];
/// The values of `log_timestamp`.
pub const LOG_TIMESTAMPS: [&str; 5] = ["none", "local", "utc", "elapsed", "connection"];

/// The content of a saved session. For an empty list or `None`, later layers of options decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The host: a name, an address, or an alias of ssh_config(5). Never empty in a file.
    pub host: String,
    /// The port, 1 to 65535.
    pub port: Option<u16>,
    /// The remote user.
    pub user: Option<String>,
    /// The method, or the chain of methods: words of [`METHODS`].
    pub method: Vec<String>,
    /// Key files.
    pub identity: Vec<String>,
    /// Certificate files.
    pub certificate: Vec<String>,
    /// The files that take the place of `~/.ssh/known_hosts`.
    pub known_hosts: Vec<String>,
    /// Pinned host keys: `SHA256:…` or `MD5:aa:bb:…`.
    pub fingerprints: Vec<String>,
    /// The hosts to connect through, as `-J` takes them.
    pub jump: Option<String>,
    /// The command whose standard input and output are the connection to the server.
    pub proxy_command: Option<String>,
    /// The proxy server that the first connection goes through, as `--proxy` takes it.
    pub proxy: Option<String>,
    /// What a `telnet://` proxy server is sent, with PuTTY's escapes (`connect %host %port\n`).
    pub proxy_telnet_command: Option<String>,
    /// The name, perhaps with a port (`name:port`), under which the host key and its authority are
    /// looked up instead of the host's own.
    pub host_key_name: Option<String>,
    /// Local forwards, as `-L` takes them.
    pub local_forwards: Vec<String>,
    /// Remote forwards, as `-R` takes them.
    pub remote_forwards: Vec<String>,
    /// Dynamic forwards, as `-D` takes them.
    pub dynamic_forwards: Vec<String>,
    /// The remote command.
    pub command: Option<String>,
    /// Whether to request a terminal: a word of [`PTY`].
    pub pty: Option<String>,
    /// The terminal's type that the remote side is told, instead of `TERM`.
    pub terminal_type: Option<String>,
    /// Modes of the remote terminal (RFC 4254, section 8): `NAME=VALUE`, or `-NAME` for one that is
    /// not sent.
    pub terminal_modes: Vec<String>,
    /// The Teleport cluster that the host belongs to.
    pub teleport: Option<TeleportMembership>,
    /// Names and values sent to the remote side, sorted by name.
    pub environment: Vec<(String, String)>,
    /// Seconds of silence after which the server is sent a keepalive; 0 is never.
    pub keepalive_interval: Option<u32>,
    /// How many keepalives in a row may stay unanswered.
    pub keepalive_count: Option<u32>,
    /// Key exchange algorithms: a list with commas, perhaps led by `+`, `-` or `^`.
    pub kex: Option<String>,
    /// Host key algorithms.
    pub host_key: Option<String>,
    /// Ciphers.
    pub cipher: Option<String>,
    /// MACs.
    pub mac: Option<String>,
    /// Further options, as `-o` takes them.
    pub options: Vec<String>,
    /// The encoding of the remote side.
    pub encoding: Option<String>,
    /// The log file: the session's output is written to it.
    pub log: Option<String>,
    /// The format of the log: a word of [`LOG_FORMATS`].
    pub log_format: Option<String>,
    /// The time at the start of each line of the log: a word of [`LOG_TIMESTAMPS`].
    pub log_timestamp: Option<String>,
    /// Whether to ask before a paste of several lines is sent.
    pub confirm_paste: Option<bool>,
    /// The user's own note; may have several lines.
    pub note: Option<String>,
    /// Words by which the session can be found.
    pub tags: Vec<String>,
    /// The source that the session was imported from, as a word; it stands for the one of its name
    /// there.
    pub imported_from: Option<String>,
}

/// The part of a saved session that Teleport owns, besides host, port and user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeleportMembership {
    /// The host name of the proxy, as tsh has it in `~/.tsh`.
    pub proxy: String,
    /// The cluster of the host; a leaf cluster differs from the proxy's own.
    pub cluster: String,
    /// The host's UUID, if it is known: one of the names that its certificate may have.
    pub uuid: Option<String>,
}

/// The value of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The field is not set.
    Unset,
    /// Text.
    Text(String),
    /// A whole number.
    Number(u32),
    /// Yes or no.
    Flag(bool),
    /// Several texts.
    List(Vec<String>),
    /// Names and texts.
    Table(Vec<(String, String)>),
}

impl Profile {
    /// The destination as a person types it, `[user@]host[:port]`.
    pub fn destination(&self) -> String {
        plain_form(self.user.as_deref(), &self.host, self.port)
    }

    /// Every field with its name in the file (`algorithms.kex` is `kex` in the table `algorithms`),
    /// in the order in which the fields are shown.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let text = |value: &Option<String>| value.clone().map_or(Value::Unset, Value::Text);
        let number = |value: Option<u32>| value.map_or(Value::Unset, Value::Number);
        let list = |value: &Vec<String>| match value.is_empty() {
            true => Value::Unset,
            false => Value::List(value.clone()),
        };
        let node = |part: fn(&TeleportMembership) -> Option<String>| {
            text(&self.teleport.as_ref().and_then(part))
        };
        let environment = match self.environment.is_empty() {
            true => Value::Unset,
            false => Value::Table(self.environment.clone()),
        };
        vec![
            ("host", Value::Text(self.host.clone())),
            ("port", number(self.port.map(u32::from))),
            ("user", text(&self.user)),
            ("method", list(&self.method)),
            ("identity", list(&self.identity)),
            ("certificate", list(&self.certificate)),
            ("known_hosts", list(&self.known_hosts)),
            ("fingerprints", list(&self.fingerprints)),
            ("jump", text(&self.jump)),
            ("proxy_command", text(&self.proxy_command)),
            ("proxy", text(&self.proxy)),
            ("proxy_telnet_command", text(&self.proxy_telnet_command)),
            ("host_key_name", text(&self.host_key_name)),
            ("command", text(&self.command)),
            ("pty", text(&self.pty)),
            ("terminal_type", text(&self.terminal_type)),
            ("terminal_modes", list(&self.terminal_modes)),
            ("options", list(&self.options)),
            ("encoding", text(&self.encoding)),
            ("log", text(&self.log)),
            ("log_format", text(&self.log_format)),
            ("log_timestamp", text(&self.log_timestamp)),
            ("confirm_paste", self.confirm_paste.map_or(Value::Unset, Value::Flag)),
            ("note", text(&self.note)),
            ("tags", list(&self.tags)),
            ("imported_from", text(&self.imported_from)),
            ("forwards.local", list(&self.local_forwards)),
            ("forwards.remote", list(&self.remote_forwards)),
            ("forwards.dynamic", list(&self.dynamic_forwards)),
            ("teleport.proxy", node(|node| Some(node.proxy.clone()))),
            ("teleport.cluster", node(|node| Some(node.cluster.clone()))),
            ("teleport.uuid", node(|node| node.uuid.clone())),
            ("environment", environment),
            ("keepalive.interval", number(self.keepalive_interval)),
            ("keepalive.count", number(self.keepalive_count)),
            ("algorithms.kex", text(&self.kex)),
            ("algorithms.host_key", text(&self.host_key)),
            ("algorithms.cipher", text(&self.cipher)),
            ("algorithms.mac", text(&self.mac)),
        ]
    }

    /// Checks that the values make sense, as far as this is known without connecting.
    ///
    /// # Errors
    /// The name of the field, and a sentence of tessh's own that says what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        for (field, value) in self.fields() {
            check_value(field, &value).map_err(|fault| (field, fault))?;
        }
        if self.host.is_empty() {
            return Err(("host", say!(session_field_missing)));
        }
        check_host(&self.host).map_err(|error| ("host", error.to_string()))?;
        if let Some(user) = &self.user {
            check_user(user).map_err(|error| ("user", error.to_string()))?;
        }
        if self.port == Some(0) {
            return Err(("port", say!(port_range)));
        }
        self.check_words()?;
        if !self.fingerprints.iter().all(|pin| is_fingerprint(pin)) {
            return Err(("fingerprints", say!(session_fingerprint_form)));
        }
        if self.jump.as_ref().is_some_and(|jump| jump != "none") && self.proxy_command.is_some() {
            return Err(("jump", say!(session_jump_and_proxy)));
        }
        if self.proxy.as_ref().is_some_and(|proxy| proxy != "none") && self.proxy_command.is_some()
        {
            return Err(("proxy", say!(route_proxy_and_command)));
        }
        if self.options.iter().any(|option| sets_environment(option)) {
            return Err(("options", say!(session_setenv_elsewhere)));
        }
        Ok(())
    }

    /// Checks the fields whose value is one of a few words.
    fn check_words(&self) -> Result<(), (&'static str, String)> {
        let known = |method: &String| METHODS.contains(&method.as_str());
        if !self.method.iter().all(known) {
            return Err(("method", say!(session_method_unknown, value = METHODS.join(", "))));
        }
        if self.method.len() > MAX_CHAIN {
            return Err(("method", say!(session_too_many_methods, limit = MAX_CHAIN)));
        }
        for (field, word, known) in [
            ("pty", &self.pty, &PTY[..]),
            ("log_format", &self.log_format, &LOG_FORMATS),
            ("log_timestamp", &self.log_timestamp, &LOG_TIMESTAMPS),
        ] {
            if word.as_ref().is_some_and(|word| !known.contains(&word.as_str())) {
                return Err((field, say!(session_value_unknown, value = known.join(", "))));
            }
        }
        Ok(())
    }
}

fn check_value(field: &'static str, value: &Value) -> Result<(), String> {
    match value {
        Value::Unset => Ok(()),
        // An empty host gets the message for a missing one instead.
        Value::Text(text) if field == "host" && text.is_empty() => Ok(()),
        Value::Text(text) => check_text(field, text),
        Value::Number(number) if *number > MAX_NUMBER => Err(say!(session_number_too_large)),
        Value::Number(_) | Value::Flag(_) => Ok(()),
        Value::List(list) if list.len() > MAX_LIST => {
            Err(say!(session_too_many_entries, limit = MAX_LIST))
        }
        Value::List(list) => list.iter().try_for_each(|text| check_text(field, text)),
        Value::Table(pairs) if pairs.len() > MAX_LIST => {
            Err(say!(session_too_many_names, limit = MAX_LIST))
        }
        Value::Table(pairs) => pairs.iter().try_for_each(|(name, value)| check_pair(name, value)),
    }
}

/// Refuses control characters, which act on a terminal or end a line. Only a note may have lines.
fn check_text(field: &str, text: &str) -> Result<(), String> {
    let allowed = |c: char| field == "note" && matches!(c, '\n' | '\r' | '\t');
    if text.trim().is_empty() {
        return Err(say!(session_value_empty));
    }
    match text.chars().any(|c| c.is_control() && !allowed(c)) {
        true => Err(say!(session_control_characters)),
        false => Ok(()),
    }
}

fn check_pair(name: &str, value: &str) -> Result<(), String> {
    if name.is_empty() || name.contains(|c: char| c == '=' || c.is_control() || c.is_whitespace()) {
        return Err(say!(session_name_of_variable));
    }
    match value.chars().any(char::is_control) {
        true => Err(say!(session_value_control_characters)),
        false => Ok(()),
    }
}

fn is_fingerprint(text: &str) -> bool {
    let base64 = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
    if let Some(hash) = text.strip_prefix("SHA256:") {
        return hash.len() == 43 && hash.bytes().all(base64);
    }
    let byte = |part: &str| part.len() == 2 && part.bytes().all(|c| c.is_ascii_hexdigit());
    text.strip_prefix("MD5:")
        .is_some_and(|hash| hash.split(':').count() == 16 && hash.split(':').all(byte))
}

fn sets_environment(option: &str) -> bool {
    let name = option.trim_start().trim_start_matches('"');
    name.get(..6).is_some_and(|name| name.eq_ignore_ascii_case("setenv"))
}
