//! Orders of preference (`Cipher`, `KEX`, `HostKey`), and the algorithms that their words mean.
//!
//! PuTTY asks before it uses what stands after `WARN`; here that is not offered. A word that a
//! session does not have, because it is older, is put where PuTTY puts it.

/// Where a missing word is put.
#[derive(Clone, Copy)]
enum Home {
    /// Before all others.
    First,
    /// After all others.
    Last,
    /// Directly before this word.
    Before(&'static str),
    /// Directly after this word.
    After(&'static str),
}

/// A word, where it is put if it is missing, and the algorithms that it means.
type Preference = (&'static str, Home, &'static [&'static str]);

/// One order of preference.
pub struct Preferences {
    /// The key that keeps it.
    pub name: &'static str,
    words: &'static [Preference],
    /// The order if none is kept, without the words that are put in their place anyway.
    default: &'static str,
    /// Orders of old versions that stand for the default, because PuTTY takes them for it.
    untouched: &'static [&'static str],
}

/// The word before those that PuTTY asks about.
pub const WARN: &str = "WARN";

/// Ciphers.
pub static CIPHERS: Preferences = Preferences {
    name: "Cipher",
    words: &[
        (
            "aes",
            Home::Last,
            &["aes256-ctr", "aes192-ctr", "aes128-ctr", "aes256-cbc", "aes192-cbc", "aes128-cbc"],
        ),
        ("chacha20", Home::After("aes"), &["chacha20-poly1305@openssh.com"]),
        ("aesgcm", Home::After("chacha20"), &["aes256-gcm@openssh.com", "aes128-gcm@openssh.com"]),
        ("3des", Home::Last, &["3des-cbc"]),
        (WARN, Home::Last, &[]),
        ("des", Home::Last, &[]),
        ("blowfish", Home::Last, &[]),
        ("arcfour", Home::Last, &[]),
    ],
    default: "",
    untouched: &[],
};

/// Key exchange algorithms.
pub static KEX: Preferences = Preferences {
    name: "KEX",
    words: &[
        (
            "ntru-curve25519",
            Home::First,
            &["sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com"],
        ),
        ("mlkem-curve25519", Home::After("ntru-curve25519"), &["mlkem768x25519-sha256"]),
        ("mlkem-nist", Home::After("mlkem-curve25519"), &["mlkem768nistp256-sha256"]),
        (
            "ecdh",
            Home::First,
            &[
                "curve25519-sha256",
                "curve25519-sha256@libssh.org",
                "ecdh-sha2-nistp256",
                "ecdh-sha2-nistp384",
                "ecdh-sha2-nistp521",
            ],
        ),
        (
            "dh-gex-sha1",
            Home::Last,
            &["diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1"],
        ),
        (
            "dh-group14-sha1",
            Home::Last,
            &["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"],
        ),
        ("dh-group1-sha1", Home::After(WARN), &["diffie-hellman-group1-sha1"]),
        ("rsa", Home::Before(WARN), &[]),
        ("dh-group15-sha512", Home::Before("dh-group14-sha1"), &["diffie-hellman-group15-sha512"]),
        (
            "dh-group16-sha512",
            Home::Before("dh-group15-sha512"),
            &["diffie-hellman-group16-sha512"],
        ),
        ("dh-group17-sha512", Home::After("dh-group16-sha512"), &["diffie-hellman-group17-sha512"]),
        ("dh-group18-sha512", Home::After("dh-group17-sha512"), &["diffie-hellman-group18-sha512"]),
        (WARN, Home::Last, &[]),
    ],
    default: "ecdh,dh-gex-sha1,dh-group18-sha512,dh-group17-sha512,dh-group16-sha512,\
              dh-group15-sha512,dh-group14-sha1,rsa,WARN,dh-group1-sha1",
    untouched: &["dh-gex-sha1,dh-group14-sha1,dh-group1-sha1,rsa,WARN"],
};

/// Host key algorithms.
pub static HOST_KEYS: Preferences = Preferences {
    name: "HostKey",
    words: &[
        ("ed25519", Home::First, &["ssh-ed25519"]),
        ("ed448", Home::First, &[]),
        (
            "ecdsa",
            Home::Last,
            &["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
        ),
        ("dsa", Home::Last, &["ssh-dss"]),
        ("rsa", Home::Last, &["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]),
        (WARN, Home::Last, &[]),
    ],
    default: "ed25519,ecdsa,rsa,dsa,WARN",
    untouched: &[],
};

/// The words of an order in PuTTY's order: those that are kept, then each missing one in its place.
pub fn ordered(kind: &'static Preferences, kept: Option<&str>) -> Vec<&'static str> {
    let kept = kept.filter(|kept| !kind.untouched.contains(kept)).unwrap_or(kind.default);
    let known = |word: &str| kind.words.iter().find(|(known, _, _)| *known == word);
    let mut order: Vec<&'static str> = Vec::with_capacity(kind.words.len());
    for word in kept.split(',') {
        if let Some((word, _, _)) = known(word).filter(|(word, _, _)| !order.contains(word)) {
            order.push(word);
        }
    }
    // A word's place may depend on one that has to be put in first.
    while order.len() < kind.words.len() {
        for (word, home, _) in kind.words {
            let of = |other: &str| order.iter().position(|word| *word == other);
            let place = match home {
                Home::First => Some(0),
                Home::Last => Some(order.len()),
                Home::Before(other) => of(other),
                Home::After(other) => of(other).map(|place| place + 1),
            };
            if let Some(place) = place.filter(|_| !order.contains(word)) {
                order.insert(place, word);
            }
        }
    }
    order
}

/// The algorithms that an order offers without a question, as a list with commas; `None` if the
/// order is PuTTY's default, or has none that a list can name.
pub fn algorithms(kind: &'static Preferences, kept: Option<&str>) -> Option<String> {
    let order = ordered(kind, kept);
    if order == ordered(kind, None) {
        return None;
    }
    let offered = order.iter().take_while(|word| **word != WARN);
    let named = offered.filter_map(|word| kind.words.iter().find(|(known, _, _)| known == word));
    let named: Vec<&str> = named.flat_map(|(_, _, names)| names.iter().copied()).collect();
    (!named.is_empty()).then(|| named.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_words_are_put_where_putty_puts_them() {
        let joined = |kind, kept| ordered(kind, kept).join(",");
        let all = "aes,chacha20,aesgcm,3des,WARN,des,blowfish,arcfour";
        assert_eq!(joined(&CIPHERS, None), all);
        assert_eq!(joined(&CIPHERS, Some("x,aes,aes,3des,WARN,des,blowfish,arcfour")), all);
        let old = "aes,chacha20,aesgcm,blowfish,3des,WARN,arcfour,des";
        assert_eq!(joined(&CIPHERS, Some("aes,blowfish,3des,WARN,arcfour,des")), old);
        assert_eq!(joined(&HOST_KEYS, None), "ed448,ed25519,ecdsa,rsa,dsa,WARN");
        let untouched = "dh-gex-sha1,dh-group14-sha1,dh-group1-sha1,rsa,WARN";
        assert_eq!(ordered(&KEX, Some(untouched)), ordered(&KEX, None));
    }

    #[test]
    fn only_what_needs_no_question_is_offered() {
        assert_eq!(algorithms(&CIPHERS, None), None);
        let wanted = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com";
        let kept = "chacha20,aesgcm,WARN,aes,3des,des,blowfish,arcfour";
        assert_eq!(algorithms(&CIPHERS, Some(kept)).as_deref(), Some(wanted));
        assert_eq!(algorithms(&CIPHERS, Some("WARN,aes,aesgcm,chacha20,3des")), None);
        let kept = "ed25519,WARN,ed448,ecdsa,rsa,dsa";
        assert_eq!(algorithms(&HOST_KEYS, Some(kept)).as_deref(), Some("ssh-ed25519"));
    }
}
