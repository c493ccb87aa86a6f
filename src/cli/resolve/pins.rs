//! The pinned host keys of a connection: from the command line or from a saved session.

use super::profile::shown_name;
use crate::cli::args::Typed;
use crate::error::{Error, Kind, Result};
use crate::profiles::SavedSession;
use crate::say;
use crate::trust::{PINS_MAX, Pin};

/// The pins from the command line, otherwise those of the saved session.
///
/// # Errors
/// [`Kind::Usage`] and [`Kind::Config`]: one is neither a key nor a fingerprint, or there are too
/// many.
pub fn pins(typed: &Typed, profile: Option<&SavedSession>) -> Result<Vec<Pin>> {
    let saved = || profile.map_or(&[][..], |session| &session.profile.fingerprints);
    let (texts, from, kind) = match (&typed.host_keys[..], profile) {
        ([], Some(session)) => {
            let name = crate::text::line(&shown_name(session), 80);
            (saved(), say!(pin_of_profile, name), Kind::Config)
        }
        (typed, _) => (typed, say!(pin_of_flag), Kind::Usage),
    };
    read(texts, &from, kind)
}

fn read(texts: &[String], from: &str, kind: Kind) -> Result<Vec<Pin>> {
    if texts.len() > PINS_MAX {
        return Err(Error::new(kind, say!(pin_too_many, limit = PINS_MAX)).context(from));
    }
    let one = |text: &String| {
        let fault = |what| Error::new(kind, what).context(from).hint(say!(pin_unreadable_hint));
        Pin::parse(text, from).map_err(fault)
    };
    texts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_bounded_in_number() {
        let pin = "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0".to_owned();
        assert_eq!(read(&vec![pin.clone(); PINS_MAX], "x", Kind::Usage).unwrap().len(), PINS_MAX);
        let error = read(&vec![pin; PINS_MAX + 1], "x", Kind::Usage).unwrap_err();
        assert!(error.to_string().contains("100"), "{error}");
    }
}
