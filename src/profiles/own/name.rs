//! Converts the name of a saved session to the name of its file, and back.
//!
//! ASCII letters, digits, `_`, `-` and `.` stand for themselves. Every other byte of the UTF-8 name
//! becomes `%` and two upper-case hexadecimal digits, and so does a `.` or `-` at the start, which
//! would hide the file or look like an option. The extension is `.toml`: `prod/web 1` is
//! `prod%2Fweb%201.toml`. A file name in any other form is no session's, so that no two files can
//! hold the same session.

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// The longest name, in bytes of UTF-8.
pub const MAX_NAME: usize = 255;
/// The longest file name, in bytes: NAME_MAX of Linux and macOS.
const MAX_FILE_NAME: usize = 255;
/// The extension of every file.
const SUFFIX: &str = ".toml";
/// The most characters of a name that a message shows.
const MAX_SHOWN: usize = 80;

/// Checks that this can be the name of a saved session.
///
/// # Errors
/// [`Kind::Usage`]: the name is empty, longer than 255 bytes, contains control characters, or is
/// too long for a file name once it is escaped.
pub fn check(name: &str) -> Result<()> {
    let refused = |why: String| {
        let shown = text::line(name, MAX_SHOWN);
        Err(Error::new(Kind::Usage, say!(session_name_bad, shown, why)))
    };
    if name.is_empty() {
        return refused(say!(session_value_empty));
    }
    if name.len() > MAX_NAME {
        return refused(say!(session_name_too_long, limit = MAX_NAME));
    }
    if name.chars().any(char::is_control) {
        return refused(say!(session_control_characters));
    }
    let length = escape(name).len();
    if length > MAX_FILE_NAME {
        return refused(say!(session_file_name_too_long, length, limit = MAX_FILE_NAME));
    }
    Ok(())
}

/// The name of a session's file.
///
/// # Errors
/// Those of [`check`].
pub fn file_name(name: &str) -> Result<String> {
    check(name).map(|()| escape(name))
}

/// The name of the session in a file; `None` if no session's file has this name.
pub fn from_file_name(file: &str) -> Option<String> {
    let escaped = file.strip_suffix(SUFFIX)?;
    let is_bare = escaped.bytes().enumerate().all(|(at, byte)| is_plain(at, byte));
    if is_bare && !escaped.is_empty() && file.len() <= MAX_FILE_NAME {
        return Some(escaped.to_owned());
    }
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [char::from(rest.next()?), char::from(rest.next()?)];
                let [high, low] = digits.map(|digit| digit.to_digit(16));
                u8::try_from(high? * 16 + low?).ok()?
            }
            _ => byte,
        });
    }
    let name = String::from_utf8(bytes).ok()?;
    (check(&name).is_ok() && escape(&name) == file).then_some(name)
}

/// Whether the byte in this place of a name stands for itself.
fn is_plain(at: usize, byte: u8) -> bool {
    match byte {
        b'.' | b'-' => at > 0,
        _ => byte.is_ascii_alphanumeric() || byte == b'_',
    }
}

fn escape(name: &str) -> String {
    let mut file = String::with_capacity(name.len() + SUFFIX.len());
    for (at, byte) in name.bytes().enumerate() {
        match is_plain(at, byte) {
            true => file.push(char::from(byte)),
            false => file.push_str(&format!("%{byte:02X}")),
        }
    }
    file + SUFFIX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files_and_back() {
        for (name, file) in [
            ("web", "web.toml"),
            ("web-1.example_org", "web-1.example_org.toml"),
            ("prod/web 1", "prod%2Fweb%201.toml"),
            (".hidden", "%2Ehidden.toml"),
            ("..", "%2E..toml"),
            ("-rf", "%2Drf.toml"),
            ("100%", "100%25.toml"),
            ("日本", "%E6%97%A5%E6%9C%AC.toml"),
            ("web.toml", "web.toml.toml"),
        ] {
            assert_eq!(file_name(name).unwrap(), file);
            assert_eq!(from_file_name(file).as_deref(), Some(name));
        }
    }

    #[test]
    fn every_name_that_is_taken_comes_back_and_no_two_share_a_file() {
        use proptest::prelude::*;
        proptest!(|(one in ".{1,90}", other in ".{1,90}")| {
            for name in [&one, &other] {
                if let Ok(file) = file_name(name) {
                    prop_assert!(!file.contains('/') && !file.starts_with('.'));
                    prop_assert!(file.len() <= MAX_FILE_NAME);
                    prop_assert_eq!(from_file_name(&file), Some(name.clone()));
                }
            }
            if one != other && let (Ok(a), Ok(b)) = (file_name(&one), file_name(&other)) {
                prop_assert_ne!(a, b);
            }
        });
    }

    #[test]
    fn other_file_names_belong_to_no_session() {
        for file in [
            "web",
            ".toml",
            ".web.toml",
            "-x.toml",
            "my web.toml",
            "%41.toml",
            "%2f.toml",
            "%.toml",
            "%2.toml",
            "%zz.toml",
            "%FF.toml",
            "日本.toml",
            "a%0Ab.toml",
            "web.TOML",
        ] {
            assert_eq!(from_file_name(file), None, "{file}");
        }
    }

    #[test]
    fn bad_names_are_refused_in_one_line() {
        let long = "x".repeat(251);
        let longer = "x".repeat(256);
        for name in ["", "a\nb", "a\x1b[2Jb", long.as_str(), longer.as_str()] {
            let error = file_name(name).unwrap_err();
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
        assert!(file_name(&"x".repeat(250)).is_ok());
    }
}
