//! Revocation lists that ssh-keygen made, compared with what ssh-keygen says they revoke.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lab::{arg, tool};
use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::{Certificate, PublicKey};
use tempfile::TempDir;
use tessh::trust::RevokedKeys;

const KEYGEN: &str = "/usr/bin/ssh-keygen";

/// Two authorities, and certificates with these serials and key IDs from each.
const CERTIFICATES: [(&str, &str); 9] = [
    ("0", "none"),
    ("1", "first"),
    ("5", "five"),
    ("63", "web"),
    ("64", "web 2"),
    ("100", "hundred"),
    ("4294967296", "large"),
    ("18446744073709551614", "last but one"),
    ("18446744073709551615", "last"),
];

struct Keys {
    dir: TempDir,
    files: Vec<PathBuf>,
}

impl Keys {
    fn new() -> Keys {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| arg(&dir.path().join(name)).to_owned();
        let mut files = Vec::new();
        for (name, kind) in [("ca1", "ed25519"), ("ca2", "ecdsa"), ("rsa", "rsa"), ("dsa", "dsa")] {
            tool(KEYGEN, &["-q", "-t", kind, "-N", "", "-f", &at(name)]);
            files.push(dir.path().join(format!("{name}.pub")));
        }
        for authority in ["ca1", "ca2"] {
            for (serial, id) in CERTIFICATES {
                let name = format!("{authority}-{serial}");
                tool(KEYGEN, &["-q", "-t", "ed25519", "-N", "", "-f", &at(&name)]);
                let public = at(&format!("{name}.pub"));
                let how = ["-q", "-h", "-s", &at(authority), "-z", serial, "-I", id, "-n", "h"];
                tool(KEYGEN, &[&how[..], &[&public]].concat());
                files.push(PathBuf::from(public));
                files.push(dir.path().join(format!("{name}-cert.pub")));
            }
        }
        Keys { dir, files }
    }

    /// A list by a specification or of keys, `-s` with an authority aside.
    fn list(&self, authority: Option<&str>, spec: &str, update: Option<&Path>) -> PathBuf {
        let number = fs::read_dir(self.dir.path()).unwrap().count();
        let file = self.dir.path().join(format!("krl{number}"));
        let spec_file = self.dir.path().join(format!("spec{number}"));
        fs::write(&spec_file, spec).unwrap();
        let mut how = vec!["-q", "-k", "-f", arg(&file)];
        if let Some(update) = update {
            fs::copy(update, &file).unwrap();
            how.push("-u");
        }
        // The word "none" stands for every authority.
        let authority = authority.map(|name| match name {
            "none" => PathBuf::from(name),
            _ => self.dir.path().join(name),
        });
        if let Some(authority) = &authority {
            how.extend(["-s", arg(authority)]);
        }
        how.push(arg(&spec_file));
        tool(KEYGEN, &how);
        file
    }
}

fn ours(list: &RevokedKeys, file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    let offered: PublicKeyOrCertificate = match text.contains("-cert-v01") {
        true => Certificate::from_openssh(&text).unwrap().into(),
        false => PublicKey::from_openssh(&text).unwrap().into(),
    };
    list.forbids(&offered).is_some()
}

fn theirs(list: &Path, file: &Path) -> bool {
    let args = ["-Q", "-f", arg(list), arg(file)];
    let output = Command::new(KEYGEN).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(": ok") || said.contains(": REVOKED"), "{said} {output:?}");
    !output.status.success()
}

/// Asserts that both say the same of every key; gives how many are revoked.
#[track_caller]
fn expect_agreement(keys: &Keys, list: &Path) -> usize {
    let loaded = RevokedKeys::load(list);
    let mut revoked = 0;
    for file in &keys.files {
        let verdict = theirs(list, file);
        assert_eq!(ours(&loaded, file), verdict, "{}", file.display());
        revoked += usize::from(verdict);
    }
    revoked
}

#[test]
#[ignore = "needs peers: tests/run"]
fn lists_mean_what_ssh_keygen_says() {
    let keys = Keys::new();
    let read = |name: &str| fs::read_to_string(keys.dir.path().join(name)).unwrap();
    let fingerprint = |name: &str| {
        let line = tool(KEYGEN, &["-l", "-f", arg(&keys.dir.path().join(name))]);
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    let everything: String = (1..200).step_by(3).map(|n| format!("serial: {n}\n")).collect();
    let cases = [
        (None, String::new(), 0),
        (None, read("ca1.pub"), 1 + CERTIFICATES.len()),
        (None, format!("{}{}", read("rsa.pub"), read("dsa.pub")), 2),
        (None, read("ca1-5.pub"), 2),
        (None, read("ca1-5-cert.pub"), 1),
        (None, format!("sha1: {}", read("ca2-64.pub")), 2),
        (None, format!("sha256: {}", read("ca2.pub")), 1 + CERTIFICATES.len()),
        (None, format!("hash: {}\n", fingerprint("ca1-5.pub")), 2),
        (Some("ca1.pub"), "serial: 1\nserial: 63\n".to_owned(), 2),
        (Some("ca1.pub"), "serial: 5-100\n".to_owned(), 4),
        (Some("ca1.pub"), "serial: 18446744073709551614-18446744073709551615\n".to_owned(), 2),
        (Some("ca2.pub"), "serial: 1-18446744073709551615\n".to_owned(), 8),
        (Some("ca2.pub"), everything, 3),
        (Some("ca1.pub"), "id: web\nid: none\n".to_owned(), 2),
        (Some("none"), "serial: 5\nid: web 2\n".to_owned(), 4),
    ];
    let mut all: Option<PathBuf> = None;
    for (authority, spec, revoked) in &cases {
        let list = keys.list(*authority, spec, None);
        let found = expect_agreement(&keys, &list);
        assert_eq!(found, *revoked, "{spec}");
        // And one with everything in it so far.
        let together = keys.list(*authority, spec, all.as_deref());
        expect_agreement(&keys, &together);
        all = Some(together);
    }
}
