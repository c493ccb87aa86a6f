//! `tessh trust authority`: whose host certificates count, and for which hosts. `trust/authority`
//! defines a record, `trust/validity` an expression.
//!
//! Standard output has only the requested output. A file that cannot be used is reported on
//! standard error, and in JSON it has an `error` instead of its fields. Exit codes: 0 done or a
//! match; 1 no such record or no match; 2 `test` cannot decide.

use std::ffi::OsString;
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::PublicKey;
use serde_json::{Value as Json, json};

use crate::cli::args::Verb;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::log;
use crate::cli::output::{print, print_json};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::user::UserId;
use crate::registry::registry_unescaped;
use crate::say;
use crate::text;
use crate::trust::authority::{
    Authorities, Authority, AuthorityStore, Draft, FILE_MAX, RsaHashes, putty, read_key,
};
use crate::trust::validity::Validity;
use crate::trust::{Problem, fingerprint};

/// The exit code if there is no such record, or no match.
const NOTHING: u8 = 1;
/// The exit code if `test` cannot decide.
const CANNOT_TELL: u8 = 2;
/// How many characters of a word or value are shown.
const MAX_SHOWN: usize = 200;
/// The least size of an authority's RSA key; smaller ones are never accepted.
const RSA_BITS_MIN: u32 = 2048;
/// The flags' names in messages.
const KEY: &str = "--key";
const VALIDITY: &str = "--validity";
/// The default port.
const PORT: u16 = 22;

/// Runs the words after `trust authority`.
///
/// # Errors
/// The words are not valid, or a file cannot be read or written.
pub(super) fn run(words: &[OsString], environment: &ProcessEnvironment) -> Result<u8> {
    let store = environment.authorities();
    let (verb, words) = match words.split_first() {
        Some((first, words)) if !first.as_encoded_bytes().starts_with(b"--") => (first, words),
        _ => return list(&store, &AuthorityWords::read(words)?),
    };
    let words = AuthorityWords::read(words)?;
    match verb.to_str().unwrap_or_default() {
        "list" => list(&store, &words),
        "show" => show(&store, &words),
        "add" => add(&store, &words),
        "remove" => remove(&store, &words),
        "test" => test(&words),
        other => Err(usage(say!(authority_unknown_verb, other = shown(other)))),
    }
}

/// The words after the verb.
struct AuthorityWords {
    rest: Vec<String>,
    key: Option<String>,
    validity: Option<String>,
    putty: Option<PathBuf>,
    hashes: RsaHashes,
    force: bool,
    dry_run: bool,
    json: bool,
}

impl AuthorityWords {
    fn read(words: &[OsString]) -> Result<AuthorityWords> {
        let mut read = AuthorityWords {
            rest: Vec::new(),
            key: None,
            validity: None,
            putty: None,
            hashes: RsaHashes::default(),
            force: false,
            dry_run: false,
            json: false,
        };
        let mut words = words.iter();
        let mut flags = true;
        while let Some(word) = words.next() {
            let Some(word) = word.to_str() else {
                return Err(usage(say!(authority_words_not_utf_8)));
            };
            if !flags || !word.starts_with("--") {
                read.rest.push(word.to_owned());
                continue;
            }
            let (name, attached) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word, None),
            };
            let mut value = || {
                let next = || words.next().and_then(|next| next.to_str()).map(str::to_owned);
                attached.clone().or_else(next).ok_or_else(|| Verb::Trust.without_argument(name))
            };
            match name {
                KEY => read.key = Some(value()?),
                VALIDITY => read.validity = Some(value()?),
                "--putty" => read.putty = Some(value()?.into()),
                _ if attached.is_some() => return Err(unknown(word)),
                "--" => flags = false,
                "--rsa-sha1" => read.hashes.sha1 = true,
                "--no-rsa-sha256" => read.hashes.sha256 = false,
                "--no-rsa-sha512" => read.hashes.sha512 = false,
                "--force" => read.force = true,
                "--dry-run" => read.dry_run = true,
                "--json" => read.json = true,
                _ => return Err(unknown(word)),
            }
        }
        Ok(read)
    }

    /// The words, if there are exactly `N` and no flags that only `add` has.
    fn exactly<const N: usize>(&self, usage_line: &str) -> Result<[&str; N]> {
        let adds = self.key.is_some() || self.validity.is_some() || self.putty.is_some();
        let words: Vec<&str> = self.rest.iter().map(String::as_str).collect();
        let wrong = || usage(say!(authority_usage, line = usage_line));
        match adds || self.hashes != RsaHashes::default() || self.force {
            true => Err(wrong()),
            false => words.try_into().map_err(|_| wrong()),
        }
    }
}

