//! The measured runs: what each is, how it proves that it did its work, and the order in which
//! the clients take turns. What a run costs is measured in watch.rs; echo has its own rounds.

use crate::client::Client;
use crate::front::{Failure, interrupt};
use crate::options::{Options, Section};
use crate::server::Site;
use crate::watch::{Run, Sink, run};
use std::fs::File;
use std::time::{Duration, Instant};

/// What a probe transfers, to show that a client can use a cipher at all.
const PROBE_BYTES: u64 = 4 << 20;
/// What a run may take beside its bytes.
const DEADLINE: Duration = Duration::from_secs(30);
/// Slower than this is taken for stuck; the slowest cell known does 19 MiB/s.
const SLOWEST_MIB_PER_SECOND: u64 = 4;
/// How many times the size the longer downloads are.
pub const LENGTHS: [u64; 3] = [1, 4, 16];
/// How often each of them is made.
const LONG_ROUNDS: usize = 2;
/// Logins when they are run for their memory alone.
const MEMORY_LOGINS: usize = 5;

/// With `--quick`, no further round of transfers begins after this long and this many: a busy
/// machine gets fewer rounds, not more minutes.
const QUICK_TRANSFERS: Duration = Duration::from_secs(60);
const QUICK_ROUNDS: usize = 3;

/// What is done in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Server to client, to `/dev/null`.
    Download,
    /// Server to client, to a pipe.
    Pipe,
    /// Server to client, to `/dev/null`, of so many times the size.
    Long(u64),
    /// A regular file to the server.
    Upload,
    /// `host true`.
    Login,
}

impl Work {
    /// As in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Pipe => "download to a pipe",
            Self::Long(_) => "download, longer",
            Self::Upload => "upload",
            Self::Login => "host true",
        }
    }
}

/// All runs of one kind by one client.
pub struct Cell {
    /// What was done.
    pub work: Work,
    /// Index into the clients.
    pub client: usize,
    /// With which cipher; `None` when the client can use none.
    pub cipher: Option<String>,
    /// MiB of a transfer.
    pub mib: u64,
    /// Those that did their work.
    pub runs: Vec<Run>,
    /// Why there are none.
    pub gap: Option<String>,
    /// A run that failed although the probe had succeeded: the cell has no number then.
    pub failure: Option<String>,
}

/// Lets each client fetch a little with each cipher, every byte counted, and records why not.
pub fn probe(options: &Options, site: &Site, clients: &mut [Client]) -> Result<(), Failure> {
    for client in clients.iter_mut() {
        for (index, cipher) in options.ciphers.iter().enumerate() {
            if client.gaps[index].is_some() {
                continue;
            }
            let command = client.command(site, cipher, &source(PROBE_BYTES), false);
            let outcome = run(&command, None, Sink::Pipe, DEADLINE)
                .and_then(|run| expect(run.written, PROBE_BYTES));
            interrupt::check()?;
            client.gaps[index] = outcome.err();
        }
        if options.quick && client.is_peer() {
            leave_out_the_middle(&mut client.gaps);
        }
    }
    let able = clients.iter().any(|client| client.first_cipher(options).is_some());
    if able {
        return Ok(());
    }
    let first = &clients[0];
    Err(format!(
        "no client can log in; {}: {}; sshd: {}",
        first.name,
        first.gaps[0].as_deref().unwrap_or("no cipher given"),
        site.last_log_line(&options.ciphers[0]),
    ))
}

/// The slow peers keep their first and their last cipher, or a quick run would not be one.
fn leave_out_the_middle(gaps: &mut [Option<String>]) {
    let able = |gap: &Option<String>| gap.is_none();
    let (first, last) = (gaps.iter().position(able), gaps.iter().rposition(able));
    for (index, gap) in gaps.iter_mut().enumerate() {
        if gap.is_none() && Some(index) != first && Some(index) != last {
            *gap = Some("left out by --quick".to_owned());
        }
    }
}

/// Runs everything but echo, clients in turn, and returns the cells in the order of the table.
pub fn measure(options: &Options, site: &Site, clients: &[Client]) -> Result<Vec<Cell>, Failure> {
    let mut transfers = plan_transfers(options, clients);
    let start = Instant::now();
    for round in 0..options.rounds {
        if options.quick && round >= QUICK_ROUNDS && start.elapsed() > QUICK_TRANSFERS {
            break;
        }
        eprintln!("transfers, round {} of {}", round + 1, options.rounds);
        let due = |client: &Client| !client.is_peer() || round < options.peer_rounds;
        turn(&mut transfers, (site, clients), round, &due)?;
    }
    let mut longer = plan_longer(options, clients);
    for round in 0..LONG_ROUNDS {
        if !longer.is_empty() {
            eprintln!("longer downloads, round {} of {LONG_ROUNDS}", round + 1);
        }
        turn(&mut longer, (site, clients), round, &|_| true)?;
    }
    transfers.append(&mut longer);
    let (mut logins, count) = plan_logins(options, clients);
    for round in 0..count {
        if round % 10 == 0 {
            eprintln!("host true, run {} of {count}", round + 1);
        }
        let due = |client: &Client| !client.is_peer() || round < options.peer_logins;
        turn(&mut logins, (site, clients), round, &due)?;
    }
    transfers.append(&mut logins);
    Ok(transfers.into_iter().flatten().collect())
}

