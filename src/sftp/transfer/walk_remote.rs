//! The walk of a tree on the server.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use crate::os::link;
use crate::os::tree::TreeKind;
use crate::say;
use crate::sftp::attributes::{Attributes, FileType};
use crate::sftp::client::{RemoteDirectory, Sftp};
use crate::sftp::failure::SftpResult;
use crate::sftp::reply::DirectoryEntry;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::folder::LocalFolder;
use crate::sftp::transfer::names;
use crate::sftp::transfer::observer::{SkipReason, TransferFile};
use crate::sftp::transfer::options::{LinkPolicy, TransferDirection};
use crate::sftp::transfer::task::{LocalPlace, SourceFacts, Task, TaskEnd};
use crate::sftp::transfer::walk::{Findings, FolderToFinish, Unwanted, local_name, parts, unfit};

/// How many directories are read at once.
const AT_ONCE: usize = 16;
/// How many names of each are read before its turn has come.
const NAMES_AHEAD: usize = 1024;

/// A directory that is to be read.
struct RemoteTree {
    path: Vec<u8>,
    folder: Arc<LocalFolder>,
    depth: usize,
    /// The real paths of this directory and those it is in, where links are followed.
    above: Option<Arc<RealPath>>,
}

/// A real path, and those of the directories that it was reached through.
struct RealPath {
    path: Vec<u8>,
    above: Option<Arc<RealPath>>,
}

/// Finds what there is to get.
pub(crate) async fn walk(
    found: &mut Findings<'_>,
    sftp: &Sftp,
    from: &[u8],
    to: &Path,
) -> Result<(), Unwanted> {
    let result = match parts(to) {
        Ok((parent, name)) => {
            let place = LocalPlace { folder: LocalFolder::root(&parent), name, follow: false };
            begin(found, sftp, from, place).await
        }
        Err(fault) => Err(Ok(fault)),
    };
    fail(found, from, to.as_os_str().as_encoded_bytes(), result)
}

/// A fault, or that nothing is wanted any more.
type Walked = Result<(), Result<TransferFault, Unwanted>>;

/// Counts a fault.
fn fail(found: &mut Findings<'_>, from: &[u8], to: &[u8], result: Walked) -> Result<(), Unwanted> {
    match result {
        Ok(()) => Ok(()),
        Err(Ok(fault)) => {
            found.run.failed(TransferDirection::Get, from, to, fault);
            Ok(())
        }
        Err(Err(unwanted)) => Err(unwanted),
    }
}

async fn begin(found: &mut Findings<'_>, sftp: &Sftp, from: &[u8], to: LocalPlace) -> Walked {
    let attributes = sftp.stat(from).await.map_err(|failure| Ok(failure.into()))?;
    match attributes.file_type() {
        FileType::Directory if !found.run.options.recursive => {
            Err(Ok(TransferFault::about(from, &say!(transfer_not_recursive))))
        }
        FileType::Directory => {
            let folder = make(&to, true).map_err(Ok)?;
            let facts = SourceFacts::from(&attributes);
            found.keep(from, FolderToFinish::Local { folder: Arc::clone(&folder), facts });
            let above = match found.run.options.links {
                LinkPolicy::Follow => sftp.real_path(from).await.ok(),
                _ => None,
            };
            let above = above.map(|path| Arc::new(RealPath { path, above: None }));
            let root = RemoteTree { path: from.to_vec(), folder, depth: 1, above };
            trees(found, sftp, root).await.map_err(Err)
        }
        FileType::Regular | FileType::Unknown => {
            let is_followed = found.run.options.follow_copies;
            let link = if is_followed { behind_link(&to).map_err(Ok)? } else { None };
            let to = link.unwrap_or(to);
            hand_on(found, from.to_vec(), &attributes, to).await.map_err(Err)
        }
        _ => Err(Ok(TransferFault::about(from, &say!(transfer_special)))),
    }
}

