//! Host key rotation against OpenSSH's and AsyncSSH's servers: which keys are learnt, when a
//! question is asked, and what changes nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use lab::{AsyncSsh, Home, Output, PASSWORD, Setup, Sshd, USER, arg, strs};

/// A server that has a new RSA key, and a home that has an old key of it besides the present.
fn rotating() -> (Sshd, Home) {
    let setup = Setup::new();
    let rsa = setup.host_key("rsa");
    let sshd = setup.start(&[&rsa, "HostKeyAlgorithms ssh-ed25519,rsa-sha2-512"]);
    let home = Home::new();
    let known = [line(&sshd, "host_ed25519.pub"), line(&sshd, "host_ca.pub")].concat();
    home.write(".ssh/known_hosts", &format!("# mine\n{known}"));
    sshd.authorize(&home.key("id", &["ed25519"], ""), "");
    (sshd, home)
}

/// A known_hosts line, without comment.
fn line(sshd: &Sshd, name: &str) -> String {
    let public = sshd.public(name);
    let key = public.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    format!("[127.0.0.1]:{} {key}\n", sshd.port())
}

fn rotated(sshd: &Sshd) -> String {
    format!("# mine\n{}{}", line(sshd, "host_ed25519.pub"), line(sshd, "host_rsa.pub"))
}

fn arguments(home: &Home, sshd: &Sshd, options: &[&str]) -> Vec<String> {
    let key = home.path("id");
    // A distribution may hide names by default.
    let fixed = ["-o", "HashKnownHosts=no", "-i", arg(&key)];
    sshd.to(&[&fixed, options].concat(), &["echo in"])
}

