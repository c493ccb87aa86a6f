//! Whether a file here and one on the server have the same in them.

use std::collections::VecDeque;
use std::fs::File;

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::tree;
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::{OpenFlags, Sftp};
use crate::sftp::failure::SftpFailure;
use crate::sftp::packet::DEFAULT_BLOCK;
use crate::sftp::transfer::RemoteShell;
use crate::sftp::transfer::names;

/// How many blocks of a file are asked for at once.
const BLOCKS_AHEAD: usize = 32;
/// A file smaller than this is read back: that is quicker than a program on the server.
const WORTH_A_PROGRAM: u64 = 256 * 1024;
/// Bytes read at once here.
const PIECE: usize = 256 * 1024;

/// Compares two files of the same size: by a hash that the server makes, or by reading the one there.
///
/// # Errors
/// One of the two cannot be read.
pub(crate) async fn are_same(
    sftp: &Sftp,
    shell: Option<&dyn RemoteShell>,
    there: &[u8],
    here: (&File, &[u8]),
    size: u64,
) -> Result<bool> {
    if let Some(shell) = shell.filter(|_| size >= WORTH_A_PROGRAM)
        && let Some(hash) = remote_hash(shell, there).await
    {
        let own = local_hash(here.0).map_err(|error| about(here.1, &error))?;
        return Ok(own == hash);
    }
    let file = sftp.open_file(there, OpenFlags::READ, &Attributes::default()).await;
    let file = file.map_err(SftpFailure::into_error)?;
    let mut asked = VecDeque::new();
    let (mut next, mut at) = (0, 0);
    let mut own = Vec::new();
    while at < size {
        while asked.len() < BLOCKS_AHEAD && next < size {
            let length = (size - next).min(u64::from(DEFAULT_BLOCK));
            asked.push_back(file.read_at(next, length as u32));
            next += length;
        }
        let Some(block) = asked.pop_front() else { break };
        let block = block.await.map_err(SftpFailure::into_error)?;
        own.resize(block.len(), 0);
        let read = read_full(here.0, &mut own, at).map_err(|error| about(here.1, &error))?;
        if block.is_empty() || own[..read] != block[..] {
            return Ok(false);
        }
        at += block.len() as u64;
        let expected = (size - (at - block.len() as u64)).min(u64::from(DEFAULT_BLOCK));
        if (block.len() as u64) < expected {
            // The server gave less than it was asked for: the rest is asked for anew.
            asked.clear();
            next = at;
        }
    }
    Ok(true)
}

/// The hash that the server makes of a file; `None` if it makes none.
async fn remote_hash(shell: &dyn RemoteShell, path: &[u8]) -> Option<Vec<u8>> {
    let quoted: Vec<u8> = path
        .iter()
        .flat_map(|&byte| match byte {
            b'\'' => b"'\\''".to_vec(),
            other => vec![other],
        })
        .collect();
    let output = shell.run([b"sha256sum < '", &quoted[..], b"'"].concat()).await.ok()?;
    data_encoding::HEXLOWER.decode(output.get(..64)?).ok()
}

fn local_hash(file: &File) -> std::io::Result<Vec<u8>> {
    let (mut hash, mut piece, mut at) = (Sha256::new(), vec![0; PIECE], 0);
    loop {
        let read = tree::read_at(file, &mut piece, at)?;
        if read == 0 {
            return Ok(hash.finalize().to_vec());
        }
        hash.update(&piece[..read]);
        at += read as u64;
    }
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match tree::read_at(file, &mut buffer[done..], offset + done as u64)? {
            0 => break,
            read => done += read,
        }
    }
    Ok(done)
}

fn about(path: &[u8], error: &std::io::Error) -> Error {
    let file = names::shown(path);
    Error::new(Kind::Local, say!(sftp_about, file, cause = io_reason(error)))
}
