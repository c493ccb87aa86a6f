//! Known faults of servers, recognised by their identification (RFC 4253 section 4.2).
//!
//! The rows are those of OpenSSH's compat.c that matter to a client, for servers that are still in
//! use. The proposal, the forwards and the terminal request act on them.

use crate::pattern::matches;

/// The known faults of one server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// A group exchange that asks for more than 4096 bits fails.
    pub large_groups_fail: bool,
    /// `curve25519-sha256@libssh.org` pads its secret wrongly, so that some exchanges fail.
    pub curve25519_is_padded: bool,
    /// Connections to a port that the server chose are announced with the port 0.
    pub chosen_ports_are_zero: bool,
    /// A terminal mode that it does not know (IUTF8, RFC 8160) makes it refuse the terminal.
    pub utf8_mode_fails: bool,
}

const NONE: Quirks = Quirks {
    large_groups_fail: false,
    curve25519_is_padded: false,
    chosen_ports_are_zero: false,
    utf8_mode_fails: false,
};

/// Patterns of server software with their faults; the first row that matches counts.
const ROWS: [(&str, Quirks); 6] = [
    ("OpenSSH_5*", Quirks { chosen_ports_are_zero: true, ..NONE }),
    ("OpenSSH_6.6.1*", NONE),
    ("OpenSSH_6.5*", Quirks { curve25519_is_padded: true, ..NONE }),
    ("OpenSSH_6.6*", Quirks { curve25519_is_padded: true, ..NONE }),
    ("Cisco-1.*", Quirks { large_groups_fail: true, ..NONE }),
    ("ConfD-*", Quirks { utf8_mode_fails: true, ..NONE }),
];

impl Quirks {
    /// The faults of the server with this identification line.
    pub fn of(identification: &str) -> Quirks {
        // `SSH-protoversion-softwareversion comments`
        let software = identification.splitn(3, '-').nth(2).unwrap_or_default();
        let row = ROWS.iter().find(|(pattern, _)| matches(pattern, software));
        row.map_or(NONE, |(_, quirks)| *quirks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_told_by_their_software() {
        let cisco = Quirks::of("SSH-2.0-Cisco-1.25");
        assert!(cisco.large_groups_fail && !cisco.curve25519_is_padded);
        assert!(Quirks::of("SSH-1.99-Cisco-1.25").large_groups_fail);
        assert!(Quirks::of("SSH-2.0-OpenSSH_6.6p1 Ubuntu-2").curve25519_is_padded);
        assert!(Quirks::of("SSH-2.0-OpenSSH_5.3").chosen_ports_are_zero);
        assert!(Quirks::of("SSH-2.0-ConfD-4.0").utf8_mode_fails);
        for fine in
            ["SSH-2.0-OpenSSH_6.6.1", "SSH-2.0-OpenSSH_10.6", "SSH-2.0-x-Cisco-1.25", "", "-"]
        {
            assert_eq!(Quirks::of(fine), NONE, "{fine}");
        }
    }
}
