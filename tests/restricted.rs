//! A changed host key with StrictHostKeyChecking `no`: as with ssh, the session goes on, and
//! nothing is forwarded through it, whoever asks and however.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use lab::mux::{Mux, counted, numbers};
use lab::{Agent, Bed, Home, Output, Run, Sshd, TESSH, USER, arg, free_port, wait_until};

const SSH: &str = "/usr/bin/ssh";
const PORTS: &str = "Port forwarding is disabled to avoid man-in-the-middle attacks.";
const AGENT: &str = "Agent forwarding is disabled to avoid man-in-the-middle attacks.";
const X11: &str = "X11 forwarding is disabled to avoid man-in-the-middle attacks.";
/// RFC 4254 section 5.1.
const OPEN_FAILURE: u8 = 92;
const FATAL: &str = "Error: forwarding disabled due to host key check failure";

/// A server whose key has changed, and a home that goes on in spite of it as `h`.
struct ChangedKey {
    sshd: Sshd,
    home: Home,
    config: PathBuf,
}

impl ChangedKey {
    fn new() -> ChangedKey {
        let bed = Bed::new(&["X11Forwarding yes"]);
        let old = bed.sshd.public("host_ca.pub");
        bed.home.write(".ssh/known_hosts", &format!("[127.0.0.1]:{} {old}", bed.sshd.port()));
        let control = format!("ControlPath {}", arg(&bed.home.path("ctl")));
        let lines = ["BatchMode yes", "IdentitiesOnly yes", "StrictHostKeyChecking no", &control];
        let config = bed.home.write("config", &bed.host_block("h", &lines));
        let Bed { sshd, home, .. } = bed;
        ChangedKey { sshd, home, config }
    }

    fn with(&self, program: &str, words: &[&str]) -> Run {
        let fixed = ["-F", arg(&self.config)];
        self.home.run(Path::new(program), &[&fixed[..], words].concat())
    }

    fn tessh(&self, words: &[&str]) -> Output {
        self.with(TESSH, words).output()
    }

