//! What a rate is bounded by: the window, the client, a connection's beginning, one connection, or the link.

use super::findings::{BenchFindings, BenchMode, BenchProgram, Direction};
use super::spread::Spread;
use crate::say;

/// From this part of the processor that it can have, the client does nothing but work.
const BUSY: f64 = 0.85;
/// A client that can have no more than this part of a processor is said to be held back.
const HELD_BACK: f64 = 0.8;
/// From this part of the window on, the sender may be waiting for it, where two connections, and so two
/// windows, carry more; where nobody knows what they carry; and whatever they carry.
const WINDOW_USED: f64 = 0.5;
const WINDOW_ALONE: f64 = 0.7;
const WINDOW_FULL: f64 = 0.9;
/// What TCP sends in its first round trip, in bytes: ten segments (RFC 6928). It doubles with each.
const FIRST_TRIP: f64 = 10.0 * 1460.0;
/// A run must take so many times the round trips in which TCP becomes as fast as it was.
const OF_BEGINNING: f64 = 4.0;
/// From this round trip on, in seconds, TCP may be what bounds one connection: no buffer of a usual size
/// does on a shorter one.
const FAR: f64 = 0.002;
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
    /// The beginning of a connection: the runs were over before it was as fast as it becomes.
    Beginning,
    /// The server's process for one connection.
    Server,
    /// One connection: TCP, or the server's process for it.
    Connection,
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
            Wall::Beginning => "beginning",
            Wall::Server => "server",
            Wall::Connection => "connection",
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
    /// The start of a run takes as long as its bytes.
    Rough,
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
    /// The part of one that it can have here, if that is known.
    pub cpu_available: Option<f64>,
    /// Seconds that the bytes of a run take.
    pub seconds: f64,
    /// MiB per second of two connections together.
    pub two: Option<f64>,
    /// Whether the start of a run takes as long as its bytes.
    pub is_rough: bool,
    /// Whether each run has a connection of its own, which TCP begins slowly.
    pub is_new: bool,
}

impl WallFacts {
    /// Those of tessh's transfers with the first cipher.
    pub fn of(findings: &BenchFindings, direction: Direction) -> Option<WallFacts> {
        let cipher = findings.ciphers.first()?;
        let series = findings.series(BenchProgram::Tessh, cipher, direction)?;
        let rates = Spread::of(&findings.rates(series))?;
        let seconds = |run| findings.seconds_of_bytes(BenchProgram::Tessh, run);
        Some(WallFacts {
            seconds: Spread::of(&series.counted().map(seconds).collect::<Vec<_>>())?.median,
            cpu_available: findings.cpu_available,
            round_trip: findings.round_trip(),
            window: findings.window(direction),
            cpu_share: findings.cpu_share(series),
            two: findings.rate_of_two(direction),
            is_rough: findings.is_rough_of(series),
            is_new: findings.mode == BenchMode::Processes,
            rates,
        })
    }

    /// Bytes that are on the way at this rate and round trip.
    pub fn in_use(&self) -> Option<f64> {
        Some(self.rates.median * MIB * self.round_trip?)
    }

    /// Round trips that the bytes of a run take.
    fn trips(&self) -> Option<f64> {
        self.round_trip.filter(|time| *time > 0.0).map(|time| self.seconds / time)
    }

    /// Whether two connections at once carry more than one; `None` if that is not known.
    fn grows(&self) -> Option<bool> {
        self.two.map(|two| two >= self.rates.median * GROWS)
    }

    /// Whether the window is what one connection waits for, as far as two of them tell.
    fn is_window_used(&self) -> bool {
        let part = self.window_part();
        match self.grows() {
            Some(true) => part >= WINDOW_USED,
            Some(false) => false,
            None => part >= WINDOW_ALONE,
        }
    }

    /// The part of the window that is on the way; none of one that is not known.
    fn window_part(&self) -> f64 {
        let part = self.in_use().zip(self.window).map(|(in_use, window)| in_use / window as f64);
        part.unwrap_or_default()
    }

    /// Whether a run is over soon after TCP has become as fast as it was, or before it is.
    fn is_beginning(&self) -> bool {
        if !self.is_new {
            return false;
        }
        let (Some(trips), Some(in_use)) = (self.trips(), self.in_use()) else { return false };
        trips < (in_use / FIRST_TRIP).max(1.0).log2() * OF_BEGINNING
    }

    /// Whether the client does nothing but work whenever it has a processor.
    fn is_client_busy(&self) -> bool {
        let available = self.cpu_available.unwrap_or(1.0);
        self.cpu_share.is_some_and(|share| share >= BUSY * available)
    }

