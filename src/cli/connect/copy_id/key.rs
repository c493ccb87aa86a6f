//! The key that is to be installed, and where its private half is.

use std::path::{Path, PathBuf};

use russh::keys::PublicKey;

use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::error::{Error, Kind, Result};
use crate::keys::agent::Agent;
use crate::keys::{self, ListedKey, place};
use crate::say;
use crate::text;

/// A key, and what logs in with it.
#[derive(Clone, Debug)]
pub struct KeyToInstall {
    /// The key, with its comment.
    pub public: PublicKey,
    /// What signs with it.
    pub private: PrivateHalf,
}

/// Where the private half of a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateHalf {
    /// In this file.
    File(PathBuf),
    /// In the agent; the file, if there is one, has the public half.
    Agent(Option<PathBuf>),
}

impl KeyToInstall {
    /// The key of a file: a private key in any form, its public half, or a public key whose private
    /// half is in the agent.
    ///
    /// # Errors
    /// The file cannot be read, hides its public half, or has several keys or a certificate.
    pub fn of_file(path: &Path) -> Result<KeyToInstall> {
        let public_file = place::public(path, false);
        let source = match path.exists() || !public_file.exists() {
            true => path,
            false => &public_file,
        };
        let mut listed = keys::listed(source)?;
        let name = text::path(source);
        if listed.len() > 1 {
            let cause = say!(copy_id_several_keys, name, count = listed.len());
            return Err(Error::new(Kind::Identity, cause).hint(say!(copy_id_several_keys_hint)));
        }
        let ListedKey { key, certified } = listed.swap_remove(0);
        if certified {
            return Err(Error::new(Kind::Identity, say!(copy_id_certificate, name))
                .hint(say!(copy_id_certificate_hint)));
        }
        Ok(KeyToInstall { private: private_half(source, &key), public: key })
    }

    /// The key to install where none was named: that of the options, else the first default one
    /// that is there, else the only one of the agent.
    ///
    /// # Errors
    /// There is none, or the agent has several.
    pub async fn found(plan: &Plan, environment: &ProcessEnvironment) -> Result<KeyToInstall> {
        let named = &plan.options.identity_files;
        if let Some(path) = named.first().filter(|_| named.is_set()) {
            return KeyToInstall::of_file(path);
        }
        let usual = environment.default_identities();
        let there = |path: &&PathBuf| path.exists() || place::public(path, false).exists();
        if let Some(path) = usual.iter().find(there) {
            return KeyToInstall::of_file(path);
        }
        let none =
            || Error::new(Kind::Identity, say!(copy_id_no_key)).hint(say!(copy_id_no_key_hint));
        let socket = plan.agent.as_deref().ok_or_else(none)?;
        let mut agent = Agent::connect(socket).await.map_err(|_| none())?;
        let held = agent.identities().await.map_err(|_| none())?;
        let mut held = held.into_iter().filter_map(|identity| match identity {
            russh::keys::agent::AgentIdentity::PublicKey { key, comment } => {
                let mut key = key;
                key.set_comment(comment.as_str());
                Some(key)
            }
            russh::keys::agent::AgentIdentity::Certificate { .. } => None,
        });
        match (held.next(), held.next()) {
            (Some(public), None) => Ok(KeyToInstall { public, private: PrivateHalf::Agent(None) }),
            (None, _) => Err(none()),
            (Some(_), Some(_)) => Err(Error::new(Kind::Identity, say!(copy_id_several_held))
                .hint(say!(copy_id_several_held_hint))),
        }
    }
}

/// Where the private half of the key in a file is: in the file itself, in the one that it is the
/// `.pub` of, or else in the agent.
fn private_half(file: &Path, key: &PublicKey) -> PrivateHalf {
    let is_private = |path: &Path| {
        keys::KeyFile::read(path).is_ok_and(|file| {
            file.format() != keys::KeyFormat::PublicOnly
                && file.public().is_none_or(|public| public.key_data() == key.key_data())
        })
    };
    let bare = file.extension().is_some_and(|it| it == "pub").then(|| file.with_extension(""));
    let ppk = bare.as_ref().map(|bare| {
        let mut name = bare.clone().into_os_string();
        name.push(".ppk");
        PathBuf::from(name)
    });
    let candidates = [Some(file.to_owned()), bare, ppk];
    let found = candidates.into_iter().flatten().find(|path| path.exists() && is_private(path));
    found.map_or_else(|| PrivateHalf::Agent(Some(file.to_owned())), PrivateHalf::File)
}
