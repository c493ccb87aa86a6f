//! `tessh explain`: what connecting would do and why, without connecting.
//!
//! Everything is collected as JSON first, which `--json` prints as it is; `explain/text` makes
//! the page for a person of it. Nothing is sent anywhere but what the configuration itself asks
//! for: `Match exec` runs, and CanonicalizeHostname looks names up.

mod login;
mod text;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::cli::args::Typed;
use crate::cli::connect::wants;
use crate::cli::environment::Environment;
use crate::cli::output::print;
use crate::cli::resolve::{self, Plan, Resolved, SystemNames};
use crate::config::{
    self, Block, Context, Keyword, Layers, MethodChoice, Options, Origin, Setting, Shown,
    StrictHostKeyChecking, TABLE, VerifyHostKeyDns, Why,
};
use crate::error::{Error, Result};
use crate::trust::authority::{Authorities, Authority};
use crate::trust::{KnownHosts, KnownKey, Pin, Sources, fingerprint};

/// How many characters of one value are shown.
const MAX_SHOWN: usize = 400;

/// Prints the explanation; the exit code is 0 where connecting could begin.
pub(super) fn run(typed: &Typed, environment: &Environment) -> Result<u8> {
    let context = environment.context();
    let resolved = resolve::layered(typed, &context, &SystemNames)?;
    let plan = resolve::settle(typed, resolved.clone(), &context);
    let checked = resolve::check(typed, &resolved);
    let records = environment.authorities().load();
    let told = collect(typed, &resolved, (&plan, &checked), &context, &records);
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
    records: &Authorities,
) -> Json {
    let options = &resolved.options;
    let pins = plan.as_ref().map(|plan| plan.pins.as_slice()).unwrap_or_default();
    let mut warnings = plan.as_ref().map(|plan| plan.options.warnings.clone()).unwrap_or_default();
    warnings.extend(checked.iter().flatten().cloned());
    json!({
        "host": shown(&resolved.host),
        "profile": resolved.profile.as_ref().map(|document| shown(document.name())),
        "hidden": hidden(typed, resolved, context),
        "precedence": precedence(typed, resolved, context),
        "settings": settings(typed, resolved),
        "blocks": blocks(resolved.layers.blocks()),
        "route": route(typed, resolved, plan.as_ref().ok(), records),
        "authentication": login::plan(typed, resolved, plan.as_ref().ok(), context),
        "trust": trust(options, pins, records),
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

/// What has the same name and does not count: a saved session behind a Host line, or a Host line
/// behind a saved session that `--profile` names.
fn hidden(typed: &Typed, resolved: &Resolved, context: &Context) -> Option<Json> {
    let told = |what: &str, name: &str, block: Option<&Block>| {
        json!({
            "what": what,
            "name": shown(name),
            "origin": block.map(|block| place(&block.origin)),
            "line": block.map(|block| shown(&block.text)),
        })
    };
    match &resolved.profile {
        None => {
            let name = resolve::session_meant(typed, context)?;
            Some(told("session", &name, naming(resolved.layers.blocks())))
        }
        Some(document) => {
            let name = typed.profile.as_deref()?;
            let layers = resolve::files_for(typed, name, context).ok()?;
            let block = naming(layers.blocks()).filter(|_| layers.names_host())?;
            Some(told("host", document.name(), Some(block)))
        }
    }
}

/// The Host line that names a host with more than `*`.
fn naming(blocks: &[Block]) -> Option<&Block> {
    blocks.iter().find(|block| {
        block.applies && matches!(&block.why, Why::Pattern(pattern) if pattern != "*")
    })
}

/// Every keyword that somebody set, with what it overrode.
fn settings(typed: &Typed, resolved: &Resolved) -> Json {
    let layers = &resolved.layers;
    let view = Shown {
        layers,
        options: &resolved.options,
        host: &resolved.host,
        command: !typed.command.is_empty(),
        list: &wants::list,
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
    let effective: Vec<String> =
        config::effective(view, keyword).iter().map(|value| in_words(value)).collect();
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

/// `-G` has ssh's names for some values, which nobody would write into a file.
fn in_words(value: &str) -> String {
    match value {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        other => shown(other),
    }
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

fn route(typed: &Typed, resolved: &Resolved, plan: Option<&Plan>, records: &Authorities) -> Json {
    let options = &resolved.options;
    let nearest = |plan: &Plan| plan.via.clone();
    let hops = std::iter::successors(plan.and_then(nearest), |via| nearest(via));
    let mut hops: Vec<Json> = hops.map(|via| hop(&via, records)).collect();
    hops.reverse();
    let first = std::iter::successors(plan, |plan| plan.via.as_deref()).last();
    let proxy = first.and_then(|plan| plan.proxy.as_ref());
    let family = match *options.address_family {
        config::AddressFamily::Any => "any",
        config::AddressFamily::Inet => "IPv4",
        config::AddressFamily::Inet6 => "IPv6",
    };
    // A host that nothing renames is the saved session's, or the one that was typed.
    let named_by = match (&options.hostname.origin, &resolved.profile) {
        (Origin::Default, Some(document)) => Origin::Profile(document.name().to_owned()),
        (Origin::Default, None) => Origin::Destination,
        (origin, _) => origin.clone(),
    };
    let proxy_by = match (&typed.proxy, &resolved.profile) {
        (None, Some(document)) => place(&Origin::Profile(document.name().to_owned())),
        _ => "--proxy".to_owned(),
    };
    json!({
        "user": with_origin(&options.user, |user| shown(user)),
        "hostname": {"value": shown(&options.hostname), "origin": place(&named_by)},
        "port": with_origin(&options.port, |port| *port),
        "family": family,
        "family_origin": place(&options.address_family.origin),
        "bind_address": options.bind_address.as_deref().map(shown),
        "bind_interface": options.bind_interface.as_deref().map(shown),
        "jumps": options.jumps.iter().map(|jump| shown(&jump.to_string())).collect::<Vec<_>>(),
        "jumps_origin": place(&options.jumps.origin),
        "hops": hops,
        "proxy": proxy.map(|proxy| shown(&proxy.server.to_string())),
        "proxy_server_origin": proxy.map(|_| proxy_by),
        "proxy_command": match plan.is_some_and(|plan| plan.proxy.is_some()) {
            true => None,
            false => options.proxy_command.as_deref().map(shown),
        },
        "proxy_origin": place(&options.proxy_command.origin),
    })
}

/// A jump host, the first that is visited first.
fn hop(via: &Plan, records: &Authorities) -> Json {
    let options = &via.options;
    json!({
        "host": shown(&via.host),
        "user": shown(&options.user.value),
        "hostname": shown(&options.hostname.value),
        "port": options.port.value,
        "proxy_command": options.proxy_command.as_deref().map(shown),
        "methods": login::methods(via),
        "asked": via.method == MethodChoice::Ask,
        "keys": options.identity_files.iter().map(|it| shown_path(it)).collect::<Vec<_>>(),
        "trust": trust(options, &via.pins, records),
    })
}

fn trust(options: &Options, pins: &[Pin], records: &Authorities) -> Json {
    let subject = wants::subject(options);
    let sources = Sources {
        user: options.user_known_hosts_files.value.clone(),
        global: options.global_known_hosts_files.value.clone(),
    };
    let known = KnownHosts::load(&sources);
    let [keys, authorities, revoked] = known.lines(&subject);
    let files = sources.user.iter().chain(&sources.global);
    let policy = |value: &StrictHostKeyChecking| match value {
        StrictHostKeyChecking::Yes => "yes",
        StrictHostKeyChecking::Ask => "ask",
        StrictHostKeyChecking::AcceptNew => "accept-new",
        StrictHostKeyChecking::No => "no",
    };
    let dns = |value: &VerifyHostKeyDns| match value {
        VerifyHostKeyDns::Yes => "yes",
        VerifyHostKeyDns::Ask => "ask",
        VerifyHostKeyDns::No => "no",
    };
    let command = &options.known_hosts_command;
    json!({
        "name": shown(&subject.entry_name()),
        "policy": with_origin(&options.strict_host_key_checking, policy),
        "files": files.map(|file| json!({"file": shown_path(file), "exists": file.exists()}))
            .collect::<Vec<_>>(),
        "keys": lines(&keys),
        "authorities": lines(&authorities),
        "revoked": lines(&revoked),
        "pins": pins.iter().map(|pin| json!({"pin": pin.to_string(), "from": pin.from()}))
            .collect::<Vec<_>>(),
        "records": records.covering(&subject).map(record).collect::<Vec<_>>(),
        "records_faults": records.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "dns": with_origin(&options.verify_host_key_dns, dns),
        "revoked_host_keys": revoked_files(options),
        "known_hosts_command": command.as_ref().map(|text| json!({
            "command": shown(&text.to_string()),
            "origin": place(&command.origin),
        })),
    })
}

/// The files of RevokedHostKeys: the first by its name, and all of them.
fn revoked_files(options: &Options) -> Option<Json> {
    let list = &options.revoked_host_keys;
    let readable = |file: &Path| std::fs::File::open(file).is_ok();
    let told = |file: &PathBuf| json!({"file": shown_path(file), "readable": readable(file)});
    list.first().map(|first| {
        json!({
            "file": shown_path(first),
            "readable": list.iter().all(|file| readable(file)),
            "files": list.iter().map(told).collect::<Vec<_>>(),
            "origin": place(&list.origin),
        })
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

/// The record of an authority that would be asked about this host.
fn record(authority: &Authority) -> Json {
    json!({
        "name": authority.shown(),
        "at": authority.at.to_string(),
        "type": fingerprint::type_name(&authority.key),
        "fingerprint": fingerprint::sha256(&authority.key),
        "validity": shown(authority.validity.as_str()),
    })
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
