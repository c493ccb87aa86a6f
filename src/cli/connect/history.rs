//! The history of hosts, for the list in the New connection dialog.

use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::config::Origin;
use crate::destination::plain_form;
use crate::os::descriptor;
use crate::profiles::History;
use crate::terminal;

/// The history, stored in a file in the state directory.
pub fn history(environment: &ProcessEnvironment) -> History {
    History::new(environment.state().join("history"))
}

/// Adds the host of a new session to the history as it was typed, with user and port if those were
/// typed. Saved sessions are not added, because the list contains them anyway.
pub fn remember(plan: &Plan, typed: &Typed, environment: &ProcessEnvironment) {
    let stdin = terminal::is_terminal(descriptor::stdin());
    let person = stdin && terminal::is_terminal(descriptor::stderr());
    if typed.as_ssh || !person || plan.options.batch_mode.value || plan.profile.is_some() {
        return;
    }
    if let Err(error) = history(environment).add(&reached(plan)) {
        ::log::info!("the host is not in the history: {error}");
    }
}

fn reached(plan: &Plan) -> String {
    let typed = |origin: &Origin| origin.is_typed() || *origin == Origin::Destination;
    let (user, port) = (&plan.options.user, &plan.options.port);
    let user = typed(&user.origin).then_some(user.value.as_str());
    plain_form(user, &plan.host, typed(&port.origin).then_some(port.value))
}
