//! `tessh files`: two panes, with files of this machine and of OpenSSH's server.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[path = "panes/servers.rs"]
mod servers;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use lab::{Bed, Home, Pty, arg, wait_until};

const SUBSYSTEM: &str = "Subsystem sftp /usr/lib/openssh/sftp-server";

/// What the terminal of the tests is like.
const TERMINAL: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")];

/// Two directories of a home, left and right.
fn two(home: &Home) -> (PathBuf, PathBuf) {
    let (left, right) = (home.path("left"), home.path("right"));
    fs::create_dir(&left).unwrap();
    fs::create_dir(&right).unwrap();
    (left, right)
}

fn local(home: &Home, left: &Path, right: &Path, env: &[(&str, &str)]) -> Pty {
    let env: Vec<_> = TERMINAL.iter().chain(env).copied().collect();
    let pty = home.on_pty_with(&["files", arg(left), arg(right)], &env);
    pty.wait_for("10Quit");
    pty
}

/// Waits until the queue says this of a copy.
fn job_ends(pty: &Pty, how: &str) {
    pty.wait_until("the end of the copy", |screen| {
        screen.lines().any(|line| line.contains(" copy ") && line.contains(how))
    });
}

/// Leaves, and expects the terminal as it was.
fn quit(pty: &Pty) {
    pty.send("q");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
}

#[test]
fn files_of_this_machine_are_copied_moved_renamed_and_deleted_by_keys() {
    let home = Home::new();
    let (left, right) = two(&home);
    fs::create_dir_all(left.join("tree/deep")).unwrap();
    fs::write(left.join("tree/deep/file"), "deep").unwrap();
    std::os::unix::fs::symlink("deep/file", left.join("tree/link")).unwrap();
    fs::write(left.join("one"), "1").unwrap();
    fs::write(left.join("two"), "22").unwrap();
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("tree");
    // The tree, then a file under another name.
    pty.send("<down><f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>");
    wait_until("the tree", || right.join("tree/deep/file").exists());
    wait_until("the link", || fs::read_link(right.join("tree/link")).is_ok());
    pty.wait_until("the other pane", |screen| screen.matches("/tree").count() == 2);
    pty.send("<down><f6>");
    pty.wait_for("Existing files");
    pty.send("renamed<enter>");
    wait_until("the file", || right.join("renamed").exists() && !left.join("one").exists());
    pty.wait_until("the panes", |screen| !screen.contains("  one  ") && screen.contains("renamed"));
    // Without a word about it, what is there already stays.
    fs::write(right.join("two"), "other").unwrap();
    pty.send("<end><f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>j");
    pty.wait_for("1 left as they were");
    assert_eq!(fs::read(right.join("two")).unwrap(), b"other");
    pty.send("<esc>");
    pty.wait_until("the panes", |screen| !screen.contains("Queue"));
    pty.send("r");
    pty.wait_for("Rename");
    pty.send("<c-u>zwei<enter>");
    wait_until("the new name", || left.join("zwei").exists());
    pty.wait_for("renamed to zwei");
    pty.send("<f8>");
    pty.wait_for("cannot be undone");
    pty.send("<left><enter>");
    wait_until("the removal", || !left.join("zwei").exists());
    pty.wait_for("deleted: 1");
    pty.send("<f7>");
    pty.wait_for("New directory");
    pty.send("made here<enter>");
    wait_until("the directory", || left.join("made here").is_dir());
    quit(&pty);
}

#[test]
fn names_of_every_byte_are_listed_escaped_and_copied_exactly() {
    let home = Home::new();
    let (left, right) = two(&home);
    let names: Vec<Vec<u8>> = (1..=255u8)
        .filter(|byte| *byte != b'/')
        .map(|byte| [b"x".as_slice(), &[byte]].concat())
        .chain([[b"\xe2\x80\xae".repeat(85).as_slice()].concat(), vec![b'\xff'; 255]])
        .collect();
    for name in &names {
        fs::write(left.join(OsStr::from_bytes(name)), name).unwrap();
    }
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("256 entries");
    assert!(!pty.screen().chars().any(|c| c == '\u{202e}'));
    pty.send("*");
    pty.wait_for("256 of 256 marked");
    pty.send("<f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>");
    let right_name = |name: &Vec<u8>| right.join(OsStr::from_bytes(name));
    wait_until("the copies", || fs::read_dir(&right).unwrap().count() == 255 + 1);
    pty.send("j");
    job_ends(&pty, "done");
    for name in names.iter().filter(|name| name.len() < 250) {
        assert_eq!(fs::read(right_name(name)).unwrap(), *name);
    }
    pty.send("<esc>");
    pty.wait_until("the panes", |screen| !screen.contains("Queue"));
    quit(&pty);
}

