//! Lists and removes lines of known_hosts files, for `tessh trust`: all of a file, or those about a
//! host.
//!
//! sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". `known` decides what a line means for a connection; here
//! every line counts, including those with hashed names and markers.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use russh::keys::ssh_key::PublicKey;

use super::file::{LINE_MAX, read};
use super::line::{KnownHostsLine, Marker};
use super::pattern::{Keyed, Sought};
use super::place::{FileLine, Problem};
use super::rewrite::rewrite;
use super::store::without_name;
use super::{fingerprint, pattern, quote};
use crate::error::{Error, Kind, Result};
use crate::text;

/// The most characters of a comment that are shown.
const COMMENT_MAX: usize = 200;
/// The most characters of a host field that are shown: it may list many names.
const HOSTS_MAX: usize = 400;
/// The most malformed lines that are named for each file.
const PROBLEMS_MAX: usize = 100;

/// One line of a file with a key.
#[derive(Clone, Debug)]
pub struct KnownHostsEntry {
    /// The place of the line.
    pub at: FileLine,
    /// The meaning of the key: a host's, an authority's, or revoked.
    pub marker: Marker,
    /// The host field, sanitised; `None` if it is hashed.
    pub hosts: Option<String>,
    /// The key; for a revoked certificate, the key in it.
    pub key: PublicKey,
    /// The text after the key, sanitised.
    pub comment: String,
}

/// The content of a file.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The lines with a key, in order.
    pub entries: Vec<KnownHostsEntry>,
    /// The lines that could not be used, or the file itself.
    pub problems: Vec<Problem>,
}

/// The conditions by which lines are removed.
#[derive(Clone, Debug, Default)]
pub struct LinesToRemove {
    /// Names as known_hosts writes them; a line must list one of them, hashed or plainly. A pattern
    /// in a line counts only if the same pattern is given here.
    pub names: Vec<String>,
    /// Remove only keys of this type: `ED25519` or `ssh-ed25519`, in any case.
    pub kind: Option<String>,
    /// Remove only the key with this fingerprint, in any form that [`fingerprint::compare`] reads.
    /// A line with a marker is removed only if this names its key.
    pub fingerprint: Option<String>,
}

/// A line that is removed, or from which a name is removed.
#[derive(Clone, Debug)]
pub struct Struck {
    /// The place of the line.
    pub at: FileLine,
    /// The key, if the line has one that can be read.
    pub key: Option<PublicKey>,
    /// The line before the change, sanitised.
    pub before: String,
    /// The rest of a line that lists other names as well, sanitised; `None` if the whole line is
    /// removed.
    pub after: Option<String>,
}

/// The result of removing lines.
#[derive(Clone, Debug, Default)]
pub struct Removal {
    /// The lines that are removed or shortened.
    pub struck: Vec<Struck>,
    /// Lines about the host that stay, because of their marker or because a pattern matches it.
    pub kept: Vec<KnownHostsEntry>,
}

/// Lists the lines of a file: all, or those that match one of `names` in any way. A missing file
/// has no lines.
pub fn list(file: &Path, names: Option<&[String]>) -> Listing {
    let mut listing = Listing::default();
    let text = match read(file) {
        Ok(text) => text.unwrap_or_default(),
        Err(reason) => {
            listing.problems.push(Problem { file: file.to_owned(), line: None, reason });
            return listing;
        }
    };
    for (number, raw) in numbered(&text) {
        let at = FileLine { file: file.to_owned(), line: number };
        match entry(&at, raw, names) {
            Ok(Some(entry)) => listing.entries.push(entry),
            Ok(None) => {}
            Err(reason) if listing.problems.len() < PROBLEMS_MAX => {
                let FileLine { file, line } = at;
                listing.problems.push(Problem { file, line: Some(line), reason });
            }
            Err(_) => {}
        }
    }
    listing
}

