//! Rows 1 to 9: what comes before the first packet, and connections that end there.

use std::io::Read;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::lab::{Peer, RawServer, Row, drain, raw_server, say_and_leave, send};
use super::{BEFORE_THE_CLOCK, GREETING, greeting_then, meet, saying, wait_out};

/// Closes a connection by a reset.
pub fn reset(stream: TcpStream) {
    // A zero linger makes closing a reset.
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// A server that says this and closes its side.
fn leaving(bytes: &'static [u8]) -> RawServer {
    raw_server(move |stream| say_and_leave(stream, bytes))
}

#[test]
fn row_1_a_server_that_closes_at_once() {
    let row = Row::new(1, "closes at once").cause(&["closed", "greeting"]);
    meet(&row.next(&["check host and port"]), &leaving(b""));
}

#[test]
fn row_2_a_silent_server() {
    let row = Row::new(2, "says nothing").cause(&["timed out", "said nothing"]);
    let output = wait_out(&row.next(&["check host and port"]), &saying(""));
    assert!(output.took >= Duration::from_secs(1), "gave up before its time: {output:?}");
}

#[test]
fn row_3_a_byte_every_half_second() {
    let slowly = |beginning: &'static [u8]| {
        raw_server(move |mut stream| {
            send(&mut stream, beginning);
            // The pauses are what is tested: the limit must be on the total.
            while send(&mut stream, b"S") {
                std::thread::sleep(Duration::from_millis(500));
            }
        })
    };
    let mut row = Row::new(3, "a greeting's byte every half second").cause(&["timed out"]);
    for count in (2..16).rev() {
        row = row.put("\"S...\"", &format!("\"{}\"", "S".repeat(count)));
    }
    wait_out(&row.next(&["check host and port"]), &slowly(b""));
    let row = Row::new(3, "a packet's byte every half second").cause(&["took too long"]);
    wait_out(&row.next(&["ConnectTimeout"]), &slowly(b"SSH-2.0-hostile_1.0\r\n\0\0\x04\0"));
}

#[test]
fn time_limits_hold_for_all_of_them() {
    // The slowest way to say nothing: the limits on greeting and key exchange do not add up.
    let server = raw_server(|mut stream| {
        std::thread::sleep(Duration::from_millis(1500));
        send(&mut stream, GREETING);
        drain(&mut stream);
    });
    let row = Row::new(3, "a late greeting").unlisted().cause(&["took too long"]);
    let output = wait_out(&row.next(&["ConnectTimeout"]), &server);
    assert!(output.took < Duration::from_secs(6), "{output:?}");
}

#[test]
fn row_4_endless_lines() {
    let lines = raw_server(|mut stream| while send(&mut stream, b"not yet\r\n") {});
    let row = Row::new(4, "endless lines").cause(&["20 lines", "not yet"]);
    meet(&row.next(&["check host and port"]), &lines);
    let line = raw_server(|mut stream| while send(&mut stream, &[b'x'; 4096]) {});
    let row = Row::new(4, "an endless line").cause(&["not an SSH server", "255"]);
    meet(&row.next(&["check host and port"]), &line);
}

#[test]
fn row_5_only_ssh_1() {
    let row = || Row::new(5, "`SSH-1.5-OldServer`").cause(&["only SSH-1", "1.5"]);
    let row = || row().next(&["ask for SSH-2"]);
    meet(&row(), &saying("SSH-1.5-OldServer\r\n"));
    meet(&row(), &saying("SSH-1.5-OldServer\n"));
    // A server of both versions is one of SSH-2 (RFC 4253 section 5.1).
    let row = Row::new(5, "`SSH-1.99-both`, then silence").cause(&["key exchange"]);
    wait_out(&row.next(&["ConnectTimeout"]), &saying("SSH-1.99-both\r\n"));
    let row = Row::new(5, "`SSH-3.0-future`").cause(&["protocol version", "3.0"]);
    meet(&row.next(&["check host and port"]), &saying("SSH-3.0-future\r\n"));
}

