//! The keys in PuTTY's host key cache: numbers in hexadecimal with commas between them.
//!
//! An elliptic curve's key is a point with both coordinates, so a point that is not on the curve
//! can be told apart, and is refused. Keys are written in the same form for an export to PuTTY.

use num_bigint::BigUint;
use russh::keys::ssh_key::PublicKey;

use super::quote;
use crate::say;
use crate::wire_format::{put_string, take_string};

/// The most hexadecimal digits of a number: those of a 16384-bit RSA key.
const DIGITS_MAX: usize = 4096;

/// The prime of Ed25519 (RFC 8032, section 5.1), 2^255 - 19.
const P_25519: &[u8] = b"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";

/// The constant d of Ed25519's equation.
const D_25519: &[u8] = b"52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

/// A curve with the equation y² = x³ - 3x + b (SP 800-186, section 3.2.1).
struct NistCurve {
    name: &'static str,
    /// The length of a coordinate, in bytes.
    length: usize,
    p: &'static [u8],
    b: &'static [u8],
}

const NIST_CURVES: [NistCurve; 3] = [
    NistCurve {
        name: "nistp256",
        length: 32,
        p: b"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        b: b"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    },
    NistCurve {
        name: "nistp384",
        length: 48,
        p: b"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
             ffffffff0000000000000000ffffffff",
        b: b"b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a\
             c656398d8a2ed19d2a85c8edd3ec2aef",
    },
    NistCurve {
        name: "nistp521",
        length: 66,
        p: b"1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        b: b"51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109\
             e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    },
];

/// Decodes the data of a key of this type, as the cache names it.
///
/// # Errors
/// The fault, one line.
pub(super) fn decode(kind: &str, data: &str) -> Result<PublicKey, String> {
    let mut blob = Vec::new();
    match kind {
        "rsa2" => {
            let [e, n] = numbers(data)?;
            put_string(&mut blob, b"ssh-rsa");
            [e, n].iter().for_each(|number| put_number(&mut blob, number));
        }
        "dss" => {
            let all: [BigUint; 4] = numbers(data)?;
            put_string(&mut blob, b"ssh-dss");
            all.iter().for_each(|number| put_number(&mut blob, number));
        }
        "ssh-ed25519" => {
            put_string(&mut blob, kind.as_bytes());
            put_string(&mut blob, &ed25519(numbers(data)?)?);
        }
        _ => {
            let name = kind.strip_prefix("ecdsa-sha2-").unwrap_or_default();
            let Some(curve) = NIST_CURVES.iter().find(|curve| curve.name == name) else {
                return Err(say!(cache_type_unknown, kind = quote::piece(kind)));
            };
            let (own, data) = data.split_once(',').ok_or_else(|| say!(cache_numbers))?;
            if own != name {
                return Err(say!(known_line_other_type));
            }
            put_string(&mut blob, kind.as_bytes());
            put_string(&mut blob, name.as_bytes());
            put_string(&mut blob, &curve.point(numbers(data)?)?);
        }
    }
    PublicKey::from_bytes(&blob).map_err(|_| say!(known_line_damaged))
}

impl NistCurve {
    /// The point in the uncompressed form of SEC 1, section 2.3.3.
    fn point(&self, [x, y]: [BigUint; 2]) -> Result<Vec<u8>, String> {
        let (p, b) = (constant(self.p), constant(self.b));
        let three = BigUint::from(3_u8);
        // The term -3x is written as (p - 3)x, because the numbers have no sign.
        let right = &x * &x * &x + (&p - three) * &x + b;
        let is_on_curve = (&y * &y) % &p == right % &p;
        if x >= p || y >= p || !is_on_curve {
            return Err(say!(cache_off_curve));
        }
        let mut point = vec![4];
        for coordinate in [x, y] {
            let bytes = coordinate.to_bytes_be();
            point.resize(point.len() + self.length - bytes.len(), 0);
            point.extend(bytes);
        }
        Ok(point)
    }
}

