//! Tests of what writing leaves in the file, byte by byte.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::SystemTime;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::trust::{Finding, KnownHosts, Sources, entries};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/trust/certificates/", $name))
    };
}

const NEW: &str = data!("host-ed25519.pub");
const OLD: &str = data!("host-revoked.pub");
const RSA: &str = data!("host-rsa.pub");

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text).expect("a key")
}

fn text(key: &str) -> &str {
    key.trim_end()
}

fn host(name: &str, port: u16) -> Subject {
    Subject { name: name.into(), port, alias: false }
}

#[test]
fn many_lines_are_added_once_each_behind_those_that_are_there() {
    let lines = [("h", NEW), ("i", OLD), ("h", NEW)];
    let lines = lines.map(|(name, it)| line(&host(name, 22), &key(it), false).expect("a line"));
    let (_directory, file) = file_with(format!("# x\n{}y", lines[1]).as_bytes());
    add_lines(&file, &lines).expect("added");
    let wanted = format!("# x\n{}y\n{}", lines[1], lines[0]);
    assert_eq!(fs::read_to_string(&file).expect("text"), wanted);
}

/// A directory and a known_hosts file in it with this text.
fn file_with(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("known_hosts");
    fs::write(&file, bytes).expect("written");
    (directory, file)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").mode() & 0o7777
}

fn finding(file: &Path, subject: &Subject, offered: &str) -> Finding {
    let sources = Sources { user: vec![file.to_owned()], global: Vec::new(), caches: Vec::new() };
    KnownHosts::load(&sources).lookup(subject, &key(offered).into(), SystemTime::now()).finding
}

#[test]
fn a_line_is_what_ssh_writes() {
    let (_directory, file) = file_with(b"");
    add(&file, &host("Web1.Example.com", 22), &key(NEW), false).expect("added");
    add(&file, &host("::1", 2222), &key(RSA), false).expect("added");
    let expected = format!("web1.example.com {}\n[::1]:2222 {}\n", text(NEW), text(RSA));
    assert_eq!(fs::read_to_string(&file).expect("text"), expected);
}

#[test]
fn a_hashed_line_shows_no_name_and_is_found() {
    let (_directory, file) = file_with(b"");
    add(&file, &host("secret-host", 2222), &key(NEW), true).expect("added");
    add(&file, &host("secret-host", 2222), &key(RSA), true).expect("added");
    let written = fs::read_to_string(&file).expect("text");
    assert!(written.starts_with("|1|") && !written.contains("secret"), "{written}");
    let fields: Vec<&str> = written.lines().map(|l| &l[..31]).collect();
    assert_ne!(fields[0], fields[1], "each line has its own salt");
    assert!(matches!(finding(&file, &host("secret-host", 2222), NEW), Finding::Known(_)));
}

#[test]
fn a_missing_end_of_line_is_added_first() {
    let (_directory, file) = file_with(b"# torn");
    add(&file, &host("h", 22), &key(NEW), false).expect("added");
    let expected = format!("# torn\nh {}\n", text(NEW));
    assert_eq!(fs::read_to_string(&file).expect("text"), expected);
}

#[test]
fn directory_and_file_are_made_private() {
    let root = tempfile::tempdir().expect("a directory");
    let file = root.path().join(".ssh/known_hosts");
    add(&file, &host("h", 22), &key(NEW), false).expect("added");
    assert_eq!((mode(&root.path().join(".ssh")), mode(&file)), (0o700, 0o600));
    let deep = root.path().join("a/b/known_hosts");
    let error = add(&deep, &host("h", 22), &key(NEW), false).expect_err("no home");
    assert!(error.cause().contains("cannot be created"), "{error}");
    assert!(!root.path().join("a").exists());
}

