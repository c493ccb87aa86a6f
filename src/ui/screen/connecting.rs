//! What is shown while connecting takes long: the steps with a tick each, and the seconds.
//!
//! It has no buttons, because what is typed meanwhile is meant for the session, as without it. Only
//! Esc and Ctrl-C are for the dialog.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use zeroize::Zeroizing;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormRow};
use super::look::{Look, Tone};
use crate::prompt::ConnectStep;
use crate::say;
use crate::terminal;
use crate::text;

/// How many characters of a host's name are shown.
const SHOWN: usize = 200;
/// How many bytes are kept of what is typed meanwhile: as many as a terminal keeps of a line.
const MAX_TYPED: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Host,
    Steps,
    Seconds,
}

/// How far a connection has come.
pub(in crate::ui) struct Progress {
    /// The host as the user named it.
    pub host: String,
    /// The step that it is at.
    pub step: ConnectStep,
    /// When it began.
    pub began: Instant,
    /// Whether it need not be shown any more.
    pub is_over: bool,
    /// What was typed meanwhile, for the session.
    pub typed: Zeroizing<Vec<u8>>,
}

/// The progress, as the dialog and the connection share it.
pub(in crate::ui) type SharedProgress = Arc<Mutex<Progress>>;

/// The dialog; it closes when the progress is over, a message waits to be shown, or the person gives
/// the connection up.
pub(in crate::ui) struct Connecting {
    form: DialogForm<Key>,
    progress: SharedProgress,
    is_given_up: bool,
}

impl Connecting {
    pub(in crate::ui) fn new(progress: SharedProgress) -> Connecting {
        let rows = vec![
            FormRow::lines(Key::Host, Vec::new()),
            FormRow::gap(),
            FormRow::lines(Key::Steps, Vec::new()).indented(2),
            FormRow::gap(),
            FormRow::lines(Key::Seconds, Vec::new()),
        ];
        let form = DialogForm::new(say!(connecting_title), rows);
        Connecting { form, progress, is_given_up: false }
    }

    /// Whether the person gave the connection up.
    pub(in crate::ui) fn is_given_up(&self) -> bool {
        self.is_given_up
    }

    fn update(&mut self, look: Look) {
        let (host, steps, seconds) = {
            let progress = locked(&self.progress);
            let host = text::line(&progress.host, SHOWN);
            (host, steps(progress.step, look), progress.began.elapsed().as_secs())
        };
        self.form.set_text(Key::Host, vec![(Tone::Strong, say!(connecting_to, host))]);
        self.form.set_text(Key::Steps, steps);
        self.form.set_text(Key::Seconds, vec![(Tone::Dim, say!(connecting_seconds, seconds))]);
    }
}

impl Component for Connecting {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.update(look);
        self.form.draw(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let Event::Key(key) = event else { return DialogAction::Stay };
        if key.kind == KeyEventKind::Release {
            return DialogAction::Stay;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => {}
            KeyCode::Char('c') if control => {}
            _ => {
                let mut progress = locked(&self.progress);
                let bytes = bytes(key);
                if progress.typed.len() + bytes.len() <= MAX_TYPED {
                    progress.typed.extend(bytes);
                }
                return DialogAction::Stay;
            }
        }
        self.is_given_up = true;
        DialogAction::Close
    }

    fn is_busy(&self) -> bool {
        true
    }

    fn turn(&mut self) -> DialogAction {
        // A message is to be read now: it says what is waited for.
        match locked(&self.progress).is_over || terminal::is_holding() {
            true => DialogAction::Close,
            false => DialogAction::Stay,
        }
    }
}

/// Room for what is typed, which may be a password: it never moves, and is wiped.
pub(in crate::ui) fn kept() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(MAX_TYPED))
}