fn run(home: &Home, sshd: &Sshd, options: &[&str]) -> Output {
    let arguments = arguments(home, sshd, &[&["-o", "BatchMode=yes"], options].concat());
    home.tessh(&strs(&arguments)).output()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn proved_keys_are_learnt_and_obsolete_ones_dropped_without_a_word() {
    let (sshd, home) = rotating();
    let output = run(&home, &sshd, &[]).expect_quiet_success();
    assert_eq!(output.text(), "in\n");
    assert_eq!(home.read(".ssh/known_hosts"), rotated(&sshd));
    // The key that was learnt is good for the next connection.
    run(&home, &sshd, &["-o", "HostKeyAlgorithms=rsa-sha2-512"]).expect_quiet_success();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_jump_hosts_keys_are_learnt_too() {
    let ((jump, home), sshd) = (rotating(), Setup::new().start(&[]));
    sshd.authorize(&home.path("id"), "");
    let before = home.read(".ssh/known_hosts") + &line(&sshd, "host_ed25519.pub");
    let entry = |name: &str, server: &Sshd| {
        let port = server.port();
        format!(
            "Host {name}\n HostName 127.0.0.1\n Port {port}\n User {USER}\n IdentityFile ~/id\n"
        )
    };
    let hosts = [entry("jump", &jump), entry("far", &sshd)].concat();
    let config = hosts + "Host *\n HashKnownHosts no\n PreferredAuthentications publickey\n";
    home.write(".ssh/config", &config);
    let after = format!("{}{}", rotated(&jump), line(&sshd, "host_ed25519.pub"));
    let through = |options: &[&str]| {
        let words = [options, &["-J", "jump", "far", "echo in"]].concat();
        home.write(".ssh/known_hosts", &before);
        words.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let output = |words: Vec<String>| home.tessh(&strs(&words)).output();
    assert_eq!(output(through(&[])).expect_quiet_success().text(), "in\n");
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&home.read(".ssh/known_hosts")), sorted(&after));
    // Asked about, by its name, before the next host is reached.
    home.write(".ssh/config", &(config + " UpdateHostKeys ask\n"));
    let words = through(&["--plain"]);
    let pty = home.on_pty(&strs(&words));
    pty.wait_for("jump (jump host on the way to far)");
    pty.wait_written("SHA256:");
    pty.send("yes<enter>");
    pty.wait_written("in\r\n");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(sorted(&home.read(".ssh/known_hosts")), sorted(&after));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn verbose_says_which_keys_were_learnt() {
    let (sshd, home) = rotating();
    let output = run(&home, &sshd, &["-v"]);
    for word in
        ["Learned new hostkey: RSA SHA256:", "Deprecating obsolete hostkey: ED25519 SHA256:"]
    {
        assert!(output.stderr.contains(word), "{output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn with_update_host_keys_off_nothing_changes() {
    let (sshd, home) = rotating();
    let before = home.read(".ssh/known_hosts");
    let known = format!("UserKnownHostsFile={}", arg(&home.path(".ssh/known_hosts")));
    for options in [
        &["-o", "UpdateHostKeys=no"][..],
        // As in ssh: with files of one's own it is off unless asked for.
        &["-o", &known],
        // Nobody can be asked.
        &["-o", "UpdateHostKeys=ask"],
    ] {
        run(&home, &sshd, options).expect_quiet_success();
        assert_eq!(home.read(".ssh/known_hosts"), before, "{options:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn hosts_known_by_a_file_that_is_only_read_keep_their_keys() {
    let (sshd, home) = rotating();
    let global = home.write("global", &home.read(".ssh/known_hosts"));
    let before = home.read("global");
    let global = format!("GlobalKnownHostsFile={}", arg(&global));
    fs::remove_file(home.path(".ssh/known_hosts")).unwrap();
    run(&home, &sshd, &["-o", &global, "-o", "UpdateHostKeys=yes"]).expect_quiet_success();
    assert!(!home.path(".ssh/known_hosts").exists());
    assert_eq!(home.read("global"), before);

    let (first, second) = (home.path("first"), home.write("second", &before));
    let both = format!("UserKnownHostsFile={} {}", arg(&first), arg(&second));
    run(&home, &sshd, &["-o", &both, "-o", "UpdateHostKeys=yes"]).expect_quiet_success();
    assert!(!first.exists());
    assert_eq!(home.read("second"), before);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn obsolete_key_in_a_second_file_is_named_and_nothing_changes() {
    let (sshd, home) = rotating();
    let first = home.write("first", &line(&sshd, "host_ed25519.pub"));
    let second = home.write("second", &line(&sshd, "host_ca.pub"));
    fs::set_permissions(&second, Permissions::from_mode(0o400)).unwrap();
    let both = format!("UserKnownHostsFile={} {}", arg(&first), arg(&second));
    let output = run(&home, &sshd, &["-o", &both, "-o", "UpdateHostKeys=yes"]);
    output.expect_code(0);
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(output.stderr.contains("second:1"), "{output:?}");
    assert_eq!(home.read("first"), line(&sshd, "host_ed25519.pub"));
    assert_eq!(home.read("second"), line(&sshd, "host_ca.pub"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn file_that_cannot_be_changed_is_named_and_the_session_goes_on() {
    let (sshd, home) = rotating();
    let before = home.read(".ssh/known_hosts");
    let file = home.write("first", &before);
    // Root writes where modes forbid it; but the new text has no place where a directory is.
    let inode = fs::metadata(&file).unwrap().ino();
    fs::create_dir(home.path(&format!(".known_hosts.tessh-{inode:x}"))).unwrap();
    let first = format!("UserKnownHostsFile={}", arg(&file));
    let output = run(&home, &sshd, &["-o", &first, "-o", "UpdateHostKeys=yes"]);
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(output.stderr.contains(arg(&file)), "{output:?}");
    assert_eq!(home.read("first"), before);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn certified_hosts_keep_their_keys() {
    let setup = Setup::new();
    let rsa = setup.host_key("rsa");
    let certificate = setup.host_certificate("host_ca", &["-h", "-n", "127.0.0.1"]);
    let sshd = setup.start(&[&rsa, &certificate]);
    let home = Home::new();
    let authority = sshd.public("host_ca.pub");
    home.write(".ssh/known_hosts", &format!("@cert-authority [127.0.0.1]:* {authority}"));
    let before = home.read(".ssh/known_hosts");
    sshd.authorize(&home.key("id", &["ed25519"], ""), "");
    run(&home, &sshd, &["-o", "UpdateHostKeys=yes"]).expect_quiet_success();
    assert_eq!(home.read(".ssh/known_hosts"), before);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn host_taken_unasked_is_learnt_from_the_next_time() {
    let (sshd, home) = rotating();
    fs::remove_file(home.path(".ssh/known_hosts")).unwrap();
    let accept = ["-o", "StrictHostKeyChecking=accept-new"];
    run(&home, &sshd, &accept).expect_code(0);
    assert_eq!(home.read(".ssh/known_hosts").lines().count(), 1);
    run(&home, &sshd, &accept).expect_quiet_success();
    assert_eq!(home.read(".ssh/known_hosts").lines().count(), 2);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn question_is_asked_before_the_session_and_enter_means_no() {
    let (sshd, home) = rotating();
    let before = home.read(".ssh/known_hosts");
    let ask = arguments(&home, &sshd, &["--plain", "-t", "-o", "UpdateHostKeys=ask"]);
    let ask = strs(&ask);
    for (typed, after) in
        [("<enter>", before.clone()), ("no<enter>", before), ("yes<enter>", rotated(&sshd))]
    {
        let pty = home.on_pty(&ask);
        pty.wait_for("accept these changes? (yes/no) [no]:");
        let said = pty.written();
        assert!(!pty.modes_differ() && !said.contains("in\r\n"), "{said}");
        assert!(said.contains("Hostkey rotation: new:      RSA key SHA256:"), "{said}");
        assert!(said.contains("Hostkey rotation: obsolete: ED25519 key SHA256:"), "{said}");
        assert!(said.contains("known_hosts:3"), "{said}");
        pty.send(typed);
        pty.wait_written("in\r\n");
        assert_eq!(pty.exit_code(), 0);
        assert_eq!(home.read(".ssh/known_hosts"), after, "{typed}");
        pty.expect_restored();
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn host_that_was_not_saved_is_not_asked_about() {
    let (sshd, home) = rotating();
    fs::remove_file(home.path(".ssh/known_hosts")).unwrap();
    for update in ["UpdateHostKeys=ask", "UpdateHostKeys=yes"] {
        let once = arguments(&home, &sshd, &["--plain", "-o", update]);
        let pty = home.on_pty(&strs(&once));
        pty.wait_for("(yes/once/no/[fingerprint])?");
        pty.send("once<enter>");
        pty.wait_written("in\r\n");
        assert_eq!(pty.exit_code(), 0);
        assert!(!pty.written().contains("rotation"), "{}", pty.written());
        assert!(!home.path(".ssh/known_hosts").exists());
    }
}

/// Lets everybody in and says `in`; what it announces is the script's.
fn announcing(script: &str) -> AsyncSsh {
    AsyncSsh::start(&format!(
        "
    def begin_auth(self, user): return True
    def password_auth_supported(self): return True
    def validate_password(self, user, password): return True
    def session_requested(self):
        async def session(stdin, stdout, stderr):
            stdout.write('in\\n')
            stdout.channel.exit(0)
        return session
    def connection_made(self, conn):
        def pair(kind): return asyncssh.load_keypairs([asyncssh.generate_private_key(kind)])[0]
        mine = asyncssh.load_keypairs([key])[0]
        keys = [mine]
{script}
        conn._all_server_host_keys = {{k.public_data: k for k in keys}}
"
    ))
}

fn told(server: &AsyncSsh, options: &[&str]) -> (Home, String, Output) {
    let home = Home::new();
    let before = server.known_hosts();
    home.write(".ssh/known_hosts", &before);
    let host = format!("{USER}@127.0.0.1");
    let fixed = ["--auth", "password", "--password-fd", "3", "-p", server.port(), &host, "x"];
    let output = home.tessh(&[options, &fixed].concat()).password(PASSWORD).output();
    assert_eq!(output.text(), "in\n", "{output:?}");
    output.expect_code(0);
    (home, before, output)
}

/// A key that is announced and signs with something else.
const LIAR: &str = "
        class Liar:
            def __init__(self, of, sign): self.public_data, self.sign = of.public_data, sign
";

#[test]
#[ignore = "needs peers: tests/run"]
fn keys_without_a_true_proof_change_nothing() {
    for sign in [
        // Another key's signature, one over something else, and none that can be read.
        "lambda data: mine.sign(data)",
        "lambda data: new.sign(data[:40] + bytes([data[40] ^ 1]) + data[41:])",
        "lambda data: b'junk'",
    ] {
        let server = announcing(&format!(
            "{LIAR}        new = pair('ssh-ed25519')
        keys += [pair('ecdsa-sha2-nistp256'), Liar(new, {sign})]"
        ));
        let (home, before, output) = told(&server, &[]);
        assert_eq!(home.read(".ssh/known_hosts"), before, "{sign}");
        assert!(output.stderr.contains("failed to confirm ownership"), "{sign}: {output:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_same_server_with_a_true_proof_is_believed() {
    let server = announcing("        keys += [pair('ssh-ed25519'), pair('ecdsa-sha2-nistp256')]");
    let (home, before, output) = told(&server, &[]);
    let after = home.read(".ssh/known_hosts");
    assert!(after.starts_with(&before) && after.lines().count() == 3, "{after} {output:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_thousand_keys_are_not_considered() {
    let server = announcing("        keys += [pair('ssh-ed25519') for _ in range(1000)]");
    for update in ["UpdateHostKeys=yes", "UpdateHostKeys=ask"] {
        let (home, before, output) = told(&server, &["-o", update]);
        assert_eq!(home.read(".ssh/known_hosts"), before);
        assert!(output.stderr.contains("more than 64 host keys"), "{output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn announcement_without_the_key_in_use_changes_nothing() {
    let server = announcing("        keys = [pair('ssh-ed25519')]");
    let (home, before, output) = told(&server, &[]);
    assert_eq!(home.read(".ssh/known_hosts"), before);
    assert_eq!(output.stderr, "");
}
