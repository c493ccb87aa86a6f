//! `tessh bench` against OpenSSH's server: what it measures beside ssh and alone, its chart, JSON and
//! picture, the search for a cipher, and what it says where little or nothing can be measured.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::time::Duration;

use lab::{Bed, DEADLINE, Home, Output, PASSWORD, Run, Sshd, USER, arg, python, strs, tool};
use rustix::process::Signal;
use serde_json::Value;

/// What all runs have: little time, and little to transfer.
const LITTLE: [&str; 4] = ["--seconds", "4", "--bytes", "256K"];
/// Enough for a rate, on a busy machine too.
const TELLING: [&str; 4] = ["--seconds", "15", "--bytes", "64M"];

fn bench(bed: &Bed, more: &[&str]) -> Run {
    let words = bed.words(&[&LITTLE, more].concat(), &[]);
    bed.home.tessh(&[&["bench"], &strs(&words)[..]].concat())
}

fn object(output: &Output) -> Value {
    output.expect_code(0);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:#?}"))
}

/// The median of a spread, which is that of its runs.
#[track_caller]
fn positive(spread: &Value) -> f64 {
    let median = spread["median"].as_f64().unwrap_or_else(|| panic!("no figure: {spread}"));
    let runs: Vec<f64> =
        spread["runs"].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect();
    assert!(median > 0.0 && !runs.is_empty(), "{spread}");
    let within = spread["min"].as_f64().unwrap() <= median;
    assert!(within && median <= spread["max"].as_f64().unwrap(), "{spread}");
    median
}

/// A transfer's rate, or none where a busy machine has let it tell none: then no wall is made of it.
#[track_caller]
fn positive_or_untold(transfer: &Value, found: &Value) {
    if transfer["mib_per_s"].is_null() {
        let mut walls = found["walls"].as_array().unwrap().iter();
        let is_of_tessh = transfer["program"] == "tessh";
        let same = |wall: &Value| wall["direction"] == transfer["direction"];
        assert!(!is_of_tessh || !walls.any(same), "{found:#}");
    } else {
        positive(&transfer["mib_per_s"]);
    }
}

/// The time of a key's echo; none where a busy machine has not come to keys, which come last.
#[track_caller]
fn positive_or_time_over(echo: Option<&Value>, found: &Value) {
    match echo {
        Some(echo) if !echo["ms"].is_null() => drop(positive(&echo["ms"])),
        _ => assert_eq!(found["ended"], "time-over", "{found:#}"),
    }
}

