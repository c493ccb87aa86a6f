//! Patterns of ssh_config(5) with `*`, `?` and `!`, one or a list.

pub use crate::pattern::matches;

/// Whether the text matches a comma-separated list: at least one pattern, and no negated one.
pub fn matches_list(list: &str, text: &str) -> bool {
    let mut found = false;
    for entry in list.split(',') {
        match entry.strip_prefix('!') {
            Some(entry) if matches(entry, text) => return false,
            Some(_) => {}
            None => found |= matches(entry, text),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, wanted) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*", "abc", true),
            ("*.co.uk", "x.co.uk", true),
            ("*.co.uk", "co.uk", false),
            ("192.168.0.?", "192.168.0.7", true),
            ("192.168.0.?", "192.168.0.77", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("H", "h", false),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(500), &"a".repeat(499)));
    }

    #[test]
    fn a_negated_entry_excludes_and_never_includes() {
        for (list, text, wanted) in [
            ("a,b", "b", true),
            ("!a,*", "a", false),
            ("!a,*", "b", true),
            ("!a,!b", "c", false),
            ("", "c", false),
        ] {
            assert_eq!(matches_list(list, text), wanted, "{list} {text}");
        }
    }
}
