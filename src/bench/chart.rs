//! The findings for a person: bars in the terminal's width, or a plain table.

use std::fmt::Write;

use crossterm::style::Stylize;

use super::findings::{
    BenchEnd, BenchFindings, BenchMode, BenchProgram, Direction, session_line, ssh_config_line,
};
use super::panels::{BarPanel, PanelBar, figure, panels};
use super::spread::Spread;
use super::wall::{self, Wall, WallFacts};
use crate::say;
use crate::text;

/// The longest bar, however wide the terminal is.
const LONGEST: usize = 50;
/// The shortest that is still worth drawing.
const SHORTEST: usize = 8;
/// The columns of a program's name and of a figure.
const PROGRAM: usize = 5;
const FIGURE: usize = 6;
/// A character cell in eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// What can be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChartStyle {
    /// The terminal's columns; `None` for a table without bars.
    pub columns: Option<usize>,
    /// Whether bars have colours.
    pub colour: bool,
    /// Whether bars are of block characters; of `#` otherwise.
    pub unicode: bool,
}

/// The page, each line ended.
pub fn page(findings: &BenchFindings, style: ChartStyle) -> String {
    let mut out = head(findings);
    for panel in panels(findings) {
        out.push('\n');
        chart(&mut out, &panel, style);
    }
    out.push('\n');
    for line in tail(findings) {
        let _ = writeln!(out, "{line}");
    }
    out
}

fn head(findings: &BenchFindings) -> String {
    let BenchFindings { login, server, kex, .. } = findings;
    let seconds = format!("{:.1}", findings.elapsed.as_secs_f64());
    let versions = findings.programs.iter().map(|(program, version)| match program {
        BenchProgram::Tessh => format!("tessh {version}"),
        BenchProgram::Ssh => version.clone(),
    });
    let programs = versions.collect::<Vec<_>>().join(", ");
    let how = match findings.mode {
        BenchMode::Processes => say!(bench_how_processes, programs),
        BenchMode::Channels => say!(bench_how_channels),
    };
    let ciphers = findings.ciphers.join(", ");
    let first = say!(bench_head, login, server, seconds);
    format!("{first}\n{how}\n{}\n", say!(bench_algorithms, ciphers, kex))
}

fn chart(out: &mut String, panel: &BarPanel, style: ChartStyle) {
    let _ = writeln!(out, "{}", panel.title);
    let label = panel.bars.iter().map(|bar| text::columns(&bar.label)).max().unwrap_or_default();
    let gap = if label == 0 { 0 } else { label + 2 };
    let tails: Vec<String> = panel.bars.iter().map(after).collect();
    let longest = tails.iter().map(|tail| text::columns(tail)).max().unwrap_or_default();
    // Two blanks before each part.
    let used = 2 + gap + PROGRAM + 2 + 2 + FIGURE + longest;
    let room = style.columns.map(|columns| columns.saturating_sub(used + 1).min(LONGEST));
    let room = room.filter(|room| *room >= SHORTEST);
    let mut last = None;
    for (bar, tail) in panel.bars.iter().zip(tails) {
        // A label stands once for all programs.
        let shown = if last == Some(&bar.label) { "" } else { bar.label.as_str() };
        last = Some(&bar.label);
        let name = bar.program.name();
        let _ = write!(out, "  {shown}{:blank$}", "", blank = gap - text::columns(shown));
        let _ = write!(out, "{name:<PROGRAM$}  ");
        if let Some(room) = room {
            let part = bar.spread.median / panel.largest();
            let drawn = drawn(part, room, style.unicode);
            let blank = room - text_width(&drawn);
            let drawn = match (style.colour, bar.program) {
                (true, BenchProgram::Tessh) => drawn.cyan().to_string(),
                (true, BenchProgram::Ssh) => drawn.dark_grey().to_string(),
                (false, _) => drawn,
            };
            let _ = write!(out, "{drawn}{:blank$}  ", "");
        }
        let _ = writeln!(out, "{:>FIGURE$}{tail}", figure(bar.spread.median));
    }
}

/// What stands behind a bar's figure.
fn after(bar: &PanelBar) -> String {
    let Spread { min, max, count, .. } = bar.spread;
    let spread = spread(min, max, count);
    match bar.times_ssh {
        Some(times) => {
            format!("  {spread}  {}", say!(bench_times_ssh, times = format!("{times:.2}")))
        }
        None => format!("  {spread}"),
    }
}

fn spread(min: f64, max: f64, count: usize) -> String {
    match count {
        1 => say!(bench_one_run),
        _ => say!(bench_spread, min = figure(min), max = figure(max), count),
    }
}

