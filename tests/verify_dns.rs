//! VerifyHostKeyDNS from end to end: the program, a server it has never seen, and DNS zones
//! that these tests make. The host names resolve nowhere; the connection goes through a
//! ProxyCommand.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[path = "sshfp/zone.rs"]
mod zone;

use lab::{DEMO_USER, Demo, Home, Output, Pty, arg, strs};
use russh::keys::HashAlg;
use russh::keys::ssh_key::PublicKey;
use zone::{Key, Reply, Server, World, Zone, honest};

/// Connects the program's ends of a pipe with a port on loopback. What is left of it when the
/// program has gone holds none of the test's own descriptors and ends with the server.
const PROXY: &str = "ProxyCommand=/bin/bash -c 'exec 3<>/dev/tcp/127.0.0.1/%p 2>/dev/null; cat <&3 & cat >&3; kill $!'";

/// A server, a home that can log in to it and does not know it, and the DNS.
struct Stage {
    demo: Demo,
    home: Home,
    dns: Server,
}

impl Stage {
    fn new() -> Stage {
        Stage::with(|_| honest)
    }

    fn with<F>(fault: impl FnOnce(&Demo) -> F) -> Stage
    where
        F: Fn(&World, &hickory_proto::op::Query, hickory_proto::op::Message) -> Reply
            + Send
            + Sync
            + 'static,
    {
        let (demo, home) = (Demo::start(), Home::new());
        demo.write_identity(&home, None);
        let dns = Server::start(world(&demo), fault(&demo));
        Stage { demo, home, dns }
    }

    fn arguments(&self, host: &str, options: &[&str]) -> Vec<String> {
        let (port, key) = (self.demo.port(), self.home.path("identity"));
        let login = format!("{DEMO_USER}@{host}");
        let fixed = ["--plain", "--auth", "publickey", "-i", arg(&key), "-p", &port, "-o", PROXY];
        let readable = ["-o", "HashKnownHosts=no"];
        let options = options.iter().flat_map(|option| ["-o", option]);
        let all =
            fixed.into_iter().chain(readable).chain(options).chain([login.as_str(), "echo in"]);
        all.map(str::to_owned).collect()
    }

    /// Runs a command there without anybody to ask.
    fn run(&self, host: &str, options: &[&str]) -> Output {
        let arguments = self.arguments(host, options);
        let words = strs(&arguments);
        let run = self.home.tessh(&words).env("TESSH_DNS_SERVER", self.dns.address.to_string());
        run.env("TESSH_DNS_ANCHORS", self.dns.anchors()).output()
    }

    /// [`Stage::run`] on a terminal.
    fn on_pty(&self, host: &str, options: &[&str]) -> Pty {
        let arguments = self.arguments(host, options);
        let words = strs(&arguments);
        let (server, anchors) = (self.dns.address.to_string(), self.dns.anchors());
        let env = [("TESSH_DNS_SERVER", server.as_str()), ("TESSH_DNS_ANCHORS", arg(&anchors))];
        self.home.on_pty_with(&words, &env)
    }

    fn knows(&self, host: &str) -> bool {
        self.home.path(".ssh/known_hosts").exists()
            && self.home.read(".ssh/known_hosts").contains(host)
    }

    #[track_caller]
    fn expect_not_asked(&self) {
        assert_eq!(self.dns.asked(), []);
    }
}

fn host_key(demo: &Demo) -> String {
    let line = demo.known_hosts();
    line.split_once(' ').unwrap().1.trim().to_owned()
}

/// `secure.test.` is signed, `open.test.` is not.
fn world(demo: &Demo) -> World {
    let key = PublicKey::from_openssh(&host_key(demo)).unwrap();
    let own = key.fingerprint(HashAlg::Sha256);
    let mut root = Zone::new(".", Some(Key::ecdsa()));
    let mut secure = Zone::new("secure.test.", Some(Key::ed25519()));
    let mut open = Zone::new("open.test.", None);
    for (zone, apex) in [(&mut secure, "secure.test."), (&mut open, "open.test.")] {
        for algorithm in [1, 3, 4] {
            zone.sshfp(&format!("match.{apex}"), algorithm, 2, own.as_bytes());
            zone.sshfp(&format!("mismatch.{apex}"), algorithm, 2, &[7; 32]);
        }
    }
    root.delegate(&secure);
    root.delegate(&open);
    World { zones: vec![root, secure, open] }
}

#[test]
fn a_proven_match_is_enough_and_nothing_is_written() {
    let stage = Stage::new();
    for checking in ["yes", "ask", "accept-new"] {
        let checking = format!("StrictHostKeyChecking={checking}");
        let output = stage.run("match.secure.test", &["VerifyHostKeyDNS=yes", &checking]);
        output.expect_code(0);
        assert_eq!(output.text(), "in\n");
        assert_eq!(output.stderr, "");
    }
    assert!(!stage.home.path(".ssh/known_hosts").exists());
}

#[test]
fn a_match_is_not_enough_unless_proven_and_wanted() {
    let stage = Stage::new();
    for (host, dns) in [
        ("match.open.test", "yes"),
        ("match.open.test", "ask"),
        ("match.secure.test", "ask"),
        ("match.secure.test", "no"),
        ("missing.secure.test", "yes"),
    ] {
        for checking in ["yes", "ask"] {
            let (dns, checking) =
                (format!("VerifyHostKeyDNS={dns}"), format!("StrictHostKeyChecking={checking}"));
            let output = stage.run(host, &[&dns, &checking]);
            output.expect_failure(&["host key verification failed", &stage.demo.fingerprint()]);
        }
    }
    assert!(!stage.home.path(".ssh/known_hosts").exists());
    // What is not proven stands in nobody's way either.
    for host in ["match.open.test", "missing.open.test"] {
        let options = ["VerifyHostKeyDNS=yes", "StrictHostKeyChecking=accept-new"];
        stage.run(host, &options).expect_code(0);
        assert!(stage.knows(host));
    }
}

