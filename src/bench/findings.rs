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
/// Bytes that take less than this part of the start that is taken off tell no rate; where one start was
/// measured, so that nobody knows how starts vary, less than all of it.
const TOLD_OF_START: f64 = 0.25;
const TOLD_OF_ONE: f64 = 1.0;
/// Where the start of a run is seen, its bytes must take this many seconds.
const TOLD: f64 = 0.005;
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
    /// From before its start to its first byte, where that is seen.
    pub start: Option<Duration>,
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

impl SetupTimes {
    /// The time of all steps.
    pub fn total(&self) -> Duration {
        let SetupTimes { name_lookup, tcp, greeting, key_exchange, authentication, .. } = self;
        let steps = [name_lookup, tcp, greeting, key_exchange, authentication];
        let steps = steps.into_iter().chain([&self.channel, &self.first_output]);
        steps.copied().flatten().sum()
    }
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
    /// The part of one processor that a program can have here, if it was measured.
    pub cpu_available: Option<f64>,
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

    /// Seconds of a run of a program without its start.
    pub fn seconds_of_bytes(&self, program: BenchProgram, run: &BenchRun) -> f64 {
        net(run.wall, self.start_of(program, run))
    }

    /// Seconds of the start of a run of a program.
    fn start_of(&self, program: BenchProgram, run: &BenchRun) -> f64 {
        let usual = || median(self.start(program).iter().map(|run| run.wall));
        run.start.map_or_else(usual, |start| start.as_secs_f64())
    }

    /// Whether runs take hardly longer than their start, so that they tell no rate.
    pub(super) fn is_untold(&self, series: &TransferSeries) -> bool {
        let of_start = told_of(self.start(series.program));
        let told = |run: &BenchRun| {
            let start = self.start_of(series.program, run);
            let least = if run.start.is_some() { TOLD } else { start * of_start };
            run.wall.as_secs_f64() - start - least
        };
        let told: Vec<f64> = series.counted().map(told).collect();
        Spread::of(&told).is_some_and(|told| told.median < 0.0)
    }

    /// The programs of which some runs of this way tell no rate.
    pub(super) fn untold_programs(&self, direction: Direction) -> Vec<BenchProgram> {
        self.programs_with(direction, |series| self.is_untold(series))
    }

    /// The programs of which some runs of this way tell a rate, and not what it costs.
    pub(super) fn programs_of_untold_cpu(&self, direction: Direction) -> Vec<BenchProgram> {
        let is_untold = |it: &TransferSeries| !self.is_untold(it) && self.is_cpu_untold(it);
        self.programs_with(direction, is_untold)
    }

    /// The programs of which this is so for some runs of this way.
    fn programs_with(
        &self,
        direction: Direction,
        is_so: impl Fn(&TransferSeries) -> bool,
    ) -> Vec<BenchProgram> {
        let has = |program: &BenchProgram| {
            let mut way = self.transfers.iter().filter(|series| series.direction == direction);
            way.any(|series| series.program == *program && is_so(series))
        };
        self.programs.iter().map(|(program, _)| *program).filter(has).collect()
    }

    /// Whether tessh's transfers of this way tell a rate.
    pub fn is_told(&self, direction: Direction) -> bool {
        let of_tessh = self.transfers.iter().filter(|it| it.program == BenchProgram::Tessh);
        let mut way = of_tessh.filter(|it| it.direction == direction && !it.runs.is_empty());
        way.any(|series| !self.is_untold(series))
    }

    /// MiB per second of each run; none if they tell no rate.
    pub(super) fn rates(&self, series: &TransferSeries) -> Vec<f64> {
        if self.is_untold(series) {
            return Vec::new();
        }
        let seconds = |run: &BenchRun| self.seconds_of_bytes(series.program, run);
        series.counted().map(|run| run.bytes as f64 / MIB / seconds(run)).collect()
    }

    /// Processor seconds per GiB of each run; what is below the start's is zero. None if runs tell no
    /// rate, or take hardly more than their start.
    pub(super) fn cpu_per_gib(&self, series: &TransferSeries) -> Vec<f64> {
        if self.is_untold(series) || self.is_cpu_untold(series) {
            return Vec::new();
        }
        series.counted().map(|run| self.cpu_of_bytes(series.program, run) / gib(run)).collect()
    }

