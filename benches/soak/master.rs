//! The connection that all work goes over: a master with three forwards, and what it needs.

use crate::front::Failure;
use crate::front::interrupt;
use crate::front::loopback::{echo, free_port};
use crate::site::Site;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// For the connection and its forwards to stand.
const DEADLINE: Duration = Duration::from_secs(30);
/// A forwarded connection that says nothing for so long hangs.
const SILENCE: Duration = Duration::from_secs(60);
/// A client that takes so long hangs: its work is a matter of seconds.
const HANGS: Duration = Duration::from_secs(120);

/// One direction in which a connection is forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `-L`.
    Local,
    /// `-R`.
    Remote,
    /// `-D`.
    Dynamic,
}

/// A master, ended on drop.
pub struct Master {
    client: PathBuf,
    process: Child,
    socket: PathBuf,
    log: PathBuf,
    /// Where each [`Way`] begins.
    ports: [u16; 3],
    /// Where all forwards lead: what is written there comes back.
    echo: u16,
}

impl Master {
    /// Logs in and waits for the forwards; keys are exchanged after so many bytes.
    pub fn open(client: &Path, site: &Site, rekey: &str) -> Result<Master, Failure> {
        let said = |error: std::io::Error| error.to_string();
        let echo = echo()?;
        let ports = [free_port()?, free_port()?, free_port()?];
        let socket = site.path(&format!("master-{rekey}"));
        let log = site.path(&format!("log-{rekey}"));
        let mut command = site.program(client);
        command.args(site.login()).args(["-M", "-N", "-S"]).arg(&socket);
        command.args(["-o", &format!("RekeyLimit={rekey}"), "-v", "-E"]).arg(&log);
        command.args(["-L", &format!("127.0.0.1:{}:127.0.0.1:{echo}", ports[0])]);
        command.args(["-R", &format!("127.0.0.1:{}:127.0.0.1:{echo}", ports[1])]);
        command.args(["-D", &format!("127.0.0.1:{}", ports[2])]);
        command.args(["-p", &site.port.to_string()]).arg(format!("{}@127.0.0.1", site.user));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let process = command.spawn().map_err(said)?;
        let mut master = Master { client: client.to_owned(), process, socket, log, ports, echo };
        let until = Instant::now() + DEADLINE;
        while !ports.iter().all(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok()) {
            interrupt::check()?;
            if let Some(status) = master.process.try_wait().map_err(said)? {
                return Err(format!("the master ended: {status}"));
            }
            if Instant::now() > until {
                return Err("the forwards do not stand".to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(master)
    }

    /// A session over the master; `words` follow the destination.
    pub fn session(&self, site: &Site, options: &[&str], words: &[&str]) -> Command {
        let mut command = self.program(site);
        command.args(site.login()).arg("-S").arg(&self.socket).args(options);
        command.args(["-p", &site.port.to_string()]).arg(format!("{}@127.0.0.1", site.user));
        command.args(words);
        command
    }

    /// A copy of a file over the master: `get` or `put`.
    pub fn copy(&self, site: &Site, verb: &str, from: &str, to: &str) -> Command {
        let mut command = self.program(site);
        command.arg(verb).args(site.login()).args(["--overwrite", "always", "-o"]);
        command.arg(format!("ControlPath={}", self.socket.display()));
        command.args(["-p", &site.port.to_string(), from, to]);
        command
    }

    /// The client, ended when it hangs.
    fn program(&self, site: &Site) -> Command {
        let mut command = site.program(Path::new("/usr/bin/timeout"));
        command.args(["-k", "5"]).arg(HANGS.as_secs().to_string()).arg(&self.client);
        command
    }

    /// A connection through a forward to what sends everything back.
    pub fn connect(&self, way: Way) -> Result<TcpStream, Failure> {
        let port = self.ports[way as usize];
        let failed = |error: std::io::Error| format!("{way:?}: {error}");
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        stream.set_read_timeout(Some(SILENCE)).map_err(failed)?;
        stream.set_write_timeout(Some(SILENCE)).map_err(failed)?;
        if matches!(way, Way::Dynamic) {
            let [high, low] = self.echo.to_be_bytes();
            stream.write_all(&[5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, high, low]).map_err(failed)?;
            // The choice of the method, and the reply with an IPv4 address.
            let mut replies = [0; 2 + 10];
            stream.read_exact(&mut replies).map_err(failed)?;
            if replies[3] != 0 {
                return Err(format!("SOCKS refuses: {}", replies[3]));
            }
        }
        Ok(stream)
    }

    /// How often keys have been exchanged, by the master's own log.
    pub fn exchanges(&self) -> Result<usize, Failure> {
        let log = fs::read_to_string(&self.log).map_err(|error| error.to_string())?;
        Ok(log.lines().filter(|line| line.contains("SSH2_MSG_NEWKEYS sent")).count())
    }

    /// Whether the connection is still there.
    pub fn stands(&self) -> bool {
        self.needs().is_ok_and(|(resident, _)| resident > 0)
    }

    /// The resident memory in KiB and the number of open descriptors.
    pub fn needs(&self) -> Result<(u64, usize), Failure> {
        let directory = format!("/proc/{}", self.process.id());
        let status = fs::read_to_string(format!("{directory}/status"));
        let status = status.map_err(|_| "the master is gone".to_owned())?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        let open = fs::read_dir(format!("{directory}/fd")).map_err(|error| error.to_string())?;
        Ok((resident.unwrap_or(0), open.count()))
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
