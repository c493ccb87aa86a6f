//! A server of a pane: how it was named, and its connection, which may be lost and made again.

use std::ffi::OsString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::place::{FilePlace, Said};
use crate::cli::args::Typed;
use crate::cli::connect::subsystem::{self, SftpBeside, SftpConnection};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::verbs::files::connections;
use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::{RemoteShell, Sftp};
use crate::text;

/// How a server was named on the command line.
#[derive(Clone)]
pub(super) struct ServerWords {
    /// The flags of connecting.
    pub(super) flags: Vec<OsString>,
    /// The destination; `None` with `--profile`.
    pub(super) destination: Option<String>,
}

impl ServerWords {
    /// What tells this place from others in the queue: the destination with the flags.
    pub(super) fn key(&self) -> String {
        let flags = self.flags.iter().map(|word| word.to_string_lossy().into_owned());
        let all: Vec<String> = self.destination.iter().cloned().chain(flags).collect();
        all.join(" ")
    }

    /// The name for a title.
    pub(super) fn name(&self) -> String {
        self.destination.clone().unwrap_or_else(|| {
            let mut words = self.flags.iter();
            let profile = words.find(|word| *word == "--profile").and_then(|_| words.next());
            profile.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        })
    }
}

/// A server that a pane shows.
pub(super) struct PaneServer {
    typed: Typed,
    /// The name for a title, sanitised.
    pub(super) label: String,
    connection: Mutex<SftpConnection>,
    /// Held by whoever makes the connection again: there is one attempt at a time.
    attempt: tokio::sync::Mutex<()>,
    /// Told when there is another connection.
    renewed: Notify,
}

/// Where the files of a pane are.
#[derive(Clone)]
pub(super) enum PanePlace {
    Local,
    Remote(Arc<PaneServer>),
}

/// Whether a connection was made again.
pub(super) enum Reconnected {
    Yes,
    /// Somebody has to be asked for that.
    Asks,
}

impl PanePlace {
    /// The place by the connection that there is now.
    pub(super) fn now(&self) -> FilePlace {
        match self {
            PanePlace::Local => FilePlace::Local,
            PanePlace::Remote(server) => FilePlace::Remote(server.sftp()),
        }
    }

    /// The client of the connection that there is now, if it is a server.
    pub(super) fn sftp(&self) -> Option<Sftp> {
        match self {
            PanePlace::Local => None,
            PanePlace::Remote(server) => Some(server.sftp()),
        }
    }
}

impl PaneServer {
    pub(super) fn new(typed: Typed, label: String, connection: SftpConnection) -> PaneServer {
        let (connection, attempt) = (Mutex::new(connection), tokio::sync::Mutex::new(()));
        PaneServer { typed, label, connection, attempt, renewed: Notify::new() }
    }

    fn connection(&self) -> MutexGuard<'_, SftpConnection> {
        // Each change is one step.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client of the connection that there is now.
    pub(super) fn sftp(&self) -> Sftp {
        self.connection().sftp.clone()
    }

    /// What has the server make hashes of its files.
    pub(super) fn shell(&self) -> Arc<dyn RemoteShell> {
        connections::shell(&self.connection())
    }

    /// What there can be beside the client.
    pub(super) fn beside(&self) -> SftpBeside {
        self.connection().beside.clone()
    }

    /// Waits until the connection is lost; a sentence about it.
    pub(super) async fn lost(&self) -> String {
        let sftp = self.sftp();
        let why = sftp.gone().await.into_error();
        say!(panes_lost, place = self.label.clone(), why = why.cause())
    }

    /// Waits until there is a connection again.
    pub(super) async fn renewed(&self) {
        loop {
            let renewed = self.renewed.notified();
            if !self.sftp().is_gone() {
                return;
            }
            renewed.await;
        }
    }

    /// Makes the connection again by what was given for the first one, without asking anybody.
    /// Whoever asks for it meanwhile gets the same one.
    pub(super) async fn connect_silently(&self) -> Said<Reconnected> {
        let _attempt = self.attempt.lock().await;
        if !self.sftp().is_gone() {
            return Ok(Reconnected::Yes);
        }
        let before = self.beside();
        if !before.is_repeatable() {
            return Ok(Reconnected::Asks);
        }
        match before.connection().await {
            Ok(again) => {
                self.take(again);
                Ok(Reconnected::Yes)
            }
            // A key that was accepted for once is judged anew, by the person.
            Err(error) if error.kind() == Kind::HostKey => Ok(Reconnected::Asks),
            Err(error) => Err(self.not_connected(&error)),
        }
    }

    /// Makes the connection again as at the beginning; the terminal is free for questions.
    pub(super) async fn connect_asking(self: &Arc<Self>) -> Said<()> {
        let _attempt = self.attempt.lock().await;
        if !self.sftp().is_gone() {
            return Ok(());
        }
        let server = Arc::clone(self);
        let prepared = tokio::task::spawn_blocking(move || {
            subsystem::prepare(&server.typed, "files", &ProcessEnvironment::find())
        });
        let target = prepared.await.map_err(|_| say!(stopped_by_fault))?;
        let target = target.map_err(|error| self.not_connected(&error))?;
        let again = target.open().await.map_err(|error| self.not_connected(&error))?;
        self.take(again);
        Ok(())
    }

    fn not_connected(&self, error: &Error) -> String {
        say!(panes_not_connected, place = self.label.clone(), why = error.cause())
    }

    fn take(&self, again: SftpConnection) {
        *self.connection() = again;
        self.renewed.notify_waiters();
    }

    /// Ends the connection.
    pub(super) async fn close(self: Arc<Self>) {
        let Some(server) = Arc::into_inner(self) else { return };
        let connection = server.connection.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = connection.close().await {
            log::debug!("{}", text::line(&error.to_string(), 200));
        }
    }
}
