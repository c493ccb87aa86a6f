//! The history of hosts, for the list in the New connection dialog.

use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::config::Origin;
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
    destination(&plan.host, user, typed(&port.origin).then_some(port.value))
}

/// The destination as a person would type it.
fn destination(host: &str, user: Option<&str>, port: Option<u16>) -> String {
    let mut text = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    if let Some(port) = port {
        text = format!("{text}:{port}");
    }
    match user {
        Some(user) => format!("{user}@{text}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::destination::Destination;

    #[test]
    fn what_is_remembered_leads_to_the_same_place() {
        for (host, user, port, text) in [
            ("web", None, None, "web"),
            ("web", Some("root"), Some(2222), "root@web:2222"),
            ("2001:db8::7", None, None, "[2001:db8::7]"),
            ("fe80::1%eth0", Some("a@b"), Some(22), "a@b@[fe80::1%eth0]:22"),
        ] {
            assert_eq!(destination(host, user, port), text);
            let back = Destination::parse(text).unwrap();
            assert_eq!((back.host.as_str(), back.user.as_deref(), back.port), (host, user, port));
        }
    }
}
