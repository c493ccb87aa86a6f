//! The local terminal during a session: raw mode, window size, and the console for escapes.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{attempt, log};
use crate::client::flow::{Exit, OutputSink};
use crate::client::session::{
    BracketFilter, Brackets, CommandLineAction, Console, Curtain, Information, Interlude,
    WindowSize, paste,
};
use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::os::process::ProcessId;
use crate::os::signal::{Arrivals, Signal};
use crate::os::stdio::DescriptorOutput;
use crate::prompt::{Answer, ConnectionSummary, FactsAnswer, Prompt};
use crate::say;
use crate::terminal::secret::Cancellable;
use crate::terminal::{self, RawMode, RemoteScreen, ScreenMode};

/// How long the server is told another window size, so that its programs redraw the screen.
const REDRAW: Duration = Duration::from_millis(100);

/// The settings for a session on the person's terminal.
pub(super) struct TerminalSetting<'a> {
    /// Whether the session is interactive: the terminal is in raw mode.
    pub raw: bool,
    /// Where new sizes go.
    pub resize: watch::Sender<WindowSize>,
    /// The prompt for questions.
    pub prompt: Arc<dyn Prompt>,
    /// The means to start duplicate sessions (`~d`).
    pub again: Duplicates<'a>,
    /// What installs a key on the server, and what to tell of it.
    pub install: &'a (dyn Fn() -> Interlude<'a, Vec<String>> + Send + Sync),
    /// Whether the server's programs want brackets around pastes; `None` if pastes are not asked
    /// about.
    pub brackets: Option<Brackets>,
    /// Whether the modes that the server's programs leave on are switched off when the session is
    /// lost. ssh leaves them.
    pub puts_modes_back: bool,
}

/// Starts duplicate sessions on top of a session.
pub(super) struct Duplicates<'a> {
    /// Runs the main path again.
    pub log_in: &'a (dyn Fn() -> Interlude<'a, Result<Exit>> + Send + Sync),
    /// How many sessions are below this one.
    pub below: usize,
    /// How many duplicates are allowed on top of the first session.
    pub most: usize,
}

/// The person's terminal, in raw mode if the session is interactive.
pub(super) struct LocalTerminal<'a> {
    setting: TerminalSetting<'a>,
    raw: Option<RawMode>,
    /// Keeps bracketed paste switched on.
    bracketed: Option<ScreenMode>,
    /// Follows what the server's programs switch on at the terminal; `None` if that is left alone.
    screen: Option<RemoteScreen>,
    /// Holds back the session's output during interludes; used by interactive sessions only.
    curtain: Curtain,
}