/// Lists the lines about each of these names, which may be tens of thousands: the file is read once.
/// Only names about which there are lines are listed.
pub fn list_each(file: &Path, names: &[String]) -> HashMap<String, Vec<Rc<KnownHostsEntry>>> {
    let text = read(file).ok().flatten().unwrap_or_default();
    let plain: HashSet<&str> = names.iter().map(String::as_str).collect();
    let sought: Vec<(&String, Sought)> = names.iter().map(|it| (it, Sought::new(it))).collect();
    let about = |line: &KnownHostsLine<'_>| -> Vec<String> {
        let hosts = line.hosts;
        if let Some(salt) = pattern::salt(hosts) {
            let keyed = Keyed::new(&salt);
            let is_named = |it: &Sought| pattern::matches_keyed(hosts, &keyed, it);
            let named = sought.iter().filter(|(_, it)| is_named(it));
            return named.map(|(name, _)| (*name).clone()).collect();
        }
        if hosts.contains(&b'!')
            || pattern::has_wildcard(hosts)
            || hosts.len() > pattern::PATTERN_MAX
        {
            let named = names.iter().filter(|name| pattern::matches_field(hosts, name));
            return named.cloned().collect();
        }
        let listed = hosts.split(|&byte| byte == b',').map(<[u8]>::to_ascii_lowercase);
        let listed = listed.filter_map(|it| String::from_utf8(it).ok());
        listed.filter(|it| plain.contains(it.as_str())).collect()
    };
    let mut found: HashMap<String, Vec<Rc<KnownHostsEntry>>> = HashMap::new();
    for (number, raw) in numbered(&text).filter(|(_, raw)| raw.len() <= LINE_MAX) {
        let Ok(Some(line)) = KnownHostsLine::split(raw) else { continue };
        let about = about(&line);
        if about.is_empty() {
            continue;
        }
        let at = FileLine { file: file.to_owned(), line: number };
        let Some(entry) = entry(&at, raw, None).ok().flatten().map(Rc::new) else { continue };
        for name in about {
            found.entry(name).or_default().push(Rc::clone(&entry));
        }
    }
    found
}

/// Lists the lines about hosts of these bare names on ports, or on the default port, under which
/// `own` does not have them. Hashed names do not show their port and are left out.
pub fn list_other_ports(file: &Path, bare: &[String], own: &[String]) -> Vec<KnownHostsEntry> {
    let text = read(file).ok().flatten().unwrap_or_default();
    let lines = numbered(&text).filter_map(|(number, raw)| {
        let line = KnownHostsLine::split(raw).ok().flatten()?;
        let has = |name: &String| pattern::matches_field(line.hosts, name);
        if raw.len() > LINE_MAX || line.is_hashed || own.iter().any(has) {
            return None;
        }
        let hosts = String::from_utf8_lossy(line.hosts);
        let ports = hosts.split(',').map(|part| part.rsplit_once("]:").map(|(_, port)| port));
        let mut names = ports.flat_map(|port| {
            bare.iter().map(move |bare| match port {
                Some(port) => format!("[{bare}]:{port}"),
                None => bare.clone(),
            })
        });
        let name = names.find(|name| has(name))?;
        entry(&FileLine { file: file.to_owned(), line: number }, raw, Some(&[name])).ok().flatten()
    });
    lines.collect()
}

/// Computes what [`remove`] would do, without changing the file.
///
/// # Errors
/// The file cannot be read.
pub fn would_remove(file: &Path, wanted: &LinesToRemove) -> Result<Removal> {
    let text = read(file).map_err(|reason| unreadable(file, reason))?;
    Ok(strike(file, &text.unwrap_or_default(), wanted).1)
}

/// Removes lines. Every other byte stays; a line that lists other names as well keeps those.
///
/// # Errors
/// The file cannot be read or changed; it is then unchanged. A missing file is not created.
pub fn remove(file: &Path, wanted: &LinesToRemove) -> Result<Removal> {
    let first = would_remove(file, wanted)?;
    if first.struck.is_empty() {
        return Ok(first);
    }
    let mut removal = Removal::default();
    rewrite(file, |old| {
        // Compute again from the locked file, because another program may have changed it.
        let (text, now) = strike(file, old, wanted);
        removal = now;
        Ok(text)
    })?;
    Ok(removal)
}

fn unreadable(file: &Path, reason: String) -> Error {
    let problem = Problem { file: file.to_owned(), line: None, reason };
    Error::new(Kind::Local, problem.to_string())
}

/// The lines with their numbers, including their newlines.
fn numbered(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    text.split_inclusive(|&byte| byte == b'\n').enumerate().map(|(at, raw)| (at + 1, raw))
}

fn entry(
    at: &FileLine,
    raw: &[u8],
    names: Option<&[String]>,
) -> Result<Option<KnownHostsEntry>, String> {
    if raw.len() > LINE_MAX {
        return Err(super::line::LineFault::TooLong(LINE_MAX >> 10).text());
    }
    let line = match KnownHostsLine::split(raw) {
        Ok(Some(line)) => line,
        Ok(None) => return Ok(None),
        Err(fault) => return Err(fault.text()),
    };
    let is_named = |names: &[String]| names.iter().any(|it| pattern::matches_field(line.hosts, it));
    // Faults in lines about other hosts are not reported.
    if names.is_some_and(|names| !is_named(names)) {
        return Ok(None);
    }
    let key = line.key().map_err(|fault| fault.text())?;
    let shown = |bytes: &[u8], max| text::line_bytes(bytes, max);
    Ok(Some(KnownHostsEntry {
        at: at.clone(),
        marker: line.marker,
        hosts: (!line.is_hashed).then(|| shown(line.hosts, HOSTS_MAX)),
        key,
        comment: shown(line.comment(), COMMENT_MAX),
    }))
}

