//! Match localnetwork: whether an address of this machine is in one of the networks.
//!
//! The list has the form of ssh_config(5): addresses, or networks with a prefix length, joined by
//! commas. As in ssh(1), a network must not have bits beyond its prefix, negation is not possible,
//! and loopback interfaces count.

use std::net::IpAddr;

use crate::config::fault::{ConfigFault, shown};
use crate::os::host;
use crate::say;

/// Whether any local address is in the list, and the local addresses as text.
///
/// # Errors
/// An entry is neither an address nor a network, or the system does not list its addresses.
pub(super) fn any_local_in(list: &str) -> Result<(bool, String), ConfigFault> {
    let entries = parse(list)?;
    let local = host::addresses().map_err(|error| say!(config_no_interfaces, reason = error))?;
    let holds = local.iter().any(|&address| contains(&entries, address));
    let shown: Vec<String> = local.iter().map(ToString::to_string).collect();
    Ok((holds, shown.join(" ")))
}

/// One entry: the network and its prefix length.
type Network = (IpAddr, u8);

fn parse(list: &str) -> Result<Vec<Network>, ConfigFault> {
    let bad = |entry: &str| say!(config_bad_network, entry = shown(entry));
    list.split(',')
        .map(|entry| {
            let (text, length) = match entry.split_once('/') {
                Some((text, length)) => {
                    (text, Some(length.parse::<u32>().map_err(|_| bad(entry))?))
                }
                None => (entry, None),
            };
            let address: IpAddr = text.parse().map_err(|_| bad(entry))?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let fits = |length: &u8| *length <= most && !has_bits_beyond(address, *length);
            let length = u8::try_from(length.unwrap_or(u32::from(most))).ok().filter(fits);
            let length = length.ok_or_else(|| say!(config_bad_prefix, entry = shown(entry)))?;
            Ok((address, length))
        })
        .collect()
}

fn contains(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|&(network, length)| within(address, network, length))
}

fn has_bits_beyond(address: IpAddr, length: u8) -> bool {
    match address {
        IpAddr::V4(address) => address.to_bits().checked_shl(u32::from(length)).unwrap_or(0) != 0,
        IpAddr::V6(address) => address.to_bits().checked_shl(u32::from(length)).unwrap_or(0) != 0,
    }
}

fn within(address: IpAddr, network: IpAddr, length: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (u128::from(a.to_bits()), u128::from(n.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (a.to_bits(), n.to_bits(), 128),
        _ => return false,
    };
    let shift = width - u32::from(length);
    address.checked_shr(shift).unwrap_or(0) == network.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let within = |list: &str, address: &str| {
            parse(list).ok().map(|list| contains(&list, address.parse().unwrap()))
        };
        assert_eq!(within("10.0.0.0/8", "10.1.2.3"), Some(true));
        assert_eq!(within("10.0.0.0/8", "11.1.2.3"), Some(false));
        assert_eq!(within("11.0.0.0/8,10.0.0.0/8", "10.1.2.3"), Some(true));
        assert_eq!(within("10.1.2.3", "10.1.2.3"), Some(true));
        assert_eq!(within("::/0", "10.1.2.3"), Some(false));
        assert_eq!(within("fe80::/10", "fe80::1"), Some(true));
        for bad in ["", "x", "10.0.0.0/33", "10.0.0.0/", "::/129", "!10.0.0.0/8", "10.0.0.1/8"] {
            assert_eq!(within(bad, "::1"), None, "{bad}");
        }
    }
}
