//! The keywords about host keys: known_hosts files, KnownHostsCommand, RevokedHostKeys,
//! UpdateHostKeys.

use std::path::PathBuf;

use super::values::Values;
use crate::config::context::{Context, user_directory};
use crate::config::expand::tilde;
use crate::config::fault::ConfigFault;
use crate::config::keyword::Keyword;
use crate::config::known_hosts_command::KnownHostsCommand;
use crate::config::origin::{Setting, at};
use crate::config::value::{self, UpdateHostKeys, is_none};
use crate::error::Result;

/// The default of GlobalKnownHostsFile.
const GLOBAL_KNOWN_HOSTS: [&str; 2] = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

/// The default of UserKnownHostsFile.
fn own_known_hosts(context: &Context) -> [PathBuf; 2] {
    let directory = user_directory(context);
    ["known_hosts", "known_hosts2"].map(|name| directory.join(name))
}

/// The files of host keys that are used where no option names others.
pub fn default_known_hosts(context: &Context) -> Vec<PathBuf> {
    own_known_hosts(context).into_iter().chain(GLOBAL_KNOWN_HOSTS.map(PathBuf::from)).collect()
}

impl Values<'_> {
    pub(super) fn user_known_hosts(&self) -> Result<Setting<Vec<PathBuf>>> {
        let Some(entry) = self.layers.first(Keyword::UserKnownHostsFile) else {
            return Ok(Setting::default_value(own_known_hosts(self.context).to_vec()));
        };
        let named = entry.args.iter().filter(|name| !is_none(name));
        let files: Result<_> = named.map(|name| self.path(entry, name)).collect();
        Ok(Setting::new(files?, entry.origin.clone()))
    }

    /// UpdateHostKeys: on by default, unless UserKnownHostsFile or VerifyHostKeyDNS is set. As in
    /// ssh(1), UserKnownHostsFile does not count as set if it names only the first default file.
    pub(super) fn update_host_keys(&self) -> Setting<UpdateHostKeys> {
        if self.layers.first(Keyword::UpdateHostKeys).is_some() {
            return self.word(Keyword::UpdateHostKeys, value::update_host_keys);
        }
        let usual = self
            .layers
            .first(Keyword::UserKnownHostsFile)
            .is_none_or(|entry| entry.args == ["~/.ssh/known_hosts"]);
        let by_dns = self
            .layers
            .first(Keyword::VerifyHostKeyDNS)
            .is_some_and(|entry| value::flag(&entry.args[0]) != Ok(false));
        Setting::default_value(match usual && !by_dns {
            true => UpdateHostKeys::Yes,
            false => UpdateHostKeys::No,
        })
    }

    pub(super) fn revoked_host_keys(&self) -> Result<Setting<Vec<PathBuf>>> {
        let Some(entry) = self.layers.first(Keyword::RevokedHostKeys) else {
            return Ok(Setting::default_value(Vec::new()));
        };
        let named = entry.args.iter().filter(|name| !is_none(name));
        let files: Result<_> = named.map(|name| self.path(entry, name)).collect();
        Ok(Setting::new(files?, entry.origin.clone()))
    }

    pub(super) fn known_hosts_command(&self) -> Result<Setting<Option<KnownHostsCommand>>> {
        let keyword = Keyword::KnownHostsCommand;
        let setting = self.command(keyword);
        let command = setting
            .value
            .as_deref()
            .map(|text| KnownHostsCommand::parse(text, &self.tokens, self.context))
            .transpose()
            .map_err(|fault| at(&setting.origin, keyword, &fault))?;
        Ok(Setting::new(command, setting.origin))
    }

    pub(super) fn global_known_hosts(&self) -> Result<Setting<Vec<PathBuf>>> {
        let Some(entry) = self.layers.first(Keyword::GlobalKnownHostsFile) else {
            return Ok(Setting::default_value(GLOBAL_KNOWN_HOSTS.map(PathBuf::from).to_vec()));
        };
        let named = entry.args.iter().filter(|name| !is_none(name));
        let files: Result<_, ConfigFault> =
            named.map(|name| tilde(name, self.context).map(PathBuf::from)).collect();
        let files = files.map_err(|fault| at(&entry.origin, entry.keyword, &fault))?;
        Ok(Setting::new(files, entry.origin.clone()))
    }
}
