//! The `~` escapes of an interactive session, as ssh(1) has them: a state machine without I/O.
//!
//! The escape character counts only at the start of a line. If no known escape follows, both
//! characters are sent as typed.

use bytes::{BufMut, BytesMut};

use crate::say;

/// An action that the person requested with an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeAction {
    /// `~.`
    Disconnect,
    /// `~^Z`
    Suspend,
    /// `~#`
    List,
    /// `~?`
    Help,
    /// `~R`
    Rekey,
    /// `~v`
    Louder,
    /// `~V`
    Quieter,
    /// `~i`, which ssh does not have
    Information,
    /// `~I`, which ssh does not have
    InformationLines,
    /// `~d`, which ssh does not have
    Duplicate,
    /// `~C`
    CommandLine,
    /// `~B`, `~&`, and at a client of a shared connection `~C`, `~^Z`, `~v` and `~V`.
    Unavailable(u8),
}

/// Finds escapes in typed input. Keeps whether a line begins, and whether the escape character was
/// typed there.
#[derive(Clone, Debug)]
pub struct Escape {
    character: u8,
    at_line_start: bool,
    pending: bool,
    /// Whether the escapes that ssh does not have (`~i`, `~I`, `~d`) are enabled.
    extended: bool,
    /// Whether the terminal belongs to another process, a client of the shared connection.
    of_client: bool,
}

impl Escape {
    /// Starts at the beginning of a line; `character` is EscapeChar, `~` by default.
    pub fn new(character: u8) -> Escape {
        Escape { character, at_line_start: true, pending: false, extended: true, of_client: false }
    }

    /// Enables ssh's escapes only, for a person who expects ssh: `~i`, `~I` and `~d` are sent as
    /// typed.
    pub fn of_ssh(character: u8) -> Escape {
        Escape { extended: false, ..Escape::new(character) }
    }

    /// Disables the escapes that need the terminal, because it belongs to a client of the shared
    /// connection.
    pub fn for_client(self) -> Escape {
        Escape { of_client: true, extended: false, ..self }
    }

    /// Whether the terminal belongs to a client of the shared connection.
    pub fn is_of_client(&self) -> bool {
        self.of_client
    }

    /// The escape character.
    pub fn character(&self) -> u8 {
        self.character
    }

    /// Processes typed bytes and appends to `out` what the server should receive. Stops after the
    /// first action; returns how many bytes were used.
    pub fn next(&mut self, typed: &[u8], out: &mut BytesMut) -> (usize, Option<EscapeAction>) {
        for (index, &byte) in typed.iter().enumerate() {
            if self.pending {
                self.pending = false;
                if byte == self.character {
                    out.put_u8(byte);
                    self.at_line_start = false;
                    continue;
                }
                if let Some(action) = self.action(byte) {
                    self.at_line_start = true;
                    return (index + 1, Some(action));
                }
                out.put_u8(self.character);
            } else if self.at_line_start && byte == self.character {
                self.pending = true;
                continue;
            }
            out.put_u8(byte);
            self.at_line_start = byte == b'\r' || byte == b'\n';
        }
        (typed.len(), None)
    }

    /// Appends bytes to `out` without looking for escapes, for example a paste.
    pub fn pass(&mut self, bytes: &[u8], out: &mut BytesMut) {
        let Some(&last) = bytes.last() else { return };
        if std::mem::take(&mut self.pending) {
            out.put_u8(self.character);
        }
        out.extend_from_slice(bytes);
        self.at_line_start = last == b'\r' || last == b'\n';
    }

    /// The text of `~?`, with line ends for a raw terminal.
    pub fn help(&self) -> String {
        let c = visible(self.character);
        let mut lines = vec![say!(escape_help_terminate, c)];
        if !self.of_client {
            lines.push(say!(escape_help_command_line, c));
        }
        lines.push(say!(escape_help_rekey, c));
        if !self.of_client {
            lines.push(say!(escape_help_verbosity, c));
            lines.push(say!(escape_help_suspend, c));
        }
        lines.push(say!(escape_help_show, c));
        if self.extended {
            lines.push(say!(escape_help_information, c));
            lines.push(say!(escape_help_information_lines, c));
            lines.push(say!(escape_help_log_in_again, c));
        }
        lines.push(say!(escape_help_this, c));
        lines.push(say!(escape_help_send, c));
        let mut text = format!("{c}?\r\n{}\r\n", say!(escape_help_title));
        for line in lines {
            text.push_str(&format!(" {line}\r\n"));
        }
        text.push_str(&(say!(escape_help_note) + "\r\n"));
        text
    }

