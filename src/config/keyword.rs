//! Every keyword of ssh_config(5), OpenSSH 9.2 to 10.6, in one table: its name and aliases, the
//! shape of its value, and whether tessh honours it.
//!
//! A keyword that is not in the table is an error (`Bad configuration option`). A keyword that
//! cannot be honoured is refused if its value asks for something, or only causes one warning if
//! users set it routinely. `value` parses the values.

use crate::catalogue::{FixedText, texts};
use Shape::{
    Any, Environment, Escape, Flag, Level, Line, Number, Pairs, Port, Qos, Rekey, Text, Time, Word,
    Words,
};

use KeywordStanding::{Honoured, Inert, Refused, Warned};

/// The shape of a keyword's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `yes`, `no`, `true` or `false`.
    Flag,
    /// One of these words, in any case.
    Word(&'static [&'static str]),
    /// One word, not empty, that is parsed where it is used.
    Text,
    /// One word or several.
    Words,
    /// The rest of the line unchanged, quotes and `#` included.
    Line,
    /// A whole number, 0 to 2^31-1.
    Number,
    /// Seconds, a time such as `1h30m`, or `none`.
    Time,
    /// A port.
    Port,
    /// A log level.
    Level,
    /// An escape character: `x`, `^X` or `none`.
    Escape,
    /// An amount of data and an optional time.
    Rekey,
    /// Patterns of names of environment variables.
    Environment,
    /// `NAME=value` pairs.
    Pairs,
    /// One or two classes of service.
    Qos,
    /// Anything, even no value.
    Any,
}

/// How tessh treats a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeywordStanding {
    /// The keyword works as ssh_config(5) says.
    Honoured,
    /// The keyword has no effect with any value: it qualifies a feature that is refused itself, or
    /// ssh(1) has ignored it for a long time.
    Inert,
    /// The keyword is accepted with one warning, except with one of these values, which ask for
    /// nothing or for what is done. The text gives the reason.
    Warned(&'static [&'static str], FixedText),
    /// The keyword is refused, except with one of these values, which ask for nothing. The text
    /// gives the reason.
    Refused(&'static [&'static str], FixedText),
}

/// One row of the table.
#[derive(Debug)]
pub struct KeywordRow {
    /// The keyword.
    pub keyword: Keyword,
    /// The name as ssh_config(5) writes it.
    pub name: &'static str,
    /// Older names and other spellings, in lower case.
    pub aliases: &'static [&'static str],
    /// The shape of its value.
    pub shape: Shape,
    /// How tessh treats it.
    pub standing: KeywordStanding,
}

macro_rules! keywords {
    ($($name:ident [$($alias:literal)*] $shape:expr, $standing:expr;)*) => {
        /// A keyword of ssh_config(5).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Keyword {
            $(#[doc = concat!("`", stringify!($name), "`.")] $name,)*
        }

        /// The table, in the order of [`Keyword`]'s variants.
        pub const TABLE: &[KeywordRow] = &[
            $(KeywordRow {
                keyword: Keyword::$name,
                name: stringify!($name),
                aliases: &[$($alias),*],
                shape: $shape,
                standing: $standing,
            },)*
        ];
    };
}

impl Keyword {
    /// Finds a keyword by any of its names, in any case.
    pub fn find(name: &str) -> Option<Keyword> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        TABLE
            .iter()
            .find(|row| is(row.name) || row.aliases.iter().any(|a| is(a)))
            .map(|r| r.keyword)
    }

    /// The keyword's row in the table.
    pub fn row(self) -> &'static KeywordRow {
        &TABLE[self as usize]
    }

    /// The name as ssh_config(5) writes it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether all values count, and not only the first.
    pub fn accumulates(self) -> bool {
        use Keyword as K;
        matches!(
            self,
            K::IdentityFile
                | K::CertificateFile
                | K::SendEnv
                | K::LocalForward
                | K::RemoteForward
                | K::DynamicForward
        )
    }
}

/// Values that switch a feature off.
const OFF: &[&str] = &["no", "false"];
const NONE: &[&str] = &["none"];
const NEVER: &[&str] = &[];

const NO_GSSAPI: FixedText = texts::gssapi_unsupported;
const SSH1: FixedText = texts::ssh1_unsupported;

