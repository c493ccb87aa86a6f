//! Transfers from and to servers that lie, and to disks that are full: nothing outside the target,
//! nothing cut short under its final name, an end in any case.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "transfer_hostile/replies.rs"]
mod replies;

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::{Path, PathBuf};

use tessh::sftp::{
    InFlight, LinkPolicy, Sftp, Transfer, TransferEvent, TransferJob, TransferObserver,
    TransferOptions, TransferReport,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};

const DIRECTORY: u32 = 0o040_755;
const FILE: u32 = 0o100_644;
const LINK: u32 = 0o120_777;
const DEVICE: u32 = 0o020_666;
/// Directories beside each other without an end.
const WIDE: u32 = 1;

/// A server whose every answer is made up.
trait Liar: Send + 'static {
    /// The names in a directory, asked for the nth time: name, mode, size. None at all is the end.
    fn names(&mut self, _path: &[u8], _nth: usize) -> Vec<(Vec<u8>, u32, u64)> {
        Vec::new()
    }

    /// Mode and size of a path, or that it is not there. Directories end in `d`.
    fn stat(&mut self, path: &[u8]) -> Option<(u32, u64)> {
        Some(if path.ends_with(b"d") { (DIRECTORY, 0) } else { (FILE, 4) })
    }

    fn real_path(&mut self, path: &[u8]) -> Vec<u8> {
        path.to_vec()
    }

    fn read(&mut self, _path: &[u8], offset: u64, length: u32) -> Vec<u8> {
        let end = 4.min(offset + u64::from(length));
        b"text"[offset.min(end) as usize..end as usize].to_vec()
    }

    /// Whether a block is written.
    fn write(&mut self, _offset: u64, _length: usize) -> bool {
        true
    }
}

/// The fields of a packet.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn number(&mut self) -> u32 {
        let (first, rest) = self.0.split_first_chunk().unwrap();
        self.0 = rest;
        u32::from_be_bytes(*first)
    }

    fn long(&mut self) -> u64 {
        u64::from(self.number()) << 32 | u64::from(self.number())
    }

    fn string(&mut self) -> &'a [u8] {
        let length = self.number() as usize;
        let (first, rest) = self.0.split_at(length);
        self.0 = rest;
        first
    }
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u32).to_be_bytes());
    out.extend(bytes);
}

fn attributes(out: &mut Vec<u8>, (mode, size): (u32, u64)) {
    out.extend(5_u32.to_be_bytes());
    out.extend(size.to_be_bytes());
    out.extend(mode.to_be_bytes());
}

/// Answers requests until the other side goes. Handles are the paths.
async fn serve(mut stream: DuplexStream, mut liar: impl Liar) -> Option<()> {
    let mut asked = 0;
    loop {
        let length = stream.read_u32().await.ok()? as usize;
        let mut packet = vec![0; length];
        stream.read_exact(&mut packet).await.ok()?;
        let (kind, mut fields) = (packet[0], Fields(&packet[1..]));
        let id = fields.number();
        let mut out = id.to_be_bytes().to_vec();
        let status = |out: &mut Vec<u8>, code: u32| {
            out.extend(code.to_be_bytes());
            string(out, b"");
            string(out, b"");
            101_u8
        };
        let answer = match kind {
            1 => {
                out = 3_u32.to_be_bytes().to_vec();
                2
            }
            3 => {
                string(&mut out, fields.string());
                102
            }
            4 | 9 | 10 | 13 | 14 | 18 => status(&mut out, 0),
            5 => {
                let path = fields.string();
                let (offset, length) = (fields.long(), fields.number());
                let data = liar.read(path, offset, length);
                if data.is_empty() {
                    status(&mut out, 1)
                } else {
                    string(&mut out, &data);
                    103
                }
            }
            6 => {
                fields.string();
                let offset = fields.long();
                let written = liar.write(offset, fields.string().len());
                status(&mut out, if written { 0 } else { 4 })
            }
            7 | 8 | 17 => match liar.stat(fields.string()) {
                Some(found) => {
                    attributes(&mut out, found);
                    105
                }
                None => status(&mut out, 2),
            },
            11 => {
                asked = 0;
                string(&mut out, fields.string());
                102
            }
            12 => {
                let names = liar.names(fields.string(), asked);
                asked += 1;
                if names.is_empty() {
                    status(&mut out, 1)
                } else {
                    out.extend((names.len() as u32).to_be_bytes());
                    for (name, mode, size) in names {
                        string(&mut out, &name);
                        string(&mut out, b"");
                        attributes(&mut out, (mode, size));
                    }
                    104
                }
            }
            16 | 19 => {
                out.extend(1_u32.to_be_bytes());
                string(&mut out, &liar.real_path(fields.string()));
                string(&mut out, b"");
                out.extend(0_u32.to_be_bytes());
                104
            }
            _ => status(&mut out, 8),
        };
        let length = out.len() as u32 + 1;
        stream.write_u32(length).await.ok()?;
        stream.write_u8(answer).await.ok()?;
        stream.write_all(&out).await.ok()?;
    }
}