    fn action(&self, byte: u8) -> Option<EscapeAction> {
        match byte {
            0x1a | b'C' | b'v' | b'V' if self.of_client => Some(EscapeAction::Unavailable(byte)),
            b'.' => Some(EscapeAction::Disconnect),
            0x1a => Some(EscapeAction::Suspend),
            b'#' => Some(EscapeAction::List),
            b'?' => Some(EscapeAction::Help),
            b'R' => Some(EscapeAction::Rekey),
            b'v' => Some(EscapeAction::Louder),
            b'V' => Some(EscapeAction::Quieter),
            b'i' if self.extended => Some(EscapeAction::Information),
            b'I' if self.extended => Some(EscapeAction::InformationLines),
            b'd' if self.extended => Some(EscapeAction::Duplicate),
            b'C' => Some(EscapeAction::CommandLine),
            b'B' | b'&' => Some(EscapeAction::Unavailable(byte)),
            _ => None,
        }
    }

    /// An escape in its printable form: `~.`, `~^Z`.
    pub fn shown(&self, byte: u8) -> String {
        format!("{}{}", visible(self.character), visible(byte))
    }
}

fn visible(byte: u8) -> String {
    match byte {
        0..0x20 => format!("^{}", char::from(byte + 0x40)),
        0x7f => "^?".to_owned(),
        _ => char::from(byte).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types all bytes, in pieces of `step` bytes.
    fn run(typed: &[u8], step: usize) -> (Vec<u8>, Vec<EscapeAction>) {
        let mut escape = Escape::new(b'~');
        let (mut out, mut actions) = (BytesMut::new(), Vec::new());
        for piece in typed.chunks(step) {
            let mut rest = piece;
            while !rest.is_empty() {
                let (used, action) = escape.next(rest, &mut out);
                actions.extend(action);
                rest = &rest[used..];
            }
        }
        (out.to_vec(), actions)
    }

    #[test]
    fn escapes_count_only_at_the_start_of_a_line() {
        for (typed, sent, actions) in [
            (&b"~."[..], &b""[..], &[EscapeAction::Disconnect][..]),
            (b"a~.", b"a~.", &[]),
            (b"a\r~.", b"a\r", &[EscapeAction::Disconnect]),
            (b"a\n~?b", b"a\nb", &[EscapeAction::Help]),
            (b"~~", b"~", &[]),
            (b"~~.", b"~.", &[]),
            (b"\r~~ x", b"\r~ x", &[]),
            (b"~x", b"~x", &[]),
            (b"~\r~.", b"~\r", &[EscapeAction::Disconnect]),
            (b"~?~.", b"", &[EscapeAction::Help, EscapeAction::Disconnect]),
            (b"\r~\x1als", b"\rls", &[EscapeAction::Suspend]),
            (b"~C", b"", &[EscapeAction::CommandLine]),
            (b"~&", b"", &[EscapeAction::Unavailable(b'&')]),
        ] {
            for step in 1..4 {
                assert_eq!(run(typed, step), (sent.to_vec(), actions.to_vec()), "{typed:?}");
            }
        }
    }

    #[test]
    fn escapes_that_ssh_does_not_have_can_be_left_out() {
        let own = vec![
            EscapeAction::Information,
            EscapeAction::InformationLines,
            EscapeAction::Duplicate,
        ];
        assert_eq!(run(b"~i~I~d", 1), (Vec::new(), own));
        let (mut out, mut ssh) = (BytesMut::new(), Escape::of_ssh(b'~'));
        assert_eq!(ssh.next(b"~irina\r~Ian\r~dave", &mut out), (17, None));
        assert_eq!(&out[..], b"~irina\r~Ian\r~dave");
        assert!(!ssh.help().contains("~i") && Escape::new(b'~').help().contains("~i"));
    }

    #[test]
    fn what_is_passed_is_no_escape_and_still_moves_the_line() {
        let (mut out, mut escape) = (BytesMut::new(), Escape::new(b'~'));
        assert_eq!(escape.next(b"~", &mut out), (1, None));
        escape.pass(b".\r~.\r", &mut out);
        assert_eq!(&out[..], b"~.\r~.\r");
        assert_eq!(escape.next(b"~.", &mut out).1, Some(EscapeAction::Disconnect));
        escape.pass(b"word", &mut out);
        assert_eq!(escape.next(b"~.", &mut out).1, None);
    }

    #[test]
    fn every_other_byte_passes_unchanged() {
        let all: Vec<u8> = (0..=255).cycle().take(4096).filter(|&byte| byte != b'~').collect();
        assert_eq!(run(&all, 1000).0, all);
    }
}
