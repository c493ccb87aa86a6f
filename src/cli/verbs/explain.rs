//! `tessh explain`: what connecting would do and why, without connecting.
//!
//! First everything is collected into `explain/found`; then `explain/json` prints it for a program,
//! or `explain/text` for a person. Nothing is sent over the network except what the configuration
//! itself asks for: `Match exec` runs, and CanonicalizeHostname looks names up.

mod found;
mod json;
mod login;
mod text;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use found::{
    AuthorityRecord, BlockOutcome, Explanation, HiddenKind, HiddenName, HostTrust, JumpHost,
    KeyOnRecord, KnownHostsFile, PinnedBy, RouteToHost, SettingOrigin, ValueAt, ValueSource, place,
    shown,
};

use crate::cli::args::Typed;
use crate::cli::connect::{trust_places, wants};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::output::{print, print_json};
use crate::cli::resolve::profile::shown_name;
use crate::cli::resolve::{self, Plan, ResolvedOptions, SystemNames, sources};
use crate::config::{
    self, BlockReason, ConfigBlock, Context, EffectiveConfig, FileMemory, Keyword, Layers,
    MethodChoice, Options, Origin, Setting, StrictHostKeyChecking, TABLE, VerifyHostKeyDns,
};
use crate::destination::plain_form;
use crate::error::{Error, Result};
use crate::os::user::UserId;
use crate::profiles::SavedSession;
use crate::trust::authority::{self, Authorities, Authority};
use crate::trust::{ClusterAuthorities, ClusterRule, KnownHosts, KnownKey, Pin, fingerprint};

/// Prints the explanation; the exit code is 0 if connecting would start.
pub(super) fn run(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    let context = environment.context();
    let resolved = resolve::layered(typed, &context, &SystemNames)?;
    let plan = resolve::settle(typed, resolved.clone(), &context);
    let checked = resolve::check(typed, &resolved);
    let mut records = environment.authorities().load();
    let places = trust_places::authority_places(resolved.profile.as_ref(), &context)?;
    records.absorb(authority::putty::load(&places, UserId::real()));
    let found = collect(typed, &resolved, (&plan, &checked), (&context, environment), &records);
    match typed.json {
        true => print_json(&format!("{:#}\n", json::object(&found))),
        false => print(&text::page(&found)),
    }
}

fn collect(
    typed: &Typed,
    resolved: &ResolvedOptions,
    (plan, checked): (&Result<Plan, Error>, &Result<Vec<String>, Error>),
    (context, environment): (&Context, &ProcessEnvironment),
    records: &Authorities,
) -> Explanation {
    let options = &resolved.options;
    let pins = plan.as_ref().map(|plan| plan.pins.as_slice()).unwrap_or_default();
    let rule = resolved.node.as_ref().map(|node| &node.rule);
    let mut warnings = plan.as_ref().map(|plan| plan.options.warnings.clone()).unwrap_or_default();
    warnings.extend(checked.iter().flatten().cloned());
    Explanation {
        host: shown(&resolved.host),
        profile: resolved.profile.as_ref().map(|session| shown(&shown_name(session))),
        hidden: hidden(typed, resolved, context),
        precedence: precedence(typed, resolved, context),
        settings: settings(typed, resolved),
        blocks: blocks(resolved.layers.blocks()),
        route: route(typed, resolved, plan.as_ref().ok(), records),
        login: login::plan(typed, resolved, plan.as_ref().ok(), (context, environment)),
        trust: trust(options, resolved.profile.as_ref(), (pins, rule), records),
        refused: checked.as_ref().err().or(plan.as_ref().err()).map(ToString::to_string),
        warnings,
    }
}

/// The sources of values, the strongest first.
fn precedence(typed: &Typed, resolved: &ResolvedOptions, context: &Context) -> Vec<ValueSource> {
    let mut sources = vec![ValueSource::CommandLine];
    if let Some(session) = &resolved.profile {
        let (name, file) = (shown(&shown_name(session)), crate::text::path(&session.place));
        sources.push(ValueSource::Profile { name, file });
    }
    for file in resolve::files(typed, context) {
        let exists = file.path.exists();
        sources.push(ValueSource::File { file: crate::text::path(&file.path), exists });
    }
    sources
}

/// A saved session or Host line with the same name that does not count: a session that a Host line
/// hides, or a Host line that `--profile` overrides.
fn hidden(typed: &Typed, resolved: &ResolvedOptions, context: &Context) -> Option<HiddenName> {
    let hidden_name = |kind, name: &str, block: Option<&ConfigBlock>| HiddenName {
        kind,
        name: shown(name),
        line: block
            .map(|block| ValueAt { value: shown(&block.text), origin: place(&block.origin) }),
    };
    match &resolved.profile {
        None => {
            let name = sources::hidden_session(typed, context)?;
            Some(hidden_name(HiddenKind::Session, &name, naming(resolved.layers.blocks())))
        }
        Some(session) => {
            let name = typed.profile.as_deref()?;
            let layers = resolve::files_for(typed, name, context, &FileMemory::default()).ok()?;
            let block = naming(layers.blocks()).filter(|_| layers.names_host())?;
            Some(hidden_name(HiddenKind::Host, &session.name, Some(block)))
        }
    }
}