/// The point as Ed25519 encodes it (RFC 8032, section 5.1.2): y, and the lowest bit of x on top.
fn ed25519([x, y]: [BigUint; 2]) -> Result<[u8; 32], String> {
    let (p, d) = (constant(P_25519), constant(D_25519));
    let (xx, yy) = ((&x * &x) % &p, (&y * &y) % &p);
    // The equation is -x² + y² = 1 + d x² y².
    let is_on_curve = &yy % &p == (BigUint::from(1_u8) + &xx + d * &xx * &yy) % &p;
    if x >= p || y >= p || !is_on_curve {
        return Err(say!(cache_off_curve));
    }
    let mut encoded = [0; 32];
    let bytes = y.to_bytes_le();
    encoded[..bytes.len()].copy_from_slice(&bytes);
    encoded[31] |= u8::from(x.bit(0)) << 7;
    Ok(encoded)
}

/// The type and the data of a key as the cache has them; `None` for a type that PuTTY lacks.
pub(super) fn encode(key: &PublicKey) -> Option<(String, String)> {
    let blob = key.to_bytes().ok()?;
    let mut rest = blob.as_slice();
    let kind = str::from_utf8(take_string(&mut rest)?).ok()?;
    let number = |bytes: &[u8]| format!("0x{:x}", BigUint::from_bytes_be(bytes));
    match kind {
        "ssh-rsa" => {
            let (e, n) = (take_string(&mut rest)?, take_string(&mut rest)?);
            Some(("rsa2".to_owned(), format!("{},{}", number(e), number(n))))
        }
        "ssh-dss" => {
            let all: Option<Vec<String>> =
                (0..4).map(|_| take_string(&mut rest).map(number)).collect();
            Some(("dss".to_owned(), all?.join(",")))
        }
        "ssh-ed25519" => {
            let (x, y) = ed25519_point(take_string(&mut rest)?)?;
            Some((kind.to_owned(), format!("0x{x:x},0x{y:x}")))
        }
        _ => {
            let name = kind.strip_prefix("ecdsa-sha2-")?;
            let curve = NIST_CURVES.iter().find(|curve| curve.name == name)?;
            take_string(&mut rest)?;
            let (form, point) = take_string(&mut rest)?.split_first()?;
            let is_whole = *form == 4 && point.len() == 2 * curve.length;
            let (x, y) = is_whole.then(|| point.split_at(curve.length))?;
            Some((kind.to_owned(), format!("{name},{},{}", number(x), number(y))))
        }
    }
}

/// Both coordinates of an encoded point (RFC 8032, section 5.1.3).
fn ed25519_point(encoded: &[u8]) -> Option<(BigUint, BigUint)> {
    let mut bytes: [u8; 32] = encoded.try_into().ok()?;
    let is_odd = bytes[31] >> 7 == 1;
    bytes[31] &= 0x7f;
    let (p, d, one) = (constant(P_25519), constant(D_25519), BigUint::from(1_u8));
    let y = BigUint::from_bytes_le(&bytes);
    let yy = (&y * &y) % &p;
    // x² = (y² - 1) / (d y² + 1); the inverse of a number is its power p - 2.
    let divisor = (&d * &yy + &one) % &p;
    let inverse = divisor.modpow(&(&p - BigUint::from(2_u8)), &p);
    let xx = (&yy + &p - &one) * inverse % &p;
    // A root is xx to the power of (p + 3) / 8, or that times the root of -1.
    let mut x = xx.modpow(&((&p + BigUint::from(3_u8)) >> 3), &p);
    if (&x * &x) % &p != xx {
        x = x * BigUint::from(2_u8).modpow(&((&p - &one) >> 2), &p) % &p;
    }
    if x.bit(0) != is_odd {
        x = &p - x;
    }
    let is_root = y < p && x < p && (&x * &x) % &p == xx;
    is_root.then_some((x, y))
}

