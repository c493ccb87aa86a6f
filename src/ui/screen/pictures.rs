//! The pictures of docs/screens.md: each dialog at two sizes and in both languages, drawn from the
//! virtual screen of the tests. `TESSH_PICTURES=write cargo test --lib pictures` writes them.

mod svg;

use std::fs;
use std::path::{Path, PathBuf};

use super::testing::TestScreen;
use super::{connection, facts, generator, login, nodes, panes, warning};
use crate::catalogue::Language;
use crate::catalogue::testing::in_each_language;

/// The sizes of the pictures.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];
/// The most bytes of one picture.
const BYTES_MAX: usize = 16_000;

/// Draws a dialog and returns its screen.
type Scene = fn(&mut TestScreen) -> String;

/// Each picture: its name, what it shows, and a word that must be seen.
const SCENES: [(&str, &str, &str, Scene); 8] = [
    ("connection", "New connection", "web", connection::tests::pictured),
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

#[test]
fn every_dialog_has_its_pictures() {
    let writes = std::env::var_os("TESSH_PICTURES").is_some_and(|value| value == "write");
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
                if writes {
                    fs::write(folder().join(&file), picture).unwrap();
                }
                assert!(folder().join(&file).exists(), "{file} is not drawn");
                assert!(page.contains(&file), "{file} is not shown");
            }
        }
    });
}
