//! The options of one connection: typed, each with its origin, expanded and checked together.
//!
//! Defaults are OpenSSH's. Values that tessh does not honour are allowed here, for `-G`; `standing`
//! refuses them, or warns of them, before a connection.

mod forwarding;
mod host_keys;
mod sharing;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use super::canonical::{Canonicalize, canonicalize};
use super::context::{Context, user_directory};
use super::expand::{COMMON, PROXY};
use super::keyword::Keyword;
use super::known_hosts_command::KnownHostsCommand;
use super::layers::Layers;
use super::origin::Setting;
use super::route::{hostname, jumps, proxies};
use super::value::{
    self, AddKeys, AddressFamily, FingerprintHash, IpQos, Jump, LogLevel, RekeyLimit, RequestTty,
    SessionType, StrictHostKeyChecking, UpdateHostKeys, VerifyHostKeyDns,
};
use crate::error::Result;
use values::{Values, send_env};

pub use forwarding::{ForwardAgent, Forwarding, PermitOpen, X11Options};
pub use host_keys::default_known_hosts;
pub use sharing::Sharing;

/// The options of one connection. Each field is the keyword of its name in ssh_config(5).
#[derive(Clone, Debug)]
pub struct Options {
    /// HostName expanded, in lower case, without brackets; the host itself by default.
    pub hostname: Setting<String>,
    /// Port; 22 by default.
    pub port: Setting<u16>,
    /// User; the local user by default.
    pub user: Setting<String>,
    /// IdentityFile and `-i`, in order, with the origin of the first. Empty and not set means
    /// [`default_identity_files`]; empty and set (`IdentityFile none`) means no file.
    pub identity_files: Setting<Vec<PathBuf>>,
    /// CertificateFile, in order, with the origin of the first value.
    pub certificate_files: Setting<Vec<PathBuf>>,
    /// IdentitiesOnly.
    pub identities_only: Setting<bool>,
    /// IdentityAgent: a socket, or the word `none`; `None` stands for `SSH_AUTH_SOCK`.
    pub identity_agent: Setting<Option<String>>,
    /// UserKnownHostsFile; empty for `none`.
    pub user_known_hosts_files: Setting<Vec<PathBuf>>,
    /// GlobalKnownHostsFile; empty for `none`.
    pub global_known_hosts_files: Setting<Vec<PathBuf>>,
    /// StrictHostKeyChecking.
    pub strict_host_key_checking: Setting<StrictHostKeyChecking>,
    /// VerifyHostKeyDNS.
    pub verify_host_key_dns: Setting<VerifyHostKeyDns>,
    /// HostKeyAlias, in lower case.
    pub host_key_alias: Setting<Option<String>>,
    /// HashKnownHosts.
    pub hash_known_hosts: Setting<bool>,
    /// UpdateHostKeys; yes unless UserKnownHostsFile or VerifyHostKeyDNS is set.
    pub update_host_keys: Setting<UpdateHostKeys>,
    /// RevokedHostKeys, expanded; empty for `none`.
    pub revoked_host_keys: Setting<Vec<PathBuf>>,
    /// KnownHostsCommand, split into words; tokens that depend on the host key are expanded later.
    pub known_hosts_command: Setting<Option<KnownHostsCommand>>,
    /// NoHostAuthenticationForLocalhost.
    pub no_host_authentication_for_localhost: Setting<bool>,
    /// VisualHostKey.
    pub visual_host_key: Setting<bool>,
    /// FingerprintHash.
    pub fingerprint_hash: Setting<FingerprintHash>,
    /// CASignatureAlgorithms, unparsed.
    pub ca_signature_algorithms: Setting<Option<String>>,
    /// RequiredRSASize in bits.
    pub required_rsa_size: Setting<u32>,
    /// BatchMode.
    pub batch_mode: Setting<bool>,
    /// PreferredAuthentications, the words unchanged; `None` if not set.
    pub preferred_authentications: Setting<Option<Vec<String>>>,
    /// PasswordAuthentication.
    pub password_authentication: Setting<bool>,
    /// PubkeyAuthentication; `unbound` and `host-bound` are yes.
    pub pubkey_authentication: Setting<bool>,
    /// Whether signatures may name the host key: true for every PubkeyAuthentication but `unbound`.
    pub host_bound_authentication: Setting<bool>,
    /// KbdInteractiveAuthentication.
    pub kbd_interactive_authentication: Setting<bool>,
    /// NumberOfPasswordPrompts.
    pub number_of_password_prompts: Setting<u32>,
    /// ConnectTimeout; `None` leaves it to TCP.
    pub connect_timeout: Setting<Option<Duration>>,
    /// ConnectionAttempts, at least 1; one attempt each second.
    pub connection_attempts: Setting<u32>,
    /// ServerAliveInterval.
    pub server_alive_interval: Setting<Option<Duration>>,
    /// ServerAliveCountMax.
    pub server_alive_count_max: Setting<u32>,
    /// TCPKeepAlive.
    pub tcp_keep_alive: Setting<bool>,
    /// AddressFamily.
    pub address_family: Setting<AddressFamily>,
    /// BindAddress.
    pub bind_address: Setting<Option<String>>,
    /// BindInterface.
    pub bind_interface: Setting<Option<String>>,
    /// IPQoS.
    pub ip_qos: Setting<IpQos>,
    /// VersionAddendum, expanded; `None` for `none`.
    pub version_addendum: Setting<Option<String>>,
    /// ProxyCommand, expanded for the user's shell.
    pub proxy_command: Setting<Option<String>>,
    /// ProxyJump, unparsed.
    pub proxy_jump: Setting<Option<String>>,
    /// ProxyJump, parsed: the jump hosts in the order in which they are connected to.
    pub jumps: Setting<Vec<Jump>>,
    /// CanonicalizeHostname. `hostname` holds the canonical name already.
    pub canonicalize: Canonicalize,
    /// LocalForward, RemoteForward, DynamicForward, agent and X11 forwarding.
    pub forwarding: Forwarding,
    /// ControlMaster, ControlPath and ControlPersist.
    pub sharing: Sharing,
    /// AddKeysToAgent.
    pub add_keys_to_agent: Setting<AddKeys>,
    /// ChannelTimeout: patterns of channel types, and how long such channels may be idle.
    pub channel_timeouts: Setting<Vec<(String, Duration)>>,
    /// LogVerbose: patterns of source locations; empty for `none`.
    pub log_verbose: Setting<Vec<String>>,
    /// EnableEscapeCommandline.
    pub enable_escape_commandline: Setting<bool>,
    /// ObscureKeystrokeTiming: the interval, or `None` if it is off, which is the default.
    pub obscure_keystroke_timing: Setting<Option<Duration>>,
    /// Ciphers, unparsed: a list that may begin with `+`, `-` or `^`.
    pub ciphers: Setting<Option<String>>,
    /// MACs, unparsed.
    pub macs: Setting<Option<String>>,
    /// KexAlgorithms, unparsed.
    pub kex_algorithms: Setting<Option<String>>,
    /// HostKeyAlgorithms, unparsed.
    pub host_key_algorithms: Setting<Option<String>>,
    /// PubkeyAcceptedAlgorithms, unparsed.
    pub pubkey_accepted_algorithms: Setting<Option<String>>,
    /// Compression.
    pub compression: Setting<bool>,
    /// WarnWeakCrypto: whether to warn of a key exchange that is not post-quantum; `no-pq-kex`
    /// means no.
    pub warn_weak_crypto: Setting<bool>,
    /// RekeyLimit.
    pub rekey_limit: Setting<RekeyLimit>,
    /// RequestTTY.
    pub request_tty: Setting<RequestTty>,
    /// SessionType.
    pub session_type: Setting<SessionType>,
    /// RemoteCommand expanded.
    pub remote_command: Setting<Option<String>>,
    /// LocalCommand, expanded; `None` unless PermitLocalCommand is on.
    pub local_command: Setting<Option<String>>,
    /// PermitLocalCommand.
    pub permit_local_command: Setting<bool>,
    /// SendEnv: patterns, after removals, with the origin of the first.
    pub send_env: Setting<Vec<String>>,
    /// SetEnv: names and values, the first of each name.
    pub set_env: Setting<Vec<(String, String)>>,
    /// StdinNull.
    pub stdin_null: Setting<bool>,
    /// ForkAfterAuthentication.
    pub fork_after_authentication: Setting<bool>,
    /// EscapeChar; `None` for `none`.
    pub escape_char: Setting<Option<u8>>,
    /// LogLevel.
    pub log_level: Setting<LogLevel>,
    /// SyslogFacility, in capital letters.
    pub syslog_facility: Setting<&'static str>,
    /// SecurityKeyProvider, unchanged; `None` if not set.
    pub security_key_provider: Setting<Option<String>>,
    /// Tag.
    pub tag: Setting<Option<String>>,
    /// Warnings to show the user once, one line each.
    pub warnings: Vec<String>,
}

