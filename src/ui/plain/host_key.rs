//! The security warning in lines: whose key it is, what is known of it, and what to do.

use std::fs::File;
use std::io::Write;

use super::MAX_MISTAKES;
use crate::prompt::{Answer, HostKeyAnswer, HostKeyQuestion};
use crate::terminal;
use crate::trust::{Finding, KnownKey, fingerprint};

/// Shows the warning on the terminal and asks.
pub(super) fn ask(mut tty: File, question: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
    if tty.write_all(warning(question).as_bytes()).is_err() {
        return Answer::CannotAsk;
    }
    let changed = matches!(question.evidence.finding, Finding::Changed(_));
    let label = match changed {
        true => {
            "Type \"replace\" to connect and replace the old key, \"once\" to connect without saving, or press Enter to disconnect: "
        }
        false => "Are you sure you want to continue connecting (yes/once/no/[fingerprint])? ",
    };
    for _ in 0..MAX_MISTAKES {
        let typed = match terminal::secret::read_shown(&tty, label) {
            Ok(Some(typed)) => typed,
            Ok(None) | Err(_) => return Answer::Cancelled,
        };
        let answer = match typed.trim().to_ascii_lowercase().as_str() {
            "yes" if !changed => HostKeyAnswer::Record,
            "replace" if changed => HostKeyAnswer::Record,
            "once" => HostKeyAnswer::Once,
            "no" | "disconnect" => HostKeyAnswer::Disconnect,
            "" if changed => HostKeyAnswer::Disconnect,
            _ if typed.trim().starts_with("SHA256:") => {
                HostKeyAnswer::IfFingerprint(typed.trim().to_owned())
            }
            _ => continue,
        };
        return Answer::Given(answer);
    }
    Answer::Cancelled
}

/// The security warning: what is known, and what the server showed.
fn warning(question: &HostKeyQuestion<'_>) -> String {
    let HostKeyQuestion { host, key_type, sha256, md5, .. } = question;
    let mut text = match &question.evidence.finding {
        Finding::Changed(known) => format!(
            "SECURITY WARNING: the host key of \"{host}\" has CHANGED.\n\
             Somebody may be pretending to be this host, or its administrator made a new key.\n\
             {}",
            listed("Known", known)
        ),
        Finding::OtherTypeKnown(known) => format!(
            "SECURITY WARNING: \"{host}\" showed a key of a type not seen before.\n{}",
            listed("Known", known)
        ),
        _ => format!(
            "SECURITY WARNING: there is no entry for \"{host}\" in your list of known hosts.\n\
             The authenticity of the host can't be established.\n"
        ),
    };
    if let Some(fault) = &question.evidence.certificate_fault {
        text.push_str(&format!("Its certificate does not count: {fault}\n"));
    }
    for problem in question.evidence.problems.iter().filter(|problem| problem.line.is_none()) {
        text.push_str(&format!("Not searched: {problem}\n"));
    }
    text.push_str(&format!(
        "Offered: {key_type} key fingerprint is\n  {sha256}\n  {md5}\n{}\n",
        question.randomart.trim_end()
    ));
    let searched: Vec<_> =
        question.evidence.searched.iter().map(|file| file.display().to_string()).collect();
    text.push_str(&format!("Searched: {}\n", searched.join(", ")));
    text
}

fn listed(what: &str, known: &[KnownKey]) -> String {
    known
        .iter()
        .map(|entry| {
            format!(
                "{what}:   {} key {} ({}:{})\n",
                fingerprint::type_name(&entry.key),
                fingerprint::sha256(&entry.key),
                entry.at.file.display(),
                entry.at.line
            )
        })
        .collect()
}
