//! Turns errors of the SSH library and of streams into messages for the person.

use std::fmt;

use russh::AlgorithmKind;
use russh::client::{DisconnectReason, RemoteDisconnectInfo};
use russh::keys::ssh_encoding::Error as Encoding;

use crate::catalogue::texts;
use crate::error::{Error, Kind};
use crate::say;
use crate::text;

/// How many characters of a text or list from the server are shown.
const SHOWN: usize = 600;
/// The longest list of names that the library reads. It reports a longer one as it does a message
/// that ends too early, and no goodbye is that long.
const LONGEST_NAMES: u64 = 16 * 1024;

/// The error type of the library's callbacks: our own errors and the library's.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The library failed.
    Library(russh::Error),
    /// We ended the connection, for this reason.
    Ours(Error),
}

impl From<russh::Error> for Stop {
    fn from(error: russh::Error) -> Stop {
        Stop::Library(error)
    }
}

impl Stop {
    /// The error to report if it ended a key exchange.
    pub fn during_key_exchange(self) -> Error {
        match self {
            Stop::Ours(error) => error,
            Stop::Library(error) => translate(&error, Kind::KeyExchange),
        }
    }
}

/// A fault in what the server sent, told by an I/O error of the stream: [`is_servers_fault`] tells it
/// from a way that was cut.
#[derive(Debug)]
pub(crate) struct ServersFault(pub Error);

impl fmt::Display for ServersFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ServersFault {}

/// Why the connection ended, from the reason that the library gives its callbacks. `last` is how many
/// bytes the last message had, or more.
pub(crate) fn ended(reason: DisconnectReason<Stop>, last: u64) -> Error {
    use russh::Error as E;
    match reason {
        DisconnectReason::ReceivedDisconnect(info) => said_goodbye(&info),
        DisconnectReason::Error(Stop::Ours(error)) => error,
        DisconnectReason::Error(Stop::Library(E::SshEncoding(Encoding::Length)))
            if last > LONGEST_NAMES =>
        {
            Error::new(Kind::Disconnected, say!(message_names_too_many))
                .hint(say!(host_key_unproved_hint))
        }
        DisconnectReason::Error(Stop::Library(error)) => translate(&error, Kind::Disconnected),
    }
}

/// Whether a connection ended because of what the server sent, and not because it was cut or the
/// server said goodbye.
pub(crate) fn is_fault(reason: &DisconnectReason<Stop>) -> bool {
    use russh::Error as E;
    match reason {
        DisconnectReason::ReceivedDisconnect(_) => false,
        DisconnectReason::Error(Stop::Ours(_)) => true,
        DisconnectReason::Error(Stop::Library(error)) => match error {
            E::Disconnect | E::HUP | E::SendError | E::RecvError | E::KeepaliveTimeout => false,
            E::IO(error) => carried(error).is_some(),
            _ => true,
        },
    }
}

/// Whether a connection ended because of what the server sent, and not because of a way that was cut,
/// though that be told as an error of ours: a jump host's end, or a proxy's exit status.
pub(crate) fn is_servers_fault(reason: &DisconnectReason<Stop>) -> bool {
    match reason {
        DisconnectReason::Error(Stop::Library(russh::Error::IO(error))) => {
            error.get_ref().and_then(|it| it.downcast_ref::<ServersFault>()).is_some()
        }
        reason => is_fault(reason),
    }
}

fn said_goodbye(info: &RemoteDisconnectInfo) -> Error {
    let said = text::line(info.message.trim(), SHOWN);
    let cause = match said.is_empty() {
        true => say!(disconnected_without_words),
        false => say!(disconnected_by_server, said),
    };
    Error::new(Kind::Disconnected, cause).hint(say!(session_refused_hint))
}

