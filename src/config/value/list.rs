//! Parses values of several words.

use super::scalar::is_none;
use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// The longest domain in CanonicalDomains: the limit of DNS.
const MAX_DOMAIN: usize = 253;

/// The most domains in CanonicalDomains, as in ssh(1): each may cost a wait for the DNS.
const MAX_DOMAINS: usize = 32;

/// Splits `NAME=value`.
///
/// # Errors
/// `Invalid SetEnv.`
pub fn split_pair(text: &str) -> Result<(&str, &str), ConfigFault> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(say!(config_invalid_setenv)),
    }
}

/// Splits a comma-separated list into words.
pub fn comma_list(text: &str) -> Result<Vec<String>, ConfigFault> {
    Ok(text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// The words unchanged; the single word `none` is the empty list.
pub fn words_but_none(args: &[String]) -> Result<Vec<String>, ConfigFault> {
    match args {
        [only] if is_none(only) => Ok(Vec::new()),
        all => Ok(all.to_vec()),
    }
}

pub fn alone(args: &[String], word: &str) -> Result<(), ConfigFault> {
    let found = args.iter().any(|arg| arg.eq_ignore_ascii_case(word));
    if found && args.len() > 1 { Err(say!(config_alone, word)) } else { Ok(()) }
}

pub fn domains(args: &[String]) -> Result<(), ConfigFault> {
    let fits = |domain: &str| {
        let bytes = domain.as_bytes();
        domain.len() <= MAX_DOMAIN
            && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(b))
            && !domain.contains("..")
    };
    match args.iter().find(|domain| !fits(domain)) {
        Some(bad) => Err(say!(config_bad_domain, domain = shown(bad))),
        None if args.len() > MAX_DOMAINS => Err(say!(config_many_domains, limit = MAX_DOMAINS)),
        None => Ok(()),
    }
}

pub fn permitted_names(args: &[String]) -> Result<(), ConfigFault> {
    if let [only] = args
        && is_none(only)
    {
        return Ok(());
    }
    // A rule that is nothing but `*` permits every alias of every name.
    let fits = |rule: &str| {
        rule == "*"
            || rule.split_once(':').is_some_and(|(from, to)| !from.is_empty() && !to.is_empty())
    };
    match args.iter().find(|rule| !fits(rule)) {
        Some(bad) => Err(say!(config_bad_cname, rule = shown(bad))),
        None => Ok(()),
    }
}
