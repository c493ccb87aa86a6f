//! The page that `explain` shows a person, made of what it found out.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::say;

/// How far the lines of a section are moved in.
const INDENT: &str = "  ";

/// The whole page.
pub(super) fn page(told: &Json) -> String {
    let mut page = Page(String::new());
    page.route(told);
    page.sources(&told["precedence"]);
    page.hidden(&told["hidden"]);
    page.settings(&told["settings"]);
    page.blocks(&told["blocks"]);
    page.authentication(&told["authentication"]);
    page.trust(&told["trust"]);
    page.end(told);
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

    fn route(&mut self, told: &Json) {
        let route = &told["route"];
        self.head(&say!(explain_route, host = word(&told["host"])));
        let (user, name) = (&route["user"], &route["hostname"]);
        let port = &route["port"];
        self.line(&say!(
            explain_user,
            value = word(&user["value"]),
            origin = word(&user["origin"])
        ));
        self.line(&say!(
            explain_hostname,
            value = word(&name["value"]),
            origin = word(&name["origin"])
        ));
        self.line(&say!(
            explain_port,
            value = word(&port["value"]),
            origin = word(&port["origin"])
        ));
        for jump in list(&route["jumps"]) {
            let origin = word(&route["jumps_origin"]);
            self.line(&say!(explain_jump, value = word(jump), origin));
        }
        list(&route["hops"]).iter().for_each(|told| self.hop(told));
        if let Some(server) = route["proxy"].as_str() {
            let origin = word(&route["proxy_server_origin"]);
            self.line(&say!(route_explain_proxy, server, origin));
        }
        match route["proxy_command"].as_str() {
            Some(command) => {
                let origin = word(&route["proxy_origin"]);
                self.line(&say!(explain_proxy, command, origin));
            }
            None if list(&route["jumps"]).is_empty() && route["proxy"].is_null() => {
                self.line(&say!(explain_direct));
            }
            None => {}
        }
        for key in ["bind_address", "bind_interface"] {
            if let Some(value) = route[key].as_str() {
                self.line(&say!(explain_bind, value));
            }
        }
    }

    /// A jump host: the way to it, how it is logged in to, and what is known of its key.
    fn hop(&mut self, hop: &Json) {
        let (host, user) = (word(&hop["host"]), word(&hop["user"]));
        let (hostname, port) = (word(&hop["hostname"]), word(&hop["port"]));
        let told = say!(route_explain_hop, host, user, hostname, port);
        self.line(&format!("{INDENT}{told}"));
        let mut below = Vec::new();
        if let Some(command) = hop["proxy_command"].as_str() {
            below.push(say!(explain_proxy, command, origin = word(&hop["host"])));
        }
        below.push(method(hop));
        below.extend(list(&hop["keys"]).iter().map(|key| say!(explain_hop_key, file = word(key))));
        below.extend(known(&hop["trust"]));
        below.iter().for_each(|line| self.line(&format!("{INDENT}{INDENT}{line}")));
    }

    fn sources(&mut self, sources: &Json) {
        self.head(&say!(explain_sources));
        for (number, source) in (1..).zip(list(sources)) {
            let text = match source["source"].as_str() {
                Some("profile") => say!(
                    explain_source_profile,
                    name = word(&source["name"]),
                    file = word(&source["file"])
                ),
                Some("file") if source["exists"] == true => word(&source["file"]),
                Some("file") => say!(explain_source_missing, file = word(&source["file"])),
                _ => say!(explain_source_typed),
            };
            self.line(&format!("{number}. {text}"));
        }
    }

    fn hidden(&mut self, hidden: &Json) {
        let (name, line) = (word(&hidden["name"]), word(&hidden["line"]));
        let origin = word(&hidden["origin"]);
        match hidden["what"].as_str() {
            Some("session") => self.line(&say!(explain_hidden_session, name, line, origin)),
            Some(_) => self.line(&say!(explain_hidden_host, name, line, origin)),
            None => {}
        }
    }

    fn settings(&mut self, settings: &Json) {
        self.head(&say!(explain_settings));
        if list(settings).is_empty() {
            self.line(&say!(explain_settings_none));
        }
        for setting in list(settings) {
            let keyword = word(&setting["keyword"]);
            for value in list(&setting["values"]) {
                let (value, origin) = (word(&value["value"]), word(&value["origin"]));
                self.line(&format!("{keyword} {value}  ({origin})"));
            }
            for lost in list(&setting["overrode"]) {
                let (value, origin) = (word(&lost["value"]), word(&lost["origin"]));
                self.line(&format!("{INDENT}{}", say!(explain_overrode, value, origin)));
            }
        }
    }

    fn blocks(&mut self, blocks: &Json) {
        self.head(&say!(explain_blocks));
        if list(blocks).is_empty() {
            self.line(&say!(explain_blocks_none));
        }
        for block in list(blocks) {
            let sign = if block["applies"] == true { '+' } else { '-' };
            self.line(&format!("{sign} {}: {}", word(&block["origin"]), word(&block["line"])));
            self.line(&format!("{INDENT}{}", why(block)));
        }
    }

    fn authentication(&mut self, told: &Json) {
        self.head(&say!(explain_authentication));
        if told["settled"] != true {
            return self.line(&say!(explain_unsettled));
        }
        self.line(&method(told));
        for key in list(&told["keys"]) {
            self.line(&key_line(key));
        }
        for file in list(&told["certificates"]) {
            self.line(&say!(explain_certificate, file = word(file)));
        }
        if let Some(socket) = told["agent"].as_str() {
            let chosen = list(&told["methods"]).iter().any(|method| method == "agent");
            self.line(&match (told["agent_keys_offered"] == true, chosen) {
                (true, _) => say!(explain_agent_offered, socket),
                (false, true) => say!(explain_agent_used, socket),
                (false, false) => say!(explain_agent, socket),
            });
        }
        let held = &told["agent_keys"];
        if let Some(fault) = held["fault"].as_str() {
            self.line(&format!("{INDENT}{fault}"));
        }
        let one = told["agent_keys_offered"] != true;
        for key in list(&held["held"]) {
            let (algorithm, comment) = (word(&key["type"]), word(&key["comment"]));
            let fingerprint = word(&key["fingerprint"]);
            let text = match key["chosen"] == true && one {
                true => say!(explain_agent_key_chosen, algorithm, fingerprint, comment),
                false => say!(explain_agent_key, algorithm, fingerprint, comment),
            };
            self.line(&format!("{INDENT}{text}"));
        }
    }

    fn trust(&mut self, told: &Json) {
        let policy = &told["policy"];
        self.head(&say!(explain_trust, name = word(&told["name"])));
        let (value, origin) = (word(&policy["value"]), word(&policy["origin"]));
        self.line(&say!(explain_policy, value, origin));
        for file in list(&told["files"]) {
            let name = word(&file["file"]);
            self.line(&match file["exists"] == true {
                true => say!(explain_file, file = name),
                false => say!(explain_file_missing, file = name),
            });
        }
        known(told).iter().for_each(|line| self.line(line));
        let dns = &told["dns"];
        let origin = word(&dns["origin"]);
        self.line(&match dns["value"].as_str() {
            Some("yes") => say!(explain_dns_yes, origin),
            Some("ask") => say!(explain_dns_ask, origin),
            _ => say!(explain_dns, origin),
        });
        let all = &told["revoked_host_keys"];
        for revoked in list(&all["files"]) {
            let (file, origin) = (word(&revoked["file"]), word(&all["origin"]));
            self.line(&match revoked["readable"] == true {
                true => say!(explain_revoked_list, file, origin),
                false => say!(explain_revoked_list_missing, file, origin),
            });
        }
        let program = &told["known_hosts_command"];
        if program.is_object() {
            let (command, origin) = (word(&program["command"]), word(&program["origin"]));
            self.line(&say!(explain_known_hosts_command, command, origin));
        }
    }

    fn end(&mut self, told: &Json) {
        let warnings = list(&told["warnings"]);
        if !warnings.is_empty() {
            self.head(&say!(explain_warnings));
            warnings.iter().for_each(|warning| self.line(&word(warning)));
        }
        if let Some(refused) = told["refused"].as_str() {
            self.head(&say!(explain_refused));
            self.line(refused);
        }
    }
}

