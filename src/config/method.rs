//! The authentication methods, and the rule by which one of them is settled before the first
//! attempt (RFC 4252 names them; which one is used is this program's own rule).
//!
//! [`choose`] is pure: everything it depends on comes in as [`Circumstances`], nothing is asked
//! or looked up here.

use std::fmt;

use super::fault::shown;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The longest explicit chain: servers ask for two or three; more is a mistake.
const MAX_CHAIN: usize = 8;

/// One way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Nothing but the user's name.
    None,
    /// A password.
    Password,
    /// A key file.
    PublicKey,
    /// The server's questions.
    KeyboardInteractive,
    /// A key of the agent. On the wire it is `publickey`.
    Agent,
}

impl Method {
    /// Every method, in the order a dialog lists them.
    pub const ALL: [Method; 5] = [
        Method::Password,
        Method::PublicKey,
        Method::Agent,
        Method::KeyboardInteractive,
        Method::None,
    ];

    /// Its name, as `--auth` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Method::None => "none",
            Method::Password => "password",
            Method::PublicKey => "publickey",
            Method::KeyboardInteractive => "keyboard-interactive",
            Method::Agent => "agent",
        }
    }

    /// Finds a method by its name.
    pub fn find(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Takes the argument of `--auth` apart: one method, or several joined by commas.
    ///
    /// # Errors
    /// [`Kind::Usage`]: an unknown method, none at all, or more than eight.
    pub fn parse_chain(text: &str) -> Result<Vec<Method>> {
        let known = Method::ALL.map(Method::name).join(", ");
        let methods: Result<Vec<Method>> = text
            .split(',')
            .map(|name| {
                let cause = || say!(auth_option_unknown_method, value = shown(name));
                let fail = || Error::new(Kind::Usage, cause()).hint(say!(one_of, known));
                Method::find(name).ok_or_else(fail)
            })
            .collect();
        let methods = methods?;
        if methods.len() > MAX_CHAIN {
            return Err(Error::new(Kind::Usage, say!(auth_option_too_many, limit = MAX_CHAIN)));
        }
        Ok(methods)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodChoice {
    /// These, one after the other; almost always one.
    Chain(Vec<Method>),
    /// A person at the terminal decides.
    Ask,
}

/// Everything the choice depends on.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// `--auth`.
    pub explicit: Option<&'a [Method]>,
    /// The profile's method or chain.
    pub profile: Option<&'a [Method]>,
    /// PreferredAuthentications, the words as they stand.
    pub preferred: Option<&'a [String]>,
    /// PasswordAuthentication.
    pub password: bool,
    /// PubkeyAuthentication; an agent's keys are public keys too.
    pub publickey: bool,
    /// KbdInteractiveAuthentication.
    pub keyboard_interactive: bool,
    /// Whether a person is at a terminal on which a dialog can be shown.
    pub terminal: bool,
    /// Whether a password can be had: `--password-fd`, or outside BatchMode a terminal or SSH_ASKPASS.
    pub can_ask: bool,
    /// BatchMode.
    pub batch: bool,
    /// Whether the program runs under the name `ssh`.
    pub as_ssh: bool,
    /// Whether `-i` was typed, which chooses the key to log in with.
    pub identity_typed: bool,
    /// Whether `-i`, IdentityFile or the profile names an identity.
    pub identity_named: bool,
    /// Whether a default identity exists.
    pub default_identity: bool,
    /// Whether an agent answers; only asked when nothing before it decides.
    pub agent_answers: &'a dyn Fn() -> bool,
}

impl Circumstances<'_> {
    /// Whether ssh's options leave this method on.
    fn allows(&self, method: Method) -> bool {
        match method {
            Method::None => true,
            Method::Password => self.password,
            Method::PublicKey | Method::Agent => self.publickey,
            Method::KeyboardInteractive => self.keyboard_interactive,
        }
    }
}

/// Settles the method: `--auth`, else the profile, else the first usable word of
/// PreferredAuthentications, else the key of `-i`, else the person at the terminal, else a key if there is one,
/// else a password if it can be asked for, else `none`, which finds out what is accepted.
///
/// # Errors
/// [`Kind::Usage`] when `--auth` or the profile names a method that is switched off;
/// [`Kind::Authentication`] when no method that is preferred can be used.
pub fn choose(c: &Circumstances<'_>) -> Result<MethodChoice> {
    for (source, chain) in [("--auth", c.explicit), ("profile", c.profile)] {
        if let Some(chain) = chain {
            return allowed(c, source, chain);
        }
    }
    let usable = |word: &String| Method::find(word).filter(|&method| c.allows(method));
    if let Some(method) = c.preferred.and_then(|words| words.iter().find_map(usable)) {
        return Ok(MethodChoice::Chain(vec![method]));
    }
    if c.identity_typed && c.allows(Method::PublicKey) {
        return Ok(MethodChoice::Chain(vec![Method::PublicKey]));
    }
    if c.terminal && !c.batch && !c.as_ssh {
        return Ok(MethodChoice::Ask);
    }
    if let Some(words) = c.preferred {
        // Naming methods excludes all others; going on with another would be a fallback.
        let words = shown(&words.join(","));
        let cause = say!(preferred_none_usable, words);
        return Err(Error::new(Kind::Authentication, cause).hint(say!(preferred_none_usable_hint)));
    }
    let file = c.identity_named || c.default_identity;
    let agent = !file && (c.agent_answers)();
    let order = [
        // Under the name ssh, `publickey` offers the agent's keys by itself.
        (Method::PublicKey, file || (agent && c.as_ssh)),
        (Method::Agent, agent),
        (Method::Password, c.can_ask),
        (Method::KeyboardInteractive, c.can_ask),
    ];
    match order.into_iter().find(|&(method, possible)| possible && c.allows(method)) {
        Some((method, _)) => Ok(MethodChoice::Chain(vec![method])),
        // The server's refusal names what it would accept, which helps more than ours.
        None => Ok(MethodChoice::Chain(vec![Method::None])),
    }
}

fn allowed(c: &Circumstances<'_>, source: &str, chain: &[Method]) -> Result<MethodChoice> {
    match chain.iter().find(|&&method| !c.allows(method)) {
        None => Ok(MethodChoice::Chain(chain.to_vec())),
        Some(method) => {
            let keyword = match method {
                Method::Password => "PasswordAuthentication",
                Method::KeyboardInteractive => "KbdInteractiveAuthentication",
                _ => "PubkeyAuthentication",
            };
            let cause = say!(auth_method_switched_off, source, method, keyword);
            Err(Error::new(Kind::Usage, cause).hint(say!(auth_method_switched_off_hint, keyword)))
        }
    }
}
