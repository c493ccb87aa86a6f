//! Going to the background (`-f`, ForkAfterAuthentication, ControlPersist). When the caller's
//! prompt returns, everything is set up and every failure has been reported; nothing is left
//! behind at the end.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::ops::Deref;
use std::path::Path;

use lab::{Bed, Home, PASSWORD, arg, echo, free_port, strs, try_exchange, wait_until};
use rustix::process::{Pid, Signal, kill_process};

/// A server and a home; what a failed test has left in the background there is ended.
struct Background(Bed);

impl Background {
    fn new(lines: &[&str]) -> Background {
        Background(Bed::new(lines))
    }
}

impl Deref for Background {
    type Target = Bed;

    fn deref(&self) -> &Bed {
        &self.0
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for pid in running(&self.home) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// The processes of this program that were started in this home.
fn running(home: &Home) -> Vec<Pid> {
    let mark = arg(&home.path("")).trim_end_matches('/').to_owned();
    let is_ours = |pid: i32| {
        let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let environment = String::from_utf8_lossy(&read("environ")).into_owned();
        let program = String::from_utf8_lossy(&read("cmdline")).into_owned();
        environment.split('\0').any(|it| it == format!("HOME={mark}"))
            && program.split('\0').next().is_some_and(|name| name.ends_with("tessh"))
    };
    let all = fs::read_dir("/proc").unwrap();
    let all = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    all.filter(|&pid| is_ours(pid)).filter_map(Pid::from_raw).collect()
}

#[track_caller]
fn expect_nothing_left(home: &Home) {
    wait_until("all have ended", || running(home).is_empty());
}

fn end(pid: Pid) {
    kill_process(pid, Signal::TERM).unwrap();
}

/// The only one in the background.
#[track_caller]
fn the_one(home: &Home) -> Pid {
    // The parent may still be in /proc for a moment.
    wait_until("one is left", || running(home).len() == 1);
    running(home)[0]
}

/// A field of /proc/PID/stat, counted after the program's name.
fn stat(pid: Pid, field: usize) -> i32 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap();
    let after = stat.rsplit_once(") ").unwrap().1;
    after.split_whitespace().nth(field).unwrap().parse().unwrap()
}

/// Whether a port leads to [`echo`].
fn leads_back(port: u16) -> bool {
    try_exchange(port, b"ping").is_ok_and(|heard| heard == b"ping")
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_command_goes_on_when_the_caller_has_its_prompt_back() {
    let bed = Background::new(&[]);
    let go = bed.sshd.path("home/go");
    let command = format!("while [ ! -e {} ]; do sleep 0.05; done; echo late; cat", arg(&go));
    let mut started = bed.run(&["-f"], &[&command]).spawn();
    // What it reads is nothing, whatever the caller has to say.
    started.stdin.as_mut().unwrap().write_all(b"for somebody else\n").unwrap();
    assert_eq!(started.wait().unwrap().code(), Some(0));
    let left = the_one(&bed.home);
    // In a session of its own, without a terminal.
    assert_eq!(stat(left, 3), left.as_raw_nonzero().get());
    assert_eq!(stat(left, 4), 0);
    fs::write(go, "").unwrap();
    let mut said = String::new();
    started.stdout.unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "late\n");
    expect_nothing_left(&bed.home);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn forwards_are_there_when_it_returns() {
    let bed = Background::new(&[]);
    let (to, local, remote) = (echo(), free_port(), free_port());
    let (local_spec, remote_spec) =
        (format!("{local}:127.0.0.1:{to}"), format!("{remote}:127.0.0.1:{to}"));
    for strict in ["no", "yes"] {
        let strict = format!("ExitOnForwardFailure={strict}");
        let options = ["-fN", "-o", &strict, "-L", &local_spec, "-R", &remote_spec];
        // All of its descriptors are closed as well: this would wait for them.
        bed.run(&options, &[]).output().expect_quiet_success();
        assert!(leads_back(local), "-L, {strict}");
        assert!(leads_back(remote), "-R, {strict}");
        end(the_one(&bed.home));
        expect_nothing_left(&bed.home);
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_fails_is_said_once_before_it_returns() {
    let bed = Background::new(&[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let spec = format!("127.0.0.1:{}:127.0.0.1:1", taken.local_addr().unwrap().port());
    let strict = ["-fN", "-o", "ExitOnForwardFailure=yes", "-L", &spec];
    let output = bed.run(&strict, &[]).output();
    output.expect_last_line(&["Could not request local forwarding."]);
    assert_eq!(output.stderr.matches("Could not request").count(), 1, "{output:?}");

    let other = bed.home.key("other", &["ed25519"], "");
    let options = ["-f", "--auth", "publickey", "-i", arg(&other)];
    bed.home.connect(&bed.sshd, &options, &["true"]).output().expect_failure(&["publickey"]);

    let output = bed.run(&["-f"], &[]).output();
    output.expect_failure(&["Cannot fork into background without a command to execute."]);
    expect_nothing_left(&bed.home);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn questions_are_asked_before_and_a_password_is_read_once() {
    let bed = Background::new(&["UsePAM yes"]);
    let options = ["-f", "--auth", "password", "--password-fd", "3"];
    let run = bed.home.connect(&bed.sshd, &options, &["echo in"]);
    let output = run.password(PASSWORD).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
    expect_nothing_left(&bed.home);

    let to = bed.sshd.to(&["--plain", "-f", "--auth", "password"], &["sleep 0.2; echo seen"]);
    let to = strs(&to);
    let screen = bed.home.on_pty(&to);
    screen.wait_for("assword:");
    screen.send(&format!("{PASSWORD}<enter>"));
    assert_eq!(screen.exit_code(), 0);
    screen.expect_restored();
    expect_nothing_left(&bed.home);

    // Ctrl-C at the question ends both of the two.
    let screen = bed.home.on_pty(&to);
    screen.wait_for("assword:");
    screen.send("<c-c>");
    assert_ne!(screen.exit_code(), 0);
    screen.expect_restored();
    expect_nothing_left(&bed.home);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_keywords_do_what_the_flag_does() {
    let bed = Background::new(&[]);
    let command = "RemoteCommand sleep 0.3; cat; echo done";
    let config =
        bed.host_block("there", &["BatchMode yes", "ForkAfterAuthentication yes", command]);
    bed.home.write(".ssh/config", &config);
    let output = bed.home.tessh(&["there"]).stdin("not for it").output();
    assert_eq!(output.expect_quiet_success().text(), "done\n");
    expect_nothing_left(&bed.home);
    // What the file resolves is resolved once, though there are two processes.
    let marks = bed.home.path("marks");
    let text = format!("Match exec \"echo x >> {}\"\n{config}", arg(&marks));
    bed.home.write(".ssh/config", &text);
    bed.home.tessh(&["there"]).output().expect_quiet_success();
    assert_eq!(fs::read_to_string(&marks).unwrap().lines().count(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn local_command_has_the_terminal_that_the_session_leaves() {
    let bed = Background::new(&[]);
    let local = ["-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo here"];
    let output = bed.run(&[&["-f"], &local[..]].concat(), &["echo there"]).output();
    assert_eq!(output.expect_quiet_success().text(), "here\nthere\n");
    expect_nothing_left(&bed.home);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_descriptor_of_the_callers_is_not_kept_open() {
    let bed = Background::new(&[]);
    let words = bed.words(&["-fN", "-o", "BatchMode=yes"], &[]);
    let line = format!("exec {} {} 7>&1", env!("CARGO_BIN_EXE_tessh"), words.join(" "));
    // It would be waited for until the connection ends.
    bed.home.run(Path::new("/bin/sh"), &["-c", &line]).output().expect_quiet_success();
    end(the_one(&bed.home));
    expect_nothing_left(&bed.home);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_persistent_master_is_left_and_its_first_client_ends_as_it_would_have() {
    let bed = Background::new(&[]);
    let socket = bed.home.path("shared");
    let share = ["-S", arg(&socket), "-o", "ControlMaster=auto", "-o", "ControlPersist=yes"];
    let output = bed.run(&share, &["cat; echo err >&2; exit 5"]).stdin("through").output();
    output.expect_code(5);
    assert_eq!((output.text().as_str(), output.stderr.as_str()), ("through", "err\n"));
    let master = the_one(&bed.home);
    let checked = bed.run(&["-S", arg(&socket), "-O", "check"], &[]).output();
    assert_eq!(checked.stderr, format!("Master running (pid={})\r\n", master.as_raw_nonzero()));

    // The next one uses it; with -f it is a client that goes to the background.
    bed.run(&[&share[..], &["-f"]].concat(), &["true"]).output().expect_quiet_success();
    bed.run(&share, &["exit 6"]).output().expect_code(6);
    assert_eq!(bed.sshd.log().matches("Accepted publickey").count(), 1);
    bed.run(&["-S", arg(&socket), "-O", "exit"], &[]).output().expect_code(0);
    expect_nothing_left(&bed.home);
    assert!(!socket.exists());

    // Both at once: a master, and a client that leaves its caller.
    let both = [&share[..], &["-f"]].concat();
    bed.run(&both, &["echo both"]).output().expect_quiet_success();
    let master = the_one(&bed.home);
    bed.run(&share, &["true"]).output().expect_quiet_success();
    assert_eq!(the_one(&bed.home), master);
    bed.run(&["-S", arg(&socket), "-O", "exit"], &[]).output().expect_code(0);
    expect_nothing_left(&bed.home);

    // Without anything to run there is only the master.
    bed.run(&[&share[..], &["-N"]].concat(), &[]).output().expect_quiet_success();
    end(the_one(&bed.home));
    expect_nothing_left(&bed.home);
    assert!(!socket.exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_master_that_cannot_be_is_no_reason_to_leave() {
    let bed = Background::new(&[]);
    let socket = bed.home.path("shared");
    fs::write(&socket, "in the way").unwrap();
    let share = ["-S", arg(&socket), "-o", "ControlMaster=auto", "-o", "ControlPersist=yes"];
    let output = bed.run(&share, &["cat; exit 5"]).stdin("through").output();
    output.expect_code(5);
    assert_eq!(output.text(), "through");
    assert!(output.stderr.contains("already exists, disabling multiplexing"), "{output:?}");
    expect_nothing_left(&bed.home);
}

// From here on no server is needed.

/// A server that takes connections and says nothing; gives its port.
fn silence() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn a_signal_to_the_parent_reaches_the_child() {
    for (signal, code) in [
        (Signal::TERM, Some(143)),
        (Signal::INT, Some(130)),
        (Signal::HUP, Some(129)),
        // Nobody can pass that on; the child ends all the same.
        (Signal::KILL, None),
    ] {
        let (listener, port) = silence();
        let home = Home::new();
        let port = port.to_string();
        let words = ["-F", "none", "-f", "-p", &port, "--auth", "none", "127.0.0.1", "true"];
        let mut parent = home.tessh(&words).spawn();
        let (connection, _) = listener.accept().unwrap();
        assert_eq!(running(&home).len(), 2, "{signal:?}");
        kill_process(Pid::from_child(&parent), signal).unwrap();
        assert_eq!(parent.wait().unwrap().code(), code, "{signal:?}");
        expect_nothing_left(&home);
        drop(connection);
    }
}

#[test]
fn a_child_that_is_killed_is_a_failure() {
    let (listener, port) = silence();
    let home = Home::new();
    let port = port.to_string();
    let words = ["-F", "none", "-f", "-p", &port, "--auth", "none", "127.0.0.1", "true"];
    let mut parent = home.tessh(&words).spawn();
    let (connection, _) = listener.accept().unwrap();
    let own = Pid::from_child(&parent);
    let child = running(&home).into_iter().find(|&pid| pid != own).unwrap();
    kill_process(child, Signal::KILL).unwrap();
    assert_eq!(parent.wait().unwrap().code(), Some(137));
    expect_nothing_left(&home);
    drop(connection);
}

#[test]
fn what_is_not_there_is_one_line() {
    let home = Home::new();
    let port = free_port().to_string();
    let words = ["-F", "none", "-f", "-p", &port, "--auth", "none", "127.0.0.1", "true"];
    home.tessh(&words).output().expect_failure(&["connection refused", &port]);
    let words = ["-F", "none", "-p", &port, "--auth", "none", "-S"];
    let persist = ["-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "127.0.0.1", "true"];
    let socket = home.path("shared");
    let words = [&words[..], &[arg(&socket)], &persist].concat();
    home.tessh(&words).output().expect_failure(&["connection refused", &port]);
    expect_nothing_left(&home);
    assert!(!socket.exists());
}
