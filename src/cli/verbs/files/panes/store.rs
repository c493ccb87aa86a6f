//! What the file manager keeps in the state directory: the queue, and bookmarks for each place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use crate::error::io_reason;
use crate::os::private;
use crate::os::replace::{Existing, Readers, Replacement};
use crate::say;
use crate::text;
use crate::ui::screen::panes::PaneBookmarks;

/// The largest file that is read: a full queue of long names.
const MAX_FILE: u64 = 16 << 20;
/// The most bookmarks of a place: as many as fit into a list that a person reads.
const MAX_BOOKMARKS: usize = 100;
/// How many characters of a path an error shows.
const MAX_SHOWN: usize = 200;

/// The files in the state directory.
#[derive(Clone)]
pub(super) struct PanesStore {
    directory: PathBuf,
}

impl PanesStore {
    /// The files in this directory, which need not exist.
    pub(super) fn new(directory: PathBuf) -> PanesStore {
        PanesStore { directory }
    }

    fn read(&self, name: &str) -> String {
        let mut text = String::new();
        let file = File::open(self.directory.join(name));
        let read = file.and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text));
        match read {
            Ok(length) if length as u64 <= MAX_FILE => text,
            _ => String::new(),
        }
    }

    fn write(&self, name: &str, contents: &str) -> Result<(), String> {
        let path = self.directory.join(name);
        let written = private::create_directories(&self.directory).and_then(|()| {
            let new = Replacement::write(&path, contents.as_bytes(), Readers::Owner)?;
            new.put(&path, Existing::Replace)
        });
        written.map_err(|error| {
            let file = text::name(path.as_os_str().as_encoded_bytes(), MAX_SHOWN);
            say!(panes_about, file, reason = io_reason(&error))
        })
    }

    /// The queue that was kept, as JSON; empty if there is none.
    pub(super) fn queue(&self) -> String {
        self.read("files-queue.json")
    }

    /// Keeps the queue.
    pub(super) fn save_queue(&self, jobs: &str) -> Result<(), String> {
        match self.queue() == jobs {
            true => Ok(()),
            false => self.write("files-queue.json", jobs),
        }
    }
}

/// Bookmarks, kept at each change.
pub(super) struct StoredBookmarks {
    store: PanesStore,
    places: BTreeMap<String, Vec<Vec<u8>>>,
}

impl StoredBookmarks {
    /// The bookmarks that were kept. What is no bookmark is passed over.
    pub(super) fn read(store: PanesStore) -> StoredBookmarks {
        let value: Value = serde_json::from_str(&store.read(FILE)).unwrap_or_default();
        let mut places = BTreeMap::new();
        for (place, paths) in value.as_object().into_iter().flatten() {
            let paths = paths.as_array().into_iter().flatten().filter_map(Value::as_str);
            let paths = paths.filter_map(|path| HEXLOWER.decode(path.as_bytes()).ok());
            places.insert(place.clone(), paths.take(MAX_BOOKMARKS).collect());
        }
        StoredBookmarks { store, places }
    }
}

/// The file of bookmarks.
const FILE: &str = "files-bookmarks.json";

impl PaneBookmarks for StoredBookmarks {
    fn of(&self, place: &str) -> Vec<Vec<u8>> {
        self.places.get(place).cloned().unwrap_or_default()
    }

    fn toggle(&mut self, place: &str, directory: &[u8]) -> Result<(), String> {
        let kept = self.places.entry(place.to_owned()).or_default();
        match kept.iter().position(|path| path == directory) {
            Some(at) => {
                kept.remove(at);
            }
            None => kept.insert(0, directory.to_vec()),
        }
        kept.truncate(MAX_BOOKMARKS);
        let hex = |path: &Vec<u8>| HEXLOWER.encode(path);
        let all = self.places.iter().map(|(place, paths)| {
            (place.clone(), json!(paths.iter().map(hex).collect::<Vec<_>>()))
        });
        self.store.write(FILE, &Value::Object(all.collect()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let home = tempfile::tempdir().unwrap();
        let store = PanesStore::new(home.path().to_owned());
        let mut kept = StoredBookmarks::read(store.clone());
        for at in 0..=MAX_BOOKMARKS {
            kept.toggle("web", at.to_string().as_bytes()).unwrap();
        }
        assert_eq!(StoredBookmarks::read(store.clone()).of("web").len(), MAX_BOOKMARKS);
        let queue = |length: u64| {
            std::fs::write(home.path().join("files-queue.json"), vec![b' '; length as usize])
                .unwrap();
            store.queue().len() as u64
        };
        assert_eq!((queue(MAX_FILE), queue(MAX_FILE + 1)), (MAX_FILE, 0));
    }

    #[test]
    fn bookmarks_come_back_with_their_bytes_and_go_again() {
        let home = tempfile::tempdir().unwrap();
        let store = PanesStore::new(home.path().join("state"));
        StoredBookmarks::read(store.clone()).toggle("web", b"/a\xff\n").unwrap();
        StoredBookmarks::read(store.clone()).toggle("web", b"/b").unwrap();
        let mut kept = StoredBookmarks::read(store.clone());
        assert_eq!(kept.of("web"), [b"/b".to_vec(), b"/a\xff\n".to_vec()]);
        kept.toggle("web", b"/b").unwrap();
        assert_eq!(StoredBookmarks::read(store.clone()).of("web"), [b"/a\xff\n".to_vec()]);
        assert!(StoredBookmarks::read(store).of("other").is_empty());
    }
}
