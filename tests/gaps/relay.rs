//! The relay against a real server: how sessions end, half-closed channels, sinks that are
//! slow, full or gone, and `~.` when nothing moves any more.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use russh::server::Handle;
use russh::{ChannelId, Disconnect, Sig};
use tessh::client::Session;
pub use tessh::client::flow::Exit;
use tessh::client::login::authenticate;
use tessh::client::session::{
    Console, Escape, LocalSide, ProgramRequest, SessionRequest, WindowSize, close, linger, open,
    relay,
};
use tessh::config::Method;
use tessh::error::{Error, Kind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use super::honest::{Act, Honest};
use super::{REAL, ours, raw_server};

/// A program that ends well at once.
pub async fn ending(handle: Handle, id: ChannelId) {
    let _ = handle.exit_status_request(id, 0).await;
    let _ = handle.close(id).await;
}

/// What a relay led to.
pub struct Relayed {
    pub exit: Result<Exit, Error>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// A sink that keeps everything, and another handle on it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for Kept {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A console that remembers what was said.
#[derive(Default)]
struct Said(String);

impl Console for Said {
    fn say(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn suspend(&mut self) {}

    fn verbosity(&mut self, _: bool) -> String {
        String::new()
    }
}

type Sink = Box<dyn AsyncWrite + Send + Unpin>;

/// Runs a command with this input to its end.
pub async fn run(session: &Session, input: Option<&[u8]>) -> Relayed {
    let (stdout, stderr) = (Kept::default(), Kept::default());
    let exit =
        relay_into(session, input, None, (Box::new(stdout.clone()), Box::new(stderr.clone())));
    let exit = exit.await;
    let taken = |kept: Kept| std::mem::take(&mut *kept.0.lock().unwrap());
    Relayed { exit, stdout: taken(stdout), stderr: taken(stderr) }
}

async fn relay_into<I: AsyncRead + Unpin>(
    session: &Session,
    input: Option<I>,
    escape: Option<Escape>,
    (stdout, stderr): (Sink, Sink),
) -> Result<Exit, Error> {
    let program = ProgramRequest::Exec(b"run".to_vec());
    let request = SessionRequest { pty: None, env: Vec::new(), program, agent: false, x11: None };
    let channel = open(session, request, stdout, stderr).await?;
    let (_resize, resized) = watch::channel(WindowSize::default());
    let mut console = Said::default();
    let without_pty = &|| {};
    let (is_typed, paste) = (escape.is_some(), None);
    let console = &mut console;
    let local = LocalSide { input, is_typed, escape, paste, resized, console, without_pty };
    tokio::time::timeout(REAL, relay(session, channel, local)).await.expect("the relay hangs")
}

async fn session(script: Honest) -> Session {
    ours::session(script.listen().await, Method::None).await.unwrap()
}

fn sinks() -> (Sink, Sink) {
    (Box::new(tokio::io::sink()), Box::new(tokio::io::sink()))
}

#[tokio::test]
async fn the_status_the_signal_and_silence_are_told_apart() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        handle.exit_status_request(id, 3).await.unwrap();
        handle.eof(id).await.unwrap();
        handle.close(id).await.unwrap();
    });
    let relayed = run(&session(script).await, None).await;
    assert_eq!(relayed.exit.unwrap(), Exit::Status(3));

    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        let text = "killed\x1b[2J".to_owned();
        handle.exit_signal_request(id, Sig::TERM, false, text, String::new()).await.unwrap();
        handle.close(id).await.unwrap();
    });
    let exit = run(&session(script).await, None).await.exit.unwrap();
    let Exit::Signal(name, text) = exit else { panic!("{exit:?}") };
    assert!(
        name == "TERM" && text.starts_with("killed") && !text.contains('\x1b'),
        "{name} {text}"
    );

    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move { handle.close(id).await.unwrap() });
    assert_eq!(run(&session(script).await, None).await.exit.unwrap(), Exit::Unknown);
}

