//! What is about both panes: what differs, one made like the other, and files that are there already.

use std::collections::HashSet;

use crate::say;
use crate::text;
use crate::ui::panes::{
    JobAnswer, JobEnd, JobQuestion, PaneComparison, PaneSide, PanesRequest, QueuedJob, SyncPreview,
    locked, size_text,
};
use crate::ui::screen::component::DialogAction;
use crate::ui::screen::look::Tone;

use super::PanesScreen;
use super::ask::{AskDialog, AskKey, PaneQuestion};

/// How many characters of a path a question shows.
const MAX_SHOWN: usize = 200;

impl PanesScreen {
    fn both_paths(&self) -> [Vec<u8>; 2] {
        [self.panes[0].path.clone(), self.panes[1].path.clone()]
    }

    /// Asks by what files are compared.
    pub(super) fn compare_question(&self) -> AskDialog {
        let ways = vec![say!(panes_compare_times), say!(panes_compare_contents)];
        let title = say!(panes_compare_title);
        AskDialog::new(PaneQuestion::Compare, title, say!(panes_compare_accept))
            .line(Tone::Plain, say!(panes_compare_about))
            .pick(say!(panes_compare_by), ways)
            .ready(false)
    }

    pub(super) fn compare(&mut self, by_contents: bool) {
        self.request(PanesRequest::Compare(self.both_paths(), by_contents));
    }

    /// Marks what one pane has and the other one has not, or has otherwise.
    pub(super) fn compared(&mut self, found: Result<PaneComparison, String>) {
        let PaneComparison { paths, names } = match found {
            Ok(found) => found,
            Err(why) => return self.tell(Err(why)),
        };
        if paths != self.both_paths() {
            return self.tell(Err(say!(panes_compare_left)));
        }
        let mut counts = [0; 2];
        for ((pane, names), count) in self.panes.iter_mut().zip(names).zip(&mut counts) {
            let names: HashSet<Vec<u8>> = names.into_iter().collect();
            pane.unmark();
            pane.mark_where(|entry| names.contains(&entry.name).then_some(true));
            *count = pane.marked().0;
        }
        self.message = match counts {
            [0, 0] => (Tone::Good, say!(panes_same)),
            [left, right] => (Tone::Plain, say!(panes_differ, left, right)),
        };
    }

    /// Finds out what making the other pane like this one comes to.
    pub(super) fn plan_sync(&mut self) {
        match self.places.iter().filter(|place| place.is_empty()).count() {
            1 => self.request(PanesRequest::PlanSync(self.active, self.both_paths())),
            _ => self.tell(Err(say!(panes_sync_places))),
        }
    }

    pub(super) fn sync_question(&mut self, plan: Result<SyncPreview, String>) -> DialogAction {
        let plan = match plan {
            Ok(plan) => plan,
            Err(why) => {
                self.tell(Err(why));
                return DialogAction::Stay;
            }
        };
        self.message = (Tone::Plain, String::new());
        let SyncPreview { from, copies: (files, bytes), made, surplus, .. } = plan;
        if files + made + surplus == 0 {
            self.message = (Tone::Good, say!(panes_same));
            return DialogAction::Stay;
        }
        let shown = |side: PaneSide| {
            let path = text::name(&plan.paths[side.index()], MAX_SHOWN);
            format!("{}:{path}", self.pane(side).label)
        };
        let (source, target) = (shown(from), shown(from.other()));
        let title = say!(panes_sync_title);
        let mut dialog =
            AskDialog::new(PaneQuestion::Sync(plan.clone()), title, say!(panes_sync_accept))
                .line(Tone::Strong, say!(panes_sync_target, target))
                .line(Tone::Plain, say!(panes_sync_source, source))
                .line(Tone::Plain, say!(panes_sync_copies, files, size = size_text(bytes), made));
        if surplus > 0 {
            let ways = vec![say!(panes_sync_keep), say!(panes_sync_delete)];
            dialog = dialog
                .line(Tone::Warn, say!(panes_sync_surplus, count = surplus))
                .pick(say!(panes_sync_surplus_what), ways);
        }
        DialogAction::Open(Box::new(dialog.ready(false)))
    }

    /// Puts a sync into the queue.
    pub(super) fn queue_sync(&mut self, plan: SyncPreview, deletes: bool) {
        let end = |side: PaneSide| JobEnd {
            place: self.places[side.index()].clone(),
            directory: plan.paths[side.index()].clone(),
        };
        let job = QueuedJob::new(end(plan.from), Vec::new(), end(plan.from.other()));
        let removed = if deletes { plan.surplus } else { 0 };
        self.queue_job(QueuedJob { sync: Some(removed), ..job });
    }

    /// Asks what the running job wants to know.
    pub(super) fn ask_for_job(&mut self) -> DialogAction {
        let Some((id, question)) = locked(&self.queue).asked() else { return DialogAction::Stay };
        let JobQuestion { target, there, source } = question;
        let facts = |(size, time): (u64, Option<u32>)| {
            let time = time.map(|time| self.columns.long_time(time)).unwrap_or_default();
            format!("{}  {time}", size_text(size))
        };
        let answers = vec![
            say!(panes_answer_keep),
            say!(panes_answer_replace),
            say!(panes_answer_keep_all),
            say!(panes_answer_replace_all),
        ];
        let title = say!(panes_overwrite_title);
        let dialog = AskDialog::new(PaneQuestion::Overwrite(id), title, say!(panes_answer_accept))
            .line(Tone::Strong, text::name(&target, MAX_SHOWN))
            .line(Tone::Plain, say!(panes_overwrite_there, facts = facts(there)))
            .line(Tone::Plain, say!(panes_overwrite_new, facts = facts(source)))
            .list(answers)
            .line(Tone::Dim, say!(panes_overwrite_pause));
        DialogAction::Open(Box::new(dialog.ready(false)))
    }

    /// Gives the job its answer; without one it is paused.
    pub(super) fn overwrite_answered(&mut self, id: u64, dialog: &AskDialog) {
        let mut queue = locked(&self.queue);
        match dialog.answer() {
            None => {
                if queue.goes_on(id) {
                    queue.pause_or_resume(id);
                }
            }
            Some(_) => {
                let chosen = dialog.chosen(AskKey::List);
                let answer = JobAnswer { replaces: chosen % 2 == 1, for_all: chosen >= 2 };
                if let Some(job) = queue.job(id) {
                    job.answer = Some(answer);
                }
            }
        }
        drop(queue);
        (self.ask)(PanesRequest::Queue);
    }
}
