//! The modes that the server's programs have switched on at the terminal and not off again: the
//! other screen, a hidden cursor, the mouse, brackets around pastes, application keys; and whether
//! their output has ended within a control sequence, which would take what follows for its rest.
//!
//! A program that ends well switches off what it has switched on. One whose connection is lost
//! cannot, and the person is left with a terminal that prints a line for each move of the mouse. So
//! [`RemoteModesWatch`] reads along, and `raw` has the place where the modes are switched off. What
//! else a program may leave behind, such as colours, is not followed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::task::{Context, Poll, ready};

use memchr::memchr;
use tokio::io::AsyncWrite;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
/// The two characters that end a control sequence without effect.
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;

/// Stands for all numbers from here on: no mode that is followed has one.
const LARGE_NUMBER: u32 = 9_999;

/// A mode that is followed.
enum FollowedMode {
    /// The number behind `ESC [ ?`, and the letter that switches it away from what a shell expects.
    Numbered(u32, u8),
    /// The keypad's application keys, which have sequences of their own.
    Keypad,
}

use FollowedMode::{Keypad, Numbered};

/// In the order in which they are put back: the cursor is shown before its screen is left.
const MODES: [FollowedMode; 14] = [
    Numbered(1000, b'h'),
    Numbered(1002, b'h'),
    Numbered(1003, b'h'),
    Numbered(1004, b'h'),
    Numbered(1005, b'h'),
    Numbered(1006, b'h'),
    Numbered(1015, b'h'),
    Numbered(2004, b'h'),
    Numbered(1, b'h'),
    Keypad,
    Numbered(25, b'l'),
    Numbered(47, b'h'),
    Numbered(1047, b'h'),
    Numbered(1049, b'h'),
];

/// The place of the keypad in [`MODES`].
const KEYPAD: usize = 9;

/// The bit behind those of [`MODES`]: the output has ended within a control sequence.
const WITHIN: u16 = 1 << MODES.len();
/// Ends the sequence without effect; the second half is for terminals that do not know the first.
const CANCEL: &str = "\x18\x1b\\";

/// The last bit: the other screen may be on, and only its newest number known.
const SCREEN: u16 = WITHIN << 1;
/// Leaves it. Where it is not on, this number still moves the cursor to where it once was saved, so
/// it is saved before and goes back afterwards.
const LEAVE_SCREEN: &str = "\x1b7\x1b[?1049l\x1b8";

impl FollowedMode {
    /// The sequence that puts it back.
    fn back(&self) -> String {
        match self {
            Numbered(number, b'h') => format!("\x1b[?{number}l"),
            Numbered(number, _) => format!("\x1b[?{number}h"),
            Keypad => "\x1b>".to_owned(),
        }
    }
}

/// The modes that are switched on; shared by the output and by what restores the terminal.
#[derive(Clone, Debug, Default)]
pub struct RemoteModes(Arc<AtomicU16>);

impl RemoteModes {
    /// All that can be put back without harm where it is not on. Of the three numbers of the other
    /// screen this is 1047, and 1049 with the cursor kept: by themselves the others move the cursor of
    /// the main screen.
    pub(super) fn unseen() -> RemoteModes {
        let harmless = |mode: &FollowedMode| !matches!(mode, Numbered(47 | 1049, _));
        let all = MODES.iter().enumerate().filter(|(_, mode)| harmless(mode));
        let all: u16 = all.map(|(at, _)| 1u16 << at).sum();
        RemoteModes(Arc::new(AtomicU16::new(all | WITHIN | SCREEN)))
    }

    /// Follows what is written to this sink.
    pub fn watch<S>(&self, sink: S) -> RemoteModesWatch<S> {
        RemoteModesWatch { sink, modes: self.clone(), state: ScanState::Text, numbers: 0 }
    }

    /// Forgets all of them: a session that has ended well leaves the terminal as it wants it.
    pub fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// What switches them off.
    pub fn back(&self) -> String {
        let on = self.0.load(Ordering::Relaxed);
        let modes = MODES.iter().enumerate().filter(|(at, _)| on & 1 << at != 0);
        let mut back = String::new();
        if on & WITHIN != 0 {
            back.push_str(CANCEL);
        }
        // Before 1047, which leaves the other screen without its cursor.
        if on & SCREEN != 0 {
            back.push_str(LEAVE_SCREEN);
        }
        back.extend(modes.map(|(_, mode)| mode.back()));
        back
    }

    fn set(&self, modes: u16, on: bool) {
        match on {
            true => self.0.fetch_or(modes, Ordering::Relaxed),
            false => self.0.fetch_and(!modes, Ordering::Relaxed),
        };
    }

