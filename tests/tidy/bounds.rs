//! What grows by the input of others has a bound with a name: `docs/bounds.md` lists them all, and
//! nothing is gathered without one.

use super::{File, code_lines, read, report, root, sources, without_tests};

/// What gathers without a bound of its own: a queue, a whole file, all that a program prints.
const GATHERS: &[&str] = &[
    "unbounded_channel",
    "UnboundedSender",
    "mpsc::unbounded",
    "mpsc::channel()",
    "read_to_end(",
    "read_to_string(",
    "fs::read(",
    ".output()",
    "wait_with_output(",
    ".read_line(",
    ".read_until(b",
];

/// Where one of [`GATHERS`] stands without a `take` before it, and what bounds it there.
const BOUNDED_OTHERWISE: &[(&str, &str, &str)] = &[
    ("src/cli/verbs/keygen.rs", "mpsc::channel()", "one message: the key"),
    ("src/demo/session.rs", "unbounded_channel", "MAX_WAITING counts what is in it"),
    ("src/demo/session.rs", "UnboundedSender", "MAX_WAITING counts what is in it"),
    ("src/os/background.rs", "read_to_string(", "the kernel's account of a descriptor"),
    ("src/os/host.rs", "read_to_string(", "the kernel's list of its own addresses"),
    ("src/os/process.rs", "fs::read(", "the kernel's account of a process"),
    ("src/os/tcp.rs", "read_to_string(", "three numbers of the kernel"),
    ("src/terminal/secret.rs", ".read_line(", "its reader ends after LINE_MAX"),
    ("src/trust/rewrite.rs", "mpsc::channel()", "one message: the lock"),
    ("src/ui/screen/generator/job.rs", "mpsc::channel()", "one message: the result"),
];

/// Files that are compiled for tests alone.
const OF_TESTS: &[&str] = &["tests.rs", "testing.rs", "decide/table.rs", "screen/pictures.rs"];

/// The rooms whose bounds are all listed.
const ROOMS: &[&str] =
    &["client", "config", "keys", "profiles", "registry", "sftp", "terminal", "trust"];

/// Names of constants that are no bounds of what is kept: they cut what is shown, or are a choice
/// of ours.
const OF_DISPLAY: &[&str] = &[
    "COMMENT_MAX",
    "FIRST_DEPTH",
    "HOSTS_MAX",
    "MAX_COLUMN",
    "MAX_COMMENT",
    "MAX_COMPARED",
    "MAX_FAULT",
    "MAX_LABEL",
    "MAX_MESSAGE",
    "MAX_NAME_SHOWN",
    "MAX_NEAR",
    "MAX_QUESTION",
    "MAX_REASON",
    "MAX_SHOWN",
    "MAX_TOLD",
    "MOST_SLICES",
    "NAMED_MAX",
    "PATH_MAX",
    "PIECE_MAX",
    "THREADS_MAX",
];

/// Constants that say how much of ours there is, or what a value may be: nothing is kept by them.
const OF_CHOICE: &[(&str, &str)] = &[
    ("client/algorithms.rs", "MAX_GROUP"),
    ("client/flow/pace.rs", "MOST"),
    ("client/handshake/hello.rs", "MAX_IDENTIFICATION"),
    ("client/handshake/rekey.rs", "MOST"),
    ("client/handshake/verify.rs", "MAX_PACKET"),
    ("client/handshake/window.rs", "MOST"),
    ("client/handshake/window.rs", "MOST_OF_SUBSYSTEM"),
    ("client/login/identity.rs", "MAX_PASSPHRASES"),
    ("config/value/forward.rs", "MAX_FIELDS"),
    ("config/value/forward.rs", "MAX_HOST"),
    ("config/value/forward.rs", "MAX_SOCKET_PATH"),
    ("config/value/list.rs", "MAX_DOMAIN"),
    ("config/value/proxy.rs", "MAX_USER"),
    ("config/value/timing.rs", "MAX_OBSCURE"),
    ("keys/file.rs", "MAX_PATH"),
    ("keys/generate.rs", "MAX_NEW_RSA_BITS"),
    ("keys/key_file.rs", "MAX_RSA_BITS"),
    ("keys/refusal.rs", "MAX_NAME"),
    ("keys/rfc4716.rs", "MAX_LINE"),
    ("profiles/own/name.rs", "MAX_FILE_NAME"),
    ("profiles/own/name.rs", "MAX_NAME"),
    ("profiles/profile.rs", "MAX_NUMBER"),
    ("profiles/teleport/target.rs", "MAX_NODE_NAME"),
    ("sftp/client/directory.rs", "MOST_AHEAD"),
    ("sftp/packet.rs", "MAX_BLOCK"),
    ("sftp/transfer/blocks.rs", "MOST_DEPTH"),
    ("sftp/transfer/names.rs", "MAX_COMPONENT"),
    ("sftp/transfer/task.rs", "MOST_PIECE"),
    ("trust/authority/record.rs", "NAME_MAX"),
    ("trust/rotate.rs", "NAMES_MAX"),
    ("trust/rotate.rs", "SHORT_MAX"),
    ("trust/store.rs", "NAME_MAX"),
];

/// A row of the page.
struct Bound {
    line: usize,
    constant: String,
    file: String,
    tests: Vec<(String, String)>,
}

