//! RequiredRSASize and CASignatureAlgorithms: keys that are too short and signatures that are
//! not permitted count for nothing, the server's as well as the user's.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::path::Path;

use lab::{Home, Output, Setup, Sshd, USER, arg};

fn connect(home: &Home, sshd: &Sshd, key: &Path, options: &[&str]) -> Output {
    let (port, host) = (sshd.port().to_string(), format!("{USER}@127.0.0.1"));
    let fixed = ["-o", "BatchMode=yes", "-i", arg(key), "-p", &port, &host, "echo in"];
    home.tessh(&[options, &fixed].concat()).output()
}

/// A server whose certificate an RSA authority signed, and a home that trusts that authority by
/// a line or by a record.
fn certified(hash: &str, by_line: bool) -> (Sshd, Home) {
    let setup = Setup::new();
    setup.keygen(&["-t", "rsa", "-b", "2048", "-N", "", "-f", &setup.at("ca_rsa")]);
    let line = setup.host_certificate("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", hash]);
    let sshd = setup.start(&[&line]);
    let (home, public) = (Home::new(), sshd.public("ca_rsa.pub"));
    match by_line {
        true => home.write(".ssh/known_hosts", &format!("@cert-authority * {public}")),
        false => {
            let key: Vec<&str> = public.split(' ').take(2).collect();
            let (key, hashes) = (key.join(" "), "rsa_sha1 = true\nrsa_sha256 = true");
            std::fs::create_dir_all(home.path(".config/tessh/authorities")).unwrap();
            let record = format!("public_key = \"{key}\"\nvalidity = \"*\"\n{hashes}\n");
            home.write(".config/tessh/authorities/a.toml", &record)
        }
    };
    (sshd, home)
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_authority_signs_with_what_ca_signature_algorithms_permits() {
    for by_line in [true, false] {
        let (sshd, home) = certified("rsa-sha2-256", by_line);
        let key = home.key("id", &["ed25519"], "");
        sshd.authorize(&key, "");
        for permitted in ["rsa-sha2-256", "+ssh-rsa", "ecdsa-*,rsa-*"] {
            let option = format!("CASignatureAlgorithms={permitted}");
            connect(&home, &sshd, &key, &["-o", &option]).expect_quiet_success();
        }
        for forbidden in ["ssh-ed25519", "rsa-sha2-512", "-rsa-sha2-256"] {
            let option = format!("CASignatureAlgorithms={forbidden}");
            connect(&home, &sshd, &key, &["-o", &option])
                .expect_failure(&["signed it with rsa-sha2-256", "CASignatureAlgorithms"]);
        }
    }
    // A line permits SHA-1 as ssh does: where the list has it.
    let (sshd, home) = certified("ssh-rsa", true);
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    connect(&home, &sshd, &key, &[]).expect_failure(&["signed it with SHA-1"]);
    connect(&home, &sshd, &key, &["-o", "CASignatureAlgorithms=+ssh-rsa"]).expect_quiet_success();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_authority_has_a_key_of_the_required_size() {
    let (sshd, home) = certified("rsa-sha2-512", true);
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    connect(&home, &sshd, &key, &["-o", "RequiredRSASize=2048"]).expect_quiet_success();
    connect(&home, &sshd, &key, &["-o", "RequiredRSASize=2049"])
        .expect_failure(&["has an RSA key of only 2048 bits"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_host_has_an_rsa_key_of_the_required_size() {
    let setup = Setup::new();
    setup.keygen(&["-t", "rsa", "-b", "2048", "-N", "", "-f", &setup.at("short")]);
    let line = format!("HostKey {}", setup.at("short"));
    let sshd = setup.start(&[&line]);
    let home = Home::new();
    let known = format!("[127.0.0.1]:{} {}", sshd.port(), sshd.public("short.pub"));
    home.write(".ssh/known_hosts", &known);
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let rsa = ["-o", "HostKeyAlgorithms=rsa-sha2-512"];
    connect(&home, &sshd, &key, &rsa).expect_quiet_success();
    let required = [&rsa[..], &["-o", "RequiredRSASize=3072"]].concat();
    connect(&home, &sshd, &key, &required)
        .expect_failure(&["the server's RSA key has only 2048 bits", "at least 3072 bits"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_user_s_rsa_key_that_is_too_short_is_not_offered() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let (short, other) =
        (home.key("short", &["rsa", "-b", "2048"], ""), home.key("id", &["ed25519"], ""));
    sshd.authorize(&short, "");
    let required = ["-o", "RequiredRSASize=3072"];
    connect(&home, &sshd, &short, &[]).expect_quiet_success();
    connect(&home, &sshd, &short, &required)
        .expect_failure(&["has only 2048 bits, and RequiredRSASize is 3072"]);
    assert!(sshd.log().matches("Accepted publickey").count() == 1, "{}", sshd.log());
    // Of several it is passed over, as ssh does.
    sshd.authorize(&other, "");
    let several = [&required[..], &["-v", "-i", arg(&short)]].concat();
    let output = connect(&home, &sshd, &other, &several);
    output.expect_code(0);
    assert!(output.stderr.contains("RequiredRSASize is 3072"), "{}", output.stderr);
    assert!(!output.stderr.contains("Offering public key: RSA"), "{}", output.stderr);
}
