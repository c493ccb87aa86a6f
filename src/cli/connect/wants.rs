//! Converts the options to the types of `client`. Only reads the options, the environment and the
//! terminal.

use log::warn;
use russh::Pty;

use super::{route, trust_places};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::local::window_size;
use crate::cli::resolve::Plan;
use crate::client::algorithms::{self, AlgorithmFamily, Lists};
use crate::client::forward::{Forward, ForwardDirection, ForwardSettings};
use crate::client::handshake::TransportOptions;
use crate::client::host_key::{DnsCheck, HostPolicy, SettledKey};
use crate::client::session::{ProgramRequest, PtyRequest};
use crate::client::stream::{Diagnosis, ProxyCommand, ProxyErrors, ProxyProgram, Route};
use crate::config::{self, Keyword, Options, RequestTty, SessionType, Setting};
use crate::error::Result;
use crate::os::descriptor;
use crate::profiles::teleport;
use crate::say;
use crate::terminal;
use crate::trust::{Policy, Requirements, VerifyDns};

/// Whether standard input is not read (StdinNull); going to the background implies it.
pub fn no_input(options: &Options) -> bool {
    options.stdin_null.value || options.fork_after_authentication.value
}

/// Whether standard input is a terminal that is read from.
pub fn at_terminal(options: &Options) -> bool {
    !no_input(options) && terminal::is_terminal(descriptor::stdin())
}

/// Whether to request a terminal on the server; warns if one is wanted and there is none here.
pub fn wants_pty(options: &Options, command: bool, at_terminal: bool) -> bool {
    let has = has_pty(options, command, at_terminal);
    if !has && asks_for_pty(options, command) {
        warn!("{}", say!(pty_not_allocated));
    }
    has
}

/// As [`wants_pty`], without a word about a terminal that is missing.
pub fn has_pty(options: &Options, command: bool, at_terminal: bool) -> bool {
    let force = options.request_tty.value == RequestTty::Force;
    asks_for_pty(options, command) && (at_terminal || force)
}

/// Whether to request a terminal on the server, provided there is one here.
pub fn asks_for_pty(options: &Options, command: bool) -> bool {
    let shell = !command && options.session_type.value == SessionType::Default;
    match options.request_tty.value {
        RequestTty::Force | RequestTty::Yes => true,
        RequestTty::No => false,
        RequestTty::Auto => shell,
    }
}

/// The traffic class of packets (IPQoS), which depends on the own session, not on its forwards.
pub fn class(plan: &Plan) -> Option<u8> {
    let options = &plan.options;
    let asks = asks_for_pty(options, plan.command.is_some()) && plan.stdio_forward.is_none();
    let force = options.request_tty.value == RequestTty::Force;
    match asks && (at_terminal(options) || force) {
        true => options.ip_qos.interactive,
        false => options.ip_qos.bulk,
    }
}

/// The program to start on the server.
pub fn program(options: &Options, command: Option<Vec<u8>>) -> ProgramRequest {
    match (command, options.session_type.value) {
        (command, SessionType::Subsystem) => {
            let name = command.unwrap_or_default();
            ProgramRequest::Subsystem(String::from_utf8_lossy(&name).into_owned())
        }
        (Some(command), _) => ProgramRequest::Exec(command),
        (None, _) => ProgramRequest::Shell,
    }
}

/// The terminal for the server's programs, with these modes or those that the local one has now.
pub fn pty_request(
    plan: &Plan,
    environment: &ProcessEnvironment,
    modes: Option<Vec<(Pty, u32)>>,
) -> PtyRequest {
    let options = &plan.options;
    let kind = set_term(options).or_else(|| plan.terminal.kind.clone());
    let now = || plan.terminal.modes.over(terminal::modes(descriptor::stdin()));
    PtyRequest {
        term: kind.or_else(|| environment.get("TERM")).unwrap_or_default(),
        size: window_size().unwrap_or_default(),
        modes: modes.unwrap_or_else(now),
    }
}

/// The terminal's type that SetEnv names; as in ssh it takes precedence over all others.
pub fn set_term(options: &Options) -> Option<String> {
    let mut set = options.set_env.value.iter();
    let found = set.find(|(name, value)| name == "TERM" && !value.is_empty());
    found.map(|(_, value)| value.clone())
}

/// The variables to send: SetEnv first, then our own that SendEnv selects; the first value of a
/// name counts.
pub fn sent_environment(
    options: &Options,
    environment: &ProcessEnvironment,
) -> Vec<(String, String)> {
    let mut sent: Vec<(String, String)> = options.set_env.value.clone();
    for (name, value) in environment.all() {
        let picked = options.send_env.iter().any(|pattern| crate::pattern::matches(pattern, &name));
        if picked && !sent.iter().any(|(set, _)| *set == name) {
            sent.push((name, value));
        }
    }
    sent
}

