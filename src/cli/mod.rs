//! The command: flags, verbs, help and exit codes, and the only place that reads the
//! environment. Every verb's work is a file under `run/`.

pub mod args;
mod environment;
pub mod flags;
pub mod help;
mod local;
mod log;
pub mod resolve;
mod run;
mod stdio;
mod watch;

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

pub use environment::Environment;

use crate::error::Error;

/// Runs the command line this process was started with and gives its exit code.
pub fn main() -> ExitCode {
    crate::terminal::install_panic_hook();
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let words: Vec<_> = words.collect();
    let json = words.iter().any(|word| word == "--json");
    let typed = match args::parse(words.into_iter(), is_ssh(&name)) {
        Ok(typed) => typed,
        Err(error) => return fail(&error, json),
    };
    match run::run(&typed) {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(&error, typed.json),
    }
}

/// Under the name `ssh` there are no verbs.
fn is_ssh(name: &OsStr) -> bool {
    let own = Path::new(name).file_name() == Some(OsStr::new("ssh"));
    own || std::env::var_os("TESSH_AS_SSH").is_some_and(|value| value == "1")
}

/// One line, and the exit code of the error's kind.
fn fail(error: &Error, json: bool) -> ExitCode {
    crate::terminal::restore();
    if json {
        log::write(&error.to_json());
    } else {
        log::fatal(&error.to_string());
    }
    ExitCode::from(error.kind().exit_code())
}
