//! The same on a terminal, which is as before afterwards, whatever the server did.

use super::lab::conversation::{
    Conversation, KEX, MAX_PACKET, Talk, WINDOW, close, confirmation, disconnect, exit_status,
};
use super::lab::message::{Message, number};
use super::lab::{Pty, Row, arg, wait_until};
use super::{Server, fault};

/// A session on a terminal in which this happens once the shell has said something.
#[track_caller]
fn ends(row: Row, options: &[&str], script: fn(&mut Conversation, u32) -> Talk) {
    acts(row, options, script, |_| ());
}

#[track_caller]
fn acts(
    row: Row,
    options: &[&str],
    script: fn(&mut Conversation, u32) -> Talk,
    act: impl Fn(&Pty),
) {
    let server = Server::new(move |talk| {
        talk.log_in_by_key()?;
        let id = talk.opened()?;
        talk.send(&super::lab::conversation::data(id, "welcome\r\n"))?;
        script(talk, id)
    });
    on_pty(&row.unlisted(), &server, options, |pty| {
        pty.wait_written("welcome");
        act(pty);
    });
}

#[track_caller]
fn on_pty(row: &Row, server: &Server, options: &[&str], act: impl Fn(&Pty)) {
    let key = super::login_key(&server.peer.home);
    let start = |more: &[&str]| {
        let login = ["-o", KEX, "--auth", "publickey", "-i", arg(&key), "-p", &server.peer.port];
        server.peer.home.on_pty(&[more, options, &login, &["someone@127.0.0.1"]].concat())
    };
    row.met_on_pty(start, act);
}

#[test]
fn a_terminal_is_as_before_when_the_connection_ends() {
    let log = "the server's log";
    let row = fault(31, "disconnect").cause(&["closing time"]).next(&[log]);
    ends(row, &[], |talk, _| {
        talk.send(&disconnect(11, "closing time\x1b[?1049h"))?;
        talk.linger()
    });
    let row = fault(31, "code 100").cause(&["broke the protocol"]).next(&[log]);
    ends(row, &[], |talk, _| {
        talk.send(&disconnect(100, "closing time"))?;
        talk.linger()
    });
    let row = fault(36, "end").cause(&["closed by the server"]).next(&["try again"]);
    ends(row, &[], |_, _| Ok(()));
    let row = fault(36, "reset").cause(&["reset"]).next(&["try again"]);
    ends(row, &[], |talk, _| talk.reset());
    let row = fault(35, "noise").cause(&["packet"]).next(&["connection"]);
    ends(row, &[], |talk, _| {
        talk.send_bytes(&[0xa5; 4096])?;
        talk.linger()
    });
    let row = fault(35, "a claim of 4 GiB").cause(&["cannot be read"]).next(&["administrator"]);
    ends(row, &[], |talk, id| {
        talk.send(&Message::new(number::CHANNEL_DATA).number(id).number(u32::MAX))?;
        talk.linger()
    });
    let alive = ["-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=1"];
    let row = fault(40, "silence").cause(&["keepalives"]).next(&["ServerAliveInterval"]);
    ends(row, &alive, |talk, _| talk.ignore());
}

#[test]
fn a_terminal_is_as_before_when_the_session_ends() {
    let silent = |code| fault(37, "an end of a session").code(code).silent();
    ends(silent(255), &[], |talk, id| {
        talk.send(&close(id))?;
        talk.linger()
    });
    ends(silent(7), &[], |talk, id| {
        talk.send_all(&[exit_status(id, 7), close(id), close(id)])?;
        talk.linger()
    });
    ends(silent(143), &[], |talk, id| {
        let signal = Message::new(number::CHANNEL_REQUEST).number(id).string("exit-signal");
        let signal = signal.flag(false).string("TERM").flag(true).string("\x1b[?25l").string("");
        talk.send_all(&[signal, close(id)])?;
        talk.linger()
    });
    ends(silent(255), &[], |talk, id| {
        let refusal = Message::new(number::CHANNEL_OPEN_FAILURE).number(id).number(1);
        talk.send(&refusal.string("changed my mind").string(""))?;
        talk.linger()
    });
    // The server takes nothing and answers nothing, and begins to exchange keys.
    acts(
        silent(255),
        &[],
        |talk, _| {
            talk.begin_exchange()?;
            talk.ignore()
        },
        |pty| pty.send("<enter>~."),
    );
}

#[test]
fn a_terminal_that_is_refused_is_named() {
    let refuses = |row: &Row, refused: &'static [&'static str]| {
        let server = Server::new(move |talk| {
            talk.log_in_by_key()?;
            let id = talk.asked()?;
            talk.send(&confirmation(id, WINDOW, MAX_PACKET))?;
            loop {
                let (name, wants_reply) = talk.requested()?;
                if wants_reply {
                    let is_refused = refused.contains(&&*name);
                    let answer = if is_refused { 100 } else { 99 };
                    talk.send(&Message::new(answer).number(id))?;
                }
                if name == "shell" {
                    return talk.exit(id, 0);
                }
            }
        });
        on_pty(row, &server, &[], |_| ());
    };
    let row = fault(38, "refuses a terminal").code(0).cause(&["PTY allocation request failed"]);
    refuses(&row, &["pty-req"]);
    let row = fault(38, "refuses a shell").cause(&["shell request failed"]);
    refuses(&row.next(&["does not allow"]), &["shell"]);
}

