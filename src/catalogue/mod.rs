//! Every text that a person reads, in each language, checked by the compiler.
//!
//! `say!(id, name = value)` returns a text in the language of the process, which `cli` sets once at
//! the start; before that it is English. `texts/` has the texts. An unknown id, a missing or
//! surplus variable, or a text that omits one of its variables is a compile error; a text that is
//! never used is a compile warning. Text for machines (`-v`, `-G`, `-Q`, JSON keys) is not here.

pub mod landmarks;
mod language;
pub(crate) mod texts;

#[cfg(test)]
pub(crate) use language::testing;
pub use language::{FixedText, Language, speak, spoken};

/// Returns a text in the language of the process: `say!(id)`, `say!(id, name = value, …)`, or
/// `say!(id, name)` if the variable has the same name as the value.
///
/// Values are inserted unchanged: the caller has sanitised text from a peer or a file.
macro_rules! say {
    ($($what:tt)+) => {
        $crate::catalogue::say_in!($crate::catalogue::spoken(), $($what)+)
    };
}
pub(crate) use say;

/// Returns a text in the given language, unlike `say!`, which uses the process's.
macro_rules! say_in {
    (@ $name:ident) => { $name };
    (@ $name:ident = $value:expr) => { $value };
    ($language:expr, $id:ident $(,)?) => { $crate::catalogue::texts::$id.text_in($language) };
    ($language:expr, $id:ident $(, $name:ident $(= $value:expr)?)+ $(,)?) => {
        $crate::catalogue::texts::$id {
            $($name: &$crate::catalogue::say_in!(@ $name $(= $value)?)),+
        }
        .text_in($language)
    };
}
pub(crate) use say_in;

#[cfg(test)]
mod tests;
