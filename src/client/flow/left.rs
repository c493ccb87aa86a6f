//! Counts the channels of the server that were closed from here before the server closed them.
//!
//! The SSH library forgets such a channel at once, so that it passes over the server's CLOSE
//! message, which is what would free the rest of the channel (gap G25): some 3 KiB stay until the
//! connection ends. A server that opens channels can have any number closed here first, by
//! withholding its own CLOSE. So beyond a number no more of its channels are accepted. Channels that
//! are opened here are not counted: of those a server makes no more.

use std::sync::atomic::{AtomicUsize, Ordering};

use russh::ChannelWriteHalf;
use russh::client::Msg;

use crate::client::flow::complaint::Complaints;
use crate::say;

/// How many of its channels a server may leave to us to close before it may open no more: together
/// they take as much memory as may wait in lanes, some tens of MiB, and honest servers, which answer
/// the end of the data with a CLOSE, need few of them.
pub const MAX_LEFT: usize = 16 * 1024;

/// How many of the channels that a server has opened were closed from here first.
#[derive(Default)]
pub struct LeftChannels(AtomicUsize);

impl LeftChannels {
    /// Closes a channel that the server has opened and not closed, and counts it.
    pub(crate) async fn close(&self, write: &ChannelWriteHalf<Msg>) {
        self.count();
        // This fails only if the connection is lost, and the channel with it.
        let _ = write.close().await;
    }

    fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the server may open one more channel; tells the person if not.
    pub fn have_room(&self, complaints: &Complaints) -> bool {
        let has_room = self.0.load(Ordering::Relaxed) < MAX_LEFT;
        if !has_room {
            complaints.tell(&say!(forward_too_many_left, most = MAX_LEFT));
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_so_many_channels_closed_from_here_the_server_opens_no_more() {
        let (left, complaints) = (LeftChannels::default(), Complaints::default());
        for _ in 0..MAX_LEFT {
            assert!(left.have_room(&complaints));
            left.count();
        }
        assert!(!left.have_room(&complaints));
    }
}
