//! What Teleport's client, tsh, keeps and prints: its directory of profiles and certificates, its
//! lists of nodes and clusters, and its errors. Nothing is started here: `cli` runs tsh.
//!
//! Paths and texts are passed in. Every file of tsh's is read only; tsh alone writes them.

mod diagnosis;
mod directory;
mod listing;
mod target;
mod yaml;

pub use diagnosis::{TshTarget, diagnose, expired, no_proxy};
pub use directory::{ListedTshProfile, TshDirectory, TshProfile, login_hint, not_logged_in};
pub use listing::{MAX_TSH_OUTPUT, TeleportCluster, TeleportNode, clusters, nodes};
pub use target::{NodeTarget, node_matches, node_port, session_name};
