//! Carries out a script, command by command.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use log::error;

use super::script::{HowToCopy, ModeChange, ScriptCommand, ScriptLine, plain, quoted};
use crate::cli::output::print;
use crate::cli::verbs::files::progress::TransferDisplay;
use crate::cli::verbs::files::{glob, is_shown, jobs};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::words;
use crate::say;
use crate::sftp::{
    Attributes, DirectoryEntry, FileType, RemoteShell, ResumePolicy, Sftp, SftpFailure, SftpFault,
    Transfer, TransferJob, TransferOptions, join,
};
use crate::text;

/// The most names that `ls` sorts: more would only take memory.
const MOST_LISTED: usize = 1_000_000;
/// How many bytes of a listing are printed at once.
const LISTED_AT_ONCE: usize = 64 << 10;
/// The most characters shown of a name.
const NAME_SHOWN: usize = 2_000;

/// Where a script is.
pub(super) struct BatchSession {
    pub sftp: Sftp,
    pub shell: Arc<dyn RemoteShell>,
    pub options: TransferOptions,
    /// The directory on the server.
    pub there: Vec<u8>,
    /// The directory here.
    pub here: PathBuf,
    /// Where `lcd` without a path goes.
    pub home: PathBuf,
    pub json: bool,
}

/// What a command came to.
enum CommandEnd {
    Done,
    /// Files failed; each was told.
    SomeFailed,
    Quit,
}

