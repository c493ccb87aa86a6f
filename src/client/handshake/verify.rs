//! From a [`Stream`] to a [`Transport`]: greeting, key exchange, and the host accepted.
//!
//! Nothing of the user has left when a [`Transport`] exists: the user's name is first sent by
//! `authenticate`. There is one path to acceptance, `HostCheck::judge`; every error on it
//! is a refusal.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use log::{debug, info};
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{Limits, client};
use tokio::time::{Instant, sleep_until, timeout};

use crate::client::algorithms::{Lists, Proposal};
use crate::client::deadline::{self, Budget};
use crate::client::failure::Stop;
use crate::client::handshake::greeting::Greeting;
use crate::client::handshake::handler::Events;
use crate::client::handshake::rekey::RekeyPolicy;
use crate::client::handshake::wire::Wire;
use crate::client::host_key::{command as known_hosts_command, sshfp};
use crate::client::session::rotation::Ground;
use crate::client::state::shared::Shared;
use crate::client::stream::dial::Stream;
use crate::config::{KnownHostsCommand, UpdateHostKeys};
use crate::error::{Error, Kind, Result};
use crate::prompt::{Answer, HostKeyAnswer, HostKeyQuestion, Notice, Prompt};
use crate::say;
use crate::trust::{
    self, Evidence, Finding, FirstSeen, Judgement, KnownHosts, KnownTypes, Pin, Policy,
    Requirements, RevokedKeys, Sources, Sshfp, Subject, Verdict, VerifyDns, authority, fingerprint,
    store,
};

use crate::client::handshake::agreed;
use crate::client::handshake::hello::{greet, identification};
use crate::client::host_key::explanation::{
    cannot_ask, not_as_known, refused, remedy, report, troubles,
};

/// RSA keys shorter than this can be broken with effort; OpenSSH's own floor is 1024.
const MIN_RSA_BITS: u32 = 2048;
/// What a server may send on one channel before we confirm: enough for a long, fat line. The
/// library bears twice as much of all channels together while it waits for the server's part of
/// a key exchange (gap G14), and that is more than a connection's buffers hold by default. Larger
/// ones were slower at 300 ms: TCP loses more than it gains.
pub(in crate::client) const WINDOW: u32 = 8 * 1024 * 1024;
/// The target of messages that stand at the beginning of the line, without our name: programs
/// look for them there, as ssh writes them.
pub const UNSIGNED: &str = "tessh::unsigned";
/// The largest packet asked for.
const MAX_PACKET: u32 = 32 * 1024;

/// How to decide about the host's key.
#[derive(Clone, Debug)]
pub struct HostPolicy {
    /// Whom the key must belong to.
    pub subject: Subject,
    /// The host as the person typed it.
    pub shown: String,
    /// The known_hosts files.
    pub sources: Sources,
    /// StrictHostKeyChecking.
    pub policy: Policy,
    /// Whether new entries hide the host name (HashKnownHosts).
    pub hash: bool,
    /// KnownHostsCommand.
    pub command: Option<KnownHostsCommand>,
    /// RevokedHostKeys.
    pub revoked: Vec<PathBuf>,
    /// The records of authorities.
    pub authorities: Option<authority::Store>,
    /// CASignatureAlgorithms and RequiredRSASize.
    pub requirements: Requirements,
    /// The only keys that are right, where the person said which.
    pub pins: Vec<Pin>,
    /// UpdateHostKeys; `Ask` only where somebody can be asked.
    pub update: UpdateHostKeys,
    /// Whether any key is right where the server is this machine itself
    /// (NoHostAuthenticationForLocalhost).
    pub any_at_loopback: bool,
    /// Whether the key's randomart is shown at every login (VisualHostKey).
    pub visual: bool,
    /// Whether and how the DNS is asked.
    pub dns: DnsCheck,
    /// Where it is noted when a key was first written; a convenience, and no evidence.
    pub first_seen: Option<FirstSeen>,
}

/// VerifyHostKeyDNS, and what it needs.
#[derive(Clone, Debug, Default)]
pub struct DnsCheck {
    /// What the answer may do.
    pub verify: VerifyDns,
    /// HostName, whatever HostKeyAlias says: the DNS knows the host by this name.
    pub host: String,
    /// Whom to ask and whom to believe.
    pub resolver: sshfp::Resolver,
}