/// Where a link leads to that the user has named as the target: the file there is replaced, not the
/// link.
///
/// # Errors
/// The link may be another user's trap.
fn behind_link(to: &LocalPlace) -> Result<Option<LocalPlace>, TransferFault> {
    let path = to.folder.path.join(&to.name);
    let shown = path.as_os_str().as_encoded_bytes();
    let real = link::follow(&path).map_err(|fault| TransferFault::link(shown, &fault))?;
    // A link that leads nowhere is replaced.
    if real == path || !real.exists() {
        return Ok(None);
    }
    let (parent, name) = parts(&real)?;
    let parent =
        std::fs::canonicalize(parent).map_err(|error| TransferFault::local(shown, &error))?;
    Ok(Some(LocalPlace { folder: LocalFolder::root(&parent), name, follow: false }))
}

/// Reads directories, those of a level before those that are in them, several at once.
async fn trees(found: &mut Findings<'_>, sftp: &Sftp, root: RemoteTree) -> Result<(), Unwanted> {
    let (mut waiting, mut reading) = (VecDeque::from([root]), FuturesOrdered::new());
    loop {
        while reading.len() < AT_ONCE
            && let Some(tree) = waiting.pop_front()
        {
            reading.push_back(async move {
                let listing = FirstNames::begin(sftp, &tree.path).await;
                (tree, listing)
            });
        }
        let Some((tree, listing)) = reading.next().await else { return Ok(()) };
        found.run.count(|report| report.directories += 1);
        let result = match listing {
            Ok(listing) => directory(found, sftp, &tree, listing, &mut waiting).await,
            Err(failure) => Err(Ok(failure.into())),
        };
        let to = tree.folder.path.as_os_str().as_encoded_bytes().to_vec();
        fail(found, &tree.path, &to, result)?;
    }
}

/// A directory whose first names have been read.
struct FirstNames {
    names: VecDeque<Vec<DirectoryEntry>>,
    /// Where the rest is; `None` if there is none.
    rest: Option<RemoteDirectory>,
}

impl FirstNames {
    async fn begin(sftp: &Sftp, path: &[u8]) -> SftpResult<FirstNames> {
        let mut reading = sftp.open_directory(path).await?;
        let (mut names, mut count) = (VecDeque::new(), 0);
        while count < NAMES_AHEAD {
            let Some(next) = reading.next().await? else {
                return Ok(FirstNames { names, rest: None });
            };
            count += next.len();
            names.push_back(next);
        }
        Ok(FirstNames { names, rest: Some(reading) })
    }

    async fn next(&mut self) -> SftpResult<Option<Vec<DirectoryEntry>>> {
        match (self.names.pop_front(), &mut self.rest) {
            (Some(names), _) => Ok(Some(names)),
            (None, Some(rest)) => rest.next().await,
            (None, None) => Ok(None),
        }
    }
}

async fn directory(
    found: &mut Findings<'_>,
    sftp: &Sftp,
    tree: &RemoteTree,
    mut listing: FirstNames,
    open: &mut VecDeque<RemoteTree>,
) -> Walked {
    // A directory that changes while it is listed may have a name twice. Of each name a hash is
    // kept, which is as many as there may be names.
    let (hasher, mut seen) = (RandomState::new(), HashSet::new());
    while let Some(entries) = listing.next().await.map_err(|it| Ok(it.into()))? {
        for entry in entries {
            if matches!(&entry.name[..], b"." | b"..") {
                continue;
            }
            found.name(&tree.path, &entry.name, tree.depth).map_err(Ok)?;
            let path = names::join(&tree.path, &entry.name);
            let result = match unfit(&tree.path, &entry.name) {
                Some(fault) => Err(Ok(fault)),
                None if !seen.insert(hasher.hash_one(&entry.name)) => continue,
                None => one(found, sftp, tree, entry, open).await,
            };
            fail(found, &path, &[], result).map_err(Err)?;
        }
    }
    Ok(())
}