impl<'a> LocalTerminal<'a> {
    /// Takes over the terminal; everything is restored on drop.
    pub fn enter(setting: TerminalSetting<'a>) -> Result<LocalTerminal<'a>> {
        let raw = match setting.raw {
            false => None,
            true => Some(RawMode::enter(descriptor::stdin()).map_err(|error| {
                Error::new(
                    Kind::Local,
                    say!(terminal_setup_failed, error = crate::error::io_reason(&error)),
                )
            })?),
        };
        let bracketed = setting.brackets.as_ref().and_then(|_| bracket());
        let stdout = descriptor::stdout();
        let screen = match setting.raw && setting.puts_modes_back && terminal::is_terminal(stdout) {
            true => RemoteScreen::enter(stdout).ok(),
            false => None,
        };
        let curtain = Curtain::default();
        Ok(LocalTerminal { setting, raw, bracketed, screen, curtain })
    }

    /// Standard output and error of the session.
    pub fn sinks(&mut self) -> Result<(OutputSink, OutputSink)> {
        let stdout =
            || DescriptorOutput::stdout().map_err(|error| unusable(say!(stdout_label), &error));
        let stderr =
            || DescriptorOutput::stderr().map_err(|error| unusable(say!(stderr_label), &error));
        if !self.setting.raw {
            let stdout = DescriptorOutput::closing_stdout()
                .map_err(|error| unusable(say!(stdout_label), &error))?;
            return Ok((Box::new(stdout), Box::new(stderr()?)));
        }
        let out = self.curtain.hang(stdout()?, Box::new(stdout()?));
        let out: OutputSink = match &self.screen {
            Some(screen) => Box::new(screen.modes().watch(out)),
            None => Box::new(out),
        };
        let err = self.curtain.hang(stderr()?, Box::new(stderr()?));
        Ok((self.watched(out), self.watched(err)))
    }

    fn watched(&self, sink: impl AsyncWrite + Send + Unpin + 'static) -> OutputSink {
        match &self.setting.brackets {
            Some(brackets) => Box::new(BracketFilter::new(sink, brackets.clone())),
            None => Box::new(sink),
        }
    }

    /// Restores the terminal after a session that has ended so. What a program has switched on is
    /// left to it, unless the connection was lost or given up before the program could switch it off.
    pub fn leave(&mut self, exit: &Result<Exit>) {
        let is_over = matches!(exit, Ok(Exit::Status(_) | Exit::Signal(..) | Exit::Unknown));
        if is_over && let Some(screen) = &self.screen {
            screen.modes().forget();
        }
        self.screen = None;
        self.bracketed = None;
        self.raw = None;
    }

    /// Runs `work` with the terminal to itself; with `lines`, in the terminal's original mode.
    /// Meanwhile the session's output waits, and afterwards its programs redraw the screen.
    async fn aside<T>(&mut self, lines: bool, work: impl Future<Output = T>) -> T {
        self.curtain.close();
        self.bracketed = None;
        // A dialog sets raw mode anyway; leaving it between two dialogs would echo keys.
        if let Some(raw) = self.raw.as_mut().filter(|_| lines) {
            raw.suspend();
        }
        let result = {
            let _cancellable = Cancellable::begin();
            work.await
        };
        self.resume();
        self.curtain.open().await;
        self.redraw().await;
        result
    }

    fn resume(&mut self) {
        if let Some(raw) = &mut self.raw {
            let _ = raw.resume();
        }
        if self.setting.brackets.is_some() {
            self.bracketed = bracket();
        }
    }

    /// Makes the server's programs redraw. They ignore an unchanged size, so another size is sent
    /// for a moment.
    async fn redraw(&mut self) {
        let Some(size) = window_size() else { return };
        let rows = if size.rows > 1 { size.rows - 1 } else { 2 };
        let _ = self.setting.resize.send(WindowSize { rows, ..size });
        tokio::time::sleep(REDRAW).await;
        let _ = self.setting.resize.send(window_size().unwrap_or(size));
    }
}

/// Switches bracketed paste on at the terminal.
fn bracket() -> Option<ScreenMode> {
    let (stdin, stdout) = (descriptor::stdin(), descriptor::stdout());
    let tty = if terminal::is_terminal(stdout) { stdout } else { stdin };
    ScreenMode::enter(tty, paste::ON, paste::OFF).ok()
}

impl Console for LocalTerminal<'_> {
    fn say(&mut self, text: &str) {
        use std::io::Write;
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    fn suspend(&mut self) {
        self.bracketed = None;
        if let Some(raw) = &mut self.raw {
            raw.suspend();
        }
        ProcessId::own().tell(Signal::Stop);
        // The process stops above and continues here.
        self.resume();
        if let Some(size) = window_size() {
            let _ = self.setting.resize.send(size);
        }
    }

    fn has_hung_up(&self) -> bool {
        self.setting.raw && !terminal::is_terminal(descriptor::stdin())
    }

    fn verbosity(&mut self, more: bool) -> String {
        log::shift(more).to_string()
    }

    fn information<'s>(&'s mut self, escape: String, facts: Information) -> Interlude<'s> {
        if !self.setting.prompt.is_full_screen() {
            self.say(&facts.page(&escape));
            return Box::pin(std::future::ready(()));
        }
        let prompt = Arc::clone(&self.setting.prompt);
        let facts = ConnectionSummary {
            groups: facts.groups(),
            host_key: facts.host_key.as_ref().map(|host| host.key.clone()),
        };
        Box::pin(async move {
            let chosen = self.aside(false, blocking(move || prompt.facts(facts))).await;
            if let Ok(FactsAnswer::InstallKey) = chosen {
                let said = self.aside(true, (self.setting.install)()).await;
                said.iter().for_each(|line| self.say(&format!("tessh: {line}\r\n")));
            }
        })
    }

    fn command_line<'s>(&'s mut self, act: CommandLineAction<'s>) -> Interlude<'s> {
        Box::pin(async move {
            let ask = blocking(|| {
                let tty = terminal::open_controlling().ok()?;
                terminal::secret::read_shown(&tty, "\r\nssh> ").ok().flatten()
            });
            let work = async {
                let Ok(Some(line)) = ask.await else { return };
                for text in act(line).await {
                    log::to_stderr(&(text + "\n"));
                }
            };
            self.aside(true, work).await;
        })
    }

    fn duplicate<'s>(&'s mut self, escape: String) -> Interlude<'s> {
        let Duplicates { log_in, below, most } = self.setting.again;
        if below >= most {
            self.say(&(say!(again_too_many, escape, most) + "\r\n"));
            return Box::pin(std::future::ready(()));
        }
        let (this, next) = (below + 1, below + 2);
        self.say(&(say!(again_begins, escape, next) + "\r\n"));
        Box::pin(async move {
            let ended = self.aside(true, attempt::run(next, log_in()));
            let ended = match ended.await {
                Ok(exit) => exit_line(&exit),
                Err(error) => say!(again_failed, error),
            };
            self.say(&(say!(again_over, next, ended, this) + "\r\n"));
        })
    }

    fn paste<'s>(&'s mut self, text: String) -> Interlude<'s, Option<String>> {
        let prompt = Arc::clone(&self.setting.prompt);
        Box::pin(async move {
            let lines = !prompt.is_full_screen();
            match self.aside(lines, blocking(move || prompt.paste(&text))).await {
                Ok(Answer::Given(text)) => Some(text),
                Ok(Answer::Cancelled | Answer::CannotAsk) | Err(_) => {
                    self.say(&(say!(paste_not_sent) + "\r\n"));
                    None
                }
            }
        })
    }
}

