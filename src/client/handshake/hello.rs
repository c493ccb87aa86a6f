//! Both sides' identifications, and what follows from the server's for the key exchange.

use log::debug;
use russh::client::GexParams;

use crate::client::algorithms::Proposal;
use crate::client::deadline::{self, Budget};
use crate::client::failure::Stop;
use crate::client::handshake::greeting::{self, Greeting};
use crate::client::observe;
use crate::client::quirks::Quirks;
use crate::client::stream::dial::Stream;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// Our identification (RFC 4253 section 4.2), before what VersionAddendum adds.
const IDENTIFICATION: &str = concat!("SSH-2.0-tessh_", env!("CARGO_PKG_VERSION"));
/// The longest identification, in bytes without its line end (RFC 4253 section 4.2).
const MAX_IDENTIFICATION: usize = 253;
/// How much of the server's identification is shown.
const SHOWN: usize = 255;

/// The greeting, and what follows from it for the key exchange: the proposal is adapted to what
/// the server is known to get wrong, and the group sizes to what it offers.
pub(in crate::client) async fn greet(
    stream: &mut Stream,
    ours: &str,
    proposal: &mut Proposal,
    budget: Budget,
) -> Result<(Greeting, GexParams)> {
    stream.acknowledge_at_once();
    let until = budget.until(deadline::GREETING);
    let mut greeting = greeting::exchange(stream, ours, until).await?;
    for line in &greeting.preface {
        debug!("kex_exchange_identification: banner line: {line}");
    }
    debug!("Remote protocol version 2.0, {}", text::line(&greeting.identification, SHOWN));
    let quirks = Quirks::of(&greeting.identification);
    proposal.adapt(quirks);
    let offer = match proposal.asks_for_a_group() {
        true => observe::offer(stream, &mut greeting.rest)
            .await
            .map_err(|error| Stop::Library(error.into()).during_key_exchange())?,
        false => None,
    };
    let sizes = proposal.group_exchange(offer.as_ref(), quirks).unwrap_or_default();
    Ok((greeting, sizes))
}

/// Our identification line.
pub(in crate::client) fn identification(addendum: Option<&str>) -> Result<String> {
    let line = match addendum {
        Some(text) => format!("{IDENTIFICATION} {text}"),
        None => IDENTIFICATION.to_owned(),
    };
    if line.len() > MAX_IDENTIFICATION || line.contains(char::is_control) {
        let limit = MAX_IDENTIFICATION - IDENTIFICATION.len() - 1;
        return Err(Error::new(Kind::Config, say!(addendum_too_long, limit))
            .hint(say!(addendum_too_long_hint)));
    }
    Ok(line)
}
