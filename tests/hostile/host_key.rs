//! Rows 17 to 22: servers with real cryptography that cannot prove a key, show one that may not be
//! used, or one that is not on record.

use super::lab::{AsyncSsh, Demo, Home, Peer, Pty, Row};
use super::{Run, fs};

const TELL: &str = "tell the server's administrator";
const OTHER_ED25519: &str = include_str!("../data/trust/certificates/host-ed25519.pub");
const ECDSA: &str = include_str!("../data/trust/certificates/host-ecdsa.pub");

/// A server whose program says `in`. The script may change its keys and what it does with them:
/// `key` is the host's, `pair` what it shows and signs with, `ca` an authority.
const BEFORE: &str = "
import asyncio, asyncssh, hashlib, logging, random, sys, time
from asyncssh.packet import String, UInt32, UInt64, MPInt
from asyncssh.connection import SSHServerConnection
logging.disable()
ca = asyncssh.generate_private_key('ssh-ed25519')
key = asyncssh.generate_private_key('ssh-ed25519')
other = asyncssh.generate_private_key('ssh-ed25519')
pair = None
options = {}
class Pair:
    # What the server shows and how it signs, whatever was agreed on.
    def __init__(self, public_data, sign): self.public_data, self.sign = public_data, sign
def shows(chosen):
    def choose(self, algorithms):
        self._server_host_key = chosen
        return True
    SSHServerConnection.choose_server_host_key = choose
def certify(signer=ca, make=None, **more):
    more = {'principals': ['127.0.0.1'], **more}
    make = make or signer.generate_host_certificate
    return make(key, 'forged', **more)
def show_certificate(cert, blob=None):
    global pair
    pair = asyncssh.load_keypairs([(key, cert)])[0]
    pair.public_data = bytes(blob or cert.public_data)
";
const AFTER: &str = "
class Server(asyncssh.SSHServer):
    def begin_auth(self, user): return False
async def process(process):
    process.stdout.write('in\\n')
    await process.stdout.drain()
    if 'rekey_bytes' in options:
        for _ in range(20):
            process.stdout.write('x' * 4000)
            await process.stdout.drain()
    process.exit(0)
