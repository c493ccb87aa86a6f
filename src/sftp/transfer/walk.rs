//! Walks of trees: each file is handed on as it is found, so that transfers begin at once.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use crate::error::{Error, Kind};
use crate::os::words;
use crate::say;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::folder::{LocalFolder, RemoteFolder};
use crate::sftp::transfer::names;
use crate::sftp::transfer::observer::TransferEvent;
use crate::sftp::transfer::task::{Run, SourceFacts, Task};

/// After so many files the caller is told how many there are.
const TOLD_EVERY: u64 = 256;

/// Where what a walk finds goes, and how much it has found.
pub(crate) struct Findings<'a> {
    pub run: &'a Run<'a>,
    tasks: Sender<Task>,
    /// Directories whose modes and times are set when all is done.
    pub folders: Vec<FolderToFinish>,
    files: u64,
    bytes: u64,
    names: u64,
    /// How long the paths of the directories are that are kept.
    kept: u64,
}

/// A directory of the copy.
pub(crate) enum FolderToFinish {
    Local { folder: Arc<LocalFolder>, facts: SourceFacts },
    Remote { folder: Arc<RemoteFolder>, facts: SourceFacts },
}

impl FolderToFinish {
    /// How many names its path has.
    pub fn depth(&self) -> usize {
        match self {
            FolderToFinish::Local { folder, .. } => folder.path.components().count(),
            FolderToFinish::Remote { folder, .. } => {
                folder.path.iter().filter(|byte| **byte == b'/').count()
            }
        }
    }
}

/// All transfers are over: there is nothing to find things for.
pub(crate) struct Unwanted;

impl<'a> Findings<'a> {
    pub fn new(run: &'a Run<'a>, tasks: Sender<Task>) -> Findings<'a> {
        Findings { run, tasks, folders: Vec::new(), files: 0, bytes: 0, names: 0, kept: 0 }
    }

    /// Hands something on.
    pub async fn found(&mut self, task: Task) -> Result<(), Unwanted> {
        if let Task::Get { file, .. } | Task::Put { file, .. } = &task {
            self.files += 1;
            self.bytes = self.bytes.saturating_add(file.size);
            if self.files % TOLD_EVERY == 1 {
                self.tell(false);
            }
        }
        self.tasks.send(task).await.map_err(|_| Unwanted)
    }

    /// Tells how much has been found.
    pub fn tell(&self, complete: bool) {
        let (files, bytes) = (self.files, self.bytes);
        self.run.tell(TransferEvent::Found { files, bytes, complete });
    }

    /// Keeps a directory with such a path until all is done.
    pub fn keep(&mut self, path: &[u8], folder: FolderToFinish) {
        self.kept += path.len() as u64;
        self.folders.push(folder);
    }

    /// Counts a name of a tree.
    pub fn name(&mut self, tree: &[u8], name: &[u8], depth: usize) -> Result<(), TransferFault> {
        self.names += 1;
        let (names, deep) = (self.run.options.most_names, self.run.options.most_depth);
        if self.names > names {
            return Err(TransferFault::about(tree, &say!(transfer_too_many, most = names)));
        }
        let bytes = self.run.options.most_bytes;
        if self.kept > bytes {
            return Err(TransferFault::about(tree, &say!(sftp_names_too_long, most = bytes)));
        }
        if depth > deep {
            let path = names::join(tree, name);
            return Err(TransferFault::about(&path, &say!(transfer_too_deep, most = deep)));
        }
        Ok(())
    }
}

/// Why a name in a tree cannot be transferred.
pub(crate) fn unfit(directory: &[u8], name: &[u8]) -> Option<TransferFault> {
    if !names::is_safe(name) {
        let name = names::shown(name);
        return Some(TransferFault::about(directory, &say!(transfer_unsafe_name, name)));
    }
    let path = || names::join(directory, name);
    names::is_partial(name).then(|| TransferFault::about(&path(), &say!(transfer_partial_name)))
}

/// Directory and name of a path that the user has named.
pub(crate) fn parts(path: &Path) -> Result<(PathBuf, OsString), TransferFault> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent.to_owned(), name.to_owned())),
        _ => {
            let path = names::shown(path.as_os_str().as_encoded_bytes());
            Err(TransferFault::new(Error::new(Kind::Usage, say!(transfer_no_name, path))))
        }
    }
}

/// A name that a server has sent, and that is safe.
pub(crate) fn local_name(name: &[u8]) -> OsString {
    words::from_bytes(name)
}

/// The bytes of a name.
pub(crate) fn bytes_of(name: &OsStr) -> &[u8] {
    name.as_encoded_bytes()
}
