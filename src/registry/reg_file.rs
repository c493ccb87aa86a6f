//! Files that regedit writes (`.reg`): version 5 in UTF-16LE, and REGEDIT4 in bytes.
//!
//! A key's header ends at the last `]` of its line, because a name may contain one. As regedit does
//! when it reads a file, the last of two values with the same name counts, `[-key]` removes a key
//! and `"name"=-` a value. A fault belongs to the key it is in, so that the others can be used.

use std::ops::Range;
use std::path::Path;

use zeroize::Zeroizing;

use super::escape::decoded_text;
use super::file::at_line;
use super::key::{RegistryKey, RegistryValue, ValueCoding};
use super::tree::{KeyIndex, KeyLines, KeyText, RegistryTree};
use crate::error::Result;
use crate::say;

const VERSION_5: &str = "Windows Registry Editor Version 5.00";
const VERSION_4: &str = "REGEDIT4";

/// What a value's line says.
enum Assignment {
    Put(RegistryValue),
    Remove,
}

/// The text of a file, and how it was written.
struct RegText {
    text: Zeroizing<String>,
    /// Whether texts in hexadecimal bytes are UTF-16LE.
    wide: bool,
    /// Whether the file ends within a character.
    cut: bool,
}

/// Lines of a text, each as its value goes on, without blank ones and comments.
struct RegLines<'a> {
    text: &'a RegText,
    /// The number of the next line, and its place.
    number: usize,
    rest: Range<usize>,
}

/// A line, with those in which its value goes on.
struct RegLine<'a> {
    /// The number of the first, from 1.
    number: usize,
    /// Its place in the text.
    range: Range<usize>,
    first: &'a str,
    /// The text of all of them, if there are several.
    joined: Option<Zeroizing<String>>,
    /// Whether the file ends with the line, without a line end.
    is_cut: bool,
}

/// Finds the keys in the bytes of the file at this path. A fault within a key is the key's, and one
/// between keys is the tree's.
///
/// # Errors
/// [`Kind::Config`](crate::error::Kind::Config), with the line: the file is not one that regedit
/// has written.
pub fn parse_reg(file: &Path, bytes: &[u8]) -> Result<RegistryTree> {
    let text = decode(bytes).map_err(|what| at_line(file, 1, &what))?;
    let mut index = KeyIndex::new(file, ValueCoding::Plain);
    let end = text.text.len();
    let mut lines = text.lines(&KeyLines { first: 1, range: 0..end });
    lines.take_line();
    for line in lines {
        let Some(header) = line.text().strip_prefix('[') else {
            if !index.is_within_key() {
                index.set_fault(line.number, &say!(registry_value_without_key));
            }
            continue;
        };
        index.leave(line.range.start);
        let Some((name, _)) = header.rsplit_once(']').filter(|_| !line.is_cut) else {
            index.set_fault(line.number, &say!(registry_key_open));
            continue;
        };
        match name.strip_prefix('-') {
            Some(name) => index.remove(name),
            None if index.enter(name, line.number, line.range.end) => {}
            None => break,
        }
    }
    if text.cut && !index.is_within_key() {
        index.set_fault(text.text.lines().count(), &say!(registry_file_cut));
    }
    Ok(RegistryTree::new(index, end, Box::new(text)))
}

impl RegText {
    fn lines(&self, lines: &KeyLines) -> RegLines<'_> {
        RegLines { text: self, number: lines.first, rest: lines.range.clone() }
    }
}

impl KeyText for RegText {
    fn read(&self, lines: &KeyLines, key: &mut RegistryKey) {
        for line in self.lines(lines) {
            match assignment(line.text(), self.wide, line.is_cut) {
                Ok((name, Assignment::Put(value))) => key.put(&name, value),
                Ok((name, Assignment::Remove)) => key.remove(&name),
                Err(what) => key.set_fault(at_line(key.file(), line.number, &what)),
            }
        }
        if self.cut && lines.range.end == self.text.len() {
            let number = self.text.lines().count();
            key.set_fault(at_line(key.file(), number, &say!(registry_file_cut)));
        }
    }

    fn forget(&mut self, lines: &KeyLines, names: &[&str]) {
        let found = self.lines(lines).filter_map(|line| {
            let (name, _) = assignment(line.text(), self.wide, line.is_cut).ok()?;
            let is_forgotten = names.iter().any(|it| name.eq_ignore_ascii_case(it));
            is_forgotten.then_some(line.range)
        });
        for range in found.collect::<Vec<_>>() {
            // The lines after it keep their numbers.
            let letters = self.text[range.clone()].bytes();
            let blank: String = letters.map(|it| if it == b'\n' { '\n' } else { ' ' }).collect();
            self.text.replace_range(range, &blank);
        }
    }
}

