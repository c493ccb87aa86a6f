//! `--json`: what happens during a transfer, one object a line on standard output.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::output;
use crate::error::Error;
use crate::sftp::{
    CopyReason, RestartReason, SkipReason, SyncChange, SyncStep, TransferDirection, TransferEvent,
    TransferFile, TransferReport,
};

/// The shortest time between two events about progress.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Prints events.
pub(super) struct EventLines {
    told: Mutex<Instant>,
}

impl EventLines {
    pub(super) fn new() -> EventLines {
        EventLines { told: Mutex::new(Instant::now()) }
    }

    /// Prints an event; `done` of `total` bytes have been transferred.
    pub(super) fn event(&self, event: TransferEvent<'_>, (done, total): (u64, u64)) {
        let object = match event {
            TransferEvent::Found { complete: false, .. } => return,
            TransferEvent::Found { files, bytes, .. } => {
                json!({ "event": "found", "files": files, "bytes": bytes })
            }
            TransferEvent::Began { file, resumed } => {
                let mut object = about("began", file);
                object["resumed"] = json!(resumed);
                object
            }
            TransferEvent::Bytes { .. } | TransferEvent::Compared { .. } => {
                if !self.is_due() {
                    return;
                }
                json!({ "event": "progress", "bytes": done, "total": total })
            }
            TransferEvent::Restarted { file, why, .. } => {
                let mut object = about("restarted", file);
                object["why"] = json!(match why {
                    RestartReason::Mismatch => "mismatch",
                    RestartReason::Changed => "changed",
                });
                object
            }
            TransferEvent::Ended { file, bytes, verified } => {
                let mut object = about("ended", file);
                (object["bytes"], object["verified"]) = (json!(bytes), json!(verified));
                object
            }
            TransferEvent::Skipped { file, why } => {
                let mut object = about("skipped", file);
                object["why"] = json!(skipped(why));
                object
            }
            TransferEvent::Noted { error } => with_error(json!({ "event": "noted" }), error),
            TransferEvent::Failed(failure) => {
                let mut object = json!({ "event": "failed", "direction": way(failure.direction) });
                put_path(&mut object, "from", &failure.from);
                put_path(&mut object, "to", &failure.to);
                if let Some(partial) = &failure.partial {
                    put_path(&mut object, "partial", partial);
                }
                with_error(object, &failure.error)
            }
        };
        line(&object);
    }

    fn is_due(&self) -> bool {
        let Ok(mut told) = self.told.lock() else { return false };
        let due = told.elapsed() >= PROGRESS_EVERY;
        if due {
            *told = Instant::now();
        }
        due
    }
}

/// Prints what the transfer came to.
pub(super) fn summary(report: &TransferReport, seconds: f64, connections: usize) {
    line(&json!({
        "event": "summary",
        "files": report.files,
        "bytes": report.bytes,
        "directories": report.directories,
        "links": report.links,
        "skipped": report.skipped,
        "failed": report.failed,
        "complete": report.is_complete(),
        "seconds": seconds,
        "connections": connections,
    }));
}

/// Prints one name of the plan of a sync.
pub(super) fn planned(change: &SyncChange) {
    let (step, why) = step_words(&change.step);
    let mut object = json!({ "event": "planned", "step": step, "size": change.size });
    if let Some(why) = why {
        object["why"] = json!(why);
    }
    put_path(&mut object, "path", &change.path);
    if let SyncStep::Link(to) = &change.step {
        put_path(&mut object, "target", to);
    }
    line(&object);
}

/// The word for what is to be done about a name, and for why, in JSON.
fn step_words(step: &SyncStep) -> (&'static str, Option<&'static str>) {
    match step {
        SyncStep::Copy(why) => (
            "copy",
            Some(match why {
                CopyReason::New => "new",
                CopyReason::Size(_) => "size",
                CopyReason::Newer => "newer",
                CopyReason::Older => "older",
                CopyReason::Contents => "contents",
                CopyReason::Kind => "kind",
            }),
        ),
        SyncStep::Hash => ("compare", None),
        SyncStep::MakeDirectory => ("make-directory", None),
        SyncStep::Link(_) => ("link", None),
        SyncStep::Remove => ("remove", None),
        SyncStep::Blocked => ("blocked", None),
        SyncStep::Special => ("special", None),
        SyncStep::Partial => ("partial", None),
    }
}

fn about(event: &str, file: &TransferFile) -> Value {
    let direction = way(file.direction);
    let mut object = json!({ "event": event, "direction": direction, "size": file.size });
    put_path(&mut object, "from", &file.from);
    put_path(&mut object, "to", &file.to);
    object
}

/// Puts a path; one that is not UTF-8 has its bytes beside it.
fn put_path(object: &mut Value, name: &str, path: &[u8]) {
    object[name] = json!(String::from_utf8_lossy(path));
    if std::str::from_utf8(path).is_err() {
        object[format!("{name}_hex")] = json!(data_encoding::HEXLOWER.encode(path));
    }
}

fn with_error(mut object: Value, error: &Error) -> Value {
    (object["error"], object["cause"]) = (json!(error.kind().word()), json!(error.cause()));
    object["hint"] = json!(error.next_step());
    object
}

fn way(direction: TransferDirection) -> &'static str {
    match direction {
        TransferDirection::Get => "get",
        TransferDirection::Put => "put",
    }
}

fn skipped(why: SkipReason) -> &'static str {
    match why {
        SkipReason::Exists => "exists",
        SkipReason::NotNewer => "not-newer",
        SkipReason::Same => "same",
        SkipReason::Link => "link",
        SkipReason::Answered => "answered",
    }
}

fn line(object: &Value) {
    // A reader that is gone has read enough; the files are what counts.
    let _ = output::print_json(&format!("{object}\n"));
}
