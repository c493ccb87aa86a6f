//! Signatures of security keys (OpenSSH's PROTOCOL.u2f), made by OpenSSH's helper program.
//!
//! The file of such a key holds only a handle, and the helper speaks with the device. It is started
//! for each signature, reads the request from its standard input, and answers on its standard
//! output (ssh-sk-helper(8)). It loads the library that SecurityKeyProvider names, so that the
//! library runs in a separate process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::private::KeypairData;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use zeroize::Zeroizing;

use super::file::quoted;
use super::refusal::fault;
use crate::error::{Error, Kind, Result, io_reason};
use crate::say;
use crate::secret::Secret;
use crate::wire_format::{take_string, take_uint32};

/// The path where OpenSSH installs the helper. SSH_SK_HELPER overrides it.
const HELPER: &str = "/usr/lib/openssh/ssh-sk-helper";
/// The provider that is part of the helper.
const INTERNAL: &str = "internal";
/// The longest wait for a touch; devices give up earlier.
const TOUCH: Duration = Duration::from_secs(60);
/// The longest answer read: OpenSSH's limit for these messages.
const MAX_ANSWER: usize = 256 * 1024;

/// The version of the helper's protocol in OpenSSH 8.4 to 10.2.
const VERSION: u8 = 5;
const SIGN: u32 = 1;
const FAILED: u32 = 0;
/// SSH_ERR_KEY_WRONG_PASSPHRASE: the device wants a PIN, or the PIN was wrong.
const WRONG_PIN: u32 = 43;
/// SSH_ERR_DEVICE_NOT_FOUND.
const NO_DEVICE: u32 = 60;

/// PROTOCOL.u2f: the person must touch the device.
const USER_PRESENCE: u8 = 0x01;
/// PROTOCOL.u2f: the person must be verified, by a PIN for example.
const USER_VERIFICATION: u8 = 0x04;

/// The helper and provider by which security keys are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityKeys {
    /// The helper program.
    pub helper: PathBuf,
    /// The library that the helper loads (SecurityKeyProvider): `internal` for the helper's own,
    /// empty for none.
    pub provider: String,
}

impl Default for SecurityKeys {
    /// The helper where OpenSSH installs it, with its own provider.
    fn default() -> SecurityKeys {
        SecurityKeys { helper: PathBuf::from(HELPER), provider: INTERNAL.to_owned() }
    }
}

/// Why there is no signature.
#[derive(Debug)]
pub enum SignRefusal {
    /// The device wants a PIN, or the PIN was wrong.
    WantsPin,
    /// No security key that has this key is plugged in.
    NoDevice(Error),
    /// The signature failed for another reason.
    Error(Error),
}

/// Whether the key is only a handle of a key on a security key.
pub fn is_handle(key: &PrivateKey) -> bool {
    flags(key).is_some()
}

/// Whether the person must touch the device for a signature.
pub fn wants_touch(key: &PrivateKey) -> bool {
    flags(key).is_some_and(|flags| flags & USER_PRESENCE != 0)
}

/// Whether the person must give a PIN for a signature.
pub fn wants_pin(key: &PrivateKey) -> bool {
    flags(key).is_some_and(|flags| flags & USER_VERIFICATION != 0)
}

fn flags(key: &PrivateKey) -> Option<u8> {
    match key.key_data() {
        KeypairData::SkEd25519(key) => Some(key.flags()),
        KeypairData::SkEcdsaSha2NistP256(key) => Some(key.flags()),
        _ => None,
    }
}

impl SecurityKeys {
    /// Signs the data of an authentication request with the key on the device.
    ///
    /// # Errors
    /// See [`SignRefusal`]; the helper must answer within one minute.
    pub async fn sign(
        &self,
        key: &PrivateKey,
        data: &[u8],
        pin: Option<&Secret>,
    ) -> Result<Vec<u8>, SignRefusal> {
        if self.provider.is_empty() {
            return Err(SignRefusal::Error(self.failed(&say!(security_key_off))));
        }
        let request = request(key, &self.provider, data, pin)
            .ok_or_else(|| SignRefusal::Error(fault(say!(security_key_unknown))))?;
        let answer = tokio::time::timeout(TOUCH, converse(&self.helper, &request)).await;
        let answer = answer.map_err(|_| {
            let seconds = TOUCH.as_secs();
            SignRefusal::Error(Error::new(Kind::Timeout, say!(security_key_no_touch, seconds)))
        })?;
        let answer = answer.map_err(|cause| SignRefusal::Error(self.failed(&cause)))?;
        match read(&answer) {
            Some(Ok(signature)) => Ok(signature),
            Some(Err(WRONG_PIN)) => Err(SignRefusal::WantsPin),
            Some(Err(NO_DEVICE)) => Err(SignRefusal::NoDevice(
                fault(say!(security_key_no_device)).hint(say!(security_key_no_device_hint)),
            )),
            Some(Err(code)) => {
                Err(SignRefusal::Error(self.failed(&say!(security_key_refused, code))))
            }
            None => Err(SignRefusal::Error(self.failed(&say!(security_key_nonsense)))),
        }
    }

    fn failed(&self, cause: &str) -> Error {
        fault(say!(security_key_failed, helper = quoted(&self.helper), cause))
            .hint(say!(security_key_failed_hint))
    }
}

