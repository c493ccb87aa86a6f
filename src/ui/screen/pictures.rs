//! The pictures of docs/screens.md: each dialog at two sizes and in both languages, drawn from the
//! virtual screen of the tests, and the boxes of text in other pages.
//! `TESSH_PICTURES=write cargo test --lib pictures` writes them.

mod svg;

use std::fs;
use std::path::{Path, PathBuf};

use super::testing::TestScreen;
use super::{connecting, connection, facts, generator, login, nodes, panes, warning};
use crate::catalogue::Language;
use crate::catalogue::testing::in_each_language;

/// The sizes of the pictures.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];
/// The most bytes of one picture.
const BYTES_MAX: usize = 16_000;

/// The boxes of text in pages: the page, the dialog's title, the lines of the screen, and what
/// shows it.
const BOXES: [(&str, &str, u16, Scene); 4] = [
    ("guide.md", "New connection", 18, connection::tests::searched),
    ("guide.md", "SSH Authentication", 24, login::tests::pictured),
    ("guide.md", "New key", 24, generator::tests::unsaved),
    ("trust.md", "New server", 24, warning::tests::unanswered),
];

/// Draws a dialog and returns its screen.
type Scene = fn(&mut TestScreen) -> String;

/// Each picture: its name, what it shows, and a word that must be seen.
const SCENES: [(&str, &str, &str, Scene); 9] = [
    ("connection", "New connection", "web", connection::tests::pictured),
    ("connecting", "The steps of connecting", "web1", connecting::tests::pictured),
    ("warning-new", "The question about a new server", "(d)", warning::tests::pictured_new),
    ("warning-changed", "The warning of a changed key", "(d)", warning::tests::pictured_changed),
    ("login", "The login", "(d)", login::tests::pictured),
    ("information", "Connection information", "SSH-2.0", facts::tests::pictured),
    ("generator", "The key generator", "ED25519", generator::tests::pictured),
    ("panes", "Two panes with files", "notes.txt", panes::tests::pictured),
    ("nodes", "The nodes of a Teleport cluster", "web", nodes::tests::pictured),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures")
}

fn writes() -> bool {
    std::env::var_os("TESSH_PICTURES").is_some_and(|value| value == "write")
}

#[test]
fn pages_show_dialogs_as_they_are() {
    for (page, title, height, scene) in BOXES {
        let shown = scene(&mut TestScreen::new(80, height));
        let frame = shown.lines().skip_while(|line| !line.contains('┌'));
        let frame = frame.map(|line| format!("{}\n", line.trim_start()));
        let until = frame.take_while(|line| line.starts_with(['┌', '│', '└']));
        let frame: String = until.collect();
        let path = folder().join("..").join(page);
        let text = fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(&format!("┌ {title} ")).unwrap_or_else(|| {
            panic!("{page} does not show {title}");
        });
        let (old, after) = rest.split_once("┘\n").expect("the end of the frame");
        if writes() {
            fs::write(&path, format!("{before}{frame}{after}")).unwrap();
            continue;
        }
        let old = format!("┌ {title} {old}┘\n");
        assert!(old == frame, "{page}: TESSH_PICTURES=write makes it\n{frame}");
    }
}

#[test]
fn every_dialog_has_its_pictures() {
    let page = fs::read_to_string(folder().join("../screens.md")).unwrap();
    in_each_language(|language| {
        let suffix = if language == Language::English { "en" } else { "ja" };
        for (name, label, word, scene) in SCENES {
            for (width, height) in SIZES {
                let mut stage = TestScreen::new(width, height);
                let shown = scene(&mut stage);
                assert!(shown.contains(word), "{name} {width}x{height}:\n{shown}");
                let picture = svg::svg(stage.buffer(), &format!("{label}, {width}x{height}"));
                assert!(picture.len() < BYTES_MAX, "{name} has {} bytes", picture.len());
                let file = format!("{name}-{width}x{height}-{suffix}.svg");
                if writes() {
                    fs::write(folder().join(&file), picture).unwrap();
                }
                assert!(folder().join(&file).exists(), "{file} is not drawn");
                assert!(page.contains(&file), "{file} is not shown");
            }
        }
    });
}
