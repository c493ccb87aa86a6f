//! Host certificates with every possible fault, shown by a server to tessh, ssh and plink. All
//! three give the same answer, or tessh is the strictest and the table says so.
//!
//! Each fixture is tried twice with tessh: with an `@cert-authority` line, as for ssh, and with
//! an authority record, as for plink.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::path::Path;

use lab::{AsyncSsh, Home, Output, PASSWORD, Setup, Sshd, USER, arg, tool};

const AUTHORITIES: &str = ".config/tessh/authorities";

/// What came of it: by a line, by a record, ssh, plink; `a` is accepted, `x` refused.
type Answers = &'static str;

/// One certificate of the server's host key.
struct Fixture {
    name: &'static str,
    /// The authority that signs it, and how.
    signed: (&'static str, &'static [&'static str]),
    /// The authority that is trusted.
    trusted: &'static str,
    /// Lines more in known_hosts; `CA` and `KEY` stand for the public keys.
    more: &'static str,
    /// Of the records: sha1, sha256, sha512.
    hashes: [bool; 3],
    answers: Answers,
    /// What this program says of it.
    fault: &'static str,
}

const USUAL: Fixture = Fixture {
    name: "",
    signed: ("host_ca", &["-h", "-n", "127.0.0.1"]),
    trusted: "host_ca",
    more: "",
    hashes: [false, true, true],
    answers: "xxxx",
    fault: "",
};

const FIXTURES: &[Fixture] = &[
    Fixture { name: "good", answers: "aaaa", ..USUAL },
    Fixture {
        name: "between two dates",
        signed: ("host_ca", &["-h", "-n", "127.0.0.1", "-V", "20200101:20990101"]),
        answers: "aaaa",
        ..USUAL
    },
    // As ssh does from 10.3 on; before, and in PuTTY, it is for every host.
    Fixture {
        name: "no principal",
        signed: ("host_ca", &["-h"]),
        answers: "xxaa",
        fault: "it has no principals, and so is for no host",
        ..USUAL
    },
    Fixture {
        name: "several principals",
        signed: ("host_ca", &["-h", "-n", "db1,127.0.0.1,db2"]),
        answers: "aaaa",
        ..USUAL
    },
    // As ssh does from 10.3 on.
    Fixture {
        name: "pattern as principal",
        signed: ("host_ca", &["-h", "-n", "127.0.?.*"]),
        answers: "aaxx",
        ..USUAL
    },
    Fixture {
        name: "wrong pattern as principal",
        signed: ("host_ca", &["-h", "-n", "128.*,!127.0.0.1,[1]27.0.0.1"]),
        fault: "its principals are 128.*, !127.0.0.1, [1]27.0.0.1, not 127.0.0.1",
        ..USUAL
    },
    Fixture {
        name: "wrong principal",
        signed: ("host_ca", &["-h", "-n", "db1.example.com"]),
        fault: "its principals are db1.example.com, not 127.0.0.1",
        ..USUAL
    },
    Fixture {
        name: "expired",
        signed: ("host_ca", &["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"]),
        fault: "it expired at 2020-0",
        ..USUAL
    },
    Fixture {
        name: "not yet valid",
        signed: ("host_ca", &["-h", "-n", "127.0.0.1", "-V", "20990101:20990201"]),
        fault: "it is not valid before 20",
        ..USUAL
    },
    Fixture {
        name: "user certificate",
        signed: ("host_ca", &["-n", "127.0.0.1"]),
        fault: "it is a user certificate",
        ..USUAL
    },
    Fixture {
        name: "critical option",
        signed: ("host_ca", &["-h", "-n", "127.0.0.1", "-O", "critical:only-on-mondays@x=yes"]),
        fault: "unknown critical options: only-on-mondays@x",
        ..USUAL
    },
    Fixture {
        name: "wrong authority",
        signed: ("user_ca", &["-h", "-n", "127.0.0.1"]),
        fault: "no authority that covers",
        ..USUAL
    },
    Fixture {
        name: "ECDSA authority",
        signed: ("ca_ecdsa", &["-h", "-n", "127.0.0.1"]),
        trusted: "ca_ecdsa",
        answers: "aaaa",
        ..USUAL
    },
    Fixture {
        name: "RSA authority, SHA-512",
        signed: ("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", "rsa-sha2-512"]),
        trusted: "ca_rsa",
        answers: "aaaa",
        ..USUAL
    },
    Fixture {
        name: "RSA authority, SHA-256",
        signed: ("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", "rsa-sha2-256"]),
        trusted: "ca_rsa",
        answers: "aaaa",
        ..USUAL
    },
    Fixture {
        name: "RSA authority, SHA-256 not permitted",
        signed: ("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", "rsa-sha2-256"]),
        trusted: "ca_rsa",
        hashes: [false, false, true],
        answers: "axax",
        fault: "signed it with rsa-sha2-256, which its record does not permit",
        ..USUAL
    },
    Fixture {
        name: "RSA authority, SHA-512 not permitted",
        signed: ("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", "rsa-sha2-512"]),
        trusted: "ca_rsa",
        hashes: [false, true, false],
        answers: "axax",
        fault: "signed it with rsa-sha2-512, which its record does not permit",
        ..USUAL
    },
    Fixture {
        name: "RSA authority, SHA-1",
        signed: ("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", "ssh-rsa"]),
        trusted: "ca_rsa",
        fault: "signed it with SHA-1",
        ..USUAL
    },
    Fixture {
        name: "RSA authority, SHA-1 permitted by the record",
        signed: ("ca_rsa", &["-h", "-n", "127.0.0.1", "-t", "ssh-rsa"]),
        trusted: "ca_rsa",
        hashes: [true, true, true],
        answers: "xaxa",
        fault: "signed it with SHA-1",
        ..USUAL
    },
    Fixture {
        // Stricter than both: who breaks the authority's key speaks for all of its hosts.
        name: "RSA authority of 1024 bits",
        signed: ("ca_weak", &["-h", "-n", "127.0.0.1", "-t", "rsa-sha2-512"]),
        trusted: "ca_weak",
        answers: "xxaa",
        fault: "RSA key of only 1024 bits",
        ..USUAL
    },
    Fixture {
        // PuTTY knows no revocation.
        name: "revoked authority",
        more: "@revoked * CA",
        answers: "xxxa",
        fault: "marked @revoked",
        ..USUAL
    },
    Fixture {
        name: "revoked key",
        more: "@revoked * KEY",
        answers: "xxxa",
        fault: "marked @revoked",
        ..USUAL
    },
    Fixture {
        // ssh goes on with the plain key. A certificate that does not hold is no reason to.
        name: "expired, and the key is known",
        signed: ("host_ca", &["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"]),
        more: "[127.0.0.1]:PORT KEY",
        answers: "xxax",
        fault: "it expired at 2020-0",
        ..USUAL
    },
    Fixture {
        name: "wrong authority, and the key is known",
        signed: ("user_ca", &["-h", "-n", "127.0.0.1"]),
        more: "[127.0.0.1]:PORT KEY",
        answers: "xxax",
        fault: "no authority that covers",
        ..USUAL
    },
];

