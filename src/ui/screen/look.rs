//! What the parts of a dialog look like: colours with a meaning, borders and marks, and what
//! stands for them where there are no colours or no Unicode.
//!
//! A colour never carries a meaning alone: words, marks or position say the same.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// What the person's terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colours: off with NO_COLOR and `TERM=dumb`.
    pub colour: bool,
    /// Lines and marks beyond ASCII: off where the locale is not UTF-8.
    pub unicode: bool,
}

/// What a piece of text means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Plain text.
    #[default]
    Plain,
    /// Of less weight.
    Dim,
    /// A heading, or what matters most.
    Strong,
    /// All is well.
    Good,
    /// Needs care.
    Warn,
    /// Danger.
    Danger,
    /// Words of the server, which could imitate ours: a bar stands before each line.
    Server,
}

impl Look {
    /// The style of a tone.
    pub fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        match (tone, self.colour) {
            (Tone::Plain, _) => plain,
            (Tone::Dim, _) => plain.add_modifier(Modifier::DIM),
            (Tone::Strong, _) => plain.add_modifier(Modifier::BOLD),
            (Tone::Good, true) => plain.fg(Color::Green),
            (Tone::Good, false) => plain,
            (Tone::Warn, true) => plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            (Tone::Danger, true) => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            (Tone::Warn | Tone::Danger, false) => plain.add_modifier(Modifier::BOLD),
            (Tone::Server, true) => plain.fg(Color::Magenta),
            (Tone::Server, false) => plain,
        }
    }

    /// What has the focus.
    pub fn focused(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The frame of a dialog.
    pub fn border(self) -> border::Set<'static> {
        match self.unicode {
            true => border::PLAIN,
            false => border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
        }
    }

    /// One of two spellings of a mark.
    pub fn mark(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.unicode {
            true => unicode,
            false => ascii,
        }
    }
}
