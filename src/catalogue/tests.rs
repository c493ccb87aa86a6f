//! No text is missing in either language, none is there twice, and none is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;

/// Message names with the variables each uses, read line by line: a name at the start of a
/// line, `{ $variable }` in it or in the indented lines below.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(language) {
        assert!(FluentResource::try_new((*file).to_owned()).is_ok(), "{language:?}: {file}");
        let mut current = None;
        for line in file.lines() {
            if let Some((name, _)) = line.split_once('=')
                && line.starts_with(|first: char| first.is_ascii_alphabetic())
            {
                let name = name.trim().to_owned();
                let before = found.insert(name.clone(), BTreeSet::new());
                assert!(before.is_none(), "{language:?}: {name} is there twice");
                current = Some(name);
            }
            let Some(name) = &current else { continue };
            for piece in line.split('$').skip(1) {
                let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
                let variable = piece[..end.unwrap_or(piece.len())].to_owned();
                found.get_mut(name).expect("just put in").insert(variable);
            }
        }
    }
    found
}

/// Names that the sources use: `say!("…"` wherever it is written, and quoted names of
/// messages that are passed on.
fn sources(directory: &Path, all: &mut String) {
    for entry in fs::read_dir(directory).expect("the sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (english, japanese) = (messages(Language::English), messages(Language::Japanese));
    let names = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<_> =
        names(&english).symmetric_difference(&names(&japanese)).cloned().collect();
    assert!(missing.is_empty(), "only in one language: {missing:?}");
    for (name, variables) in &english {
        assert_eq!(variables, &japanese[name], "variables of {name}");
    }
}

#[test]
fn every_message_that_is_said_exists_and_every_one_that_exists_is_said() {
    let mut all = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let english = messages(Language::English);
    let said: BTreeSet<_> = all
        .split("say!(")
        .skip(1)
        .filter_map(|after| after.trim_start().strip_prefix('"')?.split('"').next())
        .filter(|name| {
            name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
        .filter(|name| *name != "id")
        .collect();
    let unknown: Vec<_> = said.iter().filter(|name| !english.contains_key(**name)).collect();
    assert!(unknown.is_empty(), "said but in no file: {unknown:?}");
    let unused: Vec<_> =
        english.keys().filter(|name| !all.contains(&format!("\"{name}\""))).collect();
    assert!(unused.is_empty(), "in the files but never said: {unused:?}");
}

#[test]
fn values_are_put_in_and_languages_are_told_apart() {
    let say = |language| text_in(language, "keys-hint", &[("keys", &"Enter"), ("does", &"x")]);
    assert_eq!(say(Language::English), "Enter x");
    for (locale, language) in [
        ("ja", Some(Language::Japanese)),
        ("ja_JP.UTF-8", Some(Language::Japanese)),
        ("en-GB", Some(Language::English)),
        ("C.UTF-8", Some(Language::English)),
        ("fr_FR", None),
        ("", None),
    ] {
        assert_eq!(Language::named(locale), language, "{locale}");
    }
}

/// A message is parsed alone; one that referred to another would lose it.
#[test]
fn each_message_alone_is_what_it_is_among_all() {
    for language in [Language::English, Language::Japanese] {
        let mut whole = FluentBundle::new(vec![language.identifier()]);
        whole.set_use_isolating(false);
        for file in files(language) {
            whole.add_resource(FluentResource::try_new((*file).to_owned()).unwrap()).unwrap();
        }
        for (name, variables) in messages(language) {
            let values: Vec<(&str, &dyn std::fmt::Display)> =
                variables.iter().map(|variable| (variable.as_str(), variable as _)).collect();
            let arguments = variables.iter().map(|it| (it.as_str(), it.as_str())).collect();
            let pattern = whole.get_message(&name).unwrap().value().unwrap();
            let mut faults = Vec::new();
            let expected = whole.format_pattern(pattern, Some(&arguments), &mut faults);
            assert!(faults.is_empty(), "{language:?}: {name}: {faults:?}");
            assert_eq!(text_in(language, &name, &values), expected, "{language:?}: {name}");
        }
    }
}
