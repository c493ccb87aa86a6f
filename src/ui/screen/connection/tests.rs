//! New connection: keys in, the screen, what was entered and the files out.

mod editing;
mod scrolling;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::*;
use crate::catalogue::testing::in_each_language;
use crate::catalogue::texts;
use crate::error::{Kind, Result};
use crate::os::user::UserId;
use crate::profiles::{
    Document, History, OwnSessions, Profile, ProfileStore, RecentTarget, Sessions,
};
use crate::ui::screen::testing::{TestScreen, keys};

/// A check that refuses a host with a space in it.
struct Strict;

impl EnteredCheck for Strict {
    fn check(&self, entered: &Entered) -> Result<()> {
        match entered.host.contains(' ') || entered.host.len() > 1025 {
            true => Err(Error::new(Kind::Usage, "no such host")),
            false => Ok(()),
        }
    }

    fn profile(&self, entered: &Entered) -> Result<Profile> {
        self.check(entered)?;
        let port = entered.port.parse().ok();
        Ok(Profile { host: entered.host.clone(), port, ..Profile::default() })
    }

    fn accepts(&self, document: &Document) -> Result<()> {
        match document.profile().cipher.as_deref() {
            Some("rot13") => Err(Error::new(Kind::Config, "no such cipher")),
            _ => Ok(()),
        }
    }
}

struct Bench {
    dir: tempfile::TempDir,
    store: ProfileStore,
    history: History,
}

fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = ProfileStore::new(dir.path().join("sessions"), UserId::real());
    let history = History::new(dir.path().join("state/history"));
    for (name, host) in [("db", "db.example.org"), ("web", "web.example.org")] {
        let mut document = store.create(name).unwrap();
        document.set(Profile { host: host.into(), ..Profile::default() }).unwrap();
        store.save(&mut document).unwrap();
    }
    Bench { dir, store, history }
}

/// With hosts that were connected to before, two hours ago.
fn bench_with_recents() -> Bench {
    let bench = bench();
    for host in ["old", "root@new:2222"] {
        bench.visit(RecentTarget::Host(host.to_owned()));
    }
    bench
}

impl Bench {
    fn visit(&self, target: RecentTarget) {
        let two_hours = Duration::from_secs(2 * 3600 + 60);
        self.history.add(target, SystemTime::now() - two_hours).unwrap();
    }

    fn dialog(&self) -> NewConnection {
        let hosts = hosts(self.store.clone(), self.history.clone());
        let mut dialog = NewConnection::new(hosts, Arc::new(Strict), &Entered::default());
        while dialog.is_busy() {
            dialog.turn();
        }
        dialog
    }

