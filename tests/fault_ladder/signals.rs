//! Signals, and what is left behind by a process that is killed.

use std::io::{BufRead, BufReader};

use rustix::process::Signal;

use super::lab::{
    Bed, DemoBed, Row, arg, echo, exchange, free_port, strs, try_exchange, wait_until,
};
use super::{after, words};

/// A shell on a terminal, with these options first.
fn shell(bed: &DemoBed, more: &[&str]) -> super::lab::Pty {
    bed.shell(more)
}

#[test]
fn ten_thousand_window_changes_end_with_the_last_size() {
    let bed = DemoBed::new();
    let row = Row::new(44, "10,000 changes of the window's size").code(3).silent();
    row.met_on_pty(
        |more| shell(&bed, more),
        |pty| {
            for n in 0..10_000 {
                pty.resize(20 + n % 50, 60 + n % 70);
            }
            pty.resize(33, 111);
            pty.send("until [ \"$(stty size)\" = '33 111' ]; do :; done; exit 3<enter>");
        },
    );
}

#[test]
fn signals_that_end_the_program_restore_the_terminal() {
    let bed = DemoBed::new();
    let all = [
        (Signal::HUP, 129, "SIGHUP"),
        (Signal::INT, 130, "SIGINT"),
        (Signal::QUIT, 131, "SIGQUIT"),
        (Signal::TERM, 143, "SIGTERM"),
    ];
    for (signal, code, name) in all {
        let row = Row::new(44, name).code(code).silent();
        row.met_on_pty(|more| shell(&bed, more), |pty| pty.signal(signal));
    }
    // The one that a closed pipe sends means nothing; the write that failed does.
    let row = Row::new(44, "SIGPIPE").code(5).silent();
    row.met_on_pty(
        |more| shell(&bed, more),
        |pty| {
            pty.signal(Signal::PIPE);
            pty.send("exit 5<enter>");
        },
    );
}

#[test]
fn signals_end_a_dialog_and_a_question_and_restore_the_terminal() {
    for plain in [true, false] {
        for signal in [Signal::HUP, Signal::QUIT, Signal::TERM] {
            let bed = DemoBed::unknown();
            let pty = match plain {
                true => bed.in_lines(&[], &[]),
                false => bed.in_dialogs(&[], "C.UTF-8"),
            };
            pty.wait_for(&bed.demo.fingerprint()[..20]);
            pty.signal(signal);
            assert_eq!(pty.exit_code(), 128 + signal.as_raw());
            pty.expect_restored();
            assert!(!bed.home.path(".ssh/known_hosts").exists());
        }
    }
}

#[test]
fn a_stopped_session_goes_on_raw_and_with_the_size_it_has_then() {
    let bed = DemoBed::new();
    let row = Row::new(44, "SIGSTOP, a shell that takes the terminal, SIGCONT").code(6).silent();
    row.met_on_pty(
        |more| shell(&bed, more),
        |pty| {
            assert!(pty.modes_differ());
            pty.signal(Signal::STOP);
            wait_until("it is stopped", || state(pty.pid()) == 'T');
            // As the shell does when a job stops.
            pty.put_modes_back();
            assert!(!pty.modes_differ());
            pty.resize(31, 101);
            pty.signal(Signal::CONT);
            wait_until("the terminal is raw again", || pty.modes_differ());
            pty.send("until [ \"$(stty size)\" = '31 101' ]; do :; done; exit 6<enter>");
        },
    );
}

/// The state of a process, as proc(5) has it.
fn state(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn signals_that_were_ignored_at_the_start_stay_so() {
    let bed = Bed::new(&[]);
    for (name, signal) in [("HUP", Signal::HUP), ("INT", Signal::INT), ("QUIT", Signal::QUIT)] {
        let (port, to) = (free_port(), echo());
        let forward = format!("{port}:127.0.0.1:{to}");
        let words = bed.words(&["-o", "BatchMode=yes", "-N", "-L", &forward], &[]);
        // As nohup has it, and a script's background jobs.
        let mut running = after(&bed.home, &format!("trap '' {name}"), &strs(&words)).start();
        wait_until("the forward works", || try_exchange(port, b"a").is_ok_and(|it| it == b"a"));
        running.signal(signal);
        assert_eq!(exchange(port, b"still there"), b"still there");
        running.signal(Signal::TERM);
        assert_eq!(running.ended().0, Some(143), "{name}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_run_after_kill_9_finds_nothing_in_its_way() {
    let bed = super::files_bed();
    let socket = ["-o", "ControlMaster=auto", "-S", "socket"];
    let words =
        bed.words(&[&["-o", "BatchMode=yes"], &socket[..]].concat(), &["echo in; sleep 100"]);
    let mut master = bed.home.tessh(&strs(&words)).start();
    let mut line = String::new();
    BufReader::new(master.stdout()).read_line(&mut line).unwrap();
    wait_until("the socket is there", || bed.home.path("socket").exists());
    master.signal(Signal::KILL);
    master.ended();
    assert!(bed.home.path("socket").exists(), "it is left behind");
    let row = Row::new(44, "the run after SIGKILL, with its socket left behind").code(0).silent();
    row.met(|more| bed.run(&[more, &socket[..]].concat(), &["echo in"]));

    // A copy that was killed is continued.
    let content = super::lab::noise(40 << 20);
    std::fs::write(bed.sshd.path("home/large"), &content).unwrap();
    let mut get = bed.home.tessh(&["get", "--limit", "4M", "srv:large", "."]).start();
    let partial = bed.home.path("large.filepart");
    wait_until("some is there", || std::fs::metadata(&partial).is_ok_and(|it| it.len() > 1 << 20));
    get.signal(Signal::KILL);
    get.ended();
    let output = bed.home.tessh(&["get", "srv:large", "."]).output();
    output.expect_code(0);
    assert!(std::fs::read(bed.home.path("large")).unwrap() == content);
    assert!(!partial.exists(), "{}", arg(&partial));
}

#[test]
fn a_terminal_left_raw_by_kill_9_serves_the_next_run() {
    let bed = DemoBed::new();
    let login = strs_joined(&words(&bed, &["--plain", "-tt"], &[]));
    let pty = bed.home.run_on_pty(std::path::Path::new("/bin/sh"), &[], &[("PS1", "local: ")]);
    pty.wait_for("local:");
    // The key Enter is a line's end only where the terminal is as it should be; Ctrl-J always is.
    let start = |pty: &super::lab::Pty| pty.send(&format!("{} {login}<c-j>", super::lab::TESSH));
    start(&pty);
    pty.wait_for("demo$");
    let client = child_of(pty.pid());
    rustix::process::kill_process(rustix::process::Pid::from_raw(client).unwrap(), Signal::KILL)
        .unwrap();
    pty.wait_until("the shell is back", |screen| screen.trim_end().ends_with("local:"));
    start(&pty);
    pty.wait_until("the next shell", |screen| screen.trim_end().ends_with("demo$"));
    pty.send("exit 8<c-j>");
    pty.wait_until("the shell is back again", |screen| screen.trim_end().ends_with("local:"));
    pty.send("exit $?<c-j>");
    assert_eq!(pty.exit_code(), 8);
}

/// The only child of a process.
fn child_of(pid: u32) -> i32 {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().next().expect("a child").parse().unwrap()
}

/// Words as a shell takes them.
fn strs_joined(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ")
}
