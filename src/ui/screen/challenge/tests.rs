//! Keys in, screen and answers out.

use std::sync::Arc;

use super::*;
use crate::error::{Error, Kind};
use crate::prompt::ChallengePrompt;
use crate::ui::screen::testing::TestScreen;

fn challenge(prompts: &[(&str, bool)]) -> Challenge {
    let prompt = |&(text, echo): &(&str, bool)| ChallengePrompt { text: text.to_owned(), echo };
    Challenge {
        login: "root@server".to_owned(),
        name: "Second factor".to_owned(),
        instruction: "Look at your telephone.\nSSH Authentication".to_owned(),
        prompts: prompts.iter().map(prompt).collect(),
        lost: Arc::new(|| None),
    }
}

fn answers(challenge: Challenge, typed: &str) -> Option<Vec<String>> {
    let (screen, closed) = TestScreen::new(80, 24).play(ChallengeDialog::new(challenge), typed);
    let closed = closed.unwrap_or_else(|| panic!("still open:\n{screen}"));
    let texts = |answers: Vec<Secret>| answers.iter().map(|it| it.expose().to_owned()).collect();
    closed.into_answers().map(texts)
}

#[test]
fn all_prompts_are_asked_together_with_their_echo() {
    let asked = || challenge(&[("Name: ", true), ("PIN: ", false), ("Colour? ", true)]);
    let (screen, _) =
        TestScreen::new(80, 24).play(ChallengeDialog::new(asked()), "me<Enter>1234<Enter>red");
    for words in ["Name:", "PIN:", "Colour?", "me", "••••", "red", "root@server"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    assert!(!screen.contains("1234"), "{screen}");
    let given = answers(asked(), "me<Enter>1234<Enter>red<Enter>");
    assert_eq!(given.unwrap(), ["me", "1234", "red"]);
    assert!(answers(asked(), "me<Esc>").is_none());
    let given = answers(asked(), "<Tab><Tab>only<Enter>");
    assert_eq!(given.unwrap(), ["", "", "only"]);
}

#[test]
fn the_servers_words_are_marked_as_the_servers() {
    let dialog = ChallengeDialog::new(challenge(&[("Password for root@bank: ", false)]));
    let (screen, _) = TestScreen::new(80, 24).play(dialog, "");
    for words in ["Second factor", "Look at your", "SSH Authentication", "Password for root@bank"] {
        let ours = "┌ SSH Authentication Challenge";
        let mut lines = screen.lines().filter(|line| !line.starts_with(ours));
        let line = lines.find(|line| line.contains(words)).unwrap();
        assert!(line.contains("┃ "), "{line}\n{screen}");
    }
}

#[test]
fn an_instruction_alone_is_confirmed() {
    assert_eq!(answers(challenge(&[]), "<Enter>").unwrap(), [""; 0]);
    assert!(answers(challenge(&[]), "<Esc>").is_none());
}

#[test]
fn many_prompts_scroll_on_a_small_screen() {
    let texts: Vec<_> = (1..=32).map(|number| format!("Question {number}: ")).collect();
    let prompts: Vec<_> = texts.iter().map(|text| (text.as_str(), true)).collect();
    let dialog = ChallengeDialog::new(challenge(&prompts));
    let keys: String = (1..=31).map(|number| format!("{number}<Enter>")).collect();
    let mut stage = TestScreen::new(60, 15);
    let (screen, _) = stage.play(dialog, &keys);
    assert!(screen.contains("Question 32:") && screen.contains("▲ more above"), "{screen}");
    let dialog = ChallengeDialog::new(challenge(&prompts));
    let (_, closed) = stage.play(dialog, &format!("{keys}32<Enter>"));
    let answers = closed.and_then(|dialog| dialog.into_answers()).unwrap();
    assert_eq!(answers.len(), 32);
    assert_eq!(answers[31].expose(), "32");
}

#[test]
fn a_lost_connection_is_told() {
    let mut asked = challenge(&[("PIN: ", false)]);
    asked.lost = Arc::new(|| Some(Error::new(Kind::Disconnected, "the server hung up")));
    assert!(answers(asked, "12<Wait:lost: the server hung up><Enter>").is_none());
}
