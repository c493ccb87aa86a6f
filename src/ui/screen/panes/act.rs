//! What each command does or asks.

use std::collections::HashSet;

use crate::say;
use crate::sftp::FileType;
use crate::text;
use crate::ui::panes::{
    ExistingFiles, Pane, PaneEntry, PaneOperation, PaneSide, PanesExit, PanesRequest, SortBy,
    locked, path, size_text,
};
use crate::ui::screen::component::DialogAction;
use crate::ui::screen::field::TextField;
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::Tone;

use super::PanesScreen;
use super::answer::{link_fault, name_fault, properties_fault};
use super::ask::{AskDialog, PaneQuestion};
use super::command::{COMMANDS, PaneCommand};
use super::queue::QueueDialog;

/// How many characters of a path a question shows.
const MAX_SHOWN: usize = 200;

impl PanesScreen {
    pub(super) fn act(&mut self, command: PaneCommand) -> DialogAction {
        use PaneCommand as C;
        let side = self.active;
        match command {
            C::Switch => {
                self.active = side.other();
                self.filter = None;
            }
            C::Open => self.open(),
            C::Leave => self.leave(),
            C::Mark => {
                let pane = self.pane_mut(side);
                pane.mark();
                pane.move_by(1);
            }
            C::InvertMarks => self.pane_mut(side).invert_marks(),
            C::Filter => self.filter = Some(TextField::new(&self.pane(side).filter)),
            C::Hidden => self.rearrange(|pane| pane.shows_hidden = !pane.shows_hidden),
            C::SortNext => self.rearrange(|pane| {
                pane.sort = match pane.sort {
                    SortBy::Name => SortBy::Size,
                    SortBy::Size => SortBy::Time,
                    SortBy::Time => SortBy::Name,
                };
            }),
            C::SortReversed => self.rearrange(|pane| pane.is_reversed = !pane.is_reversed),
            C::Reload if self.pane(side).is_lost => self.request(PanesRequest::Connect(side)),
            C::Reload => self.reload(side),
            C::MakeAlike => self.plan_sync(),
            C::Usage => {
                let paths = self.meant_paths(side);
                if paths.is_empty() {
                    let here = vec![self.pane(side).path.clone()];
                    self.request(PanesRequest::Do(side, PaneOperation::Usage(here)));
                } else {
                    self.request(PanesRequest::Do(side, PaneOperation::Usage(paths)));
                }
            }
            C::OtherHere => {
                let path = self.pane(side).path.clone();
                self.list(side.other(), path, None);
            }
            C::Synchronise => self.synchronise(),
            C::View => self.view(),
            C::Edit => return self.edit(),
            C::Shell => {
                self.exit = Some(PanesExit::Shell(side));
                return DialogAction::Close;
            }
            _ => return self.question(command),
        }
        DialogAction::Stay
    }

