//! What a person sees of a transfer: a bar while standard error is a terminal, a line for each
//! failure, and what it came to. Questions are asked below the bar.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use log::{error, warn};

use super::events::{self, EventLines};
use super::questions::{self, Standing};
use crate::cli::log as lines;
use crate::say;
use crate::sftp::{
    Answering, OverwriteAnswer, OverwriteQuestion, ResumeAnswer, ResumeQuestion, TransferEvent,
    TransferObserver, TransferReport,
};
use crate::text;

/// How many times a second the bar is drawn at most.
const DRAWN: u8 = 10;
/// How many characters of a name the bar shows, where there is room.
const NAME: usize = 200;

/// Watches a transfer for a person or a script.
pub(super) struct TransferDisplay {
    bar: ProgressBar,
    json: Option<EventLines>,
    /// Whether a person sees the bar, and what it came to.
    is_shown: bool,
    began: Instant,
    done: AtomicU64,
    total: AtomicU64,
    /// Answers that count for all further questions.
    standing: Mutex<Standing>,
}

impl TransferDisplay {
    /// A display; without `is_shown` only failures are told.
    pub(super) fn new(is_shown: bool, json: bool) -> TransferDisplay {
        let target = match is_shown {
            true => ProgressDrawTarget::stderr_with_hz(DRAWN),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let shape = "{wide_msg} {bar:12} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(shape) {
            bar.set_style(style.progress_chars("=> "));
        }
        TransferDisplay {
            bar,
            json: json.then(EventLines::new),
            is_shown,
            began: Instant::now(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            standing: Mutex::default(),
        }
    }

    /// Removes the bar, and tells what the transfer came to.
    pub(super) fn finish(&self, report: &TransferReport, connections: usize) {
        self.bar.finish_and_clear();
        let took = self.began.elapsed();
        if self.json.is_some() {
            events::summary(report, took.as_secs_f64(), connections);
        }
        if !self.is_shown {
            return;
        }
        let rate = report.bytes as f64 / took.as_secs_f64().max(0.001);
        let files = match report.files {
            1 => say!(files_one_file),
            count => say!(files_count, count),
        };
        let bytes = HumanBytes(report.bytes).to_string();
        let rate = HumanBytes(rate as u64).to_string();
        let mut line = say!(files_summary, files, bytes, time = shown_time(took), rate);
        if report.skipped > 0 {
            line.push_str(&say!(files_summary_skipped, count = report.skipped));
        }
        if report.failed > 0 {
            line.push_str(&say!(files_summary_failed, count = report.failed));
        }
        lines::to_stderr(&format!("{line}\n"));
    }

    /// Tells what is left of a transfer that is stopped in its middle.
    fn interrupted(&self) {
        self.bar.finish_and_clear();
        if self.is_shown && self.done.load(Ordering::Relaxed) > 0 {
            lines::to_stderr(&format!("{}\n", say!(files_interrupted)));
        }
    }

    fn count(&self, event: &TransferEvent<'_>) {
        match event {
            TransferEvent::Found { bytes, .. } => {
                self.total.store(*bytes, Ordering::Relaxed);
                self.bar.set_length(*bytes);
            }
            TransferEvent::Began { file, resumed } => {
                let name = file.from.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                self.bar.set_message(text::name(name, NAME));
                self.advance(*resumed);
            }
            TransferEvent::Bytes { count, .. } => self.advance(*count),
            TransferEvent::Restarted { bytes, .. } => {
                let done = self.done.load(Ordering::Relaxed).saturating_sub(*bytes);
                self.done.store(done, Ordering::Relaxed);
                self.bar.set_position(done);
            }
            TransferEvent::Skipped { file, .. } => self.advance(file.size),
            _ => {}
        }
    }

    fn advance(&self, bytes: u64) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
        self.bar.inc(bytes);
    }
}

impl Drop for TransferDisplay {
    fn drop(&mut self) {
        if !self.bar.is_finished() {
            self.interrupted();
        }
    }
}

/// A time as a person reads it: `0.4 s`, `3:07`, `1:02:03`.
fn shown_time(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{:.1} s", time.as_secs_f64()),
        (0, _) => format!("{minutes}:{rest:02}"),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

impl TransferObserver for TransferDisplay {
    fn event(&self, event: TransferEvent<'_>) {
        self.count(&event);
        if let Some(json) = &self.json {
            let so_far = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
            return json.event(event, so_far);
        }
        match event {
            TransferEvent::Failed(failure) => self.bar.suspend(|| error!("{}", failure.error)),
            TransferEvent::Noted { error } => self.bar.suspend(|| warn!("{error}")),
            _ => {}
        }
    }

    fn overwrite<'a>(&'a self, question: OverwriteQuestion<'a>) -> Answering<'a, OverwriteAnswer> {
        Box::pin(questions::overwrite(&self.bar, &self.standing, question))
    }

    fn resume<'a>(&'a self, question: ResumeQuestion<'a>) -> Answering<'a, ResumeAnswer> {
        Box::pin(questions::resume(&self.bar, &self.standing, question))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let shown = |seconds: f64| shown_time(Duration::from_secs_f64(seconds));
        assert_eq!((shown(0.42), shown(59.0)), ("0.4 s".to_owned(), "59.0 s".to_owned()));
        assert_eq!((shown(187.9), shown(3723.0)), ("3:07".to_owned(), "1:02:03".to_owned()));
    }
}
