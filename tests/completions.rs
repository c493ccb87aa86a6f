//! What the shells complete: each shell runs, reads the script that `tessh completions` prints, and
//! gets the keys that a person presses.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::path::Path;

use lab::{Home, Pty, TESSH};

const HOST_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6";
/// Lines that are begun, each with what the Tab key makes of it in bash and in zsh. The blank after
/// a word is missing where more is to come.
const LINES: &[(&str, &str)] = &[
    ("tessh ses", "tessh sessions "),
    ("tessh sessions ex", "tessh sessions export "),
    ("tessh trust sh", "tessh trust show "),
    ("tessh trust authority te", "tessh trust authority test "),
    ("tessh --prof", "tessh --profile "),
    ("tessh --profile ba", "tessh --profile bastion "),
    ("tessh --profile=ba", "tessh --profile=bastion "),
    ("tessh -o StrictHostKeyC", "tessh -o StrictHostKeyChecking="),
    ("tessh -o StrictHostKeyChecking=acc", "tessh -o StrictHostKeyChecking=accept-new "),
    ("tessh -oCompression=y", "tessh -oCompression=yes "),
    ("tessh --auth passw", "tessh --auth password "),
    // Saved sessions, also where a name has a blank, or where two sources have it.
    ("tessh la", "tessh lab\\ one "),
    ("tessh lab\\ o", "tessh lab\\ one "),
    ("tessh 'lab o", "tessh 'lab one' "),
    ("tessh \"lab o", "tessh \"lab one\" "),
    ("tessh we", "tessh web "),
    ("tessh own:w", "tessh own:web "),
    ("tessh 'own:w", "tessh 'own:web' "),
    ("tessh sessions show ba", "tessh sessions show bastion "),
    // Hosts of ssh_config(5), of known_hosts, and those reached before.
    ("tessh explain ba", "tessh explain bastion "),
    ("tessh me@db1", "tessh me@db1.example "),
    ("tessh -J db1", "tessh -J db1.example "),
    ("tessh copy-id db2", "tessh copy-id db2.example "),
    ("tessh reach", "tessh reached.example "),
    ("tessh get db2", "tessh get db2.example:"),
    // Files, which the shell finds.
    ("tessh copy-id -i id_", "tessh copy-id -i id_x.pub "),
    ("tessh -i id_", "tessh -i id_x.pub "),
    ("tessh -i my", "tessh -i my\\ key "),
];
/// A quote within a word, of which each shell makes what it likes.
const QUOTED: &str = "tessh --profile='lab o";

/// A home with sessions, hosts and a file.
fn home() -> Home {
    let home = Home::new();
    let sessions = ".config/tessh/sessions";
    fs::create_dir_all(home.path(sessions)).unwrap();
    for name in ["web", "lab%20one"] {
        home.write(&format!("{sessions}/{name}.toml"), "host = 'h'\n");
    }
    home.write(".ssh/config", "Host web\n  Port 7\nHost bastion *.org !x\n  Port 8\n");
    home.write(".ssh/known_hosts", &format!("[db1.example]:2222,db2.example {HOST_KEY}\n"));
    fs::create_dir_all(home.path(".local/state/tessh")).unwrap();
    home.write(".local/state/tessh/history", "me@reached.example\t1700000000\n");
    home.write("id_x.pub", "a file");
    home.write("my key", "a file");
    home
}

/// The search path, the program's directory first.
fn search_path() -> String {
    format!("{}:/usr/bin:/bin", Path::new(TESSH).parent().unwrap().display())
}

/// A shell at its prompt, on a terminal. Ctrl-T shows the line as it is and takes it away.
fn shell(home: &Home, program: &str, arguments: &[&str], set_up: &str) -> Pty {
    let path = search_path();
    let pty = home.run_on_pty(Path::new(program), arguments, &[("PATH", &path), ("PS1", "begun>")]);
    pty.wait_for("begun>");
    pty.send(&format!(". ./{set_up}\r"));
    pty.wait_for("ready>");
    pty
}

