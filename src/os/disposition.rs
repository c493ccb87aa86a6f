//! Dispositions of signals (signal(7)): what the process inherits from the one that started it,
//! and the few that it changes before anything else.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal as Raw, sigaction};

/// The signals that whoever started the process has it ignore, a bit for each number.
static IGNORED: AtomicU64 = AtomicU64::new(0);

/// Notes which of the signals that end a program are ignored, as nohup(1) and a shell's background
/// jobs have it, and gives two others a meaning that the program can rely on: a write beyond the
/// limit of a file's size (`ulimit -f`) fails instead of ending the process, and children are
/// waited for. Called once, before the process has a second thread.
pub fn settle() {
    let ends = [Raw::SIGHUP, Raw::SIGINT, Raw::SIGQUIT, Raw::SIGTERM];
    for signal in ends.into_iter().filter(|signal| is_inherited_ignored(*signal)) {
        IGNORED.fetch_or(1 << signal as c_int, Ordering::Relaxed);
    }
    // Unlike an ignored signal, a handler is not inherited by the programs started from here.
    let failing =
        SigAction::new(SigHandler::Handler(nothing), SaFlags::SA_RESTART, SigSet::empty());
    let waited = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing, which it may at any moment; the other has none.
    let _ = unsafe { (sigaction(Raw::SIGXFSZ, &failing), sigaction(Raw::SIGCHLD, &waited)) };
}

/// Whether the process was started with the signal of this number ignored. It then stays so, as with
/// rsh(1).
pub(super) fn is_ignored(number: u8) -> bool {
    IGNORED.load(Ordering::Relaxed) & (1 << number) != 0
}

extern "C" fn nothing(_: c_int) {}

fn is_inherited_ignored(signal: Raw) -> bool {
    let ignoring = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    // SAFETY: no handler is installed, and what was there is put back: it is the default, because
    // a program is started with no handlers.
    unsafe {
        match sigaction(signal, &ignoring) {
            Ok(before) if matches!(before.handler(), SigHandler::SigIgn) => true,
            Ok(before) => sigaction(signal, &before).is_err(),
            Err(_) => false,
        }
    }
}
