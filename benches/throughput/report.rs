//! Samples to medians, medians to ratios, ratios to Markdown tables and JSON.
//!
//! Every ratio is a client's median over ssh's of the same run and the same cipher. For MiB/s
//! above 1 is better, for everything else below 1 is.

use crate::client::Client;
use crate::echo::Echo;
use crate::front::Environment;
use crate::front::environment::load_average;
use crate::options::{Options, Section};
use crate::rounds::{Cell, LENGTHS, Work};
use crate::stats::{median, percentile, range};
use crate::watch::Run;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Whom all are compared with.
const REFERENCE: &str = "ssh";
/// Whose targets are shown.
const PRODUCT: &str = "tessh";

/// A ratio to ssh that tessh must not exceed.
struct Target {
    what: String,
    bound: f64,
    ratio: Option<f64>,
}

impl Target {
    /// Compared as it is shown, with two digits: the third is never more than noise.
    fn met(&self) -> Option<bool> {
        self.ratio.map(|ratio| (ratio * 100.0).round() <= (self.bound * 100.0).round())
    }
}

/// One run's results.
pub struct Report<'a> {
    options: &'a Options,
    environment: &'a Environment,
    load_after: String,
    clients: &'a [Client],
    cells: &'a [Cell],
    echoes: &'a [Echo],
}

impl<'a> Report<'a> {
    /// Gathers; reads the load average of the end.
    pub fn new(
        options: &'a Options,
        environment: &'a Environment,
        clients: &'a [Client],
        cells: &'a [Cell],
        echoes: &'a [Echo],
    ) -> Self {
        Self { options, environment, load_after: load_average(), clients, cells, echoes }
    }

    /// What a reader must know besides the environment, a line for each fact.
    pub fn facts(&self) -> String {
        let mut text = format!("load average at the end: {}\n", self.load_after);
        for client in self.clients {
            put(&mut text, &format!("{}: {}", client.name, client.version));
        }
        text
    }

