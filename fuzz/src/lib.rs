//! The bodies of the targets, which the package's tests run, too.

#[path = "../../tests/fuzz_bodies/mod.rs"]
pub mod bodies;
