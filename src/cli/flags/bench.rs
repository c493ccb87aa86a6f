//! The flags of `tessh bench`, in addition to those of connecting.

use super::{Flag, files};
use BenchFlag as B;

/// The purpose of a flag of `tessh bench`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchFlag {
    /// `--seconds`.
    Seconds,
    /// `--bytes`.
    Bytes,
    /// `--algorithms`.
    Algorithms,
    /// `--ssh`.
    Ssh,
    /// `--without-ssh`.
    WithoutSsh,
    /// `--svg`.
    Svg,
    /// `--json`.
    Json,
    /// `--help`.
    Help,
}

const fn flag(name: &'static str, doc: &'static str, does: B) -> Flag<B> {
    Flag { name, value: None, doc, does }
}

const fn takes(name: &'static str, value: &'static str, doc: &'static str, does: B) -> Flag<B> {
    Flag { name, value: Some(value), doc, does }
}

/// The table.
pub const BENCH: &[Flag<B>] = &[
    takes(
        "--seconds",
        "number",
        "measure for about this long after the login; 20 if not said",
        B::Seconds,
    ),
    takes(
        "--bytes",
        "number",
        "transfer at most this much in each run, such as 500K, 64M or 1G; 256M if not said",
        B::Bytes,
    ),
    flag("--algorithms", "find the fastest cipher that both sides have", B::Algorithms),
    takes("--ssh", "path", "compare with this ssh instead of the one on the PATH", B::Ssh),
    flag("--without-ssh", "measure tessh alone", B::WithoutSsh),
    takes("--svg", "file", "write a picture of the bars to this file", B::Svg),
    flag("--json", "every run and what the runs come to, as JSON", B::Json),
    flag("--help", "print this help", B::Help),
];

/// Those of connecting that files take and that would change what is measured, or where it is said.
const WITHOUT: &[&str] = &["-C", "-S", "-y"];

/// The flags of connecting that are taken, in the order of their table.
pub fn connecting() -> impl Iterator<Item = &'static Flag> {
    files::connecting().filter(|flag| !WITHOUT.contains(&flag.name))
}

/// Whether a flag of connecting is taken.
pub fn is_taken(name: &str) -> bool {
    connecting().any(|flag| flag.name == name)
}

/// What it is called with, for the help and the manual page.
pub const USE: &str = "tessh bench [options] [user@]host";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_a_flag_of_connecting() {
        for name in WITHOUT {
            assert!(files::connecting().any(|flag| flag.name == *name), "{name}");
            assert!(!is_taken(name));
        }
        assert!(BENCH.iter().all(|flag| !is_taken(flag.name)));
    }
}
