//! Copies within one place and between two servers, through this program. Directories are merged,
//! links are copied as links, and nothing below the named target is followed. A file is written
//! under another name, and gets its own when all of it is there.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::io::Write as _;

use bytes::Bytes;

use super::place::{FilePlace, Said, about, local, said};
use crate::os::private;
use crate::say;
use crate::sftp::{Attributes, FileType, OpenFlags, Pending, RemoteFile, partial_of};
use crate::text;
use crate::ui::panes::{ExistingFiles, JobQuestion, path};

/// What is read at once of a local file.
const LOCAL_BLOCK: usize = 256 * 1024;
/// How many blocks are on the way to or from a server.
const AHEAD: usize = 32;
/// How deep a tree may be.
const MAX_DEPTH: usize = 200;
/// How many characters of a path an error shows.
const MAX_SHOWN: usize = 200;
/// A file that only its owner can access, until it is whole.
const PRIVATE: u32 = 0o600;

/// Whom a copy tells how far it is.
pub(super) trait CopyProgress: Send + Sync {
    /// A file of this size begins.
    fn begins(&self, file: &[u8], bytes: u64);

    /// Whether a file that is there is replaced, where the person is asked about each.
    fn replaces(&self, question: JobQuestion) -> impl Future<Output = bool> + Send;

    /// So many bytes more have been copied.
    fn copied(&self, bytes: u64);
}

/// Moves within one place: by renaming, otherwise by copying and removing. How many files were left.
pub(super) async fn move_within(
    place: &FilePlace,
    from: &[u8],
    to: &[u8],
    existing: ExistingFiles,
    progress: &impl CopyProgress,
) -> Said<usize> {
    let source = place.lstat(from).await?;
    let there = place.lstat(to).await.ok();
    let is_tree = source.file_type() == FileType::Directory;
    let merges = there.is_some_and(|there| is_tree || there.file_type() == FileType::Directory);
    if !merges {
        if let Some(there) = &there
            && is_kept(&source, (to, there), existing, progress).await
        {
            return Ok(1);
        }
        if place.rename(from, to, there.is_some()).await.is_ok() {
            return Ok(0);
        }
    }
    // Into a directory that is there, or on another file system.
    let left = copy((place, from), (place, to), existing, progress).await?;
    if left == 0 {
        place.remove(from).await?;
    }
    Ok(left)
}

/// Whether a file that is there stays.
async fn is_kept(
    source: &Attributes,
    (to, there): (&[u8], &Attributes),
    existing: ExistingFiles,
    progress: &impl CopyProgress,
) -> bool {
    let modified = |of: &Attributes| of.times.map_or(0, |(_, modified)| modified);
    let facts = |of: &Attributes| (of.size.unwrap_or(0), of.times.map(|(_, modified)| modified));
    match existing {
        ExistingFiles::Keep => true,
        ExistingFiles::ReplaceOlder => modified(source) <= modified(there),
        ExistingFiles::ReplaceDifferent => facts(source) == facts(there),
        ExistingFiles::Replace => false,
        ExistingFiles::Ask => {
            let (there, source) = (facts(there), facts(source));
            !progress.replaces(JobQuestion { target: to.to_vec(), there, source }).await
        }
    }
}

/// A file or tree, in its place.
type Located<'a> = (&'a FilePlace, &'a [u8]);

