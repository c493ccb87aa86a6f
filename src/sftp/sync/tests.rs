//! Comparisons of directories as a person would expect them.

use super::compare::{
    CopyReason, SyncComparison, SyncCriteria, SyncNode, SyncRules, SyncStep, compare,
};
use super::plan::plan;
use super::side::{KeptNames, Side};
use crate::sftp::attributes::FileType;

fn file(name: &str, size: u64, modified: i64) -> SyncNode {
    let name = name.as_bytes().to_owned();
    SyncNode {
        name,
        kind: FileType::Regular,
        size,
        modified: Some(modified),
        mode: None,
        link: None,
    }
}

fn of_kind(name: &str, kind: FileType) -> SyncNode {
    SyncNode { kind, ..file(name, 0, 0) }
}

fn link(name: &str, to: &str) -> SyncNode {
    SyncNode { link: Some(to.as_bytes().to_owned()), ..of_kind(name, FileType::Symlink) }
}

fn steps(found: &SyncComparison) -> Vec<(String, SyncStep)> {
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    found.changes.iter().map(|change| (text(&change.path), change.step.clone())).collect()
}

fn step(path: &str, step: SyncStep) -> (String, SyncStep) {
    (path.to_owned(), step)
}

#[test]
fn files_are_told_apart_by_size_and_time_and_by_hash_where_asked() {
    let source = || vec![file("b", 1, 5), file("a", 1, 5), file("c", 2, 5), file("new", 1, 1)];
    let target = || vec![file("a", 1, 5), file("b", 1, 4), file("c", 1, 5), file("old", 1, 1)];
    let found = compare(&SyncRules::default(), b"d", source(), target());
    let copies = |b: SyncStep| {
        vec![
            step("d/b", b),
            step("d/c", SyncStep::Copy(CopyReason::Size(1))),
            step("d/new", SyncStep::Copy(CopyReason::New)),
        ]
    };
    assert_eq!(steps(&found), copies(SyncStep::Copy(CopyReason::Newer)));
    assert_eq!(found.same, 1);

    let criteria = SyncCriteria { size: false, time: false, hash: true };
    let rules = SyncRules { criteria, delete: true, ..SyncRules::default() };
    let found = compare(&rules, b"d", source(), target());
    let mut wanted = copies(SyncStep::Hash);
    wanted.insert(0, step("d/a", SyncStep::Hash));
    wanted.push(step("d/old", SyncStep::Remove));
    assert_eq!(steps(&found), wanted);
}

#[test]
fn a_directory_gives_way_only_where_things_are_removed() {
    let source = || vec![of_kind("x", FileType::Directory), file("y", 1, 1)];
    let target = || vec![file("x", 1, 1), of_kind("y", FileType::Directory)];
    let found = compare(&SyncRules::default(), b"", source(), target());
    assert_eq!(steps(&found), [step("x", SyncStep::Blocked), step("y", SyncStep::Blocked)]);
    assert_eq!(found.inner, []);

    let rules = SyncRules { delete: true, ..SyncRules::default() };
    let found = compare(&rules, b"", source(), target());
    let wanted = [
        step("x", SyncStep::Remove),
        step("x", SyncStep::MakeDirectory),
        step("y", SyncStep::Remove),
        step("y", SyncStep::Copy(CopyReason::New)),
    ];
    assert_eq!(steps(&found), wanted);
    assert_eq!((found.inner.len(), found.inner[0].is_in_target), (1, false));
}

#[test]
fn links_are_compared_by_what_they_point_to() {
    let source = vec![link("a", "x"), link("b", "x"), link("c", "x"), file("d", 1, 1)];
    let target = vec![link("a", "x"), link("b", "y"), file("c", 1, 1), link("d", "a")];
    let found = compare(&SyncRules::default(), b"", source, target);
    let to_x = || SyncStep::Link(b"x".to_vec());
    let wanted =
        [step("b", to_x()), step("c", to_x()), step("d", SyncStep::Copy(CopyReason::Kind))];
    assert_eq!(steps(&found), wanted);
    assert_eq!(found.same, 1);
}

