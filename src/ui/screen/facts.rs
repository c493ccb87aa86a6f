//! The connection information dialog: the facts about a connection, and its host's key in both hash
//! formats, as in Tera Term's About TTSSH. Esc, Enter and `q` close it.

use crossterm::event::{Event, KeyCode};
use ratatui::Frame;
use ratatui::layout::Rect;
use russh::keys::ssh_key::PublicKey;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormRow, Happened, SideBlock};
use super::look::{Look, Tone};
use crate::prompt::ConnectionSummary;
use crate::say;
use crate::trust::fingerprint::{self, Hash};

/// More lines than any dialog has: scrolls to the first or the last one.
const ALL: isize = isize::MAX / 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Facts,
    Sha256,
    Md5,
    Fingerprint,
    Close,
}

/// The dialog.
pub struct ConnectionFacts {
    form: DialogForm<Key>,
    host_key: Option<PublicKey>,
}

impl ConnectionFacts {
    /// The dialog with these facts.
    pub fn new(facts: ConnectionSummary) -> ConnectionFacts {
        let ConnectionSummary { lines, host_key } = facts;
        let mut rows = vec![FormRow::pairs(Key::Facts, lines)];
        if host_key.is_some() {
            rows.extend([
                FormRow::gap(),
                FormRow::radio(Key::Sha256, 0, true, say!(warning_hash_sha256)),
                FormRow::radio(Key::Md5, 0, false, say!(warning_hash_md5)),
                FormRow::beside(Key::Fingerprint, Vec::new()),
            ]);
        }
        rows.push(FormRow::buttons(vec![(Key::Close, 'c', say!(close))]));
        let mut form = DialogForm::new(say!(facts_title), rows);
        form.hints = vec![("PgUp PgDn", say!(facts_hint_scroll)), ("Esc", say!(facts_hint_close))];
        form.focus(Key::Close);
        let mut dialog = ConnectionFacts { form, host_key };
        dialog.show_key();
        dialog
    }

    fn show_key(&mut self) {
        let Some(key) = &self.host_key else { return };
        let hash = if self.form.is_on(Key::Md5) { Hash::Md5 } else { Hash::Sha256 };
        let kind = fingerprint::type_name(key);
        let lines = vec![(Tone::Plain, say!(warning_offered, kind)), (Tone::Strong, hash.of(key))];
        let blocks = vec![SideBlock::art(&hash.picture(key)), SideBlock::wrapped(lines)];
        self.form.set_blocks(Key::Fingerprint, blocks);
    }

    /// Scrolls with up and down, unless they would change a selection.
    fn scrolled(&mut self, code: KeyCode) -> bool {
        let lines = match code {
            KeyCode::Up if self.form.focused() == Some(Key::Close) => -1,
            KeyCode::Down if self.form.focused() == Some(Key::Close) => 1,
            KeyCode::Home => -ALL,
            KeyCode::End => ALL,
            _ => return false,
        };
        self.form.scroll_by(lines);
        true
    }
}

impl Component for ConnectionFacts {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        if let Event::Key(key) = event
            && (key.code == KeyCode::Char('q') || self.scrolled(key.code))
        {
            return if key.code == KeyCode::Char('q') {
                DialogAction::Close
            } else {
                DialogAction::Stay
            };
        }
        let before = self.form.focused();
        let happened = self.form.handle(event);
        if self.form.focused() != before && self.form.focused() == Some(Key::Sha256) {
            // Scrolls so that the key is visible, which changes with this selection.
            self.form.lead();
        }
        match happened {
            Happened::Changed(_) => self.show_key(),
            Happened::Pressed(_) | Happened::Entered(_) | Happened::Cancelled => {
                return DialogAction::Close;
            }
            _ => {}
        }
        DialogAction::Stay
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::testing::in_each_language;
    use crate::ui::screen::testing::TestScreen;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6";

    fn key() -> PublicKey {
        PublicKey::from_openssh(KEY).unwrap()
    }

