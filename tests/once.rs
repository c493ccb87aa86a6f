//! What a server refuses is not tried again without being asked. Servers that count failures
//! (PerSourcePenalties, OpenSSH 9.8 and later) shut out whoever repeats them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[allow(dead_code)]
#[path = "teraterm_login/server.rs"]
mod server;

use lab::{Home, Sshd, USER, arg, raw_server, say_and_leave, strs};
use russh::MethodKind;
use server::{Scripted, Step};

const PASSWORD: &[MethodKind] = &[MethodKind::Password];

/// Options under which a failure could lead to another try.
fn ways(home: &Home) -> Vec<Vec<String>> {
    let control = format!("ControlPath={}", arg(&home.path("control")));
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    vec![
        words(&[]),
        words(&["-o", "ConnectionAttempts=3"]),
        words(&["-o", "ControlMaster=auto", "-o", &control]),
        words(&["-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "-o", &control]),
        words(&["-f"]),
    ]
}

#[test]
fn an_address_that_is_turned_away_is_told_and_not_tried_again() {
    for as_ssh in ["", "1"] {
        let home = Home::new();
        for way in ways(&home) {
            let server = raw_server(|it| say_and_leave(it, b"Not allowed at this time\r\n"));
            let port = server.port().to_string();
            let fixed = ["-F", "none", "-o", "BatchMode=yes", "-p", &port, "127.0.0.1", "true"];
            let way = strs(&way);
            let run = home.tessh(&[&way[..], &fixed].concat()).env("TESSH_AS_SSH", as_ssh);
            run.output().expect_failure(&["Not allowed at this time", "wait some minutes"]);
            assert_eq!(server.connections(), 1, "{way:?}");
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_that_is_refused_is_offered_once() {
    for as_ssh in ["", "1"] {
        let sshd = Sshd::start(&["MaxAuthTries 20"]);
        let home = Home::knowing(&sshd);
        let key = home.key("id", &["ed25519"], "");
        for (at, way) in ways(&home).into_iter().enumerate() {
            let (port, host) = (sshd.port().to_string(), format!("{USER}@127.0.0.1"));
            let fixed = ["-o", "BatchMode=yes", "-i", arg(&key), "-p", &port, &host, "true"];
            let way = strs(&way);
            let run = home.tessh(&[&way[..], &fixed].concat()).env("TESSH_AS_SSH", as_ssh);
            run.output().expect_code(255);
            let tried = sshd.methods_tried();
            let offers = tried.iter().filter(|method| *method == "publickey").count();
            assert_eq!(offers, at + 1, "{way:?}: {}", sshd.log());
        }
    }
}

#[test]
fn a_password_that_was_handed_over_is_sent_once() {
    let home = Home::new();
    for way in ways(&home) {
        let server = Scripted::start([Step::Refuse(PASSWORD), Step::Accept, Step::Accept]);
        home.write(".ssh/known_hosts", server.known_hosts());
        let way = strs(&way);
        let words = server.to(&[&way[..], &["--auth", "password", "--password-fd", "3"]].concat());
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["true"]).collect();
        home.tessh(&words).password("wrong").output().expect_code(255);
        let sent = server.log().iter().filter(|it| it.starts_with("password")).count();
        assert_eq!(sent, 1, "{way:?}: {:?}", server.log());
    }
}
