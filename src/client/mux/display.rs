//! The display of a master's X11 forwarding. The protocol cannot express it: a client that asks for
//! X11 gets the master's display with the master's trust, as in ssh_config(5). So our master
//! reports it in its hello, and our client makes a connection of its own if it wants another
//! display or another trust.

/// The name of the hello extension.
pub(super) const EXTENSION: &str = "x11-display@tessh";
/// The longest display name that is reported; paths of Unix sockets are shorter.
const MAX_DISPLAY: usize = 255;
const NONE: &str = "none";
const TRUSTED: &str = "trusted ";
const UNTRUSTED: &str = "untrusted ";

/// The display of a master's X11 forwarding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterDisplay {
    /// The master forwards no display.
    Nowhere,
    /// To this display.
    To {
        /// The master's DISPLAY.
        display: String,
        /// ForwardX11Trusted.
        trusted: bool,
    },
}

impl MasterDisplay {
    /// Encodes the value of the extension.
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            MasterDisplay::To { display, trusted } if display.len() <= MAX_DISPLAY => {
                let trust = if *trusted { TRUSTED } else { UNTRUSTED };
                format!("{trust}{display}").into_bytes()
            }
            _ => NONE.as_bytes().to_vec(),
        }
    }

    /// Decodes the value of the extension; `None` if it is not valid.
    pub(super) fn decode(value: &[u8]) -> Option<MasterDisplay> {
        let value = std::str::from_utf8(value).ok()?;
        if value == NONE {
            return Some(MasterDisplay::Nowhere);
        }
        let (display, trusted) = match value.strip_prefix(TRUSTED) {
            Some(display) => (display, true),
            None => (value.strip_prefix(UNTRUSTED)?, false),
        };
        let usable = !display.is_empty() && display.len() <= MAX_DISPLAY;
        usable.then(|| MasterDisplay::To { display: display.to_owned(), trusted })
    }

    /// Whether a client that wants X11 can use this: the display is the client's own, if it has
    /// one, and the trust is as the client wants it.
    pub fn serves(&self, wanted: Option<&str>, trust: bool) -> bool {
        match self {
            MasterDisplay::Nowhere => wanted.is_none(),
            MasterDisplay::To { display, trusted } => {
                *trusted == trust && wanted.is_none_or(|wanted| wanted == display)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_served_with_its_own_display_and_its_own_trust_alone() {
        let to = |trusted| MasterDisplay::To { display: ":0".to_owned(), trusted };
        for (master, wanted, trust, served) in [
            (to(true), Some(":0"), true, true),
            (to(true), Some(":0"), false, false),
            (to(false), Some(":0"), true, false),
            (to(true), Some(":1"), true, false),
            (to(true), None, true, true),
            (to(true), None, false, false),
            (MasterDisplay::Nowhere, Some(":0"), true, false),
            (MasterDisplay::Nowhere, None, true, true),
        ] {
            assert_eq!(master.serves(wanted, trust), served, "{master:?} {wanted:?} {trust}");
        }
    }

    #[test]
    fn what_is_told_is_understood_and_nonsense_tells_nothing() {
        let to = |trusted| MasterDisplay::To { display: "/private/x:0".to_owned(), trusted };
        for display in [MasterDisplay::Nowhere, to(true), to(false)] {
            assert_eq!(MasterDisplay::decode(&display.encode()), Some(display));
        }
        let long = [TRUSTED.as_bytes(), &[b'x'; 300]].concat();
        for nonsense in [&b""[..], b"0", b"trusted", b"trusted ", b"\xff", b"NONE", &long] {
            assert_eq!(MasterDisplay::decode(nonsense), None, "{nonsense:?}");
        }
    }
}
