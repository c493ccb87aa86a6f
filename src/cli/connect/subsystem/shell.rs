//! A program with a terminal on the connection that files go over: a shell beside them.

use std::future::ready;
use std::time::Instant;

use tokio::sync::watch;

use super::connection::stopped;
use crate::cli::args::Typed;
use crate::cli::connect::filter::FilterRequest;
use crate::cli::connect::{prompt, wants};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::exit_code::exit_code;
use crate::cli::local::{Duplicates, LocalTerminal, TerminalSetting, unusable, window_changes};
use crate::cli::resolve::Plan;
use crate::client::Session;
use crate::client::session::{
    Brackets, Escape, Interlude, LocalSide, Paste, ProgramRequest, SessionRequest, WindowSize,
    beside,
};
use crate::error::Result;
use crate::os::stdio::DescriptorInput;
use crate::say;
use crate::terminal;

/// Runs a command line on the person's terminal until it ends; its exit code. Nothing is forwarded.
pub(super) async fn run(
    session: &Session,
    (plan, typed, environment): (&Plan, &Typed, &ProcessEnvironment),
    command: &[u8],
) -> Result<u8> {
    let filter = FilterRequest::prepare(plan, environment, true)?.begin(Instant::now(), true);
    let request = SessionRequest {
        pty: Some(wants::pty_request(plan, environment, None)),
        env: wants::sent_environment(&plan.options, environment),
        program: ProgramRequest::Exec(command.to_vec()),
        agent: false,
        x11: None,
    };
    let (resize, resized) = watch::channel(WindowSize::default());
    let brackets = plan.confirm_paste.then(Brackets::default);
    // The escapes that would ask for these are off.
    let no_duplicate = || -> Interlude<'_, Result<_>> { Box::pin(ready(Err(stopped()))) };
    let no_install = || -> Interlude<'_, Vec<String>> { Box::pin(ready(Vec::new())) };
    let mut console = LocalTerminal::enter(TerminalSetting {
        raw: true,
        resize: resize.clone(),
        prompt: prompt::choose(plan, typed, environment),
        again: Duplicates { log_in: &no_duplicate, below: 0, most: 0 },
        install: &no_install,
        brackets: brackets.clone(),
        puts_modes_back: !plan.as_ssh,
    })?;
    let (stdout, stderr) = console.sinks()?;
    let sinks = (filter.output(stdout), filter.output(stderr));
    let input = DescriptorInput::stdin().map_err(|error| unusable(say!(stdin_label), &error))?;
    let escape = plan.options.escape_char.value.map(|key| Escape::new(key).for_client());
    let watcher = window_changes(resize);
    let local = LocalSide {
        input: Some(filter.input(Vec::new(), input)),
        is_typed: true,
        escape,
        paste: brackets.map(Paste::new),
        resized,
        console: &mut console,
        without_pty: &terminal::restore,
    };
    let exit = beside::run(session, &request, local, sinks).await;
    filter.finish();
    drop(watcher);
    console.leave(&exit);
    exit.map(|exit| exit_code(&exit))
}
