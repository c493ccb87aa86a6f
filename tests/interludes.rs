//! What interrupts a session at a terminal that asks in lines: the facts about the connection,
//! a second session on top, and the question before a paste is sent.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use lab::{Bed, DEMO_USER, DemoBed, Home, Pty, Sshd, USER, arg, fingerprint};

/// What was shown after a label of the connection's facts, last.
#[track_caller]
fn fact(pty: &Pty, label: &str) -> String {
    let written = pty.written();
    let line = written.lines().rev().find_map(|line| line.strip_prefix(&format!("  {label:24} ")));
    line.unwrap_or_else(|| panic!("{label} is not among\n{written}")).trim_end().to_owned()
}

// ---- ~i -----------------------------------------------------------------------------------

#[test]
fn a_key_is_installed_from_the_information_after_a_question() {
    let bed = DemoBed::locked("open sesame");
    let file = bed.demo.path(".ssh/authorized_keys");
    let pty = bed.in_dialogs(&[], "C.UTF-8");
    let passphrase = |count| {
        pty.wait_until("the question", |_| {
            pty.written().matches("Enter passphrase").count() == count
        });
        pty.send("open sesame<enter>");
    };
    passphrase(1);
    pty.wait_for("demo$");
    for (count, answer) in ["", "yes"].into_iter().enumerate() {
        pty.send("<enter>~i");
        pty.wait_for("Install a key here");
        pty.send("k");
        pty.wait_until("the question", |_| {
            pty.written().matches("Install it on").count() == count + 1
        });
        assert!(!file.exists());
        pty.send(&format!("{answer}<enter>"));
        if answer.is_empty() {
            pty.wait_for("no key was installed");
        }
    }
    passphrase(2);
    pty.wait_for("the key logs in");
    let installed = std::fs::read_to_string(&file).unwrap();
    assert_eq!(installed.lines().count(), 1, "{installed}");
    // What was given for the trial is not used again.
    pty.send("<enter>~d");
    passphrase(3);
    pty.wait_written("[session 2, on top of this one]");
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("demo$"));
    pty.send("<enter>~.");
    pty.wait_written("[session 2 ended; this is session 1 again]");
    pty.leave_shell(0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn facts_are_exactly_what_was_negotiated() {
    let sshd = Sshd::start(&[
        "KexAlgorithms ecdh-sha2-nistp384",
        "Ciphers aes192-ctr",
        "MACs hmac-sha2-512-etm@openssh.com",
        "Compression delayed",
    ]);
    let bed = Bed::of(sshd);
    let pty = bed.on_pty(&["--plain", "-C"], &[]);
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with('$'));
    pty.send("<enter>~i");
    pty.wait_written("  forwards ");
    let known_hosts = bed.home.path(".ssh/known_hosts");
    for (label, value) in [
        ("user", USER.to_owned()),
        ("address", format!("127.0.0.1 port {}", bed.sshd.port())),
        ("route", "directly, by TCP".to_owned()),
        ("client", format!("SSH-2.0-tessh_{}", env!("CARGO_PKG_VERSION"))),
        ("host key algorithm", "ssh-ed25519".to_owned()),
        ("host key", format!("ED25519 {}", fingerprint(&bed.sshd.path("host_ed25519")))),
        ("trusted because", format!("known: {}:1", arg(&known_hosts))),
        ("cipher", "aes192-ctr".to_owned()),
        ("MAC", "hmac-sha2-512-etm@openssh.com".to_owned()),
        ("compression", "zlib@openssh.com".to_owned()),
        (
            "authenticated by",
            format!("publickey with ED25519 {} ({})", fingerprint(&bed.key), arg(&bed.key)),
        ),
        ("key exchanges", "1".to_owned()),
        ("forwards", "none".to_owned()),
    ] {
        assert_eq!(fact(&pty, label), value, "{label}");
    }
    let kex = fact(&pty, "key exchange");
    assert!(kex.starts_with("ecdh-sha2-nistp384, "), "{kex}");
    assert!(fact(&pty, "server").starts_with("SSH-2.0-OpenSSH_"), "{}", fact(&pty, "server"));
    assert!(fact(&pty, "round trip").ends_with(" ms"), "{}", fact(&pty, "round trip"));
    assert!(fact(&pty, "received").contains("bytes"), "{}", fact(&pty, "received"));
    // The session goes on where it was.
    pty.send("echo go''es on<enter>exit<enter>");
    pty.wait_written("goes on");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn facts_have_the_route() {
    let (jump, far) = (Sshd::start(&[]), Sshd::start(&[]));
    let home = Home::new();
    home.write(".ssh/known_hosts", &[jump.known_hosts(), far.known_hosts()].concat());
    let key = home.key("id", &["ed25519"], "");
    jump.authorize(&key, "");
    far.authorize(&key, "");
    let config = format!(
        "Host jump\n Port {}\n HostName 127.0.0.1\n User {USER}\n\
         Host *\n IdentityFile ~/id\n PreferredAuthentications publickey\n",
        jump.port()
    );
    home.write(".ssh/config", &config);
    let pty = home.connect_on_pty(&far, &["--plain", "-J", "jump"], &[]);
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with('$'));
    pty.send("<enter>~i");
    pty.wait_written("  forwards ");
    assert_eq!(fact(&pty, "route"), format!("jump host {USER}@jump port {}", jump.port()));
    assert_eq!(fact(&pty, "address"), "known to the last host on the way");
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
fn facts_follow_the_connection() {
    let bed = DemoBed::new();
    std::fs::remove_file(bed.home.path(".ssh/known_hosts")).unwrap();
    let pty = bed.in_lines(&[], &[]);
    pty.wait_for("continue connecting");
    pty.send("once<enter>");
    pty.wait_for("demo$");
    pty.send("<enter>~i");
    pty.wait_written("  forwards ");
    assert_eq!(fact(&pty, "trusted because"), "you said so, for this connection");
    assert!(fact(&pty, "cipher").ends_with("-gcm@openssh.com"));
    assert_eq!(fact(&pty, "MAC"), "implicit");
    assert_eq!(fact(&pty, "key exchanges"), "1");
    let before = fact(&pty, "sent");
    pty.send("<enter>~R");
    // The exchange is over some time: look until it is.
    for _ in 0..1000 {
        let looks = pty.written().matches("  forwards ").count();
        pty.send("<enter>~i");
        pty.wait_until("the facts", |_| pty.written().matches("  forwards ").count() > looks);
        if fact(&pty, "key exchanges") == "2" {
            break;
        }
    }
    assert_eq!(fact(&pty, "key exchanges"), "2");
    assert_ne!(fact(&pty, "sent"), before);
    pty.send("<enter>~.");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
}

#[test]
fn under_the_name_ssh_the_letters_are_typed() {
    let bed = DemoBed::new();
    let (port, host) = (bed.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let key = bed.home.path("identity");
    let pty =
        bed.home.on_pty_with(&["-i", arg(&key), "-p", &port, &host], &[("TESSH_AS_SSH", "1")]);
    pty.wait_for("demo$");
    pty.send("<enter>~irina<enter>");
    pty.wait_for("~irina: not found");
    pty.send("~dave<enter>");
    pty.wait_for("~dave: not found");
    pty.send("exit 0<enter>");
    assert_eq!(pty.exit_code(), 0);
}

// ---- ~d -----------------------------------------------------------------------------------

#[test]
fn second_session_is_on_top_of_the_first_and_leaves_it_as_it_was() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    let note = "test \"$(stty size)\" = '24 80' && drawn=again";
    pty.send(&format!("trap '{}' WINCH; here=first<enter>", note.replace('\'', "\"")));
    // It speaks while the other has the terminal.
    pty.send("until test -e go; do sleep 0.1; done && echo he''ld &<enter>");
    pty.send("<enter>~d");
    pty.wait_for("[session 2, on top of this one]");
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("demo$"));
    pty.send("echo \"<lt>$here>\" $(stty size); touch go; sleep 1; echo rea''dy<enter>");
    pty.wait_written("ready");
    let written = pty.written();
    assert!(written.contains("<> 24 80"), "{written}");
    assert!(!written.contains("held"), "output of the first session came through:\n{written}");
    pty.send("exit 5<enter>");
    pty.wait_written("[session 2 ended with status 5; this is session 1 again]");
    pty.wait_written("held");
    let written = pty.written();
    assert!(written.find("held") > written.find("ready"), "{written}");
    pty.send("<enter>echo \"<lt>$here>\"<enter>");
    pty.wait_written("<first>");
    // Programs that draw on the whole screen were made to do so again.
    pty.send("until test $drawn; do sleep 0.1; done; echo drawn $drawn<enter>");
    pty.wait_written("drawn again");
    pty.leave_shell(3);
}

