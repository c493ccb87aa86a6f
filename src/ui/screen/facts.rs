//! The connection information dialog: the facts about a connection in groups, and its host's key in
//! both hash formats, as in Tera Term's About TTSSH. Esc, Enter and `q` close it.

use crossterm::event::{Event, KeyCode};
use ratatui::Frame;
use ratatui::layout::Rect;
use russh::keys::ssh_key::PublicKey;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormButton, FormRow, Happened, SideBlock};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::prompt::{ConnectionSummary, FactsAnswer};
use crate::say;
use crate::trust::fingerprint::{self, Hash};

/// More lines than any dialog has: scrolls to the first or the last one.
const ALL: isize = isize::MAX / 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Facts,
    Fingerprint,
    Picture,
    Install,
    Close,
    Art,
    Md5,
}

/// The dialog.
pub struct ConnectionFacts {
    form: DialogForm<Key>,
    host_key: Option<PublicKey>,
    /// Which details of the host's key are open.
    art: bool,
    md5: bool,
    answer: FactsAnswer,
}

impl ConnectionFacts {
    /// The dialog with these facts.
    pub fn new(facts: ConnectionSummary) -> ConnectionFacts {
        let ConnectionSummary { groups, host_key } = facts;
        let mut rows = Vec::new();
        for (heading, lines) in groups {
            rows.extend([
                FormRow::gap(),
                FormRow::text(Tone::Strong, heading),
                FormRow::pairs(Key::Facts, lines).indented(2),
            ]);
        }
        rows.extend([
            FormRow::gap(),
            FormRow::lines(Key::Fingerprint, Vec::new()),
            FormRow::beside(Key::Picture, Vec::new()),
        ]);
        let mut buttons = vec![
            FormButton::new(Key::Close, 'c', say!(close)),
            FormButton::new(Key::Install, 'k', say!(facts_install)),
        ];
        if host_key.is_some() {
            buttons.push(FormButton::new(Key::Art, 'a', say!(warning_art)).quiet());
            buttons.push(FormButton::new(Key::Md5, 'm', say!(warning_hash_md5)).quiet());
        }
        rows.push(FormRow::buttons(buttons));
        let mut form = DialogForm::new(say!(facts_title), rows);
        form.hints = vec![("PgUp PgDn", say!(facts_hint_scroll)), ("Esc", say!(facts_hint_close))];
        form.default = Some(Key::Close);
        form.focus(Key::Close);
        ConnectionFacts { form, host_key, art: false, md5: false, answer: FactsAnswer::Closed }
    }

    /// Opens or closes a detail of the host's key, and scrolls to it.
    fn toggle(&mut self, detail: Key) {
        let Some(key) = &self.host_key else { return };
        match detail {
            Key::Art => self.art = !self.art,
            _ => self.md5 = !self.md5,
        }
        let hash = if self.md5 { Hash::Md5 } else { Hash::Sha256 };
        let mut lines = Vec::new();
        if self.art || self.md5 {
            let kind = fingerprint::type_name(key);
            lines = vec![(Tone::Plain, say!(warning_offered, kind)), (Tone::Strong, hash.of(key))];
        }
        let art = self.art.then(|| SideBlock::art(&hash.picture(key)));
        self.form.set_text(Key::Fingerprint, lines);
        self.form.set_blocks(Key::Picture, art.into_iter().collect());
        self.form.reveal(Key::Fingerprint);
    }

    /// What follows.
    pub fn into_answer(self) -> FactsAnswer {
        self.answer
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

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
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
        match self.form.handle(event) {
            Happened::Pressed(detail @ (Key::Art | Key::Md5)) => self.toggle(detail),
            Happened::Pressed(Key::Install) => {
                self.answer = FactsAnswer::InstallKey;
                return DialogAction::Close;
            }
            Happened::Pressed(_) | Happened::Entered(_) | Happened::Cancelled => {
                return DialogAction::Close;
            }
            _ => {}
        }
        DialogAction::Stay
    }
}

