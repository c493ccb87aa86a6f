//! What a reader must know to judge the numbers: when, on which kernel and processor, how busy.

use serde_json::{Value, json};
use std::process::Command;

/// The machine at the start of a run.
pub struct Environment {
    /// Label and value, in the order shown.
    pub facts: Vec<(&'static str, String)>,
}

impl Environment {
    /// Reads `/proc` and asks `date`; what is missing is `unknown`.
    pub fn read() -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let kernel = read("/proc/sys/kernel/ostype") + " " + &read("/proc/sys/kernel/osrelease");
        Self {
            facts: vec![
                ("date", output("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"])),
                ("kernel", kernel),
                ("processor", field("/proc/cpuinfo", "model name")),
                ("cores", cores.to_string()),
                ("memory", field("/proc/meminfo", "MemTotal")),
                ("load average", load_average()),
            ],
        }
    }

    /// A line for each fact.
    pub fn lines(&self) -> String {
        self.facts.iter().map(|(label, value)| format!("{label}: {value}\n")).collect()
    }

    /// An object with a member for each fact.
    pub fn json(&self) -> Value {
        self.facts.iter().map(|(label, value)| ((*label).to_owned(), json!(value))).collect()
    }
}

/// The three load averages now.
pub fn load_average() -> String {
    read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path)
        .map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

fn field(path: &str, name: &str) -> String {
    read(path)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(label, _)| label.trim() == name)
        .map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}

fn output(program: &str, args: &[&str]) -> String {
    match Command::new(program).args(args).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(_) => "unknown".to_owned(),
    }
}
