//! SSHFP records from signed zones of our own: what DNSSEC proves counts, and nothing that
//! somebody on the way makes of it does.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[path = "sshfp/zone.rs"]
mod zone;

use std::time::{Duration, Instant};

use hickory_proto::dnssec::rdata::{DNSSECRData, RRSIG};
use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::rdata::{NULL, SSHFP};
use hickory_proto::rr::{RData, Record, RecordType};
use russh::keys::HashAlg;
use russh::keys::ssh_key::PublicKey;
use sha1::{Digest, Sha1};
use tessh::client::sshfp::{LIMIT, MAX_RECORDS, Resolver, look_up};
use tessh::trust::Sshfp;
use tessh::trust::sshfp::Agreement;
use zone::{Key, Reply, Server, VALID, World, Zone, honest, name};

const KEY: &str = include_str!("data/trust/certificates/host-ed25519.pub");

fn key() -> PublicKey {
    PublicKey::from_openssh(KEY).unwrap()
}

fn own(key: &PublicKey) -> Vec<u8> {
    key.fingerprint(HashAlg::Sha256).as_bytes().to_vec()
}

/// The root and `test.` are signed, `child.test.` too; `open.test.` is not.
fn world(key: &PublicKey) -> World {
    let (own, other) = (own(key), vec![7; 32]);
    let sha1 = Sha1::digest(key.to_bytes().unwrap());
    let mut root = Zone::new(".", Some(Key::ecdsa()));
    let mut test = Zone::new("test.", Some(Key::ed25519()));
    let mut child = Zone::new("child.test.", Some(Key::ecdsa()));
    let mut open = Zone::new("open.test.", None);
    child.sshfp("match.child.test.", 4, 2, &own);
    open.sshfp("match.open.test.", 4, 2, &own);
    open.sshfp("mismatch.open.test.", 4, 2, &other);
    open.alias("alias.open.test.", "match.test.");
    test.delegate(&child);
    test.delegate(&open);
    test.sshfp("match.test.", 4, 2, &own);
    test.sshfp("mismatch.test.", 4, 2, &other);
    test.sshfp("both.test.", 4, 2, &own);
    test.sshfp("both.test.", 4, 2, &other);
    test.sshfp("mixed.test.", 4, 1, &sha1);
    test.sshfp("mixed.test.", 4, 2, &own);
    test.sshfp("mixed.test.", 1, 2, &other);
    test.sshfp("stale.test.", 4, 1, &sha1);
    test.sshfp("stale.test.", 4, 2, &other);
    test.sshfp("sha1.test.", 4, 1, &sha1);
    test.sshfp("types.test.", 1, 2, &other);
    test.sshfp("strange.test.", 4, 9, &own);
    test.sshfp("strange.test.", 4, 2, &own[..16]);
    test.sshfp("huge.test.", 4, 2, &vec![1; 60_000]);
    test.sshfp("*.wild.test.", 4, 2, &own);
    test.sshfp("own.wild.test.", 4, 2, &other);
    test.alias("alias.test.", "match.child.test.");
    test.alias("out.test.", "match.open.test.");
    test.alias("nowhere.test.", "missing.test.");
    test.alias("loop.test.", "pool.test.");
    test.alias("pool.test.", "loop.test.");
    for number in 0..=u8::try_from(MAX_RECORDS).unwrap() {
        test.sshfp("many.test.", 4, 2, &[number; 32]);
    }
    for number in 0..u8::try_from(MAX_RECORDS).unwrap() {
        test.sshfp("full.test.", 1, 2, &[number; 32]);
    }
    root.delegate(&test);
    World { zones: vec![root, test, child, open] }
}

fn resolver(server: &Server) -> Resolver {
    Resolver {
        server: Some(server.address),
        anchors: Some(server.anchors()),
        ..Resolver::default()
    }
}

async fn ask(server: &Server, host: &str) -> Sshfp {
    look_up(host, &key(), &resolver(server)).await
}

