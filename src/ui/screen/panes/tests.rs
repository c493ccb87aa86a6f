//! The file manager on a virtual screen, with directories in memory.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;

use super::*;
use crate::catalogue::testing::in_each_language;
use crate::sftp::Attributes;
use crate::ui::panes::{
    ExistingFiles, JobEnd, JobQuestion, PaneComparison, PaneEntry, PaneOperation, QueuedJob,
    SyncPreview, ViewedFile,
};
use crate::ui::screen::testing::TestScreen;

const NOW: &str = "2026-11-29T08:00:00Z";

#[derive(Default)]
struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

impl PaneBookmarks for Kept {
    fn of(&self, _: &str) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().clone()
    }

    fn toggle(&mut self, _: &str, directory: &[u8]) -> Result<(), String> {
        self.0.lock().unwrap().push(directory.to_vec());
        Ok(())
    }
}

fn entry(name: &[u8], mode: u32, size: u64) -> PaneEntry {
    let modified = NOW.parse::<jiff::Timestamp>().unwrap().as_second() as u32;
    let times = Some((0, modified - u32::try_from(name.len()).unwrap() * 60));
    let owner = Some((1000, 1000));
    let attributes = Attributes { size: Some(size), owner, permissions: Some(mode), times };
    PaneEntry::new(name.to_vec(), attributes, false)
}

/// What is in a directory of a side.
fn listed(side: PaneSide, path: &[u8]) -> Vec<PaneEntry> {
    match (side, path) {
        (PaneSide::Left, b"/home/anna") => vec![
            entry(b"notes.txt", 0o100_644, 1_234),
            entry(b".profile", 0o100_600, 20),
            entry(b"src", 0o040_755, 4096),
            entry(b"evil\x1b[2J\xff\xe2\x80\xae.txt", 0o100_644, 3),
            entry(b"photo.jpeg", 0o100_644, 5_000_000),
            entry("日本語のファイル名.txt".as_bytes(), 0o100_644, 10),
        ],
        (PaneSide::Right, b"/srv") => vec![
            entry(b"notes.txt", 0o100_644, 999),
            entry(b"www", 0o040_755, 4096),
            entry(b"run.sh", 0o100_755, 80),
        ],
        _ => vec![entry(b"inside", 0o100_644, 1)],
    }
}

/// A screen that is answered at once, and what it has asked for.
struct Scene {
    asked: Arc<Mutex<Vec<PanesRequest>>>,
    queue: SharedQueue,
    bookmarks: Arc<Mutex<Vec<Vec<u8>>>>,
    events: SyncSender<PanesEvent>,
}

fn scene() -> (PanesScreen, Scene) {
    let (events, received) = sync_channel(1000);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (log, back) = (Arc::clone(&asked), events.clone());
    let ask = move |request: PanesRequest| {
        answer(&request, &back);
        log.lock().unwrap().push(request);
        true
    };
    let queue = SharedQueue::default();
    let bookmarks = Kept::default();
    let scene =
        Scene { asked, queue: Arc::clone(&queue), bookmarks: Arc::clone(&bookmarks.0), events };
    let screen = PanesScreen::new(PanesSetup {
        panes: [
            Pane::new("local".into(), b"/home/anna".to_vec()),
            Pane::new("anna@web1".into(), b"/srv".to_vec()),
        ],
        places: [String::new(), "anna@web1".into()],
        columns: EntryColumns::new(NOW.parse().unwrap(), TimeZone::UTC),
        ask: Arc::new(ask),
        events: received,
        queue,
        bookmarks: Box::new(bookmarks),
        old_jobs: 0,
    });
    (screen, scene)
}

