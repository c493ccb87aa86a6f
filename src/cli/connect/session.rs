//! The main path of `tessh [user@]host [command]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use russh::Pty;
use tokio::sync::watch;

use super::background::Tether;
use super::context::ConnectContext;
use super::enter::enter;
use super::filter::{FilterRequest, FilteredInput, SessionFilter};
use super::{copy_id, forward, local_command, master, wants};
use crate::cli::attempt;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::exit_code::{exit_code, unexplained};
use crate::cli::local::{Duplicates, LocalTerminal, TerminalSetting, unusable, window_changes};
use crate::cli::resolve::Plan;
use crate::client::Session;
use crate::client::flow::Exit;
use crate::client::session::{
    Brackets, Escape, Interlude, LocalSide, Paste, SessionRequest, WindowSize, channel, relay,
    rotation,
};
use crate::client::state::RememberedLogins;
use crate::config::{LogLevel, Options, SessionType};
use crate::error::Result;
use crate::os::descriptor;
use crate::os::stdio::DescriptorInput;
use crate::prompt::Prompt;
use crate::say;
use crate::secret::Secret;
use crate::terminal;

/// The most duplicate sessions on top of the first one; a person cannot keep more apart.
const MAX_DUPLICATES: usize = 4;

/// What a connection gets from the process that started it, besides the plan.
#[derive(Default)]
pub struct Inherited {
    /// The password of `--password-fd`.
    pub password: Option<Secret>,
    /// The connection to a parent process that waits until this one leaves the terminal.
    pub tether: Tether,
}

/// Makes one connection, from the plan to the exit code; `begun` is called after the login.
pub async fn run_plan(
    plan: &Plan,
    inherited: Inherited,
    environment: &ProcessEnvironment,
    prompt: Arc<dyn Prompt>,
    begun: impl FnOnce(),
) -> Result<u8> {
    let remembered = RememberedLogins::default();
    let context = ConnectContext::new(plan, environment, prompt, &remembered);
    let context = context.with_tether(&inherited.tether);
    let exit = connect(&context, inherited.password, begun).await?;
    Ok(exit_code(&exit))
}

/// Connects, verifies, authenticates, opens a session and relays; returns how it ended. `begun` is
/// called after the login.
async fn connect(
    context: &ConnectContext<'_>,
    password: Option<Secret>,
    begun: impl FnOnce(),
) -> Result<Exit> {
    let ConnectContext { plan, environment, prompt, .. } = context;
    let options = &plan.options;
    let at_terminal = wants::at_terminal(options);
    let filter = FilterRequest::prepare(
        plan,
        environment,
        at_terminal && wants::wants_pty(options, plan.command.is_some(), at_terminal),
    )?;
    let (session, connected) = enter(context, password).await?;
    begun();
    if context.sessions_below == 0 {
        forward::begin(plan, &session).await?;
    }
    let master = if context.sessions_below == 0 { master::begin(context, &session)? } else { None };
    local_command::run(options, environment).await;
    let shown = AtomicBool::new(false);
    let pty = wants::wants_pty(options, plan.command.is_some(), at_terminal);
    // In memory of its own, as the login: duplicates run on top of it, on one stack.
    let own = filter.begin(connected, pty);
    let own: Interlude<'_, _> = Box::pin(do_own_work(context, &session, own, &shown));
    let exit = match &master {
        Some(master) => {
            rotation::around(&session, prompt, master.around(context, &session, own)).await
        }
        None => rotation::around(&session, prompt, own).await,
    };
    if let Some(master) = master.as_ref().filter(|_| session.ended().is_some()) {
        master.last_words().await;
    }
    // Removes the socket, so that no client connects any more; connected clients are told.
    drop(master);
    if shown.load(Ordering::Relaxed) && options.log_level.value >= LogLevel::Info {
        crate::cli::log::write(&say!(connection_to_host_closed, host = options.hostname.value));
    }
    relay::close(session).await;
    exit
}

/// Does the connection's own work: `-W`, only forwards (`-N`), or a session. `shown` is set if the
/// person saw a terminal of the server.
async fn do_own_work(
    context: &ConnectContext<'_>,
    session: &Session,
    filter: SessionFilter,
    shown: &AtomicBool,
) -> Result<Exit> {
    let plan = context.plan;
    if let Some(to) = &plan.stdio_forward {
        return forward::stdio(context, session, to).await;
    }
    if plan.options.session_type.value == SessionType::None {
        context.leave_if_forking()?;
        return relay::linger(session).await;
    }
    run_session(context, session, filter, shown).await
}

