//! Rows 33 to 39: what a server may do to channels and to requests.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::lab::conversation::{
    Conversation, Fields, MAX_PACKET, Talk, WINDOW, close, confirmation, data, disconnect, eof,
    exit_status,
};
use super::lab::fault::watched;
use super::lab::message::{Message, number};
use super::lab::{Output, Row};
use super::{NONE, Server, fault, met};

/// The program's end where all is as it should be.
const FINE: u32 = 0;

/// A channel that the server opens, with what its type needs.
pub fn open(kind: &str) -> Message {
    let open = Message::new(number::CHANNEL_OPEN).string(kind);
    let open = open.number(9).number(WINDOW).number(MAX_PACKET);
    match kind {
        "x11" => open.string("127.0.0.1").number(1),
        "forwarded-tcpip" | "direct-tcpip" => {
            open.string("127.0.0.1").number(22).string("127.0.0.1").number(1)
        }
        "forwarded-streamlocal@openssh.com" => open.string("/tmp/socket").string(""),
        "direct-streamlocal@openssh.com" => open.string("/tmp/socket").string("").number(0),
        _ => open,
    }
}

fn request(id: u32, name: &str, wants_reply: bool) -> Message {
    Message::new(number::CHANNEL_REQUEST).number(id).string(name).flag(wants_reply)
}

fn adjust(id: u32, bytes: u32) -> Message {
    Message::new(number::CHANNEL_WINDOW_ADJUST).number(id).number(bytes)
}

fn exit_signal(id: u32, name: &str, text: &str) -> Message {
    request(id, "exit-signal", false).string(name).flag(false).string(text).string("")
}

/// A row that ends well, in silence.
fn well(row: u8, input: &'static str) -> Row {
    fault(row, input).code(0).silent()
}

/// A row of a session that ends without a status.
fn no_status(row: u8, input: &'static str) -> Row {
    fault(row, input).cause(&["did not say how the command ended"]).next(&["not known"])
}

#[test]
fn channels_that_nobody_asked_for_are_refused() {
    let kinds = [
        "session",
        "auth-agent@openssh.com",
        "agent-connect",
        "x11",
        "forwarded-tcpip",
        "forwarded-streamlocal@openssh.com",
        "direct-tcpip",
        "direct-streamlocal@openssh.com",
        "tun@openssh.com",
        "\x1b[2J",
        "",
    ];
    let row = well(33, "session, agent, X11, forwarded and direct channels, unasked");
    let output = met(&row, move |talk| {
        let id = talk.started()?;
        for kind in kinds {
            talk.send(&open(kind))?;
            let refusal = loop {
                let message = talk.next()?;
                if matches!(message[0], 91 | 92) {
                    break message;
                }
            };
            if refusal[0] != number::CHANNEL_OPEN_FAILURE {
                talk.send(&data(id, format!("accepted: {kind}\n")))?;
            }
        }
        talk.exit(id, FINE)
    });
    assert_eq!(output.text(), "");
    // Another port than the one that is forwarded.
    let server = Server::new(|talk| {
        talk.log_in()?;
        talk.global_request()?;
        talk.send(&Message::new(number::REQUEST_SUCCESS))?;
        let id = talk.opened()?;
        talk.send(&open("forwarded-tcpip"))?;
        talk.skip(number::CHANNEL_OPEN_FAILURE)?;
        talk.exit(id, FINE)
    });
    server.met(
        &well(33, "a forwarded channel of another port").unlisted(),
        &["--auth", "none", "-R", "7000:127.0.0.1:9"],
    );
}

#[test]
fn ten_thousand_channels_are_refused_one_by_one() {
    met(&well(34, "10,000 channels opened at once"), |talk| {
        let id = talk.started()?;
        talk.flood(&open("session"), 10_000)?;
        for _ in 0..10_000 {
            talk.skip(number::CHANNEL_OPEN_FAILURE)?;
        }
        talk.exit(id, FINE)
    });
    let row =
        well(34, "10,000 confirmations and failures of channels that nobody opened").unlisted();
    met(&row, |talk| {
        let id = talk.started()?;
        let failure = Message::new(number::CHANNEL_OPEN_FAILURE).number(55).number(1);
        talk.flood(&failure.string("no").string(""), 10_000)?;
        talk.exit(id, FINE)
    });
}

