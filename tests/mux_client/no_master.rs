//! What listens on the control socket and is no master, or a faulty one. No server is needed.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use super::lab::{Home, Run, arg, free_port};

/// What a listener does with each client.
fn listener(path: &Path, serve: impl Fn(UnixStream) + Send + 'static) {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(serve));
}

fn packet(body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}

fn hello(version: u8) -> Vec<u8> {
    packet(&[0, 0, 0, 1, 0, 0, 0, version])
}

fn check(home: &Home, path: &Path) -> Run {
    home.tessh(&["-F", "none", "-S", arg(path), "-O", "check", "nowhere.invalid"])
}

#[test]
fn what_is_no_master_is_one_clear_line() {
    let answers: [(&str, Vec<u8>, &str); 8] = [
        ("closes", Vec::new(), "master hello exchange failed"),
        ("junk", b"SSH-2.0-OpenSSH_9.2p1\r\n".repeat(100), "master hello exchange failed"),
        ("long", vec![0xff; 64], "master hello exchange failed"),
        ("short", packet(&[0, 0, 0]), "master hello exchange failed"),
        ("other", packet(&[0x80, 0, 0, 1, 0, 0, 0, 0]), "master hello exchange failed"),
        ("gone", hello(4), "master alive check failed"),
        // The answer to another request, and none of a master's.
        (
            "id",
            [hello(4), packet(&[0x80, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 1])].concat(),
            "master alive check failed",
        ),
        (
            "kind",
            [hello(4), packet(&[0x70, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1])].concat(),
            "master alive check failed",
        ),
    ];
    let home = Home::new();
    for (name, answer, wanted) in answers {
        let path = home.path(name);
        listener(&path, move |mut stream| {
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        });
        check(&home, &path).output().expect_failure(&[wanted, "is no master that works"]);
        assert!(path.exists(), "{name} is not ours to remove");
    }
    let path = home.path("version");
    listener(&path, |mut stream| {
        let _ = stream.write_all(&hello(5));
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let output = check(&home, &path).output();
    output.expect_last_line(&["master hello exchange failed"]);
    let words = "Unsupported multiplexing protocol version 5 (expected 4)";
    assert!(output.stderr.contains(words), "{output:?}");
}

#[test]
fn a_master_that_says_nothing_is_not_waited_for() {
    let home = Home::new();
    let path = home.path("silent");
    listener(&path, std::mem::forget);
    let output = check(&home, &path).output();
    output.expect_failure(&["master hello exchange failed"]);
    assert!(output.took < Duration::from_secs(20), "{:?}", output.took);
}

#[test]
fn a_control_command_does_not_wait_long_for_a_master_that_hangs() {
    let home = Home::new();
    listener(&home.path("greets"), move |mut stream| {
        let _ = stream.write_all(&hello(4));
        std::mem::forget(stream);
    });
    let commands =
        [&["exit"][..], &["stop"], &["forward", "-L", "1:h:1"], &["cancel", "-L", "1:h:1"]];
    std::thread::scope(|scope| {
        for command in commands {
            let home = &home;
            scope.spawn(move || {
                let socket = home.path("greets");
                let words = [&["-F", "none", "-S", arg(&socket), "-O"], command, &["h"]].concat();
                let output = home.tessh(&words).deadline(Duration::from_secs(60)).output();
                let words = "the master of the shared connection does not answer";
                output.expect_failure(&[words, "is no master that works"]);
            });
        }
    });
}

/// It has ended by itself, or another command has ended it; for any other command it is missed.
#[test]
fn a_master_that_goes_before_it_is_told_to_exit_has_done_so() {
    let home = Home::new();
    let path = home.path("goes");
    listener(&path, |mut stream| {
        let _ = stream.write_all(&hello(4));
        // Up to the question whether it is alive, and no further.
        let _ = stream.read_exact(&mut [0; 12 + 12]);
    });
    let run = |command: &[&str]| {
        home.tessh(&[&["-F", "none", "-S", arg(&path), "-O"], command, &["h"]].concat()).output()
    };
    let output = run(&["exit"]);
    output.expect_code(0);
    assert_eq!(output.stderr, "Exit request sent.\r\n");
    let words = ["the master of the shared connection went away", "is no master that works"];
    run(&["stop"]).expect_failure(&words);
    run(&["forward", "-L", "1:h:1"]).expect_failure(&words);
}

#[test]
fn a_master_that_goes_while_a_forward_is_asked_for_is_no_master_that_works() {
    let home = Home::new();
    let path = home.path("leaves");
    listener(&path, |mut stream| {
        let alive = packet(&[0x80, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1]);
        let _ = stream.write_all(&[hello(4), alive].concat());
        // Up to the request, and no further.
        let _ = stream.read_exact(&mut [0; 12 + 12 + 4]);
    });
    for command in ["forward", "cancel"] {
        let words = ["-F", "none", "-S", arg(&path), "-O", command, "-L", "1:h:1", "h"];
        let output = home.tessh(&words).output();
        output.expect_failure(&[
            "the master of the shared connection went away",
            "is no master that works",
        ]);
    }
}

#[test]
fn a_master_is_not_believed_to_have_done_what_it_has_not_answered() {
    let home = Home::new();
    let path = home.path("dies");
    listener(&path, |mut stream| {
        let alive = packet(&[0x80, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1]);
        let _ = stream.write_all(&[hello(4), alive].concat());
        // Up to the request for a session, and no further.
        let mut heard = [0; 12 + 12 + 20];
        let _ = stream.read_exact(&mut heard);
    });
    let words = ["-F", "none", "-S", arg(&path), "nowhere.invalid", "true"];
    let output = home.tessh(&words).output();
    // The command may have begun: it is not run a second time over a connection of its own.
    output.expect_failure(&["the master of the shared connection went away"]);
    // It has begun, and nothing more is heard of it.
    let path = home.path("opens");
    listener(&path, |mut stream| {
        let alive = packet(&[0x80, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1]);
        let opened = packet(&[0x80, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 7]);
        let _ = stream.write_all(&[hello(4), alive, opened].concat());
        let mut heard = [0; 12 + 12 + 20];
        let _ = stream.read_exact(&mut heard);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let words = ["-F", "none", "-S", arg(&path), "nowhere.invalid", "true"];
    home.tessh(&words).output().expect_failure(&["exit status is not known"]);
}

/// A master that opens a session and ends it: with this exit status, or without a word.
fn short_session(path: &Path, status: Option<u8>) {
    listener(path, move |mut stream| {
        let alive = packet(&[0x80, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1]);
        let opened = packet(&[0x80, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 7]);
        let _ = stream.write_all(&[hello(4), alive, opened].concat());
        let mut heard = [0; 12 + 12 + 20];
        let _ = stream.read_exact(&mut heard);
        if let Some(status) = status {
            let _ = stream.write_all(&packet(&[0x80, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, status]));
        }
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    });
}

#[test]
fn a_terminal_whose_session_is_lost_with_its_master_is_put_back() {
    const PUT_BACK: [&str; 4] = ["\x1b[?1000l", "\x1b[?2004l", "\x1b[?25h", "\x1b[?1047l"];
    let home = Home::new();
    let written = |name: &str, status, env: &[(&str, &str)]| {
        let path = home.path(name);
        short_session(&path, status);
        let screen = home.on_pty_with(&["-F", "none", "-S", arg(&path), "nowhere.invalid"], env);
        assert_eq!(screen.exit_code(), status.map_or(255, i32::from));
        screen.expect_restored();
        screen.written()
    };
    let lost = written("lost", None, &[]);
    let (before, _) = lost.split_once("Shared connection").unwrap();
    for sequence in PUT_BACK {
        assert!(before.contains(sequence), "{lost:?}");
    }
    for (name, status, env) in [
        ("ended", Some(3), ("LC_ALL", "C")),
        ("as-ssh", None, ("TESSH_AS_SSH", "1")),
        ("dumb", None, ("TERM", "dumb")),
    ] {
        let written = written(name, status, &[env]);
        assert!(!written.contains('\x1b') && written.contains("Shared"), "{name}: {written:?}");
    }
}

#[test]
fn a_socket_that_nobody_listens_on_is_as_with_ssh() {
    let home = Home::new();
    let path = home.path("stale");
    drop(UnixListener::bind(&path).unwrap());
    let nowhere = ["-F", "none", "-o", "BatchMode=yes", "--auth", "none", "127.0.0.1"];
    let port = free_port().to_string();
    let run = |options: &[&str]| {
        home.tessh(&[&["-p", &port, "-S", arg(&path)], options, &nowhere].concat()).output()
    };
    // It is said, and the connection is made in the ordinary way, which fails here.
    let output = run(&[]);
    output.expect_last_line(&["connection refused", &port]);
    let words = format!("tessh: Control socket connect({}): Connection refused\n", arg(&path));
    assert!(output.stderr.starts_with(&words), "{output:?}");
    assert!(path.exists());
    // Whoever would be the master itself removes it without a word.
    run(&["-o", "ControlMaster=auto"]).expect_failure(&["connection refused", &port]);
    assert!(!path.exists());
    // A socket that is not there is none.
    run(&[]).expect_failure(&["connection refused", &port]);

    // Something else of that name stays as it is.
    fs::write(&path, "a thesis").unwrap();
    run(&["-o", "ControlMaster=auto"]).expect_failure(&["connection refused", &port]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a thesis");
}

#[test]
fn control_commands_need_a_socket_that_can_be() {
    let home = Home::new();
    let run = |words: &[&str]| home.tessh(&[&["-F", "none"], words].concat()).output();
    run(&["-O", "check", "h"]).expect_failure(&["No ControlPath specified for \"-O\" command"]);
    run(&["-S", "none", "-O", "exit", "h"]).expect_failure(&["No ControlPath specified"]);
    let long = format!("/tmp/{}", "x".repeat(200));
    run(&["-S", &long, "-O", "check", "h"]).expect_failure(&["ControlPath too long", ">= 108"]);
    run(&["-O", "dance", "h"])
        .expect_failure(&["Invalid multiplex command", "check, conninfo, channels, forward"]);
}
