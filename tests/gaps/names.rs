//! Gaps in what the library can name: the request for an agent, authentication methods, and requests
//! of servers.

use super::bare;
use super::plain::{Message, Plain, number};
use super::{plain_server, still_open};

const EXT_INFO: u8 = 7;
const USERAUTH_FAILURE: u8 = 51;
const REQUEST_SUCCESS: u8 = 81;
const REQUEST_FAILURE: u8 = 82;
const CHANNEL_OPEN: u8 = 90;
const CHANNEL_OPEN_CONFIRMATION: u8 = 91;
const CHANNEL_REQUEST: u8 = 98;
const CHANNEL_SUCCESS: u8 = 99;
const CHANNEL_FAILURE: u8 = 100;

#[tokio::test]
async fn g21_bare_the_agent_is_asked_for_by_its_old_name_only() {
    let (say, heard) = tokio::sync::oneshot::channel();
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        // What OpenSSH announces that takes the name of the registry.
        let extension = Message::new(EXT_INFO).number(1).string("agent-forward").string("0");
        server.send(extension).await;
        server.send(Message::new(number::USERAUTH_SUCCESS)).await;
        // `session` and then the client's number for it.
        let open = server.skip(CHANNEL_OPEN).await;
        let channel = u32::from_be_bytes(open[12..16].try_into().unwrap());
        let confirmed = Message::new(CHANNEL_OPEN_CONFIRMATION).number(channel).number(7);
        server.send(confirmed.number(1 << 20).number(1 << 15)).await;
        let request = server.skip(CHANNEL_REQUEST).await;
        say.send(String::from_utf8_lossy(&request).into_owned()).unwrap();
        server.wait().await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let channel = handle.channel_open_session().await.unwrap();
    channel.agent_forward(false).await.unwrap();
    let open = heard.await.unwrap().contains("auth-agent-req@openssh.com");
    still_open("G21", open, "docs/trust.md, and ask for agent-req where it is announced");
}

#[tokio::test]
async fn g22_bare_a_refusal_that_names_no_method_ends_the_connection() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        server.send(Message::new(USERAUTH_FAILURE).string("").flag(false)).await;
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    assert!(!handle.authenticate_password("user", "wrong").await.unwrap().success());
    let again = handle.authenticate_password("user", "right").await;
    let open = again.is_err() || bare.told(|told| told.ended.is_some());
    still_open("G22", open, "docs/interop.md, and ask for a password as often as ssh does");
}

/// Teleport's servers send such requests, and Go's library takes the answers for those to requests
/// of its own.
#[tokio::test]
async fn g23_bare_a_global_request_that_wants_no_reply_gets_one() {
    let (say, heard) = tokio::sync::oneshot::channel();
    let client = plain_server(|stream| async move {
        let mut server = Plain::logged_in(stream).await;
        let request = |name| Message::new(number::GLOBAL_REQUEST).string(name);
        server.send(request("x-teleport-event").flag(false).string("{}")).await;
        server.send(request("keepalive@openssh.com").flag(true)).await;
        let answer = loop {
            let answer = server.next().await.expect("the client left");
            if matches!(answer[0], REQUEST_SUCCESS | REQUEST_FAILURE) {
                break answer[0];
            }
        };
        say.send(answer).unwrap();
        server.wait().await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let open = heard.await.unwrap() == REQUEST_FAILURE;
    still_open("G23", open, "docs/teleport.md and ARCHITECTURE.md: there is none");
}

/// What Teleport's servers request of a session is passed over, and refused if a reply is wanted.
#[tokio::test]
async fn requests_on_a_channel_are_answered_only_if_they_ask_for_it() {
    let (say, heard) = tokio::sync::oneshot::channel();
    let client = plain_server(|stream| async move {
        let mut server = Plain::logged_in(stream).await;
        let open = server.skip(CHANNEL_OPEN).await;
        let channel = u32::from_be_bytes(open[12..16].try_into().unwrap());
        let confirmed = Message::new(CHANNEL_OPEN_CONFIRMATION).number(channel).number(7);
        server.send(confirmed.number(1 << 20).number(1 << 15)).await;
        let request = |name| Message::new(CHANNEL_REQUEST).number(channel).string(name);
        let id = "c2a1e3f4-0000-4000-8000-000000000001";
        server.send(request("current-session-id@goteleport.com").flag(false).string(id)).await;
        server.send(request("x-teleport-mfa-presence").flag(true)).await;
        server.send(request("keepalive@openssh.com").flag(true)).await;
        let mut answers = Vec::new();
        while answers.last() != Some(&CHANNEL_SUCCESS) {
            let answer = server.next().await.expect("the client left");
            answers.extend(
                Some(answer[0])
                    .filter(|number| [CHANNEL_SUCCESS, CHANNEL_FAILURE].contains(number)),
            );
        }
        say.send(answers).unwrap();
        server.wait().await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let _channel = handle.channel_open_session().await.unwrap();
    assert_eq!(heard.await.unwrap(), [CHANNEL_FAILURE, CHANNEL_SUCCESS]);
}
