//! A server made by hand, with real encryption: after the key exchange it sends any message at any
//! moment, and new keys whenever it likes.
//!
//! The key exchange is `ecdh-sha2-nistp256` with the secret number 1 ([`Said`]), the cipher
//! `aes128-gcm@openssh.com` (RFC 5647, with OpenSSH's name). What the client sends is taken by a
//! thread of its own, so that a script may send without end and neither side waits for the other.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use russh::keys::key::safe_rng;
use russh::keys::signature::Signer;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::{Algorithm, PrivateKey};
use sha2::{Digest, Sha256};

use super::message::{BASE_POINT, Message, Said, number};
use super::raw::{RawServer, kexinit, packet, raw_server};

const IDENTIFICATION: &str = "SSH-2.0-conversation";
/// For the client's list of algorithms, where others would be warned of.
pub const KEX: &str = "KexAlgorithms=ecdh-sha2-nistp256";
const CIPHER: &str = "aes128-gcm@openssh.com";
/// How much the server takes before it would have to grant more.
pub const WINDOW: u32 = 1 << 30;
/// The largest packet of data that it takes.
pub const MAX_PACKET: u32 = 32 * 1024;

/// The client has left.
#[derive(Debug)]
pub struct Gone;

/// What a script gives: it ends early where the client leaves.
pub type Talk = Result<(), Gone>;

/// A listener that runs a script for each connection, after the key exchange.
pub struct Conversations {
    server: RawServer,
    public: String,
}

/// Starts a server that speaks by this script. Afterwards it says that nothing more follows and
/// waits for the client to leave.
pub fn conversing(
    script: impl Fn(&mut Conversation) -> Talk + Send + Sync + 'static,
) -> Conversations {
    let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
    let public = key.public_key().to_openssh().unwrap();
    let server = raw_server(move |stream| {
        let Ok(mut talk) = Conversation::begin(stream, key.clone()) else { return };
        let _ = script(&mut talk);
        talk.end();
    });
    Conversations { server, public }
}

impl Conversations {
    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// What known_hosts must have.
    pub fn known_hosts(&self) -> String {
        format!("[127.0.0.1]:{} {}\n", self.port(), self.public)
    }
}

/// One direction's key.
struct DirectionKey {
    key: LessSafeKey,
    fixed: [u8; 4],
    counter: u64,
}

impl DirectionKey {
    fn nonce(&mut self) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.fixed);
        nonce[4..].copy_from_slice(&self.counter.to_be_bytes());
        self.counter = self.counter.wrapping_add(1);
        Nonce::assume_unique_for_key(nonce)
    }
}

/// One connection.
pub struct Conversation {
    stream: TcpStream,
    host_key: PrivateKey,
    client: Vec<u8>,
    session_id: Vec<u8>,
    sealing: Option<DirectionKey>,
    /// The key for what the client sends after its next NEWKEYS.
    opening: Arc<Mutex<Option<DirectionKey>>>,
    incoming: Receiver<Vec<u8>>,
    /// What the client had sent before it saw that new keys are exchanged.
    held: VecDeque<Vec<u8>>,
    stopped: Arc<AtomicBool>,
    /// The channels that the client has asked for, by their types and its numbers.
    opens: Vec<(String, u32)>,
    /// The connection is to be reset when it is closed.
    is_reset: bool,
}

impl Conversation {
    fn begin(mut stream: TcpStream, host_key: PrivateKey) -> Result<Conversation, Gone> {
        stream.set_nodelay(true).map_err(|_| Gone)?;
        stream.write_all(format!("{IDENTIFICATION}\r\n").as_bytes()).map_err(|_| Gone)?;
        let mut client = Vec::new();
        while !client.ends_with(b"\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).map_err(|_| Gone)?;
            client.push(byte[0]);
        }
        client.truncate(client.len() - 2);
        let (queue, incoming) = channel();
        let (opening, stopped) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let reading = Reading {
            stream: stream.try_clone().map_err(|_| Gone)?,
            key: None,
            next_key: Arc::clone(&opening),
            stopped: Arc::clone(&stopped),
        };
        std::thread::spawn(move || reading.take_all(&queue));
        let (session_id, held) = (Vec::new(), VecDeque::new());
        let sealing = None;
        let mut talk = Conversation {
            stream,
            host_key,
            client,
            session_id,
            sealing,
            opening,
            incoming,
            held,
            stopped,
            opens: Vec::new(),
            is_reset: false,
        };
        talk.exchange()?;
        Ok(talk)
    }

    /// Exchanges keys; the first time, and any time after.
    pub fn exchange(&mut self) -> Talk {
        let ours = self.begin_exchange()?;
        self.finish_exchange(&ours, None)
    }

