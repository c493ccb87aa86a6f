//! The directory of tsh, `$TELEPORT_HOME` or `~/.tsh`: profiles, keys and certificates, in the
//! layouts of tsh 14 to 18, in which the files that SSH needs have the same places.
//!
//! ```text
//! current-profile                              the name of the active profile
//! <proxy>.yaml                                 a profile; its name is the proxy's host
//! known_hosts                                  the authorities of each cluster
//! keys/<proxy>/<user>                          the private key
//! keys/<proxy>/<user>-ssh/<cluster>-cert.pub   the certificate
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::yaml;
use crate::error::{Error, Kind, Result};
use crate::profiles::file::{failed, is_absent, local};
use crate::say;
use crate::text;

/// The largest profile, in bytes; tsh writes about one kilobyte.
const MAX_PROFILE: usize = 64 * 1024;
/// The most profiles; a person is logged in to a few clusters.
const MAX_TSH_PROFILES: usize = 1_000;
/// The most certificates of one user that are looked through.
const MAX_CERTIFICATES: usize = 1_000;
/// The extension of a profile.
const SUFFIX: &str = ".yaml";
/// The end of a certificate's file name.
const CERTIFICATE: &str = "-cert.pub";
/// How much of a key file shows what kind of key it is.
const KEY_HEADER: u64 = 128;
/// The most characters of a value that a message shows.
const MAX_SHOWN: usize = 80;

/// The directory in which tsh keeps its profiles.
#[derive(Clone, Debug)]
pub struct TshDirectory {
    root: PathBuf,
}

/// A login of tsh's at one proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TshProfile {
    /// The proxy's host without port: the profile's name.
    pub proxy: String,
    /// The proxy's address, with a port if the profile has one.
    pub address: String,
    /// The Teleport user.
    pub user: String,
    /// The selected cluster: the root cluster, or a leaf cluster.
    pub cluster: String,
    /// The root cluster, whose certificate is used for leaf clusters, too.
    pub root_cluster: String,
    /// The private key.
    pub key: PathBuf,
    /// The certificate; it need not exist.
    pub certificate: PathBuf,
}

/// One entry of the list of profiles.
#[derive(Clone, Debug)]
pub struct ListedTshProfile {
    /// Its name.
    pub name: String,
    /// The profile, or why it cannot be used.
    pub profile: Result<TshProfile>,
}

impl TshDirectory {
    /// The directory at this path, which need not exist.
    pub fn new(root: PathBuf) -> TshDirectory {
        TshDirectory { root }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The file with the authorities of all clusters; it need not exist.
    pub fn known_hosts(&self) -> PathBuf {
        self.root.join("known_hosts")
    }

    /// The name of the active profile; `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Config`]: the file is not one line of text.
    pub fn current(&self) -> Result<Option<String>> {
        let path = self.root.join("current-profile");
        let Some(text) = read(&path)? else { return Ok(None) };
        let name = text.trim();
        match name.is_empty() || is_name(name) {
            true => Ok(Some(name.to_owned()).filter(|name| !name.is_empty())),
            false => Err(config(&path, &say!(teleport_current_profile_bad))),
        }
    }

    /// All profiles, by name. A broken one is listed with its error.
    ///
    /// # Errors
    /// [`Kind::Local`]: the directory cannot be read, or has more than 1000 profiles.
    pub fn profiles(&self) -> Result<Vec<ListedTshProfile>> {
        let unreadable = |error: &std::io::Error| failed(&self.root, &say!(file_not_read), error);
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| unreadable(&error))?.file_name();
            let file = file.to_string_lossy().into_owned();
            let Some(name) = file.strip_suffix(SUFFIX).filter(|name| is_name(name)) else {
                continue;
            };
            if names.len() == MAX_TSH_PROFILES {
                let what = say!(session_store_too_large, limit = MAX_TSH_PROFILES);
                return Err(local(&self.root, &what));
            }
            names.push(name.to_owned());
        }
        names.sort();
        let listed = |name: String| {
            let gone = || not_logged_in(&name);
            let profile = self.profile(&name).and_then(|found| found.ok_or_else(gone));
            ListedTshProfile { name, profile }
        };
        Ok(names.into_iter().map(listed).collect())
    }

    /// The profile of a proxy, which may be named with its port; `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Config`], with the file, its line and the next step: it is a symbolic link, which
    /// tsh passes over, or no regular file, or not what tsh writes.
    pub fn profile(&self, proxy: &str) -> Result<Option<TshProfile>> {
        let name = host_of(proxy);
        if !is_name(name) {
            return Ok(None);
        }
        let path = self.root.join(format!("{name}{SUFFIX}"));
        if fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_symlink()) {
            return Err(broken(&path, name, &say!(teleport_profile_link)));
        }
        let Some(text) = read(&path).map_err(|error| error.hint(login_hint(name)))? else {
            return Ok(None);
        };
        let values = yaml::texts(&text).map_err(|fault| {
            let (line, what) = (fault.line, fault.what);
            broken(&path, name, &say!(teleport_profile_line, line, what))
        })?;
        self.of_values(name, &values).map(Some).map_err(|what| broken(&path, name, &what))
    }

    fn of_values(
        &self,
        name: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<TshProfile, String> {
        let value = |key: &str| {
            let found = values.get(key).map(|it| it.trim()).filter(|it| !it.is_empty());
            found.map(str::to_owned)
        };
        let wanted =
            |key: &'static str| value(key).ok_or_else(|| say!(teleport_profile_lacks, key));
        let (address, user) = (wanted("web_proxy_addr")?, wanted("user")?);
        if !host_of(&address).eq_ignore_ascii_case(name) {
            let proxy = text::line(host_of(&address), MAX_SHOWN);
            return Err(say!(teleport_profile_of_another, proxy));
        }
        let cluster = value("cluster").unwrap_or_else(|| name.to_owned());
        for (key, value) in [("user", &user), ("cluster", &cluster)] {
            if !is_name(value) {
                return Err(say!(teleport_profile_no_file_name, key));
            }
        }
        let keys = self.root.join("keys").join(name);
        let directory = keys.join(format!("{user}-ssh"));
        let root_cluster = root_cluster(&directory, name, &cluster);
        Ok(TshProfile {
            proxy: name.to_owned(),
            address,
            key: keys.join(&user),
            certificate: directory.join(format!("{root_cluster}{CERTIFICATE}")),
            user,
            cluster,
            root_cluster,
        })
    }
}