fn found(host: &str, signer: Option<&str>, agreement: Agreement) -> Sshfp {
    Sshfp::Found { name: format!("{host}."), signer: signer.map(str::to_owned), agreement }
}

#[tokio::test]
async fn honest_answers() {
    use Agreement::{Match, Mismatch, OtherTypes};
    let server = Server::start(world(&key()), honest);
    for (host, signer, agreement) in [
        ("match.test", Some("test."), Match),
        ("mismatch.test", Some("test."), Mismatch),
        ("both.test", Some("test."), Mismatch),
        ("mixed.test", Some("test."), Match),
        ("stale.test", Some("test."), Mismatch),
        ("types.test", Some("test."), OtherTypes),
        ("full.test", Some("test."), OtherTypes),
        ("match.child.test", Some("child.test."), Match),
        ("alias.test", Some("child.test."), Match),
        // Not proven: an unsigned zone, an alias into one, an alias from one.
        ("match.open.test", None, Match),
        ("mismatch.open.test", None, Mismatch),
        ("out.test", None, Match),
        ("alias.open.test", None, Match),
    ] {
        assert_eq!(ask(&server, host).await, found(host, signer, agreement), "{host}");
    }
    let upper = ask(&server, "MATCH.Test.").await;
    assert_eq!(upper, found("match.test", Some("test."), Match));
}

#[tokio::test]
async fn no_usable_record_is_nothing() {
    let server = Server::start(world(&key()), honest);
    for (host, ignored) in [
        ("missing.test", 0),
        ("test.test", 0),
        ("child.test", 0),
        ("missing.open.test", 0),
        ("sha1.test", 1),
        ("strange.test", 2),
        ("huge.test", 1),
    ] {
        let expected = Sshfp::Nothing { name: format!("{host}."), ignored };
        assert_eq!(ask(&server, host).await, expected, "{host}");
    }
    let many = ask(&server, "many.test").await;
    assert!(matches!(&many, Sshfp::Failed { reason, .. } if reason.contains("64")), "{many:?}");
    for host in ["loop.test", "nowhere.test"] {
        let answer = ask(&server, host).await;
        assert!(!matches!(answer, Sshfp::Found { .. }), "{host}: {answer:?}");
    }
}

#[tokio::test]
async fn addresses_and_short_names_are_not_asked_for() {
    let server = Server::start(world(&key()), honest);
    for host in ["127.0.0.1", "::1", "127.1", "test", "localhost", "fe80::1%lo"] {
        assert_eq!(ask(&server, host).await, Sshfp::NotLookedUp, "{host}");
    }
    assert_eq!(server.asked(), []);
}

/// Whether it is the answer that the attack is about.
fn is_sshfp(query: &Query) -> bool {
    query.query_type() == RecordType::SSHFP
}

fn map_signatures(records: &mut [Record], change: impl Fn(&RRSIG) -> RRSIG) {
    for record in records {
        if let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data {
            record.data = RData::DNSSEC(DNSSECRData::RRSIG(change(signature)));
        }
    }
}

fn replace(section: &mut Vec<Record>, records: Vec<Record>) {
    *section = records;
}

fn without_signatures(records: &mut Vec<Record>) {
    records.retain(|record| !record.record_type().is_dnssec());
}

fn sshfp_record(host: &str, fingerprint: &[u8]) -> Record {
    let data = SSHFP::new(4.into(), 2.into(), fingerprint.to_vec());
    Record::from_rdata(name(host), 300, RData::SSHFP(data))
}

type Attack = Box<dyn Fn(&World, &Query, Message) -> Reply + Send + Sync>;

/// An attack on the answers for SSHFP records alone.
fn on_sshfp(change: impl Fn(&World, &Query, &mut Message) + Send + Sync + 'static) -> Attack {
    Box::new(move |world, query, mut reply| {
        if is_sshfp(query) {
            change(world, query, &mut reply);
        }
        Reply::Message(reply)
    })
}