impl BatchSession {
    /// Carries out the lines; `false` if one failed and stopped the script.
    ///
    /// # Errors
    /// The connection is lost.
    pub(super) async fn run(&mut self, name: &str, lines: &[ScriptLine]) -> Result<bool> {
        for line in lines {
            let end = self.command(&line.command).await;
            match end {
                Ok(CommandEnd::Done) => continue,
                Ok(CommandEnd::Quit) => return Ok(true),
                // Each failure is told already, without the line.
                Ok(CommandEnd::SomeFailed) if !line.goes_on => {
                    let (number, cause) = (line.number, say!(batch_some_failed));
                    error!("{}", say!(batch_line, name, number, cause));
                }
                Ok(CommandEnd::SomeFailed) => {}
                Err(failure) => {
                    let number = line.number;
                    let cause = say!(batch_line, name, number, cause = failure.cause());
                    let mut told = Error::new(failure.kind(), cause);
                    if let Some(next) = failure.next_step() {
                        told = told.hint(next);
                    }
                    // Whatever the line was about: without a connection nothing can follow.
                    if let Err(lost) = self.sftp.stat(b".").await
                        && lost.fault() == SftpFault::ConnectionLost
                    {
                        return Err(told);
                    }
                    error!("{told}");
                }
            }
            if !line.goes_on {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn command(&mut self, command: &ScriptCommand) -> Result<CommandEnd> {
        match command {
            ScriptCommand::Get { sources, target, how } => {
                let sources: Vec<_> = sources.iter().map(|word| self.there_word(word)).collect();
                let target = target.as_ref().map_or_else(|| self.here.clone(), |it| self.here(it));
                let jobs = jobs::get(&self.sftp, &sources, target.as_os_str()).await?;
                return self.transfer(&jobs, *how).await;
            }
            ScriptCommand::Put { sources, target, how } => {
                let sources: Vec<_> = sources.iter().map(|word| self.here_word(word)).collect();
                let target =
                    target.as_ref().map_or_else(|| self.there.clone(), |it| self.there(it));
                let jobs = jobs::put(&self.sftp, &sources, &target).await?;
                return self.transfer(&jobs, *how).await;
            }
            ScriptCommand::List { long, hidden, path } => {
                self.list(*long, *hidden, path.as_deref()).await?;
            }
            ScriptCommand::ChangeDirectory(path) => {
                let path = match path {
                    Some(word) => self.there(word),
                    None => b".".to_vec(),
                };
                let real = self.sftp.real_path(&path).await.map_err(SftpFailure::into_error)?;
                let found = self.sftp.stat(&real).await.map_err(SftpFailure::into_error)?;
                if !matches!(found.file_type(), FileType::Directory | FileType::Unknown) {
                    return Err(about(&real, say!(batch_no_directory)));
                }
                self.there = real;
            }
            ScriptCommand::LocalDirectory(path) => {
                let place = match path {
                    Some(word) => self.here(word),
                    None => self.home.clone(),
                };
                let real = std::fs::canonicalize(&place).map_err(|it| local(&place, &it))?;
                if !real.is_dir() {
                    let bytes = real.as_os_str().as_encoded_bytes();
                    return Err(about(bytes, say!(batch_no_directory)));
                }
                self.here = real;
            }
            ScriptCommand::PrintDirectory => line(&self.there)?,
            ScriptCommand::PrintLocalDirectory => line(self.here.as_os_str().as_encoded_bytes())?,
            ScriptCommand::MakeDirectories(paths) => {
                let mode = Attributes { permissions: Some(0o777), ..Attributes::default() };
                for word in paths {
                    done(self.sftp.make_new_directory(&self.there(word), &mode).await)?;
                }
            }
            ScriptCommand::MakeLocalDirectory(word) => {
                let place = self.here(word);
                std::fs::create_dir(&place).map_err(|it| local(&place, &it))?;
            }
            ScriptCommand::RemoveDirectories(patterns) => {
                for path in self.expanded(patterns).await? {
                    done(self.sftp.remove_empty_directory(&path).await)?;
                }
            }
            ScriptCommand::Remove(patterns) => {
                for path in self.expanded(patterns).await? {
                    done(self.sftp.remove(&path).await)?;
                }
            }
            ScriptCommand::Rename { from, to } => {
                let (from, mut to) = (self.there(from), self.there(to));
                // Into a directory that is there, as with mv(1) and psftp.
                let is_directory = self
                    .sftp
                    .stat(&to)
                    .await
                    .is_ok_and(|found| found.file_type() == FileType::Directory);
                if is_directory && let Ok(name) = crate::sftp::target_name(&from) {
                    to = join(&to, name);
                }
                done(self.sftp.rename(&from, &to).await)?;
            }
            ScriptCommand::Mode { mode, paths } => {
                for path in self.expanded(paths).await? {
                    let before = match mode {
                        ModeChange::To(_) => 0,
                        ModeChange::Symbolic(_) => {
                            let found = self.sftp.stat(&path).await;
                            let found = found.map_err(SftpFailure::into_error)?;
                            found.permissions.unwrap_or_default() & 0o7777
                        }
                    };
                    let to =
                        Attributes { permissions: Some(mode.of(before)), ..Attributes::default() };
                    done(self.sftp.set_stat(&path, &to).await)?;
                }
            }
            ScriptCommand::Owner { id, is_group, paths } => {
                for path in self.expanded(paths).await? {
                    let found = self.sftp.stat(&path).await.map_err(SftpFailure::into_error)?;
                    let (user, group) = found.owner.unwrap_or_default();
                    let owner = if *is_group { (user, *id) } else { (*id, group) };
                    let to = Attributes { owner: Some(owner), ..Attributes::default() };
                    done(self.sftp.set_stat(&path, &to).await)?;
                }
            }
            ScriptCommand::Link { is_symbolic: true, target, name } => {
                done(self.sftp.make_new_symlink(&plain(target), &self.there(name)).await)?;
            }
            ScriptCommand::Link { target, name, .. } => {
                let (target, name) = (self.there(target), self.there(name));
                done(self.sftp.make_new_hard_link(&target, &name).await)?;
            }
            ScriptCommand::Shell(command) => self.shell_here(command).await?,
            ScriptCommand::Quit => return Ok(CommandEnd::Quit),
        }
        Ok(CommandEnd::Done)
    }

    async fn transfer(&self, jobs: &[TransferJob], how: HowToCopy) -> Result<CommandEnd> {
        let resume = if how.resume { ResumePolicy::Always } else { ResumePolicy::Never };
        let options = TransferOptions { recursive: how.recursive, resume, ..self.options.clone() };
        let display = TransferDisplay::new(is_shown(), self.json);
        let transfer = Transfer::new(vec![self.sftp.clone()], options);
        let report = transfer.with_shell(Arc::clone(&self.shell)).run(jobs, &display).await;
        display.finish(&report, 1);
        match report.stopped {
            Some(stopped) => Err(stopped),
            None if report.failed > 0 => Ok(CommandEnd::SomeFailed),
            None => Ok(CommandEnd::Done),
        }
    }

    /// The paths that patterns mean.
    async fn expanded(&self, patterns: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
        let mut all = Vec::new();
        for word in patterns {
            all.extend(glob::remote(&self.sftp, &self.there_word(word)).await?);
        }
        Ok(all)
    }

    /// Prints the names in directories, and those of files.
    async fn list(&self, long: bool, hidden: bool, word: Option<&[u8]>) -> Result<()> {
        let paths = match word {
            None => vec![self.there.clone()],
            Some(word) => glob::remote(&self.sftp, &self.there_word(word)).await?,
        };
        let several = paths.len() > 1;
        let mut lines = String::new();
        for path in paths {
            let found = match self.sftp.stat(&path).await {
                // A link that leads nowhere, in a circle or to where one may not look is there all
                // the same.
                Err(failure) => match self.sftp.lstat(&path).await {
                    Ok(found) if found.file_type() == FileType::Symlink => Ok(found),
                    _ => Err(failure),
                },
                found => found,
            };
            let found = found.map_err(SftpFailure::into_error)?;
            if found.file_type() != FileType::Directory || several {
                entry(&mut lines, long, self.as_typed(word, &path), &found);
                continue;
            }
            let mut open =
                self.sftp.open_directory(&path).await.map_err(SftpFailure::into_error)?;
            open = open.at_most(MOST_LISTED);
            let mut names: Vec<DirectoryEntry> = Vec::new();
            while let Some(entries) = open.next().await.map_err(SftpFailure::into_error)? {
                names.extend(entries.into_iter().filter(|it| hidden || !it.name.starts_with(b".")));
            }
            names.sort_by(|one, other| one.name.cmp(&other.name));
            for found in &names {
                entry(&mut lines, long, &found.name, &found.attributes);
                if lines.len() > LISTED_AT_ONCE {
                    print(&std::mem::take(&mut lines))?;
                }
            }
        }
        print(&lines).map(drop)
    }

    /// A path as the word for it was typed: from the script's directory, or from the root.
    fn as_typed<'p>(&self, word: Option<&[u8]>, path: &'p [u8]) -> &'p [u8] {
        match word {
            Some([b'/', ..]) | None => path,
            Some(_) => {
                let below = path.strip_prefix(&self.there[..]);
                let below = below.and_then(|below| match self.there.ends_with(b"/") {
                    true => Some(below),
                    false => below.strip_prefix(b"/"),
                });
                below.filter(|below| !below.is_empty()).unwrap_or(path)
            }
        }
    }

    /// Runs a command with the shell here, which ends before the script goes on.
    async fn shell_here(&self, command: &[u8]) -> Result<()> {
        let mut shell = tokio::process::Command::new("/bin/sh");
        shell.arg("-c").arg(words::from_bytes(command)).current_dir(&self.here);
        let shown = || text::line_bytes(command, 80);
        match shell.status().await {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                let cause =
                    say!(batch_shell_failed, command = shown(), status = status.to_string());
                Err(Error::new(Kind::Local, cause))
            }
            Err(error) => Err(Error::new(
                Kind::Local,
                say!(batch_shell_failed, command = shown(), status = io_reason(&error)),
            )),
        }
    }

