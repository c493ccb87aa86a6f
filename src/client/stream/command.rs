//! ProxyCommand: a command whose standard input and output are the connection (ssh_config(5)), or a
//! program with its arguments, which no shell reads.
//!
//! The command runs in our process group, so that it can ask at the terminal. When the connection
//! ends, the command and its descendants get a hang-up signal, and are killed if they stay and have
//! its input or output open. What has left for a session of its own, as a shared connection's
//! master does, and what has other input and output, may stay. If the command ends first, the error
//! says how; where its standard error is watched (`words`), also with its own words.

use std::ffi::OsString;
use std::io::{self, IoSliceMut};
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::process::{ExitStatus, Stdio};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use log::debug;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::process::{Child, Command};
use tokio::time::{Sleep, sleep};

use crate::client::deadline;
use crate::client::failure::reason;
use crate::client::stream::vectored::poll_vectored;
use crate::client::stream::words::{Diagnosis, WatchedWords};
use crate::error::{Error, Kind, Result};
use crate::os::pipe::{self, PipeId, PipeReceiver, PipeSender};
use crate::os::process::{self, ProcessId};
use crate::say;
use crate::text;

/// How long to wait for a command to exit, and for the end of its standard error, after it has
/// closed its output, so that the error can say how it ended.
const MOMENT: Duration = Duration::from_millis(200);

/// How much data is queued while the command does not read: two windows of a session. A command
/// that writes before it reads on, as netcat does, would otherwise cause a deadlock: it waits for
/// us to read, and the library waits for it.
const MAX_QUEUED: usize = 4 << 20;

/// A command that replaces a TCP connection.
#[derive(Clone, Debug)]
pub struct ProxyCommand {
    /// What is started.
    pub program: ProxyProgram,
    /// What becomes of its standard error.
    pub errors: ProxyErrors,
}

/// What a proxy command starts.
#[derive(Clone, Debug)]
pub enum ProxyProgram {
    /// A command line for a shell.
    Line {
        /// The shell that runs it, with `-c`.
        shell: PathBuf,
        /// The command with its tokens expanded.
        command: String,
    },
    /// A program that is started without a shell.
    Words {
        /// The program: a path, or a name that is looked up in PATH.
        program: PathBuf,
        /// Its arguments, each passed on as it is.
        arguments: Vec<OsString>,
    },
}

/// What becomes of a proxy command's standard error.
#[derive(Clone, Debug)]
pub enum ProxyErrors {
    /// It is our own standard error.
    Inherited,
    /// Each line is passed on as a message, and the last ones become part of the error if the
    /// command ends too early; or of the error that the diagnosis makes of them.
    Watched(Option<Diagnosis>),
}

/// A running proxy command. Its ends are pipes, as in ssh(1), so that a server started by it finds
/// no socket to take addresses from.
pub struct RunningProxy {
    /// Its input; `None` after we have closed it.
    input: Option<PipeSender>,
    output: PipeReceiver,
    /// Bytes that it has not read yet.
    queued: BytesMut,
    /// Its process, which is ended after both pipes are closed: the order of these fields matters.
    process: ProxyProcess,
    /// Whether it has written anything.
    spoke: bool,
    /// Its standard error, if it is watched.
    words: Option<WatchedWords>,
    /// The timer for its exit, once its output is closed.
    ending: Option<Pin<Box<Sleep>>>,
    /// The next step if it ends too early.
    hint: String,
}

/// The process of a proxy command, which does not outlive the connection.
struct ProxyProcess {
    child: Child,
    /// Its input and output.
    pipes: [PipeId; 2],
    /// What is to be told that the connection is over: the process and what it has started.
    told: Vec<ProcessId>,
}

