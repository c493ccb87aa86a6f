//! A place with files, for a pane: this machine, or a server. Paths are bytes; failures are
//! sentences.

use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, io_reason};
use crate::os::attributes::{self, FileAttributes};
use crate::os::tree::TreeDirectory;
use crate::os::words;
use crate::say;
use crate::sftp::{Attributes, FileType, OpenFlags, Sftp, SftpFailure};
use crate::text;
use crate::ui::panes::{MAX_VIEWED, PaneEntry, path};

/// How many entries are handed over at once.
const BATCH: usize = 1000;
/// How many characters of a path an error shows.
const MAX_SHOWN: usize = 200;
/// How deep a tree may be that is removed or counted; deeper ones are made to do harm.
const MAX_DEPTH: usize = 200;
/// How many names a directory may have that is shown, counted or removed.
const MAX_NAMES: usize = 1_000_000;
/// How many bytes the paths of directories may come to in a tree that is removed or counted.
pub(super) const MAX_KEPT: usize = 256 << 20;
/// The mode of a directory that is made, as far as the umask lets it be.
const DIRECTORY_MODE: u32 = 0o777;

/// A place with files.
#[derive(Clone)]
pub(super) enum FilePlace {
    /// This machine.
    Local,
    /// A server.
    Remote(Sftp),
}

/// A part of what is listed.
pub(super) enum ListingPart {
    /// The directory can be read; its path.
    Entered(Vec<u8>),
    /// Some entries.
    Entries(Vec<PaneEntry>),
}

/// Takes what is listed, as fast as it is wanted.
pub(super) type ListingSender = tokio::sync::mpsc::Sender<ListingPart>;

/// The result of an operation; the failure is a sentence.
pub(super) type Said<T> = Result<T, String>;

/// What a tree comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TreeUsage {
    pub(super) files: u64,
    pub(super) directories: u64,
    pub(super) bytes: u64,
}

/// A path as the system takes it.
pub(super) fn local(path: &[u8]) -> PathBuf {
    PathBuf::from(words::from_bytes(path))
}

/// Attributes as a pane has them.
pub(super) fn attributes_of(metadata: &Metadata) -> Attributes {
    let FileAttributes { mode, size, owner, times } = FileAttributes::of(metadata);
    let seconds = |time: i64| u32::try_from(time.max(0)).unwrap_or(u32::MAX);
    let times = Some((seconds(times.0), seconds(times.1)));
    Attributes { size: Some(size), owner: Some(owner), permissions: Some(mode), times }
}

/// A local failure with its path, in a sentence.
pub(super) fn about(path: &[u8], error: &io::Error) -> String {
    let file = text::name(path, MAX_SHOWN);
    say!(panes_about, file, reason = io_reason(error))
}

/// A server's failure in a sentence.
pub(super) fn said(failure: SftpFailure) -> String {
    failure.into_error().to_string()
}

/// Does something with local files on a thread of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Said<T> + Send + 'static) -> Said<T> {
    let stopped = |_| Error::new(Kind::Local, say!(stopped_by_fault)).to_string();
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}

impl FilePlace {
    /// Lists a directory, a part at a time.
    pub(super) async fn list(&self, at: &[u8], parts: ListingSender) -> Said<()> {
        match self {
            FilePlace::Local => {
                let at = at.to_vec();
                blocking(move || list_local(&at, &parts)).await
            }
            FilePlace::Remote(sftp) => list_remote(sftp, at, &parts).await,
        }
    }

    /// The attributes; of a link itself.
    pub(super) async fn lstat(&self, at: &[u8]) -> Said<Attributes> {
        match self {
            FilePlace::Local => {
                let at = at.to_vec();
                blocking(move || {
                    let found =
                        fs::symlink_metadata(local(&at)).map_err(|error| about(&at, &error))?;
                    Ok(attributes_of(&found))
                })
                .await
            }
            FilePlace::Remote(sftp) => sftp.lstat(at).await.map_err(said),
        }
    }

    /// The attributes; of what a link points to.
    pub(super) async fn stat(&self, at: &[u8]) -> Said<Attributes> {
        match self {
            FilePlace::Local => {
                let at = at.to_vec();
                blocking(move || {
                    let found = fs::metadata(local(&at)).map_err(|error| about(&at, &error))?;
                    Ok(attributes_of(&found))
                })
                .await
            }
            FilePlace::Remote(sftp) => sftp.stat(at).await.map_err(said),
        }
    }