#[test]
fn a_job_that_is_not_done_is_offered_again() {
    let home = Home::new();
    let (left, right) = two(&home);
    fs::write(left.join("file"), "x").unwrap();
    // A directory that cannot be read makes the job fail, and it is kept.
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("file");
    pty.send("<down><f5>");
    pty.wait_for("Existing files");
    pty.send("<c-u>/nowhere/here/<enter>j");
    pty.wait_for("failed");
    pty.send("p");
    pty.wait_for("failed");
    pty.send("<esc>");
    pty.wait_until("the panes", |screen| !screen.contains("Queue"));
    quit(&pty);
    let queue = home.read(".local/state/tessh/files-queue.json");
    assert!(queue.contains("66696c65"), "{queue}");
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("Unfinished copies");
    pty.send("<tab><enter>");
    pty.wait_until("the panes", |screen| !screen.contains("Unfinished"));
    quit(&pty);
    assert!(!home.read(".local/state/tessh/files-queue.json").contains("66696c65"));
}

#[test]
fn the_terminal_is_restored_after_a_signal_and_an_editor_has_it_meanwhile() {
    let home = Home::new();
    let (left, right) = two(&home);
    fs::write(left.join("file"), "x").unwrap();
    let editor =
        home.write("editor", "#!/bin/sh\necho editing; read line; echo \"$line\" >>\"$1\"\n");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let pty = local(&home, &left, &right, &[("EDITOR", arg(&editor))]);
    pty.wait_for("file");
    pty.send("<down>e");
    pty.wait_for("editing");
    assert!(!pty.on_alternate_screen());
    pty.send("typed<enter>");
    pty.wait_for("the editor is closed");
    assert_eq!(fs::read_to_string(left.join("file")).unwrap(), "xtyped\n");
    // Ctrl-C is for the editor, not for the program that waits for it.
    pty.send("e");
    pty.wait_until("the editor", |screen| screen.trim_end().ends_with("editing"));
    pty.send("<c-c>");
    pty.wait_for("the editor is closed");
    assert!(pty.on_alternate_screen());
    pty.signal(rustix::process::Signal::TERM);
    assert_eq!(pty.exit_code(), 143);
    pty.expect_restored();
}

#[test]
fn plain_and_no_terminal_are_refused_with_the_verbs_to_use() {
    let home = Home::new();
    let refused = home.tessh(&["files", "--plain"]).output();
    refused.expect_failure(&["--plain", "tessh get and tessh put"]);
    home.tessh(&["files"]).output().expect_failure(&["terminal", "tessh get and tessh put"]);
    home.tessh(&["files", "-r"]).output().expect_failure(&["option -- r"]);
    assert!(home.tessh(&["files", "--json"]).output().stderr.contains("--batch"));
    home.tessh(&["files", "a:", "b:", "c:"]).output().expect_failure(&[]);
}

/// The panes with a directory here on the left, and the account's home on the right.
fn remote(bed: &Bed, env: &[(&str, &str)]) -> (Pty, PathBuf, PathBuf) {
    remote_with(bed, &[], env)
}

/// The same with flags of the transfers.
fn remote_with(bed: &Bed, flags: &[&str], env: &[(&str, &str)]) -> (Pty, PathBuf, PathBuf) {
    let here = bed.home.path("here");
    fs::create_dir_all(&here).unwrap();
    let port = bed.sshd.port().to_string();
    let there = "tester@127.0.0.1:";
    let words = ["--auth", "publickey", "-i", arg(&bed.key), "-p", &port, arg(&here), there];
    let env: Vec<_> = TERMINAL.iter().chain(env).copied().collect();
    let pty = bed.home.on_pty_with(&[&["files"], flags, &words].concat(), &env);
    pty.wait_for("10Quit");
    (pty, here, bed.sshd.path("home"))
}