async def main():
    server = await asyncssh.create_server(Server, '127.0.0.1', 0, process_factory=process,
                                          server_host_keys=[pair or key], **options)
    said = ca if pair or key.algorithm != b'ssh-ed25519' else key
    line = said.export_public_key().decode().strip()
    print(server.get_port(), line, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
";

fn forger(script: &str) -> AsyncSsh {
    AsyncSsh::script(&format!("{BEFORE}{script}{AFTER}"))
}

/// A login that gets no further than the host's key.
fn log_in(peer: &Peer, more: &[&str], options: &[&str]) -> Run {
    peer.command(&[more, &["--auth", "none"], options].concat(), "true").env("TZ", "UTC")
}

#[track_caller]
fn meet(row: &Row, server: &AsyncSsh) {
    let peer = Peer::knowing(server);
    row.met(|more| log_in(&peer, more, &[]));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_17_a_signature_that_proves_nothing() {
    let wrong = |input| {
        let row = Row::new(17, input).cause(&["could not prove", "signature is wrong"]);
        row.next(&["between you and the server"])
    };
    let signs =
        |sign: &str| forger(&format!("shows(Pair(key.public_data, lambda data: {sign}))\n"));
    let good = "key.sign(data, b'ssh-ed25519')";
    let flipped =
        "key.sign(data, b'ssh-ed25519')[:-1] + bytes([key.sign(data, b'ssh-ed25519')[-1] ^ 1])";
    meet(&wrong("a signature with one bit wrong"), &signs(flipped));
    meet(
        &wrong("a signature with another key of the same type"),
        &signs("other.sign(data, b'ssh-ed25519')"),
    );
    meet(
        &wrong("a signature of something else").unlisted(),
        &signs("key.sign(b'x' + data, b'ssh-ed25519')"),
    );
    let row = Row::new(17, "zeros for a signature").unlisted().cause(&["prove"]);
    let zeros = "String(b'ssh-ed25519') + String(bytes(64))";
    meet(&row.next(&["between you and the server"]), &signs(zeros));
    // The forger itself is honest where it is not told otherwise.
    let server = signs(good);
    let peer = Peer::knowing(&server);
    let output = log_in(&peer, &[], &[]).output();
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_18_another_key_than_agreed_on() {
    let cheats =
        |input, what| Row::new(18, input).cause(&["prove its identity", what]).next(&[TELL]);
    let ecdsa = forger(
        "
it = asyncssh.generate_private_key('ecdsa-sha2-nistp256')
shows(Pair(it.public_data, lambda data: it.sign(data, b'ecdsa-sha2-nistp256')))
",
    );
    meet(&cheats("an ECDSA key where Ed25519 was agreed on", "agreed on ssh-ed25519"), &ecdsa);
    let rsa = |sign: &str| {
        forger(&format!(
            "
key = asyncssh.generate_private_key('ssh-rsa', key_size=2048)
shows(Pair(key.public_data, lambda data: key.sign(data, b'{sign}')))
"
        ))
    };
    for (sign, row) in [
        ("ssh-rsa", cheats("a SHA-1 signature where SHA-512 was agreed on", "signed with ssh-rsa")),
        (
            "rsa-sha2-256",
            cheats("a SHA-256 signature where SHA-512 was agreed on", "rsa-sha2-256").unlisted(),
        ),
    ] {
        meet(&row, &rsa(sign));
    }
    let curve = forger(
        "
key = asyncssh.generate_private_key('ecdsa-sha2-nistp256')
it = asyncssh.generate_private_key('ecdsa-sha2-nistp384')
shows(Pair(it.public_data, lambda data: it.sign(data, b'ecdsa-sha2-nistp384')))
",
    );
    meet(&cheats("another curve", "nistp384").unlisted(), &curve);
    // The whole of a certificate where a plain key was agreed on.
    let certificate = forger(
        "
cert = certify()
shows(Pair(bytes(cert.public_data), lambda data: key.sign(data, b'ssh-ed25519')))
",
    );
    let input = "a certificate where a plain key was agreed on";
    meet(&cheats(input, "ssh-ed25519-cert-v01@openssh.com"), &certificate);
}

/// An RSA key of any size, which no library makes: primes by Miller and Rabin's test, signatures by
/// RFC 8017's section 8.2.1.
const SMALL_RSA: &str = "
def prime(bits):
    while True:
        n = random.getrandbits(bits) | 3 << (bits - 2) | 1
        if n % 65537 != 1 and all(pow(b, n - 1, n) == 1 for b in (2, 3, 5, 7, 11)): return n
p, q = prime(BITS // 2), prime(BITS // 2)
n, d = p * q, pow(65537, -1, (p - 1) * (q - 1))
info = bytes.fromhex('3031300d060960864801650304020105000420')
def sign(data):
    hashed = info + hashlib.sha256(data).digest()
    block = b'\\0\\1' + b'\\xff' * (BITS // 8 - 3 - len(hashed)) + b'\\0' + hashed
    number = pow(int.from_bytes(block, 'big'), d, n)
    return String(b'rsa-sha2-256') + String(number.to_bytes(BITS // 8, 'big'))
blob = String(b'ssh-rsa') + MPInt(65537) + MPInt(n)
shows(Pair(blob, sign))
key = asyncssh.generate_private_key('ssh-rsa', key_size=2048)
";

#[test]
#[ignore = "needs peers: tests/run"]
fn row_19_rsa_keys_that_are_too_short() {
    for (bits, row) in [
        ("1024", Row::new(19, "an RSA key of 1024 bits").cause(&["only 1024 bits"])),
        ("2040", Row::new(19, "an RSA key of 2040 bits").unlisted().cause(&["only 2040 bits"])),
        ("512", Row::new(19, "an RSA key of 512 bits").cause(&["only 512 bits"])),
    ] {
        let server = forger(&SMALL_RSA.replace("BITS", bits));
        let peer = Peer::of(server.port(), "");
        let options = ["-o", "HostKeyAlgorithms=rsa-sha2-256", "-o", "StrictHostKeyChecking=no"];
        let row = row.next(&["2048"]);
        row.met(|more| log_in(&peer, more, &options));
        assert!(!peer.home.path(".ssh/known_hosts").exists(), "it was written down");
    }
}

/// Takes the certificate apart before its critical options and puts it together again, signed.
const CRITICAL: &str = "
cert = certify()
tail = String(b'') * 3 + String(ca.public_data)
blob = bytes(cert.public_data)
body = blob[:blob.rindex(tail)] + String(String(b'foo@example.com') + String(b'')) \\
    + String(b'') * 2 + String(ca.public_data)
show_certificate(cert, body + String(ca.sign(body, b'ssh-ed25519')))
";

#[test]
#[ignore = "needs peers: tests/run"]
fn row_20_certificates_with_a_fault() {
    for (input, script, word) in [
        (
            "a certificate that has expired",
            "show_certificate(certify(valid_after=1577836800, valid_before=1580515200))",
            "expired",
        ),
        (
            "a certificate that is not valid yet",
            "show_certificate(certify(valid_after=3786912000, valid_before=3818448000))",
            "not valid before",
        ),
        (
            "a certificate for another host",
            "show_certificate(certify(principals=['other.example']))",
            "principals are other.example",
        ),
        ("a certificate for no host", "show_certificate(certify(principals=()))", "no principals"),
        (
            "a certificate for a user",
            "
cert = certify()
user = certify(make=ca.generate_user_certificate)
show_certificate(cert, user.public_data)
",
            "user certificate",
        ),
        (
            "a certificate with an unknown critical option",
            CRITICAL,
            "critical options: foo@example.com",
        ),
        (
            "a certificate that was changed",
            "
cert = certify()
show_certificate(cert, bytes(cert.public_data).replace(b'127.0.0.1', b'127.0.0.*'))
",
            "not one of the authority",
        ),
        (
            "a certificate of an unknown authority",
            "
cert = certify(signer=other)
show_certificate(cert)
",
            "",
        ),
        (
            "a certificate for 10,000 hosts",
            "show_certificate(certify(principals=['h%d' % n for n in range(10000)] + ['127.0.0.1']))",
            "10001 principals",
        ),
        (
            "a certificate that is signed by a certificate",
            "
cert = certify()
nested = ca.generate_host_certificate(ca, 'nested', principals=['127.0.0.1'])
blob = bytes(cert.public_data)
body = blob[:blob.rindex(String(ca.public_data))] + String(nested.public_data)
show_certificate(cert, body + String(ca.sign(body, b'ssh-ed25519')))
",
            "",
        ),
    ] {
        let server = forger(&format!("{script}\n"));
        let known = format!("@cert-authority 127.0.0.1,[127.0.0.1]:* {}", server.key());
        let peer = Peer::of(server.port(), &known);
        let row = Row::new(20, input).cause(&[word]).next(&[""]);
        row.met(|more| log_in(&peer, more, &[]));
    }
    // Its authority, revoked.
    let server = forger("show_certificate(certify())\n");
    let key = server.key();
    let peer = Peer::of(server.port(), &format!("@cert-authority * {key}@revoked * {key}"));
    let row = Row::new(20, "a certificate of a revoked authority").cause(&["revoked"]).next(&[""]);
    row.met(|more| log_in(&peer, more, &[]));
    // And the good one, so that all these are refused for their fault.
    let peer = Peer::of(server.port(), &format!("@cert-authority * {key}"));
    log_in(&peer, &[], &[]).output().expect_code(0);
}

/// What known_hosts has in each state of row 21.
fn states(demo: &Demo) -> [(&'static str, String, &'static str); 4] {
    let place = format!("[127.0.0.1]:{}", demo.port());
    let line = |key: &str| format!("{place} {}\n", key.trim());
    let known = demo.known_hosts();
    let key = known.split_once(' ').unwrap().1;
    [
        ("a key that is not known", String::new(), "no ED25519 host key is known"),
        ("a key of another type than is known", line(ECDSA), "ECDSA"),
        ("a key that has changed", line(OTHER_ED25519), "changed"),
        ("a key that is revoked", format!("{known}@revoked * {key}"), "revoked"),
    ]
}

fn home_with(known_hosts: &str) -> Home {
    let home = Home::new();
    if !known_hosts.is_empty() {
        home.write(".ssh/known_hosts", known_hosts);
    }
    home
}

#[test]
fn row_21_four_states_of_a_key_in_batch() {
    let demo = Demo::start();
    for (input, known_hosts, word) in states(&demo) {
        let peer = Peer { home: home_with(&known_hosts), port: demo.port() };
        let row = Row::new(21, input).cause(&["Host key verification failed", word]);
        row.next(&[""]).met(|more| log_in(&peer, more, &[]));
        let after = fs::read_to_string(peer.home.path(".ssh/known_hosts")).unwrap_or_default();
        assert_eq!(after, known_hosts, "{input}: written to");
    }
}

#[test]
fn row_21_four_states_of_a_key_on_a_terminal() {
    let demo = Demo::start();
    let mut shown: Vec<String> = Vec::new();
    for dialogs in [false, true] {
        for (input, known_hosts, _) in states(&demo) {
            let home = home_with(&known_hosts);
            let (port, is_revoked) = (demo.port(), input.contains("revoked"));
            let plain: &[&str] = if dialogs { &[] } else { &["--plain"] };
            let fixed = ["--auth", "none", "-p", &port, "someone@127.0.0.1"];
            let start = |more: &[&str]| -> Pty { home.on_pty(&[more, plain, &fixed].concat()) };
            let screens = std::cell::RefCell::new(Vec::new());
            let act = |pty: &Pty| {
                if is_revoked {
                    return;
                }
                // A fingerprint is shown before anything can be answered.
                let screen = pty.wait_for(&demo.fingerprint()[7..30]);
                screens.borrow_mut().push(screen);
                pty.send(if dialogs { "<esc>" } else { "no<enter>" });
            };
            let row = Row::new(21, input).unlisted().once().after_warnings();
            // What the person has chosen needs no next step.
            let row = row.cause(&[""]).next(&[""]);
            let written = row.met_on_pty(start, act);
            shown.push(screens.borrow_mut().pop().unwrap_or(written));
            let after = fs::read_to_string(home.path(".ssh/known_hosts")).unwrap_or_default();
            assert_eq!(after, known_hosts, "{input}: written to");
        }
    }
    for (number, one) in shown.iter().enumerate() {
        for other in &shown[number + 1..] {
            assert_ne!(one, other, "two states look the same");
        }
    }
}

#[test]
fn row_21_the_file_of_another_server() {
    // Thousands of lines, none of which is about this one.
    let demo = Demo::start();
    let mut known = String::new();
    for number in 0..5000 {
        known.push_str(&format!("[127.0.0.1]:{} {}", number % 1000 + 1, OTHER_ED25519));
    }
    let peer = Peer { home: home_with(&known), port: demo.port() };
    let row = Row::new(21, "a known_hosts of another server").unlisted();
    let row = row.cause(&["no ED25519 host key is known"]).next(&[""]);
    row.met(|more| log_in(&peer, more, &[]));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_22_another_key_in_a_rekey() {
    let rekeying = |kind: &str| {
        forger(&format!(
            "
options = {{'rekey_bytes': 20000}}
second = asyncssh.load_keypairs([asyncssh.generate_private_key('{kind}')])[0]
first = SSHServerConnection.choose_server_host_key
def choose(self, algorithms):
    done = first(self, algorithms)
    # From the second exchange on it offers the other key alone.
    self._server_host_keys = {{b'{kind}': second}}
    self._server_host_key_algs = [b'{kind}']
    return done
SSHServerConnection.choose_server_host_key = choose
"
        ))
    };
    let row = Row::new(22, "a key of another type in a rekey").once();
    let row =
        row.cause(&["ecdsa-sha2-nistp256", "ssh-ed25519"]).next(&["between you and the server"]);
    let server = rekeying("ecdsa-sha2-nistp256");
    let peer = Peer::knowing(&server);
    row.met(|more| log_in(&peer, more, &[]));
    let server = rekeying("ssh-ed25519");
    let peer = Peer::knowing(&server);
    let row = Row::new(22, "another key of the same type in a rekey").once();
    let row = row.cause(&["another host key"]).next(&["between you and the server"]);
    row.met(|more| log_in(&peer, more, &[]));
}
