//! What the screen asks for, and what comes back. Whoever does the work has no part in the screen.

use std::sync::Arc;

use super::entry::PaneEntry;

/// How much of a file is viewed at most: what a person pages through.
pub const MAX_VIEWED: usize = 1 << 20;

/// One of the two panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneSide {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// A change to the files of one side, or a question about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaneOperation {
    /// Makes a directory.
    MakeDirectory(Vec<u8>),
    /// Renames within the side; what is there already stays.
    Rename(Vec<u8>, Vec<u8>),
    /// Removes files, and directories with all that is in them.
    Remove(Vec<Vec<u8>>),
    /// Sets the permission bits.
    SetMode(Vec<Vec<u8>>, u32),
    /// Sets user and group by number.
    SetOwner(Vec<Vec<u8>>, u32, u32),
    /// Makes a symbolic link with this target at this path.
    MakeLink(Vec<u8>, Vec<u8>),
    /// Counts the bytes and files below these paths.
    Usage(Vec<Vec<u8>>),
}

/// What the screen asks for. It goes on meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanesRequest {
    /// List a directory. The number goes back with each part of the answer.
    List {
        /// The side.
        side: PaneSide,
        /// Which of the side's listings it is.
        listing: u64,
        /// The path, as typed or joined.
        path: Vec<u8>,
    },
    /// Change files, or count them.
    Do(PaneSide, PaneOperation),
    /// Read the first [`MAX_VIEWED`] bytes of a file.
    View(PaneSide, Vec<u8>),
    /// Compare what is in the two directories, by what is in the files if that is wanted.
    Compare([Vec<u8>; 2], bool),
    /// Find out what making the other side's directory like this side's comes to.
    PlanSync(PaneSide, [Vec<u8>; 2]),
    /// Make the lost connection of this side again.
    Connect(PaneSide),
    /// The queue has been changed.
    Queue,
}

/// Passes a request on; `false` if too many wait already.
pub type PanesAsk = Arc<dyn Fn(PanesRequest) -> bool + Send + Sync>;

/// A file that was read to be viewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewedFile {
    /// The path.
    pub path: Vec<u8>,
    /// The first bytes.
    pub bytes: Vec<u8>,
    /// Whether these are all of them.
    pub is_whole: bool,
}

/// What differs in two directories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaneComparison {
    /// The directories, left and right.
    pub paths: [Vec<u8>; 2],
    /// The names in each that the other one does not have, or has otherwise.
    pub names: [Vec<Vec<u8>>; 2],
}

/// What making one directory like another comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPreview {
    /// The side that the other one is made like.
    pub from: PaneSide,
    /// The directories, left and right.
    pub paths: [Vec<u8>; 2],
    /// How many files are copied, and their bytes.
    pub copies: (usize, u64),
    /// How many directories and links are made.
    pub made: usize,
    /// How many names only the target has.
    pub surplus: usize,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanesEvent {
    /// Some entries of a directory.
    Entries(PaneSide, u64, Vec<PaneEntry>),
    /// A directory can be read; its path as the side has it.
    Entered(PaneSide, u64, Vec<u8>),
    /// All entries have come, or the reason why not.
    Listed(PaneSide, u64, Result<(), String>),
    /// Something was done on this side: a sentence about it, or why it was not; and the name that
    /// is of interest now.
    Done(PaneSide, Result<String, String>, Option<Vec<u8>>),
    /// A sentence about something that changed nothing.
    Said(Result<String, String>),
    /// A file to view.
    Viewed(ViewedFile),
    /// What differs, or why that could not be found out.
    Compared(Result<PaneComparison, String>),
    /// What a sync comes to, or why there is none.
    SyncPlanned(Result<SyncPreview, String>),
    /// Files of this side have changed.
    Changed(PaneSide),
    /// The job with this number runs no longer: it is done, has failed, waits for a connection, or was
    /// paused or removed.
    JobEnded(u64),
    /// The connection of this side is lost, for this reason.
    Lost(PaneSide, String),
    /// This side has a connection again.
    Connected(PaneSide),
    /// Somebody has to be asked before this side has a connection again.
    LoginWanted(PaneSide),
}

/// Why the screen is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanesExit {
    /// The person is done.
    Quit,
    /// A file is to be edited.
    Edit(PaneSide, Vec<u8>),
    /// A shell is to be opened in the directory.
    Shell(PaneSide),
    /// Somebody is to be asked for the login of this side.
    Connect(PaneSide),
}

impl PaneSide {
    /// The other side.
    pub fn other(self) -> PaneSide {
        match self {
            PaneSide::Left => PaneSide::Right,
            PaneSide::Right => PaneSide::Left,
        }
    }

    /// The number of the side, from the left.
    pub fn index(self) -> usize {
        match self {
            PaneSide::Left => 0,
            PaneSide::Right => 1,
        }
    }
}