/// Which method, and what settled it.
fn method(told: &Json) -> String {
    let Some(methods) = told["methods"].as_array() else { return say!(explain_asked) };
    let methods: Vec<String> = methods.iter().map(word).collect();
    let methods = methods.join(", ");
    match told["method_origin"].as_str() {
        Some(origin) => say!(explain_methods_by, methods, origin),
        None => say!(explain_methods, methods),
    }
}

fn key_line(key: &Json) -> String {
    let (file, origin) = (word(&key["file"]), word(&key["origin"]));
    if key["exists"] != true {
        return say!(explain_key_missing, file, origin);
    }
    if let Some(fault) = key["fault"].as_str() {
        return say!(explain_key_fault, fault, origin);
    }
    if key["type"].is_null() {
        return say!(explain_key, file, origin);
    }
    let (algorithm, fingerprint) = (word(&key["type"]), word(&key["fingerprint"]));
    match key["needs_passphrase"] == true {
        true => say!(explain_key_locked, file, algorithm, fingerprint, origin),
        false => say!(explain_key_shown, file, algorithm, fingerprint, origin),
    }
}

/// The lines of known_hosts that are about a host.
fn known(trust: &Json) -> Vec<String> {
    let mut told = Vec::new();
    for kind in ["keys", "authorities", "revoked"] {
        for line in list(&trust[kind]) {
            let (at, algorithm) = (word(&line["at"]), word(&line["type"]));
            let fingerprint = word(&line["fingerprint"]);
            told.push(match kind {
                "keys" => say!(explain_known_key, at, algorithm, fingerprint),
                "authorities" => say!(explain_authority, at, algorithm, fingerprint),
                _ => say!(explain_revoked, at, algorithm, fingerprint),
            });
        }
    }
    if told.is_empty() {
        told.push(say!(explain_unknown_host));
    }
    for record in list(&trust["records"]) {
        let (name, at, validity) =
            (word(&record["name"]), word(&record["at"]), word(&record["validity"]));
        let (algorithm, fingerprint) = (word(&record["type"]), word(&record["fingerprint"]));
        told.push(say!(explain_record, name, algorithm, fingerprint, validity, at));
    }
    for fault in list(&trust["records_faults"]) {
        told.push(say!(explain_record_fault, fault = word(fault)));
    }
    for pin in list(&trust["pins"]) {
        told.push(say!(explain_pin, pin = word(&pin["pin"]), from = word(&pin["from"])));
    }
    told
}

/// Why a block applies or not, in one line.
fn why(block: &Json) -> String {
    let (what, actual) = (word(&block["what"]), word(&block["actual"]));
    let why = match block["reason"].as_str() {
        Some("pattern") => say!(explain_why_pattern, what),
        Some("negated") => say!(explain_why_negated, what),
        Some("no-pattern") => say!(explain_why_no_pattern),
        Some("all") => say!(explain_why_all),
        Some("outside") => say!(explain_why_outside),
        _ if actual.is_empty() => say!(explain_why_criterion, what),
        _ => say!(explain_why_criterion_value, what, actual),
    };
    match block["second"] == true && block["applies"] == true {
        true => format!("{why} {}", say!(explain_second_reading)),
        false => why,
    }
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
