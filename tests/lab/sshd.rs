//! A private OpenSSH server with its own namespaces, accounts, keys and log.
//!
//! The server runs in private mount and process namespaces over a copy of /etc that has one
//! more user. Passwords, PAM and expiry can so be tested without touching the machine's
//! accounts, and nothing that the server starts outlives it.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Pid, Signal, kill_process};

use super::home::TESSH;
use super::transcript::Transcript;
use super::{DEADLINE, arg, free_port, tool};

/// The only user who can log in.
pub const USER: &str = "tester";
/// The user's password.
pub const PASSWORD: &str = "correct-horse-7";
/// Far from any a distribution gives out.
const UID: u32 = 64_123;
/// How often another program may be quicker in taking the port just found free.
const ATTEMPTS: usize = 5;
/// Begins the lines that [`ServerLog::all`] writes.
const MARK: &str = "\x1b_so far ";

/// In the namespaces: $0 is the server's directory.
const IN_NAMESPACE: &str = r#"set -e
mount -t tmpfs -o mode=755 lab /run
mkdir -m 755 /run/sshd
mount -t tmpfs -o mode=755 lab "$0/etc"
cp -a /etc/. "$0/etc/"
for file in passwd shadow group; do cat "$0/$file.more" >>"$0/etc/$file"; done
cp "$0/pam" "$0/etc/pam.d/sshd"
rm -f "$0/etc/nologin"
mount --bind "$0/etc" /etc
mount -t proc proc /proc
if [ -n "$1" ]; then exec /usr/sbin/dropbear -F -E -p "127.0.0.1:$1" -r "$0/dropbear_key"; fi
exec /usr/sbin/sshd -D -e -f "$0/sshd_config"
"#;

/// What is asked of PAM unless a test says otherwise.
const PAM: &str = "auth required pam_unix.so nodelay
account required pam_unix.so
password required pam_unix.so
session required pam_permit.so
";

/// What a server starts from. Its directory has `host_ed25519`, `user_ca` and `host_ca`, each
/// with its `.pub`; more is made with [`Setup::keygen`].
pub struct Setup {
    dir: tempfile::TempDir,
    pam: String,
    password_expired: bool,
}

impl Setup {
    /// A new directory with keys.
    pub fn new() -> Setup {
        assert!(rustix::process::geteuid().is_root(), "the tests with real peers need root");
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        let setup = Setup { dir, pam: PAM.to_owned(), password_expired: false };
        for name in ["host_ed25519", "user_ca", "host_ca"] {
            setup.keygen(&["-t", "ed25519", "-N", "", "-C", name, "-f", &setup.at(name)]);
        }
        setup
    }

    /// Runs ssh-keygen.
    pub fn keygen(&self, arguments: &[&str]) {
        tool("/usr/bin/ssh-keygen", &[&["-q"], arguments].concat());
    }

    /// A place in the directory, as an argument.
    pub fn at(&self, name: &str) -> String {
        arg(&self.dir.path().join(name)).to_owned()
    }

    /// Makes another host key `host_TYPE`, and says which line presents it.
    pub fn host_key(&self, kind: &str) -> String {
        let path = self.at(&format!("host_{kind}"));
        self.keygen(&["-t", kind, "-N", "", "-f", &path]);
        format!("HostKey {path}")
    }

    /// Signs a public key of the directory with one of its authorities, and says which line
    /// presents the certificate.
    pub fn host_certificate(&self, authority: &str, how: &[&str]) -> String {
        let key = self.at("host_ed25519.pub");
        let fixed = ["-s", &self.at(authority), "-I", "the server"];
        self.keygen(&[&fixed, how, &[&key]].concat());
        format!("HostCertificate {}", self.at("host_ed25519-cert.pub"))
    }

    /// Asks PAM something else.
    pub fn pam(mut self, text: &str) -> Setup {
        text.clone_into(&mut self.pam);
        self
    }

    /// Makes the user's password one that must be changed.
    pub fn password_expired(mut self) -> Setup {
        self.password_expired = true;
        self
    }

    /// Starts the server. These lines come before the usual ones, and so win.
    pub fn start(self, lines: &[&str]) -> Sshd {
        self.write_accounts();
        for _ in 0..ATTEMPTS {
            let port = free_port();
            self.write_config(port, lines);
            let mut child = self.spawn("");
            let log = ServerLog::of(&mut child);
            let listening = log.wait(|said| said.contains("Server listening on"));
            if listening {
                return Sshd { dir: self.dir, child, log, port };
            }
            end(&mut child);
            let said = log.said();
            assert!(said.contains("Address already in use"), "sshd does not start: {said}");
        }
        panic!("no port stays free");
    }