#[test]
fn what_is_excluded_is_neither_copied_nor_removed() {
    let mut rules = SyncRules { delete: true, ..SyncRules::default() };
    rules.filter.add(false, b"*.o");
    rules.filter.add(false, b"cache/");
    let source = vec![file("a.o", 1, 1), of_kind("cache", FileType::Directory)];
    let target = vec![file("b.o", 1, 1), file("b.c", 1, 1)];
    let found = compare(&rules, b"", source, target);
    assert_eq!(steps(&found), [step("b.c", SyncStep::Remove)]);
    assert_eq!(found.inner, []);
}

#[test]
fn devices_stay_and_a_time_that_is_not_known_is_no_difference() {
    let source = vec![of_kind("tty", FileType::Special), file("a", 1, 9)];
    let target = vec![SyncNode { modified: None, ..file("a", 1, 0) }];
    let found = compare(&SyncRules::default(), b"", source, target);
    assert_eq!(steps(&found), [step("tty", SyncStep::Special)]);
}

#[tokio::test]
async fn a_tree_that_is_too_deep_is_given_up() {
    let home = tempfile::tempdir().unwrap();
    let [source, target] = ["source", "target"].map(|name| home.path().join(name));
    std::fs::create_dir_all(&target).unwrap();
    let planned = async || {
        let kept = KeptNames::at_most(10_000, 1 << 20);
        let sides = (Side::Local(&source), Side::Local(&target));
        plan(&SyncRules::default(), &sides.0, &sides.1, &kept).await.map(|_| ())
    };
    std::fs::create_dir_all(source.join("d/".repeat(98))).unwrap();
    planned().await.unwrap();
    std::fs::create_dir_all(source.join("d/".repeat(120))).unwrap();
    let error = planned().await.unwrap_err().to_string();
    assert!(error.contains("100 directories deep"), "{error}");
}

#[tokio::test]
async fn what_is_kept_of_trees_is_bounded_in_names_and_bytes() {
    let home = tempfile::tempdir().unwrap();
    let [source, target] = ["source", "target"].map(|name| home.path().join(name));
    std::fs::create_dir(&target).unwrap();
    for directory in ["a", "b"] {
        std::fs::create_dir_all(source.join(directory)).unwrap();
        for number in 0..10 {
            std::fs::write(source.join(directory).join(format!("{number:0>100}")), "").unwrap();
        }
    }
    let sides = (Side::Local(&source), Side::Local(&target));
    let planned = async |names, bytes| {
        let kept = KeptNames::at_most(names, bytes);
        let planned = plan(&SyncRules::default(), &sides.0, &sides.1, &kept).await;
        planned.map(|plan| plan.changes.len()).map_err(|error| error.to_string())
    };
    assert_eq!(planned(22, 2100).await, Ok(22));
    for (names, bytes, directory, words) in [
        (15, 9000, "source/b: ", "more than 15 names"),
        (1, 9000, "source: ", "more than 1 names"),
        (90, 900, "source/a: ", "more than 900 bytes"),
        (90, 2000, "source/b: ", "more than 2000 bytes"),
    ] {
        let error = planned(names, bytes).await.unwrap_err();
        assert!(error.contains(directory) && error.contains(words), "{error}");
    }
    // What is the same on both sides is not kept.
    for directory in ["a", "b"] {
        std::fs::create_dir(target.join(directory)).unwrap();
        for number in 0..10 {
            let path = source.join(directory).join(format!("{number:0>100}"));
            let copy = target.join(directory).join(format!("{number:0>100}"));
            std::fs::hard_link(path, copy).unwrap();
        }
    }
    assert_eq!(planned(99, 4100).await, Ok(0));
}
