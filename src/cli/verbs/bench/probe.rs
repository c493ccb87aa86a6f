//! What is found out before anything is compared: that the server does what is measured, about how
//! fast, what a login takes, and whether the time has room for runs with logins of their own.

use std::time::Duration;

use tokio::time::Instant;

use super::child::RunFault;
use super::meter::{BLOCK, ChannelMeter, Meter, fault, remote, transferred};
use super::processes::MeasuredProcesses;
use super::task::{BenchTask, Estimate};
use crate::bench::{
    BenchMode, BenchProgram, BenchRun, Direction, SetupTimes, StartSeries, TransferSeries,
};
use crate::client::flow::Exit;
use crate::client::session::measured::timed;
use crate::client::session::relay;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The shares of the time that is left.
const FOR_PROBE: f64 = 0.25;
const FOR_ROUND_TRIPS: f64 = 0.05;
const FOR_SETUPS: f64 = 0.10;
const FOR_TRY: f64 = 0.50;
/// The most of each, however much time there is.
const SETUPS: usize = 5;
const ROUND_TRIPS: usize = 20;
/// An amount that takes this long tells a rate.
const TELLING: Duration = Duration::from_millis(200);
/// If it does not, at most so many times as much is tried: first, where little is known, and then.
const FIRST_MORE: u64 = 16;
const MORE: u64 = 64;
/// The least time that is taken for a transfer: where the start of a run is seen, and otherwise this part
/// of the run.
const LEAST: Duration = Duration::from_millis(1);
const LEAST_PART: f64 = 0.1;
/// An upload of which nothing is known is taken to be so many times as slow as the download.
const UNTOLD: f64 = 4.0;
/// A run of ssh, which nobody has tried yet, may take so many times as long as a login of tessh.
const SLACK: f64 = 2.0;
/// As little as has to fit: a run of each program both ways, with something to spare.
const LEAST_ROUNDS: f64 = 1.2;
/// A proposal for `--seconds` has so many times as much time, and is a whole number of these.
const PROPOSED: f64 = 1.5;
const ROUND_SECONDS: f64 = 5.0;

