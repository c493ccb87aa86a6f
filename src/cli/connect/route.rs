//! The route to a host as text: for the person, and as the label of a remembered login.

use crate::cli::resolve::Plan;
use crate::say;

/// The label of a remembered login: the user, the host and the whole route, because the same host
/// name behind another jump host is another server.
pub fn label(plan: &Plan) -> String {
    let hops = std::iter::successors(Some(plan), |plan| plan.via.as_deref());
    let mut label = Vec::new();
    for plan in hops {
        let options = &plan.options;
        let (user, host) = (&options.user.value, &options.hostname.value);
        label.push(format!("{user}@{host}:{}", options.port.value));
        label.extend(plan.proxy.as_ref().map(|proxy| proxy.server.to_string()));
        label.extend(options.proxy_command.value.clone());
        label.extend(
            plan.teleport.as_ref().map(|tsh| format!("{}/{}", tsh.target.proxy, tsh.cluster)),
        );
    }
    // No part contains this character.
    label.join("\0")
}

/// The route to a host for the person, the nearest host first; `None` if it is direct.
pub fn route_line(plan: &Plan) -> Option<String> {
    let hops = std::iter::successors(plan.via.as_deref(), |via| via.via.as_deref());
    let mut way: Vec<String> = hops
        .map(|via| {
            let (host, options) = (&via.host, &via.options);
            let (user, port) = (&options.user.value, options.port.value);
            say!(route_told_jump, user, host, port)
        })
        .collect();
    let first = std::iter::successors(Some(plan), |plan| plan.via.as_deref()).last()?;
    way.extend(first.teleport.as_ref().map(|tsh| {
        let (cluster, proxy) = (&tsh.cluster, &tsh.target.proxy);
        say!(route_told_teleport, cluster, proxy)
    }));
    way.extend(match (&first.proxy, &first.options.proxy_command.value) {
        (Some(proxy), _) => Some(say!(route_proxy, server = proxy.server.to_string())),
        (None, Some(command)) => Some(say!(route_told_command, command)),
        (None, None) => None,
    });
    way.reverse();
    (!way.is_empty()).then(|| way.join(", "))
}

/// The host as shown to the person; for a jump host also the host that it leads to.
pub fn shown(plan: &Plan) -> String {
    match &plan.onward {
        Some(onward) => say!(route_jump_shown, host = plan.host, onward),
        None => plan.host.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;
    use crate::cli::resolve::{Availability, resolve_within};
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
            Availability { terminal: true, can_ask: true, exists: &|_| false, answers: &|_| false };
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
