//! What is negotiated with a server, and what is reported about it: groups that fit the cipher,
//! servers with known faults, names of algorithms that tessh lacks, and weak cryptography.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;

use lab::{Agent, AsyncSsh, Bed, DEADLINE, Home, Output, Sshd, arg, kexinit, packet, raw_server};

const HOST_KEY: &str = "ssh-ed25519";
const MAC: &str = "hmac-sha2-256";
const KEXINIT: u8 = 20;
const KEX_DH_GEX_REQUEST: u8 = 34;

/// One packet's payload.
fn next(stream: &mut impl Read) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut packet = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
    stream.read_exact(&mut packet).unwrap();
    packet[1..packet.len() - usize::from(packet[0])].to_vec()
}

/// The group sizes that a server is asked for which has these ciphers; a lazy one does not
/// send its KEXINIT before the client's.
fn sizes_asked(identification: &str, cipher: &str, is_lazy: bool) -> [u32; 3] {
    let (say, heard) = mpsc::channel();
    let ours =
        packet(&kexinit("diffie-hellman-group-exchange-sha256", HOST_KEY, cipher, MAC, "none"));
    let greeting = format!("{identification}\r\n");
    let server = raw_server(move |mut stream: TcpStream| {
        stream.write_all(greeting.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        reader.read_line(&mut String::new()).unwrap();
        if !is_lazy {
            stream.write_all(&ours).unwrap();
        }
        assert_eq!(next(&mut reader)[0], KEXINIT);
        if is_lazy {
            stream.write_all(&ours).unwrap();
        }
        say.send(next(&mut reader)).unwrap();
    });
    let (home, port) = (Home::new(), server.port().to_string());
    let run = home.tessh(&["-o", "StrictHostKeyChecking=no", "-p", &port, "127.0.0.1", "true"]);
    run.output().expect_code(255);
    let request = heard.recv_timeout(DEADLINE).unwrap();
    assert_eq!(request[0], KEX_DH_GEX_REQUEST);
    let size = |at: usize| u32::from_be_bytes(request[at..at + 4].try_into().unwrap());
    [size(1), size(5), size(9)]
}

#[test]
fn group_exchange_asks_for_what_the_agreed_cipher_needs() {
    // chacha20 is offered, too, and not what is agreed on.
    for (cipher, bits) in [
        ("aes128-ctr,aes256-ctr", 3072),
        ("aes192-ctr", 7680),
        ("aes256-ctr", 8192),
        ("3des-cbc,aes128-gcm@openssh.com", 3072),
    ] {
        assert_eq!(sizes_asked("SSH-2.0-old", cipher, false), [2048, bits, 8192], "{cipher}");
    }
}

#[test]
fn group_exchange_with_a_server_that_waits_for_the_client() {
    assert_eq!(sizes_asked("SSH-2.0-lazy", "aes128-ctr", true), [2048, 8192, 8192]);
}

#[test]
fn group_exchange_asks_cisco_for_no_more_than_it_can() {
    assert_eq!(sizes_asked("SSH-2.0-Cisco-1.25", "aes256-ctr", false), [2048, 4096, 8192]);
    assert_eq!(sizes_asked("SSH-2.0-Cisco-1.25", "aes128-ctr", false), [2048, 3072, 8192]);
}

/// A server, a home that knows it, and a key that it takes.
/// Logs in with a key and these options.
fn log_in(bed: &Bed, options: &[&str]) -> Output {
    let output = bed.run(options, &["echo in"]).output();
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    output
}

// ---- names ------------------------------------------------------------------------------

/// A server that greets and leaves when it has the client's KEXINIT; what came of it, and the
/// key exchanges that were proposed.
fn proposed(options: &[&str]) -> (Output, String) {
    let (say, heard) = mpsc::channel();
    let server = raw_server(move |mut stream: TcpStream| {
        let ours = packet(&kexinit("rot13", HOST_KEY, "aes128-ctr", MAC, "none"));
        stream.write_all(&[b"SSH-2.0-old\r\n", &ours[..]].concat()).unwrap();
        let mut reader = BufReader::new(stream);
        reader.read_line(&mut String::new()).unwrap();
        let theirs = next(&mut reader);
        let length = usize::try_from(u32::from_be_bytes(theirs[17..21].try_into().unwrap()));
        let names = theirs[21..21 + length.unwrap()].to_vec();
        say.send(String::from_utf8(names).unwrap()).unwrap();
    });
    let (home, port) = (Home::new(), server.port().to_string());
    let output = home.tessh(&[options, &["-p", &port, "127.0.0.1", "true"]].concat()).output();
    // It ends once it has read all that the client has said.
    drop(server);
    (output, heard.try_recv().unwrap_or_default())
}

#[test]
fn names_that_only_ssh_has_are_said_not_to_be_there() {
    for (keyword, name) in [
        ("KexAlgorithms", "mlkem768nistp256-sha256"),
        ("MACs", "hmac-md5"),
        ("MACs", "hmac-sha1-96"),
        ("HostKeyAlgorithms", "ssh-mldsa44-ed25519"),
        ("PubkeyAcceptedAlgorithms", "ssh-mldsa44-ed25519"),
    ] {
        let (output, _) = proposed(&["-o", &format!("{keyword}={name}")]);
        let line = output.expect_failure(&[keyword, "does not have", name]);
        assert!(!line.contains("Bad"), "{line}");
        // With others in the list those are used.
        let (output, kex) = proposed(&["-o", &format!("{keyword}=+{name}")]);
        output.expect_last_line(&["rot13"]);
        let first = output.stderr.lines().next().unwrap();
        assert!(first.contains(&format!("{keyword}: tessh does not have {name}")), "{first}");
        assert!(kex.starts_with("mlkem768x25519-sha256,") && !kex.contains(name), "{kex}");
    }
    for (name, words) in [("rot13", "Bad SSH2 KexAlgorithms 'rot13'; "), ("none", "'none'; ")] {
        let (output, kex) = proposed(&["-o", &format!("KexAlgorithms={name}")]);
        output.expect_failure(&[words]);
        assert_eq!(kex, "");
    }
}

#[test]
fn the_oldest_key_exchange_is_proposed_only_by_name() {
    let old = "diffie-hellman-group1-sha1";
    let (_, kex) = proposed(&[]);
    assert!(kex.contains("curve25519-sha256") && !kex.contains(old), "{kex}");
    let (output, kex) = proposed(&["-o", &format!("KexAlgorithms=+{old}")]);
    assert!(kex.contains(old), "{kex}");
    output.expect_failure(&["rot13"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_oldest_key_exchange_works_where_it_is_named() {
    let bed = Bed::new(&["KexAlgorithms diffie-hellman-group1-sha1"]);
    // The warning has a test of its own, tests/fault_ladder/algorithms.rs.
    let output = log_in(&bed, &["-o", "KexAlgorithms=+diffie-hellman-group1-sha1"]);
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn one_ecdsa_curve_does_not_stand_for_another() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["ecdsa", "-b", "384"], "");
    sshd.authorize(&key, "");
    let run = |accepted: &str| {
        let accepted = format!("PubkeyAcceptedAlgorithms={accepted}");
        let login =
            ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key), "-o", &accepted];
        home.connect(&sshd, &login, &["true"]).output()
    };
    run("ecdsa-sha2-nistp384").expect_quiet_success();
    run("ecdsa-sha2-nistp256").expect_failure(&["PubkeyAcceptedAlgorithms", "nistp384"]);
    run("ssh-ed25519").expect_failure(&["PubkeyAcceptedAlgorithms", "nistp384"]);
    // Without the plain key there is only the certificate.
    std::fs::write(sshd.path("authorized_keys"), "").unwrap();
    sshd.certify(&key, &["-n", lab::USER]);
    run("ecdsa-sha2-nistp384-cert-v01@openssh.com").expect_quiet_success();
    run("ecdsa-sha2-nistp256-cert-v01@openssh.com").expect_failure(&["nistp384"]);
    run("ecdsa-sha2-nistp384").expect_code(255);
    let shown = sshd.log().matches("ecdsa-sha2-nistp256").count();
    assert_eq!(shown, 0, "{}", sshd.log());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_host_key_of_another_curve_is_no_match() {
    let setup = lab::Setup::new();
    let path = setup.at("host_ecdsa384");
    setup.keygen(&["-t", "ecdsa", "-b", "384", "-N", "", "-f", &path]);
    let sshd = setup.start(&[&format!("HostKey {path}")]);
    let home = Home::knowing(&sshd);
    let run = |name: &str| {
        let option = format!("HostKeyAlgorithms={name}");
        let options = ["-o", &option, "-o", "BatchMode=yes", "--auth", "none"];
        home.connect(&sshd, &options, &["true"]).output()
    };
    run("ecdsa-sha2-nistp256").expect_failure(&["host key", "ecdsa-sha2-nistp384"]);
    run("ecdsa-sha2-nistp384").expect_failure(&["Permission denied"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_agents_channel_has_two_names() {
    for name in ["agent-connect", "auth-agent@openssh.com", "agent-nonsense"] {
        let server = AsyncSsh::start(&format!(
            "
    def begin_auth(self, user): return False
async def work(process):
    path = process.channel.get_agent_path()
    listing = await asyncio.create_subprocess_exec(
        '/usr/bin/ssh-add', '-l', env={{'SSH_AUTH_SOCK': path}},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    said, _ = await listing.communicate()
    process.stdout.write(said.decode())
    process.exit(0)
from asyncssh.channel import SSHAgentChannel
async def open(self, factory): return await self._open_forward(factory, b'{name}')
SSHAgentChannel.open = open
import functools
asyncssh.create_server = functools.partial(
    asyncssh.create_server, agent_forwarding=True, process_factory=work)
"
        ));
        let home = Home::new();
        home.write(".ssh/known_hosts", &server.known_hosts());
        let agent = Agent::start(&[&home.key("id", &["ed25519"], "")]);
        let fixed = ["-A", "-o", "WarnWeakCrypto=no", "--auth", "none", "-p", server.port()];
        let run = home.tessh(&[&fixed[..], &["127.0.0.1", "x"]].concat());
        let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
        output.expect_code(0);
        assert_eq!(output.text().contains("ED25519"), !name.contains("nonsense"), "{output:?}");
    }
}

// ---- what is said ------------------------------------------------------------------------

/// The words of OpenSSH since 10.1.
const WEAK: &str = "\
** WARNING: connection is not using a post-quantum key exchange algorithm.
** This session may be vulnerable to \"store now, decrypt later\" attacks.
** The server may need to be upgraded. See https://openssh.com/pq.html
";

#[test]
#[ignore = "needs peers: tests/run"]
fn weak_crypto_is_warned_about_in_the_words_of_ssh() {
    let bed = Bed::new(&["KexAlgorithms curve25519-sha256,diffie-hellman-group16-sha512"]);
    assert_eq!(log_in(&bed, &[]).stderr, WEAK);
    assert_eq!(log_in(&bed, &["-o", "WarnWeakCrypto=yes"]).stderr, WEAK);
    for quiet in [
        &["-q"][..],
        &["-o", "LogLevel=ERROR"],
        &["-o", "WarnWeakCrypto=no"],
        &["-o", "WarnWeakCrypto=no-pq-kex"],
        // The list is the person's own, whatever it comes to.
        &["-o", "KexAlgorithms=-nonsense"],
        &["-o", "KexAlgorithms=curve25519-sha256", "-o", "WarnWeakCrypto=yes"],
        &["-E", "log"],
    ] {
        assert_eq!(log_in(&bed, quiet).stderr, "", "{quiet:?}");
    }
    assert_eq!(bed.home.read("log"), WEAK);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn weak_crypto_of_ours_is_not_laid_at_the_servers_door() {
    let bed = Bed::new(&["KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256"]);
    assert_eq!(log_in(&bed, &[]).stderr, "");
    let told = log_in(&bed, &["-v"]).stderr;
    assert!(told.contains("the server has sntrup761x25519-sha512@openssh.com"), "{told}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn compression_with_a_server_that_has_only_plain_zlib() {
    let server = AsyncSsh::start(
        "
    def begin_auth(self, user): return False
async def work(process):
    process.stdout.write('in\\n')
    process.exit(0)
import functools
asyncssh.create_server = functools.partial(
    asyncssh.create_server, compression_algs=['zlib', 'none'], process_factory=work)
",
    );
    let home = Home::new();
    home.write(".ssh/known_hosts", &server.known_hosts());
    let run = |options: &[&str]| {
        let fixed = ["-o", "WarnWeakCrypto=no", "--auth", "none", "-p", server.port(), "127.0.0.1"];
        home.tessh(&[options, &fixed, &["x"]].concat()).output()
    };
    let asked = run(&["-C"]);
    asked.expect_code(0);
    assert_eq!((asked.text().as_str(), asked.stderr.lines().count()), ("in\n", 1), "{asked:?}");
    assert!(asked.stderr.contains("zlib@openssh.com"), "{asked:?}");
    run(&[]).expect_quiet_success();
}

/// Every message after the end is compressed to nothing, as where the server's library has failed.
#[test]
#[ignore = "needs peers: tests/run"]
fn compressed_data_that_ends_ends_the_connection() {
    let server = AsyncSsh::start(
        "
    def begin_auth(self, user): return False
import functools, zlib
from asyncssh import compression
class Ends(compression.Compressor):
    def __init__(self):
        self.data, self.left = zlib.compressobj(), 12
    def compress(self, message):
        self.left -= 1
        if self.left < 0: return zlib.compress(message)
        how = zlib.Z_SYNC_FLUSH if self.left else zlib.Z_FINISH
        return self.data.compress(message) + self.data.flush(how)
compression._cmp_compressors[b'zlib@openssh.com'] = Ends
async def work(process):
    for number in range(1000):
        process.stdout.write('a line\\n')
        await process.stdout.drain()
        await asyncio.sleep(0.01)
asyncssh.create_server = functools.partial(
    asyncssh.create_server, compression_algs=['zlib@openssh.com'], process_factory=work)
",
    );
    let home = Home::new();
    home.write(".ssh/known_hosts", &server.known_hosts());
    let options = ["-C", "-o", "WarnWeakCrypto=no", "--auth", "none", "-p", server.port()];
    let output = home.tessh(&[&options[..], &["127.0.0.1", "x"]].concat()).output();
    output.expect_code(255);
    assert!(output.text().starts_with("a line\n"), "{output:?}");
    assert!(
        output.stderr.contains("no message in it") && output.stderr.contains("-C"),
        "{output:?}"
    );
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
}
