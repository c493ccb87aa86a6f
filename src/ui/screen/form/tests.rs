//! Forms: takes keys, checks what happened and what is visible.

use crossterm::event::{Event, MouseButton};

use super::*;
use crate::ui::screen::testing::{TestScreen, keys};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Name,
    Left,
    Right,
    Tick,
    List,
    Go,
    Stop,
}

fn form() -> DialogForm<Key> {
    let items = (0..9).map(|n| Item { text: format!("item {n}"), note: String::new() }).collect();
    DialogForm::new(
        "Title",
        vec![
            FormRow::text(Tone::Server, "words of the server"),
            FormRow::field(Key::Name, "Name:", TextField::new("")),
            FormRow::radio(Key::Left, 0, true, "left"),
            FormRow::radio(Key::Right, 0, false, "right"),
            FormRow::check(Key::Tick, false, "tick"),
            FormRow::list(Key::List, items, 3),
            FormRow::buttons(vec![(Key::Go, 'g', "Go".into()), (Key::Stop, 's', "Stop".into())]),
        ],
    )
}

fn play(form: &mut DialogForm<Key>, typed: &str) -> Vec<Happened<Key>> {
    keys(typed).iter().map(|event| form.handle(event)).collect()
}

#[test]
fn keys_move_choose_and_confirm() {
    let mut form = form();
    assert_eq!(play(&mut form, "ab"), [Happened::Changed(Key::Name); 2]);
    assert_eq!(form.text(Key::Name), "ab");
    play(&mut form, "<Tab><Down> ");
    assert!(form.is_on(Key::Right) && !form.is_on(Key::Left), "exactly one of a group is on");
    play(&mut form, "<Tab> ");
    assert!(form.is_on(Key::Tick));
    play(&mut form, "<Tab><Down><Down>");
    assert_eq!(form.selected(Key::List), 2);
    assert_eq!(play(&mut form, "<Tab><Right><Enter>").pop(), Some(Happened::Pressed(Key::Stop)));
    assert_eq!(play(&mut form, "<Esc>"), [Happened::Cancelled]);
    assert_eq!(play(&mut form, "<C-c>"), [Happened::Cancelled]);
}

#[test]
fn what_cannot_be_used_is_passed_over() {
    let mut form = form();
    form.enable(Key::Name, false);
    assert_eq!(form.focused(), Some(Key::Left));
    form.enable(Key::Right, false);
    play(&mut form, "<Tab>");
    assert_eq!(form.focused(), Some(Key::Tick));
    play(&mut form, "<S-Tab><S-Tab>");
    assert_eq!(form.focused(), Some(Key::Stop));
}

#[test]
fn on_a_narrow_screen_no_word_is_lost_and_each_button_has_its_letter() {
    let mut form = DialogForm::new(
        "Title",
        vec![
            FormRow::radio(Key::Left, 0, true, "keyboard-interactive").noted("not accepted here"),
            FormRow::check(Key::Tick, false, "clear the clipboard after a paste"),
            FormRow::buttons(vec![(Key::Go, 'g', "Connect to somewhere far away".into())]),
        ],
    );
    let draw = |form: &mut DialogForm<Key>, width: u16| {
        TestScreen::new(width, 14).draw(|frame, look| form.draw(frame, frame.area(), look))
    };
    let wide = draw(&mut form, 80);
    for whole in ["interactive  not accepted here", "] clear the clipboard after a paste"] {
        assert!(wide.contains(whole), "{wide}");
    }
    let narrow = draw(&mut form, 30);
    for part in
        ["not accepted here", "] clear the clipboard ", "     after a paste ", "to somewh… (g) ]"]
    {
        assert!(narrow.contains(part), "{part}:\n{narrow}");
    }
    let narrower = draw(&mut form, 28);
    for part in ["(•) keyboard-interactive", "    not accepted here"] {
        assert!(narrower.contains(part), "{part}:\n{narrower}");
    }
}

