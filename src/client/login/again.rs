//! Connecting again during a login: a connection that is lost while a person thinks is made once
//! more when the answer comes, and where a server hangs up after a refusal, the person's next
//! answer goes over a new connection.
//!
//! Whoever made the connection makes it again, beside the login; the new one is to the same host
//! with the same key. No attempt to log in is repeated.

use tokio::sync::{mpsc, oneshot};

use crate::client::handshake::verify::Transport;
use crate::error::Result;

/// By which a login asks for a new connection.
#[derive(Clone)]
pub struct Reconnection {
    requests: mpsc::Sender<oneshot::Sender<Result<Transport>>>,
}

/// The requests of a login for new connections.
pub struct ReconnectionRequests {
    requests: mpsc::Receiver<oneshot::Sender<Result<Transport>>>,
}

/// Both ends of one login's requests for new connections.
pub fn reconnection() -> (Reconnection, ReconnectionRequests) {
    // A login asks for one connection at a time.
    let (sender, receiver) = mpsc::channel(1);
    (Reconnection { requests: sender }, ReconnectionRequests { requests: receiver })
}

impl Reconnection {
    /// The new connection; `None` if nobody makes one.
    pub(super) async fn connect(&self) -> Option<Result<Transport>> {
        let (reply, made) = oneshot::channel();
        self.requests.send(reply).await.ok()?;
        made.await.ok()
    }
}

impl ReconnectionRequests {
    /// The next request; `None` after the login has ended.
    pub async fn next(&mut self) -> Option<ReconnectionRequest> {
        self.requests.recv().await.map(ReconnectionRequest)
    }
}

/// One request for a new connection.
pub struct ReconnectionRequest(oneshot::Sender<Result<Transport>>);

impl ReconnectionRequest {
    /// Gives the login its new connection, or why there is none.
    pub fn answer(self, made: Result<Transport>) {
        // A login that has ended meanwhile needs no connection.
        let _ = self.0.send(made);
    }
}
