//! The gaps of the SSH library. Each has one or two tests: that the gap is still there, and
//! that this client closes it.
//!
//! Tests of the first kind use the library alone. They fail when a newer release closes the
//! gap; the workaround that the message names can then go. Tests of the second kind use the
//! client's public functions. `ARCHITECTURE.md` has the table.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "gaps/bare.rs"]
mod bare;
#[path = "lab/conversation.rs"]
#[allow(dead_code)]
mod conversation;
#[path = "gaps/honest.rs"]
mod honest;
#[path = "gaps/host_key.rs"]
mod host_key;
#[path = "gaps/login.rs"]
mod login;
#[path = "lab/message.rs"]
#[allow(dead_code)]
mod message;
#[path = "gaps/names.rs"]
mod names;
#[path = "gaps/ours.rs"]
mod ours;
#[path = "gaps/plain.rs"]
mod plain;
#[path = "lab/raw.rs"]
#[allow(dead_code)]
mod raw;
#[path = "gaps/relay.rs"]
mod relay;
#[path = "gaps/told.rs"]
mod told;
#[path = "gaps/wire.rs"]
mod wire;

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use russh::client::{AuthResult, Config, KeyboardInteractiveAuthResponse};
use russh::keys::ssh_key::{Algorithm, HashAlg};
use russh::{ChannelMsg, Disconnect};
use tessh::client::login::authenticate;
use tessh::config::Method;
use tessh::error::Kind;
use tessh::keys::{KeyFile, certificate};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use honest::{Act, Honest, Logins, Shelf};
use ours::{Clock, Options, Person};
use plain::{Message, Names, Plain, number};

/// More than any deadline of the library's own; the clock is not a real one.
const LONG: Duration = Duration::from_secs(3600);
/// For what does not depend on time; on a loaded machine it may take some.
const REAL: Duration = Duration::from_secs(20);
/// Enough for both sides to say all they have to say.
const ROOM: usize = 1 << 20;

/// Says that a gap is gone unless `open` holds.
#[track_caller]
fn still_open(gap: &str, open: bool, workaround: &str) {
    assert!(open, "{gap} is closed upstream: remove the workaround in {workaround}");
}

/// Starts an unprotected server as a script; gives the client's end of its stream.
fn plain_server<F>(script: impl FnOnce(DuplexStream) -> F) -> DuplexStream
where
    F: Future<Output = ()> + Send + 'static,
{
    let (client, server) = duplex(ROOM);
    tokio::spawn(script(server));
    client
}

/// Starts a server on loopback that is a script for one connection.
async fn raw_server<F>(
    script: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (SocketAddr, JoinHandle<()>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        script(stream).await;
    });
    (address, task)
}

#[tokio::test(start_paused = true)]
async fn g1_bare_one_unread_channel_freezes_the_connection() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        for _ in 0..1000 {
            let _ = handle.data(id, &b"x"[..]).await;
        }
        let _ = handle.close(id).await;
    });
    let (client, server) = duplex(ROOM);
    script.serve(server);
    let (mut handle, _) = bare::connect_with(Config::default(), client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let unread = handle.channel_open_session().await.unwrap();
    let mut other = handle.channel_open_session().await.unwrap();
    unread.exec(false, "flood").await.unwrap();
    // Until everything stands still.
    tokio::time::sleep(LONG).await;
    let answer = timeout(LONG, async {
        other.exec(true, "flood").await.unwrap();
        other.wait().await
    });
    still_open("G1", answer.await.is_err(), "client/session/channel: the split channel");
}

#[tokio::test]
async fn g1_ours_the_one_channel_is_always_drained() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        for _ in 0..1000 {
            handle.data(id, &b"x"[..]).await.unwrap();
        }
        handle.exit_status_request(id, 0).await.unwrap();
        handle.close(id).await.unwrap();
    });
    let session = ours::session(script.listen().await, Method::None).await.unwrap();
    let relayed = relay::run(&session, None).await;
    assert_eq!((relayed.exit.unwrap(), relayed.stdout.len()), (relay::Exit::Status(0), 1000));
}

