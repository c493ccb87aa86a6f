//! Checks the host's key: collects the evidence, decides, and asks the person if necessary.
//!
//! There is one path to acceptance, [`HostCheck::judge`]; every error on it refuses the host.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use log::{debug, info};
use russh::keys::{PublicKey, PublicKeyOrCertificate};

use crate::client::host_key::explanation::{
    cannot_ask, not_as_known, refused, remedy, report, troubles,
};
use crate::client::host_key::policy::{DnsCheck, HostPolicy};
use crate::client::host_key::{command as known_hosts_command, sshfp};
use crate::client::state::rotation::RotationContext;
use crate::client::state::shared::ConnectionState;
use crate::config::UpdateHostKeys;
use crate::error::{Error, Kind, Result};
use crate::prompt::{Answer, ConnectStep, HostKeyAnswer, HostKeyQuestion, Notice, Prompt};
use crate::say;
use crate::trust::{
    self, Evidence, Finding, Judgement, KnownHosts, RevokedKeys, Sshfp, Verdict, fingerprint, store,
};

/// RSA keys shorter than this can be broken with effort; OpenSSH's own floor is 1024.
pub(crate) const MIN_RSA_BITS: u32 = 2048;

/// The settings and files for judging the key that the server shows.
pub(crate) struct HostCheck {
    pub host: HostPolicy,
    pub known: KnownHosts,
    pub proposed: Vec<String>,
    pub permitted: Vec<String>,
    /// The key exchange methods that were proposed.
    pub methods: Vec<String>,
    /// The ciphers that were proposed.
    pub ciphers: Vec<String>,
    pub revoked: Option<RevokedKeys>,
    /// The address connected to, if there is no proxy and no jump host in between.
    pub peer: Option<IpAddr>,
    /// Only the judgement is wanted: nobody is asked and nothing is written.
    pub only_judge: bool,
}

impl HostCheck {
    /// Accepts the key by returning `Ok`.
    pub async fn judge(
        mut self,
        key: &PublicKeyOrCertificate,
        shared: &ConnectionState,
        prompt: &Arc<dyn Prompt>,
    ) -> Result<()> {
        if !self.only_judge {
            prompt.step(&self.host.shown, ConnectStep::HostKey);
        }
        let observed = shared.wire.observed();
        let algorithm = observed.check(&self.proposed)?;
        observed.check_share(&self.methods)?;
        observed.check_directions(&self.ciphers)?;
        self.ask_command(key, shared).await?;
        let mut evidence = self.known.lookup(&self.host.subject, key, SystemTime::now());
        let fingerprint = fingerprint::sha256(&evidence.offered);
        debug!("Server host key: {algorithm} {fingerprint}");
        let bits = fingerprint::bits(&evidence.offered);
        let least = self.host.requirements.rsa_bits(MIN_RSA_BITS);
        if fingerprint::type_name(&evidence.offered) == "RSA" && bits < least {
            return Err(
                refused(&say!(host_key_rsa_short, bits)).hint(say!(host_key_rsa_short_hint, least))
            );
        }
        if self.host.visual {
            let art = fingerprint::randomart(&evidence.offered);
            let shown = say!(host_key_fingerprint_line, fingerprint);
            prompt.notice(Notice::Warning(&format!("{shown}\n{art}")));
        }
        // As in ssh(1), NoHostAuthenticationForLocalhost does not apply if HostKeyAlias is set.
        let is_named = self.host.subject.alias || self.host.cluster.is_some();
        let unchecked = self.host.any_at_loopback && !is_named;
        evidence.loopback = self.peer.filter(|peer| unchecked && peer.is_loopback());
        evidence.sshfp = self.ask_dns(&evidence, shared).await;
        report(&evidence);
        let verdict = trust::decide(&evidence, self.host.policy, self.host.dns.verify);
        let host = self.host.shown.clone();
        let judgement = Judgement { host, algorithm, evidence, verdict };
        if self.only_judge {
            shared.record.judge(judgement);
            return Ok(());
        }
        let because = self.conclude(&judgement, shared, prompt).await;
        prompt.judged(&judgement, because.as_deref().ok());
        shared.record.accepted(judgement.algorithm, &judgement.evidence.offered, because?);
        Ok(())
    }

