//! Whether a file here and one on the server have the same in them.

use std::fs::File;

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::tree;
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::{OpenFlags, Sftp};
use crate::sftp::failure::SftpFailure;
use crate::sftp::transfer::RemoteShell;
use crate::sftp::transfer::blocks::BlockReader;
use crate::sftp::transfer::compare::{hash_piece, hash_there};
use crate::sftp::transfer::names;
use crate::sftp::transfer::rate::RateLimit;

/// A file smaller than this is read back: that is quicker than a program on the server.
const WORTH_A_PROGRAM: u64 = 256 * 1024;

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
    let (file, path) = here;
    let failed = |error: std::io::Error| {
        let cause = io_reason(&error);
        Error::new(Kind::Local, say!(sftp_about, file = names::shown(path), cause))
    };
    if let Some(shell) = shell.filter(|_| size >= WORTH_A_PROGRAM)
        // The program may start elsewhere than the SFTP server.
        && let Ok(real) = sftp.real_path(there).await
        && let Some(theirs) = hash_there(shell, &real, &(0..size)).await
    {
        let ours = hash_piece(file, 0..size, Sha256::new()).map_err(failed)?;
        return Ok(theirs == ours.finalize()[..]);
    }
    let remote = sftp.open_file(there, OpenFlags::READ, &Attributes::default()).await;
    let remote = remote.map_err(SftpFailure::into_error)?;
    let block = sftp.limits().await.map_err(SftpFailure::into_error)?.read;
    let rate = RateLimit::new(None);
    let mut reader = BlockReader::new(&remote, &rate, block);
    reader.begin(0, size);
    let mut ours = Vec::new();
    loop {
        reader.ask().await;
        let Some(block) = reader.take(None).await.map_err(|fault| fault.error)? else {
            return Ok(true);
        };
        ours.resize(block.data.len(), 0);
        let count = tree::read_at(file, &mut ours, block.offset).map_err(failed)?;
        if block.data.is_empty() || count < ours.len() || ours[..] != block.data[..] {
            return Ok(false);
        }
        reader.give_back(block.data);
    }
}
