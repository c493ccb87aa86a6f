//! Host key rotation: learns the host keys that a server announces, after it has proved them.
//!
//! OpenSSH's PROTOCOL, section 2.5: hostkeys-00@openssh.com after authentication,
//! hostkeys-prove-00@openssh.com for keys that are not on record; and ssh_config(5),
//! UpdateHostKeys. `trust::rotate` has the rules about files. Nothing is learnt without proof, and
//! no error here ends a session. The SSH library checks the proof: one signature of each key over
//! the session identifier; for an RSA key it would also accept a SHA-1 signature.
//!
//! With `yes`, this runs beside the session. With `ask`, it comes before the session: a server
//! announces its keys before it answers anything, so one round trip tells whether there is a
//! question to ask, and the terminal is still free.

use std::sync::Arc;

use log::{debug, error, info, warn};
use russh::keys::PublicKey;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::client::algorithms::AlgorithmFamily;
use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::state::rotation::{MAX_KEYS, RotationContext};
use crate::config::UpdateHostKeys;
use crate::prompt::{Answer, Prompt, RotationQuestion};
use crate::say;
use crate::trust::fingerprint;
use crate::trust::rotate::{self, Announcement, Difference, RotationObstacle};

/// Runs the session's work, and handles UpdateHostKeys before or beside it.
///
/// A question is asked before the work begins. Without a question the work is not delayed. If it
/// ends before the server has proved its keys, the proof is awaited for a few seconds.
pub async fn around<T>(
    session: &Session,
    prompt: &Arc<dyn Prompt>,
    work: impl Future<Output = T>,
) -> T {
    let rotation = &session.shared.rotation;
    let Some(context) = rotation.context() else { return work.await };
    let step = RotationStep { session, prompt, context };
    if step.context.update == UpdateHostKeys::Ask {
        step.ask_first().await;
        return work.await;
    }
    let beside = async { step.settle(rotation.announcement().await).await };
    tokio::pin!(work, beside);
    tokio::select! {
        biased;
        done = &mut work => {
            if rotation.is_announced() && timeout(deadline::PROOF, beside).await.is_err() {
                debug!("the server did not prove its host keys in time");
            }
            done
        }
        () = &mut beside => work.await,
    }
}

/// Handles UpdateHostKeys `ask` for a jump host: asks at once, since no session's work follows.
pub async fn asked(session: &Session, prompt: &Arc<dyn Prompt>) {
    if let Some(context) = session.shared.rotation.context()
        && context.update == UpdateHostKeys::Ask
    {
        RotationStep { session, prompt, context }.ask_first().await;
    }
}

/// Handles UpdateHostKeys `yes` for a jump host: learns the announced keys without a question.
/// Called after the host has answered a request, since announcements arrive before answers.
pub(crate) async fn heard(session: &Session, prompt: &Arc<dyn Prompt>) {
    let rotation = &session.shared.rotation;
    if let Some(context) = rotation.context()
        && context.update == UpdateHostKeys::Yes
        && rotation.is_announced()
    {
        RotationStep { session, prompt, context }.settle(rotation.announcement().await).await;
    }
}

struct RotationStep<'a> {
    session: &'a Session,
    prompt: &'a Arc<dyn Prompt>,
    context: RotationContext,
}

