//! Names a verb or saved session that was misspelt, before a host of that name is looked up.
//!
//! Only the very first word is looked at, without options before it or among the words of
//! connecting, and only where nothing on this machine knows a host of that name. So a host may be
//! named like a misspelt verb: on record, or with `tessh -- NAME`, `user@NAME` or `ssh://NAME`.

use crate::cli::args::{self, Typed};
use crate::cli::connect::history;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::{self, sources};
use crate::config::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::profiles::{Recent, Sessions, typing_mistakes};
use crate::say;
use crate::text;
use crate::trust::entries;

/// How many characters of a word are shown.
const MAX_SHOWN: usize = 60;
/// Verbs of at most this many letters are near many names of hosts: of them only letters that
/// changed places count.
const SHORT_VERB: usize = 4;
/// Verbs of at least this many letters may have two mistakes.
const LONG_VERB: usize = 8;
/// Names of sessions shorter than this are not compared.
const SHORT_NAME: usize = 4;
/// The file of names on this machine, and how much of it is read.
const HOSTS: &str = "/etc/hosts";
const MAX_HOSTS: u64 = 1024 * 1024;

/// Refuses a word that is a misspelt verb or name.
///
/// # Errors
/// [`Kind::Usage`]: with what was probably meant.
pub(super) fn check(typed: &Typed, environment: &ProcessEnvironment) -> Result<()> {
    let word = typed.destination.as_deref().filter(|_| typed.destination_is_first);
    let Some(word) = word.filter(|_| typed.settings.is_empty()) else { return Ok(()) };
    // Only a plain name can be a misspelt one.
    if word.contains(['@', ':', '/', '[']) {
        return Ok(());
    }
    let context = environment.context();
    let Ok(sessions) = sources::sessions(typed, &context) else { return Ok(()) };
    let verb = verb_near(word);
    let name = if verb.is_none() { session_near(word, &sessions) } else { None };
    let name = name.filter(|name| text::line(name, MAX_SHOWN) == *name && !name.starts_with('-'));
    if verb.is_none() && name.is_none() || is_known(word, typed, (environment, &context), &sessions)
    {
        return Ok(());
    }
    let shown = text::line(word, MAX_SHOWN);
    let cause = match (verb, name) {
        (Some(verb), _) => say!(misspelt_verb, word = shown, verb),
        (None, Some(name)) => {
            say!(misspelt_session, word = shown, name = text::typed_word(&name))
        }
        (None, None) => return Ok(()),
    };
    let refused = Error::new(Kind::Usage, cause);
    // What is not shown as it is cannot be typed from what is shown.
    Err(match shown == word {
        true => refused.hint(say!(misspelt_hint, word = text::typed_word(word))),
        false => refused,
    })
}

/// The verb that a word is a misspelling of.
fn verb_near(word: &str) -> Option<&'static str> {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        return None;
    }
    let near = |verb: &'static str| {
        let most = if verb.len() >= LONG_VERB { 2 } else { 1 };
        let far = typing_mistakes(word, verb, most)?;
        let counts = verb.len() > SHORT_VERB || is_transposed(word, verb);
        counts.then_some((far, verb))
    };
    let verbs = args::VERBS.iter();
    verbs.filter_map(|(name, ..)| near(name)).min().map(|(_, verb)| verb)
}

/// Whether two words have the same letters in another order.
fn is_transposed(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    one != other && sorted(one) == sorted(other)
}

/// The saved session that a word is a misspelling of. Names with other digits, or with one letter in
/// the place of another, are as likely those of other hosts.
fn session_near(word: &str, sessions: &Sessions) -> Option<String> {
    let bare = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = bare(word);
    sessions.openable().find(|name| {
        let there = bare(name);
        let long = wanted.len().min(there.len()) >= SHORT_NAME;
        let same_length = wanted.chars().count() == there.chars().count();
        let is_mistake = typing_mistakes(&wanted, &there, 1).is_some()
            && (!same_length || wanted == there || is_transposed(&wanted, &there));
        long && digits(word) == digits(name) && is_mistake
    })
}

/// Whether something on this machine knows a host or session of this name.
fn is_known(
    word: &str,
    typed: &Typed,
    (environment, context): (&ProcessEnvironment, &Context),
    sessions: &Sessions,
) -> bool {
    !sessions.meant(word).is_empty()
        || config::is_named(&resolve::files(typed, context), &context.home, word)
        || is_in_known_hosts(word, context)
        || is_in_history(word, environment)
        || is_in_hosts(word)
}

fn is_in_known_hosts(word: &str, context: &Context) -> bool {
    let names = [word.to_ascii_lowercase()];
    config::default_known_hosts(context).iter().any(|file| {
        !entries::list(file, Some(&names)).entries.is_empty()
            || !entries::list_other_ports(file, &names, &[]).is_empty()
    })
}

fn is_in_history(word: &str, environment: &ProcessEnvironment) -> bool {
    let all = history::history(environment).list();
    let hosts = all.iter().filter_map(Recent::destination);
    hosts.into_iter().any(|destination| destination.host.eq_ignore_ascii_case(word))
}

fn is_in_hosts(word: &str) -> bool {
    use std::io::Read;
    let mut text = Vec::new();
    let read = std::fs::File::open(HOSTS).map(|file| file.take(MAX_HOSTS).read_to_end(&mut text));
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    read.is_ok()
        && lines
            .any(|line| line.split_whitespace().skip(1).any(|name| name.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_found_by_a_typing_mistake_and_hosts_are_left_alone() {
        for (word, verb) in [
            ("session", "sessions"),
            ("sesions", "sessions"),
            ("sessoins", "sessions"),
            ("trsut", "trust"),
            ("kegen", "keygen"),
            ("copyid", "copy-id"),
            ("exlpain", "explain"),
            ("sycn", "sync"),
            ("gte", "get"),
            ("completion", "completions"),
        ] {
            assert_eq!(verb_near(word), Some(verb), "{word}");
        }
        for host in ["pet", "put1", "net", "man2", "web", "demo.example", "Trust", "sun", "menu"] {
            assert_eq!(verb_near(host), None, "{host}");
        }
    }
}