/// The word after the type of a `.pub` file.
fn blob(public: &str) -> &str {
    public.split(' ').nth(1).unwrap().trim_end()
}

/// A record of this program.
fn record(public: &str, validity: &str, [sha1, sha256, sha512]: [bool; 3]) -> String {
    format!(
        "public_key = \"{}\"\nvalidity = \"{validity}\"\n\
         rsa_sha1 = {sha1}\nrsa_sha256 = {sha256}\nrsa_sha512 = {sha512}\n",
        public.trim_end()
    )
}

/// A home with the files of all three: known_hosts with or without the line of the authority.
fn home(public: &str, line: bool, more: &str, hashes: [bool; 3]) -> Home {
    let home = Home::new();
    let known = format!("@cert-authority 127.0.0.1,[127.0.0.1]:* {public}\n");
    home.write(".ssh/known_hosts", &format!("{}{more}\n", if line { &known } else { "" }));
    if !line {
        std::fs::create_dir_all(home.path(AUTHORITIES)).unwrap();
        home.write(&format!("{AUTHORITIES}/ours.toml"), &record(public, "127.0.0.1", hashes));
    }
    std::fs::create_dir_all(home.path(".putty/sshhostcas")).unwrap();
    let [sha1, sha256, sha512] = hashes.map(u8::from);
    let text = format!(
        "PublicKey={}\nValidity=127.0.0.1\nPermitRSASHA1={sha1}\nPermitRSASHA256={sha256}\n\
         PermitRSASHA512={sha512}\n",
        blob(public)
    );
    home.write(".putty/sshhostcas/ours", &text);
    home
}