/// A bar; every character of it takes one column.
fn drawn(part: f64, room: usize, unicode: bool) -> String {
    let part = part.clamp(0.0, 1.0) * room as f64;
    if !unicode {
        return "#".repeat(part.round() as usize);
    }
    let eighths = (part * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// Columns of a bar: its block characters are narrow, whatever a careful count takes them for.
fn text_width(bar: &str) -> usize {
    bar.chars().count()
}

/// What follows the charts.
fn tail(findings: &BenchFindings) -> Vec<String> {
    let mut lines = Vec::new();
    let times: Vec<f64> = findings.round_trips.iter().map(|it| it.as_secs_f64() * 1000.0).collect();
    if let Some(Spread { median, min, max, count }) = Spread::of(&times) {
        lines.push(say!(
            bench_round_trip,
            median = figure(median),
            spread = spread(min, max, count)
        ));
    }
    for direction in Direction::BOTH {
        let way = wall::name(direction);
        for program in findings.untold_programs(direction) {
            lines.push(say!(bench_untold, way = &way, program = program.name()));
        }
        for program in findings.programs_of_untold_cpu(direction) {
            lines.push(say!(bench_untold_cpu, way = &way, program = program.name()));
        }
        let Some(facts) = WallFacts::of(findings, direction) else { continue };
        if let (Some(in_use), Some(window)) = (facts.in_use(), facts.window) {
            let (in_use, window) = (wall::mib(in_use), wall::mib(window as f64));
            lines.push(say!(bench_window, way, in_use, window));
        }
        // How a connection begins is no cipher's doing.
        if !findings.is_search || facts.wall() == Wall::Beginning {
            lines.push(facts.sentence(direction));
            lines.extend(facts.doubt(direction));
        }
    }
    if findings.is_rough() {
        lines.push(say!(bench_rough));
    }
    if findings.is_search
        && let Some((cipher, alike)) = findings.fastest()
    {
        lines.push(say!(bench_fastest, cipher));
        if !alike.is_empty() {
            lines.push(say!(bench_alike, ciphers = alike.join(", ")));
        }
        if findings.is_fastest_of_one_run() {
            lines.push(say!(bench_fastest_of_one));
        }
        lines.push(format!("  ssh_config:  {}", ssh_config_line(cipher)));
        lines.push(format!("  {}  {}", say!(bench_in_session), session_line(cipher)));
    }
    if findings.is_search && findings.fastest().is_none() {
        lines.push(say!(bench_search_unfinished));
    }
    lines.extend(findings.without_ssh.as_ref().map(|why| say!(bench_without_ssh, why)));
    lines.extend(findings.notes.iter().cloned());
    match findings.end {
        BenchEnd::Done => {}
        BenchEnd::TimeOver => lines.push(say!(bench_time_over)),
        BenchEnd::Interrupted => lines.push(say!(bench_interrupted)),
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use super::*;

    #[test]
    fn bars_fit_the_terminal_and_a_table_has_none() {
        let wide = ChartStyle { columns: Some(100), colour: false, unicode: true };
        let shown = page(&findings(), wide);
        assert!(shown.contains('█') && shown.contains("2.00 x ssh"), "{shown}");
        for columns in [20, 60, 80, 100] {
            let style = ChartStyle { columns: Some(columns), ..wide };
            let charts: Vec<String> = page(&findings(), style)
                .lines()
                .filter(|line| line.contains('█'))
                .map(str::to_owned)
                .collect();
            assert!(charts.iter().all(|line| line.chars().count() <= columns), "{charts:#?}");
        }
        let plain = page(&findings(), ChartStyle::default());
        assert!(!plain.contains(['█', '#', '\x1b']), "{plain}");
        let ascii = page(&findings(), ChartStyle { unicode: false, ..wide });
        assert!(ascii.is_ascii() && ascii.contains("##"), "{ascii}");
        let coloured = page(&findings(), ChartStyle { colour: true, ..wide });
        assert!(coloured.contains('\x1b'));
    }

    #[test]
    fn what_tells_no_rate_has_a_line_in_its_place() {
        let mut findings = findings();
        findings.starts[0].runs = vec![super::super::testing::run(400, 0); 3];
        findings.round_trips.truncate(1);
        let shown = page(&findings, ChartStyle::default());
        let (rates, rest) = shown.split_once("\n\n").unwrap().1.split_once("\n\n").unwrap();
        assert!(!rates.contains("download  tessh") && rates.contains("ssh"), "{shown}");
        assert!(rest.contains("\ndownload, tessh: a run takes hardly longer"), "{shown}");
        assert!(!rest.contains("download: the "), "no wall of what was not told: {shown}");
        assert!(rest.contains("round trip: 1.00 ms  (one run)"), "{shown}");
    }

    #[test]
    fn half_a_bar_is_half_as_long() {
        assert_eq!(drawn(1.0, 10, true), "█".repeat(10));
        assert_eq!(drawn(0.5, 9, true), "████▌");
        assert_eq!(drawn(0.5, 10, false), "#####");
        assert_eq!(drawn(f64::NAN, 10, false), "");
    }

    #[test]
    fn the_fastest_cipher_is_printed_for_both_configurations() {
        let findings = BenchFindings { is_search: true, ..findings() };
        let shown = page(&findings, ChartStyle::default());
        assert!(shown.contains("\n  ssh_config:  Ciphers aes128-gcm@openssh.com\n"), "{shown}");
        assert!(shown.contains("algorithms.cipher = \"aes128-gcm@openssh.com\""), "{shown}");
        assert!(shown.contains("rests on little"), "there is one upload: {shown}");
    }
}
