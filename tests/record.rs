//! Session logs, and servers whose encoding is not UTF-8.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use lab::{DEMO_USER, DemoBed, Home, TESSH, arg, strs};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_shell_is_logged_as_it_is_read_and_a_second_session_follows() {
    let bed = DemoBed::new();
    let template = format!("{}/&h-&p-&u.log", bed.home.path("").display());
    let name = format!("127.0.0.1-{}-{DEMO_USER}.log", bed.demo.port());
    for word in ["one", "two"] {
        let pty = bed.shell(&["--log", &template]);
        pty.send(&format!("printf '\\033[1m{word}\\033[0m\\n' | cax<bs>t<enter>"));
        pty.wait_written(&format!("{word}\x1b[0m"));
        pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("demo$"));
        pty.leave_shell(3);
    }
    assert_eq!(mode(&bed.home.path(&name)), 0o600);
    let log = bed.home.read(&name);
    let session = |word: &str| {
        format!("demo$ printf '\\033[1m{word}\\033[0m\\n' | cat\n{word}\ndemo$ exit 3\n")
    };
    assert_eq!(log, session("one") + &session("two"));
}

#[test]
fn a_session_that_is_ended_leaves_its_last_line() {
    let bed = DemoBed::new();
    let path = bed.home.path("log");
    let pty = bed.shell(&["--log", arg(&path)]);
    pty.send("half a li");
    pty.wait_for("half a li");
    pty.signal(rustix::process::Signal::TERM);
    assert_eq!(pty.exit_code(), 128 + 15);
    assert_eq!(bed.home.read("log"), "demo$ half a li");
}

#[test]
fn a_raw_log_is_what_a_command_wrote_and_so_is_standard_output() {
    let bed = DemoBed::new();
    let path = bed.home.path("raw");
    let options = ["-T", "--log", arg(&path), "--log-format", "raw"];
    let bytes = r"head -c 300000 /dev/zero; printf '\033[1m\377\r\n'";
    let output = bed.run(&options, &[bytes]).output().expect_quiet_success();
    let wanted = [&vec![0; 300_000][..], b"\x1b[1m\xff\r\n"].concat();
    assert!(output.stdout == wanted);
    assert!(fs::read(&path).unwrap() == wanted);
}

#[test]
fn both_streams_of_a_command_are_in_the_log_with_the_time_of_the_zone() {
    let bed = DemoBed::new();
    let path = bed.home.path("log");
    let options = ["--log", arg(&path), "--log-timestamp", "local"];
    let run = bed.run(&options, &[r"printf '\033[1mout\n'; exec >&2; echo err; date -u +%H"]);
    let output = run.env("TZ", "XST-14").output();
    output.expect_code(0);
    assert_eq!(output.text(), "\x1b[1mout\n", "what is shown is as without a log");
    let log = bed.home.read("log");
    let stamped = |word: &str| {
        let line = log.lines().find(|line| line.ends_with(word));
        line.unwrap_or_else(|| panic!("no {word} in {log}")).to_owned()
    };
    for word in ["] out", "] err"] {
        let line = stamped(word);
        let (stamp, _) = line.split_once("] ").unwrap();
        assert_eq!(stamp.len(), "[2026-03-09 21:05:04.021".len(), "{line}");
        let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
        assert_eq!(stamp.chars().map(digits).collect::<String>(), "[0000-00-00 00:00:00.000");
    }
    // The zone is 14 hours ahead; the line may come in the next hour.
    // The streams come in any order.
    let mut lines = log.lines().filter_map(|line| line.split_once("] "));
    let (stamp, utc) = lines.find(|(_, said)| said.parse::<u32>().is_ok()).unwrap();
    let hours: [u32; 2] = [stamp[12..14].parse().unwrap(), utc.parse().unwrap()];
    assert!([14, 15].contains(&((hours[0] + 24 - hours[1]) % 24)), "{log}");
}

#[test]
fn a_log_that_cannot_be_written_costs_no_connection() {
    let (home, listener) = (Home::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port().to_string();
    home.write("target", "");
    symlink(home.path("target"), home.path("link")).unwrap();
    for (file, words) in [
        ("link", &["cannot write the log", "symbolic link"][..]),
        ("none/log", &["cannot write the log", "no such directory"]),
        ("/dev/full", &["cannot write the log", "not a regular file"]),
        ("%!", &["strftime"]),
    ] {
        let words_ = ["--log", file, "-p", &port, "127.0.0.1", "true"];
        home.tessh(&words_).output().expect_failure(words);
    }
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "it was connected to");
    assert_eq!(home.read("target"), "");
}

