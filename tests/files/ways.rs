//! Ways to the files: jump hosts, masters, saved sessions, further connections, servers of others.

use std::fs;
use std::path::Path;

use super::lab::{self, AsyncSsh, Home, PASSWORD, Setup, arg, noise, wait_until};
use super::{SFTP, bed, bed_of, make, quiet, run, same, there};

#[test]
#[ignore = "needs peers: tests/run"]
fn jump_hosts_and_masters_lead_to_the_files() {
    let bed = bed(&[]);
    let data = noise(3_000_000);
    make(&there(&bed, "f"), &data, 0o644, 1_000_000_000);
    quiet(&bed, &["get", "-J", "gate", "-P", "2", "srv:f", "here"]);
    same(&there(&bed, "f"), &bed.home.path("here/f"));

    let socket = bed.home.path("master");
    let path = format!("ControlPath={}", arg(&socket));
    let master = bed.home.tessh(&["-M", "-N", "-o", &path, "srv"]).start();
    wait_until("the master listens", || socket.exists());
    let logins = || bed.sshd.log().matches("Accepted publickey").count();
    let before = logins();
    quiet(&bed, &["get", "-o", &path, "--verify", "srv:f", "shared"]);
    same(&there(&bed, "f"), &bed.home.path("shared"));
    quiet(&bed, &["put", "-o", &path, "shared", "srv:back"]);
    same(&there(&bed, "f"), &there(&bed, "back"));
    assert_eq!(logins(), before, "the master's connection is used");
    let said = run(&bed, &["get", "-o", &path, "-P", "3", "srv:f", "shared"]);
    said.expect_code(0);
    assert!(said.stderr.contains("1 of 3"), "{}", said.stderr);
    drop(master);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn openssh_is_a_master_for_files_too() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), &noise(1_000_000), 0o644, 1_000_000_000);
    let socket = bed.home.path("master");
    let path = format!("ControlPath={}", arg(&socket));
    let config = arg(&bed.home.path(".ssh/config")).to_owned();
    let words = ["-F", &config, "-M", "-N", "-o", &path, "srv"];
    let master = bed.home.run(Path::new("/usr/bin/ssh"), &words).start();
    wait_until("the master listens", || socket.exists());
    quiet(&bed, &["get", "-o", &path, "srv:f", "here"]);
    same(&there(&bed, "f"), &bed.home.path("here/f"));
    assert_eq!(bed.sshd.log().matches("Accepted publickey").count(), 1);
    drop(master);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn saved_sessions_and_uris_name_the_server() {
    let bed = bed(&[]);
    make(&there(&bed, "a b:c"), b"kept", 0o644, 1_000_000_000);
    let port = bed.sshd.port();
    let key = arg(&bed.key);
    let own =
        format!("host = \"127.0.0.1\"\nport = {port}\nuser = \"tester\"\nidentity = [\"{key}\"]\n");
    fs::create_dir_all(bed.home.path(".config/tessh/sessions")).unwrap();
    bed.home.write(".config/tessh/sessions/my%20box%20%5B1%5D.toml", &own);
    let ppk = bed.home.path("id.ppk");
    lab::tool("/usr/bin/puttygen", &[key, "-O", "private", "-o", arg(&ppk)]);
    fs::create_dir_all(bed.home.path(".putty/sessions")).unwrap();
    let putty = format!(
        "HostName=127.0.0.1\nProtocol=ssh\nPortNumber={port}\nUserName=tester\nPublicKeyFile={}\n",
        arg(&ppk)
    );
    bed.home.write(".putty/sessions/the%20lab", &putty);
    let uri = format!("sftp://tester@127.0.0.1:{port}/a%20b:c");
    let known = ["-i", key, "--auth", "publickey"];
    for words in [
        &["get", "my box [1]:a b:c", "here"][..],
        &["get", "putty:the lab:a b:c", "here"],
        &["get", "--profile", "the lab", ":a b:c", "here"],
        &[&["get"], &known[..], &[&uri, "here"]].concat(),
        &[
            &["get"],
            &known[..],
            &["-P", "1", "-p", &port.to_string(), "tester@127.0.0.1:a b:c", "here"],
        ]
        .concat(),
    ] {
        quiet(&bed, words);
        let copy = bed.home.path("here/a b:c");
        assert_eq!(fs::read(&copy).unwrap(), b"kept", "{words:?}");
        fs::remove_file(copy).unwrap();
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn further_connections_log_in_with_what_was_given_for_the_first() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), &noise(2_000_000), 0o644, 1_000_000_000);
    let logins = |method: &str| bed.sshd.log().matches(&format!("Accepted {method}")).count();
    let words = ["get", "--auth", "password", "--password-fd", "3", "-P", "3", "srv:f", "here"];
    let output = bed.home.tessh(&words).password(&format!("{PASSWORD}\n")).output();
    output.expect_quiet_success();
    same(&there(&bed, "f"), &bed.home.path("here/f"));
    assert_eq!(logins("password"), 3);
    quiet(&bed, &["put", "-P", "2", "here/f", "srv:back"]);
    assert_eq!(logins("publickey"), 2);
    // A locked key is unlocked once.
    let locked = bed.home.key("locked", &["ed25519"], "open sesame");
    bed.sshd.authorize(&locked, "");
    let pty = bed.home.on_pty(&["get", "--plain", "-i", arg(&locked), "-P", "3", "srv:f", "here"]);
    pty.wait_for("assphrase");
    pty.send("open sesame\r");
    assert_eq!(pty.exit_code(), 0, "{}", pty.screen());
    assert_eq!(logins("publickey"), 5);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_login_that_cannot_be_repeated_makes_one_connection_and_that_is_said() {
    let lines = [SFTP, "UsePAM yes", "KbdInteractiveAuthentication yes"];
    let bed = bed_of(Setup::new().start(&lines));
    make(&there(&bed, "f"), b"kept", 0o644, 1_000_000_000);
    let words = ["get", "--plain", "--auth", "keyboard-interactive", "-P", "4", "srv:f", "here"];
    let pty = bed.home.on_pty(&words);
    pty.wait_for("assword");
    pty.send(&format!("{PASSWORD}\r"));
    pty.wait_for("1 of 4");
    assert_eq!(pty.exit_code(), 0);
    same(&there(&bed, "f"), &bed.home.path("here/f"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_takes_fewer_connections_gets_fewer() {
    let bed = bed(&["MaxStartups 1"]);
    make(&there(&bed, "f"), &noise(2_000_000), 0o644, 1_000_000_000);
    let output = run(&bed, &["get", "-P", "8", "srv:f", "here"]);
    output.expect_code(0);
    assert!(output.stderr.contains("of 8 connections"), "{}", output.stderr);
    same(&there(&bed, "f"), &bed.home.path("here/f"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn servers_of_others_serve_files_too() {
    let home = Home::new();
    fs::create_dir_all(home.path("served/in/ner")).unwrap();
    make(&home.path("served/a"), b"a", 0o600, 1_000_000_000);
    make(&home.path("served/in/ner/big"), &noise(9_000_000), 0o644, 1_100_000_000);
    // The account's directory is its root.
    let script = format!(
        "import asyncio, asyncssh
key = asyncssh.generate_private_key('ssh-ed25519')
class Server(asyncssh.SSHServer):
    def begin_auth(self, user): return False
class Files(asyncssh.SFTPServer):
    def __init__(self, channel): super().__init__(channel, chroot={:?}.encode())
async def main():
    server = await asyncssh.create_server(Server, '127.0.0.1', 0, server_host_keys=[key],
                                          sftp_factory=Files)
    print(server.get_port(), key.export_public_key().decode().strip(), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
",
        arg(&home.path("served"))
    );
    let server = AsyncSsh::script(&script);
    home.write(".ssh/known_hosts", &server.known_hosts());
    let login = ["--auth", "none", "-p", server.port()];
    let run = |words: &[&str]| {
        home.tessh(&[&words[..1], &login, &words[1..]].concat()).output().expect_quiet_success();
    };
    run(&["get", "-r", "-P", "2", "--verify", "me@127.0.0.1:/", "copy/"]);
    same(&home.path("served/in/ner/big"), &home.path("copy/in/ner/big"));
    same(&home.path("served/a"), &home.path("copy/a"));
    run(&["put", "-r", "--verify", "copy", "me@127.0.0.1:"]);
    same(&home.path("served/in/ner/big"), &home.path("served/copy/in/ner/big"));
    run(&["get", "me@127.0.0.1:in/*/b*", "copy"]);
    same(&home.path("served/in/ner/big"), &home.path("copy/big"));
}
