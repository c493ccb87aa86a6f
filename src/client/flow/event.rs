//! The queue of session channel events other than data.
//!
//! A server may send such messages as fast as the connection allows, while their reader may be
//! blocked: for example, a client of a shared connection may stop reading. So the queue is bounded:
//! only the last exit message is kept, as in ssh, and answers to requests are kept in order, up to
//! `MAX_ANSWERS`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use russh::Sig;

/// An event on the session channel, other than data.
#[derive(Debug)]
pub(crate) enum Event {
    /// The server granted the oldest unanswered request.
    Success,
    /// The server refused the oldest unanswered request.
    Failure,
    /// No more data follows (RFC 4254 section 5.3).
    Eof,
    /// The program exited with this status (RFC 4254 section 6.10).
    ExitStatus(u32),
    /// A signal ended the program (RFC 4254 section 6.10): the signal's name without SIG, and the
    /// server's text.
    ExitSignal { name: Sig, message: String },
    /// The channel is closed: nothing follows.
    Closed,
    /// Standard output can no longer be written.
    OutputFailed(std::io::Error),
}

/// The most answers that may wait. A session of ours makes three requests that are answered. A
/// client in proxy mode may make any number, but has no reason to leave more than this unread.
const MAX_ANSWERS: usize = 512;

/// The waiting events. Answers are taken first, then the single events in the order of these
/// fields.
#[derive(Default)]
struct WaitingEvents {
    /// Answers to requests: whether they were granted.
    answers: VecDeque<bool>,
    /// No more data follows.
    eof: bool,
    /// How the program ended.
    exit: Option<Event>,
    /// The program's exit status has come: a signal after it means nothing, as in ssh.
    has_status: bool,
    /// Why standard output can no longer be written.
    failed: Option<Event>,
    /// The channel is closed.
    closed: bool,
    /// The sender is gone: no more events come.
    over: bool,
    /// The receiver is gone: events are dropped.
    unwanted: bool,
}

#[derive(Default)]
struct EventQueue {
    waiting: Mutex<WaitingEvents>,
    put: Notify,
}

/// The sending half. Dropping it ends the queue.
pub(crate) struct EventSender(Arc<EventQueue>);

/// The receiving half.
pub(crate) struct EventReceiver(Arc<EventQueue>);

/// The queue has no room for another answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EventsFull;

/// Creates the event queue of one channel.
pub(crate) fn event_queue() -> (EventSender, EventReceiver) {
    let queue = Arc::new(EventQueue::default());
    (EventSender(Arc::clone(&queue)), EventReceiver(queue))
}

impl EventSender {
    /// Queues an event. Of exit messages and output failures only the last one is kept.
    ///
    /// # Errors
    /// [`EventsFull`]: [`MAX_ANSWERS`] answers are waiting already; this one was dropped.
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
            Event::Eof => waiting.eof = true,
            Event::ExitStatus(_) => {
                waiting.has_status = true;
                waiting.exit = Some(event);
            }
            Event::ExitSignal { .. } if waiting.has_status => {}
            Event::ExitSignal { .. } => waiting.exit = Some(event),
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
    /// Waits for the next event; `None` when there are no more. Cancel safe: no event is lost if
    /// this future is dropped.
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
        // No code panics while it holds this lock.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingEvents {
    fn next(&mut self) -> Option<Event> {
        if let Some(granted) = self.answers.pop_front() {
            return Some(if granted { Event::Success } else { Event::Failure });
        }
        if std::mem::take(&mut self.eof) {
            return Some(Event::Eof);
        }
        let once = self.exit.take().or_else(|| self.failed.take());
        once.or_else(|| std::mem::take(&mut self.closed).then_some(Event::Closed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Collects all events until the queue ends.
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
    async fn a_status_counts_whether_a_signal_comes_before_or_after_it() {
        let signal = || Event::ExitSignal { name: Sig::TERM, message: String::new() };
        for events in [[Event::ExitStatus(3), signal()], [signal(), Event::ExitStatus(3)]] {
            let (sender, mut receiver) = event_queue();
            let mut last = None;
            for event in events {
                sender.send(event).unwrap();
                let taken = tokio::select! {
                    biased;
                    taken = receiver.recv() => taken,
                    () = std::future::ready(()) => None,
                };
                last = taken.or(last);
            }
            assert!(matches!(last, Some(Event::ExitStatus(3))), "{last:?}");
        }
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