    /// The last screen, and the input if the dialog has closed.
    fn play(&self, typed: &str) -> (String, Option<Option<Entered>>) {
        let (shown, closed) = TestScreen::new(80, 24).play(self.dialog(), typed);
        (shown, closed.map(|mut dialog| dialog.take_entered()))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("sessions").join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn entered(&self, typed: &str) -> Entered {
        let (shown, closed) = self.play(typed);
        closed.flatten().unwrap_or_else(|| panic!("{typed} does not connect:\n{shown}"))
    }
}

fn host(host: &str) -> Entered {
    Entered { host: host.into(), confirm_paste: true, ..Entered::default() }
}

/// A host that was chosen in the list.
fn chosen_host(name: &str) -> Entered {
    Entered { is_host: true, ..host(name) }
}

fn hosts(store: ProfileStore, history: History) -> Hosts {
    let sessions = Sessions::new(vec![Box::new(OwnSessions(store.clone()))]);
    Hosts::find(store, sessions, history)
}

fn session(name: &str) -> Entered {
    Entered { session: Some(format!("own:{name}")), confirm_paste: true, ..Entered::default() }
}

#[test]
fn what_is_typed_is_connected_to_whatever_the_list_shows() {
    let bench = bench();
    assert_eq!(bench.entered("web<Enter>"), host("web"));
    let (shown, _) = bench.play("we");
    assert!(shown.contains("web.example.org") && !shown.contains("db.example"), "{shown}");
    assert!(shown.contains("Connect to \"we\" "), "{shown}");
}

#[test]
fn the_list_is_reached_with_tab_or_down_and_enter_connects_to_its_choice() {
    let bench = bench_with_recents();
    for to_list in ["<Tab>", "<Down>"] {
        assert_eq!(bench.entered(&format!("{to_list}<Enter>")), chosen_host("root@new:2222"));
        assert_eq!(bench.entered(&format!("{to_list}<Down><Enter>")), chosen_host("old"));
        assert_eq!(bench.entered(&format!("{to_list}<End><Enter>")), session("web"));
    }
    assert_eq!(bench.entered("we<Down><Enter>"), Entered { host: "we".into(), ..session("web") });
    // The list's selection counts until something is typed again.
    let port = bench.entered("<Tab><End><Tab>2222<Tab><Right><Right><Tab><Enter>");
    let wanted = Entered { port: "2222".into(), family: AddressChoice::V6, ..session("web") };
    assert_eq!(port, wanted);
    assert_eq!(bench.entered("<Tab>x<Enter>"), host("x"));
}

#[test]
fn what_is_typed_counts_until_something_is_chosen_in_the_list() {
    let bench = bench_with_recents();
    let with_port = Entered { port: "2222".into(), ..host("we") };
    assert_eq!(bench.entered("we<Tab><Tab>2222<Enter>"), with_port);
    assert_eq!(bench.entered("we<Tab><Enter>"), host("we"));
    assert_eq!(bench.entered("we<Down><Up><Enter>"), host("we"));
    let (shown, _) = bench.play("e<Tab>");
    assert!(shown.contains("Connect to \"e\" "), "{shown}");
    // The first step chooses the row that is marked, the next one the row below.
    let (shown, _) = bench.play("e<Tab><Down>");
    assert!(shown.contains("Connect to \"web\" "), "{shown}");
    let web = Some("own:web".to_owned());
    assert_eq!(bench.entered("e<Tab><Down><Enter>").session, web);
    assert_eq!(bench.entered("e<Tab><Down><Tab>2222<Enter>").session, web);
    assert_eq!(bench.entered("e<Tab><Down><Down><Enter>"), chosen_host("root@new:2222"));
}

#[test]
fn after_a_failure_the_choice_stays_and_enter_goes_where_it_went() {
    let bench = bench_with_recents();
    // A tag is what it was found by, and many are not read again before the screen.
    for n in 0..99 {
        fs::write(bench.file(&format!("a{n}.toml")), "host = \"h\"\ntags = [\"many\"]\n").unwrap();
    }
    let mut dialog = bench.dialog();
    for event in keys("many<Down><End><Enter>") {
        dialog.handle(&event);
    }
    let went = dialog.take_entered().unwrap();
    assert!(went.session.is_some());
    dialog.failed(&Error::new(Kind::Connect, "Connection refused"));
    let (shown, closed) = TestScreen::new(80, 24).play(dialog, "<Enter>");
    let mut closed = closed.unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(closed.take_entered().unwrap(), went);
    assert!(shown.contains("refused") && shown.contains("many"), "{shown}");
    // If it is gone, nothing else takes its place.
    let name = went.session.unwrap();
    fs::remove_file(bench.file(&format!("{}.toml", &name["own:".len()..]))).unwrap();
    closed.failed(&Error::new(Kind::Connect, "Connection refused"));
    let (_, closed) = TestScreen::new(80, 24).play(*closed, "<Enter>");
    assert_eq!(closed.unwrap().take_entered().unwrap(), host("many"));
}

#[test]
fn each_entry_shows_where_it_comes_from_and_what_matches() {
    use ratatui::style::Modifier;
    let bench = bench_with_recents();
    bench.visit(RecentTarget::Session("own:web".to_owned()));
    let text = "host = \"h190\"\nuser = \"deploy\"\ntags = [\"prod\"]\nnote = \"rack 1\"\n";
    fs::write(bench.file("srv-190.toml"), text).unwrap();
    let mut stage = TestScreen::new(80, 24);
    let (shown, _) = stage.play(bench.dialog(), "");
    let line = |shown: &str, part: &str| {
        let found = shown.lines().find(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("{part}\n{shown}")).trim_matches(['│', ' ']).to_owned()
    };
    let squeezed = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(line(&shown, "web.")), "↺ web web.example.org 2 h ago");
    assert_eq!(squeezed(line(&shown, "root@")), "↺ root@new:2222 2 h ago");
    assert_eq!(squeezed(line(&shown, "srv-190")), "★ srv-190 deploy@h190 #prod rack 1");
    assert!(line(&shown, " 5 ").ends_with(" 5 ──"), "{shown}");
    let (shown, _) = stage.play(bench.dialog(), "PROD 19");
    assert!(line(&shown, " of ").ends_with(" 1 of 5 ──"), "{shown}");
    assert!(shown.contains("srv-190") && !shown.contains("web.example"), "{shown}");
    let marks = Modifier::BOLD | Modifier::UNDERLINED;
    let lit = stage.styled(|cell| cell.modifier.contains(marks));
    assert_eq!(lit, "1919prod", "what matches is marked");
    let (shown, _) = stage.play(bench.dialog(), "nothing such");
    assert!(shown.contains("no match") && shown.contains("0 of 5"), "{shown}");
    // Without Unicode, marks are ASCII.
    stage.look.unicode = false;
    let (shown, _) = stage.play(bench.dialog(), "<Down>");
    assert!(shown.contains("> ~ web ") && shown.contains("* srv-190 "), "{shown}");
    assert!(shown.is_ascii(), "{shown}");
}

