//! The unfinished file of a get, and the journal beside it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::os::tree::{self, TreeDirectory, TreeKind};
use crate::os::words;
use crate::say;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::journal::{self, MAX_JOURNAL};
use crate::sftp::transfer::names;
use crate::sftp::transfer::ranges::Ranges;
use crate::sftp::transfer::task::{LocalPlace, SourceFacts};

/// How often and how long it is waited for somebody who has the file.
const CLAIM_TRIES: u32 = 20;
const CLAIM_PAUSE: Duration = Duration::from_millis(50);

/// The unfinished file. It is claimed while this lives: no other transfer writes it.
pub(crate) struct LocalPartial {
    directory: Arc<TreeDirectory>,
    name: OsString,
    journal_name: OsString,
    /// Its path.
    pub path: Vec<u8>,
    /// The file itself.
    pub file: File,
    journal: Mutex<Option<(File, u64)>>,
}

impl LocalPartial {
    /// Creates it; `None` if an earlier transfer has left one.
    pub fn create(
        directory: &Arc<TreeDirectory>,
        to: &LocalPlace,
    ) -> Result<Option<LocalPartial>, TransferFault> {
        let (name, path) = name_and_path(to);
        match directory.create(&name) {
            Ok(file) => LocalPartial::claimed(directory, to, file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(TransferFault::local(&path, &error)),
        }
    }

    /// The one that an earlier transfer has left; `None` if what is there cannot be one.
    pub async fn earlier(
        directory: &Arc<TreeDirectory>,
        to: &LocalPlace,
    ) -> Result<Option<LocalPartial>, TransferFault> {
        let (name, _) = name_and_path(to);
        let Ok(file) = directory.open_to_write(&name) else { return Ok(None) };
        // A transfer that was just killed, or a program that is just started, still has it for a
        // moment.
        for _ in 0..CLAIM_TRIES {
            if tree::claim(&file) {
                break;
            }
            sleep(CLAIM_PAUSE).await;
        }
        let partial = LocalPartial::claimed(directory, to, file)?;
        let status = tree::status_of(&partial.file);
        let fits = status.is_ok_and(|it| it.kind == TreeKind::File && it.links == 1);
        // Whoever may read it could have been let in meanwhile.
        let private = fits && tree::finish_file(&partial.file, Some(0o600), None).is_ok();
        Ok(private.then_some(partial))
    }

    /// Removes what an earlier transfer has left, unless somebody writes it.
    pub fn discard(directory: &Arc<TreeDirectory>, to: &LocalPlace) {
        let (name, _) = name_and_path(to);
        let Ok(file) = directory.open_to_write(&name) else { return };
        if let Ok(partial) = LocalPartial::claimed(directory, to, file) {
            let _ = directory.remove(&partial.name);
            let _ = directory.remove(&partial.journal_name);
        }
    }

    /// Removes what an earlier transfer has left, and creates it.
    pub fn anew(
        directory: &Arc<TreeDirectory>,
        to: &LocalPlace,
    ) -> Result<LocalPartial, TransferFault> {
        let (name, path) = name_and_path(to);
        directory.remove(&name).map_err(|error| TransferFault::local(&path, &error))?;
        let created = LocalPartial::create(directory, to)?;
        let partial = created.ok_or_else(|| TransferFault::about(&path, &say!(transfer_busy)))?;
        let _ = directory.remove(&partial.journal_name);
        Ok(partial)
    }

    fn claimed(
        directory: &Arc<TreeDirectory>,
        to: &LocalPlace,
        file: File,
    ) -> Result<LocalPartial, TransferFault> {
        let (name, path) = name_and_path(to);
        if !tree::claim(&file) {
            return Err(TransferFault::about(&path, &say!(transfer_busy)));
        }
        let journal_name = words::from_bytes(names::journal_of(to.name.as_encoded_bytes()));
        let (directory, journal) = (Arc::clone(directory), Mutex::default());
        Ok(LocalPartial { directory, name, journal_name, path, file, journal })
    }

    /// What an earlier transfer has left of this source; `None` if it is of another one.
    pub fn have(&self, facts: &SourceFacts) -> Result<Option<Ranges>, TransferFault> {
        let local = |error: io::Error| TransferFault::local(&self.path, &error);
        let size = tree::status_of(&self.file).map_err(local)?.size;
        let Ok(file) = self.directory.open_to_write(&self.journal_name) else {
            return Ok(Some(Ranges::up_to(size)));
        };
        let mut text = vec![0; MAX_JOURNAL];
        let count = tree::read_at(&file, &mut text, 0).map_err(local)?;
        let found = journal::parse(&text[..count], facts).filter(|have| have.end() <= size);
        if found.is_some() {
            let whole = text[..count].iter().rposition(|byte| *byte == b'\n');
            let end = whole.map_or(0, |at| at as u64 + 1);
            file.set_len(end).map_err(local)?;
            *self.journal() = Some((file, end));
        }
        Ok(found)
    }

    fn journal(&self) -> std::sync::MutexGuard<'_, Option<(File, u64)>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a journal, if there is none, because what follows is written out of order.
    pub fn begin_journal(&self, facts: &SourceFacts, have: &Ranges) -> Result<(), TransferFault> {
        let mut journal = self.journal();
        if journal.is_some() {
            return Ok(());
        }
        let local = |error: io::Error| TransferFault::local(&self.path, &error);
        let _ = self.directory.remove(&self.journal_name);
        let file = self.directory.create(&self.journal_name).map_err(local)?;
        let lines = have.iter().map(|range| journal::line(&range));
        let text: String = [journal::head(facts)].into_iter().chain(lines).collect();
        tree::write_at(&file, text.as_bytes(), 0).map_err(local)?;
        *journal = Some((file, text.len() as u64));
        Ok(())
    }

    /// Adds a range to the journal, if there is one.
    pub fn note_range(&self, range: &Range<u64>) -> Result<(), TransferFault> {
        let mut journal = self.journal();
        let Some((file, end)) = &mut *journal else { return Ok(()) };
        let line = journal::line(range);
        tree::write_at(file, line.as_bytes(), *end)
            .map_err(|error| TransferFault::local(&self.path, &error))?;
        *end += line.len() as u64;
        Ok(())
    }

    /// Writes a block; one of zeros behind the end becomes a hole if `sparse`.
    pub fn write(&self, block: &[u8], offset: u64, sparse: bool) -> Result<(), TransferFault> {
        let end = offset + block.len() as u64;
        // Only behind the end there is nothing that the zeros have to replace.
        let is_hole = sparse
            && is_zeros(block)
            && tree::status_of(&self.file).is_ok_and(|status| status.size <= offset);
        let written = match is_hole {
            true => self.file.set_len(end),
            false => tree::write_at(&self.file, block, offset),
        };
        written.map_err(|error| TransferFault::local(&self.path, &error))
    }

    /// Has the system write the file to its disk. Other transfers go on meanwhile.
    pub async fn sync(&self) -> Result<(), TransferFault> {
        let local = |error: io::Error| TransferFault::local(&self.path, &error);
        let file = self.file.try_clone().map_err(local)?;
        let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
        synced.map_err(io::Error::other).and_then(|synced| synced).map_err(local)
    }

    /// Throws away what has been written.
    pub fn restart(&self) -> Result<(), TransferFault> {
        self.file.set_len(0).map_err(|error| TransferFault::local(&self.path, &error))?;
        self.end_journal();
        Ok(())
    }

    fn end_journal(&self) {
        if self.journal().take().is_some() {
            let _ = self.directory.remove(&self.journal_name);
        }
    }

    /// Gives it its name, if it is still the file that was written; `false` if that name is taken
    /// and is to be kept.
    pub fn rename(&self, name: &OsStr, replace: bool) -> Result<bool, TransferFault> {
        let local = |error: io::Error| TransferFault::local(&self.path, &error);
        let (written, named) =
            (tree::status_of(&self.file), self.directory.status(&self.name, false));
        let (written, named) = (written.map_err(local)?, named.map_err(local)?);
        if !written.is_same_file(&named) || written.links != 1 {
            return Err(TransferFault::about(&self.path, &say!(transfer_exchanged)));
        }
        self.end_journal();
        match self.directory.rename(&self.name, name, replace) {
            Ok(()) => Ok(true),
            Err(error) if !replace && error.kind() == io::ErrorKind::AlreadyExists => {
                self.directory.remove(&self.name).map_err(local)?;
                Ok(false)
            }
            Err(error) => Err(local(error)),
        }
    }

    /// Names what is left of it in a failure; nothing is left if nothing has come.
    pub fn left(&self, fault: TransferFault) -> TransferFault {
        let is_empty = tree::status_of(&self.file).is_ok_and(|status| status.size == 0);
        if is_empty && self.directory.remove(&self.name).is_ok() {
            self.end_journal();
            return fault;
        }
        fault.leaving(&self.path)
    }
}

/// Whether all bytes are 0: the first is, and each is like the one before it.
fn is_zeros(block: &[u8]) -> bool {
    block.split_first().is_none_or(|(first, rest)| *first == 0 && rest == &block[..rest.len()])
}

fn name_and_path(to: &LocalPlace) -> (OsString, Vec<u8>) {
    let name = words::from_bytes(names::partial_of(to.name.as_encoded_bytes()));
    let path = to.folder.path_of(&name);
    (name, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sftp::transfer::folder::LocalFolder;

    #[test]
    fn of_a_long_journal_the_beginning_is_read() {
        let home = tempfile::tempdir().unwrap();
        let directory = Arc::new(TreeDirectory::open(home.path()).unwrap());
        let folder = LocalFolder::root(home.path());
        let to = LocalPlace { folder, name: "file".into(), follow: false };
        let partial = LocalPartial::create(&directory, &to).unwrap().unwrap();
        partial.file.set_len(100).unwrap();
        let facts = SourceFacts { size: Some(100), ..SourceFacts::default() };
        let begun = journal::head(&facts) + &journal::line(&(0..1)).repeat(MAX_JOURNAL / 4);
        assert!(begun.len() > MAX_JOURNAL);
        let path = home.path().join(&partial.journal_name);
        std::fs::write(&path, begun + &journal::line(&(50..90))).unwrap();
        let have = partial.have(&facts).ok().flatten().unwrap();
        assert_eq!((have.bytes(), have.end()), (1, 1));
        // What has not been read is not kept either.
        assert!(std::fs::metadata(&path).unwrap().len() <= MAX_JOURNAL as u64);
    }
}
