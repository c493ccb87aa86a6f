//! A connection of our own for files: `enter`, and the subsystem on the session. A task has it from
//! the login to the end, as a relay has in a session; whoever uses the SFTP client sees only that.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::connection::{
    Boxed, ConnectAgain, GOODBYE, SFTP, SameConnection, SftpBeside, SftpConnection, stopped,
};
use super::feed::{ChannelInput, FeedSink};
use super::shell;
use crate::cli::args::Typed;
use crate::cli::connect::context::ConnectContext;
use crate::cli::connect::enter::enter;
use crate::cli::connect::prompt::{self, NobodyAsked};
use crate::cli::connect::{history, master, route, wants};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::{self, Plan};
use crate::client::Session;
use crate::client::flow::Exit;
use crate::client::session::subsystem::{self, Subsystem};
use crate::client::session::{program, relay, rotation};
use crate::client::state::RememberedLogins;
use crate::config::ControlPersist;
use crate::error::Result;
use crate::prompt::Prompt;
use crate::secret::Secret;
use crate::sftp::{InFlight, Sftp, SftpFailure};

/// What connections to one server are made from.
pub(super) struct SftpLogin {
    plan: Plan,
    typed: Typed,
    environment: ProcessEnvironment,
    /// What was given for the first connection.
    remembered: RememberedLogins,
}

/// What a connection's task hands out once the server has greeted.
type Ready = oneshot::Sender<Result<(Sftp, Session)>>;

/// What tells a connection that is asked for from one beside it.
struct ConnectionOccasion {
    prompt: Arc<dyn Prompt>,
    password: Option<Secret>,
    /// Whether it is the first: it goes into the history, and may become a master.
    is_first: bool,
}

/// Makes the first connection.
pub(super) async fn open(
    plan: Plan,
    typed: Typed,
    environment: ProcessEnvironment,
    password: Option<Secret>,
) -> Result<SftpConnection> {
    let prompt = prompt::choose(&plan, &typed, &environment);
    let remembered = RememberedLogins::default();
    let login = Arc::new(SftpLogin { plan, typed, environment, remembered });
    begin(login, ConnectionOccasion { prompt, password, is_first: true }).await
}

impl ConnectAgain for SftpLogin {
    fn is_silent(&self) -> bool {
        let mut hops = std::iter::successors(Some(&self.plan), |plan| plan.via.as_deref());
        hops.all(|plan| {
            let kept = self.remembered.get(&route::label(plan));
            kept.is_some_and(|kept| kept.is_silent())
        })
    }

    fn connect(self: Arc<Self>) -> Boxed<'static, Result<SftpConnection>> {
        let prompt = Arc::new(NobodyAsked);
        Box::pin(begin(self, ConnectionOccasion { prompt, password: None, is_first: false }))
    }
}

/// More channels of a connection of our own.
struct OwnConnectionBeside {
    session: Session,
    login: Arc<SftpLogin>,
}

impl SameConnection for OwnConnectionBeside {
    fn output_of<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Option<Vec<u8>>> {
        let output = program::output_of(&self.session, command.to_vec());
        Box::pin(async move { output.await.ok().flatten() })
    }

    fn shell<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Result<u8>> {
        let SftpLogin { plan, typed, environment, .. } = &*self.login;
        Box::pin(shell::run(&self.session, (plan, typed, environment), command))
    }

    fn channel(&self) -> Boxed<'_, Result<SftpConnection>> {
        let (session, login) = (self.session.beside(), Arc::clone(&self.login));
        let (ready, opened) = oneshot::channel();
        let task = tokio::spawn(async move {
            let about = (&login.plan, &login.environment);
            speak(&session, about, SftpChannel::Beside, ready).await
        });
        Box::pin(opening(Arc::clone(&self.login), opened, task))
    }
}

/// Which channel of a connection an SFTP server has.
#[derive(Clone, Copy)]
enum SftpChannel {
    /// The connection's own.
    Own,
    /// One more.
    Beside,
}

async fn begin(login: Arc<SftpLogin>, occasion: ConnectionOccasion) -> Result<SftpConnection> {
    let (ready, opened) = oneshot::channel();
    let task = tokio::spawn(serve(Arc::clone(&login), occasion, ready));
    opening(login, opened, task).await
}

