//! An open file or directory on the server, closed when it is dropped.

use std::sync::Arc;

use crate::sftp::client::outcome::{Fitting, Outcome};
use crate::sftp::client::pending::{Link, Pending, done};
use crate::sftp::client::table::Asking;
use crate::sftp::failure::PathsNamed;
use crate::sftp::packet::ask;
use crate::sftp::request::{Field, Request};

/// The server's handle of something that is open: bytes that mean nothing here.
pub(crate) struct OpenHandle {
    pub link: Arc<Link>,
    pub handle: Box<[u8]>,
    pub path: Arc<[u8]>,
    closed: bool,
}

impl OpenHandle {
    /// Takes the handle that a request has opened.
    pub fn take(
        outcome: Outcome,
        link: &Arc<Link>,
        paths: &PathsNamed,
    ) -> Result<OpenHandle, Outcome> {
        let Outcome::Handle(handle) = outcome else { return Err(outcome) };
        Ok(OpenHandle { link: Arc::clone(link), handle, path: paths.path(), closed: false })
    }

    /// The path it was opened by, for a failure.
    pub fn paths(&self) -> PathsNamed {
        PathsNamed::open(&self.path)
    }

    /// Closes it, and tells whether that was successful.
    pub fn close(mut self) -> Pending<()> {
        self.closed = true;
        let fields = [Field::Text(&self.handle)];
        let asking = Asking { detached: true, ..Asking::new(Fitting::Done) };
        self.link.ask(&Request::new(ask::CLOSE, &fields), asking, self.paths(), done)
    }
}

impl Drop for OpenHandle {
    fn drop(&mut self) {
        if !self.closed {
            self.link.shared.with(|table| table.close(&self.handle));
        }
    }
}
