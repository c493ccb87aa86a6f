//! Tests of session files: what is read, what is refused on which line, and what an edit preserves.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::error::Kind;
use crate::profiles::{ListedSession, MAX_FILE, Profile, Sessions, Value};

const FULL: &str = include_str!("../../../tests/data/profiles/full.toml");
/// Texts that are refused. Before each stands a comment with the line and words of the message.
const BROKEN: &str = include_str!("../../../tests/data/profiles/broken.txt");

fn store(directory: &Path) -> ProfileStore {
    ProfileStore::new(
        directory.join("tessh/sessions"),
        fs::metadata(directory).unwrap().uid().into(),
    )
}

fn list(store: &ProfileStore) -> Vec<ListedSession> {
    let (list, faults) = Sessions::new(vec![Box::new(OwnSessions(store.clone()))]).list();
    assert!(faults.is_empty(), "{faults:?}");
    list
}

fn write(store: &ProfileStore, file: &str, text: impl AsRef<[u8]>) -> std::path::PathBuf {
    fs::create_dir_all(store.directory()).unwrap();
    let path = store.directory().join(file);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path
}

fn profile(host: &str) -> Profile {
    Profile { host: host.to_owned(), ..Profile::default() }
}

#[test]
fn every_field_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    write(&store, "full.toml", FULL);
    let document = store.open("full").unwrap().unwrap();
    for (field, value) in document.profile().fields() {
        assert_ne!(value, Value::Unset, "{field} is not in the file or not read");
    }
    let p = document.profile();
    assert_eq!(
        (p.host.as_str(), p.port, p.user.as_deref()),
        ("web.example.org", Some(2222), Some("deploy"))
    );
    assert_eq!(p.method, ["publickey", "password"]);
    assert_eq!(p.kex.as_deref(), Some("curve25519-sha256,mlkem768x25519-sha256"));
    assert_eq!(p.environment[1], ("LANG".to_owned(), "C.UTF-8".to_owned()));
    assert_eq!((p.keepalive_interval, p.keepalive_count), (Some(30), Some(3)));
    let unknown: Vec<_> = document.unknown().iter().map(|it| (it.line, it.key.as_str())).collect();
    assert_eq!(unknown, [(4, "colour"), (53, "algorithms.later"), (55, "window")]);
}

#[test]
fn what_every_field_says_can_be_written_and_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    write(&store, "full.toml", FULL);
    let full = store.open("full").unwrap().unwrap().profile().clone();
    let mut copy = store.create("prod/copy").unwrap();
    copy.set(full.clone()).unwrap();
    store.save(&mut copy).unwrap();
    let read = store.open("prod/copy").unwrap().unwrap();
    assert_eq!(*read.profile(), full);
    assert!(read.unknown().is_empty());
    // The second edit removes the fields: a table is removed with its last field.
    let mut copy = read;
    copy.set(profile("h")).unwrap();
    store.save(&mut copy).unwrap();
    assert_eq!(fs::read_to_string(copy.path()).unwrap(), "host = \"h\"\n");
}

#[test]
fn an_edit_changes_its_lines_and_no_others() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let path = write(&store, "full.toml", FULL);
    let mut document = store.open("full").unwrap().unwrap();
    let mut changed = document.profile().clone();
    changed.port = Some(22);
    changed.cipher = Some("aes256-gcm@openssh.com".to_owned());
    changed.tags.push("new".to_owned());
    document.set(changed).unwrap();
    store.save(&mut document).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let differing: Vec<(&str, &str)> =
        FULL.lines().zip(text.lines()).filter(|(old, new)| old != new).collect();
    assert_eq!(text.lines().count(), FULL.lines().count());
    let wanted = [
        ("port = 2222   # not the usual one", "port = 22   # not the usual one"),
        (r#"tags = ["work", "web"]"#, r#"tags = ["work", "web", "new"]"#),
        (r#"cipher = "chacha20-poly1305@openssh.com""#, r#"cipher = "aes256-gcm@openssh.com""#),
    ];
    assert_eq!(differing, wanted);
}

#[test]
fn lines_that_end_in_crlf_are_read_and_edited() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    write(&store, "dos.toml", "# one\r\nhost = 'h' # two\r\nport = 1\r\n# three\r\n");
    let mut document = store.open("dos").unwrap().unwrap();
    document.set(Profile { port: Some(2), ..profile("h") }).unwrap();
    store.save(&mut document).unwrap();
    let text = fs::read_to_string(document.path()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines, ["# one", "host = 'h' # two", "port = 2", "# three"]);
}

