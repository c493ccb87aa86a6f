//! Parses the text of a saved session into a [`Profile`]: checks types, refuses secrets, collects
//! unknown keys, and reports each fault with its line.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value as Toml};

use crate::catalogue::{FixedText, texts};
use crate::profiles::profile::{Profile, TeleportMembership};
use crate::profiles::session::UnknownKey;
use crate::say;
use crate::text;

/// The most characters of a key or of the TOML parser's message that an error shows.
const MAX_SHOWN: usize = 120;

/// A fault in the file and its line, counted from 1.
pub(super) struct TomlFault {
    pub line: usize,
    pub what: String,
}

/// Parses a text into its profile and the unknown keys.
pub(super) fn read(text: &str) -> Result<(Profile, Vec<UnknownKey>), TomlFault> {
    let document = Document::parse(text).map_err(|error| TomlFault {
        line: line_of(text, error.span()),
        what: text::line(error.message(), MAX_SHOWN),
    })?;
    let mut reading = Reading { text, profile: Profile::default(), ..Reading::default() };
    reading.refuse_secrets(document.as_table(), false)?;
    reading.table("", document.as_table())?;
    reading.profile.environment.sort();
    if let Err((field, what)) = reading.profile.check() {
        let seen = reading.seen.iter().find(|(known, _)| known == field);
        let line = seen.map_or(1, |(_, line)| *line);
        return Err(TomlFault { line, what: format!("{field}: {what}") });
    }
    Ok((reading.profile, reading.unknown))
}

/// The line on which a span of the text begins, counted from 1.
fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let end = span.map_or(0, |span| span.start).min(text.len());
    text.as_bytes()[..end].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// Whether the name of a key suggests a secret. For names of variables fewer words count: PWD is a
/// directory.
fn is_secret(key: &str, variable: bool) -> bool {
    let key = key.to_ascii_lowercase().replace(['_', '-', '.', ' '], "");
    let parts = ["password", "passphrase", "passwd", "passcode", "secret"];
    let whole = ["pass", "pw", "pwd", "pin", "token"];
    parts.iter().any(|part| key.contains(part)) || (!variable && whole.contains(&key.as_str()))
}

#[derive(Default)]
struct Reading<'a> {
    text: &'a str,
    profile: Profile,
    unknown: Vec<UnknownKey>,
    /// The fields found so far, with their lines.
    seen: Vec<(String, usize)>,
}

impl Reading<'_> {
    /// Refuses keys with the name of a secret in all tables, known or not.
    fn refuse_secrets(&self, table: &dyn TableLike, variables: bool) -> Result<(), TomlFault> {
        for (name, item) in table.iter() {
            if is_secret(name, variables) {
                let name = text::line(name, MAX_SHOWN);
                let what = say!(session_no_secrets, name);
                return Err(TomlFault { line: self.key_line(table, name.as_str(), item), what });
            }
            match item {
                Item::Value(value) => self.refuse_secrets_in(value, name == "environment")?,
                Item::Table(inner) => self.refuse_secrets(inner, name == "environment")?,
                Item::ArrayOfTables(tables) => {
                    tables.iter().try_for_each(|inner| self.refuse_secrets(inner, false))?;
                }
                Item::None => {}
            }
        }
        Ok(())
    }

    fn refuse_secrets_in(&self, value: &Toml, variables: bool) -> Result<(), TomlFault> {
        match value {
            Toml::InlineTable(inner) => self.refuse_secrets(inner, variables),
            Toml::Array(array) => {
                array.iter().try_for_each(|value| self.refuse_secrets_in(value, false))
            }
            _ => Ok(()),
        }
    }

    fn key_line(&self, table: &dyn TableLike, name: &str, item: &Item) -> usize {
        let key = table.get_key_value(name).and_then(|(key, _)| key.span());
        line_of(self.text, key.or_else(|| item.span()))
    }

    /// Reads one table; `prefix` is its name and a dot, or empty for the top level.
    fn table(&mut self, prefix: &str, table: &dyn TableLike) -> Result<(), TomlFault> {
        for (name, item) in table.iter() {
            let field = format!("{prefix}{name}");
            let line = self.key_line(table, name, item);
            let nested = prefix.is_empty()
                && matches!(name, "forwards" | "keepalive" | "algorithms" | "teleport");
            if nested {
                let inner = item
                    .as_table_like()
                    .ok_or_else(|| TomlFault { line, what: say!(session_wants_table, field) })?;
                self.table(&format!("{name}."), inner)?;
                continue;
            }
            let known = set(&mut self.profile, &field, item);
            match known.map_err(|what| TomlFault { line, what: format!("{field}: {what}") })? {
                true => self.seen.push((field, line)),
                false => self.unknown.push(UnknownKey { line, key: text::line(&field, MAX_SHOWN) }),
            }
        }
        Ok(())
    }
}

