//! The flags of each verb, from the tables, and the words that their arguments can be.

use crate::cli::args::{CONTROLS, Verb};
use crate::cli::flags::bench::{self, BENCH};
use crate::cli::flags::copy_id::{self, COPY_ID};
use crate::cli::flags::demo::DEMO;
use crate::cli::flags::files::{self, CRITERIA, FILES, LINKS, PANES, POLICIES, SYNC};
use crate::cli::flags::keygen::KEYGEN;
use crate::cli::flags::sessions::SESSIONS;
use crate::cli::flags::teleport::TELEPORT;
use crate::cli::flags::trust;
use crate::cli::flags::{FLAGS, Flag};
use crate::client::algorithms::AlgorithmFamily;
use crate::config::Method;

/// From where saved sessions can be imported.
pub(super) const SOURCES: [&str; 3] = ["putty", "winscp", "openssh"];

/// A flag of any table.
#[derive(Clone, Copy)]
pub(super) struct FlagRow {
    pub(super) name: &'static str,
    pub(super) value: Option<&'static str>,
    pub(super) doc: &'static str,
}

impl FlagRow {
    fn of<D>(flag: &Flag<D>) -> FlagRow {
        FlagRow { name: flag.name, value: flag.value, doc: flag.doc }
    }
}

/// The flags of a verb.
pub(super) fn of(verb: Verb) -> Vec<FlagRow> {
    let connecting = || FLAGS.iter().filter(|flag| flag.works()).map(FlagRow::of);
    let of_files = || files::connecting().map(FlagRow::of);
    match verb {
        Verb::Connect | Verb::Explain => connecting().collect(),
        Verb::Bench => {
            let taken = bench::connecting().map(FlagRow::of);
            BENCH.iter().map(FlagRow::of).chain(taken).collect()
        }
        Verb::Keygen => KEYGEN.iter().map(FlagRow::of).collect(),
        Verb::Trust => {
            let own = trust::documented().map(|flag| FlagRow::of(&flag));
            own.chain(connecting()).collect()
        }
        Verb::Teleport => TELEPORT.iter().map(FlagRow::of).collect(),
        Verb::Get | Verb::Put => FILES.iter().map(FlagRow::of).chain(of_files()).collect(),
        Verb::Sync => SYNC.iter().map(FlagRow::of).chain(of_files()).collect(),
        Verb::Files => PANES.iter().map(FlagRow::of).chain(of_files()).collect(),
        Verb::CopyId => {
            let taken = copy_id::connecting().map(FlagRow::of);
            COPY_ID.iter().map(FlagRow::of).chain(taken).collect()
        }
        Verb::Sessions => SESSIONS.iter().map(FlagRow::of).collect(),
        Verb::Demo => DEMO.iter().map(FlagRow::of).collect(),
        Verb::Completions | Verb::Man | Verb::Help | Verb::Version => Vec::new(),
    }
}

/// The words that the argument of a flag can be.
pub(super) fn values(flag: &FlagRow) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match (flag.name, flag.value.unwrap_or_default()) {
        ("--auth", _) => owned(&Method::ALL.map(Method::name)),
        ("-O", "command") => owned(&CONTROLS),
        ("-O", _) => owned(&["openssh", "ppk", "public", "rfc4716", "fingerprint"]),
        ("-c", _) => AlgorithmFamily::Cipher.supported(),
        ("-m", "macs") => AlgorithmFamily::Mac.supported(),
        ("-m", _) => owned(&["RFC4716"]),
        ("-t", "type") => owned(&["ed25519", "ecdsa", "rsa"]),
        ("-E", "hash") => owned(&["sha256", "md5"]),
        ("--type", _) => owned(&["ed25519", "ecdsa", "rsa", "dsa"]),
        ("--lang", _) => owned(&["en", "ja"]),
        ("--log-timestamp", _) => owned(&["none", "local", "utc", "elapsed", "connection"]),
        ("--overwrite", _) => owned(&POLICIES),
        ("--links", _) => owned(&LINKS),
        ("--criteria", _) => owned(&CRITERIA),
        (_, value) if value.contains('|') => value.split('|').map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
