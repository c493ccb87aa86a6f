//! Rows 10 to 17: the first key exchange, of which nothing is encrypted.

use std::io::{BufRead, BufReader};

use super::greeting::reset;
use super::lab::{
    RawServer, Row, drain, exchanging, kexinit, next_payload, packet, raw_server, say_and_leave,
    send, ssh_string,
};
use super::{BEFORE_THE_CLOCK, GREETING, greeting_then, meet, wait_out};

/// Algorithms that every client has, for a KEXINIT with one fault.
const KEX: &str = "curve25519-sha256,kex-strict-s-v00@openssh.com";
const LAX: &str = "curve25519-sha256";
const HOST_KEY: &str = "ssh-ed25519";
const CIPHER: &str = "aes128-ctr";
const MAC: &str = "hmac-sha2-256";

const MSG_IGNORE: u8 = 2;
const MSG_NEWKEYS: u8 = 21;
const MSG_KEX_ECDH_REPLY: u8 = 31;
const MSG_KEX_DH_GEX_GROUP: u8 = 31;
const MSG_KEX_DH_GEX_REPLY: u8 = 33;
const MSG_USERAUTH_SUCCESS: u8 = 52;

/// The prime of diffie-hellman-group14 (RFC 3526 section 3).
const GROUP14: &str = "\
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1\
    29024E088A67CC74020BBEA63B139B22514A08798E3404DD\
    EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245\
    E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D\
    C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
    83655D23DCA3AD961C62F356208552BB9ED529077096966D\
    670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9\
    DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
    15728E5A8AACAA68FFFFFFFFFFFFFFFF";

/// What all these faults advise.
const TELL: &str = "tell its administrator";

fn good_kexinit(kex: &str) -> Vec<u8> {
    kexinit(kex, HOST_KEY, CIPHER, MAC, "none")
}

fn number(digits: &[u8]) -> Vec<u8> {
    let start = digits.iter().position(|&byte| byte != 0).unwrap_or(digits.len());
    let digits = &digits[start..];
    let zero: &[u8] = if digits.first().is_some_and(|&first| first >= 0x80) { &[0] } else { &[] };
    ssh_string([zero, digits].concat())
}

/// A host key of Ed25519, a point that is on the curve: the base point.
fn host_key() -> Vec<u8> {
    let point = [&[0x58][..], &[0x66; 31]].concat();
    [ssh_string(HOST_KEY), ssh_string(point)].concat()
}

fn signature(length: usize) -> Vec<u8> {
    [ssh_string(HOST_KEY), ssh_string(vec![7; length])].concat()
}

/// The base point of X25519: a share as good as any.
fn share() -> Vec<u8> {
    [&[9][..], &[0; 31]].concat()
}

/// A reply with these three fields.
fn reply(host_key: &[u8], share: &[u8], signature: &[u8]) -> Vec<u8> {
    [&[MSG_KEX_ECDH_REPLY][..], &ssh_string(host_key), &ssh_string(share), &ssh_string(signature)]
        .concat()
}

/// A reply of a server whose share is this.
fn sharing(share: &[u8]) -> Vec<u8> {
    reply(&host_key(), share, &signature(64))
}

/// A server that agrees on this method and answers the client's share with this.
fn answering(kex: &str, answer: Vec<u8>) -> RawServer {
    exchanging(good_kexinit(kex), vec![answer])
}

// ---- packets ----------------------------------------------------------------------------

#[test]
fn row_10_lengths_that_no_packet_has() {
    let begun = |length: u32| greeting_then(&[&length.to_be_bytes()[..], &[4, 20, 0, 0]].concat());
    let bad = |input| Row::new(10, input).cause(&["bad packet"]);
    for (row, length) in [
        (bad("a packet length of 0x7fffffff"), 0x7fff_ffff_u32),
        (bad("a length of 0xffffffff").unlisted(), u32::MAX),
        (bad("a length of 300,000").unlisted(), 300_000),
        (bad("a packet length of 0"), 0),
        (bad("a length of 1").unlisted(), 1),
        (bad("a length of 3").unlisted(), 3),
    ] {
        let row = row.next(&[""]);
        let output = meet(&row, &begun(length));
        assert!(output.took < BEFORE_THE_CLOCK, "read on for {:?}", output.took);
    }
}

