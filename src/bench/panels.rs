//! The findings as bars, for text and picture alike: a panel for each kind of figure.

use std::time::Duration;

use super::findings::{BenchFindings, BenchMode, BenchProgram, BenchRun, Direction, SetupTimes};
use super::spread::Spread;
use super::wall;
use crate::say;

/// Bars of one unit.
pub struct BarPanel {
    /// What is shown, and in which unit.
    pub title: String,
    /// The bars.
    pub bars: Vec<PanelBar>,
}

/// One bar.
pub struct PanelBar {
    /// What was measured; the same for the programs that are compared.
    pub label: String,
    /// Whose figure it is.
    pub program: BenchProgram,
    /// The figure.
    pub spread: Spread,
    /// How many times ssh's figure it is, where there is one.
    pub times_ssh: Option<f64>,
}

impl BarPanel {
    /// The longest that a bar of this panel stands for.
    pub fn largest(&self) -> f64 {
        self.bars.iter().map(|bar| bar.spread.max).fold(f64::MIN_POSITIVE, f64::max)
    }

    /// A panel of those bars that have values; `None` without any.
    fn of(
        title: String,
        values: impl IntoIterator<Item = (String, BenchProgram, Vec<f64>)>,
    ) -> Option<BarPanel> {
        let bar = |(label, program, values): (String, BenchProgram, Vec<f64>)| {
            Some(PanelBar { label, program, spread: Spread::of(&values)?, times_ssh: None })
        };
        let mut bars: Vec<PanelBar> = values.into_iter().filter_map(bar).collect();
        let of_ssh: Vec<(String, f64)> = bars
            .iter()
            .filter(|bar| bar.program == BenchProgram::Ssh)
            .map(|bar| (bar.label.clone(), bar.spread.median))
            .collect();
        for bar in bars.iter_mut().filter(|bar| bar.program == BenchProgram::Tessh) {
            let ssh = of_ssh.iter().find(|(label, median)| *label == bar.label && *median > 0.0);
            bar.times_ssh = ssh.map(|(_, median)| bar.spread.median / median);
        }
        (!bars.is_empty()).then_some(BarPanel { title, bars })
    }
}

/// All panels of the findings, those without figures left out.
pub fn panels(findings: &BenchFindings) -> Vec<BarPanel> {
    let start = match findings.mode {
        BenchMode::Processes => say!(bench_panel_login),
        BenchMode::Channels => say!(bench_panel_command),
    };
    let starts = |figure: fn(&BenchRun) -> Duration| {
        let all = findings.starts.iter();
        all.map(move |it| (String::new(), it.program, millis(it.runs.iter().map(figure))))
    };
    let echoes = findings
        .echoes
        .iter()
        .map(|echo| (String::new(), echo.program, millis(echo.samples.iter().copied())));
    let start_cpu = (findings.mode == BenchMode::Processes)
        .then(|| BarPanel::of(say!(bench_panel_login_cpu), starts(|run| run.cpu)));
    let all = [
        BarPanel::of(say!(bench_panel_rate), transfers(findings, BenchFindings::rates)),
        BarPanel::of(say!(bench_panel_cpu), transfers(findings, BenchFindings::cpu_per_gib)),
        BarPanel::of(start, starts(|run| run.wall)),
        start_cpu.flatten(),
        BarPanel::of(say!(bench_panel_echo), echoes),
        BarPanel::of(say!(bench_panel_setup), steps(&findings.setups)),
    ];
    all.into_iter().flatten().collect()
}

fn transfers(
    findings: &BenchFindings,
    figures: impl Fn(&BenchFindings, &super::findings::TransferSeries) -> Vec<f64>,
) -> Vec<(String, BenchProgram, Vec<f64>)> {
    let mut rows = Vec::new();
    for cipher in &findings.ciphers {
        for direction in Direction::BOTH {
            let label = match findings.ciphers.len() {
                1 => wall::name(direction),
                _ => format!("{} {}", wall::name(direction), short(cipher)),
            };
            for (program, _) in &findings.programs {
                if let Some(series) = findings.series(*program, cipher, direction) {
                    rows.push((label.clone(), *program, figures(findings, series)));
                }
            }
        }
    }
    rows
}

fn steps(setups: &[SetupTimes]) -> Vec<(String, BenchProgram, Vec<f64>)> {
    let all = SetupTimes::STEPS.iter().map(|step| {
        let times = setups.iter().filter_map(step.time);
        (step.title(), BenchProgram::Tessh, millis(times))
    });
    all.collect()
}

/// A cipher's name without its domain.
pub fn short(cipher: &str) -> &str {
    cipher.split('@').next().unwrap_or(cipher)
}

/// A figure with three digits that count.
pub fn figure(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn millis(times: impl Iterator<Item = Duration>) -> Vec<f64> {
    times.map(|time| time.as_secs_f64() * 1000.0).collect()
}

/// One step of a login.
pub struct SetupStep {
    /// Its name in JSON.
    pub key: &'static str,
    /// Its time.
    pub time: fn(&SetupTimes) -> Option<Duration>,
}

impl SetupTimes {
    /// All steps, in their order, and their sum.
    pub(super) const STEPS: [SetupStep; 8] = [
        SetupStep { key: "name_lookup", time: |times| times.name_lookup },
        SetupStep { key: "tcp", time: |times| times.tcp },
        SetupStep { key: "greeting", time: |times| times.greeting },
        SetupStep { key: "key_exchange", time: |times| times.key_exchange },
        SetupStep { key: "authentication", time: |times| times.authentication },
        SetupStep { key: "channel", time: |times| times.channel },
        SetupStep { key: "first_output", time: |times| times.first_output },
        SetupStep { key: "total", time: |times| Some(times.total()) },
    ];
}

impl SetupStep {
    /// Its name for a person.
    fn title(&self) -> String {
        match self.key {
            "name_lookup" => say!(bench_step_name),
            "tcp" => say!(bench_step_tcp),
            "greeting" => say!(bench_step_greeting),
            "key_exchange" => say!(bench_step_kex),
            "authentication" => say!(bench_step_login),
            "channel" => say!(bench_step_channel),
            "first_output" => say!(bench_step_output),
            _ => say!(bench_step_total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use super::*;

    #[test]
    fn each_kind_of_figure_has_a_panel_and_tessh_its_ratio() {
        let panels = panels(&findings());
        assert_eq!(panels.len(), 6);
        let rate = &panels[0];
        assert_eq!(rate.bars.len(), 4);
        assert!((rate.bars[0].times_ssh.unwrap() - 2.0).abs() < 0.01);
        assert_eq!(rate.bars[1].times_ssh, None);
        assert!((rate.largest() - 64.0 / 0.19).abs() < 0.01);
        assert_eq!(panels[5].bars.len(), SetupTimes::STEPS.len());
    }

    #[test]
    fn figures_have_three_digits() {
        let shown = [0.0123, 1.234, 12.34, 123.4, 1234.0].map(figure);
        assert_eq!(shown, ["0.012", "1.23", "12.3", "123", "1234"]);
    }
}
