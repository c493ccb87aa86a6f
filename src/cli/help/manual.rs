//! The manual page, in man(7) macros, from the tables of the verbs and flags.

use std::fmt::Write;

use super::japanese::said;
use super::words::{
    BENCH_STATUS, COPY_ID_STATUS, EXAMPLES, FILES_STATUS, KEYGEN_USES, TRUST_STATUS,
};
use crate::catalogue::{Language, spoken};
use crate::cli::args::VERBS;
use crate::cli::flags::bench::{self, BENCH};
use crate::cli::flags::copy_id::{self, COPY_ID};
use crate::cli::flags::demo::DEMO;
use crate::cli::flags::files::{self, FILES, PANES, SYNC};
use crate::cli::flags::keygen::KEYGEN;
use crate::cli::flags::sessions::{self, SESSIONS};
use crate::cli::flags::teleport::{self, TELEPORT};
use crate::cli::flags::trust::{self, AUTHORITY, TRUST};
use crate::cli::flags::{FLAGS, Flag};

const DESCRIPTION: [&str; 4] = [
    "tessh logs in to a remote machine, or runs a command there. Where ssh(1) has a letter, it means the same here; ssh_config(5) is read as ssh reads it.",
    "Whose host key it is and why it is trusted is said before anything of the user leaves; an unknown key is asked about, a changed one is refused.",
    "The authentication method is settled before the first attempt, and is one: --auth, else that of the saved session, else the first word of PreferredAuthentications that can be used, else a question on the terminal, else publickey if there is a key, else password. When it fails, no other method is tried.",
    "A saved session is used when --profile names it, or when its name is typed as the host; putty:NAME, winscp:NAME, own:NAME and openssh:NAME say which one if several have the name. What is typed wins over the saved session, and that over ssh_config(5). ssh://name is always a host.",
];

const EXIT_STATUS: &str = "The status of the remote command; 128 and the number of the signal that ended it; 255 when tessh itself failed.";

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

/// The page, for `man -l -`.
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
    man_entries(&mut out, KEYGEN);
    section(&mut out, "OPTIONS OF COPY-ID");
    let _ = writeln!(out, "{}\n.br", roff(copy_id::USE));
    man_entries(&mut out, COPY_ID);
    let taken: Vec<&str> = copy_id::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{} {}.", said("Of connecting:"), roff(&taken.join(" ")));
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(COPY_ID_STATUS));
    section(&mut out, "OPTIONS OF BENCH");
    let _ = writeln!(out, "{}\n.br", roff(bench::USE));
    man_entries(&mut out, BENCH);
    let taken: Vec<&str> = bench::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{} {}.", said("Of connecting:"), roff(&taken.join(" ")));
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(BENCH_STATUS));
    section(&mut out, "VERBS AND OPTIONS OF TRUST");
    man_verbs(&mut out, "trust", trust::VERBS);
    man_entries(&mut out, TRUST);
    man_entries(&mut out, AUTHORITY);
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(TRUST_STATUS));
    section(&mut out, "VERBS AND OPTIONS OF SESSIONS");
    man_verbs(&mut out, "sessions", sessions::VERBS);
    man_entries(&mut out, SESSIONS);
    section(&mut out, "VERBS AND OPTIONS OF TELEPORT");
    man_verbs(&mut out, "teleport", teleport::VERBS);
    man_entries(&mut out, TELEPORT);
    section(&mut out, "PLACES AND OPTIONS OF FILES, GET, PUT AND SYNC");
    for line in files::USES.iter().chain(&files::SYNC_USES).chain(&files::PANES_USES) {
        let _ = writeln!(out, "{}\n.br", roff(line));
    }
    for (name, doc) in files::PLACES {
        let _ = writeln!(out, ".TP\n.B {}\n{}", roff(name), sentence(doc));
    }
    man_entries(&mut out, FILES);
    let _ = writeln!(out, ".PP\n{}", said("Of sync:"));
    man_entries(&mut out, SYNC);
    let _ = writeln!(out, ".PP\n{}", said("Of files:"));
    man_entries(&mut out, PANES);
    let taken: Vec<&str> = files::connecting().map(|flag| flag.name).collect();
    let _ = writeln!(out, ".PP\n{} {}.", said("Of connecting:"), roff(&taken.join(" ")));
    let _ = writeln!(out, ".PP\n{} {}", roff(said("Exit status:")), sentence(FILES_STATUS));
    section(&mut out, "OPTIONS OF DEMO");
    man_entries(&mut out, DEMO);
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
pub(super) fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

/// The verbs after a verb, with their words.
fn man_verbs(out: &mut String, verb: &str, verbs: &[(&str, &str, &str)]) {
    for (name, takes, doc) in verbs {
        let words = format!("{name} {takes}");
        let _ = writeln!(out, ".TP\n.B {verb} {}\n{}", roff(words.trim_end()), sentence(doc));
    }
}

fn man_entries<D>(out: &mut String, flags: &[Flag<D>]) {
    flags.iter().for_each(|flag| man_entry(out, flag, ""));
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