/// What the client sends on its channel, up to its EOF.
fn input(talk: &mut Conversation) -> Result<Vec<Vec<u8>>, super::lab::conversation::Gone> {
    let mut pieces = Vec::new();
    loop {
        let message = talk.next()?;
        match message[0] {
            number::CHANNEL_DATA => {
                let mut fields = Fields::of(&message);
                let _ = fields.number();
                pieces.push(fields.string());
            }
            number::CHANNEL_EOF => return Ok(pieces),
            _ => {}
        }
    }
}

/// A client that has something to send.
#[track_caller]
fn met_sending(
    row: &Row,
    bytes: &'static [u8],
    script: impl Fn(&mut Conversation) -> Talk + Send + Sync + 'static,
) -> Output {
    let server = Server::new(script);
    row.met(|more| server.client(more, NONE).stdin(bytes))
}

#[test]
fn windows_and_packets_beyond_their_limits_do_no_harm() {
    let output = met(&well(35, "64 MB without waiting for a window"), |talk| {
        let id = talk.started()?;
        talk.flood(&data(id, vec![b'x'; 32 * 1024]), 2048)?;
        talk.exit(id, FINE)
    });
    assert_eq!(output.stdout.len(), 64 << 20);
    let output = met(&well(35, "packets of 200 KB, beyond the largest"), |talk| {
        let id = talk.started()?;
        talk.flood(&data(id, vec![b'x'; 200_000]), 5)?;
        talk.exit(id, FINE)
    });
    assert_eq!(output.stdout.len(), 1_000_000);
    met_sending(&well(35, "a window of 2^32-1, granted twice"), b"hello", |talk| {
        let id = talk.started()?;
        talk.send_all(&[adjust(id, u32::MAX), adjust(id, u32::MAX)])?;
        let sent = input(talk)?.concat();
        talk.exit(id, u32::from(sent != b"hello"))
    });
    met_sending(&well(35, "a window of 0 to the end"), b"hello", |talk| {
        talk.log_in()?;
        let id = opened_with(talk, 0, MAX_PACKET)?;
        talk.exit(id, FINE)
    });
    met_sending(
        &well(35, "a window of 0, then of one byte at a time").unlisted(),
        b"hello",
        |talk| {
            talk.log_in()?;
            let id = opened_with(talk, 0, MAX_PACKET)?;
            let mut sent = Vec::new();
            while sent.len() < 5 {
                talk.send(&adjust(id, 1))?;
                let message = talk.skip(number::CHANNEL_DATA)?;
                let mut fields = Fields::of(&message);
                let _ = fields.number();
                sent.push(fields.string());
            }
            let right = sent.iter().all(|piece| piece.len() == 1) && sent.concat() == b"hello";
            talk.exit(id, u32::from(!right))
        },
    );
    met_sending(&well(35, "a largest packet of one byte").unlisted(), b"hello", |talk| {
        talk.log_in()?;
        let id = opened_with(talk, WINDOW, 1)?;
        let sent = input(talk)?;
        let right = sent.iter().all(|piece| piece.len() == 1) && sent.concat() == b"hello";
        talk.exit(id, u32::from(!right))
    });
    let row = fault(35, "a largest packet of 0").cause(&["broke the protocol"]);
    met_sending(&row.next(&["the server's log"]), b"hello", |talk| {
        talk.log_in()?;
        opened_with(talk, WINDOW, 0)?;
        talk.linger()
    });
    met(&well(35, "windows of channels that nobody opened").unlisted(), |talk| {
        let id = talk.started()?;
        for other in [1, 7, 1 << 20, u32::MAX] {
            talk.send_all(&[adjust(other, u32::MAX), data(other, "x"), eof(other), close(other)])?;
            talk.send_all(&[exit_status(other, 9), request(other, "x", true)])?;
        }
        talk.exit(id, FINE)
    });
}

/// As `Conversation::opened`, with another window and largest packet.
fn opened_with(
    talk: &mut Conversation,
    window: u32,
    packet: u32,
) -> Result<u32, super::lab::conversation::Gone> {
    let id = talk.asked()?;
    talk.send(&confirmation(id, window, packet))?;
    loop {
        let (name, wants_reply) = talk.requested()?;
        if wants_reply {
            talk.send(&Message::new(number::CHANNEL_SUCCESS).number(id))?;
        }
        if name == "exec" {
            return Ok(id);
        }
    }
}

