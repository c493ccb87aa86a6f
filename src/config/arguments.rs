//! Splits the arguments of a keyword into words and checks them.
//!
//! As in ssh(1), every line is checked when it is read, even in a block that does not apply. The
//! shape of a keyword (`keyword`) covers most checks; a few keywords have their own.

use super::fault::{AdvisedFault, ConfigFault, shown};
use super::keyword::{Keyword, Shape};
use super::line;
use super::value::{self, Forward, Jump, algorithms, is_none};
use crate::destination;
use crate::say;

/// Where the arguments of a keyword stand: the two sides of a forwarding are written otherwise.
#[derive(Clone, Copy)]
enum ArgumentPlace {
    /// On a line of a file or of `-o`: the two sides are two words.
    Line,
    /// In the value of a flag: they are one word.
    Flag,
}

/// Splits the rest of a keyword's line into arguments and checks them.
pub fn parse(keyword: Keyword, rest: &str) -> Result<Vec<String>, AdvisedFault> {
    // `read/matching` splits a Match line itself.
    if keyword == Keyword::Match {
        return Ok(vec![rest.to_owned()]);
    }
    let args = match keyword.row().shape {
        Shape::Line if rest.is_empty() => Vec::new(),
        Shape::Line => vec![rest.to_owned()],
        _ => line::words(rest)?,
    };
    check_in(keyword, &args, ArgumentPlace::Line)?;
    Ok(args)
}

/// Checks the arguments of a keyword, or the value of its flag.
///
/// # Errors
/// The fault, in ssh's words.
pub fn check(keyword: Keyword, args: &[String]) -> Result<(), AdvisedFault> {
    check_in(keyword, args, ArgumentPlace::Flag)
}

fn check_in(keyword: Keyword, args: &[String], place: ArgumentPlace) -> Result<(), AdvisedFault> {
    if let Some(extra) = args.get(most(keyword)) {
        let fault = say!(config_extra_arguments, args = shown(extra));
        let next_step = Some(say!(config_extra_arguments_hint));
        return Err(AdvisedFault { fault, next_step });
    }
    let checked = match (keyword, place) {
        // `-L` joins both sides in one word; a line in a file has two words.
        (Keyword::LocalForward, ArgumentPlace::Line) if args.len() == 1 => {
            Err(say!(config_missing_target))
        }
        _ => check_values(keyword, args),
    };
    checked.map_err(|fault| AdvisedFault { fault, next_step: accepted(keyword, place) })
}

/// The most arguments of a keyword.
fn most(keyword: Keyword) -> usize {
    match (keyword, keyword.row().shape) {
        (Keyword::DynamicForward, _) => 1,
        (Keyword::LocalForward | Keyword::RemoteForward, _) => 2,
        (_, Shape::Any | Shape::Words | Shape::Environment | Shape::Pairs) => usize::MAX,
        (_, Shape::Rekey | Shape::Qos) => 2,
        _ => 1,
    }
}

fn check_values(keyword: Keyword, args: &[String]) -> Result<(), ConfigFault> {
    let shape = keyword.row().shape;
    if args.is_empty() && shape != Shape::Any {
        return Err(say!(config_missing_argument));
    }
    if shape != Shape::Any && args.iter().any(String::is_empty) {
        return Err(say!(config_missing_argument));
    }
    check_shape(keyword, shape, args)?;
    check_meaning(keyword, args)
}

/// What a keyword accepts, as the next step after a value that it does not; `None` if that is more
/// than a line.
fn accepted(keyword: Keyword, place: ArgumentPlace) -> Option<String> {
    Some(match (keyword, keyword.row().shape) {
        (_, Shape::Word(words)) => say!(one_of, known = words.join(", ")),
        (_, Shape::Flag) => say!(one_of, known = "yes, no"),
        (_, Shape::Port) => say!(port_range),
        (_, Shape::Time) => say!(config_time_hint),
        (
            Keyword::Ciphers
            | Keyword::MACs
            | Keyword::KexAlgorithms
            | Keyword::HostKeyAlgorithms
            | Keyword::HostbasedAcceptedAlgorithms
            | Keyword::CASignatureAlgorithms
            | Keyword::PubkeyAcceptedAlgorithms,
            _,
        ) => say!(config_list_hint, keyword = keyword.name()),
        (Keyword::ProxyJump, _) => say!(config_jump_hint),
        (Keyword::LocalForward | Keyword::RemoteForward, _) => {
            say!(
                config_forward_hint,
                form = match place {
                    ArgumentPlace::Line => "[bind_address:]port host:hostport",
                    ArgumentPlace::Flag => "[bind_address:]port:host:hostport",
                }
            )
        }
        (Keyword::DynamicForward, _) => say!(config_forward_hint, form = "[bind_address:]port"),
        _ => return None,
    })
}