/// A server may send the status before the last of the output, so that a connection which is
/// lost between the two must not look like a program that ended well.
#[tokio::test]
async fn a_status_does_not_count_where_the_connection_is_lost_before_the_channel_is_closed() {
    let lost = |status: Option<u32>| {
        let (script, _acts) = Honest::new();
        script.running(move |handle, id| async move {
            if let Some(status) = status {
                handle.exit_status_request(id, status).await.unwrap();
            }
            let reason = Disconnect::ByApplication;
            handle.disconnect(reason, "over".to_owned(), String::new()).await.unwrap();
        })
    };
    for status in [Some(0), Some(4), None] {
        let error = run(&session(lost(status)).await, None).await.exit.unwrap_err();
        assert_eq!(error.kind(), Kind::Disconnected, "{status:?}");
        assert!(error.to_string().contains("over"), "{error}");
    }
}

/// What follows the closed channel is no loss.
#[tokio::test]
async fn a_status_counts_although_the_connection_is_lost_after_the_channel_is_closed() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        handle.exit_status_request(id, 4).await.unwrap();
        handle.close(id).await.unwrap();
        let reason = Disconnect::ByApplication;
        let _ = handle.disconnect(reason, "over".to_owned(), String::new()).await;
    });
    assert_eq!(run(&session(script).await, None).await.exit.unwrap(), Exit::Status(4));
}

/// A session whose bytes pass through here; they stop when told to, and nothing is closed.
async fn stalling(options: ours::Options) -> (Session, Arc<Notify>) {
    let (script, _acts) = Honest::new();
    let target = script.listen().await;
    let stall = Arc::new(Notify::new());
    let stalled = Arc::clone(&stall);
    let (address, _) = raw_server(move |mut client| async move {
        let mut server = TcpStream::connect(target).await.unwrap();
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
            () = stalled.notified() => std::future::pending().await,
        }
    })
    .await;
    let transport = ours::transport_for(address, Arc::default(), options).await.unwrap();
    (authenticate(transport, ours::login(Method::None)).await.unwrap(), stall)
}

/// A server falls silent; it is given up when so many questions are not answered.
async fn given_up_after(count: u32) {
    let (alive_interval, alive_count_max) = (Some(Duration::from_secs(10)), Some(count));
    let options = ours::Options { alive_interval, alive_count_max, ..Default::default() };
    let (session, stall) = stalling(options).await;
    stall.notify_one();
    let clock = ours::Clock::stop();
    let lingering = tokio::spawn(async move { linger(&session).await });
    // The questions, and the time in which the last one may be answered; the clock moves in steps, and
    // each question is asked by the next step.
    let time = Duration::from_millis(10_500) * (count + 1);
    let began = tokio::time::Instant::now();
    let error = clock.pass(time, lingering).await.unwrap_err();
    assert!(error.to_string().contains("not responding to keepalives"), "{error}");
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(10) * count, "given up after {waited:?} of {count}");
}

#[tokio::test]
async fn a_server_that_gives_no_sign_of_life_is_given_up() {
    given_up_after(3).await;
}

#[tokio::test]
async fn a_server_that_leaves_200_keepalives_unanswered_is_given_up_and_not_before() {
    given_up_after(200).await;
}

#[tokio::test]
async fn a_refused_command_is_named() {
    let (script, _acts) = Honest::new();
    let error = run(&session(script).await, None).await.exit.unwrap_err();
    assert_eq!(error.kind(), Kind::Channel);
    assert!(error.to_string().contains("exec request failed"), "{error}");
}

#[tokio::test]
async fn standard_error_and_output_stay_apart_and_whole() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        for round in 0..200u8 {
            handle.data(id, vec![round; 100]).await.unwrap();
            handle.extended_data(id, 1, vec![round; 7]).await.unwrap();
            // Extended data of a type that nobody knows is not for standard error.
            handle.extended_data(id, 2, vec![255; 7]).await.unwrap();
        }
        ending(handle, id).await;
    });
    let relayed = run(&session(script).await, None).await;
    let expected = |size| (0..200u8).flat_map(|round| vec![round; size]).collect::<Vec<_>>();
    assert_eq!(relayed.exit.unwrap(), Exit::Status(0));
    assert!(relayed.stdout == expected(100) && relayed.stderr == expected(7));
}

