//! Tests of which lines are about a cluster, and of which hosts are accepted by them.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::Certificate;
use tempfile::TempDir;

use super::*;
use crate::trust::{
    Evidence, KnownHosts, Pin, Policy, Sources, Subject, Verdict, VerifyDns, decide,
};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/trust/certificates/", $name))
    };
}

const CA: &str = data!("ca-ed25519.pub");
const OTHER: &str = data!("ca-other.pub");
const RSA: &str = data!("ca-rsa.pub");
const PROXY: &str = "teleport.example.com";
/// A time within the validity of the test certificates.
const JUNE_2025: u64 = 1_748_736_000;

/// A file of authorities, with a rule for it.
struct Case {
    directory: TempDir,
    rule: ClusterRule,
}

impl Case {
    fn new(cluster: &str, lines: &str) -> Case {
        let directory = tempfile::tempdir().expect("a directory");
        let known_hosts = directory.path().join("known_hosts");
        fs::write(&known_hosts, lines).expect("written");
        let rule = ClusterRule {
            known_hosts,
            proxy: format!("{PROXY}:443"),
            cluster: cluster.to_owned(),
            principals: ["web1.example.com", "00000000-0000-0000-0000-000000000001"]
                .map(str::to_owned)
                .to_vec(),
        };
        Case { directory, rule }
    }

    fn reason(&self) -> String {
        ClusterAuthorities::load(&self.rule).expect_err("no authority").to_string()
    }

    /// The verdict on what a host shows, beside a known_hosts file that has this line.
    fn judged(&self, known: &str, offered: PublicKeyOrCertificate) -> (Evidence, Verdict) {
        let user = self.directory.path().join("user");
        fs::write(&user, known).expect("written");
        let sources = Sources { user: vec![user], ..Sources::default() };
        let cluster = ClusterAuthorities::load(&self.rule).expect("authorities");
        let known = KnownHosts::load(&sources).with_cluster(Some(cluster));
        let subject = Subject { name: "web1".into(), port: 3022, alias: false };
        let at: SystemTime = UNIX_EPOCH + Duration::from_secs(JUNE_2025);
        let evidence = known.lookup(&subject, &offered, at);
        let verdict = decide(&evidence, Policy::Ask, VerifyDns::Yes);
        (evidence, verdict)
    }
}

fn line(names: &str, key: &str) -> String {
    format!("@cert-authority {names} {} type=host\n", key.trim_end())
}

fn certificate(text: &str) -> PublicKeyOrCertificate {
    Certificate::from_openssh(text).expect("a certificate").into()
}

