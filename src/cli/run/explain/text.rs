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
        self.head(&say!("explain-route", host = word(&told["host"])));
        let (user, name) = (&route["user"], &route["hostname"]);
        let port = &route["port"];
        self.line(&say!(
            "explain-user",
            value = word(&user["value"]),
            origin = word(&user["origin"])
        ));
        self.line(&say!(
            "explain-hostname",
            value = word(&name["value"]),
            origin = word(&name["origin"])
        ));
        self.line(&say!(
            "explain-port",
            value = word(&port["value"]),
            origin = word(&port["origin"])
        ));
        for jump in list(&route["jumps"]) {
            let origin = word(&route["jumps_origin"]);
            self.line(&say!("explain-jump", value = word(jump), origin));
        }
        list(&route["hops"]).iter().for_each(|told| self.hop(told));
        if let Some(server) = route["proxy"].as_str() {
            let origin = word(&route["proxy_server_origin"]);
            self.line(&say!("route-explain-proxy", server, origin));
        }
        match route["proxy_command"].as_str() {
            Some(command) => {
                let origin = word(&route["proxy_origin"]);
                self.line(&say!("explain-proxy", command, origin));
            }
            None if list(&route["jumps"]).is_empty() && route["proxy"].is_null() => {
                self.line(&say!("explain-direct"));
            }
            None => {}
        }
        for key in ["bind_address", "bind_interface"] {
            if let Some(value) = route[key].as_str() {
                self.line(&say!("explain-bind", value));
            }
        }
    }

    /// A jump host: the way to it, how it is logged in to, and what is known of its key.
    fn hop(&mut self, hop: &Json) {
        let (host, user) = (word(&hop["host"]), word(&hop["user"]));
        let (hostname, port) = (word(&hop["hostname"]), word(&hop["port"]));
        let told = say!("route-explain-hop", host, user, hostname, port);
        self.line(&format!("{INDENT}{told}"));
        let mut below = Vec::new();
        if let Some(command) = hop["proxy_command"].as_str() {
            below.push(say!("explain-proxy", command, origin = word(&hop["host"])));
        }
        below.push(method(hop));
        below
            .extend(list(&hop["keys"]).iter().map(|key| say!("explain-hop-key", file = word(key))));
        below.extend(known(&hop["trust"]));
        below.iter().for_each(|line| self.line(&format!("{INDENT}{INDENT}{line}")));
    }

    fn sources(&mut self, sources: &Json) {
        self.head(&say!("explain-sources"));
        for (number, source) in (1..).zip(list(sources)) {
            let text = match source["source"].as_str() {
                Some("profile") => say!(
                    "explain-source-profile",
                    name = word(&source["name"]),
                    file = word(&source["file"])
                ),
                Some("file") if source["exists"] == true => word(&source["file"]),
                Some("file") => say!("explain-source-missing", file = word(&source["file"])),
                _ => say!("explain-source-typed"),
            };
            self.line(&format!("{number}. {text}"));
        }
    }

    fn hidden(&mut self, hidden: &Json) {
        let (name, line) = (word(&hidden["name"]), word(&hidden["line"]));
        let origin = word(&hidden["origin"]);
        match hidden["what"].as_str() {
            Some("session") => self.line(&say!("explain-hidden-session", name, line, origin)),
            Some(_) => self.line(&say!("explain-hidden-host", name, line, origin)),
            None => {}
        }
    }

    fn settings(&mut self, settings: &Json) {
        self.head(&say!("explain-settings"));
        if list(settings).is_empty() {
            self.line(&say!("explain-settings-none"));
        }
        for setting in list(settings) {
            let keyword = word(&setting["keyword"]);
            for value in list(&setting["values"]) {
                let (value, origin) = (word(&value["value"]), word(&value["origin"]));
                self.line(&format!("{keyword} {value}  ({origin})"));
            }
            for lost in list(&setting["overrode"]) {
                let (value, origin) = (word(&lost["value"]), word(&lost["origin"]));
                self.line(&format!("{INDENT}{}", say!("explain-overrode", value, origin)));
            }
        }
    }

    fn blocks(&mut self, blocks: &Json) {
        self.head(&say!("explain-blocks"));
        if list(blocks).is_empty() {
            self.line(&say!("explain-blocks-none"));
        }
        for block in list(blocks) {
            let sign = if block["applies"] == true { '+' } else { '-' };
            self.line(&format!("{sign} {}: {}", word(&block["origin"]), word(&block["line"])));
            self.line(&format!("{INDENT}{}", why(block)));
        }
    }

    fn authentication(&mut self, told: &Json) {
        self.head(&say!("explain-authentication"));
        if told["settled"] != true {
            return self.line(&say!("explain-unsettled"));
        }
        self.line(&method(told));
        for key in list(&told["keys"]) {
            self.line(&key_line(key));
        }
        for file in list(&told["certificates"]) {
            self.line(&say!("explain-certificate", file = word(file)));
        }
        if let Some(socket) = told["agent"].as_str() {
            let chosen = list(&told["methods"]).iter().any(|method| method == "agent");
            self.line(&match (told["agent_keys_offered"] == true, chosen) {
                (true, _) => say!("explain-agent-offered", socket),
                (false, true) => say!("explain-agent-used", socket),
                (false, false) => say!("explain-agent", socket),
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
                true => say!("explain-agent-key-chosen", algorithm, fingerprint, comment),
                false => say!("explain-agent-key", algorithm, fingerprint, comment),
            };
            self.line(&format!("{INDENT}{text}"));
        }
    }

    fn trust(&mut self, told: &Json) {
        let policy = &told["policy"];
        self.head(&say!("explain-trust", name = word(&told["name"])));
        let (value, origin) = (word(&policy["value"]), word(&policy["origin"]));
        self.line(&say!("explain-policy", value, origin));
        for file in list(&told["files"]) {
            let name = word(&file["file"]);
            self.line(&match file["exists"] == true {
                true => say!("explain-file", file = name),
                false => say!("explain-file-missing", file = name),
            });
        }
        known(told).iter().for_each(|line| self.line(line));
        let dns = &told["dns"];
        let origin = word(&dns["origin"]);
        self.line(&match dns["value"].as_str() {
            Some("yes") => say!("explain-dns-yes", origin),
            Some("ask") => say!("explain-dns-ask", origin),
            _ => say!("explain-dns", origin),
        });
        let all = &told["revoked_host_keys"];
        for revoked in list(&all["files"]) {
            let (file, origin) = (word(&revoked["file"]), word(&all["origin"]));
            self.line(&match revoked["readable"] == true {
                true => say!("explain-revoked-list", file, origin),
                false => say!("explain-revoked-list-missing", file, origin),
            });
        }
        let program = &told["known_hosts_command"];
        if program.is_object() {
            let (command, origin) = (word(&program["command"]), word(&program["origin"]));
            self.line(&say!("explain-known-hosts-command", command, origin));
        }
    }

    fn end(&mut self, told: &Json) {
        let warnings = list(&told["warnings"]);
        if !warnings.is_empty() {
            self.head(&say!("explain-warnings"));
            warnings.iter().for_each(|warning| self.line(&word(warning)));
        }
        if let Some(refused) = told["refused"].as_str() {
            self.head(&say!("explain-refused"));
            self.line(refused);
        }
    }
}

