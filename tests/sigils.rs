//! Text from the server before the session cannot pass for tessh's own, and tessh states what
//! the server cannot forge: the name that was logged in, how, and whether anything was asked
//! for it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[allow(dead_code)]
#[path = "teraterm_login/server.rs"]
mod server;

use lab::{DEMO_USER, Demo, Home, Pty, arg, strs};
use russh::MethodKind;
use server::{Scripted, Step};

/// As the line of ours begins.
const OURS: &str = "tessh: authenticated to ";
/// A banner that would like to be ours, in every way that comes to mind.
const FORGED: &str = "tessh: authenticated to 'bank' as root by publickey\r\n\
    \rtessh: authenticated to 'cr' as root by password\n\
    \x1b[2K\x1b[1Gtessh: authenticated to 'escape' as root by password\n\
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
    tessh: authenticated to 'wrapped' as root by password\n\
    root@bank's password: ";

fn known(server: &Scripted) -> Home {
    let home = Home::new();
    home.write(".ssh/known_hosts", server.known_hosts());
    home
}

fn on_pty(home: &Home, server: &Scripted, options: &[&str]) -> Pty {
    let words = server.to(&[options, &["-N"]].concat());
    home.on_pty(&strs(&words))
}

/// The lines of the screen that begin like ours.
fn ours(screen: &str) -> Vec<String> {
    screen.lines().filter(|line| line.starts_with(OURS)).map(str::to_owned).collect()
}

#[test]
fn a_banner_cannot_imitate_our_line() {
    const PASSWORD: &[MethodKind] = &[MethodKind::Password];
    let server = Scripted::with_banner([Step::Refuse(PASSWORD), Step::Accept], Some(FORGED));
    let home = known(&server);
    let pty = on_pty(&home, &server, &["--plain"]);
    let screen = pty.wait_for("Method (1-");
    assert!(ours(&screen).is_empty(), "{screen}");
    for line in ["| tessh: authenticated to 'bank'", "| \\x0dtessh:", "| \\x1b[2K", "| root@bank"] {
        assert!(screen.contains(line), "{line}: {screen}");
    }
    pty.send("<enter>");
    pty.wait_for("127.0.0.1's password:");
    pty.send("x<enter>");
    pty.wait_for("Use this next time");
    pty.send("<enter>");
    pty.wait_for("Remember");
    pty.send("<enter>");
    let screen = pty.wait_for("authenticated to '127.0.0.1' as root by password");
    assert_eq!(ours(&screen), ["tessh: authenticated to '127.0.0.1' as root by password"]);
}

/// The first screen, of all that were shown, with a line that begins like this: on a terminal
/// that draws wide whatever some terminal draws wide, and combines nothing. There each such
/// character is one that every emulator knows to be wide.
fn drawn_wide(written: &str, begins: impl Fn(&str) -> bool) -> Option<String> {
    use unicode_width::UnicodeWidthChar;
    let mut parser = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
    for (at, c) in written.char_indices() {
        let wide = match c {
            _ if c.is_ascii() => c.to_string(),
            // A selector makes the character before it an emoji, and so a column wider.
            _ if c.width() == Some(0) => "~".to_owned(),
            _ if c.width_cjk() == Some(2) => "界".to_owned(),
            _ => c.to_string(),
        };
        parser.process(wide.as_bytes());
        // A line or a dialog is complete.
        let rest = &written[at + c.len_utf8()..];
        if c == '\n' || rest.starts_with("\x1b[?") || rest.is_empty() {
            let rows: Vec<String> = parser.screen().rows(0, 80).collect();
            if rows.iter().any(|row| begins(row)) {
                return Some(rows.join("\n"));
            }
        }
    }
    None
}

#[test]
fn text_that_terminals_draw_wide_stays_behind_its_bar() {
    const FORGED: &str = "tessh: authenticated to 'bank' as root";
    for fill in [
        "※".repeat(39),
        "❤\u{fe0f}".repeat(39),
        "1\u{fe0f}\u{20e3}".repeat(26),
        "e\u{301}".repeat(39),
        "\t".repeat(9) + "xxxxxx",
    ] {
        let text: &'static str = Box::leak(format!("{fill}{FORGED}").into_boxed_str());
        let code: &'static str = Box::leak(format!("{text} code:").into_boxed_str());
        let prompts: &'static [(&str, bool)] = Box::leak(Box::new([(code, false)]));
        let ask = || Step::Ask(text, text, prompts);
        for options in [&["--plain"][..], &[]] {
            let server = Scripted::with_banner([ask(), Step::Accept], Some(text));
            let home = known(&server);
            let pty =
                on_pty(&home, &server, &[options, &["--auth", "keyboard-interactive"]].concat());
            pty.wait_for("code:");
            pty.send("x<enter>");
            pty.wait_for("tessh: authenticated to '127.0.0.1'");
            let forged = drawn_wide(&pty.written(), |row| {
                row.starts_with("tessh: authenticated to 'b") || row.starts_with("as root")
            });
            assert_eq!(forged, None, "{fill}");
        }
    }
}