/// Copies a file or a tree; how many files were left as they were.
pub(super) async fn copy(
    (from_place, from): Located<'_>,
    (to_place, to): Located<'_>,
    existing: ExistingFiles,
    progress: &impl CopyProgress,
) -> Said<usize> {
    let mut left = 0;
    let mut open = vec![(from.to_vec(), to.to_vec(), from_place.lstat(from).await?, 0)];
    let mut made: Vec<(Vec<u8>, Attributes)> = Vec::new();
    while let Some((from, to, source, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            let file = text::name(&from, MAX_SHOWN);
            return Err(say!(panes_too_deep, file, most = MAX_DEPTH));
        }
        let there = to_place.lstat(&to).await.ok();
        let is_there = there.map(|there| there.file_type());
        let is_file =
            source.file_type() != FileType::Directory && is_there != Some(FileType::Directory);
        let stays = match &there {
            Some(there) if is_file => is_kept(&source, (&to, there), existing, progress).await,
            _ => false,
        };
        match source.file_type() {
            FileType::Directory => {
                match is_there {
                    None => to_place.make_directory(&to).await?,
                    Some(FileType::Directory) => {}
                    // A link is not followed: somebody may have made it meanwhile.
                    Some(_) => return Err(no_directory(&to)),
                }
                for entry in from_place.names_in(&from).await? {
                    let source = path::join(&from, &entry.name);
                    open.push((source, path::join(&to, &entry.name), entry.attributes, depth + 1));
                }
                made.push((to, source));
            }
            _ if is_there == Some(FileType::Directory) => {
                return Err(say!(panes_there_already, file = text::name(&to, MAX_SHOWN)));
            }
            _ if stays => left += 1,
            FileType::Symlink => {
                if there.is_some() {
                    to_place.remove(&to).await?;
                }
                let target = from_place.read_link(&from).await?;
                to_place.make_link(&target, &to).await?;
            }
            FileType::Regular | FileType::Unknown => {
                progress.begins(&from, source.size.unwrap_or(0));
                let ends = ((from_place, &from[..]), (to_place, &to[..]));
                copy_file(ends, &source, there.is_some(), progress).await?;
            }
            // Devices, sockets and pipes have no content to copy.
            FileType::Special => left += 1,
        }
    }
    // The directories inside come after those that they are in.
    for (at, source) in made.iter().rev() {
        finish(to_place, at, source).await?;
    }
    Ok(left)
}

fn no_directory(at: &[u8]) -> String {
    say!(panes_not_a_directory, file = text::name(at, MAX_SHOWN))
}

/// Copies one file under another name first.
async fn copy_file(
    ((from_place, from), (to_place, to)): (Located<'_>, Located<'_>),
    source: &Attributes,
    replaces: bool,
    progress: &impl CopyProgress,
) -> Said<()> {
    let parent = path::parent(to).unwrap_or(b"/");
    let partial = path::join(parent, &partial_of(path::name(to)));
    // What an earlier time has left, or a link that somebody has put there.
    if to_place.lstat(&partial).await.is_ok() {
        to_place.remove(&partial).await?;
    }
    let mut reader = CopyReader::open(from_place, from).await?;
    let mut writer = Writer::create(to_place, &partial).await?;
    let mut copied: u64 = 0;
    while let Some(block) = reader.next().await? {
        let length = block.len() as u64;
        writer.write(block).await?;
        copied += length;
        progress.copied(length);
    }
    writer.finish().await?;
    let size = reader.size_now(from_place, from).await?;
    if size.is_some_and(|size| size != copied) {
        return Err(say!(panes_changed_meanwhile, file = text::name(from, MAX_SHOWN)));
    }
    finish(to_place, &partial, source).await?;
    to_place.rename(&partial, to, replaces).await
}

/// Gives a copy the mode and the times of its source; never the bits that lend rights.
async fn finish(place: &FilePlace, at: &[u8], source: &Attributes) -> Said<()> {
    let mode = source.permissions.map(|mode| mode & 0o777);
    match place {
        FilePlace::Remote(sftp) => {
            let to = Attributes { permissions: mode, times: source.times, ..Attributes::default() };
            sftp.set_stat(at, &to).await.map_err(said)
        }
        FilePlace::Local => {
            if let Some(mode) = mode {
                place.set_mode(at, mode).await?;
            }
            let (parent, name) = (path::parent(at).unwrap_or(b"."), path::name(at));
            if let Some((access, modified)) = source.times {
                let times = (i64::from(access), i64::from(modified));
                let directory = crate::os::tree::TreeDirectory::open(&local(parent));
                let name = crate::os::words::from_bytes(name);
                directory
                    .and_then(|directory| directory.set_times(&name, times))
                    .map_err(|error| about(at, &error))?;
            }
            Ok(())
        }
    }
}

/// Reads a file in order.
pub(super) enum CopyReader {
    Local(Option<File>, Vec<u8>),
    Remote { file: RemoteFile, block: u32, next: u64, ahead: VecDeque<(u64, u32, Pending<Bytes>)> },
}

