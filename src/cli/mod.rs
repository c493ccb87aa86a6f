//! The command line program: flags, verbs, help and exit codes. Only this part reads the
//! environment. Each verb is a file in `verbs/`; connecting is in `connect/`.

mod amount;
pub mod args;
mod attempt;
mod connect;
mod descriptor;
mod environment;
mod exit_code;
pub mod flags;
pub mod help;
mod local;
mod log;
mod look;
mod output;
pub mod resolve;
mod runtime;
mod settings;
mod teleport;
mod verbs;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use args::Typed;
pub use environment::ProcessEnvironment;

use crate::error::{Error, Result, io_reason};
use crate::say;
use crate::text;

/// Runs the command line of this process and returns its exit code.
pub fn main() -> ExitCode {
    ExitCode::from(crate::os::stack::run_on_enough(run))
}

fn run() -> u8 {
    crate::os::disposition::settle();
    crate::terminal::install_panic_hook();
    runtime::expect_shortage_of_threads();
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let words: Vec<_> = words.collect();
    let mut json = words.iter().any(|word| word == "--json");
    match answer(words, is_ssh(&name), &mut json) {
        Ok(code) => code,
        Err(error) => fail(&error, json),
    }
}

/// Sets the language, parses the words and runs the verb; `json` is set if errors are printed as
/// JSON.
fn answer(mut words: Vec<OsString>, as_ssh: bool, json: &mut bool) -> Result<u8> {
    look::speak_locale(&ProcessEnvironment::find(), as_ssh);
    if !as_ssh && let Some(name) = look::take_language(&mut words, args::is_verb) {
        look::speak(&name)?;
    }
    let parse = || args::parse_open(words.iter().cloned(), as_ssh);
    let typed = match parse() {
        // Errors about the words are reported in the language that they select.
        Err(_) if look::speak_as_asked(&words) => parse()?,
        typed => typed?,
    };
    *json = typed.json;
    if let Some(name) = &typed.lang {
        look::speak(name)?;
    }
    match as_ssh && typed.names_identity() {
        true => verbs::run(&without_missing_identities(typed)),
        false => verbs::run(&typed),
    }
}

/// As ssh does it, a file of `-i` that is not there is told, and counts as not named.
fn without_missing_identities(typed: Typed) -> Typed {
    let environment = ProcessEnvironment::find();
    let (typed, missing) = resolve::split_missing_identities(typed, &environment.context());
    for (path, error) in missing {
        let path = text::name(path.as_os_str().as_encoded_bytes(), usize::MAX);
        log::write(&say!(identity_not_accessible, path, reason = io_reason(&error)));
    }
    typed
}

/// Whether the program was called `ssh`; it then has no verbs.
fn is_ssh(name: &OsStr) -> bool {
    let own = Path::new(name).file_name() == Some(OsStr::new("ssh"));
    own || std::env::var_os("TESSH_AS_SSH").is_some_and(|value| value == "1")
}

/// Prints the error and returns the exit code of its kind, or that of a hang-up, whatever came of it.
fn fail(error: &Error, json: bool) -> u8 {
    crate::terminal::restore();
    if json {
        log::write(&failure_line(error));
    } else {
        log::fatal(&error.to_string());
    }
    match crate::terminal::has_gone() {
        true => exit_code::HUNG_UP,
        false => error.kind().exit_code(),
    }
}

/// The error as one line of JSON. What a terminal would act on is escaped as JSON does it: the log's own
/// escapes are none of JSON's.
fn failure_line(error: &Error) -> String {
    text::json(&error.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_failure_is_json_whatever_it_quotes_and_passes_the_log_as_it_is() {
        let cause = "no host web\u{202e}1\u{9b}2J";
        let line = failure_line(&Error::new(Kind::Resolve, cause));
        assert_eq!(text::block(&line, usize::MAX, usize::MAX), line);
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(object["cause"], cause);
    }
}
