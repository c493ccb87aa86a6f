//! `tessh keygen`: ssh-keygen, puttygen and sshd accept what it makes, it overwrites nothing
//! without a yes, and each failure is one line.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "keygen/copy_id.rs"]
mod copy_id;
mod lab;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use lab::{Home, Sshd, arg, strs, tool};
use russh::keys::ssh_key::HashAlg;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PublicKey};
use tessh::keys::save::{self, Existing, Readers};
use tessh::keys::{KeyFile, KeyFormat, write};
use tessh::secret::Secret;

const PASSPHRASE: &str = "correct horse";

/// Every kind that is made, by its flags.
const KINDS: &[(&str, &[&str])] = &[
    ("ed25519", &["-t", "ed25519"]),
    ("ecdsa256", &["-t", "ecdsa"]),
    ("ecdsa384", &["-t", "ecdsa", "-b", "384"]),
    ("ecdsa521", &["-t", "ecdsa", "-b", "521"]),
    ("rsa2048", &["-t", "rsa", "-b", "2048"]),
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys").join(name)
}

fn keygen(home: &Home, arguments: &[&str]) -> lab::Output {
    home.tessh(&[&["keygen"], arguments].concat()).output()
}

/// Makes a key without a passphrase.
fn made(home: &Home, name: &str, how: &[&str]) -> PathBuf {
    keygen(home, &[&["-q", "-N", "", "-C", "me@here", "-f", name], how].concat())
        .expect_quiet_success();
    home.path(name)
}

/// The one line of a failure.
#[track_caller]
fn refused(output: &lab::Output, says: &str) {
    assert_eq!(output.status.code(), Some(255), "{output:?}");
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{output:?}");
    assert!(lines[0].starts_with("tessh: ") && lines[0].contains(says), "{output:?}");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn unlocked(path: &Path, passphrase: Option<&str>) -> PrivateKey {
    let secret = passphrase.map(|text| Secret::new(text.to_owned()));
    KeyFile::read(path).unwrap().unlock(secret.as_ref()).unwrap()
}

/// What is in the home, but for its `.ssh`.
fn files(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path("")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".ssh");
    names.sort();
    names
}

#[test]
fn every_kind_is_made_with_its_public_half() {
    let home = Home::new();
    let kinds = KINDS.iter().copied().chain([("rsa3072", &["-t", "rsa"][..])]);
    for (name, how) in kinds {
        let path = made(&home, name, how);
        let key = unlocked(&path, None);
        let line = home.read(&format!("{name}.pub"));
        let public = PublicKey::from_openssh(&line).unwrap();
        let signature = key.sign("test", HashAlg::Sha512, b"data").unwrap();
        assert!(public.verify("test", b"data", &signature).is_ok(), "{name}");
        assert!(line.ends_with(" me@here\n"), "{line}");
        assert_eq!(mode(&path), 0o600, "{name}");
        assert_eq!(mode(&home.path(&format!("{name}.pub"))) & !0o044, 0o600, "{name}");
        let bits = name.trim_start_matches(char::is_alphabetic).replace("25519", "256");
        let shown = keygen(&home, &["-l", "-f", name]).expect_quiet_success().text();
        assert!(shown.starts_with(&format!("{bits} SHA256:")), "{shown}");
    }
    assert_eq!(files(&home).len(), 12, "{:?}", files(&home));
}

#[test]
fn without_flags_on_a_terminal_an_ed25519_key_goes_to_its_usual_place() {
    let home = Home::new();
    fs::remove_dir(home.path(".ssh")).unwrap();
    let pty = home.on_pty(&["keygen", "-a", "2"]);
    pty.wait_for("Enter file in which to save the key");
    pty.send("<enter>");
    pty.wait_for("Enter passphrase (empty for no passphrase):");
    pty.send("one thing<enter>");
    pty.wait_for("Enter same passphrase again:");
    pty.send("another<enter>");
    pty.wait_for("Passphrases do not match.  Try again.");
    pty.wait_until("the first question again", |screen| {
        screen.matches("(empty for no passphrase):").count() == 2
    });
    pty.send(&format!("{PASSPHRASE}<enter>"));
    pty.wait_until("the second question again", |screen| {
        screen.matches("Enter same passphrase again:").count() == 2
    });
    pty.send(&format!("{PASSPHRASE}<enter>"));
    pty.wait_for("+----[SHA256]-----+");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
    assert!(!pty.written().contains("thing") && !pty.written().contains("horse"));
    let path = home.path(".ssh/id_ed25519");
    assert_eq!(mode(&home.path(".ssh")), 0o700);
    assert!(KeyFile::read(&path).unwrap().is_encrypted());
    let key = unlocked(&path, Some(PASSPHRASE));
    assert!(key.comment().as_str_lossy().contains('@'));
}