#[test]
fn second_session_asks_as_the_first_did() {
    let bed = DemoBed::locked("open sesame");
    let pty = bed.in_lines(&[], &[]);
    pty.wait_for("Enter passphrase");
    pty.send("open sesame<enter>");
    pty.wait_for("demo$");
    pty.send("<enter>~d");
    pty.wait_until("the question", |_| pty.written().matches("Enter passphrase").count() == 2);
    pty.send("open sesame<enter>");
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("demo$"));
    // The escape is for the session on top.
    pty.send("<enter>~.");
    pty.wait_written("[session 2 ended; this is session 1 again]");
    pty.send("<enter>echo fir''st<enter>");
    pty.wait_written("first");
    assert!(!pty.written().contains("sesame"));
    pty.leave_shell(0);
}

#[test]
fn first_session_may_end_under_the_second() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    pty.send("(until test -e go; do sleep 0.1; done; kill -KILL $$) &<enter>");
    pty.send("<enter>~d");
    pty.wait_for("[session 2, on top of this one]");
    pty.wait_until("the prompt", |screen| screen.trim_end().ends_with("demo$"));
    pty.send("touch go; sleep 1; echo sti''ll<enter>");
    pty.wait_written("still");
    pty.send("exit<enter>");
    pty.wait_written("[session 2 ended with status 0");
    assert_eq!(pty.exit_code(), 137);
    pty.expect_restored();
}