#[tokio::test]
async fn output_goes_on_after_input_has_ended() {
    let (script, mut acts) = Honest::new();
    let (go, mut gone) = unbounded_channel::<()>();
    let gone = Arc::new(Mutex::new(Some({
        let (end, ended) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            gone.recv().await;
            let _ = end.send(());
        });
        ended
    })));
    let script = script.running(move |handle, id| {
        let ended = gone.lock().unwrap().take().unwrap();
        async move {
            ended.await.unwrap();
            handle.data(id, &b"late"[..]).await.unwrap();
            ending(handle, id).await;
        }
    });
    let session = session(script).await;
    let told = tokio::spawn(async move {
        let mut received = Vec::new();
        loop {
            match acts.recv().await.unwrap() {
                Act::Data(data) => received.extend(data),
                Act::Eof => break,
                _ => {}
            }
        }
        go.send(()).unwrap();
        received
    });
    let input: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let relayed = run(&session, Some(&input)).await;
    assert_eq!(relayed.exit.unwrap(), Exit::Status(0));
    assert_eq!(relayed.stdout, b"late");
    assert!(told.await.unwrap() == input);
}

#[tokio::test]
async fn a_slow_sink_loses_nothing() {
    const SIZE: usize = 300_000;
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        let data: Vec<u8> = (0..=250).cycle().take(SIZE).collect();
        for piece in data.chunks(10_000) {
            handle.data(id, piece.to_vec()).await.unwrap();
        }
        ending(handle, id).await;
    });
    let session = session(script).await;
    let (sink, mut reader) = duplex(100);
    let read = tokio::spawn(async move {
        let mut all = vec![0; SIZE];
        for piece in all.chunks_mut(777) {
            tokio::task::yield_now().await;
            reader.read_exact(piece).await.unwrap();
        }
        all
    });
    let exit = relay_into(&session, None::<&[u8]>, None, (Box::new(sink), sinks().1)).await;
    assert_eq!(exit.unwrap(), Exit::Status(0));
    // The relay says that it is over only when all of it has been taken.
    let all = read.await.unwrap();
    assert!(all.into_iter().eq((0..=250).cycle().take(SIZE)));
}

/// A sink that fails.
struct Failing(io::ErrorKind);

impl AsyncWrite for Failing {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(self.0.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn endless() -> Honest {
    let (script, _) = Honest::new();
    script
        .running(|handle, id| async move { while handle.data(id, vec![7; 1000]).await.is_ok() {} })
}

#[tokio::test]
async fn output_that_nobody_reads_any_more_ends_the_session() {
    let session = session(endless()).await;
    let sink = Box::new(Failing(io::ErrorKind::BrokenPipe));
    let exit = relay_into(&session, None::<&[u8]>, None, (sink, sinks().1)).await;
    assert_eq!(exit.unwrap(), Exit::OutputClosed);
}

#[tokio::test]
async fn output_that_cannot_be_written_is_an_error() {
    let session = session(endless()).await;
    let sink = Box::new(Failing(io::ErrorKind::StorageFull));
    let error = relay_into(&session, None::<&[u8]>, None, (sink, sinks().1)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Local);
    assert!(error.to_string().contains("standard output"), "{error}");
}

#[tokio::test]
async fn standard_error_that_is_gone_does_not_matter() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        handle.extended_data(id, 1, &b"lost"[..]).await.unwrap();
        handle.data(id, &b"kept"[..]).await.unwrap();
        ending(handle, id).await;
    });
    let session = session(script).await;
    let stdout = Kept::default();
    let sinks =
        (Box::new(stdout.clone()) as Sink, Box::new(Failing(io::ErrorKind::BrokenPipe)) as Sink);
    let exit = relay_into(&session, None::<&[u8]>, None, sinks).await;
    assert_eq!(exit.unwrap(), Exit::Status(0));
    assert_eq!(*stdout.0.lock().unwrap(), b"kept");
}

/// A sink in which the library's task dies, as it would from a fault of its own.
struct Dying;

