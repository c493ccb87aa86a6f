//! What comes through a pipe in the place of a file, as from a shell's `<(command)`.
//!
//! A pipe gives its text once, and perhaps late or never. So its reader waits for a time, and what was
//! read is remembered, because a file of settings or of host keys is read again for the next host.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::file::{FileIdentity, is_pipe};

/// How long to wait for a program to open a pipe that nobody has opened: a shell starts both at once.
const WRITER_PATIENCE: Duration = Duration::from_secs(1);
/// How long to wait for the end of what a program writes: as for a KnownHostsCommand, which may ask
/// another computer.
const END_PATIENCE: Duration = Duration::from_secs(30);
/// How many pipes are remembered: each is named by the user.
const MOST_PIPES: usize = 16;
/// How much is read at once: as much as a pipe holds.
const PIECE: usize = 64 * 1024;

/// Why a pipe gave no text. It stands in an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeFault {
    /// Nobody writes to it.
    NoWriter,
    /// Its writer closed it without a byte.
    Nothing,
    /// Its writer did not close it within so many seconds.
    NoEnd(u64),
    /// More came than was read, so what is left is no whole text.
    TooLong,
    /// As many other pipes as can be remembered were read before.
    TooMany,
}

/// A pipe that was read, and what came.
struct ReadPipe {
    path: PathBuf,
    identity: FileIdentity,
    text: Result<Vec<u8>, PipeFault>,
}

/// The pipes that were read.
struct PipeMemory(Mutex<Vec<ReadPipe>>);

static READ: PipeMemory = PipeMemory(Mutex::new(Vec::new()));

impl PipeFault {
    /// The fault that an error stands for.
    pub fn of(error: &io::Error) -> Option<PipeFault> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl fmt::Display for PipeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for PipeFault {}

impl From<PipeFault> for io::Error {
    fn from(fault: PipeFault) -> io::Error {
        io::Error::other(fault)
    }
}

/// Reads a file to its end, but at most so many bytes; one that is no regular file within a time.
///
/// # Errors
/// The system's, and a [`PipeFault`].
pub fn read(file: &File, limit: usize, text: &mut Vec<u8>) -> io::Result<()> {
    let facts = file.metadata()?;
    if facts.is_file() || facts.is_dir() {
        return file.take(limit as u64).read_to_end(text).map(drop);
    }
    read_patiently(file, limit, text, (WRITER_PATIENCE, END_PATIENCE))
}

/// Does what [`read`] does for the file that was opened at this path. What comes through a pipe is
/// remembered, and given again to whoever opens it again, unless somebody writes to it anew.
///
/// # Errors
/// Those of [`read`]; a pipe from which more came than the limit cannot be read again.
pub fn read_once(path: &Path, file: &File, limit: usize) -> io::Result<Vec<u8>> {
    READ.read(path, file, limit)
}

impl PipeMemory {
    fn read(&self, path: &Path, file: &File, limit: usize) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let facts = file.metadata()?;
        if !is_pipe(&facts) {
            read(file, limit, &mut text)?;
            return Ok(text);
        }
        let identity = FileIdentity::of(&facts);
        let mut pipes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = pipes.iter().position(|it| it.identity == identity && it.path == path) {
            let known = &pipes[at].text;
            if known.is_err() || !has_more(file)? {
                return Ok(known.clone()?);
            }
            pipes.remove(at);
        }
        if pipes.len() >= MOST_PIPES {
            return Err(PipeFault::TooMany.into());
        }
        let result = read(file, limit, &mut text);
        let kept = match result.as_ref().map_err(PipeFault::of) {
            Ok(()) if text.len() < limit => Ok(text.clone()),
            Ok(()) => Err(PipeFault::TooLong),
            Err(Some(fault)) => Err(fault),
            Err(None) => return result.map(|()| text),
        };
        pipes.push(ReadPipe { path: path.to_owned(), identity, text: kept });
        result.map(|()| text)
    }
}

/// Whether somebody writes to a pipe that was read before. The end of one that a shell made is seen
/// at once; a named one may be served again, to which its program is given time.
fn has_more(file: &File) -> io::Result<bool> {
    let found = wait(file, Instant::now(), WRITER_PATIENCE)?;
    Ok(found.is_some_and(|found| found.contains(PollFlags::IN)))
}

