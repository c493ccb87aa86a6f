//! Logins in several steps: what is sent to a server, and what is not.

use tessh::client::login::{Login, authenticate};
use tessh::config::Method;
use tessh::error::{Error, Kind};
use tessh::secret::Secret;

use super::honest::{Act, Honest, Logins};
use super::ours;

#[tokio::test]
async fn a_method_of_the_chain_that_is_not_wanted_is_not_tried() {
    let (script, mut acts) = Honest::new();
    let address = Honest { logins: Logins::HalfWay, ..script }.listen().await;
    let transport = ours::transport(address).await.unwrap();
    let chain = vec![Method::Password, Method::Password];
    let login = Login { chain, ..ours::login(Method::Password) };
    let error = authenticate(transport, login).await.err().unwrap();
    assert_eq!(error.kind(), Kind::Authentication);
    let text = error.to_string();
    assert!(text.contains("further authentication is required"), "{text}");
    assert!(text.contains("--auth password,keyboard-interactive"), "{text}");
    let mut tried = Vec::new();
    while let Some(act) = acts.recv().await {
        tried.push(act);
    }
    assert_eq!(tried, [Act::Tried("password")]);
}

#[tokio::test]
async fn a_chain_is_followed_where_it_is_wanted() {
    let (script, mut acts) = Honest::new();
    let address = Honest { logins: Logins::HalfWay, ..script }.listen().await;
    let transport = ours::transport(address).await.unwrap();
    let chain = vec![Method::Password, Method::KeyboardInteractive];
    let login = Login { chain, ..ours::login(Method::Password) };
    assert!(authenticate(transport, login).await.is_err());
    assert_eq!(acts.recv().await, Some(Act::Tried("password")));
    assert_eq!(acts.recv().await, Some(Act::Tried("keyboard-interactive")));
}

/// How a login ends, and how often the server was asked.
async fn tries(logins: Logins, login: Login) -> (Error, usize) {
    let (script, mut acts) = Honest::new();
    let address = Honest { logins, ..script }.listen().await;
    let transport = ours::transport(address).await.unwrap();
    let error = authenticate(transport, login).await.err().unwrap();
    let mut tried = 0;
    while acts.recv().await.is_some() {
        tried += 1;
    }
    (error, tried)
}

#[tokio::test]
async fn a_password_is_tried_as_often_as_configured() {
    for tries_allowed in [1, 3] {
        let login = Login { tries: tries_allowed, ..ours::login(Method::Password) };
        let (error, tried) = tries(Logins::Wrong, login).await;
        assert_eq!((error.kind(), tried), (Kind::Authentication, tries_allowed as usize));
    }
}

#[tokio::test]
async fn a_password_that_was_handed_over_is_tried_once() {
    for (method, logins) in
        [(Method::Password, Logins::Wrong), (Method::KeyboardInteractive, Logins::Wrong)]
    {
        let password = Some(Secret::new("handed over".to_owned()));
        let login = Login { tries: 3, password, ..ours::login(method) };
        let (error, tried) = tries(logins, login).await;
        assert_eq!((error.kind(), tried), (Kind::Authentication, 1), "{method:?}");
    }
}

#[tokio::test]
async fn a_server_cannot_ask_without_end() {
    for (prompts, words) in
        [(0, "more than 20 rounds"), (1, "more than 20 rounds"), (33, "33 prompts at once")]
    {
        let (error, tried) =
            tries(Logins::Asking(prompts), ours::login(Method::KeyboardInteractive)).await;
        assert!(error.to_string().contains(words), "{error}");
        assert!(tried <= 21, "{tried}");
    }
}
