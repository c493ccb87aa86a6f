//! Limits the number of forwarded connections that are open at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::flow::complaint::Complaints;
use crate::say;

/// Forwarded connections at a time. Each takes a descriptor, of which a process usually has
/// 1024, and up to [`crate::client::flow::lane::MAX_KEPT`] of memory.
pub const MAX_CONNECTIONS: usize = 512;

/// The seats for forwarded connections: each open connection takes one.
pub(crate) struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Seats {
        Seats(Arc::new(Semaphore::new(MAX_CONNECTIONS)))
    }
}

impl Seats {
    /// Takes a seat; tells the person if none is free.
    pub fn take(&self, complaints: &Complaints) -> Option<OwnedSemaphorePermit> {
        let seat = Arc::clone(&self.0).try_acquire_owned().ok();
        if seat.is_none() {
            complaints.tell(&say!(forward_too_many_connections, most = MAX_CONNECTIONS));
        }
        seat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_seats_and_each_is_used_again() {
        let (seats, complaints) = (Seats::default(), Complaints::default());
        let mut taken: Vec<_> =
            (0..MAX_CONNECTIONS).filter_map(|_| seats.take(&complaints)).collect();
        assert!(taken.len() == MAX_CONNECTIONS && seats.take(&complaints).is_none());
        taken.pop();
        assert!(seats.take(&complaints).is_some());
    }
}