/// Waits until the server has greeted.
async fn opening(
    login: Arc<SftpLogin>,
    opened: oneshot::Receiver<Result<(Sftp, Session)>>,
    task: JoinHandle<Result<()>>,
) -> Result<SftpConnection> {
    match opened.await {
        Ok(opened) => {
            let (sftp, session) = opened?;
            let again: Option<Arc<dyn ConnectAgain>> = Some(Arc::<SftpLogin>::clone(&login));
            let same = Arc::new(OwnConnectionBeside { session, login });
            Ok(SftpConnection { sftp, beside: SftpBeside { same, again }, task })
        }
        // The login, or the channel, has failed.
        Err(_) => match task.await {
            Ok(Err(error)) => Err(error),
            _ => Err(stopped()),
        },
    }
}

/// One connection, from the network to its end.
async fn serve(login: Arc<SftpLogin>, occasion: ConnectionOccasion, ready: Ready) -> Result<()> {
    let SftpLogin { plan, typed, environment, remembered } = &*login;
    let ConnectionOccasion { prompt, password, is_first } = occasion;
    let context = ConnectContext::new(plan, environment, Arc::clone(&prompt), remembered);
    let context = context.keeping_logins().for_further(!is_first);
    let (session, _) = enter(&context, password)
        .await
        .map_err(|error| resolve::sources::explained(error, typed, plan, &environment.context()))?;
    if is_first {
        history::remember(plan, typed, environment);
    }
    // A master that persists is another process, which is not made here. One that is to end with this
    // connection would wait for its clients.
    let shares = is_first && plan.options.sharing.persist.value == ControlPersist::No;
    let master = if shares { master::begin(&context, &session)? } else { None };
    let work = async {
        let spoken = speak(&session, (plan, environment), SftpChannel::Own, ready).await;
        spoken.map(|()| Exit::Status(0))
    };
    let exit = match &master {
        Some(master) => {
            rotation::around(&session, &prompt, master.around(&context, &session, work)).await
        }
        None if is_first => rotation::around(&session, &prompt, work).await,
        // The first connection learns the keys that the server announces.
        None => work.await,
    };
    drop(master);
    relay::close(session).await;
    exit.map(drop)
}

/// Speaks SFTP on a session of somebody else as long as the work takes.
///
/// # Errors
/// The server does not speak SFTP, the connection is lost, or those of the work.
pub async fn around<T>(
    session: &Session,
    (plan, environment): (&Plan, &ProcessEnvironment),
    work: impl AsyncFnOnce(Sftp) -> Result<T>,
) -> Result<T> {
    let (ready, opened) = oneshot::channel();
    let worked = async {
        match opened.await {
            Ok(Ok((sftp, _))) => work(sftp).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Err(stopped()),
        }
    };
    let speaking = speak(session, (plan, environment), SftpChannel::Beside, ready);
    let (spoken, worked) = tokio::join!(speaking, worked);
    // Why there is no SFTP says more than that there is none.
    match (spoken, worked) {
        (Err(error), Err(_)) => Err(error),
        (_, worked) => worked,
    }
}

/// Speaks SFTP on the session until nobody uses the client any more.
async fn speak(
    session: &Session,
    (plan, environment): (&Plan, &ProcessEnvironment),
    channel: SftpChannel,
    ready: Ready,
) -> Result<()> {
    let (sftp, incoming, mut outgoing) = Sftp::pair(InFlight::default());
    let sink = FeedSink::new(incoming);
    let env = wants::sent_environment(&plan.options, environment);
    let output = Box::new(sink.clone());
    let Subsystem { input, end } = match channel {
        SftpChannel::Own => subsystem::open(session, SFTP, env, output).await?,
        SftpChannel::Beside => subsystem::open_beside(session, SFTP, env, output).await?,
    };
    let mut input = ChannelInput(input);
    let beside = session.beside();
    let greeted = async move {
        let greeted = sftp.ready().await.map(|()| (sftp, beside));
        // Nobody may wait for it any more.
        let _ = ready.send(greeted.map_err(SftpFailure::into_error));
    };
    let spoken = async {
        let mut end = Box::pin(end.wait());
        let ended = tokio::select! {
            biased;
            ended = &mut end => ended,
            sent = outgoing.run(&mut input) => match sent {
                // The client is not used any more, or has failed and said so.
                Ok(()) => {
                    let _ = timeout(GOODBYE, end).await;
                    return Ok(());
                }
                Err(failure) => Err(failure.into_error()),
            },
        };
        sink.end(ended.clone().err());
        ended
    };
    tokio::join!(spoken, greeted).0
}
