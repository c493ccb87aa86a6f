//! Lines of ours for the standard error of a client, which may not read them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Bytes that may wait: more than a person reads. Escapes such as `~?` have answers many times as
/// long as they are, and a client may send as many as it likes.
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
    /// Says these lines; they are dropped where too much waits already.
    pub fn say(&self, text: &str) {
        let mut waiting = self.waiting();
        if waiting.text.len() + text.len() <= MAX_WAITING {
            waiting.text.push_str(text);
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// No more lines follow.
    pub fn finish(&self) {
        self.waiting().over = true;
        self.changed.notify_one();
    }

    /// Waits for the next lines; `None` after the last ones. Nothing is lost where this is
    /// dropped before it is done.
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
        // Nothing can panic while it holds this.
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