#[test]
fn row_10_padding_that_no_packet_has() {
    let padded = |padding: u8| {
        let body = [&[padding, MSG_IGNORE][..], &[0; 14]].concat();
        greeting_then(&[&16_u32.to_be_bytes()[..], &body].concat())
    };
    let bad = |input| Row::new(10, input).cause(&["bad packet", "of padding"]).next(&[TELL]);
    meet(&bad("a packet without padding"), &padded(0));
    meet(&bad("3 bytes of padding").unlisted(), &padded(3));
    meet(&bad("padding and no payload"), &padded(15));
    meet(&bad("padding longer than the packet"), &padded(16));
    meet(&bad("255 of padding").unlisted(), &padded(255));
}

#[test]
fn row_10_noise_in_place_of_packets() {
    use russh::keys::ssh_key::rand_core::Rng;
    for _ in 0..8 {
        let mut noise = vec![0; 64 << 10];
        russh::keys::key::safe_rng().fill_bytes(&mut noise);
        let row = || Row::new(10, "noise").unlisted().cause(&[""]).next(&[""]);
        meet(&row(), &super::saying(noise.clone()));
        meet(&row(), &greeting_then(&noise));
    }
}

// ---- KEXINIT ----------------------------------------------------------------------------

#[test]
fn row_11_nothing_in_common() {
    // What is offered instead, what the client would have had, and the option to change it.
    let none = |input| Row::new(11, input).cause(&["no matching"]);
    for (row, lists, theirs, ours, option) in [
        (
            none("no common key exchange method"),
            kexinit("foo-kex", HOST_KEY, CIPHER, MAC, "none"),
            "foo-kex",
            "curve25519-sha256",
            "KexAlgorithms",
        ),
        (
            none("no common host key type"),
            kexinit(KEX, "foo-key", CIPHER, MAC, "none"),
            "foo-key",
            "ssh-ed25519",
            "HostKeyAlgorithms",
        ),
        (
            none("no common cipher"),
            kexinit(KEX, HOST_KEY, "foo-cipher", MAC, "none"),
            "foo-cipher",
            "aes256-gcm@openssh.com",
            "Ciphers",
        ),
        (
            none("no common MAC"),
            kexinit(KEX, HOST_KEY, CIPHER, "foo-mac", "none"),
            "foo-mac",
            "hmac-sha2-256",
            "MACs",
        ),
        (
            none("no common compression"),
            kexinit(KEX, HOST_KEY, CIPHER, MAC, "foo-zip"),
            "foo-zip",
            "none",
            "Compression",
        ),
        (
            none("only `none` for cipher and MAC"),
            kexinit(KEX, HOST_KEY, "none", "none", "none"),
            "none",
            "aes256-gcm@openssh.com",
            "Ciphers",
        ),
        (
            none("only `none` for key exchange"),
            kexinit("none", HOST_KEY, CIPHER, MAC, "none"),
            "none",
            "curve25519-sha256",
            "KexAlgorithms",
        ),
        (
            none("empty lists").unlisted(),
            kexinit("", "", "", "", ""),
            "",
            "curve25519-sha256",
            "KexAlgorithms",
        ),
    ] {
        let row = row.cause(&[theirs, ours]).next(&[&format!("-o {option}=")]);
        meet(&row, &greeting_then(&packet(&lists)));
    }
}

