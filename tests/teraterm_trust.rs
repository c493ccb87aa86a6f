//! Tera Term's security warning and its list of known hosts, on the screen and in the files:
//! what is shown, what Enter does, what is written, and what never is.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use lab::{DEMO_USER, Demo, DemoBed, Home, Pty, Sshd, USER, arg, strs, tool};
use rustix::process::Signal;

const KNOWN_HOSTS: &str = ".ssh/known_hosts";
/// Keys of nobody: what is on record for a host whose key changed, or of another type.
const OTHER_ED25519: &str = include_str!("data/trust/certificates/host-revoked.pub");
const OTHER_ECDSA: &str = include_str!("data/trust/certificates/host-ecdsa.pub");
const ADD: &str = "Remember this key";
const REPLACE: &str = "Replace the key on record with this one";

struct Case {
    demo: Demo,
    home: Home,
}

impl Case {
    fn new() -> Case {
        let DemoBed { demo, home, .. } = DemoBed::unknown();
        Case { demo, home }
    }

    /// One line of known_hosts for the server's own name.
    fn line(&self, key: &str) -> String {
        format!("[127.0.0.1]:{} {}\n", self.demo.port(), bare(key))
    }

    fn own_key(&self) -> String {
        self.demo.known_hosts().split_once(' ').unwrap().1.trim_end().to_owned()
    }

    fn know(&self, text: &str) -> String {
        self.home.write(KNOWN_HOSTS, text);
        text.to_owned()
    }

    fn known(&self) -> String {
        self.home.read(KNOWN_HOSTS)
    }

    fn connect(&self, options: &[&str]) -> Pty {
        self.connect_with(options, &[])
    }