/// The Host line that names a host with a pattern other than `*`.
fn naming(blocks: &[ConfigBlock]) -> Option<&ConfigBlock> {
    blocks.iter().find(|block| {
        block.applies && matches!(&block.why, BlockReason::Pattern(pattern) if pattern != "*")
    })
}

/// Every keyword that is set, with the values that it overrides.
fn settings(typed: &Typed, resolved: &ResolvedOptions) -> Vec<SettingOrigin> {
    let layers = &resolved.layers;
    let view = EffectiveConfig {
        layers,
        options: &resolved.options,
        host: &resolved.host,
        command: !typed.command.is_empty(),
        list: &wants::list,
    };
    TABLE.iter().filter_map(|row| setting(row.keyword, layers, &view)).collect()
}

fn setting(keyword: Keyword, layers: &Layers, view: &EffectiveConfig<'_>) -> Option<SettingOrigin> {
    let mut entries: Vec<(String, &Origin)> = Vec::new();
    for entry in layers.entries().iter().filter(|entry| entry.keyword == keyword) {
        let one = (shown(&entry.args.join(" ")), &entry.origin);
        // The second reading of the files repeats the lines of the first.
        if !entries.contains(&one) {
            entries.push(one);
        }
    }
    let (first, origin) = entries.first()?;
    let effective: Vec<String> =
        config::effective(view, keyword).iter().map(|value| in_words(value)).collect();
    let value_at = |(value, origin): &(String, &Origin)| ValueAt {
        value: value.clone(),
        origin: place(origin),
    };
    let all: Vec<ValueAt> = entries.iter().map(value_at).collect();
    let (values, overrode) = match keyword.accumulates() {
        true => (all, Vec::new()),
        false => {
            let value = effective.first().unwrap_or(first);
            let value = ValueAt { value: value.clone(), origin: place(origin) };
            (vec![value], all.into_iter().skip(1).collect())
        }
    };
    Some(SettingOrigin { keyword: keyword.name(), values, overrode })
}

/// Replaces `-G`'s names for some values by those that are written in files.
fn in_words(value: &str) -> String {
    match value {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        other => shown(other),
    }
}

/// The blocks, each once, with the result of the last reading.
fn blocks(blocks: &[ConfigBlock]) -> Vec<BlockOutcome> {
    let mut first_of_each: Vec<&ConfigBlock> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for block in blocks {
        match known.entry(place(&block.origin)) {
            Entry::Vacant(entry) => {
                entry.insert(first_of_each.len());
                first_of_each.push(block);
            }
            Entry::Occupied(entry) => {
                let before = &mut first_of_each[*entry.get()];
                // A block that applied in either reading counts as applied.
                if (block.applies && !before.applies) || before.why == BlockReason::Outside {
                    *before = block;
                }
            }
        }
    }
    let outcome = |block: &ConfigBlock| BlockOutcome {
        origin: place(&block.origin),
        line: shown(&block.text),
        applies: block.applies,
        why: block.why.clone(),
        second: block.second,
    };
    first_of_each.into_iter().map(outcome).collect()
}

fn route(
    typed: &Typed,
    resolved: &ResolvedOptions,
    plan: Option<&Plan>,
    records: &Authorities,
) -> RouteToHost {
    let options = &resolved.options;
    let nearest = |plan: &Plan| plan.via.clone();
    let hops = std::iter::successors(plan.and_then(nearest), |via| nearest(via));
    let mut hops: Vec<JumpHost> = hops.map(|via| hop(&via, records)).collect();
    hops.reverse();
    let first = std::iter::successors(plan, |plan| plan.via.as_deref()).last();
    let proxy = first.and_then(|plan| plan.proxy.as_ref());
    let family = match *options.address_family {
        config::AddressFamily::Any => "any",
        config::AddressFamily::Inet => "IPv4",
        config::AddressFamily::Inet6 => "IPv6",
    };
    // Without HostName, the host comes from the saved session or from the command line.
    let named_by = match (&options.hostname.origin, &resolved.profile) {
        (Origin::Default, Some(session)) => Origin::Profile(shown_name(session)),
        (Origin::Default, None) => Origin::Destination,
        (origin, _) => origin.clone(),
    };
    let proxy_by = match (&typed.proxy, &resolved.profile) {
        (None, Some(session)) => place(&Origin::Profile(shown_name(session))),
        _ => "--proxy".to_owned(),
    };
    let mut jumps: Vec<String> =
        options.jumps.iter().map(|jump| shown(&jump.to_string())).collect();
    let mut jumps_by = place(&options.jumps.origin);
    // A session of PuTTY's may lead through another one, which is no ProxyJump.
    if let (true, Some(session)) = (jumps.is_empty() && !hops.is_empty(), &resolved.profile) {
        jumps = hops
            .iter()
            .map(|hop| plain_form(Some(&hop.user), &hop.hostname, Some(hop.port)))
            .collect();
        jumps_by = place(&Origin::Profile(shown_name(session)));
    }
    // A proxy of --proxy or of the saved session replaces ProxyCommand.
    let command = options.proxy_command.as_deref().filter(|_| proxied_by_command(plan));
    let proxy_command = match plan.and_then(|plan| plan.teleport.as_ref()) {
        Some(tsh) => ValueAt { value: Some(shown(&tsh.line())), origin: proxy_by.clone() },
        None => ValueAt { value: command.map(shown), origin: place(&options.proxy_command.origin) },
    };
    RouteToHost {
        user: with_origin(&options.user, |user| shown(user)),
        hostname: ValueAt { value: shown(&options.hostname), origin: place(&named_by) },
        port: with_origin(&options.port, |port| *port),
        family: with_origin(&options.address_family, |_| family),
        bind_address: options.bind_address.as_deref().map(shown),
        bind_interface: options.bind_interface.as_deref().map(shown),
        jumps: ValueAt { value: jumps, origin: jumps_by },
        hops,
        proxy: proxy
            .map(|proxy| ValueAt { value: shown(&proxy.server.to_string()), origin: proxy_by }),
        proxy_command,
    }
}

