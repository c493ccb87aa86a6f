//! What has happened on a session's channel, data aside, and has not been looked at yet.
//!
//! A server may send such messages as fast as the connection goes, and whoever looks at them
//! may be stopped, a client of a shared connection that does not read for example. So what
//! waits is bounded: of how the program ended the last word counts, as for ssh, and answers
//! are kept in order, as many as there can be requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use russh::Sig;

/// What happens on the session channel, data aside.
#[derive(Debug)]
pub(crate) enum Event {
    /// The last request was granted.
    Success,
    /// The last request was refused.
    Failure,
    /// RFC 4254 section 6.10.
    ExitStatus(u32),
    /// RFC 4254 section 6.10: the signal's name without SIG, and the text with it.
    ExitSignal { name: Sig, message: String },
    /// The channel is closed: nothing follows.
    Closed,
    /// Standard output does not take any more.
    OutputFailed(std::io::Error),
}

/// Answers that may wait. A session of ours makes three requests that are answered; a client
/// in proxy mode makes as many as it likes, and none has a reason to let more than this wait.
const MAX_ANSWERS: usize = 512;

/// What waits. An event that is there once is taken in this order.
#[derive(Default)]
struct WaitingEvents {
    /// Answers to requests: whether they were granted.
    answers: VecDeque<bool>,
    /// How the program ended.
    exit: Option<Event>,
    /// Why standard output takes no more.
    failed: Option<Event>,
    /// The channel is closed.
    closed: bool,
    /// Nothing more is put here.
    over: bool,
    /// Nobody takes anything any more.
    unwanted: bool,
}

#[derive(Default)]
struct EventQueue {
    waiting: Mutex<WaitingEvents>,
    put: Notify,
}

/// Where events are put; when it is dropped, there are no more.
pub(crate) struct EventSender(Arc<EventQueue>);

/// Where events are taken.
pub(crate) struct EventReceiver(Arc<EventQueue>);

/// There is no room for another answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EventsFull;

/// The events of one channel.
pub(crate) fn event_queue() -> (EventSender, EventReceiver) {
    let queue = Arc::new(EventQueue::default());
    (EventSender(Arc::clone(&queue)), EventReceiver(queue))
}

impl EventSender {
    /// Puts an event; of those that are there once, the last one counts.
    ///
    /// # Errors
    /// [`EventsFull`]: more answers wait than there can be requests; it was dropped.
    pub fn send(&self, event: Event) -> Result<(), EventsFull> {
        let mut waiting = self.0.waiting();
        if waiting.unwanted {
            return Ok(());
        }
        match event {
            Event::Success | Event::Failure if waiting.answers.len() >= MAX_ANSWERS => {
                return Err(EventsFull);
            }
            Event::Success => waiting.answers.push_back(true),
            Event::Failure => waiting.answers.push_back(false),
            Event::ExitStatus(_) | Event::ExitSignal { .. } => waiting.exit = Some(event),
            Event::OutputFailed(_) => waiting.failed = Some(event),
            Event::Closed => waiting.closed = true,
        }
        drop(waiting);
        self.0.put.notify_one();
        Ok(())
    }
}

impl Drop for EventSender {
    fn drop(&mut self) {
        self.0.waiting().over = true;
        self.0.put.notify_one();
    }
}

impl EventReceiver {
    /// Waits for the next event; `None` when there are no more. Nothing is lost where this is
    /// dropped before it is done.
    pub async fn recv(&mut self) -> Option<Event> {
        loop {
            let put = self.0.put.notified();
            {
                let mut waiting = self.0.waiting();
                if let Some(event) = waiting.next() {
                    return Some(event);
                }
                if waiting.over {
                    return None;
                }
            }
            put.await;
        }
    }
}

impl Drop for EventReceiver {
    fn drop(&mut self) {
        *self.0.waiting() = WaitingEvents { unwanted: true, ..WaitingEvents::default() };
    }
}

impl EventQueue {
    fn waiting(&self) -> MutexGuard<'_, WaitingEvents> {
        // Nothing can panic while it holds this.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingEvents {
    fn next(&mut self) -> Option<Event> {
        if let Some(granted) = self.answers.pop_front() {
            return Some(if granted { Event::Success } else { Event::Failure });
        }
        let once = self.exit.take().or_else(|| self.failed.take());
        once.or_else(|| std::mem::take(&mut self.closed).then_some(Event::Closed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What waits, until there is nothing more.
    async fn all(mut events: EventReceiver) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(event) = events.recv().await {
            all.push(format!("{event:?}"));
        }
        all
    }

    #[tokio::test]
    async fn a_flood_that_nobody_looks_at_is_kept_within_bounds() {
        let (sender, receiver) = event_queue();
        for number in 0..1_000_000 {
            sender.send(Event::ExitStatus(number)).unwrap();
        }
        for _ in 0..MAX_ANSWERS {
            sender.send(Event::Failure).unwrap();
        }
        for _ in 0..1_000_000 {
            assert_eq!(sender.send(Event::Success), Err(EventsFull));
        }
        sender.send(Event::Closed).unwrap();
        drop(sender);
        let all = all(receiver).await;
        assert_eq!(all.len(), MAX_ANSWERS + 2);
        assert!(all[..MAX_ANSWERS].iter().all(|event| event == "Failure"));
        assert_eq!(all[MAX_ANSWERS..], ["ExitStatus(999999)", "Closed"], "the last word counts");
    }

    #[tokio::test]
    async fn what_comes_while_somebody_waits_is_taken_at_once() {
        let (sender, mut receiver) = event_queue();
        let taken = tokio::spawn(async move {
            let first = receiver.recv().await;
            (format!("{first:?}"), all(receiver).await)
        });
        tokio::task::yield_now().await;
        sender.send(Event::Success).unwrap();
        tokio::task::yield_now().await;
        sender.send(Event::Closed).unwrap();
        drop(sender);
        let (first, rest) = taken.await.unwrap();
        assert_eq!((first.as_str(), &rest[..]), ("Some(Success)", &["Closed".to_owned()][..]));
    }

    #[tokio::test]
    async fn nothing_waits_where_nobody_takes_it() {
        let (sender, receiver) = event_queue();
        drop(receiver);
        for _ in 0..2 * MAX_ANSWERS {
            sender.send(Event::Success).unwrap();
        }
        assert!(sender.0.waiting().answers.is_empty());
    }
}
