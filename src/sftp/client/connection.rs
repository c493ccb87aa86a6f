//! The connection, and all requests about paths.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::sftp::attributes::Attributes;
use crate::sftp::client::directory::RemoteDirectory;
use crate::sftp::client::drive::drive;
use crate::sftp::client::file::{OpenFlags, RemoteFile, attributes, file_system};
use crate::sftp::client::incoming::Incoming;
use crate::sftp::client::outcome::Fitting;
use crate::sftp::client::outgoing::Outgoing;
use crate::sftp::client::pending::{Link, Pending, Take, done, extended, one_name};
use crate::sftp::client::shared::Shared;
use crate::sftp::client::table::{Asking, InFlight};
use crate::sftp::extensions::{AccountNames, Extension, Extensions, FileSystem, Limits};
use crate::sftp::failure::{PathsNamed, SftpFailure, SftpResult};
use crate::sftp::packet::ask;
use crate::sftp::request::{Field, Request};
use crate::wire_format::put_uint32;

/// A connection to an SFTP server. Clones are the same connection; when the last one is gone, with
/// all open files and requests, the connection is closed.
///
/// Every function that returns [`Pending`] makes its request at once, before it is awaited, so that
/// requests reach the server in the order of the calls. Paths are bytes, taken as they are: a
/// relative one is relative to where the server starts, and `~` means nothing.
#[derive(Clone)]
pub struct Sftp {
    link: Arc<Link>,
}

