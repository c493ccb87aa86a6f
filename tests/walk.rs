//! The way through tessh from New connection to the end of the session, in a window of tmux and
//! against OpenSSH's server: in English, in Japanese and in lines.
//!
//! `TESSH_WALK=write cargo test --test walk -- --ignored`, after tests/run, writes the screens
//! to docs/walk.md and docs/walk.ja.md. Without the variable the test only asserts what matters
//! on each screen.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;

use lab::{Home, PASSWORD, Sshd, Tmux, USER, arg, fingerprint};
use tessh::catalogue::{FixedText, Language, landmarks as texts};

/// A way: what was done, and what was seen then.
struct Walk {
    tmux: Tmux,
    language: Language,
    steps: Vec<(&'static str, String)>,
    /// What is another one each time, and what stands for it.
    names: Vec<(String, String)>,
}

impl Walk {
    fn begin(sshd: &Sshd, home: &Home, language: Language) -> Walk {
        let locale = match language {
            Language::English => "C.UTF-8",
            Language::Japanese => "ja_JP.UTF-8",
        };
        let root = home.path("");
        let root = arg(&root).trim_end_matches('/').to_owned();
        // Of the same length, so that frames stay whole.
        let stands = format!("{:/<1$}", "/home/anna/walk", root.len());
        let names = vec![(root, stands), (sshd.port().to_string(), "22022".to_owned())];
        Walk { tmux: Tmux::start(home, locale), language, steps: Vec::new(), names }
    }

    fn text(&self, text: FixedText) -> String {
        text.text_in(self.language)
    }

    /// Waits until these texts of the catalogue and these words are seen, and keeps the screen.
    #[track_caller]
    fn sees(&mut self, did: &'static str, ids: &[FixedText], words: &[&str]) -> String {
        let texts: Vec<_> = ids.iter().map(|id| self.text(*id)).collect();
        let all: Vec<_> = texts.iter().map(String::as_str).chain(words.iter().copied()).collect();
        let seen = self.tmux.wait_until(&all.join(", "), |screen| {
            // Where a line is full, a text goes on in the next one.
            let joined: String = screen.split(['\n', '│']).map(str::trim_end).collect();
            all.iter().all(|text| screen.contains(text) || joined.contains(text))
        });
        self.steps.push((did, self.named(&seen)));
        seen
    }