impl BenchTask<'_> {
    /// Sees that the server does what is measured, and about how fast. What it transfers counts as runs
    /// on a channel, if nothing better comes.
    pub(super) async fn probe(&self, first: SetupTimes) -> Result<Estimate> {
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
            // A command that succeeds and prints something else is not what prints it.
            let is_ours = ran.exit != Exit::Status(0) || ran.received == 0;
            let hint =
                if is_ours { say!(bench_no_shell_hint) } else { say!(bench_own_output_hint) };
            return Err(Error::new(Kind::Channel, say!(bench_no_shell, why = fault)).hint(hint));
        }
        let setup = SetupTimes {
            channel: Some(ran.opened),
            first_output: ran.first_output.map(|first| first.saturating_sub(ran.opened)),
            ..first
        };
        // What a command costs before its first byte is not the rate's.
        let start = ran.first_output.unwrap_or(ran.ended);
        let none = BenchRun { bytes: 0, start: None, wall: start, cpu: Duration::ZERO };
        {
            let mut noted = self.so_far.noted();
            noted.setups.push(setup);
            noted.starts = vec![StartSeries { program: BenchProgram::Tessh, runs: vec![none] }];
        }
        self.round_trips(self.until(FOR_ROUND_TRIPS)).await;
        let mut estimate = Estimate(Vec::new());
        let mut refused = None;
        let most = self.bytes.next_multiple_of(BLOCK);
        let first = ran.ended.saturating_sub(start);
        let is_fast = first * u32::try_from(FIRST_MORE).unwrap_or(1) < TELLING;
        let mut bytes = if is_fast { BLOCK * FIRST_MORE } else { BLOCK }.min(most);
        for direction in Direction::BOTH {
            let (mut more, mut rate) = (FIRST_MORE, None);
            loop {
                let ran = match transferred(self.session, (direction, bytes)).await {
                    Ok(ran) => ran,
                    Err(fault) if self.session.ended().is_some() => return Err(no_shell(fault)),
                    // A server may do one way only.
                    Err(fault) => {
                        self.so_far.complain(BenchProgram::Tessh, &fault);
                        refused.get_or_insert(fault);
                        break;
                    }
                };
                self.note_probe(direction, ran);
                let net = ran.wall.saturating_sub(ran.start.unwrap_or(start));
                // A start that is not seen varies.
                let least = ran.start.map_or(ran.wall.mul_f64(LEAST_PART), |_| LEAST);
                let found = bytes as f64 / net.max(least).as_secs_f64();
                rate = Some(found);
                let is_telling = net >= TELLING;
                if is_telling || bytes >= most || !Self::fits(until, ran.wall + TELLING) {
                    break;
                }
                let wanted = (found * TELLING.as_secs_f64() * 1.25) as u64;
                let wanted = wanted.clamp(bytes * 2, bytes.saturating_mul(more));
                bytes = wanted.next_multiple_of(BLOCK).min(most);
                more = MORE;
            }
            estimate.0.extend(rate.map(|rate| (direction, rate)));
            // The other way may be slower by far.
            bytes = (bytes / FIRST_MORE).next_multiple_of(BLOCK).max(BLOCK);
        }
        if let (true, Some(fault)) = (estimate.0.is_empty(), refused) {
            return Err(no_shell(fault));
        }
        // What so little time tells of one way may be nothing but a start that has varied.
        if let [(_, download), (_, upload)] = &mut estimate.0[..]
            && !self.so_far.noted().is_told(Direction::Upload)
        {
            *upload = upload.max(*download / UNTOLD);
        }
        Ok(estimate)
    }

    fn note_probe(&self, direction: Direction, run: BenchRun) {
        let cipher = self.session.negotiated().map(|names| names.cipher).unwrap_or_default();
        let mut noted = self.so_far.noted();
        match noted.transfers.iter_mut().find(|series| series.direction == direction) {
            Some(series) => series.runs.push(run),
            None => {
                let program = BenchProgram::Tessh;
                noted.transfers.push(TransferSeries {
                    program,
                    cipher,
                    direction,
                    runs: vec![run],
                });
            }
        }
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
    /// for this. `false` if one did not succeed: then the credential is forgotten, and is not tried again.
    pub(super) async fn setups(&self) -> bool {
        if self.host.credential().is_none() {
            return true;
        }
        let until = self.until(FOR_SETUPS);
        let mut last = self.login();
        for _ in 1..SETUPS {
            if !Self::fits(until, last) {
                break;
            }
            let began = Instant::now();
            let (session, times) = match self.host.again(None).await {
                Ok(made) => made,
                Err(error) => {
                    self.so_far.complain(BenchProgram::Tessh, error.cause());
                    return false;
                }
            };
            if let Ok(ran) = timed(&session, &remote(Direction::Download, BLOCK), 0).await {
                let first_output = ran.first_output.map(|first| first.saturating_sub(ran.opened));
                let times = SetupTimes { channel: Some(ran.opened), first_output, ..times };
                self.so_far.noted().setups.push(times);
            }
            relay::close(session).await;
            last = began.elapsed();
        }
        true
    }

    /// What the first login took, until the first output of a command.
    fn login(&self) -> Duration {
        self.so_far.noted().setups.first().map_or(Duration::ZERO, SetupTimes::total)
    }

    /// How runs are made: by processes if one can log in without a question, which is tried, and if the
    /// time has room for that. `logs_in` is what the further logins came to.
    pub(super) async fn meter(&self, logs_in: bool) -> Result<Meter<'_>> {
        let wants_ssh = self.ssh.is_some();
        let channels = |why: String| {
            let mut noted = self.so_far.noted();
            noted.without_ssh = noted.without_ssh.take().or(wants_ssh.then_some(why));
            noted.programs.retain(|(program, _)| *program == BenchProgram::Tessh);
            Meter::Channels(ChannelMeter::new(self.host, self.session))
        };
        let Some(credential) = self.host.credential() else {
            let why = if logs_in { say!(bench_login_asks) } else { say!(bench_login_failed) };
            return Ok(channels(why));
        };
        let programs = if wants_ssh { 2.0 } else { 1.0 };
        // One run to try each program, and those that are measured.
        let runs = 1.0 + self.runs_of_a_round();
        let needed = self.login().as_secs_f64() * programs * runs * SLACK;
        if let Some(seconds) = self.too_long(needed) {
            return Ok(channels(say!(bench_too_short, seconds)));
        }
        let cipher = self.so_far.noted().ciphers.first().cloned().unwrap_or_default();
        let processes = MeasuredProcesses::new(self.host, &credential, self.ssh.clone())?;
        let mut meter = Meter::Processes(processes, self.end);
        let mut starts: Vec<StartSeries> = Vec::new();
        for program in meter.programs() {
            // A program that waits for something else must not take all time.
            meter.end_by(self.until(FOR_TRY));
            let began = Instant::now();
            let tried = meter.start(program, &cipher).await;
            let is_ssh = program == BenchProgram::Ssh;
            let (name, seconds) = (program.name(), format!("{:.1}", began.elapsed().as_secs_f64()));
            let why = match tried {
                Ok(run) => {
                    starts.push(StartSeries { program, runs: vec![run] });
                    let each: f64 = starts.iter().map(|it| it.runs[0].wall.as_secs_f64()).sum();
                    match self.too_long(each * self.runs_of_a_round() * LEAST_ROUNDS) {
                        Some(seconds) => say!(bench_too_short, seconds),
                        None => continue,
                    }
                }
                Err(RunFault::Failed(fault)) if is_ssh => say!(bench_ssh_failed, fault),
                Err(RunFault::Failed(fault)) => {
                    self.so_far.complain(program, &fault);
                    say!(bench_login_failed)
                }
                Err(RunFault::Late) => say!(bench_late, program = name, seconds),
            };
            if !is_ssh {
                return Ok(channels(why));
            }
            if let Meter::Processes(processes, _) = &mut meter {
                processes.forget_ssh();
            }
            starts.retain(|start| start.program != program);
            self.so_far.noted().without_ssh = Some(why);
        }
        let programs = meter.programs();
        // Whoever ends it before a process has transferred anything is shown what the probe has found.
        self.so_far.keep_probed();
        let mut noted = self.so_far.noted();
        noted.mode = BenchMode::Processes;
        noted.programs.retain(|(program, _)| programs.contains(program));
        noted.starts = starts;
        noted.transfers.clear();
        drop(noted);
        Ok(meter)
    }

    /// How many runs of a program a round has.
    fn runs_of_a_round(&self) -> f64 {
        (self.so_far.noted().ciphers.len() * Direction::BOTH.len()) as f64
    }

    /// How many seconds would be enough, if this many do not fit any more.
    fn too_long(&self, needed: f64) -> Option<u64> {
        let left = self.end.saturating_duration_since(Instant::now()).as_secs_f64();
        (needed > left).then(|| enough(self.began.elapsed().as_secs_f64() + needed))
    }
}

/// The proposal for `--seconds` where this many are needed.
fn enough(needed: f64) -> u64 {
    ((needed * PROPOSED / ROUND_SECONDS).ceil() * ROUND_SECONDS) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_round_and_has_something_to_spare() {
        assert_eq!([0.5, 3.0, 3.4, 20.0].map(enough), [5, 5, 10, 30]);
    }
}
