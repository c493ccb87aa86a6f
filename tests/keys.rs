//! Key files. Every type in every format opens and gives the right key; everything unusable is
//! refused in one line.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use russh::keys::ssh_key::HashAlg;
use russh::keys::{PrivateKey, PublicKey};
use tempfile::TempDir;
use tessh::keys::{self, KeyFile, KeyFormat, Unlock};
use tessh::secret::Secret;

const MADE: &str = "correct horse";
const PUTTY: &str = "Tr0ub4dor & 3";

/// How many changed files are tried.
const CASES: u32 = 200;

/// The longest a refusal may take: it must come before any costly work.
const AT_ONCE: std::time::Duration = std::time::Duration::from_secs(10);

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys").join(name)
}

/// A directory for private keys: a checkout cannot keep their permissions.
struct Home(TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>, mode: u32) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn copy(&self, name: &str) -> PathBuf {
        let from = data(name);
        let name = from.file_name().unwrap().to_str().unwrap();
        self.put(name, fs::read(&from).unwrap(), 0o600)
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn names(directory: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(data(directory))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn public_of(name: &str) -> PublicKey {
    PublicKey::from_openssh(&fs::read_to_string(data(name)).unwrap()).unwrap()
}

/// The error of reading or unlocking the file.
fn refusal(path: &Path, passphrase: &str) -> String {
    let error = match KeyFile::read(path) {
        Err(error) => error,
        Ok(key) => match key.unlock(Some(&secret(passphrase))) {
            Err(Unlock::Error(error)) => error,
            Err(Unlock::WrongPassphrase) => key.wrong_passphrase(),
            other => panic!("{}: {other:?}", path.display()),
        },
    };
    let line = error.to_string();
    assert_eq!(error.kind(), tessh::error::Kind::Identity);
    assert!(!line.chars().any(char::is_control), "{line:?}");
    assert!(line.contains(path.file_name().unwrap().to_str().unwrap()), "{line}");
    line
}

/// Whether the two halves of the key belong together.
fn signs(key: &PrivateKey, public: &PublicKey) -> bool {
    let signature = key.sign("test", HashAlg::Sha512, b"data").unwrap();
    public.verify("test", b"data", &signature).is_ok()
}

/// Opens a file as a person would, and checks everything that is said about it on the way.
fn check_opens(path: &Path, passphrase: &str, encrypted: bool, public: &PublicKey) -> PrivateKey {
    let shown = path.display();
    let key = KeyFile::read(path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(key.is_encrypted(), encrypted, "{shown}");
    if encrypted {
        assert!(matches!(key.unlock(None), Err(Unlock::NeedsPassphrase)), "{shown}");
        for wrong in ["wrong", ""] {
            let wrong = key.unlock(Some(&secret(wrong)));
            assert!(matches!(wrong, Err(Unlock::WrongPassphrase)), "{shown}");
        }
    }
    let given = encrypted.then(|| secret(passphrase));
    let opened = key.unlock(given.as_ref()).unwrap_or_else(|error| panic!("{shown}: {error:?}"));
    assert_eq!(opened.public_key().key_data(), public.key_data(), "{shown}");
    opened
}

/// Each file of `made/` whose name starts so.
fn check_made(kinds: &[&str]) {
    let home = Home::new();
    for name in names("made") {
        let (kind, form) = name.split_once('.').unwrap();
        if !kinds.contains(&kind) || form == "pub" {
            continue;
        }
        let path = home.copy(&format!("made/{name}"));
        let public = public_of(&format!("made/{kind}.pub"));
        let encrypted = ["enc", "aes", "scrypt"].iter().any(|part| form.contains(part));
        let key = check_opens(&path, MADE, encrypted, &public);
        // Signing costs seconds for a large RSA key without optimisation.
        if !kind.starts_with("rsa") || name == "rsa2048.pkcs8" {
            assert!(signs(&key, &public), "{name}");
        }
        let file = KeyFile::read(&path).unwrap();
        let format = match form.split('-').next().unwrap() {
            "openssh" => KeyFormat::OpenSsh,
            "pem" => KeyFormat::Pem,
            _ => KeyFormat::Pkcs8,
        };
        assert_eq!(file.format(), format, "{name}");
        let is_shown = format == KeyFormat::OpenSsh || !encrypted;
        assert_eq!(file.public().is_some(), is_shown, "{name}");
    }
}

#[test]
fn every_format_of_ed25519_opens() {
    check_made(&["ed25519", "ed25519-openssl"]);
}

#[test]
fn every_format_of_ecdsa_opens() {
    check_made(&["ecdsa256", "ecdsa256-zero", "ecdsa384", "ecdsa521"]);
}

#[test]
fn every_format_of_rsa_2048_opens() {
    check_made(&["rsa2048"]);
}

#[test]
fn every_format_of_rsa_3072_opens() {
    check_made(&["rsa3072"]);
}

#[test]
fn the_public_key_beside_tells_what_an_encrypted_file_hides() {
    let home = Home::new();
    let path = home.copy("made/ecdsa256.pkcs8-enc");
    home.put("ecdsa256.pkcs8-enc.pub", fs::read(data("made/ecdsa256.pub")).unwrap(), 0o644);
    let key = KeyFile::read(&path).unwrap();
    assert_eq!(key.public().unwrap(), &public_of("made/ecdsa256.pub"));
    assert_eq!(key.comment(), "ecdsa256 test key");
    assert!(key.unlock(Some(&secret(MADE))).is_ok());

    home.put("ecdsa256.pkcs8-enc.pub", fs::read(data("made/ed25519.pub")).unwrap(), 0o644);
    assert!(refusal(&path, MADE).contains("ecdsa256.pkcs8-enc.pub' is not its public half"));
}

#[test]
fn every_ppk_opens() {
    let home = Home::new();
    let mut count = 0;
    for name in names("putty").iter().filter(|name| name.ends_with(".ppk")) {
        if name.starts_with("ed448") {
            continue;
        }
        count += 1;
        let kind = name.split('.').next().unwrap();
        let public = public_of(&format!("putty/{kind}.pub"));
        let path = home.copy(&format!("putty/{name}"));
        let file = KeyFile::read(&path).unwrap();
        assert_eq!(file.public().unwrap().key_data(), public.key_data(), "{name}");
        assert_eq!(file.comment(), public.comment().as_str_lossy(), "{name}");
        assert_eq!(
            file.format(),
            KeyFormat::Ppk(if name.contains(".v2") { 2 } else { 3 }),
            "{name}"
        );
        let encrypted = name.contains("-enc");
        // Argon2 takes its time without optimisation: one wrong passphrase is tried elsewhere.
        let given = encrypted.then(|| secret(PUTTY));
        let key = file.unlock(given.as_ref()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(key.public_key().key_data(), public.key_data(), "{name}");
        if !encrypted {
            assert!(signs(&key, &public), "{name}");
        }
    }
    assert_eq!(count, 16);
}

#[test]
fn putty_and_openssh_files_of_one_key_hold_the_same() {
    let home = Home::new();
    for kind in ["ed25519", "ecdsa256", "rsa2048"] {
        let open = |path: &Path| KeyFile::read(path).unwrap().unlock(None).unwrap();
        let ppk = open(&home.copy(&format!("putty/{kind}.v3-plain.ppk")));
        let openssh = open(&home.copy(&format!("putty/{kind}.openssh")));
        assert_eq!(ppk.key_data(), openssh.key_data(), "{kind}");
    }
}

#[test]
fn a_ppk_with_a_wrong_passphrase_is_asked_again_and_a_changed_one_is_damaged() {
    let home = Home::new();
    for name in ["putty/ed25519.v3-enc.ppk", "putty/ed25519.v2-enc.ppk"] {
        let line = refusal(&home.copy(name), "wrong");
        assert!(line.contains("wrong passphrase") && line.contains("or the file was changed"));
    }
    let plain = fs::read_to_string(data("putty/ed25519.v3-plain.ppk")).unwrap();
    let other = fs::read_to_string(data("putty/zero.v3-plain.ppk")).unwrap();
    let private = |text: &str| {
        let at = text.find("Private-Lines").unwrap();
        text[at..text.find("Private-MAC").unwrap()].to_owned()
    };
    for (change, says) in [
        (plain.replace("Comment: ", "Comment: x"), "MAC"),
        (plain.replace(&private(&plain), &private(&other)), "MAC"),
        (plain.replace("File-3", "File-2"), "MAC"),
        (plain.replace("-3: ssh-ed25519", "-3: ssh-rsa"), "MAC"),
        (plain.replace("Encryption: none", "Encryption: rot13"), "rot13"),
        (plain.replace("Public-Lines: 2", "Public-Lines: 4000000000"), "ends too early"),
        (plain.replace("Private-Lines: 1", "Private-Lines: -1"), "damaged"),
        (plain.replace("PuTTY-User", "User"), "not a key file"),
        (plain.replace("Private-MAC", "Private-MOC"), "Private-MAC line is missing"),
    ] {
        assert_ne!(change, plain);
        let line = refusal(&home.put("changed.ppk", change, 0o600), "");
        assert!(line.contains(says), "{line}");
    }
}

#[test]
fn what_the_passphrase_of_a_ppk_costs_is_bounded() {
    let home = Home::new();
    let sealed = fs::read_to_string(data("putty/ed25519.v3-enc.ppk")).unwrap();
    for (change, says) in [
        (sealed.replace("Memory: 8192", "Memory: 1048577"), "Argon2 with 1024 MiB"),
        (sealed.replace("Passes: 8", "Passes: 2049"), "Argon2 with 8 MiB, 2049 passes"),
        (sealed.replace("Parallelism: 1", "Parallelism: 65"), "65"),
    ] {
        assert_ne!(change, sealed);
        let began = std::time::Instant::now();
        let line = refusal(&home.put("costly.ppk", change, 0o600), PUTTY);
        assert!(line.contains(says) && line.contains("Argon2"), "{line}");
        assert!(began.elapsed() < AT_ONCE, "{line}");
    }
}

#[test]
fn what_putty_says_of_edited_files_holds_here() {
    let home = Home::new();
    let mut seen = 0;
    for row in fs::read_to_string(data("putty-bad/results.tsv")).unwrap().lines() {
        let (name, verdict) = row.split_once('\t').unwrap();
        if !data("putty-bad").join(name).exists() {
            continue;
        }
        seen += 1;
        let path = home.copy(&format!("putty-bad/{name}"));
        if verdict.starts_with("rc=0") {
            assert!(KeyFile::read(&path).unwrap().unlock(None).is_ok(), "{name}");
            continue;
        }
        let began = std::time::Instant::now();
        let line = refusal(&path, PUTTY);
        let says = match name {
            "huge-argon2-memory.ppk" => "Argon2 with 4194303 MiB",
            "unknown-kdf.ppk" => "not supported",
            "v3-enc-mac-flipped.ppk" => "wrong passphrase",
            "version-4.ppk" => "key format 4",
            _ => "damaged",
        };
        assert!(line.contains(says), "{line}");
        assert!(began.elapsed() < AT_ONCE, "{name}");
    }
    assert_eq!(seen, 6);
}

#[test]
fn line_ends_and_what_stands_before_a_key_do_not_matter() {
    let home = Home::new();
    let ppk = fs::read_to_string(data("putty/ed25519.v3-plain.ppk")).unwrap();
    let pem = fs::read_to_string(data("made/ecdsa256.pem")).unwrap();
    for text in [
        ppk.replace('\n', "\r"),
        ppk.replace('\n', "\r\n") + "\r\n\r\n",
        format!("\u{feff}{ppk}"),
        pem.replace('\n', "\r"),
        format!("Bag Attributes\n    friendlyName: x\n{pem}\ntrailing words\n"),
    ] {
        let key = KeyFile::read(&home.put("key", &text, 0o600)).unwrap();
        assert!(key.unlock(None).is_ok(), "{text:?}");
    }
}

#[test]
fn a_certificate_inside_a_ppk_is_found() {
    let home = Home::new();
    let key = KeyFile::read(&home.copy("usercert/tshlike-with-cert.ppk")).unwrap();
    let public = public_of("usercert/tshlike.pub");
    assert_eq!(key.public().unwrap().key_data(), public.key_data());
    let opened = key.unlock(None).unwrap();
    assert_eq!(opened.public_key().key_data(), public.key_data());
    assert!(signs(&opened, &public));
    let beside = keys::certificate(&data("usercert/tshlike-cert.pub")).unwrap();
    assert_eq!(key.certificate().unwrap().to_bytes().unwrap(), beside.to_bytes().unwrap());

    let text = fs::read_to_string(data("usercert/tshlike-with-cert.ppk")).unwrap();
    let changed = home.put("c.ppk", text.replace("tsh-like", "tsh-unlike"), 0o600);
    assert!(refusal(&changed, "").contains("MAC"));
    let sealed = KeyFile::read(&home.copy("usercert/tshlike-with-cert-enc.ppk")).unwrap();
    assert_eq!(sealed.certificate().unwrap().to_bytes().unwrap(), beside.to_bytes().unwrap());
    let unsealed = sealed.unlock(Some(&secret(MADE))).unwrap();
    assert_eq!(unsealed.key_data(), opened.key_data());
}

#[test]
fn certificates_are_read_and_found_beside_their_key() {
    let home = Home::new();
    let key = home.copy("usercert/tshlike.ppk");
    assert!(keys::certificate_beside(&key).is_none());
    let path = home.copy("usercert/tshlike-cert.pub");
    let certificate = keys::certificate_beside(&key).unwrap().unwrap();
    assert_eq!(certificate.valid_principals(), ["root", "ubuntu"]);
    let named = KeyFile::read(&path).unwrap();
    assert_eq!(named.format(), KeyFormat::PublicOnly);
    assert!(named.certificate().is_some());

    let error = keys::certificate(&data("made/ed25519.pub")).unwrap_err().to_string();
    assert!(error.contains("ed25519.pub") && error.contains("not a certificate"), "{error}");
    let line = fs::read_to_string(&path).unwrap();
    let cut = home.put("cut-cert.pub", &line[..400], 0o644);
    assert!(keys::certificate(&cut).unwrap_err().to_string().contains("damaged"));
    let error = keys::certificate(&home.0.path().join("none")).unwrap_err().to_string();
    assert!(error.contains("No such file or directory"), "{error}");
}

/// Whether it is offered to a server is another question.
#[test]
fn a_dsa_key_of_openssh_is_read() {
    let home = Home::new();
    let key = KeyFile::read(&home.copy("dsa.openssh")).unwrap();
    let opened = key.unlock(Some(&secret(MADE))).unwrap();
    assert_eq!(opened.algorithm().as_str(), "ssh-dss");
}

#[test]
fn what_cannot_be_used_is_named() {
    let home = Home::new();
    for (name, says) in [
        ("refused/ecdsa256.pkcs8-sha1", "PBKDF2 without SHA-2"),
        ("refused/ecdsa256.pkcs8-des3", "a cipher other than AES"),
        ("refused/ecdsa256.pkcs8-pbes1", "PKCS#5 version 1"),
        ("refused/rsa2048.pem-des-ede3-cbc", "DES-EDE3-CBC"),
        ("refused/tdes.openssh", "3des-cbc"),
        ("refused/huge-iterations.pkcs8", "2000000000 rounds of PBKDF2"),
        ("refused/huge-scrypt.pkcs8", "scrypt with N="),
        ("refused/huge-rounds.openssh", "2147483647 rounds of bcrypt"),
        ("refused/dsa.pem", "ssh-dss"),
        ("refused/ed448.pkcs8", "ssh-ed448"),
        ("refused/ed448.pkcs8-enc", "ssh-ed448"),
        ("refused/x25519.pkcs8", "X25519"),
        ("refused/secp256k1.pem", "secp256k1"),
        ("refused/rsa1000.pem", "1000 bits is too weak"),
        ("refused/unknown-type.openssh", "ssh-\\x1b]0;hi!"),
        ("refused/truncated.openssh", "last line is missing"),
        ("refused/cut-blob.openssh", "damaged"),
        ("putty/ed448.v2-plain.ppk", "ssh-ed448"),
        ("putty/ed448.v3-enc.ppk", "ssh-ed448"),
        ("putty/ed448.pub", "ssh-ed448"),
        ("putty/ed25519.rfc4716.pub", "RFC 4716"),
        ("putty/passphrase.txt", "not a key file"),
        ("made/ed25519.pub", "public key only"),
    ] {
        let began = std::time::Instant::now();
        let line = refusal(&home.copy(name), MADE);
        assert!(line.contains(says), "{name}: {line}");
        assert!(began.elapsed() < AT_ONCE, "{name}");
    }
}

#[test]
fn a_key_that_others_may_read_is_refused_and_a_public_one_is_not() {
    let home = Home::new();
    let text = fs::read(data("made/ed25519.openssh")).unwrap();
    for mode in [0o644, 0o640, 0o604, 0o620, 0o610] {
        let line = refusal(&home.put("open", &text, mode), "");
        assert!(line.contains(&format!("Permissions {mode:04o} for '")), "{line}");
        assert!(line.contains("too open") && line.contains("chmod 600"), "{line}");
    }
    assert!(KeyFile::read(&home.put("closed", &text, 0o400)).is_ok());
    let public = home.put("key.pub", fs::read(data("made/ed25519.pub")).unwrap(), 0o644);
    let key = KeyFile::read(&public).unwrap();
    assert_eq!(key.format(), KeyFormat::PublicOnly);
    assert_eq!(key.public().unwrap(), &public_of("made/ed25519.pub"));
    assert!(!key.is_encrypted());
}

#[test]
fn what_is_no_file_is_named() {
    let home = Home::new();
    assert!(refusal(&home.0.path().join("absent"), "").contains("No such file"));
    assert!(refusal(home.0.path(), "").contains("is a directory"));
    assert!(refusal(&home.put("empty", "", 0o600), "").contains("is empty; name the file"));
    let pipe = home.0.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    assert!(refusal(&pipe, "").contains("a pipe that nobody writes to"));
    let large = home.put("large", vec![b'x'; 1024 * 1024 + 1], 0o600);
    assert!(refusal(&large, "").contains("larger than 1 MiB"));
    let binary = home.put("binary", [0, 159, 146, 150, 255], 0o600);
    assert!(refusal(&binary, "").contains("not a key file"));
    let odd = home.0.path().join("a\x1b]0;b\u{202e}");
    let line = KeyFile::read(&odd).err().unwrap().to_string();
    assert!(line.contains("a\\x1b]0;b\\u{202e}"), "{line}");
    if !rustix::process::getuid().is_root() {
        let closed = home.put("closed", "x", 0o000);
        assert!(refusal(&closed, "").contains("cannot read"));
    }
}

#[test]
fn nested_certificates_do_not_exhaust_the_stack() {
    // Each level names itself a certificate whose authority is the next level.
    fn string(out: &mut Vec<u8>, bytes: &[u8]) {
        out.extend((bytes.len() as u32).to_be_bytes());
        out.extend(bytes);
    }
    let mut inner = Vec::new();
    for _ in 0..2_000 {
        let mut level = Vec::new();
        string(&mut level, b"ssh-ed25519-cert-v01@openssh.com");
        string(&mut level, b"nonce");
        string(&mut level, &[0; 32]);
        level.extend([0; 8]);
        level.extend(1u32.to_be_bytes());
        for _ in 0..2 {
            string(&mut level, b"");
        }
        level.extend([0; 16]);
        for _ in 0..3 {
            string(&mut level, b"");
        }
        string(&mut level, &inner);
        string(&mut level, b"");
        inner = level;
    }
    let home = Home::new();
    let line = data_encoding::BASE64.encode(&inner);
    let path =
        home.put("deep-cert.pub", format!("ssh-ed25519-cert-v01@openssh.com {line} x"), 0o600);
    assert!(keys::certificate(&path).unwrap_err().to_string().contains("nested"));
}

/// Decodes the body of a PEM file, changes it, and gives the whole file.
fn with_body(text: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_body = |line: &&str| !line.contains(':') && !line.starts_with('-') && !line.is_empty();
    let body: String = lines.iter().copied().filter(is_body).collect();
    let mut body = data_encoding::BASE64.decode(body.as_bytes()).unwrap();
    change(&mut body);
    let body = data_encoding::BASE64.encode(&body);
    let headers: String = lines[1..]
        .iter()
        .take_while(|line| line.contains(':'))
        .map(|line| format!("{line}\n"))
        .collect();
    let (first, last) = (lines[0], lines[lines.len() - 1]);
    let blank = if headers.is_empty() { "" } else { "\n" };
    format!("{first}\n{headers}{blank}{body}\n{last}\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    // RSA is left out: hundreds of keys take minutes without optimisation.
    #[test]
    fn a_changed_file_never_panics(pick: usize, at: usize, to: u8, cut in 0usize..20) {
        let all: Vec<String> = names("made")
            .into_iter()
            .filter(|name| !name.ends_with(".pub") && !name.starts_with("rsa"))
            .collect();
        let name = &all[pick % all.len()];
        let text = fs::read_to_string(data(&format!("made/{name}"))).unwrap().replace('\r', "");
        let changed = with_body(&text[text.find("-----BEGIN").unwrap()..], |body| {
            let at = at % body.len();
            // Other rounds of bcrypt are other minutes, and nothing else.
            let rounds = body.windows(6).position(|word| word == b"bcrypt").map(|at| at + 30);
            if rounds.is_some_and(|rounds| (rounds..rounds + 4).contains(&at)) {
                return;
            }
            body[at] = to;
            if cut == 0 {
                body.truncate(at);
            }
        });
        let home = Home::new();
        if let Ok(key) = KeyFile::read(&home.put("key", changed, 0o600)) {
            let _ = key.unlock(Some(&secret(MADE)));
        }
    }

    #[test]
    fn a_changed_ppk_never_panics(pick: usize, at: usize, to in "[ -~\n]") {
        let all: Vec<String> = names("putty").into_iter().filter(|n| n.contains("plain")).collect();
        let mut text = fs::read_to_string(data("putty").join(&all[pick % all.len()])).unwrap();
        let at = at % text.len();
        text.replace_range(at..=at, &to);
        let home = Home::new();
        if let Ok(key) = KeyFile::read(&home.put("key", text, 0o600)) {
            let _ = key.unlock(None);
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_keygen_and_puttygen_agree() {
    let home = Home::new();
    let passphrase = home.put("passphrase", PUTTY, 0o600);
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for name in names("made") {
        // OpenSSH 9.2 reads neither Ed25519 in PKCS#8 nor its own format with CR LF.
        let unread = ["ed25519-openssl.pkcs8", "ed25519-openssl.pkcs8-enc", "ed25519.openssh-crlf"];
        if name.ends_with(".pub") || unread.contains(&name.as_str()) {
            continue;
        }
        let path = home.copy(&format!("made/{name}"));
        let theirs = run(Command::new("ssh-keygen").args(["-y", "-P", MADE, "-f"]).arg(&path));
        let theirs = PublicKey::from_openssh(&theirs).unwrap();
        let ours = KeyFile::read(&path).unwrap().unlock(Some(&secret(MADE))).unwrap();
        assert_eq!(ours.public_key().key_data(), theirs.key_data(), "{name}");
    }
    for name in names("putty").iter().filter(|name| name.ends_with(".ppk")) {
        if name.starts_with("ed448") {
            continue;
        }
        let path = home.copy(&format!("putty/{name}"));
        let mut puttygen = Command::new("puttygen");
        puttygen.arg(&path).arg("-L").arg("--old-passphrase").arg(&passphrase);
        let theirs = PublicKey::from_openssh(&run(&mut puttygen)).unwrap();
        let ours = KeyFile::read(&path).unwrap();
        assert_eq!(ours.public().unwrap().key_data(), theirs.key_data(), "{name}");
    }
}
