//! How the data of channels moves: the one byte loop (`copy`), data kept for a slow reader
//! (`lane`), how much each channel uses the connection (`traffic`), keys before all else (`pace`), and
//! a forwarded connection (`tunnel`).

pub(super) mod complaint;
pub(super) mod copy;
pub(super) mod endpoint;
pub mod event;
pub(super) mod exit;
pub(super) mod idle;
mod kept;
pub(super) mod lane;
pub(super) mod left;
pub(super) mod output;
pub(super) mod pace;
pub(super) mod seats;
pub(super) mod socket;
pub(super) mod socks;
pub(super) mod traffic;
pub(super) mod tunnel;

pub use exit::Exit;
pub use lane::MAX_KEPT;
pub use output::OutputSink;
