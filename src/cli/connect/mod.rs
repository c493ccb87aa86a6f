//! One connection, from the plan to the exit code.
//!
//! ```text
//!   invocation       which process does what: the background, a master that is there, or here
//!   shared           a client of a master that is there
//!   session          the main path: enter, open a channel, relay, exit
//!   copy_id          a key for the server's authorized_keys, and a login with it
//!   measure          logins whose steps are timed, again and again
//!   subsystem        the main path for files: an SFTP client in place of a relay
//!   master           what clients of this connection get
//!   enter            reach, verify, log in; a jump host first
//!   login, forward   what a login, and each forward, is made from
//!   wants            from options to the types of `client`
//!   habit            how the person logged in the last time
//!   context          what these steps share
//! ```
//!
//! Each imports only what stands below it.

mod background;
mod choice;
pub mod context;
pub mod copy_id;
pub mod enter;
mod filter;
mod forward;
pub mod habit;
pub mod history;
pub mod invocation;
mod local_command;
pub mod login;
mod master;
pub mod measure;
pub mod prompt;
mod route;
pub mod session;
mod share;
pub mod subsystem;
pub mod trust_places;
pub mod wants;
