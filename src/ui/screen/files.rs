//! The file picker: shows one directory at a time, directories first, and starts in `~/.ssh`.

use std::fs;
use std::path::{Path, PathBuf};

use crossterm::event::{Event, KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormRow, Happened, Item};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::say;
use crate::text;
use crate::ui::login;

/// The most entries of a directory that are listed.
const MAX_ENTRIES: usize = 1_000;
/// The number of entries that are visible at once.
const LINES: u16 = 8;
/// How many characters of a name are shown.
const MAX_NAME: usize = 255;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Where,
    List,
    Note,
    Hidden,
    Open,
    Cancel,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    path: PathBuf,
    name: String,
    is_directory: bool,
}

/// The dialog; after it has closed, it contains the picked file.
pub(super) struct Files {
    form: DialogForm<Key>,
    home: PathBuf,
    directory: PathBuf,
    entries: Vec<Entry>,
    picked: Option<PathBuf>,
}

impl Files {
    /// Starts in the directory of the file that is named already, otherwise in `~/.ssh`, otherwise
    /// in the home directory.
    pub(super) fn new(named: Option<PathBuf>, home: &Path) -> Files {
        let beside = named.as_deref().and_then(Path::parent).map(Path::to_owned);
        let begin = [beside, Some(home.join(".ssh"))].into_iter().flatten();
        let directory = begin.into_iter().find(|path| path.is_dir()).unwrap_or(home.to_owned());
        let rows = vec![
            FormRow::lines(Key::Where, Vec::new()),
            FormRow::list(Key::List, Vec::new(), LINES),
            FormRow::lines(Key::Note, Vec::new()),
            FormRow::check(Key::Hidden, true, say!(files_hidden)),
            FormRow::buttons(vec![
                (Key::Open, 'o', say!(files_open)),
                (Key::Cancel, 'c', say!(cancel)),
            ]),
        ];
        let mut files = Files {
            form: DialogForm::new(say!(files_title), rows).typing_in_lists(),
            home: home.to_owned(),
            directory,
            entries: Vec::new(),
            picked: None,
        };
        files.list();
        files.choose(named.as_deref());
        files
    }

    /// The picked file; `None` if none was picked.
    pub(super) fn into_picked(self) -> Option<PathBuf> {
        self.picked
    }

    /// Reads the directory again.
    fn list(&mut self) {
        let mut lines = vec![(Tone::Strong, login::short(&self.directory, &self.home))];
        match listed(&self.directory, self.form.is_on(Key::Hidden)) {
            Ok((entries, all)) => {
                self.entries = entries;
                if !all {
                    lines.push((Tone::Warn, say!(files_more, count = MAX_ENTRIES)));
                }
            }
            Err(error) => {
                self.entries = Vec::new();
                lines.push((Tone::Warn, say!(files_unreadable, why = error)));
            }
        }
        if let Some(parent) = self.directory.parent() {
            let (path, name) = (parent.to_owned(), "..".to_owned());
            self.entries.insert(0, Entry { path, name, is_directory: true });
        }
        if self.entries.is_empty() {
            lines.push((Tone::Dim, say!(files_none)));
        }
        let item = |entry: &Entry| Item {
            text: match entry.is_directory {
                true => format!("{}/", entry.name),
                false => entry.name.clone(),
            },
            note: if entry.is_directory { say!(files_directory) } else { String::new() },
        };
        self.form.set_text(Key::Where, lines);
        self.form.set_items(Key::List, self.entries.iter().map(item).collect());
        self.describe();
    }

    /// Selects this file or directory.
    fn choose(&mut self, path: Option<&Path>) {
        let at = self.entries.iter().position(|entry| Some(entry.path.as_path()) == path);
        self.form.select(Key::List, at.unwrap_or(0));
        self.describe();
    }

    /// Describes the selected file.
    fn describe(&mut self) {
        let chosen = self.entries.get(self.form.selected(Key::List));
        let note = match chosen.filter(|entry| !entry.is_directory) {
            None => (Tone::Dim, String::new()),
            Some(entry) => match login::read_key(&entry.path) {
                Ok(file) => (Tone::Good, login::describe(&file)),
                Err(why) => (Tone::Dim, why),
            },
        };
        self.form.set_text(Key::Note, vec![note]);
    }

    /// Opens the selected directory, or picks the selected file.
    fn open(&mut self) -> DialogAction {
        let Some(entry) = self.entries.get(self.form.selected(Key::List)) else {
            return DialogAction::Stay;
        };
        if !entry.is_directory {
            self.picked = Some(entry.path.clone());
            return DialogAction::Close;
        }
        let from = std::mem::replace(&mut self.directory, entry.path.clone());
        self.list();
        self.choose(Some(&from));
        self.form.focus(Key::List);
        DialogAction::Stay
    }

    /// Selects the next entry that starts with this letter.
    fn jump(&mut self, letter: char) {
        let letter = letter.to_ascii_lowercase();
        let at = self.form.selected(Key::List);
        let begins = |entry: &Entry| {
            entry.name.chars().next().is_some_and(|first| first.to_ascii_lowercase() == letter)
        };
        let count = self.entries.len();
        let next = (1..=count).map(|step| (at + step) % count).find(|&i| begins(&self.entries[i]));
        if let Some(next) = next {
            self.form.select(Key::List, next);
            self.describe();
        }
    }
}

impl Component for Files {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Changed(Key::List) => self.describe(),
            Happened::Changed(Key::Hidden) => self.list(),
            Happened::Entered(_) | Happened::Pressed(Key::Open) => return self.open(),
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            Happened::Unused(KeyEvent { code: KeyCode::Char(letter), .. })
                if self.form.focused() == Some(Key::List) =>
            {
                self.jump(letter);
            }
            _ => {}
        }
        DialogAction::Stay
    }
}

/// The entries, directories first, and whether the list is complete.
fn listed(directory: &Path, hidden: bool) -> Result<(Vec<Entry>, bool), std::io::Error> {
    let mut entries = Vec::new();
    let mut all = true;
    for found in fs::read_dir(directory)?.flatten() {
        let name = found.file_name();
        if !hidden && name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entries.len() == MAX_ENTRIES {
            all = false;
            break;
        }
        let path = found.path();
        let name = text::name(name.as_encoded_bytes(), MAX_NAME);
        entries.push(Entry { is_directory: path.is_dir(), path, name });
    }
    entries.sort_by(|a, b| (!a.is_directory, &a.name).cmp(&(!b.is_directory, &b.name)));
    Ok((entries, all))
}

#[cfg(test)]
mod tests;