#[test]
fn row_12_a_broken_kexinit() {
    let whole = good_kexinit(KEX);
    let names = vec!["name"; 10_000].join(",");
    let malformed = |input| Row::new(12, input).cause(&["KEXINIT is malformed"]).next(&[TELL]);
    for (row, payload) in [
        (malformed("a KEXINIT that ends within a list"), whole[..40].to_vec()),
        (malformed("one that ends before its lists").unlisted(), whole[..17].to_vec()),
        (malformed("a KEXINIT of one byte"), vec![20]),
        (malformed("bytes after a KEXINIT"), [&whole[..], &[1, 2, 3]].concat()),
        (malformed("a list that claims 4 GiB"), [&whole[..17], &u32::MAX.to_be_bytes()].concat()),
        (
            malformed("a list that is not UTF-8"),
            [&whole[..17], &ssh_string([0xff; 17]), &whole[21 + KEX.len()..]].concat(),
        ),
        (
            Row::new(12, "a list of 10,000 names").cause(&["KEXINIT is too long"]).next(&[TELL]),
            kexinit(&names, HOST_KEY, CIPHER, MAC, "none"),
        ),
        (
            malformed("names with escape sequences"),
            kexinit("\x1b]0;title\x07,\u{202e}", HOST_KEY, CIPHER, MAC, "none"),
        ),
    ] {
        let output = meet(&row, &greeting_then(&packet(&payload)));
        assert!(output.took < BEFORE_THE_CLOCK, "only noticed by the clock: {output:?}");
    }
    let many = format!("{names},{KEX}");
    let row = Row::new(12, "10,000 names, and then good ones").cause(&["KEXINIT is too long"]);
    let lists = kexinit(&many, HOST_KEY, CIPHER, MAC, "none");
    meet(&row.unlisted().next(&[TELL]), &greeting_then(&packet(&lists)));
}

// ---- the order of messages --------------------------------------------------------------

#[test]
fn row_13_a_message_before_kexinit() {
    let before =
        |payload: &[u8]| greeting_then(&[packet(payload), packet(&good_kexinit(KEX))].concat());
    let row = Row::new(13, "a message before KEXINIT, key exchange strict");
    let row =
        row.cause(&["strict key exchange", "message 20"]).next(&["between you and the server"]);
    meet(&row, &before(&[MSG_IGNORE, 0, 0, 0, 0]));
    let row = Row::new(13, "a login accepted before the keys").cause(&["message 52"]);
    meet(&row.next(&[TELL]), &before(&[MSG_USERAUTH_SUCCESS]));
    let row = Row::new(13, "channel data before the keys").unlisted().cause(&["message 94"]);
    meet(&row.next(&[TELL]), &before(&[&[94, 0, 0, 0, 0][..], &ssh_string("x")].concat()));
    // The same after KEXINIT, where the exchange is not strict.
    let row =
        Row::new(13, "a login accepted during the exchange").unlisted().cause(&["message 52"]);
    meet(&row.next(&[TELL]), &answering(LAX, vec![MSG_USERAUTH_SUCCESS]));
    let endless = raw_server(|mut stream| {
        send(&mut stream, GREETING);
        while send(&mut stream, &packet(&[MSG_IGNORE, 0, 0, 0, 0])) {}
    });
    let row = Row::new(13, "endless messages and no KEXINIT").cause(&["took too long"]);
    wait_out(&row.next(&["ConnectTimeout"]), &endless);
}

#[test]
fn row_14_messages_out_of_order() {
    let wrong = |input| Row::new(14, input).cause(&["at the wrong time"]).next(&[TELL]);
    let strict = |input| Row::new(14, input).cause(&["strict"]).next(&["between you"]);
    for (kex, again, early, other) in [
        (LAX, wrong("a second KEXINIT"), wrong("NEWKEYS early"), wrong("another method's reply")),
        (
            KEX,
            strict("a second KEXINIT, key exchange strict"),
            strict("NEWKEYS early, key exchange strict").unlisted(),
            strict("another method's reply, key exchange strict").unlisted(),
        ),
    ] {
        meet(&again, &answering(kex, good_kexinit(kex)));
        meet(&early, &answering(kex, vec![MSG_NEWKEYS]));
        let mut reply = sharing(&share());
        reply[0] = MSG_KEX_DH_GEX_REPLY;
        meet(&other, &answering(kex, reply));
    }
    // What is beside the exchange may come within it.
    let ignored = exchanging(good_kexinit(LAX), vec![vec![MSG_IGNORE, 0, 0, 0, 0]]);
    let row = Row::new(14, "SSH_MSG_IGNORE, then silence").unlisted().cause(&["took too long"]);
    wait_out(&row.next(&["ConnectTimeout"]), &ignored);
}

