//! Keys in, screen and answer out.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::style::Modifier;
use russh::keys::PublicKey;
use russh::keys::agent::AgentIdentity;

use super::*;
use crate::error::{Error, Kind};
use crate::prompt::{AgentKeys, MethodObstacle, MethodOffer, Occasion};
use crate::secret::Secret;
use crate::ui::screen::testing::{TestScreen, keys as keys_of};

const PLAIN: &str = include_str!("../../../../tests/data/keys/made/ed25519.openssh");
const LOCKED: &str = include_str!("../../../../tests/data/keys/made/ed25519.openssh-enc");
const PUBLIC: &str = include_str!("../../../../tests/data/keys/made/ed25519.pub");
const OTHER: &str = include_str!("../../../../tests/data/keys/made/ecdsa256.pub");

/// A home with `~/.ssh/open`, `~/.ssh/locked`, and a file that is no key.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".ssh")).unwrap();
    for (name, text) in [("open", PLAIN), ("locked", LOCKED), ("junk", "not a key\n")] {
        let path = home.path().join(".ssh").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
    home
}

fn held(text: &str, comment: &str) -> AgentIdentity {
    let key = PublicKey::from_openssh(text).unwrap();
    AgentIdentity::PublicKey { key, comment: comment.to_owned() }
}

/// A question of a server that accepts all methods.
fn question(home: &Path) -> LoginQuestion {
    let offer = |method| MethodOffer { method, accepted: Some(true), obstacle: None };
    let methods = [Method::Password, Method::PublicKey, Method::Agent, Method::KeyboardInteractive];
    LoginQuestion {
        host: "server".to_owned(),
        user: User::Settled("root".to_owned()),
        occasion: Occasion::First,
        hint: None,
        methods: methods.map(offer).to_vec(),
        preselected: Some(Method::Password),
        key_file: None,
        agent: AgentKeys::Held(vec![held(PUBLIC, "laptop"), held(OTHER, "token")]),
        agent_key: 0,
        handed_over: false,
        remember: Some(false),
        again: true,
        worked: None,
        forward: None,
        home: home.to_owned(),
        lost: Arc::new(|| None),
    }
}

fn refuse(question: &mut LoginQuestion, refused: &[Method]) {
    for offer in &mut question.methods {
        offer.accepted = Some(!refused.contains(&offer.method));
    }
}

/// Plays keys to a dialog that closes.
fn answer(question: LoginQuestion, typed: &str) -> Option<LoginAnswer> {
    let (screen, closed) = TestScreen::new(80, 24).play(LoginDialog::new(question, ""), typed);
    closed.unwrap_or_else(|| panic!("still open:\n{screen}")).into_answer()
}

fn attempt(question: LoginQuestion, typed: &str) -> Attempt {
    match answer(question, typed) {
        Some(LoginAnswer::Attempt(attempt)) => *attempt,
        Some(LoginAnswer::User(name)) => panic!("only the user {name}"),
        None => panic!("nothing was answered"),
    }
}

/// Plays keys to a dialog that stays open.
fn screen(question: LoginQuestion, typed: &str) -> String {
    let (screen, closed) = TestScreen::new(80, 24).play(LoginDialog::new(question, ""), typed);
    assert!(closed.is_none(), "closed after {typed}:\n{screen}");
    screen
}

#[test]
fn a_password_is_masked_and_sent_once_it_is_confirmed() {
    let home = home();
    let shown = screen(question(home.path()), "hunter2");
    assert!(shown.contains("Password:    ▸•••••••") && !shown.contains("hunter2"), "{shown}");
    let attempt = attempt(question(home.path()), "hunter2<Enter>");
    let LoginCredential::Password(secret) = attempt.credential else { panic!("another method") };
    assert_eq!(secret.expose(), "hunter2");
    assert!(!attempt.remember && !attempt.forward);
    for leaves in ["hunter2<Esc>", "<C-c>", "<S-Tab><Enter>"] {
        assert!(answer(question(home.path()), leaves).is_none(), "{leaves}");
    }
}

