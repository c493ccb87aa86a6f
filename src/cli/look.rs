//! Chooses the language of messages and what the terminal can show.

use std::ffi::OsString;

use super::environment::ProcessEnvironment;
use crate::catalogue::{self, Language};
use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::say;
use crate::terminal;
use crate::ui::screen::look::Look;

/// Sets the language of the locale. English is kept under the name `ssh`, and if standard error is
/// not a terminal, because programs that call ssh parse its messages.
pub(super) fn speak_locale(environment: &ProcessEnvironment, as_ssh: bool) {
    let reads = !as_ssh && terminal::is_terminal(descriptor::stderr());
    let locale = locale(environment, "LC_MESSAGES").filter(|_| reads && shows_utf8(environment));
    if let Some(language) = locale.and_then(|locale| Language::named(&locale)) {
        catalogue::speak(language);
    }
}

/// Sets the language that `--lang` names.
pub(super) fn speak(name: &str) -> Result<()> {
    let language = Language::named(name).ok_or_else(|| {
        Error::new(Kind::Usage, say!(language_unknown, value = crate::text::line(name, 20)))
            .hint(say!(language_unknown_hint))
    })?;
    catalogue::speak(language);
    Ok(())
}

/// Sets the language of a `--lang` among these words; `false` if there is none.
pub(super) fn speak_as_asked(words: &[OsString]) -> bool {
    let named = words.windows(2).find(|two| two[0] == "--lang").map(|two| two[1].to_string_lossy());
    let language = named.and_then(|name| Language::named(&name));
    language.map(catalogue::speak).is_some()
}

/// Removes `--lang name` from the words of a verb, or before the verb, and sets the language.
pub(super) fn take_language(
    words: &mut Vec<OsString>,
    is_verb: impl Fn(&OsString) -> bool,
) -> Option<String> {
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let at = match words.first() {
        Some(first) if is_verb(first) => words[..end].iter().position(|word| word == "--lang")?,
        Some(first) if first == "--lang" && words.get(2).is_some_and(&is_verb) => 0,
        _ => return None,
    };
    let name = words.get(at + 1)?.to_string_lossy().into_owned();
    words.drain(at..at + 2);
    Some(name)
}

/// What the terminal can show; `None` if full-screen dialogs cannot or must not be used.
pub(super) fn full_screen(environment: &ProcessEnvironment) -> Option<Look> {
    bars(environment).filter(|_| terminal::is_terminal(descriptor::stdin()))
}

/// What the terminal on standard output can show; `None` if there is none, or a dumb one.
pub(super) fn bars(environment: &ProcessEnvironment) -> Option<Look> {
    let term = environment.get("TERM").unwrap_or_default();
    let is_shown = terminal::is_terminal(descriptor::stdout());
    (is_shown && !term.is_empty() && term != "dumb").then(|| Look {
        colour: environment.get("NO_COLOR").is_none_or(|value| value.is_empty()),
        unicode: shows_utf8(environment),
    })
}

/// LC_ALL, the category's variable, LANG: the first that is set (locale(7)).
fn locale(environment: &ProcessEnvironment, category: &str) -> Option<String> {
    ["LC_ALL", category, "LANG"]
        .into_iter()
        .find_map(|name| environment.get(name).filter(|value| !value.is_empty()))
}

/// Whether the locale says that the terminal uses UTF-8.
fn shows_utf8(environment: &ProcessEnvironment) -> bool {
    let locale = locale(environment, "LC_CTYPE").unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_taken_from_a_verbs_words_and_never_from_a_command() {
        let is_verb = |word: &OsString| word == "keygen";
        let take = |line: &str| {
            let mut words: Vec<_> = line.split(' ').map(OsString::from).collect();
            let name = take_language(&mut words, is_verb);
            let rest: Vec<_> =
                words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            (name, rest.join(" "))
        };
        assert_eq!(take("keygen -t rsa --lang ja"), (Some("ja".into()), "keygen -t rsa".into()));
        assert_eq!(take("--lang ja keygen"), (Some("ja".into()), "keygen".into()));
        assert_eq!(take("host tool --lang ja").0, None);
        assert_eq!(take("--lang ja host").0, None);
        assert_eq!(take("keygen -- --lang ja").0, None);
    }
}
