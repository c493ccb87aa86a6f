//! Installs a key over SFTP, as the script does where there is a shell: the new file is written
//! whole beside the old one, which is opened exclusively, and renamed over it.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::time::timeout;

use super::outcome::{FILE, FOLDER, InstallWay, Installation, refused};
use crate::client::deadline::KEY_OVER_SFTP;
use crate::error::{Error, Kind, Result};
use crate::keys::authorized::AuthorizedKey;
use crate::keys::authorized_script::ScriptRefusal;
use crate::say;
use crate::sftp::{
    Attributes, Extension, FileType, OpenFlags, RemoteFile, Sftp, SftpFailure, SftpFault,
};

/// The file that is written first; the same name as that of the script.
const BESIDE: &str = ".ssh/authorized_keys.tessh";
/// The largest file that is added to: tens of thousands of keys.
const MAX_FILE: u64 = 8 * 1024 * 1024;
/// How much is read and written at once; every server takes this.
const BLOCK: usize = 32 * 1024;
/// The bits of a mode that can be set.
const MODE: u32 = 0o7777;
/// The bits by which others may write.
const WRITABLE: u32 = 0o022;

/// Installs the key, once.
///
/// # Errors
/// What is there is no place for it, a request fails, all of them together take too long, or the
/// connection is lost.
pub(super) async fn install(sftp: &Sftp, key: &AuthorizedKey) -> Result<Installation> {
    let created = AtomicBool::new(false);
    let done = timeout(KEY_OVER_SFTP, install_in_time(sftp, key, &created)).await;
    let done = done.unwrap_or_else(|_| Err(Error::new(Kind::Timeout, say!(copy_id_too_slow))));
    if created.load(Ordering::Relaxed) {
        let _ = sftp.remove(BESIDE.as_bytes()).await;
    }
    done
}

/// Installs the key; `created` tells whether the file beside is there.
async fn install_in_time(
    sftp: &Sftp,
    key: &AuthorizedKey,
    created: &AtomicBool,
) -> Result<Installation> {
    let refuse = |refusal: ScriptRefusal| Err(refused(&refusal, key));
    let (folder, made_folder) = match folder(sftp).await? {
        Ok(found) => found,
        Err(refusal) => return refuse(refusal),
    };
    let old = match old_file(sftp).await? {
        Ok(old) => old,
        Err(refusal) => return refuse(refusal),
    };
    let home = sftp.stat(b".").await.ok();
    let named = [(".", home), (FOLDER, Some(folder)), (FILE, old)];
    let writable = named.into_iter().filter(|(_, found)| is_writable(found.as_ref()));
    let writable: Vec<_> = writable.map(|(name, _)| name.to_owned()).collect();
    let Some(beside) = create(sftp).await? else {
        return refuse(ScriptRefusal::Busy(BESIDE.to_owned()));
    };
    created.store(true, Ordering::Relaxed);
    let added = match replaced(sftp, beside, (&folder, old.as_ref()), key).await? {
        Ok(added) => added,
        Err(refusal) => return refuse(refusal),
    };
    created.store(!added, Ordering::Relaxed);
    Ok(Installation { added, made_folder, writable, way: InstallWay::Sftp })
}

/// The folder, and whether it was made.
async fn folder(sftp: &Sftp) -> Result<Result<(Attributes, bool), ScriptRefusal>> {
    let mut made = false;
    let found = match sftp.lstat(FOLDER.as_bytes()).await {
        Err(failure) if failure.fault() == SftpFault::NoSuchFile => {
            let private = mode(0o700);
            sftp.make_directory(FOLDER.as_bytes(), &private).await.map_err(failed)?;
            made = true;
            sftp.lstat(FOLDER.as_bytes()).await.map_err(failed)?
        }
        found => found.map_err(failed)?,
    };
    Ok(match found.file_type() {
        FileType::Directory => {
            if made && found.permissions.is_some_and(|mode| mode & MODE != 0o700) {
                sftp.set_stat(FOLDER.as_bytes(), &mode(0o700)).await.map_err(failed)?;
            }
            Ok((found, made))
        }
        FileType::Symlink => Err(ScriptRefusal::Link(FOLDER.to_owned())),
        _ => Err(ScriptRefusal::Kind(FOLDER.to_owned())),
    })
}

/// The attributes of the file that is there; `None` if there is none.
async fn old_file(sftp: &Sftp) -> Result<Result<Option<Attributes>, ScriptRefusal>> {
    Ok(match sftp.lstat(FILE.as_bytes()).await {
        Err(failure) if failure.fault() == SftpFault::NoSuchFile => Ok(None),
        Err(failure) => return Err(failed(failure)),
        Ok(found) => match found.file_type() {
            FileType::Regular => Ok(Some(found)),
            FileType::Symlink => Err(ScriptRefusal::Link(FILE.to_owned())),
            _ => Err(ScriptRefusal::Kind(FILE.to_owned())),
        },
    })
}