    /// Carries out the verdict; returns why the key is trusted.
    async fn conclude(
        &self,
        judgement: &Judgement,
        shared: &ConnectionState,
        prompt: &Arc<dyn Prompt>,
    ) -> Result<String> {
        let evidence = &judgement.evidence;
        let settled = self.host.settled.key();
        if settled.is_some_and(|key| key.key_data() != evidence.offered.key_data()) {
            return Err(refused(&say!(host_key_other_than_before)).hint(remedy(evidence)));
        }
        // If the host is refused, the refusal itself names the problems; otherwise they are
        // warnings.
        let warn = || {
            for trouble in troubles(evidence) {
                prompt.notice(Notice::Warning(&trouble));
            }
        };
        match &judgement.verdict {
            Verdict::Accept => {
                warn();
                if let Some(told) = judgement.to_line() {
                    info!("{told}");
                }
                self.allow_rotation(evidence, shared);
                Ok(judgement.because().unwrap_or_default())
            }
            Verdict::AcceptAndRecord => {
                warn();
                let (Ok(saved) | Err(saved)) = self.record(evidence, shared, prompt).await;
                Ok(say!(trusted_new_taken, saved))
            }
            Verdict::AcceptRestricted => {
                warn();
                shared.restrict();
                prompt.notice(Notice::Warning(&say!(
                    host_key_restricted,
                    fact = not_as_known(evidence, &self.host.shown)
                )));
                Ok(say!(trusted_not))
            }
            Verdict::Reject(reason) => Err(refused(reason).hint(remedy(evidence))),
            Verdict::Ask if settled.is_some() => Ok(say!(trusted_once)),
            Verdict::Ask => self.ask(evidence.clone(), shared, prompt).await,
        }
    }

    /// Looks up the DNS records if they can affect the decision. The time does not count towards
    /// the key exchange.
    async fn ask_dns(&self, evidence: &Evidence, shared: &ConnectionState) -> Sshfp {
        let DnsCheck { verify, host, resolver } = &self.host.dns;
        if !trust::wants_sshfp(evidence, self.host.policy, *verify) {
            return Sshfp::NotLookedUp;
        }
        shared.pause();
        let found = sshfp::look_up(host, &evidence.offered, resolver).await;
        shared.resume();
        found
    }

    /// Adds the lines that KnownHostsCommand prints for this key to the known hosts.
    async fn ask_command(
        &mut self,
        key: &PublicKeyOrCertificate,
        shared: &ConnectionState,
    ) -> Result<()> {
        // For a host of a cluster, lines of known_hosts do not count.
        let command = self.host.command.as_ref().filter(|_| self.host.cluster.is_none());
        let Some(command) = command else { return Ok(()) };
        // The command has a deadline of its own.
        shared.pause();
        let output = known_hosts_command::for_key(command, &self.host.subject, key).await;
        shared.resume();
        self.known.add_output("KnownHostsCommand-HOSTNAME", output?);
        Ok(())
    }

    /// Asks the person; returns why the key is trusted.
    async fn ask(
        &self,
        mut evidence: Evidence,
        shared: &ConnectionState,
        prompt: &Arc<dyn Prompt>,
    ) -> Result<String> {
        if let Some(first_seen) = &self.host.first_seen {
            evidence.dates = first_seen.dates();
        }
        let asked = Arc::clone(prompt);
        let shown = self.host.shown.clone();
        let subject = evidence.clone();
        shared.pause();
        let answer = tokio::task::spawn_blocking(move || {
            asked.host_key(&HostKeyQuestion::new(&shown, &subject))
        })
        .await;
        shared.resume();
        let recorded = match answer {
            Ok(Answer::Given(HostKeyAnswer::Once)) => false,
            Ok(Answer::Given(HostKeyAnswer::Record)) => true,
            Ok(Answer::Given(HostKeyAnswer::IfFingerprint(typed))) => {
                let ours = fingerprint::sha256(&evidence.offered);
                if typed.trim() != ours {
                    return Err(refused(&say!(fingerprint_typed_differs)));
                }
                true
            }
            Ok(Answer::CannotAsk) => {
                let mut reasons = vec![cannot_ask(&evidence)];
                let said = usize::from(matches!(evidence.finding, Finding::Known(_)));
                reasons.extend(troubles(&evidence).into_iter().skip(said));
                return Err(refused(&reasons.join("; ")).hint(remedy(&evidence)));
            }
            Ok(Answer::Given(HostKeyAnswer::Disconnect) | Answer::Cancelled) | Err(_) => {
                return Err(Error::new(Kind::HostKey, say!(host_key_disconnected)));
            }
        };
        self.host.settled.settle(&evidence.offered);
        if !recorded {
            return Ok(say!(trusted_once));
        }
        let saved = self.record(&evidence, shared, prompt).await;
        if saved.is_ok() {
            self.rotate_from(&evidence, shared);
        }
        let (Ok(saved) | Err(saved)) = saved;
        Ok(say!(trusted_said, saved))
    }

