//! Measures a connection: a program on the server whose channel is timed, keys that are sent to one
//! until their echo is back, and the ciphers that both sides have.
//!
//! The channel is the connection's own, on which a session's data goes as well, so only one program
//! may run at a time.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::client::algorithms::AlgorithmFamily;
use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::flow::copy::alongside;
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::flow::exit::Exit;
use crate::client::session::channel::{
    self, Channel, ProgramRequest, PtyRequest, SessionRequest, WindowSize,
};
use crate::client::session::relay;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// How much is sent at once: two packets of the usual size, as of any other input.
const CHUNK: usize = 64 * 1024;
/// What is sent where only the amount counts.
const ZEROS: &[u8] = &[0; CHUNK];
/// How many bytes of what a program prints are kept, and how many characters of its errors shown.
const MAX_KEPT: usize = 4 * 1024;
const SHOWN: usize = 200;
/// Before a channel that was refused is asked for again, milliseconds: in all as long as a program may
/// well take to end.
const PAUSES: &[u64] = &[0, 10, 20, 40, 80, 160, 320];
/// The size of the terminal for keys.
const WINDOW: WindowSize = WindowSize { columns: 80, rows: 24, width: 0, height: 0 };

/// How a program on the server went. All times count from before its channel was asked for.
#[derive(Clone, Debug)]
pub struct TimedProgram {
    /// Until the channel was open.
    pub opened: Duration,
    /// Until the first byte of its output; `None` if there was none.
    pub first_output: Option<Duration>,
    /// Until its channel was closed.
    pub ended: Duration,
    /// Bytes of its standard output.
    pub received: u64,
    /// How it ended.
    pub exit: Exit,
    /// What it wrote to standard error, sanitised; often empty.
    pub errors: String,
}

/// Runs a command line to its end with this many zero bytes as its input.
///
/// # Errors
/// The server refuses the channel or the command, or the connection is lost.
pub async fn timed(session: &Session, command: &str, input: u64) -> Result<TimedProgram> {
    let (stdout, stderr) = (Received::default(), Received::default());
    let (began, channel) = open(session, command, false, (&stdout, &stderr)).await?;
    let Channel { write, events, .. } = channel;
    let opened = began.elapsed();
    let feed = async {
        let mut rest = input;
        while rest > 0 {
            let size = usize::try_from(rest).map_or(CHUNK, |rest| rest.min(CHUNK));
            session.shared.incoming.lanes.traffic.about_to_send(write.id());
            if write.data_bytes(Bytes::from_static(&ZEROS[..size])).await.is_err() {
                return;
            }
            rest -= size as u64;
            // As for any input: what was sent goes out first.
            tokio::task::yield_now().await;
        }
        let _ = write.eof().await;
    };
    let exit = alongside(ended(session, events), feed).await?;
    let ended = began.elapsed();
    let (stdout, stderr) = (stdout.noted(), stderr.noted());
    Ok(TimedProgram {
        opened,
        first_output: stdout.first.map(|first| first.duration_since(began)),
        ended,
        received: stdout.count,
        exit,
        errors: text::last_line(&stderr.kept, SHOWN),
    })
}

/// What is asked of a program that echoes.
#[derive(Clone, Copy, Debug)]
pub struct EchoRequest<'a> {
    /// The command line, for a terminal of its own.
    pub command: &'a str,
    /// What it prints once it echoes.
    pub ready: &'a [u8],
    /// How many keys to send at most.
    pub keys: usize,
}

/// Sends keys one after the other, each when the last one's echo is back. The time of each is added
/// to `samples` at once.
///
/// # Errors
/// The server refuses the channel or the command, the program does something else, or the connection
/// is lost.
pub async fn echoes(
    session: &Session,
    echo: EchoRequest<'_>,
    samples: &mut Vec<Duration>,
) -> Result<()> {
    let stdout = Received::default();
    let sinks = (&stdout, &Received::default());
    let (_, channel) = open(session, echo.command, true, sinks).await?;
    let Channel { write, events, .. } = channel;
    let press = async {
        stdout.until(|noted| noted.kept.ends_with(echo.ready)).await;
        for number in 0..echo.keys {
            let key = key(number);
            let expected = stdout.noted().count + 1;
            let began = Instant::now();
            session.shared.incoming.lanes.traffic.about_to_send(write.id());
            write.data_bytes(vec![key]).await.map_err(|_| session.shared.lost())?;
            stdout.until(|noted| noted.count >= expected).await;
            samples.push(began.elapsed());
            if stdout.noted().last != Some(key) {
                return Err(no_echo());
            }
        }
        Ok(())
    };
    let pressed = tokio::select! {
        pressed = press => pressed,
        ended = ended(session, events) => Err(ended.err().unwrap_or_else(no_echo)),
    };
    // A program on a terminal ends when its channel is closed.
    let _ = timeout(deadline::GOODBYE, write.close()).await;
    pressed
}