fn proxied_by_command(plan: Option<&Plan>) -> bool {
    plan.is_none_or(|plan| plan.proxy.is_none())
}

/// A jump host.
fn hop(via: &Plan, records: &Authorities) -> JumpHost {
    let options = &via.options;
    JumpHost {
        host: shown(&via.host),
        user: shown(&options.user.value),
        hostname: shown(&options.hostname.value),
        port: options.port.value,
        proxy_command: options.proxy_command.as_deref().map(shown),
        methods: login::methods(via),
        asked: via.method == MethodChoice::Ask,
        keys: options.identity_files.iter().map(|it| crate::text::path(it)).collect(),
        trust: trust(options, via.profile.as_ref(), (&via.pins, via.cluster.as_ref()), records),
    }
}

fn trust(
    options: &Options,
    session: Option<&SavedSession>,
    (pins, rule): (&[Pin], Option<&ClusterRule>),
    records: &Authorities,
) -> HostTrust {
    // A name that makes no sense is among what is refused.
    let subject = trust_places::subject(options, session)
        .or_else(|_| trust_places::subject(options, None))
        .expect("only a session's name can be wrong");
    let sources = trust_places::sources(options, session);
    let is_of_cluster = rule.is_some();
    let cluster = rule.and_then(|rule| ClusterAuthorities::load(rule).ok());
    let known = KnownHosts::load(&sources).with_cluster(cluster);
    let [keys, authorities, revoked] = known.lines(&subject);
    let files = sources.user.iter().chain(&sources.global).chain(&sources.caches);
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
    let file =
        |file: &PathBuf| KnownHostsFile { file: crate::text::path(file), exists: file.exists() };
    let pin = |pin: &Pin| PinnedBy { pin: pin.to_string(), from: pin.from().to_owned() };
    let command = &options.known_hosts_command;
    HostTrust {
        name: shown(&subject.entry_name()),
        policy: with_origin(&options.strict_host_key_checking, policy),
        files: files.map(file).collect(),
        keys: keys.iter().map(on_record).collect(),
        authorities: authorities.iter().map(on_record).collect(),
        revoked: revoked.iter().map(on_record).collect(),
        pins: pins.iter().map(pin).collect(),
        records: records.covering(&subject).filter(|_| !is_of_cluster).map(record).collect(),
        records_faults: records.problems.iter().map(ToString::to_string).collect(),
        dns: with_origin(&options.verify_host_key_dns, dns),
        revoked_host_keys: with_origin(&options.revoked_host_keys, |files| revoked_files(files)),
        known_hosts_command: command.as_ref().map(|text| ValueAt {
            value: shown(&text.to_string()),
            origin: place(&command.origin),
        }),
    }
}

/// The files of RevokedHostKeys, and whether each can be read.
fn revoked_files(files: &[PathBuf]) -> Vec<(String, bool)> {
    files.iter().map(|file| (crate::text::path(file), std::fs::File::open(file).is_ok())).collect()
}

fn on_record(known: &KnownKey) -> KeyOnRecord {
    KeyOnRecord {
        at: known.at.to_string(),
        kind: fingerprint::type_name(&known.key),
        fingerprint: fingerprint::sha256(&known.key),
    }
}

/// The record of an authority that covers this host.
fn record(authority: &Authority) -> AuthorityRecord {
    AuthorityRecord {
        name: authority.shown(),
        key: KeyOnRecord {
            at: authority.at.to_string(),
            kind: fingerprint::type_name(&authority.key),
            fingerprint: fingerprint::sha256(&authority.key),
        },
        validity: shown(authority.validity.as_str()),
    }
}

fn with_origin<T, U>(setting: &Setting<T>, convert: impl Fn(&T) -> U) -> ValueAt<U> {
    ValueAt { value: convert(&setting.value), origin: place(&setting.origin) }
}
