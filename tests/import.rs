//! `tessh sessions import`: what other programs keep becomes tessh's own.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use lab::{Home, Output, TESSH, arg};
use serde_json::Value;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/putty");
const ED25519: &str = "ssh-ed25519@42215:127.0.0.1 0x76d9b85d3d81ce3a67279654d8f92f3dacb8baef71770891a98af38a41fa7abe,0x7667ab14c4361dda09efe8f1b42a93093a8cd8d846e60f6d9d97b33901c045e3\n";
const AUTHORITY: &str = "PublicKey=AAAAC3NzaC1lZDI1NTE5AAAAIG7pEBTT8Nqfeocg2FzBJrQWBN0R+xTjWShg7q6K9VFI\nValidity=*.example.com || 127.0.0.1\nPermitRSASHA1=0\n";

fn import(home: &Home, words: &[&str]) -> Output {
    home.tessh(&[&["sessions", "import"], words].concat()).output()
}

fn show(home: &Home, name: &str) -> Value {
    let words = ["sessions", "show", "--json", &format!("own:{name}")];
    let output = home.tessh(&words).output().expect_quiet_success();
    serde_json::from_str(&output.text()).unwrap()
}

/// A folder of PuTTY's in a home.
fn folder(home: &Home, sessions: &[(&str, &str)]) -> std::path::PathBuf {
    let folder = home.path("putty");
    fs::create_dir_all(folder.join("sessions")).unwrap();
    fs::create_dir_all(folder.join("sshhostcas")).unwrap();
    for (file, text) in sessions {
        fs::write(folder.join("sessions").join(file), text).unwrap();
    }
    fs::write(folder.join("sshhostkeys"), ED25519).unwrap();
    fs::write(folder.join("sshhostcas/Example%20CA"), AUTHORITY).unwrap();
    folder
}

const GOOD: &str = "Present=1\nHostName=127.0.0.1\nPortNumber=42215\nProtocol=ssh\nUserName=me\n\
                    RemoteCommand=id\nAuthGSSAPIKEX=1\nX11AuthFile=/x\n";

#[test]
fn sessions_of_putty_come_with_their_host_keys_and_authorities() {
    let home = Home::new();
    let folder = folder(
        &home,
        &[
            ("lab%20one", GOOD),
            ("telnet", "HostName=x\nProtocol=telnet\n"),
            ("broken", "HostName=a\0b\n"),
            ("through", "HostName=h\nProtocol=ssh\nProxyMethod=6\nProxyHost=lab one\n"),
        ],
    );
    let output = import(&home, &["putty", arg(&folder)]);
    output.expect_code(0);
    let told = &output.stderr;
    assert!(
        told.contains("sessions: 2 (already there: 0), host keys: 1, authorities: 1"),
        "{told}"
    );
    for name in ["telnet is not", "broken is not"] {
        assert_eq!(told.lines().filter(|line| line.contains(name)).count(), 1, "{told}");
    }
    let shown = show(&home, "lab one");
    assert_eq!((&shown["host"], &shown["port"]), (&"127.0.0.1".into(), &42215.into()));
    assert_eq!(shown["command"], "id");
    let jump = show(&home, "through")["jump"].as_str().unwrap().to_owned();
    assert_eq!(show(&home, &jump)["host"], "127.0.0.1");
    assert!(home.read(".ssh/known_hosts").starts_with("[127.0.0.1]:42215 ssh-ed25519 AAAA"));
    let trusted = home.tessh(&["trust", "authority", "list"]).output().expect_quiet_success();
    assert!(trusted.text().contains("Example CA"), "{}", trusted.text());

    // The second time all is there; with --force a note stays.
    let path = ".config/tessh/sessions/lab%20one.toml";
    home.write(path, &format!("{}note = 'mine'\n", home.read(path).replace("'id'", "'old'")));
    let output = import(&home, &["putty", arg(&folder)]);
    assert!(output.stderr.contains("sessions: 0 (already there: 2), host keys: 0, authorities: 0"));
    let output = import(&home, &["putty", "--force", arg(&folder.join("sessions"))]);
    assert!(
        output.stderr.contains("sessions: 2 (already there: 0), host keys: 0"),
        "{}",
        output.stderr
    );
    assert_eq!(show(&home, "lab one")["command"], "id");
    assert_eq!(show(&home, "lab one")["note"], "mine");
    assert_eq!(home.read(".ssh/known_hosts").lines().count(), 1);
}

