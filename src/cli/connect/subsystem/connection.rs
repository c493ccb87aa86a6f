//! An SFTP client that is logged in, with what there can be beside it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::sftp::Sftp;

/// The subsystem's name.
pub(super) const SFTP: &str = "sftp";

/// How long the server may take to end the subsystem once it is told to.
pub(super) const GOODBYE: Duration = Duration::from_secs(5);

/// A future behind a pointer.
pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An SFTP server that is spoken to: on a connection of its own, or on one more channel of a
/// connection.
pub struct SftpConnection {
    /// The client. Its clones may be used until [`SftpConnection::close`].
    pub sftp: Sftp,
    /// What there can be beside it.
    pub beside: SftpBeside,
    /// Moves the bytes, and ends when nobody uses the client any more.
    pub(super) task: JoinHandle<Result<()>>,
}

/// What there can be beside an SFTP client: programs and further clients on the same connection, and
/// further connections.
#[derive(Clone)]
pub struct SftpBeside {
    pub(super) same: Arc<dyn SameConnection>,
    /// What a further connection is made from; `None` through a master.
    pub(super) again: Option<Arc<dyn ConnectAgain>>,
}

/// Makes further connections like one that there is.
pub(super) trait ConnectAgain: Send + Sync {
    /// Whether nobody has to be asked for that.
    fn is_silent(&self) -> bool;

    /// Makes one.
    fn connect(self: Arc<Self>) -> Boxed<'static, Result<SftpConnection>>;
}

/// What opens more channels of a connection.
pub(super) trait SameConnection: Send + Sync {
    /// See [`SftpBeside::output_of`].
    fn output_of<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Option<Vec<u8>>>;

    /// See [`SftpBeside::channel`].
    fn channel(&self) -> Boxed<'_, Result<SftpConnection>>;

    /// See [`SftpBeside::shell`].
    fn shell<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Result<u8>>;
}

impl SftpBeside {
    /// Runs a command line on the server and returns what it printed; `None` if the server does not
    /// run programs, or it fails.
    pub async fn output_of(&self, command: &[u8]) -> Option<Vec<u8>> {
        self.same.output_of(command).await
    }

    /// Runs a command line on the person's terminal, with a terminal on the server, until it ends;
    /// its exit code.
    ///
    /// # Errors
    /// The server does not run it, the terminal cannot be used, or the connection is lost.
    pub async fn shell(&self, command: &[u8]) -> Result<u8> {
        self.same.shell(command).await
    }

    /// Whether [`SftpBeside::connection`] can be made.
    pub fn is_repeatable(&self) -> bool {
        self.again.as_ref().is_some_and(|again| again.is_silent())
    }

    /// Whether the connection is a master's.
    pub fn is_shared(&self) -> bool {
        self.again.is_none()
    }

    /// Starts one more SFTP server on the same connection. It has a window of its own, and needs no
    /// login.
    ///
    /// # Errors
    /// The server or the master takes no more, or the connection is lost.
    pub async fn channel(&self) -> Result<SftpConnection> {
        self.same.channel().await
    }

    /// Makes one more connection to the server, by the same method and with what was given for this
    /// one: an unlocked key, the agent, a password. Nobody is asked anything.
    ///
    /// # Errors
    /// [`Kind::Usage`]: this login cannot be repeated without asking, or the connection is a
    /// master's. Those of a first connection, such as a server that takes no more.
    pub async fn connection(&self) -> Result<SftpConnection> {
        let again = self.again.as_ref();
        let again = again.ok_or_else(|| Error::new(Kind::Usage, say!(files_shared_is_one)))?;
        if !again.is_silent() {
            return Err(Error::new(Kind::Usage, say!(files_login_is_one)));
        }
        Arc::clone(again).connect().await
    }
}

impl SftpConnection {
    /// Ends the connection: waits until everything sent has been answered, and as a master until its
    /// clients have gone.
    ///
    /// # Errors
    /// The connection was lost before.
    pub async fn close(self) -> Result<()> {
        let SftpConnection { sftp, beside, task } = self;
        drop((sftp, beside));
        task.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// The error for a task that has ended without a word.
pub(super) fn stopped() -> Error {
    Error::new(Kind::Local, say!(stopped_by_fault))
}
