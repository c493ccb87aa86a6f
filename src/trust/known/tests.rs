//! Tests of what lookup finds in files and with certificates.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use russh::keys::ssh_key::Algorithm;
use tempfile::TempDir;

use super::index::PROBLEMS_MAX;
use super::*;
use crate::trust::file::{FILE_MAX, LINE_MAX};
use crate::trust::{pattern, store};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/trust/certificates/", $name))
    };
}

const ED25519: &str = data!("host-ed25519.pub");
const ED25519_2: &str = data!("host-revoked.pub");
const RSA: &str = data!("host-rsa.pub");
const ECDSA: &str = data!("host-ecdsa.pub");
const CA: &str = data!("ca-ed25519.pub");

/// A time within the validity of the test certificates, which are valid in 2025.
fn june_2025() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_748_736_000)
}

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text).expect("a key")
}

/// The type and base64 of a key, without its comment.
fn text(key: &str) -> &str {
    key.trim_end()
}

fn host(name: &str, port: u16) -> Subject {
    Subject { name: name.into(), port, alias: false }
}

/// The files of a test case, in a temporary directory.
struct Case {
    directory: TempDir,
    sources: Sources,
}

impl Case {
    fn new(user: &str) -> Case {
        Case::with(&[user], &[])
    }

    fn with(user: &[&str], global: &[&str]) -> Case {
        let directory = tempfile::tempdir().expect("a directory");
        let write = |(kind, index, text): (&str, usize, &str)| {
            let path = directory.path().join(format!("{kind}{index}"));
            fs::write(&path, text).expect("written");
            path
        };
        let sources = Sources {
            user: user.iter().enumerate().map(|(i, t)| write(("user", i, t))).collect(),
            global: global.iter().enumerate().map(|(i, t)| write(("global", i, t))).collect(),
            caches: Vec::new(),
        };
        Case { directory, sources }
    }

    fn lookup(&self, subject: &Subject, offered: &str) -> Evidence {
        let offered = PublicKeyOrCertificate::from(key(offered));
        KnownHosts::load(&self.sources).lookup(subject, &offered, june_2025())
    }

    fn certified(&self, subject: &Subject, certificate: &str, at: SystemTime) -> Evidence {
        let certificate = Certificate::from_openssh(certificate).expect("a certificate");
        KnownHosts::load(&self.sources).lookup(subject, &certificate.into(), at)
    }
}

/// The finding as a word, with the lines it names.
fn word(evidence: &Evidence) -> String {
    let place = |at: &FileLine| {
        format!("{}:{}", at.file.file_name().expect("a name").to_string_lossy(), at.line)
    };
    let places =
        |known: &[KnownKey]| known.iter().map(|k| place(&k.at)).collect::<Vec<_>>().join(" ");
    match &evidence.finding {
        Finding::Unknown => "unknown".to_owned(),
        Finding::OtherTypeKnown(known) => format!("other {}", places(known)),
        Finding::Changed(known) => format!("changed {}", places(known)),
        Finding::Forbidden(reason) => reason.clone(),
        Finding::Revoked(at) => format!("revoked {}", place(at)),
        Finding::Known(at) => format!("known {}", place(at)),
        Finding::Certified { at, .. } => format!("certified {}", place(at)),
    }
}

/// Looks an ED25519 key up for `h` in a file with these lines, in which `E`, `F`, `R`, `C` stand
/// for the offered key, another of its type, an RSA and an ECDSA key.
fn find(lines: &str, subject: &Subject) -> String {
    let expanded: String = lines
        .lines()
        .map(|line| {
            let (start, kind) = line.rsplit_once(' ').expect("a line with a key");
            let key = match kind {
                "E" => ED25519,
                "F" => ED25519_2,
                "R" => RSA,
                "C" => ECDSA,
                other => unreachable!("no key {other}"),
            };
            format!("{start} {}\n", text(key))
        })
        .collect();
    word(&Case::new(&expanded).lookup(subject, ED25519))
}