#[test]
fn row_14_a_wrong_guess() {
    // The packet that follows a wrong guess is passed over (RFC 4253 section 7), the next one
    // counts.
    for (kex, input) in [
        ("foo-kex,curve25519-sha256", "a wrong guess, then silence"),
        ("foo-kex,curve25519-sha256,kex-strict-s-v00@openssh.com", "the same, strict"),
    ] {
        let mut lists = good_kexinit(kex);
        let follows = lists.len() - 5;
        lists[follows] = 1;
        let guess = packet(&[&[MSG_KEX_ECDH_REPLY][..], &[0; 40]].concat());
        let both = [packet(&lists), guess].concat();
        let row = Row::new(14, input).unlisted().cause(&["took too long"]);
        wait_out(&row.next(&["ConnectTimeout"]), &greeting_then(&both));
    }
    let mut lists = good_kexinit("foo-kex,curve25519-sha256");
    let follows = lists.len() - 5;
    lists[follows] = 1;
    // NEWKEYS as the guess, and then a reply whose key nobody has: it is not overlooked.
    let newkeys = [packet(&lists), packet(&[MSG_NEWKEYS])].concat();
    let server = raw_server(move |mut stream| {
        send(&mut stream, &[GREETING, &newkeys].concat());
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let _ = reader.read_line(&mut String::new());
        let _kexinit = next_payload(&mut reader);
        let _share = next_payload(&mut reader);
        send(&mut stream, &packet(&sharing(&share())));
        drain(&mut stream);
    });
    let row = Row::new(14, "NEWKEYS in place of the guess").unlisted().cause(&["prove"]);
    meet(&row.next(&["between you and the server"]), &server);
}

// ---- shares and groups ------------------------------------------------------------------

#[test]
fn row_15_shares_that_are_none() {
    let invalid = |input| Row::new(15, input).cause(&["half of the key exchange"]).next(&[TELL]);
    let low = "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157";
    let off_curve = [&[4][..], &[1; 64]].concat();
    for (row, kex, share) in [
        (invalid("X25519 of 31 bytes"), LAX, vec![9; 31]),
        (invalid("X25519 of 33 bytes").unlisted(), LAX, vec![9; 33]),
        (invalid("X25519 of no bytes").unlisted(), LAX, Vec::new()),
        (invalid("X25519 of zeros"), LAX, vec![0; 32]),
        (invalid("X25519 of low order").unlisted(), LAX, hex(low)),
        (invalid("ML-KEM with a short ciphertext"), "mlkem768x25519-sha256", vec![1; 1119]),
        (invalid("ML-KEM and zeros for X25519").unlisted(), "mlkem768x25519-sha256", vec![0; 1120]),
        (invalid("ML-KEM of no bytes").unlisted(), "mlkem768x25519-sha256", Vec::new()),
        (invalid("a point off the curve"), "ecdh-sha2-nistp256", off_curve.clone()),
        (invalid("the point at infinity").unlisted(), "ecdh-sha2-nistp256", vec![0]),
        (invalid("a point of another curve").unlisted(), "ecdh-sha2-nistp521", off_curve),
    ] {
        meet(&row, &answering(kex, sharing(&share)));
    }
    let prime = hex(GROUP14);
    let mut before = prime.clone();
    *before.last_mut().unwrap() -= 1;
    let mut after = prime.clone();
    after[0] = 1;
    for (row, share) in [
        (invalid("a DH value of 0"), Vec::new()),
        (invalid("1").unlisted(), vec![1]),
        (invalid("p-1").unlisted(), before),
        (invalid("p").unlisted(), prime),
        (invalid("more than p").unlisted(), [&[1][..], &after].concat()),
    ] {
        let number = number(&share)[4..].to_vec();
        meet(&row, &answering("diffie-hellman-group14-sha256", sharing(&number)));
    }
}