#[test]
fn the_first_run_says_what_to_type() {
    let bench = bench();
    for name in ["db.toml", "web.toml"] {
        fs::remove_file(bench.file(name)).unwrap();
    }
    for size in [(80, 24), (60, 15)] {
        let (shown, _) = TestScreen::new(size.0, size.1).play(bench.dialog(), "");
        assert!(shown.contains("Type user@host, for example anna@web1."), "{shown}");
        assert!(shown.contains("tessh demo") && !shown.contains(" of "), "{shown}");
    }
    assert_eq!(bench.entered("anna@web1<Enter>"), host("anna@web1"));
}

#[test]
fn the_options_are_one_line_until_they_have_the_focus() {
    let bench = bench();
    let (shown, _) = bench.play("");
    assert!(shown.contains("port 22 unless :port, IPv4 or IPv6"), "{shown}");
    assert!(!shown.contains("TCP port:"), "{shown}");
    let (shown, _) = bench.play("web<C-o>2222<Tab><Right>");
    assert!(shown.contains("TCP port:") && shown.contains("Confirm pastes"), "{shown}");
    let (shown, _) = bench.play("web<C-o>2222<Tab><Right><Tab> <Tab>");
    assert!(shown.contains("port 2222, IPv4, pastes lines without asking"), "{shown}");
    let entered = bench.entered("web<C-o>2222<Tab><Right><Tab> <Enter>");
    let family = AddressChoice::V4;
    let wanted = Entered { port: "2222".into(), family, confirm_paste: false, ..host("web") };
    assert_eq!(entered, wanted);
}

#[test]
fn control_keys_act_everywhere_and_del_and_letters_edit_the_host() {
    let bench = bench_with_recents();
    let (shown, _) = bench.play("new<C-s>");
    assert!(shown.contains("Save as a session"), "{shown}");
    let (shown, _) = bench.play("<Tab><End><C-e>");
    assert!(shown.contains("Edit web"), "{shown}");
    assert_eq!(bench.entered("xwe<Home><Del><C-e>b<Enter>"), host("web"));
}