/// An attack on every answer.
fn on_all(change: impl Fn(&World, &Query, &mut Message) + Send + Sync + 'static) -> Attack {
    Box::new(move |world, query, mut reply| {
        change(world, query, &mut reply);
        Reply::Message(reply)
    })
}

/// The same answer signed again, from and until so many seconds from now.
fn signed_again(window: (i64, i64)) -> Attack {
    on_sshfp(move |world, _, reply| {
        let zone = world.zone("test.");
        without_signatures(&mut reply.answers);
        let signature = zone.key.as_ref().unwrap().sign(&zone.apex, &reply.answers, window);
        reply.answers.push(signature);
    })
}

/// Attacks that leave the right record in place: it must not count as proven any more.
fn broken_proofs() -> Vec<(&'static str, Attack)> {
    vec![
        (
            "a bit of the signature",
            on_sshfp(|_, _, reply| {
                map_signatures(&mut reply.answers, |old| {
                    let mut bytes = old.sig().to_vec();
                    bytes[10] ^= 1;
                    RRSIG::from_sig(old.input().clone(), bytes)
                });
            }),
        ),
        ("no signature at all", on_sshfp(|_, _, reply| without_signatures(&mut reply.answers))),
        (
            "an empty signature",
            on_sshfp(|_, _, reply| {
                map_signatures(&mut reply.answers, |old| {
                    RRSIG::from_sig(old.input().clone(), Vec::new())
                });
            }),
        ),
        ("expired", signed_again((-7200, -3600))),
        ("not valid yet", signed_again((3600, 7200))),
        ("validity backwards", signed_again((3600, -3600))),
        (
            "stripped, and said to be validated",
            on_all(|_, _, reply| {
                without_signatures(&mut reply.answers);
                without_signatures(&mut reply.authorities);
                reply.metadata.authentic_data = true;
            }),
        ),
        (
            "the zone said to be unsigned",
            on_all(|_, query, reply| {
                if is_sshfp(query) {
                    without_signatures(&mut reply.answers);
                } else if query.query_type() == RecordType::DS && *query.name() == name("test.") {
                    reply.answers.clear();
                    reply.authorities.retain(|it| it.record_type() == RecordType::SOA);
                }
            }),
        ),
        (
            "the zone said to be unsigned with another's proof",
            on_all(|world, query, reply| {
                if is_sshfp(query) {
                    without_signatures(&mut reply.answers);
                } else if query.query_type() == RecordType::DS && *query.name() == name("test.") {
                    reply.answers.clear();
                    reply.add_authorities(world.zone("test.").denial(&name("open.test.")));
                }
            }),
        ),
        (
            "a zone cut at the host, with another's proof",
            on_all(|world, query, reply| {
                if is_sshfp(query) {
                    without_signatures(&mut reply.answers);
                } else if *query.name() == name("match.test.") {
                    let open = world.zone("open.test.");
                    if query.query_type() == RecordType::NS {
                        let mut ns = open.signed(&open.apex, RecordType::NS);
                        ns.iter_mut().for_each(|it| it.name = query.name().clone());
                        replace(&mut reply.answers, ns);
                    } else if query.query_type() == RecordType::DS {
                        replace(&mut reply.authorities, world.zone("test.").denial(&open.apex));
                    }
                }
            }),
        ),
        ("a key of the zone's that its parent does not name", {
            let stranger = Key::ed25519();
            on_all(move |_, query, reply| {
                let apex = name("test.");
                if is_sshfp(query) {
                    without_signatures(&mut reply.answers);
                    reply.answers.push(stranger.sign(&apex, &reply.answers, VALID));
                } else if query.query_type() == RecordType::DNSKEY && *query.name() == apex {
                    let data = RData::DNSSEC(DNSSECRData::DNSKEY(stranger.dnskey()));
                    reply.answers.retain(|it| it.record_type() == RecordType::DNSKEY);
                    reply.answers.push(Record::from_rdata(apex.clone(), 300, data));
                    reply.answers.push(stranger.sign(&apex, &reply.answers, VALID));
                }
            })
        }),
        (
            "a record that the signature does not cover",
            on_sshfp(|_, query, reply| {
                let host = query.name().to_ascii();
                reply.answers.push(sshfp_record(&host, &own(&key())));
            }),
        ),
        (
            "signed by a zone that is not above it",
            on_sshfp(|world, _, reply| {
                let zone = world.zone("child.test.");
                without_signatures(&mut reply.answers);
                let signature = zone.key.as_ref().unwrap().sign(&zone.apex, &reply.answers, VALID);
                reply.answers.push(signature);
            }),
        ),
        (
            "an unproven record beside it",
            on_sshfp(|world, _, reply| {
                let open = world.zone("open.test.");
                reply.add_answers(open.signed(&name("match.open.test."), RecordType::SSHFP));
            }),
        ),
    ]
}

