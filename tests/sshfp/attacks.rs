//! What an attacker on the way can make of an answer: every fault of a proof, and every way to
//! replace a host's record.

use hickory_proto::dnssec::rdata::{DNSSECRData, RRSIG};
use hickory_proto::op::{Message, Query};
use hickory_proto::rr::rdata::{CNAME, SSHFP};
use hickory_proto::rr::{RData, Record, RecordType};

use crate::own;
use crate::zone::{Key, Reply, VALID, World, name};

/// Whether it is the answer that the attack is about.
pub fn is_sshfp(query: &Query) -> bool {
    query.query_type() == RecordType::SSHFP
}

pub fn map_signatures(records: &mut [Record], change: impl Fn(&RRSIG) -> RRSIG) {
    for record in records {
        if let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data {
            record.data = RData::DNSSEC(DNSSECRData::RRSIG(change(signature)));
        }
    }
}

pub fn replace(section: &mut Vec<Record>, records: Vec<Record>) {
    *section = records;
}

fn without_signatures(records: &mut Vec<Record>) {
    records.retain(|record| !record.record_type().is_dnssec());
}

fn sshfp_record(host: &str, fingerprint: &[u8]) -> Record {
    let data = SSHFP::new(4.into(), 2.into(), fingerprint.to_vec());
    Record::from_rdata(name(host), 300, RData::SSHFP(data))
}

pub type Attack = Box<dyn Fn(&World, &Query, Message) -> Reply + Send + Sync>;

/// An attack on the answers for SSHFP records alone.
pub fn on_sshfp(change: impl Fn(&World, &Query, &mut Message) + Send + Sync + 'static) -> Attack {
    Box::new(move |world, query, mut reply| {
        if is_sshfp(query) {
            change(world, query, &mut reply);
        }
        Reply::Message(reply)
    })
}

/// An attack on every answer.
pub fn on_all(change: impl Fn(&World, &Query, &mut Message) + Send + Sync + 'static) -> Attack {
    Box::new(move |world, query, mut reply| {
        change(world, query, &mut reply);
        Reply::Message(reply)
    })
}

/// An answer signed again and otherwise unchanged, valid from and until so many seconds from now.
fn signed_again(window: (i64, i64)) -> Attack {
    on_sshfp(move |world, _, reply| {
        let zone = world.zone("test.");
        without_signatures(&mut reply.answers);
        let signature = zone.key.as_ref().unwrap().sign(&zone.apex, &reply.answers, window);
        reply.answers.push(signature);
    })
}

/// Attacks that leave the right record in place: it must not count as proven any more.
pub fn broken_proofs() -> Vec<(&'static str, Attack)> {
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
                reply.answers.push(sshfp_record(&host, &own()));
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

/// Attacks that want the key accepted for a host whose record names another.
pub fn substitutions() -> Vec<(&'static str, Attack)> {
    let stranger = Key::ed25519();
    vec![
        (
            "another fingerprint under the signature",
            on_sshfp(|_, _, reply| {
                for record in &mut reply.answers {
                    if let RData::SSHFP(data) = &mut record.data {
                        data.fingerprint = own();
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
                let target = RData::CNAME(CNAME(name("match.test.")));
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
                let record = sshfp_record("mismatch.test.", &own());
                let signature = stranger.sign(&name("test."), std::slice::from_ref(&record), VALID);
                replace(&mut reply.answers, vec![record, signature]);
            }),
        ),
        (
            "signed by a zone below",
            on_sshfp(|world, _, reply| {
                let record = sshfp_record("mismatch.test.", &own());
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
                    replace(&mut reply.answers, vec![sshfp_record("mismatch.test.", &own())]);
                }
                reply.metadata.authentic_data = true;
            }),
        ),
    ]
}
