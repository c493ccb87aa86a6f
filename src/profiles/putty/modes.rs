//! `TerminalModes`: a list of `NAME=A` (as this machine has it), `NAME=N` (not sent) and
//! `NAME=Vvalue`.

use super::map;

/// The modes whose value is a character. The others are numbers, or yes and no.
const CHARACTERS: [&str; 18] = [
    "INTR", "QUIT", "ERASE", "KILL", "EOF", "EOL", "EOL2", "START", "STOP", "SUSP", "DSUSP",
    "REPRINT", "WERASE", "LNEXT", "FLUSH", "SWTCH", "STATUS", "DISCARD",
];
/// The modes whose value is yes or no.
const SWITCHES: [&str; 36] = [
    "IGNPAR", "PARMRK", "INPCK", "ISTRIP", "INLCR", "IGNCR", "ICRNL", "IUCLC", "IXON", "IXANY",
    "IXOFF", "IMAXBEL", "IUTF8", "ISIG", "ICANON", "XCASE", "ECHO", "ECHOE", "ECHOK", "ECHONL",
    "NOFLSH", "TOSTOP", "IEXTEN", "ECHOCTL", "ECHOKE", "PENDIN", "OPOST", "OLCUC", "ONLCR",
    "OCRNL", "ONOCR", "ONLRET", "CS7", "CS8", "PARENB", "PARODD",
];
/// The value of a character that is switched off.
const NO_CHARACTER: u8 = 255;

/// The modes that differ from this machine's, as `NAME=VALUE`, or `-NAME` for one that is not sent.
/// A mode that a session does not name is not sent, except for IUTF8, which is newer.
pub fn parse(text: &str) -> Vec<String> {
    let kept = map::parse(text);
    let mut found = Vec::new();
    for name in CHARACTERS.into_iter().chain(SWITCHES) {
        match kept.get(name).map(String::as_str) {
            None if name == "IUTF8" => {}
            None => found.push(format!("-{name}")),
            Some(value) if value.starts_with('N') => found.push(format!("-{name}")),
            Some(value) => {
                let Some(value) = value.strip_prefix('V') else { continue };
                let value = match CHARACTERS.contains(&name) {
                    true => character(value),
                    false => u8::from(is_on(value)),
                };
                found.push(format!("{name}={value}"));
            }
        }
    }
    found
}

/// A character: itself, `^C`, or `^<127>`. `^~` is `^`, as is what follows none of these forms.
fn character(text: &str) -> u8 {
    match text.as_bytes() {
        [] => NO_CHARACTER,
        [b'^', b'<', rest @ ..] => {
            let end = rest.iter().position(|&byte| byte == b'>');
            end.and_then(|end| number(&rest[..end])).unwrap_or(b'^')
        }
        [b'^', letter @ (b'a'..=b'z' | b'@'..=b'_' | b'?' | 0x80..), ..] => {
            letter.to_ascii_uppercase() ^ 0x40
        }
        [byte, ..] => *byte,
    }
}

/// The lowest byte of a number as C writes it: `0x1b`, `033`, `27`, with spaces before it.
fn number(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?.trim_start();
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(text) => i64::from_str_radix(text, 16),
        None if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(text, 8),
        None => text.parse(),
    };
    number.ok().map(|number| number.to_le_bytes()[0])
}

fn is_on(text: &str) -> bool {
    let any = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    any(["yes", "on", "true", "+"]) || text.trim().parse::<i32>().is_ok_and(|number| number != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_said() {
        let all = |change: (&str, &str)| {
            let names = CHARACTERS.into_iter().chain(SWITCHES);
            let pair = |name: &str| match name == change.0 {
                true => format!("{name}={}", change.1),
                false => format!("{name}=A"),
            };
            names.map(pair).collect::<Vec<_>>().join(",")
        };
        for (change, wanted) in [
            (("", ""), None),
            (("ERASE", "N"), Some("-ERASE")),
            (("ERASE", "V^?"), Some("ERASE=127")),
            (("INTR", "V^c"), Some("INTR=3")),
            (("INTR", "V^<0x1b>"), Some("INTR=27")),
            (("INTR", "V^<033>"), Some("INTR=27")),
            (("INTR", "V^< 7>"), Some("INTR=7")),
            (("INTR", "V^<999>"), Some("INTR=231")),
            (("INTR", "V^<-1>"), Some("INTR=255")),
            (("INTR", "V^~"), Some("INTR=94")),
            (("INTR", "V^1"), Some("INTR=94")),
            (("INTR", "V^<0x1b"), Some("INTR=94")),
            (("QUIT", "Vq"), Some("QUIT=113")),
            (("QUIT", "V"), Some("QUIT=255")),
            (("ECHO", "Vyes"), Some("ECHO=1")),
            (("ECHO", "V0"), Some("ECHO=0")),
            (("ECHO", "Vno"), Some("ECHO=0")),
        ] {
            let found = parse(&all(change));
            assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{change:?}");
        }
        let few = parse("INTR=A");
        assert!(few.contains(&"-ECHO".to_owned()) && !few.iter().any(|mode| mode.contains("INTR")));
        assert!(!few.iter().any(|mode| mode.contains("IUTF8")));
    }
}
