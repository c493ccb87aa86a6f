//! `tessh sessions`: lists, shows, saves and removes saved sessions. `profiles` defines them, and
//! `cli/resolve/profile` applies them to a connection.
//!
//! Standard output has only the list or the session. A broken session is reported on standard
//! error, and in JSON it has an `error` instead of its fields.

mod ask;
mod export;
mod import;
mod said;

use std::ffi::OsString;
use std::fmt::Write;

use serde_json::{Map, Value as Json, json};
use unicode_width::UnicodeWidthStr as _;

use ask::confirm;

use crate::cli::args::{self, Typed, Verb};
use crate::cli::connect::wants::lists;
use crate::cli::environment::{self, ProcessEnvironment};
use crate::cli::help;
use crate::cli::log;
use crate::cli::output::{print, print_json, print_json_list};
use crate::cli::resolve::{
    self, of_command_line,
    sources::{self, missing, store},
};
use crate::config::Context;
use crate::destination::Destination;
use crate::error::{Error, Kind, Result};
use crate::profiles::{
    Document, ListedSession, Profile, ProfileStore, SavedSession, Sessions, Source, Value,
    check_name,
};
use crate::say;
use crate::text;

/// How many characters of one value are shown on a line.
const MAX_SHOWN: usize = 200;
/// How many lines of a note are shown.
const MAX_NOTE: usize = 100;
/// The column in which the values of `show` start.
const COLUMN: usize = 20;

pub(super) fn run(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    if asks_for_help(&typed.rest) {
        return print(&help::sessions_help());
    }
    let context = environment.context();
    let (store, all) = (store(&context), || sources::sessions(typed, &context));
    let (verb, words) = match typed.rest.split_first() {
        Some((first, words)) if !first.as_encoded_bytes().starts_with(b"--") => (first, words),
        _ => return list(&all()?, &SessionWords::read(&typed.rest)?),
    };
    match verb.to_str().unwrap_or_default() {
        "list" => list(&all()?, &SessionWords::read(words)?),
        "show" => show(&SessionWords::read(words)?, typed, &context),
        "save" => save(&store, words, environment),
        "remove" => remove(&store, &SessionWords::read(words)?, &all()?),
        "export" => export::run(words, environment),
        "import" => import::run(words, typed, environment),
        other => Err(usage(say!(sessions_verb_unknown, other = text::line(other, 40)))
            .hint(Verb::Sessions.see_help())),
    }
}

/// Whether `--help` is among the words. After the name of `save` stands another command line.
fn asks_for_help(words: &[OsString]) -> bool {
    let saves = words.first().is_some_and(|word| word == "save");
    let is_before = |word: &&OsString| !saves || word.as_encoded_bytes().starts_with(b"-");
    let words = words[usize::from(saves)..].iter().take_while(is_before);
    words.take_while(|word| *word != "--").any(|word| word == "--help")
}

/// The words after `list`, `show` and `remove`.
#[derive(Default)]
struct SessionWords {
    names: Vec<String>,
    json: bool,
    yes: bool,
}

impl SessionWords {
    fn read(words: &[OsString]) -> Result<SessionWords> {
        let mut read = SessionWords::default();
        let mut flags = true;
        for word in words {
            let Some(word) = word.to_str() else {
                return Err(usage(say!(sessions_name_not_utf8)));
            };
            match word {
                "--" if flags => flags = false,
                "--json" if flags => read.json = true,
                "--yes" if flags => read.yes = true,
                _ if flags && word.starts_with('-') => {
                    let word = text::line(word, 40);
                    return Err(
                        usage(say!(sessions_option_unknown, word)).hint(Verb::Sessions.see_help())
                    );
                }
                name => read.names.push(name.to_owned()),
            }
        }
        Ok(read)
    }

