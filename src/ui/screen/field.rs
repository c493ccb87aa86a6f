//! A one-line input field: plain text, or a secret that is masked and wiped.
//!
//! Line breaks and control characters are removed from pasted text, because a field has one line.
//! In a secret, a control character can be typed after Ctrl-V.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The longest text of a field in bytes. Hosts, paths and passphrases are shorter, and a secret is
/// never moved in memory while it grows up to this size.
pub const FIELD_MAX: usize = 4096;

/// One line of input.
pub struct TextField {
    text: Text,
}

enum Text {
    Plain(Input),
    Hidden(Hidden),
}

/// A secret being typed: it can be edited only at its end.
struct Hidden {
    text: Zeroizing<String>,
    shown: bool,
    /// Ctrl-V was typed: the next key is inserted literally.
    literal: bool,
}

impl TextField {
    /// A field with this text, the cursor at its end.
    pub fn new(text: &str) -> TextField {
        TextField { text: Text::Plain(Input::new(clean(text, FIELD_MAX).to_string())) }
    }

    /// An empty field for a secret.
    pub fn secret() -> TextField {
        let text = Zeroizing::new(String::with_capacity(FIELD_MAX));
        TextField { text: Text::Hidden(Hidden { text, shown: false, literal: false }) }
    }

    /// The text; empty for a secret.
    pub fn text(&self) -> &str {
        match &self.text {
            Text::Plain(input) => input.value(),
            Text::Hidden(_) => "",
        }
    }

    /// Takes the secret out of the field, which is empty afterwards.
    pub fn take_secret(&mut self) -> Secret {
        match &mut self.text {
            Text::Plain(_) => Secret::new(String::new()),
            Text::Hidden(hidden) => {
                let fresh = Zeroizing::new(String::with_capacity(FIELD_MAX));
                let mut typed = std::mem::replace(&mut hidden.text, fresh);
                Secret::new(std::mem::take(&mut *typed))
            }
        }
    }

    /// A copy of the secret for an operation that may fail and be repeated; the secret stays in the
    /// field.
    pub fn copy_secret(&self) -> Secret {
        match &self.text {
            Text::Plain(_) => Secret::new(String::new()),
            Text::Hidden(hidden) => Secret::new((*hidden.text).clone()),
        }
    }

    /// The columns of the whole text.
    pub fn columns(&self) -> usize {
        match &self.text {
            Text::Plain(input) => input.value().width(),
            Text::Hidden(hidden) => hidden.visible('*').width(),
        }
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        match &self.text {
            Text::Plain(input) => input.value().is_empty(),
            Text::Hidden(hidden) => hidden.text.is_empty(),
        }
    }

    /// Replaces the text; a secret is cleared.
    pub fn set(&mut self, text: &str) {
        match &mut self.text {
            Text::Plain(_) => *self = TextField::new(text),
            Text::Hidden(hidden) => zeroize::Zeroize::zeroize(&mut *hidden.text),
        }
    }

    /// Shows or masks a secret.
    pub fn show(&mut self, shown: bool) {
        if let Text::Hidden(hidden) = &mut self.text {
            hidden.shown = shown;
        }
    }

    /// Handles a key or a paste; `true` if the field uses it.
    pub fn take(&mut self, event: &Event) -> bool {
        match (&mut self.text, event) {
            (Text::Plain(input), Event::Paste(pasted)) => {
                let room = FIELD_MAX.saturating_sub(input.value().len());
                for c in clean(pasted, room).chars() {
                    input.handle(InputRequest::InsertChar(c));
                }
                true
            }
            (Text::Plain(input), Event::Key(key)) => {
                if !edits(key) {
                    return false;
                }
                let grows = matches!(key.code, KeyCode::Char(c) if input.value().len() + c.len_utf8() > FIELD_MAX);
                if !grows {
                    input.handle_event(event);
                }
                true
            }
            (Text::Hidden(hidden), Event::Paste(pasted)) => {
                let room = FIELD_MAX.saturating_sub(hidden.text.len());
                hidden.text.push_str(&clean(pasted, room));
                true
            }
            (Text::Hidden(hidden), Event::Key(key)) => hidden.take(key),
            _ => false,
        }
    }

    /// The visible text in this many columns, and the cursor's column in it.
    pub fn shown(&self, columns: u16, mask: char) -> (String, u16) {
        let width = usize::from(columns.max(1));
        match &self.text {
            Text::Plain(input) => {
                let skip = input.visual_scroll(width.saturating_sub(1));
                let cursor = input.visual_cursor().saturating_sub(skip);
                (piece(input.value(), skip, width), u16::try_from(cursor).unwrap_or(columns))
            }
            Text::Hidden(hidden) => {
                let all = hidden.visible(mask);
                let skip = (all.width() + 1).saturating_sub(width);
                let cursor = all.width() - skip;
                (piece(&all, skip, width), u16::try_from(cursor).unwrap_or(columns))
            }
        }
    }
}