#[test]
fn what_does_not_scroll_is_wrapped_and_a_quiet_button_has_the_whole_line() {
    let quiet = "show the random art now";
    let mut form = DialogForm::new(
        "Title",
        vec![
            FormRow::radio(Key::Left, 0, true, "a way to log in (x)"),
            FormRow::check(Key::Tick, true, "Replace the key on record with this one").pinned(),
            FormRow::buttons(vec![
                FormButton::new(Key::Go, 'g', "Go"),
                FormButton::new(Key::Right, 'a', quiet).quiet(),
            ]),
        ],
    );
    let wrapped = shown(&mut form, 30, 14);
    for part in ["[x] Replace the key on", "    record with this one", &format!("a {quiet}")] {
        assert!(wrapped.contains(part), "{part}:\n{wrapped}");
    }
    // It has two lines at most, and then it says so.
    let cut = shown(&mut form, 20, 14);
    for part in ["(•) a way to log", "    in (x)", "[x] Replace the key", "    on record with…"]
    {
        assert!(cut.contains(part), "{part}:\n{cut}");
    }
}

#[test]
fn the_cursor_is_at_what_has_the_focus() {
    let items = (0..9).map(|n| Item { text: format!("item {n}"), note: String::new() }).collect();
    let mut form = DialogForm::new(
        "Title",
        vec![
            FormRow::list(Key::List, items, 3),
            FormRow::radio(Key::Left, 0, true, "keyboard-interactive").noted("not accepted here"),
            FormRow::check(Key::Tick, false, "clear the clipboard after a paste"),
            FormRow::buttons(vec![(Key::Go, 'g', "Go".into()), (Key::Stop, 's', "Stop".into())]),
        ],
    );
    form.remark(Key::Tick, Tone::Dim, "a remark of several words".into());
    let mut stage = TestScreen::new(30, 20);
    for (typed, meant) in [
        ("", "item 0"),
        ("<Down>", "item 1"),
        ("<Down><Down><Down>", "item 4"),
        ("<Tab>", "(•) keyboard"),
        ("<Tab>", "[ ] clear"),
        ("<Tab>", "Go"),
    ] {
        play(&mut form, typed);
        let all = stage.draw(|frame, look| form.draw(frame, frame.area(), look));
        let line = all.lines().nth(usize::from(stage.cursor_line())).unwrap_or_default();
        assert!(line.contains(meant), "{meant}: {line}\n{all}");
    }
}

#[test]
fn nothing_below_a_form_keeps_the_cursor() {
    use ratatui::layout::Position;
    let mut rows = vec![FormRow::field(Key::Name, "Name:", TextField::new(""))];
    rows.extend((0..30).map(|n| FormRow::text(Tone::Plain, format!("line {n}"))));
    rows.push(FormRow::buttons(vec![(Key::Go, 'g', "Go".into())]));
    let mut form = DialogForm::new("Title", rows);
    // The field is out of sight after the wheel.
    form.scroll = 20;
    let mut stage = TestScreen::new(40, 12);
    let all = stage.draw(|frame, look| {
        frame.set_cursor_position(Position { x: 0, y: 11 });
        form.draw(frame, frame.area(), look);
    });
    assert!(!all.contains("Name:"), "{all}");
    assert_eq!(stage.cursor_line(), 1, "{all}");
}

#[test]
fn buttons_and_the_focus_are_in_sight_at_every_size() {
    for (width, height) in [(60, 15), (200, 60), (30, 9), (24, 8), (20, 5)] {
        let mut stage = TestScreen::new(width, height);
        let mut form = form();
        for _ in 0..8 {
            let shown = stage.draw(|frame, look| form.draw(frame, frame.area(), look));
            assert!(shown.contains("Stop"), "{width}x{height}:\n{shown}");
            let seen = match form.focused() {
                Some(Key::Name) => "Name:",
                Some(Key::Left) => "left",
                Some(Key::Right) => "right",
                Some(Key::Tick) => "tick",
                Some(Key::List) => "item",
                _ => "Go",
            };
            assert!(shown.contains(seen), "{seen} at {width}x{height}:\n{shown}");
            play(&mut form, "<Tab>");
        }
    }
    // A form that does not fit causes no error.
    for (width, height) in [(10, 3), (1, 1), (3, 40), (80, 2)] {
        let mut form = form();
        TestScreen::new(width, height).draw(|frame, look| form.draw(frame, frame.area(), look));
    }
}

#[test]
fn words_of_the_server_have_a_bar_before_them() {
    let mut form = form();
    let shown = TestScreen::new(80, 24).draw(|frame, look| form.draw(frame, frame.area(), look));
    assert!(shown.contains("┃ words of the server"), "{shown}");
}

