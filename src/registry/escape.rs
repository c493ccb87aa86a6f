//! The escapes of names: `%` and two hexadecimal digits for a byte.
//!
//! On Unix, PuTTY keeps ASCII letters, digits and `+-.@_` in the name of a file. In the registry it
//! escapes only what a key's name cannot hold, and the bytes are those of the ANSI code page: `é`
//! is `%E9`. WinSCP marks a text that is UTF-8 by a byte order mark, `%EF%BB%BF`.

use data_encoding::HEXUPPER_PERMISSIVE;
use encoding_rs::WINDOWS_1252;

/// The byte order mark of UTF-8.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes a name or text whose encoding is not told: UTF-8, or else Windows' Western code page
/// (1252), which has a character for every byte.
pub fn decoded_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// The name of the file in which PuTTY on Unix keeps the session or record of this name.
pub fn unix_escaped(name: &str) -> String {
    unix_escaped_bytes(name.as_bytes())
}

/// The names that the file of this session or record may have, the likely one first: the name's
/// bytes may be UTF-8 or those of code page 1252.
pub fn unix_file_names(name: &str) -> Vec<String> {
    let mut files = vec![unix_escaped(name)];
    if let Some(bytes) = western(name).filter(|bytes| std::str::from_utf8(bytes).is_err()) {
        files.push(unix_escaped_bytes(&bytes));
    }
    files
}

/// The name of the session or record in a file of this name.
pub fn unix_unescaped(file: &[u8]) -> String {
    decoded_text(&unescaped(file))
}

/// Whether PuTTY itself would give a file this name. One that has another is listed by PuTTY, but
/// cannot be opened.
pub fn is_unix_canonical(file: &[u8]) -> bool {
    file.iter().all(|&byte| is_unix_plain(byte))
        || unix_escaped_bytes(&unescaped(file)).as_bytes() == file
}

/// The name of the registry key for the session or record of this name. Its bytes are those of code
/// page 1252, or UTF-8 where that page lacks a character.
pub fn registry_escaped(name: &str) -> String {
    let bytes = western(name).unwrap_or_else(|| name.as_bytes().to_vec());
    let mut key = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        let plain = match byte {
            b' ' | b'\\' | b'*' | b'?' | b'%' => false,
            b'.' => at > 0,
            _ => (0x20..=0x7e).contains(&byte),
        };
        push(&mut key, byte, plain);
    }
    key
}

/// The name of the session or record in a registry key of this name.
pub fn registry_unescaped(key: &str) -> String {
    decoded_text(&unescaped(key.as_bytes()))
}

/// A name or text of WinSCP: UTF-8 if its first bytes say so, and else of code page 1252.
pub fn winscp_unescaped(text: &str) -> String {
    let bytes = unescaped(text.as_bytes());
    match bytes.strip_prefix(UTF8_MARK) {
        Some(rest) => String::from_utf8_lossy(rest).into_owned(),
        // Escapes are of one page; characters that were never escaped are what they are.
        None if text.is_ascii() => WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned(),
        None => decoded_text(&bytes),
    }
}

/// Replaces `%XX` by its byte; any other text stays.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let digits = tail.get(..2).filter(|_| byte == b'%');
        match digits.and_then(|two| HEXUPPER_PERMISSIVE.decode(two).ok()) {
            Some(decoded) => {
                bytes.extend(decoded);
                rest = &tail[2..];
            }
            None => bytes.push(byte),
        }
    }
    bytes
}

fn unix_escaped_bytes(name: &[u8]) -> String {
    let mut file = String::with_capacity(name.len());
    for &byte in name {
        push(&mut file, byte, is_unix_plain(byte));
    }
    file
}

/// Whether the byte stands for itself in the name of a file.
fn is_unix_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.@_".contains(&byte)
}

fn push(out: &mut String, byte: u8, plain: bool) {
    match plain {
        true => out.push(char::from(byte)),
        false => out.push_str(&format!("%{byte:02X}")),
    }
}

/// The name in code page 1252, if that has all of its characters.
fn western(name: &str) -> Option<Vec<u8>> {
    let (bytes, _, lacking) = WINDOWS_1252.encode(name);
    (!lacking).then(|| bytes.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One line of the data: a name, and the file and the registry key that hold it.
    fn vectors() -> Vec<serde_json::Value> {
        let data = include_str!("../../tests/data/putty/session-names.jsonl");
        data.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn names_are_escaped_as_putty_does_and_back() {
        for vector in vectors() {
            let text = |field: &str| vector[field].as_str().unwrap();
            let (name, file, key) = (text("name"), text("unix_file"), text("registry_key_cp1252"));
            assert_eq!(unix_escaped(name), file);
            assert_eq!(unix_unescaped(file.as_bytes()), name);
            assert!(is_unix_canonical(file.as_bytes()));
            assert_eq!(registry_escaped(name), key);
            assert_eq!(registry_unescaped(key), name);
        }
    }

    #[test]
    fn bytes_are_utf8_or_else_of_page_1252() {
        assert_eq!(registry_unescaped("caf%E9"), "café");
        assert_eq!(registry_unescaped("caf%C3%A9"), "café");
        assert_eq!(registry_escaped("café"), "caf%E9");
        assert_eq!(registry_escaped("東"), "%E6%9D%B1");
        assert_eq!(unix_file_names("café"), ["caf%C3%A9", "caf%E9"]);
        assert_eq!(unix_file_names("cafe"), ["cafe"]);
        assert_eq!(winscp_unescaped("%EF%BB%BFcaf%C3%A9"), "café");
        assert_eq!(winscp_unescaped("caf%C3%A9"), "cafÃ©");
        assert_eq!(winscp_unescaped("prod/web%201 *100%25*"), "prod/web 1 *100%*");
    }

    #[test]
    fn a_file_name_of_another_form_is_told() {
        for file in ["a b", "%2e", "%41", "%", "a%2", "é", "x~"] {
            assert!(!is_unix_canonical(file.as_bytes()), "{file}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name: String, bytes: Vec<u8>) {
            prop_assert_eq!(unix_unescaped(unix_escaped(&name).as_bytes()), &name[..]);
            unix_unescaped(&bytes);
            winscp_unescaped(&name);
        }
    }
}
