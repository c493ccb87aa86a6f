//! The file manager: two panes, the keys as Midnight Commander and WinSCP have them, and a queue of
//! copies that run meanwhile.
//!
//! The screen changes nothing itself: it asks by [`PanesRequest`]s and takes [`PanesEvent`]s, so
//! that no key waits for a file or a server.

mod act;
mod answer;
mod ask;
mod columns;
mod command;
mod differ;
mod draw;
mod job;
mod queue;
mod viewer;

use std::any::Any;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::component::{Component, DialogAction};
use super::field::TextField;
use super::look::{Look, Tone};
use crate::say;
use crate::ui::panes::{
    EntryColumns, JobTask, Pane, PaneSide, PanesAsk, PanesEvent, PanesExit, PanesRequest,
    SharedQueue, locked,
};
use command::{COMMANDS, ON_LINE, PaneCommand, command_of};
use viewer::FileViewer;

/// How long a key waits for what it has asked for, so that a directory that is at hand is on the
/// screen at once.
const AT_HAND: Duration = Duration::from_millis(40);
/// How long the screen goes on looking for news after the last key or event.
const WAKEFUL: Duration = Duration::from_secs(3);
/// How many rows a turn of the wheel moves.
const WHEEL: isize = 3;

/// The bookmarks of the places, in the file that keeps them.
pub trait PaneBookmarks: Send {
    /// The directories that are kept for a place.
    fn of(&self, place: &str) -> Vec<Vec<u8>>;

    /// Keeps a directory, or forgets one that is kept already.
    ///
    /// # Errors
    /// Why the file cannot be written, in a sentence.
    fn toggle(&mut self, place: &str, directory: &[u8]) -> Result<(), String>;
}

/// What the screen is made with.
pub struct PanesSetup {
    /// The panes, left and right; their paths are where listing begins.
    pub panes: [Pane; 2],
    /// The destinations as typed; empty for this machine.
    pub places: [String; 2],
    /// How times are shown.
    pub columns: EntryColumns,
    /// Takes requests.
    pub ask: PanesAsk,
    /// Gives events.
    pub events: Receiver<PanesEvent>,
    /// The queue.
    pub queue: SharedQueue,
    /// The bookmarks.
    pub bookmarks: Box<dyn PaneBookmarks>,
    /// How many jobs of an earlier time are in the queue.
    pub old_jobs: usize,
}

/// The screen; after it has closed, it says why.
pub struct PanesScreen {
    panes: [Pane; 2],
    places: [String; 2],
    columns: EntryColumns,
    ask: PanesAsk,
    events: Receiver<PanesEvent>,
    queue: SharedQueue,
    bookmarks: Box<dyn PaneBookmarks>,
    old_jobs: usize,
    active: PaneSide,
    message: (Tone, String),
    /// The field in which the filter of the active pane is typed.
    filter: Option<TextField>,
    is_synchronised: bool,
    /// How many requests have not been answered, besides listings.
    unanswered: usize,
    /// Until when the screen looks for news.
    awake: Instant,
    /// Where the rows of each pane were drawn, and the line of keys.
    rows_drawn: [Rect; 2],
    keys_drawn: Rect,
    exit: Option<PanesExit>,
}

impl PanesScreen {
    /// The screen; the directories are asked for already.
    pub fn new(setup: PanesSetup) -> PanesScreen {
        let PanesSetup { panes, places, columns, ask, events, queue, bookmarks, old_jobs } = setup;
        let mut screen = PanesScreen {
            panes,
            places,
            columns,
            ask,
            events,
            queue,
            bookmarks,
            old_jobs,
            active: PaneSide::Left,
            message: (Tone::Dim, say!(panes_welcome)),
            filter: None,
            is_synchronised: false,
            unanswered: 0,
            awake: Instant::now() + WAKEFUL,
            rows_drawn: [Rect::default(); 2],
            keys_drawn: Rect::default(),
            exit: None,
        };
        screen.reload(PaneSide::Left);
        screen.reload(PaneSide::Right);
        screen
    }

    /// Why the screen was left.
    pub fn take_exit(&mut self) -> Option<PanesExit> {
        self.exit.take()
    }

    /// A pane.
    pub fn pane(&self, side: PaneSide) -> &Pane {
        &self.panes[side.index()]
    }

    fn pane_mut(&mut self, side: PaneSide) -> &mut Pane {
        &mut self.panes[side.index()]
    }

    /// Shows a sentence about what was done while the screen was left.
    pub fn tell(&mut self, said: Result<String, String>) {
        self.message = match said {
            Ok(said) => (Tone::Good, said),
            Err(why) => (Tone::Danger, why),
        };
    }

