//! The collected values: unparsed, in ssh's order of precedence, each with its origin.
//!
//! The command line comes first, then the user's file, then the system's. The first value of a
//! keyword counts, except for the few keywords that accumulate. Later values are kept as well, so
//! that messages can name what was overridden.

use super::arguments;
use super::block::ConfigBlock;
use super::fault::{AdvisedFault, shown};
use super::keyword::{Keyword, Shape};
use super::line;
use super::origin::{Origin, Setting, at};
use super::pattern;
use super::value::{self, Jump};
use crate::destination::check_typed_user;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most identity files, certificates and forwards of one kind; ssh(1) allows 100.
const MAX_ACCUMULATED: usize = 100;

/// The most Host and Match lines kept: as many short ones as the largest file holds.
const MAX_BLOCKS: usize = 100_000;

/// The most values kept, overridden ones included. What counts is always kept: it is the first of
/// its keyword, or one of few.
const MAX_DIRECTIVES: usize = 10_000;

/// The most warnings; a file may earn one with each line.
const MAX_WARNINGS: usize = 100;

/// One collected value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The keyword that was set.
    pub keyword: Keyword,
    /// The arguments; for a keyword that takes the rest of its line, one argument with all of it.
    pub args: Vec<String>,
    /// Where it was set.
    pub origin: Origin,
}

/// The collected values.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    entries: Vec<Directive>,
    warnings: Vec<String>,
    final_wanted: bool,
    host_named: bool,
    blocks: Vec<ConfigBlock>,
    /// The host name after the first reading, and the setting that made it differ from HostName.
    resolved: Option<(String, Option<Origin>)>,
}

impl Layers {
    /// Makes layers without values.
    pub fn new() -> Layers {
        Layers::default()
    }

    /// Adds the argument of `-o`: a keyword in any case, `=` or blanks, and its value.
    ///
    /// # Errors
    /// [`Kind::Config`]: `Bad configuration option: x`, or a value that the keyword does not
    /// accept.
    pub fn option(&mut self, text: &str, origin: Origin) -> Result<()> {
        let Some((name, rest)) = line::keyword(text) else {
            // As in ssh, an empty option is none: scripts pass -o "$OPTION".
            return Ok(());
        };
        let Some(keyword) = Keyword::find(name) else {
            if self.ignores(name) {
                return Ok(());
            }
            let cause = format!("{origin}: {}", arguments::unknown(name));
            let hint = say!(config_option_unknown_hint, name = shown(name));
            return Err(Error::new(Kind::Config, cause).hint(hint));
        };
        if matches!(keyword, Keyword::Host | Keyword::Match | Keyword::Include) {
            let what = say!(config_directive_not_on_command_line, keyword = keyword.name());
            return Err(Error::new(Kind::Config, format!("{origin}: {what}")));
        }
        let args =
            arguments::parse(keyword, rest).map_err(|fault| refused(&origin, keyword, fault))?;
        check_typed(keyword, args.first().map_or("", String::as_str), &origin)?;
        self.record(keyword, args, origin)
    }

    /// Adds one value. It counts if it is the first of its keyword, or the keyword accumulates.
    ///
    /// # Errors
    /// [`Kind::Config`]: the keyword does not accept the value.
    pub fn set(&mut self, keyword: Keyword, value: &str, origin: Origin) -> Result<()> {
        let args = vec![value.to_owned()];
        arguments::check(keyword, &args).map_err(|fault| refused(&origin, keyword, fault))?;
        check_typed(keyword, value, &origin)?;
        self.record(keyword, args, origin)
    }

    /// Adds the arguments of a keyword that takes several.
    ///
    /// # Errors
    /// [`Kind::Config`]: the keyword does not accept them.
    pub fn set_all(&mut self, keyword: Keyword, args: Vec<String>, origin: Origin) -> Result<()> {
        arguments::check(keyword, &args).map_err(|fault| refused(&origin, keyword, fault))?;
        self.record(keyword, args, origin)
    }

    /// Adds one value before all others. Most flags of ssh(1) override every `-o`, and a later flag
    /// overrides an earlier one.
    ///
    /// # Errors
    /// [`Kind::Config`]: the keyword does not accept the value.
    pub fn overrule(&mut self, keyword: Keyword, value: &str, origin: Origin) -> Result<()> {
        let args = vec![value.to_owned()];
        arguments::check(keyword, &args).map_err(|fault| refused(&origin, keyword, fault))?;
        check_typed(keyword, value, &origin)?;
        self.entries.insert(0, Directive::checked(keyword, args, origin));
        Ok(())
    }

    /// Whether a `Match final` line was met, so that the files must be read a second time.
    pub fn wants_final_pass(&self) -> bool {
        self.final_wanted
    }

    /// Whether a Host line that applies has a pattern for the host other than `*`.
    pub fn names_host(&self) -> bool {
        self.host_named
    }

    /// The Host and Match lines that were met, in order.
    pub fn blocks(&self) -> &[ConfigBlock] {
        &self.blocks
    }

    /// Records that the files must be read a second time, for `Match final`.
    pub(super) fn want_final_pass(&mut self) {
        self.final_wanted = true;
    }

    /// Records that a Host line names the host.
    pub(super) fn name_host(&mut self) {
        self.host_named = true;
    }

    /// Adds a Host or Match line, up to [`MAX_BLOCKS`].
    pub(super) fn enter(&mut self, block: ConfigBlock) {
        if self.blocks.len() < MAX_BLOCKS {
            self.blocks.push(block);
        }
    }

    /// Sets the name to connect to, before the files are read a second time.
    pub fn resolve(&mut self, name: String, origin: Option<Origin>) {
        self.resolved = Some((name, origin));
    }

