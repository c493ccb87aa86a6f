//! Pinned host keys: only a pinned key is accepted, in every form of writing it, whatever
//! known_hosts says, and nothing is written. plink's `-hostkey` gives the same answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::path::Path;

use lab::{DEMO_USER, Demo, DemoBed, Home, Output, PASSWORD, Sshd, USER, arg, tool};

const OTHER: &str = include_str!("data/trust/certificates/host-revoked.pub");
const KNOWN_HOSTS: &str = ".ssh/known_hosts";

/// The fingerprints and the blob of a `.pub` line: SHA-256, MD5, blob.
fn forms(home: &Home, public: &str) -> [String; 3] {
    let file = home.write("public", public);
    let of = |hash: &str| {
        let line = tool("/usr/bin/ssh-keygen", &["-l", "-E", hash, "-f", arg(&file)]);
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    [of("sha256"), of("md5"), public.split_whitespace().nth(1).unwrap().to_owned()]
}

struct Case {
    demo: Demo,
    home: Home,
    public: String,
}

impl Case {
    fn new() -> Case {
        let DemoBed { demo, home, .. } = DemoBed::unknown();
        let public = demo.known_hosts().split_once(' ').unwrap().1.trim_end().to_owned();
        Case { demo, home, public }
    }

    fn run(&self, options: &[&str]) -> Output {
        let (port, host) = (self.demo.port().to_string(), format!("{DEMO_USER}@127.0.0.1"));
        let key = self.home.path("identity");
        let fixed = ["-o", "BatchMode=yes", "-i", arg(&key), "-p", &port, &host, "echo in"];
        self.home.tessh(&[options, &fixed].concat()).output()
    }

    fn know(&self, public: &str) {
        let line = format!("[127.0.0.1]:{} {public}\n", self.demo.port());
        self.home.write(KNOWN_HOSTS, &line);
    }
}

#[test]
fn a_pinned_key_is_taken_in_every_form_and_nothing_is_written() {
    let case = Case::new();
    let [sha256, md5, blob] = forms(&case.home, &case.public);
    let bare = md5.trim_start_matches("MD5:").to_owned();
    let whole = case.public.clone();
    for form in [&sha256, &md5, &bare, &blob, &whole] {
        let output = case.run(&["--host-key", form]).expect_quiet_success();
        assert_eq!(output.text(), "in\n");
        assert!(!case.home.path(KNOWN_HOSTS).exists());
    }
    // One of several is enough, and the person's word stands above an old key on record.
    let [other, ..] = forms(&case.home, OTHER);
    case.run(&["--host-key", &other, "--host-key", &sha256]).expect_quiet_success();
    case.know(OTHER.trim_end());
    let before = case.home.read(KNOWN_HOSTS);
    case.run(&["--host-key", &sha256]).expect_quiet_success();
    assert_eq!(case.home.read(KNOWN_HOSTS), before);
    let output = case.run(&["-v", "--host-key", &md5]);
    output.expect_code(0);
    let reason = format!("; the key {md5} is pinned by --host-key");
    assert!(output.stderr.contains(&reason), "{}", output.stderr);
}

#[test]
fn a_key_that_is_not_pinned_is_refused_under_every_policy_also_if_it_is_known() {
    let case = Case::new();
    let [other, ..] = forms(&case.home, OTHER);
    let [own, ..] = forms(&case.home, &case.public);
    for known in [None, Some(case.public.as_str()), Some(OTHER.trim_end())] {
        if let Some(known) = known {
            case.know(known);
        }
        for policy in ["yes", "ask", "accept-new", "no"] {
            let policy = format!("StrictHostKeyChecking={policy}");
            let output = case.run(&["-o", &policy, "--host-key", &other]);
            let words = [own.as_str(), "is none of those that are pinned by --host-key", &other];
            output.expect_failure(&words);
        }
    }
}

#[test]
fn revocation_beats_a_pin() {
    let case = Case::new();
    let [sha256, ..] = forms(&case.home, &case.public);
    case.home.write(KNOWN_HOSTS, &format!("@revoked * {}\n", case.public));
    case.run(&["--host-key", &sha256]).expect_failure(&["marked @revoked"]);
    std::fs::remove_file(case.home.path(KNOWN_HOSTS)).unwrap();
    let list = case.home.write("revoked", &case.public);
    let list = format!("RevokedHostKeys={}", arg(&list));
    case.run(&["-o", &list, "--host-key", &sha256]).expect_failure(&["revoked"]);
}

#[test]
fn a_saved_session_pins_keys() {
    let case = Case::new();
    let [other, ..] = forms(&case.home, OTHER);
    let [own, ..] = forms(&case.home, &case.public);
    let sessions = ".config/tessh/sessions";
    std::fs::create_dir_all(case.home.path(sessions)).unwrap();
    let key = case.home.path("identity");
    let save = |pin: &str| {
        let text = format!(
            "host = \"127.0.0.1\"\nport = {}\nuser = \"{DEMO_USER}\"\nmethod = \"publickey\"\n\
             identity = [\"{}\"]\nfingerprints = [\"{pin}\"]\n",
            case.demo.port(),
            arg(&key)
        );
        case.home.write(&format!("{sessions}/web.toml"), &text);
    };
    let run = |options: &[&str]| {
        let words = [options, &["-o", "BatchMode=yes", "web", "echo in"]].concat();
        case.home.tessh(&words).output()
    };
    save(&own);
    run(&[]).expect_quiet_success();
    assert!(!case.home.path(KNOWN_HOSTS).exists());
    // What was typed takes the place of what is saved.
    run(&["--host-key", &other]).expect_failure(&["pinned by --host-key"]);
    save(&other);
    run(&[]).expect_failure(&["is none of those that are pinned by the saved session web"]);
    run(&["--host-key", &own]).expect_quiet_success();
}

#[test]
fn what_is_no_key_is_refused_before_anything_is_sent() {
    let case = Case::new();
    let [sha256, ..] = forms(&case.home, &case.public);
    for bad in ["", "*", "yes", "SHA256:x", &sha256[..20], "\x1b[2J", "aa:bb"] {
        case.run(&["--host-key", bad])
            .expect_failure(&["neither a host key nor the fingerprint of one"]);
    }
    // ssh has no such option.
    let output = case.home.tessh(&["-hostkey", &sha256, "h"]).output();
    output.expect_code(255);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn plink_gives_the_same_answers() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let own = forms(&home, &sshd.public("host_ed25519.pub"));
    let other = forms(&home, OTHER);
    let (port, host) = (sshd.port().to_string(), format!("{USER}@127.0.0.1"));
    let bare = |forms: &[String; 3]| forms[1].trim_start_matches("MD5:").to_owned();
    for (form, accepted) in own
        .iter()
        .chain([&bare(&own)])
        .map(|form| (form, true))
        .chain(other.iter().chain([&bare(&other)]).map(|form| (form, false)))
    {
        let words = ["-batch", "-pw", PASSWORD, "-hostkey", form, "-P", &port, &host, "echo in"];
        let plink = home.run(Path::new("/usr/bin/plink"), &words).output();
        let words = ["--host-key", form, "-o", "BatchMode=yes", "-i", arg(&key), "-p", &port];
        let tessh = home.tessh(&[&words[..], &[&host, "echo in"]].concat()).output();
        assert_eq!(plink.status.success(), accepted, "plink {form}: {plink:#?}");
        assert_eq!(tessh.status.success(), accepted, "tessh {form}: {tessh:#?}");
    }
}
