//! The hosts that the files name, for lists: every Host pattern without a wildcard, and what its
//! blocks say of the way there.
//!
//! Nothing is evaluated: Match blocks are passed over, so no command runs, and what stands before
//! all blocks or under a wildcard is not told of a host. Lines and files that cannot be read are
//! passed over, too; connecting reports them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{ConfigFile, FileKind, MAX_BYTES, MAX_DEPTH, MAX_FILE, MAX_FILES};
use super::glob::glob;
use crate::config::keyword::Keyword;
use crate::config::line;
use crate::config::pattern::matches;
use crate::config::value;

/// The most names that are listed.
const MAX_ALIASES: usize = 100_000;

/// The keywords that count here.
const KEYWORDS: [(&str, Keyword); 6] = [
    ("Host", Keyword::Host),
    ("HostName", Keyword::HostName),
    ("User", Keyword::User),
    ("Port", Keyword::Port),
    ("Include", Keyword::Include),
    ("Match", Keyword::Match),
];

/// A host that a Host line names, and what the blocks of its name say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAlias {
    /// The name.
    pub name: String,
    /// The file of the first line that names it.
    pub file: Arc<Path>,
    /// HostName, with the name in the place of `%h`.
    pub hostname: Option<String>,
    /// User.
    pub user: Option<String>,
    /// Port.
    pub port: Option<u16>,
}

/// The names in the Host lines of the files and their includes, in order; a name counts once, and
/// so does the first of each setting.
pub fn host_aliases(files: &[ConfigFile], home: &Path) -> Vec<HostAlias> {
    let mut search = AliasSearch {
        home,
        files: 0,
        bytes: 0,
        sought: SoughtAlias::All(HashMap::new(), Vec::new()),
    };
    search.files(files);
    match search.sought {
        SoughtAlias::All(_, found) => found,
        SoughtAlias::One(..) => Vec::new(),
    }
}

/// Whether a Host line of the files or their includes means this host, by its name or by a pattern
/// other than `*` alone.
pub fn is_named(files: &[ConfigFile], home: &Path, host: &str) -> bool {
    let mut search =
        AliasSearch { home, files: 0, bytes: 0, sought: SoughtAlias::One(host, false) };
    search.files(files);
    matches!(search.sought, SoughtAlias::One(_, true))
}

struct AliasSearch<'a> {
    home: &'a Path,
    files: usize,
    bytes: u64,
    sought: SoughtAlias<'a>,
}

/// What is looked for.
enum SoughtAlias<'a> {
    /// All names; each has its number among those that were found.
    All(HashMap<String, usize>, Vec<HostAlias>),
    /// One host, and whether it was found.
    One(&'a str, bool),
}

impl AliasSearch<'_> {
    fn files(&mut self, files: &[ConfigFile]) {
        for file in files {
            self.file(&file.path, file.kind != FileKind::System, 0, &[]);
        }
    }

    /// Reads a file; `block` are the hosts of the block that includes it.
    fn file(&mut self, path: &Path, user: bool, depth: usize, block: &[usize]) {
        if self.files >= MAX_FILES || depth > MAX_DEPTH {
            return;
        }
        self.files += 1;
        let Some(bytes) = bytes_of(path) else { return };
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_BYTES {
            return;
        }
        let path: Arc<Path> = path.into();
        let mut block = block.to_vec();
        // What a block has set already it cannot set again.
        let mut set = Vec::new();
        for text in String::from_utf8_lossy(&bytes).lines() {
            let Some((typed, rest)) = line::keyword(text) else { continue };
            // The table of all keywords is long, and so are some files.
            let known = KEYWORDS.iter().find(|(name, _)| typed.eq_ignore_ascii_case(name));
            let Some(&(_, keyword)) = known else { continue };
            let Ok(words) = line::words(rest) else { continue };
            match keyword {
                Keyword::Host => {
                    set.clear();
                    block.clear();
                    block.extend(words.into_iter().filter_map(|name| self.add(name, &path)));
                }
                Keyword::Match => block.clear(),
                Keyword::Include => {
                    for word in &words {
                        if self.files == MAX_FILES {
                            break;
                        }
                        for file in glob(&self.included(word, user)) {
                            self.file(&file, user, depth + 1, &block);
                        }
                    }
                }
                _ if set.contains(&keyword) => {}
                _ => {
                    // What is no port sets none.
                    let sets =
                        |word: &String| keyword != Keyword::Port || value::port(word).is_ok();
                    set.extend(words.first().filter(|word| sets(word)).map(|_| keyword));
                    if let Some(word) = words.first() {
                        self.set(keyword, word, &block);
                    }
                }
            }
        }
    }

    /// Adds a name; returns its number.
    fn add(&mut self, name: String, path: &Arc<Path>) -> Option<usize> {
        match &mut self.sought {
            SoughtAlias::One(wanted, found) => {
                *found |= name != "*" && matches(&name, wanted);
                None
            }
            SoughtAlias::All(numbers, found) => {
                if name.contains(['*', '?', '!']) || name.is_empty() {
                    return None;
                }
                let fresh = match numbers.entry(name) {
                    Entry::Occupied(known) => return Some(*known.get()),
                    Entry::Vacant(_) if found.len() == MAX_ALIASES => return None,
                    Entry::Vacant(fresh) => fresh,
                };
                let (name, file) = (fresh.key().clone(), Arc::clone(path));
                found.push(HostAlias { name, file, hostname: None, user: None, port: None });
                Some(*fresh.insert(found.len() - 1))
            }
        }
    }

    /// Sets what these hosts do not have yet.
    fn set(&mut self, keyword: Keyword, word: &str, block: &[usize]) {
        let SoughtAlias::All(_, found) = &mut self.sought else { return };
        for number in block {
            let host = &mut found[*number];
            match keyword {
                Keyword::HostName => {
                    let name = || match word.contains('%') {
                        true => word.replace("%h", &host.name).replace("%%", "%"),
                        false => word.to_owned(),
                    };
                    host.hostname = host.hostname.take().or_else(|| Some(name()));
                }
                Keyword::Port => host.port = host.port.or_else(|| value::port(word).ok()),
                _ => host.user = host.user.take().or_else(|| Some(word.to_owned())),
            }
        }
    }

    /// The path of an Include: relative ones start from the directory of the kind of file.
    fn included(&self, word: &str, user: bool) -> PathBuf {
        match word.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None if user => self.home.join(".ssh").join(word),
            None => Path::new("/etc/ssh").join(word),
        }
    }
}

