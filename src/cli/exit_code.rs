//! Exit codes of a connection: the remote status, 128 plus the number of the signal that ended the
//! remote program, or 255 for our own failures.

use crate::client::flow::Exit;
use crate::say;

/// The exit code if standard output was closed: 128 plus SIGPIPE, as for a program that writes to
/// `head`.
const OUTPUT_CLOSED: u8 = 141;
/// The exit code for our own failures, and if the server sent no status.
pub const FAILED: u8 = 255;

/// The exit code if the terminal has gone: 128 plus SIGHUP.
pub const HUNG_UP: u8 = 129;

/// The exit code for how a session ended.
pub fn exit_code(exit: &Exit) -> u8 {
    match exit {
        Exit::Status(status) => {
            ::log::debug!("Exit status {status}");
            (status & 0xff) as u8
        }
        Exit::Signal(name, message) => {
            ::log::info!("the remote program was ended by signal {name} {message}");
            signal_number(name).map_or(FAILED, |number| 128 + number)
        }
        Exit::OutputClosed => OUTPUT_CLOSED,
        Exit::HungUp => HUNG_UP,
        Exit::Unknown | Exit::Escaped => FAILED,
    }
}

/// What is said of a command whose end the exit code does not tell.
pub fn unexplained(exit: &Exit) -> Option<String> {
    match exit {
        Exit::Unknown => Some(say!(session_without_status)),
        Exit::Signal(name, _) if signal_number(name).is_none() => {
            let name = if name.is_empty() { "\"\"" } else { name };
            Some(say!(session_ended_by_signal, name))
        }
        _ => None,
    }
}

/// The POSIX number of a signal name from RFC 4254 section 6.10.
fn signal_number(name: &str) -> Option<u8> {
    let number = match name {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "ILL" => 4,
        "ABRT" => 6,
        "FPE" => 8,
        "KILL" => 9,
        "USR1" => 10,
        "SEGV" => 11,
        "USR2" => 12,
        "PIPE" => 13,
        "ALRM" => 14,
        "TERM" => 15,
        _ => return None,
    };
    Some(number)
}