#[test]
fn row_15_a_broken_reply() {
    let good = sharing(&share());
    let malformed = |input| Row::new(15, input).cause(&["REPLY is malformed"]).next(&[TELL]);
    let unreadable = |input| Row::new(15, input).cause(&["cannot be read"]).next(&[TELL]);
    let claim = [&[MSG_KEX_ECDH_REPLY][..], &u32::MAX.to_be_bytes(), &[0; 60]].concat();
    let mut inside = host_key();
    inside[0] = 0xff;
    for (row, payload) in [
        (malformed("a reply without a signature"), good[..good.len() - 87].to_vec()),
        (malformed("a reply of one byte").unlisted(), vec![MSG_KEX_ECDH_REPLY]),
        (malformed("bytes after the reply").unlisted(), [&good[..], &[0]].concat()),
        (malformed("a host key that claims 4 GiB"), claim),
        (unreadable("a host key of 0 bytes"), reply(&[], &share(), &signature(64))),
        (
            unreadable("a host key whose type claims 4 GiB"),
            reply(&inside, &share(), &signature(64)),
        ),
        (
            Row::new(15, "a host key of a type that nobody has")
                .cause(&["agreed on ssh-ed25519", "ssh-foo"])
                .next(&["tell the server's administrator"]),
            reply(&[ssh_string("ssh-foo"), ssh_string([7; 32])].concat(), &share(), &signature(64)),
        ),
        (
            Row::new(15, "a host key with a byte behind it")
                .cause(&["bytes behind it"])
                .next(&[TELL])
                .unlisted(),
            reply(&[&host_key()[..], &[0]].concat(), &share(), &signature(64)),
        ),
        (
            unreadable("a host key that is text").unlisted(),
            reply(b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 host", &share(), &signature(64)),
        ),
        (unreadable("a signature of 63 bytes"), reply(&host_key(), &share(), &signature(63))),
        (unreadable("a signature of 0 bytes").unlisted(), reply(&host_key(), &share(), &[])),
    ] {
        meet(&row, &answering(LAX, payload));
    }
    let row = Row::new(17, "a signature of 64 wrong bytes").cause(&["prove", "signature is wrong"]);
    meet(&row.next(&["between you and the server"]), &answering(LAX, good));
}

/// A server that answers with this group, and with this share in it.
fn with_group(prime: &[u8], generator: &[u8], share: &[u8]) -> RawServer {
    let group = [&[MSG_KEX_DH_GEX_GROUP][..], &number(prime), &number(generator)].concat();
    let mut reply = sharing(&number(share)[4..]);
    reply[0] = MSG_KEX_DH_GEX_REPLY;
    exchanging(good_kexinit("diffie-hellman-group-exchange-sha256"), vec![group, reply])
}

#[test]
fn row_16_groups_that_are_none() {
    let prime = hex(GROUP14);
    let mut before = prime.clone();
    *before.last_mut().unwrap() -= 1;
    let size = |input| Row::new(16, input).cause(&["bits"]).next(&["-o KexAlgorithms=-"]);
    meet(&size("a group of 1024 bits"), &with_group(&prime[..128], &[2], &[4]));
    meet(&size("a group of 16384 bits"), &with_group(&[0xff; 2048], &[2], &[4]));
    let none = |input| Row::new(16, input).cause(&["no group"]).next(&[TELL]);
    meet(&none("a group with an even prime"), &with_group(&before, &[2], &[4]));
    meet(&none("a prime of 0").unlisted(), &with_group(&[], &[2], &[4]));
    let minus = |prime: &[u8], generator: &[u8]| {
        let numbers = [ssh_string(prime), ssh_string(generator)].concat();
        let group = [&[MSG_KEX_DH_GEX_GROUP][..], &numbers].concat();
        answering("diffie-hellman-group-exchange-sha256", group)
    };
    meet(&none("a prime below zero").unlisted(), &minus(&prime, &[2]));
    let after_zero = [&[0][..], &prime].concat();
    meet(&none("a generator below zero").unlisted(), &minus(&after_zero, &[0x82]));
    for (row, generator) in [
        (none("a group with a generator of 0"), Vec::new()),
        (none("1 as generator").unlisted(), vec![1]),
        (none("p-1 as generator").unlisted(), before.clone()),
        (none("p as generator").unlisted(), prime.clone()),
    ] {
        meet(&row, &with_group(&prime, &generator, &[4]));
    }
    let invalid = |input| Row::new(16, input).cause(&["half of the key exchange"]).next(&[TELL]);
    for share in [Vec::new(), vec![1], before, prime.clone()] {
        let row = invalid("a share of 0, 1, p-1 or p in the group");
        meet(&row.unlisted(), &with_group(&prime, &[2], &share));
    }
    let group = [&[MSG_KEX_DH_GEX_GROUP][..], &number(&prime)].concat();
    let row = Row::new(16, "a group without a generator").cause(&["malformed"]).next(&[TELL]);
    meet(&row.unlisted(), &answering("diffie-hellman-group-exchange-sha256", group));
}

fn hex(digits: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(digit).collect()
}

// ---- where it ends ----------------------------------------------------------------------

#[test]
fn the_end_at_each_step_is_named() {
    let lists = packet(&good_kexinit(LAX));
    let reply = packet(&sharing(&share()));
    // What has been said when it ends: nothing of a packet, some of it, or whole ones.
    let said = [
        [GREETING, &lists[..3]].concat(),
        [GREETING, &lists[..50]].concat(),
        [GREETING, &lists].concat(),
        [GREETING, &lists, &reply[..70]].concat(),
    ];
    for said in said {
        let closing = said.clone();
        let server = raw_server(move |stream| say_and_leave(stream, &closing));
        let row = Row::new(9, "the end within the key exchange").unlisted().cause(&["closed"]);
        meet(&row.next(&["try again later"]), &server);
        let resetting = said.clone();
        let server = raw_server(move |mut stream| {
            send(&mut stream, &resetting);
            // The client has begun to say its part.
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = reader.read_line(&mut String::new());
            let _ = next_payload(&mut reader);
            drop(reader);
            reset(stream);
        });
        let row = Row::new(9, "a reset within the key exchange").unlisted().cause(&["reset"]);
        meet(&row.next(&["try again later"]), &server);
        let row = Row::new(9, "silence within the key exchange").unlisted().cause(&["too long"]);
        wait_out(&row.next(&["ConnectTimeout"]), &super::saying(said));
    }
}

#[test]
fn a_goodbye_in_the_key_exchange_is_shown() {
    let goodbye = |code: u8, said: &[u8], more: &[u8]| {
        let payload = [&[1, 0, 0, 0, code][..], &ssh_string(said), more].concat();
        exchanging(good_kexinit(LAX), vec![payload])
    };
    let row = |input| Row::new(9, input).cause(&["the server ended the connection: "]);
    for (row, server) in [
        (
            row("a goodbye").cause(&["go away: maintenance"]),
            goodbye(7, b"go away: maintenance", &[0; 4]),
        ),
        (
            row("a goodbye with the code 100 and escape sequences").cause(&["go away"]),
            goodbye(100, b"go away\x1b[2J", &[0; 4]),
        ),
        (
            row("a goodbye in Latin-1").cause(&["gesperrt f"]),
            goodbye(2, b"gesperrt f\xfcr", &[0; 4]),
        ),
        (row("one without a language").unlisted().cause(&["go away"]), goodbye(2, b"go away", &[])),
        (row("one without words").unlisted().cause(&["reason 12"]), goodbye(12, b"", &[0; 4])),
    ] {
        meet(&row.next(&["try again later"]), &server);
    }
    let payload = [&[1, 0, 0, 0, 7][..], &ssh_string("too many"), &[0; 4]].concat();
    let early = row("a goodbye in place of KEXINIT").unlisted().cause(&["too many"]);
    meet(&early.next(&["try again later"]), &greeting_then(&packet(&payload)));
}
