//! An open file on the server: blocks read and written at any offset, many at a time.

use std::ops::BitOr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::handle::OpenHandle;
use crate::sftp::client::outcome::{Fitting, Outcome};
use crate::sftp::client::pending::{Link, Pending, done, extended};
use crate::sftp::client::table::Asking;
use crate::sftp::extensions::{Extension, FileSystem};
use crate::sftp::failure::{PathsNamed, SftpFailure};
use crate::sftp::packet::{MAX_BLOCK, ask};
use crate::sftp::request::{Field, Request};

/// How a file is opened: one of these, or several joined by `|`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFlags(pub(crate) u32);

impl OpenFlags {
    /// To be read.
    pub const READ: OpenFlags = OpenFlags(1);
    /// To be written.
    pub const WRITE: OpenFlags = OpenFlags(2);
    /// Every write goes to the end, whatever its offset.
    pub const APPEND: OpenFlags = OpenFlags(4);
    /// It is made if it is not there.
    pub const CREATE: OpenFlags = OpenFlags(8);
    /// What is in it is thrown away.
    pub const TRUNCATE: OpenFlags = OpenFlags(16);
    /// It must not be there, not even as a link; with [`CREATE`](OpenFlags::CREATE) only.
    pub const EXCLUSIVE: OpenFlags = OpenFlags(32);
}

impl BitOr for OpenFlags {
    type Output = OpenFlags;

    fn bitor(self, other: OpenFlags) -> OpenFlags {
        OpenFlags(self.0 | other.0)
    }
}

/// An open file. Dropping it closes it without telling whether that was successful; a file that
/// was written is better closed with [`close`](RemoteFile::close).
///
/// Requests about one file are carried out in the order in which they were made by servers that
/// work on one request at a time, as OpenSSH's does.
pub struct RemoteFile(pub(crate) OpenHandle);

impl RemoteFile {
    pub(crate) fn take(
        outcome: Outcome,
        link: &Arc<Link>,
        paths: &PathsNamed,
    ) -> Result<RemoteFile, Outcome> {
        OpenHandle::take(outcome, link, paths).map(RemoteFile)
    }

    /// The path by which it was opened.
    pub fn path(&self) -> &[u8] {
        &self.0.path
    }

    /// Reads up to `length` bytes at this offset. A server may give fewer; none at all is the end
    /// of the file.
    pub fn read_at(&self, offset: u64, length: u32) -> Pending<Bytes> {
        self.read(offset, length, BytesMut::new(), |outcome, _, _| match outcome {
            Outcome::Data(data) => Ok(data.freeze()),
            other => Err(other),
        })
    }

    /// Reads as [`read_at`](RemoteFile::read_at) does, behind what is in a buffer of the caller,
    /// which comes back. On a failure the buffer is gone.
    pub fn read_into(&self, offset: u64, length: u32, buffer: BytesMut) -> Pending<BytesMut> {
        self.read(offset, length, buffer, |outcome, _, _| match outcome {
            Outcome::Data(data) => Ok(data),
            other => Err(other),
        })
    }

    fn read<T>(
        &self,
        offset: u64,
        length: u32,
        buffer: BytesMut,
        take: fn(Outcome, &Arc<Link>, &PathsNamed) -> Result<T, Outcome>,
    ) -> Pending<T> {
        let length = length.min(MAX_BLOCK as u32);
        let fields = [Field::Text(&self.0.handle), Field::Long(offset), Field::Number(length)];
        let asking = Asking { buffer, ..Asking::new(Fitting::Data(length as usize)) };
        self.0.link.ask(&Request::new(ask::READ, &fields), asking, self.0.paths(), take)
    }

    /// Writes a block at this offset, all of it or nothing that can be relied on. The bytes are not
    /// copied. Blocks should not be longer than [`Limits::write`](crate::sftp::Limits::write).
    pub fn write_at(&self, offset: u64, block: Bytes) -> Pending<()> {
        if block.len() > MAX_BLOCK {
            let failure = SftpFailure::invalid(say!(sftp_block_too_long, most = MAX_BLOCK));
            return self.0.link.refuse(failure, self.0.paths(), done);
        }
        let length = Field::Number(block.len() as u32);
        let fields = [Field::Text(&self.0.handle), Field::Long(offset), length];
        let asking = Asking { block, ..Asking::new(Fitting::Done) };
        self.0.link.ask(&Request::new(ask::WRITE, &fields), asking, self.0.paths(), done)
    }

    /// The file's attributes.
    pub fn stat(&self) -> Pending<Attributes> {
        let fields = [Field::Text(&self.0.handle)];
        let asking = Asking::new(Fitting::Attributes);
        self.0.link.ask(&Request::new(ask::FSTAT, &fields), asking, self.0.paths(), attributes)
    }

    /// Changes the file's attributes; a size cuts it off or fills it with zeros.
    pub fn set_stat(&self, to: &Attributes) -> Pending<()> {
        let fields = [Field::Text(&self.0.handle), Field::Attributes(to)];
        let asking = Asking::new(Fitting::Done);
        self.0.link.ask(&Request::new(ask::FSETSTAT, &fields), asking, self.0.paths(), done)
    }

    /// Has the server write the file to its disk ([`Extension::Fsync`]).
    pub fn fsync(&self) -> Pending<()> {
        let fields = [Field::Text(&self.0.handle)];
        let asking = Asking { patient: true, ..Asking::new(Fitting::Done) };
        self.0.link.ask_extension(Extension::Fsync, &fields, asking, self.0.paths(), done)
    }

    /// The file system that the file is on ([`Extension::Fstatvfs`]).
    pub fn file_system(&self) -> Pending<FileSystem> {
        let fields = [Field::Text(&self.0.handle)];
        let asking = Asking::new(Fitting::Extended);
        let paths = self.0.paths();
        self.0.link.ask_extension(Extension::Fstatvfs, &fields, asking, paths, file_system)
    }

    /// Copies `length` bytes, all up to the end if it is 0, into another open file of the same
    /// connection, on the server ([`Extension::CopyData`]).
    pub fn copy_to(
        &self,
        offset: u64,
        length: u64,
        target: &RemoteFile,
        target_offset: u64,
    ) -> Pending<()> {
        let fields = [
            Field::Text(&self.0.handle),
            Field::Long(offset),
            Field::Long(length),
            Field::Text(&target.0.handle),
            Field::Long(target_offset),
        ];
        let asking = Asking { patient: true, ..Asking::new(Fitting::Done) };
        let paths = PathsNamed::two(&self.0.path, &target.0.path);
        self.0.link.ask_extension(Extension::CopyData, &fields, asking, paths, done)
    }

    /// Closes the file. The server says here at the latest if what was written could not be kept.
    pub fn close(self) -> Pending<()> {
        self.0.close()
    }
}

/// Takes attributes.
pub(crate) fn attributes(
    outcome: Outcome,
    _: &Arc<Link>,
    _: &PathsNamed,
) -> Result<Attributes, Outcome> {
    match outcome {
        Outcome::Attributes(attributes) => Ok(attributes),
        other => Err(other),
    }
}

/// Takes what is said of a file system.
pub(crate) fn file_system(
    outcome: Outcome,
    _: &Arc<Link>,
    _: &PathsNamed,
) -> Result<FileSystem, Outcome> {
    extended(outcome, FileSystem::parse)
}
