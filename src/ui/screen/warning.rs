//! The security warning dialog: the key, why it is not trusted, and the choices. It has the three
//! cases of Tera Term's dialog, a fingerprint to compare, and the evidence.
//!
//! For a new host or a new type of key nothing is preselected, so Enter alone does nothing. For a
//! changed key, Disconnect is preselected. Esc disconnects. A typed fingerprint is compared, but
//! does not decide anything.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormRow, Happened, SideBlock};
use super::look::{Look, Tone};
use crate::prompt::{HostKeyAnswer, HostKeyQuestion};
use crate::say;
use crate::trust::fingerprint::{self, Comparison, Hash};
use crate::trust::{Evidence, Finding, KnownKey};
use crate::ui::evidence;

/// The most old keys of a changed host that are shown next to the new one; the evidence lists more.
const OLD_MAX: usize = 2;

/// The rows and buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Sha256,
    Md5,
    Keys,
    Compare,
    Compared,
    Write,
    Then,
    Evidence,
    Continue,
    Disconnect,
}

/// The dialog; after it has closed, it contains the answer.
pub struct Warning {
    form: DialogForm<Key>,
    evidence: Evidence,
    answer: HostKeyAnswer,
}

impl Warning {
    /// Creates the dialog for this question.
    pub fn new(question: &HostKeyQuestion<'_>) -> Warning {
        let evidence = question.evidence.clone();
        let mut form = DialogForm::new(say!(warning_title), rows(question.host, &evidence));
        form.hints =
            vec![("PgUp/PgDn", say!(warning_hint_scroll)), ("Esc", say!(warning_hint_disconnect))];
        form.tone = Tone::Warn;
        form.default = None;
        if evidence.is_alarming() {
            form.tone = Tone::Danger;
            form.focus(Key::Disconnect);
            form.default = Some(Key::Disconnect);
        }
        let mut warning = Warning { form, evidence, answer: HostKeyAnswer::Disconnect };
        warning.show_hash();
        warning.show_consequence();
        warning
    }

    /// The person's decision; Disconnect if there is none.
    pub fn answer(self) -> HostKeyAnswer {
        self.answer
    }

    fn show_hash(&mut self) {
        let hash = if self.form.is_on(Key::Md5) { Hash::Md5 } else { Hash::Sha256 };
        self.form.set_blocks(Key::Keys, blocks(&self.evidence, hash));
        let lines = evidence::lines(&self.evidence, hash);
        let lines = lines.into_iter().map(|line| (line.tone, line.text)).collect();
        self.form.set_text(Key::Evidence, lines);
    }

    fn show_comparison(&mut self) {
        let typed = self.form.text(Key::Compare);
        let line = match fingerprint::compare(&self.evidence.offered, typed) {
            _ if typed.trim().is_empty() => Vec::new(),
            Comparison::Same => vec![(Tone::Good, say!(warning_same))],
            Comparison::Other => vec![(Tone::Danger, say!(warning_differs))],
            Comparison::Unreadable => vec![(Tone::Dim, say!(warning_unreadable))],
        };
        self.form.set_text(Key::Compared, line);
    }

    fn show_consequence(&mut self) {
        let text = match (self.form.is_on(Key::Write), is_changed(&self.evidence)) {
            (true, true) => say!(warning_then_replace),
            (true, false) => say!(warning_then_add),
            (false, _) => say!(warning_then_once),
        };
        let otherwise = say!(warning_then_disconnect);
        self.form.set_text(Key::Then, vec![(Tone::Dim, text), (Tone::Dim, otherwise)]);
    }

    fn close(&mut self, answer: HostKeyAnswer) -> DialogAction {
        self.answer = answer;
        DialogAction::Close
    }
}

impl Component for Warning {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Changed(Key::Sha256 | Key::Md5) => self.show_hash(),
            Happened::Changed(Key::Compare) => self.show_comparison(),
            Happened::Changed(Key::Write) => self.show_consequence(),
            Happened::Pressed(Key::Continue) => {
                return match self.form.is_on(Key::Write) {
                    true => self.close(HostKeyAnswer::Record),
                    false => self.close(HostKeyAnswer::Once),
                };
            }
            Happened::Pressed(_) | Happened::Cancelled => {
                return self.close(HostKeyAnswer::Disconnect);
            }
            _ => {}
        }
        DialogAction::Stay
    }
}

