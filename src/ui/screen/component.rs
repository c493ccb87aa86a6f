//! One dialog on the screen, and the stack of those that are open.

use std::any::Any;

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::look::Look;

/// What a component wants done.
pub enum DialogAction {
    /// To go on.
    Stay,
    /// To have this one on top of it until that closes.
    Open(Box<dyn Component>),
    /// To be closed; its answer is in it.
    Close,
    /// To have these bytes written to the terminal, such as a change of the clipboard.
    Write(Vec<u8>),
}

/// One dialog.
pub trait Component: Any {
    /// Draws it.
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look);

    /// Takes a key, a click or a paste.
    fn handle(&mut self, event: &Event) -> DialogAction;

    /// The one it opened has closed; to be downcast for its answer.
    fn resumed(&mut self, _closed: Box<dyn Any>) -> DialogAction {
        DialogAction::Stay
    }

    /// Whether it is waiting for work of its own and wants [`Component::turn`] to be called.
    fn is_busy(&self) -> bool {
        false
    }

    /// Called about every 80 ms while it is busy.
    fn turn(&mut self) -> DialogAction {
        DialogAction::Stay
    }
}

/// The dialogs that are open, the top one last.
pub(crate) struct Stack {
    open: Vec<Box<dyn Component>>,
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
        let area = frame.area();
        for dialog in &mut self.open {
            dialog.draw(frame, area, look);
        }
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.open.last().is_some_and(|top| top.is_busy())
    }

    pub(crate) fn handle(&mut self, event: &Event) -> StackOutcome {
        let act = self.open.last_mut().map_or(DialogAction::Stay, |top| top.handle(event));
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
