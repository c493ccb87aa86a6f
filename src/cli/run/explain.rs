//! `tessh explain`: what connecting would do and why, without connecting.
//!
//! Everything is collected as JSON first, which `--json` prints as it is; `explain/text` makes
//! the page for a person of it. Nothing is sent anywhere but what the configuration itself asks
//! for: `Match exec` runs, and CanonicalizeHostname looks names up.

mod text;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::{Result, print, query};
use crate::cli::Environment;
use crate::cli::args::Typed;
use crate::cli::resolve::{self, Plan, Resolved, SystemNames};
use crate::config::{
    self, Block, Context, Keyword, Layers, Method, MethodChoice, Options, Origin, Setting, Shown,
    StrictHostKeyChecking, TABLE, Why,
};
use crate::error::Error;
use crate::trust::{KnownHosts, KnownKey, Sources, fingerprint};

/// How many characters of one value are shown.
const MAX_SHOWN: usize = 400;

/// Prints the explanation; the exit code is 0 where connecting could begin.
pub(super) fn run(typed: &Typed, environment: &Environment) -> Result<u8> {
    let context = environment.context();
    let resolved = resolve::layered(typed, &context, &SystemNames)?;
    let plan = resolve::settle(typed, resolved.clone(), &context);
    let checked = resolve::check(typed, &resolved);
    let told = collect(typed, &resolved, (&plan, &checked), &context);
    match typed.json {
        true => print(&format!("{told:#}\n")),
        false => print(&text::page(&told)),
    }
}

fn collect(
    typed: &Typed,
    resolved: &Resolved,
    (plan, checked): (&Result<Plan, Error>, &Result<Vec<String>, Error>),
    context: &Context,
) -> Json {
    let options = &resolved.options;
    let mut warnings = plan.as_ref().map(|plan| plan.options.warnings.clone()).unwrap_or_default();
    warnings.extend(checked.iter().flatten().cloned());
    json!({
        "host": shown(&resolved.host),
        "profile": resolved.profile.as_ref().map(|document| shown(document.name())),
        "precedence": precedence(typed, resolved, context),
        "settings": settings(typed, resolved),
        "blocks": blocks(resolved.layers.blocks()),
        "route": route(options, plan.as_ref().ok()),
        "authentication": authentication(options, plan.as_ref().ok(), &resolved.layers, context),
        "trust": trust(options, &resolved.layers),
        "refused": checked.as_ref().err().or(plan.as_ref().err()).map(ToString::to_string),
        "warnings": warnings,
    })
}

/// Where values come from, the strongest first.
fn precedence(typed: &Typed, resolved: &Resolved, context: &Context) -> Json {
    let mut sources = vec![json!({"source": "command line"})];
    if let Some(document) = &resolved.profile {
        let file = shown_path(document.path());
        sources.push(json!({"source": "profile", "name": shown(document.name()), "file": file}));
    }
    for file in resolve::files(typed, context) {
        let exists = file.path.exists();
        sources.push(json!({"source": "file", "file": shown_path(&file.path), "exists": exists}));
    }
    Json::Array(sources)
}

/// Every keyword that somebody set, with what it overrode.
fn settings(typed: &Typed, resolved: &Resolved) -> Json {
    let layers = &resolved.layers;
    let view = Shown {
        layers,
        options: &resolved.options,
        host: &resolved.host,
        command: !typed.command.is_empty(),
        list: &query::list,
    };
    let set = TABLE.iter().filter_map(|row| setting(row.keyword, layers, &view));
    Json::Array(set.collect())
}

fn setting(keyword: Keyword, layers: &Layers, view: &Shown<'_>) -> Option<Json> {
    let mut entries: Vec<(String, &Origin)> = Vec::new();
    for entry in layers.entries().iter().filter(|entry| entry.keyword == keyword) {
        let one = (shown(&entry.args.join(" ")), &entry.origin);
        // The second reading meets the same lines again.
        if !entries.contains(&one) {
            entries.push(one);
        }
    }
    let (first, origin) = entries.first()?;
    let effective = config::effective(view, keyword).iter().map(|value| shown(value)).collect();
    let effective: Vec<String> = effective;
    let told =
        |(value, origin): &(String, &Origin)| json!({"value": value, "origin": place(origin)});
    let all: Vec<Json> = entries.iter().map(told).collect();
    let (values, overrode) = match keyword.accumulates() {
        true => (all, Vec::new()),
        false => {
            let value = effective.first().unwrap_or(first);
            let value = json!({"value": value, "origin": place(origin)});
            (vec![value], all.into_iter().skip(1).collect())
        }
    };
    Some(json!({"keyword": keyword.name(), "values": values, "overrode": overrode}))
}

