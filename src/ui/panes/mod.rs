//! The data of the file manager: two panes of entries, what is asked of whoever works on files, and
//! the queue of copies. Nothing here reads a file or draws.
//!
//! Imports point down this list only:
//!
//! - `pane`: a directory on the screen
//! - `request`: what the screen asks for, and what comes back
//! - `queue`: copies that wait, run and are done
//! - `entry`: a name with its attributes
//! - `path`: paths as bytes

mod entry;
mod pane;
pub mod path;
mod queue;
mod request;

pub use entry::{EntryColumns, PaneEntry, size_text};
pub use pane::{Pane, SortBy};
pub use queue::{
    ExistingFiles, JobAnswer, JobEnd, JobQuestion, JobQueue, JobTask, MAX_JOBS, QueuedJob,
    SharedQueue, locked,
};
pub use request::{
    MAX_VIEWED, PaneComparison, PaneOperation, PaneSide, PanesAsk, PanesEvent, PanesExit,
    PanesRequest, SyncPreview, ViewedFile,
};
