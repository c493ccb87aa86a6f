//! The two directories that are compared: one here, one on the server.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use futures_util::stream;

use crate::error::{Error, Kind, Result};
use crate::os::tree::{TreeDirectory, TreeKind};
use crate::os::words;
use crate::say;
use crate::sftp::attributes::{Attributes, FileType};
use crate::sftp::client::Sftp;
use crate::sftp::failure::{SftpFailure, SftpFault};
use crate::sftp::reply::DirectoryEntry;
use crate::sftp::sync::compare::SyncNode;
use crate::sftp::transfer::names;

/// How many requests about single names are on the way at once.
const AT_ONCE: usize = 32;
/// The permission bits that a copy gets.
const KEPT: u32 = 0o777;
/// How many names both trees may have.
const MOST_NAMES: u64 = 10_000_000;
/// How many bytes of names and paths are kept of both trees at once.
const MOST_BYTES: u64 = 512 << 20;

/// What is kept of the trees, within bounds: a server may list names without an end.
pub(crate) struct KeptNames {
    names: AtomicU64,
    bytes: AtomicU64,
    most_names: u64,
    most_bytes: u64,
}

impl KeptNames {
    pub fn new() -> KeptNames {
        KeptNames::at_most(MOST_NAMES, MOST_BYTES)
    }

    pub fn at_most(most_names: u64, most_bytes: u64) -> KeptNames {
        let (names, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        KeptNames { names, bytes, most_names, most_bytes }
    }

    /// Adds a name to those of a directory.
    fn push(&self, nodes: &mut Vec<SyncNode>, node: SyncNode) -> std::result::Result<(), String> {
        self.names.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(node.bytes(), Ordering::Relaxed);
        nodes.push(node);
        self.excess().map_or(Ok(()), Err)
    }

    /// Keeps so many bytes.
    pub fn keep(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Keeps names of a directory no longer.
    pub fn let_go<'n>(&self, nodes: impl Iterator<Item = &'n SyncNode>) {
        self.bytes.fetch_sub(nodes.map(SyncNode::bytes).sum(), Ordering::Relaxed);
    }

    /// What is too much, if anything is.
    pub fn excess(&self) -> Option<String> {
        if self.names.load(Ordering::Relaxed) > self.most_names {
            return Some(say!(transfer_too_many, most = self.most_names));
        }
        let is_over = self.bytes.load(Ordering::Relaxed) > self.most_bytes;
        is_over.then(|| say!(sftp_names_too_long, most = self.most_bytes))
    }
}

/// A directory, and how what is below it is reached.
pub(crate) enum Side<'a> {
    /// Here. Links below it are never followed.
    Local(&'a Path),
    /// On the server.
    Remote(&'a Sftp, &'a [u8]),
}

impl Side<'_> {
    /// The path of a name below the directory.
    pub fn path(&self, below: &[u8]) -> Vec<u8> {
        match self {
            Side::Local(root) => local_path(root, below).into_os_string().into_encoded_bytes(),
            Side::Remote(_, root) if below.is_empty() => root.to_vec(),
            Side::Remote(_, root) => names::join(root, below),
        }
    }

