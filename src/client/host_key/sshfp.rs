//! Looks up a host's SSHFP records in the DNS and validates DNSSEC in this process (RFC 4255
//! section 2.4, RFC 4033 to 4035).
//!
//! The bit by which a server claims to have validated (AD) is ignored, because anybody on the
//! network path can set it. The chain of signatures is followed from a trust anchor: the root's
//! published keys, unless a file names others. `trust::sshfp` compares the records with a key, and
//! `trust::decide` decides.

use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::dnssec::rdata::{DNSSECRData, RRSIG};
use hickory_resolver::proto::dnssec::{Proof, TrustAnchors};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use resolv_conf::ScopedIp;
use russh::keys::ssh_key::PublicKey;
use tokio::sync::oneshot;

use crate::error::io_reason;
use crate::say;
use crate::text;
use crate::trust::sshfp::{self, Sshfp};

/// Time for the whole look-up with all steps of the chain. A resolver that has nothing cached needs
/// some ten round trips; waiting longer does not help the person.
pub const LIMIT: Duration = Duration::from_secs(5);
/// Extra time after the limit before the look-up is abandoned, for a computation that is running.
const GRACE: Duration = Duration::from_millis(500);
/// Time before a query is sent again.
const ATTEMPT: Duration = Duration::from_secs(2);
/// The most records of a host; four key types with three hashes each, twice during a change of
/// keys, make 24.
pub const MAX_RECORDS: usize = 64;
/// The most aliases that are followed; the library follows no more either.
const MAX_ALIASES: usize = 8;
/// The most of the system's servers that are asked, as in resolver(5).
const MAX_SERVERS: usize = 3;
/// The most bytes of a resolv.conf or a file of anchors; real ones are much shorter.
const MAX_FILE: u64 = 64 * 1024;
/// How many characters of a library error are shown.
const MAX_SHOWN: usize = 120;
/// How many characters of a reason are shown: a path and an error.
const MAX_REASON: usize = 300;

/// The DNS server to ask, and the keys to trust.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// The server to ask, over UDP and TCP; `None` asks the system's servers.
    pub server: Option<SocketAddr>,
    /// The file that names the system's servers: resolv.conf(5).
    pub system: PathBuf,
    /// A file of DNSKEY records, in zone file format, to trust instead of the root's.
    pub anchors: Option<PathBuf>,
    /// Time for the whole look-up.
    pub limit: Duration,
}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver {
            server: None,
            system: PathBuf::from("/etc/resolv.conf"),
            anchors: None,
            limit: LIMIT,
        }
    }
}

/// Looks up what the DNS says of the key offered for a host.
///
/// Never fails, and takes little more than [`Resolver::limit`]: an error becomes [`Sshfp::Failed`].
/// The host name is taken as fully qualified, as in ssh(1). An address, and a name that is not
/// valid in the DNS, is not looked up.
pub async fn look_up(host: &str, key: &PublicKey, resolver: &Resolver) -> Sshfp {
    let Some(name) = question(host) else { return Sshfp::NotLookedUp };
    let shown = name.to_ascii();
    let (limit, resolver) = (resolver.limit, resolver.clone());
    let (done, answer) = oneshot::channel();
    // Runs on a thread of its own, so that signatures and keys made to keep a validator busy do not
    // delay the connection.
    let thread = std::thread::Builder::new().name("sshfp".into()).spawn(move || {
        let _ = done.send(run(&name, &resolver));
    });
    let answer = match thread {
        Ok(_abandoned_in_time) => tokio::time::timeout(limit + GRACE, answer).await,
        Err(error) => {
            return Sshfp::Failed {
                name: shown,
                reason: say!(sshfp_no_thread, error = io_reason(&error)),
            };
        }
    };
    let reason = match answer {
        Ok(Ok(Ok(answer))) => {
            return sshfp::compare(shown, answer.signer, &answer.records, key);
        }
        Ok(Ok(Err(reason))) => text::line(&reason, MAX_REASON),
        Ok(Err(_)) => say!(sshfp_broke_off),
        Err(_) => late(limit),
    };
    Sshfp::Failed { name: shown, reason }
}

/// The DNS name to look up; `None` for an address in any of inet_aton(3)'s forms, and for a name
/// that is not valid in the DNS.
fn question(host: &str) -> Option<Name> {
    let bare = host.strip_suffix('.').unwrap_or(host);
    let (_, last) = bare.rsplit_once('.')?;
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || last.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    if numeric || bare.contains(':') || bare.contains('\\') {
        return None;
    }
    let mut name = Name::from_ascii(bare).ok()?.to_lowercase();
    name.set_fqdn(true);
    Some(name)
}