#[test]
fn sessions_are_not_piled_up_for_ever() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    for session in 2..=5 {
        pty.send("<enter>~d");
        pty.wait_written(&format!("[session {session}, on top of this one]"));
        pty.send("echo in $((90 + 0))x<enter>");
        let count = session - 1;
        pty.wait_until("the shell", |_| pty.written().matches("in 90x").count() == count);
    }
    pty.send("<enter>~d");
    pty.wait_written("no more than 4 sessions on top of the first");
    for session in (1..5).rev() {
        pty.send("exit<enter>");
        pty.wait_written(&format!("this is session {session} again"));
    }
    pty.leave_shell(9);
}

// ---- pastes -------------------------------------------------------------------------------

fn asking(bed: &DemoBed) -> Pty {
    let pty = bed.shell(&["--confirm-paste"]);
    pty.wait_written("\x1b[?2004h");
    pty
}

#[test]
fn paste_of_several_lines_is_sent_after_a_yes() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    pty.paste("echo on''e\necho tw''o\x1bX\n");
    let screen = pty.wait_for("Send these 2 lines? (yes/no/edit)");
    assert!(screen.contains("A paste of 2 lines:"), "{screen}");
    assert!(screen.contains("   2  echo tw''o\\x1bX"), "{screen}");
    pty.send("yes<enter>");
    pty.wait_until("both lines run", |screen| screen.contains("one") && screen.contains("two"));
    pty.send("exit 4<enter>");
    assert_eq!(pty.exit_code(), 4);
    assert!(pty.written().trim_end().contains("\x1b[?2004l"));
    let (on, off) = (pty.written().rfind("\x1b[?2004h"), pty.written().rfind("\x1b[?2004l"));
    assert!(on < off, "bracketed paste is left on");
    pty.expect_restored();
}

