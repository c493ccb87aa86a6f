//! What a pane shows of the entries it was given.

use super::*;
use crate::sftp::Attributes;

fn entry(name: &[u8], mode: u32, size: u64, modified: u32) -> PaneEntry {
    let attributes = Attributes {
        size: Some(size),
        owner: None,
        permissions: Some(mode),
        times: Some((0, modified)),
    };
    PaneEntry::new(name.to_vec(), attributes, false)
}

fn pane() -> Pane {
    let mut pane = Pane::new("here".into(), Vec::new());
    let listing = pane.begin(None);
    pane.entered(listing, b"/d".to_vec());
    pane.take(
        listing,
        vec![
            entry(b"b.txt", 0o100_644, 5, 30),
            entry(b".hidden", 0o100_644, 1, 1),
            entry(b"A.txt", 0o100_644, 9, 20),
            entry(b"sub", 0o040_755, 4096, 10),
            entry(b"bad\xff\n", 0o100_644, 7, 40),
        ],
    );
    assert!(pane.listed(listing, Ok(())));
    pane
}

fn names(pane: &Pane) -> Vec<&str> {
    (0..pane.rows()).map(|row| pane.entry(row).map_or("..", |entry| &entry.shown)).collect()
}

#[test]
fn directories_come_first_and_hidden_names_on_request() {
    let mut pane = pane();
    assert_eq!(names(&pane), ["..", "sub", "A.txt", "b.txt", "bad\\xff\\x0a"]);
    pane.shows_hidden = true;
    pane.arrange();
    assert_eq!(names(&pane), ["..", "sub", ".hidden", "A.txt", "b.txt", "bad\\xff\\x0a"]);
    pane.sort = SortBy::Size;
    pane.arrange();
    assert_eq!(names(&pane), ["..", "sub", "A.txt", "bad\\xff\\x0a", "b.txt", ".hidden"]);
    (pane.sort, pane.is_reversed) = (SortBy::Time, true);
    pane.arrange();
    assert_eq!(names(&pane), ["..", "sub", ".hidden", "A.txt", "b.txt", "bad\\xff\\x0a"]);
}

#[test]
fn the_cursor_stays_on_its_name_when_the_order_changes() {
    let mut pane = pane();
    pane.move_to(3);
    assert_eq!(pane.current().unwrap().name, b"b.txt");
    pane.is_reversed = true;
    pane.arrange();
    assert_eq!(pane.current().unwrap().name, b"b.txt");
    pane.filter = "A".into();
    pane.arrange();
    assert_eq!(names(&pane), ["..", "bad\\xff\\x0a", "A.txt"]);
}

#[test]
fn marks_are_by_pattern_and_survive_a_reload() {
    let mut pane = pane();
    assert_eq!(pane.mark_matching(b"*.TXT", true), 2);
    assert_eq!(pane.marked(), (2, 14));
    let listing = pane.begin(None);
    pane.entered(listing, b"/d".to_vec());
    pane.take(listing, vec![entry(b"b.txt", 0o100_644, 6, 30), entry(b"new", 0o100_644, 1, 1)]);
    pane.listed(listing, Ok(()));
    assert_eq!(pane.marked(), (1, 6));
    pane.invert_marks();
    let meant: Vec<_> = pane.meant().iter().map(|entry| entry.name.clone()).collect();
    assert_eq!(meant, [b"new".to_vec()]);
}

#[test]
fn what_comes_of_an_older_listing_is_not_taken() {
    let mut pane = pane();
    let old = pane.begin(None);
    let new = pane.begin(Some(b"y".to_vec()));
    pane.entered(old, b"/old".to_vec());
    pane.take(old, vec![entry(b"x", 0, 0, 0)]);
    assert!(!pane.listed(old, Err("no".into())));
    assert_eq!(pane.path, b"/d");
    pane.entered(new, b"/new".to_vec());
    pane.take(new, vec![entry(b"x", 0, 0, 0), entry(b"y", 0, 0, 0)]);
    assert!(pane.listed(new, Ok(())));
    assert_eq!(pane.current().unwrap().name, b"y");
}

#[test]
fn a_hundred_thousand_entries_are_arranged_and_searched() {
    let mut pane = Pane::new("here".into(), Vec::new());
    let listing = pane.begin(Some(b"file-099999".to_vec()));
    pane.entered(listing, b"/".to_vec());
    for part in 0..100 {
        let names = (part * 1000..part * 1000 + 1000).map(|at| format!("file-{at:06}"));
        pane.take(listing, names.map(|name| entry(name.as_bytes(), 0, 1, 1)).collect());
    }
    pane.listed(listing, Ok(()));
    assert_eq!((pane.rows(), pane.cursor()), (100_000, 99_999));
    pane.filter = "0777".into();
    pane.arrange();
    assert_eq!(pane.rows(), 120);
}
