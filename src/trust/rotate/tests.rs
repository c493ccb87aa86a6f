//! Tests of how an announcement changes files, byte by byte, and when it does not.

use std::fs;

use tempfile::TempDir;

use super::*;

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/trust/certificates/", $name))
    };
}

const CURRENT: &str = data!("host-ed25519.pub");
const RSA: &str = data!("host-rsa.pub");
const ECDSA: &str = data!("host-ecdsa.pub");
const OLD: &str = data!("host-revoked.pub");

fn key(text: &str) -> PublicKey {
    PublicKey::new(PublicKey::from_openssh(text).expect("a key").key_data().clone(), "")
}

fn text(key: &str) -> &str {
    key.trim_end()
}

/// Files with these texts, and an announcement for the host `h`.
fn announced(texts: &[&str], keys: &[&str]) -> (TempDir, Announcement) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut files = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        files.push(directory.path().join(format!("known_hosts{index}")));
        fs::write(&files[index], text).expect("written");
    }
    let announcement = Announcement {
        subject: Subject { name: "h".into(), port: 22, alias: false },
        files,
        current: key(CURRENT),
        keys: keys.iter().map(|text| key(text)).collect(),
        unusable: Vec::new(),
    };
    (directory, announcement)
}

fn read_first(announced: &Announcement) -> String {
    fs::read_to_string(&announced.files[0]).expect("text")
}

#[test]
fn only_short_plain_files_are_compared_at_once() {
    let half = "#".repeat(SHORT_MAX as usize / 2);
    let (directory, mut of_two) = announced(&[&half, &half], &[CURRENT]);
    of_two.files.push(directory.path().join("missing"));
    assert!(of_two.is_short());
    of_two.files.push(directory.path().to_owned());
    assert!(!of_two.is_short(), "a directory");
    of_two.files.pop();
    fs::write(&of_two.files[2], "#").expect("written");
    assert!(!of_two.is_short(), "one byte too long");
}

#[test]
fn new_keys_come_and_obsolete_ones_go_in_one_step() {
    let around = "# mine\r\n\njunk \u{1}\nother ssh-ed25519 AAAA\n";
    let before = format!(
        "{around}h {} a comment\nh,10.0.0.1 {}\nh {}",
        text(CURRENT),
        text(OLD),
        text(ECDSA)
    );
    let (_directory, announced) = announced(&[&before], &[CURRENT, RSA]);
    let difference = compare(&announced).expect("clear");
    assert_eq!(difference.new, [key(RSA)]);
    let obsolete: Vec<usize> = difference.obsolete.iter().map(|key| key.at.line).collect();
    assert_eq!(obsolete, [6, 7]);
    rotate(&announced, &difference, false).expect("rotated");
    let after =
        format!("{around}h {} a comment\n10.0.0.1 {}\nh {}\n", text(CURRENT), text(OLD), text(RSA));
    assert_eq!(read_first(&announced), after);
    assert!(compare(&announced).expect("clear").is_empty(), "nothing is left to do");
}

#[test]
fn a_new_line_hides_the_name_where_that_is_wanted() {
    let before = format!("{} {}\n", pattern::hash_field(&[3; 20], "h"), text(CURRENT));
    let (_directory, announced) = announced(&[&before], &[CURRENT, RSA]);
    let difference = compare(&announced).expect("clear");
    rotate(&announced, &difference, true).expect("rotated");
    let after = read_first(&announced);
    let added = after.strip_prefix(&before).expect("what was there stays");
    assert!(added.starts_with("|1|") && added.lines().count() == 1, "{added}");
    assert!(compare(&announced).expect("clear").is_empty(), "the hashed line is found");
}

#[test]
fn a_file_that_is_not_clear_stays() {
    let current = format!("h {CURRENT}");
    for (more, why) in [
        (format!("@cert-authority h {RSA}"), "marker"),
        (format!("@revoked * {RSA}"), "marker"),
        (format!("* {RSA}"), "wildcard"),
        (format!("h,!x {RSA}"), "wildcard"),
        (format!("h,a,b {RSA}"), "list of names"),
        (format!("other {RSA}"), "another name"),
        (format!("{} {RSA}", pattern::hash_field(&[3; 20], "other")), "another name"),
        (format!("h {OLD}other {OLD}"), "another name"),
    ] {
        let (_directory, announced) = announced(&[&format!("{current}{more}")], &[CURRENT, RSA]);
        match compare(&announced) {
            Err(RotationObstacle::Unclear(reason)) => {
                assert!(reason.contains(why), "{reason} for {more}");
            }
            other => unreachable!("{other:?} for {more}"),
        }
    }
}

#[test]
fn the_key_in_use_must_be_in_the_first_file() {
    for texts in [[String::new(), format!("h {CURRENT}")], [format!("h {OLD}"), String::new()]] {
        let texts = texts.each_ref().map(String::as_str);
        let (_directory, announced) = announced(&texts, &[CURRENT, RSA]);
        assert!(matches!(compare(&announced), Err(RotationObstacle::Unclear(_))));
    }
}

#[test]
fn other_files_are_read_and_never_written() {
    let first = format!("h {CURRENT}");
    // A key in a later file counts as known.
    let (_directory, known) = announced(&[&first, &format!("h {RSA}")], &[CURRENT, RSA, ECDSA]);
    let difference = compare(&known).expect("clear");
    assert_eq!(difference.new, [key(ECDSA)]);
    rotate(&known, &difference, false).expect("rotated");
    assert_eq!(read_first(&known), format!("{first}h {}\n", text(ECDSA)));

    // An obsolete key in a later file cannot be removed, so nothing is changed at all.
    let (_directory, held) = announced(&[&first, &format!("\nh {OLD}")], &[CURRENT, RSA]);
    match compare(&held) {
        Err(RotationObstacle::Trouble(reason)) => {
            assert!(reason.contains("known_hosts1:2"), "{reason}");
        }
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn keys_of_types_that_cannot_be_used_are_left_alone() {
    let before = format!("h {CURRENT}h {RSA}");
    let (_directory, mut announced) = announced(&[&before], &[CURRENT]);
    assert_eq!(compare(&announced).expect("clear").obsolete.len(), 1);
    announced.unusable.push(key(RSA));
    assert!(compare(&announced).expect("clear").is_empty());
}

#[test]
fn what_another_program_did_meanwhile_is_kept() {
    let before = format!("h {CURRENT}h {OLD}");
    let (_directory, announced) = announced(&[&before], &[CURRENT, RSA]);
    let difference = compare(&announced).expect("clear");
    // The other program has added the same key, and one that was not in the difference.
    let meanwhile = format!("h {CURRENT}h {RSA}h {ECDSA}");
    fs::write(&announced.files[0], &meanwhile).expect("written");
    rotate(&announced, &difference, false).expect("rotated");
    assert_eq!(read_first(&announced), meanwhile);
    // The other program has removed the host.
    fs::write(&announced.files[0], "").expect("written");
    let error = rotate(&announced, &difference, false).expect_err("refused");
    assert!(error.to_string().contains("another program"), "{error}");
    assert_eq!(read_first(&announced), "");
}
