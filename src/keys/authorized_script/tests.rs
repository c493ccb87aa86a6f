//! authorized_keys: the parser and the script agree on every line, and what the script does to a
//! home.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use russh::keys::PublicKey;

use super::*;

const BLOB: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6";
const OTHER: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIEo1OIy83XyODK5q3bU0vhkKOWxmsqAiUbSPoZ2oWGqC";

fn key(comment: &str) -> AuthorizedKey {
    let mut key = PublicKey::from_openssh(&format!("ssh-ed25519 {BLOB}")).unwrap();
    key.set_comment(comment);
    AuthorizedKey::new(&key)
}

/// The shells that are there, each with the words before the script.
fn shells() -> Vec<Vec<&'static str>> {
    let all = [&["/bin/sh"][..], &["/bin/dash"], &["/bin/bash"], &["/bin/busybox", "sh"]];
    all.into_iter().filter(|words| Path::new(words[0]).exists()).map(<[_]>::to_vec).collect()
}

fn run_in(shell: &[&str], home: &Path, script: &str) -> String {
    let mut child = Command::new(shell[0])
        .args(&shell[1..])
        .env_clear()
        .env("HOME", home)
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn run(home: &Path, key: &AuthorizedKey) -> Result<ScriptResult, ScriptRefusal> {
    let output = run_in(&["/bin/sh"], home, &key.script());
    ScriptResult::read(output.as_bytes()).unwrap_or_else(|| panic!("no report: {output}"))
}

/// A home with this file of keys.
fn home(file: &[u8]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".ssh")).unwrap();
    fs::write(home.path().join(".ssh/authorized_keys"), file).unwrap();
    home
}

fn file_of(home: &tempfile::TempDir) -> Vec<u8> {
    fs::read(home.path().join(".ssh/authorized_keys")).unwrap()
}

#[test]
fn a_key_is_found_behind_options_and_comments_and_nowhere_else() {
    let (is, is_not) = (true, false);
    let cases = [
        (is, format!("ssh-ed25519 {BLOB}")),
        (is, format!("ssh-ed25519 {BLOB}\n")),
        (is, format!("ssh-ed25519 {BLOB} another comment\n")),
        (is, format!("ssh-ed25519 {BLOB}\r\n")),
        (is, format!("\t ssh-ed25519 \t {BLOB}\tx\n")),
        (is, format!("no-pty ssh-ed25519 {BLOB} x\n")),
        (is, format!("command=\"echo \\\"a b\\\" # c\",no-pty ssh-ed25519 {BLOB} x\n")),
        (is, format!("# a\n\nssh-ed25519 {OTHER} x\nssh-ed25519 {BLOB}")),
        (is_not, String::new()),
        (is_not, format!("ssh-ed25519 {OTHER} x\n")),
        (is_not, format!("#ssh-ed25519 {BLOB} x\n")),
        (is_not, format!("  # ssh-ed25519 {BLOB} x\n")),
        (is_not, format!("ssh-ed25519 {BLOB}AAAA x\n")),
        (is_not, format!("ssh-rsa {BLOB} x\n")),
        (is_not, format!("ssh-ed25519{BLOB}\n")),
        (is_not, format!("ssh-ed25519 {OTHER} ssh-ed25519 {BLOB}\n")),
        (is_not, format!("command=\"ssh-ed25519 {BLOB} \" ssh-ed25519 {OTHER} x\n")),
        (is_not, format!("command=\"x ssh-ed25519 {BLOB}\n")),
        (is_not, format!("cert-authority ssh-ed25519 {BLOB} x\n")),
        (is_not, format!("no-pty,cert-authority ssh-ed25519 {BLOB} x\n")),
    ];
    let key = key("anna@laptop");
    for (there, file) in cases {
        assert_eq!(key.is_in(file.as_bytes()), there, "{file:?}");
        for shell in shells() {
            let home = home(file.as_bytes());
            let output = run_in(&shell, home.path(), &key.script());
            let result = ScriptResult::read(output.as_bytes());
            let Some(Ok(result)) = result else { panic!("{shell:?} {file:?}: {output}") };
            assert_eq!(result.added, !there, "{shell:?} {file:?}");
            let expected =
                if there { file.clone().into_bytes() } else { key.added_to(file.as_bytes()) };
            assert_eq!(file_of(&home), expected, "{shell:?} {file:?}");
        }
    }
}

