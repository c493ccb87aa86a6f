//! The explanation as a page for a person.

use std::fmt::Write;

use jiff::tz::TimeZone;

use super::found::{
    BlockOutcome, Explanation, HiddenKind, HiddenName, HostTrust, JumpHost, KeyToUse,
    LoginOnRecord, LoginPlan, RouteToHost, SettingOrigin, ValueAt, ValueSource, shown,
};
use crate::config::BlockReason;
use crate::say;

/// What brings the dialog back.
const ANOTHER_WAY: &str = "--auth ask";
/// The indentation of a section's lines.
const INDENT: &str = "  ";

/// The whole page.
pub(super) fn page(found: &Explanation) -> String {
    let mut page = Page(String::new());
    page.route(&found.host, &found.route);
    page.sources(&found.precedence);
    if let Some(hidden) = &found.hidden {
        page.hidden(hidden);
    }
    page.settings(&found.settings);
    page.blocks(&found.blocks);
    page.login(&found.login);
    page.trust(&found.trust);
    page.end(found);
    page.0
}

struct Page(String);

impl Page {
    fn head(&mut self, title: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{gap}{title}");
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "{INDENT}{text}");
    }

    fn route(&mut self, host: &str, route: &RouteToHost) {
        self.head(&say!(explain_route, host));
        let ValueAt { value, origin } = &route.user;
        self.line(&say!(explain_user, value, origin));
        let ValueAt { value, origin } = &route.hostname;
        self.line(&say!(explain_hostname, value, origin));
        let ValueAt { value, origin } = &route.port;
        self.line(&say!(explain_port, value, origin));
        let ValueAt { value: jumps, origin } = &route.jumps;
        for value in jumps {
            self.line(&say!(explain_jump, value, origin));
        }
        route.hops.iter().for_each(|hop| self.hop(hop));
        if let Some(ValueAt { value: server, origin }) = &route.proxy {
            self.line(&say!(route_explain_proxy, server, origin));
        }
        let ValueAt { value: command, origin } = &route.proxy_command;
        match command {
            Some(command) => self.line(&say!(explain_proxy, command, origin)),
            None if jumps.is_empty() && route.proxy.is_none() => self.line(&say!(explain_direct)),
            None => {}
        }
        for value in [&route.bind_address, &route.bind_interface].into_iter().flatten() {
            self.line(&say!(explain_bind, value));
        }
    }

    /// A jump host: its route, its login, and what is known of its key.
    fn hop(&mut self, hop: &JumpHost) {
        let JumpHost { host, user, hostname, port, .. } = hop;
        let line = say!(route_explain_hop, host, user, hostname, port);
        self.line(&format!("{INDENT}{line}"));
        let mut below = Vec::new();
        if let Some(command) = &hop.proxy_command {
            below.push(say!(explain_proxy, command, origin = host));
        }
        below.push(method(hop.methods.as_deref(), None));
        below.extend(hop.keys.iter().map(|file| say!(explain_hop_key, file)));
        below.extend(known(&hop.trust));
        below.iter().for_each(|line| self.line(&format!("{INDENT}{INDENT}{line}")));
    }

    fn sources(&mut self, sources: &[ValueSource]) {
        self.head(&say!(explain_sources));
        for (number, source) in (1..).zip(sources) {
            let text = match source {
                ValueSource::CommandLine => say!(explain_source_typed),
                ValueSource::Profile { name, file } => say!(explain_source_profile, name, file),
                ValueSource::File { file, exists: true } => file.clone(),
                ValueSource::File { file, exists: false } => say!(explain_source_missing, file),
            };
            self.line(&format!("{number}. {text}"));
        }
    }

    fn hidden(&mut self, hidden: &HiddenName) {
        let name = &hidden.name;
        let none = ValueAt { value: String::new(), origin: String::new() };
        let ValueAt { value: line, origin } = hidden.line.as_ref().unwrap_or(&none);
        self.line(&match hidden.kind {
            HiddenKind::Session => say!(explain_hidden_session, name, line, origin),
            HiddenKind::Host => say!(explain_hidden_host, name, line, origin),
        });
    }

    fn settings(&mut self, settings: &[SettingOrigin]) {
        self.head(&say!(explain_settings));
        if settings.is_empty() {
            self.line(&say!(explain_settings_none));
        }
        for SettingOrigin { keyword, values, overrode } in settings {
            for ValueAt { value, origin } in values {
                self.line(&format!("{keyword} {value}  ({origin})"));
            }
            for ValueAt { value, origin } in overrode {
                self.line(&format!("{INDENT}{}", say!(explain_overrode, value, origin)));
            }
        }
    }

    fn blocks(&mut self, blocks: &[BlockOutcome]) {
        self.head(&say!(explain_blocks));
        if blocks.is_empty() {
            self.line(&say!(explain_blocks_none));
        }
        for block in blocks {
            let sign = if block.applies { '+' } else { '-' };
            self.line(&format!("{sign} {}: {}", block.origin, block.line));
            self.line(&format!("{INDENT}{}", why(block)));
        }
    }

    fn login(&mut self, login: &LoginPlan) {
        self.head(&say!(explain_authentication));
        if !login.settled {
            return self.line(&say!(explain_unsettled));
        }
        self.line(&method(login.methods.as_deref(), login.method_origin.as_deref()));
        if let Some(login) = &login.on_record {
            self.line(&on_record(login));
        }
        login.keys.iter().for_each(|key| self.line(&key_line(key)));
        for file in &login.certificates {
            self.line(&say!(explain_certificate, file));
        }
        if let Some(socket) = &login.agent {
            let chosen = login.methods.iter().flatten().any(|method| *method == "agent");
            self.line(&match (login.agent_keys_offered, chosen) {
                (true, _) => say!(explain_agent_offered, socket),
                (false, true) => say!(explain_agent_used, socket),
                (false, false) => say!(explain_agent, socket),
            });
        }
        match &login.agent_keys {
            Some(Err(fault)) => self.line(&format!("{INDENT}{fault}")),
            Some(Ok(keys)) => {
                for key in keys {
                    let (algorithm, fingerprint, comment) =
                        (key.kind, &key.fingerprint, &key.comment);
                    let text = match key.chosen && !login.agent_keys_offered {
                        true => say!(explain_agent_key_chosen, algorithm, fingerprint, comment),
                        false => say!(explain_agent_key, algorithm, fingerprint, comment),
                    };
                    self.line(&format!("{INDENT}{text}"));
                }
            }
            None => {}
        }
    }

    fn trust(&mut self, trust: &HostTrust) {
        self.head(&say!(explain_trust, name = trust.name));
        let ValueAt { value, origin } = &trust.policy;
        self.line(&say!(explain_policy, value, origin));
        for file in &trust.files {
            self.line(&match file.exists {
                true => say!(explain_file, file = file.file),
                false => say!(explain_file_missing, file = file.file),
            });
        }
        known(trust).iter().for_each(|line| self.line(line));
        let ValueAt { value, origin } = &trust.dns;
        self.line(&match *value {
            "yes" => say!(explain_dns_yes, origin),
            "ask" => say!(explain_dns_ask, origin),
            _ => say!(explain_dns, origin),
        });
        let ValueAt { value: files, origin } = &trust.revoked_host_keys;
        for (file, readable) in files {
            self.line(&match readable {
                true => say!(explain_revoked_list, file, origin),
                false => say!(explain_revoked_list_missing, file, origin),
            });
        }
        if let Some(ValueAt { value: command, origin }) = &trust.known_hosts_command {
            self.line(&say!(explain_known_hosts_command, command, origin));
        }
    }

    fn end(&mut self, found: &Explanation) {
        if !found.warnings.is_empty() {
            self.head(&say!(explain_warnings));
            found.warnings.iter().for_each(|warning| self.line(warning));
        }
        if let Some(refused) = &found.refused {
            self.head(&say!(explain_refused));
            self.line(refused);
        }
    }
}

