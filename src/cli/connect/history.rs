//! The history of hosts and saved sessions, for the list in the New connection dialog.

use std::time::SystemTime;

use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::config::Origin;
use crate::destination::plain_form;
use crate::os::descriptor;
use crate::profiles::{History, RecentTarget, Source};
use crate::terminal;

/// The history, stored in a file in the state directory.
pub fn history(environment: &ProcessEnvironment) -> History {
    History::new(environment.state().join("history"))
}

/// Adds what a new session is connected to to the history: the name of the saved session, or else
/// the host as it was typed, with user and port if those were typed.
pub fn remember(plan: &Plan, typed: &Typed, environment: &ProcessEnvironment) {
    let stdin = terminal::is_terminal(descriptor::stdin());
    let person = stdin && terminal::is_terminal(descriptor::stderr());
    if typed.as_ssh || !person || plan.options.batch_mode.value {
        return;
    }
    if let Err(error) = history(environment).add(reached(plan), SystemTime::now()) {
        ::log::info!("the host is not in the history: {error}");
    }
}

fn reached(plan: &Plan) -> RecentTarget {
    // A host of ssh_config(5) is one thing, by whichever name it was typed.
    if let Some(session) = plan.profile.as_ref().filter(|it| it.source != Source::OpenSsh) {
        return RecentTarget::Session(session.full_name());
    }
    let typed = |origin: &Origin| origin.is_typed() || *origin == Origin::Destination;
    let (user, port) = (&plan.options.user, &plan.options.port);
    let user = typed(&user.origin).then_some(user.value.as_str());
    let port = typed(&port.origin).then_some(port.value);
    RecentTarget::Host(plain_form(user, &plan.host, port))
}