    /// The path of a word without wildcards.
    fn there(&self, word: &[u8]) -> Vec<u8> {
        from_directory(&self.there, &plain(word))
    }

    /// The pattern of a word, from the script's directory on the server.
    fn there_word(&self, word: &[u8]) -> Vec<u8> {
        from_directory(&quoted(&self.there), word)
    }

    fn here(&self, word: &[u8]) -> PathBuf {
        self.here.join(words::from_bytes(plain(word)))
    }

    fn here_word(&self, word: &[u8]) -> OsString {
        let here = quoted(self.here.as_os_str().as_encoded_bytes());
        words::from_bytes(from_directory(&here, word))
    }
}

/// A path from a directory; one that begins at the root is taken as it is.
fn from_directory(directory: &[u8], path: &[u8]) -> Vec<u8> {
    match path {
        [b'/', ..] => path.to_vec(),
        [] => directory.to_vec(),
        _ => join(directory, path),
    }
}

fn done(result: std::result::Result<(), SftpFailure>) -> Result<()> {
    result.map_err(SftpFailure::into_error)
}

fn about(path: &[u8], cause: String) -> Error {
    let file = text::name(path, NAME_SHOWN);
    Error::new(Kind::Local, say!(sftp_about, file, cause))
}

fn local(path: &Path, error: &std::io::Error) -> Error {
    about(path.as_os_str().as_encoded_bytes(), io_reason(error))
}

fn line(path: &[u8]) -> Result<()> {
    print(&format!("{}\n", text::name(path, NAME_SHOWN))).map(drop)
}

/// Writes a line of a listing.
fn entry(lines: &mut String, long: bool, name: &[u8], found: &Attributes) {
    let name = text::name(name, NAME_SHOWN);
    if !long {
        let _ = writeln!(lines, "{name}");
        return;
    }
    let kind = match found.file_type() {
        FileType::Directory => 'd',
        FileType::Symlink => 'l',
        FileType::Special => 's',
        _ => '-',
    };
    let mode = found.permissions.unwrap_or_default();
    let rights: String = (0..9)
        .map(|bit| if mode & (0o400 >> bit) != 0 { ['r', 'w', 'x'][bit % 3] } else { '-' })
        .collect();
    let (user, group) = found.owner.unwrap_or_default();
    let time = found.times.map_or_else(String::new, |(_, changed)| {
        let time = jiff::Timestamp::from_second(changed.into()).unwrap_or_default();
        time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    });
    let size = found.size.unwrap_or_default();
    let _ = writeln!(lines, "{kind}{rights} {user:>6} {group:>6} {size:>14} {time} {name}");
}
