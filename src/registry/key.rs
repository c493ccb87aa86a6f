//! One key of a registry, or what stands for it: a name, where it was found, and values.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::escape::winscp_unescaped;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Whether the names of values differ by case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameCase {
    /// `HostName` and `Hostname` are two names, as in PuTTY's files on Unix.
    Sensitive,
    /// They are one name, as in the registry and in `WinSCP.ini`.
    Insensitive,
}

/// How the texts of a key's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueCoding {
    /// As they are.
    Plain,
    /// As WinSCP writes them: escaped, but for proxy commands.
    WinScp,
}

/// The value that WinSCP does not escape.
const WINSCP_PLAIN: &str = "ProxyTelnetCommand";

/// Where a key was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryPlace {
    /// The file.
    pub file: PathBuf,
    /// The key's line in it, from 1; 1 for a file that holds one key.
    pub line: usize,
}

/// A value. It may be a password, so it has no `Debug` and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub enum RegistryValue {
    /// A text.
    Text(Zeroizing<String>),
    /// A number of 32 bits; `ffffffff` is -1.
    Number(i32),
    /// Several texts.
    Texts(Vec<String>),
    /// Bytes of a kind that nothing here has a use for.
    Bytes,
}

impl RegistryValue {
    /// A text as a value.
    pub fn text(text: impl Into<String>) -> RegistryValue {
        RegistryValue::Text(Zeroizing::new(text.into()))
    }
}

/// A key with its values.
#[derive(Clone)]
pub struct RegistryKey {
    name: String,
    place: RegistryPlace,
    case: NameCase,
    coding: ValueCoding,
    /// By folded name: the name as written, and its values in the order of the file.
    values: BTreeMap<String, (String, Vec<RegistryValue>)>,
    fault: Option<Error>,
}

impl RegistryKey {
    /// A key without values, whose texts are written as they are.
    pub fn new(name: impl Into<String>, place: RegistryPlace, case: NameCase) -> RegistryKey {
        let (name, coding) = (name.into(), ValueCoding::Plain);
        RegistryKey { name, place, case, coding, values: BTreeMap::new(), fault: None }
    }

    /// The key with its texts written in this way.
    #[must_use]
    pub fn coded(mut self, coding: ValueCoding) -> RegistryKey {
        self.coding = coding;
        self
    }

    /// The decoded name, such as a session's; the last part only.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file that the key was found in.
    pub fn file(&self) -> &Path {
        &self.place.file
    }

    /// Where the key was found.
    pub fn place(&self) -> &RegistryPlace {
        &self.place
    }