/// What each of them does on a server that this key logs in to; `None` where it asks for none.
struct Clients<'a> {
    port: u16,
    key: Option<&'a Path>,
}

impl Clients<'_> {
    fn tessh(&self, home: &Home, options: &[&str]) -> Output {
        let port = self.port.to_string();
        let login = match self.key {
            Some(key) => ["-i", arg(key)],
            None => ["--auth", "none"],
        };
        let host = format!("{USER}@127.0.0.1");
        let fixed = ["-o", "BatchMode=yes", "-p", &port, &host, "echo in"];
        home.tessh(&[options, &login, &fixed].concat()).output()
    }

    fn ssh(&self, home: &Home) -> Output {
        let (port, known) = (self.port.to_string(), home.path(".ssh/known_hosts"));
        let known = format!("UserKnownHostsFile={}", arg(&known));
        let host = format!("{USER}@127.0.0.1");
        let mut words = vec!["-F", "none", "-o", "BatchMode=yes", "-o", &known];
        words.extend(["-o", "GlobalKnownHostsFile=none", "-o", "IdentitiesOnly=yes"]);
        if let Some(key) = self.key {
            words.extend(["-i", arg(key)]);
        }
        words.extend(["-p", &port, &host, "echo in"]);
        home.run(Path::new("/usr/bin/ssh"), &words).output()
    }

    fn plink(&self, home: &Home) -> Output {
        let (port, host) = (self.port.to_string(), format!("{USER}@127.0.0.1"));
        let words = ["-batch", "-pw", PASSWORD, "-P", &port, &host, "echo in"];
        home.run(Path::new("/usr/bin/plink"), &words).output()
    }

    /// The answers of all, and what this program said.
    fn ask(&self, by_line: &Home, by_record: &Home) -> (String, [String; 2]) {
        let (line, record) = (self.tessh(by_line, &[]), self.tessh(by_record, &[]));
        let (ssh, plink) = (self.ssh(by_line), self.plink(by_record));
        let letter = |output: &Output| match (output.status.code(), output.text().trim_end()) {
            (Some(0), "in") => 'a',
            (Some(code), "") if code != 0 => 'x',
            _ => panic!("neither accepted nor refused: {output:#?}"),
        };
        let answers = [&line, &record, &ssh, &plink].map(letter).iter().collect();
        (answers, [line.stderr, record.stderr])
    }
}

fn server(fixture: &Fixture) -> Sshd {
    let setup = Setup::new();
    let (authority, how) = fixture.signed;
    let (kind, bits) = match authority {
        "ca_rsa" => ("rsa", "2048"),
        "ca_weak" => ("rsa", "1024"),
        _ => ("ecdsa", "256"),
    };
    if authority.starts_with("ca_") {
        setup.keygen(&["-t", kind, "-b", bits, "-N", "", "-f", &setup.at(authority)]);
    }
    let line = setup.host_certificate(authority, how);
    setup.start(&[&line])
}

