//! The directories of a tree, here and on the server, opened and made when a file in them needs it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

use crate::os::tree::TreeDirectory;
use crate::say;
use crate::sftp::attributes::{Attributes, FileType};
use crate::sftp::client::Sftp;
use crate::sftp::transfer::failure::TransferFault;

/// How many directories stay open though no file in them is on the way.
const KEPT_OPEN: usize = 32;
/// The mode of a directory until it is finished.
const PRIVATE_DIRECTORY: u32 = 0o700;

/// A directory here. It is opened from the root of the tree down, without following links.
pub(crate) struct LocalFolder {
    /// The path, for messages.
    pub path: PathBuf,
    place: FolderPlace,
    opened: Mutex<Weak<TreeDirectory>>,
    kept: Arc<Mutex<VecDeque<Arc<TreeDirectory>>>>,
}

enum FolderPlace {
    /// A directory that the user has named.
    Root,
    /// In another one; a link to a directory if `follow`.
    Inside { parent: Arc<LocalFolder>, name: OsString, follow: bool },
}

impl LocalFolder {
    /// A directory that the user has named.
    pub fn root(path: &Path) -> Arc<LocalFolder> {
        let kept = Arc::default();
        let (path, opened) = (path.to_owned(), Mutex::default());
        Arc::new(LocalFolder { path, place: FolderPlace::Root, opened, kept })
    }

    /// A directory in this one.
    pub fn inside(self: &Arc<LocalFolder>, name: OsString, follow: bool) -> Arc<LocalFolder> {
        let (path, kept) = (self.path.join(&name), Arc::clone(&self.kept));
        let place = FolderPlace::Inside { parent: Arc::clone(self), name, follow };
        Arc::new(LocalFolder { path, place, opened: Mutex::default(), kept })
    }

    /// The path of a name in this directory, as bytes.
    pub fn path_of(&self, name: &std::ffi::OsStr) -> Vec<u8> {
        self.path.join(name).into_os_string().into_encoded_bytes()
    }

    /// The open directory.
    pub fn open(&self) -> io::Result<Arc<TreeDirectory>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = opened.upgrade() {
            return Ok(open);
        }
        let open = Arc::new(match &self.place {
            FolderPlace::Root => TreeDirectory::open(&self.path)?,
            FolderPlace::Inside { parent, name, follow } => {
                parent.open()?.directory(name, *follow)?
            }
        });
        *opened = Arc::downgrade(&open);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Arc::clone(&open));
        if kept.len() > KEPT_OPEN {
            kept.pop_front();
        }
        Ok(open)
    }
}

/// A directory on the server.
pub(crate) struct RemoteFolder {
    /// The path.
    pub path: Vec<u8>,
    /// The directory it is in, if that is in the tree, too.
    parent: Option<Arc<RemoteFolder>>,
    /// Whether it was made by this run, once that is known.
    made: OnceCell<Result<bool, TransferFault>>,
    /// Whether it is there because the user says so.
    given: bool,
}

impl RemoteFolder {
    /// A directory that is there.
    pub fn given(path: &[u8]) -> Arc<RemoteFolder> {
        let path = path.to_vec();
        Arc::new(RemoteFolder { path, parent: None, made: OnceCell::new(), given: true })
    }

    /// A directory that is made if it is not there.
    pub fn new(path: Vec<u8>, parent: Option<&Arc<RemoteFolder>>) -> Arc<RemoteFolder> {
        let parent = parent.map(Arc::clone);
        Arc::new(RemoteFolder { path, parent, made: OnceCell::new(), given: false })
    }

    /// Makes it, and those that it is in, once for all who ask. Whether it is a new one.
    pub async fn ensure(&self, sftp: &Sftp) -> Result<bool, TransferFault> {
        if self.given {
            return Ok(false);
        }
        if let Some(made) = self.made.get() {
            return made.clone();
        }
        let make = async {
            if let Some(parent) = &self.parent {
                Box::pin(parent.ensure(sftp)).await?;
            }
            make_directory(sftp, &self.path, self.parent.is_some()).await
        };
        self.made.get_or_init(|| make).await.clone()
    }
}

/// Makes a directory; `false` if it is there. Within a tree no link leads to one.
async fn make_directory(sftp: &Sftp, path: &[u8], within: bool) -> Result<bool, TransferFault> {
    let mode = Attributes { permissions: Some(PRIVATE_DIRECTORY), ..Attributes::default() };
    let Err(failure) = sftp.make_directory(path, &mode).await else { return Ok(true) };
    let there = if within { sftp.lstat(path).await } else { sftp.stat(path).await };
    match there.map(|attributes| attributes.file_type()) {
        Ok(FileType::Directory) => Ok(false),
        Ok(FileType::Symlink) => Err(TransferFault::about(path, &say!(transfer_link_in_way))),
        Ok(_) => Err(TransferFault::about(path, &say!(transfer_not_a_directory))),
        Err(_) => Err(failure.into()),
    }
}
