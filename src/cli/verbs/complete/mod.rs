//! What a shell completes: `tessh completions --words SHELL -- WORD...` prints the candidates for the
//! last word, one on each line. The scripts of `cli/help/completions` call it.
//!
//! ```text
//!   rows      the flags of a verb, and the words that a flag's argument can be
//!   names     saved sessions, and hosts of ssh_config(5), known_hosts and the history
//! ```
//!
//! A line is `=`, the candidate, and after a tab what it is for; `+files` stands for the files that
//! the shell finds itself. Nothing is connected to or looked up, and no error is shown.

mod names;
mod rows;

use std::ffi::OsString;

use crate::cli::args::{VERBS, Verb};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::{sessions, teleport, trust};
use crate::cli::output::print;
use crate::config::{Keyword, Shape, TABLE};
use crate::error::Result;
use names::CompletedNames;
use rows::FlagRow;

/// The flag before the words.
pub(super) const WORDS: &str = "--words";
/// The most candidates: more than a person looks through.
const MAX_CANDIDATES: usize = 2000;
/// Characters at which bash splits words before completing; blanks and quotes are not among them.
const BREAKS: [char; 3] = [':', '=', '@'];

/// A candidate, and what it is for.
type Completion = (String, &'static str);

/// The candidates for a word.
#[derive(Default)]
struct Candidates {
    words: Vec<Completion>,
    files: bool,
}

/// Prints the candidates; `words` are those after the verb.
pub(super) fn run(words: &[OsString], environment: &ProcessEnvironment) -> Result<u8> {
    let text = |word: &OsString| word.to_string_lossy().into_owned();
    let words: Vec<String> = words.iter().map(text).collect();
    let [_, shell, _, line @ ..] = &words[..] else { return Ok(0) };
    let joined = if shell == "bash" { rejoined(line) } else { line.to_vec() };
    let Some((current, before)) = joined.split_last() else { return Ok(0) };
    let before = before.get(1..).unwrap_or_default();
    let found = complete(before, current, &CompletedNames::new(environment));
    // What bash replaces begins at a quote, at `@`, or after another character at which it splits
    // words.
    let quoted = line.last().filter(|last| last.starts_with(['\'', '"']));
    let cut = match (shell == "bash", quoted) {
        (false, _) => 0,
        (true, Some(last)) => current.len().saturating_sub(unquoted(last).len()),
        (true, None) => {
            current.rfind(BREAKS).map_or(0, |at| at + usize::from(!current[at..].starts_with('@')))
        }
    };
    let mut out = String::new();
    for (word, doc) in found.words.iter().take(MAX_CANDIDATES) {
        let fits = word.get(..current.len()).is_some_and(|it| it.eq_ignore_ascii_case(current));
        if fits && !word.contains(char::is_control) {
            out.push_str(&format!("={}\t{doc}\n", &word[cut..]));
        }
    }
    if found.files {
        out.push_str("+files\n");
    }
    print(&out)
}

/// The words as they were typed: bash hands out `a=b` as three, and does not take quotes away.
fn rejoined(words: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut open = false;
    for word in words {
        let breaks = !word.is_empty() && word.chars().all(|c| BREAKS.contains(&c));
        match joined.last_mut() {
            Some(last) if breaks || open => last.push_str(word),
            _ => joined.push(word.clone()),
        }
        open = breaks;
    }
    joined.iter().map(|word| unquoted(word)).collect()
}

/// A word without the shell's quotes, of which the last may be open.
fn unquoted(word: &str) -> String {
    let (mut bare, mut open) = (String::new(), None);
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        match (letter, open) {
            ('\\', None | Some('"')) => bare.extend(letters.next()),
            ('\'' | '"', None) => open = Some(letter),
            (_, Some(quote)) if letter == quote => open = None,
            _ => bare.push(letter),
        }
    }
    bare
}

