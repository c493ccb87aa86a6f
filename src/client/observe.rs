//! Observes the first key exchange on the wire before encryption begins (RFC 4253 sections 6 and
//! 7).
//! Gap G3: the SSH library does not compare the host key's type, or the signature's, with the
//! negotiated algorithm. Both are unencrypted in the server's KEXINIT and its reply, so they are
//! read here as they pass, and compared by [`Observed::check`]. A rekey is encrypted and cannot be
//! observed (gap G2, `handshake::told`).
//!
//! What the library takes although it cannot be right, such as a packet without padding, a group
//! whose modulus is even or a host key with bytes behind it, is refused here ([`Observer::fault`]).
//! Where the library gives up, what was observed tells which message it was
//! ([`Observed::messages`]).

mod blob;

use std::borrow::Cow;

use log::debug;

use self::blob::{bits, curve_in, curve_of, has_more, is_negative, name, rsa_bits_in};
use crate::client::algorithms::{self, Offer};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;
use crate::wire_format::{take_string, take_uint32};

/// The longest packet that is collected: the library refuses longer ones itself.
pub(crate) const MAX_PACKET: usize = 256 * 1024;
/// How many characters of a list from the server are shown.
const MAX_SHOWN: usize = 400;

/// The shortest padding of a packet (RFC 4253 section 6).
const MIN_PADDING: usize = 4;
/// How many messages of the key exchange are remembered: one has four.
const MAX_MESSAGES: usize = 8;

/// What the names of methods begin with that exchange numbers.
const DIFFIE_HELLMAN: &str = "diffie-hellman-";

const MSG_DISCONNECT: u8 = 1;
const MSG_IGNORE: u8 = 2;
const MSG_DEBUG: u8 = 4;
pub(crate) const MSG_KEXINIT: u8 = 20;
pub(crate) const MSG_NEWKEYS: u8 = 21;
/// The last number that is reserved for key exchanges (RFC 4250 section 4.1).
const MSG_KEX_LAST: u8 = 49;
/// SSH_MSG_KEXDH_REPLY and SSH_MSG_KEX_ECDH_REPLY. In a group exchange this is the number of the
/// group message, and the reply has 33.
pub(crate) const MSG_KEX_REPLY: u8 = 31;
pub(crate) const MSG_KEX_DH_GEX_REPLY: u8 = 33;

/// What was observed of the server's side of the first key exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    /// Its KEXINIT.
    pub offer: Option<Offer>,
    /// The type named inside the host key blob, such as `ssh-rsa`.
    pub key_type: Option<String>,
    /// The curve named inside an ECDSA host key blob, such as `nistp256`.
    pub curve: Option<String>,
    /// Bits of the modulus inside an RSA host key blob that is no certificate.
    pub rsa_bits: Option<usize>,
    /// The algorithm named inside the signature blob, such as `rsa-sha2-512`.
    pub signature: Option<String>,
    /// The server's share begins with a bit that makes a number negative (RFC 4251 section 5).
    pub share_is_negative: bool,
    /// Bits of the prime of a group exchange.
    pub group: Option<usize>,
    /// The numbers of the first messages that belong to the key exchange.
    pub messages: Vec<u8>,
    /// The first of them whose fields do not fill it as they should.
    pub malformed: Option<u8>,
    /// The server has guessed the key exchange method and sends its first packet at once.
    pub guesses: bool,
    /// What it says in leaving; the library loses some of these texts (gaps G5, G9 and G17).
    pub goodbye: Option<String>,
}

impl Observed {
    /// Compares the ciphers of both directions: the library uses the one that is negotiated for data
    /// to the server both ways, and what comes back would seem to be corrupted.
    ///
    /// # Errors
    /// With these ciphers of ours, another one is negotiated for data from the server.
    pub fn check_directions(&self, ours: &[String]) -> Result<()> {
        let Some(offer) = &self.offer else { return Ok(()) };
        let [to, from] = &offer.ciphers;
        let first = |theirs: &[String]| ours.iter().find(|name| theirs.contains(name)).cloned();
        let (Some(to), from) = (first(to), first(from)) else { return Ok(()) };
        if from.as_ref() == Some(&to) {
            return Ok(());
        }
        let from = from.unwrap_or_else(|| "-".to_owned());
        Err(Error::new(Kind::KeyExchange, say!(cipher_of_one_direction, to, from))
            .hint(say!(cipher_of_one_direction_hint)))
    }

