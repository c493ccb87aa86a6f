//! CanonicalizeHostname: from the typed name to the name for which the configuration is read a
//! second time (ssh_config(5)).
//!
//! The rules are here; a [`NameLookup`] looks names up.

use super::address::address;
use super::fault::shown;
use super::keyword::Keyword;
use super::layers::Layers;
use super::origin::{Origin, at};
use super::pattern;
use super::route::{hostname, proxies};
use super::value;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Looks up host names.
pub trait NameLookup {
    /// Whether a name has an address. A dot at its end means that no search domain is tried.
    fn exists(&self, name: &str) -> bool;

    /// The final name that an alias leads to; `None` if the name is no alias or is not found.
    fn canonical(&self, name: &str) -> Option<String>;

    /// Whether the first address of a name is one of this machine's loopback; not, unless the lookup
    /// knows addresses.
    fn is_loopback(&self, _name: &str) -> bool {
        false
    }
}

/// A lookup in which no name exists, for when nothing may be looked up.
pub struct NoLookup;

impl NameLookup for NoLookup {
    fn exists(&self, _: &str) -> bool {
        false
    }

    fn canonical(&self, _: &str) -> Option<String> {
        None
    }
}

/// The value of CanonicalizeHostname.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canonicalize {
    /// Names are used as typed.
    No,
    /// Names are canonicalized unless a proxy looks them up.
    Yes,
    /// Names are canonicalized even with a proxy.
    Always,
}

/// A name, and the setting that changed it.
pub struct CanonicalName {
    /// The name to connect to, in lower case.
    pub name: String,
    /// The setting that canonicalized the name; `None` if the name is as typed or in HostName.
    pub origin: Option<Origin>,
    /// Whether the files must be read a second time.
    pub again: bool,
}

/// The name to connect to, after one reading of the files.
///
/// # Errors
/// [`Kind::Config`]: HostName is invalid; [`Kind::Resolve`]: the name is in none of the domains and
/// CanonicalizeFallbackLocal is off.
pub fn canonical_name(
    layers: &Layers,
    host: &str,
    names: &dyn NameLookup,
) -> Result<CanonicalName> {
    let typed = hostname(layers, host)?.value;
    if let Some(address) = address_wanted(layers, &typed) {
        let again = canonicalize(layers) != Canonicalize::No;
        return Ok(CanonicalName { name: address, origin: None, again });
    }
    let rules = Rules { layers, names };
    let entry = layers.first(Keyword::CanonicalizeHostname);
    if canonicalize(layers) == Canonicalize::No {
        return Ok(CanonicalName { name: typed, origin: None, again: false });
    }
    let name = rules.find(&typed)?;
    let origin = entry.filter(|_| name != typed).map(|entry| entry.origin.clone());
    Ok(CanonicalName { name, origin, again: true })
}

/// The name as an address, if it is one of the wanted family.
fn address_wanted(layers: &Layers, name: &str) -> Option<String> {
    let family = layers.first(Keyword::AddressFamily).map(|entry| entry.args[0].to_lowercase());
    let six = |address: &str| address.contains(':');
    address(name).filter(|address| match family.as_deref() {
        Some("inet") => !six(address),
        Some("inet6") => six(address),
        _ => true,
    })
}

/// The value of CanonicalizeHostname that was collected.
pub fn canonicalize(layers: &Layers) -> Canonicalize {
    let word = layers.first(Keyword::CanonicalizeHostname).map(|entry| entry.args[0].as_str());
    match word.unwrap_or("no").to_ascii_lowercase().as_str() {
        "yes" | "true" => Canonicalize::Yes,
        "always" => Canonicalize::Always,
        _ => Canonicalize::No,
    }
}

struct Rules<'a> {
    layers: &'a Layers,
    names: &'a dyn NameLookup,
}

