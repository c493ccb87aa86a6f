//! The private sshd: its scratch directory, its keys, one listener per cipher.
//!
//! A listener offers one cipher and one key exchange, so a client cannot quietly use others,
//! and a client that cannot be told what to propose needs no settings. The login is the
//! current user's: no account is made. `SetEnv HOME` points at an empty directory, because
//! the login shell would otherwise read start-up files there, which cost 100 ms and more of
//! a `host true` and belong to no client.

use crate::front::loopback::free_port;
use crate::front::{Failure, interrupt};
use crate::options::Options;
use crate::watch::Kept;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The key exchange of every connection.
pub const KEX: &str = "curve25519-sha256";

/// How long sshd may take to greet.
const START: Duration = Duration::from_secs(10);
/// Another process may take the port between its choice and sshd's bind.
const START_TRIES: usize = 3;

/// Directory, keys and listeners; all gone on drop.
pub struct Site {
    /// Who logs in.
    pub user: String,
    /// `SHA256:…` of the host key.
    pub fingerprint: String,
    listeners: Vec<Listener>,
    // Dropped last, after the listeners.
    directory: tempfile::TempDir,
}

struct Listener {
    cipher: String,
    port: u16,
    _sshd: Kept,
}

impl Site {
    /// Makes the keys, starts a listener per cipher and waits for their greetings.
    pub fn open(options: &Options) -> Result<Self, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("tessh-bench-")
            .tempdir()
            .map_err(|error| format!("a scratch directory: {error}"))?;
        let user = nix::unistd::User::from_uid(nix::unistd::getuid())
            .ok()
            .flatten()
            .ok_or("the current user has no passwd entry")?
            .name;
        let mut site = Self { user, fingerprint: String::new(), listeners: Vec::new(), directory };
        std::fs::create_dir_all(site.path("home/.ssh")).map_err(|error| error.to_string())?;
        make_privsep_directory();
        for key in ["host", "user"] {
            site.make_key(key)?;
        }
        site.fingerprint = fingerprint(&site.path("host.pub"))?;
        for cipher in &options.ciphers {
            let listener = site.listen(&options.sshd, cipher)?;
            site.listeners.push(listener);
        }
        site.write_known_hosts()?;
        Ok(site)
    }

    /// A path in the scratch directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Where the listener for `cipher` listens on 127.0.0.1.
    pub fn port(&self, cipher: &str) -> u16 {
        let found = self.listeners.iter().find(|listener| listener.cipher == cipher);
        found.expect("each cipher of the options has a listener").port
    }

    /// The last line of a listener's log, for when nothing works.
    pub fn last_log_line(&self, cipher: &str) -> String {
        let log = std::fs::read_to_string(self.path(&format!("{cipher}.log"))).unwrap_or_default();
        log.lines().last().unwrap_or("nothing").to_owned()
    }

    /// The upload's source: `bytes` zeros, already in the page cache.
    pub fn upload_source(&self, bytes: u64) -> Result<PathBuf, Failure> {
        let path = self.path("upload");
        let fill = || -> std::io::Result<()> {
            let mut file = std::fs::File::create_new(&path)?;
            file.set_len(bytes)?;
            file = std::fs::File::open(&path)?;
            std::io::copy(&mut file, &mut std::io::sink()).map(drop)
        };
        if !path.exists() {
            fill().map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(path)
    }

    fn make_key(&self, name: &str) -> Result<(), Failure> {
        let args: [&Path; 7] = [
            "-q".as_ref(),
            "-t".as_ref(),
            "ed25519".as_ref(),
            "-N".as_ref(),
            "".as_ref(),
            "-f".as_ref(),
            &self.path(name),
        ];
        tool("ssh-keygen", &args).map(drop)
    }

    fn listen(&self, sshd: &Path, cipher: &str) -> Result<Listener, Failure> {
        for _ in 0..START_TRIES {
            let port = free_port()?;
            let config = self.path(&format!("{cipher}.conf"));
            let log = self.path(&format!("{cipher}.log"));
            let text = self.config(cipher, port);
            let args: Vec<OsString> =
                vec!["-D".into(), "-f".into(), config.clone().into(), "-E".into(), log.into()];
            // Since 9.8 sshd punishes an address whose logins fail, which a probe may do.
            std::fs::write(&config, text.clone() + "PerSourcePenalties no\n")
                .map_err(|error| error.to_string())?;
            if tool_path(sshd, &["-t".as_ref(), "-f".as_ref(), &config]).is_err() {
                std::fs::write(&config, text).map_err(|error| error.to_string())?;
                tool_path(sshd, &["-t".as_ref(), "-f".as_ref(), &config])?;
            }
            let kept = Kept::start(sshd, &args)?;
            if greets(port)? {
                return Ok(Listener { cipher: cipher.to_owned(), port, _sshd: kept });
            }
        }
        Err(format!("sshd did not start: {}", self.last_log_line(cipher)))
    }

    fn config(&self, cipher: &str, port: u16) -> String {
        let mut text = format!("Port {port}\nCiphers {cipher}\nKexAlgorithms {KEX}\n");
        let path = |name: &str| self.path(name).display().to_string();
        for (keyword, value) in [
            ("ListenAddress", "127.0.0.1".to_owned()),
            ("HostKey", path("host")),
            ("AuthorizedKeysFile", path("user.pub")),
            ("AllowUsers", self.user.clone()),
            ("SetEnv", format!("HOME={}", path("home"))),
            ("PermitRootLogin", "prohibit-password".to_owned()),
            ("PasswordAuthentication", "no".to_owned()),
            ("KbdInteractiveAuthentication", "no".to_owned()),
            ("AllowTcpForwarding", "no".to_owned()),
            ("PermitUserRC", "no".to_owned()),
            ("PidFile", "none".to_owned()),
            ("PrintLastLog", "no".to_owned()),
            ("PrintMotd", "no".to_owned()),
            ("StrictModes", "no".to_owned()),
            ("UseDNS", "no".to_owned()),
            ("UsePAM", "no".to_owned()),
        ] {
            writeln!(text, "{keyword} {value}").expect("writing to a String");
        }
        text
    }

    /// For ssh and tessh by port; for dbclient, which reads `$HOME`, without.
    fn write_known_hosts(&self) -> Result<(), Failure> {
        let public =
            std::fs::read_to_string(self.path("host.pub")).map_err(|error| error.to_string())?;
        let key = public.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let by_port: String = self
            .listeners
            .iter()
            .map(|listener| format!("[127.0.0.1]:{} {key}\n", listener.port))
            .collect();
        std::fs::write(self.path("known_hosts"), by_port)
            .and_then(|()| {
                std::fs::write(self.path("home/.ssh/known_hosts"), format!("127.0.0.1 {key}\n"))
            })
            .map_err(|error| error.to_string())
    }
}

/// Runs a program of the suite and returns its stdout; its stderr is the error.
pub fn tool(program: &str, args: &[&Path]) -> Result<String, Failure> {
    tool_path(Path::new(program), args)
}

fn tool_path(program: &Path, args: &[&Path]) -> Result<String, Failure> {
    let output = Command::new(program)
        .args(args)
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => {
            let text = String::from_utf8_lossy(&output.stderr);
            Err(format!("{}: {}", program.display(), text.trim().replace('\n', "; ")))
        }
    }
}

fn fingerprint(public: &Path) -> Result<String, Failure> {
    let line = tool("ssh-keygen", &["-l".as_ref(), "-f".as_ref(), public])?;
    let word = line.split(' ').nth(1).ok_or("ssh-keygen -l printed no fingerprint")?;
    Ok(word.to_owned())
}

/// sshd of Debian and its kin refuses to start as root without it; other builds do not care.
fn make_privsep_directory() {
    if nix::unistd::getuid().is_root() {
        let _ = std::fs::create_dir_all("/run/sshd");
    }
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