impl CopyReader {
    pub(super) async fn open(place: &FilePlace, at: &[u8]) -> Said<CopyReader> {
        match place {
            FilePlace::Local => {
                let file = crate::os::file::open_without_waiting(&local(at));
                Ok(CopyReader::Local(Some(file.map_err(|error| about(at, &error))?), at.to_vec()))
            }
            FilePlace::Remote(sftp) => {
                let none = Attributes::default();
                let file = sftp.open_file(at, OpenFlags::READ, &none).await.map_err(said)?;
                let block = sftp.limits().await.map_err(said)?.read;
                Ok(CopyReader::Remote { file, block, next: 0, ahead: VecDeque::new() })
            }
        }
    }

    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Said<Option<Bytes>> {
        match self {
            CopyReader::Local(file, at) => {
                let Some(mut taken) = file.take() else { return Ok(None) };
                let read = tokio::task::spawn_blocking(move || {
                    let mut block = vec![0; LOCAL_BLOCK];
                    let count = taken.read(&mut block)?;
                    block.truncate(count);
                    Ok::<_, std::io::Error>((taken, block))
                });
                let stopped = |_| say!(stopped_by_fault);
                let (back, block) =
                    read.await.map_err(stopped)?.map_err(|error| about(at, &error))?;
                *file = Some(back);
                Ok(Some(Bytes::from(block)).filter(|block| !block.is_empty()))
            }
            CopyReader::Remote { file, block, next, ahead } => {
                while ahead.len() < AHEAD {
                    ahead.push_back((*next, *block, file.read_at(*next, *block)));
                    *next += u64::from(*block);
                }
                let Some((offset, asked, pending)) = ahead.pop_front() else { return Ok(None) };
                let read = pending.await.map_err(said)?;
                if read.is_empty() {
                    ahead.clear();
                    return Ok(None);
                }
                let missing = asked - u32::try_from(read.len()).unwrap_or(asked);
                if missing > 0 {
                    // A server may give fewer bytes than it was asked for.
                    let offset = offset + read.len() as u64;
                    ahead.push_front((offset, missing, file.read_at(offset, missing)));
                }
                Ok(Some(read))
            }
        }
    }

    /// Puts the next bytes there if nothing is there; nothing at the end.
    pub(super) async fn fill(&mut self, bytes: &mut Bytes) -> Said<()> {
        if bytes.is_empty() {
            *bytes = self.next().await?.unwrap_or_default();
        }
        Ok(())
    }

    /// The size of the file, now that it has been read.
    async fn size_now(&self, place: &FilePlace, at: &[u8]) -> Said<Option<u64>> {
        match self {
            CopyReader::Local(..) => Ok(place.stat(at).await?.size),
            CopyReader::Remote { file, .. } => Ok(file.stat().await.map_err(said)?.size),
        }
    }
}

/// Writes a new file in order.
enum Writer {
    Local(Option<File>, Vec<u8>),
    Remote { file: RemoteFile, block: usize, next: u64, ahead: VecDeque<Pending<()>> },
}

impl Writer {
    async fn create(place: &FilePlace, at: &[u8]) -> Said<Writer> {
        match place {
            FilePlace::Local => {
                let file = private::create_file(&local(at)).map_err(|error| about(at, &error))?;
                Ok(Writer::Local(Some(file), at.to_vec()))
            }
            FilePlace::Remote(sftp) => {
                let made = Attributes { permissions: Some(PRIVATE), ..Attributes::default() };
                let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
                let file = sftp.open_file(at, flags, &made).await.map_err(said)?;
                let block = sftp.limits().await.map_err(said)?.write as usize;
                Ok(Writer::Remote { file, block, next: 0, ahead: VecDeque::new() })
            }
        }
    }

    async fn write(&mut self, mut bytes: Bytes) -> Said<()> {
        match self {
            Writer::Local(file, at) => {
                let Some(mut taken) = file.take() else { return Ok(()) };
                let written = tokio::task::spawn_blocking(move || {
                    taken.write_all(&bytes)?;
                    Ok::<_, std::io::Error>(taken)
                });
                let stopped = |_| say!(stopped_by_fault);
                let back = written.await.map_err(stopped)?.map_err(|error| about(at, &error))?;
                *file = Some(back);
            }
            Writer::Remote { file, block, next, ahead } => {
                while !bytes.is_empty() {
                    let part = bytes.split_to(bytes.len().min(*block));
                    let length = part.len() as u64;
                    ahead.push_back(file.write_at(*next, part));
                    *next += length;
                    if ahead.len() >= AHEAD
                        && let Some(first) = ahead.pop_front()
                    {
                        first.await.map_err(said)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Waits until all has been written.
    async fn finish(self) -> Said<()> {
        if let Writer::Remote { file, ahead, .. } = self {
            for pending in ahead {
                pending.await.map_err(said)?;
            }
            file.close().await.map_err(said)?;
        }
        Ok(())
    }
}