#[test]
#[ignore = "needs peers: tests/run"]
fn every_fault_has_the_same_answer_everywhere_or_a_stricter_one_here() {
    let keys = Home::new();
    let key = keys.key("id", &["ed25519"], "");
    for fixture in FIXTURES {
        let sshd = server(fixture);
        sshd.authorize(&key, "");
        let public = sshd.public(&format!("{}.pub", fixture.trusted));
        let own = sshd.public("host_ed25519.pub");
        let more = fixture.more.replace("CA", public.trim_end()).replace("KEY", own.trim_end());
        let more = more.replace("PORT", &sshd.port().to_string());
        let homes = [true, false].map(|line| home(&public, line, &more, fixture.hashes));
        let clients = Clients { port: sshd.port(), key: Some(&key) };
        let (answers, said) = clients.ask(&homes[0], &homes[1]);
        assert_eq!(answers, fixture.answers, "{}: {said:#?}", fixture.name);
        for (answer, said) in answers.chars().zip(&said) {
            match answer {
                'a' => assert_eq!(said, "", "{}", fixture.name),
                _ => {
                    assert_eq!(said.lines().count(), 1, "{}: {said}", fixture.name);
                    assert!(said.contains(fixture.fault), "{}: {said}", fixture.name);
                }
            }
        }
        // A certificate that is refused is told whole: whose it is, for whom and for when.
        if fixture.fault.contains("expired") {
            let whole = "(certificate \"the server\", for 127.0.0.1, valid from 20";
            assert!(said.iter().all(|said| said.contains(whole)), "{said:?}");
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn no_policy_but_a_pin_takes_a_known_key_whose_certificate_fails() {
    let expired = ["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"];
    let setup = Setup::new();
    let line = setup.host_certificate("host_ca", &expired);
    let sshd = setup.start(&[&line]);
    let (public, own) = (sshd.public("host_ca.pub"), sshd.public("host_ed25519.pub"));
    let known = format!("[127.0.0.1]:{} {own}", sshd.port());
    for more in [&known, ""] {
        let home = home(&public, true, more, [false, true, true]);
        let key = home.key("id", &["ed25519"], "");
        sshd.authorize(&key, "");
        let before = home.read(".ssh/known_hosts");
        let clients = Clients { port: sshd.port(), key: Some(&key) };
        for policy in ["yes", "ask", "accept-new", "no"] {
            let policy = format!("StrictHostKeyChecking={policy}");
            let refused = clients.tessh(&home, &["-o", &policy]);
            refused.expect_failure(&["it expired at 2020-0"]);
        }
        let line = tool("/usr/bin/ssh-keygen", &["-l", "-f", arg(&sshd.path("host_ed25519.pub"))]);
        let pin = line.split_whitespace().nth(1).unwrap();
        clients.tessh(&home, &["--host-key", pin]).expect_quiet_success();
        assert_eq!(home.read(".ssh/known_hosts"), before);
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_certificate_is_asked_for_only_where_an_authority_covers_host_and_port() {
    let setup = Setup::new();
    let line = setup.host_certificate("host_ca", &["-h", "-n", "127.0.0.1"]);
    let sshd = setup.start(&[&line]);
    let (public, own) = (sshd.public("host_ca.pub"), sshd.public("host_ed25519.pub"));
    let known = format!("[127.0.0.1]:{} {own}", sshd.port());
    let key = Home::new();
    let key = key.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let port = sshd.port();
    for (validity, covers) in [
        ("127.0.0.1".to_owned(), true),
        (format!("127.0.0.1 && port:{port}"), true),
        (format!("port:{}-{}", port - 1, port + 1), true),
        ("127.0.0.2".to_owned(), false),
        (format!("127.0.0.1 && !port:{port}"), false),
        ("*.example.com".to_owned(), false),
        // A class that is not closed covers nothing, where PuTTY takes it for a match.
        ("127.0.0.[1".to_owned(), false),
    ] {
        let home = Home::new();
        home.write(".ssh/known_hosts", &known);
        std::fs::create_dir_all(home.path(AUTHORITIES)).unwrap();
        let text = record(&public, &validity, [false, true, true]);
        home.write(&format!("{AUTHORITIES}/ours.toml"), &text);
        let seen = sshd.log().len();
        let output = Clients { port, key: Some(&key) }.tessh(&home, &["-v"]);
        output.expect_code(0);
        let log = sshd.log()[seen..].to_owned();
        let asked = log.contains("host key algorithm: ssh-ed25519-cert-v01@openssh.com");
        assert_eq!(asked, covers, "{validity}: {log}");
        let reason = match covers {
            true => "; certified by ours (SHA256:",
            false => " is on record at ",
        };
        assert!(output.stderr.contains(reason), "{validity}: {}", output.stderr);
        if validity.contains('[') {
            let fault = "ours.toml:2: validity: this class of characters is not closed";
            assert!(output.stderr.contains(fault), "{}", output.stderr);
        }
    }
}

/// Before the certificate is forged: `cert` is a good one, `blob` its bytes.
const FORGER: &str = "
import asyncio, asyncssh, sys
from asyncssh.packet import String, UInt32, UInt64, SSHPacket
ca = asyncssh.generate_private_key('ssh-ed25519')
key = asyncssh.generate_private_key('ssh-ed25519')
def certify(principals, signer=ca):
    return signer.generate_host_certificate(key, 'forged', principals=principals)
cert = certify(['127.0.0.1'])
blob = bytearray(cert.public_data)
";
/// After it.
const FORGED: &str = "
class Server(asyncssh.SSHServer):
    def begin_auth(self, user): return False
def process(process):
    process.stdout.write('in\\n')
    process.exit(0)
pair = asyncssh.load_keypairs([(key, cert)])[0]
pair.public_data = bytes(blob)
async def main():
    server = await asyncssh.create_server(Server, '127.0.0.1', 0, server_host_keys=[pair],
                                          process_factory=process)
    print(server.get_port(), ca.export_public_key().decode().strip(), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
";

/// A server that shows any bytes as its certificate; sshd would not load them. The key that it
/// says is the authority's.
fn forger(script: &str) -> AsyncSsh {
    AsyncSsh::script(&format!("{FORGER}{script}{FORGED}"))
}

#[test]
#[ignore = "needs peers: tests/run"]
fn forged_certificates_are_refused_by_all() {
    for (name, script, answers, fault) in [
        ("none", "", "aaaa", ""),
        ("bad signature", "blob[-1] ^= 1", "xxxx", "the signature is not one of the authority"),
        (
            "other principals than were signed",
            "at = blob.index(b'127.0.0.1'); blob[at:at+9] = b'127.0.0.2'",
            "xxxx",
            "the signature is not one of the authority",
        ),
        (
            "a certificate as authority",
            "
ca_cert = ca.generate_host_certificate(ca, 'nested', principals=['127.0.0.1'])
plain = String(ca.public_data)
at = blob.rindex(plain)
body = bytes(blob[:at]) + String(ca_cert.public_data)
blob = bytearray(body + String(ca.sign(body, b'ssh-ed25519')))
",
            "xxxx",
            "a certificate itself",
        ),
        (
            "certificates in each other",
            "
inner = ca.public_data
for _ in range(1500):
    head = bytes(cert.public_data)
    at = head.rindex(String(ca.public_data))
    inner = head[:at] + String(inner) + head[at + len(String(ca.public_data)):]
    if len(inner) > 200000: break
blob = bytearray(inner)
",
            "xxxx",
            "",
        ),
        (
            "10,000 principals",
            "
blob = bytearray(certify(['h%d' % n for n in range(10000)] + ['127.0.0.1']).public_data)
",
            "xxxx",
            "it has 10001 principals, more than 256",
        ),
        ("cut short", "blob = blob[:-40]", "xxxx", ""),
        // plink does not look behind the signature.
        ("bytes behind it", "blob += b'x' * 40", "xxxa", ""),
    ] {
        let forger = forger(script);
        let homes = [true, false].map(|line| home(forger.key(), line, "", [false, true, true]));
        let clients = Clients { port: forger.port().parse().unwrap(), key: None };
        let (found, said) = clients.ask(&homes[0], &homes[1]);
        assert_eq!(found, answers, "{name}: {said:#?}");
        for said in said {
            assert!(said.contains(fault), "{name}: {said}");
            assert!(said.len() < 2000 && said.lines().count() <= 1, "{name}: {said}");
        }
    }
}
