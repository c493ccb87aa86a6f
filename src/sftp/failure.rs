//! Why an operation on a remote file failed: a kind to match, and one line for the person.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::extensions::Extension;
use crate::sftp::packet::{MAX_NAME, status};
use crate::text;

/// The most characters shown of a path.
const PATH_SHOWN: usize = 400;
/// The most characters shown of the server's words.
const WORDS_SHOWN: usize = 200;

/// The kinds of failure of an operation on a remote file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SftpFault {
    /// There is nothing more in the file.
    EndOfFile,
    /// There is no such file.
    NoSuchFile,
    /// The account may not do this.
    PermissionDenied,
    /// The target is there already. Servers of version 3 say [`Failure`](SftpFault::Failure).
    AlreadyExists,
    /// The disk or a quota is full. Servers of version 3 say [`Failure`](SftpFault::Failure).
    NoSpace,
    /// Anything else that the server has no code for.
    Failure,
    /// The server does not offer this.
    Unsupported,
    /// The request cannot be sent: its path or block is no possible one.
    Invalid,
    /// The connection is gone, and all open files with it: the server or the stream ended, was
    /// silent for too long, or did not keep to the protocol.
    ConnectionLost,
}

/// A failure of an operation on a remote file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SftpFailure {
    fault: SftpFault,
    error: Error,
}

/// The result of an operation on a remote file.
pub type SftpResult<T> = Result<T, SftpFailure>;

impl SftpFailure {
    /// The kind of failure.
    pub fn fault(&self) -> SftpFault {
        self.fault
    }

    /// The line for the person.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The line for the person, for whoever does not match kinds.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The server's refusal: a STATUS code and its words, which are sanitised here.
    pub(crate) fn refused(code: u32, words: &[u8]) -> SftpFailure {
        let fault = match code {
            status::EOF => SftpFault::EndOfFile,
            status::NO_SUCH_FILE | status::NO_SUCH_PATH => SftpFault::NoSuchFile,
            status::PERMISSION_DENIED | status::WRITE_PROTECT => SftpFault::PermissionDenied,
            status::FILE_ALREADY_EXISTS => SftpFault::AlreadyExists,
            status::NO_SPACE_ON_FILESYSTEM | status::QUOTA_EXCEEDED => SftpFault::NoSpace,
            status::OP_UNSUPPORTED => SftpFault::Unsupported,
            _ => SftpFault::Failure,
        };
        let words = text::line_bytes(words, WORDS_SHOWN);
        let words = words.trim();
        let cause = match fault {
            SftpFault::Failure if says_nothing(words) => say!(sftp_failed),
            SftpFault::Failure => say!(sftp_failed_words, words),
            _ if says_nothing(words) => cause_of(fault),
            _ => say!(sftp_with_words, cause = cause_of(fault), words),
        };
        SftpFailure { fault, error: Error::new(Kind::Channel, cause) }
    }

    /// The server has not announced this extension.
    pub(crate) fn without(extension: Extension) -> SftpFailure {
        let cause = say!(sftp_unsupported_extension, name = extension.name());
        SftpFailure { fault: SftpFault::Unsupported, error: Error::new(Kind::Channel, cause) }
    }

    /// The request cannot be sent.
    pub(crate) fn invalid(cause: String) -> SftpFailure {
        SftpFailure { fault: SftpFault::Invalid, error: Error::new(Kind::Usage, cause) }
    }

    /// The server does what no server should, but the connection can be used.
    pub(crate) fn failed(error: Error) -> SftpFailure {
        SftpFailure { fault: SftpFault::Failure, error }
    }

    /// The connection is gone, for this reason.
    pub(crate) fn lost(error: Error) -> SftpFailure {
        SftpFailure { fault: SftpFault::ConnectionLost, error }
    }

    /// The server has not kept to the protocol, so that nothing more of it can be believed.
    pub(crate) fn broken(cause: String) -> SftpFailure {
        SftpFailure::lost(Error::new(Kind::Channel, cause).hint(say!(sftp_broken_hint)))
    }

