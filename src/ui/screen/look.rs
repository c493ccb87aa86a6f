//! The look of dialogs: colours with a meaning, borders and marks, and their replacements on a
//! terminal without colours or Unicode.
//!
//! A colour is never the only sign of a meaning: words, marks or position show it too. Red, green
//! and magenta are used alone: of the sixteen colours, they can be read on black and on white.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// The abilities of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are used: not with NO_COLOR or `TERM=dumb`.
    pub colour: bool,
    /// Whether characters beyond ASCII are used: not if the locale is not UTF-8.
    pub unicode: bool,
}

/// The meaning of a piece of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Plain text.
    #[default]
    Plain,
    /// Less important text.
    Dim,
    /// A heading, or the most important text.
    Strong,
    /// Good news.
    Good,
    /// Something that needs care.
    Warn,
    /// Danger.
    Danger,
    /// Text from the server, which could imitate ours: a bar stands before each line.
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
            (Tone::Warn, true) => plain.fg(Color::Magenta).add_modifier(Modifier::BOLD),
            (Tone::Danger, true) => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            (Tone::Warn | Tone::Danger, false) => plain.add_modifier(Modifier::BOLD),
            (Tone::Server, true) => plain.fg(Color::Magenta),
            (Tone::Server, false) => plain,
        }
    }

    /// The style of the button that Enter presses.
    pub fn accent(self) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        if self.colour { bold.fg(Color::Green) } else { bold }
    }

    /// The style of what has the focus.
    pub fn focused(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The characters of a dialog's frame.
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

    /// Chooses between the Unicode and the ASCII form of a mark.
    pub fn mark(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.unicode {
            true => unicode,
            false => ascii,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_can_be_read_on_black_and_on_white_and_are_never_alone() {
        let tones = [Tone::Plain, Tone::Dim, Tone::Strong, Tone::Good, Tone::Warn, Tone::Danger];
        let look = |colour| Look { colour, unicode: true };
        for tone in tones.into_iter().chain([Tone::Server]) {
            let legible = [None, Some(Color::Red), Some(Color::Green), Some(Color::Magenta)];
            assert!(legible.contains(&look(true).style(tone).fg), "{tone:?}");
            assert_eq!(look(false).style(tone).fg, None, "{tone:?}");
        }
        assert_eq!(look(false).accent(), Style::new().add_modifier(Modifier::BOLD));
        assert_eq!(look(false).focused(), look(true).focused());
    }
}
