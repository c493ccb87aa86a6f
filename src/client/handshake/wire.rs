//! The byte stream as the SSH library sees it.
//!
//! The library leaves gaps that are closed here. The greeting was read before the library
//! started: it is played back, and the library's own is dropped (gap G10). The unencrypted part
//! of the first key exchange is observed (gap G3). Bytes that arrive while no answer is due are
//! counted and bounded (`state::wire_facts`, gap G15). When writing fails, everything that has
//! arrived is read before the error is reported (gap G19). A packet without a message ends the
//! connection (`packets`, gap G27), and so does what the library tells in its log alone (`told`,
//! gaps G2 and G26). Each read of a packet also takes the first bytes of the next one, so that bulk
//! data costs one system call a packet and no extra copy. Where much comes, it gathers a little
//! (`gather`).

use std::io::{self, IoSliceMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::client::deadline;
use crate::client::failure::{ServersFault, keepalive_timeout};
use crate::client::flow::pace::Pace;
use crate::client::handshake::gather::{self, Gathering};
use crate::client::handshake::packets::Packets;
use crate::client::handshake::told;
use crate::client::observe::Observer;
use crate::client::state::wire_facts::{WireFacts, lock};
use crate::client::stream::bytes::Stream;
use crate::error::{Error, Kind};
use crate::say;

/// How many bytes are read beyond the request: enough for the next packet's length field, and for
/// whole small packets such as the echo of a key. A larger value would copy bulk data twice.
const SPILL: usize = 128;

/// A [`Stream`] with the greeting already exchanged.
pub(crate) struct Wire {
    stream: Stream,
    facts: Arc<WireFacts>,
    pace: Arc<Pace>,
    gathering: Gathering,
    observer: Option<Observer>,
    packets: Packets,
    /// Bytes to hand out before reading from the stream.
    replay: Vec<u8>,
    replay_from: usize,
    /// How many bytes of the library's own identification remain to be dropped.
    swallow: usize,
    spill: [u8; SPILL],
    spill_from: usize,
    spill_to: usize,
    /// When we last wrote, if the next answer will be timed to measure the round trip.
    wrote: Option<Instant>,
    broken: Option<Broken>,
    /// Until when the server must have exchanged the keys that are being left.
    rekey: Option<(Instant, Pin<Box<Sleep>>)>,
    /// Until when the server must take something of what is written.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// Writing has failed.
struct Broken {
    why: io::Error,
    /// How long to read on for data that is still arriving.
    patience: Pin<Box<Sleep>>,
}

impl Wire {
    /// `identification` is the server's line, `rest` the bytes read after it, `ours` the
    /// identification that was already sent.
    pub fn new(
        stream: Stream,
        facts: Arc<WireFacts>,
        pace: Arc<Pace>,
        identification: &str,
        rest: &[u8],
        ours: &str,
    ) -> Wire {
        let mut observer = Observer::default();
        observer.feed(rest);
        let mut replay = format!("{identification}\r\n").into_bytes();
        replay.extend_from_slice(rest);
        Wire {
            stream,
            facts,
            pace,
            gathering: Gathering::new(std::time::Instant::now()),
            observer: Some(observer),
            packets: Packets::new(),
            replay,
            replay_from: 0,
            swallow: ours.len() + 2,
            spill: [0; SPILL],
            spill_from: 0,
            spill_to: 0,
            wrote: None,
            broken: None,
            rekey: None,
            stalled: None,
        }
    }

    /// Gives the bytes to the observer until encryption begins.
    ///
    /// # Errors
    /// The server sent what the library would take, and must not.
    fn observe(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(observer) = &mut self.observer else { return Ok(()) };
        observer.feed(bytes);
        *lock(&self.facts.observed) = observer.seen().clone();
        if let Some(fault) = observer.fault() {
            return Err(io::Error::other(ServersFault(fault)));
        }
        if observer.is_done() {
            self.observer = None;
        }
        Ok(())
    }

    fn received(&mut self, count: usize) -> io::Result<()> {
        self.gathering.received(count);
        self.facts.heard(count).map_err(|fault| io::Error::other(ServersFault(fault)))?;
        // sshd keeps Nagle's algorithm on until the session starts, so a delayed acknowledgement of
        // ours would cost 40 ms a step. Linux resets the option, so it is set again after each
        // read.
        if !self.facts.is_settled() {
            self.stream.acknowledge_at_once();
            if let Some(wrote) = self.wrote.take() {
                self.facts.took(wrote.elapsed());
            }
        }
        if let Some(broken) = &mut self.broken {
            broken.patience.as_mut().reset(Instant::now() + deadline::LAST_WORDS);
        }
        Ok(())
    }

    /// Notes that writing has failed (gap G19: the library would end at once). What the server sent
    /// before that, such as a program's output and exit status, is read to its end first; what is
    /// written meanwhile is dropped.
    fn breaks(&mut self, why: io::Error) {
        let patience = Box::pin(sleep(deadline::LAST_WORDS));
        self.broken = Some(Broken { why, patience });
    }

    /// Whether the server has not exchanged keys in time after one of us has begun to. The library
    /// would wait for ever, and sends nothing else meanwhile (gap G24).
    fn is_rekey_overdue(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(since) = self.facts.left_keys() else {
            self.rekey = None;
            return false;
        };
        if self.rekey.as_ref().is_none_or(|(of, _)| *of != since) {
            self.rekey = Some((since, Box::pin(sleep_until(since + deadline::REKEY))));
        }
        self.rekey.as_mut().is_some_and(|(_, limit)| limit.as_mut().poll(cx).is_ready())
    }

    /// Whether the server has taken nothing of what is written for as long as it may be silent. The
    /// library does nothing else while it writes, so its own limit is not looked at.
    fn is_stalled(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(limit) = self.facts.most_stalled() else { return false };
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        stalled.as_mut().poll(cx).is_ready()
    }

    /// Whether it is worth a pause to let more data gather, where there is nothing to read. The
    /// kernel gathers meanwhile; what comes over a jump host needs this thread.
    fn is_worth_a_pause(&mut self) -> bool {
        matches!(self.stream, Stream::Tcp(..))
            && self.gathering.is_worth_a_pause(std::time::Instant::now())
            && !self.pace.is_interactive()
    }

    fn poll_once(&mut self, cx: &mut Context<'_>, target: &mut [u8]) -> Poll<io::Result<usize>> {
        let buffers = &mut [IoSliceMut::new(target), IoSliceMut::new(&mut self.spill)];
        self.stream.poll_read_vectored(cx, buffers)
    }

    /// Reads from the stream. If writing has failed, its error is reported at the end of the
    /// stream, or once the server has been silent for a while.
    fn poll_stream(&mut self, cx: &mut Context<'_>, target: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut read = self.poll_once(cx, target);
        if read.is_pending() && self.is_worth_a_pause() {
            std::thread::sleep(gather::PAUSE);
            read = self.poll_once(cx, target);
        }
        if read.is_pending() && self.is_rekey_overdue(cx) {
            return Poll::Ready(Err(io::Error::other(rekey_unanswered())));
        }
        let Some(broken) = &mut self.broken else { return read };
        match read {
            Poll::Ready(Ok(read)) if read > 0 => Poll::Ready(Ok(read)),
            Poll::Pending if broken.patience.as_mut().poll(cx).is_pending() => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => {
                let why = io::Error::from(broken.why.kind());
                Poll::Ready(Err(std::mem::replace(&mut broken.why, why)))
            }
        }
    }
}

fn rekey_unanswered() -> Error {
    Error::new(Kind::Disconnected, say!(rekey_unanswered)).hint(say!(auth_try_again_hint))
}

/// The library would pass over it, and over all that follows (gap G27).
fn empty_packet() -> Error {
    Error::new(Kind::Disconnected, say!(packet_empty)).hint(say!(packet_empty_hint))
}

/// The library would wait for ever (gap G26).
fn another_service() -> Error {
    Error::new(Kind::Disconnected, say!(auth_another_service)).hint(say!(host_key_unproved_hint))
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        told::reads(&this.facts);
        let judged = this.judge_what_was_read(buf.remaining());
        judged.map_err(|fault| io::Error::other(ServersFault(fault)))?;
        let before = buf.filled().len();
        ready!(this.poll_bytes(cx, buf))?;
        this.packets.got(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl Wire {
    /// Looks at what the library has told of what it has read, before it reads on.
    ///
    /// # Errors
    /// The library would pass over a fault of the server, and wait for ever.
    fn judge_what_was_read(&mut self, asked: usize) -> Result<(), Error> {
        if self.facts.is_service_another() {
            return Err(another_service());
        }
        if self.packets.is_between_parts() {
            let has_told = self.facts.take_message();
            if !self.packets.begins(asked, has_told) {
                return Err(empty_packet());
            }
        }
        Ok(())
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.replay_from < self.replay.len() {
            // What came with the greeting.
            self.observe(&[])?;
            let end = self.replay.len().min(self.replay_from + buf.remaining());
            buf.put_slice(&self.replay[self.replay_from..end]);
            self.replay_from = end;
            if end == self.replay.len() {
                self.replay = Vec::new();
                self.replay_from = 0;
            }
            return Poll::Ready(Ok(()));
        }
        if self.spill_from < self.spill_to {
            let end = self.spill_to.min(self.spill_from + buf.remaining());
            buf.put_slice(&self.spill[self.spill_from..end]);
            self.spill_from = end;
            return Poll::Ready(Ok(()));
        }
        let asked = buf.remaining();
        let target = buf.initialize_unfilled();
        let read = ready!(self.poll_stream(cx, target))?;
        let direct = read.min(asked);
        if self.observer.is_some() {
            let seen = [&target[..direct], &self.spill[..read - direct]].concat();
            self.observe(&seen)?;
        }
        buf.advance(direct);
        self.spill_from = 0;
        self.spill_to = read - direct;
        Poll::Ready(self.received(read))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.swallow > 0 {
            let swallowed = self.swallow.min(buf.len());
            self.swallow -= swallowed;
            return Poll::Ready(Ok(swallowed));
        }
        if self.broken.is_none() {
            let written = Pin::new(&mut self.stream).poll_write(cx, buf);
            if written.is_pending() && self.is_stalled(cx) {
                return Poll::Ready(Err(io::Error::other(keepalive_timeout())));
            }
            let written = ready!(written);
            self.stalled = None;
            match written {
                Ok(written) => {
                    self.facts.count_written(written);
                    self.gathering.sent(written);
                    if !self.facts.is_settled() {
                        self.wrote = Some(Instant::now());
                    }
                    return Poll::Ready(Ok(written));
                }
                Err(why) => self.breaks(why),
            }
        }
        self.facts.explain();
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.broken {
            Some(_) => Poll::Ready(Ok(())),
            None => Pin::new(&mut self.stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.broken {
            Some(_) => Poll::Ready(Ok(())),
            None => Pin::new(&mut self.stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use io::{Read, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::runtime::Builder;

    use super::*;

    const THEIRS: &str = "SSH-2.0-server";
    const OURS: &str = "SSH-2.0-client";

    /// A wire over loopback, and the server's end. `rest` arrived with the greeting.
    async fn pair(rest: &[u8]) -> (Wire, std::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, _) = listener.accept().unwrap();
        server.set_nodelay(true).unwrap();
        let facts = Arc::new(WireFacts::default());
        let (stream, pace) = (Stream::Tcp(client, Duration::ZERO), Arc::default());
        (Wire::new(stream, facts, pace, THEIRS, rest, OURS), server)
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// A KEXINIT with these host key algorithms, followed by NEWKEYS.
    fn exchange(algorithms: &str) -> Vec<u8> {
        let mut kexinit = vec![20];
        kexinit.extend_from_slice(&[7; 16]);
        for list in ["curve25519-sha256", algorithms] {
            kexinit.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
            kexinit.extend_from_slice(list.as_bytes());
        }
        let mut bytes = Vec::new();
        for payload in [&kexinit[..], &[21]] {
            bytes.extend_from_slice(&u32::try_from(payload.len() + 5).unwrap().to_be_bytes());
            bytes.push(4);
            bytes.extend_from_slice(payload);
            bytes.extend_from_slice(&[0; 4]);
        }
        bytes
    }

    #[derive(Clone, Debug)]
    enum Step {
        /// The server sends this many bytes.
        Send(usize),
        /// The library asks for this many bytes.
        Ask(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let size = || prop_oneof![1..10usize, 120..140usize, 1..600usize];
        let step = prop_oneof![size().prop_map(Step::Send), size().prop_map(Step::Ask)];
        prop::collection::vec(step, 1..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

        /// However the bytes arrive and are asked for, each comes once and in order, and the
        /// observer sees what the library sees.
        #[test]
        fn every_byte_passes_once_and_in_order(steps in steps(), early in 0..200usize) {
            block_on(async {
                let mut said = exchange("ssh-ed25519,rsa-sha2-512");
                said.extend((0..60_000u32).map(|number| u8::try_from(number % 251).unwrap()));
                let mut wanted = format!("{THEIRS}\r\n").into_bytes();
                wanted.extend_from_slice(&said);
                let (mut wire, mut server) = pair(&said[..early]).await;
                let (mut sent, mut heard) = (early, Vec::new());
                let greeting = THEIRS.len() + 2;
                for step in steps {
                    match step {
                        Step::Send(count) => {
                            server.write_all(&said[sent..sent + count]).unwrap();
                            sent += count;
                        }
                        // Skips a read that would wait for bytes not sent yet.
                        Step::Ask(_) if heard.len() == greeting + sent => {}
                        Step::Ask(count) => {
                            let mut buffer = vec![0; count];
                            let read = wire.read(&mut buffer).await.unwrap();
                            assert!(read > 0, "an end where there is none");
                            heard.extend_from_slice(&buffer[..read]);
                        }
                    }
                }
                server.write_all(&said[sent..]).unwrap();
                drop(server);
                wire.read_to_end(&mut heard).await.unwrap();
                assert!(heard == wanted);
                let observed = wire.facts.observed().offer.unwrap();
                assert_eq!(observed.host_key, ["ssh-ed25519", "rsa-sha2-512"]);
                assert_eq!(wire.facts.unexplained(), (said.len() - early) as u64);
            });
        }

        /// The library's own identification does not reach the server, however it is written.
        #[test]
        fn only_the_librarys_identification_is_swallowed(sizes in prop::collection::vec(1..40usize, 1..20)) {
            block_on(async {
                let (mut wire, mut server) = pair(b"").await;
                let said = format!("{OURS}\r\nwhat follows is for the server\r\n").into_bytes();
                let (mut from, mut sizes) = (0, sizes.into_iter().cycle());
                while from < said.len() {
                    let to = said.len().min(from + sizes.next().unwrap());
                    wire.write_all(&said[from..to]).await.unwrap();
                    from = to;
                }
                wire.shutdown().await.unwrap();
                let mut heard = String::new();
                server.read_to_string(&mut heard).unwrap();
                assert_eq!(heard, "what follows is for the server\r\n");
            });
        }
    }

    #[test]
    fn what_was_received_is_explained_by_writing() {
        block_on(async {
            let (mut wire, mut server) = pair(b"").await;
            wire.write_all(format!("{OURS}\r\n").as_bytes()).await.unwrap();
            let mut greeting = vec![0; THEIRS.len() + 2];
            wire.read_exact(&mut greeting).await.unwrap();
            server.write_all(b"answer").unwrap();
            wire.read_exact(&mut [0; 2]).await.unwrap();
            assert_eq!(wire.facts.unexplained(), 6);
            wire.write_all(b"x").await.unwrap();
            assert_eq!(wire.facts.unexplained(), 0);
            // The library's own identification is swallowed, so it does not count.
            assert_eq!(wire.facts.counted(), (6, 1));
        });
    }

    #[test]
    fn a_read_wakes_up_when_bytes_come_later() {
        block_on(async {
            let (mut wire, mut server) = pair(b"").await;
            wire.read_exact(&mut vec![0; THEIRS.len() + 2]).await.unwrap();
            let reading = tokio::spawn(async move {
                let mut heard = Vec::new();
                wire.read_to_end(&mut heard).await.unwrap();
                heard
            });
            for byte in b"later" {
                tokio::task::yield_now().await;
                server.write_all(&[*byte]).unwrap();
            }
            drop(server);
            assert_eq!(reading.await.unwrap(), b"later");
        });
    }
}