/// The blocks, each once: what the last reading made of it.
fn blocks(blocks: &[Block]) -> Json {
    let mut told: Vec<&Block> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for block in blocks {
        match known.entry(place(&block.origin)) {
            Entry::Vacant(entry) => {
                entry.insert(told.len());
                told.push(block);
            }
            Entry::Occupied(entry) => {
                let before = &mut told[*entry.get()];
                // One that applied in either reading did its work.
                if (block.applies && !before.applies) || before.why == Why::Outside {
                    *before = block;
                }
            }
        }
    }
    let told = told.into_iter().map(|block| {
        let (reason, what, actual) = match &block.why {
            Why::Pattern(pattern) => ("pattern", pattern.as_str(), ""),
            Why::Negated(pattern) => ("negated", pattern.as_str(), ""),
            Why::NoPattern => ("no-pattern", "", ""),
            Why::All => ("all", "", ""),
            Why::Criterion(criterion, actual) => ("criterion", criterion.as_str(), actual.as_str()),
            Why::Outside => ("outside", "", ""),
        };
        json!({
            "origin": place(&block.origin),
            "line": shown(&block.text),
            "applies": block.applies,
            "reason": reason,
            "what": shown(what),
            "actual": shown(actual),
            "second": block.second,
        })
    });
    Json::Array(told.collect())
}

fn route(options: &Options, plan: Option<&Plan>) -> Json {
    let nearest = |plan: &Plan| plan.via.clone();
    let hops = std::iter::successors(plan.and_then(nearest), |via| nearest(via));
    let mut hops: Vec<Json> = hops.map(|via| hop(&via)).collect();
    hops.reverse();
    let first = std::iter::successors(plan, |plan| plan.via.as_deref()).last();
    let proxy = first.and_then(|plan| plan.proxy.as_ref());
    let family = match *options.address_family {
        config::AddressFamily::Any => "any",
        config::AddressFamily::Inet => "IPv4",
        config::AddressFamily::Inet6 => "IPv6",
    };
    json!({
        "user": with_origin(&options.user, |user| shown(user)),
        "hostname": with_origin(&options.hostname, |name| shown(name)),
        "port": with_origin(&options.port, |port| *port),
        "family": family,
        "bind_address": options.bind_address.as_deref().map(shown),
        "bind_interface": options.bind_interface.as_deref().map(shown),
        "jumps": options.jumps.iter().map(|jump| shown(&jump.to_string())).collect::<Vec<_>>(),
        "jumps_origin": place(&options.jumps.origin),
        "hops": hops,
        "proxy": proxy.map(|proxy| shown(&proxy.server.to_string())),
        "proxy_command": match plan.is_some_and(|plan| plan.proxy.is_some()) {
            true => None,
            false => options.proxy_command.as_deref().map(shown),
        },
        "proxy_origin": place(&options.proxy_command.origin),
    })
}

/// A jump host, the first that is visited first.
fn hop(via: &Plan) -> Json {
    let options = &via.options;
    json!({
        "host": shown(&via.host),
        "user": shown(&options.user.value),
        "hostname": shown(&options.hostname.value),
        "port": options.port.value,
        "proxy_command": options.proxy_command.as_deref().map(shown),
    })
}

