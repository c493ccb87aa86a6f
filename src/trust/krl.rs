//! OpenSSH's binary key revocation list: checks its form, and whether it revokes a key.
//!
//! PROTOCOL.krl. Every length is checked against the rest of its section before anything is taken.
//! Only the list itself is kept, and walked through for each question: there are few of them, and
//! tables of its entries would be many times its size. As in ssh(1), a section of an unknown kind or
//! with bytes left over invalidates the whole list. Signatures are skipped: ssh never checks them.

use crate::say;
use crate::wire_format::{take_byte, take_bytes, take_string, take_uint32, take_uint64};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The start of a list; a file that begins differently is a list in text form.
pub(super) const MAGIC: &[u8] = b"SSHKRL\n\0";

const FORMAT: u32 = 1;

/// The kinds of sections.
mod section {
    pub const CERTIFICATES: u8 = 1;
    pub const KEYS: u8 = 2;
    pub const SHA1: u8 = 3;
    pub const SIGNATURE: u8 = 4;
    pub const SHA256: u8 = 5;
    pub const EXTENSION: u8 = 255;
}

/// The kinds of parts in a section of certificates.
mod part {
    pub const SERIALS: u8 = 0x20;
    pub const RANGE: u8 = 0x21;
    pub const BITMAP: u8 = 0x22;
    pub const KEY_IDS: u8 = 0x23;
    pub const EXTENSION: u8 = 0x39;
}

/// A list whose form has been checked.
#[derive(Debug)]
pub(super) struct Krl(Vec<u8>);

