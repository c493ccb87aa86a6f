//! `WinSCP.ini`: `[path of a key]`, and `name=value` lines.
//!
//! A key's header ends at the last `]` of its line. The first of two values with the same name
//! counts. Texts are escaped; [`RegistryKey`](super::key::RegistryKey) decodes them.

use std::ops::Range;
use std::path::Path;

use zeroize::Zeroizing;

use super::escape::decoded_text;
use super::file::at_line;
use super::key::{RegistryKey, RegistryValue, ValueCoding};
use super::tree::{KeyIndex, KeyLines, KeyText, RegistryTree};
use crate::say;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of a file.
struct IniText(Zeroizing<Vec<u8>>);

/// A line without its end.
struct IniLine<'a> {
    /// Its number, from 1.
    number: usize,
    /// Its place in the bytes.
    range: Range<usize>,
    bytes: &'a [u8],
}

/// Finds the keys in the bytes of the file at this path. Faults are the tree's, or its keys'.
pub fn parse_ini(file: &Path, bytes: &[u8]) -> RegistryTree {
    let text = IniText(Zeroizing::new(bytes.strip_prefix(MARK).unwrap_or(bytes).to_vec()));
    let end = text.0.len();
    let mut index = KeyIndex::new(file, ValueCoding::WinScp);
    for line in text.lines(&KeyLines { first: 1, range: 0..end }) {
        if !may_be_header(line.bytes) {
            continue;
        }
        let header = Zeroizing::new(decoded_text(line.bytes));
        if !header.trim().starts_with('[') {
            continue;
        }
        index.leave(line.range.start);
        match path(header.trim()) {
            Some(path) if index.enter(path, line.number, end.min(line.range.end + 1)) => {}
            Some(_) => break,
            None => index.set_fault(line.number, &say!(registry_key_open)),
        }
    }
    RegistryTree::new(index, end, Box::new(text))
}

impl IniText {
    fn lines(&self, lines: &KeyLines) -> impl Iterator<Item = IniLine<'_>> {
        let mut start = lines.range.start;
        let bytes = self.0[lines.range.clone()].split(|&byte| byte == b'\n');
        bytes.zip(lines.first..).map(move |(bytes, number)| {
            let range = start..start + bytes.len();
            start = range.end + 1;
            IniLine { number, range, bytes }
        })
    }
}

impl KeyText for IniText {
    fn read(&self, lines: &KeyLines, key: &mut RegistryKey) {
        for line in self.lines(lines) {
            let text = Zeroizing::new(decoded_text(line.bytes));
            let text = text.trim();
            if text.contains(['\0', '\r']) {
                key.set_fault(at_line(key.file(), line.number, &say!(registry_control_character)));
            } else if let Some((name, value)) = text.split_once('=') {
                let name = name.trim().replace("%3D", "=");
                key.add(&name, RegistryValue::text(value.trim()));
            }
        }
    }

    fn forget(&mut self, lines: &KeyLines, names: &[&str]) {
        let found = self.lines(lines).filter_map(|line| {
            let equals = line.bytes.iter().position(|&byte| byte == b'=')?;
            let name = line.bytes[..equals].trim_ascii();
            let is_forgotten = names.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
            is_forgotten.then_some(line.range.start + equals + 1..line.range.end)
        });
        for range in found.collect::<Vec<_>>() {
            // What is a fault stays one.
            let letters = self.0[range].iter_mut().filter(|byte| !matches!(byte, b'\0' | b'\r'));
            letters.for_each(|byte| *byte = b' ');
        }
    }
}

/// Whether a line may be a header, judged by its first letter: of most lines there is no more to
/// know until their key is read.
fn may_be_header(line: &[u8]) -> bool {
    // Beyond ASCII there are other blanks, and the vertical tab is one within it.
    matches!(line.trim_ascii_start().first(), Some(b'[' | b'\x0b' | 0x80..))
}

/// The path in a key's header.
fn path(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.rsplit_once(']').map(|(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_leaves_the_text_and_a_fault_stays() {
        let bytes =
            b"[a]\nHostName=h\n password =A35C\nPasswords=kept\nPassword=x\0y\n[b]\nPassword";
        let mut text = IniText(Zeroizing::new(bytes.to_vec()));
        let lines = KeyLines { first: 2, range: 4..bytes.len() - 13 };
        text.forget(&lines, &["Password"]);
        let wanted =
            b"[a]\nHostName=h\n password =    \nPasswords=kept\nPassword= \0 \n[b]\nPassword";
        assert_eq!(text.0[..], wanted[..]);
    }

    #[test]
    fn a_key_in_two_places_has_the_values_of_both() {
        let text = b"\xef\xbb\xbf[A]\nx=1\n[b]\nx=2\n[a]\nx=3\ny=4\nz=\0\n[c]";
        let tree = parse_ini(Path::new("/x.ini"), text);
        tree.check().unwrap();
        let key = tree.key("a").unwrap();
        assert_eq!((key.text("x").as_deref(), key.text("y").as_deref()), (Some("1"), Some("4")));
        assert_eq!((key.name(), key.place().line), ("A", 1));
        assert!(key.check().unwrap_err().to_string().starts_with("/x.ini line 8: "));
        assert!(tree.key("c").unwrap().check().is_ok());
    }
}
