//! What Host and Match lines are compared with.

/// What Host and Match blocks are matched against.
#[derive(Clone, Debug, Default)]
pub struct HostFacts {
    /// The host as typed.
    pub original: String,
    /// The command as typed, if there is one, for `Match command`.
    pub command: Option<String>,
    /// Whether this is the second reading, in which `Match final` holds.
    pub final_pass: bool,
    /// In the second reading, the name that the first one came to: Host and `Match host` look
    /// at it.
    pub resolved: Option<String>,
}

impl HostFacts {
    /// What Host lines look at.
    pub(super) fn name(&self) -> &str {
        self.resolved.as_deref().unwrap_or(&self.original)
    }
}
