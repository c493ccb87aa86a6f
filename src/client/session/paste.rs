//! Bracketed paste (private mode 2004 of xterm's ctlseqs): distinguishes pasted from typed input.
//!
//! The mode is always on at the local terminal, so that every paste is recognised. [`Paste`] finds
//! the brackets in the input. [`BracketFilter`] removes the server's own switching of the mode from
//! the output and remembers it: a program that asked for brackets gets the paste with them and
//! without a question; otherwise the person is asked. Sessions that do not ask about pastes use
//! neither.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

/// The longest paste, in bytes, that is asked about; nobody would read a longer one.
pub const MAX_PASTE: usize = 1024 * 1024;
/// The longest control sequence, in bytes, that is examined; those of terminals are shorter.
const MAX_SEQUENCE: usize = 64;

const START: &[u8] = b"\x1b[200~";
const END: &[u8] = b"\x1b[201~";
const ESC: u8 = 0x1b;

/// Whether the program on the server has switched bracketed paste on.
#[derive(Clone, Debug, Default)]
pub struct Brackets(Arc<AtomicBool>);

impl Brackets {
    fn are_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn want(&self, wanted: bool) {
        self.0.store(wanted, Ordering::Relaxed);
    }
}

/// A piece of the input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InputPiece {
    /// Typed keys.
    Typed(Vec<u8>),
    /// Part of a paste for a program that wants brackets, including the brackets.
    Passed(Vec<u8>),
    /// A whole paste without its brackets.
    Pasted(Vec<u8>),
    /// A paste of more than [`MAX_PASTE`] bytes, which is dropped.
    TooLong,
}

/// Finds pastes in the input.
#[derive(Debug, Default)]
pub struct Paste {
    brackets: Brackets,
    within: PasteState,
    /// How many bytes of the next bracket have been matched.
    matched: usize,
}

#[derive(Debug, Default)]
enum PasteState {
    #[default]
    Typing,
    Passing,
    Collecting(Vec<u8>),
    /// The paste is too long; its end is awaited.
    Refusing,
    /// The closing bracket was seen. It may be part of the pasted text. If nothing follows for a
    /// moment, it was the terminal's, because a person cannot type that fast.
    Ended {
        /// The pasted text; `None` if it was too long.
        text: Option<Vec<u8>>,
        /// The input after the bracket; `None` if it was too long.
        after: Option<Vec<u8>>,
    },
}

impl Paste {
    /// `brackets` is shared with the [`BracketFilter`] of the output.
    pub fn new(brackets: Brackets) -> Paste {
        Paste { brackets, ..Paste::default() }
    }

    /// Processes input and appends its pieces.
    pub(crate) fn take(&mut self, input: &[u8], pieces: &mut VecDeque<InputPiece>) {
        let mut open = Vec::new();
        for &byte in input {
            let bracket = match self.within {
                PasteState::Typing => START,
                _ => END,
            };
            if byte == bracket[self.matched] {
                self.matched += 1;
                if self.matched == bracket.len() {
                    self.matched = 0;
                    self.after_bracket(&mut open, pieces);
                }
                continue;
            }
            let matched = std::mem::take(&mut self.matched);
            self.put(&bracket[..matched], &mut open);
            match byte {
                ESC => self.matched = 1,
                _ => self.put(&[byte], &mut open),
            }
        }
        self.close(open, pieces);
    }

    /// Whether the meaning of the last input depends on further input.
    pub(crate) fn is_partial(&self) -> bool {
        match self.within {
            PasteState::Typing => self.matched > 0,
            PasteState::Ended { .. } => true,
            _ => false,
        }
    }

    /// Decides about the last input after nothing has followed in time: a partial bracket was
    /// typed, and a paste has ended.
    pub(crate) fn give_up(&mut self, pieces: &mut VecDeque<InputPiece>) {
        let matched = std::mem::take(&mut self.matched);
        match std::mem::take(&mut self.within) {
            PasteState::Typing if matched > 0 => {
                pieces.push_back(InputPiece::Typed(START[..matched].to_vec()));
            }
            PasteState::Ended { text, after } => {
                let text = text.filter(|_| after.is_some());
                pieces.push_back(text.map_or(InputPiece::TooLong, InputPiece::Pasted));
                let typed = after.map(|after| [&after, &END[..matched]].concat());
                pieces.extend(typed.filter(|typed| !typed.is_empty()).map(InputPiece::Typed));
            }
            other => (self.matched, self.within) = (matched, other),
        }
    }

