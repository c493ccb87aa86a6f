//! `tessh get` and `tessh put` against OpenSSH's server.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "files/far.rs"]
mod far;
mod lab;
#[path = "files/ways.rs"]
mod ways;

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use lab::{Bed, DEADLINE, Home, Output, Sshd, arg, noise, wait_until};
use serde_json::Value;

const SFTP: &str = "Subsystem sftp /usr/lib/openssh/sftp-server";

/// A server with an SFTP server, which the home knows as `srv`, and the key as its identity.
fn bed(lines: &[&str]) -> Bed {
    bed_of(Sshd::start(&[&[SFTP], lines].concat()))
}

fn bed_of(sshd: Sshd) -> Bed {
    let bed = Bed::of(sshd);
    let block = bed.host_block("srv gate", &["PreferredAuthentications publickey"]);
    bed.home.write(".ssh/config", &block);
    fs::create_dir(bed.home.path("here")).unwrap();
    bed
}

/// A place in the home directory on the server.
fn there(bed: &Bed, name: &str) -> PathBuf {
    bed.sshd.path("home").join(name)
}

/// Makes a file with a mode and a time.
fn make(path: &Path, bytes: &[u8], mode: u32, time: i64) {
    fs::write(path, bytes).unwrap();
    give(path);
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(time.unsigned_abs());
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

/// Gives what is on the server to its user.
fn give(path: &Path) {
    let home = path.ancestors().find(|it| it.file_name().is_some_and(|name| name == "home"));
    if let Some(home) = home {
        let owner = fs::metadata(home).unwrap();
        chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
}

fn run(bed: &Bed, words: &[&str]) -> Output {
    bed.home.tessh(words).output()
}

/// Asserts success without a word. Much data takes a debug build its time on a busy machine.
#[track_caller]
fn quiet(bed: &Bed, words: &[&str]) {
    let output = bed.home.tessh(words).deadline(4 * DEADLINE).output();
    assert_eq!(output.expect_quiet_success().text(), "");
}

#[track_caller]
fn same(one: &Path, other: &Path) {
    assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "the bytes differ");
    let (one, other) = (fs::metadata(one).unwrap(), fs::metadata(other).unwrap());
    assert_eq!((one.mode(), one.mtime()), (other.mode(), other.mtime()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_file_keeps_its_bytes_time_and_mode_both_ways() {
    let bed = bed(&[]);
    let data = noise(5_000_001);
    make(&there(&bed, "f"), &data, 0o640, 1_000_000_000);
    quiet(&bed, &["get", "srv:f", "here"]);
    same(&there(&bed, "f"), &bed.home.path("here/f"));
    quiet(&bed, &["get", "srv:f", "here/other name"]);
    same(&there(&bed, "f"), &bed.home.path("here/other name"));
    quiet(&bed, &["put", "here/f", "srv:back"]);
    same(&there(&bed, "f"), &there(&bed, "back"));
    // The home directory, an absolute path, and a directory that is made.
    quiet(&bed, &["put", "here/other name", "srv:"]);
    same(&there(&bed, "f"), &there(&bed, "other name"));
    quiet(&bed, &["put", "here/f", "srv:~/a/b/"]);
    same(&there(&bed, "f"), &there(&bed, "a/b/f"));
    quiet(&bed, &["get", &format!("srv:{}", arg(&there(&bed, "f"))), "new/place/"]);
    same(&there(&bed, "f"), &bed.home.path("new/place/f"));
    quiet(&bed, &["get", "srv:a/b/f"]);
    same(&there(&bed, "f"), &bed.home.path("f"));
    make(&there(&bed, "empty"), b"", 0o600, 1_000_000_000);
    quiet(&bed, &["get", "srv:empty", "here"]);
    same(&there(&bed, "empty"), &bed.home.path("here/empty"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn directories_are_taken_with_r_and_refused_without() {
    let bed = bed(&[]);
    fs::create_dir_all(bed.home.path("tree/in/er")).unwrap();
    fs::create_dir(bed.home.path("tree/none")).unwrap();
    make(&bed.home.path("tree/a"), b"a", 0o600, 1_111_111_111);
    make(&bed.home.path("tree/in/er/b"), &noise(300_000), 0o755, 1_222_222_222);
    let refused = run(&bed, &["put", "tree", "srv:"]);
    refused.expect_code(1);
    assert!(refused.stderr.contains("-r"), "{}", refused.stderr);
    quiet(&bed, &["put", "-r", "tree", "srv:"]);
    same(&bed.home.path("tree/in/er/b"), &there(&bed, "tree/in/er/b"));
    assert!(there(&bed, "tree/none").is_dir());
    // Into a directory that is there, and under a new name.
    quiet(&bed, &["put", "-r", "tree", "srv:tree"]);
    same(&bed.home.path("tree/a"), &there(&bed, "tree/tree/a"));
    fs::remove_dir_all(there(&bed, "tree/tree")).unwrap();
    let refused = run(&bed, &["get", "srv:tree", "here"]);
    refused.expect_code(1);
    assert!(refused.stderr.contains("-r"), "{}", refused.stderr);
    quiet(&bed, &["get", "-r", "srv:tree", "here"]);
    same(&bed.home.path("tree/in/er/b"), &bed.home.path("here/tree/in/er/b"));
    quiet(&bed, &["get", "-r", "srv:tree/", "copy"]);
    same(&bed.home.path("tree/a"), &bed.home.path("copy/a"));
    quiet(&bed, &["get", "-r", "srv:", "home/"]);
    same(&bed.home.path("tree/a"), &bed.home.path("home/home/tree/a"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn patterns_are_matched_on_the_server_and_here() {
    let bed = bed(&[]);
    for name in ["a1", "a2", ".a3", "x*y", "xay", "odd[1]"] {
        make(&there(&bed, name), name.as_bytes(), 0o644, 1_000_000_000);
    }
    fs::create_dir(there(&bed, "d1")).unwrap();
    give(&there(&bed, "d1"));
    make(&there(&bed, "d1/f"), b"f", 0o644, 1_000_000_000);
    let names = || {
        let entries = fs::read_dir(bed.home.path("here")).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| {
                let path = entry.unwrap().path();
                fs::remove_file(&path).unwrap();
                path.file_name().unwrap().to_str().unwrap().to_owned()
            })
            .collect();
        names.sort();
        names
    };
    quiet(&bed, &["get", "srv:a?", "srv:d*/f", "here"]);
    assert_eq!(names(), ["a1", "a2", "f"]);
    quiet(&bed, &["get", r"srv:x\*?", "srv:odd[1]", "here"]);
    assert_eq!(names(), ["odd[1]", "x*y"]);
    quiet(&bed, &["get", "srv:x*y", "here"]);
    assert_eq!(names(), ["x*y"]);
    run(&bed, &["get", "srv:none*", "here"]).expect_failure(&["none*", "nothing matches"]);
    quiet(&bed, &["get", "srv:a[12]", "here"]);
    quiet(&bed, &["put", "here/a?", "srv:d1"]);
    assert!(there(&bed, "d1/a1").exists() && there(&bed, "d1/a2").exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn names_with_every_byte_arrive_as_they_are() {
    let bed = bed(&[]);
    let every = (1..=255u8).filter(|byte| *byte != b'/');
    let mut names: Vec<Vec<u8>> = every.map(|byte| vec![b'n', byte, b'n']).collect();
    names.extend([vec![b'l'; 255], b"-r".to_vec(), b"\xff\xfe".to_vec(), b" ".to_vec()]);
    let tree = bed.home.path("tree");
    fs::create_dir(&tree).unwrap();
    for name in &names {
        fs::write(tree.join(OsString::from_vec(name.clone())), name).unwrap();
    }
    quiet(&bed, &["put", "-r", "tree", "srv:up"]);
    quiet(&bed, &["get", "-r", "srv:up", "here"]);
    quiet(&bed, &["sync", "tree", "srv:synced"]);
    quiet(&bed, &["sync", "srv:synced", "synced"]);
    let synced = [there(&bed, "synced"), bed.home.path("synced")];
    for place in [there(&bed, "up"), bed.home.path("here/up")].into_iter().chain(synced) {
        assert_eq!(fs::read_dir(&place).unwrap().count(), names.len());
        for name in &names {
            let found = fs::read(place.join(OsString::from_vec(name.clone()))).unwrap();
            assert!(found == *name, "{name:?}");
        }
    }
    // One by one, as words.
    for name in [&b"n*n"[..], b"n\\n", b"n\nn", b"n\xffn", b"n:n", b"n@n", b"n n", b"-r"] {
        let word = OsString::from_vec([b"srv:up/", name].concat());
        let words = [&OsString::from("get"), &word, &OsString::from("one")];
        let output = std::process::Command::new(lab::TESSH)
            .args(words)
            .env_clear()
            .env("HOME", bed.home.path(""))
            .current_dir(bed.home.path(""))
            .output()
            .unwrap();
        assert!(output.status.success(), "{name:?}: {output:?}");
        assert!(fs::read(bed.home.path("one")).unwrap() == name, "{name:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn json_has_an_event_a_line_and_failures_have_exit_code_1() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), b"kept", 0o644, 1_000_000_000);
    let output = run(&bed, &["get", "--json", "srv:f", "srv:gone", "here"]);
    output.expect_code(1);
    let judged: Value = serde_json::from_str(&output.stderr).unwrap();
    assert_eq!(judged["event"], "host-key");
    let text = output.text();
    let events = events(&output);
    let of = |event: &str| events.iter().find(|it| it["event"] == event).unwrap();
    assert_eq!((of("ended")["from"].as_str(), of("ended")["bytes"].as_u64()), (Some("f"), Some(4)));
    assert_eq!(of("failed")["from"], "gone");
    assert!(of("failed")["cause"].as_str().unwrap().contains("no such file"), "{text}");
    let summary = of("summary");
    assert_eq!((&summary["files"], &summary["failed"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(fs::read(bed.home.path("here/f")).unwrap(), b"kept");
    let lines = run(&bed, &["get", "srv:f", "srv:gone", "here"]);
    lines.expect_code(1);
    assert!(lines.stderr.starts_with("tessh: gone: "), "{}", lines.stderr);
    assert_eq!(lines.stderr.lines().count(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_is_there_is_replaced_or_kept_as_the_policy_says() {
    let bed = bed(&[]);
    let (far, near) = (there(&bed, "f"), bed.home.path("here/f"));
    let read = || fs::read(&near).unwrap();
    make(&far, b"new", 0o644, 2_000);
    make(&near, b"old", 0o644, 3_000);
    quiet(&bed, &["get", "--overwrite", "never", "srv:f", "here"]);
    assert_eq!(read(), b"old");
    quiet(&bed, &["get", "--overwrite", "newer", "srv:f", "here"]);
    assert_eq!(read(), b"old");
    quiet(&bed, &["get", "--overwrite=different", "srv:f", "here"]);
    assert_eq!(read(), b"new");
    make(&near, b"old", 0o644, 3_000);
    quiet(&bed, &["get", "srv:f", "here"]);
    assert_eq!(read(), b"new");
    run(&bed, &["get", "--overwrite", "ask", "srv:f", "here"])
        .expect_failure(&["nobody", "policy"]);

    make(&near, b"old", 0o644, 1_000);
    for (key, left) in [("n", &b"old"[..]), ("y", b"new")] {
        let pty = bed.home.on_pty(&["get", "--overwrite", "ask", "srv:f", "here"]);
        pty.wait_for("older than the source");
        pty.wait_for("replace it?");
        pty.send(&format!("{key}\r"));
        assert_eq!(pty.exit_code(), 0);
        pty.expect_restored();
        assert_eq!(read(), left);
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_person_sees_what_it_came_to() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), &noise(3_000_000), 0o644, 1_000_000_000);
    let pty = bed.home.on_pty(&["get", "srv:f", "here"]);
    assert_eq!(pty.exit_code(), 0);
    assert!(pty.written().contains("1 file, 2.86 MiB in"), "{}", pty.written());
    let quietly = bed.home.on_pty(&["get", "-q", "srv:f", "here"]);
    assert_eq!((quietly.exit_code(), quietly.written().as_str()), (0, ""));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_without_programs_or_files_is_told_in_a_line() {
    let forced = ["Subsystem sftp internal-sftp", "ForceCommand internal-sftp"];
    let bed = bed_of(Sshd::start(&forced));
    make(&there(&bed, "f"), b"kept", 0o644, 1_000_000_000);
    quiet(&bed, &["get", "--verify", "srv:f", "here"]);
    assert_eq!(fs::read(bed.home.path("here/f")).unwrap(), b"kept");
    let none = bed_of(Sshd::start(&[]));
    run(&none, &["get", "srv:f", "here"]).expect_failure(&["sftp", "refuse"]);
    let broken = bed_of(Sshd::start(&["Subsystem sftp /bin/false"]));
    run(&broken, &["get", "srv:f", "here"]).expect_failure(&["sftp", "status 1"]);
    let chatty = bed_of(Sshd::start(&["Subsystem sftp /bin/echo hello"]));
    run(&chatty, &["get", "srv:f", "here"]).expect_failure(&["hello"]);
}

#[test]
fn words_that_make_no_sense_are_told_in_a_line() {
    let home = Home::new();
    for (words, told) in [
        (&["get"][..], "nothing to get"),
        (&["put", "h:"], "nothing to put"),
        (&["get", "x", "."], "no place on a server"),
        (&["put", "x", "y"], "no place on a server"),
        (&["get", "h:a", "i:b"], "last word is the local place"),
        (&["get", "h:a", "i:b", "."], "two servers"),
        (&["get", "-N", "h:a", "."], "no meaning"),
        (&["get", "-t", "h:a", "."], "no meaning"),
        (&["get", "-P", "9", "h:a", "."], "-P 9"),
        (&["get", "--profile", "p", "h:a", "."], "--profile"),
        (&["get", "--limit", "fast", "h:a", "."], "--limit"),
        (&["get", "sftp://h/%", "."], "URI"),
    ] {
        home.tessh(words).output().expect_failure(&[told]);
    }
    let help = home.tessh(&["get", "--help"]).output().expect_quiet_success().text();
    assert!(help.contains("--resume") && help.contains("sftp://"), "{help}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn keys_are_renewed_during_a_transfer() {
    let bed = bed(&["RekeyLimit 4M"]);
    make(&there(&bed, "f"), &noise(80_000_000), 0o644, 1_000_000_000);
    for more in [&[][..], &["-C"], &["-P", "3"], &["-o", "RekeyLimit=3M"]] {
        quiet(&bed, &[&["get"], more, &["srv:f", "here"]].concat());
        same(&there(&bed, "f"), &bed.home.path("here/f"));
        quiet(&bed, &[&["put"], more, &["here/f", "srv:back"]].concat());
        same(&there(&bed, "f"), &there(&bed, "back"));
        fs::remove_file(there(&bed, "back")).unwrap();
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn several_connections_warn_once() {
    let bed = bed(&["KexAlgorithms curve25519-sha256"]);
    make(&there(&bed, "f"), &noise(1_000_000), 0o644, 1_000_000_000);
    let output = run(&bed, &["get", "-P", "4", "srv:f", "here"]);
    output.expect_code(0);
    let told = output.stderr.matches("post-quantum").count();
    assert_eq!(told, 1, "{}", output.stderr);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ctrl_c_keeps_what_has_come_and_says_so() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), &noise(3_000_000), 0o644, 1_000_000_000);
    let pty = bed.home.on_pty(&["get", "--limit", "1M", "srv:f", "here"]);
    pty.wait_for("KiB/2.86 MiB");
    pty.send("\x03");
    assert_eq!(pty.exit_code(), 130);
    assert!(pty.written().contains("NAME.filepart"), "{}", pty.written());
    pty.expect_restored();
    assert!(bed.home.path("here/f.filepart").exists() && !bed.home.path("here/f").exists());
}

/// Starts a transfer and kills it once its partial file has grown to this size.
fn kill_at(bed: &Bed, words: &[&str], partial: &Path, size: u64) {
    let mut running = bed.home.tessh(words).start();
    let grown = || fs::metadata(partial).is_ok_and(|found| found.len() >= size);
    wait_until("the partial file grows", grown);
    running.signal(rustix::process::Signal::KILL);
    running.ended();
    assert!(partial.exists());
}

fn events(output: &Output) -> Vec<Value> {
    output.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_killed_transfer_is_continued_with_resume() {
    let bed = bed(&[]);
    let (far, near) = (there(&bed, "f"), bed.home.path("here/f"));
    make(&far, &noise(24_000_000), 0o640, 1_000_000_000);
    let partial = bed.home.path("here/f.filepart");
    for size in [1, 5_000_000, 12_000_000] {
        kill_at(&bed, &["get", "--limit", "20M", "srv:f", "here"], &partial, size);
        let output = run(&bed, &["get", "--resume", "--json", "srv:f", "here"]);
        output.expect_code(0);
        let began = events(&output).into_iter().find(|it| it["event"] == "began").unwrap();
        assert!(began["resumed"].as_u64().unwrap() > 0 || size == 1, "{began}");
        same(&far, &near);
        assert!(!partial.exists());
        fs::remove_file(&near).unwrap();
    }
    // What is damaged is noticed.
    kill_at(&bed, &["get", "--limit", "20M", "srv:f", "here"], &partial, 8_000_000);
    let mut bytes = fs::read(&partial).unwrap();
    bytes[1000] ^= 1;
    fs::write(&partial, bytes).unwrap();
    let output = run(&bed, &["get", "--resume", "--json", "srv:f", "here"]);
    output.expect_code(0);
    assert!(events(&output).iter().any(|it| it["why"] == "mismatch"), "{}", output.text());
    same(&far, &near);
    // To the server.
    let partial = there(&bed, "up.filepart");
    kill_at(&bed, &["put", "--limit", "20M", "here/f", "srv:up"], &partial, 6_000_000);
    assert!(!there(&bed, "up").exists());
    quiet(&bed, &["put", "--resume", "here/f", "srv:up"]);
    same(&far, &there(&bed, "up"));
    // Without it, a person is asked.
    let partial = bed.home.path("new.filepart");
    kill_at(&bed, &["get", "--limit", "20M", "srv:f", "new"], &partial, 6_000_000);
    let pty = bed.home.on_pty(&["get", "srv:f", "new"]);
    pty.wait_for("continue it?");
    pty.send("y\r");
    assert_eq!(pty.exit_code(), 0);
    same(&far, &bed.home.path("new"));
    // What has arrived whole is not sent again, unless that is asked for.
    for (more, event) in [(&[][..], "skipped"), (&["--overwrite", "always"], "ended")] {
        fs::write(bed.home.path("new.filepart"), "left").unwrap();
        let words = [&["get", "--resume", "--json"], more, &["srv:f", "new"]].concat();
        let output = run(&bed, &words);
        output.expect_code(0);
        let text = output.text();
        assert!(events(&output).iter().any(|it| it["event"] == event), "{more:?}: {text}");
        assert!(!bed.home.path("new.filepart").exists());
        same(&far, &bed.home.path("new"));
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_large_file_over_several_connections_is_continued_too() {
    let bed = bed(&[]);
    let (far, near) = (there(&bed, "f"), bed.home.path("here/f"));
    make(&far, &noise(90_000_000), 0o644, 1_000_000_000);
    let partial = bed.home.path("here/f.filepart");
    kill_at(&bed, &["get", "-P", "3", "--limit", "60M", "srv:f", "here"], &partial, 40_000_000);
    quiet(&bed, &["get", "-P", "3", "--resume", "--verify", "srv:f", "here"]);
    same(&far, &near);
    let partial = there(&bed, "up.filepart");
    kill_at(&bed, &["put", "-P", "2", "--limit", "60M", "here/f", "srv:up"], &partial, 40_000_000);
    quiet(&bed, &["put", "-P", "3", "--resume", "here/f", "srv:up"]);
    same(&far, &there(&bed, "up"));
    assert_eq!(fs::read_dir(bed.home.path("here")).unwrap().count(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn copies_are_compared_with_verify() {
    for lines in [&[SFTP][..], &["Subsystem sftp internal-sftp", "ForceCommand internal-sftp"]] {
        let bed = bed_of(Sshd::start(lines));
        make(&there(&bed, "f"), &noise(3_000_000), 0o644, 1_000_000_000);
        for words in [["srv:f", "here"], ["here/f", "srv:back"]] {
            let verb = if words[0] == "srv:f" { "get" } else { "put" };
            let output =
                run(&bed, &[&[verb, "--verify", "--fsync", "--json"], &words[..]].concat());
            output.expect_code(0);
            let ended = events(&output).into_iter().find(|it| it["event"] == "ended").unwrap();
            assert_eq!(ended["verified"], true, "{ended}");
        }
        same(&there(&bed, "f"), &there(&bed, "back"));
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_connection_that_is_lost_keeps_and_names_what_has_come() {
    let bed = bed(&[]);
    make(&there(&bed, "f"), &noise(20_000_000), 0o644, 1_000_000_000);
    let mut running = bed.home.tessh(&["get", "--limit", "4M", "srv:f", "srv:g", "here"]).start();
    let partial = bed.home.path("here/f.filepart");
    wait_until("it begins", || fs::metadata(&partial).is_ok_and(|it| it.len() > 1_000_000));
    drop(bed.sshd);
    let (code, said) = running.ended();
    assert_eq!(code, Some(255), "{said}");
    assert!(said.contains("f.filepart"), "{said}");
    assert!(said.lines().count() <= 3, "{said}");
    assert!(partial.exists() && !bed.home.path("here/f").exists());
}