#[test]
fn secrets_are_shown_on_request_and_hold_control_characters() {
    let home = home();
    let shown = screen(question(home.path()), "pa<C-v><C-v>ss<Tab> ");
    assert!(shown.contains("pa^Vss"), "{shown}");
    let attempt = attempt(question(home.path()), "a<C-v><Esc>b<Enter>");
    let LoginCredential::Password(secret) = attempt.credential else { panic!("another method") };
    assert_eq!(secret.expose(), "a\u{1b}b");
}

#[test]
fn a_paste_clears_the_clipboard_only_where_that_was_ticked() {
    let home = home();
    let (mut stage, dialog) =
        (TestScreen::new(80, 24), LoginDialog::new(question(home.path()), ""));
    stage.play(dialog, "<Paste:hunter2>");
    assert!(stage.written.is_empty());
    let dialog = LoginDialog::new(question(home.path()), "");
    let (shown, _) = stage.play(dialog, "<Tab><Tab> <S-Tab><S-Tab><Paste:hunter2\n>");
    assert!(shown.contains("[x] Clear the clipboard") && shown.contains("▸•••••••"), "{shown}");
    let written = String::from_utf8(stage.written).unwrap();
    assert!(written.starts_with("\x1b]52;c;\x1b\\"), "{written:?}");
}

#[test]
fn exactly_one_method_is_on_and_what_it_does_not_need_is_off() {
    let home = home();
    // Moves down past the password's rows, then to each method and Space.
    let keys = "<Down><Down><Down>";
    let on = |shown: &str| shown.matches("(•)").count();
    let shown = screen(question(home.path()), keys);
    assert!(shown.contains("(•) Password") && on(&shown) == 1, "{shown}");
    let shown = screen(question(home.path()), &format!("{keys}<Down> "));
    assert!(shown.contains("(•) Key file") && on(&shown) == 1, "{shown}");
    assert!(shown.contains("Passphrase:"), "{shown}");

    // The first row that can have the focus is the secret; with the server asking, it is a choice.
    for (method, first) in [
        (Method::Password, Key::Password),
        (Method::PublicKey, Key::Passphrase),
        (Method::Agent, Key::Method(Method::Password)),
        (Method::KeyboardInteractive, Key::Method(Method::Password)),
    ] {
        let mut asked = question(home.path());
        asked.preselected = Some(method);
        let mut dialog = LoginDialog::new(asked, "");
        dialog.form.focus(Key::Disconnect);
        dialog.handle(&Event::Key(KeyCode::Tab.into()));
        assert_eq!(dialog.form.focused(), Some(first), "{method:?}");
    }
}