#[test]
fn what_a_killed_import_has_left_is_removed_by_the_next_one() {
    let home = Home::new();
    let folder = folder(&home, &[("lab%20one", GOOD)]);
    fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    home.write(".config/tessh/sessions/.tessh-x7Qf2a", "half a ses");
    let left = fs::File::open(home.path(".config/tessh/sessions/.tessh-x7Qf2a")).unwrap();
    left.set_modified(SystemTime::now() - Duration::from_secs(2 * 3600)).unwrap();
    // What somebody writes just now.
    home.write(".config/tessh/sessions/.tessh-9bWz1c", "half a ses");
    home.write(".config/tessh/sessions/.tesshrc", "mine");
    import(&home, &["putty", arg(&folder)]).expect_code(0);
    let sessions = fs::read_dir(home.path(".config/tessh/sessions")).unwrap();
    let mut left: Vec<_> = sessions.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".tessh-9bWz1c", ".tesshrc", "lab%20one.toml"]);
}

/// As in a container, into which the file is mounted by itself: it can grow, but not be replaced.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_known_hosts_that_is_mounted_takes_many_keys() {
    let home = Home::new();
    let folder = folder(&home, &[]);
    let mut keys = String::new();
    for number in 0..1000 {
        let session = format!("HostName=host{number}.example\nPortNumber=42215\nProtocol=ssh\n");
        fs::write(folder.join(format!("sessions/host{number}")), session).unwrap();
        keys += &ED25519.replace("127.0.0.1", &format!("host{number}.example"));
    }
    fs::write(folder.join("sshhostkeys"), keys).unwrap();
    home.write(".ssh/known_hosts", "# mine\n");
    let mounted = "mount --bind .ssh/known_hosts .ssh/known_hosts && exec \"$0\" \"$@\"";
    let import = [TESSH, "sessions", "import", "putty", arg(&folder)];
    let words = [&["--mount", "sh", "-c", mounted][..], &import].concat();
    let output = home.run(Path::new("/usr/bin/unshare"), &words).output();
    output.expect_code(0);
    assert!(output.stderr.contains("host keys: 1000"), "{}", output.stderr);
    let known = home.read(".ssh/known_hosts");
    assert!(known.starts_with("# mine\n") && known.len() > 64 * 1024, "{}", known.len());
    assert_eq!(known.lines().count(), 1001);
}

/// Without leave to write the directory the file can grow, by one key and by many, but nothing can be
/// put in its place.
#[test]
fn a_known_hosts_in_a_directory_that_is_not_to_be_written_takes_keys() {
    let home = Home::new();
    home.write(".ssh/known_hosts", "# mine\n");
    let mode = |mode| fs::set_permissions(home.path(".ssh"), Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    for count in [1, 1000] {
        let folder = folder(&home, &[]);
        let mut keys = String::new();
        for number in 0..count {
            let host = format!("of{count}-{number}.example");
            let session = format!("HostName={host}\nPortNumber=42215\nProtocol=ssh\n");
            fs::write(folder.join("sessions").join(&host), session).unwrap();
            keys += &ED25519.replace("127.0.0.1", &host);
        }
        fs::write(folder.join("sshhostkeys"), keys).unwrap();
        let words = ["sessions", "import", "putty", arg(&folder)];
        let output = home.unprivileged(&words).output();
        output.expect_code(0);
        assert!(output.stderr.contains(&format!("host keys: {count}")), "{}", output.stderr);
    }
    // What shortens it would put another file in its place, and is refused.
    let words = ["trust", "remove", "[of1-0.example]:42215"];
    home.unprivileged(&words).output().expect_failure(&["known_hosts", "Permission denied"]);
    mode(0o700);
    let known = home.read(".ssh/known_hosts");
    assert!(known.starts_with("# mine\n[of1-0.example]:42215 "), "{}", &known[..80]);
    assert_eq!(known.lines().count(), 1002);
    assert_eq!(fs::read_dir(home.path(".ssh")).unwrap().count(), 1, "nothing else is there");
}

#[test]
fn another_key_of_the_host_stays() {
    let home = Home::new();
    let folder = folder(&home, &[("lab%20one", GOOD)]);
    let key = home.key(".ssh/other", &["ed25519"], "");
    let public = fs::read_to_string(format!("{}.pub", arg(&key))).unwrap();
    let known = format!("[127.0.0.1]:42215 {public}");
    home.write(".ssh/known_hosts", &known);
    let output = import(&home, &["putty", arg(&folder)]);
    assert!(output.stderr.contains("another key for [127.0.0.1]:42215"), "{}", output.stderr);
    assert_eq!(home.read(".ssh/known_hosts"), known);
}

#[test]
fn an_export_of_the_registry_is_imported_and_comes_back_equal() {
    let home = Home::new();
    let reg = Path::new(DATA).join("putty-export.reg");
    import(&home, &["putty", arg(&reg)]).expect_code(0);
    let listed = || home.tessh(&["sessions", "list", "--json"]).output().text();
    let first: Value = serde_json::from_str(&listed()).unwrap();
    let names: Vec<&str> =
        first.as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
    assert!(names.contains(&"café %\\*?"), "{names:?}");

    // What is written as a file of regedit, read again, has the same hosts and ways.
    let out = home.path("out.reg");
    home.tessh(&["sessions", "export", "putty", "--reg", arg(&out)]).output().expect_code(0);
    let other = Home::new();
    import(&other, &["putty", arg(&out)]).expect_code(0);
    for name in names {
        let (one, two) = (show(&home, name), show(&other, name));
        for field in ["host", "port", "user", "command", "forwards", "environment", "proxy_command"]
        {
            // A session without a port or user has the ones that it is resolved to.
            if one[field] != Value::Null {
                assert_eq!(one[field], two[field], "{name}: {field}");
            }
        }
    }
}

#[test]
fn sites_of_winscp_and_hosts_of_openssh_are_imported() {
    let home = Home::new();
    let ini = Path::new(DATA).join("WinSCP.ini");
    let output = import(&home, &["winscp", arg(&ini)]);
    output.expect_code(0);
    for entry in fs::read_dir(home.path(".config/tessh/sessions")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("A35C") && !text.contains("example-password"), "{text}");
    }
    let config = "Host web\n HostName web.example.org\n Port 2222\n User deploy\n\
                  IdentityFile ~/.ssh/deploy\n ProxyJump gate\n Compression yes\n\
                  Host *\n ServerAliveInterval 30\n";
    home.write("config", config);
    let output = import(&home, &["openssh", "config"]);
    assert!(output.stderr.contains("sessions: 1"), "{}", output.stderr);
    let shown = show(&home, "web");
    assert_eq!(shown["host"], "web.example.org");
    assert_eq!((&shown["user"], &shown["jump"]), (&"deploy".into(), &"gate".into()));
    assert_eq!(shown["keepalive"]["interval"], 30);
    assert_eq!(shown["options"][0], "Compression=yes");
}

