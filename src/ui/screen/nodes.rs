//! The node browser: the nodes of a Teleport cluster, a search among them, the login and the
//! cluster. Space marks nodes, `s` saves sessions for the marked ones, Enter connects.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::component::{Component, DialogAction};
use super::field::TextField;
use super::form::{DialogForm, FormRow, Happened, Item, Widget};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::ui::nodes::{NodeChoice, Nodes};
use crate::{say, text};

/// The width of the dialog, if there is room: labels are long.
const WIDTH: u16 = 110;
/// The fewest and the most lines of the list.
const LIST_MIN: u16 = 3;
const LIST_MAX: u16 = 40;
/// The widest column of names.
const MAX_NAME: usize = 48;
/// How many characters of a message are shown.
const MAX_MESSAGE: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Lasts,
    Message,
    Search,
    List,
    Login,
    Cluster,
    Connect,
    Save,
    Leave,
}

/// The dialog; after it has closed, it contains the node to connect to.
pub struct NodeBrowser {
    form: DialogForm<Key>,
    nodes: Nodes,
    logins: Vec<String>,
    /// The numbers of the nodes in the list.
    listed: Vec<usize>,
    /// The width of the column of names.
    column: usize,
    chosen: Option<NodeChoice>,
}

impl NodeBrowser {
    /// Creates the dialog; the nodes are being listed already.
    pub fn new(proxy: &str, nodes: Nodes) -> NodeBrowser {
        let logins = nodes.source().logins();
        let shown = logins.iter().map(|login| text::line(login, MAX_NAME)).collect();
        let rows = vec![
            FormRow::lines(Key::Lasts, Vec::new()),
            FormRow::lines(Key::Message, Vec::new()),
            FormRow::field(Key::Search, say!(nodes_search), TextField::new("")),
            FormRow::list(Key::List, Vec::new(), LIST_MAX),
            FormRow::gap(),
            FormRow::pick(Key::Login, say!(nodes_login), shown, 0),
            FormRow::pick(Key::Cluster, say!(nodes_cluster), vec![nodes.cluster.clone()], 0),
            FormRow::gap(),
            FormRow::buttons(vec![
                (Key::Connect, 'c', say!(connection_connect)),
                (Key::Save, 's', say!(nodes_save)),
                (Key::Leave, 'l', say!(connection_leave)),
            ]),
        ];
        let title = say!(nodes_title, proxy = text::line(proxy, MAX_NAME));
        let mut dialog = NodeBrowser {
            form: DialogForm::new(title, rows).wide(WIDTH).typing_in_lists(),
            nodes,
            logins,
            listed: Vec::new(),
            column: 0,
            chosen: None,
        };
        dialog.form.hints = vec![
            ("Space", say!(nodes_hint_mark)),
            ("a", say!(nodes_hint_mark_all)),
            ("s", say!(nodes_hint_save)),
            ("Enter", say!(nodes_hint_connect)),
        ];
        dialog.form.focus(Key::Search);
        dialog.say(Tone::Dim, say!(nodes_listing));
        dialog.say_lasts();
        dialog
    }

    /// The node to connect to, if one was chosen.
    pub fn into_chosen(self) -> Option<NodeChoice> {
        self.chosen
    }

    /// Takes what has been listed.
    fn arrived(&mut self) {
        match self.nodes.fetched() {
            None => {}
            Some(Ok(())) => {
                let names = self.nodes.all().iter().map(|node| node.hostname.width());
                self.column = names.filter(|width| *width <= MAX_NAME).max().unwrap_or(0);
                self.offer_clusters();
                self.fill();
                self.say_count();
            }
            Some(Err(error)) => {
                self.fill();
                self.say(Tone::Danger, error.to_string());
            }
        }
    }

    /// Puts the clusters into their row; those that are offline are shown as such.
    fn offer_clusters(&mut self) {
        if self.nodes.clusters.is_empty() {
            return;
        }
        let shown = self.nodes.clusters.iter().map(|cluster| {
            let name = text::line(&cluster.name, MAX_NAME);
            if cluster.online { name } else { say!(nodes_cluster_offline, name) }
        });
        let shown: Vec<String> = shown.collect();
        let chosen = self.nodes.clusters.iter().position(|it| it.name == self.nodes.cluster);
        if let Widget::Pick { options, selected, .. } = &mut self.form.row(Key::Cluster).widget {
            *options = shown;
            *selected = chosen.unwrap_or(0);
        }
    }

    /// Fills the list with the nodes that the search finds.
    fn fill(&mut self) {
        self.listed = self.nodes.matching(self.form.text(Key::Search));
        let items = self.listed.iter().map(|&at| self.item(at)).collect();
        self.form.set_items(Key::List, items);
    }

    fn item(&self, at: usize) -> Item {
        let (mut name, note) = self.nodes.shown(at);
        let missing = self.column.saturating_sub(name.width());
        name.push_str(&" ".repeat(missing));
        let mark = if self.nodes.is_marked(at) { "[x]" } else { "[ ]" };
        Item { text: format!("{mark} {name}"), note }
    }

