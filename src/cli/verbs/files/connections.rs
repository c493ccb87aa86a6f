//! How many connections a transfer uses, how many channels each of them has, and making them while
//! the transfer is under way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use log::{debug, info, warn};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cli::connect::subsystem::{SftpBeside, SftpConnection};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::sftp::{
    Answering, ClientsToCome, RemoteShell, Sftp, TransferClients, TransferDirection, TransferJob,
};

/// Where an answer takes longer than this, windows of the network and of the server limit what one
/// connection carries.
const FAR: Duration = Duration::from_millis(10);
/// How many connections are used then.
const WHERE_FAR: usize = 4;
/// How many channels each of them has where the window of a channel is smaller than what a
/// connection carries: OpenSSH's is 2 MiB, and TCP's buffers hold about 4 MiB.
const CHANNELS: usize = 2;
/// Less than this is there before more connections are.
const WORTH_IT: u64 = 8 * 1024 * 1024;
/// How many files are looked at to find out how much there is.
const LOOKED_AT: usize = 32;

/// The connections of a transfer: the first one, and those beside it.
pub(super) struct Connections {
    first: SftpConnection,
    clients: TransferClients,
    more: Further,
}

/// What is known of a transfer before its connections are made.
pub(super) struct Extent {
    /// How many connections were asked for.
    pub asked: Option<usize>,
    /// How long an answer of the server takes.
    pub round_trip: Duration,
    pub direction: TransferDirection,
    pub amount: Amount,
}

/// How much there is to transfer.
pub(super) enum Amount {
    Much,
    Little,
    /// As much as these files are.
    Jobs(Vec<TransferJob>),
}

impl Amount {
    /// How much jobs come to.
    pub(super) fn of(jobs: &[TransferJob], recursive: bool) -> Amount {
        match recursive || jobs.len() > LOOKED_AT {
            true => Amount::Much,
            false => Amount::Jobs(jobs.to_vec()),
        }
    }
}

/// The connections and channels beside the first one.
enum Further {
    None,
    /// Being made, until this is sent.
    Coming(JoinHandle<Joined>, oneshot::Sender<()>),
    Made(Joined),
}

/// What was made beside the first connection.
#[derive(Default)]
struct Joined {
    connections: usize,
    /// All of them, and more channels.
    all: Vec<SftpConnection>,
}

impl Connections {
    /// Has as many connections and channels made beside the first one as were asked for, or as are
    /// worth it. The transfer can begin at once, and uses each as soon as it is there. If the server
    /// refuses some, the others are used, and that is said.
    pub(super) fn begin(first: SftpConnection, extent: Extent) -> Connections {
        let is_far = extent.round_trip >= FAR;
        let wanted = extent.asked.unwrap_or(if is_far { WHERE_FAR } else { 1 });
        if wanted <= 1 && !is_far {
            return Connections::alone(first);
        }
        let (to_come, clients) = TransferClients::growing(vec![first.sftp.clone()]);
        let (stop, stopped) = oneshot::channel();
        let (sftp, beside) = (first.sftp.clone(), first.beside.clone());
        let joining = Joining { sftp, first: beside, to_come, extent };
        let task = tokio::spawn(joining.run(stopped));
        Connections { first, clients, more: Further::Coming(task, stop) }
    }

    /// One connection.
    pub(super) fn alone(first: SftpConnection) -> Connections {
        let clients = vec![first.sftp.clone()].into();
        Connections { first, clients, more: Further::None }
    }

    /// The clients of all connections.
    pub(super) fn clients(&self) -> TransferClients {
        self.clients.clone()
    }

    /// What makes hashes on the server.
    pub(super) fn shell(&self) -> Arc<dyn RemoteShell> {
        shell(&self.first)
    }

    /// Makes no more connections than were asked for; how many there are. What becomes of those that
    /// were asked for is waited for, so that it is told.
    pub(super) async fn settle(&mut self) -> usize {
        self.more = match std::mem::replace(&mut self.more, Further::None) {
            Further::Coming(task, stop) => {
                let _ = stop.send(());
                Further::Made(task.await.unwrap_or_default())
            }
            other => other,
        };
        match &self.more {
            Further::Made(joined) => 1 + joined.connections,
            _ => 1,
        }
    }

    /// Ends all connections; why the first one was lost, if it was. Where the files are there, that
    /// is no failure.
    pub(super) async fn close(mut self) -> Option<Error> {
        self.settle().await;
        let Connections { first, clients, more } = self;
        drop(clients);
        let more = match more {
            Further::Made(joined) => joined.all,
            _ => Vec::new(),
        };
        let all = std::iter::once(first).chain(more);
        let ended = futures_util::future::join_all(all.map(SftpConnection::close)).await;
        for error in ended.iter().filter_map(|ended| ended.as_ref().err()) {
            debug!("at the end of the connection: {error}");
        }
        ended.into_iter().next().and_then(Result::err)
    }
}

