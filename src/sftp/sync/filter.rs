//! Which names take part: patterns that include and exclude, the first that matches decides.

use crate::pattern::{Glob, search};

/// Patterns in the order in which they were given.
///
/// A pattern is matched with the end of a path, name by name: `*.o` and `doc/*.txt` anywhere. With a
/// leading `/` it is matched with the whole path below the directories that are compared; with a
/// trailing `/` with directories alone; `**` is any number of names.
#[derive(Clone, Debug, Default)]
pub struct SyncFilter {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    is_include: bool,
    of_directories: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    AnyDepth,
    Name(Glob),
}

impl SyncFilter {
    /// Whether everything takes part.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Adds a pattern behind those that are there.
    pub fn add(&mut self, is_include: bool, pattern: &[u8]) {
        let of_directories = pattern.ends_with(b"/");
        let is_whole = pattern.starts_with(b"/");
        let names = pattern.split(|&byte| byte == b'/').filter(|name| !name.is_empty());
        let part = |name: &[u8]| match name {
            b"**" => Part::AnyDepth,
            name => Part::Name(Glob::new(name)),
        };
        let anywhere = (!is_whole).then_some(Part::AnyDepth);
        let parts: Vec<Part> = anywhere.into_iter().chain(names.map(part)).collect();
        self.rules.push(Rule { is_include, of_directories, parts });
    }

    /// Whether a path below the compared directories, names joined by `/`, takes part. What is in
    /// an excluded directory is never asked for.
    pub fn keeps(&self, path: &[u8], is_directory: bool) -> bool {
        let names: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        let matches = |rule: &&Rule| {
            (is_directory || !rule.of_directories)
                && search(&rule.parts, &names, |part| *part == Part::AnyDepth, Part::takes)
        };
        self.rules.iter().find(matches).is_none_or(|rule| rule.is_include)
    }
}

impl Part {
    fn takes(&self, name: &&[u8]) -> bool {
        match self {
            Part::AnyDepth => true,
            Part::Name(glob) => glob.matches(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_that_matches_decides() {
        let mut filter = SyncFilter::default();
        filter.add(true, b"keep.o");
        filter.add(false, b"*.o");
        filter.add(false, b"/build/");
        filter.add(false, b"doc/*.tmp");
        filter.add(false, b"/a/**/z");
        for (path, is_directory, kept) in [
            ("x.o", false, false),
            ("deep/down/x.o", false, false),
            ("deep/keep.o", false, true),
            ("build", true, false),
            ("build", false, true),
            ("deep/build", true, true),
            ("doc/x.tmp", false, false),
            ("deep/doc/x.tmp", false, false),
            ("doc/deep/x.tmp", false, true),
            ("a/z", false, false),
            ("a/b/c/z", false, false),
            ("b/a/z", false, true),
        ] {
            assert_eq!(filter.keeps(path.as_bytes(), is_directory), kept, "{path}");
        }
    }
}
