//! What an installation of a key tells the person.

use super::attempt::KeyTrial;
use super::key::{KeyToInstall, PrivateHalf};
use super::outcome::{InstallWay, Installation};
use crate::error::joined;
use crate::keys::write;
use crate::say;
use crate::text;
use crate::trust::fingerprint;

/// How many characters of a login are shown.
const MAX_SHOWN: usize = 400;
/// The file on the server.
const FILE: &str = "~/.ssh/authorized_keys";

/// Which key is installed.
pub fn begins(key: &KeyToInstall) -> String {
    let file = match &key.private {
        PrivateHalf::File(path) | PrivateHalf::Agent(Some(path)) => text::path(path),
        PrivateHalf::Agent(None) => say!(copy_id_in_agent),
    };
    let kind = fingerprint::type_name(&key.public);
    let sha256 = fingerprint::sha256(&key.public);
    let comment = write::comment(&key.public);
    say!(copy_id_begins, kind, fingerprint = sha256, comment, file)
}

/// What has been done.
pub fn installed(done: &Installation, login: &str) -> Vec<String> {
    let login = text::line(login, MAX_SHOWN);
    let file = FILE;
    let said = match (done.added, done.made_folder) {
        (false, _) => say!(copy_id_there, login, file),
        (true, false) => say!(copy_id_added, login, file),
        (true, true) => say!(copy_id_added_folder, login, file, folder = "~/.ssh"),
    };
    let over = (done.way == InstallWay::Sftp).then(|| say!(copy_id_over_sftp));
    std::iter::once(said).chain(over).collect()
}

/// What came of the trial.
pub fn tried(trial: &KeyTrial, done: &Installation) -> String {
    match trial {
        KeyTrial::LogsIn => say!(copy_id_logs_in),
        KeyTrial::NotTried(why) => say!(copy_id_not_tried, why),
        KeyTrial::Refused(error) => {
            let said = say!(copy_id_refused, why = error.cause());
            let likely = match done.writable.is_empty() {
                true => say!(copy_id_refused_elsewhere),
                false => say!(copy_id_refused_writable, names = done.writable.join(" ")),
            };
            joined(&said, &likely)
        }
    }
}
