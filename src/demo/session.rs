//! A program on a session channel: starts it, carries its bytes and reports its exit.
//!
//! Output is read only as fast as the channel's window and the connection take it. Input waits in a
//! bounded queue, because russh grants the client more window as soon as data arrives, not when the
//! program has read it (RFC 4254 sections 5.2 and 6).

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use russh::server::{Handle, Msg};
use russh::{ChannelWriteHalf, Pty, Sig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::children::Group;
use super::shared::DemoState;

use crate::os::process;
use crate::os::pty;
use crate::os::size::WindowSize;
use crate::os::words;

/// The most bytes of input that wait for one program. russh cannot make the client pause, so the
/// channel of a program that does not read is closed at this limit.
const MAX_WAITING: usize = 64 << 20;
/// The most bytes read from a program at once: the size of russh's packets.
const CHUNK: usize = 32 << 10;
/// The only type of extended data that RFC 4254 section 5.2 defines.
const STDERR: u32 = 1;
/// How long a terminal must be quiet after its shell has exited to count as read to the end. A
/// background job may hold the terminal open for ever.
const QUIET: Duration = Duration::from_millis(200);
/// The value of `PATH` when [`DemoOptions::env`](super::DemoOptions) has none.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/// The terminal that a `pty-req` requested.
pub(super) struct RequestedTerminal {
    pub(super) term: String,
    pub(super) size: WindowSize,
    pub(super) modes: Vec<(Pty, u32)>,
}

/// A program that is about to be started.
pub(super) struct DemoProgram {
    pub(super) shared: Arc<DemoState>,
    pub(super) terminal: Option<RequestedTerminal>,
    pub(super) env: Vec<(String, String)>,
}

impl DemoProgram {
    /// Starts the command, or the login shell without one; `None` if that fails.
    pub(super) fn start(
        self,
        command: Option<&[u8]>,
        writer: ChannelWriteHalf<Msg>,
        handle: Handle,
    ) -> Option<ProgramHandle> {
        let (queue, input) = Queue::new();
        let output = ProgramOutput { writer, handle };
        let task = match &self.terminal {
            Some(terminal) => {
                let started = self.on_terminal(command, terminal)?;
                tokio::spawn(started.serve(input, output))
            }
            None => {
                let started = self.on_pipes(command)?;
                tokio::spawn(started.serve(input, output))
            }
        };
        Some(ProgramHandle { queue, task })
    }

    fn on_terminal(
        &self,
        command: Option<&[u8]>,
        terminal: &RequestedTerminal,
    ) -> Option<OnTerminal> {
        let (pty, program_side) = pty::open(terminal.size, &terminal.modes).ok()?;
        let mut starting = self.command(command);
        starting.env("TERM", &terminal.term);
        let child = program_side.spawn(starting).ok()?;
        let group = self.shared.children.register(child.id()?)?;
        Some(OnTerminal { pty, child, group })
    }

    fn on_pipes(&self, command: Option<&[u8]>) -> Option<OnPipes> {
        let mut starting = self.command(command);
        process::lead_group(&mut starting);
        starting.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = starting.spawn().ok()?;
        let group = self.shared.children.register(child.id()?)?;
        Some(OnPipes { child, group })
    }

    fn command(&self, command: Option<&[u8]>) -> Command {
        let options = &self.shared.options;
        let mut starting = Command::new(&options.shell);
        match command {
            Some(command) => {
                process::name_itself(&mut starting, name(&options.shell));
                starting.arg("-c").arg(words::from_bytes(command));
            }
            None => process::name_itself(&mut starting, &login_name(&options.shell)),
        }
        starting.env_clear().env("PATH", PATH).envs(options.env.iter().cloned());
        starting.env("HOME", &options.home).env("SHELL", &options.shell);
        starting.env("USER", &options.user).env("LOGNAME", &options.user);
        starting.envs(self.env.iter().cloned());
        let home = if options.home.is_dir() { &options.home } else { Path::new("/") };
        starting.current_dir(home).kill_on_drop(true);
        if let Some(ids) = options.run_as {
            process::run_as(&mut starting, ids);
        }
        starting
    }
}

/// A started program as its connection sees it. Dropping it ends the program.
pub(super) struct ProgramHandle {
    queue: Queue,
    task: JoinHandle<()>,
}

/// More input waits than `MAX_WAITING` allows.
pub(super) struct Overflow;

impl ProgramHandle {
    /// Queues input for the program.
    pub(super) fn feed(&self, data: Bytes) -> Result<(), Overflow> {
        self.queue.send(ProgramInput::Data(data))
    }

    /// Queues the end of the input.
    pub(super) fn end_of_input(&self) -> Result<(), Overflow> {
        self.queue.send(ProgramInput::Eof)
    }

    /// Queues a new size of the terminal.
    pub(super) fn resize(&self, size: WindowSize) -> Result<(), Overflow> {
        self.queue.send(ProgramInput::Resize(size))
    }

    /// Whether both the program and the channel have ended.
    pub(super) fn is_over(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for ProgramHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

enum ProgramInput {
    Data(Bytes),
    Eof,
    Resize(WindowSize),
}

impl ProgramInput {
    /// What it counts among what waits: its bytes, and its place in the queue.
    fn cost(&self) -> usize {
        let bytes = match self {
            ProgramInput::Data(data) => data.len(),
            ProgramInput::Eof | ProgramInput::Resize(_) => 0,
        };
        bytes + size_of::<ProgramInput>()
    }
}

struct Queue {
    sender: UnboundedSender<ProgramInput>,
    waiting: Arc<AtomicUsize>,
}

struct WaitingInput {
    receiver: UnboundedReceiver<ProgramInput>,
    waiting: Arc<AtomicUsize>,
}

impl Queue {
    fn new() -> (Queue, WaitingInput) {
        let (sender, receiver) = unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        (Queue { sender, waiting: waiting.clone() }, WaitingInput { receiver, waiting })
    }

    fn send(&self, input: ProgramInput) -> Result<(), Overflow> {
        let cost = input.cost();
        let waiting = self.waiting.fetch_add(cost, Ordering::Relaxed) + cost;
        // Sending fails only after the program has ended, when its input does not matter.
        let _ = self.sender.send(input);
        if waiting > MAX_WAITING { Err(Overflow) } else { Ok(()) }
    }
}

impl WaitingInput {
    /// Writes input to a program until the channel is gone. Input that arrives after the program
    /// closed its input, or exited, is dropped.
    async fn feed<W: AsyncWrite + Unpin>(
        mut self,
        to: W,
        resize: impl Fn(&W, WindowSize),
        keep: bool,
    ) {
        let mut to = Some(to);
        while let Some(input) = self.receiver.recv().await {
            let cost = input.cost();
            match (input, &mut to) {
                (ProgramInput::Data(data), Some(writer)) => {
                    let written = writer.write_all(&data).await;
                    if written.is_err() {
                        to = None;
                    }
                }
                (ProgramInput::Eof, _) if !keep => to = None,
                (ProgramInput::Resize(size), Some(writer)) => resize(writer, size),
                _ => {}
            }
            self.waiting.fetch_sub(cost, Ordering::Relaxed);
        }
    }
}

/// The output side of a channel: carries what the program writes to the client.
struct ProgramOutput {
    writer: ChannelWriteHalf<Msg>,
    handle: Handle,
}

impl ProgramOutput {
    /// Carries what a program writes until it ends or the client takes no more.
    async fn carry(&self, mut from: impl AsyncRead + Unpin, kind: Option<u32>) {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(CHUNK);
            let Ok(1..) = from.read_buf(&mut buffer).await else { return };
            if self.send(buffer.split().freeze(), kind).await.is_err() {
                return;
            }
        }
    }

    /// Carries a terminal's output until its shell has exited and everything is read.
    async fn carry_terminal(
        &self,
        mut from: impl AsyncRead + Unpin,
        child: &mut Child,
    ) -> std::io::Result<ExitStatus> {
        let mut buffer = BytesMut::new();
        let (mut status, mut failed) = (None, false);
        loop {
            buffer.reserve(CHUNK);
            tokio::select! {
                biased;
                read = from.read_buf(&mut buffer) => {
                    // Reading a terminal that no process holds open fails with EIO, which is its
                    // end of file. The last output may arrive while that read is under way, so
                    // only a second failure is the end.
                    match read {
                        Ok(1..) => failed = false,
                        Err(_) if !failed => {
                            failed = true;
                            continue;
                        }
                        _ => break,
                    }
                    if self.send(buffer.split().freeze(), None).await.is_err() {
                        break;
                    }
                }
                ended = child.wait(), if status.is_none() => status = Some(ended),
                () = sleep(QUIET), if status.is_some() => break,
            }
        }
        match status {
            Some(status) => status,
            None => child.wait().await,
        }
    }

    async fn send(&self, data: Bytes, kind: Option<u32>) -> Result<(), russh::Error> {
        match kind {
            None => self.writer.data_bytes(data).await,
            Some(kind) => self.writer.extended_data_bytes(kind, data).await,
        }
    }

    /// Reports how the program ended (RFC 4254 section 6.10) and closes the channel.
    async fn finish(&self, status: std::io::Result<ExitStatus>) {
        let id = self.writer.id();
        // Each of these fails only when the connection is gone, and nobody is left to report to.
        let _ = self.writer.eof().await;
        if let Ok(status) = status {
            if let Some((signal, core)) = process::ended_by_signal(status) {
                let name = signal_name(signal);
                let sent = self.handle.exit_signal_request(id, name, core, "".into(), "".into());
                let _ = sent.await;
            } else if let Some(code) = status.code() {
                let _ = self.writer.exit_status(code.cast_unsigned()).await;
            }
        }
        let _ = self.writer.close().await;
    }
}

struct OnTerminal {
    pty: pty::Pty,
    child: Child,
    group: Group,
}

impl OnTerminal {
    async fn serve(mut self, input: WaitingInput, output: ProgramOutput) {
        let (mut from, to) = self.pty.into_split();
        let status = tokio::select! {
            status = output.carry_terminal(&mut from, &mut self.child) => status,
            () = input.feed(to, pty::resize, true) => return,
        };
        self.group.forget();
        output.finish(status).await;
    }
}

struct OnPipes {
    child: Child,
    group: Group,
}

impl OnPipes {
    async fn serve(mut self, input: WaitingInput, output: ProgramOutput) {
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take())
        else {
            return;
        };
        let status = tokio::select! {
            status = async {
                // As with sshd, the session lasts until the last process that holds the pipes is
                // gone.
                tokio::join!(output.carry(stdout, None), output.carry(stderr, Some(STDERR)));
                self.child.wait().await
            } => status,
            () = input.feed(stdin, |_, _| {}, false) => return,
        };
        self.group.forget();
        output.finish(status).await;
    }
}

fn name(shell: &Path) -> &OsStr {
    shell.file_name().unwrap_or(shell.as_os_str())
}

/// The shell's name with the leading `-` by which login(1) marks a login shell.
fn login_name(shell: &Path) -> OsString {
    words::from_bytes([b"-", name(shell).as_encoded_bytes()].concat())
}

/// The name of a signal as RFC 4254 section 6.10 wants it: without `SIG`; others get a private
/// name.
fn signal_name(number: i32) -> Sig {
    match number {
        1 => Sig::HUP,
        2 => Sig::INT,
        3 => Sig::QUIT,
        4 => Sig::ILL,
        6 => Sig::ABRT,
        8 => Sig::FPE,
        9 => Sig::KILL,
        10 => Sig::USR1,
        11 => Sig::SEGV,
        13 => Sig::PIPE,
        14 => Sig::ALRM,
        15 => Sig::TERM,
        12 => Sig::Custom("USR2".into()),
        other => Sig::Custom(format!("{other}@tessh")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_a_program_is_bounded_whatever_it_is() {
        let (queue, _kept) = Queue::new();
        let large = Bytes::from(vec![0; 1 << 20]);
        let fits = (0..100).take_while(|_| queue.send(ProgramInput::Data(large.clone())).is_ok());
        assert_eq!(fits.count(), 63);
        // Input without bytes has its place in the queue, too.
        let (queue, _kept) = Queue::new();
        let most = MAX_WAITING / size_of::<ProgramInput>();
        let fits = (0..=most).take_while(|_| queue.send(ProgramInput::Eof).is_ok());
        assert_eq!(fits.count(), most);
    }
}
