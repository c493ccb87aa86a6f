//! The escapes of PuTTY's lists: `NAME=VALUE,NAME=VALUE`.

/// A name or value of a list.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '=' | ',' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
