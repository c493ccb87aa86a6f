//! What is told where a master is not there, or does not do what it was asked for.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::client::mux::{MasterRefusal, VERSION};
use crate::error::{Error, Kind, io_reason};
use crate::os::local;
use crate::say;
use crate::text;

/// The next step after `-O` where no master answers.
pub(super) fn no_master_hint(command: Option<&str>, path: &Path, error: &io::Error) -> String {
    let is_free = match error.kind() {
        ErrorKind::NotFound => true,
        ErrorKind::ConnectionRefused => local::is_own(path),
        _ => false,
    };
    match command {
        _ if !is_free => say!(share_other_path_hint),
        Some("exit" | "stop") => say!(share_none_to_end_hint),
        _ => say!(share_no_socket_hint, path = text::typed_word(&text::path(path))),
    }
}

/// The error for `-O exit` or `-O stop`, in ssh's words.
pub(super) fn not_done(command: &str, refusal: &MasterRefusal) -> Error {
    let cause = match (refusal, command) {
        (MasterRefusal::Denied(reason), "exit") => say!(share_exit_denied, reason),
        (MasterRefusal::Failed(reason), "exit") => say!(share_exit_failed, reason),
        (MasterRefusal::Denied(reason), _) => say!(share_stop_denied, reason),
        (MasterRefusal::Failed(reason), _) => say!(share_stop_failed, reason),
        (other, _) => return control_error(other),
    };
    Error::new(Kind::Connect, cause)
}

/// The error for a command of `-O` that the master, which is alive, has not carried out.
pub(super) fn control_error(refusal: &MasterRefusal) -> Error {
    let error = refusal_error(refusal);
    match refusal {
        // Its person may be asked.
        MasterRefusal::Silent => error.hint(say!(share_may_still_happen_hint)),
        _ => error.hint(say!(share_no_answer_hint)),
    }
}

/// The error for a failure of the master itself.
pub(in crate::cli::connect) fn refusal_error(refusal: &MasterRefusal) -> Error {
    let (kind, cause) = match refusal {
        MasterRefusal::Denied(reason) | MasterRefusal::Failed(reason) => {
            (Kind::Channel, say!(share_master_says, reason))
        }
        MasterRefusal::Gone => (Kind::Disconnected, say!(share_master_gone)),
        MasterRefusal::Silent => (Kind::Timeout, say!(share_master_silent)),
        MasterRefusal::Version(version) => {
            (Kind::Connect, say!(share_version, version, wanted = VERSION))
        }
        MasterRefusal::Stranger(uid) => (Kind::Connect, say!(share_stranger, uid)),
        MasterRefusal::Uninformed => (Kind::Connect, say!(share_tells_nothing)),
        MasterRefusal::Nonsense => (Kind::Connect, say!(share_nonsense)),
        MasterRefusal::Socket(error) => {
            (Kind::Local, say!(share_socket_failed, error = io_reason(error)))
        }
    };
    Error::new(kind, cause).hint(say!(share_hint))
}
