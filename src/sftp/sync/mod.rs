//! One directory made like another: what differs, and what is to be done about it.
//!
//! - `compare`: two directories, name by name
//! - `filter`: which names take part

mod compare;
mod filter;
#[cfg(test)]
mod tests;

pub use compare::{
    CopyReason, SyncChange, SyncComparison, SyncCriteria, SyncDirectory, SyncNode, SyncRules,
    SyncStep, compare, joined,
};
pub use filter::SyncFilter;