    /// What needs a dialog.
    fn question(&mut self, command: PaneCommand) -> DialogAction {
        let side = self.active;
        let dialog = match command {
            PaneCommand::Help => {
                let keys = COMMANDS.iter();
                let keys = keys.map(|row| (row.shown.to_owned(), row.help.to_string()));
                let select = (say!(hint_select_keys), say!(keys_select));
                let keys = keys.chain([select]).collect();
                return DialogAction::Open(Box::new(KeysHelp::new(keys)));
            }
            PaneCommand::Queue => {
                let queue = std::sync::Arc::clone(&self.queue);
                let ask = std::sync::Arc::clone(&self.ask);
                return DialogAction::Open(Box::new(QueueDialog::new(queue, ask)));
            }
            PaneCommand::Copy => self.transfer(false),
            PaneCommand::Move => self.transfer(true),
            PaneCommand::MakeDirectory => Some(
                AskDialog::new(
                    PaneQuestion::MakeDirectory(side),
                    say!(panes_mkdir_title),
                    say!(panes_mkdir_accept),
                )
                .field(say!(panes_name), String::new(), Vec::new())
                .checked(name_fault)
                .ready(false),
            ),
            PaneCommand::Compare => Some(self.compare_question()),
            PaneCommand::Rename => self.rename(),
            PaneCommand::Remove => self.remove(),
            PaneCommand::Properties => self.properties(),
            PaneCommand::MarkMatching => Some(self.mark_question(true)),
            PaneCommand::UnmarkMatching => Some(self.mark_question(false)),
            PaneCommand::Link => Some(self.link()),
            PaneCommand::GoTo => {
                let path = self.pane(side).path.clone();
                let question = PaneQuestion::GoTo(side);
                let dialog = AskDialog::new(question, say!(panes_go_title), say!(panes_go_accept));
                Some(dialog.field(say!(panes_path), shown(&path), path).ready(false))
            }
            PaneCommand::Bookmarks => Some(self.bookmark_question()),
            PaneCommand::Quit => match locked(&self.queue).open() {
                0 => {
                    self.exit = Some(PanesExit::Quit);
                    return DialogAction::Close;
                }
                count => Some(
                    AskDialog::new(
                        PaneQuestion::Quit,
                        say!(panes_quit_title),
                        say!(panes_quit_accept),
                    )
                    .line(Tone::Plain, say!(panes_quit_jobs, count))
                    .ready(false),
                ),
            },
            _ => None,
        };
        dialog.map_or(DialogAction::Stay, |dialog| DialogAction::Open(Box::new(dialog)))
    }

    fn rearrange(&mut self, change: impl Fn(&mut Pane)) {
        let pane = self.pane_mut(self.active);
        change(pane);
        pane.arrange();
    }

    /// Opens a directory, or views a file.
    fn open(&mut self) {
        let pane = self.pane(self.active);
        match pane.current() {
            None => self.leave(),
            Some(entry) if entry.is_directory => {
                let name = entry.name.clone();
                let path = pane.path_of(&name);
                self.list(self.active, path, None);
                if self.is_synchronised {
                    let other = self.active.other();
                    let path = self.pane(other).path_of(&name);
                    self.list(other, path, None);
                }
            }
            Some(_) => self.view(),
        }
    }

    /// Goes to the parent directory, with the cursor on where it came from.
    fn leave(&mut self) {
        let sides = match self.is_synchronised {
            true => vec![self.active, self.active.other()],
            false => vec![self.active],
        };
        for side in sides {
            let path = &self.pane(side).path;
            let (Some(parent), name) = (path::parent(path), path::name(path)) else { continue };
            let (parent, name) = (parent.to_vec(), name.to_vec());
            self.list(side, parent, Some(name));
        }
    }

    fn synchronise(&mut self) {
        self.is_synchronised = !self.is_synchronised;
        let said = match self.is_synchronised {
            true => say!(panes_synchronised),
            false => say!(panes_not_synchronised),
        };
        self.message = (Tone::Plain, said);
    }

    fn view(&mut self) {
        let pane = self.pane(self.active);
        match pane.current() {
            Some(entry) if !entry.is_directory && is_readable(entry) => {
                let path = pane.path_of(&entry.name);
                self.request(PanesRequest::View(self.active, path));
            }
            _ => self.tell(Err(say!(panes_no_file))),
        }
    }

    fn edit(&mut self) -> DialogAction {
        let pane = self.pane(self.active);
        match pane.current() {
            Some(entry) if !entry.is_directory && is_readable(entry) => {
                self.exit = Some(PanesExit::Edit(self.active, pane.path_of(&entry.name)));
                DialogAction::Close
            }
            _ => {
                self.tell(Err(say!(panes_no_file)));
                DialogAction::Stay
            }
        }
    }

    /// The paths of what a command is about; says so if there is nothing.
    fn meant_paths(&self, side: PaneSide) -> Vec<Vec<u8>> {
        let pane = self.pane(side);
        pane.meant().iter().map(|entry| pane.path_of(&entry.name)).collect()
    }