impl Rules<'_> {
    fn find(&self, name: &str) -> Result<String> {
        if self.proxied() && canonicalize(self.layers) != Canonicalize::Always {
            return Ok(name.to_owned());
        }
        let dots = name.bytes().filter(|&byte| byte == b'.').count();
        if let Some(bare) = name.strip_suffix('.') {
            return match self.names.exists(name) {
                true => Ok(self.follow(bare)),
                false => self.not_found(name),
            };
        }
        if dots > self.most_dots() {
            return Ok(self.follow(name));
        }
        let domains = self.layers.first(Keyword::CanonicalDomains);
        for domain in domains.map_or(&[][..], |entry| entry.args.as_slice()) {
            if value::is_none(domain) {
                break;
            }
            let full = format!("{name}.{domain}");
            if self.names.exists(&format!("{full}.")) {
                return Ok(self.follow(&full));
            }
        }
        self.not_found(name)
    }

    fn not_found(&self, name: &str) -> Result<String> {
        let entry = self.layers.first(Keyword::CanonicalizeFallbackLocal);
        let strict = entry.filter(|entry| value::flag(&entry.args[0]) == Ok(false));
        match strict {
            Some(entry) => {
                let cause = say!(config_not_canonical, host = shown(name));
                let fault = at(&entry.origin, Keyword::CanonicalizeFallbackLocal, &cause);
                Err(Error::new(Kind::Resolve, fault.cause().to_owned()))
            }
            None => Ok(self.follow(name)),
        }
    }

    /// The name itself, or the target of its alias if a rule permits that. Looks nothing up if no
    /// rule covers the name.
    fn follow(&self, name: &str) -> String {
        let rules = self.permitted();
        let may = rules.iter().any(|rule| permitted_from(rule, name));
        let alias = may.then(|| self.names.canonical(name)).flatten();
        let alias = alias.map(|alias| alias.trim_end_matches('.').to_lowercase());
        let follows = |alias: &String| rules.iter().any(|rule| permitted(rule, name, alias));
        alias.filter(follows).unwrap_or_else(|| name.to_lowercase())
    }

    fn permitted(&self) -> Vec<(String, String)> {
        let entry = self.layers.first(Keyword::CanonicalizePermittedCNAMEs);
        let rules = entry.map_or(&[][..], |entry| entry.args.as_slice()).iter();
        let rules = rules.filter_map(|rule| rule.split_once(':'));
        rules.map(|(from, to)| (from.to_owned(), to.to_owned())).collect()
    }

    fn proxied(&self) -> bool {
        let (command, jump) = proxies(self.layers);
        command.value.is_some() || jump.value.is_some()
    }

    fn most_dots(&self) -> usize {
        let entry = self.layers.first(Keyword::CanonicalizeMaxDots);
        let dots = entry.and_then(|entry| entry.args[0].parse().ok());
        dots.unwrap_or(1)
    }
}

/// Whether a rule permits the name and the target of its alias.
fn permitted(rule: &(String, String), name: &str, alias: &str) -> bool {
    permitted_from(rule, name) && in_list(&rule.1, alias)
}

/// Whether a rule permits to follow the name at all.
fn permitted_from(rule: &(String, String), name: &str) -> bool {
    in_list(&rule.0, name)
}

fn in_list(list: &str, text: &str) -> bool {
    pattern::matches_list(&list.to_lowercase(), &text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zone;

    impl NameLookup for Zone {
        fn exists(&self, name: &str) -> bool {
            ["www.a.test.", "db.b.test.", "db.b.test", "plain"].contains(&name)
        }

        fn canonical(&self, name: &str) -> Option<String> {
            (name == "www.a.test").then(|| "Web7.farm.test.".to_owned())
        }
    }

    fn name(options: &[&str], host: &str) -> Result<(String, bool)> {
        let mut layers = Layers::new();
        for option in options {
            layers.option(option, Origin::Option).unwrap();
        }
        canonical_name(&layers, host, &Zone).map(|found| (found.name, found.again))
    }

    #[test]
    fn names_become_canonical() {
        let domains = "CanonicalDomains=a.test b.test";
        let yes = "CanonicalizeHostname=yes";
        let cname = "CanonicalizePermittedCNAMEs=*.a.test:*.farm.test";
        for (options, host, wanted) in [
            (&[domains][..], "www", "www"),
            (&[yes, domains], "www", "www.a.test"),
            (&[yes, domains], "DB", "db.b.test"),
            (&[yes, domains], "none", "none"),
            (&[yes, domains], "db.b.test.", "db.b.test"),
            (&[yes, domains, cname], "www", "web7.farm.test"),
            (&[yes, domains, "CanonicalizePermittedCNAMEs=*:*.other"], "www", "www.a.test"),
            (&[yes, domains, "CanonicalizePermittedCNAMEs=*"], "www", "web7.farm.test"),
            (&[yes, domains, cname], "db", "db.b.test"),
            (&[yes, domains, "CanonicalizeMaxDots=0"], "db.b", "db.b"),
            (&[yes, domains, cname, "CanonicalizeMaxDots=0"], "www.a.test", "web7.farm.test"),
            (&[yes, domains, "ProxyCommand=x"], "www", "www"),
            (&["CanonicalizeHostname=always", domains, "ProxyJump=x"], "www", "www.a.test"),
            (&[yes, domains, "HostName=db"], "x", "db.b.test"),
            (&[yes, domains], "127.1", "127.0.0.1"),
        ] {
            let again = options[0] != domains;
            let found = name(options, host).unwrap();
            assert_eq!(found, (wanted.to_owned(), again), "{options:?} {host}");
        }
        let strict = [yes, domains, "CanonicalizeFallbackLocal=no"];
        let error = name(&strict, "nowhere").unwrap_err();
        assert_eq!(error.kind(), Kind::Resolve);
        assert!(error.to_string().contains("nowhere"), "{error}");
        assert_eq!(name(&strict, "www").unwrap().0, "www.a.test");
    }
}
