//! The stack that the program runs on: the one that the system gives it, or a larger one of our own
//! where that is limited to too little (`ulimit -s`).

use std::panic::catch_unwind;
use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

use rustix::process::{Resource, getrlimit};

/// As much as any other thread has. A login takes less than a tenth of it.
const ENOUGH: usize = 2 * 1024 * 1024;
/// The exit code of a Rust program that has panicked.
const PANICKED: u8 = 101;

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Runs a whole program on a stack that is large enough; returns its exit code, or ends the process
/// with it. If there can be no other stack, it runs on this one all the same.
pub fn run_on_enough(program: fn() -> u8) -> u8 {
    if is_enough() {
        return program();
    }
    WAITING.store(1, Ordering::Relaxed);
    // The thread ends the process, because a process that it forks has no other thread to return to.
    let whole = move || -> () { exit(catch_unwind(program).unwrap_or(PANICKED).into()) };
    if let Ok(thread) = Builder::new().stack_size(ENOUGH).spawn(whole) {
        let _ = thread.join();
        return PANICKED;
    }
    WAITING.store(0, Ordering::Relaxed);
    program()
}

/// How many threads do nothing but wait for another one to end the process: the first one, if its
/// stack is too small.
pub(super) fn waiting_threads() -> usize {
    WAITING.load(Ordering::Relaxed)
}

/// Whether the first thread's stack may grow far enough.
fn is_enough() -> bool {
    getrlimit(Resource::Stack).current.is_none_or(|most| most >= ENOUGH as u64)
}
