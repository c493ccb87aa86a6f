//! The dialog of a login without the screen, with a person whose answers are a script: what is
//! remembered, what is sent, and what is not.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use russh::MethodKind::{HostBased, Password};
use russh::keys::PublicKey;
use tessh::client::Session;
use tessh::client::host_key::SettledKey;
use tessh::client::login::{Login, LoginDialogOptions, authenticate_asking};
use tessh::config::Method;
use tessh::error::{Error, Kind};
use tessh::prompt::{Answer, Attempt, LoginAnswer, LoginCredential, LoginQuestion, Occasion, User};
use tessh::secret::Secret;

use crate::ours::{self, Person};
use crate::server::{Scripted, Step};

/// What was seen of a question.
#[derive(Debug, PartialEq)]
struct Seen {
    user: User,
    occasion: Occasion,
    preselected: Option<Method>,
    handed_over: bool,
    remember: Option<bool>,
}

fn password(text: &str, remember: bool) -> LoginAnswer {
    let credential = LoginCredential::Password(Secret::new(text.to_owned()));
    LoginAnswer::Attempt(Box::new(Attempt { credential, remember, again: true, forward: remember }))
}

/// Logs in with these answers, and gives what was asked.
async fn log_in(
    server: &Scripted,
    answers: impl IntoIterator<Item = LoginAnswer>,
    login: Login,
    user_is_proposed: bool,
) -> (Result<Session, Error>, Vec<Seen>) {
    let answers = Mutex::new(answers.into_iter().collect::<VecDeque<_>>());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let person = Person {
        login: Some(Box::new(move |question: LoginQuestion| {
            noted.lock().unwrap().push(Seen {
                user: question.user,
                occasion: question.occasion,
                preselected: question.preselected,
                handed_over: question.handed_over,
                remember: question.remember,
            });
            answers.lock().unwrap().pop_front().map_or(Answer::Cancelled, Answer::Given)
        })),
        ..Person::default()
    };
    let options = ours::Options::default();
    let transport = ours::transport_for(server.address(), Arc::new(person), options).await;
    let asking = LoginDialogOptions {
        host: "server".to_owned(),
        user_is_proposed,
        switched_off: Vec::new(),
        key_file: None,
        key_file_is_named: false,
        worked: None,
        home: PathBuf::from("/nonexistent"),
        forward: Some(false),
    };
    let result = authenticate_asking(transport.unwrap(), login, asking).await;
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    (result, seen)
}

fn nobody() -> Login {
    ours::login(Method::None)
}

#[tokio::test]
async fn a_login_of_one_step_is_remembered_where_that_was_ticked() {
    for remember in [true, false] {
        let server =
            Scripted::start([Step::Refuse(&[Password]), Step::Refuse(&[Password]), Step::Accept]);
        let answers = [password("typo", remember), password("right", remember)];
        let (session, seen) = log_in(&server, answers, nobody(), false).await;
        let session = session.unwrap();
        assert_eq!(session.forward_agent, Some(remember));
        let kept = session.remembered.map(|it| (it.user, it.credential));
        match kept {
            Some((user, tessh::client::state::RememberedCredential::Password(secret)))
                if remember =>
            {
                assert_eq!((user.as_str(), secret.expose()), ("user", "right"));
            }
            None if !remember => {}
            _ => panic!("not what was typed"),
        }
        let [first, second] = &seen[..] else { panic!("{seen:?}") };
        assert_eq!(first.occasion, Occasion::First);
        assert_eq!(second.occasion, Occasion::Refused("password".to_owned()));
        assert_eq!((first.remember, second.remember), (Some(false), Some(remember)));
    }
}

#[tokio::test]
async fn a_login_of_two_steps_is_forgotten() {
    let server =
        Scripted::start([Step::Refuse(&[Password]), Step::Further(&[Password]), Step::Accept]);
    let answers = [password("one", true), password("two", true)];
    let (session, seen) = log_in(&server, answers, nobody(), false).await;
    assert!(session.unwrap().remembered.is_none());
    let [_, second] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(second.occasion, Occasion::Further("password".to_owned()));
    assert_eq!((second.remember, second.preselected), (Some(false), Some(Method::Password)));
}

