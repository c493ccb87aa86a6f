//! One identity of `publickey`: the key that the server is asked about, and the signer that signs
//! if the server accepts it.
//!
//! A key file's passphrase is asked for only when it has to sign. Gap G12: with a key of its own,
//! the library signs with an RSA certificate as `ssh-rsa` (SHA-1); with a signer of ours it uses
//! the algorithm it is told.

use std::sync::Arc;

use log::debug;
use russh::keys::agent::AgentIdentity;
use russh::keys::signature::Signer as _;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::ssh_key::{Certificate, HashAlg, PrivateKey, PublicKey, Signature};

use crate::client::login::dialogue::{AttemptFault, SignerError};
use crate::client::login::host_bound::request;
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
use crate::keys::agent::{Agent, SignError};
use crate::keys::security_key::{self, SecurityKeys, SignRefusal};
use crate::keys::{KeyFile, Unlock};
use crate::prompt::{Answer, Notice, Prompt};
use crate::say;
use crate::secret::Secret;
use crate::trust::fingerprint;

/// How many passphrases may be tried on one key; a wrong one never leaves this machine.
const MAX_PASSPHRASES: u32 = 3;

/// A key that the server is asked about.
pub(crate) struct Identity {
    pub public: PublicKey,
    /// Its certificates, in the order of asking.
    pub certificates: Vec<Certificate>,
    /// Whether the key itself is offered too, after its certificates.
    pub plain: bool,
    pub signer: Signer,
}

impl Identity {
    /// `ED25519 SHA256:… (path)`, for messages and logs.
    pub fn describe(&self, as_certificate: bool) -> String {
        let what = if as_certificate { "certificate for " } else { "" };
        let place = match &self.signer {
            Signer::File(file) => file.path().display().to_string(),
            Signer::Open(_, path) => path.clone(),
            Signer::Agent(_) => "agent".to_owned(),
        };
        format!(
            "{what}{} {} ({place})",
            fingerprint::type_name(&self.public),
            fingerprint::sha256(&self.public)
        )
    }
}

/// The holder of the private key.
pub(crate) enum Signer {
    /// A key file that is not unlocked yet.
    File(Box<KeyFile>),
    /// An unlocked key, and the path of its file.
    Open(Arc<PrivateKey>, String),
    /// A key that is only in the agent.
    Agent(Agent),
}

/// A signer that may ask the person for a passphrase or PIN.
pub(crate) struct InteractiveSigner<'a> {
    pub signer: &'a mut Signer,
    /// The host's key, if the signature has to include it.
    pub host_key: Option<Vec<u8>>,
    /// How security keys are reached.
    pub devices: &'a SecurityKeys,
    pub shared: &'a Arc<ConnectionState>,
    pub prompt: &'a Arc<dyn Prompt>,
    /// Whether the connection was lost before there was a signature.
    pub unsent: bool,
}

impl russh::Signer for InteractiveSigner<'_> {
    type Error = SignerError;

    async fn auth_sign(
        &mut self,
        key: &AgentIdentity,
        hash: Option<HashAlg>,
        data: Vec<u8>,
    ) -> Result<Vec<u8>, SignerError> {
        self.shared.record.prove();
        self.sign(key, hash, data).await
    }
}

