//! From a [`Transport`](super::Transport) to a [`Session`](super::Session) by exactly the chosen
//! method (RFC 4252).

mod adding;
mod again;
mod asking;
pub mod authenticate;
mod certificates;
mod dialogue;
mod host_bound;
mod identity;
mod interactive;
mod order;
mod publickey;
mod request;
mod setback;

pub use again::{Reconnection, ReconnectionRequest, ReconnectionRequests, reconnection};
pub use asking::authenticate_asking;
pub use authenticate::authenticate;
pub use order::listing;
pub use request::{AfterRefusal, Login, LoginDialogOptions};
