//! Sets up the forwards of a connection from its options: ports, agent, display, and standard input
//! and output for `-W`.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use log::{debug, error};

use super::context::ConnectContext;
use super::wants;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::local::unusable;
use crate::cli::resolve::Plan;
use crate::client::Session;
use crate::client::flow::Exit;
use crate::client::forward::{LocalDisplay, X11Request, restricted, x11};
use crate::client::session::stdio;
use crate::config::{Connect, ForwardAgent, Options};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::local;
use crate::os::stdio::{DescriptorInput, DescriptorOutput};
use crate::say;
use crate::text;

/// Starts the forwards that the options ask for.
///
/// # Errors
/// A forward failed, and ExitOnForwardFailure is set.
pub(super) async fn begin(plan: &Plan, session: &Session) -> Result<()> {
    let options = &plan.options;
    session.forwards().configure(wants::forward_settings(options));
    let wanted = wants::forwards(options);
    match wanted.is_empty() {
        true => Ok(()),
        false => session.forwards().begin(&wanted).await,
    }
}

/// Ends a restricted connection (its host key is not the one on record) before the login if it
/// would be of no use: as in ssh, if ExitOnForwardFailure is set and anything was requested that is
/// disabled. A jump host is used for forwarding only, so its connection always ends.
///
/// The connection has to end.
pub(super) fn refuse_restricted(plan: &Plan) -> Result<()> {
    let options = &plan.options;
    let forwarding = &options.forwarding;
    let methods = *options.password_authentication || *options.kbd_interactive_authentication;
    let wanted = (methods && !*options.batch_mode)
        || forwarding.agent.value != ForwardAgent::No
        || *forwarding.x11.forward
        || plan.stdio_forward.is_some()
        || !wants::forwards(options).is_empty();
    match plan.onward.is_some() || (wanted && *forwarding.exit_on_failure) {
        true => Err(restricted()),
        false => Ok(()),
    }
}

/// Lets the server reach the agent, if this is wanted and there is one; returns whether to request
/// agent forwarding. The answer in the authentication dialog takes precedence over ForwardAgent.
///
/// Without an agent behind the socket nothing is requested, so that programs on the server see that
/// there is none. Only a socket that ForwardAgent names is worth an error: ssh reports one that is
/// not there, before it connects, and forwards it all the same.
///
/// # Errors
/// ForwardAgent names a socket that nobody listens on, and ExitOnForwardFailure is set.
pub(super) fn agent(
    plan: &Plan,
    environment: &ProcessEnvironment,
    session: &Session,
) -> Result<bool> {
    let configured = &plan.options.forwarding.agent.value;
    if !session.forward_agent.unwrap_or(*configured != ForwardAgent::No) {
        return Ok(false);
    }
    let Some(socket) = agent_socket(plan, environment) else {
        debug!("agent forwarding requested but there is no agent");
        return Ok(false);
    };
    let why = match local::connect(&socket, Duration::ZERO) {
        // An agent with much to do is one.
        Err(error) if error.kind() != ErrorKind::WouldBlock => io_reason(&error),
        _ => return Ok(session.forwards().forward_agent(socket)),
    };
    let path = text::path(&socket);
    if matches!(configured, ForwardAgent::No | ForwardAgent::Yes) {
        debug!("agent forwarding requested but there is no agent at {path}: {why}");
        return Ok(false);
    }
    let error = Error::new(Kind::Channel, say!(forward_agent_socket, path, why))
        .hint(say!(forward_agent_socket_hint));
    if *plan.options.forwarding.exit_on_failure {
        return Err(error);
    }
    error!("{error}");
    Ok(false)
}

/// The initial state of the dialog's agent forwarding box. `None` if there is no agent to forward,
/// and for a jump host, to which none is forwarded.
pub(super) fn agent_offered(plan: &Plan, environment: &ProcessEnvironment) -> Option<bool> {
    let there = plan.onward.is_none() && agent_socket(plan, environment).is_some();
    there.then(|| plan.options.forwarding.agent.value != ForwardAgent::No)
}

fn agent_socket(plan: &Plan, environment: &ProcessEnvironment) -> Option<PathBuf> {
    let socket = match &plan.options.forwarding.agent.value {
        // As in ssh, this is the environment's agent, regardless of IdentityAgent.
        ForwardAgent::No | ForwardAgent::Yes => {
            environment.get("SSH_AUTH_SOCK").map(PathBuf::from).or_else(|| plan.agent.clone())
        }
        ForwardAgent::Socket(path) => Some(path.clone()),
        ForwardAgent::Variable(name) => environment.get(name).map(PathBuf::from),
    };
    socket.filter(|socket| !socket.as_os_str().is_empty())
}

/// Lets the server reach the display, if this is wanted and possible; returns the request for the
/// server.
pub(super) async fn display(
    options: &Options,
    environment: &ProcessEnvironment,
    session: &Session,
) -> Option<X11Request> {
    let wanted = &options.forwarding.x11;
    if !*wanted.forward {
        return None;
    }
    let wanted = LocalDisplay {
        display: environment.get("DISPLAY"),
        xauth: wanted.xauth_location.value.clone().filter(|path| path.exists()),
        trusted: *wanted.trusted,
        timeout: *wanted.timeout,
    };
    x11::prepare(session.forwards(), &wanted).await
}

/// Forwards standard input and output to a target (`-W`).
///
/// # Errors
/// Those of [`stdio::relay`]; or a standard descriptor is closed.
pub(super) async fn stdio(
    context: &ConnectContext<'_>,
    session: &Session,
    to: &Connect,
) -> Result<Exit> {
    let stdout =
        DescriptorOutput::closing_stdout().map_err(|error| unusable(say!(stdout_label), &error))?;
    let input = match wants::no_input(&context.plan.options) {
        true => None,
        false => {
            Some(DescriptorInput::stdin().map_err(|error| unusable(say!(stdin_label), &error))?)
        }
    };
    context.leave_if_forking()?;
    stdio::relay(session, to, input, Box::new(stdout)).await
}