    /// Looks at the sign of the server's share where the method exchanges numbers, as those of Diffie
    /// and Hellman do: the library takes a negative one for a positive one.
    ///
    /// # Errors
    /// With these methods of ours, the share is a number that is negative.
    pub fn check_share(&self, ours: &[String]) -> Result<()> {
        let offered = self.offer.as_ref().map_or(&[][..], |offer| &offer.kex);
        let agreed = ours.iter().find(|name| offered.contains(name));
        match agreed.filter(|kex| self.share_is_negative && kex.starts_with(DIFFIE_HELLMAN)) {
            Some(kex) => Err(Error::new(Kind::KeyExchange, say!(kex_share_invalid, kex))
                .hint(say!(kex_broken_hint))),
            None => Ok(()),
        }
    }

    /// Compares key and signature with the negotiated algorithm: the first of `ours` that the
    /// server has too (RFC 4253 section 7.1).
    ///
    /// # Errors
    /// The key's type or the signature's algorithm differs, or was not observed.
    pub fn check(&self, ours: &[String]) -> Result<String> {
        let offered = self.offer.as_ref().map_or(&[][..], |offer| &offer.host_key);
        let negotiated = ours
            .iter()
            .find(|name| offered.contains(name))
            .ok_or_else(|| cheat(&say!(host_key_algorithm_none)))?;
        let (key_type, signature) = match (&self.key_type, &self.signature) {
            (Some(key_type), Some(signature)) => (key_type, signature),
            _ => return Err(cheat(&say!(host_key_reply_unreadable))),
        };
        if *key_type != key_type_of(negotiated) {
            return Err(cheat(&say!(
                host_key_other_type_sent,
                negotiated,
                key_type = text::line(key_type, MAX_SHOWN)
            )));
        }
        if let Some(curve) = curve_of(negotiated)
            && self.curve.as_deref() != Some(curve)
        {
            let sent = text::line(self.curve.as_deref().unwrap_or_default(), MAX_SHOWN);
            let key_type = format!("{key_type} ({sent})");
            return Err(cheat(&say!(host_key_other_type_sent, negotiated, key_type)));
        }
        if *signature != signature_of(negotiated) {
            return Err(cheat(&say!(
                host_key_signed_otherwise,
                negotiated,
                signature = text::line(signature, MAX_SHOWN)
            )));
        }
        Ok(negotiated.clone())
    }
}

fn cheat(what: &str) -> Error {
    Error::new(Kind::KeyExchange, say!(host_key_unproved, what)).hint(say!(host_key_unproved_hint))
}

/// The key blob's type for a host key algorithm: they differ for RSA (RFC 8332).
pub(crate) fn key_type_of(algorithm: &str) -> &str {
    match algorithm {
        "rsa-sha2-256" | "rsa-sha2-512" => "ssh-rsa",
        "rsa-sha2-256-cert-v01@openssh.com" | "rsa-sha2-512-cert-v01@openssh.com" => {
            "ssh-rsa-cert-v01@openssh.com"
        }
        other => other,
    }
}

/// The signature algorithm of a host key algorithm.
fn signature_of(algorithm: &str) -> Cow<'_, str> {
    algorithms::of_key(algorithm)
}

/// Parses the unencrypted packets of one direction until NEWKEYS.
#[derive(Default)]
pub(crate) struct Observer {
    pending: Vec<u8>,
    seen: Observed,
    fault: Option<Error>,
    done: bool,
}