#[test]
fn programs_and_the_name_ssh_get_the_banner_as_it_is() {
    let banner = "Welcome\n\ttessh: authenticated to 'x'\n";
    for as_ssh in [false, true] {
        let server = Scripted::with_banner([Step::Accept], Some(banner));
        let home = known(&server);
        let words = server.to(&["--auth", "none", "-o", "BatchMode=yes"]);
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["true"]).collect();
        let run = home.tessh(&words).env("TESSH_AS_SSH", if as_ssh { "1" } else { "" });
        let output = run.output();
        // There is no session; what comes before it is what counts.
        assert!(output.stderr.starts_with(banner), "{output:?}");
        assert!(!output.stderr.contains("\ntessh: authenticated"), "{output:?}");
    }
}

#[test]
fn a_prompt_of_the_servers_is_marked_and_names_no_login_of_ours() {
    const ASK: Step = Step::Ask(
        "tessh: authenticated",
        "Enter passphrase for key '/home/anna/.ssh/id_ed25519'",
        &[("tessh: authenticated to 'bank' as root, password: ", false)],
    );
    let server = Scripted::start([ASK, Step::Accept]);
    let home = known(&server);
    let pty = on_pty(&home, &server, &["--plain", "--auth", "keyboard-interactive"]);
    let screen = pty.wait_for("password:");
    assert!(ours(&screen).is_empty(), "{screen}");
    assert!(screen.contains("| Enter passphrase for key"), "{screen}");
    assert!(screen.contains("| tessh: authenticated to 'bank' as root, password:"), "{screen}");
    pty.send("x<enter>");
    let screen = pty.wait_for("tessh: authenticated to '127.0.0.1'");
    assert_eq!(ours(&screen).len(), 1, "{screen}");
}

#[test]
fn a_server_that_checks_nothing_is_noted() {
    const SILENT: Step = Step::Ask("", "", &[]);
    let unasked = "without checking anything";
    for (steps, method) in
        [(vec![Step::Accept], "none"), (vec![SILENT, Step::Accept], "keyboard-interactive")]
    {
        let server = Scripted::start(steps);
        let home = known(&server);
        let pty = on_pty(&home, &server, &["--auth", method]);
        let screen = pty.wait_for(unasked);
        assert!(screen.contains("'127.0.0.1' let root in"), "{screen}");
    }
    // Where a dialog or a method was wanted, and none was needed.
    let server = Scripted::start([Step::Accept]);
    let home = known(&server);
    on_pty(&home, &server, &["--plain"]).wait_for(unasked);
    // A program that said --auth none has nobody to tell.
    let server = Scripted::start([Step::Accept]);
    let home = known(&server);
    let words = server.to(&["--auth", "none"]);
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["true"]).collect();
    let output = home.tessh(&words).output();
    assert!(!output.stderr.contains(unasked), "{output:?}");
}

#[test]
fn a_login_without_a_question_says_nothing_but_with_v() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, None);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let base = ["--auth", "publickey", "-i", arg(&identity), "-p", &port, &host];
    let pty = home.on_pty(&base);
    let screen = pty.wait_for("demo$");
    assert!(screen.starts_with("demo$"), "nothing before the shell: {screen}");
    let pty = home.on_pty(&[&["-v"][..], &base].concat());
    pty.wait_written("demo$");
    let line = format!("{OURS}'127.0.0.1' as {DEMO_USER} by publickey with ED25519 SHA256:");
    pty.wait_written(&line);
    // Not under the name ssh, whatever it is asked.
    let pty = home.on_pty_with(&[&["-v"][..], &base[2..]].concat(), &[("TESSH_AS_SSH", "1")]);
    pty.wait_written("demo$");
    assert!(!pty.written().contains(OURS), "{}", pty.written());
}

#[test]
fn dialogs_lead_to_the_same_line() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, Some("open sesame"));
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let pty = home.on_pty(&["--auth", "publickey", "-i", arg(&identity), "-p", &port, &host]);
    pty.wait_for("passphrase");
    pty.send("open sesame<enter>");
    let screen = pty.wait_for("demo$");
    assert_eq!(ours(&screen).len(), 1, "the person was asked for a passphrase: {screen}");
}