/// One run of each cell that is due. In each round another client goes first.
fn turn(
    groups: &mut [Vec<Cell>],
    (site, clients): (&Site, &[Client]),
    round: usize,
    due: &dyn Fn(&Client) -> bool,
) -> Result<(), Failure> {
    for group in groups {
        let count = group.len();
        for place in 0..count {
            let cell = &mut group[(place + round) % count];
            if cell.gap.is_some() || cell.failure.is_some() || !due(&clients[cell.client]) {
                continue;
            }
            let outcome = once(site, &clients[cell.client], cell);
            interrupt::check()?;
            match outcome {
                Ok(run) => cell.runs.push(run),
                Err(why) => cell.failure = Some(why),
            }
        }
    }
    Ok(())
}

/// The groups of cells that are compared with each other.
fn plan_transfers(options: &Options, clients: &[Client]) -> Vec<Vec<Cell>> {
    let mut groups = Vec::new();
    for (section, work) in [(Section::Download, Work::Download), (Section::Upload, Work::Upload)] {
        if options.wants(section) {
            for cipher in &options.ciphers {
                groups.push(group(options, clients, work, Some(cipher)));
            }
            if work == Work::Download {
                groups.push(group(options, clients, Work::Pipe, options.ciphers.first()));
            }
        } else if options.wants(Section::Memory) {
            groups.push(group(options, clients, work, None));
        }
    }
    groups
}

fn plan_longer(options: &Options, clients: &[Client]) -> Vec<Vec<Cell>> {
    let of = |times| group(options, clients, Work::Long(times), options.ciphers.first());
    match options.wants(Section::Length) {
        true => LENGTHS.into_iter().map(of).collect(),
        false => Vec::new(),
    }
}

fn plan_logins(options: &Options, clients: &[Client]) -> (Vec<Vec<Cell>>, usize) {
    let count = match (options.wants(Section::Setup), options.wants(Section::Memory)) {
        (true, _) => options.logins,
        (false, true) => options.logins.min(MEMORY_LOGINS),
        (false, false) => return (Vec::new(), 0),
    };
    (vec![group(options, clients, Work::Login, None)], count)
}

/// A cell per client; without `cipher`, each with the first that it can use.
fn group(options: &Options, clients: &[Client], work: Work, cipher: Option<&String>) -> Vec<Cell> {
    let cell = |(index, client): (usize, &Client)| {
        let cipher = cipher.map(String::as_str).or_else(|| client.first_cipher(options));
        let known = options.ciphers.iter().position(|name| Some(name.as_str()) == cipher);
        Cell {
            work,
            client: index,
            cipher: cipher.map(str::to_owned),
            mib: match work {
                Work::Long(times) => options.size * times,
                _ => options.size,
            },
            runs: Vec::new(),
            gap: client.gaps[known.unwrap_or(0)].clone(),
            failure: None,
        }
    };
    // A slow peer would take long there and tell nothing new.
    let is_short = !matches!(work, Work::Pipe | Work::Long(_));
    let asked = |client: &Client| is_short || !client.is_peer();
    clients.iter().enumerate().filter(|(_, client)| asked(client)).map(cell).collect()
}

fn once(site: &Site, client: &Client, cell: &Cell) -> Result<Run, Failure> {
    let bytes = cell.mib << 20;
    let cipher = cell.cipher.as_deref().unwrap_or_default();
    let deadline = DEADLINE + Duration::from_secs(cell.mib / SLOWEST_MIB_PER_SECOND);
    let go = |remote: &str, stdin, sink| {
        run(&client.command(site, cipher, remote, false), stdin, sink, deadline)
    };
    match cell.work {
        Work::Login => go("true", None, Sink::Null),
        Work::Download | Work::Long(_) => {
            let run = go(&source(bytes), None, Sink::Null)?;
            // Everything written counts, so this is a lower bound; the probe was exact.
            expect(run.written.map(|written| written.min(bytes)), bytes).map(|()| run)
        }
        Work::Pipe => {
            let run = go(&source(bytes), None, Sink::Pipe)?;
            expect(run.written, bytes).map(|()| run)
        }
        Work::Upload => {
            let path = site.upload_source(bytes)?;
            let file = File::open(path).map_err(|error| error.to_string())?;
            // As cheap as `cat >/dev/null`, and it tells what arrived.
            let run = go("wc -c", Some(file), Sink::Keep)?;
            expect(Some(run.output.trim().parse().unwrap_or(0)), bytes).map(|()| run)
        }
    }
}

fn source(bytes: u64) -> String {
    format!("head -c {bytes} /dev/zero")
}

/// `None` is a kernel that does not count; then the exit status alone has to do.
fn expect(arrived: Option<u64>, bytes: u64) -> Result<(), Failure> {
    match arrived {
        Some(arrived) if arrived != bytes => {
            Err(format!("{arrived} of {bytes} bytes arrived, with exit status 0"))
        }
        _ => Ok(()),
    }
}
