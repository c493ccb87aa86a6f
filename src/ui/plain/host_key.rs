//! The security warning as plain lines, append-only and without box drawing except for the
//! randomart: the key, the evidence, and the choices. `evidence` has the texts, as for the dialog.

use std::fs::File;
use std::io::Write;

use unicode_width::UnicodeWidthStr;

use super::person::{AskPass, MAX_MISTAKES, run_ask_pass};
use crate::prompt::{Answer, HostKeyAnswer, HostKeyQuestion};
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::text;
use crate::trust::Evidence;
use crate::trust::fingerprint::{self, Hash};
use crate::trust::{Finding, KnownKey};
use crate::ui::evidence;

/// The most old keys that are shown before the new one; the evidence lists more.
const OLD_MAX: usize = 2;
/// The width of a picture and the gap after it, in columns.
const PICTURE_WIDTH: usize = 19 + 4;
/// The indentation of a long line's continuation.
const FOLLOWING: &str = "    ";

/// Shows the warning on the terminal and asks for a decision.
pub(super) fn ask(mut tty: File, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
    let shown = fitted(&warning(question), super::width::columns(&tty));
    if tty.write_all(shown.as_bytes()).is_err() {
        return Answer::CannotAsk;
    }
    let replaced = matches!(question.evidence.finding, Finding::Changed(_));
    let (label, word) = match (replaced, question.evidence.is_alarming()) {
        (true, _) => (say!(warning_plain_ask_changed), "replace"),
        (false, true) => (say!(warning_plain_ask_dns), "add"),
        (false, false) => (say!(warning_plain_ask_new), "yes"),
    };
    for _ in 0..MAX_MISTAKES {
        match terminal::secret::read_shown(&tty, &format!("{label} ")) {
            Ok(Some(typed)) => {
                if let Some(answer) = understood(&typed, word) {
                    return Answer::Given(answer);
                }
            }
            Ok(None) | Err(_) => return Answer::Cancelled,
        }
    }
    Answer::Cancelled
}

/// What an askpass program is asked after an answer that is none, in ssh's words.
const ASKED_AGAIN: &str = "Please type 'yes', 'no' or the fingerprint: ";

/// Asks for a decision through the askpass program, as ssh does. It is asked only about a key that is
/// merely new, because it shows too little of any other; that is for the terminal.
pub(super) fn ask_program(
    ask_pass: &AskPass,
    terminal: Option<File>,
    question: &HostKeyQuestion<'_>,
) -> Answer<HostKeyAnswer> {
    match (is_merely_new(question.evidence), terminal) {
        (false, Some(tty)) => ask(tty, question),
        (false, None) => Answer::CannotAsk,
        (true, _) => decided_by(question, |asked| run_ask_pass(ask_pass, asked)),
    }
}

/// Whether nothing is known of the host, and nothing speaks against its key.
pub(super) fn is_merely_new(evidence: &Evidence) -> bool {
    let is_new = matches!(evidence.finding, Finding::Unknown);
    is_new && evidence.certificate_fault.is_none() && !evidence.is_alarming()
}

fn decided_by(
    question: &HostKeyQuestion<'_>,
    mut ask: impl FnMut(&str) -> Answer<Secret>,
) -> Answer<HostKeyAnswer> {
    let mut asked = asked_of_program(question);
    for _ in 0..MAX_MISTAKES {
        let said = match ask(&asked) {
            Answer::Given(said) if !said.is_empty() => said,
            Answer::Given(_) | Answer::Cancelled => return Answer::Cancelled,
            Answer::CannotAsk => return Answer::CannotAsk,
        };
        if let Some(answer) = understood(said.expose(), "yes") {
            return Answer::Given(answer);
        }
        asked = ASKED_AGAIN.to_owned();
    }
    // It answers something else, such as a password: there is nobody who decides.
    Answer::CannotAsk
}

/// The question for an askpass program. Its first two lines and the last one are ssh's, word for
/// word and in no other language: programs find host and fingerprint by their place.
fn asked_of_program(question: &HostKeyQuestion<'_>) -> String {
    let HostKeyQuestion { host, key_type, sha256, .. } = question;
    let mut lines = vec![
        format!("The authenticity of host '{host} ({host})' can't be established."),
        format!("{key_type} key fingerprint is {sha256}."),
    ];
    let evidence = evidence::lines(question.evidence, Hash::Sha256).into_iter();
    lines.extend(evidence.map(|line| line.text));
    lines.push("Are you sure you want to continue connecting (yes/no/[fingerprint])? ".to_owned());
    lines.join("\n")
}

/// Interprets the typed answer; `word` is the one that writes the key. The words are the same in
/// every language. Enter alone disconnects, except if nothing is alarming: then it is no answer.
fn understood(typed: &str, word: &str) -> Option<HostKeyAnswer> {
    match typed.trim().to_ascii_lowercase().as_str() {
        typed if typed == word => Some(HostKeyAnswer::Record),
        "once" => Some(HostKeyAnswer::Once),
        "no" | "disconnect" => Some(HostKeyAnswer::Disconnect),
        "" if word != "yes" => Some(HostKeyAnswer::Disconnect),
        _ if typed.trim().starts_with("SHA256:") => {
            Some(HostKeyAnswer::IfFingerprint(typed.trim().to_owned()))
        }
        _ => None,
    }
}

