//! Converts collected values to types, one function for each kind of value.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::context::Context;
use crate::config::expand::{ALL, COMMON, Tokens, USER, path};
use crate::config::fault::{ConfigFault, shown};
use crate::config::keyword::Keyword;
use crate::config::layers::{Directive, Layers};
use crate::config::origin::{Origin, Setting, at};
use crate::config::pattern;
use crate::config::value::{self, RekeyLimit, is_none};
use crate::destination::check_typed_user;
use crate::error::{Error, Result};
use crate::say;

/// Converts collected values to types. Only expansions can still fail, because `arguments` has
/// checked everything else. A value that fails leaves its default, and its error is kept: a return
/// from between some eighty values needs code at each that drops all those before it.
pub(super) struct Values<'a> {
    pub(super) layers: &'a Layers,
    pub(super) context: &'a Context,
    pub(super) tokens: Tokens,
    /// Whether they are only printed.
    printed: bool,
    /// The first error.
    failed: Cell<Option<Error>>,
}

impl<'a> Values<'a> {
    pub(super) fn new(layers: &'a Layers, context: &'a Context) -> Values<'a> {
        let tokens = Tokens::local(context);
        Values { layers, context, tokens, printed: false, failed: Cell::default() }
    }

    /// For `-G`; see [`Values::printed_as_written`].
    pub(super) fn to_print(layers: &'a Layers, context: &'a Context) -> Values<'a> {
        Values { printed: true, ..Values::new(layers, context) }
    }

    /// What was made of the values, unless one of them failed.
    pub(super) fn checked<T>(&self, made: T) -> Result<T> {
        self.failed.take().map_or(Ok(made), Err)
    }

    /// The setting, or the default where it failed.
    pub(super) fn or_default<T>(&self, setting: Result<Setting<T>>, default: T) -> Setting<T> {
        setting.unwrap_or_else(|error| {
            self.failed.set(Some(self.failed.take().unwrap_or(error)));
            Setting::default_value(default)
        })
    }

    /// [`Values::or_default`] for a value that `-G` prints as it is written: if it is only printed,
    /// that its expansion failed is no error.
    pub(super) fn printed_as_written<T>(
        &self,
        setting: Result<Setting<T>>,
        default: T,
    ) -> Setting<T> {
        match setting {
            Err(_) if self.printed => Setting::default_value(default),
            setting => self.or_default(setting, default),
        }
    }

    pub(super) fn parsed<T>(
        &self,
        keyword: Keyword,
        default: T,
        parse: impl Fn(&str) -> Result<T, ConfigFault>,
    ) -> Setting<T> {
        self.arguments(keyword, default, |args| parse(&args[0]))
    }

    /// Parses all arguments of a keyword that takes several; returns the default if it is not set.
    pub(super) fn arguments<T>(
        &self,
        keyword: Keyword,
        default: T,
        parse: impl Fn(&[String]) -> Result<T, ConfigFault>,
    ) -> Setting<T> {
        let Some(entry) = self.layers.first(keyword) else {
            return Setting::default_value(default);
        };
        let value = parse(&entry.args).map_err(|fault| at(&entry.origin, keyword, &fault));
        self.or_default(value.map(|value| Setting::new(value, entry.origin.clone())), default)
    }

    pub(super) fn optional<T>(
        &self,
        keyword: Keyword,
        parse: impl Fn(&str) -> Result<T, ConfigFault>,
    ) -> Setting<Option<T>> {
        self.parsed(keyword, None, |text| parse(text).map(Some))
    }

    pub(super) fn text(&self, keyword: Keyword) -> Setting<Option<String>> {
        self.optional(keyword, |text| Ok(text.to_owned()))
    }

    pub(super) fn flag(&self, keyword: Keyword, default: bool) -> Setting<bool> {
        self.parsed(keyword, default, value::flag)
    }

    /// Parses one word out of a list; for an empty text, `parse` returns the default.
    pub(super) fn word<T>(&self, keyword: Keyword, parse: impl Fn(&str) -> T) -> Setting<T> {
        match self.layers.first(keyword) {
            Some(entry) => Setting::new(parse(&entry.args[0]), entry.origin.clone()),
            None => Setting::default_value(parse("")),
        }
    }

    pub(super) fn time(&self, keyword: Keyword) -> Setting<Option<Duration>> {
        let some = |text: &str| value::time(text).map(|t| (!t.is_zero()).then_some(t));
        self.parsed(keyword, None, some)
    }

    pub(super) fn rekey_limit(&self) -> Result<Setting<RekeyLimit>> {
        let Some(entry) = self.layers.first(Keyword::RekeyLimit) else {
            return Ok(Setting::default_value(RekeyLimit::default()));
        };
        let limit = value::rekey(&entry.args);
        let mut limit = limit.map_err(|fault| at(&entry.origin, Keyword::RekeyLimit, &fault))?;
        // As in ssh(1), amount and time are set separately: the time may come from a later line.
        let times = self.layers.all(Keyword::RekeyLimit).filter_map(|entry| entry.args.get(1));
        let time = times.filter(|text| !is_none(text)).find_map(|text| value::time(text).ok());
        limit.time = time.filter(|time| !time.is_zero());
        Ok(Setting::new(limit, entry.origin.clone()))
    }

    /// The command line of a keyword; `None` for the word `none`.
    pub(super) fn command(&self, keyword: Keyword) -> Setting<Option<String>> {
        self.layers.first_but_none(keyword)
    }

    pub(super) fn expanded(
        &self,
        keyword: Keyword,
        setting: Setting<Option<String>>,
        allowed: &str,
    ) -> Result<Setting<Option<String>>> {
        let Some(text) = setting.value else {
            return Ok(setting);
        };
        let value = self.tokens.percent(&text, allowed);
        let value = value.map_err(|fault| at(&setting.origin, keyword, &fault))?;
        Ok(Setting::new(Some(value), setting.origin))
    }

    /// Expands tokens as [`Values::expanded`] does, but for a command line that a local shell
    /// reads.
    pub(super) fn for_shell(
        &self,
        keyword: Keyword,
        setting: Setting<Option<String>>,
        allowed: &str,
    ) -> Result<Setting<Option<String>>> {
        let value = setting.value.as_deref().map(|text| self.tokens.shell(text, allowed));
        let value = value.transpose().map_err(|fault| at(&setting.origin, keyword, &fault))?;
        Ok(Setting::new(value, setting.origin))
    }

    pub(super) fn local_command(&self) -> Result<Setting<Option<String>>> {
        let command = self.command(Keyword::LocalCommand);
        if !self.flag(Keyword::PermitLocalCommand, false).value {
            return Ok(Setting::default_value(None));
        }
        self.for_shell(Keyword::LocalCommand, command, ALL)
    }

    pub(super) fn path(&self, entry: &Directive, text: &str) -> Result<PathBuf> {
        let path = path(text, &self.tokens, self.context);
        path.map_err(|fault| at(&entry.origin, entry.keyword, &fault))
    }

    /// The files of a keyword that accumulates, without `none`.
    pub(super) fn paths(&self, keyword: Keyword) -> Result<Setting<Vec<PathBuf>>> {
        let named = self.layers.all(keyword).filter(|entry| !is_none(&entry.args[0]));
        let files: Result<_> = named.map(|entry| self.path(entry, &entry.args[0])).collect();
        Ok(Setting::new(files?, self.layers.origin(keyword)))
    }

    pub(super) fn identity_agent(&self) -> Result<Setting<Option<String>>> {
        let keyword = Keyword::IdentityAgent;
        let Some(entry) = self.layers.first(keyword) else {
            return Ok(Setting::default_value(None));
        };
        let text = entry.args[0].as_str();
        let value = match text.strip_prefix('$') {
            _ if is_none(text) => Some("none".to_owned()),
            _ if text == "SSH_AUTH_SOCK" => None,
            Some(name) if !name.starts_with('{') => {
                // As in ssh(1), a variable that is not set means no agent.
                Some((self.context.env)(name).unwrap_or_else(|| "none".to_owned()))
            }
            _ => Some(self.path(entry, text)?.to_string_lossy().into_owned()),
        };
        Ok(Setting::new(value, entry.origin.clone()))
    }

    /// User: a value from a file or `-o` is expanded; one from `-l` or the destination is not.
    pub(super) fn user(&self) -> Result<Setting<String>> {
        let keyword = Keyword::User;
        let Some(entry) = self.layers.first(keyword) else {
            return Ok(Setting::default_value(self.context.local_user.clone()));
        };
        let text = entry.args[0].as_str();
        let origin = entry.origin.clone();
        if matches!(origin, Origin::Flag(_) | Origin::Destination) {
            return Ok(Setting::new(text.to_owned(), origin));
        }
        let name = self.tokens.percent_dollar(text, USER, self.context);
        let name = name.map_err(|fault| at(&origin, keyword, &fault))?;
        if name != text {
            check_typed_user(&name).map_err(|error| at(&origin, keyword, error.cause()))?;
        }
        Ok(Setting::new(name, origin))
    }

    pub(super) fn version_addendum(&self) -> Result<Setting<Option<String>>> {
        let keyword = Keyword::VersionAddendum;
        let setting = self.layers.first_but_none(keyword);
        let text = setting.value.as_deref().map(|text| {
            let text = self.tokens.percent_dollar(text, COMMON, self.context)?;
            // The addendum becomes part of the identification line (RFC 4253 section 4.2).
            match text.contains(char::is_control) {
                true => Err(say!(config_bad_addendum, value = shown(&text))),
                false => Ok(text),
            }
        });
        let text = text.transpose().map_err(|fault| at(&setting.origin, keyword, &fault))?;
        Ok(Setting::new(text, setting.origin))
    }

    /// SetEnv: the first value of a name counts; values are expanded, names are not.
    pub(super) fn set_env(&self) -> Result<Setting<Vec<(String, String)>>> {
        let Some(entry) = self.layers.first(Keyword::SetEnv) else {
            return Ok(Setting::default_value(Vec::new()));
        };
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in entry.args.iter().filter_map(|pair| pair.split_once('=')) {
            if pairs.iter().all(|(known, _)| known != name) {
                let value = self.tokens.percent_dollar(value, COMMON, self.context);
                let value = value.map_err(|fault| at(&entry.origin, entry.keyword, &fault))?;
                pairs.push((name.to_owned(), value));
            }
        }
        Ok(Setting::new(pairs, entry.origin.clone()))
    }
}

/// SendEnv: each word adds a pattern; a word that begins with `-` removes the patterns it matches.
pub(super) fn send_env(layers: &Layers) -> Setting<Vec<String>> {
    let mut patterns: Vec<String> = Vec::new();
    for word in layers.all(Keyword::SendEnv).flat_map(|entry| &entry.args) {
        match word.strip_prefix('-') {
            Some(remove) => patterns.retain(|known| !pattern::matches(remove, known)),
            None => patterns.push(word.clone()),
        }
    }
    Setting::new(patterns, layers.origin(Keyword::SendEnv))
}
