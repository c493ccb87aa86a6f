//! The findings of `explain` as data: `json` prints them for programs, `text` for a person. All
//! texts are sanitised.

use jiff::Timestamp;

use crate::config::{BlockReason, Origin};
use crate::text;

/// How many characters of one value are shown.
const MAX_SHOWN: usize = 400;

/// The whole explanation.
pub(super) struct Explanation {
    pub(super) host: String,
    pub(super) profile: Option<String>,
    pub(super) hidden: Option<HiddenName>,
    /// The sources of values, the strongest first.
    pub(super) precedence: Vec<ValueSource>,
    pub(super) settings: Vec<SettingOrigin>,
    pub(super) blocks: Vec<BlockOutcome>,
    pub(super) route: RouteToHost,
    pub(super) login: LoginPlan,
    pub(super) trust: HostTrust,
    /// Why connecting would be refused, if so.
    pub(super) refused: Option<String>,
    pub(super) warnings: Vec<String>,
}

/// A value and its origin: `file:line`, a flag, a profile, `default`.
pub(super) struct ValueAt<T = String> {
    pub(super) value: T,
    pub(super) origin: String,
}

/// A source of values.
pub(super) enum ValueSource {
    CommandLine,
    Profile { name: String, file: String },
    File { file: String, exists: bool },
}

/// A saved session or Host line with the same name as the one in use, which does not count.
pub(super) struct HiddenName {
    pub(super) kind: HiddenKind,
    pub(super) name: String,
    /// The Host line.
    pub(super) line: Option<ValueAt>,
}

/// What kind of thing is hidden.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HiddenKind {
    /// A saved session, hidden by a Host line.
    Session,
    /// A Host line, hidden by a saved session that `--profile` names.
    Host,
}

/// A keyword that is set.
pub(super) struct SettingOrigin {
    pub(super) keyword: &'static str,
    pub(super) values: Vec<ValueAt>,
    pub(super) overrode: Vec<ValueAt>,
}

/// A Host or Match block, and whether it applies.
pub(super) struct BlockOutcome {
    pub(super) origin: String,
    pub(super) line: String,
    pub(super) applies: bool,
    pub(super) why: BlockReason,
    /// Whether the block was read in the second reading.
    pub(super) second: bool,
}

/// How the host is reached.
pub(super) struct RouteToHost {
    pub(super) user: ValueAt,
    pub(super) hostname: ValueAt,
    pub(super) port: ValueAt<u16>,
    pub(super) family: ValueAt<&'static str>,
    pub(super) bind_address: Option<String>,
    pub(super) bind_interface: Option<String>,
    pub(super) jumps: ValueAt<Vec<String>>,
    pub(super) hops: Vec<JumpHost>,
    pub(super) proxy: Option<ValueAt>,
    /// The origin of ProxyCommand, even if it is not set.
    pub(super) proxy_command: ValueAt<Option<String>>,
}

/// A jump host on the way.
pub(super) struct JumpHost {
    pub(super) host: String,
    pub(super) user: String,
    pub(super) hostname: String,
    pub(super) port: u16,
    pub(super) proxy_command: Option<String>,
    pub(super) methods: Option<Vec<&'static str>>,
    pub(super) asked: bool,
    pub(super) keys: Vec<String>,
    pub(super) trust: HostTrust,
}

/// How the login is done.
pub(super) struct LoginPlan {
    /// Whether the method is determined; it is not if connecting is refused.
    pub(super) settled: bool,
    /// The methods of the chain; `None` if the person is asked.
    pub(super) methods: Option<Vec<&'static str>>,
    pub(super) method_origin: Option<String>,
    pub(super) asked: bool,
    pub(super) on_record: Option<LoginOnRecord>,
    pub(super) keys: Vec<KeyToUse>,
    pub(super) certificates: Vec<String>,
    /// The agent's socket.
    pub(super) agent: Option<String>,
    pub(super) agent_keys_offered: bool,
    /// The agent's keys, or why they cannot be listed; `None` if the agent is not used.
    pub(super) agent_keys: Option<Result<Vec<AgentKey>, String>>,
    pub(super) identities_only: bool,
    pub(super) password_tries: u32,
}

/// The login that worked the last time.
pub(super) struct LoginOnRecord {
    pub(super) method: &'static str,
    pub(super) user: String,
    /// The fingerprint of the key, and its file.
    pub(super) key: Option<String>,
    pub(super) file: Option<String>,
    /// Whether the person wants it used next time.
    pub(super) again: bool,
    /// Whether it is used now, without the dialog, as far as the settings decide.
    pub(super) is_repeated: bool,
    pub(super) when: Option<Timestamp>,
}

/// A key file, as far as it can be read without a passphrase.
pub(super) struct KeyToUse {
    pub(super) file: String,
    pub(super) origin: String,
    pub(super) exists: bool,
    /// Its type and fingerprint.
    pub(super) public: Option<(&'static str, String)>,
    pub(super) needs_passphrase: Option<bool>,
    pub(super) fault: Option<String>,
}

/// A key that the agent holds.
pub(super) struct AgentKey {
    pub(super) kind: &'static str,
    pub(super) fingerprint: String,
    pub(super) comment: String,
    /// Whether the method `agent` would use this key.
    pub(super) chosen: bool,
}

/// What is known of a host's key, and the rules for judging it.
pub(super) struct HostTrust {
    pub(super) name: String,
    pub(super) policy: ValueAt<&'static str>,
    pub(super) files: Vec<KnownHostsFile>,
    pub(super) keys: Vec<KeyOnRecord>,
    pub(super) authorities: Vec<KeyOnRecord>,
    pub(super) revoked: Vec<KeyOnRecord>,
    pub(super) pins: Vec<PinnedBy>,
    pub(super) records: Vec<AuthorityRecord>,
    pub(super) records_faults: Vec<String>,
    pub(super) dns: ValueAt<&'static str>,
    /// The files of RevokedHostKeys, and whether each can be read; empty if none is set.
    pub(super) revoked_host_keys: ValueAt<Vec<(String, bool)>>,
    pub(super) known_hosts_command: Option<ValueAt>,
}

/// A known_hosts file.
pub(super) struct KnownHostsFile {
    pub(super) file: String,
    pub(super) exists: bool,
}

/// A key in a line of known_hosts.
pub(super) struct KeyOnRecord {
    pub(super) at: String,
    pub(super) kind: &'static str,
    pub(super) fingerprint: String,
}

/// A pinned key, and who pinned it.
pub(super) struct PinnedBy {
    pub(super) pin: String,
    pub(super) from: String,
}

/// The record of an authority that covers the host.
pub(super) struct AuthorityRecord {
    pub(super) name: String,
    pub(super) key: KeyOnRecord,
    pub(super) validity: String,
}

/// An origin in its short form: `file:line`, a flag, a profile, `default`.
pub(super) fn place(origin: &Origin) -> String {
    match origin {
        Origin::File { file, line } => format!("{}:{line}", text::path(file)),
        other => other.to_string(),
    }
}

pub(super) fn shown(text: &str) -> String {
    text::line(text, MAX_SHOWN)
}
