//! The New connection dialog: a host field, and a list of what was connected to before, of saved
//! sessions and of hosts of ssh_config(5). Typing in the host field filters the list; what is typed
//! counts until something is chosen in the list. Port, address family, and whether to ask about
//! pastes are in one line until they have the focus.
//!
//! `list` lays out the list, `sessions` changes saved sessions, `edit` edits one; `ask` has the
//! small questions. This file does not interpret the input: the dialog closes with an [`Entered`].

mod ask;
mod edit;
mod fields;
mod list;
mod sessions;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::form::{DialogForm, FormRow, Happened};
use super::look::{Look, Tone};
use super::{Component, DialogAction, field::TextField};
use crate::error::Error;
use crate::ui::hosts::{
    AddressChoice, Entered, EnteredCheck, HostEntry, HostSearch, HostTarget, Hosts,
};
use crate::{say, text};

use ask::{AskName, Confirm, Help};
use edit::Edit;
use list::HostColumns;

/// How long to read the sessions that the first screen shows.
const FIRST_READING: Duration = Duration::from_millis(10);
/// How long to read sessions between two keys.
const READING: Duration = Duration::from_millis(20);
/// The width of the dialog, if there is room: destinations are long.
const WIDTH: u16 = 96;
/// The fewest and the most lines of the list.
const LIST_MIN: u16 = 2;
const LIST_MAX: u16 = 30;
/// The most lines of the list where there are fewer entries.
const LIST_SHORT: u16 = 3;
/// How many characters of a name are shown in a button or a question.
const MAX_SHOWN: usize = 24;
/// How many characters of a message are shown.
const MAX_MESSAGE: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Message,
    Host,
    Found,
    List,
    Options,
    Port,
    Family,
    ConfirmPaste,
    Connect,
    Save,
    Leave,
}

/// The rows that are folded into the line of options.
const OPTIONS: [Key; 3] = [Key::Port, Key::Family, Key::ConfirmPaste];

/// The dialog.
pub struct NewConnection {
    form: DialogForm<Key>,
    hosts: Hosts,
    entered_check: Arc<dyn EnteredCheck>,
    search: HostSearch,
    /// The numbers of the entries in the list.
    listed: Vec<usize>,
    columns: HostColumns,
    /// Whether the selection of the list counts, and not the host field.
    counts: bool,
    was_in_list: bool,
    look: Look,
    /// The entry whose removal is asked about.
    asked: Option<HostEntry>,
    entered: Option<Entered>,
}

impl NewConnection {
    /// Creates the dialog with these initial values.
    pub fn new(
        hosts: Hosts,
        entered_check: Arc<dyn EnteredCheck>,
        before: &Entered,
    ) -> NewConnection {
        let families = vec![say!(connection_any_family), "IPv4".to_owned(), "IPv6".to_owned()];
        let family = before.family as usize;
        let rows = vec![
            FormRow::lines(Key::Message, Vec::new()),
            FormRow::field(Key::Host, say!(connection_host), TextField::new(&before.host)),
            FormRow::rule(Key::Found),
            FormRow::long_list(Key::List, LIST_MAX),
            FormRow::gap(),
            FormRow::lines(Key::Options, Vec::new()),
            FormRow::field(Key::Port, say!(connection_port), TextField::new(&before.port)),
            FormRow::pick(Key::Family, say!(connection_family), families, family),
            FormRow::check(Key::ConfirmPaste, true, say!(connection_confirm_paste)),
            FormRow::gap(),
            FormRow::buttons(vec![
                (Key::Connect, 'c', say!(connection_connect)),
                (Key::Save, 's', say!(connection_save)),
                (Key::Leave, 'l', say!(connection_leave)),
            ]),
        ];
        let mut dialog = NewConnection {
            form: DialogForm::new(say!(connection_title), rows).wide(WIDTH).typing_in_lists(),
            hosts,
            entered_check,
            search: HostSearch::default(),
            listed: Vec::new(),
            columns: HostColumns::default(),
            counts: false,
            was_in_list: false,
            look: Look { colour: false, unicode: false },
            asked: None,
            entered: None,
        };
        dialog.hosts.read_first(FIRST_READING, usize::from(LIST_MAX));
        dialog.fill(None, 0);
        dialog.say_fault();
        dialog.after_focus();
        dialog
    }

