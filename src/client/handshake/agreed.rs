//! Warnings about negotiated algorithms that are weaker than the person would expect.

use log::{info, warn};

use crate::client::algorithms::{self, AlgorithmFamily};
use crate::client::handshake::options::TransportOptions;
use crate::client::state::shared::ConnectionState;
use crate::say;
use crate::text;

/// The log target of messages that are printed without our name in front, because programs look for
/// them at the beginning of a line, as ssh prints them.
pub const UNSIGNED: &str = "tessh::unsigned";

/// Prints the warnings that apply. Called once, after the first key exchange.
pub(crate) fn warn(options: &TransportOptions<'_>, shared: &ConnectionState) {
    of_weak_crypto(options, shared);
    of_legacy(options, shared);
    of_no_compression(options, shared);
}

/// Warns in ssh's words about a key exchange that is not post-quantum: what is recorded today may
/// be decrypted one day.
fn of_weak_crypto(options: &TransportOptions<'_>, shared: &ConnectionState) {
    if !options.warn_weak_crypto || options.lists.kex.is_some() {
        return;
    }
    let Some(names) = shared.negotiated().filter(|it| !algorithms::is_post_quantum(&it.kex)) else {
        return;
    };
    // If the server offers a post-quantum key exchange that is not implemented here, the server
    // needs no upgrade, and ssh, which implements it, would print nothing.
    let offer = shared.wire.observed().offer.unwrap_or_default();
    if let Some(theirs) = offer.kex.iter().find(|name| algorithms::is_post_quantum(name)) {
        let (theirs, ours) = (text::line(theirs, 64), names.kex);
        info!("{}", say!(post_quantum_not_shared, theirs, ours));
    } else {
        warn!(target: UNSIGNED, "{}", say!(not_post_quantum));
        warn!(target: UNSIGNED, "{}", say!(not_post_quantum_means));
        warn!(target: UNSIGNED, "{}", say!(not_post_quantum_hint));
    }
}

/// Warns of each algorithm that is used and only old servers need.
fn of_legacy(options: &TransportOptions<'_>, shared: &ConnectionState) {
    let Some(names) = shared.negotiated().filter(|_| options.warn_weak_crypto) else { return };
    let mut used = vec![
        (AlgorithmFamily::Kex, &names.kex),
        (AlgorithmFamily::HostKey, &names.host_key),
        (AlgorithmFamily::Cipher, &names.cipher),
    ];
    if !names.is_aead() {
        used.push((AlgorithmFamily::Mac, &names.client_mac));
        if names.server_mac != names.client_mac {
            used.push((AlgorithmFamily::Mac, &names.server_mac));
        }
    }
    for (family, name) in used.into_iter().filter(|(_, name)| algorithms::is_legacy(name)) {
        warn!("{}", algorithms::legacy_warning(family, name));
    }
}

/// Warns if compression was requested and the server offers only plain zlib, which we do not
/// propose because it would decompress data before the server is authenticated.
fn of_no_compression(options: &TransportOptions<'_>, shared: &ConnectionState) {
    let negotiated = shared.negotiated().filter(|_| options.lists.compression);
    if negotiated.is_none_or(|names| names.server_compression != "none") {
        return;
    }
    let offer = shared.wire.observed().offer.unwrap_or_default();
    if offer.compression.iter().flatten().any(|name| name == "zlib") {
        warn!("{}", say!(compression_only_zlib));
    }
}
