//! (to be written)
pub mod args;
pub mod flags;
pub mod help;
pub mod resolve;