fn is_changed(evidence: &Evidence) -> bool {
    matches!(evidence.finding, Finding::Changed(_))
}

fn rows(host: &str, evidence: &Evidence) -> Vec<FormRow<Key>> {
    let [headline, meaning] = evidence::summary(host, evidence);
    // The box is ticked only for a host of which nothing is known.
    let (write, ticked) = match &evidence.finding {
        Finding::Changed(_) => (say!(warning_replace), false),
        _ if evidence.is_alarming() => (say!(warning_add), false),
        Finding::OtherTypeKnown(_) => (say!(warning_add), false),
        _ => (say!(warning_add), true),
    };
    vec![
        FormRow::text(headline.tone, headline.text),
        FormRow::text(meaning.tone, meaning.text),
        FormRow::radio(Key::Sha256, 0, true, say!(warning_hash_sha256)),
        FormRow::radio(Key::Md5, 0, false, say!(warning_hash_md5)),
        FormRow::beside(Key::Keys, Vec::new()),
        FormRow::field(Key::Compare, say!(warning_compare), super::field::TextField::new("")),
        FormRow::lines(Key::Compared, Vec::new()),
        FormRow::check(Key::Write, ticked, write),
        FormRow::lines(Key::Then, Vec::new()).indented(4),
        FormRow::lines(Key::Evidence, Vec::new()),
        FormRow::buttons(vec![
            (Key::Continue, 'c', say!(warning_continue)),
            (Key::Disconnect, 'd', say!(warning_disconnect)),
        ]),
    ]
}

/// The old and the new keys; without old keys, the new key's randomart next to its fingerprint.
fn blocks(evidence: &Evidence, hash: Hash) -> Vec<SideBlock> {
    let key = &evidence.offered;
    let kind = fingerprint::type_name(key);
    if !is_changed(evidence) {
        let mut lines = vec![
            (Tone::Plain, say!(warning_offered, kind)),
            (Tone::Strong, hash.of(key)),
            (Tone::Plain, String::new()),
        ];
        for known in evidence::known(evidence).iter().take(OLD_MAX) {
            lines.extend(old(known, hash));
            lines.extend(since(evidence, known));
        }
        return vec![SideBlock::art(&hash.picture(key)), SideBlock::wrapped(lines)];
    }
    let known = evidence::known(evidence);
    let mut before = Vec::new();
    if let Some(first) = known.first() {
        // The headline shows the place already.
        before.extend(old(first, hash).into_iter().take(2));
        before.extend(picture(&hash.picture(&first.key)));
        before.extend(since(evidence, first));
    }
    for known in known.iter().take(OLD_MAX).skip(1) {
        before.extend(old(known, hash));
        before.extend(since(evidence, known));
    }
    let mut now = vec![(Tone::Plain, say!(warning_now, kind)), (Tone::Danger, hash.of(key))];
    now.extend(picture(&hash.picture(key)));
    vec![SideBlock::wrapped(before), SideBlock::wrapped(now)]
}

/// A known key's type, its fingerprint, and its place on record.
fn old(known: &KnownKey, hash: Hash) -> [(Tone, String); 3] {
    let kind = fingerprint::type_name(&known.key);
    [
        (Tone::Plain, say!(warning_known, kind)),
        (Tone::Strong, hash.of(&known.key)),
        (Tone::Dim, say!(warning_at, place = known.at)),
    ]
}

/// The day on which the key was first written, if it is known.
fn since(evidence: &Evidence, known: &KnownKey) -> Option<(Tone, String)> {
    let since = evidence::first_written(evidence, known)?;
    Some((Tone::Dim, say!(warning_since, since)))
}

fn picture(art: &str) -> impl Iterator<Item = (Tone, String)> {
    art.lines().map(|line| (Tone::Plain, line.to_owned())).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests;
