//! Patterns with `*` and `?`, as in ssh_config(5) and sshd(8). Every matcher in tessh uses this
//! one.

/// Whether the whole name matches the pattern: `*` is any run of bytes, `?` any one byte.
pub fn matches(pattern: &str, name: &str) -> bool {
    matches_with(pattern.as_bytes(), name.as_bytes(), |p, n| p == n)
}

/// Matches bytes as [`matches()`] does; `same` says whether two bytes are equal. The search is greedy
/// and backtracks only to the last `*`, so it takes at most pattern × name steps.
pub fn matches_with(pattern: &[u8], name: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&byte) if byte == b'?' || same(byte, name[n]) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                // Backtrack: the last `*` takes one more byte.
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        let pattern = "*a".repeat(500);
        assert!(!matches(&pattern, &"a".repeat(499)));
    }
}
