//! The input rows of the key generator, with their initial values.

use crate::keys::write::DEFAULT_ROUNDS;
use crate::say;
use crate::ui::screen::field::TextField;
use crate::ui::screen::form::FormRow;

/// The default of ssh-keygen since OpenSSH 8.0.
const RSA_BITS: &str = "3072";
/// The types in the order of the list; RSA has a separate field for its size.
const TYPES: [&str; 5] = ["Ed25519", "ECDSA 256", "ECDSA 384", "ECDSA 521", "RSA"];
pub(super) const RSA: usize = 4;
pub(super) const PPK: usize = 1;

/// The rows and buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GeneratorKey {
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
    Line,
    Host,
    Install,
    Generate,
    Save,
    Cancel,
    Close,
}

/// The rows that can be changed until the key is saved.
pub(super) const INPUTS: [GeneratorKey; 9] = [
    GeneratorKey::Type,
    GeneratorKey::Bits,
    GeneratorKey::Comment,
    GeneratorKey::Format,
    GeneratorKey::File,
    GeneratorKey::Passphrase,
    GeneratorKey::Again,
    GeneratorKey::Show,
    GeneratorKey::Rounds,
];

/// Creates the rows, with Ed25519 selected.
pub(super) fn rows(comment: &str) -> Vec<FormRow<GeneratorKey>> {
    let types = TYPES.map(str::to_owned).to_vec();
    let formats = vec![say!(generator_openssh), say!(generator_ppk)];
    vec![
        FormRow::pick(GeneratorKey::Type, say!(generator_type), types, 0),
        FormRow::field(GeneratorKey::Bits, say!(generator_bits), TextField::new(RSA_BITS)),
        FormRow::field(GeneratorKey::Comment, say!(generator_comment), TextField::new(comment)),
        FormRow::pick(GeneratorKey::Format, say!(generator_format), formats, 0),
        FormRow::field(GeneratorKey::File, say!(generator_file), TextField::new("")),
        FormRow::field(GeneratorKey::Passphrase, say!(generator_passphrase), TextField::secret()),
        FormRow::field(GeneratorKey::Again, say!(generator_again), TextField::secret()),
        FormRow::lines(GeneratorKey::Match, Vec::new()),
        FormRow::check(GeneratorKey::Show, false, say!(generator_show)),
        FormRow::field(
            GeneratorKey::Rounds,
            say!(generator_rounds),
            TextField::new(&DEFAULT_ROUNDS.to_string()),
        ),
        FormRow::lines(GeneratorKey::Message, Vec::new()),
        FormRow::beside(GeneratorKey::Made, Vec::new()),
        FormRow::lines(GeneratorKey::Line, Vec::new()),
        FormRow::field(GeneratorKey::Host, say!(generator_host), TextField::new("")),
        FormRow::buttons(vec![
            (GeneratorKey::Generate, 'g', say!(generator_generate)),
            (GeneratorKey::Close, 'c', say!(close)),
        ]),
    ]
}
