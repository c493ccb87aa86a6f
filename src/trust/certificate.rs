//! Checks whether a host certificate holds for a host at a time. `known` decides which authorities
//! count.
//!
//! The checks are those of PROTOCOL.certkeys and the further ones of ssh(1): signature, the
//! authority's algorithm, type, principals, dates, critical options. The first check that fails
//! names the fault.

use crate::say;
use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::ssh_key::certificate::CertType;
use russh::keys::ssh_key::{Algorithm, Certificate, HashAlg, PublicKey};

use super::authority::RsaHashes;
use super::requirements::Requirements;
use super::{fingerprint, quote};

/// The smallest RSA key of an authority. Shorter keys can be broken with effort, and that would
/// affect all hosts of the authority. ssh(1) accepts 1024 bits.
const RSA_BITS_MIN: u32 = 2048;

/// The most principals or options that a fault names before it says how many more there are.
const NAMED_MAX: usize = 4;

/// The most principals kept for display.
const KEPT_MAX: usize = 16;

/// The most principals of a certificate, as in ssh(1) (SSHKEY_CERT_MAX_PRINCIPALS).
const PRINCIPALS_MAX: usize = 256;

/// The content of a certificate for display; none of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The key ID, sanitised.
    pub key_id: String,
    /// The serial number.
    pub serial: u64,
    /// The principals, sanitised: at most 16 of them.
    pub principals: Vec<String>,
    /// The number of principals; a certificate without one is valid for no host.
    pub principals_count: usize,
    /// The time from which it is valid, in seconds since 1970; 0 means always.
    pub valid_after: u64,
    /// The time from which it is no longer valid, in seconds since 1970; `u64::MAX` means never.
    pub valid_before: u64,
    /// The key that signed it according to the certificate.
    pub authority: PublicKey,
    /// The algorithm of its signature.
    pub signature: String,
}

impl Presented {
    /// Copies the content of a certificate.
    pub(super) fn of(certificate: &Certificate) -> Presented {
        let principals = certificate.valid_principals();
        Presented {
            key_id: quote::piece(certificate.key_id()),
            serial: certificate.serial(),
            principals: principals.iter().take(KEPT_MAX).map(|it| quote::piece(it)).collect(),
            principals_count: principals.len(),
            valid_after: certificate.valid_after(),
            valid_before: certificate.valid_before(),
            authority: authority(certificate),
            signature: certificate.signature().algorithm().as_str().to_owned(),
        }
    }

    /// The principals in one line: at most four are named.
    pub fn holders(&self) -> String {
        if self.principals_count == 0 {
            return say!(certificate_no_host);
        }
        let mut shown: Vec<String> = self.principals.iter().take(NAMED_MAX).cloned().collect();
        if self.principals_count > shown.len() {
            shown.push(say!(list_more, more = self.principals_count - shown.len()));
        }
        shown.join(", ")
    }

    /// The period of validity in one line.
    pub fn period(&self) -> String {
        let (after, before) = (self.valid_after, self.valid_before);
        match (after, before) {
            (0, u64::MAX) => say!(certificate_always),
            (0, _) => say!(certificate_until, before = date(before)),
            (_, u64::MAX) => say!(certificate_from, after = date(after)),
            _ => say!(certificate_between, after = date(after), before = date(before)),
        }
    }
}

/// The names of which a certificate must have one.
#[derive(Clone, Copy, Debug)]
pub(super) enum WantedPrincipal<'a> {
    /// The name of the host, in lower case; a principal may be a pattern for it.
    Host(&'a str),
    /// One of these, without regard to case; a principal is a name.
    OneOf(&'a [String]),
}

impl WantedPrincipal<'_> {
    fn is_among(self, principals: &[String]) -> bool {
        principals.iter().any(|principal| match self {
            WantedPrincipal::Host(name) => crate::pattern::matches(principal, name),
            WantedPrincipal::OneOf(names) => {
                names.iter().any(|name| name.eq_ignore_ascii_case(principal))
            }
        })
    }

    fn shown(self) -> String {
        match self {
            WantedPrincipal::Host(name) => quote::piece(name),
            WantedPrincipal::OneOf(names) => list(names.iter().map(String::as_str)),
        }
    }
}

/// Checks that the certificate holds for the host `wanted` at the time `at`. `hashes` are those that
/// its authority may sign with if it has an RSA key; `requirements` apply to all certificates.
///
/// # Errors
/// The fault, one sanitised line.
pub(super) fn check(
    certificate: &Certificate,
    wanted: WantedPrincipal<'_>,
    at: SystemTime,
    (hashes, requirements): (RsaHashes, &Requirements),
) -> Result<(), String> {
    check_authority(certificate, requirements)?;
    check_signature(certificate, hashes, requirements)?;
    check_type(certificate)?;
    check_dates(certificate, at)?;
    check_principals(certificate, wanted)?;
    check_options(certificate)
}

/// The authority's key.
pub(super) fn authority(certificate: &Certificate) -> PublicKey {
    PublicKey::new(certificate.signature_key().clone(), "")
}

/// Checks the authority's key: a plain key, not a certificate (PROTOCOL.certkeys).
pub(super) fn check_authority(
    certificate: &Certificate,
    requirements: &Requirements,
) -> Result<(), String> {
    let authority = authority(certificate);
    if authority.key_data().is_certificate() {
        return Err(say!(certificate_authority_is_certificate));
    }
    let bits = fingerprint::bits(&authority);
    if authority.algorithm().is_rsa() && bits < requirements.rsa_bits(RSA_BITS_MIN) {
        let shown = fingerprint::sha256(&authority);
        return Err(say!(certificate_signed_rsa_short, shown, bits));
    }
    Ok(())
}

