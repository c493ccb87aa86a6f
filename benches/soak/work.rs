//! What goes on at once over one connection. Each kind of work repeats until its time is over, and
//! compares the SHA-256 of everything that it gets with that of what it gave.

use crate::data::{Data, digest_of};
use crate::front::{Failure, interrupt};
use crate::master::{Master, Way};
use crate::site::Site;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

/// The most failures that are told one by one.
const MOST_TOLD: usize = 20;
/// Printed by the remote side once its terminal is raw; not in any command line.
const READY: &[u8] = b"remote-is-raw";
const RAW: &str = "stty raw -echo; printf 'remote-%s' is-raw; exec stdbuf -o0 head -c";

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A shell on a terminal: what is typed comes back.
    Shell,
    /// A command: its input comes back as its output.
    Command,
    /// A file goes there and comes back by SFTP.
    Files,
    /// A connection through a forward.
    Forward(Way),
    /// Connections of their own, one after the other.
    Logins,
}

impl Work {
    /// All that go on at once.
    pub const ALL: [Work; 7] = [
        Work::Shell,
        Work::Command,
        Work::Files,
        Work::Forward(Way::Local),
        Work::Forward(Way::Remote),
        Work::Forward(Way::Dynamic),
        Work::Logins,
    ];

    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Work::Shell => "shell",
            Work::Command => "command",
            Work::Files => "SFTP",
            Work::Forward(Way::Local) => "-L",
            Work::Forward(Way::Remote) => "-R",
            Work::Forward(Way::Dynamic) => "-D",
            Work::Logins => "connections",
        }
    }
}

/// What one kind of work has come to.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// How often it was done.
    pub times: u64,
    /// Bytes in both directions.
    pub bytes: u64,
    /// What came back different.
    pub different: u64,
    /// What did not come to its end.
    pub failed: u64,
}

/// The numbers of all, and the first failures.
#[derive(Default)]
pub struct Tallies {
    by_work: Mutex<[Tally; Work::ALL.len()]>,
    told: Mutex<usize>,
}

impl Tallies {
    /// The numbers now, in the order of [`Work::ALL`].
    pub fn now(&self) -> [Tally; Work::ALL.len()] {
        *self.by_work.lock().expect("no holder panics")
    }

    fn note(&self, number: usize, done: Result<(u64, bool), Failure>) {
        let mut all = self.by_work.lock().expect("no holder panics");
        let tally = &mut all[number];
        tally.times += 1;
        match done {
            Ok((bytes, is_same)) => {
                tally.bytes += bytes;
                tally.different += u64::from(!is_same);
            }
            Err(why) => {
                tally.failed += 1;
                let mut told = self.told.lock().expect("no holder panics");
                if *told < MOST_TOLD {
                    *told += 1;
                    eprintln!("  {}: {why}", Work::ALL[number].name());
                }
            }
        }
    }
}

/// Does all kinds of work at once until then. Further connections are made up to `most_logins` in
/// all.
pub fn work(master: &Master, site: &Site, tallies: &Tallies, until: Instant, most_logins: u64) {
    std::thread::scope(|scope| {
        for (number, work) in Work::ALL.into_iter().enumerate() {
            scope.spawn(move || {
                // What has lost its connection would fail as fast as it can.
                while Instant::now() < until && interrupt::check().is_ok() && master.stands() {
                    if work == Work::Logins && tallies.now()[number].times >= most_logins {
                        return;
                    }
                    tallies.note(number, once(work, master, site));
                }
            });
        }
    });
}

/// Does it once: the bytes in both directions, and whether all came back as they were.
fn once(work: Work, master: &Master, site: &Site) -> Result<(u64, bool), Failure> {
    match work {
        Work::Shell => shell(master, site),
        Work::Command => command(master.session(site, &[], &["cat"])),
        Work::Files => files(master, site),
        Work::Forward(way) => forward(master, way),
        Work::Logins => {
            let data = Data::between(1 << 10, 64 << 10);
            there_and_back(master.session(site, &["-o", "ControlPath=none"], &["cat"]), &data)
        }
    }
}