    /// Says that it wants new keys, and no more.
    pub fn begin_exchange(&mut self) -> Result<Vec<u8>, Gone> {
        let kex = "ecdh-sha2-nistp256,kex-strict-s-v00@openssh.com";
        let ours = kexinit(kex, "ssh-ed25519", CIPHER, "hmac-sha2-256", "none");
        self.send(&Message(ours.clone()))?;
        Ok(ours)
    }

    /// Proves another host key from the next exchange on, of the same type.
    pub fn change_host_key(&mut self) {
        self.host_key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
    }

    /// `theirs` is the client's KEXINIT, if it came first.
    fn finish_exchange(&mut self, ours: &[u8], mut theirs: Option<Vec<u8>>) -> Talk {
        let theirs = loop {
            match theirs.take() {
                Some(message) if message[0] == number::KEXINIT => break message,
                Some(message) => self.held.push_back(message),
                None => {}
            }
            theirs = Some(self.receive()?);
        };
        let init = loop {
            match self.receive()? {
                message if message[0] == number::KEX_ECDH_INIT => break message,
                _ => {}
            }
        };
        let host_key = self.host_key.public_key().to_bytes().unwrap();
        let said = Said {
            client: &self.client,
            server: IDENTIFICATION.as_bytes(),
            theirs: &theirs,
            ours,
            host_key: &host_key,
            share: &init[5..],
        };
        let (hash, secret) = (said.hash(), said.secret());
        if self.session_id.is_empty() {
            self.session_id.clone_from(&hash);
        }
        let mut signed = Vec::new();
        self.host_key.key_data().sign(&hash).encode(&mut signed).unwrap();
        let key = |iv: u8, key: u8| {
            let derive = |letter: u8| {
                Sha256::digest([&secret[..], &hash, &[letter], &self.session_id].concat())
            };
            let (iv, key) = (derive(iv), derive(key));
            DirectionKey {
                key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap()),
                fixed: iv[..4].try_into().unwrap(),
                counter: u64::from_be_bytes(iv[4..12].try_into().unwrap()),
            }
        };
        let (opening, sealing) = (key(b'A', b'C'), key(b'B', b'D'));
        *self.opening.lock().unwrap() = Some(opening);
        let reply = Message::new(number::KEX_ECDH_REPLY);
        self.send(&reply.string(&host_key).string(BASE_POINT).string(signed))?;
        self.send(&Message::new(number::NEWKEYS))?;
        self.sealing = Some(sealing);
        while self.receive()?[0] != number::NEWKEYS {}
        Ok(())
    }

    /// Sends one message.
    pub fn send(&mut self, message: &Message) -> Talk {
        self.send_all(std::slice::from_ref(message))
    }

    /// Sends messages in one piece.
    pub fn send_all(&mut self, messages: &[Message]) -> Talk {
        let packets: Vec<u8> =
            messages.iter().flat_map(|message| self.sealed(&message.0)).collect();
        self.stream.write_all(&packets).map_err(|_| Gone)
    }

    /// Sends a message so many times, many in one piece.
    pub fn flood(&mut self, message: &Message, times: usize) -> Talk {
        let at_once = (256 * 1024 / (message.0.len() + 32)).max(1);
        let mut left = times;
        while left > 0 {
            let now = left.min(at_once);
            self.send_all(&vec![message.clone(); now])?;
            left -= now;
        }
        Ok(())
    }

    fn sealed(&mut self, payload: &[u8]) -> Vec<u8> {
        let Some(sealing) = &mut self.sealing else { return packet(payload) };
        let padding = 4 + (32 - (payload.len() + 5) % 16) % 16;
        let length = u32::try_from(1 + payload.len() + padding).unwrap().to_be_bytes();
        let mut packet = Vec::with_capacity(payload.len() + padding + 21);
        packet.extend_from_slice(&length);
        packet.push(u8::try_from(padding).unwrap());
        packet.extend_from_slice(payload);
        packet.resize(packet.len() + padding, 0);
        let (nonce, key) = (sealing.nonce(), &sealing.key);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(length), &mut packet[4..]);
        packet.extend_from_slice(tag.unwrap().as_ref());
        packet
    }

    /// Sends bytes that are no packet.
    pub fn send_bytes(&mut self, bytes: &[u8]) -> Talk {
        self.stream.write_all(bytes).map_err(|_| Gone)
    }

    fn receive(&mut self) -> Result<Vec<u8>, Gone> {
        self.incoming.recv().map_err(|_| Gone)
    }

    /// The client's next message. Global requests are refused where they want an answer, and keys
    /// are exchanged where the client begins to.
    pub fn next(&mut self) -> Result<Vec<u8>, Gone> {
        loop {
            let message = match self.held.pop_front() {
                Some(message) => message,
                None => self.receive()?,
            };
            if let Some(message) = self.answered(message)? {
                return Ok(message);
            }
        }
    }

    /// The client's next message, if there is one.
    pub fn try_next(&mut self) -> Result<Option<Vec<u8>>, Gone> {
        match self.held.pop_front().map_or_else(|| self.incoming.try_recv(), Ok) {
            Ok(message) => self.answered(message),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Gone),
        }
    }

    fn answered(&mut self, message: Vec<u8>) -> Result<Option<Vec<u8>>, Gone> {
        if message[0] == number::KEXINIT {
            let ours = self.begin_exchange()?;
            self.finish_exchange(&ours, Some(message))?;
            return Ok(None);
        }
        if message[0] == number::GLOBAL_REQUEST {
            let mut fields = Fields::of(&message);
            let _ = fields.string();
            if fields.flag() {
                self.send(&Message::new(number::REQUEST_FAILURE))?;
            }
        }
        Ok(Some(message))
    }

    /// Reads on to a message with this number.
    pub fn skip(&mut self, number: u8) -> Result<Vec<u8>, Gone> {
        loop {
            let message = self.next()?;
            if message[0] == number {
                return Ok(message);
            }
            if message[0] == number::CHANNEL_OPEN {
                self.note_open(&message);
            }
        }
    }

    fn note_open(&mut self, open: &[u8]) {
        let mut fields = Fields::of(open);
        let kind = String::from_utf8(fields.string()).unwrap();
        self.opens.push((kind, fields.number()));
    }

    /// Reads on to a global request, and does not answer it.
    pub fn global_request(&mut self) -> Result<Vec<u8>, Gone> {
        self.heard(number::GLOBAL_REQUEST)
    }

    /// Reads on to a message with this number, and answers nothing.
    pub fn heard(&mut self, number: u8) -> Result<Vec<u8>, Gone> {
        loop {
            let message = self.receive()?;
            if message[0] == number {
                return Ok(message);
            }
        }
    }

    /// Reads until the client leaves.
    pub fn linger(&mut self) -> Talk {
        loop {
            self.next()?;
        }
    }

    /// Answers nothing until the client leaves, not even signs of life.
    pub fn ignore(&mut self) -> Talk {
        loop {
            self.receive()?;
        }
    }

    /// Takes nothing more from the connection, until the client has left.
    pub fn take_nothing(&mut self) -> Talk {
        self.stopped.store(true, Ordering::SeqCst);
        loop {
            // By this it is seen that the client has left.
            self.send(&Message::new(number::IGNORE).string("x"))?;
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends the connection with a reset.
    pub fn reset(&mut self) -> Talk {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).unwrap();
        // The thread that reads has the connection open, too.
        let _ = self.stream.shutdown(Shutdown::Read);
        while self.receive().is_ok() {}
        self.is_reset = true;
        Err(Gone)
    }

    /// Limits what may be on its way to the client, to about this much.
    pub fn send_buffer(&mut self, bytes: usize) {
        socket2::SockRef::from(&self.stream).set_send_buffer_size(bytes).unwrap();
    }

    fn end(mut self) {
        if !self.is_reset {
            let _ = self.stream.shutdown(Shutdown::Write);
            let _ = self.ignore();
        }
    }

    // ---- the usual steps ----

    /// Accepts the service, and reads the first attempt to log in.
    pub fn attempt(&mut self) -> Result<Vec<u8>, Gone> {
        self.skip(number::SERVICE_REQUEST)?;
        self.send(&Message::new(number::SERVICE_ACCEPT).string("ssh-userauth"))?;
        self.skip(number::USERAUTH_REQUEST)
    }

    /// Lets the client in once it has signed with the key that it asks about first.
    pub fn log_in_by_key(&mut self) -> Talk {
        let attempt = self.attempt()?;
        let mut fields = Fields::of(&attempt);
        let _ = (fields.string(), fields.string(), fields.string(), fields.flag());
        let (algorithm, key) = (fields.string(), fields.string());
        self.send(&Message::new(number::USERAUTH_PK_OK).string(algorithm).string(key))?;
        self.skip(number::USERAUTH_REQUEST)?;
        self.send(&Message::new(number::USERAUTH_SUCCESS))
    }

    /// Lets the client in, whatever it tries.
    pub fn log_in(&mut self) -> Talk {
        self.attempt()?;
        self.send(&Message::new(number::USERAUTH_SUCCESS))
    }

    /// Reads on to the client's request for a channel; gives the client's number of it.
    pub fn asked(&mut self) -> Result<u32, Gone> {
        self.asked_for("session")
    }

    /// As [`Conversation::asked`], for a channel of this type; the client opens them in any order.
    pub fn asked_for(&mut self, kind: &str) -> Result<u32, Gone> {
        loop {
            if let Some(at) = self.opens.iter().position(|(of, _)| of == kind) {
                return Ok(self.opens.remove(at).1);
            }
            let open = self.skip(number::CHANNEL_OPEN)?;
            self.note_open(&open);
        }
    }

    /// Reads on to a request on a channel; gives its name and whether it wants an answer.
    pub fn requested(&mut self) -> Result<(String, bool), Gone> {
        let request = self.skip(number::CHANNEL_REQUEST)?;
        let mut fields = Fields::of(&request);
        let _ = fields.number();
        let name = String::from_utf8(fields.string()).unwrap();
        Ok((name, fields.flag()))
    }

    /// Logs the client in, confirms its channel and grants all its requests; gives its number of
    /// the channel once the program is asked for.
    pub fn started(&mut self) -> Result<u32, Gone> {
        self.log_in()?;
        self.opened()
    }

    /// As [`Conversation::started`], after the login.
    pub fn opened(&mut self) -> Result<u32, Gone> {
        let id = self.asked()?;
        self.send(&confirmation(id, WINDOW, MAX_PACKET))?;
        loop {
            let (name, wants_reply) = self.requested()?;
            if wants_reply {
                self.send(&Message::new(number::CHANNEL_SUCCESS).number(id))?;
            }
            if matches!(&*name, "exec" | "shell" | "subsystem") {
                return Ok(id);
            }
        }
    }

    /// Ends the program with this status.
    pub fn exit(&mut self, id: u32, status: u32) -> Talk {
        self.send_all(&[eof(id), exit_status(id, status), close(id)])?;
        self.linger()
    }
}