impl<'a> RegLines<'a> {
    /// The next line as it is, without blanks around it.
    fn take_line(&mut self) -> Option<&'a str> {
        let rest = &self.text.text[self.rest.clone()];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.rest.start += length;
        self.number += 1;
        Some(rest[..length].trim())
    }

    /// A line with those in which its value goes on, if it does.
    fn joined(&mut self, first: &str) -> Option<Zeroizing<String>> {
        let mut joined = goes_on(first).then(|| Zeroizing::new(first.to_owned()))?;
        while goes_on(&joined) {
            match self.take_line() {
                Some(next) => {
                    joined.pop();
                    joined.push_str(next);
                }
                None => break,
            }
        }
        Some(joined)
    }
}

impl<'a> Iterator for RegLines<'a> {
    type Item = RegLine<'a>;

    fn next(&mut self) -> Option<RegLine<'a>> {
        let (number, start, first) = loop {
            let (number, start) = (self.number, self.rest.start);
            let line = self.take_line()?;
            if !line.is_empty() && !line.starts_with(';') {
                break (number, start, line);
            }
        };
        let joined = self.joined(first);
        let RegText { text, cut, .. } = self.text;
        let is_cut = self.rest.start == text.len() && (*cut || !text.ends_with('\n'));
        Some(RegLine { number, range: start..self.rest.start, first, joined, is_cut })
    }
}

impl RegLine<'_> {
    fn text(&self) -> &str {
        self.joined.as_ref().map_or(self.first, |joined| joined)
    }
}

/// The file's text, if its first line says what it is.
fn decode(bytes: &[u8]) -> Result<RegText, String> {
    let (text, wide, cut) = match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = units(rest).collect();
            let text: String = char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            (text, true, rest.len() % 2 == 1)
        }
        [0xfe, 0xff, ..] | [0xef, 0xbb, 0xbf, ..] => return Err(say!(registry_wrong_mark)),
        _ => (decoded_text(bytes), false, false),
    };
    let text = Zeroizing::new(text);
    match text.lines().next().map(str::trim_end) {
        // Version 5 in bytes comes from an editor; regedit reads it, too.
        Some(VERSION_5) => Ok(RegText { text, wide: true, cut }),
        Some(VERSION_4) => Ok(RegText { text, wide, cut }),
        _ => Err(say!(registry_not_an_export)),
    }
}

/// Whether the value of a line goes on in the next one, as bytes in hexadecimal digits do.
fn goes_on(line: &str) -> bool {
    line.ends_with('\\') && !line.starts_with('[') && hexadecimal(line)
}

/// Whether the value of a line is written in hexadecimal bytes.
fn hexadecimal(line: &str) -> bool {
    let value = closing_quote(line).map_or("", |end| line[end + 1..].trim_start());
    value.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with("hex"))
        || line.starts_with("@=hex")
}

/// A value's name, and what its line says. `cut` tells that the file ends with the line, without a line end.
fn assignment(line: &str, wide: bool, cut: bool) -> Result<(String, Assignment), String> {
    let (name, rest) = match line.strip_prefix('@') {
        Some(rest) => (String::new(), rest),
        None => {
            let end = closing_quote(line).ok_or_else(|| say!(registry_value_broken))?;
            (unquoted(&line[1..end]), &line[end + 1..])
        }
    };
    let value = rest.trim_start().strip_prefix('=').ok_or_else(|| say!(registry_value_broken))?;
    let value = value.trim();
    if value == "-" {
        return Ok((name, Assignment::Remove));
    }
    let value = match value.split_once(':') {
        _ if value.starts_with('"') => quoted(value)?,
        Some(("dword", digits)) => dword(digits, cut)?,
        Some((kind, bytes)) if kind.starts_with("hex") => binary(kind, bytes, wide)?,
        _ => return Err(say!(registry_value_broken)),
    };
    Ok((name, Assignment::Put(value)))
}

fn quoted(value: &str) -> Result<RegistryValue, String> {
    match closing_quote(value) {
        Some(end) if end + 1 == value.len() => Ok(RegistryValue::text(unquoted(&value[1..end]))),
        _ => Err(say!(registry_value_open)),
    }
}

