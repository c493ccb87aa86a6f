//! The output of a session as plain text: each line as it stands on the screen when it ends,
//! without escape sequences and control characters (ECMA-35, ECMA-48, xterm's control sequences).
//! The bytes may be split into pieces anywhere.
//!
//! A backspace, a carriage return and the sequences with which shells edit a line act on the line.
//! Moves to other rows are ignored, so a full-screen program leaves its text in the order in which
//! it painted it.

use super::line::{Erase, ScreenLine};

/// The longest control string (title, image, clipboard), in bytes. A terminal waits for ever if a
/// string has no end; the log resumes after this many bytes.
const MAX_STRING: usize = 8 * 1024 * 1024;

const BEL: u8 = 0x07;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;
const ESC: u8 = 0x1b;

/// The parser's state before the next byte.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum EscapeState {
    #[default]
    Text,
    /// After ESC.
    Escape,
    /// After ESC and intermediate bytes, such as a charset selection.
    Intermediate,
    /// After CSI: the first parameter, whether the parser is still in it, and whether the sequence
    /// has only the standard's own parameters.
    Sequence { number: Option<u16>, first: bool, standard: bool },
    /// In a control string; `bell` if BEL ends it as well.
    String { bell: bool, length: usize },
}

/// Converts bytes to lines of text.
#[derive(Debug, Default)]
pub(super) struct PlainText {
    state: EscapeState,
    /// The start of an incomplete UTF-8 character.
    held: Vec<u8>,
    line: ScreenLine,
    /// Whether the current line has begun, and so has its timestamp if one is wanted.
    begun: bool,
}

impl PlainText {
    /// Takes output of the session. Complete lines go to `out`, each after the bytes that `stamp`
    /// appends; `stamp` is called when the first byte of a line arrives. `width` is the terminal's
    /// width in columns, or 0.
    pub fn take(
        &mut self,
        bytes: &[u8],
        width: usize,
        stamp: &mut dyn FnMut(&mut Vec<u8>),
        out: &mut Vec<u8>,
    ) {
        self.line.set_width(width);
        for &byte in bytes {
            self.byte(byte, stamp, out);
        }
    }

