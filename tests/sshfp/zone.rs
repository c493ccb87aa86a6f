//! Signed DNS zones, and a server on loopback that answers from them as a resolver does: RFC
//! 4034 and 4035 with NSEC, one key for each zone.
//!
//! A test brings its fault as a function that sees each answer before it leaves and may change
//! it, replace it or hold it back.

#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use hickory_proto::dnssec::crypto::{EcdsaSigningKey, Ed25519SigningKey};
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, SigningKey, TBS};
use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, NS, SOA, SSHFP};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::lab::Hosted;

const TTL: u32 = 300;
const HOUR: u32 = 3600;
/// How far aliases are followed.
const MAX_ALIASES: usize = 8;
/// What fits into a datagram; more goes over TCP.
const DATAGRAM: usize = 1232;

pub fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

/// A zone's key, which signs everything in it.
pub struct Key(Box<dyn SigningKey>);

impl Key {
    pub fn ed25519() -> Key {
        let der = Ed25519SigningKey::generate_pkcs8().unwrap();
        Key(Box::new(Ed25519SigningKey::from_pkcs8(&der).unwrap()))
    }

    pub fn ecdsa() -> Key {
        let algorithm = Algorithm::ECDSAP256SHA256;
        let der = EcdsaSigningKey::generate_pkcs8(algorithm).unwrap();
        Key(Box::new(EcdsaSigningKey::from_pkcs8(&der, algorithm).unwrap()))
    }

    pub fn dnskey(&self) -> DNSKEY {
        // A zone key that is an entry point, too (RFC 4034 section 2.1.1).
        DNSKEY::new(true, true, false, self.0.to_public_key().unwrap())
    }

    /// Signs records of one name and type for the zone `signer`, from and until so many seconds
    /// from now.
    pub fn sign(&self, signer: &Name, records: &[Record], (from, until): (i64, i64)) -> Record {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
        let moment = |offset: i64| SerialNumber::new(u32::try_from(now + offset).unwrap());
        let owner = &records[0].name;
        let input = SigInput {
            type_covered: records[0].record_type(),
            algorithm: self.0.algorithm(),
            num_labels: owner.num_labels(),
            original_ttl: TTL,
            sig_expiration: moment(until),
            sig_inception: moment(from),
            key_tag: self.dnskey().calculate_key_tag().unwrap(),
            signer_name: signer.clone(),
        };
        let tbs = TBS::from_input(owner, DNSClass::IN, &input, records.iter()).unwrap();
        let signature = RRSIG::from_sig(input, self.0.sign(&tbs).unwrap());
        Record::from_rdata(owner.clone(), TTL, RData::DNSSEC(DNSSECRData::RRSIG(signature)))
    }
}

/// The usual time for which a signature holds.
pub const VALID: (i64, i64) = (-(HOUR as i64), HOUR as i64);

/// A zone: its records, and its key if it is signed.
pub struct Zone {
    pub apex: Name,
    pub key: Option<Key>,
    records: BTreeMap<Name, BTreeMap<RecordType, Vec<Record>>>,
}

impl Zone {
    pub fn new(apex: &str, key: Option<Key>) -> Zone {
        let mut zone = Zone { apex: name(apex), key, records: BTreeMap::new() };
        let server = name("ns.invalid.");
        let soa = SOA::new(server.clone(), name("root.invalid."), 1, 7200, 3600, 86400, 300);
        zone.add(apex, RData::SOA(soa));
        zone.add(apex, RData::NS(NS(server)));
        if let Some(key) = &zone.key {
            let dnskey = key.dnskey();
            zone.add(apex, RData::DNSSEC(DNSSECRData::DNSKEY(dnskey)));
        }
        zone
    }

    pub fn add(&mut self, owner: &str, data: RData) {
        let record = Record::from_rdata(name(owner), TTL, data);
        let types = self.records.entry(name(owner)).or_default();
        types.entry(record.record_type()).or_default().push(record);
    }

    pub fn sshfp(&mut self, owner: &str, algorithm: u8, hash: u8, fingerprint: &[u8]) {
        let data = SSHFP::new(algorithm.into(), hash.into(), fingerprint.to_vec());
        self.add(owner, RData::SSHFP(data));
    }

    pub fn alias(&mut self, owner: &str, target: &str) {
        self.add(owner, RData::CNAME(CNAME(name(target))));
    }