/// The candidates for a word after these.
fn complete(before: &[String], current: &str, names: &CompletedNames) -> Candidates {
    let first = before.first().map(String::as_str);
    let verb = VERBS.iter().find(|(name, ..)| Some(*name) == first).map(|(_, verb, _)| *verb);
    let rest = if verb.is_some() { &before[1..] } else { before };
    let verb = verb.unwrap_or_default();
    let rows = rows::of(verb);
    if let Some(flag) = rest.last().and_then(|word| rows.iter().find(|row| row.name == *word))
        && flag.value.is_some()
    {
        return argument(flag, "", current, names);
    }
    if let Some((name, value)) = current.split_once('=').filter(|_| current.starts_with("--"))
        && let Some(flag) = rows.iter().find(|row| row.name == name && row.value.is_some())
    {
        return argument(flag, &format!("{name}="), value, names);
    }
    if let Some(option) = current.strip_prefix("-o").filter(|option| !option.is_empty()) {
        return words(options(option).into_iter().map(|(word, doc)| (format!("-o{word}"), doc)));
    }
    if current.starts_with('-') {
        return words(rows.iter().map(|row| (row.name.to_owned(), row.doc)));
    }
    let operands = operands(rest, &rows);
    let mut found = operand(verb, &operands, current, names);
    if before.is_empty() {
        let verbs = VERBS.iter();
        found.words.splice(..0, verbs.map(|(name, _, doc)| ((*name).to_owned(), *doc)));
    }
    found
}

/// The words that are neither flags nor their arguments.
fn operands<'a>(words: &'a [String], rows: &[FlagRow]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let takes = rows.iter().any(|row| row.name == *word && row.value.is_some());
        if takes {
            words.next();
        } else if !word.starts_with('-') {
            found.push(word.as_str());
        }
    }
    found
}

/// What the argument of a flag can be; `before` stands in the same word.
fn argument(flag: &FlagRow, before: &str, current: &str, names: &CompletedNames) -> Candidates {
    let found = match (flag.name, flag.value.unwrap_or_default()) {
        ("-o", _) => words(options(current)),
        ("--profile", _) => plain(names.sessions()),
        ("-J", _) => hosts(current, names),
        (_, "file" | "path") => Candidates { files: true, ..Candidates::default() },
        _ => plain(rows::values(flag)),
    };
    let Candidates { words, files } = found;
    let words = words.into_iter().map(|(word, doc)| (format!("{before}{word}"), doc)).collect();
    Candidates { words, files }
}

/// The keywords of `-o`, or the values of the one that is typed.
fn options(current: &str) -> Vec<Completion> {
    let Some((typed, _)) = current.split_once('=') else {
        let works =
            TABLE.iter().filter(|row| row.standing == crate::config::KeywordStanding::Honoured);
        return works.map(|row| (format!("{}=", row.name), "")).collect();
    };
    let Some(keyword) = Keyword::find(typed) else { return Vec::new() };
    let values: &[&str] = match keyword.row().shape {
        Shape::Flag => &["yes", "no"],
        Shape::Word(words) => words,
        Shape::Level => {
            &["QUIET", "FATAL", "ERROR", "INFO", "VERBOSE", "DEBUG1", "DEBUG2", "DEBUG3"]
        }
        _ => &[],
    };
    values.iter().map(|value| (format!("{typed}={value}"), "")).collect()
}

/// What the next word of a verb can be that is no flag.
fn operand(verb: Verb, before: &[&str], current: &str, names: &CompletedNames) -> Candidates {
    match (verb, before) {
        (Verb::Connect | Verb::Explain | Verb::Bench | Verb::CopyId, []) => hosts(current, names),
        (Verb::Get | Verb::Put | Verb::Sync | Verb::Files, _) => {
            let mut found = hosts(current, names);
            found.words.iter_mut().for_each(|(word, _)| word.push(':'));
            Candidates { files: true, ..found }
        }
        (Verb::Trust, []) => of_verbs(trust::VERBS, ""),
        (Verb::Trust, ["authority"]) => of_verbs(trust::VERBS, "authority "),
        (Verb::Trust, ["show" | "add" | "remove" | "check"]) => hosts(current, names),
        (Verb::Teleport, []) => of_verbs(teleport::VERBS, ""),
        (Verb::Sessions, []) => of_verbs(sessions::VERBS, ""),
        (Verb::Sessions, ["import"]) => plain(rows::SOURCES.map(str::to_owned)),
        (Verb::Sessions, ["export"]) => plain(["putty".to_owned()]),
        (Verb::Sessions, ["show" | "remove", ..]) => plain(names.sessions()),
        (Verb::Sessions, ["import" | "export", _]) => {
            Candidates { files: true, ..Candidates::default() }
        }
        (Verb::Completions, []) => plain(["bash", "zsh", "fish"].map(str::to_owned)),
        _ => Candidates::default(),
    }
}