/// One name in a directory.
async fn one(
    found: &mut Findings<'_>,
    sftp: &Sftp,
    tree: &RemoteTree,
    entry: DirectoryEntry,
    open: &mut VecDeque<RemoteTree>,
) -> Walked {
    let path = names::join(&tree.path, &entry.name);
    let folder = Arc::clone(&tree.folder);
    let to = LocalPlace { folder, name: local_name(&entry.name), follow: false };
    let mut attributes = entry.attributes;
    if attributes.file_type() == FileType::Unknown {
        attributes = sftp.lstat(&path).await.map_err(|failure| Ok(failure.into()))?;
    }
    let mut above = tree.above.clone();
    if attributes.file_type() == FileType::Symlink {
        match found.run.options.links {
            LinkPolicy::Skip => {
                let file = new_file(found, path, &attributes, &to);
                found.run.ended(&file, &TaskEnd::Skipped(SkipReason::Link));
                return Ok(());
            }
            LinkPolicy::Copy => {
                let file = new_file(found, path, &Attributes::default(), &to);
                return found.found(Task::GetLink { file, to }).await.map_err(Err);
            }
            LinkPolicy::Follow => {
                attributes = sftp.stat(&path).await.map_err(|failure| Ok(failure.into()))?;
                if attributes.file_type() == FileType::Directory {
                    let real = sftp.real_path(&path).await.map_err(|it| Ok(it.into()))?;
                    above = Some(below(tree, &path, real).map_err(Ok)?);
                }
            }
        }
    } else if let Some(parent) = &above
        && attributes.file_type() == FileType::Directory
    {
        let real = names::join(&parent.path, &entry.name);
        above = Some(Arc::new(RealPath { path: real, above: Some(Arc::clone(parent)) }));
    }
    match attributes.file_type() {
        FileType::Directory => {
            let folder = make(&to, false).map_err(Ok)?;
            let facts = SourceFacts::from(&attributes);
            found.keep(&path, FolderToFinish::Local { folder: Arc::clone(&folder), facts });
            open.push_back(RemoteTree { path, folder, depth: tree.depth + 1, above });
            Ok(())
        }
        FileType::Regular | FileType::Unknown => {
            hand_on(found, path, &attributes, to).await.map_err(Err)
        }
        _ => Err(Ok(TransferFault::about(&path, &say!(transfer_special)))),
    }
}

/// The real path of a directory that a link leads to, unless it is one that it is in.
fn below(tree: &RemoteTree, path: &[u8], real: Vec<u8>) -> Result<Arc<RealPath>, TransferFault> {
    let mut next = tree.above.as_ref();
    while let Some(known) = next {
        if known.path == real {
            return Err(TransferFault::about(path, &say!(transfer_loop)));
        }
        next = known.above.as_ref();
    }
    Ok(Arc::new(RealPath { path: real, above: tree.above.clone() }))
}

fn new_file(
    found: &Findings<'_>,
    from: Vec<u8>,
    attributes: &Attributes,
    to: &LocalPlace,
) -> TransferFile {
    let to = to.folder.path_of(&to.name);
    found.run.file(TransferDirection::Get, from, to, attributes.size)
}

async fn hand_on(
    found: &mut Findings<'_>,
    from: Vec<u8>,
    attributes: &Attributes,
    to: LocalPlace,
) -> Result<(), Unwanted> {
    let file = new_file(found, from, attributes, &to);
    found.found(Task::Get { file, facts: SourceFacts::from(attributes), to }).await
}

/// Makes a directory here, or takes the one that is there; a link to one only at the root, which
/// the user has named.
fn make(to: &LocalPlace, root: bool) -> Result<Arc<LocalFolder>, TransferFault> {
    let path = to.folder.path_of(&to.name);
    let local = |error: std::io::Error| TransferFault::local(&path, &error);
    let parent = to.folder.open().map_err(local)?;
    if let Err(error) = parent.make_directory(&to.name) {
        let kind = parent.status(&to.name, root).map(|status| status.kind);
        match kind {
            Ok(TreeKind::Directory) => {}
            Ok(TreeKind::Link) => {
                return Err(TransferFault::about(&path, &say!(transfer_link_in_way)));
            }
            Ok(_) => return Err(TransferFault::about(&path, &say!(transfer_not_a_directory))),
            Err(_) => return Err(local(error)),
        }
    }
    Ok(to.folder.inside(to.name.clone(), root))
}