    fn dialog() -> ConnectionFacts {
        let mut lines: Vec<_> =
            (1..=25).map(|n| (format!("label {n}"), format!("value {n}."))).collect();
        lines.push(("言語".into(), format!("first of {} second", "x".repeat(60))));
        ConnectionFacts::new(ConnectionSummary { lines, host_key: Some(key()) })
    }

    fn play(stage: &mut TestScreen, keys: &str) -> String {
        let (shown, closed) = stage.play(dialog(), keys);
        assert!(closed.is_none(), "{keys}");
        shown
    }

    #[test]
    fn facts_stand_in_two_columns() {
        let shown = play(&mut TestScreen::new(80, 60), "");
        let column = |text: &str| {
            let line = shown.lines().find(|line| line.contains(text)).unwrap();
            unicode_width::UnicodeWidthStr::width(&line[..line.find(text).unwrap()])
        };
        // A wide label keeps its width, and wrapped text continues in its own column.
        for text in ["value 25.", "first of", "second"] {
            assert_eq!(column(text), column("value 1."), "{text}\n{shown}");
        }
    }

    #[test]
    fn host_key_is_shown_in_either_form() {
        let mut stage = TestScreen::new(100, 60);
        let shown = play(&mut stage, "");
        for line in Hash::Sha256.picture(&key()).lines() {
            assert!(shown.contains(line.trim_end()), "{line}\n{shown}");
        }
        assert!(shown.contains(&Hash::Sha256.of(&key())), "{shown}");
        let shown = play(&mut stage, "<Tab><Down> ");
        for line in Hash::Md5.picture(&key()).lines() {
            assert!(shown.contains(line.trim_end()), "{line}\n{shown}");
        }
        assert!(shown.contains(&Hash::Md5.of(&key())), "{shown}");
        assert!(!shown.contains("SHA256:"), "{shown}");
    }

    #[test]
    fn every_fact_is_reached_at_every_size_in_both_languages() {
        in_each_language(|language| {
            for (width, height) in [(60, 15), (80, 24), (200, 60)] {
                let mut stage = TestScreen::new(width, height);
                for (keys, seen) in [
                    ("", "value 1."),
                    ("<Down><Down><Down><Down><Down><Down>", "value 9."),
                    ("<PageDown><PageDown><PageDown><PageDown><PageDown><Up>", "value 25."),
                    ("<End>", "[SHA256]"),
                    ("<End><Home>", "value 1."),
                    ("<Tab>", "SHA256"),
                    ("<Tab><Down> ", "[ED25519 256]"),
                    ("<Tab><Down> ", "MD5:"),
                    ("<Tab>", "SHA256:"),
                ] {
                    let shown = play(&mut stage, keys);
                    let size = format!("{language:?} {width}x{height} {keys}:\n{shown}");
                    assert!(shown.contains(seen), "{seen} {size}");
                    assert!(shown.contains(&say!(close)), "{size}");
                    assert!(shown.contains(&say!(facts_title)), "{size}");
                }
            }
            for (width, height) in [(10, 3), (1, 1), (24, 8)] {
                play(&mut TestScreen::new(width, height), "<Down><End>");
            }
        });
    }

    #[test]
    fn keys_that_close_it() {
        for keys in ["<Esc>", "<Enter>", "q", "<C-c>", " ", "<Tab>q", "<Tab><Enter>"] {
            assert!(TestScreen::new(80, 24).play(dialog(), keys).1.is_some(), "{keys}");
        }
    }

    #[test]
    fn without_a_key_there_are_the_facts_alone() {
        let facts = ConnectionSummary { lines: vec![("a".into(), "b".into())], host_key: None };
        let (shown, closed) = TestScreen::new(80, 24).play(ConnectionFacts::new(facts), "<Tab>");
        assert!(closed.is_none() && !shown.contains("SHA256"), "{shown}");
    }
}