/// Reads to the end with these times to wait for a writer, and for its end.
fn read_patiently(
    mut file: &File,
    limit: usize,
    text: &mut Vec<u8>,
    (writer, end): (Duration, Duration),
) -> io::Result<()> {
    let is_pipe = is_pipe(&file.metadata()?);
    rustix::fs::fcntl_setfl(file, OFlags::NONBLOCK)?;
    let (begun, mut has_waited) = (Instant::now(), false);
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    while text.len() < limit {
        let room = piece.len().min(limit - text.len());
        match file.read(&mut piece[..room]) {
            // Of a pipe, that may mean that nobody has opened it yet to write.
            Ok(0) if is_pipe && text.is_empty() => match wait(file, begun, writer)? {
                None if has_waited => return Err(PipeFault::NoWriter.into()),
                // The next reading tells of a writer that has opened it and written nothing yet.
                None => has_waited = true,
                Some(found) if found.contains(PollFlags::IN) => {}
                Some(_) => return Err(PipeFault::Nothing.into()),
            },
            Ok(0) => break,
            Ok(count) => text.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if wait(file, begun, end)?.is_none() {
                    return Err(PipeFault::NoEnd(end.as_secs()).into());
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Waits until there is something to read or the writer has gone; `None` once the time since the
/// beginning is over.
fn wait(file: &File, begun: Instant, patience: Duration) -> io::Result<Option<PollFlags>> {
    loop {
        let left = patience.saturating_sub(begun.elapsed());
        let limit = Timespec::try_from(left).map_err(|_| Errno::INVAL)?;
        let mut asked = [PollFd::new(file, PollFlags::IN)];
        match poll(&mut asked, Some(&limit)) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(asked[0].revents())),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;

    use super::super::file::open_without_waiting;
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn pipe(at: &Path) -> PathBuf {
        let path = at.join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    fn fault(file: &File, patience: (Duration, Duration)) -> Option<PipeFault> {
        let result = read_patiently(file, 10, &mut Vec::new(), patience);
        result.err().as_ref().and_then(PipeFault::of)
    }

    #[test]
    fn a_pipe_that_gives_nothing_is_not_an_empty_file() {
        let home = tempfile::tempdir().unwrap();
        let path = pipe(home.path());
        let file = open_without_waiting(&path).unwrap();
        assert_eq!(fault(&file, (Duration::ZERO, LONG)), Some(PipeFault::NoWriter));
        let writer = File::options().write(true).open(&path).unwrap();
        assert_eq!(fault(&file, (LONG, Duration::ZERO)), Some(PipeFault::NoEnd(0)));
        (&writer).write_all(b"x").unwrap();
        assert_eq!(fault(&file, (LONG, Duration::ZERO)), Some(PipeFault::NoEnd(0)));
        drop(writer);
        assert_eq!(fault(&file, (LONG, LONG)), Some(PipeFault::Nothing));
    }

    #[test]
    fn what_comes_through_a_pipe_comes_once_and_is_read_again() {
        let home = tempfile::tempdir().unwrap();
        let path = pipe(home.path());
        let many = vec![b'x'; 3 * PIECE];
        let (to, sent) = (path.clone(), many.clone());
        let writer = std::thread::spawn(move || std::fs::write(to, sent).unwrap());
        for _ in 0..2 {
            let file = open_without_waiting(&path).unwrap();
            assert_eq!(read_once(&path, &file, many.len() + 1).unwrap(), many);
        }
        writer.join().unwrap();
    }

    #[test]
    fn so_many_pipes_are_remembered() {
        let home = tempfile::tempdir().unwrap();
        let memory = PipeMemory(Mutex::new(Vec::new()));
        for at in 0..MOST_PIPES + 3 {
            let within = home.path().join(at.to_string());
            std::fs::create_dir(&within).unwrap();
            let path = pipe(&within);
            let to = path.clone();
            let writer = std::thread::spawn(move || std::fs::write(to, b"x").unwrap());
            let file = open_without_waiting(&path).unwrap();
            match memory.read(&path, &file, 10) {
                Ok(text) => assert!(at < MOST_PIPES && text == b"x"),
                Err(error) => {
                    assert!(at >= MOST_PIPES);
                    assert_eq!(PipeFault::of(&error), Some(PipeFault::TooMany));
                }
            }
            writer.join().unwrap();
        }
        assert_eq!(memory.0.lock().unwrap().len(), MOST_PIPES);
    }

    #[test]
    fn no_more_is_read_than_the_limit_and_a_device_may_be_empty() {
        for (path, wanted) in [("/dev/zero", 10), ("/dev/null", 0)] {
            let (path, mut text) = (Path::new(path), Vec::new());
            let file = open_without_waiting(path).unwrap();
            read(&file, 10, &mut text).unwrap();
            assert_eq!(text.len(), wanted);
            assert_eq!(read_once(path, &file, 10).unwrap().len(), wanted);
        }
    }
}