impl RotationStep<'_> {
    async fn ask_first(&self) {
        let rotation = &self.session.shared.rotation;
        // An announcement arrives before the answer to this request.
        let answered = timeout(deadline::PROOF, self.session.handle.send_ping()).await;
        if matches!(answered, Ok(Ok(()))) && rotation.is_announced() {
            self.settle(rotation.announcement().await).await;
        }
    }

    /// Handles an announcement: compares it with the files, has new keys proved, and writes.
    async fn settle(&self, keys: Vec<PublicKey>) {
        let Some(announced) = self.sort_out(keys) else { return };
        let announced = Arc::new(announced);
        let compared = if announced.is_short() {
            Ok(rotate::compare(&announced))
        } else {
            let announced = Arc::clone(&announced);
            spawn_blocking(move || rotate::compare(&announced)).await
        };
        let difference = match compared {
            Ok(Ok(difference)) if difference.is_empty() => {
                return debug!("no new or deprecated keys from server");
            }
            Ok(Ok(difference)) => difference,
            Ok(Err(RotationObstacle::Unclear(reason))) => {
                return debug!("{reason}, skipping UserKnownHostsFile update");
            }
            Ok(Err(RotationObstacle::Trouble(reason))) => {
                return warn!("{}", say!(rotation_not_updated, reason));
            }
            // The panic on the other thread has been reported there.
            Err(_) => return,
        };
        if self.is_proved(&difference).await && self.is_wanted(&difference).await {
            self.write(announced, difference).await;
        }
    }

    /// The usable keys of an announcement; `None` if the announcement is to be ignored.
    fn sort_out(&self, keys: Vec<PublicKey>) -> Option<Announcement> {
        if keys.len() > MAX_KEYS {
            warn!("{}", say!(rotation_too_many, limit = MAX_KEYS));
            return None;
        }
        let context = &self.context;
        let supported = AlgorithmFamily::HostKey.supported();
        let (mut counted, mut unusable) = (Vec::new(), Vec::new());
        for key in keys {
            let key = PublicKey::new(key.key_data().clone(), "");
            if counted.contains(&key) || unusable.contains(&key) {
                warn!("{}", say!(rotation_twice));
                return None;
            }
            if self.is_revoked(&key) {
                debug!("the server announced a revoked host key, which is not learnt");
            } else if context.requirements.is_too_short(&key) {
                debug!("the server announced an RSA host key that is too short");
                unusable.push(key);
            } else if is_permitted(&key, &context.permitted) {
                counted.push(key);
            } else if !is_permitted(&key, &supported) {
                unusable.push(key);
            }
        }
        if !counted.contains(&context.current) {
            debug!("the server did not announce the host key in use, skipping");
            return None;
        }
        Some(Announcement {
            subject: context.subject.clone(),
            files: context.files.clone(),
            current: context.current.clone(),
            keys: counted,
            unusable,
        })
    }

    fn is_revoked(&self, key: &PublicKey) -> bool {
        let revoked = self.context.revoked.as_ref();
        revoked.is_some_and(|revoked| revoked.forbids(&key.clone().into()).is_some())
    }

    /// Whether the server proves that it has the private keys of new keys. Removing a key needs no
    /// proof.
    async fn is_proved(&self, difference: &Difference) -> bool {
        if difference.new.is_empty() {
            return true;
        }
        let proof = self.session.handle.hostkeys_prove(difference.new.clone());
        match timeout(deadline::PROOF, proof).await {
            Ok(Ok(())) => return true,
            // The session reports a lost connection itself.
            Ok(Err(russh::Error::Disconnect | russh::Error::SendError)) => {}
            Ok(Err(_)) => error!("{}", say!(rotation_unproved)),
            Err(_) => debug!("the server did not prove its host keys in time"),
        }
        false
    }

    async fn is_wanted(&self, difference: &Difference) -> bool {
        if self.context.update != UpdateHostKeys::Ask {
            return true;
        }
        let (prompt, context, difference) =
            (Arc::clone(self.prompt), self.context.clone(), difference.clone());
        let asked = spawn_blocking(move || {
            let file = context.files.first().cloned().unwrap_or_default();
            prompt.rotation(&RotationQuestion {
                host: &context.shown,
                file: &file,
                difference: &difference,
            })
        });
        matches!(asked.await, Ok(Answer::Given(true)))
    }

    async fn write(&self, announced: Arc<Announcement>, difference: Difference) {
        for key in &difference.new {
            let (kind, sha256) = (fingerprint::type_name(key), fingerprint::sha256(key));
            info!("Learned new hostkey: {kind} {sha256}");
        }
        for entry in &difference.obsolete {
            let kind = fingerprint::type_name(&entry.key);
            let sha256 = fingerprint::sha256(&entry.key);
            info!("Deprecating obsolete hostkey: {kind} {sha256} ({})", entry.at);
        }
        let (hash, first_seen) = (self.context.hash, self.context.first_seen.clone());
        let written = spawn_blocking(move || {
            rotate::rotate(&announced, &difference, hash)?;
            for (first_seen, key) in
                difference.new.iter().filter_map(|key| Some((first_seen.as_ref()?, key)))
            {
                if let Err(error) = first_seen.note(&announced.subject, key) {
                    debug!("the day is not noted: {error}");
                }
            }
            Ok::<(), crate::error::Error>(())
        })
        .await;
        if let Ok(Err(error)) = written {
            warn!("{}", say!(rotation_not_updated, reason = error));
        }
    }
}

/// Whether one of these host key algorithms uses this key; for RSA, any that signs with it.
fn is_permitted(key: &PublicKey, algorithms: &[String]) -> bool {
    const RSA: [&str; 3] = ["ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"];
    let (kind, is_rsa) = (key.algorithm(), key.algorithm().is_rsa());
    algorithms.iter().any(|name| match is_rsa {
        true => RSA.contains(&name.as_str()),
        false => name == kind.as_str(),
    })
}
