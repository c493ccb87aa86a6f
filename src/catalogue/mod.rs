//! Every text that a person reads, in the languages there are (Project Fluent, one set of
//! `.ftl` files for each language, built in).
//!
//! `say!("id", name = value)` gives a text in the language of the process, which `cli` settles
//! once at the start; English until then. What a machine reads (`-v`, `-G`, `-Q`, JSON keys)
//! is not here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that all texts exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `en`
    English,
    /// `ja`
    Japanese,
}

impl Language {
    /// By its name, as `--lang` takes it: `en`, `ja`, or a locale such as `ja_JP.UTF-8`.
    pub fn named(name: &str) -> Option<Language> {
        let end = name.find(['_', '-', '.', '@']).unwrap_or(name.len());
        match name[..end].to_ascii_lowercase().as_str() {
            "en" | "c" | "posix" | "english" => Some(Language::English),
            "ja" | "japanese" => Some(Language::Japanese),
            _ => None,
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        let name: &str = match self {
            Language::English => "en",
            Language::Japanese => "ja",
        };
        // Only plural rules depend on it.
        name.parse().unwrap_or_default()
    }
}

/// The texts, file by file: the same names in each language.
macro_rules! files {
    ($language:literal) => {
        &[
            include_str!(concat!($language, "/general.ftl")),
            include_str!(concat!($language, "/connection.ftl")),
            include_str!(concat!($language, "/login.ftl")),
            include_str!(concat!($language, "/warning.ftl")),
            include_str!(concat!($language, "/generator.ftl")),
            include_str!(concat!($language, "/session.ftl")),
            include_str!(concat!($language, "/error.ftl")),
            include_str!(concat!($language, "/error-client.ftl")),
            include_str!(concat!($language, "/error-keys.ftl")),
            include_str!(concat!($language, "/verbs.ftl")),
            include_str!(concat!($language, "/forward.ftl")),
            include_str!(concat!($language, "/config.ftl")),
            include_str!(concat!($language, "/explain.ftl")),
            include_str!(concat!($language, "/route.ftl")),
            include_str!(concat!($language, "/mux.ftl")),
            include_str!(concat!($language, "/share.ftl")),
            include_str!(concat!($language, "/trust.ftl")),
            include_str!(concat!($language, "/authority.ftl")),
            include_str!(concat!($language, "/agent.ftl")),
            include_str!(concat!($language, "/aside.ftl")),
        ]
    };
}
const ENGLISH: &[&str] = files!("en");
const JAPANESE: &[&str] = files!("ja");

static SPOKEN: AtomicU8 = AtomicU8::new(0);

/// Settles the language of the process; called once, at the start.
pub fn speak(language: Language) {
    SPOKEN.store(language as u8, Ordering::Relaxed);
}

/// The language of the process.
pub fn spoken() -> Language {
    #[cfg(test)]
    if let Some(language) = testing::SPOKEN_HERE.get() {
        return language;
    }
    match SPOKEN.load(Ordering::Relaxed) {
        1 => Language::Japanese,
        _ => Language::English,
    }
}

/// The text of this name in the language of the process; `say!` is the way to call it.
///
/// Values are put in as they are: what came from a peer or a file has been sanitised before.
pub fn text(id: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    text_in(spoken(), id, values)
}

/// [`text`] in a given language. A name that is in no file gives itself; a test finds those.
pub fn text_in(language: Language, id: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let Some(source) = messages(language).get(id) else { return id.to_owned() };
    // A test has all of them parsed without a fault.
    let resource = FluentResource::try_new((*source).to_owned())
        .unwrap_or_else(|(resource, _faults)| resource);
    let mut bundle = FluentBundle::new(vec![language.identifier()]);
    // The isolation marks are for right-to-left text, and a terminal shows them as boxes.
    bundle.set_use_isolating(false);
    let _ = bundle.add_resource(resource);
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        return id.to_owned();
    };
    let mut arguments = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        arguments.set(*name, FluentValue::String(Cow::Owned(value.to_string())));
    }
    bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
}

/// A text in the language of the process: `say!("id")`, `say!("id", name = value, …)`, or
/// `say!("id", name)` where a variable has the name of the value.
#[macro_export]
macro_rules! say {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::catalogue::text($id, &[$((stringify!($name), &$crate::say!(@ $name $(= $value)?))),*])
    };
    (@ $name:ident) => { $name };
    (@ $name:ident = $value:expr) => { $value };
}

/// Where each message stands. No message refers to another one, so that the few that are needed
/// are parsed alone: a login wants a handful, and would wait for the parsing of all.
fn messages(language: Language) -> &'static HashMap<&'static str, &'static str> {
    static MESSAGES: [OnceLock<HashMap<&str, &str>>; 2] = [OnceLock::new(), OnceLock::new()];
    MESSAGES[language as usize]
        .get_or_init(|| files(language).iter().flat_map(|file| split(file)).collect())
}

/// The messages of a file with their names: each begins a line, and what belongs to it is indented.
fn split(file: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        if line.starts_with(|first: char| first != ' ' && first != '\n') {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(at);
    let piece = |ends: &[usize]| {
        let source = &file[ends[0]..ends[1]];
        source.split_once(" =").map(|(name, _)| (name, source))
    };
    starts.windows(2).filter_map(piece).collect()
}

fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::Japanese => JAPANESE,
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A language for one test: the process has others at the same time.

    use std::cell::Cell;

    use super::Language;

    thread_local! {
        pub(super) static SPOKEN_HERE: Cell<Option<Language>> = const { Cell::new(None) };
    }

    /// Does something in each language, on this thread.
    pub(crate) fn in_each_language(mut act: impl FnMut(Language)) {
        for language in [Language::English, Language::Japanese] {
            SPOKEN_HERE.set(Some(language));
            act(language);
        }
        SPOKEN_HERE.set(None);
    }
}

#[cfg(test)]
mod tests;