#[test]
fn broken_files_are_named_with_their_line_and_the_others_listed() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let mut count = 0;
    for case in BROKEN.split("### ").skip(1) {
        let (wanted, text) = case.split_once('\n').unwrap();
        let (line, words) = wanted.split_once(' ').unwrap();
        write(&store, "bad.toml", text);
        let error = store.open("bad").expect_err(wanted);
        assert_eq!(error.kind(), Kind::Config);
        let shown = error.to_string();
        assert!(shown.contains(&format!("bad.toml line {line}: ")), "{wanted}: {shown}");
        assert!(shown.contains(words), "{wanted}: {shown}");
        assert!(!shown.contains(char::is_control), "{shown}");
        count += 1;
    }
    assert!(count > 20, "{count}");
    write(&store, "good.toml", "host = 'h'");
    write(&store, "not utf8.toml", b"x");
    write(&store, "latin.toml", b"host = 'h'\n# caf\xe9\n");
    write(&store, "good.toml~", "host = 'old'");
    fs::create_dir(store.directory().join("dir.toml")).unwrap();
    let list = list(&store);
    let names: Vec<_> = list.iter().map(|it| (it.name.as_str(), it.session.is_ok())).collect();
    let wanted = [
        ("bad", false),
        ("dir", false),
        ("good", true),
        ("latin", false),
        ("not utf8.toml", false),
    ];
    assert_eq!(names, wanted);
    let latin = list[3].session.as_ref().unwrap_err().to_string();
    assert!(latin.contains("latin.toml line 2: it is not UTF-8"), "{latin}");
}

#[test]
fn a_new_file_is_private_and_in_a_private_directory() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    assert!(list(&store).is_empty());
    let mut document = store.create("web").unwrap();
    document.set(profile("web.example.org")).unwrap();
    store.save(&mut document).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(document.path()), 0o600);
    assert_eq!(mode(store.directory()), 0o700);
    assert_eq!(fs::read_dir(store.directory()).unwrap().count(), 1, "nothing is left beside it");
    assert!(store.remove("web").unwrap());
    assert!(!store.remove("web").unwrap());
}

#[test]
fn of_two_editors_the_second_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let mut first = store.create("web").unwrap();
    let mut second = store.create("web").unwrap();
    first.set(profile("first")).unwrap();
    second.set(profile("second")).unwrap();
    store.save(&mut first).unwrap();
    let error = store.save(&mut second).unwrap_err();
    assert!(error.to_string().contains("was changed since it was read"), "{error}");

    let mut second = store.open("web").unwrap().unwrap();
    first.set(profile("again")).unwrap();
    store.save(&mut first).unwrap();
    second.set(profile("second")).unwrap();
    assert!(store.save(&mut second).is_err());
    store.remove("web").unwrap();
    assert!(store.save(&mut first).is_err(), "what was removed does not come back by itself");
}

#[test]
fn of_many_none_is_written_if_one_could_not_be_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let mut many = ["one", "two", "three"].map(|name| store.create(name).unwrap());
    for document in &mut many {
        document.set(profile("many")).unwrap();
    }
    let note = Some("x".repeat(MAX_FILE));
    many[1].set(Profile { note, ..profile("many") }).unwrap();
    let ready = |many: &[Document]| {
        many.iter().map(Document::ready).collect::<crate::error::Result<Vec<_>>>()
    };
    let error = ready(&many).err().unwrap().to_string();
    assert!(error.contains("two.toml"), "{error}");
    assert!(list(&store).is_empty());
}

