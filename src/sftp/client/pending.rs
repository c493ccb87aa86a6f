//! Requests as futures, and what all who make them share.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::client::outcome::Outcome;
use crate::sftp::client::shared::Shared;
use crate::sftp::client::table::Asking;
use crate::sftp::extensions::{Extension, Extensions};
use crate::sftp::failure::{PathsNamed, SftpFailure, SftpResult};
use crate::sftp::packet::tell;
use crate::sftp::request::{Field, Request};

/// The requesting side of a connection. When the last one goes, the connection is closed.
pub(crate) struct Link {
    pub shared: Arc<Shared>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.shared.with(|table| table.closing = true);
    }
}

/// Makes a result of what a request came to, or gives it back: it is a refusal, or cannot be read.
pub(crate) type Take<T> = fn(Outcome, &Arc<Link>, &PathsNamed) -> Result<T, Outcome>;

/// A request that has been made: it is already on its way, or in line for it.
///
/// Await it for the result. A request that is dropped is not sent if it is still in line;
/// otherwise its answer is discarded, and a file that it opened is closed again.
#[must_use = "without waiting for it, nobody knows whether the request was successful"]
pub struct Pending<T> {
    link: Arc<Link>,
    made: Made,
    paths: PathsNamed,
    take: Take<T>,
}

enum Made {
    Refused(SftpFailure),
    Waiting(u32),
    Claimed,
}

impl Link {
    /// The extensions of the server; none before it has greeted.
    pub fn extensions(&self) -> Extensions {
        self.shared.with(|table| table.extensions.unwrap_or_default())
    }

    /// Makes a request.
    pub fn ask<T>(
        self: &Arc<Link>,
        request: &Request<'_>,
        asking: Asking,
        paths: PathsNamed,
        take: Take<T>,
    ) -> Pending<T> {
        let made = match paths.fault() {
            Some(failure) => Made::Refused(failure),
            None => match self.shared.with(|table| table.submit(request, asking)) {
                Ok(id) => Made::Waiting(id),
                Err(failure) => Made::Refused(failure),
            },
        };
        Pending { link: Arc::clone(self), made, paths, take }
    }

    /// Makes a request of an extension, if the server has it.
    pub fn ask_extension<T>(
        self: &Arc<Link>,
        extension: Extension,
        fields: &[Field<'_>],
        asking: Asking,
        paths: PathsNamed,
        take: Take<T>,
    ) -> Pending<T> {
        match self.extensions().has(extension) {
            true => self.ask(&Request::extended(extension, fields), asking, paths, take),
            false => self.refuse(SftpFailure::without(extension), paths, take),
        }
    }

    /// A request that cannot be made.
    pub fn refuse<T>(
        self: &Arc<Link>,
        failure: SftpFailure,
        paths: PathsNamed,
        take: Take<T>,
    ) -> Pending<T> {
        Pending { link: Arc::clone(self), made: Made::Refused(failure), paths, take }
    }
}

impl<T> Future for Pending<T> {
    type Output = SftpResult<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SftpResult<T>> {
        let this = &mut *self;
        let came = match std::mem::replace(&mut this.made, Made::Claimed) {
            Made::Refused(failure) => Err(failure),
            Made::Claimed => Err(SftpFailure::invalid(say!(sftp_stopped))),
            Made::Waiting(id) => {
                match this.link.shared.with(|table| table.claim(id, context.waker())) {
                    Some(came) => came,
                    None => {
                        this.made = Made::Waiting(id);
                        return Poll::Pending;
                    }
                }
            }
        };
        let taken = came.and_then(|outcome| {
            (this.take)(outcome, &this.link, &this.paths).map_err(|outcome| match outcome {
                Outcome::Refused(code, words) => SftpFailure::refused(code, &words),
                _ => SftpFailure::failed(unreadable()),
            })
        });
        Poll::Ready(taken.map_err(|failure| failure.about(&this.paths)))
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if let Made::Waiting(id) = self.made {
            self.link.shared.with(|table| table.abandon(id));
        }
    }
}

/// A reply that fits, in a form that does not.
fn unreadable() -> Error {
    Error::new(Kind::Channel, say!(sftp_bad_packet, kind = tell::EXTENDED_REPLY))
}

/// Takes a success.
pub(crate) fn done(outcome: Outcome, _: &Arc<Link>, _: &PathsNamed) -> Result<(), Outcome> {
    match outcome {
        Outcome::Done => Ok(()),
        other => Err(other),
    }
}

/// Takes the one name of a REALPATH, a READLINK and their like.
pub(crate) fn one_name(
    outcome: Outcome,
    _: &Arc<Link>,
    _: &PathsNamed,
) -> Result<Vec<u8>, Outcome> {
    match outcome {
        Outcome::Names(mut names) if names.len() == 1 => Ok(names.remove(0).name),
        other => Err(other),
    }
}

/// Takes the reply of an extension, which `parse` reads.
pub(crate) fn extended<T>(outcome: Outcome, parse: fn(&[u8]) -> Option<T>) -> Result<T, Outcome> {
    match &outcome {
        Outcome::Extended(bytes) => parse(bytes).ok_or(outcome),
        _ => Err(outcome),
    }
}
