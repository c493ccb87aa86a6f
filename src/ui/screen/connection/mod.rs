//! The New connection dialog: a host field, a list of saved sessions and recent hosts, port,
//! address family, and whether to ask about pastes. Typing in the host field filters the list.
//!
//! `edit` edits a saved session; `ask` has the small questions. This file does not interpret the
//! input: the dialog closes with an [`Entered`].

mod ask;
mod edit;
mod fields;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::form::{DialogForm, FormRow, Happened, Item, Widget};
use super::look::{Look, Tone};
use super::{Component, DialogAction, field::TextField};
use crate::error::{Error, Result};
use crate::profiles::{Document, ProfileStore, Source};
use crate::ui::hosts::{AddressChoice, Entered, EnteredCheck, HostEntry, Hosts};
use crate::{say, text};

use ask::{AskName, Confirm, Help};
use edit::Edit;

/// How long to read the sessions that the first screen shows.
const FIRST_READING: Duration = Duration::from_millis(10);
/// How long to read sessions between two keys.
const READING: Duration = Duration::from_millis(20);
/// The width of the dialog, if there is room: destinations are long.
const WIDTH: u16 = 96;
/// The most entries that are visible at once.
const LIST_MAX: u16 = 30;
/// The lines besides list and message: frame, host, gap, port, family, pastes, gap, buttons, hints.
const OTHER_LINES: u16 = 11;
/// How many characters of a name are shown in a button or a question.
const MAX_SHOWN: usize = 24;
/// The largest number that is appended to a name that exists already.
const MAX_NUMBERED: usize = 999;
/// How many characters of a message are shown.
const MAX_MESSAGE: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Message,
    Host,
    List,
    Port,
    Family,
    ConfirmPaste,
    Connect,
    Save,
    Help,
    Leave,
}

/// The open question.
enum Asked {
    Remove(HostEntry),
}