    /// What a command is about, in words: a name, or a number of them with their bytes.
    fn meant_shown(&self, side: PaneSide) -> Option<String> {
        let meant = self.pane(side).meant();
        match meant.as_slice() {
            [] => None,
            [one] => Some(text::line(&one.shown, MAX_SHOWN)),
            many => {
                let bytes =
                    many.iter().filter_map(|entry| entry.size()).fold(0, u64::saturating_add);
                Some(say!(panes_several, count = many.len(), size = size_text(bytes)))
            }
        }
    }

    fn nothing_meant(&mut self) -> Option<AskDialog> {
        self.tell(Err(say!(panes_nothing_meant)));
        None
    }

    fn transfer(&mut self, moves: bool) -> Option<AskDialog> {
        let side = self.active;
        let Some(what) = self.meant_shown(side) else { return self.nothing_meant() };
        let names: Vec<Vec<u8>> =
            self.pane(side).meant().iter().map(|entry| entry.name.clone()).collect();
        let other = self.pane(side.other());
        let there: HashSet<&[u8]> = other.all().iter().map(|entry| &entry.name[..]).collect();
        let there = names.iter().filter(|name| there.contains(&name[..])).count();
        let target = path::join(&other.path, b"");
        let target_shown = shown(&target);
        let (title, accept) = match moves {
            true => (say!(panes_move_title), say!(panes_move_accept)),
            false => (say!(panes_copy_title), say!(panes_copy_accept)),
        };
        let label = other.label.clone();
        let mut dialog =
            AskDialog::new(PaneQuestion::Transfer { side, names, moves }, title, accept)
                .line(Tone::Strong, what)
                .line(Tone::Plain, say!(panes_transfer_to, place = label));
        if there > 0 {
            dialog = dialog.line(Tone::Warn, say!(panes_already_there, count = there));
        }
        let existing = vec![
            say!(panes_existing_keep),
            say!(panes_existing_older),
            say!(panes_existing_different),
            say!(panes_existing_replace),
            say!(panes_existing_ask),
        ];
        Some(
            dialog
                .field(say!(panes_to), target_shown, target)
                .pick(say!(panes_existing), existing)
                .line(Tone::Dim, say!(panes_transfer_slash))
                .ready(false),
        )
    }

    fn rename(&mut self) -> Option<AskDialog> {
        let side = self.active;
        let Some(entry) = self.pane(side).current() else { return self.nothing_meant() };
        let name = entry.name.clone();
        let question = PaneQuestion::Rename(side, name.clone());
        let dialog = AskDialog::new(question, say!(panes_rename_title), say!(panes_rename_accept))
            .line(Tone::Strong, text::line(&entry.shown, MAX_SHOWN));
        Some(dialog.field(say!(panes_name), shown(&name), name).checked(name_fault).ready(false))
    }

    fn remove(&mut self) -> Option<AskDialog> {
        let side = self.active;
        let Some(what) = self.meant_shown(side) else { return self.nothing_meant() };
        let meant = self.pane(side).meant();
        let is_tree = meant.iter().any(|entry| entry.attributes.file_type() == FileType::Directory);
        let question = PaneQuestion::Remove(side, self.meant_paths(side));
        let mut dialog =
            AskDialog::new(question, say!(panes_remove_title), say!(panes_remove_accept))
                .line(Tone::Strong, what)
                .line(Tone::Plain, say!(panes_remove_from, place = self.pane(side).label.clone()));
        if is_tree {
            dialog = dialog.line(Tone::Danger, say!(panes_remove_tree));
        }
        Some(dialog.ready(true))
    }

