//! `~C` and `~#` on a terminal, against a real sshd, in ssh's words; and a display that the
//! server does not forward.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::net::TcpListener;
use std::path::PathBuf;

use lab::{Home, Pty, Sshd, arg};

/// A server with a home that knows it and a key that it takes.
struct Bench {
    sshd: Sshd,
    home: Home,
    key: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let sshd = Sshd::start(&["X11Forwarding no"]);
        let home = Home::knowing(&sshd);
        let key = home.key("id", &["ed25519"], "");
        sshd.authorize(&key, "");
        Bench { sshd, home, key }
    }

    /// A shell that prompts with `%`, and nothing on the screen but that.
    fn shell(&self, options: &[&str]) -> Pty {
        let login = ["-tt", "--auth", "publickey", "-i", arg(&self.key)];
        let words = self.sshd.to(&[&login, options].concat(), &["PS1=%; export PS1; exec sh -i"]);
        let pty = self.home.on_pty(&words.iter().map(String::as_str).collect::<Vec<_>>());
        pty.wait_for("%");
        pty
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
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
    let bench = Bench::new();
    let pty = bench.shell(&ENABLED);
    let [local, remote, dynamic] = [free_port(), free_port(), free_port()];
    let to = bench.sshd.port();
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
    let bench = Bench::new();
    let pty = bench.shell(&ENABLED);
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
    let bench = Bench::new();
    for off in [&[][..], &["-o", "EnableEscapeCommandline=no"]] {
        let pty = bench.shell(off);
        pty.send("\r~C");
        let screen = pty.wait_for("commandline disabled");
        assert!(!screen.contains("ssh>"), "{screen}");
        pty.send("\r~.");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_list_has_forwards_and_what_is_connected_to_them() {
    let bench = Bench::new();
    let port = free_port();
    let spec = format!("127.0.0.1:{port}:127.0.0.1:{}", bench.sshd.port());
    let pty = bench.shell(&["-L", &spec]);
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
    let bench = Bench::new();
    let login = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&bench.key), "-Y"];
    let words = bench.sshd.to(&login, &["echo x${DISPLAY}x"]);
    let run = bench.home.tessh(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let output = run.env("DISPLAY", ":77").output();
    output.expect_code(0);
    assert_eq!(output.text(), "xx\n");
    let last = output.stderr.lines().last().unwrap();
    assert_eq!(last, "tessh: X11 forwarding request failed on channel 0");
}