/// The dialog.
pub struct NewConnection {
    form: DialogForm<Key>,
    hosts: Hosts,
    entered_check: Arc<dyn EnteredCheck>,
    /// The numbers of the entries in the list.
    listed: Vec<usize>,
    /// Whether the list was used last, so that its selection counts and not the host field.
    from_list: bool,
    message: String,
    asked: Option<Asked>,
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
            FormRow::list(Key::List, Vec::new(), LIST_MAX),
            FormRow::gap(),
            FormRow::field(Key::Port, say!(connection_port), TextField::new(&before.port)),
            FormRow::pick(Key::Family, say!(connection_family), families, family),
            FormRow::check(Key::ConfirmPaste, true, say!(connection_confirm_paste)),
            FormRow::gap(),
            FormRow::buttons(vec![
                (Key::Connect, 'c', say!(connection_connect)),
                (Key::Save, 's', say!(connection_save)),
                (Key::Help, 'h', say!(connection_help)),
                (Key::Leave, 'l', say!(connection_leave)),
            ]),
        ];
        let mut dialog = NewConnection {
            form: DialogForm::new(say!(connection_title), rows).wide(WIDTH).typing_in_lists(),
            hosts,
            entered_check,
            listed: Vec::new(),
            from_list: false,
            message: String::new(),
            asked: None,
            entered: None,
        };
        dialog.hosts.read_first(FIRST_READING, usize::from(LIST_MAX));
        dialog.fill(None);
        dialog.say_fault();
        dialog.after_focus();
        dialog
    }

    /// The input, if the person wants to connect.
    pub fn take_entered(&mut self) -> Option<Entered> {
        self.entered.take()
    }

    /// Shows why connecting failed. The fields keep their values; hosts and sessions are listed
    /// again.
    pub fn failed(&mut self, error: &Error) {
        self.look_again();
        self.say_error(error);
    }

    fn look_again(&mut self) {
        let chosen = self.chosen().cloned();
        self.hosts.look_again();
        self.hosts.read_first(FIRST_READING, usize::from(LIST_MAX));
        self.fill(chosen.as_ref());
    }

    /// Fills the list with the entries that match the host field, and selects this entry if it is
    /// among them.
    fn fill(&mut self, chosen: Option<&HostEntry>) {
        self.listed = self.hosts.matching(self.form.text(Key::Host));
        let entries = self.hosts.entries();
        let mut items: Vec<Item> = Vec::with_capacity(self.listed.len());
        for &at in &self.listed {
            let (text, note) = self.hosts.shown(&entries[at]);
            items.push(Item { text, note });
        }
        aligned(&mut items);
        let at =
            chosen.and_then(|chosen| self.listed.iter().position(|&at| same(&entries[at], chosen)));
        self.form.set_items(Key::List, items);
        if let Widget::List { selected, .. } = &mut self.form.row(Key::List).widget {
            *selected = at.unwrap_or(0);
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
            session: None,
            port: self.form.text(Key::Port).trim().to_owned(),
            family: match self.form.selected(Key::Family) {
                1 => AddressChoice::V4,
                2 => AddressChoice::V6,
                _ => AddressChoice::Auto,
            },
            confirm_paste: self.form.is_on(Key::ConfirmPaste),
        };
        if self.from_list {
            match self.chosen() {
                Some(HostEntry::Session { at, .. }) => entered.session = Some(at.full_name()),
                Some(HostEntry::Recent(host)) => entered.host.clone_from(host),
                None => {}
            }
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
        let fault = self.chosen().filter(|_| self.from_list).and_then(HostEntry::fault).cloned();
        if let Some(error) = fault.or_else(|| self.entered_check.check(&now).err()) {
            return self.complain(&error);
        }
        self.entered = Some(now);
        DialogAction::Close
    }

    /// Asks for a name, and saves the fields as a session under it.
    fn save(&mut self) -> DialogAction {
        let now = self.now();
        match self.entered_check.profile(&now) {
            Err(error) => self.complain(&error),
            Ok(profile) => {
                let name = profile.host.clone();
                let make = move |store: &ProfileStore, name: &str| {
                    let mut document = store.create(name)?;
                    document.set(profile.clone())?;
                    Ok(document)
                };
                let title = say!(connection_save_title);
                let name = free(&self.hosts.store, &name);
                DialogAction::Open(Box::new(AskName::new(
                    title,
                    &name,
                    &self.hosts.store,
                    Box::new(make),
                )))
            }
        }
    }

    fn edit(&mut self) -> DialogAction {
        match self.opened() {
            None => self.only_sessions(),
            Some(Err(error)) => self.complain(&error),
            Some(Ok(document)) if document.is_new() => self.only_ours(),
            Some(Ok(document)) => {
                let (store, entered_check) =
                    (self.hosts.store.clone(), Arc::clone(&self.entered_check));
                DialogAction::Open(Box::new(Edit::new(store, entered_check, document)))
            }
        }
    }

    fn duplicate(&mut self) -> DialogAction {
        match self.opened() {
            None => self.only_sessions(),
            Some(Err(error)) => self.complain(&error),
            Some(Ok(document)) => {
                let name = document.name().to_owned();
                let make = move |store: &ProfileStore, name: &str| store.copy(&document, name);
                let title = say!(connection_duplicate_title, name = shown(&name));
                let name = free(&self.hosts.store, &name);
                DialogAction::Open(Box::new(AskName::new(
                    title,
                    &name,
                    &self.hosts.store,
                    Box::new(make),
                )))
            }
        }
    }

    /// The selected session as it is on disk now, a new one for a session of another program; `None`
    /// if the selection is not a session.
    fn opened(&self) -> Option<Result<Document>> {
        let HostEntry::Session { at, said } = self.chosen()? else { return None };
        if let Some(Err(error)) = said {
            return Some(Err(error.clone()));
        }
        let gone = || Error::new(crate::error::Kind::Local, say!(connection_gone));
        if at.source == Source::Own {
            return Some(self.hosts.store.open(&at.name).and_then(|it| it.ok_or_else(gone)));
        }
        let session = self.hosts.open(at).and_then(|it| it.ok_or_else(gone));
        Some(session.and_then(|session| {
            let mut document = self.hosts.store.create(&free(&self.hosts.store, &at.name))?;
            document.set(session.profile)?;
            Ok(document)
        }))
    }

    fn remove(&mut self) -> DialogAction {
        let Some(entry) = self.chosen().cloned() else { return DialogAction::Stay };
        if matches!(&entry, HostEntry::Session { at, .. } if at.source != Source::Own) {
            return self.only_ours();
        }
        let name = shown(entry.name());
        let question = match entry {
            HostEntry::Session { .. } => say!(connection_remove_session, name),
            HostEntry::Recent(_) => say!(connection_remove_recent, name),
        };
        self.asked = Some(Asked::Remove(entry));
        let title = say!(connection_remove_title);
        DialogAction::Open(Box::new(Confirm::new(title, question, say!(connection_remove))))
    }

    fn removed(&mut self, entry: &HostEntry) {
        let removed = match entry {
            HostEntry::Session { at, .. } => self.hosts.store.remove(&at.name).map(|_| ()),
            HostEntry::Recent(host) => self.hosts.history.remove(host),
        };
        self.look_again();
        match removed {
            Ok(()) => {
                let name = shown(entry.name());
                self.say(Tone::Good, say!(connection_removed, name));
            }
            Err(error) => self.say_error(&error),
        }
    }

    /// Shows a session that was just saved, regardless of the host field.
    fn saved(&mut self, name: &str) {
        if let Some(field) = self.form.field(Key::Host) {
            field.set("");
        }
        self.hosts.look_again();
        self.hosts.read_first(FIRST_READING, usize::from(LIST_MAX));
        let is_saved = |entry: &&HostEntry| {
            matches!(entry, HostEntry::Session { at, .. }
                if at.source == Source::Own && at.name == name)
        };
        let entry = self.hosts.entries().iter().find(is_saved).cloned();
        self.fill(entry.as_ref());
        self.form.focus(Key::List);
        self.after_focus();
        self.say(Tone::Good, say!(connection_saved, name = shown(name)));
    }

    fn only_ours(&mut self) -> DialogAction {
        self.say(Tone::Warn, say!(connection_only_ours));
        DialogAction::Stay
    }

    fn only_sessions(&mut self) -> DialogAction {
        self.say(Tone::Warn, say!(connection_only_sessions));
        DialogAction::Stay
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
        self.form.set_text(Key::Message, vec![(tone, message.clone())]);
        self.message = message;
    }

    fn say_nothing(&mut self) {
        self.form.set_text(Key::Message, Vec::new());
        self.message.clear();
    }

    /// Updates what depends on the focus: whether list or host field counts, the hints, and the
    /// button's label.
    fn after_focus(&mut self) {
        match self.form.focused() {
            Some(Key::List) => self.from_list = !self.listed.is_empty(),
            Some(Key::Host) => self.from_list = false,
            _ => {}
        }
        self.form.hints = match self.form.focused() {
            Some(Key::List) => vec![
                ("e", say!(connection_hint_edit)),
                ("d", say!(connection_hint_duplicate)),
                ("Del", say!(connection_hint_remove)),
                ("n", say!(connection_hint_save)),
                ("?", say!(connection_hint_help)),
            ],
            _ => vec![("F1", say!(connection_hint_help))],
        };
        let to = match self.chosen().filter(|_| self.from_list) {
            Some(entry) => entry.name().to_owned(),
            None => self.now().host,
        };
        let label = match to.is_empty() {
            true => say!(connection_connect),
            false => say!(connection_connect_to, name = shown(&to)),
        };
        self.form.set_button(Key::Connect, label);
    }

    /// Handles a key that the form does not use.
    fn unused(&mut self, key: KeyEvent) -> DialogAction {
        let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
        if key.code == KeyCode::F(1) {
            return DialogAction::Open(Box::new(Help::new()));
        }
        if self.form.focused() != Some(Key::List) || !plain {
            return DialogAction::Stay;
        }
        match key.code {
            KeyCode::Char('e') => self.edit(),
            KeyCode::Char('d') => self.duplicate(),
            KeyCode::Char('n') => self.save(),
            KeyCode::Char('?') => DialogAction::Open(Box::new(Help::new())),
            KeyCode::Delete => self.remove(),
            KeyCode::Char(_) | KeyCode::Backspace => self.type_on(&Event::Key(key)),
            _ => DialogAction::Stay,
        }
    }

    /// Sends typing in the list to the host field.
    fn type_on(&mut self, event: &Event) -> DialogAction {
        self.form.focus(Key::Host);
        self.form.handle(event);
        self.say_nothing();
        self.fill(None);
        DialogAction::Stay
    }

    fn react(&mut self, event: &Event) -> DialogAction {
        if matches!(event, Event::Paste(_)) && self.form.focused() == Some(Key::List) {
            return self.type_on(event);
        }
        match self.form.handle(event) {
            Happened::Changed(Key::Host) => {
                self.say_nothing();
                self.fill(None);
                DialogAction::Stay
            }
            Happened::Entered(_) | Happened::Pressed(Key::Connect) => {
                self.after_focus();
                self.connect()
            }
            Happened::Pressed(Key::Save) => self.save(),
            Happened::Pressed(Key::Help) => DialogAction::Open(Box::new(Help::new())),
            Happened::Pressed(_) | Happened::Cancelled => DialogAction::Close,
            Happened::Unused(key) => self.unused(key),
            Happened::Changed(_) | Happened::Nothing => DialogAction::Stay,
        }
    }
}