pub(in crate::ui) fn locked(progress: &SharedProgress) -> MutexGuard<'_, Progress> {
    // No code panics while it holds this lock.
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a terminal sends for a key; nothing for keys without a character.
fn bytes(key: &KeyEvent) -> Vec<u8> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char(c) if control && c.is_ascii_alphabetic() => {
            vec![c.to_ascii_lowercase() as u8 - b'a' + 1]
        }
        KeyCode::Char(c) if !control => c.to_string().into_bytes(),
        KeyCode::Enter => b"\r".to_vec(),
        KeyCode::Tab => b"\t".to_vec(),
        KeyCode::Backspace => vec![0x7f],
        _ => Vec::new(),
    }
}

/// The steps: done, under way, and to come.
fn steps(at: ConnectStep, look: Look) -> Vec<(Tone, String)> {
    let (done, now) = if look.unicode { ("✓", "▸") } else { ("*", ">") };
    let line = |step: ConnectStep| match step.cmp(&at) {
        std::cmp::Ordering::Less => (Tone::Good, format!("{done} {}", label(step))),
        std::cmp::Ordering::Equal => (Tone::Strong, format!("{now} {}", label(step))),
        std::cmp::Ordering::Greater => (Tone::Dim, format!("  {}", label(step))),
    };
    ConnectStep::ALL.into_iter().map(line).collect()
}

fn label(step: ConnectStep) -> String {
    match step {
        ConnectStep::Resolve => say!(connecting_resolve),
        ConnectStep::Connect => say!(connecting_connect),
        ConnectStep::KeyExchange => say!(connecting_key_exchange),
        ConnectStep::HostKey => say!(connecting_host_key),
        ConnectStep::Login => say!(connecting_login),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ui::screen::testing::TestScreen;

    fn progress(step: ConnectStep) -> SharedProgress {
        let began = Instant::now();
        let host = "web1\u{1b}[2J".to_owned();
        Arc::new(Mutex::new(Progress { host, step, began, is_over: false, typed: kept() }))
    }

    #[test]
    fn what_is_done_is_ticked_and_what_is_to_come_is_not() {
        for (width, height) in [(40, 12), (80, 24), (160, 50)] {
            let mut screen = TestScreen::new(width, height);
            let shown = screen.show(&mut Connecting::new(progress(ConnectStep::KeyExchange)));
            for line in ["✓ Name", "✓ Connection", "▸ Key exchange", "  Host key", "  Login"]
            {
                assert!(shown.contains(line), "{line}: {shown}");
            }
            assert!(shown.contains("Connecting to web1") && shown.contains("0 s"), "{shown}");
            assert!(!shown.contains('\u{1b}'));
        }
        let mut screen = TestScreen::new(80, 24);
        screen.look.unicode = false;
        let shown = screen.show(&mut Connecting::new(progress(ConnectStep::Login)));
        assert!(shown.is_ascii() && shown.contains("* Host key"), "{shown}");
    }

    #[test]
    fn esc_and_ctrl_c_give_it_up_and_all_else_is_for_the_session() {
        for keys in ["<Esc>", "<C-c>"] {
            let dialog = Connecting::new(progress(ConnectStep::Connect));
            let (_, closed) = TestScreen::new(80, 24).play(dialog, keys);
            assert!(closed.unwrap().is_given_up(), "{keys}");
        }
        let progress = progress(ConnectStep::Login);
        let dialog = Connecting::new(Arc::clone(&progress));
        let (_, closed) = TestScreen::new(80, 24).play(dialog, "cd ü<Enter><C-d><Up><Paste:no>");
        assert!(closed.is_none());
        assert_eq!(*locked(&progress).typed, "cd ü\r\u{4}".as_bytes());
    }

    #[test]
    fn it_closes_by_itself_when_there_is_nothing_to_wait_for() {
        let progress = progress(ConnectStep::Connect);
        let dialog = Connecting::new(Arc::clone(&progress));
        locked(&progress).is_over = true;
        let (_, closed) = TestScreen::new(80, 24).play(dialog, "<Wait:>");
        assert!(!closed.unwrap().is_given_up());
    }

    /// A connection whose host key is being judged, for a picture.
    pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
        let progress = progress(ConnectStep::HostKey);
        locked(&progress).host = "anna@web1".to_owned();
        stage.show(&mut Connecting::new(progress))
    }
}