impl Hidden {
    fn take(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if std::mem::take(&mut self.literal) {
            let literal = match key.code {
                KeyCode::Char(c) if control => char::from((c.to_ascii_uppercase() as u8) & 0x1f),
                KeyCode::Char(c) => c,
                KeyCode::Enter => '\r',
                KeyCode::Tab => '\t',
                KeyCode::Esc => '\x1b',
                KeyCode::Backspace => '\x7f',
                _ => return true,
            };
            self.push(literal);
            return true;
        }
        match key.code {
            KeyCode::Char('v') if control => self.literal = true,
            KeyCode::Char('u' | 'w') if control => zeroize::Zeroize::zeroize(&mut *self.text),
            KeyCode::Char('h') if control => self.remove(),
            KeyCode::Backspace => self.remove(),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.push(c);
            }
            _ => return false,
        }
        true
    }

    fn push(&mut self, c: char) {
        if self.text.len() + c.len_utf8() <= FIELD_MAX {
            self.text.push(c);
        }
    }

    fn remove(&mut self) {
        if let Some(last) = self.text.chars().next_back() {
            let at = self.text.len() - last.len_utf8();
            // The bytes are overwritten first, because truncating leaves them in memory.
            self.text.replace_range(at.., &"\0".repeat(last.len_utf8()));
            self.text.truncate(at);
        }
    }

    fn visible(&self, mask: char) -> Zeroizing<String> {
        let one = |c: char| match (self.shown, c.is_control()) {
            (false, _) => mask.to_string(),
            (true, true) => format!("^{}", char::from((c as u32 as u8) ^ 0x40)),
            (true, false) => c.to_string(),
        };
        Zeroizing::new(self.text.chars().map(one).collect())
    }
}

/// Whether a key edits a line; the dialog handles all others.
fn edits(key: &KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char(c) if control => "abdefhkuwy".contains(c.to_ascii_lowercase()),
        KeyCode::Char(_) => !key.modifiers.contains(KeyModifiers::ALT),
        KeyCode::Backspace | KeyCode::Delete | KeyCode::Left | KeyCode::Right => true,
        KeyCode::Home | KeyCode::End => true,
        _ => false,
    }
}

/// Removes line breaks and control characters, and cuts the text to at most `max` bytes.
fn clean(text: &str, max: usize) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len().min(max)));
    for c in text.trim_matches(['\r', '\n']).chars() {
        let c = if matches!(c, '\r' | '\n' | '\t') { ' ' } else { c };
        if out.len() + c.len_utf8() > max {
            break;
        }
        if !c.is_control() && c.width().is_some() {
            out.push(c);
        }
    }
    out
}

/// The part of a text that starts at the column `skip`, at most `width` columns wide.
fn piece(text: &str, skip: usize, width: usize) -> String {
    let (mut column, mut out) = (0, String::new());
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if column >= skip && column + wide <= skip + width {
            out.push(c);
        }
        column += wide;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    fn plain(text: &str) -> Vec<Event> {
        text.chars().map(|c| key(KeyCode::Char(c), KeyModifiers::NONE)).collect()
    }

    #[test]
    fn a_paste_is_one_line_without_escapes() {
        let mut field = TextField::new("");
        field.take(&Event::Paste("root@host\r\nrm -rf\x1b[2J\n".into()));
        assert_eq!(field.text(), "root@host  rm -rf[2J");
    }

    #[test]
    fn a_long_paste_is_cut_and_shown_from_its_end() {
        let mut field = TextField::new("");
        field.take(&Event::Paste("x".repeat(10_000)));
        assert_eq!(field.text().len(), FIELD_MAX);
        let (shown, cursor) = field.shown(20, '*');
        assert!(shown.len() <= 20 && cursor < 20, "{shown:?} {cursor}");
    }

    #[test]
    fn wide_characters_take_two_columns_and_are_never_halved() {
        let mut field = TextField::new("");
        for event in plain("日本語") {
            field.take(&event);
        }
        assert_eq!(field.shown(20, '*'), ("日本語".into(), 6));
        let (shown, cursor) = field.shown(5, '*');
        assert!(shown.width() <= 5 && cursor <= 5, "{shown:?} {cursor}");
    }

    #[test]
    fn a_secret_is_masked_shown_on_request_and_takes_control_characters_after_ctrl_v() {
        let mut field = TextField::secret();
        for event in plain("pä") {
            field.take(&event);
        }
        field.take(&key(KeyCode::Char('v'), KeyModifiers::CONTROL));
        field.take(&key(KeyCode::Char('a'), KeyModifiers::CONTROL));
        assert_eq!(field.shown(20, '*'), ("***".into(), 3));
        field.show(true);
        assert_eq!(field.shown(20, '*').0, "pä^A");
        assert_eq!(field.text(), "", "a secret is not given as text");
        assert_eq!(field.take_secret().expose(), "pä\u{1}");
        assert!(field.is_empty());
    }

    #[test]
    fn a_secret_loses_its_last_character_whole() {
        let mut field = TextField::secret();
        for event in plain("aé") {
            field.take(&event);
        }
        field.take(&key(KeyCode::Backspace, KeyModifiers::NONE));
        assert_eq!(field.take_secret().expose(), "a");
    }
}