    /// Processor seconds of a run without those of its start.
    fn cpu_of_bytes(&self, program: BenchProgram, run: &BenchRun) -> f64 {
        let start = median(self.start(program).iter().map(|run| run.cpu));
        (run.cpu.as_secs_f64() - start).max(0.0)
    }

    /// Whether runs use hardly more processor time than their start, so that the bytes' own is not told.
    fn is_cpu_untold(&self, series: &TransferSeries) -> bool {
        let starts = self.start(series.program);
        let least = median(starts.iter().map(|run| run.cpu)) * told_of(starts);
        let used = series.counted().map(|run| self.cpu_of_bytes(series.program, run));
        Spread::of(&used.collect::<Vec<_>>()).is_some_and(|used| used.median < least)
    }

    /// The part of one processor that a program uses while it transfers; `None` if its runs tell no rate.
    pub(super) fn cpu_share(&self, series: &TransferSeries) -> Option<f64> {
        if self.is_untold(series) {
            return None;
        }
        let share = |run: &BenchRun| {
            self.cpu_of_bytes(series.program, run) / self.seconds_of_bytes(series.program, run)
        };
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
    pub fn round_trip(&self) -> Option<f64> {
        let times: Vec<f64> = self.round_trips.iter().map(Duration::as_secs_f64).collect();
        Some(Spread::of(&times)?.median)
    }

    /// The window for a direction, in bytes, if it is known. That of OpenSSH with the HPN patches grows.
    pub(super) fn window(&self, direction: Direction) -> Option<u64> {
        let is_fixed = || self.server.contains("OpenSSH") && !self.server.contains("hpn");
        match direction {
            Direction::Download => Some(self.receive_window),
            Direction::Upload => is_fixed().then_some(OPENSSH_WINDOW),
        }
    }

    /// The cipher with which tessh needs least time for a byte down and one up, and those whose rates
    /// cannot be told from its own. `None` also where time was over before each was measured.
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
        if self.end != BenchEnd::Done && measured.len() < self.ciphers.len() {
            return None;
        }
        measured.sort_by(|(_, one), (_, other)| time(one).total_cmp(&time(other)));
        let (fastest, best) = measured.first()?;
        let overlaps =
            |[down, up]: &[Spread; 2]| down.max >= best[0].median && up.max >= best[1].median;
        let alike = measured.iter().skip(1).filter(|(_, rates)| overlaps(rates));
        Some((fastest.as_str(), alike.map(|(cipher, _)| cipher.as_str()).collect()))
    }

    /// Whether a cipher was measured by one run of a way, so that another one may be the fastest.
    pub(super) fn is_fastest_of_one_run(&self) -> bool {
        let of_tessh = self.transfers.iter().filter(|it| it.program == BenchProgram::Tessh);
        let mut told = of_tessh.filter(|series| !series.runs.is_empty());
        told.any(|series| series.counted().count() < 2)
    }

    /// Whether the start of some of tessh's runs takes as long as the transfer, so that rates are rough.
    pub(super) fn is_rough(&self) -> bool {
        let mut of_tessh = self.transfers.iter().filter(|it| it.program == BenchProgram::Tessh);
        of_tessh.any(|series| self.is_rough_of(series))
    }

    /// Whether the start of these runs takes as long as the transfer.
    pub(super) fn is_rough_of(&self, series: &TransferSeries) -> bool {
        let start = median(self.start(series.program).iter().map(|run| run.wall));
        // Where the start of each run is seen, nothing is taken off by guess.
        let unseen = series.counted().filter(|run| run.start.is_none());
        let walls: Vec<f64> = unseen.map(|run| run.wall.as_secs_f64()).collect();
        Spread::of(&walls).is_some_and(|wall| wall.median < 2.0 * start)
    }