#[test]
fn each_finding_as_ssh_has_it() {
    for (lines, expected) in [
        ("other E", "unknown"),
        ("h E", "known user0:1"),
        ("H E", "known user0:1"),
        ("a,h,b E", "known user0:1"),
        ("* E", "known user0:1"),
        ("*,!h E", "unknown"),
        ("h F", "changed user0:1"),
        ("h R\nh C", "other user0:1 user0:2"),
        ("h R\nh F\nx F", "changed user0:2"),
        ("h F\nh R\nh E", "known user0:3"),
        ("h F\nh F", "changed user0:1 user0:2"),
        ("h E\n@revoked h E", "revoked user0:2"),
        ("@revoked * E\nh E", "revoked user0:1"),
        ("@revoked other E\nh E", "known user0:2"),
        ("@revoked h F\nh E", "known user0:2"),
        ("@revoked h F", "unknown"),
        ("@cert-authority h E", "unknown"),
        ("@cert-authority h F", "unknown"),
    ] {
        assert_eq!(find(lines, &host("h", 22)), expected, "{lines}");
    }
}

#[test]
fn other_ports_have_their_own_entries() {
    for (lines, expected) in [
        ("[h]:2222 E", "known user0:1"),
        ("[h]:* E", "known user0:1"),
        ("[h]:2223 E", "unknown"),
        ("[h]:2222 F", "changed user0:1"),
        // An entry without the port can confirm a key, but a different key there does not count as
        // changed.
        ("h E", "known user0:1"),
        ("h F", "unknown"),
        ("h R", "unknown"),
        ("h F\nh E", "known user0:2"),
        ("[h]:2222 F\nh E", "changed user0:1"),
        ("[h]:2222 R\nh E", "other user0:1"),
        ("@cert-authority [h]:2222 F\nh E", "known user0:2"),
        ("@revoked h E\n[h]:2222 E", "revoked user0:1"),
    ] {
        assert_eq!(find(lines, &host("h", 2222)), expected, "{lines}");
    }
    assert_eq!(find("[h]:22 E", &host("h", 22)), "unknown");
    assert_eq!(find("[::1]:2222 E", &host("::1", 2222)), "known user0:1");
    assert_eq!(find("h E", &host("H", 22)), "known user0:1");
}

#[test]
fn an_alias_is_used_bare_whatever_the_port() {
    let alias = Subject { name: "h".into(), port: 2222, alias: true };
    assert_eq!(find("h E", &alias), "known user0:1");
    assert_eq!(find("h F", &alias), "changed user0:1");
    assert_eq!(find("[h]:2222 E", &alias), "unknown");
}

#[test]
fn hashed_names_are_found_by_hash() {
    let field = pattern::hash_field(&[3; 20], "[h]:2222");
    let lines = format!("{field} E");
    assert_eq!(find(&lines, &host("H", 2222)), "known user0:1");
    assert_eq!(find(&lines, &host("h", 22)), "unknown");
    assert_eq!(find(&format!("@revoked {field} E"), &host("h", 2222)), "revoked user0:1");
}

#[test]
fn files_are_searched_in_order_and_revoked_wins_from_any() {
    let entry = |start: &str, key: &str| format!("{start} {}\n", text(key));
    let case = Case::with(
        &[&entry("h", ED25519_2), &entry("# comment\n\nh", ED25519)],
        &[&entry("h", ED25519)],
    );
    assert_eq!(word(&case.lookup(&host("h", 22), ED25519)), "known user1:3");
    let case = Case::with(&[&entry("h", ED25519)], &[&entry("@revoked *", ED25519)]);
    assert_eq!(word(&case.lookup(&host("h", 22), ED25519)), "revoked global0:1");
    assert_eq!(case.lookup(&host("h", 22), ED25519).searched.len(), 2);
}

#[test]
fn bad_lines_are_reported_and_stop_nothing() {
    let damaged = format!("h {}", &text(ED25519)[..60]);
    let long = "x".repeat(LINE_MAX + 1);
    let text = format!("junk\n\u{0}\u{1}\u{2} a b\n{damaged}\n{long}\nh {}", text(ED25519));
    let evidence = Case::new(&text).lookup(&host("h", 22), ED25519);
    assert_eq!(word(&evidence), "known user0:5");
    let mut lines: Vec<_> = evidence.problems.iter().map(|p| p.line.expect("a line")).collect();
    lines.sort_unstable();
    assert_eq!(lines, [1, 2, 3, 4]);
    let shown = evidence.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(shown.contains("user0:4: the line has more than 64 KiB"), "{shown}");
}

