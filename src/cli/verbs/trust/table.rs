//! The records of `tessh trust list` as a table for a person at a terminal: a heading for each file,
//! a header, and lines that fit the screen. `report` has the lines for programs.

use super::report::{Pinned, Records};
use crate::say;
use crate::text::{self, columns, pieces_of};
use crate::trust::authority::Authority;
use crate::trust::entries::{KnownHostsEntry, Listing};
use crate::trust::fingerprint;

/// The least width: terminals are at least this wide.
const NARROW: usize = 80;
/// The greatest width: longer lines are hard to follow.
const WIDE: usize = 140;
/// The columns for the number of a line, and for a type of key.
const NUMBER: usize = 5;
const TYPE: usize = 8;
/// The columns of a SHA-256 fingerprint in base64.
const FINGERPRINT: usize = 43;
/// The columns between two cells.
const GAP: usize = 2;
/// How many characters of a path or name are shown.
const MAX_SHOWN: usize = 400;

/// The table, for a screen of this many columns.
pub(super) fn table(records: &Records, screen: usize) -> String {
    let name = screen.clamp(NARROW, WIDE) - NUMBER - TYPE - FINGERPRINT - 3 * GAP;
    let mut out = String::new();
    for (_, listing) in &records.files {
        known_hosts(&mut out, listing, name);
    }
    let authorities = records.authorities.records.iter().map(of_authority);
    section(&mut out, &say!(trust_authorities), &say!(trust_column_name), name, authorities);
    let pins = records.pins.iter().map(of_pin);
    section(&mut out, &say!(trust_pins), &say!(trust_column_session), name, pins);
    out
}

/// One row: what stands at its beginning, a name, a type, a fingerprint.
struct TableRow {
    number: String,
    name: String,
    kind: String,
    sha256: String,
}

fn known_hosts(out: &mut String, listing: &Listing, name: usize) {
    let Some(first) = listing.entries.first() else { return };
    let file = text::name(first.at.file.as_os_str().as_encoded_bytes(), MAX_SHOWN);
    heading(out, &file);
    header(out, &say!(trust_column_line), &say!(trust_column_hosts), name);
    listing.entries.iter().for_each(|entry| row(out, &of_entry(entry), name));
}

fn section(
    out: &mut String,
    title: &str,
    column: &str,
    name: usize,
    rows: impl Iterator<Item = TableRow>,
) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    heading(out, title);
    header(out, "", column, name);
    rows.for_each(|it| row(out, &it, name));
}

fn heading(out: &mut String, title: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(title);
    out.push('\n');
}

fn header(out: &mut String, number: &str, column: &str, name: usize) {
    let (kind, sha256) = (say!(trust_column_type), "SHA256".to_owned());
    let titles = TableRow { number: number.to_owned(), name: column.to_owned(), kind, sha256 };
    row(out, &titles, name);
}

/// Adds a row. A name that is too long has lines of its own before the rest.
fn row(out: &mut String, row: &TableRow, name: usize) {
    let TableRow { number, name: shown, kind, sha256 } = row;
    let blanks = |count: usize| " ".repeat(count);
    let left = blanks(NUMBER.saturating_sub(columns(number)));
    out.push_str(&format!("{left}{number}{}", blanks(GAP)));
    let mut last = shown.clone();
    if columns(shown) > name {
        let whole = name + TYPE + FINGERPRINT + 2 * GAP;
        let indent = format!("\n{}", blanks(NUMBER + GAP));
        out.push_str(&pieces_of(shown, whole).join(&indent));
        out.push_str(&indent);
        last.clear();
    }
    let pad = |text: &str, width: usize| blanks(width.saturating_sub(columns(text)) + GAP);
    out.push_str(&format!("{last}{}{kind}{}{sha256}\n", pad(&last, name), pad(kind, TYPE)));
}

fn of_entry(entry: &KnownHostsEntry) -> TableRow {
    let hosts = entry.hosts.clone().unwrap_or_else(|| say!(trust_hashed));
    let marker = entry.marker_word().map(|word| format!("{word} ")).unwrap_or_default();
    TableRow {
        number: entry.at.line.to_string(),
        name: format!("{marker}{hosts}"),
        kind: fingerprint::type_name(&entry.key).to_owned(),
        sha256: bare(&fingerprint::sha256(&entry.key)),
    }
}

fn of_authority(authority: &Authority) -> TableRow {
    let validity = text::line(authority.validity.as_str(), MAX_SHOWN);
    TableRow {
        number: String::new(),
        name: format!("{}: {validity}", authority.shown()),
        kind: fingerprint::type_name(&authority.key).to_owned(),
        sha256: bare(&fingerprint::sha256(&authority.key)),
    }
}

fn of_pin(pin: &Pinned) -> TableRow {
    let Pinned { session, host, fingerprint } = pin;
    let name = format!("{session}: {host}");
    // What is pinned may be a key or a fingerprint in another form.
    match fingerprint.strip_prefix("SHA256:") {
        Some(sha256) => {
            TableRow { number: String::new(), name, kind: String::new(), sha256: sha256.to_owned() }
        }
        None => TableRow {
            number: String::new(),
            name: format!("{name}: {fingerprint}"),
            kind: String::new(),
            sha256: String::new(),
        },
    }
}

/// A fingerprint without the hash's name, which the header has.
fn bare(sha256: &str) -> String {
    sha256.trim_start_matches("SHA256:").to_owned()
}
