//! Messages that cannot be read, or that nobody knows: every field of text claims to be 4 GiB long,
//! messages end too early or too late, and have unknown numbers.

use super::lab::Row;
use super::lab::conversation::{close, data, exit_status};
use super::lab::message::{Message, number};
use super::{PASSWORD, QUESTIONS, Server, fault, met, met_login};

/// A message whose next text claims to be 4 GiB long.
fn claim(message: Message) -> Message {
    message.number(u32::MAX).raw(b"x")
}

/// In the login: what a field of text may claim, by message.
fn login_claims() -> Vec<Message> {
    let new = Message::new;
    vec![
        claim(new(number::USERAUTH_FAILURE)),
        claim(new(number::USERAUTH_BANNER)),
        claim(new(number::USERAUTH_BANNER).string("text")),
        claim(new(number::DISCONNECT).number(2)),
        claim(new(number::DISCONNECT).number(2).string("text")),
        claim(new(number::EXT_INFO).number(1)),
        claim(new(number::EXT_INFO).number(1).string("server-sig-algs")),
        new(number::EXT_INFO).number(u32::MAX),
    ]
}

fn question_claims() -> Vec<Message> {
    let asked = || Message::new(number::USERAUTH_INFO_REQUEST);
    vec![
        claim(asked()),
        claim(asked().string("name")),
        claim(asked().string("name").string("instruction")),
        claim(asked().string("").string("").string("").number(1)),
        asked().string("").string("").string("").number(u32::MAX),
    ]
}

/// In the session.
fn session_claims(id: u32) -> Vec<Message> {
    let new = Message::new;
    let request = || new(number::CHANNEL_REQUEST).number(id);
    let open = |kind: &str| new(number::CHANNEL_OPEN).string(kind).number(9).number(9).number(9);
    vec![
        claim(new(number::GLOBAL_REQUEST)),
        claim(new(number::GLOBAL_REQUEST).string("hostkeys-00@openssh.com").flag(false)),
        claim(new(number::CHANNEL_DATA).number(id)),
        claim(new(number::CHANNEL_EXTENDED_DATA).number(id).number(1)),
        claim(request()),
        claim(request().string("exit-signal").flag(false)),
        claim(request().string("exit-signal").flag(false).string("TERM").flag(false)),
        claim(new(number::CHANNEL_OPEN)),
        claim(open("x11")),
        claim(open("forwarded-tcpip")),
        claim(open("forwarded-streamlocal@openssh.com")),
        claim(new(number::CHANNEL_OPEN_FAILURE).number(55).number(1)),
        claim(new(number::DISCONNECT).number(2)),
    ]
}

/// A row whose line may be any that says that the message cannot be read.
fn unreadable(row: u8, input: &'static str) -> Row {
    fault(row, input).cause(&["the server"]).next(&["server"])
}

#[test]
fn texts_of_four_gigabytes_end_the_login() {
    for (at, message) in login_claims().into_iter().enumerate() {
        let mut row = unreadable(24, "a text that claims 4 GiB, in any message of the login");
        if at > 0 {
            row = row.unlisted();
        }
        met_login(row, move |talk| {
            talk.send(&message)?;
            talk.linger()
        });
    }
    for (at, message) in question_claims().into_iter().enumerate() {
        let mut row = unreadable(28, "a text that claims 4 GiB, in a question");
        if at > 0 {
            row = row.unlisted();
        }
        let server = Server::new(move |talk| {
            talk.attempt()?;
            talk.send(&message)?;
            talk.linger()
        });
        server.met(&row.secret(PASSWORD), QUESTIONS);
    }
}

#[test]
fn texts_of_four_gigabytes_end_the_session() {
    for at in 0..session_claims(0).len() {
        let mut row = unreadable(35, "a text that claims 4 GiB, in any message of the session");
        if at > 0 {
            row = row.unlisted();
        }
        met(&row, move |talk| {
            let id = talk.started()?;
            let message = session_claims(id).swap_remove(at);
            talk.send(&message)?;
            talk.linger()
        });
    }
}

#[test]
fn messages_that_end_too_early_or_too_late_end_the_session() {
    let early = || unreadable(36, "messages that end too early").unlisted().once();
    for kind in [80, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100] {
        met(&early(), move |talk| {
            talk.started()?;
            talk.send(&Message::new(kind))?;
            talk.linger()
        });
    }
    let closes: fn(u32) -> Message = |id| close(id).raw(b"more");
    let says: fn(u32) -> Message = |id| data(id, "x").raw(b"more");
    for late in [closes, says] {
        let row = unreadable(36, "messages with more in them than there may be").unlisted();
        met(&row, move |talk| {
            let id = talk.started()?;
            talk.send(&late(id))?;
            talk.linger()
        });
    }
}

#[test]
fn messages_of_unknown_numbers_are_passed_over() {
    let known = [1, 20, 80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100];
    let row = fault(39, "messages with each number that nobody knows").code(0).silent();
    let output = met(&row, move |talk| {
        let id = talk.started()?;
        for number in (2..=255).filter(|number| !known.contains(number)) {
            talk.send(&Message::new(number).string("what is this"))?;
        }
        talk.send_all(&[data(id, "still here"), exit_status(id, 0), close(id)])?;
        talk.linger()
    });
    assert_eq!(output.text(), "still here");
}

#[test]
fn no_message_at_all_and_noise_end_the_session() {
    let row = fault(35, "a packet with nothing in it").cause(&["no message"]).next(&["faulty"]);
    met(&row, |talk| {
        let id = talk.started()?;
        talk.send(&Message(Vec::new()))?;
        talk.exit(id, 0)
    });
    let row = fault(35, "noise in place of packets").cause(&["packet"]).next(&["connection"]);
    met(&row, |talk| {
        talk.started()?;
        talk.send_bytes(&[0xa5; 4096])?;
        talk.linger()
    });
    let row = fault(35, "a packet that was changed on the way").cause(&["corrupted"]);
    met(&row.next(&["connect again"]), |talk| {
        talk.started()?;
        talk.send_bytes(&[&[0, 0, 0, 32][..], &[7; 48]].concat())?;
        talk.linger()
    });
}
