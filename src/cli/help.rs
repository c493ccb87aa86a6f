//! Help text, manual page and completions, all made from the tables of flags and verbs.

mod completions;

use std::fmt::Write;

use super::args::VERBS;
use super::flags::copy_id::{self, COPY_ID};
use super::flags::files::{self, FILES, FileFlag, PANES, SYNC};
use super::flags::keygen::KEYGEN;
use super::flags::teleport::{self, TELEPORT};
use super::flags::trust::{self, AUTHORITY, TRUST};
use super::flags::{FLAGS, Flag};
use crate::config::Method;
pub use completions::completions;

/// The column in which the explanations of the help text start.
const COLUMN: usize = 26;
/// The column in which the explanations of the examples start.
const EXAMPLE_COLUMN: usize = 36;
/// The width of the help text; terminals are at least this wide.
const WIDTH: usize = 80;

/// What `tessh --help` prints.
pub fn help_text() -> String {
    let mut out = String::new();
    out.push_str("usage: tessh [options] [user@]host[:port] [command [argument ...]]\n");
    out.push_str("       tessh [options] ssh://[user@]host[:port] [command [argument ...]]\n");
    out.push_str("       tessh verb ...\n\nexamples\n");
    for (words, doc) in EXAMPLES {
        let _ = writeln!(out, "  {words:<EXAMPLE_COLUMN$}{doc}");
    }
    out.push_str("\nverbs\n");
    for (name, _, doc) in VERBS.iter().filter(|(_, verb, _)| verb.works()) {
        entry(&mut out, name, doc);
    }
    out.push_str("\noptions (letters as in ssh(1))\n");
    for flag in FLAGS.iter().filter(|flag| flag.works()) {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    let unsupported: Vec<&str> = FLAGS.iter().filter(|f| !f.works()).map(|f| f.name).collect();
    out.push('\n');
    entry(&mut out, "not in this version", &unsupported.join(" "));
    entry(&mut out, "methods", &Method::ALL.map(Method::name).join(", "));
    entry(&mut out, "a host like a verb", "tessh -- keygen");
    out
}

/// What `tessh keygen --help` prints.
pub fn keygen_help() -> String {
    let mut out = String::from("tessh keygen: make, convert and look at keys\n\n");
    for line in KEYGEN_USES {
        let _ = writeln!(out, "{} {line}", if out.ends_with("\n\n") { "usage:" } else { "      " });
    }
    out.push_str("\noptions (letters as in ssh-keygen(1), but for -O)\n");
    for flag in KEYGEN {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out
}

/// What `tessh copy-id --help` prints.
pub fn copy_id_help() -> String {
    let mut out =
        String::from("tessh copy-id: a key for a server to log in with, installed once\n\n");
    let _ = writeln!(out, "usage: {}\n\noptions", copy_id::USE);
    for flag in COPY_ID {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push_str("\noptions of connecting (letters as in ssh(1))\n");
    for flag in copy_id::connecting() {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, "exit status", COPY_ID_STATUS);
    out
}

/// What `tessh trust --help` prints.
pub fn trust_help() -> String {
    let mut out = String::from("tessh trust: the keys of hosts, on record and offered\n\n");
    out.push_str("usage: tessh trust verb [options] [host]\n\nverbs\n");
    for (name, takes, doc) in trust::VERBS {
        entry(&mut out, format!("{name} {takes}").trim_end(), doc);
    }
    out.push_str("\noptions (the host is found with those of connecting: -p, -o, -J ...)\n");
    for flag in TRUST {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    for flag in AUTHORITY {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, "exit status", TRUST_STATUS);
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
    let mut out = format!("{title}\n\n");
    for line in uses {
        let _ = writeln!(out, "{} {line}", if out.ends_with("\n\n") { "usage:" } else { "      " });
    }
    out.push_str("\nplaces\n");
    for (name, doc) in files::PLACES {
        entry(&mut out, name, doc);
    }
    out.push_str("\noptions\n");
    for flag in flags {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push_str("\noptions of connecting (letters as in ssh(1))\n");
    for flag in files::connecting() {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out.push('\n');
    entry(&mut out, "exit status", FILES_STATUS);
    out
}

/// What `tessh teleport --help` prints.
pub fn teleport_help() -> String {
    let mut out = String::from("tessh teleport: nodes of Teleport clusters, through tsh\n\n");
    out.push_str("usage: tessh teleport verb [options] [word ...]\n\nverbs\n");
    for (name, takes, doc) in teleport::VERBS {
        entry(&mut out, format!("{name} {takes}").trim_end(), doc);
    }
    out.push_str("\noptions\n");
    for flag in TELEPORT {
        entry(&mut out, &synopsis(flag), flag.doc);
    }
    out
}

/// The manual page, in man(7) macros, for `man -l -`.
pub fn man_page() -> String {
    let mut out = String::from(".TH TESSH 1 \"\" \"tessh ");
    out.push_str(env!("CARGO_PKG_VERSION"));
    out.push_str("\" \"User Commands\"\n.SH NAME\ntessh \\- log in to a machine with SSH\n");
    out.push_str(
        ".SH SYNOPSIS\n.B tessh\n[options] [user@]host[:port] [command [argument ...]]\n.br\n",
    );
    out.push_str(".B tessh\nverb ...\n.SH DESCRIPTION\n");
    for line in DESCRIPTION {
        let _ = writeln!(out, "{}\n.PP", roff(line));
    }
    out.push_str(".SH EXAMPLES\n");
    for (words, doc) in EXAMPLES {
        let _ = writeln!(out, ".TP\n.B {}\n{}.", roff(words), roff(doc));
    }
    out.push_str(".SH VERBS\n");
    for (name, _, doc) in VERBS.iter().filter(|(_, verb, _)| verb.works()) {
        let _ = writeln!(out, ".TP\n.B {}\n{}.", roff(name), roff(doc));
    }
    out.push_str(".SH OPTIONS\n");
    for flag in FLAGS {
        man_flag(&mut out, flag);
    }
    out.push_str(".SH OPTIONS OF KEYGEN\n");
    for line in KEYGEN_USES {
        let _ = writeln!(out, "{}\n.br", roff(line));
    }
    for flag in KEYGEN {
        man_entry(&mut out, flag, "");
    }
    out.push_str(".SH OPTIONS OF COPY-ID\n");
    let _ = writeln!(out, "{}\n.br", roff(copy_id::USE));
    for flag in COPY_ID {
        man_entry(&mut out, flag, "");
    }
    let taken: Vec<&str> = copy_id::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{}.", roff(&format!("Of connecting: {}", taken.join(" "))));
    let _ = writeln!(out, ".PP\n{}.", roff(&format!("Exit status: {COPY_ID_STATUS}")));
    out.push_str(".SH VERBS AND OPTIONS OF TRUST\n");
    for (name, takes, doc) in trust::VERBS {
        let _ = writeln!(out, ".TP\n.B trust {}\n{}.", roff(&format!("{name} {takes}")), roff(doc));
    }
    for flag in TRUST {
        man_entry(&mut out, flag, "");
    }
    for flag in AUTHORITY {
        man_entry(&mut out, flag, "");
    }
    let _ = writeln!(out, ".PP\n{}.", roff(&format!("Exit status: {TRUST_STATUS}")));
    out.push_str(".SH VERBS AND OPTIONS OF TELEPORT\n");
    for (name, takes, doc) in teleport::VERBS {
        let words = format!("{name} {takes}");
        let _ = writeln!(out, ".TP\n.B teleport {}\n{}.", roff(words.trim_end()), roff(doc));
    }
    for flag in TELEPORT {
        man_entry(&mut out, flag, "");
    }
    out.push_str(".SH PLACES AND OPTIONS OF FILES, GET, PUT AND SYNC\n");
    for line in files::USES.iter().chain(&files::SYNC_USES).chain(&files::PANES_USES) {
        let _ = writeln!(out, "{}\n.br", roff(line));
    }
    for (name, doc) in files::PLACES {
        let _ = writeln!(out, ".TP\n.B {}\n{}.", roff(name), roff(doc));
    }
    for flag in FILES {
        man_entry(&mut out, flag, "");
    }
    let _ = writeln!(out, ".PP\nOf sync:");
    for flag in SYNC {
        man_entry(&mut out, flag, "");
    }
    let _ = writeln!(out, ".PP\nOf files:");
    for flag in PANES {
        man_entry(&mut out, flag, "");
    }
    let taken: Vec<&str> = files::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{}.", roff(&format!("Of connecting: {}", taken.join(" "))));
    let _ = writeln!(out, ".PP\n{}.", roff(&format!("Exit status: {FILES_STATUS}")));
    out.push_str(".SH EXIT STATUS\n");
    let _ = writeln!(out, "{}", roff(EXIT_STATUS));
    out.push_str(".SH FILES\n");
    for (name, doc) in FILES_KEPT {
        let _ = writeln!(out, ".TP\n.I {}\n{}.", roff(name), roff(doc));
    }
    out.push_str(".SH SEE ALSO\n.BR ssh (1),\n.BR ssh_config (5)\n");
    out
}

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

/// One entry of the help text, with its explanation wrapped in its column.
fn entry(out: &mut String, name: &str, doc: &str) {
    let mut line = format!("  {name:<width$}", width = COLUMN - 2);
    if name.len() > COLUMN - 4 {
        out.push_str(line.trim_end());
        line = format!("\n{:COLUMN$}", "");
    }
    let mut used = COLUMN;
    for (at, word) in doc.split(' ').enumerate() {
        if at > 0 && used + 1 + word.len() > WIDTH {
            let _ = write!(line, "\n{:COLUMN$}", "");
            used = COLUMN;
        } else if at > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += word.len();
    }
    out.push_str(&line);
    out.push('\n');
}

/// Escapes text for roff.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

fn man_flag(out: &mut String, flag: &Flag) {
    man_entry(out, flag, if flag.works() { "" } else { " (not supported by this version)" });
}

fn man_entry<D>(out: &mut String, flag: &Flag<D>, note: &str) {
    let _ = write!(out, ".TP\n\\fB{}\\fR", roff(flag.name));
    if let Some(value) = flag.value {
        let _ = write!(out, " \\fI{}\\fR", roff(value));
    }
    let _ = writeln!(out, "\n{}{note}.", roff(flag.doc));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    #[test]
    fn the_help_names_every_flag_and_verb_that_works() {
        let help = help_text();
        for flag in FLAGS {
            assert!(help.contains(flag.name), "{}", flag.name);
        }
        for (name, verb, _) in VERBS {
            assert_eq!(help.contains(&format!("\n  {name} ")), verb.works(), "{name}");
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
        let help = teleport_help();
        for flag in TELEPORT {
            assert!(help.contains(&format!("\n  {}", synopsis(flag))), "{}", flag.name);
        }
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
