//! The input of a login: the user, the methods and the credentials.

use std::path::PathBuf;
use std::sync::Arc;

use russh::keys::{PrivateKey, PublicKey};

use crate::client::login::again::Reconnection;
use crate::client::state::remembered::UsedLogin;
use crate::config::{AddKeys, Method};
use crate::keys::KeyFile;
use crate::keys::security_key::SecurityKeys;
use crate::prompt::MethodObstacle;
use crate::secret::Secret;

/// The input of a login. The default has no method, no credential and no signature algorithm.
#[derive(Default)]
pub struct Login {
    /// The user name on the server.
    pub user: String,
    /// `user@host`, for prompts and messages.
    pub label: String,
    /// The methods, in order: one, or a chain that the person configured.
    pub chain: Vec<Method>,
    /// Identities for `publickey`, in the order in which the server is asked about them.
    pub identities: Vec<KeyFile>,
    /// Whether any key that cannot be used makes way for the next one, as callers of ssh expect: one
    /// for which no passphrase or a wrong one was given, or with which the agent does not sign.
    /// Without it, only a key makes way that nobody decided not to use.
    pub skip_unusable_keys: bool,
    /// Certificates that were named separately (CertificateFile).
    pub certificates: Vec<PathBuf>,
    /// Whether a key is offered by itself, without any certificate.
    pub key_alone: bool,
    /// The agent's socket.
    pub agent: Option<PathBuf>,
    /// Whether `publickey` offers every key of the agent too, as callers of ssh expect.
    pub agent_identities: bool,
    /// The public key file that picks one of the agent's keys; without it, the first is used.
    pub agent_key: Option<KeyFile>,
    /// The public key that picks one of the agent's keys, if it is known without a file.
    pub agent_held: Option<PublicKey>,
    /// The fingerprint that picks one of the agent's keys, if nothing more is known of it.
    pub agent_fingerprint: Option<String>,
    /// Whether an agent's signature may include the host key (PubkeyAuthentication `unbound`
    /// forbids it).
    pub host_bound: bool,
    /// Whether and how an unlocked key is added to the agent (AddKeysToAgent).
    pub add_keys: AddKeys,
    /// How security keys are reached.
    pub devices: SecurityKeys,
    /// A password that was handed over (`--password-fd`); it is used once.
    pub password: Option<Secret>,
    /// A private key that is already unlocked, and its file: `publickey` offers only this one.
    pub opened: Option<(Arc<PrivateKey>, PathBuf)>,
    /// Whether the credential is kept in the [`Session`](crate::client::Session), for further
    /// connections of this run.
    pub keep: bool,
    /// How many times a password may be asked for (NumberOfPasswordPrompts).
    pub tries: u32,
    /// The least size of an RSA key in bits (RequiredRSASize).
    pub rsa_bits: u32,
    /// Signature algorithms that may be used (PubkeyAcceptedAlgorithms).
    pub signatures: Vec<String>,
    /// Whether a signature that only old servers need is warned of (WarnWeakCrypto).
    pub warn_weak_crypto: bool,
    /// What follows if the chosen method does not log in.
    pub after_refusal: AfterRefusal,
    /// By which a connection that is lost while a question is open is made again.
    pub again: Option<Reconnection>,
}

impl Login {
    /// Makes it the login of another user on the same host.
    pub fn set_user(&mut self, user: &str) {
        let host = self.label.rsplit_once('@').map_or("", |(_, host)| host);
        self.label = format!("{user}@{host}");
        user.clone_into(&mut self.user);
    }
}

/// What follows if the method that was chosen beforehand does not log in. No other one is tried
/// without the person.
#[derive(Default)]
pub enum AfterRefusal {
    /// The login ends.
    #[default]
    End,
    /// The person is asked in one line for one of these methods, of those that ask for a secret.
    Line(Vec<Method>),
    /// The login dialog comes.
    Dialog(Box<LoginDialogOptions>),
}

/// The content of the login dialog, besides the [`Login`].
pub struct LoginDialogOptions {
    /// The host as the person typed it, sanitised.
    pub host: String,
    /// Whether the login's user name is only a proposal that the person may change.
    pub user_is_proposed: bool,
    /// Methods that ssh_config excludes.
    pub switched_off: Vec<(Method, MethodObstacle)>,
    /// The proposed key file.
    pub key_file: Option<PathBuf>,
    /// Whether the person named that file, so that its method comes first.
    pub key_file_is_named: bool,
    /// How the person logged in to this host the last time.
    pub worked: Option<UsedLogin>,
    /// The home directory.
    pub home: PathBuf,
    /// Whether agent forwarding is preselected; `None` if there is no agent to forward.
    pub forward: Option<bool>,
}
