//! Dialogs in the middle of a session: they take the whole screen and give it back unchanged.
//! Also Ctrl-C at a question that is asked in lines.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use lab::{Bed, DEMO_USER, DemoBed, Pty, Sshd, arg, tool};

/// The shell on a terminal that has dialogs, once it prompts.
fn shell(bed: &DemoBed, options: &[&str]) -> Pty {
    let pty = bed.in_dialogs(options, "C.UTF-8");
    pty.wait_for("demo$");
    pty
}

/// Waits until the dialog is gone, and gives the screen of the shell.
fn back(pty: &Pty) -> String {
    pty.wait_until("the shell's screen", |_| !pty.on_alternate_screen());
    // What was looked at above may be the dialog's last picture, taken before it went.
    pty.screen()
}

#[test]
fn facts_have_the_screen_and_the_shell_has_it_back() {
    let bed = DemoBed::new();
    let pty = shell(&bed, &[]);
    pty.send("printf '%s\\n' on''e tw''o; trap 'drawn=again' WINCH<enter>");
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("WINCH\none\ntwo\ndemo$"));
    pty.send("echo rea''dy<enter>");
    let before = pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("ready\ndemo$"));
    for close in ["<esc>", "<enter>", "q"] {
        pty.send("~i");
        let texts = ["Connection information", "127.0.0.1", "Close"];
        let shown =
            pty.wait_until("the dialog", |screen| texts.iter().all(|it| screen.contains(it)));
        assert!(pty.on_alternate_screen());
        assert!(!shown.contains("demo$"), "{shown}");
        pty.resize(15, 60);
        pty.wait_until("its other size", |screen| {
            screen.contains("Close") && screen.lines().all(|line| line.chars().count() <= 60)
        });
        pty.resize(24, 80);
        pty.wait_until("its old size", |screen| {
            screen.contains("127.0.0.1") && screen.contains("SSH-2.0")
        });
        // The key's other form opens in place.
        pty.send("m");
        pty.wait_until("the other form", |screen| screen.contains("MD5:"));
        pty.send(close);
        assert_eq!(back(&pty), before, "after {close}");
    }
    // A program speaks while the dialog is there.
    let speaks = "(until test -e go; do sleep 0.1; done; echo he''ld; touch said) &";
    pty.send(&format!("{speaks}<enter>echo rea''dy<enter>"));
    pty.wait_until("the prompt", |screen| screen.matches("ready\ndemo$").count() == 2);
    pty.send("~i");
    pty.wait_for("Connection information");
    std::fs::write(bed.demo.path("go"), "").unwrap();
    pty.wait_until("what is written meanwhile", |_| bed.demo.path("said").exists());
    let shown = pty.screen();
    assert!(!shown.contains("held") && shown.contains("Connection information"), "{shown}");
    pty.send("<esc>");
    pty.wait_for("held");
    // Programs that draw on the whole screen were made to do so again.
    pty.send("until test $drawn; do sleep 0.1; done; echo drawn $drawn<enter>");
    pty.wait_for("drawn again");
    pty.leave_shell(3);
}

#[test]
fn facts_are_lines_where_they_are_asked_for_as_lines() {
    let bed = DemoBed::new();
    let pty = shell(&bed, &[]);
    pty.send("<enter>~I");
    pty.wait_written("  forwards ");
    // A login that takes a while has shown its steps before.
    let written = pty.written();
    let (_, shown) = written.split_once("~I\r\n").unwrap_or_else(|| panic!("{written}"));
    assert!(!shown.contains("\x1b[?1049h"), "{written}");
    pty.leave_shell(0);
}

#[test]
fn facts_are_told_in_japanese_too() {
    let bed = DemoBed::new();
    let pty = bed.in_dialogs(&[], "ja_JP.UTF-8");
    pty.wait_for("demo$");
    pty.send("<enter>~i");
    pty.wait_until("the dialog", |screen| screen.contains("接続情報") && screen.contains("閉じる"));
    pty.send("q");
    back(&pty);
    pty.leave_shell(0);
}

fn asking(bed: &DemoBed) -> Pty {
    let pty = shell(bed, &["--confirm-paste"]);
    pty.wait_written("\x1b[?2004h");
    pty
}