/// Asks a question on a separate thread; the question starts when the future is awaited.
async fn blocking<T: Send + 'static>(
    question: impl FnOnce() -> T + Send + 'static,
) -> std::result::Result<T, tokio::task::JoinError> {
    tokio::task::spawn_blocking(question).await
}

fn exit_line(exit: &Exit) -> String {
    match exit {
        Exit::Status(status) => say!(again_ended_status, status),
        Exit::Signal(name, _) => say!(again_ended_signal, name),
        Exit::Unknown | Exit::Escaped | Exit::OutputClosed | Exit::HungUp => say!(again_ended),
    }
}

/// The error for a standard descriptor that cannot be used.
pub(super) fn unusable(what: String, error: &std::io::Error) -> Error {
    let reason = crate::error::io_reason(error);
    Error::new(Kind::Local, say!(stream_unusable, what, error = reason)).hint_about(error)
}

/// The size of the terminal on standard input, in the protocol's type.
pub(super) fn window_size() -> Option<WindowSize> {
    terminal::window_size(descriptor::stdin())
}

/// Sends the new size on each SIGWINCH, until dropped; also when the program is continued, because
/// a stopped program is not told of changes.
pub(super) fn window_changes(resize: watch::Sender<WindowSize>) -> Watcher {
    Watcher(tokio::spawn(async move {
        let mut changes = Arrivals::of(Signal::WindowChange);
        let mut continued = Arrivals::of(Signal::Continue);
        loop {
            tokio::select! {
                () = changes.next() => {}
                () = continued.next() => {}
            }
            if let Some(size) = window_size()
                && resize.send(size).is_err()
            {
                return;
            }
        }
    }))
}

/// Calls `told` on each SIGWINCH, until dropped.
pub(super) fn on_window_change(changed: impl Fn() + Send + 'static) -> Watcher {
    Watcher(tokio::spawn(async move {
        let mut changes = Arrivals::of(Signal::WindowChange);
        loop {
            changes.next().await;
            changed();
        }
    }))
}

/// A task that is aborted on drop.
pub(super) struct Watcher(JoinHandle<()>);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}