    /// Lists a side's directory again.
    pub fn reload(&mut self, side: PaneSide) {
        let pane = self.pane(side);
        let cursor_on = pane.current().map(|entry| entry.name.clone());
        let path = pane.path.clone();
        self.list(side, path, cursor_on);
    }

    fn list(&mut self, side: PaneSide, path: Vec<u8>, cursor_on: Option<Vec<u8>>) {
        let listing = self.pane_mut(side).begin(cursor_on);
        if !(self.ask)(PanesRequest::List { side, listing, path }) {
            self.pane_mut(side).listed(listing, Err(say!(panes_busy)));
            self.tell(Err(say!(panes_busy)));
        }
    }

    /// Asks for something besides a listing.
    fn request(&mut self, request: PanesRequest) {
        match (self.ask)(request) {
            true => {
                self.unanswered += 1;
                self.message = (Tone::Dim, say!(panes_working));
            }
            false => self.tell(Err(say!(panes_busy))),
        }
    }

    fn is_working(&self) -> bool {
        let lists = self.panes.iter().any(Pane::is_listing);
        lists || self.unanswered > 0 || locked(&self.queue).running().is_some()
    }

    /// Takes what has come, waiting this long for what was asked for.
    fn take_events(&mut self, patience: Duration) -> DialogAction {
        let end = Instant::now() + patience;
        let mut touched = [false; 2];
        let mut action = DialogAction::Stay;
        while matches!(action, DialogAction::Stay) {
            let waits = self.unanswered > 0 || self.panes.iter().any(Pane::is_listing);
            let left = end.saturating_duration_since(Instant::now());
            let event = match waits {
                true => self.events.recv_timeout(left).ok(),
                false => self.events.try_recv().ok(),
            };
            let Some(event) = event else { break };
            self.awake = Instant::now() + WAKEFUL;
            action = self.take_event(event, &mut touched);
        }
        for (pane, touched) in self.panes.iter_mut().zip(touched) {
            if touched {
                pane.arrange();
            }
        }
        action
    }