impl InteractiveSigner<'_> {
    /// Signs, after the key is unlocked.
    async fn sign(
        &mut self,
        key: &AgentIdentity,
        hash: Option<HashAlg>,
        data: Vec<u8>,
    ) -> Result<Vec<u8>, SignerError> {
        if let Signer::File(file) = &*self.signer {
            let path = file.path().display().to_string();
            let private = unlock(file, self.shared, self.prompt).await?;
            *self.signer = Signer::Open(Arc::new(private), path);
            // Nothing has been sent, so that the same attempt can be made over a new connection.
            if self.shared.ended().is_some() {
                self.unsent = true;
                return Err(SignerError::Lost);
            }
        }
        match self.signer {
            Signer::Agent(agent) => {
                let bound = self.host_key.as_deref().and_then(|key| request(&data, key));
                debug!(
                    "asking the agent to sign{}",
                    if bound.is_some() { " for this host" } else { "" }
                );
                let data = bound.unwrap_or(data);
                self.shared.pause();
                let signed = russh::Signer::auth_sign(agent, key, hash, data).await;
                self.shared.resume();
                signed.map_err(|error| match error {
                    SignError::ConnectionLost => SignerError::Lost,
                    SignError::Agent(error) => error.into(),
                })
            }
            Signer::Open(private, path) if security_key::is_handle(private) => {
                let (private, path) = (Arc::clone(private), path.clone());
                self.sign_on_device(&private, &path, data).await
            }
            Signer::Open(private, _) => Ok(sign(private, hash, data)?),
            Signer::File(_) => Err(SignerError::Lost),
        }
    }

    /// Signs with a security key, which may require a touch and a PIN.
    async fn sign_on_device(
        &self,
        private: &PrivateKey,
        path: &str,
        mut data: Vec<u8>,
    ) -> Result<Vec<u8>, SignerError> {
        let public = private.public_key();
        let kind = fingerprint::type_name(public);
        let mut pin = match security_key::wants_pin(private) {
            true => Some(self.pin(kind, path).await?),
            false => None,
        };
        for left in (0..MAX_PASSPHRASES).rev() {
            if security_key::wants_touch(private) {
                let fingerprint = fingerprint::sha256(public);
                self.prompt.notice(Notice::Warning(&say!(security_key_touch, kind, fingerprint)));
            }
            self.shared.pause();
            let signed = self.devices.sign(private, &data, pin.as_ref()).await;
            self.shared.resume();
            match signed {
                Ok(signature) => {
                    let encoded = signature.encode(&mut data);
                    return encoded.map(|()| data).map_err(|_| SignerError::Lost);
                }
                Err(SignRefusal::NoDevice(error)) => {
                    return Err(AttemptFault::OutOfReach(error).into());
                }
                Err(SignRefusal::Error(error)) => return Err(error.into()),
                // One that would not be tried is not asked for.
                Err(SignRefusal::WantsPin) if left == 0 => break,
                Err(SignRefusal::WantsPin) => pin = Some(self.pin(kind, path).await?),
            }
        }
        Err(Error::new(Kind::Identity, say!(security_key_wrong_pin)).into())
    }

    async fn pin(&self, kind: &str, path: &str) -> Result<Secret, AttemptFault> {
        let label = say!(security_key_pin, kind, path);
        let answer = crate::client::login::dialogue::ask(self.shared, self.prompt, move |prompt| {
            prompt.secret(&label)
        });
        match answer.await {
            Answer::Given(pin) => Ok(pin),
            Answer::Cancelled => {
                let error = Error::new(Kind::Cancelled, say!(security_key_no_pin, path));
                Err(AttemptFault::Declined(error))
            }
            Answer::CannotAsk => Err(AttemptFault::OutOfReach(
                Error::new(Kind::Identity, say!(security_key_nobody_to_ask, path))
                    .hint(say!(security_key_nobody_to_ask_hint)),
            )),
        }
    }
}

/// Unlocks a key file; asks for its passphrase if it has one.
pub(crate) async fn unlock(
    file: &KeyFile,
    shared: &Arc<ConnectionState>,
    prompt: &Arc<dyn Prompt>,
) -> Result<PrivateKey, AttemptFault> {
    let path = file.path().display().to_string();
    let mut tries = 0;
    let mut passphrase = None;
    loop {
        match file.unlock(passphrase.as_ref()) {
            Ok(key) => return Ok(key),
            Err(Unlock::Error(error)) => return Err(error.into()),
            Err(Unlock::NeedsPassphrase | Unlock::WrongPassphrase) => {}
        }
        tries += 1;
        if tries > MAX_PASSPHRASES {
            let error = Error::new(Kind::Identity, say!(passphrase_wrong, path));
            return Err(error.hint(say!(passphrase_nothing_sent_hint)).into());
        }
        let label = match tries {
            1 => say!(passphrase_ask, path),
            _ => say!(passphrase_ask_again, path),
        };
        let answer = crate::client::login::dialogue::ask(shared, prompt, move |prompt| {
            prompt.secret(&label)
        })
        .await;
        passphrase = match answer {
            Answer::Given(secret) => Some(secret),
            Answer::Cancelled => {
                let error = Error::new(Kind::Cancelled, say!(passphrase_not_given, path));
                return Err(AttemptFault::Declined(error));
            }
            Answer::CannotAsk => {
                return Err(AttemptFault::OutOfReach(
                    Error::new(Kind::Identity, say!(passphrase_nobody_to_ask, path))
                        .hint(say!(passphrase_nobody_to_ask_hint)),
                ));
            }
        };
    }
}

/// Appends the signature to the signed data, in the form that the library expects.
fn sign(private: &PrivateKey, hash: Option<HashAlg>, mut data: Vec<u8>) -> Result<Vec<u8>> {
    let failed =
        |error: &dyn std::fmt::Display| Error::new(Kind::Identity, say!(key_cannot_sign, error));
    let signature: Signature = match private.key_data() {
        KeypairData::Rsa(key) => (key, hash).try_sign(&data),
        other => other.try_sign(&data),
    }
    .map_err(|error| failed(&error))?;
    let mut blob = Vec::new();
    signature.encode(&mut blob).map_err(|error| failed(&error))?;
    blob.encode(&mut data).map_err(|error| failed(&error))?;
    Ok(data)
}