    /// Changes the state after a complete bracket.
    fn after_bracket(&mut self, open: &mut Vec<u8>, pieces: &mut VecDeque<InputPiece>) {
        match std::mem::take(&mut self.within) {
            PasteState::Typing => {
                self.close(std::mem::take(open), pieces);
                self.within = match self.brackets.are_wanted() {
                    true => {
                        open.extend_from_slice(START);
                        PasteState::Passing
                    }
                    false => PasteState::Collecting(Vec::new()),
                };
            }
            PasteState::Passing => {
                open.extend_from_slice(END);
                pieces.push_back(InputPiece::Passed(std::mem::take(open)));
            }
            PasteState::Collecting(text) => {
                self.within = PasteState::Ended { text: Some(text), after: Some(Vec::new()) };
            }
            PasteState::Refusing => {
                self.within = PasteState::Ended { text: None, after: Some(Vec::new()) };
            }
            // The earlier bracket was part of the text, and so was the input after it.
            PasteState::Ended { text, after } => {
                let text = text.zip(after).map(|(text, after)| [&text, END, &after].concat());
                let text = text.filter(|text| text.len() <= MAX_PASTE);
                self.within = PasteState::Ended { text, after: Some(Vec::new()) };
            }
        }
    }

    fn put(&mut self, bytes: &[u8], open: &mut Vec<u8>) {
        match &mut self.within {
            PasteState::Typing | PasteState::Passing => open.extend_from_slice(bytes),
            PasteState::Collecting(text) if text.len() + bytes.len() <= MAX_PASTE => {
                text.extend_from_slice(bytes);
            }
            PasteState::Collecting(_) => self.within = PasteState::Refusing,
            PasteState::Refusing => {}
            PasteState::Ended { after, .. } => {
                // Nobody types this much without a pause, so it must be part of the paste.
                let room = |after: &Vec<u8>| after.len() + bytes.len() <= MAX_PASTE;
                *after = after.take().filter(room).map(|mut after| {
                    after.extend_from_slice(bytes);
                    after
                });
            }
        }
    }

    fn close(&self, open: Vec<u8>, pieces: &mut VecDeque<InputPiece>) {
        if open.is_empty() {
            return;
        }
        pieces.push_back(match self.within {
            PasteState::Passing => InputPiece::Passed(open),
            _ => InputPiece::Typed(open),
        });
    }
}

/// Whether a paste does more than insert text in a line: it contains a line break or another
/// control character than a tab.
pub(crate) fn acts(pasted: &[u8]) -> bool {
    pasted.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t')
}

/// Converts line breaks to what the Enter key sends, as terminals do in a paste without brackets.
pub(crate) fn as_typed(pasted: &[u8]) -> Vec<u8> {
    let mut typed = Vec::with_capacity(pasted.len());
    let mut last = 0;
    for &byte in pasted {
        match byte {
            b'\n' if last == b'\r' => {}
            b'\n' => typed.push(b'\r'),
            _ => typed.push(byte),
        }
        last = byte;
    }
    typed
}

/// The text of a paste for display: each line break is a line feed.
pub(crate) fn as_text(pasted: &[u8]) -> String {
    String::from_utf8_lossy(&as_typed(pasted)).replace('\r', "\n")
}

/// An output sink that removes the sequences that switch bracketed paste, and passes on everything
/// else unchanged. Used in sessions that ask about pastes.
pub struct BracketFilter<S> {
    sink: S,
    brackets: Brackets,
    /// The beginning of a control sequence.
    sequence: Vec<u8>,
    /// Bytes to write before anything else, of which `written` are written already.
    due: Vec<u8>,
    written: usize,
    /// How many input bytes to report as written once `due` is written.
    taken: usize,
}

impl<S> BracketFilter<S> {
    /// `brackets` is shared with the [`Paste`] of the input.
    pub fn new(sink: S, brackets: Brackets) -> BracketFilter<S> {
        let (sequence, due) = (Vec::new(), Vec::new());
        BracketFilter { sink, brackets, sequence, due, written: 0, taken: 0 }
    }

    /// Processes input up to the end of one control sequence; returns how many bytes belong to it.
    fn follow(&mut self, bytes: &[u8]) -> usize {
        for (index, &byte) in bytes.iter().enumerate() {
            if byte == ESC && !self.sequence.is_empty() {
                // The earlier sequence was incomplete or not one.
                self.due.append(&mut self.sequence);
            }
            self.sequence.push(byte);
            if is_complete(&self.sequence) || self.sequence.len() >= MAX_SEQUENCE {
                let sequence = std::mem::take(&mut self.sequence);
                self.complete(&sequence);
                return index + 1;
            }
        }
        bytes.len()
    }

