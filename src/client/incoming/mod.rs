//! Channels that the server opens: forwarded connections, the agent, X11.

pub(super) mod accept;
pub(super) mod agent;
pub(super) mod x11;
