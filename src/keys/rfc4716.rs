//! The public key file format of RFC 4716: headers, then the key blob in base64.
//!
//! PuTTY and commercial servers use it. Headers other than the comment are ignored.

use std::fmt::Write;

use data_encoding::BASE64;
use russh::keys::PublicKey;

use super::public::{MAX_COMMENT, is_supported};
use super::refusal::{damaged, unsupported};
use crate::error::Result;
use crate::say;
use crate::text;
use crate::wire_format::take_string;

const BEGIN: &str = "---- BEGIN SSH2 PUBLIC KEY ----";
const END: &str = "---- END SSH2 PUBLIC KEY ----";

/// The characters of base64 in a line, as ssh-keygen writes them; RFC 4716 section 3 allows 72
/// bytes.
const LINE: usize = 70;

/// The longest header line, in bytes (RFC 4716 section 3).
const MAX_LINE: usize = 72;

/// Whether the text is in this format.
pub(super) fn is_rfc4716(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == BEGIN)
}

/// Parses the first key of the text and skips what stands before it.
pub(super) fn parse(text: &str) -> Result<PublicKey> {
    let mut lines = text.lines().map(str::trim_end).skip_while(|line| *line != BEGIN).skip(1);
    let (mut comment, mut body, mut ended) = (String::new(), String::new(), false);
    while let Some(line) = lines.next() {
        if line == END {
            ended = true;
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            body.push_str(line.trim());
            continue;
        };
        let mut value = value.trim_start().to_owned();
        while value.ends_with('\\') {
            value.pop();
            value.push_str(lines.next().unwrap_or_default());
        }
        if name.eq_ignore_ascii_case("Comment") {
            let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            comment = text::line(bare.unwrap_or(&value), MAX_COMMENT);
        }
    }
    if !ended {
        return Err(damaged(&say!(key_last_line_missing)));
    }
    let blob = BASE64.decode(body.as_bytes()).map_err(|_| damaged(&say!(key_not_base64)))?;
    let name = take_string(&mut &blob[..]).and_then(|name| std::str::from_utf8(name).ok());
    let name = name.ok_or_else(|| damaged(&say!(key_part_public)))?;
    if !is_supported(name) || name == "ssh-dss" {
        return Err(unsupported(name));
    }
    let mut key = PublicKey::from_bytes(&blob).map_err(|_| damaged(&say!(key_part_public)))?;
    key.set_comment(comment);
    Ok(key)
}

/// Encodes a key as the text of a file.
pub(super) fn write(blob: &[u8], comment: &str) -> String {
    let mut out = format!("{BEGIN}\n");
    if !comment.is_empty() {
        header(&mut out, &format!("Comment: \"{comment}\""));
    }
    let body = BASE64.encode(blob);
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{line}");
        rest = after;
    }
    out.push_str(END);
    out.push('\n');
    out
}

/// Appends a header, continued with a backslash if it is too long for one line.
fn header(out: &mut String, mut rest: &str) {
    while rest.len() > MAX_LINE {
        let at = (1..MAX_LINE).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(1);
        let (line, after) = rest.split_at(at);
        let _ = writeln!(out, "{line}\\");
        rest = after;
    }
    let _ = writeln!(out, "{rest}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(comment: &str) -> PublicKey {
        let line = include_str!("../../tests/data/keys/putty/ecdsa256.pub");
        let mut key = PublicKey::from_openssh(line).unwrap();
        key.set_comment(comment);
        key
    }

    fn text(key: &PublicKey) -> String {
        write(&key.to_bytes().unwrap(), key.comment().as_str_lossy())
    }

    #[test]
    fn what_is_written_is_read_again_and_no_line_is_too_long() {
        let long = "a comment that goes on: \"quoted\" and ünïcode ".repeat(5);
        for comment in ["", "me@here", "ends in \\", long.trim()] {
            let key = key(comment);
            let text = text(&key);
            assert!(text.lines().all(|line| line.len() <= MAX_LINE), "{text}");
            assert!(is_rfc4716(&text));
            assert_eq!(parse(&text).unwrap(), key, "{text}");
        }
    }

    #[test]
    fn other_headers_and_text_around_are_passed_over() {
        let key = key("c");
        let text = text(&key).replace("Comment", "Subject: me\nx-private: a\\\n b: c\nComment");
        let text = format!("Dear admin,\n{text}\nregards\n").replace('\n', "\r\n");
        assert_eq!(parse(&text).unwrap(), key);
    }

    #[test]
    fn junk_is_one_clear_line() {
        let good = text(&key(""));
        let half = good.len() / 2;
        for (junk, says) in [
            (good.replace(END, ""), "last line is missing"),
            (good[..half].to_owned(), "last line is missing"),
            (good.replace("AAAA", "!!!!"), "not base64"),
            (format!("{BEGIN}\nAAAA\n{END}\n"), "public key is"),
            (format!("{BEGIN}\n{END}\n"), "public key is"),
            (format!("{BEGIN}\nAAAAB3NzaC1kc3M=\n{END}\n"), "ssh-dss"),
        ] {
            let error = parse(&junk).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains('\n'), "{error}");
        }
    }
}