    /// Allows other keys of the host to be learnt if this key is in the first UserKnownHostsFile. A
    /// certificate, or a match in a file or command that is only read, does not allow it.
    fn allow_rotation(&self, evidence: &Evidence, shared: &ConnectionState) {
        let Finding::Known(at) = &evidence.finding else { return };
        if evidence.loopback.is_some() {
            return;
        }
        // If the person named the right keys, the server must not add others.
        if !self.host.pins.is_empty() {
            return;
        }
        if self.host.sources.user.first() == Some(&at.file) {
            self.rotate_from(evidence, shared);
        }
    }

    fn rotate_from(&self, evidence: &Evidence, shared: &ConnectionState) {
        if self.host.update == UpdateHostKeys::No || evidence.certificate.is_some() {
            return;
        }
        shared.rotation.allow(RotationContext {
            update: self.host.update,
            shown: self.host.shown.clone(),
            subject: self.host.subject.clone(),
            files: self.host.sources.user.clone(),
            current: evidence.offered.clone(),
            hash: self.host.hash,
            first_seen: self.host.first_seen.clone(),
            permitted: self.permitted.clone(),
            requirements: self.host.requirements.clone(),
            revoked: self.revoked.clone(),
        });
    }

    /// Writes the key into the first UserKnownHostsFile. A failure is a warning and does not end
    /// the connection. Returns the outcome for the person: `Err` if the key was not written.
    async fn record(
        &self,
        evidence: &Evidence,
        shared: &ConnectionState,
        prompt: &Arc<dyn Prompt>,
    ) -> Result<String, String> {
        let host = &self.host;
        let Some(file) = host.sources.user.first().cloned() else {
            prompt.notice(Notice::Warning(&say!(host_key_nowhere_to_save)));
            return Err(say!(trusted_nowhere_to_save));
        };
        let key = evidence.offered.clone();
        let is_changed = matches!(evidence.finding, Finding::Changed(_));
        let shown = format!("'{}' ({})", host.subject.entry_name(), fingerprint::type_name(&key));
        let said = match is_changed {
            true => say!(host_key_replaced, shown),
            false => say!(host_key_added, shown),
        };
        let writing = Writing { file, key, is_changed, host: host.clone() };
        let shown = writing.file.display().to_string();
        // Runs on another thread: the file may be locked by another process, and other sessions
        // must not wait for it.
        shared.pause();
        let written = tokio::task::spawn_blocking(move || writing.write()).await;
        shared.resume();
        let (said, saved) = match written {
            Ok(Ok(())) => (said, Ok(say!(trusted_saved, file = shown))),
            Ok(Err(error)) => {
                (say!(host_key_not_added, error), Err(say!(trusted_not_saved, file = shown)))
            }
            // The panic on the other thread has been reported there.
            Err(_) => return Err(say!(trusted_not_saved, file = shown)),
        };
        prompt.notice(Notice::Warning(&said));
        saved
    }
}

/// A key to be written into a file.
struct Writing {
    file: PathBuf,
    key: PublicKey,
    /// The key replaces the host's other keys of its type.
    is_changed: bool,
    host: HostPolicy,
}

impl Writing {
    /// Writes the key. Blocks while another process has the file locked.
    fn write(self) -> Result<()> {
        let Writing { file, key, is_changed, host } = self;
        match is_changed {
            true => drop(store::replace(&file, &host.subject, &key, host.hash)?),
            false => store::add(&file, &host.subject, &key, host.hash)?,
        }
        if let Some(first_seen) = &host.first_seen
            && let Err(error) = first_seen.note(&host.subject, &key)
        {
            debug!("the day is not noted: {error}");
        }
        Ok(())
    }
}