/// Opens the session channel and relays until it ends; then the terminal is as before.
async fn run_session(
    context: &ConnectContext<'_>,
    session: &Session,
    filter: SessionFilter,
    shown: &AtomicBool,
) -> Result<Exit> {
    let ConnectContext { plan, prompt, .. } = context;
    let options = &plan.options;
    let at_terminal = wants::at_terminal(options);
    let pty = wants::has_pty(options, plan.command.is_some(), at_terminal);
    let interactive = pty && at_terminal;

    // The terminal's modes are read before raw mode changes them.
    let request = SessionRequest {
        agent: forward::agent(plan, context.environment, session)?,
        x11: forward::display(options, context.environment, session).await,
        ..session_request(context, pty)
    };
    let modes = request.pty.as_ref().map(|pty| pty.modes.clone()).unwrap_or_default();
    let (resize, resized) = watch::channel(WindowSize::default());
    let again = || once_more(context, &modes);
    let install =
        || -> Interlude<'_, Vec<String>> { Box::pin(copy_id::in_session(context, session)) };
    let brackets = (interactive && plan.confirm_paste).then(Brackets::default);
    let mut console = LocalTerminal::enter(TerminalSetting {
        raw: interactive,
        resize: resize.clone(),
        prompt: Arc::clone(prompt),
        install: &install,
        again: Duplicates { log_in: &again, below: context.sessions_below, most: MAX_DUPLICATES },
        brackets: brackets.clone(),
        puts_modes_back: !plan.as_ssh,
    })?;
    let (stdout, stderr) = console.sinks()?;
    let (stdout, stderr) = (filter.output(stdout), filter.output(stderr));
    let channel = channel::open(session, request, stdout, stderr).await?;
    shown.store(pty, Ordering::Relaxed);
    context.leave_if_forking()?;
    let watcher = watch_size(pty, resize);
    let mut typed = prompt.typed_ahead();
    if !interactive {
        // Without raw mode, a terminal ends lines so.
        typed.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    let input = input(options, typed, &filter)?;
    // As in ssh, escapes count wherever the server has a terminal: with `-tt`, in a pipe, too. A
    // person for our own ones is at a terminal here.
    let escape = options.escape_char.value.filter(|_| pty);
    let only_those_of_ssh = plan.as_ssh || !interactive;
    let escape = escape.map(if only_those_of_ssh { Escape::of_ssh } else { Escape::new });
    let paste = brackets.map(Paste::new);
    let without_pty = &terminal::restore;
    let local = LocalSide {
        input,
        is_typed: interactive,
        escape,
        paste,
        resized,
        console: &mut console,
        without_pty,
    };
    let exit = relay(session, channel, local).await;
    filter.finish();
    drop(watcher);
    console.leave(&exit);
    if interactive && exit.is_err() {
        terminal::note_if_gone(descriptor::stdin());
    }
    if let (Some(_), Some(text)) = (&plan.command, exit.as_ref().ok().and_then(unexplained)) {
        log::warn!("{text}");
    }
    exit
}

/// The session's standard input; `None` if it is to have none.
fn input(
    options: &Options,
    typed: Vec<u8>,
    filter: &SessionFilter,
) -> Result<Option<FilteredInput>> {
    if wants::no_input(options) {
        return Ok(None);
    }
    let stdin = DescriptorInput::stdin().map_err(|error| unusable(say!(stdin_label), &error))?;
    Ok(Some(filter.input(typed, stdin)))
}

/// Runs the main path again, for a duplicate on top of a session.
fn once_more<'a>(
    context: &'a ConnectContext<'_>,
    modes: &[(Pty, u32)],
) -> Interlude<'a, Result<Exit>> {
    let again = context.for_duplicate(modes);
    Box::pin(async move { connect(&again, None, attempt::logged_in).await })
}

/// Sends changes of the window's size while the result is kept. `None` if the server has no
/// terminal.
fn watch_size(pty: bool, resize: watch::Sender<WindowSize>) -> Option<impl Drop> {
    pty.then(|| window_changes(resize))
}

/// The requests for the session channel, except agent and X11 forwarding.
fn session_request(context: &ConnectContext<'_>, pty: bool) -> SessionRequest {
    let ConnectContext { plan, environment, .. } = context;
    let pty = pty.then(|| wants::pty_request(plan, environment, context.terminal_modes.clone()));
    let program = wants::program(&plan.options, plan.command.clone());
    let env = wants::sent_environment(&plan.options, environment);
    SessionRequest { pty, env, program, agent: false, x11: None }
}
