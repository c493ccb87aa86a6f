//! The security warning: keys in, the screen and the answer out.

use super::*;
use crate::catalogue::testing::in_each_language;
use crate::ui::evidence::testing::{
    changed, evidence, other_type, question, with_dates, with_faults,
};
use crate::ui::screen::testing::TestScreen;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (200, 60)];

fn unknown() -> Evidence {
    evidence(Finding::Unknown)
}

/// The screen after the keys, and the answer if they have closed the dialog.
fn play(evidence: &Evidence, (w, h): (u16, u16), keys: &str) -> (String, Option<HostKeyAnswer>) {
    let (shown, closed) = TestScreen::new(w, h).play(Warning::new(&question(evidence)), keys);
    (shown, closed.map(|dialog| dialog.answer()))
}

fn answer(evidence: &Evidence, keys: &str) -> Option<HostKeyAnswer> {
    play(evidence, (80, 24), keys).1
}

/// Everything that the dialog shows, regardless of the screen's size.
fn all(evidence: &Evidence, keys: &str) -> String {
    play(evidence, (80, 90), keys).0
}

#[test]
fn enter_alone_continues_for_nobody_and_disconnects_where_the_key_changed() {
    in_each_language(|language| {
        for size in SIZES {
            for evidence in [unknown(), other_type(), with_faults(unknown())] {
                let (shown, answer) = play(&evidence, size, "<Enter><Enter><Enter>");
                assert_eq!(answer, None, "{language:?} {size:?}:\n{shown}");
                let choose = say!(choose_one, keys = format!("c{}d", say!(list_or)));
                assert!(shown.contains(&choose), "Enter is answered {size:?}:\n{shown}");
            }
            let (shown, answer) = play(&changed(), size, "<Enter>");
            assert_eq!(answer, Some(HostKeyAnswer::Disconnect), "{language:?} {size:?}:\n{shown}");
            for evidence in [unknown(), other_type(), changed()] {
                for key in ["<Esc>", "<C-c>", "<Tab><Tab><Tab>SHA<Esc>", "d"] {
                    let (shown, answer) = play(&evidence, size, key);
                    assert_eq!(answer, Some(HostKeyAnswer::Disconnect), "{key}:\n{shown}");
                }
            }
        }
    });
}

#[test]
fn a_fingerprint_that_is_typed_or_pasted_again_never_presses_a_button() {
    let wrong = format!("SHA256:{}", "c".repeat(43));
    let right = fingerprint::sha256(&unknown().offered);
    // Typed without going to the field: its first letter goes there, and the rest is text.
    for keys in [wrong.clone(), format!("{wrong}<Enter>")] {
        let (shown, answer) = play(&unknown(), (80, 24), &keys);
        assert!(!matches!(answer, Some(HostKeyAnswer::Record | HostKeyAnswer::Once)), "{shown}");
    }
    // Pasted twice it is still another one, and the right one takes its place.
    let twice = format!("<Paste:{wrong}><Paste:{wrong}>");
    assert_eq!(answer(&unknown(), &format!("{twice}c")), None);
    let then_right = format!("<Paste:{wrong}><Paste:{right}>");
    assert!(all(&unknown(), &then_right).contains("✓ the same"));
    // Taking letters back from a bare one does not lift the guard.
    let bare = format!("<Paste:{}><S-Tab><BS>", "c".repeat(43));
    let shown = all(&unknown(), &bare);
    assert_eq!(answer(&unknown(), &format!("{bare}<A-c>")), None, "{shown}");
}

#[test]
fn the_box_is_ticked_for_a_new_host_only() {
    let (add, replace) = (say!(warning_add), say!(warning_replace));
    assert!(all(&unknown(), "").contains(&format!("[x] {add}")));
    assert!(all(&other_type(), "").contains(&format!("[ ] {add}")));
    assert!(all(&changed(), "").contains(&format!("[ ] {replace}")));
    assert!(!all(&changed(), "").contains(&add));
}

