//! A long list with the wheel and the scrollbar.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::*;

const WHEEL_DOWN: MouseEventKind = MouseEventKind::ScrollDown;
const WHEEL_UP: MouseEventKind = MouseEventKind::ScrollUp;
const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);

/// Sixty sessions, s00 to s59, on a screen.
struct LongList {
    _bench: Bench,
    dialog: NewConnection,
    stage: TestScreen,
}

impl LongList {
    fn new(width: u16, height: u16) -> LongList {
        let bench = bench();
        for name in ["db", "web"] {
            fs::remove_file(bench.file(&format!("{name}.toml"))).unwrap();
        }
        for n in 0..60 {
            fs::write(bench.file(&format!("s{n:02}.toml")), "host = \"h\"\n").unwrap();
        }
        let dialog = bench.dialog();
        LongList { _bench: bench, dialog, stage: TestScreen::new(width, height) }
    }

    fn shown(&mut self) -> String {
        self.stage.show(&mut self.dialog)
    }

    fn press(&mut self, typed: &str) {
        for event in keys(typed) {
            self.dialog.handle(&event);
            self.shown();
        }
    }

    fn mouse(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) -> DialogAction {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.dialog.handle(&Event::Mouse(event))
    }

    /// Where the list is, and its scrollbar: its first line, its lines, and the bar's column.
    fn list(&mut self) -> (u16, u16, u16) {
        let shown = self.shown();
        let is_row = |line: &&str| line.contains(" ★ s");
        let first = shown.lines().position(|line| is_row(&line)).expect("a row");
        let lines = shown.lines().filter(is_row).count();
        let bar = shown.lines().find_map(|line| {
            let before = &line[..line.find('█')?];
            Some(unicode_width::UnicodeWidthStr::width(before))
        });
        (first as u16, lines as u16, bar.expect("a scrollbar") as u16)
    }

    /// The first and the last session in sight.
    fn seen(&mut self) -> (String, String) {
        let shown = self.shown();
        let name = |line: &str| {
            let (_, name) = line.split_once("★ ")?;
            name.split_whitespace().next().map(str::to_owned)
        };
        let names: Vec<String> = shown.lines().filter_map(name).collect();
        (names.first().unwrap().clone(), names.last().unwrap().clone())
    }

    /// The lines of the list whose part of the bar is its thumb.
    fn thumb(&mut self) -> Vec<u16> {
        let (first, ..) = self.list();
        let shown = self.shown();
        let lines = shown.lines().enumerate().filter(|(_, line)| line.contains('█'));
        lines.map(|(row, _)| row as u16 - first).collect()
    }
}

#[test]
fn the_wheel_moves_the_list_and_neither_the_choice_nor_what_is_typed() {
    for (width, height) in [(60, 15), (80, 24), (160, 50)] {
        let mut list = LongList::new(width, height);
        list.press("<Down><Down>");
        let (first, lines, _) = list.list();
        let at = (width / 2, first + 1);
        assert_eq!(list.seen().0, "s00");
        list.mouse(WHEEL_DOWN, at);
        assert_eq!(list.seen().0, "s02", "{width}x{height}");
        for _ in 0..40 {
            list.mouse(WHEEL_DOWN, at);
        }
        let last = list.seen();
        assert_eq!(last, (format!("s{}", 60 - lines), "s59".to_owned()), "{width}x{height}");
        // From the end it moves at once, however far the wheel was turned.
        list.mouse(WHEEL_UP, at);
        assert_eq!(list.seen().1, "s57");
        assert_eq!(list.dialog.chosen().unwrap().name(), "s01");
        assert!(list.shown().contains("Connect to \"s01\""), "{}", list.shown());
        for _ in 0..40 {
            list.mouse(WHEEL_UP, at);
        }
        assert_eq!(list.seen().0, "s00");
        // A key goes on from the choice, and brings it into sight.
        for _ in 0..9 {
            list.mouse(WHEEL_DOWN, at);
        }
        list.press("<Down>");
        assert_eq!(list.dialog.chosen().unwrap().name(), "s02");
        assert!(list.shown().contains("▸ ★ s02"), "{}", list.shown());
    }
    // With the focus in the host field, what is typed counts as before.
    let mut list = LongList::new(80, 24);
    list.press("s");
    let (first, ..) = list.list();
    list.mouse(WHEEL_DOWN, (40, first));
    assert_eq!(list.dialog.now(), host("s"));
    assert_eq!(list.seen().0, "s02");
}

#[test]
fn a_click_chooses_what_is_under_the_pointer_after_the_wheel() {
    let mut list = LongList::new(80, 24);
    let (first, ..) = list.list();
    for _ in 0..5 {
        list.mouse(WHEEL_DOWN, (40, first));
    }
    assert_eq!(list.seen().0, "s10");
    assert!(matches!(list.mouse(CLICK, (40, first + 3)), DialogAction::Stay));
    assert!(list.shown().contains("▸ ★ s13"), "{}", list.shown());
    assert_eq!(list.seen().0, "s10", "the list stays where it was");
    assert!(matches!(list.mouse(CLICK, (40, first + 3)), DialogAction::Close));
    assert_eq!(list.dialog.take_entered(), Some(session("s13")));
}

#[test]
fn what_is_typed_or_stepped_to_is_in_sight_after_the_wheel() {
    let mut list = LongList::new(80, 24);
    let (first, ..) = list.list();
    for _ in 0..20 {
        list.mouse(WHEEL_DOWN, (40, first));
    }
    list.press("s");
    assert_eq!(list.seen().0, "s00", "the best match is in sight: {}", list.shown());
    for _ in 0..20 {
        list.mouse(WHEEL_DOWN, (40, first));
    }
    list.press("<Tab><Down>");
    assert!(list.shown().contains("▸ ★ s00"), "{}", list.shown());
    assert_eq!(list.dialog.now().session, Some("own:s00".to_owned()));
}

#[test]
fn the_scrollbar_shows_where_the_list_is_and_can_be_clicked_and_dragged() {
    in_each_language(|_| {
        for (width, height) in [(60, 15), (80, 24), (160, 50)] {
            let mut list = LongList::new(width, height);
            list.press("<Down>");
            let (first, lines, bar) = list.list();
            let size = format!("{width}x{height}");
            // The thumb is at an end only where the list is.
            assert!(list.thumb().contains(&0) && !list.thumb().contains(&(lines - 1)), "{size}");
            list.mouse(WHEEL_DOWN, (width / 2, first));
            assert!(!list.thumb().contains(&0), "{size}\n{}", list.shown());
            list.mouse(CLICK, (bar, first + lines - 1));
            assert_eq!(list.seen().1, "s59", "{size}");
            assert!(list.thumb().contains(&(lines - 1)), "{size}\n{}", list.shown());
            list.mouse(CLICK, (bar, first + lines / 2));
            let middle = list.seen().0;
            assert!("s10" < middle.as_str() && middle.as_str() < "s50", "{size} {middle}");
            list.mouse(DRAG, (bar, first));
            assert_eq!(list.seen().0, "s00", "{size}");
            assert!(list.thumb().contains(&0), "{size}");
            // Nothing was chosen by that.
            assert_eq!(list.dialog.chosen().unwrap().name(), "s00");
            // A list that is in sight whole has none.
            list.press("<S-Tab>s07");
            assert!(!list.shown().contains('█'), "{size}\n{}", list.shown());
        }
    });
}
