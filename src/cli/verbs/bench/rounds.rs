//! The measurement: what is measured in which order, for how long, and who has the next turn.
//!
//! Each part has a share of the time that is left, so that what one does not need is the next one's. A
//! part begins a further round only if the last one's time is left; the end of all time ends
//! everything.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::child::RunFault;
use super::meter::{BLOCK, KEYS, Meter, WARM_UP};
use super::processor;
use super::task::{BenchTask, Estimate};
use crate::bench::{
    BenchMode, BenchProgram, BenchRun, Direction, EchoSeries, SetupTimes, TransferSeries, TwoAtOnce,
};
use crate::cli::connect::measure::MeasuredHost;
use crate::client::Session;
use crate::client::session::measured;
use crate::error::Result;

/// The shares of the time, in this order; each is a part of what is left then.
const FOR_STARTS: f64 = 0.15;
const FOR_FIRST_STARTS: f64 = 0.35;
const FOR_TRANSFERS: f64 = 0.60;
/// Where a cipher is looked for, nothing comes after them.
const FOR_SEARCH: f64 = 0.95;
const FOR_TWO: f64 = 0.40;
/// The part of the time of two at once that is meant for their bytes.
const OF_TWO: f64 = 0.9;
/// The most of each, however much time there is.
const STARTS: usize = 15;
/// So many starts may take more time than further ones: one alone says little.
const FIRST_STARTS: usize = 2;
const ROUNDS: usize = 9;
const ECHO_BLOCKS: usize = 4;
/// The fewest keys of a block, and the part of its time that is meant for them.
const LEAST_KEYS: usize = 10;
const FOR_KEYS: f64 = 0.8;
/// How long it is measured what part of a processor can be had, before the transfers and after them: this
/// share of the time, and no longer.
const FOR_PROCESSOR: f64 = 0.02;
const PROCESSOR: Duration = Duration::from_millis(400);
/// As many rounds of transfers are meant to fit; fewer, where a run would then have less than this many
/// times the time of its start, or its bytes less than this many round trips.
const ROUNDS_WANTED: [f64; 3] = [4.0, 3.0, 2.0];
const OF_A_START: f64 = 1.5;
const OF_A_ROUND_TRIP: f64 = 32.0;
/// How far the amount of a run may change at once.
const MORE: f64 = 16.0;
/// In so many rounds the amount may still change.
const CALIBRATING: usize = 3;
/// Two at once that have so many times less than one say little of it.
const COMPARABLE: f64 = 4.0;
/// The least part of a run's time that is meant for the transfer.
const LEAST_PART: f64 = 0.2;
/// The first round with several ciphers transfers so many times less: some may be slower by far.
const CAREFUL: f64 = 4.0;

