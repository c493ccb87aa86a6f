//! The house rules, kept by a test: who may import whom, how a file begins, how long it is.
//!
//! Every violation is listed with its file and line, and what to do about it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "tidy/bounds.rs"]
mod bounds;
#[path = "tidy/names.rs"]
mod names;
#[path = "tidy/pages.rs"]
mod pages;
#[path = "tidy/straight.rs"]
mod straight;

/// The rooms, in the order in which imports may point: only to a room further right. Rooms in
/// one group do not import each other.
const ROOMS: &[&[&str]] = &[
    &["cli"],
    &["ui"],
    &["bench", "demo"],
    &["client", "sftp", "terminal"],
    &["prompt"],
    &["trust", "keys", "profiles", "config"],
    &["destination", "registry"],
    &["pattern", "secret", "text", "wire_format"],
    &["error"],
    &["catalogue"],
    &["os"],
];

/// Rooms that may read the environment and print.
const SPEAKING: &[&str] = &["cli"];
/// Rooms that may write to the terminal they were given.
const SHOWING: &[&str] = &["cli", "ui", "terminal"];
/// Files that may hold `unsafe`: neither fork(2), nor registering a descriptor with the event
/// loop, nor the symbol by which memory is copied, nor reading into memory that nothing has been
/// written to has a safe form.
const UNSAFE: &[&str] =
    &["src/os/background.rs", "src/os/copying.rs", "src/os/disposition.rs", "src/os/watch.rs"];
/// What differs between systems, and the crates that wrap it: only `os` names it.
const SYSTEM: &[&str] = &[
    "rustix::",
    "nix::",
    "libc::",
    "socket2::",
    "tempfile::",
    "pty_process::",
    "std::os::",
    "tokio::signal::",
    "tokio::io::unix::",
    "tokio::net::unix::",
    "UnixStream",
    "UnixListener",
    "UnixDatagram",
    "cfg(unix",
    "cfg(windows",
    "cfg(target_os",
];
/// Longer files hold more than one thing.
const MAX_LINES: usize = 600;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helper", "helpers", "common", "manager", "misc"];
/// Calls whose texts a person reads: they come from the catalogue, in the person's language.
const SAID: &[&str] = &[
    "Error::new(",
    ".hint(",
    ".context(",
    "Notice::Warning(",
    "Notice::Error(",
    "warn!(",
    "error!(",
    "usage(",
    "fault(",
    "damaged(",
    "refused(",
    "failed(",
];
/// What does not belong into a published text. Split, so that this file does not hold it.
const FORBIDDEN: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("/wo", "rk/"),
    concat!("crates.io", " index"),
    concat!("index.", "crates.io"),
    concat!("shared/", "design"),
    concat!("shared/", "reference"),
];

#[test]
fn imports_point_only_rightward() {
    let mut faults = Vec::new();
    for file in sources("src") {
        let Some(room) = room_of(&file) else { continue };
        let Some(from) = group_of(&room) else {
            faults.push(format!("{}: no such room as {room:?}: add it to ROOMS", file.name));
            continue;
        };
        for (line, target) in imports(&file.text) {
            // The macros of the catalogue.
            let says = matches!(target.as_str(), "say" | "say_in");
            let target = if says { "catalogue".to_owned() } else { target };
            if target == room {
                continue;
            }
            match group_of(&target) {
                Some(to) if to > from => {}
                Some(_) => faults.push(format!(
                    "{}:{line}: {room} must not import {target}: imports point only rightward",
                    file.name
                )),
                None => faults.push(format!(
                    "{}:{line}: crate::{target} is in no room: name the room it lives in",
                    file.name
                )),
            }
        }
    }
    report(&faults);
}

