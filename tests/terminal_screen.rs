//! What a person sees and types at a terminal that asks in lines: the security warning,
//! prompts, the shell, escapes. The terminal is left as it was found.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use lab::{Bed, DEMO_USER, Demo, DemoBed, Home, PASSWORD, Setup, USER, arg};
use rustix::process::Signal;

#[test]
fn the_demonstration_leads_through_a_first_login() {
    let home = Home::new();
    let pty = home.on_pty(&["demo"]);
    pty.wait_for("Disconnect");
    pty.send("c");
    pty.wait_for("the password of this demonstration: ");
    pty.send("<enter>");
    pty.wait_for("exit   back to your own shell");
    let screen = pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("@demo$"));
    assert!(screen.contains("~i ") && screen.contains("~d "), "{screen}");
    pty.send("id -un; pwd; ls\r");
    let screen = pty.wait_for("tessh-demo-home-");
    assert!(!screen.contains("\nroot\n"), "{screen}");
    pty.send("exit\r");
    pty.wait_for("The next step");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
}

#[test]
fn unknown_host_is_shown_and_asked_about() {
    let bed = DemoBed::unknown();
    let pty = bed.in_lines(&[], &[]);
    let screen = pty.wait_until("the warning", |screen| {
        screen.contains(&bed.demo.fingerprint()) && screen.contains('?')
    });
    assert!(screen.contains("127.0.0.1"), "{screen}");
    assert!(!pty.written().contains("demo$"), "the shell came before the answer");
    pty.send("yes<enter>");
    pty.wait_for("demo$");
    let written = bed.home.read(".ssh/known_hosts");
    let key = bed.demo.known_hosts();
    assert!(written.contains(key.split_whitespace().nth(2).unwrap()), "{written}");
    pty.leave_shell(0);

    let pty = bed.shell(&[]);
    assert!(!pty.written().contains("SHA256:"), "asked again:\n{}", pty.written());
}

#[test]
fn unknown_host_that_is_refused_is_not_written() {
    for answer in ["no<enter>", "<c-c>"] {
        let bed = DemoBed::unknown();
        let pty = bed.in_lines(&[], &[]);
        pty.wait_for(&bed.demo.fingerprint());
        pty.send(answer);
        let code = pty.exit_code();
        assert!(code == 255 || code == 130, "{answer}: {code}");
        pty.expect_restored();
        assert!(!bed.home.path(".ssh/known_hosts").exists());
    }
}

#[test]
fn the_fingerprint_typed_as_the_answer_is_a_yes() {
    let bed = DemoBed::unknown();
    let pty = bed.in_lines(&[], &[]);
    pty.wait_for(&bed.demo.fingerprint());
    pty.send(&format!("{}<enter>", bed.demo.fingerprint()));
    pty.wait_for("demo$");
}

#[test]
fn changed_key_disconnects_unless_told_otherwise() {
    let (bed, other) = (DemoBed::unknown(), Demo::start());
    let changed = other.known_hosts().replace(&other.port(), &bed.demo.port());
    bed.home.write(".ssh/known_hosts", &changed);
    let pty = bed.in_lines(&[], &[]);
    pty.wait_written(&bed.demo.fingerprint());
    pty.wait_written(&other.fingerprint());
    pty.wait_written("known_hosts:1");
    pty.send("<enter>");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert_eq!(bed.home.read(".ssh/known_hosts"), changed);
}

#[test]
fn password_is_asked_for_without_echo_and_again_when_wrong() {
    let bed = DemoBed::new();
    let (port, host) = (bed.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let pty = bed.home.on_pty(&["--plain", "--auth", "password", "-p", &port, &host]);
    pty.wait_for("password:");
    pty.send("wrong<enter>");
    pty.wait_until("a second question", |screen| screen.matches("assword:").count() > 1);
    pty.send(&format!("{}<enter>", bed.demo.password()));
    pty.wait_for("demo$");
    assert!(!pty.written().contains(bed.demo.password()) && !pty.written().contains("wrong"));
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
fn locked_key_asks_for_its_passphrase() {
    let bed = DemoBed::locked("open sesame");
    let pty = bed.in_lines(&[], &[]);
    pty.wait_for("passphrase");
    pty.send("sesame<enter>");
    pty.wait_until("a second question", |screen| screen.matches("assphrase for").count() > 1);
    pty.send("open sesame<enter>");
    pty.wait_for("demo$");
    assert!(!pty.written().contains("sesame"));
}

#[test]
fn shell_has_the_terminal_and_gives_it_back() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    assert!(pty.modes_differ(), "raw mode while the shell runs");
    pty.send("stty size; echo $TERM<enter>");
    let screen = pty.wait_for("xterm-256color");
    assert!(screen.contains("24 80"), "{screen}");
    pty.resize(31, 101);
    // The new size is on its way when the shell is asked: ask until it is there.
    pty.send("until stty size | grep '31 1[0]1'; do :; done<enter>");
    pty.wait_for("31 101");
    pty.send("cat<enter>eins<enter>");
    pty.wait_until("an echo and a copy", |screen| screen.matches("eins").count() == 2);
    pty.send("<c-c>");
    // The interrupt throws away what was typed ahead: wait for the prompt.
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("demo$"));
    pty.send("echo st''ill<enter>");
    pty.wait_for("still");
    pty.leave_shell(7);
}