#[test]
fn what_gathers_has_a_bound_or_is_named() {
    let (mut faults, mut used) = (Vec::new(), vec![false; BOUNDED_OTHERWISE.len()]);
    for file in sources("src") {
        let is_test = OF_TESTS.iter().any(|end| file.name.ends_with(end));
        if is_test {
            continue;
        }
        let code: Vec<(usize, &str)> = code_lines(without_tests(&file.text)).collect();
        for (at, (number, line)) in code.iter().enumerate() {
            for gathers in GATHERS.iter().filter(|word| line.contains(**word)) {
                let named = BOUNDED_OTHERWISE
                    .iter()
                    .position(|(place, word, _)| file.name == *place && word == gathers);
                if let Some(named) = named {
                    used[named] = true;
                } else if !is_taken(&code[at.saturating_sub(2)..=at]) {
                    faults.push(format!(
                        "{}:{number}: {gathers} gathers without a bound: put take(A_NAME) before it",
                        file.name
                    ));
                }
            }
        }
    }
    for ((place, word, _), used) in BOUNDED_OTHERWISE.iter().zip(used) {
        if !used {
            faults.push(format!("{place}: has no {word} any more: take it from the list"));
        }
    }
    report(&faults);
}

/// Whether a read is of what a `take` lets through, in the same expression.
fn is_taken(lines: &[(usize, &str)]) -> bool {
    lines.iter().any(|(_, line)| line.contains(".take(") && !line.contains(".take()"))
}

#[test]
fn the_page_of_bounds_is_true_and_whole() {
    let page = read(&root().join("docs/bounds.md"));
    let rows = rows(&page);
    let mut faults = Vec::new();
    for row in &rows {
        let place = format!("docs/bounds.md:{}", row.line);
        let source = std::fs::read_to_string(root().join(&row.file)).unwrap_or_default();
        if !declares(&source, &row.constant) {
            faults.push(format!("{place}: {} has no constant {}", row.file, row.constant));
        }
        if row.tests.is_empty() {
            faults.push(format!("{place}: {} has no test", row.constant));
        }
        for (test, file) in &row.tests {
            let source = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            let has = source.split(&format!("fn {test}(")).next();
            let is_test = has.is_some_and(|before| {
                before.len() < source.len() && {
                    let close: Vec<&str> = before.lines().rev().take(5).collect();
                    file == "tests/fuzzed.rs" || close.iter().any(|line| line.contains("test"))
                }
            });
            if !is_test {
                faults.push(format!("{place}: {file} has no test {test}"));
            }
        }
    }
    for (file, constant) in bounds_of_code() {
        let chosen = |(place, name): &(&str, &str)| {
            file.strip_prefix("src/") == Some(*place) && constant == *name
        };
        let listed = rows.iter().any(|row| row.file == file && row.constant == constant)
            || OF_CHOICE.iter().any(chosen);
        if !listed {
            faults.push(format!("{file}: {constant} is not in docs/bounds.md"));
        }
    }
    assert!(rows.len() > 80, "only {} rows were found", rows.len());
    report(&faults);
}

/// The constants of [`ROOMS`] that are named as bounds.
fn bounds_of_code() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in sources("src") {
        let inside = ROOMS.iter().any(|room| file.name.starts_with(&format!("src/{room}/")));
        if !inside || file.name.ends_with("tests.rs") {
            continue;
        }
        for (_, line) in code_lines(without_tests(&file.text)) {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, kind)) = rest.split_once(": ") else { continue };
            let counts = ["usize", "u64", "u32"].iter().any(|of| kind.starts_with(of));
            let parts = name.split('_');
            let bounds = parts.clone().any(|part| matches!(part, "MAX" | "MOST"));
            if counts && bounds && !OF_DISPLAY.contains(&name) {
                found.push((file.name.clone(), name.to_owned()));
            }
        }
    }
    found
}

/// The rows: what grows, by whom, `CONSTANT` `file`, and one or more `test` `file`.
fn rows(page: &File) -> Vec<Bound> {
    let mut rows = Vec::new();
    for (at, line) in page.text.lines().enumerate() {
        let columns: Vec<&str> = line.trim().trim_matches('|').split(" | ").collect();
        let [_, _, bound, tests] = columns[..] else { continue };
        let quoted = |text: &str| -> Vec<String> {
            text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        let [constant, file] = &quoted(bound)[..] else { continue };
        let tests = quoted(tests);
        rows.push(Bound {
            line: at + 1,
            constant: constant.clone(),
            file: format!("src/{file}"),
            tests: tests
                .chunks(2)
                .filter_map(|pair| Some((pair[0].clone(), pair.get(1)?.clone())))
                .collect(),
        });
    }
    rows
}

fn declares(source: &str, constant: &str) -> bool {
    source.contains(&format!("const {constant}: "))
}

#[test]
fn rows_of_the_page_are_found() {
    let text = "| what | by whom | bound | test |\n|---|---|---|---|\n\
                | a list | the server | `MAX_A` `x/y.rs` | `a_test` `tests/t.rs`, `b` `src/x.rs` |\n";
    let page = File { name: String::new(), text: text.to_owned() };
    let rows = rows(&page);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].line, rows[0].constant.as_str()), (3, "MAX_A"));
    assert_eq!((rows[0].file.as_str(), rows[0].tests.len()), ("src/x/y.rs", 2));
    assert!(is_taken(&[(1, "file.take(MAX)"), (2, ".read_to_end(&mut bytes)")]));
    assert!(!is_taken(&[(1, "child.stdout.take()"), (2, "x.read_to_end(&mut bytes)")]));
    assert!(declares("pub const MAX_A: usize = 1;", "MAX_A"));
}
