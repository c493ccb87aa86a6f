//! Standard input, output and error that are closed, full or gone, and logs that cannot be
//! written.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::Command;
use std::time::Instant;

use super::lab::{DemoBed, Row, arg, strs};
use super::{SOON, after, with, words};

#[test]
fn a_full_standard_output_is_one_line() {
    let bed = DemoBed::new();
    for command in ["echo it", "head -c 10000000 /dev/zero"] {
        let row = Row::new(43, "standard output on a full disk");
        let row = row.cause(&["standard output", "No space left"]).next(&["lost"]);
        row.met(|more| with(&bed.home, ">/dev/full", &strs(&words(&bed, more, &[command]))));
    }
}

#[test]
fn a_reader_of_standard_output_that_leaves_ends_the_session() {
    let bed = DemoBed::new();
    // As with `| head -1`: the program goes on writing, or says nothing more for a long time.
    for command in ["yes", "echo y; while :; do sleep 0.2; echo y; done"] {
        let start = Instant::now();
        let mut running = bed.run(&["-o", "BatchMode=yes"], &[command]).start();
        let mut line = String::new();
        BufReader::new(running.stdout()).read_line(&mut line).unwrap();
        assert_eq!(line, "y\n");
        let (code, said) = running.ended();
        let row = Row::new(43, "standard output whose reader leaves").code(141).silent();
        row.check(code, &said, 0, &said);
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
}

#[test]
fn closed_descriptors_cost_nothing_but_what_would_go_there() {
    let bed = DemoBed::new();
    let command = "echo out; echo err >&2; cat; exit 7";
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "<&- 2>/dev/full", "2>/dev/full"] {
        let output = with(&bed.home, closed, &strs(&words(&bed, &[], &[command]))).output();
        output.expect_code(7);
        let out = if closed.contains(">&- ") || closed == ">&-" { "" } else { "out\n" };
        assert_eq!(output.text(), out, "{closed}: {output:?}");
        let err = if closed.contains('2') { "" } else { "err\n" };
        assert_eq!(output.stderr, err, "{closed}: {output:?}");
    }
    // A file that the session opens must not come to stand in for what is closed.
    let (log, session) = (bed.home.path("log"), bed.home.path("session"));
    let options = ["-vvv", "-E", arg(&log), "--log", arg(&session)];
    let all = with(&bed.home, "<&- >&- 2>&-", &strs(&words(&bed, &options, &[command]))).output();
    all.expect_code(7);
    let said = bed.home.read("log");
    assert!(said.lines().all(|line| line != "out" && line != "err"), "{said}");
    // Which of two streams comes first is chance.
    let session = bed.home.read("session");
    assert!(["out\nerr\n", "err\nout\n"].contains(&&*session), "{session}");
}

#[test]
fn a_verb_says_that_its_output_cannot_be_written() {
    let bed = DemoBed::new();
    for verb in [&["-G", "host"][..], &["help"], &["explain", "host"], &["man"]] {
        let output = with(&bed.home, ">/dev/full", verb).output();
        output.expect_failure(&["standard output", "No space left", "make room"]);
        let output = with(&bed.home, "| head -c 1", verb).output();
        output.expect_code(0);
        assert_eq!((output.stdout.len(), &*output.stderr), (1, ""), "{output:?}");
    }
}

#[test]
fn a_log_of_messages_on_a_full_disk_is_said_once_and_the_session_goes_on() {
    let bed = DemoBed::new();
    let run = |options: &[&str]| {
        let all = [options, &["-E", "/dev/full"]].concat();
        bed.home.tessh(&strs(&words(&bed, &all, &["echo in; exit 3"])))
    };
    let row = Row::new(43, "the file of `-E` on a full disk").code(3).once();
    let row = row.cause(&["/dev/full", "No space left", "standard error"]);
    assert_eq!(row.met(|_| run(&["-vvv"])).text(), "in\n");
    // Where nothing is to be said, nothing is.
    assert_eq!(run(&[]).output().stderr, "");
    // What matters is not lost with the file: it follows on standard error.
    let wrong = ["-E", "/dev/full", "-v", "-p", "1", "someone@127.0.0.1", "true"];
    let output = bed.home.tessh(&wrong).output();
    output.expect_last_line(&["refused"]);
    assert_eq!(output.stderr.lines().count(), 2, "{output:?}");
    let nowhere = ["-E", "none/log", "someone@127.0.0.1", "true"];
    bed.home.tessh(&nowhere).output().expect_failure(&["none/log", "another file with -E"]);
}

#[test]
fn a_log_of_messages_that_is_a_pipe_is_not_waited_for() {
    let bed = DemoBed::new();
    let pipe = bed.home.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let options = ["-vvv", "-E", "pipe"];
    let run = || bed.home.tessh(&strs(&words(&bed, &options, &["echo in; exit 3"])));
    let row = Row::new(43, "the file of `-E` is a pipe without a reader").once();
    row.cause(&["nobody reads"]).next(&["another file with -E"]).met(|_| run());
    // One that is read gets the lines. Opened for both ways, a pipe waits for nobody.
    let both = File::options().read(true).write(true).open(&pipe).unwrap();
    let mut reader = File::open(&pipe).unwrap();
    drop(both);
    let output = run().output();
    output.expect_code(3);
    assert_eq!((&*output.text(), &*output.stderr), ("in\n", ""), "{output:?}");
    let mut said = String::new();
    reader.read_to_string(&mut said).unwrap();
    assert!(said.contains("debug1: "), "{said}");
}

#[test]
fn a_session_log_that_fails_on_the_way_is_said_once_and_the_session_goes_on() {
    let bed = DemoBed::new();
    let path = bed.home.path("log");
    let row = Row::new(43, "a session's log that reaches the limit of `ulimit -f`").code(0);
    row.cause(&["the log", "ends here"]).met(|more| {
        let options = [more, &["--log", arg(&path)]].concat();
        let words = words(&bed, &options, &["seq 1 20000"]);
        // The largest file is one block: as a full disk is, for the logs alone.
        after(&bed.home, "rm -f log; ulimit -f 1", &strs(&words))
    });
    let log = bed.home.read("log");
    assert!(log.starts_with("1\n2\n3\n"), "{log}");
}
