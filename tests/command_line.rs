//! The escapes `~C` and `~#` on a terminal, in ssh's words, and X11 forwarding that the server
//! refuses. The server is OpenSSH's.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use lab::{Bed, Pty, free_port};

fn server() -> Bed {
    Bed::new(&["X11Forwarding no"])
}

/// A shell that prompts with `%`, and nothing on the screen but that.
fn shell(bed: &Bed, options: &[&str]) -> Pty {
    let command = ["PS1=%; export PS1; exec sh -i"];
    let pty = bed.on_pty(&[&["-tt"], options].concat(), &command);
    pty.wait_for("%");
    pty
}

const ENABLED: [&str; 2] = ["-o", "EnableEscapeCommandline=yes"];

/// Types a command; gives what the screen shows of it once the shell prompts again.
fn command(pty: &Pty, number: usize, typed: &str) -> String {
    // The shell says what it was not told: its echo is not taken for its answer.
    pty.send(&format!("clear; echo at $(({number}+100))\r"));
    let mark = format!("at {}\n%", number + 100);
    pty.wait_until("the mark", |screen| screen.contains(&mark));
    pty.send("\r~C");
    pty.wait_for("ssh>");
    pty.send(typed);
    pty.send("\r");
    let after = |screen: &str| screen.rsplit("ssh>").next().unwrap().trim_end().to_owned();
    after(&pty.wait_until("a prompt", |screen| after(screen).ends_with("\n%")))
}

#[test]
#[ignore = "needs peers: tests/run"]
fn each_command_is_answered_in_ssh_s_words_before_the_session_goes_on() {
    let bed = server();
    let pty = shell(&bed, &ENABLED);
    let [local, remote, dynamic] = [free_port(), free_port(), free_port()];
    let to = bed.sshd.port();
    let commands = [
        (format!("-L {local}:127.0.0.1:{to}"), "Forwarding port."),
        (format!("-L{local}:127.0.0.1:{to}"), "Port forwarding failed."),
        (format!("-R {remote}:127.0.0.1:{to}"), "Forwarding port."),
        (format!("-D {dynamic}"), "Forwarding port."),
        (format!("-KL {local}"), "Canceled forwarding."),
        (format!("-KL {local}"), "Unknown port forwarding."),
        (format!("-KR {remote}"), "Canceled forwarding."),
        (format!("-KR {remote}"), "Unknown port forwarding."),
        (format!("KD{dynamic}"), "Canceled forwarding."),
        (format!("-KD {dynamic}"), "Unknown port forwarding."),
        ("-X".to_owned(), "Invalid command."),
        ("!id".to_owned(), "Invalid command."),
        ("K".to_owned(), "Invalid command."),
        ("-L nonsense".to_owned(), "Bad local forwarding specification."),
        ("-L 999999:a:1".to_owned(), "Bad local forwarding specification."),
        ("-D x".to_owned(), "Bad local forwarding specification."),
        ("-R x:y".to_owned(), "Bad remote forwarding specification."),
        ("-KL x:y:z".to_owned(), "Bad forwarding close specification."),
    ];
    for (number, (typed, said)) in commands.into_iter().enumerate() {
        let screen = command(&pty, number, &typed);
        let answer = screen.lines().map(str::trim).rfind(|line| !line.is_empty() && *line != "%");
        assert_eq!(answer, Some(said), "{typed}: {screen}");
    }
    pty.send("\r~.");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn help_names_every_command_and_nothing_does_nothing() {
    let bed = server();
    let pty = shell(&bed, &ENABLED);
    for (number, help) in ["-h", "?", "help"].into_iter().enumerate() {
        let screen = command(&pty, number, help);
        for line in ["Commands:", "-KD[bind_address:]port", "Cancel dynamic forward"] {
            assert!(screen.contains(line), "{help}: {screen}");
        }
    }
    for (number, nothing) in ["", " ", "-"].into_iter().enumerate() {
        let screen = command(&pty, number + 10, nothing);
        assert!(!screen.contains("Invalid"), "{nothing:?}: {screen}");
    }
    // Left with Ctrl-C or the end of input, the session goes on.
    for (number, left) in ["-L\x03", "\x04"].into_iter().enumerate() {
        pty.send(&format!("clear; echo at $(({number}+200))\r"));
        pty.wait_for(&format!("at {}\n%", number + 200));
        pty.send("\r~C");
        pty.wait_for("ssh>");
        pty.send(left);
        pty.send("echo it goes $((1)) on\r");
        pty.wait_for("it goes 1 on");
    }
    pty.send("\r~.");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_command_line_is_off_unless_it_was_enabled() {
    let bed = server();
    for off in [&[][..], &["-o", "EnableEscapeCommandline=no"]] {
        let pty = shell(&bed, off);
        pty.send("\r~C");
        let screen = pty.wait_for("-o EnableEscapeCommandline=yes");
        assert!(!screen.contains("ssh>"), "{screen}");
        pty.send("\r~.");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_list_has_forwards_and_what_is_connected_to_them() {
    let bed = server();
    let port = free_port();
    let spec = format!("127.0.0.1:{port}:127.0.0.1:{}", bed.sshd.port());
    let pty = shell(&bed, &["-L", &spec]);
    pty.send("\r~#");
    let screen = pty.wait_for("-L [127.0.0.1]:");
    assert!(screen.contains("The following connections are open:"), "{screen}");
    assert!(!screen.contains("direct-tcpip"), "{screen}");
    let _open = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    // The channel is there once the greeting of the other end is.
    let mut greeting = [0];
    std::io::Read::read_exact(&mut &_open, &mut greeting).unwrap();
    pty.send("\r~#");
    pty.wait_for("direct-tcpip: listening port");
    pty.send("\r~.");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_display_that_the_server_does_not_forward_is_said_and_the_session_goes_on() {
    let bed = server();
    let output = bed.run(&["-Y"], &["echo x${DISPLAY}x"]).env("DISPLAY", ":77").output();
    output.expect_code(0);
    assert_eq!(output.text(), "xx\n");
    let last = output.stderr.lines().last().unwrap();
    assert_eq!(last, "tessh: X11 forwarding request failed on channel 0");
}
