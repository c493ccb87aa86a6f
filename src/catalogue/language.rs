//! The supported languages, the language of the process, and texts without variables.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

/// A supported language; every text exists in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English (`en`).
    English,
    /// Japanese (`ja`).
    Japanese,
}

impl Language {
    /// The language of a name, as `--lang` takes it: `en`, `ja`, or a locale such as `ja_JP.UTF-8`.
    pub fn named(name: &str) -> Option<Language> {
        let end = name.find(['_', '-', '.', '@']).unwrap_or(name.len());
        match name[..end].to_ascii_lowercase().as_str() {
            "en" | "c" | "posix" | "english" => Some(Language::English),
            "ja" | "japanese" => Some(Language::Japanese),
            _ => None,
        }
    }
}

static SPOKEN: AtomicU8 = AtomicU8::new(0);

/// Sets the language of the process; called once, at the start.
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

/// A text without variables, in each language. Tables and constants hold it, when a text is chosen
/// before it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedText {
    english: &'static str,
    japanese: &'static str,
}

impl FixedText {
    pub(super) const fn new(english: &'static str, japanese: &'static str) -> FixedText {
        FixedText { english, japanese }
    }

    /// The text in this language.
    pub fn text_in(self, language: Language) -> String {
        self.in_language(language).to_owned()
    }

    /// The text in this language, without the copy that [`FixedText::text_in`] makes.
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

impl fmt::Display for FixedText {
    /// Writes the text in the language of the process.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.in_language(spoken()))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Sets the language for one test on its thread, because other tests run at the same time.

    use std::cell::Cell;

    use crate::catalogue::language::Language;

    thread_local! {
        pub(super) static SPOKEN_HERE: Cell<Option<Language>> = const { Cell::new(None) };
    }

    /// Calls a function in each language, on this thread.
    pub(crate) fn in_each_language(mut act: impl FnMut(Language)) {
        for language in [Language::English, Language::Japanese] {
            SPOKEN_HERE.set(Some(language));
            act(language);
        }
        SPOKEN_HERE.set(None);
    }
}