/// Clicks where the text stands on this screen.
fn click(shown: &str, text: &str) -> Event {
    let find = |(row, line): (usize, &str)| {
        let before = &line[..line.find(text)?];
        Some((unicode_width::UnicodeWidthStr::width(before) as u16, row as u16))
    };
    let (column, row) = shown.lines().enumerate().find_map(find).expect("it is shown");
    let kind = MouseEventKind::Down(MouseButton::Left);
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

#[test]
fn a_choice_moves_the_focus_to_what_it_needs_and_keeps_what_was_typed() {
    let home = home();
    let locked = |preselected| {
        let mut asked = question(home.path());
        asked.key_file = Some(home.path().join(".ssh/locked"));
        asked.preselected = Some(preselected);
        asked
    };
    // The password is still there after a passphrase was typed, and the passphrase after that.
    let there = "hunter2<A-k>correct horse";
    let back = format!("{there}<A-p>");
    assert!(screen(locked(Method::Password), there).contains("Passphrase:  ▸•••••"));
    let shown = screen(locked(Method::Password), &back);
    assert!(
        shown.contains("(•) Password (p)") && shown.contains("Password:    ▸•••••••"),
        "{shown}"
    );
    let sent = attempt(locked(Method::Password), &format!("{back}!<Enter>"));
    let LoginCredential::Password(secret) = sent.credential else { panic!("another method") };
    assert_eq!(secret.expose(), "hunter2!");
    let sent = attempt(locked(Method::Password), &format!("{back}<A-k><Enter><Wait:>"));
    let LoginCredential::Key(key) = sent.credential else { panic!("another method") };
    assert!(key.file.is_encrypted());
    // A path that was typed stays, too, and what is shown is shown for both.
    let typed = "<A-k>~/.ssh/none<A-a><A-p><A-k>";
    assert!(screen(question(home.path()), typed).contains("Key file:▸~/.ssh/none"));
    assert!(screen(locked(Method::Password), "<Tab> <A-k>pass").contains("▸pass "));

    // By Space and Enter on a button, by its letter, and by a click: all go where to type next.
    let to = |keys: &str, wanted: Key| {
        let mut dialog = LoginDialog::new(question(home.path()), "");
        for event in keys_of(keys) {
            dialog.handle(&event);
        }
        assert_eq!(dialog.form.focused(), Some(wanted), "{keys}");
    };
    for keys in ["<Down><Down><Down><Down> ", "<Down><Down><Down><Down><Enter>", "<A-k>"] {
        to(keys, Key::File);
    }
    to("<A-a>", Key::AgentKeys);
    to("<A-a>p", Key::Password);
    // Nothing is to be typed for it, so that the focus is on the choice: Enter goes on.
    to("<A-i>", Key::Method(Method::KeyboardInteractive));
    let sent = attempt(question(home.path()), "<A-i><Enter>");
    assert!(matches!(sent.credential, LoginCredential::Interactive));
    // Arrows only move over the choices.
    to("<Down><Down><Down><Down>", Key::Method(Method::PublicKey));
    for (label, wanted) in [
        ("Key file (k)", Key::File),
        ("Agent (a)", Key::AgentKeys),
        ("Password (p)", Key::Password),
    ] {
        let mut stage = TestScreen::new(80, 24);
        let mut dialog = LoginDialog::new(question(home.path()), "");
        let shown = stage.show(&mut dialog);
        dialog.handle(&click(&shown, label));
        assert_eq!(dialog.form.focused(), Some(wanted), "{label}");
    }
}

#[test]
fn what_cannot_be_used_now_is_dim_and_says_why() {
    let home = home();
    let asked = |preselected| {
        let mut asked = question(home.path());
        refuse(&mut asked, &[Method::Password]);
        asked.preselected = Some(preselected);
        asked
    };
    let mut stage = TestScreen::new(80, 24);
    let (shown, _) = stage.play(LoginDialog::new(asked(Method::Agent), ""), "");
    for reason in [
        "( ) Password  not accepted by the server",
        "this method needs none",
        "settled for this connection",
    ] {
        assert!(shown.contains(reason), "{reason}:\n{shown}");
    }
    let dim = stage.styled(|cell| cell.modifier.contains(Modifier::DIM));
    for row in ["( ) Password", "Password: ", "User name: ", "[ ] Show what is typed"] {
        assert!(dim.contains(row), "{row}: {dim}");
    }
    assert!(!dim.contains("Agent (a)"), "{dim}");
    let shown = screen(asked(Method::KeyboardInteractive), "");
    assert!(shown.contains("this method has nothing to remember"), "{shown}");
    let mut open = asked(Method::PublicKey);
    open.key_file = Some(home.path().join(".ssh/open"));
    assert!(screen(open, "").contains("this key needs none"));
    // A letter or a click on it is answered by the reason.
    for shown in [screen(asked(Method::Agent), "p"), {
        let mut dialog = LoginDialog::new(asked(Method::Agent), "");
        let shown = stage.show(&mut dialog);
        dialog.handle(&click(&shown, "( ) Password"));
        assert_eq!(dialog.method(), Some(Method::Agent));
        stage.show(&mut dialog)
    }] {
        assert!(shown.contains("Password: not accepted by the server"), "{shown}");
    }
}

#[test]
fn enter_is_answered_where_no_method_can_be_used() {
    let home = home();
    let asked = || {
        let mut asked = question(home.path());
        let all = asked.methods.iter().map(|offer| offer.method).collect::<Vec<_>>();
        refuse(&mut asked, &all);
        asked.preselected = None;
        asked
    };
    for keys in ["o", "<S-Tab><S-Tab><Enter>"] {
        let shown = screen(asked(), keys);
        assert!(shown.contains("No method can be used here"), "{keys}:\n{shown}");
    }
    assert!(answer(asked(), "o<Enter>").is_none(), "Disconnect");
}

#[test]
fn the_keys_are_named_by_f1_and_the_answers_stay() {
    let home = home();
    let shown = screen(question(home.path()), "hunter2<F1>");
    for key in ["F2", "p Alt+p", "o Alt+o", "Shift+drag", "select text"] {
        assert!(shown.contains(key), "{key}:\n{shown}");
    }
    for leave in ["<F1>", "<Esc>", "<Enter>"] {
        let shown = screen(question(home.path()), &format!("hunter2<F1>{leave}"));
        assert!(shown.contains("Password:    ▸•••••••"), "{leave}:\n{shown}");
    }
}

#[test]
fn what_the_server_does_not_accept_cannot_be_chosen_and_says_so() {
    let home = home();
    let asked = || {
        let mut asked = question(home.path());
        refuse(&mut asked, &[Method::Password, Method::KeyboardInteractive]);
        asked.preselected = Some(Method::Agent);
        asked
    };
    let shown = screen(asked(), "");
    assert!(shown.contains("( ) Password  not accepted by the server"), "{shown}");
    assert!(shown.contains("Keyboard-interactive  not accepted"), "{shown}");
    // Whatever keys are pressed, Space never changes a disabled row.
    let shown = screen(asked(), "<Up> <Up> <Up> <Up> ");
    assert!(!shown.contains("(•) Password") && !shown.contains("(•) Keyboard"), "{shown}");
    let mut off = question(home.path());
    off.methods[0].obstacle = Some(MethodObstacle::SwitchedOff("PasswordAuthentication"));
    off.methods[2].obstacle = Some(MethodObstacle::AgentSilent);
    off.agent = AgentKeys::Silent;
    off.preselected = Some(Method::PublicKey);
    let shown = screen(off, "");
    assert!(shown.contains("switched off by PasswordAuthentication no"), "{shown}");
    assert!(shown.contains("the agent does not answer"), "{shown}");
}

#[test]
fn a_user_name_that_is_only_proposed_is_settled_first_and_alone() {
    let home = home();
    let asked = || {
        let mut asked = question(home.path());
        asked.user = User::Proposed("me".to_owned());
        asked.preselected = None;
        asked.methods.iter_mut().for_each(|offer| offer.accepted = None);
        asked
    };
    let shown = screen(asked(), "");
    assert!(shown.contains("User name:   ▸me") && !shown.contains("(•)"), "{shown}");
    for (keys, expected) in [("<Tab>", "me"), ("<Enter>", "me"), ("<C-u>root<Tab>", "root")] {
        match answer(asked(), keys) {
            Some(LoginAnswer::User(name)) => assert_eq!(name, expected, "{keys}"),
            _ => panic!("{keys}: no user name"),
        }
    }
    assert!(screen(asked(), "<C-u><Enter>").contains("Type a user name"));
    assert!(answer(asked(), "<S-Tab><Enter>").is_none(), "Disconnect");
    assert!(answer(asked(), "root<Esc>").is_none());
    // A settled user name cannot be edited.
    let mut dialog = LoginDialog::new(question(home.path()), "");
    dialog.form.focus(Key::User);
    assert_ne!(dialog.form.focused(), Some(Key::User));
}

#[test]
fn a_wrong_passphrase_is_told_here_and_the_right_one_unlocks() {
    let home = home();
    let asked = || {
        let mut asked = question(home.path());
        asked.key_file = Some(home.path().join(".ssh/locked"));
        asked.preselected = Some(Method::PublicKey);
        asked
    };
    let shown = screen(asked(), "wrong<Enter><Wait:wrong passphrase>");
    assert!(shown.contains("Nothing was sent") && shown.contains("Passphrase:  ▸ "), "{shown}");
    assert!(screen(asked(), "<Enter>").contains("This key needs its passphrase"));
    let keys = "wrong<Enter><Wait:wrong passphrase>correct horse<Enter><Wait:>";
    let LoginCredential::Key(key) = attempt(asked(), keys).credential else { panic!("no key") };
    assert_eq!(key.private.public_key().key_data(), key.file.public().unwrap().key_data());
    // The dialog can be left while a key is unlocked.
    assert!(answer(asked(), "correct horse<Enter><Esc>").is_none());
}

#[test]
fn the_key_file_is_described_as_soon_as_it_is_one() {
    let home = home();
    let asked = || {
        let mut asked = question(home.path());
        asked.preselected = Some(Method::PublicKey);
        asked
    };
    let shown = screen(asked(), "~/.ssh/open");
    assert!(shown.contains("ED25519 256, "), "{shown}");
    assert!(shown.contains("SHA256:3kqLMQQbrxFHpZ0QUfZuJNq8fna9m0wOtQ00UNv6/SU"), "{shown}");
    assert!(shown.contains("needs no passphrase"), "{shown}");
    assert!(screen(asked(), "~/.ssh/none<Enter>").contains("No such file"));
    assert!(screen(asked(), "~/.ssh/junk<Enter>").contains("it is not a key file"));
    assert!(screen(asked(), "/dev/tty<Enter>").contains("not a regular file"));
    assert!(screen(asked(), "<Enter>").contains("Name a key file"));
    let LoginCredential::Key(key) = attempt(asked(), "~/.ssh/open<Enter>").credential else {
        panic!("no key")
    };
    assert_eq!(key.file.path(), home.path().join(".ssh/open"));
}

#[test]
fn the_picker_fills_the_field() {
    let home = home();
    let mut asked = question(home.path());
    asked.preselected = Some(Method::PublicKey);
    let shown = screen(asked, "<F2>l<Enter>");
    assert!(shown.contains("Key file: ~/.ssh/locked") && shown.contains("needs"), "{shown}");
    assert!(shown.contains("Passphrase:  ▸"), "its passphrase comes next:\n{shown}");
    let mut asked = question(home.path());
    asked.preselected = Some(Method::PublicKey);
    let LoginCredential::Key(key) = attempt(asked, "<F2>o<Enter><Enter>").credential else {
        panic!("no key")
    };
    assert_eq!(key.file.path(), home.path().join(".ssh/open"));
    // A file that is picked chooses the method; looking at files does not.
    let shown = screen(question(home.path()), "hunter2<F2>l<Enter>");
    assert!(shown.contains("(•) Key file") && shown.contains("Passphrase:  ▸"), "{shown}");
    let shown = screen(question(home.path()), "hunter2<F2><Esc>");
    assert!(shown.contains("(•) Password") && shown.contains("▸•••••••"), "{shown}");
    let mut asked = question(home.path());
    refuse(&mut asked, &[Method::PublicKey]);
    let shown = screen(asked, "<F2>");
    assert!(!shown.contains("Choose a key file"), "{shown}");
    assert!(shown.contains("Key file: not accepted by the server"), "{shown}");
}

#[test]
fn one_of_the_agents_keys_is_picked() {
    let home = home();
    let mut asked = question(home.path());
    asked.preselected = Some(Method::Agent);
    let LoginCredential::Agent(key) = attempt(asked, "<Down><Enter>").credential else {
        panic!("no key")
    };
    assert_eq!(key.comment(), "token");
}

#[test]
fn each_occasion_has_its_heading() {
    let home = home();
    for (occasion, words) in [
        (Occasion::First, "Authentication required."),
        (Occasion::Refused("password".into()), "Authentication failed. Please retry."),
        (Occasion::Refused("password".into()), "The server refused password."),
        (Occasion::Further("password".into()), "Further authentication required."),
        (
            Occasion::Unusable(Error::new(Kind::Identity, "the agent refused to sign")),
            "the agent refused to sign",
        ),
    ] {
        let mut asked = question(home.path());
        asked.occasion = occasion;
        let shown = screen(asked, "");
        assert!(shown.contains(words), "{words}:\n{shown}");
    }
}

#[test]
fn a_connection_that_is_lost_meanwhile_leaves_only_disconnect() {
    let home = home();
    let mut asked = question(home.path());
    asked.lost = Arc::new(|| Some(Error::new(Kind::Disconnected, "the server hung up")));
    assert!(answer(asked, "x<Wait:lost: the server hung up><Enter>").is_none());
}

#[test]
fn what_the_server_says_first_is_shown_as_the_servers() {
    let home = home();
    let banner = "Members only\nAuthentication failed.\n3\n4\n5\n6\n";
    let dialog = LoginDialog::new(question(home.path()), banner);
    let (shown, _) = TestScreen::new(80, 24).play(dialog, "");
    assert!(shown.contains("┃ Members only") && shown.contains("┃ Authentication failed."));
    assert!(shown.contains("┃ ...") && !shown.contains("┃ 5"), "{shown}");
    assert!(shown.contains("Password:    ▸"), "the password is in sight:\n{shown}");
}

#[test]
fn unlocking_that_takes_long_is_seen_and_can_be_left() {
    let home = home();
    let key = russh::keys::PrivateKey::from_openssh(PLAIN).unwrap();
    let passphrase = Secret::new("long".to_owned());
    let text = crate::keys::write::openssh(&key, Some(&passphrase), 100).unwrap();
    let path = home.path().join("slow");
    fs::write(&path, text.as_bytes()).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let asked = || {
        let mut asked = question(home.path());
        (asked.key_file, asked.preselected) = (Some(path.clone()), Some(Method::PublicKey));
        asked
    };
    let LoginCredential::Key(_) =
        attempt(asked(), "long<Enter><Wait:Unlocking the key><Wait:>").credential
    else {
        panic!("no key")
    };
    assert!(answer(asked(), "long<Enter><Wait:Unlocking the key><Esc>").is_none());
}

#[test]
fn remember_is_for_what_can_be_remembered() {
    let home = home();
    let mut asked = question(home.path());
    asked.remember = Some(true);
    assert!(attempt(asked, "x<Enter>").remember);
    let mut asked = question(home.path());
    (asked.remember, asked.preselected) = (Some(false), Some(Method::KeyboardInteractive));
    let mut dialog = LoginDialog::new(asked, "");
    dialog.form.focus(Key::Remember);
    assert_ne!(dialog.form.focused(), Some(Key::Remember));
}

#[test]
fn it_can_be_used_on_any_screen() {
    let home = home();
    for (width, height) in [(60, 15), (200, 60), (24, 8), (10, 3), (1, 1)] {
        let mut stage = TestScreen::new(width, height);
        let dialog = LoginDialog::new(question(home.path()), "");
        // To the last method, with what is in focus in sight.
        let (shown, _) = stage.play(dialog, "<Down><Down><Down><Down><Down><Down> ");
        if width >= 24 {
            assert!(shown.contains("(•) Keyboard"), "{width}x{height}\n{shown}");
        }
        let dialog = LoginDialog::new(question(home.path()), "");
        let (_, closed) = stage.play(dialog, "<Paste:x\x1b[2J\r\ny><Enter>");
        let answer = closed.and_then(|dialog| dialog.into_answer());
        let Some(LoginAnswer::Attempt(attempt)) = answer else { panic!("{width}x{height}") };
        let LoginCredential::Password(secret) = attempt.credential else {
            panic!("another method")
        };
        assert_eq!(secret.expose(), "x[2J  y");
    }
}

/// A question with a key that is locked, for a picture.
pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
    let home = home();
    let mut question = question(home.path());
    question.host = "web1".to_owned();
    question.user = User::Settled("anna".to_owned());
    question.preselected = Some(Method::PublicKey);
    question.key_file = Some(home.path().join(".ssh/locked"));
    question.forward = Some(false);
    refuse(&mut question, &[Method::KeyboardInteractive]);
    stage.play(LoginDialog::new(question, ""), "secret").0
}