impl BenchTask<'_> {
    /// Measures all that there is to measure. What is measured is noted at once, so that this future
    /// may be dropped at any time.
    ///
    /// # Errors
    /// The server runs no commands, or its `dd` or `cat` does not do its work; a temporary file cannot
    /// be made.
    pub(super) async fn run(self, first: SetupTimes) -> Result<()> {
        let estimate = self.probe(first).await?;
        let logs_in = self.setups().await;
        let mut meter = self.meter(logs_in).await?;
        let ciphers = self.so_far.noted().ciphers.clone();
        let Some(cipher) = ciphers.first().cloned() else { return Ok(()) };
        let is_search = self.so_far.noted().is_search;
        self.starts(&mut meter, &cipher).await;
        let time = self.until(FOR_PROCESSOR).saturating_duration_since(Instant::now());
        let time = time.min(PROCESSOR);
        self.processor(time).await;
        let runs = ciphers.len() * meter.programs().len() * estimate.0.len();
        let share = if is_search { FOR_SEARCH } else { FOR_TRANSFERS };
        let until = self.begin(&mut meter, share);
        let mut amounts = self.amounts(until, runs, &estimate);
        if ciphers.len() > 1 {
            for (_, bytes) in &mut amounts {
                *bytes = self.amount(*bytes as f64 / CAREFUL);
            }
        }
        self.transfers(&mut meter, &ciphers, (until, &mut amounts)).await;
        self.processor(time).await;
        if !is_search {
            self.two(&mut meter, &cipher, &amounts).await;
            self.echoes(&mut meter, &cipher).await;
        }
        Ok(())
    }

    /// The time at which a part of this share begins no further round. Its runs are ended somewhat
    /// later, so that something is left for the next part.
    fn begin(&self, meter: &mut Meter<'_>, share: f64) -> Instant {
        meter.end_by(self.until(f64::midpoint(share, 1.0)));
        self.until(share)
    }

    /// What part of a processor can be had, for this long. Other work may come and go, so the most that was
    /// had counts; a time of another length would see another part of a quota.
    async fn processor(&self, time: Duration) {
        let available = processor::available(time).await;
        let mut noted = self.so_far.noted();
        noted.cpu_available =
            [noted.cpu_available, available].into_iter().flatten().reduce(f64::max);
    }

    /// What runs cost that transfer nothing. One of each program was made when it was tried.
    async fn starts(&self, meter: &mut Meter<'_>, cipher: &str) {
        let first = self.begin(meter, FOR_FIRST_STARTS);
        let further = self.until(FOR_STARTS);
        let mut programs = meter.programs();
        let mut last = self.so_far.noted().all_starts();
        for number in 0..STARTS {
            let until = if number < FIRST_STARTS { first } else { further };
            if programs.is_empty() || !Self::fits(until, last) {
                return;
            }
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
                    // What was measured of starts is enough.
                    Err(RunFault::Late) => return,
                    Err(RunFault::Failed(fault)) => {
                        self.so_far.complain(program, &fault);
                        programs.retain(|it| *it != program);
                    }
                }
            }
            let is_compared = programs.len() > 1;
            programs.rotate_left(usize::from(is_compared));
            last = began.elapsed();
        }
    }

    /// How much each of so many runs of a round transfers, so that several rounds fit.
    fn amounts(&self, until: Instant, runs: usize, estimate: &Estimate) -> Vec<(Direction, u64)> {
        let slot = self.slot(until, runs, self.rounds_wanted(until, runs));
        estimate.0.iter().map(|(way, rate)| (*way, self.amount(rate * slot))).collect()
    }

    /// This many bytes as an amount that may be transferred.
    fn amount(&self, bytes: f64) -> u64 {
        let blocks = (bytes / BLOCK as f64) as u64;
        blocks.min(self.bytes.div_ceil(BLOCK)).max(1) * BLOCK
    }

    /// How many rounds of so many runs are meant to fit.
    fn rounds_wanted(&self, until: Instant, runs: usize) -> f64 {
        let start = self.start_of_a_run();
        let far = self.so_far.noted().round_trip().unwrap_or_default() * OF_A_ROUND_TRIP;
        let least = (start * OF_A_START).max(start + far);
        let fits = |rounds: &&f64| Self::share(until, runs as f64 * **rounds) >= least;
        ROUNDS_WANTED.iter().find(fits).copied().unwrap_or(1.0)
    }

    /// Seconds that each of so many runs in so many rounds has for its bytes.
    fn slot(&self, until: Instant, runs: usize, rounds: f64) -> f64 {
        let run = Self::share(until, runs as f64 * rounds);
        (run - self.start_of_a_run()).max(run * LEAST_PART)
    }

    /// Seconds of one of so many parts of the time that is left.
    fn share(until: Instant, parts: f64) -> f64 {
        until.saturating_duration_since(Instant::now()).as_secs_f64() / parts.max(1.0)
    }

    /// Seconds of a run's start, in the mean of the programs.
    fn start_of_a_run(&self) -> f64 {
        let noted = self.so_far.noted();
        noted.all_starts().as_secs_f64() / noted.starts.len().max(1) as f64
    }

    /// The transfers of all programs, ciphers and directions in turn; in each round another begins. The
    /// amounts of a direction become larger or smaller where its runs take much less or more time than
    /// they should.
    async fn transfers(
        &self,
        meter: &mut Meter<'_>,
        ciphers: &[String],
        (until, amounts): (Instant, &mut [(Direction, u64)]),
    ) {
        let programs = meter.programs();
        let mut due = Vec::new();
        for cipher in ciphers {
            for way in 0..amounts.len() {
                due.extend(programs.iter().map(|program| (*program, cipher.clone(), way)));
            }
        }
        self.keep_or_begin(&due, amounts, meter.mode());
        let wanted = self.rounds_wanted(until, due.len());
        for round in 0..ROUNDS {
            let began = Instant::now();
            let (mut failed, mut longest) = (Vec::new(), vec![0.0_f64; amounts.len()]);
            for (at, (program, cipher, way)) in due.iter().enumerate() {
                match meter.transfer(*program, cipher, amounts[*way]).await {
                    Ok(run) => {
                        self.note_transfer((*program, cipher, amounts[*way].0), run);
                        let net = self.so_far.noted().seconds_of_bytes(*program, &run);
                        longest[*way] = longest[*way].max(net);
                    }
                    Err(fault) => {
                        self.so_far.note_fault(*program, &fault);
                        if matches!(fault, RunFault::Late) {
                            return;
                        }
                        failed.push(at);
                    }
                }
            }
            failed.into_iter().rev().for_each(|at| drop(due.remove(at)));
            let took = began.elapsed();
            let transferred = amounts.to_vec();
            let mut shorter: f64 = 0.0;
            if round < CALIBRATING {
                let rounds = (wanted - 1.0 - round as f64).max(1.0);
                let slot = self.slot(until, due.len(), rounds);
                for ((_, bytes), longest) in amounts.iter_mut().zip(longest) {
                    let factor = factor(slot, longest);
                    // What was meant to fit has been measured: less would tell less.
                    let is_further = round as f64 + 1.0 >= wanted;
                    let factor = if is_further { factor.max(1.0) } else { factor };
                    *bytes = self.amount(*bytes as f64 * factor);
                    shorter = shorter.max(factor.min(1.0));
                }
            } else {
                shorter = 1.0;
            }
            // Among the programs that are compared, the next one goes first.
            let others = programs.len().min(due.len());
            due.rotate_left(usize::from(others > 1));
            if due.is_empty() || !Self::fits(until, took.mul_f64(shorter)) {
                // Two at once are compared with what was transferred.
                amounts.copy_from_slice(&transferred);
                return;
            }
        }
    }

    /// Begins the series of these runs. On channels, the first runs count as well.
    fn keep_or_begin(
        &self,
        due: &[(BenchProgram, String, usize)],
        amounts: &[(Direction, u64)],
        mode: BenchMode,
    ) {
        let mut noted = self.so_far.noted();
        let mut before = std::mem::take(&mut noted.transfers);
        let mut begun = |(program, cipher, way): &(BenchProgram, String, usize)| {
            let direction = amounts[*way].0;
            let same = |it: &TransferSeries| {
                (it.program, it.direction, &it.cipher) == (*program, direction, cipher)
            };
            let kept = before.iter_mut().find(|it| mode == BenchMode::Channels && same(it));
            let runs = kept.map(|it| std::mem::take(&mut it.runs)).unwrap_or_default();
            TransferSeries { program: *program, cipher: cipher.clone(), direction, runs }
        };
        noted.transfers = due.iter().map(&mut begun).collect();
    }

    fn note_transfer(
        &self,
        (program, cipher, direction): (BenchProgram, &str, Direction),
        run: BenchRun,
    ) {
        let mut noted = self.so_far.noted();
        let series = noted.transfers.iter_mut().find(|series| {
            (series.program, series.direction) == (program, direction) && series.cipher == cipher
        });
        if let Some(series) = series {
            series.runs.push(run);
        }
    }

    /// Two connections at once, each way that one has gone.
    async fn two(&self, meter: &mut Meter<'_>, cipher: &str, amounts: &[(Direction, u64)]) {
        if meter.mode() == BenchMode::Channels {
            return;
        }
        let until = self.begin(meter, FOR_TWO);
        let ends = self.until(f64::midpoint(FOR_TWO, 1.0));
        let room = room_of_two(Self::share(ends, amounts.len() as f64), self.start_of_a_run());
        let mut fitting = Vec::new();
        for (direction, bytes) in amounts {
            let Some(each) = self.seconds_of_a_byte(cipher, *direction) else { continue };
            let Some(most) = bytes_of_two(room, each, *bytes) else {
                return self.so_far.note_fault(BenchProgram::Tessh, &RunFault::Late);
            };
            fitting.push((*direction, self.amount(most).min(*bytes)));
        }
        for _ in 0..ROUNDS {
            let began = Instant::now();
            for &(direction, bytes) in &fitting {
                match meter.two(cipher, (direction, bytes)).await {
                    Ok(Some(wall)) => {
                        let two = TwoAtOnce { direction, bytes, wall };
                        self.so_far.noted().two_at_once.push(two);
                    }
                    Ok(None) => return,
                    Err(fault) => return self.so_far.note_fault(BenchProgram::Tessh, &fault),
                }
            }
            if !Self::fits(until, began.elapsed()) {
                return;
            }
        }
    }

    /// Seconds of each byte of tessh's last run of this way; `None` where there was none.
    fn seconds_of_a_byte(&self, cipher: &str, direction: Direction) -> Option<f64> {
        let noted = self.so_far.noted();
        let mut of_tessh = noted.transfers.iter().filter(|it| it.program == BenchProgram::Tessh);
        let series = of_tessh.find(|it| it.direction == direction && it.cipher == cipher)?;
        let run = series.runs.last().filter(|run| run.bytes > 0)?;
        Some(noted.seconds_of_bytes(BenchProgram::Tessh, run) / run.bytes as f64)
    }

    /// How many keys of a block are to count, so that they fit: fewer on a long way.
    fn keys(&self, until: Instant) -> usize {
        let round_trip = self.so_far.noted().round_trip().unwrap_or_default();
        let time = Self::share(until, 1.0) * FOR_KEYS - self.start_of_a_run();
        keys_of(time / round_trip.max(f64::MIN_POSITIVE))
    }

    /// Keys, in blocks of one program after the other.
    async fn echoes(&self, meter: &mut Meter<'_>, cipher: &str) {
        let programs = meter.programs();
        let empty = |program: &BenchProgram| EchoSeries { program: *program, samples: Vec::new() };
        self.so_far.noted().echoes = programs.iter().map(empty).collect();
        for _ in 0..ECHO_BLOCKS {
            let (began, mut is_late) = (Instant::now(), false);
            for (at, program) in programs.iter().enumerate() {
                let mut samples = Vec::new();
                // A little before all ends, so that the keys that were pressed count; and each program
                // has as much time.
                let until = self.until(0.9 / (programs.len() - at) as f64);
                let pressed = meter.press(*program, cipher, self.keys(until), &mut samples);
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
                    Err(_) => {
                        self.so_far.note_fault(*program, &RunFault::Late);
                        is_late = true;
                    }
                }
            }
            if is_late || !Self::fits(self.end, began.elapsed()) {
                return;
            }
        }
    }
}

