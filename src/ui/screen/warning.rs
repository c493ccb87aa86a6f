//! The question about a host key that is not trusted: the fingerprint, how to verify it, and the
//! choices. The randomart, MD5 and the evidence open in place.
//!
//! For a new host or a new type of key nothing is preselected, so Enter alone does nothing. For a
//! changed key, and where a fingerprint that was compared does not match, Disconnect is preselected.
//! Esc disconnects. A fingerprint that matches is said to match, but does not decide anything.

use crossterm::event::{Event, KeyCode, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::field::TextField;
use super::form::{DialogForm, FormButton, FormRow, Happened, SideBlock};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::prompt::{HostKeyAnswer, HostKeyQuestion};
use crate::say;
use crate::trust::fingerprint::{self, Comparison, Hash};
use crate::trust::{Evidence, Finding, KnownKey};
use crate::ui::evidence;

/// The most old keys that are shown above the new one; the evidence lists more.
const OLD_MAX: usize = 2;

/// The rows and buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Keys,
    Md5Keys,
    Picture,
    Compare,
    Differs,
    Evidence,
    Write,
    Connect,
    Disconnect,
    Art,
    Md5,
    Details,
}

/// The dialog; after it has closed, it contains the answer.
pub struct Warning {
    form: DialogForm<Key>,
    evidence: Evidence,
    /// Which details are open: the randomart, MD5, the evidence.
    art: bool,
    md5: bool,
    details: bool,
    /// Whether the fingerprint that was compared is another key's.
    differs: bool,
    /// Whether the box was unticked because of that.
    was_unticked: bool,
    answer: HostKeyAnswer,
}

impl Warning {
    /// Creates the dialog for this question.
    pub fn new(question: &HostKeyQuestion<'_>) -> Warning {
        let evidence = question.evidence.clone();
        let title = if is_new(&evidence) { say!(warning_title_new) } else { say!(warning_title) };
        let mut form = DialogForm::new(title, rows(question.host, &evidence));
        form.hints =
            vec![("PgUp/PgDn", say!(warning_hint_scroll)), ("Esc", say!(warning_hint_disconnect))];
        form.tone = if is_new(&evidence) { Tone::Plain } else { Tone::Warn };
        form.default = None;
        form.focus(Key::Write);
        if evidence.is_alarming() {
            form.tone = Tone::Danger;
            form.focus(Key::Disconnect);
            form.default = Some(Key::Disconnect);
        }
        let mut warning = Warning {
            form,
            evidence,
            art: false,
            md5: false,
            details: false,
            differs: false,
            was_unticked: false,
            answer: HostKeyAnswer::Disconnect,
        };
        warning.show_consequence();
        warning
    }

    /// The person's decision; Disconnect if there is none.
    pub fn answer(self) -> HostKeyAnswer {
        self.answer
    }

    /// Opens or closes a detail, and scrolls to it.
    fn toggle(&mut self, detail: Key) {
        let (open, row) = match detail {
            Key::Art => (&mut self.art, Key::Picture),
            Key::Md5 => (&mut self.md5, Key::Keys),
            _ => (&mut self.details, Key::Evidence),
        };
        *open = !*open;
        let is_open = *open;
        let hash = if self.md5 { Hash::Md5 } else { Hash::Sha256 };
        let pictures = if self.art { pictures(&self.evidence, hash) } else { Vec::new() };
        self.form.set_blocks(Key::Picture, pictures);
        let md5 = if self.md5 { compared(&self.evidence, Hash::Md5) } else { Vec::new() };
        self.form.set_compared(Key::Md5Keys, md5);
        let lines = evidence::lines(&self.evidence, hash).into_iter();
        let lines = lines.filter(|_| self.details).map(|line| (line.tone, line.text)).collect();
        self.form.set_text(Key::Evidence, lines);
        if is_open {
            self.form.reveal(row);
        }
    }

