//! Intended differences between `ssh -G` and `tessh -G` for the installed version of ssh: the
//! table of tests/data/config/versions.txt, applied to what both print.

use std::process::Command;

const TABLE: &str = include_str!("../data/config/versions.txt");

/// The major version of a program of OpenSSH.
pub fn major(program: &str) -> u32 {
    let output = Command::new(program).arg("-V").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let digits = said.strip_prefix("OpenSSH_").and_then(|rest| rest.split('.').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{program}: {said}"))
}

/// The rows of one kind that concern a version: the rest of each.
fn rows(major: u32, kind: &str) -> Vec<(&'static str, &'static str)> {
    let row = |line: &'static str| {
        let (version, rest) = line.split_once(' ')?;
        let (found, rest) = rest.split_once(' ')?;
        let concerns = version == "all" || version.parse() == Ok(major);
        (concerns && found == kind).then(|| rest.split_once(' ').unwrap_or((rest, "*")))
    };
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
}

fn is(row: &(&str, &str), line: &str) -> bool {
    let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
    let matches = |pattern: &str, text: &str| match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => {
            text.strip_prefix(before).is_some_and(|rest| rest.contains(after.trim_matches('*')))
        }
    };
    matches(row.0, keyword) && matches(row.1, value)
}

/// The lines of both without what differs on purpose.
pub fn reduced(major: u32, theirs: Vec<String>, ours: Vec<String>) -> (Vec<String>, Vec<String>) {
    let [only_theirs, only_ours, both, names] =
        ["theirs", "ours", "value", "name"].map(|kind| rows(major, kind));
    let words = rows(major, "word");
    let renamed = |line: String| {
        let (keyword, value) = line.split_once(' ').unwrap_or((&line, ""));
        let same = words.iter().filter(|(word, _)| *word == keyword);
        let mut same = same.filter_map(|(_, pair)| pair.split_once(' '));
        if let Some((_, word)) = same.find(|(word, _)| *word == value) {
            return format!("{keyword} {word}");
        }
        let name = names.iter().find(|(from, _)| *from == keyword);
        name.map_or_else(|| line.clone(), |(_, to)| format!("{to} {value}"))
    };
    let kept = |lines: Vec<String>, only: &[(&str, &str)]| -> Vec<String> {
        let dropped = |line: &String| only.iter().chain(&both).any(|row| is(row, line));
        lines.into_iter().filter(|line| !dropped(line)).collect()
    };
    (kept(theirs, &only_theirs).into_iter().map(renamed).collect(), kept(ours, &only_ours))
}

/// A configuration without the lines that a version refuses.
pub fn accepted(major: u32, file: &str) -> String {
    let refused = rows(major, "refuses");
    let kept = |line: &&str| {
        let plain = line.trim().to_lowercase().replace(['=', '\t'], " ");
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        !refused.iter().any(|row| is(row, &plain))
    };
    file.lines().filter(kept).map(|line| format!("{line}\n")).collect()
}
