//! Whom PuTTY, WinSCP and Teleport trust, with a real server: PuTTY's host key cache and its
//! authorities, another name for the host, and hosts of a Teleport cluster.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lab::{Home, Output, Setup, Sshd, USER, arg, tool};
use tessh::client::algorithms::Lists;
use tessh::client::deadline::Budget;
use tessh::client::handshake::{TransportOptions, verify};
use tessh::client::host_key::{DnsCheck, HostPolicy, SettledKey};
use tessh::client::stream::{Route, connect};
use tessh::config::{AddressFamily, UpdateHostKeys};
use tessh::error::Error;
use tessh::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion, Notice, Prompt,
};
use tessh::secret::Secret;
use tessh::trust::{ClusterRule, Policy, Requirements, Sources, Subject, cache_entry};

/// A person who is asked nothing, and notes what is said.
#[derive(Default)]
struct Witness(Mutex<Vec<String>>);

impl Prompt for Witness {
    fn host_key(&self, _: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        self.0.lock().unwrap().push("asked".to_owned());
        Answer::Given(HostKeyAnswer::Record)
    }

    fn secret(&self, _: &str) -> Answer<Secret> {
        Answer::CannotAsk
    }

    fn login(&self, _: LoginQuestion) -> Answer<LoginAnswer> {
        Answer::CannotAsk
    }

    fn challenge(&self, _: Challenge) -> Answer<Vec<Secret>> {
        Answer::CannotAsk
    }

    fn notice(&self, notice: Notice<'_>) {
        let (Notice::Banner(text) | Notice::Warning(text) | Notice::Error(text)) = notice;
        self.0.lock().unwrap().push(text.to_owned());
    }
}

/// A policy for the server that takes any new key and writes it into `home`.
fn policy(home: &Home, sshd: &Sshd) -> HostPolicy {
    HostPolicy {
        subject: Subject { name: "127.0.0.1".to_owned(), port: sshd.port(), alias: false },
        shown: "the server".to_owned(),
        sources: Sources { user: vec![home.path("known_hosts")], ..Sources::default() },
        policy: Policy::Ask,
        hash: false,
        command: None,
        revoked: Vec::new(),
        authorities: None,
        authority_places: Vec::new(),
        cluster: None,
        requirements: Requirements::default(),
        pins: Vec::new(),
        update: UpdateHostKeys::Yes,
        any_at_loopback: true,
        visual: false,
        dns: DnsCheck::default(),
        first_seen: None,
        settled: SettledKey::default(),
    }
}

/// Verifies the server; returns what was said, or the error in one line.
async fn verified(sshd: &Sshd, policy: HostPolicy) -> Result<Vec<String>, Error> {
    let address = SocketAddr::from(([127, 0, 0, 1], sshd.port()));
    let route = Route {
        host: address.ip().to_string(),
        port: address.port(),
        family: AddressFamily::Any,
        bind: None,
        bind_interface: None,
        tcp_keep_alive: false,
        class: None,
        attempts: 1,
        proxy: None,
    };
    let stream = connect(&route, Budget::start(None), &|| {}).await.unwrap();
    let options = TransportOptions {
        lists: Lists::default(),
        warn_weak_crypto: false,
        rekey_bytes: None,
        rekey_time: None,
        alive_interval: None,
        alive_count_max: 3,
        version_addendum: None,
        is_subsystem: false,
    };
    let witness = Arc::new(Witness::default());
    let person: Arc<dyn Prompt> = witness.clone();
    verify(stream, policy, &options, Budget::start(None), person).await?;
    let said = witness.0.lock().unwrap().clone();
    Ok(said)
}

/// A cache of PuTTY with this key of the server.
fn cache(home: &Home, sshd: &Sshd, name: &str, port: u16, key: &str) -> PathBuf {
    let key = tessh::trust::authority::read_key(&sshd.public(key)).unwrap();
    let (name, data) = cache_entry(name, port, &key).unwrap();
    home.write("sshhostkeys", &format!("rsa2@22:elsewhere 0x3,0x5\n{name} {data}\n"))
}

fn blob(public: &str) -> &str {
    public.split(' ').nth(1).unwrap().trim_end()
}

