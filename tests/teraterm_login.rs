//! Logging in as Tera Term leads a person: one dialog, one method, and nothing is tried
//! unasked.
//!
//! A test presses keys, reads the screen, and asks the server's log what was sent.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "teraterm_login/asking.rs"]
mod asking;
#[path = "teraterm_login/duplicate.rs"]
mod duplicate;
#[path = "teraterm_login/habit.rs"]
mod habit;
mod lab;
#[path = "teraterm_login/lines.rs"]
mod lines;
#[allow(dead_code)]
#[path = "gaps/ours.rs"]
mod ours;
#[path = "teraterm_login/server.rs"]
mod server;
#[path = "teraterm_login/thinking.rs"]
mod thinking;

use std::fs;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use lab::{Agent, DEMO_USER, Demo, Home, PASSWORD, Pty, Setup, Sshd, USER, arg, strs};
use russh::MethodKind::{KeyboardInteractive, Password, PublicKey};
use rustix::process::Signal;
use server::{Scripted, Step};

/// The foot of every dialog: once it is drawn, all is.
const FOOT: &str = "Esc cancel";

fn on_pty(home: &Home, arguments: &[String], env: &[(&str, &str)]) -> Pty {
    let arguments = strs(arguments);
    home.on_pty_with(&arguments, &[&[("LC_ALL", "C.UTF-8")], env].concat())
}

/// Connects to `tester@127.0.0.1`, whose method nothing settles.
fn connect(home: &Home, sshd: &Sshd, options: &[&str]) -> Pty {
    on_pty(home, &sshd.to(options, &[]), &[])
}

/// Waits until a dialog is drawn with all of these words.
#[track_caller]
fn dialog(pty: &Pty, words: &[&str]) -> String {
    pty.wait_until(&format!("the dialog with {words:?}"), |screen| {
        words.iter().all(|word| screen.contains(word)) && screen.contains(FOOT)
    })
}

/// Waits for the shell's prompt, alone on a clean screen, and leaves it.
fn leave_shell(pty: &Pty) {
    pty.wait_until("the shell", |screen| screen.trim_end().ends_with('$'));
    assert!(!pty.on_alternate_screen());
    pty.leave_shell(0);
}

/// A home that knows the scripted server.
fn knowing(server: &Scripted) -> Home {
    let home = Home::new();
    home.write(".ssh/known_hosts", server.known_hosts());
    home
}

/// 3. No user name or credential leaves before the host key is accepted.
#[test]
#[ignore = "needs peers: tests/run"]
fn nothing_is_sent_while_the_host_key_is_in_question() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let pty = connect(&home, &sshd, &[]);
    pty.wait_for("SHA256:");
    pty.send("<c-c>");
    assert_ne!(pty.exit_code(), 0);
    pty.expect_restored();
    sshd.wait_for_log("Connection ");
    sshd.wait_for_log("[preauth]");
    assert!(!sshd.log().contains("userauth-request"), "{}", sshd.log());
}