#[test]
fn a_damaged_line_about_another_host_costs_nothing() {
    let damaged = format!("x {}", &text(ED25519)[..60]);
    assert!(Case::new(&damaged).lookup(&host("h", 22), ED25519).problems.is_empty());
}

#[test]
fn a_file_of_junk_makes_a_bounded_list() {
    let evidence = Case::new(&"junk\n".repeat(10_000)).lookup(&host("h", 22), ED25519);
    assert_eq!(evidence.problems.len(), PROBLEMS_MAX + 1);
}

#[test]
fn of_a_line_four_bytes_are_kept_besides_the_text() {
    let case = Case::new(&"h t AA\n".repeat(100_000));
    let known = KnownHosts::load(&case.sources);
    assert_eq!(known.files[0].starts.len(), 100_000);
    assert_eq!(size_of_val(&known.files[0].starts[0]), 4);
}

#[test]
fn lines_have_their_numbers_wherever_they_are() {
    let line = |host: &str| format!("{host} {}\n", text(ED25519));
    let hashed = store::line(&host("h", 22), &key(RSA), true).expect("a line");
    let all = format!(
        "# c\n\n \t{}junk\n{hashed}{}@revoked  {}",
        line("h"),
        line("x,H"),
        format_args!("h {}", text(ECDSA)),
    );
    let case = Case::new(&all);
    let [keys, _, revoked] = KnownHosts::load(&case.sources).lines(&host("h", 22));
    let numbers = |list: &[KnownKey]| list.iter().map(|it| it.at.line).collect::<Vec<_>>();
    assert_eq!((numbers(&keys), numbers(&revoked)), (vec![3, 5, 6], vec![7]));
}

#[test]
fn a_pipe_that_gives_nothing_is_a_problem_and_one_that_is_written_counts_each_time() {
    let mut case = Case::new("");
    let pipes = ["silent", "written"].map(|name| case.directory.path().join(name));
    for pipe in &pipes {
        let made = std::process::Command::new("mkfifo").arg(pipe).status();
        assert!(made.expect("mkfifo").success());
    }
    case.sources.user = pipes.to_vec();
    let (to, written) = (pipes[1].clone(), format!("h {}", text(ED25519)));
    let writer = std::thread::spawn(move || fs::write(to, written));
    for _ in 0..2 {
        let evidence = case.lookup(&host("h", 22), ED25519);
        assert_eq!(word(&evidence), "known written:1");
        let problem = evidence.problems.first().expect("one");
        assert!(problem.line.is_none() && problem.reason.contains("nobody writes to"), "{problem}");
    }
    writer.join().expect("joined").expect("written");
}

#[test]
fn missing_files_are_empty_and_directories_are_a_problem() {
    let mut case = Case::new(&format!("h {}", text(ED25519)));
    case.sources.user.insert(0, case.directory.path().join("missing"));
    case.sources.user.insert(0, case.directory.path().to_owned());
    case.sources.user.push(case.directory.path().join("user0/below-a-file"));
    let evidence = case.lookup(&host("h", 22), ED25519);
    assert_eq!(word(&evidence), "known user0:1");
    let whole: Vec<_> = evidence.problems.iter().filter(|p| p.line.is_none()).collect();
    assert_eq!(whole.len(), 2, "{whole:?}");
    assert_eq!(whole[0].reason, "is a directory");
}

#[test]
fn a_file_beyond_the_limit_is_a_problem() {
    let case = Case::new("");
    let file = fs::File::options().write(true).open(&case.sources.user[0]).expect("opened");
    file.set_len(FILE_MAX as u64 + 1).expect("a sparse file");
    let evidence = case.lookup(&host("h", 22), ED25519);
    assert!(evidence.problems[0].line.is_none());
    assert!(evidence.problems[0].reason.contains("64 MiB"));
}