    /// Nothing of this kind reached the server.
    #[track_caller]
    fn expect_not_asked(&self, what: &str) {
        let log = self.sshd.log();
        assert!(!log.contains(what), "the server was asked for {what}: {log}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_changed_key_under_no_leaves_no_forward_of_any_kind() {
    for program in [SSH, TESSH] {
        let server = ChangedKey::new();
        let (agent, there) = (Agent::start(&[]), server.sshd.port());
        let (local, dynamic) = (free_port(), free_port());
        let spec = format!("127.0.0.1:{local}:127.0.0.1:{there}");
        let (socks, remote) = (format!("127.0.0.1:{dynamic}"), format!("0:127.0.0.1:{there}"));
        let words =
            ["-A", "-Y", "-L", &spec, "-D", &socks, "-R", &remote, "-R", "0", "h", SHOWS_WHAT];
        let run = server.with(program, &words).env("DISPLAY", ":77");
        let mut child = run.env("SSH_AUTH_SOCK", agent.socket()).start();
        let mut said = [0; 3];
        child.stdout().read_exact(&mut said).unwrap();
        assert_eq!(&said, b"-|-", "{program}: neither an agent nor a display is there");
        for port in [local, dynamic] {
            assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "{program}: listens");
        }
        drop(child.stdin());
        let (code, stderr) = child.ended();
        assert_eq!(code, Some(0), "{program}: {stderr}");
        for words in [PORTS, AGENT, X11] {
            assert_eq!(stderr.matches(words).count(), 1, "{program}: {words}: {stderr}");
        }
        for asked in ["tcpip-forward", "auth-agent-req", "x11-req", "direct-tcpip"] {
            server.expect_not_asked(asked);
        }
    }
}

/// Says which of agent and display is there, and waits for the end of its input.
const SHOWS_WHAT: &str =
    "printf '%s|%s' \"${SSH_AUTH_SOCK:+agent}-\" \"${DISPLAY:+display}-\"; cat";

#[test]
#[ignore = "needs peers: tests/run"]
fn a_changed_key_under_no_is_the_end_where_a_forward_must_be_made() {
    let port = free_port();
    let spec = format!("127.0.0.1:{port}:h:1");
    for program in [SSH, TESSH] {
        for words in [
            &["-o", "ExitOnForwardFailure=yes", "-L", &spec, "h", "true"][..],
            &["-o", "ExitOnForwardFailure=yes", "-A", "h", "true"],
            &["-o", "ExitOnForwardFailure=yes", "-R", "0", "-N", "h"],
            &["-o", "ExitOnForwardFailure=yes", "-X", "h", "true"],
            &["-W", "127.0.0.1:1", "h"],
        ] {
            let server = ChangedKey::new();
            let agent = Agent::start(&[]);
            let run = server.with(program, words).env("SSH_AUTH_SOCK", agent.socket());
            let output = run.env("DISPLAY", ":77").output();
            output.expect_code(255);
            assert!(output.stderr.contains(FATAL), "{program} {words:?}: {output:?}");
            // Nothing of the user has left.
            server.expect_not_asked("Accepted");
        }
    }
    // Where nothing that is off was wanted, there is no failure.
    let server = ChangedKey::new();
    server.tessh(&["-o", "ExitOnForwardFailure=yes", "h", "true"]).expect_code(0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn nothing_is_led_through_a_jump_host_whose_key_has_changed() {
    let server = ChangedKey::new();
    let behind = Sshd::start(&[]);
    let key = server.home.path("id");
    behind.authorize(&key, "");
    let known = server.home.read(".ssh/known_hosts") + &behind.known_hosts();
    server.home.write(".ssh/known_hosts", &known);
    let port = behind.port().to_string();
    let host = format!("{USER}@127.0.0.1");
    let known = format!("UserKnownHostsFile={}", arg(&server.home.path(".ssh/known_hosts")));
    let words = ["-J", "h", "-i", arg(&key), "-o", &known, "-p", &port, &host, "echo in"];
    for program in [SSH, TESSH] {
        let output = server.with(program, &words).output();
        output.expect_code(255);
        assert!(output.stderr.contains(FATAL), "{program}: {output:?}");
    }
    server.expect_not_asked("Accepted");
    assert!(!behind.log().contains("Connection from"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_command_line_of_a_session_adds_nothing_where_the_key_has_changed() {
    let server = ChangedKey::new();
    let (port, config) = (free_port(), arg(&server.config).to_owned());
    let words = ["-F", &config, "-o", "EnableEscapeCommandline=yes", "-tt", "h"];
    let pty = server.home.on_pty(&words);
    pty.wait_until("a prompt", |screen| screen.lines().any(|line| line.trim_end() == "$"));
    pty.send("<enter>~C");
    pty.wait_for("ssh>");
    pty.send(&format!("-L 127.0.0.1:{port}:h:1<enter>"));
    pty.wait_for("Port forwarding failed.");
    assert!(pty.written().contains("man-in-the-middle"), "{}", pty.written());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn clients_of_a_shared_connection_get_no_forward_where_the_key_has_changed() {
    let server = ChangedKey::new();
    let _master = server.with(TESSH, &["-MN", "h"]).start();
    wait_until("the master listens", || server.home.path("ctl").exists());
    let (agent, port, there) = (Agent::start(&[]), free_port(), server.sshd.port());
    let spec = format!("127.0.0.1:{port}:127.0.0.1:{there}");
    for program in [SSH, TESSH] {
        for words in [&["-L", &spec][..], &["-D", &port.to_string()], &["-R", "0:h:1"]] {
            let output = server.with(program, &[&["-O", "forward"], words, &["h"]].concat());
            let output = output.output();
            output.expect_code(255);
            assert!(output.stderr.contains(PORTS), "{program} {words:?}: {output:?}");
            assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "{program} {words:?}");
        }
        let stdio = server.with(program, &["-W", &format!("127.0.0.1:{there}"), "h"]);
        let output = stdio.stdin("").output();
        assert_eq!((output.text().as_str(), output.status.code()), ("", Some(255)));

        let shown = "echo \"${SSH_AUTH_SOCK:+agent}${DISPLAY:+display}\"";
        for proxy in [&[][..], &["-O", "proxy"]] {
            let words = [proxy, &["-A", "-X", "h", shown]].concat();
            let run = server.with(program, &words).env("SSH_AUTH_SOCK", agent.socket());
            let output = run.env("DISPLAY", ":77").output();
            assert_eq!(output.text(), "\n", "{program}: the session goes on: {output:?}");
        }
    }
    // A client in proxy mode opens its channels itself.
    let place = |port: u32| [counted(b"127.0.0.1"), numbers(&[port])].concat();
    let (to, from) = (place(there.into()), place(1));
    let mut proxy = Mux::proxy(&server.home.path("ctl"));
    let answer = proxy.open("direct-tcpip", 1 << 20, &[to, from].concat());
    assert_eq!(answer, OPEN_FAILURE);
    for asked in ["tcpip-forward", "auth-agent-req", "x11-req", "direct-tcpip"] {
        server.expect_not_asked(asked);
    }
}
