//! Texts that hold several names and values: `NAME=VALUE,NAME=VALUE`, where a backslash takes the
//! meaning from the character after it.

use std::collections::BTreeMap;

/// The names with their values, sorted by name. A later value takes the place of an earlier one,
/// and a name without `=` has an empty value.
pub fn parse(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut letters = text.chars();
    loop {
        let (name, value, more) = entry(&mut letters);
        if more || !name.is_empty() || !value.is_empty() {
            found.insert(name, value);
        }
        if !more {
            return found;
        }
    }
}

/// Reads up to the next comma, and tells whether there was one. As in PuTTY, the value begins after
/// the last `=`.
fn entry(letters: &mut std::str::Chars<'_>) -> (String, String, bool) {
    let mut parts = vec![String::new()];
    while let Some(letter) = letters.next() {
        let taken = match letter {
            ',' => return (name(&mut parts), value(&parts), true),
            '=' => {
                parts.push(String::new());
                continue;
            }
            '\\' => letters.next(),
            other => Some(other),
        };
        if let Some(part) = parts.last_mut() {
            part.extend(taken);
        }
    }
    (name(&mut parts), value(&parts), false)
}

fn name(parts: &mut [String]) -> String {
    parts.first_mut().map(std::mem::take).unwrap_or_default()
}

fn value(parts: &[String]) -> String {
    parts[1..].last().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_told_apart() {
        let pairs = |text| parse(text).into_iter().collect::<Vec<_>>();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(""), []);
        assert_eq!(pairs("B=2,A=1,"), [pair("A", "1"), pair("B", "2")]);
        assert_eq!(pairs("FOO=a\\,b\\=c"), [pair("FOO", "a,b=c")]);
        assert_eq!(pairs("SHA256:x,a\\=\\="), [pair("SHA256:x", ""), pair("a==", "")]);
        assert_eq!(pairs("A=1,A=2,A=3=4\\"), [pair("A", "4")]);
    }
}
