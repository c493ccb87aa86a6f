//! Gaps in what the library can name: the request for an agent, and authentication methods.

use super::bare;
use super::plain::{Message, Plain, number};
use super::{plain_server, still_open};

const EXT_INFO: u8 = 7;
const USERAUTH_FAILURE: u8 = 51;
const CHANNEL_OPEN: u8 = 90;
const CHANNEL_OPEN_CONFIRMATION: u8 = 91;
const CHANNEL_REQUEST: u8 = 98;

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
