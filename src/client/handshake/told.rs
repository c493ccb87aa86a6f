//! What the SSH library tells in its log, and nowhere else (gaps G2, G24, G26 and G27).
//!
//! It calls nobody when the server begins an exchange of keys, nor with the host key of any exchange
//! but the first, nor when the server accepts another service than the login, nor when a packet
//! holds no message. But it says the first three in its log, and each message that a packet holds.
//! The words are those of the one version that Cargo.toml names, and `tests/gaps` fails where they
//! change. Whoever has the log of the process gives its messages to [`hear`]; where nobody
//! does, the gaps stay open, and nothing else changes.
//!
//! A message does not name its connection. The library says it between reading a packet and the
//! next time that it waits, so it is about the wire that this thread has read last.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use log::Record;

use crate::client::state::wire_facts::WireFacts;

/// Said when a KEXINIT has come that is no answer to one of ours.
const BEGUN: &str = "server has initiated re-key";
/// Said of each message but a goodbye before it is looked at, with its number.
const MESSAGE: (&str, &str) = ("russh::client", "< msg type ");
/// Said of each host key, before its signature is checked. The key follows, and whether it came in
/// a certificate.
const HOST_KEY: (&str, &str) = ("russh::client::kex", "received server host key: ");
const CERTIFICATE: &str = " (certificate: ";
/// Where the login is told of.
const LOGIN: &str = "russh::client::encrypted";
/// Said of each message in place of an accepted service, with the message's number: here that of a
/// SERVICE_ACCEPT. Where the service is the login, one of [`LOGIN_GOES_ON`] follows.
const ACCEPTED: &str = "waiting service request, Some(6) ";
const LOGIN_GOES_ON: [&str; 2] = ["enc: auth request written", "no auth method"];

thread_local! {
    static READ_LAST: RefCell<Option<Arc<WireFacts>>> = const { RefCell::new(None) };
}

/// Notes that the library reads from this wire.
pub(crate) fn reads(facts: &Arc<WireFacts>) {
    let _ = READ_LAST.try_with(|last| {
        let mut last = last.borrow_mut();
        if last.as_ref().is_none_or(|last| !Arc::ptr_eq(last, facts)) {
            *last = Some(Arc::clone(facts));
        }
    });
}

/// Takes a message of the process's log: the library's of key exchanges, of the accepted service and
/// of each packet's message are noted, all others are passed over.
pub fn hear(record: &Record<'_>) {
    if record.target() == MESSAGE.0 {
        match record.args().as_str() {
            Some(text) if text == BEGUN => note(WireFacts::leave_keys),
            Some(_) => {}
            None if begins_with(record.args(), MESSAGE.1) => note(WireFacts::note_message),
            None => {}
        }
    } else if record.target() == LOGIN {
        match record.args().as_str() {
            Some(text) if LOGIN_GOES_ON.contains(&text) => note(|facts| facts.awaits_login(false)),
            Some(_) => {}
            None if begins_with(record.args(), ACCEPTED) => note(|facts| facts.awaits_login(true)),
            None => {}
        }
    } else if record.target() == HOST_KEY.0 {
        let text = record.args().to_string();
        let key = text.strip_prefix(HOST_KEY.1).and_then(|text| text.split_once(CERTIFICATE));
        if let Some((key, _)) = key {
            note(|facts| facts.host_key_was(key));
        }
    }
}

/// Whether a message begins so. Some messages are long: no more is written of them than is compared.
fn begins_with(message: &fmt::Arguments<'_>, beginning: &str) -> bool {
    struct Rest<'a>(&'a str);
    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            let common = piece.len().min(self.0.len());
            let rest = piece.get(..common).and_then(|piece| self.0.strip_prefix(piece));
            self.0 = rest.ok_or(fmt::Error)?;
            if self.0.is_empty() { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut rest = Rest(beginning);
    let _ = fmt::write(&mut rest, *message);
    rest.0.is_empty()
}

fn note(what: impl FnOnce(&WireFacts)) {
    let _ = READ_LAST.try_with(|last| {
        if let Some(facts) = &*last.borrow() {
            what(facts);
        }
    });
}

#[cfg(test)]
mod tests {
    use log::Level;

    use super::*;

    fn said(target: &str, text: &str) {
        hear(
            &Record::builder()
                .target(target)
                .level(Level::Debug)
                .args(format_args!("{text}"))
                .build(),
        );
    }

    #[test]
    fn what_is_said_is_about_the_wire_that_was_read_last() {
        let [one, other] = [(); 2].map(|()| Arc::new(WireFacts::default()));
        let key = |facts: &Arc<WireFacts>, key: &str| {
            reads(facts);
            said(
                HOST_KEY.0,
                &format!("received server host key: Ok(\"{key}\") (certificate: false)"),
            );
        };
        key(&one, "ssh-ed25519 A");
        key(&other, "ssh-ed25519 B");
        key(&one, "ssh-ed25519 A");
        assert!(!one.is_host_key_another() && !other.is_host_key_another());
        said(HOST_KEY.0, "negotiated algorithms: C");
        said("russh::client", "received server host key: C (certificate: false)");
        assert!(!one.is_host_key_another());
        key(&other, "ssh-ed25519 A");
        assert!(other.is_host_key_another() && !one.is_host_key_another());
        // It stays so.
        key(&other, "ssh-ed25519 B");
        assert!(other.is_host_key_another());
    }

    #[test]
    fn a_service_that_the_login_does_not_follow_is_noted() {
        let facts = Arc::new(WireFacts::default());
        reads(&facts);
        let accepted = |number| {
            let first = Some(number);
            let args = format_args!("waiting service request, {first:?} {:?}", 6);
            hear(&Record::builder().target(LOGIN).args(args).build());
        };
        accepted(7);
        accepted(60);
        assert!(!facts.is_service_another());
        for goes_on in [format_args!("enc: auth request written"), format_args!("no auth method")] {
            accepted(6);
            assert!(facts.is_service_another());
            hear(&Record::builder().target("russh::client").args(goes_on).build());
            assert!(facts.is_service_another());
            hear(&Record::builder().target(LOGIN).args(goes_on).build());
            assert!(!facts.is_service_another());
        }
    }

    #[test]
    fn each_message_that_is_told_is_noted() {
        let facts = Arc::new(WireFacts::default());
        reads(&facts);
        let message = |target| {
            let (number, count) = (94, 3);
            let args = format_args!("< msg type {number:?}, seqn {count:?}, len {count}");
            hear(&Record::builder().target(target).args(args).build());
        };
        message("russh::server");
        said("russh::client", "timeout");
        said("russh::client", "received data");
        assert!(!facts.take_message());
        message("russh::client");
        assert!(facts.take_message() && !facts.take_message());
    }

    #[test]
    fn an_exchange_that_the_server_begins_is_noted_once_it_is_said() {
        let facts = Arc::new(WireFacts::default());
        reads(&facts);
        let hear = |target: &str, args| hear(&Record::builder().target(target).args(args).build());
        hear("russh::server", format_args!("server has initiated re-key"));
        hear("russh::client", format_args!("beginning re-key"));
        assert_eq!(facts.left_keys(), None);
        hear("russh::client", format_args!("server has initiated re-key"));
        assert!(facts.left_keys().is_some());
        facts.exchanged();
        assert_eq!(facts.left_keys(), None);
    }
}
