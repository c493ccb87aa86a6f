//! (to be written)
pub mod method;
pub use method::Method;
