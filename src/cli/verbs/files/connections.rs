//! How many connections a transfer uses, and making them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use log::{debug, info, warn};

use crate::cli::connect::subsystem::{RemotePrograms, SftpConnection};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::sftp::{Answering, RemoteShell, Sftp, TransferJob};

/// Where an answer takes longer than this, windows of the network and of the server limit what one
/// connection carries.
const FAR: Duration = Duration::from_millis(10);
/// How many connections are used then.
const WHERE_FAR: usize = 4;
/// Less than this is there before more connections are.
const WORTH_IT: u64 = 8 * 1024 * 1024;
/// How many files are looked at to find out how much there is.
const LOOKED_AT: usize = 32;

/// The connections of a transfer: the first one, and those beside it.
pub(super) struct Connections {
    first: SftpConnection,
    more: Vec<SftpConnection>,
}

impl Connections {
    /// Makes as many connections as were asked for, or as are worth it. If the server refuses some,
    /// the others are used, and that is said.
    pub(super) async fn open(
        first: SftpConnection,
        asked: Option<usize>,
        jobs: &[TransferJob],
        recursive: bool,
    ) -> Connections {
        let wanted = match asked {
            Some(wanted) => wanted,
            None if is_worth_it(&first.sftp, jobs, recursive).await => WHERE_FAR,
            None => 1,
        };
        let opened = futures_util::future::join_all((1..wanted).map(|_| first.another())).await;
        let (mut more, mut fault) = (Vec::new(), None);
        for result in opened {
            match result {
                Ok(connection) => more.push(connection),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        if let Some(why) = fault {
            let why = why.cause();
            let line = say!(files_fewer_connections, have = more.len() + 1, wanted, why);
            match asked {
                Some(_) => warn!("{line}"),
                None => info!("{line}"),
            }
        }
        Connections { first, more }
    }

    /// One connection.
    pub(super) fn alone(first: SftpConnection) -> Connections {
        Connections { first, more: Vec::new() }
    }

    pub(super) fn count(&self) -> usize {
        1 + self.more.len()
    }

    /// The clients of all connections.
    pub(super) fn clients(&self) -> Vec<Sftp> {
        let all = std::iter::once(&self.first).chain(&self.more);
        all.map(|connection| connection.sftp.clone()).collect()
    }

    /// What makes hashes on the server.
    pub(super) fn shell(&self) -> Arc<dyn RemoteShell> {
        shell(&self.first)
    }

    /// Ends all connections; why the first one was lost, if it was. Where the files are there, that
    /// is no failure.
    pub(super) async fn close(self) -> Option<Error> {
        let all = std::iter::once(self.first).chain(self.more);
        let ended = futures_util::future::join_all(all.map(SftpConnection::close)).await;
        for error in ended.iter().filter_map(|ended| ended.as_ref().err()) {
            debug!("at the end of the connection: {error}");
        }
        ended.into_iter().next().and_then(Result::err)
    }
}

/// What makes hashes on the server.
pub(super) fn shell(connection: &SftpConnection) -> Arc<dyn RemoteShell> {
    Arc::new(ServerPrograms(connection.programs.clone()))
}

/// Programs on the server, as the transfer runs them.
struct ServerPrograms(RemotePrograms);

impl RemoteShell for ServerPrograms {
    fn run(&self, command: Vec<u8>) -> Answering<'_, Result<Vec<u8>>> {
        Box::pin(async move {
            let output = self.0.output_of(&command).await;
            output.ok_or_else(|| Error::new(Kind::Channel, say!(files_no_program)))
        })
    }
}

/// Whether the server is far and there is much to transfer.
async fn is_worth_it(sftp: &Sftp, jobs: &[TransferJob], recursive: bool) -> bool {
    let asked = Instant::now();
    if sftp.stat(b".").await.is_err() || asked.elapsed() < FAR {
        return false;
    }
    if recursive || jobs.len() > LOOKED_AT {
        return true;
    }
    let mut bytes = 0;
    for job in jobs {
        bytes += match job {
            TransferJob::Get { from, .. } => {
                sftp.stat(from).await.ok().and_then(|found| found.size).unwrap_or_default()
            }
            TransferJob::Put { from, .. } => from.metadata().map_or(0, |found| found.len()),
        };
    }
    bytes >= WORTH_IT
}
