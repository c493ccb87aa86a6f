//! What tessh gives to an agent (AddKeysToAgent), and what a forwarded agent signs when its
//! keys are restricted to destinations. The server is OpenSSH's.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lab::{Agent, Home, Run, Sshd, arg, tool, wait_within};

/// What the agent holds, as `ssh-add -L` shows it, or why not.
fn held(agent: &Agent) -> String {
    let output = Command::new("ssh-add").arg("-L").env("SSH_AUTH_SOCK", agent.socket()).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

/// A server, a home that knows it, and an agent that holds nothing.
struct AgentBed {
    sshd: Sshd,
    home: Home,
    agent: Agent,
}

impl AgentBed {
    fn new() -> AgentBed {
        let sshd = Sshd::start(&[]);
        let home = Home::knowing(&sshd);
        AgentBed { sshd, home, agent: Agent::start(&[]) }
    }

    fn key(&self, passphrase: &str) -> PathBuf {
        let key = self.home.key("id", &["ed25519"], passphrase);
        self.sshd.authorize(&key, "");
        key
    }

    fn run(&self, key: &Path, options: &[&str]) -> Run {
        let login = ["--auth", "publickey", "-i", arg(key)];
        let run = self.home.connect(&self.sshd, &[&login, options].concat(), &["echo in"]);
        run.env("SSH_AUTH_SOCK", self.agent.socket())
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_goes_to_the_agent_only_where_the_keyword_says_so() {
    let bed = AgentBed::new();
    let key = bed.key("");
    for off in [&["-o", "BatchMode=yes"][..], &["-o", "AddKeysToAgent=no"]] {
        assert_eq!(bed.run(&key, off).output().expect_quiet_success().text(), "in\n");
        assert_eq!(held(&bed.agent), "The agent has no identities.\n", "{off:?}");
    }
    let on = ["-o", "BatchMode=yes", "-o", "AddKeysToAgent=yes"];
    assert_eq!(bed.run(&key, &on).output().expect_quiet_success().text(), "in\n");
    let public = bed.home.read("id.pub");
    assert_eq!(held(&bed.agent), public, "with its comment");
}

/// `ask` without anybody who could be asked is no; nor does a key go there that was refused.
#[test]
#[ignore = "needs peers: tests/run"]
fn nobody_to_ask_and_a_refused_key_add_nothing() {
    let bed = AgentBed::new();
    let key = bed.key("");
    let ask = ["-o", "BatchMode=yes", "-o", "AddKeysToAgent=ask"];
    assert_eq!(bed.run(&key, &ask).output().expect_quiet_success().text(), "in\n");
    let other = bed.home.key("other", &["ed25519"], "");
    let on = ["-o", "BatchMode=yes", "-o", "AddKeysToAgent=yes"];
    bed.run(&other, &on).output().expect_failure(&["permission denied"]);
    assert_eq!(held(&bed.agent), "The agent has no identities.\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_time_is_how_long_the_agent_keeps_the_key_and_confirm_that_it_asks() {
    let bed = AgentBed::new();
    let key = bed.key("");
    let options = ["-o", "BatchMode=yes", "-o", "AddKeysToAgent=1s"];
    assert_eq!(bed.run(&key, &options).output().expect_quiet_success().text(), "in\n");
    wait_within(Duration::from_secs(20), "the agent drops the key", || {
        !held(&bed.agent).starts_with("ssh-ed25519")
    });
    let options = ["-o", "BatchMode=yes", "-o", "AddKeysToAgent=confirm"];
    assert_eq!(bed.run(&key, &options).output().expect_quiet_success().text(), "in\n");
    // The agent has no display to ask on, so it refuses to sign.
    let public = bed.home.path("id.pub");
    let login = ["-o", "BatchMode=yes", "--auth", "agent", "-i", arg(&public)];
    let run = bed.home.connect(&bed.sshd, &login, &["true"]);
    let output = run.env("SSH_AUTH_SOCK", bed.agent.socket()).output();
    output.expect_failure(&["the agent refused to sign"]);
}

/// What askpass is asked comes in two steps: the passphrase, and whether to add the key.
#[test]
#[ignore = "needs peers: tests/run"]
fn ask_asks_and_only_yes_is_yes() {
    let bed = AgentBed::new();
    let key = bed.key("open sesame");
    for (said, added) in [("no", false), ("perhaps", false), ("yes", true)] {
        let asked = bed.home.write(
            "askpass",
            &format!(
                "#!/bin/sh\ncase $1 in *agent*) echo \"$1\" >&2; echo {said};; *) echo 'open sesame';; esac\n"
            ),
        );
        tool("chmod", &["700", arg(&asked)]);
        let run = bed.run(&key, &["-o", "AddKeysToAgent=ask"]).env("SSH_ASKPASS", &asked);
        let output = run.env("SSH_ASKPASS_REQUIRE", "force").output();
        assert_eq!(output.text(), "in\n", "{output:?}");
        let question = format!("Add key {} (", arg(&key));
        assert!(output.stderr.contains(&question), "{output:?}");
        assert_eq!(held(&bed.agent).starts_with("ssh-ed25519"), added, "{said}");
    }
}

/// OpenSSH's PROTOCOL.agent section 1: over two servers, a key that is for just this way signs
/// on the second one only what names that host.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_for_certain_destinations_works_on_the_way_it_was_added_for() {
    let (first, second) = (Sshd::start(&["AllowAgentForwarding yes"]), Sshd::start(&[]));
    let home = Home::knowing(&first);
    let known = home.read(".ssh/known_hosts") + &second.known_hosts();
    home.write(".ssh/known_hosts", &known);
    let key = home.key("id", &["ed25519"], "");
    first.authorize(&key, "");
    second.authorize(&key, "");
    let program = first.program();
    // The user on the first server reads what is public of it.
    let public = home.path("id.pub");
    let files = [home.path(""), home.path(".ssh"), home.path(".ssh/known_hosts"), public.clone()];
    files.iter().for_each(|file| drop(tool("chmod", &["go+rX", arg(file)])));
    let at = |sshd: &Sshd| format!("[127.0.0.1]:{}", sshd.port());
    let way = format!("{}>{}", at(&first), at(&second));
    let both = ["-h", &at(&first), "-h", &way];
    let bound = "PubkeyAuthentication=host-bound";
    for (hops, option, works) in [
        (&both[..], bound, true),
        (&both, "PubkeyAuthentication=unbound", false),
        (&both[..2], bound, false),
    ] {
        let agent = Agent::start(&[]);
        let mut add = Command::new("ssh-add");
        add.arg("-q").args(["-H", arg(&home.path(".ssh/known_hosts"))]).args(hops).arg(&key);
        assert!(add.env("SSH_AUTH_SOCK", agent.socket()).status().unwrap().success());

        let known = format!("UserKnownHostsFile={}", arg(&home.path(".ssh/known_hosts")));
        let alone = ["-F", "none", "-o", "BatchMode=yes", "-o", &known];
        let login = ["--auth", "agent", "-i", arg(&public)];
        let options = [&alone[..], &login].concat();
        let inner = second.to(&[&options[..], &["-o", option]].concat(), &["echo there"]);
        let inner = format!("{} {}", arg(&program), inner.join(" "));
        let run = home.connect(&first, &[&options[..], &["-A"]].concat(), &[&inner]);
        let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
        assert_eq!(output.text(), if works { "there\n" } else { "" }, "{option}: {output:?}");
    }
}
