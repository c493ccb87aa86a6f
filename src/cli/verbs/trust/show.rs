//! `tessh trust show HOST`: shows every line about a host, including those with a hashed name.

use serde_json::json;

use super::host::HostLookup;
use super::report::{self, Records};
use super::words::{NOTHING, TrustWords};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::trust::Trust;
use crate::cli::log;
use crate::cli::output::{print, print_json};
use crate::error::Result;
use crate::say;

pub(super) fn run(words: &TrustWords, environment: &ProcessEnvironment) -> Result<u8> {
    words.only("show", &[Trust::File, Trust::Type])?;
    let host = HostLookup::find(&words.host_alone("show")?, environment)?;
    let files = report::files(&host.options, words.file.as_deref());
    let mut records = Records::read(&files, Some(&host.names), environment);
    records.keep_type(words.kind.as_deref());
    if words.file.is_none() {
        records.add_authorities(Some(&host), environment);
        records.add_pins(Some(&host), environment);
    }
    let others = report::on_other_ports(&files, &host, words.kind.as_deref());
    let code = if records.is_empty() && others.is_empty() { NOTHING } else { 0 };
    if words.json {
        let mut object = records.json();
        object.insert("name".to_owned(), json!(host.subject.entry_name()));
        let others: Vec<_> = others.iter().map(|it| report::entry(it, None)).collect();
        object.insert("other_ports".to_owned(), json!(others));
        print_json(&format!("{:#}\n", json!(object)))?;
        return Ok(code);
    }
    records.complain();
    if records.is_empty() {
        let (host, names) = (&host.shown, host.names.join(", "));
        log::write(&format!("tessh: {}", say!(trust_nothing_on_record, host, names)));
    }
    let mut page = records.page();
    if !others.is_empty() {
        page.push_str(&(say!(trust_other_ports) + "\n"));
        others.iter().for_each(|it| page.push_str(&(report::row(it, None) + "\n")));
    }
    print(&page)?;
    Ok(code)
}
