//! ProxyCommand: a command whose standard input and output are the connection (ssh_config(5)).
//!
//! The command runs in our process group, so that it can ask at the terminal. When the connection
//! ends, the command and its descendants get a hang-up signal. If the command ends first, the error
//! says how.

use std::io::{self, IoSliceMut};
use std::pin::{Pin, pin};
use std::process::{ExitStatus, Stdio};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use log::debug;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::process::{Child, Command};
use tokio::time::{Sleep, sleep};

use crate::client::failure::reason;
use crate::client::stream::vectored::poll_vectored;
use crate::error::{Error, Kind, Result};
use crate::os::pipe::{self, PipeReceiver, PipeSender};
use crate::os::process::{self, ProcessId};
use crate::os::signal::Signal;
use crate::say;

/// How long to wait for a command to exit after it has closed its output, so that the error can say
/// how it ended.
const MOMENT: Duration = Duration::from_millis(200);

/// How much data is queued while the command does not read: two windows of a session. A command
/// that writes before it reads on, as netcat does, would otherwise cause a deadlock: it waits for
/// us to read, and the library waits for it.
const MAX_QUEUED: usize = 4 << 20;

/// A command that replaces a TCP connection.
#[derive(Clone, Debug)]
pub struct ProxyCommand {
    /// The shell that runs it, with `-c`.
    pub shell: std::path::PathBuf,
    /// The command with its tokens expanded.
    pub command: String,
}

/// A running proxy command. Its ends are pipes, as in ssh(1), so that a server started by it finds
/// no socket to take addresses from.
pub struct RunningProxy {
    /// Its input; `None` after we have closed it.
    input: Option<PipeSender>,
    output: PipeReceiver,
    /// Bytes that it has not read yet.
    queued: BytesMut,
    child: Child,
    /// Whether it has written anything.
    spoke: bool,
    /// The timer for its exit, once its output is closed.
    ending: Option<Pin<Box<Sleep>>>,
}

/// Starts the command.
///
/// # Errors
/// The shell does not start.
pub(crate) fn start(proxy: &ProxyCommand) -> Result<RunningProxy> {
    debug!("Executing proxy command: exec {}", proxy.command);
    let failed = |error: io::Error| {
        Error::new(Kind::Connect, say!(proxy_command_not_started, reason = reason(&error)))
            .hint(say!(proxy_command_not_started_hint))
    };
    let (its_input, input) = io::pipe().map_err(failed)?;
    let (output, its_output) = io::pipe().map_err(failed)?;
    let child = Command::new(&proxy.shell)
        .arg("-c")
        .arg(format!("exec {}", proxy.command))
        .stdin(Stdio::from(its_input))
        .stdout(Stdio::from(its_output))
        .spawn()
        .map_err(failed)?;
    Ok(RunningProxy {
        input: Some(pipe::sender(input).map_err(failed)?),
        output: pipe::receiver(output).map_err(failed)?,
        queued: BytesMut::new(),
        child,
        spoke: false,
        ending: None,
    })
}

impl RunningProxy {
    fn input(&mut self) -> io::Result<Pin<&mut PipeSender>> {
        self.input.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }

    /// Writes the queued data to it; ready once all is written.
    fn poll_tell(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.queued.is_empty() {
            let Some(input) = self.input.as_mut() else {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            };
            let told = ready!(Pin::new(input).poll_write(cx, &self.queued))?;
            self.queued.advance(told);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads into several buffers with one system call.
    pub(crate) fn poll_read_vectored(
        &mut self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        // If writing fails, the command has ended, and its exit status is more informative.
        let _ = self.poll_tell(cx);
        let output = &self.output;
        let read = ready!(poll_vectored(
            cx,
            |cx| output.poll_read_ready(cx),
            || output.try_read_vectored(buffers),
        ))?;
        if read == 0 {
            return self.poll_end(cx).map_ok(|()| 0);
        }
        self.spoke = true;
        Poll::Ready(Ok(read))
    }

    /// Handles the end of its output. A command that has sent data and exits successfully ends the
    /// connection normally; anything else is an error.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let moment = self.ending.get_or_insert_with(|| Box::pin(sleep(MOMENT)));
        let over = moment.as_mut().poll(cx);
        let status = match pin!(self.child.wait()).poll(cx) {
            Poll::Ready(status) => status.ok(),
            Poll::Pending if over.is_pending() => return Poll::Pending,
            Poll::Pending => None,
        };
        match status {
            Some(status) if status.success() && self.spoke => Poll::Ready(Ok(())),
            None if self.spoke => Poll::Ready(Ok(())),
            status => Poll::Ready(Err(io::Error::other(ended(status, self.spoke)))),
        }
    }
}

fn ended(status: Option<ExitStatus>, spoke: bool) -> Error {
    let how = match status.map(|status| (status.code(), process::ended_by_signal(status))) {
        Some((Some(code), _)) => say!(route_command_status, code),
        Some((None, Some((signal, _)))) => say!(route_command_signal, signal),
        _ => say!(route_command_closed),
    };
    let cause = match spoke {
        true => say!(route_command_ended, how),
        false => say!(route_command_ended_silently, how),
    };
    Error::new(Kind::Connect, cause).hint(say!(proxy_command_not_started_hint))
}

impl Drop for RunningProxy {
    fn drop(&mut self) {
        let Some(leader) = self.child.id().and_then(ProcessId::of) else { return };
        // As in ssh, the signal is not SIGKILL: the command may have to clean up.
        for process in leader.with_descendants() {
            process.tell(Signal::HangUp);
        }
    }
}

impl AsyncRead for RunningProxy {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let _ = self.poll_tell(cx);
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.output).poll_read(cx, buf))?;
        if buf.filled().len() > before || buf.remaining() == 0 {
            self.spoke = true;
            return Poll::Ready(Ok(()));
        }
        self.poll_end(cx)
    }
}