fn authentication(
    options: &Options,
    plan: Option<&Plan>,
    layers: &Layers,
    context: &Context,
) -> Json {
    let methods: Option<Vec<&str>> = plan.and_then(|plan| match &plan.method {
        MethodChoice::Ask => None,
        MethodChoice::Chain(chain) => Some(chain.iter().map(|method| method.name()).collect()),
    });
    let uses_keys = plan.is_some_and(|plan| match &plan.method {
        MethodChoice::Ask => true,
        MethodChoice::Chain(chain) => chain.contains(&Method::PublicKey),
    });
    let origins = layers.entries().iter().filter(|entry| {
        entry.keyword == Keyword::IdentityFile && !entry.args[0].eq_ignore_ascii_case("none")
    });
    let named = options.identity_files.iter().zip(origins);
    let mut keys: Vec<Json> = named
        .map(|(file, entry)| {
            json!({
                "file": shown_path(file),
                "origin": place(&entry.origin),
                "exists": file.exists(),
            })
        })
        .collect();
    if !options.identity_files.is_set() {
        let existing = config::default_identity_files(context);
        let existing = existing.into_iter().filter(|file| file.exists());
        let told =
            |file: PathBuf| json!({"file": shown_path(&file), "origin": "default", "exists": true});
        // One, unless the caller expects ssh's ways.
        let most = if plan.is_some_and(|plan| plan.agent_identities) { usize::MAX } else { 1 };
        keys = existing.map(told).take(most).collect();
    }
    json!({
        "settled": plan.is_some(),
        "methods": methods,
        "asked": plan.is_some_and(|plan| plan.method == MethodChoice::Ask),
        "keys": if uses_keys { keys } else { Vec::new() },
        "certificates": options.certificate_files.iter().map(|it| shown_path(it)).collect::<Vec<_>>(),
        "agent": plan.and_then(|plan| plan.agent.as_deref()).map(shown_path),
        "agent_keys_offered": plan.is_some_and(|plan| plan.agent_identities),
        "identities_only": *options.identities_only,
        "password_tries": *options.number_of_password_prompts,
    })
}

fn trust(options: &Options, layers: &Layers) -> Json {
    let subject = super::connect::subject(options);
    let sources = Sources {
        user: options.user_known_hosts_files.value.clone(),
        global: options.global_known_hosts_files.value.clone(),
    };
    let known = KnownHosts::load(&sources);
    let [keys, authorities, revoked] = known.lines(&subject);
    let files = sources.user.iter().chain(&sources.global);
    let policy = match *options.strict_host_key_checking {
        StrictHostKeyChecking::Yes => "yes",
        StrictHostKeyChecking::Ask => "ask",
        StrictHostKeyChecking::AcceptNew => "accept-new",
        StrictHostKeyChecking::No => "no",
    };
    let text = |keyword: Keyword, default: &str| {
        let entry = layers.entries().iter().find(|entry| entry.keyword == keyword);
        entry.map_or(default.to_owned(), |entry| shown(&entry.args.join(" ")))
    };
    json!({
        "name": shown(&subject.entry_name()),
        "policy": {"value": policy, "origin": place(&options.strict_host_key_checking.origin)},
        "files": files.map(|file| json!({"file": shown_path(file), "exists": file.exists()}))
            .collect::<Vec<_>>(),
        "keys": lines(&keys),
        "authorities": lines(&authorities),
        "revoked": lines(&revoked),
        "dns": text(Keyword::VerifyHostKeyDNS, "no"),
        "revoked_host_keys": text(Keyword::RevokedHostKeys, "none"),
        "known_hosts_command": text(Keyword::KnownHostsCommand, "none"),
    })
}

fn lines(keys: &[KnownKey]) -> Vec<Json> {
    let told = |known: &KnownKey| {
        json!({
            "at": known.at.to_string(),
            "type": fingerprint::type_name(&known.key),
            "fingerprint": fingerprint::sha256(&known.key),
        })
    };
    keys.iter().map(told).collect()
}

fn with_origin<T, J: Into<Json>>(setting: &Setting<T>, told: impl Fn(&T) -> J) -> Json {
    let value: Json = told(&setting.value).into();
    json!({"value": value, "origin": place(&setting.origin)})
}

/// Where a value comes from, short: `file:line`, a flag, a profile, `default`.
fn place(origin: &Origin) -> String {
    match origin {
        Origin::File { file, line } => format!("{}:{line}", shown_path(file)),
        other => other.to_string(),
    }
}

fn shown(text: &str) -> String {
    crate::text::line(text, MAX_SHOWN)
}

fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}
