//! The explanation as JSON, which `explain --json` prints.

use serde_json::{Value as Json, json};

use super::found::{
    AgentKey, AuthorityRecord, BlockOutcome, Explanation, HiddenKind, HiddenName, HostTrust,
    JumpHost, KeyOnRecord, KeyToUse, LoginOnRecord, LoginPlan, RouteToHost, SettingOrigin, ValueAt,
    ValueSource, shown,
};
use crate::config::BlockReason;

/// The whole object.
pub(super) fn object(found: &Explanation) -> Json {
    json!({
        "host": found.host,
        "profile": found.profile,
        "hidden": found.hidden.as_ref().map(hidden),
        "precedence": all(&found.precedence, source),
        "settings": all(&found.settings, setting),
        "blocks": all(&found.blocks, block),
        "route": route(&found.route),
        "authentication": login(&found.login),
        "trust": trust(&found.trust),
        "refused": found.refused,
        "warnings": found.warnings,
    })
}

fn all<T>(list: &[T], convert: impl Fn(&T) -> Json) -> Vec<Json> {
    list.iter().map(convert).collect()
}

fn with_origin<T: Clone + Into<Json>>(at: &ValueAt<T>) -> Json {
    json!({"value": at.value.clone().into(), "origin": at.origin})
}

fn hidden(hidden: &HiddenName) -> Json {
    json!({
        "what": match hidden.kind {
            HiddenKind::Session => "session",
            HiddenKind::Host => "host",
        },
        "name": hidden.name,
        "origin": hidden.line.as_ref().map(|line| &line.origin),
        "line": hidden.line.as_ref().map(|line| &line.value),
    })
}

fn source(source: &ValueSource) -> Json {
    match source {
        ValueSource::CommandLine => json!({"source": "command line"}),
        ValueSource::Profile { name, file } => {
            json!({"source": "profile", "name": name, "file": file})
        }
        ValueSource::File { file, exists } => {
            json!({"source": "file", "file": file, "exists": exists})
        }
    }
}

fn setting(setting: &SettingOrigin) -> Json {
    json!({
        "keyword": setting.keyword,
        "values": all(&setting.values, with_origin),
        "overrode": all(&setting.overrode, with_origin),
    })
}

fn block(block: &BlockOutcome) -> Json {
    let (reason, what, actual) = match &block.why {
        BlockReason::Pattern(pattern) => ("pattern", pattern.as_str(), ""),
        BlockReason::Negated(pattern) => ("negated", pattern.as_str(), ""),
        BlockReason::NoPattern => ("no-pattern", "", ""),
        BlockReason::All => ("all", "", ""),
        BlockReason::Criterion(criterion, actual) => {
            ("criterion", criterion.as_str(), actual.as_str())
        }
        BlockReason::Outside => ("outside", "", ""),
    };
    json!({
        "origin": block.origin,
        "line": block.line,
        "applies": block.applies,
        "reason": reason,
        "what": shown(what),
        "actual": shown(actual),
        "second": block.second,
    })
}

fn route(route: &RouteToHost) -> Json {
    json!({
        "user": with_origin(&route.user),
        "hostname": with_origin(&route.hostname),
        "port": with_origin(&route.port),
        "family": route.family.value,
        "family_origin": route.family.origin,
        "bind_address": route.bind_address,
        "bind_interface": route.bind_interface,
        "jumps": route.jumps.value,
        "jumps_origin": route.jumps.origin,
        "hops": all(&route.hops, hop),
        "proxy": route.proxy.as_ref().map(|proxy| &proxy.value),
        "proxy_server_origin": route.proxy.as_ref().map(|proxy| &proxy.origin),
        "proxy_command": route.proxy_command.value,
        "proxy_origin": route.proxy_command.origin,
    })
}

fn hop(hop: &JumpHost) -> Json {
    json!({
        "host": hop.host,
        "user": hop.user,
        "hostname": hop.hostname,
        "port": hop.port,
        "proxy_command": hop.proxy_command,
        "methods": hop.methods,
        "asked": hop.asked,
        "keys": hop.keys,
        "trust": trust(&hop.trust),
    })
}

fn login(login: &LoginPlan) -> Json {
    json!({
        "settled": login.settled,
        "methods": login.methods,
        "method_origin": login.method_origin,
        "asked": login.asked,
        "on_record": login.on_record.as_ref().map(on_record_login),
        "keys": all(&login.keys, key),
        "certificates": login.certificates,
        "agent": login.agent,
        "agent_keys_offered": login.agent_keys_offered,
        "agent_keys": login.agent_keys.as_ref().map(|held| match held {
            Ok(keys) => json!({"held": all(keys, agent_key)}),
            Err(fault) => json!({"fault": fault}),
        }),
        "identities_only": login.identities_only,
        "password_tries": login.password_tries,
    })
}

fn on_record_login(login: &LoginOnRecord) -> Json {
    json!({
        "method": login.method,
        "user": login.user,
        "key": login.key,
        "file": login.file,
        "again": login.again,
        "used": login.is_repeated,
        "when": login.when.map(|when| when.to_string()),
    })
}

fn key(key: &KeyToUse) -> Json {
    json!({
        "file": key.file,
        "origin": key.origin,
        "exists": key.exists,
        "type": key.public.as_ref().map(|(kind, _)| kind),
        "fingerprint": key.public.as_ref().map(|(_, fingerprint)| fingerprint),
        "needs_passphrase": key.needs_passphrase,
        "fault": key.fault,
    })
}

fn agent_key(key: &AgentKey) -> Json {
    json!({
        "type": key.kind,
        "fingerprint": key.fingerprint,
        "comment": key.comment,
        "chosen": key.chosen,
    })
}

fn trust(trust: &HostTrust) -> Json {
    json!({
        "name": trust.name,
        "policy": with_origin(&trust.policy),
        "files": all(&trust.files, |it| json!({"file": it.file, "exists": it.exists})),
        "keys": all(&trust.keys, on_record),
        "authorities": all(&trust.authorities, on_record),
        "revoked": all(&trust.revoked, on_record),
        "pins": all(&trust.pins, |it| json!({"pin": it.pin, "from": it.from})),
        "records": all(&trust.records, record),
        "records_faults": trust.records_faults,
        "dns": with_origin(&trust.dns),
        "revoked_host_keys": revoked_files(&trust.revoked_host_keys),
        "known_hosts_command": trust.known_hosts_command.as_ref().map(|program| json!({
            "command": program.value,
            "origin": program.origin,
        })),
    })
}

/// The files of RevokedHostKeys: the name of the first, and all of them.
fn revoked_files(files: &ValueAt<Vec<(String, bool)>>) -> Option<Json> {
    let (first, _) = files.value.first()?;
    let file_and_state =
        |(file, readable): &(String, bool)| json!({"file": file, "readable": readable});
    Some(json!({
        "file": first,
        "readable": files.value.iter().all(|(_, readable)| *readable),
        "files": all(&files.value, file_and_state),
        "origin": files.origin,
    }))
}

fn on_record(key: &KeyOnRecord) -> Json {
    json!({"at": key.at, "type": key.kind, "fingerprint": key.fingerprint})
}

fn record(record: &AuthorityRecord) -> Json {
    json!({
        "name": record.name,
        "at": record.key.at,
        "type": record.key.kind,
        "fingerprint": record.key.fingerprint,
        "validity": record.validity,
    })
}