/// Begins each line, presses Tab, and asserts what the line is then.
fn complete_each(pty: &Pty, quoted: &str) {
    for (begun, completed) in LINES.iter().chain([&(QUOTED, quoted)]) {
        let shown = format!("[[{completed}]]");
        pty.send(&format!("{begun}<tab><c-t>"));
        let screen = pty.wait_until(begun, |screen| screen.contains("]]"));
        assert!(screen.contains(&shown), "{begun}: not {shown}, but\n{screen}");
        pty.send("clear\r");
        pty.wait_until("a clear screen", |screen| !screen.contains("]]"));
    }
}

#[test]
fn bash_completes_what_is_begun() {
    let home = home();
    home.write(
        "set-up",
        "source <(tessh completions bash)\n\
         shown() { printf '[[%s]]\\n' \"$READLINE_LINE\"; READLINE_LINE=; }\n\
         bind -x '\"\\C-t\": shown'\nPS1='ready>'\n",
    );
    let pty = shell(&home, "/bin/bash", &["--norc", "--noprofile", "-i"], "set-up");
    complete_each(&pty, "tessh --profile='lab one' ");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn zsh_completes_what_is_begun() {
    let home = home();
    let shown = "shown() { zle -I; print -r -- \"[[$BUFFER]]\"; BUFFER= }\n\
                 zle -N shown\nbindkey '^T' shown\nPS1='ready>'\n";
    let loaded =
        format!("autoload -U compinit\ncompinit -u -D\n. <(tessh completions zsh)\n{shown}");
    home.write("set-up", &loaded);
    let pty = shell(&home, "/usr/bin/zsh", &["-f", "-i"], "set-up");
    complete_each(&pty, "tessh --profile=lab\\ one ");
    // The same as a file among the functions, which is read when it is first needed.
    fs::create_dir(home.path("functions")).unwrap();
    let script = home.tessh(&["completions", "zsh"]).output().text();
    home.write("functions/_tessh", &script);
    let found = "fpath=($HOME/functions $fpath)\nautoload -U compinit\ncompinit -u -D\n";
    home.write("set-up", &format!("{found}{shown}"));
    let pty = shell(&home, "/usr/bin/zsh", &["-f", "-i"], "set-up");
    complete_each(&pty, "tessh --profile=lab\\ one ");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn zsh_tells_what_the_words_are_for() {
    let home = home();
    home.write(
        "set-up",
        "autoload -U compinit\ncompinit -u -D\n. <(tessh completions zsh)\nPS1='ready>'\n",
    );
    let pty = shell(&home, "/usr/bin/zsh", &["-f", "-i"], "set-up");
    pty.send("tessh s<tab>");
    pty.wait_until("all of them", |screen| {
        screen.contains("sessions  -- saved sessions") && screen.contains("sync")
    });
}

#[test]
#[ignore = "needs peers: tests/run"]
fn fish_completes_what_is_begun() {
    let home = home();
    home.write("set-up", "tessh completions fish | source\ncomplete -C \"$argv[1]\"\n");
    let completed = |begun: &str| {
        let shell = home.run(Path::new("/usr/bin/fish"), &["--no-config", "set-up", begun]);
        shell.env("PATH", search_path()).output().expect_quiet_success().text()
    };
    for (begun, expected) in LINES.iter().chain([&(QUOTED, "tessh --profile='lab one' ")]) {
        // fish lists words as they are, and quotes what it puts into the line.
        let word = shlex::split(expected).unwrap().pop().unwrap();
        let found = completed(begun);
        let words: Vec<&str> =
            found.lines().map(|line| line.split('\t').next().unwrap_or(line)).collect();
        assert_eq!(words, [word], "{begun}: {found}");
    }
    assert!(completed("tessh ses").contains("\tsaved sessions"));
    assert_eq!(completed("tessh -o Compression="), "Compression=no\nCompression=yes\n");
}
