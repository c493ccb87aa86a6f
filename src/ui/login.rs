//! What the login dialog and its plain version share: the texts, the reading of key files and their
//! unlocking.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::PublicKey;
use russh::keys::agent::AgentIdentity;

use crate::config::Method;
use crate::error::Error;
use crate::keys::{self, KeyFile, Unlock};
use crate::prompt::{
    AgentKeys, LoginQuestion, MethodObstacle, MethodOffer, Occasion, UnlockedKey, held_key,
};
use crate::say;
use crate::secret::Secret;
use crate::text;
use crate::trust::fingerprint;
use crate::ui::screen::look::Tone;

/// How many characters of a path are shown.
const MAX_PATH: usize = 1024;
/// How many characters of an agent's error are shown in a note.
const MAX_NOTE: usize = 80;

/// The lines above the question.
pub(super) fn heading(question: &LoginQuestion) -> Vec<(Tone, String)> {
    let mut lines = vec![(Tone::Strong, say!(login_to, host = question.host))];
    match &question.occasion {
        Occasion::First => lines.push((Tone::Plain, say!(login_required))),
        Occasion::Refused(what) => {
            lines.push((Tone::Warn, say!(login_retry)));
            lines.push((Tone::Plain, say!(login_refused, what)));
        }
        Occasion::HungUp(what, why) => {
            lines.push((Tone::Warn, say!(login_hung_up, what)));
            lines.push((Tone::Plain, why.cause().to_owned()));
            lines.push((Tone::Plain, say!(login_hung_up_next)));
        }
        Occasion::Unusable(why) => lines.push((Tone::Warn, say!(login_unusable, why))),
        Occasion::Further(what) => {
            lines.push((Tone::Good, say!(login_further)));
            lines.push((Tone::Plain, say!(login_so_far, what)));
        }
    }
    lines.extend(question.hint.clone().map(|hint| (Tone::Good, hint)));
    lines
}

/// A method's name for the person.
pub(super) fn label(method: Method) -> String {
    match method {
        Method::Password | Method::None => say!(login_method_password),
        Method::PublicKey => say!(login_method_publickey),
        Method::Agent => say!(login_method_agent),
        Method::KeyboardInteractive => say!(login_method_keyboard_interactive),
    }
}

/// A method's note: why it cannot be chosen, or what it would use and whether it has worked.
pub(super) fn note(question: &LoginQuestion, offer: &MethodOffer) -> String {
    let note = own_note(question, offer);
    if question.worked != Some(offer.method) || offer.accepted == Some(false) {
        return note;
    }
    match note.is_empty() {
        true => say!(login_note_worked),
        false => say!(login_note_and_worked, note),
    }
}

fn own_note(question: &LoginQuestion, offer: &MethodOffer) -> String {
    if offer.accepted == Some(false) {
        return say!(login_note_not_accepted);
    }
    match (&offer.obstacle, offer.method) {
        (Some(MethodObstacle::NotNamed(keyword)), _) => say!(login_note_not_named, keyword),
        (Some(MethodObstacle::SwitchedOff(keyword)), _) => say!(login_note_switched_off, keyword),
        (Some(MethodObstacle::HostKeyChanged), _) => say!(login_note_host_key_changed),
        (Some(MethodObstacle::NoAgent), _) => say!(login_note_no_agent),
        (Some(MethodObstacle::AgentSilent), _) => say!(login_note_agent_silent),
        (Some(MethodObstacle::AgentEmpty), _) => say!(login_note_agent_empty),
        (Some(MethodObstacle::AgentFailed), _) => {
            let why = match &question.agent {
                AgentKeys::Failed(error) => text::line(error.cause(), MAX_NOTE),
                _ => String::new(),
            };
            say!(login_note_agent_failed, why)
        }
        (None, Method::Agent) => {
            say!(login_note_agent_keys, count = question.agent.held().len())
        }
        (None, Method::KeyboardInteractive) => say!(login_note_keyboard_interactive),
        (None, Method::Password) if question.handed_over => say!(login_note_handed_over),
        (None, _) => String::new(),
    }
}