/// Starts the command.
///
/// # Errors
/// The shell or the program does not start.
pub(crate) fn start(proxy: &ProxyCommand) -> Result<RunningProxy> {
    let (mut command, failed, hint) = prepared(&proxy.program);
    let failed = |error: io::Error| failed(&error);
    let (its_input, input) = io::pipe().map_err(failed)?;
    let (output, its_output) = io::pipe().map_err(failed)?;
    let pipes = [PipeId::of(&input).map_err(failed)?, PipeId::of(&output).map_err(failed)?];
    command.stdin(Stdio::from(its_input)).stdout(Stdio::from(its_output));
    let words = match &proxy.errors {
        ProxyErrors::Inherited => None,
        ProxyErrors::Watched(diagnosis) => {
            let (words, its_errors) = io::pipe().map_err(failed)?;
            command.stderr(Stdio::from(its_errors));
            let words = pipe::receiver(words).map_err(failed)?;
            Some(WatchedWords::listen(words, diagnosis.clone()))
        }
    };
    let child = command.spawn().map_err(failed)?;
    // The command's ends of the pipes are closed here, so that only the child has them.
    drop(command);
    Ok(RunningProxy {
        input: Some(pipe::sender(input).map_err(failed)?),
        output: pipe::receiver(output).map_err(failed)?,
        queued: BytesMut::new(),
        process: ProxyProcess { child, pipes, told: Vec::new() },
        spoke: false,
        words,
        ending: None,
        hint,
    })
}

/// Makes the error for a command that does not start.
type StartFailure = Box<dyn Fn(&io::Error) -> Error>;

/// The process to start, the error if it does not start, and the next step if it ends too early.
fn prepared(program: &ProxyProgram) -> (Command, StartFailure, String) {
    match program {
        ProxyProgram::Line { shell, command: line } => {
            debug!("Executing proxy command: exec {line}");
            let mut command = Command::new(shell);
            command.arg("-c").arg(format!("exec {line}"));
            let failed = |error: &io::Error| {
                let cause = say!(proxy_command_not_started, reason = reason(error));
                Error::new(Kind::Connect, cause).hint(say!(proxy_command_not_started_hint))
            };
            (command, Box::new(failed), say!(proxy_command_not_started_hint))
        }
        ProxyProgram::Words { program, arguments } => {
            debug!("Executing proxy program: {}, {} arguments", program.display(), arguments.len());
            let mut command = Command::new(program);
            command.args(arguments);
            let name = text::path(program);
            let failed = {
                let name = name.clone();
                move |error: &io::Error| {
                    let cause = say!(proxy_program_not_started, name, reason = reason(error));
                    Error::new(Kind::Connect, cause).hint(say!(proxy_program_not_started_hint))
                }
            };
            (command, Box::new(failed), say!(proxy_program_ended_hint, name))
        }
    }
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
        let read = poll_vectored(
            cx,
            |cx| output.poll_read_ready(cx),
            || output.try_read_vectored(buffers),
        );
        let Poll::Ready(read) = read? else {
            ready!(self.poll_failed(cx));
            return self.poll_end(cx).map_ok(|()| 0);
        };
        if read == 0 {
            return self.poll_end(cx).map_ok(|()| 0);
        }
        self.spoke = true;
        Poll::Ready(Ok(read))
    }

    /// Ready once it has failed before it said anything. What it has left behind may hold its output
    /// open, and says nothing either.
    fn poll_failed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match pin!(self.process.child.wait()).poll(cx) {
            Poll::Ready(Ok(status)) if !self.spoke && !status.success() => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }

    /// Handles the end of its output. A command that has sent data and exits successfully ends the
    /// connection normally; anything else is an error.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let moment = self.ending.get_or_insert_with(|| Box::pin(sleep(MOMENT)));
        let over = moment.as_mut().poll(cx);
        let silent = self.words.as_mut().is_none_or(|words| words.poll_over(cx).is_ready());
        let status = match pin!(self.process.child.wait()).poll(cx) {
            Poll::Ready(status) if silent || over.is_ready() => status.ok(),
            _ if over.is_pending() => return Poll::Pending,
            _ => None,
        };
        match status {
            Some(status) if status.success() && self.spoke => Poll::Ready(Ok(())),
            None if self.spoke => Poll::Ready(Ok(())),
            status => Poll::Ready(Err(io::Error::other(self.ended(status)))),
        }
    }

    /// The error for a command that ended too early.
    fn ended(&self, status: Option<ExitStatus>) -> Error {
        if let Some(error) = self.words.as_ref().and_then(WatchedWords::diagnosed) {
            return error;
        }
        let how = match status.map(|status| (status.code(), process::ended_by_signal(status))) {
            Some((Some(code), _)) => say!(route_command_status, code),
            Some((None, Some((signal, _)))) => say!(route_command_signal, signal),
            _ => say!(route_command_closed),
        };
        let words = self.words.as_ref().map(WatchedWords::last_words).unwrap_or_default();
        let cause = match (self.spoke, words.is_empty()) {
            (true, _) => say!(route_command_ended, how),
            (false, true) => say!(route_command_ended_silently, how),
            (false, false) => say!(route_command_refused, how, words),
        };
        Error::new(Kind::Connect, cause).hint(self.hint.clone())
    }
}

