//! Channels that the server opens: connections of remote forwards, to the agent, to the display.
//! The SSH library's callbacks call this room; what we ask the server for is in `forward`.

pub(super) mod accept;
pub(super) mod agent;
pub(super) mod x11;