fn list(store: &AuthorityStore, words: &AuthorityWords) -> Result<u8> {
    let [] = words.exactly("tessh trust authority list [--json]")?;
    let all = store.load();
    if words.json {
        let good = all.records.iter().map(record_json);
        let all: Vec<Json> = good.chain(all.problems.iter().map(problem_json)).collect();
        return print_json(&format!("{:#}\n", Json::Array(all)));
    }
    let mut out = String::new();
    for record in &all.records {
        let (name, key) = (record.shown(), fingerprint::sha256(&record.key));
        let kind = fingerprint::type_name(&record.key);
        let validity = shown(record.validity.as_str());
        let _ = writeln!(out, "{name}  {kind} {key}  {validity}");
    }
    name_problems(&all);
    if all.records.is_empty() && all.problems.is_empty() {
        log::write(&say!(authority_none));
    }
    print(&out)
}

fn show(store: &AuthorityStore, words: &AuthorityWords) -> Result<u8> {
    let [name] = words.exactly("tessh trust authority show NAME [--json]")?;
    let all = store.load();
    let Some(found) = find(&all, name) else { return Ok(missing(name)) };
    let record = found.map_err(|problem| Error::new(Kind::Config, problem.to_string()))?;
    if words.json {
        return print_json(&format!("{:#}\n", record_json(record)));
    }
    let RsaHashes { sha1, sha256, sha512 } = record.hashes;
    let permitted = [("rsa-sha2-512", sha512), ("rsa-sha2-256", sha256), ("ssh-rsa", sha1)];
    let permitted: Vec<&str> =
        permitted.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
    let (key, bits) = (&record.key, fingerprint::bits(&record.key));
    let mut rows = vec![
        (say!(authority_row_name), record.shown()),
        (say!(authority_row_file), record.at.to_string()),
        (
            say!(authority_row_key),
            format!("{} {bits} {}", fingerprint::type_name(key), fingerprint::sha256(key)),
        ),
        (say!(authority_row_validity), shown(record.validity.as_str())),
    ];
    if key.algorithm().is_rsa() {
        rows.push((say!(authority_row_hashes), permitted.join(", ")));
    }
    let lines = rows.iter().map(|(label, value)| format!("{label}: {value}\n"));
    print(&lines.collect::<String>())
}

fn add(store: &AuthorityStore, words: &AuthorityWords) -> Result<u8> {
    let line = "tessh trust authority add NAME --key KEY|FILE --validity EXPR, \
                or add [NAME] --putty FILE";
    let wrong = || usage(say!(authority_usage, line));
    match (&words.putty, &words.key, &words.validity) {
        (Some(place), None, None) if words.hashes == RsaHashes::default() => {
            let mut all = records(place)?;
            match (words.rest.as_slice(), all.as_mut_slice()) {
                ([], _) => {}
                ([name], [one]) => one.name.clone_from(name),
                ([_], _) => {
                    let (place, count) = (shown(&place.to_string_lossy()), all.len());
                    return Err(usage(say!(authority_records_named, place, count)));
                }
                _ => return Err(wrong()),
            }
            for record in &all {
                let Authority { name, key, validity, hashes, .. } = record;
                add_one(store, &Draft { name, key, validity, hashes: *hashes }, words)?;
            }
        }
        (None, Some(key), Some(validity)) => {
            let [name] = words.rest.as_slice() else { return Err(wrong()) };
            let validity =
                Validity::parse(validity).map_err(|fault| usage(format!("{VALIDITY}: {fault}")))?;
            let key = named_key(key)?;
            let draft = Draft { name, key: &key, validity: &validity, hashes: words.hashes };
            add_one(store, &draft, words)?;
        }
        _ => return Err(wrong()),
    }
    Ok(0)
}

