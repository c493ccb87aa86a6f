//! Encodes and decodes unencrypted packets of the connection protocol (RFC 4254) on a socket in
//! proxy mode (PROTOCOL.mux section 9): a length, a padding length of 0, a type, the rest.

use std::io::{ErrorKind, Result};

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::client::mux::wire::MAX_PACKET;
use crate::wire_format::{put_string, put_uint32, take_boolean, take_string, take_uint32};

pub const DISCONNECT: u8 = 1;
pub const IGNORE: u8 = 2;
pub const UNIMPLEMENTED: u8 = 3;
pub const DEBUG: u8 = 4;
pub const GLOBAL_REQUEST: u8 = 80;
pub const REQUEST_SUCCESS: u8 = 81;
pub const REQUEST_FAILURE: u8 = 82;
pub const OPEN: u8 = 90;
pub const OPEN_CONFIRMATION: u8 = 91;
pub const OPEN_FAILURE: u8 = 92;
pub const WINDOW_ADJUST: u8 = 93;
pub const DATA: u8 = 94;
pub const EXTENDED_DATA: u8 = 95;
pub const EOF: u8 = 96;
pub const CLOSE: u8 = 97;
pub const REQUEST: u8 = 98;
pub const SUCCESS: u8 = 99;
pub const FAILURE: u8 = 100;

/// Reads one packet: its type and the rest.
///
/// # Errors
/// `InvalidData` if the packet is not valid or too long, or the socket's error.
pub async fn read(reader: &mut (impl AsyncRead + Unpin)) -> Result<(u8, Vec<u8>)> {
    let length = reader.read_u32().await? as usize;
    if !(2..=MAX_PACKET).contains(&length) {
        return Err(ErrorKind::InvalidData.into());
    }
    let padding = reader.read_u8().await?;
    let kind = reader.read_u8().await?;
    let mut body = vec![0; length - 2];
    reader.read_exact(&mut body).await?;
    match padding {
        0 => Ok((kind, body)),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

/// A packet under construction.
pub struct Packet(Vec<u8>);

impl Packet {
    /// Starts a packet of this type.
    pub fn new(kind: u8) -> Packet {
        Packet(vec![0, 0, 0, 0, 0, kind])
    }

    /// Appends a number.
    pub fn number(mut self, number: u32) -> Packet {
        put_uint32(&mut self.0, number);
        self
    }

    /// Appends a boolean.
    pub fn flag(mut self, flag: bool) -> Packet {
        self.0.push(u8::from(flag));
        self
    }

    /// Appends a string.
    pub fn string(mut self, bytes: &[u8]) -> Packet {
        put_string(&mut self.0, bytes);
        self
    }

    /// The packet's bytes, with its length.
    pub fn finished(mut self) -> Vec<u8> {
        let length = u32::try_from(self.0.len() - 4).expect("a packet is short");
        self.0[..4].copy_from_slice(&length.to_be_bytes());
        self.0
    }
}

/// The part of a packet that is not read yet.
pub struct Body<'a>(pub &'a [u8]);

impl Body<'_> {
    /// Takes a number.
    pub fn number(&mut self) -> Result<u32> {
        take_uint32(&mut self.0).ok_or(ErrorKind::InvalidData.into())
    }

    /// Takes a boolean.
    pub fn flag(&mut self) -> Result<bool> {
        take_boolean(&mut self.0).ok_or(ErrorKind::InvalidData.into())
    }

    /// Takes a string.
    pub fn string(&mut self) -> Result<Vec<u8>> {
        take_string(&mut self.0).map(<[u8]>::to_vec).ok_or(ErrorKind::InvalidData.into())
    }

    /// Takes a string as text; bytes that are not UTF-8 are replaced.
    pub fn text(&mut self) -> Result<String> {
        self.string().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}