/// A key of the agent: its type and comment, and its fingerprint.
pub(super) fn held(identity: &AgentIdentity) -> (String, String) {
    let (key, certified) = held_key(identity);
    let certified = if certified { "-CERT" } else { "" };
    let name = format!("{}{certified} {}", fingerprint::type_name(&key), identity.comment());
    (name.trim_end().to_owned(), fingerprint::sha256(&key))
}

/// Expands a typed path: `~` is the home directory.
pub(super) fn expand(typed: &str, home: &Path) -> PathBuf {
    match typed.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    }
}

/// Shortens a path for display, with `~`.
pub(super) fn short(path: &Path, home: &Path) -> String {
    let shown = |path: &Path| text::name(path.as_os_str().as_encoded_bytes(), MAX_PATH);
    match path.strip_prefix(home) {
        Ok(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Ok(rest) => format!("~/{}", shown(rest)),
        Err(_) => shown(path),
    }
}

/// Reads a key file that the person has named. Only a regular file is read, so that a terminal or
/// device cannot block.
pub(super) fn read_key(path: &Path) -> Result<KeyFile, String> {
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let name = text::name(path.as_os_str().as_encoded_bytes(), MAX_PATH);
        return Err(format!("{name}: {}", say!(login_key_special)));
    }
    KeyFile::read(path).map_err(|error| error.to_string())
}

/// Describes a key file: type, comment and whether it is locked; in a second line its fingerprint.
pub(super) fn describe(file: &KeyFile) -> String {
    let mut parts = Vec::new();
    if let Some(key) = file.public() {
        parts.push(format!("{} {}", fingerprint::type_name(key), fingerprint::bits(key)));
        parts.push(comment(file, key));
    }
    if file.certificate().is_some() || matches!(keys::certificate_beside(file.path()), Some(Ok(_)))
    {
        parts.push(say!(login_key_certified));
    }
    parts.push(match file.is_encrypted() {
        true => say!(login_key_locked),
        false => say!(login_key_open),
    });
    parts.retain(|part| !part.is_empty());
    let fingerprint = file.public().map(|key| format!("\n{}", fingerprint::sha256(key)));
    format!("{}{}", parts.join(", "), fingerprint.unwrap_or_default())
}

/// The key's comment. A locked OpenSSH key hides it; the public key file shows it.
fn comment(file: &KeyFile, key: &PublicKey) -> String {
    if !file.comment().is_empty() {
        return file.comment().to_owned();
    }
    match keys::public_beside(file.path()) {
        Some(Ok(public)) if public.key_data() == key.key_data() => {
            text::line_bytes(public.comment().as_bytes(), MAX_NOTE)
        }
        _ => String::new(),
    }
}

/// The result of unlocking a key.
pub(super) enum Unlocking {
    /// The key is unlocked.
    Key(Box<UnlockedKey>),
    /// The passphrase is wrong; another one may be right.
    WrongPassphrase(Error),
    /// The key cannot be used with any passphrase.
    Unusable(Error),
}

/// Unlocks a key. The key file determines how long this takes.
pub(super) fn open(file: KeyFile, passphrase: Option<&Secret>) -> Unlocking {
    match file.unlock(passphrase) {
        Ok(private) => Unlocking::Key(Box::new(UnlockedKey { file, private: Arc::new(private) })),
        Err(Unlock::Error(error)) => Unlocking::Unusable(error),
        Err(Unlock::NeedsPassphrase | Unlock::WrongPassphrase) => {
            Unlocking::WrongPassphrase(file.wrong_passphrase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_from_the_home_directory_on_and_a_line_break_in_it_is_escaped() {
        let home = Path::new("/home/anna");
        for (path, shown) in [
            ("/home/anna", "~"),
            ("/home/anna/.ssh/id", "~/.ssh/id"),
            ("/home/anna/a\nb", r"~/a\x0ab"),
            ("/k\tey", r"/k\x09ey"),
        ] {
            assert_eq!(short(Path::new(path), home), shown);
        }
    }
}
