//! Transfers of files and trees, against OpenSSH's own server, which runs as a child on pipes.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use tessh::sftp::{
    InFlight, LinkPolicy, OverwritePolicy, Sftp, Transfer, TransferEvent, TransferJob,
    TransferObserver, TransferOptions, TransferReport,
};
use tokio::process::{Child, Command};

const SERVER: &str = "/usr/lib/openssh/sftp-server";

/// A directory with a server in it, and one for the copies.
struct Bed {
    _home: tempfile::TempDir,
    there: PathBuf,
    here: PathBuf,
    sftp: Sftp,
    _child: Child,
}

impl Bed {
    async fn new() -> Bed {
        let home = tempfile::tempdir().unwrap();
        let (there, here) = (home.path().join("there"), home.path().join("here"));
        fs::create_dir(&there).unwrap();
        fs::create_dir(&here).unwrap();
        let (sftp, child) = connect(&there).await;
        Bed { _home: home, there, here, sftp, _child: child }
    }

    async fn run(&self, options: &TransferOptions, jobs: &[TransferJob]) -> (TransferReport, Seen) {
        let seen = Seen::default();
        let transfer = Transfer::new(vec![self.sftp.clone()], options.clone());
        let report = transfer.run(jobs, &seen).await;
        (report, seen)
    }

    fn get(&self, from: &[u8], to: &str) -> TransferJob {
        TransferJob::Get { from: from.to_vec(), to: self.here.join(to) }
    }

    fn put(&self, from: &str, to: &[u8]) -> TransferJob {
        TransferJob::Put { from: self.here.join(from), to: to.to_vec() }
    }
}

/// A server that starts in this directory, and a connection to it.
async fn connect(directory: &Path) -> (Sftp, Child) {
    let mut child = Command::new(SERVER)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (reader, writer) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let (sftp, driver) = Sftp::open(reader, writer, InFlight::default()).await.unwrap();
    tokio::spawn(driver);
    (sftp, child)
}

/// What was told.
#[derive(Default)]
struct Seen {
    lines: Mutex<Vec<String>>,
    bytes: Mutex<u64>,
}

impl TransferObserver for Seen {
    fn event(&self, event: TransferEvent<'_>) {
        match event {
            TransferEvent::Bytes { count, .. } => *self.bytes.lock().unwrap() += count,
            TransferEvent::Failed(failure) => {
                self.lines.lock().unwrap().push(failure.error.to_string());
            }
            TransferEvent::Skipped { why, .. } => {
                self.lines.lock().unwrap().push(format!("{why:?}"));
            }
            TransferEvent::Noted { error } => self.lines.lock().unwrap().push(error.to_string()),
            _ => {}
        }
    }
}

fn trees() -> TransferOptions {
    TransferOptions { recursive: true, ..TransferOptions::default() }
}

/// Bytes that differ from block to block.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(length).collect()
}

/// Every file below a directory: path, mode, time, and content or where a link leads.
fn listing(root: &Path) -> Vec<(PathBuf, u32, i64, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let status = fs::symlink_metadata(&path).unwrap();
            let (mode, mut time) = (status.mode(), status.mtime());
            let content = if status.is_dir() {
                open.push(path.clone());
                Vec::new()
            } else if status.is_symlink() {
                time = 0;
                fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec()
            } else {
                fs::read(&path).unwrap()
            };
            found.push((path.strip_prefix(root).unwrap().to_owned(), mode, time, content));
        }
    }
    found.sort();
    found
}

fn set(path: &Path, mode: u32, time: u64) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let file = fs::File::open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(time)).unwrap();
}

