//! The values of ssh_config(5): how each is parsed, and its type.
//!
//! A value is checked when it is collected (`arguments`) and converted to its type when the options
//! are computed (`options`). Nothing here knows the origin of a value or whether it counts.

mod add_keys;
pub mod algorithms;
mod choice;
mod forward;
mod jump;
mod list;
mod log;
mod proxy;
mod qos;
mod rekey;
mod scalar;
mod timing;

pub use add_keys::AddKeys;
pub use choice::{
    AddressFamily, ControlMaster, FingerprintHash, RequestTty, SessionType, StrictHostKeyChecking,
    UpdateHostKeys, VerifyHostKeyDns, address_family, control_master, fingerprint_hash,
    keeps_alive, pubkey, request_tty, session_type, strict, update_host_keys, verify_dns,
    warns_of_weak_crypto,
};
pub use forward::{Connect, Forward, Listen};
pub use jump::Jump;
pub use list::{alone, comma_list, domains, permitted_names, split_pair, words_but_none};
pub use log::{LogLevel, facility, level};
pub use proxy::{ProxyKind, ProxyServer};
pub use qos::{IpQos, name as qos_name, parse as qos};
pub use rekey::{RekeyLimit, rekey};
pub use scalar::{
    attempts, escape, flag, is_none, number, octal, place, port, time, tunnel_device,
};
pub use timing::{ControlPersist, OBSCURE_INTERVAL, channel_timeouts, obscure, persist};