/// Sessions and hosts, behind `user@` if that is typed.
fn hosts(current: &str, names: &CompletedNames) -> Candidates {
    let user = current.rfind('@').map_or("", |at| &current[..=at]);
    plain(names.to_connect().into_iter().map(|name| format!("{user}{name}")))
}

/// The verbs after a verb; with `before`, those of two words that begin so.
fn of_verbs(all: &'static [(&str, &str, &'static str)], before: &str) -> Candidates {
    let after = all.iter().filter_map(|(name, _, doc)| Some((name.strip_prefix(before)?, *doc)));
    let mut found: Vec<Completion> = Vec::new();
    for (name, doc) in after {
        let first = name.split(' ').next().unwrap_or(name);
        if !found.iter().any(|(known, _)| known == first) {
            found.push((first.to_owned(), if first == name { doc } else { "" }));
        }
    }
    words(found)
}

fn words(words: impl IntoIterator<Item = Completion>) -> Candidates {
    Candidates { words: words.into_iter().collect(), files: false }
}

fn plain(names: impl IntoIterator<Item = String>) -> Candidates {
    words(names.into_iter().map(|name| (name, "")))
}

/// Whether the words after `completions` ask for candidates.
pub(super) fn is_asked(words: &[OsString]) -> bool {
    words.first().is_some_and(|word| word == WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<String> {
        let names = CompletedNames::of(&["web one", "lab"], &["web1", "db.example"]);
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (current, before) = words.split_last().unwrap();
        let found = complete(before, current, &names);
        let fits = found.words.into_iter().map(|(word, _)| word);
        let files = found.files.then(|| "+files".to_owned());
        fits.filter(|word| word.starts_with(current)).chain(files).collect()
    }

    #[test]
    fn each_place_has_its_words() {
        for (line, expected) in [
            ("ses", &["sessions"][..]),
            ("we", &["web one", "web1"]),
            ("me@d", &["me@db.example"]),
            ("connect -J w", &["web one", "web1"]),
            ("-p 22 la", &["lab"]),
            ("lab w", &[]),
            ("--prof", &["--profile"]),
            ("-w", &[]),
            ("--profile ", &["web one", "lab"]),
            ("--profile=l", &["--profile=lab"]),
            ("-o StrictHostKeyC", &["StrictHostKeyChecking="]),
            (
                "-o StrictHostKeyChecking=a",
                &["StrictHostKeyChecking=ask", "StrictHostKeyChecking=accept-new"],
            ),
            ("-oCompression=", &["-oCompression=yes", "-oCompression=no"]),
            ("--auth pa", &["password"]),
            ("--log-format ", &["text", "raw"]),
            ("-i ", &["+files"]),
            ("-O ch", &["check", "channels"]),
            ("sessions ex", &["export"]),
            ("sessions import w", &["winscp"]),
            ("sessions show l", &["lab"]),
            ("trust auth", &["authority"]),
            ("trust authority t", &["test"]),
            ("trust show --type ed", &["ed25519"]),
            ("trust show web", &["web one", "web1"]),
            ("keygen -t e", &["ed25519", "ecdsa"]),
            ("keygen --o", &["--output"]),
            ("copy-id db", &["db.example"]),
            ("get lab", &["lab:", "+files"]),
            ("put --overwrite ne", &["never", "newer"]),
            ("completions f", &["fish"]),
            ("demo --s", &["--serve"]),
        ] {
            let mut found = found(line);
            found.sort();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn words_that_bash_has_split_are_joined() {
        let joined = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            rejoined(&words)
        };
        assert_eq!(joined("tessh -o Port = 2"), ["tessh", "-o", "Port=2"]);
        assert_eq!(joined("tessh get me @ host : pa"), ["tessh", "get", "me@host:pa"]);
        assert_eq!(joined("tessh --profile ="), ["tessh", "--profile="]);
        assert_eq!(
            joined(r#"tessh lab\one 'a"b' "c\"d'e" 'f"#),
            ["tessh", "labone", "a\"b", "c\"d'e", "f"]
        );
    }
}