#[test]
fn connect_records_with_the_box_and_connects_once_without() {
    for evidence in [unknown(), other_type(), changed()] {
        let ticked = matches!(evidence.finding, Finding::Unknown);
        let to_box = if is_changed(&evidence) { "<Tab><Tab>" } else { "" };
        let (now, other) = match ticked {
            true => (HostKeyAnswer::Record, HostKeyAnswer::Once),
            false => (HostKeyAnswer::Once, HostKeyAnswer::Record),
        };
        for (keys, expected) in [("c", &now), (" c", &other), (" <Tab><Enter>", &other)] {
            assert_eq!(answer(&evidence, &format!("{to_box}{keys}")).as_ref(), Some(expected));
        }
    }
    // The changed key begins at Disconnect.
    assert_eq!(answer(&changed(), "<Left><Enter>"), Some(HostKeyAnswer::Once));
}

#[test]
fn what_connect_would_do_is_said_and_follows_the_box() {
    assert!(all(&unknown(), "").contains("in your list of known hosts"));
    assert!(all(&unknown(), " ").contains("nothing is written"));
    let once = all(&changed(), "");
    assert!(once.contains("nothing is written") && once.contains("[ Connect once (c) ]"));
    let replace = all(&changed(), "<Tab><Tab> ");
    assert!(replace.contains("taken off the list"), "{replace}");
    assert!(replace.contains("[ Replace and connect (c) ]"), "{replace}");
}

#[test]
fn port_and_how_to_verify_are_named() {
    for evidence in [unknown(), other_type(), changed()] {
        let (shown, _) = play(&evidence, (80, 24), "");
        assert!(shown.contains("web1 port 2222"), "{shown}");
        assert!(shown.contains("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"), "{shown}");
    }
}

#[test]
fn art_md5_and_evidence_open_and_close_in_place() {
    for evidence in [with_faults(unknown()), changed()] {
        let key = &evidence.offered;
        let closed = all(&evidence, "");
        assert!(closed.contains(&fingerprint::sha256(key)), "{closed}");
        for hidden in ["[SHA256]", "MD5:", "Looked for"] {
            assert!(!closed.contains(hidden), "{hidden}\n{closed}");
        }
        assert_eq!(all(&evidence, "aamiimm"), all(&evidence, "m"));
        assert!(all(&evidence, "m").contains(&fingerprint::md5(key)));
        for (keys, hash) in [("a", Hash::Sha256), ("am", Hash::Md5)] {
            let screen = all(&evidence, keys);
            for line in hash.picture(key).lines() {
                assert!(screen.contains(line.trim_end()), "{line}\n{screen}");
            }
        }
        for keys in ["a", "m", "i"] {
            let (small, _) = play(&evidence, (60, 15), keys);
            let seen = match keys {
                "a" => "+--[ED25519 256]--+",
                "m" => "MD5:",
                _ => "Looked for",
            };
            assert!(small.contains(seen) && small.contains("(d)"), "{keys}\n{small}");
        }
    }
}

#[test]
fn a_fingerprint_that_matches_is_said_to_match_and_accepts_nothing() {
    let evidence = unknown();
    let right = fingerprint::md5(&evidence.offered);
    for (typed, says) in [
        (format!("<Paste:{right}\n>"), "✓ the same"),
        (format!("<Paste:{}>", right.to_uppercase().replace("MD5:", "")), "✓ the same"),
        (format!("<S-Tab>{}", right.replacen(':', "", 1)), "Not a whole fingerprint"),
    ] {
        let screen = all(&evidence, &typed);
        assert!(screen.contains(says) && screen.contains("[x] Remember"), "{typed}:\n{screen}");
        assert_eq!(answer(&evidence, &format!("{typed}<Enter><Enter>")), None, "{typed}");
        assert_eq!(answer(&evidence, &format!("{typed}<A-c>")), Some(HostKeyAnswer::Record));
    }
    let emptied = all(&evidence, "<S-Tab>a<BS>");
    assert!(!emptied.contains("Not a whole"), "{emptied}");
}