impl Sftp {
    /// Greets an SFTP server. The connection lives as long as the future that is returned with it
    /// is polled, which ends when nobody uses the connection any more.
    ///
    /// # Errors
    /// What answers is no SFTP server of version 3, or nothing answers.
    pub async fn open<R, W>(
        reader: R,
        writer: W,
        most: InFlight,
    ) -> SftpResult<(Sftp, impl Future<Output = SftpResult<()>> + Unpin + use<R, W>)>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let (sftp, incoming, outgoing) = Sftp::pair(most);
        let shared = Arc::clone(&sftp.link.shared);
        let mut driver = Box::pin(drive(shared, (incoming, outgoing), reader, writer));
        tokio::select! {
            biased;
            ready = sftp.ready() => ready?,
            ended = &mut driver => {
                ended?;
                sftp.ready().await?;
            }
        }
        Ok((sftp, driver))
    }

    /// A connection whose bytes the caller moves: those of the server are pushed into
    /// [`Incoming`], ours are written by [`Outgoing`]. Requests can be made at once; extensions are
    /// known after [`ready`](Sftp::ready).
    pub fn pair(most: InFlight) -> (Sftp, Incoming, Outgoing) {
        let shared = Shared::new(most);
        let incoming = Incoming::new(Arc::clone(&shared));
        let outgoing = Outgoing::new(Arc::clone(&shared));
        (Sftp { link: Arc::new(Link { shared }) }, incoming, outgoing)
    }

    /// Waits for the server's greeting.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn ready(&self) -> SftpResult<()> {
        self.link.shared.wait_for(|table| table.extensions.map(|_| ())).await
    }

    /// Waits until the connection is gone; why.
    pub async fn gone(&self) -> SftpFailure {
        let gone = self.link.shared.wait_for(|_| None::<Infallible>).await;
        match gone {
            Err(failure) => failure,
            Ok(never) => match never {},
        }
    }

    /// Whether the connection is gone.
    pub fn is_gone(&self) -> bool {
        self.link.shared.with(|table| table.ended.is_some())
    }

    /// The extensions that the server has announced.
    pub fn extensions(&self) -> Extensions {
        self.link.extensions()
    }

    /// How large blocks may be: asked for when the server has greeted, and answered once.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn limits(&self) -> SftpResult<Limits> {
        self.link.shared.wait_for(|table| table.limits).await
    }

    fn path<T>(&self, kind: u8, path: &[u8], fitting: Fitting, take: Take<T>) -> Pending<T> {
        let fields = [Field::Text(path)];
        let request = Request::new(kind, &fields);
        self.link.ask(&request, Asking::new(fitting), PathsNamed::one(path), take)
    }

    /// Opens a file. `made_with` are the attributes of a file that is made, as far as the server's
    /// umask lets them be.
    pub fn open_file(
        &self,
        path: &[u8],
        flags: OpenFlags,
        made_with: &Attributes,
    ) -> Pending<RemoteFile> {
        let fields = [Field::Text(path), Field::Number(flags.0), Field::Attributes(made_with)];
        let asking = Asking::new(Fitting::Handle);
        let request = Request::new(ask::OPEN, &fields);
        self.link.ask(&request, asking, PathsNamed::one(path), RemoteFile::take)
    }

    /// Opens a directory to read its names.
    pub fn open_directory(&self, path: &[u8]) -> Pending<RemoteDirectory> {
        self.path(ask::OPENDIR, path, Fitting::Handle, RemoteDirectory::take)
    }

    /// The attributes of a file; of what a link points to.
    pub fn stat(&self, path: &[u8]) -> Pending<Attributes> {
        self.path(ask::STAT, path, Fitting::Attributes, attributes)
    }

    /// The attributes of a file; of a link itself.
    pub fn lstat(&self, path: &[u8]) -> Pending<Attributes> {
        self.path(ask::LSTAT, path, Fitting::Attributes, attributes)
    }

    /// Changes attributes; of what a link points to.
    pub fn set_stat(&self, path: &[u8], to: &Attributes) -> Pending<()> {
        let fields = [Field::Text(path), Field::Attributes(to)];
        let asking = Asking::new(Fitting::Done);
        self.link.ask(&Request::new(ask::SETSTAT, &fields), asking, PathsNamed::one(path), done)
    }

    /// Changes attributes; of a link itself ([`Extension::Lsetstat`]).
    pub fn set_lstat(&self, path: &[u8], to: &Attributes) -> Pending<()> {
        let fields = [Field::Text(path), Field::Attributes(to)];
        let asking = Asking::new(Fitting::Done);
        let paths = PathsNamed::one(path);
        self.link.ask_extension(Extension::Lsetstat, &fields, asking, paths, done)
    }

    /// Removes a file or a link.
    pub fn remove(&self, path: &[u8]) -> Pending<()> {
        self.path(ask::REMOVE, path, Fitting::Done, done)
    }

    /// Makes a directory. Servers of version 3 have no code for one that is there already.
    pub fn make_directory(&self, path: &[u8], made_with: &Attributes) -> Pending<()> {
        let fields = [Field::Text(path), Field::Attributes(made_with)];
        let asking = Asking::new(Fitting::Done);
        self.link.ask(&Request::new(ask::MKDIR, &fields), asking, PathsNamed::one(path), done)
    }

    /// Removes an empty directory.
    pub fn remove_directory(&self, path: &[u8]) -> Pending<()> {
        self.path(ask::RMDIR, path, Fitting::Done, done)
    }

    /// Renames, and replaces what is there if the server can ([`Extension::PosixRename`]);
    /// otherwise as [`rename_new`](Sftp::rename_new).
    pub fn rename(&self, from: &[u8], to: &[u8]) -> Pending<()> {
        match self.extensions().has(Extension::PosixRename) {
            true => self.extension_of_two(Extension::PosixRename, from, to),
            false => self.rename_new(from, to),
        }
    }

    /// Renames, and fails if something is there. OpenSSH's server links and removes, so that
    /// nothing is lost even if somebody else makes a file meanwhile.
    pub fn rename_new(&self, from: &[u8], to: &[u8]) -> Pending<()> {
        self.two(ask::RENAME, from, to)
    }

    /// Makes a symbolic link at `link` that points to `target`. The two are sent in OpenSSH's
    /// order, not the draft's, as all clients do.
    pub fn symlink(&self, target: &[u8], link: &[u8]) -> Pending<()> {
        self.two(ask::SYMLINK, target, link)
    }

    /// Makes a hard link ([`Extension::Hardlink`]).
    pub fn hard_link(&self, existing: &[u8], link: &[u8]) -> Pending<()> {
        self.extension_of_two(Extension::Hardlink, existing, link)
    }

    fn two(&self, kind: u8, from: &[u8], to: &[u8]) -> Pending<()> {
        let fields = [Field::Text(from), Field::Text(to)];
        let asking = Asking::new(Fitting::Done);
        self.link.ask(&Request::new(kind, &fields), asking, PathsNamed::two(from, to), done)
    }

    fn extension_of_two(&self, extension: Extension, from: &[u8], to: &[u8]) -> Pending<()> {
        let fields = [Field::Text(from), Field::Text(to)];
        let asking = Asking::new(Fitting::Done);
        self.link.ask_extension(extension, &fields, asking, PathsNamed::two(from, to), done)
    }

    /// What a symbolic link points to, as it stands there.
    pub fn read_link(&self, path: &[u8]) -> Pending<Vec<u8>> {
        self.path(ask::READLINK, path, Fitting::Names, one_name)
    }

    /// The absolute path of a path; of `.`, where the server starts. OpenSSH's server resolves
    /// links, and the last component need not be there.
    pub fn real_path(&self, path: &[u8]) -> Pending<Vec<u8>> {
        self.path(ask::REALPATH, path, Fitting::Names, one_name)
    }

    /// Expands `~` and `~user` at the beginning of a path ([`Extension::ExpandPath`]).
    pub fn expand_path(&self, path: &[u8]) -> Pending<Vec<u8>> {
        let fields = [Field::Text(path)];
        let (asking, paths) = (Asking::new(Fitting::Names), PathsNamed::one(path));
        self.link.ask_extension(Extension::ExpandPath, &fields, asking, paths, one_name)
    }

    /// The home directory of a user; of the account itself if the name is empty
    /// ([`Extension::HomeDirectory`]).
    pub fn home_directory(&self, user: &[u8]) -> Pending<Vec<u8>> {
        let fields = [Field::Text(user)];
        let (asking, paths) = (Asking::new(Fitting::Names), PathsNamed::one(user));
        self.link.ask_extension(Extension::HomeDirectory, &fields, asking, paths, one_name)
    }

    /// The file system that a path is on ([`Extension::Statvfs`]).
    pub fn file_system(&self, path: &[u8]) -> Pending<FileSystem> {
        let fields = [Field::Text(path)];
        let (asking, paths) = (Asking::new(Fitting::Extended), PathsNamed::one(path));
        self.link.ask_extension(Extension::Statvfs, &fields, asking, paths, file_system)
    }

    /// The names of users and groups ([`Extension::UsersGroupsById`]).
    pub fn account_names(&self, users: &[u32], groups: &[u32]) -> Pending<AccountNames> {
        let [users, groups] = [users, groups].map(|numbers| {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| put_uint32(&mut bytes, *number));
            bytes
        });
        let fields = [Field::Text(&users), Field::Text(&groups)];
        let (asking, paths) = (Asking::new(Fitting::Extended), PathsNamed::default());
        let take = |outcome, _: &_, _: &_| extended(outcome, AccountNames::parse);
        self.link.ask_extension(Extension::UsersGroupsById, &fields, asking, paths, take)
    }
}
