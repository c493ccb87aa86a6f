//! A shared connection with a client that does not read, or that asks without end: the master's
//! memory stays small. And one that its server ends in the middle of a client's output.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "gaps/honest.rs"]
#[allow(dead_code)]
mod honest;
mod lab;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use honest::{ED25519, Honest, key};
use lab::mux::{INFO, Mux, counted, numbers};
use lab::{DEADLINE, Home, Running, arg, wait_until, wait_within};
use russh::{Disconnect, Sig};

/// Messages of a flood: more than may wait, in an unoptimised build and in time.
const FLOOD: usize = 30_000;
/// Requests of a client that reads no answer: more than sockets hold and may wait.
const REQUESTS: usize = 3000;
/// What the master may grow by meanwhile: a tenth of what is sent, rounded up.
const GROWN: usize = 8 * 1024 * 1024;
/// RFC 4254 section 9.
const OPEN_CONFIRMATION: u8 = 91;
const DATA: u8 = 94;
const CLOSE: u8 = 97;
const REQUEST: u8 = 98;
const SUCCESS: u8 = 99;

/// The most memory that a process has had, in bytes.
fn peak(process: &Running) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
}

fn master(home: &Home, address: SocketAddr) -> Running {
    let public = key(ED25519).public_key().to_openssh().unwrap();
    let port = address.port().to_string();
    home.write(".ssh/known_hosts", &format!("[127.0.0.1]:{port} {public}\n"));
    let socket = home.path("ctl");
    let words = ["-o", "BatchMode=yes", "--auth", "none", "-MN", "-S", arg(&socket), "-p", &port];
    let master = home.tessh(&[&words[..], &["u@127.0.0.1"]].concat()).start();
    wait_until("the master listens", || socket.exists());
    master
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_signals_for_a_client_that_does_not_read_are_not_kept() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let (server, _acts) = Honest::new();
    let address = server
        .running(move |handle, id| {
            let sent = Arc::clone(&count);
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
        let before = peak(&master);
        let mut stalled = Mux::proxy(&socket);
        assert_eq!(stalled.open("session", 1 << 20, &[]), OPEN_CONFIRMATION);
        stalled.exec("flood");
        wait_within(4 * DEADLINE, "everything is sent", || sent.load(Ordering::SeqCst) == FLOOD);
        // What the server sends now comes after it.
        let mut other = Mux::proxy(&socket);
        assert_eq!(other.open("session", 1 << 20, &[]), OPEN_CONFIRMATION);
        let grown = peak(&master) - before;
        assert!(grown < GROWN, "the master has grown by {grown} bytes");
        // The one that stalled has the first of them, and the last word at the end.
        assert_eq!(stalled.receive().unwrap()[1], REQUEST);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_and_reads_no_answer_has_its_channel_closed() {
    let (server, _acts) = Honest::new();
    let address = server.running(|_, _| std::future::ready(())).listen().await;
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        let _master = master(&home, address);
        let mut client = Mux::proxy(&home.path("ctl"));
        assert_eq!(client.open("session", 1 << 20, &[]), OPEN_CONFIRMATION);
        let (mut other, _) = Mux::greet(&home.path("ctl"));
        let mut channels = || {
            other.send(&[numbers(&[INFO, 0]), counted(b"channels")].concat());
            let told = other.receive().unwrap();
            told.iter().filter(|&&byte| byte == b'#').count()
        };
        assert_eq!(channels(), 1);
        let request = [counted(b"exec"), vec![1], counted(b"command")].concat();
        for _ in 0..REQUESTS {
            client.send(&Mux::about(REQUEST, 0, &request));
        }
        wait_within(4 * DEADLINE, "the channel is closed", || channels() == 0);
        let mut answers = 0;
        loop {
            match client.receive().unwrap()[1] {
                SUCCESS => answers += 1,
                kind => break assert_eq!(kind, CLOSE),
            }
        }
        assert!(answers < REQUESTS, "{answers}");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_of_a_client_that_the_server_does_not_take_are_bounded_in_bytes() {
    let (mut server, _acts) = Honest::new();
    server.window = 0;
    let address = server.running(|_, _| std::future::pending()).listen().await;
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        let master = master(&home, address);
        let before = peak(&master);
        let mut client = Mux::proxy(&home.path("ctl"));
        let value = counted(&vec![b'x'; 256_000]);
        let request = [counted(b"env"), vec![0], counted(b"NAME"), value].concat();
        assert_eq!(client.open("session", 1 << 20, &[]), OPEN_CONFIRMATION);
        // What comes after waits behind this, which the server has no window for.
        client.send(&Mux::about(DATA, 0, &counted(b"x")));
        let packet = Mux::about(REQUEST, 0, &request);
        let taken = (0..250).take_while(|_| client.is_taken(&packet, DEADLINE / 10)).count();
        assert!((64..250).contains(&taken), "{taken}: what is usual is taken");
        let grown = peak(&master) - before;
        assert!(grown < 48 * 1024 * 1024, "the master has grown by {grown} bytes");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_channels_and_forwards_of_a_master_are_bounded_in_number() {
    let (server, _acts) = Honest::new();
    let address = server.running(|_, _| std::future::pending()).listen().await;
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        let _master = master(&home, address);
        let socket = home.path("ctl");
        // The first client opens channels and forwards.
        let mut channels = Mux::proxy(&socket);
        let opened = |answer: &[u8]| answer[1] == OPEN_CONFIRMATION;
        let count = (0..300).take_while(|number| {
            let open = numbers(&[*number, 1 << 20, 1 << 15]);
            channels.send(&[&[0, 90][..], &counted(b"session"), &open].concat());
            opened(&channels.receive().unwrap())
        });
        assert_eq!(count.count(), 256, "channels of a client");
        let (mut forwards, _) = Mux::greet(&socket);
        let mut is_taken = |number: u32| {
            let path = home.path(&format!("f{number}"));
            // A local forward (1) from a socket (port -2) to a port.
            let listen = [counted(arg(&path).as_bytes()), numbers(&[u32::MAX - 1])].concat();
            let connect = [counted(b"localhost"), numbers(&[80])].concat();
            let request = [numbers(&[0x1000_0006, number, 1]), listen, connect].concat();
            forwards.send(&request);
            forwards.receive().unwrap()[..4] == [0x80, 0, 0, 1]
        };
        assert_eq!((0..600).take_while(|number| is_taken(*number)).count(), 500, "forwards");
        // One that is too many is closed without a word.
        let others: Vec<_> = (2..128).map(|_| Mux::greet(&socket)).collect();
        let mut surplus = Mux::hail(&socket);
        assert!(surplus.receive().is_err(), "{} clients", others.len() + 3);
        drop(others);
        wait_until("there is room again", || Mux::hail(&socket).receive().is_ok());
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_takes_no_part_of_the_output_for_all_of_it() {
    let (server, _acts) = Honest::new();
    let address = server
        .running(|handle, id| async move {
            handle.exit_status_request(id, 0).await.unwrap();
            handle.data(id, b"part".to_vec()).await.unwrap();
            let (why, none) = (Disconnect::ByApplication, String::new());
            handle.disconnect(why, "enough".to_owned(), none).await.unwrap();
        })
        .listen()
        .await;
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        let _master = master(&home, address);
        let (socket, port) = (home.path("ctl"), address.port().to_string());
        let words = ["-O", "proxy", "-S", arg(&socket), "-p", &port, "u@127.0.0.1", "run"];
        let output = home.tessh(&words).output();
        output.expect_code(255);
        assert!(output.stderr.contains("may not be complete"), "{}", output.stderr);
    })
    .await
    .unwrap();
}
