//! From a [`Transport`](super::Transport) to a [`Session`](super::Session) by exactly the chosen
//! method (RFC 4252).

mod adding;
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

pub use asking::{LoginDialogOptions, authenticate_asking};
pub use authenticate::authenticate;
pub use order::listing;
pub use request::Login;
