//! The log and the encoding of a session, from the command line or from the saved session.

use std::path::Path;

use super::plan::{EncodingPlan, LogPlan, Plan};
use super::profile::shown_name;
use crate::cli::args::Typed;
use crate::config::{self, Context, SessionType};
use crate::error::{Error, Kind, Result};
use crate::profiles::SavedSession;
use crate::say;
use crate::terminal::encoding::Encoding;
use crate::terminal::record::{LogFormat, Stamps};
use crate::text;

/// How many characters of a word a message shows.
const MAX_SHOWN: usize = 80;
/// The flag's name in messages.
pub(super) const ENCODING: &str = "--encoding";
/// The file name that means no log.
const NONE: &str = "none";

/// Adds log and encoding to a plan.
///
/// # Errors
/// [`Kind::Usage`] and [`Kind::Config`]: a value is unknown, or values conflict.
pub(super) fn add(plan: &mut Plan, typed: &Typed, context: &Context) -> Result<()> {
    let profile = plan.profile.as_ref();
    plan.encoding = encoding(typed, profile)?;
    plan.log = log(typed, profile, context)?;
    if typed.log.is_some() && plan.log.is_some() && *plan.options.session_type == SessionType::None
    {
        plan.options.warnings.push(say!(log_no_session));
    }
    Ok(())
}

/// The flag that requests a log or an encoding, if one is requested.
///
/// # Errors
/// Those of [`add`].
pub(super) fn wanted(
    typed: &Typed,
    profile: Option<&SavedSession>,
    context: &Context,
) -> Result<Option<&'static str>> {
    if encoding(typed, profile)?.is_some() {
        return Ok(Some(ENCODING));
    }
    Ok(log(typed, profile, context)?.map(|_| "--log"))
}

fn encoding(typed: &Typed, profile: Option<&SavedSession>) -> Result<Option<EncodingPlan>> {
    if let Some(name) = &typed.encoding {
        let found = Encoding::find(name).map_err(|error| error.context(ENCODING))?;
        return Ok(found.map(|encoding| EncodingPlan { encoding, typed: true }));
    }
    let Some(session) = profile else { return Ok(None) };
    let Some(name) = &session.profile.encoding else { return Ok(None) };
    let found = Encoding::find(name).map_err(|error| {
        let profile = say!(config_profile, name = shown(&shown_name(session)));
        let cause = format!("{profile}: {}", error.cause());
        Error::new(Kind::Config, cause).hint(error.next_step().unwrap_or_default())
    })?;
    Ok(found.map(|encoding| EncodingPlan { encoding, typed: false }))
}

fn log(
    typed: &Typed,
    profile: Option<&SavedSession>,
    context: &Context,
) -> Result<Option<LogPlan>> {
    let saved = profile.map(|session| &session.profile);
    let template = match &typed.log {
        Some(path) => Some(file(path)?),
        None => saved.and_then(|profile| profile.log.as_deref()),
    };
    let words = words(typed)?;
    let Some(template) = template.filter(|template| *template != NONE) else {
        let flags =
            [("--log-format", &typed.log_format), ("--log-timestamp", &typed.log_timestamp)];
        return match flags.iter().find(|(_, word)| word.is_some()) {
            Some((flag, _)) if typed.log.is_none() => {
                Err(usage(say!(log_none, flag)).hint(say!(log_none_hint)))
            }
            _ => Ok(None),
        };
    };
    // A saved session with an unknown value is refused when it is read.
    let saved_word =
        |word: Option<&String>| word.map(String::as_str).unwrap_or_default().to_owned();
    let format = saved_word(saved.and_then(|profile| profile.log_format.as_ref()));
    let stamps = saved_word(saved.and_then(|profile| profile.log_timestamp.as_ref()));
    let format = words.0.or_else(|| LogFormat::find(&format)).unwrap_or_default();
    let stamps = words.1.or_else(|| Stamps::find(&stamps)).unwrap_or_default();
    if format == LogFormat::Raw && stamps != Stamps::None {
        return Err(usage(say!(log_raw_stamps)).hint(say!(log_raw_stamps_hint)));
    }
    let template = config::tilde(template, context)
        .map_err(|fault| usage(say!(log_fault, name = shown(template), why = fault)))?;
    Ok(Some(LogPlan { template, format, stamps }))
}

/// The values of `--log-format` and `--log-timestamp`.
pub(super) fn words(typed: &Typed) -> Result<(Option<LogFormat>, Option<Stamps>)> {
    let unknown = |flag: &str, word: &str, known: &[&str]| {
        usage(say!(log_one_of, flag, word = shown(word), known = known.join(", ")))
    };
    let format = typed.log_format.as_deref().map(|word| {
        let known = LogFormat::WORDS.map(|(word, _)| word);
        LogFormat::find(word).ok_or_else(|| unknown("--log-format", word, &known))
    });
    let stamps = typed.log_timestamp.as_deref().map(|word| {
        let known = Stamps::WORDS.map(|(word, _)| word);
        Stamps::find(word).ok_or_else(|| unknown("--log-timestamp", word, &known))
    });
    Ok((format.transpose()?, stamps.transpose()?))
}

/// The absolute template for a saved session, which may be used from any directory; `None` for
/// `none`.
pub(super) fn settled(path: &Path, directory: &Path) -> Result<Option<String>> {
    let template = file(path)?;
    if template == NONE {
        return Ok(None);
    }
    if template.starts_with(['/', '~']) {
        return Ok(Some(template.to_owned()));
    }
    let Some(directory) = directory.to_str() else {
        let cause = say!(directory_not_utf8, value = shown(template));
        return Err(usage(cause).hint(say!(directory_not_utf8_hint)));
    };
    // Escapes the directory's own `%` and `&`, which are not template characters.
    let directory = directory.trim_end_matches('/').replace('%', "%%").replace('&', "&&");
    Ok(Some(format!("{directory}/{template}")))
}