#[test]
fn known_types_are_listed_once_in_order_without_revoked_keys() {
    let lines = format!(
        "h {r}\nh {e}\n@revoked h {f}\nh {f}\nh {r}\n@cert-authority *.example.com {ca}\n",
        r = text(RSA),
        e = text(ECDSA),
        f = text(ED25519),
        ca = text(CA)
    );
    let known = KnownHosts::load(&Case::new(&lines).sources);
    let types = known.known_types(&host("h", 22));
    let names: Vec<_> = types.keys.iter().map(Algorithm::as_str).collect();
    assert_eq!(names, ["ssh-rsa", "ecdsa-sha2-nistp256"]);
    assert!(!types.authority);
    let types = known.known_types(&host("web.example.com", 2222));
    assert!(types.keys.is_empty() && types.authority);
    assert_eq!(known.known_types(&host("h", 2222)).keys.len(), 2, "found without the port");
}

/// The authorities of the certificate cases, for every host of example.com.
fn authorities() -> Case {
    let authority = |key: &str| format!("@cert-authority *.example.com {}\n", text(key));
    let lines = [
        authority(CA),
        authority(data!("ca-rsa.pub")),
        authority(data!("ca-ecdsa.pub")),
        authority(data!("ca-revoked.pub")),
        format!("@revoked * {}\n", text(data!("ca-revoked.pub"))),
        format!("@revoked * {}\n", text(data!("host-revoked.pub"))),
    ];
    Case::new(&lines.concat())
}

#[test]
fn good_certificates_certify() {
    let case = authorities();
    for (certificate, line) in [
        (data!("good.cert"), 1),
        (data!("wildcard.cert"), 1),
        (data!("good-rsa.cert"), 1),
        (data!("good-ecdsa.cert"), 1),
        (data!("good-ca-ecdsa.cert"), 3),
        (data!("forever.cert"), 1),
        (data!("ca-rsa-sha2-256.cert"), 2),
        (data!("ca-rsa-sha2-512.cert"), 2),
    ] {
        for port in [22, 2222] {
            let evidence =
                case.certified(&host("web1.example.com", port), certificate, june_2025());
            assert_eq!(word(&evidence), format!("certified user0:{line}"));
            assert_eq!(evidence.certificate_fault, None);
            assert!(evidence.certificate.is_some());
        }
    }
}

#[test]
fn each_fault_is_named_and_the_key_rules_follow() {
    let case = authorities();
    for (certificate, fault) in [
        (data!("expired.cert"), "it expired at 2020-01-02T00:00:00Z (now 2025-06-01T00:00:00Z)"),
        (data!("future.cert"), "it is not valid before 2099-01-01T00:00:00Z (now 2025-"),
        (
            data!("wrong-principal.cert"),
            "its principals are db1.example.com, db2.example.com, not web1.example.com",
        ),
        (data!("no-principal.cert"), "it has no principals, and so is for no host"),
        (data!("user-type.cert"), "it is a user certificate"),
        (data!("critical.cert"), "unknown critical options: only-on-mondays@example.com"),
        (data!("ca-rsa-sha1.cert"), "signed it with SHA-1"),
        (data!("tampered.cert"), "the signature is not one of the authority SHA256:"),
        (data!("unknown-ca.cert"), "no authority that covers 'web1.example.com' signed it"),
    ] {
        let evidence = case.certified(&host("web1.example.com", 22), certificate, june_2025());
        let found = evidence.certificate_fault.clone().expect("a fault");
        assert!(found.contains(fault), "{found} should say {fault}");
        assert_eq!(word(&evidence), "unknown", "{fault}");
        assert_eq!(evidence.offered.key_data(), key(ED25519).key_data());
    }
}

#[test]
fn validity_is_from_the_first_second_to_before_the_last() {
    let case = authorities();
    for (second, holds) in [
        (1_735_689_599, false),
        (1_735_689_600, true),
        (1_767_225_599, true),
        (1_767_225_600, false),
    ] {
        let at = UNIX_EPOCH + Duration::from_secs(second);
        let evidence = case.certified(&host("web1.example.com", 22), data!("good.cert"), at);
        assert_eq!(evidence.certificate_fault.is_none(), holds, "{second}");
    }
    let before_1970 = UNIX_EPOCH - Duration::from_secs(1);
    let evidence = case.certified(&host("web1.example.com", 22), data!("good.cert"), before_1970);
    assert_eq!(word(&evidence), "unknown");
}