    /// Compares what was typed. What does not match takes the tick away and guards Connect.
    fn compare(&mut self) {
        let typed = self.form.text(Key::Compare).trim();
        let compared = fingerprint::compare(&self.evidence.offered, typed);
        let (tone, said) = match compared {
            _ if typed.is_empty() => (Tone::Plain, String::new()),
            Comparison::Same => (Tone::Good, say!(warning_same)),
            Comparison::Other => (Tone::Danger, say!(warning_not_same)),
            Comparison::Unreadable => (Tone::Dim, say!(warning_unreadable)),
        };
        // What is being taken back does not lift the guard before it is gone or matches.
        self.differs = !typed.is_empty()
            && (compared == Comparison::Other
                || self.differs && compared == Comparison::Unreadable);
        self.form.remark(Key::Compare, tone, said);
        let mut differs = Vec::new();
        if self.differs {
            differs.push((Tone::Danger, say!(warning_differs)));
            self.was_unticked |= self.form.is_on(Key::Write);
            self.form.tick(Key::Write, false);
        } else if compared == Comparison::Same && std::mem::take(&mut self.was_unticked) {
            self.form.tick(Key::Write, true);
        }
        self.form.set_text(Key::Differs, differs);
        let guarded = self.differs || self.evidence.is_alarming();
        self.form.default = guarded.then_some(Key::Disconnect);
        self.show_consequence();
    }

    fn show_consequence(&mut self) {
        let is_changed = is_changed(&self.evidence);
        let text = match (self.form.is_on(Key::Write), is_changed) {
            (true, true) => say!(warning_then_replace),
            (true, false) => say!(warning_then_add),
            (false, _) => say!(warning_then_once),
        };
        self.form.remark(Key::Write, Tone::Dim, text);
        if is_changed {
            let label = match self.form.is_on(Key::Write) {
                true => say!(warning_connect_replace),
                false => say!(warning_connect_once),
            };
            self.form.set_button(Key::Connect, label);
        }
    }

    fn connect(&mut self) -> DialogAction {
        if self.differs {
            self.form.notice(say!(warning_guarded));
            self.form.focus(Key::Disconnect);
            return DialogAction::Stay;
        }
        match self.form.is_on(Key::Write) {
            true => self.close(HostKeyAnswer::Record),
            false => self.close(HostKeyAnswer::Once),
        }
    }

    fn close(&mut self, answer: HostKeyAnswer) -> DialogAction {
        self.answer = answer;
        DialogAction::Close
    }
}

/// Whether a key is a capital letter, as a fingerprint begins with: the buttons' letters are small.
fn is_capital(event: &Event) -> bool {
    let Event::Key(key) = event else { return false };
    let is_plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
    matches!(key.code, KeyCode::Char(c) if is_plain && c.is_ascii_uppercase())
}

impl Component for Warning {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let is_paste = matches!(event, Event::Paste(_));
        if is_paste {
            // Whatever is pasted here is a fingerprint, and the whole of it.
            self.form.focus(Key::Compare);
            if let Some(field) = self.form.field(Key::Compare) {
                field.set("");
            }
        } else if is_capital(event) && self.form.focused() != Some(Key::Compare) {
            self.form.focus(Key::Compare);
        }
        match self.form.handle(event) {
            Happened::Changed(Key::Compare) => {
                self.compare();
                if is_paste && self.differs {
                    self.form.focus(Key::Disconnect);
                }
            }
            Happened::Changed(_) => self.show_consequence(),
            Happened::Pressed(detail @ (Key::Art | Key::Md5 | Key::Details)) => self.toggle(detail),
            Happened::Pressed(Key::Connect) => return self.connect(),
            Happened::Pressed(_) | Happened::Entered(_) | Happened::Cancelled => {
                return self.close(HostKeyAnswer::Disconnect);
            }
            Happened::Nothing | Happened::Unused(_) => {}
        }
        DialogAction::Stay
    }
}

fn is_changed(evidence: &Evidence) -> bool {
    matches!(evidence.finding, Finding::Changed(_))
}

