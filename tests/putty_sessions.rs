//! The sessions of PuTTY and WinSCP, used as they are: plink and tessh do the same with them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::path::PathBuf;

use lab::{Bed, PASSWORD, Setup, USER, arg, tool};

/// A bed without known_hosts, where PuTTY has a folder, and the key as a PPK.
fn bed(sshd: lab::Sshd) -> (Bed, PathBuf) {
    let bed = Bed::of(sshd);
    bed.home.write(".ssh/known_hosts", "");
    for folder in ["sessions", "sshhostcas"] {
        fs::create_dir_all(bed.home.path(".putty").join(folder)).unwrap();
    }
    let ppk = bed.home.path("id.ppk");
    tool("/usr/bin/puttygen", &[arg(&bed.key), "-O", "private", "-o", arg(&ppk)]);
    (bed, ppk)
}

/// Saves a session for the server with its key, and these lines before it.
fn save(bed: &Bed, ppk: &std::path::Path, file: &str, lines: &str) {
    let port = bed.sshd.port();
    let text = format!(
        "{lines}HostName=127.0.0.1\nProtocol=ssh\nPortNumber={port}\nUserName={USER}\n\
         PublicKeyFile={}\n",
        arg(ppk)
    );
    bed.home.write(&format!(".putty/sessions/{file}"), &text);
}