fn answer(request: &PanesRequest, back: &SyncSender<PanesEvent>) {
    match request {
        PanesRequest::List { side, listing, path } if !path.ends_with(b"/denied") => {
            back.send(PanesEvent::Entered(*side, *listing, path.clone())).unwrap();
            back.send(PanesEvent::Entries(*side, *listing, listed(*side, path))).unwrap();
            back.send(PanesEvent::Listed(*side, *listing, Ok(()))).unwrap();
        }
        PanesRequest::List { side, listing, .. } => {
            back.send(PanesEvent::Listed(*side, *listing, Err("permission denied".into())))
                .unwrap();
        }
        PanesRequest::Do(side, _) => {
            back.send(PanesEvent::Done(*side, Ok("done".into()), None)).unwrap();
        }
        PanesRequest::View(_, path) => {
            let bytes = b"first line\n\x1b[31mred\n".to_vec();
            let file = ViewedFile { path: path.clone(), bytes, is_whole: true };
            back.send(PanesEvent::Viewed(file)).unwrap();
        }
        PanesRequest::Connect(side) => {
            back.send(PanesEvent::Connected(*side)).unwrap();
            back.send(PanesEvent::Said(Ok("connected".into()))).unwrap();
        }
        PanesRequest::Compare(paths, by_contents) => {
            let left = if *by_contents { vec![b"notes.txt".to_vec()] } else { Vec::new() };
            let names = [left, vec![b"www".to_vec(), b"run.sh".to_vec()]];
            let found = PaneComparison { paths: paths.clone(), names };
            back.send(PanesEvent::Compared(Ok(found))).unwrap();
        }
        PanesRequest::PlanSync(from, paths) => {
            let (from, paths) = (*from, paths.clone());
            let plan = SyncPreview { from, paths, copies: (3, 5_000), made: 1, surplus: 2 };
            back.send(PanesEvent::SyncPlanned(Ok(plan))).unwrap();
        }
        PanesRequest::Queue => {}
    }
}

/// Plays keys; the last screen.
fn shown(keys: &str) -> String {
    let (screen, _scene) = scene();
    TestScreen::new(80, 24).play(screen, &format!("<Null>{keys}")).0
}

/// Plays keys; what was asked for besides listings.
fn asked(keys: &str) -> Vec<PanesRequest> {
    let (screen, scene) = scene();
    TestScreen::new(80, 24).play(screen, &format!("<Null>{keys}"));
    let asked = scene.asked.lock().unwrap();
    asked.iter().filter(|it| !matches!(it, PanesRequest::List { .. })).cloned().collect()
}

/// Plays keys; the directories that were listed after the first two.
fn listings(keys: &str) -> Vec<(PaneSide, String)> {
    let (screen, scene) = scene();
    TestScreen::new(80, 24).play(screen, &format!("<Null>{keys}"));
    let asked = scene.asked.lock().unwrap();
    let lists = asked.iter().filter_map(|it| match it {
        PanesRequest::List { side, path, .. } => {
            Some((*side, String::from_utf8_lossy(path).into_owned()))
        }
        _ => None,
    });
    lists.skip(2).collect()
}

/// Plays keys; the jobs in the queue.
fn queued(keys: &str) -> Vec<QueuedJob> {
    let (screen, scene) = scene();
    TestScreen::new(80, 24).play(screen, &format!("<Null>{keys}"));
    let queue = locked(&scene.queue);
    queue.jobs().to_vec()
}

fn exit(keys: &str) -> Option<PanesExit> {
    let (screen, _scene) = scene();
    let (shown, closed) = TestScreen::new(80, 24).play(screen, &format!("<Null>{keys}"));
    closed.unwrap_or_else(|| panic!("{keys} does not leave:\n{shown}")).take_exit()
}