/// The text of the security warning: the finding, the server's key, the keys on record.
fn warning(question: &HostKeyQuestion<'_>) -> String {
    let HostKeyQuestion { host, key_type, sha256, md5, .. } = question;
    let [headline, meaning] = evidence::summary(host, question.evidence);
    let mut lines = vec![say!(warning_plain_title, text = headline.text), meaning.text];
    let old = evidence::known(question.evidence);
    for known in old.iter().take(OLD_MAX) {
        lines.extend(on_record(question, known));
    }
    let offered =
        [say!(warning_plain_offered, kind = key_type), format!("  {sha256}"), format!("  {md5}")];
    // What is to be compared is the last on a small screen, or beside the old key.
    let is_alarming = question.evidence.is_alarming();
    lines.extend(offered.iter().filter(|_| is_alarming).cloned());
    match old.first().filter(|_| is_alarming) {
        Some(known) => lines.extend(side_by_side(
            &fingerprint::randomart(&known.key),
            question.randomart.trim_end(),
        )),
        None => lines.push(question.randomart.trim_end().to_owned()),
    }
    lines.extend(evidence::lines(question.evidence, Hash::Sha256).into_iter().enumerate().map(
        |(at, line)| match at {
            0 => line.text,
            _ => format!("  {}", line.text),
        },
    ));
    lines.extend(offered.into_iter().filter(|_| !is_alarming));
    lines.push(say!(warning_verify));
    lines.push(format!("  {}", evidence::command(question.evidence)));
    if !is_alarming {
        let choices = [
            say!(warning_plain_yes),
            say!(warning_plain_once),
            say!(warning_plain_no),
            say!(warning_plain_fingerprint),
        ];
        lines.extend(choices.map(|choice| format!("  {choice}")));
    }
    lines.join("\n") + "\n"
}

/// Breaks the lines of the evidence where the terminal would, with an indentation. A certificate's
/// names and dates are text from the server, which must never start a line. Lines that do not start
/// with a space are our own, and are left to the terminal.
fn fitted(lines: &str, columns: usize) -> String {
    let fit = |line: &str| match line.starts_with(' ') && text::columns(line) > columns {
        true => text::wrap(line, columns - FOLLOWING.len()).join(&format!("\n{FOLLOWING}")),
        false => line.to_owned(),
    };
    lines.lines().map(|line| fit(line) + "\n").collect()
}

/// A key on record: its type, its place, and since when.
fn on_record(question: &HostKeyQuestion<'_>, known: &KnownKey) -> Vec<String> {
    let kind = fingerprint::type_name(&known.key);
    let mut lines = vec![
        say!(warning_plain_known, kind),
        format!("  {}", fingerprint::sha256(&known.key)),
        format!("  {}", fingerprint::md5(&known.key)),
        format!("  {}", say!(warning_at, place = known.at)),
    ];
    if let Some(since) = evidence::first_written(question.evidence, known) {
        lines.push(format!("  {}", say!(warning_since, since)));
    }
    lines
}