    /// Switches these modes, as the last letter of a sequence says.
    fn switch(&self, modes: u16, letter: u8) {
        for (at, mode) in MODES.iter().enumerate().filter(|(at, _)| modes & 1 << at != 0) {
            self.set(1 << at, matches!(mode, Numbered(_, away) if *away == letter));
        }
    }
}

/// Where the output is in a control sequence.
#[derive(Clone, Copy)]
enum ScanState {
    /// In none.
    Text,
    /// Behind ESC.
    Escape,
    /// Behind `ESC [`.
    Bracket,
    /// Behind `ESC [ ?`, in a number.
    Number(u32),
    /// In the rest of a sequence that began with `ESC [` and switches nothing.
    Rest,
    /// Behind ESC and characters that want another one, such as `ESC (`.
    Half,
    /// In a control string, such as a title; with `true` a bell ends it as well.
    Words(bool),
}

/// A sink that notes the modes that pass through it.
pub struct RemoteModesWatch<S> {
    sink: S,
    modes: RemoteModes,
    state: ScanState,
    /// The modes that the sequence names, as far as it has come.
    numbers: u16,
}

impl<S> RemoteModesWatch<S> {
    fn follow(&mut self, bytes: &[u8]) {
        self.scan(bytes);
        self.modes.set(WITHIN, !matches!(self.state, ScanState::Text));
    }

    fn scan(&mut self, mut bytes: &[u8]) {
        loop {
            match self.state {
                ScanState::Text => bytes = from_interesting(bytes),
                ScanState::Words(_) => bytes = from_end_of_words(bytes),
                _ => {}
            }
            let Some((&byte, rest)) = bytes.split_first() else { return };
            bytes = rest;
            self.state = match (self.state, byte) {
                (_, ESC) => ScanState::Escape,
                (ScanState::Words(true), BEL) | (_, CAN | SUB) => ScanState::Text,
                // Other control characters act at once, and the sequence goes on behind them.
                (state @ (ScanState::Text | ScanState::Words(_)), _) | (state, ..0x20) => state,
                (ScanState::Escape, b'[') => ScanState::Bracket,
                (ScanState::Escape, b']') => ScanState::Words(true),
                (ScanState::Escape, b'P' | b'X' | b'^' | b'_' | b'k') => ScanState::Words(false),
                (ScanState::Escape | ScanState::Half, b' '..=b'/') => ScanState::Half,
                (ScanState::Half, _) => ScanState::Text,
                (ScanState::Escape, _) => {
                    match byte {
                        b'=' => self.modes.set(1 << KEYPAD, true),
                        b'>' => self.modes.set(1 << KEYPAD, false),
                        // A full reset.
                        b'c' => self.modes.forget(),
                        _ => {}
                    }
                    ScanState::Text
                }
                (ScanState::Bracket, b'?') => {
                    self.numbers = 0;
                    ScanState::Number(0)
                }
                (ScanState::Number(number), b'0'..=b'9') => {
                    let number = number * 10 + u32::from(byte - b'0');
                    ScanState::Number(number.min(LARGE_NUMBER))
                }
                (ScanState::Number(number), b';' | b'h' | b'l') => {
                    let place = MODES
                        .iter()
                        .position(|mode| matches!(mode, Numbered(it, _) if *it == number));
                    self.numbers |= place.map_or(0, |at| 1 << at);
                    if byte == b';' {
                        ScanState::Number(0)
                    } else {
                        self.modes.switch(self.numbers, byte);
                        ScanState::Text
                    }
                }
                (_, b' '..=b'?') => ScanState::Rest,
                // The last letter of a sequence, or none that a sequence may have.
                _ => ScanState::Text,
            };
        }
    }
}

/// The bytes from the first control sequence on that may switch a mode. Most sequences are colours,
/// which coloured output has many of.
fn from_interesting(mut bytes: &[u8]) -> &[u8] {
    while let Some(at) = memchr(ESC, bytes) {
        bytes = &bytes[at..];
        let [_, b'[', next, ..] = bytes else { return bytes };
        let end = bytes[2..].iter().position(|byte| !matches!(byte, b' '..=b'?'));
        match end.map(|end| bytes[2..].split_at(end)) {
            Some((_, [b'@'..=b'~', rest @ ..])) if *next != b'?' => bytes = rest,
            _ => return bytes,
        }
    }
    &[]
}

