//! Each public type's name occurs once in `src`, so that one search finds it.

use std::collections::BTreeMap;

use super::{code_lines, report, sources, words};

/// Names that stand more than once, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// What a type is declared with.
const DECLARES: &[&str] = &["struct", "enum", "trait", "union", "type"];

#[test]
fn each_public_type_has_a_name_of_its_own() {
    let mut found: BTreeMap<String, Vec<(bool, String)>> = BTreeMap::new();
    for file in sources("src") {
        for (line, code) in code_lines(&file.text) {
            if let Some((public, name)) = declared(code) {
                let place = format!("{}:{line}", file.name);
                found.entry(name.to_owned()).or_default().push((public, place));
            }
        }
    }
    let mut faults = Vec::new();
    for (name, _) in EXCEPTIONS {
        if found.get(*name).is_none_or(|places| places.len() < 2) {
            faults.push(format!("EXCEPTIONS: {name} stands once, and needs no exception"));
        }
    }
    for (name, places) in &found {
        let excepted = EXCEPTIONS.iter().any(|(it, _)| it == name);
        if places.len() > 1 && places.iter().any(|(public, _)| *public) && !excepted {
            let places: Vec<&str> = places.iter().map(|(_, place)| place.as_str()).collect();
            faults.push(format!(
                "{name} is declared in {}: say in each name which one it is",
                places.join(", ")
            ));
        }
    }
    report(&faults);
}

#[test]
fn a_declaration_is_told_from_other_code() {
    assert_eq!(declared("pub(crate) struct Line<'a> {"), Some((true, "Line")));
    assert_eq!(declared("    enum State { A }"), Some((false, "State")));
    assert_eq!(declared("pub type Sink = Box<dyn Write>;"), Some((true, "Sink")));
    assert_eq!(declared("    type Item = u8;"), None);
    assert_eq!(declared("let type_name = x; struct"), None);
}

/// The type that a line declares, and whether it can be named elsewhere. An indented `type` is
/// an associated one, whose name a trait has given.
fn declared(code: &str) -> Option<(bool, &str)> {
    let trimmed = code.trim_start();
    let public = trimmed.starts_with("pub");
    let rest = match trimmed.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1,
        Some(rest) => rest,
        None => trimmed,
    };
    let (keyword, name) = rest.trim_start().split_once(' ')?;
    let associated = keyword == "type" && trimmed.len() < code.len();
    if !DECLARES.contains(&keyword) || associated {
        return None;
    }
    let name = words(name).next().filter(|name| name.starts_with(char::is_uppercase))?;
    Some((public, name))
}
