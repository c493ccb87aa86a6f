//! `tessh trust list`: every key on record, file by file.

use std::path::Path;

use serde_json::json;

use super::report::{self, Records};
use super::table;
use super::words::{TrustWords, usage};
use crate::cli::args::{self, Verb};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::trust::Trust;
use crate::cli::output::{print, print_json};
use crate::cli::resolve;
use crate::cli::resolve::SystemNames;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::descriptor;
use crate::say;
use crate::terminal;
use crate::text;

/// A host that only `Host *` matches, to find the files for all hosts.
const ANY: &str = "*";

pub(super) fn run(words: &TrustWords, environment: &ProcessEnvironment) -> Result<u8> {
    words.only("list", &[Trust::File, Trust::Type])?;
    let rest = words.rest.iter().cloned().chain([ANY.into()]);
    let typed = args::parse_after(Verb::Trust, rest)?;
    if typed.destination.as_deref() != Some(ANY) || !typed.command.is_empty() {
        return Err(usage(say!(trust_list_takes_no_host)).hint(say!(trust_list_hint)));
    }
    if let Some(file) = &words.file {
        check_named(file)?;
    }
    let resolved = resolve::layered(&typed, &environment.context(), &SystemNames)?;
    let files = report::files(&resolved.options, words.file.as_deref());
    let mut records = Records::read(&files, None, environment);
    records.keep_type(words.kind.as_deref());
    if words.file.is_none() {
        records.add_authorities(None, environment);
        records.add_pins(None, environment);
    }
    if words.json {
        return print_json(&format!("{:#}\n", json!(records.json())));
    }
    records.complain();
    // A person gets a table; a program gets what it can search, one line for each record.
    let stdout = descriptor::stdout();
    match terminal::is_terminal(stdout) {
        true => {
            let columns = terminal::window_size(stdout).map_or(0, |size| size.columns as usize);
            print(&table::table(&records, columns))
        }
        false => print(&records.page()),
    }
}

/// Refuses a file that was named and is not there; the usual ones may be missing.
fn check_named(file: &Path) -> Result<()> {
    std::fs::metadata(file).map(drop).map_err(|error| {
        let path = text::path(file);
        let reason = io_reason(&error);
        let cause = format!("{path} {}: {reason}", say!(file_not_read));
        Error::new(Kind::Local, cause).hint(say!(trust_list_file_hint))
    })
}
