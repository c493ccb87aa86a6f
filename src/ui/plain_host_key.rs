//! The security warning in lines, append-only, without box drawing but for the randomart: whose
//! key it is, the evidence, and what to do. What it says is `evidence`'s, as in the dialog.

use std::fs::File;
use std::io::Write;

use crate::prompt::{Answer, HostKeyAnswer, HostKeyQuestion};
use crate::say;
use crate::terminal;
use crate::trust::Finding;
use crate::trust::fingerprint::Hash;
use crate::ui::evidence;

/// Answers that make no sense before the question is given up.
const MAX_MISTAKES: usize = 5;

/// Shows the warning on the terminal and asks.
pub(super) fn ask(mut tty: File, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
    if tty.write_all(warning(question).as_bytes()).is_err() {
        return Answer::CannotAsk;
    }
    let changed = matches!(question.evidence.finding, Finding::Changed(_));
    let label = match changed {
        true => say!("warning-plain-ask-changed"),
        false => say!("warning-plain-ask-new"),
    };
    for _ in 0..MAX_MISTAKES {
        match terminal::secret::read_shown(&tty, &format!("{label} ")) {
            Ok(Some(typed)) => {
                if let Some(answer) = understood(&typed, changed) {
                    return Answer::Given(answer);
                }
            }
            Ok(None) | Err(_) => return Answer::Cancelled,
        }
    }
    Answer::Cancelled
}

/// What was meant; the words are the same in every language.
fn understood(typed: &str, changed: bool) -> Option<HostKeyAnswer> {
    match typed.trim().to_ascii_lowercase().as_str() {
        "yes" if !changed => Some(HostKeyAnswer::Record),
        "replace" if changed => Some(HostKeyAnswer::Record),
        "once" => Some(HostKeyAnswer::Once),
        "no" | "disconnect" => Some(HostKeyAnswer::Disconnect),
        "" if changed => Some(HostKeyAnswer::Disconnect),
        _ if typed.trim().starts_with("SHA256:") => {
            Some(HostKeyAnswer::IfFingerprint(typed.trim().to_owned()))
        }
        _ => None,
    }
}

/// The security warning: what is the matter, what the server showed, what is known.
fn warning(question: &HostKeyQuestion<'_>) -> String {
    let HostKeyQuestion { host, key_type, sha256, md5, .. } = question;
    let [headline, meaning] = evidence::summary(host, question.evidence);
    let mut lines = vec![
        say!("warning-plain-title", text = headline.text()),
        meaning.text(),
        say!("warning-plain-offered", kind = key_type),
        format!("  {sha256}"),
        format!("  {md5}"),
        question.randomart.trim_end().to_owned(),
    ];
    lines.extend(evidence::lines(question.evidence, Hash::Sha256).iter().enumerate().map(
        |(at, line)| match at {
            0 => line.text(),
            _ => format!("  {}", line.text()),
        },
    ));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::evidence::testing::{changed, evidence, question, with_faults};

    #[test]
    fn the_words_are_understood_and_nothing_else_is() {
        let record = Some(HostKeyAnswer::Record);
        assert_eq!(understood(" Yes ", false), record);
        assert_eq!(understood("replace", true), record);
        assert_eq!(understood("once", true), Some(HostKeyAnswer::Once));
        assert_eq!(understood("", true), Some(HostKeyAnswer::Disconnect));
        assert_eq!(understood("no", false), Some(HostKeyAnswer::Disconnect));
        let typed = understood("SHA256:abc", false);
        assert_eq!(typed, Some(HostKeyAnswer::IfFingerprint("SHA256:abc".into())));
        for (word, changed) in [("yes", true), ("replace", false), ("", false), ("y", false)] {
            assert_eq!(understood(word, changed), None, "{word}");
        }
    }

    #[test]
    fn all_of_the_evidence_is_in_the_lines() {
        for evidence in [with_faults(changed()), with_faults(evidence(Finding::Unknown))] {
            let shown = warning(&question(&evidence));
            assert!(shown.starts_with("SECURITY WARNING: "), "{shown}");
            for line in evidence::lines(&evidence, Hash::Sha256) {
                assert!(shown.contains(&line.text()), "{}: {shown}", line.text());
            }
            assert!(shown.contains("MD5:") && shown.contains("[SHA256]"), "{shown}");
        }
    }
}
