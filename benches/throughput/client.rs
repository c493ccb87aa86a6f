//! The programs compared, and the command line that makes each do the same thing.
//!
//! ssh and tessh get one and the same line, letter for letter. plink and dbclient get theirs;
//! which cipher and key exchange they use is the listener's choice (server.rs).

use crate::front::Failure;
use crate::options::Options;
use crate::server::{KEX, Site, tool};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whose command line a program takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Ssh,
    Plink,
    Dbclient,
}

/// A program found on this machine.
pub struct Client {
    /// As in the table.
    pub name: String,
    /// The program.
    pub path: PathBuf,
    /// First line of what `-V` prints.
    pub version: String,
    /// Per cipher of the options, why this client cannot use it (see `rounds::probe`).
    pub gaps: Vec<Option<String>>,
    dialect: Dialect,
}

impl Client {
    /// plink and dbclient: shown for comparison, measured less often when time is short.
    pub fn is_peer(&self) -> bool {
        self.dialect != Dialect::Ssh
    }

    /// The first cipher of `options` that it can use, for what is measured with one cipher.
    pub fn first_cipher<'a>(&self, options: &'a Options) -> Option<&'a str> {
        let able = self.gaps.iter().position(Option::is_none)?;
        options.ciphers.get(able).map(String::as_str)
    }

    /// The command that runs `remote` with `cipher`, on a remote terminal or on none.
    pub fn command(&self, site: &Site, cipher: &str, remote: &str, terminal: bool) -> Command {
        let mut command = Command::new(&self.path);
        let port = site.port(cipher).to_string();
        match self.dialect {
            Dialect::Ssh => {
                for option in self.ssh_options(site, cipher, terminal) {
                    command.arg("-o").arg(option);
                }
                command.args(["-F", "none"]).arg("-i").arg(site.path("user"));
                command.args(["-p", &port]).args(terminal.then_some("-tt"));
                command.arg(format!("{}@127.0.0.1", site.user));
            }
            Dialect::Plink => {
                command.args(["-ssh", "-batch", "-noagent", "-l", &site.user, "-P", &port]);
                command.arg("-hostkey").arg(&site.fingerprint);
                command.arg("-i").arg(site.path("user.ppk")).args(terminal.then_some("-t"));
                command.arg("127.0.0.1");
            }
            Dialect::Dbclient => {
                command.args(["-l", &site.user, "-p", &port, "-c", cipher]);
                command.arg("-i").arg(site.path("user.dropbear"));
                command.args(terminal.then_some("-t")).arg("127.0.0.1");
            }
        }
        command.arg(remote).env_clear().envs(environment(site));
        command
    }

    fn ssh_options(&self, site: &Site, cipher: &str, terminal: bool) -> Vec<String> {
        let mut options = vec![
            "BatchMode=yes".to_owned(),
            format!("UserKnownHostsFile={}", site.path("known_hosts").display()),
            "GlobalKnownHostsFile=none".to_owned(),
            "StrictHostKeyChecking=yes".to_owned(),
            "IdentitiesOnly=yes".to_owned(),
            format!("KexAlgorithms={KEX}"),
            format!("Ciphers={cipher}"),
            "HostKeyAlgorithms=ssh-ed25519".to_owned(),
        ];
        // Since 9.5 ssh sends keystrokes on a 20 ms clock; that is a feature, not its speed.
        if terminal && self.name == "ssh" {
            options.push("IgnoreUnknown=ObscureKeystrokeTiming".to_owned());
            options.push("ObscureKeystrokeTiming=no".to_owned());
        }
        options
    }
}

/// The programs of this run, ssh first; those not installed are left out.
pub fn find(options: &Options, site: &Site) -> Result<Vec<Client>, Failure> {
    let mut programs = vec![
        ("ssh".to_owned(), on_path("ssh")),
        ("tessh".to_owned(), Some(PathBuf::from(env!("CARGO_BIN_EXE_tessh")))),
        ("plink".to_owned(), on_path("plink")),
        ("dbclient".to_owned(), on_path("dbclient")),
    ];
    for (name, path) in &options.added {
        match programs.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = Some(path.clone()),
            None => programs.push((name.clone(), Some(path.clone()))),
        }
    }
    let wanted = &options.clients;
    if let Some(odd) = wanted.iter().find(|name| !programs.iter().any(|(known, _)| known == *name))
    {
        return Err(format!("--clients does not know {odd:?}"));
    }
    let mut clients = Vec::new();
    for (name, path) in programs {
        let Some(path) = path.filter(|_| wanted.is_empty() || wanted.contains(&name)) else {
            continue;
        };
        let dialect = dialect_of(&name);
        let gap = prepare(dialect, site).err();
        let version = version(&path, site);
        let gaps = vec![gap; options.ciphers.len()];
        clients.push(Client { name, path, version, gaps, dialect });
    }
    match clients.is_empty() {
        true => Err("no client to measure".to_owned()),
        false => Ok(clients),
    }
}

fn dialect_of(name: &str) -> Dialect {
    match name {
        name if name.starts_with("plink") => Dialect::Plink,
        name if name.starts_with("dbclient") => Dialect::Dbclient,
        _ => Dialect::Ssh,
    }
}

/// Writes the user key in the form that the program reads.
fn prepare(dialect: Dialect, site: &Site) -> Result<(), Failure> {
    let key = site.path("user");
    match dialect {
        Dialect::Ssh => Ok(()),
        Dialect::Plink => {
            let to = site.path("user.ppk");
            let args: [&Path; 5] =
                [&key, "-O".as_ref(), "private".as_ref(), "-o".as_ref(), to.as_ref()];
            tool("puttygen", &args).map(drop)
        }
        Dialect::Dbclient => {
            let to = site.path("user.dropbear");
            let args: [&Path; 4] = ["openssh".as_ref(), "dropbear".as_ref(), &key, to.as_ref()];
            tool("dropbearconvert", &args).map(drop)
        }
    }
}

/// All that a client sees of the environment: no agent, no configuration of the user's.
fn environment(site: &Site) -> Vec<(&'static str, OsString)> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    vec![
        ("HOME", site.path("home").into()),
        ("PUTTYDIR", site.path("putty").into()),
        ("PATH", path),
        ("TERM", "xterm".into()),
    ]
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}

fn version(path: &Path, site: &Site) -> String {
    let mut command = Command::new(path);
    command.arg("-V").env_clear().envs(environment(site)).stdin(Stdio::null());
    let Ok(output) = command.output() else { return "unknown".to_owned() };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or("unknown").to_owned()
}