#[test]
fn a_click_does_what_the_keys_do() {
    use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};
    let mut form = form();
    let shown = TestScreen::new(80, 24).draw(|frame, look| form.draw(frame, frame.area(), look));
    let mut click = |text: &str| {
        let (row, line) =
            shown.lines().enumerate().find(|(_, line)| line.contains(text)).expect("it is shown");
        let column = line[..line.find(text).expect("in this line")].chars().count();
        form.handle(&Event::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: column as u16,
            row: row as u16,
            modifiers: KeyModifiers::NONE,
        }))
    };
    assert_eq!(click("tick"), Happened::Changed(Key::Tick));
    assert_eq!(click("right"), Happened::Changed(Key::Right));
    assert_eq!(click("item 1"), Happened::Changed(Key::List));
    assert_eq!(click("item 1"), Happened::Entered(Key::List));
    assert_eq!(click("Stop"), Happened::Pressed(Key::Stop));
    assert!(form.is_on(Key::Right) && form.is_on(Key::Tick));
}

/// A form in which nothing is preselected, with a detail that can be opened.
fn undecided() -> DialogForm<Key> {
    let items = (0..40).map(|n| Item { text: format!("item {n}"), note: String::new() }).collect();
    let mut form = DialogForm::new(
        "Title",
        vec![
            FormRow::text(Tone::Strong, "the question"),
            FormRow::gap(),
            FormRow::check(Key::Tick, false, "tick"),
            FormRow::field(Key::Name, "Name:", TextField::new("")),
            FormRow::gap(),
            FormRow::list(Key::List, items, 4),
            FormRow::text(Tone::Plain, "+--+\n|  |\n+--+").spare(),
            FormRow::buttons(vec![
                FormButton::new(Key::Go, 'g', "Go"),
                FormButton::new(Key::Stop, 's', "Stop").dangerous(),
                FormButton::new(Key::Right, 'a', "art").quiet(),
            ]),
        ],
    );
    form.default = None;
    form
}

fn shown(form: &mut DialogForm<Key>, width: u16, height: u16) -> String {
    TestScreen::new(width, height).draw(|frame, look| form.draw(frame, frame.area(), look))
}

#[test]
fn a_buttons_letter_presses_it_except_where_letters_are_text() {
    let mut form = undecided();
    assert!(shown(&mut form, 80, 24).contains("[ Go (g) ]  [ Stop (s) ]  a art"));
    for (keys, pressed) in [("g", Key::Go), ("S", Key::Stop), ("ｇ", Key::Go), ("a", Key::Right)] {
        form.focus(Key::Tick);
        assert_eq!(play(&mut form, keys), [Happened::Pressed(pressed)], "{keys}");
    }
    // In a field it is text, unless Alt is held; a list has letters of its own only if it says so.
    form.focus(Key::Name);
    assert_eq!(play(&mut form, "g"), [Happened::Changed(Key::Name)]);
    assert_eq!(play(&mut form, "<A-g>"), [Happened::Pressed(Key::Go)]);
    assert_eq!(form.text(Key::Name), "g");
    form.focus(Key::List);
    assert_eq!(play(&mut form, "s"), [Happened::Pressed(Key::Stop)]);
    let mut form = undecided().typing_in_lists();
    form.focus(Key::List);
    assert!(matches!(play(&mut form, "s")[..], [Happened::Unused(_)]));
    assert_eq!(play(&mut form, "<A-s>"), [Happened::Pressed(Key::Stop)]);
    // The focus passes over what only opens a detail.
    form.focus(Key::Stop);
    play(&mut form, "<Tab>");
    assert_eq!(form.focused(), Some(Key::Tick));
}

#[test]
fn enter_is_answered_where_nothing_is_chosen() {
    for size in [(80, 24), (60, 12), (24, 8)] {
        let mut form = undecided();
        assert_eq!(play(&mut form, "<Enter>"), [Happened::Nothing]);
        let answered =
            shown(&mut form, size.0, size.1).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(answered.contains("press g"), "{size:?} {answered}");
    }
    let mut form = undecided();
    play(&mut form, "<Enter>");
    assert!(shown(&mut form, 80, 24).contains("Nothing is chosen yet: press g or s."));
    play(&mut form, "<Tab>");
    assert!(!shown(&mut form, 80, 24).contains("Nothing is chosen"));
    play(&mut form, "<Enter>");
    assert!(shown(&mut form, 80, 24).contains("press Alt+g or Alt+s."));
}

