//! What follows from the answers to the questions.

use crate::say;
use crate::text;
use crate::ui::panes::{
    JobEnd, PaneOperation, PaneSide, PanesExit, PanesRequest, QueuedJob, locked, path,
};
use crate::ui::screen::component::DialogAction;
use crate::ui::screen::look::Tone;

use super::PanesScreen;
use super::ask::{AskDialog, AskKey, PaneQuestion};

impl PanesScreen {
    pub(super) fn answered(&mut self, dialog: &AskDialog) -> DialogAction {
        if let PaneQuestion::Overwrite(id) = dialog.question {
            self.overwrite_answered(id, dialog);
            return DialogAction::Stay;
        }
        let Some(pressed) = dialog.answer() else { return DialogAction::Stay };
        match dialog.question.clone() {
            PaneQuestion::MakeDirectory(side) => {
                let path = self.pane(side).path_of(&dialog.bytes());
                self.request(PanesRequest::Do(side, PaneOperation::MakeDirectory(path)));
            }
            PaneQuestion::Transfer { side, names, moves } => {
                self.queue_transfer(side, names, moves, dialog);
            }
            PaneQuestion::Rename(side, from) => {
                let (from, to) = (self.pane(side).path_of(&from), dialog.bytes());
                let to = self.pane(side).path_of(&to);
                if from != to {
                    self.request(PanesRequest::Do(side, PaneOperation::Rename(from, to)));
                }
            }
            PaneQuestion::Remove(side, paths) => {
                self.pane_mut(side).unmark();
                self.request(PanesRequest::Do(side, PaneOperation::Remove(paths)));
            }
            PaneQuestion::Mark(side, marks) => {
                let count = self.pane_mut(side).mark_matching(&dialog.bytes(), marks);
                self.message = (Tone::Plain, say!(panes_matched, count));
            }
            PaneQuestion::Properties(side, paths) => self.set_properties(side, paths, dialog),
            PaneQuestion::Link(side) => {
                let at = self.pane(side).path_of(dialog.text(AskKey::Second).as_bytes());
                let link = PaneOperation::MakeLink(dialog.bytes(), at);
                self.request(PanesRequest::Do(side, link));
            }
            PaneQuestion::GoTo(side) => self.go(side, &dialog.bytes()),
            PaneQuestion::Bookmarks(side) => self.bookmark(side, pressed, dialog),
            PaneQuestion::Compare => self.compare(dialog.chosen(AskKey::Pick) == 1),
            PaneQuestion::Sync(plan) => {
                // Without a choice nothing is there to be removed.
                self.queue_sync(plan, dialog.chosen(AskKey::Pick) == 1);
            }
            PaneQuestion::Overwrite(_) => {}
            PaneQuestion::Quit => {
                self.exit = Some(PanesExit::Quit);
                return DialogAction::Close;
            }
            PaneQuestion::OldJobs => {
                let mut queue = locked(&self.queue);
                match pressed {
                    AskKey::Other => {
                        let ids: Vec<u64> = queue.jobs().iter().map(|job| job.id).collect();
                        ids.into_iter().for_each(|id| queue.remove(id));
                    }
                    _ => queue.pause_or_resume_all(),
                }
                drop(queue);
                (self.ask)(PanesRequest::Queue);
            }
        }
        DialogAction::Stay
    }

    /// Goes to a path, which may be relative to where the pane is.
    fn go(&mut self, side: PaneSide, typed: &[u8]) {
        let path = self.absolute(side, typed);
        self.list(side, path, None);
    }

    fn absolute(&self, side: PaneSide, typed: &[u8]) -> Vec<u8> {
        match typed.starts_with(b"/") {
            true => typed.to_vec(),
            false => self.pane(side).path_of(typed),
        }
    }