/// The request without its length: version, type, log destination and level, and the key.
fn request(
    key: &PrivateKey,
    provider: &str,
    data: &[u8],
    pin: Option<&Secret>,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut handle = Vec::new();
    key.key_data().encode(&mut handle).ok()?;
    let mut request = Zeroizing::new(Vec::with_capacity(handle.len() + data.len() + 512));
    request.push(VERSION);
    SIGN.encode(&mut *request).ok()?;
    // Do not log to standard error.
    request.push(0);
    0_u32.encode(&mut *request).ok()?;
    handle.encode(&mut *request).ok()?;
    provider.encode(&mut *request).ok()?;
    data.encode(&mut *request).ok()?;
    // An empty algorithm stands for the key's own; the zero means no compatibility flags.
    "".encode(&mut *request).ok()?;
    0_u32.encode(&mut *request).ok()?;
    pin.map_or("", Secret::expose).encode(&mut *request).ok()?;
    Some(request)
}

/// Starts the helper, sends the request and returns the answer without its length.
async fn converse(helper: &Path, request: &[u8]) -> Result<Vec<u8>, String> {
    let talk = async {
        let mut child = Command::new(helper)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(mut to), Some(mut from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        };
        to.write_u32(u32::try_from(request.len()).unwrap_or(u32::MAX)).await?;
        to.write_all(request).await?;
        to.flush().await?;
        let length = usize::try_from(from.read_u32().await?).unwrap_or(usize::MAX);
        let mut answer = vec![0; length.min(MAX_ANSWER)];
        from.read_exact(&mut answer).await?;
        // A helper that has more to say is not waited for.
        drop((to, from));
        child.wait().await?;
        Ok(answer)
    };
    talk.await.map_err(|error: std::io::Error| io_reason(&error))
}

/// The signature, or the helper's error number; `None` if the answer is malformed.
fn read(answer: &[u8]) -> Option<Result<Vec<u8>, u32>> {
    let (&VERSION, mut rest) = answer.split_first()? else { return None };
    match take_uint32(&mut rest)? {
        SIGN => {
            Some(Ok(take_string(&mut rest).filter(|signature| !signature.is_empty())?.to_vec()))
        }
        FAILED => Some(Err(take_uint32(&mut rest)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use russh::keys::ssh_key::private::{Ed25519Keypair, SkEd25519};
    use russh::keys::ssh_key::public;

    fn handle(flags: u8) -> PrivateKey {
        let ed25519 = Ed25519Keypair::from_seed(&[7; 32]).public;
        let public = public::SkEd25519::new(ed25519, "ssh:");
        let key = SkEd25519::new(public, flags, vec![1, 2, 3]).unwrap();
        PrivateKey::new(KeypairData::SkEd25519(key), "on a device").unwrap()
    }

    #[test]
    fn flags_say_what_the_person_has_to_do() {
        let (touch, both) = (handle(1), handle(5));
        assert!(is_handle(&touch) && wants_touch(&touch) && !wants_pin(&touch));
        assert!(wants_touch(&both) && wants_pin(&both));
        let ours = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
        assert!(!is_handle(&ours) && !wants_touch(&ours) && !wants_pin(&ours));
    }

    #[test]
    fn answers_are_a_signature_or_an_error() {
        let signature = [&[5, 0, 0, 0, 1, 0, 0, 0, 2][..], b"ab"].concat();
        assert_eq!(read(&signature), Some(Ok(b"ab".to_vec())));
        assert_eq!(read(&[5, 0, 0, 0, 0, 0, 0, 0, 43]), Some(Err(WRONG_PIN)));
        for nonsense in [
            &[][..],
            &[5],
            &[5, 0, 0, 0, 1, 0, 0, 0, 0],
            &[4, 0, 0, 0, 1],
            &[5, 0, 0, 0, 1, 0, 0, 0, 9, 1],
            &[5, 0, 0, 0, 9],
        ] {
            assert_eq!(read(nonsense), None, "{nonsense:?}");
        }
    }

    #[test]
    fn a_helper_that_talks_without_end_is_not_listened_to() {
        let home = tempfile::tempdir().unwrap();
        let helper = home.path().join("helper");
        let text = "#!/bin/sh\nprintf '\\377\\377\\377\\377'\nexec cat /dev/zero\n";
        std::fs::write(&helper, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&helper, mode).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let talk = async {
            let limit = Duration::from_secs(30);
            tokio::time::timeout(limit, converse(&helper, b"request")).await.expect("it hangs")
        };
        assert_eq!(runtime.block_on(talk).map(|answer| answer.len()), Ok(MAX_ANSWER));
    }

    #[test]
    fn a_helper_that_is_not_there_or_talks_nonsense_is_an_error() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for helper in ["/nonexistent/helper", "/bin/true", "/bin/cat"] {
            let keys = SecurityKeys { helper: helper.into(), ..SecurityKeys::default() };
            let refusal = runtime.block_on(keys.sign(&handle(1), b"data", None)).unwrap_err();
            let SignRefusal::Error(error) = refusal else { panic!("{refusal:?}") };
            assert!(error.to_string().contains(helper), "{error}");
        }
    }
}
