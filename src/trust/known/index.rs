//! A file in memory, with an index of its lines that have a key or a fault.

use std::io::BufRead;
use std::path::PathBuf;

use crate::trust::cache::HostKeyCache;
use crate::trust::file::LINE_MAX;
use crate::trust::line::{KnownHostsLine, LineFault, Marker};
use crate::trust::pattern;
use crate::trust::place::Problem;

/// The most faulty lines reported: a malformed file would otherwise report each of its lines.
pub(super) const PROBLEMS_MAX: usize = 100;

/// One file: its text, and an index of the lines that have a key or a fault.
pub(super) struct IndexedFile {
    pub(super) path: PathBuf,
    pub(super) text: Vec<u8>,
    pub(super) entries: Vec<IndexedLine>,
    /// Whether a name without a port is for port 22 alone, as in PuTTY's cache, in which every key
    /// has a port.
    pub(super) has_ports: bool,
}

/// Offsets into the text, which has at most 64 MiB (`FILE_MAX`).
pub(super) struct IndexedLine {
    pub(super) number: u32,
    pub(super) marker: Marker,
    pub(super) line: (u32, u32),
    pub(super) hosts: (u32, u32),
    /// The salt, if the line has a hashed name.
    pub(super) salt: Option<[u8; pattern::HASH_LEN]>,
}

impl IndexedFile {
    pub(super) fn split(path: PathBuf, text: Vec<u8>, problems: &mut Vec<Problem>) -> IndexedFile {
        let mut entries = Vec::new();
        let mut bad = Vec::new();
        let mut rest = text.as_slice();
        for number in 1.. {
            let Some(raw) = next_line(&mut rest) else { break };
            match read_line(raw) {
                Ok(None) => {}
                Ok(Some(line)) => entries.push(IndexedLine {
                    number,
                    marker: line.marker,
                    line: range_within(&text, raw),
                    hosts: range_within(&text, line.hosts),
                    salt: line.salt,
                }),
                // One beyond the limit shows that there are more.
                Err(reason) if bad.len() <= PROBLEMS_MAX => bad.push((number, reason)),
                Err(_) => {}
            }
        }
        if let Some((_, reason)) = bad.get_mut(PROBLEMS_MAX) {
            *reason = LineFault::MoreFollow;
        }
        problems.extend(bad.into_iter().map(|(number, reason)| Problem {
            file: path.clone(),
            line: Some(number as usize),
            reason: reason.text(),
        }));
        IndexedFile { path, text, entries, has_ports: false }
    }

    /// The keys of a cache, with the numbers of their lines there.
    pub(super) fn of_cache(path: PathBuf, cache: &HostKeyCache) -> IndexedFile {
        let text: String = cache.keys.iter().map(|it| it.known_hosts.as_str()).collect();
        let mut file = IndexedFile::split(path, text.into_bytes(), &mut Vec::new());
        file.has_ports = true;
        for (entry, key) in file.entries.iter_mut().zip(&cache.keys) {
            entry.number = offset(key.line);
        }
        file
    }

    pub(super) fn slice(&self, (start, end): (u32, u32)) -> &[u8] {
        &self.text[start as usize..end as usize]
    }
}

/// Takes the next line off the text, without its newline.
fn next_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let whole = *rest;
    // Of the standard library's searches for a byte, `skip_until` is the fast one.
    let length = rest.skip_until(b'\n').expect("memory can be read");
    let line = &whole[..length];
    (length > 0).then(|| line.strip_suffix(b"\n").unwrap_or(line))
}

fn read_line(raw: &[u8]) -> Result<Option<KnownHostsLine<'_>>, LineFault> {
    if raw.len() > LINE_MAX {
        return Err(LineFault::TooLong(LINE_MAX >> 10));
    }
    KnownHostsLine::split(raw)
}

fn offset(position: usize) -> u32 {
    u32::try_from(position).expect("a file has at most FILE_MAX bytes")
}

/// The range of `part`, a slice of `whole`, within it.
fn range_within(whole: &[u8], part: &[u8]) -> (u32, u32) {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    (offset(start), offset(start + part.len()))
}