#[test]
fn questions_with_escapes_are_shown_as_text() {
    let server = Server::new(|talk| {
        talk.attempt()?;
        let asked = Message::new(number::USERAUTH_INFO_REQUEST);
        let asked = asked.string("\x1b]0;name\x07").string("\x1b[2J\u{202e}instruction").string("");
        talk.send(&asked.number(1).string("Code\x1b[31m: \u{9b}2J").flag(true))?;
        talk.skip(number::USERAUTH_INFO_RESPONSE)?;
        talk.send(&Message::new(number::USERAUTH_SUCCESS))?;
        let id = talk.opened()?;
        talk.exit(id, 0)
    });
    let start = |more: &[&str]| {
        let login = ["-o", KEX, "--auth", "keyboard-interactive", "-p", &server.peer.port];
        let arguments = [more, &login, &["someone@127.0.0.1", "true"]].concat();
        server.peer.home.on_pty(&arguments)
    };
    let row = fault(28, "a question with escapes").code(0).cause(&["authenticated"]).unlisted();
    let written = row.met_on_pty(start, |pty| {
        pty.wait_written("Code");
        pty.send("123<enter>");
    });
    assert!(!written.contains("\x1b]0;name") && !written.contains("\x1b[31m"), "{written:?}");
    assert!(written.contains("\\x1b[31m") && !written.contains('\u{202e}'), "{written:?}");
}

/// What a full-screen program switches on, and what puts it back.
const PROGRAM: &str = "\x1b[?1049h\x1b[?1h\x1b=\x1b[?25l\x1b[?1000;1006h\x1b[?2004h";
const PUT_BACK: &str = "\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[?25h\x1b[?1049l";

/// What is written behind `in the program` on a terminal whose server has a full-screen program
/// open and then does this; the person types the keys.
fn behind_a_program(way: Way, keys: &str, script: fn(&mut Conversation, u32) -> Talk) -> String {
    let server = Server::new(move |talk| {
        talk.log_in_by_key()?;
        let id = talk.opened()?;
        talk.send(&super::lab::conversation::data(id, format!("{PROGRAM}in the program")))?;
        script(talk, id)
    });
    let home = &server.peer.home;
    let key = super::login_key(home);
    let preferred = "PreferredAuthentications=publickey";
    let login = ["-o", KEX, "-o", preferred, "-i", arg(&key), "-p", &server.peer.port];
    let to = ["someone@127.0.0.1"];
    let socket = home.path("shared");
    let through = ["-S", arg(&socket)];
    let _master = way.is_shared().then(|| {
        let master = home.tessh(&[&login[..], &through, &["-M", "-N"], &to].concat()).start();
        wait_until("the master listens", || socket.exists());
        master
    });
    let options = if way.is_shared() { &through[..] } else { &login[..] };
    let pty = home.on_pty_with(&[options, &to].concat(), way.environment());
    pty.wait_written("in the program");
    if !keys.is_empty() {
        // A master writes before its client is ready.
        wait_until("the client has the terminal raw", || pty.modes_differ());
        pty.send(keys);
    }
    pty.exit_code();
    assert!(!pty.modes_differ());
    pty.written().split_once("in the program").unwrap().1.to_owned()
}

/// How the session comes about.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Own,
    AsSsh,
    /// Through a master.
    Shared,
}

impl Way {
    fn is_shared(self) -> bool {
        self == Way::Shared
    }

    fn environment(self) -> &'static [(&'static str, &'static str)] {
        if self == Way::AsSsh { &[("TESSH_AS_SSH", "1")] } else { &[] }
    }
}

#[test]
fn the_modes_of_a_program_whose_connection_is_lost_are_put_back() {
    for (keys, script) in [
        ("", (|_, _| Ok(())) as fn(&mut Conversation, u32) -> Talk),
        ("", |talk, _| talk.reset()),
        ("<enter>~.", |talk, _| talk.ignore()),
    ] {
        let written = behind_a_program(Way::Own, keys, script);
        assert!(written.starts_with(PUT_BACK), "{written:?}");
        assert!(!written[PUT_BACK.len()..].contains("\x1b"), "{written:?}");
        // The client of a master does not see the output, but its master does.
        let written = behind_a_program(Way::Shared, keys, script);
        assert!(written.starts_with(PUT_BACK), "{written:?}");
        assert!(!written.contains("\x1b[?1049h"), "{written:?}");
    }
    // Half of it is over: the other half is put back.
    let written = behind_a_program(Way::Own, "", |talk, id| {
        talk.send(&super::lab::conversation::data(id, "\x1b[?25h\x1b[?1006l\x1b[?1000l\x1b>END"))
    });
    let (_, written) = written.split_once("END").unwrap();
    assert!(written.starts_with("\x1b[?2004l\x1b[?1l\x1b[?1049l"), "{written:?}");
}

#[test]
fn a_session_that_ends_leaves_the_modes_as_ssh_does() {
    for way in [Way::Own, Way::Shared] {
        let written = behind_a_program(way, "", |talk, id| talk.exit(id, 0));
        assert!(!written.contains('\x1b'), "{written:?}");
    }
    let written = behind_a_program(Way::AsSsh, "", |_, _| Ok(()));
    assert!(!written.contains('\x1b') && written.contains("closed"), "{written:?}");
}
