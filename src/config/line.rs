//! The syntax of one line of ssh_config(5): a keyword, blanks or one `=`, and its arguments.
//!
//! Words are quoted with `"` or `'`. A backslash escapes a quote, a backslash or (outside quotes) a
//! blank. A `#` at the start of a word ends the line. For keywords that take the rest of the line
//! unchanged, the caller uses the line before it is split.

use crate::say;

/// The blanks in a line; `\r` and form feed occur in files from other systems.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\u{c}'];

/// Splits a line into the keyword and the rest; `None` for an empty line or a comment.
pub fn keyword(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_matches(BLANKS);
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (keyword, rest) = match line.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some(quoted) => quoted,
        None => {
            let end = line.find(|c| BLANKS.contains(&c) || c == '=').unwrap_or(line.len());
            line.split_at(end)
        }
    };
    let rest = rest.trim_start_matches(BLANKS);
    let rest = rest.strip_prefix('=').unwrap_or(rest);
    Some((keyword, rest.trim_start_matches(BLANKS)))
}

/// Splits arguments into words.
///
/// # Errors
/// `invalid quotes` when a quote is not closed.
pub fn words(text: &str) -> Result<Vec<String>, String> {
    // Most lines have nothing but words and blanks.
    if !text.contains(['\\', '"', '\'', '#']) {
        let words = text.split(BLANKS).filter(|word| !word.is_empty());
        return Ok(words.map(str::to_owned).collect());
    }
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| BLANKS.contains(c)).is_some() {}
        if chars.peek().is_none_or(|&c| c == '#') {
            return Ok(words);
        }
        words.push(word(&mut chars)?);
    }
}

fn word(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut word = String::new();
    let mut quote = None;
    while let Some(&c) = chars.peek() {
        if quote.is_none() && BLANKS.contains(&c) {
            break;
        }
        chars.next();
        match c {
            '\\' => {
                let taken = chars.next_if(|&next| {
                    matches!(next, '\'' | '"' | '\\') || (quote.is_none() && next == ' ')
                });
                word.push(taken.unwrap_or('\\'));
            }
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            _ => word.push(c),
        }
    }
    if quote.is_some() { Err(say!(config_invalid_quotes)) } else { Ok(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyword_and_rest() {
        for (line, wanted) in [
            ("", None),
            ("  # x", None),
            ("Port 22", Some(("Port", "22"))),
            ("\tPort=22\r", Some(("Port", "22"))),
            (" port  =  22 ", Some(("port", "22"))),
            ("User==x", Some(("User", "=x"))),
            ("User =", Some(("User", ""))),
            ("\"User\" x", Some(("User", "x"))),
            ("ProxyCommand nc \"%h\" # %p", Some(("ProxyCommand", "nc \"%h\" # %p"))),
        ] {
            assert_eq!(keyword(line), wanted, "{line:?}");
        }
    }

    #[test]
    fn words_and_quotes() {
        for (text, wanted) in [
            ("", Ok(vec![])),
            ("a b", Ok(vec!["a", "b"])),
            ("\"a b\" 'c d'", Ok(vec!["a b", "c d"])),
            ("D=\"q r\"", Ok(vec!["D=q r"])),
            ("\"\"", Ok(vec![""])),
            ("a#b #c", Ok(vec!["a#b"])),
            ("#c", Ok(vec![])),
            ("a #b \"", Ok(vec!["a"])),
            ("a\\ b a\\\"b a\\b", Ok(vec!["a b", "a\"b", "a\\b"])),
            ("'a\\ b'", Ok(vec!["a\\ b"])),
            ("\"a", Err("invalid quotes".to_owned())),
            ("\"a'", Err("invalid quotes".to_owned())),
        ] {
            let wanted = wanted.map(|w| w.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(words(text), wanted, "{text:?}");
        }
    }
}