/// The bytes of a regular file that is not too large.
fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    let is_regular = std::fs::metadata(path).is_ok_and(|it| it.is_file());
    let file = is_regular.then(|| File::open(path).ok()).flatten()?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_FILE).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_files_and_settings_are_bounded() {
        let home = tempfile::tempdir().unwrap();
        let ssh = home.path().join(".ssh");
        std::fs::create_dir(&ssh).unwrap();
        let aliases = |name: &str| {
            let files = [ConfigFile { path: ssh.join(name), kind: FileKind::User }];
            host_aliases(&files, home.path())
        };
        std::fs::write(ssh.join("loop"), "Host a\nInclude loop loop\n".repeat(500)).unwrap();
        assert_eq!(aliases("loop").len(), 1);
        std::fs::write(ssh.join("large"), vec![b'\n'; MAX_FILE as usize + 1]).unwrap();
        assert_eq!(aliases("large").len(), 0);
        // Half of the largest file are names, half of it lines that each concern all of them.
        let names: String = (0..80_000).map(|at| format!(" {at:x}")).collect();
        let text = format!("Host{names}\n{}", "User u\n".repeat(80_000));
        assert!((text.len() as u64) < MAX_FILE);
        std::fs::write(ssh.join("many"), text).unwrap();
        let start = std::time::Instant::now();
        let found = aliases("many");
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
        assert!(found.len() == 80_000 && found.iter().all(|it| it.user.as_deref() == Some("u")));
        let more: String = (0..70_000).map(|at| format!(" y{at}")).collect();
        std::fs::write(ssh.join("more"), format!("Include many\nHost{more}\n")).unwrap();
        assert_eq!(aliases("more").len(), MAX_ALIASES);
    }

    #[test]
    fn a_host_has_what_the_blocks_of_its_name_say() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config");
        std::fs::create_dir(home.path().join(".ssh")).unwrap();
        std::fs::write(home.path().join(".ssh/more"), "Port 7\nHost inner\n User i\n").unwrap();
        let text = "User everybody\nHost web *.org db\n  HostName %h.example.org\n  Port 2222\n\
                    Match host web\n  User nobody\nHost web\n  HostName other\n  User me\n\
                    Host lab\n  Include more\n  User u\nHost *\n  HostName any\n\
                    Host tls\n Port https\n Port 1\n";
        std::fs::write(&path, text).unwrap();
        let files = [ConfigFile { path, kind: FileKind::User }];
        let found = host_aliases(&files, home.path());
        let told =
            |it: &HostAlias| (it.name.clone(), it.user.clone(), it.hostname.clone(), it.port);
        let some = |text: &str| Some(text.to_owned());
        let wanted = [
            ("web".to_owned(), some("me"), some("web.example.org"), Some(2222)),
            ("db".to_owned(), None, some("db.example.org"), Some(2222)),
            ("lab".to_owned(), some("u"), None, Some(7)),
            ("inner".to_owned(), some("i"), None, None),
            ("tls".to_owned(), None, None, Some(443)),
        ];
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), wanted);
        assert!(is_named(&files, home.path(), "a.org") && !is_named(&files, home.path(), "x"));
    }
}