/// Which method, and what settled it.
fn method(told: &Json) -> String {
    let Some(methods) = told["methods"].as_array() else { return say!("explain-asked") };
    let methods: Vec<String> = methods.iter().map(word).collect();
    let methods = methods.join(", ");
    match told["method_origin"].as_str() {
        Some(origin) => say!("explain-methods-by", methods, origin),
        None => say!("explain-methods", methods),
    }
}

fn key_line(key: &Json) -> String {
    let (file, origin) = (word(&key["file"]), word(&key["origin"]));
    if key["exists"] != true {
        return say!("explain-key-missing", file, origin);
    }
    if let Some(fault) = key["fault"].as_str() {
        return say!("explain-key-fault", fault, origin);
    }
    if key["type"].is_null() {
        return say!("explain-key", file, origin);
    }
    let (algorithm, fingerprint) = (word(&key["type"]), word(&key["fingerprint"]));
    match key["needs_passphrase"] == true {
        true => say!("explain-key-locked", file, algorithm, fingerprint, origin),
        false => say!("explain-key-shown", file, algorithm, fingerprint, origin),
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
                "keys" => say!("explain-known-key", at, algorithm, fingerprint),
                "authorities" => say!("explain-authority", at, algorithm, fingerprint),
                _ => say!("explain-revoked", at, algorithm, fingerprint),
            });
        }
    }
    if told.is_empty() {
        told.push(say!("explain-unknown-host"));
    }
    for record in list(&trust["records"]) {
        let (name, at, validity) =
            (word(&record["name"]), word(&record["at"]), word(&record["validity"]));
        let (algorithm, fingerprint) = (word(&record["type"]), word(&record["fingerprint"]));
        told.push(say!("explain-record", name, algorithm, fingerprint, validity, at));
    }
    for fault in list(&trust["records_faults"]) {
        told.push(say!("explain-record-fault", fault = word(fault)));
    }
    for pin in list(&trust["pins"]) {
        told.push(say!("explain-pin", pin = word(&pin["pin"]), from = word(&pin["from"])));
    }
    told
}

/// Why a block applies or not, in one line.
fn why(block: &Json) -> String {
    let (what, actual) = (word(&block["what"]), word(&block["actual"]));
    let why = match block["reason"].as_str() {
        Some("pattern") => say!("explain-why-pattern", what),
        Some("negated") => say!("explain-why-negated", what),
        Some("no-pattern") => say!("explain-why-no-pattern"),
        Some("all") => say!("explain-why-all"),
        Some("outside") => say!("explain-why-outside"),
        _ if actual.is_empty() => say!("explain-why-criterion", what),
        _ => say!("explain-why-criterion-value", what, actual),
    };
    match block["second"] == true && block["applies"] == true {
        true => format!("{why} {}", say!("explain-second-reading")),
        false => why,
    }
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
