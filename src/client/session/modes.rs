//! Terminal modes that a saved session sets or leaves out, beside those of the local terminal.
//!
//! An entry is `NAME=VALUE`, or `-NAME` for a mode that is not sent. Names are those of RFC 4254
//! section 8 without the V of the special characters: `ERASE=127`, `ECHO=no`, `-STATUS`. A special
//! character's value is its number, `^C` and the like, `^<13>` with a number in decimal, octal
//! (`0…`) or hexadecimal (`0x…`), or nothing for none; another mode's is a number or a word for yes
//! or no.

use russh::Pty;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// RFC 4254's value for a special character that does not exist.
const NO_CHARACTER: u32 = 255;
/// How many characters of an entry a message shows.
const SHOWN: usize = 60;

/// The special characters.
const CHARACTERS: [(&str, Pty); 18] = [
    ("INTR", Pty::VINTR),
    ("QUIT", Pty::VQUIT),
    ("ERASE", Pty::VERASE),
    ("KILL", Pty::VKILL),
    ("EOF", Pty::VEOF),
    ("EOL", Pty::VEOL),
    ("EOL2", Pty::VEOL2),
    ("START", Pty::VSTART),
    ("STOP", Pty::VSTOP),
    ("SUSP", Pty::VSUSP),
    ("DSUSP", Pty::VDSUSP),
    ("REPRINT", Pty::VREPRINT),
    ("WERASE", Pty::VWERASE),
    ("LNEXT", Pty::VLNEXT),
    ("FLUSH", Pty::VFLUSH),
    ("SWTCH", Pty::VSWTCH),
    ("STATUS", Pty::VSTATUS),
    ("DISCARD", Pty::VDISCARD),
];

/// The modes that are on or off.
const SWITCHES: [(&str, Pty); 36] = [
    ("IGNPAR", Pty::IGNPAR),
    ("PARMRK", Pty::PARMRK),
    ("INPCK", Pty::INPCK),
    ("ISTRIP", Pty::ISTRIP),
    ("INLCR", Pty::INLCR),
    ("IGNCR", Pty::IGNCR),
    ("ICRNL", Pty::ICRNL),
    ("IUCLC", Pty::IUCLC),
    ("IXON", Pty::IXON),
    ("IXANY", Pty::IXANY),
    ("IXOFF", Pty::IXOFF),
    ("IMAXBEL", Pty::IMAXBEL),
    ("IUTF8", Pty::IUTF8),
    ("ISIG", Pty::ISIG),
    ("ICANON", Pty::ICANON),
    ("XCASE", Pty::XCASE),
    ("ECHO", Pty::ECHO),
    ("ECHOE", Pty::ECHOE),
    ("ECHOK", Pty::ECHOK),
    ("ECHONL", Pty::ECHONL),
    ("NOFLSH", Pty::NOFLSH),
    ("TOSTOP", Pty::TOSTOP),
    ("IEXTEN", Pty::IEXTEN),
    ("ECHOCTL", Pty::ECHOCTL),
    ("ECHOKE", Pty::ECHOKE),
    ("PENDIN", Pty::PENDIN),
    ("OPOST", Pty::OPOST),
    ("OLCUC", Pty::OLCUC),
    ("ONLCR", Pty::ONLCR),
    ("OCRNL", Pty::OCRNL),
    ("ONOCR", Pty::ONOCR),
    ("ONLRET", Pty::ONLRET),
    ("CS7", Pty::CS7),
    ("CS8", Pty::CS8),
    ("PARENB", Pty::PARENB),
    ("PARODD", Pty::PARODD),
];

/// Terminal modes to set, and modes not to send.
#[derive(Clone, Debug, Default)]
pub struct ModeOverrides(Vec<(Pty, Option<u32>)>);

impl ModeOverrides {
    /// Parses the entries; of two for one mode the last counts.
    ///
    /// # Errors
    /// [`Kind::Config`]: a name that RFC 4254 does not have, or a value that its mode cannot have.
    pub fn parse(entries: &[String]) -> Result<ModeOverrides> {
        let bad = |entry: &String| {
            let shown = text::line(entry, SHOWN);
            Error::new(Kind::Config, say!(terminal_mode_bad, shown))
                .hint(say!(terminal_mode_bad_hint))
        };
        let parsed = entries.iter().map(|entry| parse(entry).ok_or_else(|| bad(entry)));
        parsed.collect::<Result<_>>().map(ModeOverrides)
    }

