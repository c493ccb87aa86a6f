//! Two network devices with a delay and a rate between them: what one sends, the other receives
//! after the delay, no faster than the rate.
//!
//! The kernel hands over segments of up to 64 KiB uncut and takes them so: at 1 Gbit/s the packets
//! of 1500 bytes would cost more than what is measured.

use crate::front::Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tun_rs::{DeviceBuilder, SyncDevice};

/// What waits for its turn at most; more is lost, as in a router.
const QUEUE: usize = 64 << 20;
/// The longest that the kernel hands over at once, with what describes it.
const LONGEST: usize = 70_000;

/// The path; it ends with the program.
pub struct Delay;

/// One packet, and when it arrives.
type Packet = (Instant, Vec<u8>);

impl Delay {
    /// A device of this name, in the namespace of this program.
    pub fn device(name: &str) -> Result<SyncDevice, Failure> {
        let device = DeviceBuilder::new().name(name).offload(true).build_sync();
        device.map_err(|error| format!("{name}: {error}"))
    }

    /// Joins two devices.
    pub fn between(devices: Vec<SyncDevice>, delay: Duration, megabits: u64) -> Delay {
        let devices: Vec<_> = devices.into_iter().map(Arc::new).collect();
        for (from, to) in devices.iter().zip(devices.iter().rev()) {
            let (from, to) = (Arc::clone(from), Arc::clone(to));
            let (sender, receiver) = channel();
            let waiting = Arc::new(AtomicUsize::new(0));
            let queue = Arc::clone(&waiting);
            std::thread::spawn(move || take(&from, &sender, &queue, (delay, megabits)));
            std::thread::spawn(move || deliver(&to, &receiver, &waiting));
        }
        Delay
    }
}

fn take(
    from: &SyncDevice,
    sender: &Sender<Packet>,
    waiting: &AtomicUsize,
    (delay, megabits): (Duration, u64),
) {
    let mut free = Instant::now();
    let mut buffer = vec![0; LONGEST];
    while let Ok(length) = from.recv(&mut buffer) {
        if waiting.fetch_add(length, Ordering::Relaxed) > QUEUE {
            waiting.fetch_sub(length, Ordering::Relaxed);
            continue;
        }
        free = free.max(Instant::now());
        free += Duration::from_nanos(length as u64 * 8000 / megabits);
        if sender.send((free + delay, buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}

fn deliver(to: &SyncDevice, receiver: &Receiver<Packet>, waiting: &AtomicUsize) {
    while let Ok((due, packet)) = receiver.recv() {
        let wait = due.saturating_duration_since(Instant::now());
        // What is nearly due goes with the rest: a sleep is never as short as it is meant to be.
        if wait > Duration::from_micros(100) {
            std::thread::sleep(wait);
        }
        waiting.fetch_sub(packet.len(), Ordering::Relaxed);
        // A device that is not up takes nothing, and TCP sends again.
        let _ = to.send(&packet);
    }
}