/// The fields of a message that was received.
pub struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    /// After the message's number.
    pub fn of(message: &[u8]) -> Fields<'_> {
        Fields(&message[1..])
    }

    pub fn number(&mut self) -> u32 {
        let (number, rest) = self.0.split_at(4);
        self.0 = rest;
        u32::from_be_bytes(number.try_into().unwrap())
    }

    pub fn string(&mut self) -> Vec<u8> {
        let length = self.number() as usize;
        let (string, rest) = self.0.split_at(length);
        self.0 = rest;
        string.to_vec()
    }

    pub fn flag(&mut self) -> bool {
        let (flag, rest) = self.0.split_at(1);
        self.0 = rest;
        flag[0] != 0
    }
}

/// Confirms a channel, with this window and largest packet.
pub fn confirmation(id: u32, window: u32, packet: u32) -> Message {
    Message::new(number::CHANNEL_OPEN_CONFIRMATION)
        .number(id)
        .number(7)
        .number(window)
        .number(packet)
}

pub fn data(id: u32, bytes: impl AsRef<[u8]>) -> Message {
    Message::new(number::CHANNEL_DATA).number(id).string(bytes)
}

pub fn eof(id: u32) -> Message {
    Message::new(number::CHANNEL_EOF).number(id)
}

pub fn close(id: u32) -> Message {
    Message::new(number::CHANNEL_CLOSE).number(id)
}

