//! Help text, manual page and completions, all made from the tables of flags and verbs. Help and
//! manual page are in the language of the messages; `japanese` has the Japanese of the tables.

mod completions;
mod japanese;
mod manual;
mod words;

use std::fmt::Write;

use super::args::VERBS;
use super::flags::bench::{self, BENCH};
use super::flags::copy_id::{self, COPY_ID};
use super::flags::demo::{self, DEMO};
use super::flags::files::{self, FILES, FileFlag, PANES, SYNC};
use super::flags::keygen::KEYGEN;
use super::flags::sessions::{self, SESSIONS};
use super::flags::teleport::{self, TELEPORT};
use super::flags::trust::{self, AUTHORITY, TRUST};
use super::flags::{FLAGS, Flag};
use crate::catalogue::{Language, spoken};
use crate::config::Method;
use crate::text;
pub use completions::completions;
use japanese::said;
pub use manual::man_page;
use words::{
    BENCH_STATUS, COPY_ID_STATUS, EXAMPLES, FILES_STATUS, KEYGEN_USES, TELEPORT_USES, TRUST_STATUS,
    TRUST_USES, USES,
};

/// The column in which the explanations of the help text start.
const COLUMN: usize = 26;
/// The column in which the explanations of the examples start.
const EXAMPLE_COLUMN: usize = 36;
/// The width of the help text; terminals are at least this wide.
const WIDTH: usize = 80;

/// What `tessh --help` prints.
pub fn help_text() -> String {
    let mut out = String::new();
    usage(&mut out, &USES);
    heading(&mut out, "examples");
    for (words, doc) in EXAMPLES {
        let _ = writeln!(out, "  {words:<EXAMPLE_COLUMN$}{}", said(doc));
    }
    heading(&mut out, "verbs");
    for (name, _, doc) in VERBS {
        entry(&mut out, name, doc);
    }
    heading(&mut out, "options (letters as in ssh(1))");
    options(&mut out, FLAGS.iter().filter(|flag| flag.works()));
    let unsupported: Vec<&str> = FLAGS.iter().filter(|f| !f.works()).map(|f| f.name).collect();
    out.push('\n');
    laid(&mut out, said("not in this version"), &unsupported.join(" "));
    laid(&mut out, said("methods"), &Method::ALL.map(Method::name).join(", "));
    laid(&mut out, said("a host like a verb"), "tessh -- keygen");
    out
}

/// What `tessh keygen --help` prints.
pub fn keygen_help() -> String {
    let mut out = titled("tessh keygen: make, convert and look at keys");
    usage(&mut out, &KEYGEN_USES);
    heading(&mut out, "options (letters as in ssh-keygen(1), but for -O)");
    options(&mut out, KEYGEN);
    out
}

/// What `tessh copy-id --help` prints.
pub fn copy_id_help() -> String {
    let mut out = titled("tessh copy-id: a key for a server to log in with, installed once");
    usage(&mut out, &[copy_id::USE]);
    heading(&mut out, "options");
    options(&mut out, COPY_ID);
    heading(&mut out, "options of connecting (letters as in ssh(1))");
    options(&mut out, copy_id::connecting());
    out.push('\n');
    entry(&mut out, said("exit status"), COPY_ID_STATUS);
    out
}

/// What `tessh bench --help` prints.
pub fn bench_help() -> String {
    let mut out = titled("tessh bench: how fast a server is through tessh, beside ssh");
    usage(&mut out, &[bench::USE]);
    heading(&mut out, "options");
    options(&mut out, BENCH);
    heading(&mut out, "options of connecting (letters as in ssh(1))");
    options(&mut out, bench::connecting());
    out.push('\n');
    entry(&mut out, said("exit status"), BENCH_STATUS);
    out
}

/// What `tessh trust --help` prints.
pub fn trust_help() -> String {
    let mut out = titled("tessh trust: the keys of hosts, on record and offered");
    usage(&mut out, &TRUST_USES);
    heading(&mut out, "verbs");
    verbs(&mut out, trust::VERBS);
    heading(&mut out, "options (the host is found with those of connecting: -p, -o, -J ...)");
    options(&mut out, TRUST);
    options(&mut out, AUTHORITY);
    out.push('\n');
    entry(&mut out, said("exit status"), TRUST_STATUS);
    out
}