#[test]
fn binary_is_thin() {
    let file = read(&root().join("src/main.rs"));
    let mut faults = Vec::new();
    for (number, line) in code_lines(&file.text) {
        for (at, _) in line.match_indices("tessh::") {
            if !line[at..].starts_with("tessh::cli") {
                faults.push(format!("src/main.rs:{number}: only tessh::cli may be used here"));
            }
        }
    }
    report(&faults);
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut faults = Vec::new();
    let all = ["src", "tests", "benches", "fuzz/src", "fuzz/fuzz_targets"];
    for file in all.into_iter().flat_map(sources) {
        let first = file.text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") {
            faults.push(format!("{}:1: does not begin with a //! paragraph", file.name));
        }
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines, more than {MAX_LINES}", file.name));
        }
        for part in Path::new(&file.name).components() {
            let part = part.as_os_str().to_string_lossy();
            let stem = part.strip_suffix(".rs").unwrap_or(&part);
            if EMPTY_NAMES.contains(&stem) {
                faults.push(format!("{}: the name {stem:?} says nothing", file.name));
            }
        }
    }
    report(&faults);
}

#[test]
fn unsafe_code_is_where_it_is_named() {
    let mut faults = Vec::new();
    for file in sources("src").into_iter().chain(sources("tests")).chain(sources("benches")) {
        if UNSAFE.contains(&file.name.as_str()) || file.name == "tests/tidy.rs" {
            continue;
        }
        for (number, line) in code_lines(&file.text) {
            if words(line).any(|word| word == "unsafe") {
                faults.push(format!("{}:{number}: unsafe: use a crate that does it", file.name));
            }
        }
    }
    report(&faults);
}

