//! What worked is remembered: proposed the next time, and where that is wanted used without the
//! dialog.

use super::lab::{DEMO_USER, Demo, Home, Pty};
use super::{dialog, leave_shell, on_pty};

/// Where the state of this home is.
const LOGINS: &str = ".local/state/tessh/logins";
/// From the password's field up to the box, over the buttons.
const TO_THE_BOX: &str = "<up><up><up><up><up>";
const BACK: &str = "<down><down><down><down><down>";

struct Bed {
    demo: Demo,
    home: Home,
}

impl Bed {
    fn new() -> Bed {
        let (demo, home) = (Demo::start(), Home::new());
        home.write(".ssh/known_hosts", &demo.known_hosts());
        Bed { demo, home }
    }

    fn connect(&self, options: &[&str]) -> Pty {
        let (port, host) = (self.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
        let words = [options, &["-p", &port, &host]].concat();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        on_pty(&self.home, &words, &[])
    }

    fn password(&self) -> String {
        format!("{}<enter>", self.demo.password())
    }
}

#[test]
fn a_password_that_worked_is_asked_for_at_once_and_a_refusal_brings_the_dialog_back() {
    let bed = Bed::new();
    let pty = bed.connect(&[]);
    dialog(&pty, &["(•) Password", "[x] Use this next time"]);
    pty.send(&bed.password());
    leave_shell(&pty);
    let kept = bed.home.read(LOGINS);
    assert!(kept.contains("\"method\":\"password\"") && !kept.contains(bed.demo.password()));

    let pty = bed.connect(&[]);
    pty.wait_for("'s password:");
    assert!(!pty.on_alternate_screen());
    pty.send("wrong<enter>");
    let words = ["The server refused password.", "(•) Password (p)  worked last time"];
    dialog(&pty, &words);
    pty.send(&format!("{TO_THE_BOX} "));
    dialog(&pty, &["[ ] Use this next time"]);
    pty.send(&format!("{BACK}{}", bed.password()));
    leave_shell(&pty);

    // Not wanted any more: the dialog comes, with what worked.
    let pty = bed.connect(&[]);
    dialog(
        &pty,
        &["Authentication required.", "(•) Password (p)  worked last time", "[ ] Use this"],
    );
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
}

#[test]
fn a_key_that_worked_needs_nothing_and_the_dialog_can_be_had() {
    let bed = Bed::new();
    bed.demo.write_identity(&bed.home, None);
    let pty = bed.connect(&[]);
    dialog(&pty, &["(•) Password", "Key file:"]);
    // To the button of the key file, which leads to the field below it.
    pty.send("<down><down><down><down> <c-u>~/identity<enter>");
    leave_shell(&pty);
    let pty = bed.connect(&[]);
    leave_shell(&pty);
    assert!(!pty.written().contains("Authentication"), "{}", pty.written());
    let pty = bed.connect(&["--auth", "ask"]);
    dialog(&pty, &["(•) Key file (k)  worked last time", "Key file: ~/identity", "[x] Use this"]);
    pty.send("<enter>");
    leave_shell(&pty);
    // A key that is gone is no choice any more.
    std::fs::remove_file(bed.home.path("identity")).unwrap();
    let pty = bed.connect(&[]);
    dialog(&pty, &["(•) Password", "[x] Use this next time"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
}

#[test]
fn a_named_key_without_a_passphrase_settles_the_method() {
    let bed = Bed::new();
    let key = bed.demo.write_identity(&bed.home, None);
    let block = format!("Host *\n IdentityFile {}\n", super::arg(&key));
    bed.home.write(".ssh/config", &block);
    let pty = bed.connect(&[]);
    leave_shell(&pty);
    assert!(!pty.written().contains("Authentication"), "{}", pty.written());
}

#[test]
fn in_lines_the_memory_is_the_same() {
    let bed = Bed::new();
    let pty = bed.connect(&["--plain"]);
    pty.wait_for("Method (1-4) [1]:");
    pty.send("9<enter>");
    pty.wait_for("Type a number from 1 to 4.");
    pty.send("1<enter>");
    pty.wait_for("password:");
    // Enter alone is explained.
    pty.send("<enter>");
    // What is typed before the question stands again is thrown away.
    pty.wait_until("the question again", |screen| {
        screen
            .split_once("The password is empty.")
            .is_some_and(|(_, then)| then.contains("password:"))
    });
    pty.send(&bed.password());
    pty.wait_for("Use this next time (yes/no) [yes]?");
    pty.send("perhaps<enter>");
    pty.wait_for("Type yes or no.");
    pty.send("<enter>");
    pty.wait_for("Remember it in memory");
    pty.send("<enter>");
    leave_shell(&pty);
    for options in [&["--plain"][..], &[]] {
        let pty = bed.connect(options);
        pty.wait_for("'s password:");
        assert!(!pty.on_alternate_screen() && !pty.screen().contains("Method"));
        pty.send(&bed.password());
        leave_shell(&pty);
    }
}

/// `tessh explain` says what is remembered, to a program too, and what takes it back.
#[test]
fn what_is_remembered_is_explained_and_taken_back_where_it_was_said() {
    let bed = Bed::new();
    bed.demo.write_identity(&bed.home, None);
    let (port, host) = (bed.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let explain = |options: &[&str]| {
        let words = [&["explain"], options, &["-p", &port, &host]].concat();
        // Without a terminal nobody would be asked.
        let pty = bed.home.on_pty(&words);
        assert_eq!(pty.exit_code(), 0);
        pty.written()
    };
    assert!(
        !explain(&[]).contains("next time") && explain(&["--json"]).contains("\"on_record\": null")
    );
    let pty = bed.connect(&[]);
    dialog(&pty, &["(•) Password", "Key file:"]);
    pty.send("<down><down><down><down> <c-u>~/identity<enter>");
    leave_shell(&pty);

    let told = explain(&[]);
    let line = told.lines().find(|line| line.contains("next time: publickey with")).unwrap();
    let file = bed.home.path("identity");
    assert!(
        line.contains(super::arg(&file)) && line.contains(&format!("as {DEMO_USER}")),
        "{line}"
    );
    assert!(line.contains("remembered on 20") && line.contains("--auth ask"), "{line}");
    let json: serde_json::Value = serde_json::from_str(&explain(&["--json"])).unwrap();
    let kept = &json["authentication"]["on_record"];
    assert_eq!((&kept["method"], &kept["used"]), (&"publickey".into(), &true.into()), "{kept}");
    assert!(kept["when"].as_str().is_some_and(|when| when.ends_with('Z')), "{kept}");
    // What is typed counts more.
    assert!(explain(&["--auth", "password"]).contains("last time: publickey with"));

    // The way that it names: it is not wanted next time, and the dialog comes again.
    let pty = bed.connect(&["--auth", "ask", "--plain"]);
    pty.wait_for("Method (1-4) [2]:");
    pty.send("<enter>");
    pty.wait_for("Key file");
    pty.send("<enter>");
    pty.wait_for("Use this next time (yes/no) [yes]?");
    pty.send("no<enter>");
    pty.wait_for("Remember it in memory");
    pty.send("<enter>");
    leave_shell(&pty);
    assert!(explain(&[]).contains("last time: publickey with"));
    let pty = bed.connect(&[]);
    dialog(&pty, &["(•) Key file (k)  worked last time", "[ ] Use this"]);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
}

/// A program that calls tessh finds no habits and leaves none.
#[test]
fn under_the_name_ssh_and_without_a_terminal_there_are_no_habits() {
    let bed = Bed::new();
    let (port, host) = (bed.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let words = ["-o", "PreferredAuthentications=password", "-p", &port, &host].map(str::to_owned);
    let pty = on_pty(&bed.home, &words, &[("TESSH_AS_SSH", "1")]);
    pty.wait_for("'s password:");
    pty.send(&bed.password());
    leave_shell(&pty);
    assert!(!bed.home.path(LOGINS).exists());
}
