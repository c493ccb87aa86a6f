//! An SSH server that may say anything, before the exchange of keys and after it.
//!
//! The exchange is a real one (RFC 5656 section 4), so that the client takes what follows. The
//! server's secret number is 1, which makes the shared point the client's own, and the client picks
//! its own anew each time: an input leads to the same messages, not to the same bytes.

use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use russh::keys::PrivateKey;
use russh::keys::signature::Signer;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::Signature;
use sha2::{Digest, Sha256};
use tessh::wire_format::{put_string, put_uint32};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

const IDENTIFICATION: &str = "SSH-2.0-fuzzed";
const HOST_KEY: &str = include_str!("../data/keys/made/ed25519.openssh");
/// The longest packet of the client that is read.
const LONGEST: usize = 256 * 1024;

/// The base point of NIST P-256, which is the share of the secret number 1.
const BASE_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];

const KEXINIT: u8 = 20;
const NEWKEYS: u8 = 21;
const ECDH_INIT: u8 = 30;
const ECDH_REPLY: u8 = 31;

/// One direction's key and the number of its packets (RFC 5647).
struct Direction {
    key: LessSafeKey,
    fixed: [u8; 4],
    count: u64,
}

impl Direction {
    fn nonce(&mut self) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.fixed);
        nonce[4..].copy_from_slice(&self.count.to_be_bytes());
        self.count = self.count.wrapping_add(1);
        Nonce::assume_unique_for_key(nonce)
    }
}

/// The server's end of a connection; `None` from a function means that the client has left.
pub struct Server {
    stream: DuplexStream,
    client: Vec<u8>,
    /// Towards the client, and from it.
    keys: Option<(Direction, Direction)>,
}

impl Server {
    /// Greets the client and reads its greeting.
    pub async fn greet(mut stream: DuplexStream) -> Option<Server> {
        stream.write_all(format!("{IDENTIFICATION}\r\n").as_bytes()).await.ok()?;
        let mut client = Vec::new();
        while !client.ends_with(b"\r\n") {
            client.push(stream.read_u8().await.ok()?);
        }
        client.truncate(client.len() - 2);
        Some(Server { stream, client, keys: None })
    }

    /// Sends bytes as they are.
    pub async fn raw(&mut self, bytes: &[u8]) -> Option<()> {
        self.stream.write_all(bytes).await.ok()
    }

    /// Sends a packet with this payload.
    pub async fn send(&mut self, payload: &[u8]) -> Option<()> {
        let block = if self.keys.is_some() { 16 } else { 8 };
        // The length itself is not encrypted with the rest, and then does not count.
        let before = if self.keys.is_some() { 1 } else { 5 };
        let padding = 4 + (block - (payload.len() + before + 4) % block) % block;
        let mut body = vec![u8::try_from(padding).expect("less than two blocks")];
        body.extend_from_slice(payload);
        body.resize(body.len() + padding, 0);
        let length = u32::try_from(body.len()).ok()?.to_be_bytes();
        if let Some((to, _)) = &mut self.keys {
            let nonce = to.nonce();
            to.key.seal_in_place_append_tag(nonce, Aad::from(length), &mut body).ok()?;
        }
        self.stream.write_all(&[&length[..], &body].concat()).await.ok()
    }

    /// The payload of the client's next packet.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        let length = self.stream.read_u32().await.ok()?;
        let size = usize::try_from(length).ok().filter(|size| *size <= LONGEST)?;
        let tag = if self.keys.is_some() { 16 } else { 0 };
        let mut body = vec![0; size + tag];
        self.stream.read_exact(&mut body).await.ok()?;
        if let Some((_, from)) = &mut self.keys {
            let nonce = from.nonce();
            let opened = from.key.open_in_place(nonce, Aad::from(length.to_be_bytes()), &mut body);
            opened.ok()?;
            body.truncate(size);
        }
        let padding = usize::from(*body.first()?);
        Some(body.get(1..size.checked_sub(padding)?)?.to_vec())
    }

    /// Waits a moment for the client's next packet.
    pub async fn listen(&mut self) {
        // Half a packet may be lost with this, but then the client is not sending.
        let _ = timeout(Duration::from_secs(1), self.next()).await;
    }

    /// Exchanges keys; what is sent afterwards is encrypted.
    pub async fn exchange(&mut self) -> Option<()> {
        let key = PrivateKey::from_openssh(HOST_KEY).expect("a key");
        let mut ours = vec![KEXINIT];
        ours.extend_from_slice(&[7; 16]);
        let (cipher, mac) = ("aes256-gcm@openssh.com", "hmac-sha2-256");
        for list in
            ["ecdh-sha2-nistp256", "ssh-ed25519", cipher, cipher, mac, mac, "none", "none", "", ""]
        {
            put_string(&mut ours, list.as_bytes());
        }
        ours.extend_from_slice(&[0; 5]);
        self.send(&ours).await?;
        let theirs = self.skip(KEXINIT).await?;
        let init = self.skip(ECDH_INIT).await?;
        let share = init.get(5..70)?;
        let blob = key.public_key().to_bytes().expect("a key in memory");
        let mut hashed = Vec::new();
        for part in [&self.client[..], IDENTIFICATION.as_bytes(), &theirs, &ours, &blob, share] {
            put_string(&mut hashed, part);
        }
        put_string(&mut hashed, &BASE_POINT);
        let secret = integer(&share[1..33]);
        hashed.extend_from_slice(&secret);
        let hash = Sha256::digest(&hashed);
        let signature: Signature = key.key_data().try_sign(&hash).ok()?;
        let mut signed = Vec::new();
        signature.encode(&mut signed).ok()?;
        let mut reply = vec![ECDH_REPLY];
        for part in [&blob[..], &BASE_POINT, &signed] {
            put_string(&mut reply, part);
        }
        self.send(&reply).await?;
        self.send(&[NEWKEYS]).await?;
        self.skip(NEWKEYS).await?;
        let derived =
            |letter: u8| Sha256::digest([&secret[..], &hash, &[letter], &hash].concat()).to_vec();
        let direction = |number: u8, key: u8| {
            let start = derived(number);
            let key = UnboundKey::new(&AES_256_GCM, &derived(key)).expect("32 bytes");
            Direction {
                key: LessSafeKey::new(key),
                fixed: start[..4].try_into().expect("four bytes"),
                count: u64::from_be_bytes(start[4..12].try_into().expect("eight bytes")),
            }
        };
        self.keys = Some((direction(b'B', b'D'), direction(b'A', b'C')));
        Some(())
    }

    async fn skip(&mut self, number: u8) -> Option<Vec<u8>> {
        loop {
            let message = self.next().await?;
            if message.first() == Some(&number) {
                return Some(message);
            }
        }
    }

    /// Reads until the client leaves, or says nothing for long.
    pub async fn wait(&mut self) {
        while let Ok(Some(_)) = timeout(Duration::from_secs(600), self.next()).await {}
    }
}

/// A number of any size (RFC 4251 section 5).
fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    let digits = &bytes[start..];
    let sign: &[u8] = if digits.first().is_some_and(|&byte| byte >= 0x80) { &[0] } else { &[] };
    let mut number = Vec::new();
    put_uint32(&mut number, u32::try_from(sign.len() + digits.len()).expect("33 bytes at most"));
    number.extend_from_slice(sign);
    number.extend_from_slice(digits);
    number
}
