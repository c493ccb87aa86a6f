//! `-Q`: what this client supports, one name a line, and only what it really does; `-G`: the
//! configuration in force, as ssh(1) prints it.

use super::{Result, print};
use crate::cli::Environment;
use crate::cli::args::Typed;
use crate::cli::resolve::{self, SystemNames};
use crate::client::algorithms::{self, Family};
use crate::config::Keyword;
use crate::error::{Error, Kind};
use crate::say;

const CERTIFICATE: &str = "-cert-v01@openssh.com";
const QUERIES: &str = "cipher, cipher-auth, compression, kex, key, key-cert, key-plain, key-sig, mac, \
    protocol-version, or one of the keywords that take such a list";

pub(super) fn run(query: &str) -> Result<u8> {
    let names = match query.to_ascii_lowercase().as_str() {
        "cipher" | "ciphers" => Family::Cipher.supported(),
        "cipher-auth" => keep(Family::Cipher.supported(), |name| {
            name.contains("gcm") || name.contains("poly1305")
        }),
        "mac" | "macs" => Family::Mac.supported(),
        "kex" | "kexalgorithms" => Family::Kex.supported(),
        "kex-gss" => Vec::new(),
        "compression" => vec!["none".to_owned(), "zlib@openssh.com".to_owned()],
        "protocol-version" => vec!["2".to_owned()],
        "key" => keep(Family::HostKey.supported(), |name| !name.starts_with("rsa-sha2")),
        "key-plain" => keep(Family::HostKey.supported(), |name| {
            !name.starts_with("rsa-sha2") && !name.ends_with(CERTIFICATE)
        }),
        "key-cert" => keep(Family::HostKey.supported(), |name| {
            !name.starts_with("rsa-sha2") && name.ends_with(CERTIFICATE)
        }),
        "key-ca-sign" | "casignaturealgorithms" => keep(Family::HostKey.supported(), |name| {
            !["ssh-rsa", "ssh-dss"].contains(&name) && !name.ends_with(CERTIFICATE)
        }),
        "key-sig"
        | "sig"
        | "hostkeyalgorithms"
        | "pubkeyacceptedalgorithms"
        | "pubkeyacceptedkeytypes"
        | "hostbasedacceptedalgorithms"
        | "hostbasedkeytypes" => Family::HostKey.supported(),
        "help" => {
            QUERIES.split(", ").take_while(|name| !name.contains(' ')).map(str::to_owned).collect()
        }
        _ => {
            let query = crate::text::line(query, 64);
            return Err(Error::new(Kind::Usage, say!(query_unsupported, query))
                .hint(say!(query_unsupported_hint)));
        }
    };
    print(&names.into_iter().map(|name| name + "\n").collect::<String>())
}

/// `-G`.
pub(super) fn print_config(typed: &Typed, environment: &Environment) -> Result<u8> {
    let lines = resolve::effective(typed, &environment.context(), &SystemNames, &list)?;
    print(&lines.into_iter().map(|line| line + "\n").collect::<String>())
}

/// The list of algorithms that a value comes to; one with names that only ssh(1) has stays as
/// it stands.
pub(in crate::cli) fn list(keyword: Keyword, value: Option<&str>) -> String {
    let family = match keyword {
        Keyword::Ciphers => Family::Cipher,
        Keyword::MACs => Family::Mac,
        Keyword::KexAlgorithms => Family::Kex,
        Keyword::HostKeyAlgorithms => Family::HostKey,
        _ => Family::Pubkey,
    };
    let chosen = match (keyword, family) {
        (Keyword::CASignatureAlgorithms, _) => signatures(value, false),
        (_, Family::HostKey | Family::Pubkey) => signatures(value, true),
        _ => algorithms::select(family, value),
    };
    match chosen {
        Ok(names) if algorithms::missing(family, value).is_empty() => names.join(","),
        Ok(_) | Err(_) => value.unwrap_or_default().to_owned(),
    }
}

/// The signature algorithms that a value comes to, with the certificates that the defaults
/// stand for.
pub(super) fn signatures(value: Option<&str>, certificates: bool) -> Result<Vec<String>> {
    let plain = Family::Pubkey.defaults().iter().map(|&name| name.to_owned());
    let defaults: Vec<String> = match certificates {
        true => plain.clone().map(|name| algorithms::of_certificate(&name)).chain(plain).collect(),
        false => plain.collect(),
    };
    let without = |mut names: Vec<String>, gone: &[String]| {
        names.retain(|name| !gone.contains(name));
        names
    };
    match value.map(|value| value.split_at(value.len().min(1))) {
        None => Ok(defaults),
        Some(("-", gone)) => {
            let gone: Vec<&str> = gone.split(',').collect();
            let stays =
                |name: &String| !gone.iter().any(|gone| crate::pattern::matches(gone, name));
            Ok(defaults.into_iter().filter(stays).collect())
        }
        Some(("+", more)) => {
            let more = algorithms::named_in(Family::Pubkey, more)?;
            let more = without(more, &defaults);
            Ok(defaults.into_iter().chain(more).collect())
        }
        Some(("^", first)) => {
            let first = algorithms::named_in(Family::Pubkey, first)?;
            let rest = without(defaults, &first);
            Ok(first.into_iter().chain(rest).collect())
        }
        Some(_) => algorithms::select(Family::Pubkey, value),
    }
}

fn keep(names: Vec<String>, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    names.into_iter().filter(|name| wanted(name)).collect()
}
