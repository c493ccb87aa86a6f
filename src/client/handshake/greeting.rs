//! The protocol version exchange (RFC 4253 section 4.2), before the SSH library sees a byte.
//!
//! Gap G10: the library skips everything before the identification line without showing it, and
//! waits for ever. So the lines are read here, within bounds, and kept. If the peer speaks another
//! protocol or SSH-1, or refuses because it is full, the error says so.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::client::failure::{carried, reason};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// The most lines that a server may send before its identification; sshd sends none.
const MAX_LINES: usize = 20;
/// What sshd since OpenSSH 9.8 sends to an address that has failed too often (PerSourcePenalties).
const PENALISED: &[u8] = b"Not allowed at this time";
/// The most bytes of one line with its line end: RFC 4253's limit for the identification.
const MAX_LINE: usize = 255;
/// How many characters are shown of a text that is not an identification.
const SHOWN: usize = 200;

/// How other protocols' servers begin, and what they are called. Some of them wait for the client
/// after that, so it is the time limit that ends the wait.
const OTHERS: [(&[u8], &str); 8] = [
    (b"220", "SMTP, FTP"),
    (b"421", "SMTP, FTP"),
    (b"554", "SMTP"),
    (b"+OK", "POP3"),
    (b"* OK", "IMAP"),
    (b"RFB ", "VNC"),
    (b"-ERR", "POP3, Redis"),
    (b"@RSYNCD", "rsync"),
];

/// What the server sent before its first packet.
#[derive(Debug)]
pub(crate) struct Greeting {
    /// The identification line, without its end.
    pub identification: String,
    /// The lines before it, sanitised.
    pub preface: Vec<String>,
    /// Bytes that were read beyond the identification.
    pub rest: Vec<u8>,
}

/// Sends our identification and reads the server's, both at once to save a round trip.
pub(crate) async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ours: &str,
    until: Instant,
) -> Result<Greeting> {
    let mut heard = Vec::new();
    let talk = async {
        // If sending fails, the server may have sent its reason before it closed the connection, so
        // reading goes on.
        let sent = stream.write_all(format!("{ours}\r\n").as_bytes()).await;
        let read = read_greeting(stream, &mut heard).await;
        match (sent, read) {
            (_, Ok(greeting)) => Ok(greeting),
            (_, Err(error)) => Err(error),
        }
    };
    match timeout_at(until, talk).await {
        Ok(result) => result,
        Err(_) => Err(silence(&heard)),
    }
}

async fn read_greeting<S: AsyncRead + Unpin>(
    stream: &mut S,
    heard: &mut Vec<u8>,
) -> Result<Greeting> {
    let mut preface = Vec::new();
    let mut start = 0;
    loop {
        while let Some(length) = heard[start..].iter().position(|&byte| byte == b'\n') {
            let line = &heard[start..start + length];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(what) = binary(line) {
                return Err(not_ssh(&what, line));
            }
            if line.len() > MAX_LINE - 2 {
                return Err(not_ssh(&say!(greeting_line_too_long), line));
            }
            if line.starts_with(b"SSH-") {
                let identification = identification(line)?;
                return Ok(Greeting {
                    identification,
                    preface,
                    rest: heard[start + length + 1..].to_vec(),
                });
            }
            if preface.is_empty() && line.starts_with(b"HTTP/") {
                return Err(not_ssh(&say!(greeting_http), line));
            }
            preface.push(text::line_bytes(line, SHOWN));
            if preface.len() > MAX_LINES {
                return Err(not_ssh(&say!(greeting_too_many_lines), line));
            }
            start += length + 1;
        }
        if let Some(what) = binary(&heard[start..]) {
            return Err(not_ssh(&what, &heard[start..]));
        }
        if heard.len() - start > MAX_LINE {
            return Err(not_ssh(&say!(greeting_line_too_long), &heard[start..start + MAX_LINE]));
        }
        let mut chunk = [0; 512];
        match stream.read(&mut chunk).await {
            Ok(0) => return Err(closed(heard, &say!(connection_closed))),
            Ok(n) => heard.extend_from_slice(&chunk[..n]),
            Err(error) => {
                return Err(carried(&error).unwrap_or_else(|| closed(heard, &reason(&error))));
            }
        }
    }
}

fn identification(line: &[u8]) -> Result<String> {
    let shown = text::line_bytes(line, SHOWN);
    if line.starts_with(b"SSH-1.") && !line.starts_with(b"SSH-1.99-") {
        return Err(
            Error::new(Kind::Greeting, say!(greeting_ssh1, shown)).hint(say!(greeting_ssh1_hint))
        );
    }
    if !line.starts_with(b"SSH-2.0-") && !line.starts_with(b"SSH-1.99-") {
        return Err(not_ssh(&say!(greeting_wrong_version), line));
    }
    // RFC 4253 permits printable US-ASCII only. Control bytes would be an attack on the terminal.
    match std::str::from_utf8(line) {
        Ok(text) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err(not_ssh(&say!(greeting_unprintable), line)),
    }
}

