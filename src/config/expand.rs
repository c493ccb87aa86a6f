//! Expands `~`, `%`-tokens and `${NAME}` in values (ssh_config(5), TOKENS and ENVIRONMENT
//! VARIABLES).
//!
//! Everything is expanded once, in one pass: an inserted value is never expanded again.
//! [`Tokens::shell`] checks the values that it inserts into a line for a shell, whatever their
//! source, because a saved session, an alias or a home directory may have any name.

use crate::os::user::account_of;
use crate::say;
use std::path::PathBuf;

use sha1::{Digest, Sha1};

use super::context::Context;
use super::fault::{ConfigFault, shown};
use crate::destination::check_user;

/// The tokens of most keywords: files, RemoteCommand, IdentityAgent.
pub const COMMON: &str = "CdhijkLlnpru";
/// The tokens of LocalCommand.
pub const ALL: &str = "CdhijkLlnpruT";
/// The tokens of ProxyCommand.
pub const PROXY: &str = "hknpr";
/// The tokens of Match exec.
pub const MATCH_EXEC: &str = "CdhijkLlnpru";
/// The tokens of User.
pub const USER: &str = "dhijkLlnpu";
/// The token of HostName.
pub const HOSTNAME: &str = "h";

/// The longest result, in bytes: Linux's limit for one argument of a program.
const MAX_EXPANDED: usize = 128 * 1024;

/// The values of the tokens for one connection.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// `%h`: the host name connected to.
    pub hostname: String,
    /// `%n`: the host as typed.
    pub original: String,
    /// `%p`: the port.
    pub port: String,
    /// `%r`: the remote user.
    pub user: String,
    /// `%k`: HostKeyAlias, or the host as typed.
    pub key_alias: String,
    /// `%j`: ProxyJump, or empty.
    pub jump: String,
    /// `%d`: the local home directory.
    pub home: String,
    /// `%i`: the local user's id.
    pub uid: String,
    /// `%u`: the local user's name.
    pub local_user: String,
    /// `%l`: the local host name with its domain; `%L` is its first label.
    pub local_host: String,
}

impl Tokens {
    /// The tokens that depend only on this machine and user.
    pub fn local(context: &Context) -> Tokens {
        Tokens {
            home: context.home.to_string_lossy().into_owned(),
            uid: context.uid.to_string(),
            local_user: context.local_user.clone(),
            local_host: context.local_host.clone(),
            ..Tokens::default()
        }
    }

    /// The value of a token, if it is among the allowed ones.
    fn get(&self, token: char, allowed: &str) -> Option<String> {
        if token == '%' {
            return Some("%".to_owned());
        }
        if !allowed.contains(token) {
            return None;
        }
        Some(match token {
            'C' => self.connection(),
            'd' => self.home.clone(),
            'h' => self.hostname.clone(),
            'i' => self.uid.clone(),
            'j' => self.jump.clone(),
            'k' => self.key_alias.clone(),
            'L' => self.local_host.split('.').next().unwrap_or_default().to_owned(),
            'l' => self.local_host.clone(),
            'n' => self.original.clone(),
            'p' => self.port.clone(),
            'r' => self.user.clone(),
            'T' => "NONE".to_owned(),
            'u' => self.local_user.clone(),
            _ => return None,
        })
    }

    /// `%C`: the hash of %l%h%p%r%j, in hexadecimal.
    fn connection(&self) -> String {
        let text = [&self.local_host, &self.hostname, &self.port, &self.user, &self.jump];
        let mut hash = Sha1::new();
        text.iter().for_each(|part| hash.update(part.as_bytes()));
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }

    /// Expands the allowed tokens; `%%` is always `%`.
    ///
    /// # Errors
    /// An unknown token, one that is not allowed here, or a result that is too long.
    pub fn percent(&self, text: &str, allowed: &str) -> Result<String, ConfigFault> {
        self.expand(text, Target::Text, allowed)
    }

    /// Expands the allowed tokens in a command line that a local shell reads.
    ///
    /// # Errors
    /// Those of [`Tokens::percent`], and a value that a shell would not read as part of a word.
    pub fn shell(&self, text: &str, allowed: &str) -> Result<String, ConfigFault> {
        self.expand(text, Target::Shell, allowed)
    }

    /// Expands the allowed tokens and `${NAME}`.
    ///
    /// # Errors
    /// Those of [`Tokens::percent`], and a variable without a value.
    pub fn percent_dollar(
        &self,
        text: &str,
        allowed: &str,
        context: &Context,
    ) -> Result<String, ConfigFault> {
        self.expand(text, Target::Variables(context), allowed)
    }

