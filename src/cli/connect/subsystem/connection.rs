//! An SFTP client that is logged in, with what it needs of its connection.

use std::pin::Pin;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::sftp::Sftp;

/// The subsystem's name.
pub(super) const SFTP: &str = "sftp";

/// A future behind a pointer.
pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A connection to an SFTP server that is logged in.
pub struct SftpConnection {
    /// The client. Its clones may be used until [`SftpConnection::close`].
    pub sftp: Sftp,
    /// What runs programs on the server.
    pub programs: RemotePrograms,
    /// What a further connection is made from; `None` through a master.
    pub(super) again: Option<Arc<dyn ConnectAgain>>,
    /// Moves the bytes, and ends when nobody uses the client any more.
    pub(super) task: JoinHandle<Result<()>>,
}

/// Makes further connections like one that there is.
pub(super) trait ConnectAgain: Send + Sync {
    /// Whether nobody has to be asked for that.
    fn is_silent(&self) -> bool;

    /// Makes one.
    fn connect(self: Arc<Self>) -> Boxed<'static, Result<SftpConnection>>;
}

/// Runs programs on the server beside an SFTP client, over the same connection.
#[derive(Clone)]
pub struct RemotePrograms(pub(super) Arc<dyn ProgramRunner>);

/// What runs a program.
pub(super) trait ProgramRunner: Send + Sync {
    /// See [`RemotePrograms::output_of`].
    fn output_of<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Option<Vec<u8>>>;
}

impl SftpConnection {
    /// Makes one more connection to the server, by the same method and with what was given for this
    /// one: an unlocked key, the agent, a password. Nobody is asked anything.
    ///
    /// # Errors
    /// [`Kind::Usage`]: this login cannot be repeated without asking, or the connection is a
    /// master's. Those of a first connection, such as a server that takes no more.
    pub async fn another(&self) -> Result<SftpConnection> {
        let again = self.again.as_ref();
        let again = again.ok_or_else(|| Error::new(Kind::Usage, say!(files_shared_is_one)))?;
        if !again.is_silent() {
            return Err(Error::new(Kind::Usage, say!(files_login_is_one)));
        }
        Arc::clone(again).connect().await
    }

    /// Ends the connection: waits until everything sent has been answered, and as a master until its
    /// clients have gone.
    ///
    /// # Errors
    /// The connection was lost before.
    pub async fn close(self) -> Result<()> {
        let SftpConnection { sftp, programs, task, .. } = self;
        drop((sftp, programs));
        task.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl RemotePrograms {
    /// Runs a command line on the server and returns what it printed; `None` if the server does not
    /// run programs, or it fails.
    pub async fn output_of(&self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.output_of(command).await
    }
}

/// The error for a task that has ended without a word.
pub(super) fn stopped() -> Error {
    Error::new(Kind::Local, say!(stopped_by_fault))
}
