//! Whether bytes here and on the server are the same: by a hash that the server makes, or by
//! reading them back.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::os::tree;
use crate::os::words::shell_word;
use crate::sftp::client::{RemoteFile, SILENCE_AT_WORK};
use crate::sftp::transfer::blocks::BlockReader;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::lanes::TransferLane;
use crate::sftp::transfer::observer::{RemoteShell, TransferEvent, TransferFile};
use crate::sftp::transfer::ranges::Ranges;
use crate::sftp::transfer::task::Run;

/// How long the server may take for a hash.
const HASH_TIME: Duration = SILENCE_AT_WORK;
/// Bytes hashed here before the caller is told.
const HASH_PIECE: u64 = 64 * 1024 * 1024;
/// Bytes read at once to be hashed.
const HASH_BLOCK: usize = 256 * 1024;
/// Below this many bytes, reading them back is quicker than starting a program.
const WORTH_A_PROGRAM: u64 = 64 * 1024;

/// The two sides of a comparison.
#[derive(Clone, Copy)]
pub(crate) struct BothSides<'a> {
    pub run: &'a Run<'a>,
    pub lane: &'a TransferLane,
    pub file: &'a TransferFile,
    /// The path of the file here, for messages.
    pub path: &'a [u8],
    pub local: &'a File,
    pub remote: &'a RemoteFile,
}

impl BothSides<'_> {
    /// Whether these ranges are the same on both sides. A hash that differs is believed: what is
    /// there is only thrown away.
    pub async fn are_same(&self, ranges: &Ranges) -> Result<bool, TransferFault> {
        for range in ranges.iter() {
            let same = match self.by_hash(&range).await? {
                Some(same) => same,
                None => self.by_reading(&range).await?,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the whole files are the same. A hash that differs is not believed: the program may
    /// have seen another file under this path.
    pub async fn is_verified(&self, size: u64) -> Result<bool, TransferFault> {
        match self.by_hash(&(0..size)).await? {
            Some(true) => Ok(true),
            _ => self.by_reading(&(0..size)).await,
        }
    }

    /// `None` if the server makes no hashes.
    async fn by_hash(&self, range: &Range<u64>) -> Result<Option<bool>, TransferFault> {
        let Some(shell) = self.run.shell else { return Ok(None) };
        if range.end - range.start < WORTH_A_PROGRAM {
            return Ok(None);
        }
        // The program may start elsewhere than the SFTP server.
        let Ok(path) = self.lane.sftp.real_path(self.remote.path()).await else {
            return Ok(None);
        };
        let theirs = hash_there(shell, &path, range);
        let (theirs, ours) = tokio::join!(theirs, self.hash_here(range));
        let ours = ours.map_err(|error| TransferFault::local(self.path, &error))?;
        Ok(theirs.map(|theirs| theirs == ours[..]))
    }

    async fn hash_here(&self, range: &Range<u64>) -> io::Result<Vec<u8>> {
        let (mut hash, mut at) = (Sha256::new(), range.start);
        while at < range.end {
            let piece = at..range.end.min(at + HASH_PIECE);
            let count = piece.end - piece.start;
            at = piece.end;
            let local = self.local.try_clone()?;
            let work = move || hash_piece(&local, piece, hash);
            hash = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??;
            self.run.tell(TransferEvent::Compared { file: self.file, count });
        }
        Ok(hash.finalize().to_vec())
    }

    async fn by_reading(&self, range: &Range<u64>) -> Result<bool, TransferFault> {
        let block = self.lane.limits.read;
        let mut reader = BlockReader::new(self.remote, &self.run.rate, block);
        reader.begin(range.start, range.end);
        let mut ours = Vec::new();
        loop {
            reader.ask().await;
            let Some(block) = reader.take(None).await? else { return Ok(true) };
            let theirs = block.data;
            ours.resize(theirs.len(), 0);
            let count = tree::read_at(self.local, &mut ours, block.offset)
                .map_err(|error| TransferFault::local(self.path, &error))?;
            if theirs.is_empty() || count < theirs.len() || ours[..] != theirs[..] {
                return Ok(false);
            }
            let count = count as u64;
            self.run.tell(TransferEvent::Compared { file: self.file, count });
            reader.give_back(theirs);
        }
    }
}

/// Adds a range of a file here to a hash; what the file does not have is left out.
pub(crate) fn hash_piece(local: &File, range: Range<u64>, mut hash: Sha256) -> io::Result<Sha256> {
    let (mut buffer, mut at) = (vec![0; HASH_BLOCK], range.start);
    while at < range.end {
        let most = (range.end - at).min(HASH_BLOCK as u64) as usize;
        let count = tree::read_at(local, &mut buffer[..most], at)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        at += count as u64;
    }
    Ok(hash)
}

/// The hash of a range of a file on the server. That of nothing means that it could not be read.
pub(crate) async fn hash_there(
    shell: &dyn RemoteShell,
    path: &[u8],
    range: &Range<u64>,
) -> Option<Vec<u8>> {
    let output = timeout(HASH_TIME, shell.run(command(path, range))).await.ok()?.ok()?;
    let digits = output.get(..64)?.to_ascii_lowercase();
    let hash = data_encoding::HEXLOWER.decode(&digits).ok()?;
    (hash[..] != Sha256::digest(b"")[..]).then_some(hash)
}

/// A command that prints the hash of a range. The account's shell may be any; it starts `sh`.
fn command(path: &[u8], range: &Range<u64>) -> Vec<u8> {
    let length = range.end - range.start;
    let cut = match range.start {
        0 => format!(" | head -c {length}"),
        start => format!(" | tail -c +{} | head -c {length}", start + 1),
    };
    let hash = " | { sha256sum 2>/dev/null || shasum -a 256; }";
    let inner = [b"cat < ", &shell_word(path)[..], cut.as_bytes(), hash.as_bytes()].concat();
    [b"exec sh -c ", &shell_word(&inner)[..]].concat()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::os::words;

    #[test]
    fn the_command_hashes_the_range_of_any_file() {
        let home = tempfile::tempdir().unwrap();
        for name in [&b"plain"[..], b"a 'b' \"c\" $d `e` \\ !f\n;g", b"\xff\xfe", b"-n"] {
            let path = home.path().join(words::from_bytes(name));
            std::fs::write(&path, "0123456789").unwrap();
            for range in [0..10, 0..4, 3..10, 5..6] {
                let command = command(path.as_os_str().as_encoded_bytes(), &range);
                let output = Command::new("sh").arg("-c").arg(words::from_bytes(command)).output();
                let bytes = &b"0123456789"[range.start as usize..range.end as usize];
                let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
                assert!(output.unwrap().stdout.starts_with(hash.as_bytes()), "{name:?} {range:?}");
            }
        }
    }
}