async fn connect(liar: impl Liar) -> Sftp {
    let (ours, theirs) = duplex(1 << 20);
    tokio::spawn(serve(theirs, liar));
    let (reader, writer) = split(ours);
    let (sftp, driver) = Sftp::open(reader, writer, InFlight::default()).await.unwrap();
    tokio::spawn(driver);
    sftp
}

struct Quiet;

impl TransferObserver for Quiet {
    fn event(&self, _: TransferEvent<'_>) {}
}

/// A directory for the copy, and nothing beside it.
struct Target {
    home: tempfile::TempDir,
}

impl Target {
    fn new() -> Target {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("in")).unwrap();
        Target { home }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("in").join(name)
    }

    /// Gets `from`, with these options; the names beside the target stay as they are.
    async fn get(
        &self,
        liar: impl Liar,
        from: &str,
        options: TransferOptions,
    ) -> (TransferReport, Vec<String>) {
        let sftp = connect(liar).await;
        let job = TransferJob::Get { from: from.into(), to: self.path("copy") };
        let report = Transfer::new(vec![sftp], options).run(&[job], &Quiet).await;
        assert_eq!(names(self.home.path()), ["in"]);
        let lines: Vec<String> = report.failures.iter().map(|it| it.error.to_string()).collect();
        assert!(lines.iter().all(|line| !line.contains(['\n', '\x1b', '\0'])), "{lines:?}");
        (report, lines)
    }
}

