//! The way to the server: a connection of our own, through a proxy server, or through a jump
//! host, which is reached, verified and logged in to on the same main path.

use std::pin::Pin;
use std::sync::Arc;

use super::connect::{Visit, enter, route};
use crate::cli::resolve::{Plan, ProxyPlan};
use crate::client::deadline::Budget;
use crate::client::session::{jump, rotation};
use crate::client::stream::{Route, dial as connect, proxy};
use crate::client::{Session, Stream};
use crate::error::{Error, Kind, Result};
use crate::prompt::{Answer, Prompt};
use crate::say;
use crate::secret::Secret;

/// Reaches the server of a plan; ConnectTimeout begins when those before it are behind.
pub(super) async fn reach(visit: &Visit<'_>) -> Result<(Stream, Budget)> {
    let Visit { plan, environment, prompt, .. } = visit;
    let options = &plan.options;
    let timeout = options.connect_timeout.value;
    if let Some(via) = &plan.via {
        let named = |error: Error| error.context(say!(route_jump_host, host = via.host));
        let session = log_in(visit, via).await.map_err(named)?;
        // Thinking does not count.
        rotation::asked(&session, prompt).await;
        let budget = Budget::start(timeout);
        let place = (options.hostname.value.as_str(), options.port.value);
        return Ok((jump::through(session, &via.host, place, budget, prompt).await?, budget));
    }
    let route = route(plan, environment);
    let Some(wanted) = &plan.proxy else {
        let budget = Budget::start(timeout);
        return Ok((connect::connect(&route, budget).await?, budget));
    };
    let password = password(wanted, prompt).await?;
    let budget = Budget::start(timeout);
    let request = proxy::Request {
        server: &wanted.server,
        password: password.as_ref(),
        host: &route.host,
        port: route.port,
        family: route.family,
    };
    let (host, port) = (wanted.server.host.clone(), wanted.server.port);
    let to_proxy = Route { host, port, proxy: None, ..route.clone() };
    Ok((proxy::connect(&to_proxy, &request, budget).await?, budget))
}

/// The main path once more, up to the login, for the host before this one.
fn log_in<'a>(
    visit: &'a Visit<'_>,
    via: &'a Plan,
) -> Pin<Box<dyn Future<Output = Result<Session>> + Send + 'a>> {
    Box::pin(async move {
        let (session, _) = enter(&visit.by_way_of(via), None).await?;
        Ok(session)
    })
}

/// What a login is remembered under: the user and the host, and the whole way there, since the
/// same words behind another jump host are another server.
pub(super) fn label(plan: &Plan) -> String {
    let hops = std::iter::successors(Some(plan), |plan| plan.via.as_deref());
    let mut label = Vec::new();
    for plan in hops {
        let options = &plan.options;
        let (user, host) = (&options.user.value, &options.hostname.value);
        label.push(format!("{user}@{host}:{}", options.port.value));
        label.extend(plan.proxy.as_ref().map(|proxy| proxy.server.to_string()));
        label.extend(options.proxy_command.value.clone());
    }
    // No part has this character in it.
    label.join("\0")
}

/// The way to a host for the person, the nearest first; `None` if it is direct.
pub(super) fn told(plan: &Plan) -> Option<String> {
    let hops = std::iter::successors(plan.via.as_deref(), |via| via.via.as_deref());
    let mut way: Vec<String> = hops
        .map(|via| {
            let (host, options) = (&via.host, &via.options);
            let (user, port) = (&options.user.value, options.port.value);
            say!(route_told_jump, user, host, port)
        })
        .collect();
    let first = std::iter::successors(Some(plan), |plan| plan.via.as_deref()).last()?;
    way.extend(match (&first.proxy, &first.options.proxy_command.value) {
        (Some(proxy), _) => Some(say!(route_proxy, server = proxy.server.to_string())),
        (None, Some(command)) => Some(say!(route_told_command, command)),
        (None, None) => None,
    });
    way.reverse();
    (!way.is_empty()).then(|| way.join(", "))
}

/// What a person is shown as the host: of a jump host also where it leads.
pub(super) fn shown(plan: &Plan) -> String {
    match &plan.onward {
        Some(onward) => say!(route_jump_shown, host = plan.host, onward),
        None => plan.host.clone(),
    }
}

/// The password of the proxy's user, from the descriptor or from the person.
async fn password(wanted: &ProxyPlan, prompt: &Arc<dyn Prompt>) -> Result<Option<Secret>> {
    if !wanted.server.wants_password() {
        return Ok(None);
    }
    if let Some(fd) = wanted.password_fd {
        return super::read_secret("--proxy-password-fd", fd).map(Some);
    }
    let label = say!(route_proxy_password, server = wanted.server.to_string());
    let asked = Arc::clone(prompt);
    let answer = tokio::task::spawn_blocking(move || asked.secret(&label)).await;
    match answer.unwrap_or(Answer::Cancelled) {
        Answer::Given(secret) => Ok(Some(secret)),
        Answer::Cancelled => Err(Error::new(Kind::Cancelled, say!(route_proxy_password_cancelled))),
        Answer::CannotAsk => Err(Error::new(Kind::Connect, say!(route_proxy_password_missing))
            .hint(say!(route_proxy_password_fd))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;
    use crate::cli::resolve::{Surroundings, resolve_within};
    use crate::config::Context;

    fn label_of(words: &[&str]) -> String {
        let home = tempfile::tempdir().unwrap();
        let context = Context {
            home: home.path().to_owned(),
            local_user: "me".to_owned(),
            local_host: "box".to_owned(),
            uid: 0.into(),
            env: Box::new(|_| None),
        };
        let around =
            Surroundings { terminal: true, can_ask: true, exists: &|_| false, answers: &|_| false };
        let words = ["-F", "none"].iter().chain(words).map(Into::into);
        let typed = args::parse(words, false).unwrap();
        label(&resolve_within(&typed, &context, &around).unwrap())
    }

    #[test]
    fn a_password_is_remembered_with_the_route() {
        let routes = [
            &["u@localhost"][..],
            &["-J", "one", "u@localhost"],
            &["-J", "two", "u@localhost"],
            &["-J", "other@one", "u@localhost"],
            &["-J", "one:23", "u@localhost"],
            &["-J", "one,two", "u@localhost"],
            &["--proxy", "socks5://proxy", "u@localhost"],
            &["-o", "ProxyCommand=nc one 22", "u@localhost"],
        ];
        let labels = routes.map(label_of);
        for (at, label) in labels.iter().enumerate() {
            assert!(!labels[..at].contains(label), "{:?} is as another one", routes[at]);
        }
        assert_eq!(label_of(&["-J", "one", "u@localhost"]), labels[1]);
        assert_eq!(label_of(&["-l", "u", "-p", "22", "localhost"]), labels[0]);
    }
}
