//! That this client closes gaps G2, G24, G26 and G27 by what the library tells in its log: these tests fail
//! too where a release uses other words for it.

use std::net::SocketAddr;
use std::sync::Once;
use std::time::Duration;

use log::{LevelFilter, Log, Metadata, Record};
use tessh::client::Session;
use tessh::client::handshake::hear;
use tessh::config::Method;
use tessh::error::Kind;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::conversation::{Conversation, Conversations, Talk, conversing, disconnect};
use super::message::{Message, number};
use super::ours::{self, Clock};
use super::{LONG, REAL};

/// The log of this process, of which nothing is shown.
struct Heard;

impl Log for Heard {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        hear(record);
    }

    fn flush(&self) {}
}

/// Has the messages of this process's log taken.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Heard).unwrap();
        log::set_max_level(LevelFilter::Debug);
    });
}

type Begun = UnboundedReceiver<()>;

/// A session with a server that goes on by this script, which tells the test once.
async fn session(
    script: impl Fn(&mut Conversation, &UnboundedSender<()>) -> Talk + Send + Sync + 'static,
) -> (Session, Begun, Conversations) {
    listen();
    let (tell, begun) = unbounded_channel();
    let server = conversing(move |talk| {
        talk.log_in()?;
        script(talk, &tell)
    });
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    (ours::session(address, Method::None).await.unwrap(), begun, server)
}

/// An exchange of keys, after which the client has answered something.
fn exchanged(talk: &mut Conversation) -> Talk {
    talk.exchange()?;
    talk.send(&Message::new(number::GLOBAL_REQUEST).string("unknown@test").flag(true))?;
    talk.heard(number::REQUEST_FAILURE).map(|_| ())
}

#[tokio::test]
async fn g2_ours_another_host_key_in_a_later_exchange_ends_the_connection() {
    let (session, _begun, _server) = session(|talk, _| {
        exchanged(talk)?;
        talk.change_host_key();
        talk.exchange()?;
        talk.ignore()
    })
    .await;
    let error = timeout(REAL, session.end()).await.unwrap();
    assert_eq!(error.kind(), Kind::HostKey, "{error}");
    assert!(error.to_string().contains("another host key"), "{error}");
}

#[tokio::test]
async fn g2_ours_the_same_host_key_in_later_exchanges_is_the_same() {
    let (session, _begun, _server) = session(|talk, _| {
        for _ in 0..3 {
            exchanged(talk)?;
        }
        talk.send(&disconnect(11, "enough"))?;
        talk.ignore()
    })
    .await;
    let error = timeout(REAL, session.end()).await.unwrap();
    assert!(error.to_string().contains("enough"), "{error}");
}

#[tokio::test]
async fn g24_ours_keys_that_the_server_begins_to_exchange_are_waited_for_so_long() {
    let (session, mut begun, _server) = session(|talk, tell| {
        talk.begin_exchange()?;
        talk.heard(number::KEXINIT)?;
        let _ = tell.send(());
        talk.ignore()
    })
    .await;
    begun.recv().await.unwrap();
    let clock = Clock::stop();
    let end = tokio::spawn(async move { session.end().await });
    let error = clock.pass(Duration::from_secs(61), end).await;
    assert!(error.to_string().contains("new keys"), "{error}");
}

#[tokio::test]
async fn g24_ours_after_an_exchange_that_the_server_has_ended_nothing_is_waited_for() {
    let (session, mut begun, _server) = session(|talk, tell| {
        exchanged(talk)?;
        let _ = tell.send(());
        talk.ignore()
    })
    .await;
    begun.recv().await.unwrap();
    let _clock = Clock::stop();
    for _ in 0..100 {
        tokio::time::advance(LONG / 100).await;
        tokio::task::yield_now().await;
    }
    assert!(session.ended().is_none(), "{:?}", session.ended());
}

#[tokio::test]
async fn g26_ours_another_service_than_the_login_is_named() {
    listen();
    let server = conversing(|talk| {
        talk.skip(number::SERVICE_REQUEST)?;
        talk.send(&Message::new(number::SERVICE_ACCEPT).string("ssh-connection"))?;
        talk.ignore()
    });
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let ended = timeout(REAL, ours::session(address, Method::None)).await.unwrap();
    let error = ended.err().unwrap();
    assert!(error.to_string().contains("another service"), "{error}");
}

#[tokio::test]
async fn g27_ours_a_packet_without_a_message_ends_the_connection() {
    for messages in [0, 1, 50] {
        let (session, _begun, _server) = session(move |talk, _| {
            for _ in 0..messages {
                exchanged(talk)?;
                talk.send(&Message::new(number::IGNORE).string("x"))?;
            }
            talk.send(&Message(Vec::new()))?;
            talk.ignore()
        })
        .await;
        let error = timeout(REAL, session.end()).await.unwrap();
        assert!(error.to_string().contains("no message in it"), "after {messages}: {error}");
    }
}