#[tokio::test]
async fn g2_bare_the_host_key_is_not_checked_again_on_a_rekey() {
    let (rekeyed, done) = oneshot::channel();
    let client = plain_server(|stream| async move {
        let mut server = Plain::greet(stream).await;
        server.exchange(Names::EXCHANGED, &honest::key(honest::ED25519)).await;
        server.accept_service().await;
        server.skip(number::USERAUTH_REQUEST).await;
        server.send(Message::new(number::USERAUTH_SUCCESS)).await;
        let names = Names { host_key: "ecdsa-sha2-nistp256", ..Names::EXCHANGED };
        server.exchange(names, &honest::key(honest::ECDSA)).await;
        rekeyed.send(()).unwrap();
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    done.await.unwrap();
    let over = async {
        while bare.told(|told| told.exchanges) < 2 && !handle.is_closed() {
            tokio::task::yield_now().await;
        }
    };
    timeout(REAL, over).await.unwrap();
    let unasked = bare.told(|told| told.keys == 1 && told.exchanges == 2) && !handle.is_closed();
    still_open("G2", unasked, "client/handshake/told; check_server_key is asked again now");
}

#[tokio::test(start_paused = true)]
async fn g4_bare_a_request_to_change_the_password_is_swallowed() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        let change = Message::new(number::USERAUTH_PASSWD_CHANGEREQ).string("Expired").string("");
        server.send(change).await;
        server.wait().await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    let answer = timeout(LONG, handle.authenticate_password("user", "old")).await;
    still_open("G4", answer.is_err(), "client/login/interactive: readable_answer");
}

#[tokio::test]
async fn g4_ours_an_answer_that_means_nothing_is_named() {
    let (script, mut acts) = Honest::new();
    let asked = Arc::clone(&script.asked);
    let target = script.listen().await;
    let (withheld, gone) = oneshot::channel();
    let (address, _) = raw_server(move |client| withhold(client, target, asked, withheld)).await;
    let transport = ours::transport(address).await.unwrap();
    let clock = Clock::stop();
    let login = tokio::spawn(authenticate(transport, ours::login(Method::Password)));
    assert_eq!(acts.recv().await, Some(Act::Tried("password")));
    gone.await.unwrap();
    let error = clock.pass(Duration::from_secs(10), login).await.err().unwrap();
    assert!(error.to_string().contains("neither yes nor no"), "{error}");
    assert!(error.to_string().contains("expired"), "{error}");
}

/// Copies in both directions. Of the answer to a login only four bytes get through: that is
/// all a client can know of a message that its library swallows.
async fn withhold(
    client: TcpStream,
    target: SocketAddr,
    asked: Arc<AtomicBool>,
    withheld: oneshot::Sender<()>,
) {
    let server = TcpStream::connect(target).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from_server.read(&mut buffer).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        if asked.load(Ordering::SeqCst) {
            to_client.write_all(&buffer[..4]).await.unwrap();
            withheld.send(()).unwrap();
            // Neither direction is closed.
            return std::future::pending().await;
        }
        to_client.write_all(&buffer[..count]).await.unwrap();
    }
}

#[tokio::test]
async fn g5_bare_text_that_is_not_utf8_ends_the_connection() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        server.send(Message::new(number::USERAUTH_BANNER).string(b"Gr\xfc\xdfe").string("")).await;
        server.send(Message::new(number::USERAUTH_SUCCESS)).await;
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    let result = handle.authenticate_none("user").await.unwrap();
    // The error must be one that client/failure explains.
    let why = bare.told(|told| match &told.ended {
        Some(Err(russh::Error::SshEncoding(_) | russh::Error::Utf8(_))) => None,
        other => Some(format!("{other:?}")),
    });
    still_open("G5", !result.success() && why.is_none(), "client/failure (the hint on UTF-8)");
}

#[tokio::test]
async fn g6_bare_a_lost_connection_looks_like_a_refusal() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
    });
    let (mut handle, _) = bare::connect(client).await.unwrap();
    let result = handle.authenticate_password("user", "password").await;
    let refused = matches!(
        result,
        Ok(AuthResult::Failure { remaining_methods, .. }) if remaining_methods.is_empty()
    );
    still_open("G6", refused, "client/login/dialogue: lost");
}

