//! A shell in a directory: on a server over the connection that the files go over, which may be a
//! master's.

use tokio::process::Command;

use super::edit;
use super::place::{Said, local};
use super::server::PanePlace;
use crate::cli::attempt;
use crate::cli::environment::ProcessEnvironment;
use crate::os::words;
use crate::say;
use crate::text;

/// What the command line exits with where the directory cannot be entered.
const NOT_ENTERED: u8 = 120;
/// How many characters of a path a sentence has.
const MAX_SHOWN: usize = 200;

/// Runs a shell until it ends.
pub(super) async fn run(
    place: &PanePlace,
    at: &[u8],
    environment: &ProcessEnvironment,
) -> Said<String> {
    match place {
        PanePlace::Local => {
            let mut command = Command::new(environment.shell());
            command.current_dir(local(at)).stdin(std::process::Stdio::inherit());
            edit::run(command).await?;
        }
        PanePlace::Remote(server) => {
            let beside = server.beside();
            let _lent = attempt::lend();
            let ended = beside.shell(&command_line(at)).await;
            if ended.map_err(|error| error.to_string())? == NOT_ENTERED {
                let directory = text::name(at, MAX_SHOWN);
                return Err(say!(panes_shell_not_entered, directory));
            }
        }
    }
    Ok(say!(panes_shell_ended))
}

/// The command line of a shell that begins in this directory, for shells of every kind.
fn command_line(at: &[u8]) -> Vec<u8> {
    let place = words::shell_word(at);
    let failed = format!(" && exec $SHELL -l || exit {NOT_ENTERED}");
    [b"cd ", &place[..], failed.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_quoted_for_the_shell_and_keeps_its_bytes() {
        let line = command_line(b"/it's \xff");
        assert_eq!(line, b"cd '/it'\\''s \xff' && exec $SHELL -l || exit 120");
    }
}
