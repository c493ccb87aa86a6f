//! Disables forwarding on a connection whose host key is not the one on record, if
//! StrictHostKeyChecking `no` continues anyway: an attacker in the middle could use it. `login`
//! refuses passwords and challenges for the same reason.
//!
//! The flag is checked where a channel is opened, requested or accepted, so that the code that
//! wants a forward, such as that for clients of a shared connection, need not check it.

use std::sync::atomic::{AtomicBool, Ordering};

use log::{error, info};

use crate::error::{Error, Kind};
use crate::say;

/// Whether a connection is restricted; a restriction is never lifted.
#[derive(Debug, Default)]
pub(crate) struct Restriction(AtomicBool);

/// A kind of forwarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForwardingKind {
    /// Connections to ports and sockets in every direction, including a jump host's onward
    /// connection.
    Ports,
    /// The agent.
    Agent,
    /// The display.
    X11,
}

impl Restriction {
    /// Restricts the connection from now on.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the connection is restricted.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether we may start this kind of forwarding; a refusal is reported in ssh's words.
    pub fn permits(&self, forwarding: ForwardingKind) -> bool {
        if self.is_set() {
            error!("{}", forwarding.refusal());
        }
        !self.is_set()
    }

    /// Whether the server may open a channel of this kind. A refusal is logged for `-v` only, so
    /// that a server cannot fill the terminal.
    pub fn admits(&self, forwarding: ForwardingKind) -> bool {
        if self.is_set() {
            info!("{}", forwarding.refusal());
        }
        !self.is_set()
    }
}

impl ForwardingKind {
    /// Why this kind of forwarding is refused, in ssh's words.
    pub fn refusal(self) -> String {
        match self {
            ForwardingKind::Ports => say!(forward_restricted_ports),
            ForwardingKind::Agent => say!(forward_restricted_agent),
            ForwardingKind::X11 => say!(forward_restricted_x11),
        }
    }
}

/// The error if ExitOnForwardFailure is set on a restricted connection.
pub fn restricted() -> Error {
    Error::new(Kind::HostKey, say!(forward_restricted)).hint(say!(auth_method_restricted_hint))
}