/// Sets one field; `false` if there is no field of this name.
fn set(profile: &mut Profile, field: &str, item: &Item) -> Result<bool, String> {
    let p = profile;
    match field {
        "host" => p.host = text(item)?,
        "port" => p.port = Some(number(item, texts::port_range)?),
        "user" => p.user = Some(text(item)?),
        "method" => p.method = list(item)?,
        "identity" => p.identity = list(item)?,
        "certificate" => p.certificate = list(item)?,
        "known_hosts" => p.known_hosts = list(item)?,
        "fingerprints" => p.fingerprints = list(item)?,
        "jump" => p.jump = Some(text(item)?),
        "proxy_command" => p.proxy_command = Some(text(item)?),
        "proxy" => p.proxy = Some(text(item)?),
        "proxy_telnet_command" => p.proxy_telnet_command = Some(text(item)?),
        "host_key_name" => p.host_key_name = Some(text(item)?),
        "command" => p.command = Some(text(item)?),
        "pty" => p.pty = Some(text(item)?),
        "terminal_type" => p.terminal_type = Some(text(item)?),
        "terminal_modes" => p.terminal_modes = list(item)?,
        "teleport.proxy" => node(p).proxy = text(item)?,
        "teleport.cluster" => node(p).cluster = text(item)?,
        "teleport.uuid" => node(p).uuid = Some(text(item)?),
        "options" => p.options = list(item)?,
        "encoding" => p.encoding = Some(text(item)?),
        "log" => p.log = Some(text(item)?),
        "log_format" => p.log_format = Some(text(item)?),
        "log_timestamp" => p.log_timestamp = Some(text(item)?),
        "confirm_paste" => p.confirm_paste = Some(flag(item)?),
        "note" => p.note = Some(text(item)?),
        "tags" => p.tags = list(item)?,
        "imported_from" => p.imported_from = Some(text(item)?),
        "forwards.local" => p.local_forwards = list(item)?,
        "forwards.remote" => p.remote_forwards = list(item)?,
        "forwards.dynamic" => p.dynamic_forwards = list(item)?,
        "environment" => p.environment = pairs(item)?,
        "keepalive.interval" => p.keepalive_interval = Some(number(item, SECONDS)?),
        "keepalive.count" => p.keepalive_count = Some(number(item, COUNT)?),
        "algorithms.kex" => p.kex = Some(names(item)?),
        "algorithms.host_key" => p.host_key = Some(names(item)?),
        "algorithms.cipher" => p.cipher = Some(names(item)?),
        "algorithms.mac" => p.mac = Some(names(item)?),
        _ => return Ok(false),
    }
    Ok(true)
}

/// The node's part of a profile, made when its first field is read.
fn node(profile: &mut Profile) -> &mut TeleportMembership {
    profile.teleport.get_or_insert_default()
}

const SECONDS: FixedText = texts::session_wants_seconds;
const COUNT: FixedText = texts::session_wants_number;

fn text(item: &Item) -> Result<String, String> {
    item.as_str().map(str::to_owned).ok_or_else(|| say!(session_wants_text))
}

fn flag(item: &Item) -> Result<bool, String> {
    item.as_bool().ok_or_else(|| "it is true or false, without quotes".to_owned())
}

fn number<T: TryFrom<i64>>(item: &Item, form: FixedText) -> Result<T, String> {
    let number = item.as_integer().and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| form.to_string())
}

/// Reads one text, or an array of texts, as a list.
fn list(item: &Item) -> Result<Vec<String>, String> {
    let form = || say!(session_wants_texts);
    if let Some(text) = item.as_str() {
        return Ok(vec![text.to_owned()]);
    }
    let array = item.as_array().ok_or_else(form)?;
    array.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(form)).collect()
}

fn names(item: &Item) -> Result<String, String> {
    list(item).map(|names| names.join(","))
}

fn pairs(item: &Item) -> Result<Vec<(String, String)>, String> {
    let table = item.as_table_like().ok_or_else(|| say!(session_wants_table_of_texts))?;
    let pair = |(name, item): (&str, &Item)| {
        let value = item.as_str().ok_or_else(|| say!(session_wants_text_value))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    table.iter().map(pair).collect()
}
