//! The authentication methods, and the rule that chooses one of them before the first attempt (RFC
//! 4252 defines the methods; the rule is tessh's own).
//!
//! [`choose`] is pure: everything it depends on is in [`Circumstances`], and it asks and looks up
//! nothing.
//! or looked up here.

use std::fmt;

use super::fault::shown;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The longest explicit chain: servers ask for two or three methods; more is a mistake.
const MAX_CHAIN: usize = 8;

/// One method of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `none`: only the user's name.
    None,
    /// A password.
    Password,
    /// A key file.
    PublicKey,
    /// The server's questions, answered by the user.
    KeyboardInteractive,
    /// A key in the agent. In the protocol it is `publickey`.
    Agent,
}

impl Method {
    /// Every method, in the order in which a dialog lists them.
    pub const ALL: [Method; 5] = [
        Method::Password,
        Method::PublicKey,
        Method::Agent,
        Method::KeyboardInteractive,
        Method::None,
    ];

    /// The name that `--auth` takes.
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

    /// Parses the argument of `--auth`: one method, or several joined by commas.
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

/// The result of the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodChoice {
    /// Use these methods one after the other; almost always a single one.
    Chain(Vec<Method>),
    /// Ask the person at the terminal.
    Ask,
}

/// Everything that the choice depends on.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The chain of `--auth`.
    pub explicit: Option<&'a [Method]>,
    /// The profile's method or chain.
    pub profile: Option<&'a [Method]>,
    /// PreferredAuthentications, the words unchanged.
    pub preferred: Option<&'a [String]>,
    /// PasswordAuthentication.
    pub password: bool,
    /// PubkeyAuthentication, which also covers keys in an agent.
    pub publickey: bool,
    /// KbdInteractiveAuthentication.
    pub keyboard_interactive: bool,
    /// Whether a person is at a terminal that can show a dialog.
    pub terminal: bool,
    /// Whether a password is available: from `--password-fd`, or outside BatchMode from a terminal
    /// or SSH_ASKPASS.
    pub can_ask: bool,
    /// BatchMode.
    pub batch: bool,
    /// Whether the program runs under the name `ssh`.
    pub as_ssh: bool,
    /// Whether `-i` was typed, which chooses the key for the login.
    pub identity_typed: bool,
    /// Whether `-i`, IdentityFile or the profile names an identity.
    pub identity_named: bool,
    /// Whether a default identity exists.
    pub default_identity: bool,
    /// Whether an agent answers; called only if nothing before it decides.
    pub agent_answers: &'a dyn Fn() -> bool,
    /// Whether the named identities need no question about the method; called only if a person
    /// would be asked.
    pub key_settles: &'a dyn Fn() -> bool,
}

impl Circumstances<'_> {
    /// Whether ssh's options allow this method.
    fn allows(&self, method: Method) -> bool {
        match method {
            Method::None => true,
            Method::Password => self.password,
            Method::PublicKey | Method::Agent => self.publickey,
            Method::KeyboardInteractive => self.keyboard_interactive,
        }
    }
}

/// Chooses the method: `--auth`, else the profile, else the first usable word of
/// PreferredAuthentications, else the key of `-i`, else at a terminal named keys that settle it, or
/// else the person, else a key if there is one, else a password if one is available, else `none`, whose refusal names the methods
/// that the server accepts.
///
/// # Errors
/// [`Kind::Usage`]: `--auth` or the profile names a method that is switched off;
/// [`Kind::Authentication`]: no method in PreferredAuthentications can be used.
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
        let by_key = c.identity_named && c.allows(Method::PublicKey) && (c.key_settles)();
        return Ok(match by_key {
            true => MethodChoice::Chain(vec![Method::PublicKey]),
            false => MethodChoice::Ask,
        });
    }
    if let Some(words) = c.preferred {
        if c.as_ssh {
            // As in ssh(1), the server is asked, and its refusal is the error.
            return Ok(MethodChoice::Chain(vec![Method::None]));
        }
        // PreferredAuthentications excludes all other methods; to use another one would be a
        // fallback.
        let words = shown(&words.join(","));
        let cause = say!(preferred_none_usable, words);
        return Err(Error::new(Kind::Authentication, cause).hint(say!(preferred_none_usable_hint)));
    }
    let file = c.identity_named || c.default_identity;
    let agent = !file && (c.agent_answers)();
    let order = [
        // Under the name ssh, `publickey` offers the agent's keys as well.
        (Method::PublicKey, file || (agent && c.as_ssh)),
        (Method::Agent, agent),
        (Method::Password, c.can_ask),
        (Method::KeyboardInteractive, c.can_ask),
    ];
    match order.into_iter().find(|&(method, possible)| possible && c.allows(method)) {
        Some((method, _)) => Ok(MethodChoice::Chain(vec![method])),
        // The server's refusal lists the methods it accepts, which helps more than an error of
        // tessh's own.
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