    /// The part of a processor that the client can have, if that is far from a whole one.
    fn held_back(&self) -> Option<f64> {
        self.cpu_available.filter(|part| *part <= HELD_BACK)
    }

    /// The wall.
    pub fn wall(&self) -> Wall {
        if self.window_part() >= WINDOW_FULL {
            return Wall::Window;
        }
        if self.is_client_busy() {
            return Wall::Client;
        }
        if self.is_beginning() {
            return Wall::Beginning;
        }
        if self.is_window_used() {
            return Wall::Window;
        }
        match self.grows() {
            Some(true) if self.round_trip.is_some_and(|time| time >= FAR) => Wall::Connection,
            Some(true) => Wall::Server,
            Some(false) => Wall::Link,
            None => Wall::ServerOrLink,
        }
    }

    /// Why the wall rests on little, if it does.
    pub fn little(&self) -> Option<LittleReason> {
        let Spread { min, max, count, .. } = self.rates;
        let decides = matches!(self.wall(), Wall::Server | Wall::Connection | Wall::Link);
        match self.two {
            _ if count < 2 => Some(LittleReason::OneRun),
            _ if count < ENOUGH && max >= min * WIDE => Some(LittleReason::RunsDiffer),
            Some(two) if decides && two < self.rates.median * HELD_UP => {
                Some(LittleReason::TwoHeldUp)
            }
            _ if self.is_rough => Some(LittleReason::Rough),
            _ => None,
        }
    }

    /// That the wall rests on little, in a sentence; `None` also where one for all figures says so.
    pub fn doubt(&self, direction: Direction) -> Option<String> {
        let way = name(direction);
        let (min, max) = (mib_per_s(self.rates.min), mib_per_s(self.rates.max));
        let count = self.rates.count;
        Some(match self.little()? {
            LittleReason::OneRun => say!(bench_one_run_alone, way),
            LittleReason::RunsDiffer => say!(bench_runs_differ, way, count, min, max),
            LittleReason::TwoHeldUp => say!(bench_two_held_up, way),
            LittleReason::Rough => return None,
        })
    }