fn constant(digits: &[u8]) -> BigUint {
    BigUint::parse_bytes(digits, 16).expect("the constants are hexadecimal")
}

/// Parses exactly `N` numbers, each `0x` and hexadecimal digits.
fn numbers<const N: usize>(data: &str) -> Result<[BigUint; N], String> {
    let number = |text: &str| {
        let digits = text.strip_prefix("0x").filter(|digits| {
            (1..=DIGITS_MAX).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })?;
        BigUint::parse_bytes(digits.as_bytes(), 16)
    };
    let parts: Option<Vec<BigUint>> = data.split(',').take(N + 1).map(number).collect();
    parts.and_then(|parts| parts.try_into().ok()).ok_or_else(|| say!(cache_numbers))
}

/// Writes an mpint (RFC 4251, section 5).
fn put_number(blob: &mut Vec<u8>, number: &BigUint) {
    let mut bytes = number.to_bytes_be();
    if bytes[0] & 0x80 != 0 {
        bytes.insert(0, 0);
    }
    put_string(blob, &bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "0x76d9b85d3d81ce3a67279654d8f92f3dacb8baef71770891a98af38a41fa7abe";
    const Y: &str = "0x7667ab14c4361dda09efe8f1b42a93093a8cd8d846e60f6d9d97b33901c045e3";
    /// The same, in which the prime is added to y.
    const Y_AND_P: &str = "0xf667ab14c4361dda09efe8f1b42a93093a8cd8d846e60f6d9d97b33901c045d0";

    #[test]
    fn a_point_that_is_not_on_the_curve_is_refused() {
        assert!(decode("ssh-ed25519", &format!("{X},{Y}")).is_ok());
        let swapped = decode("ssh-ed25519", &format!("{Y},{X}")).expect_err("off the curve");
        assert!(swapped.contains("not on its curve"), "{swapped}");
        for (kind, data) in [
            ("ssh-ed25519", format!("{X},{Y_AND_P}")),
            ("ssh-ed25519", "0x0,0x0".to_owned()),
            ("ssh-ed25519", format!("{X}0,{Y}")),
            ("ecdsa-sha2-nistp256", format!("nistp256,{X},{Y}")),
            ("ecdsa-sha2-nistp384", format!("nistp384,{X},{Y}")),
            ("ecdsa-sha2-nistp521", format!("nistp521,0x1{},0x2", "0".repeat(132))),
        ] {
            let fault = decode(kind, &data).expect_err(&data);
            assert_eq!(fault, swapped, "{data}");
        }
    }

    #[test]
    fn what_is_no_key_says_why() {
        for (kind, data, expected) in [
            ("ssh-ed448", format!("{X},{Y}"), "ssh-ed448"),
            ("opensshcert-ssh-ed25519", X.to_owned(), "opensshcert-ssh-ed25519"),
            ("rsa", "0x23,0x10001".to_owned(), "rsa"),
            ("ecdsa-sha2-nistp999", "nistp999,0x1,0x2".to_owned(), "nistp999"),
            ("rsa2", "0x10001".to_owned(), "hexadecimal"),
            ("rsa2", "0x10001,0x3,0x5".to_owned(), "hexadecimal"),
            ("rsa2", "10001,3".to_owned(), "hexadecimal"),
            ("rsa2", "0x10001,0x1_0".to_owned(), "hexadecimal"),
            ("rsa2", format!("0x10001,0x{}", "f".repeat(DIGITS_MAX + 1)), "hexadecimal"),
            ("ecdsa-sha2-nistp256", X.to_owned(), "hexadecimal"),
            ("ecdsa-sha2-nistp256", format!("nistp384,{X},{Y}"), "type"),
            ("ssh-ed25519", String::new(), "hexadecimal"),
        ] {
            let fault = decode(kind, &data).expect_err(&data);
            assert!(fault.contains(expected), "{kind} {data}: {fault}");
        }
    }
}