    /// The name set by [`Layers::resolve`].
    pub(super) fn resolved(&self) -> Option<&(String, Option<Origin>)> {
        self.resolved.as_ref()
    }

    /// All collected values, in order of precedence.
    pub fn entries(&self) -> &[Directive] {
        &self.entries
    }

    /// The first value of the keyword, which is the one that counts.
    pub(super) fn first(&self, keyword: Keyword) -> Option<&Directive> {
        self.entries.iter().find(|entry| entry.keyword == keyword)
    }

    /// All values of the keyword, in order of precedence.
    pub(super) fn all(&self, keyword: Keyword) -> impl Iterator<Item = &Directive> {
        self.entries.iter().filter(move |entry| entry.keyword == keyword)
    }

    /// The first value of the keyword as one text; `None` for the word `none`.
    pub(super) fn first_but_none(&self, keyword: Keyword) -> Setting<Option<String>> {
        match self.first(keyword) {
            None => Setting::default_value(None),
            Some(entry) => {
                let value = Some(entry.args[0].clone()).filter(|text| !value::is_none(text));
                Setting::new(value, entry.origin.clone())
            }
        }
    }

    /// The origin of the first value of the keyword.
    pub(super) fn origin(&self, keyword: Keyword) -> Origin {
        self.first(keyword).map_or(Origin::Default, |entry| entry.origin.clone())
    }

    /// The position of the keyword's first value among all values, for keywords that compete.
    pub(super) fn rank(&self, keyword: Keyword) -> Option<usize> {
        self.entries.iter().position(|entry| entry.keyword == keyword)
    }

    /// Warnings for the user, without duplicates.
    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(super) fn warn(&mut self, warning: String) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Whether IgnoreUnknown, with the value set so far, covers this name.
    pub(super) fn ignores(&self, name: &str) -> bool {
        let list = self.first(Keyword::IgnoreUnknown).map(|e| e.args[0].to_ascii_lowercase());
        list.is_some_and(|list| pattern::matches_list(&list, &name.to_ascii_lowercase()))
    }

    /// Adds a value that has been checked already.
    pub(super) fn record(
        &mut self,
        keyword: Keyword,
        args: Vec<String>,
        origin: Origin,
    ) -> Result<()> {
        let settled = matches!(
            keyword,
            Keyword::CanonicalizeHostname
                | Keyword::CanonicalizeMaxDots
                | Keyword::CanonicalizeFallbackLocal
        );
        // As in ssh(1), RefuseConnection ends the reading at once, for -G as well.
        if keyword == Keyword::RefuseConnection {
            return Err(at(&origin, keyword, &shown(&args[0])));
        }
        // As in ssh(1), the second reading cannot change the keywords that determined the name.
        if settled && self.resolved.is_some() {
            return Ok(());
        }
        // As in ssh(1), `none` as a time sets nothing, and a later value counts.
        if keyword.row().shape == Shape::Time && value::is_none(&args[0]) {
            return Ok(());
        }
        if keyword.accumulates() {
            let known = self.all(keyword).any(|entry| entry.args == args);
            if known && keyword != Keyword::SendEnv {
                return Ok(());
            }
            if self.all(keyword).count() >= MAX_ACCUMULATED {
                return Err(too_many(keyword, &origin));
            }
        } else if self.entries.len() >= MAX_DIRECTIVES && self.first(keyword).is_some() {
            return Ok(());
        }
        self.entries.push(Directive::checked(keyword, args, origin));
        Ok(())
    }
}

impl Directive {
    /// Arguments that have been checked, in one form: a port is in digits, even where a service was
    /// named, and a rule for names has both sides, even where `*` stands for both.
    fn checked(keyword: Keyword, mut args: Vec<String>, origin: Origin) -> Directive {
        if keyword.row().shape == Shape::Port
            && let Ok(port) = value::port(&args[0])
        {
            args[0] = port.to_string();
        }
        if keyword == Keyword::CanonicalizePermittedCNAMEs {
            args.iter_mut().filter(|rule| *rule == "*").for_each(|rule| rule.push_str(":*"));
        }
        Directive { keyword, args, origin }
    }
}

/// The error of a value that its keyword does not accept, with what it accepts.
fn refused(origin: &Origin, keyword: Keyword, advised: AdvisedFault) -> Error {
    let AdvisedFault { fault, next_step } = advised;
    let next_step = next_step.unwrap_or_else(|| page(keyword, origin));
    at(origin, keyword, &fault).hint(next_step)
}

/// The manual page that tells what a keyword or its flag accepts, as a next step.
pub(super) fn page(keyword: Keyword, origin: &Origin) -> String {
    match origin {
        Origin::Flag(flag) => say!(config_value_hint, page = "ssh(1)", name = flag),
        _ => say!(config_value_hint, page = "ssh_config(5)", name = keyword.name()),
    }
}

fn too_many(keyword: Keyword, origin: &Origin) -> Error {
    let (keyword, limit) = (keyword.name(), MAX_ACCUMULATED);
    Error::new(Kind::Config, say!(config_too_many_values, origin, keyword, limit))
}

/// Refuses a user or jump host from the command line with characters that a shell acts on. The
/// author of a file has seen its lines; a command line may come from a link or another program.
fn check_typed(keyword: Keyword, value: &str, origin: &Origin) -> Result<()> {
    match (keyword, origin) {
        (_, Origin::Default | Origin::File { .. } | Origin::Profile(_)) => Ok(()),
        (Keyword::User, _) => {
            check_typed_user(value).map_err(|error| at(origin, keyword, error.cause()))
        }
        (Keyword::ProxyJump, _) => Jump::check_typed(value)
            .map_err(|fault| at(origin, keyword, &fault).hint(say!(config_jump_hint))),
        _ => Ok(()),
    }
}
