//! KnownHostsCommand: a command line, some of whose tokens are known only when it runs
//! (ssh_config(5), TOKENS).
//!
//! No shell reads the line: it is split into words before tokens are expanded, so the value of a
//! token never becomes two words. As in ssh(1), the path of the program is not expanded and must be
//! absolute.

use std::fmt;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::expand::{COMMON, Tokens};
use super::fault::ConfigFault;
use super::line;

/// The tokens for the key and the name that is looked up, known only when the command runs.
const LATE: &str = "fHIKt";
/// The value of the key's tokens before a key is known.
const NO_KEY: &str = "NONE";

/// A command that prints known_hosts lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownHostsCommand {
    text: String,
    program: PathBuf,
    arguments: Vec<Vec<CommandPart>>,
}

/// One look-up for which the command is run.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// `%H`: the name in the form of known_hosts.
    pub name: &'a str,
    /// `%I`: `ORDER` before the key exchange, `HOSTNAME` when a key is checked.
    pub reason: &'static str,
    /// The key; `None` before the key exchange.
    pub key: Option<SearchedKey<'a>>,
}

/// The key of a look-up.
#[derive(Clone, Copy, Debug)]
pub struct SearchedKey<'a> {
    /// `%t`: the key's type.
    pub kind: &'a str,
    /// `%f`: the key's `SHA256:…` fingerprint.
    pub fingerprint: &'a str,
    /// `%K`: the key's blob in base64.
    pub blob: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum CommandPart {
    Text(String),
    Late(char),
}

impl KnownHostsCommand {
    /// Splits the line and expands every token whose value is known already.
    ///
    /// # Errors
    /// A quote is not closed, there is no word, the program's path is not absolute, or a token or
    /// variable has no value.
    /// or variable without a value.
    pub(super) fn parse(
        text: &str,
        tokens: &Tokens,
        context: &Context,
    ) -> Result<Self, ConfigFault> {
        let mut words = line::words(text)?.into_iter();
        let program = PathBuf::from(words.next().ok_or("names no program")?);
        if !program.is_absolute() {
            return Err("the program must be named by its absolute path".to_owned());
        }
        let arguments: Result<_, ConfigFault> =
            words.map(|word| pieces(&word, tokens, context)).collect();
        Ok(KnownHostsCommand { text: text.to_owned(), program, arguments: arguments? })
    }

    /// The program to run, without a shell.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The arguments of the program for one look-up.
    pub fn arguments(&self, search: &Search<'_>) -> Vec<String> {
        let word =
            |pieces: &Vec<CommandPart>| pieces.iter().map(|piece| piece.show(search)).collect();
        self.arguments.iter().map(word).collect()
    }
}

impl fmt::Display for KnownHostsCommand {
    /// Writes the command as the configuration has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl CommandPart {
    fn show<'a>(&'a self, search: &Search<'a>) -> &'a str {
        let of_key = |part: fn(SearchedKey<'a>) -> &'a str| search.key.map_or(NO_KEY, part);
        match self {
            CommandPart::Text(text) => text,
            CommandPart::Late('H') => search.name,
            CommandPart::Late('I') => search.reason,
            CommandPart::Late('t') => of_key(|key| key.kind),
            CommandPart::Late('f') => of_key(|key| key.fingerprint),
            CommandPart::Late(_) => of_key(|key| key.blob),
        }
    }
}

/// Expands everything in the word but the tokens of [`LATE`].
fn pieces(word: &str, tokens: &Tokens, context: &Context) -> Result<Vec<CommandPart>, ConfigFault> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = word[at..].find('%') {
        let percent = at + found;
        let Some(token) = word[percent + 1..].chars().next() else { break };
        at = percent + 1 + token.len_utf8();
        if LATE.contains(token) {
            let before = tokens.percent_dollar(&word[start..percent], COMMON, context)?;
            pieces.extend([CommandPart::Text(before), CommandPart::Late(token)]);
            start = at;
        }
    }
    pieces.push(CommandPart::Text(tokens.percent_dollar(&word[start..], COMMON, context)?));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<KnownHostsCommand, ConfigFault> {
        let context = Context {
            home: "/home/me".into(),
            local_user: "me".to_owned(),
            local_host: "box".to_owned(),
            uid: 1000.into(),
            env: Box::new(|name| (name == "V").then(|| "a %H b".to_owned())),
        };
        let tokens = Tokens {
            hostname: "h.example".to_owned(),
            original: "h".to_owned(),
            port: "2222".to_owned(),
            user: "root".to_owned(),
            ..Tokens::local(&context)
        };
        KnownHostsCommand::parse(text, &tokens, &context)
    }

    #[test]
    fn words_first_and_then_tokens() {
        let command = parse("/bin/x%h '%t' \"%K %f\" a%%H-%H:%p %I ${V} %u@%h x%").err();
        assert_eq!(command.as_deref(), Some("a single \"%\" at the end"));
        let command = parse("/bin/x%h '%t' \"%K %f\" a%%H-%H:%p %I ${V} %u@%h").unwrap();
        assert_eq!(command.program(), Path::new("/bin/x%h"));
        let key = SearchedKey { kind: "ssh-ed25519", fingerprint: "SHA256:x", blob: "AAAA B" };
        let search = Search { name: "[h]:2222", reason: "HOSTNAME", key: Some(key) };
        let rest = ["a%H-[h]:2222:2222", "HOSTNAME", "a %H b", "me@h.example"];
        let wanted = [&["ssh-ed25519", "AAAA B SHA256:x"][..], &rest].concat();
        assert_eq!(command.arguments(&search), wanted);
        let search = Search { name: "h", reason: "ORDER", key: None };
        let rest = ["a%H-h:2222", "ORDER", "a %H b", "me@h.example"];
        assert_eq!(command.arguments(&search), [&["NONE", "NONE NONE"][..], &rest].concat());
    }

    #[test]
    fn what_cannot_be_run_is_an_error() {
        for (text, fault) in [
            ("keys %H", "absolute path"),
            ("'/bin/x", "invalid quotes"),
            ("# nothing", "no program"),
            ("/bin/x %q", "%q"),
            ("/bin/x ${NOPE}", "NOPE"),
        ] {
            let found = parse(text).expect_err(text);
            assert!(found.contains(fault), "{found}");
        }
    }
}
