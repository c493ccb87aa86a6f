//! A Host or Match line and why its block applies or not, kept to explain the configuration.

use super::origin::Origin;

/// A Host or Match line, and what became of its block.
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
    /// Whether the line was read in the second reading of the files.
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
    /// The block that included the file does not apply.
    Outside,
}
