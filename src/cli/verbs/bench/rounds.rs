//! The measurement: what is measured in which order, for how long, and who has the next turn.
//!
//! Each part has a share of the time that is left, so that what one does not need is the next one's. A
//! part begins a further round only if the last one's time is left; the end of all time ends
//! everything.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::meter::{BLOCK, ChannelMeter, Meter, NOTHING, fault, remote, transferred};
use super::processes::MeasuredProcesses;
use crate::bench::{
    BenchFindings, BenchMode, BenchProgram, Direction, EchoSeries, SetupTimes, StartSeries,
    TransferSeries, TwoAtOnce,
};
use crate::cli::connect::measure::MeasuredHost;
use crate::client::Session;
use crate::client::session::measured::{self, timed};
use crate::client::session::relay;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The shares of the time, in this order; each is a part of what is left then.
const FOR_PROBE: f64 = 0.15;
const FOR_SETUPS: f64 = 0.10;
const FOR_STARTS: f64 = 0.20;
const FOR_TRANSFERS: f64 = 0.65;
const FOR_TWO: f64 = 0.40;
/// The most of each, however much time there is.
const SETUPS: usize = 5;
const ROUND_TRIPS: usize = 20;
const STARTS: usize = 15;
const ROUNDS: usize = 9;
const ECHO_BLOCKS: usize = 4;
/// As many rounds of transfers are meant to fit.
const ROUNDS_WANTED: f64 = 4.0;
/// An amount that takes this long tells a rate; if it does not, so many times as much is tried.
const TELLING: Duration = Duration::from_millis(200);
const MORE: u64 = 16;
/// In so many rounds the amount may still change.
const CALIBRATING: usize = 3;
/// The least part of a run's time that is meant for the transfer.
const LEAST_PART: f64 = 0.2;

/// What was measured so far, for whoever ends it.
#[derive(Clone)]
pub(super) struct SoFar(Arc<Mutex<BenchFindings>>);

impl SoFar {
    pub(super) fn new(findings: BenchFindings) -> SoFar {
        SoFar(Arc::new(Mutex::new(findings)))
    }

    pub(super) fn noted(&self) -> MutexGuard<'_, BenchFindings> {
        // No code panics while it holds this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what went wrong with a program.
    fn complain(&self, program: BenchProgram, fault: &str) {
        let note = say!(bench_run_failed, program = program.name(), fault);
        let mut noted = self.noted();
        if !noted.notes.contains(&note) {
            noted.notes.push(note);
        }
    }
}

/// What is to be measured.
pub(super) struct BenchTask<'a> {
    pub(super) host: &'a MeasuredHost,
    pub(super) session: &'a Session,
    pub(super) so_far: SoFar,
    /// The end of all time.
    pub(super) end: Instant,
    /// The most bytes of a run.
    pub(super) bytes: u64,
    /// The ssh to compare with.
    pub(super) ssh: Option<PathBuf>,
}

/// How fast each direction is, in bytes per second.
#[derive(Clone, Copy)]
struct Estimate {
    download: f64,
    upload: f64,
}

