//! An open directory on the server, read piece by piece with several requests on the way.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::client::handle::OpenHandle;
use crate::sftp::client::outcome::{Fitting, Outcome};
use crate::sftp::client::pending::{Link, Pending};
use crate::sftp::client::table::Asking;
use crate::sftp::failure::{PathsNamed, SftpFailure, SftpResult};
use crate::sftp::packet::{ask, status};
use crate::sftp::reply::DirectoryEntry;
use crate::sftp::request::{Field, Request};

/// The most requests for names on the way at once. A server gives a hundred names at a time, so
/// that a large directory would take a round trip for each hundred.
const MOST_AHEAD: usize = 16;
/// So many at first: the names of a small directory and its end come together.
const FIRST_AHEAD: usize = 2;
/// The most names of one directory.
const MAX_ENTRIES: usize = 10_000_000;
/// The most bytes of all names of one directory.
const MAX_BYTES: usize = 256 << 20;
/// The most answers with names of one directory: each takes time, and may have a single name.
const MAX_ANSWERS: usize = 1_000_000;
/// The most answers of one directory with nothing but `.` and `..`, which it has once.
const MAX_IDLE: usize = 1000;

/// An open directory. Dropping it closes it.
pub struct RemoteDirectory {
    // Before the handle: what is asked for is given up before it is closed.
    ahead: VecDeque<Pending<Option<Vec<DirectoryEntry>>>>,
    open: OpenHandle,
    /// How many requests are to be on the way.
    depth: usize,
    ended: bool,
    seen: ListingSize,
    most: ListingSize,
    /// Answers with nothing but `.` and `..`.
    idle: usize,
}

/// How much of a directory has been listed, or may be.
struct ListingSize {
    names: usize,
    bytes: usize,
    answers: usize,
}

impl RemoteDirectory {
    pub(crate) fn take(
        outcome: Outcome,
        link: &Arc<Link>,
        paths: &PathsNamed,
    ) -> Result<RemoteDirectory, Outcome> {
        let open = OpenHandle::take(outcome, link, paths)?;
        let ahead = VecDeque::new();
        let seen = ListingSize { names: 0, bytes: 0, answers: 0 };
        let most = ListingSize { names: MAX_ENTRIES, bytes: MAX_BYTES, answers: MAX_ANSWERS };
        Ok(RemoteDirectory { ahead, open, depth: FIRST_AHEAD, ended: false, seen, most, idle: 0 })
    }

    /// Has a directory with more names than this end with an error, where they are kept.
    #[must_use]
    pub fn at_most(mut self, names: usize) -> RemoteDirectory {
        self.most.names = names;
        self
    }

    /// The path by which it was opened.
    pub fn path(&self) -> &[u8] {
        &self.open.path
    }

    /// The next names, in the order in which the server has them, `.` and `..` among them; `None`
    /// at the end. No names are lost if the future is dropped.
    ///
    /// # Errors
    /// The server refuses, or has listed more than any directory has.
    pub async fn next(&mut self) -> SftpResult<Option<Vec<DirectoryEntry>>> {
        loop {
            self.ask_ahead();
            let Some(front) = self.ahead.front_mut() else { return Ok(None) };
            let result = front.await;
            self.ahead.pop_front();
            match result {
                Ok(Some(names)) => {
                    self.depth = (self.depth * 2).min(MOST_AHEAD);
                    self.seen.names += names.len();
                    self.seen.bytes += names.iter().map(|it| it.name.len()).sum::<usize>();
                    self.seen.answers += 1;
                    let is_idle = names.iter().all(|it| matches!(&it.name[..], b"." | b".."));
                    self.idle += usize::from(is_idle);
                    return match self.excess() {
                        Some(cause) => Err(self.endless(cause)),
                        None => Ok(Some(names)),
                    };
                }
                // A server that answers out of order may have names in the answers that follow.
                Ok(None) => self.ended = true,
                Err(failure) => {
                    self.ended = true;
                    self.ahead.clear();
                    return Err(failure);
                }
            }
        }
    }

    fn ask_ahead(&mut self) {
        while !self.ended && self.ahead.len() < self.depth {
            let fields = [Field::Text(&self.open.handle)];
            let asking = Asking::new(Fitting::Names);
            let request = Request::new(ask::READDIR, &fields);
            let pending = self.open.link.ask(&request, asking, self.open.paths(), names);
            self.ahead.push_back(pending);
        }
    }

    /// What is more than is believed.
    fn excess(&self) -> Option<String> {
        let ListingSize { names, bytes, answers } = &self.most;
        if self.seen.names > *names {
            Some(say!(sftp_endless_directory, most = names))
        } else if self.seen.bytes > *bytes {
            Some(say!(sftp_names_too_long, most = bytes))
        } else if self.idle > MAX_IDLE {
            Some(say!(sftp_endless_answers, most = MAX_IDLE))
        } else {
            let is_over = self.seen.answers > *answers;
            is_over.then(|| say!(sftp_endless_answers, most = answers))
        }
    }

    fn endless(&mut self, cause: String) -> SftpFailure {
        self.ended = true;
        self.ahead.clear();
        SftpFailure::failed(Error::new(Kind::Channel, cause)).about(&self.open.paths())
    }

    /// Sets how much is believed beside the number of names.
    #[cfg(test)]
    pub(crate) fn believing(mut self, bytes: usize, answers: usize) -> RemoteDirectory {
        self.most = ListingSize { bytes, answers, ..self.most };
        self
    }

    /// Closes the directory.
    pub fn close(self) -> Pending<()> {
        self.open.close()
    }
}

/// Takes names; none at all are the end, as OpenSSH takes them.
fn names(
    outcome: Outcome,
    _: &Arc<Link>,
    _: &PathsNamed,
) -> Result<Option<Vec<DirectoryEntry>>, Outcome> {
    match outcome {
        Outcome::Names(names) => Ok(Some(names).filter(|names| !names.is_empty())),
        Outcome::Refused(status::EOF, _) => Ok(None),
        other => Err(other),
    }
}