#[test]
fn paste_is_edited_and_then_sent() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    pty.paste("echo a''1\necho b''2\x1b[2J\necho c''3\n");
    let texts = ["3 lines are to be sent", "2 echo b''2\\x1b[2J"];
    pty.wait_until("the dialog", |screen| texts.iter().all(|it| screen.contains(it)));
    assert!(pty.on_alternate_screen());
    // The second line goes, the third is changed, and a wide one is added.
    pty.send("<down><c-k><bs><down><c-u>echo n''ew<enter>echo 日本''語<tab>");
    pty.wait_until("the edited text", |screen| {
        ["1 echo a''1", "2 echo n''ew", "3 echo 日本''語", "3 lines"]
            .iter()
            .all(|text| screen.contains(text))
            && !screen.contains("b''2")
    });
    pty.send("<enter>");
    back(&pty);
    let shown = pty.wait_until("what it does", |screen| screen.contains("日本語"));
    assert!(shown.contains("\na1\n") && shown.contains("new\ndemo$"), "{shown}");
    assert!(!pty.written().contains("b2"), "{}", pty.written());
    // The mode is still on, and is switched off in the end.
    pty.paste("again\nand\n");
    pty.wait_for("2 lines are to be sent");
    pty.send("<esc>");
    back(&pty);
    pty.wait_for("[the paste was not sent]");
    pty.leave_shell(4);
    let written = pty.written();
    assert!(!written.contains("again: not found"), "{written}");
    assert!(written.rfind("\x1b[?2004h") < written.rfind("\x1b[?2004l"), "it is left on");
}

#[test]
fn enter_out_of_habit_sends_no_paste() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    pty.paste("touch do''ne\n");
    pty.wait_for("One line is to be sent");
    pty.send("<enter>");
    pty.wait_for("2 lines are to be sent");
    pty.send("<c-c>");
    back(&pty);
    pty.wait_for("[the paste was not sent]");
    pty.leave_shell(0);
    assert!(!bed.demo.path("done").exists());
}

#[test]
fn ctrl_c_cancels_a_question_in_lines_and_not_the_session() {
    let bed = DemoBed::locked("open sesame");
    let pty = bed.in_dialogs(&["--plain", "--confirm-paste"], "C.UTF-8");
    pty.wait_for("Enter passphrase");
    pty.send("open sesame<enter>");
    pty.wait_for("demo$");
    pty.paste("echo a''1\necho b''2\n");
    pty.wait_for("Send these 2 lines?");
    pty.send("ye<c-c>");
    pty.wait_written("[the paste was not sent]");
    pty.paste("echo a''1\n");
    pty.wait_for("Send this line?");
    pty.send("edit<enter>");
    pty.wait_for("Line to change");
    pty.send("<c-c>");
    let twice = |text: &str| pty.written().matches(text).count() == 2;
    pty.wait_until("the session", |_| twice("[the paste was not sent]"));
    // The passphrase of a second session is such a question, too.
    pty.send("<enter>~d");
    pty.wait_until("the question", |_| twice("Enter passphrase"));
    pty.send("op<c-c>");
    pty.wait_written("this is session 1 again]");
    pty.send("<enter>echo go''es on<enter>");
    pty.wait_written("goes on");
    assert!(!pty.written().contains("\na1") && !pty.written().contains("\nb2"));
    pty.leave_shell(5);
}

#[test]
fn ctrl_c_before_the_session_ends_the_program() {
    let bed = DemoBed::locked("open sesame");
    let pty = bed.in_dialogs(&["--plain"], "C.UTF-8");
    pty.wait_for("Enter passphrase");
    pty.send("<c-c>");
    assert_eq!(pty.exit_code(), 130);
    pty.expect_restored();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn facts_on_the_screen_are_exactly_what_was_negotiated() {
    let sshd = Sshd::start(&[
        "KexAlgorithms ecdh-sha2-nistp384",
        "Ciphers aes192-ctr",
        "MACs hmac-sha2-512-etm@openssh.com",
        "Compression delayed",
    ]);
    let bed = Bed::of(sshd);
    let login = ["-C", "--auth", "publickey", "-i", arg(&bed.key)];
    let pty = bed.home.connect_on_pty(&bed.sshd, &login, &[("LANG", "C.UTF-8")]);
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with('$'));
    pty.resize(60, 100);
    pty.send("<enter>~i");
    pty.wait_for("round trip");
    pty.send("a");
    let shown = pty.wait_until("all of it", |screen| {
        screen.contains("[SHA256]") && screen.contains("Enter confirm")
    });
    let says = |label: &str, value: &str| {
        let fact = |line: &str| {
            let line = line.trim_matches(['│', ' ']);
            line.strip_prefix(label).is_some_and(|rest| rest.trim_start().starts_with(value))
        };
        assert!(shown.lines().any(fact), "{label} {value} is not in\n{shown}");
    };
    says("server", "SSH-2.0-OpenSSH_");
    says("key exchange", "ecdh-sha2-nistp384, ");
    says("host key algorithm", "ssh-ed25519");
    says("cipher", "aes192-ctr");
    says("MAC", "hmac-sha2-512-etm@openssh.com");
    says("compression", "zlib@openssh.com");
    says("authenticated by", "publickey with ED25519");
    let public = bed.sshd.path("host_ed25519.pub");
    let picture = ["-lv", "-f", arg(&public)];
    for line in tool("/usr/bin/ssh-keygen", &picture).lines().skip(1) {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
    pty.send("q");
    back(&pty);
    pty.leave_shell(0);
}

/// Passes the first connection on to a port, and leaves the others without an answer.
fn first_only(port: &str) -> (String, std::sync::mpsc::Receiver<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port().to_string();
    let to = format!("127.0.0.1:{port}");
    let (taken, more) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut near, _) = listener.accept().unwrap();
        let mut far = std::net::TcpStream::connect(to).unwrap();
        let (mut near_out, mut far_out) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut near, &mut far_out));
        std::thread::spawn(move || std::io::copy(&mut far, &mut near_out));
        let mut silent = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            silent.push(stream);
            if taken.send(()).is_err() {
                return;
            }
        }
    });
    (own, more)
}