#[test]
fn whatever_comes_around_the_end_the_right_status_counts() {
    let ends = |row: &Row, messages: fn(u32) -> Vec<Message>| {
        met(row, move |talk| {
            let id = talk.started()?;
            talk.send_all(&messages(id))?;
            talk.linger()
        })
        .text()
    };
    let row = well(36, "data after EOF");
    let text = ends(&row, |id| vec![eof(id), data(id, "late"), exit_status(id, 0), close(id)]);
    assert_eq!(text, "", "standard output was closed, as ssh's");
    let row = well(36, "data after CLOSE");
    let text = ends(&row, |id| vec![exit_status(id, 0), close(id), data(id, "late"), eof(id)]);
    assert_eq!(text, "");
    ends(&no_status(36, "CLOSE before the exit status"), |id| vec![close(id), exit_status(id, 0)]);
    ends(&no_status(36, "CLOSE at once").unlisted(), |id| vec![close(id)]);
    let status = |input| fault(36, input).code(3).silent();
    ends(&status("EOF, exit status and CLOSE in one piece"), |id| {
        vec![eof(id), exit_status(id, 3), close(id)]
    });
    ends(&status("two exit statuses: the last one counts"), |id| {
        vec![exit_status(id, 4), exit_status(id, 3), close(id)]
    });
    ends(&status("exit status, then exit-signal: the status counts").unlisted(), |id| {
        vec![exit_status(id, 3), exit_signal(id, "TERM", ""), close(id)]
    });
    ends(&status("EOF and CLOSE twice"), |id| {
        vec![eof(id), eof(id), exit_status(id, 3), close(id), close(id), exit_status(id, 9)]
    });
    let text = ends(&status("data behind the exit status").unlisted(), |id| {
        vec![exit_status(id, 3), data(id, "late"), eof(id), close(id)]
    });
    assert_eq!(text, "late");
}

#[test]
fn a_connection_that_ends_before_its_channel_loses_no_status_that_is_complete() {
    let row = fault(36, "end of the connection before CLOSE");
    let row = row.cause(&["exited with status 0", "may not be complete", "closed by the server"]);
    met(&row.next(&["try again"]), |talk| {
        let id = talk.started()?;
        talk.send(&exit_status(id, 0))
    });
    let row = fault(36, "end of the connection after EOF, without a status").unlisted();
    met(&row.cause(&["closed by the server"]).next(&["try again"]), |talk| {
        let id = talk.started()?;
        talk.send(&eof(id))
    });
    // Nothing is missing: all output and the status have come.
    let complete = |input| fault(36, input).code(3).silent().unlisted();
    let output = met(&complete("end of the connection after EOF and exit status"), |talk| {
        let id = talk.started()?;
        talk.send_all(&[data(id, "all"), exit_status(id, 3), eof(id)])
    });
    assert_eq!(output.text(), "all");
    met(&complete("a goodbye after EOF and exit status"), |talk| {
        let id = talk.started()?;
        talk.send_all(&[eof(id), exit_status(id, 3), disconnect(11, "bye")])?;
        talk.linger()
    });
    // As with ssh, a connection that is at fault ends as that.
    let row = fault(36, "noise after EOF and exit status").unlisted().cause(&["packet"]);
    met(&row.next(&["connection"]), |talk| {
        let id = talk.started()?;
        talk.send_all(&[data(id, "all"), exit_status(id, 0), eof(id)])?;
        talk.send_bytes(&[0xa5; 4096])?;
        talk.linger()
    });
    let row = fault(36, "a packet with nothing in it after EOF and exit status").unlisted();
    met(&row.cause(&["no message"]).next(&["faulty"]), |talk| {
        let id = talk.started()?;
        talk.send_all(&[data(id, "all"), exit_status(id, 0), eof(id), Message(Vec::new())])?;
        talk.exit(id, 0)
    });
}

#[test]
fn a_forward_whose_local_end_breaks_is_the_servers_to_close() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let forward = format!("7000:{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            stream.read_exact(&mut [0]).unwrap();
            rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
        }
    });
    let server = Server::new(|talk| {
        talk.log_in()?;
        talk.global_request()?;
        talk.send(&Message::new(number::REQUEST_SUCCESS))?;
        let id = talk.opened()?;
        let open = Message::new(number::CHANNEL_OPEN).string("forwarded-tcpip");
        let open = open.number(9).number(WINDOW).number(MAX_PACKET).string("localhost");
        talk.send(&open.number(7000).string("127.0.0.1").number(1))?;
        let confirmed = loop {
            let message = talk.next()?;
            if message[0] == number::CHANNEL_OPEN_CONFIRMATION {
                break message;
            }
        };
        let forwarded = u32::from_be_bytes(confirmed[5..9].try_into().unwrap());
        talk.send(&data(forwarded, "x"))?;
        let first = loop {
            let kind = talk.next()?[0];
            if matches!(kind, number::CHANNEL_EOF | number::CHANNEL_CLOSE) {
                break kind;
            }
        };
        talk.send(&close(forwarded))?;
        talk.exit(id, if first == number::CHANNEL_EOF { FINE } else { 9 })
    });
    let row = well(33, "a forwarded channel whose local end breaks").unlisted();
    server.met(&row, &["--auth", "none", "-R", &forward]);
}

