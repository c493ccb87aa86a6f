//! The walk of a tree here.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use crate::os::tree::{TreeKind, TreeStatus};
use crate::say;
use crate::sftp::attributes::FileType;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::folder::{LocalFolder, RemoteFolder};
use crate::sftp::transfer::names;
use crate::sftp::transfer::observer::{SkipReason, TransferFile};
use crate::sftp::transfer::options::{LinkPolicy, TransferDirection};
use crate::sftp::transfer::task::{LocalPlace, RemotePlace, SourceFacts, Task, TaskEnd};
use crate::sftp::transfer::walk::{Findings, FolderToFinish, Unwanted, bytes_of, parts, unfit};

/// A directory that is to be read.
struct LocalTree {
    folder: Arc<LocalFolder>,
    to: Arc<RemoteFolder>,
    depth: usize,
    above: Arc<Ancestor>,
}

/// A directory, and those that it was reached through.
struct Ancestor {
    status: TreeStatus,
    above: Option<Arc<Ancestor>>,
}

/// A fault, or that nothing is wanted any more.
type Walked = Result<(), Result<TransferFault, Unwanted>>;

/// Finds what there is to put.
pub(crate) async fn walk(found: &mut Findings<'_>, from: &Path, to: &[u8]) -> Result<(), Unwanted> {
    let result = match parts(from) {
        Ok((parent, name)) => {
            let place = LocalPlace { folder: LocalFolder::root(&parent), name, follow: true };
            begin(found, place, to).await
        }
        // `.`, `..` and `/` have no name, but may be walked.
        Err(fault) => match LocalFolder::root(from).open() {
            Ok(_) if found.run.options.recursive => tree(found, LocalFolder::root(from), to).await,
            _ => Err(Ok(fault)),
        },
    };
    fail(found, from.as_os_str().as_encoded_bytes(), to, result)
}

/// Counts a fault.
fn fail(found: &mut Findings<'_>, from: &[u8], to: &[u8], result: Walked) -> Result<(), Unwanted> {
    match result {
        Ok(()) => Ok(()),
        Err(Ok(fault)) => {
            found.run.failed(TransferDirection::Put, from, to, fault);
            Ok(())
        }
        Err(Err(unwanted)) => Err(unwanted),
    }
}

async fn begin(found: &mut Findings<'_>, from: LocalPlace, to: &[u8]) -> Walked {
    let path = from.folder.path_of(&from.name);
    let local = |error: std::io::Error| Ok(TransferFault::local(&path, &error));
    let status = from.folder.open().and_then(|folder| folder.status(&from.name, true));
    let status = status.map_err(local)?;
    match status.kind {
        TreeKind::Directory if !found.run.options.recursive => {
            Err(Ok(TransferFault::about(&path, &say!(transfer_not_recursive))))
        }
        TreeKind::Directory => tree(found, from.folder.inside(from.name, true), to).await,
        _ => {
            let path = behind_link(found, to).await.unwrap_or_else(|| to.to_vec());
            let folder = RemoteFolder::given(names::split(&path).0);
            let to = RemotePlace { folder, path };
            hand_on(found, from, &status, to).await
        }
    }
}

/// Where a link leads to that the user has named as the target: the file there is replaced, not the
/// link.
async fn behind_link(found: &Findings<'_>, to: &[u8]) -> Option<Vec<u8>> {
    let sftp = &found.run.lanes.first().filter(|_| found.run.options.follow_copies)?.sftp;
    let there = sftp.lstat(to).await.ok()?;
    if there.file_type() != FileType::Symlink || sftp.stat(to).await.is_err() {
        return None;
    }
    sftp.real_path(to).await.ok()
}

async fn tree(found: &mut Findings<'_>, folder: Arc<LocalFolder>, to: &[u8]) -> Walked {
    let path = folder.path.as_os_str().as_encoded_bytes();
    let local = |error: std::io::Error| Ok(TransferFault::local(path, &error));
    let status = folder.open().and_then(|open| open.own_status()).map_err(local)?;
    let to = RemoteFolder::new(to.to_vec(), None);
    let above = Arc::new(Ancestor { status, above: None });
    let mut open = Vec::new();
    let root = LocalTree { folder, to, depth: 1, above };
    enter(found, root, &mut open).await.map_err(Err)?;
    while let Some(tree) = open.pop() {
        found.run.count(|report| report.directories += 1);
        let result = directory(found, &tree, &mut open).await;
        let from = tree.folder.path.as_os_str().as_encoded_bytes().to_vec();
        fail(found, &from, &tree.to.path, result).map_err(Err)?;
    }
    Ok(())
}

