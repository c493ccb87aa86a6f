//! From a [`Transport`](super::Transport) to a [`Session`]: exactly the chosen method (RFC 4252).

mod adding;
mod asking;
pub mod authenticate;
mod certificates;
mod host_bound;
mod identity;
mod interactive;
mod order;
mod publickey;
mod remembered;

pub use asking::{Asking, authenticate_asking};
pub use authenticate::{Login, Session, authenticate};
pub use order::listing;
pub use remembered::{Credential, Kept, Remembered};