#[test]
fn of_many_one_that_has_changed_is_not_written_and_the_others_are() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let all = ["one", "two", "three"].map(|name| {
        let mut document = store.create(name).unwrap();
        document.set(profile("many")).unwrap();
        document.ready().unwrap()
    });
    store.save_all(&all).unwrap();
    assert_eq!(list(&store).len(), 3);
    let open = |name| {
        let mut document = store.open(name).unwrap().unwrap();
        document.set(profile("other")).unwrap();
        document.ready().unwrap()
    };
    let many = ["one", "two", "three"].map(open);
    store.remove("two").unwrap();
    assert!(store.save_all(&many).is_err(), "one of them has changed");
    let host = |name| Some(store.open(name).unwrap()?.profile().host.clone());
    let hosts = ["one", "two", "three"].map(host);
    assert_eq!(hosts, [Some("other".to_owned()), None, Some("many".to_owned())]);
}

#[test]
fn concurrent_saves_leave_one_of_the_texts_and_tell_all_others() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let saved: usize = std::thread::scope(|scope| {
        let save = |number: usize| {
            let store = &store;
            move || {
                let mut document = store.create("web").unwrap();
                document.set(profile(&format!("host{number}"))).unwrap();
                usize::from(store.save(&mut document).is_ok())
            }
        };
        let threads: Vec<_> = (0..8).map(|number| scope.spawn(save(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(saved, 1);
    assert!(store.open("web").unwrap().is_some());
}

#[test]
fn a_link_stays_a_link() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let target = write(&store, "elsewhere", "host = 'h' # kept\n");
    symlink(&target, store.directory().join("web.toml")).unwrap();
    let mut document = store.open("web").unwrap().unwrap();
    document.set(profile("other")).unwrap();
    store.save(&mut document).unwrap();
    assert_eq!(fs::read_to_string(target).unwrap(), "host = \"other\" # kept\n");
    assert!(fs::symlink_metadata(document.path()).unwrap().is_symlink());
}

#[test]
fn bounds_and_permissions_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let path = write(&store, "web.toml", "host = 'h'");
    fs::set_permissions(&path, Permissions::from_mode(0o620)).unwrap();
    assert!(store.open("web").unwrap_err().to_string().contains("Bad owner or permissions"));
    write(&store, "large.toml", format!("host = 'h'\n#{}", "x".repeat(MAX_FILE)));
    assert!(store.open("large").unwrap_err().to_string().contains("larger than 65536"));
    let mut document = store.create("huge").unwrap();
    let note = Some("x".repeat(MAX_FILE));
    document.set(Profile { note, ..profile("h") }).unwrap();
    assert!(store.save(&mut document).is_err());
    assert!(!store.has("huge"));
    let deep = format!("host = 'h'\nx = {}{}", "[".repeat(20_000), "]".repeat(20_000));
    write(&store, "deep.toml", deep);
    assert!(store.open("deep").is_err());
    let error = document.set(Profile { port: Some(0), ..profile("h") }).unwrap_err();
    assert!(error.to_string().contains("port"), "{error}");
    assert!(store.save(&mut store.create("empty").unwrap()).is_err(), "a host must be there");
}

#[test]
fn no_text_makes_reading_panic_and_what_is_read_is_kept_by_an_edit() {
    use proptest::prelude::*;
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let piece = prop_oneof![
        Just("host = 'h'\n"),
        Just("port = 22\n"),
        Just("[algorithms]\n"),
        Just("kex = 'x'\n"),
        Just("tags = [\n'a', # b\n]\n"),
        Just("a.b.c = 1\n"),
        Just("[[t]]\n"),
        Just("\"\\u0000\" = 1\n"),
        Just("environment = { A = 'b' }\n"),
        Just("["),
        Just("= "),
        Just("# c\n"),
        Just("keepalive.count = 1 # d\n"),
    ];
    proptest!(ProptestConfig::with_cases(128), |(pieces in proptest::collection::vec(piece, 0..8))| {
        write(&store, "x.toml", pieces.concat());
        if let Ok(Some(mut document)) = store.open("x") {
            let before = document.unknown().to_vec();
            let new = Profile { note: Some("new".to_owned()), kex: None, ..document.profile().clone() };
            document.set(new.clone()).unwrap();
            store.save(&mut document).unwrap();
            let read = store.open("x").unwrap().unwrap();
            prop_assert_eq!(read.profile(), &new);
            prop_assert_eq!(read.unknown().len(), before.len());
        }
    });
}
