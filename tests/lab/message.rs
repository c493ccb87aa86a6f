//! Messages of SSH with any content (RFC 4251 section 5), and what the servers made by hand share
//! of a key exchange whose secret number is 1: the shared point is the client's own then, and no
//! arithmetic is needed (RFC 5656 section 4).

use sha2::{Digest, Sha256};

/// The base point of NIST P-256: the server's share where its secret is 1.
pub const BASE_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];

/// Message numbers (RFC 4250 section 4.1).
pub mod number {
    pub const DISCONNECT: u8 = 1;
    pub const IGNORE: u8 = 2;
    pub const UNIMPLEMENTED: u8 = 3;
    pub const DEBUG: u8 = 4;
    pub const SERVICE_REQUEST: u8 = 5;
    pub const SERVICE_ACCEPT: u8 = 6;
    pub const EXT_INFO: u8 = 7;
    pub const KEXINIT: u8 = 20;
    pub const NEWKEYS: u8 = 21;
    pub const KEX_ECDH_INIT: u8 = 30;
    pub const KEX_ECDH_REPLY: u8 = 31;
    pub const USERAUTH_REQUEST: u8 = 50;
    pub const USERAUTH_FAILURE: u8 = 51;
    pub const USERAUTH_SUCCESS: u8 = 52;
    pub const USERAUTH_BANNER: u8 = 53;
    pub const USERAUTH_PASSWD_CHANGEREQ: u8 = 60;
    pub const USERAUTH_INFO_REQUEST: u8 = 60;
    pub const USERAUTH_PK_OK: u8 = 60;
    pub const USERAUTH_INFO_RESPONSE: u8 = 61;
    pub const GLOBAL_REQUEST: u8 = 80;
    pub const REQUEST_SUCCESS: u8 = 81;
    pub const REQUEST_FAILURE: u8 = 82;
    pub const CHANNEL_OPEN: u8 = 90;
    pub const CHANNEL_OPEN_CONFIRMATION: u8 = 91;
    pub const CHANNEL_OPEN_FAILURE: u8 = 92;
    pub const CHANNEL_WINDOW_ADJUST: u8 = 93;
    pub const CHANNEL_DATA: u8 = 94;
    pub const CHANNEL_EXTENDED_DATA: u8 = 95;
    pub const CHANNEL_EOF: u8 = 96;
    pub const CHANNEL_CLOSE: u8 = 97;
    pub const CHANNEL_REQUEST: u8 = 98;
    pub const CHANNEL_SUCCESS: u8 = 99;
    pub const CHANNEL_FAILURE: u8 = 100;
    /// OpenSSH's ping@openssh.com.
    pub const PING: u8 = 192;
}

/// A message under construction.
#[derive(Clone)]
pub struct Message(pub Vec<u8>);

impl Message {
    pub fn new(number: u8) -> Message {
        Message(vec![number])
    }

    pub fn string(mut self, bytes: impl AsRef<[u8]>) -> Message {
        let bytes = bytes.as_ref();
        self.0.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn number(mut self, number: u32) -> Message {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub fn flag(mut self, flag: bool) -> Message {
        self.0.push(u8::from(flag));
        self
    }

    pub fn raw(mut self, bytes: &[u8]) -> Message {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A number of any size (RFC 4251 section 5).
    pub fn mpint(self, bytes: &[u8]) -> Message {
        let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
        let mut digits = bytes[start..].to_vec();
        if digits.first().is_some_and(|&byte| byte >= 0x80) {
            digits.insert(0, 0);
        }
        self.string(digits)
    }
}

/// What both sides have said in a key exchange: the identifications, the KEXINIT messages, the host
/// key and the client's share.
pub struct Said<'a> {
    pub client: &'a [u8],
    pub server: &'a [u8],
    pub theirs: &'a [u8],
    pub ours: &'a [u8],
    pub host_key: &'a [u8],
    pub share: &'a [u8],
}

impl Said<'_> {
    /// The shared secret, as an mpint.
    pub fn secret(&self) -> Vec<u8> {
        Message(Vec::new()).mpint(&self.share[1..33]).0
    }

    /// The exchange hash.
    pub fn hash(&self) -> Vec<u8> {
        let hashed = Message(Vec::new())
            .string(self.client)
            .string(self.server)
            .string(self.theirs)
            .string(self.ours)
            .string(self.host_key)
            .string(self.share)
            .string(BASE_POINT)
            .raw(&self.secret());
        Sha256::digest(&hashed.0).to_vec()
    }
}