impl BenchTask<'_> {
    /// Measures all that there is to measure. What is measured is noted at once, so that this future
    /// may be dropped at any time.
    ///
    /// # Errors
    /// The server runs no commands, or its `dd` or `cat` does not do its work; a temporary file cannot
    /// be made.
    pub(super) async fn run(self, first: SetupTimes) -> Result<()> {
        let estimate = self.probe(first).await?;
        self.setups().await;
        let mut meter = self.meter().await?;
        let ciphers = self.so_far.noted().ciphers.clone();
        let Some(cipher) = ciphers.first().cloned() else { return Ok(()) };
        let is_search = self.so_far.noted().is_search;
        let mode = meter.mode();
        self.bounded(FOR_STARTS, mode, self.starts(&mut meter, &cipher)).await;
        let runs = ciphers.len() * meter.programs().len();
        let mut amounts = self.amounts(runs, estimate);
        let transfers = self.transfers(&mut meter, &ciphers, &mut amounts);
        self.bounded(FOR_TRANSFERS, mode, transfers).await;
        if !is_search {
            self.bounded(FOR_TWO, mode, self.two(&mut meter, &cipher, amounts)).await;
            self.echoes(&mut meter, &cipher).await;
        }
        Ok(())
    }

    /// Does a part, and ends it where its runs take so long that nothing would be left for the next. A
    /// channel is not ended so: the next one would have to wait for its bytes.
    async fn bounded(&self, share: f64, mode: BenchMode, part: impl Future<Output = ()>) {
        match mode {
            BenchMode::Processes => {
                let _ = timeout_at(self.until(f64::midpoint(share, 1.0)), part).await;
            }
            BenchMode::Channels => part.await,
        }
    }

    /// The end of a part that has this share of the time that is left.
    fn until(&self, share: f64) -> Instant {
        Instant::now() + self.end.saturating_duration_since(Instant::now()).mul_f64(share)
    }

    /// Whether one more round fits that takes as long as the last one.
    fn fits(until: Instant, last: Duration) -> bool {
        Instant::now() + last <= until
    }

    /// Sees that the server does what is measured, and about how fast.
    async fn probe(&self, first: SetupTimes) -> Result<Estimate> {
        let until = self.until(FOR_PROBE);
        let command = remote(Direction::Download, BLOCK);
        let no_shell = |why: String| {
            Error::new(Kind::Channel, say!(bench_no_shell, why)).hint(say!(bench_no_shell_hint))
        };
        let ran = match timed(self.session, &command, 0).await {
            Ok(ran) => ran,
            Err(error) if self.session.ended().is_some() => return Err(error),
            Err(error) => return Err(no_shell(error.cause().to_owned())),
        };
        if let Some(fault) = fault(&ran, &command, BLOCK) {
            return Err(no_shell(fault));
        }
        let setup = SetupTimes {
            channel: Some(ran.opened),
            first_output: ran.first_output.map(|first| first.saturating_sub(ran.opened)),
            ..first
        };
        self.so_far.noted().setups.push(setup);
        self.round_trips(until).await;
        // What a command costs before its first byte is not the rate's.
        let start = timed(self.session, NOTHING, 0).await?.ended;
        let mut rates = [0.0; 2];
        for (direction, rate) in Direction::BOTH.into_iter().zip(&mut rates) {
            let mut bytes = BLOCK;
            loop {
                let ran = transferred(self.session, (direction, bytes)).await.map_err(no_shell)?;
                let net = ran.wall.saturating_sub(start);
                *rate = bytes as f64 / net.max(ran.wall / 10).as_secs_f64();
                if net >= TELLING || bytes >= self.bytes || !Self::fits(until, ran.wall) {
                    break;
                }
                bytes = (bytes * MORE).min(self.bytes.next_multiple_of(BLOCK));
            }
        }
        Ok(Estimate { download: rates[0], upload: rates[1] })
    }

    async fn round_trips(&self, until: Instant) {
        for _ in 0..ROUND_TRIPS {
            let Some(time) = self.session.information().await.round_trip else { return };
            self.so_far.noted().round_trips.push(time);
            if !Self::fits(until, time) {
                return;
            }
        }
    }

    /// Further logins, step by step, if they ask nobody. A password that was typed is not sent again
    /// for this.
    async fn setups(&self) {
        if self.host.credential().is_none() {
            return;
        }
        let until = self.until(FOR_SETUPS);
        for _ in 1..SETUPS {
            let began = Instant::now();
            let Ok((session, times)) = self.host.again(None).await else { return };
            if let Ok(ran) = timed(&session, &remote(Direction::Download, BLOCK), 0).await {
                let first_output = ran.first_output.map(|first| first.saturating_sub(ran.opened));
                let times = SetupTimes { channel: Some(ran.opened), first_output, ..times };
                self.so_far.noted().setups.push(times);
            }
            relay::close(session).await;
            if !Self::fits(until, began.elapsed()) {
                return;
            }
        }
    }

    /// How runs are made: by processes if one can log in without a question, which is tried.
    async fn meter(&self) -> Result<Meter<'_>> {
        let channels = || Meter::Channels(ChannelMeter::new(self.host, self.session));
        let so_far = &self.so_far;
        let without = |why: String| {
            let mut noted = so_far.noted();
            if noted.without_ssh.is_none() {
                noted.without_ssh = self.ssh.as_ref().map(|_| why);
            }
        };
        let Some(credential) = self.host.credential() else {
            without(say!(bench_login_asks));
            return Ok(channels());
        };
        let cipher = self.so_far.noted().ciphers.first().cloned().unwrap_or_default();
        let ssh = self.ssh.clone();
        let mut meter = Meter::Processes(MeasuredProcesses::new(self.host, &credential, ssh)?);
        for program in meter.programs() {
            // A program that waits for something else must not take all time.
            let tried = timeout_at(self.until(0.3), meter.start(program, &cipher)).await;
            let fault = match tried {
                Ok(Ok(_)) => continue,
                Ok(Err(fault)) => fault,
                Err(_) => say!(bench_not_in_time),
            };
            let Meter::Processes(processes) = &mut meter else { continue };
            if program == BenchProgram::Ssh {
                processes.forget_ssh();
                so_far.noted().without_ssh = Some(say!(bench_ssh_failed, fault));
                continue;
            }
            so_far.complain(program, &fault);
            without(say!(bench_login_asks));
            return Ok(channels());
        }
        Ok(meter)
    }

    /// Notes how runs are made, and what runs cost that transfer nothing.
    async fn starts(&self, meter: &mut Meter<'_>, cipher: &str) {
        let until = self.until(FOR_STARTS);
        let mut programs = meter.programs();
        {
            let mut noted = self.so_far.noted();
            noted.mode = meter.mode();
            noted.programs.retain(|(program, _)| programs.contains(program));
            let empty =
                |program: &BenchProgram| StartSeries { program: *program, runs: Vec::new() };
            noted.starts = programs.iter().map(empty).collect();
        }
        for _ in 0..STARTS {
            let began = Instant::now();
            for program in programs.clone() {
                match meter.start(program, cipher).await {
                    Ok(run) => {
                        let mut noted = self.so_far.noted();
                        let mut series = noted.starts.iter_mut();
                        if let Some(series) = series.find(|it| it.program == program) {
                            series.runs.push(run);
                        }
                    }
                    Err(fault) => {
                        self.so_far.complain(program, &fault);
                        programs.retain(|it| *it != program);
                    }
                }
            }
            let is_compared = programs.len() > 1;
            programs.rotate_left(usize::from(is_compared));
            if programs.is_empty() || !Self::fits(until, began.elapsed()) {
                return;
            }
        }
    }

    /// How much each of so many runs a direction transfers, so that several rounds fit.
    fn amounts(&self, runs: usize, estimate: Estimate) -> [(Direction, u64); 2] {
        let until = self.until(FOR_TRANSFERS);
        let slot = until.saturating_duration_since(Instant::now()).as_secs_f64();
        let slot = slot / ((runs * Direction::BOTH.len()).max(1) as f64 * ROUNDS_WANTED);
        let slot = (slot - self.so_far.noted().longest_start()).max(slot * LEAST_PART);
        let amount = |rate: f64| {
            let blocks = (rate * slot / BLOCK as f64) as u64;
            (blocks.min(self.bytes.div_ceil(BLOCK)).max(1)) * BLOCK
        };
        [
            (Direction::Download, amount(estimate.download)),
            (Direction::Upload, amount(estimate.upload)),
        ]
    }

    /// The transfers of all programs, ciphers and directions in turn; in each round another begins. The
    /// amounts become larger or smaller where a round takes much less or more time than it should.
    async fn transfers(
        &self,
        meter: &mut Meter<'_>,
        ciphers: &[String],
        amounts: &mut [(Direction, u64); 2],
    ) {
        let until = self.until(FOR_TRANSFERS);
        let programs = meter.programs();
        let mut due = Vec::new();
        for cipher in ciphers {
            for way in 0..amounts.len() {
                due.extend(programs.iter().map(|program| (*program, cipher.clone(), way)));
            }
        }
        self.so_far.noted().transfers = due
            .iter()
            .map(|(program, cipher, way)| TransferSeries {
                program: *program,
                cipher: cipher.clone(),
                direction: amounts[*way].0,
                runs: Vec::new(),
            })
            .collect();
        for round in 0..ROUNDS {
            let began = Instant::now();
            let mut failed = Vec::new();
            for (at, (program, cipher, way)) in due.iter().enumerate() {
                match meter.transfer(*program, cipher, amounts[*way]).await {
                    Ok(run) => self.note_transfer((*program, cipher, amounts[*way].0), run),
                    Err(fault) => {
                        self.so_far.complain(*program, &fault);
                        failed.push(at);
                    }
                }
            }
            failed.into_iter().rev().for_each(|at| drop(due.remove(at)));
            let took = began.elapsed();
            let factor = match round {
                0..CALIBRATING => self.factor(due.len(), until, took),
                _ => 1.0,
            };
            for (_, bytes) in amounts.iter_mut() {
                let blocks = (*bytes as f64 * factor / BLOCK as f64) as u64;
                *bytes = blocks.min(self.bytes.div_ceil(BLOCK)).max(1) * BLOCK;
            }
            // Among the programs that are compared, the next one goes first.
            let others = programs.len().min(due.len());
            due.rotate_left(usize::from(others > 1));
            if due.is_empty() || !Self::fits(until, took.mul_f64(factor.min(1.0))) {
                return;
            }
        }
    }

    /// How many times as much the next round should transfer as one of so many runs that took this
    /// long: one, unless that would be far from what fits.
    fn factor(&self, runs: usize, until: Instant, took: Duration) -> f64 {
        let starts = runs as f64 * self.so_far.noted().longest_start();
        let net = |time: f64| (time - starts).max(time * LEAST_PART);
        let left = until.saturating_duration_since(Instant::now()).as_secs_f64();
        let factor = net(left / (ROUNDS_WANTED - 1.0)) / net(took.as_secs_f64());
        match factor {
            0.5..2.0 => 1.0,
            factor => factor.clamp(1.0 / MORE as f64, MORE as f64),
        }
    }

    fn note_transfer(
        &self,
        (program, cipher, direction): (BenchProgram, &str, Direction),
        run: crate::bench::BenchRun,
    ) {
        let mut noted = self.so_far.noted();
        let series = noted.transfers.iter_mut().find(|series| {
            (series.program, series.direction) == (program, direction) && series.cipher == cipher
        });
        if let Some(series) = series {
            series.runs.push(run);
        }
    }

    /// Two connections at once, both ways.
    async fn two(&self, meter: &mut Meter<'_>, cipher: &str, amounts: [(Direction, u64); 2]) {
        let until = self.until(FOR_TWO);
        for _ in 0..ROUNDS {
            let began = Instant::now();
            for (direction, bytes) in amounts {
                match meter.two(cipher, (direction, bytes)).await {
                    Ok(Some(wall)) => {
                        let two = TwoAtOnce { direction, bytes, wall };
                        self.so_far.noted().two_at_once.push(two);
                    }
                    Ok(None) => return,
                    Err(fault) => return self.so_far.complain(BenchProgram::Tessh, &fault),
                }
            }
            if !Self::fits(until, began.elapsed()) {
                return;
            }
        }
    }

    /// Keys, in blocks of one program after the other.
    async fn echoes(&self, meter: &mut Meter<'_>, cipher: &str) {
        let programs = meter.programs();
        let empty = |program: &BenchProgram| EchoSeries { program: *program, samples: Vec::new() };
        self.so_far.noted().echoes = programs.iter().map(empty).collect();
        for _ in 0..ECHO_BLOCKS {
            let began = Instant::now();
            for program in &programs {
                let mut samples = Vec::new();
                // A little before all ends, so that the keys that were pressed count.
                let until = self.until(0.9);
                let pressed = meter.press(*program, cipher, &mut samples);
                let pressed = timeout_at(until, pressed).await;
                let mut noted = self.so_far.noted();
                let mut series = noted.echoes.iter_mut();
                if let Some(series) = series.find(|series| series.program == *program) {
                    series.samples.append(&mut samples);
                }
                drop(noted);
                match pressed {
                    Ok(Ok(())) => {}
                    Ok(Err(fault)) => return self.so_far.complain(*program, &fault),
                    Err(_) => return,
                }
            }
            if !Self::fits(self.end, began.elapsed()) {
                return;
            }
        }
    }
}

/// The ciphers to measure: those that are looked through, those that were typed, or the one in use.
pub(super) fn ciphers(
    host: &MeasuredHost,
    session: &Session,
    is_search: bool,
) -> Result<Vec<String>> {
    let common = measured::common_ciphers(session);
    let ciphers = &host.plan.options.ciphers;
    let typed = ciphers.value.as_deref().filter(|_| ciphers.origin.is_typed());
    let in_use = || session.negotiated().map(|names| names.cipher).into_iter().collect();
    let typed = match typed {
        Some(typed) => Some(crate::client::algorithms::select(
            crate::client::algorithms::AlgorithmFamily::Cipher,
            Some(typed),
        )?),
        None => None,
    };
    Ok(match (typed, is_search) {
        (Some(typed), true) => common.into_iter().filter(|name| typed.contains(name)).collect(),
        (None, true) => common,
        (Some(typed), false) if typed.len() > 1 => {
            let found: Vec<String> =
                typed.into_iter().filter(|name| common.contains(name)).collect();
            if found.is_empty() { in_use() } else { found }
        }
        _ => in_use(),
    })
}
