//! Resolves the command line: destination, flags, options and files become one [`Plan`], including
//! the authentication method.
//!
//! The order of precedence is ssh's: the command line as typed (a destination's user and port count
//! at their position), a saved session (`profile` decides whether there is one), the user's file,
//! the system's file. What the process finds around it (a terminal, an agent, files) is passed in
//! as [`Availability`], so that the rest depends only on its arguments.

mod effective;
mod files;
mod layers;
mod missing;
mod names;
mod pins;
mod plan;
pub mod profile;
mod record;
mod route;
mod save;
mod settle;
pub mod sources;
mod teleport;

pub use crate::config::MethodChoice;
pub use effective::effective;
pub use files::files;
pub use layers::{check, command_line, files_for, layered, options, refuse_unbuilt};
pub use missing::split_missing_identities;
pub use names::SystemNames;
pub use plan::{
    Availability, EncodingPlan, LogPlan, Plan, ProxyPlan, ResolvedNode, ResolvedOptions,
    TeleportRoute, TerminalPlan,
};
pub use save::{of_command_line, of_host};
pub use settle::{
    OwnConnection, check_saved, checked, command_of, own_connection, plan_of_saved, resolve,
    resolve_within, settle,
};

#[cfg(test)]
mod tests;