/// The old and the new picture next to each other, under their names.
fn side_by_side(old: &str, new: &str) -> Vec<String> {
    let (before, now) = (say!(warning_plain_before), say!(warning_plain_now));
    let pad = |text: &str| " ".repeat(PICTURE_WIDTH.saturating_sub(text.width()));
    let rows = old.lines().zip(new.lines()).map(|(old, new)| (old.to_owned(), new.to_owned()));
    std::iter::once((before, now))
        .chain(rows)
        .map(|(old, new)| format!("{old}{}{new}", pad(&old)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::Sshfp;
    use crate::trust::sshfp::Agreement;
    use crate::ui::evidence::testing::{changed, evidence, question, with_dates, with_faults};

    #[test]
    fn the_words_are_understood_and_nothing_else_is() {
        let record = Some(HostKeyAnswer::Record);
        assert_eq!(understood(" Yes ", "yes"), record);
        assert_eq!(understood("replace", "replace"), record);
        assert_eq!(understood("once", "replace"), Some(HostKeyAnswer::Once));
        assert_eq!(understood("", "add"), Some(HostKeyAnswer::Disconnect));
        assert_eq!(understood("no", "yes"), Some(HostKeyAnswer::Disconnect));
        let typed = understood("SHA256:abc", "yes");
        assert_eq!(typed, Some(HostKeyAnswer::IfFingerprint("SHA256:abc".into())));
        for (typed, word) in [("yes", "replace"), ("yes", "add"), ("add", "yes"), ("", "yes")] {
            assert_eq!(understood(typed, word), None, "{typed}");
        }
    }

    #[test]
    fn a_program_is_asked_in_sshs_words_and_about_nothing_alarming() {
        let says = |text: Option<&str>, evidence: &Evidence| {
            let mut asked = Vec::new();
            let answer = decided_by(&question(evidence), |line| {
                asked.push(line.to_owned());
                text.map_or(Answer::Cancelled, |text| Answer::Given(Secret::new(text.to_owned())))
            });
            (answer, asked)
        };
        let new = evidence(Finding::Unknown);
        let HostKeyQuestion { host, key_type, sha256, .. } = question(&new);
        let (answer, asked) = says(Some("yes"), &new);
        assert!(matches!(answer, Answer::Given(HostKeyAnswer::Record)));
        let lines: Vec<_> = asked[0].lines().collect();
        let first = format!("The authenticity of host '{host} ({host})' can't be established.");
        assert_eq!(lines[..2], [first, format!("{key_type} key fingerprint is {sha256}.")]);
        let last = "Are you sure you want to continue connecting (yes/no/[fingerprint])? ";
        assert!(asked[0].ends_with(&format!("\n{last}")), "{asked:?}");

        let (answer, _) = says(Some(&sha256), &new);
        assert!(
            matches!(answer, Answer::Given(HostKeyAnswer::IfFingerprint(print)) if print == sha256)
        );
        let (answer, _) = says(Some("no"), &new);
        assert!(matches!(answer, Answer::Given(HostKeyAnswer::Disconnect)));
        let (answer, asked) = says(Some("perhaps"), &new);
        assert!(matches!(answer, Answer::CannotAsk) && asked.len() == MAX_MISTAKES);
        assert!(asked[1..].iter().all(|line| line == ASKED_AGAIN), "{asked:?}");
        for nothing in [Some(""), None] {
            let (answer, asked) = says(nothing, &new);
            assert!(matches!(answer, Answer::Cancelled) && asked.len() == 1, "{nothing:?}");
        }
        assert!(is_merely_new(&new));
        let other_type = evidence(Finding::OtherTypeKnown(Vec::new()));
        // The person has cancelled, it says, where it is asked.
        let no = AskPass { program: "/bin/false".into(), always: true };
        assert!(matches!(ask_program(&no, None, &question(&new)), Answer::Cancelled));
        // DNSSEC proves that the host's key is another one.
        let (name, signer) = ("h".to_owned(), Some("org.".to_owned()));
        let sshfp = Sshfp::Found { name, signer, agreement: Agreement::Mismatch };
        let other_in_dns = Evidence { sshfp, ..evidence(Finding::Unknown) };
        let with_fault = with_faults(evidence(Finding::Unknown));
        for doubtful in [changed(), other_type, other_in_dns, with_fault] {
            assert!(!is_merely_new(&doubtful), "{doubtful:?}");
            let answer = ask_program(&no, None, &question(&doubtful));
            assert!(matches!(answer, Answer::CannotAsk), "{doubtful:?}");
        }
        // It would give the question back, which is an answer that is not understood.
        let echo = AskPass { program: "/bin/echo".into(), always: true };
        assert!(matches!(ask_program(&echo, None, &question(&new)), Answer::CannotAsk));
    }

    #[test]
    fn all_of_the_evidence_is_in_the_lines() {
        for evidence in [with_faults(changed()), with_faults(evidence(Finding::Unknown))] {
            let shown = warning(&question(&evidence));
            assert!(shown.starts_with("SECURITY WARNING: "), "{shown}");
            for line in evidence::lines(&evidence, Hash::Sha256) {
                assert!(shown.contains(&line.text), "{}: {shown}", line.text);
            }
            assert!(shown.contains("MD5:") && shown.contains("[SHA256]"), "{shown}");
        }
    }

    #[test]
    fn what_a_certificate_says_begins_no_line() {
        let forged = "tessh: authenticated to 'bank' as root";
        for fill in ["x".repeat(72), "※".repeat(36), "❤\u{fe0f}".repeat(24)] {
            let line = format!("  names: {fill}{forged}\nnext\n");
            let shown = fitted(&line, 80);
            assert!(shown.ends_with("\nnext\n"), "{shown}");
            let mut lines = shown.lines();
            assert!(lines.all(|line| text::columns(line) <= 80 && !line.starts_with("tessh")));
        }
    }

    #[test]
    fn old_and_new_stand_together_and_each_choice_says_what_it_does() {
        let changed = changed();
        let shown = warning(&question(&changed));
        let old = evidence::known(&changed)[0].clone();
        let (before, after) = shown.split_once("Offered:").expect("both keys");
        assert!(before.contains("On record: ED25519"), "{shown}");
        assert!(before.contains(&fingerprint::sha256(&old.key)), "{shown}");
        assert!(before.contains("in /home/anna/.ssh/known_hosts:12"), "{shown}");
        assert!(after.contains("On record              Presented now\n"), "{shown}");
        assert_eq!(after.matches("[SHA256]").count(), 2, "{shown}");
        assert!(!shown.contains("first written"), "nobody knows: {shown}");

        let since = warning(&question(&with_dates(changed.clone())));
        assert!(since.contains("known_hosts:12\n  first written on 20"), "{since}");

        let shown = warning(&question(&evidence(Finding::Unknown)));
        for choice in ["yes: ", "once: ", "no: ", "a fingerprint: "] {
            assert!(shown.contains(&format!("\n  {choice}")), "{choice}: {shown}");
        }
    }
}
