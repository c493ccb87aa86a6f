//! The server's bytes, cut into packets. Blocks of files go straight to their buffers.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::client::shared::{Shared, ended, stream_failed};
use crate::sftp::client::table::Table;
use crate::sftp::failure::{SftpFailure, SftpResult};
use crate::sftp::packet::{MAX_PACKET, tell};
use crate::sftp::reply::{Reply, parse_version};
use crate::text;
use crate::wire_format::{take_byte, take_uint32};

/// Bytes read from a stream at once.
const READ: usize = 64 * 1024;
/// The length.
const LENGTH: usize = 4;
/// Length and type.
const HEAD: usize = 5;
/// Length, type, id and length of the data, which a DATA packet begins with.
const DATA_HEAD: usize = 13;
/// The most characters shown of what is not SFTP.
const SHOWN: usize = 80;

/// The receiving end of a connection. Bytes are pushed into it as they come; each is copied once.
pub struct Incoming {
    shared: Arc<Shared>,
    assembly: Assembly,
    /// A packet that did not come in one piece, from behind its type.
    body: Vec<u8>,
}

/// What the next byte belongs to.
enum Assembly {
    /// The first bytes of a packet, as many as have come.
    Head { bytes: [u8; DATA_HEAD], have: usize },
    /// A packet of this type, of which so many bytes are to come.
    Body { kind: u8, left: usize },
    /// A block for this request, of which so many bytes are to come; without a buffer they are
    /// dropped.
    Block { id: u32, left: usize, buffer: Option<BytesMut> },
}

const START: Assembly = Assembly::Head { bytes: [0; DATA_HEAD], have: 0 };

impl Incoming {
    pub(crate) fn new(shared: Arc<Shared>) -> Incoming {
        Incoming { shared, assembly: START, body: Vec::new() }
    }

    /// Takes the next bytes of the server, however they are cut, and answers the requests that
    /// they answer.
    ///
    /// # Errors
    /// The server did not keep to the protocol: the connection has failed for all requests.
    pub fn feed(&mut self, bytes: &[u8]) -> SftpResult<()> {
        let Incoming { shared, assembly, body } = self;
        shared.moved(|table| {
            let mut rest = bytes;
            while !rest.is_empty() {
                if let Err(failure) = step(table, assembly, body, &mut rest) {
                    table.fail(failure.clone());
                    return Err(failure);
                }
            }
            Ok(())
        })
    }

    /// The stream has ended, with this error if it was one: requests without an answer fail.
    pub fn end(&mut self, error: Option<&io::Error>) -> SftpFailure {
        let begun = self.shared.with(|table| table.extensions.is_some());
        let failure = match error {
            Some(error) => stream_failed(error),
            None if begun => ended(say!(sftp_ended)),
            None => {
                let error = Error::new(Kind::Channel, say!(sftp_nothing_came));
                SftpFailure::lost(error.hint(say!(sftp_nothing_came_hint)))
            }
        };
        self.shared.fail(failure.clone());
        failure
    }