    /// The one name, which is required.
    fn name(&self, what: &str) -> Result<&str> {
        match self.names.as_slice() {
            [name] => Ok(name),
            _ => Err(usage(say!(sessions_one_name, what)).hint(say!(sessions_one_name_hint, what))),
        }
    }
}

fn list(sessions: &Sessions, words: &SessionWords) -> Result<u8> {
    if !words.names.is_empty() || words.yes {
        return Err(
            usage(say!(sessions_list_takes_no_name)).hint(say!(sessions_list_takes_no_name_hint))
        );
    }
    let (names, faults) = sessions.names();
    let all = sessions.opened(names);
    let report = |error: &Error| log::write(&format!("tessh: {error}"));
    if words.json {
        faults.iter().for_each(report);
        return print_json_list(all.map(|listed| listed_json(&listed)));
    }
    let mut unread = Vec::new();
    let rows = all.filter_map(|listed| {
        let row = row(&listed);
        unread.extend(listed.session.err());
        row
    });
    let rows: Vec<[String; 5]> = rows.collect();
    let out = aligned(&rows);
    faults.iter().chain(&unread).for_each(report);
    if rows.is_empty() && unread.is_empty() && faults.is_empty() {
        let hint = say!(sessions_none_hint);
        log::write(&say!(sessions_none, hint));
    }
    print(&out)
}