/// One entry of a list.
enum KrlEntry<'a> {
    Key(&'a [u8]),
    Sha1(&'a [u8; 20]),
    Sha256(&'a [u8; 32]),
    /// Certificates of one authority, or of any where its key is empty.
    Certificates(&'a [u8], RevokedCertificates<'a>),
}

/// Some revoked certificates of an authority.
enum RevokedCertificates<'a> {
    Serial(u64),
    /// The first and last serial.
    Range(u64, u64),
    /// The serial of the lowest bit, and the bits, most significant first.
    Bitmap(u64, &'a [u8]),
    KeyId(&'a [u8]),
}

/// The properties of a certificate that a list refers to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    /// The encoded key of the authority.
    pub authority: &'a [u8],
    pub serial: u64,
    pub key_id: &'a [u8],
}

impl Krl {
    /// Checks the form of a list, including its magic.
    ///
    /// # Errors
    /// The fault, one line.
    pub fn parse(text: Vec<u8>) -> Result<Krl, String> {
        walk(&text, &mut |_| {})?;
        Ok(Krl(text))
    }

    /// The way in which the list revokes a key, as text; `None` if it does not. A certificate's own
    /// revocation is not checked.
    pub fn key(&self, blob: &[u8]) -> Option<String> {
        let (sha1, sha256) = (Sha1::digest(blob), Sha256::digest(blob));
        self.find(|entry| match entry {
            KrlEntry::Key(key) => (key == blob).then(|| say!(krl_key)),
            KrlEntry::Sha1(hash) => (hash.as_slice() == sha1.as_slice()).then(|| say!(krl_sha1)),
            KrlEntry::Sha256(hash) => {
                (hash.as_slice() == sha256.as_slice()).then(|| say!(krl_sha256))
            }
            KrlEntry::Certificates(..) => None,
        })
    }

    /// The way in which the list revokes a certificate, by serial or key ID; `None` if it does not.
    pub fn certificate(&self, certificate: &Named<'_>) -> Option<String> {
        self.find(|entry| match entry {
            KrlEntry::Certificates(authority, revoked)
                if authority.is_empty() || authority == certificate.authority =>
            {
                revoked.covers(certificate)
            }
            _ => None,
        })
    }

    /// The first answer that an entry gives.
    fn find(&self, mut ask: impl FnMut(KrlEntry<'_>) -> Option<String>) -> Option<String> {
        let mut found = None;
        let checked = walk(&self.0, &mut |entry| {
            if found.is_none() {
                found = ask(entry);
            }
        });
        debug_assert!(checked.is_ok(), "the form was checked");
        found
    }
}

/// Walks through a list and shows each entry.
fn walk<'a>(text: &'a [u8], show: &mut impl FnMut(KrlEntry<'a>)) -> Result<(), String> {
    let mut rest = Bytes(text.strip_prefix(MAGIC).ok_or_else(|| say!(krl_not))?);
    let format = rest.u32()?;
    if format != FORMAT {
        return Err(say!(krl_format, format, known = FORMAT));
    }
    // Version, date, flags; reserved, comment.
    rest.take(3 * 8)?;
    rest.string()?;
    rest.string()?;
    let mut signed = false;
    while !rest.is_empty() {
        let kind = rest.u8()?;
        let body = rest.string()?;
        if kind == section::SIGNATURE {
            // The section holds the signing key; the signature follows the section.
            rest.string()?;
            signed = true;
        } else if signed {
            return Err(say!(krl_signed));
        } else {
            walk_section(kind, body, show)?;
        }
    }
    Ok(())
}

fn walk_section<'a>(
    kind: u8,
    body: &'a [u8],
    show: &mut impl FnMut(KrlEntry<'a>),
) -> Result<(), String> {
    let mut body = Bytes(body);
    match kind {
        section::CERTIFICATES => walk_certificates(&mut body, show)?,
        section::KEYS => body.each(|key| {
            show(KrlEntry::Key(key));
            Ok(())
        })?,
        section::SHA1 => body.each(|hash| {
            show(KrlEntry::Sha1(hash.try_into().map_err(|_| say!(krl_sha1_length))?));
            Ok(())
        })?,
        section::SHA256 => body.each(|hash| {
            show(KrlEntry::Sha256(hash.try_into().map_err(|_| say!(krl_sha256_length))?));
            Ok(())
        })?,
        section::EXTENSION => body.extension()?,
        other => return Err(say!(krl_section, kind = other)),
    }
    body.end()
}

fn walk_certificates<'a>(
    body: &mut Bytes<'a>,
    show: &mut impl FnMut(KrlEntry<'a>),
) -> Result<(), String> {
    let authority = body.string()?;
    body.string()?;
    while !body.is_empty() {
        let kind = body.u8()?;
        walk_part(kind, body.string()?, &mut |revoked| {
            show(KrlEntry::Certificates(authority, revoked));
        })?;
    }
    Ok(())
}

fn walk_part<'a>(
    kind: u8,
    part: &'a [u8],
    show: &mut impl FnMut(RevokedCertificates<'a>),
) -> Result<(), String> {
    let mut part = Bytes(part);
    match kind {
        part::SERIALS => {
            while !part.is_empty() {
                show(RevokedCertificates::Serial(part.u64()?));
            }
        }
        part::RANGE => {
            let (first, last) = (part.u64()?, part.u64()?);
            if first == 0 || first > last {
                return Err(say!(krl_range, first, last));
            }
            show(RevokedCertificates::Range(first, last));
        }
        part::BITMAP => {
            let (offset, bits) = bitmap(&mut part)?;
            show(RevokedCertificates::Bitmap(offset, bits));
        }
        part::KEY_IDS => part.each(|id| {
            show(RevokedCertificates::KeyId(id));
            Ok(())
        })?,
        part::EXTENSION => part.extension()?,
        other => return Err(say!(krl_certificates, kind = format!("{other:#x}"))),
    }
    part.end()
}

impl RevokedCertificates<'_> {
    fn covers(&self, certificate: &Named<'_>) -> Option<String> {
        let serial = certificate.serial;
        let by_serial = match *self {
            RevokedCertificates::KeyId(id) => {
                return (id == certificate.key_id).then(|| say!(krl_key_id));
            }
            RevokedCertificates::Serial(listed) => listed == serial,
            RevokedCertificates::Range(first, last) => (first..=last).contains(&serial),
            RevokedCertificates::Bitmap(offset, bits) => {
                serial.checked_sub(offset).is_some_and(|bit| is_set(bits, bit))
            }
        };
        // Authorities that do not number certificates give all of them the serial 0.
        (by_serial && serial != 0).then(|| say!(krl_serial))
    }
}

/// Parses an offset and a positive number, whose bits stand for the serials from the offset on.
fn bitmap<'a>(part: &mut Bytes<'a>) -> Result<(u64, &'a [u8]), String> {
    let offset = part.u64()?;
    let bits = part.string()?;
    if bits.first().is_some_and(|&byte| byte & 0x80 != 0) {
        return Err(say!(krl_bitmap_negative));
    }
    let zeros = bits.iter().take_while(|&&byte| byte == 0).count();
    let bits = &bits[zeros..];
    let unused = bits.first().map_or(0, |first| first.leading_zeros());
    let highest = (bits.len() as u64 * 8).saturating_sub(u64::from(unused) + 1);
    if offset.checked_add(highest).is_none() {
        return Err(say!(krl_bitmap_beyond));
    }
    Ok((offset, bits))
}

/// Whether a bit is set, counted from the lowest bit of the last byte.
fn is_set(bits: &[u8], bit: u64) -> bool {
    let from_end = usize::try_from(bit / 8).ok();
    let at = from_end.and_then(|from_end| bits.len().checked_sub(from_end + 1));
    at.is_some_and(|at| bits[at] >> (bit % 8) & 1 == 1)
}

fn cut_short() -> String {
    say!(krl_cut_short)
}

/// The bytes that are left to parse (RFC 4251 section 5).
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn end(&self) -> Result<(), String> {
        if self.is_empty() { Ok(()) } else { Err(say!(krl_left_over)) }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        take_bytes(&mut self.0, count).ok_or_else(cut_short)
    }

    fn u8(&mut self) -> Result<u8, String> {
        take_byte(&mut self.0).ok_or_else(cut_short)
    }

    fn u32(&mut self) -> Result<u32, String> {
        take_uint32(&mut self.0).ok_or_else(cut_short)
    }

    fn u64(&mut self) -> Result<u64, String> {
        take_uint64(&mut self.0).ok_or_else(cut_short)
    }

    fn string(&mut self) -> Result<&'a [u8], String> {
        take_string(&mut self.0).ok_or_else(cut_short)
    }

    fn each(&mut self, mut take: impl FnMut(&'a [u8]) -> Result<(), String>) -> Result<(), String> {
        while !self.is_empty() {
            take(self.string()?)?;
        }
        Ok(())
    }

    /// Parses an extension: its name, whether it is critical, and its data.
    fn extension(&mut self) -> Result<(), String> {
        let name = self.string()?;
        let critical = self.u8()? != 0;
        self.string()?;
        if critical {
            let name = super::quote::piece(&String::from_utf8_lossy(name));
            return Err(say!(krl_extension, name));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).expect("short");
        [&length.to_be_bytes(), bytes].concat()
    }

    fn list(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let head = [MAGIC, &FORMAT.to_be_bytes(), &[0; 24], &string(b""), &string(b"a comment")];
        let mut list = head.concat();
        for (kind, body) in sections {
            list.push(*kind);
            list.extend(string(body));
        }
        list
    }

    fn certificates(authority: &[u8], parts: &[(u8, Vec<u8>)]) -> (u8, Vec<u8>) {
        let mut body = [string(authority), string(b"")].concat();
        for (kind, part) in parts {
            body.push(*kind);
            body.extend(string(part));
        }
        (section::CERTIFICATES, body)
    }

    fn is_revoked(krl: &Krl, authority: &[u8], serial: u64, key_id: &[u8]) -> bool {
        krl.certificate(&Named { authority, serial, key_id }).is_some()
    }

    #[test]
    fn keys_and_fingerprints() {
        let krl = Krl::parse(list(&[
            (section::KEYS, [string(b"one"), string(b"two")].concat()),
            (section::SHA1, string(&Sha1::digest(b"three"))),
            (section::SHA256, string(&Sha256::digest(b"four"))),
        ]))
        .expect("a list");
        for (blob, revoked) in [
            (&b"one"[..], true),
            (b"two", true),
            (b"three", true),
            (b"four", true),
            (b"five", false),
        ] {
            assert_eq!(krl.key(blob).is_some(), revoked, "{blob:?}");
        }
    }

    #[test]
    fn serials_and_key_ids_of_one_authority_and_of_any() {
        let range = [10u64.to_be_bytes(), 20u64.to_be_bytes()].concat();
        let bits = [&100u64.to_be_bytes()[..], &string(&[0, 0x80, 0x01])].concat();
        let krl = Krl::parse(list(&[
            certificates(
                b"CA",
                &[
                    (part::SERIALS, [0u64.to_be_bytes(), 5u64.to_be_bytes()].concat()),
                    (part::RANGE, range),
                    (part::BITMAP, bits),
                ],
            ),
            certificates(b"", &[(part::KEY_IDS, string(b"web"))]),
        ]))
        .expect("a list");
        let revoked: Vec<u64> = (0..200).filter(|&n| is_revoked(&krl, b"CA", n, b"x")).collect();
        let expected: Vec<u64> = [5].into_iter().chain(10..=20).chain([100, 115]).collect();
        assert_eq!(revoked, expected);
        assert!(!is_revoked(&krl, b"other", 5, b"x"));
        assert!(is_revoked(&krl, b"other", 0, b"web") && is_revoked(&krl, b"CA", 0, b"web"));
    }

    #[test]
    fn the_last_serials_there_are() {
        let ends = [(u64::MAX - 1).to_be_bytes(), u64::MAX.to_be_bytes()].concat();
        let krl = Krl::parse(list(&[certificates(b"CA", &[(part::RANGE, ends)])])).expect("good");
        assert!(is_revoked(&krl, b"CA", u64::MAX, b"") && !is_revoked(&krl, b"CA", 1, b""));
        for (offset, bits, fits) in [
            (u64::MAX, &[1][..], true),
            (u64::MAX - 7, &[0, 0x80], true),
            (u64::MAX - 6, &[0, 0x80], false),
        ] {
            let part = [&offset.to_be_bytes()[..], &string(bits)].concat();
            let parsed = Krl::parse(list(&[certificates(b"CA", &[(part::BITMAP, part)])]));
            assert_eq!(parsed.is_ok(), fits, "{offset} {bits:?}");
        }
    }

    #[test]
    fn what_is_not_understood_spoils_the_list() {
        let extension = |critical| [string(b"x"), vec![critical], string(b"")].concat();
        for (sections, word) in [
            (vec![(9, Vec::new())], "unknown kind 9"),
            (vec![(section::SHA1, string(b"short"))], "SHA-1"),
            (vec![(section::SHA256, string(b"short"))], "SHA-256"),
            (vec![(section::EXTENSION, extension(1))], "critical"),
            (vec![(section::EXTENSION, [extension(0), vec![0]].concat())], "left over"),
            (vec![certificates(b"", &[(0x50, Vec::new())])], "0x50"),
            (vec![certificates(b"", &[(part::SERIALS, vec![0; 7])])], "cut short"),
            (vec![certificates(b"", &[(part::RANGE, vec![0; 16])])], "range"),
            (vec![certificates(b"", &[(part::EXTENSION, extension(1))])], "critical"),
        ] {
            let found = Krl::parse(list(&sections)).expect_err(word);
            assert!(found.contains(word), "{found}");
        }
        let good = list(&[(section::EXTENSION, extension(0))]);
        assert!(Krl::parse(good.clone()).is_ok());
        for length in 0..good.len() {
            let cut = Krl::parse(good[..length].to_vec());
            // A truncated list is valid only if it ends where a section could begin.
            assert!(cut.is_err() || length == list(&[]).len(), "{length}");
        }
        let mut newer = good;
        newer[MAGIC.len() + 3] = 2;
        assert!(Krl::parse(newer).expect_err("newer").contains("format 2"));
    }

    #[test]
    fn signatures_are_passed_over_and_end_the_list() {
        let signature = |mut list: Vec<u8>| {
            list.push(section::SIGNATURE);
            list.extend([string(b"key"), string(b"signature")].concat());
            list
        };
        let signed = signature(list(&[(section::KEYS, string(b"one"))]));
        assert!(Krl::parse(signed.clone()).expect("a list").key(b"one").is_some());
        assert!(Krl::parse(signature(signed.clone())).is_ok());
        let mut more = signed;
        more.push(section::KEYS);
        more.extend(string(&string(b"two")));
        assert!(Krl::parse(more).expect_err("unsigned").contains("after a signature"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..300) {
            let _ = Krl::parse(bytes.clone());
            let _ = Krl::parse([MAGIC, &bytes].concat());
            let bits = [&100u64.to_be_bytes()[..], &string(&[0x40, 0x01])].concat();
            let mut list = list(&[
                certificates(b"CA", &[(part::BITMAP, bits), (part::KEY_IDS, string(b"web"))]),
                (section::KEYS, string(b"one")),
            ]);
            for (index, byte) in bytes.iter().take(3).enumerate() {
                let at = (at + index * 7) % list.len();
                list[at] = *byte;
            }
            if let Ok(krl) = Krl::parse(list) {
                for serial in [0, 1, 100, 114, u64::MAX] {
                    is_revoked(&krl, b"CA", serial, b"x");
                }
            }
        }
    }
}