impl Component for NewConnection {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        let width = usize::from(area.width.saturating_sub(4).clamp(1, WIDTH));
        let message = match self.message.is_empty() {
            true => 0,
            false => text::wrap(&self.message, width).len(),
        };
        let others = OTHER_LINES + u16::try_from(message).unwrap_or(0);
        let entries = u16::try_from(self.hosts.entries().len()).unwrap_or(LIST_MAX);
        let most = entries.clamp(3, LIST_MAX);
        if let Widget::List { height, .. } = &mut self.form.row(Key::List).widget {
            *height = area.height.saturating_sub(others).clamp(2, most);
        }
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
            if let (true, Some(Asked::Remove(entry))) = (confirm.yes, asked) {
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
        // If the person has not selected an entry, a better match that is read later takes the
        // selection.
        let chosen = self.chosen().filter(|_| self.from_list).cloned();
        self.hosts.read_more(READING);
        self.fill(chosen.as_ref());
        DialogAction::Stay
    }
}

/// Aligns the notes in one column, unless a name is much longer than the others.
fn aligned(items: &mut [Item]) {
    let widths = items.iter().map(|item| item.text.width());
    let column = widths.filter(|width| *width <= MAX_SHOWN).max().unwrap_or(0);
    for item in items {
        let missing = column.saturating_sub(item.text.width());
        item.text.push_str(&" ".repeat(missing));
    }
}

fn same(one: &HostEntry, other: &HostEntry) -> bool {
    match (one, other) {
        (HostEntry::Session { at: one, .. }, HostEntry::Session { at: other, .. }) => one == other,
        (HostEntry::Recent(one), HostEntry::Recent(other)) => one == other,
        _ => false,
    }
}

/// The name, with a number appended if a session has that name already.
fn free(store: &ProfileStore, name: &str) -> String {
    if !store.has(name) {
        return name.to_owned();
    }
    let base = match name.rsplit_once('-') {
        Some((base, digits)) if !base.is_empty() && digits.parse::<u16>().is_ok() => base,
        _ => name,
    };
    let mut numbered = (2..=MAX_NUMBERED).map(|number| format!("{base}-{number}"));
    numbered.find(|name| !store.has(name)).unwrap_or_else(|| name.to_owned())
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}

#[cfg(test)]
pub(super) mod tests;