    /// Hands a part of the names to another zone; one that is signed is named with its key.
    pub fn delegate(&mut self, to: &Zone) {
        let apex = to.apex.to_ascii();
        self.add(&apex, RData::NS(NS(name("ns.invalid."))));
        if let Some(key) = &to.key {
            let public = key.0.to_public_key().unwrap();
            let dnskey = DNSKEY::with_flags(257, public);
            let digest = dnskey.to_digest(&to.apex, DigestType::SHA256).unwrap();
            let tag = dnskey.calculate_key_tag().unwrap();
            let digest = digest.as_ref().to_vec();
            let ds = DS::new(tag, key.0.algorithm(), DigestType::SHA256, digest);
            self.add(&apex, RData::DNSSEC(DNSSECRData::DS(ds)));
        }
    }

    /// The records of a name and type, with their signature if the zone signs them.
    pub fn signed(&self, owner: &Name, kind: RecordType) -> Vec<Record> {
        let found = self.records.get(owner).and_then(|types| types.get(&kind));
        let records = found.cloned().unwrap_or_default();
        self.with_signature(records)
    }

    fn with_signature(&self, mut records: Vec<Record>) -> Vec<Record> {
        if let (Some(key), false) = (&self.key, records.is_empty()) {
            records.push(key.sign(&self.apex, &records, VALID));
        }
        records
    }

    /// The NSEC record of the name or of the last one before it, with its signature.
    pub fn denial(&self, of: &Name) -> Vec<Record> {
        if self.key.is_none() {
            return Vec::new();
        }
        let owner = self.records.range(..=of.clone()).next_back();
        let (owner, types) = owner.expect("the apex comes first");
        let after = self.records.keys().find(|it| *it > owner).unwrap_or(&self.apex);
        let nsec = NSEC::new_cover_self(after.clone(), types.keys().copied());
        let data = RData::DNSSEC(DNSSECRData::NSEC(nsec));
        self.with_signature(vec![Record::from_rdata(owner.clone(), TTL, data)])
    }

    fn exists(&self, owner: &Name) -> bool {
        self.records.keys().any(|it| owner.zone_of(it))
    }
}

/// All zones there are.
pub struct World {
    pub zones: Vec<Zone>,
}

impl World {
    pub fn zone(&self, apex: &str) -> &Zone {
        self.zones.iter().find(|zone| zone.apex == name(apex)).unwrap()
    }

    /// The zone that a question is for: at a delegation, its DS is the parent's.
    fn zone_for(&self, query: &Query) -> &Zone {
        let is_parents = |zone: &Zone| {
            query.query_type() == RecordType::DS
                && zone.apex == *query.name()
                && !zone.apex.is_root()
        };
        let fitting =
            self.zones.iter().filter(|zone| zone.apex.zone_of(query.name()) && !is_parents(zone));
        fitting.max_by_key(|zone| zone.apex.num_labels()).expect("the root has all")
    }

    /// The honest answer.
    pub fn answer(&self, query: &Query) -> Message {
        self.follow(query, MAX_ALIASES)
    }

    fn follow(&self, query: &Query, aliases: usize) -> Message {
        let zone = self.zone_for(query);
        let mut reply = Message::query().into_response();
        reply.add_query(query.clone());
        let (owner, kind) = (query.name(), query.query_type());
        let found = zone.signed(owner, kind);
        let alias = zone.signed(owner, RecordType::CNAME);
        if !found.is_empty() {
            reply.add_answers(found);
        } else if !alias.is_empty() {
            let target = alias.iter().find_map(|it| match &it.data {
                RData::CNAME(target) => Some(target.0.clone()),
                _ => None,
            });
            reply.add_answers(alias);
            if aliases == 0 {
                return reply;
            }
            let rest = self.follow(&Query::query(target.unwrap(), kind), aliases - 1);
            reply.add_answers(rest.answers);
            reply.add_authorities(rest.authorities);
            reply.metadata.response_code = rest.metadata.response_code;
        } else if zone.exists(owner) {
            reply.add_authorities(zone.signed(&zone.apex, RecordType::SOA));
            reply.add_authorities(zone.denial(owner));
        } else {
            self.answer_missing(zone, query, &mut reply);
        }
        reply
    }

