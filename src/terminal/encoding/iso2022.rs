//! ISO-2022-JP (RFC 1468) on a terminal. Its shifts are escape sequences, and the decoder, made for
//! files, rejects all other sequences; so this passes those for the terminal around it.

use encoding_rs::{Decoder, ISO_2022_JP};

use super::decode::decode;

const ESC: u8 = 0x1b;
/// The shift to ASCII, which terminals understand as well.
const ASCII: &[u8] = b"\x1b(B";

/// The parser's state before the next byte.
#[derive(Clone, Copy, Debug, PartialEq)]
enum SequenceState {
    Text,
    /// After ESC and at most one intermediate byte; both are held.
    Escape(Option<u8>),
    /// After more intermediate bytes, before the final one.
    Intermediate,
    /// After CSI.
    Sequence,
    /// In a control string.
    String,
}

/// Converts ISO-2022-JP with the terminal's sequences to UTF-8.
pub(super) struct Iso2022 {
    decoder: Decoder,
    state: SequenceState,
    /// The shift that the decoder is in, and the one that came last. The decoder rejects two shifts
    /// in a row, so the last one is passed to it only when text follows.
    shifted: [u8; 3],
    wanted: [u8; 3],
}

impl Default for Iso2022 {
    fn default() -> Iso2022 {
        Iso2022 {
            decoder: ISO_2022_JP.new_decoder_without_bom_handling(),
            state: SequenceState::Text,
            shifted: *b"\x1b(B",
            wanted: *b"\x1b(B",
        }
    }
}

impl Iso2022 {
    pub fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            self.byte(byte, out);
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.state {
            SequenceState::Text => self.text(byte, out),
            SequenceState::Escape(None) => match byte {
                b'$' | b'(' => self.state = SequenceState::Escape(Some(byte)),
                _ => {
                    out.push(ESC);
                    pass(byte, out);
                    self.state = match byte {
                        b'[' => SequenceState::Sequence,
                        b']' | b'P' | b'X' | b'^' | b'_' => SequenceState::String,
                        0x20..=0x2f => SequenceState::Intermediate,
                        _ => SequenceState::Text,
                    };
                }
            },
            SequenceState::Escape(Some(middle)) => self.shift(middle, byte, out),
            SequenceState::Intermediate | SequenceState::Sequence | SequenceState::String
                if byte == ESC =>
            {
                self.state = SequenceState::Escape(None);
            }
            SequenceState::Intermediate => {
                pass(byte, out);
                if !(0x20..=0x2f).contains(&byte) {
                    self.state = SequenceState::Text;
                }
            }
            SequenceState::Sequence => {
                pass(byte, out);
                if (0x40..=0x7e).contains(&byte) || matches!(byte, 0x18 | 0x1a) {
                    self.state = SequenceState::Text;
                }
            }
            SequenceState::String => {
                pass(byte, out);
                if matches!(byte, 0x07 | 0x18 | 0x1a) {
                    self.state = SequenceState::Text;
                }
            }
        }
    }

    fn text(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            ESC => self.state = SequenceState::Escape(None),
            // A line begins in ASCII, even if the one before was cut off in another shift.
            b'\n' => {
                *self = Iso2022::default();
                out.push(byte);
            }
            0..0x20 | 0x7f => out.push(byte),
            _ => {
                if self.shifted != self.wanted {
                    self.shifted = self.wanted;
                    decode(&mut self.decoder, &self.wanted, out);
                }
                decode(&mut self.decoder, &[byte], out);
            }
        }
    }

    /// Handles the final byte of `ESC $ …` or `ESC ( …`.
    fn shift(&mut self, middle: u8, byte: u8, out: &mut Vec<u8>) {
        let sequence = [ESC, middle, byte];
        self.state = SequenceState::Text;
        match (middle, byte) {
            (b'$', b'@' | b'B') | (b'(', b'J' | b'I') => self.wanted = sequence,
            (b'(', b'B') => {
                self.wanted = sequence;
                // The terminal gets it, too, because it also ends other charsets, such as one for
                // line drawing.
                out.extend_from_slice(ASCII);
            }
            (_, ESC) => {
                out.extend_from_slice(&[ESC, middle]);
                self.state = SequenceState::Escape(None);
            }
            _ => {
                out.extend_from_slice(&[ESC, middle]);
                pass(byte, out);
                if (0x20..=0x2f).contains(&byte) {
                    self.state = SequenceState::Intermediate;
                }
            }
        }
    }
}

/// Appends a byte of a sequence without decoding; none is above 0x7f, so such a byte becomes
/// U+FFFD.
fn pass(byte: u8, out: &mut Vec<u8>) {
    match byte.is_ascii() {
        true => out.push(byte),
        false => out.extend_from_slice("\u{fffd}".as_bytes()),
    }
}
