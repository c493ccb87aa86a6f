//! The interface of a dialog, and the stack of open dialogs.

use std::any::Any;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::{Modifier, Style};

use super::look::Look;

/// What a component requests after an event.
pub enum DialogAction {
    /// Continue.
    Stay,
    /// Open this dialog on top, until it closes.
    Open(Box<dyn Component>),
    /// Close this dialog, which contains its answer.
    Close,
    /// Write these bytes to the terminal, for example to change the clipboard.
    Write(Vec<u8>),
}

/// A dialog.
pub trait Component: Any {
    /// Draws the dialog.
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look);

    /// Handles a key, a click or a paste.
    fn handle(&mut self, event: &Event) -> DialogAction;

    /// Called when the dialog that this one opened has closed; downcast it for its answer.
    fn resumed(&mut self, _closed: Box<dyn Any>) -> DialogAction {
        DialogAction::Stay
    }

    /// What F1 opens on top of this dialog; `None` if the dialog itself takes the key.
    fn help(&self) -> Option<Box<dyn Component>> {
        None
    }

    /// Whether the dialog waits for work of its own and needs [`Component::turn`].
    fn is_busy(&self) -> bool {
        false
    }

    /// Called about every 80 ms while the dialog is busy.
    fn turn(&mut self) -> DialogAction {
        DialogAction::Stay
    }
}

/// The open dialogs, the top one last.
pub(crate) struct Stack {
    open: Vec<Box<dyn Component>>,
}

/// The least size in which a dialog on top of another one is inset.
const INSET_MIN: (u16, u16) = (60, 16);

/// Dims what is behind a dialog, also without colours.
fn dim(buffer: &mut Buffer) {
    let plain = Style::reset().add_modifier(Modifier::DIM);
    let area = *buffer.area();
    buffer.set_style(area, plain);
}

/// The area of a dialog on top of another one, whose edge stays visible.
fn inset(area: Rect) -> Rect {
    match area.width >= INSET_MIN.0 && area.height >= INSET_MIN.1 {
        true => area.inner(Margin { horizontal: 2, vertical: 1 }),
        false => area,
    }
}

/// Whether the key for the help was pressed.
fn is_help(event: &Event) -> bool {
    matches!(event, Event::Key(KeyEvent { code: KeyCode::F(1), kind: KeyEventKind::Press, .. }))
}

/// Whether the last dialog has closed.
pub(crate) enum StackOutcome {
    No,
    Write(Vec<u8>),
    Yes(Box<dyn Component>),
}

impl Stack {
    pub(crate) fn new(root: Box<dyn Component>) -> Stack {
        Stack { open: vec![root] }
    }

    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, look: Look) {
        let mut area = frame.area();
        for (depth, dialog) in self.open.iter_mut().enumerate() {
            if depth > 0 {
                dim(frame.buffer_mut());
                area = inset(area);
            }
            dialog.draw(frame, area, look);
        }
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.open.last().is_some_and(|top| top.is_busy())
    }

    pub(crate) fn handle(&mut self, event: &Event) -> StackOutcome {
        let help = self.open.last().filter(|_| is_help(event)).and_then(|top| top.help());
        let act = match (help, self.open.last_mut()) {
            (Some(help), _) => DialogAction::Open(help),
            (None, Some(top)) => top.handle(event),
            (None, None) => DialogAction::Stay,
        };
        self.follow(act)
    }

    pub(crate) fn turn(&mut self) -> StackOutcome {
        let act = match self.open.last_mut() {
            Some(top) if top.is_busy() => top.turn(),
            _ => DialogAction::Stay,
        };
        self.follow(act)
    }

    fn follow(&mut self, mut act: DialogAction) -> StackOutcome {
        loop {
            match act {
                DialogAction::Stay => return StackOutcome::No,
                DialogAction::Write(bytes) => return StackOutcome::Write(bytes),
                DialogAction::Open(dialog) => {
                    self.open.push(dialog);
                    return StackOutcome::No;
                }
                DialogAction::Close => {
                    let Some(closed) = self.open.pop() else { return StackOutcome::No };
                    match self.open.last_mut() {
                        Some(below) => act = below.resumed(closed),
                        None => return StackOutcome::Yes(closed),
                    }
                }
            }
        }
    }
}