    /// The modes of the local terminal with these in their place or added.
    pub fn over(&self, mut modes: Vec<(Pty, u32)>) -> Vec<(Pty, u32)> {
        for &(mode, value) in &self.0 {
            let place = modes.iter().position(|(other, _)| *other == mode);
            match (place, value) {
                (Some(place), Some(value)) => modes[place].1 = value,
                (None, Some(value)) => modes.push((mode, value)),
                (Some(place), None) => drop(modes.remove(place)),
                (None, None) => {}
            }
        }
        modes
    }
}

fn parse(entry: &str) -> Option<(Pty, Option<u32>)> {
    if let Some(name) = entry.strip_prefix('-') {
        let mode = find(&CHARACTERS, name).or_else(|| find(&SWITCHES, name))?;
        return Some((mode, None));
    }
    let (name, value) = entry.split_once('=')?;
    match find(&CHARACTERS, name) {
        Some(mode) => Some((mode, Some(character(value)?))),
        None => Some((find(&SWITCHES, name)?, Some(switch(value)?))),
    }
}

fn find(table: &[(&str, Pty)], name: &str) -> Option<Pty> {
    table.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
}

fn character(value: &str) -> Option<u32> {
    let byte = match value.as_bytes() {
        [] => return Some(NO_CHARACTER),
        [b'^', b'<', number @ .., b'>'] => c_number(std::str::from_utf8(number).ok()?)?,
        [b'^', b'~'] => b'^',
        [b'^', letter @ b'a'..=b'z'] => letter - b'a' + 1,
        [b'^', sign @ (b'@'..=b'_' | b'?')] => sign ^ b'@',
        [b'0'..=b'9', ..] => value.parse().ok()?,
        _ => return None,
    };
    Some(byte.into())
}

/// A byte written as in C.
fn c_number(text: &str) -> Option<u8> {
    match (text.strip_prefix("0x").or(text.strip_prefix("0X")), text.strip_prefix('0')) {
        (Some(digits), _) => u8::from_str_radix(digits, 16).ok(),
        (None, Some(digits)) if !digits.is_empty() => u8::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

fn switch(value: &str) -> Option<u32> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" | "+" => Some(1),
        "no" | "off" | "false" | "-" => Some(0),
        number => number.parse::<u32>().ok().map(|number| u32::from(number != 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(entries: &[&str]) -> Vec<(Pty, u32)> {
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        let local = vec![(Pty::VERASE, 127), (Pty::VSTATUS, 20), (Pty::ECHO, 1)];
        ModeOverrides::parse(&entries).unwrap().over(local)
    }

    #[test]
    fn modes_are_set_added_and_left_out() {
        let modes = over(&["ERASE=^H", "-STATUS", "IUTF8=yes", "-QUIT"]);
        assert_eq!(modes, [(Pty::VERASE, 8), (Pty::ECHO, 1), (Pty::IUTF8, 1)]);
        assert_eq!(over(&[]).len(), 3);
    }

    #[test]
    fn values_are_numbers_characters_and_words() {
        for (entry, wanted) in [
            ("ERASE=8", Some(8)),
            ("ERASE=^?", Some(127)),
            ("ERASE=^h", Some(8)),
            ("ERASE=^[", Some(27)),
            ("ERASE=^~", Some(94)),
            ("ERASE=^<0x7f>", Some(127)),
            ("ERASE=^<010>", Some(8)),
            ("ERASE=^<0>", Some(0)),
            ("ERASE=", Some(255)),
            ("ERASE=256", None),
            ("ERASE=^<256>", None),
            ("ERASE=x", None),
            ("ECHO=On", Some(1)),
            ("ECHO=no", Some(0)),
            ("ECHO=7", Some(1)),
            ("ECHO=", None),
            ("ECHO=maybe", None),
            ("erase=8", None),
            ("VERASE=8", None),
            ("ERASE", None),
            ("-NOTHING", None),
            ("", None),
        ] {
            let parsed = ModeOverrides::parse(&[entry.to_owned()]);
            let found = parsed.ok().and_then(|modes| modes.0[0].1);
            assert_eq!(found, wanted, "{entry}");
        }
    }
}
