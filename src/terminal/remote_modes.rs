//! The modes that the server's programs have switched on at the terminal and not off again: the
//! other screen, a hidden cursor, the mouse, brackets around pastes, application keys.
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
    /// All modes that can be switched off without harm where they are not on. Of the three numbers of
    /// the other screen this is 1047: the others move the cursor of the main screen.
    pub(super) fn unseen() -> RemoteModes {
        let harmless = |mode: &FollowedMode| !matches!(mode, Numbered(47 | 1049, _));
        let all = MODES.iter().enumerate().filter(|(_, mode)| harmless(mode));
        RemoteModes(Arc::new(AtomicU16::new(all.map(|(at, _)| 1u16 << at).sum())))
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
        modes.map(|(_, mode)| mode.back()).collect()
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
    fn follow(&mut self, mut bytes: &[u8]) {
        loop {
            if matches!(self.state, ScanState::Text) {
                bytes = from_interesting(bytes);
            }
            let Some((&byte, rest)) = bytes.split_first() else { return };
            bytes = rest;
            self.state = match (self.state, byte) {
                (_, ESC) => ScanState::Escape,
                (ScanState::Text, _) => ScanState::Text,
                (ScanState::Escape, b'[') => ScanState::Bracket,
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
                (ScanState::Bracket | ScanState::Number(_), _) => ScanState::Text,
            };
        }
    }
}

/// The bytes from the first control sequence on that may switch a mode. Most sequences are colours,
/// which coloured output has many of.
fn from_interesting(mut bytes: &[u8]) -> &[u8] {
    while let Some(at) = memchr(ESC, bytes) {
        bytes = &bytes[at..];
        match bytes {
            [_, b'[', next, ..] if *next != b'?' && *next != ESC => bytes = &bytes[3..],
            _ => return bytes,
        }
    }
    &[]
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
        assert!(!back.contains("1049") && !back.contains("?47l"), "{back:?}");
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