/// How many keys of a block are to count, if so many round trips fit.
fn keys_of(trips: f64) -> usize {
    (trips as usize).saturating_sub(WARM_UP).clamp(LEAST_KEYS, KEYS)
}

/// Seconds for the bytes of two at once, of those that one way has.
fn room_of_two(seconds: f64, start: f64) -> f64 {
    (seconds - start).max(0.0) * OF_TWO
}

/// How much each of two at once may transfer within this room, where they share what one has; `None` where
/// that is so much less than one alone has transferred that it would not be compared with it.
fn bytes_of_two(room: f64, seconds_of_a_byte: f64, alone: u64) -> Option<f64> {
    let bytes = room / (2.0 * seconds_of_a_byte);
    (bytes >= alone as f64 / COMPARABLE).then_some(bytes)
}

/// How many times as much a run should transfer so that its bytes take this long and not that: once,
/// unless that would be far from it.
fn factor(meant: f64, taken: f64) -> f64 {
    match meant / taken.max(f64::MIN_POSITIVE) {
        0.5..2.0 => 1.0,
        _ if taken == 0.0 => 1.0,
        factor => factor.clamp(1.0 / MORE, MORE),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_long_way_fewer_keys_are_pressed() {
        assert_eq!([f64::INFINITY, 1e6, 40.0, 12.0, -3.0].map(keys_of), [50, 50, 30, 10, 10]);
    }

    #[test]
    fn two_at_once_have_as_much_as_there_is_room_for_where_they_share_what_one_has() {
        // Two seconds a way, of which a start takes a half: one run's second would be two.
        let room = room_of_two(2.0, 0.5);
        assert!((room - 1.35).abs() < 1e-9, "{room}");
        let alone = 1 << 20;
        let bytes = bytes_of_two(room, 1.0 / alone as f64, alone).unwrap();
        assert!((bytes / alone as f64 - 0.675).abs() < 1e-9, "{bytes}");
        // On a fast link there is room for more than one had.
        assert!(bytes_of_two(room, 0.1 / alone as f64, alone).unwrap() > alone as f64);
        assert_eq!(bytes_of_two(room, 3.0 / alone as f64, alone), None, "less than a quarter");
        assert_eq!(bytes_of_two(room_of_two(0.4, 0.5), 1.0, alone), None);
    }

    #[test]
    fn an_amount_changes_only_where_it_is_far_from_what_fits() {
        assert_eq!([factor(1.0, 1.0), factor(1.0, 0.6), factor(1.0, 1.9)], [1.0; 3]);
        assert_eq!((factor(1.0, 0.25), factor(1.0, 4.0)), (4.0, 0.25));
        assert_eq!((factor(1.0, 0.001), factor(0.001, 1.0)), (MORE, 1.0 / MORE));
        // Nothing was transferred this way.
        assert_eq!(factor(1.0, 0.0), 1.0);
    }
}
