//! What is off on a connection whose host key is not the one on record, where
//! StrictHostKeyChecking `no` goes on all the same: everything that a man in the middle could
//! use. Passwords and challenges are refused in `login`; what is here is forwarding.
//!
//! The flag is asked where a channel is opened, requested or taken, so that whoever wants a
//! forward, a client of a shared connection for example, need not know of it.

use std::sync::atomic::{AtomicBool, Ordering};

use log::{error, info};

use crate::error::{Error, Kind};
use crate::say;

/// Whether a connection is restricted; once it is, it stays so.
#[derive(Debug, Default)]
pub(crate) struct Restriction(AtomicBool);

/// A kind of forwarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForwardingKind {
    /// Connections to ports and sockets, in every direction; a jump host's onward connection
    /// is one.
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

    /// Whether something of ours may be forwarded; a refusal is said, as ssh says it.
    pub fn permits(&self, forwarding: ForwardingKind) -> bool {
        if self.is_set() {
            error!("{}", forwarding.refusal());
        }
        !self.is_set()
    }

    /// Whether the server may open a channel of this kind. Only `-v` tells a refusal: how
    /// often a server tries must not fill the terminal.
    pub fn admits(&self, forwarding: ForwardingKind) -> bool {
        if self.is_set() {
            info!("{}", forwarding.refusal());
        }
        !self.is_set()
    }
}

impl ForwardingKind {
    /// Why it is refused, in ssh's words.
    pub fn refusal(self) -> String {
        match self {
            ForwardingKind::Ports => say!(forward_restricted_ports),
            ForwardingKind::Agent => say!(forward_restricted_agent),
            ForwardingKind::X11 => say!(forward_restricted_x11),
        }
    }
}

/// ExitOnForwardFailure on a connection whose host key is not the one on record.
pub fn restricted() -> Error {
    Error::new(Kind::HostKey, say!(forward_restricted)).hint(say!(auth_method_restricted_hint))
}
