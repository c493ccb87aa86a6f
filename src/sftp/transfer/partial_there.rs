//! The unfinished file of a put, and the journal beside it, both on the server.

use std::collections::VecDeque;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};

use bytes::Bytes;

use crate::say;
use crate::sftp::attributes::{Attributes, FileType};
use crate::sftp::client::{OpenFlags, Pending, RemoteFile, Sftp};
use crate::sftp::extensions::Extension;
use crate::sftp::failure::SftpFault;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::journal::{self, MAX_JOURNAL};
use crate::sftp::transfer::ranges::Ranges;
use crate::sftp::transfer::task::SourceFacts;

/// The mode of a file until it is finished.
const PRIVATE: Attributes =
    Attributes { size: None, owner: None, permissions: Some(0o600), times: None };
/// Bytes of a journal that are asked for at once.
const JOURNAL_BLOCK: u32 = 32 * 1024;

/// Creates an unfinished file; `None` if something has its name.
pub(crate) async fn create(sftp: &Sftp, path: &[u8]) -> Result<Option<RemoteFile>, TransferFault> {
    let flags = OpenFlags::READ | OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let failure = match sftp.open_file(path, flags, &PRIVATE).await {
        Ok(file) => return Ok(Some(file)),
        Err(failure) => failure,
    };
    // Version 3 has no code for a file that is there.
    match sftp.lstat(path).await.map(|attributes| attributes.file_type()) {
        Ok(FileType::Directory) => Err(TransferFault::about(path, &say!(transfer_is_a_directory))),
        Ok(_) => Ok(None),
        Err(_) => Err(failure.into()),
    }
}

/// Removes what an earlier transfer has left, and creates an unfinished file.
pub(crate) async fn anew(
    sftp: &Sftp,
    path: &[u8],
    journal: &RemoteJournal<'_>,
) -> Result<RemoteFile, TransferFault> {
    let removed = sftp.remove(path);
    let _ = sftp.remove(&journal.path).await;
    removed.await?;
    let created = create(sftp, path).await?;
    created.ok_or_else(|| TransferFault::about(path, &say!(transfer_busy)))
}

/// Opens the file that an earlier transfer has left; `None` if what is there cannot be one.
pub(crate) async fn earlier(
    sftp: &Sftp,
    path: &[u8],
) -> Result<Option<(RemoteFile, u64)>, TransferFault> {
    if sftp.lstat(path).await?.file_type() != FileType::Regular {
        return Ok(None);
    }
    let flags = OpenFlags::READ | OpenFlags::WRITE;
    let Ok(file) = sftp.open_file(path, flags, &Attributes::default()).await else {
        return Ok(None);
    };
    let (private, status) = (file.set_stat(&PRIVATE), file.stat());
    let (private, status) = (private.await, status.await?);
    let size = status.size.filter(|_| private.is_ok());
    Ok(size.map(|size| (file, size)))
}

/// Renames over what is there; in two steps on a server that cannot do it in one.
pub(crate) async fn replace(sftp: &Sftp, from: &[u8], to: &[u8]) -> Result<(), TransferFault> {
    let Err(failure) = sftp.rename(from, to).await else { return Ok(()) };
    let can_replace = sftp.extensions().has(Extension::PosixRename);
    match sftp.lstat(to).await.map(|attributes| attributes.file_type()) {
        Ok(FileType::Directory) => Err(TransferFault::about(to, &say!(transfer_is_a_directory))),
        Ok(_) if !can_replace => {
            sftp.remove(to).await?;
            Ok(sftp.rename_new(from, to).await?)
        }
        _ => Err(failure.into()),
    }
}

/// The journal of a put.
pub(crate) struct RemoteJournal<'a> {
    sftp: &'a Sftp,
    /// Its path.
    pub path: Vec<u8>,
    open: Mutex<Option<OpenJournal>>,
}

struct OpenJournal {
    file: RemoteFile,
    end: u64,
    /// Lines on the way.
    ahead: VecDeque<Pending<()>>,
}

impl OpenJournal {
    /// Forgets lines that the server has answered: what is kept is bounded by what it owes.
    fn forget_answered(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        while let Some(line) = self.ahead.front_mut()
            && Pin::new(line).poll(&mut context).is_ready()
        {
            self.ahead.pop_front();
        }
    }
}

