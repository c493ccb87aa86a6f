//! Recognises host names that are IP addresses, in any form that inet_aton(3) accepts.

use std::net::IpAddr;

/// The usual form of an address; `None` if the name is not an address.
pub fn address(text: &str) -> Option<String> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    // inet_aton(3) also accepts fewer parts, and octal and hexadecimal numbers.
    if !digits && !text.starts_with("0x") {
        return None;
    }
    let parts: Option<Vec<u64>> = text.split('.').map(number).collect();
    let parts = parts.filter(|parts| parts.len() <= 4)?;
    let (last, first) = parts.split_last()?;
    let room = 8 * (4 - u32::try_from(first.len()).ok()?);
    if first.iter().any(|&part| part > 255) || *last >= 1u64 << room {
        return None;
    }
    let high = first.iter().enumerate().map(|(at, part)| part << (24 - 8 * at));
    let bits = u32::try_from(high.sum::<u64>() + last).ok()?;
    Some(std::net::Ipv4Addr::from(bits).to_string())
}

fn number(part: &str) -> Option<u64> {
    match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u64::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        for (text, wanted) in [
            ("127.1", Some("127.0.0.1")),
            ("::0001", Some("::1")),
            ("0x7f000001", Some("127.0.0.1")),
            ("010.0.0.1", Some("8.0.0.1")),
            ("1.2.3.256", None),
            ("999.999.999.999", None),
            ("host", None),
            ("1.2.3.4.5", None),
        ] {
            assert_eq!(address(text).as_deref(), wanted, "{text}");
        }
    }
}