/// Tests make and look at what the system has (modes of files, pipes, terminals) in its own words.
#[test]
fn only_os_names_the_system() {
    let mut faults = Vec::new();
    for file in sources("src") {
        let tests = file.name.ends_with("tests.rs") || file.name.ends_with("testing.rs");
        if tests || room_of(&file).is_some_and(|room| room == "os") {
            continue;
        }
        for (number, line) in code_lines(without_tests(&file.text)) {
            for name in SYSTEM.iter().filter(|name| names(line, name)) {
                faults.push(format!(
                    "{}:{number}: {name} is the system's: give it a name in os/, and use that",
                    file.name
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn library_neither_prints_nor_reads_the_environment() {
    let mut faults = Vec::new();
    // Tests in a file of their own are not the library.
    for file in sources("src").into_iter().filter(|file| !file.name.ends_with("/tests.rs")) {
        let Some(room) = room_of(&file) else { continue };
        for (number, line) in code_lines(&file.text) {
            let reads = line.match_indices("env::").any(|(at, _)| {
                let before = line[..at].ends_with("std::");
                before && !line[at..].starts_with("env::consts")
            });
            if reads && !SHOWING.contains(&room.as_str()) {
                faults.push(format!(
                    "{}:{number}: only cli/ reads the environment: pass the value in",
                    file.name
                ));
            }
            let prints = ["println!", "eprintln!", "print!", "eprint!"];
            let printing = prints.iter().any(|print| words(line).any(|word| word == *print));
            if printing && !SPEAKING.contains(&room.as_str()) {
                faults.push(format!(
                    "{}:{number}: only cli/ prints: return the text, or use prompt::Prompt",
                    file.name
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn the_main_path_names_functions_that_exist() {
    let page = read(&root().join("docs/main-path.md"));
    let (mut faults, mut steps) = (Vec::new(), 0);
    for (number, line) in page.text.lines().enumerate() {
        // `src/a/file.rs` `function`: the words between backquotes are every second part.
        let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        for pair in quoted.windows(2).filter(|pair| pair[0].starts_with("src/")) {
            steps += 1;
            let source = fs::read_to_string(root().join(pair[0])).unwrap_or_default();
            let name = pair[1];
            if !["(", "<"].iter().any(|next| source.contains(&format!("fn {name}{next}"))) {
                let line = number + 1;
                faults
                    .push(format!("docs/main-path.md:{line}: {} has no function {name}", pair[0]));
            }
        }
    }
    assert!(steps > 40, "only {steps} functions were found: is a file named without one?");
    report(&faults);
}

#[test]
fn published_texts_speak_of_the_product_alone() {
    let mut files = sources("src");
    files.extend(sources("tests").into_iter().chain(sources("benches")));
    files.extend(sources("fuzz/src").into_iter().chain(sources("fuzz/fuzz_targets")));
    for entry in fs::read_dir(root()).unwrap().flatten() {
        let path = entry.path();
        let published = ["md", "toml", "sample"].map(Some);
        if path.is_file() && published.contains(&path.extension().and_then(|it| it.to_str())) {
            files.push(read(&path));
        }
    }
    for name in ["tests/run", ".ci/run", "fuzz/README.md", "fuzz/Cargo.toml"] {
        files.push(read(&root().join(name)));
    }
    for directory in ["docs", "docs/pictures"] {
        let entries = fs::read_dir(root().join(directory)).unwrap().flatten();
        files.extend(
            entries.map(|it| it.path()).filter(|path| path.is_file()).map(|path| read(&path)),
        );
    }
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for word in FORBIDDEN.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{}:{}: says {word:?}", file.name, number + 1));
            }
        }
    }
    report(&faults);
}

#[test]
fn what_a_person_reads_is_in_the_catalogue() {
    let mut faults = Vec::new();
    for file in sources("src") {
        let tests = file.name.ends_with("tests.rs") || file.name.ends_with("testing.rs");
        if tests {
            continue;
        }
        let code = file.text.split("#[cfg(test)]").next().unwrap();
        for (line, text) in unsaid(code) {
            faults.push(format!(
                "{}:{line}: {text:?}: put it into src/catalogue/texts in each language, and say!(its_id)",
                file.name
            ));
        }
    }
    report(&faults);
}

#[test]
fn the_rules_find_what_they_look_for() {
    let text = "//! `crate::no`\nuse crate::{error::Error, text};\nuse crate::{\n    keys,\n    trust::{A, B},\n};\nfn f() { crate::ui::g() } // crate::no\n";
    let found: Vec<(usize, String)> = imports(text);
    let expected = [(2, "error"), (2, "text"), (4, "keys"), (5, "trust"), (7, "ui")];
    assert_eq!(found, expected.map(|(line, room)| (line, room.to_owned())));
    assert!(group_of("client") < group_of("trust"));
    assert_eq!(group_of("elsewhere"), None);
    let code = "f(Error::new(K, say!(an_id, x = y.join(\", \"))).hint(format!(\"do {x}\")));\n// usage(\"a b\")\nrefused(&format!(\"{a}: {b}\"), '\"', r#\"no \"way\"\"#);\nfn usage(x: y) {}\nlog_failed(\"a b\")";
    assert_eq!(unsaid(code), [(1, "do {x}".to_owned()), (3, "no \"way\"".to_owned())]);
    assert!(names("use rustix::fs;", "rustix::") && names("x(nix::f())", "nix::"));
    assert!(!names("use std::os::unix::fs;", "nix::"));
    assert_eq!(
        without_tests("a\n#[cfg(test)]\nfn b() {}\n#[cfg(test)]\nmod c {}"),
        "a\n#[cfg(test)]\nfn b() {}\n"
    );
    assert!(words("x = unsafe { y }").any(|word| word == "unsafe"));
    assert!(!words("unsafe_code").any(|word| word == "unsafe"));
    assert!(words("{ println!(\"x\") }").any(|word| word == "println!"));
}

/// A file of the repository, named from its root.
struct File {
    name: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> File {
    let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    File { name, text: String::from_utf8_lossy(&bytes).into_owned() }
}

/// All Rust files under a directory, in a settled order.
fn sources(directory: &str) -> Vec<File> {
    let (mut found, mut open) = (Vec::new(), vec![root().join(directory)]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found.iter().map(|path| read(path)).collect()
}

/// The room a source file is in; `lib.rs` and `main.rs` are in none.
fn room_of(file: &File) -> Option<String> {
    let inside = file.name.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "lib" && room != "main").then(|| room.to_owned())
}

fn group_of(room: &str) -> Option<usize> {
    ROOMS.iter().position(|group| group.contains(&room))
}

/// Lines with comments taken away, counted from one.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| {
        // A `//` within a text ends the line too early: only what follows it is not looked at.
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        (at + 1, code)
    })
}

/// Whether code has this name, and not another that only ends like it.
fn names(code: &str, name: &str) -> bool {
    let whole = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices(name).any(|(at, _)| whole(at))
}

/// The text before the module of tests that ends a file.
fn without_tests(text: &str) -> &str {
    let begins = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub(crate) mod "];
    let end = begins.iter().filter_map(|begin| text.find(begin)).min();
    &text[..end.unwrap_or(text.len())]
}

/// The rooms named after `crate::`, singly or in braces, with the line of each.
fn imports(text: &str) -> Vec<(usize, String)> {
    let code: String = code_lines(text).map(|(_, line)| format!("{line}\n")).collect();
    let mut found = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        let start = at + prefix.len();
        if code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        if code[start..].starts_with('{') {
            for at in first_names(&code, start + 1) {
                found.push((line_at(&code, at), name_at(&code, at)));
            }
        } else {
            found.push((line_at(&code, start), name_at(&code, start)));
        }
    }
    found
}

/// Where the names directly within a brace begin.
fn first_names(code: &str, start: usize) -> Vec<usize> {
    let (mut depth, mut expected, mut found) = (0, true, Vec::new());
    for (at, letter) in code[start..].char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            _ if letter.is_whitespace() => {}
            _ if expected => {
                found.push(start + at);
                expected = false;
            }
            _ => {}
        }
    }
    found
}

fn name_at(code: &str, at: usize) -> String {
    code[at..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn line_at(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// Texts with words in calls of [`SAID`] that are not from the catalogue, with their lines.
fn unsaid(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, call) in SAID.iter().flat_map(|call| code.match_indices(call)) {
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        let named = call.starts_with(|first: char| first.is_alphabetic())
            && line.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        if named || line.contains("//") || line.trim_end().ends_with("fn") {
            continue;
        }
        for (start, text) in texts_within(code, at + call.len()) {
            let mut depth = 0;
            let outside: String = text
                .chars()
                .filter(|letter| {
                    depth += i32::from(*letter == '{') - i32::from(*letter == '}');
                    depth == 0
                })
                .collect();
            let says = outside.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 1);
            if says {
                found.push((line_at(code, start), text));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The texts in quotes from here to the bracket that closes the one already open, each with
/// the place of its quote.
fn texts_within(code: &str, from: usize) -> Vec<(usize, String)> {
    let (mut at, mut depth, mut found) = (from, 1, Vec::new());
    while let Some(letter) = code[at..].chars().next() {
        let rest = &code[at..];
        at += match letter {
            '"' => {
                let hashes = code[..at].bytes().rev().take_while(|&byte| byte == b'#').count();
                let raw = code[..at - hashes].ends_with('r');
                let end = format!("\"{}", "#".repeat(if raw { hashes } else { 0 }));
                let inside = match raw {
                    true => rest[1..].find(&end).unwrap_or(rest.len() - 1),
                    false => unescaped_quote(&rest[1..]),
                };
                found.push((at, rest[1..=inside].to_owned()));
                inside + 1 + end.len()
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '\'' if rest.starts_with("'\\") => rest[2..].find('\'').map_or(2, |end| end.max(1) + 3),
            '\'' => match rest.chars().nth(2) {
                Some('\'') => rest.char_indices().nth(3).map_or(rest.len(), |(end, _)| end),
                _ => 1,
            },
            '(' | '[' | '{' => {
                depth += 1;
                1
            }
            ')' | ']' | '}' => {
                depth -= 1;
                1
            }
            other => other.len_utf8(),
        };
        if depth == 0 {
            break;
        }
    }
    found
}

/// Where the quote is that ends a text.
fn unescaped_quote(text: &str) -> usize {
    let mut escaped = false;
    let end = text.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

/// The words of a line, macros with their `!`.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '!'))
}

#[track_caller]
fn report(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
