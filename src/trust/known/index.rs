//! A file in memory, with an index of its lines that have a key or a fault.

use std::io::BufRead;
use std::path::PathBuf;

use crate::trust::cache::HostKeyCache;
use crate::trust::file::LINE_MAX;
use crate::trust::line::{KnownHostsLine, LineFault, Marker, line_head};
use crate::trust::place::Problem;

/// The most faulty lines reported: a malformed file would otherwise report each of its lines.
pub(super) const PROBLEMS_MAX: usize = 100;

/// One file: its text, and where the lines start that have a key. There may be millions, so nothing
/// else is kept of a line: its head is read again when a host is looked up.
pub(super) struct IndexedFile {
    pub(super) path: PathBuf,
    text: Vec<u8>,
    /// Offsets into the text, which has at most 64 MiB (`FILE_MAX`), behind the blanks of the line.
    pub(super) starts: Vec<u32>,
    /// The numbers of the lines, where they are not those of the text.
    numbers: Option<Vec<usize>>,
    /// Whether a name without a port is for port 22 alone, as in PuTTY's cache, in which every key
    /// has a port.
    pub(super) has_ports: bool,
}

impl IndexedFile {
    pub(super) fn split(path: PathBuf, text: Vec<u8>, problems: &mut Vec<Problem>) -> IndexedFile {
        let mut starts = Vec::new();
        let mut bad = Vec::new();
        let mut rest = text.as_slice();
        for number in 1.. {
            let Some(raw) = next_line(&mut rest) else { break };
            match read_line(raw) {
                Ok(None) => {}
                Ok(Some(_)) => starts.push(offset_within(&text, raw.trim_ascii_start())),
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
            line: Some(number),
            reason: reason.text(),
        }));
        IndexedFile { path, text, starts, numbers: None, has_ports: false }
    }

    /// The keys of a cache, with the numbers of their lines there.
    pub(super) fn of_cache(path: PathBuf, cache: &HostKeyCache) -> IndexedFile {
        let text: String = cache.keys.iter().map(|it| it.known_hosts.as_str()).collect();
        let mut file = IndexedFile::split(path, text.into_bytes(), &mut Vec::new());
        file.has_ports = true;
        file.numbers = Some(cache.keys.iter().map(|key| key.line).collect());
        file
    }

    /// The marker and the host field of a line that starts there.
    pub(super) fn head(&self, start: u32) -> (Marker, &[u8]) {
        line_head(&self.text[start as usize..])
    }

    /// The line of this entry.
    pub(super) fn line(&self, entry: usize) -> KnownHostsLine<'_> {
        let mut rest = &self.text[self.starts[entry] as usize..];
        let line = next_line(&mut rest).and_then(|raw| KnownHostsLine::split(raw).ok().flatten());
        line.expect("the line was split when the file was loaded")
    }

    /// The numbers of the lines of these entries, which are in the file's order.
    pub(super) fn numbers(&self, entries: impl Iterator<Item = usize>) -> Vec<usize> {
        let (mut at, mut number) = (0, 1);
        let mut number_of = |entry: usize| match &self.numbers {
            Some(numbers) => numbers[entry],
            None => {
                let start = self.starts[entry] as usize;
                number += memchr::memchr_iter(b'\n', &self.text[at..start]).count();
                at = start;
                number
            }
        };
        entries.map(&mut number_of).collect()
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

/// The offset of `part`, a slice of `whole`, within it.
fn offset_within(whole: &[u8], part: &[u8]) -> u32 {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    u32::try_from(start).expect("a file has at most FILE_MAX bytes")
}
