//! The languages, the one that the process speaks, and texts that are the same for any values.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

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
}

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

/// A text without variables, in each language: what tables and constants hold, where a text is
/// chosen before it is said.
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
    pub fn said(self, language: Language) -> String {
        self.in_language(language).to_owned()
    }

    /// [`FixedText::said`] without a copy.
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

impl fmt::Display for FixedText {
    /// The text in the language of the process.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.in_language(spoken()))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A language for one test: the process has others at the same time.

    use std::cell::Cell;

    use crate::catalogue::language::Language;

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