#[tokio::test]
async fn g6_ours_a_lost_connection_is_no_refusal() {
    for method in [Method::Password, Method::None, Method::KeyboardInteractive] {
        let (script, _acts) = Honest::new();
        let address = Honest { logins: Logins::Dropped, ..script }.listen().await;
        let error = ours::session(address, method).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Disconnected, "{error}");
        assert!(error.to_string().contains("lost during authentication"), "{error}");
    }
}

#[tokio::test]
async fn g6_ours_a_refusal_is_no_lost_connection() {
    for (logins, words) in [
        (Logins::Refused, "(publickey); password was refused, and the server accepts only"),
        (Logins::RefusedForGood, "the server accepts nothing more"),
    ] {
        let (script, _acts) = Honest::new();
        let address = Honest { logins, ..script }.listen().await;
        let error = ours::session(address, Method::Password).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Authentication, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

/// What became of each kind of channel that the server opened.
async fn open_all(handle: russh::server::Handle) -> Vec<(&'static str, bool)> {
    vec![
        ("session", handle.channel_open_session().await.is_ok()),
        ("agent", handle.channel_open_agent().await.is_ok()),
        ("x11", handle.channel_open_x11("a", 1).await.is_ok()),
        ("direct-tcpip", handle.channel_open_direct_tcpip("a", 1, "b", 2).await.is_ok()),
        ("direct-streamlocal", handle.channel_open_direct_streamlocal("/a").await.is_ok()),
        ("forwarded-tcpip", handle.channel_open_forwarded_tcpip("a", 1, "b", 2).await.is_ok()),
        ("forwarded-streamlocal", handle.channel_open_forwarded_streamlocal("/a").await.is_ok()),
    ]
}

/// A server whose program opens every kind of channel and then ends.
fn opener() -> (Honest, Shelf<(&'static str, bool)>) {
    let shelf: Shelf<(&'static str, bool)> = Arc::default();
    let found = Arc::clone(&shelf);
    let (script, _) = Honest::new();
    let script = script.running(move |handle, id| {
        let found = Arc::clone(&found);
        async move {
            let opened = open_all(handle.clone()).await;
            found.lock().unwrap().extend(opened);
            let _ = handle.exit_status_request(id, 0).await;
            let _ = handle.close(id).await;
        }
    });
    (script, shelf)
}

#[tokio::test]
async fn g7_bare_channels_that_the_server_opens_are_accepted() {
    let (script, shelf) = opener();
    let (client, server) = duplex(ROOM);
    script.serve(server);
    let (mut handle, _) = bare::connect_with(Config::default(), client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let mut channel = handle.channel_open_session().await.unwrap();
    channel.exec(true, "open").await.unwrap();
    while !matches!(channel.wait().await, None | Some(ChannelMsg::Close)) {}
    let accepted = shelf.lock().unwrap().iter().any(|(_, accepted)| *accepted);
    still_open("G7", accepted, "client/handshake/handler: server_channel_open_*");
}

#[tokio::test]
async fn g7_ours_channels_that_the_server_opens_are_refused() {
    let (script, shelf) = opener();
    let session = ours::session(script.listen().await, Method::None).await.unwrap();
    let relayed = relay::run(&session, None).await;
    assert_eq!(relayed.exit.unwrap(), relay::Exit::Status(0));
    let found = shelf.lock().unwrap();
    assert_eq!(found.len(), 7);
    assert!(found.iter().all(|(_, accepted)| !accepted), "{found:?}");
}

#[tokio::test]
async fn g8_bare_replies_go_out_of_step_after_a_request_without_reply() {
    let (script, _acts) = Honest::new();
    let (client, server) = duplex(ROOM);
    script.serve(server);
    let (mut handle, _) = bare::connect_with(Config::default(), client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    assert_eq!(handle.tcpip_forward("localhost", 0).await.unwrap(), honest::FORWARDED);
    handle.send_keepalive(false).await.unwrap();
    let port = handle.tcpip_forward("localhost", 0).await;
    still_open("G8", port.is_err(), "ARCHITECTURE.md: none is needed");
}

#[tokio::test]
async fn g8_ours_signs_of_life_are_asked_for_with_a_reply() {
    let (script, _acts) = Honest::new();
    let address = script.running(relay::ending).listen().await;
    let alive_interval = Some(Duration::from_secs(1));
    let options = Options { alive_interval, ..Options::default() };
    let transport = ours::transport_for(address, Arc::default(), options).await.unwrap();
    let session = authenticate(transport, ours::login(Method::None)).await.unwrap();
    let clock = Clock::stop();
    let idle = tokio::spawn(tokio::time::sleep(Duration::from_secs(30)));
    clock.pass(Duration::from_secs(40), idle).await;
    // Without a reply to wait for, the third question would have been the last.
    assert_eq!(session.ended(), None);
    assert_eq!(relay::run(&session, None).await.exit.unwrap(), relay::Exit::Status(0));
}

#[tokio::test]
async fn g9_bare_the_text_of_an_unknown_disconnect_code_is_lost() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::logged_in(stream).await;
        let goodbye = Message::new(number::DISCONNECT).number(100);
        server.send(goodbye.string("Maintenance").string("")).await;
        server.wait().await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    assert!(handle.authenticate_none("user").await.unwrap().success());
    let _ = timeout(REAL, &mut handle).await.unwrap();
    let lost = bare.told(|told| matches!(told.ended, Some(Err(russh::Error::Inconsistent))));
    still_open("G9", lost, "ARCHITECTURE.md: there is none");
}

#[tokio::test]
async fn g9_ours_the_text_of_a_known_disconnect_code_is_shown() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, _| async move {
        let text = "Maintenance\x1b[2J".to_owned();
        let _ = handle.disconnect(Disconnect::ByApplication, text, String::new()).await;
    });
    let session = ours::session(script.listen().await, Method::None).await.unwrap();
    let error = relay::run(&session, None).await.exit.unwrap_err();
    assert!(error.to_string().contains("the server ended the connection: Maintenance"), "{error}");
    assert!(!error.to_string().contains('\x1b'));
}

#[tokio::test(start_paused = true)]
async fn g10_bare_ssh_1_is_skipped_in_silence() {
    let client = plain_server(|mut stream| async move {
        stream.write_all(b"SSH-1.5-old\r\n").await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let waits = timeout(LONG, bare::connect(client)).await.is_err();
    still_open("G10", waits, "client/handshake/greeting");
}

#[tokio::test]
async fn g10_ours_what_answers_is_named() {
    for (said, words) in [
        (&b"SSH-1.5-old\r\n"[..], "only SSH-1"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server answered"),
    ] {
        let (address, _) = raw_server(move |mut stream| async move {
            stream.write_all(said).await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let error = ours::transport(address).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Greeting);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn g11_bare_there_are_no_deadlines_before_the_login() {
    let silent = plain_server(|mut stream| async move {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let greeted = plain_server(|stream| async move { Plain::greet(stream).await.wait().await });
    let asked = plain_server(|stream| async move { Plain::unprotected(stream).await.wait().await });
    let waits = [silent, greeted, asked].map(|client| async {
        timeout(LONG, async { bare::connect(client).await?.0.authenticate_none("user").await })
            .await
    });
    for wait in waits {
        still_open("G11", wait.await.is_err(), "client/deadline");
    }
}

#[tokio::test]
async fn g11_ours_silence_ends_at_a_deadline() {
    for (greets, limit, words) in [
        (false, 16, "during banner exchange: it said nothing"),
        (true, 31, "the key exchange took too long"),
    ] {
        let (reached, here) = oneshot::channel();
        let (address, _) = raw_server(move |mut stream| async move {
            if greets {
                stream.write_all(b"SSH-2.0-silent\r\n").await.unwrap();
            }
            // Our identification, and with a greeting our KEXINIT.
            let wanted = if greets { 256 } else { 8 };
            stream.read_exact(&mut vec![0; wanted]).await.unwrap();
            reached.send(()).unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let verified = tokio::spawn(ours::transport(address));
        here.await.unwrap();
        let clock = Clock::stop();
        let error = clock.pass(Duration::from_secs(limit), verified).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Timeout);
        assert!(error.to_string().contains(words), "{error}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn g11_ours_a_login_that_is_not_answered_ends_at_a_deadline() {
    let (script, mut acts) = Honest::new();
    let address = Honest { logins: Logins::Unanswered, ..script }.listen().await;
    let transport = ours::transport(address).await.unwrap();
    let clock = Clock::stop();
    let login = tokio::spawn(authenticate(transport, ours::login(Method::Password)));
    assert_eq!(acts.recv().await, Some(Act::Tried("password")));
    let error = clock.pass(Duration::from_secs(121), login).await.err().unwrap();
    assert_eq!(error.kind(), Kind::Timeout);
}

/// An RSA key with a certificate, in a directory that lives as long as the test.
fn certified() -> (KeyFile, PathBuf, tempfile::TempDir) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys/usercert");
    let own = tempfile::tempdir().unwrap();
    let key = own.path().join("key.ppk");
    std::fs::copy(data.join("tshlike.ppk"), &key).unwrap();
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    (KeyFile::read(&key).unwrap(), data.join("tshlike-cert.pub"), own)
}

#[tokio::test]
async fn g12_bare_an_rsa_certificate_is_offered_with_sha1() {
    let (script, mut acts) = Honest::new();
    let (client, server) = duplex(ROOM);
    script.serve(server);
    let (mut handle, _) = bare::connect_with(Config::default(), client).await.unwrap();
    let (key, path, _own) = certified();
    let Ok(key) = key.unlock(None) else { panic!("the key has no passphrase") };
    let certificate = certificate(&path).unwrap();
    let _ = handle.authenticate_openssh_cert("user", Arc::new(key), certificate).await;
    let sha1 = acts.recv().await == Some(Act::Offered(Algorithm::Rsa { hash: None }));
    still_open("G12", sha1, "client/login/identity: our signer for certificates");
}

#[tokio::test]
async fn g12_ours_an_rsa_certificate_signs_with_sha2() {
    let (script, mut acts) = Honest::new();
    let transport = ours::transport(script.listen().await).await.unwrap();
    let (key, path, _own) = certified();
    let login = ours::login(Method::PublicKey);
    let login =
        tessh::client::login::Login { identities: vec![key], certificates: vec![path], ..login };
    let session = authenticate(transport, login).await.unwrap();
    assert!(session.how.contains("certificate for RSA"), "{}", session.how);
    let sha2 = Act::Offered(Algorithm::Rsa { hash: Some(HashAlg::Sha512) });
    assert_eq!(acts.recv().await, Some(sha2));
}

#[tokio::test(start_paused = true)]
async fn g13_bare_nothing_is_read_while_a_question_is_open() {
    let client = plain_server(|stream| async move {
        let mut server = Plain::unprotected(stream).await;
        server.skip(number::USERAUTH_REQUEST).await;
        let question = Message::new(number::USERAUTH_INFO_REQUEST).string("").string("").string("");
        server.send(question.number(1).string("Code: ").flag(false)).await;
        server.send(Message::new(number::DISCONNECT).number(2).string("Too slow").string("")).await;
    });
    let (mut handle, bare) = bare::connect(client).await.unwrap();
    let asked = handle.authenticate_keyboard_interactive_start("user", None::<String>).await;
    assert!(matches!(asked, Ok(KeyboardInteractiveAuthResponse::InfoRequest { .. })));
    tokio::time::sleep(LONG).await;
    let unread = !handle.is_closed() && bare.told(|told| told.ended.is_none());
    still_open("G13", unread, "client/login/dialogue: watch the connection during questions now");
}

#[tokio::test]
async fn g13_ours_a_connection_lost_during_a_question_is_named_after_it() {
    let (script, _acts) = Honest::new();
    let target = Honest { logins: Logins::Asked, ..script }.listen().await;
    let (address, between) = raw_server(move |mut client| async move {
        let mut server = TcpStream::connect(target).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    })
    .await;
    let cut: Box<dyn Fn() + Send + Sync> = Box::new(move || {
        between.abort();
        while !between.is_finished() {
            std::thread::yield_now();
        }
    });
    let person = Arc::new(Person { meanwhile: Some(cut), ..Person::default() });
    let transport = ours::transport_for(address, person, Options::default()).await.unwrap();
    let login = ours::login(Method::KeyboardInteractive);
    let error = authenticate(transport, login).await.err().unwrap();
    assert_eq!(error.kind(), Kind::Disconnected, "{error}");
    assert!(error.to_string().contains("lost while a question was open"), "{error}");
}
