//! The private sshd: its scratch directory, its keys, and how a client logs in to it.
//!
//! One cipher and one key exchange, so that both clients do the same work. The login is the
//! current user's: no account is made.

use crate::front::loopback::free_port;
use crate::front::{Failure, interrupt};
use std::ffi::OsString;
use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long sshd may take to greet.
const START: Duration = Duration::from_secs(10);

const CONFIG: &str = "\
Ciphers aes128-gcm@openssh.com
KexAlgorithms curve25519-sha256
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserRC no
PidFile none
PrintLastLog no
PrintMotd no
StrictModes no
Subsystem sftp /usr/lib/openssh/sftp-server
UseDNS no
UsePAM no
";

/// A network namespace, by its name.
pub struct Namespace(pub String);

/// Where a client stands, and where the server is for it.
pub struct Place<'a> {
    pub namespace: Option<&'a Namespace>,
    pub address: Ipv4Addr,
    pub port: u16,
}

/// Directory, keys and server; all gone on drop.
pub struct Site {
    /// Who logs in.
    pub user: String,
    /// Where sshd listens.
    pub port: u16,
    sshd: Child,
    directory: tempfile::TempDir,
}

impl Site {
    /// Makes the keys, starts sshd on 127.0.0.1 and waits for its greeting.
    pub fn open(program: &Path) -> Result<Site, Failure> {
        let site = Self::open_at(program, Ipv4Addr::LOCALHOST, None)?;
        match greets(site.port)? {
            true => Ok(site),
            false => Err("sshd did not start".to_owned()),
        }
    }

    /// Makes the keys and starts sshd at this address; waits until it says that it listens.
    pub fn open_at(
        program: &Path,
        address: Ipv4Addr,
        namespace: Option<&Namespace>,
    ) -> Result<Site, Failure> {
        let said = |error: std::io::Error| error.to_string();
        let directory = tempfile::Builder::new().prefix("tessh-bench-").tempdir().map_err(said)?;
        let user = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
        let user = user.ok_or("the current user has no passwd entry")?.name;
        let port = free_port()?;
        let path = |name: &str| directory.path().join(name);
        for key in ["host", "user"] {
            make_key(&path(key))?;
        }
        if nix::unistd::getuid().is_root() {
            // sshd of Debian and its kin refuses to start as root without it.
            let _ = std::fs::create_dir_all("/run/sshd");
        }
        let (host, keys) = (path("host"), path("user.pub"));
        let own = format!(
            "Port {port}\nListenAddress {address}\nHostKey {}\nAuthorizedKeysFile {}\nSetEnv HOME={}\n",
            host.display(),
            keys.display(),
            directory.path().display()
        );
        std::fs::write(path("config"), own + CONFIG).map_err(said)?;
        let public = std::fs::read_to_string(path("host.pub")).map_err(said)?;
        std::fs::write(path("known_hosts"), format!("bench {public}")).map_err(said)?;
        let sshd = within(program, namespace)
            .arg("-D")
            .arg("-f")
            .arg(path("config"))
            .arg("-E")
            .arg(path("log"))
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let site = Site { user, port, sshd, directory };
        let until = Instant::now() + START;
        while !std::fs::read_to_string(site.path("log")).is_ok_and(|log| log.contains("listening"))
        {
            interrupt::check()?;
            if Instant::now() > until {
                return Err("sshd does not listen".to_owned());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(site)
    }

    /// The client and the server on one machine, with nothing between them.
    pub fn place(&self) -> Place<'static> {
        Place { namespace: None, address: Ipv4Addr::LOCALHOST, port: self.port }
    }

    /// A path in the scratch directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A program with nothing but the scratch directory in its environment.
    pub fn program(&self, program: &Path) -> Command {
        self.program_in(program, None)
    }

    /// The same in a network namespace.
    pub fn program_in(&self, program: &Path, namespace: Option<&Namespace>) -> Command {
        let mut command = within(program, namespace);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("TERM", "dumb");
        command.env("HOME", self.directory.path());
        command
    }

    /// The options by which a client that takes ssh's logs in without a question.
    pub fn login(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        let known = format!("UserKnownHostsFile={}", self.path("known_hosts").display());
        // Since 9.5 ssh sends keystrokes on a 20 ms clock; that is a feature, not its speed.
        for option in [
            "BatchMode=yes",
            &known,
            "GlobalKnownHostsFile=none",
            "HostKeyAlias=bench",
            "IdentitiesOnly=yes",
            "ExitOnForwardFailure=yes",
            "IgnoreUnknown=ObscureKeystrokeTiming",
            "ObscureKeystrokeTiming=no",
        ] {
            words.extend(["-o".into(), option.into()]);
        }
        words.extend(["-F".into(), "none".into(), "-i".into(), self.path("user").into()]);
        words
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn within(program: &Path, namespace: Option<&Namespace>) -> Command {
    match namespace {
        Some(Namespace(name)) => {
            let mut command = Command::new("/sbin/ip");
            command.args(["netns", "exec", name]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn make_key(path: &Path) -> Result<(), Failure> {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .map_err(|error| format!("ssh-keygen: {error}"))?;
    made.success().then_some(()).ok_or_else(|| "ssh-keygen failed".to_owned())
}

/// Whether something on `port` speaks SSH before [`START`] is over.
fn greets(port: u16) -> Result<bool, Failure> {
    let until = Instant::now() + START;
    while Instant::now() < until {
        interrupt::check()?;
        let greeted = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(|mut stream| {
            stream.set_read_timeout(Some(START))?;
            let mut start = [0; 4];
            stream.read_exact(&mut start)?;
            Ok(&start == b"SSH-")
        });
        if greeted.unwrap_or(false) {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(false)
}
