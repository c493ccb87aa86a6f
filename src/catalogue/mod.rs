//! Every text that a person reads, in each language, checked by the compiler.
//!
//! `say!(id, name = value)` gives a text in the language of the process, which `cli` settles
//! once at the start; English until then. `texts/` has the texts: an unknown id, a missing or
//! surplus variable, a text that leaves a variable of its own out, and a text that nobody says
//! do not compile (the last is a warning). What a machine reads (`-v`, `-G`, `-Q`, JSON keys)
//! is not here.

pub mod landmarks;
mod language;
pub(crate) mod texts;

#[cfg(test)]
pub(crate) use language::testing;
pub use language::{FixedText, Language, speak, spoken};

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
mod tests;
