//! Why a server has refused, where version 3 has no code for it and another look tells.

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::connection::Sftp;
use crate::sftp::failure::{PathsNamed, SftpFailure, SftpFault, SftpResult};
use crate::sftp::packet::status;

impl Sftp {
    /// Makes a directory as [`make_directory`](Sftp::make_directory), and says if something of that
    /// name is there already.
    ///
    /// # Errors
    /// [`SftpFault::AlreadyExists`], or those of the request.
    pub async fn make_new_directory(&self, path: &[u8], made_with: &Attributes) -> SftpResult<()> {
        self.or_taken(path, self.make_directory(path, made_with).await).await
    }

    /// Makes a symbolic link as [`symlink`](Sftp::symlink), and says if something of that name is
    /// there already.
    ///
    /// # Errors
    /// [`SftpFault::AlreadyExists`], or those of the request.
    pub async fn make_new_symlink(&self, target: &[u8], link: &[u8]) -> SftpResult<()> {
        self.or_taken(link, self.symlink(target, link).await).await
    }

    /// Makes a hard link as [`hard_link`](Sftp::hard_link), and says if something of that name is
    /// there already.
    ///
    /// # Errors
    /// [`SftpFault::AlreadyExists`], or those of the request.
    pub async fn make_new_hard_link(&self, target: &[u8], link: &[u8]) -> SftpResult<()> {
        self.or_taken(link, self.hard_link(target, link).await).await
    }

    /// Removes a directory as [`remove_directory`](Sftp::remove_directory), and says if there is
    /// something in it.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn remove_empty_directory(&self, path: &[u8]) -> SftpResult<()> {
        let result = self.remove_directory(path).await;
        match &result {
            Err(failure) if failure.fault() == SftpFault::Failure && self.has_names(path).await => {
                let error = Error::new(Kind::Channel, say!(sftp_not_empty));
                Err(SftpFailure::failed(error).about(&PathsNamed::one(path)))
            }
            _ => result,
        }
    }

    async fn or_taken(&self, path: &[u8], result: SftpResult<()>) -> SftpResult<()> {
        match &result {
            Err(failure)
                if failure.fault() == SftpFault::Failure && self.lstat(path).await.is_ok() =>
            {
                let taken = SftpFailure::refused(status::FILE_ALREADY_EXISTS, b"");
                Err(taken.about(&PathsNamed::one(path)))
            }
            _ => result,
        }
    }

    /// Whether a directory's list has a name besides its own and its parent's.
    async fn has_names(&self, path: &[u8]) -> bool {
        let Ok(mut open) = self.open_directory(path).await else { return false };
        let is_name = |name: &[u8]| !matches!(name, b"." | b"..");
        while let Ok(Some(entries)) = open.next().await {
            if entries.iter().any(|entry| is_name(&entry.name)) {
                return true;
            }
        }
        false
    }
}
