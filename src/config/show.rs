//! Prints the effective configuration in the form of `ssh -G`: one keyword in lower case and its
//! value on each line, every keyword that OpenSSH 10.6 prints, in its order, and the GSSAPI ones of
//! Debian 12.
//!
//! Two things differ on purpose: the lists of algorithms and the default identities are tessh's
//! own. Values that tessh does not honour are printed, too.

use std::path::PathBuf;

use super::keyword::Keyword;
use super::layers::{Directive, Layers};
use super::options::{ForwardAgent, Options};
use super::origin::Setting;
use super::route::proxies;
use super::value::{
    self, Connect, ControlPersist, Forward, LogLevel, OBSCURE_INTERVAL, is_none,
    obscure as obscured, qos_name,
};

use Keyword as K;

/// The input from which the lines of `-G` are made.
pub struct EffectiveConfig<'a> {
    /// The collected values.
    pub layers: &'a Layers,
    /// The options computed from them.
    pub options: &'a Options,
    /// The host as typed.
    pub host: &'a str,
    /// Whether there is a remote command.
    pub command: bool,
    /// Resolves a keyword's list of algorithms.
    pub list: &'a dyn Fn(Keyword, Option<&str>) -> String,
}

/// How a keyword is printed, and what is printed if it is not set.
enum PrintForm {
    /// `yes` or `no`.
    Flag(bool),
    /// One of several words, under the name that ssh(1) prints; the default.
    Word(&'static str),
    /// A number.
    Number(u32),
    /// A time in seconds; this word if there is none.
    Seconds(&'static str),
    /// The text unchanged; no line if it is not set.
    Text,
    /// The text unchanged; no line if it is not set or is `none`.
    TextButNone,
    /// The text unchanged; this default if it is not set.
    TextOr(&'static str),
    /// All words on one line; this default if there are none.
    Line(&'static str),
    /// A list of algorithms.
    List,
    /// One line for each value.
    Each,
    /// By this function.
    Own(fn(&EffectiveConfig<'_>) -> Vec<String>),
}

use PrintForm::{Each, Flag, Line, List, Number, Own, Seconds, Text, TextButNone, TextOr, Word};

/// The GSSAPI key exchanges that Debian's ssh(1) proposes.
const GSSAPI_KEX: &str = "gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,\
                          gss-curve25519-sha256-,gss-group14-sha1-,gss-gex-sha1-";
/// Debian's default for ServerAliveInterval in BatchMode, in seconds.
const BATCH_ALIVE: &str = "300";

/// The keywords in the order of `ssh -G`.
const ORDER: &[(Keyword, PrintForm)] = &[
    (K::User, Own(|s| vec![s.options.user.value.clone()])),
    (K::HostName, Own(|s| vec![s.options.hostname.value.clone()])),
    (K::Port, Own(|s| vec![s.options.port.to_string()])),
    (K::AddressFamily, Word("any")),
    (K::BatchMode, Flag(false)),
    (K::CanonicalizeFallbackLocal, Flag(true)),
    (K::CanonicalizeHostname, Word("false")),
    (K::CheckHostIP, Flag(false)),
    (K::Compression, Flag(false)),
    (K::ControlMaster, Word("false")),
    (K::EnableSSHKeysign, Flag(false)),
    (K::ClearAllForwardings, Flag(false)),
    (K::ExitOnForwardFailure, Flag(false)),
    (K::FingerprintHash, Own(|s| vec![s.text(K::FingerprintHash, "SHA256").to_uppercase()])),
    (K::ForwardX11, Flag(false)),
    (K::ForwardX11Trusted, Flag(true)),
    (K::GatewayPorts, Flag(false)),
    (K::GSSAPIAuthentication, Flag(false)),
    (K::GSSAPIKeyExchange, Flag(false)),
    (K::GSSAPIDelegateCredentials, Flag(false)),
    (K::GSSAPITrustDns, Flag(false)),
    (K::GSSAPIRenewalForcesRekey, Flag(false)),
    (K::GSSAPIClientIdentity, Text),
    (K::GSSAPIServerIdentity, Text),
    (K::GSSAPIKexAlgorithms, TextOr(GSSAPI_KEX)),
    (K::HashKnownHosts, Flag(false)),
    (K::HostbasedAuthentication, Flag(false)),
    (K::IdentitiesOnly, Flag(false)),
    (K::KbdInteractiveAuthentication, Flag(true)),
    (K::NoHostAuthenticationForLocalhost, Flag(false)),
    (K::PasswordAuthentication, Flag(true)),
    (K::PermitLocalCommand, Flag(false)),
    (K::ProxyUseFdpass, Own(use_fdpass)),
    (K::PubkeyAuthentication, Word("true")),
    (K::RequestTTY, Word("auto")),
    (K::SessionType, Word("default")),
    (K::StdinNull, Flag(false)),
    (K::ForkAfterAuthentication, Flag(false)),
    (K::StreamLocalBindUnlink, Flag(false)),
    (K::StrictHostKeyChecking, Word("ask")),
    (K::TCPKeepAlive, Own(tcp_keep_alive)),
    (K::Tunnel, Own(tunnel)),
    (K::VerifyHostKeyDNS, Word("false")),
    (K::VisualHostKey, Flag(false)),
    (K::UpdateHostKeys, Own(update_host_keys)),
    (K::EnableEscapeCommandline, Flag(false)),
    (K::WarnWeakCrypto, Own(warn_weak_crypto)),
    (K::CanonicalizeMaxDots, Number(1)),
    (K::ConnectionAttempts, Number(1)),
    (K::ForwardX11Timeout, Seconds("1200")),
    (K::NumberOfPasswordPrompts, Number(3)),
    (K::ServerAliveCountMax, Number(3)),
    (K::ServerAliveInterval, Own(alive_interval)),
    (K::RequiredRSASize, Number(1024)),
    (K::ObscureKeystrokeTiming, Own(obscure)),
    (K::BindAddress, Text),
    (K::BindInterface, Text),
    (K::Ciphers, List),
    (
        K::ControlPath,
        Own(|s| s.options.sharing.path.iter().map(|it| it.display().to_string()).collect()),
    ),
    (K::HostKeyAlgorithms, List),
    (K::HostKeyAlias, Own(|s| s.options.host_key_alias.iter().cloned().collect())),
    (K::HostbasedAcceptedAlgorithms, List),
    (K::IdentityAgent, Own(identity_agent)),
    (K::IgnoreUnknown, Text),
    (K::KbdInteractiveDevices, Text),
    (K::KexAlgorithms, List),
    (K::CASignatureAlgorithms, List),
    (K::LocalCommand, TextButNone),
    (K::RemoteCommand, Own(|s| s.options.remote_command.iter().cloned().collect())),
    (K::LogLevel, Own(log_level)),
    (K::MACs, List),
    (K::PKCS11Provider, TextButNone),
    (K::SecurityKeyProvider, Own(key_provider)),
    (K::PreferredAuthentications, Text),
    (K::PubkeyAcceptedAlgorithms, List),
    (K::XAuthLocation, TextOr("/usr/bin/xauth")),
    (K::KnownHostsCommand, TextButNone),
    (K::Tag, Text),
    (K::VersionAddendum, Own(version_addendum)),
    (K::DynamicForward, Own(dynamic_forwards)),
    (K::LocalForward, Own(|s| forwards(&s.options.forwarding.local))),
    (K::RemoteForward, Own(|s| forwards(&s.options.forwarding.remote))),
    (K::IdentityFile, Own(identity_files)),
    (K::CanonicalDomains, Line("none")),
    (K::CertificateFile, Each),
    (K::GlobalKnownHostsFile, Line("/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2")),
    (K::UserKnownHostsFile, Own(|s| vec![files(&s.options.user_known_hosts_files)])),
    (K::RevokedHostKeys, Own(|s| vec![files(&s.options.revoked_host_keys)])),
    (K::SendEnv, Own(|s| s.options.send_env.value.clone())),
    (K::SetEnv, Own(set_env)),
    (K::LogVerbose, Own(|s| vec![s.text(K::LogVerbose, "none")])),
    (K::ChannelTimeout, Own(channel_timeouts)),
    (K::PermitRemoteOpen, Line("any")),
    (K::AddKeysToAgent, Own(add_keys)),
    (K::ForwardAgent, Own(forward_agent)),
    (K::ConnectTimeout, Seconds("none")),
    (K::TunnelDevice, Own(tunnel_device)),
    (K::CanonicalizePermittedCNAMEs, Line("none")),
    (K::ControlPersist, Own(control_persist)),
    (K::EscapeChar, Own(escape_char)),
    (K::IPQoS, Own(ip_qos)),
    (K::RekeyLimit, Own(rekey_limit)),
    (K::StreamLocalBindMask, Own(|s| vec![format!("0{:o}", *s.options.forwarding.bind_mask)])),
    (K::SyslogFacility, Own(facility)),
    (K::ProxyCommand, Own(proxy_command)),
    (K::ProxyJump, Own(proxy_jump)),
];

/// All lines, without line breaks.
pub fn lines(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let mut lines = vec![format!("host {}", shown.host)];
    for (keyword, form) in ORDER {
        let name = keyword.name().to_ascii_lowercase();
        lines.extend(shown.values(*keyword, form).iter().map(|value| format!("{name} {value}")));
    }
    lines
}

/// The values of one keyword as `-G` prints them; in most cases one.
pub fn effective(shown: &EffectiveConfig<'_>, keyword: Keyword) -> Vec<String> {
    let form = ORDER.iter().find(|(known, _)| *known == keyword);
    form.map_or_else(Vec::new, |(_, form)| shown.values(keyword, form))
}

impl EffectiveConfig<'_> {
    fn first(&self, keyword: Keyword) -> Option<&Directive> {
        self.layers.first(keyword)
    }

    /// The first argument of a keyword, or this default.
    fn text(&self, keyword: Keyword, default: &str) -> String {
        let word = self.first(keyword).and_then(|entry| entry.args.first());
        word.map_or(default, String::as_str).to_owned()
    }

    fn values(&self, keyword: Keyword, form: &PrintForm) -> Vec<String> {
        let set = self.first(keyword).map(|entry| entry.args[0].as_str());
        let yes_no = |on: bool| if on { "yes" } else { "no" }.to_owned();
        let one = match form {
            Flag(default) => {
                yes_no(set.and_then(|text| value::flag(text).ok()).unwrap_or(*default))
            }
            Word(default) => set.map_or((*default).to_owned(), |text| word(keyword, text)),
            Number(default) => {
                set.and_then(|text| value::number(text).ok()).unwrap_or(*default).to_string()
            }
            Seconds(default) => set
                .filter(|text| !is_none(text))
                .and_then(|text| value::time(text).ok())
                .map_or((*default).to_owned(), |time| time.as_secs().to_string()),
            Text => return set.map(str::to_owned).into_iter().collect(),
            TextButNone => {
                return set.filter(|text| !is_none(text)).map(str::to_owned).into_iter().collect();
            }
            TextOr(default) => set.unwrap_or(default).to_owned(),
            Line(default) => {
                let line = self.first(keyword).map(|entry| entry.args.join(" "));
                let line = line.unwrap_or_else(|| (*default).to_owned());
                return Some(line).filter(|line| !line.is_empty()).into_iter().collect();
            }
            List => (self.list)(keyword, set),
            Each => return self.layers.all(keyword).map(|entry| entry.args[0].clone()).collect(),
            Own(values) => return values(self),
        };
        vec![one]
    }
}

/// The first name that ssh(1) has for the meaning of a word.
fn word(keyword: Keyword, text: &str) -> String {
    let text = text.to_ascii_lowercase();
    match (keyword, text.as_str()) {
        (K::Tunnel, "yes" | "true") => "point-to-point".to_owned(),
        (K::CanonicalizeHostname, "none") => "false".to_owned(),
        (_, "yes") => "true".to_owned(),
        (_, "no" | "off") => "false".to_owned(),
        _ => text,
    }
}

/// As in ssh_config(5): on, unless the user's files or VerifyHostKeyDNS are set; `ask` needs a
/// session with a person.
fn update_host_keys(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let set = shown.first(K::UpdateHostKeys).map(|entry| word(K::UpdateHostKeys, &entry.args[0]));
    let files = shown.first(K::UserKnownHostsFile);
    let usual = files.is_none_or(|entry| entry.args == ["~/.ssh/known_hosts"]);
    let by_dns = word(K::VerifyHostKeyDNS, &shown.text(K::VerifyHostKeyDNS, "no")) != "false";
    let value = set.unwrap_or_else(|| if usual && !by_dns { "true" } else { "false" }.to_owned());
    let o = shown.options;
    let persists = *o.sharing.persist != ControlPersist::No && o.sharing.path.is_some();
    let silent = shown.command
        || o.remote_command.is_some()
        || *o.request_tty == value::RequestTty::No
        || *o.log_level < LogLevel::Info
        || persists;
    vec![if value == "ask" && silent { "false".to_owned() } else { value }]
}

/// ProxyUseFdpass is off for connections to jump hosts.
fn use_fdpass(shown: &EffectiveConfig<'_>) -> Vec<String> {
    match shown.options.jumps.is_empty() {
        true => shown.values(K::ProxyUseFdpass, &Flag(false)),
        false => vec!["no".to_owned()],
    }
}

/// ClearAllForwardings disables the tunnel as well.
fn tunnel(shown: &EffectiveConfig<'_>) -> Vec<String> {
    match *shown.options.forwarding.clear_all {
        false => shown.values(K::Tunnel, &Word("false")),
        true => vec!["false".to_owned()],
    }
}

fn alive_interval(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let batch = *shown.options.batch_mode;
    let default = if batch { BATCH_ALIVE } else { "0" };
    shown.values(K::ServerAliveInterval, &Seconds(default))
}

fn identity_agent(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let Some(entry) = shown.first(K::IdentityAgent) else { return Vec::new() };
    let text = entry.args[0].as_str();
    let variable = text == "SSH_AUTH_SOCK" || (text.starts_with('$') && !text.starts_with("${"));
    match &*shown.options.identity_agent {
        Some(path) if !variable && !is_none(text) => vec![path.clone()],
        _ => vec![text.to_owned()],
    }
}

fn log_level(shown: &EffectiveConfig<'_>) -> Vec<String> {
    // `-G` prints the name that the level had before QUIET.
    vec![match *shown.options.log_level {
        LogLevel::Quiet => "SILENT".to_owned(),
        level => level.to_string(),
    }]
}

fn key_provider(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let text = shown.text(K::SecurityKeyProvider, "internal");
    Some(text).filter(|text| !is_none(text)).into_iter().collect()
}

fn files(files: &Setting<Vec<PathBuf>>) -> String {
    let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

fn forwards(forwards: &[Setting<Forward>]) -> Vec<String> {
    forwards.iter().map(|forward| format!("{} {}", forward.listen, forward.connect)).collect()
}

/// As in ssh(1), a local forwarding to a socket is listed here as well.
fn dynamic_forwards(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let o = &shown.options.forwarding;
    let mut rest = [o.local.iter().collect::<Vec<_>>(), o.dynamic.iter().collect()];
    let mut listed = Vec::new();
    for entry in shown.layers.entries() {
        let list = match entry.keyword {
            K::LocalForward => &mut rest[0],
            K::DynamicForward => &mut rest[1],
            _ => continue,
        };
        if let Some(found) = list.iter().position(|forward| forward.origin == entry.origin) {
            let forward = list.remove(found);
            if matches!(forward.connect, Connect::Path(_) | Connect::Socks) {
                listed.push(forward.listen.to_string());
            }
        }
    }
    listed
}

fn identity_files(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let named: Vec<_> =
        shown.layers.all(K::IdentityFile).map(|entry| entry.args[0].clone()).collect();
    if !named.is_empty() {
        return named;
    }
    let names = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];
    names.iter().map(|name| format!("~/.ssh/{name}")).collect()
}

fn set_env(shown: &EffectiveConfig<'_>) -> Vec<String> {
    shown.options.set_env.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn add_keys(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let keys = &*shown.options.add_keys_to_agent;
    let kind = match (keys.add, keys.ask, keys.confirm) {
        (false, ..) => "false",
        (_, true, _) => "ask",
        (_, _, true) => "confirm",
        _ => "true",
    };
    vec![match keys.lifetime {
        Some(time) if keys.confirm => format!("confirm {}", time.as_secs()),
        Some(time) => time.as_secs().to_string(),
        None => kind.to_owned(),
    }]
}

fn forward_agent(shown: &EffectiveConfig<'_>) -> Vec<String> {
    vec![match &*shown.options.forwarding.agent {
        ForwardAgent::No => "no".to_owned(),
        ForwardAgent::Yes => "yes".to_owned(),
        ForwardAgent::Socket(path) => path.display().to_string(),
        ForwardAgent::Variable(name) => format!("${name}"),
    }]
}

fn tunnel_device(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let text = shown.text(K::TunnelDevice, "any:any");
    let (local, remote) = value::tunnel_device(&text).unwrap_or((None, None));
    let side = |number: Option<u32>| number.map_or("any".to_owned(), |n| n.to_string());
    vec![format!("{}:{}", side(local), side(remote))]
}

fn control_persist(shown: &EffectiveConfig<'_>) -> Vec<String> {
    vec![match *shown.options.sharing.persist {
        ControlPersist::No => "no".to_owned(),
        ControlPersist::Forever => "yes".to_owned(),
        ControlPersist::Idle(time) => time.as_secs().to_string(),
    }]
}

fn escape_char(shown: &EffectiveConfig<'_>) -> Vec<String> {
    vec![match *shown.options.escape_char {
        None => "none".to_owned(),
        Some(byte @ ..32) => format!("\\^{}", char::from(byte + 64)),
        Some(byte) => char::from(byte).to_string(),
    }]
}

fn ip_qos(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let found = *shown.options.ip_qos;
    vec![format!("{} {}", qos_name(found.interactive), qos_name(found.bulk))]
}

/// Prints what ssh(1) would do; `keyword` says what tessh does.
fn obscure(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let set = shown.first(K::ObscureKeystrokeTiming).map(|entry| obscured(&entry.args[0]));
    vec![match set {
        None | Some(Ok(Some(OBSCURE_INTERVAL))) => "yes".to_owned(),
        Some(Ok(Some(interval))) => interval.as_millis().to_string(),
        Some(_) => "no".to_owned(),
    }]
}

fn channel_timeouts(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let entry = shown.first(K::ChannelTimeout);
    vec![entry.map_or("none".to_owned(), |entry| entry.args.join(" "))]
}

/// An addendum set to `none` is printed as an empty value.
fn version_addendum(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let addendum = &shown.options.version_addendum;
    let set = addendum.is_set().then(|| addendum.value.clone().unwrap_or_default());
    set.into_iter().collect()
}

/// Since 10.0, ssh(1) prints it with the words of a keyword that may have more than two values.
/// `transport` is the same as `true`, and is printed so.
fn tcp_keep_alive(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let all = shown.text(K::TCPKeepAlive, "").eq_ignore_ascii_case("all");
    vec![if all { "all".to_owned() } else { shown.options.tcp_keep_alive.to_string() }]
}

fn warn_weak_crypto(shown: &EffectiveConfig<'_>) -> Vec<String> {
    vec![if *shown.options.warn_weak_crypto { "yes" } else { "no" }.to_owned()]
}

fn rekey_limit(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let limit = *shown.options.rekey_limit;
    let time = limit.time.map_or(0, |t| t.as_secs());
    vec![format!("{} {time}", limit.bytes.unwrap_or(0))]
}

fn facility(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let text = shown.text(K::SyslogFacility, "USER");
    vec![value::facility(&text).unwrap_or("USER").to_owned()]
}

/// ProxyCommand unexpanded, because only a connection expands it.
fn proxy_command(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let (command, _) = proxies(shown.layers);
    command.value.into_iter().collect()
}

/// ProxyJump with all but the last host unchanged.
fn proxy_jump(shown: &EffectiveConfig<'_>) -> Vec<String> {
    let (Some(text), Some(last)) = (&*shown.options.proxy_jump, shown.options.jumps.last()) else {
        return Vec::new();
    };
    let before = text.rsplit_once(',').map(|(before, _)| format!("{before},"));
    vec![format!("{}{last}", before.unwrap_or_default())]
}