impl Observer {
    /// Takes bytes as they pass; does nothing once encryption is on.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.done {
            return;
        }
        self.pending.extend_from_slice(bytes);
        while let Some(packet) = self.take_packet() {
            self.packet(&packet);
            if self.done {
                self.pending = Vec::new();
                return;
            }
        }
    }

    /// What the server has sent that ends the connection, although the library would take it.
    pub fn fault(&self) -> Option<Error> {
        self.fault.clone()
    }

    /// What has been seen so far.
    pub fn seen(&self) -> &Observed {
        &self.seen
    }

    /// Whether encryption is on in this direction.
    pub fn is_done(&self) -> bool {
        self.done
    }

    fn take_packet(&mut self) -> Option<Vec<u8>> {
        let length = u32::from_be_bytes(*self.pending.first_chunk()?) as usize;
        if length > MAX_PACKET {
            // The library refuses such a packet with its own error.
            self.done = true;
            return None;
        }
        let end = 4 + length;
        if self.pending.len() < end {
            return None;
        }
        let packet = self.pending[4..end].to_vec();
        self.pending.drain(..end);
        Some(packet)
    }

    /// Refuses what the server has sent, and looks at nothing more.
    fn refuse(&mut self, what: String) {
        self.fault = Some(Error::new(Kind::KeyExchange, what).hint(say!(kex_broken_hint)));
        self.done = true;
    }

    fn packet(&mut self, packet: &[u8]) {
        let size = packet.len();
        let Some((&padding, body)) = packet.split_first() else {
            return self.refuse(say!(packet_bad_length, size));
        };
        // The library takes a packet without a payload for the end of the connection.
        let padded = usize::from(padding);
        let payload = body.len().checked_sub(padded).filter(|_| padded >= MIN_PADDING);
        let Some((&kind, payload)) = payload.and_then(|end| body[..end].split_first()) else {
            return self.refuse(say!(packet_bad_padding, size, padding));
        };
        if (MSG_KEXINIT..=MSG_KEX_LAST).contains(&kind) && self.seen.messages.len() < MAX_MESSAGES {
            self.seen.messages.push(kind);
        }
        let is_whole = match kind {
            MSG_DISCONNECT => {
                self.seen.goodbye = Some(goodbye(payload));
                self.done = true;
                true
            }
            MSG_KEXINIT => self.kexinit(payload).is_some(),
            MSG_KEX_REPLY | MSG_KEX_DH_GEX_REPLY => self.reply(payload).is_some(),
            MSG_NEWKEYS => {
                self.done = true;
                payload.is_empty()
            }
            MSG_IGNORE..=MSG_DEBUG | MSG_KEXINIT..=MSG_KEX_LAST => true,
            _ => return self.refuse(say!(kex_message_early, message = kind)),
        };
        if !is_whole {
            self.seen.malformed = self.seen.malformed.or(Some(kind));
        }
    }

    /// Parses a KEXINIT: the cookie, then the name-lists. `None` where it is malformed; what could
    /// be read counts.
    fn kexinit(&mut self, payload: &[u8]) -> Option<()> {
        let mut lists = payload.get(16..)?;
        let mut is_whole = true;
        let mut next = || -> Vec<String> {
            let names = take_string(&mut lists).and_then(|names| std::str::from_utf8(names).ok());
            // RFC 4251 section 6: printable US-ASCII; section 5: no name is empty. The library takes
            // an empty one at the end.
            is_whole &= names.is_some_and(|names| {
                names.bytes().all(|byte| byte.is_ascii_graphic())
                    && !names.starts_with(',')
                    && !names.contains(",,")
            });
            names.unwrap_or_default().split(',').map(str::to_owned).collect()
        };
        let (kex, host_key, ciphers) = (next(), next(), [next(), next()]);
        let _macs = [next(), next()];
        let compression = [next(), next()];
        let _languages = [next(), next()];
        self.seen.offer = Some(Offer { kex, host_key, ciphers, compression });
        self.seen.guesses = lists.first().is_some_and(|&guesses| guesses != 0);
        // A boolean and a number that is reserved.
        (is_whole && lists.len() == 5).then_some(())
    }

    /// Parses a reply: host key, the server's share, signature. A group exchange's group message
    /// has the same number and two mpints: its first string names no key, and the reply overwrites
    /// it. `None` where it is malformed.
    fn reply(&mut self, mut payload: &[u8]) -> Option<()> {
        let key = take_string(&mut payload)?;
        let share = take_string(&mut payload)?;
        if payload.is_empty() && name(key).is_none() {
            self.seen.group = Some(bits(key));
            debug!("SSH2_MSG_KEX_DH_GEX_GROUP received");
            // With such a modulus the shared secret would not be one, and a number below zero is none.
            if key.last().is_none_or(|last| last % 2 == 0) || is_negative(key) || is_negative(share)
            {
                self.refuse(say!(kex_group_invalid));
            }
            return Some(());
        }
        self.seen.share_is_negative = is_negative(share);
        let signature = take_string(&mut payload)?;
        if let Some(group) = self.seen.group {
            let set: u32 = share.iter().map(|byte| byte.count_ones()).sum();
            debug!("bits set: {set}/{group}");
        }
        if has_more(key) {
            self.refuse(say!(host_key_with_more));
            return Some(());
        }
        self.seen.key_type = name(key);
        self.seen.curve = curve_in(key);
        self.seen.rsa_bits = rsa_bits_in(key);
        self.seen.signature = name(signature);
        payload.is_empty().then_some(())
    }
}

