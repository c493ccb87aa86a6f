//! Explains why the SSH library gave up the first key exchange.
//!
//! Its own errors do not tell which message was wrong: an invalid share and a message at the wrong
//! time can be the same "Key exchange init failed". The messages were observed as they passed, so
//! the one that the library did not take can be named (RFC 4253 sections 7 and 8), and so can what
//! the server said in leaving.

use russh::Error as E;
use russh::client::GexParams;

use crate::client::host_key::check::MIN_RSA_BITS;
use crate::client::host_key::explanation::refused;
use crate::client::observe::{
    MSG_KEX_DH_GEX_REPLY, MSG_KEX_REPLY, MSG_KEXINIT, MSG_NEWKEYS, Observed,
};
use crate::error::{Error, Kind};
use crate::say;
use crate::text;

/// What is in the names of methods in which the server chooses the group, and of all with groups.
const GROUP_EXCHANGE: &str = "diffie-hellman-group-exchange";
const FIXED_GROUP: &str = "diffie-hellman-group";

/// The shortest RSA key with which the library verifies.
const MIN_VERIFIED_RSA_BITS: usize = 1024;
/// How many characters of the library's word on a host key are shown.
const SHOWN: usize = 100;

/// The error in our words where the library's is about a message of the key exchange. `proposed` has
/// our key exchange methods and our host key algorithms, `sizes` the groups that were asked for.
pub(crate) fn explain(
    error: &E,
    observed: &Observed,
    (proposed, host_keys): (&[String], &[String]),
    sizes: &GexParams,
) -> Option<Error> {
    if let Some(said) = &observed.goodbye {
        let cause = say!(disconnected_by_server, said);
        return Some(Error::new(Kind::Disconnected, cause).hint(say!(kex_hung_up_hint)));
    }
    // The library verifies no signature of so short a key.
    if let (E::WrongServerSig | E::SshKey(_) | E::Signature(_), Some(bits)) =
        (error, observed.rsa_bits)
        && bits < MIN_VERIFIED_RSA_BITS
    {
        let error = refused(&say!(host_key_rsa_short, bits));
        return Some(error.hint(say!(host_key_rsa_short_hint, least = MIN_RSA_BITS)));
    }
    // A key or a signature that was not agreed on is why it cannot be read or verified.
    let was_shown = observed.key_type.is_some() && observed.signature.is_some();
    if was_shown
        && matches!(error, E::WrongServerSig | E::SshKey(_) | E::Keys(_) | E::Signature(_))
        && let Err(cheat) = observed.check(host_keys)
    {
        return Some(cheat);
    }
    let is_of_a_message = matches!(
        error,
        E::KexInit
            | E::Kex
            | E::Inconsistent
            | E::UnknownAlgo
            | E::IndexOutOfBounds
            | E::SshEncoding(_)
            | E::SshKey(_)
            | E::Keys(_)
            | E::Signature(_)
            | E::Utf8(_)
    );
    let faulty =
        |what: String| Some(Error::new(Kind::KeyExchange, what).hint(say!(kex_broken_hint)));
    if !is_of_a_message {
        return None;
    }
    let offered = observed.offer.as_ref().map_or(&[][..], |offer| &offer.kex);
    let agreed = proposed.iter().find(|name| offered.contains(name));
    let kex = agreed.map_or("", String::as_str);
    let is_group_exchange = kex.contains(GROUP_EXCHANGE);
    let expected: &[u8] = match is_group_exchange {
        true => &[MSG_KEXINIT, MSG_KEX_REPLY, MSG_KEX_DH_GEX_REPLY, MSG_NEWKEYS],
        false => &[MSG_KEXINIT, MSG_KEX_REPLY, MSG_NEWKEYS],
    };
    // A packet that was sent on a guess is not looked at.
    let came = observed.messages.iter().enumerate();
    let came = came.filter(|(at, _)| !(observed.guesses && *at == 1)).map(|(_, &message)| message);
    let came: Vec<u8> = came.collect();
    let strange = came.iter().enumerate().find(|(at, message)| expected.get(*at) != Some(message));
    if let Some((at, &message)) = strange
        && observed.malformed.is_none_or(|malformed| !came[..at].contains(&malformed))
    {
        return faulty(say!(kex_message_unexpected, message = name(message, kex)));
    }
    if let Some(message) = observed.malformed {
        return faulty(say!(kex_message_malformed, message = name(message, kex)));
    }
    match (is_group_exchange, came.len()) {
        // The library bounds the number of names.
        (_, 0 | 1) => faulty(say!(kex_message_too_long, message = name(MSG_KEXINIT, kex))),
        (true, 2) => {
            let (min, max) = (sizes.min_group_size(), sizes.max_group_size());
            let bits = observed.group.unwrap_or_default();
            match (min..=max).contains(&bits) {
                true => faulty(say!(kex_group_invalid)),
                false => Some(
                    Error::new(Kind::KeyExchange, say!(kex_group_size, bits, min, max))
                        .hint(say!(kex_group_size_hint)),
                ),
            }
        }
        _ if matches!(error, E::SshKey(_) | E::Keys(_) | E::SshEncoding(_) | E::Utf8(_)) => {
            let why = match error {
                E::SshKey(error) => error.to_string(),
                error => error.to_string(),
            };
            let why = text::line(&why, SHOWN);
            faulty(say!(kex_key_unreadable, why))
        }
        _ => faulty(say!(kex_share_invalid, kex)),
    }
}