/// How to reach the host, or the proxy before it, over the network.
pub fn route(plan: &Plan, environment: &ProcessEnvironment) -> Route {
    let options = &plan.options;
    Route {
        host: options.hostname.value.clone(),
        port: options.port.value,
        family: options.address_family.value,
        bind: options.bind_address.value.clone(),
        bind_interface: options.bind_interface.value.clone(),
        tcp_keep_alive: options.tcp_keep_alive.value,
        class: class(plan),
        attempts: options.connection_attempts.value,
        proxy: proxy_command(plan, environment),
    }
}

/// The command that is the connection: tsh for a node of a Teleport cluster, or ProxyCommand.
fn proxy_command(plan: &Plan, environment: &ProcessEnvironment) -> Option<ProxyCommand> {
    if let Some(tsh) = &plan.teleport {
        let target = tsh.target.clone();
        let diagnosis = Diagnosis::new(move |said| teleport::diagnose(said, &target));
        let (program, arguments) = (tsh.program.clone(), tsh.arguments());
        return Some(ProxyCommand {
            program: ProxyProgram::Words { program, arguments },
            errors: ProxyErrors::Watched(Some(diagnosis)),
        });
    }
    plan.options.proxy_command.value.clone().map(|command| ProxyCommand {
        program: ProxyProgram::Line { shell: environment.shell(), command },
        errors: ProxyErrors::Inherited,
    })
}

/// The rules for checking the host key.
pub fn host_policy(plan: &Plan, environment: &ProcessEnvironment) -> Result<HostPolicy> {
    let (options, session) = (&plan.options, plan.profile.as_ref());
    Ok(HostPolicy {
        subject: trust_places::subject(options, session)?,
        shown: route::shown(plan),
        sources: trust_places::sources(options, session),
        policy: match options.strict_host_key_checking.value {
            config::StrictHostKeyChecking::Yes => Policy::Yes,
            config::StrictHostKeyChecking::Ask => Policy::Ask,
            config::StrictHostKeyChecking::AcceptNew => Policy::AcceptNew,
            config::StrictHostKeyChecking::No => Policy::No,
        },
        hash: options.hash_known_hosts.value,
        command: options.known_hosts_command.value.clone(),
        revoked: options.revoked_host_keys.value.clone(),
        authorities: Some(environment.authorities()),
        authority_places: trust_places::authority_places(session, &environment.context())?,
        cluster: plan.cluster.clone(),
        requirements: Requirements::new(
            options.ca_signature_algorithms.value.as_deref(),
            *options.required_rsa_size,
        ),
        pins: plan.pins.clone(),
        update: match options.update_host_keys.value {
            config::UpdateHostKeys::Ask if options.batch_mode.value => config::UpdateHostKeys::No,
            update => update,
        },
        any_at_loopback: options.no_host_authentication_for_localhost.value,
        visual: options.visual_host_key.value,
        dns: dns_check(options, environment)?,
        first_seen: Some(environment.first_seen()),
        settled: SettledKey::default(),
    })
}

/// Whether to look up SSHFP records (VerifyHostKeyDNS), and which servers to ask.
pub fn dns_check(options: &Options, environment: &ProcessEnvironment) -> Result<DnsCheck> {
    let verify = match options.verify_host_key_dns.value {
        config::VerifyHostKeyDns::Yes => VerifyDns::Yes,
        config::VerifyHostKeyDns::Ask => VerifyDns::Ask,
        config::VerifyHostKeyDns::No => return Ok(DnsCheck::default()),
    };
    let host = options.hostname.value.clone();
    Ok(DnsCheck { verify, host, resolver: environment.dns_resolver()? })
}

/// The configured algorithm lists.
pub fn lists(options: &Options) -> Lists<'_> {
    Lists {
        kex: options.kex_algorithms.value.as_deref(),
        host_key: options.host_key_algorithms.value.as_deref(),
        cipher: options.ciphers.value.as_deref(),
        mac: options.macs.value.as_deref(),
        compression: options.compression.value,
    }
}

/// Reports names in the lists that only ssh(1) has, one line for each list.
pub fn left_out(options: &Options) -> Vec<String> {
    let lists = lists(options);
    algorithms::left_out(&[
        (AlgorithmFamily::Kex, lists.kex),
        (AlgorithmFamily::HostKey, lists.host_key),
        (AlgorithmFamily::Cipher, lists.cipher),
        (AlgorithmFamily::Mac, lists.mac),
        (AlgorithmFamily::Pubkey, options.pubkey_accepted_algorithms.value.as_deref()),
    ])
}