    fn expand(&self, text: &str, target: Target<'_>, allowed: &str) -> Result<String, ConfigFault> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['%', '$']) {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            match (&target, after.strip_prefix('{')) {
                (Target::Variables(context), Some(name)) if rest[at..].starts_with('$') => {
                    let (name, next) =
                        name.split_once('}').ok_or_else(|| say!(brace_not_closed))?;
                    out.push_str(&variable(name, context)?);
                    rest = next;
                }
                _ if rest[at..].starts_with('$') => {
                    out.push('$');
                    rest = after;
                }
                _ => {
                    let token = after.chars().next().ok_or_else(|| say!(percent_at_end))?;
                    let value = self.get(token, allowed).ok_or_else(|| unknown(token))?;
                    if matches!(target, Target::Shell) && !is_safe_in_shell(token, &value) {
                        return Err(say!(config_acts_in_shell, token, value = shown(&value)));
                    }
                    out.push_str(&value);
                    rest = &after[token.len_utf8()..];
                }
            }
            if out.len() > MAX_EXPANDED {
                return Err(say!(expansion_too_long));
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// The kind of text that is expanded.
enum Target<'a> {
    /// A text that no shell reads.
    Text,
    /// A text that no shell reads, in which `${NAME}` is expanded, too.
    Variables(&'a Context),
    /// A command line for a shell, which expands variables itself.
    Shell,
}

/// Whether a token's value is only text in a shell's command line. Values that may contain blanks,
/// a home directory or a user, are accepted with them: the author of the line must quote those.
fn is_safe_in_shell(token: char, value: &str) -> bool {
    let acts = |c: char| c.is_control() || "'`\"$\\;&<>|(){}".contains(c);
    match token {
        '%' => true,
        // A domain and a backslash may precede the name of a user.
        'r' | 'u' => check_user(value).is_ok() && !value.contains('$'),
        'd' => !value.contains(acts),
        // The shell would put the names of files or a home directory in the place of these.
        'h' | 'n' if value.contains(['*', '?', '[', ']']) || value.starts_with(['~', '#']) => false,
        _ => !value.starts_with('-') && !value.contains(|c: char| acts(c) || c.is_whitespace()),
    }
}

fn unknown(token: char) -> ConfigFault {
    say!(percent_unknown, token = shown(&token.to_string()))
}

/// Expands `${NAME}` only.
///
/// # Errors
/// A variable has no value, or a brace is not closed.
pub(super) fn variables(text: &str, context: &Context) -> Result<String, ConfigFault> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, next) = after.split_once('}').ok_or_else(|| say!(brace_not_closed))?;
        out.push_str(before);
        out.push_str(&variable(name, context)?);
        rest = next;
    }
    out.push_str(rest);
    Ok(out)
}

fn variable(name: &str, context: &Context) -> Result<String, ConfigFault> {
    (context.env)(name).ok_or_else(|| say!(env_var_unset, value = shown(name)))
}

/// Expands `~` and `~user` at the start of a path.
///
/// # Errors
/// An unknown user.
pub fn tilde(text: &str, context: &Context) -> Result<String, ConfigFault> {
    let Some(rest) = text.strip_prefix('~') else {
        return Ok(text.to_owned());
    };
    let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
    let home = if name.is_empty() {
        context.home.clone()
    } else {
        let user = account_of(name);
        user.ok_or_else(|| say!(no_such_user, value = shown(name)))?.home
    };
    if path.is_empty() {
        // As in ssh(1), the home directory ends with a slash.
        return Ok(format!("{}/", home.to_string_lossy().trim_end_matches('/')));
    }
    Ok(home.join(path.trim_start_matches('/')).to_string_lossy().into_owned())
}