#[test]
fn the_line_is_there_once_however_often_it_is_installed() {
    let key = key("it's \"anna\" $(touch x) `y` \\n ! é");
    let home = tempfile::tempdir().unwrap();
    let first = run(home.path(), &key).unwrap();
    assert_eq!((first.added, first.made_folder), (true, true));
    let again = run(home.path(), &key).unwrap();
    assert_eq!((again.added, again.made_folder), (false, false));
    assert_eq!(file_of(&home), format!("{}\n", key.line()).as_bytes());
    let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode(".ssh") & 0o7777, 0o700);
    assert_eq!(mode(".ssh/authorized_keys") & 0o7777, 0o600);
    assert_eq!(fs::read_dir(home.path().join(".ssh")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn modes_stay_and_what_others_may_write_to_is_told() {
    let home = home(b"# mine\n");
    let path = |name: &str| home.path().join(name);
    let set = |name: &str, mode| {
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    set(".ssh", 0o775);
    set(".ssh/authorized_keys", 0o646);
    let result = run(home.path(), &key("")).unwrap();
    assert_eq!(result.writable, [".ssh", ".ssh/authorized_keys"]);
    assert_eq!(fs::metadata(path(".ssh/authorized_keys")).unwrap().mode() & 0o777, 0o646);
}

#[test]
fn a_link_in_the_place_of_the_folder_or_the_file_is_not_followed() {
    let home = home(b"");
    let target = home.path().join("elsewhere");
    fs::write(&target, "kept\n").unwrap();
    fs::remove_file(home.path().join(".ssh/authorized_keys")).unwrap();
    symlink(&target, home.path().join(".ssh/authorized_keys")).unwrap();
    let link = |name: &str| Err(ScriptRefusal::Link(name.to_owned()));
    assert_eq!(run(home.path(), &key("")), link(".ssh/authorized_keys"));
    fs::rename(home.path().join(".ssh"), home.path().join("moved")).unwrap();
    symlink(home.path().join("moved"), home.path().join(".ssh")).unwrap();
    assert_eq!(run(home.path(), &key("")), link(".ssh"));
    assert_eq!(fs::read(&target).unwrap(), b"kept\n");
    // Nor is one in the place of the file that is written first.
    let home = self::home(b"a\n");
    symlink(&target, home.path().join(".ssh/authorized_keys.tessh")).unwrap();
    let busy = Err(ScriptRefusal::Busy(".ssh/authorized_keys.tessh".to_owned()));
    assert_eq!(run(home.path(), &key("")), busy);
    assert_eq!((fs::read(&target).unwrap(), file_of(&home)), (b"kept\n".to_vec(), b"a\n".to_vec()));
}

#[test]
fn what_is_no_folder_or_no_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".ssh"), "").unwrap();
    let kind = |name: &str| Err(ScriptRefusal::Kind(name.to_owned()));
    assert_eq!(run(home.path(), &key("")), kind(".ssh"));
    fs::remove_file(home.path().join(".ssh")).unwrap();
    fs::create_dir_all(home.path().join(".ssh/authorized_keys")).unwrap();
    assert_eq!(run(home.path(), &key("")), kind(".ssh/authorized_keys"));
}

#[test]
fn a_script_that_is_cut_off_or_only_repeated_does_nothing() {
    let script = key("").script();
    let home = tempfile::tempdir().unwrap();
    for cut in [script.len() / 2, script.len() - 20, script.len() - 3] {
        assert_eq!(
            ScriptResult::read(run_in(&["/bin/sh"], home.path(), &script[..cut]).as_bytes()),
            None
        );
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    assert_eq!(ScriptResult::read(script.as_bytes()), None);
    let noise =
        format!("Welcome!\n{REPORT}made .ssh\n{REPORT}added\nbye", REPORT = "tessh-copy-id ");
    let made = ScriptResult { added: true, made_folder: true, writable: Vec::new() };
    assert_eq!(ScriptResult::read(noise.as_bytes()), Some(Ok(made)));
    let failed = ScriptResult::read(b"tessh-copy-id failed no\x1b[2Jroom");
    assert_eq!(failed, Some(Err(ScriptRefusal::Failed("no\\x1b[2Jroom".to_owned()))));
}
