//! A Host or Match line, and why its block applies or not, for whoever explains the configuration.

use super::origin::Origin;

/// A Host or Match line, and what became of its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigBlock {
    /// Where it stands.
    pub origin: Origin,
    /// The line.
    pub text: String,
    /// Whether the block applies.
    pub applies: bool,
    /// Why, or why not.
    pub why: BlockReason,
    /// Whether it was met in the second reading.
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
    /// This criterion does not hold; what it was compared with.
    Criterion(String, String),
    /// The block that included the file does not apply.
    Outside,
}
