//! What is restored of a terminal, on a pseudo-terminal of the test's own.

use std::io::Read;
use std::os::fd::AsFd;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, tcgetattr, tcsetattr,
};

use super::*;
use crate::terminal::testing::{pty, turn};

fn settings(fd: impl AsFd) -> String {
    format!("{:?}", tcgetattr(fd).unwrap())
}

#[test]
fn once_the_program_ends_no_question_changes_the_terminal() {
    let _turn = turn();
    let (tty, mut person) = pty();
    let before = settings(&tty);
    let open = AlternateScreen::enter(tty.as_descriptor()).unwrap();
    restore_for_good();
    let late = [
        AlternateScreen::enter(tty.as_descriptor()).err(),
        RawMode::enter(tty.as_descriptor()).err(),
        NoEcho::enter(tty.as_descriptor()).err(),
        ScreenMode::enter(tty.as_descriptor(), "on", "off").err(),
    ];
    IS_OVER.store(false, Ordering::Relaxed);
    drop(open);
    assert!(late.iter().all(Option::is_some), "{late:?}");
    assert_eq!(settings(&tty), before);
    write_all(tty.as_descriptor(), b"the end").unwrap();
    let shown = [ENTER_SCREEN, LEAVE_SCREEN, "the end"].concat();
    let mut written = vec![0; shown.len()];
    person.read_exact(&mut written).unwrap();
    assert_eq!(String::from_utf8_lossy(&written), shown);
}

#[test]
fn raw_mode_is_as_ssh_has_it_and_ends_with_the_guard() {
    let _turn = turn();
    let (tty, _person) = pty();
    let mut odd = tcgetattr(&tty).unwrap();
    odd.input_modes.insert(InputModes::IXANY | InputModes::IUTF8 | InputModes::INLCR);
    odd.special_codes[SpecialCodeIndex::VERASE] = 8;
    odd.special_codes[SpecialCodeIndex::VMIN] = 3;
    tcsetattr(&tty, OptionalActions::Now, &odd).unwrap();
    let before = settings(&tty);

    let raw = RawMode::enter(tty.as_descriptor()).unwrap();
    let now = tcgetattr(&tty).unwrap();
    assert_eq!(now.input_modes, InputModes::IGNPAR | InputModes::IUTF8);
    assert!(!now.output_modes.contains(OutputModes::OPOST));
    assert_eq!(now.control_modes, odd.control_modes);
    let gone = LocalModes::ISIG | LocalModes::ICANON | LocalModes::ECHO | LocalModes::IEXTEN;
    assert!(!now.local_modes.intersects(gone));
    assert!(now.local_modes.contains(LocalModes::ECHOCTL | LocalModes::ECHOKE));
    assert_eq!(now.special_codes[SpecialCodeIndex::VMIN], 1);
    drop(raw);
    assert_eq!(settings(&tty), before);
}

#[test]
fn suspending_puts_back_and_resuming_keeps_what_was_changed_meanwhile() {
    let _turn = turn();
    let (tty, _person) = pty();
    let before = settings(&tty);
    let mut raw = RawMode::enter(tty.as_descriptor()).unwrap();
    let while_raw = settings(&tty);
    raw.suspend();
    assert_eq!(settings(&tty), before);
    let mut other = tcgetattr(&tty).unwrap();
    other.special_codes[SpecialCodeIndex::VERASE] = 8;
    tcsetattr(&tty, OptionalActions::Now, &other).unwrap();
    let changed = settings(&tty);
    raw.resume().unwrap();
    raw.resume().unwrap();
    assert_ne!(settings(&tty), changed);
    assert_ne!(while_raw, changed);
    drop(raw);
    assert_eq!(settings(&tty), changed);
}

#[test]
fn a_change_that_another_program_undoes_is_made_again() {
    let _turn = turn();
    let (tty, _person) = pty();
    renew();
    let before = tcgetattr(&tty).unwrap();
    let raw = RawMode::enter(tty.as_descriptor()).unwrap();
    let while_raw = settings(&tty);
    tcsetattr(&tty, OptionalActions::Now, &before).unwrap();
    // The test has no job on this terminal, as if it ran in the background.
    renew();
    assert_eq!(settings(&tty), format!("{before:?}"));
    assert_ne!(settings(&tty), while_raw);
    drop(raw);
    assert_eq!(settings(&tty), format!("{before:?}"));
}