/// A tree with what is hard about trees.
fn plant(root: &Path) {
    for directory in ["", "empty", "a", "a/b", "a/b/c"] {
        fs::create_dir(root.join(directory)).unwrap();
    }
    let mut names: Vec<Vec<u8>> =
        (1..=255).filter(|byte| *byte != b'/').map(|byte| vec![b'n', byte, b'e']).collect();
    names.push(vec![0xff; 255]);
    names.push("あ".repeat(85).into_bytes());
    names.push(vec![b'x'; 241]);
    for (number, name) in names.iter().enumerate() {
        let path = root.join("a").join(OsStr::from_bytes(name));
        fs::write(&path, name).unwrap();
        set(&path, [0o644, 0o600, 0o755, 0o440][number % 4], 1_000_000_000 + number as u64);
    }
    for (number, size) in [0, 1, 4096, 261_119, 261_120, 261_121, 522_240, 1 << 20, (1 << 20) + 1]
        .into_iter()
        .enumerate()
    {
        fs::write(root.join(format!("a/b/c/{number}")), noise(size)).unwrap();
    }
    symlink("../nowhere", root.join("a/link")).unwrap();
    symlink("b", root.join("a/to-b")).unwrap();
    for directory in ["empty", "a/b/c", "a/b", "a", ""] {
        set(&root.join(directory), 0o750, 900_000_000);
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn files_of_every_size_arrive_whole() {
    let bed = Bed::new().await;
    for size in [0, 1, 32_768, 261_120, 261_121, 1 << 20, (1 << 20) + 1, 40_000_003] {
        let data = noise(size);
        fs::write(bed.there.join("f"), &data).unwrap();
        set(&bed.there.join("f"), 0o640, 1_234_567_890);
        let jobs = [bed.get(b"f", "f")];
        let (report, seen) = bed.run(&TransferOptions::default(), &jobs).await;
        assert!(report.is_complete(), "{report:?}");
        assert_eq!((report.files, report.bytes), (1, size as u64));
        assert_eq!(*seen.bytes.lock().unwrap(), size as u64);
        assert!(fs::read(bed.here.join("f")).unwrap() == data);
        let jobs = [bed.put("f", b"back")];
        let (report, seen) = bed.run(&TransferOptions::default(), &jobs).await;
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(*seen.bytes.lock().unwrap(), size as u64);
        assert!(fs::read(bed.there.join("back")).unwrap() == data);
        for path in [bed.here.join("f"), bed.there.join("back")] {
            let status = fs::metadata(path).unwrap();
            assert_eq!((status.mode() & 0o7777, status.mtime()), (0o640, 1_234_567_890));
        }
    }
    assert_eq!(listing(&bed.here).len() + listing(&bed.there).len(), 3);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn trees_arrive_as_they_are() {
    let bed = Bed::new().await;
    plant(&bed.there.join("tree"));
    let planted = listing(&bed.there.join("tree"));
    let (report, seen) = bed.run(&trees(), &[bed.get(b"tree", "copy")]).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(seen.lines.lock().unwrap()[..], [""; 0]);
    assert!(listing(&bed.here.join("copy")) == planted);
    assert_eq!((report.directories, report.links), (5, 2));
    let (report, seen) = bed.run(&trees(), &[bed.put("copy", b"back")]).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(seen.lines.lock().unwrap()[..], [""; 0]);
    assert!(listing(&bed.there.join("back")) == planted);
    let root = fs::metadata(bed.there.join("back")).unwrap();
    assert_eq!((root.mode() & 0o777, root.mtime()), (0o750, 900_000_000));
    // Once more onto what is there: everything is replaced, nothing else changes.
    let (report, _) = bed.run(&trees(), &[bed.put("copy", b"back")]).await;
    assert!(report.is_complete(), "{report:?}");
    assert!(listing(&bed.there.join("back")) == planted);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn thousands_of_small_files_are_all_there() {
    let bed = Bed::new().await;
    for directory in 0..20 {
        let directory = bed.there.join(format!("many/{directory}"));
        fs::create_dir_all(&directory).unwrap();
        for number in 0..100 {
            fs::write(directory.join(number.to_string()), noise(number * 41)).unwrap();
        }
    }
    let (report, _) = bed.run(&trees(), &[bed.get(b"many", "many")]).await;
    assert_eq!((report.files, report.is_complete()), (2000, true), "{report:?}");
    assert!(listing(&bed.here) == listing(&bed.there));
    let (report, _) = bed.run(&trees(), &[bed.put("many", b"again")]).await;
    assert_eq!((report.files, report.is_complete()), (2000, true), "{report:?}");
    assert!(listing(&bed.there.join("again")) == listing(&bed.here.join("many")));
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn the_policy_says_what_is_replaced() {
    let bed = Bed::new().await;
    let plain = |overwrite| TransferOptions { overwrite, ..TransferOptions::default() };
    for (policy, target_time, target, replaced) in [
        (OverwritePolicy::Never, 500, "old", false),
        (OverwritePolicy::Always, 2000, "old", true),
        (OverwritePolicy::Newer, 1000, "old", false),
        (OverwritePolicy::Newer, 999, "old", true),
        (OverwritePolicy::Different, 1000, "old", false),
        (OverwritePolicy::Different, 1001, "old", true),
        (OverwritePolicy::Different, 1000, "older", true),
        (OverwritePolicy::Ask, 500, "old", false),
    ] {
        for path in [bed.there.join("f"), bed.here.join("g")] {
            fs::write(&path, "new").unwrap();
            set(&path, 0o644, 1000);
        }
        for path in [bed.here.join("f"), bed.there.join("g")] {
            fs::write(&path, target).unwrap();
            set(&path, 0o644, target_time);
        }
        let jobs = [bed.get(b"f", "f"), bed.put("g", b"g")];
        let (report, _) = bed.run(&plain(policy), &jobs).await;
        assert!(report.is_complete(), "{policy:?} {report:?}");
        assert_eq!(report.skipped, if replaced { 0 } else { 2 }, "{policy:?}");
        let expected = if replaced { "new" } else { target };
        for path in [bed.here.join("f"), bed.there.join("g")] {
            assert_eq!(fs::read(path).unwrap(), expected.as_bytes(), "{policy:?}");
        }
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn links_are_copied_followed_or_left_out() {
    let bed = Bed::new().await;
    for root in [bed.there.join("t"), bed.here.join("u")] {
        fs::create_dir_all(root.join("d")).unwrap();
        fs::write(root.join("d/f"), "text").unwrap();
        symlink("d/f", root.join("file")).unwrap();
        symlink("d", root.join("directory")).unwrap();
        symlink("..", root.join("d/loop")).unwrap();
    }
    for links in [LinkPolicy::Copy, LinkPolicy::Skip, LinkPolicy::Follow] {
        let options = TransferOptions { links, ..trees() };
        let (name, back) = (format!("{links:?}"), format!("{links:?}-put"));
        let jobs = [bed.get(b"t", &name), bed.put("u", back.as_bytes())];
        let (report, seen) = bed.run(&options, &jobs).await;
        let lines = seen.lines.lock().unwrap().clone();
        for root in [bed.here.join(&name), bed.there.join(&back)] {
            assert_eq!(fs::read(root.join("d/f")).unwrap(), b"text");
            let is_link = |name| root.join(name).is_symlink();
            match links {
                LinkPolicy::Copy => assert!(is_link("file") && is_link("d/loop")),
                LinkPolicy::Skip => assert!(!root.join("file").exists()),
                LinkPolicy::Follow => {
                    assert!(!is_link("file") && !is_link("directory"));
                    assert_eq!(fs::read(root.join("file")).unwrap(), b"text");
                    assert_eq!(fs::read(root.join("directory/f")).unwrap(), b"text");
                }
            }
        }
        // Each tree has two ways into the loop.
        let (failed, skipped) = match links {
            LinkPolicy::Copy => (0, 0),
            LinkPolicy::Skip => (0, 6),
            LinkPolicy::Follow => (4, 0),
        };
        assert_eq!((report.failed, report.skipped), (failed, skipped), "{lines:?}");
        assert!(links != LinkPolicy::Follow || lines.iter().all(|it| it.contains("link leads to")));
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn what_fails_is_listed_and_the_others_go_on() {
    let bed = Bed::new().await;
    let tree = bed.there.join("t");
    fs::create_dir_all(tree.join("d")).unwrap();
    for name in ["a", "b", "in-the-way", "x.filepart", "d/f"] {
        fs::write(tree.join(name), name).unwrap();
    }
    fs::create_dir_all(bed.here.join("t/in-the-way")).unwrap();
    fs::create_dir(bed.here.join("outside")).unwrap();
    symlink("../outside", bed.here.join("t/d")).unwrap();
    let jobs = [bed.get(b"t", "t"), bed.get(b"missing", "m"), bed.get(b"t", "x")];
    let (report, _) = bed.run(&trees(), &jobs).await;
    let lines: Vec<String> = report.failures.iter().map(|it| it.error.to_string()).collect();
    assert_eq!(report.failed, 5, "{lines:#?}");
    for words in ["this is a directory", ".filepart", "this is a link", "no such file"] {
        assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
    }
    assert!(bed.here.join("outside").read_dir().unwrap().next().is_none());
    assert_eq!(fs::read(bed.here.join("t/b")).unwrap(), b"b");
    assert_eq!(fs::read(bed.here.join("x/d/f")).unwrap(), b"d/f");
    let (report, _) = bed.run(&TransferOptions::default(), &[bed.get(b"t", "y")]).await;
    assert!(report.failures[0].error.to_string().contains("only with -r"));
}