/// The text without the matching lines, and a list of those.
fn strike(file: &Path, text: &[u8], wanted: &LinesToRemove) -> (Vec<u8>, Removal) {
    let (mut kept, mut removal) = (Vec::with_capacity(text.len()), Removal::default());
    for (number, raw) in numbered(text) {
        let at = FileLine { file: file.to_owned(), line: number };
        match strike_line(&at, raw, wanted) {
            Fate::Stays => kept.extend_from_slice(raw),
            Fate::IsKept(entry) => {
                removal.kept.push(entry);
                kept.extend_from_slice(raw);
            }
            Fate::Goes(struck, rest) => {
                kept.extend(rest);
                removal.struck.push(struck);
            }
        }
    }
    (kept, removal)
}

/// The decision about one line.
enum Fate {
    Stays,
    /// The line is about the host but stays, because of its marker or a pattern.
    IsKept(KnownHostsEntry),
    Goes(Struck, Vec<u8>),
}

fn strike_line(at: &FileLine, raw: &[u8], wanted: &LinesToRemove) -> Fate {
    let line = match KnownHostsLine::split(raw) {
        Ok(Some(line)) if raw.len() <= LINE_MAX => line,
        _ => return Fate::Stays,
    };
    let key = line.key().ok();
    if !is_wanted(key.as_ref(), wanted) {
        return Fate::Stays;
    }
    let listed: Vec<&String> =
        wanted.names.iter().filter(|name| is_listed(line.hosts, name)).collect();
    let asked_for = match line.marker {
        Marker::None => true,
        // A line with a marker that lists other names is not changed.
        _ => wanted.fingerprint.is_some() && !line.hosts.contains(&b','),
    };
    let is_negated = line.hosts.contains(&b'!');
    if listed.is_empty() || !asked_for || is_negated {
        return match entry(at, raw, Some(&wanted.names)) {
            Ok(Some(entry)) => Fate::IsKept(entry),
            _ => Fate::Stays,
        };
    }
    // `without_name` removes one name at a time, so repeat it for every listed name.
    let mut rest = raw.to_vec();
    for name in listed {
        let hosts = match KnownHostsLine::split(&rest) {
            Ok(Some(line)) => line.hosts.to_vec(),
            _ => Vec::new(),
        };
        rest = match line.marker {
            Marker::None => without_name(&rest, &hosts, name).unwrap_or_default(),
            _ => Vec::new(),
        };
    }
    let shown = |bytes: &[u8]| text::line_bytes(bytes.trim_ascii(), LINE_MAX);
    let after = (!rest.is_empty()).then(|| shown(&rest));
    Fate::Goes(Struck { at: at.clone(), key, before: shown(raw), after }, rest)
}

/// Whether the host field lists exactly this name, hashed or literally.
fn is_listed(hosts: &[u8], name: &str) -> bool {
    if hosts.starts_with(pattern::HASH_MAGIC) {
        return pattern::matches_field(hosts, name);
    }
    hosts.split(|&byte| byte == b',').any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
}

fn is_wanted(key: Option<&PublicKey>, wanted: &LinesToRemove) -> bool {
    let Some(key) = key else {
        // A line whose key cannot be read matches no fingerprint or type.
        return wanted.kind.is_none() && wanted.fingerprint.is_none();
    };
    let by_kind = wanted.kind.as_deref().is_none_or(|kind| is_of_type(key, kind));
    let same = |typed: &str| fingerprint::compare(key, typed) == fingerprint::Comparison::Same;
    by_kind && wanted.fingerprint.as_deref().is_none_or(same)
}

/// Whether a key has this type in either form: `ED25519` or `ssh-ed25519`.
pub fn is_of_type(key: &PublicKey, kind: &str) -> bool {
    let names = [fingerprint::type_name(key), key.algorithm().as_str()].map(str::to_owned);
    names.iter().any(|name| name.eq_ignore_ascii_case(kind))
}

impl KnownHostsEntry {
    /// The marker as written in the file, if there is one.
    pub fn marker_word(&self) -> Option<&'static str> {
        match self.marker {
            Marker::None => None,
            Marker::Authority => Some("@cert-authority"),
            Marker::Revoked => Some("@revoked"),
        }
    }

    /// The place of the line, sanitised.
    pub fn place(&self) -> String {
        format!("{}:{}", quote::path(&self.at.file), self.at.line)
    }
}
