//! Ways to the files: jump hosts, masters, saved sessions, further connections, servers of others.

use std::fs;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::Path;

use super::lab::{self, AsyncSsh, Home, PASSWORD, Setup, arg, noise, wait_until};
use super::{SFTP, bed, bed_of, give, make, quiet, run, same, there};

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

/// The kernel's own rule (`fs.protected_symlinks`) holds only for links that are opened.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_strangers_link_in_a_directory_like_tmp_is_not_followed() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), b"new", 0o644, 1_000_000_000);
    let (mine, shared) = (bed.home.path("mine"), bed.home.path("shared"));
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let link = shared.join("link");
    symlink("../mine", &link).unwrap();
    fs::write(&mine, "kept").unwrap();
    lchown(&link, Some(65_534), Some(65_534)).unwrap();
    let said = run(&bed, &["get", "srv:f", "shared/link"]);
    said.expect_code(1);
    assert!(said.stderr.contains("another user's symbolic link"), "{}", said.stderr);
    assert!(said.stderr.contains("name another file"), "{}", said.stderr);
    assert_eq!(fs::read(&mine).unwrap(), b"kept");
    let picture = ["--without-ssh", "--svg", "shared/link"];
    let said = run(&bed, &[&["bench"], &picture[..], &["srv"]].concat());
    said.expect_code(255);
    assert!(said.stderr.contains("--svg") && said.stderr.contains("another user's"), "{said:?}");
    assert_eq!(fs::read(&mine).unwrap(), b"kept");
    let known = ["-o", "UserKnownHostsFile=shared/link", "-o", "StrictHostKeyChecking=no"];
    let said = run(&bed, &[&known[..], &["srv", "true"]].concat());
    said.expect_code(0);
    let told = "is not changed: it is another user's symbolic link";
    assert!(said.stderr.contains(told), "{}", said.stderr);
    assert_eq!(fs::read(&mine).unwrap(), b"kept");
    // The user's own is followed, as ever.
    lchown(&link, Some(0), Some(0)).unwrap();
    quiet(&bed, &["get", "srv:f", "shared/link"]);
    assert_eq!(fs::read(&mine).unwrap(), b"new");
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

/// Every verb both ways with a server of somebody else, whose files are here, too.
#[track_caller]
fn every_verb(home: &Home, login: &[&str], host: &str, served: &Path) {
    let output = |words: &[&str]| {
        let output = home.tessh(&[&words[..1], login, &words[1..]].concat()).output();
        output.expect_code(0);
        output.text()
    };
    let at = |path: &str| format!("{host}:{path}");
    fs::create_dir_all(served.join("tree/in/ner")).unwrap();
    let data = noise(3_000_000);
    make(&served.join("tree/a"), b"a", 0o600, 1_000_000_000);
    make(&served.join("tree/in/ner/big"), &data, 0o644, 1_100_000_000);
    for directory in ["tree", "tree/in", "tree/in/ner"] {
        give(&served.join(directory));
    }
    let big = &served.join("tree/in/ner/big");
    output(&["get", "-r", "-P", "2", "--verify", &at("tree/"), "copy"]);
    same(big, &home.path("copy/in/ner/big"));
    same(&served.join("tree/a"), &home.path("copy/a"));
    output(&["put", "-r", "--verify", "copy", &at("up")]);
    same(big, &served.join("up/in/ner/big"));
    output(&["get", &at("up/in/*/b*"), "one"]);
    same(big, &home.path("one"));
    // Over what is there, whose owner and mode are others.
    output(&["put", "one", &at("up/a")]);
    same(big, &served.join("up/a"));
    // What was interrupted.
    for (partial, words) in [
        (home.path("half.filepart"), ["get", &at("tree/in/ner/big"), "half"]),
        (served.join("half.filepart"), ["put", "one", &at("half")]),
    ] {
        make(&partial, &data[..1_000_000], 0o600, 1_000_000_000);
        let text = output(&[words[0], "--resume", "--json", words[1], words[2]]);
        assert!(text.contains("\"resumed\":1000000"), "{text}");
        same(big, &partial.with_extension(""));
    }
    // Both ways.
    output(&["sync", &at("tree"), "mirror"]);
    same(big, &home.path("mirror/in/ner/big"));
    make(&home.path("mirror/in/new"), b"new", 0o644, 1_000_000_000);
    fs::remove_file(home.path("mirror/a")).unwrap();
    output(&["sync", "--delete", "mirror", &at("tree")]);
    same(&home.path("mirror/in/new"), &served.join("tree/in/new"));
    assert!(!served.join("tree/a").exists());
    for words in [["mirror", &at("tree")], [&at("tree"), "mirror"]] {
        let text = output(&["sync", "--dry-run", "--delete", words[0], words[1]]);
        assert!(text.starts_with("to do: copy 0 files"), "{text}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn asyncssh_serves_files_too() {
    let home = Home::new();
    let served = home.path("served");
    fs::create_dir(&served).unwrap();
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
        arg(&served)
    );
    let server = AsyncSsh::script(&script);
    home.write(".ssh/known_hosts", &server.known_hosts());
    every_verb(&home, &["--auth", "none", "-p", server.port()], "me@127.0.0.1", &served);
}

/// Paramiko's server. It cannot rename over a file in one step, and has no programs.
const PARAMIKO: &str = r#"import os, socket, sys, threading, paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
key = paramiko.Ed25519Key.from_private_key_file(KEY)
kept = []
class Login(paramiko.ServerInterface):
    def check_auth_none(self, user): return paramiko.AUTH_SUCCESSFUL
    def get_allowed_auths(self, user): return "none"
    def check_channel_request(self, kind, channel): return paramiko.OPEN_SUCCEEDED
def told(do):
    def wrapped(*given):
        try:
            done = do(*given)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK if done is None else done
    return wrapped
class Handle(SFTPHandle):
    @told
    def stat(self): return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))
    @told
    def chattr(self, attr): SFTPServer.set_file_attr(self.path, attr)
