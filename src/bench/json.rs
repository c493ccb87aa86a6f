//! The findings as one JSON object: every run, and what the runs come to. Units are in the names.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::findings::{
    BenchEnd, BenchFindings, BenchMode, Direction, SetupTimes, session_line, ssh_config_line,
};
use super::spread::{Spread, percentile};
use super::wall::WallFacts;

/// The object.
pub fn json(findings: &BenchFindings) -> Value {
    let programs = findings
        .programs
        .iter()
        .map(|(program, version)| json!({ "program": program.name(), "version": version }));
    let mut steps = Map::new();
    for step in &SetupTimes::STEPS {
        let times = findings.setups.iter().filter_map(step.time);
        steps.insert(step.key.to_owned(), spread(&millis(times)));
    }
    let starts = findings.starts.iter().map(|start| {
        json!({
            "program": start.program.name(),
            "wall_ms": spread(&millis(start.runs.iter().map(|run| run.wall))),
            "cpu_ms": spread(&millis(start.runs.iter().map(|run| run.cpu))),
        })
    });
    let transfers = findings.transfers.iter().map(|series| {
        json!({
            "program": series.program.name(),
            "cipher": series.cipher,
            "direction": series.direction.word(),
            "bytes": series.counted().map(|run| run.bytes).collect::<Vec<_>>(),
            "mib_per_s": spread(&findings.rates(series)),
            "cpu_s_per_gib": spread(&findings.cpu_per_gib(series)),
            "cpu_share": findings.cpu_share(series),
            "wall_ms": spread(&millis(series.counted().map(|run| run.wall))),
            "cpu_ms": spread(&millis(series.counted().map(|run| run.cpu))),
        })
    });
    let echoes = findings.echoes.iter().map(|echo| {
        let times = millis(echo.samples.iter().copied());
        json!({
            "program": echo.program.name(),
            "ms": spread(&times),
            "p95_ms": percentile(&times, 95.0),
        })
    });
    let walls = Direction::BOTH.iter().filter_map(|direction| wall(findings, *direction));
    let fastest = findings.fastest().filter(|_| findings.is_search).map(|(cipher, alike)| {
        json!({
            "cipher": cipher,
            "alike": alike,
            "ssh_config": ssh_config_line(cipher),
            "session": session_line(cipher),
            "rests_on_little": findings.is_fastest_of_one_run(),
        })
    });
    json!({
        "login": findings.login,
        "server": findings.server,
        "mode": match findings.mode {
            BenchMode::Processes => "processes",
            BenchMode::Channels => "channels",
        },
        "programs": programs.collect::<Vec<_>>(),
        "without_ssh": findings.without_ssh,
        "kex": findings.kex,
        "ciphers": findings.ciphers,
        "seconds": findings.elapsed.as_secs_f64(),
        "ended": match findings.end {
            BenchEnd::Done => "done",
            BenchEnd::TimeOver => "time-over",
            BenchEnd::Interrupted => "interrupted",
        },
        "round_trip_ms": spread(&millis(findings.round_trips.iter().copied())),
        "set_up_ms": steps,
        "starts": starts.collect::<Vec<_>>(),
        "transfers": transfers.collect::<Vec<_>>(),
        "rough": findings.is_rough(),
        "echo": echoes.collect::<Vec<_>>(),
        "walls": walls.collect::<Vec<_>>(),
        "fastest": fastest,
        "notes": findings.notes,
    })
}

fn wall(findings: &BenchFindings, direction: Direction) -> Option<Value> {
    let facts = WallFacts::of(findings, direction)?;
    Some(json!({
        "direction": direction.word(),
        "wall": facts.wall().word(),
        "mib_per_s": facts.rates.median,
        "cpu_share": facts.cpu_share,
        "cpu_available": facts.cpu_available,
        "two_at_once_mib_per_s": facts.two,
        "window_bytes": facts.window,
        "window_in_use_bytes": facts.in_use().map(f64::round),
        "sentence": facts.sentence(direction),
        "rests_on_little": facts.little().is_some(),
    }))
}

/// The spread with all values; null of nothing.
fn spread(values: &[f64]) -> Value {
    Spread::of(values).map_or(Value::Null, |spread| {
        json!({
            "median": spread.median,
            "min": spread.min,
            "max": spread.max,
            "runs": values,
        })
    })
}

fn millis(times: impl Iterator<Item = Duration>) -> Vec<f64> {
    times.map(|time| time.as_secs_f64() * 1000.0).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use super::*;

    #[test]
    fn all_runs_are_there_beside_their_median() {
        let object = json(&findings());
        let rate = &object["transfers"][0]["mib_per_s"];
        assert_eq!(rate["runs"].as_array().unwrap().len(), 3);
        assert!((rate["median"].as_f64().unwrap() - 320.0).abs() < 0.01, "{rate}");
        assert_eq!(object["set_up_ms"]["key_exchange"]["median"], 7.0);
        assert_eq!(object["set_up_ms"]["total"]["runs"], json!([39.0]));
        assert_eq!(object["walls"][0]["wall"], "server");
        assert_eq!(object["walls"][0]["window_bytes"], 8 << 20);
        let little = |way: usize| object["walls"][way]["rests_on_little"].as_bool();
        assert_eq!((little(0), little(1)), (Some(false), Some(true)), "one upload");
        assert_eq!(object["fastest"], Value::Null);
        let found = json(&BenchFindings { is_search: true, ..findings() });
        assert_eq!(found["fastest"]["ssh_config"], "Ciphers aes128-gcm@openssh.com");
    }

    #[test]
    fn what_was_not_measured_is_null_or_empty() {
        let nothing = BenchFindings {
            setups: Vec::new(),
            round_trips: Vec::new(),
            starts: Vec::new(),
            transfers: Vec::new(),
            echoes: Vec::new(),
            end: BenchEnd::Interrupted,
            ..findings()
        };
        let object = json(&nothing);
        assert_eq!(object["round_trip_ms"], Value::Null);
        assert_eq!(object["transfers"], json!([]));
        assert_eq!((&object["walls"], &object["ended"]), (&json!([]), &json!("interrupted")));
    }
}
