//! Work on a logged-in connection: a channel with a program, its relay, and what a person at the
//! terminal can ask for meanwhile.

pub mod beside;
pub mod channel;
pub mod console;
pub(super) mod escape;
pub mod information;
pub mod interlude;
pub mod jump;
pub mod measured;
mod modes;
pub mod paste;
pub mod program;
pub mod relay;
pub mod rotation;
pub mod stdio;
pub mod subsystem;
mod typing;
mod unanswered;

pub use channel::{ProgramRequest, PtyRequest, SessionRequest, WindowSize, open};
pub use console::{CommandLineAction, Console};
pub use escape::Escape;
pub use information::Information;
pub use interlude::{Curtain, Interlude};
pub use modes::ModeOverrides;
pub use paste::{BracketFilter, Brackets, Paste};
pub use relay::{LocalSide, close, linger, relay};
