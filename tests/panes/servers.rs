//! The panes and a server: shells, connections that are lost, names, both panes together.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::lab::{Bed, Pty, arg, wait_until};
use super::{SUBSYSTEM, TERMINAL, job_ends, quit, remote, remote_with};

/// Goes to a directory of the server by its path, in the right pane.
fn go(pty: &Pty, directory: &str) {
    pty.send(&format!("g<c-u>{directory}<enter>"));
    pty.wait_for(&format!("home/{directory} "));
}

/// Opens a shell, and runs a line in it.
fn in_shell(pty: &Pty, line: &str) {
    pty.send("!");
    wait_until("the shell", || !pty.on_alternate_screen());
    pty.send(&format!("{line}<enter>"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_shell_in_the_directory_goes_over_the_connection_of_the_files() {
    let bed = Bed::new(&[SUBSYSTEM]);
    for name in ["it's here", "denied"] {
        fs::create_dir(bed.sshd.path("home").join(name)).unwrap();
    }
    let (pty, ..) = remote(&bed, &[]);
    pty.wait_for("it's here");
    pty.send("<tab>");
    go(&pty, "it's here");
    in_shell(&pty, "echo ${PWD##*/}-there");
    pty.wait_written("it's here-there");
    fs::write(bed.sshd.path("home/it's here/made"), "").unwrap();
    // Ctrl-C and the size of the window are the shell's. One process prints and waits: a key between two
    // of them would be lost.
    pty.send("sh -c 'stty size; exec sleep 1000'<enter>");
    pty.wait_written("24 80");
    pty.send("<c-c>exit<enter>");
    pty.wait_for("the shell has ended");
    assert!(pty.on_alternate_screen());
    pty.wait_for("made");
    let logins = || bed.sshd.log().matches("Accepted publickey").count();
    assert_eq!(logins(), 1);
    // ~. ends the shell, and not the connection.
    in_shell(&pty, "~.");
    pty.wait_until("the panes", |screen| screen.contains("10Quit"));
    fs::write(bed.sshd.path("home/it's here/later"), "").unwrap();
    pty.send("<c-r>");
    pty.wait_for("later");
    let denied = bed.sshd.path("home/denied");
    pty.send("<bs>");
    pty.wait_for("/denied");
    go(&pty, "denied");
    fs::remove_dir(&denied).unwrap();
    pty.send("!");
    pty.wait_for("no shell: the server cannot enter");
    assert_eq!(logins(), 1);
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_shell_goes_through_the_master_that_the_files_go_through() {
    let bed = Bed::new(&[SUBSYSTEM]);
    fs::create_dir(bed.sshd.path("home/place")).unwrap();
    let socket = bed.home.path("master");
    let shared = ["-o", &format!("ControlPath={}", socket.display())].map(str::to_owned);
    let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
    let master = bed.run(&[&shared[..], &["-M", "-N"]].concat(), &[]).start();
    wait_until("the master", || socket.exists());
    let port = bed.sshd.port().to_string();
    let words = [&["files", "-p", &port][..], &shared, &["/", "tester@127.0.0.1:place"]].concat();
    let pty = bed.home.on_pty_with(&words, TERMINAL);
    pty.wait_for("10Quit");
    pty.wait_for("0 entries");
    pty.send("<tab>");
    in_shell(&pty, "echo ${PWD##*/}-there; exit");
    pty.wait_written("place-there");
    pty.wait_for("the shell has ended");
    quit(&pty);
    assert_eq!(bed.sshd.log().matches("Accepted publickey").count(), 1);
    drop(master);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_lost_connection_is_said_made_again_by_a_key_and_the_queue_goes_on() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let big: Vec<u8> = (0..8_000_000u32).flat_map(u32::to_le_bytes).collect();
    fs::create_dir_all(bed.home.path("here")).unwrap();
    fs::write(bed.home.path("here/big"), &big).unwrap();
    let (pty, here, there) = remote_with(&bed, &["--limit", "8M"], &[]);
    pty.wait_for("big");
    pty.send("<down><f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>");
    let part = || fs::metadata(there.join("big.filepart")).ok().filter(|part| part.len() > 0);
    wait_until("a part of it", || part().is_some());
    // The server's process for this connection ends.
    pty.send("<tab>");
    in_shell(&pty, "kill -9 $PPID");
    pty.wait_for("Ctrl-R connects again");
    let number = part().unwrap().ino();
    // This side works meanwhile.
    pty.send("<tab><f7>");
    pty.wait_for("New directory");
    pty.send("made<enter>");
    wait_until("the directory", || here.join("made").is_dir());
    // A key that is pressed again makes no further connection.
    pty.send("<tab><c-r><c-r><c-r>");
    wait_until("the copy", || there.join("big").exists());
    assert!(fs::read(there.join("big")).unwrap() == big);
    assert_eq!(fs::metadata(there.join("big")).unwrap().ino(), number, "it began anew");
    pty.wait_until("the right pane", |screen| screen.matches("big").count() >= 2);
    assert_eq!(bed.sshd.log().matches("Accepted publickey").count(), 2);
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn names_of_every_byte_go_both_ways_and_are_renamed_and_deleted_on_a_server() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let names: Vec<Vec<u8>> = (1..=255u8)
        .filter(|byte| *byte != b'/')
        .map(|byte| [b"x".as_slice(), &[byte]].concat())
        .chain([b"\xe2\x80\xae".repeat(85), vec![b'\xff'; 255]])
        .collect();
    let at = |directory: &Path, name: &[u8]| directory.join(OsStr::from_bytes(name));
    let here = bed.home.path("here");
    fs::create_dir_all(&here).unwrap();
    names.iter().for_each(|name| fs::write(at(&here, name), name).unwrap());
    let there = bed.sshd.path("home/place");
    fs::create_dir(&there).unwrap();
    fs::set_permissions(&there, fs::Permissions::from_mode(0o777)).unwrap();
    let (pty, ..) = remote(&bed, &[]);
    pty.wait_for("256 entries");
    pty.send("<tab>");
    go(&pty, "place");
    let copied = |to: &Path| {
        pty.send("*");
        pty.wait_for("256 of 256 marked");
        pty.send("<f5>");
        pty.wait_for("Existing files");
        pty.send("<enter>j");
        job_ends(&pty, "done");
        pty.send("c<esc>");
        pty.wait_until("the panes", |screen| !screen.contains("Queue"));
        assert!(names.iter().all(|name| fs::read(at(to, name)).unwrap() == *name));
    };
    pty.send("<tab>");
    copied(&there);
    names.iter().for_each(|name| fs::remove_file(at(&here, name)).unwrap());
    pty.send("<c-r><tab>");
    copied(&here);
    assert!(!pty.screen().chars().any(|c| c == '\u{202e}'));
    pty.send("<end>r");
    pty.wait_for("Rename");
    pty.send("<c-u>plain<enter>");
    wait_until("the new name", || there.join("plain").exists());
    let renamed = fs::read(there.join("plain")).unwrap();
    assert!(!at(&there, &renamed).exists() && names.contains(&renamed));
    // What is marked is what has been listed: the list with the new name comes first.
    pty.wait_until("the new list", |screen| {
        screen.contains("renamed to plain")
            && screen.matches("plain").count() >= 2
            && screen.contains("256 entries")
    });
    pty.send("*");
    pty.wait_for("256 of 256 marked");
    pty.send("<f8>");
    pty.wait_for("cannot be undone");
    pty.send("<left><enter>");
    wait_until("the removal", || fs::read_dir(&there).unwrap().count() == 0);
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_job_asks_about_files_that_are_there_and_panes_are_compared_and_made_alike() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let (here, there) = (bed.home.path("here"), bed.sshd.path("home/place"));
    for place in [&here, &there] {
        fs::create_dir_all(place.join("tree/deep")).unwrap();
        for name in ["a", "b"] {
            fs::write(place.join(name), name).unwrap();
        }
        fs::write(place.join("tree/deep/file"), arg(place)).unwrap();
    }
    for place in [&there, &there.join("tree"), &there.join("tree/deep")] {
        fs::set_permissions(place, fs::Permissions::from_mode(0o777)).unwrap();
    }
    fs::write(there.join("only"), "").unwrap();
    fs::write(here.join("a"), "new a").unwrap();
    fs::write(here.join("b"), "new b").unwrap();
    let (pty, ..) = remote(&bed, &[]);
    pty.send("<tab>");
    go(&pty, "place");
    pty.wait_for("only");
    pty.send("<tab>*<f5>");
    pty.wait_for("2 of them are there already");
    pty.send("<tab><right><right><right><right><enter>");
    pty.wait_for("A file is there already");
    assert_eq!(fs::read(there.join("a")).unwrap(), b"a");
    pty.send("<end><enter>");
    let is =
        |name: &str, text: &str| fs::read_to_string(there.join(name)).is_ok_and(|it| it == text);
    wait_until("both copies", || is("a", "new a") && is("b", "new b"));
    // What differs far below is found; the times are those of the sources.
    pty.wait_until("the end", |screen| !screen.contains(" of ") || screen.contains("5 entries"));
    pty.send("<f2>");
    pty.wait_for("Compare the panes");
    pty.send("<enter>");
    pty.wait_for("marked what differs: 1 left, 2 right");
    pty.send("Y");
    pty.wait_for("1 names are there only");
    pty.send("<right><enter>");
    wait_until("the sync", || !there.join("only").exists());
    assert_eq!(fs::read_to_string(there.join("tree/deep/file")).unwrap(), arg(&here));
    pty.send("<f2>");
    pty.wait_for("Compare the panes");
    pty.send("<right><enter>");
    pty.wait_for("nothing differs");
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn bookmarks_are_kept_for_each_place() {
    let bed = Bed::new(&[SUBSYSTEM]);
    for place in [bed.sshd.path("home/kept"), bed.home.path("here/mine")] {
        fs::create_dir_all(place).unwrap();
    }
    let (pty, ..) = remote(&bed, &[]);
    pty.wait_for("/mine");
    pty.send("<down><enter>");
    pty.wait_for("here/mine ");
    pty.send("b");
    pty.wait_for("There are none yet");
    pty.send("<enter>");
    pty.wait_for("bookmarks are saved");
    pty.send("<tab>");
    go(&pty, "kept");
    pty.send("b");
    // This place has none yet.
    pty.wait_for("There are none yet");
    pty.send("<enter>");
    pty.wait_until("the panes", |screen| !screen.contains("There are none yet"));
    quit(&pty);
    let (pty, ..) = remote(&bed, &[]);
    pty.wait_for("/kept");
    pty.send("b");
    pty.wait_for("here/mine");
    pty.send("<enter>");
    pty.wait_for("here/mine ");
    pty.send("<tab>b");
    pty.wait_for("home/kept");
    pty.send("<enter>");
    pty.wait_for("home/kept ");
    quit(&pty);
}
