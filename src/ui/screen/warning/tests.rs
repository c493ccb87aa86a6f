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
            }
            let (shown, answer) = play(&changed(), size, "<Enter>");
            assert_eq!(answer, Some(HostKeyAnswer::Disconnect), "{language:?} {size:?}:\n{shown}");
            for evidence in [unknown(), other_type(), changed()] {
                for key in ["<Esc>", "<C-c>", "<Tab><Tab>SHA<Esc>"] {
                    let (shown, answer) = play(&evidence, size, key);
                    assert_eq!(answer, Some(HostKeyAnswer::Disconnect), "{key}:\n{shown}");
                }
            }
        }
    });
}

#[test]
fn the_boxes_are_as_in_tera_term() {
    let add = "Add this machine and its key to the list of known hosts";
    let replace = "Replace the existing key with this new key";
    assert!(all(&unknown(), "").contains(&format!("[x] {add}")));
    assert!(all(&other_type(), "").contains(&format!("[ ] {add}")));
    assert!(all(&changed(), "").contains(&format!("[ ] {replace}")));
    assert!(!all(&changed(), "").contains(add));
}

#[test]
fn continue_records_with_the_box_and_connects_once_without() {
    // Backwards from the first row: Disconnect, Continue, the box.
    let go = "<S-Tab><S-Tab><Enter>";
    let tick_and_go = "<S-Tab><S-Tab><S-Tab> <Tab><Enter>";
    assert_eq!(answer(&unknown(), go), Some(HostKeyAnswer::Record));
    assert_eq!(answer(&unknown(), tick_and_go), Some(HostKeyAnswer::Once));
    assert_eq!(answer(&other_type(), go), Some(HostKeyAnswer::Once));
    assert_eq!(answer(&other_type(), tick_and_go), Some(HostKeyAnswer::Record));
    // The changed key begins at Disconnect.
    assert_eq!(answer(&changed(), "<Left><Enter>"), Some(HostKeyAnswer::Once));
    assert_eq!(answer(&changed(), "<S-Tab><S-Tab> <Tab><Enter>"), Some(HostKeyAnswer::Record));
}

#[test]
fn what_continue_would_do_is_said_and_follows_the_box() {
    let untick = "<S-Tab><S-Tab><S-Tab> ";
    assert!(all(&unknown(), "").contains("writes the key into your list"));
    assert!(all(&unknown(), untick).contains("this once and writes nothing"));
    assert!(all(&changed(), "").contains("this once and writes nothing"));
    assert!(all(&changed(), "<S-Tab><S-Tab> ").contains("in the place of the old one"));
}

#[test]
fn fingerprint_and_picture_follow_the_hash() {
    let evidence = unknown();
    let key = &evidence.offered;
    for (keys, shown, hidden) in
        [("", Hash::Sha256, Hash::Md5), ("<Down> ", Hash::Md5, Hash::Sha256)]
    {
        let screen = all(&evidence, keys);
        assert!(screen.contains(&shown.of(key)), "{screen}");
        assert!(!screen.contains(&hidden.of(key)), "{screen}");
        for line in shown.picture(key).lines() {
            assert!(screen.contains(line.trim_end()), "{line}\n{screen}");
        }
    }
}

#[test]
fn a_typed_fingerprint_is_compared_and_accepts_nothing() {
    let evidence = unknown();
    let right = fingerprint::md5(&evidence.offered);
    let field = "<Tab><Tab>";
    for (typed, says) in [
        (format!("<Paste:{right}\n>"), "This is the fingerprint of this key."),
        (format!("<Paste:{}>", right.to_uppercase().replace("MD5:", "")), "This is the finger"),
        (right.replace(":", ";").replacen(';', ":", 1), "Not a whole fingerprint"),
        (format!("<Paste:SHA256:{}>", "A".repeat(43)), "This is NOT the fingerprint"),
    ] {
        let keys = format!("{field}{typed}");
        let screen = all(&evidence, &keys);
        assert!(screen.contains(says), "{typed}:\n{screen}");
        assert_eq!(answer(&evidence, &format!("{keys}<Enter><Enter>")), None, "{typed}");
    }
    let emptied = all(&evidence, &format!("{field}a<BS>"));
    assert!(!emptied.contains("Not a whole"), "{emptied}");
}

#[test]
fn old_and_new_key_stand_side_by_side_also_on_a_small_screen() {
    let evidence = changed();
    let old = &evidence::known(&evidence)[0];
    let (was, is) = (fingerprint::sha256(&old.key), fingerprint::sha256(&evidence.offered));
    for width in [60, 80] {
        let (screen, _) = play(&evidence, (width, 90), "");
        let beside = screen.lines().find(|line| line.contains(&was[..20]));
        assert!(beside.is_some_and(|line| line.contains(&is[..20])), "{screen}");
        assert_eq!(screen.matches("[ED25519 256]").count(), 2, "{screen}");
        assert!(screen.contains("known_hosts:12"), "{screen}");
        assert!(screen.contains("DIFFERENT KEY"), "{screen}");
    }
    // On a narrower screen they are below each other and complete.
    let (screen, _) = play(&evidence, (40, 90), "");
    assert!(screen.contains(&was[..30]) && screen.contains(&is[..30]), "{screen}");
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
    let whole = all(&evidence, "");
    for text in [
        "Looked for [web1]:2222:",
        "/home/anna/.ssh/known_hosts: no entry",
        "known_hosts:20 was skipped",
        "/etc/ssh/ssh_known_hosts was not searched: is a directory",
        "Its certificate does not count: it expired",
    ] {
        assert!(whole.contains(text), "{text}:\n{whole}");
    }
    let (small, _) = play(&evidence, (60, 15), "");
    assert!(!small.contains("was not searched") && small.contains("more below"), "{small}");
    let (end, _) = play(&evidence, (60, 15), &"<PageDown>".repeat(12));
    assert!(end.contains("was not searched") && end.contains("Disconnect"), "{end}");
}

#[test]
fn every_size_shows_what_is_the_matter_and_the_way_out() {
    in_each_language(|language| {
        for size in SIZES {
            for evidence in [unknown(), other_type(), changed()] {
                let (shown, _) = play(&evidence, size, "");
                let words = [say!(warning_title), say!(warning_disconnect), "web1".to_owned()];
                for word in words {
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
                play(&evidence, size, "<Down> <Tab><Tab>x<PageDown>");
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
    assert!(shown.contains("pretending to be") && shown.contains("SHA256:"), "{shown}");
}

#[test]
fn without_unicode_and_colours_it_is_ascii() {
    let mut stage = TestScreen::new(80, 90);
    stage.look = Look { colour: false, unicode: false };
    let (shown, _) = stage.play(Warning::new(&question(&changed())), "");
    assert!(shown.is_ascii(), "{shown}");
}