    /// Makes a directory.
    pub(super) async fn make_directory(&self, at: &[u8]) -> Said<()> {
        match self {
            FilePlace::Local => self.local(at, |at| fs::create_dir(at)).await,
            FilePlace::Remote(sftp) => {
                let mode =
                    Attributes { permissions: Some(DIRECTORY_MODE), ..Attributes::default() };
                sftp.make_new_directory(at, &mode).await.map_err(said)
            }
        }
    }

    /// Renames; what has the new name is replaced only if `replace`.
    pub(super) async fn rename(&self, from: &[u8], to: &[u8], replace: bool) -> Said<()> {
        match self {
            FilePlace::Local => {
                let to = local(to);
                self.local(from, move |from| match replace {
                    true => fs::rename(from, &to),
                    false => rename_new(from, &to),
                })
                .await
            }
            FilePlace::Remote(sftp) => match replace {
                true => sftp.rename(from, to).await.map_err(said),
                false => {
                    // Not every server refuses to replace.
                    if sftp.lstat(to).await.is_ok() {
                        return Err(say!(panes_there_already, file = text::name(to, MAX_SHOWN)));
                    }
                    sftp.rename_new(from, to).await.map_err(said)
                }
            },
        }
    }

    /// Sets the permission bits.
    pub(super) async fn set_mode(&self, at: &[u8], mode: u32) -> Said<()> {
        match self {
            FilePlace::Local => self.local(at, move |at| attributes::set_mode(at, mode)).await,
            FilePlace::Remote(sftp) => {
                let to = Attributes { permissions: Some(mode), ..Attributes::default() };
                sftp.set_stat(at, &to).await.map_err(said)
            }
        }
    }

    /// Sets user and group.
    pub(super) async fn set_owner(&self, at: &[u8], user: u32, group: u32) -> Said<()> {
        match self {
            FilePlace::Local => {
                self.local(at, move |at| attributes::set_owner(at, user, group)).await
            }
            FilePlace::Remote(sftp) => {
                let to = Attributes { owner: Some((user, group)), ..Attributes::default() };
                sftp.set_stat(at, &to).await.map_err(said)
            }
        }
    }

    /// Makes a symbolic link.
    pub(super) async fn make_link(&self, target: &[u8], at: &[u8]) -> Said<()> {
        match self {
            FilePlace::Local => {
                let target = local(target);
                self.local(at, move |at| attributes::make_link(&target, at)).await
            }
            FilePlace::Remote(sftp) => sftp.make_new_symlink(target, at).await.map_err(said),
        }
    }

    /// What a symbolic link has in it.
    pub(super) async fn read_link(&self, at: &[u8]) -> Said<Vec<u8>> {
        match self {
            FilePlace::Local => {
                let at = at.to_vec();
                blocking(move || {
                    let target = fs::read_link(local(&at)).map_err(|error| about(&at, &error))?;
                    Ok(target.into_os_string().into_encoded_bytes())
                })
                .await
            }
            FilePlace::Remote(sftp) => sftp.read_link(at).await.map_err(said),
        }
    }

    /// Removes a file, or a directory with all that is in it. Links are removed, never followed.
    pub(super) async fn remove(&self, at: &[u8]) -> Said<()> {
        match self {
            FilePlace::Local => {
                self.local(at, |at| match fs::symlink_metadata(at)?.is_dir() {
                    true => fs::remove_dir_all(at),
                    false => fs::remove_file(at),
                })
                .await
            }
            FilePlace::Remote(sftp) => {
                let found = sftp.lstat(at).await.map_err(said)?;
                match found.file_type() {
                    FileType::Directory => remove_remote_tree(sftp, at).await,
                    _ => sftp.remove(at).await.map_err(said),
                }
            }
        }
    }

    /// Counts files and bytes below these paths. Links count as themselves.
    pub(super) async fn usage(&self, paths: &[Vec<u8>]) -> Said<TreeUsage> {
        let mut usage = TreeUsage::default();
        let mut open = OpenTrees::at_most(MAX_KEPT);
        for at in paths {
            let found = self.lstat(at).await?;
            usage.count(&found);
            if found.file_type() == FileType::Directory {
                open.push(at.clone(), 0)?;
            }
        }
        while let Some((at, depth)) = open.pop() {
            for entry in self.names_in(&at).await? {
                usage.count(&entry.attributes);
                if entry.attributes.file_type() == FileType::Directory {
                    open.push(path::join(&at, &entry.name), depth + 1)?;
                }
            }
        }
        Ok(usage)
    }