/// Reads the records at a place of PuTTY or WinSCP. Those that cannot be used are named; if there is
/// no other, that is the error.
fn records(place: &Path) -> Result<Vec<Authority>> {
    if let Err(error) = std::fs::metadata(place) {
        let error = say!(known_hosts_not_read_because, error = io_reason(&error));
        let place = text::path(place);
        return Err(Error::new(Kind::Local, format!("{place}: {error}")));
    }
    let found = putty::load(&[place.to_owned()], UserId::real());
    if let ([], [problem]) = (found.records.as_slice(), found.problems.as_slice()) {
        return Err(Error::new(Kind::Config, problem.to_string()));
    }
    name_problems(&found);
    match found.records.is_empty() {
        true => Err(bad_file(place, &say!(authority_no_records))),
        false => Ok(found.records),
    }
}

fn add_one(store: &AuthorityStore, draft: &Draft<'_>, words: &AuthorityWords) -> Result<()> {
    let Draft { name, key, validity, .. } = draft;
    let bits = fingerprint::bits(key);
    if key.algorithm().is_rsa() && bits < RSA_BITS_MIN {
        return Err(usage(say!(authority_rsa_short, bits, least = RSA_BITS_MIN)));
    }
    let file = store.path(name)?;
    let there = store.load().records.iter().any(|it| it.name == *name && it.at.file != file);
    if there {
        return Err(usage(say!(authority_name_taken, name = shown(name))));
    }
    let file = match words.dry_run {
        true => file,
        false => store.write(draft, words.force)?,
    };
    let file = text::path(&file);
    let (name, key) = (shown(name), fingerprint::sha256(key));
    let validity = shown(validity.as_str());
    log::write(&match words.dry_run {
        true => say!(authority_would_add, name, key, validity, file),
        false => say!(authority_added, name, key, validity, file),
    });
    Ok(())
}

fn remove(store: &AuthorityStore, words: &AuthorityWords) -> Result<u8> {
    let [name] = words.exactly("tessh trust authority remove NAME [--dry-run]")?;
    let all = store.load();
    let file = match find(&all, name) {
        None => return Ok(missing(name)),
        Some(Ok(record)) => &record.at.file,
        // A broken record can be removed too.
        Some(Err(problem)) => &problem.file,
    };
    if !words.dry_run {
        store.remove(file)?;
    }
    let shown = text::path(file);
    log::write(&match words.dry_run {
        true => say!(authority_would_remove, file = shown),
        false => say!(authority_removed, file = shown),
    });
    Ok(0)
}

/// Tests whether an expression covers a host; reads no files.
fn test(words: &AuthorityWords) -> Result<u8> {
    let [expression, host] = words.exactly("tessh trust authority test EXPR HOST[:PORT]")?;
    let outcome = |code: u8, word: &str, fault: Option<String>, at: Option<[usize; 2]>| {
        if words.json {
            let object = json!({"result": word, "error": fault, "bytes": at});
            print_json(&format!("{object}\n"))?;
        } else if let Some(fault) = fault {
            log::write(&fault);
        } else {
            print(&format!("{word}\n"))?;
        }
        Ok(code)
    };
    let validity = match Validity::parse(expression) {
        Ok(validity) => validity,
        Err(fault) => {
            let (at, mut text) = ([fault.at.start, fault.at.end], fault.to_string());
            if !words.json {
                text.push_str(&marked(expression, &fault.at).unwrap_or_default());
            }
            return outcome(CANNOT_TELL, "error", Some(text), Some(at));
        }
    };
    let Some((host, port)) = host_and_port(host) else {
        let fault = say!(authority_no_host, host = shown(host));
        return outcome(CANNOT_TELL, "error", Some(fault), None);
    };
    match validity.covers(host, port) {
        true => outcome(0, "match", None, None),
        false => outcome(NOTHING, "no match", None, None),
    }
}