    /// Puts a copy into the queue. Its target is fixed from now on.
    fn queue_transfer(
        &mut self,
        side: PaneSide,
        names: Vec<Vec<u8>>,
        moves: bool,
        dialog: &AskDialog,
    ) {
        let other = side.other();
        let typed = self.absolute(other, &dialog.bytes());
        let end = |side: PaneSide, directory| JobEnd {
            place: self.places[side.index()].clone(),
            directory,
        };
        let is_directory = typed.ends_with(b"/") || names.len() > 1;
        let (directory, new_name) = match (is_directory, path::parent(&typed)) {
            (false, Some(parent)) => (parent.to_vec(), Some(path::name(&typed).to_vec())),
            _ => (typed, None),
        };
        let from = end(side, self.pane(side).path.clone());
        let to = end(other, directory);
        let is_within = from.place == to.place
            && names.iter().any(|name| {
                let source = path::join(&from.directory, name);
                let target = path::join(&to.directory, new_name.as_deref().unwrap_or(name));
                path::is_within(&target, &source)
            });
        if is_within {
            self.tell(Err(say!(panes_into_itself)));
            return;
        }
        let existing = PanesScreen::existing(dialog.chosen(AskKey::Pick));
        let job = QueuedJob { moves, new_name, existing, ..QueuedJob::new(from, names, to) };
        if self.queue_job(job) {
            self.pane_mut(side).unmark();
        }
    }

    /// Puts a job into the queue; whether there is room.
    pub(super) fn queue_job(&mut self, job: QueuedJob) -> bool {
        let added = locked(&self.queue).add(job);
        match added {
            Some(_) => {
                (self.ask)(PanesRequest::Queue);
                self.message = (Tone::Plain, say!(panes_queued));
            }
            None => self.tell(Err(say!(panes_queue_full))),
        }
        added.is_some()
    }

    /// Changes what was changed in the fields.
    fn set_properties(&mut self, side: PaneSide, paths: Vec<Vec<u8>>, dialog: &AskDialog) {
        if let Some(mode) = mode_of(dialog.text(AskKey::Field))
            && dialog.is_changed()
        {
            let operation = PaneOperation::SetMode(paths.clone(), mode);
            self.request(PanesRequest::Do(side, operation));
        }
        if let Some((user, group)) = owner_of(dialog.text(AskKey::Second))
            && dialog.is_second_changed()
        {
            let operation = PaneOperation::SetOwner(paths, user, group);
            self.request(PanesRequest::Do(side, operation));
        }
    }

    fn bookmark(&mut self, side: PaneSide, pressed: AskKey, dialog: &AskDialog) {
        let place = self.places[side.index()].clone();
        let kept = self.bookmarks.of(&place);
        if pressed == AskKey::Other || kept.is_empty() {
            let path = self.pane(side).path.clone();
            let said = self.bookmarks.toggle(&place, &path);
            self.tell(said.map(|()| say!(panes_bookmarks_kept)));
            return;
        }
        if let Some(path) = kept.get(dialog.chosen(AskKey::List)) {
            self.list(side, path.clone(), None);
        }
    }
}

/// The permission bits in octal, if that is what the text is.
fn mode_of(typed: &str) -> Option<u32> {
    let typed = typed.trim();
    u32::from_str_radix(typed, 8).ok().filter(|mode| *mode <= 0o7777 && !typed.starts_with('+'))
}

/// `user:group`, as numbers.
fn owner_of(typed: &str) -> Option<(u32, u32)> {
    let (user, group) = typed.trim().split_once(':')?;
    Some((user.parse().ok()?, group.parse().ok()?))
}

pub(super) fn properties_fault(dialog: &AskDialog) -> Option<String> {
    let (mode, owner) = (dialog.text(AskKey::Field), dialog.text(AskKey::Second));
    if !mode.trim().is_empty() && mode_of(mode).is_none() {
        return Some(say!(panes_mode_bad));
    }
    (!owner.trim().is_empty() && owner_of(owner).is_none()).then(|| say!(panes_owner_bad))
}

pub(super) fn name_fault(dialog: &AskDialog) -> Option<String> {
    let name = dialog.bytes();
    let shown = text::name(&name, 80);
    (!path::is_plain_name(&name)).then(|| say!(panes_name_bad, name = shown))
}

pub(super) fn link_fault(dialog: &AskDialog) -> Option<String> {
    let name = dialog.text(AskKey::Second);
    let is_plain = path::is_plain_name(name.as_bytes());
    if dialog.bytes().is_empty() {
        return Some(say!(panes_link_no_target));
    }
    (!is_plain).then(|| say!(panes_name_bad, name = text::line(name, 80)))
}
