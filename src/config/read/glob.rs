//! The file names of Include: patterns with `*`, `?` and `[a-z]` (glob(7)).

use std::path::{Path, PathBuf};

/// The most files that one Include pattern yields. glob(3) has no bound, and a loop of links yields
/// any number.
const MAX_FOUND: usize = 1024;

/// The longest pattern, in bytes: the longest path of Linux. As in ssh(1), a longer one matches
/// nothing.
const MAX_PATTERN: usize = 4096;

/// The files that a pattern matches, in lexical order. A pattern without wildcards yields its file
/// even if that does not exist.
pub fn glob(pattern: &Path) -> Vec<PathBuf> {
    if pattern.as_os_str().len() >= MAX_PATTERN {
        return Vec::new();
    }
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let wild = match part {
            std::path::Component::Normal(name) => {
                name.to_str().filter(|n| n.contains(['*', '?', '[']))
            }
            _ => None,
        };
        found = match wild {
            None => found.into_iter().map(|path| path.join(part)).collect(),
            Some(wild) => {
                found.iter().flat_map(|path| entries(path, wild)).take(MAX_FOUND).collect()
            }
        };
    }
    found.sort();
    found
}

/// The entries of a directory that match one component; hidden ones only if the pattern begins with
/// a dot.
fn entries(directory: &Path, pattern: &str) -> Vec<PathBuf> {
    let listed = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let Ok(entries) = std::fs::read_dir(listed) else {
        return Vec::new();
    };
    let pattern: Vec<char> = pattern.chars().collect();
    let fits = |name: &str| {
        let hidden = name.starts_with('.') && pattern.first() != Some(&'.');
        !hidden && glob_matches(&pattern, &name.chars().collect::<Vec<_>>())
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| fits(name)).map(|name| directory.join(name)).collect()
}

/// Matches as Host patterns do, and supports the classes of glob(7) (`[a-z]`, `[!x]`).
fn glob_matches(pattern: &[char], name: &[char]) -> bool {
    let mut reachable = vec![false; name.len() + 1];
    reachable[0] = true;
    // Behind the last bracket that closes there is no class to look for.
    let classes = pattern.iter().rposition(|&c| c == ']').map_or(0, |at| at + 1);
    let mut p = 0;
    while p < pattern.len() {
        if pattern[p] == '*' {
            for at in 1..reachable.len() {
                reachable[at] |= reachable[at - 1];
            }
            p += 1;
            continue;
        }
        let (length, fits) = one(&pattern[p..], p < classes);
        for at in (1..reachable.len()).rev() {
            reachable[at] = reachable[at - 1] && fits(name[at - 1]);
        }
        reachable[0] = false;
        p += length;
    }
    reachable[name.len()]
}

/// The length of a pattern's first element, and a test for the characters that it matches.
fn one(pattern: &[char], closes: bool) -> (usize, Box<dyn Fn(char) -> bool + '_>) {
    let class = pattern.first().filter(|&&c| c == '[' && closes).and_then(|_| class_end(pattern));
    match (pattern[0], class) {
        ('?', _) => (1, Box::new(|_| true)),
        ('[', Some(end)) => {
            let negated = pattern[1] == '!';
            let set = &pattern[if negated { 2 } else { 1 }..end];
            (end + 1, Box::new(move |c| in_class(set, c) != negated))
        }
        (literal, _) => (1, Box::new(move |c| c == literal)),
    }
}

/// Where the bracket is that closes the class at the beginning.
fn class_end(pattern: &[char]) -> Option<usize> {
    let class = pattern.iter().enumerate().skip(2).find(|&(at, &c)| {
        // A `]` that comes first is an ordinary character.
        c == ']' && !(at == 2 && pattern[1] == '!')
    });
    class.map(|(end, _)| end)
}

fn in_class(set: &[char], c: char) -> bool {
    let mut at = 0;
    while at < set.len() {
        if at + 2 < set.len() && set[at + 1] == '-' {
            if (set[at]..=set[at + 2]).contains(&c) {
                return true;
            }
            at += 3;
        } else {
            if set[at] == c {
                return true;
            }
            at += 1;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_find_files_in_order() {
        let home = tempfile::tempdir().unwrap();
        for name in ["b.conf", "a.conf", ".hidden.conf", "c.txt", "d1", "d2", "d-"] {
            std::fs::write(home.path().join(name), "").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let found = glob(&home.path().join(pattern));
            found.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(names("*.conf"), ["a.conf", "b.conf"]);
        assert_eq!(names(".*.conf"), [".hidden.conf"]);
        assert_eq!(names("d[0-9]"), ["d1", "d2"]);
        assert_eq!(names("d[!1]"), ["d-", "d2"]);
        assert_eq!(names("?.txt"), ["c.txt"]);
        assert_eq!(names("[ab].*"), ["a.conf", "b.conf"]);
        assert_eq!(names("missing"), ["missing"]);
        assert_eq!(names("missing*"), Vec::<String>::new());
        assert_eq!(names("[x"), Vec::<String>::new());
        assert_eq!(glob(&home.path().join("*/x")).len(), 6);
        // However long a pattern is, its directories can be few.
        let place = home.path().join("*.txt").as_os_str().len();
        let most = (MAX_PATTERN - 1 - place) / 2;
        assert_eq!(names(&format!("{}*.txt", "./".repeat(most))), ["c.txt"]);
        assert_eq!(names(&format!("{}*.txt", "./".repeat(most + 1))), Vec::<String>::new());
    }

    #[test]
    fn a_pattern_finds_so_many_files_and_takes_no_time() {
        let home = tempfile::tempdir().unwrap();
        for name in 0..=MAX_FOUND {
            std::fs::write(home.path().join(name.to_string()), "").unwrap();
        }
        assert_eq!(glob(&home.path().join("*")).len(), MAX_FOUND);
        let start = std::time::Instant::now();
        let brackets = "[".repeat(MAX_PATTERN - home.path().as_os_str().len() - 2);
        assert_eq!(glob(&home.path().join(brackets)).len(), 0);
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
