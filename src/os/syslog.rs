//! The system's log, for `-y`: one datagram for each message, in the format of syslog(3) (RFC
//! 3164).

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

/// The socket of the system's logger.
const SOCKET: &str = "/dev/log";
/// The longest message in bytes: the limit in RFC 3164 section 4.1.
const MAX_MESSAGE: usize = 1024;
/// The names of facilities in ssh_config(5), with their numbers in RFC 3164 section 4.1.1.
const FACILITIES: [(&str, u8); 12] = [
    ("DAEMON", 3),
    ("USER", 1),
    ("AUTH", 4),
    ("AUTHPRIV", 10),
    ("LOCAL0", 16),
    ("LOCAL1", 17),
    ("LOCAL2", 18),
    ("LOCAL3", 19),
    ("LOCAL4", 20),
    ("LOCAL5", 21),
    ("LOCAL6", 22),
    ("LOCAL7", 23),
];

/// The severity of a message, with its number in RFC 3164.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// An error that ends the program.
    Critical = 2,
    /// `error!`.
    Error = 3,
    /// `warn!` and `info!`, which are ssh's "log" and "verbose".
    Information = 6,
    /// `debug!`.
    Debug = 7,
}

/// A connection to the system's logger.
#[derive(Debug)]
pub struct Syslog {
    socket: UnixDatagram,
    facility: u8,
}

impl Syslog {
    /// Connects to the logger. The facility is a word of SyslogFacility.
    ///
    /// # Errors
    /// There is no logger.
    pub fn open(facility: &str) -> io::Result<Syslog> {
        Syslog::at(Path::new(SOCKET), facility)
    }

    fn at(path: &Path, facility: &str) -> io::Result<Syslog> {
        let socket = UnixDatagram::unbound()?;
        socket.connect(path)?;
        // Do not block: a logger that does not read must not stop a session.
        socket.set_nonblocking(true)?;
        let number = FACILITIES.iter().find(|(name, _)| *name == facility);
        Ok(Syslog { socket, facility: number.map_or(1, |(_, number)| *number) })
    }

    /// Logs one line. If the logger does not take it, the line is lost, as with syslog(3).
    pub fn write(&self, severity: Severity, text: &str) {
        let priority = self.facility * 8 + severity as u8;
        let time = jiff::Zoned::now().strftime("%b %e %H:%M:%S").to_string();
        let pid = std::process::id();
        let text: String =
            text.trim_end().chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
        let mut message = format!("<{priority}>{time} tessh[{pid}]: {text}");
        while message.len() > MAX_MESSAGE {
            message.pop();
        }
        let _ = self.socket.send(message.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_datagram_with_its_priority() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        assert!(Syslog::at(&path, "USER").is_err());
        let logger = UnixDatagram::bind(&path).unwrap();
        let syslog = Syslog::at(&path, "LOCAL7").unwrap();
        syslog.write(Severity::Error, "error: first\nsecond\n");
        syslog.write(Severity::Debug, &"漢".repeat(2000));

        let mut buffer = [0; 4096];
        let mut next = || {
            let length = logger.recv(&mut buffer).unwrap();
            String::from_utf8(buffer[..length].to_vec()).unwrap()
        };
        let first = next();
        let pid = std::process::id();
        assert!(first.starts_with("<187>"), "{first}");
        assert!(first.ends_with(&format!(" tessh[{pid}]: error: first second")), "{first}");
        let second = next();
        assert!(second.starts_with("<191>") && second.len() <= MAX_MESSAGE, "{second}");
        assert!(second.len() > MAX_MESSAGE - 3);
    }

    #[test]
    fn a_logger_that_has_gone_or_does_not_read_stops_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let logger = UnixDatagram::bind(&path).unwrap();
        let syslog = Syslog::at(&path, "USER").unwrap();
        (0..10_000).for_each(|_| syslog.write(Severity::Information, "on and on"));
        drop(logger);
        syslog.write(Severity::Information, "nobody");
    }
}
