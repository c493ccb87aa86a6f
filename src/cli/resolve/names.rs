//! What the system's resolver says about names, for CanonicalizeHostname.

use std::net::ToSocketAddrs;
use std::process::{Command, Stdio};

use crate::config::NameLookup;

/// The most of an answer that is read, in bytes: getent(1) prints a line for each address.
const MAX_ANSWER: usize = 64 * 1024;

/// The resolver that everything on this machine uses.
pub struct SystemNames;

impl NameLookup for SystemNames {
    fn exists(&self, name: &str) -> bool {
        (name, 0).to_socket_addrs().is_ok_and(|mut found| found.next().is_some())
    }

    /// The standard library does not give the canonical name; getent(1) asks the same resolver
    /// for it and prints it after the first address.
    fn canonical(&self, name: &str) -> Option<String> {
        // A name that begins with a dash would be an option, and is no host name.
        let name = Some(name).filter(|name| !name.starts_with('-'))?;
        let answer = Command::new("getent")
            .args(["ahosts", name])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text =
            std::str::from_utf8(answer.stdout.get(..MAX_ANSWER.min(answer.stdout.len()))?).ok()?;
        let alias = text.lines().next()?.split_whitespace().nth(2)?;
        crate::destination::check_host(alias).ok().map(|()| alias.to_owned())
    }
}
