//! PuTTY's list of terminal modes: `NAME=A` as the local terminal has it, `NAME=N` not sent, or
//! `NAME=Vvalue`.

use super::list::escaped;

/// The names in PuTTY's order.
const NAMES: [&str; 54] = [
    "CS7", "CS8", "DISCARD", "DSUSP", "ECHO", "ECHOCTL", "ECHOE", "ECHOK", "ECHOKE", "ECHONL",
    "EOF", "EOL", "EOL2", "ERASE", "FLUSH", "ICANON", "ICRNL", "IEXTEN", "IGNCR", "IGNPAR",
    "IMAXBEL", "INLCR", "INPCK", "INTR", "ISIG", "ISTRIP", "IUCLC", "IUTF8", "IXANY", "IXOFF",
    "IXON", "KILL", "LNEXT", "NOFLSH", "OCRNL", "OLCUC", "ONLCR", "ONLRET", "ONOCR", "OPOST",
    "PARENB", "PARMRK", "PARODD", "PENDIN", "QUIT", "REPRINT", "START", "STATUS", "STOP", "SUSP",
    "SWTCH", "TOSTOP", "WERASE", "XCASE",
];
/// Those whose value is a character.
const CHARACTERS: [&str; 18] = [
    "INTR", "QUIT", "ERASE", "KILL", "EOF", "EOL", "EOL2", "START", "STOP", "SUSP", "DSUSP",
    "REPRINT", "WERASE", "LNEXT", "FLUSH", "SWTCH", "STATUS", "DISCARD",
];

/// The list for entries `NAME=VALUE` and `-NAME`; of two for one mode the last counts.
pub(super) fn modes(entries: &[String]) -> String {
    let entry = |name: &str| {
        let value = entries.iter().rev().find_map(|entry| match entry.strip_prefix('-') {
            Some(other) => (other == name).then(|| "N".to_owned()),
            None => value(name, entry.strip_prefix(name)?.strip_prefix('=')?),
        });
        format!("{name}={}", escaped(value.as_deref().unwrap_or("A")))
    };
    NAMES.map(entry).join(",")
}

/// A value; PuTTY takes the digits of a character's number for characters of their own.
fn value(name: &str, value: &str) -> Option<String> {
    match value.parse::<u8>() {
        Ok(number) if CHARACTERS.contains(&name) && number != 255 => Some(format!("V^<{number}>")),
        Ok(_) if CHARACTERS.contains(&name) => Some("V".to_owned()),
        _ => Some(format!("V{value}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_named() {
        let entries = ["ERASE=8", "ECHO=no", "-QUIT", "EOL=255", "INTR=^C"].map(str::to_owned);
        let list = modes(&entries);
        assert_eq!(list.split(',').count(), 54);
        for wanted in ["ERASE=V^<8>", "ECHO=Vno", "QUIT=N", "EOL=V", "INTR=V^C", "KILL=A"] {
            assert!(list.split(',').any(|entry| entry == wanted), "{wanted}: {list}");
        }
        assert!(list.starts_with("CS7=A,"));
    }
}
