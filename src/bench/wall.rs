//! What a rate is bounded by: the window, the client, one connection of the server, or the link.

use super::findings::{BenchFindings, BenchProgram, Direction};
use super::spread::Spread;
use crate::say;

/// From this part of a processor on, the client does nothing but work.
const BUSY: f64 = 0.85;
/// From this part of the window on, the server waits for it: it is granted again in parts.
const WINDOW_FULL: f64 = 0.5;
/// Two connections that carry this much of one's rate are not held up by what they share.
const GROWS: f64 = 1.3;
/// Runs that differ by this factor tell little where there are fewer than so many.
const WIDE: f64 = 2.0;
const ENOUGH: usize = 4;
/// Two at once that carry less than this part of one alone were held up by something else.
const HELD_UP: f64 = 0.5;
/// Bytes of a MiB.
const MIB: f64 = 1024.0 * 1024.0;

/// What bounds a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// The channel's window, for this round trip.
    Window,
    /// This program's processor.
    Client,
    /// The server's process for one connection.
    Server,
    /// The link, or the server's machine as a whole.
    Link,
    /// The server or the link; a second connection would tell.
    ServerOrLink,
}

impl Wall {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Wall::Window => "window",
            Wall::Client => "client",
            Wall::Server => "server",
            Wall::Link => "link",
            Wall::ServerOrLink => "server-or-link",
        }
    }
}

/// Why a wall rests on little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LittleReason {
    /// There was one run.
    OneRun,
    /// The few runs differ much.
    RunsDiffer,
    /// Two at once were slower by far than one alone.
    TwoHeldUp,
}

/// What the wall is decided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WallFacts {
    /// MiB per second of one connection: the median is its rate.
    pub rates: Spread,
    /// Seconds.
    pub round_trip: Option<f64>,
    /// Bytes that may be on the way, if that is known.
    pub window: Option<u64>,
    /// The part of one processor that the client uses.
    pub cpu_share: Option<f64>,
    /// MiB per second of two connections together.
    pub two: Option<f64>,
}

impl WallFacts {
    /// Those of tessh's transfers with the first cipher.
    pub fn of(findings: &BenchFindings, direction: Direction) -> Option<WallFacts> {
        let cipher = findings.ciphers.first()?;
        let series = findings.series(BenchProgram::Tessh, cipher, direction)?;
        let rates = Spread::of(&findings.rates(series))?;
        Some(WallFacts {
            round_trip: findings.round_trip(),
            window: findings.window(direction),
            cpu_share: findings.cpu_share(series),
            two: findings.rate_of_two(direction),
            rates,
        })
    }

    /// Bytes that are on the way at this rate and round trip.
    pub fn in_use(&self) -> Option<f64> {
        Some(self.rates.median * MIB * self.round_trip?)
    }

    /// The wall.
    pub fn wall(&self) -> Wall {
        let is_full =
            |window: u64| self.in_use().is_some_and(|in_use| in_use >= window as f64 * WINDOW_FULL);
        if self.window.is_some_and(is_full) {
            return Wall::Window;
        }
        if self.cpu_share.is_some_and(|share| share >= BUSY) {
            return Wall::Client;
        }
        match self.two {
            Some(two) if two >= self.rates.median * GROWS => Wall::Server,
            Some(_) => Wall::Link,
            None => Wall::ServerOrLink,
        }
    }

    /// Why the wall rests on little, if it does.
    pub fn little(&self) -> Option<LittleReason> {
        let Spread { min, max, count, .. } = self.rates;
        let decides = matches!(self.wall(), Wall::Server | Wall::Link);
        match self.two {
            _ if count < 2 => Some(LittleReason::OneRun),
            _ if count < ENOUGH && max >= min * WIDE => Some(LittleReason::RunsDiffer),
            Some(two) if decides && two < self.rates.median * HELD_UP => {
                Some(LittleReason::TwoHeldUp)
            }
            _ => None,
        }
    }

    /// That the wall rests on little, in a sentence.
    pub fn doubt(&self, direction: Direction) -> Option<String> {
        let way = name(direction);
        let (min, max) = (format!("{:.1}", self.rates.min), format!("{:.1}", self.rates.max));
        let count = self.rates.count;
        Some(match self.little()? {
            LittleReason::OneRun => say!(bench_one_run_alone, way),
            LittleReason::RunsDiffer => say!(bench_runs_differ, way, count, min, max),
            LittleReason::TwoHeldUp => say!(bench_two_held_up, way),
        })
    }

