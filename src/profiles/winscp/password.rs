//! Stored passwords. WinSCP hides them by a fixed scheme without a key, or encrypts them with a
//! master password, which tessh does not have.
//!
//! A byte is written as two hexadecimal digits of its complement XOR `a3`. In front of the text are
//! a mark, a version, the length and a number of bytes to leave out; the text begins with the site's
//! user and host.

use std::path::Path;

use zeroize::Zeroizing;

use super::layout::{SECURITY, SITES};
use crate::error::{Error, Kind, Result};
use crate::os::user::UserId;
use crate::profiles::export_file::session_fault;
use crate::profiles::putty::{Keeper, PuttySettings};
use crate::registry::{RegistryKey, read_tree};
use crate::say;
use crate::secret::Secret;

/// What every byte is combined with.
const MAGIC: u8 = 0xa3;
/// The first byte of all versions but the oldest.
const MARK: u8 = 0xff;
/// The version with a length of one byte.
const SHORT: u8 = 0;
/// The version that needs the master password.
const ENCRYPTED: u8 = 1;
/// The version with a length of two bytes.
const LONG: u8 = 2;

/// The password that WinSCP has stored with a site; `None` if it has stored none. The caller has
/// asked the person whether it shall be used.
///
/// # Errors
/// [`Kind::Config`]: a master password is needed, the text is damaged, or the file cannot be read.
pub fn stored_password(file: &Path, name: &str, user: UserId) -> Result<Option<Secret>> {
    let Some(tree) = read_tree(file, user)? else { return Ok(None) };
    let mut sites = SITES.iter().flat_map(|path| tree.names(path));
    let path = sites.find(|(site, _)| *site == name).map(|(_, path)| path);
    let Some(key) = path.and_then(|path| tree.at(path)) else { return Ok(None) };
    key.check()?;
    if let Some(plain) = key.secret("PasswordPlain") {
        return Ok(Some(plain));
    }
    let Some(hidden) = key.secret("Password") else { return Ok(None) };
    let security = SECURITY.iter().find_map(|path| tree.key(path));
    let master = security.and_then(|key| key.flag("UseMasterPassword")) == Some(true);
    match shown(hidden.expose(), &owner(&key)) {
        Ok(password) => Ok(Some(password)),
        Err(_) if master => Err(needs_master(name, file)),
        Err(HiddenFault::Encrypted) => Err(needs_master(name, file)),
        Err(HiddenFault::Damaged) => Err(session_fault(name, file, &say!(winscp_password_damaged))),
    }
}

fn needs_master(name: &str, file: &Path) -> Error {
    let fault = session_fault(name, file, &say!(winscp_master_password));
    Error::new(Kind::Config, fault.cause()).hint(say!(winscp_master_password_hint))
}

/// What the text begins with: the user and the host, as WinSCP splits them.
fn owner(key: &RegistryKey) -> String {
    let settings = PuttySettings::new(key, Keeper::WinScp);
    let host = settings.text("HostName");
    let host = host.rsplit_once('@').map_or(host.as_str(), |(_, host)| host);
    format!("{}{host}", settings.user().unwrap_or_default())
}

/// Why a hidden text cannot be shown.
#[derive(Debug, PartialEq, Eq)]
enum HiddenFault {
    Encrypted,
    Damaged,
}

/// The text that is hidden in these digits, if it begins with its owner.
fn shown(digits: &str, owner: &str) -> std::result::Result<Secret, HiddenFault> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.as_bytes().chunks(2) {
        let form = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
        let byte = std::str::from_utf8(pair).ok().and_then(|it| u8::from_str_radix(it, 16).ok());
        bytes.push(!(byte.filter(|_| form).ok_or(HiddenFault::Damaged)? ^ MAGIC));
    }
    let (length, rest) = match bytes.as_slice() {
        [MARK, ENCRYPTED, ..] => return Err(HiddenFault::Encrypted),
        [MARK, SHORT, length, rest @ ..] => (usize::from(*length), rest),
        [MARK, LONG, high, low, rest @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        [MARK, ..] | [] => return Err(HiddenFault::Damaged),
        [length, rest @ ..] => (usize::from(*length), rest),
    };
    let marked = bytes.first() == Some(&MARK);
    let (skipped, rest) = rest.split_first().ok_or(HiddenFault::Damaged)?;
    let text = rest.get(usize::from(*skipped)..).and_then(|rest| rest.get(..length));
    let text = text.ok_or(HiddenFault::Damaged)?;
    let text = match marked {
        true => text.strip_prefix(owner.as_bytes()).ok_or(HiddenFault::Damaged)?,
        false => text,
    };
    Secret::from_bytes(text.to_vec()).map_err(|_| HiddenFault::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hides a text as WinSCP does.
    fn hidden(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{:02X}", !byte ^ MAGIC)).collect()
    }

    #[test]
    fn hidden_texts_are_shown_to_their_owner_only() {
        let text = hidden(b"\xff\x00\x08\x02xxuhsecrettail");
        assert_eq!(shown(&text, "uh").unwrap().expose(), "secret");
        assert_eq!(shown(&text, "other").err(), Some(HiddenFault::Damaged));
        let long = hidden(b"\xff\x02\x00\x08\x00uhsecret");
        assert_eq!(shown(&long, "uh").unwrap().expose(), "secret");
        let old = hidden(b"\x06\x01xsecret");
        assert_eq!(shown(&old, "uh").unwrap().expose(), "secret");
        assert_eq!(shown(&hidden(b"\xff\x01rest"), "uh").err(), Some(HiddenFault::Encrypted));
        for bad in ["", "A", "A35C", "ZZ", &hidden(b"\xff\x00\x20\x00short"), &hidden(b"\xff\x07")]
        {
            assert_eq!(shown(bad, "uh").err(), Some(HiddenFault::Damaged), "{bad}");
        }
    }
}
