//! Asks a person what becomes of a file that is there, and of one that is unfinished.

use std::sync::{Mutex, PoisonError};

use indicatif::{HumanBytes, ProgressBar};

use crate::say;
use crate::sftp::{OverwriteAnswer, OverwriteQuestion, ResumeAnswer, ResumeQuestion};
use crate::terminal;
use crate::text;

/// How many characters of a path a question shows.
const MAX_SHOWN: usize = 200;
/// How many answers that make no sense are taken for a wish to stop.
const MAX_TRIES: usize = 5;

/// The answers that a person gave for all further questions.
#[derive(Default)]
pub(super) struct Standing {
    overwrite: Option<OverwriteAnswer>,
    resume: Option<ResumeAnswer>,
}

/// A person's answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TypedAnswer {
    Yes,
    No,
    All,
    None,
    Quit,
}

/// Asks whether a file is replaced.
pub(super) async fn overwrite(
    bar: &ProgressBar,
    standing: &Mutex<Standing>,
    question: OverwriteQuestion<'_>,
) -> OverwriteAnswer {
    let lock = || standing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = lock().overwrite {
        return answer;
    }
    let line = say!(
        files_overwrite,
        file = text::name(&question.file.to, MAX_SHOWN),
        there = HumanBytes(question.target_size).to_string(),
        new = HumanBytes(question.file.size).to_string()
    );
    let line = match (question.source_time, question.target_time) {
        (Some(source), Some(target)) if source > target => line + &say!(files_overwrite_newer),
        (Some(source), Some(target)) if source < target => line + &say!(files_overwrite_older),
        _ => line,
    };
    let answer = ask(bar, format!("{line}\n{}", say!(files_overwrite_choice))).await;
    let (answer, stays) = match answer {
        TypedAnswer::Yes => (OverwriteAnswer::Replace, false),
        TypedAnswer::No => (OverwriteAnswer::Skip, false),
        TypedAnswer::All => (OverwriteAnswer::Replace, true),
        TypedAnswer::None => (OverwriteAnswer::Skip, true),
        TypedAnswer::Quit => (OverwriteAnswer::Stop, true),
    };
    if stays {
        lock().overwrite = Some(answer);
    }
    answer
}

/// Asks whether a file is continued.
pub(super) async fn resume(
    bar: &ProgressBar,
    standing: &Mutex<Standing>,
    question: ResumeQuestion<'_>,
) -> ResumeAnswer {
    let lock = || standing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = lock().resume {
        return answer;
    }
    let line = say!(
        files_resume,
        file = text::name(&question.file.to, MAX_SHOWN),
        have = HumanBytes(question.have).to_string(),
        size = HumanBytes(question.file.size).to_string()
    );
    let answer = ask(bar, format!("{line}\n{}", say!(files_resume_choice))).await;
    let (answer, stays) = match answer {
        TypedAnswer::Yes => (ResumeAnswer::Resume, false),
        TypedAnswer::No => (ResumeAnswer::Restart, false),
        TypedAnswer::All => (ResumeAnswer::Resume, true),
        TypedAnswer::None => (ResumeAnswer::Restart, true),
        TypedAnswer::Quit => (ResumeAnswer::Stop, true),
    };
    if stays {
        lock().resume = Some(answer);
    }
    answer
}

/// Asks on the terminal, on a thread of its own, so that other files go on.
async fn ask(bar: &ProgressBar, question: String) -> TypedAnswer {
    let bar = bar.clone();
    let asked = tokio::task::spawn_blocking(move || bar.suspend(|| read(&question))).await;
    asked.unwrap_or(TypedAnswer::Quit)
}

fn read(question: &str) -> TypedAnswer {
    let Ok(tty) = terminal::open_controlling() else { return TypedAnswer::Quit };
    for _ in 0..MAX_TRIES {
        let Ok(Some(line)) = terminal::secret::read_shown(&tty, question) else { break };
        // As typed, because the two cases differ.
        match line.trim() {
            "y" | "yes" => return TypedAnswer::Yes,
            "n" | "no" => return TypedAnswer::No,
            "Y" | "all" => return TypedAnswer::All,
            "N" | "none" => return TypedAnswer::None,
            "q" | "quit" => return TypedAnswer::Quit,
            _ => {}
        }
    }
    TypedAnswer::Quit
}
