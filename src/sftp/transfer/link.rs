//! Symbolic links that are copied as links.

use std::io;

use crate::os::tree::TreeKind;
use crate::os::words;
use crate::say;
use crate::sftp::attributes::FileType;
use crate::sftp::client::Sftp;
use crate::sftp::failure::SftpFault;
use crate::sftp::transfer::decide::reason_to_keep;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::observer::TransferFile;
use crate::sftp::transfer::task::{LocalPlace, RemotePlace, Run, SourceFacts, TaskEnd};

/// Makes a link here.
pub(crate) async fn get(
    run: &Run<'_>,
    sftp: &Sftp,
    file: &TransferFile,
    to: &LocalPlace,
) -> Result<TaskEnd, TransferFault> {
    let local = |error: io::Error| TransferFault::local(&file.to, &error);
    let target = words::from_bytes(sftp.read_link(&file.from).await?);
    let directory = to.folder.open().map_err(local)?;
    match directory.status(&to.name, false) {
        Ok(there) if there.kind == TreeKind::Directory => {
            return Err(TransferFault::about(&file.to, &say!(transfer_is_a_directory)));
        }
        Ok(there) if there.kind == TreeKind::Other => return Err(TransferFault::special(&file.to)),
        Ok(there) => {
            let same = there.kind == TreeKind::Link
                && directory.read_link(&to.name).is_ok_and(|words| words == target);
            if same {
                return Ok(TaskEnd::Link);
            }
            let there = SourceFacts::from(&there);
            if let Some(why) = reason_to_keep(run, file, &SourceFacts::default(), &there).await? {
                return Ok(TaskEnd::Skipped(why));
            }
            directory.remove(&to.name).map_err(local)?;
        }
        Err(_) => {}
    }
    directory.make_link(&target, &to.name).map_err(local)?;
    Ok(TaskEnd::Link)
}

/// Makes a link on the server.
pub(crate) async fn put(
    run: &Run<'_>,
    sftp: &Sftp,
    file: &TransferFile,
    from: &LocalPlace,
    to: &RemotePlace,
) -> Result<TaskEnd, TransferFault> {
    let local = |error: io::Error| TransferFault::local(&file.from, &error);
    let target = from.folder.open().and_then(|open| open.read_link(&from.name)).map_err(local)?;
    let target = target.as_encoded_bytes();
    to.folder.ensure(sftp).await?;
    match sftp.lstat(&to.path).await {
        Ok(there) if there.file_type() == FileType::Directory => {
            return Err(TransferFault::about(&to.path, &say!(transfer_is_a_directory)));
        }
        Ok(there) if there.file_type() == FileType::Special => {
            return Err(TransferFault::special(&to.path));
        }
        Ok(there) => {
            let is_link = there.file_type() == FileType::Symlink;
            if is_link && sftp.read_link(&to.path).await.is_ok_and(|words| words == target) {
                return Ok(TaskEnd::Link);
            }
            let there = SourceFacts::from(&there);
            if let Some(why) = reason_to_keep(run, file, &SourceFacts::default(), &there).await? {
                return Ok(TaskEnd::Skipped(why));
            }
            sftp.remove(&to.path).await?;
        }
        Err(failure) if failure.fault() == SftpFault::ConnectionLost => return Err(failure.into()),
        Err(_) => {}
    }
    sftp.symlink(target, &to.path).await?;
    Ok(TaskEnd::Link)
}