#[test]
fn row_6_http_and_other_protocols() {
    let reply = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>\r\n";
    let row = || Row::new(6, "an HTTP reply").cause(&["HTTP/1.1 400 Bad Request"]);
    let row = || row().next(&["check host and port"]);
    // Some servers answer and stay, some answer and close.
    meet(&row(), &saying(reply));
    meet(&row(), &leaving(reply));
    let cases: [(Row, &'static [u8]); 7] = [
        (Row::new(6, "a TLS alert").cause(&["TLS server"]), b"\x15\x03\x01\0\x02\x02\x46"),
        (
            Row::new(6, "a TLS ServerHello").unlisted().cause(&["TLS server"]),
            b"\x16\x03\x03\0\x7a\x02\0\0\x76\x03\x03",
        ),
        (
            Row::new(6, "telnet's commands").cause(&["telnet server"]),
            b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23",
        ),
        (
            Row::new(6, "an SMTP greeting").cause(&["220 mail.example"]).next(&["SMTP"]),
            b"220 mail.example ESMTP\r\n",
        ),
        (
            Row::new(6, "an FTP greeting").unlisted().cause(&["220-FTP"]).next(&["FTP"]),
            b"220-FTP here\r\n220 ready\r\n",
        ),
        (
            Row::new(6, "an IMAP greeting").unlisted().cause(&["* OK"]).next(&["IMAP"]),
            b"* OK ready\r\n",
        ),
        (Row::new(6, "UTF-16").cause(&["unprintable"]), b"S\0S\0H\0-\x002\0.\x000\0-\0x\0\r\0\n\0"),
    ];
    for (row, bytes) in cases {
        let row = row.next(&["check host and port"]);
        // With its first word the server has said all: it waits for the client's.
        let told_at_once = !bytes.ends_with(b"\r\n");
        if told_at_once {
            let output = meet(&row, &saying(bytes));
            assert!(output.took < BEFORE_THE_CLOCK, "{output:?}");
            meet(&row, &leaving(bytes));
        } else {
            wait_out(&row, &saying(bytes));
        }
    }
}

#[test]
fn row_7_a_reason_in_place_of_the_greeting() {
    let row = Row::new(7, "`Exceeded MaxStartups`").cause(&["Exceeded MaxStartups"]);
    meet(&row.next(&["try again later"]), &leaving(b"Exceeded MaxStartups\r\n"));
    let row = Row::new(7, "`Not allowed at this time`").cause(&["Not allowed at this time"]);
    meet(&row.next(&["wait some minutes"]), &leaving(b"Not allowed at this time\r\n"));
    let text = b"\x1b]52;c;ZXZpbA==\x07\x1b[2J\xc2\x9b31m\xff\xfe \xe2\x80\xaetxt.exe\r\n";
    let row = Row::new(7, "escape sequences in the reason").cause(&["txt.exe"]);
    meet(&row.next(&["try again later"]), &leaving(text));
}

#[test]
fn row_8_broken_identifications() {
    let long = |total: usize| {
        let line = format!("SSH-2.0-{}\r\n", "x".repeat(total - 10));
        assert_eq!(line.len(), total);
        line.into_bytes()
    };
    let not_ssh = |input| Row::new(8, input).cause(&["not an SSH server"]);
    for (row, bytes) in [
        (not_ssh("an identification of 300 bytes").cause(&["255"]), long(300)),
        (not_ssh("one of 256").unlisted().cause(&["255"]), long(256)),
        (
            not_ssh("NUL in the identification").cause(&["unprintable"]),
            b"SSH-2.0-a\0b\r\n".to_vec(),
        ),
        (
            not_ssh("an identification that is not UTF-8").cause(&["unprintable"]),
            b"SSH-2.0-\xff\xfe\r\n".to_vec(),
        ),
        (
            not_ssh("an escape sequence in the identification").cause(&["unprintable"]),
            b"SSH-2.0-\x1b[2J\r\n".to_vec(),
        ),
        // A packet follows, and a line end never comes.
        (
            not_ssh("an identification that ends in CR, then a packet").cause(&["unprintable"]),
            [&GREETING[..GREETING.len() - 1], b"\0\0\x01\x0c"].concat(),
        ),
    ] {
        meet(&row.next(&["check host and port"]), &saying(bytes));
    }
    let row = Row::new(8, "an identification that ends in CR, then silence")
        .cause(&["timed out", "it only said"]);
    wait_out(&row.next(&["check host and port"]), &saying(&GREETING[..GREETING.len() - 1]));
    // As long as it may be.
    let row = Row::new(8, "an identification of 255 bytes, then silence").cause(&["key exchange"]);
    wait_out(&row.next(&["ConnectTimeout"]), &saying(long(255)));
    let row = Row::new(8, "LF without CR").unlisted().cause(&["key exchange"]);
    wait_out(&row.next(&["ConnectTimeout"]), &saying("SSH-2.0-old\n"));
}

#[test]
fn row_9_a_connection_that_is_cut() {
    // Which of reading and writing meets the reset first is chance; or the connection itself is
    // refused with it.
    let row = Row::new(9, "a reset at once").unlisted().cause(&[""]);
    meet(&row.next(&["check host and port"]), &raw_server(reset));
    let after = |said: &'static [u8], ending: fn(TcpStream)| {
        raw_server(move |mut stream| {
            send(&mut stream, said);
            // The client's own greeting shows that it has read this one.
            let _ = stream.read(&mut [0]);
            ending(stream);
        })
    };
    let row = || Row::new(9, "a reset after the greeting").cause(&["reset by peer"]);
    meet(&row().next(&["try again later"]), &after(GREETING, reset));
    fn close(mut stream: TcpStream) {
        let _ = stream.shutdown(Shutdown::Write);
        drain(&mut stream);
    }
    let row = Row::new(9, "the end after the greeting").cause(&["closed"]);
    meet(&row.next(&["try again later"]), &after(GREETING, close));
    let row = Row::new(9, "silence after the greeting").cause(&["key exchange"]);
    wait_out(&row.next(&["ConnectTimeout"]), &greeting_then(b""));
}

#[test]
fn row_9_nobody_listens_there() {
    let peer = Peer::of(super::lab::free_port(), "");
    let row = Row::new(9, "no server on the port").cause(&["refused", &peer.port]);
    row.next(&["check host and port"]).met(|more| peer.command(more, "true"));
}

#[test]
fn nothing_is_tried_twice() {
    let server = raw_server(drop);
    let row = Row::new(1, "closes with a reset").unlisted().once().cause(&["greeting"]);
    meet(&row.next(&["check host and port"]), &server);
    assert_eq!(server.connections(), 1);
}