    /// The wall in a sentence, with the figures that it follows from.
    pub fn sentence(&self, direction: Direction) -> String {
        let way = name(direction);
        let rate = format!("{:.1}", self.rates.median);
        let percent = self.cpu_share.map_or(0.0, |share| share * 100.0).round();
        let two = format!("{:.1}", self.two.unwrap_or_default());
        match self.wall() {
            Wall::Window => {
                let window = mib(self.window.unwrap_or_default() as f64);
                let round_trip = format!("{:.1}", self.round_trip.unwrap_or_default() * 1000.0);
                say!(bench_wall_window, way, rate, window, round_trip)
            }
            Wall::Client => say!(bench_wall_client, way, rate, percent),
            Wall::Server => say!(bench_wall_server, way, rate, percent, two),
            Wall::Link => say!(bench_wall_link, way, rate, percent, two),
            Wall::ServerOrLink => say!(bench_wall_server_or_link, way, rate, percent),
        }
    }
}

/// A direction's name.
pub fn name(direction: Direction) -> String {
    match direction {
        Direction::Download => say!(bench_download),
        Direction::Upload => say!(bench_upload),
    }
}

/// Bytes as MiB.
pub fn mib(bytes: f64) -> String {
    let mib = bytes / MIB;
    if mib >= 0.1 || mib == 0.0 { format!("{mib:.1}") } else { format!("{mib:.3}") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use super::*;

    const FACTS: WallFacts = WallFacts {
        round_trip: Some(0.001),
        window: Some(8 << 20),
        cpu_share: Some(0.4),
        two: Some(105.0),
        rates: Spread { median: 100.0, min: 90.0, max: 110.0, count: 4 },
    };

    #[test]
    fn each_wall_is_told_from_its_figures() {
        assert_eq!(FACTS.wall(), Wall::Link);
        assert_eq!(WallFacts { two: Some(190.0), ..FACTS }.wall(), Wall::Server);
        assert_eq!(WallFacts { two: None, ..FACTS }.wall(), Wall::ServerOrLink);
        assert_eq!(WallFacts { cpu_share: Some(0.99), ..FACTS }.wall(), Wall::Client);
        // 100 MiB a second and 60 ms are 6 MiB on the way, of 8.
        let far = WallFacts { round_trip: Some(0.06), ..FACTS };
        assert_eq!(far.wall(), Wall::Window);
        assert_eq!(WallFacts { window: None, ..far }.wall(), Wall::Link);
        assert_eq!(WallFacts { round_trip: None, ..far }.wall(), Wall::Link);
    }

    #[test]
    fn a_wall_that_rests_on_little_is_told_from_one_that_does_not() {
        let of = |min, max, count| WallFacts {
            rates: Spread { min, max, count, ..FACTS.rates },
            ..FACTS
        };
        assert_eq!(FACTS.little(), None);
        assert_eq!(of(100.0, 100.0, 1).little(), Some(LittleReason::OneRun));
        assert_eq!(of(90.0, 110.0, 2).little(), None);
        assert_eq!(of(60.0, 140.0, 2).little(), Some(LittleReason::RunsDiffer));
        assert_eq!(of(20.0, 140.0, 9).little(), None, "one of many says nothing");
        let held_up = WallFacts { two: Some(40.0), ..FACTS };
        assert_eq!(held_up.little(), Some(LittleReason::TwoHeldUp));
        let client = WallFacts { cpu_share: Some(1.0), ..held_up };
        assert_eq!(client.little(), None, "which is not decided by two at once");
        let said = of(60.0, 140.0, 2).doubt(Direction::Upload).unwrap();
        assert!(
            said.starts_with("upload: ") && said.contains("2 runs from 60.0 to 140.0"),
            "{said}"
        );
    }

    #[test]
    fn the_sentence_has_the_figures() {
        let facts = WallFacts::of(&findings(), Direction::Download).unwrap();
        assert_eq!(facts.wall(), Wall::Server);
        let said = facts.sentence(Direction::Download);
        assert!(
            said.contains("320.0") && said.contains("640.0") && said.contains("45 %"),
            "{said}"
        );
        let up = WallFacts::of(&findings(), Direction::Upload).unwrap();
        assert_eq!(up.wall(), Wall::ServerOrLink);
        assert_eq!((up.window, mib(up.in_use().unwrap())), (Some(2 << 20), "0.2".to_owned()));
    }
}