#[test]
fn the_panes_fill_a_small_and_a_large_screen() {
    let (screen, _scene) = scene();
    let small = TestScreen::new(80, 24).play(screen, "<Null>").0;
    let lines: Vec<&str> = small.lines().collect();
    assert_eq!(
        lines[0],
        "┌ local:/home/anna ────────────────────┐┌ anna@web1:/srv ──────────────────────┐"
    );
    assert_eq!(
        lines[1],
        "│  Name↓               Size     Changed││  Name↓               Size     Changed│"
    );
    assert_eq!(
        lines[2],
        "│  ..                                  ││  ..                                  │"
    );
    assert_eq!(
        lines[3],
        "│ /src                      11-29 07:57││ /www                      11-29 07:57│"
    );
    assert!(lines[4].starts_with("│  evil\\x1b[2J\\xff\\…      3 11-29 07:4"), "{}", lines[4]);
    assert!(
        lines[5].contains("notes.txt           1234 11-29 07:51││ *run.sh                80"),
        "{}",
        lines[5]
    );
    assert!(small.contains("日本語のファイル…"), "{small}");
    assert!(lines[21].contains(" 5 entries, 4.7M "), "{}", lines[21]);
    assert!(lines[23].starts_with("1Help") && lines[23].ends_with("10Quit"), "{}", lines[23]);
    let (screen, _scene) = scene();
    let large = TestScreen::new(160, 48).play(screen, "<Null>").0;
    if let Ok(file) = std::env::var("TESSH_SHOW_PANES") {
        std::fs::write(file, format!("```\n{small}```\n\n```\n{large}```\n")).unwrap();
    }
    let page = include_str!("../../../../docs/panes.md");
    assert!(page.contains(&small), "docs/panes.md shows another screen than\n{small}");
    assert!(page.contains(&large), "docs/panes.md shows another screen than\n{large}");
    assert_eq!(large.lines().count(), 48);
    assert!(large.contains("evil\\x1b[2J\\xff\\u{202e}.txt"), "{large}");
    assert!(large.contains("-rwxr-xr-x"), "{large}");
}

#[test]
fn a_narrow_screen_has_the_active_pane_alone_and_none_is_too_small() {
    for (width, height) in [(40, 12), (20, 5), (8, 3), (1, 1)] {
        let (screen, _scene) = scene();
        TestScreen::new(width, height).play(screen, "<Null><Down><Tab><F5><Esc><F1><Esc>");
    }
    for (height, files) in [(8, 3), (7, 3), (6, 3), (5, 2), (4, 1), (3, 2), (2, 1), (1, 1)] {
        let (screen, _scene) = scene();
        let shown = TestScreen::new(40, height).play(screen, "<Null><Tab><End><Up>").0;
        let rows = ["www", "notes.txt", "run.sh", ".. "].map(|name| shown.contains(name));
        let there = rows.iter().filter(|is_there| **is_there).count();
        assert!(there >= files && shown.contains("notes.txt"), "{height}: {shown}");
    }
    let (screen, _scene) = scene();
    let shown = TestScreen::new(40, 12).play(screen, "<Null><Tab>").0;
    assert!(shown.contains("run.sh") && !shown.contains("photo"), "{shown}");
}

#[test]
fn what_was_said_is_not_cut_where_the_screen_has_room() {
    let why = "failed, j shows the job: 2 failed, the first: /srv/a/rather/long/path/to/a/file: no \
               such file or directory on the server";
    let said = |width, height| {
        let (mut screen, _scene) = scene();
        screen.tell(Err(why.to_owned()));
        TestScreen::new(width, height).play(screen, "<Null>").0
    };
    let shown = said(80, 24);
    assert!(shown.contains("on the server") && shown.contains("photo.jpeg"), "{shown}");
    assert!(shown.lines().last().unwrap().starts_with("1Help"), "{shown}");
    let shown = said(60, 10);
    assert!(shown.contains("failed, j shows the job") && shown.contains('…'), "{shown}");
}