    fn take_event(&mut self, event: PanesEvent, touched: &mut [bool; 2]) -> DialogAction {
        match event {
            PanesEvent::Entered(side, listing, path) => {
                self.pane_mut(side).entered(listing, path);
            }
            PanesEvent::Entries(side, listing, entries) => {
                self.pane_mut(side).take(listing, entries);
                touched[side.index()] = true;
            }
            PanesEvent::Listed(side, listing, result) => {
                let failed = result.as_ref().err().cloned();
                if self.pane_mut(side).listed(listing, result)
                    && let Some(why) = failed
                    // That the connection is lost has been said, and how to go on.
                    && !self.pane(side).is_lost
                {
                    self.tell(Err(why));
                }
                touched[side.index()] = false;
            }
            PanesEvent::Done(side, said, name) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.tell(said);
                self.changed(side, name);
            }
            PanesEvent::Said(said) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.tell(said);
            }
            PanesEvent::Viewed(file) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.message = (Tone::Dim, String::new());
                return DialogAction::Open(Box::new(FileViewer::new(file)));
            }
            PanesEvent::Compared(found) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.compared(found);
            }
            PanesEvent::SyncPlanned(plan) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                return self.sync_question(plan);
            }
            PanesEvent::Changed(side) => self.changed(side, None),
            PanesEvent::JobEnded(id) => self.job_ended(id),
            PanesEvent::Lost(side, why) => {
                self.pane_mut(side).is_lost = true;
                self.tell(Err(why));
            }
            PanesEvent::Connected(side) => {
                self.pane_mut(side).is_lost = false;
                self.reload(side);
            }
            PanesEvent::LoginWanted(side) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.exit = Some(PanesExit::Connect(side));
                return DialogAction::Close;
            }
        }
        DialogAction::Stay
    }

    /// Says what became of a job; that one is done does not hide what went wrong.
    fn job_ended(&mut self, id: u64) {
        let said = match locked(&self.queue).job(id) {
            Some(job) => match &job.task {
                JobTask::Done(_) => Ok(queue::shown(job)),
                JobTask::Failed(why) => Err(say!(panes_job_failed_why, why = job::reason(why))),
                // It was paused, or waits for another connection.
                _ => return,
            },
            None => return,
        };
        if said.is_err() || self.message.0 != Tone::Danger {
            self.tell(said);
        }
    }

    /// Lists what may have changed: this side, and the other one if it is in the same place.
    fn changed(&mut self, side: PaneSide, name: Option<Vec<u8>>) {
        match name {
            Some(name) => {
                let path = self.pane(side).path.clone();
                self.list(side, path, Some(name));
            }
            None => self.reload(side),
        }
        if self.places[0] == self.places[1] {
            self.reload(side.other());
        }
    }

    fn key(&mut self, event: &Event, key: &KeyEvent) -> DialogAction {
        if self.filter.is_some() && self.filter_key(event, key) {
            return DialogAction::Stay;
        }
        let page = isize::from(self.rows_drawn[self.active.index()].height.max(2) as i16 - 1);
        let pane = self.pane_mut(self.active);
        match (key.code, key.modifiers) {
            (KeyCode::Up, _) => pane.move_by(-1),
            (KeyCode::Down, _) => pane.move_by(1),
            (KeyCode::PageUp, _) => pane.move_by(-page),
            (KeyCode::PageDown, _) => pane.move_by(page),
            (KeyCode::Home, _) => pane.move_to(0),
            (KeyCode::End, _) => pane.move_to(usize::MAX),
            (KeyCode::Esc, _) if !pane.filter.is_empty() => {
                pane.filter.clear();
                pane.arrange();
            }
            (KeyCode::Char('c'), KeyModifiers::CONTROL) => return self.act(PaneCommand::Quit),
            _ => {
                if let Some(command) = command_of(key) {
                    self.message = (Tone::Plain, String::new());
                    return self.act(command);
                }
            }
        }
        DialogAction::Stay
    }

    /// A key while the filter is typed; `false` if it moves the cursor or is a command.
    fn filter_key(&mut self, event: &Event, key: &KeyEvent) -> bool {
        let Some(field) = &mut self.filter else { return false };
        match key.code {
            KeyCode::Enter | KeyCode::Tab => {
                self.filter = None;
                return key.code == KeyCode::Enter;
            }
            KeyCode::Esc => {
                self.filter = None;
                return false;
            }
            KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown | KeyCode::F(_) => {
                return false;
            }
            _ => {}
        }
        if !field.take(event) {
            return false;
        }
        let typed = field.text().to_owned();
        let pane = self.pane_mut(self.active);
        pane.filter = typed;
        pane.arrange();
        true
    }

    fn mouse(&mut self, mouse: &MouseEvent) -> DialogAction {
        let at = Position { x: mouse.column, y: mouse.row };
        let step = match mouse.kind {
            MouseEventKind::ScrollUp => -WHEEL,
            MouseEventKind::ScrollDown => WHEEL,
            MouseEventKind::Down(MouseButton::Left) => 0,
            _ => return DialogAction::Stay,
        };
        if step == 0 && self.keys_drawn.contains(at) {
            let offset = usize::from(at.x - self.keys_drawn.x);
            let part = offset * ON_LINE / usize::from(self.keys_drawn.width.max(1));
            return COMMANDS.get(part).map_or(DialogAction::Stay, |row| self.act(row.command));
        }
        for side in [PaneSide::Left, PaneSide::Right] {
            let area = self.rows_drawn[side.index()];
            if !area.contains(at) {
                continue;
            }
            let was_active = std::mem::replace(&mut self.active, side) == side;
            self.filter = None;
            let pane = self.pane_mut(side);
            if step != 0 {
                pane.move_by(step);
                continue;
            }
            let row = pane.top + usize::from(at.y - area.y);
            let again = was_active && pane.cursor() == row;
            if row < pane.rows() {
                pane.move_to(row);
                // A second click on a row opens it.
                if again {
                    return self.act(PaneCommand::Open);
                }
            }
        }
        DialogAction::Stay
    }

    /// Waits a moment for what was asked for, unless a dialog opens.
    fn settled(&mut self, action: DialogAction) -> DialogAction {
        match action {
            DialogAction::Stay => self.take_events(AT_HAND),
            other => other,
        }
    }
}

impl Component for PanesScreen {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.paint(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        self.awake = Instant::now() + WAKEFUL;
        let action = match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => DialogAction::Stay,
            Event::Key(key) => self.key(event, key),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Paste(_) if self.filter.is_some() => {
                self.filter_key(event, &KeyEvent::new(KeyCode::Null, KeyModifiers::NONE));
                DialogAction::Stay
            }
            _ => DialogAction::Stay,
        };
        self.settled(action)
    }

    fn resumed(&mut self, closed: Box<dyn Any>) -> DialogAction {
        let action = match closed.downcast::<ask::AskDialog>() {
            Ok(dialog) => self.answered(&dialog),
            Err(_) => DialogAction::Stay,
        };
        self.settled(action)
    }

    fn is_busy(&self) -> bool {
        self.old_jobs > 0 || Instant::now() < self.awake || self.is_working()
    }

    fn turn(&mut self) -> DialogAction {
        if std::mem::take(&mut self.old_jobs) > 0 {
            return self.offer_old_jobs();
        }
        if self.is_working() {
            // What ends now is told after it is no longer to be seen that it runs.
            self.awake = Instant::now() + WAKEFUL;
        }
        match self.take_events(Duration::ZERO) {
            DialogAction::Stay => self.ask_for_job(),
            other => other,
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