#[test]
fn standard_output_ends_with_its_data_and_not_with_the_session() {
    let (seen, has_seen) = channel();
    let has_seen = Mutex::new(has_seen);
    let server = Server::new(move |talk| {
        let id = talk.started()?;
        talk.send_all(&[data(id, "all of it\n"), eof(id)])?;
        // The session goes on until the reader has seen the end.
        let is_seen = has_seen.lock().unwrap().recv_timeout(Duration::from_secs(20)).is_ok();
        let error = Message::new(number::CHANNEL_EXTENDED_DATA).number(id).number(1);
        talk.send(&error.string("still open\n"))?;
        talk.exit(id, if is_seen { 3 } else { 9 })
    });
    let mut child = server.client(&[], NONE).spawn();
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    // Where the end came too late, the server has gone on without it.
    let _ = seen.send(());
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((output.as_str(), errors.as_str()), ("all of it\n", "still open\n"));
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn exits_beyond_the_usual_are_mapped() {
    let ends = |row: &Row, message: fn(u32) -> Message| {
        met(row, move |talk| {
            let id = talk.started()?;
            talk.send_all(&[message(id), close(id)])?;
            talk.linger()
        });
    };
    ends(&fault(37, "exit status 2^32-1").code(255).silent(), |id| exit_status(id, u32::MAX));
    let row = fault(37, "exit-signal TERM, text with escapes").code(143).silent();
    ends(&row, |id| exit_signal(id, "TERM", "\x1b[2J\x1b]0;title\x07"));
    let row = fault(37, "exit-signal with a name of escapes").cause(&["signal \\x1b[2J"]);
    ends(&row.next(&["no number"]), |id| exit_signal(id, "\x1b[2J", ""));
    let row = fault(37, "exit-signal without a name").cause(&["signal \"\";"]).unlisted();
    ends(&row.next(&["no number"]), |id| exit_signal(id, "", ""));
    let row = fault(37, "exit-signal with 100 KB of text").code(137).silent().unlisted();
    ends(&row, |id| exit_signal(id, "KILL", &"x".repeat(100_000)));
}

#[test]
fn refused_requests_are_named() {
    let row = fault(38, "refuses the channel").cause(&["refused to open a session", "no \\x1b"]);
    met(&row.next(&["forwarding only"]), |talk| {
        talk.log_in()?;
        let id = talk.asked()?;
        let refusal = Message::new(number::CHANNEL_OPEN_FAILURE).number(id).number(1);
        talk.send(&refusal.string("no \x1b[2J").string(""))?;
        talk.linger()
    });
    let row =
        fault(38, "refuses the channel for want of room").cause(&["session: resource shortage"]);
    met(&row.next(&["try again later"]), |talk| {
        talk.log_in()?;
        let id = talk.asked()?;
        let refusal = Message::new(number::CHANNEL_OPEN_FAILURE).number(id).number(4);
        talk.send(&refusal.string("").string(""))?;
        talk.linger()
    });
    let refuses = |row: Row, options: &[&str]| {
        let server = Server::new(|talk| {
            talk.log_in()?;
            let id = talk.asked()?;
            talk.send(&confirmation(id, WINDOW, MAX_PACKET))?;
            loop {
                if talk.requested()?.1 {
                    talk.send(&Message::new(number::CHANNEL_FAILURE).number(id))?;
                }
            }
        });
        server.met(&row, options);
    };
    let row = fault(38, "refuses a command").cause(&["exec request failed"]);
    refuses(row.next(&["does not allow"]), NONE);
    let row = fault(38, "refuses a subsystem").cause(&["subsystem request failed"]);
    refuses(row.next(&["does not allow"]), &["--auth", "none", "-s"]);
    // A refusal that belongs to no request is none.
    met(&well(38, "a failure that answers nothing"), |talk| {
        let id = talk.started()?;
        talk.flood(&Message::new(number::CHANNEL_FAILURE).number(id), 3)?;
        talk.send(&data(id, "x"))?;
        talk.exit(id, FINE)
    });
}

#[test]
#[ignore = "takes a minute: tests/run"]
fn requests_that_are_never_answered_end() {
    let minute = |row: Row| row.within(Duration::from_secs(90)).once();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let row = fault(38, "never answers the request for a channel");
            let row = row.cause(&["did not open a session in time"]).next(&["try again"]);
            met(&minute(row), |talk| {
                talk.log_in()?;
                talk.linger()
            });
        });
        let silent = || {
            Server::new(|talk| {
                talk.log_in()?;
                let id = talk.asked()?;
                talk.send(&confirmation(id, WINDOW, MAX_PACKET))?;
                talk.linger()
            })
        };
        scope.spawn(move || {
            let row = fault(38, "never answers the request for a command");
            let row = row.cause(&["did not answer the exec request"]).next(&["try again"]);
            silent().met(&minute(row), NONE);
        });
        scope.spawn(move || {
            let row = fault(38, "never answers the request for SFTP");
            let row = row.cause(&["did not answer the subsystem request"]).next(&["try again"]);
            let server = silent();
            let (port, row) = (server.peer.port.clone(), minute(row));
            row.met(|more| {
                let kex = ["-o", super::lab::conversation::KEX, "--auth", "none"];
                let to = format!("sftp://someone@127.0.0.1:{port}/file");
                let arguments = [&["get"][..], more, &kex, &[&to, "."]].concat();
                server.peer.home.tessh(&arguments)
            });
        });
    });
}