#[test]
fn mode_links_and_neighbours_stay() {
    let (directory, file) = file_with(b"# mine\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("set");
    let link = directory.path().join("link");
    symlink("known_hosts", &link).expect("linked");
    let dangling = directory.path().join("dangling");
    symlink("link2", &dangling).expect("linked");
    symlink("target", directory.path().join("link2")).expect("linked");
    add(&link, &host("h", 22), &key(NEW), false).expect("added");
    add(&dangling, &host("h", 22), &key(NEW), false).expect("added");
    assert!(link.is_symlink() && dangling.is_symlink());
    assert_eq!(mode(&file), 0o644);
    assert!(fs::read_to_string(&file).expect("text").starts_with("# mine\nh ssh-ed25519 "));
    assert!(fs::read_to_string(directory.path().join("target")).expect("text").starts_with("h "));
    let mut names: Vec<_> = fs::read_dir(directory.path())
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    assert_eq!(names, ["dangling", "known_hosts", "link", "link2", "target"], "nothing left over");
}

#[test]
fn what_a_killed_writer_left_is_no_hindrance() {
    use std::fmt::Write as _;
    let (directory, file) = file_with(b"# mine\n");
    let mut left = String::from(".known_hosts.tessh-");
    write!(left, "{:x}", fs::metadata(&file).expect("there").ino()).expect("written");
    fs::write(directory.path().join(&left), "half a li").expect("written");
    add(&file, &host("h", 22), &key(NEW), false).expect("added");
    assert!(!directory.path().join(left).exists());
    assert_eq!(fs::read_to_string(&file).expect("text"), format!("# mine\nh {}\n", text(NEW)));
}

#[test]
fn what_is_no_file_is_refused_in_one_line() {
    let (directory, file) = file_with(b"");
    let subject = host("h", 22);
    let looped = directory.path().join("loop");
    symlink("loop", &looped).expect("linked");
    let proc = PathBuf::from("/proc/tessh-known-hosts");
    for (path, expected) in [
        (directory.path(), "is a directory"),
        (&file.join("below"), "known_hosts"),
        (&looped, "symbolic links"),
        (&proc, "/proc/tessh-known-hosts cannot be"),
    ] {
        let error = add(path, &subject, &key(NEW), false).expect_err("no file");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
    assert_eq!(fs::read(&file).expect("bytes"), b"");
    add(Path::new("/dev/null"), &subject, &key(NEW), false).expect("nothing to keep");
}

#[test]
fn a_read_only_directory_or_file_is_refused_and_nothing_lost() {
    let (directory, file) = file_with(b"# mine\n");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o500)).expect("set");
    // Permissions do not restrict root, so a refusal for lack of them is tested only for others.
    let is_bound = fs::write(directory.path().join("probe"), "").is_err();
    if is_bound {
        let error = add(&file, &host("h", 22), &key(NEW), false).expect_err("read-only");
        assert!(error.to_string().contains("cannot be replaced"), "{error}");
        assert_eq!(fs::read(&file).expect("bytes"), b"# mine\n");
    }
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).expect("set");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).expect("set");
    if is_bound {
        let error = add(&file, &host("h", 22), &key(NEW), false).expect_err("read-only");
        assert!(error.to_string().contains("cannot be opened for writing"), "{error}");
        assert_eq!(fs::read(&file).expect("bytes"), b"# mine\n");
    }
}