#[test]
fn other_letters_in_the_list_go_on_typing_in_the_host_field() {
    let bench = bench();
    assert_eq!(bench.entered("a<Tab>bcx<BS><Enter>"), host("abc"));
    assert_eq!(bench.entered("<Tab><Paste:pasted\r\n><Enter>"), host("pasted"));
}

#[test]
fn pastes_are_asked_about_unless_the_box_is_cleared() {
    let bench = bench();
    assert!(bench.entered("web<Enter>").confirm_paste);
    assert!(!bench.entered("web<Tab><Tab><Tab><Tab> <Enter>").confirm_paste);
}

#[test]
fn esc_leaves_and_connects_to_nothing() {
    let bench = bench();
    assert_eq!(bench.play("web<Esc>").1, Some(None));
    assert_eq!(bench.play("<Tab><Esc>").1, Some(None));
    assert_eq!(bench.play("web<C-c>").1, Some(None));
}

#[test]
fn what_is_no_host_is_said_in_the_form() {
    let bench = bench();
    let (shown, closed) = bench.play("a b<Enter>");
    assert!(closed.is_none() && shown.contains("no such host"), "{shown}");
    let (shown, closed) = bench.play(&format!("<Paste:{}><Enter>", "h".repeat(10_000)));
    assert!(closed.is_none() && shown.contains("no such host"), "{shown}");
    let (shown, closed) = bench.play("<Enter>");
    assert!(closed.is_none() && shown.contains("Type a host"), "{shown}");
    // An escape and a line break in a paste are plain text.
    assert_eq!(bench.entered("<Paste:a\x1b[2J\n><Enter>"), host("a[2J"));
}

#[test]
fn a_failure_comes_back_with_the_fields_as_they_were() {
    let bench = bench();
    let mut dialog = bench.dialog();
    for event in keys("root@nowhere<Tab><Tab>2222<Enter>") {
        dialog.handle(&event);
    }
    assert!(dialog.take_entered().is_some());
    dialog.failed(&Error::new(Kind::Connect, "Connection refused\u{1b}[2J"));
    let (shown, closed) = TestScreen::new(80, 24).play(dialog, "<Enter>");
    assert_eq!(closed.unwrap().take_entered().unwrap().port, "2222");
    for part in ["Connection refused\\x1b[2J", "root@nowhere", "2222"] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
}

#[test]
fn a_broken_session_is_shown_with_its_line_and_is_not_connected_to() {
    let bench = bench();
    fs::write(bench.file("bad.toml"), "host = \"h\"\nport = \"x\"\n").unwrap();
    let mut stage = TestScreen::new(200, 60);
    let (shown, _) = stage.play(bench.dialog(), "");
    assert!(shown.contains("bad.toml line 2") && shown.contains("web.example.org"), "{shown}");
    for key in ["<Enter>", "e", "d"] {
        let (shown, closed) = stage.play(bench.dialog(), &format!("<Tab>{key}"));
        assert!(closed.is_none(), "{key}");
        assert_eq!(shown.matches("bad.toml line 2").count(), 2, "{key}: {shown}");
    }
    assert_eq!(bench.entered("<Tab><Down><Enter>"), session("db"));
    // It can be removed nevertheless.
    bench.play("<Tab><Del><Tab><Enter>");
    assert!(!bench.file("bad.toml").exists());
}

#[test]
fn removing_is_asked_about_and_no_is_preselected() {
    let bench = bench();
    for keep in ["<Enter>", "<Esc>"] {
        let (shown, _) = bench.play(&format!("<Tab><Del>{keep}"));
        assert!(bench.file("db.toml").exists(), "{shown}");
    }
    let (shown, _) = bench.play("<Tab><Del><Tab><Enter>");
    assert!(!bench.file("db.toml").exists() && bench.file("web.toml").exists());
    assert!(shown.contains("db was removed"), "{shown}");
    let bench = bench_with_recents();
    let (shown, _) = bench.play("<Tab><Del>");
    assert!(shown.contains("Remove root@new:2222 from what"), "{shown}");
    let (shown, _) = bench.play("<Tab><Del><Tab><Enter>");
    let left: Vec<_> = bench.history.list().into_iter().map(|recent| recent.target).collect();
    assert_eq!(left, [RecentTarget::Host("old".to_owned())]);
    assert!(shown.contains("▸ ↺ old") && shown.contains("Connect to \"old\""), "{shown}");
    // A session's entry in the history goes with the session.
    bench.visit(RecentTarget::Session("own:web".to_owned()));
    bench.play("<Tab><Del><Tab><Enter>");
    assert!(!bench.file("web.toml").exists() && bench.history.list().len() == 1);
}

