//! Options for sharing one connection between invocations: ControlMaster, ControlPath,
//! ControlPersist.

use std::path::PathBuf;

use super::values::Values;
use crate::config::expand::{COMMON, tilde};
use crate::config::keyword::Keyword;
use crate::config::origin::{Setting, at};
use crate::config::value::{ControlMaster, ControlPersist, control_master, is_none, persist};
use crate::error::Result;

/// The keywords for sharing a connection.
#[derive(Clone, Debug)]
pub struct Sharing {
    /// ControlMaster.
    pub master: Setting<ControlMaster>,
    /// ControlPath, expanded; `None` for `none`, which disables sharing.
    pub path: Setting<Option<PathBuf>>,
    /// ControlPersist.
    pub persist: Setting<ControlPersist>,
}

impl Values<'_> {
    pub(super) fn sharing(&self) -> Result<Sharing> {
        Ok(Sharing {
            master: self.word(Keyword::ControlMaster, control_master),
            path: self.control_path()?,
            persist: self.parsed(Keyword::ControlPersist, ControlPersist::No, persist),
        })
    }

    fn control_path(&self) -> Result<Setting<Option<PathBuf>>> {
        let keyword = Keyword::ControlPath;
        let Some(entry) = self.layers.first(keyword).filter(|entry| !is_none(&entry.args[0]))
        else {
            return Ok(Setting::new(None, self.layers.origin(keyword)));
        };
        let path = tilde(&entry.args[0], self.context)
            .and_then(|path| self.tokens.percent_dollar(&path, COMMON, self.context))
            .map_err(|fault| at(&entry.origin, keyword, &fault))?;
        Ok(Setting::new(Some(path.into()), entry.origin.clone()))
    }
}