#[test]
fn an_empty_passphrase_asks_back_and_nothing_is_written_until_it_is_settled() {
    let home = Home::new();
    let pty = home.on_pty(&["keygen", "-f", "k", "-a", "2"]);
    for _ in 0..2 {
        pty.wait_until("a question", |screen| screen.trim_end().ends_with(':'));
        let before = pty.screen().matches("passphrase").count();
        pty.send("<enter>");
        pty.wait_until("the next", |screen| screen.matches("passphrase").count() > before);
    }
    pty.wait_for("Really without a passphrase? (y/n)");
    assert!(!home.path("k").exists());
    pty.send("n<enter>");
    pty.wait_until("the question again", |screen| {
        screen.matches("(empty for no passphrase)").count() == 2
    });
    pty.send("<c-c>");
    assert_eq!(pty.exit_code(), 130);
    pty.expect_restored();
    assert_eq!(files(&home), Vec::<String>::new());

    let pty = home.on_pty(&["keygen", "-f", "k"]);
    pty.wait_for("Enter passphrase (empty");
    pty.send("<enter>");
    pty.wait_for("Enter same");
    pty.send("<enter>");
    pty.wait_for("Really without a passphrase? (y/n)");
    pty.send("y<enter>");
    assert_eq!(pty.exit_code(), 0);
    assert!(!KeyFile::read(&home.path("k")).unwrap().is_encrypted());
}

#[test]
fn a_file_is_only_overwritten_after_a_yes() {
    let home = Home::new();
    made(&home, "k", &[]);
    let (old, old_public) = (home.read("k"), home.read("k.pub"));
    refused(&keygen(&home, &["-q", "-N", "", "-f", "k"]), "k' already exists");
    fs::remove_file(home.path("k")).unwrap();
    refused(&keygen(&home, &["-q", "-N", "", "-f", "k"]), "k.pub' already exists");
    assert!(!home.path("k").exists());
    home.write("k", &old);

    let pty = home.on_pty(&["keygen", "-N", "", "-f", "k"]);
    pty.wait_for("k already exists.");
    pty.wait_for("Overwrite (y/n)?");
    pty.send("<enter>");
    assert_eq!(pty.exit_code(), 255);
    assert!(pty.written().contains("is left as it was"));
    assert_eq!((home.read("k"), home.read("k.pub")), (old.clone(), old_public));

    let pty = home.on_pty(&["keygen", "-N", "", "-f", "k"]);
    pty.wait_for("Overwrite (y/n)?");
    pty.send("y<enter>");
    assert_eq!(pty.exit_code(), 0);
    assert_ne!(home.read("k"), old);
    let key = unlocked(&home.path("k"), None);
    assert!(home.read("k.pub").starts_with(&key.public_key().to_string()[..60]));
    assert_eq!(files(&home), ["k", "k.pub"]);
}

#[test]
fn rsa_shows_that_something_happens() {
    let home = Home::new();
    let pty = home.on_pty(&["keygen", "-t", "rsa", "-b", "2048", "-N", "", "-f", "k"]);
    pty.wait_written("Looking for primes for 2048 bits: 0 s");
    assert_eq!(pty.exit_code(), 0);
    let quiet = keygen(&home, &["-t", "rsa", "-b", "2048", "-N", "", "-f", "other"]);
    assert_eq!(quiet.stderr, "", "not on a terminal");
}