fn check_shape(keyword: Keyword, shape: Shape, args: &[String]) -> Result<(), ConfigFault> {
    let first = args.first().map_or("", String::as_str);
    match shape {
        Shape::Flag => value::flag(first).map(drop),
        Shape::Word(words) if words.iter().any(|w| w.eq_ignore_ascii_case(first)) => Ok(()),
        Shape::Word(_) => Err(say!(config_unsupported_option, first = shown(first))),
        Shape::Number => value::number(first).map(drop),
        Shape::Time => value::time(first).map(drop),
        Shape::Port => value::port(first).map(drop),
        Shape::Level => value::level(first).map(drop),
        Shape::Escape => value::escape(first).map(drop),
        Shape::Rekey => value::rekey(args).map(drop),
        Shape::Environment if args.iter().any(|name| name.contains('=')) => {
            Err(say!(config_invalid_environment_name))
        }
        Shape::Pairs => args.iter().try_for_each(|pair| value::split_pair(pair).map(drop)),
        Shape::Qos => value::qos(args).map(drop),
        Shape::Words if none_among_others(keyword, args) => Err(say!(config_none_alone)),
        Shape::Text if keyword == Keyword::User => user(first),
        Shape::Environment | Shape::Words | Shape::Text | Shape::Line | Shape::Any => Ok(()),
    }
}

/// Checks the arguments of a keyword whose shape does not suffice.
///
/// # Errors
/// The fault, in ssh's words if ssh(1) has any.
fn check_meaning(keyword: Keyword, args: &[String]) -> Result<(), ConfigFault> {
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
        Keyword::TunnelDevice => value::tunnel_device(first).map(drop),
        Keyword::ControlPersist => value::persist(first).map(drop),
        Keyword::AddKeysToAgent => value::AddKeys::parse(args).map(drop),
        Keyword::ChannelTimeout => {
            value::alone(args, "none").and_then(|()| value::channel_timeouts(args).map(drop))
        }
        Keyword::ObscureKeystrokeTiming => value::obscure(first).map(drop),
        Keyword::SyslogFacility => value::facility(first).map(drop),
        Keyword::CanonicalDomains => value::alone(args, "none").and_then(|()| value::domains(args)),
        Keyword::CanonicalizePermittedCNAMEs => value::permitted_names(args),
        Keyword::PermitRemoteOpen => {
            value::alone(args, "none")?;
            value::alone(args, "any")?;
            let word = |text: &&String| is_none(text) || text.eq_ignore_ascii_case("any");
            args.iter().filter(|text| !word(text)).try_for_each(|text| value::place(text).map(drop))
        }
        _ => Ok(()),
    }
}

/// Checks the User of a file, except `${NAME}`, whose value is checked after expansion.
fn user(text: &str) -> Result<(), ConfigFault> {
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        literal.push_str(before);
        rest = after.split_once('}').map_or(after, |(_, next)| next);
    }
    literal.push_str(rest);
    match literal.is_empty() && !text.is_empty() {
        true => Ok(()),
        false => destination::check_user(&literal).map_err(|error| error.to_string()),
    }
}

fn none_among_others(keyword: Keyword, args: &[String]) -> bool {
    use Keyword as K;
    let files =
        matches!(keyword, K::UserKnownHostsFile | K::GlobalKnownHostsFile | K::RevokedHostKeys);
    files && args.len() > 1 && args.iter().any(|arg| is_none(arg))
}

/// The message for a keyword that is not in the table. Scripts look for ssh(1)'s wording.
pub fn unknown(name: &str) -> String {
    say!(config_bad_option, name = shown(&name.to_ascii_lowercase()))
}