#[test]
fn full_screen_programs_bytes_pass_unchanged() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    pty.send(
        "printf '\\033[?1049h\\033[5;10Hhere\\033[1;1H'; read x; printf '\\033[?1049l'<enter>",
    );
    pty.wait_until("the text in its place", |screen| {
        screen.lines().nth(4) == Some("         here")
    });
    assert!(pty.on_alternate_screen());
    pty.send("<enter>exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
}

#[test]
fn escapes_show_help_and_disconnect() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    pty.send("<enter>~?");
    pty.wait_for("Supported escape sequences");
    pty.send("<enter>echo a~.b \"~\"'~'<enter>");
    pty.wait_for("a~.b ~~");
    // At the beginning of a line two are one.
    pty.send("~~nouser<enter>");
    pty.wait_for(" ~nouser: not found");
    pty.send("<enter>~.");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert!(pty.screen().contains("127.0.0.1 closed"), "{}", pty.screen());
}

#[test]
fn signals_restore_the_terminal() {
    for (signal, number) in [(Signal::TERM, 15), (Signal::HUP, 1), (Signal::INT, 2)] {
        let bed = DemoBed::new();
        let pty = bed.shell(&[]);
        assert!(pty.modes_differ());
        pty.signal(signal);
        let code = pty.exit_code();
        assert!(code == 255 || code == 128 + number, "{signal:?}: {code}");
        pty.expect_restored();
    }
}

#[test]
fn connection_that_breaks_restores_the_terminal() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    drop(bed.demo);
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert!(pty.screen().contains("tessh: "), "{}", pty.screen());
}

#[test]
fn command_gets_a_terminal_when_asked_for_one() {
    let bed = DemoBed::new();
    let pty = bed.in_lines(&["-t"], &["tty; stty size; exit 5"]);
    assert_eq!(pty.exit_code(), 5);
    pty.wait_for("/dev/pts/");
    pty.wait_for("24 80");
    let pty = bed.in_lines(&[], &["tty; exit 6"]);
    assert_eq!(pty.exit_code(), 6);
    pty.wait_for("not a tty");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn keyboard_interactive_asks_every_question() {
    // pam_ftp asks for an address, whatever it is, after the password.
    let two = format!(
        "auth required pam_unix.so nodelay\nauth required pam_ftp.so users={USER} ignore\n\
         account required pam_permit.so\nsession required pam_permit.so\n"
    );
    let sshd = Setup::new().pam(&two).start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let pty = home.connect_on_pty(&sshd, &["--plain", "--auth", "keyboard-interactive"], &[]);
    pty.wait_for("Password:");
    pty.send(&format!("{PASSWORD}<enter>"));
    pty.wait_for("e-mail address");
    pty.send("tester@example.org<enter>");
    pty.wait_for("\n$");
    assert!(!pty.written().contains(PASSWORD));
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(sshd.methods_tried(), ["keyboard-interactive"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn expired_password_is_changed_on_the_way_in() {
    let sshd = Setup::new().password_expired().start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let pty = home.connect_on_pty(&sshd, &["--plain", "--auth", "keyboard-interactive"], &[]);
    for (question, answer) in [
        ("Password:", PASSWORD),
        ("Current password:", PASSWORD),
        ("New password:", "another-horse-8"),
        ("Retype new password:", "another-horse-8"),
    ] {
        pty.wait_for(question);
        pty.send(&format!("{answer}<enter>"));
    }
    pty.wait_for("\n$");
    pty.leave_shell(0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn chain_asks_for_its_second_step_on_the_terminal() {
    let lines = ["UsePAM yes", "AuthenticationMethods publickey,keyboard-interactive"];
    let bed = Bed::new(&lines);
    let chain = ["--plain", "--auth", "publickey,keyboard-interactive", "-i", arg(&bed.key)];
    let pty = bed.home.connect_on_pty(&bed.sshd, &chain, &[]);
    pty.wait_for("Password:");
    pty.send(&format!("{PASSWORD}<enter>"));
    pty.wait_for("\n$");
    pty.send("echo $USER-in<enter>");
    pty.wait_for(&format!("{USER}-in"));
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn banner_is_shown_and_cannot_draw() {
    let setup = Setup::new();
    let banner = setup.at("banner");
    std::fs::write(&banner, "Members only\n\x1b[2J\x1b]0;title\x07evil\n").unwrap();
    let bed = Bed::of(setup.start(&[&format!("Banner {banner}")]));
    let pty = bed.on_pty(&["--plain"], &["true"]);
    assert_eq!(pty.exit_code(), 0);
    pty.wait_written("Members only");
    pty.wait_written("evil");
    let written = pty.written();
    assert!(!written.contains("\x1b[2J") && !written.contains("\x1b]0;"), "{written:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn server_without_terminals_leaves_this_one_as_it_was() {
    let bed = Bed::new(&["PermitTTY no"]);
    let pty = bed.on_pty(&["--plain"], &[]);
    pty.wait_for("PTY allocation request failed on channel 0");
    // Enter ends a line here only where the terminal is not raw.
    pty.send("echo 6$((3*2))6<enter>");
    pty.wait_for("666");
    pty.leave_shell(3);
}