/// The expression with its error underlined, if it fits on a line.
fn marked(expression: &str, at: &std::ops::Range<usize>) -> Option<String> {
    let plain = expression.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let fits = plain && expression.len() <= 100;
    let length = at.len().max(1);
    fits.then(|| format!("\n  {expression}\n  {:start$}{:^<length$}", "", "", start = at.start))
}

/// Parses `host`, `host:port`, `[host]:port`; an IPv6 address with a port needs brackets.
fn host_and_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            match rest {
                "" => (host, None),
                rest => (host, Some(rest.strip_prefix(':')?)),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (text, None),
        },
    };
    let digits = |port: &&str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        Some(port) => Some(port).filter(digits)?.parse().ok()?,
        None => PORT,
    };
    (!host.is_empty()).then_some((host, port))
}

/// The record with this name; a broken file is found by its file name.
fn find<'a>(all: &'a Authorities, name: &str) -> Option<Result<&'a Authority, &'a Problem>> {
    if let Some(record) = all.records.iter().find(|record| record.name == name) {
        return Some(Ok(record));
    }
    let stem = |problem: &Problem| {
        let stem = problem.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        registry_unescaped(&stem)
    };
    all.problems.iter().find(|problem| stem(problem) == name).map(Err)
}

fn missing(name: &str) -> u8 {
    log::write(&say!(authority_missing_name, name = shown(name)));
    NOTHING
}

fn name_problems(all: &Authorities) {
    for problem in &all.problems {
        log::write(&format!("tessh: {problem}"));
    }
}

fn record_json(record: &Authority) -> Json {
    let key = &record.key;
    json!({
        "name": record.shown(),
        "file": shown(&record.at.file.to_string_lossy()),
        "key": {
            "type": fingerprint::type_name(key),
            "bits": fingerprint::bits(key),
            "sha256": fingerprint::sha256(key),
            "at": record.at.to_string(),
        },
        "validity": record.validity.as_str(),
        "rsa_sha1": record.hashes.sha1,
        "rsa_sha256": record.hashes.sha256,
        "rsa_sha512": record.hashes.sha512,
    })
}

fn problem_json(problem: &Problem) -> Json {
    json!({"file": shown(&problem.file.to_string_lossy()), "error": problem.to_string()})
}

/// Parses a key, or reads the file of this name.
fn named_key(typed: &str) -> Result<PublicKey> {
    let path = Path::new(typed);
    if !path.exists() {
        return read_key(typed)
            .map_err(|what| usage(what).context(KEY).hint(say!(authority_key_hint)));
    }
    let text = bytes(path)?;
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with('#')).collect();
    match lines.as_slice() {
        [line] => read_key(line).map_err(|what| bad_file(path, &what)),
        _ => Err(bad_file(path, &say!(authority_key_lines))),
    }
}

/// Reads a file that is no larger than a record.
fn bytes(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        let error = say!(known_hosts_not_read_because, error = io_reason(&error));
        let path = text::path(path);
        Error::new(Kind::Local, format!("{path}: {error}"))
    };
    let mut text = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(FILE_MAX as u64 + 1).read_to_end(&mut text).map_err(failed)?;
    match text.len() > FILE_MAX {
        true => Err(bad_file(path, &say!(authority_too_large, limit = FILE_MAX))),
        false => Ok(text),
    }
}

fn bad_file(path: &Path, what: &str) -> Error {
    let path = text::path(path);
    Error::new(Kind::Config, format!("{path}: {what}"))
}

fn unknown(word: &str) -> Error {
    usage(say!(sessions_option_unknown, word = shown(word)))
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

fn shown(text: &str) -> String {
    text::line(text, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_ports_in_every_form() {
        for (text, expected) in [
            ("h", Some(("h", 22))),
            ("h:23", Some(("h", 23))),
            ("::1", Some(("::1", 22))),
            ("[::1]:23", Some(("::1", 23))),
            ("[::1]", Some(("::1", 22))),
            ("h:", None),
            ("h:x", None),
            ("h:+1", None),
            ("h:65536", None),
            (":22", None),
            ("", None),
            ("[h", None),
            ("[h]22", None),
        ] {
            assert_eq!(host_and_port(text), expected, "{text}");
        }
    }
}