impl<'a> RemoteJournal<'a> {
    /// None yet.
    pub fn new(sftp: &'a Sftp, path: Vec<u8>) -> RemoteJournal<'a> {
        RemoteJournal { sftp, path, open: Mutex::default() }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Option<OpenJournal>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is there of a source, of whose copy so many bytes are there; `None` if it is of
    /// another source.
    pub async fn have(
        &self,
        facts: &SourceFacts,
        size: u64,
    ) -> Result<Option<Ranges>, TransferFault> {
        let flags = OpenFlags::READ | OpenFlags::WRITE;
        let file = match self.sftp.open_file(&self.path, flags, &Attributes::default()).await {
            Ok(file) => file,
            Err(failure) if failure.fault() == SftpFault::NoSuchFile => {
                return Ok(Some(Ranges::up_to(size)));
            }
            Err(failure) => return Err(failure.into()),
        };
        let mut text = Vec::new();
        while text.len() < MAX_JOURNAL {
            let block = file.read_at(text.len() as u64, JOURNAL_BLOCK).await?;
            if block.is_empty() {
                break;
            }
            text.extend_from_slice(&block);
        }
        let found = journal::parse(&text, facts).filter(|have| have.end() <= size);
        if found.is_some() {
            let whole = text.iter().rposition(|byte| *byte == b'\n');
            let end = whole.map_or(0, |at| at as u64 + 1);
            let cut = Attributes { size: Some(end), ..Attributes::default() };
            file.set_stat(&cut).await?;
            *self.open() = Some(OpenJournal { file, end, ahead: VecDeque::new() });
        }
        Ok(found)
    }

    /// Begins one, if there is none, because what follows is written out of order.
    pub async fn begin(&self, facts: &SourceFacts, have: &Ranges) -> Result<(), TransferFault> {
        if self.open().is_some() {
            return Ok(());
        }
        let file = match create(self.sftp, &self.path).await? {
            Some(file) => Some(file),
            None => {
                self.sftp.remove(&self.path).await?;
                create(self.sftp, &self.path).await?
            }
        };
        let file = file.ok_or_else(|| TransferFault::about(&self.path, &say!(transfer_busy)))?;
        let lines = have.iter().map(|range| journal::line(&range));
        let text: String = [journal::head(facts)].into_iter().chain(lines).collect();
        let end = text.len() as u64;
        file.write_at(0, Bytes::from(text)).await?;
        *self.open() = Some(OpenJournal { file, end, ahead: VecDeque::new() });
        Ok(())
    }

    /// Adds a range that is there, if there is a journal. Does not wait for the answer.
    pub fn note_range(&self, range: &Range<u64>) {
        if let Some(journal) = &mut *self.open() {
            let line = Bytes::from(journal::line(range));
            let end = journal.end + line.len() as u64;
            let written = journal.file.write_at(journal.end, line);
            journal.end = end;
            journal.forget_answered();
            journal.ahead.push_back(written);
        }
    }

    /// Removes it, if there is one: without it all that is there counts.
    pub fn end(&self) -> Option<Pending<()>> {
        let OpenJournal { file, ahead, .. } = self.open().take()?;
        drop((ahead, file));
        Some(self.sftp.remove(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};
    use tokio::task::JoinHandle;

    use super::*;
    use crate::sftp::client::InFlight;
    use crate::sftp::failure::SftpResult;
    use crate::sftp::packet::{ask, tell};

    /// Answers every request of a journal without an end; how many blocks of it were asked for.
    async fn endless(stream: tokio::io::DuplexStream) -> usize {
        let (mut asked, mut answers) = split(stream);
        let mut blocks = 0;
        while let Ok(length) = asked.read_u32().await {
            let mut request = vec![0; length as usize];
            asked.read_exact(&mut request).await.unwrap();
            let answer = match request[0] {
                ask::INIT => vec![tell::VERSION, 0, 0, 0, 3],
                ask::OPEN => [&[tell::HANDLE], &request[1..5], &[0, 0, 0, 1, b'h']].concat(),
                ask::READ => {
                    blocks += 1;
                    let text = vec![b'x'; JOURNAL_BLOCK as usize];
                    [&[tell::DATA], &request[1..5], &JOURNAL_BLOCK.to_be_bytes(), &text].concat()
                }
                _ => [&[tell::STATUS], &request[1..5], &[0; 4]].concat(),
            };
            // Whoever asks for more than twice the bound gets no answer.
            if blocks * JOURNAL_BLOCK as usize > 2 * MAX_JOURNAL {
                break;
            }
            answers.write_u32(answer.len() as u32).await.unwrap();
            answers.write_all(&answer).await.unwrap();
        }
        blocks
    }

    /// A client of [`endless`], what drives it, and the server.
    async fn opened() -> (Sftp, JoinHandle<SftpResult<()>>, JoinHandle<usize>) {
        let (ours, theirs) = duplex(1 << 16);
        let server = tokio::spawn(endless(theirs));
        let (reader, writer) = split(ours);
        let (sftp, driver) = Sftp::open(reader, writer, InFlight::default()).await.unwrap();
        (sftp, tokio::spawn(driver), server)
    }

    #[tokio::test]
    async fn of_a_journal_without_an_end_so_much_is_read() {
        let (sftp, driver, server) = opened().await;
        let facts = SourceFacts { size: Some(100), ..SourceFacts::default() };
        let have = RemoteJournal::new(&sftp, b"journal".to_vec()).have(&facts, 100).await;
        assert!(matches!(have, Ok(None)));
        drop(sftp);
        driver.await.unwrap().unwrap();
        assert_eq!(server.await.unwrap() * JOURNAL_BLOCK as usize, MAX_JOURNAL);
    }

    #[tokio::test]
    async fn of_lines_that_the_server_has_answered_nothing_is_kept() {
        let (sftp, driver, server) = opened().await;
        let facts = SourceFacts { size: Some(100), ..SourceFacts::default() };
        let journal = RemoteJournal::new(&sftp, b"journal".to_vec());
        assert!(journal.begin(&facts, &Ranges::default()).await.is_ok());
        for _ in 0..100 {
            journal.note_range(&(0..100));
            // Its answer comes after that of the line.
            sftp.remove(b"another").await.unwrap();
        }
        assert_eq!(journal.open().as_ref().unwrap().ahead.len(), 1);
        drop(journal);
        drop(sftp);
        driver.await.unwrap().unwrap();
        server.await.unwrap();
    }
}