impl AsyncWrite for RunningProxy {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.poll_tell(cx)?.is_ready()
            && let Poll::Ready(written) = self.input()?.poll_write(cx, buf)
        {
            return Poll::Ready(written);
        }
        let room = MAX_QUEUED.saturating_sub(self.queued.len()).min(buf.len());
        self.queued.extend_from_slice(&buf[..room]);
        if room > 0 { Poll::Ready(Ok(room)) } else { Poll::Pending }
    }

    /// Returns at once: a caller that waited here would not read meanwhile.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = self.poll_tell(cx)?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_tell(cx))?;
        self.input = None;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn started(command: &str) -> RunningProxy {
        start(&ProxyCommand { shell: "/bin/sh".into(), command: command.to_owned() }).unwrap()
    }

    #[tokio::test]
    async fn its_input_and_output_are_the_connection() {
        let mut stream = started("cat");
        stream.write_all(b"there and back").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"there and back");
    }

    /// The amount is more than the pipes hold in both directions: the command reads nothing before
    /// all its output is read.
    #[tokio::test]
    async fn a_command_that_writes_before_it_reads_is_no_deadlock() {
        const MUCH: usize = 1 << 20;
        let mut stream = started(&format!("sh -c 'head -c {MUCH} /dev/zero; wc -c'"));
        let both = async {
            stream.write_all(&vec![1; MUCH]).await.unwrap();
            stream.flush().await.unwrap();
            stream.read_exact(&mut vec![0; MUCH]).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut rest = String::new();
            stream.read_to_string(&mut rest).await.unwrap();
            rest
        };
        let rest = tokio::time::timeout(Duration::from_secs(20), both).await.unwrap();
        assert_eq!(rest.trim(), MUCH.to_string());
    }

    #[tokio::test]
    async fn what_it_does_not_read_is_bounded() {
        let mut stream = started("sleep 60");
        let endless = async {
            let mut told = 0;
            while let Ok(count) = stream.write(&[0; 64 * 1024]).await {
                told += count;
                assert!(told <= MAX_QUEUED + (1 << 20), "{told} bytes");
            }
        };
        tokio::time::timeout(Duration::from_millis(500), endless).await.unwrap_err();
    }

    #[tokio::test]
    async fn it_finds_pipes_and_no_socket() {
        let mut stream = started("sh -c 'test -p /dev/stdin && test -p /dev/stdout && echo pipes'");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "pipes\n");
    }

    #[tokio::test]
    async fn without_a_shell_it_is_named() {
        let proxy = ProxyCommand { shell: "/nowhere/sh".into(), command: "cat".to_owned() };
        let error = start(&proxy).err().unwrap();
        assert_eq!(error.kind(), Kind::Connect);
        assert!(error.to_string().contains("did not start: No such file"), "{error}");
    }

    #[tokio::test]
    async fn how_it_ended_is_said_where_that_is_no_usual_end() {
        for (command, words) in [
            ("true", &["before", "status 0"][..]),
            ("sh -c 'exit 7'", &["before", "status 7"]),
            ("sh -c 'kill -9 $$'", &["signal 9"]),
            ("sh -c 'echo SSH; exit 3'", &["ended", "status 3"]),
            // The command has closed its output and still runs.
            ("sh -c 'exec >&-; exec sleep 60'", &["before", "output"]),
        ] {
            let mut heard = Vec::new();
            let error = started(command).read_to_end(&mut heard).await.unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "{command}: {error}");
            }
        }
    }

    #[tokio::test]
    async fn it_and_what_it_started_are_told_when_the_connection_is_over() {
        let own = tempfile::tempdir().unwrap();
        let pipe = own.path().join("pipe");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        // Only a signal ends these processes, and their ends of the pipe close then.
        let script = "sleep 60 & sleep 60 & echo >&3; wait";
        let stream = started(&format!("sh -c '{script}' 3>'{}'", pipe.display()));
        let mut end = tokio::net::unix::pipe::OpenOptions::new().open_receiver(&pipe).unwrap();
        let mut byte = [0];
        while end.read(&mut byte).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        drop(stream);
        let ended = tokio::time::timeout(Duration::from_secs(20), end.read(&mut byte));
        assert_eq!(ended.await.unwrap().unwrap(), 0);
    }
}