    /// All names in a directory that can be names.
    pub(super) async fn names_in(&self, at: &[u8]) -> Said<Vec<PaneEntry>> {
        match self {
            FilePlace::Local => {
                let at = at.to_vec();
                blocking(move || {
                    let entries = fs::read_dir(local(&at)).map_err(|error| about(&at, &error))?;
                    entries.map(|entry| local_entry(&at, entry)).collect()
                })
                .await
            }
            FilePlace::Remote(sftp) => {
                let directory = sftp.open_directory(at).await.map_err(said)?;
                let mut directory = directory.at_most(MAX_NAMES);
                let mut all = Vec::new();
                while let Some(names) = directory.next().await.map_err(said)? {
                    let plain = names.into_iter().filter(|entry| path::is_plain_name(&entry.name));
                    all.extend(plain.map(|it| PaneEntry::new(it.name, it.attributes, false)));
                }
                Ok(all)
            }
        }
    }

    /// The first bytes of a file, and whether they are all of them.
    pub(super) async fn head(&self, at: &[u8]) -> Said<(Vec<u8>, bool)> {
        let mut bytes = match self {
            FilePlace::Local => {
                let at = at.to_vec();
                blocking(move || {
                    let file = crate::os::file::open_without_waiting(&local(&at));
                    let mut bytes = Vec::new();
                    file.and_then(|file| file.take(MAX_VIEWED as u64 + 1).read_to_end(&mut bytes))
                        .map_err(|error| about(&at, &error))?;
                    Ok(bytes)
                })
                .await?
            }
            FilePlace::Remote(sftp) => {
                let none = Attributes::default();
                let file = sftp.open_file(at, OpenFlags::READ, &none).await.map_err(said)?;
                let block = sftp.limits().await.map_err(said)?.read;
                let mut bytes = Vec::new();
                while bytes.len() <= MAX_VIEWED {
                    let read = file.read_at(bytes.len() as u64, block).await.map_err(said)?;
                    if read.is_empty() {
                        break;
                    }
                    bytes.extend_from_slice(&read);
                }
                bytes
            }
        };
        let is_whole = bytes.len() <= MAX_VIEWED;
        bytes.truncate(MAX_VIEWED);
        Ok((bytes, is_whole))
    }

    async fn local(
        &self,
        at: &[u8],
        work: impl FnOnce(&Path) -> io::Result<()> + Send + 'static,
    ) -> Said<()> {
        let at = at.to_vec();
        blocking(move || work(&local(&at)).map_err(|error| about(&at, &error))).await
    }
}

impl TreeUsage {
    fn count(&mut self, found: &Attributes) {
        match found.file_type() {
            FileType::Directory => self.directories += 1,
            _ => {
                self.files += 1;
                self.bytes = self.bytes.saturating_add(found.size.unwrap_or(0));
            }
        }
    }
}

/// Renames within one directory without replacing, in one step where the system can.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match (from.parent(), from.file_name(), to.parent(), to.file_name()) {
        (Some(parent), Some(from), Some(there), Some(to)) if parent == there => {
            TreeDirectory::open(parent)?.rename(from, to, false)
        }
        _ if to.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        _ => fs::rename(from, to),
    }
}

fn list_local(at: &[u8], parts: &ListingSender) -> Said<()> {
    let real = fs::canonicalize(local(at)).map_err(|error| about(at, &error))?;
    let entries = fs::read_dir(&real).map_err(|error| about(at, &error))?;
    let real = real.into_os_string().into_encoded_bytes();
    // If nobody takes it, another directory is wanted by now.
    if parts.blocking_send(ListingPart::Entered(real.clone())).is_err() {
        return Ok(());
    }
    let mut batch = Vec::with_capacity(BATCH);
    for entry in entries {
        // A name that is gone again is left out.
        if let Ok(entry) = local_entry(&real, entry) {
            batch.push(entry);
        }
        if batch.len() == BATCH {
            let full = ListingPart::Entries(std::mem::take(&mut batch));
            if parts.blocking_send(full).is_err() {
                return Ok(());
            }
        }
    }
    let _ = parts.blocking_send(ListingPart::Entries(batch));
    Ok(())
}

