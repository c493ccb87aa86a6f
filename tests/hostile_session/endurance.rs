//! Rows 40, 42 and 50: silence, floods and new keys.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::lab::conversation::{Conversation, Fields, Talk, data};
use super::lab::fault::Watch;
use super::lab::message::{Message, number};
use super::lab::{Row, noise, wait_until};
use super::{NONE, Server, fault};

/// Signs of life are asked for each second, and two may be missing.
const ALIVE: &[&str] =
    &["--auth", "none", "-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=2"];

fn lifeless(row: u8, input: &'static str) -> Row {
    let row = fault(row, input).cause(&["not responding to keepalives"]);
    row.next(&["ServerAliveInterval"])
}

#[test]
fn a_server_without_a_sign_of_life_is_left() {
    let server = Server::new(|talk| {
        talk.started()?;
        talk.ignore()
    });
    let row = lifeless(40, "no answer to keepalives, 1 s apart and 2 of them");
    let output = server.met(&row, ALIVE);
    assert!(output.took > Duration::from_secs(2), "{output:?}");
}

#[test]
fn a_server_that_takes_nothing_is_left() {
    let server = Server::new(|talk| {
        talk.started()?;
        talk.take_nothing()
    });
    let row = lifeless(40, "takes nothing of 64 MB that are sent, keepalives as above");
    row.met(|more| server.client(more, ALIVE).stdin(vec![b'x'; 64 << 20]));
}

#[test]
fn standard_error_while_standard_output_is_not_read_is_not_kept() {
    const STDOUT: usize = 1 << 20;
    const STDERR: usize = 256 << 20;
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    let server = Server::new(move |talk| {
        talk.send_buffer(128 * 1024);
        let id = talk.started()?;
        talk.flood(&data(id, vec![b'o'; 32 * 1024]), STDOUT / (32 * 1024))?;
        let errors = Message::new(number::CHANNEL_EXTENDED_DATA).number(id).number(1);
        let errors = errors.string(vec![b'e'; 32 * 1024]);
        for _ in 0..STDERR / (32 * 1024) {
            talk.send(&errors)?;
            counted.fetch_add(1, Ordering::SeqCst);
        }
        talk.exit(id, 0)
    });
    let mut client = server.client(&[], NONE).spawn();
    let watch = Watch::start(client.id());
    drop(client.stdin.take());
    let (mut last, mut since) = (u64::MAX, Instant::now());
    wait_until("nothing more is taken", || {
        let now = sent.load(Ordering::SeqCst);
        if now != last {
            (last, since) = (now, Instant::now());
        }
        since.elapsed() > Duration::from_secs(1)
    });
    assert!(sent.load(Ordering::SeqCst) < (STDERR / (32 * 1024)) as u64, "all of it was taken");
    let mut stderr = client.stderr.take().unwrap();
    let errors =
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()).unwrap());
    let mut output = Vec::new();
    client.stdout.take().unwrap().read_to_end(&mut output).unwrap();
    let code = client.wait().unwrap().code();
    assert_eq!((output.len(), errors.join().unwrap()), (STDOUT, STDERR as u64));
    let row = fault(42, "256 MB of standard error while standard output is not read");
    row.code(0).silent().check(code, "", watch.ended(), "");
}

/// Sends back what comes, with new keys after each so many bytes if there are any; at its end,
/// ends.
fn echo(talk: &mut Conversation, every: Option<usize>) -> Talk {
    let id = talk.started()?;
    let mut held = Vec::new();
    loop {
        let message = talk.next()?;
        match message[0] {
            number::CHANNEL_DATA => {
                let mut fields = Fields::of(&message);
                let _ = fields.number();
                held.extend(fields.string());
            }
            number::CHANNEL_EOF => {
                talk.send(&data(id, &held))?;
                return talk.exit(id, 0);
            }
            _ => {}
        }
        while held.len() >= 32 * 1024 {
            let rest = held.split_off(32 * 1024);
            talk.send(&data(id, &held))?;
            held = rest;
            if every.is_some() {
                talk.exchange()?;
            }
        }
    }
}

#[test]
fn new_keys_every_32_kib_lose_nothing() {
    const MUCH: usize = (1 << 20) + 12_345;
    for (input, every, limit) in [
        ("the server wants new keys every 32 KiB", Some(32 * 1024), "default"),
        ("`RekeyLimit=32K`", None, "32K"),
        ("both want new keys all the time", Some(32 * 1024), "33K"),
    ] {
        let server = Server::new(move |talk| echo(talk, every));
        let bytes = noise(MUCH);
        let row = fault(50, input).code(0).silent().within(Duration::from_secs(30));
        let limit = format!("RekeyLimit={limit}");
        let options = ["--auth", "none", "-o", &limit];
        let output = row.met(|more| server.client(more, &options).stdin(bytes.clone()));
        assert!(output.stdout == bytes, "{} bytes of {MUCH}", output.stdout.len());
    }
}

#[test]
fn new_keys_that_never_come_are_noticed_by_keepalives() {
    let server = Server::new(|talk| {
        talk.started()?;
        talk.begin_exchange()?;
        talk.ignore()
    });
    server.met(
        &lifeless(50, "the server begins to exchange keys and stops, keepalives as above"),
        ALIVE,
    );
}

#[test]
fn new_keys_that_are_none_are_named() {
    let server = Server::new(|talk| {
        talk.started()?;
        talk.begin_exchange()?;
        talk.send(&Message::new(number::KEX_ECDH_REPLY + 2).string("share"))?;
        talk.ignore()
    });
    let row = fault(50, "the server begins to exchange keys and sends another method's reply");
    let row = row.cause(&["exchange of new keys is not valid"]).next(&["tell its administrator"]);
    server.met(&row, NONE);
}

#[test]
#[ignore = "takes a minute: tests/run"]
fn new_keys_that_never_come_are_waited_for_a_minute() {
    let server = Server::new(|talk| {
        let id = talk.started()?;
        talk.send_all(&vec![data(id, vec![b'x'; 32 * 1024]); 4])?;
        talk.ignore()
    });
    let row = fault(50, "the client begins to exchange keys and has no answer");
    let row = row.cause(&["did not exchange new keys in time"]).next(&["try again"]);
    let row = row.within(Duration::from_secs(90)).once();
    server.met(&row, &["--auth", "none", "-o", "RekeyLimit=64K"]);
}
