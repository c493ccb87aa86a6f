//! What is fuzzed: each body takes any bytes and panics where what reads them breaks a promise.
//!
//! `fuzz/` has a target of the same name for each of them, and `tests/fuzzed.rs` runs them all on
//! what the targets begin with, and on what comes of it. A body leaves nothing behind, starts no
//! program, and does not cost more than its input.

pub mod conversation;
pub mod keys;
pub mod made;
pub mod packets;
pub mod server;
pub mod settings;
pub mod shown;
pub mod trust;

/// One body.
pub struct Fuzzed {
    /// The name of its target and of the folder that it begins with.
    pub name: &'static str,
    /// Reads the input.
    pub run: fn(&[u8]),
    /// The largest input of a test: the cost of some readers is more than their input's size.
    pub most: usize,
}

/// All of them.
pub const ALL: &[Fuzzed] = &[
    Fuzzed { name: "authority", run: trust::authority, most: 64 << 10 },
    Fuzzed { name: "conversation", run: conversation::conversation, most: 16 << 10 },
    Fuzzed { name: "journal", run: packets::journal, most: 512 << 10 },
    Fuzzed { name: "key_file", run: keys::key_file, most: 64 << 10 },
    Fuzzed { name: "known_hosts_file", run: trust::known_hosts_file, most: 256 << 10 },
    Fuzzed { name: "known_hosts_line", run: trust::known_hosts_line, most: 64 << 10 },
    Fuzzed { name: "krl", run: trust::krl, most: 256 << 10 },
    Fuzzed { name: "mux", run: packets::mux, most: 256 << 10 },
    Fuzzed { name: "ppk", run: keys::ppk, most: 64 << 10 },
    Fuzzed { name: "profile", run: settings::profile, most: 64 << 10 },
    Fuzzed { name: "putty_session", run: settings::putty_session, most: 256 << 10 },
    Fuzzed { name: "registry", run: settings::registry, most: 256 << 10 },
    Fuzzed { name: "sanitiser", run: shown::sanitiser, most: 256 << 10 },
    Fuzzed { name: "session_log", run: shown::session_log, most: 256 << 10 },
    Fuzzed { name: "sftp", run: packets::sftp, most: 256 << 10 },
    Fuzzed { name: "ssh_config", run: settings::ssh_config, most: 256 << 10 },
    Fuzzed { name: "sshfp", run: trust::sshfp, most: 64 << 10 },
    Fuzzed { name: "tsh", run: settings::tsh, most: 256 << 10 },
    Fuzzed { name: "validity", run: trust::validity, most: 64 << 10 },
    Fuzzed { name: "winscp", run: settings::winscp, most: 256 << 10 },
];
