//! The queue as a dialog, which follows what is copied meanwhile.

use std::sync::Arc;

use crossterm::event::{Event, KeyCode};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::job::{JobDialog, progress, without_flags};
use crate::say;
use crate::text;
use crate::ui::panes::{JobTask, PanesAsk, PanesRequest, QueuedJob, SharedQueue, locked, path};
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::form::{DialogForm, FormRow, Happened, Item};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::Look;

/// The width of the dialog, if there is room.
const WIDTH: u16 = 110;
/// The fewest and the most lines of the list.
const LIST_MIN: u16 = 3;
const LIST_MAX: u16 = 30;
/// How many characters of a name or directory are shown.
const MAX_SHOWN: usize = 40;
/// How many characters of an error are shown.
const MAX_FAULT: usize = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    List,
    About,
    Close,
}

/// The queue.
pub(super) struct QueueDialog {
    form: DialogForm<Key>,
    queue: SharedQueue,
    ask: PanesAsk,
    /// The numbers of the jobs as they are listed.
    listed: Vec<u64>,
}

impl QueueDialog {
    pub(super) fn new(queue: SharedQueue, ask: PanesAsk) -> QueueDialog {
        let rows = vec![
            FormRow::list(Key::List, Vec::new(), LIST_MAX),
            FormRow::lines(Key::About, Vec::new()),
            FormRow::buttons(vec![(Key::Close, 'q', say!(close))]),
        ];
        let mut form = DialogForm::new(say!(panes_queue_title), rows).wide(WIDTH).typing_in_lists();
        form.hints = vec![
            ("Enter", say!(panes_queue_details)),
            ("p", say!(panes_queue_pause)),
            ("P", say!(panes_queue_pause_all)),
            ("u d", say!(panes_queue_shift)),
            ("Del", say!(panes_queue_cancel)),
            ("c", say!(panes_queue_clear)),
        ];
        let mut dialog = QueueDialog { form, queue, ask, listed: Vec::new() };
        dialog.fill();
        dialog
    }

    fn fill(&mut self) {
        let queue = locked(&self.queue);
        let items: Vec<Item> = queue.jobs().iter().map(item).collect();
        self.listed = queue.jobs().iter().map(|job| job.id).collect();
        let chosen = queue.jobs().get(self.form.selected(Key::List));
        let about = match (queue.jobs().is_empty(), chosen.map(|job| &job.task)) {
            (true, _) => vec![(Default::default(), say!(panes_queue_empty))],
            (_, Some(JobTask::Failed(why))) => {
                vec![(crate::ui::screen::look::Tone::Danger, text::line(why, MAX_FAULT))]
            }
            _ => Vec::new(),
        };
        drop(queue);
        self.form.set_items(Key::List, items);
        self.form.set_text(Key::About, about);
    }

    /// Shows the selected job. What it asks is asked by the panes, once the queue is closed.
    fn details(&mut self) -> DialogAction {
        let Some(&id) = self.listed.get(self.form.selected(Key::List)) else {
            self.form.notice(say!(panes_queue_empty));
            return DialogAction::Stay;
        };
        let is_asking = locked(&self.queue).asked().is_some_and(|(asking, _)| asking == id);
        match is_asking {
            true => DialogAction::Close,
            false => DialogAction::Open(Box::new(JobDialog::new(Arc::clone(&self.queue), id))),
        }
    }

    fn pressed(&mut self, code: KeyCode) {
        let id = self.listed.get(self.form.selected(Key::List)).copied();
        let mut queue = locked(&self.queue);
        let mut moved = None;
        match (code, id) {
            (KeyCode::Char('p' | ' '), Some(id)) => queue.pause_or_resume(id),
            (KeyCode::Char('u' | 'K'), Some(id)) => moved = queue.shift(id, false),
            (KeyCode::Char('d' | 'J'), Some(id)) => moved = queue.shift(id, true),
            (KeyCode::Delete, Some(id)) => queue.remove(id),
            (KeyCode::Char('P'), _) => queue.pause_or_resume_all(),
            (KeyCode::Char('c'), _) => queue.remove_done(),
            _ => return,
        }
        drop(queue);
        if let Some(to) = moved {
            self.form.select(Key::List, to);
        }
        // If too many requests wait, whoever copies looks at the queue after the present file.
        (self.ask)(PanesRequest::Queue);
        self.fill();
    }
}

fn item(job: &QueuedJob) -> Item {
    Item { text: shown(job), note: String::new() }
}

/// One job: how far it is and what it does.
pub(super) fn shown(job: &QueuedJob) -> String {
    let what = match job.names.as_slice() {
        [one] => text::name(one, MAX_SHOWN),
        many => say!(panes_several_names, count = many.len()),
    };
    let target = match &job.new_name {
        Some(name) => path::join(&job.to.directory, name),
        None => job.to.directory.clone(),
    };
    let target = text::name(&target, MAX_SHOWN);
    let place = match job.to.place.as_str() {
        "" => target,
        place => format!("{}:{target}", text::line(without_flags(place), MAX_SHOWN)),
    };
    let text = match job.moves {
        _ if job.sync.is_some() => {
            let from = text::name(&job.from.directory, MAX_SHOWN);
            say!(panes_queue_sync, from, place)
        }
        true => say!(panes_queue_move, what, place),
        false => say!(panes_queue_copy, what, place),
    };
    // How far it is comes first: the rest may be cut.
    format!("{}: {text}", progress(job))
}

impl Component for QueueDialog {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        let most = u16::try_from(self.listed.len()).unwrap_or(LIST_MAX).clamp(LIST_MIN, LIST_MAX);
        self.form.fit_list(Key::List, area, look, LIST_MIN..=most);
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match event {
            Event::Key(key)
                if key.code == KeyCode::Char(' ') && self.form.focused() == Some(Key::List) =>
            {
                self.pressed(key.code);
                return DialogAction::Stay;
            }
            _ => {}
        }
        match self.form.handle(event) {
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            Happened::Entered(_) => return self.details(),
            Happened::Unused(key) if matches!(key.code, KeyCode::Char('q' | 'j')) => {
                return DialogAction::Close;
            }
            Happened::Unused(key) => self.pressed(key.code),
            _ => self.fill(),
        }
        DialogAction::Stay
    }

    fn is_busy(&self) -> bool {
        true
    }

    fn turn(&mut self) -> DialogAction {
        self.fill();
        DialogAction::Stay
    }
}
