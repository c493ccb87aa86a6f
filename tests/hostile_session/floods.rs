//! Floods of what is allowed, but not so much of it: nothing grows, and the session goes on.

use super::lab::Row;
use super::lab::conversation::{Conversation, Talk, WINDOW, eof};
use super::lab::message::{Message, number};
use super::{NONE, Server, fault, met};

/// More than would fit into memory if each were kept with what is around it.
const MANY: usize = 20_000;

/// A session in which this happens, and which ends well.
#[track_caller]
fn goes_on(input: &'static str, script: fn(&mut Conversation, u32) -> Talk) {
    goes_on_as(&fault(39, input).code(0).silent(), script);
}

#[track_caller]
fn goes_on_as(row: &Row, script: fn(&mut Conversation, u32) -> Talk) {
    met(row, move |talk| {
        let id = talk.started()?;
        script(talk, id)?;
        talk.exit(id, 0)
    });
}

#[test]
fn floods_of_what_means_nothing() {
    goes_on("20,000 SSH_MSG_IGNORE, DEBUG, UNIMPLEMENTED and pings", |talk, _| {
        talk.flood(&Message::new(number::IGNORE).string("x".repeat(100)), MANY)?;
        let debug = Message::new(number::DEBUG).flag(true).string("\x1b[2J").string("");
        talk.flood(&debug, MANY)?;
        talk.flood(&Message::new(number::UNIMPLEMENTED).number(3), MANY)?;
        talk.flood(&Message::new(number::PING).string("x"), MANY)
    });
}

#[test]
fn floods_of_requests_that_want_an_answer() {
    goes_on("20,000 global requests that want an answer", |talk, _| {
        let request = Message::new(number::GLOBAL_REQUEST).string("what@example.com").flag(true);
        talk.flood(&request, MANY)
    });
    goes_on("20,000 channel requests that want an answer", |talk, id| {
        let request = Message::new(number::CHANNEL_REQUEST).number(id);
        talk.flood(&request.string("what@example.com").flag(true), MANY)
    });
    goes_on("200 keepalives", |talk, _| {
        let alive = Message::new(number::GLOBAL_REQUEST).string("keepalive@openssh.com").flag(true);
        talk.flood(&alive, 200)?;
        for _ in 0..200 {
            talk.skip(number::REQUEST_SUCCESS)?;
        }
        Ok(())
    });
}

#[test]
fn floods_of_ends_and_statuses() {
    goes_on("20,000 EOFs, exit statuses and window changes", |talk, id| {
        talk.flood(&eof(id), MANY)?;
        talk.flood(&super::lab::conversation::exit_status(id, 9), MANY)?;
        let adjust = Message::new(number::CHANNEL_WINDOW_ADJUST).number(id).number(WINDOW);
        talk.flood(&adjust, MANY)
    });
}

#[test]
fn host_keys_by_the_thousand_or_of_noise() {
    let row = fault(39, "thousands of host keys announced, and host keys of noise").code(0);
    goes_on_as(&row.cause(&["more than 64 host keys"]), |talk, _| {
        let request = Message::new(number::GLOBAL_REQUEST).string("hostkeys-00@openssh.com");
        let mut keys = request.clone().flag(false);
        for at in 0..4500_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&at.to_be_bytes());
            let blob = Message(Vec::new()).string("ssh-ed25519").string(key);
            keys = keys.string(blob.0);
        }
        talk.send_all(&[keys.clone(), keys.clone(), keys])?;
        let mut noise = request.flag(false);
        for at in 0..100_u8 {
            noise = noise.string([at; 200]);
        }
        talk.send(&noise)
    });
}

/// A server that sends these in the login, and then lets the client in.
#[track_caller]
fn extensions(row: &Row, messages: Vec<Message>) {
    let server = Server::new(move |talk| {
        talk.attempt()?;
        talk.send_all(&messages)?;
        talk.send(&Message::new(number::USERAUTH_SUCCESS))?;
        let id = talk.opened()?;
        talk.exit(id, 0)
    });
    server.met(row, NONE);
}

#[test]
fn extensions_of_any_length_and_number() {
    let algorithms = |names: &str| {
        Message::new(number::EXT_INFO).number(1).string("server-sig-algs").string(names)
    };
    let row = |input| fault(29, input).code(0).silent();
    let some = algorithms(&vec!["a"; 1000].join(","));
    extensions(&row("server-sig-algs with 1000 names, EXT_INFO twice"), vec![some.clone(), some]);
    let long = algorithms(&vec!["a"; 100_000].join(","));
    let refused = fault(29, "server-sig-algs with 100,000 names").cause(&["list of names"]);
    extensions(&refused.next(&["the server's administrator"]), vec![long]);
    let strange = algorithms("\x1b[2J,rsa-sha2-512,\x07");
    extensions(&row("server-sig-algs with escapes").unlisted(), vec![strange]);
    let mut many = Message::new(number::EXT_INFO).number(20_000);
    for _ in 0..20_000 {
        many = many.string("x").string("");
    }
    extensions(&row("20,000 extensions").unlisted(), vec![many]);
    let row = fault(29, "EXT_INFO three times").cause(&["broke the protocol"]);
    let one = algorithms("rsa-sha2-512");
    extensions(&row.next(&["the server's log"]), vec![one.clone(), one.clone(), one]);
}
