//! Disks that are full or may only be read: what was there stays whole, a line says what is wrong,
//! and the session lives.

use std::fs;
use std::io::Write;
use std::process::Command;

use super::lab::{Bed, Home, Output, Row, arg, strs, tool};
use super::{SOON, files_bed};

/// A home on a disk of its own, of 64 KiB; the disk goes first.
struct Disk<'a>(&'a Home);

impl<'a> Disk<'a> {
    /// Moves what the home has onto a new disk.
    fn under(home: &'a Home) -> Disk<'a> {
        let path = home.path("");
        let kept = tempfile::tempdir().unwrap();
        let place = |path: &std::path::Path| format!("{}/.", arg(path));
        tool("/bin/cp", &["-a", &place(&path), arg(kept.path())]);
        tool("/bin/mount", &["-t", "tmpfs", "-o", "size=64k", "lab", arg(&path)]);
        let disk = Disk(home);
        tool("/bin/cp", &["-a", &place(kept.path()), arg(&path)]);
        disk
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut file = fs::File::create(self.0.path("fill")).unwrap();
        while file.write_all(&[b'x'; 256]).is_ok() {}
    }

    fn room_again(&self) {
        fs::remove_file(self.0.path("fill")).unwrap();
    }

    fn read_only(&self) {
        tool("/bin/mount", &["-o", "remount,ro", arg(&self.0.path(""))]);
    }

    /// All files but for what fills it, with what is in them.
    fn content(&self) -> Vec<(String, Vec<u8>)> {
        let home = arg(&self.0.path("")).to_owned();
        let names = tool("/usr/bin/find", &[&home, "-type", "f", "-not", "-name", "fill"]);
        let mut all: Vec<_> =
            names.lines().map(|name| (name.to_owned(), fs::read(name).unwrap())).collect();
        all.sort();
        all
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("/bin/umount").arg("-l").arg(self.0.path("")).status();
    }
}

/// A server with files and a home on a small disk, in which a session is saved.
fn bed() -> Bed {
    let bed = files_bed();
    fs::write(bed.sshd.path("home/large"), vec![b'l'; 300_000]).unwrap();
    let save = ["sessions", "save", "web", "someone@127.0.0.1"];
    bed.home.tessh(&save).output().expect_code(0);
    bed
}

fn run(bed: &Bed, words: &[&str]) -> Output {
    bed.home.tessh(words).deadline(SOON).output()
}

/// What has to be written on a disk, and words of the line that says why it is not.
const WRITES: [(&[&str], &[&str]); 5] = [
    (&["keygen", "-q", "-t", "ed25519", "-N", "", "-f", "new"], &["new"]),
    (&["keygen", "-q", "-p", "-P", "", "-N", "longer than 5", "-f", "id"], &["id"]),
    (&["sessions", "save", "other", "someone@127.0.0.1"], &["other.toml", "it is as it was"]),
    (&["sessions", "save", "--force", "web", "a@127.0.0.1"], &["web.toml", "it is as it was"]),
    (&["trust", "remove", "srv"], &["known_hosts"]),
];

#[test]
#[ignore = "needs peers: tests/run"]
fn a_full_disk_loses_nothing_and_is_one_line() {
    let bed = bed();
    // A known host under a name of its own, which is taken away below, and the page full but for
    // some bytes: a line begins there and does not end.
    let known = bed.home.read(".ssh/known_hosts");
    let known = format!("{known}srv {}", known.split_once(' ').unwrap().1);
    let rest = 4090 - known.len() - 3;
    bed.home.write(".ssh/known_hosts", &format!("# {}\n{known}", "x".repeat(rest)));
    let disk = Disk::under(&bed.home);
    disk.fill();
    let before = disk.content();
    for (words, wanted) in WRITES {
        let output = run(&bed, words);
        output.expect_failure(&[wanted, &["No space left on device", "make room"]].concat());
        assert!(!output.stderr.contains(".tessh-"), "names a temporary file: {output:?}");
        assert!(disk.content() == before, "{words:?}");
    }
    // A new host is let in where that was asked for, and the session goes on.
    let port = bed.sshd.port().to_string();
    let to =
        ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new", "--auth", "publickey"];
    let to = [&to[..], &["-i", arg(&bed.key), "-p", &port, "-l", super::lab::USER]].concat();
    let row = Row::new(43, "known_hosts on a full disk").code(0).once();
    let row = row.cause(&["known_hosts", "storage space", "make room"]);
    let new = [&to[..], &["localhost", "echo in"]].concat();
    assert_eq!(row.met(|_| bed.home.tessh(&new)).text(), "in\n");
    assert!(disk.content() == before, "a line is torn");
    // A log that cannot begin is refused before anything is sent.
    let log = run(&bed, &["--log", "log", "srv", "true"]);
    log.expect_failure(&["the disk is full", "make room"]);
    let _ = fs::remove_file(bed.home.path("log"));
    let messages = bed.home.tessh(&["-vvv", "-E", "messages", "srv", "echo in"]).output();
    messages.expect_code(0);
    assert_eq!((&*messages.text(), messages.stderr.lines().count()), ("in\n", 1), "{messages:?}");
    assert!(messages.stderr.contains("messages: No space left on device"), "{messages:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_get_that_fills_the_disk_keeps_what_has_come_and_goes_on_from_there() {
    let bed = bed();
    let disk = Disk::under(&bed.home);
    let row = Row::new(43, "`get` to a disk that becomes full").code(1);
    let row = row.cause(&["No space left on device", "large.filepart"]).next(&["make room"]);
    row.met(|more| bed.home.tessh(&[&["get"], more, &["srv:large", "."]].concat()));
    assert!(!bed.home.path("large").exists());
    let partial = fs::read(bed.home.path("large.filepart")).unwrap();
    assert!(!partial.is_empty() && partial.iter().all(|byte| *byte == b'l'));
    tool("/bin/mount", &["-o", "remount,size=1m", arg(&bed.home.path(""))]);
    let output = run(&bed, &["get", "srv:large", "."]);
    output.expect_code(0);
    assert_eq!(fs::read(bed.home.path("large")).unwrap(), vec![b'l'; 300_000]);
    assert!(!bed.home.path("large.filepart").exists());
    drop(disk);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_home_that_may_only_be_read_costs_no_session() {
    let bed = bed();
    let disk = Disk::under(&bed.home);
    disk.fill();
    disk.room_again();
    disk.read_only();
    let before = disk.content();
    assert_eq!(run(&bed, &["srv", "echo in"]).expect_quiet_success().text(), "in\n");
    for (words, wanted) in WRITES {
        // What is not on record needs no change.
        if words[0] == "trust" {
            continue;
        }
        let output = run(&bed, words);
        output.expect_failure(&[wanted, &["Read-only file system", "can be written"]].concat());
        assert!(!output.stderr.contains(".tessh-"), "names a temporary file: {output:?}");
    }
    let output = run(&bed, &["get", "srv:large", "."]);
    output.expect_code(1);
    let words = ["Read-only file system", "can be written"];
    assert!(words.iter().all(|word| output.stderr.contains(word)), "{output:?}");
    let socket = run(&bed, &["-M", "-S", "socket", "srv", "echo in"]);
    socket.expect_failure(&["socket", "Read-only file system", "ControlPath"]);
    let port = bed.sshd.port().to_string();
    let login = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new", "-p", &port];
    let login = [&login[..], &["--auth", "publickey", "-i", arg(&bed.key)]].concat();
    let new = [&login[..], &["-l", super::lab::USER, "localhost", "echo in"]].concat();
    let output = run(&bed, &new);
    output.expect_code(0);
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(output.stderr.contains("known_hosts cannot be opened for writing: Read-only"));
    // On a terminal, the history and the date of the key are not written either, without a word.
    let pty = bed.home.on_pty(&strs(&bed.words(&["--plain"], &[])));
    pty.wait_for("$");
    pty.leave_shell(0);
    assert!(!pty.written().contains("Read-only"), "{}", pty.written());
    assert!(disk.content() == before);
}
