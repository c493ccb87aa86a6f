//! Directories made alike, against OpenSSH's own server, which runs as a child on pipes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tessh::sftp::{
    ResumePolicy, Sftp, Sync, SyncCriteria, SyncPlan, SyncReport, SyncRules, SyncStep,
    TransferDirection, TransferEvent, TransferObserver, TransferOptions,
};
use tokio::process::Child;

struct Quiet;

impl TransferObserver for Quiet {
    fn event(&self, _: TransferEvent<'_>) {}
}

/// A directory here and one on the server.
struct Bed {
    home: tempfile::TempDir,
    sftp: Sftp,
    _server: Child,
}

impl Bed {
    async fn new() -> Bed {
        let home = tempfile::tempdir().unwrap();
        for name in ["here", "there"] {
            fs::create_dir(home.path().join(name)).unwrap();
        }
        let (sftp, child) = lab::sftp_server(home.path()).await;
        Bed { home, sftp, _server: child }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str, time: u64) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
        fs::File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
    }

    async fn sync(&self, direction: TransferDirection, rules: SyncRules) -> (SyncPlan, SyncReport) {
        let local = self.path("here");
        let sync = Sync {
            sftp: self.sftp.clone(),
            clients: vec![self.sftp.clone()].into(),
            local: &local,
            remote: b"there",
            direction,
            rules,
            options: TransferOptions { resume: ResumePolicy::Always, ..Default::default() },
            shell: None,
        };
        let plan = sync.plan().await.unwrap();
        let report = sync.run(&plan, &Quiet).await;
        (plan, report)
    }
}

/// What is below a directory: the path, and what is there.
fn listing(root: &Path) -> BTreeMap<Vec<u8>, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let found = path.symlink_metadata().unwrap();
            let mode = found.permissions().mode() & 0o777;
            let what = if found.is_symlink() {
                format!("-> {}", fs::read_link(&path).unwrap().display())
            } else if found.is_dir() {
                open.push(path.clone());
                format!("directory {mode:o}")
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                let time = found.modified().unwrap().duration_since(SystemTime::UNIX_EPOCH);
                format!("{mode:o} {} {text}", time.unwrap().as_secs())
            };
            let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
            all.insert(name, what);
        }
    }
    all
}

fn delete() -> SyncRules {
    SyncRules { delete: true, ..SyncRules::default() }
}

