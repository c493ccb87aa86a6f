//! An invocation that connects, from the words to the exit code. Decides which process does what.
//!
//! ```text
//!   -f              the parent waits until all is set up and ends; the child does the rest
//!   ControlPath     a master that is there does it, see `share`; else
//!   ControlPersist  the child connects and becomes the master, the parent is its client
//!   otherwise       this process connects
//! ```
//!
//! Both forks are made before there is a runtime (see `background`).

use std::ops::ControlFlow;

use super::background::{self, ChildOutcome, ForkSide, Tether};
use super::session::{self, Inherited};
use super::share::{self, ShareRequest};
use super::{choice, history, login, prompt};
use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::log;
use crate::cli::resolve::{self, Plan, ResolvedOptions};
use crate::cli::runtime::{self, BoxedWork};
use crate::config::{Context, ControlMaster, ControlPersist};
use crate::error::{Error, Kind, Result};
use crate::os::local::UnattachedStream;
use crate::say;
use crate::secret::Secret;

/// Connects as the command line asks, and returns the exit code.
///
/// # Errors
/// The command line or configuration asks for something that cannot be done, or the connection
/// fails.
pub fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    match prepared(typed, environment)? {
        ControlFlow::Break(code) => Ok(code),
        ControlFlow::Continue(work) => runtime::run_to_exit_code(work),
    }
}

/// Does what comes before a connection of this process, and returns the connection; `Break` has the
/// exit code if there is none to make. The stack that this takes is given back before the session begins.
#[inline(never)]
fn prepared(
    typed: &Typed,
    environment: ProcessEnvironment,
) -> Result<ControlFlow<u8, BoxedWork<u8>>> {
    let context = environment.context();
    let typed = &choice::source_chosen(typed, &context)?;
    let mut resolved = resolve::checked(typed, &context)?;
    log::start_as_typed(typed, &resolved.options)?;
    if let Some(session) = &resolved.profile {
        ::log::debug!("{}", resolve::profile::loaded_line(session));
    }
    let request = share_request(typed, &mut resolved, &context)?;
    let tether = match to_background(&request)? {
        ControlFlow::Continue(tether) => tether,
        ControlFlow::Break(code) => return Ok(ControlFlow::Break(code)),
    };
    let mut tried_master = false;
    let (tether, environment) = match share::find(&request)? {
        None => (tether, environment),
        Some(stream) => {
            tried_master = true;
            resolved.options.warnings.drain(..).for_each(|warning| ::log::warn!("{warning}"));
            match ask_master(request, stream, environment, tether)? {
                ControlFlow::Break(code) => return Ok(ControlFlow::Break(code)),
                ControlFlow::Continue(kept) => kept,
            }
        }
    };
    let plan = resolve::settle(typed, resolved, &context)?;
    let password = login::handed_over(typed, &plan, &context)?;
    // A client whose request the master refused must not try to become the master. Also, it has had
    // a runtime, and a forked process would share its signal handling.
    if leaves_master(&plan) && !tried_master {
        return persist(typed, plan, (password, tether), environment);
    }
    let inherited = Inherited { password, tether };
    Ok(ControlFlow::Continue(connection(typed.clone(), plan, inherited, environment)))
}

/// Sends the request to the master behind the socket. `Continue` if a separate connection is to be
/// made; `Break` has the exit code.
fn ask_master(
    request: ShareRequest,
    stream: UnattachedStream,
    environment: ProcessEnvironment,
    tether: Tether,
) -> Result<ControlFlow<u8, (Tether, ProcessEnvironment)>> {
    let work = async move {
        let code = share::use_master(&request, stream, &environment, &tether).await?;
        Ok((code, tether, environment))
    };
    Ok(match runtime::run_until_signal(work)? {
        ControlFlow::Break(code) | ControlFlow::Continue((Some(code), ..)) => {
            ControlFlow::Break(code)
        }
        ControlFlow::Continue((None, tether, environment)) => {
            ControlFlow::Continue((tether, environment))
        }
    })
}