    fn complete(&mut self, sequence: &[u8]) {
        const RESET: &[u8] = b"\x1bc";
        if sequence == RESET {
            self.brackets.want(false);
            self.due.extend_from_slice(RESET);
            self.due.extend_from_slice(ON.as_bytes());
            return;
        }
        match switched(sequence) {
            Some((rest, wanted)) => {
                self.brackets.want(wanted);
                self.due.extend_from_slice(&rest);
            }
            None => self.due.extend_from_slice(sequence),
        }
    }
}

/// The sequence that switches bracketed paste on at a terminal.
pub const ON: &str = "\x1b[?2004h";
/// The sequence that switches bracketed paste off.
pub const OFF: &str = "\x1b[?2004l";

/// Whether this control sequence is complete.
fn is_complete(sequence: &[u8]) -> bool {
    match sequence {
        [ESC] | [ESC, b'['] => false,
        [ESC, b'[', .., last] => matches!(last, 0x40..=0x7e) || !matches!(last, 0x20..=0x3f),
        _ => true,
    }
}

/// If the sequence switches bracketed paste: the sequence without that mode, and whether the mode
/// is switched on.
fn switched(sequence: &[u8]) -> Option<(Vec<u8>, bool)> {
    let (&last, modes) = sequence.strip_prefix(b"\x1b[?")?.split_last()?;
    let on = match last {
        b'h' => true,
        b'l' => false,
        _ => return None,
    };
    let modes: Vec<&[u8]> = modes.split(|byte| *byte == b';').collect();
    let others: Vec<&[u8]> = modes.iter().copied().filter(|mode| *mode != b"2004").collect();
    if others.len() == modes.len() {
        return None;
    }
    let rest = match others.is_empty() {
        true => Vec::new(),
        false => [b"\x1b[?", &others.join(&b';')[..], &[last]].concat(),
    };
    Some((rest, on))
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BracketFilter<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        loop {
            while this.written < this.due.len() {
                let rest = &this.due[this.written..];
                this.written += ready!(Pin::new(&mut this.sink).poll_write(cx, rest))?;
            }
            this.due.clear();
            this.written = 0;
            if this.taken > 0 {
                return Poll::Ready(Ok(std::mem::take(&mut this.taken)));
            }
            if this.sequence.is_empty() {
                match bytes.iter().position(|byte| *byte == ESC) {
                    None => return Pin::new(&mut this.sink).poll_write(cx, bytes),
                    Some(0) => {}
                    Some(at) => return Pin::new(&mut this.sink).poll_write(cx, &bytes[..at]),
                }
            }
            this.taken = this.follow(bytes);
            if this.taken == 0 {
                return Poll::Ready(Ok(0));
            }
        }
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
    use proptest::prelude::*;
    use tokio::io::AsyncWriteExt;

    use super::*;

    /// The pieces of an input that arrives `step` bytes at a time, with equal neighbours joined.
    fn pieces(input: &[u8], step: usize, wanted: bool) -> Vec<InputPiece> {
        let brackets = Brackets::default();
        brackets.want(wanted);
        let mut paste = Paste::new(brackets);
        let mut pieces = VecDeque::new();
        input.chunks(step).for_each(|chunk| paste.take(chunk, &mut pieces));
        if paste.is_partial() {
            paste.give_up(&mut pieces);
        }
        let mut joined: Vec<InputPiece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(InputPiece::Typed(last)), InputPiece::Typed(more)) => last.extend(more),
                (Some(InputPiece::Passed(last)), InputPiece::Passed(more)) => last.extend(more),
                (_, piece) => joined.push(piece),
            }
        }
        joined
    }

    fn typed(text: &str) -> InputPiece {
        InputPiece::Typed(text.as_bytes().to_vec())
    }

    #[test]
    fn a_paste_is_told_from_what_is_typed_around_it() {
        let input = b"a\x1b[A\x1b[200~~.\nls\x1b[20\x1b[201~b\x1b";
        for step in 1..input.len() + 1 {
            let pasted = InputPiece::Pasted(b"~.\nls\x1b[20".to_vec());
            assert_eq!(
                pieces(input, step, false),
                [typed("a\x1b[A"), pasted, typed("b\x1b")],
                "{step}"
            );
            let passed = InputPiece::Passed(b"\x1b[200~~.\nls\x1b[20\x1b[201~".to_vec());
            assert_eq!(pieces(input, step, true), [typed("a\x1b[A"), passed, typed("b\x1b")]);
        }
    }

    #[test]
    fn a_paste_that_contains_the_end_marker_is_one_paste() {
        for input in [
            "\x1b[200~a\x1b[201~rm -rf /\r\x1b[201~",
            "\x1b[200~a\x1b[201~rm -rf /\r\x1b[200~b\x1b[201~",
            "\x1b[200~a\x1b[201~\x1b[201~~.\x1b[201~\x1b[201~",
        ] {
            let whole = &input["\x1b[200~".len()..input.len() - "\x1b[201~".len()];
            for step in 1..input.len() + 1 {
                let pasted = InputPiece::Pasted(whole.as_bytes().to_vec());
                assert_eq!(pieces(input.as_bytes(), step, false), [pasted], "{input:?} {step}");
            }
        }
        // Nothing of a paste that is too long is typed.
        let long = [START, &vec![b'x'; MAX_PASTE + 1], END, b"ls\r", END].concat();
        assert_eq!(pieces(&long, 4096, false), [InputPiece::TooLong]);
        let flood = [START, b"x", END, &vec![b'y'; MAX_PASTE + 9]].concat();
        assert_eq!(pieces(&flood, 4096, false), [InputPiece::TooLong]);
    }

    #[test]
    fn a_paste_of_any_size_passes_to_whom_wants_brackets_and_else_there_is_a_limit() {
        let most = [START, &vec![b'x'; MAX_PASTE], END, b"t"].concat();
        assert_eq!(pieces(&most, 4096, false)[0], InputPiece::Pasted(vec![b'x'; MAX_PASTE]));
        let more = [START, &vec![b'x'; MAX_PASTE + 1], END, b"t"].concat();
        assert_eq!(pieces(&more, 4096, false), [InputPiece::TooLong, typed("t")]);
        let passed = InputPiece::Passed(more[..more.len() - 1].to_vec());
        assert!(pieces(&more, 4096, true) == [passed, typed("t")]);
    }

    #[test]
    fn line_breaks_become_what_enter_sends() {
        assert_eq!(as_typed(b"a\r\nb\nc\rd\n\n"), b"a\rb\rc\rd\r\r");
        assert_eq!(as_text(b"a\r\nb\nc\r\xff"), "a\nb\nc\n\u{fffd}");
        assert!(acts(b"ls\n") && acts(b"\x1bc") && !acts("caf\u{e9}\t ok".as_bytes()));
    }

    /// The filter's output, and whether brackets are wanted at the end.
    async fn watched(output: &[u8], step: usize) -> (String, bool) {
        let brackets = Brackets::default();
        let mut sink = BracketFilter::new(Vec::new(), brackets.clone());
        for piece in output.chunks(step) {
            sink.write_all(piece).await.unwrap();
        }
        (String::from_utf8(sink.sink).unwrap(), brackets.are_wanted())
    }

    #[tokio::test]
    async fn a_sequence_without_an_end_is_passed_on() {
        let output = format!("\x1b[{}", "0;".repeat(10 * MAX_SEQUENCE));
        assert_eq!(watched(output.as_bytes(), 7).await, (output, false));
    }

    #[tokio::test]
    async fn switching_the_mode_stays_between_the_server_and_us() {
        for (output, shown, wanted) in [
            ("$ \x1b[?2004hx", "$ x", true),
            ("\x1b[?2004h\x1b[?2004l\rout", "\rout", false),
            ("\x1b[?1049;2004hvi", "\x1b[?1049hvi", true),
            ("\x1b[?2004h\x1bcx", "\x1bc\x1b[?2004hx", false),
            ("\x1b[31mred\x1b]0;t\x07\x1b[?25l.", "\x1b[31mred\x1b]0;t\x07\x1b[?25l.", false),
            ("\x1b[?20\x1b[?2004h.", "\x1b[?20.", true),
            ("\x1b[?2004;12h\n", "\x1b[?12h\n", true),
        ] {
            for step in 1..output.len() + 1 {
                let came = watched(output.as_bytes(), step).await;
                assert_eq!(came, (shown.to_owned(), wanted), "{output:?} by {step}");
            }
        }
    }

    proptest! {
        /// Sequences that do not switch the mode pass unchanged, however they are split.
        #[test]
        fn other_output_passes_unchanged(text in "[\x1b\\[?0-9;hla-c\x07 ]{0,200}", step in 1..50usize) {
            prop_assume!(!text.contains("2004") && !text.contains("\x1bc"));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            // An incomplete sequence is written together with what follows.
            let (shown, _) = runtime.block_on(watched(format!("{text}\x1b[m").as_bytes(), step));
            prop_assert_eq!(shown, format!("{text}\x1b[m"));
        }
    }
}
