//! `cargo bench --bench memory -- --quick`: memory and wake-ups of idle sessions, tessh beside ssh.
//!
//! One run starts a private sshd on loopback. Each client holds sessions that do nothing: one, whose
//! peak is read; ten at once, of which the private memory of each and the proportional share of all
//! are read, because one alone is charged with what ten share; and one with forwards, a master and,
//! for tessh, a recording, whose wake-ups are counted. Then each holds open forwards: what one of
//! them takes is told by many. What is here: the order of the run, and its tables. Open forwards are
//! in memory/open.rs, the server is in forwards/site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod front;
#[path = "memory/open.rs"]
mod open;
#[allow(dead_code)] // namespaces are for another bench
#[path = "forwards/site.rs"]
mod site;
#[allow(dead_code)] // only the median is wanted here
#[path = "throughput/stats.rs"]
mod stats;

use front::loopback::free_port;
use front::{Bench, Environment, Failure, Found, Programs, interrupt};
use lexopt::{Parser, ValueExt};
use serde_json::{Value, json};
use site::Site;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How many sessions share the pages of their program.
const TOGETHER: usize = 10;

/// A run's choices.
struct Options {
    idle: Duration,
    programs: Programs,
}

/// What one client was found to need; memory in KiB.
struct Figures {
    peak: f64,
    private: f64,
    together: f64,
    wake_ups: u64,
    threads: usize,
}

fn main() -> ExitCode {
    front::lead::<Options>()
}

impl Default for Options {
    fn default() -> Options {
        Options { idle: Duration::from_secs(60), programs: Programs::default() }
    }
}

impl Bench for Options {
    const NAME: &str = "memory";
    const FLAGS: &str = "  \
  --quick              ten seconds of idling
  --idle SECONDS       how long wake-ups are counted (60; 600 with --all)
  --client NAME=PATH   another program in the place of NAME, ssh or tessh
  --sshd PATH          (/usr/sbin/sshd)
";

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "quick" => self.idle = Duration::from_secs(10),
            "all" => self.idle = Duration::from_secs(600),
            "idle" => self.idle = Duration::from_secs(parser.value()?.parse()?),
            _ => return self.programs.take(flag, parser),
        }
        Ok(true)
    }

    fn run(self, environment: &Environment) -> Result<Found, Failure> {
        let site = Site::open(&self.programs.sshd)?;
        let mut busy = Vec::new();
        for (name, path) in &self.programs.clients {
            busy.push(loaded(&site, name, path).map_err(|why| format!("{name}: {why}"))?);
        }
        let begun: Vec<_> = busy.iter().map(Idle::wake_ups).collect::<Result<_, _>>()?;
        let since = Instant::now();
        let mut found = Vec::new();
        for (name, path) in &self.programs.clients {
            let figures = measure(&site, path).map_err(|why| format!("{name}: {why}"))?;
            found.push(figures);
        }
        while since.elapsed() < self.idle {
            interrupt::check()?;
            std::thread::sleep(Duration::from_millis(100));
        }
        for ((figures, idle), begun) in found.iter_mut().zip(&busy).zip(begun) {
            figures.wake_ups = idle.wake_ups()? - begun;
            figures.threads = idle.threads()?;
        }
        drop(busy);
        let open = open::measure(&site, &self.programs.clients)?;
        let mut figures = figures_json(&self, environment, &found);
        figures["open_forwards"] = open::figures(&open);
        let table = table(&self, &found) + &open::table(&open);
        Ok(Found { table, figures, faults: Vec::new(), missed: Vec::new() })
    }
}

/// A session with forwards, which is a master and, if it is tessh's, records.
fn loaded(site: &Site, name: &str, path: &Path) -> Result<Idle, Failure> {
    let mut options = vec!["-M".into(), "-S".into(), site.path(name).into_os_string()];
    let socket = site.path(&format!("{name}.local")).display().to_string();
    let dynamic = format!("127.0.0.1:{}", free_port()?);
    // The server chooses the port of -R.
    let forwards = [
        ("-L", format!("{socket}:127.0.0.1:{}", site.port)),
        ("-R", format!("0:127.0.0.1:{}", site.port)),
        ("-D", dynamic),
    ];
    for (flag, forward) in forwards {
        options.extend([flag.into(), forward.into()]);
    }
    if name == "tessh" {
        options.extend(["--log".into(), site.path("recording").into_os_string()]);
    }
    Idle::begin(site, path, &options)
}

