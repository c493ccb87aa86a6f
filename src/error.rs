//! The one error type: its kind, the cause, and the next step.
//!
//! Every failure that reaches a person is one line made from these three parts. The kind decides
//! the exit code and is the word that `--json` prints; no other code depends on it.

use std::{fmt, io};

use crate::catalogue::{Language, spoken};
use crate::os::link::LinkFault;
use crate::os::piped::PipeFault;
use crate::os::shortage::Shortage;
use crate::say;

/// The result of any function in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kinds of failure that a caller can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line is wrong.
    Usage,
    /// A configuration file or an `-o` option is wrong.
    Config,
    /// The host name has no address.
    Resolve,
    /// No address accepted the connection, or the proxy failed.
    Connect,
    /// A deadline passed.
    Timeout,
    /// The peer does not speak SSH-2.
    Greeting,
    /// Key exchange failed: no common algorithm, a bad signature, a broken packet.
    KeyExchange,
    /// The host key was not accepted.
    HostKey,
    /// A key file, certificate or agent could not be used.
    Identity,
    /// The server refused the login.
    Authentication,
    /// The server refused the channel or a request on it.
    Channel,
    /// The connection ended prematurely.
    Disconnected,
    /// A local file, terminal or stream failed.
    Local,
    /// The person, or a signal, cancelled the operation.
    Cancelled,
}

impl Kind {
    /// The word that `--json` prints.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::Config => "config",
            Kind::Resolve => "resolve",
            Kind::Connect => "connect",
            Kind::Timeout => "timeout",
            Kind::Greeting => "greeting",
            Kind::KeyExchange => "key-exchange",
            Kind::HostKey => "host-key",
            Kind::Identity => "identity",
            Kind::Authentication => "authentication",
            Kind::Channel => "channel",
            Kind::Disconnected => "disconnected",
            Kind::Local => "local",
            Kind::Cancelled => "cancelled",
        }
    }

    /// The exit code. ssh(1) has only one for its own failures.
    pub fn exit_code(self) -> u8 {
        255
    }
}

/// A failure: kind, cause and, where there is one, the next step. It is as small as a pointer,
/// because a list of thousands may have room for one in each entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<ErrorParts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ErrorParts {
    kind: Kind,
    cause: String,
    hint: Option<String>,
}

impl Error {
    /// An error of this kind with this cause. The cause is tessh's own text or sanitised.
    pub fn new(kind: Kind, cause: impl Into<String>) -> Error {
        Error(Box::new(ErrorParts { kind, cause: cause.into(), hint: None }))
    }

    /// Adds the next step that the person can take.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the next step after a system error, where the system is short of something that a
    /// person can give it; one that is there already stays.
    #[must_use]
    pub fn hint_about(self, error: &io::Error) -> Error {
        match Shortage::of(error).filter(|_| self.0.hint.is_none()) {
            Some(shortage) => self.hint(next_step_after(shortage)),
            None => self,
        }
    }

    /// Adds the next step where another user's link is not followed.
    #[must_use]
    pub fn hint_about_link(self, fault: &LinkFault) -> Error {
        match fault {
            LinkFault::Planted => self.hint(say!(link_planted_hint)),
            LinkFault::TooMany | LinkFault::Other(_) => self,
        }
    }

    /// Prepends a heading to the cause, such as the host or the file.
    #[must_use]
    pub fn context(mut self, what: impl fmt::Display) -> Error {
        self.0.cause = format!("{what}: {}", self.0.cause);
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The cause without the next step.
    pub fn cause(&self) -> &str {
        &self.0.cause
    }

    /// Encodes the error as one JSON object: the kind's word, the cause, the next step.
    pub fn to_json(&self) -> String {
        let ErrorParts { kind, cause, hint } = &*self.0;
        serde_json::json!({ "error": kind.word(), "cause": cause, "hint": hint }).to_string()
    }

    /// The next step, if there is one.
    pub fn next_step(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

/// What a person can do about a shortage.
pub fn next_step_after(shortage: Shortage) -> String {
    match shortage {
        Shortage::Disk => say!(os_disk_full_hint),
        Shortage::Writing => say!(os_read_only_hint),
        Shortage::FileSize => say!(os_file_too_large_hint),
        Shortage::Descriptors => say!(os_too_many_files_hint),
        Shortage::Threads => say!(os_no_thread_hint),
    }
}

/// Joins two parts of a message into one line; the full stop of one of ssh's texts gives way.
pub fn joined(first: &str, then: &str) -> String {
    let first = first.strip_suffix('.').filter(|rest| !rest.ends_with('.')).unwrap_or(first);
    say!(cause_and_hint, first, then)
}

/// Why links are not followed, in our words.
pub fn link_reason(fault: &LinkFault) -> String {
    match fault {
        LinkFault::TooMany => say!(links_too_many),
        LinkFault::Planted => say!(link_planted),
        LinkFault::Other(error) => io_reason(error),
    }
}

/// The system's message for a failure, without its number as ssh(1) has it; common ones are translated
/// into the language of the process.
pub fn io_reason(error: &io::Error) -> String {
    use io::ErrorKind as E;
    match PipeFault::of(error) {
        Some(PipeFault::NoWriter) => return say!(os_pipe_without_writer),
        Some(PipeFault::Nothing) => return say!(os_pipe_without_text),
        Some(PipeFault::NoEnd(seconds)) => return say!(os_pipe_without_end, seconds),
        Some(PipeFault::TooLong) => return say!(os_pipe_too_long),
        Some(PipeFault::TooMany) => return say!(os_pipes_too_many),
        None => {}
    }
    let words = || error.to_string().split(" (os error").next().unwrap_or_default().to_owned();
    // In English, the system's own message needs no translation.
    if spoken() == Language::English {
        return words();
    }
    match error.kind() {
        E::NotFound => say!(os_no_such_file),
        E::PermissionDenied => say!(os_permission_denied),
        E::NotADirectory => say!(os_not_a_directory),
        E::IsADirectory => say!(os_is_a_directory),
        E::AlreadyExists => say!(os_file_exists),
        E::ReadOnlyFilesystem => say!(os_read_only),
        E::StorageFull => say!(os_disk_full),
        E::AddrInUse => say!(os_address_in_use),
        E::AddrNotAvailable => say!(os_address_not_here),
        E::ConnectionRefused => say!(os_connection_refused),
        E::ConnectionReset => say!(os_connection_reset),
        E::BrokenPipe => say!(os_broken_pipe),
        _ => words(),
    }
}

impl fmt::Display for Error {
    /// Writes one line: the cause, then the next step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.hint {
            Some(hint) => f.write_str(&joined(&self.0.cause, hint)),
            None => f.write_str(&self.0.cause),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{io_reason, joined};

    #[test]
    fn an_error_of_the_system_is_told_in_words() {
        assert_eq!(io_reason(&io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(io_reason(&io::Error::other("odd")), "odd");
    }

    #[test]
    fn a_next_step_follows_a_cause_without_its_full_stop() {
        assert_eq!(joined("Bad escape character.", "see ~?"), "Bad escape character; see ~?");
        assert_eq!(joined("no answer", "try again"), "no answer; try again");
        assert_eq!(joined("reading...", "wait"), "reading...; wait");
    }
}
