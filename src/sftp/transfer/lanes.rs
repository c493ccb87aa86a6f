//! What a transfer goes over: the clients that there are, and those that come while it is under way.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::sftp::client::Sftp;
use crate::sftp::extensions::Limits;
use crate::sftp::failure::SftpFailure;

/// How many larger files are on the way at once on each lane: while one ends, the next one begins.
const LARGE_AT_ONCE: usize = 2;

/// The clients of a transfer, on one connection or several to the same account. All of them see the
/// same files; the first one also reads directories.
#[derive(Clone)]
pub struct TransferClients(watch::Receiver<Growing<Sftp>>);

/// Where clients are added that come while the transfer is under way; when it is dropped, no more
/// come.
pub struct ClientsToCome(watch::Sender<Growing<Sftp>>);

/// What there is, and whether more comes.
struct Growing<T> {
    all: Vec<T>,
    to_come: bool,
}

impl From<Vec<Sftp>> for TransferClients {
    fn from(all: Vec<Sftp>) -> TransferClients {
        TransferClients::growing(all).1
    }
}

impl TransferClients {
    /// These clients, and those that are added.
    pub fn growing(all: Vec<Sftp>) -> (ClientsToCome, TransferClients) {
        let (sender, receiver) = watch::channel(Growing { all, to_come: true });
        (ClientsToCome(sender), TransferClients(receiver))
    }

    /// The first one.
    pub fn first(&self) -> Option<Sftp> {
        self.0.borrow().all.first().cloned()
    }

    /// One after the other, also those that come later.
    pub(crate) fn each(&self) -> Each<Sftp> {
        Each { next: 0, from: EachFrom::Growing(self.0.clone()) }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.borrow().all.len()
    }
}

impl ClientsToCome {
    /// Adds one.
    pub fn add(&self, client: Sftp) {
        self.0.send_modify(|now| now.all.push(client));
    }
}

impl Drop for ClientsToCome {
    fn drop(&mut self) {
        self.0.send_modify(|now| now.to_come = false);
    }
}

/// A client, and what its transfers need of it.
pub(crate) struct TransferLane {
    pub sftp: Sftp,
    pub limits: Limits,
    /// Files that are larger than a few blocks.
    pub large: Semaphore,
}

/// The lanes of a run.
pub(crate) struct TransferLanes(watch::Sender<Growing<Arc<TransferLane>>>);

impl TransferLanes {
    /// None yet.
    pub fn new() -> TransferLanes {
        TransferLanes(watch::Sender::new(Growing { all: Vec::new(), to_come: true }))
    }

    /// Adds one, once the client knows the server's limits.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn add(&self, sftp: Sftp) -> Result<(), SftpFailure> {
        let (limits, large) = (sftp.limits().await?, Semaphore::new(LARGE_AT_ONCE));
        let lane = Arc::new(TransferLane { sftp, limits, large });
        self.0.send_modify(|now| now.all.push(lane));
        Ok(())
    }

    /// No more come.
    pub fn complete(&self) {
        self.0.send_modify(|now| now.to_come = false);
    }

    /// Whether there are several, or will be.
    pub fn are_several(&self) -> bool {
        let now = self.0.borrow();
        now.to_come || now.all.len() > 1
    }

    pub fn first(&self) -> Option<Arc<TransferLane>> {
        self.0.borrow().all.first().cloned()
    }

    /// One after the other, also those that come later.
    pub fn each(&self) -> Each<Arc<TransferLane>> {
        Each { next: 0, from: EachFrom::Growing(self.0.subscribe()) }
    }
}

/// Hands out one after the other.
pub(crate) struct Each<T> {
    next: usize,
    from: EachFrom<T>,
}

enum EachFrom<T> {
    Growing(watch::Receiver<Growing<T>>),
    Only(T),
}

impl<T: Clone> Each<T> {
    /// This one alone.
    pub fn only(one: T) -> Each<T> {
        Each { next: 0, from: EachFrom::Only(one) }
    }

    /// The next one; `None` when there are no more and none come. Nothing is lost if the future is
    /// dropped.
    pub async fn next(&mut self) -> Option<T> {
        let growing = match &mut self.from {
            EachFrom::Growing(growing) => growing,
            EachFrom::Only(one) => {
                self.next += 1;
                return (self.next == 1).then(|| one.clone());
            }
        };
        loop {
            {
                let now = growing.borrow_and_update();
                if let Some(found) = now.all.get(self.next) {
                    self.next += 1;
                    return Some(found.clone());
                }
                if !now.to_come {
                    return None;
                }
            }
            growing.changed().await.ok()?;
        }
    }
}
