//! SSHFP records from signed zones that these tests make. What DNSSEC proves counts; nothing
//! counts that an attacker on the way has changed.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "sshfp/attacks.rs"]
mod attacks;
mod lab;
#[path = "sshfp/zone.rs"]
mod zone;

use std::time::{Duration, Instant};

use attacks::{
    Attack, broken_proofs, is_sshfp, map_signatures, on_all, on_sshfp, replace, substitutions,
};
use hickory_proto::dnssec::rdata::RRSIG;
use hickory_proto::op::{Query, ResponseCode};
use hickory_proto::rr::rdata::NULL;
use hickory_proto::rr::{RData, Record, RecordType};
use russh::keys::HashAlg;
use russh::keys::ssh_key::PublicKey;
use sha1::{Digest, Sha1};
use tessh::client::host_key::{LIMIT, MAX_RECORDS, Resolver, look_up};
use tessh::trust::Sshfp;
use tessh::trust::sshfp::Agreement;
use zone::{Key, Reply, Server, World, Zone, honest, name};

const KEY: &str = include_str!("data/trust/certificates/host-ed25519.pub");

fn key() -> PublicKey {
    PublicKey::from_openssh(KEY).unwrap()
}

fn own() -> Vec<u8> {
    key().fingerprint(HashAlg::Sha256).as_bytes().to_vec()
}

/// The root and `test.` are signed, `child.test.` too; `open.test.` is not.
fn world() -> World {
    let (own, other) = (own(), vec![7; 32]);
    let sha1 = Sha1::digest(key().to_bytes().unwrap());
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
async fn an_honest_answer_gives_the_records() {
    use Agreement::{Match, Mismatch, OtherTypes};
    let server = Server::start(world(), honest);
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
    let server = Server::start(world(), honest);
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
    let server = Server::start(world(), honest);
    for host in ["127.0.0.1", "::1", "127.1", "test", "localhost", "fe80::1%lo"] {
        assert_eq!(ask(&server, host).await, Sshfp::NotLookedUp, "{host}");
    }
    assert_eq!(server.asked(), []);
}

#[tokio::test]
async fn a_broken_proof_proves_nothing() {
    for (what, attack) in broken_proofs() {
        let server = Server::start(world(), attack);
        let answer = ask(&server, "match.test").await;
        let proven = answer.is_secure_match() || answer.is_secure_mismatch();
        assert!(!proven, "{what}: {answer:?}");
        let may_be_insecure = what == "an unproven record beside it";
        assert!(may_be_insecure || matches!(answer, Sshfp::Failed { .. }), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn nobody_on_the_way_can_put_a_key_in_place() {
    for (what, attack) in substitutions() {
        let server = Server::start(world(), attack);
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
    let server = Server::start(world(), attack);
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
    let server = Server::start(world(), attack);
    let answer = ask(&server, "own.wild.test").await;
    assert_eq!(answer, found("own.wild.test", None, Agreement::Match));
    let server = Server::start(world(), honest);
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
        let server = Server::start(world(), attack);
        let answer = ask(&server, "match.test").await;
        assert!(matches!(answer, Sshfp::Failed { .. }), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn another_root_is_not_believed() {
    let server = Server::start(world(), honest);
    let other = Server::start(world(), honest);
    let foreign = Resolver { anchors: Some(other.anchors()), ..resolver(&server) };
    let published = Resolver { anchors: None, ..resolver(&server) };
    for resolver in [foreign, published] {
        let answer = look_up("match.test", &key(), &resolver).await;
        assert!(matches!(answer, Sshfp::Failed { .. }), "{answer:?}");
    }
}

#[tokio::test]
async fn an_anchor_below_the_root_vouches_for_what_is_below_it() {
    let world = world();
    let anchor = world.zone("test.").key.as_ref().unwrap().dnskey();
    let file = tempfile::NamedTempFile::new().unwrap();
    // Without a line break at the end.
    std::fs::write(file.path(), format!("; ours\ntest. IN DNSKEY {anchor}")).unwrap();
    let server = Server::start(world, honest);
    let resolver = Resolver { anchors: Some(file.path().to_owned()), ..resolver(&server) };
    for (host, signer) in [
        ("match.test", "test."),
        ("match.child.test", "child.test."),
        ("alias.test", "child.test."),
    ] {
        let answer = look_up(host, &key(), &resolver).await;
        assert_eq!(answer, found(host, Some(signer), Agreement::Match), "{host}");
    }
}

#[tokio::test]
async fn anchors_that_cannot_be_used_are_named() {
    let server = Server::start(world(), honest);
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
            "signatures by the hundred",
            on_sshfp(|_, _, reply| {
                let (records, signatures): (Vec<_>, Vec<_>) =
                    reply.answers.drain(..).partition(|it| it.record_type() == RecordType::SSHFP);
                replace(&mut reply.answers, records);
                for number in 0..400_u16 {
                    let mut more = signatures.clone();
                    map_signatures(&mut more, |old| {
                        let mut bytes = old.sig().to_vec();
                        bytes[..2].copy_from_slice(&number.to_be_bytes());
                        RRSIG::from_sig(old.input().clone(), bytes)
                    });
                    reply.answers.extend(more);
                }
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
        let server = Server::start(world(), fault);
        let resolver = Resolver { limit, ..resolver(&server) };
        let start = Instant::now();
        let answer = look_up("match.test", &key(), &resolver).await;
        assert!(start.elapsed() < LIMIT, "{what} took {:?}", start.elapsed());
        let expected = matches!(&answer, Sshfp::Failed { reason, .. }
            if !reason.is_empty() && reason.len() < 200 && !reason.contains(char::is_control));
        assert!(expected, "{what}: {answer:?}");
    }
    // A socket that is there for one other address: whoever else asks it is told that nobody is, and
    // no server of another test comes to be at this port.
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    closed.connect("127.0.0.1:9").unwrap();
    let server = Some(closed.local_addr().unwrap());
    let resolver = Resolver { server, limit, ..Resolver::default() };
    let answer = look_up("match.test", &key(), &resolver).await;
    assert!(matches!(answer, Sshfp::Failed { .. }), "{answer:?}");
}