/// The method, and its origin.
fn method(methods: Option<&[&str]>, origin: Option<&str>) -> String {
    let Some(methods) = methods else { return say!(explain_asked) };
    let methods = methods.join(", ");
    match origin {
        Some(origin) => say!(explain_methods_by, methods, origin),
        None => say!(explain_methods, methods),
    }
}

/// The login that worked the last time, and whether it is used now.
fn on_record(login: &LoginOnRecord) -> String {
    let (method, user) = (login.method, &login.user);
    let what = match login.file.as_ref().or(login.key.as_ref()) {
        Some(key) => say!(explain_remembered_with, method, key, user),
        None => say!(explain_remembered_as, method, user),
    };
    let day = login.when.map(|when| when.to_zoned(TimeZone::system()).date().to_string());
    let day = day.unwrap_or_else(|| say!(explain_remembered_some_day));
    match login.is_repeated {
        true => say!(explain_remembered_next, what, day, way = ANOTHER_WAY),
        false => say!(explain_remembered_last, what, day),
    }
}

fn key_line(key: &KeyToUse) -> String {
    let KeyToUse { file, origin, .. } = key;
    if !key.exists {
        return say!(explain_key_missing, file, origin);
    }
    if let Some(fault) = &key.fault {
        return say!(explain_key_fault, fault, origin);
    }
    let Some((algorithm, fingerprint)) = &key.public else {
        return say!(explain_key, file, origin);
    };
    match key.needs_passphrase == Some(true) {
        true => say!(explain_key_locked, file, algorithm, fingerprint, origin),
        false => say!(explain_key_shown, file, algorithm, fingerprint, origin),
    }
}

