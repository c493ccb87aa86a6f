//! The interface to the person of a session, for what the relay cannot do itself because it needs
//! the terminal, the process or a question.

use crate::client::session::information::Information;
use crate::client::session::interlude::Interlude;
use crate::say;

/// Carries out a line of the command line (`~C`); returns the lines to show.
pub type CommandLineAction<'a> = Box<dyn FnOnce(String) -> Interlude<'a, Vec<String>> + Send + 'a>;

/// The person of an interactive session. Methods have a default for sessions without a terminal of
/// their own.
pub trait Console {
    /// Shows our own lines during the session; they end in `\r
    /// `.
    fn say(&mut self, text: &str);
    /// Stops the process like `^Z` in a shell, and returns when it continues.
    fn suspend(&mut self);
    /// Whether the terminal has gone, so that its input is at an end for good. In raw mode, a
    /// terminal's input has no other end.
    fn has_hung_up(&self) -> bool {
        false
    }
    /// Makes the log more (`true`) or less verbose; returns the level's name.
    fn verbosity(&mut self, more: bool) -> String;

    /// Shows the facts about the connection. `escape` is the escape that was typed, in its
    /// printable form: `~i`.
    fn information<'a>(&'a mut self, escape: String, facts: Information) -> Interlude<'a> {
        self.say(&facts.page(&escape));
        Box::pin(std::future::ready(()))
    }

    /// Logs in again to the same destination, with a new session on top of this one, and returns
    /// when that has ended.
    fn duplicate<'a>(&'a mut self, escape: String) -> Interlude<'a> {
        self.say(&(say!(again_not_here, escape) + "\r\n"));
        Box::pin(std::future::ready(()))
    }

    /// Asks for a line of the command line (`~C`), and shows the result of `action` before the
    /// session's output continues.
    fn command_line<'a>(&'a mut self, _action: CommandLineAction<'a>) -> Interlude<'a> {
        Box::pin(std::future::ready(()))
    }

    /// Asks whether this text may be pasted, because it would act on the server. Returns the text
    /// to send, which may be edited, or `None`. Lines end in `
    /// `.
    fn paste<'a>(&'a mut self, _text: String) -> Interlude<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}