#[test]
fn ctrl_c_while_a_second_session_is_begun_ends_that_attempt_alone() {
    let bed = DemoBed::new();
    let (port, more) = first_only(&bed.demo.port());
    bed.home.write(".ssh/known_hosts", &bed.demo.known_hosts().replace(&bed.demo.port(), &port));
    let (key, host) = (bed.home.path("identity"), format!("{DEMO_USER}@127.0.0.1"));
    let login = ["--auth", "publickey", "-i", arg(&key), "-p", &port, &host];
    let pty = bed.home.on_pty_with(&login, &[("LANG", "C.UTF-8")]);
    pty.wait_for("demo$");
    for attempt in 1..=2 {
        pty.send("<enter>~d");
        more.recv_timeout(lab::DEADLINE).unwrap();
        pty.send("<c-c>");
        let over = "[session 2 failed: cancelled; this is session 1 again]";
        pty.wait_until("the first session", |_| pty.written().matches(over).count() == attempt);
        pty.send(&format!("<enter>echo a''live {attempt}<enter>"));
        pty.wait_for(&format!("alive {attempt}"));
    }
    pty.leave_shell(6);
}

#[test]
fn what_v_says_while_a_dialog_is_open_is_told_afterwards() {
    let bed = DemoBed::new();
    let pty = shell(&bed, &["-v", "-o", "RekeyLimit=64K"]);
    let begun = "debug1: kex: algorithm";
    let before = pty.written().matches(begun).count();
    // Enough for new keys, and then some that come with the new keys.
    let speaks = "(until test -e go; do sleep 0.1; done; head -c 300000 /dev/zero | tr '\\0' x; \
                  touch said) &";
    pty.send(&format!("{speaks}<enter>clear; echo rea''dy<enter>"));
    pty.wait_for("ready\ndemo$");
    pty.send("~i");
    pty.wait_for("Connection information");
    std::fs::write(bed.demo.path("go"), "").unwrap();
    pty.wait_until("what is written meanwhile", |_| bed.demo.path("said").exists());
    // It counts the exchanges itself, each time it is opened.
    pty.send("<esc>");
    pty.wait_until("new keys", |_| pty.written().matches(begun).count() > before);
    let written = pty.written();
    // The last one: a login that takes a while has shown its steps before.
    let (_, dialog) = written.rsplit_once("\x1b[?1049h").unwrap();
    let dialog = dialog.split("\x1b[?1049l").next().unwrap();
    assert!(!dialog.contains("debug1") && !dialog.contains("xxx"), "{dialog:?}");
    pty.send("<enter>clear; echo go''es on<enter>");
    pty.wait_for("goes on");
    pty.leave_shell(7);
}

#[test]
fn output_during_a_dialog_stops_nothing_and_its_end_is_shown() {
    let bed = DemoBed::new();
    let pty = shell(&bed, &[]);
    let speaks =
        "(until test -e go; do sleep 0.1; done; seq -f 'line %08.0f' 200000; touch said) &";
    pty.send(&format!("{speaks}<enter>clear; echo rea''dy<enter>"));
    pty.wait_for("ready\ndemo$");
    pty.send("~i");
    pty.wait_for("Connection information");
    std::fs::write(bed.demo.path("go"), "").unwrap();
    // More than two megabytes: more than is kept, and more than the server may send ahead.
    pty.wait_until("the end of the writing", |_| bed.demo.path("said").exists());
    pty.send("<esc>");
    pty.wait_written("KiB of earlier output were left out]");
    pty.wait_written("line 00200000");
    assert!(!pty.written().contains("line 00000001"));
    pty.leave_shell(8);
}
