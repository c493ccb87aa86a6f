//! The name of a log file from a template, as in Tera Term. Times are replaced first, as in
//! strftime(3); then `&h` by the host, `&p` by the port, `&u` by the user and `&&` by an ampersand.

use jiff::Zoned;
use jiff::fmt::strtime;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// The longest name, in bytes: PATH_MAX of Linux.
const MAX_NAME: usize = 4096;
/// The most characters of a template that a message shows.
const MAX_SHOWN: usize = 200;

/// The values of the placeholders in a template.
#[derive(Clone, Debug)]
pub struct LogNames<'a> {
    /// The host, for `&h`.
    pub host: &'a str,
    /// The port, for `&p`.
    pub port: u16,
    /// The remote user, for `&u`.
    pub user: &'a str,
}

/// Expands a template to the name of a file at this time. The caller has expanded `~`.
///
/// # Errors
/// [`Kind::Usage`]: a `%` that strftime(3) does not know, or a name that is too long.
pub fn file_name(template: &str, names: &LogNames<'_>, now: &Zoned) -> Result<String> {
    let shown = text::line(template, MAX_SHOWN);
    let dated = strtime::format(template, now).map_err(|error| {
        let why = text::line(&error.to_string(), MAX_SHOWN);
        Error::new(Kind::Usage, say!(log_name_fault, name = shown, why))
            .hint(say!(log_name_percent))
    })?;
    let mut name = String::with_capacity(dated.len());
    let mut rest = dated.as_str();
    while let Some(at) = rest.find('&') {
        name.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('h') => name.push_str(&part(names.host)),
            Some('p') => name.push_str(&names.port.to_string()),
            Some('u') => name.push_str(&part(names.user)),
            Some('&') => name.push('&'),
            Some(other) => name.extend(['&', other]),
            None => name.push('&'),
        }
        rest = after.as_str();
    }
    name.push_str(rest);
    match name.len() > MAX_NAME {
        true => Err(Error::new(Kind::Usage, say!(log_name_long, name = shown))),
        false => Ok(name),
    }
}

/// A value as a part of a file name: without separators and characters that other systems do not
/// allow.
fn part(text: &str) -> String {
    let bad = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    text.chars().map(|c| if bad(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(template: &str) -> Result<String> {
        let now: jiff::Timestamp = "2026-03-09T07:05:04.021Z".parse().unwrap();
        let now = now.to_zoned(jiff::tz::TimeZone::UTC);
        file_name(template, &LogNames { host: "2001:db8::7", port: 2222, user: "a/b" }, &now)
    }

    #[test]
    fn parts_and_times_are_filled_in_once() {
        for (template, wanted) in [
            ("plain.log", "plain.log"),
            ("/l/&h-&p-&u.log", "/l/2001_db8__7-2222-a_b.log"),
            ("%Y-%m-%d_%H%M%S", "2026-03-09_070504"),
            ("100%%", "100%"),
            ("R&&D&x&", "R&D&x&"),
        ] {
            assert_eq!(name(template).unwrap(), wanted, "{template}");
        }
        let hosts = |count: usize| name(&"&h".repeat(count));
        let most = MAX_NAME / "2001_db8__7".len();
        assert!(hosts(most).is_ok() && hosts(most + 1).is_err());
    }

    #[test]
    fn what_is_no_time_is_named() {
        let error = name("/l/%!").unwrap_err();
        assert!(error.to_string().starts_with("log /l/%!: "), "{error}");
        assert!(error.to_string().contains("strftime"), "{error}");
        assert!(name(&"&h".repeat(1000)).is_err(), "too long");
    }
}
