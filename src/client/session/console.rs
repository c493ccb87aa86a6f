//! The person's side of a session: what the relay cannot do itself, because it needs the
//! terminal, the process or a question.

use crate::client::session::information::Information;
use crate::client::session::interlude::Interlude;
use crate::say;

/// Carries out one line of the command line (`~C`); gives the lines to show for it.
pub type CommandLineAction<'a> = Box<dyn FnOnce(String) -> Interlude<'a, Vec<String>> + Send + 'a>;

/// The person at an interactive session. Each method has a default where a session without a
/// terminal of its own can do nothing better.
pub trait Console {
    /// Shows lines of the client's own in the middle of the session; they end in `\r\n`.
    fn say(&mut self, text: &str);
    /// Stops the process as `^Z` does in a shell, and returns when it goes on.
    fn suspend(&mut self);
    /// Makes `-v` output more (`true`) or less; gives the level's name.
    fn verbosity(&mut self, more: bool) -> String;

    /// Shows the facts about the connection. `escape` is the escape that was typed, as it is
    /// shown: `~i`.
    fn information<'a>(&'a mut self, escape: String, facts: Information) -> Interlude<'a> {
        self.say(&facts.page(&escape));
        Box::pin(std::future::ready(()))
    }

    /// Logs in once more to the same destination, on top of this session, and returns when
    /// that is over.
    fn duplicate<'a>(&'a mut self, escape: String) -> Interlude<'a> {
        self.say(&(say!(again_not_here, escape) + "\r\n"));
        Box::pin(std::future::ready(()))
    }

    /// Asks for a line of the command line (`~C`), and shows what `action` gives while the
    /// session's output still waits.
    fn command_line<'a>(&'a mut self, _action: CommandLineAction<'a>) -> Interlude<'a> {
        Box::pin(std::future::ready(()))
    }

    /// Asks whether this text, which would act on the server, may be sent; gives what to
    /// send instead of it, or `None`. Lines end in `\n`.
    fn paste<'a>(&'a mut self, _text: String) -> Interlude<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}