/// 4. One screen, exclusive methods; what does not belong to one is off.
#[test]
#[ignore = "needs peers: tests/run"]
fn one_screen_has_all_methods_and_one_is_on() {
    let sshd = Sshd::start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let pty = connect(&home, &sshd, &[]);
    let shown = dialog(&pty, &["Authentication required.", "(•) Password"]);
    assert!(shown.matches("( )").count() == 3, "{shown}");
    assert!(shown.contains("Logging in to 127.0.0.1"), "{shown}");
    assert!(shown.contains("Agent  no agent is running"), "{shown}");
    // To the key file's button and Space.
    pty.send("<down><down><down><down> ");
    dialog(&pty, &["(•) Key file", "( ) Password", "Passphrase:"]);
    // The focus is in the name of the file now.
    pty.send("<down> ");
    dialog(&pty, &["(•) Keyboard-interactive", "( ) Key file"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert!(pty.screen().contains("cancelled"), "{}", pty.screen());
    assert_eq!(sshd.methods_tried(), [""; 0]);
}

/// 5. No fallback: what was chosen is tried, and nothing else.
#[test]
#[ignore = "needs peers: tests/run"]
fn no_other_method_is_tried_behind_the_back() {
    let sshd = Sshd::start(&["UsePAM yes", "PasswordAuthentication no"]);
    let home = Home::knowing(&sshd);
    let pty = connect(&home, &sshd, &["--auth", "password"]);
    pty.wait_for("password:");
    pty.send(&format!("{PASSWORD}<enter>"));
    assert_eq!(pty.exit_code(), 255);
    pty.wait_for("the server accepts only");
    assert_eq!(sshd.methods_tried(), ["password"]);

    let sshd = Sshd::start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let pty = connect(&home, &sshd, &[]);
    dialog(&pty, &["Authentication required."]);
    pty.send("wrong<enter>");
    dialog(&pty, &["Please retry."]);
    assert_eq!(sshd.methods_tried(), ["password"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    assert_eq!(sshd.methods_tried(), ["password"]);
}

/// 6. The dialog returns with the reason, the method and the user as they were.
#[test]
fn a_refusal_leads_back_to_the_dialog() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let arguments = ["-p".to_owned(), demo.port(), format!("{DEMO_USER}@127.0.0.1")];
    let pty = on_pty(&home, &arguments, &[]);
    dialog(&pty, &["Authentication required."]);
    pty.send("wrong<enter>");
    let shown = dialog(
        &pty,
        &["Authentication failed. Please retry.", "The server refused password.", "(•) Password"],
    );
    // The user name takes no keys: the cursor is in the password.
    assert!(shown.contains("Password:    ▸"), "{shown}");
    pty.send(&format!("{}<enter>", demo.password()));
    leave_shell(&pty);
    assert!(!pty.written().contains(demo.password()) && !pty.written().contains("wrong"));
}

/// 6. A method that the server gives up is left, and nothing is sent by itself.
#[test]
fn a_method_that_is_gone_moves_the_choice_and_waits() {
    let server = Scripted::start([
        Step::Refuse(&[Password, KeyboardInteractive]),
        Step::Refuse(&[KeyboardInteractive]),
        Step::Ask("", "", &[("Code: ", false)]),
        Step::Refuse(&[KeyboardInteractive]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[]);
    dialog(&pty, &["(•) Password", "Key file  not accepted by the server"]);
    pty.send("secret<enter>");
    dialog(&pty, &["(•) Keyboard-interactive", "Please retry.", "Password  not accepted"]);
    let log = ["none root", "password root \"secret\""];
    assert_eq!(server.log(), log);
    pty.send("<enter>");
    dialog(&pty, &["Code:"]);
    assert_eq!(server.log(), [&log[..], &["keyboard-interactive root"]].concat());
    pty.send("123<enter>");
    dialog(&pty, &["The server refused keyboard-interactive.", "(•) Keyboard-interactive"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    assert_eq!(server.log().last().unwrap(), "answers 123");
}

/// 7. What the server does not accept is greyed.
#[test]
#[ignore = "needs peers: tests/run"]
fn methods_that_the_server_does_not_accept_are_off() {
    let lines = ["PasswordAuthentication no", "KbdInteractiveAuthentication no"];
    let sshd = Sshd::start(&lines);
    let home = Home::knowing(&sshd);
    let key = home.key(".ssh/id_ed25519", &["ed25519"], "");
    sshd.authorize(&key, "");
    let pty = connect(&home, &sshd, &[]);
    dialog(
        &pty,
        &[
            "(•) Key file",
            "( ) Password  not accepted by the server",
            "Keyboard-interactive  not accepted by the server",
            "Key file: ~/.ssh/id_ed25519",
        ],
    );
    assert_eq!(sshd.methods_tried(), [""; 0]);
    pty.send("<enter>");
    leave_shell(&pty);
    let tried = sshd.methods_tried();
    assert!(tried.iter().all(|method| method == "publickey"), "{tried:?}");
}

/// 8. Partial success says so, narrows the list, and forgets what was remembered.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_second_step_is_asked_for() {
    let lines = ["UsePAM yes", "AuthenticationMethods publickey,keyboard-interactive"];
    let sshd = Sshd::start(&lines);
    let home = Home::knowing(&sshd);
    let key = home.key(".ssh/id_ed25519", &["ed25519"], "");
    sshd.authorize(&key, "");
    let pty = connect(&home, &sshd, &[]);
    dialog(&pty, &["(•) Key file"]);
    // From OK up to the box.
    pty.send("<up> ");
    dialog(&pty, &["[x] Remember"]);
    pty.send("<enter>");
    dialog(
        &pty,
        &[
            "Further authentication required.",
            "Key file  not accepted",
            "[ ] Remember",
            "(•) Keyboard-interactive",
        ],
    );
    assert!(sshd.methods_tried().iter().all(|method| method == "publickey"));
    pty.send("<enter>");
    dialog(&pty, &["SSH Authentication Challenge", "┃ Password:"]);
    pty.send(&format!("{PASSWORD}<enter>"));
    leave_shell(&pty);
    assert!(!pty.written().contains(PASSWORD));
}

/// 9. All prompts of one request together, with their echo; none need no dialog.
#[test]
fn challenges_of_three_one_and_no_prompts() {
    let server = Scripted::start([
        Step::Ask(
            "Bank\x1b[2J",
            "Two things",
            &[("Card: ", true), ("PIN: ", false), ("City: ", true)],
        ),
        Step::Ask("", "", &[("Once more: ", false)]),
        Step::Ask("", "Wait for\nthe call.", &[]),
        Step::Ask("", "", &[]),
        Step::Refuse(&[PublicKey]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&["--auth", "keyboard-interactive"]), &[]);
    let shown = dialog(&pty, &["City:"]);
    for words in ["┃ Bank\\x1b[2J", "┃ Two things", "┃ Card:", "┃ PIN:", "root@127.0.0.1"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    pty.send("4711<enter>0815<enter>Ulm");
    let shown = dialog(&pty, &["4711", "••••", "Ulm"]);
    assert!(!shown.contains("0815"), "{shown}");
    pty.send("<enter>");
    dialog(&pty, &["┃ Once more:"]);
    pty.send("0816<enter>");
    dialog(&pty, &["┃ the call.", "The server says to root@127.0.0.1"]);
    pty.send("<enter>");
    assert_eq!(pty.exit_code(), 255);
    let answers = ["answers 4711,0815,Ulm", "answers 0816", "answers ", "answers "];
    assert_eq!(server.log(), [&["keyboard-interactive root"][..], &answers].concat());
    assert!(!pty.written().contains("0815") && !pty.written().contains("\x1b[2JBank"));
}

/// 10. What is wrong with a key is told here; the server hears nothing of it.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_wrong_passphrase_or_file_is_told_before_anything_is_sent() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key(".ssh/id_ed25519", &["ed25519"], "open sesame");
    sshd.authorize(&key, "");
    home.write("refused", include_str!("data/keys/refused/secp256k1.pem"));
    let config = format!("IdentityFile {}\n", arg(&key));
    let config = home.write("config", &config);
    let pty = connect(&home, &sshd, &["-F", arg(&config)]);
    dialog(&pty, &["(•) Key file", "ED25519 256", "needs a passphrase"]);
    pty.send("sesame<enter>");
    dialog(&pty, &["wrong passphrase for key file", "Nothing was sent", "Passphrase:  ▸"]);
    // The file's field comes after the boxes and the button of the method before it.
    pty.send("<tab><tab><tab><tab><tab><c-u>~/missing<enter>");
    dialog(&pty, &["cannot be read: No such file"]);
    pty.send("<c-u>~/refused<enter>");
    dialog(&pty, &["secp256k1"]);
    assert_eq!(sshd.methods_tried(), [""; 0]);
    pty.send("<c-u>~/.ssh/id_ed25519<enter>");
    dialog(&pty, &["This key needs its passphrase"]);
    pty.send("open sesame<enter>");
    leave_shell(&pty);
    let tried = sshd.methods_tried();
    assert!(!tried.is_empty() && tried.iter().all(|method| method == "publickey"), "{tried:?}");
    assert!(!pty.written().contains("sesame"));
}

/// 18. A secret is masked, can be shown, holds control characters, and leaves no trace.
#[test]
fn a_secret_leaves_no_trace() {
    let server = Scripted::start([
        Step::Refuse(&[Password]),
        Step::Refuse(&[Password]),
        Step::Refuse(&[Password]),
    ]);
    let home = knowing(&server);
    let log = home.path("log");
    let pty = on_pty(&home, &server.to(&["-vvv", "-E", arg(&log)]), &[]);
    dialog(&pty, &["(•) Password"]);
    pty.send("hunter2<c-v><c-a>");
    let shown = pty.wait_for("••••••••");
    assert!(!shown.contains("hunter"), "{shown}");
    pty.send("<tab> ");
    pty.wait_for("hunter2^A");
    pty.send(" <tab> <tab>");
    pty.wait_for("[x] Clear the clipboard");
    no_process_shows("hunter2");
    pty.send("<tab><tab><tab><tab><tab><tab><enter>");
    dialog(&pty, &["Please retry."]);
    assert_eq!(server.log().last().unwrap(), "password root \"hunter2\\u{1}\"");
    let shown = dialog(&pty, &["[ ] Show what is typed", "Password:    ▸ "]);
    assert!(!shown.contains("••"), "hidden again, and empty:\n{shown}");
    // A paste, and the clipboard is cleared.
    pty.send("<tab><tab> <up><up>");
    dialog(&pty, &["[x] Clear the clipboard"]);
    assert!(!pty.written().contains("\x1b]52;"));
    pty.send("\x1b[200~pasted-secret\r\x1b[201~");
    pty.wait_for("•••••••••••••");
    pty.wait_written("\x1b]52;c;\x1b\\");
    no_process_shows("pasted-secret");
    pty.send("<enter>");
    pty.wait_until("the dialog again", |_| server.log().len() == 3);
    dialog(&pty, &["Please retry."]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("password"), "{log}");
    assert!(!log.contains("hunter") && !log.contains("pasted-secret"), "{log}");
    assert!(!pty.written().contains("pasted-secret"));
}

/// Looks at the arguments and the environment of every process.
fn no_process_shows(secret: &str) {
    let own = std::process::id().to_string();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        for name in ["cmdline", "environ"] {
            let text = fs::read(entry.path().join(name)).unwrap_or_default();
            let shown = String::from_utf8_lossy(&text).contains(secret);
            assert!(!shown || entry.file_name() == *own, "{:?}/{name}", entry.path());
        }
    }
}

#[test]
fn a_user_name_that_was_not_typed_is_asked_for_before_anything_is_sent() {
    let server = Scripted::start([Step::Refuse(&[Password])]);
    let home = knowing(&server);
    let mut arguments = server.to(&[]);
    *arguments.last_mut().unwrap() = "127.0.0.1".to_owned();
    let pty = on_pty(&home, &arguments, &[]);
    let shown = dialog(&pty, &["Tab or Enter sends the name", "User name:   ▸"]);
    assert!(!shown.contains("(•)"), "{shown}");
    pty.send("<c-u>alice");
    pty.wait_for("▸alice");
    assert_eq!(server.log(), [""; 0]);
    pty.send("<tab>");
    dialog(&pty, &["(•) Password", "User name:    alice"]);
    assert_eq!(server.log(), ["none alice"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn keys_of_the_agent_are_listed_and_one_is_used() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let (first, second) = (home.key("first", &["ed25519"], ""), home.key("second", &["rsa"], ""));
    sshd.authorize(&second, "");
    let agent = Agent::start(&[&first, &second]);
    let socket = agent.socket();
    let pty = on_pty(&home, &sshd.to(&[], &[]), &[("SSH_AUTH_SOCK", arg(&socket))]);
    dialog(&pty, &["(•) Agent (a)  keys: 2", "ED25519 first", "RSA second"]);
    pty.send("<down>");
    pty.wait_for("▸ RSA second");
    pty.send("<enter>");
    leave_shell(&pty);
    assert_eq!(sshd.keys_shown().len(), 1);
}

#[test]
fn an_agent_that_hangs_is_named_and_costs_little() {
    let server = Scripted::start([Step::Refuse(&[Password, PublicKey])]);
    let home = knowing(&server);
    let socket = home.path("agent");
    let _silent = UnixListener::bind(&socket).unwrap();
    let start = Instant::now();
    let pty = on_pty(&home, &server.to(&[]), &[("SSH_AUTH_SOCK", arg(&socket))]);
    dialog(&pty, &["Agent  the agent does not answer", "(•) Password"]);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
}

/// Steps that the server has accepted are lost with the connection.
#[test]
fn a_server_that_hangs_up_between_two_steps_is_told_at_once() {
    let server = Scripted::start([
        Step::Refuse(&[Password, KeyboardInteractive]),
        Step::Further(&[Password]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[]);
    dialog(&pty, &["(•) Password"]);
    pty.send("one<enter>");
    dialog(&pty, &["Further authentication required."]);
    server.hang_up();
    dialog(&pty, &["The connection was lost", "closing time", "▶ Disconnect (d) ◀"]);
    pty.send("<enter>");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert!(pty.screen().contains("connection was lost while"), "{}", pty.screen());
}

#[test]
fn the_terminal_is_restored_however_the_dialog_ends() {
    for (signal, number) in [(Signal::TERM, 15), (Signal::HUP, 1), (Signal::INT, 2)] {
        let server = Scripted::start([Step::Refuse(&[Password])]);
        let home = knowing(&server);
        let pty = on_pty(&home, &server.to(&[]), &[]);
        dialog(&pty, &["(•) Password"]);
        assert!(pty.modes_differ() && pty.on_alternate_screen());
        pty.signal(signal);
        assert_eq!(pty.exit_code(), 128 + number);
        pty.expect_restored();
    }
}

#[test]
fn it_survives_any_size_and_comes_back_whole() {
    let server = Scripted::start([Step::Refuse(&[Password]), Step::Refuse(&[Password])]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[]);
    dialog(&pty, &["(•) Password"]);
    for (rows, columns) in [(3, 10), (60, 200), (1, 1), (15, 60), (24, 80)] {
        pty.resize(rows, columns);
    }
    dialog(&pty, &["Logging in to 127.0.0.1", "Password:    ▸", "[ OK (o) ]"]);
    pty.send("abc");
    dialog(&pty, &["Password:    ▸•••"]);
    pty.send("<enter>");
    dialog(&pty, &["Please retry."]);
    assert_eq!(server.log(), ["none root", "password root \"abc\""]);
}

/// Only the server ends the retries; its words say why.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_has_enough_is_named() {
    let sshd = Sshd::start(&["MaxAuthTries 2"]);
    let home = Home::knowing(&sshd);
    let pty = connect(&home, &sshd, &[]);
    dialog(&pty, &["Authentication required."]);
    pty.send("wrong<enter>");
    dialog(&pty, &["Please retry."]);
    pty.send("wrong again<enter>");
    let ended = "The server ended the connection after password.";
    dialog(&pty, &[ended, "Too many authentication failures", "(•) Password"]);
    assert_eq!(sshd.methods_tried(), ["password", "password"]);
    // The next attempt is the person's, over a new connection.
    pty.send(&format!("{PASSWORD}<enter>"));
    leave_shell(&pty);
    assert_eq!(sshd.methods_tried(), ["password", "password", "password"]);
}

/// Where the host's key is not the known one and that is let pass, nothing that could be
/// stolen is sent.
#[test]
fn passwords_are_off_where_the_host_key_changed() {
    let server = Scripted::start([Step::Refuse(&[Password, PublicKey])]);
    let home = knowing(&server);
    let port = server.address().port();
    let other = include_str!("data/keys/made/ed25519-openssl.pub");
    let (kind, rest) = other.split_once(' ').unwrap();
    let base64 = rest.split_whitespace().next().unwrap();
    home.write(".ssh/known_hosts", &format!("[127.0.0.1]:{port} {kind} {base64}\n"));
    let pty = on_pty(&home, &server.to(&["-o", "StrictHostKeyChecking=no"]), &[]);
    dialog(&pty, &["( ) Password  off, since the host key changed", "(•) Key file"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    assert_eq!(server.log(), ["none root"]);
}

#[test]
fn the_key_file_is_picked_from_a_list() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    fs::create_dir(home.path(".ssh/keys")).unwrap();
    let key = demo.write_identity(&home, Some("open sesame"));
    fs::rename(key, home.path(".ssh/keys/mine")).unwrap();
    let arguments = ["-p".to_owned(), demo.port(), format!("{DEMO_USER}@127.0.0.1")];
    let pty = on_pty(&home, &arguments, &[]);
    dialog(&pty, &["Authentication required."]);
    pty.send("<down><down><down><down> ");
    dialog(&pty, &["(•) Key file"]);
    pty.send("<f2>");
    dialog(&pty, &["Choose a key file", "keys/", "known_hosts"]);
    pty.send("k<enter>");
    dialog(&pty, &["~/.ssh/keys", "▸ ../", "mine"]);
    pty.send("m");
    dialog(&pty, &["▸ mine", "ED25519 256"]);
    pty.send("<enter>");
    dialog(&pty, &["Key file: ~/.ssh/keys/mine", "Passphrase:  ▸"]);
    pty.send("open sesame<enter>");
    leave_shell(&pty);
}

/// The login dialogs in Japanese, where every text is wider, also on a small screen.
#[test]
fn it_speaks_japanese() {
    let server = Scripted::start([
        Step::Refuse(&[Password, KeyboardInteractive]),
        Step::Ask("", "", &[("PIN: ", false)]),
        Step::Refuse(&[KeyboardInteractive]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[("LC_ALL", "ja_JP.UTF-8")]);
    let shown = pty.wait_until("the dialog", |screen| screen.contains("Esc キャンセル"));
    for words in
        ["SSH認証", "認証が必要です。", "パスワード:", "(•) パスワード", "サーバーが受け付けません"]
    {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    pty.resize(15, 60);
    pty.wait_until("the small dialog", |screen| {
        screen.contains("下に続きがあります") && screen.contains("パスワード:")
    });
    pty.send("<down><down><down><down> <enter>");
    pty.wait_until("the challenge", |screen| {
        ["SSH認証チャレンジ", "┃ PIN:", "切断"].iter().all(|words| screen.contains(words))
    });
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
}

/// A second factor that PAM asks for comes in a dialog too.
#[test]
#[ignore = "needs peers: tests/run"]
fn pam_asks_in_dialogs() {
    let two = format!(
        "auth required pam_unix.so nodelay\nauth required pam_ftp.so users={USER} ignore\n\
         account required pam_permit.so\nsession required pam_permit.so\n"
    );
    let sshd = Setup::new().pam(&two).start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let pty = connect(&home, &sshd, &["--auth", "keyboard-interactive"]);
    dialog(&pty, &["┃ Password:"]);
    pty.send(&format!("{PASSWORD}<enter>"));
    dialog(&pty, &["e-mail address"]);
    pty.send("tester@example.org<enter>");
    leave_shell(&pty);
    assert_eq!(sshd.methods_tried(), ["keyboard-interactive"]);
}
