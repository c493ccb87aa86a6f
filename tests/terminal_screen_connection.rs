//! `tessh` without arguments: the New connection dialog, from the first key to the end of the
//! session.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::net::{TcpListener, TcpStream};

use lab::{DEMO_USER, Demo, Home, Pty, arg, free_port};
use rustix::process::Signal;

/// Nothing is asked on the way in: this is about the way to it.
fn home(demo: &Demo) -> Home {
    let home = Home::new();
    let key = demo.write_identity(&home, None);
    let config = format!(
        "Host *\nStrictHostKeyChecking accept-new\nPreferredAuthentications publickey\nIdentityFile {}\n",
        arg(&key)
    );
    home.write(".ssh/config", &config);
    home
}

fn open(home: &Home, arguments: &[&str]) -> Pty {
    home.on_pty_with(arguments, &[("LANG", "C.UTF-8")])
}

fn dialog(home: &Home) -> Pty {
    let pty = open(home, &[]);
    pty.wait_until("the dialog and its buttons", |screen| {
        screen.contains("New connection") && screen.contains("Leave")
    });
    assert!(pty.on_alternate_screen());
    pty
}

fn leave_shell(pty: &Pty, status: i32) {
    pty.wait_for("demo$");
    assert!(!pty.on_alternate_screen(), "the shell is on the main screen");
    pty.leave_shell(status);
}

#[test]
fn pastes_are_asked_about_unless_the_box_is_cleared() {
    let demo = Demo::start();
    let home = home(&demo);
    let here = format!("{DEMO_USER}@127.0.0.1:{}", demo.port());
    let pty = dialog(&home);
    pty.send(&format!("{here}<enter>"));
    pty.wait_for("demo$");
    pty.paste("echo a''1\necho b''2\n");
    pty.wait_for("2 lines are to be sent");
    pty.send("<esc>");
    pty.wait_for("[the paste was not sent]");
    leave_shell(&pty, 5);
    // To the box, past list, port and addresses, and back to the host.
    let pty = dialog(&home);
    pty.send("<tab><tab><tab><tab> ");
    pty.wait_for("[ ] Confirm pastes");
    pty.send(&format!("<up><up><up><up>{here}<enter>"));
    pty.wait_for("demo$");
    // The dialogs have switched it on and off.
    let written = pty.written();
    let (on, off) = (written.rfind("\x1b[?2004h"), written.rfind("\x1b[?2004l"));
    assert!(on < off, "pastes are told apart in a session that does not ask");
    leave_shell(&pty, 6);
}

const HISTORY: &str = ".local/state/tessh/history";

/// What is in the history, without the times.
fn remembered(home: &Home) -> Vec<String> {
    let name = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    home.read(HISTORY).lines().map(name).collect()
}

#[test]
fn a_typed_host_is_connected_to_and_remembered() {
    let demo = Demo::start();
    let home = home(&demo);
    let port = demo.port();
    let here = format!("{DEMO_USER}@127.0.0.1:{port}");
    for typed in [
        here.clone(),
        format!("ssh://{here}"),
        format!("ssh -p {port} -l {DEMO_USER} 127.0.0.1"),
        format!("ssh {DEMO_USER}@localhost -4 -p {port}"),
        here.clone(),
    ] {
        let pty = dialog(&home);
        pty.send(&format!("{typed}<enter>"));
        leave_shell(&pty, 7);
    }
    assert_eq!(remembered(&home), [here.clone(), format!("{DEMO_USER}@localhost:{port}")]);
    // And the newest is the first of the list.
    let pty = dialog(&home);
    pty.send("<tab><enter>");
    leave_shell(&pty, 0);
}

#[test]
fn what_fails_before_the_shell_comes_back_with_the_fields_filled() {
    let demo = Demo::start();
    let home = home(&demo);
    // What is typed counts, although the list has an entry.
    std::fs::create_dir_all(home.path(HISTORY).parent().unwrap()).unwrap();
    home.write(HISTORY, &format!("{DEMO_USER}@127.0.0.1:1\n"));
    let free = free_port();
    let pty = dialog(&home);
    pty.send(&format!("{DEMO_USER}@127.0.0.1<tab><tab>{free}<enter>"));
    pty.wait_until("the failure above the fields", |screen| {
        screen.contains("refused")
            && screen.contains(&format!("{DEMO_USER}@127.0.0.1"))
            && screen.contains("Leave")
    });
    assert!(pty.on_alternate_screen());
    // The focus is where it was left: in the port.
    pty.send(&format!("<c-u>{}<enter>", demo.port()));
    leave_shell(&pty, 3);
}