/// Turns a library error into our error. `kind` applies where the library's error does not
/// determine one.
pub(crate) fn translate(error: &russh::Error, kind: Kind) -> Error {
    use russh::Error as E;
    match error {
        E::NoCommonAlgo { kind, ours, theirs } => no_common(kind, ours, theirs),
        E::WrongServerSig => Error::new(Kind::KeyExchange, say!(host_key_signature_wrong))
            .hint(say!(somebody_between_hint)),
        E::PacketSize(size) => {
            Error::new(kind, say!(packet_bad_length, size)).hint(say!(packet_bad_length_hint))
        }
        E::PacketAuth | E::DecryptionError => {
            Error::new(kind, say!(packet_corrupted)).hint(say!(packet_corrupted_hint))
        }
        E::StrictKeyExchangeViolation { message_type, .. } => {
            Error::new(Kind::KeyExchange, say!(strict_kex_violated, message_type))
                .hint(say!(somebody_between_hint))
        }
        E::KeepaliveTimeout => keepalive_timeout(),
        // The library disconnects when the server offers no method that it knows.
        E::NoAuthMethod => Error::new(Kind::Authentication, say!(auth_nothing_left)),
        E::Disconnect | E::HUP | E::SendError | E::RecvError => {
            hung_up(kind, say!(connection_closed_by_server))
        }
        E::IO(error) => carried(error).unwrap_or_else(|| broken(error, kind)),
        E::SshEncoding(Encoding::Length) => {
            Error::new(kind, say!(disconnect_cut_short)).hint(say!(disconnect_cut_short_hint))
        }
        E::SshEncoding(Encoding::CharacterEncoding) | E::Utf8(_) => {
            Error::new(kind, say!(message_not_utf8)).hint(say!(message_not_utf8_hint))
        }
        E::SshEncoding(_) => {
            Error::new(kind, say!(message_unreadable, error)).hint(say!(host_key_unproved_hint))
        }
        E::Inconsistent => Error::new(kind, say!(protocol_broken)).hint(say!(session_refused_hint)),
        // The first exchange is explained from its messages; of a later one this is all there is.
        E::Kex | E::KexInit | E::UnknownAlgo => {
            Error::new(kind, say!(rekey_broken)).hint(say!(kex_broken_hint))
        }
        E::SshKey(_) | E::Keys(_) | E::Signature(_) => {
            let why = text::line(&error.to_string(), SHOWN);
            Error::new(kind, say!(kex_key_unreadable, why)).hint(say!(kex_broken_hint))
        }
        E::IndexOutOfBounds => {
            Error::new(kind, say!(packet_padding_only)).hint(say!(kex_broken_hint))
        }
        E::Compress(_) | E::Decompress(_) => {
            Error::new(kind, say!(packet_not_unpacked, error)).hint(say!(kex_broken_hint))
        }
        E::Pending => Error::new(kind, say!(rekey_postponed)).hint(say!(rekey_postponed_hint)),
        other => {
            Error::new(kind, text::line(&other.to_string(), SHOWN)).hint(say!(session_refused_hint))
        }
    }
}

/// The error for a server that gives no sign of life for as long as it may.
pub(crate) fn keepalive_timeout() -> Error {
    Error::new(Kind::Disconnected, say!(keepalive_timeout)).hint(say!(keepalive_timeout_hint))
}

fn broken(error: &std::io::Error, kind: Kind) -> Error {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    let how = reason(error);
    match error.kind() {
        UnexpectedEof => hung_up(kind, say!(connection_closed_by_server)),
        BrokenPipe | ConnectionReset if kind == Kind::KeyExchange => {
            hung_up(kind, say!(kex_hung_up, how))
        }
        _ if kind == Kind::Disconnected => hung_up(kind, how),
        _ => Error::new(kind, how),
    }
}

/// The error for a lost connection. In a key exchange the hint is another one: the peer, or something
/// on the way, may have refused us.
fn hung_up(kind: Kind, cause: String) -> Error {
    let error = Error::new(kind, cause);
    match kind {
        Kind::KeyExchange => error.hint(say!(kex_hung_up_hint)),
        _ => error.hint(say!(auth_try_again_hint)),
    }
}

fn no_common(kind: &AlgorithmKind, ours: &[String], theirs: &[String]) -> Error {
    let (what, keyword) = match kind {
        AlgorithmKind::Kex => (texts::kind_kex_method, "KexAlgorithms"),
        AlgorithmKind::Key => (texts::kind_host_key_type, "HostKeyAlgorithms"),
        AlgorithmKind::Cipher => (texts::kind_cipher, "Ciphers"),
        AlgorithmKind::Mac => (texts::kind_mac, "MACs"),
        AlgorithmKind::Compression => (texts::kind_compression, "Compression"),
    };
    // The library adds its extension markers to the list; they cannot be configured, so they are
    // not shown.
    let ours: Vec<_> = ours
        .iter()
        .map(String::as_str)
        .filter(|name| !name.starts_with("ext-info-") && !name.starts_with("kex-strict-"))
        .collect();
    let theirs = text::line(&theirs.join(","), SHOWN);
    let hint = match kind {
        // Its value is no list.
        AlgorithmKind::Compression => say!(compression_no_match_hint),
        _ => say!(algorithm_no_match_hint, keyword),
    };
    Error::new(Kind::KeyExchange, say!(algorithm_no_match, what, theirs, ours = ours.join(",")))
        .hint(hint)
}

/// Our own error, if a stream wrapped one in this I/O error.
pub(crate) fn carried(error: &std::io::Error) -> Option<Error> {
    let carried = error.get_ref()?;
    let of_server = carried.downcast_ref::<ServersFault>().map(|fault| &fault.0);
    of_server.or_else(|| carried.downcast_ref::<Error>()).cloned()
}

