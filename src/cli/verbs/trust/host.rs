//! Finds the host of a verb of `tessh trust` as for connecting.

use std::path::PathBuf;

use super::words::{MAX_SHOWN, TrustWords};
use crate::cli::args::Typed;
use crate::cli::connect::trust_places;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::{self, SystemNames};
use crate::config::{Options, Origin};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;
use crate::trust::Subject;

/// A host as a connection would look it up.
pub(super) struct HostLookup {
    pub(super) options: Options,
    pub(super) subject: Subject,
    /// The names that known_hosts may have for it, the most important first.
    pub(super) names: Vec<String>,
    /// The names without a port, where none was typed: the host may be on record with others.
    pub(super) bare: Vec<String>,
    /// As it was typed.
    pub(super) shown: String,
}

impl HostLookup {
    pub(super) fn find(typed: &Typed, environment: &ProcessEnvironment) -> Result<HostLookup> {
        let resolved = resolve::layered(typed, &environment.context(), &SystemNames)?;
        let subject = trust_places::subject(&resolved.options, resolved.profile.as_ref())?;
        let mut names = vec![subject.entry_name()];
        // The typed name may also be a name in a file: a pattern, or a name that stands for another
        // host by now.
        for name in [subject.name.to_ascii_lowercase(), resolved.host.to_ascii_lowercase()] {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let shown = text::line(&resolved.host, MAX_SHOWN);
        let port = &resolved.options.port.origin;
        let mut bare = Vec::new();
        if !(port.is_typed() || *port == Origin::Destination) {
            bare = vec![subject.name.to_ascii_lowercase(), resolved.host.to_ascii_lowercase()];
            bare.dedup();
        }
        Ok(HostLookup { options: resolved.options, subject, names, bare, shown })
    }

    /// The file to write to.
    pub(super) fn target(&self, words: &TrustWords) -> Result<PathBuf> {
        let first = self.options.user_known_hosts_files.first().cloned();
        words.file.clone().or(first).ok_or_else(|| {
            Error::new(Kind::Config, say!(trust_no_file)).hint(say!(trust_no_file_hint))
        })
    }
}