    /// Writes the rest of an unfinished line.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        for byte in std::mem::take(&mut self.held) {
            self.line.put_byte(byte, out);
        }
        self.line.flush(out);
    }

    fn byte(&mut self, byte: u8, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        match (self.state, byte) {
            (EscapeState::String { .. }, _) => self.string(byte),
            (_, ESC) => {
                self.spill(stamp, out);
                self.state = EscapeState::Escape;
            }
            (_, CAN | SUB) => self.state = EscapeState::Text,
            (_, 0..0x20) => self.control(byte, stamp, out),
            (_, 0x7f) => self.spill(stamp, out),
            (EscapeState::Text, _) => self.text(byte, stamp, out),
            // No escape sequence contains such a byte, so it ends the sequence.
            (_, 0x80..) => {
                self.state = EscapeState::Text;
                self.text(byte, stamp, out);
            }
            (EscapeState::Escape, _) => self.escape(byte, stamp, out),
            (EscapeState::Intermediate, 0x20..=0x2f) => {}
            (EscapeState::Intermediate, _) => self.state = EscapeState::Text,
            (EscapeState::Sequence { number, first, standard }, _) => {
                self.sequence(byte, number, first, standard);
            }
        }
    }

    fn begin(&mut self, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        if !self.begun {
            self.begun = true;
            stamp(out);
        }
    }

    fn text(&mut self, byte: u8, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        if byte < 0x80 {
            self.spill(stamp, out);
            self.begin(stamp, out);
            self.line.put(char::from(byte), out);
            return;
        }
        self.held.push(byte);
        match std::str::from_utf8(&self.held) {
            Ok(text) => {
                let c = text.chars().next();
                self.held.clear();
                // U+0080 to U+009F are control characters and are left out.
                if let Some(c) = c.filter(|c| !c.is_control()) {
                    self.begin(stamp, out);
                    self.line.put(c, out);
                }
            }
            Err(error) if error.error_len().is_none() => {}
            Err(_) => {
                // The last byte may start another character.
                let last = self.held.pop().filter(|_| !self.held.is_empty());
                self.spill(stamp, out);
                self.begin(stamp, out);
                match last {
                    Some(last) => self.text(last, stamp, out),
                    None => self.line.put_byte(byte, out),
                }
            }
        }
    }

    /// Writes the held bytes one by one, because they are not a character.
    fn spill(&mut self, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        for byte in std::mem::take(&mut self.held) {
            self.begin(stamp, out);
            self.line.put_byte(byte, out);
        }
    }

    /// Handles a control character, which also acts in the middle of a sequence.
    fn control(&mut self, byte: u8, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        self.spill(stamp, out);
        match byte {
            0x08 => self.line.back(1),
            b'\t' => {
                self.begin(stamp, out);
                self.line.tab(out);
            }
            // VT and FF move to the next line as LF does.
            b'\n' | 0x0b | 0x0c => self.end_line(stamp, out),
            b'\r' => self.line.go(0),
            _ => {}
        }
    }

    fn end_line(&mut self, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        self.begin(stamp, out);
        self.line.flush(out);
        out.push(b'\n');
        self.begun = false;
    }

    fn escape(&mut self, byte: u8, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        self.state = match byte {
            b'[' => EscapeState::Sequence { number: None, first: true, standard: true },
            b']' => EscapeState::String { bell: true, length: 0 },
            // These introduce DCS, SOS, PM and APC.
            b'P' | b'X' | b'^' | b'_' => EscapeState::String { bell: false, length: 0 },
            0x20..=0x2f => EscapeState::Intermediate,
            _ => EscapeState::Text,
        };
        // IND and NEL end the line.
        if matches!(byte, b'D' | b'E') {
            self.end_line(stamp, out);
        }
    }

    fn sequence(&mut self, byte: u8, number: Option<u16>, first: bool, standard: bool) {
        let next = |number, first, standard| EscapeState::Sequence { number, first, standard };
        self.state = match byte {
            b'0'..=b'9' if first => {
                let digit = u16::from(byte - b'0');
                let number = number.unwrap_or(0).saturating_mul(10).saturating_add(digit);
                next(Some(number), true, standard)
            }
            b'0'..=b'9' => next(number, false, standard),
            b':' | b';' => next(number, false, standard),
            // A private parameter or intermediate byte: `act` does not know such sequences.
            0x20..=0x3f => next(number, first, false),
            _ => {
                if standard {
                    self.act(byte, number);
                }
                EscapeState::Text
            }
        };
    }

    /// Applies a control sequence that acts on the line.
    fn act(&mut self, last: u8, number: Option<u16>) {
        let count = usize::from(number.unwrap_or(1).max(1));
        let line = &mut self.line;
        match last {
            b'C' | b'a' => line.forward(count),
            b'D' => line.back(count),
            b'G' | b'`' => line.go(count - 1),
            // Programs that clear the screen also move to the first column.
            b'J' if number == Some(2) => {
                line.erase(Erase::All);
                line.go(0);
            }
            b'J' | b'K' => match number.unwrap_or(0) {
                0 => line.erase(Erase::Right),
                1 => line.erase(Erase::Left),
                2 => line.erase(Erase::All),
                _ => {}
            },
            b'P' => line.delete(count),
            b'@' => line.insert(count),
            b'X' => line.blank(count),
            _ => {}
        }
    }

    fn string(&mut self, byte: u8) {
        let EscapeState::String { bell, length } = self.state else { return };
        self.state = match byte {
            ESC => EscapeState::Escape,
            CAN | SUB => EscapeState::Text,
            BEL if bell => EscapeState::Text,
            _ if length >= MAX_STRING => EscapeState::Text,
            _ => EscapeState::String { bell, length: length + 1 },
        };
    }
}