/// The key that is pressed as this one.
pub fn key(number: usize) -> u8 {
    b'a' + u8::try_from(number % 26).unwrap_or_default()
}

/// How many bytes a server may send on a channel before we confirm.
pub fn receive_window(session: &Session) -> u64 {
    session.shared.record.window().into()
}

/// The ciphers that the server has offered for both directions and that are proposed by default: none
/// that only old servers need.
pub fn common_ciphers(session: &Session) -> Vec<String> {
    let offer = session.shared.wire.observed().offer.unwrap_or_default();
    let both = |name: &&&str| offer.ciphers.iter().all(|list| list.iter().any(|it| it == **name));
    AlgorithmFamily::Cipher.defaults().iter().filter(both).map(|&name| name.to_owned()).collect()
}

/// Opens a channel for a command, on a terminal or without one, and tells when it was asked for. A
/// server that has few sessions refuses it while the program of the last one has not gone: it is asked
/// for again, after an answer that was sent since then.
async fn open(
    session: &Session,
    command: &str,
    on_terminal: bool,
    (stdout, stderr): (&Received, &Received),
) -> Result<(Instant, Channel)> {
    let pty = || PtyRequest { term: "dumb".to_owned(), size: WINDOW, modes: Vec::new() };
    let mut pauses = PAUSES.iter();
    loop {
        let began = Instant::now();
        let sinks = (Box::new(stdout.clone()), Box::new(stderr.clone()));
        let program = ProgramRequest::Exec(command.as_bytes().to_vec());
        let pty = on_terminal.then(pty);
        let request = SessionRequest { pty, env: Vec::new(), program, agent: false, x11: None };
        match channel::open(session, request, sinks.0, sinks.1).await {
            Ok(channel) => return Ok((began, channel)),
            Err(error) if session.ended().is_some() => return Err(error),
            Err(error) => {
                let pause = pauses.next().ok_or(error)?;
                session.information().await;
                sleep(Duration::from_millis(*pause)).await;
            }
        }
    }
}

/// Waits until the channel is closed.
async fn ended(session: &Session, mut events: EventReceiver) -> Result<Exit> {
    let mut exit = Exit::Unknown;
    while let Some(event) = events.recv().await {
        match event {
            Event::Closed => return Ok(exit),
            Event::ExitStatus(status) => exit = Exit::Status(status),
            Event::ExitSignal { name, message } => {
                exit = Exit::Signal(relay::signal(&name), message);
            }
            Event::Failure => return Err(Error::new(Kind::Channel, say!(bench_command_refused))),
            Event::Eof | Event::Success | Event::OutputFailed(_) => {}
        }
    }
    Err(session.shared.lost())
}

fn no_echo() -> Error {
    Error::new(Kind::Channel, say!(bench_no_echo))
}

/// What has been received on one of a channel's streams.
#[derive(Debug, Default)]
struct ReceivedSoFar {
    count: u64,
    first: Option<Instant>,
    last: Option<u8>,
    /// The beginning.
    kept: Vec<u8>,
}

/// A sink that counts.
#[derive(Clone, Debug, Default)]
struct Received(Arc<(Mutex<ReceivedSoFar>, Notify)>);

impl Received {
    fn noted(&self) -> MutexGuard<'_, ReceivedSoFar> {
        // No code panics while it holds this lock.
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until this is so.
    async fn until(&self, is_so: impl Fn(&ReceivedSoFar) -> bool) {
        loop {
            let changed = self.0.1.notified();
            if is_so(&self.noted()) {
                return;
            }
            changed.await;
        }
    }
}

impl AsyncWrite for Received {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut noted = self.noted();
        if noted.first.is_none() {
            noted.first = Some(Instant::now());
        }
        noted.count += data.len() as u64;
        noted.last = data.last().copied().or(noted.last);
        let room = MAX_KEPT - noted.kept.len().min(MAX_KEPT);
        noted.kept.extend_from_slice(&data[..data.len().min(room)]);
        drop(noted);
        self.0.1.notify_one();
        Poll::Ready(Ok(data.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn of_what_is_received_the_beginning_is_kept() {
        let mut received = Received::default();
        for _ in 0..10 {
            received.write_all(&[7; 1000]).await.unwrap();
        }
        let noted = received.noted();
        assert_eq!((noted.count, noted.kept.len()), (10_000, MAX_KEPT));
    }
}