/// What `tessh sessions --help` prints.
pub fn sessions_help() -> String {
    let mut out = titled("tessh sessions: saved sessions");
    usage(&mut out, &[sessions::USE]);
    heading(&mut out, "verbs");
    verbs(&mut out, sessions::VERBS);
    heading(&mut out, "options");
    options(&mut out, SESSIONS);
    out
}

/// What `tessh demo --help` prints.
pub fn demo_help() -> String {
    let mut out = titled("tessh demo: an SSH server on loopback, and a login to it");
    usage(&mut out, &[demo::USE]);
    heading(&mut out, "options");
    options(&mut out, DEMO);
    out
}

/// What `tessh get --help` and `tessh put --help` print.
pub fn files_help() -> String {
    let title = "tessh get, tessh put: files from and to a server, by SFTP";
    places_help(title, &files::USES, FILES)
}

/// What `tessh files --help` prints.
pub fn panes_help() -> String {
    let title = "tessh files: two panes with files, here and on servers, by SFTP";
    places_help(title, &files::PANES_USES, PANES)
}

/// What `tessh sync --help` prints.
pub fn sync_help() -> String {
    let title = "tessh sync: make the second directory like the first, by SFTP";
    places_help(title, &files::SYNC_USES, SYNC)
}

fn places_help(title: &str, uses: &[&str], flags: &[Flag<FileFlag>]) -> String {
    let mut out = titled(title);
    usage(&mut out, uses);
    heading(&mut out, "places");
    for (name, doc) in files::PLACES {
        entry(&mut out, name, doc);
    }
    heading(&mut out, "options");
    options(&mut out, flags);
    heading(&mut out, "options of connecting (letters as in ssh(1))");
    options(&mut out, files::connecting());
    out.push('\n');
    entry(&mut out, said("exit status"), FILES_STATUS);
    out
}

/// What `tessh teleport --help` prints.
pub fn teleport_help() -> String {
    let mut out = titled("tessh teleport: nodes of Teleport clusters, through tsh");
    usage(&mut out, &TELEPORT_USES);
    heading(&mut out, "verbs");
    verbs(&mut out, teleport::VERBS);
    heading(&mut out, "options");
    options(&mut out, TELEPORT);
    out
}

/// An entry for each of these flags.
fn options<'a, D: 'a>(out: &mut String, flags: impl IntoIterator<Item = &'a Flag<D>>) {
    for flag in flags {
        entry(out, &synopsis(flag), flag.doc);
    }
}

/// An entry for each verb after a verb, with its words.
fn verbs(out: &mut String, verbs: &[(&str, &str, &str)]) {
    for (name, takes, doc) in verbs {
        entry(out, format!("{name} {takes}").trim_end(), doc);
    }
}

fn synopsis<D>(flag: &Flag<D>) -> String {
    flag.value.map_or_else(|| flag.name.to_owned(), |value| format!("{} {value}", flag.name))
}

/// A help text that begins with its title.
fn titled(title: &str) -> String {
    format!("{}\n\n", said(title))
}

/// The lines with which something is called.
fn usage(out: &mut String, uses: &[&str]) {
    let word = said("usage:");
    let blank = " ".repeat(text::columns(word));
    for (at, line) in uses.iter().enumerate() {
        let _ = writeln!(out, "{} {line}", if at == 0 { word } else { &blank });
    }
}

fn heading(out: &mut String, name: &str) {
    let _ = write!(out, "\n{}\n", said(name));
}

/// One entry of the help text, with its explanation in the language of the messages.
fn entry(out: &mut String, name: &str, doc: &str) {
    laid(out, name, said(doc));
}

/// One entry of the help text, wrapped in its column.
fn laid(out: &mut String, name: &str, doc: &str) {
    let used = text::columns(name);
    let _ = write!(out, "  {name}");
    if used > COLUMN - 4 {
        let _ = write!(out, "\n{:COLUMN$}", "");
    } else {
        let _ = write!(out, "{:blank$}", "", blank = COLUMN - 2 - used);
    }
    let lines = match spoken() {
        Language::English => filled(doc),
        Language::Japanese => text::wrap(doc, WIDTH - COLUMN),
    };
    let _ = writeln!(out, "{}", lines.join(&format!("\n{:COLUMN$}", "")));
}

