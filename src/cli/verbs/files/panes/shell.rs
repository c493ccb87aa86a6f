//! A shell in the directory of a pane. On a server it is a session of its own, made with the words
//! that `tessh files` was called with; where they share a connection, so does it.

use std::ffi::OsString;

use tokio::process::Command;

use super::edit;
use super::place::{Said, local};
use crate::cli::environment::ProcessEnvironment;
use crate::os::words;
use crate::say;

/// How a server was named on the command line.
#[derive(Clone)]
pub(super) struct ShellWords {
    /// The flags before the destination.
    pub(super) before: Vec<OsString>,
    /// The flags after it.
    pub(super) after: Vec<OsString>,
    /// The destination; `None` with `--profile`.
    pub(super) destination: Option<String>,
}

impl ShellWords {
    /// What tells this place from others in the queue: the destination with the flags.
    pub(super) fn key(&self) -> String {
        let flags = self.before.iter().chain(&self.after);
        let flags = flags.map(|word| word.to_string_lossy().into_owned());
        let all: Vec<String> = self.destination.iter().cloned().chain(flags).collect();
        all.join(" ")
    }

    /// The name for a title.
    pub(super) fn name(&self) -> String {
        self.destination.clone().unwrap_or_else(|| {
            let mut words = self.before.iter().chain(&self.after);
            let profile = words.find(|word| *word == "--profile").and_then(|_| words.next());
            profile.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        })
    }

    /// The words of a session that begins in this directory.
    fn session(&self, at: &[u8]) -> Said<Vec<OsString>> {
        let destination = self
            .destination
            .as_ref()
            .ok_or_else(|| say!(panes_shell_profile, name = crate::text::line(&self.name(), 60)))?;
        let place = words::shell_word(at);
        let command = [b"cd ", &place[..], b" && exec \"${SHELL:-/bin/sh}\" -l"].concat();
        let mut all: Vec<OsString> = vec!["connect".into()];
        all.extend(self.before.iter().chain(&self.after).cloned());
        all.extend(["-t".into(), "--".into(), destination.into()]);
        all.push(words::from_bytes(command));
        Ok(all)
    }
}

/// Runs a shell until it ends; `words` is `None` for this machine.
pub(super) async fn run(
    words: Option<&ShellWords>,
    at: &[u8],
    environment: &ProcessEnvironment,
) -> Said<String> {
    let mut command = match words {
        None => {
            let mut command = Command::new(environment.shell());
            command.current_dir(local(at));
            command
        }
        Some(words) => {
            let program = std::env::current_exe().map_err(|error| {
                say!(panes_program_failed, reason = crate::error::io_reason(&error))
            })?;
            let mut command = Command::new(program);
            command.args(words.session(at)?);
            command
        }
    };
    command.stdin(std::process::Stdio::inherit());
    edit::run(command).await?;
    Ok(say!(panes_shell_ended))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_quoted_for_the_shell_and_keeps_its_bytes() {
        let words = ShellWords {
            before: vec!["-p".into(), "22".into()],
            after: Vec::new(),
            destination: Some("anna@web".into()),
        };
        let all = words.session(b"/it's \xff").unwrap();
        assert_eq!(all[..6], ["connect", "-p", "22", "-t", "--", "anna@web"].map(OsString::from));
        assert_eq!(
            all[6].as_encoded_bytes(),
            b"cd '/it'\\''s \xff' && exec \"${SHELL:-/bin/sh}\" -l"
        );
        assert_eq!(words.key(), "anna@web -p 22");
    }
}
