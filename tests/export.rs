//! `tessh sessions export putty`: plink and psftp log in through what was written.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::path::Path;

use lab::teleport::{LEAF, LEAF_NODE, NODE, PROXY, TeleportBed};
use lab::{Home, Output, Setup, Sshd, USER, arg, tool};

const SESSIONS: &str = ".config/tessh/sessions";

fn put(home: &Home, file: &str, text: &str) {
    fs::create_dir_all(home.path(SESSIONS)).unwrap();
    home.write(&format!("{SESSIONS}/{file}"), text);
}

fn export(home: &Home, words: &[&str]) -> String {
    let words = [&["sessions", "export", "putty"], words].concat();
    let output = home.tessh(&words).output();
    output.expect_code(0);
    assert_eq!(output.text(), "");
    output.stderr
}

/// A home with a key that the server takes, in both formats.
fn home_with_key(sshd: &Sshd) -> Home {
    let home = Home::knowing(sshd);
    let key = home.key(".ssh/id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let ppk = home.path(".ssh/id.ppk");
    let words = ["keygen", "-q", "-O", "ppk", "-f", arg(&key), "--output", arg(&ppk)];
    home.tessh(&words).output().expect_code(0);
    home
}

fn session(sshd: &Sshd, more: &str) -> String {
    let port = sshd.port();
    format!(
        "host = '127.0.0.1'\nport = {port}\nuser = '{USER}'\nidentity = ['~/.ssh/id']\n\
         method = 'publickey'\n{more}"
    )
}

/// Runs a program of PuTTY's on this folder.
fn putty(home: &Home, folder: &Path, program: &str, words: &[&str]) -> Output {
    let run = home.run(&Path::new("/usr/bin").join(program), words);
    run.env("PUTTYDIR", folder).stdin("pwd\n").output()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn plink_and_psftp_log_in_through_what_was_written() {
    let sshd = Sshd::start(&["AcceptEnv FOO"]);
    let home = home_with_key(&sshd);
    put(&home, "lab%20one.toml", &session(&sshd, ""));
    let more = "command = 'echo from-$FOO'\nenvironment.FOO = 'a,b=c'\n";
    put(&home, "command.toml", &session(&sshd, more));
    let through = sshd.program();
    let pipe = format!(
        "proxy_command = '{} -F none -p {} -i ~/.ssh/id -W %h:%p {USER}@127.0.0.1'\n",
        arg(&through),
        sshd.port(),
    );
    put(&home, "piped.toml", &session(&sshd, &pipe));
    put(&home, "jumping.toml", &session(&sshd, "jump = 'command'\n"));
    // Two jump hosts, of which only ssh_config knows the key.
    let config =
        format!("Host 127.0.0.1\n Port {}\n User {USER}\n IdentityFile ~/.ssh/id\n", sshd.port());
    home.write(".ssh/config", &config);
    put(&home, "twice.toml", &session(&sshd, "jump = 'localhost,127.0.0.1'\n"));
    let mut config = config.replace("Host 127.0.0.1", "Host localhost\n HostName 127.0.0.1");
    config.push_str(&home.read(".ssh/config"));
    home.write(".ssh/config", &config);
    let folder = home.path("putty");
    let told = export(&home, &[arg(&folder)]);
    assert!(told.contains("sessions: 7, host keys: 1, authorities: 0"), "{told}");

    for name in ["lab one", "piped", "jumping", "twice"] {
        let words = ["-batch", "-load", name, "-no-antispoof", "echo in"];
        let output = putty(&home, &folder, "plink", &words);
        assert_eq!(output.text(), "in\n", "{name}: {}", output.stderr);
    }
    let output = putty(&home, &folder, "plink", &["-batch", "-load", "command"]);
    assert_eq!(output.text(), "from-a,b=c\n", "{}", output.stderr);
    let output = putty(&home, &folder, "psftp", &["-batch", "-load", "lab one"]);
    assert!(output.text().contains("Remote directory is"), "{}{}", output.text(), output.stderr);
}

/// The host shows a certificate; no key of it is known to PuTTY.
#[test]
#[ignore = "needs peers: tests/run"]
fn plink_believes_the_authorities_that_were_written() {
    let setup = Setup::new();
    let certificate = setup.host_certificate("host_ca", &["-h", "-n", "127.0.0.1"]);
    let sshd = setup.start(&[&certificate]);
    let home = home_with_key(&sshd);
    fs::remove_file(home.path(".ssh/known_hosts")).unwrap();
    put(&home, "ca.toml", &session(&sshd, ""));
    let authority = format!(
        "name = 'Example: CA'\npublic_key = '{}'\nvalidity = '127.0.0.* && port:1-65535'\n",
        sshd.public("host_ca.pub").trim_end()
    );
    fs::create_dir_all(home.path(".config/tessh/authorities")).unwrap();
    home.write(".config/tessh/authorities/example.toml", &authority);
    let folder = home.path("putty");
    let told = export(&home, &[arg(&folder)]);
    assert!(told.contains("sessions: 1, host keys: 0, authorities: 1"), "{told}");
    let words = ["-batch", "-load", "ca", "-no-antispoof", "echo in"];
    let output = putty(&home, &folder, "plink", &words);
    assert_eq!(output.text(), "in\n", "{}", output.stderr);
}

/// The session has the shape of Teleport's own client: plink goes through that client, with its
/// key and certificate, and believes the cluster's authorities.
#[test]
#[ignore = "needs peers: tests/run"]
fn plink_reaches_nodes_of_teleport_through_what_was_written() {
    let bed = TeleportBed::with_servers();
    let home = &bed.home;
    let (node, leaf) = (format!("{USER}@{NODE}"), format!("{USER}@{LEAF_NODE}"));
    bed.tessh(&["teleport", "save", &node]).output().expect_code(0);
    bed.tessh(&["teleport", "save", "--leaf", LEAF, &leaf]).output().expect_code(0);
    let key = home.path(&format!(".tsh/keys/{PROXY}/alice"));
    let ppk = format!("{}.ppk", arg(&key));
    let convert = ["keygen", "-q", "-O", "ppk", "-f", arg(&key), "--output", &ppk];
    home.tessh(&convert).output().expect_code(0);
    let folder = home.path("putty");
    let output = bed.tessh(&["sessions", "export", "putty", arg(&folder)]).output();
    assert!(
        output.stderr.contains("sessions: 2, host keys: 0, authorities: 2"),
        "{}",
        output.stderr
    );
    for name in [format!("{node} [proxy:{PROXY}]"), format!("{leaf} [leaf:{LEAF},proxy:{PROXY}]")] {
        let words = ["-batch", "-load", &name, "-no-antispoof", "echo in"];
        let output = putty(home, &folder, "plink", &words);
        assert_eq!(output.text(), "in\n", "{}", output.stderr);
    }
    let record = folder.join(format!("sshhostcas/TeleportHostCA-{PROXY}"));
    let record = fs::read_to_string(record).unwrap();
    assert!(record.contains(&format!("Validity={NODE}\n")), "{record}");
    let calls = bed.calls();
    assert!(calls.iter().any(|call| call.contains(&format!("--cluster={LEAF} "))), "{calls:?}");
}

#[test]
fn a_second_export_keeps_what_is_not_ours() {
    let home = Home::new();
    put(&home, "web.toml", "host = 'web'\nuser = 'me'\nport = 2222\ncommand = 'id'\n");
    let folder = home.path("putty");
    fs::create_dir_all(folder.join("sessions")).unwrap();
    let old = "FontName=server:fixed\nHostName=old\nRemoteCommand=old\nX11Forward=1\nHostName=x\n";
    fs::write(folder.join("sessions/web"), old).unwrap();
    fs::write(folder.join("sshhostkeys"), "rsa2@22:other 0x10001,0x1\n").unwrap();
    export(&home, &[arg(&folder)]);
    let text = fs::read_to_string(folder.join("sessions/web")).unwrap();
    let first = "FontName=server:fixed\nHostName=web\nRemoteCommand=id\nX11Forward=1\nHostName=x\n";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("\nPortNumber=2222\n") && text.contains("\nUserName=me\n"), "{text}");
    assert!(text.contains("\nProtocol=ssh\n") && !text.contains("ProxyPassword"), "{text}");
    export(&home, &[arg(&folder)]);
    assert_eq!(fs::read_to_string(folder.join("sessions/web")).unwrap(), text);
    put(&home, "web.toml", "host = 'web'\nuser = 'me'\n");
    export(&home, &[arg(&folder)]);
    let text = fs::read_to_string(folder.join("sessions/web")).unwrap();
    assert!(text.contains("\nRemoteCommand=\n") && text.contains("\nPortNumber=22\n"), "{text}");
    let keys = fs::read_to_string(folder.join("sshhostkeys")).unwrap();
    assert_eq!(keys, "rsa2@22:other 0x10001,0x1\n");
}

#[test]
fn a_file_of_regedit_is_written_and_added_to() {
    let home = Home::new();
    put(
        &home,
        "caf%C3%A9%20%5B1%5D.toml",
        "host = 'web'\nuser = 'me'\nproxy_command = 'a\\b %h'\n",
    );
    let file = home.path("out.reg");
    export(&home, &["--reg", arg(&file)]);
    let text = || {
        let bytes = fs::read(&file).unwrap();
        assert_eq!(bytes[..2], [0xff, 0xfe]);
        let units = bytes[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(Result::unwrap).collect::<String>()
    };
    let first = text();
    for wanted in [
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\",
        "\\Software\\SimonTatham\\PuTTY\\Sessions\\caf%E9%20[1]]\r\n",
        "\"ProxyTelnetCommand\"=\"a\\\\\\\\b %host\"\r\n",
        "\"ProxyMethod\"=dword:00000005\r\n",
    ] {
        assert!(first.contains(wanted), "{wanted}: {first}");
    }
    export(&home, &["--reg", arg(&file)]);
    assert_eq!(text(), first);
    fs::write(&file, "REGEDIT4\r\n").unwrap();
    let words = ["sessions", "export", "putty", "--reg", arg(&file)];
    home.tessh(&words).output().expect_failure(&["out.reg", "version 5"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "REGEDIT4\r\n");
}

#[test]
fn what_cannot_be_exported_is_named_and_the_rest_is_written() {
    let home = Home::new();
    home.write("id", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    put(&home, "a.toml", "host = 'a'\nidentity = ['~/id']\noptions = ['RekeyLimit=1G']\n");
    put(&home, "b.toml", "host = 'b'\nproxy_command = 'x %d'\n");
    put(&home, "c.toml", "broken");
    put(&home, "Default%20Settings.toml", "host = 'd'\n");
    let folder = home.path("putty");
    let told = export(&home, &[arg(&folder)]);
    for wanted in [
        "tessh keygen -O ppk -f",
        "a: PuTTY has no setting for RekeyLimit=1G",
        "b is not",
        "Default Settings is not",
        "c is not",
    ] {
        assert_eq!(told.lines().filter(|line| line.contains(wanted)).count(), 1, "{told}");
    }
    assert!(folder.join("sessions/a").exists() && !folder.join("sessions/b").exists());
    // PuTTY's own folder is not written without a question.
    let output = home.tessh(&["sessions", "export", "putty"]).output();
    output.expect_failure(&["question", "--yes"]);
    assert!(!home.path(".putty").exists());
    export(&home, &["--yes"]);
    assert!(home.path(".putty/sessions/a").exists());
    for words in [&[][..], &["winscp", "x"], &["putty", "--reg"], &["putty", "a", "b"]] {
        let words = [&["sessions", "export"], words].concat();
        home.tessh(&words).output().expect_failure(&[]);
    }
    // A program that only looks reads the session's values.
    let shown = tool("/bin/cat", &[arg(&home.path(".putty/sessions/a"))]);
    assert!(shown.contains("HostName=a\n"), "{shown}");
}