/// Makes connections and channels beside a transfer.
struct Joining {
    sftp: Sftp,
    first: SftpBeside,
    to_come: ClientsToCome,
    extent: Extent,
}

impl Joining {
    /// Makes them, until all are there or the transfer is over.
    async fn run(self, mut stop: oneshot::Receiver<()>) -> Joined {
        let mut joined = Joined::default();
        tokio::select! {
            biased;
            () = self.make(&mut joined) => {}
            _ = &mut stop, if self.extent.asked.is_none() => {}
        }
        joined
    }

    async fn make(&self, joined: &mut Joined) {
        let Joining { sftp, first, to_come, extent } = self;
        let is_much = extent.is_worth_it(sftp).await;
        let wanted = extent.asked.unwrap_or(if is_much { WHERE_FAR } else { 1 });
        let has_channels = is_much
            && extent.round_trip >= FAR
            && (extent.direction == TransferDirection::Put || first.is_shared());
        let channels = if has_channels { CHANNELS } else { 1 };
        let more = |beside: &SftpBeside| {
            (1..channels).map({
                let beside = beside.clone();
                move |_| made(beside.clone(), true)
            })
        };
        let mut making: FuturesUnordered<_> = more(first).collect();
        making.extend((1..wanted).map(|_| made(first.clone(), false)));
        let (mut fault, mut fewer) = (None, None);
        while let Some((is_channel, result)) = making.next().await {
            match result {
                Ok(connection) => {
                    to_come.add(connection.sftp.clone());
                    if !is_channel {
                        joined.connections += 1;
                        making.extend(more(&connection.beside));
                    }
                    joined.all.push(connection);
                }
                Err(error) if is_channel => fewer = fewer.or(Some(error)),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        extent.tell(1 + joined.connections, wanted, fault, fewer);
    }
}

/// A further channel, or a further connection.
async fn made(beside: SftpBeside, is_channel: bool) -> (bool, Result<SftpConnection>) {
    let made = match is_channel {
        true => beside.channel().await,
        false => beside.connection().await,
    };
    (is_channel, made)
}

impl Extent {
    /// Whether the server is far and there is much to transfer.
    async fn is_worth_it(&self, sftp: &Sftp) -> bool {
        if self.round_trip < FAR {
            return false;
        }
        let jobs = match &self.amount {
            Amount::Much => return true,
            Amount::Little => return false,
            Amount::Jobs(jobs) => jobs,
        };
        let sizes = jobs.iter().map(|job| async {
            match job {
                TransferJob::Get { from, .. } => {
                    sftp.stat(from).await.ok().and_then(|found| found.size).unwrap_or_default()
                }
                TransferJob::Put { from, .. } => from.metadata().map_or(0, |found| found.len()),
            }
        });
        let sizes = futures_util::future::join_all(sizes).await;
        sizes.into_iter().fold(0, u64::saturating_add) >= WORTH_IT
    }

    /// Says that there are fewer than were wanted.
    fn tell(&self, have: usize, wanted: usize, fault: Option<Error>, fewer: Option<Error>) {
        if let Some(why) = fault {
            let why = why.cause();
            let line = say!(files_fewer_connections, have, wanted, why);
            match self.asked {
                Some(_) => warn!("{line}"),
                None => info!("{line}"),
            }
        }
        if let Some(why) = fewer {
            info!("{}", say!(files_fewer_channels, why = why.cause()));
        }
    }
}

/// How long an answer of the server takes.
pub(super) async fn round_trip(sftp: &Sftp) -> Duration {
    let asked = Instant::now();
    match sftp.stat(b".").await {
        Ok(_) => asked.elapsed(),
        Err(_) => Duration::ZERO,
    }
}

/// What makes hashes on the server.
pub(super) fn shell(connection: &SftpConnection) -> Arc<dyn RemoteShell> {
    Arc::new(ServerPrograms(connection.beside.clone()))
}

/// Programs on the server, as the transfer runs them.
struct ServerPrograms(SftpBeside);

impl RemoteShell for ServerPrograms {
    fn run(&self, command: Vec<u8>) -> Answering<'_, Result<Vec<u8>>> {
        Box::pin(async move {
            let output = self.0.output_of(&command).await;
            output.ok_or_else(|| Error::new(Kind::Channel, say!(files_no_program)))
        })
    }
}
