//! `tessh copy-id`: puts a public key into a server's authorized_keys, once, says what it did, and
//! tries the key on a second connection.
//!
//! The login is like any other; the key that is installed takes no part in it. `cli/connect/copy_id`
//! does the work.

use std::path::PathBuf;

use crate::cli::args::{self, Typed, TypedSetting, Verb};
use crate::cli::connect::context::ConnectContext;
use crate::cli::connect::copy_id::{
    CopyIdTarget, KeyToInstall, KeyTrial, install, logs_in, report,
};
use crate::cli::connect::enter::enter;
use crate::cli::connect::{history, prompt};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::copy_id::is_taken;
use crate::cli::output::print;
use crate::cli::{help, log, resolve, runtime};
use crate::client::session::{relay, rotation};
use crate::client::state::RememberedLogins;
use crate::error::{Error, Kind, Result};
use crate::keys::authorized::AuthorizedKey;
use crate::say;
use crate::text;

/// The exit code if the key is on the server and does not log in.
const DOES_NOT_LOG_IN: u8 = 1;
/// How many characters of a word or path are shown.
const MAX_SHOWN: usize = 400;

pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let (typed, key) = words(typed)?;
    if typed.verb == Verb::Help {
        return print(&help::copy_id_help());
    }
    let key = key.as_deref().map(KeyToInstall::of_file).transpose()?;
    begin(&typed, key, environment)
}

/// Installs a key on a host that is typed as for connecting.
///
/// # Errors
/// Those of connecting, and what is there is no place for a key.
pub(super) fn begin(
    typed: &Typed,
    key: Option<KeyToInstall>,
    environment: ProcessEnvironment,
) -> Result<u8> {
    let target = CopyIdTarget::prepare(typed, &environment)?;
    runtime::run_to_exit_code(async move { copy(target, key, environment).await })
}

/// The words as for connecting, and the key, which is not one to log in with.
fn words(typed: &Typed) -> Result<(Typed, Option<PathBuf>)> {
    let mut parsed = args::parse_after(Verb::CopyId, typed.rest.iter().cloned())?;
    parsed.as_ssh = false;
    let mut keys = Vec::new();
    let mut stray = None;
    parsed.settings.retain(|setting| match setting {
        TypedSetting::Flag { flag: "-i", value, .. } => {
            keys.push(value.clone());
            false
        }
        TypedSetting::Flag { flag, .. } => {
            stray = stray.or(Some(*flag).filter(|flag| !is_taken(flag)));
            true
        }
        TypedSetting::Option(_) => true,
    });
    if parsed.verb == Verb::Help {
        return Ok((parsed, None));
    }
    if let Some(flag) = stray.or_else(|| without_meaning(&parsed)) {
        return Err(usage(say!(copy_id_flag_without_meaning, flag)));
    }
    if keys.len() > 1 {
        return Err(usage(say!(copy_id_one_key)));
    }
    if parsed.lacks_host() {
        return Err(usage(say!(no_host_named)).hint(say!(copy_id_usage)));
    }
    if let Some(word) = parsed.command.first() {
        let word = text::line(&word.to_string_lossy(), MAX_SHOWN);
        return Err(usage(say!(copy_id_one_host, word)).hint(say!(copy_id_usage)));
    }
    Ok((parsed, keys.pop().map(PathBuf::from)))
}

/// A flag that is no keyword and asks for something that is not done here.
fn without_meaning(typed: &Typed) -> Option<&'static str> {
    let typed = [
        (typed.print_config, "-G"),
        (typed.list_keys, "-Z"),
        (typed.query.is_some(), "-Q"),
        (typed.print_version, "-V"),
        (typed.control.is_some(), "-O"),
        (typed.json, "--json"),
        (typed.encoding.is_some(), "--encoding"),
        (typed.log.is_some(), "--log"),
        (typed.confirm_paste, "--confirm-paste"),
        (typed.force, "--force"),
        (typed.yes, "--yes"),
    ];
    typed.into_iter().find(|(typed, _)| *typed).map(|(_, flag)| flag)
}

async fn copy(
    target: CopyIdTarget,
    key: Option<KeyToInstall>,
    environment: ProcessEnvironment,
) -> Result<u8> {
    let CopyIdTarget { typed, plan, password } = target;
    let key = match key {
        Some(key) => key,
        None => KeyToInstall::found(&plan, &environment).await?,
    };
    tell(&report::begins(&key));
    let line = AuthorizedKey::new(&key.public);
    let prompt = prompt::choose(&plan, &typed, &environment);
    let remembered = RememberedLogins::default();
    let context = ConnectContext::new(&plan, &environment, prompt, &remembered).keeping_logins();
    let (session, _) = enter(&context, password).await.map_err(|error| {
        resolve::sources::explained(error, &typed, &plan, &environment.context())
    })?;
    history::remember(&plan, &typed, &environment);
    let login = format!("{}@{}", session.user(), plan.host);
    let work = install(&session, (&plan, &environment), &line);
    let done = rotation::around(&session, &context.prompt, work).await;
    relay::close(session).await;
    let done = done?;
    report::installed(&done, &login).iter().for_each(|line| tell(line));
    let trial = logs_in(&context, &key).await;
    tell(&report::tried(&trial, &done));
    Ok(if matches!(trial, KeyTrial::Refused(_)) { DOES_NOT_LOG_IN } else { 0 })
}

fn tell(line: &str) {
    log::write(&format!("tessh: {line}"));
}

fn usage(cause: String) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(line: &str) -> Result<(Typed, Option<PathBuf>)> {
        let rest = line.split_whitespace().map(Into::into).collect();
        words(&Typed { rest, ..Typed::default() })
    }

    #[test]
    fn the_key_is_not_one_to_log_in_with() {
        let (typed, key) = read("-p 22 -i /k.pub -J gate -l me files").unwrap();
        assert_eq!(key.as_deref(), Some(Path::new("/k.pub")));
        assert_eq!(typed.destination.as_deref(), Some("files"));
        assert!(
            typed.settings.iter().all(|it| !matches!(it, TypedSetting::Flag { flag: "-i", .. }))
        );
        assert_eq!(typed.settings.len(), 3);
        assert_eq!(read("--profile work").unwrap().0.profile.as_deref(), Some("work"));
        assert_eq!(read("--help").unwrap().0.verb, Verb::Help);
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_one_line() {
        for line in
            ["", "h command", "-N h", "-L 1:h:2 h", "-i a -i b h", "-O check h", "-W a:1 h", "-t h"]
        {
            let Err(error) = read(line) else { panic!("{line}") };
            let error = error.to_string();
            assert!(!error.contains(char::is_control), "{error}");
        }
    }
}