impl AsyncWrite for Dying {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        panic!("on purpose")
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_connection_that_dies_without_a_word_ends_the_relay() {
    let session = session(endless()).await;
    let error = relay_into(&session, None::<&[u8]>, None, (Box::new(Dying), sinks().1)).await;
    assert_eq!(error.unwrap_err().kind(), Kind::Disconnected);
}

#[tokio::test]
async fn the_escape_works_while_nothing_moves() {
    // The server takes no input, and standard output takes none either.
    let (script, _acts) = Honest::new();
    let script = script
        .running(|handle, id| async move { while handle.data(id, vec![7; 1000]).await.is_ok() {} });
    let session = session(Honest { window: 1, ..script }).await;
    let (sink, reader) = duplex(100);
    let (mut typing, keys) = duplex(100_000);
    typing.write_all(&[b'x'; 50_000]).await.unwrap();
    typing.write_all(b"\r~.").await.unwrap();
    let escape = Some(Escape::new(b'~'));
    let exit = relay_into(&session, Some(keys), escape, (Box::new(sink), sinks().1)).await;
    assert_eq!(exit.unwrap(), Exit::Escaped);
    drop(reader);
    // And saying goodbye does not wait for what cannot move either.
    tokio::time::timeout(Duration::from_secs(5), close(session)).await.unwrap();
}

#[tokio::test]
async fn what_is_typed_while_the_server_takes_nothing_is_held_up_to_a_bound() {
    let (script, _acts) = Honest::new();
    let script = script.running(|_, _| std::future::pending());
    let session = session(Honest { window: 1, ..script }).await;
    let (mut typing, keys) = duplex(1000);
    let typed = async {
        let mut count = 0;
        // As long as somebody reads what is typed.
        while tokio::time::timeout(Duration::from_secs(2), typing.write_all(&[b'x'; 1000]))
            .await
            .is_ok()
        {
            count += 1000;
            assert!(count < 1_000_000, "all of it is read");
        }
        count
    };
    let escape = Some(Escape::new(b'~'));
    tokio::select! {
        _ = relay_into(&session, Some(keys), escape, sinks()) => panic!("the relay ended"),
        count = typed => assert!((60_000..200_000).contains(&count), "{count}"),
    }
}

#[tokio::test]
async fn a_program_beside_the_session_prints_up_to_a_bound() {
    let (script, _acts) = Honest::new();
    let script = script.running(|handle, id| async move {
        for _ in 0..100 {
            let _ = handle.data(id, vec![7; 10_000]).await;
        }
        ending(handle, id).await;
    });
    let session = session(script).await;
    let printed = tessh::client::session::program::output_of(&session, b"run".to_vec()).await;
    assert_eq!(printed.unwrap().unwrap().len(), 64 * 1024);
}

#[tokio::test]
async fn the_escape_works_after_more_requests_than_can_wait() {
    let session = session(endless()).await;
    let (sink, _reader) = duplex(100);
    let (mut typing, keys) = duplex(1000);
    typing.write_all(&b"~R".repeat(30)).await.unwrap();
    typing.write_all(b"~.").await.unwrap();
    let escape = Some(Escape::new(b'~'));
    let exit = relay_into(&session, Some(keys), escape, (Box::new(sink), sinks().1)).await;
    assert_eq!(exit.unwrap(), Exit::Escaped);
}

#[tokio::test]
async fn of_any_number_of_window_sizes_the_last_reaches_the_server() {
    let (script, mut acts) = Honest::new();
    let script = script.running(|_, _| std::future::pending());
    let session = session(script).await;
    let program = ProgramRequest::Exec(b"run".to_vec());
    let request = SessionRequest { pty: None, env: Vec::new(), program, agent: false, x11: None };
    let channel = open(&session, request, sinks().0, sinks().1).await.unwrap();
    let (resize, resized) = watch::channel(WindowSize::default());
    let size = |columns| WindowSize { columns, rows: 50, width: 0, height: 0 };
    for columns in 1..=10_000 {
        resize.send(size(columns)).unwrap();
    }
    let mut console = Said::default();
    // Input that never ends and never comes.
    let (_typing, keys) = duplex(1);
    let local = LocalSide {
        input: Some(keys),
        is_typed: false,
        escape: None,
        paste: None,
        resized,
        console: &mut console,
        without_pty: &|| {},
    };
    let seen = async {
        let mut columns = Vec::new();
        while columns.len() < 2 {
            if let Act::Resized(width) = acts.recv().await.unwrap() {
                columns.push(width);
                let _ = resize.send(size(120));
            }
        }
        columns
    };
    tokio::select! {
        _ = relay(&session, channel, local) => panic!("the relay ended"),
        columns = tokio::time::timeout(REAL, seen) => assert_eq!(columns.unwrap(), [10_000, 120]),
    }
}