/// A message's name in the RFCs; with a number of the key exchange's own, what it is in this method.
fn name(message: u8, kex: &str) -> String {
    match message {
        MSG_KEXINIT => "SSH_MSG_KEXINIT".to_owned(),
        MSG_NEWKEYS => "SSH_MSG_NEWKEYS".to_owned(),
        MSG_KEX_REPLY if kex.contains(GROUP_EXCHANGE) => "SSH_MSG_KEX_DH_GEX_GROUP".to_owned(),
        MSG_KEX_REPLY if kex.contains(FIXED_GROUP) => "SSH_MSG_KEXDH_REPLY".to_owned(),
        MSG_KEX_REPLY => "SSH_MSG_KEX_ECDH_REPLY".to_owned(),
        MSG_KEX_DH_GEX_REPLY => "SSH_MSG_KEX_DH_GEX_REPLY".to_owned(),
        other => format!("message {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::algorithms::Offer;

    const GROUPS: &str = "diffie-hellman-group-exchange-sha256";

    fn told(kex: &str, messages: &[u8], more: impl FnOnce(&mut Observed), error: E) -> String {
        let kex = vec![kex.to_owned()];
        let offer = Offer { kex: kex.clone(), ..Offer::default() };
        let messages = messages.to_vec();
        let mut observed = Observed { offer: Some(offer), messages, ..Observed::default() };
        more(&mut observed);
        let sizes = GexParams::default();
        let ours = [kex, vec!["ssh-ed25519".to_owned()]];
        explain(&error, &observed, (&ours[0], &ours[1]), &sizes)
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn the_message_that_was_not_taken_is_named() {
        let ecdh = "curve25519-sha256";
        for (kex, messages, word) in [
            (ecdh, &[20, 20][..], "SSH_MSG_KEXINIT at the wrong time"),
            (ecdh, &[20, 21], "SSH_MSG_NEWKEYS at the wrong time"),
            (ecdh, &[20, 33], "SSH_MSG_KEX_DH_GEX_REPLY at the wrong time"),
            (ecdh, &[31], "SSH_MSG_KEX_ECDH_REPLY at the wrong time"),
            (ecdh, &[20, 31], "half of the key exchange (curve25519-sha256)"),
            (ecdh, &[20, 31, 21], "half of the key exchange"),
            (ecdh, &[20, 31, 31], "at the wrong time"),
            (GROUPS, &[20, 31], "outside"),
            (GROUPS, &[20, 31, 33], "half of the key exchange"),
            (GROUPS, &[20, 33], "at the wrong time"),
            (ecdh, &[20], "SSH_MSG_KEXINIT is too long"),
            (GROUPS, &[31], "SSH_MSG_KEX_DH_GEX_GROUP at the wrong time"),
            (
                "diffie-hellman-group14-sha256",
                &[20, 31, 31],
                "SSH_MSG_KEXDH_REPLY at the wrong time",
            ),
        ] {
            let said = told(kex, messages, |_| (), E::KexInit);
            assert!(said.contains(word), "{messages:?}: {said}");
        }
    }

    #[test]
    fn a_guess_is_passed_over() {
        let guesses = |observed: &mut Observed| observed.guesses = true;
        let said = told("curve25519-sha256", &[20, 31, 31, 21], guesses, E::Kex);
        assert!(said.contains("half of the key exchange"), "{said}");
    }

    #[test]
    fn a_malformed_message_comes_before_what_follows_it() {
        let malformed = |observed: &mut Observed| observed.malformed = Some(20);
        let said = told("x", &[20, 21], malformed, E::Inconsistent);
        assert!(said.contains("SSH_MSG_KEXINIT is malformed"), "{said}");
    }

    #[test]
    fn groups_are_held_against_the_sizes() {
        for (bits, word) in [(1024, "1024 bits"), (16384, "16384 bits"), (4096, "no group")] {
            let said = told(GROUPS, &[20, 31], |it| it.group = Some(bits), E::Inconsistent);
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn a_goodbye_is_the_cause_whatever_the_library_makes_of_it() {
        for error in [E::Disconnect, E::Inconsistent, E::KexInit] {
            let leaves =
                |observed: &mut Observed| observed.goodbye = Some("maintenance".to_owned());
            let said = told("x", &[20], leaves, error);
            assert!(said.starts_with("the server ended the connection: maintenance; "), "{said}");
        }
    }

    #[test]
    fn a_key_that_was_not_agreed_on_is_named() {
        let shows = |observed: &mut Observed| {
            observed.offer.as_mut().unwrap().host_key = vec!["ssh-ed25519".to_owned()];
            observed.key_type = Some("ssh-foo".to_owned());
            observed.signature = Some("ssh-foo".to_owned());
        };
        let said = told("x", &[20, 31], shows, E::WrongServerSig);
        assert!(said.contains("agreed on ssh-ed25519 and sent a key of type ssh-foo"), "{said}");
    }

    #[test]
    fn a_key_too_short_to_be_verified_is_called_short() {
        let said = told("x", &[20, 31], |it| it.rsa_bits = Some(512), E::WrongServerSig);
        assert!(said.contains("only 512 bits"), "{said}");
        assert_eq!(told("x", &[20, 31], |it| it.rsa_bits = Some(2048), E::WrongServerSig), "");
    }

    #[test]
    fn other_errors_are_left_alone() {
        assert_eq!(told("x", &[20], |_| (), E::Disconnect), "");
        assert_eq!(told("x", &[20], |_| (), E::WrongServerSig), "");
    }
}
