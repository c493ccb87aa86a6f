//! What was measured: every run as it was, and the figures that follow from the runs.
//!
//! A transfer's run is a whole one, from its start to its end. What a run costs that transfers nothing
//! is measured as well ([`StartSeries`]), and taken off: rates and processor times are of the bytes
//! alone, for each program with its own start.

use std::time::Duration;

use super::spread::Spread;

/// Bytes of a MiB and of a GiB.
const MIB: f64 = 1024.0 * 1024.0;
const GIB: f64 = 1024.0 * MIB;
/// The least part of a run that counts as the transfer, whatever the start has taken: starts vary, and
/// no rate is made of nothing.
const LEAST_PART: f64 = 0.1;
/// The window of OpenSSH's server for what a client sends (channels.h, `CHAN_SES_WINDOW_DEFAULT`).
const OPENSSH_WINDOW: u64 = 2 * 1024 * 1024;

/// A program that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchProgram {
    /// This one.
    Tessh,
    /// OpenSSH's client.
    Ssh,
}

impl BenchProgram {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            BenchProgram::Tessh => "tessh",
            BenchProgram::Ssh => "ssh",
        }
    }
}

/// The way of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the server.
    Download,
    /// To the server.
    Upload,
}

impl Direction {
    /// Both.
    pub const BOTH: [Direction; 2] = [Direction::Download, Direction::Upload];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Download => "download",
            Direction::Upload => "upload",
        }
    }
}

/// How it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchMode {
    /// Each run is a process with a login of its own.
    Processes,
    /// Each run is a channel of a connection that is there, because the login asks.
    Channels,
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchEnd {
    /// All that was planned was measured.
    Done,
    /// The time was over before.
    TimeOver,
    /// The person has ended it.
    Interrupted,
}

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenchRun {
    /// Bytes that were transferred.
    pub bytes: u64,
    /// From before its start to its end.
    pub wall: Duration,
    /// Processor time of the program, user and system.
    pub cpu: Duration,
}

/// Runs of a program that transfer nothing: what a run costs before the first byte.
#[derive(Clone, Debug)]
pub struct StartSeries {
    /// Which program.
    pub program: BenchProgram,
    /// Its runs.
    pub runs: Vec<BenchRun>,
}

/// Runs of a program that transfer the same amount.
#[derive(Clone, Debug)]
pub struct TransferSeries {
    /// Which program.
    pub program: BenchProgram,
    /// The cipher.
    pub cipher: String,
    /// The way.
    pub direction: Direction,
    /// Its runs.
    pub runs: Vec<BenchRun>,
}

impl TransferSeries {
    /// The runs that tell a rate: the amount is found while it is measured, and a run that transferred
    /// less than a quarter of the largest says little.
    pub(super) fn counted(&self) -> impl Iterator<Item = &BenchRun> {
        let largest = self.runs.iter().map(|run| run.bytes).max().unwrap_or_default();
        self.runs.iter().filter(move |run| run.bytes >= largest / 4)
    }
}

/// Two runs of tessh at once, on two connections.
#[derive(Clone, Copy, Debug)]
pub struct TwoAtOnce {
    /// The way of both.
    pub direction: Direction,
    /// Bytes of each.
    pub bytes: u64,
    /// From before the start of both to the end of the later one.
    pub wall: Duration,
}

/// Keys of one program, each until its echo was back.
#[derive(Clone, Debug)]
pub struct EchoSeries {
    /// Which program.
    pub program: BenchProgram,
    /// The time of each key.
    pub samples: Vec<Duration>,
}

/// The steps of one login of tessh, each without the time in which somebody was asked. A step that the
/// way to the server has not, or hides, is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetupTimes {
    /// Looking the host's name up.
    pub name_lookup: Option<Duration>,
    /// Connecting to its address.
    pub tcp: Option<Duration>,
    /// Exchanging identifications.
    pub greeting: Option<Duration>,
    /// The key exchange, with the check of the host's key.
    pub key_exchange: Option<Duration>,
    /// The login.
    pub authentication: Option<Duration>,
    /// Opening a channel.
    pub channel: Option<Duration>,
    /// From there to the first output of a command.
    pub first_output: Option<Duration>,
}

