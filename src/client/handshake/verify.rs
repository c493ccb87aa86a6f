//! From a [`Stream`] to a [`Transport`]: greeting, key exchange, and the host accepted.
//!
//! Nothing about the user has been sent when a [`Transport`] exists: `login` is the first to send
//! the user's name. The handler has `host_key::check` judge the host in the middle of the key
//! exchange; every error there is a refusal.

use std::fs;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use log::debug;
use russh::keys::ssh_key::PublicKey;
use russh::{AlgorithmKind, Limits, client};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until, timeout};

use crate::client::algorithms::{Lists, Proposal};
use crate::client::deadline::{self, Budget};
use crate::client::failure::Stop;
use crate::client::handshake::greeting::Greeting;
use crate::client::handshake::handler::Events;
use crate::client::handshake::options::TransportOptions;
use crate::client::handshake::rekey::RekeyPolicy;
use crate::client::handshake::window::window;
use crate::client::handshake::wire::Wire;
use crate::client::host_key::check::HostCheck;
use crate::client::host_key::command as known_hosts_command;
use crate::client::host_key::explanation;
use crate::client::host_key::policy::HostPolicy;
use crate::client::state::shared::ConnectionState;
use crate::client::stream::bytes::Stream;
use crate::error::{Error, Kind, Result};
use crate::os::file::is_pipe;
use crate::os::tcp;
use crate::os::user::UserId;
use crate::prompt::Prompt;
use crate::say;
use crate::trust::{
    ClusterAuthorities, Judgement, KnownHosts, KnownTypes, RevokedKeys, Sources, authority,
};

use crate::client::handshake::agreed;
use crate::client::handshake::broken;
use crate::client::handshake::hello::{Greeted, greet, identification};

/// The largest packet that the server may send.
const MAX_PACKET: u32 = 32 * 1024;

/// An encrypted connection to a host that was accepted.
pub struct Transport {
    pub(crate) handle: client::Handle<Events>,
    pub(crate) shared: Arc<ConnectionState>,
    pub(crate) prompt: Arc<dyn Prompt>,
}

impl Transport {
    /// Whether passwords, challenges and forwarding are off: the host's key is not the one on
    /// record, and StrictHostKeyChecking is `no`.
    pub fn is_restricted(&self) -> bool {
        self.shared.is_restricted()
    }

    /// Whether the server has ended the connection.
    pub fn is_lost(&self) -> bool {
        self.shared.look_for_end();
        self.shared.ended().is_some()
    }

    /// The host's key.
    pub fn host_key(&self) -> Option<PublicKey> {
        self.shared.record.host_key().map(|accepted| accepted.key)
    }

    /// Has this prompt asked in place of the one that the connection was made with.
    #[must_use]
    pub fn asking(self, prompt: Arc<dyn Prompt>) -> Transport {
        Transport { prompt, ..self }
    }
}

/// Does the key exchange over `stream` and checks the host key.
///
/// # Errors
/// The peer does not speak SSH-2, shares no algorithm with us, cannot prove its key, is too slow,
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

/// Does what [`verify`] does up to the decision, and returns the findings and the decision. The
/// person is not asked and nothing is written. The connection ends with the key exchange, in which
/// the server has proved that it has the key.
///
/// Those of [`verify`], except for a host that is not trusted.
pub async fn judge(
    stream: Stream,
    host: HostPolicy,
    options: &TransportOptions<'_>,
    budget: Budget,
    prompt: Arc<dyn Prompt>,
) -> Result<Judgement> {
    let (handle, shared) = exchange(stream, host, (options, budget), &prompt, true).await?;
    let goodbye = handle.disconnect(russh::Disconnect::ByApplication, "", "");
    // It does not matter whether the server receives this.
    let _ = timeout(deadline::SIGN_OF_LIFE, goodbye).await;
    shared
        .record
        .judged()
        .ok_or_else(|| Error::new(Kind::KeyExchange, say!(host_key_refused, reason = "")))
}

/// The lists of keys of a host. A pipe among them may take its time, in which the user can give up.
async fn trust_files(host: &HostPolicy) -> (Option<RevokedKeys>, KnownHosts) {
    let (revoked, sources) = (host.revoked.clone(), host.sources.clone());
    let mut paths = revoked.iter().chain(&sources.user).chain(&sources.global);
    let has_pipe = paths.any(|path| fs::metadata(path).is_ok_and(|facts| is_pipe(&facts)));
    let load = move || (RevokedKeys::load_all(&revoked), KnownHosts::load(&sources));
    match has_pipe {
        true => {
            spawn_blocking(load).await.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))
        }
        false => load(),
    }
}

