//! The effective configuration in the form of `ssh -G`: one keyword in lower case and its value
//! on each line. Only keywords that this program has an option for are there.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use super::options::Options;
use super::origin::Setting;
use super::value::{
    AddressFamily, FingerprintHash, LogLevel, RequestTty, SessionType, StrictHostKeyChecking,
    UpdateHostKeys, VerifyHostKeyDns,
};

/// The lines, without line breaks.
pub fn lines(options: &Options) -> Vec<String> {
    let mut out = Lines(Vec::new());
    identity(&mut out, options);
    trust(&mut out, options);
    connection(&mut out, options);
    session(&mut out, options);
    out.0
}

struct Lines(Vec<String>);

impl Lines {
    fn put(&mut self, keyword: &str, value: impl Display) {
        self.0.push(format!("{keyword} {value}"));
    }

    fn flag(&mut self, keyword: &str, value: bool) {
        self.put(keyword, if value { "yes" } else { "no" });
    }

    fn some(&mut self, keyword: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.put(keyword, value);
        }
    }

    fn files(&mut self, keyword: &str, files: &Setting<Vec<PathBuf>>) {
        let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        self.put(keyword, if names.is_empty() { "none".to_owned() } else { names.join(" ") });
    }

    fn seconds(&mut self, keyword: &str, time: Option<Duration>, unset: &str) {
        self.put(keyword, time.map_or_else(|| unset.to_owned(), |t| t.as_secs().to_string()));
    }
}

fn identity(out: &mut Lines, o: &Options) {
    out.put("user", &*o.user);
    out.put("hostname", &*o.hostname);
    out.put("port", *o.port);
    out.flag("batchmode", *o.batch_mode);
    out.flag("identitiesonly", *o.identities_only);
    out.some("identityagent", o.identity_agent.as_ref());
    for file in &*o.identity_files {
        out.put("identityfile", file.display());
    }
    for file in &*o.certificate_files {
        out.put("certificatefile", file.display());
    }
    out.flag("kbdinteractiveauthentication", *o.kbd_interactive_authentication);
    out.flag("passwordauthentication", *o.password_authentication);
    let pubkey = if *o.pubkey_authentication { "true" } else { "false" };
    out.put("pubkeyauthentication", pubkey);
    if let Some(words) = &*o.preferred_authentications {
        out.put("preferredauthentications", words.join(","));
    }
    out.put("numberofpasswordprompts", *o.number_of_password_prompts);
}

fn trust(out: &mut Lines, o: &Options) {
    out.files("userknownhostsfile", &o.user_known_hosts_files);
    out.files("globalknownhostsfile", &o.global_known_hosts_files);
    out.some("hostkeyalias", o.host_key_alias.as_ref());
    out.flag("hashknownhosts", *o.hash_known_hosts);
    let update = match *o.update_host_keys {
        UpdateHostKeys::No => "false",
        UpdateHostKeys::Yes => "true",
        UpdateHostKeys::Ask => "ask",
    };
    out.put("updatehostkeys", update);
    if let Some(file) = &*o.revoked_host_keys {
        out.put("revokedhostkeys", file.display());
    }
    if let Some(command) = &*o.known_hosts_command {
        out.put("knownhostscommand", command);
    }
    out.flag("nohostauthenticationforlocalhost", *o.no_host_authentication_for_localhost);
    out.flag("visualhostkey", *o.visual_host_key);
    let hash = match *o.fingerprint_hash {
        FingerprintHash::Md5 => "MD5",
        FingerprintHash::Sha256 => "SHA256",
    };
    out.put("fingerprinthash", hash);
    let strict = match *o.strict_host_key_checking {
        StrictHostKeyChecking::Yes => "true",
        StrictHostKeyChecking::Ask => "ask",
        StrictHostKeyChecking::AcceptNew => "accept-new",
        StrictHostKeyChecking::No => "false",
    };
    out.put("stricthostkeychecking", strict);
    let dns = match *o.verify_host_key_dns {
        VerifyHostKeyDns::Yes => "true",
        VerifyHostKeyDns::Ask => "ask",
        VerifyHostKeyDns::No => "false",
    };
    out.put("verifyhostkeydns", dns);
}

fn connection(out: &mut Lines, o: &Options) {
    let family = match *o.address_family {
        AddressFamily::Any => "any",
        AddressFamily::Inet => "inet",
        AddressFamily::Inet6 => "inet6",
    };
    out.put("addressfamily", family);
    out.flag("compression", *o.compression);
    out.put("connectionattempts", *o.connection_attempts);
    out.seconds("connecttimeout", *o.connect_timeout, "none");
    out.seconds("serveraliveinterval", *o.server_alive_interval, "0");
    out.put("serveralivecountmax", *o.server_alive_count_max);
    out.flag("tcpkeepalive", *o.tcp_keep_alive);
    out.some("bindaddress", o.bind_address.as_ref());
    out.some("bindinterface", o.bind_interface.as_ref());
    out.some("proxycommand", o.proxy_command.as_ref());
    out.some("proxyjump", o.proxy_jump.as_ref());
    out.some("ciphers", o.ciphers.as_ref());
    out.some("macs", o.macs.as_ref());
    out.some("kexalgorithms", o.kex_algorithms.as_ref());
    out.some("hostkeyalgorithms", o.host_key_algorithms.as_ref());
    out.some("pubkeyacceptedalgorithms", o.pubkey_accepted_algorithms.as_ref());
    let time = o.rekey_limit.time.map_or(0, |t| t.as_secs());
    out.put("rekeylimit", format!("{} {time}", o.rekey_limit.bytes.unwrap_or(0)));
}

fn session(out: &mut Lines, o: &Options) {
    let tty = match *o.request_tty {
        RequestTty::Auto => "auto",
        RequestTty::No => "false",
        RequestTty::Yes => "true",
        RequestTty::Force => "force",
    };
    out.put("requesttty", tty);
    let session = match *o.session_type {
        SessionType::Default => "default",
        SessionType::None => "none",
        SessionType::Subsystem => "subsystem",
    };
    out.put("sessiontype", session);
    out.flag("stdinnull", *o.stdin_null);
    out.flag("forkafterauthentication", *o.fork_after_authentication);
    out.flag("permitlocalcommand", *o.permit_local_command);
    out.some("localcommand", o.local_command.as_ref());
    out.some("remotecommand", o.remote_command.as_ref());
    for pattern in &*o.send_env {
        out.put("sendenv", pattern);
    }
    for (name, value) in &*o.set_env {
        out.put("setenv", format!("{name}={value}"));
    }
    let escape = match *o.escape_char {
        None => "none".to_owned(),
        Some(byte @ ..32) => format!("\\^{}", char::from(byte + 64)),
        Some(byte) => char::from(byte).to_string(),
    };
    out.put("escapechar", escape);
    // -G has had this name for it since before QUIET.
    let level = match *o.log_level {
        LogLevel::Quiet => "SILENT".to_owned(),
        level => level.to_string(),
    };
    out.put("loglevel", level);
    out.some("tag", o.tag.as_ref());
}