#[test]
fn restoring_everything_unwinds_nested_changes_and_is_idempotent() {
    let _turn = turn();
    let (tty, _person) = pty();
    let before = settings(&tty);
    let mut raw = RawMode::enter(tty.as_descriptor()).unwrap();
    let hidden = NoEcho::enter(tty.as_descriptor()).unwrap();
    restore();
    restore();
    assert_eq!(settings(&tty), before);
    raw.resume().unwrap();
    let again = settings(&tty);
    assert_ne!(again, before);
    drop(hidden);
    assert_eq!(settings(&tty), again, "a guard whose change is undone leaves others alone");
    drop(raw);
    assert_eq!(settings(&tty), before);
}

#[test]
fn a_panic_restores_before_its_message_is_printed() {
    let _turn = turn();
    let (tty, _person) = pty();
    let before = settings(&tty);
    let seen = std::sync::Arc::new(Mutex::new(String::new()));
    let (seen_by_hook, watched) = (seen.clone(), tty.try_clone().unwrap());
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |_| {
        *seen_by_hook.lock().unwrap() = settings(&watched);
    }));
    install_panic_hook();
    let raw = RawMode::enter(tty.as_descriptor()).unwrap();
    let panicked = std::thread::spawn(|| panic!("as the test wants")).join();
    std::panic::set_hook(earlier);
    assert!(panicked.is_err());
    assert_eq!(*seen.lock().unwrap(), before);
    drop(raw);
    assert_eq!(settings(&tty), before);
}

#[test]
fn a_mode_of_the_screen_ends_with_its_guard_or_with_everything_else() {
    let _turn = turn();
    let (tty, mut person) = pty();
    let mut seen = [0; 6];
    let mode = ScreenMode::enter(tty.as_descriptor(), "on", "off;").unwrap();
    drop(mode);
    person.read_exact(&mut seen).unwrap();
    assert_eq!(&seen, b"onoff;");
    let mode = ScreenMode::enter(tty.as_descriptor(), "on", "off.").unwrap();
    restore();
    drop(mode);
    person.read_exact(&mut seen).unwrap();
    assert_eq!(&seen, b"onoff.");
}

#[test]
fn nothing_is_drawn_once_the_main_screen_is_back() {
    let _turn = turn();
    let (tty, mut person) = pty();
    let screen = AlternateScreen::enter(tty.as_descriptor()).unwrap();
    screen.write(b"drawn").unwrap();
    restore();
    screen.write(b"too late").unwrap();
    drop(screen);
    rustix::io::write(&tty, b"END").unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"END") {
        let mut buffer = [0; 256];
        let count = Read::read(&mut person, &mut buffer).unwrap();
        seen.extend_from_slice(&buffer[..count]);
    }
    let seen = String::from_utf8(seen).unwrap();
    assert!(seen.contains("drawn") && seen.contains("\x1b[?1049l"), "{seen:?}");
    assert!(!seen.contains("too late"), "{seen:?}");
}

#[test]
fn what_is_said_while_a_dialog_has_the_screen_follows_it_and_is_bounded() {
    let _turn = turn();
    let (tty, mut person) = pty();
    let reading = std::thread::spawn(move || {
        let mut seen = Vec::new();
        while !seen.ends_with(b"END") {
            let mut buffer = [0; 4096];
            let count = Read::read(&mut person, &mut buffer).unwrap();
            seen.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8(seen).unwrap()
    });
    assert!(!hold("before\n"), "there is no dialog");
    let raw = RawMode::enter(tty.as_descriptor()).unwrap();
    assert!(!hold("in the session\n"), "raw mode alone is a session");
    let screen = AlternateScreen::enter(tty.as_descriptor()).unwrap();
    assert!(hold("first\n") && hold("second\n"));
    screen.write(b"drawn").unwrap();
    let long = "x".repeat(MAX_HELD - 100) + "\n";
    assert!(hold(&long) && hold(&long) && hold(&long));
    drop(screen);
    assert!(!hold("after\n"));
    drop(raw);
    rustix::io::write(&tty, b"END").unwrap();
    let seen = reading.join().unwrap();
    let (dialog, after) = seen.split_once("\x1b[?1049l").unwrap();
    assert!(dialog.ends_with("drawn\x1b[?1006l\x1b[?1002l\x1b[?2004l\x1b[0m\x1b[?25h"), "{dialog}");
    assert!(after.starts_with("first\r\nsecond\r\nxx"), "{after}");
    assert!(after.ends_with("[lines left out: 2]\r\nEND"), "{after}");
}

#[test]
fn what_is_no_terminal_is_an_error() {
    let file = std::fs::File::open("/dev/null").unwrap();
    assert!(RawMode::enter(file.as_descriptor()).is_err());
    assert!(NoEcho::enter(file.as_descriptor()).is_err());
}
