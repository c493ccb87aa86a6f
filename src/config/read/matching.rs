//! Match: its criteria, and why a block applies or not (ssh_config(5)).
//!
//! Every criterion is evaluated even if an earlier one fails, so that a bad line is always
//! reported. Only a command (`exec`) runs just if all criteria before it hold.

use super::exec;
use super::facts::HostFacts;
use super::local_network;
use crate::config::context::Context;
use crate::config::expand::{MATCH_EXEC, Tokens, variables};
use crate::config::fault::{ConfigFault, shown};
use crate::config::keyword::Keyword;
use crate::config::layers::Layers;
use crate::config::line;
use crate::config::pattern;
use crate::config::route::{hostname_so_far, proxies};
use crate::config::value::Jump;
use crate::say;
/// The versions that `Match version` is compared with: that of the ssh(1) whose ssh_config(5) is
/// implemented here, because a file asks about its features, and tessh's own.
const VERSIONS: [&str; 2] = ["OpenSSH_10.6p1 tessh", concat!("tessh_", env!("CARGO_PKG_VERSION"))];

/// The result of a Match line.
pub(super) struct MatchOutcome {
    /// Whether the block applies: all criteria hold, and the block that included the file applies.
    pub(super) applies: bool,
    /// The first criterion that does not hold, and the value it was compared with.
    pub(super) failed: Option<(String, String)>,
    /// Whether the line has `final`, which requests a second reading.
    pub(super) wants_final: bool,
}

/// Evaluates all criteria of a Match line; `reachable` says whether its block can apply at all.
///
/// # Errors
/// A criterion is unknown or lacks its value, `all` is not alone, or an `exec` cannot be run or
/// does not end.
pub(super) fn evaluate(
    text: &str,
    layers: &Layers,
    host: &HostFacts,
    (context, reachable): (&Context, bool),
) -> Result<MatchOutcome, ConfigFault> {
    let mut words = line::words(text)?.into_iter();
    let mut outcome = MatchOutcome { applies: reachable, failed: None, wants_final: false };
    let facts = MatchFacts { layers, host, context };
    let mut criteria = 0;
    while let Some(typed) = words.next() {
        let (word, joined) = match typed.split_once('=') {
            Some((word, value)) => (word, Some(value.to_owned())),
            None => (typed.as_str(), None),
        };
        let (negated, name) = match word.strip_prefix('!') {
            Some(name) => (true, name.to_ascii_lowercase()),
            None => (false, word.to_ascii_lowercase()),
        };
        if name == "all" && joined.is_none() {
            if criteria > 1 || words.next().is_some() {
                return Err(say!(config_match_all));
            }
            outcome.note(!negated, word, String::new());
            return Ok(outcome);
        }
        criteria += 1;
        if (name == "final" || name == "canonical") && joined.is_none() {
            outcome.wants_final |= name == "final";
            let reading = if host.final_pass { "second reading" } else { "first reading" };
            outcome.note(host.final_pass != negated, word, reading.to_owned());
            continue;
        }
        let value = argument(&name, joined, &mut words)?;
        let (holds, actual) = facts.compare(&name, &value, outcome.applies)?;
        outcome.note(holds != negated, &format!("{word} {value}"), actual);
    }
    if criteria == 0 { Err(say!(config_match_empty)) } else { Ok(outcome) }
}

/// The value of a criterion: the text after a joined `=`, or the next word. Older versions of
/// ssh(1) also allow blanks around the `=`. Only a tag and a command may be the empty word, which
/// stands for none.
fn argument(
    name: &str,
    joined: Option<String>,
    words: &mut impl Iterator<Item = String>,
) -> Result<String, ConfigFault> {
    let may_be_empty = matches!(name, "tagged" | "command");
    let value = match joined {
        Some(value) if !value.is_empty() || may_be_empty => Some(value),
        Some(_) => words.next(),
        None => match words.next() {
            Some(sign) if sign == "=" => words.next(),
            Some(value) => Some(value.strip_prefix('=').map_or(value.clone(), str::to_owned)),
            None => None,
        },
    };
    let value = value.ok_or_else(|| say!(config_match_no_argument, name = shown(name)))?;
    match value.is_empty() && !may_be_empty {
        true => Err(say!(config_match_missing, name = shown(name))),
        false => Ok(value),
    }
}

