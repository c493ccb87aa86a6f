//! Row 23: somebody on the path changes a bit of what the server has encrypted. It is noticed in
//! every region of a packet and with every cipher, and none of it is taken for data.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use super::BEFORE_THE_CLOCK;
use super::greeting::reset;
use super::lab::{AsyncSsh, Output, Peer, RawServer, Row, raw_server};

/// Each cipher that can be had, with a MAC where it has none of its own: both kinds of them.
const CIPHERS: [(&str, &str); 12] = [
    ("aes128-gcm@openssh.com", ""),
    ("aes256-gcm@openssh.com", ""),
    ("chacha20-poly1305@openssh.com", ""),
    ("aes128-ctr", "hmac-sha2-256-etm@openssh.com"),
    ("aes192-ctr", "hmac-sha2-512"),
    ("aes256-ctr", "hmac-sha2-512-etm@openssh.com"),
    ("aes256-ctr", "hmac-sha2-256"),
    ("aes128-ctr", "hmac-sha1"),
    ("aes128-cbc", "hmac-sha2-256"),
    ("aes192-cbc", "hmac-sha2-512"),
    ("aes256-cbc", "hmac-sha1-etm@openssh.com"),
    ("3des-cbc", "hmac-sha2-256-etm@openssh.com"),
];
/// How far behind the keys the server's small packets of data are for certain.
const DEEP: usize = 20_000;
/// More than one of them is long: a line of 40 bytes in its channel's message, padding and MAC.
const ONE: usize = 144;

/// A server that writes lines of 40 bytes, each a packet, until the client leaves.
fn lines() -> AsyncSsh {
    AsyncSsh::start(
        "
    def begin_auth(self, user): return False
async def work(process):
    number = 0
    while not process.channel.is_closing():
        for _ in range(50):
            process.stdout.write('%039d\\n' % number)
            number += 1
        await process.stdout.drain()
        await asyncio.sleep(0)
import functools, logging
logging.disable()
asyncssh.create_server = functools.partial(
    asyncssh.create_server, process_factory=work, encryption_algs='*', mac_algs='*')
",
    )
}

/// The beginning of what it writes.
fn written(length: usize) -> Vec<u8> {
    let lines = (0..=length / 40).flat_map(|number| format!("{number:039}\n").into_bytes());
    lines.take(length).collect()
}

/// Where a message's last byte is in what the server has said, its identification included.
fn end_of(said: &[u8], wanted: u8) -> Option<usize> {
    let mut at = said.iter().position(|&byte| byte == b'\n')? + 1;
    loop {
        let length = u32::from_be_bytes(*said.get(at..)?.first_chunk()?) as usize;
        let kind = *said.get(at + 5)?;
        at += 4 + length;
        if kind == wanted {
            return (at <= said.len()).then_some(at);
        }
    }
}

/// What is done to the server's bytes.
#[derive(Clone, Copy, PartialEq)]
enum Harm {
    /// This bit is turned over.
    Flip(u8),
    /// The connection ends there.
    Cut,
    /// It is reset there.
    Reset,
    /// Nothing more comes.
    Stall,
}