/// What is negotiated and kept up besides the host key.
#[derive(Clone, Debug)]
pub struct TransportOptions<'a> {
    /// The configured algorithm lists.
    pub lists: Lists<'a>,
    /// Whether a key exchange that is not post-quantum is named (WarnWeakCrypto), where the
    /// list of key exchanges is not the person's own.
    pub warn_weak_crypto: bool,
    /// Bytes after which keys are exchanged again (RekeyLimit); at most 1 GiB.
    pub rekey_bytes: Option<u64>,
    /// Time after which keys are exchanged again; an hour if not set.
    pub rekey_time: Option<Duration>,
    /// Silence after which the server is asked for a sign of life (ServerAliveInterval).
    pub alive_interval: Option<Duration>,
    /// How many such questions may go unanswered (ServerAliveCountMax).
    pub alive_count_max: u32,
    /// What follows our version in the identification (VersionAddendum).
    pub version_addendum: Option<&'a str>,
}

/// An encrypted connection to a host that was accepted.
pub struct Transport {
    pub(in crate::client) handle: client::Handle<Events>,
    pub(in crate::client) shared: Arc<Shared>,
    pub(in crate::client) prompt: Arc<dyn Prompt>,
}

impl Transport {
    /// Whether passwords, challenges and forwarding are off: the host's key is not the one on
    /// record, and StrictHostKeyChecking is `no`.
    pub fn is_restricted(&self) -> bool {
        self.shared.is_restricted()
    }
}

/// Verifies the host at the other end of `stream`.
///
/// # Errors
/// Whatever answers is not SSH-2, agrees on no algorithm, cannot prove its key, is too slow,
/// or is not trusted.
pub async fn verify(
    stream: Stream,
    host: HostPolicy,
    options: &TransportOptions<'_>,
    budget: Budget,
    prompt: Arc<dyn Prompt>,
) -> Result<Transport> {
    let (handle, shared) = exchange(stream, host, (options, budget), &prompt, false).await?;
    agreed::warn(options, &shared);
    Ok(Transport { handle, shared, prompt })
}

/// The same up to the decision: what is known of the host, and what would follow. Nobody is
/// asked about it, nothing is written, and the connection ends with the key exchange, in which
/// the server has proved that it has the key.
///
/// # Errors
/// As [`verify`], but for a host that is not trusted.
pub async fn judge(
    stream: Stream,
    host: HostPolicy,
    options: &TransportOptions<'_>,
    budget: Budget,
    prompt: Arc<dyn Prompt>,
) -> Result<Judgement> {
    let (handle, shared) = exchange(stream, host, (options, budget), &prompt, true).await?;
    let goodbye = handle.disconnect(russh::Disconnect::ByApplication, "", "");
    // Whether the server hears it makes no difference.
    let _ = timeout(deadline::SIGN_OF_LIFE, goodbye).await;
    shared
        .record
        .judged()
        .ok_or_else(|| Error::new(Kind::KeyExchange, say!(host_key_refused, reason = "")))
}

