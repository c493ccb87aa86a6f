//! The direction of a forward, and the options for forwards.

use std::time::Duration;

use crate::config::AddressFamily;
use crate::config::PermitOpen;

/// The direction of a forward, and who chooses its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardDirection {
    /// From here to a target that the server reaches (`-L`).
    Local,
    /// From the server to a target that we reach (`-R`).
    Remote,
    /// From here to the target that the SOCKS client names (`-D`).
    Dynamic,
}

/// The options for forwards.
#[derive(Clone, Debug)]
pub struct ForwardSettings {
    /// GatewayPorts: whether local forwards without an address listen on all addresses.
    pub gateway_ports: bool,
    /// StreamLocalBindMask: mode bits that are removed from a new socket.
    pub bind_mask: u32,
    /// StreamLocalBindUnlink: whether an existing socket is removed first.
    pub bind_unlink: bool,
    /// ExitOnForwardFailure: whether a failed forward ends the connection.
    pub exit_on_failure: bool,
    /// PermitRemoteOpen: the targets that remote dynamic forwards may reach.
    pub permit_remote_open: PermitOpen,
    /// AddressFamily, for addresses to listen on.
    pub family: AddressFamily,
    /// ChannelTimeout: patterns of channel types, and how long those may stay unused.
    pub timeouts: Vec<(String, Duration)>,
    /// EnableEscapeCommandline: whether forwards may be changed during the session.
    pub command_line: bool,
}

impl Default for ForwardSettings {
    /// The defaults of ssh_config(5).
    fn default() -> ForwardSettings {
        ForwardSettings {
            gateway_ports: false,
            bind_mask: 0o177,
            bind_unlink: false,
            exit_on_failure: false,
            permit_remote_open: PermitOpen::Any,
            family: AddressFamily::Any,
            timeouts: Vec::new(),
            command_line: false,
        }
    }
}