#[tokio::test]
async fn a_broken_proof_proves_nothing() {
    for (what, attack) in broken_proofs() {
        let server = Server::start(world(&key()), attack);
        let answer = ask(&server, "match.test").await;
        let proven = answer.is_secure_match() || answer.is_secure_mismatch();
        assert!(!proven, "{what}: {answer:?}");
        let may_be_insecure = what == "an unproven record beside it";
        assert!(may_be_insecure || matches!(answer, Sshfp::Failed { .. }), "{what}: {answer:?}");
    }
}

/// Attacks that want the key accepted for a host whose record names another.
fn substitutions() -> Vec<(&'static str, Attack)> {
    let stranger = Key::ed25519();
    vec![
        (
            "another fingerprint under the signature",
            on_sshfp(|_, _, reply| {
                for record in &mut reply.answers {
                    if let RData::SSHFP(data) = &mut record.data {
                        data.fingerprint = own(&key());
                    }
                }
            }),
        ),
        (
            "another host's records",
            on_sshfp(|world, _, reply| {
                replace(
                    &mut reply.answers,
                    world.zone("test.").signed(&name("match.test."), RecordType::SSHFP),
                );
            }),
        ),
        (
            "another host's records under this name",
            on_sshfp(|world, query, reply| {
                let mut answers =
                    world.zone("test.").signed(&name("match.test."), RecordType::SSHFP);
                answers.iter_mut().for_each(|it| it.name = query.name().clone());
                replace(&mut reply.answers, answers);
            }),
        ),
        (
            "an alias that is not signed",
            on_sshfp(|world, query, reply| {
                let target = RData::CNAME(hickory_proto::rr::rdata::CNAME(name("match.test.")));
                let mut answers = vec![Record::from_rdata(query.name().clone(), 300, target)];
                answers.extend(world.zone("test.").signed(&name("match.test."), RecordType::SSHFP));
                replace(&mut reply.answers, answers);
            }),
        ),
        (
            "another host's alias under this name",
            on_sshfp(|world, query, reply| {
                let mut answers =
                    world.zone("test.").signed(&name("alias.test."), RecordType::CNAME);
                answers.iter_mut().for_each(|it| it.name = query.name().clone());
                let child = world.zone("child.test.");
                answers.extend(child.signed(&name("match.child.test."), RecordType::SSHFP));
                replace(&mut reply.answers, answers);
            }),
        ),
        (
            "a wildcard's records",
            on_sshfp(|world, query, reply| {
                let zone = world.zone("test.");
                let mut answers = zone.signed(&name("*.wild.test."), RecordType::SSHFP);
                answers.iter_mut().for_each(|it| it.name = query.name().clone());
                replace(&mut reply.answers, answers);
            }),
        ),
        (
            "in another section",
            on_sshfp(|world, _, reply| {
                let records = world.zone("test.").signed(&name("match.test."), RecordType::SSHFP);
                reply.answers.clear();
                reply.add_additionals(records);
            }),
        ),
        (
            "signed by a stranger",
            on_sshfp(move |_, _, reply| {
                let record = sshfp_record("mismatch.test.", &own(&key()));
                let signature = stranger.sign(&name("test."), std::slice::from_ref(&record), VALID);
                replace(&mut reply.answers, vec![record, signature]);
            }),
        ),
        (
            "signed by a zone below",
            on_sshfp(|world, _, reply| {
                let record = sshfp_record("mismatch.test.", &own(&key()));
                let zone = world.zone("child.test.");
                let key = zone.key.as_ref().unwrap();
                let signature = key.sign(&zone.apex, std::slice::from_ref(&record), VALID);
                replace(&mut reply.answers, vec![record, signature]);
            }),
        ),
        (
            "unsigned, and said to be validated",
            on_all(|_, query, reply| {
                if is_sshfp(query) {
                    replace(&mut reply.answers, vec![sshfp_record("mismatch.test.", &own(&key()))]);
                }
                reply.metadata.authentic_data = true;
            }),
        ),
    ]
}

