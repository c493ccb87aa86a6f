//! Forms: takes keys, checks what happened and what is visible.

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
            FormRow::buttons(vec![(Key::Go, "Go".into()), (Key::Stop, "Stop".into())]),
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