pub fn exit_status(id: u32, status: u32) -> Message {
    Message::new(number::CHANNEL_REQUEST)
        .number(id)
        .string("exit-status")
        .flag(false)
        .number(status)
}

/// A farewell with this reason and text.
pub fn disconnect(reason: u32, text: impl AsRef<[u8]>) -> Message {
    Message::new(number::DISCONNECT).number(reason).string(text).string("")
}

/// A refusal that names these methods.
pub fn failure(methods: &str, partial: bool) -> Message {
    Message::new(number::USERAUTH_FAILURE).string(methods).flag(partial)
}

/// The thread that takes what the client sends.
struct Reading {
    stream: TcpStream,
    key: Option<DirectionKey>,
    next_key: Arc<Mutex<Option<DirectionKey>>>,
    stopped: Arc<AtomicBool>,
}

impl Reading {
    fn take_all(mut self, queue: &Sender<Vec<u8>>) {
        while let Some(payload) = self.packet() {
            if payload.first() == Some(&number::NEWKEYS) {
                self.key = self.next_key.lock().unwrap().take();
            }
            if queue.send(payload).is_err() || self.stopped.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    fn packet(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).ok()?;
        let size = u32::from_be_bytes(length) as usize;
        let mut packet = vec![0; size + if self.key.is_some() { 16 } else { 0 }];
        self.stream.read_exact(&mut packet).ok()?;
        if let Some(key) = &mut self.key {
            let nonce = key.nonce();
            key.key.open_in_place(nonce, Aad::from(length), &mut packet).expect("it is authentic");
        }
        let padding = usize::from(packet[0]);
        Some(packet[1..size - padding].to_vec())
    }
}