#[test]
fn revoked_keys_and_authorities_are_revoked_in_certificates_too() {
    let case = authorities();
    let subject = host("web1.example.com", 22);
    let by_authority = case.certified(&subject, data!("revoked-ca.cert"), june_2025());
    assert_eq!(word(&by_authority), "revoked user0:5");
    let by_key = case.certified(&subject, data!("revoked-key.cert"), june_2025());
    assert_eq!(word(&by_key), "revoked user0:6");
}

#[test]
fn a_faulty_certificate_leaves_the_certified_key_to_the_key_rules() {
    let subject = host("web1.example.com", 22);
    for (lines, expected) in [
        (format!("web1.example.com {}", text(ED25519)), "known user0:1"),
        (format!("web1.example.com {}", text(ED25519_2)), "changed user0:1"),
        (format!("web1.example.com {}", text(RSA)), "other user0:1"),
        // An authority's key on a line without marker is a plain host key, not an authority.
        (format!("web1.example.com {}", text(CA)), "changed user0:1"),
    ] {
        // Without an authority that covers the host, certificates do not count.
        let evidence = Case::new(&lines).certified(&subject, data!("good.cert"), june_2025());
        assert_eq!(word(&evidence), expected);
        assert_eq!(evidence.certificate_fault, None);
        let lines = format!("{lines}\n@cert-authority * {}", text(data!("ca-other.pub")));
        let evidence = Case::new(&lines).certified(&subject, data!("good.cert"), june_2025());
        assert_eq!(word(&evidence), expected);
        assert!(evidence.certificate_fault.is_some());
    }
}

#[test]
fn an_authority_covers_its_own_hosts_only() {
    let lines = format!("@cert-authority *.example.org,!web1.example.org {}", text(CA));
    for name in ["web1.example.com", "web1.example.org"] {
        let evidence =
            Case::new(&lines).certified(&host(name, 22), data!("good.cert"), june_2025());
        assert_eq!(word(&evidence), "unknown");
        assert!(evidence.authorities.is_empty());
    }
}

/// Expects what ssh 10.6 answers: patterns match the whole name in lower case, with regard to case.
#[test]
fn a_principal_may_be_a_pattern() {
    let lines = format!("@cert-authority * {}", text(CA));
    for (name, holds) in [
        ("web1.example.com", true),
        ("WEB1.Example.COM", true),
        ("a.b.example.com", true),
        ("example.com", false),
        ("web1.example.com.net", false),
    ] {
        let case = Case::new(&lines);
        let evidence = case.certified(&host(name, 2222), data!("wildcard.cert"), june_2025());
        assert_eq!(evidence.certificate_fault.is_none(), holds, "{name}");
    }
}

#[test]
fn an_alias_is_the_principal_asked_for() {
    let lines = format!("@cert-authority web1 {}", text(CA));
    let alias = Subject { name: "web1".into(), port: 2222, alias: true };
    let evidence = Case::new(&lines).certified(&alias, data!("good.cert"), june_2025());
    assert_eq!(word(&evidence), "certified user0:1");
}

proptest! {
    #[test]
    fn any_bytes_can_be_searched(
        junk in proptest::collection::vec(any::<u8>(), 0..2000),
        at in 0_usize..200,
    ) {
        let case = Case::new("");
        let mut text = format!("@revoked h,!x* {}\nh {}\n", text(ED25519_2), text(ED25519))
            .into_bytes();
        let at = at.min(text.len());
        text.splice(at..at, junk);
        fs::write(&case.sources.user[0], text).expect("written");
        case.lookup(&host("h", 2222), ED25519);
    }

    #[test]
    fn lines_of_the_right_shape_can_be_searched(
        lines in proptest::collection::vec("(@revoked |@cert-authority )?[h*?!,|1=\\[\\]: ]{0,9} ssh-(rsa|ed25519) AAAA[A-Za-z0-9+/]{0,80}={0,2}", 0..20)
    ) {
        let case = Case::new(&lines.join("\n"));
        case.lookup(&host("h", 22), ED25519);
        KnownHosts::load(&case.sources).known_types(&host("h", 1));
    }
}