/// The records, and the zone that signed all of them.
#[derive(Debug, Default)]
struct Answered {
    signer: Option<String>,
    records: Vec<sshfp::SshfpRecord>,
}

fn run(name: &Name, resolver: &Resolver) -> Result<Answered, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let asked = tokio::time::timeout(resolver.limit, ask(name, resolver)).await;
        asked.unwrap_or_else(|_| Err(late(resolver.limit)))
    })
}

fn late(limit: Duration) -> String {
    say!(sshfp_late, seconds = limit.as_secs_f32())
}

async fn ask(name: &Name, resolver: &Resolver) -> Result<Answered, String> {
    let config = ResolverConfig::from_name_servers(servers(resolver)?);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        .with_trust_anchor(Arc::new(anchors(resolver)?));
    *builder.options_mut() = options();
    let asker = builder.build().map_err(|error| reason(&error))?;
    match asker.lookup(name.clone(), RecordType::SSHFP).await {
        Ok(found) => read(name, found.answers()),
        Err(NetError::Dns(DnsError::NoRecordsFound(_))) => Ok(Answered::default()),
        Err(NetError::Dns(DnsError::Nsec { proof: Proof::Insecure, .. })) => {
            Ok(Answered::default())
        }
        Err(error) => Err(reason(&error)),
    }
}

fn options() -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.validate = true;
    options.use_hosts_file = ResolveHosts::Never;
    // Keeps the alias records in the answer, because they must be proven too.
    options.preserve_intermediates = true;
    options.timeout = ATTEMPT;
    options.attempts = 1;
    options.try_tcp_on_error = true;
    options
}

fn servers(resolver: &Resolver) -> Result<Vec<NameServerConfig>, String> {
    let config = |address: IpAddr, port: u16| {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut it| {
            it.port = port;
            it
        });
        NameServerConfig::new(address, true, connections.into())
    };
    if let Some(server) = resolver.server {
        return Ok(vec![config(server.ip(), server.port())]);
    }
    let text = match read_file(&resolver.system) {
        Ok(text) => text,
        // Without the file, resolver(5) asks the server on this machine.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unreadable(&resolver.system, &error)),
    };
    let system = resolv_conf::Config::parse(text)
        .map_err(|_| say!(sshfp_no_sense, file = resolver.system.display()))?;
    let servers = system.get_nameservers_or_local();
    let usable = servers.iter().filter(|it| !matches!(it, ScopedIp::V6(_, Some(_))));
    Ok(usable.take(MAX_SERVERS).map(|it| config(it.into(), 53)).collect())
}

fn anchors(resolver: &Resolver) -> Result<TrustAnchors, String> {
    let Some(path) = &resolver.anchors else { return Ok(TrustAnchors::default()) };
    let bytes = read_file(path).map_err(|error| unreadable(path, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| no_anchors(path, &say!(sshfp_not_text)))?;
    // The library ignores a last record without a line end.
    let parsed = format!("{text}\n").parse::<TrustAnchors>();
    parsed.map_err(|error| no_anchors(path, &error.to_string()))
}

fn no_anchors(path: &Path, why: &str) -> String {
    let why = text::line(why, MAX_SHOWN);
    say!(sshfp_no_anchors, file = path.display(), why)
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(std::io::Error::other(say!(sshfp_file_too_long, limit = MAX_FILE >> 10))),
        false => Ok(bytes),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    say!(sshfp_file_unreadable, file = path.display(), error = io_reason(error))
}

fn reason(error: &NetError) -> String {
    match error {
        NetError::Dns(DnsError::DnssecBogus | DnsError::Nsec { .. }) => {
            say!(sshfp_bogus)
        }
        NetError::Dns(DnsError::ResponseCode(code)) => say!(sshfp_server_says, code),
        NetError::Timeout => say!(sshfp_no_answer),
        NetError::NoConnections => say!(sshfp_no_server),
        other => text::line(&other.to_string(), MAX_SHOWN),
    }
}

/// Reads the SSHFP records of the name, or of its alias's target. A signer is given only if each
/// record and each alias on the way is proven.
fn read(name: &Name, answers: &[Record]) -> Result<Answered, String> {
    let mut owner = name.clone();
    for _ in 0..MAX_ALIASES {
        let target = answers.iter().find_map(|it| match &it.data {
            RData::CNAME(target) if it.name == owner => Some(target.0.clone()),
            _ => None,
        });
        match target {
            Some(target) => owner = target,
            None => break,
        }
    }
    let mut records = Vec::new();
    for record in answers.iter().filter(|it| it.name == owner) {
        let RData::SSHFP(data) = &record.data else { continue };
        if records.len() == MAX_RECORDS {
            return Err(say!(sshfp_too_many, limit = MAX_RECORDS));
        }
        records.push(sshfp::SshfpRecord {
            algorithm: data.algorithm.into(),
            hash: data.fingerprint_type.into(),
            fingerprint: data.fingerprint.clone(),
        });
    }
    let signer = signer(&owner, answers).filter(|_| is_proven(answers));
    Ok(Answered { signer: signer.map(Name::to_ascii), records })
}

/// Whether every record, signatures aside, is proven, and none by a wildcard's signature. A
/// wildcard says little about this host, and it would also have to be proven that no closer name
/// exists.
fn is_proven(answers: &[Record]) -> bool {
    answers.iter().all(|record| match signature(record) {
        None => record.proof.is_secure(),
        Some(signature) => {
            !record.proof.is_secure() || signature.input().num_labels >= record.name.num_labels()
        }
    })
}

/// The zone whose signature proves the owner's SSHFP records.
fn signer<'a>(owner: &Name, answers: &'a [Record]) -> Option<&'a Name> {
    let proven = answers.iter().filter(|it| it.proof.is_secure() && it.name == *owner);
    let signatures = proven.filter_map(signature);
    let mut signatures = signatures.filter(|it| it.input().type_covered == RecordType::SSHFP);
    signatures.next().map(|signature| &signature.input().signer_name)
}

