//! The connection after the login. The [`Session`] owns it.

use std::sync::Arc;

use russh::client::Handle;

use crate::client::forward::forwards::Forwards;
use crate::client::handshake::handler::Events;
use crate::client::state::negotiated::Negotiated;
use crate::client::state::remembered::{RememberedLogin, UsedLogin};
use crate::client::state::shared::ConnectionState;
use crate::error::Error;

/// An authenticated connection.
pub struct Session {
    pub(crate) handle: Arc<Handle<Events>>,
    pub(crate) shared: Arc<ConnectionState>,
    pub(crate) forwards: Arc<Forwards>,
    /// How the login was done, to show to the person: `publickey with ED25519 SHA256:…`.
    pub how: String,
    /// The route to the server as shown to the person; `None` for a direct connection.
    pub route: Option<String>,
    /// The credential that the person allowed us to keep in memory for this run.
    pub remembered: Option<RememberedLogin>,
    /// How the login was done; `None` if it took several steps, or none.
    pub used: Option<UsedLogin>,
    /// Whether the person wants agent forwarding in this session; `None` if they were not asked.
    pub forward_agent: Option<bool>,
}

impl Session {
    pub(crate) fn new(
        handle: Handle<Events>,
        shared: Arc<ConnectionState>,
        how: String,
    ) -> Session {
        let handle = Arc::new(handle);
        let asked = Arc::downgrade(&handle);
        shared.incoming.lanes.traffic.pace.ask_by(Box::new(move || {
            let handle = asked.upgrade();
            Box::pin(async move {
                if let Some(handle) = handle {
                    // An error means that the connection has ended.
                    let _ = handle.send_ping().await;
                }
            })
        }));
        let forwards = Arc::new(Forwards::new(&handle, &shared));
        Session {
            handle,
            shared,
            forwards,
            how,
            route: None,
            remembered: None,
            used: None,
            forward_agent: None,
        }
    }

    /// A second [`Session`] on the same connection, for the clients that share it.
    pub(crate) fn beside(&self) -> Session {
        Session {
            handle: Arc::clone(&self.handle),
            shared: Arc::clone(&self.shared),
            forwards: Arc::clone(&self.forwards),
            how: self.how.clone(),
            route: self.route.clone(),
            remembered: None,
            used: None,
            forward_agent: self.forward_agent,
        }
    }

    /// The algorithms in use.
    pub fn negotiated(&self) -> Option<Negotiated> {
        self.shared.negotiated()
    }

    /// Waits until the connection has ended; returns the reason.
    pub async fn end(&self) -> Error {
        self.shared.end().await
    }

    /// The user name on the server.
    pub fn user(&self) -> String {
        self.shared.record.user()
    }

    /// Whether the server asked for something that only the user has before it accepted the login.
    pub fn is_proved(&self) -> bool {
        self.shared.record.is_proved()
    }

    /// Why the connection ended, if it has.
    pub fn ended(&self) -> Option<Error> {
        self.shared.ended()
    }

    /// The forwards of this connection.
    pub fn forwards(&self) -> &Arc<Forwards> {
        &self.forwards
    }
}