    /// Reads a stream to its end.
    pub(crate) async fn read_from(&mut self, mut reader: impl AsyncRead + Unpin) -> SftpFailure {
        let mut buffer = vec![0; READ];
        loop {
            match reader.read(&mut buffer).await {
                Ok(0) => return self.end(None),
                Ok(count) => {
                    if let Err(failure) = self.feed(&buffer[..count]) {
                        return failure;
                    }
                }
                Err(error) => return self.end(Some(&error)),
            }
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.shared.fail(ended(say!(sftp_stopped)));
    }
}

/// Takes some bytes, up to the end of what they belong to.
fn step(
    table: &mut Table,
    assembly: &mut Assembly,
    body: &mut Vec<u8>,
    rest: &mut &[u8],
) -> SftpResult<()> {
    match assembly {
        Assembly::Head { bytes, have } => {
            let need = if *have >= HEAD && bytes[4] == tell::DATA { DATA_HEAD } else { HEAD };
            let taken = take_up_to(rest, need - *have);
            bytes[*have..*have + taken.len()].copy_from_slice(taken);
            *have += taken.len();
            if *have == need {
                *assembly = after_head(table, *bytes, need, rest)?;
            } else if *have >= LENGTH {
                // After a length that no packet has, nothing more may come.
                packet_length(table, &bytes[..*have], rest)?;
            }
        }
        Assembly::Body { kind, left } => {
            let (kind, taken) = (*kind, take_up_to(rest, *left));
            *left -= taken.len();
            if *left > 0 {
                body.extend_from_slice(taken);
                return Ok(());
            }
            *assembly = START;
            if body.is_empty() {
                return packet(table, kind, taken);
            }
            body.extend_from_slice(taken);
            let result = packet(table, kind, body);
            body.clear();
            return result;
        }
        Assembly::Block { id, left, buffer } => {
            let taken = take_up_to(rest, *left);
            *left -= taken.len();
            if let Some(buffer) = buffer {
                buffer.extend_from_slice(taken);
            }
            if *left == 0 {
                let (id, buffer) = (*id, buffer.take().unwrap_or_default());
                *assembly = START;
                return table.data_ends(id, buffer);
            }
        }
    }
    Ok(())
}

/// What follows the first bytes of a packet.
fn after_head(
    table: &mut Table,
    bytes: [u8; DATA_HEAD],
    have: usize,
    rest: &[u8],
) -> SftpResult<Assembly> {
    let length = packet_length(table, &bytes[..have], rest)?;
    let mut head = &bytes[LENGTH..];
    let broken = || SftpFailure::broken(say!(sftp_bad_packet, kind = bytes[LENGTH]));
    let kind = take_byte(&mut head).unwrap_or_default();
    if table.extensions.is_none() && kind != tell::VERSION {
        return Err(not_sftp(&bytes[..have], rest));
    }
    if kind != tell::DATA {
        return Ok(Assembly::Body { kind, left: length - 1 });
    }
    if have < DATA_HEAD {
        return Ok(Assembly::Head { bytes, have });
    }
    let id = take_uint32(&mut head).unwrap_or_default();
    let left = take_uint32(&mut head).unwrap_or_default() as usize;
    if length.checked_sub(DATA_HEAD - 4) != Some(left) {
        return Err(broken());
    }
    let buffer = table.data_begins(id, left)?;
    if left == 0 {
        table.data_ends(id, buffer.unwrap_or_default())?;
        return Ok(START);
    }
    Ok(Assembly::Block { id, left, buffer })
}

/// The length that these first bytes begin with.
fn packet_length(table: &Table, mut head: &[u8], rest: &[u8]) -> SftpResult<usize> {
    let begun = head;
    let length = take_uint32(&mut head).unwrap_or_default() as usize;
    if (HEAD..=MAX_PACKET).contains(&length) {
        return Ok(length);
    }
    Err(match table.extensions {
        None => not_sftp(begun, rest),
        Some(_) => SftpFailure::broken(say!(sftp_bad_length, length)),
    })
}

/// A whole packet other than DATA, from behind its type.
fn packet(table: &mut Table, kind: u8, body: &[u8]) -> SftpResult<()> {
    let broken = || SftpFailure::broken(say!(sftp_bad_packet, kind));
    if table.extensions.is_some() {
        let (id, reply) = Reply::parse(kind, body).ok_or_else(broken)?;
        return table.reply(kind, id, reply);
    }
    match parse_version(body).ok_or_else(broken)? {
        Ok(extensions) => table.greeted(extensions),
        Err(version) => {
            let error = Error::new(Kind::Channel, say!(sftp_version, version));
            return Err(SftpFailure::lost(error.hint(say!(sftp_version_hint))));
        }
    }
    Ok(())
}

/// Text of a startup file, most likely.
fn not_sftp(head: &[u8], rest: &[u8]) -> SftpFailure {
    let bytes = [head, &rest[..rest.len().min(SHOWN)]].concat();
    let cause = say!(sftp_not_sftp, bytes = text::line_bytes(&bytes, SHOWN));
    SftpFailure::lost(Error::new(Kind::Channel, cause).hint(say!(sftp_not_sftp_hint)))
}

fn take_up_to<'a>(rest: &mut &'a [u8], most: usize) -> &'a [u8] {
    let (taken, after) = rest.split_at(most.min(rest.len()));
    *rest = after;
    taken
}
