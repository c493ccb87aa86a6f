//! `tessh copy-id`: the key is in authorized_keys once and logs in, with OpenSSH's server, dropbear
//! and AsyncSSH, through a shell and over SFTP; what is no place for a key stays as it is.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use super::lab::{Agent, AsyncSsh, Home, Output, PASSWORD, Setup, Sshd, USER, arg, strs, tool};

/// A server whose user's keys are where they usually are, with its checks of modes.
const USUAL: [&str; 2] = ["AuthorizedKeysFile .ssh/authorized_keys", "StrictModes yes"];
/// No shell, no command.
const ONLY_SFTP: [&str; 4] =
    [USUAL[0], USUAL[1], "Subsystem sftp internal-sftp", "ForceCommand internal-sftp"];

struct CopyBed {
    sshd: Sshd,
    home: Home,
    key: PathBuf,
}

impl CopyBed {
    fn new(lines: &[&str]) -> CopyBed {
        CopyBed::of(Sshd::start(lines))
    }

    fn of(sshd: Sshd) -> CopyBed {
        let home = Home::knowing(&sshd);
        let key = home.key("id", &["ed25519"], "");
        CopyBed { sshd, home, key }
    }

    /// Installs a key with a login by password.
    fn copy(&self, key: &Path, more: &[&str]) -> Output {
        let login = ["copy-id", "--auth", "password", "--password-fd", "3", "-i", arg(key)];
        let words = self.sshd.to(&[&login, more].concat(), &[]);
        self.home.tessh(&strs(&words)).password(PASSWORD).output()
    }

    /// A place in the user's home on the server.
    fn there(&self, name: &str) -> PathBuf {
        self.sshd.path("home").join(name)
    }

    fn file(&self) -> String {
        fs::read_to_string(self.there(".ssh/authorized_keys")).unwrap()
    }