#[test]
fn a_log_that_fails_on_the_way_is_one_warning() {
    let bed = DemoBed::new();
    let path = bed.home.path("log");
    let words = bed.words(&["--log", arg(&path)], &["seq 1 20000"]);
    // The largest file is one block: as a full disk is, for the log alone.
    let limit = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let tessh = [&["-c", limit, TESSH][..], &strs(&words)].concat();
    let output = bed.home.run(Path::new("/bin/sh"), &tessh).output();
    output.expect_code(0);
    assert_eq!(output.text().lines().count(), 20000, "the session goes on");
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    assert!(output.stderr.contains("ends here"), "{}", output.stderr);
    assert!(bed.home.read("log").starts_with("1\n2\n3\n"));
}

#[test]
fn a_saved_session_has_its_log_and_its_encoding() {
    let bed = DemoBed::new();
    let words = bed.words(&["--log", "%Y.log", "--encoding", "sjis"], &[]);
    let save = [&["sessions", "save", "jp"][..], &strs(&words)].concat();
    bed.home.tessh(&save).output().expect_code(0);
    let saved = bed.home.read(".config/tessh/sessions/jp.toml");
    assert!(saved.contains("encoding = \"sjis\"") && saved.contains("/%Y.log\""), "{saved}");
    let pty = bed.home.on_pty(&["--plain", "jp"]);
    pty.wait_for("demo$");
    pty.send(r"printf '(\223\372\226\173)\n'; exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    let log = || {
        let logs = fs::read_dir(bed.home.path("")).unwrap().map(|entry| entry.unwrap().path());
        let log = logs.filter(|path| path.extension().is_some_and(|it| it == "log")).last();
        fs::read(log.unwrap()).unwrap()
    };
    let first = String::from_utf8_lossy(&log()).into_owned();
    assert!(pty.written().contains("(日本)"), "{}\nin the log: {first}", pty.written());
    // A command may write anything: its bytes are left alone.
    let output = bed.home.tessh(&["jp", r"printf '\223\372'"]).output();
    output.expect_code(0);
    assert_eq!(output.stdout, b"\x93\xfa");
    assert!(output.stderr.contains("not applied"), "{}", output.stderr);
    assert!(first.contains("\n(日本)\n"), "what is shown is logged: {first}");
    assert!(log().ends_with(b"\x93\xfa"));
}

#[test]
fn a_server_with_another_encoding_is_shown_and_typed_to() {
    for (name, japanese, octal, hexadecimal) in [
        ("EUC-JP", "日本", ["\\306", "\\374\\313\\334"], "c6 fc cb dc"),
        ("Shift_JIS", "日本", ["\\223", "\\372\\226\\173"], "93 fa 96 7b"),
        ("windows-1251", "да", ["\\344", "\\340"], "e4 e0"),
    ] {
        let bed = DemoBed::new();
        let pty = bed.shell(&["--encoding", name]);
        // The first character comes in two pieces: the rest waits for a key.
        let [one, other] = octal;
        pty.send(&format!("stty -echo; printf '(\\050{one}'; read k; printf '{other})\\n'<enter>"));
        pty.wait_until("the first piece", |screen| screen.contains("\n(("));
        pty.send("<enter>");
        pty.wait_for(&format!("(({japanese})"));
        pty.send("stty echo<enter>");
        pty.wait_until("the prompt", |screen| screen.matches("demo$").count() == 3);
        pty.send("read x; printf %s \"$x\" | od -An -tx1<enter>");
        pty.wait_for("od -An -tx1");
        pty.send(&format!("{japanese}<enter>"));
        let screen = pty.wait_for(hexadecimal);
        assert!(screen.contains(&format!("\n{japanese}\n")), "{name}: the echo is\n{screen}");
        pty.send("<enter>~.");
        assert_eq!(pty.exit_code(), 255);
        pty.expect_restored();
    }
}

#[test]
fn an_encoding_for_what_may_be_no_text_is_refused() {
    let (home, listener) = (Home::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port().to_string();
    let run = |name: &str| home.tessh(&["--encoding", name, "-p", &port, "127.0.0.1", "true"]);
    run("EUC-JP").output().expect_failure(&["--encoding", "-t asks for a terminal"]);
    run("EUC-JQ").output().expect_failure(&["no encoding is called 'EUC-JQ'", "near it: EUC-JP"]);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "it was connected to");
    // UTF-8 asks for nothing.
    let bed = DemoBed::new();
    let output = bed.run(&["--encoding", "utf8"], &[r"printf '\377'"]).output();
    assert_eq!(output.expect_quiet_success().stdout, b"\xff");
}