#[test]
fn what_is_in_the_fields_becomes_a_session() {
    let bench = bench();
    bench.visit(RecentTarget::Host("old".to_owned()));
    let (shown, _) =
        bench.play("new.example.org<Tab><Tab>2222<Tab><Tab><Tab><Right><Enter><C-u>mine<Enter>");
    assert_eq!(bench.read("mine.toml"), "host = \"new.example.org\"\nport = 2222\n");
    assert!(shown.contains("Saved as mine") && shown.contains("▸ ★ mine"), "{shown}");
    assert!(shown.contains("Host:      new.example.org"), "what is typed stays: {shown}");
    // The name of another one is refused, and that one stays.
    let (shown, _) = bench.play("<Tab>n<C-u>web<Enter>");
    assert!(shown.contains("already"), "{shown}");
    assert!(bench.read("web.toml").contains("web.example.org"));
    assert_eq!(bench.entered("<Tab>n<C-u>fresh<Enter><Enter>"), session("fresh"));
    assert_eq!(bench.read("fresh.toml"), "host = \"old\"\n");
}

#[test]
fn a_duplicate_has_the_comments_too() {
    let bench = bench();
    fs::write(bench.file("db.toml"), "# mine\nhost = \"h\"\nfuture = 1\n").unwrap();
    bench.play("<Tab>d<C-u>db2<Enter>");
    assert_eq!(bench.read("db2.toml"), bench.read("db.toml"));
    // To save a session that is chosen is the same.
    bench.play("<Tab><C-s><C-u>db3<Enter>");
    assert_eq!(bench.read("db3.toml"), bench.read("db.toml"));
}

#[test]
fn a_session_that_is_saved_under_another_name_has_the_options_that_were_entered() {
    let bench = bench();
    let before = "host = \"h\" # mine\nport = 9\n\
                  options = [\"addressfamily inet\", '\"AddressFamily\" any', \"Tag=x\"]\n";
    fs::write(bench.file("db.toml"), before).unwrap();
    // The port, IPv6, and the box.
    bench.play("<Tab><C-o>2222<Tab><Right><Right><Tab> <C-s><C-u>zall<Enter>");
    let all = bench.read("zall.toml");
    assert!(all.contains("host = \"h\" # mine\nport = 2222\n"), "{all}");
    assert!(all.contains("[\"Tag=x\", \"AddressFamily=inet6\"]"), "{all}");
    assert!(all.contains("confirm_paste = false"), "{all}");
    bench.play("<Tab><C-o><Tab><Tab> <C-s><C-u>zbox<Enter>");
    assert_eq!(bench.read("zbox.toml"), format!("{before}confirm_paste = false\n"));
    let (shown, _) = bench.play("<Tab><C-o>99999<C-s>");
    assert!(shown.contains("99999") && !shown.contains("Duplicate"), "{shown}");
    // To duplicate is to copy what is there.
    bench.play("<Tab><C-o>2222<S-Tab>d<C-u>zsame<Enter>");
    assert_eq!(bench.read("zsame.toml"), before);
}

#[test]
fn a_name_that_is_free_is_proposed() {
    let bench = bench();
    fs::write(bench.file("db.toml"), "host = \"h\"\n").unwrap();
    bench.play("<Tab>d<Enter>");
    bench.play("<Tab>d<Enter>");
    assert_eq!(bench.read("db-2.toml"), "host = \"h\"\n");
    // A duplicate of a duplicate gets the next number.
    bench.play("<Tab><Down><Down>d<Enter>");
    assert_eq!(
        (bench.read("db-3.toml"), bench.read("db-4.toml")),
        (bench.read("db.toml"), bench.read("db.toml"))
    );
}