/// The identity files to try if none is named, in ssh's order. They need not exist.
pub fn default_identity_files(context: &Context) -> Vec<PathBuf> {
    let names = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];
    names.iter().map(|name| user_directory(context).join(name)).collect()
}

impl Options {
    /// Computes the options for this host from the collected values.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config), with the value's origin: a token or variable
    /// has no value, or the value is not valid for this host.
    pub fn of(layers: &Layers, host: &str, context: &Context) -> Result<Options> {
        Options::made(Values::new(layers, context), host)
    }

    /// Computes the options for `-G`, which as in ssh(1) prints some values as they are written: of
    /// these, one whose token or variable has no value is left at its default. A connection must
    /// not use these options.
    ///
    /// # Errors
    /// Those of [`Options::of`], but for such values.
    pub fn to_print(layers: &Layers, host: &str, context: &Context) -> Result<Options> {
        Options::made(Values::to_print(layers, context), host)
    }

    fn made(mut v: Values<'_>, host: &str) -> Result<Options> {
        use Keyword as K;
        let layers = v.layers;
        let hostname = hostname(layers, host)?;
        let port = v.parsed(K::Port, 22, value::port);
        let host_key_alias = v.optional(K::HostKeyAlias, |text| Ok(text.to_lowercase()));
        let (command, jump) = proxies(layers);
        v.tokens.hostname.clone_from(&hostname);
        host.clone_into(&mut v.tokens.original);
        v.tokens.port = port.to_string();
        v.tokens.key_alias = host_key_alias.value.clone().unwrap_or_else(|| host.to_owned());
        // As in ssh(1), %j is the last jump host.
        let jumps = jumps(&jump)?;
        v.tokens.jump = jumps.value.last().map_or_else(String::new, |jump| jump.host.clone());
        let user = v.user()?;
        v.tokens.user.clone_from(&user);
        let (forwarding, sharing) = (v.forwarding()?, v.sharing()?);

        v.checked(Options {
            hostname,
            port,
            user,
            host_key_alias,
            warnings: layers.warnings().to_vec(),
            jumps,
            proxy_jump: jump,
            canonicalize: canonicalize(layers),
            forwarding,
            sharing,
            add_keys_to_agent: v.arguments(K::AddKeysToAgent, AddKeys::default(), AddKeys::parse),
            channel_timeouts: v.arguments(K::ChannelTimeout, Vec::new(), value::channel_timeouts),
            log_verbose: v.arguments(K::LogVerbose, Vec::new(), value::words_but_none),
            enable_escape_commandline: v.flag(K::EnableEscapeCommandline, false),
            obscure_keystroke_timing: v.parsed(K::ObscureKeystrokeTiming, None, value::obscure),
            proxy_command: v.printed_as_written(v.for_shell(K::ProxyCommand, command, PROXY), None),
            identity_files: v.printed_as_written(v.paths(K::IdentityFile), Vec::new()),
            certificate_files: v.printed_as_written(v.paths(K::CertificateFile), Vec::new()),
            identities_only: v.flag(K::IdentitiesOnly, false),
            identity_agent: v.or_default(v.identity_agent(), None),
            user_known_hosts_files: v.or_default(v.user_known_hosts(), Vec::new()),
            global_known_hosts_files: v.printed_as_written(v.global_known_hosts(), Vec::new()),
            strict_host_key_checking: v.word(K::StrictHostKeyChecking, value::strict),
            verify_host_key_dns: v.word(K::VerifyHostKeyDNS, value::verify_dns),
            hash_known_hosts: v.flag(K::HashKnownHosts, false),
            update_host_keys: v.update_host_keys(),
            revoked_host_keys: v.or_default(v.revoked_host_keys(), Vec::new()),
            known_hosts_command: v.printed_as_written(v.known_hosts_command(), None),
            no_host_authentication_for_localhost: v
                .flag(K::NoHostAuthenticationForLocalhost, false),
            visual_host_key: v.flag(K::VisualHostKey, false),
            fingerprint_hash: v.word(K::FingerprintHash, value::fingerprint_hash),
            ca_signature_algorithms: v.text(K::CASignatureAlgorithms),
            required_rsa_size: v.parsed(K::RequiredRSASize, 1024, value::number),
            batch_mode: v.flag(K::BatchMode, false),
            preferred_authentications: v.optional(K::PreferredAuthentications, value::comma_list),
            password_authentication: v.flag(K::PasswordAuthentication, true),
            pubkey_authentication: v.parsed(K::PubkeyAuthentication, true, value::pubkey),
            host_bound_authentication: v.parsed(K::PubkeyAuthentication, true, |text| {
                Ok(!text.eq_ignore_ascii_case("unbound"))
            }),
            kbd_interactive_authentication: v.flag(K::KbdInteractiveAuthentication, true),
            number_of_password_prompts: v.parsed(K::NumberOfPasswordPrompts, 3, value::number),
            connect_timeout: v.time(K::ConnectTimeout),
            connection_attempts: v.parsed(K::ConnectionAttempts, 1, value::attempts),
            server_alive_interval: v.time(K::ServerAliveInterval),
            server_alive_count_max: v.parsed(K::ServerAliveCountMax, 3, value::number),
            tcp_keep_alive: v.word(K::TCPKeepAlive, value::keeps_alive),
            address_family: v.word(K::AddressFamily, value::address_family),
            bind_address: v.text(K::BindAddress),
            bind_interface: v.text(K::BindInterface),
            ip_qos: v.arguments(K::IPQoS, IpQos::default(), value::qos),
            version_addendum: v.or_default(v.version_addendum(), None),
            ciphers: v.text(K::Ciphers),
            macs: v.text(K::MACs),
            kex_algorithms: v.text(K::KexAlgorithms),
            host_key_algorithms: v.text(K::HostKeyAlgorithms),
            pubkey_accepted_algorithms: v.text(K::PubkeyAcceptedAlgorithms),
            compression: v.flag(K::Compression, false),
            warn_weak_crypto: v.word(K::WarnWeakCrypto, value::warns_of_weak_crypto),
            rekey_limit: v.or_default(v.rekey_limit(), RekeyLimit::default()),
            request_tty: v.word(K::RequestTTY, value::request_tty),
            session_type: v.word(K::SessionType, value::session_type),
            remote_command: v.or_default(
                v.expanded(K::RemoteCommand, v.command(K::RemoteCommand), COMMON),
                None,
            ),
            local_command: v.printed_as_written(v.local_command(), None),
            permit_local_command: v.flag(K::PermitLocalCommand, false),
            send_env: send_env(layers),
            set_env: v.or_default(v.set_env(), Vec::new()),
            stdin_null: v.flag(K::StdinNull, false),
            fork_after_authentication: v.flag(K::ForkAfterAuthentication, false),
            escape_char: v.parsed(K::EscapeChar, Some(b'~'), value::escape),
            syslog_facility: v.parsed(K::SyslogFacility, "USER", value::facility),
            log_level: v.parsed(K::LogLevel, LogLevel::Info, value::level),
            security_key_provider: v.text(K::SecurityKeyProvider),
            tag: v.text(K::Tag),
        })
    }
}