    fn properties(&mut self) -> Option<AskDialog> {
        let side = self.active;
        let Some(what) = self.meant_shown(side) else { return self.nothing_meant() };
        let meant = self.pane(side).meant();
        let question = PaneQuestion::Properties(side, self.meant_paths(side));
        let mut dialog =
            AskDialog::new(question, say!(panes_properties_title), say!(panes_properties_accept))
                .line(Tone::Strong, what);
        let (mut mode, mut owner) = (String::new(), String::new());
        if let [one] = meant.as_slice() {
            let attributes = one.attributes;
            let bytes = attributes.size.map_or_else(String::new, |size| size.to_string());
            let time = attributes.times.map(|(_, modified)| self.columns.long_time(modified));
            let time = time.unwrap_or_default();
            let permissions = one.permissions();
            dialog =
                dialog.line(Tone::Plain, say!(panes_properties_line, bytes, time, permissions));
            mode = attributes
                .permissions
                .map_or_else(String::new, |mode| format!("{:04o}", mode & 0o7777));
            owner = attributes
                .owner
                .map_or_else(String::new, |(user, group)| format!("{user}:{group}"));
        }
        let dialog = dialog
            .field(say!(panes_mode), mode.clone(), mode.into_bytes())
            .second(say!(panes_owner), &owner)
            .line(Tone::Dim, say!(panes_properties_hint))
            .checked(properties_fault);
        Some(dialog.ready(false))
    }

    fn mark_question(&self, marks: bool) -> AskDialog {
        let (title, accept) = match marks {
            true => (say!(panes_mark_title), say!(panes_mark_accept)),
            false => (say!(panes_unmark_title), say!(panes_unmark_accept)),
        };
        AskDialog::new(PaneQuestion::Mark(self.active, marks), title, accept)
            .field(say!(panes_pattern), "*".into(), b"*".to_vec())
            .ready(false)
    }

    fn link(&self) -> AskDialog {
        let side = self.active;
        let current = self.pane(side).current();
        let target = current.map(|entry| entry.name.clone()).unwrap_or_default();
        let question = PaneQuestion::Link(side);
        AskDialog::new(question, say!(panes_link_title), say!(panes_link_accept))
            .field(say!(panes_link_target), shown(&target), target)
            .second(say!(panes_name), "")
            .checked(link_fault)
            .ready(false)
    }

    fn bookmark_question(&self) -> AskDialog {
        let side = self.active;
        let path = &self.pane(side).path;
        let kept = self.bookmarks.of(&self.places[side.index()]);
        let question = PaneQuestion::Bookmarks(side);
        let title = say!(panes_bookmarks_title, place = self.pane(side).label.clone());
        let here = say!(panes_bookmark_here, path = shown(path));
        let dialog = match kept.is_empty() {
            true => AskDialog::new(question, title, say!(panes_bookmark_add))
                .line(Tone::Dim, say!(panes_bookmarks_none)),
            false => AskDialog::new(question, title, say!(panes_go_accept))
                .list(kept.iter().map(|path| shown(path)).collect())
                .other(match kept.contains(path) {
                    true => say!(panes_bookmark_forget),
                    false => say!(panes_bookmark_add),
                }),
        };
        dialog.line(Tone::Plain, here).ready(false)
    }

    /// Asks whether the jobs of an earlier time go on.
    pub(super) fn offer_old_jobs(&mut self) -> DialogAction {
        let count = locked(&self.queue).open();
        let question = PaneQuestion::OldJobs;
        let dialog = AskDialog::new(question, say!(panes_old_title), say!(panes_old_resume))
            .line(Tone::Plain, say!(panes_old_jobs, count))
            .other(say!(panes_old_forget));
        DialogAction::Open(Box::new(dialog.ready(false)))
    }

    /// What is chosen for files that are there already.
    pub(super) fn existing(chosen: usize) -> ExistingFiles {
        match chosen {
            1 => ExistingFiles::ReplaceOlder,
            2 => ExistingFiles::ReplaceDifferent,
            3 => ExistingFiles::Replace,
            4 => ExistingFiles::Ask,
            _ => ExistingFiles::Keep,
        }
    }
}

/// A path as a field shows it.
fn shown(path: &[u8]) -> String {
    text::name(path, usize::MAX)
}

/// Whether a file can be read without waiting for somebody else.
fn is_readable(entry: &PaneEntry) -> bool {
    entry.attributes.file_type() != FileType::Special
}
