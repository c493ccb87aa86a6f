//! A line of authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT): whether a key stands in a file,
//! and the file with its line at the end. `authorized_script` does the same on a server that has a shell.
//!
//! No file is read or written here.

use russh::keys::PublicKey;

use super::write;

/// What stands between the words of a line; sshd takes a carriage return at its end as nothing.
const BLANKS: &[u8] = b" \t\r";

/// A key as a line of authorized_keys.
#[derive(Clone, Debug)]
pub struct AuthorizedKey {
    /// The type's name.
    pub(super) kind: String,
    /// The key in base64.
    pub(super) blob: String,
    /// The whole line, without its end.
    pub(super) line: String,
}

impl AuthorizedKey {
    /// The line of a key: type, base64, comment.
    pub fn new(key: &PublicKey) -> AuthorizedKey {
        let line = write::public_line(key).trim_end().to_owned();
        let mut words = line.split(' ').map(str::to_owned);
        let (kind, blob) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        AuthorizedKey { kind, blob, line }
    }

    /// The line, without its end.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Whether the key stands in the file, with whatever options and comment. A key that is
    /// commented out, or that is an authority there, does not.
    pub fn is_in(&self, file: &[u8]) -> bool {
        file.split(|&byte| byte == b'\n').any(|line| self.is_on(line))
    }

    /// The file with the line at its end.
    pub fn added_to(&self, file: &[u8]) -> Vec<u8> {
        let mut text = file.to_vec();
        if text.last().is_some_and(|&byte| byte != b'\n') {
            text.push(b'\n');
        }
        text.extend_from_slice(self.line.as_bytes());
        text.push(b'\n');
        text
    }

    fn is_on(&self, line: &[u8]) -> bool {
        let line = line.trim_ascii_start();
        if line.starts_with(b"#") {
            return false;
        }
        if self.is_at(line) {
            return true;
        }
        let end = options_end(line);
        let options = &line[..end];
        let authority = options.split(|&byte| byte == b',').any(|word| word == b"cert-authority");
        !authority && self.is_at(line[end..].trim_ascii_start())
    }

    /// Whether a text begins with the type and the key.
    fn is_at(&self, text: &[u8]) -> bool {
        let is_blank = |byte: &u8| BLANKS.contains(byte);
        let mut words = text.split(is_blank).filter(|word| !word.is_empty());
        words.next() == Some(self.kind.as_bytes()) && words.next() == Some(self.blob.as_bytes())
    }
}

/// Where the options at the beginning of a line end: at the first blank outside of quotes.
fn options_end(line: &[u8]) -> usize {
    let mut quoted = false;
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            b'\\' if line.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => quoted = !quoted,
            byte if !quoted && BLANKS.contains(&byte) => return at,
            _ => {}
        }
        at += 1;
    }
    line.len()
}
