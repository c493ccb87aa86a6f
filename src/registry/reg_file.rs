//! Files that regedit writes (`.reg`): version 5 in UTF-16LE, and REGEDIT4 in bytes.
//!
//! A key's header ends at the last `]` of its line, because a name may contain one. As regedit does
//! when it reads a file, the last of two values with the same name counts, `[-key]` removes a key
//! and `"name"=-` a value. A fault belongs to the key it is in, so that the others can be used.

use std::path::Path;

use zeroize::Zeroizing;

use super::escape::decoded_text;
use super::file::at_line;
use super::key::{RegistryValue, ValueCoding};
use super::tree::RegistryTree;
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

/// Parses the bytes of the file at this path. A fault within a key is the key's, and one between
/// keys is the tree's.
///
/// # Errors
/// [`Kind::Config`](crate::error::Kind::Config), with the line: the file is not one that regedit
/// has written.
pub fn parse_reg(file: &Path, bytes: &[u8]) -> Result<RegistryTree> {
    let RegText { text, wide, cut } = decode(bytes).map_err(|what| at_line(file, 1, &what))?;
    let mut tree = RegistryTree::new(file, ValueCoding::Plain);
    let mut path: Option<String> = None;
    let ended = text.ends_with('\n') && !cut;
    let mut lines = text.lines().enumerate().skip(1).peekable();
    while let Some((at, first)) = lines.next() {
        let number = at + 1;
        let mut line = first.trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        let mut joined = Zeroizing::new(String::new());
        if goes_on(line) {
            joined.push_str(line);
            while goes_on(&joined) {
                joined.pop();
                match lines.next() {
                    Some((_, next)) => joined.push_str(next.trim()),
                    None => {
                        joined.push('\\');
                        break;
                    }
                }
            }
            line = &joined;
        }
        let last = !ended && lines.peek().is_none();
        if let Some(header) = line.strip_prefix('[') {
            path = None;
            let Some((name, _)) = header.rsplit_once(']').filter(|_| !last) else {
                tree.set_fault(number, &say!(registry_key_open));
                continue;
            };
            match name.strip_prefix('-') {
                Some(name) => tree.remove(name),
                None if tree.enter(name, number).is_some() => path = Some(name.to_lowercase()),
                None => break,
            }
            continue;
        }
        let read = assignment(line, wide, last);
        match (&path, read) {
            (Some(path), Ok((name, what))) => {
                let Some(key) = tree.entered(path) else { continue };
                match what {
                    Assignment::Put(value) => key.put(&name, value),
                    Assignment::Remove => key.remove(&name),
                }
            }
            (Some(path), Err(what)) => tree.set_key_fault(path, number, &what),
            (None, _) => tree.set_fault(number, &say!(registry_value_without_key)),
        }
    }
    if cut {
        let number = text.lines().count();
        match &path {
            Some(path) => tree.set_key_fault(path, number, &say!(registry_file_cut)),
            None => tree.set_fault(number, &say!(registry_file_cut)),
        }
    }
    Ok(tree)
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
