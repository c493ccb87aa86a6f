//! The time limit on the answer to a request that starts a program.
//!
//! A server that sends the program's output has started it, whether it says so or not; some never
//! do. So the limit counts only while nothing at all has come.

use tokio::time::{Instant, sleep_until};

use crate::client::deadline;
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The limit for the requests of one channel.
pub(super) struct AnswerLimit<'a> {
    shared: &'a ConnectionState,
    /// The name of the request that starts the program, for messages.
    program: &'a str,
    until: Instant,
    /// The packets of data that had come when the requests were sent.
    data_packets: u64,
}

impl<'a> AnswerLimit<'a> {
    /// Starts the clock.
    pub fn start(shared: &'a ConnectionState, program: &'a str) -> AnswerLimit<'a> {
        let data_packets = shared.wire.data_packets();
        AnswerLimit { shared, program, until: Instant::now() + deadline::CHANNEL, data_packets }
    }

    /// The channel's next event; `None` after the last one.
    ///
    /// # Errors
    /// Answers are awaited, and the server has sent none and no data in time.
    pub async fn next(&self, events: &mut EventReceiver, awaited: bool) -> Result<Option<Event>> {
        let is_silent = || self.shared.wire.data_packets() == self.data_packets;
        if awaited && is_silent() {
            tokio::select! {
                event = events.recv() => return Ok(event),
                () = sleep_until(self.until) => {}
            }
            if is_silent() {
                let cause = say!(session_unanswered, program = self.program);
                let hint = say!(session_not_opened_in_time_hint);
                return Err(Error::new(Kind::Timeout, cause).hint(hint));
            }
        }
        Ok(events.recv().await)
    }
}