    /// Starts dropbear in its place, with the same user; its host key takes the place of the other
    /// in the directory.
    pub fn start_dropbear(self) -> Sshd {
        self.write_accounts();
        let key = self.at("dropbear_key");
        tool("/usr/bin/dropbearkey", &["-t", "ed25519", "-f", &key]);
        let said = tool("/usr/bin/dropbearkey", &["-y", "-f", &key]);
        let public = said.lines().find(|line| line.starts_with("ssh-ed25519 ")).unwrap();
        self.write("host_ed25519.pub", &format!("{public}\n"));
        for _ in 0..ATTEMPTS {
            let port = free_port();
            let mut child = self.spawn(&port.to_string());
            let log = ServerLog::of(&mut child);
            let listening =
                log.wait(|said| said.contains("Not backgrounding") || said.contains("Failed"));
            if listening && !log.said().contains("Failed") {
                return Sshd { dir: self.dir, child, log, port };
            }
            end(&mut child);
        }
        panic!("no port stays free");
    }

    /// Starts dropbear on this port, or sshd if it is empty.
    fn spawn(&self, port: &str) -> Child {
        Command::new("/usr/bin/unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", IN_NAMESPACE])
            .arg(self.dir.path())
            .arg(port)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("unshare starts")
    }

    fn write_accounts(&self) {
        let salted = format!("print crypt('{PASSWORD}', '$6$laboratory$')");
        let hash = tool("/usr/bin/perl", &["-e", &salted]);
        let changed = if self.password_expired { "0" } else { "20000" };
        let home = self.at("home");
        fs::create_dir(&home).unwrap();
        chown(&home, Some(UID), Some(UID)).unwrap();
        fs::create_dir(self.at("etc")).unwrap();
        self.write("passwd.more", &format!("{USER}:x:{UID}:{UID}::{home}:/bin/sh\n"));
        self.write("shadow.more", &format!("{USER}:{hash}:{changed}:0:99999:7:::\n"));
        self.write("group.more", &format!("{USER}:x:{UID}:\n"));
        self.write("pam", &self.pam);
        self.write("authorized_keys", "");
    }

    fn write_config(&self, port: u16, lines: &[&str]) {
        let dir = arg(self.dir.path());
        let usual = format!(
            "ListenAddress 127.0.0.1:{port}
HostKey {dir}/host_ed25519
AuthorizedKeysFile {dir}/authorized_keys
TrustedUserCAKeys {dir}/user_ca.pub
PidFile none
StrictModes no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel DEBUG1
AcceptEnv LANG LC_*
"
        );
        self.write("sshd_config", &format!("{}\n{usual}", lines.join("\n")));
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join(name), text).unwrap();
    }
}

/// A running server; it and all it started end when it is dropped.
pub struct Sshd {
    dir: tempfile::TempDir,
    child: Child,
    log: ServerLog,
    port: u16,
}

/// What a server says on standard error.
struct ServerLog {
    lines: Transcript,
    pipe: OwnedFd,
}

impl ServerLog {
    fn of(server: &mut Child) -> ServerLog {
        let from = server.stderr.take().unwrap();
        let pipe = from.as_fd().try_clone_to_owned().unwrap();
        ServerLog { lines: Transcript::of(from, |_| {}), pipe }
    }

    /// What has been taken down so far.
    fn said(&self) -> String {
        let text = self.lines.text();
        text.split_inclusive('\n').filter(|line| !line.starts_with(MARK)).collect()
    }

    /// All that has been said until now, also what nobody has come to take down yet: a line that
    /// follows it through the pipe is waited for.
    fn all(&self) -> String {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mark = format!("{MARK}{}\n", COUNT.fetch_add(1, Ordering::Relaxed));
        let end = format!("/proc/self/fd/{}", self.pipe.as_raw_fd());
        let mut end = fs::OpenOptions::new().write(true).open(end).unwrap();
        end.write_all(mark.as_bytes()).unwrap();
        drop(end);
        // It does not come where the server has ended; then there is no more to be said.
        self.lines.wait(DEADLINE, || self.lines.text().contains(&mark).then_some(()));
        self.said()
    }