fn local_entry(at: &[u8], entry: io::Result<fs::DirEntry>) -> Said<PaneEntry> {
    let entry = entry.map_err(|error| about(at, &error))?;
    let found = entry.metadata().map_err(|error| about(at, &error))?;
    let leads = found.is_symlink() && fs::metadata(entry.path()).is_ok_and(|it| it.is_dir());
    let name = entry.file_name().into_encoded_bytes();
    Ok(PaneEntry::new(name, attributes_of(&found), leads))
}

async fn list_remote(sftp: &Sftp, at: &[u8], parts: &ListingSender) -> Said<()> {
    let real = sftp.real_path(if at.is_empty() { b"." } else { at }).await.map_err(said)?;
    let mut directory = sftp.open_directory(&real).await.map_err(said)?.at_most(MAX_NAMES);
    // If nobody takes it, another directory is wanted by now.
    if parts.send(ListingPart::Entered(real.clone())).await.is_err() {
        return Ok(());
    }
    while let Some(names) = directory.next().await.map_err(said)? {
        let names = names.into_iter().filter(|entry| path::is_plain_name(&entry.name));
        // Asked for together, so that the links of a part take one round trip.
        let asked: Vec<_> = names
            .map(|entry| {
                let is_link = entry.attributes.file_type() == FileType::Symlink;
                let target = is_link.then(|| sftp.stat(&path::join(&real, &entry.name)));
                (entry, target)
            })
            .collect();
        let mut batch = Vec::with_capacity(asked.len());
        for (entry, target) in asked {
            let leads = match target {
                Some(target) => {
                    target.await.is_ok_and(|found| found.file_type() == FileType::Directory)
                }
                None => false,
            };
            batch.push(PaneEntry::new(entry.name, entry.attributes, leads));
        }
        if parts.send(ListingPart::Entries(batch)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Removes a directory on a server: what is in it first.
async fn remove_remote_tree(sftp: &Sftp, at: &[u8]) -> Said<()> {
    let place = FilePlace::Remote(sftp.clone());
    let mut open = OpenTrees::at_most(MAX_KEPT);
    open.push(at.to_vec(), 0)?;
    let mut emptied = Vec::new();
    while let Some((at, depth)) = open.pop() {
        let mut asked = Vec::new();
        for entry in place.names_in(&at).await? {
            let file = path::join(&at, &entry.name);
            match entry.attributes.file_type() {
                FileType::Directory => open.push(file, depth + 1)?,
                _ => asked.push(sftp.remove(&file)),
            }
        }
        for removal in asked {
            removal.await.map_err(said)?;
        }
        emptied.push(at);
    }
    // A directory comes after the one that it is in.
    for at in emptied.iter().rev() {
        sftp.remove_directory(at).await.map_err(said)?;
    }
    Ok(())
}

/// The directories of a tree that are still to be read, with their depths.
pub(super) struct OpenTrees {
    trees: Vec<(Vec<u8>, usize)>,
    bytes: usize,
    most: usize,
}

impl OpenTrees {
    /// So many bytes of paths are kept at most; what has been read counts, too.
    pub(super) fn at_most(most: usize) -> OpenTrees {
        OpenTrees { trees: Vec::new(), bytes: 0, most }
    }

    pub(super) fn pop(&mut self) -> Option<(Vec<u8>, usize)> {
        self.trees.pop()
    }

    pub(super) fn push(&mut self, at: Vec<u8>, depth: usize) -> Said<()> {
        let file = || text::name(&at, MAX_SHOWN);
        self.bytes += at.len();
        if depth > MAX_DEPTH {
            return Err(say!(panes_too_deep, file = file(), most = MAX_DEPTH));
        }
        if self.bytes > self.most {
            let reason = say!(sftp_names_too_long, most = self.most);
            return Err(say!(panes_about, file = file(), reason));
        }
        self.trees.push((at, depth));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_given_up_that_are_too_deep_or_have_too_long_paths() {
        let mut open = OpenTrees::at_most(1000);
        open.push(b"/tree".to_vec(), MAX_DEPTH).unwrap();
        assert!(open.push(b"/deep".to_vec(), MAX_DEPTH + 1).unwrap_err().starts_with("/deep: "));
        let refused = (0..).find_map(|_| open.push(b"/wide/path".to_vec(), 1).err()).unwrap();
        assert!(refused.starts_with("/wide/path: ") && refused.contains("1000 bytes"), "{refused}");
        assert_eq!(open.trees.len(), 1 + 99);
    }
}