/// Expands a file name: `~`, then tokens and variables.
///
/// # Errors
/// Those of [`tilde`] and [`Tokens::percent_dollar`].
pub fn path(text: &str, tokens: &Tokens, context: &Context) -> Result<PathBuf, ConfigFault> {
    let text = tilde(text, context)?;
    tokens.percent_dollar(&text, COMMON, context).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context {
            home: "/home/me".into(),
            local_user: "me".to_owned(),
            local_host: "box.example.org".to_owned(),
            uid: 1000.into(),
            env: Box::new(|name| (name == "X").then(|| "%h${X}".to_owned())),
        }
    }

    fn tokens() -> Tokens {
        Tokens {
            hostname: "h.example".to_owned(),
            original: "h".to_owned(),
            port: "22".to_owned(),
            user: "root".to_owned(),
            key_alias: "alias".to_owned(),
            ..Tokens::local(&context())
        }
    }

    #[test]
    fn each_token_once_and_never_twice() {
        let all = "%%|%d|%h|%i|%k|%L|%l|%n|%p|%r|%u|%T|%j|";
        let wanted = "%|/home/me|h.example|1000|alias|box|box.example.org|h|22|root|me|NONE||";
        assert_eq!(tokens().percent(all, ALL).as_deref(), Ok(wanted));
        let twice = tokens().percent_dollar("${X}-%h $X", COMMON, &context());
        assert_eq!(twice.as_deref(), Ok("%h${X}-h.example $X"));
    }

    #[test]
    fn the_connection_hash_is_sha1_of_its_parts() {
        // printf 'box.example.orgh.example22root' | sha1sum
        let wanted = "bdd5b13825d191f9ef2c63f9eb99c0718b1b0bd3";
        assert_eq!(tokens().percent("%C", COMMON).unwrap().len(), wanted.len());
        assert_eq!(tokens().percent("%C", COMMON).unwrap(), wanted);
    }

    #[test]
    fn what_cannot_be_expanded_is_an_error() {
        let c = context();
        for text in ["%", "a%", "%q", "%T", "${NOPE}", "${X", "%é"] {
            assert!(tokens().percent_dollar(text, COMMON, &c).is_err(), "{text}");
        }
        assert!(tokens().percent("%n", HOSTNAME).is_err());
        assert_eq!(tokens().percent("${NOPE}", COMMON).as_deref(), Ok("${NOPE}"));
        let long = Tokens { hostname: "x".repeat(1000), ..tokens() };
        assert!(long.percent(&"%h".repeat(1000), COMMON).is_err());
    }

    #[test]
    fn a_value_that_a_shell_would_act_on_is_refused() {
        type Set = dyn Fn(&mut Tokens, String);
        let with = |set: &Set, value: &str| {
            let mut tokens = tokens();
            set(&mut tokens, value.to_owned());
            tokens
        };
        let setters: [(char, &Set); 9] = [
            ('h', &|t, v| t.hostname = v),
            ('n', &|t, v| t.original = v),
            ('r', &|t, v| t.user = v),
            ('k', &|t, v| t.key_alias = v),
            ('j', &|t, v| t.jump = v),
            ('d', &|t, v| t.home = v),
            ('u', &|t, v| t.local_user = v),
            ('l', &|t, v| t.local_host = v),
            ('L', &|t, v| t.local_host = v),
        ];
        for (token, set) in setters {
            let line = format!("test %{token} = x");
            for bad in [
                "web;touch x",
                "a`id`",
                "$(id)",
                "a$b",
                "${IFS}",
                "a'b",
                "a\"b",
                "a|b",
                "a&b",
                "a>b",
                "a<b",
                "a(b",
                "{a}",
                "a\nb",
                "a\\",
                "\u{1b}[2J",
            ] {
                let fault = with(set, bad).shell(&line, ALL).unwrap_err();
                assert!(fault.contains(&format!("%{token}")), "{fault}");
                // A text that no shell reads accepts such a value.
                assert!(with(set, bad).percent(&line, ALL).is_ok());
            }
            let good = with(set, "web-1.example_x");
            let wanted = if token == 'L' { "web-1" } else { "web-1.example_x" };
            assert_eq!(good.shell(&line, ALL), Ok(format!("test {wanted} = x")));
        }
        let domain = with(&|t, v| t.user = v, "CORP\\me@x");
        assert_eq!(domain.shell("%r", ALL).as_deref(), Ok("CORP\\me@x"));
        let home = with(&|t, v| t.home = v, "/home/John Smith");
        assert_eq!(home.shell("'%d/x' ${X}", ALL).as_deref(), Ok("'/home/John Smith/x' ${X}"));
        for bad in ["a b", "-x"] {
            assert!(with(&|t, v| t.original = v, bad).shell("%n", ALL).is_err(), "{bad}");
        }
        assert!(with(&|t, v| t.hostname = v, "fe80::1%eth0").shell("%h", ALL).is_ok());
        for bad in ["*", "web?", "[a]", "~root", "#a"] {
            assert!(with(&|t, v| t.hostname = v, bad).shell("%h", ALL).is_err(), "{bad}");
        }
        assert_eq!(with(&|t, v| t.jump = v, "").shell("[%j]", ALL).as_deref(), Ok("[]"));
    }

    #[test]
    fn tildes() {
        let c = context();
        for (text, wanted) in [
            ("~", "/home/me/"),
            ("~/x", "/home/me/x"),
            ("~//x", "/home/me/x"),
            ("a~/x", "a~/x"),
            ("/x", "/x"),
            ("~root/x", "/root/x"),
        ] {
            assert_eq!(tilde(text, &c).as_deref(), Ok(wanted), "{text}");
        }
        assert!(tilde("~no-such-user-here/x", &c).is_err());
    }
}
