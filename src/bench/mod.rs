//! What `tessh bench` finds: figures, what they say about the wall, and how they are shown.
//!
//! Nothing is measured here. Whoever measures fills [`BenchFindings`]; everything else is made from them:
//!
//! ```text
//!   chart, svg, json   the findings for a person, for a picture, for a program
//!   panels             the findings as bars
//!   wall               what the rate is bounded by
//!   findings           what was measured
//!   spread             median, smallest and largest
//! ```

mod chart;
mod findings;
mod json;
mod panels;
mod spread;
mod svg;
#[cfg(test)]
pub mod testing;
mod wall;

pub use chart::{ChartStyle, page};
pub use findings::{
    BenchEnd, BenchFindings, BenchMode, BenchProgram, BenchRun, Direction, EchoSeries, SetupTimes,
    StartSeries, TransferSeries, TwoAtOnce,
};
pub use json::json;
pub use svg::svg;
