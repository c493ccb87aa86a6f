//! One connection for several invocations: ControlMaster, ControlPath, ControlPersist.

use std::path::PathBuf;
use std::time::Duration;

use super::Values;
use crate::config::expand::{COMMON, tilde};
use crate::config::keyword::Keyword;
use crate::config::layers::at;
use crate::config::origin::Setting;
use crate::config::value::{self, Fault, is_none};
use crate::error::Result;

/// How a connection is shared.
#[derive(Clone, Debug)]
pub struct Sharing {
    /// ControlMaster.
    pub master: Setting<ControlMaster>,
    /// ControlPath, expanded; `None` for `none`, which shares nothing.
    pub path: Setting<Option<PathBuf>>,
    /// ControlPersist.
    pub persist: Setting<ControlPersist>,
}

/// ControlMaster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlMaster {
    /// Uses a master that is there, and is none.
    No,
    /// Is the master.
    Yes,
    /// Is the master, and asks before each use.
    Ask,
    /// Uses a master that is there, or else is one.
    Auto,
    /// The same with the question.
    AutoAsk,
}

/// ControlPersist: how long a master stays after its own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlPersist {
    /// It ends with it.
    No,
    /// Until it is told to end.
    Forever,
    /// So long without a client.
    Idle(Duration),
}

impl Values<'_> {
    pub(super) fn sharing(&self) -> Result<Sharing> {
        Ok(Sharing {
            master: self.word(Keyword::ControlMaster, master),
            path: self.control_path()?,
            persist: self.parsed(Keyword::ControlPersist, ControlPersist::No, persist)?,
        })
    }

    fn control_path(&self) -> Result<Setting<Option<PathBuf>>> {
        let keyword = Keyword::ControlPath;
        let Some(entry) = self.layers.first(keyword).filter(|entry| !is_none(&entry.args[0]))
        else {
            return Ok(Setting::new(None, super::first_origin(self.layers, keyword)));
        };
        let path = tilde(&entry.args[0], self.context)
            .and_then(|path| self.tokens.percent_dollar(&path, COMMON, self.context))
            .map_err(|fault| at(&entry.origin, keyword, &fault))?;
        Ok(Setting::new(Some(path.into()), entry.origin.clone()))
    }
}

fn master(text: &str) -> ControlMaster {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => ControlMaster::Yes,
        "ask" => ControlMaster::Ask,
        "auto" => ControlMaster::Auto,
        "autoask" => ControlMaster::AutoAsk,
        _ => ControlMaster::No,
    }
}

/// ControlPersist: `yes`, `no` or a time; no time at all is `yes`.
pub(in crate::config) fn persist(text: &str) -> Result<ControlPersist, Fault> {
    match value::flag(text) {
        Ok(true) => Ok(ControlPersist::Forever),
        Ok(false) => Ok(ControlPersist::No),
        Err(_) => Ok(match value::time(text)? {
            Duration::ZERO => ControlPersist::Forever,
            time => ControlPersist::Idle(time),
        }),
    }
}
