//! What can be set in the key generator, and with what it begins.

use crate::keys::write::DEFAULT_ROUNDS;
use crate::say;
use crate::ui::screen::field::Field;
use crate::ui::screen::form::Row;

/// ssh-keygen's own size since OpenSSH 8.0.
const RSA_BITS: &str = "3072";
/// The types in the order in which they are offered; the size of RSA is a field of its own.
const TYPES: [&str; 5] = ["Ed25519", "ECDSA 256", "ECDSA 384", "ECDSA 521", "RSA"];
pub(super) const RSA: usize = 4;
pub(super) const PPK: usize = 1;

/// The rows and buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Type,
    Bits,
    Comment,
    Format,
    File,
    Passphrase,
    Again,
    Match,
    Show,
    Rounds,
    Message,
    Made,
    Generate,
    Save,
    Cancel,
    Close,
}

/// What can be set, until the key is saved.
pub(super) const INPUTS: [Key; 9] = [
    Key::Type,
    Key::Bits,
    Key::Comment,
    Key::Format,
    Key::File,
    Key::Passphrase,
    Key::Again,
    Key::Show,
    Key::Rounds,
];

/// The rows, Ed25519 chosen.
pub(super) fn rows(comment: &str) -> Vec<Row<Key>> {
    let types = TYPES.map(str::to_owned).to_vec();
    let formats = vec![say!(generator_openssh), say!(generator_ppk)];
    vec![
        Row::pick(Key::Type, say!(generator_type), types, 0),
        Row::field(Key::Bits, say!(generator_bits), Field::new(RSA_BITS)),
        Row::field(Key::Comment, say!(generator_comment), Field::new(comment)),
        Row::pick(Key::Format, say!(generator_format), formats, 0),
        Row::field(Key::File, say!(generator_file), Field::new("")),
        Row::field(Key::Passphrase, say!(generator_passphrase), Field::secret()),
        Row::field(Key::Again, say!(generator_again), Field::secret()),
        Row::lines(Key::Match, Vec::new()),
        Row::check(Key::Show, false, say!(generator_show)),
        Row::field(Key::Rounds, say!(generator_rounds), Field::new(&DEFAULT_ROUNDS.to_string())),
        Row::lines(Key::Message, Vec::new()),
        Row::beside(Key::Made, Vec::new()),
        Row::buttons(vec![(Key::Generate, say!(generator_generate)), (Key::Close, say!(close))]),
    ]
}
