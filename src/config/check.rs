//! Values that need more than their shape: places, masks, devices, domains, lists of hosts.
//!
//! Everything is checked where it is read, as ssh(1) does, whether its block applies or not.

use super::forward::Forward;
use super::jump::Jump;
use super::keyword::Keyword;
use super::value::{self, Fault, is_none, shown};
use super::{algorithms, options};
use crate::say;

/// The facilities of syslog(3) that ssh_config(5) names.
const FACILITIES: [&str; 12] = [
    "DAEMON", "USER", "AUTH", "AUTHPRIV", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4",
    "LOCAL5", "LOCAL6", "LOCAL7",
];
/// The longest domain of CanonicalDomains, as DNS has it.
const MAX_DOMAIN: usize = 253;

/// Checks the arguments of a keyword whose shape alone says too little.
///
/// # Errors
/// The fault, in ssh's words where it has some.
pub(super) fn check(keyword: Keyword, args: &[String]) -> Result<(), Fault> {
    let first = args.first().map_or("", String::as_str);
    match keyword {
        Keyword::LocalForward | Keyword::RemoteForward | Keyword::DynamicForward => {
            Forward::parse(keyword, args).map(drop)
        }
        Keyword::Ciphers
        | Keyword::MACs
        | Keyword::KexAlgorithms
        | Keyword::HostKeyAlgorithms
        | Keyword::HostbasedAcceptedAlgorithms
        | Keyword::PubkeyAcceptedAlgorithms
        | Keyword::CASignatureAlgorithms => algorithms::check(keyword, first),
        Keyword::ProxyJump => Jump::parse_list(first).map(drop),
        Keyword::StreamLocalBindMask => value::octal(first).map(drop),
        Keyword::TunnelDevice => tunnel_device(first).map(drop),
        Keyword::ControlPersist => options::persist(first).map(drop),
        Keyword::AddKeysToAgent => options::AddKeys::parse(args).map(drop),
        Keyword::ChannelTimeout => {
            alone(args, "none").and_then(|()| options::channel_timeouts(args).map(drop))
        }
        Keyword::ObscureKeystrokeTiming => options::obscure(first).map(drop),
        Keyword::SyslogFacility => facility(first).map(drop),
        Keyword::CanonicalDomains => alone(args, "none").and_then(|()| domains(args)),
        Keyword::CanonicalizePermittedCNAMEs => permitted_names(args),
        Keyword::PermitRemoteOpen => {
            alone(args, "none")?;
            alone(args, "any")?;
            let word = |text: &&String| is_none(text) || text.eq_ignore_ascii_case("any");
            args.iter().filter(|text| !word(text)).try_for_each(|text| value::place(text).map(drop))
        }
        _ => Ok(()),
    }
}

/// TunnelDevice: the two numbers, `None` for any.
///
/// # Errors
/// `Bad tun device.`
pub(super) fn tunnel_device(text: &str) -> Result<(Option<u32>, Option<u32>), Fault> {
    let bad = || say!("config-bad-tunnel", value = shown(text));
    let number = |text: &str| match text {
        "any" => Ok(None),
        number => value::number(number).map(Some).map_err(|_| bad()),
    };
    let (local, remote) = text.split_once(':').unwrap_or((text, "any"));
    Ok((number(local)?, number(remote)?))
}

/// SyslogFacility in its usual form.
///
/// # Errors
/// `unsupported log facility`
pub(super) fn facility(text: &str) -> Result<&'static str, Fault> {
    let found = FACILITIES.into_iter().find(|name| name.eq_ignore_ascii_case(text));
    found.ok_or_else(|| say!("config-bad-facility", value = shown(text)))
}

fn alone(args: &[String], word: &str) -> Result<(), Fault> {
    let found = args.iter().any(|arg| arg.eq_ignore_ascii_case(word));
    if found && args.len() > 1 { Err(say!("config-alone", word)) } else { Ok(()) }
}

fn domains(args: &[String]) -> Result<(), Fault> {
    let fits = |domain: &str| {
        let bytes = domain.as_bytes();
        domain.len() <= MAX_DOMAIN
            && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(b))
            && !domain.contains("..")
    };
    match args.iter().find(|domain| !fits(domain)) {
        Some(bad) => Err(say!("config-bad-domain", domain = shown(bad))),
        None => Ok(()),
    }
}

fn permitted_names(args: &[String]) -> Result<(), Fault> {
    if let [only] = args
        && is_none(only)
    {
        return Ok(());
    }
    let fits = |rule: &str| {
        rule.split_once(':').is_some_and(|(from, to)| !from.is_empty() && !to.is_empty())
    };
    match args.iter().find(|rule| !fits(rule)) {
        Some(bad) => Err(say!("config-bad-cname", rule = shown(bad))),
        None => Ok(()),
    }
}
