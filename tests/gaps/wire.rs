//! That gaps G14 to G20, G24 to G27 are still there. `tests/rekey.rs`, `tests/memory.rs` and
//! `tests/hang_up.rs` show that the client closes them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use russh::ChannelMsg;
use russh::client::{AuthResult, Config};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::bare::{self, Bare};
use super::honest::{self, Honest};
use super::plain::{Message, Names, Plain, number};
use super::{LONG, REAL, ROOM, plain_server, still_open};

/// How a connection ended, once it has.
async fn ending(bare: &Bare) -> Result<String, String> {
    let over = async {
        loop {
            let ended = bare.told(|told| match &told.ended {
                Some(Ok(said)) => Some(Ok(said.clone())),
                Some(Err(error)) => Some(Err(format!("{error:?}"))),
                None => None,
            });
            if let Some(ended) = ended {
                return ended;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(REAL, over).await.unwrap()
}

#[tokio::test]
async fn g14_bare_two_windows_under_way_end_a_key_exchange_of_ours() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::greet(stream).await;
        server.exchange(Names::EXCHANGED, &honest::key(honest::ED25519)).await;
        server.accept_service().await;
        server.skip(number::USERAUTH_REQUEST).await;
        server.send(Message::new(number::USERAUTH_SUCCESS)).await;
        server.skip(number::KEXINIT).await;
        // All of it was sent before the client's wish arrived, for all that it can know.
        for _ in 0..30 {
            let request = Message::new(number::GLOBAL_REQUEST).string([b'x'; 100]).flag(false);
            server.send(request).await;
        }
        server.wait().await;
    });
    let config = Config { window_size: 1000, ..bare::unprotected() };
    let (mut handle, bare) = bare::connect_with(config, client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    handle.rekey_soon().await.unwrap();
    let ended = ending(&bare).await;
    still_open("G14", ended == Err("Pending".to_owned()), "client/handshake/rekey");
}

#[tokio::test(start_paused = true)]
async fn g24_bare_keys_that_the_server_begins_to_exchange_are_waited_for_without_end() {
    let (begun, begins) = oneshot::channel();
    let client = plain_server(|stream| async move {
        let mut server = Plain::logged_in(stream).await;
        server.kexinit(Names::EXCHANGED).await;
        begun.send(()).unwrap();
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    begins.await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let waits = bare.told(|told| told.ended.is_none()) && !handle.is_closed();
    still_open("G24", waits, "client/handshake/told and wire");
}

#[tokio::test(start_paused = true)]
async fn g26_bare_another_service_than_the_login_is_passed_over() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::greet(stream).await;
        server.exchange(Names::EXCHANGED, &honest::key(honest::ED25519)).await;
        server.skip(number::SERVICE_REQUEST).await;
        server.send(Message::new(number::SERVICE_ACCEPT).string("ssh-connection")).await;
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    let answer = timeout(Duration::from_secs(3600), handle.authenticate_none("user")).await;
    let waits = answer.is_err() && bare.told(|told| told.ended.is_none());
    still_open("G26", waits, "client/handshake/told and wire");
}

#[tokio::test]
async fn g27_bare_packets_without_a_message_are_passed_over() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::logged_in(stream).await;
        for _ in 0..100 {
            server.send(Message(Vec::new())).await;
        }
        let goodbye = Message::new(number::DISCONNECT).number(11).string("last").string("");
        server.send(goodbye).await;
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let passed = ending(&bare).await == Ok("last".to_owned());
    still_open("G27", passed, "client/handshake/packets and told");
}

#[tokio::test]
async fn g15_bare_an_answer_without_a_question_is_kept_for_the_next_one() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        for _ in 0..2 {
            let refusal = Message::new(number::USERAUTH_FAILURE).string("password").flag(false);
            server.send(refusal).await;
        }
        server.wait().await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    assert!(!handle.authenticate_none("user").await.unwrap().success());
    let second = timeout(REAL, handle.authenticate_password("user", "password")).await;
    let kept = matches!(second, Ok(Ok(AuthResult::Failure { .. })));
    still_open("G15", kept, "client/state/wire_facts: what comes unasked is counted");
}

#[tokio::test(start_paused = true)]
async fn g16_bare_signature_algorithms_are_waited_for_that_cannot_come() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        let refusal = Message::new(number::USERAUTH_FAILURE).string("publickey").flag(false);
        server.send(refusal).await;
        server.wait().await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    assert!(!handle.authenticate_none("user").await.unwrap().success());
    let start = Instant::now();
    assert_eq!(handle.best_supported_rsa_hash().await.unwrap(), None);
    let waited = start.elapsed() >= Duration::from_secs(1);
    still_open("G16", waited, "client/login/publickey: announced");
}

#[tokio::test]
async fn g17_bare_a_goodbye_without_a_language_loses_its_words() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        server.send(Message::new(number::DISCONNECT).number(11).string("no more today")).await;
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    let _ = handle.authenticate_none("user").await;
    let ended = ending(&bare).await;
    still_open("G17", ended.is_err(), "client/failure: the hint on goodbyes");
}

/// A stream that can be read only after nothing can be written any more.
struct OneWay {
    stream: DuplexStream,
    /// Nothing can be written from now on.
    closed: Arc<AtomicBool>,
    refused: bool,
    reader: Option<Waker>,
}

impl AsyncRead for OneWay {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.closed.load(Ordering::SeqCst) && !self.refused {
            self.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for OneWay {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        if self.closed.load(Ordering::SeqCst) {
            self.refused = true;
            self.reader.take().into_iter().for_each(Waker::wake);
            return Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn g19_bare_what_has_come_is_not_read_once_a_write_fails() {
    let (ready, open) = oneshot::channel();
    let stream = plain_server(|stream| async move {
        let mut server = Plain::logged_in(stream).await;
        let goodbye = Message::new(number::DISCONNECT).number(11).string("bye").string("");
        // Not before the stream is as the test wants it.
        open.await.unwrap();
        server.send(goodbye).await;
        server.wait().await;
    });
    let closed = Arc::new(AtomicBool::new(false));
    let stream = OneWay { stream, closed: Arc::clone(&closed), refused: false, reader: None };
    let (mut handle, bare) = bare::connect_with(bare::unprotected(), stream).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    closed.store(true, Ordering::SeqCst);
    ready.send(()).unwrap();
    handle.send_keepalive(true).await.unwrap();
    let ended = ending(&bare).await;
    still_open("G19", ended.is_err(), "client/handshake/wire: breaks");
}

#[tokio::test(start_paused = true)]
async fn g25_bare_of_a_channel_that_is_closed_here_first_something_is_kept() {
    let (script, _acts) = Honest::new();
    let (client, server) = duplex(ROOM);
    script.running(|_, _| std::future::pending()).serve(server);
    let (mut handle, _) = bare::connect_with(Config::default(), client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let mut channel = handle.channel_open_session().await.unwrap();
    channel.exec(true, "run").await.unwrap();
    assert!(matches!(channel.wait().await, Some(ChannelMsg::Success)));
    channel.close().await.unwrap();
    // The server answers with its own CLOSE, after which nothing can come.
    let over = timeout(LONG, async { while channel.wait().await.is_some() {} }).await;
    handle.send_ping().await.unwrap();
    still_open("G25", over.is_err(), "client/flow/left");
}