fn check_signature(
    certificate: &Certificate,
    hashes: RsaHashes,
    requirements: &Requirements,
) -> Result<(), String> {
    let shown = fingerprint::sha256(&authority(certificate));
    let algorithm = certificate.signature().algorithm();
    if requirements.permits(algorithm.as_str()) == Some(false) {
        return Err(say!(certificate_signature_not_permitted, shown, algorithm));
    }
    match algorithm {
        Algorithm::Rsa { hash: None } if !hashes.sha1 => {
            return Err(say!(certificate_signed_sha1, shown));
        }
        Algorithm::Rsa { hash: Some(HashAlg::Sha256) } if !hashes.sha256 => {
            return Err(say!(certificate_hash_not_permitted, shown, hash = "rsa-sha2-256"));
        }
        Algorithm::Rsa { hash: Some(HashAlg::Sha512) } if !hashes.sha512 => {
            return Err(say!(certificate_hash_not_permitted, shown, hash = "rsa-sha2-512"));
        }
        Algorithm::Dsa => return Err(say!(certificate_signed_dsa, shown)),
        _ => {}
    }
    certificate.verify_signature().map_err(|_| say!(certificate_signature_wrong, shown))
}

fn check_type(certificate: &Certificate) -> Result<(), String> {
    match certificate.cert_type() {
        CertType::Host => Ok(()),
        CertType::User => Err(say!(certificate_of_user)),
    }
}

/// Checks the dates (PROTOCOL.certkeys): valid after <= current time < valid before.
fn check_dates(certificate: &Certificate, at: SystemTime) -> Result<(), String> {
    let now = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (after, before) = (certificate.valid_after(), certificate.valid_before());
    if now < after {
        return Err(say!(certificate_not_valid_before, at = date(after), now = date(now)));
    }
    if now >= before {
        return Err(say!(certificate_expired_at, at = date(before), now = date(now)));
    }
    Ok(())
}

/// Checks the principals. A certificate without any is valid for no host; ssh(1) before 10.3 and
/// PuTTY accept a carelessly made one for every host of its authority. As in ssh(1) from 10.3 on, a
/// principal is a pattern, compared with the name in lower case, with regard to case.
fn check_principals(certificate: &Certificate, wanted: WantedPrincipal<'_>) -> Result<(), String> {
    let principals = certificate.valid_principals();
    if principals.is_empty() {
        return Err(say!(certificate_no_principals));
    }
    if principals.len() > PRINCIPALS_MAX {
        let count = principals.len();
        return Err(say!(certificate_too_many_principals, count, limit = PRINCIPALS_MAX));
    }
    if wanted.is_among(principals) {
        return Ok(());
    }
    let named = list(principals.iter().map(String::as_str));
    Err(say!(certificate_other_principals, named, piece = wanted.shown()))
}

/// Refuses every critical option, because none is defined for host certificates.
fn check_options(certificate: &Certificate) -> Result<(), String> {
    let options = certificate.critical_options();
    if options.is_empty() {
        return Ok(());
    }
    Err(say!(certificate_critical_options, list = list(options.keys().map(String::as_str))))
}

fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(NAMED_MAX);
    let mut shown: Vec<String> = names.take(NAMED_MAX).map(quote::piece).collect();
    if more > 0 {
        shown.push(say!(list_more, more));
    }
    shown.join(", ")
}

/// Seconds since 1970 as `2025-01-31T23:59:59Z`; for times in the far future no date is computed.
pub(super) fn date(seconds: u64) -> String {
    const YEAR_10000: u64 = 253_402_300_800;
    if seconds >= YEAR_10000 {
        return say!(year_10000);
    }
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Converts days since 1970-01-01 to year, month and day of the Gregorian calendar.
///
/// Years begin in March here, so that the leap day is the last day of a year.
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_TO_1970: u64 = 719_468; // from 0000-03-01
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let days = days + DAYS_TO_1970;
    let in_era = days % DAYS_IN_400_YEARS;
    let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = days / DAYS_IN_400_YEARS * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (u64::MAX, "the year 10000 or later"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }

    #[test]
    fn principals_are_bounded_in_number() {
        use russh::keys::ssh_key::certificate::Builder;
        use russh::keys::ssh_key::private::Ed25519Keypair;
        let key = russh::keys::PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
        let certified = |count: usize| {
            let mut builder = Builder::new([0; 16], key.public_key(), 0, u64::MAX - 1).unwrap();
            for number in 0..count {
                builder.valid_principal(format!("h{number}")).unwrap();
            }
            builder.sign(&key).unwrap()
        };
        let full = certified(PRINCIPALS_MAX);
        assert!(check_principals(&full, WantedPrincipal::Host("h255")).is_ok());
        assert_eq!(Presented::of(&full).principals.len(), KEPT_MAX);
        let fault = check_principals(&certified(PRINCIPALS_MAX + 1), WantedPrincipal::Host("h1"));
        assert!(fault.unwrap_err().contains("257"));
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..100).map(|n| format!("h{n}\n")).collect();
        assert_eq!(list(names.iter().map(String::as_str)), "h0 , h1 , h2 , h3 , 96 more");
    }
}
