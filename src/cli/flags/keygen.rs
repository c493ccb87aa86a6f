//! The flags of `tessh keygen`: letters have ssh-keygen(1)'s meaning, and flags that it does not
//! have get a long name. Only `-O` differs: it names a format.

use super::Flag;
use Keygen as K;

/// The purpose of a flag of `tessh keygen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keygen {
    /// `-a`.
    Rounds,
    /// `-b`.
    Bits,
    /// `-C`.
    Comment,
    /// `-E`.
    Hash,
    /// `-e`.
    Export,
    /// `-f`.
    File,
    /// `-i`.
    Import,
    /// `-l`.
    List,
    /// `-m`.
    ForeignFormat,
    /// `-N`.
    NewPassphrase,
    /// `-O`.
    Format,
    /// `-P`.
    Passphrase,
    /// `-p`.
    Change,
    /// `-q`.
    Quiet,
    /// `-r`.
    Records,
    /// `-t`.
    Type,
    /// `-v`.
    Verbose,
    /// `-y`.
    Public,
    /// `--output`.
    Output,
    /// `--passphrase-fd`.
    PassphraseFd,
    /// `--new-passphrase-fd`.
    NewPassphraseFd,
    /// `--plain`.
    Plain,
    /// `--help`.
    Help,
}

const fn flag(name: &'static str, doc: &'static str, does: Keygen) -> Flag<Keygen> {
    Flag { name, value: None, doc, does }
}

const fn takes(
    name: &'static str,
    value: &'static str,
    doc: &'static str,
    does: Keygen,
) -> Flag<Keygen> {
    Flag { name, value: Some(value), doc, does }
}

/// The table: letters in the order of ssh-keygen(1), then the long names.
pub const KEYGEN: &[Flag<Keygen>] = &[
    takes("-a", "rounds", "rounds of bcrypt for the passphrase; 24 if not given", K::Rounds),
    takes("-b", "bits", "size: rsa 2048 to 8192 (3072), ecdsa 256, 384 or 521 (256)", K::Bits),
    takes("-C", "comment", "comment; user@host if not given", K::Comment),
    takes("-E", "hash", "fingerprints in sha256 or md5", K::Hash),
    flag("-e", "print the public key of -f in RFC 4716 form", K::Export),
    takes("-f", "file", "the key's file; ~/.ssh/id_TYPE if not given", K::File),
    flag("-i", "print the RFC 4716 public key of -f as one line", K::Import),
    flag("-l", "print the fingerprint of each key in -f; with -v the picture, too", K::List),
    takes("-m", "format", "what -e writes and -i reads: RFC4716", K::ForeignFormat),
    takes(
        "-N",
        "passphrase",
        "the new passphrase, or '' for none; others on this machine can see it",
        K::NewPassphrase,
    ),
    takes(
        "-O",
        "format",
        "openssh, ppk, public, rfc4716 or fingerprint: convert the key of -f; with -t: write the new key so",
        K::Format,
    ),
    takes(
        "-P",
        "passphrase",
        "the passphrase of -f; others on this machine can see it",
        K::Passphrase,
    ),
    flag("-p", "change the passphrase of -f", K::Change),
    flag("-q", "say nothing", K::Quiet),
    takes(
        "-r",
        "host",
        "print the SSHFP records of the host for its zone: of -f, or of this machine's host keys",
        K::Records,
    ),
    takes("-t", "type", "make a key of type ed25519 (if not given), ecdsa or rsa", K::Type),
    flag("-v", "with -l: the picture, too", K::Verbose),
    flag("-y", "print the public key of the private key in -f", K::Public),
    takes("--output", "file", "where -O, -e, -i and -y write", K::Output),
    takes(
        "--passphrase-fd",
        "number",
        "read the key's passphrase from this descriptor",
        K::PassphraseFd,
    ),
    takes(
        "--new-passphrase-fd",
        "number",
        "read the new passphrase from this descriptor, with -p and -O",
        K::NewPassphraseFd,
    ),
    flag("--plain", "ask in lines, where without any flag there is a dialog", K::Plain),
    flag("--help", "print this help", K::Help),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_take_what_those_of_ssh_keygen_take() {
        // From the getopt string of ssh-keygen(1), OpenSSH 9.9.
        const TAKES: &str = "abCEfmNOPrt";
        const BARE: &str = "eilpqvy";
        for flag in KEYGEN {
            if let Some(letter) = flag.letter() {
                assert_eq!(TAKES.contains(letter), flag.value.is_some(), "{}", flag.name);
                assert_eq!(BARE.contains(letter), flag.value.is_none(), "{}", flag.name);
            }
        }
        let letters = KEYGEN.iter().filter(|flag| flag.letter().is_some()).count();
        assert_eq!(letters, TAKES.len() + BARE.len());
    }
}