/// The rows in columns.
fn aligned(rows: &[[String; 5]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| {
            let blanks = width - cell.width();
            format!("{cell}{:blanks$}", "")
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The row of the list: name, destination, method, tags, and the source if it is not tessh itself;
/// `None` for one that cannot be read.
fn row(listed: &ListedSession) -> Option<[String; 5]> {
    let profile = &listed.session.as_ref().ok()?.profile;
    let shown = |text: &str| text::line(text, MAX_SHOWN);
    let method = match profile.method.is_empty() {
        true => "-".to_owned(),
        false => profile.method.join(","),
    };
    let source = match listed.source {
        Source::Own => String::new(),
        source => source.word().to_owned(),
    };
    let tags = shown(&profile.tags.join(" "));
    Some([shown(&listed.name), shown(&profile.destination()), method, tags, source])
}

fn show(words: &SessionWords, typed: &Typed, context: &Context) -> Result<u8> {
    let session = sources::named(words.name("show")?, typed, context)?;
    if words.json {
        return print_json(&format!("{:#}\n", session_json(&session)));
    }
    let mut out = String::new();
    line(&mut out, "name", &session.name);
    line(&mut out, "source", session.source.word());
    line(&mut out, "file", &session.place.to_string_lossy());
    for (field, value) in session.profile.fields() {
        match value {
            Value::Unset => {}
            Value::Text(note) if field == "note" => {
                note.lines().take(MAX_NOTE).for_each(|text| line(&mut out, field, text));
            }
            Value::Text(text) => line(&mut out, field, &text),
            Value::Number(number) => line(&mut out, field, &number.to_string()),
            Value::Flag(flag) => line(&mut out, field, if flag { "yes" } else { "no" }),
            Value::List(list) => list.iter().for_each(|text| line(&mut out, field, text)),
            Value::Table(pairs) => {
                pairs
                    .iter()
                    .for_each(|(name, text)| line(&mut out, field, &format!("{name}={text}")));
            }
        }
    }
    if let Some(via) = &session.via {
        line(&mut out, "via", &via.profile.destination());
    }
    for unknown in &session.unknown {
        let (line, key) = (unknown.line, &unknown.key);
        log::write(&say!(sessions_key_unknown, file = text::path(&session.place), line, key));
    }
    session.unhonoured.iter().for_each(|what| log::write(what));
    if let Some(refusal) = &session.refusal {
        log::write(&refusal.to_string());
    }
    print(&out)
}

fn line(out: &mut String, field: &str, text: &str) {
    let text = text::line(text, MAX_SHOWN);
    let _ = writeln!(out, "{field:COLUMN$}{text}");
}

fn listed_json(listed: &ListedSession) -> Json {
    match &listed.session {
        Ok(session) => session_json(session),
        Err(error) => json!({
            "name": listed.name,
            "source": listed.source.word(),
            "file": listed.place.to_string_lossy(),
            "error": error.kind().word(),
            "cause": error.cause(),
            "hint": error.next_step(),
        }),
    }
}

/// The fields as in the file: `algorithms.kex` is `kex` in the object `algorithms`.
fn session_json(session: &SavedSession) -> Json {
    let mut all = Map::new();
    all.insert("name".to_owned(), session.name.as_str().into());
    all.insert("source".to_owned(), session.source.word().into());
    all.insert("file".to_owned(), session.place.to_string_lossy().into());
    for (field, value) in session.profile.fields() {
        let value = match value {
            Value::Unset => continue,
            Value::Text(text) => Json::from(text),
            Value::Number(number) => Json::from(number),
            Value::Flag(flag) => Json::from(flag),
            Value::List(list) => Json::from(list),
            Value::Table(pairs) => pairs.into_iter().collect(),
        };
        match field.split_once('.') {
            None => all.insert(field.to_owned(), value),
            Some((table, name)) => {
                let table = all.entry(table).or_insert_with(|| Json::Object(Map::new()));
                table.as_object_mut().and_then(|table| table.insert(name.to_owned(), value))
            }
        };
    }
    let unknown = session.unknown.iter().map(|it| json!({ "line": it.line, "key": it.key }));
    all.insert("unknown".to_owned(), unknown.collect());
    all.insert("unhonoured".to_owned(), session.unhonoured.clone().into());
    if let Some(via) = &session.via {
        all.insert("via".to_owned(), session_json(via));
    }
    Json::Object(all)
}

/// `save NAME`, followed by a command line as for connecting.
fn save(store: &ProfileStore, words: &[OsString], environment: &ProcessEnvironment) -> Result<u8> {
    let forced = words.first().is_some_and(|word| word == "--force");
    let (name, words) = name_first(&words[usize::from(forced)..])?;
    // Parsed as if under the name `ssh`, which has no verbs, so that a host may be named like a
    // verb.
    let typed = args::parse_open(words.iter().cloned(), true)?;
    if typed.lacks_host() {
        return Err(args::no_host().hint(SAVE));
    }
    let mut profile = typed_profile(&typed, name, environment)?;

    let mut document = match store.open(name)? {
        Some(document) => document,
        None => store.create(name)?,
    };
    if !(document.is_new() || forced || typed.force) {
        let (shown, there) = (text::line(name, 80), document.profile().destination());
        let question = say!(sessions_ask_replace, shown, there);
        confirm(&question, &say!(sessions_name_taken, shown), "--force")?;
    }
    // Fields that cannot be typed keep their values.
    let old = document.profile().clone();
    profile.note = old.note;
    profile.tags = old.tags;
    profile.fingerprints = old.fingerprints;
    profile.terminal_type = old.terminal_type;
    profile.terminal_modes = old.terminal_modes;
    profile.proxy_telnet_command = old.proxy_telnet_command;
    profile.host_key_name = old.host_key_name;
    profile.teleport = old.teleport;
    document.set(profile)?;
    store.save(&mut document)?;
    log::write(&say!(
        sessions_saved,
        value = text::line(name, 80),
        shown_path = text::path(document.path())
    ));
    Ok(0)
}

/// Splits the words into the name and the rest; after `--` the name may start with a dash.
fn name_first(words: &[OsString]) -> Result<(&str, &[OsString])> {
    let words = match words {
        [dashes, after @ ..] if dashes == "--" => after,
        [flag, ..] if flag.as_encoded_bytes().starts_with(b"-") => {
            return Err(usage(say!(sessions_name_first)).hint(SAVE));
        }
        words => words,
    };
    let Some((name, words)) = words.split_first() else {
        return Err(usage(say!(sessions_save_wants)).hint(SAVE));
    };
    let name = name.to_str().ok_or_else(|| usage(say!(sessions_name_not_utf8)))?;
    check_name(name).map(|()| (name, words))
}

const SAVE: &str = "tessh sessions save NAME [options] [user@]host [command]";

/// Makes a saved session of the command line, if connecting with it would start; the name is for
/// messages.
pub(super) fn typed_profile(
    typed: &Typed,
    name: &str,
    environment: &ProcessEnvironment,
) -> Result<Profile> {
    let placeless = [
        ("-F", typed.config_file.is_some()),
        ("-E", typed.log_file.is_some()),
        ("-G", typed.print_config),
        ("-Q", typed.query.is_some()),
        ("-W", typed.stdio_forward.is_some()),
        ("--profile", typed.profile.is_some()),
        ("--password-fd", typed.password_fd.is_some()),
        ("--stored-password", typed.stored_password),
        ("--proxy-password-fd", typed.proxy_password_fd.is_some()),
        ("--help", typed.verb == Verb::Help),
        ("--version", typed.verb == Verb::Version),
    ];
    if let Some((flag, _)) = placeless.iter().find(|(_, typed)| *typed) {
        return Err(usage(say!(sessions_option_not_saved, flag)).hint(SAVE));
    }
    let destination = Destination::parse(typed.destination.as_deref().unwrap_or_default())?;
    let user = destination.user.as_deref().unwrap_or_default();
    if destination.uri && user.contains(':') {
        return Err(usage(say!(sessions_password_in_uri)).hint(say!(sessions_password_in_uri_hint)));
    }
    let directory = environment::working_directory()?;
    resolve::refuse_unbuilt(typed)?;
    let profile = of_command_line(typed, &destination, &directory)?;
    let mut document = store(&environment.context()).create(name)?;
    document.set(profile.clone())?;
    accepts(&document, environment)?;
    Ok(profile)
}

/// Checks whether connecting with the session would start, as far as the session decides.
///
/// # Errors
/// The error that connecting would report.
pub(super) fn accepts(document: &Document, environment: &ProcessEnvironment) -> Result<()> {
    let (name, place) = (document.name(), document.path().to_owned());
    let session = SavedSession::new(Source::Own, name, place, document.profile().clone());
    let options = resolve::check_saved(session, &environment.context())?;
    lists(&options).check()
}

fn remove(store: &ProfileStore, words: &SessionWords, sessions: &Sessions) -> Result<u8> {
    let name = words.name("remove")?;
    if !store.has(name) {
        let shown = text::line(name, 80);
        return Err(match sessions.meant(name).first() {
            Some(at) => usage(say!(sessions_not_ours, shown, source = at.source.word()))
                .hint(say!(sessions_not_ours_hint)),
            None => missing(name, sessions),
        });
    }
    let shown = text::line(name, 80);
    if !words.yes {
        let question = say!(sessions_ask_remove, shown);
        confirm(&question, &say!(sessions_remove_unasked), "--yes")?;
    }
    match store.remove(name)? {
        true => Ok(0),
        false => Err(missing(name, sessions)),
    }
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_asked_for_before_the_command_line_of_save() {
        let asks = |line: &str| {
            asks_for_help(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
        };
        for line in
            ["--help", "list --help", "save --help", "save --force --help", "import putty --help"]
        {
            assert!(asks(line), "{line}");
        }
        for line in ["", "list", "show -- --help", "save web anna@web1 ls --help"] {
            assert!(!asks(line), "{line}");
        }
    }

    #[test]
    fn the_list_is_in_columns_where_names_are_wide() {
        let row = |name: &str| [name, "host", "-", "", ""].map(str::to_owned);
        let lines = aligned(&[row("web"), row("日本語"), row("café")]);
        assert_eq!(lines, "web     host  -\n日本語  host  -\ncafé    host  -\n");
    }
}
