//! Keys in, screen and the picked file out.

use std::os::unix::fs::symlink;

use super::*;
use crate::ui::screen::testing::TestScreen;

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for name in [".ssh", ".ssh/keys", "work"] {
        fs::create_dir(home.path().join(name)).unwrap();
    }
    for name in [".ssh/.hidden", ".ssh/id", "work/deploy", "work/\u{1b}[2Jevil"] {
        fs::write(home.path().join(name), "x").unwrap();
    }
    symlink("keys", home.path().join(".ssh/link")).unwrap();
    home
}

fn play(home: &Path, named: Option<&str>, typed: &str) -> (String, Option<PathBuf>) {
    let files = Files::new(named.map(|name| home.join(name)), home);
    let (screen, closed) = TestScreen::new(60, 15).play(files, typed);
    (screen, closed.and_then(|files| files.into_picked()))
}

#[test]
fn it_begins_in_the_ssh_directory_with_directories_first() {
    let home = home();
    let (screen, _) = play(home.path(), None, "");
    let at = |name: &str| screen.find(name).unwrap_or_else(|| panic!("no {name}:\n{screen}"));
    assert!(at("~/.ssh") < at("../") && at("../") < at("keys/") && at("keys/") < at("link/"));
    assert!(at("link/") < at(".hidden") && at(".hidden") < at(" id"));
}

#[test]
fn it_goes_up_and_down_and_picks() {
    let home = home();
    let (screen, _) = play(home.path(), None, "<Enter>");
    assert!(screen.contains("▸ .ssh/") && screen.contains("work/"), "{screen}");
    let (_, picked) = play(home.path(), None, "<Enter>w<Enter>d<Enter>");
    assert_eq!(picked, Some(home.path().join("work/deploy")));
    let (_, picked) = play(home.path(), Some("work/deploy"), "<Enter>");
    assert_eq!(picked, Some(home.path().join("work/deploy")), "begins at the file named");
    let (_, picked) = play(home.path(), None, "i<Esc>");
    assert_eq!(picked, None);
}

#[test]
fn hidden_files_go_and_names_cannot_draw() {
    let home = home();
    let (screen, _) = play(home.path(), None, "<Tab> ");
    assert!(!screen.contains(".hidden") && screen.contains(" id"), "{screen}");
    let (screen, _) = play(home.path(), Some("work/deploy"), "");
    assert!(screen.contains("evil") && !screen.contains('\x1b'), "{screen}");
}

#[test]
fn a_directory_of_any_size_or_none_at_all() {
    let home = home();
    for number in 0..MAX_ENTRIES + 5 {
        fs::write(home.path().join(format!("work/{number}")), "").unwrap();
    }
    let (entries, all) = listed(&home.path().join("work"), true).unwrap();
    assert!(entries.len() == MAX_ENTRIES && !all);
    let (screen, _) = play(home.path(), Some("work/deploy"), "");
    assert!(screen.contains("Only the first 1000"), "{screen}");
    let mut files = Files::new(None, home.path());
    files.directory = home.path().join("gone");
    files.list();
    let (screen, _) = TestScreen::new(60, 15).play(files, "");
    assert!(screen.contains("cannot be listed"), "{screen}");
}