/// Creates the file beside; `None` if something has its name.
async fn create(sftp: &Sftp) -> Result<Option<RemoteFile>> {
    let flags = OpenFlags::READ | OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    match sftp.open_file(BESIDE.as_bytes(), flags, &mode(0o600)).await {
        Ok(file) => Ok(Some(file)),
        // Version 3 has no code for a file that is there.
        Err(_) if sftp.lstat(BESIDE.as_bytes()).await.is_ok() => Ok(None),
        Err(failure) => Err(failed(failure)),
    }
}

/// Writes the new file beside the old one and renames it; whether there was anything to add.
async fn replaced(
    sftp: &Sftp,
    beside: RemoteFile,
    (folder, old): (&Attributes, Option<&Attributes>),
    key: &AuthorizedKey,
) -> Result<Result<bool, ScriptRefusal>> {
    // Whoever the file that was just made belongs to is who is logged in.
    let own = beside.stat().await.map_err(failed)?;
    let is_own = |found: &Attributes| match (found.owner, own.owner) {
        (Some((theirs, _)), Some((ours, _))) => theirs == ours,
        _ => true,
    };
    let named = [(FOLDER, Some(folder)), (FILE, old)];
    if let Some((name, _)) = named.into_iter().find(|(_, found)| !found.is_none_or(is_own)) {
        return Ok(Err(ScriptRefusal::Owner(name.to_owned())));
    }
    let text = match old {
        Some(old) => read(sftp, old).await?,
        None => Vec::new(),
    };
    if key.is_in(&text) {
        beside.close().await.map_err(failed)?;
        return Ok(Ok(false));
    }
    if old.is_some() && !sftp.extensions().has(Extension::PosixRename) {
        let why = say!(copy_id_no_rename);
        return Ok(Err(ScriptRefusal::Failed(why)));
    }
    write(&beside, key.added_to(&text)).await?;
    let kept = old.and_then(|old| old.permissions).map_or(0o600, |old| old & MODE);
    beside.set_stat(&mode(kept)).await.map_err(failed)?;
    if sftp.extensions().has(Extension::Fsync) {
        beside.fsync().await.map_err(failed)?;
    }
    beside.close().await.map_err(failed)?;
    sftp.rename(BESIDE.as_bytes(), FILE.as_bytes()).await.map_err(failed)?;
    Ok(Ok(true))
}

/// The whole file, which must still be the one that was looked at.
async fn read(sftp: &Sftp, looked_at: &Attributes) -> Result<Vec<u8>> {
    let file = sftp.open_file(FILE.as_bytes(), OpenFlags::READ, &Attributes::default());
    let file = file.await.map_err(failed)?;
    let found = file.stat().await.map_err(failed)?;
    let changed = found.owner != looked_at.owner || found.permissions != looked_at.permissions;
    if changed || found.size.is_some_and(|size| size > MAX_FILE) {
        let why = if changed { say!(copy_id_changed) } else { say!(copy_id_too_long) };
        return Err(Error::new(Kind::Channel, say!(copy_id_failed, why)));
    }
    let mut text = Vec::new();
    while text.len() as u64 <= MAX_FILE {
        match file.read_at(text.len() as u64, BLOCK as u32).await {
            Ok(block) if block.is_empty() => break,
            Ok(block) => text.extend_from_slice(&block),
            Err(failure) if failure.fault() == SftpFault::EndOfFile => break,
            Err(failure) => return Err(failed(failure)),
        }
    }
    match text.len() as u64 > MAX_FILE {
        true => {
            let why = say!(copy_id_too_long);
            Err(Error::new(Kind::Channel, say!(copy_id_failed, why)))
        }
        false => Ok(text),
    }
}

async fn write(file: &RemoteFile, text: Vec<u8>) -> Result<()> {
    let mut text = Bytes::from(text);
    let mut offset = 0;
    while !text.is_empty() {
        let block = text.split_to(text.len().min(BLOCK));
        let length = block.len() as u64;
        file.write_at(offset, block).await.map_err(failed)?;
        offset += length;
    }
    Ok(())
}

fn mode(permissions: u32) -> Attributes {
    Attributes { permissions: Some(permissions), ..Attributes::default() }
}

fn is_writable(found: Option<&Attributes>) -> bool {
    found.and_then(|found| found.permissions).is_some_and(|mode| mode & WRITABLE != 0)
}

fn failed(failure: SftpFailure) -> Error {
    failure.into_error()
}