#[test]
fn paste_that_is_refused_sends_nothing() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    // An escape in it is text.
    pty.paste("echo ba''d\r~.\r");
    pty.wait_for("Send these 2 lines?");
    pty.send("no<enter>");
    pty.wait_written("[the paste was not sent]");
    pty.send("echo go''od<enter>");
    pty.wait_written("good");
    assert!(!pty.written().contains("bad\r"), "{}", pty.written());
    pty.leave_shell(6);
}

#[test]
fn paste_that_contains_the_end_marker_types_nothing_unasked() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    pty.paste("ls\n<esc>[201~echo ev''il\n");
    let screen = pty.wait_for("Send these 2 lines?");
    assert!(screen.contains("   2  \\x1b[201~echo ev''il"), "{screen}");
    pty.send("no<enter>");
    pty.wait_written("[the paste was not sent]");
    pty.send("echo go''od<enter>");
    pty.wait_written("good");
    assert!(!pty.written().contains("evil"), "{}", pty.written());
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
fn paste_can_be_edited() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    pty.paste("echo a''1\necho b''2\necho c''3\n");
    pty.wait_for("Send these 3 lines?");
    pty.send("edit<enter>");
    pty.wait_for("Line to change (1-3");
    pty.send("2<enter>");
    pty.wait_for("New text");
    pty.send("echo n''ew<enter>3<enter><enter><enter>");
    pty.wait_for("Send these 2 lines?");
    pty.send("yes<enter>");
    pty.wait_until("both lines run", |screen| screen.contains("a1") && screen.contains("new\n"));
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    let written = pty.written();
    assert!(!written.contains("b2") && !written.contains("c3"), "{written}");
}

#[test]
fn paste_within_a_line_and_one_that_a_program_asked_for_are_sent_as_they_are() {
    let bed = DemoBed::new();
    let pty = asking(&bed);
    pty.paste("echo wor''d");
    pty.send("<enter>");
    pty.wait_written("word");
    // A program that wants brackets gets them, with everything between.
    const SENT: &str = "1b 5b 32 30 30 7e 61 0a 7e 2e 0a 62 63 64 1b 5b 32 30 31 7e)";
    let shows = "p=$(head -c 20 | od -An -tx1); stty sane; echo \"($p)\"";
    pty.send(&format!("stty raw -echo; printf '\\033[?2004h:g''o:'; {shows}<enter>"));
    pty.wait_for(":go:");
    pty.paste("a\n~.\nbcd");
    pty.wait_for(")\ndemo$");
    let written = pty.written();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let came = words(written.rsplit('(').next().unwrap());
    assert!(came.starts_with(SENT), "{came}");
    // Its switching off again is not the terminal's: the next paste is asked about.
    pty.send("printf '\\033[?2004l:o''ff:'<enter>");
    pty.wait_for(":off:");
    pty.paste("echo x\n");
    pty.wait_for("Send this line?");
    pty.send("no<enter>");
    pty.wait_written("[the paste was not sent]");
    pty.send("<enter>~.");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
}

#[test]
fn without_the_flag_nothing_is_written_and_nothing_is_asked() {
    let bed = DemoBed::new();
    let pty = bed.shell(&[]);
    pty.send("echo on''e<enter>echo tw''o<enter>");
    pty.wait_written("two");
    pty.send("exit<enter>");
    assert_eq!(pty.exit_code(), 0);
    assert!(!pty.written().contains("2004"), "{}", pty.written());
}
