//! An SSH server without encryption, made by hand: it can send any packet, legal or not.
//!
//! The bare library accepts the names `none` for key exchange, cipher and MAC when it is told
//! to; this client never tells it to. [`Plain::exchange`] does a real ECDH exchange whose
//! secret number is 1, so that the shared point is the client's own and no arithmetic is
//! needed (RFC 4253 sections 6 to 8, RFC 5656 section 4).

use russh::keys::signature::Signer;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::{PrivateKey, PublicKey, Signature};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::message::{BASE_POINT, Said};
pub use super::message::{Message, number};

const IDENTIFICATION: &str = "SSH-2.0-plain";

/// What the server names in its KEXINIT.
#[derive(Clone, Copy)]
pub struct Names {
    pub kex: &'static str,
    pub host_key: &'static str,
    pub cipher: &'static str,
    pub mac: &'static str,
}

impl Names {
    /// No key exchange and no protection.
    pub const NONE: Names =
        Names { kex: "none", host_key: "ssh-ed25519", cipher: "none", mac: "none" };
    /// A key exchange, and then no protection.
    pub const EXCHANGED: Names = Names { kex: "ecdh-sha2-nistp256", ..Names::NONE };
}

/// One connection, the greetings exchanged.
pub struct Plain<S> {
    stream: S,
    client: Vec<u8>,
    ours: Vec<u8>,
    theirs: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Plain<S> {
    /// Exchanges identifications.
    pub async fn greet(mut stream: S) -> Plain<S> {
        stream.write_all(format!("{IDENTIFICATION}\r\n").as_bytes()).await.unwrap();
        let mut client = Vec::new();
        while !client.ends_with(b"\r\n") {
            client.push(stream.read_u8().await.unwrap());
        }
        client.truncate(client.len() - 2);
        Plain { stream, client, ours: Vec::new(), theirs: Vec::new() }
    }

    /// Greets, agrees on no protection, and accepts the service `ssh-userauth`.
    pub async fn unprotected(stream: S) -> Plain<S> {
        let mut server = Plain::greet(stream).await;
        server.kexinit(Names::NONE).await;
        server.skip(number::NEWKEYS).await;
        server.accept_service().await;
        server
    }

    /// As [`Plain::unprotected`], with the user logged in by whatever is tried first.
    pub async fn logged_in(stream: S) -> Plain<S> {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        server.send(Message::new(number::USERAUTH_SUCCESS)).await;
        server
    }

    /// Sends one packet (RFC 4253 section 6); a client that has left is no matter.
    pub async fn send(&mut self, message: Message) {
        let payload = message.0;
        let padding = 4 + (8 - (payload.len() + 9) % 8) % 8;
        let length = u32::try_from(payload.len() + padding + 1).unwrap();
        let mut packet = length.to_be_bytes().to_vec();
        packet.push(u8::try_from(padding).unwrap());
        packet.extend_from_slice(&payload);
        packet.resize(packet.len() + padding, 0);
        let _ = self.stream.write_all(&packet).await;
    }

    /// The next packet's payload; `None` when the client has left.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        let length = self.stream.read_u32().await.ok()? as usize;
        let mut packet = vec![0; length];
        self.stream.read_exact(&mut packet).await.ok()?;
        let padding = usize::from(packet[0]);
        Some(packet[1..length - padding].to_vec())
    }

    /// Reads on to a message with this number.
    pub async fn skip(&mut self, number: u8) -> Vec<u8> {
        loop {
            let message = self.next().await.expect("the client left");
            if message[0] == number {
                return message;
            }
        }
    }

    /// Reads until the client leaves.
    pub async fn wait(&mut self) {
        while self.next().await.is_some() {}
    }

    pub async fn accept_service(&mut self) {
        self.skip(number::SERVICE_REQUEST).await;
        self.send(Message::new(number::SERVICE_ACCEPT).string("ssh-userauth")).await;
    }

    /// Sends our KEXINIT and reads the client's.
    pub async fn kexinit(&mut self, names: Names) {
        let Names { kex, host_key, cipher, mac } = names;
        let mut message = Message::new(number::KEXINIT).raw(&[7; 16]);
        for list in [kex, host_key, cipher, cipher, mac, mac, "none", "none", "", ""] {
            message = message.string(list);
        }
        let message = message.flag(false).number(0);
        self.ours = message.0.clone();
        self.send(message).await;
        self.theirs = self.skip(number::KEXINIT).await;
    }

    /// Exchanges keys, proving that we hold `key`, whatever was agreed on.
    pub async fn exchange(&mut self, names: Names, key: &PrivateKey) {
        let sign = |hash: &[u8]| key.key_data().sign(hash);
        self.exchange_signed(names, key.public_key(), sign).await;
    }

    /// Exchanges keys as [`Plain::exchange`] does, with the key that is shown and the signature
    /// given separately.
    pub async fn exchange_signed(
        &mut self,
        names: Names,
        shown: &PublicKey,
        sign: impl FnOnce(&[u8]) -> Signature,
    ) {
        self.kexinit(names).await;
        let init = self.skip(number::KEX_ECDH_INIT).await;
        let share = &init[5..];
        let blob = shown.to_bytes().unwrap();
        let said = Said {
            client: &self.client,
            server: IDENTIFICATION.as_bytes(),
            theirs: &self.theirs,
            ours: &self.ours,
            host_key: &blob,
            share,
        };
        let signature = sign(&said.hash());
        let mut signed = Vec::new();
        signature.encode(&mut signed).unwrap();
        let reply = Message::new(number::KEX_ECDH_REPLY);
        self.send(reply.string(blob).string(BASE_POINT).string(signed)).await;
        self.send(Message::new(number::NEWKEYS)).await;
        // A client that was not convinced has left.
        while self.next().await.is_some_and(|message| message[0] != number::NEWKEYS) {}
    }
}
