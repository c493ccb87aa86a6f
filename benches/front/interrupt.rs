//! Ctrl-C, SIGTERM and SIGHUP end the run in order, so that every child, the private sshd and
//! the scratch directory go with it. A signal only raises a flag; waits look at it.

use super::Failure;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

static RAISED: AtomicBool = AtomicBool::new(false);

/// Starts to listen, on a thread of its own.
pub fn catch() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let listen = |kind| signal(kind).expect("a catchable signal");
            let mut interrupt = listen(SignalKind::interrupt());
            let mut terminate = listen(SignalKind::terminate());
            let mut hangup = listen(SignalKind::hangup());
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            RAISED.store(true, Ordering::Relaxed);
        });
    });
    Ok(())
}

/// An error once a signal has come.
pub fn check() -> Result<(), Failure> {
    match RAISED.load(Ordering::Relaxed) {
        true => Err("interrupted".to_owned()),
        false => Ok(()),
    }
}
