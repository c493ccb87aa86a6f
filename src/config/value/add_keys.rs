//! AddKeysToAgent: whether a key used for login is added to the agent, and for how long.

use std::time::Duration;

use super::scalar::time;
use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// The value of AddKeysToAgent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddKeys {
    /// Whether a used key is added.
    pub add: bool,
    /// Whether to ask the user before adding it.
    pub ask: bool,
    /// Whether the agent must ask before each use.
    pub confirm: bool,
    /// How long the agent keeps the key; `None` sets no limit.
    pub lifetime: Option<Duration>,
}

impl AddKeys {
    /// Parses `yes`, `no`, `ask`, `confirm` with or without a time, or a time.
    ///
    /// # Errors
    /// `unsupported option`, or one argument too many.
    pub fn parse(args: &[String]) -> Result<AddKeys, ConfigFault> {
        let (first, second) = match args {
            [first] => (first.to_ascii_lowercase(), None),
            [first, second] => (first.to_ascii_lowercase(), Some(second)),
            _ => return Err(say!(config_bad_arguments)),
        };
        let lifetime = |text: &str| {
            let lifetime = time(text).ok().filter(|time| !time.is_zero());
            lifetime.map(Some).ok_or_else(|| say!(config_unsupported, value = shown(text)))
        };
        let on = AddKeys { add: true, ..AddKeys::default() };
        match (first.as_str(), second) {
            ("no" | "false", None) => Ok(AddKeys::default()),
            ("yes" | "true", None) => Ok(on),
            ("ask", None) => Ok(AddKeys { ask: true, ..on }),
            ("confirm", None) => Ok(AddKeys { confirm: true, ..on }),
            ("confirm", Some(limit)) => {
                Ok(AddKeys { confirm: true, lifetime: lifetime(limit)?, ..on })
            }
            (limit, None) => Ok(AddKeys { lifetime: lifetime(limit)?, ..on }),
            (_, Some(more)) => Err(say!(config_unsupported, value = shown(more))),
        }
    }
}
