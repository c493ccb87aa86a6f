//! Files and folders that are larger than any real one: each bound of `docs/bounds.md` that no
//! other test fills. Folders of many files are in memory where the system has a place for them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tessh::os::user::UserId;
use tessh::profiles::teleport::TshDirectory;
use tessh::profiles::{MAX_PROFILES, Profile, ProfileStore};
use tessh::registry::{
    MAX_EXPORT, MAX_FOLDER, MAX_KEYS, MAX_SETTINGS, PuttyFolder, parse_ini, read_tree,
};
use tessh::sftp::{
    InFlight, MOST_FAILURES, Sftp, Transfer, TransferEvent, TransferJob, TransferObserver,
    TransferOptions,
};
use tessh::trust::entries::list;

fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// A file of this length without anything in it, which takes no room.
fn sparse(folder: &TempDir, name: &str, length: u64) -> PathBuf {
    let path = folder.path().join(name);
    let file = File::create(&path).unwrap();
    file.set_len(length).unwrap();
    file.set_permissions(Permissions::from_mode(0o600)).unwrap();
    path
}

fn fill(folder: &Path, count: usize, suffix: &str) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..count {
        File::create(folder.join(format!("{number}{suffix}"))).unwrap();
    }
}

#[test]
fn exports_and_settings_are_bounded_in_bytes() {
    let home = folder();
    let large = sparse(&home, "export.reg", MAX_EXPORT as u64 + 1);
    let error = read_tree(&large, UserId::real()).err().unwrap().to_string();
    assert!(error.contains("export.reg") && error.contains("larger than"), "{error}");
    sparse(&home, "session", MAX_SETTINGS as u64 + 1);
    let sessions = PuttyFolder::new(home.path().to_owned(), UserId::real());
    let error = sessions.open("session").err().unwrap().to_string();
    assert!(error.contains("session") && error.contains("larger than"), "{error}");
}

#[test]
fn keys_of_an_export_are_bounded_in_number_and_in_length() {
    let sections = |count: usize| -> String {
        (0..count).map(|number| format!("[Sessions\\{number}]\nHostName=h\n")).collect()
    };
    let tree = |text: &str| parse_ini(Path::new("/export.ini"), text.as_bytes()).check();
    assert!(tree(&sections(MAX_KEYS)).is_ok());
    let error = tree(&sections(MAX_KEYS + 1)).unwrap_err().to_string();
    assert!(error.contains("100000"), "{error}");
    let long = format!("[Sessions\\{}]\nHostName=h\n", "x".repeat(64 * 1024));
    assert!(tree(&long).unwrap_err().to_string().contains("65536"));
}

#[test]
fn folders_of_sessions_are_bounded_in_number() {
    let home = folder();
    fill(&home.path().join("putty"), MAX_FOLDER + 1, "");
    let sessions = PuttyFolder::new(home.path().join("putty"), UserId::real());
    assert!(sessions.names().err().unwrap().to_string().contains("100000"));
    fill(&home.path().join("own"), MAX_PROFILES + 1, ".toml");
    let own = ProfileStore::new(home.path().join("own"), UserId::real());
    assert!(own.names().err().unwrap().to_string().contains("100000"));
    // Of two more there is room for one.
    for number in 0..2 {
        fs::remove_file(home.path().join(format!("own/{number}.toml"))).unwrap();
    }
    let two = ["one", "two"].map(|name| {
        let mut document = own.create(name).unwrap();
        document.set(Profile { host: "h".to_owned(), ..Profile::default() }).unwrap();
        document.ready().unwrap()
    });
    assert!(own.save_all(&two).err().unwrap().to_string().contains("100000"));
    assert!(own.has("one") && !own.has("two"));
    fill(&home.path().join("tsh"), 1001, ".yaml");
    let tsh = TshDirectory::new(home.path().join("tsh"));
    assert!(tsh.profiles().err().unwrap().to_string().contains("1000"));
}

#[test]
fn lists_of_a_session_are_bounded_in_number() {
    let fault = |profile: Profile| profile.check().unwrap_err();
    let base = || Profile { host: "h".to_owned(), ..Profile::default() };
    assert!(base().check().is_ok());
    let method = vec!["password".to_owned(); 9];
    let (field, why) = fault(Profile { method, ..base() });
    assert!(field == "method" && why.contains('8'), "{why}");
    let many = vec!["8080 localhost:80".to_owned(); 101];
    let (_, why) = fault(Profile { local_forwards: many, ..base() });
    assert!(why.contains("100"), "{why}");
    let environment = (0..101).map(|at| (format!("V{at}"), "x".to_owned())).collect();
    let (field, why) = fault(Profile { environment, ..base() });
    assert!(field == "environment" && why.contains("100"), "{why}");
}

#[test]
fn faults_of_host_keys_are_bounded_in_number() {
    let home = folder();
    let path = home.path().join("known_hosts");
    fs::write(&path, "host ssh-ed25519 nonsense\n".repeat(10_000)).unwrap();
    let listing = list(&path, None);
    assert!(listing.entries.is_empty());
    assert!((100..110).contains(&listing.problems.len()), "{}", listing.problems.len());
}

#[tokio::test]
async fn of_failed_transfers_so_many_are_kept() {
    struct Quiet;
    impl TransferObserver for Quiet {
        fn event(&self, _: TransferEvent<'_>) {}
    }
    let (sftp, mut incoming, _outgoing) = Sftp::pair(InFlight::default());
    incoming.feed(b"\0\0\0\x05\x02\0\0\0\x03").unwrap();
    let job = |number: usize| TransferJob::Put {
        from: format!("/nonexistent/{number}").into(),
        to: b"x".to_vec(),
    };
    let jobs: Vec<TransferJob> = (0..=MOST_FAILURES).map(job).collect();
    let transfer = Transfer::new(vec![sftp], TransferOptions::default());
    let report = tokio::time::timeout(Duration::from_secs(60), transfer.run(&jobs, &Quiet));
    let report = report.await.expect("nothing is asked of the server");
    assert_eq!((report.failed, report.failures.len()), (MOST_FAILURES as u64 + 1, MOST_FAILURES));
}
