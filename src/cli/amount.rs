//! Amounts of bytes on the command line.

/// Parses a number above zero, with K, M or G for powers of 1024; `None` if it is something else, or
/// too large to count.
pub fn bytes(typed: &str) -> Option<u64> {
    let (digits, unit) = match typed.strip_suffix(|c: char| c.is_ascii_alphabetic()) {
        Some(digits) => (digits, &typed[digits.len()..]),
        None => (typed, ""),
    };
    let factor: u64 = match unit {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        "g" | "G" => 1 << 30,
        _ => return None,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse::<u64>().ok().filter(|number| plain && *number > 0);
    number?.checked_mul(factor)
}
