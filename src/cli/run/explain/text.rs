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
        for hop in list(&route["hops"]) {
            let (host, user) = (word(&hop["host"]), word(&hop["user"]));
            let (hostname, port) = (word(&hop["hostname"]), word(&hop["port"]));
            let told = say!("route-explain-hop", host, user, hostname, port);
            self.line(&format!("{INDENT}{told}"));
            if let Some(command) = hop["proxy_command"].as_str() {
                let told = say!("explain-proxy", command, origin = word(&hop["host"]));
                self.line(&format!("{INDENT}{told}"));
            }
        }
        if let Some(server) = route["proxy"].as_str() {
            self.line(&say!("route-explain-proxy", server));
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
        match told["methods"].as_array() {
            Some(methods) => {
                let methods: Vec<String> = methods.iter().map(word).collect();
                self.line(&say!("explain-methods", methods = methods.join(", ")));
            }
            None => self.line(&say!("explain-asked")),
        }
        for key in list(&told["keys"]) {
            let (file, origin) = (word(&key["file"]), word(&key["origin"]));
            self.line(&match key["exists"] == true {
                true => say!("explain-key", file, origin),
                false => say!("explain-key-missing", file, origin),
            });
        }
        for file in list(&told["certificates"]) {
            self.line(&say!("explain-certificate", file = word(file)));
        }
        if let Some(socket) = told["agent"].as_str() {
            self.line(&match told["agent_keys_offered"] == true {
                true => say!("explain-agent-offered", socket),
                false => say!("explain-agent", socket),
            });
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
        let mut any = false;
        for kind in ["keys", "authorities", "revoked"] {
            for line in list(&told[kind]) {
                any = true;
                let (at, algorithm) = (word(&line["at"]), word(&line["type"]));
                let fingerprint = word(&line["fingerprint"]);
                self.line(&match kind {
                    "keys" => say!("explain-known-key", at, algorithm, fingerprint),
                    "authorities" => say!("explain-authority", at, algorithm, fingerprint),
                    _ => say!("explain-revoked", at, algorithm, fingerprint),
                });
            }
        }
        if !any {
            self.line(&say!("explain-unknown-host"));
        }
        self.line(&say!("explain-dns", value = word(&told["dns"])));
        if told["revoked_host_keys"] != "none" {
            self.line(&say!("explain-revoked-list", file = word(&told["revoked_host_keys"])));
        }
        if told["known_hosts_command"] != "none" {
            let command = word(&told["known_hosts_command"]);
            self.line(&say!("explain-known-hosts-command", command));
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
