//! The standard error of a proxy command, watched: each line is passed on at once as a message, as
//! PuTTY shows it, and the last ones are kept for the error.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use log::warn;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::error::Error;
use crate::say;
use crate::text;

/// The most lines that are kept, the last ones.
const MAX_KEPT: usize = 16;
/// The most lines that an error repeats.
const MAX_TOLD: usize = 3;
/// The longest line, in bytes; a longer one is passed on in pieces.
const MAX_LINE: usize = 1024;
/// How long a line without an end waits for it: a prompt has none.
const PAUSE: Duration = Duration::from_millis(300);

/// Explains the words of a command.
type Explain = dyn Fn(&str) -> Option<Error> + Send + Sync;

/// Makes an error with cause and next step of the last lines of a proxy command, which are
/// sanitised and joined by line ends; `None` if it knows none of them.
#[derive(Clone)]
pub struct Diagnosis(Arc<Explain>);

impl Diagnosis {
    /// Takes the function.
    pub fn new(explain: impl Fn(&str) -> Option<Error> + Send + Sync + 'static) -> Diagnosis {
        Diagnosis(Arc::new(explain))
    }
}

impl fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Diagnosis")
    }
}

/// The standard error of a running command. It is no longer read once this is dropped.
pub(super) struct WatchedWords {
    kept: Arc<Mutex<VecDeque<String>>>,
    reading: JoinHandle<()>,
    is_over: bool,
    diagnosis: Option<Diagnosis>,
}

impl WatchedWords {
    /// Begins to read.
    pub(super) fn listen(
        errors: impl AsyncRead + Send + Unpin + 'static,
        diagnosis: Option<Diagnosis>,
    ) -> WatchedWords {
        let kept = Arc::new(Mutex::new(VecDeque::new()));
        let reading = tokio::spawn(read(errors, Arc::clone(&kept)));
        WatchedWords { kept, reading, is_over: false, diagnosis }
    }

    /// Ready once everything has been read.
    pub(super) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_over {
            self.is_over = Pin::new(&mut self.reading).poll(cx).is_ready();
        }
        if self.is_over { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The error that the diagnosis makes of the last lines.
    pub(super) fn diagnosed(&self) -> Option<Error> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = kept.iter().map(String::as_str).collect();
        self.diagnosis.as_ref().and_then(|diagnosis| (diagnosis.0)(&lines.join("\n")))
    }

    /// The last lines on one line; empty if there was none.
    pub(super) fn last_words(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let last: Vec<&str> =
            kept.iter().skip(kept.len().saturating_sub(MAX_TOLD)).map(String::as_str).collect();
        last.join("; ")
    }
}

impl Drop for WatchedWords {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Reads lines until the end; a line without an end is passed on after a pause.
async fn read(mut errors: impl AsyncRead + Unpin, kept: Arc<Mutex<VecDeque<String>>>) {
    let mut open = Vec::new();
    let mut chunk = [0; MAX_LINE];
    loop {
        let count = match open.is_empty() {
            true => errors.read(&mut chunk).await,
            false => match timeout(PAUSE, errors.read(&mut chunk)).await {
                Ok(count) => count,
                Err(_) => {
                    pass_on(&std::mem::take(&mut open), &kept);
                    continue;
                }
            },
        };
        let Ok(count @ 1..) = count else { break };
        for &byte in &chunk[..count] {
            match byte {
                b'\n' => pass_on(&std::mem::take(&mut open), &kept),
                byte => open.push(byte),
            }
            if open.len() >= MAX_LINE {
                pass_on(&std::mem::take(&mut open), &kept);
            }
        }
    }
    pass_on(&open, &kept);
}

/// Shows and keeps one line; an empty one is dropped.
fn pass_on(line: &[u8], kept: &Mutex<VecDeque<String>>) {
    let line = text::line_bytes(line.trim_ascii_end(), MAX_LINE);
    if line.is_empty() {
        return;
    }
    warn!("{}", say!(proxy_said, line));
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() == MAX_KEPT {
        kept.pop_front();
    }
    kept.push_back(line);
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    async fn heard(said: &[u8]) -> WatchedWords {
        let (mut theirs, ours) = tokio::io::duplex(64 * 1024);
        theirs.write_all(said).await.unwrap();
        drop(theirs);
        let mut words = WatchedWords::listen(ours, None);
        std::future::poll_fn(|cx| words.poll_over(cx)).await;
        words
    }

    #[tokio::test]
    async fn only_the_last_lines_are_kept() {
        let words = heard(&b"line\r\n\n".repeat(4000)).await;
        assert_eq!(words.kept.lock().unwrap().len(), MAX_KEPT);
        assert_eq!(words.last_words(), "line; line; line");
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_cut_into_pieces() {
        let words = heard(&[b'x'; 10 * MAX_LINE]).await;
        let kept = words.kept.lock().unwrap();
        assert!(kept.len() == 10 && kept.iter().all(|line| line.len() == MAX_LINE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_prompt_is_passed_on_before_its_line_ends() {
        let (mut theirs, ours) = tokio::io::duplex(64);
        let words = WatchedWords::listen(ours, None);
        theirs.write_all(b"Password for \x1b[1malice: ").await.unwrap();
        tokio::time::sleep(PAUSE * 2).await;
        let kept = words.last_words();
        assert!(kept.starts_with("Password for") && !kept.contains('\x1b'), "{kept}");
    }
}
