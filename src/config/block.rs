//! A Host or Match line and the reason why its block applies or not, kept to explain the
//! configuration.

use super::origin::Origin;

/// A Host or Match line, and whether its block applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigBlock {
    /// The file and line of the Host or Match line.
    pub origin: Origin,
    /// The text of the line.
    pub text: String,
    /// Whether the block applies.
    pub applies: bool,
    /// Why the block applies or not.
    pub why: BlockReason,
    /// Whether the line was met in the second reading of the files.
    pub second: bool,
}

/// Why a block applies or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockReason {
    /// This pattern of a Host line matches.
    Pattern(String),
    /// This negated pattern of a Host line matches.
    Negated(String),
    /// No pattern of a Host line matches.
    NoPattern,
    /// All criteria of a Match line hold.
    All,
    /// This criterion does not hold; the second text is the value it was compared with.
    Criterion(String, String),
    /// The file is included by a block that does not apply.
    Outside,
}