#[test]
fn a_proven_mismatch_is_refused_where_nobody_is_asked() {
    let stage = Stage::new();
    for checking in ["yes", "ask", "accept-new", "no"] {
        let checking = format!("StrictHostKeyChecking={checking}");
        for dns in ["yes", "ask"] {
            let dns = format!("VerifyHostKeyDNS={dns}");
            let output = stage.run("mismatch.secure.test", &[&dns, &checking]);
            if checking.ends_with("=yes") && dns.ends_with("=ask") {
                output.expect_failure(&["host key verification failed"]);
            } else {
                output.expect_failure(&["host key verification failed", "DNS", "SSHFP"]);
            }
        }
    }
    assert!(!stage.home.path(".ssh/known_hosts").exists());
    // One that is not proven is said, and is no more than that.
    let options = ["VerifyHostKeyDNS=yes", "StrictHostKeyChecking=accept-new"];
    let output = stage.run("mismatch.open.test", &options);
    output.expect_code(0);
    assert!(output.stderr.contains("MISMATCHING"), "{output:?}");
    assert!(output.stderr.contains("insecure"), "{output:?}");
}

#[test]
fn what_known_hosts_settles_never_asks_the_dns() {
    let stage = Stage::new();
    let (port, key) = (stage.demo.port(), host_key(&stage.demo));
    let options = ["VerifyHostKeyDNS=yes", "StrictHostKeyChecking=accept-new"];
    let known = format!("[mismatch.secure.test]:{port} {key}\n");
    stage.home.write(".ssh/known_hosts", &known);
    stage.run("mismatch.secure.test", &options).expect_quiet_success();
    let revoked = format!("@revoked * {key}\n");
    stage.home.write(".ssh/known_hosts", &revoked);
    stage.run("match.secure.test", &options).expect_failure(&["@revoked"]);
    let other = include_str!("data/trust/certificates/host-ed25519.pub");
    let other = PublicKey::from_openssh(other).unwrap().to_openssh().unwrap();
    let changed = format!("[match.secure.test]:{port} {other}\n");
    stage.home.write(".ssh/known_hosts", &changed);
    stage.run("match.secure.test", &options).expect_failure(&["changed"]);
    // Neither does an address, nor what was not wanted.
    stage.run("127.0.0.1", &options).expect_code(0);
    stage.run("match.secure.test", &["StrictHostKeyChecking=ask"]).expect_code(255);
    stage.expect_not_asked();
}

#[test]
fn the_dns_knows_the_host_by_its_host_name() {
    let stage = Stage::new();
    let options =
        ["VerifyHostKeyDNS=yes", "StrictHostKeyChecking=yes", "HostName=Match.Secure.Test"];
    let alias = [&options[..], &["HostKeyAlias=mismatch.secure.test"]].concat();
    for options in [&options[..], &alias] {
        stage.run("short", options).expect_code(0);
    }
}

#[test]
fn a_silent_dns_is_said_and_costs_the_server_no_time() {
    let stage = Stage::with(|_| |_: &World, _: &_, _| Reply::Nothing);
    // Less than the DNS takes.
    let options = ["VerifyHostKeyDNS=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=4"];
    let output = stage.run("match.secure.test", &options);
    output.expect_code(0);
    assert!(output.stderr.contains("No host key fingerprint from DNS"), "{output:?}");
    assert!(stage.knows("match.secure.test"));
}

#[test]
fn the_question_shows_what_the_dns_says() {
    let stage = Stage::new();
    let pty = stage.on_pty("match.secure.test", &["VerifyHostKeyDNS=ask"]);
    pty.wait_for("continue connecting");
    let written = pty.unbroken();
    assert!(written.contains("Matching host key fingerprint found in DNS"), "{written}");
    assert!(written.contains("secure: validated by DNSSEC"), "{written}");
    pty.send("once<enter>");
    pty.wait_written("in");
    assert!(!stage.home.path(".ssh/known_hosts").exists());

    let pty = stage.on_pty("match.open.test", &["VerifyHostKeyDNS=yes"]);
    pty.wait_for("continue connecting");
    let written = pty.unbroken();
    assert!(written.contains("insecure: not proven by DNSSEC"), "{written}");
    pty.send("no<enter>");
    pty.wait_written("Disconnected. Nothing was sent or saved.");
}

#[test]
fn the_question_about_a_proven_mismatch_takes_no_yes() {
    let stage = Stage::new();
    let pty = stage.on_pty("mismatch.secure.test", &["VerifyHostKeyDNS=ask"]);
    pty.wait_for("Type \"add\"");
    assert!(pty.written().contains("WARNING: the host key is NOT one"), "{}", pty.written());
    pty.send("yes<enter>");
    pty.wait_until("the question again", |_| pty.written().matches("Type \"add\"").count() > 1);
    pty.send("<enter>");
    pty.wait_written("Disconnected. Nothing was sent or saved.");
    assert!(!stage.home.path(".ssh/known_hosts").exists());
}

#[test]
fn a_server_that_is_no_address_is_said_before_anything_is_sent() {
    let stage = Stage::new();
    let arguments = stage.arguments("match.secure.test", &["VerifyHostKeyDNS=yes"]);
    let words = strs(&arguments);
    let output = stage.home.tessh(&words).env("TESSH_DNS_SERVER", "nonsense").output();
    output.expect_failure(&["TESSH_DNS_SERVER", "nonsense"]);
    stage.expect_not_asked();
}