    /// The names in a directory; `None` if it is not there.
    pub async fn list(&self, below: &[u8], kept: &KeptNames) -> Result<Option<Vec<SyncNode>>> {
        match self {
            Side::Local(root) => match local_list(root, below, kept) {
                Ok(nodes) => Ok(Some(nodes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(self.failed(below, &error)),
            },
            Side::Remote(sftp, _) => self.remote_list(sftp, below, kept).await,
        }
    }

    async fn remote_list(
        &self,
        sftp: &Sftp,
        below: &[u8],
        kept: &KeptNames,
    ) -> Result<Option<Vec<SyncNode>>> {
        let path = self.path(below);
        let mut reading = match sftp.open_directory(&path).await {
            Ok(reading) => reading,
            Err(failure) if failure.fault() == SftpFault::NoSuchFile => return Ok(None),
            Err(failure) => return Err(failure.into_error()),
        };
        let mut nodes = Vec::new();
        while let Some(entries) = reading.next().await.map_err(SftpFailure::into_error)? {
            let entries = entries.into_iter().filter(|it| !matches!(&it.name[..], b"." | b".."));
            let known = entries.map(|entry| remote_node(sftp, &path, entry));
            let mut known = stream::iter(known).buffered(AT_ONCE);
            while let Some(node) = known.next().await {
                kept.push(&mut nodes, node?).map_err(|cause| about(&path, cause))?;
            }
        }
        Ok(Some(nodes))
    }

    /// Makes a directory, which only the user can access until it is finished.
    pub async fn make_directory(&self, below: &[u8]) -> Result<()> {
        match self {
            Side::Local(root) => {
                let made = match below.is_empty() {
                    true => std::fs::create_dir(root),
                    false => local_parent(root, below)
                        .and_then(|(parent, name)| parent.make_directory(&name)),
                };
                made.map_err(|error| self.failed(below, &error))
            }
            Side::Remote(sftp, _) => {
                let private = Attributes { permissions: Some(0o700), ..Attributes::default() };
                let made = sftp.make_directory(&self.path(below), &private).await;
                made.map_err(SftpFailure::into_error)
            }
        }
    }

    /// Gives a directory the permission bits and the time of the source's.
    pub async fn finish(&self, below: &[u8], mode: Option<u32>, time: Option<i64>) -> Result<()> {
        match self {
            Side::Local(root) => local_directory(root, below)
                .and_then(|open| open.finish(mode, time.map(|time| (time, time))))
                .map_err(|error| self.failed(below, &error)),
            Side::Remote(sftp, _) => {
                let times = time.and_then(|time| u32::try_from(time).ok()).map(|it| (it, it));
                let to = Attributes { permissions: mode, times, ..Attributes::default() };
                let set = sftp.set_stat(&self.path(below), &to).await;
                set.map_err(SftpFailure::into_error)
            }
        }
    }

    /// Makes a link in place of a file or link that may be there.
    pub async fn link(&self, below: &[u8], to: &[u8]) -> Result<()> {
        match self {
            Side::Local(root) => local_parent(root, below)
                .and_then(|(parent, name)| {
                    match parent.remove(&name) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                        _ => {}
                    }
                    parent.make_link(&words::from_bytes(to), &name)
                })
                .map_err(|error| self.failed(below, &error)),
            Side::Remote(sftp, _) => {
                let path = self.path(below);
                match sftp.remove(&path).await {
                    Err(failure) if failure.fault() != SftpFault::NoSuchFile => {
                        return Err(failure.into_error());
                    }
                    _ => {}
                }
                sftp.symlink(to, &path).await.map_err(SftpFailure::into_error)
            }
        }
    }

    /// Removes a name, a directory with all that is in it. Links are removed, not followed.
    pub async fn remove(&self, below: &[u8], kind: FileType) -> Result<()> {
        if kind != FileType::Directory {
            return self.remove_one(below, false).await;
        }
        let kept = KeptNames::new();
        // A directory stands before what is in it, so the last is removed first.
        let mut all = vec![(below.to_owned(), true)];
        let mut next = 0;
        while next < all.len() {
            let (path, is_directory) = all[next].clone();
            next += 1;
            if !is_directory {
                continue;
            }
            let nodes = self.list(&path, &kept).await?.unwrap_or_default();
            kept.let_go(nodes.iter());
            for node in nodes {
                let path = names::join(&path, &node.name);
                kept.keep(path.len());
                all.push((path, node.kind == FileType::Directory));
            }
            if let Some(cause) = kept.excess() {
                return Err(about(&self.path(&path), cause));
            }
        }
        let (directories, files): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, is)| *is);
        let removals = files.into_iter().map(async |(path, _)| self.remove_one(&path, false).await);
        let mut removals = stream::iter(removals).buffered(AT_ONCE);
        while let Some(removed) = removals.next().await {
            removed?;
        }
        for (path, _) in directories.iter().rev() {
            self.remove_one(path, true).await?;
        }
        Ok(())
    }

    async fn remove_one(&self, below: &[u8], is_directory: bool) -> Result<()> {
        match self {
            Side::Local(root) => local_parent(root, below)
                .and_then(|(parent, name)| match is_directory {
                    true => parent.remove_directory(&name),
                    false => parent.remove(&name),
                })
                .map_err(|error| self.failed(below, &error)),
            Side::Remote(sftp, _) => {
                let path = self.path(below);
                let removed = match is_directory {
                    true => sftp.remove_directory(&path).await,
                    false => sftp.remove(&path).await,
                };
                removed.map_err(SftpFailure::into_error)
            }
        }
    }

    /// The file of a name, to be read here; `None` on the server.
    pub fn open_here(&self, below: &[u8]) -> Result<Option<File>> {
        let Side::Local(root) = self else { return Ok(None) };
        let opened =
            local_parent(root, below).and_then(|(parent, name)| parent.open_to_read(&name, false));
        opened.map(Some).map_err(|error| self.failed(below, &error))
    }

    /// Why a name cannot be written.
    pub fn blocked(&self, below: &[u8]) -> Error {
        about(&self.path(below), say!(sync_blocked)).hint(say!(sync_blocked_hint))
    }

    fn failed(&self, below: &[u8], error: &io::Error) -> Error {
        about(&self.path(below), crate::error::io_reason(error))
    }
}

