//! Files of regedit, written: version 5 in UTF-16LE with a byte order mark and CR LF.
//!
//! A file that is there is changed value by value; its other lines stay as they are.

use std::path::Path;

use super::file::at_line;
use super::written::{WrittenField, WrittenValue};
use crate::error::Result;
use crate::say;

const VERSION_5: &str = "Windows Registry Editor Version 5.00";

/// The lines of a file of regedit, which may be changed.
#[derive(Clone, Debug)]
pub struct RegDocument {
    /// Without line ends.
    lines: Vec<String>,
}

impl RegDocument {
    /// A file without keys.
    pub fn new() -> RegDocument {
        RegDocument { lines: vec![VERSION_5.to_owned(), String::new()] }
    }

    /// Takes the bytes of the file at this path.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config): they are not whole text of version 5 in
    /// UTF-16LE, so that changing them could lose something.
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<RegDocument> {
        let refused = || at_line(file, 1, &say!(registry_not_rewritten));
        let [0xff, 0xfe, rest @ ..] = bytes else { return Err(refused()) };
        if rest.len() % 2 == 1 {
            return Err(refused());
        }
        let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let text: String =
            char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| refused())?;
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        match lines.first().is_some_and(|first| first.trim_end() == VERSION_5) {
            true => Ok(RegDocument { lines }),
            false => Err(refused()),
        }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xfe];
        for line in &self.lines {
            for unit in line.encode_utf16().chain("\r\n".encode_utf16()) {
                bytes.extend(unit.to_le_bytes());
            }
        }
        bytes
    }

    /// Sets values of the key of this whole path, which is added if it is missing. Neither the
    /// path's nor the names' case counts.
    pub fn set(&mut self, path: &str, fields: &[WrittenField]) {
        let start = match self.lines.iter().position(|line| is_header_of(line, path)) {
            Some(header) => header + 1,
            None => {
                if self.lines.last().is_some_and(|line| !line.is_empty()) {
                    self.lines.push(String::new());
                }
                self.lines.push(format!("[{path}]"));
                self.lines.len()
            }
        };
        let rest = &self.lines[start..];
        let end = rest.iter().position(|line| line.trim_start().starts_with('['));
        let mut section: Vec<String> =
            self.lines.splice(start..end.map_or(self.lines.len(), |end| start + end), []).collect();
        let last = section.iter().rposition(|line| !line.trim().is_empty());
        let blanks = section.split_off(last.map_or(0, |last| last + 1));
        for field in fields {
            set_field(&mut section, field);
        }
        section.extend(blanks);
        if section.last().is_none_or(|line| !line.is_empty()) {
            section.push(String::new());
        }
        self.lines.splice(start..start, section);
    }
}

impl Default for RegDocument {
    fn default() -> RegDocument {
        RegDocument::new()
    }
}

/// Puts a value in the place of each line with its name, or adds it.
fn set_field(section: &mut Vec<String>, field: &WrittenField) {
    let mut found = false;
    let mut at = 0;
    while at < section.len() {
        let Some(written) = name_of(&section[at]).filter(|name| is_same(name, &field.name)) else {
            at += 1;
            continue;
        };
        found = true;
        // Bytes in hexadecimal digits go on in the next lines.
        while section[at].trim_end().ends_with('\\') && at + 1 < section.len() {
            section.remove(at);
        }
        section[at] = value_line(&written, &field.value);
        at += 1;
    }
    if !found && !field.is_default {
        section.push(value_line(&field.name, &field.value));
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn is_header_of(line: &str, path: &str) -> bool {
    let name = line.trim().strip_prefix('[').and_then(|rest| rest.rsplit_once(']'));
    name.is_some_and(|(name, _)| is_same(name, path))
}

/// The name of the value in a line.
fn name_of(line: &str) -> Option<String> {
    let mut name = String::new();
    let mut letters = line.trim_start().strip_prefix('"')?.chars();
    loop {
        match letters.next()? {
            '"' => return letters.as_str().trim_start().starts_with('=').then_some(name),
            '\\' => name.push(letters.next()?),
            letter => name.push(letter),
        }
    }
}

fn value_line(name: &str, value: &WrittenValue) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match value {
        WrittenValue::Text(text) => format!("{}={}", quoted(name), quoted(text)),
        WrittenValue::Number(number) => {
            format!("{}=dword:{:08x}", quoted(name), number.cast_unsigned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\a%20[b]";

    fn text(document: &RegDocument) -> String {
        let bytes = document.bytes();
        let units = bytes[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|unit| unit.unwrap()).collect()
    }

    fn of(text: &str) -> RegDocument {
        let mut bytes = vec![0xff, 0xfe];
        text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
        RegDocument::parse(Path::new("/x.reg"), &bytes).unwrap()
    }

    #[test]
    fn a_new_key_is_written_as_regedit_does() {
        let mut document = RegDocument::new();
        let fields = [
            WrittenField::text("Command", "C:\\a \"b\""),
            WrittenField::number("Clash", -1, 0),
            WrittenField::text("Empty", ""),
        ];
        document.set(PATH, &fields);
        let wanted = format!(
            "{VERSION_5}\r\n\r\n[{PATH}]\r\n\"Command\"=\"C:\\\\a \\\"b\\\"\"\r\n\
             \"Clash\"=dword:ffffffff\r\n\r\n"
        );
        assert_eq!(text(&document), wanted);
        document.set(PATH, &fields);
        assert_eq!(text(&document), wanted);
    }

    #[test]
    fn only_the_named_values_of_a_key_change() {
        let mut document = of(&format!(
            "{VERSION_5}\r\n\r\n[HKEY_CURRENT_USER\\Other]\r\n\"HostName\"=\"other\"\r\n\r\n\
             [{}]\r\n\"Font\"=\"x\"\r\n\"Hostname\"=\"old\"\r\n\"Many\"=hex(7):61,\\\r\n  00,00\r\n\
             \r\n[HKEY_CURRENT_USER\\Last]\r\n\"HostName\"=\"last\"\r\n",
            PATH.to_uppercase()
        ));
        let fields = [
            WrittenField::text("HostName", "new"),
            WrittenField::text("Many", "one"),
            WrittenField::number("PortNumber", 22, 22).always(),
        ];
        document.set(PATH, &fields);
        let changed = text(&document);
        let wanted = "\"Font\"=\"x\"\r\n\"Hostname\"=\"new\"\r\n\"Many\"=\"one\"\r\n\
                      \"PortNumber\"=dword:00000016\r\n\r\n[HKEY_CURRENT_USER\\Last]\r\n\
                      \"HostName\"=\"last\"\r\n";
        assert!(changed.ends_with(wanted), "{changed}");
        assert!(changed.contains("[HKEY_CURRENT_USER\\Other]\r\n\"HostName\"=\"other\"\r\n"));
    }

    #[test]
    fn what_could_be_lost_is_not_rewritten() {
        let wide = |text: &str| {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
        };
        let odd = [wide(VERSION_5), vec![0]].concat();
        for bytes in [b"REGEDIT4\r\n".to_vec(), Vec::new(), wide("REGEDIT4\r\n"), odd] {
            let error = RegDocument::parse(Path::new("/x.reg"), &bytes).unwrap_err();
            assert!(error.to_string().contains("/x.reg"), "{error}");
        }
    }
}
