//! Which replies fit a request, and what is kept of the one that came.

use bytes::BytesMut;

use crate::sftp::attributes::Attributes;
use crate::sftp::packet::status;
use crate::sftp::reply::{DirectoryEntry, Reply};

/// The replies that a request may get besides a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fitting {
    /// That it is done.
    Done,
    /// A handle.
    Handle,
    /// At most this many bytes of a file.
    Data(usize),
    /// Names.
    Names,
    /// Attributes.
    Attributes,
    /// The reply of an extension.
    Extended,
}

/// What a request came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done,
    Handle(Box<[u8]>),
    Data(BytesMut),
    Names(Vec<DirectoryEntry>),
    Attributes(Attributes),
    Extended(Box<[u8]>),
    /// A STATUS that is no success: its code and the server's words, not sanitised.
    Refused(u32, Box<[u8]>),
}

impl Outcome {
    /// What this reply means for a request that these replies fit; `None` if it does not fit.
    pub fn of(reply: Reply<'_>, fitting: Fitting) -> Option<Outcome> {
        Some(match (reply, fitting) {
            (Reply::Status { code: status::OK, .. }, Fitting::Done) => Outcome::Done,
            (Reply::Status { code: status::OK, .. }, _) => return None,
            (Reply::Status { code, words }, _) => Outcome::Refused(code, words.into()),
            (Reply::Handle(handle), Fitting::Handle) => Outcome::Handle(handle.into()),
            (Reply::Names(names), Fitting::Names) => Outcome::Names(names),
            (Reply::Attributes(attributes), Fitting::Attributes) => Outcome::Attributes(attributes),
            (Reply::Extended(bytes), Fitting::Extended) => Outcome::Extended(bytes.into()),
            _ => return None,
        })
    }
}
