//! known_hosts while other programs use it. Lines that ssh, which takes no lock, appends while
//! tessh changes the file are kept; a lock that another program holds stops nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use lab::{DEMO_USER, Demo, Home, arg, retry};
use russh::keys::ssh_key::PublicKey;
use russh::keys::ssh_key::public::{Ed25519PublicKey, KeyData};
use rustix::process::Signal;
use tessh::trust::entries::{self, LinesToRemove};
use tessh::trust::rotate::{self, Announcement};
use tessh::trust::{Subject, store};

fn host(name: &str) -> Subject {
    Subject { name: name.to_owned(), port: 22, alias: false }
}

/// A key by its number; 32 bytes are all that known_hosts asks of an Ed25519 key.
fn numbered_key(n: usize) -> PublicKey {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    PublicKey::new(KeyData::Ed25519(Ed25519PublicKey(bytes)), "")
}

fn numbered_line(n: usize) -> String {
    format!("host{n} ssh-ed25519 {}", BASE64.encode(&numbered_key(n).to_bytes().unwrap()))
}

/// How long ssh may have had the file open before it writes, so that its line is carried over. The
/// program looks at the old file for 40 ms after it has replaced it.
const AT_ONCE: Duration = Duration::from_millis(30);

/// Appends a line as ssh(1) does: opens the file, takes no lock, and writes the line at once. Whether
/// it was at once: on a busy machine this may have waited for a processor in between.
fn append_as_ssh(file: &Path, line: &str) -> bool {
    let begun = Instant::now();
    let mut opened = fs::OpenOptions::new().append(true).open(file).unwrap();
    opened.seek(SeekFrom::End(0)).unwrap();
    opened.write_all(format!("{line}\n").as_bytes()).unwrap();
    begun.elapsed() < AT_ONCE
}

/// Appends lines as ssh does while `work` is going on, so far apart; gives which were written at
/// once.
fn beside_ssh(file: &Path, pause: Duration, work: impl FnOnce()) -> Vec<bool> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let appender = scope.spawn(|| {
            let mut appended = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                appended.push(append_as_ssh(file, &numbered_line(appended.len())));
                std::thread::sleep(pause);
            }
            appended
        });
        work();
        stop.store(true, Ordering::Relaxed);
        appender.join().unwrap()
    })
}

/// Every line that was appended at once is there, once, and nothing but those lines and the first.
fn assert_appended(file: &Path, appended: &[bool]) {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = BTreeMap::new();
    text.lines().for_each(|line| *lines.entry(line).or_insert(0) += 1);
    assert!(text.starts_with("# mine\n"), "what was there first is still there");
    let mut there = 1;
    for (n, &was_at_once) in appended.iter().enumerate() {
        let times = lines.get(numbered_line(n).as_str()).copied().unwrap_or(0);
        assert!(times == 1 || (times == 0 && !was_at_once), "line {n}: {times} times");
        there += times;
    }
    assert!(appended.iter().any(|&was_at_once| was_at_once), "nothing was appended at once");
    assert_eq!(text.lines().count(), there, "of ours nothing is left");
}

/// Continually, and now and then: every line that ssh appends while this program adds, replaces,
/// removes and rotates keys is there in the end.
#[test]
fn a_line_that_ssh_appends_while_the_file_is_rewritten_is_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    let ours = |n: usize| host(&format!("ours{n}"));
    for (pause, rewrites) in [(Duration::from_micros(500), 2), (Duration::from_millis(5), 4)] {
        fs::write(&file, "# mine\n").unwrap();
        let appended = beside_ssh(&file, pause, || {
            for n in 0..rewrites {
                let key = |many: usize| numbered_key(1_000_000 + many * rewrites + n);
                store::add(&file, &ours(n), &key(0), n % 2 == 0).unwrap();
                let replaced = store::replace(&file, &ours(n), &key(1), n % 3 == 0);
                assert_eq!(replaced.unwrap(), 1);
                let announced = Announcement {
                    subject: ours(n),
                    files: vec![file.clone()],
                    current: key(1),
                    keys: vec![key(1), key(2)],
                    unusable: Vec::new(),
                };
                let difference = rotate::compare(&announced).unwrap();
                assert_eq!(difference.new.len(), 1);
                rotate::rotate(&announced, &difference, false).unwrap();
                let announced = Announcement { keys: vec![key(1)], ..announced };
                let difference = rotate::compare(&announced).unwrap();
                assert_eq!(difference.obsolete.len(), 1);
                rotate::rotate(&announced, &difference, false).unwrap();
                let names = vec![format!("ours{n}")];
                let wanted = LinesToRemove { names, ..LinesToRemove::default() };
                assert_eq!(entries::remove(&file, &wanted).unwrap().struck.len(), 1);
            }
        });
        assert_appended(&file, &appended);
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

/// ssh has the old file open when this program puts the new one in its place.
#[test]
fn a_line_for_the_file_that_was_just_replaced_is_carried_over() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    // On a busy machine the line may come when this program has looked for the last time.
    retry("a line comes in time", || match written_during_a_replacement(&file) {
        true => Ok(()),
        false => Err("late"),
    });
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&numbered_line(1)), "{text}");
    assert_eq!(text.lines().count(), 3, "{text}");
}

/// Replaces a key while a line is written to the file that is replaced. Whether it was written
/// before the replacement was over.
fn written_during_a_replacement(file: &Path) -> bool {
    fs::write(file, format!("# mine\n{}\n", numbered_line(7))).unwrap();
    let mut opened = fs::OpenOptions::new().append(true).open(file).unwrap();
    let inode = fs::metadata(file).unwrap().ino();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let ssh = scope.spawn(|| {
            while fs::metadata(file).unwrap().ino() == inode {
                std::thread::yield_now();
            }
            opened.write_all(format!("{}\n", numbered_line(1)).as_bytes()).unwrap();
            !is_over.load(Ordering::SeqCst)
        });
        store::replace(file, &host("host7"), &numbered_key(8), false).unwrap();
        is_over.store(true, Ordering::SeqCst);
        ssh.join().unwrap()
    })
}

/// Whoever waits is told for what, can give up, and goes on as soon as the lock is free.
#[test]
fn a_lock_that_another_program_holds_freezes_nothing() {
    let (demo, home) = (Demo::start(), Home::new());
    let file = home.write(".ssh/known_hosts", "# mine\n");
    let identity = demo.write_identity(&home, None);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let new = "StrictHostKeyChecking=accept-new";
    let words = ["-o", new, "--auth", "publickey", "-i", arg(&identity), "-p", &port, &host];
    let holder = fs::File::open(&file).unwrap();
    holder.lock().unwrap();

    let pty = home.on_pty(&words);
    pty.wait_written("known_hosts is locked by another process");
    pty.signal(Signal::TERM);
    assert_eq!(pty.exit_code(), 128 + 15);

    let pty = home.on_pty(&words);
    pty.wait_written("known_hosts is locked by another process");
    drop(holder);
    pty.wait_for("demo$");
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(home.read(".ssh/known_hosts").lines().count(), 2);
}
