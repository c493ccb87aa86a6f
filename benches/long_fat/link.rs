//! A path with delay and a rate, as a TCP proxy on loopback: what arrives is passed on after half
//! the round trip, no faster than the rate, which all connections share.
//!
//! The delay is behind the sockets, so the windows of SSH and SFTP feel it and TCP's do not: a real
//! path with small TCP buffers is slower for one connection, never for several.

use crate::front::Failure;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// The most bytes of one read.
const PIECE: usize = 64 * 1024;
/// How many reads of a direction are on the way at most: more than a path of 100 ms at 1 Gbit/s
/// holds.
const ON_THE_WAY: usize = 4096;

/// The proxy; it ends on drop.
pub struct Link {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Link {
    /// Starts a proxy to `target` on 127.0.0.1.
    pub fn open(target: u16, round_trip: Duration, megabits: u64) -> Result<Link, Failure> {
        let said = |error: std::io::Error| error.to_string();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(said)?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.map_err(said)?;
        let port = listener.local_addr().map_err(said)?.port();
        let way = || Arc::new(Way { delay: round_trip / 2, megabits, free: Mutex::default() });
        let (there, back) = (way(), way());
        runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else {
                    continue;
                };
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let ((near_read, near_write), (far_read, far_write)) =
                    (near.into_split(), far.into_split());
                tokio::spawn(carry(near_read, far_write, Arc::clone(&there)));
                tokio::spawn(carry(far_read, near_write, Arc::clone(&back)));
            }
        });
        Ok(Link { port, runtime: Some(runtime) })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// One direction of the path.
struct Way {
    delay: Duration,
    megabits: u64,
    /// When everything sent so far has left the sender.
    free: Mutex<Option<Instant>>,
}

impl Way {
    /// When this many bytes arrive that are sent now.
    fn due(&self, bytes: usize) -> Instant {
        let takes = Duration::from_nanos(bytes as u64 * 8000 / self.megabits);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let sent = free.map_or(now, |free| free.max(now)) + takes;
        *free = Some(sent);
        sent + self.delay
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, way: Arc<Way>) {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
    let deliver = async move {
        while let Some((due, data)) = receiver.recv().await {
            // Timers are as coarse as a millisecond: what is nearly due goes with the rest.
            if due > Instant::now() + Duration::from_millis(1) {
                sleep_until(due).await;
            }
            if to.write_all(&data).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    let collect = async move {
        let mut buffer = vec![0; PIECE];
        loop {
            let Ok(length @ 1..) = from.read(&mut buffer).await else { return };
            let due = way.due(length);
            // The sender is held back to the rate, as a full queue of a router would.
            if let Some(wait) = due.checked_sub(way.delay + Duration::from_millis(20)) {
                sleep_until(wait).await;
            }
            if sender.send((due, buffer[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(deliver, collect);
}
