//! `tessh trust remove HOST`: removes the keys of a host from the files. A line that lists other
//! names keeps those; lines with a marker or a pattern stay unless they are named.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::host::HostLookup;
use super::report;
use super::words::{NOTHING, TrustWords, usage};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::trust::Trust;
use crate::cli::log;
use crate::cli::output::{print, print_json};
use crate::error::Result;
use crate::say;
use crate::trust::entries::{self, LinesToRemove, Removal, Struck};
use crate::trust::fingerprint;

pub(super) fn run(words: &TrustWords, environment: &ProcessEnvironment) -> Result<u8> {
    let flags = [Trust::File, Trust::Type, Trust::Fingerprint, Trust::DryRun];
    words.only("remove", &flags)?;
    if let Some(typed) = &words.fingerprint {
        report::check_fingerprint(typed)?;
    }
    let host = HostLookup::find(&words.host_alone("remove")?, environment)?;
    let wanted = LinesToRemove {
        names: host.names.clone(),
        kind: words.kind.clone(),
        fingerprint: words.fingerprint.clone(),
    };
    let files = match &words.file {
        Some(file) => vec![file.clone()],
        None => host.options.user_known_hosts_files.value.clone(),
    };
    if files.is_empty() {
        return Err(usage(say!(trust_no_file)).hint(say!(trust_no_file_hint)));
    }
    let mut all = Removal::default();
    for file in distinct(&files) {
        let one = match words.dry_run {
            true => entries::would_remove(file, &wanted)?,
            false => entries::remove(file, &wanted)?,
        };
        all.struck.extend(one.struck);
        all.kept.extend(one.kept);
    }
    report(words, &host, &all)
}

fn report(words: &TrustWords, host: &HostLookup, all: &Removal) -> Result<u8> {
    let code = if all.struck.is_empty() { NOTHING } else { 0 };
    if words.json {
        let removed: Vec<Json> = all.struck.iter().map(struck).collect();
        let kept: Vec<Json> = all.kept.iter().map(|entry| report::entry(entry, None)).collect();
        let object = json!({"dry_run": words.dry_run, "removed": removed, "kept": kept});
        print_json(&format!("{object:#}\n"))?;
        return Ok(code);
    }
    let mut out = String::new();
    for line in &all.struck {
        out.push_str(&match words.dry_run {
            true => change(line),
            false => struck_line(line),
        });
    }
    for entry in &all.kept {
        log::write(&format!("tessh: {}", say!(trust_kept, line = report::row(entry, None))));
    }
    if code == NOTHING {
        let (host, names) = (&host.shown, host.names.join(", "));
        log::write(&format!("tessh: {}", say!(trust_nothing_to_remove, host, names)));
    }
    print(&out)?;
    Ok(code)
}

/// The change in the format of `diff`.
pub(super) fn change(line: &Struck) -> String {
    let mut out = format!("-{}: {}\n", line.at, line.before);
    if let Some(after) = &line.after {
        out.push_str(&format!("+{}: {after}\n", line.at));
    }
    out
}

fn struck_line(line: &Struck) -> String {
    let (place, key) = (&line.at, key(line));
    match &line.after {
        None => say!(trust_removed, place, key) + "\n",
        Some(_) => say!(trust_name_removed, place, key) + "\n",
    }
}

fn key(line: &Struck) -> String {
    match &line.key {
        Some(key) => format!("{} {}", fingerprint::type_name(key), fingerprint::sha256(key)),
        None => say!(trust_damaged_key),
    }
}

pub(super) fn struck(line: &Struck) -> Json {
    json!({
        "file": line.at.file.to_string_lossy(),
        "line": line.at.line,
        "type": line.key.as_ref().map(fingerprint::type_name),
        "fingerprint": line.key.as_ref().map(fingerprint::sha256),
        "before": line.before,
        "after": line.after,
    })
}

fn distinct(files: &[PathBuf]) -> Vec<&PathBuf> {
    let mut seen: Vec<&PathBuf> = Vec::new();
    for file in files {
        if !seen.contains(&file) {
            seen.push(file);
        }
    }
    seen
}
