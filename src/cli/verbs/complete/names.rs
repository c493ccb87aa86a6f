//! The names that a host can be typed by: saved sessions, hosts of ssh_config(5) and known_hosts, and
//! those reached before.

use std::collections::BTreeSet;

use crate::cli::args::Typed;
use crate::cli::connect::history;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::sources;
use crate::config;
use crate::profiles::qualified;
use crate::trust::{Marker, entries};

/// Finds names when they are asked for.
pub(super) struct CompletedNames {
    sessions: Box<dyn Fn() -> Vec<String>>,
    hosts: Box<dyn Fn() -> Vec<String>>,
}

impl CompletedNames {
    pub(super) fn new(environment: &ProcessEnvironment) -> CompletedNames {
        let context = environment.context();
        let files = config::default_known_hosts(&context);
        let history = history::history(environment);
        CompletedNames {
            sessions: Box::new(move || {
                let all = sources::sessions(&Typed::default(), &context);
                all.map(|all| sources::typed_names(&all)).unwrap_or_default()
            }),
            hosts: Box::new(move || {
                let mut hosts: BTreeSet<String> = BTreeSet::new();
                for file in &files {
                    let all = entries::list(file, None).entries;
                    let hosted = all.into_iter().filter(|it| it.marker == Marker::None);
                    hosts.extend(hosted.filter_map(|it| it.hosts).flat_map(|hosts| named(&hosts)));
                }
                let reached = history.list();
                hosts.extend(reached.iter().filter_map(|it| Some(it.destination()?.host)));
                hosts.into_iter().collect()
            }),
        }
    }

    #[cfg(test)]
    pub(super) fn of(sessions: &[&str], hosts: &[&str]) -> CompletedNames {
        let owned =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (sessions, hosts) = (owned(sessions), owned(hosts));
        CompletedNames {
            sessions: Box::new(move || sessions.clone()),
            hosts: Box::new(move || hosts.clone()),
        }
    }

    /// Saved sessions, and the hosts of ssh_config(5).
    pub(super) fn sessions(&self) -> Vec<String> {
        (self.sessions)()
    }

    /// What can be typed to connect: sessions, hosts on record, and hosts reached before. A name
    /// that several sources have is among them, because a person is asked which one is meant.
    pub(super) fn to_connect(&self) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = (self.hosts)().into_iter().collect();
        for name in self.sessions() {
            all.extend(qualified(&name).map(|(_, bare)| bare.to_owned()));
            all.insert(name);
        }
        all
    }
}

/// The hosts of a line that are no patterns, without their ports.
fn named(hosts: &str) -> Vec<String> {
    let all = hosts.split(',').filter(|name| !name.contains(['*', '?', '!']));
    let bare = all.map(|name| match name.strip_prefix('[').and_then(|it| it.split_once("]:")) {
        Some((name, _)) => name.to_owned(),
        None => name.to_owned(),
    });
    bare.collect()
}