#[test]
fn what_is_behind_a_question_is_dimmed_and_the_question_is_inset() {
    use ratatui::style::Modifier;
    let bench = bench();
    let mut stage = TestScreen::new(80, 24);
    let (shown, _) = stage.play(bench.dialog(), "<Tab><Del>");
    let dimmed = stage.styled(|cell| cell.modifier.contains(Modifier::DIM));
    assert!(dimmed.contains("New connection"), "{dimmed}");
    let lit = stage.styled(|cell| !cell.modifier.contains(Modifier::DIM));
    assert!(lit.contains("No (n)") && !lit.contains("New connection"), "{lit}");
    let top = shown.lines().find(|line| line.contains(&say!(connection_remove_title))).unwrap();
    assert!(top.starts_with("│ ┌") || top.starts_with("  ┌"), "{shown}");
}

#[test]
fn the_cursor_is_in_the_dialog_on_top_at_every_size() {
    let bench = bench();
    for (width, height) in [(80, 24), (40, 12), (30, 20), (20, 5)] {
        for (typed, meant) in [("<F1>", say!(close)), ("<Tab><Down>", "web".to_owned())] {
            let mut stage = TestScreen::new(width, height);
            let (shown, _) = stage.play(bench.dialog(), typed);
            let line = shown.lines().nth(usize::from(stage.cursor_line())).unwrap();
            assert!(line.contains(&meant), "{width}x{height} {typed}: {line}\n{shown}");
        }
    }
}

#[test]
fn where_nothing_can_be_written_that_is_said_and_nothing_is_lost() {
    let bench = bench();
    // A file where the directory would be: root may write into any directory.
    let blocked = bench.dir.path().join("blocked");
    fs::write(&blocked, "").unwrap();
    let store = ProfileStore::new(blocked.join("sessions"), UserId::real());
    let hosts = hosts(store, bench.history.clone());
    let dialog = NewConnection::new(hosts, Arc::new(Strict), &Entered::default());
    let typed = "host<Tab><Tab><Tab><Tab><Tab><Right><Enter><C-u>mine<Enter>";
    let (shown, closed) = TestScreen::new(80, 24).play(dialog, typed);
    assert!(closed.is_none());
    assert!(shown.contains("cannot be created") && shown.contains("mine"), "{shown}");
}

#[test]
fn thousands_of_sessions_are_read_while_nothing_is_typed() {
    let bench = bench();
    for n in 0..3_000 {
        fs::write(bench.file(&format!("s{n}.toml")), "host = \"h\"\ntags = [\"many\"]\n").unwrap();
    }
    let hosts = hosts(bench.store.clone(), bench.history.clone());
    let mut dialog = NewConnection::new(hosts, Arc::new(Strict), &Entered::default());
    dialog.handle(&keys("<Tab>")[0]);
    dialog.handle(&keys("<PageDown>")[0]);
    let chosen = dialog.chosen().unwrap().name().to_owned();
    while dialog.is_busy() {
        dialog.turn();
    }
    assert_eq!(dialog.chosen().unwrap().name(), chosen, "the choice stays where it was");
    let (shown, _) = TestScreen::new(80, 24).play(dialog, "<S-Tab>s2999");
    assert!(shown.contains("h  #many"), "{shown}");
}

