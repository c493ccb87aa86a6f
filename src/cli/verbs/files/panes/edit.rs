//! Edits a file in the person's editor. What is saved goes to the server at once, and what somebody
//! else has changed there meanwhile is never overwritten.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::place::{FilePlace, Said, about, local, said};
use crate::cli::attempt;
use crate::error::io_reason;
use crate::os::private::TemporaryDirectory;
use crate::os::words;
use crate::say;
use crate::sftp::{
    Attributes, OverwritePolicy, Sftp, Transfer, TransferEvent, TransferJob, TransferObserver,
    TransferOptions,
};
use crate::text;
use crate::ui::panes::path;

/// How often the file is looked at while the editor is open.
const LOOK: Duration = Duration::from_millis(700);
/// The largest file that is edited: editors read all of it.
const MAX_EDITED: u64 = 256 << 20;
/// How many bytes of a file are read at once to hash it.
const HASHED_AT_ONCE: usize = 64 * 1024;
/// How many characters of a path a sentence has.
const MAX_SHOWN: usize = 200;
/// How many names are tried for what cannot go under its own.
const MOST_NAMES: usize = 100;

/// Runs a program that has the terminal until it ends.
pub(super) async fn run(mut command: Command) -> Said<()> {
    let _lent = attempt::lend();
    let ended = command.kill_on_drop(true).status().await;
    ended.map(|_| ()).map_err(|error| say!(panes_program_failed, reason = io_reason(&error)))
}

/// The editor with a file.
fn editor_with(editor: &str, file: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    // As git(1) does it: the variable may have options in it.
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg("sh").arg(file);
    command
}

/// Edits a file; a sentence about what became of it.
pub(super) async fn edit(place: &FilePlace, at: &[u8], editor: &str) -> Said<String> {
    let name = text::name(path::name(at), MAX_SHOWN);
    match place {
        FilePlace::Local => {
            run(editor_with(editor, &local(at))).await?;
            Ok(say!(panes_edited, name))
        }
        FilePlace::Remote(sftp) => {
            let mut edited = EditedFile::fetch(sftp, at).await?;
            let ended = edited.until_closed(editor).await;
            let last = edited.upload().await;
            match (ended, last) {
                (Ok(()), Ok(())) => match (edited.uploads, &edited.beside) {
                    (_, Some(beside)) => {
                        let beside = text::name(beside, MAX_SHOWN);
                        Err(say!(panes_edit_conflict, name, beside))
                    }
                    (0, None) => Ok(say!(panes_edit_unchanged, name)),
                    _ => Ok(say!(panes_edit_uploaded, name)),
                },
                (Err(why), Ok(())) => Err(why),
                (_, Err(why)) => {
                    let kept = edited.keep();
                    let file = text::name(kept.as_os_str().as_encoded_bytes(), MAX_SHOWN);
                    Err(say!(panes_edit_kept, why, file))
                }
            }
        }
    }
}

/// A file of a server, on this machine to be edited.
struct EditedFile {
    sftp: Sftp,
    /// Where it is on the server: links are resolved, so that they stay links.
    remote: Vec<u8>,
    /// The file beside it, once the file itself was changed by somebody else.
    beside: Option<Vec<u8>>,
    directory: TemporaryDirectory,
    file: PathBuf,
    /// What the server had when we last read or wrote it.
    known: Attributes,
    /// The hash of what the server has.
    hash: Vec<u8>,
    uploads: usize,
}

struct Quiet;