/// Hands a directory on, and has it read.
async fn enter(
    found: &mut Findings<'_>,
    tree: LocalTree,
    open: &mut Vec<LocalTree>,
) -> Result<(), Unwanted> {
    let facts = SourceFacts::from(&tree.above.status);
    let folder = Arc::clone(&tree.to);
    let from = tree.folder.path.as_os_str().as_encoded_bytes().to_vec();
    found.keep(&from, FolderToFinish::Remote { folder: Arc::clone(&folder), facts });
    open.push(tree);
    found.found(Task::MakeFolder { from, folder }).await
}

async fn directory(
    found: &mut Findings<'_>,
    tree: &LocalTree,
    open: &mut Vec<LocalTree>,
) -> Walked {
    let path = tree.folder.path.as_os_str().as_encoded_bytes();
    let local = |error: std::io::Error| Ok(TransferFault::local(path, &error));
    let reading = tree.folder.open().and_then(|folder| folder.names()).map_err(local)?;
    for name in reading {
        let name = name.map_err(local)?;
        found.name(path, bytes_of(&name), tree.depth).map_err(Ok)?;
        let from = tree.folder.path_of(&name);
        let to = names::join(&tree.to.path, bytes_of(&name));
        let result = match unfit(path, bytes_of(&name)) {
            Some(fault) => Err(Ok(fault)),
            None => one(found, tree, name, open).await,
        };
        fail(found, &from, &to, result).map_err(Err)?;
    }
    Ok(())
}

/// One name in a directory.
async fn one(
    found: &mut Findings<'_>,
    tree: &LocalTree,
    name: OsString,
    open: &mut Vec<LocalTree>,
) -> Walked {
    let path = tree.folder.path_of(&name);
    let local = |error: std::io::Error| Ok(TransferFault::local(&path, &error));
    let directory = tree.folder.open().map_err(local)?;
    let mut status = directory.status(&name, false).map_err(local)?;
    let to = RemotePlace {
        folder: Arc::clone(&tree.to),
        path: names::join(&tree.to.path, bytes_of(&name)),
    };
    let mut from = LocalPlace { folder: Arc::clone(&tree.folder), name, follow: false };
    if status.kind == TreeKind::Link {
        match found.run.options.links {
            LinkPolicy::Skip => {
                let file = new_file(found, &from, 0, &to);
                found.run.ended(&file, &TaskEnd::Skipped(SkipReason::Link));
                return Ok(());
            }
            LinkPolicy::Copy => {
                let file = new_file(found, &from, 0, &to);
                return found.found(Task::PutLink { file, from, to }).await.map_err(Err);
            }
            LinkPolicy::Follow => {
                from.follow = true;
                status = directory.status(&from.name, true).map_err(local)?;
            }
        }
    }
    if status.kind != TreeKind::Directory {
        return hand_on(found, from, &status, to).await;
    }
    let mut next = Some(&tree.above);
    while let Some(known) = next {
        if known.status.is_same_file(&status) {
            return Err(Ok(TransferFault::about(&path, &say!(transfer_loop))));
        }
        next = known.above.as_ref();
    }
    let above = Arc::new(Ancestor { status, above: Some(Arc::clone(&tree.above)) });
    let folder = tree.folder.inside(from.name, from.follow);
    let to = RemoteFolder::new(to.path, Some(&tree.to));
    let inside = LocalTree { folder, to, depth: tree.depth + 1, above };
    enter(found, inside, open).await.map_err(Err)
}

fn new_file(found: &Findings<'_>, from: &LocalPlace, size: u64, to: &RemotePlace) -> TransferFile {
    let from = from.folder.path_of(&from.name);
    found.run.file(TransferDirection::Put, from, to.path.clone(), Some(size))
}

async fn hand_on(
    found: &mut Findings<'_>,
    from: LocalPlace,
    status: &TreeStatus,
    to: RemotePlace,
) -> Walked {
    if status.kind != TreeKind::File {
        let path = from.folder.path_of(&from.name);
        return Err(Ok(TransferFault::about(&path, &say!(transfer_special))));
    }
    let file = new_file(found, &from, status.size, &to);
    found.found(Task::Put { file, from, to }).await.map_err(Err)
}
