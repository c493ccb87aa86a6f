//! One connection's table, and what wakes those who work on it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::error::{Error, Kind, io_reason};
use crate::say;
use crate::sftp::client::table::{InFlight, Table};
use crate::sftp::failure::SftpFailure;

/// How long the server may be silent while it owes an answer, and take no bytes either.
pub const SILENCE: Duration = Duration::from_secs(60);
/// The same where it works on a request that takes long: a copy on its side, a write to the disk.
pub const SILENCE_AT_WORK: Duration = Duration::from_secs(3600);

/// What the two directions and all who make requests share.
pub(crate) struct Shared {
    inside: Mutex<Inside>,
    /// Notified when there is something to write, or nothing more to come.
    pub written: Notify,
    /// Notified when the server begins to owe something.
    pub due: Notify,
    /// Notified when the greeting or the limits have come, or the connection is gone.
    pub settled: Notify,
}

struct Inside {
    table: Table,
    /// When bytes moved last, or the server began to owe something.
    moved: Instant,
}

impl Shared {
    pub fn new(most: InFlight) -> Arc<Shared> {
        let inside = Inside { table: Table::new(most), moved: Instant::now() };
        Arc::new(Shared {
            inside: Mutex::new(inside),
            written: Notify::new(),
            due: Notify::new(),
            settled: Notify::new(),
        })
    }

    /// Works on the table, and wakes whoever has to go on afterwards.
    pub fn with<T>(&self, work: impl FnOnce(&mut Table) -> T) -> T {
        self.locked(false, work)
    }

    /// The same, when bytes have moved.
    pub fn moved<T>(&self, work: impl FnOnce(&mut Table) -> T) -> T {
        self.locked(true, work)
    }

    fn locked<T>(&self, moved: bool, work: impl FnOnce(&mut Table) -> T) -> T {
        // No code that works on the table panics half-way.
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let was_due = inside.table.is_due();
        let settled = settled(&inside.table);
        let result = work(&mut inside.table);
        let begins = inside.table.is_due() && !was_due;
        if moved || begins {
            inside.moved = Instant::now();
        }
        let table = &mut inside.table;
        let write = !table.out.is_empty() || table.is_over();
        let is_settled = settled != self::settled(table);
        let wake = std::mem::take(&mut table.wake);
        drop(inside);
        // Outside the lock: waking may run code of others.
        wake.into_iter().for_each(std::task::Waker::wake);
        if write {
            self.written.notify_one();
        }
        if begins {
            self.due.notify_one();
        }
        if is_settled {
            self.settled.notify_waiters();
        }
        result
    }

    /// The connection is gone, for this reason.
    pub fn fail(&self, failure: SftpFailure) {
        self.with(|table| table.fail(failure));
    }

    /// Until when bytes have to move; `None` while the server owes nothing.
    fn deadline(&self) -> Option<(Instant, Duration)> {
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let table = &inside.table;
        let most = if table.is_patient() { SILENCE_AT_WORK } else { SILENCE };
        table.is_due().then(|| (inside.moved + most, most))
    }

    /// Waits until the server has been silent for too long. What waits in line does not count.
    pub async fn silence(&self) -> SftpFailure {
        loop {
            match self.deadline() {
                None => self.due.notified().await,
                Some((at, most)) if at <= Instant::now() => {
                    let cause = say!(sftp_silent, seconds = most.as_secs());
                    let error = Error::new(Kind::Timeout, cause).hint(say!(sftp_silent_hint));
                    return SftpFailure::lost(error);
                }
                Some((at, _)) => tokio::time::sleep_until(at).await,
            }
        }
    }

    /// Waits for what the table will have sooner or later, unless the connection goes before.
    pub async fn wait_for<T>(
        &self,
        mut found: impl FnMut(&Table) -> Option<T>,
    ) -> Result<T, SftpFailure> {
        loop {
            let settled = self.settled.notified();
            let now = self.with(|table| match found(table) {
                Some(found) => Some(Ok(found)),
                None => table.ended.clone().map(Err),
            });
            match now {
                Some(now) => return now,
                None => settled.await,
            }
        }
    }
}

/// What [`Shared::settled`] is about.
fn settled(table: &Table) -> (bool, bool, bool) {
    (table.extensions.is_some(), table.limits.is_some(), table.ended.is_some())
}

/// The stream failed. An error of our own in it is the whole reason.
pub(crate) fn stream_failed(error: &io::Error) -> SftpFailure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    if let Some(error) = inner {
        return SftpFailure::lost(error.clone());
    }
    ended(say!(sftp_stream_failed, why = io_reason(error)))
}

/// The connection ended in this way.
pub(crate) fn ended(cause: String) -> SftpFailure {
    SftpFailure::lost(Error::new(Kind::Disconnected, cause))
}