/// A connection of this process.
fn connection(
    typed: Typed,
    plan: Plan,
    inherited: Inherited,
    environment: ProcessEnvironment,
) -> BoxedWork<u8> {
    let prompt = prompt::choose(&plan, &typed, &environment);
    Box::pin(async move {
        let begun = || history::remember(&plan, &typed, &environment);
        let code = session::run_plan(&plan, inherited, &environment, prompt, begun).await;
        code.map_err(|error| {
            resolve::sources::explained(error, &typed, &plan, &environment.context())
        })
    })
}

/// The request that a master would get.
fn share_request(
    typed: &Typed,
    resolved: &mut ResolvedOptions,
    context: &Context,
) -> Result<ShareRequest> {
    Ok(ShareRequest {
        command: resolve::command_of(typed, resolved)?,
        options: resolved.options.clone(),
        stdio_forward: typed.stdio_forward.clone(),
        control: typed.control.clone(),
        own: resolve::own_connection(typed, resolved, context)?,
        puts_modes_back: !typed.as_ssh,
    })
}

/// `-f`: forks. The child continues with its connection to the parent. The parent waits; its exit
/// code is the child's, or 0 once the child is in the background.
fn to_background(request: &ShareRequest) -> Result<ControlFlow<u8, Tether>> {
    let session = request.control.as_deref().is_none_or(|command| command == "proxy");
    if !request.options.fork_after_authentication.value || !session {
        return Ok(ControlFlow::Continue(Tether::default()));
    }
    match background::split()? {
        ForkSide::Child(tether) => Ok(ControlFlow::Continue(tether)),
        ForkSide::Parent(waiting) => Ok(ControlFlow::Break(match waiting.wait()? {
            ChildOutcome::Ended(code) => code,
            ChildOutcome::Background | ChildOutcome::Master => 0,
        })),
    }
}

/// Whether the connection leaves a master behind that outlives this invocation.
fn leaves_master(plan: &Plan) -> bool {
    let sharing = &plan.options.sharing;
    sharing.path.is_some()
        && sharing.master.value != ControlMaster::No
        && sharing.persist.value != ControlPersist::No
}

/// Forks for ControlPersist: the child connects and becomes the master, and the parent sends its
/// request to it.
fn persist(
    typed: &Typed,
    plan: Plan,
    (password, tether): (Option<Secret>, Tether),
    environment: ProcessEnvironment,
) -> Result<ControlFlow<u8, BoxedWork<u8>>> {
    let waiting = match background::split()? {
        ForkSide::Child(own) => {
            // The child does not report to the parent's own parent; the parent does.
            tether.forget();
            let inherited = Inherited { password, tether: own };
            let work = connection(typed.clone(), plan, inherited, environment);
            return Ok(ControlFlow::Continue(work));
        }
        ForkSide::Parent(waiting) => waiting,
    };
    match waiting.wait()? {
        ChildOutcome::Ended(code) => Ok(ControlFlow::Break(code)),
        ChildOutcome::Background => {
            tether.cut(background::ChildReport::Background)?;
            Ok(ControlFlow::Break(0))
        }
        ChildOutcome::Master => attach(typed, plan, tether, environment).map(ControlFlow::Break),
    }
}

/// Sends the request to the master that was just created.
fn attach(
    typed: &Typed,
    plan: Plan,
    tether: Tether,
    environment: ProcessEnvironment,
) -> Result<u8> {
    let lost = || Error::new(Kind::Connect, say!(share_no_new_master));
    let mut request = ShareRequest {
        options: plan.options,
        command: plan.command,
        stdio_forward: plan.stdio_forward,
        control: typed.control.clone(),
        own: None,
        puts_modes_back: !typed.as_ssh,
    };
    request.options.sharing.master.value = ControlMaster::No;
    let stream = share::find(&request)?.ok_or_else(lost)?;
    runtime::run_to_exit_code(async move {
        share::use_master(&request, stream, &environment, &tether).await?.ok_or_else(lost)
    })
}