#[test]
fn keys_go_through_directories() {
    use PaneSide::{Left, Right};
    let list = |side, path: &str| (side, path.to_owned());
    assert_eq!(listings("<Down><Enter>"), [list(Left, "/home/anna/src")]);
    assert_eq!(listings("<Enter>"), [list(Left, "/home")]);
    assert_eq!(listings("<Tab><BS>"), [list(Right, "/")]);
    assert_eq!(listings("o"), [list(Right, "/home/anna")]);
    assert_eq!(listings("gwork/x<Enter>").len(), 1);
    let both = listings("y<Down><Enter>");
    assert_eq!(both, [list(Left, "/home/anna/src"), list(Right, "/srv/src")]);
    let denied = shown("g<C-u>/denied<Enter>");
    assert!(denied.contains("permission denied") && denied.contains("notes.txt"), "{denied}");
}

#[test]
fn the_cursor_comes_back_to_the_directory_that_was_left() {
    let (screen, scene) = scene();
    let shown = TestScreen::new(80, 24).play(screen, "<Null><Tab><Down><Enter><BS><F6>").0;
    assert!(shown.contains("www"), "{shown}");
    drop(scene);
}

#[test]
fn a_copy_is_queued_with_its_target_and_the_bytes_of_its_names() {
    let jobs = queued("<Down><Down><F5><Enter>");
    assert_eq!(jobs.len(), 1);
    let job = &jobs[0];
    assert_eq!(job.names, [b"evil\x1b[2J\xff\xe2\x80\xae.txt".to_vec()]);
    assert_eq!((&job.to.directory[..], job.to.place.as_str()), (&b"/srv/"[..], "anna@web1"));
    assert_eq!(
        (job.moves, job.existing, &job.task),
        (false, ExistingFiles::Keep, &JobTask::Waiting)
    );
    let jobs = queued("+*.txt<Enter><F6><Tab><Right><Right><Right><Enter>");
    // In the order of the rows, whatever the order in which they have come.
    let names: Vec<String> = jobs[0].names.iter().map(|name| crate::text::name(name, 80)).collect();
    let rows = ["evil\\x1b[2J\\xff\\u{202e}.txt", "notes.txt", "日本語のファイル名.txt"];
    assert!(jobs[0].moves && names == rows, "{jobs:?}");
    assert_eq!(jobs[0].existing, ExistingFiles::Replace);
    let jobs = queued("<End><Up><F5>new.txt<Enter>");
    assert_eq!(jobs[0].new_name.as_deref(), Some(&b"new.txt"[..]));
    assert_eq!(jobs[0].to.directory, b"/srv");
    assert!(shown("<Down><Down><Down><F5>").contains("1 of them are there already"));
}

#[test]
fn files_are_changed_only_after_a_question() {
    let ask = |keys| asked(keys).into_iter().next();
    let on_left = |operation| Some(PanesRequest::Do(PaneSide::Left, operation));
    let path = |name: &str| format!("/home/anna/{name}").into_bytes();
    assert_eq!(ask("<F7>new dir<Enter>"), on_left(PaneOperation::MakeDirectory(path("new dir"))));
    assert_eq!(ask("<F7>a/b<Enter>"), None);
    // The safe button is chosen.
    assert_eq!(ask("<Down><F8><Enter>"), None);
    assert_eq!(ask("<Down><Del><Left><Enter>"), on_left(PaneOperation::Remove(vec![path("src")])));
    assert_eq!(ask("<F8>"), None, "nothing is chosen on ..");
    let evil = b"/home/anna/evil\x1b[2J\xff\xe2\x80\xae.txt".to_vec();
    assert_eq!(
        ask("<Down><Down>r<C-u>good<Enter>"),
        on_left(PaneOperation::Rename(evil.clone(), path("good")))
    );
    assert_eq!(ask("<Down><Down>r<Enter>"), None, "the same name is no change");
    assert_eq!(
        ask("<Down><F9><C-u>0700<Enter>"),
        on_left(PaneOperation::SetMode(vec![path("src")], 0o700))
    );
    assert_eq!(ask("<Down><F9><C-u>99<Enter>"), None);
    assert_eq!(
        ask("<Down><F9><Tab><C-u>1:2<Enter>"),
        on_left(PaneOperation::SetOwner(vec![path("src")], 1, 2))
    );
    assert_eq!(
        ask("<Down><Down>l<Tab>link<Enter>"),
        on_left(PaneOperation::MakeLink(evil[11..].to_vec(), path("link")))
    );
    assert_eq!(ask("u"), on_left(PaneOperation::Usage(vec![b"/home/anna".to_vec()])));
}