fn dword(digits: &str, cut: bool) -> Result<RegistryValue, String> {
    let form = (1..=8).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_hexdigit());
    if !form || (cut && digits.len() < 8) {
        return Err(say!(registry_value_broken));
    }
    let number = u32::from_str_radix(digits, 16).map_err(|_| say!(registry_value_broken))?;
    Ok(RegistryValue::Number(number.cast_signed()))
}

fn binary(kind: &str, digits: &str, wide: bool) -> Result<RegistryValue, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 3 + 1));
    let digits = digits.trim();
    for byte in digits.split(',').filter(|_| !digits.is_empty()) {
        let byte = byte.trim();
        let form = byte.len() == 2 && byte.bytes().all(|it| it.is_ascii_hexdigit());
        let byte = u8::from_str_radix(byte, 16).ok().filter(|_| form);
        bytes.push(byte.ok_or_else(|| say!(registry_value_broken))?);
    }
    match kind {
        "hex(1)" | "hex(2)" => {
            let text = Zeroizing::new(wide_text(&bytes, wide)?);
            Ok(RegistryValue::text(text.split('\0').next().unwrap_or_default()))
        }
        "hex(7)" => texts(&wide_text(&bytes, wide)?),
        "hex(4)" => {
            let number =
                <[u8; 4]>::try_from(&bytes[..]).map_err(|_| say!(registry_value_broken))?;
            Ok(RegistryValue::Number(i32::from_le_bytes(number)))
        }
        _ => Ok(RegistryValue::Bytes),
    }
}

/// Several texts, each with a NUL at its end, and one more NUL after them.
fn texts(text: &str) -> Result<RegistryValue, String> {
    if text.is_empty() || text == "\0" {
        return Ok(RegistryValue::Texts(Vec::new()));
    }
    let list = text.strip_suffix("\0\0").ok_or_else(|| say!(registry_value_open))?;
    Ok(RegistryValue::Texts(list.split('\0').map(str::to_owned).collect()))
}

fn wide_text(bytes: &[u8], wide: bool) -> Result<String, String> {
    match wide {
        true if bytes.len() % 2 == 1 => Err(say!(registry_value_open)),
        true => Ok(char::decode_utf16(units(bytes))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()),
        false => Ok(decoded_text(bytes)),
    }
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

/// Where the quote is that closes the one at the start of a text.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    let mut letters = text.char_indices();
    letters.next().filter(|(_, letter)| *letter == '"')?;
    for (at, letter) in letters {
        match letter {
            '"' if !escaped => return Some(at),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// Takes the backslash from `\\` and `\"`; any other stays.
fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.next_if(|&next| letter == '\\' && matches!(next, '\\' | '"')) {
            Some(next) => out.push(next),
            None => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_leaves_the_text_and_a_fault_stays() {
        let text = "REGEDIT4\n[a]\n\"HostName\"=\"h\"\n\"password\"=\"é\"\n\
                    \"PASSWORD\"=hex:01,\\\n  02\n\"Password\"=\"cut\n";
        let mut text = decode(text.as_bytes()).unwrap();
        let lines = KeyLines { first: 3, range: 13..text.text.len() };
        text.forget(&lines, &["Password"]);
        let (one, two) = (" ".repeat(15), " ".repeat(19));
        let wanted =
            format!("REGEDIT4\n[a]\n\"HostName\"=\"h\"\n{one}\n{two}\n    \n\"Password\"=\"cut\n");
        assert_eq!(text.text.as_str(), wanted);
    }

    #[test]
    fn a_key_in_two_places_has_what_its_last_lines_say() {
        let text = "REGEDIT4\n[P\\a]\n\"x\"=\"1\"\n\"y\"=\"1\"\n[P\\b]\n\"x\"=hex:00,\\\n[P\\c]\n\
                    [p\\A]\n\"x\"=\"2\"\n\"y\"=-\n\"z\"=\"cut";
        let tree = parse_reg(Path::new("/x.reg"), text.as_bytes()).unwrap();
        tree.check().unwrap();
        let names: Vec<&str> = tree.names("P").map(|(name, _)| name).collect();
        // The value of b goes on in the line that looks like the header of c.
        assert_eq!(names, ["a", "b"]);
        let key = tree.key("P\\a").unwrap();
        assert_eq!(
            (key.text("x").as_deref(), key.has("y"), key.place().line),
            (Some("2"), false, 2)
        );
        assert!(key.check().unwrap_err().to_string().starts_with("/x.reg line 11: "));
        assert!(tree.key("P\\b").unwrap().check().is_err());
    }
}