    /// What a start of each program takes, one after the other, in the median.
    pub fn all_starts(&self) -> Duration {
        let medians = self.starts.iter().map(|it| median(it.runs.iter().map(|run| run.wall)));
        Duration::from_secs_f64(medians.sum())
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

/// The part of its start that a run must add to it, so that what it adds is told.
fn told_of(starts: &[BenchRun]) -> f64 {
    if starts.len() == 1 { TOLD_OF_ONE } else { TOLD_OF_START }
}

fn gib(run: &BenchRun) -> f64 {
    run.bytes as f64 / GIB
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
    fn a_run_hardly_longer_than_its_start_tells_no_rate() {
        let mut findings = findings();
        assert!(!findings.is_rough() && findings.all_starts() == Duration::from_millis(150));
        // 250 ms for 64 MiB, 170 of them of the start: a rate, though a rough one.
        findings.starts[0].runs = vec![run(170, 500); 3];
        assert!(findings.is_rough() && findings.is_told(Direction::Download));
        let rates = findings.rates(&findings.transfers[0]);
        assert!((rates[0] - 800.0).abs() < 0.01, "{rates:?}");
        // Nobody knows how one start varies; most of the run, or longer than it: none.
        for (start, count) in [(170, 1), (210, 3), (400, 3)] {
            findings.starts[0].runs = vec![run(start, 0); count];
            let series = &findings.transfers[0];
            assert!(findings.is_rough() && findings.is_untold(series));
            assert!(findings.rates(series).is_empty() && findings.cpu_per_gib(series).is_empty());
            assert_eq!(findings.cpu_share(series), None);
            assert!(!findings.is_told(Direction::Download));
        }
    }

    #[test]
    fn runs_that_cost_hardly_more_than_their_start_tell_no_cost_of_the_bytes() {
        let mut findings = findings();
        let down = Direction::Download;
        assert_eq!(findings.programs_of_untold_cpu(down), []);
        // 100 ms for 64 MiB, 90 of them of the start, which varies.
        findings.starts[0].runs = vec![run(50, 90); 3];
        assert!(findings.cpu_per_gib(&findings.transfers[0]).is_empty());
        assert_eq!(findings.rates(&findings.transfers[0]).len(), 3);
        assert_eq!(findings.programs_of_untold_cpu(down), [BenchProgram::Tessh]);
        findings.starts[0].runs = vec![run(50, 70); 3];
        assert_eq!(findings.cpu_per_gib(&findings.transfers[0]).len(), 3);
        findings.starts[0].runs.truncate(1);
        assert!(findings.cpu_per_gib(&findings.transfers[0]).is_empty(), "one start tells less");
    }

    #[test]
    fn a_start_that_is_seen_is_taken_off_instead_of_the_usual_one() {
        let mut findings = findings();
        let seen = |start| BenchRun { start: Some(Duration::from_millis(start)), ..run(250, 100) };
        findings.transfers[0].runs = vec![seen(186)];
        findings.starts[0].runs = vec![run(240, 0)];
        let rates = findings.rates(&findings.transfers[0]);
        assert!((rates[0] - 1000.0).abs() < 0.01, "{rates:?}");
        findings.transfers[0].runs = vec![seen(246)];
        assert!(findings.is_untold(&findings.transfers[0]));
    }

    #[test]
    fn no_cipher_is_the_fastest_of_those_that_the_time_was_enough_for() {
        let mut findings = findings();
        findings.ciphers.push("aes256-ctr".to_owned());
        assert!(findings.fastest().is_some(), "one that fails is out of the race");
        findings.end = BenchEnd::TimeOver;
        assert_eq!(findings.fastest(), None);
    }

    #[test]
    fn a_window_that_grows_is_not_known() {
        let mut findings = findings();
        assert_eq!(findings.window(Direction::Upload), Some(OPENSSH_WINDOW));
        findings.server = "SSH-2.0-OpenSSH_8.8p1-hpn15v2".to_owned();
        assert_eq!(findings.window(Direction::Upload), None);
        assert_eq!(findings.window(Direction::Download), Some(8 << 20));
    }

    #[test]
    fn a_login_takes_as_long_as_its_steps() {
        assert_eq!(findings().setups[0].total(), Duration::from_millis(39));
        assert_eq!(SetupTimes::default().total(), Duration::ZERO);
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
