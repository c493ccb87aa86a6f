//! The signals that a test sends reach the program even where the tests themselves were started with
//! them ignored, as by nohup or behind a shell's `&`: a program starts with what its parent ignores.

use std::fs;
use std::sync::Once;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// Has programs that are started from now on begin with the usual meaning of the signals that tests
/// send.
pub fn mean_what_they_usually_do() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        let ignored = ignored.unwrap_or(0);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let _within = runtime.enter();
        let sent = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()];
        for kind in sent.into_iter().chain([SignalKind::terminate()]) {
            if ignored & (1 << (kind.as_raw_value() - 1)) != 0 {
                // A signal that is caught here has its usual meaning again in a program begun by us.
                drop(signal(kind).unwrap());
            }
        }
    });
}