fn command(command: Command) -> Result<(u64, bool), Failure> {
    there_and_back(command, &Data::between(1 << 20, 16 << 20))
}

fn there_and_back(mut command: Command, data: &Data) -> Result<(u64, bool), Failure> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Running(command.spawn().map_err(|error| error.to_string())?);
    let input = child.0.stdin.take().expect("a pipe");
    let output = child.0.stdout.take().expect("a pipe");
    let (gave, got) = std::thread::scope(|scope| {
        let giving = scope.spawn(move || data.write(input));
        let got = digest_of(output, u64::MAX);
        (giving.join().expect("it does not panic"), got)
    });
    let status = child.0.wait().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(status.to_string());
    }
    let ((got, came), gave) = (got?, gave?);
    Ok((data.length + came, got == gave))
}

fn shell(master: &Master, site: &Site) -> Result<(u64, bool), Failure> {
    // A terminal holds 4095 bytes at the most for a program that has not read yet.
    let lines: Vec<Data> = (0..100).map(|_| Data::between(1, 2048)).collect();
    // It ends by itself after all of them: of a session that is ended from here, the SSH library
    // keeps something (gap G25), which is known and not looked for.
    let program = format!("{RAW} {}", lines.iter().map(|data| data.length).sum::<u64>());
    // An escape within the data would be one.
    let mut command = master.session(site, &["-tt", "-e", "none"], &[&program]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Running(command.spawn().map_err(|error| error.to_string())?);
    let mut input = child.0.stdin.take().expect("a pipe");
    let mut output = child.0.stdout.take().expect("a pipe");
    let mut shown = Vec::new();
    while !shown.ends_with(READY) {
        let mut byte = [0];
        output.read_exact(&mut byte).map_err(|_| "no shell".to_owned())?;
        shown.push(byte[0]);
    }
    let (mut bytes, mut is_same) = (0, true);
    for data in lines {
        let gave = data.write(&mut input)?;
        let (got, came) = digest_of(&mut output, data.length)?;
        is_same &= got == gave;
        bytes += data.length + came;
    }
    let status = child.0.wait().map_err(|error| error.to_string())?;
    match status.success() {
        true => Ok((bytes, is_same)),
        false => Err(status.to_string()),
    }
}

fn files(master: &Master, site: &Site) -> Result<(u64, bool), Failure> {
    let (here, there, back) = (site.path("gave"), site.path("there"), site.path("got"));
    let data = Data::between(1 << 10, 32 << 20);
    let gave = data.write(File::create(&here).map_err(|error| error.to_string())?)?;
    let far = format!("{}@127.0.0.1:{}", site.user, there.display());
    for (verb, from, to) in
        [("put", here.display().to_string(), far.clone()), ("get", far, back.display().to_string())]
    {
        let mut copying = master.copy(site, verb, &from, &to);
        let done = copying.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        if !done.status.success() {
            return Err(format!("{verb}: {}", String::from_utf8_lossy(&done.stderr).trim()));
        }
    }
    let (got, came) = digest_of(File::open(&back).map_err(|error| error.to_string())?, u64::MAX)?;
    let _ = fs::remove_file(there);
    Ok((data.length + came, got == gave))
}

fn forward(master: &Master, way: Way) -> Result<(u64, bool), Failure> {
    let stream = master.connect(way)?;
    let data = Data::between(1, 8 << 20);
    let (gave, got) = std::thread::scope(|scope| {
        let giving = scope.spawn(|| {
            let gave = data.write(&stream);
            let _ = (&stream).flush();
            let _ = stream.shutdown(Shutdown::Write);
            gave
        });
        let got = digest_of(&stream, u64::MAX);
        (giving.join().expect("it does not panic"), got)
    });
    let ((got, came), gave) = (got?, gave?);
    match came == data.length {
        true => Ok((data.length + came, got == gave)),
        false => Err(format!("{way:?}: ended after {came} bytes of {}", data.length)),
    }
}

/// A client under timeout(1), which ends both when it is asked to; ended on drop.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        }
        let _ = self.0.wait();
    }
}