/// The text for an I/O error of a connection.
pub(crate) fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionReset => say!(os_connection_reset),
        ErrorKind::ConnectionRefused => say!(os_connection_refused),
        ErrorKind::TimedOut => say!(os_connection_timed_out),
        ErrorKind::HostUnreachable => say!(os_no_route),
        ErrorKind::NetworkUnreachable => say!(os_network_unreachable),
        ErrorKind::BrokenPipe => say!(os_broken_pipe),
        ErrorKind::UnexpectedEof => say!(connection_closed),
        _ => crate::error::io_reason(error),
    }
}

#[cfg(test)]
mod tests {
    use russh::Disconnect;

    use super::*;

    #[test]
    fn g5_text_that_is_not_utf8_is_named_as_a_cause() {
        let bytes: &[u8] = &[0xff];
        let error = String::from_utf8(bytes.to_vec()).unwrap_err().utf8_error();
        let said = translate(&russh::Error::Utf8(error), Kind::Disconnected).to_string();
        assert!(said.contains("not UTF-8"), "{said}");
    }

    #[test]
    fn whatever_the_library_ends_the_connection_with_there_is_a_next_step() {
        use russh::Error as E;
        use russh::keys::ssh_key::Error as Key;
        for (error, cause) in [
            (E::Kex, "exchange of new keys"),
            (E::KexInit, "exchange of new keys"),
            (E::SshKey(Key::Crypto), "host key"),
            (E::IndexOutOfBounds, "padding"),
            (E::WrongChannel, "Channel not open"),
            (E::Inconsistent, "broke the protocol"),
        ] {
            let said = translate(&error, Kind::Disconnected).to_string();
            let (before, after) = said.split_once("; ").unwrap_or_else(|| panic!("{said}"));
            assert!(before.contains(cause) && after.contains("server"), "{said}");
        }
    }

    #[test]
    fn a_way_that_is_cut_is_no_fault_of_the_servers() {
        let own = || Error::new(Kind::Disconnected, "the proxy ended with status 1");
        let told = std::io::Error::other(own());
        let cut = DisconnectReason::Error(Stop::Library(russh::Error::IO(told)));
        assert!(is_fault(&cut) && !is_servers_fault(&cut));
        let sent = russh::Error::IO(std::io::Error::other(ServersFault(own())));
        assert_eq!(translate(&sent, Kind::Disconnected), own());
        for broken in [sent, russh::Error::Inconsistent].map(Stop::Library) {
            assert!(is_servers_fault(&DisconnectReason::Error(broken)));
        }
        assert!(is_servers_fault(&DisconnectReason::Error(Stop::Ours(own()))));
    }

    #[test]
    fn a_long_list_is_told_from_a_goodbye_without_a_language() {
        let said = |last| {
            let error = russh::Error::SshEncoding(Encoding::Length);
            ended(DisconnectReason::Error(Stop::Library(error)), last).to_string()
        };
        assert!(said(300).contains("left out the language"), "{}", said(300));
        assert!(said(LONGEST_NAMES + 1).contains("list of names"), "{}", said(LONGEST_NAMES + 1));
    }

    #[test]
    fn a_goodbye_of_blanks_gives_no_reason() {
        let said = |message: &str| {
            let message = message.to_owned();
            let reason_code = Disconnect::ByApplication;
            let info = RemoteDisconnectInfo { reason_code, message, lang_tag: String::new() };
            ended(DisconnectReason::ReceivedDisconnect(info), 0).cause().to_owned()
        };
        assert_eq!(said(&"\n".repeat(200_000)), say!(disconnected_without_words));
        assert!(said("\n bye \r\n").ends_with(": bye"));
    }

    #[test]
    fn what_the_server_says_in_leaving_is_shown_safely() {
        let info = RemoteDisconnectInfo {
            reason_code: Disconnect::ByApplication,
            message: "bye\x1b[2J\nSHA256:forged line".to_owned(),
            lang_tag: String::new(),
        };
        let said = ended(DisconnectReason::ReceivedDisconnect(info), 0).to_string();
        assert!(said.contains("bye") && !said.contains(['\x1b', '\n']), "{said}");
    }

    #[test]
    fn no_common_algorithm_names_both_lists_and_the_option() {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
        let error = russh::Error::NoCommonAlgo {
            kind: AlgorithmKind::Cipher,
            ours: names(&["aes128-ctr", "kex-strict-c-v00@openssh.com"]),
            theirs: names(&["3des-cbc", "evil\x1b]0;title\x07"]),
        };
        let said = translate(&error, Kind::KeyExchange).to_string();
        assert!(said.contains("no matching cipher found. Their offer: 3des-cbc,evil"), "{said}");
        assert!(said.contains("ours: aes128-ctr; ") && said.contains("-o Ciphers="), "{said}");
        assert!(!said.contains('\x1b'), "{said}");
    }
}
