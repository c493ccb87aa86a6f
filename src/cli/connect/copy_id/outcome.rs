//! What an installation has done, and why a place is none for a key.

use crate::error::{Error, Kind};
use crate::keys::authorized::AuthorizedKey;
use crate::keys::authorized_script::ScriptRefusal;
use crate::say;

/// The file, from the home directory.
pub(super) const FILE: &str = ".ssh/authorized_keys";
/// Its folder.
pub(super) const FOLDER: &str = ".ssh";

/// How a key came to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallWay {
    /// A POSIX shell ran a script.
    Shell,
    /// By SFTP.
    Sftp,
}

/// What an installation has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Whether the line was added; otherwise the key was there.
    pub added: bool,
    /// Whether the folder was made.
    pub made_folder: bool,
    /// Which of the home directory, the folder and the file others may write to.
    pub writable: Vec<String>,
    /// By which way.
    pub way: InstallWay,
}

/// The error for a place that is none for the key.
pub(super) fn refused(refusal: &ScriptRefusal, key: &AuthorizedKey) -> Error {
    let cause = match refusal {
        ScriptRefusal::Link(name) => say!(copy_id_link, name),
        ScriptRefusal::Kind(name) if name == FOLDER => say!(copy_id_no_folder, name),
        ScriptRefusal::Kind(name) => say!(copy_id_no_file, name),
        ScriptRefusal::Owner(name) => say!(copy_id_owner, name),
        ScriptRefusal::Busy(name) => {
            let cause = say!(copy_id_busy, name);
            return Error::new(Kind::Channel, cause).hint(say!(copy_id_busy_hint, name));
        }
        ScriptRefusal::Failed(why) => say!(copy_id_failed, why),
    };
    Error::new(Kind::Channel, cause).hint(say!(copy_id_by_hand, line = key.line()))
}