    /// Puts a file of the user there.
    fn put(&self, text: &str, mode: u32) {
        let home = fs::metadata(self.there("")).unwrap();
        let own = |path: &Path, mode| {
            chown(path, Some(home.uid()), Some(home.gid())).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        fs::create_dir_all(self.there(".ssh")).unwrap();
        own(&self.there(".ssh"), 0o700);
        fs::write(self.there(".ssh/authorized_keys"), text).unwrap();
        own(&self.there(".ssh/authorized_keys"), mode);
    }

    fn names(&self) -> usize {
        fs::read_dir(self.there(".ssh")).unwrap().count()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[track_caller]
fn says(output: &Output, code: i32, words: &[&str]) {
    output.expect_code(code);
    for word in words {
        assert!(output.stderr.contains(word), "{word}: {output:?}");
    }
    assert!(output.stdout.is_empty(), "{output:?}");
}

/// The same on a server that is there: twice, with another key, and with what stood there before.
fn is_installed_once(bed: &CopyBed, way: &str) {
    let line = bed.home.read("id.pub");
    let first = bed.copy(&bed.key, &[]);
    says(&first, 0, &["ED25519 SHA256:", "added to ~/.ssh/authorized_keys of tester@127.0.0.1"]);
    says(&first, 0, &["~/.ssh was made", "the key logs in", way]);
    assert_eq!(bed.file(), line);
    assert_eq!(
        (mode(&bed.there(".ssh")), mode(&bed.there(".ssh/authorized_keys"))),
        (0o700, 0o600)
    );
    says(&bed.copy(&bed.key, &[]), 0, &["has this key already; nothing was changed", "logs in"]);
    assert_eq!(bed.file(), line);
    // No line feed at the end, a mode of its own, and options before the key.
    let bare = format!("# mine\nno-pty {}", line.trim_end());
    bed.put(&bare, 0o640);
    says(&bed.copy(&bed.key, &[]), 0, &["already", "logs in"]);
    assert_eq!(bed.file(), bare);
    let other = bed.home.key("other", &["ecdsa"], "");
    let public = bed.home.path("other.pub");
    says(&bed.copy(&public, &[]), 0, &["added", "logs in"]);
    assert_eq!(bed.file(), format!("{bare}\n{}", bed.home.read("other.pub")));
    assert_eq!((mode(&bed.there(".ssh/authorized_keys")), bed.names()), (0o640, 1));
    let login = ["--auth", "publickey", "-i", arg(&other), "-o", "BatchMode=yes"];
    bed.home.connect(&bed.sshd, &login, &["true"]).output();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_shell_of_openssh_puts_the_key_in_once() {
    is_installed_once(&CopyBed::new(&USUAL), "");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_without_commands_gets_the_key_over_sftp() {
    is_installed_once(&CopyBed::new(&ONLY_SFTP), "this went over SFTP");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn dropbear_takes_the_key() {
    let bed = CopyBed::of(Setup::new().start_dropbear());
    is_installed_once(&bed, "");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_is_no_place_for_a_key_stays_as_it_is() {
    for lines in [&USUAL[..], &ONLY_SFTP] {
        let bed = CopyBed::new(lines);
        bed.put("kept", 0o600);
        let (file, aside) = (bed.there(".ssh/authorized_keys"), bed.there("aside"));
        fs::rename(&file, &aside).unwrap();
        symlink(&aside, &file).unwrap();
        let refused = bed.copy(&bed.key, &[]);
        let line = bed.home.read("id.pub");
        refused.expect_last_line(&["is a symbolic link", "nothing was changed"]);
        assert!(refused.stderr.contains(line.trim_end()), "the line to add by hand: {refused:?}");
        assert_eq!((fs::read_to_string(&aside).unwrap().as_str(), bed.names()), ("kept", 1));
        fs::remove_file(&file).unwrap();
        fs::rename(&aside, &file).unwrap();
        // Another installation, and a file of somebody else.
        let busy = bed.there(".ssh/authorized_keys.tessh");
        fs::write(&busy, "").unwrap();
        bed.copy(&bed.key, &[]).expect_last_line(&["authorized_keys.tessh is there", "remove"]);
        assert_eq!(bed.file(), "kept");
        fs::remove_file(&busy).unwrap();
        chown(&file, Some(0), None).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        bed.copy(&bed.key, &[]).expect_last_line(&["belongs to another user"]);
        assert_eq!((bed.file().as_str(), bed.names()), ("kept", 1));
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_that_does_not_log_in_is_told_with_the_likely_reason() {
    let bed = CopyBed::new(&USUAL);
    fs::set_permissions(bed.there(""), fs::Permissions::from_mode(0o777)).unwrap();
    let output = bed.copy(&bed.key, &[]);
    says(&output, 1, &["added to", "the key does not log in", "chmod go-w ."]);
    let bed = CopyBed::new(&["StrictModes yes"]);
    says(&bed.copy(&bed.key, &[]), 1, &["does not log in", "AuthorizedKeysFile"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn keys_of_every_form_and_those_of_an_agent_are_installed() {
    let bed = CopyBed::new(&USUAL);
    // Without its .pub; the passphrase cannot be asked for, so the key is not tried.
    let locked = bed.home.key("locked", &["ed25519"], "open sesame");
    fs::remove_file(bed.home.path("locked.pub")).unwrap();
    says(&bed.copy(&locked, &["-o", "BatchMode=yes"]), 0, &["added", "was not tried"]);
    let ppk = bed.home.path("key.ppk");
    let words = ["keygen", "-f", arg(&bed.key), "-O", "ppk", "--output", arg(&ppk)];
    bed.home.tessh(&words).output().expect_code(0);
    says(&bed.copy(&ppk, &[]), 0, &["added", "the key logs in"]);
    says(&bed.copy(&bed.key, &[]), 0, &["already"]);
    // The private half is only in the agent.
    let held = bed.home.key("held", &["ed25519"], "");
    let agent = Agent::start(&[&held]);
    fs::remove_file(&held).unwrap();
    let public = bed.home.path("held.pub");
    let login = ["copy-id", "--auth", "password", "--password-fd", "3", "-i", arg(&public)];
    let run = bed.home.tessh(&strs(&bed.sshd.to(&login, &[]))).password(PASSWORD);
    says(&run.env("SSH_AUTH_SOCK", agent.socket()).output(), 0, &["added", "the key logs in"]);
    // Without -i: the only one of the agent, where there is no default key.
    let login = ["copy-id", "--auth", "password", "--password-fd", "3"];
    let run = bed.home.tessh(&strs(&bed.sshd.to(&login, &[]))).password(PASSWORD);
    says(&run.env("SSH_AUTH_SOCK", agent.socket()).output(), 0, &["in the agent", "already"]);
    // A certificate beside the key does not log in for it.
    bed.sshd.certify(&bed.key, &["-n", USER]);
    bed.put("", 0o600);
    let bed = CopyBed { sshd: bed.sshd, home: bed.home, key: bed.key };
    says(&bed.copy(&bed.key, &[]), 0, &["added", "the key logs in"]);
    assert!(bed.sshd.log().contains("Accepted publickey for tester"), "{}", bed.sshd.log());
    assert!(!bed.sshd.log().contains("ID the user"), "{}", bed.sshd.log());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_that_was_just_made_is_installed_from_the_dialog() {
    let bed = CopyBed::new(&USUAL);
    bed.home.write(".ssh/config", "PreferredAuthentications password\n");
    let pty = bed.home.on_pty(&["keygen"]);
    pty.resize(40, 80);
    pty.wait_for("Esc cancel");
    pty.send("<enter>");
    pty.wait_for("not saved yet");
    pty.send("open sesame<tab>open sesame<enter>");
    pty.wait_for("Public key in");
    pty.send("i");
    pty.wait_for("type user@host");
    pty.send(&format!("{USER}@127.0.0.1:{}<enter>", bed.sshd.port()));
    pty.wait_for("'s password");
    pty.send(&format!("{PASSWORD}<enter>"));
    pty.wait_for("passphrase");
    pty.send("open sesame<enter>");
    assert_eq!(pty.exit_code(), 0, "{}", pty.written());
    assert!(pty.unbroken().contains("the key logs in"), "{}", pty.written());
    assert_eq!(bed.file(), bed.home.read(".ssh/id_ed25519.pub"));
}

#[test]
fn what_is_no_key_is_refused_before_connecting() {
    let home = Home::new();
    home.tessh(&["copy-id", "host"]).output().expect_failure(&["no key to install", "keygen"]);
    let key = home.key("id", &["ed25519"], "");
    tool("/usr/bin/ssh-keygen", &["-q", "-s", arg(&key), "-I", "me", arg(&home.path("id.pub"))]);
    let words = ["copy-id", "-i", "id-cert.pub", "host"];
    home.tessh(&words).output().expect_failure(&["is a certificate", "name the key itself"]);
    let both = format!("{0}{0}", home.read("id.pub"));
    home.write("both", &both);
    home.tessh(&["copy-id", "-i", "both", "host"]).output().expect_failure(&["has 2 keys"]);
    home.tessh(&["copy-id", "-i", "gone", "host"]).output().expect_failure(&["gone"]);
    home.tessh(&["copy-id", "-N", "host"]).output().expect_failure(&["-N means nothing"]);
}

/// AsyncSSH's server on a home of its own, with keys from there; programs run in it or not.
fn asyncssh(there: &Path, runs_programs: bool) -> AsyncSsh {
    let factory = if runs_programs { "process_factory=run, " } else { "" };
    AsyncSsh::script(&format!(
        "
import asyncio, asyncssh, os
os.chdir('{there}')
os.environ['HOME'] = '{there}'
key = asyncssh.generate_private_key('ssh-ed25519')
class Server(asyncssh.SSHServer):
    def connection_made(self, conn): self.conn = conn
    def begin_auth(self, user):
        if os.path.exists('.ssh/authorized_keys'):
            self.conn.set_authorized_keys('.ssh/authorized_keys')
        return True
    def password_auth_supported(self): return True
    def validate_password(self, user, password): return password == '{PASSWORD}'
async def run(process):
    child = await asyncio.create_subprocess_shell(
        process.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await child.communicate((await process.stdin.read()).encode())
    process.stdout.write(out.decode())
    process.exit(child.returncode)
async def main():
    server = await asyncssh.create_server(
        Server, '127.0.0.1', 0, server_host_keys=[key], {factory}sftp_factory=True)
    print(server.get_port(), key.export_public_key().decode().strip(), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
",
        there = there.display()
    ))
}

#[test]
#[ignore = "needs peers: tests/run"]
fn asyncssh_takes_the_key_by_both_ways() {
    for runs_programs in [true, false] {
        let there = tempfile::tempdir().unwrap();
        let server = asyncssh(there.path(), runs_programs);
        let home = Home::new();
        home.write(".ssh/known_hosts", &server.known_hosts());
        let key = home.key("id", &["ed25519"], "");
        let login = ["copy-id", "--auth", "password", "--password-fd", "3", "-i", arg(&key)];
        let to = ["-p", server.port(), "anna@127.0.0.1"];
        for expected in ["added", "already"] {
            let run = home.tessh(&[&login[..], &to].concat()).password(PASSWORD);
            let output = run.output();
            says(&output, 0, &[expected, "the key logs in"]);
            assert_eq!(output.stderr.contains("over SFTP"), !runs_programs, "{output:?}");
        }
        let file = there.path().join(".ssh/authorized_keys");
        assert_eq!(fs::read_to_string(&file).unwrap(), home.read("id.pub"));
        assert_eq!((mode(&file), mode(&there.path().join(".ssh"))), (0o600, 0o700));
    }
}