#[cfg(test)]
pub(super) mod tests {
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
        let half = lines.split_off(13);
        let groups = vec![("Peer".into(), lines), ("Traffic".into(), half)];
        ConnectionFacts::new(ConnectionSummary { groups, host_key: Some(key()) })
    }

    fn play(stage: &mut TestScreen, keys: &str) -> String {
        let (shown, closed) = stage.play(dialog(), keys);
        assert!(closed.is_none(), "{keys}");
        shown
    }

    /// The facts of a connection, for a picture.
    pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
        let some = |label: String, value: &str| (label, value.to_owned());
        let groups = vec![
            (
                say!(information_peer),
                vec![
                    some(say!(information_user), "anna"),
                    some(say!(information_address), "192.0.2.17 port 22"),
                    (say!(information_route), say!(information_direct)),
                    some(say!(information_server), "SSH-2.0-OpenSSH_10.2"),
                    some(say!(information_client), "SSH-2.0-tessh_0.1.0"),
                ],
            ),
            (
                say!(information_trust),
                vec![
                    (say!(information_host_key), format!("ED25519 {}", Hash::Sha256.of(&key()))),
                    some(say!(information_trusted), "known: ~/.ssh/known_hosts:12"),
                    some(say!(information_authenticated), "publickey (~/.ssh/id_ed25519)"),
                ],
            ),
            (
                say!(information_crypto),
                vec![
                    (
                        say!(information_key_exchange),
                        say!(information_strict, kex = "mlkem768x25519-sha256"),
                    ),
                    some(say!(information_cipher), "chacha20-poly1305@openssh.com"),
                    (say!(information_mac), say!(information_mac_implicit)),
                    some(say!(information_compression), "none"),
                ],
            ),
            (
                say!(information_traffic),
                vec![
                    some(say!(information_sent), "8.2 KiB (8429 bytes)"),
                    some(say!(information_received), "1.4 MiB (1468006 bytes)"),
                    some(say!(information_round_trip), "12.4 ms"),
                ],
            ),
        ];
        let facts = ConnectionSummary { groups, host_key: Some(key()) };
        stage.play(ConnectionFacts::new(facts), "").0
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
    fn host_key_opens_in_either_form_and_closes() {
        let mut stage = TestScreen::new(100, 60);
        assert!(!play(&mut stage, "").contains("[SHA256]"));
        for (keys, hash) in [("a", Hash::Sha256), ("am", Hash::Md5)] {
            let shown = play(&mut stage, keys);
            for line in hash.picture(&key()).lines() {
                assert!(shown.contains(line.trim_end()), "{line}\n{shown}");
            }
            assert!(shown.contains(&hash.of(&key())), "{shown}");
        }
        assert_eq!(play(&mut stage, "amam"), play(&mut stage, ""));
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
                    ("<End>", "second"),
                    ("<End><Home>", "value 1."),
                    ("a", "[ED25519 256]"),
                    ("a<End>", "[SHA256]"),
                    ("m", "MD5:"),
                ] {
                    let shown = play(&mut stage, keys);
                    let size = format!("{language:?} {width}x{height} {keys}:\n{shown}");
                    assert!(shown.contains(seen), "{seen} {size}");
                    assert!(shown.contains(&say!(close)), "{size}");
                    assert!(shown.contains(&say!(facts_title)), "{size}");
                }
            }
            for (width, height) in [(10, 3), (1, 1), (24, 8)] {
                play(&mut TestScreen::new(width, height), "<Down><End>ama");
            }
        });
    }

    #[test]
    fn a_key_can_be_installed_from_here() {
        let (_, closed) = TestScreen::new(80, 24).play(dialog(), "k");
        assert_eq!(closed.map(|dialog| dialog.into_answer()), Some(FactsAnswer::InstallKey));
        let (_, closed) = TestScreen::new(80, 24).play(dialog(), "<Enter>");
        assert_eq!(closed.map(|dialog| dialog.into_answer()), Some(FactsAnswer::Closed));
    }

    #[test]
    fn keys_that_close_it() {
        for keys in ["<Esc>", "<Enter>", "q", "<C-c>", " ", "c", "<Tab>q"] {
            assert!(TestScreen::new(80, 24).play(dialog(), keys).1.is_some(), "{keys}");
        }
    }

    #[test]
    fn without_a_key_there_are_the_facts_alone() {
        let facts = ConnectionSummary {
            groups: vec![("g".into(), vec![("a".into(), "b".into())])],
            host_key: None,
        };
        let (shown, closed) = TestScreen::new(80, 24).play(ConnectionFacts::new(facts), "<Tab>");
        assert!(closed.is_none() && !shown.contains("SHA256"), "{shown}");
    }
}