/// The lines of known_hosts about a host.
fn known(trust: &HostTrust) -> Vec<String> {
    let mut lines = Vec::new();
    for key in &trust.keys {
        let (at, algorithm, fingerprint) = (&key.at, key.kind, &key.fingerprint);
        lines.push(say!(explain_known_key, at, algorithm, fingerprint));
    }
    for key in &trust.authorities {
        let (at, algorithm, fingerprint) = (&key.at, key.kind, &key.fingerprint);
        lines.push(say!(explain_authority, at, algorithm, fingerprint));
    }
    for key in &trust.revoked {
        let (at, algorithm, fingerprint) = (&key.at, key.kind, &key.fingerprint);
        lines.push(say!(explain_revoked, at, algorithm, fingerprint));
    }
    if lines.is_empty() {
        lines.push(say!(explain_unknown_host));
    }
    for record in &trust.records {
        let (name, validity, at) = (&record.name, &record.validity, &record.key.at);
        let (algorithm, fingerprint) = (record.key.kind, &record.key.fingerprint);
        lines.push(say!(explain_record, name, algorithm, fingerprint, validity, at));
    }
    for fault in &trust.records_faults {
        lines.push(say!(explain_record_fault, fault));
    }
    for pin in &trust.pins {
        lines.push(say!(explain_pin, pin = pin.pin, from = pin.from));
    }
    lines
}

/// Why a block applies or not, in one line.
fn why(block: &BlockOutcome) -> String {
    let why = match &block.why {
        BlockReason::Pattern(what) => say!(explain_why_pattern, what = shown(what)),
        BlockReason::Negated(what) => say!(explain_why_negated, what = shown(what)),
        BlockReason::NoPattern => say!(explain_why_no_pattern),
        BlockReason::All => say!(explain_why_all),
        BlockReason::Outside => say!(explain_why_outside),
        BlockReason::Criterion(what, actual) if actual.is_empty() => {
            say!(explain_why_criterion, what = shown(what))
        }
        BlockReason::Criterion(what, actual) => {
            say!(explain_why_criterion_value, what = shown(what), actual = shown(actual))
        }
    };
    match block.second && block.applies {
        true => format!("{why} {}", say!(explain_second_reading)),
        false => why,
    }
}