/// The words of a disconnect message, or its number where it has none.
fn goodbye(mut payload: &[u8]) -> String {
    let code = take_uint32(&mut payload).unwrap_or_default();
    let said =
        text::line_bytes(take_string(&mut payload).unwrap_or_default().trim_ascii(), MAX_SHOWN);
    if said.is_empty() { say!(disconnected_with_code, code) } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssh_string(bytes: &[u8]) -> Vec<u8> {
        let mut out = (bytes.len() as u32).to_be_bytes().to_vec();
        out.extend_from_slice(bytes);
        out
    }

    fn packet(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = ((payload.len() + 6) as u32).to_be_bytes().to_vec();
        out.push(4);
        out.push(kind);
        out.extend_from_slice(payload);
        out.extend_from_slice(&[0; 4]);
        out
    }

    fn exchange(algorithms: &str, key_type: &str, signature: &str) -> Observed {
        exchange_with(algorithms, &ssh_string(key_type.as_bytes()), signature)
    }

    fn exchange_with(algorithms: &str, key: &[u8], signature: &str) -> Observed {
        let mut kexinit = vec![7; 16];
        kexinit.extend(ssh_string(b"curve25519-sha256"));
        kexinit.extend(ssh_string(algorithms.as_bytes()));
        let mut reply = ssh_string(key);
        reply.extend(ssh_string(&[9; 32]));
        reply.extend(ssh_string(&ssh_string(signature.as_bytes())));
        let mut bytes = packet(MSG_KEXINIT, &kexinit);
        bytes.extend(packet(MSG_KEX_REPLY, &reply));
        bytes.extend(packet(MSG_NEWKEYS, &[]));
        bytes.extend(b"\xff\xff\xff\xff encrypted");
        let mut observer = Observer::default();
        for byte in bytes {
            observer.feed(&[byte]);
        }
        assert!(observer.is_done());
        observer.seen().clone()
    }

    fn ours(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn an_honest_exchange_passes() {
        for (algorithm, key_type, signature) in [
            ("ssh-ed25519", "ssh-ed25519", "ssh-ed25519"),
            ("rsa-sha2-512", "ssh-rsa", "rsa-sha2-512"),
            ("rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com", "rsa-sha2-256"),
        ] {
            let seen = exchange(&format!("x,{algorithm}"), key_type, signature);
            assert_eq!(seen.check(&ours(&format!("y,{algorithm},x"))).unwrap(), algorithm);
        }
    }

    #[test]
    fn g3_another_key_type_than_negotiated_is_refused() {
        let seen = exchange("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256");
        let error = seen.check(&ours("ssh-ed25519,ecdsa-sha2-nistp256")).unwrap_err();
        assert!(error.to_string().contains("agreed on ssh-ed25519"), "{error}");
    }

    #[test]
    fn g3_another_curve_than_negotiated_is_refused() {
        let p256 = "ecdsa-sha2-nistp256";
        let seen = exchange(p256, "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384");
        assert!(seen.check(&ours(p256)).is_err());
        let certificate = "ecdsa-sha2-nistp256-cert-v01@openssh.com";
        for (negotiated, nonce) in [(p256, None), (certificate, Some(b"nonce"))] {
            for (curve, holds) in [("nistp256", true), ("nistp384", false)] {
                let nonce = nonce.map_or(Vec::new(), |nonce| ssh_string(nonce));
                let parts =
                    [ssh_string(negotiated.as_bytes()), nonce, ssh_string(curve.as_bytes())];
                let seen = exchange_with(negotiated, &parts.concat(), p256);
                assert_eq!(seen.check(&ours(negotiated)).is_ok(), holds, "{negotiated} {curve}");
            }
        }
    }

    #[test]
    fn g3_a_sha1_signature_after_rsa_sha2_is_refused() {
        let seen = exchange("rsa-sha2-512,ssh-rsa", "ssh-rsa", "ssh-rsa");
        let error = seen.check(&ours("rsa-sha2-512")).unwrap_err();
        assert!(error.to_string().contains("signed with ssh-rsa"), "{error}");
    }

    #[test]
    fn a_group_exchange_is_followed_to_its_reply() {
        let mut kexinit = vec![7; 16];
        kexinit.extend(ssh_string(b"diffie-hellman-group-exchange-sha256"));
        kexinit.extend(ssh_string(b"ssh-ed25519"));
        let group = [ssh_string(&[&[0; 1], &[0x7f; 256][..]].concat()), ssh_string(&[2])].concat();
        let blob = || ssh_string(&ssh_string(b"ssh-ed25519"));
        let reply = [blob(), ssh_string(&[9; 256]), blob()].concat();
        let mut observer = Observer::default();
        observer.feed(&packet(MSG_KEXINIT, &kexinit));
        observer.feed(&packet(MSG_KEX_REPLY, &group));
        assert_eq!(observer.seen().group, Some(2047));
        observer.feed(&packet(MSG_KEX_DH_GEX_REPLY, &reply));
        observer.feed(&packet(MSG_NEWKEYS, &[]));
        assert_eq!(observer.seen().check(&ours("ssh-ed25519")).unwrap(), "ssh-ed25519");
    }

    #[test]
    fn a_cipher_of_one_direction_is_refused() {
        let [gcm, ctr] = ["aes128-gcm@openssh.com", "aes128-ctr"];
        let mine = ours(&format!("{gcm},{ctr}"));
        for (to, from, holds) in [
            (gcm, gcm, true),
            ("aes128-ctr,aes128-gcm@openssh.com", gcm, true),
            (gcm, ctr, false),
            (ctr, "foo", false),
            ("foo", ctr, true),
        ] {
            let offer = Offer { ciphers: [ours(to), ours(from)], ..Offer::default() };
            let seen = Observed { offer: Some(offer), ..Observed::default() };
            assert_eq!(seen.check_directions(&mine).is_ok(), holds, "{to} {from}");
        }
    }

    #[test]
    fn packets_that_cannot_be_right_are_refused() {
        let padded = |padding: u8, body: &[u8]| {
            let length = u32::try_from(body.len() + 1).unwrap();
            [&length.to_be_bytes()[..], &[padding], body].concat()
        };
        for (bytes, word) in [
            (vec![0; 4], "length 0"),
            (padded(0, b"\x02\0\0\0\0\0\0"), "0 of padding"),
            (padded(3, b"\x02\0\0\0\0\0\0"), "3 of padding"),
            (padded(7, b"\x02\0\0\0\0\0\0"), "7 of padding"),
            (padded(8, b"\x02\0\0\0\0\0\0"), "8 of padding"),
            (packet(52, &[]), "52"),
            (packet(5, &[]), "5"),
            (packet(31, &[ssh_string(&[0, 0xff, 0xfe]), ssh_string(&[2])].concat()), "group"),
            (packet(31, &[ssh_string(&[0xff, 0xff]), ssh_string(&[2])].concat()), "group"),
            (packet(31, &[ssh_string(&[0, 0xff, 0xff]), ssh_string(&[0x82])].concat()), "group"),
        ] {
            let mut observer = Observer::default();
            observer.feed(&bytes);
            let fault = observer.fault().expect("a fault").to_string();
            assert!(fault.contains(word) && observer.is_done(), "{word}: {fault}");
        }
        for kind in [1, 2, 3, 4, 30, 49] {
            let mut observer = Observer::default();
            observer.feed(&packet(kind, &[0; 8]));
            assert_eq!(observer.fault(), None, "{kind}");
        }
    }

    #[test]
    fn a_share_below_zero_is_refused_where_it_is_a_number() {
        let kex = |name: &str| {
            let mut payload = vec![0; 16];
            payload.extend(ssh_string(name.as_bytes()));
            (0..9).for_each(|_| payload.extend(ssh_string(b"x")));
            packet(MSG_KEXINIT, &[&payload[..], &[0; 5]].concat())
        };
        let reply = |share: &[u8]| {
            let parts =
                [ssh_string(&ssh_string(b"ssh-ed25519")), ssh_string(share), ssh_string(b"")];
            packet(MSG_KEX_REPLY, &parts.concat())
        };
        let check = |name: &str, share: &[u8]| {
            let mut observer = Observer::default();
            observer.feed(&[kex(name), reply(share)].concat());
            observer.seen().check_share(&["other".to_owned(), name.to_owned()])
        };
        let [group, curve] = ["diffie-hellman-group14-sha256", "curve25519-sha256"];
        let error = check(group, &[0x80, 1]).unwrap_err().to_string();
        assert!(error.contains(group) && error.contains("is not valid"), "{error}");
        for (name, share) in [(group, &[0, 0x80, 1][..]), (group, &[0x7f]), (curve, &[0x80; 32])] {
            assert_eq!(check(name, share), Ok(()), "{name} {share:?}");
        }
    }

    #[test]
    fn what_the_server_says_in_leaving_is_heard() {
        let whole = [&[0, 0, 0, 100][..], &ssh_string(b"Wartung f\xfcr\x1b[2J heute")].concat();
        for (payload, said) in [
            (&whole[..], "Wartung"),
            (&whole[..4], "100"),
            (&[0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff], "2"),
            (&[], "0"),
        ] {
            let mut observer = Observer::default();
            observer.feed(&packet(MSG_DISCONNECT, payload));
            let heard = observer.seen().goodbye.clone().expect("a goodbye");
            assert!(heard.contains(said) && !heard.contains('\x1b'), "{heard}");
            assert!(observer.is_done());
        }
    }

    #[test]
    fn a_malformed_message_is_remembered() {
        let lists = ssh_string(b"x").repeat(10);
        let whole = [&[7; 16][..], &lists, &[0; 5]].concat();
        let named = |names: &[u8]| [&[7; 16], &ssh_string(names).repeat(10)[..], &[0; 5]].concat();
        let blob = ssh_string(&ssh_string(b"ssh-ed25519"));
        for (kind, payload, malformed) in [
            (MSG_KEXINIT, whole.clone(), false),
            (MSG_KEXINIT, whole[..whole.len() - 1].to_vec(), true),
            (MSG_KEXINIT, [&whole[..], &[0]].concat(), true),
            (MSG_KEXINIT, vec![7; 16], true),
            (MSG_KEXINIT, named(b",x"), true),
            (MSG_KEXINIT, named(b"x,,y"), true),
            (MSG_KEXINIT, named(b"x,"), false),
            (MSG_KEX_REPLY, blob.repeat(3), false),
            (MSG_KEX_REPLY, blob.repeat(4), true),
            (MSG_KEX_REPLY, blob.repeat(2), true),
            (MSG_KEX_REPLY, u32::MAX.to_be_bytes().to_vec(), true),
            (MSG_NEWKEYS, vec![0], true),
        ] {
            let mut observer = Observer::default();
            observer.feed(&packet(kind, &payload));
            assert_eq!(observer.seen().malformed, malformed.then_some(kind), "{payload:?}");
        }
    }

    #[test]
    fn a_packet_that_is_too_long_is_not_collected() {
        let mut observer = Observer::default();
        observer.feed(&u32::MAX.to_be_bytes());
        observer.feed(&[0; 100_000]);
        assert!(observer.is_done() && observer.pending.capacity() < 100);
        assert!(observer.seen().check(&ours("ssh-ed25519")).is_err());
    }

    #[test]
    fn of_messages_without_end_so_many_are_remembered() {
        let mut observer = Observer::default();
        // A message of the key exchange, with ten bytes of padding.
        let packet = [&[0, 0, 0, 12, 10, 25][..], &[0; 10]].concat();
        observer.feed(&packet.repeat(100));
        assert_eq!(observer.seen.messages.len(), MAX_MESSAGES);
    }

    proptest::proptest! {
        /// No input from a server causes a panic, or keeps more than a packet.
        #[test]
        fn any_bytes_are_taken(pieces in proptest::collection::vec(
            proptest::collection::vec(proptest::num::u8::ANY, 0..200), 0..20)) {
            let mut observer = Observer::default();
            // Plausible lengths, so that the parsers are reached.
            for piece in pieces {
                observer.feed(&u32::try_from(piece.len()).unwrap().to_be_bytes());
                observer.feed(&piece);
            }
            let _ = observer.seen().check(&ours("ssh-ed25519"));
        }
    }

    #[test]
    fn a_reply_that_was_not_seen_is_refused() {
        let offer = Offer { host_key: ours("ssh-ed25519"), ..Offer::default() };
        let seen = Observed { offer: Some(offer), ..Observed::default() };
        assert!(seen.check(&ours("ssh-ed25519")).is_err());
    }
}