    /// Whether the key could be read whole.
    ///
    /// # Errors
    /// What is wrong in the file, with its line: the values must not be used.
    pub fn check(&self) -> Result<()> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// The text of this name: the first, if there are several. A number is written in digits.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.first(name)? {
            RegistryValue::Text(text) => Some(self.decoded(name, text)),
            RegistryValue::Number(number) => Some(number.to_string()),
            RegistryValue::Texts(texts) => texts.first().map(|text| self.decoded(name, text)),
            RegistryValue::Bytes => None,
        }
    }

    /// The number of this name. A text is read as atoi(3) does: the digits at its start, or 0.
    pub fn number(&self, name: &str) -> Option<i32> {
        match self.first(name)? {
            RegistryValue::Number(number) => Some(*number),
            RegistryValue::Text(text) => Some(leading_number(text)),
            RegistryValue::Texts(_) | RegistryValue::Bytes => None,
        }
    }

    /// Whether the number of this name is not 0.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.number(name).map(|number| number != 0)
    }

    /// All texts of this name: those of repeated lines, or of one value that has several.
    pub fn all(&self, name: &str) -> Vec<String> {
        let mut all = Vec::new();
        for value in self.values_of(name) {
            match value {
                RegistryValue::Text(text) => all.push(self.decoded(name, text)),
                RegistryValue::Texts(texts) => {
                    all.extend(texts.iter().map(|text| self.decoded(name, text)));
                }
                RegistryValue::Number(number) => all.push(number.to_string()),
                RegistryValue::Bytes => {}
            }
        }
        all
    }

    /// The text of this name as a secret; `None` if there is none, or it is empty.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        match self.first(name)? {
            RegistryValue::Text(text) if !text.is_empty() => {
                Some(Secret::new(self.decoded(name, text)))
            }
            _ => None,
        }
    }

    /// Whether there is a value of this name.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The names of all values as written, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.values().map(|(name, _)| name.as_str())
    }

    /// Adds a value after those of the same name.
    pub fn add(&mut self, name: &str, value: RegistryValue) {
        let entry = self.values.entry(self.folded(name));
        entry.or_insert_with(|| (name.to_owned(), Vec::new())).1.push(value);
    }

    /// Puts a value in the place of those of the same name.
    pub fn put(&mut self, name: &str, value: RegistryValue) {
        self.values.insert(self.folded(name), (name.to_owned(), vec![value]));
    }

    /// Removes the values of this name.
    pub fn remove(&mut self, name: &str) {
        self.values.remove(&self.folded(name));
    }

    /// Says what is wrong in the file; the first word counts.
    pub fn set_fault(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }

    fn first(&self, name: &str) -> Option<&RegistryValue> {
        self.values_of(name).first()
    }

    fn values_of(&self, name: &str) -> &[RegistryValue] {
        self.values.get(&self.folded(name)).map_or(&[], |(_, values)| values)
    }

    fn decoded(&self, name: &str, text: &str) -> String {
        match self.coding {
            ValueCoding::WinScp if !name.eq_ignore_ascii_case(WINSCP_PLAIN) => {
                winscp_unescaped(text)
            }
            _ => text.to_owned(),
        }
    }

    fn folded(&self, name: &str) -> String {
        match self.case {
            NameCase::Sensitive => name.to_owned(),
            NameCase::Insensitive => name.to_lowercase(),
        }
    }
}

impl fmt::Debug for RegistryKey {
    /// Shows the names of the values only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.debug_struct("RegistryKey")
            .field("name", &self.name)
            .field("place", &self.place)
            .field("names", &names)
            .finish_non_exhaustive()
    }
}

/// The number at the start of a text, as atoi(3) reads it: 0 without digits. One that does not fit
/// is the nearest that does.
fn leading_number(text: &str) -> i32 {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let mut number = 0_i32;
    for digit in digits.bytes().take_while(u8::is_ascii_digit) {
        let digit = i32::from(digit - b'0');
        let digit = if negative { -digit } else { digit };
        number = number.saturating_mul(10).saturating_add(digit);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(case: NameCase) -> RegistryKey {
        let place = RegistryPlace { file: PathBuf::from("/f"), line: 1 };
        let mut key = RegistryKey::new("k", place, case);
        key.add("HostName", RegistryValue::text("first"));
        key.add("HostName", RegistryValue::text("second"));
        key.add("Port", RegistryValue::text(" 22x"));
        key.add("Clash", RegistryValue::Number(-1));
        key
    }

    #[test]
    fn first_value_counts_and_case_only_where_it_does() {
        let sensitive = key(NameCase::Sensitive);
        assert_eq!(sensitive.text("HostName").as_deref(), Some("first"));
        assert_eq!(sensitive.all("HostName"), ["first", "second"]);
        assert_eq!(sensitive.text("Hostname"), None);
        let insensitive = key(NameCase::Insensitive);
        assert_eq!(insensitive.text("hostNAME").as_deref(), Some("first"));
        assert_eq!(insensitive.number("clash"), Some(-1));
        assert_eq!(insensitive.number("port"), Some(22));
    }

    #[test]
    fn numbers_are_read_as_atoi_does() {
        for (text, number) in [
            ("", 0),
            ("x", 0),
            ("-7", -7),
            ("+7", 7),
            ("70000", 70000),
            ("\t 0x10", 0),
            ("99999999999", i32::MAX),
            ("-99999999999", i32::MIN),
            ("--1", 0),
        ] {
            assert_eq!(leading_number(text), number, "{text:?}");
        }
    }

    #[test]
    fn values_are_not_shown() {
        assert!(!format!("{:?}", key(NameCase::Sensitive)).contains("first"));
    }
}
