//! Patterns with `*` and `?`, as in ssh_config(5) and sshd(8), and those of names of files, as in
//! glob(7). Every matcher in tessh uses this one.

/// Whether the whole name matches the pattern: `*` is any run of bytes, `?` any one byte.
pub fn matches(pattern: &str, name: &str) -> bool {
    matches_with(pattern.as_bytes(), name.as_bytes(), |p, n| p == n)
}

/// Matches bytes as [`matches()`] does; `same` says whether two bytes are equal.
pub fn matches_with(pattern: &[u8], name: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let is_run = |&byte: &u8| byte == b'*';
    search(pattern, name, is_run, |&byte, &found| byte == b'?' || same(byte, found))
}

/// Whether a name, of bytes or of whatever else, can be spread over the parts of a pattern: a run
/// takes any number of them, another part the one that it `takes`. The search is greedy and
/// backtracks only to the last run, so it makes at most pattern × name steps.
pub fn search<T, N>(
    pattern: &[T],
    name: &[N],
    is_run: impl Fn(&T) -> bool,
    takes: impl Fn(&T, &N) -> bool,
) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut run: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(part) if is_run(part) => {
                run = Some((p, n));
                p += 1;
            }
            Some(part) if takes(part, &name[n]) => {
                p += 1;
                n += 1;
            }
            _ => match run {
                // Backtrack: the last run takes one more byte.
                Some((at, from)) => {
                    run = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(is_run)
}

/// A pattern for one name of a file, as in glob(7): `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before a
/// byte that stands for itself. Names are bytes. A `[` that no `]` follows stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<GlobPart>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum GlobPart {
    Byte(u8),
    AnyByte,
    AnyRun,
    /// Ranges of bytes, or every other byte.
    Set {
        ranges: Vec<(u8, u8)>,
        is_negated: bool,
    },
}

impl Glob {
    /// Reads a pattern; every sequence of bytes is one.
    pub fn new(pattern: &[u8]) -> Glob {
        let (mut parts, mut rest) = (Vec::new(), pattern);
        while let Some((&first, after)) = rest.split_first() {
            rest = after;
            parts.push(match first {
                b'*' => GlobPart::AnyRun,
                b'?' => GlobPart::AnyByte,
                b'\\' => match rest.split_first() {
                    Some((&quoted, after)) => {
                        rest = after;
                        GlobPart::Byte(quoted)
                    }
                    None => GlobPart::Byte(b'\\'),
                },
                b'[' => match set(rest) {
                    Some((set, after)) => {
                        rest = after;
                        set
                    }
                    None => GlobPart::Byte(b'['),
                },
                other => GlobPart::Byte(other),
            });
        }
        Glob(parts)
    }

    /// Whether the whole name matches. A leading dot is nothing special here.
    pub fn matches(&self, name: &[u8]) -> bool {
        search(&self.0, name, |part| *part == GlobPart::AnyRun, GlobPart::takes)
    }

    /// The one name that the pattern matches, if it has no wildcard.
    pub fn literal(&self) -> Option<Vec<u8>> {
        let byte = |part: &GlobPart| match part {
            GlobPart::Byte(byte) => Some(*byte),
            _ => None,
        };
        self.0.iter().map(byte).collect()
    }

    /// Whether the pattern begins with a dot, without which hidden names are not meant.
    pub fn names_hidden(&self) -> bool {
        self.0.first() == Some(&GlobPart::Byte(b'.'))
    }
}

impl GlobPart {
    fn takes(&self, &byte: &u8) -> bool {
        match self {
            GlobPart::Byte(wanted) => *wanted == byte,
            GlobPart::AnyByte | GlobPart::AnyRun => true,
            GlobPart::Set { ranges, is_negated } => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&&byte)) != *is_negated
            }
        }
    }
}

/// The set whose text begins behind a `[`, and what follows its `]`; `None` without one.
fn set(text: &[u8]) -> Option<(GlobPart, &[u8])> {
    let is_negated = matches!(text.first(), Some(b'!' | b'^'));
    let mut rest = &text[usize::from(is_negated)..];
    let mut ranges = Vec::new();
    loop {
        let (&first, after) = rest.split_first()?;
        rest = after;
        if first == b']' && !ranges.is_empty() {
            return Some((GlobPart::Set { ranges, is_negated }, rest));
        }
        let low = match first {
            b'\\' => take_byte(&mut rest)?,
            other => other,
        };
        let high = match rest {
            [b'-', end, ..] if *end != b']' => {
                rest = &rest[1..];
                match take_byte(&mut rest)? {
                    b'\\' => take_byte(&mut rest)?,
                    other => other,
                }
            }
            _ => low,
        };
        ranges.push((low, high));
    }
}

fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    let (&byte, after) = rest.split_first()?;
    *rest = after;
    Some(byte)
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

    #[test]
    fn globs_are_those_of_the_shell() {
        for (pattern, name, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt~", false),
            ("[a-c]?", "bx", true),
            ("[!a-c]?", "bx", false),
            ("[^a-c]?", "dx", true),
            ("[]-]", "]", true),
            ("[]-]", "-", true),
            ("[a-]", "-", true),
            ("[", "[", true),
            ("[a", "[a", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            (r"[\]]", "]", true),
            (r"a\", r"a\", true),
            ("*", "", true),
        ] {
            let found = Glob::new(pattern.as_bytes()).matches(name.as_bytes());
            assert_eq!(found, expected, "{pattern} {name}");
        }
        assert!(Glob::new(b"\xff*").matches(b"\xff\x80"));
        assert_eq!(Glob::new(br"a\*b").literal().as_deref(), Some(&b"a*b"[..]));
        assert_eq!(Glob::new(b"a?b").literal(), None);
        assert!(Glob::new(b".*").names_hidden() && !Glob::new(b"*").names_hidden());
    }

    proptest::proptest! {
        #[test]
        fn a_quoted_name_matches_itself_alone(name: Vec<u8>, other: Vec<u8>) {
            let quoted: Vec<u8> = name.iter().flat_map(|&byte| [b'\\', byte]).collect();
            let glob = Glob::new(&quoted);
            proptest::prop_assert!(glob.matches(&name));
            proptest::prop_assert_eq!(glob.matches(&other), name == other);
        }
    }
}
