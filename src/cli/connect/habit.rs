//! How a person logged in to a host the last time. The dialog proposes it again, and where the
//! person wants that, it is used without the dialog.
//!
//! Programs that call tessh neither use this nor leave a trace in it.

use std::time::SystemTime;

use crate::cli::connect::trust_places;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::client::state::UsedLogin;
use crate::config::{Method, Origin};
use crate::os::descriptor;
use crate::profiles::{LoginThatWorked, LoginsThatWorked};
use crate::terminal;

/// The login that worked the last time, where a person is there whose habits count.
pub fn worked(plan: &Plan, environment: &ProcessEnvironment) -> Option<UsedLogin> {
    has_person(plan).then(|| on_record(plan, environment))?.map(|(login, _)| login)
}

/// The login on record for a host, whoever asks, and when it was noted.
pub fn on_record(
    plan: &Plan,
    environment: &ProcessEnvironment,
) -> Option<(UsedLogin, Option<SystemTime>)> {
    let LoginThatWorked { user, method, key, file, again, when } =
        logins(environment).find(&place(plan)?)?;
    let method = Method::find(&method)?;
    Some((UsedLogin { user, method, key, file, again: Some(again) }, when))
}

/// Notes a login that worked. What the person has chosen for this host stays where nobody was
/// asked; `is_noted` says whether there is anything on record.
pub fn note(plan: &Plan, environment: &ProcessEnvironment, used: &UsedLogin, is_noted: bool) {
    if !has_person(plan) || (used.again.is_none() && is_noted) {
        return;
    }
    let Some(place) = place(plan) else { return };
    let UsedLogin { user, method, key, file, again } = used.clone();
    let (method, again) = (method.name().to_owned(), again == Some(true));
    let when = Some(SystemTime::now());
    let worked = LoginThatWorked { user, method, key, file, again, when };
    if let Err(error) = logins(environment).put(&place, &worked) {
        ::log::info!("how the login was done is not noted: {error}");
    }
}

fn logins(environment: &ProcessEnvironment) -> LoginsThatWorked {
    LoginsThatWorked::new(environment.state().join("logins"))
}

/// Whether there is a person whose habits count.
fn has_person(plan: &Plan) -> bool {
    let stdin = terminal::is_terminal(descriptor::stdin());
    let person = stdin && terminal::is_terminal(descriptor::stderr());
    person && !(plan.as_ssh || plan.options.batch_mode.value || plan.ends_on_refusal)
}

/// The host as known_hosts names it, after the user where one was named.
fn place(plan: &Plan) -> Option<String> {
    let options = &plan.options;
    let subject = trust_places::subject(options, plan.profile.as_ref()).ok()?;
    let named = options.user.origin != Origin::Default;
    let user = if named { options.user.value.as_str() } else { "" };
    Some(format!("{user}@{}", subject.entry_name()))
}