#[test]
fn names_that_would_be_read_as_something_else_are_refused() {
    let (_directory, file) = file_with(b"# mine\n");
    let long = "a".repeat(NAME_MAX + 1);
    for name in
        ["", "a b", "a,b", "*", "a?", "!a", "#a", "@revoked", "|1|", "[a]:1", "a\nb", "a\0", &long]
    {
        for hash in [false, true] {
            let error = add(&file, &host(name, 22), &key(NEW), hash).expect_err(name);
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
    }
    assert_eq!(fs::read(&file).expect("bytes"), b"# mine\n");
}

/// Replaces the ED25519 key of `subject` in a file with these lines, in which `O` and `N` stand for
/// another and the new ED25519 key, `R` for an RSA key. Returns the count and the new lines.
fn replaced(before: &[&str], subject: &Subject) -> (usize, Vec<String>) {
    let keys = [("O", OLD), ("N", NEW), ("R", RSA)];
    let (_directory, file) = file_with(b"");
    let expand = |line: &&str| match line.rsplit_once(' ') {
        Some((start, kind)) => match keys.iter().find(|(letter, _)| *letter == kind) {
            Some((_, key)) => format!("{start} {}\n", text(key)),
            None => format!("{line}\n"),
        },
        None => format!("{line}\n"),
    };
    fs::write(&file, before.iter().map(expand).collect::<String>()).expect("written");
    let count = replace(&file, subject, &key(NEW), false).expect("replaced");
    let after = fs::read_to_string(&file).expect("text");
    let shorten = |line: &str| {
        keys.iter().fold(line.to_owned(), |line, (letter, key)| line.replace(text(key), letter))
    };
    (count, after.lines().map(shorten).collect())
}

#[test]
fn replacing_drops_the_keys_of_this_type_and_subject_alone() {
    for (before, count, after) in [
        (&["h O"][..], 1, &["h N"][..]),
        (&[], 0, &["h N"]),
        (&["h O", "x O", "h R", "H O"], 2, &["x O", "h R", "h N"]),
        (&["a,h,b O"], 1, &["a,b O", "h N"]),
        (&["  h,b O"], 1, &["  b O", "h N"]),
        (&["*,h O"], 0, &["*,h O", "h N"]),
        (&["h*,h O", "h,!x O"], 0, &["h*,h O", "h,!x O", "h N"]),
        (
            &["@revoked h O", "@cert-authority h O"],
            0,
            &["@revoked h O", "@cert-authority h O", "h N"],
        ),
        (&["h N", "h O"], 1, &["h N"]),
        (&["[h]:2222 O"], 0, &["[h]:2222 O", "h N"]),
        (
            &["# h", "", "junk", "h ssh-ed25519 AAAA"],
            0,
            &["# h", "", "junk", "h ssh-ed25519 AAAA", "h N"],
        ),
    ] {
        let expected = (count, after.iter().map(ToString::to_string).collect());
        assert_eq!(replaced(before, &host("h", 22)), expected, "{before:?}");
    }
    let (count, after) = replaced(&["h O", "[h]:2222,h O"], &host("h", 2222));
    assert_eq!((count, after), (1, vec!["h O".into(), "h O".into(), "[h]:2222 N".to_owned()]));
}

#[test]
fn replacing_finds_hashed_lines_by_hash() {
    let (_directory, file) = file_with(b"");
    for (name, kind) in [("h", OLD), ("x", OLD), ("h", RSA)] {
        add(&file, &host(name, 22), &key(kind), true).expect("added");
    }
    assert_eq!(replace(&file, &host("h", 22), &key(NEW), true).expect("replaced"), 1);
    assert_eq!(fs::read_to_string(&file).expect("text").lines().count(), 3);
    assert!(matches!(finding(&file, &host("h", 22), NEW), Finding::Known(_)));
    assert!(matches!(finding(&file, &host("h", 22), RSA), Finding::Known(_)));
    assert!(matches!(finding(&file, &host("x", 22), OLD), Finding::Known(_)));
}

/// The bytes of possible files: random, or lines of a plausible form.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        "(@revoked )?(h|x|\\*)(,[a-gi-z*!]{1,3})? "
            .prop_map(|start| { format!("{start}{}", text(OLD)).into_bytes() }),
    ];
    proptest::collection::vec(line, 0..8).prop_map(|lines| lines.join(&b'\n'))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_about_many_names_are_those_about_each(
        before in any_file(),
        names in prop::collection::vec("[a-zH]{1,2}|h|\\[h\\]:22", 1..6),
    ) {
        let hashed = line(&host("h", 22), &key(NEW), true).expect("a line");
        let more = format!("\n{hashed}*,!x {}\nA,h {}", text(NEW), text(RSA));
        let (_directory, file) = file_with(&[before, more.into_bytes()].concat());
        let names: Vec<String> = names.iter().map(|it| it.to_lowercase()).collect();
        let each = entries::list_each(&file, &names);
        for name in &names {
            let wanted = entries::list(&file, Some(std::slice::from_ref(name))).entries;
            let wanted: Vec<usize> = wanted.iter().map(|it| it.at.line).collect();
            let found: Vec<usize> = each.get(name).into_iter().flatten().map(|it| it.at.line).collect();
            let mut once = found.clone();
            once.dedup();
            prop_assert_eq!(once, wanted, "{}", name);
        }
    }

    #[test]
    fn an_added_key_is_known_and_every_other_byte_stays(
        before in any_file(),
        name in "[a-zA-Z0-9:._é-]{1,60}",
        port in any::<u16>(),
        alias in any::<bool>(),
        hash in any::<bool>(),
    ) {
        let (_directory, file) = file_with(&before);
        let subject = Subject { name, port, alias };
        add(&file, &subject, &key(NEW), hash).expect("added");
        let after = fs::read(&file).expect("bytes");
        prop_assert!(after.starts_with(&before));
        let added = &after[before.len()..];
        let added = added.strip_prefix(b"\n").unwrap_or(added);
        prop_assert_eq!(added.iter().filter(|&&b| b == b'\n').count(), 1);
        prop_assert!(matches!(finding(&file, &subject, NEW), Finding::Known(_)));
    }

    #[test]
    fn after_replacing_the_new_key_is_known_and_other_lines_stay(before in any_file()) {
        let (_directory, file) = file_with(&before);
        replace(&file, &host("h", 22), &key(NEW), false).expect("replaced");
        let after = fs::read(&file).expect("bytes");
        prop_assert!(matches!(finding(&file, &host("h", 22), NEW), Finding::Known(_)));
        let lines = |text: &[u8]| -> Vec<Vec<u8>> {
            text.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect()
        };
        let names_h = |line: &[u8]| {
            let hosts = line.split(|&b| b == b' ').next().unwrap_or_default();
            hosts.split(|&b| b == b',').any(|name| name == b"h")
        };
        let kept = lines(&after);
        for line in lines(&before).into_iter().filter(|line| !names_h(line)) {
            prop_assert!(kept.contains(&line));
        }
    }
}