/// The bytes from the first one on that may end a control string.
fn from_end_of_words(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| matches!(*byte, ESC | BEL | CAN | SUB));
    &bytes[end.unwrap_or(bytes.len())..]
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RemoteModesWatch<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.sink).poll_write(cx, bytes))?;
        self.follow(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    /// What puts the terminal back after this output, which comes in pieces of `step` bytes.
    async fn back(output: &str, step: usize) -> String {
        let modes = RemoteModes::default();
        let mut sink = modes.watch(Vec::new());
        for piece in output.as_bytes().chunks(step) {
            sink.write_all(piece).await.unwrap();
        }
        assert_eq!(sink.sink, output.as_bytes());
        modes.back()
    }

    #[tokio::test]
    async fn what_was_switched_on_last_is_put_back() {
        for (output, wanted) in [
            ("plain \x1b[31mred\x1b]0;t\x07", ""),
            ("\x1b[?1049h\x1b[?1h\x1b=\x1b[?25l", "\x1b[?1l\x1b>\x1b[?25h\x1b[?1049l"),
            ("\x1b[?1049h\x1b[?25lx\x1b[?25h\x1b[?1049l", ""),
            ("\x1b[?2004h$ ls\r\n\x1b[?2004l\rout", ""),
            ("\x1b[?1000;1006h", "\x1b[?1000l\x1b[?1006l"),
            ("\x1b[?1002;7;1003h\x1b[?1002l", "\x1b[?1003l"),
            ("\x1b\x1b[?2004h", "\x1b[?2004l"),
            ("\x1b[?20\x1b[?1h", "\x1b[?1l"),
            ("\x1b[?1049h\x1bc", ""),
            ("\x1b=\x1b>", ""),
            ("\x1b[1h\x1b[?12h\x1b[?2004$p\x1b[?1;2c", ""),
            ("\x1b[?99999999999999999999h", ""),
        ] {
            for step in 1..output.len() + 1 {
                assert_eq!(back(output, step).await, wanted, "{output:?} by {step}");
            }
        }
    }

    #[tokio::test]
    async fn a_sequence_that_the_output_ends_in_is_cancelled() {
        for within in [
            "\x1b",
            "\x1b[",
            "\x1b[3",
            "\x1b[38;5;1",
            "\x1b[?",
            "\x1b[?25",
            "\x1b[?25;",
            "\x1b[?25$",
            "\x1b[>4;",
            "\x1b(",
            "\x1b#",
            "\x1b]0;title",
            "\x1b]52;c;eA==",
            "\x1bPq#0\x07",
            "\x1b_x",
            "\x1b^x",
            "\x1bXx",
            "\x1bktitle",
            "\x1b]0;t\x1b",
            "\x1b[31m\x1b[3\r\n",
        ] {
            for step in 1..within.len() + 1 {
                assert_eq!(back(within, step).await, CANCEL, "{within:?} by {step}");
            }
        }
        for over in [
            "text",
            "\x1b[31m",
            "\x1b[?2004$p",
            "\x1b[0 q",
            "\x1b[>4;2m",
            "\x1b(B",
            "\x1b#8",
            "\x1b]0;t\x07",
            "\x1b]0;t\x1b\\",
            "\x1bPq\x1b\\",
            "\x1b[3\x18",
            "\x1b]0;t\x1a",
            "\x1bD",
            "\x1b[3\u{e4}",
            "\x1b]0;\u{e4}\x07x",
        ] {
            for step in 1..over.len() + 1 {
                assert_eq!(back(over, step).await, "", "{over:?} by {step}");
            }
        }
        // What is on is put back behind that.
        assert_eq!(back("\x1b[?1049h\x1b]0;", 5).await, format!("{CANCEL}\x1b[?1049l"));
    }

    #[tokio::test]
    async fn a_session_that_ends_well_leaves_nothing_to_put_back() {
        let modes = RemoteModes::default();
        modes.watch(Vec::new()).write_all(b"\x1b[?1049h").await.unwrap();
        assert_eq!(modes.back(), "\x1b[?1049l");
        modes.forget();
        assert_eq!(modes.back(), "");
    }

    #[tokio::test]
    async fn what_is_not_seen_is_put_back_without_moving_the_cursor() {
        let modes = RemoteModes::unseen();
        let back = modes.back();
        for sequence in ["\x1b[?1000l", "\x1b[?2004l", "\x1b>", "\x1b[?25h\x1b[?1047l"] {
            assert!(back.contains(sequence), "{back:?}");
        }
        assert!(!back.contains("?47l") && back.starts_with(CANCEL), "{back:?}");
        // A terminal that knows only 1049 has its cursor kept.
        let back =
            back.strip_prefix(CANCEL).and_then(|back| back.strip_prefix(LEAVE_SCREEN)).unwrap();
        assert!(!back.contains("1049"), "{back:?}");
        // It switches off all that is seen where it is.
        let seen = RemoteModes::default();
        let on = back.replace('l', "h").replace("?25h", "?25l").replace('>', "=");
        seen.watch(Vec::new()).write_all(on.as_bytes()).await.unwrap();
        assert_eq!(seen.back(), back);
        modes.forget();
        assert_eq!(modes.back(), "");
    }

    #[test]
    fn the_keypad_stands_where_it_is_looked_for() {
        assert_eq!(MODES[KEYPAD].back(), "\x1b>");
    }
}