#[test]
fn an_imported_copy_stands_for_its_original_and_for_no_other() {
    let home = Home::new();
    fs::create_dir_all(home.path(".putty/sessions")).unwrap();
    home.write(".putty/sessions/lab%20one", GOOD);
    home.write(".putty/sessions/other", GOOD);
    import(&home, &["putty"]).expect_code(0);
    let source = |name: &str| {
        let output = home.tessh(&["sessions", "show", "--json", name]).output();
        let shown: Value = serde_json::from_str(&output.expect_quiet_success().text()).unwrap();
        shown["source"].as_str().unwrap().to_owned()
    };
    assert_eq!(source("lab one"), "own");
    assert_eq!(source("putty:lab one"), "putty");
    home.write(".ssh/config", "Host other\n  Port 7\n");
    let output = home.tessh(&["-G", "other"]).output();
    output.expect_failure(&["own:other, openssh:other"]);
}

#[test]
fn what_an_import_says_names_the_program_and_each_file_once() {
    let home = Home::new();
    let whole = fs::read(Path::new(DATA).join("putty-export.reg")).unwrap();
    fs::write(home.path("cut.reg"), &whole[..whole.len() - 401]).unwrap();
    home.write("hosts", "# nothing\n");
    let cut = home.path("cut.reg");
    let output = import(&home, &["putty", arg(&cut)]);
    output.expect_code(0);
    let lines: Vec<&str> = output.stderr.lines().collect();
    let (summary, notes) = lines.split_last().unwrap();
    assert!(summary.starts_with("imported from putty: "), "{lines:?}");
    let fault = notes.iter().find(|line| line.contains("cut off or damaged")).unwrap();
    assert_eq!(fault.matches(arg(&cut)).count(), 1, "{fault}");
    for line in notes {
        assert!(line.starts_with("tessh: "), "{line}");
    }
    // The file that was named is what is missed, and not a name of one.
    let hosts = home.path("hosts");
    let told = import(&home, &["openssh", arg(&hosts)]);
    told.expect_failure(&[&format!("{} has no sessions of openssh", arg(&hosts))]);
    let told = import(&home, &["winscp", arg(&hosts)]);
    told.expect_failure(&["line 1: neither a file that regedit has written nor WinSCP.ini"]);
    for words in
        [&["import", "putty", ""][..], &["export", "putty", ""], &["export", "putty", "--reg", ""]]
    {
        let told = home.tessh(&[&["sessions"], words].concat()).output();
        told.expect_failure(&["the name of the file or folder is empty"]);
    }
}