impl ProxyProcess {
    fn id(&self) -> Option<ProcessId> {
        self.child.id().and_then(ProcessId::of)
    }
}

impl Drop for RunningProxy {
    /// The descendants are known only while the command runs, which may end with its input.
    fn drop(&mut self) {
        let Some(leader) = self.process.id() else { return };
        let mut processes = leader.with_descendants();
        processes.retain(|process| process.is_in_session_of(leader));
        self.process.told = processes;
    }
}

impl Drop for ProxyProcess {
    fn drop(&mut self) {
        let leader = self.id();
        let may_stay =
            |process| Some(process) != leader && !ProcessId::has_open(process, &self.pipes);
        // As in ssh, it may clean up; but what minds no signal does not outlive us.
        process::hang_up(&self.told, may_stay, deadline::PROXY_COMMAND_END);
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
        if Pin::new(&mut self.output).poll_read(cx, buf)?.is_pending() {
            ready!(self.poll_failed(cx));
            return self.poll_end(cx);
        }
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
        let program = ProxyProgram::Line { shell: "/bin/sh".into(), command: command.to_owned() };
        start(&ProxyCommand { program, errors: ProxyErrors::Inherited }).unwrap()
    }

    fn words(program: &str, arguments: &[&str], diagnosis: Option<Diagnosis>) -> ProxyCommand {
        let arguments = arguments.iter().map(Into::into).collect();
        let program = ProxyProgram::Words { program: program.into(), arguments };
        ProxyCommand { program, errors: ProxyErrors::Watched(diagnosis) }
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
        let program = ProxyProgram::Line { shell: "/nowhere/sh".into(), command: "cat".to_owned() };
        let proxy = ProxyCommand { program, errors: ProxyErrors::Inherited };
        let error = start(&proxy).err().unwrap();
        assert_eq!(error.kind(), Kind::Connect);
        assert!(error.to_string().contains("did not start: No such file"), "{error}");
    }