fn record(public: &str, validity: &str) -> String {
    format!("PublicKey={}\nValidity={validity}\nPermitRSASHA1=0\n", blob(public))
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_key_in_putty_s_cache_is_known_and_another_one_is_a_change() {
    let sshd = Sshd::start(&[]);
    let home = Home::new();
    let path = cache(&home, &sshd, "127.0.0.1", sshd.port(), "host_ed25519.pub");
    let before = fs::read(&path).unwrap();
    let mut policy = policy(&home, &sshd);
    policy.any_at_loopback = false;
    policy.sources.caches.push(path.clone());
    assert_eq!(verified(&sshd, policy.clone()).await.unwrap(), Vec::<String>::new());

    let other = cache(&home, &sshd, "127.0.0.1", sshd.port(), "user_ca.pub");
    policy.policy = Policy::Yes;
    let refusal = verified(&sshd, policy.clone()).await.unwrap_err().to_string();
    let place = format!("{}:2", arg(&other));
    assert!(refusal.contains("key changed") && refusal.contains(&place), "{refusal}");

    // The new key goes into known_hosts, not into PuTTY's cache, and is known from then on.
    policy.policy = Policy::Ask;
    let changed = fs::read(&path).unwrap();
    assert_ne!(changed, before);
    let said = verified(&sshd, policy.clone()).await.unwrap();
    assert_eq!(said[0], "asked");
    assert_eq!(fs::read(&path).unwrap(), changed);
    assert!(home.read("known_hosts").starts_with("[127.0.0.1]:"));
    policy.policy = Policy::Yes;
    assert_eq!(verified(&sshd, policy).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_cached_key_does_not_make_up_for_a_certificate_that_fails() {
    let expired = ["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"];
    let setup = Setup::new();
    let line = setup.host_certificate("host_ca", &expired);
    let sshd = setup.start(&[&line]);
    let home = Home::new();
    let path = cache(&home, &sshd, "127.0.0.1", sshd.port(), "host_ed25519.pub");
    // PuTTY accepts the certificate itself once a person has.
    let certificate = sshd.public("host_ed25519-cert.pub");
    let port = sshd.port();
    let certified = format!("opensshcert-ssh-ed25519@{port}:127.0.0.1 {}\n", blob(&certificate));
    fs::write(&path, home.read("sshhostkeys") + &certified).unwrap();
    fs::create_dir(home.path("sshhostcas")).unwrap();
    home.write("sshhostcas/ours", &record(&sshd.public("host_ca.pub"), "127.0.0.1"));
    let mut policy = policy(&home, &sshd);
    policy.any_at_loopback = false;
    policy.sources.caches.push(path);
    policy.authority_places.push(home.path("sshhostcas"));
    for strict in [Policy::Yes, Policy::AcceptNew, Policy::No] {
        policy.policy = strict;
        let refusal = verified(&sshd, policy.clone()).await.unwrap_err().to_string();
        assert!(refusal.contains("it expired at 2020-0"), "{strict:?}: {refusal}");
    }
    assert!(!home.path("known_hosts").exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn putty_s_authorities_count_everywhere_if_the_settings_say_so() {
    let setup = Setup::new();
    let line = setup.host_certificate("host_ca", &["-h", "-n", "127.0.0.1,inner.example.org"]);
    let sshd = setup.start(&[&line]);
    let home = Home::new();
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let connect = |options: &[&str]| {
        let fixed = ["-i", arg(&key), "-o", "BatchMode=yes"];
        home.connect(&sshd, &[&fixed, options].concat(), &["echo in"]).output()
    };
    let authority = sshd.public("host_ca.pub");
    fs::create_dir_all(home.path(".putty/sshhostcas")).unwrap();
    fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    home.write(".putty/sshhostcas/ours", &record(&authority, "127.0.0.1"));
    home.write(".putty/sshhostcas/bad", "Validity=*\n");
    connect(&[]).expect_failure(&["host key is known for"]);
    home.write(".config/tessh/config.toml", "[putty]\nauthorities = true\n");
    let output = connect(&[]);
    output.expect_code(0);
    assert!(output.stderr.contains("sshhostcas/bad:1: PublicKey is missing"), "{output:#?}");
    fs::remove_file(home.path(".putty/sshhostcas/bad")).unwrap();
    connect(&[]).expect_quiet_success();
    let verbose = connect(&["-v"]).stderr;
    assert!(verbose.contains("sshhostcas/ours:1"), "{verbose}");

    // In a .reg file, for another name of the host.
    home.write(".putty/sshhostcas/ours", &record(&authority, "127.0.0.1 && port:22"));
    let export = format!(
        "REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\SshHostCAs\\ours]\n\
         \"PublicKey\"=\"{}\"\n\"Validity\"=\"inner.example.org && port:22\"\n",
        blob(&authority)
    );
    home.write("export.reg", &export);
    let settings = "[putty]\nauthorities = true\nfiles = [\"~/export.reg\"]\n";
    home.write(".config/tessh/config.toml", settings);
    connect(&[]).expect_failure(&["host key is known for"]);
    let session = format!(
        "host = '127.0.0.1'\nport = {}\nuser = '{USER}'\nmethod = 'publickey'\n\
         identity = '{}'\nhost_key_name = 'Inner.example.org'\n",
        sshd.port(),
        arg(&key)
    );
    home.write(".config/tessh/sessions/inner.toml", &session);
    let inner = |options: &[&str]| {
        let words = [&["-o", "BatchMode=yes"], options, &["inner", "echo in"]].concat();
        home.tessh(&words).output()
    };
    inner(&[]).expect_quiet_success();
    inner(&["-o", "HostKeyAlias=other"]).expect_failure(&["other"]);
    home.write(".config/tessh/sessions/inner.toml", &session.replace(".org'", ".org:0'"));
    inner(&[]).expect_failure(&["host_key_name", "name:port"]);
}

/// A home with a session of PuTTY's, `lab one`, that logs in to the server.
struct PuttyHome {
    home: Home,
    port: u16,
}

impl PuttyHome {
    fn new(sshd: &Sshd, host: &str, more: &str) -> PuttyHome {
        let home = Home::new();
        let key = home.key("id", &["ed25519"], "");
        sshd.authorize(&key, "");
        let ppk = home.path("id.ppk");
        tool("/usr/bin/puttygen", &[arg(&key), "-o", arg(&ppk)]);
        fs::create_dir_all(home.path(".putty/sessions")).unwrap();
        fs::create_dir_all(home.path(".putty/sshhostcas")).unwrap();
        let port = sshd.port();
        let session = format!(
            "Present=1\nHostName={host}\nProtocol=ssh\nPortNumber={port}\nUserName={USER}\n\
             PublicKeyFile={}\n{more}",
            arg(&ppk)
        );
        home.write(".putty/sessions/lab%20one", &session);
        PuttyHome { home, port }
    }

    fn cached(self, sshd: &Sshd, name: &str, port: u16, key: &str) -> PuttyHome {
        let path = cache(&self.home, sshd, name, port, key);
        fs::rename(path, self.home.path(".putty/sshhostkeys")).unwrap();
        self
    }

    /// The authority's record, for these hosts.
    fn trusting(self, sshd: &Sshd, validity: &str) -> PuttyHome {
        let text = record(&sshd.public("host_ca.pub"), validity);
        self.home.write(".putty/sshhostcas/ours", &text);
        self
    }

    /// What tessh and plink do, `a` or `x` each, and what tessh says. Neither writes anything.
    fn ask(&self) -> (String, String) {
        let files =
            || ["sshhostkeys", "sshhostcas/ours"].map(|it| self.home.path(".putty").join(it));
        let before = files().map(|file| fs::read(file).ok());
        let tessh = self.home.tessh(&["-o", "BatchMode=yes", "lab one", "echo in"]).output();
        let plink = Path::new("/usr/bin/plink");
        let plink = self.home.run(plink, &["-batch", "-load", "lab one", "echo in"]).output();
        let letter = |output: &Output| match (output.status.code(), output.text().trim_end()) {
            (Some(0), "in") => 'a',
            (Some(code), "") if code != 0 => 'x',
            _ => panic!("neither accepted nor refused: {output:#?}"),
        };
        assert_eq!(files().map(|file| fs::read(file).ok()), before);
        assert!(!self.home.path(".ssh/known_hosts").exists());
        ([&tessh, &plink].map(letter).iter().collect(), tessh.stderr)
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_of_putty_s_trusts_whom_plink_trusts_by_its_cache() {
    let sshd = Sshd::start(&[]);
    let port = sshd.port();
    let of = |host: &str, more: &str| PuttyHome::new(&sshd, host, more);
    let key = "host_ed25519.pub";
    for (putty, answers, said) in [
        (of("127.0.0.1", "").cached(&sshd, "127.0.0.1", port, key), "aa", ""),
        (of("127.0.0.1", ""), "xx", "no ED25519 host key is known for 127.0.0.1"),
        (of("127.0.0.1", "").cached(&sshd, "127.0.0.1", 22, key), "xx", "host key is known"),
        (
            of("127.0.0.1", "").cached(&sshd, "127.0.0.1", port, "user_ca.pub"),
            "xx",
            "sshhostkeys:2",
        ),
        (of("127.0.0.1", "LogHost=inner\n").cached(&sshd, "inner", 22, key), "aa", ""),
        (of("127.0.0.1", "LogHost=inner:99\n").cached(&sshd, "inner", 99, key), "aa", ""),
        (of("127.0.0.1", "LogHost=inner\n").cached(&sshd, "inner", port, key), "xx", "for inner"),
        // Capitals do not tell hosts apart here.
        (of("127.0.0.1", "LogHost=Inner\n").cached(&sshd, "inNER", 22, key), "ax", ""),
    ] {
        let (given, told) = putty.ask();
        assert_eq!(given, answers, "{told}");
        assert!(told.contains(said), "{told}");
        assert_eq!(told.lines().count(), usize::from(given.starts_with('x')), "{told}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_of_putty_s_trusts_whom_plink_trusts_by_its_authorities() {
    let certified = |how: &[&str]| {
        let setup = Setup::new();
        let line = setup.host_certificate("host_ca", &[&["-h"], how].concat());
        setup.start(&[&line])
    };
    let good = certified(&["-n", "127.0.0.1,inner"]);
    let expired = certified(&["-n", "127.0.0.1,inner", "-V", "20200101:20200201"]);
    let key = "host_ed25519.pub";
    let of = |sshd: &Sshd, more: &str| PuttyHome::new(sshd, "127.0.0.1", more);
    let port = good.port();
    for (putty, answers, said) in [
        (of(&good, "").trusting(&good, "127.0.0.1"), "aa", ""),
        (of(&good, "").trusting(&good, &format!("127.* && port:{port}")), "aa", ""),
        (of(&good, "").trusting(&good, "127.* && port:22"), "xx", "host key is known"),
        (of(&good, "LogHost=inner\n").trusting(&good, "inner && port:22"), "aa", ""),
        (
            of(&good, "LogHost=other\n").trusting(&good, "*"),
            "xx",
            "are 127.0.0.1, inner, not other",
        ),
        // The key is on record, and the certificate does not hold.
        (
            of(&expired, "").trusting(&expired, "*").cached(
                &expired,
                "127.0.0.1",
                expired.port(),
                key,
            ),
            "xx",
            "it expired at 2020-0",
        ),
    ] {
        let (given, told) = putty.ask();
        assert_eq!(given, answers, "{told}");
        assert!(told.contains(said), "{told}");
    }

    // Once a person has taken an expired certificate, plink has it in its cache and takes it in
    // silence from then on.
    let putty = of(&expired, "").trusting(&expired, "*");
    let asked = putty.home.run(Path::new("/usr/bin/plink"), &["-load", "lab one", "echo in"]);
    asked.stdin("y\n\n").output().expect_code(0);
    assert!(putty.home.read(".putty/sshhostkeys").starts_with("opensshcert-ssh-ed25519@"));
    let (given, told) = putty.ask();
    assert_eq!((given.as_str(), told.contains("it expired at 2020-0")), ("xa", true), "{told}");
    assert!(putty.port != port);
}

/// The names of a node's certificate, as Teleport gives them.
const NAMES: &str = "0a1b.a.example.com,0a1b,node.a.example.com,node,localhost,127.0.0.1,::1";

/// A rule for cluster `a.example.com`, with the keys of these clusters in its file.
fn rule(home: &Home, keys: &[(&str, &str)]) -> ClusterRule {
    let line = |(cluster, key): &(&str, &str)| {
        let names = format!("proxy.example.com,{cluster},*.{cluster}");
        format!("@cert-authority {names} {} type=host\n", key.trim_end())
    };
    let text: String = keys.iter().map(line).collect();
    ClusterRule {
        known_hosts: home.write("tsh_known_hosts", &text),
        proxy: "proxy.example.com:443".to_owned(),
        cluster: "a.example.com".to_owned(),
        principals: ["node", "node.a.example.com", "0a1b"].map(str::to_owned).to_vec(),
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_node_is_trusted_by_a_certificate_of_its_cluster_alone() {
    let good = ["-h", "-n", NAMES];
    let expired = ["-h", "-n", NAMES, "-V", "20200101:20200201"];
    let other = ["-h", "-n", "node2.a.example.com,node2"];
    let user = ["-n", NAMES];
    let critical = ["-h", "-n", NAMES, "-O", "critical:x@y=z"];
    let rsa512 = ["-h", "-n", NAMES, "-t", "rsa-sha2-512"];
    let rsa256 = ["-h", "-n", NAMES, "-t", "rsa-sha2-256"];
    for (authority, how, expected) in [
        ("host_ca", &good[..], None),
        ("ca_rsa", &rsa512, None),
        ("ca_rsa", &rsa256, None),
        ("host_ca", &expired, Some("it expired at 2020-0")),
        ("host_ca", &other, Some("its principals are node2.a.example.com, node2, not node")),
        ("host_ca", &user, Some("it is a user certificate")),
        ("host_ca", &critical, Some("x@y")),
        ("leaf_ca", &good, Some("the authority of another cluster (proxy.example.com,leaf.exam")),
        ("user_ca", &good, Some("no authority of the cluster 'a.example.com' signed it")),
    ] {
        let setup = Setup::new();
        setup.keygen(&["-t", "ed25519", "-N", "", "-f", &setup.at("leaf_ca")]);
        setup.keygen(&["-t", "rsa", "-b", "2048", "-N", "", "-f", &setup.at("ca_rsa")]);
        let line = setup.host_certificate(authority, how);
        let sshd = setup.start(&[&line]);
        let home = Home::new();
        let keys = ["host_ca.pub", "ca_rsa.pub", "leaf_ca.pub"].map(|name| sshd.public(name));
        let [own, rsa, leaf] = keys.each_ref().map(String::as_str);
        let clusters = [("a.example.com", own), ("a.example.com", rsa), ("leaf.example.com", leaf)];
        home.write("known_hosts", &sshd.known_hosts());
        let mut policy = policy(&home, &sshd);
        policy.cluster = Some(rule(&home, &clusters));
        let outcome = verified(&sshd, policy).await.map_err(|error| error.to_string());
        match (expected, outcome) {
            (None, outcome) => assert_eq!(outcome, Ok(Vec::new()), "{authority} {how:?}"),
            (Some(expected), Err(refusal)) => assert!(refusal.contains(expected), "{refusal}"),
            (Some(expected), Ok(_)) => panic!("{expected} was accepted"),
        }
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_node_without_a_certificate_is_refused_whatever_else_is_known() {
    let sshd = Sshd::start(&[]);
    let home = Home::new();
    home.write("known_hosts", &sshd.known_hosts());
    let authority = sshd.public("host_ca.pub");
    let mut policy = policy(&home, &sshd);
    policy.policy = Policy::No;
    policy.cluster = Some(rule(&home, &[("a.example.com", &authority)]));
    let error = verified(&sshd, policy.clone()).await.unwrap_err();
    let refusal = error.to_string();
    assert!(refusal.contains("showed no certificate"), "{refusal}");
    assert!(refusal.contains("Teleport cluster 'a.example.com'"), "{refusal}");
    assert!(error.next_step().unwrap().contains("tessh teleport login"), "{error:?}");

    policy.cluster = Some(rule(&home, &[("b.example.com", &authority)]));
    let error = verified(&sshd, policy).await.unwrap_err();
    assert!(error.to_string().contains("you are not logged in"), "{error}");
    assert_eq!(tool("/bin/cat", &[arg(&home.path("known_hosts"))]), sshd.known_hosts());
}