#[test]
fn too_few_lines_take_blank_lines_first_then_the_art_then_the_hints() {
    let mut form = undecided();
    let inside = |shown: &str| {
        let lines = shown.lines().filter(|line| line.contains('│'));
        lines.map(|line| line.trim_matches(['│', ' ']).to_owned()).collect::<Vec<_>>()
    };
    let whole = shown(&mut form, 80, 24);
    let lines = inside(&whole);
    assert!(lines[0].is_empty() && lines[1] == "the question" && lines[2].is_empty(), "{whole}");
    assert!(whole.contains("│  the question"), "two columns of padding\n{whole}");
    for (height, blank, art, hints) in [
        (24, true, true, true),
        (14, false, true, true),
        (12, true, false, true),
        (11, false, false, true),
        (10, false, false, false),
    ] {
        let small = shown(&mut form, 80, height);
        let lines = inside(&small);
        assert_eq!(lines.iter().any(String::is_empty), blank, "{height}\n{small}");
        assert_eq!(small.contains("+--+"), art, "{height}\n{small}");
        assert_eq!(small.contains("Esc cancel"), hints, "{height}\n{small}");
        assert!(small.contains("the question") && small.contains("Stop (s)"), "{height}\n{small}");
    }
}

#[test]
fn the_wheel_moves_a_long_list_and_the_selection_stays() {
    use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};
    let mut form = undecided();
    form.focus(Key::List);
    let before = shown(&mut form, 80, 24);
    let row = before.lines().position(|line| line.contains("item 1")).expect("it is shown") as u16;
    let kind = MouseEventKind::ScrollDown;
    let wheel = Event::Mouse(MouseEvent { kind, column: 20, row, modifiers: KeyModifiers::NONE });
    for _ in 0..4 {
        form.handle(&wheel);
    }
    let after = shown(&mut form, 80, 24);
    assert!(before.contains("item 0") && before.contains('█'), "{before}");
    assert!(after.contains("item 8") && !after.contains("item 0"), "{after}");
    assert_eq!(form.selected(Key::List), 0);
    for _ in 0..90 {
        form.handle(&wheel);
    }
    assert!(shown(&mut form, 80, 24).contains("item 39"));
    play(&mut form, "<Down>");
    assert!(shown(&mut form, 80, 24).contains("▸ item 1"), "a key returns to the selection");
}

#[test]
fn a_remark_stands_beside_its_row_and_what_is_wrong_goes_with_the_text() {
    let mut form = undecided();
    form.remark(Key::Name, Tone::Danger, "no such name".into());
    let line = |form: &mut DialogForm<Key>, text: &str| {
        let all = shown(form, 80, 24);
        all.lines().find(|line| line.contains(text)).map(str::to_owned)
    };
    assert!(line(&mut form, "Name:").is_some_and(|line| line.contains("no such name")));
    form.remark(Key::Name, Tone::Danger, "x".repeat(60));
    assert!(line(&mut form, "Name:").is_some_and(|line| !line.contains("xxx")));
    assert!(line(&mut form, "xxx").is_some(), "below where it has no room");
    form.focus(Key::Name);
    play(&mut form, "a");
    assert!(line(&mut form, "xxx").is_none());
    // A text is in sight whole beside the remark, or the remark goes below it.
    for (columns, is_beside) in [(40, true), (51, true), (58, false)] {
        let text = format!("{}a", "b".repeat(columns - 1));
        form.field(Key::Name).unwrap().set(&text);
        form.remark(Key::Name, Tone::Good, "the same".into());
        let found = line(&mut form, &text).unwrap_or_else(|| panic!("{columns}"));
        assert_eq!(found.contains("the same"), is_beside, "{found}");
    }
    form.field(Key::Name).unwrap().set(&"b".repeat(64));
    form.disable(Key::Name, "not now".into());
    assert!(line(&mut form, "Name:").is_some_and(|line| !line.contains("not now")));
    form.field(Key::Name).unwrap().set("anna");
    assert!(line(&mut form, "Name:").is_some_and(|line| line.contains("anna   not now")));
    form.disable(Key::Tick, "not accepted by the server".into());
    assert!(line(&mut form, "tick").is_some_and(|line| line.contains("not accepted")));
    form.enable(Key::Tick, true);
    assert!(line(&mut form, "tick").is_some_and(|line| !line.contains("not accepted")));
}