/// All that was measured.
#[derive(Clone, Debug)]
pub struct BenchFindings {
    /// `user@host`, as shown.
    pub login: String,
    /// The server's identification, sanitised.
    pub server: String,
    /// tessh's key exchange algorithm.
    pub kex: String,
    /// How it was measured.
    pub mode: BenchMode,
    /// The programs and their versions.
    pub programs: Vec<(BenchProgram, String)>,
    /// Why ssh is not measured, if it was wanted.
    pub without_ssh: Option<String>,
    /// The ciphers that are measured.
    pub ciphers: Vec<String>,
    /// Whether the fastest of them is looked for.
    pub is_search: bool,
    /// The steps of logins.
    pub setups: Vec<SetupTimes>,
    /// Round trips of a request on the connection.
    pub round_trips: Vec<Duration>,
    /// What runs cost that transfer nothing.
    pub starts: Vec<StartSeries>,
    /// The transfers.
    pub transfers: Vec<TransferSeries>,
    /// Two connections at once.
    pub two_at_once: Vec<TwoAtOnce>,
    /// The keys.
    pub echoes: Vec<EchoSeries>,
    /// tessh's window for what a server sends, in bytes.
    pub receive_window: u64,
    /// What went wrong on the way, one line each.
    pub notes: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it ended.
    pub end: BenchEnd,
}

impl BenchFindings {
    /// The runs of a program that transfer nothing.
    pub(super) fn start(&self, program: BenchProgram) -> &[BenchRun] {
        let found = self.starts.iter().find(|start| start.program == program);
        found.map_or(&[], |start| &start.runs)
    }

    /// MiB per second of each run.
    pub(super) fn rates(&self, series: &TransferSeries) -> Vec<f64> {
        let start = median(self.start(series.program).iter().map(|run| run.wall));
        let rate = |run: &BenchRun| run.bytes as f64 / MIB / net(run.wall, start);
        series.counted().map(rate).collect()
    }

    /// Processor seconds per GiB of each run; what is below the start's is zero.
    pub(super) fn cpu_per_gib(&self, series: &TransferSeries) -> Vec<f64> {
        let start = median(self.start(series.program).iter().map(|run| run.cpu));
        let used = |run: &BenchRun| (run.cpu.as_secs_f64() - start).max(0.0);
        series.counted().map(|run| used(run) / (run.bytes as f64 / GIB)).collect()
    }

    /// The part of one processor that a program uses while it transfers.
    pub(super) fn cpu_share(&self, series: &TransferSeries) -> Option<f64> {
        let start = self.start(series.program);
        let wall = median(start.iter().map(|run| run.wall));
        let cpu = median(start.iter().map(|run| run.cpu));
        let share = |run: &BenchRun| (run.cpu.as_secs_f64() - cpu).max(0.0) / net(run.wall, wall);
        let shares: Vec<f64> = series.counted().map(share).collect();
        Some(Spread::of(&shares)?.median)
    }

    /// MiB per second of two connections together.
    pub(super) fn rate_of_two(&self, direction: Direction) -> Option<f64> {
        let start = median(self.start(BenchProgram::Tessh).iter().map(|run| run.wall));
        let two = self.two_at_once.iter().filter(|two| two.direction == direction);
        let rates: Vec<f64> =
            two.map(|two| 2.0 * two.bytes as f64 / MIB / net(two.wall, start)).collect();
        Some(Spread::of(&rates)?.median)
    }

    /// The transfers of a program and a cipher.
    pub(super) fn series(
        &self,
        program: BenchProgram,
        cipher: &str,
        direction: Direction,
    ) -> Option<&TransferSeries> {
        self.transfers.iter().find(|series| {
            (series.program, series.direction) == (program, direction)
                && series.cipher == cipher
                && !series.runs.is_empty()
        })
    }

    /// Seconds of the median round trip.
    pub(super) fn round_trip(&self) -> Option<f64> {
        let times: Vec<f64> = self.round_trips.iter().map(Duration::as_secs_f64).collect();
        Some(Spread::of(&times)?.median)
    }

    /// The window for a direction, in bytes, if it is known.
    pub(super) fn window(&self, direction: Direction) -> Option<u64> {
        match direction {
            Direction::Download => Some(self.receive_window),
            Direction::Upload => self.server.contains("OpenSSH").then_some(OPENSSH_WINDOW),
        }
    }

    /// The cipher with which tessh needs least time for a byte down and one up, and those whose rates
    /// cannot be told from its own.
    pub(super) fn fastest(&self) -> Option<(&str, Vec<&str>)> {
        let spread = |cipher: &str, direction| {
            let series = self.series(BenchProgram::Tessh, cipher, direction)?;
            Spread::of(&self.rates(series))
        };
        let both = |cipher: &str| {
            Some([spread(cipher, Direction::Download)?, spread(cipher, Direction::Upload)?])
        };
        let time = |[down, up]: &[Spread; 2]| 1.0 / down.median + 1.0 / up.median;
        let measured = self.ciphers.iter().filter_map(|cipher| Some((cipher, both(cipher)?)));
        let mut measured: Vec<(&String, [Spread; 2])> = measured.collect();
        measured.sort_by(|(_, one), (_, other)| time(one).total_cmp(&time(other)));
        let (fastest, best) = measured.first()?;
        let overlaps =
            |[down, up]: &[Spread; 2]| down.max >= best[0].median && up.max >= best[1].median;
        let alike = measured.iter().skip(1).filter(|(_, rates)| overlaps(rates));
        Some((fastest.as_str(), alike.map(|(cipher, _)| cipher.as_str()).collect()))
    }