    /// The input, if the person wants to connect.
    pub fn take_entered(&mut self) -> Option<Entered> {
        self.entered.take()
    }

    /// Shows why connecting failed. The fields and the selection stay; hosts and sessions are listed
    /// again.
    pub fn failed(&mut self, error: &Error) {
        let chosen = self.chosen().map(|entry| entry.target.clone());
        let at = self.form.selected(Key::List);
        self.list_again();
        // What was connected to may be gone; nothing else takes its place.
        self.counts &= self.fill(chosen.as_ref(), at);
        self.after_focus();
        self.say_error(error);
    }

    fn list_again(&mut self) {
        self.hosts.look_again();
        self.hosts.read_first(FIRST_READING, usize::from(LIST_MAX));
    }

    /// Fills the list with the entries that match the host field. Selects this entry if it is among
    /// them, which is returned, else the one in this place.
    fn fill(&mut self, chosen: Option<&HostTarget>, place: usize) -> bool {
        let search = HostSearch::new(self.form.text(Key::Host));
        if search != self.search {
            (self.search, self.columns) = (search, HostColumns::default());
        }
        self.listed = self.hosts.matching(&self.search);
        let entries = self.hosts.entries();
        let at = chosen
            .and_then(|chosen| self.listed.iter().position(|&at| entries[at].target == *chosen));
        self.form.set_count(Key::List, self.listed.len(), at.unwrap_or(place));
        self.form.set_rule(Key::Found, self.found());
        at.is_some()
    }

    /// How many entries there are, and how many of them match.
    fn found(&self) -> String {
        let (found, all) = (self.listed.len(), self.hosts.entries().len());
        let more = if self.hosts.is_complete() { "" } else { " ..." };
        match (self.search.is_empty(), all) {
            (_, 0) => String::new(),
            (true, _) => format!("{all}{more}"),
            (false, _) => say!(connection_found, found, all) + more,
        }
    }

    /// The selected entry of the list.
    fn chosen(&self) -> Option<&HostEntry> {
        let at = self.listed.get(self.form.selected(Key::List))?;
        self.hosts.entries().get(*at)
    }

    /// The input that Connect would use now.
    fn now(&self) -> Entered {
        let mut entered = Entered {
            host: self.form.text(Key::Host).trim().to_owned(),
            is_host: false,
            session: None,
            port: self.form.text(Key::Port).trim().to_owned(),
            family: match self.form.selected(Key::Family) {
                1 => AddressChoice::V4,
                2 => AddressChoice::V6,
                _ => AddressChoice::Auto,
            },
            confirm_paste: self.form.is_on(Key::ConfirmPaste),
        };
        match self.chosen().filter(|_| self.counts).map(|entry| &entry.target) {
            Some(HostTarget::Session(at)) => entered.session = Some(at.full_name()),
            Some(HostTarget::Host(host)) => {
                entered.host.clone_from(host);
                entered.is_host = true;
            }
            None => {}
        }
        entered
    }

    fn connect(&mut self) -> DialogAction {
        let now = self.now();
        if now.session.is_none() && now.host.is_empty() {
            self.form.focus(if self.listed.is_empty() { Key::Host } else { Key::List });
            self.after_focus();
            self.say(Tone::Warn, say!(connection_nothing));
            return DialogAction::Stay;
        }
        let fault = self.chosen().filter(|_| self.counts).and_then(HostEntry::fault).cloned();
        if let Some(error) = fault.or_else(|| self.entered_check.check(&now).err()) {
            return self.complain(&error);
        }
        self.entered = Some(now);
        DialogAction::Close
    }

    fn complain(&mut self, error: &Error) -> DialogAction {
        self.say_error(error);
        DialogAction::Stay
    }

    fn say_error(&mut self, error: &Error) {
        self.say(Tone::Danger, text::line(&error.to_string(), MAX_MESSAGE));
    }

