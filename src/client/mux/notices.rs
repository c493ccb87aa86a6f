//! Our own messages for a client's standard error, queued because the client may not read them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The most bytes that may wait. Escapes such as `~?` have answers much longer than themselves, and
/// a client may send any number of them.
const MAX_WAITING: usize = 64 * 1024;

/// Lines for a client's standard error that have not been written yet.
#[derive(Default)]
pub(super) struct ClientNotices {
    waiting: Mutex<WaitingText>,
    changed: Notify,
}

#[derive(Default)]
struct WaitingText {
    text: String,
    over: bool,
}

impl ClientNotices {
    /// Queues these lines; drops them if too much waits already.
    pub fn say(&self, text: &str) {
        let mut waiting = self.waiting();
        if waiting.text.len() + text.len() <= MAX_WAITING {
            waiting.text.push_str(text);
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// Ends the queue.
    pub fn finish(&self) {
        self.waiting().over = true;
        self.changed.notify_one();
    }

    /// Waits for the next lines; `None` after the last ones. Cancel safe: no line is lost if this
    /// future is dropped.
    pub async fn next(&self) -> Option<String> {
        loop {
            let changed = self.changed.notified();
            {
                let mut waiting = self.waiting();
                if !waiting.text.is_empty() {
                    return Some(std::mem::take(&mut waiting.text));
                }
                if waiting.over {
                    return None;
                }
            }
            changed.await;
        }
    }

    fn waiting(&self) -> MutexGuard<'_, WaitingText> {
        // No code panics while it holds this lock.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_client_does_not_read_is_bounded_and_ends() {
        let said = ClientNotices::default();
        said.say("first\r\n");
        for _ in 0..1_000_000 {
            said.say("help\r\n");
        }
        said.finish();
        let all = said.next().await.unwrap();
        assert!(all.starts_with("first\r\nhelp\r\n"));
        assert!(all.len() <= MAX_WAITING);
        assert_eq!(said.next().await, None);
    }
}