    /// Whether the start of tessh's runs takes as long as the transfers, so that rates are rough.
    pub(super) fn is_rough(&self) -> bool {
        let start = median(self.start(BenchProgram::Tessh).iter().map(|run| run.wall));
        self.transfers.iter().any(|series| {
            let wall = median(series.counted().map(|run| run.wall));
            series.program == BenchProgram::Tessh && !series.runs.is_empty() && wall < 2.0 * start
        })
    }

    /// Seconds of the longest start of a program, in the median.
    pub fn longest_start(&self) -> f64 {
        let medians = self.starts.iter().map(|it| median(it.runs.iter().map(|run| run.wall)));
        medians.fold(0.0, f64::max)
    }

    /// Whether any transfer was measured.
    pub fn is_empty(&self) -> bool {
        self.transfers.iter().all(|series| series.runs.is_empty())
    }
}

/// The line for ssh_config(5).
pub fn ssh_config_line(cipher: &str) -> String {
    format!("Ciphers {cipher}")
}

/// The line for a saved session.
pub fn session_line(cipher: &str) -> String {
    format!("algorithms.cipher = \"{cipher}\"")
}

/// Seconds of a run without its start.
fn net(wall: Duration, start: f64) -> f64 {
    let wall = wall.as_secs_f64();
    (wall - start).max(wall * LEAST_PART).max(f64::MIN_POSITIVE)
}

fn median(times: impl Iterator<Item = Duration>) -> f64 {
    let times: Vec<f64> = times.map(|time| time.as_secs_f64()).collect();
    Spread::of(&times).map_or(0.0, |spread| spread.median)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, run};
    use super::*;

    #[test]
    fn what_a_start_costs_is_not_the_transfers() {
        let findings = findings();
        let rates = findings.rates(&findings.transfers[0]);
        assert!((rates[0] - 320.0).abs() < 0.01, "{rates:?}");
        let cpu = findings.cpu_per_gib(&findings.transfers[0]);
        assert!((cpu[0] - 16.0 * 0.09).abs() < 1e-6, "{cpu:?}");
        let share = findings.cpu_share(&findings.transfers[0]).unwrap();
        assert!((share - 0.45).abs() < 1e-6, "{share}");
        assert!((findings.rate_of_two(Direction::Download).unwrap() - 640.0).abs() < 0.01);
        assert_eq!(findings.rate_of_two(Direction::Upload), None);
    }

    #[test]
    fn a_run_of_little_beside_much_does_not_count() {
        let mut findings = findings();
        findings.transfers[0].runs.push(BenchRun { bytes: 1 << 20, ..run(60, 10) });
        assert_eq!(findings.rates(&findings.transfers[0]).len(), 3);
        findings.transfers[0].runs.push(BenchRun { bytes: 16 << 20, ..run(60, 10) });
        assert_eq!(findings.rates(&findings.transfers[0]).len(), 4);
    }

    #[test]
    fn a_start_as_long_as_a_run_makes_no_endless_rate() {
        let mut findings = findings();
        assert!(!findings.is_rough() && findings.longest_start() == 0.1);
        findings.starts[0].runs = vec![run(400, 500)];
        assert!(findings.is_rough() && findings.longest_start() == 0.4);
        let rates = findings.rates(&findings.transfers[0]);
        assert!(rates.iter().all(|rate| *rate <= 64.0 / 0.024), "{rates:?}");
        assert_eq!(findings.cpu_per_gib(&findings.transfers[0]), [0.0; 3]);
    }

    #[test]
    fn the_fastest_cipher_is_that_of_both_ways_together() {
        let mut findings = findings();
        for (cipher, down, up) in [("one-way", 60, 2000), ("alike", 252, 440), ("slow", 900, 900)] {
            findings.ciphers.push(cipher.to_owned());
            for (direction, wall) in [(Direction::Download, down), (Direction::Upload, up)] {
                findings.transfers.push(TransferSeries {
                    program: BenchProgram::Tessh,
                    cipher: cipher.to_owned(),
                    direction,
                    runs: vec![run(wall, 10), run(wall - 5, 10)],
                });
            }
        }
        let (fastest, alike) = findings.fastest().unwrap();
        assert_eq!(fastest, "alike");
        assert!(alike.is_empty() || alike == ["aes128-gcm@openssh.com"], "{alike:?}");
        findings.transfers.clear();
        assert!(findings.fastest().is_none() && findings.is_empty());
    }
}
