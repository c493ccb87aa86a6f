//! Logins in several steps: what is sent to a server, and what is not.

use tessh::client::authenticate::{Login, authenticate};
use tessh::config::Method;
use tessh::error::Kind;

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
