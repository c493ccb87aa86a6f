//! An SSH server that may say anything, before the exchange of keys and after it.
//!
//! The exchange is a real one (RFC 8731), so that the client takes what follows; of those that the
//! client knows it is the one that costs least. The client picks its secret number anew each time:
//! an input leads to the same messages, not to the same bytes.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, UnparsedPublicKey, X25519};
use russh::keys::PrivateKey;
use russh::keys::signature::Signer;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::Signature;
use sha2::{Digest, Sha256};
use tessh::wire_format::{put_string, put_uint32};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

const IDENTIFICATION: &str = "SSH-2.0-fuzzed";
static HOST_KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    let text = include_str!("../data/keys/made/ed25519.openssh");
    PrivateKey::from_openssh(text).expect("a key")
});
/// The server's secret number.
static SECRET: LazyLock<agreement::PrivateKey> = LazyLock::new(|| {
    agreement::PrivateKey::from_private_key(&X25519, &[1; 32]).expect("any 32 bytes are one")
});
/// The longest packet of the client that is read.
const LONGEST: usize = 256 * 1024;

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
        let mut ours = vec![KEXINIT];
        ours.extend_from_slice(&[7; 16]);
        let (cipher, mac) = ("aes256-gcm@openssh.com", "hmac-sha2-256");
        for list in
            ["curve25519-sha256", "ssh-ed25519", cipher, cipher, mac, mac, "none", "none", "", ""]
        {
            put_string(&mut ours, list.as_bytes());
        }
        ours.extend_from_slice(&[0; 5]);
        self.send(&ours).await?;
        let theirs = self.skip(KEXINIT).await?;
        let init = self.skip(ECDH_INIT).await?;
        let share = init.get(5..37)?;
        let own = SECRET.compute_public_key().expect("a key in memory");
        let blob = HOST_KEY.public_key().to_bytes().expect("a key in memory");
        let mut hashed = Vec::new();
        for part in [&self.client[..], IDENTIFICATION.as_bytes(), &theirs, &ours, &blob, share] {
            put_string(&mut hashed, part);
        }
        put_string(&mut hashed, own.as_ref());
        let share = UnparsedPublicKey::new(&X25519, share);
        let secret = agreement::agree(&SECRET, share, (), |secret| Ok(integer(secret))).ok()?;
        hashed.extend_from_slice(&secret);
        let hash = Sha256::digest(&hashed);
        let signature: Signature = HOST_KEY.key_data().try_sign(&hash).ok()?;
        let mut signed = Vec::new();
        signature.encode(&mut signed).ok()?;
        let mut reply = vec![ECDH_REPLY];
        for part in [&blob[..], own.as_ref(), &signed] {
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