/// Whether nothing is known of the host: the usual question at a first connection.
fn is_new(evidence: &Evidence) -> bool {
    matches!(evidence.finding, Finding::Unknown) && !evidence.is_alarming()
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
    let compare = FormRow::field(Key::Compare, say!(warning_compare), TextField::new(""));
    let mut rows = vec![
        FormRow::text(headline.tone, headline.text),
        FormRow::text(meaning.tone, meaning.text),
        FormRow::gap(),
        FormRow::compared(Key::Keys, compared(evidence, Hash::Sha256), is_changed(evidence))
            .indented(1),
        FormRow::compared(Key::Md5Keys, Vec::new(), is_changed(evidence)).indented(1),
    ];
    if !evidence::known(evidence).is_empty() {
        rows.push(FormRow::text(Tone::Dim, places(evidence)).indented(1));
    }
    rows.extend([
        FormRow::beside(Key::Picture, Vec::new()),
        FormRow::gap(),
        FormRow::text(Tone::Plain, say!(warning_verify)).spare(),
        FormRow::text(Tone::Strong, evidence::command(evidence)).indented(3).spare(),
        compare,
        FormRow::lines(Key::Differs, Vec::new()),
        FormRow::gap(),
        FormRow::lines(Key::Evidence, Vec::new()),
        FormRow::check(Key::Write, ticked, write).pinned(),
        FormRow::buttons(buttons(evidence)),
    ]);
    rows
}

fn buttons(evidence: &Evidence) -> Vec<FormButton<Key>> {
    let connect = FormButton::new(Key::Connect, 'c', say!(warning_continue));
    vec![
        if evidence.is_alarming() { connect.dangerous() } else { connect },
        FormButton::new(Key::Disconnect, 'd', say!(warning_disconnect)),
        FormButton::new(Key::Art, 'a', say!(warning_art)).quiet(),
        FormButton::new(Key::Md5, 'm', say!(warning_hash_md5)).quiet(),
        FormButton::new(Key::Details, 'i', say!(warning_evidence)).quiet(),
    ]
}

/// The fingerprints on record and the one that was presented now.
fn compared(evidence: &Evidence, hash: Hash) -> Vec<(String, String)> {
    let key = &evidence.offered;
    let known = evidence::known(evidence);
    let kind = fingerprint::type_name(key).to_owned();
    if known.is_empty() {
        return vec![(kind, hash.of(key))];
    }
    let old = known.iter().take(OLD_MAX).map(|known| {
        let kind = fingerprint::type_name(&known.key);
        let label = match is_changed(evidence) {
            true => say!(warning_was, kind),
            false => say!(warning_known, kind),
        };
        (label, hash.of(&known.key))
    });
    old.chain([(say!(warning_now, kind), hash.of(key))]).collect()
}

/// Where the keys on record are, and since when.
fn places(evidence: &Evidence) -> String {
    let known = evidence::known(evidence);
    let lines = known.iter().take(OLD_MAX).map(|known| place(evidence, known));
    lines.collect::<Vec<_>>().join("\n")
}

fn place(evidence: &Evidence, known: &KnownKey) -> String {
    let place = say!(warning_at, place = known.at);
    match evidence::first_written(evidence, known) {
        Some(since) => format!("{place}  {}", say!(warning_since, since)),
        None => place,
    }
}

/// The randomart of the old key and of the new one.
fn pictures(evidence: &Evidence, hash: Hash) -> Vec<SideBlock> {
    let now = hash.picture(&evidence.offered);
    let old = evidence::known(evidence).first().filter(|_| is_changed(evidence));
    let Some(old) = old else { return vec![SideBlock::art(&now)] };
    let kinds = [fingerprint::type_name(&old.key), fingerprint::type_name(&evidence.offered)];
    let [before, after] = kinds.map(str::to_owned);
    vec![
        SideBlock::art(&format!(
            "{}\n{}",
            say!(warning_was, kind = before),
            hash.picture(&old.key)
        )),
        SideBlock::art(&format!("{}\n{now}", say!(warning_now, kind = after))),
    ]
}

#[cfg(test)]
pub(super) mod tests;