class Files(SFTPServerInterface):
    def real(self, path): return ROOT + self.canonicalize(path)
    @told
    def list_folder(self, path):
        found = []
        for name in os.listdir(self.real(path)):
            found.append(SFTPAttributes.from_stat(os.lstat(os.path.join(self.real(path), name)), name))
        return found
    @told
    def open(self, path, flags, attr):
        fd = os.open(self.real(path), flags, (attr.st_mode or 0o666) & 0o777)
        how = "r+b" if flags & os.O_RDWR else "wb" if flags & os.O_WRONLY else "rb"
        handle = Handle(flags)
        handle.path, handle.readfile = self.real(path), os.fdopen(fd, how)
        handle.writefile = handle.readfile
        return handle
    @told
    def stat(self, path): return SFTPAttributes.from_stat(os.stat(self.real(path)))
    @told
    def lstat(self, path): return SFTPAttributes.from_stat(os.lstat(self.real(path)))
    @told
    def remove(self, path): os.remove(self.real(path))
    @told
    def rename(self, old, new):
        if os.path.lexists(self.real(new)): return paramiko.SFTP_FAILURE
        os.rename(self.real(old), self.real(new))
    @told
    def mkdir(self, path, attr): os.mkdir(self.real(path), attr.st_mode or 0o777)
    @told
    def rmdir(self, path): os.rmdir(self.real(path))
    @told
    def chattr(self, path, attr): SFTPServer.set_file_attr(self.real(path), attr)
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(8)
print(server.getsockname()[1], key.get_name(), key.get_base64(), flush=True)
while True:
    transport = paramiko.Transport(server.accept()[0])
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", SFTPServer, Files)
    transport.start_server(event=threading.Event(), server=Login())
    kept.append(transport)
"#;

#[test]
#[ignore = "needs peers: tests/run"]
fn paramiko_serves_files_too() {
    let home = Home::new();
    let served = home.path("served");
    fs::create_dir(&served).unwrap();
    let key = home.key("host", &["ed25519"], "");
    let script = format!("KEY, ROOT = {:?}, {:?}\n{PARAMIKO}", arg(&key), arg(&served));
    let server = AsyncSsh::script(&script);
    home.write(".ssh/known_hosts", &server.known_hosts());
    every_verb(&home, &["--auth", "none", "-p", server.port()], "me@127.0.0.1", &served);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn dropbear_serves_files_with_openssh_s_program() {
    let bed = bed(&[]);
    let port = lab::free_port().to_string();
    let host_key = there(&bed, "host");
    let made = lab::tool("/usr/bin/dropbearkey", &["-t", "ed25519", "-f", arg(&host_key)]);
    let public = made.lines().find(|line| line.starts_with("ssh-ed25519")).unwrap();
    let known = format!("{}[127.0.0.1]:{port} {public}\n", bed.sshd.known_hosts());
    bed.home.write(".ssh/known_hosts", &known);
    fs::create_dir(there(&bed, ".ssh")).unwrap();
    let authorized = there(&bed, ".ssh/authorized_keys");
    fs::copy(bed.sshd.path("authorized_keys"), &authorized).unwrap();
    for path in [&host_key, &there(&bed, ".ssh"), &authorized] {
        give(path);
    }
    // Its accounts are those of the other server, within which it runs.
    let command =
        format!("exec /usr/sbin/dropbear -F -E -s -p 127.0.0.1:{port} -r host -P dropbear.pid");
    let server = bed.home.tessh(&["srv", &command]).start();
    server.wait_for("Not backgrounding");
    let login = ["--auth", "publickey", "-i", arg(&bed.key), "-p", &port];
    every_verb(&bed.home, &login, "tester@127.0.0.1", &there(&bed, ""));
    drop(server);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_proxy_command_and_an_imported_site_lead_to_the_files() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), &noise(300_000), 0o644, 1_000_000_000);
    let (port, key) = (bed.sshd.port(), arg(&bed.key));
    let through = format!(
        "ProxyCommand={} -q -F none -o BatchMode=yes --auth publickey -i {key} -p {port} -l tester -W %h:%p 127.0.0.1",
        lab::TESSH
    );
    quiet(&bed, &["get", "-o", &through, "srv:f", "here"]);
    same(&there(&bed, "f"), &bed.home.path("here/f"));
    quiet(&bed, &["put", "-o", &through, "here/f", "srv:through"]);
    same(&there(&bed, "f"), &there(&bed, "through"));

    let ppk = bed.home.path("id.ppk");
    lab::tool("/usr/bin/puttygen", &[key, "-O", "private", "-o", arg(&ppk)]);
    let site = format!(
        "[Sessions\\the%20site]\nHostName=127.0.0.1\nPortNumber={port}\nUserName=tester\nPublicKeyFile={}\n",
        arg(&ppk)
    );
    bed.home.write("WinSCP.ini", &site);
    run(&bed, &["sessions", "import", "winscp", "WinSCP.ini"]).expect_code(0);
    quiet(&bed, &["get", "the site:f", "imported"]);
    same(&there(&bed, "f"), &bed.home.path("imported"));
    quiet(&bed, &["put", "imported", "the site:back"]);
    same(&there(&bed, "f"), &there(&bed, "back"));
}