    /// Waits until it is as wanted; whether it has come to be so.
    fn wait(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.lines.wait(DEADLINE, || wanted(&self.said()).then_some(())).is_some()
    }
}

impl Sshd {
    /// Starts one with these configuration lines before the usual ones.
    pub fn start(lines: &[&str]) -> Sshd {
        Setup::new().start(lines)
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `-p PORT user@127.0.0.1` with these options before and this command after it.
    pub fn to(&self, options: &[&str], command: &[&str]) -> Vec<String> {
        let port = self.port.to_string();
        let host = format!("{USER}@127.0.0.1");
        let fixed = ["-p", &port, &host];
        [options, &fixed, command].concat().into_iter().map(str::to_owned).collect()
    }

    /// A place in its directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The program under test, where the user on the server can run it: the directory it was
    /// built in may be closed to everybody else, as root's home is.
    pub fn program(&self) -> PathBuf {
        let copy = self.path("tessh");
        // A process of its own copies: a child of another test must not hold the copy open for
        // writing while the server starts it.
        tool("/usr/bin/install", &["-m", "755", TESSH, arg(&copy)]);
        copy
    }

    /// Lets a key log in; `public` is the path of its private or public part, and `options` are
    /// those of authorized_keys, or empty.
    pub fn authorize(&self, key: &Path, options: &str) {
        let public = if key.extension().is_some_and(|it| it == "pub") {
            key.to_owned()
        } else {
            PathBuf::from(format!("{}.pub", arg(key)))
        };
        let path = self.path("authorized_keys");
        let mut text = fs::read_to_string(&path).unwrap();
        let public = fs::read_to_string(public).unwrap();
        text.push_str(format!("{options} {public}").trim_start());
        fs::write(&path, text).unwrap();
    }

    /// What known_hosts must have: a line for each host key.
    pub fn known_hosts(&self) -> String {
        let mut lines = String::new();
        for entry in fs::read_dir(self.dir.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.starts_with("host_")
                && name.ends_with(".pub")
                && name != "host_ca.pub"
                && !name.contains("-cert")
            {
                lines.push_str(&format!("[127.0.0.1]:{} {}", self.port, self.public(&name)));
            }
        }
        lines
    }

    /// A public key of its directory: `type base64 comment`, with its line feed.
    pub fn public(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Signs a user's public key with the trusted authority; the certificate lies beside it.
    pub fn certify(&self, key: &Path, how: &[&str]) {
        let (authority, public) = (self.path("user_ca"), format!("{}.pub", arg(key)));
        let fixed = ["-q", "-s", arg(&authority), "-I", "the user"];
        tool("/usr/bin/ssh-keygen", &[&fixed, how, &[&public]].concat());
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.log.all()
    }

    /// Waits until its log has a text.
    #[track_caller]
    pub fn wait_for_log(&self, text: &str) {
        let found = self.log.wait(|said| said.contains(text));
        assert!(found, "{text:?} is not in the log:\n{}", self.log());
    }

    /// The fingerprints of the keys that a client showed, each once.
    pub fn keys_shown(&self) -> Vec<String> {
        let log = self.log();
        let lines = log.lines().filter(|line| {
            line.contains("userauth_pubkey: publickey") || line.contains("ed publickey for")
        });
        let shown = lines.flat_map(|line| {
            line.split_whitespace().filter(|word| word.starts_with("SHA256:")).take(1)
        });
        let mut shown: Vec<String> = shown.map(str::to_owned).collect();
        shown.sort();
        shown.dedup();
        shown
    }

    /// The methods tried, in order, without the `none` that only asks which there are.
    pub fn methods_tried(&self) -> Vec<String> {
        let log = self.log();
        let lines = log.lines().filter(|line| line.contains("userauth-request for user"));
        let methods = lines.filter_map(|line| line.split(" method ").nth(1));
        let words = methods.filter_map(|rest| rest.split_whitespace().next());
        words.filter(|word| *word != "none").map(str::to_owned).collect()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends the namespace by its first process, so that unshare is there to reap it.
fn end(unshare: &mut Child) {
    let id = unshare.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let first = children.ok().and_then(|text| text.split_whitespace().next()?.parse().ok());
    match first.and_then(Pid::from_raw) {
        Some(pid) => {
            let _ = kill_process(pid, Signal::KILL);
        }
        None => {
            let _ = unshare.kill();
        }
    }
    let _ = unshare.wait();
}