#[test]
#[ignore = "needs peers: tests/run"]
fn files_go_to_a_server_and_back_and_are_changed_there() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let big: Vec<u8> = (0..3_000_000u32).flat_map(u32::to_le_bytes).collect();
    fs::create_dir_all(bed.home.path("here/tree/deep")).unwrap();
    fs::write(bed.home.path("here/tree/deep/big"), &big).unwrap();
    fs::write(bed.home.path("here/odd\u{1}"), "odd").unwrap();
    let (pty, here, there) = remote(&bed, &[]);
    pty.wait_for("odd\\x01");
    pty.send("<down><f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>");
    wait_until("the tree on the server", || {
        fs::metadata(there.join("tree/deep/big")).is_ok_and(|file| file.len() == big.len() as u64)
    });
    assert!(fs::read(there.join("tree/deep/big")).unwrap() == big);
    pty.wait_until("the right pane", |screen| screen.matches("/tree").count() == 2);
    // Moved: it is gone here only when it is there.
    pty.send("<end><f6>");
    pty.wait_for("Existing files");
    pty.send("<enter>");
    wait_until("the move", || !here.join("odd\u{1}").exists());
    assert_eq!(fs::read(there.join("odd\u{1}")).unwrap(), b"odd");
    pty.wait_for("odd\\x01");
    // On the server: mode, link, rename, removal of a tree.
    pty.send("<tab>/odd<enter><end><f9>");
    pty.wait_for("Properties");
    pty.send("<c-u>0600<enter>");
    wait_until("the mode", || {
        fs::metadata(there.join("odd\u{1}")).unwrap().mode() & 0o777 == 0o600
    });
    pty.wait_for("changed: 1");
    pty.send("l");
    pty.wait_for("New symbolic link");
    pty.send("<tab>link<enter>");
    wait_until("the link", || {
        fs::read_link(there.join("link")).is_ok_and(|it| it == Path::new("odd\u{1}"))
    });
    pty.send("/<c-u>tree<enter><end>");
    pty.wait_for("(1 found)");
    pty.send("u");
    pty.wait_for("files: 1, directories: 2");
    pty.send("<f8>");
    pty.wait_for("cannot be undone");
    pty.send("<left><enter>");
    wait_until("the removal", || !there.join("tree").exists());
    pty.wait_for("deleted: 1");
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_edited_file_goes_back_and_overwrites_nobody_elses_change() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let editor = bed.home.write(
        "editor",
        "#!/bin/sh\necho editing; read line; echo \"$line\" >>\"$1\"; echo saved; read line\n",
    );
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let there = bed.sshd.path("home").join("notes");
    fs::write(&there, "x").unwrap();
    fs::set_permissions(&there, fs::Permissions::from_mode(0o666)).unwrap();
    let (pty, _here, _) = remote(&bed, &[("EDITOR", arg(&editor))]);
    pty.wait_for("notes");
    pty.send("<tab>/notes<enter><end>e");
    pty.wait_for("editing");
    pty.send("typed<enter>");
    pty.wait_for("saved");
    // It is there while the editor is still open.
    wait_until("the upload", || fs::read_to_string(&there).is_ok_and(|text| text == "xtyped\n"));
    pty.send("<enter>");
    pty.wait_for("notes is saved on the server");
    pty.send("e");
    pty.wait_until("the editor", |screen| screen.trim_end().ends_with("editing"));
    fs::write(&there, "somebody else's").unwrap();
    pty.send("mine<enter>");
    wait_until("the other name", || there.with_file_name("notes.edited1").exists());
    pty.send("<enter>");
    // The line is long, and goes on in the next one.
    pty.wait_until("where it is", |screen| {
        let words: Vec<&str> = screen.split_whitespace().collect();
        let at = words.windows(2).position(|words| words == ["yours", "is"]);
        at.is_some_and(|at| words[at + 2].ends_with("/notes.edited1"))
    });
    assert_eq!(fs::read_to_string(&there).unwrap(), "somebody else's");
    let mine = fs::read_to_string(there.with_file_name("notes.edited1")).unwrap();
    assert_eq!(mine, "xtyped\nmine\n");
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_directory_with_a_hundred_thousand_names_is_searched_while_it_is_read() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let many = bed.sshd.path("home").join("many");
    fs::create_dir(&many).unwrap();
    for number in 0..100_000 {
        fs::File::create(many.join(format!("file-{number:06}"))).unwrap();
    }
    let (pty, ..) = remote(&bed, &[]);
    pty.wait_for("many");
    pty.send("<tab>g<c-u>many<enter>");
    pty.wait_for("100000 entries");
    pty.send("/77777");
    pty.wait_for("(1 found)");
    pty.wait_for("file-077777");
    pty.send("<enter>");
    quit(&pty);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn files_go_from_one_server_to_another_and_within_one() {
    let bed = Bed::new(&[SUBSYSTEM]);
    let (one, other) = (bed.sshd.path("home/one"), bed.sshd.path("home/other"));
    fs::create_dir_all(one.join("tree/deep")).unwrap();
    fs::create_dir(&other).unwrap();
    let big: Vec<u8> = (0..2_000_000u32).flat_map(u32::to_le_bytes).collect();
    fs::write(one.join("tree/deep/big"), &big).unwrap();
    fs::set_permissions(one.join("tree/deep/big"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("deep/big", one.join("tree/link")).unwrap();
    for place in [&one, &one.join("tree"), &one.join("tree/deep"), &other] {
        fs::set_permissions(place, fs::Permissions::from_mode(0o777)).unwrap();
    }
    fs::set_permissions(one.join("tree/deep/big"), fs::Permissions::from_mode(0o644)).unwrap();
    let port = bed.sshd.port().to_string();
    let uri = format!("ssh://tester@127.0.0.1:{port}/{}", other.display());
    let login = ["files", "--auth", "publickey", "-i", arg(&bed.key), "-p", &port];
    let left = format!("tester@127.0.0.1:{}", one.display());
    // Written in two ways, it is two servers, with a connection each.
    let pty = bed.home.on_pty_with(&[&login[..], &[&left, &uri]].concat(), TERMINAL);
    pty.wait_for("10Quit");
    pty.wait_for("tree");
    pty.send("<down><f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>j");
    job_ends(&pty, "done");
    assert!(fs::read(other.join("tree/deep/big")).unwrap() == big);
    assert_eq!(fs::read_link(other.join("tree/link")).unwrap(), Path::new("deep/big"));
    let (from, to) = (one.join("tree/deep/big"), other.join("tree/deep/big"));
    let facts = |file: &Path| fs::metadata(file).map(|it| (it.mtime(), it.mode())).unwrap();
    assert_eq!(facts(&from), facts(&to));
    pty.send("<esc>");
    pty.wait_until("the panes", |screen| !screen.contains("Queue"));
    quit(&pty);
    // Written in one way, it is one server: moving is renaming.
    let right = format!("tester@127.0.0.1:{}", other.display());
    let pty = bed.home.on_pty_with(&[&login[..], &[&left, &right]].concat(), TERMINAL);
    pty.wait_for("10Quit");
    pty.wait_for("tree");
    let number = fs::metadata(&from).unwrap().ino();
    pty.send("<down><f6>");
    pty.wait_for("Existing files");
    pty.send("moved<enter>");
    wait_until("the move", || other.join("moved/deep/big").exists());
    assert_eq!(fs::metadata(other.join("moved/deep/big")).unwrap().ino(), number);
    pty.wait_for("moved");
    quit(&pty);
}

#[test]
fn jobs_survive_a_kill_and_a_pause_stops_a_copy() {
    let home = Home::new();
    let (left, right) = two(&home);
    // A copy of it to the end would take far longer than this test.
    let big = fs::File::create(left.join("big")).unwrap();
    big.set_len(1 << 40).unwrap();
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("big");
    pty.send("<down><f5>");
    pty.wait_for("Existing files");
    pty.send("<enter>j");
    pty.wait_for("of 1.0T");
    wait_until("the copy", || right.join("big.filepart").exists());
    pty.send("p");
    pty.wait_for("paused");
    pty.send("p");
    pty.wait_for("of 1.0T");
    pty.signal(rustix::process::Signal::KILL);
    wait_until("its end", || pty.exit_code() == 137);
    assert!(!right.join("big").exists());
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("Unfinished copies");
    pty.send("<tab><enter>");
    pty.wait_until("the panes", |screen| !screen.contains("Unfinished"));
    quit(&pty);
}

/// A press of the left button in this column and row, from 1.
fn click(pty: &Pty, column: u16, row: u16) {
    pty.send(&format!("<esc>[<lt>0;{column};{row}M<esc>[<lt>0;{column};{row}m"));
}

#[test]
fn the_mouse_chooses_opens_scrolls_and_presses_the_keys_below() {
    let home = Home::new();
    let (left, right) = two(&home);
    fs::create_dir(left.join("sub")).unwrap();
    fs::write(left.join("sub/inside"), "").unwrap();
    for number in 10..60 {
        fs::write(right.join(format!("file-{number}")), "").unwrap();
    }
    let pty = local(&home, &left, &right, &[]);
    pty.wait_for("50 entries");
    pty.wait_for("/sub");
    // The first press chooses, the second one opens.
    click(&pty, 5, 4);
    pty.send(" ");
    pty.wait_for("1 of 1 marked");
    click(&pty, 5, 4);
    click(&pty, 5, 4);
    pty.wait_for("inside");
    // The wheel moves in the pane under the pointer.
    assert!(!pty.screen().contains("file-40"));
    for _ in 0..10 {
        pty.send("<esc>[<lt>65;50;5M");
    }
    pty.wait_for("file-39");
    click(&pty, 50, 24);
    pty.wait_for("New directory");
    pty.send("by mouse<enter>");
    wait_until("the directory", || right.join("by mouse").is_dir());
    pty.wait_for("by mouse");
    click(&pty, 78, 24);
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
}