#[test]
fn a_fingerprint_that_does_not_match_guards_connect() {
    let evidence = unknown();
    let right = fingerprint::sha256(&evidence.offered);
    let last = if right.ends_with('z') { 'y' } else { 'z' };
    let almost = format!("{}{last}", &right[7..right.len() - 1]);
    let disconnect = Some(HostKeyAnswer::Disconnect);
    for wrong in [format!("SHA256:{}", "A".repeat(43)), almost, "00:".repeat(15) + "00"] {
        for typed in [format!("<Paste:{wrong}>"), format!("<S-Tab>{wrong}")] {
            let (screen, _) = play(&evidence, (80, 24), &typed);
            assert!(
                screen.contains("NOT the same") && screen.contains("Do not connect"),
                "{screen}"
            );
            assert!(screen.contains("[ ] Remember this key"), "{screen}");
            // Enter disconnects, and Connect does nothing.
            assert_eq!(answer(&evidence, &format!("{typed}<Enter>")), disconnect, "{typed}");
            let (guarded, none) = play(&evidence, (80, 24), &format!("{typed}<A-c><A-c>"));
            assert!(none.is_none() && guarded.contains("does NOT match"), "{guarded}");
            assert_eq!(answer(&evidence, &format!("{typed}<A-c><Enter>")), disconnect);
        }
    }
    // What is emptied or mended is free again; only a match brings the tick back.
    let mended = format!("<S-Tab>{}x<BS>{}", &right[..right.len() - 1], &right[right.len() - 1..]);
    assert_eq!(answer(&evidence, &format!("{mended}<A-c>")), Some(HostKeyAnswer::Record));
    let wrong = "A".repeat(43);
    let emptied = format!("<S-Tab>{wrong}<C-u><A-c>");
    assert_eq!(answer(&evidence, &emptied), Some(HostKeyAnswer::Once));
    let matching = format!("<S-Tab>{wrong}<C-u>{right}<A-c>");
    assert_eq!(answer(&evidence, &matching), Some(HostKeyAnswer::Record));
}

#[test]
fn old_and_new_key_stand_below_each_other_with_what_differs_marked() {
    let evidence = changed();
    let old = &evidence::known(&evidence)[0];
    let (was, is) = (fingerprint::sha256(&old.key), fingerprint::sha256(&evidence.offered));
    for size in [(80, 24), (100, 32), (160, 50)] {
        let (screen, _) = play(&evidence, size, "");
        let lines: Vec<&str> = screen.lines().collect();
        let at = lines.iter().position(|line| line.contains(&was)).expect("the old one");
        assert_eq!(lines[at].find(&was), lines[at + 1].find(&is), "{screen}");
        assert!(screen.contains("known_hosts:12") && screen.contains("DIFFERENT KEY"), "{screen}");
    }
    // On a narrower screen both are broken in the same columns.
    let (screen, _) = play(&evidence, (40, 90), "");
    let lines: Vec<&str> = screen.lines().collect();
    let at = lines.iter().position(|line| line.contains(&was[..16])).expect("the old one");
    assert!(lines[at + 1].contains(&is[..16]), "{screen}");
    // What is the same is not marked.
    let mut stage = TestScreen::new(80, 24);
    stage.play(Warning::new(&question(&evidence)), "");
    let marked = stage.styled(|cell| cell.modifier.contains(ratatui::style::Modifier::UNDERLINED));
    assert!(!marked.contains("SHA256:") && marked.contains(&is[8..9]), "{marked}");
}

#[test]
fn the_day_of_an_old_key_is_shown_where_it_is_known() {
    for evidence in [changed(), other_type()] {
        assert!(!all(&evidence, "").contains("first written"));
        let shown = all(&with_dates(evidence), "");
        assert_eq!(shown.matches("first written on 20").count(), 1, "{shown}");
    }
}

