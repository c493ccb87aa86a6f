//! Exchanges the identifications, and adapts the key exchange to the server's.

use std::io;
use std::time::Duration;

use log::debug;
use russh::client::GexParams;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout};

use crate::client::algorithms::{Offer, Proposal};
use crate::client::deadline::{self, Budget};
use crate::client::failure::Stop;
use crate::client::handshake::greeting::{self, Greeting};
use crate::client::observe::{MAX_PACKET, Observer};
use crate::client::quirks::Quirks;
use crate::client::stream::bytes::Stream;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// Our identification (RFC 4253 section 4.2), without the VersionAddendum.
const IDENTIFICATION: &str = concat!("SSH-2.0-tessh_", env!("CARGO_PKG_VERSION"));
/// The longest identification, in bytes without its line end (RFC 4253 section 4.2).
const MAX_IDENTIFICATION: usize = 253;
/// How many characters of the server's identification are shown.
const SHOWN: usize = 255;
/// How long to wait for the server's KEXINIT before ours is sent. Usually both sides send theirs at
/// once, so it arrives with the greeting or right after it. A server that waits for ours first
/// costs this delay once.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a server may take to start before it greets.
const START: Duration = Duration::from_millis(20);

/// What the exchange of the identifications has shown.
pub(crate) struct Greeted {
    pub greeting: Greeting,
    /// The sizes for a group exchange.
    pub sizes: GexParams,
    /// About a round trip to the server, see [`round_trip`].
    pub round_trip: Duration,
}

/// Exchanges the identifications. Then adapts the proposal to the server's known faults, and the
/// group sizes to its offer.
pub(crate) async fn greet(
    stream: &mut Stream,
    ours: &str,
    proposal: &mut Proposal,
    budget: Budget,
) -> Result<Greeted> {
    stream.acknowledge_at_once();
    let until = budget.until(deadline::GREETING);
    let asked = Instant::now();
    let mut greeting = greeting::exchange(stream, ours, until).await?;
    let round_trip = round_trip(stream.round_trip(), asked.elapsed());
    for line in &greeting.preface {
        debug!("kex_exchange_identification: banner line: {line}");
    }
    let identification = text::line(&greeting.identification, SHOWN);
    let software = identification.splitn(3, '-').last().unwrap_or_default();
    debug!("Remote protocol version 2.0, remote software version {software}");
    let quirks = Quirks::of(&greeting.identification);
    proposal.adapt(quirks);
    let offer = match proposal.asks_for_a_group() {
        true => offered(stream, &mut greeting.rest)
            .await
            .map_err(|error| Stop::Library(error.into()).during_key_exchange())?,
        false => None,
    };
    let sizes = proposal.group_exchange(offer.as_ref(), quirks).unwrap_or_default();
    Ok(Greeted { greeting, sizes, round_trip })
}

/// A round trip to the server, of the time that the TCP connection took, if it is one, and the time
/// until the server greeted. A TCP connection may end at a proxy or a forwarded port, far from the
/// server; a greeting may come late because the server has to start a program first.
fn round_trip(connected: Option<Duration>, greeted: Duration) -> Duration {
    connected.map_or(greeted, |connected| connected.max(greeted.saturating_sub(START)))
}

/// Our identification line, without its line end.
pub(crate) fn identification(addendum: Option<&str>) -> Result<String> {
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

/// Reads on after the greeting until the server's KEXINIT is complete, for at most [`PATIENCE`].
/// The bytes are appended to `rest`; they still have to reach the library.
///
/// # Errors
/// The connection failed.
async fn offered(stream: &mut Stream, rest: &mut Vec<u8>) -> io::Result<Option<Offer>> {
    let mut observer = Observer::default();
    observer.feed(rest);
    let read = async {
        while observer.seen().offer.is_none() && !observer.is_done() && rest.len() < MAX_PACKET {
            let mut chunk = [0; 2048];
            let count = stream.read(&mut chunk).await?;
            if count == 0 {
                break;
            }
            stream.acknowledge_at_once();
            rest.extend_from_slice(&chunk[..count]);
            observer.feed(&chunk[..count]);
        }
        io::Result::Ok(())
    };
    // A KEXINIT that has not arrived by now is read by the library.
    timeout(PATIENCE, read).await.unwrap_or(Ok(()))?;
    Ok(observer.seen().offer.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_behind_a_proxy_counts_and_a_slow_start_does_not() {
        let ms = Duration::from_millis;
        for (connected, greeted, expected) in
            [(Some(0), 15, 0), (Some(100), 115, 100), (Some(1), 120, 100), (None, 120, 120)]
        {
            assert_eq!(round_trip(connected.map(ms), ms(greeted)), ms(expected));
        }
    }
}