#[test]
fn every_dialog_can_be_used_at_every_size_in_both_languages() {
    let bench = bench_with_recents();
    // What must be in sight: its buttons, and where the focus is.
    let dialogs = [
        ("", &[texts::connection_leave, texts::connection_hint_help][..]),
        ("<Tab>", &[texts::connection_leave, texts::connection_hint_edit]),
        ("<Tab><End>e", &[texts::connection_save_now, texts::cancel]),
        ("<Tab><End>d", &[texts::connection_save_now, texts::cancel]),
        ("<Tab><Del>", &[texts::connection_remove, texts::no]),
        ("<F1>", &[texts::close]),
        ("a b<Enter>", &[texts::connection_leave]),
    ];
    in_each_language(|language| {
        for (width, height) in [(60, 15), (80, 24), (200, 60)] {
            for (typed, texts) in dialogs {
                let (shown, closed) = TestScreen::new(width, height).play(bench.dialog(), typed);
                assert!(closed.is_none());
                for text in texts {
                    let there = shown.contains(text.in_language(language));
                    assert!(there, "{text} {language:?} {width}x{height} {typed}:\n{shown}");
                }
            }
            let (shown, _) = TestScreen::new(width, height).play(bench.dialog(), "");
            for part in ["db.example.org", "root@new:2222"] {
                assert!(shown.contains(part), "{part} {width}x{height}:\n{shown}");
            }
        }
        for (width, height) in [(10, 3), (1, 1)] {
            for (typed, _) in dialogs {
                TestScreen::new(width, height).play(bench.dialog(), typed);
            }
        }
    });
}

#[test]
fn the_help_can_be_scrolled_to_its_end_where_it_does_not_fit() {
    in_each_language(|language| {
        let bench = bench();
        let last = "TOML";
        let (shown, _) = TestScreen::new(60, 15).play(bench.dialog(), "<F1>");
        assert!(!shown.contains(last), "{language:?}: it fits\n{shown}");
        let down = "<PageDown>".repeat(6);
        let (shown, _) = TestScreen::new(60, 15).play(bench.dialog(), &format!("<Tab>?{down}"));
        assert!(shown.contains(last), "{language:?}\n{shown}");
    });
}

#[test]
fn a_click_chooses_and_a_second_one_connects() {
    use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    let bench = bench();
    let mut dialog = bench.dialog();
    let shown = TestScreen::new(80, 24).show(&mut dialog);
    let (row, line) =
        shown.lines().enumerate().find(|(_, line)| line.contains("web.example")).unwrap();
    let column = line[..line.find("web").unwrap()].chars().count();
    let click = Event::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: column as u16,
        row: row as u16,
        modifiers: KeyModifiers::NONE,
    });
    assert!(matches!(dialog.handle(&click), DialogAction::Stay));
    assert!(matches!(dialog.handle(&click), DialogAction::Close));
    assert_eq!(dialog.take_entered(), Some(session("web")));
}

/// Sessions and hosts to choose from, for a picture.
pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
    let bench = bench();
    for (name, host, user) in [
        ("gate", "gate.example.org", "ops"),
        ("staging web", "web.staging.example.org", "deploy"),
        ("backup", "backup.example.net", "root"),
    ] {
        let mut document = bench.store.create(name).unwrap();
        let user = Some(user.to_owned());
        document.set(Profile { host: host.into(), user, ..Profile::default() }).unwrap();
        bench.store.save(&mut document).unwrap();
    }
    stage.play(bench.dialog(), "<Down><Down>").0
}

/// A search among many sessions, for a page.
pub(in crate::ui::screen) fn searched(stage: &mut TestScreen) -> String {
    let bench = bench();
    let write = |name: &str, text: &str| fs::write(bench.file(&format!("{name}.toml")), text);
    for n in 0..200 {
        write(&format!("node-{n:03}"), &format!("host = \"node{n:03}.example.org\"\n")).unwrap();
    }
    for (name, host, note) in [
        ("lab", "lab.example.org", "rack 19"),
        ("srv-190", "host190.example.org", "rack 1"),
        ("srv-192", "host192.example.org", "rack 3"),
    ] {
        let text =
            format!("host = \"{host}\"\nuser = \"deploy\"\ntags = [\"prod\"]\nnote = \"{note}\"\n");
        write(name, &text).unwrap();
    }
    bench.visit(RecentTarget::Session("own:lab".to_owned()));
    stage.play(bench.dialog(), "prod 19").0
}