#[test]
fn answers_to_requests_that_nobody_made_do_no_harm() {
    met(&well(39, "success and failure for requests that nobody made"), |talk| {
        let id = talk.started()?;
        let success = Message::new(number::REQUEST_SUCCESS);
        talk.send_all(&[success.clone(), success.clone().number(7), success.raw(&[0xff; 1000])])?;
        talk.flood(&Message::new(number::REQUEST_FAILURE), 1000)?;
        talk.flood(&Message::new(number::CHANNEL_SUCCESS).number(id), 10_000)?;
        talk.exit(id, FINE)
    });
    for (input, reply) in [
        ("success without a port for a forward of port 0", Message::new(number::REQUEST_SUCCESS)),
        ("success with half a port", Message::new(number::REQUEST_SUCCESS).raw(&[1, 2])),
        ("success with a port of 2^32-1", Message::new(number::REQUEST_SUCCESS).number(u32::MAX)),
        ("a refusal of the forward", Message::new(number::REQUEST_FAILURE)),
    ] {
        let server = Server::new(move |talk| {
            talk.log_in()?;
            talk.global_request()?;
            talk.send(&reply)?;
            let id = talk.opened()?;
            talk.exit(id, FINE)
        });
        let options = ["--auth", "none", "-R", "0:127.0.0.1:9"];
        let (output, most) = watched(server.client(&[], &options));
        assert!(most < 100, "{input}: {most} MiB");
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 255)), "{input}: {output:?}");
        let lines: Vec<_> = output.stderr.lines().collect();
        assert!(lines.iter().all(|line| line.starts_with("tessh: ")), "{input}: {output:?}");
    }
}

#[test]
fn a_channel_that_is_refused_after_it_was_confirmed_is_over() {
    let start = Instant::now();
    met(&no_status(39, "a refusal of a channel that was confirmed"), |talk| {
        let id = talk.started()?;
        let refusal = Message::new(number::CHANNEL_OPEN_FAILURE).number(id).number(1);
        talk.send(&refusal.string("changed my mind").string(""))?;
        talk.linger()
    });
    assert!(start.elapsed() < Duration::from_secs(20));
    met(&well(39, "the confirmation of a channel, twice"), |talk| {
        let id = talk.started()?;
        talk.send(&confirmation(id, WINDOW, MAX_PACKET))?;
        talk.send(&data(id, "x"))?;
        talk.exit(id, FINE)
    });
    let row = fault(39, "the confirmation of a channel that nobody opened");
    met(&row.cause(&["broke the protocol"]).next(&["the server's log"]), |talk| {
        talk.started()?;
        talk.send(&confirmation(55, WINDOW, MAX_PACKET))?;
        talk.linger()
    });
}