fn file(path: &Path) -> Result<&str> {
    match path.to_str() {
        Some("") => Err(usage(say!(log_name_empty))),
        Some(path) => Ok(path),
        None => Err(usage(say!(log_name_not_utf_8))),
    }
}

fn shown(text: &str) -> String {
    text::line(text, MAX_SHOWN)
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;
    use crate::cli::args;
    use crate::cli::resolve::{Availability, resolve_within};

    const SAVED: &str = "host = 'h'\nlog = '~/logs/&h'\nlog_timestamp = 'utc'\nencoding = 'sjis'\n";

    fn plan_with(saved: &str, words: &[&str]) -> Result<Plan> {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join(".config/tessh/sessions");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("s.toml"), saved).unwrap();
        fs::set_permissions(directory.join("s.toml"), fs::Permissions::from_mode(0o600)).unwrap();
        let context = Context {
            home: home.path().to_owned(),
            local_user: "me".to_owned(),
            local_host: "box".to_owned(),
            uid: fs::metadata(home.path()).unwrap().uid().into(),
            env: Box::new(|_| None),
        };
        let around =
            Availability { terminal: true, can_ask: true, exists: &|_| false, answers: &|_| false };
        let words = ["-F", "none"].iter().chain(words).map(Into::into);
        let mut plan = resolve_within(&args::parse(words, false)?, &context, &around)?;
        if let Some(log) = &mut plan.log {
            log.template = log.template.replace(home.path().to_str().unwrap(), "HOME");
        }
        Ok(plan)
    }

    fn log(words: &[&str]) -> Option<(String, LogFormat, Stamps)> {
        let log = plan_with(SAVED, words).unwrap().log;
        log.map(|LogPlan { template, format, stamps }| (template, format, stamps))
    }

    fn wanted(
        template: &str,
        format: LogFormat,
        stamps: Stamps,
    ) -> Option<(String, LogFormat, Stamps)> {
        Some((template.to_owned(), format, stamps))
    }

    #[test]
    fn what_is_typed_beats_what_is_saved() {
        let saved = "HOME/logs/&h";
        assert_eq!(log(&["x"]), None);
        assert_eq!(log(&["s"]), wanted(saved, LogFormat::Text, Stamps::Utc));
        assert_eq!(log(&["--log", "none", "s"]), None);
        assert_eq!(log(&["--log", "f", "x"]), wanted("f", LogFormat::Text, Stamps::None));
        assert_eq!(log(&["--log", "f", "s"]), wanted("f", LogFormat::Text, Stamps::Utc));
        assert_eq!(log(&["--log=~/f", "x"]), wanted("HOME/f", LogFormat::Text, Stamps::None));
        let raw = ["--log-format", "raw", "--log-timestamp", "none", "s"];
        assert_eq!(log(&raw), wanted(saved, LogFormat::Raw, Stamps::None));
        let elapsed = ["--log-timestamp", "elapsed", "s"];
        assert_eq!(log(&elapsed), wanted(saved, LogFormat::Text, Stamps::Elapsed));
        let encoding = |words: &[&str]| plan_with(SAVED, words).unwrap().encoding;
        let name = |words: &[&str]| encoding(words).map(|it| (it.encoding.name(), it.typed));
        assert_eq!(name(&["s"]), Some(("Shift_JIS", false)));
        assert_eq!(name(&["--encoding", "euc-jp", "s"]), Some(("EUC-JP", true)));
        assert_eq!(name(&["--encoding", "UTF-8", "s"]), None);
        assert_eq!(name(&["x"]), None);
        let warned = plan_with(SAVED, &["-N", "--log", "f", "x"]).unwrap().options.warnings;
        assert!(warned.iter().any(|warning| warning.contains("no session to log")), "{warned:?}");
    }

    #[test]
    fn words_that_do_not_go_together_are_refused() {
        for (words, message) in [
            (&["--log-format", "raw", "x"][..], "--log-format: there is no log"),
            (&["--log-timestamp", "utc", "x"], "--log-timestamp: there is no log"),
            (&["--log", "f", "--log-format", "xml", "x"], "one of text, raw"),
            (&["--log", "f", "--log-timestamp", "now", "x"], "local, utc, elapsed, connection"),
            (&["--log-format", "raw", "s"], "no timestamps"),
            (&["--log", "", "x"], "empty"),
            (&["--log", "~nobody-of-this-name/f", "x"], "No such user"),
            (&["--encoding", "euc-jq", "x"], "--encoding: no encoding is called 'euc-jq'"),
        ] {
            let error = plan_with(SAVED, words).map(|_| ()).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{error}");
            assert!(error.to_string().contains(message), "{error}");
        }
        let error =
            plan_with("host = 'h'\nencoding = 'klingon'\n", &["s"]).map(|_| ()).unwrap_err();
        assert!(error.to_string().starts_with("session s: no encoding is called"), "{error}");
        assert_eq!(error.kind(), Kind::Config);
    }

    #[test]
    fn a_saved_log_means_the_same_from_everywhere() {
        let settled = |path: &str| settled(Path::new(path), Path::new("/a%b/R&D")).unwrap();
        assert_eq!(settled("%Y/&h").as_deref(), Some("/a%%b/R&&D/%Y/&h"));
        assert_eq!(settled("~/log").as_deref(), Some("~/log"));
        assert_eq!(settled("/x").as_deref(), Some("/x"));
        assert_eq!(settled("none"), None);
    }
}