#[test]
fn the_evidence_is_there_and_can_be_scrolled_to() {
    let evidence = with_faults(unknown());
    let whole = all(&evidence, "i");
    for text in [
        "Looked for [web1]:2222:",
        "/home/anna/.ssh/known_hosts: no entry",
        "known_hosts:20 was skipped",
        "/etc/ssh/ssh_known_hosts was not searched: is a directory",
        "Its certificate does not count: it expired",
    ] {
        assert!(whole.contains(text), "{text}:\n{whole}");
    }
    let (end, _) = play(&evidence, (60, 15), &format!("i{}", "<PageDown>".repeat(12)));
    assert!(end.contains("was not searched") && end.contains("Disconnect"), "{end}");
}

#[test]
fn every_size_shows_what_is_the_matter_and_the_way_out() {
    in_each_language(|language| {
        for size in SIZES {
            for evidence in [unknown(), other_type(), changed()] {
                let (shown, _) = play(&evidence, size, "");
                let title =
                    if is_new(&evidence) { say!(warning_title_new) } else { say!(warning_title) };
                let write =
                    if is_changed(&evidence) { say!(warning_replace) } else { say!(warning_add) };
                for word in [title, say!(warning_disconnect), "web1".to_owned(), write] {
                    assert!(shown.contains(&word), "{word} {language:?} {size:?}:\n{shown}");
                }
                // The whole warning and its fingerprint are visible before any key is pressed.
                if size.1 > 15 {
                    let print = fingerprint::sha256(&evidence.offered);
                    assert!(shown.contains(&print[..30]), "{language:?} {size:?}:\n{shown}");
                }
            }
        }
        for size in [(10, 3), (1, 1), (24, 8), (20, 40)] {
            for evidence in [with_faults(unknown()), changed()] {
                play(&evidence, size, "<Down> <Tab><Tab>x<PageDown>ami<A-a><A-i>");
            }
        }
    });
}

#[test]
fn on_a_narrow_screen_the_box_has_all_its_words_and_the_buttons_are_in_sight() {
    let bare = |text: &str| text.replace(|c: char| c.is_whitespace() || c == '│', "");
    in_each_language(|language| {
        for size in [(40, 12), (30, 20), (30, 9)] {
            let (shown, _) = play(&changed(), size, "");
            for part in [say!(warning_replace).as_str(), "(c)", "(d)"] {
                let there = bare(&shown).contains(&bare(part));
                assert!(there, "{part} {language:?} {size:?}:\n{shown}");
            }
        }
    });
}

#[test]
fn a_host_of_ten_thousand_characters_does_not_push_the_question_away() {
    let evidence = unknown();
    let host = "x".repeat(10_000);
    let question = HostKeyQuestion { host: &host, ..question(&evidence) };
    let (shown, _) = TestScreen::new(80, 24).play(Warning::new(&question), "");
    assert!(shown.contains("Normal the first time") && shown.contains("SHA256:"), "{shown}");
}

#[test]
fn without_unicode_and_colours_it_is_ascii() {
    let mut stage = TestScreen::new(80, 90);
    stage.look = Look { colour: false, unicode: false };
    let (shown, _) = stage.play(Warning::new(&question(&changed())), "ami<Paste:x>");
    assert!(shown.is_ascii(), "{shown}");
}

/// A new server, for a picture.
pub(in crate::ui::screen) fn pictured_new(stage: &mut TestScreen) -> String {
    let evidence = unknown();
    let print = fingerprint::sha256(&evidence.offered);
    stage.play(Warning::new(&question(&evidence)), &format!("<Paste:{print}>")).0
}

/// A changed key, for a picture.
pub(in crate::ui::screen) fn pictured_changed(stage: &mut TestScreen) -> String {
    stage.play(Warning::new(&question(&changed())), "").0
}

/// A new server before anything is typed, for a page.
pub(in crate::ui::screen) fn unanswered(stage: &mut TestScreen) -> String {
    stage.play(Warning::new(&question(&unknown())), "").0
}