    fn say_fault(&mut self) {
        if let Some(error) = self.hosts.fault().cloned() {
            self.say_error(&error);
        }
    }

    fn say(&mut self, tone: Tone, message: String) {
        self.form.set_text(Key::Message, vec![(tone, message)]);
    }

    fn say_nothing(&mut self) {
        self.form.set_text(Key::Message, Vec::new());
    }

    /// Updates what depends on the focus: whether list or host field counts, the hints, the options,
    /// and the button's label.
    fn after_focus(&mut self) {
        let focused = self.form.focused();
        let in_list = focused == Some(Key::List);
        // Where nothing is typed, going to the list chooses; what is typed counts until a row is
        // chosen.
        if in_list && !self.was_in_list && self.form.text(Key::Host).trim().is_empty() {
            self.counts = true;
        }
        self.counts &= !self.listed.is_empty() && focused != Some(Key::Host);
        self.was_in_list = in_list;
        self.form.set_pale(Key::List, !self.counts);
        self.form.hints = hints(in_list);
        self.fold();
        let to = match self.chosen().filter(|_| self.counts) {
            Some(entry) => entry.name().to_owned(),
            None => self.now().host,
        };
        let label = match to.is_empty() {
            true => say!(connection_connect),
            false => say!(connection_connect_to, name = shown(&to)),
        };
        self.form.set_button(Key::Connect, label);
    }

    /// Whether one of the options has the focus.
    fn is_unfolded(&self) -> bool {
        self.form.focused().is_some_and(|key| OPTIONS.contains(&key))
    }

    /// Shows the options if one of them has the focus, else says what they are.
    fn fold(&mut self) {
        let unfolded = self.is_unfolded();
        for key in OPTIONS {
            self.form.row(key).folded = !unfolded;
        }
        self.form.row(Key::Options).folded = unfolded;
        let now = self.now();
        let port = match now.port.is_empty() {
            true => say!(connection_port_usual),
            false => say!(connection_port_set, port = text::line(&now.port, MAX_SHOWN)),
        };
        let family = match now.family {
            AddressChoice::Auto => say!(connection_family_usual),
            AddressChoice::V4 => "IPv4".to_owned(),
            AddressChoice::V6 => "IPv6".to_owned(),
        };
        let options = match now.confirm_paste {
            true => say!(connection_options, port, family),
            false => say!(connection_options_and_pastes, port, family),
        };
        self.form.set_text(Key::Options, vec![(Tone::Dim, options)]);
    }

    /// Handles a key that the form does not use.
    fn unused(&mut self, key: KeyEvent) -> DialogAction {
        let in_list = self.form.focused() == Some(Key::List);
        let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
        let control = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::F(1) => DialogAction::Open(Box::new(Help::new(self.look))),
            KeyCode::Char('s') if control => self.save(),
            KeyCode::Char('o') if control => {
                self.form.focus(Key::Port);
                DialogAction::Stay
            }
            _ if !in_list => DialogAction::Stay,
            KeyCode::Char('e') if control || plain => self.edit(),
            _ if !plain => DialogAction::Stay,
            KeyCode::Char('d') => self.duplicate(),
            KeyCode::Char('n') => self.save(),
            KeyCode::Char('?') => DialogAction::Open(Box::new(Help::new(self.look))),
            KeyCode::Delete => self.remove(),
            KeyCode::Char(_) | KeyCode::Backspace => self.type_on(&Event::Key(key)),
            _ => DialogAction::Stay,
        }
    }

    /// Sends typing in the list to the host field.
    fn type_on(&mut self, event: &Event) -> DialogAction {
        self.form.focus(Key::Host);
        self.form.handle(event);
        self.typed();
        DialogAction::Stay
    }

    /// Something was typed into the host field, which counts from now on.
    fn typed(&mut self) {
        self.say_nothing();
        self.counts = false;
        self.fill(None, 0);
        // The best match is in sight, wherever the wheel has been.
        self.form.select(Key::List, 0);
    }

    fn react(&mut self, event: &Event) -> DialogAction {
        let before = self.form.focused();
        let in_list = before == Some(Key::List);
        if matches!(event, Event::Paste(_)) && in_list {
            return self.type_on(event);
        }
        let code = match event {
            Event::Key(key) => Some(key.code),
            _ => None,
        };
        if in_list && !self.counts && code == Some(KeyCode::Down) {
            // The first step chooses the row that is marked already, and brings it into sight.
            self.counts = true;
            self.form.select(Key::List, self.form.selected(Key::List));
            return DialogAction::Stay;
        }
        match self.form.handle(event) {
            Happened::Changed(Key::Host) => self.typed(),
            Happened::Changed(Key::List) => self.counts = true,
            // A click on a row that does not count yet only chooses it.
            Happened::Entered(Key::List) if !self.counts && code.is_none() => self.counts = true,
            Happened::Entered(_) | Happened::Pressed(Key::Connect) => {
                self.after_focus();
                return self.connect();
            }
            Happened::Pressed(Key::Save) => return self.save(),
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            Happened::Unused(key) => return self.unused(key),
            Happened::Nothing if code == Some(KeyCode::Down) && before == Some(Key::Host) => {
                self.counts = self.form.focused() == Some(Key::List);
            }
            Happened::Changed(_) | Happened::Nothing => {}
        }
        DialogAction::Stay
    }
}

