//! The facts that Host and Match lines are compared with.

/// The facts that Host and Match lines are compared with.
#[derive(Clone, Debug, Default)]
pub struct HostFacts {
    /// The host as typed.
    pub original: String,
    /// The command as typed, for `Match command`; `None` if there is none.
    pub command: Option<String>,
    /// Whether this is the second reading, in which `Match final` holds.
    pub final_pass: bool,
    /// In the second reading, the name that the first one resolved to; Host and `Match host` use
    /// it.
    pub resolved: Option<String>,
}

impl HostFacts {
    /// The name that Host lines are compared with.
    pub(super) fn name(&self) -> &str {
        self.resolved.as_deref().unwrap_or(&self.original)
    }
}