/// What the text is that cannot become a greeting, whatever follows.
fn binary(text: &[u8]) -> Option<String> {
    // The first bytes of a TLS record: its type, and the major version of SSL 3 and TLS 1.
    const TLS: std::ops::RangeInclusive<u8> = 0x14..=0x17;
    // Telnet's "interpret as command", WILL, WONT, DO, and not DONT: UTF-16 begins with that.
    const TELNET: [&[u8]; 3] = [&[0xff, 0xfb], &[0xff, 0xfc], &[0xff, 0xfd]];
    match text {
        [kind, 3, ..] if TLS.contains(kind) => Some(say!(greeting_tls)),
        _ if TELNET.iter().any(|start| text.starts_with(start)) => Some(say!(greeting_telnet)),
        // OpenSSH ends the connection for it, too.
        _ if text.contains(&0) => Some(say!(greeting_unprintable)),
        _ => None,
    }
}

/// What to do where the beginning is that of another protocol.
fn hint_for(heard: &[u8]) -> Option<String> {
    let (_, protocol) = OTHERS.iter().find(|(start, _)| heard.starts_with(start))?;
    Some(say!(greeting_other_hint, protocol))
}

fn not_ssh(what: &str, line: &[u8]) -> Error {
    let shown = text::line_bytes(line, SHOWN);
    let cause = say!(greeting_not_ssh, what, shown);
    Error::new(Kind::Greeting, cause).hint(say!(check_host_and_port))
}

fn closed(heard: &[u8], how: &str) -> Error {
    if heard.trim_ascii().is_empty() {
        return Error::new(Kind::Greeting, say!(ended_before_greeting, how))
            .hint(say!(ended_before_greeting_hint));
    }
    let shown = text::line_bytes(heard.trim_ascii_end(), SHOWN);
    let hint = match heard.starts_with(PENALISED) {
        true => say!(greeting_penalised_hint),
        false => hint_for(heard).unwrap_or_else(|| say!(greeting_overloaded_hint)),
    };
    Error::new(Kind::Greeting, say!(ended_before_greeting_after, how, shown)).hint(hint)
}

fn silence(heard: &[u8]) -> Error {
    let said = match heard {
        [] => say!(greeting_silent),
        _ => say!(greeting_only_said, heard = text::line_bytes(heard.trim_ascii_end(), SHOWN)),
    };
    let hint = hint_for(heard).unwrap_or_else(|| say!(greeting_timed_out_hint));
    Error::new(Kind::Timeout, say!(greeting_timed_out, said)).hint(hint)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn greet(said: &[u8]) -> Result<Greeting> {
        let (mut ours, mut theirs) = tokio::io::duplex(4096);
        theirs.write_all(said).await.unwrap();
        theirs.shutdown().await.unwrap();
        exchange(&mut ours, "SSH-2.0-x", Instant::now() + Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn identification_and_what_follows_are_kept_apart() {
        let greeting = greet(b"hello\r\nSSH-2.0-OpenSSH_9.2 comment\r\n\0\0\x01").await.unwrap();
        assert_eq!(greeting.identification, "SSH-2.0-OpenSSH_9.2 comment");
        assert_eq!(greeting.preface, ["hello"]);
        assert_eq!(greeting.rest, b"\0\0\x01");
    }

    #[tokio::test]
    async fn what_is_not_ssh_is_named() {
        for (said, word) in [
            (&b""[..], "before any SSH greeting"),
            (b"\n\r\n\n", "before any SSH greeting"),
            (b"Exceeded MaxStartups\r\n", "Exceeded MaxStartups"),
            (b"SSH-1.5-old\r\n", "only SSH-1"),
            (b"HTTP/1.1 400 Bad Request\r\n", "HTTP server"),
            (b"SSH-3.0-new\r\n", "not 2.0"),
            (b"SSH-2.0-\x1b[31m\r\n", "unprintable"),
            (b"\x15\x03\x01\0\x02\x02\x46", "TLS"),
            (b"\xff\xfd\x18\xff\xfd\x20", "telnet"),
            (b"S\0S\0H\0-\0", "unprintable"),
            (b"x\0\r\nSSH-2.0-x\r\n", "unprintable"),
            (b"220 mail.example ESMTP\r\n", "SMTP"),
            (b"+OK ready\r\n", "POP3"),
            (&[b'a'; 300], "more than 255 bytes"),
            (&b"x\n".repeat(21), "more than 20 lines"),
        ] {
            let error = greet(said).await.unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert!(!error.to_string().contains('\x1b'));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_at_the_deadline() {
        let (mut ours, _theirs) = tokio::io::duplex(64);
        let error = exchange(&mut ours, "SSH-2.0-x", Instant::now() + GREETING_TEST).await;
        assert_eq!(error.unwrap_err().kind(), Kind::Timeout);
    }

    const GREETING_TEST: Duration = Duration::from_secs(15);
}