    /// The wall in a sentence, with the figures that it follows from.
    pub fn sentence(&self, direction: Direction) -> String {
        let way = name(direction);
        let rate = mib_per_s(self.rates.median);
        let percent = self.cpu_share.map_or(0.0, |share| share * 100.0).round();
        let two = mib_per_s(self.two.unwrap_or_default());
        let time = format!("{:.1}", self.round_trip.unwrap_or_default() * 1000.0);
        match self.wall() {
            Wall::Window => {
                let window = self.window.unwrap_or_default() as f64;
                let most = window / MIB / self.round_trip.unwrap_or(1.0);
                let (window, most) = (mib(window), mib_per_s(most));
                say!(bench_wall_window, way, rate, window, round_trip = time, most)
            }
            Wall::Client => match self.held_back() {
                Some(available) => {
                    let available = (available * 100.0).round();
                    say!(bench_wall_client_held_back, way, rate, percent, available)
                }
                None => say!(bench_wall_client, way, rate, percent),
            },
            Wall::Beginning => {
                let trips = format!("{:.1}", self.trips().unwrap_or_default());
                say!(bench_wall_beginning, way, rate, trips, round_trip = time)
            }
            Wall::Connection => {
                say!(bench_wall_connection, way, rate, percent, two, round_trip = time)
            }
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

/// A rate in MiB per second; one of a slow link is not nothing.
fn mib_per_s(rate: f64) -> String {
    if rate < 1.0 { format!("{rate:.3}") } else { format!("{rate:.1}") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use super::*;

    const FACTS: WallFacts = WallFacts {
        round_trip: Some(0.001),
        window: Some(8 << 20),
        cpu_share: Some(0.4),
        cpu_available: Some(0.99),
        seconds: 0.5,
        two: Some(105.0),
        is_rough: false,
        is_new: true,
        rates: Spread { median: 100.0, min: 90.0, max: 110.0, count: 4 },
    };

    #[test]
    fn each_wall_is_told_from_its_figures() {
        assert_eq!(FACTS.wall(), Wall::Link);
        assert_eq!(WallFacts { two: Some(190.0), ..FACTS }.wall(), Wall::Server);
        assert_eq!(WallFacts { two: None, ..FACTS }.wall(), Wall::ServerOrLink);
        assert_eq!(WallFacts { cpu_share: Some(0.99), ..FACTS }.wall(), Wall::Client);
        // Where TCP may be what bounds one connection, the server's process is not blamed alone.
        let over_tcp =
            WallFacts { two: Some(190.0), round_trip: Some(0.02), seconds: 5.0, ..FACTS };
        assert_eq!(over_tcp.wall(), Wall::Connection);
        assert!(over_tcp.sentence(Direction::Upload).contains("20.0 ms"));
        assert_eq!(WallFacts { round_trip: None, ..FACTS }.wall(), Wall::Link);
    }

    #[test]
    fn a_window_is_the_wall_only_where_two_of_them_carry_more() {
        // 100 MiB a second and 60 ms are 6 MiB on the way, of 8.
        let far = WallFacts { round_trip: Some(0.06), seconds: 5.0, two: None, ..FACTS };
        assert_eq!(far.wall(), Wall::Window);
        assert_eq!(WallFacts { two: Some(190.0), ..far }.wall(), Wall::Window);
        assert_eq!(WallFacts { two: Some(105.0), ..far }.wall(), Wall::Link);
        assert_eq!(WallFacts { window: None, ..far }.wall(), Wall::ServerOrLink);
        let said = far.sentence(Direction::Upload);
        assert!(said.contains("8.0 MiB") && said.contains("133.3"), "{said}");
        let full = WallFacts { round_trip: Some(0.08), two: Some(105.0), ..far };
        assert_eq!(full.wall(), Wall::Window, "which holds 8 MiB");
        // Half of one that nobody has compared with two may be on a link that is as fast.
        let half = WallFacts { window: Some(10 << 20), ..far };
        assert_eq!(half.wall(), Wall::ServerOrLink);
        assert_eq!(WallFacts { two: Some(190.0), ..half }.wall(), Wall::Window);
    }

    #[test]
    fn a_run_of_few_round_trips_tells_how_a_connection_begins() {
        // 6 MiB on the way are reached in nearly nine doublings.
        let short = WallFacts { round_trip: Some(0.06), window: Some(16 << 20), ..FACTS };
        assert_eq!(short.wall(), Wall::Beginning);
        let said = short.sentence(Direction::Download);
        assert!(said.contains("8.3 round trips of 60.0 ms"), "{said}");
        assert_eq!(WallFacts { seconds: 2.2, ..short }.wall(), Wall::Link);
        assert_eq!(WallFacts { cpu_share: Some(0.9), ..short }.wall(), Wall::Client);
        assert_eq!(
            WallFacts { is_new: false, ..short }.wall(),
            Wall::Link,
            "which is fast already"
        );
        // A slow link has no more on its way than is sent at once.
        let rates = Spread { median: 0.1, min: 0.1, max: 0.1, count: 4 };
        assert_eq!(WallFacts { rates, two: Some(0.1), ..short }.wall(), Wall::Link);
    }

    #[test]
    fn a_client_that_is_held_back_is_busy_with_all_that_it_gets() {
        let slowed = WallFacts { cpu_share: Some(0.19), cpu_available: Some(0.2), ..FACTS };
        assert_eq!(slowed.wall(), Wall::Client);
        let said = slowed.sentence(Direction::Download);
        assert!(said.contains("19 %") && said.contains("20 %"), "{said}");
        assert_eq!(WallFacts { cpu_share: Some(0.1), ..slowed }.wall(), Wall::Link);
        // Nearly all of nearly a whole processor, which is not worth words of its own.
        let whole = WallFacts { cpu_share: Some(0.8), cpu_available: Some(0.85), ..FACTS };
        assert_eq!(whole.wall(), Wall::Client);
        let said = whole.sentence(Direction::Download);
        assert!(said.contains("80 %") && !said.contains("85 %"), "{said}");
        assert_eq!(WallFacts { cpu_available: None, ..whole }.wall(), Wall::Link);
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
        let rough = WallFacts { is_rough: true, ..FACTS };
        assert_eq!(rough.little(), Some(LittleReason::Rough));
        let said = of(60.0, 140.0, 2).doubt(Direction::Upload).unwrap();
        assert!(
            said.starts_with("upload: ") && said.contains("2 runs from 60.0 to 140.0"),
            "{said}"
        );
    }

    #[test]
    fn a_slow_link_has_a_rate() {
        let rates = Spread { median: 0.0312, min: 0.03, max: 0.09, count: 2 };
        let slow = WallFacts { rates, two: Some(0.0333), ..FACTS };
        let said = slow.sentence(Direction::Upload);
        assert!(said.contains("0.031 MiB/s") && said.contains("have 0.033"), "{said}");
        let said = slow.doubt(Direction::Upload).unwrap();
        assert!(said.contains("0.030 to 0.090"), "{said}");
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
