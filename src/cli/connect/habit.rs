//! How a person logged in to a host the last time. The dialog proposes it again, and where the
//! person wants that, it is used without the dialog.
//!
//! Programs that call tessh neither use this nor leave a trace in it.

use crate::cli::connect::trust_places;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::client::state::UsedLogin;
use crate::config::{Method, Origin};
use crate::os::descriptor;
use crate::profiles::{LoginThatWorked, LoginsThatWorked};
use crate::terminal;

/// The login that worked the last time.
pub fn worked(plan: &Plan, environment: &ProcessEnvironment) -> Option<UsedLogin> {
    let LoginThatWorked { user, method, key, file, again } =
        logins(environment).find(&place(plan)?)?;
    let method = Method::find(&method)?;
    Some(UsedLogin { user, method, key, file, again: Some(again) })
}

/// Notes a login that worked. What the person has chosen for this host stays where nobody was
/// asked.
pub fn note(plan: &Plan, environment: &ProcessEnvironment, used: &UsedLogin) {
    let Some(place) = place(plan) else { return };
    let logins = logins(environment);
    if used.again.is_none() && logins.find(&place).is_some() {
        return;
    }
    let UsedLogin { user, method, key, file, again } = used.clone();
    let (method, again) = (method.name().to_owned(), again == Some(true));
    let worked = LoginThatWorked { user, method, key, file, again };
    if let Err(error) = logins.put(&place, &worked) {
        ::log::info!("how the login was done is not noted: {error}");
    }
}

fn logins(environment: &ProcessEnvironment) -> LoginsThatWorked {
    LoginsThatWorked::new(environment.state().join("logins"))
}

/// The host as known_hosts names it, after the user where one was named; `None` if there is no
/// person whose habits count.
fn place(plan: &Plan) -> Option<String> {
    let options = &plan.options;
    let stdin = terminal::is_terminal(descriptor::stdin());
    let person = stdin && terminal::is_terminal(descriptor::stderr());
    if !person || plan.as_ssh || options.batch_mode.value || plan.ends_on_refusal {
        return None;
    }
    let subject = trust_places::subject(options, plan.profile.as_ref()).ok()?;
    let named = options.user.origin != Origin::Default;
    let user = if named { options.user.value.as_str() } else { "" };
    Some(format!("{user}@{}", subject.entry_name()))
}