/// Greeting and key exchange; the host is judged in the middle of it.
async fn exchange(
    mut stream: Stream,
    host: HostPolicy,
    (options, budget): (&TransportOptions<'_>, Budget),
    prompt: &Arc<dyn Prompt>,
    only_judge: bool,
) -> Result<(client::Handle<Events>, Arc<Shared>)> {
    let revoked = RevokedKeys::load_all(&host.revoked);
    let authorities = host.authorities.as_ref().map(authority::Store::load).unwrap_or_default();
    let known = KnownHosts::load(&host.sources)
        .with_revoked(revoked.clone())
        .with_authorities(authorities)
        .with_requirements(host.requirements.clone())
        .with_pins(host.pins.clone());
    let types = known_types(&host, &known, &options.lists).await?;
    let mut proposal = Proposal::new(&options.lists, &types)?;
    let ours = identification(options.version_addendum)?;
    let (greeting, sizes) = greet(&mut stream, &ours, &mut proposal, budget).await?;
    let shared = Arc::new(Shared::default());
    let Greeting { identification, rest, .. } = &greeting;
    shared.record.greeted(&stream, identification, &ours, rest.len());
    let peer = stream.peer().map(|address| address.ip().to_canonical());
    let wire = Wire::new(
        stream,
        Arc::clone(&shared.wire),
        &greeting.identification,
        &greeting.rest,
        &ours,
    );
    let check = HostCheck {
        host,
        known,
        proposed: proposal.on_the_wire(),
        permitted: proposal.host_key.clone(),
        revoked,
        peer,
        only_judge,
    };
    let wanted = RekeyPolicy::new(options.rekey_bytes, options.rekey_time);
    let events = Events::new(Arc::clone(&shared), Arc::clone(prompt), check, wanted);
    shared.record.rekeyed_after(wanted.bytes, wanted.time);
    let limits = wanted.limits(&shared.wire);
    let config = Arc::new(config(options, &proposal, (ours, limits), sizes.clone()));
    let exchange = client::connect_stream(config, wire, events);
    let handle = within(&shared, budget, exchange).await?;
    if shared.negotiated().is_some_and(|names| names.kex.contains("group-exchange")) {
        let (min, max) = (sizes.min_group_size(), sizes.max_group_size());
        let wanted = sizes.preferred_group_size();
        debug!("SSH2_MSG_KEX_DH_GEX_REQUEST({min}<{wanted}<{max}) sent");
    }
    Ok((handle, shared))
}

/// What the files and, where it would make a difference, KnownHostsCommand have on record.
async fn known_types(
    host: &HostPolicy,
    known: &KnownHosts,
    lists: &Lists<'_>,
) -> Result<KnownTypes> {
    let mut types = known.known_types(&host.subject);
    if let Some(command) = host.command.as_ref().filter(|_| lists.follows_record()) {
        let output = known_hosts_command::for_order(command, &host.subject).await?;
        let mut printed = KnownHosts::load(&Sources::default());
        printed.add_output("KnownHostsCommand-ORDER", output);
        types.absorb(printed.known_types(&host.subject));
    }
    Ok(types)
}

/// Runs the key exchange under its deadline; the clock stands still during a question.
async fn within(
    shared: &Shared,
    budget: Budget,
    exchange: impl Future<Output = Result<client::Handle<Events>, Stop>>,
) -> Result<client::Handle<Events>> {
    tokio::pin!(exchange);
    let until = budget.until(deadline::KEY_EXCHANGE);
    let mut wake = until;
    loop {
        tokio::select! {
            result = &mut exchange => return result.map_err(|stop| match (stop, shared.ended()) {
                // The server said why it hung up, and the library forgot.
                (Stop::Library(russh::Error::Disconnect), Some(said)) => said,
                (stop, _) => stop.during_key_exchange(),
            }),
            () = sleep_until(wake) => {
                let end = until + shared.paused();
                if end <= Instant::now() {
                    return Err(Error::new(Kind::Timeout, say!(kex_too_slow))
                        .hint(say!(kex_too_slow_hint)));
                }
                wake = end.max(Instant::now() + Duration::from_millis(50));
            }
        }
    }
}

fn config(
    options: &TransportOptions<'_>,
    proposal: &Proposal,
    (ours, limits): (String, Limits),
    gex: client::GexParams,
) -> client::Config {
    client::Config {
        client_id: russh::SshId::Standard(ours.into()),
        limits,
        window_size: WINDOW,
        maximum_packet_size: MAX_PACKET,
        preferred: proposal.preferred(),
        keepalive_interval: options.alive_interval,
        keepalive_max: options.alive_count_max as usize,
        nodelay: true,
        gex,
        ..client::Config::default()
    }
}

/// What is needed to judge the key that the server shows.
pub(in crate::client) struct HostCheck {
    host: HostPolicy,
    known: KnownHosts,
    proposed: Vec<String>,
    permitted: Vec<String>,
    revoked: Option<RevokedKeys>,
    /// The address connected to, if there is no proxy and no jump host in between.
    peer: Option<IpAddr>,
    /// The judgement is all that is wanted.
    only_judge: bool,
}

impl HostCheck {
    /// Accepts the key by returning `Ok`.
    pub async fn judge(
        mut self,
        key: &PublicKeyOrCertificate,
        shared: &Shared,
        prompt: &Arc<dyn Prompt>,
    ) -> Result<()> {
        let algorithm = shared.wire.observed().check(&self.proposed)?;
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
        // As in ssh(1), a host that has another name on record is looked up by it.
        let unchecked = self.host.any_at_loopback && !self.host.subject.alias;
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

    /// Does as the verdict says; gives why the key is trusted now.
    async fn conclude(
        &self,
        judgement: &Judgement,
        shared: &Shared,
        prompt: &Arc<dyn Prompt>,
    ) -> Result<String> {
        let evidence = &judgement.evidence;
        // What could not be used is part of a refusal, and is said before going on.
        let warn = || {
            for trouble in troubles(evidence) {
                prompt.notice(Notice::Warning(&trouble));
            }
        };
        match &judgement.verdict {
            Verdict::Accept => {
                warn();
                if let Some(told) = judgement.told() {
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
            Verdict::Ask => self.ask(evidence.clone(), shared, prompt).await,
        }
    }

    /// Asks the DNS if that can make a difference. Its time is not the server's.
    async fn ask_dns(&self, evidence: &Evidence, shared: &Shared) -> Sshfp {
        let DnsCheck { verify, host, resolver } = &self.host.dns;
        if !trust::wants_sshfp(evidence, self.host.policy, *verify) {
            return Sshfp::NotLookedUp;
        }
        shared.pause();
        let found = sshfp::look_up(host, &evidence.offered, resolver).await;
        shared.resume();
        found
    }

    /// Has the lines searched that KnownHostsCommand prints for this key.
    async fn ask_command(&mut self, key: &PublicKeyOrCertificate, shared: &Shared) -> Result<()> {
        let Some(command) = &self.host.command else { return Ok(()) };
        // It has a deadline of its own.
        shared.pause();
        let output = known_hosts_command::for_key(command, &self.host.subject, key).await;
        shared.resume();
        self.known.add_output("KnownHostsCommand-HOSTNAME", output?);
        Ok(())
    }

    /// Gives why the key is trusted now.
    async fn ask(
        &self,
        mut evidence: Evidence,
        shared: &Shared,
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
                return Err(refused(&say!(host_key_not_confirmed)));
            }
        };
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

    /// Other keys may be learnt where this one was in the file that is written; not by a
    /// certificate, not from a file or command that only is read.
    fn allow_rotation(&self, evidence: &Evidence, shared: &Shared) {
        let Finding::Known(at) = &evidence.finding else { return };
        if evidence.loopback.is_some() {
            return;
        }
        // Where the person says which keys are right, the server has no say in it.
        if !self.host.pins.is_empty() {
            return;
        }
        if self.host.sources.user.first() == Some(&at.file) {
            self.rotate_from(evidence, shared);
        }
    }

    fn rotate_from(&self, evidence: &Evidence, shared: &Shared) {
        if self.host.update == UpdateHostKeys::No || evidence.certificate.is_some() {
            return;
        }
        shared.rotation.allow(Ground {
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

    /// Writes the key; that it could not be written is said, and no reason to stop. Gives
    /// what became of it: `Err` if it was not written.
    async fn record(
        &self,
        evidence: &Evidence,
        shared: &Shared,
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
        // Another process may have the file locked, and other sessions must not wait for that.
        shared.pause();
        let written = tokio::task::spawn_blocking(move || writing.write()).await;
        shared.resume();
        let (said, saved) = match written {
            Ok(Ok(())) => (said, Ok(say!(trusted_saved, file = shown))),
            Ok(Err(error)) => {
                (say!(host_key_not_added, error), Err(say!(trusted_not_saved, file = shown)))
            }
            // A panic on the other thread has been reported there.
            Err(_) => return Err(say!(trusted_not_saved, file = shown)),
        };
        prompt.notice(Notice::Warning(&said));
        saved
    }
}

/// A key on its way into a file.
struct Writing {
    file: PathBuf,
    key: PublicKey,
    /// It takes the place of others.
    is_changed: bool,
    host: HostPolicy,
}

impl Writing {
    /// Blocks: the file may be locked by another process.
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