fn signature(record: &Record) -> Option<&RRSIG> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => Some(signature),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_what_is_no_name_of_the_dns_are_not_asked_for() {
        let long = "a.".repeat(200);
        for host in [
            "127.0.0.1",
            "127.1",
            "10.0x1",
            "1.2.3.0xff",
            "::1",
            "fe80::1%eth0",
            "host",
            "host.",
            ".",
            "",
            "..",
            "a..b",
            "h\u{e9}.example",
            "a\\.b.example",
            "a b.example\n",
            &long,
        ] {
            assert_eq!(question(host), None, "{host:?}");
        }
        for (host, name) in [
            ("Host.Example", "host.example."),
            ("host.example.", "host.example."),
            ("4.example", "4.example."),
            ("a_b.1x.example", "a_b.1x.example."),
        ] {
            assert_eq!(question(host).map(|it| it.to_ascii()).as_deref(), Some(name));
        }
    }

    #[test]
    fn so_many_aliases_are_followed() {
        use hickory_resolver::proto::rr::rdata::{
            CNAME, SSHFP, sshfp::Algorithm, sshfp::FingerprintType,
        };
        let name = |number: usize| Name::from_ascii(format!("h{number}.")).unwrap();
        let found = |aliases: usize| {
            let alias = |at: usize| RData::CNAME(CNAME(name(at + 1)));
            let data = SSHFP::new(Algorithm::Ed25519, FingerprintType::SHA256, vec![0; 32]);
            let mut answers: Vec<Record> =
                (0..aliases).map(|at| Record::from_rdata(name(at), 1, alias(at))).collect();
            answers.push(Record::from_rdata(name(aliases), 1, RData::SSHFP(data)));
            read(&name(0), &answers).unwrap().records.len()
        };
        assert_eq!((found(MAX_ALIASES), found(MAX_ALIASES + 1)), (1, 0));
    }

    fn servers_of(text: &[u8]) -> Result<Vec<String>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let resolver = Resolver { system: file.path().to_owned(), ..Resolver::default() };
        let servers = servers(&resolver)?;
        Ok(servers.iter().map(|it| format!("{}:{}", it.ip, it.connections[0].port)).collect())
    }

    #[test]
    fn the_systems_servers_are_those_of_resolv_conf() {
        let text = b"# mine\nsearch lan\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n\
            nameserver fe80::1%eth0\noptions edns0 trust-ad\n";
        assert_eq!(servers_of(text).unwrap(), ["192.0.2.1:53", "2001:db8::1:53"]);
        let many = "nameserver 192.0.2.1\n".repeat(10);
        assert_eq!(servers_of(many.as_bytes()).unwrap().len(), MAX_SERVERS);
        assert!(!servers_of(b"").unwrap().is_empty());
        assert!(servers_of(&vec![b'#'; 70_000]).unwrap_err().contains("more than 64 KiB"));
    }
}