impl TransferObserver for Quiet {
    fn event(&self, _: TransferEvent<'_>) {}
}

impl EditedFile {
    async fn fetch(sftp: &Sftp, at: &[u8]) -> Said<EditedFile> {
        let remote = sftp.real_path(at).await.map_err(said)?;
        let known = sftp.stat(&remote).await.map_err(said)?;
        if known.size.unwrap_or(0) > MAX_EDITED {
            let name = text::name(at, MAX_SHOWN);
            return Err(say!(panes_edit_too_large, name, most = MAX_EDITED >> 20));
        }
        let directory = TemporaryDirectory::create("tessh-edit-");
        let directory = directory.map_err(|error| about(b"tessh-edit-", &error))?;
        // The editor sees the name, by which it knows what kind of file it is.
        let name: OsString = words::from_bytes(path::name(&remote));
        let file = directory.path().join(name);
        let job = TransferJob::Get { from: remote.clone(), to: file.clone() };
        transfer(sftp, job).await?;
        let hash = hash(&file)?;
        let (sftp, beside) = (sftp.clone(), None);
        Ok(EditedFile { sftp, remote, beside, directory, file, known, hash, uploads: 0 })
    }

    /// Runs the editor; what is saved meanwhile goes to the server at once.
    async fn until_closed(&mut self, editor: &str) -> Said<()> {
        let mut closed = Box::pin(run(editor_with(editor, &self.file)));
        let mut seen = modified(&self.file);
        loop {
            tokio::select! {
                ended = &mut closed => return ended,
                () = tokio::time::sleep(LOOK) => {}
            }
            let now = modified(&self.file);
            // If it fails it is tried again at the end, and said then.
            if now != seen && self.upload().await.is_ok() {
                seen = now;
            }
        }
    }

    /// Takes what was saved to the server, if it is something else than what the server has.
    async fn upload(&mut self) -> Said<()> {
        let hash = hash(&self.file)?;
        if hash == self.hash {
            return Ok(());
        }
        let now = self.sftp.stat(&self.remote).await.ok();
        let same = now.is_some_and(|now| {
            (now.size, now.times.map(|it| it.1))
                == (self.known.size, self.known.times.map(|it| it.1))
        });
        if !same && self.beside.is_none() {
            self.beside = Some(self.free_name().await?);
        }
        let to = self.beside.clone().unwrap_or_else(|| self.remote.clone());
        transfer(&self.sftp, TransferJob::Put { from: self.file.clone(), to }).await?;
        if self.beside.is_none() {
            self.known = self.sftp.stat(&self.remote).await.map_err(said)?;
        }
        self.hash = hash;
        self.uploads += 1;
        Ok(())
    }

    /// A name beside the file that nothing has yet.
    async fn free_name(&self) -> Said<Vec<u8>> {
        for number in 1..MOST_NAMES {
            let name = [&self.remote, format!(".edited{number}").as_bytes()].concat();
            if self.sftp.lstat(&name).await.is_err() {
                return Ok(name);
            }
        }
        Err(say!(panes_there_already, file = text::name(&self.remote, MAX_SHOWN)))
    }

    /// Leaves the file where it is, because the server does not have it.
    fn keep(self) -> PathBuf {
        let EditedFile { file, directory, .. } = self;
        // Nothing removes the directory any more.
        std::mem::forget(directory);
        file
    }
}

async fn transfer(sftp: &Sftp, job: TransferJob) -> Said<()> {
    let options =
        TransferOptions { overwrite: OverwritePolicy::Always, ..TransferOptions::default() };
    let report = Transfer::new(vec![sftp.clone()], options).run(&[job], &Quiet).await;
    if let Some(error) = report.stopped {
        return Err(error.to_string());
    }
    match report.failures.first() {
        Some(failure) => Err(failure.error.to_string()),
        None => Ok(()),
    }
}

fn hash(file: &Path) -> Said<Vec<u8>> {
    let failed = |error| about(file.as_os_str().as_encoded_bytes(), &error);
    let mut reader = fs::File::open(file).map_err(failed)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; HASHED_AT_ONCE]);
    loop {
        match reader.read(&mut piece).map_err(failed)? {
            0 => return Ok(hasher.finalize().to_vec()),
            length => hasher.update(&piece[..length]),
        }
    }
}

/// What tells a file that was saved from one that was not.
fn modified(file: &Path) -> Option<(std::time::SystemTime, u64)> {
    let found = fs::metadata(file).ok()?;
    Some((found.modified().ok()?, found.len()))
}