#[test]
fn every_format_leads_to_every_other() {
    let home = Home::new();
    for (name, how) in KINDS {
        let first = unlocked(&made(&home, name, how), None);
        let step = |form: &str, from: &str, to: &str| {
            keygen(&home, &["-q", "-O", form, "-f", from, "--output", to]).expect_quiet_success();
            assert_eq!(mode(&home.path(to)), 0o600);
            let key = unlocked(&home.path(to), None);
            assert_eq!(key.key_data(), first.key_data(), "{to}");
            assert_eq!(key.comment(), first.comment(), "{to}");
        };
        step("ppk", name, &format!("{name}.ppk"));
        step("openssh", &format!("{name}.ppk"), &format!("{name}.again"));
        let public = |form: &str, from: &str| {
            keygen(&home, &["-O", form, "-f", from]).expect_quiet_success().text()
        };
        let line = home.read(&format!("{name}.pub"));
        let foreign = public("rfc4716", &format!("{name}.ppk"));
        home.write("foreign", &foreign);
        assert_eq!(public("public", name), line);
        assert_eq!(public("public", "foreign"), line);
        assert_eq!(keygen(&home, &["-i", "-f", "foreign"]).expect_quiet_success().text(), line);
        assert_eq!(keygen(&home, &["-e", "-f", name]).expect_quiet_success().text(), foreign);
        assert_eq!(keygen(&home, &["-y", "-f", name]).expect_quiet_success().text(), line);
        let listed = keygen(&home, &["-l", "-f", "foreign"]).expect_quiet_success().text();
        assert_eq!(public("fingerprint", &format!("{name}.ppk")), listed);
    }
}