impl Component for NewConnection {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.look = look;
        let entries = self.hosts.entries();
        let most = u16::try_from(entries.len()).unwrap_or(LIST_MAX).clamp(LIST_SHORT, LIST_MAX);
        let visible = self.form.fit_list(Key::List, area, look, LIST_MIN..=most);
        let first = visible.start;
        let shown = self.listed[visible].iter().map(|&at| self.hosts.line(&entries[at]));
        let lines = self.columns.lay_out(&shown.collect::<Vec<_>>(), &self.search, look);
        let empty = match entries.is_empty() {
            true if self.hosts.fault().is_some() => String::new(),
            true => say!(connection_first_run),
            false => say!(connection_no_match),
        };
        self.form.set_window(Key::List, first, lines, empty);
        self.form.draw(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let act = self.react(event);
        self.after_focus();
        act
    }

    fn resumed(&mut self, closed: Box<dyn Any>) -> DialogAction {
        let asked = self.asked.take();
        if let Some(confirm) = closed.downcast_ref::<Confirm>() {
            if let (true, Some(entry)) = (confirm.yes, asked) {
                self.removed(&entry);
            }
        } else if let Some(name) = closed.downcast_ref::<AskName>().and_then(|it| it.saved.clone())
        {
            self.saved(&name);
        } else if let Some(name) = closed.downcast_ref::<Edit>().and_then(Edit::saved) {
            self.saved(&name);
        }
        self.after_focus();
        DialogAction::Stay
    }

    fn is_busy(&self) -> bool {
        !self.hosts.is_complete()
    }

    fn turn(&mut self) -> DialogAction {
        self.hosts.read_more(READING);
        if self.search.is_empty() {
            // What is read changes neither which entries there are nor their order.
            self.form.set_rule(Key::Found, self.found());
            return DialogAction::Stay;
        }
        // If the person has not selected an entry, a better match that is read later takes the
        // selection.
        let chosen = self.chosen().filter(|_| self.counts).map(|entry| entry.target.clone());
        self.fill(chosen.as_ref(), 0);
        DialogAction::Stay
    }
}

/// The keys that are named at the bottom.
fn hints(in_list: bool) -> Vec<(&'static str, String)> {
    let mut hints = vec![("Enter", say!(connection_hint_connect))];
    match in_list {
        true => hints.extend([
            ("^E", say!(connection_hint_edit)),
            ("d", say!(connection_hint_duplicate)),
            ("Del", say!(connection_hint_remove)),
        ]),
        false => hints.push(("Down", say!(connection_hint_choose))),
    }
    hints.extend([
        ("^S", say!(connection_hint_save)),
        ("^O", say!(connection_hint_options)),
        ("F1", say!(connection_hint_help)),
        ("Esc", say!(connection_hint_leave)),
    ]);
    hints
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}

#[cfg(test)]
pub(super) mod tests;