#[test]
fn typing_filters_and_escape_shows_all_again() {
    let found = shown("/phot");
    assert!(
        found.contains("filter: phot  (1 found)") && !found.contains("notes.txt           1234"),
        "{found}"
    );
    let kept = shown("/phot<Enter><Down>");
    assert!(!kept.contains("notes.txt           1234"), "{kept}");
    let all = shown("/phot<Enter><Esc>");
    assert!(all.contains("notes.txt           1234"), "{all}");
    assert!(shown(".").contains(".profile") && !shown("..").contains(".profile"));
    assert!(shown("s").contains("Size↓") && shown("sS").contains("Size↑"));
}

#[test]
fn marks_are_counted_and_comparing_marks_what_differs() {
    assert!(shown("<Down><Ins> ").contains("2 of 5 marked"));
    assert!(shown("*").contains("4 of 5 marked"));
    assert!(shown("+*.txt<Enter>-n*<Enter>").contains("2 of 5 marked"));
    let compared = shown("<F2><Enter>");
    assert!(compared.contains("marked what differs: 0 left, 2 right"), "{compared}");
    assert!(compared.contains("2 of 3 marked"), "{compared}");
    let by_contents = shown("<F2><Right><Enter>");
    assert!(by_contents.contains("marked what differs: 1 left, 2 right"), "{by_contents}");
}

#[test]
fn one_pane_is_made_like_the_other_only_after_a_question() {
    let asked = shown("<Tab>Y");
    assert!(asked.contains("local:/home/anna becomes like"), "{asked}");
    assert!(
        asked.contains("3 files (5000)") && asked.contains("2 names are there only"),
        "{asked}"
    );
    assert!(queued("<Tab>Y<Esc>").is_empty());
    let jobs = queued("<Tab>Y<Enter>");
    let ends = (&jobs[0].from.directory[..], &jobs[0].to.directory[..], jobs[0].sync);
    assert_eq!(ends, (&b"/srv"[..], &b"/home/anna"[..], Some(0)));
    assert_eq!(queued("Y<Right><Enter>")[0].sync, Some(2));
}

#[test]
fn a_viewed_file_shows_no_byte_that_a_terminal_obeys() {
    let viewed = shown("<Down><Down><Down><F3>");
    assert!(viewed.contains("\\x1b[31mred") && viewed.contains("/home/anna/notes.txt"), "{viewed}");
    assert!(shown("<Down><Down><Down><F3>x").contains("66 69 72 73 74"));
    // Nothing of the panes is left beside the text.
    assert!(viewed.lines().nth(1) == Some("first line") && !viewed.contains('│'), "{viewed}");
    assert!(shown("<Down><Down><Down><F3><Esc>").contains("local:/home/anna"));
}

#[test]
fn leaving_says_why_and_asks_while_something_is_queued() {
    assert_eq!(exit("q"), Some(PanesExit::Quit));
    assert_eq!(exit("<F10>"), Some(PanesExit::Quit));
    assert_eq!(exit("!"), Some(PanesExit::Shell(PaneSide::Left)));
    let notes = b"/home/anna/notes.txt".to_vec();
    assert_eq!(exit("<Down><Down><Down><F4>"), Some(PanesExit::Edit(PaneSide::Left, notes)));
    assert!(shown("<Down><F5><Enter>q").contains("Jobs that are not done: 1."));
    assert_eq!(exit("<Down><F5><Enter>q<Enter>"), Some(PanesExit::Quit));
}