impl TshProfile {
    /// Whether the key is on a hardware token: tsh then writes only a reference, in a form of its
    /// own, that no other program can sign with.
    pub fn is_on_token(&self) -> bool {
        let mut header = Vec::new();
        let read =
            File::open(&self.key).and_then(|file| file.take(KEY_HEADER).read_to_end(&mut header));
        let line = header.split(|&byte| byte == b'\n').next().unwrap_or_default();
        read.is_ok() && line.starts_with(b"-----BEGIN PIV ")
    }

    /// The command that logs in again, for a next step.
    pub fn login_command(&self) -> String {
        login_command(&self.address)
    }
}

/// The root cluster's name, which the profile does not have if a leaf cluster is selected: that of
/// the certificate. Usually it is the proxy's host; there may be certificates of leaf clusters
/// beside it.
fn root_cluster(directory: &Path, proxy: &str, selected: &str) -> String {
    let found = certificates(directory);
    let there = |name: &str| found.iter().any(|it| it == name).then(|| name.to_owned());
    let known = there(proxy).or_else(|| there(selected));
    known.or_else(|| found.first().cloned()).unwrap_or_else(|| selected.to_owned())
}

/// The clusters that the user has certificates of, sorted. Of very many files, some are looked at.
fn certificates(directory: &Path) -> Vec<String> {
    let mut found: Vec<String> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .take(MAX_CERTIFICATES)
        .filter_map(|entry| {
            let file = entry.ok()?.file_name().into_string().ok()?;
            file.strip_suffix(CERTIFICATE).map(str::to_owned)
        })
        .collect();
    found.sort();
    found
}

/// The host of `host` or `host:port`; an IPv6 address with a port is in brackets.
pub(super) fn host_of(address: &str) -> &str {
    if let Some((host, _)) = address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return host;
    }
    match address.rsplit_once(':') {
        Some((host, _)) if !host.contains(':') => host,
        _ => address,
    }
}

/// Whether this can be the name of a file in its directory, and be shown.
fn is_name(name: &str) -> bool {
    let bad = |c: char| c == '/' || c.is_control();
    !name.is_empty() && !name.starts_with('.') && name.len() <= 255 && !name.contains(bad)
}

/// Reads a small file of text; `None` if it does not exist.
fn read(path: &Path) -> Result<Option<String>> {
    let facts = match fs::metadata(path) {
        Ok(facts) => facts,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(failed(path, &say!(file_not_read), &error)),
    };
    if !facts.is_file() {
        return Err(config(path, &say!(file_not_regular)));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_PROFILE as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(path, &say!(file_not_read), &error))?;
    if bytes.len() > MAX_PROFILE {
        return Err(config(path, &say!(file_too_large, limit = MAX_PROFILE)));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| config(path, &say!(file_not_utf8)))
}

/// The error for a proxy without a profile.
pub fn not_logged_in(proxy: &str) -> Error {
    let proxy = text::line(proxy, MAX_SHOWN);
    Error::new(Kind::Identity, say!(teleport_not_logged_in, proxy)).hint(login_hint(&proxy))
}

/// The next step that renews the login at a proxy.
pub fn login_hint(proxy: &str) -> String {
    say!(teleport_login_hint, command = login_command(proxy))
}

/// The command that logs in; the port is left out where tsh takes that one by itself.
fn login_command(proxy: &str) -> String {
    let proxy = proxy.strip_suffix(":443").unwrap_or(proxy);
    format!("tessh teleport login --proxy={}", text::line(proxy, MAX_SHOWN))
}

fn broken(path: &Path, name: &str, what: &str) -> Error {
    config(path, what).hint(login_hint(name))
}

fn config(path: &Path, what: &str) -> Error {
    Error::new(Kind::Config, format!("{}: {what}", text::path(path)))
}

#[cfg(test)]
mod tests;
