//! Transfers of files and trees, against OpenSSH's own server, which runs as a child on pipes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lab::{noise, sftp_server};
use tessh::sftp::{
    Answering, LinkPolicy, OverwritePolicy, RemoteShell, ResumePolicy, Sftp, Transfer,
    TransferClients, TransferEvent, TransferJob, TransferObserver, TransferOptions, TransferReport,
};
use tokio::process::{Child, Command};
use tokio::sync::Notify;

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
        let (sftp, child) = sftp_server(&there).await;
        Bed { _home: home, there, here, sftp, _child: child }
    }

    async fn run(&self, options: &TransferOptions, jobs: &[TransferJob]) -> (TransferReport, Seen) {
        self.run_over(vec![self.sftp.clone()], options, jobs).await
    }

    async fn run_over(
        &self,
        connections: Vec<Sftp>,
        options: &TransferOptions,
        jobs: &[TransferJob],
    ) -> (TransferReport, Seen) {
        let seen = Seen::default();
        let transfer = Transfer::new(connections, options.clone());
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

/// What was told.
#[derive(Default)]
struct Seen {
    lines: Mutex<Vec<String>>,
    bytes: Mutex<u64>,
    resumed: Mutex<u64>,
    compared: Mutex<u64>,
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
            TransferEvent::Began { resumed, .. } => *self.resumed.lock().unwrap() += resumed,
            TransferEvent::Compared { count, .. } => *self.compared.lock().unwrap() += count,
            TransferEvent::Restarted { why, .. } => {
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

/// Runs commands as the server's account would, in another directory.
struct Shell;

impl RemoteShell for Shell {
    fn run(&self, command: Vec<u8>) -> Answering<'_, Result<Vec<u8>, tessh::error::Error>> {
        Box::pin(async move {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(OsStr::from_bytes(&command)).current_dir("/");
            Ok(shell.output().await.unwrap().stdout)
        })
    }
}

fn resuming() -> TransferOptions {
    TransferOptions { resume: ResumePolicy::Always, verify: true, ..TransferOptions::default() }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn what_is_there_is_continued_if_it_is_right() {
    let bed = Bed::new().await;
    let data = noise(5_000_000);
    for shell in [false, true] {
        for (partial, resumed, lines) in [
            (&data[..3_000_001], 3_000_001, &[][..]),
            (&data[..], 5_000_000, &[]),
            (&[][..], 0, &[]),
            (&data[1..1_000_000], 0, &["Mismatch"]),
            (&[&data[..999_999], b"x"].concat()[..], 0, &["Mismatch"]),
            (&[&data[..], b"x"].concat()[..], 0, &["Mismatch"]),
        ] {
            for (name, source, copy) in
                [("get", &bed.there, &bed.here), ("put", &bed.here, &bed.there)]
            {
                fs::write(source.join(name), &data).unwrap();
                fs::write(copy.join(format!("{name}.filepart")), partial).unwrap();
                let job = match name {
                    "get" => bed.get(b"get", "get"),
                    _ => bed.put("put", b"put"),
                };
                let mut transfer = Transfer::new(vec![bed.sftp.clone()], resuming());
                if shell {
                    transfer = transfer.with_shell(Arc::new(Shell));
                }
                let seen = Seen::default();
                let report = transfer.run(&[job], &seen).await;
                assert!(report.is_complete(), "{report:?}");
                assert_eq!(*seen.lines.lock().unwrap(), lines, "{name}");
                assert_eq!(*seen.resumed.lock().unwrap(), resumed, "{name}");
                assert_eq!(*seen.bytes.lock().unwrap(), 5_000_000 - resumed, "{name}");
                assert!(*seen.compared.lock().unwrap() >= 5_000_000 + resumed, "{name}");
                assert!(fs::read(copy.join(name)).unwrap() == data);
                fs::remove_file(copy.join(name)).unwrap();
            }
        }
    }
    assert_eq!(listing(&bed.here).len() + listing(&bed.there).len(), 2);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn what_has_arrived_whole_is_left_alone_and_nothing_unfinished_beside_it() {
    let bed = Bed::new().await;
    for (name, source, copy) in [("get", &bed.there, &bed.here), ("put", &bed.here, &bed.there)] {
        for directory in [source, copy] {
            fs::write(directory.join(name), "whole").unwrap();
            set(&directory.join(name), 0o644, 1000);
        }
        for beside in ["filepart", "filepart.tessh"] {
            fs::write(copy.join(format!("{name}.{beside}")), "half").unwrap();
        }
        let job = if name == "get" { bed.get(b"get", "get") } else { bed.put("put", b"put") };
        for (resume, left) in [(ResumePolicy::Never, true), (ResumePolicy::Always, false)] {
            let overwrite = OverwritePolicy::Different;
            let options = TransferOptions { overwrite, resume, ..resuming() };
            let (report, seen) = bed.run(&options, std::slice::from_ref(&job)).await;
            assert!(report.is_complete() && report.skipped == 1, "{report:?}");
            assert_eq!(*seen.lines.lock().unwrap(), ["Same"]);
            let is_there = |it: &str| copy.join(format!("{name}.{it}")).exists();
            assert_eq!(["filepart", "filepart.tessh"].map(is_there), [left; 2], "{name}");
        }
    }
}

/// Calls a function when so many bytes have arrived.
struct After<F> {
    bytes: Mutex<u64>,
    at: u64,
    then: F,
}

impl<F: Fn() + Send + Sync> TransferObserver for After<F> {
    fn event(&self, event: TransferEvent<'_>) {
        if let TransferEvent::Bytes { count, .. } = event {
            let mut bytes = self.bytes.lock().unwrap();
            *bytes += count;
            if *bytes >= self.at && *bytes - count < self.at {
                (self.then)();
            }
        }
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Transfers a file of this size, which is cut off at a random place by the end of the server or of
/// the transfer, and resumes it, over so many connections.
async fn cut_off_and_resumed(rounds: u64, size: usize, connections: usize) {
    let bed = Bed::new().await;
    let data = noise(size);
    let mut dice = Dice(size as u64);
    fs::write(bed.there.join("get"), &data).unwrap();
    fs::write(bed.here.join("put"), &data).unwrap();
    let (mut resumed, mut kept) = (0, 0);
    for round in 0..rounds {
        for put in [false, true] {
            let job = if put { bed.put("put", b"put") } else { bed.get(b"get", "get") };
            let copy = if put { bed.there.join("put") } else { bed.here.join("get") };
            let (mut lanes, mut servers) = (Vec::new(), Vec::new());
            for _ in 0..connections {
                let (sftp, child) = sftp_server(&bed.there).await;
                lanes.push(sftp);
                servers.push(child);
            }
            let (stop, is_killed) = (Notify::new(), round % 2 == 0);
            let servers = Mutex::new(servers);
            let then = || match is_killed {
                true => servers.lock().unwrap().iter_mut().for_each(|it| it.start_kill().unwrap()),
                false => stop.notify_one(),
            };
            // Several connections write pieces, of which only whole ones count: the first of them
            // are there before the cut.
            let least = if connections > 1 { size as u64 / 2 } else { 0 };
            let at = least + dice.below(size as u64 - least - 1) + 1;
            let after = After { bytes: Mutex::new(0), at, then };
            let options = TransferOptions { verify: false, ..resuming() };
            let (transfer, jobs) = (Transfer::new(lanes, options.clone()), [job.clone()]);
            let ended = tokio::select! {
                biased;
                () = stop.notified() => false,
                report = transfer.run(&jobs, &after) => {
                    for failure in &report.failures {
                        let line = failure.error.to_string();
                        assert!(line.contains(".filepart"), "{line}");
                    }
                    report.is_complete()
                }
            };
            drop(transfer);
            assert!(!copy.exists() || ended);
            let (report, seen) = match connections {
                1 => bed.run(&options, &[job]).await,
                _ => {
                    let (second, _child) = sftp_server(&bed.there).await;
                    bed.run_over(vec![bed.sftp.clone(), second], &options, &[job]).await
                }
            };
            assert!(report.is_complete(), "{report:?}");
            assert!(fs::read(&copy).unwrap() == data, "round {round}, put: {put}, at {at}");
            let lines = seen.lines.lock().unwrap().clone();
            assert!(lines.is_empty(), "round {round}, put: {put}, at {at}: {lines:?}");
            resumed += u64::from(*seen.resumed.lock().unwrap() > 0);
            kept += *seen.resumed.lock().unwrap();
            fs::remove_file(&copy).unwrap();
        }
    }
    assert!(resumed > rounds, "only {resumed} of {} were resumed", 2 * rounds);
    assert!(kept > rounds * size as u64 / 4);
    assert_eq!(listing(&bed.here).len() + listing(&bed.there).len(), 2);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn transfers_that_are_cut_off_are_resumed() {
    cut_off_and_resumed(50, 12_345_678, 1).await;
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn large_files_over_several_connections_are_resumed() {
    cut_off_and_resumed(6, 150_000_001, 4).await;
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_named_link_leads_to_the_file_that_is_replaced_and_owners_stay() {
    let bed = Bed::new().await;
    for (name, source, copy) in [("get", &bed.there, &bed.here), ("put", &bed.here, &bed.there)] {
        fs::create_dir(copy.join("elsewhere")).unwrap();
        fs::write(copy.join("elsewhere/real"), "old").unwrap();
        std::os::unix::fs::chown(copy.join("elsewhere/real"), Some(65_534), Some(65_533)).unwrap();
        symlink("elsewhere/real", copy.join(name)).unwrap();
        fs::write(source.join(name), "new").unwrap();
    }
    let jobs = [bed.get(b"get", "get"), bed.put("put", b"put")];
    let (report, seen) = bed.run(&TransferOptions::default(), &jobs).await;
    assert!(report.is_complete() && seen.lines.lock().unwrap().is_empty(), "{report:?}");
    for (name, copy) in [("get", &bed.here), ("put", &bed.there)] {
        assert!(copy.join(name).is_symlink());
        let status = fs::metadata(copy.join("elsewhere/real")).unwrap();
        assert_eq!((status.uid(), status.gid()), (65_534, 65_533), "{name}");
        assert_eq!(fs::read(copy.join(name)).unwrap(), b"new");
        assert_eq!(fs::read_dir(copy.join("elsewhere")).unwrap().count(), 1);
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn zeros_become_holes_if_that_is_wanted() {
    let bed = Bed::new().await;
    let mut data = vec![0; 20_000_000];
    data[7_000_000] = 1;
    fs::write(bed.there.join("f"), &data).unwrap();
    let options = TransferOptions { sparse: true, ..TransferOptions::default() };
    let (report, _) = bed.run(&options, &[bed.get(b"f", "f")]).await;
    assert!(report.is_complete(), "{report:?}");
    assert!(fs::read(bed.here.join("f")).unwrap() == data);
    let allocated = fs::metadata(bed.here.join("f")).unwrap().blocks() * 512;
    assert!(allocated < 2_000_000, "{allocated}");
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_large_file_goes_over_all_connections() {
    let bed = Bed::new().await;
    let data = noise(100_000_001);
    fs::write(bed.there.join("f"), &data).unwrap();
    let (mut lanes, mut servers) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (sftp, child) = sftp_server(&bed.there).await;
        lanes.push(sftp);
        servers.push(child);
    }
    for job in [bed.get(b"f", "f"), bed.put("f", b"back")] {
        let (report, seen) = bed.run_over(lanes.clone(), &resuming(), &[job]).await;
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(*seen.bytes.lock().unwrap(), data.len() as u64);
    }
    assert!(fs::read(bed.here.join("f")).unwrap() == data);
    assert!(fs::read(bed.there.join("back")).unwrap() == data);
    assert_eq!(listing(&bed.here).len() + listing(&bed.there).len(), 3);
    // One that comes later takes its part.
    let (late, server) = sftp_server(&bed.there).await;
    let (to_come, clients) = TransferClients::growing(vec![lanes[0].clone()]);
    let to_come = Mutex::new(Some(to_come));
    let then = || to_come.lock().unwrap().take().unwrap().add(late.clone());
    let after = After { bytes: Mutex::new(0), at: 10_000_000, then };
    let transfer = Transfer::new(clients, TransferOptions::default());
    assert!(transfer.run(&[bed.get(b"f", "late")], &after).await.is_complete());
    assert!(fs::read(bed.here.join("late")).unwrap() == data);
    let io = fs::read_to_string(format!("/proc/{}/io", server.id().unwrap())).unwrap();
    let sent = io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap();
    assert!(sent.parse::<u64>().unwrap() > 10_000_000, "{io}");
    // One that is lost meanwhile leaves its part to the others.
    let lost = Mutex::new(servers.pop());
    let then = || drop(lost.lock().unwrap().take());
    let after = After { bytes: Mutex::new(0), at: 30_000_000, then };
    let transfer = Transfer::new(lanes, TransferOptions::default());
    let report = transfer.run(&[bed.get(b"f", "again")], &after).await;
    assert!(report.is_complete(), "{report:?}");
    assert!(fs::read(bed.here.join("again")).unwrap() == data);
}