/// The fastest cipher; `None` where a busy machine has left one of them unmeasured, and only then.
fn fastest(found: &Value) -> Option<&str> {
    let transfers = found["transfers"].as_array().unwrap();
    let told = transfers.iter().filter(|it| !it["mib_per_s"].is_null()).count();
    let all = 2 * found["ciphers"].as_array().unwrap().len();
    assert!(told < all || found["fastest"]["cipher"].is_string(), "{found:#}");
    found["fastest"]["cipher"].as_str()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn both_programs_are_measured_with_one_cipher_and_every_figure_is_in_the_json_and_the_picture() {
    let bed = Bed::new(&[]);
    let picture = bed.home.path("bars.svg");
    // Enough for every part, on a busy machine too.
    let more = ["--seconds", "30", "--bytes", "64M", "--json", "-c", "aes256-ctr"];
    let more = [&more[..], &["--svg", arg(&picture)]].concat();
    let output = bench(&bed, &more).deadline(2 * DEADLINE).output();
    let found = object(&output);
    // The judgement of the host key is an event of its own; the further logins say nothing.
    let events: Vec<Value> =
        output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 1, "{}", output.stderr);
    assert_eq!(events[0]["event"], "host-key");
    assert_eq!((&found["mode"], &found["without_ssh"]), (&"processes".into(), &Value::Null));
    let of = |list: &'static str, program: &'static str| {
        let all = found[list].as_array().unwrap().iter();
        all.filter(move |it| it["program"] == program)
    };
    for program in ["tessh", "ssh"] {
        let transfers: Vec<&Value> = of("transfers", program).collect();
        assert_eq!(transfers.len(), 2, "{found:#}");
        for transfer in transfers {
            positive_or_untold(transfer, &found);
            assert_eq!(transfer["cipher"], "aes256-ctr");
        }
        let start = of("starts", program).next().unwrap();
        assert!(positive(&start["wall_ms"]) > positive(&start["cpu_ms"]) / 4.0);
        positive_or_time_over(of("echo", program).next(), &found);
    }
    positive(&found["round_trip_ms"]);
    for step in ["name_lookup", "tcp", "greeting", "key_exchange", "authentication"] {
        positive(&found["set_up_ms"][step]);
    }
    positive(&found["set_up_ms"]["channel"]);
    positive(&found["set_up_ms"]["first_output"]);
    for wall in found["walls"].as_array().unwrap() {
        let known =
            ["window", "client", "beginning", "server", "connection", "link", "server-or-link"];
        assert!(known.contains(&wall["wall"].as_str().unwrap()), "{wall}");
        assert!(
            wall["window_bytes"].as_u64()
                > wall["window_in_use_bytes"].as_f64().map(|it| it as u64)
        );
    }
    // The cipher was that of the connections, and nothing but the key was tried.
    let log = bed.sshd.log();
    assert!(log.contains("cipher: aes256-ctr") && !log.contains("cipher: aes128-gcm"), "{log}");
    assert!(bed.sshd.methods_tried().iter().all(|method| method.starts_with("publickey")));
    let check = "import sys, xml.dom.minidom as m; \
                 d = m.parse(sys.argv[1]); print(d.documentElement.tagName, len(d.getElementsByTagName('rect')))";
    let seen = tool(arg(&python()), &["-c", check, arg(&picture)]);
    let (root, bars) = seen.trim().split_once(' ').unwrap();
    assert!(root == "svg" && bars.parse::<usize>().unwrap() > 10, "{seen}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn alone_it_shows_a_table_and_on_a_terminal_bars() {
    let bed = Bed::new(&[]);
    let output = bench(&bed, &[&TELLING[..], &["--without-ssh"]].concat()).output();
    output.expect_code(0);
    let page = output.text();
    for word in ["rate, MiB/s", "download", "upload", "round trip", "window", "is the wall"] {
        assert!(
            page.contains(word) || (word == "is the wall" && page.contains("tells no rate")),
            "{word}: {page}"
        );
    }
    assert!(!page.contains(['#', '\x1b']) && !page.contains(" x ssh"), "{page}");
    assert!(!page.contains("ssh is not beside it"), "nobody asked for it: {page}");
    let words = bed.words(&[&LITTLE, &["--without-ssh"][..]].concat(), &[]);
    let pty = bed.home.on_pty(&[&["bench"], &strs(&words)[..]].concat());
    pty.wait_written("Ctrl-C ends it");
    pty.wait_written("####");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_fastest_cipher_is_one_that_the_server_has_and_none_of_old_servers() {
    let ciphers = "Ciphers aes256-ctr,aes256-gcm@openssh.com,aes128-cbc,3des-cbc";
    let bed = Bed::new(&[ciphers]);
    let more = [&TELLING[..], &["--algorithms", "--without-ssh", "--json"]].concat();
    let found = object(&bench(&bed, &more).output());
    assert_eq!(found["ciphers"], serde_json::json!(["aes256-gcm@openssh.com", "aes256-ctr"]));
    let Some(cipher) = fastest(&found) else { return };
    let fastest = &found["fastest"];
    assert!(found["ciphers"].as_array().unwrap().iter().any(|it| it == cipher), "{found:#}");
    assert_eq!(fastest["ssh_config"], format!("Ciphers {cipher}"));
    assert_eq!(fastest["session"], format!("algorithms.cipher = \"{cipher}\""));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_login_that_asks_is_done_once_and_measured_within_its_connection() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let login = ["bench", "--auth", "password", "--password-fd", "3", "--json"];
    let words = sshd.to(&[&login, &TELLING[..]].concat(), &[]);
    let found = object(&home.tessh(&strs(&words)).password(PASSWORD).output());
    assert_eq!(found["mode"], "channels");
    let why = found["without_ssh"].as_str().unwrap();
    assert!(why.contains("the login asks"), "{why}");
    for transfer in found["transfers"].as_array().unwrap() {
        positive_or_untold(transfer, &found);
    }
    positive_or_time_over(found["echo"].get(0), &found);
    assert_eq!(found["walls"][0]["two_at_once_mib_per_s"], Value::Null);
    assert_eq!(sshd.log().matches("Accepted password").count(), 1, "{}", sshd.log());
    // What was typed for one login is not a login for each cipher.
    let twice = sshd.to(&[&login, &TELLING[..], &["--algorithms"]].concat(), &[]);
    let found = object(&home.tessh(&strs(&twice)).password(PASSWORD).output());
    assert_eq!(fastest(&found).is_none(), found["fastest"].is_null(), "{found:#}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_with_a_passphrase_is_opened_once_and_no_other_program_is_tried_with_it() {
    let bed = Bed::new(&[]);
    let key = bed.home.key("locked", &["ed25519"], "a passphrase");
    bed.sshd.authorize(&key, "");
    let login = ["bench", "--plain", "--auth", "publickey", "-i", arg(&key)];
    let words = bed.sshd.to(&[&login, &LITTLE[..]].concat(), &[]);
    let pty = bed.home.on_pty(&strs(&words));
    pty.wait_written("passphrase");
    pty.send("a passphrase\r");
    pty.wait_written("the login asks");
    assert_eq!(pty.exit_code(), 0);
    assert!(!pty.written().contains("a run failed"), "{}", pty.written());
    assert_eq!(bed.sshd.log().matches("Accepted publickey").count(), 1, "{}", bed.sshd.log());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_jump_host_that_would_ask_again_is_logged_in_to_once() {
    let (gate, inner) = (Sshd::start(&[]), Sshd::start(&[]));
    let home = Home::new();
    gate.authorize(&home.key("locked", &["ed25519"], "a passphrase"), "");
    inner.authorize(&home.key("open", &["ed25519"], ""), "");
    let host = |name, sshd: &Sshd, key| {
        let port = sshd.port();
        let to = format!("Host {name}\n HostName 127.0.0.1\n Port {port}\n User {USER}\n");
        format!("{to} IdentityFile ~/{key}\n PreferredAuthentications publickey\n")
    };
    home.write(".ssh/known_hosts", &(gate.known_hosts() + &inner.known_hosts()));
    let config = host("gate", &gate, "locked") + &host("inner", &inner, "open");
    home.write(".ssh/config", &config);
    let to = |jump| [&["bench", "--plain", "-J", jump][..], &LITTLE, &["inner"]].concat();
    let pty = home.on_pty(&to("gate"));
    pty.wait_written("passphrase");
    pty.send("a passphrase\r");
    pty.wait_written("the login asks");
    assert_eq!(pty.exit_code(), 0);
    assert!(!pty.written().contains("a run failed"), "{}", pty.written());
    for (sshd, name) in [(&gate, "gate"), (&inner, "inner")] {
        let log = sshd.log();
        assert_eq!(log.matches("Accepted publickey").count(), 1, "{name}: {log}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_runs_no_commands_gives_one_line() {
    let bed = Bed::new(&["Subsystem sftp internal-sftp", "ForceCommand internal-sftp"]);
    bench(&bed, &[]).output().expect_failure(&["cannot be measured", "dd and cat", "SFTP"]);
    let nowhere = bed.home.path("none/bars.svg");
    bench(&bed, &["--svg", arg(&nowhere)]).output().expect_failure(&["picture", "bars.svg"]);
    bench(&bed, &["--ssh", "/no/such"]).output().expect_failure(&["/no/such is no program"]);
    let text = bed.home.path("text");
    std::fs::write(&text, "").unwrap();
    bench(&bed, &["--ssh", arg(&text)]).output().expect_failure(&["text is no program"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_login_that_prints_something_itself_is_told_from_one_without_programs() {
    let bed = Bed::new(&["ForceCommand echo welcome; eval \"$SSH_ORIGINAL_COMMAND\""]);
    bench(&bed, &[]).output().expect_failure(&["sent 65544 bytes", "prints something itself"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_takes_nothing_is_measured_the_other_way() {
    let refuses =
        "case \"$SSH_ORIGINAL_COMMAND\" in *of=*) echo nothing is taken >&2; exit 1;; esac";
    let bed = Bed::new(&[&format!("ForceCommand {refuses}; eval \"$SSH_ORIGINAL_COMMAND\"")]);
    let more = [&TELLING[..], &["--without-ssh", "--json"]].concat();
    let found = object(&bench(&bed, &more).output());
    let transfers = found["transfers"].as_array().unwrap();
    assert!(transfers.iter().all(|it| it["direction"] == "download"), "{found:#}");
    positive_or_untold(&transfers[0], &found);
    let notes = found["notes"].as_array().unwrap();
    assert!(
        notes.len() == 1 && notes[0].as_str().unwrap().contains("nothing is taken"),
        "{found:#}"
    );
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_restricted_shell_is_measured_both_ways() {
    let bed = Bed::new(&["ForceCommand bash -rc \"$SSH_ORIGINAL_COMMAND\""]);
    let more = [&TELLING[..], &["--without-ssh", "--json"]].concat();
    let found = object(&bench(&bed, &more).output());
    assert_eq!(found["notes"], serde_json::json!([]));
    let transfers = found["transfers"].as_array().unwrap();
    assert_eq!(transfers.len(), 2, "{found:#}");
    transfers.iter().for_each(|transfer| positive_or_untold(transfer, &found));
    positive_or_time_over(found["echo"].get(0), &found);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_of_one_session_is_measured_run_after_run() {
    let sshd = Sshd::start(&["MaxSessions 1"]);
    let home = Home::knowing(&sshd);
    let login = ["bench", "--auth", "password", "--password-fd", "3", "--json"];
    let words = sshd.to(&[&login, &LITTLE[..]].concat(), &[]);
    let found = object(&home.tessh(&strs(&words)).password(PASSWORD).output());
    assert_eq!(found["notes"], serde_json::json!([]));
    assert_eq!(found["transfers"].as_array().unwrap().len(), 2, "{found:#}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn figures_are_shown_although_the_picture_cannot_be_written_any_more() {
    let bed = Bed::new(&[]);
    let place = bed.home.path("pictures");
    std::fs::create_dir(&place).unwrap();
    let picture = place.join("bars.svg");
    let mut running = bench(&bed, &["--without-ssh", "--svg", arg(&picture)]).start();
    lab::wait_until("the login", || bed.sshd.log().contains("Accepted publickey"));
    std::fs::remove_dir(&place).unwrap();
    let mut page = String::new();
    std::io::Read::read_to_string(&mut running.stdout(), &mut page).unwrap();
    let (code, said) = running.ended();
    assert!(code == Some(255) && page.contains("round trip"), "{code:?} {said} {page}");
    assert!(said.contains("bars.svg") && !said.contains(".tessh-"), "{said}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn where_the_time_has_no_room_for_logins_runs_are_channels_and_enough_is_named() {
    // A login shell that takes its time.
    let slow = "ForceCommand sleep 1; eval \"$SSH_ORIGINAL_COMMAND\"";
    let bed = Bed::new(&[slow]);
    let found = object(&bench(&bed, &["--seconds", "8", "--json"]).output());
    assert_eq!((&found["mode"], &found["notes"]), (&"channels".into(), &serde_json::json!([])));
    let why = found["without_ssh"].as_str().unwrap();
    assert!(why.contains("need more time here; --seconds "), "{why}");
    assert_eq!(bed.sshd.log().matches("Accepted publickey").count(), 1);
    // Not even the first command ends.
    let output = bench(&bed, &["--seconds", "1"]).output();
    output.expect_failure(&["nothing was measured within 1 s", "--seconds"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_ssh_that_fails_is_said_and_the_time_is_kept_whatever_is_to_be_transferred() {
    let bed = Bed::new(&[]);
    let more = ["--ssh", "/bin/false", "--seconds", "5", "--bytes", "64G"];
    let output = bench(&bed, &more).output();
    output.expect_code(0);
    let page = output.text();
    assert!(page.contains("ssh is not beside it") && page.contains("download"), "{page}");
    assert!(output.took < Duration::from_secs(15), "{:?}", output.took);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_interrupt_shows_what_was_measured_so_far() {
    let bed = Bed::new(&[]);
    let mut running = bench(&bed, &["--seconds", "60", "--without-ssh"]).start();
    // The first runs of their own; the login before them is the first.
    lab::wait_until("runs are made", || bed.sshd.log().matches("Accepted publickey").count() > 8);
    let mut stdout = running.stdout();
    running.signal(Signal::INT);
    let mut page = String::new();
    std::io::Read::read_to_string(&mut stdout, &mut page).unwrap();
    assert_eq!(running.ended().0, Some(130));
    assert!(page.contains("round trip") && page.contains("ended before everything"), "{page}");
}
