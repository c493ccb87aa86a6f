//! The name and the addresses of this machine.

use std::io;
use std::net::IpAddr;

/// The machine's own name, as in uname(2).
pub fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The addresses of the interfaces that are up, from Linux's tables: the LOCAL entries of the
/// routing table, and the IPv6 addresses.
///
/// # Errors
/// The system has no such tables.
pub fn addresses() -> io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = fourth(&std::fs::read_to_string("/proc/net/fib_trie")?);
    if let Ok(text) = std::fs::read_to_string("/proc/net/if_inet6") {
        found.extend(text.lines().filter_map(sixth));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Parses the IPv4 table: an address has its own line, and the next line says `/32 host LOCAL`.
fn fourth(text: &str) -> Vec<IpAddr> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let local = lines.windows(2).filter(|pair| pair[1] == "/32 host LOCAL");
    local.filter_map(|pair| pair[0].strip_prefix("|-- ")?.parse().ok()).collect()
}

/// Parses a line of the IPv6 table, which begins with 32 hexadecimal digits.
fn sixth(line: &str) -> Option<IpAddr> {
    let digits = line.split_whitespace().next().filter(|digits| digits.len() == 32)?;
    u128::from_str_radix(digits, 16).ok().map(|bits| IpAddr::V6(bits.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_the_addresses() {
        let table = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.0\n        /24 link UNICAST\n     \
                     |-- 10.0.0.5\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n";
        let wanted: Vec<IpAddr> = vec!["10.0.0.5".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        assert_eq!(fourth(table), wanted);
        let line = "fe800000000000000000000000000001 02 40 20 80     eth0";
        assert_eq!(sixth(line), Some("fe80::1".parse().unwrap()));
        assert_eq!(sixth("nonsense"), None);
    }
}
