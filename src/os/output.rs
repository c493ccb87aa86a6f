//! What a program prints, read to its end and within a bound.

use std::io::{Error, ErrorKind, Read, Result};
use std::process::{Command, ExitStatus, Stdio};

/// Runs a program to its end; returns how it ended, and what it printed on standard output.
///
/// # Errors
/// It cannot be started or read, or it prints more than `most` bytes: it is ended then.
pub fn output_of(command: &mut Command, most: usize) -> Result<(ExitStatus, Vec<u8>)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    // All of the room at once: what is read may be a secret, and a buffer that grows leaves copies.
    let mut printed = Vec::with_capacity(most + 1);
    let read = match child.stdout.take() {
        Some(stdout) => stdout.take(most as u64 + 1).read_to_end(&mut printed),
        None => Ok(0),
    };
    if read.is_err() || printed.len() > most {
        let _ = child.kill();
    }
    let status = child.wait()?;
    read?;
    match printed.len() > most {
        true => Err(Error::from(ErrorKind::FileTooLarge)),
        false => Ok((status, printed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_prints_without_end_is_ended() {
        let run = |script: &str| output_of(Command::new("sh").args(["-c", script]), 10);
        assert_eq!(run("printf 1234567890").unwrap().1, b"1234567890");
        assert!(!run("exit 3").unwrap().0.success());
        assert!(run("printf 12345678901").is_err());
        assert!(run("exec yes").is_err());
        assert!(output_of(&mut Command::new("/nonexistent/program"), 10).is_err());
    }
}