    /// Puts the file before the cause.
    pub(crate) fn about(self, paths: &PathsNamed) -> SftpFailure {
        let Some(file) = paths.shown() else { return self };
        let SftpFailure { fault, error } = self;
        let cause = say!(sftp_about, file, cause = error.cause());
        let mut named = Error::new(error.kind(), cause);
        if let Some(next) = error.next_step() {
            named = named.hint(next);
        }
        SftpFailure { fault, error: named }
    }
}

impl fmt::Display for SftpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for SftpFailure {}

/// Whether the server's words are only the name of its code, as OpenSSH sends them.
fn says_nothing(words: &str) -> bool {
    let names = ["", "end of file", "no such file", "permission denied", "failure"];
    let more = ["operation unsupported", "no such file or directory", "error", "eof"];
    names.iter().chain(&more).any(|name| words.eq_ignore_ascii_case(name))
}

fn cause_of(fault: SftpFault) -> String {
    match fault {
        SftpFault::EndOfFile => say!(sftp_end_of_file),
        SftpFault::NoSuchFile => say!(sftp_no_such_file),
        SftpFault::PermissionDenied => say!(sftp_permission_denied),
        SftpFault::AlreadyExists => say!(sftp_already_exists),
        SftpFault::NoSpace => say!(sftp_no_space),
        SftpFault::Unsupported => say!(sftp_unsupported),
        SftpFault::Failure | SftpFault::Invalid => say!(sftp_failed),
        SftpFault::ConnectionLost => say!(sftp_ended),
    }
}

/// The paths that a request is about, for its failure.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathsNamed {
    first: Option<Arc<[u8]>>,
    second: Option<Arc<[u8]>>,
}

impl PathsNamed {
    /// One path.
    pub fn one(path: &[u8]) -> PathsNamed {
        PathsNamed { first: Some(path.into()), second: None }
    }

    /// The path of an open file.
    pub fn open(path: &Arc<[u8]>) -> PathsNamed {
        PathsNamed { first: Some(Arc::clone(path)), second: None }
    }

    /// A path and where it is to go.
    pub fn two(from: &[u8], to: &[u8]) -> PathsNamed {
        PathsNamed { first: Some(from.into()), second: Some(to.into()) }
    }

    /// The first path.
    pub fn path(&self) -> Arc<[u8]> {
        self.first.clone().unwrap_or_default()
    }

    /// Why no request can be made about these paths. Servers end where a path has a NUL byte in it.
    pub fn fault(&self) -> Option<SftpFailure> {
        let paths = || self.first.iter().chain(&self.second);
        let cause = if paths().any(|path| path.contains(&0)) {
            say!(sftp_path_nul)
        } else if paths().any(|path| path.len() > MAX_NAME) {
            say!(sftp_path_too_long, most = MAX_NAME)
        } else {
            return None;
        };
        Some(SftpFailure::invalid(cause))
    }

    fn shown(&self) -> Option<String> {
        let shown = |path: &Arc<[u8]>| text::name(path, PATH_SHOWN);
        let first = self.first.as_ref().map(shown)?;
        Some(match &self.second {
            Some(second) => say!(sftp_from_to, from = first, to = shown(second)),
            None => first,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_line_with_the_file_and_the_words_made_harmless() {
        let line = |code, words: &[u8]| {
            SftpFailure::refused(code, words).about(&PathsNamed::one(b"a\x1b[2J\xff")).to_string()
        };
        assert_eq!(
            line(status::NO_SUCH_FILE, b"No such file"),
            "a\\x1b[2J\\xff: no such file or directory on the server"
        );
        assert_eq!(
            line(status::PERMISSION_DENIED, b"read\nonly\x07"),
            "a\\x1b[2J\\xff: permission denied by the server (server: read only\\x07)"
        );
        assert_eq!(line(4, b"Disk full"), "a\\x1b[2J\\xff: the server could not do it: Disk full");
        let both = SftpFailure::refused(4, b"Failure").about(&PathsNamed::two(b"a", b"b"));
        assert!(both.to_string().starts_with("a to b: "), "{both}");
    }

    #[test]
    fn paths_that_would_end_the_server_are_not_sent() {
        assert!(PathsNamed::two(b"a", b"b\0c").fault().is_some());
        assert!(PathsNamed::one(&[b'a'; MAX_NAME + 1]).fault().is_some());
        let every: Vec<u8> = (1..=255).collect();
        assert!(PathsNamed::one(&every).fault().is_none());
    }
}
