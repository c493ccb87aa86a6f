//! The fault of a value as text, and the form in which a value is shown in it.

/// The reason why a value is refused, without its origin.
pub type ConfigFault = String;

/// A fault with its next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisedFault {
    /// The fault.
    pub fault: ConfigFault,
    /// The next step, if there is one.
    pub next_step: Option<String>,
}

impl From<ConfigFault> for AdvisedFault {
    /// A fault without a next step.
    fn from(fault: ConfigFault) -> AdvisedFault {
        AdvisedFault { fault, next_step: None }
    }
}

/// The most characters of a value that a message shows.
const MAX_SHOWN: usize = 80;

/// A value from a file or the command line for a message: sanitised and shortened.
pub fn shown(text: &str) -> String {
    crate::text::line(text, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_values_cannot_act_on_a_terminal() {
        assert_eq!(shown("a\u{1b}[2J\nb"), "a\\x1b[2J b");
        assert!(shown(&"x".repeat(200)).chars().count() <= MAX_SHOWN + 1);
    }
}