fn reason_of(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Reject(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_lines_of_a_cluster_are_those_with_its_name_under_its_proxy() {
    let root = "teleport.example.com,teleport.example.com,*.teleport.example.com";
    let leaf = "teleport.example.com,leaf.example.com,*.leaf.example.com";
    let elsewhere = "other.example.com,leaf.example.com,*.leaf.example.com";
    let text = [
        "# tsh\n\n".to_owned(),
        line(root, CA),
        line(root, RSA),
        line(leaf, OTHER),
        line(elsewhere, RSA),
        format!("teleport.example.com {CA}"),
        line("*", CA),
        "@cert-authority teleport.example.com,x ssh-ed25519 AAAA!\n\u{0}\n".to_owned(),
    ]
    .concat();
    for (cluster, lines) in
        [(PROXY, &[3, 4][..]), ("leaf.example.com", &[5]), ("Leaf.Example.com", &[5])]
    {
        let case = Case::new(cluster, &text);
        let found = ClusterAuthorities::load(&case.rule).expect("authorities");
        let own: Vec<usize> = found.own.iter().map(|it| it.at.line).collect();
        assert_eq!(own, lines, "{cluster}");
        assert!(found.problems.is_empty(), "{:?}", found.problems);
    }
    for proxy in ["teleport.example.com", "TELEPORT.example.com:3080"] {
        let mut case = Case::new("leaf.example.com", &text);
        case.rule.proxy = proxy.to_owned();
        assert!(ClusterAuthorities::load(&case.rule).is_ok(), "{proxy}");
    }
}

#[test]
fn without_an_authority_one_has_to_log_in() {
    let named = line("teleport.example.com,b,*.b", CA);
    let case = Case::new("a", &named);
    assert!(case.reason().contains("you are not logged in"), "{}", case.reason());
    let damaged = "@cert-authority teleport.example.com,a,*.a ssh-ed25519 AAAAC3Nz\n";
    let reason = Case::new("a", damaged).reason();
    assert!(reason.contains("known_hosts:1: "), "{reason}");
    let text = line("teleport.example.com,a,*.a", CA) + &damaged.repeat(AUTHORITIES_MAX + 1);
    let found = ClusterAuthorities::load(&Case::new("a", &text).rule).expect("an authority");
    assert_eq!(found.problems.len(), AUTHORITIES_MAX);
    let mut case = Case::new("a\u{1b}[2J", &named);
    assert!(!case.reason().contains('\u{1b}'), "{}", case.reason());
    case.rule.known_hosts = case.directory.path().join("none");
    assert!(case.reason().contains("does not exist"), "{}", case.reason());
    case.rule.known_hosts = case.directory.path().to_owned();
    assert!(case.reason().contains("is a directory"), "{}", case.reason());
    let many = line("teleport.example.com,b,*.b", CA).repeat(AUTHORITIES_MAX + 1);
    let reason = Case::new("b", &many).reason();
    assert!(reason.contains("more than 1000 authorities"), "{reason}");
    let error = ClusterAuthorities::load(&Case::new("a", "").rule).expect_err("empty");
    assert!(error.next_step().is_some_and(|it| it.contains("tessh teleport login")));
}

#[test]
fn a_host_of_a_cluster_is_accepted_by_a_certificate_of_it_and_by_nothing_else() {
    let lines = line("teleport.example.com,a,*.a", CA) + &line("teleport.example.com,b,*.b", OTHER);
    let case = Case::new("a", &lines);
    let host_key = data!("host-ed25519.pub");
    let known = format!("*,web1,[web1]:3022 {host_key}");
    let (evidence, verdict) = case.judged("", certificate(data!("good.cert")));
    assert_eq!(verdict, Verdict::Accept, "{evidence:?}");
    for (offered, expected) in [
        (data!("expired.cert"), "it expired at 20"),
        (data!("future.cert"), "it is not valid before"),
        (data!("user-type.cert"), "it is a user certificate"),
        (data!("critical.cert"), "critical options"),
        (data!("no-principal.cert"), "it has no principals"),
        (data!("wrong-principal.cert"), "00000000-0000-0000-0000-000000000001"),
        // A pattern is no name in Teleport.
        (data!("wildcard.cert"), "its principals are"),
        (data!("tampered.cert"), "signature"),
        (data!("unknown-ca.cert"), "signed it"),
    ] {
        let (_, verdict) = case.judged(&known, certificate(offered));
        let reason = reason_of(&verdict);
        let cluster = "'[web1]:3022' has not proved that it belongs to the Teleport cluster 'a'";
        assert!(reason.starts_with(cluster) && reason.contains(expected), "{reason}");
    }
    let plain = PublicKey::from_openssh(host_key).expect("a key");
    let (_, verdict) = case.judged(&known, plain.into());
    assert!(reason_of(&verdict).contains("showed no certificate"), "{verdict:?}");
    let case = Case::new("b", &lines);
    let (_, verdict) = case.judged(&known, certificate(data!("good.cert")));
    let reason = reason_of(&verdict);
    assert!(reason.contains("another cluster (teleport.example.com,a,*.a)"), "{reason}");
}

#[test]
fn revocation_and_pins_count_and_known_authorities_do_not() {
    let case = Case::new("a", &line("teleport.example.com,a,*.a", CA));
    let (_, verdict) = case.judged(&format!("@revoked * {CA}"), certificate(data!("good.cert")));
    assert!(reason_of(&verdict).contains("revoked"), "{verdict:?}");
    let case = Case::new("a", &line("teleport.example.com,a,*.a", OTHER));
    let (_, verdict) =
        case.judged(&format!("@cert-authority * {CA}"), certificate(data!("good.cert")));
    assert!(reason_of(&verdict).contains("no authority of the cluster 'a'"), "{verdict:?}");

    let case = Case::new("a", &line("teleport.example.com,a,*.a", CA));
    let (mut evidence, _) = case.judged("", certificate(data!("good.cert")));
    for (pin, expected) in [(data!("host-ed25519.pub"), true), (data!("host-rsa.pub"), false)] {
        evidence.pins = vec![Pin::parse(pin.trim_end(), "--host-key").expect("a pin")];
        let verdict = decide(&evidence, Policy::Ask, VerifyDns::No);
        assert_eq!(verdict == Verdict::Accept, expected, "{verdict:?}");
    }
    let (mut plain, _) = case.judged("", evidence.offered.clone().into());
    plain.pins = vec![Pin::parse(data!("host-ed25519.pub").trim_end(), "--host-key").expect("one")];
    let verdict = decide(&plain, Policy::No, VerifyDns::No);
    assert!(reason_of(&verdict).contains("showed no certificate"), "{verdict:?}");
}

proptest! {
    #[test]
    fn no_damage_panics(
        at in 0..400_usize,
        with in proptest::collection::vec(any::<u8>(), 0..6),
    ) {
        let mut bytes = line("teleport.example.com,a,*.a", CA).repeat(2).into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..(at + with.len() / 2).min(bytes.len()), with);
        let case = Case::new("a", "");
        fs::write(&case.rule.known_hosts, &bytes).expect("written");
        // One of the two lines is whole.
        prop_assert!(ClusterAuthorities::load(&case.rule).is_ok());
    }
}