    fn connect_with(&self, options: &[&str], env: &[(&str, &str)]) -> Pty {
        let (port, host) = (self.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
        let key = self.home.path("identity");
        // Debian's ssh_config hides names.
        let plain_names = ["-o", "HashKnownHosts=no"];
        let login = ["--auth", "publickey", "-i", arg(&key), "-p", &port];
        self.home.on_pty_with(&[&login[..], &plain_names, options, &[&host]].concat(), env)
    }

    /// Connects and waits for the dialog on a screen that has room for all of it.
    fn warned(&self, options: &[&str]) -> Pty {
        let pty = self.connect(options);
        pty.resize(50, 100);
        pty.wait_until("the warning", |screen| {
            screen.contains("i evidence") && screen.contains("Enter confirm")
        });
        pty.send("i");
        // The rows above and below the evidence may come one after the other.
        pty.wait_until("the evidence", |screen| {
            let below = screen.split_once("Looked for").map_or("", |(_, below)| below);
            (below.contains(ADD) || below.contains(REPLACE)) && below.contains("Enter confirm")
        });
        assert!(pty.on_alternate_screen());
        pty
    }

    /// Connects to a host that is trusted: no dialog, no question.
    fn expect_silent(&self, options: &[&str]) {
        let pty = self.connect(options);
        enter_and_leave(&pty);
        let written = pty.written();
        // The steps of connecting may be shown where that takes long; they have no buttons.
        assert!(!written.contains("SECURITY") && !written.contains("(d)"), "{written}");
    }
}

fn bare(key: &str) -> String {
    key.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn enter_and_leave(pty: &Pty) {
    pty.wait_for("demo$");
    assert!(!pty.on_alternate_screen(), "the shell begins on the main screen");
    pty.leave_shell(0);
}

fn expect_disconnected(pty: &Pty) {
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert!(pty.screen().contains("Disconnected. Nothing was sent or saved."), "{}", pty.screen());
    assert!(!pty.written().contains("demo$"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn unknown_host_shows_what_ssh_keygen_shows_of_its_key() {
    let case = Case::new();
    let key = case.home.write("key.pub", &case.own_key());
    let pty = case.warned(&[]);
    for (keys, hash) in [("a", "sha256"), ("m", "md5")] {
        pty.send(keys);
        let said = tool("/usr/bin/ssh-keygen", &["-lv", "-E", hash, "-f", arg(&key)]);
        let print = said.split_whitespace().nth(1).unwrap();
        pty.wait_until(&format!("{print} and\n{said}"), |screen| {
            screen.contains(print) && said.lines().skip(1).all(|line| screen.contains(line))
        });
    }
    pty.send("<esc>");
    expect_disconnected(&pty);
}

#[test]
fn unknown_host_has_add_ticked_and_enter_alone_does_nothing() {
    let case = Case::new();
    let pty = case.warned(&[]);
    let screen = pty.screen();
    assert!(screen.contains(&case.demo.fingerprint()), "{screen}");
    assert!(screen.contains(&format!("[x] {ADD}")), "{screen}");
    assert!(screen.contains("known_hosts: no entry"), "{screen}");
    // The keys are taken in order: where the other hash is shown, Enter has been without effect.
    pty.send("<enter><enter>");
    pty.wait_for("press c or d");
    pty.send("m");
    pty.wait_for("MD5:");
    assert!(pty.on_alternate_screen());
    pty.send("<esc>");
    expect_disconnected(&pty);
    assert!(!case.home.path(KNOWN_HOSTS).exists(), "nothing is written");
}

#[test]
fn unknown_host_is_added_or_connected_to_once() {
    let case = Case::new();
    let pty = case.warned(&[]);
    pty.send(" ");
    pty.wait_for(&format!("[ ] {ADD}"));
    pty.send("<tab><enter>");
    enter_and_leave(&pty);
    assert!(!case.home.path(KNOWN_HOSTS).exists(), "connect once writes nothing");

    let pty = case.warned(&[]);
    pty.send("c");
    enter_and_leave(&pty);
    assert_eq!(case.known(), case.line(&case.own_key()));
    case.expect_silent(&[]);
}

#[test]
fn typed_fingerprint_is_compared_and_decides_nothing() {
    let case = Case::new();
    let pty = case.warned(&[]);
    pty.send(&format!("\x1b[200~{}\r\n\x1b[201~", case.demo.fingerprint()));
    pty.wait_for("  the same");
    pty.send("<enter>x");
    pty.wait_for("Not a whole fingerprint");
    pty.send("<esc>");
    expect_disconnected(&pty);
}

#[test]
fn changed_key_enter_and_esc_disconnect_and_the_file_stays_as_it_is() {
    for keys in ["<enter>", "<esc>", "<c-c>"] {
        let case = Case::new();
        let before = case.know(&format!("# mine\r\n{}junk", case.line(OTHER_ED25519)));
        let pty = case.warned(&[]);
        let screen = pty.screen();
        assert!(screen.contains(&format!("[ ] {REPLACE}")), "{screen}");
        assert!(screen.contains("DIFFERENT KEY") && screen.contains("known_hosts:2"), "{screen}");
        assert!(screen.contains("was  ED25519") && screen.contains("now  ED25519"), "{screen}");
        pty.send(keys);
        expect_disconnected(&pty);
        assert_eq!(case.known(), before, "{keys}");
    }
}

#[test]
fn changed_key_is_passed_once_or_replaced_by_choice_only() {
    let case = Case::new();
    let others = format!("# mine\n{}{}", case.line(OTHER_ECDSA), "elsewhere ssh-ed25519 AAAA\n");
    let before = case.know(&format!("{}{others}", case.line(OTHER_ED25519)));
    let pty = case.warned(&[]);
    pty.send("<left><enter>");
    enter_and_leave(&pty);
    assert_eq!(case.known(), before, "connect once writes nothing");

    let pty = case.warned(&[]);
    pty.send("<tab><tab> ");
    pty.wait_for(&format!("[x] {REPLACE}"));
    pty.send("<tab><enter>");
    enter_and_leave(&pty);
    // Only the old key of the same type has gone.
    assert_eq!(case.known(), format!("{others}{}", case.line(&case.own_key())));
    case.expect_silent(&[]);
}

#[test]
fn other_type_has_add_unticked() {
    let case = Case::new();
    let before = case.know(&case.line(OTHER_ECDSA));
    let pty = case.warned(&[]);
    let screen = pty.screen();
    assert!(screen.contains(&format!("[ ] {ADD}")), "{screen}");
    assert!(screen.contains("DIFFERENT TYPE"), "{screen}");
    pty.send("<enter>c");
    enter_and_leave(&pty);
    assert_eq!(case.known(), before);

    let pty = case.warned(&[]);
    pty.send(" <tab><enter>");
    enter_and_leave(&pty);
    assert_eq!(case.known(), format!("{before}{}", case.line(&case.own_key())));
}

#[test]
fn exact_match_of_any_entry_is_silent() {
    let case = Case::new();
    let own = case.own_key();
    let lines = [case.line(OTHER_ED25519), case.line(OTHER_ECDSA), case.line(&own)].concat();
    let before = case.know(&lines);
    case.expect_silent(&[]);
    assert_eq!(case.known(), before);
    // And in any file.
    case.know(&case.line(OTHER_ED25519));
    let second = case.home.write("second", &case.line(&own));
    let files = format!("UserKnownHostsFile=~/{KNOWN_HOSTS} {}", arg(&second));
    case.expect_silent(&["-o", &files]);
}

#[test]
fn entries_are_for_their_port() {
    let case = Case::new();
    let port: u16 = case.demo.port().parse().unwrap();
    let elsewhere = format!("[127.0.0.1]:{} {}\n", port ^ 1, bare(OTHER_ED25519));
    let before = case.know(&format!("{elsewhere}127.0.0.1 {}\n", bare(OTHER_ED25519)));
    let pty = case.warned(&[]);
    let screen = pty.screen();
    // Another port's key, or the plain name's, is no changed key of this one.
    assert!(screen.contains("is not known yet"), "{screen}");
    assert!(screen.contains(&format!("Looked for [127.0.0.1]:{port}:")), "{screen}");
    pty.send("c");
    enter_and_leave(&pty);
    assert_eq!(case.known(), format!("{before}{}", case.line(&case.own_key())));
}

#[test]
fn other_files_than_the_first_are_never_written() {
    let case = Case::new();
    let before = case.line(OTHER_ED25519);
    let read_only = ["second", "global"].map(|name| case.home.write(name, &before));
    for path in &read_only {
        fs::set_permissions(path, Permissions::from_mode(0o444)).unwrap();
    }
    let users = format!("UserKnownHostsFile=~/{KNOWN_HOSTS} {}", arg(&read_only[0]));
    let global = format!("GlobalKnownHostsFile={}", arg(&read_only[1]));
    let options = ["-o", users.as_str(), "-o", global.as_str()];
    let pty = case.warned(&options);
    let screen = pty.screen();
    for name in ["known_hosts: no ED25519", "second:1: ED25519", "global:1: ED25519"] {
        assert!(screen.contains(name), "{name}:\n{screen}");
    }
    pty.send("<tab><tab> <tab><enter>");
    enter_and_leave(&pty);
    assert_eq!(case.known(), case.line(&case.own_key()));
    for path in &read_only {
        assert_eq!(fs::read_to_string(path).unwrap(), before, "{path:?}");
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o444);
    }
    case.expect_silent(&options);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn nothing_of_the_user_leaves_before_the_answer() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let arguments = sshd.to(&["--auth", "password"], &[]);
    let pty = home.on_pty(&strs(&arguments));
    pty.wait_for("is not known yet");
    pty.send("<esc>");
    expect_disconnected(&pty);
    sshd.wait_for_log("Connection closed by");
    assert!(!sshd.log().contains("userauth-request"), "{}", sshd.log());
    assert!(!sshd.log().contains(USER), "{}", sshd.log());
}

#[test]
fn signals_at_the_warning_restore_the_terminal_and_write_nothing() {
    for (signal, number) in [(Signal::TERM, 15), (Signal::HUP, 1), (Signal::INT, 2)] {
        let case = Case::new();
        let pty = case.warned(&[]);
        pty.signal(signal);
        assert_eq!(pty.exit_code(), 128 + number);
        pty.expect_restored();
        assert!(!case.home.path(KNOWN_HOSTS).exists());
    }
}

#[test]
fn warning_is_in_japanese_and_survives_any_size() {
    let case = Case::new();
    let pty = case.connect_with(&[], &[("LANG", "ja_JP.UTF-8")]);
    pty.wait_for("初めて接続するサーバー");
    pty.send("i");
    for (rows, columns) in [(3, 10), (15, 60), (60, 200)] {
        pty.resize(rows, columns);
    }
    pty.wait_until("the whole dialog in the middle", |screen| {
        let title = screen.lines().find(|line| line.contains("初めて接続するサーバー"));
        let is_centred = title.is_some_and(|line| line.starts_with(&" ".repeat(50)));
        is_centred && screen.contains("を検索しました") && screen.contains("決定")
    });
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
}

#[test]
fn plain_asks_the_same_in_lines() {
    let case = Case::new();
    let before = case.know(&case.line(OTHER_ECDSA));
    let pty = case.connect(&["--plain"]);
    pty.wait_for("(yes/once/no/[fingerprint])?");
    let written = pty.unbroken();
    for text in ["DIFFERENT TYPE", "Looked for", "known_hosts:1: ECDSA SHA256:", "+----[SHA256]"] {
        assert!(written.contains(text), "{text}: {written}");
    }
    assert!(!pty.written().contains('\x1b'), "{written:?}");
    pty.send("once<enter>");
    enter_and_leave(&pty);
    assert_eq!(case.known(), before);
}