keywords! {
    AddKeysToAgent [] Words, Honoured;
    AddressFamily [] Word(&["any", "inet", "inet6"]), Honoured;
    BatchMode [] Flag, Honoured;
    BindAddress [] Text, Honoured;
    BindInterface [] Text, Honoured;
    CanonicalDomains [] Words, Honoured;
    CanonicalizeFallbackLocal [] Flag, Honoured;
    CanonicalizeHostname [] Word(&["yes", "no", "always", "true", "false", "none"]), Honoured;
    CanonicalizeMaxDots [] Number, Honoured;
    CanonicalizePermittedCNAMEs [] Words, Honoured;
    CASignatureAlgorithms [] Text, Honoured;
    CertificateFile [] Text, Honoured;
    ChannelTimeout [] Words, Honoured;
    CheckHostIP [] Flag, Warned(OFF, texts::addresses_not_checked);
    Ciphers [] Text, Honoured;
    ClearAllForwardings [] Flag, Honoured;
    Compression [] Word(&["yes", "no"]), Honoured;
    ConnectionAttempts [] Number, Honoured;
    ConnectTimeout ["setuptimeout"] Time, Honoured;
    ControlMaster [] Word(&["yes", "no", "true", "false", "ask", "auto", "autoask"]),
        Honoured;
    ControlPath [] Text, Honoured;
    ControlPersist [] Text, Honoured;
    DynamicForward [] Words, Honoured;
    EnableEscapeCommandline [] Flag, Honoured;
    EnableSSHKeysign [] Flag, Inert;
    EscapeChar [] Escape, Honoured;
    ExitOnForwardFailure [] Flag, Honoured;
    FingerprintHash [] Word(&["md5", "sha256"]), Warned(&["sha256"], texts::both_fingerprints_shown);
    ForkAfterAuthentication [] Flag, Honoured;
    ForwardAgent [] Text, Honoured;
    ForwardX11 [] Flag, Honoured;
    ForwardX11Timeout [] Time, Honoured;
    ForwardX11Trusted [] Flag, Honoured;
    GatewayPorts [] Flag, Honoured;
    GlobalKnownHostsFile [] Words, Honoured;
    GSSAPIAuthentication [] Flag, Inert;
    GSSAPIClientIdentity [] Text, Inert;
    GSSAPIDelegateCredentials [] Flag, Inert;
    GSSAPIKexAlgorithms [] Text, Inert;
    GSSAPIKeyExchange [] Flag, Warned(OFF, NO_GSSAPI);
    GSSAPIRenewalForcesRekey [] Flag, Inert;
    GSSAPIServerIdentity [] Text, Inert;
    GSSAPITrustDns [] Flag, Inert;
    HashKnownHosts [] Flag, Honoured;
    Host [] Words, Honoured;
    HostbasedAcceptedAlgorithms ["hostbasedkeytypes"] Text, Inert;
    HostbasedAuthentication [] Flag, Warned(OFF, texts::hostbased_unsupported);
    HostKeyAlgorithms [] Text, Honoured;
    HostKeyAlias [] Text, Honoured;
    HostName [] Text, Honoured;
    IdentitiesOnly [] Flag, Honoured;
    IdentityAgent [] Text, Honoured;
    IdentityFile ["identityfile2"] Text, Honoured;
    IgnoreUnknown [] Text, Honoured;
    Include [] Words, Honoured;
    IPQoS [] Qos, Honoured;
    KbdInteractiveAuthentication
        ["challengeresponseauthentication" "skeyauthentication" "tisauthentication"] Flag, Honoured;
    KbdInteractiveDevices [] Text, Warned(NEVER, texts::devices_by_server);
    KexAlgorithms [] Text, Honoured;
    KnownHostsCommand [] Line, Honoured;
    LocalCommand [] Line, Honoured;
    LocalForward [] Words, Honoured;
    LogLevel [] Level, Honoured;
    LogVerbose [] Words, Honoured;
    MACs [] Text, Honoured;
    Match [] Words, Honoured;
    NoHostAuthenticationForLocalhost [] Flag, Honoured;
    NumberOfPasswordPrompts [] Number, Honoured;
    ObscureKeystrokeTiming [] Text, Warned(OFF, texts::keystrokes_not_obscured);
    PasswordAuthentication [] Flag, Honoured;
    PermitLocalCommand [] Flag, Honoured;
    PermitRemoteOpen [] Words, Honoured;
    PKCS11Provider ["smartcarddevice"] Text, Refused(NONE, texts::pkcs11_unsupported);
    Port [] Port, Honoured;
    PreferredAuthentications [] Text, Honoured;
    Protocol [] Text, Refused(&["2", "2,1", "1,2"], SSH1);
    ProxyCommand [] Line, Honoured;
    ProxyJump [] Line, Honoured;
    ProxyUseFdpass [] Flag, Refused(OFF, texts::proxy_fdpass_unsupported);
    PubkeyAcceptedAlgorithms ["pubkeyacceptedkeytypes"] Text, Honoured;
    PubkeyAuthentication ["dsaauthentication"]
        Word(&["yes", "no", "true", "false", "unbound", "host-bound"]), Honoured;
    RefuseConnection [] Text, Honoured;
    RekeyLimit [] Rekey, Honoured;
    RemoteCommand [] Line, Honoured;
    RemoteForward [] Words, Honoured;
    RequestTTY [] Word(&["yes", "no", "true", "false", "force", "auto"]), Honoured;
    RequiredRSASize [] Number, Honoured;
    RevokedHostKeys [] Words, Honoured;
    SecurityKeyProvider [] Text, Honoured;
    SendEnv [] Environment, Honoured;
    ServerAliveCountMax [] Number, Honoured;
    ServerAliveInterval ["protocolkeepalives"] Time, Honoured;
    SessionType [] Word(&["none", "subsystem", "default"]), Honoured;
    SetEnv [] Pairs, Honoured;
    StdinNull [] Flag, Honoured;
    StreamLocalBindMask [] Text, Honoured;
    StreamLocalBindUnlink [] Flag, Honoured;
    StrictHostKeyChecking [] Word(&["yes", "no", "true", "false", "off", "ask", "accept-new"]), Honoured;
    SyslogFacility [] Text, Honoured;
    Tag [] Text, Honoured;
    TCPKeepAlive ["keepalive"] Word(&["yes", "no", "true", "false", "transport", "all"]),
        Warned(&["yes", "no", "true", "false", "transport"], texts::forwards_not_kept_alive);
    Tunnel [] Word(&["yes", "no", "true", "false", "ethernet", "point-to-point"]),
        Refused(OFF, texts::tunnels_unsupported);
    TunnelDevice [] Text, Inert;
    UpdateHostKeys [] Word(&["yes", "no", "true", "false", "ask"]), Honoured;
    User [] Text, Honoured;
    UserKnownHostsFile [] Words, Honoured;
    VerifyHostKeyDNS [] Word(&["yes", "no", "true", "false", "ask"]), Honoured;
    VersionAddendum [] Line, Honoured;
    VisualHostKey [] Flag, Honoured;
    WarnWeakCrypto [] Word(&["yes", "no", "true", "false", "no-pq-kex"]), Honoured;
    XAuthLocation [] Text, Honoured;

    // Keywords that ssh(1) itself accepts and ignores.
    AFSTokenPassing [] Any, Warned(OFF, SSH1);
    Cipher [] Any, Inert;
    CompressionLevel [] Any, Inert;
    FallBackToRsh [] Any, Inert;
    GlobalKnownHostsFile2 ["userknownhostsfile2"] Any, Inert;
    KerberosAuthentication ["kerberostgtpassing"] Any, Warned(OFF, SSH1);
    RhostsAuthentication [] Any, Inert;
    RhostsRSAAuthentication [] Any, Warned(OFF, SSH1);
    RSAAuthentication [] Any, Warned(OFF, SSH1);
    UsePrivilegedPort [] Any, Inert;
    UseRoaming [] Any, Inert;
    UseRsh [] Any, Inert;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_name_is_its_own() {
        let mut names = std::collections::HashSet::new();
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.keyword as usize, at);
            for name in row.aliases.iter().copied().chain([row.name]) {
                assert!(names.insert(name.to_ascii_lowercase()), "{name} twice");
                assert_eq!(Keyword::find(&name.to_uppercase()), Some(row.keyword), "{name}");
            }
        }
        assert_eq!(Keyword::find("nonsense"), None);
    }

    /// Compares the table with the manual of OpenSSH 9.2 and the keywords added up to 10.6.
    #[test]
    fn every_keyword_of_the_manual_is_known() {
        for name in include_str!("../../tests/data/config/keywords.txt").lines() {
            let name = name.trim();
            if !name.is_empty() && !name.starts_with('#') {
                assert!(Keyword::find(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_quiet_value_is_one_the_shape_takes() {
        for row in TABLE {
            if let (Word(words), Warned(quiet, _) | Refused(quiet, _)) = (row.shape, row.standing) {
                assert!(quiet.iter().all(|q| words.contains(q)), "{}", row.name);
            }
        }
    }
}