#[test]
fn the_queue_is_paused_moved_and_emptied_by_keys() {
    let two = "<Down><F5><Enter><Down><F5><Enter>j";
    let jobs = queued(&format!("{two}d"));
    assert_eq!(jobs[1].names, [b"src".to_vec()]);
    let jobs = queued(&format!("{two}p"));
    assert_eq!((&jobs[0].task, &jobs[1].task), (&JobTask::Paused, &JobTask::Waiting));
    assert_eq!(queued(&format!("{two}<Del>")).len(), 1);
    let all = shown(two);
    assert!(all.contains("copy src to anna@web1:/srv/"), "{all}");
}

#[test]
fn enter_in_the_queue_shows_the_job_and_why_it_failed() {
    let (screen, scene) = scene();
    let two = "<Null>+*.txt<Enter><F6><Tab><Right><Enter><Down><F5>n<Enter>";
    let mut stage = TestScreen::new(80, 24);
    stage.play(screen, two);
    let ids: Vec<u64> = locked(&scene.queue).jobs().iter().map(|job| job.id).collect();
    let why = "web1: no space left \x1b[2J on the device".to_owned();
    locked(&scene.queue).job(ids[0]).unwrap().task = JobTask::Failed(why);
    let queue = |keys: &str| {
        let (screen, other) = self::scene();
        *locked(&other.queue) = std::mem::take(&mut *locked(&scene.queue));
        let shown = TestScreen::new(80, 24).play(screen, &format!("<Null>j{keys}")).0;
        *locked(&scene.queue) = std::mem::take(&mut *locked(&other.queue));
        shown
    };
    assert!(queue("").contains("Enter details"), "{}", queue(""));
    let shown = queue("<Enter>");
    for fact in [
        "move",
        "evil\\x1b[2J",
        "/home/anna",
        "anna@web1:/srv/",
        "are replaced if older",
        "failed",
        "web1: no space left \\x1b[2J on the device",
    ] {
        assert!(shown.contains(fact), "{fact}:\n{shown}");
    }
    let shown = queue("<Down><Enter>");
    assert!(shown.contains("anna@web1:/srv/n") && shown.contains("waiting"), "{shown}");
    for leave in ["<Enter>", "<Esc>", "q"] {
        assert!(queue(&format!("<Enter>{leave}")).contains("Enter details"), "{leave}");
    }
    // What a job asks is asked once the queue is closed.
    locked(&scene.queue).job(ids[0]).unwrap().task = JobTask::Running;
    let target = b"/srv/x".to_vec();
    let question = JobQuestion { target, there: (1, None), source: (2, None) };
    locked(&scene.queue).job(ids[0]).unwrap().question = Some(question);
    let shown = queue("<Enter><Wait:A file is there already>");
    assert!(shown.contains("/srv/x"), "{shown}");
    let (empty, _scene) = self::scene();
    let shown = TestScreen::new(80, 24).play(empty, "<Null>j<Enter>").0;
    assert_eq!(shown.matches("Nothing is queued").count(), 2, "{shown}");
}

#[test]
fn what_became_of_a_job_is_said() {
    let line = |tasks: &[JobTask], keys: &str| {
        let (screen, scene) = scene();
        let end = |directory: &[u8]| JobEnd { place: String::new(), directory: directory.to_vec() };
        for task in tasks {
            let job = QueuedJob::new(end(b"/home/anna"), vec![b"src".to_vec()], end(b"/tmp"));
            let (task, new_name) = (task.clone(), Some(b"it".to_vec()));
            let id = locked(&scene.queue).add(QueuedJob { task, new_name, ..job }).unwrap();
            scene.events.send(PanesEvent::JobEnded(id)).unwrap();
        }
        // The jobs end where nobody types.
        let keys = format!("<Wait:notes.txt>{keys}");
        let shown = TestScreen::new(80, 24).play(screen, &keys).0;
        shown.lines().nth(22).unwrap().to_owned()
    };
    let full = JobTask::Failed("/tmp/src: no space left \x1b[2J on the device".to_owned());
    assert_eq!(line(&[JobTask::Done(0)], ""), "done: copy src to /tmp/it");
    let said = line(&[full.clone(), JobTask::Done(0)], "");
    let why = "failed, j shows the job: /tmp/src: no space left \\x1b[2J on the";
    assert!(said.starts_with(why) && said.ends_with(" failed: 1"), "{said}");
    assert!(line(&[full], "<Down><F7><Esc>").trim() == "failed: 1");
    assert!(line(&[JobTask::Paused], "").ends_with("jobs waiting: 1"));
}

