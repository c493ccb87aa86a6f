//! Help text, manual page and completions, all made from the tables of flags and verbs. Help and
//! manual page are in the language of the messages; `japanese` has the Japanese of the tables.

mod completions;
mod japanese;

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
    for flag in FLAGS.iter().filter(|flag| flag.works()) {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
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
    for flag in KEYGEN {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out
}

/// What `tessh copy-id --help` prints.
pub fn copy_id_help() -> String {
    let mut out = titled("tessh copy-id: a key for a server to log in with, installed once");
    usage(&mut out, &[copy_id::USE]);
    heading(&mut out, "options");
    for flag in COPY_ID {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    heading(&mut out, "options of connecting (letters as in ssh(1))");
    for flag in copy_id::connecting() {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, said("exit status"), COPY_ID_STATUS);
    out
}

/// What `tessh bench --help` prints.
pub fn bench_help() -> String {
    let mut out = titled("tessh bench: how fast a server is through tessh, beside ssh");
    usage(&mut out, &[bench::USE]);
    heading(&mut out, "options");
    for flag in BENCH {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    heading(&mut out, "options of connecting (letters as in ssh(1))");
    for flag in bench::connecting() {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, said("exit status"), BENCH_STATUS);
    out
}

/// What `tessh trust --help` prints.
pub fn trust_help() -> String {
    let mut out = titled("tessh trust: the keys of hosts, on record and offered");
    usage(&mut out, &TRUST_USES);
    heading(&mut out, "verbs");
    for (name, takes, doc) in trust::VERBS {
        entry(&mut out, format!("{name} {takes}").trim_end(), doc);
    }
    heading(&mut out, "options (the host is found with those of connecting: -p, -o, -J ...)");
    for flag in TRUST {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    for flag in AUTHORITY {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, said("exit status"), TRUST_STATUS);
    out
}

/// What `tessh sessions --help` prints.
pub fn sessions_help() -> String {
    let mut out = titled("tessh sessions: saved sessions");
    usage(&mut out, &[sessions::USE]);
    heading(&mut out, "verbs");
    for (name, takes, doc) in sessions::VERBS {
        entry(&mut out, format!("{name} {takes}").trim_end(), doc);
    }
    heading(&mut out, "options");
    for flag in SESSIONS {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out
}

/// What `tessh demo --help` prints.
pub fn demo_help() -> String {
    let mut out = titled("tessh demo: an SSH server on loopback, and a login to it");
    usage(&mut out, &[demo::USE]);
    heading(&mut out, "options");
    for flag in DEMO {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
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
    for flag in flags {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    heading(&mut out, "options of connecting (letters as in ssh(1))");
    for flag in files::connecting() {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, said("exit status"), FILES_STATUS);
    out
}

/// What `tessh teleport --help` prints.
pub fn teleport_help() -> String {
    let mut out = titled("tessh teleport: nodes of Teleport clusters, through tsh");
    usage(&mut out, &TELEPORT_USES);
    heading(&mut out, "verbs");
    for (name, takes, doc) in teleport::VERBS {
        entry(&mut out, format!("{name} {takes}").trim_end(), doc);
    }
    heading(&mut out, "options");
    for flag in TELEPORT {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out
}

/// The manual page, in man(7) macros, for `man -l -`.
pub fn man_page() -> String {
    let mut out = String::from(".TH TESSH 1 \"\" \"tessh ");
    out.push_str(env!("CARGO_PKG_VERSION"));
    out.push_str("\" \"User Commands\"\n");
    section(&mut out, "NAME");
    let _ = writeln!(out, "tessh \\- {}", roff(said("log in to a machine with SSH")));
    section(&mut out, "SYNOPSIS");
    out.push_str(".B tessh\n[options] [user@]host[:port] [command [argument ...]]\n.br\n");
    out.push_str(".B tessh\nverb ...\n");
    section(&mut out, "DESCRIPTION");
    for line in DESCRIPTION {
        let _ = writeln!(out, "{}\n.PP", roff(said(line)));
    }
    section(&mut out, "EXAMPLES");
    for (words, doc) in EXAMPLES {
        let _ = writeln!(out, ".TP\n.B {}\n{}", roff(words), sentence(doc));
    }
    section(&mut out, "VERBS");
    for (name, _, doc) in VERBS {
        let _ = writeln!(out, ".TP\n.B {}\n{}", roff(name), sentence(doc));
    }
    section(&mut out, "OPTIONS");
    for flag in FLAGS {
        man_flag(&mut out, flag);
    }
    section(&mut out, "OPTIONS OF KEYGEN");
    for line in KEYGEN_USES {
        let _ = writeln!(out, "{}\n.br", roff(line));
    }
    for flag in KEYGEN {
        man_entry(&mut out, flag, "");
    }
    section(&mut out, "OPTIONS OF COPY-ID");
    let _ = writeln!(out, "{}\n.br", roff(copy_id::USE));
    for flag in COPY_ID {
        man_entry(&mut out, flag, "");
    }
    let taken: Vec<&str> = copy_id::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{} {}.", said("Of connecting:"), roff(&taken.join(" ")));
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(COPY_ID_STATUS));
    section(&mut out, "OPTIONS OF BENCH");
    let _ = writeln!(out, "{}\n.br", roff(bench::USE));
    for flag in BENCH {
        man_entry(&mut out, flag, "");
    }
    let taken: Vec<&str> = bench::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{} {}.", said("Of connecting:"), roff(&taken.join(" ")));
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(BENCH_STATUS));
    section(&mut out, "VERBS AND OPTIONS OF TRUST");
    for (name, takes, doc) in trust::VERBS {
        let _ =
            writeln!(out, ".TP\n.B trust {}\n{}", roff(&format!("{name} {takes}")), sentence(doc));
    }
    for flag in TRUST {
        man_entry(&mut out, flag, "");
    }
    for flag in AUTHORITY {
        man_entry(&mut out, flag, "");
    }
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(TRUST_STATUS));
    section(&mut out, "VERBS AND OPTIONS OF SESSIONS");
    for (name, takes, doc) in sessions::VERBS {
        let words = format!("{name} {takes}");
        let _ = writeln!(out, ".TP\n.B sessions {}\n{}", roff(words.trim_end()), sentence(doc));
    }
    for flag in SESSIONS {
        man_entry(&mut out, flag, "");
    }
    section(&mut out, "VERBS AND OPTIONS OF TELEPORT");
    for (name, takes, doc) in teleport::VERBS {
        let words = format!("{name} {takes}");
        let _ = writeln!(out, ".TP\n.B teleport {}\n{}", roff(words.trim_end()), sentence(doc));
    }
    for flag in TELEPORT {
        man_entry(&mut out, flag, "");
    }
    section(&mut out, "PLACES AND OPTIONS OF FILES, GET, PUT AND SYNC");
    for line in files::USES.iter().chain(&files::SYNC_USES).chain(&files::PANES_USES) {
        let _ = writeln!(out, "{}\n.br", roff(line));
    }
    for (name, doc) in files::PLACES {
        let _ = writeln!(out, ".TP\n.B {}\n{}", roff(name), sentence(doc));
    }
    for flag in FILES {
        man_entry(&mut out, flag, "");
    }
    let _ = writeln!(out, ".PP\n{}", said("Of sync:"));
    for flag in SYNC {
        man_entry(&mut out, flag, "");
    }
    let _ = writeln!(out, ".PP\n{}", said("Of files:"));
    for flag in PANES {
        man_entry(&mut out, flag, "");
    }
    let taken: Vec<&str> = files::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{} {}.", said("Of connecting:"), roff(&taken.join(" ")));
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(FILES_STATUS));
    section(&mut out, "OPTIONS OF DEMO");
    for flag in DEMO {
        man_entry(&mut out, flag, "");
    }
    section(&mut out, "EXIT STATUS");
    let _ = writeln!(out, "{}", roff(said(EXIT_STATUS)));
    section(&mut out, "FILES");
    for (name, doc) in FILES_KEPT {
        let _ = writeln!(out, ".TP\n.I {}\n{}", roff(name), sentence(doc));
    }
    section(&mut out, "SEE ALSO");
    out.push_str(".BR ssh (1),\n.BR ssh_config (5)\n");
    out
}

/// What the program is called with, for the help text.
const USES: [&str; 3] = [
    "tessh [options] [user@]host[:port] [command [argument ...]]",
    "tessh [options] ssh://[user@]host[:port] [command [argument ...]]",
    "tessh verb ...",
];

const TRUST_USES: [&str; 1] = ["tessh trust verb [options] [host]"];

const TELEPORT_USES: [&str; 1] = ["tessh teleport verb [options] [word ...]"];

/// Example command lines for the help text and the manual page.
const EXAMPLES: [(&str, &str); 8] = [
    ("tessh", "ask for a host, then log in"),
    ("tessh user@host", "a shell on the host"),
    ("tessh user@host uname -a", "one command; its status is the exit code"),
    ("tessh --auth password host", "log in this way, and no other"),
    ("tessh -J gate host", "through a jump host"),
    ("tessh -N -L 8080:localhost:80 host", "a forwarded port, and no session"),
    ("tessh explain host", "what would apply, and why; no connection"),
    ("tessh demo", "try it on a server of your own"),
];

const DESCRIPTION: [&str; 4] = [
    "tessh logs in to a remote machine, or runs a command there. Where ssh(1) has a letter, it means the same here; ssh_config(5) is read as ssh reads it.",
    "Whose host key it is and why it is trusted is said before anything of the user leaves; an unknown key is asked about, a changed one is refused.",
    "The authentication method is settled before the first attempt, and is one: --auth, else that of the saved session, else the first word of PreferredAuthentications that can be used, else a question on the terminal, else publickey if there is a key, else password. When it fails, no other method is tried.",
    "A saved session is used when --profile names it, or when its name is typed as the host; putty:NAME, winscp:NAME, own:NAME and openssh:NAME say which one if several have the name. What is typed wins over the saved session, and that over ssh_config(5). ssh://name is always a host.",
];

const KEYGEN_USES: [&str; 5] = [
    "tessh keygen [-t type] [-b bits] [-f file] [-C comment] [-O openssh|ppk]",
    "tessh keygen -O format -f file [--output file]",
    "tessh keygen -p [-f file] [-a rounds]",
    "tessh keygen -l [-v] [-E hash] [-f file]",
    "tessh keygen -y|-e|-i [-f file]",
];

const EXIT_STATUS: &str = "The status of the remote command; 128 and the number of the signal that ended it; 255 when tessh itself failed.";

const COPY_ID_STATUS: &str =
    "0 the key is on the server; 1 it is, but does not log in; 255 when tessh itself failed";

const BENCH_STATUS: &str = "0 measured; 130 ended by Ctrl-C, with what was measured before; 255 when nothing could be measured";

const TRUST_STATUS: &str = "0 found, changed or trusted; 1 nothing there, nothing to change or not trusted; 2 where check could not tell; 255 when tessh itself failed";

const FILES_STATUS: &str =
    "0 all is there; 1 a file failed and others went on; 255 when tessh itself failed";

const FILES_KEPT: [(&str, &str); 5] = [
    ("~/.ssh/config", "the user's configuration; nobody else may write it"),
    ("/etc/ssh/ssh_config", "the system's configuration"),
    ("~/.ssh/known_hosts", "the keys of known hosts"),
    (
        "~/.local/state/tessh/first-seen",
        "when the key of a host was first written, its name hashed; shown to a person, never evidence",
    ),
    (
        "~/.config/tessh/sessions/NAME.toml",
        "a saved session; what is no ASCII letter, digit, dot, dash or underscore in its name is % and two hexadecimal digits",
    ),
];

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

/// The heading of a section of the manual page.
fn section(out: &mut String, name: &str) {
    let _ = writeln!(out, ".SH {}", said(name));
}

/// An explanation as a sentence of the manual page.
fn sentence(doc: &str) -> String {
    let stop = match spoken() {
        Language::English => ".",
        Language::Japanese if said(doc).ends_with('。') => "",
        Language::Japanese => "。",
    };
    format!("{}{stop}", roff(said(doc)))
}

/// Escapes text for roff.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

fn man_flag(out: &mut String, flag: &Flag) {
    let note = said("not supported by this version");
    man_entry(out, flag, &if flag.works() { String::new() } else { format!(" ({note})") });
}

fn man_entry<D>(out: &mut String, flag: &Flag<D>, note: &str) {
    let _ = write!(out, ".TP\n\\fB{}\\fR", roff(flag.name));
    if let Some(value) = flag.value {
        let _ = write!(out, " \\fI{}\\fR", roff(value));
    }
    let doc = roff(said(flag.doc));
    let stop = if spoken() == Language::English { "." } else { "。" };
    let _ = writeln!(out, "\n{doc}{note}{stop}");
}

#[cfg(test)]
mod tests {
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
