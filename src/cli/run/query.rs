//! `-Q`: what this client supports, one name a line, and only what it really does.

use super::{Result, print};
use crate::client::algorithms::Family;
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
            name != "ssh-rsa" && !name.ends_with(CERTIFICATE)
        }),
        "key-sig"
        | "sig"
        | "hostkeyalgorithms"
        | "pubkeyacceptedalgorithms"
        | "pubkeyacceptedkeytypes"
        | "hostbasedacceptedalgorithms"
        | "hostbasedkeytypes" => Family::HostKey.supported(),
        "help" => vec![QUERIES.to_owned()],
        _ => {
            let query = crate::text::line(query, 64);
            return Err(Error::new(Kind::Usage, say!("error-cli-unsupported-query", query))
                .hint(say!("error-cli-q-takes")));
        }
    };
    print(&names.into_iter().map(|name| name + "\n").collect::<String>())
}

fn keep(names: Vec<String>, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    names.into_iter().filter(|name| wanted(name)).collect()
}
