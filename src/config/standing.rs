//! Refuses values that tessh does not honour, or warns of them, as the table of keywords says.
//!
//! To honour another keyword, change its row in the table; nothing here changes.

use super::fault::shown;
use super::keyword::{Keyword, KeywordStanding, TABLE};
use super::layers::{Directive, Layers};
use super::origin::Origin;
use super::value;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Refuses values that ask for something tessh does not do, and returns one warning for each that
/// is only ignored. Called before connections, not for `-G`.
///
/// # Errors
/// [`Kind::Config`], or [`Kind::Usage`] if a flag set the value: what is refused, and why.
pub fn check_standing(layers: &Layers) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    let set = |keyword| layers.first(keyword).is_some_and(|e| value::flag(&e.args[0]) == Ok(true));
    for row in TABLE {
        let Some(entry) = layers.first(row.keyword) else {
            continue;
        };
        let value = entry.args.join(" ");
        let asks = |quiet: &[&str]| !quiet.iter().any(|q| q.eq_ignore_ascii_case(&value));
        let moot = match row.keyword {
            Keyword::LocalForward | Keyword::RemoteForward | Keyword::DynamicForward => {
                set(Keyword::ClearAllForwardings)
            }
            Keyword::LocalCommand => !set(Keyword::PermitLocalCommand),
            _ => false,
        };
        match row.standing {
            KeywordStanding::Refused(quiet, why) if !moot && asks(quiet) => {
                return Err(refusal(entry, &why.to_string(), quiet));
            }
            KeywordStanding::Warned(quiet, why) if asks(quiet) => {
                let value = shown(&value);
                warnings.push(format!("{}: {} {value}: {why}", entry.origin, row.name));
            }
            _ => {}
        }
    }
    Ok(warnings)
}

fn refusal(entry: &Directive, why: &str, quiet: &[&str]) -> Error {
    let name = entry.keyword.name();
    if let Origin::Flag(flag) = entry.origin {
        let error = Error::new(Kind::Usage, format!("{flag}: {why}"));
        return error.hint(say!(config_flag_left_out_hint, flag));
    }
    let value = shown(&entry.args.join(" "));
    let error = Error::new(Kind::Config, format!("{}: {name} {value}: {why}", entry.origin));
    match quiet.first() {
        Some(off) => error.hint(say!(config_goes_without_hint, name, off)),
        None => error,
    }
}
