//! One directory made like another, in one direction: what differs, and what is done about it.
//!
//! - `run`: the sync
//! - `plan`: everything that differs in two trees
//! - `side`: the two trees
//! - `contents`: two files
//! - `compare`: two directories, name by name
//! - `filter`: which names take part

mod compare;
mod contents;
mod filter;
mod plan;
mod run;
mod side;
#[cfg(test)]
mod tests;

pub use compare::{CopyReason, SyncChange, SyncCriteria, SyncDirectory, SyncRules, SyncStep};
pub use filter::SyncFilter;
pub use plan::SyncPlan;
pub use run::{Sync, SyncReport};
