//! Resolves names with the system's resolver, for CanonicalizeHostname and the proxies of PuTTY.

use std::net::ToSocketAddrs;
use std::process::{Command, Stdio};

use crate::config::NameLookup;
use crate::os::output::output_of;

/// The most bytes of an answer that are read: getent(1) prints a line for each address.
const MAX_ANSWER: usize = 64 * 1024;

/// The system's resolver.
pub struct SystemNames;

impl NameLookup for SystemNames {
    fn exists(&self, name: &str) -> bool {
        (name, 0).to_socket_addrs().is_ok_and(|mut found| found.next().is_some())
    }

    fn is_loopback(&self, name: &str) -> bool {
        let first = (name, 0).to_socket_addrs().ok().and_then(|mut found| found.next());
        first.is_some_and(|address| address.ip().is_loopback())
    }

    /// Gets the canonical name from getent(1), which uses the system's resolver and prints the name
    /// after the first address. The standard library does not provide it.
    fn canonical(&self, name: &str) -> Option<String> {
        // A name with a leading dash would be an option, and is not a host name.
        let name = Some(name).filter(|name| !name.starts_with('-'))?;
        let mut getent = Command::new("getent");
        getent.args(["ahosts", name]).stdin(Stdio::null()).stderr(Stdio::null());
        let (_, answer) = output_of(&mut getent, MAX_ANSWER).ok()?;
        let text = std::str::from_utf8(&answer).ok()?;
        let alias = text.lines().next()?.split_whitespace().nth(2)?;
        crate::destination::check_host(alias).ok().map(|()| alias.to_owned())
    }
}