#[tokio::test]
async fn a_password_that_was_handed_over_is_used_once_and_only_when_told() {
    let server = Scripted::start([Step::Refuse(&[Password]), Step::Refuse(&[Password])]);
    let handed_over = Some(Secret::new("from a descriptor".to_owned()));
    let login = Login { password: handed_over, ..nobody() };
    let (session, seen) = log_in(&server, [password("", false)], login, false).await;
    assert_eq!(session.err().unwrap().kind(), Kind::Cancelled);
    assert_eq!(seen.iter().map(|it| it.handed_over).collect::<Vec<_>>(), [true, false]);
    assert_eq!(server.log(), ["none user", "password user \"from a descriptor\""]);
}

#[tokio::test]
async fn what_the_server_does_not_accept_is_not_sent_even_if_it_is_answered() {
    let server = Scripted::start([Step::Refuse(&[Password])]);
    let credential = LoginCredential::Interactive;
    let attempt = Attempt { credential, remember: false, again: false, forward: false };
    let answers = [LoginAnswer::Attempt(Box::new(attempt))];
    let (session, _) = log_in(&server, answers, nobody(), false).await;
    assert!(session.is_err());
    assert_eq!(server.log(), ["none user"]);
}

#[tokio::test]
async fn the_user_name_is_settled_before_the_server_is_asked() {
    let server = Scripted::start([Step::Refuse(&[Password]), Step::Accept]);
    let answers = [LoginAnswer::User("alice".to_owned()), password("pw", false)];
    let (session, seen) = log_in(&server, answers, nobody(), true).await;
    assert_eq!(session.unwrap().how, "password");
    let users: Vec<_> = seen.into_iter().map(|it| it.user).collect();
    assert_eq!(users, [User::Proposed("user".into()), User::Settled("alice".into())]);
    assert_eq!(server.log(), ["none alice", "password alice \"pw\""]);
    // An attempt in the place of a name is no name.
    let server = Scripted::start([Step::Accept]);
    let (session, _) = log_in(&server, [password("pw", false)], nobody(), true).await;
    assert!(session.is_err());
    assert_eq!(server.log(), [""; 0]);
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_is_to_be_chosen() {
    let server = Scripted::start([Step::Accept]);
    let (session, seen) = log_in(&server, [], nobody(), false).await;
    assert_eq!((session.unwrap().how.as_str(), &seen[..]), ("none", &[][..]));
    let server = Scripted::start([Step::Refuse(&[HostBased])]);
    let (session, seen) = log_in(&server, [], nobody(), false).await;
    let error = session.err().unwrap();
    assert_eq!((error.kind(), &seen[..]), (Kind::Authentication, &[][..]));
    assert!(error.to_string().contains("it accepts hostbased"), "{error}");
}

/// Where a connection is made again, its host's key is not asked about, and no other key will do.
#[tokio::test]
async fn a_settled_host_key_is_the_only_one_and_needs_no_answer() {
    let server = Scripted::start([]);
    let reach = async |settled: SettledKey| {
        let options = ours::Options { settled, ..ours::Options::default() };
        ours::transport_for(server.address(), Arc::default(), options).await
    };
    let (_, key) = server.known_hosts().split_once(' ').unwrap();
    let right = SettledKey::default();
    right.settle(&PublicKey::from_openssh(key).unwrap());
    assert!(reach(right).await.is_ok());
    let wrong = SettledKey::default();
    let other = include_str!("../data/keys/made/ecdsa256.pub");
    wrong.settle(&PublicKey::from_openssh(other).unwrap());
    let error = reach(wrong).await.err().unwrap();
    assert_eq!(error.kind(), Kind::HostKey);
    assert!(error.to_string().contains("another key than a moment ago"), "{error}");
}