    /// The number of the selected node.
    fn selected(&self) -> Option<usize> {
        self.listed.get(self.form.selected(Key::List)).copied()
    }

    fn login(&self) -> String {
        self.logins.get(self.form.selected(Key::Login)).cloned().unwrap_or_default()
    }

    fn connect(&mut self) -> DialogAction {
        let login = self.login();
        self.chosen = self.selected().and_then(|at| self.nodes.choice(at, &login));
        match self.chosen.is_some() {
            true => DialogAction::Close,
            false => {
                self.say(Tone::Warn, say!(teleport_no_nodes));
                DialogAction::Stay
            }
        }
    }

    /// Saves sessions for the marked nodes, or for the selected one if none is marked.
    fn save(&mut self) {
        let mut these: Vec<usize> = self.nodes.marked().collect();
        if these.is_empty() {
            these.extend(self.selected());
        }
        let login = self.login();
        let mut saved = Vec::new();
        for at in &these {
            let Some(choice) = self.nodes.choice(*at, &login) else { continue };
            match self.nodes.source().save(&choice) {
                Ok(name) => saved.push(name),
                Err(error) => {
                    let done = say!(nodes_saved, count = saved.len());
                    self.say(Tone::Danger, format!("{error} {done}"));
                    return;
                }
            }
        }
        self.nodes.unmark();
        self.fill();
        match saved.as_slice() {
            [] => self.say(Tone::Warn, say!(teleport_no_nodes)),
            [name] => {
                self.say(Tone::Good, say!(teleport_saved, name = text::line(name, MAX_NAME * 4)));
            }
            several => self.say(Tone::Good, say!(nodes_saved, count = several.len())),
        }
    }

    fn mark(&mut self) {
        let Some(at) = self.selected() else { return };
        self.nodes.mark(at);
        let (row, item) = (self.form.selected(Key::List), self.item(at));
        if let Widget::List { items, .. } = &mut self.form.row(Key::List).widget
            && let Some(old) = items.get_mut(row)
        {
            *old = item;
        }
        self.form.select(Key::List, row + 1);
        self.say_count();
    }

    /// Handles a key that the form does not use.
    fn unused(&mut self, key: KeyEvent) {
        let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
        if self.form.focused() != Some(Key::List) || !plain {
            return;
        }
        match key.code {
            KeyCode::Char('s') => self.save(),
            KeyCode::Char('a') => {
                self.nodes.mark_all(&self.listed);
                self.fill();
                self.say_count();
            }
            // Typing in the list goes to the search.
            KeyCode::Char(_) | KeyCode::Backspace => {
                self.form.focus(Key::Search);
                self.form.handle(&Event::Key(key));
                self.fill();
                self.say_count();
            }
            _ => {}
        }
    }

    fn choose_cluster(&mut self) {
        let chosen = self.nodes.clusters.get(self.form.selected(Key::Cluster));
        let Some(name) = chosen.map(|cluster| cluster.name.clone()) else { return };
        self.nodes.choose_cluster(&name);
        if self.nodes.is_fetching() {
            self.fill();
            self.say(Tone::Dim, say!(nodes_listing));
        }
    }

    fn say_count(&mut self) {
        let (found, all) = (self.listed.len(), self.nodes.all().len());
        let marked = self.nodes.marked().count();
        let mut said = say!(nodes_found, found, all);
        if marked > 0 {
            said = format!("{said}  {}", say!(nodes_marked, marked));
        }
        self.say(Tone::Dim, said);
    }

    fn say_lasts(&mut self) {
        let (lasts, soon) = self.nodes.source().lasts();
        let tone = if soon { Tone::Warn } else { Tone::Dim };
        self.form.set_text(Key::Lasts, vec![(tone, lasts)]);
    }

    fn say(&mut self, tone: Tone, message: String) {
        self.form.set_text(Key::Message, vec![(tone, text::line(&message, MAX_MESSAGE))]);
    }
}

impl Component for NodeBrowser {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.say_lasts();
        self.form.fit_list(Key::List, area, look, LIST_MIN..=LIST_MAX);
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let in_list = self.form.focused() == Some(Key::List);
        if let Event::Key(KeyEvent { code: KeyCode::Char(' '), .. }) = event
            && in_list
        {
            self.mark();
            return DialogAction::Stay;
        }
        match self.form.handle(event) {
            Happened::Changed(Key::Search) => {
                self.form.select(Key::List, 0);
                self.fill();
                self.say_count();
            }
            Happened::Changed(Key::Cluster) => self.choose_cluster(),
            Happened::Entered(_) | Happened::Pressed(Key::Connect) => return self.connect(),
            Happened::Pressed(Key::Save) => self.save(),
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            Happened::Unused(key) => self.unused(key),
            Happened::Changed(_) | Happened::Nothing => {}
        }
        DialogAction::Stay
    }

    fn is_busy(&self) -> bool {
        self.nodes.is_fetching()
    }

    fn turn(&mut self) -> DialogAction {
        self.arrived();
        DialogAction::Stay
    }
}

#[cfg(test)]
pub(super) mod tests;