#[test]
fn a_large_file_is_searched_whole_and_told_in_order() {
    let mut lines: Vec<String> =
        (0..20_000).map(|n| format!("host{n} {}", text(ED25519_2))).collect();
    let last = lines.len() - 1;
    for at in [0, 4_999, 5_000, 9_999, 10_000, last] {
        lines[at] = format!("h {}", text(ED25519_2));
    }
    let salt = [7; pattern::HASH_LEN];
    lines[15_000] = format!("{} {}", pattern::hash_field(&salt, "[h]:2222"), text(ED25519));
    let case = Case::new(&(lines.join("\n") + "\n"));
    let places = "user0:1 user0:5000 user0:5001 user0:10000 user0:10001 user0:20000";
    assert_eq!(word(&case.lookup(&host("h", 22), ED25519)), format!("changed {places}"));
    assert_eq!(word(&case.lookup(&host("h", 2222), ED25519)), "known user0:15001");
}

#[test]
fn what_is_added_after_a_search_is_found() {
    let mut known = KnownHosts::load(&Case::new("").sources);
    let offered = PublicKeyOrCertificate::from(key(ED25519));
    let look =
        |known: &KnownHosts, port| word(&known.lookup(&host("h", port), &offered, june_2025()));
    assert_eq!(look(&known, 22), "unknown");
    known.add_output("/printed", format!("h {ED25519}").into_bytes());
    assert_eq!(look(&known, 22), "known printed:1");
    assert_eq!(look(&known, 2222), "known printed:1");
}

#[test]
fn putty_s_cache_is_searched_after_the_files_and_named_with_its_lines() {
    let cache = Path::new("tests/data/putty/sshhostkeys");
    let lines = fs::read_to_string("tests/data/putty/sshhostkeys.known_hosts").expect("lines");
    let ed25519 = lines.lines().nth(4).expect("a line").split_once(' ').expect("a key").1;
    let mut case = Case::new("");
    case.sources.caches.push(cache.to_owned());
    let subject = host("127.0.0.1", 42215);
    let Finding::Known(at) = case.lookup(&subject, ed25519).finding else { panic!("not found") };
    assert_eq!(at, FileLine { file: cache.to_owned(), line: 5 });
    let Finding::Changed(known) = case.lookup(&subject, ED25519).finding else { panic!("found") };
    assert_eq!(known[0].at, at);
    let types = KnownHosts::load(&case.sources).known_types(&subject);
    assert_eq!(types.keys, [Algorithm::Ed25519]);
    let at_22 = case.directory.path().join("cache");
    let moved = fs::read_to_string(cache).expect("a cache").replace("@42215:", "@22:");
    fs::write(&at_22, moved).expect("written");
    let other = Case::new("");
    let sources = Sources { caches: vec![at_22], ..other.sources };
    let known = KnownHosts::load(&sources).lookup(&subject, &key(ed25519).into(), june_2025());
    assert!(matches!(known.finding, Finding::Unknown), "{:?}", known.finding);
    // Another port is another host, and a file of the user's that has the key comes first.
    let other = case.lookup(&host("127.0.0.1", 22), ed25519).finding;
    assert!(matches!(other, Finding::Unknown), "{other:?}");
    fs::write(&case.sources.user[0], format!("[127.0.0.1]:42215 {ed25519}\n")).expect("written");
    let Finding::Known(at) = case.lookup(&subject, ed25519).finding else { panic!("not found") };
    assert_eq!(at.file, case.sources.user[0]);
}

#[test]
fn a_line_that_is_repeated_without_end_is_kept_so_often() {
    let many = format!("h {}\n", text(ED25519)).repeat(REPEATED_MAX + 5);
    let case = Case::new(&format!("{many}h {}\n", text(ED25519_2)));
    let [keys, ..] = KnownHosts::load(&case.sources).lines(&host("h", 22));
    assert_eq!(keys.len(), REPEATED_MAX + 1);
    assert_eq!(keys[REPEATED_MAX].at.line, REPEATED_MAX + 6, "another key is never left out");
}
