//! What a server can fill with a client of a shared connection that does not read: nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "gaps/honest.rs"]
#[allow(dead_code)]
mod honest;
mod lab;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use honest::{ED25519, Honest, key};
use lab::mux::Mux;
use lab::{DEADLINE, Home, arg};
use russh::Sig;

/// Messages of a flood: more than may wait, in an unoptimised build and in time.
const FLOOD: usize = 30_000;
/// What the master may grow by meanwhile: a tenth of what is sent, rounded up.
const GROWN: usize = 8 * 1024 * 1024;
/// RFC 4254 section 5.1.
const OPEN_CONFIRMATION: u8 = 91;

struct Master(Child);

impl Drop for Master {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait(what: &str, mut met: impl FnMut() -> bool) {
    let start = Instant::now();
    while !met() {
        assert!(start.elapsed() < 4 * DEADLINE, "not so: {what}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// The most memory that a process has had, in bytes.
fn peak(child: &Child) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
}

fn master(home: &Home, address: SocketAddr) -> Master {
    let public = key(ED25519).public_key().to_openssh().unwrap();
    let port = address.port().to_string();
    home.write(".ssh/known_hosts", &format!("[127.0.0.1]:{port} {public}\n"));
    let socket = home.path("ctl");
    let words = ["-o", "BatchMode=yes", "--auth", "none", "-MN", "-S", arg(&socket), "-p", &port];
    let child = home.tessh(&[&words[..], &["u@127.0.0.1"]].concat()).spawn();
    wait("the master listens", || Path::new(&socket).exists());
    Master(child)
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_signals_for_a_client_that_does_not_read_are_not_kept() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let (server, _acts) = Honest::new();
    let address = server
        .running(move |handle, id| {
            let sent = Arc::clone(&counted);
            async move {
                let text = "x".repeat(1000);
                for _ in 0..FLOOD {
                    let (text, none) = (text.clone(), String::new());
                    handle.exit_signal_request(id, Sig::TERM, false, text, none).await.unwrap();
                    sent.fetch_add(1, Ordering::SeqCst);
                }
                std::future::pending::<()>().await;
            }
        })
        .listen()
        .await;
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        let master = master(&home, address);
        let socket = home.path("ctl");
        let before = peak(&master.0);
        let mut stalled = Mux::proxy(&socket);
        assert_eq!(stalled.open("session", 1 << 20, &[]), OPEN_CONFIRMATION);
        stalled.exec("flood");
        wait("everything is sent", || sent.load(Ordering::SeqCst) == FLOOD);
        // What the server sends now comes after it.
        let mut other = Mux::proxy(&socket);
        assert_eq!(other.open("session", 1 << 20, &[]), OPEN_CONFIRMATION);
        let grown = peak(&master.0) - before;
        assert!(grown < GROWN, "the master has grown by {grown} bytes");
        // The one that stalled has the first of them, and the last word at the end.
        assert_eq!(stalled.receive().unwrap()[1], 98);
    })
    .await
    .unwrap();
}