/// A proxy before this server that does harm, this many bytes behind the server's NEWKEYS.
fn harming(server: &str, behind: usize, harm: Harm) -> RawServer {
    let port: u16 = server.parse().unwrap();
    raw_server(move |mut client| {
        let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let up = std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let (mut said, mut passed, mut flip) = (Vec::new(), 0, None);
        let mut buffer = [0; 16384];
        while let Ok(count @ 1..) = server.read(&mut buffer) {
            let piece = &mut buffer[..count];
            if flip.is_none() {
                said.extend_from_slice(piece);
                flip = end_of(&said, 21).map(|end| end + behind);
            }
            if let Some(at) = flip.and_then(|at| at.checked_sub(passed)).filter(|&at| at < count) {
                if let Harm::Flip(bit) = harm {
                    piece[at] ^= 1 << bit;
                } else {
                    let _ = client.write_all(&piece[..at]);
                    match harm {
                        Harm::Reset => reset(client.try_clone().unwrap()),
                        // Until the client has had enough.
                        Harm::Stall => while matches!(server.read(&mut buffer), Ok(1..)) {},
                        _ => {}
                    }
                    break;
                }
            }
            passed += count;
            if client.write_all(piece).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        up.join().unwrap();
    })
}

/// The client through such a proxy.
fn through(server: &AsyncSsh, (cipher, mac): (&str, &str), behind: usize, row: &Row) -> Output {
    let harm = Harm::Flip(u8::try_from(behind % 8).unwrap());
    harmed(server, (cipher, mac), (behind, harm), row)
}

/// The client through a proxy that does this harm at this place.
fn harmed(
    server: &AsyncSsh,
    (cipher, mac): (&str, &str),
    (behind, harm): (usize, Harm),
    row: &Row,
) -> Output {
    let proxy = harming(server.port(), behind, harm);
    let known = format!("[127.0.0.1]:{} {}", proxy.port(), server.key());
    let peer = Peer::of(proxy.port(), &known);
    // The login's clock comes after the end of each row, so that nothing is only noticed by it.
    let quiet = ["-o", "WarnWeakCrypto=no", "-o", "ConnectTimeout=60"];
    let kex = ["--auth", "none", "-o", "KexAlgorithms=curve25519-sha256", "-c", cipher];
    let fixed = [&quiet[..], &kex].concat();
    let mac = if mac.is_empty() { "hmac-sha2-256" } else { mac };
    row.met(|more| peer.command(&[more, &fixed, &["-m", mac]].concat(), "lines"))
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_9_a_connection_that_is_cut_behind_the_keys() {
    let server = lines();
    let cipher = ("aes128-ctr", "hmac-sha2-256");
    for (behind, place) in [(0, "login"), (30, "login"), (DEEP + 30, "session")] {
        for harm in [Harm::Cut, Harm::Reset] {
            let row = Row::new(9, "cut behind the keys").unlisted().cause(&[""]);
            let output = harmed(&server, cipher, (behind, harm), &row.next(&[""]));
            assert!(output.took < BEFORE_THE_CLOCK, "{place}: {output:?}");
            let got = &output.stdout;
            assert!(*got == written(got.len()), "{place}: changed data came through");
        }
    }
    // Signs of life are asked for, so that the silence is noticed.
    let row = Row::new(9, "a session that falls silent").cause(&["not responding"]);
    let row = row.next(&["ServerAliveInterval"]);
    let proxy = harming(server.port(), DEEP, Harm::Stall);
    let known = format!("[127.0.0.1]:{} {}", proxy.port(), server.key());
    let peer = Peer::of(proxy.port(), &known);
    let alive = ["-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=2", "--auth", "none"];
    row.met(|more| peer.command(&[more, &alive].concat(), "lines"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_23_a_bit_that_is_turned_over_is_noticed() {
    let server = lines();
    for (number, cipher) in CIPHERS.into_iter().enumerate() {
        // Each byte of a packet with some cipher, and each region of it with each of them.
        for behind in (DEEP + number..DEEP + ONE).step_by(CIPHERS.len()) {
            // A length that is changed may be refused before there is a MAC to check.
            let row = Row::new(23, "a bit turned over").unlisted().once();
            let row = row.cause(&["packet"]).next(&["connection is damaged"]);
            let output = through(&server, cipher, behind, &row);
            let got = &output.stdout;
            assert!(*got == written(got.len()), "{cipher:?} {behind}: changed data came through");
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_23_one_in_the_login_is_noticed() {
    // The first message behind the keys is longer than that, and its length is not touched: then
    // the client would wait for the rest of it.
    let server = lines();
    for cipher in CIPHERS {
        let row = Row::new(23, "a bit turned over in the login");
        let row = if cipher.0 == "aes128-gcm@openssh.com" { row } else { row.unlisted() };
        let row = row.cause(&["corrupted"]).next(&["damaged or tampered with"]);
        let output = through(&server, cipher, 37, &row);
        assert_eq!(output.text(), "");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_23_one_in_a_session_is_noticed() {
    let server = lines();
    let row = Row::new(23, "a bit turned over in a session's data").cause(&["corrupted"]);
    let row = row.next(&["damaged or tampered with"]);
    // In the middle of a long run of packets whose lengths stand at known places.
    let output = through(&server, ("aes128-gcm@openssh.com", ""), DEEP + 17, &row);
    assert!(!output.stdout.is_empty());
    assert!(output.stdout == written(output.stdout.len()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_11_another_cipher_in_each_direction() {
    // Its KEXINIT has one list twice; the second is changed before it is sent.
    let server = AsyncSsh::start(
        "
    def begin_auth(self, user): return False
from asyncssh.packet import NameList
from asyncssh.connection import SSHConnection
whole = SSHConnection.send_packet
def send(self, number, *fields, **more):
    if number == 20:
        lists = NameList([b'aes128-ctr', b'aes256-ctr'])
        swapped = NameList([b'aes256-ctr', b'x' * 10])
        fields = tuple(field.replace(lists + lists, lists + swapped) for field in fields)
        # What is signed has it, too.
        self._server_kexinit = bytes([20]) + b''.join(fields)
    return whole(self, number, *fields, **more)
SSHConnection.send_packet = send
import functools
asyncssh.create_server = functools.partial(
    asyncssh.create_server, encryption_algs=['aes128-ctr', 'aes256-ctr'])
",
    );
    let peer = Peer::knowing(&server);
    let row = Row::new(11, "another cipher in each direction").cause(&["aes128-ctr", "aes256-ctr"]);
    let row = row.next(&["-o Ciphers="]);
    row.met(|more| peer.command(&[more, &["--auth", "none"]].concat(), "true"));
}