fn names(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        names.map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn trees() -> TransferOptions {
    TransferOptions { recursive: true, ..TransferOptions::default() }
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_refused() {
    struct Names;
    impl Liar for Names {
        fn names(&mut self, _: &[u8], nth: usize) -> Vec<(Vec<u8>, u32, u64)> {
            let bad = ["../x", "/etc/x", "a/b", "a\0b", "", "../d", "./y", "z/"];
            let good = ["C:x", "CON", "\x1b[2J", "..."];
            let all = bad.iter().chain(&good).flat_map(|name| {
                [FILE, DIRECTORY, LINK].map(|mode| (name.as_bytes().to_vec(), mode, 4))
            });
            if nth == 0 {
                all.filter(|it| it.1 == FILE || it.0.contains(&b'/')).collect()
            } else {
                Vec::new()
            }
        }
    }
    let target = Target::new();
    let (report, lines) = target.get(Names, "d", trees()).await;
    assert_eq!(report.files, 4, "{lines:#?}");
    assert_eq!(report.failed, 6 * 3 + 2, "{lines:#?}");
    assert!(lines.iter().all(|line| line.contains("would lead out of it")), "{lines:#?}");
    assert_eq!(names(&target.path("copy")), ["\x1b[2J", "...", "C:x", "CON"]);
    assert_eq!(names(&target.path("")), ["copy"]);
}

#[tokio::test]
async fn a_name_that_is_listed_twice_is_transferred_once() {
    struct Twice;
    impl Liar for Twice {
        fn names(&mut self, _: &[u8], nth: usize) -> Vec<(Vec<u8>, u32, u64)> {
            let name = (b"f".to_vec(), FILE, 4);
            if nth < 2 { vec![name; 2] } else { Vec::new() }
        }
    }
    let target = Target::new();
    let (report, lines) = target.get(Twice, "d", trees()).await;
    assert!(report.is_complete() && report.files == 1, "{report:?} {lines:?}");
    assert_eq!(names(&target.path("copy")), ["f"]);
}

#[tokio::test]
async fn what_is_no_file_is_not_replaced_by_one() {
    struct Device;
    impl Liar for Device {
        fn stat(&mut self, _: &[u8]) -> Option<(u32, u64)> {
            Some((DEVICE, 0))
        }
    }
    struct File;
    impl Liar for File {}
    let refused = |lines: &[String]| {
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("is not replaced by a file; name a file"), "{lines:?}");
    };
    let target = Target::new();
    let (pipe, mode) = (target.path("copy"), rustix::fs::Mode::RUSR);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).unwrap();
    refused(&target.get(File, "f", TransferOptions::default()).await.1);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    // A link that leads to a device, as /dev/stdout does.
    let target = Target::new();
    symlink("/dev/null", target.path("copy")).unwrap();
    refused(&target.get(File, "f", TransferOptions::default()).await.1);
    assert!(target.path("copy").is_symlink());
    // On the server.
    let target = Target::new();
    fs::write(target.path("f"), "new").unwrap();
    let job = TransferJob::Put { from: target.path("f"), to: b"/dev/null".to_vec() };
    let transfer = Transfer::new(vec![connect(Device).await], TransferOptions::default());
    let report = transfer.run(&[job], &Quiet).await;
    refused(&report.failures.iter().map(|it| it.error.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn trees_without_an_end_are_given_up() {
    struct Endless(u32);
    impl Liar for Endless {
        fn names(&mut self, path: &[u8], nth: usize) -> Vec<(Vec<u8>, u32, u64)> {
            match self.0 {
                WIDE if path == b"d" => vec![(format!("{nth:09}d").into_bytes(), DIRECTORY, 0)],
                WIDE => Vec::new(),
                // A directory in each directory; a link that leads to a directory.
                DIRECTORY | LINK if nth > 0 => Vec::new(),
                DIRECTORY | LINK => vec![(b"d".to_vec(), self.0, 0)],
                _ => vec![(format!("f{nth}").into_bytes(), FILE, 4)],
            }
        }
    }
    let bounds = TransferOptions { most_depth: 20, most_names: 300, most_bytes: 900, ..trees() };
    let options = || bounds.clone();
    for (kind, words) in [
        (DIRECTORY, "directories deep"),
        (FILE, "more than 300 names"),
        (WIDE, "more than 900 bytes"),
    ] {
        let target = Target::new();
        let (report, lines) = target.get(Endless(kind), "d", options()).await;
        assert_eq!(report.failed, 1, "{lines:?}");
        assert!(lines[0].contains(words), "{lines:?}");
    }
    // Links that are followed, each with a real path of its own.
    let target = Target::new();
    let follow = TransferOptions { links: LinkPolicy::Follow, ..options() };
    let (report, lines) = target.get(Endless(LINK), "d", follow).await;
    assert_eq!(report.failed, 1, "{lines:?}");
    assert!(lines[0].contains("directories deep"), "{lines:?}");
}

#[tokio::test]
async fn short_reads_come_to_the_whole_file() {
    struct Short;
    impl Liar for Short {
        fn stat(&mut self, _: &[u8]) -> Option<(u32, u64)> {
            Some((FILE, 300_000))
        }
        fn read(&mut self, _path: &[u8], offset: u64, length: u32) -> Vec<u8> {
            let end = (offset + u64::from(length)).min(300_000).min(offset + 1 + offset % 7000);
            (offset..end).map(|at| (at / 3) as u8).collect()
        }
    }
    let target = Target::new();
    let (report, lines) = target.get(Short, "f", TransferOptions::default()).await;
    assert!(report.is_complete(), "{lines:?}");
    let expected: Vec<u8> = (0..300_000_u64).map(|at| (at / 3) as u8).collect();
    assert!(fs::read(target.path("copy")).unwrap() == expected);
}

#[tokio::test]
async fn a_size_that_is_a_lie_is_an_error_that_names_the_rest() {
    /// The sizes that are told, the last one again and again; the size that there is.
    struct Size(Vec<u64>, u64);
    impl Liar for Size {
        fn stat(&mut self, _: &[u8]) -> Option<(u32, u64)> {
            let size = if self.0.len() > 1 { self.0.remove(0) } else { self.0[0] };
            Some((FILE, size))
        }
        fn read(&mut self, _path: &[u8], offset: u64, length: u32) -> Vec<u8> {
            let end = (offset + u64::from(length)).min(self.1);
            vec![b'x'; end.saturating_sub(offset) as usize]
        }
    }
    let short = Size(vec![2_000_000], 1_500_000);
    let shrinking = Size(vec![2_000_000, 2_000_000, 1_000_000, 900_000], 1_500_000);
    let growing = Size((20..90).map(|size| size * 100_000).collect(), 1 << 30);
    for liar in [short, shrinking, growing] {
        let target = Target::new();
        let (report, lines) = target.get(liar, "f", TransferOptions::default()).await;
        assert_eq!(report.failed, 1, "{lines:?}");
        let words = ["f: ", " bytes were read, but its size is ", "copy.filepart)"];
        assert!(words.iter().all(|words| lines[0].contains(words)), "{lines:?}");
        assert_eq!(names(&target.path("")), ["copy.filepart"]);
    }
    // What is told first may be old.
    let target = Target::new();
    let liar = Size(vec![2_000_000, 2_000_000, 1_500_000], 1_500_000);
    let (report, lines) = target.get(liar, "f", TransferOptions::default()).await;
    assert!(report.is_complete(), "{lines:?}");
    assert_eq!(fs::metadata(target.path("copy")).unwrap().len(), 1_500_000);
}

#[tokio::test]
async fn a_server_that_keeps_less_than_it_says_gets_no_final_name() {
    struct Full(u64);
    impl Liar for Full {
        fn stat(&mut self, path: &[u8]) -> Option<(u32, u64)> {
            Some((FILE, if path.ends_with(b"small.filepart") { 100 } else { 3_000_000 }))
        }
        fn write(&mut self, offset: u64, length: usize) -> bool {
            offset + length as u64 <= self.0
        }
    }
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("large"), vec![b'x'; 5_000_000]).unwrap();
    fs::write(home.path().join("small"), vec![b'x'; 100]).unwrap();
    for (room, words) in [(3_000_000, "could not do it"), (u64::MAX, "5000000")] {
        let sftp = connect(Full(room)).await;
        let jobs = ["large", "small"]
            .map(|name| TransferJob::Put { from: home.path().join(name), to: name.into() });
        let report = Transfer::new(vec![sftp], TransferOptions::default()).run(&jobs, &Quiet).await;
        assert_eq!((report.files, report.failed), (1, 1), "{report:?}");
        let failure = &report.failures[0];
        let line = failure.error.to_string();
        assert!(line.contains(words) && line.contains("kept in large.filepart"), "{line}");
        assert_eq!(failure.partial.as_deref(), Some(&b"large.filepart"[..]));
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn a_full_disk_keeps_the_partial_and_the_others_go_on() {
    struct Sizes;
    impl Liar for Sizes {
        fn names(&mut self, _: &[u8], nth: usize) -> Vec<(Vec<u8>, u32, u64)> {
            let names = vec![(b"large".to_vec(), FILE, 3_000_000), (b"small".to_vec(), FILE, 4)];
            if nth == 0 { names } else { Vec::new() }
        }
        fn stat(&mut self, path: &[u8]) -> Option<(u32, u64)> {
            Some(match path {
                b"d" => (DIRECTORY, 0),
                b"d/large" => (FILE, 3_000_000),
                _ => (FILE, 4),
            })
        }
        fn read(&mut self, path: &[u8], offset: u64, length: u32) -> Vec<u8> {
            let size = if path == b"d/small" { 4 } else { 3_000_000 };
            vec![b'x'; length.min((size - offset.min(size)) as u32) as usize]
        }
    }
    let target = Target::new();
    let disk = target.path("");
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(&disk)
        .status();
    assert!(mount.unwrap().success(), "mounting needs root");
    let (report, lines) = target.get(Sizes, "d", trees()).await;
    let found = names(&target.path("copy"));
    let umount = std::process::Command::new("umount").arg("-l").arg(&disk).status();
    assert!(umount.unwrap().success());
    assert_eq!(report.failed, 1, "{lines:?}");
    assert!(lines[0].contains("No space left on device"), "{lines:?}");
    assert!(lines[0].contains("large.filepart") && lines[0].contains("make room"), "{lines:?}");
    assert!(found.contains(&"large.filepart".to_owned()), "{found:?}");
    assert!(!found.contains(&"large".to_owned()), "{found:?}");
}