/// Exchanges greetings and keys; the host key is checked during the key exchange.
async fn exchange(
    mut stream: Stream,
    host: HostPolicy,
    (options, budget): (&TransportOptions<'_>, Budget),
    prompt: &Arc<dyn Prompt>,
    only_judge: bool,
) -> Result<(client::Handle<Events>, Arc<ConnectionState>)> {
    let cluster = host.cluster.as_ref().map(ClusterAuthorities::load).transpose()?;
    let (revoked, known) = trust_files(&host).await;
    let mut authorities =
        host.authorities.as_ref().map(authority::AuthorityStore::load).unwrap_or_default();
    authorities.absorb(authority::putty::load(&host.authority_places, UserId::real()));
    let known = known
        .with_revoked(revoked.clone())
        .with_authorities(authorities)
        .with_requirements(host.requirements.clone())
        .with_pins(host.pins.clone())
        .with_cluster(cluster);
    let types = known_types(&host, &known, &options.lists).await?;
    let mut proposal = Proposal::new(&options.lists, &types)?;
    let ours = identification(options.version_addendum)?;
    let greeted = greet(&mut stream, &ours, &mut proposal, budget).await?;
    let Greeted { greeting, sizes, round_trip } = greeted;
    let window = window(round_trip, tcp::most_received(), options.is_subsystem);
    debug!("round trip {round_trip:?}: windows of {} MiB", window >> 20);
    let shared = Arc::new(ConnectionState::default());
    shared.watch_end(stream.watch());
    shared.wire.stalls_at_most(silence(options));
    let Greeting { identification, rest, .. } = &greeting;
    shared.record.greeted(&stream, identification, &ours, rest.len());
    // Only certificates are proposed for a host of a cluster, so a host without one shares no
    // algorithm.
    let without_certificate = explanation::without_certificate(&host);
    let peer = stream.peer().map(|address| address.ip().to_canonical());
    let wire = Wire::new(
        stream,
        Arc::clone(&shared.wire),
        Arc::clone(&shared.incoming.lanes.traffic.pace),
        &greeting.identification,
        &greeting.rest,
        &ours,
    );
    let check = HostCheck {
        host,
        known,
        proposed: proposal.on_the_wire(),
        permitted: proposal.host_key.clone(),
        methods: proposal.kex.clone(),
        ciphers: proposal.cipher.clone(),
        revoked,
        peer,
        only_judge,
    };
    let wanted = RekeyPolicy::new(options.rekey_bytes, options.rekey_time, window);
    let events = Events::new(Arc::clone(&shared), Arc::clone(prompt), check, wanted);
    shared.record.rekeyed_after(wanted.bytes, wanted.time);
    shared.record.channels_have(window);
    let limits = wanted.limits(&shared.wire);
    let config = Arc::new(config(options, &proposal, (ours, limits), (window, sizes.clone())));
    let exchange = client::connect_stream(config, wire, events);
    let exchange = async {
        exchange.await.map_err(|stop| match (stop, without_certificate) {
            (Stop::Library(error), Some(refusal)) if shares_no_key_type(&error) => {
                Stop::Ours(refusal)
            }
            (Stop::Library(error), _) => {
                let ours = (&proposal.kex[..], &proposal.on_the_wire()[..]);
                match broken::explain(&error, &shared.wire.observed(), ours, &sizes) {
                    Some(explained) => Stop::Ours(explained),
                    None => Stop::Library(error),
                }
            }
            (stop, _) => stop,
        })
    };
    let handle = within(&shared, budget, exchange).await?;
    if shared.negotiated().is_some_and(|names| names.kex.contains("group-exchange")) {
        let (min, max) = (sizes.min_group_size(), sizes.max_group_size());
        let wanted = sizes.preferred_group_size();
        debug!("SSH2_MSG_KEX_DH_GEX_REQUEST({min}<{wanted}<{max}) sent");
    }
    Ok((handle, shared))
}

/// How long the server may be silent where it is asked for signs of life.
fn silence(options: &TransportOptions<'_>) -> Option<Duration> {
    let limit = options.alive_interval?.saturating_mul(options.alive_count_max);
    (!limit.is_zero()).then_some(limit)
}

/// The key types on record: from the files, and from KnownHostsCommand if they affect the order of
/// the proposal.
async fn known_types(
    host: &HostPolicy,
    known: &KnownHosts,
    lists: &Lists<'_>,
) -> Result<KnownTypes> {
    let mut types = known.known_types(&host.subject);
    let is_asked = lists.follows_record() && !types.only_certificates;
    if let Some(command) = host.command.as_ref().filter(|_| is_asked) {
        let output = known_hosts_command::for_order(command, &host.subject).await?;
        let mut printed = KnownHosts::load(&Sources::default());
        printed.add_output("KnownHostsCommand-ORDER", output);
        types.absorb(printed.known_types(&host.subject));
    }
    Ok(types)
}

fn shares_no_key_type(error: &russh::Error) -> bool {
    matches!(error, russh::Error::NoCommonAlgo { kind: AlgorithmKind::Key, .. })
}

/// Runs the key exchange under its deadline; time spent on a question does not count.
async fn within(
    shared: &ConnectionState,
    budget: Budget,
    exchange: impl Future<Output = Result<client::Handle<Events>, Stop>>,
) -> Result<client::Handle<Events>> {
    tokio::pin!(exchange);
    let until = budget.until(deadline::KEY_EXCHANGE);
    let mut wake = until;
    loop {
        tokio::select! {
            result = &mut exchange => return result.map_err(|stop| match (stop, shared.ended()) {
                // The server sent a reason for disconnecting; the library's error does not contain
                // it.
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
    (window_size, gex): (u32, client::GexParams),
) -> client::Config {
    client::Config {
        client_id: russh::SshId::Standard(ours.into()),
        limits,
        window_size,
        maximum_packet_size: MAX_PACKET,
        preferred: proposal.preferred(),
        keepalive_interval: options.alive_interval,
        keepalive_max: options.alive_count_max as usize,
        nodelay: true,
        gex,
        ..client::Config::default()
    }
}