/// Has plink put the server's key into its cache, as a person who answers `y` does.
fn known_to_putty(bed: &Bed, session: &str) {
    let plink = PathBuf::from("/usr/bin/plink");
    let said = bed.home.run(&plink, &["-load", session, "echo plink"]).stdin("y\n").output();
    assert_eq!(said.text(), "plink\n", "{said:?}");
    assert!(bed.home.read(".putty/sshhostkeys").contains("ssh-ed25519@"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_of_putty_is_used_as_it_is() {
    let (bed, ppk) = bed(lab::Sshd::start(&["AcceptEnv *"]));
    let marker = bed.home.path("went-through");
    let proxy = format!(
        "ProxyMethod=5\nProxyLocalhost=1\nProxyTelnetCommand=echo %host %proxyhost >>{} && exec \
         nc %host %port\\n\nProxyHost=gate\nEnvironment=GREETING=good\\, day\n",
        arg(&marker)
    );
    save(&bed, &ppk, "lab%20one", &proxy);
    known_to_putty(&bed, "lab one");
    let run = bed.home.tessh(&["lab one", "echo $GREETING; exit 7"]).output();
    run.expect_code(7);
    assert_eq!((run.text().as_str(), run.stderr.as_str()), ("good, day\n", ""));
    assert_eq!(fs::read_to_string(&marker).unwrap(), "127.0.0.1 gate\n".repeat(2));
    assert_eq!(bed.home.read(".ssh/known_hosts"), "", "PuTTY's cache is enough");
    // Its cache has another key: nobody is asked.
    let other = lab::Sshd::start(&[]);
    other.authorize(&bed.key, "");
    let lines = bed.home.read(".putty/sshhostkeys");
    let moved = lines.replace(&bed.sshd.port().to_string(), &other.port().to_string());
    bed.home.write(".putty/sshhostkeys", &moved);
    bed.home.write(
        ".putty/sessions/moved",
        &format!(
            "HostName=127.0.0.1\nProtocol=ssh\nPortNumber={}\nUserName={USER}\nPublicKeyFile={}\n",
            other.port(),
            arg(&ppk)
        ),
    );
    let run = bed.home.tessh(&["putty:moved", "true"]).output();
    run.expect_last_line(&["sshhostkeys"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_authority_of_putty_is_trusted_in_its_sessions() {
    let setup = Setup::new();
    let certificate = setup.host_certificate("host_ca", &["-h", "-n", "127.0.0.1"]);
    let (bed, ppk) = bed(setup.start(&[&certificate]));
    save(&bed, &ppk, "lab", "");
    let public = bed.sshd.public("host_ca.pub");
    let blob = public.split_whitespace().nth(1).unwrap().to_owned();
    let record = format!("PublicKey={blob}\nValidity=127.0.0.1\n");
    bed.home.write(".putty/sshhostcas/lab%20CA", &record);
    let plink = PathBuf::from("/usr/bin/plink");
    let said = bed.home.run(&plink, &["-batch", "-load", "lab", "echo ok"]).output();
    assert_eq!(said.text(), "ok\n", "{said:?}");
    let run = bed.home.tessh(&["lab", "echo ok"]).output().expect_quiet_success();
    assert_eq!(run.text(), "ok\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_leads_through_another() {
    let (bed, ppk) = bed(lab::Sshd::start(&[]));
    save(&bed, &ppk, "gate", "");
    save(&bed, &ppk, "inner", "ProxyMethod=6\nProxyHost=gate\nProxyPort=0\nProxyLocalhost=1\n");
    known_to_putty(&bed, "gate");
    let run = bed.home.tessh(&["inner", "echo through"]).output().expect_quiet_success();
    assert_eq!(run.text(), "through\n");
    assert!(bed.sshd.log().contains("direct-tcpip"), "{}", bed.sshd.log());
}

#[test]
fn what_must_not_be_started_is_not() {
    let home = lab::Home::new();
    fs::create_dir_all(home.path(".putty/sessions")).unwrap();
    let save = |name: &str, lines: &str| {
        home.write(&format!(".putty/sessions/{name}"), &format!("Protocol=ssh\n{lines}"));
    };
    let proxy = "ProxyMethod=5\nProxyTelnetCommand=touch started; nc %host %port\n";
    for (name, lines, words) in [
        ("acts", &format!("HostName=a;touch x\n{proxy}")[..], &["host"][..]),
        ("pass", "HostName=h\nProxyMethod=5\nProxyTelnetCommand=nc %pass\n", &["%pass"]),
        ("zero", "HostName=h\nPortNumber=0\n", &["PortNumber is 0"]),
        ("much", "HostName=h\nPortNumber=70000\n", &["PortNumber is 70000"]),
        ("odd", "HostName=h\nProxyMethod=9\n", &["ProxyMethod is 9"]),
        ("nul", "HostName=h\0\n", &["NUL"]),
        ("cr", "HostName=h\rPortNumber=1\r", &["carriage return"]),
    ] {
        save(name, lines);
        let run = home.tessh(&["-o", "BatchMode=yes", name, "true"]).output();
        run.expect_last_line(words);
    }
    assert!(!home.path("started").exists() && !home.path("x").exists());
    save("fine", "HostName=fine.example\n");
    let long = format!("HostName={}\n", "x".repeat(1 << 20));
    save("long", &long);
    home.write(".putty/sessions/raw space", "HostName=h\n");
    let run = home.tessh(&["sessions", "list"]).output();
    let all = format!("{}{}", run.text(), run.stderr);
    for name in ["acts", "zero", "nul", "cr", "fine.example", "long", "raw space"] {
        assert!(all.contains(name), "{name}: {run:?}");
    }
    assert_eq!(fs::read_dir(home.path("")).unwrap().count(), 2, "nothing is written");
}

#[test]
fn a_proxy_is_left_out_for_a_name_of_this_machine_that_is_looked_up_here() {
    let home = lab::Home::new();
    fs::create_dir_all(home.path(".putty/sessions")).unwrap();
    for (lines, is_direct) in [
        ("ProxyMethod=2\nProxyDNS=0\n", true),
        ("ProxyMethod=1\n", true),
        ("ProxyMethod=5\nProxyDNS=0\nProxyTelnetCommand=exit 1\n", true),
        ("ProxyMethod=6\nProxyDNS=0\n", true),
        ("ProxyMethod=2\n", false),
        ("ProxyMethod=2\nProxyDNS=0\nProxyLocalhost=1\n", false),
    ] {
        // The number is 127.0.0.1 as the resolver reads it.
        let text = format!(
            "Protocol=ssh\nHostName=2130706433\nPortNumber=1\n{lines}ProxyHost=127.0.0.1\n\
             ProxyPort=2\n"
        );
        home.write(".putty/sessions/here", &text);
        let run = home.tessh(&["-o", "BatchMode=yes", "here", "true"]).output();
        run.expect_code(255);
        assert_eq!(run.stderr.contains("port 1:"), is_direct, "{lines}: {}", run.stderr);
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn exports_and_sites_are_read_from_the_files_that_are_named() {
    let (bed, ppk) = bed(lab::Sshd::start(&[]));
    save(&bed, &ppk, "lab", "");
    known_to_putty(&bed, "lab");
    let (name, data) = {
        let cache = bed.home.read(".putty/sshhostkeys");
        let (name, data) = cache.trim().split_once(' ').unwrap();
        (name.to_owned(), data.to_owned())
    };
    fs::remove_dir_all(bed.home.path(".putty")).unwrap();
    let (port, path) = (bed.sshd.port(), arg(&ppk).to_owned());
    let text = format!(
        "Windows Registry Editor Version 5.00\r\n\r\n\
         [HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\from%20reg [x]]\r\n\
         \"Hostname\"=\"127.0.0.1\"\r\n\"Protocol\"=\"ssh\"\r\n\"PortNumber\"=dword:{port:08x}\r\n\
         \"UserName\"=\"{USER}\"\r\n\"PublicKeyFile\"=\"{path}\"\r\n\r\n\
         [HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\SshHostKeys]\r\n\"{name}\"=\"{data}\"\r\n"
    );
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bed.home.write("x.reg", "");
    fs::write(bed.home.path("x.reg"), bytes).unwrap();
    bed.home.write(
        "WinSCP.ini",
        &format!(
            "[Sessions\\prod/web%201]\nHostName=127.0.0.1\nPortNumber={port}\nUserName={USER}\n\
             PublicKeyFile={path}\n[SshHostKeys]\n{name}={data}\n"
        ),
    );
    fs::create_dir_all(bed.home.path(".config/tessh")).unwrap();
    let settings = "[putty]\nfiles = ['~/x.reg']\n[winscp]\nfiles = ['~/WinSCP.ini']\n";
    bed.home.write(".config/tessh/config.toml", settings);
    for session in ["from reg [x]", "putty:from reg [x]", "prod/web 1", "winscp:prod/web 1"] {
        let run = bed.home.tessh(&[session, "echo ok"]).output().expect_quiet_success();
        assert_eq!(run.text(), "ok\n", "{session}");
    }
}

/// A text as WinSCP hides it.
fn hidden(text: &str) -> String {
    let length = u8::try_from(text.len()).unwrap();
    let bytes = [&[0xff, 0, length, 0], text.as_bytes()].concat();
    bytes.iter().map(|byte| format!("{:02X}", !byte ^ 0xa3)).collect()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_stored_password_is_used_only_where_it_is_asked_for() {
    let sshd = lab::Sshd::start(&[]);
    let (home, port) = (lab::Home::knowing(&sshd), sshd.port());
    let site = |name: &str, password: &str| {
        format!(
            "[Sessions\\{name}]\nHostName=127.0.0.1\nPortNumber={port}\nUserName={USER}\n\
             Password={password}\n"
        )
    };
    let good = hidden(&format!("{USER}127.0.0.1{PASSWORD}"));
    let text = site("web", &good) + &site("encrypted", "A35D00") + &site("none", "");
    let file = home.write("WinSCP.ini", &text);
    fs::create_dir_all(home.path(".config/tessh")).unwrap();
    home.write(".config/tessh/config.toml", "[winscp]\nfiles = '~/WinSCP.ini'\n");
    home.tessh(&["web", "true"]).output().expect_failure(&["password"]);
    let run = home.tessh(&["--stored-password", "web", "echo ok"]).output();
    assert_eq!((run.text().as_str(), run.stderr.as_str()), ("ok\n", ""));
    for (name, words) in [
        ("encrypted", "master password"),
        ("none", "has stored no password"),
        ("127.0.0.1", "only a site of WinSCP"),
    ] {
        home.tessh(&["--stored-password", name, "true"]).output().expect_failure(&[words]);
    }
    assert_eq!(fs::read_to_string(file).unwrap(), text);
}
