//! `-Q`: lists what this client supports, one name per line. `-G`: prints the configuration in
//! force, as ssh(1) does.

use crate::cli::args::Typed;
use crate::cli::connect::wants;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::output::print;
use crate::cli::resolve::{self, SystemNames};
use crate::client::algorithms::AlgorithmFamily;
use crate::error::{Error, Kind, Result};
use crate::say;

const CERTIFICATE: &str = "-cert-v01@openssh.com";
const QUERIES: [&str; 11] = [
    "cipher",
    "cipher-auth",
    "compression",
    "kex",
    "key",
    "key-cert",
    "key-plain",
    "key-sig",
    "mac",
    "protocol-version",
    "sig",
];

pub(super) fn run(query: &str) -> Result<u8> {
    let Some(names) = listed(query) else {
        let query = crate::text::line(query, 64);
        return Err(Error::new(Kind::Usage, say!(query_unsupported, query))
            .hint(say!(query_unsupported_hint)));
    };
    print(&names.into_iter().map(|name| name + "\n").collect::<String>())
}

/// The names that a query asks for; `None` for a query that does not exist.
fn listed(query: &str) -> Option<Vec<String>> {
    Some(match query.to_ascii_lowercase().as_str() {
        "cipher" | "ciphers" => AlgorithmFamily::Cipher.supported(),
        "cipher-auth" => keep(AlgorithmFamily::Cipher.supported(), |name| {
            name.contains("gcm") || name.contains("poly1305")
        }),
        "mac" | "macs" => AlgorithmFamily::Mac.supported(),
        "kex" | "kexalgorithms" => AlgorithmFamily::Kex.supported(),
        "kex-gss" => Vec::new(),
        "compression" => vec!["none".to_owned(), "zlib@openssh.com".to_owned()],
        "protocol-version" => vec!["2".to_owned()],
        "key" => keep(AlgorithmFamily::HostKey.supported(), |name| !name.starts_with("rsa-sha2")),
        "key-plain" => keep(AlgorithmFamily::HostKey.supported(), |name| {
            !name.starts_with("rsa-sha2") && !name.ends_with(CERTIFICATE)
        }),
        "key-cert" => keep(AlgorithmFamily::HostKey.supported(), |name| {
            !name.starts_with("rsa-sha2") && name.ends_with(CERTIFICATE)
        }),
        "key-ca-sign" | "casignaturealgorithms" => {
            keep(AlgorithmFamily::HostKey.supported(), |name| {
                !["ssh-rsa", "ssh-dss"].contains(&name) && !name.ends_with(CERTIFICATE)
            })
        }
        "sig" => keep(AlgorithmFamily::HostKey.supported(), |name| !name.ends_with(CERTIFICATE)),
        "key-sig"
        | "hostkeyalgorithms"
        | "pubkeyacceptedalgorithms"
        | "pubkeyacceptedkeytypes"
        | "hostbasedacceptedalgorithms"
        | "hostbasedkeytypes" => AlgorithmFamily::HostKey.supported(),
        "help" => QUERIES.map(str::to_owned).to_vec(),
        _ => return None,
    })
}

/// Prints the configuration in force (`-G`).
pub(super) fn print_config(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    let lines = resolve::effective(typed, &environment.context(), &SystemNames, &wants::list)?;
    print(&lines.into_iter().map(|line| line + "\n").collect::<String>())
}

fn keep(names: Vec<String>, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    names.into_iter().filter(|name| wanted(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_listed_without_certificates_and_each_query_of_the_help_is_one() {
        let signatures = listed("sig").unwrap();
        assert!(signatures.iter().any(|name| name == "rsa-sha2-512"), "{signatures:?}");
        assert!(!signatures.iter().any(|name| name.contains("-cert-")), "{signatures:?}");
        assert!(listed("KEY-SIG").unwrap().iter().any(|name| name.contains("-cert-")));
        let help = listed("help").unwrap();
        assert!(help.contains(&"sig".to_owned()), "{help:?}");
        assert!(help.iter().all(|query| listed(query).is_some()), "{help:?}");
        assert_eq!(listed("nonsense"), None);
    }
}
