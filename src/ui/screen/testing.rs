//! A virtual screen for tests: takes keys as text, and returns the screen as text.

use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::{Frame, Terminal};

use super::look::Look;
use super::{Component, Stack, StackOutcome};

/// A virtual screen.
pub(crate) struct TestScreen {
    terminal: Terminal<TestBackend>,
    pub look: Look,
    /// What dialogs wrote to the terminal besides drawing.
    pub written: Vec<u8>,
}

impl TestScreen {
    pub(crate) fn new(width: u16, height: u16) -> TestScreen {
        let terminal = Terminal::new(TestBackend::new(width, height)).expect("in memory");
        TestScreen { terminal, look: Look { colour: true, unicode: true }, written: Vec::new() }
    }

    /// Draws, and returns the screen as lines of text without trailing spaces.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>, Look)) -> String {
        let look = self.look;
        // Everything is drawn anew, because this backend, unlike terminals, keeps the old content
        // of a wide character's second half.
        self.terminal.clear().expect("in memory");
        self.terminal.draw(|frame| draw(frame, look)).expect("in memory");
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width);
        let mut text = String::new();
        for line in buffer.content().chunks(width) {
            let mut column = 0;
            let mut shown = String::new();
            while column < width {
                let symbol = line[column].symbol();
                shown.push_str(symbol);
                // Skips the second half of a wide character.
                column += unicode_width::UnicodeWidthStr::width(symbol).max(1);
            }
            text.push_str(shown.trim_end());
            text.push('\n');
        }
        text
    }

    /// The line that the cursor is on.
    pub(crate) fn cursor_line(&mut self) -> u16 {
        self.terminal.get_cursor_position().expect("in memory").y
    }

    /// The last screen.
    pub(crate) fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The characters of the last screen whose cells are like this.
    pub(crate) fn styled(&self, is_meant: impl Fn(&Cell) -> bool) -> String {
        let cells = self.terminal.backend().buffer().content().iter();
        cells.filter(|cell| is_meant(cell)).map(Cell::symbol).collect()
    }

    /// Draws a component.
    pub(crate) fn show(&mut self, component: &mut dyn Component) -> String {
        self.draw(|frame, look| component.draw(frame, frame.area(), look))
    }

    /// Plays keys into a dialog and the dialogs that it opens. Returns the last screen, and the
    /// dialog if it has closed.
    pub(crate) fn play<C: Component>(
        &mut self,
        dialog: C,
        typed: &str,
    ) -> (String, Option<Box<C>>) {
        let mut stack = Stack::new(Box::new(dialog));
        let mut shown = self.draw(|frame, look| stack.draw(frame, look));
        for event in keys(typed) {
            let done = match awaited(&event) {
                Some(text) => self.wait(&mut stack, text),
                None => stack.handle(&event),
            };
            match done {
                StackOutcome::Yes(root) => {
                    let root: Box<dyn std::any::Any> = root;
                    return (shown, root.downcast().ok());
                }
                StackOutcome::Write(bytes) => self.written.extend(bytes),
                StackOutcome::No => {}
            }
            shown = self.draw(|frame, look| stack.draw(frame, look));
        }
        (shown, None)
    }

    /// Gives turns until the screen shows the text or the last dialog closes.
    fn wait(&mut self, stack: &mut Stack, text: &str) -> StackOutcome {
        let end = Instant::now() + LIMIT;
        loop {
            match stack.turn() {
                StackOutcome::Write(bytes) => self.written.extend(bytes),
                done @ StackOutcome::Yes(_) => return done,
                StackOutcome::No => {}
            }
            let shown = self.draw(|frame, look| stack.draw(frame, look));
            if !text.is_empty() && shown.contains(text) {
                return StackOutcome::No;
            }
            assert!(Instant::now() < end, "{text:?} did not come; the screen is\n{shown}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The time limit for work on other threads.
const LIMIT: Duration = Duration::from_secs(30);
/// The event text that marks a wait.
const WAIT: &str = "\u{1}wait:";

fn awaited(event: &Event) -> Option<&str> {
    match event {
        Event::Paste(text) => text.strip_prefix(WAIT),
        _ => None,
    }
}

/// Converts text to keys: characters as they are, and `<Enter>`, `<Esc>`, `<Tab>`, `<S-Tab>`,
/// `<Up>`, `<Down>`, `<Left>`, `<Right>`, `<Home>`, `<End>`, `<PageUp>`, `<PageDown>`, `<Del>`,
/// `<BS>`, `<Ins>`, `<F1>` to `<F12>`, `<C-x>`, `<A-x>`, `<Paste:text>`, `<lt>`; `<Wait:text>` waits until the screen
/// shows the text, and `<Wait:>` until the dialog closes.
pub(crate) fn keys(text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '<'
            && let Some((name, after)) = rest[1..].split_once('>')
        {
            events.push(named(name));
            rest = after;
            continue;
        }
        events.push(key(KeyCode::Char(first), KeyModifiers::NONE));
        rest = &rest[first.len_utf8()..];
    }
    events
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn named(name: &str) -> Event {
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "S-Tab" => return key(KeyCode::BackTab, KeyModifiers::SHIFT),
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        "Del" => KeyCode::Delete,
        "BS" => KeyCode::Backspace,
        "Ins" => KeyCode::Insert,
        "Null" => KeyCode::Null,
        "lt" => KeyCode::Char('<'),
        _ => {
            if let Some(text) = name.strip_prefix("Paste:") {
                return Event::Paste(text.to_owned());
            }
            if let Some(text) = name.strip_prefix("Wait:") {
                return Event::Paste(format!("{WAIT}{text}"));
            }
            if let Some(number) = name.strip_prefix('F').and_then(|rest| rest.parse().ok()) {
                return key(KeyCode::F(number), KeyModifiers::NONE);
            }
            if let Some(c) = name.strip_prefix("A-").and_then(|rest| rest.chars().next()) {
                return key(KeyCode::Char(c), KeyModifiers::ALT);
            }
            let c = name.strip_prefix("C-").and_then(|rest| rest.chars().next());
            return key(KeyCode::Char(c.expect("a key's name")), KeyModifiers::CONTROL);
        }
    };
    key(code, KeyModifiers::NONE)
}
