//! Warnings about the algorithms that were agreed on, where a person would expect others.

use log::{info, warn};

use crate::client::algorithms;
use crate::client::handshake::options::TransportOptions;
use crate::client::state::shared::ConnectionState;
use crate::say;
use crate::text;

/// The target of messages that stand at the beginning of the line, without our name: programs
/// look for them there, as ssh writes them.
pub const UNSIGNED: &str = "tessh::unsigned";

/// After the first key exchange, once.
pub(crate) fn warn(options: &TransportOptions<'_>, shared: &ConnectionState) {
    of_weak_crypto(options, shared);
    of_no_compression(options, shared);
}

/// Says in ssh's words that what is recorded today may be read one day.
fn of_weak_crypto(options: &TransportOptions<'_>, shared: &ConnectionState) {
    if !options.warn_weak_crypto || options.lists.kex.is_some() {
        return;
    }
    let Some(names) = shared.negotiated().filter(|it| !algorithms::is_post_quantum(&it.kex)) else {
        return;
    };
    // A server that has one which is missing here needs no upgrade: ssh would be silent.
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

/// Plain zlib would unpack what comes from a server before it is trusted, so it is not offered.
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