    /// The tables.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let size = self.options.size;
        if self.options.wants(Section::Download) {
            let title = format!("Download, {size} MiB to /dev/null");
            text += &self.transfers(&title, Work::Download);
            text += &self.transfers(&format!("Download, {size} MiB to a pipe"), Work::Pipe);
        }
        if self.options.wants(Section::Length) {
            text += &self.lengths();
        }
        if self.options.wants(Section::Upload) {
            text += &self.transfers(&format!("Upload, {size} MiB from a file"), Work::Upload);
        }
        if self.options.wants(Section::Setup) {
            text += &self.logins();
        }
        if self.options.wants(Section::Echo) {
            text += &self.keystrokes();
        }
        if self.options.wants(Section::Memory) {
            text += &self.memory();
        }
        text += &self.target_table();
        text += &self.blanks();
        text
    }

    /// Everything, samples included.
    pub fn json(&self) -> Value {
        json!({
            "environment": self.environment.json(),
            "load average at the end": self.load_after,
            "clients": self.clients.iter().map(|client| json!({
                "name": client.name, "path": client.path, "version": client.version,
            })).collect::<Vec<_>>(),
            "options": {
                "quick": self.options.quick,
                "size_mib": self.options.size,
                "rounds": self.options.rounds,
                "peer_rounds": self.options.peer_rounds,
                "logins": self.options.logins,
                "peer_logins": self.options.peer_logins,
                "keys": self.options.keys,
                "ciphers": self.options.ciphers,
            },
            "cells": self.cells.iter().map(|cell| self.cell_json(cell)).collect::<Vec<_>>(),
            "echo": self.echoes.iter().map(|echo| self.echo_json(echo)).collect::<Vec<_>>(),
            "targets": self.targets().iter().map(|target| json!({
                "what": target.what, "bound": target.bound, "ratio": target.ratio,
                "met": target.met(),
            })).collect::<Vec<_>>(),
        })
    }

    /// What should have a number and has none, one line each: failed runs, and every cipher
    /// that tessh cannot use.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = self.failed_runs();
        for client in self.clients.iter().filter(|client| client.name == PRODUCT) {
            failures.extend(self.gaps_of(client));
        }
        failures
    }

    /// The targets that have no ratio or one above its bound, a line each.
    pub fn missed(&self) -> Vec<String> {
        let missed = self.targets().into_iter().filter(|target| target.met() != Some(true));
        missed.map(|target| format!("{} is missed", target.what)).collect()
    }

    fn failed_runs(&self) -> Vec<String> {
        let name = |index: usize| &self.clients[index].name;
        let cells = self.cells.iter().filter_map(|cell| {
            let cipher = short(cell.cipher.as_deref());
            let why = cell.failure.as_ref()?;
            Some(format!("{}, {}, {cipher}: {why}", name(cell.client), cell.work.name()))
        });
        let echoes = self.echoes.iter().filter_map(|echo| {
            Some(format!("{}, echo: {}", name(echo.client), echo.failure.as_ref()?))
        });
        cells.chain(echoes).collect()
    }

    fn gaps_of(&self, client: &Client) -> Vec<String> {
        let ciphers = self.options.ciphers.iter().zip(&client.gaps);
        ciphers
            .filter_map(|(cipher, gap)| {
                Some(format!("{}, {}: {}", client.name, short(Some(cipher)), gap.as_ref()?))
            })
            .collect()
    }

    fn transfers(&self, title: &str, work: Work) -> String {
        let rows = self.cells_of(work).map(|cell| {
            vec![
                self.clients[cell.client].name.clone(),
                short(cell.cipher.as_deref()),
                number(self.speed(cell), 0),
                number(self.ratio(cell, |cell| self.speed(cell)), 2),
                number(self.cpu_per_gib(cell), 2),
                number(self.ratio(cell, |cell| self.cpu_per_gib(cell)), 2),
                spread(cell, |run| run.cpu * 1024.0 / cell.mib as f64, 2),
                cell.runs.len().to_string(),
            ]
        });
        let head =
            ["client", "cipher", "MiB/s", "x ssh", "CPU s/GiB", "x ssh", "min - max", "runs"];
        section(title, &head, rows.collect())
    }

    /// A row for each client and length.
    fn lengths(&self) -> String {
        let cells = LENGTHS.into_iter().flat_map(|times| self.cells_of(Work::Long(times)));
        let rows = cells.map(|cell| {
            vec![
                self.clients[cell.client].name.clone(),
                cell.mib.to_string(),
                number(self.speed(cell), 0),
                number(self.cpu_per_gib(cell), 2),
                number(self.ratio(cell, |cell| self.cpu_per_gib(cell)), 2),
                spread(cell, |run| run.cpu * 1024.0 / cell.mib as f64, 2),
                cell.runs.len().to_string(),
            ]
        });
        let head = ["client", "MiB", "MiB/s", "CPU s/GiB", "x ssh", "min - max", "runs"];
        section("Longer downloads", &head, rows.collect())
    }

    fn logins(&self) -> String {
        let rows = self.cells_of(Work::Login).map(|cell| {
            let wall = |cell: &Cell| of(cell, |run| run.wall * 1e3);
            let cpu = |cell: &Cell| of(cell, |run| run.cpu * 1e3);
            vec![
                self.clients[cell.client].name.clone(),
                short(cell.cipher.as_deref()),
                number(wall(cell), 1),
                number(self.ratio(cell, wall), 2),
                spread(cell, |run| run.wall * 1e3, 1),
                number(cpu(cell), 1),
                number(self.ratio(cell, cpu), 2),
                cell.runs.len().to_string(),
            ]
        });
        let head = ["client", "cipher", "wall ms", "x ssh", "min - max", "CPU ms", "x ssh", "runs"];
        section("Login and `true`", &head, rows.collect())
    }

    fn keystrokes(&self) -> String {
        let rows = self.echoes.iter().map(|echo| {
            let mut row =
                vec![self.clients[echo.client].name.clone(), short(echo.cipher.as_deref())];
            for percent in [50.0, 99.0] {
                row.push(number(shown(echo, percent), 0));
                row.push(number(self.echo_ratio(echo, percent), 2));
            }
            row.push(echo.samples.len().to_string());
            row
        });
        let head = ["client", "cipher", "p50 us", "x ssh", "p99 us", "x ssh", "keys"];
        section("Keystroke echo", &head, rows.collect())
    }

    /// Per client, with the first cipher that it can use.
    fn memory(&self) -> String {
        let works = [Work::Login, Work::Download, Work::Upload];
        let rows = self.clients.iter().enumerate().map(|(index, client)| {
            let mut row = vec![client.name.clone(), short(client.first_cipher(self.options))];
            for work in works {
                let cell = self.memory_cell(index, work);
                row.push(cell.map_or_else(|| "-".to_owned(), peak_text));
                row.push(number(cell.and_then(|cell| self.memory_ratio(cell)), 2));
            }
            row
        });
        let head =
            ["client", "cipher", "true MiB", "x ssh", "download", "x ssh", "upload", "x ssh"];
        section("Peak resident memory", &head, rows.collect())
    }

    fn target_table(&self) -> String {
        let rows = self.targets().into_iter().map(|target| {
            let met = match target.met() {
                Some(true) => "yes",
                Some(false) => "NO",
                None => "-",
            };
            vec![
                target.what,
                number(Some(target.bound), 2),
                number(target.ratio, 2),
                met.to_owned(),
            ]
        });
        section("tessh against ssh", &["median", "at most", "x ssh", "met"], rows.collect())
    }

    fn blanks(&self) -> String {
        let gaps = self.clients.iter().flat_map(|client| self.gaps_of(client));
        let failed = self.failed_runs().into_iter().map(|line| format!("FAILED: {line}"));
        let lines: Vec<_> = gaps.chain(failed).map(|line| format!("- {line}\n")).collect();
        match lines.is_empty() {
            true => String::new(),
            false => format!("\n### Cells without a number\n\n{}", lines.concat()),
        }
    }

    fn targets(&self) -> Vec<Target> {
        let Some(product) = self.clients.iter().position(|client| client.name == PRODUCT) else {
            return Vec::new();
        };
        let mut targets = Vec::new();
        for work in [Work::Download, Work::Upload] {
            let wanted = self.options.wants(match work {
                Work::Upload => Section::Upload,
                _ => Section::Download,
            });
            for cell in self.cells_of(work).filter(|cell| wanted && cell.client == product) {
                let what = format!("{} CPU/GiB, {}", work.name(), short(cell.cipher.as_deref()));
                let ratio = self.ratio(cell, |cell| self.cpu_per_gib(cell));
                targets.push(Target { what, bound: 1.0, ratio });
            }
        }
        if self.options.wants(Section::Setup) {
            let cell = self.cells_of(Work::Login).find(|cell| cell.client == product);
            let ratio = cell.and_then(|cell| self.ratio(cell, |cell| of(cell, |run| run.wall)));
            targets.push(Target { what: "host true, wall".to_owned(), bound: 0.5, ratio });
        }
        if let Some(echo) = self.echoes.iter().find(|echo| echo.client == product) {
            let ratio = self.echo_ratio(echo, 50.0);
            targets.push(Target { what: "echo p50".to_owned(), bound: 1.1, ratio });
        }
        if self.options.wants(Section::Memory) {
            for work in [Work::Login, Work::Download, Work::Upload] {
                let cell = self.memory_cell(product, work);
                let ratio = cell.and_then(|cell| self.memory_ratio(cell));
                let what = format!("peak memory, {}", work.name());
                targets.push(Target { what, bound: 1.0, ratio });
            }
        }
        targets
    }

    fn cells_of(&self, work: Work) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(move |cell| cell.work == work)
    }

    /// ssh's cell beside `cell`.
    fn reference(&self, cell: &Cell) -> Option<&Cell> {
        self.cells_of(cell.work).find(|other| {
            self.clients[other.client].name == REFERENCE
                && (cell.work == Work::Login || other.cipher == cell.cipher)
        })
    }

    fn ratio(&self, cell: &Cell, value: impl Fn(&Cell) -> Option<f64>) -> Option<f64> {
        Some(value(cell)? / value(self.reference(cell)?)?)
    }

    fn echo_ratio(&self, echo: &Echo, percent: f64) -> Option<f64> {
        let mut others = self.echoes.iter();
        let reference = others.find(|other| self.clients[other.client].name == REFERENCE)?;
        Some(shown(echo, percent)? / shown(reference, percent)?)
    }

    fn memory_cell(&self, client: usize, work: Work) -> Option<&Cell> {
        let cipher = self.clients[client].first_cipher(self.options);
        self.cells_of(work).find(|cell| cell.client == client && cell.cipher.as_deref() == cipher)
    }

    fn memory_ratio(&self, cell: &Cell) -> Option<f64> {
        let reference = self.clients.iter().position(|client| client.name == REFERENCE)?;
        let reference = self.memory_cell(reference, cell.work)?;
        Some(of(cell, |run| run.peak_kib)? / of(reference, |run| run.peak_kib)?)
    }

    fn speed(&self, cell: &Cell) -> Option<f64> {
        Some(cell.mib as f64 / of(cell, |run| run.wall)?)
    }

    fn cpu_per_gib(&self, cell: &Cell) -> Option<f64> {
        Some(of(cell, |run| run.cpu)? * 1024.0 / cell.mib as f64)
    }

    fn cell_json(&self, cell: &Cell) -> Value {
        let metric = |value: fn(&Run) -> f64| {
            json!({
                "median": of(cell, value),
                "ratio": self.ratio(cell, |cell| of(cell, value)),
                "samples": cell.runs.iter().map(value).collect::<Vec<_>>(),
            })
        };
        let transfer = cell.work != Work::Login;
        json!({
            "work": cell.work.name(),
            "mib": if transfer { Some(cell.mib) } else { None },
            "client": self.clients[cell.client].name,
            "cipher": cell.cipher,
            "gap": cell.gap,
            "failure": cell.failure,
            "wall_s": metric(|run| run.wall),
            "cpu_s": metric(|run| run.cpu),
            "peak_kib": metric(|run| run.peak_kib),
            "peak_floor_kib": of(cell, |run| run.floor_kib),
            "mib_per_s": if transfer { self.speed(cell) } else { None },
            "cpu_s_per_gib": if transfer { self.cpu_per_gib(cell) } else { None },
        })
    }

    fn echo_json(&self, echo: &Echo) -> Value {
        json!({
            "client": self.clients[echo.client].name,
            "cipher": echo.cipher,
            "gap": echo.gap,
            "failure": echo.failure,
            "p50_us": shown(echo, 50.0),
            "p50_ratio": self.echo_ratio(echo, 50.0),
            "p99_us": shown(echo, 99.0),
            "p99_ratio": self.echo_ratio(echo, 99.0),
            "samples_us": echo.samples,
        })
    }
}