#[test]
fn a_host_key_or_a_login_that_is_refused_comes_back_too() {
    let demo = Demo::start();
    let home = home(&demo);
    let here = format!("{DEMO_USER}@127.0.0.1:{}", demo.port());
    let pty = dialog(&home);
    pty.send(&format!("ssh -o StrictHostKeyChecking=yes {here}<enter>"));
    pty.wait_until("the refused key", |screen| {
        screen.contains("ey verification failed") && screen.contains("Leave")
    });
    pty.send(&format!("<c-u>nobody@127.0.0.1:{}<enter>", demo.port()));
    // The person may choose otherwise; what is left comes back here.
    pty.wait_until("the refused login", |screen| {
        screen.contains("The server refused publickey") && screen.contains("Esc cancel")
    });
    pty.send("<esc>");
    pty.wait_until("the first dialog", |screen| {
        screen.contains("authentication was cancelled") && screen.contains("Leave")
    });
    assert!(!home.path(HISTORY).exists(), "nothing was reached");
    pty.send(&format!("<c-u>{here}<enter>"));
    leave_shell(&pty, 0);
    assert_eq!(remembered(&home), [here]);
}

#[test]
fn a_name_without_an_address_comes_back_and_esc_leaves_without_a_connection() {
    let home = Home::new();
    let pty = dialog(&home);
    pty.send("nowhere.invalid<enter>");
    pty.wait_until("the failure", |screen| {
        screen.contains("Could not resolve hostname") && screen.contains("Leave")
    });
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 130);
    pty.expect_restored();
    assert!(!home.path(HISTORY).exists());
}

#[test]
fn a_session_is_saved_and_connected_to_from_the_list() {
    let demo = Demo::start();
    let home = home(&demo);
    let pty = dialog(&home);
    pty.send(&format!(
        "{DEMO_USER}@127.0.0.1:{}<tab><tab><tab><tab><tab><tab><enter>",
        demo.port()
    ));
    pty.wait_for("Save as a session");
    pty.send("<c-u>mine<enter>");
    pty.wait_for("Saved as mine");
    pty.send("<enter>");
    leave_shell(&pty, 0);
    let saved = home.read(".config/tessh/sessions/mine.toml");
    assert!(saved.contains(&demo.port()) && saved.contains(DEMO_USER), "{saved}");
    assert_eq!(remembered(&home), ["own:mine"]);
    // It is the first of the list now, and a bare Enter there connects to it once more.
    let pty = dialog(&home);
    pty.send("<tab>");
    pty.wait_until("the session with its time", |screen| {
        screen.contains("just now") && screen.contains("Connect to \"mine\"")
    });
    pty.send("<enter>");
    leave_shell(&pty, 0);
    // A host of that name is not the session.
    home.write(HISTORY, "mine\n");
    let pty = dialog(&home);
    pty.send("<tab><enter>");
    pty.wait_for("Could not resolve hostname");
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 130);
}

#[test]
fn the_command_line_fills_the_history_too_but_not_for_programs() {
    let demo = Demo::start();
    let home = home(&demo);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let quiet = ["-o", "BatchMode=yes", "-p", &port, &host, "true"];
    assert_eq!(home.on_pty(&quiet).exit_code(), 0);
    let as_ssh = ["-p", &port, &host, "true"];
    assert_eq!(home.on_pty_with(&as_ssh, &[("TESSH_AS_SSH", "1")]).exit_code(), 0);
    home.tessh(&["-p", &port, &host, "true"]).output().expect_code(0);
    assert!(!home.path(HISTORY).exists());
    assert_eq!(home.on_pty(&["-p", &port, &host, "true"]).exit_code(), 0);
    assert_eq!(remembered(&home), [format!("{host}:{port}")]);
}

#[test]
fn off_a_terminal_and_for_programs_it_is_the_usage_error() {
    let home = Home::new();
    home.tessh(&[]).output().expect_failure(&["no host is named", "usage:"]);
    home.tessh(&["-v"]).output().expect_last_line(&["no host is named"]);
    for (arguments, env) in [
        (&["-o", "BatchMode=yes"][..], ("A", "1")),
        (&["--json"], ("A", "1")),
        (&[], ("TESSH_AS_SSH", "1")),
    ] {
        let pty = home.on_pty_with(arguments, &[env]);
        assert_eq!(pty.exit_code(), 255, "{arguments:?}");
        assert!(pty.screen().contains("no host is named"), "{}", pty.screen());
    }
}

#[test]
fn in_lines_a_number_or_a_host_is_typed() {
    let demo = Demo::start();
    let home = home(&demo);
    let here = format!("{DEMO_USER}@127.0.0.1:{}", demo.port());
    for (arguments, env) in [(&["--plain"][..], ("A", "1")), (&[], ("TERM", "dumb"))] {
        let pty = home.on_pty_with(arguments, &[env]);
        pty.wait_for("Host or number");
        pty.send("h;x<enter>");
        pty.wait_for("invalid characters");
        // What is typed before the question would be shown before it.
        let asked = |times| {
            pty.wait_until("another question", |screen| {
                screen.matches("Host or number").count() == times
            })
        };
        asked(2);
        pty.send("nowhere.invalid<enter>");
        pty.wait_for("Could not resolve hostname");
        asked(3);
        pty.send(&format!("{here}<enter>"));
        pty.wait_for("demo$");
        pty.leave_shell(4);
        assert!(!pty.written().contains("\x1b[?1049h"), "no full screen");
    }
    let pty = open(&home, &["--plain"]);
    pty.wait_for(&format!("1  {here}"));
    pty.send("1<enter>");
    pty.wait_for("demo$");
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    let pty = open(&home, &["--plain", "--lang", "ja"]);
    pty.wait_for("ホストまたは番号");
    pty.send("<enter>");
    assert_eq!(pty.exit_code(), 130);
}