impl MatchOutcome {
    fn note(&mut self, holds: bool, criterion: &str, actual: String) {
        self.applies &= holds;
        if !holds && self.failed.is_none() {
            self.failed = Some((criterion.to_owned(), actual));
        }
    }
}

/// The facts that criteria are compared with, as known at this point of the reading.
struct MatchFacts<'a> {
    layers: &'a Layers,
    host: &'a HostFacts,
    context: &'a Context,
}

impl MatchFacts<'_> {
    fn current(&self, keyword: Keyword) -> Option<&str> {
        self.layers.first(keyword).and_then(|entry| entry.args.first()).map(String::as_str)
    }

    fn hostname(&self) -> Result<String, ConfigFault> {
        match &self.host.resolved {
            Some(host) => Ok(host.clone()),
            None => hostname_so_far(self.layers, &self.host.original),
        }
    }

    fn user(&self) -> &str {
        self.current(Keyword::User).unwrap_or(&self.context.local_user)
    }

    /// Whether one criterion holds, and the value it was compared with.
    fn compare(
        &self,
        name: &str,
        value: &str,
        needed: bool,
    ) -> Result<(bool, String), ConfigFault> {
        let actual = match name {
            "host" => self.hostname()?,
            "originalhost" => self.host.original.clone(),
            "user" => self.user().to_owned(),
            "localuser" => self.context.local_user.clone(),
            "tagged" => self.current(Keyword::Tag).unwrap_or_default().to_owned(),
            "command" => self.host.command.clone().unwrap_or_default(),
            "sessiontype" => self.session_type(),
            "version" => VERSIONS.join(", "),
            "localnetwork" => return local_network::any_local_in(value),
            "exec" => return self.exec(value, needed),
            _ => return Err(say!(config_match_unknown, name = shown(name))),
        };
        let lower = |text: &str| text.to_lowercase();
        let holds = match name {
            "host" | "originalhost" => pattern::matches_list(&lower(value), &lower(&actual)),
            "version" => VERSIONS.iter().any(|version| pattern::matches_list(value, version)),
            // The empty word matches only if there is no tag or no command.
            "tagged" | "command" if value.is_empty() || actual.is_empty() => {
                value.is_empty() && actual.is_empty()
            }
            _ => pattern::matches_list(value, &actual),
        };
        Ok((holds, actual))
    }

    fn session_type(&self) -> String {
        let default = if self.host.command.is_some() { "exec" } else { "shell" };
        match self.current(Keyword::SessionType).map(str::to_ascii_lowercase) {
            Some(session) if session != "default" => session,
            _ => default.to_owned(),
        }
    }

    fn exec(&self, command: &str, needed: bool) -> Result<(bool, String), ConfigFault> {
        let tokens = self.tokens()?;
        if !needed {
            return tokens.percent(command, MATCH_EXEC).map(|_| (false, String::new()));
        }
        exec::run(&tokens.shell(command, MATCH_EXEC)?, self.context)
    }

    /// The tokens for a line that a shell reads; `${NAME}` in User is expanded first.
    fn tokens(&self) -> Result<Tokens, ConfigFault> {
        let tokens = tokens(self.layers, self.host, self.context)?;
        let user = variables(&tokens.user, self.context)?;
        Ok(Tokens { user, ..tokens })
    }
}

