//! The programs compared, and the command line that makes each move the same files.

use crate::front::Failure;
use crate::site::{Place, Site};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Which way files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Get,
    Put,
}

impl Direction {
    pub const BOTH: [Direction; 2] = [Direction::Get, Direction::Put];

    pub fn name(self) -> &'static str {
        match self {
            Direction::Get => "get",
            Direction::Put => "put",
        }
    }
}

/// Whose command line a program takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sftp,
    Psftp,
    Tessh,
}

/// A program found on this machine.
pub struct Client {
    pub name: &'static str,
    pub path: PathBuf,
    pub dialect: Dialect,
}

impl Client {
    /// The command that copies `from`, a file or a directory, into the directory `to`.
    pub fn command(
        &self,
        site: &Site,
        place: &Place<'_>,
        direction: Direction,
        from: &Path,
        to: &Path,
        recursive: bool,
    ) -> Result<Command, Failure> {
        let mut command = site.program_in(&self.path, place.namespace);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let (port, deep) = (place.port.to_string(), recursive.then_some("-r"));
        let host = place.address.to_string();
        match self.dialect {
            Dialect::Tessh => {
                command.arg(direction.name()).args(site.login()).args(["-p", &port]).args(deep);
                let remote = |path: &Path| format!("{}@{host}:{}", site.user, path.display());
                match direction {
                    Direction::Get => command.arg(remote(from)).arg(to),
                    Direction::Put => command.arg(from).arg(remote(to)),
                };
            }
            Dialect::Sftp => {
                // -p keeps times and modes, as the others do.
                let line = script(direction, "-p", recursive, from, to, false);
                let batch = write(site, line)?;
                command.args(["-q", "-b"]).arg(batch).args(site.login()).args(["-P", &port]);
                command.arg(format!("{}@{host}", site.user));
            }
            Dialect::Psftp => {
                let line = script(direction, "", recursive, from, to, true);
                let batch = write(site, line)?;
                command.args(["-batch", "-b"]).arg(batch).args(["-noagent", "-P", &port]);
                command.args(["-l", &site.user, "-hostkey"]).arg(fingerprint(site)?);
                command.arg("-i").arg(putty_key(site)?).arg(host);
            }
        }
        Ok(command)
    }
}

fn script(
    direction: Direction,
    keep: &str,
    recursive: bool,
    from: &Path,
    to: &Path,
    named: bool,
) -> String {
    let deep = if recursive { "-r" } else { "" };
    // psftp takes the name of the target, not the directory that it goes into.
    let name = from.file_name().unwrap_or_default();
    let to = if named { to.join(name) } else { to.to_owned() };
    format!("{} {keep} {deep} {} {}\n", direction.name(), from.display(), to.display())
}

fn write(site: &Site, line: String) -> Result<PathBuf, Failure> {
    let path = site.path("batch");
    std::fs::write(&path, line).map_err(|error| error.to_string())?;
    Ok(path)
}

/// `SHA256:…` of the server's key.
fn fingerprint(site: &Site) -> Result<String, Failure> {
    let public = site.path("host.pub");
    let line = tool("ssh-keygen", &["-l".as_ref(), "-f".as_ref(), &public])?;
    let word = line.split(' ').nth(1).ok_or("ssh-keygen -l printed no fingerprint")?;
    Ok(word.to_owned())
}

/// The person's key in PuTTY's form.
fn putty_key(site: &Site) -> Result<PathBuf, Failure> {
    let (key, to) = (site.path("user"), site.path("user.ppk"));
    if !to.exists() {
        let args: [&Path; 5] = [&key, "-O".as_ref(), "private".as_ref(), "-o".as_ref(), &to];
        tool("puttygen", &args)?;
    }
    Ok(to)
}

fn tool(program: &str, args: &[&Path]) -> Result<String, Failure> {
    let output = Command::new(program).args(args).output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}