fn measure(site: &Site, client: &Path) -> Result<Figures, Failure> {
    let mut sessions = Vec::new();
    for _ in 0..TOGETHER {
        interrupt::check()?;
        sessions.push(Idle::begin(site, client, &[])?);
    }
    let private: Vec<_> = sessions.iter().map(Idle::private).collect::<Result<_, _>>()?;
    let shares: Vec<_> =
        sessions.iter().map(|idle| idle.field("smaps_rollup", "Pss:")).collect::<Result<_, _>>()?;
    let peaks: Vec<_> =
        sessions.iter().map(|idle| idle.field("status", "VmHWM:")).collect::<Result<_, _>>()?;
    Ok(Figures {
        peak: stats::median(&peaks).unwrap_or(f64::NAN),
        private: stats::median(&private).unwrap_or(f64::NAN),
        together: shares.iter().sum(),
        wake_ups: 0,
        threads: 0,
    })
}

/// A session that has begun and has nothing to do, ended on drop.
struct Idle(Child);

impl Idle {
    fn begin(site: &Site, client: &Path, options: &[OsString]) -> Result<Idle, Failure> {
        let mut command = site.program(client);
        command.args(site.login()).args(options).arg("-p").arg(site.port.to_string());
        command.arg(format!("{}@127.0.0.1", site.user)).arg("echo on; exec cat");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut idle = Idle(command.spawn().map_err(|error| error.to_string())?);
        let output = idle.0.stdout.as_mut().expect("a pipe");
        output.read_exact(&mut [0; 3]).map_err(|_| "no session".to_owned())?;
        // What follows the first output, a window adjustment at most, is over by then.
        std::thread::sleep(Duration::from_millis(100));
        Ok(idle)
    }

    /// A number of a file about the process.
    fn field(&self, file: &str, name: &str) -> Result<f64, Failure> {
        let path = format!("/proc/{}/{file}", self.0.id());
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| format!("{path} has no {name}"))
    }

    /// The memory that no other process has, in KiB.
    fn private(&self) -> Result<f64, Failure> {
        let of = |name| self.field("smaps_rollup", name);
        Ok(of("Private_Clean:")? + of("Private_Dirty:")?)
    }

    /// How long its first thread has run so far.
    fn ran(&self) -> Result<Duration, Failure> {
        let path = format!("/proc/{}/schedstat", self.0.id());
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let ran = text.split_whitespace().next().and_then(|first| first.parse().ok());
        ran.map(Duration::from_nanos).ok_or_else(|| format!("{path} has no number"))
    }

    fn wake_ups(&self) -> Result<u64, Failure> {
        self.field("status", "voluntary_ctxt_switches:").map(|count| count as u64)
    }

    fn threads(&self) -> Result<usize, Failure> {
        self.field("status", "Threads:").map(|count| count as usize)
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn table(options: &Options, found: &[Figures]) -> String {
    let mut text = String::from("### Idle sessions\n\n");
    text.push_str(&format!(
        "| client | private KiB | x ssh | {TOGETHER} together, KiB | x ssh | peak KiB | x ssh | \
         wake-ups in {} s | threads |\n",
        options.idle.as_secs()
    ));
    text.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    let ssh = &found[0];
    for ((name, _), figures) in options.programs.clients.iter().zip(found) {
        text.push_str(&format!(
            "| {name} | {:.0} | {:.2} | {:.0} | {:.2} | {:.0} | {:.2} | {} | {} |\n",
            figures.private,
            figures.private / ssh.private,
            figures.together,
            figures.together / ssh.together,
            figures.peak,
            figures.peak / ssh.peak,
            figures.wake_ups,
            figures.threads,
        ));
    }
    text
}

fn figures_json(options: &Options, environment: &Environment, found: &[Figures]) -> Value {
    let clients = options.programs.clients.iter().zip(found);
    let sessions: Vec<_> = clients
        .map(|((name, _), figures)| {
            json!({
                "client": name,
                "private_kib": figures.private,
                "together_kib": figures.together,
                "peak_kib": figures.peak,
                "wake_ups": figures.wake_ups,
                "threads": figures.threads,
            })
        })
        .collect();
    json!({
        "environment": environment.json(),
        "sessions_together": TOGETHER,
        "idle_seconds": options.idle.as_secs(),
        "idle_sessions": sessions,
    })
}