    fn named(&self, screen: &str) -> String {
        self.names.iter().fold(screen.to_owned(), |text, (is, stands)| text.replace(is, stands))
    }
}

/// From New connection to the end, in dialogs.
fn in_dialogs(language: Language) -> Vec<(&'static str, String)> {
    let (sshd, home) = (server(), Home::new());
    let mut walk = Walk::begin(&sshd, &home, language);
    walk.tmux.text("tessh");
    walk.tmux.keys(&["Enter"]);
    walk.tmux.wait_for(&walk.text(texts::CONNECTION_TITLE));
    walk.tmux.text(&format!("{USER}@127.0.0.1:{}", sshd.port()));
    let here = format!("{USER}@127.0.0.1:{}", sshd.port());
    walk.sees(
        "`tessh`, and the host typed.",
        &[texts::CONNECTION_TITLE, texts::CONNECTION_HOST, texts::CONNECTION_LEAVE],
        &[&here],
    );

    walk.tmux.keys(&["Enter"]);
    let print = fingerprint(&sshd.path("host_ed25519.pub"));
    let ids = [
        texts::WARNING_TITLE_NEW,
        texts::WARNING_CONTINUE,
        texts::WARNING_DISCONNECT,
        texts::WARNING_ADD,
    ];
    let shown = walk.sees("Enter.", &ids, &[&print]);
    assert!(!shown.contains(&walk.text(texts::LOGIN_TITLE)));
    assert!(!sshd.log().contains("userauth-request"), "no name is sent before the answer");

    walk.tmux.text("c");
    let ids = [
        texts::LOGIN_TITLE,
        texts::LOGIN_REQUIRED,
        texts::LOGIN_METHOD_PASSWORD,
        texts::LOGIN_DISCONNECT,
    ];
    walk.sees("`c`: Connect.", &ids, &[USER]);

    walk.tmux.text(PASSWORD);
    walk.tmux.keys(&["Enter"]);
    walk.tmux.wait_until("the shell", |screen| screen.trim_end().ends_with("\n$"));
    walk.tmux.text("echo $LOGNAME");
    walk.tmux.keys(&["Enter"]);
    let shell = walk.sees("The password and Enter, then a command.", &[], &["\ntester\n$"]);
    assert!(shell.starts_with("laptop$ tessh\n"), "the screen before is as it was:\n{shell}");
    assert!(!shell.contains(PASSWORD));

    walk.tmux.text("~i");
    let ids = [
        texts::FACTS_TITLE,
        texts::INFORMATION_USER,
        texts::INFORMATION_TRUSTED,
        texts::INFORMATION_AUTHENTICATED,
        texts::CLOSE,
    ];
    walk.sees("`~i` at the beginning of a line.", &ids, &[&print, "SSH-2.0-OpenSSH"]);
    walk.tmux.keys(&["End"]);
    let ids =
        [texts::INFORMATION_EXCHANGES, texts::INFORMATION_ROUND_TRIP, texts::WARNING_HASH_MD5];
    walk.sees("End: the rest of it.", &ids, &[" ms"]);
    walk.tmux.text("a");
    walk.sees("`a`: the randomart.", &[], &["[SHA256]"]);
    walk.tmux.text("q");
    let back = walk.tmux.wait_for("\ntester\n$");
    assert_eq!(back, shell, "the shell has its screen back");

    walk.tmux.text("exit");
    walk.tmux.keys(&["Enter"]);
    walk.tmux.wait_until("the end", |screen| screen.trim_end().ends_with("\nlaptop$"));
    walk.tmux.text("echo status $?");
    walk.tmux.keys(&["Enter"]);
    let last = walk.sees(
        "`exit`: the same screen, and what the remote shell ended with.",
        &[],
        &["\nstatus 0\n"],
    );
    assert!(last.starts_with("laptop$ tessh\n"), "{last}");
    assert_eq!(sshd.methods_tried(), ["password"]);
    let saved = home.read(".ssh/known_hosts");
    assert_eq!(saved.lines().count(), 1, "{saved}");
    walk.steps
}

/// From New connection to the end, in lines: one screen, written from top to bottom.
fn in_lines() -> Vec<(&'static str, String)> {
    let (sshd, home) = (server(), Home::new());
    let mut walk = Walk::begin(&sshd, &home, Language::English);
    let print = fingerprint(&sshd.path("host_ed25519.pub"));
    let here = format!("{USER}@127.0.0.1:{}", sshd.port());
    for (wait, typed) in [
        ("laptop$", "tessh --plain"),
        ("(empty to leave):", &here),
        ("continue connecting", "yes"),
        ("Method (1-", ""),
        ("password:", PASSWORD),
        ("Use this next time", "yes"),
        ("Remember it", "no"),
    ] {
        walk.tmux.wait_until(wait, |screen| {
            screen.trim_end().lines().last().is_some_and(|line| line.contains(wait))
        });
        walk.tmux.text(typed);
        walk.tmux.keys(&["Enter"]);
    }
    walk.tmux.wait_until("the shell", |screen| screen.trim_end().ends_with("\n$"));
    walk.tmux.keys(&["Enter"]);
    walk.tmux.text("~i");
    walk.tmux.wait_until("all facts", |screen| screen.contains("  forwards "));
    walk.tmux.text("exit");
    walk.tmux.keys(&["Enter"]);
    walk.tmux.wait_until("the end", |screen| screen.trim_end().ends_with("laptop$"));
    let all = walk.tmux.all();
    for text in [&print, "Connection information:", "key exchange", "authenticated by", "password"]
    {
        assert!(all.contains(text), "{text}:\n{all}");
    }
    for text in ['┌', '│', '▶'] {
        assert!(!all.contains(text), "a box is drawn:\n{all}");
    }
    assert!(!all.contains(PASSWORD));
    assert_eq!(sshd.methods_tried(), ["password"]);
    let step = ("`tessh --plain`, from the first line to the last.", walk.named(&all));
    walk.steps.push(step);
    walk.steps
}

fn server() -> Sshd {
    Sshd::start(&["UsePAM yes"])
}

/// The page of the dialogs in English and of the lines, and that of the dialogs in Japanese.
const PAGES: [&str; 2] = ["docs/walk.md", "docs/walk.ja.md"];
const BEGINNINGS: [&str; 2] = [
    "# A walk

What is seen in a terminal of 80 columns and 24 rows, from New connection to the end of a
session with OpenSSH's server; [walk.ja.md](walk.ja.md) has the same in Japanese.
`TESSH_WALK=write cargo test --test walk -- --ignored` writes both pages; without the variable,
that test checks that all of it is still so.

[In English](#in-english) · [In lines](#in-lines)
",
    "# A walk, in Japanese

What [walk.md](walk.md) shows, with `--lang ja`.
",
];

#[test]
#[ignore = "needs peers: tests/run"]
fn walk_in_all_three_ways() {
    let ways = [
        (0, "In English", in_dialogs(Language::English)),
        (1, "In Japanese", in_dialogs(Language::Japanese)),
        (0, "In lines", in_lines()),
    ];
    if std::env::var_os("TESSH_WALK").is_none_or(|value| value != "write") {
        return;
    }
    let mut pages = BEGINNINGS.map(str::to_owned);
    for (page, heading, steps) in ways {
        pages[page].push_str(&format!("\n## {heading}\n"));
        for (did, seen) in steps {
            pages[page].push_str(&format!("\n{did}\n\n```text\n{seen}```\n"));
        }
    }
    for (path, page) in PAGES.iter().zip(pages) {
        fs::write(path, page).unwrap();
    }
}

/// The pages show what the test walks through.
#[test]
fn pages_have_all_screens_in_both_languages() {
    for (path, language) in PAGES.iter().zip([Language::English, Language::Japanese]) {
        let page = fs::read_to_string(path).unwrap();
        for id in [
            texts::CONNECTION_TITLE,
            texts::WARNING_TITLE_NEW,
            texts::LOGIN_TITLE,
            texts::FACTS_TITLE,
        ] {
            let text = id.in_language(language);
            assert!(page.contains(text), "{text} is not in {path}: write it again");
        }
    }
    let page = fs::read_to_string(PAGES[0]).unwrap();
    assert!(page.contains("Connection information:"));
}