#[test]
fn every_key_file_there_is_can_be_converted() {
    let home = Home::new();
    let putty = fs::read_to_string(data("putty/passphrase.txt")).unwrap();
    let putty = putty.lines().next().unwrap().to_owned();
    let mut count = 0;
    for (directory, passphrase) in
        [("made", PASSPHRASE), ("putty", &putty), ("usercert", PASSPHRASE)]
    {
        for entry in fs::read_dir(data(directory)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_key = !["pub", "txt", "fp"].iter().any(|end| name.ends_with(end));
            if !is_key || name.starts_with("ed448") {
                continue;
            }
            count += 1;
            let path = home.path("key");
            fs::write(&path, fs::read(data(&format!("{directory}/{name}"))).unwrap()).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let key = unlocked(&path, Some(passphrase));
            for text in [write::openssh(&key, None, 1).unwrap(), write::ppk(&key, None).unwrap()] {
                let copy = home.path("copy");
                save::one(&copy, &text, Readers::Owner, Existing::Replace).unwrap();
                assert_eq!(unlocked(&copy, None).key_data(), key.key_data(), "{name}");
            }
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn the_passphrase_stays_unless_a_new_one_is_given() {
    let home = Home::new();
    made(&home, "k", &[]);
    home.tessh(&["keygen", "-q", "-p", "-a", "1", "-f", "k", "--new-passphrase-fd", "3"])
        .password("the new one\nnot this\n")
        .output()
        .expect_quiet_success();
    let key = unlocked(&home.path("k"), Some("the new one"));
    home.tessh(&["keygen", "-q", "-O", "ppk", "-f", "k", "--output", "p", "--passphrase-fd", "3"])
        .password("the new one")
        .output()
        .expect_quiet_success();
    assert_eq!(unlocked(&home.path("p"), Some("the new one")).key_data(), key.key_data());
    let plain = ["-q", "-O", "openssh", "-P", "the new one", "-N", "", "-f", "p", "--output", "o"];
    keygen(&home, &plain).expect_quiet_success();
    assert_eq!(unlocked(&home.path("o"), None).key_data(), key.key_data());
}

#[test]
fn a_passphrase_is_changed_in_place_and_all_else_stays() {
    let home = Home::new();
    let real = made(&home, "real", &["-t", "ecdsa"]);
    let key = unlocked(&real, None);
    fs::set_permissions(&real, fs::Permissions::from_mode(0o400)).unwrap();
    symlink("real", home.path("link")).unwrap();
    let inode = fs::metadata(&real).unwrap().ino();
    keygen(&home, &["-q", "-p", "-a", "1", "-N", PASSPHRASE, "-f", "link"]).expect_quiet_success();
    assert!(home.path("link").is_symlink());
    assert_eq!(mode(&real), 0o400);
    assert_ne!(fs::metadata(&real).unwrap().ino(), inode, "replaced as a whole");
    assert_eq!(unlocked(&real, Some(PASSPHRASE)).key_data(), key.key_data());

    let sealed = home.read("real");
    let wrong = ["-p", "-P", "wrong", "-N", "x", "-f", "real"];
    refused(&keygen(&home, &wrong), "wrong passphrase for key file 'real'");
    refused(&keygen(&home, &["-p", "-N", "x", "-f", "real"]), "is encrypted");
    assert_eq!(home.read("real"), sealed);

    let pty = home.on_pty(&["keygen", "-p", "-a", "1", "-f", "real"]);
    pty.wait_for("Enter old passphrase:");
    pty.send("wrong<enter>");
    pty.wait_for("Bad passphrase, try again.");
    pty.wait_until("the question again", |screen| {
        screen.matches("Enter old passphrase:").count() == 2
    });
    pty.send(&format!("{PASSPHRASE}<enter>"));
    pty.wait_for("Key has comment 'me@here'");
    pty.wait_for("Enter new passphrase");
    pty.send("other words<enter>");
    pty.wait_for("Enter same passphrase again:");
    pty.send("other words<enter>");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(unlocked(&real, Some("other words")).key_data(), key.key_data());

    // PuTTY's stays PuTTY's, PEM becomes OpenSSH's own as with ssh-keygen.
    for (name, format) in [
        ("putty/ecdsa256.v2-plain.ppk", KeyFormat::Ppk(3)),
        ("made/ecdsa256.pem", KeyFormat::OpenSsh),
    ] {
        let text = fs::read_to_string(data(name)).unwrap();
        let path = home.write("other", &text);
        keygen(&home, &["-q", "-p", "-N", "", "-f", "other"]).expect_quiet_success();
        assert_eq!(KeyFile::read(&path).unwrap().format(), format, "{name}");
    }
    assert_eq!(files(&home), ["link", "other", "real", "real.pub"]);
}

#[test]
fn what_cannot_be_done_is_one_line_and_leaves_nothing_behind() {
    let home = Home::new();
    made(&home, "k", &[]);
    made(&home, "sealed", &["-a", "1", "-N", PASSPHRASE]);
    home.write("hosts", "127.0.0.1 localhost\n");
    home.write("junk", "---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n!!!\n");
    home.write("dsa", &fs::read_to_string(data("dsa.openssh")).unwrap());
    let before = files(&home);
    for (arguments, says) in [
        (&["-t", "dsa"][..], "DSA keys are not made"),
        (&["-t", "ed448"], "Ed448 keys are not made"),
        (&["-t", "rsa", "-b", "1024"], "the least is 2048"),
        (&["-t", "ecdsa", "-b", "512"], "no ECDSA key of 512 bits"),
        (&["-t", "rsa", "-b", "lots"], "not a number"),
        (&["-t", "enigma", "-f", "new"], "unknown key type enigma"),
        (&["-a", "0", "-f", "new"], "1 to 10000"),
        (&["-f", "new"], "no terminal to ask for a passphrase"),
        (&["-N", ""], "no file is named"),
        (&["-N", "", "-f", "absent/new"], "cannot write 'absent/new': No such file"),
        (&["-N", "", "-f", "hosts/new"], "cannot write 'hosts/new': Not a directory"),
        (&["-N", "", "-f", "/proc/new"], "cannot write '/proc/new'"),
        (&["-N", "", "-f", ".ssh"], "already exists"),
        (&["-q", "-N", "", "-f", "new", "-C", "two\nlines"], "no control characters"),
        (&["-q", "-N", "", "-f", "new\u{1b}[1m/x"], "new\\x1b[1m"),
        (&["--passphrase-fd", "77", "-f", "new"], "--passphrase-fd 77"),
        (&["-O", "ppk", "-f", "k"], "--output"),
        (&["-O", "ppk", "-f", "absent", "--output", "new"], "No such file"),
        (&["-O", "ppk", "-f", "k.pub", "--output", "new"], "public key only"),
        (&["-O", "ppk", "-f", "k", "--output", "k"], "'k' already exists"),
        (&["-O", "ppk", "-f", "dsa", "--output", "new"], "ssh-dss"),
        (&["-O", "ppk", "-f", "sealed", "--output", "new"], "'sealed' is encrypted"),
        (&["-y", "-f", "sealed"], "is encrypted"),
        (&["-y", "-f", "sealed", "-P", "wrong"], "wrong passphrase"),
        (&["-l", "-f", "hosts"], "not a key file"),
        (&["-l", "-f", "absent"], "No such file"),
        (&["-i", "-f", "junk"], "last line is missing"),
        (&["-p", "-N", "", "-f", "k.pub"], "public key only"),
    ] {
        refused(&keygen(&home, &[&["-q"], arguments].concat()), says);
        assert_eq!(files(&home), before, "{arguments:?}");
    }
}

#[test]
fn the_help_is_its_own() {
    let home = Home::new();
    let help = keygen(&home, &["--help"]).expect_quiet_success().text();
    assert!(help.contains("-N passphrase") && help.contains("--output file"), "{help}");
    let script = home.tessh(&["completions", "bash"]).output().text();
    let tessh = Path::new(lab::TESSH).parent().unwrap().display();
    home.write("complete", &format!(
        "PATH={tessh}:$PATH\n{script}\nCOMP_WORDS=(tessh keygen -t ''); COMP_CWORD=3; _tessh; echo \"${{COMPREPLY[@]}}\"\n\
         COMP_WORDS=(tessh keygen --o); COMP_CWORD=2; _tessh; echo \"${{COMPREPLY[@]}}\"\n"
    ));
    let replies = home.run(Path::new("/bin/bash"), &["complete"]).output();
    assert_eq!(replies.text(), "ed25519 ecdsa rsa\n--output\n", "{replies:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_keygen_and_puttygen_say_the_same() {
    let home = Home::new();
    let secret = home.write("passphrase", &format!("{PASSPHRASE}\n"));
    for (name, how) in KINDS {
        let path = made(&home, name, how);
        let (file, line) = (arg(&path), home.read(&format!("{name}.pub")));
        assert_eq!(tool("/usr/bin/ssh-keygen", &["-y", "-f", file]), line);
        for hash in ["sha256", "md5"] {
            for ask in ["-lf", "-lvf"] {
                let theirs = tool("/usr/bin/ssh-keygen", &["-E", hash, ask, file]);
                let ours = keygen(&home, &["-E", hash, ask, file]).expect_quiet_success();
                assert_eq!(ours.text(), theirs, "{name}");
            }
        }
        let sealed = format!("{file}.sealed");
        let seal = ["-q", "-O", "openssh", "-a", "2", "-N", PASSPHRASE, "-f", file, "--output"];
        keygen(&home, &[&seal[..], &[&sealed]].concat()).expect_quiet_success();
        assert_eq!(tool("/usr/bin/ssh-keygen", &["-y", "-P", PASSPHRASE, "-f", &sealed]), line);
        for passphrase in ["", PASSPHRASE] {
            let ppk = format!("{file}{}.ppk", passphrase.len());
            let convert = ["-q", "-O", "ppk", "-N", passphrase, "-f", file, "--output", &ppk];
            keygen(&home, &convert).expect_quiet_success();
            check_with_puttygen(&ppk, arg(&secret), &line);
        }
        let foreign = format!("{file}.rfc4716");
        keygen(&home, &["-q", "-e", "-f", file, "--output", &foreign]).expect_quiet_success();
        let theirs = tool("/usr/bin/ssh-keygen", &["-i", "-f", &foreign]);
        assert!(line.starts_with(theirs.trim_end()), "{theirs}");
        assert_eq!(tool("/usr/bin/puttygen", &["-L", &foreign]), line);
    }
}

/// That puttygen reads the file, and that the private half in it is the right one.
fn check_with_puttygen(ppk: &str, passphrase: &str, line: &str) {
    assert_eq!(tool("/usr/bin/puttygen", &["-L", ppk]), line);
    let back = format!("{ppk}.back");
    let old = ["--old-passphrase", passphrase, "--new-passphrase", "/dev/null"];
    let to = [ppk, "-O", "private-openssh-new", "-o", &back];
    tool("/usr/bin/puttygen", &[&to[..], &old].concat());
    assert_eq!(tool("/usr/bin/ssh-keygen", &["-y", "-f", &back]), line);
}

/// Files of keys whose numbers begin and end with these bytes, and the keys.
fn ed25519_ppks(home: &Home) -> Vec<(PathBuf, PrivateKey)> {
    let mut made = Vec::new();
    for (number, (first, last)) in
        [(0x00, 0x00), (0x00, 0x7f), (0x80, 0x00), (0x7f, 0xff), (0xff, 0x80)].iter().enumerate()
    {
        let mut seed = [0x55; 32];
        (seed[0], seed[31]) = (*first, *last);
        if number == 0 {
            seed[28..].fill(0);
        }
        let key = PrivateKey::new(Ed25519Keypair::from_seed(&seed).into(), "x").unwrap();
        let path = home.path(&format!("{number}.ppk"));
        let text = write::ppk(&key, None).unwrap();
        save::one(&path, &text, Readers::Owner, Existing::Keep).unwrap();
        made.push((path, key));
    }
    made
}

#[test]
fn an_ed25519_ppk_opens_whatever_bytes_its_number_begins_and_ends_with() {
    let home = Home::new();
    for (path, key) in ed25519_ppks(&home) {
        assert_eq!(unlocked(&path, None).key_data(), key.key_data(), "{}", path.display());
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_ed25519_ppk_opens_in_puttygen_whatever_bytes_its_number_begins_and_ends_with() {
    let home = Home::new();
    let secret = home.write("passphrase", "");
    for (path, key) in ed25519_ppks(&home) {
        check_with_puttygen(arg(&path), arg(&secret), &write::public_line(key.public_key()));
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn lists_of_keys_are_shown_as_ssh_keygen_shows_them() {
    let home = Home::new();
    made(&home, "a", &[]);
    made(&home, "b", &["-t", "ecdsa", "-C", ""]);
    let (a, b) = (home.read("a.pub"), home.read("b.pub"));
    home.write("list", &format!("# keys\n\ncommand=\"do it\",no-pty {a}nonsense\n@cert {b}"));
    home.write("hosts", &format!("host,127.0.0.1 {b}"));
    let lone = fs::read_to_string(home.path("a")).unwrap();
    home.write("lone", &lone);
    let certificate = data("usercert/tshlike-cert.pub");
    for name in ["list", "hosts", "lone", "a", "b.pub", arg(&certificate)] {
        let theirs = home.run(Path::new("/usr/bin/ssh-keygen"), &["-lvf", name]).output();
        let ours = keygen(&home, &["-lvf", name]);
        assert_eq!(ours.text(), theirs.text(), "{name}");
    }
    let piped = home.tessh(&["keygen", "-lf", "-"]).stdin(a).output().expect_quiet_success();
    assert!(piped.text().ends_with("me@here (ED25519)\n"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_of_every_kind_and_format_logs_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    for (name, how) in KINDS {
        let key = made(&home, name, how);
        sshd.authorize(&key, "");
        let ppk = format!("{name}.ppk");
        let convert = ["-q", "-O", "ppk", "-f", name, "--output", &ppk];
        keygen(&home, &convert).expect_quiet_success();
        for program in [Path::new("/usr/bin/ssh"), Path::new(env!("CARGO_BIN_EXE_tessh"))] {
            let login = sshd.to(&["-o", "BatchMode=yes", "-i", arg(&key)], &["echo", name]);
            let known = format!("UserKnownHostsFile={}", arg(&home.path(".ssh/known_hosts")));
            let words = [&["-o".to_owned(), known][..], &login].concat();
            let words = strs(&words);
            let output = home.run(program, &words).output();
            assert_eq!(output.text(), format!("{name}\n"), "{output:?}");
        }
        let login = sshd.to(&["-o", "BatchMode=yes", "-i", &ppk], &["echo", name]);
        let login = strs(&login);
        assert_eq!(home.tessh(&login).output().text(), format!("{name}\n"));
    }
}

#[test]
fn sshfp_records_are_of_both_hashes_for_either_half_of_a_key() {
    let home = Home::new();
    made(&home, "host", &["-t", "ed25519"]);
    let output = keygen(&home, &["-r", "host.example", "-f", "host.pub"]).expect_quiet_success();
    let lines: Vec<String> = output.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{output:?}");
    assert!(lines[0].starts_with("host.example IN SSHFP 4 1 "), "{output:?}");
    assert!(lines[1].starts_with("host.example IN SSHFP 4 2 "), "{output:?}");
    // The private file names the same key.
    let private = keygen(&home, &["-r", "host.example", "-f", "host"]).expect_quiet_success();
    assert_eq!(private.text(), output.text());
    keygen(&home, &["-r", "host.example", "-f", "host.pub", "--output", "zone"]);
    assert_eq!(home.read("zone"), output.text());
    refused(&keygen(&home, &["-r", "host.example", "-f", "none"]), "none");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn sshfp_records_are_those_of_ssh_keygen() {
    let home = Home::new();
    for (name, how) in KINDS {
        let public = format!("{}.pub", arg(&made(&home, name, how)));
        let expected = tool("/usr/bin/ssh-keygen", &["-r", "host.example", "-f", &public]);
        let output = keygen(&home, &["-r", "host.example", "-f", &public]).expect_quiet_success();
        assert_eq!(output.text(), expected);
    }
}
