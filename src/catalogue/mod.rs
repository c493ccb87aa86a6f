//! Every text that a person reads, in each language, checked by the compiler.
//!
//! `say!(id, name = value)` gives a text in the language of the process, which `cli` settles
//! once at the start; English until then. `texts/` has the texts: an unknown id, a missing or
//! surplus variable, a text that leaves a variable of its own out, and a text that nobody says
//! do not compile (the last is a warning). What a machine reads (`-v`, `-G`, `-Q`, JSON keys)
//! is not here.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

pub mod landmarks;
pub(crate) mod texts;

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

/// A text in the language of the process: `say!(id)`, `say!(id, name = value, …)`, or
/// `say!(id, name)` where a variable has the name of the value.
///
/// Values are put in as they are: what came from a peer or a file has been sanitised before.
macro_rules! say {
    ($($what:tt)+) => {
        $crate::catalogue::say_in!($crate::catalogue::spoken(), $($what)+)
    };
}
pub(crate) use say;

/// `say!` in a given language, which comes first.
macro_rules! say_in {
    (@ $name:ident) => { $name };
    (@ $name:ident = $value:expr) => { $value };
    ($language:expr, $id:ident $(,)?) => { $crate::catalogue::texts::$id.said($language) };
    ($language:expr, $id:ident $(, $name:ident $(= $value:expr)?)+ $(,)?) => {
        $crate::catalogue::texts::$id {
            $($name: &$crate::catalogue::say_in!(@ $name $(= $value)?)),+
        }
        .said($language)
    };
}
pub(crate) use say_in;

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
