//! One job of the queue: what it does, how far it is, and why it has failed.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::say;
use crate::text;
use crate::ui::panes::{ExistingFiles, JobEnd, JobTask, QueuedJob, SharedQueue, locked, size_text};
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::form::{DialogForm, FormRow, Happened};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::Look;

/// How many of a job's names are shown.
const NAMES: usize = 12;
/// How many characters of a name, a directory or an error are shown.
const MAX_SHOWN: usize = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Facts,
    Close,
}

/// The dialog, which follows the job.
pub(super) struct JobDialog {
    form: DialogForm<Key>,
    queue: SharedQueue,
    id: u64,
}

impl JobDialog {
    pub(super) fn new(queue: SharedQueue, id: u64) -> JobDialog {
        let rows = vec![
            FormRow::pairs(Key::Facts, Vec::new()),
            FormRow::buttons(vec![(Key::Close, 'q', say!(close))]),
        ];
        let mut form = DialogForm::new(say!(panes_job_title), rows);
        form.hints = vec![("Enter Esc", say!(facts_hint_close))];
        let mut dialog = JobDialog { form, queue, id };
        dialog.fill();
        dialog
    }

    fn fill(&mut self) {
        let facts = match locked(&self.queue).job(self.id) {
            Some(job) => facts(job),
            None => vec![(say!(panes_job_state), say!(panes_job_gone))],
        };
        self.form.set_pairs(Key::Facts, facts);
    }
}

impl Component for JobDialog {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Pressed(_) | Happened::Entered(_) | Happened::Cancelled => {
                DialogAction::Close
            }
            _ => DialogAction::Stay,
        }
    }

    fn is_busy(&self) -> bool {
        true
    }

    fn turn(&mut self) -> DialogAction {
        self.fill();
        DialogAction::Stay
    }
}

/// What is known of a job, each with its label.
fn facts(job: &QueuedJob) -> Vec<(String, String)> {
    let what = match (job.sync.is_some(), job.moves) {
        (true, _) => say!(panes_job_syncs),
        (false, true) => say!(panes_job_moves),
        (false, false) => say!(panes_job_copies),
    };
    let mut facts = vec![(say!(panes_job_what), what)];
    if job.sync.is_none() {
        let mut names: Vec<String> =
            job.names.iter().take(NAMES).map(|name| text::name(name, MAX_SHOWN)).collect();
        if job.names.len() > NAMES {
            names.push(say!(list_more, more = job.names.len() - NAMES));
        }
        facts.push((say!(panes_job_names), names.join(", ")));
    }
    facts.push((say!(panes_job_from), end(&job.from)));
    let mut to = end(&job.to);
    if let Some(name) = &job.new_name {
        to = format!("{}/{}", to.trim_end_matches('/'), text::name(name, MAX_SHOWN));
    }
    facts.push((say!(panes_job_to), to));
    if job.sync.is_none() {
        facts.push((say!(panes_existing), existing(job.existing)));
    }
    facts.push((say!(panes_job_state), progress(job)));
    if let JobTask::Failed(why) = &job.task {
        facts.push((say!(panes_job_why), reason(why)));
    }
    if job.task == JobTask::Running && !job.current.is_empty() {
        facts.push((say!(panes_job_now), text::line(&job.current, MAX_SHOWN)));
    }
    facts
}

/// Why a job failed, as it is shown.
pub(super) fn reason(why: &str) -> String {
    text::line(why, MAX_SHOWN)
}

fn end(end: &JobEnd) -> String {
    let directory = text::name(&end.directory, MAX_SHOWN);
    match end.place.as_str() {
        "" => directory,
        place => format!("{}:{directory}", text::line(without_flags(place), MAX_SHOWN)),
    }
}

fn existing(policy: ExistingFiles) -> String {
    match policy {
        ExistingFiles::Keep => say!(panes_existing_keep),
        ExistingFiles::ReplaceOlder => say!(panes_existing_older),
        ExistingFiles::ReplaceDifferent => say!(panes_existing_different),
        ExistingFiles::Replace => say!(panes_existing_replace),
        ExistingFiles::Ask => say!(panes_existing_ask),
    }
}

/// The destination of a place, without the flags that were typed with it.
pub(super) fn without_flags(place: &str) -> &str {
    match place.split_once(" -") {
        Some((destination, _)) if !destination.is_empty() => destination,
        _ => place,
    }
}

/// How far a job is, in a few words.
pub(super) fn progress(job: &QueuedJob) -> String {
    match &job.task {
        JobTask::Waiting => say!(panes_job_waiting),
        JobTask::Paused => say!(panes_job_paused),
        JobTask::Done(0) => say!(panes_job_done),
        JobTask::Done(kept) => say!(panes_job_done_kept, kept),
        JobTask::Failed(_) => say!(panes_job_failed),
        JobTask::Running if job.question.is_some() && job.answer.is_none() => {
            say!(panes_job_asks)
        }
        JobTask::Running => {
            let (copied, total) = (size_text(job.copied), size_text(job.total.max(job.copied)));
            say!(panes_job_running, copied, total)
        }
    }
}
