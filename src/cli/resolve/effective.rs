//! `-G`: the configuration in force, line by line.

use super::layers::{command_line, joined, layered_to_print};
use super::plan::ResolvedOptions;
use super::settle::{command, no_subsystem};
use crate::cli::args::Typed;
use crate::config::{self, Context, Keyword, NameLookup};
use crate::error::Result;

/// The output of `-G`: the configuration that would be in force, including settings that this
/// program does not support.
///
/// # Errors
/// Those of [`options`](super::layers::options), except for unsupported settings; and
/// [`Usage`](crate::error::Kind::Usage) for conflicting ones.
pub fn effective(
    typed: &Typed,
    context: &Context,
    names: &dyn NameLookup,
    list: &dyn Fn(Keyword, Option<&str>) -> String,
) -> Result<Vec<String>> {
    let ResolvedOptions { host, layers, options, .. } = layered_to_print(typed, context, names)?;
    let typed_type = command_line(typed, None)?;
    let typed_type = typed_type.entries().iter().find(|e| e.keyword == Keyword::SessionType);
    let subsystem = typed_type.is_some_and(|e| e.args[0].eq_ignore_ascii_case("subsystem"));
    if subsystem && joined(typed).is_none() {
        return Err(no_subsystem());
    }
    let command = command(typed, &options)?.is_some();
    let host = typed_host(typed).unwrap_or(&host);
    let shown = config::EffectiveConfig { layers: &layers, options: &options, host, command, list };
    Ok(config::effective_lines(&shown))
}

/// The destination's host with the brackets it was typed with.
fn typed_host(typed: &Typed) -> Option<&str> {
    let text = typed.destination.as_deref().filter(|text| !text.contains("://"))?;
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    Some(host).filter(|host| host.starts_with('[') && host.ends_with(']'))
}