fn about(path: &[u8], cause: String) -> Error {
    Error::new(Kind::Local, say!(sftp_about, file = names::shown(path), cause))
}

fn local_path(root: &Path, below: &[u8]) -> PathBuf {
    match below.is_empty() {
        true => root.to_owned(),
        false => root.join(words::from_bytes(below)),
    }
}

/// Opens a directory below the root, name by name, so that no link is followed.
fn local_directory(root: &Path, below: &[u8]) -> io::Result<TreeDirectory> {
    let open = TreeDirectory::open(root)?;
    let mut names = below.split(|&byte| byte == b'/').filter(|name| !name.is_empty());
    names.try_fold(open, |open, name| open.directory(&words::from_bytes(name), false))
}

/// The open directory that a name is in, and the name.
fn local_parent(root: &Path, below: &[u8]) -> io::Result<(TreeDirectory, std::ffi::OsString)> {
    let (parent, name) = names::split(below);
    Ok((local_directory(root, parent)?, words::from_bytes(name)))
}

fn local_list(root: &Path, below: &[u8], kept: &KeptNames) -> io::Result<Vec<SyncNode>> {
    let open = local_directory(root, below)?;
    let mut nodes = Vec::new();
    for name in open.names()? {
        let name = name?;
        let status = match open.status(&name, false) {
            Ok(status) => status,
            // It was removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let kind = match status.kind {
            TreeKind::File => FileType::Regular,
            TreeKind::Directory => FileType::Directory,
            TreeKind::Link => FileType::Symlink,
            TreeKind::Other => FileType::Special,
        };
        let link = match kind {
            FileType::Symlink => Some(open.read_link(&name)?.into_encoded_bytes()),
            _ => None,
        };
        let (size, mode, modified) = (status.size, Some(status.mode), Some(status.times.1));
        let name = name.into_encoded_bytes();
        let node = SyncNode { name, kind, size, modified, mode, link };
        kept.push(&mut nodes, node).map_err(io::Error::other)?;
    }
    Ok(nodes)
}

async fn remote_node(sftp: &Sftp, directory: &[u8], entry: DirectoryEntry) -> Result<SyncNode> {
    if !names::is_safe(&entry.name) {
        let name = names::shown(&entry.name);
        return Err(about(directory, say!(transfer_unsafe_name, name)));
    }
    let path = names::join(directory, &entry.name);
    let attributes = match entry.attributes.file_type() {
        // Some servers list names without what they are.
        FileType::Unknown => sftp.lstat(&path).await.map_err(SftpFailure::into_error)?,
        _ => entry.attributes,
    };
    let kind = attributes.file_type();
    let link = match kind {
        FileType::Symlink => Some(sftp.read_link(&path).await.map_err(SftpFailure::into_error)?),
        _ => None,
    };
    Ok(SyncNode {
        name: entry.name.to_vec(),
        kind,
        size: attributes.size.unwrap_or_default(),
        modified: attributes.times.map(|(_, modified)| modified.into()),
        mode: attributes.permissions.map(|mode| mode & KEPT),
        link,
    })
}
