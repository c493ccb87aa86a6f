//! The output of a session as plain text: lines as they stand on the screen when they end,
//! without escape sequences and control characters (ECMA-35, ECMA-48, xterm's control
//! sequences). Any byte may be the last of one piece and its successor the first of the next.
//!
//! A backspace, a carriage return and what shells use to edit a line act on the line. What
//! moves to another row is left out: a full-screen program leaves its text in the order in
//! which it painted it.

use super::line::{Erase, ScreenLine};

/// How long a control string (title, image, clipboard) may be, in bytes. A terminal that meets
/// one without an end is stuck; a log shall not be for ever.
const MAX_STRING: usize = 8 * 1024 * 1024;

const BEL: u8 = 0x07;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;
const ESC: u8 = 0x1b;

/// Where in a sequence the next byte is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum EscapeState {
    #[default]
    Text,
    /// After ESC.
    Escape,
    /// After ESC and intermediate bytes, as of a charset selection.
    Intermediate,
    /// After CSI: its first parameter, and whether it is one of the standard's own.
    Sequence { number: Option<u16>, first: bool, standard: bool },
    /// In a control string; `bell` if BEL ends it, too.
    String { bell: bool, length: usize },
}

/// Bytes to text.
#[derive(Debug, Default)]
pub(super) struct PlainText {
    state: EscapeState,
    /// The start of a character of UTF-8.
    held: Vec<u8>,
    line: ScreenLine,
    /// Whether the line has its timestamp, if one is wanted.
    begun: bool,
}

impl PlainText {
    /// Takes output of the session. Whole lines go to `out`, each with what `stamp` gives
    /// before it; it is asked when the first byte of a line comes. `width` is the terminal's,
    /// in columns, or 0.
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

    /// Gives what there is of a line that was not ended.
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
            // No sequence has such a byte.
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
                // U+0080 to U+009F are control characters.
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

    /// What was held is no character.
    fn spill(&mut self, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        for byte in std::mem::take(&mut self.held) {
            self.begin(stamp, out);
            self.line.put_byte(byte, out);
        }
    }

    /// A control character acts in the middle of a sequence, too.
    fn control(&mut self, byte: u8, stamp: &mut dyn FnMut(&mut Vec<u8>), out: &mut Vec<u8>) {
        self.spill(stamp, out);
        match byte {
            0x08 => self.line.back(1),
            b'\t' => {
                self.begin(stamp, out);
                self.line.tab(out);
            }
            // LF; VT and FF do the same.
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
            // DCS, SOS, PM, APC.
            b'P' | b'X' | b'^' | b'_' => EscapeState::String { bell: false, length: 0 },
            0x20..=0x2f => EscapeState::Intermediate,
            _ => EscapeState::Text,
        };
        // IND and NEL.
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
            // Private parameters and intermediate bytes: not one of those below.
            0x20..=0x3f => next(number, first, false),
            _ => {
                if standard {
                    self.act(byte, number);
                }
                EscapeState::Text
            }
        };
    }

    /// The control sequences that act on a line.
    fn act(&mut self, last: u8, number: Option<u16>) {
        let count = usize::from(number.unwrap_or(1).max(1));
        let line = &mut self.line;
        match last {
            b'C' | b'a' => line.forward(count),
            b'D' => line.back(count),
            b'G' | b'`' => line.go(count - 1),
            // It comes with a move to the first column.
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