/// The explanation in lines, each as full as can be.
fn filled(doc: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in doc.split(' ') {
        let last = lines.last_mut().expect("begins with one line");
        if last.is_empty() {
            last.push_str(word);
        } else if COLUMN + last.len() + 1 + word.len() > WIDTH {
            lines.push(word.to_owned());
        } else {
            last.push(' ');
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::manual::roff;
    use super::*;
    use crate::catalogue;
    use crate::cli::args;

    #[test]
    fn the_help_names_every_flag_and_verb() {
        let help = help_text();
        for flag in FLAGS {
            assert!(help.contains(flag.name), "{}", flag.name);
        }
        for (name, ..) in VERBS {
            assert!(help.contains(&format!("\n  {name} ")), "{name}");
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        let help = keygen_help();
        for flag in KEYGEN {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
            assert!(man_page().contains(&format!("\\fB{}\\fR", roff(flag.name))), "{}", flag.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        let help = copy_id_help();
        for flag in COPY_ID {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        let help = bench_help();
        for flag in BENCH {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        let help = trust_help();
        for flag in TRUST {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
            assert!(man_page().contains(&format!("\\fB{}\\fR", roff(flag.name))), "{}", flag.name);
        }
        for flag in AUTHORITY {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        for (name, ..) in trust::VERBS {
            assert!(help.contains(&format!("\n  {name}")), "{name}");
        }
        let help = files_help();
        for flag in FILES {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        let help = panes_help();
        for flag in PANES {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        let help = sync_help();
        for flag in SYNC {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        for flag in TELEPORT {
            let synopsis = format!("\n  {}", synopsis(flag));
            assert!(teleport_help().contains(&synopsis), "{}", flag.name);
        }
        let (help, verbs) = (sessions_help(), sessions::VERBS.iter().map(|verb| verb.0));
        for name in verbs.chain(SESSIONS.iter().map(|flag| flag.name)) {
            assert!(help.contains(&format!("\n  {name}")), "{name}");
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
        for flag in DEMO {
            assert!(demo_help().contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
        let help = teleport_help();
        for (name, ..) in teleport::VERBS {
            assert!(help.contains(&format!("\n  {name}")), "{name}");
        }
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
    }

    #[test]
    fn the_help_begins_with_use_and_examples_that_can_be_typed() {
        let help = help_text();
        assert!(help.starts_with("usage: tessh "), "{help}");
        let places = ["\nexamples\n", "\nverbs\n", "\noptions "].map(|head| help.find(head));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
        for (words, _) in EXAMPLES {
            let words = words.split(' ').skip(1).map(Into::into);
            args::parse_open(words, false).unwrap();
        }
    }

    #[test]
    fn help_and_manual_page_are_in_japanese_without_a_gap() {
        let all = || {
            let help = [
                keygen_help(),
                copy_id_help(),
                bench_help(),
                trust_help(),
                sessions_help(),
                demo_help(),
                files_help(),
                panes_help(),
                sync_help(),
            ];
            let help = help.into_iter().chain([help_text(), teleport_help()]);
            (help.collect::<String>(), man_page())
        };
        let (english, manual) = all();
        catalogue::testing::in_each_language(|language| {
            if language == Language::English {
                return;
            }
            let (help, page) = all();
            for line in help.lines() {
                assert!(text::columns(line) <= WIDTH, "{line}");
            }
            assert_eq!(page.matches("\n.TP\n").count(), manual.matches("\n.TP\n").count());
            let (said, missing) = japanese::noted();
            assert!(missing.is_empty(), "without a translation: {missing:#?}");
            for text in japanese::all() {
                assert!(said.iter().any(|it| it == text), "of nothing: {text}");
            }
        });
        assert!(english.starts_with("tessh keygen: make"), "{english}");
    }

    #[test]
    fn the_manual_page_has_every_flag_and_no_stray_macro() {
        let page = man_page();
        for flag in FLAGS {
            assert!(page.contains(&format!("\\fB{}\\fR", roff(flag.name))), "{}", flag.name);
        }
        let macros = [".TH", ".SH", ".TP", ".B", ".BR", ".I", ".br", ".PP"];
        for line in page.lines().filter(|line| line.starts_with('.')) {
            assert!(macros.contains(&line.split(' ').next().unwrap()), "{line}");
        }
    }

    #[test]
    fn completions_are_scripts_their_shell_takes() {
        assert!(completions("tcsh").is_err());
        assert!(completions("").is_err());
        for shell in ["bash", "zsh", "fish"] {
            let script = completions(shell).unwrap();
            assert!(script.contains("tessh completions --words "), "{shell}");
        }
    }
}