const BOTH: [(TransferDirection, &str, &str); 2] =
    [(TransferDirection::Get, "there", "here"), (TransferDirection::Put, "here", "there")];

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn one_directory_becomes_like_the_other_and_then_nothing_is_to_do() {
    for (direction, from, to) in BOTH {
        let bed = Bed::new().await;
        for (name, text, time) in [
            ("same", "s", 1000),
            ("newer", "two", 2000),
            ("older", "two", 500),
            ("grown", "more", 1000),
            ("deep/er/file", "x", 1000),
            ("deep/er/\n\u{202e}odd", "x", 1000),
            ("both/file", "x", 1000),
            ("was-directory", "x", 1000),
            ("was-link", "x", 1000),
        ] {
            bed.write(&format!("{from}/{name}"), text, time);
        }
        for (name, text) in [
            ("same", "s"),
            ("newer", "one"),
            ("older", "one"),
            ("grown", "m"),
            ("gone", "x"),
            ("gone-too/a/b", "x"),
            ("both/gone", "x"),
            ("was-directory/a", "x"),
        ] {
            bed.write(&format!("{to}/{name}"), text, 1000);
        }
        let target = |name: &str| bed.path(&format!("{to}/{name}"));
        symlink("same", target("was-link")).unwrap();
        symlink("/nowhere", target("gone-too/link")).unwrap();
        for name in ["link", "deep/link"] {
            symlink("same", bed.path(&format!("{from}/{name}"))).unwrap();
        }
        fs::write(target("link"), "").unwrap();
        fs::create_dir(bed.path(&format!("{from}/empty"))).unwrap();
        fs::set_permissions(bed.path(&format!("{from}/empty")), PermissionsExt::from_mode(0o750))
            .unwrap();

        let (plan, report) = bed.sync(direction, delete()).await;
        assert!(report.is_complete(), "{:?} {:?}", report.failures, report.transfer.failures);
        assert_eq!(listing(&bed.path(to)), listing(&bed.path(from)), "{direction:?}");
        assert_eq!((plan.same, report.removed), (1, 4), "{plan:?}");

        let (plan, report) = bed.sync(direction, delete()).await;
        assert_eq!((plan.changes.len(), report.transfer.files, report.removed), (0, 0, 0));
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn nothing_is_removed_without_being_asked_to_or_after_a_failure() {
    for (direction, from, to) in BOTH {
        let bed = Bed::new().await;
        bed.write(&format!("{from}/a"), "x", 1);
        bed.write(&format!("{to}/a/inside"), "x", 1);
        bed.write(&format!("{to}/b"), "x", 1);
        let (_, report) = bed.sync(direction, SyncRules::default()).await;
        assert!(bed.path(&format!("{to}/a/inside")).exists() && !report.is_complete());
        let line = report.failures[0].to_string();
        assert!(line.contains("/a: ") && line.contains("--delete"), "{line}");

        // What could not be transferred keeps everything.
        bed.write(&format!("{from}/{}", "n".repeat(255)), "x", 1);
        bed.write(&format!("{from}/c"), "x", 1);
        bed.write(&format!("{to}/c.filepart/in-the-way"), "x", 1);
        let (_, report) = bed.sync(direction, delete()).await;
        assert_eq!((report.transfer.failed, report.kept), (1, 1), "{report:?}");
        assert!(bed.path(&format!("{to}/b")).exists() && !report.is_complete());
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn what_an_interrupted_run_has_left_is_continued_and_else_left_out_or_removed() {
    for (direction, from, to) in BOTH {
        let bed = Bed::new().await;
        let text = "some text ".repeat(1000);
        for name in ["big", "in/big", "same"] {
            bed.write(&format!("{from}/{name}"), &text, 1000);
        }
        bed.write(&format!("{to}/same"), &text, 1000);
        // Of the source's own: an interrupted transfer into it, also in a directory that is new.
        for name in ["x.filepart", "x.filepart.tessh", "in/y.filepart"] {
            bed.write(&format!("{from}/{name}"), "half", 1000);
        }
        // Two that are continued, one of which has a journal, and one of a file that is not copied.
        for name in ["big", "in/big", "same"] {
            bed.write(&format!("{to}/{name}.filepart"), &text[..5_000], 1000);
        }
        let journal = format!("tessh-filepart 1 {} 1000\n0 5000\n", text.len());
        bed.write(&format!("{to}/big.filepart.tessh"), &journal, 1000);
        let (plan, report) = bed.sync(direction, delete()).await;
        assert!(report.is_complete(), "{:?} {:?}", report.failures, report.transfer.failures);
        assert_eq!(plan.count(|step| *step == SyncStep::Partial), 3, "{plan:?}");
        assert_eq!((report.transfer.files, report.removed), (2, 1), "{plan:?}");
        let mut wanted = listing(&bed.path(from));
        wanted.retain(|name, _| !String::from_utf8_lossy(name).contains(".filepart"));
        assert_eq!(listing(&bed.path(to)), wanted, "{direction:?}");
    }
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn hashes_find_what_sizes_and_times_hide_and_patterns_leave_out() {
    let bed = Bed::new().await;
    for (side, last) in [("here", "a"), ("there", "b")] {
        bed.write(&format!("{side}/big"), &("x".repeat(700_000) + last), 1000);
        bed.write(&format!("{side}/same"), &"y".repeat(300_000), 1000);
        bed.write(&format!("{side}/{side}.o"), "x", 1000);
    }
    let (plan, _) = bed.sync(TransferDirection::Put, SyncRules::default()).await;
    assert_eq!(plan.changes.len(), 1, "here.o alone");
    let criteria = SyncCriteria { size: true, time: false, hash: true };
    let mut rules = SyncRules { criteria, ..delete() };
    rules.filter.add(false, b"*.o");
    let (plan, report) = bed.sync(TransferDirection::Put, rules).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((plan.changes.len(), plan.same), (1, 1));
    assert!(fs::read(bed.path("there/big")).unwrap().ends_with(b"xa"));
    assert!(bed.path("there/there.o").exists());
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn the_target_is_made_and_a_source_that_is_not_there_is_said() {
    let bed = Bed::new().await;
    bed.write("here/a/b", "x", 1000);
    fs::remove_dir(bed.path("there")).unwrap();
    let (_, report) = bed.sync(TransferDirection::Put, SyncRules::default()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(listing(&bed.path("there")), listing(&bed.path("here")));
    fs::remove_dir_all(bed.path("there")).unwrap();
    let local = bed.path("here");
    let sync = Sync {
        sftp: bed.sftp.clone(),
        clients: vec![bed.sftp.clone()].into(),
        local: &local,
        remote: b"there",
        direction: TransferDirection::Get,
        rules: SyncRules::default(),
        options: TransferOptions::default(),
        shell: None,
    };
    let line = sync.plan().await.unwrap_err().to_string();
    assert!(line.contains("there: ") && !line.contains('\n'), "{line}");
}

/// The verb, with a real server and a login.
#[test]
#[ignore = "needs peers: tests/run"]
fn the_verb_plans_carries_out_and_comes_back() {
    let bed = lab::Bed::of(lab::Sshd::start(&["Subsystem sftp /usr/lib/openssh/sftp-server"]));
    let block = bed.host_block("srv", &["PreferredAuthentications publickey"]);
    bed.home.write(".ssh/config", &block);
    let there = |name: &str| bed.sshd.path("home").join(name);
    let run = |words: &[&str]| bed.home.tessh(&[&["sync"], words].concat()).output();
    fs::create_dir_all(bed.home.path("tree/in/er")).unwrap();
    for name in ["a", "b.o", "in/er/c", "in/\u{1b}[2J"] {
        bed.home.write(&format!("tree/{name}"), name);
    }
    symlink("a", bed.home.path("tree/link")).unwrap();

    let plan = run(&["--dry-run", "tree", "srv:copy"]).expect_quiet_success();
    let text = plan.text();
    for line in ["+ ./", "+ a  (1 B)", "+ in/er/c  (7 B)", "+ link -> a", "to do: copy 4 files"] {
        assert!(text.contains(line), "no {line} in {text}");
    }
    assert!(!text.contains('\u{1b}') && !there("copy").exists());
    assert_eq!(run(&["tree", "srv:copy"]).expect_quiet_success().text(), "");
    assert_eq!(listing(&there("copy")), listing(&bed.home.path("tree")));

    fs::remove_dir_all(bed.home.path("tree/in/er")).unwrap();
    fs::remove_file(bed.home.path("tree/b.o")).unwrap();
    bed.home.write("tree/a", "longer");
    let words = ["--delete", "--exclude", "*.o", "tree/", "srv:copy/"];
    let json = run(&[&["--dry-run", "--json"], &words[..]].concat());
    json.expect_code(0);
    let steps: Vec<serde_json::Value> =
        json.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = steps.iter().map(|it| format!("{} {}", it["step"], it["path"])).collect();
    assert_eq!(told, [r#""copy" "a""#, r#""remove" "in/er""#]);
    run(&words).expect_quiet_success();
    assert!(there("copy/b.o").exists() && !there("copy/in/er").exists());
    assert_eq!(fs::read_to_string(there("copy/a")).unwrap(), "longer");

    run(&["srv:copy", "back/"]).expect_quiet_success();
    assert_eq!(listing(&bed.home.path("back")), listing(&there("copy")));
    let again = run(&["--dry-run", "--criteria", "size,hash", "srv:copy", "back"]);
    let text = again.expect_quiet_success().text().to_owned();
    assert!(text.starts_with("to do: copy 0 files") && text.contains("4 are the same"), "{text}");

    for words in [&["a", "b"][..], &["srv:a", "srv:b"], &["srv:a"]] {
        run(words).expect_failure(&["tessh sync"]);
    }
    run(&["srv:none", "here"]).expect_failure(&["none: ", "no such directory"]);
    assert!(!bed.home.path("here").exists());
}