#[test]
fn a_lost_terminal_and_a_signal_end_it_and_every_size_will_do() {
    let home = Home::new();
    let pty = dialog(&home);
    for (rows, columns) in [(3, 10), (60, 200), (15, 60)] {
        pty.resize(rows, columns);
    }
    pty.wait_until("the dialog in its new size", |screen| {
        screen.contains("Leave") && screen.lines().all(|line| line.chars().count() <= 60)
    });
    pty.signal(Signal::HUP);
    assert_eq!(pty.exit_code(), 129);
    pty.expect_restored();
}

#[test]
fn in_japanese_it_is_all_there() {
    let home = Home::new();
    let pty = home.on_pty_with(&[], &[("LANG", "ja_JP.UTF-8")]);
    pty.wait_until("the dialog", |screen| {
        ["新しい接続", "ホスト:", "user@host", "接続", "終了"]
            .iter()
            .all(|text| screen.contains(text))
    });
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 130);
}

/// Connecting that takes long shows its steps, and goes on by itself.
#[test]
fn a_server_that_answers_late_is_waited_for_with_its_steps() {
    let demo = Demo::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = Home::new();
    let known = demo.known_hosts().replace(&demo.port(), &port.to_string());
    home.write(".ssh/known_hosts", &known);
    let there = format!("{DEMO_USER}@127.0.0.1");
    let pty = open(&home, &["-p", &port.to_string(), &there]);
    let steps = ["Connecting to 127.0.0.1", "✓ Name", "✓ Connection", "▸ Key exchange", " s"];
    pty.wait_until("the steps", |screen| steps.iter().all(|it| screen.contains(it)));
    lead(&listener, &demo);
    pty.wait_for("Authentication required.");
    pty.send(&format!("{}<enter>", demo.password()));
    leave_shell(&pty, 0);
}

/// What is typed ahead is for the session.
#[test]
fn what_is_typed_while_connecting_reaches_the_shell() {
    let demo = Demo::start();
    let (listener, home) = (TcpListener::bind("127.0.0.1:0").unwrap(), home(&demo));
    let place = format!("{DEMO_USER}@{}", listener.local_addr().unwrap());
    let pty = open(&home, &[&place]);
    pty.wait_for("▸ Key exchange");
    pty.send("echo typed-a''head<enter>");
    lead(&listener, &demo);
    pty.wait_written("typed-ahead");
    leave_shell(&pty, 0);
}

/// Takes the next connection and leads it to the server.
fn lead(listener: &TcpListener, demo: &Demo) {
    let (here, _) = listener.accept().unwrap();
    let there = TcpStream::connect(("127.0.0.1", demo.port().parse().unwrap())).unwrap();
    for (mut from, mut to) in
        [(here.try_clone().unwrap(), there.try_clone().unwrap()), (there, here)]
    {
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    }
}

/// Esc and Ctrl-C lead back to where one came from.
#[test]
fn connecting_can_be_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let home = Home::new();
    for key in ["<esc>", "<c-c>"] {
        let pty = open(&home, &[&place]);
        pty.wait_for("▸ Key exchange");
        pty.send(key);
        assert_eq!(pty.exit_code(), 255);
        pty.expect_restored();
        assert!(pty.screen().contains("connecting was cancelled"), "{}", pty.screen());

        let pty = dialog(&home);
        pty.send(&format!("{place}<enter>"));
        pty.wait_for("▸ Key exchange");
        pty.send(key);
        pty.wait_until("the dialog with what was typed", |screen| {
            screen.contains("connecting was cancelled") && screen.contains(&place)
        });
        pty.send("<esc>");
        assert_eq!(pty.exit_code(), 130);
    }
}

/// In lines, and under the name ssh, nothing is said of it.
#[test]
fn in_lines_connecting_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let home = Home::new();
    for (as_ssh, options) in [("0", &["--plain"][..]), ("1", &[])] {
        let fixed = ["-o", "ConnectTimeout=1", "-p", &port, "127.0.0.1"];
        let words = [options, &fixed].concat();
        let pty = home.on_pty_with(&words, &[("TESSH_AS_SSH", as_ssh), ("LC_ALL", "C.UTF-8")]);
        assert_eq!(pty.exit_code(), 255);
        let said = pty.written();
        assert_eq!(said.lines().count(), 1, "{said:?}");
        assert!(!said.contains('\x1b') && !said.contains("Connecting"), "{said:?}");
    }
}

#[test]
fn late_answers_of_the_terminal_are_not_typed_into_a_field() {
    let home = Home::new();
    let pty = dialog(&home);
    pty.send("be\x1b]11;rgb:ffff/ffff/ffff\x1b\\fo\x1bP>|XTerm(380)\x1b\\re\x1b]10;rgb:0/0/0\x07");
    pty.send("\x1b[?62;22c\x1b[12;40R");
    pty.send("@web1");
    pty.wait_for("Connect to \"before@web1\"");
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 130);
    pty.expect_restored();
}