/// The tokens as known at this point of the reading: values that come later are missing, and User
/// is not expanded.
pub(super) fn tokens(
    layers: &Layers,
    host: &HostFacts,
    context: &Context,
) -> Result<Tokens, ConfigFault> {
    let facts = MatchFacts { layers, host, context };
    let hostname = facts.hostname()?;
    let (_, jump) = proxies(layers);
    let last = jump.value.as_deref().map(Jump::parse_list).transpose()?;
    let last = last.and_then(|mut list| list.pop());
    Ok(Tokens {
        key_alias: facts.current(Keyword::HostKeyAlias).unwrap_or(&hostname).to_owned(),
        jump: last.map_or_else(String::new, |jump| jump.host),
        original: host.original.clone(),
        port: facts.current(Keyword::Port).unwrap_or("22").to_owned(),
        user: facts.user().to_owned(),
        hostname,
        ..Tokens::local(context)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;

    fn context() -> Context {
        Context {
            home: "/home/me".into(),
            local_user: "me".to_owned(),
            local_host: "box".to_owned(),
            uid: 1000.into(),
            env: Box::new(|name| match name {
                "SHELL" => Some("/bin/sh".to_owned()),
                "EXEC_DEADLINE" => Some("1".to_owned()),
                _ => None,
            }),
        }
    }

    fn applies(text: &str, reachable: bool) -> Result<bool, ConfigFault> {
        let mut layers = Layers::new();
        layers.option("User=deploy", Origin::Option).unwrap();
        layers.option("Tag=blue", Origin::Option).unwrap();
        let host = HostFacts {
            original: "Web".to_owned(),
            command: Some("ls -l".to_owned()),
            ..HostFacts::default()
        };
        evaluate(text, &layers, &host, (&context(), reachable)).map(|outcome| outcome.applies)
    }

    /// Criteria that the reference ssh(1) is too old to be compared on.
    #[test]
    fn criteria_of_newer_versions() {
        for (text, wanted) in [
            ("tagged blue", true),
            ("tagged red", false),
            ("!tagged red", true),
            ("command ls*", true),
            ("command none", false),
            ("command \"\"", false),
            ("tagged \"\"", false),
            ("!tagged=", true),
            ("user = deploy", true),
            ("user= deploy", true),
            ("exec \"test \\\"a b\\\" = 'a b'\"", true),
            ("exec=true host=web", true),
            ("sessiontype exec", true),
            ("sessiontype shell,subsystem", false),
            ("version tessh_*", true),
            ("version OpenSSH_10.*", true),
            ("version OpenSSH_9.*", false),
            ("version openssh_*", false),
            ("!version OpenSSH_10.*,OpenSSH_9.*", false),
            ("sessiontype EXEC", false),
            ("localnetwork 240.0.0.0/8", false),
            ("localnetwork 127.0.0.0/8", true),
            ("!localnetwork 127.0.0.0/8", false),
            ("user deploy tagged blue host web", true),
        ] {
            assert_eq!(applies(text, true), Ok(wanted), "{text}");
        }
        for (bad, words) in [
            ("localnetwork nonsense", "Invalid network entry \"nonsense\""),
            ("localnetwork !127.0.0.0/8", "Invalid network entry"),
            ("localnetwork 127.0.0.1/8", "Inconsistent mask length for network"),
            ("localnetwork 127.0.0.0/33", "Inconsistent mask length for network"),
            ("localnetwork \"\"", "Missing Match criteria for localnetwork"),
            ("tagged", "missing argument for Match 'tagged'"),
            ("command", "missing argument for Match 'command'"),
            ("version \"\"", "Missing Match criteria for version"),
            ("sessiontype \"\"", "Missing Match criteria for sessiontype"),
            ("host=", "missing argument for Match 'host'"),
            ("tag blue", "Unsupported Match attribute tag"),
            ("! host web", "Unsupported Match attribute"),
            ("\"host web\"", "missing argument for Match 'host web'"),
            ("all=yes", "Unsupported Match attribute all"),
            ("final canonical all", "'all' cannot be combined"),
            ("all all", "'all' cannot be combined"),
            ("exec 'true\"", "invalid quotes"),
            ("# nothing", "One or more attributes required for Match"),
        ] {
            let fault = applies(bad, true).expect_err(bad);
            assert!(fault.contains(words), "{bad}: {fault}");
        }
        assert_eq!(applies("user deploy", false), Ok(false));
    }

    #[test]
    fn a_command_that_does_not_end_is_ended_with_all_that_it_started() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pid");
        let line = format!("exec \"sleep 600 & echo $! >{}; wait\"", file.display());
        let fault = applies(&line, true).unwrap_err();
        assert!(fault.contains("sleep 600"), "{fault}");
        let pid = std::fs::read_to_string(&file).unwrap();
        let gone = || {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
            // The process is gone, or a zombie that was not reaped yet.
            state.map_or(true, |state| state.contains(") Z "))
        };
        let start = std::time::Instant::now();
        while !gone() {
            assert!(start.elapsed() < std::time::Duration::from_secs(10), "{pid}");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_command_is_not_run_where_it_cannot_count() {
        let directory = tempfile::tempdir().unwrap();
        let mark = directory.path().join("mark");
        let exec = format!("exec \"touch {}\"", mark.display());
        assert_eq!(applies(&format!("user root {exec}"), true), Ok(false));
        assert_eq!(applies(&exec, false), Ok(false));
        assert!(!mark.exists());
        assert_eq!(applies(&exec, true), Ok(true));
        assert!(mark.exists());
    }
}
