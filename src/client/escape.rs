//! The `~` escapes of an interactive session, as ssh(1) has them: a state machine without I/O.
//!
//! The escape character counts only at the start of a line. What it does not introduce is
//! sent on as typed.

use bytes::{BufMut, BytesMut};

use crate::say;

/// What the person asked of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
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
    /// `~B`, `~C`, `~&`: ssh has it, this client does not.
    Unavailable(u8),
}

/// Where in a line the typist is.
#[derive(Clone, Debug)]
pub struct Escape {
    character: u8,
    at_line_start: bool,
    pending: bool,
}

impl Escape {
    /// Begins at the start of a line; `character` is EscapeChar, `~` by default.
    pub fn new(character: u8) -> Escape {
        Escape { character, at_line_start: true, pending: false }
    }

    /// The escape character.
    pub fn character(&self) -> u8 {
        self.character
    }

    /// Takes typed bytes and appends to `out` what the server should see. Stops after the
    /// first action; gives how many bytes were used.
    pub fn next(&mut self, typed: &[u8], out: &mut BytesMut) -> (usize, Option<Action>) {
        for (index, &byte) in typed.iter().enumerate() {
            if self.pending {
                self.pending = false;
                if byte == self.character {
                    out.put_u8(byte);
                    self.at_line_start = false;
                    continue;
                }
                if let Some(action) = action(byte) {
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

    /// The text of `~?`, lines ending as a raw terminal needs them.
    pub fn help(&self) -> String {
        let c = visible(self.character);
        let lines = [
            say!("escape-terminate-connection", c),
            say!("escape-r-request-rekey", c),
            say!("escape-v-v-decrease-increase", c),
            say!("escape-z-suspend-tessh", c),
            say!("escape-show-connection", c),
            say!("escape-message", c),
            say!("escape-send-escape-character-typing", c),
        ];
        let mut text = format!("{c}?\r\n{}\r\n", say!("escape-supported-escape-sequences"));
        for line in lines {
            text.push_str(&format!(" {line}\r\n"));
        }
        text.push_str(&(say!("escape-note-escapes-are-only") + "\r\n"));
        text
    }

    /// An escape as it is shown: `~.`, `~^Z`.
    pub fn shown(&self, byte: u8) -> String {
        format!("{}{}", visible(self.character), visible(byte))
    }
}

fn action(byte: u8) -> Option<Action> {
    match byte {
        b'.' => Some(Action::Disconnect),
        0x1a => Some(Action::Suspend),
        b'#' => Some(Action::List),
        b'?' => Some(Action::Help),
        b'R' => Some(Action::Rekey),
        b'v' => Some(Action::Louder),
        b'V' => Some(Action::Quieter),
        b'B' | b'C' | b'&' => Some(Action::Unavailable(byte)),
        _ => None,
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

    /// Types everything, cut into pieces of `step` bytes.
    fn run(typed: &[u8], step: usize) -> (Vec<u8>, Vec<Action>) {
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
            (&b"~."[..], &b""[..], &[Action::Disconnect][..]),
            (b"a~.", b"a~.", &[]),
            (b"a\r~.", b"a\r", &[Action::Disconnect]),
            (b"a\n~?b", b"a\nb", &[Action::Help]),
            (b"~~", b"~", &[]),
            (b"~~.", b"~.", &[]),
            (b"\r~~ x", b"\r~ x", &[]),
            (b"~x", b"~x", &[]),
            (b"~\r~.", b"~\r", &[Action::Disconnect]),
            (b"~?~.", b"", &[Action::Help, Action::Disconnect]),
            (b"\r~\x1als", b"\rls", &[Action::Suspend]),
            (b"~C", b"", &[Action::Unavailable(b'C')]),
        ] {
            for step in 1..4 {
                assert_eq!(run(typed, step), (sent.to_vec(), actions.to_vec()), "{typed:?}");
            }
        }
    }

    #[test]
    fn every_other_byte_passes_unchanged() {
        let all: Vec<u8> = (0..=255).cycle().take(4096).filter(|&byte| byte != b'~').collect();
        assert_eq!(run(&all, 1000).0, all);
    }
}