/// The median over a cell's runs; a cell in which a run failed has none.
fn of(cell: &Cell, value: impl Fn(&Run) -> f64) -> Option<f64> {
    match cell.failure {
        Some(_) => None,
        None => median(&cell.runs.iter().map(value).collect::<Vec<_>>()),
    }
}

fn shown(echo: &Echo, percent: f64) -> Option<f64> {
    if echo.failure.is_some() { None } else { percentile(&echo.samples, percent) }
}

/// MiB; `<=` when the run was no larger than the process that started it.
fn peak_text(cell: &Cell) -> String {
    let mib = of(cell, |run| run.peak_kib / 1024.0);
    let hidden = cell.runs.iter().any(|run| run.peak_kib <= run.floor_kib);
    format!("{}{}", if hidden { "<= " } else { "" }, number(mib, 1))
}

fn spread(cell: &Cell, value: impl Fn(&Run) -> f64, digits: usize) -> String {
    match range(&cell.runs.iter().map(value).collect::<Vec<_>>()) {
        Some((low, high)) if cell.failure.is_none() => format!("{low:.digits$} - {high:.digits$}"),
        _ => "-".to_owned(),
    }
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

/// A cipher's name without its vendor's.
fn short(cipher: Option<&str>) -> String {
    cipher.and_then(|name| name.split('@').next()).unwrap_or("-").to_owned()
}

/// A heading and a Markdown table, columns aligned; nothing without rows.
fn section(title: &str, head: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<_> = cells.collect();
        format!("| {} |", cells.join(" | "))
    };
    // Names to the left, numbers to the right.
    let pad = |column: usize, text: &str| match column {
        0 => format!("{text:<0$}", widths[column]),
        _ => format!("{text:>0$}", widths[column]),
    };
    let rule = |column: usize| match column {
        0 => "-".repeat(widths[column]),
        _ => format!("{}:", "-".repeat(widths[column] - 1)),
    };
    let mut text = format!("\n### {title}\n\n");
    put(&mut text, &line(&mut head.iter().enumerate().map(|(at, name)| pad(at, name))));
    put(&mut text, &line(&mut (0..head.len()).map(rule)));
    for row in &rows {
        put(&mut text, &line(&mut row.iter().enumerate().map(|(at, cell)| pad(at, cell))));
    }
    text
}

fn put(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a String");
}