/// The algorithms, rekeying and keepalives of the encrypted connection.
pub fn transport_options(options: &Options) -> TransportOptions<'_> {
    TransportOptions {
        lists: lists(options),
        warn_weak_crypto: options.warn_weak_crypto.value,
        rekey_bytes: options.rekey_limit.value.bytes,
        rekey_time: options.rekey_limit.value.time,
        alive_interval: options.server_alive_interval.value,
        alive_count_max: options.server_alive_count_max.value,
        version_addendum: options.version_addendum.value.as_deref(),
        is_subsystem: options.session_type.value == SessionType::Subsystem,
    }
}

/// The options that all forwards of a connection share.
pub fn forward_settings(options: &Options) -> ForwardSettings {
    let forwarding = &options.forwarding;
    ForwardSettings {
        gateway_ports: *forwarding.gateway_ports,
        bind_mask: *forwarding.bind_mask,
        bind_unlink: *forwarding.bind_unlink,
        exit_on_failure: *forwarding.exit_on_failure,
        permit_remote_open: forwarding.permit_remote_open.value.clone(),
        family: options.address_family.value,
        timeouts: options.channel_timeouts.value.clone(),
        command_line: *options.enable_escape_commandline,
    }
}

/// The forwards that the options ask for.
pub fn forwards(options: &Options) -> Vec<(ForwardDirection, Forward)> {
    let forwarding = &options.forwarding;
    let of = |way, forwards: &[Setting<Forward>]| {
        forwards.iter().map(|forward| (way, forward.value.clone())).collect::<Vec<_>>()
    };
    let mut wanted = of(ForwardDirection::Local, &forwarding.local);
    wanted.extend(of(ForwardDirection::Dynamic, &forwarding.dynamic));
    wanted.extend(of(ForwardDirection::Remote, &forwarding.remote));
    wanted
}

/// The signature algorithms of a configuration value. With `certificates`, the defaults include
/// those for certificates.
pub fn signatures(value: Option<&str>, certificates: bool) -> Result<Vec<String>> {
    let plain = AlgorithmFamily::Pubkey.defaults().iter().map(|&name| name.to_owned());
    let defaults: Vec<String> = match certificates {
        true => plain.clone().map(|name| algorithms::of_certificate(&name)).chain(plain).collect(),
        false => plain.collect(),
    };
    let without = |mut names: Vec<String>, gone: &[String]| {
        names.retain(|name| !gone.contains(name));
        names
    };
    match value.map(|value| value.split_at(value.len().min(1))) {
        None => Ok(defaults),
        Some(("-", gone)) => {
            let gone: Vec<&str> = gone.split(',').collect();
            let stays =
                |name: &String| !gone.iter().any(|gone| crate::pattern::matches(gone, name));
            Ok(defaults.into_iter().filter(stays).collect())
        }
        Some(("+", more)) => {
            let more = algorithms::named_in(AlgorithmFamily::Pubkey, more)?;
            let more = without(more, &defaults);
            Ok(defaults.into_iter().chain(more).collect())
        }
        Some(("^", first)) => {
            let first = algorithms::named_in(AlgorithmFamily::Pubkey, first)?;
            let rest = without(defaults, &first);
            Ok(first.into_iter().chain(rest).collect())
        }
        Some(_) => algorithms::select(AlgorithmFamily::Pubkey, value),
    }
}

/// The algorithms of a configuration value as a list; a value with names that only ssh(1) has is
/// kept as written.
pub fn list(keyword: Keyword, value: Option<&str>) -> String {
    let family = match keyword {
        Keyword::Ciphers => AlgorithmFamily::Cipher,
        Keyword::MACs => AlgorithmFamily::Mac,
        Keyword::KexAlgorithms => AlgorithmFamily::Kex,
        Keyword::HostKeyAlgorithms => AlgorithmFamily::HostKey,
        _ => AlgorithmFamily::Pubkey,
    };
    let chosen = match (keyword, family) {
        (Keyword::CASignatureAlgorithms, _) => signatures(value, false),
        (_, AlgorithmFamily::HostKey | AlgorithmFamily::Pubkey) => signatures(value, true),
        _ => algorithms::select(family, value),
    };
    match chosen {
        Ok(names) if algorithms::missing(family, value).is_empty() => names.join(","),
        Ok(_) | Err(_) => value.unwrap_or_default().to_owned(),
    }
}