#[tokio::test]
async fn nobody_on_the_way_can_put_a_key_in_place() {
    for (what, attack) in substitutions() {
        let server = Server::start(world(&key()), attack);
        let answer = ask(&server, "mismatch.test").await;
        assert!(!answer.is_secure_match(), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn another_hosts_record_beside_its_own_is_not_the_hosts() {
    let attack = on_sshfp(|world, _, reply| {
        let more = world.zone("test.").signed(&name("match.test."), RecordType::SSHFP);
        reply.answers.splice(..0, more);
    });
    let server = Server::start(world(&key()), attack);
    let answer = ask(&server, "types.test").await;
    assert_eq!(answer, found("types.test", Some("test."), Agreement::OtherTypes));
}

/// A wildcard's records for a host that has its own, behind an unsigned zone's records: the
/// proof that the host has none of its own is missing, and nothing asks for it.
#[tokio::test]
async fn a_wildcard_does_not_stand_in_for_a_host() {
    let attack = on_sshfp(|world, query, reply| {
        let mut answers = world.zone("test.").signed(&name("*.wild.test."), RecordType::SSHFP);
        answers.iter_mut().for_each(|it| it.name = query.name().clone());
        replace(&mut reply.answers, answers);
        let open = world.zone("open.test.");
        replace(&mut reply.authorities, open.signed(&open.apex, RecordType::SOA));
    });
    let server = Server::start(world(&key()), attack);
    let answer = ask(&server, "own.wild.test").await;
    assert_eq!(answer, found("own.wild.test", None, Agreement::Match));
    let server = Server::start(world(&key()), honest);
    let answer = ask(&server, "any.wild.test").await;
    assert!(!answer.is_secure_match(), "{answer:?}");
}

#[tokio::test]
async fn that_there_is_no_record_must_be_proven() {
    let denials: Vec<(&str, Attack)> = vec![
        (
            "NXDOMAIN without proof",
            on_sshfp(|_, _, reply| {
                reply.answers.clear();
                reply.metadata.response_code = ResponseCode::NXDomain;
            }),
        ),
        ("nothing without proof", on_sshfp(|_, _, reply| reply.answers.clear())),
        (
            "NXDOMAIN with another name's proof",
            on_sshfp(|world, _, reply| {
                let zone = world.zone("test.");
                reply.answers.clear();
                reply.metadata.response_code = ResponseCode::NXDomain;
                reply.add_authorities(zone.signed(&zone.apex, RecordType::SOA));
                reply.add_authorities(zone.denial(&name("missing.test.")));
            }),
        ),
        (
            "nothing with its own proof, which says otherwise",
            on_sshfp(|world, query, reply| {
                let zone = world.zone("test.");
                reply.answers.clear();
                reply.add_authorities(zone.signed(&zone.apex, RecordType::SOA));
                reply.add_authorities(zone.denial(query.name()));
            }),
        ),
    ];
    for (what, attack) in denials {
        let server = Server::start(world(&key()), attack);
        let answer = ask(&server, "match.test").await;
        assert!(matches!(answer, Sshfp::Failed { .. }), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn another_root_is_not_believed() {
    let server = Server::start(world(&key()), honest);
    let other = Server::start(world(&key()), honest);
    let foreign = Resolver { anchors: Some(other.anchors()), ..resolver(&server) };
    let published = Resolver { anchors: None, ..resolver(&server) };
    for resolver in [foreign, published] {
        let answer = look_up("match.test", &key(), &resolver).await;
        assert!(matches!(answer, Sshfp::Failed { .. }), "{answer:?}");
    }
}

#[tokio::test]
async fn anchors_that_cannot_be_used_are_named() {
    let server = Server::start(world(&key()), honest);
    let home = tempfile::tempdir().unwrap();
    for (text, says) in [
        (Some(&b"no records here\n"[..]), "DNSKEY"),
        (Some(b". 300 IN DS 1 13 2 00\n"), "DNSKEY"),
        (Some(b"\xff\xfe"), "not text"),
        (Some(&[b';'; 70_000]), "more than 64 KiB"),
        (None, "cannot be read"),
    ] {
        let path = home.path().join("anchors");
        let _ = std::fs::remove_file(&path);
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let resolver = Resolver { anchors: Some(path), ..resolver(&server) };
        let answer = look_up("match.test", &key(), &resolver).await;
        let named = matches!(&answer, Sshfp::Failed { reason, .. } if reason.contains(says));
        assert!(named, "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_makes_no_sense_is_a_failure_in_time() {
    let faults: Vec<(&str, Attack)> = vec![
        ("silent", Box::new(|_, _, _| Reply::Nothing)),
        (
            "silent after the first answer",
            Box::new(|_, query, reply| match is_sshfp(query) {
                true => Reply::Message(reply),
                false => Reply::Nothing,
            }),
        ),
        ("empty", Box::new(|_, _, _| Reply::Bytes(Vec::new()))),
        ("64 KiB of zeros", Box::new(|_, _, _| Reply::Bytes(vec![0; 65_535]))),
        ("64 KiB of ones", Box::new(|_, _, _| Reply::Bytes(vec![0xff; 65_535]))),
        (
            "64 KiB of a record",
            on_all(|_, query, reply| {
                let data = RData::Unknown {
                    code: RecordType::Unknown(65_400),
                    rdata: NULL::with(vec![0; 65_000]),
                };
                reply.answers.push(Record::from_rdata(query.name().clone(), 300, data));
            }),
        ),
        (
            "SERVFAIL",
            on_all(|_, _, reply| {
                reply.answers.clear();
                reply.metadata.response_code = ResponseCode::ServFail;
            }),
        ),
        (
            "REFUSED",
            on_all(|_, _, reply| {
                reply.answers.clear();
                reply.metadata.response_code = ResponseCode::Refused;
            }),
        ),
        (
            "another question",
            on_all(|_, _, reply| {
                reply.queries = vec![Query::query(name("else.test."), RecordType::A)];
            }),
        ),
    ];
    let limit = Duration::from_secs(1);
    for (what, fault) in faults {
        let server = Server::start(world(&key()), fault);
        let resolver = Resolver { limit, ..resolver(&server) };
        let start = Instant::now();
        let answer = look_up("match.test", &key(), &resolver).await;
        assert!(start.elapsed() < LIMIT, "{what} took {:?}", start.elapsed());
        let expected = matches!(&answer, Sshfp::Failed { reason, .. }
            if !reason.is_empty() && reason.len() < 200 && !reason.contains(char::is_control));
        assert!(expected, "{what}: {answer:?}");
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let resolver = Resolver { server: Some(closed), limit, ..Resolver::default() };
    let answer = look_up("match.test", &key(), &resolver).await;
    assert!(matches!(answer, Sshfp::Failed { .. }), "{answer:?}");
}