    /// What a wildcard makes of it, or that there is no such name.
    fn answer_missing(&self, zone: &Zone, query: &Query, reply: &mut Message) {
        let mut encloser = query.name().base_name();
        while !zone.exists(&encloser) {
            encloser = encloser.base_name();
        }
        let wildcard = encloser.prepend_label("*").unwrap();
        let mut expanded = zone.signed(&wildcard, query.query_type());
        for record in &mut expanded {
            record.name = query.name().clone();
        }
        if expanded.is_empty() {
            reply.metadata.response_code = ResponseCode::NXDomain;
            reply.add_authorities(zone.signed(&zone.apex, RecordType::SOA));
        } else {
            reply.add_answers(expanded);
        }
        let mut denials = zone.denial(query.name());
        if !denials.iter().any(|it| it.name == wildcard) {
            denials.extend(zone.denial(&wildcard));
        }
        let mut seen = BTreeSet::new();
        denials.retain(|it| seen.insert((it.name.clone(), it.record_type())));
        reply.add_authorities(denials);
    }
}

/// What leaves in place of an answer.
pub enum Reply {
    Message(Message),
    Bytes(Vec<u8>),
    Nothing,
}

/// A fault: is shown each question and its honest answer.
pub type Fault = dyn Fn(&World, &Query, Message) -> Reply + Send + Sync;

pub fn honest(_: &World, _: &Query, reply: Message) -> Reply {
    Reply::Message(reply)
}

/// A running server; it ends when dropped.
pub struct Server {
    pub address: SocketAddr,
    anchors: tempfile::NamedTempFile,
    asked: Arc<Mutex<Vec<(Name, RecordType)>>>,
    _hosted: Hosted,
}

impl Server {
    pub fn start(
        world: World,
        fault: impl Fn(&World, &Query, Message) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let mut anchors = tempfile::NamedTempFile::new().unwrap();
        let root = world.zone(".").key.as_ref().unwrap().dnskey();
        writeln!(anchors, ". 300 IN DNSKEY {root}").unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let source = Arc::new(Source { world, fault: Box::new(fault), asked: asked.clone() });
        let (_hosted, address) = Hosted::start(|begins| async move {
            let (udp, tcp) = sockets().await;
            begins.send(udp.local_addr().unwrap()).unwrap();
            tokio::select! {
                () = serve_udp(udp, &source) => {}
                () = serve_tcp(tcp, source.clone()) => {}
            }
        });
        Server { address, anchors, asked, _hosted }
    }

    /// A file with the root's key.
    pub fn anchors(&self) -> std::path::PathBuf {
        self.anchors.path().to_owned()
    }

    /// The names and types asked for so far.
    pub fn asked(&self) -> Vec<(Name, RecordType)> {
        self.asked.lock().unwrap().clone()
    }
}

struct Source {
    world: World,
    fault: Box<Fault>,
    asked: Arc<Mutex<Vec<(Name, RecordType)>>>,
}

impl Source {
    /// The bytes to send back, if any.
    fn reply(&self, request: &[u8]) -> Option<Vec<u8>> {
        let request = Message::from_vec(request).unwrap();
        let query = request.queries[0].clone();
        self.asked.lock().unwrap().push((query.name().clone(), query.query_type()));
        let honest = self.world.answer(&query);
        match (self.fault)(&self.world, &query, honest) {
            Reply::Nothing => None,
            Reply::Bytes(mut bytes) => {
                bytes.splice(..2.min(bytes.len()), request.id.to_be_bytes());
                Some(bytes)
            }
            Reply::Message(mut reply) => {
                reply.metadata.id = request.id;
                reply.metadata.recursion_desired = true;
                reply.metadata.recursion_available = true;
                if let Some(edns) = &request.edns {
                    reply.set_edns(edns.clone());
                }
                Some(reply.to_vec().unwrap())
            }
        }
    }
}

/// Both kinds on one port.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(socket: UdpSocket, source: &Source) {
    let mut request = [0; 4096];
    loop {
        let (length, from) = socket.recv_from(&mut request).await.unwrap();
        let Some(mut reply) = source.reply(&request[..length]) else { continue };
        if reply.len() > DATAGRAM {
            let whole = Message::from_vec(&reply);
            reply = match whole {
                Ok(whole) => whole.truncate().to_vec().unwrap(),
                Err(_) => reply[..DATAGRAM].to_vec(),
            };
        }
        let _ = socket.send_to(&reply, from).await;
    }
}

async fn serve_tcp(listener: TcpListener, source: Arc<Source>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let source = source.clone();
        tokio::spawn(async move {
            // The client may go at any time.
            let _ = converse(stream, &source).await;
        });
    }
}

async fn converse(mut stream: TcpStream, source: &Source) -> std::io::Result<()> {
    loop {
        let mut request = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut request).await?;
        if let Some(reply) = source.reply(&request) {
            stream.write_u16(u16::try_from(reply.len()).unwrap()).await?;
            stream.write_all(&reply).await?;
        }
    }
}
