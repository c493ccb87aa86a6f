//! The flags of `tessh get`, `put`, `sync` and `files`, in addition to the flags of connecting.

use super::{FLAGS, Flag};
use FileFlag as F;

/// The purpose of a flag of `tessh get`, `put`, `sync` and `files`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFlag {
    /// `-r`.
    Recursive,
    /// `-P`.
    Connections,
    /// `--resume`.
    Resume,
    /// `--verify`.
    Verify,
    /// `--fsync`.
    Fsync,
    /// `--overwrite`.
    Overwrite,
    /// `--limit`.
    Limit,
    /// `--links`.
    Links,
    /// `--json`.
    Json,
    /// `--help`.
    Help,
    /// `--delete`.
    Delete,
    /// `--dry-run`.
    DryRun,
    /// `--criteria`.
    Criteria,
    /// `--include`.
    Include,
    /// `--exclude`.
    Exclude,
    /// `--batch`.
    Batch,
}

const fn flag(name: &'static str, doc: &'static str, does: FileFlag) -> Flag<FileFlag> {
    Flag { name, value: None, doc, does }
}

const fn takes(
    name: &'static str,
    value: &'static str,
    doc: &'static str,
    does: FileFlag,
) -> Flag<FileFlag> {
    Flag { name, value: Some(value), doc, does }
}

/// As `-f` of sftp(1)'s commands.
const FSYNC: Flag<FileFlag> = flag(
    "--fsync",
    "have each file written to the disk before it gets its name, in case the machine crashes",
    F::Fsync,
);

/// The table of `get` and `put`.
pub const FILES: &[Flag<FileFlag>] = &[
    flag("-r", "directories with all that is in them", F::Recursive),
    takes(
        "-P",
        "number",
        "use this many connections; without it as many as are worth it",
        F::Connections,
    ),
    flag("--resume", "continue files that an earlier transfer left as NAME.filepart", F::Resume),
    flag("--verify", "compare each file with its source by a hash afterwards", F::Verify),
    FSYNC,
    takes(
        "--overwrite",
        "policy",
        "what becomes of a file that is there: ask, never, always (without this flag), newer (replace it if the source is newer) or different (in size or time)",
        F::Overwrite,
    ),
    takes("--limit", "rate", "bytes a second at most, such as 500K, 20M or 1G", F::Limit),
    takes(
        "--links",
        "what",
        "symbolic links in directories: copy (without this flag), follow or skip",
        F::Links,
    ),
    flag("--json", "events on standard output, one JSON object a line", F::Json),
    flag("--help", "print this help", F::Help),
];

/// The table of `sync`.
pub const SYNC: &[Flag<FileFlag>] = &[
    flag(
        "--delete",
        "remove what only the target has, when all else is done and nothing failed",
        F::Delete,
    ),
    flag("--dry-run", "print what would be done, and change nothing", F::DryRun),
    takes(
        "--criteria",
        "list",
        "how files are told apart: of size, time and hash, joined by commas (size,time without this flag)",
        F::Criteria,
    ),
    takes("--include", "pattern", "take part whatever a later --exclude says", F::Include),
    takes(
        "--exclude",
        "pattern",
        "neither copy nor remove: *.o anywhere, /build below the directory itself, cache/ a directory, ** any number of names",
        F::Exclude,
    ),
    takes(
        "-P",
        "number",
        "use this many connections; without it as many as are worth it",
        F::Connections,
    ),
    flag("--verify", "compare each copy with its source by a hash afterwards", F::Verify),
    FSYNC,
    takes("--limit", "rate", "bytes a second at most, such as 500K, 20M or 1G", F::Limit),
    flag("--json", "events on standard output, one JSON object a line", F::Json),
    flag("--help", "print this help", F::Help),
];

/// The table of `files`.
pub const PANES: &[Flag<FileFlag>] = &[
    takes(
        "--batch",
        "file",
        "no panes: the commands in this file, as sftp(1) and psftp have them; - is standard input",
        F::Batch,
    ),
    flag("--verify", "compare each file with its source by a hash afterwards", F::Verify),
    takes("--limit", "rate", "bytes a second at most, such as 500K, 20M or 1G", F::Limit),
    flag("--json", "with --batch: events on standard output, one JSON object a line", F::Json),
    flag("--help", "print this help", F::Help),
];

/// What `--criteria` takes.
pub const CRITERIA: [&str; 3] = ["size", "time", "hash"];

/// The policies of `--overwrite`.
pub const POLICIES: [&str; 5] = ["ask", "never", "always", "newer", "different"];

/// What `--links` takes.
pub const LINKS: [&str; 3] = ["copy", "follow", "skip"];

/// The flags of connecting that have a meaning for files.
const CONNECTING: &[&str] = &[
    "-2",
    "-4",
    "-6",
    "-B",
    "-b",
    "-C",
    "-c",
    "-E",
    "-F",
    "-I",
    "-i",
    "-J",
    "-l",
    "-m",
    "-o",
    "-p",
    "-q",
    "-S",
    "-v",
    "-y",
    "--auth",
    "--password-fd",
    "--stored-password",
    "--proxy",
    "--proxy-password-fd",
    "--host-key",
    "--profile",
    "--plain",
    "--lang",
];

/// The flags of connecting that are taken, in the order of their table.
pub fn connecting() -> impl Iterator<Item = &'static Flag> {
    FLAGS.iter().filter(|flag| CONNECTING.contains(&flag.name) && flag.works())
}

/// What the verbs are called with, for the help and the manual page.
pub const USES: [&str; 2] = [
    "tessh get [options] [-r] [user@]host:path ... [local]",
    "tessh put [options] [-r] local ... [user@]host:[path]",
];

/// What `files` is called with.
pub const PANES_USES: [&str; 2] = [
    "tessh files [options] [[user@]host[:path]] [[user@]host[:path] or local]",
    "tessh files --batch file [options] [user@]host[:path]",
];

/// What `sync` is called with.
pub const SYNC_USES: [&str; 2] = [
    "tessh sync [options] [user@]host:[path] directory",
    "tessh sync [options] directory [user@]host:[path]",
];

/// How places are written, for the help and the manual page.
pub const PLACES: &[(&str, &str)] = &[
    (
        "host:path",
        "a path from the home directory, or from / if it begins so; host: is the home directory, ~/x the same as x",
    ),
    ("[v6]:path", "an IPv6 address"),
    (
        "session:path",
        "a saved session, its name as it is; putty:NAME:path for one of PuTTY; :path with --profile",
    ),
    (
        "sftp://user@host:port/path",
        "a URI, ssh:// too, with %20 for a space; // before the path is /",
    ),
    (
        "* ? [a-z]",
        "match names on the server, and here if the shell has not; a backslash before one takes it as it is, and a file of the very name comes first",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_ssh_that_are_taken_are_in_its_table_and_not_in_this_one() {
        for name in CONNECTING {
            assert!(FLAGS.iter().any(|flag| flag.name == *name), "{name}");
            assert!(FILES.iter().chain(SYNC).chain(PANES).all(|flag| flag.name != *name), "{name}");
        }
    }
}