    #[tokio::test]
    async fn a_program_gets_its_arguments_as_they_are() {
        let own = tempfile::tempdir().unwrap();
        let program = own.path().join("with spaces; and $more");
        std::fs::write(&program, "#!/bin/sh\nprintf '%s|' \"$@\"\n").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&program, mode).unwrap();
        let arguments = ["a b", "$HOME", "`id`", "--x=;y"];
        let mut stream = start(&words(program.to_str().unwrap(), &arguments, None)).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "a b|$HOME|`id`|--x=;y|");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let error = start(&words("/nowhere/the helper", &[], None)).err().unwrap().to_string();
        assert!(error.contains("/nowhere/the helper") && error.contains("No such file"), "{error}");
    }

    #[tokio::test]
    async fn its_last_words_are_the_error() {
        let script = "echo first >&2; echo 'ERROR: \x1b]0;no\x07 such host' >&2; exit 1";
        let mut heard = Vec::new();
        let mut stream = start(&words("/bin/sh", &["-c", script], None)).unwrap();
        let error = stream.read_to_end(&mut heard).await.unwrap_err().to_string();
        assert!(error.contains("ERROR:") && error.contains("such host"), "{error}");
        assert!(error.contains("status 1") && !error.contains(char::is_control), "{error}");
    }

    #[tokio::test]
    async fn its_last_words_are_explained_where_they_are_known() {
        let explain = Diagnosis::new(|words: &str| {
            let known = words.lines().any(|line| line == "ERROR: not logged in");
            known.then(|| Error::new(Kind::Authentication, "you are not logged in").hint("log in"))
        });
        for (said, wanted) in
            [("ERROR: not logged in", Kind::Authentication), ("other", Kind::Connect)]
        {
            let script = format!("echo '{said}' >&2; exit 1");
            let proxy = words("/bin/sh", &["-c", &script], Some(explain.clone()));
            let mut heard = Vec::new();
            let error = start(&proxy).unwrap().read_to_end(&mut heard).await.unwrap_err();
            let error = crate::client::failure::carried(&error).unwrap();
            assert_eq!(error.kind(), wanted, "{error}");
        }
    }

    /// The helper's own child keeps the standard error open.
    #[tokio::test]
    async fn its_end_is_not_delayed_by_what_it_leaves_behind() {
        let script = "echo gone >&2; sleep 20 >&- <&- & exit 3";
        let mut heard = Vec::new();
        let mut stream = start(&words("/bin/sh", &["-c", script], None)).unwrap();
        let end = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut heard));
        let error = end.await.unwrap().unwrap_err().to_string();
        assert!(error.contains("status 3") && error.contains("gone"), "{error}");
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

    /// Nothing else would end the wait: what is left behind reads until the connection is over.
    #[tokio::test]
    async fn its_failure_is_known_though_something_else_has_its_output() {
        let mut heard = Vec::new();
        let mut stream = started("sh -c 'exec 4<&0; cat <&4 & exit 3'");
        let end = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut heard));
        let error = end.await.unwrap().unwrap_err().to_string();
        assert!(error.contains("before") && error.contains("status 3"), "{error}");
    }

    #[tokio::test]
    async fn it_and_what_it_started_are_told_when_the_connection_is_over() {
        ends_with_the_connection("sleep 60 & sleep 60 & echo >&3; wait").await;
    }

    #[tokio::test]
    async fn what_minds_no_signal_is_ended_when_the_connection_is_over() {
        let script = "trap \"\" HUP INT TERM PIPE; sleep 60 & echo >&3; while :; do sleep 1; done";
        ends_with_the_connection(script).await;
    }

    /// A master of a shared connection has a session of its own. Nothing but the signal would end it
    /// before the file is there.
    #[tokio::test]
    async fn a_daemon_that_it_has_begun_is_told_nothing() {
        assert_eq!(what_stays("setsid", "").await, "stays\n");
    }

    #[tokio::test]
    async fn what_minds_no_signal_and_has_other_input_and_output_stays() {
        assert_eq!(what_stays("nohup", ">/dev/null 2>&1").await, "stays\n");
    }

    /// What a shell that is begun by this program, and has this output, says on the pipe after the
    /// connection is over, once a file is there.
    async fn what_stays(program: &str, output: &str) -> String {
        let waits = "echo >&3; while ! test -e go; do sleep 0.1; done; echo stays >&3";
        let script = &format!("{program} sh -c \"{waits}\" {output} & wait");
        let own = tempfile::tempdir().unwrap();
        let (stream, mut end) = begun(&own, script).await;
        drop(stream);
        std::fs::write(own.path().join("go"), "").unwrap();
        let mut said = String::new();
        let ended = tokio::time::timeout(Duration::from_secs(20), end.read_to_string(&mut said));
        ended.await.unwrap().unwrap();
        said
    }

    /// The script has said on the pipe that it is ready; only a signal ends its processes, and their
    /// ends of the pipe close then.
    async fn ends_with_the_connection(script: &str) {
        let own = tempfile::tempdir().unwrap();
        let (stream, mut end) = begun(&own, script).await;
        let mut byte = [0];
        drop(stream);
        let ended = tokio::time::timeout(Duration::from_secs(20), end.read(&mut byte));
        assert_eq!(ended.await.unwrap().unwrap(), 0);
    }

    /// Starts a script in this directory, and waits until it has written a byte on descriptor 3.
    async fn begun(own: &tempfile::TempDir, script: &str) -> (RunningProxy, PipeReceiver) {
        let pipe = own.path().join("pipe");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let directory = own.path().display();
        let stream = started(&format!("sh -c 'cd {directory}; {script}' 3>'{}'", pipe.display()));
        let mut end = tokio::net::unix::pipe::OpenOptions::new().open_receiver(&pipe).unwrap();
        let mut byte = [0];
        while end.read(&mut byte).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        (stream, end)
    }
}