#[test]
fn one_entry_is_one() {
    let shown = shown("<Down><Enter>");
    assert!(shown.contains(" 1 entry, 1 "), "{shown}");
}

#[test]
fn the_help_names_how_text_is_selected() {
    let last = (0..9).find(|pages| {
        shown(&format!("<F1>{}", "<PageDown>".repeat(*pages))).contains("Shift+drag")
    });
    assert!(last.is_some(), "{}", shown("<F1>"));
    let viewed = shown("<Down><Down><Down><F3><F1>");
    assert!(viewed.contains("Shift+drag") && viewed.contains("x F4"), "{viewed}");
    assert!(shown("j<F1>").contains("Shift+drag") && shown("<F7><F1>").contains("Shift+drag"));
}

#[test]
fn bookmarks_are_kept_and_lead_somewhere() {
    let (screen, scene) = scene();
    TestScreen::new(80, 24).play(screen, "<Null>b<Enter>");
    assert_eq!(*scene.bookmarks.lock().unwrap(), [b"/home/anna".to_vec()]);
    assert_eq!(
        listings("b<Enter><Down><Enter>b<Enter>").last(),
        Some(&(PaneSide::Left, "/home/anna".to_owned()))
    );
}

#[test]
fn what_changes_meanwhile_is_listed_again() {
    let (screen, scene) = scene();
    scene.events.send(PanesEvent::Changed(PaneSide::Right)).unwrap();
    TestScreen::new(80, 24).play(screen, "<Null><Down>");
    let asked = scene.asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
}

#[test]
fn a_lost_connection_is_said_and_made_again_by_the_key_that_reads_again() {
    let lost = |keys: &str| {
        let (screen, scene) = scene();
        let why = "anna@web1: the connection is lost".to_owned();
        scene.events.send(PanesEvent::Lost(PaneSide::Right, why)).unwrap();
        let (shown, closed) = TestScreen::new(80, 24).play(screen, keys);
        let asked = scene.asked.lock().unwrap().clone();
        (shown, closed, asked)
    };
    let (shown, ..) = lost("<Null>");
    assert!(shown.contains("the connection is lost") && shown.contains("Ctrl-R: again"), "{shown}");
    // The other side is there as ever.
    assert!(shown.contains(" 5 entries, 4.7M "), "{shown}");
    let (shown, _, asked) = lost("<Null><Tab><C-r>");
    assert!(asked.contains(&PanesRequest::Connect(PaneSide::Right)), "{asked:?}");
    assert!(shown.contains(" 3 entries"), "{shown}");
    let (screen, scene) = scene();
    scene.events.send(PanesEvent::LoginWanted(PaneSide::Right)).unwrap();
    let (_, closed) = TestScreen::new(80, 24).play(screen, "<Null>");
    assert_eq!(closed.unwrap().take_exit(), Some(PanesExit::Connect(PaneSide::Right)));
}

#[test]
fn every_key_is_in_the_help_in_each_language() {
    in_each_language(|_| {
        let help = COMMANDS.iter().map(|row| row.help.to_string());
        for line in help {
            let found = (0..12).any(|pages| {
                let keys = "<PageDown>".repeat(pages);
                let first: String = line.chars().take(10).collect();
                shown(&format!("<F1>{keys}")).contains(&first)
            });
            assert!(found, "{line}");
        }
    });
}

/// Two directories, for a picture.
pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
    stage.play(scene().0, "<Down><Down><Ins>").0
}
