//! In which direction a forward leads, and how forwards are made.

use std::time::Duration;

use crate::config::AddressFamily;
use crate::config::PermitOpen;

/// In which direction a forward leads, and who chooses where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardDirection {
    /// From here to a place that the server reaches (`-L`).
    Local,
    /// From the server to a place that we reach (`-R`).
    Remote,
    /// From here to wherever the SOCKS client says (`-D`).
    Dynamic,
}

/// How forwards are made. Each field is the keyword of its name.
#[derive(Clone, Debug)]
pub struct ForwardSettings {
    /// GatewayPorts: local forwards without an address listen on all.
    pub gateway_ports: bool,
    /// StreamLocalBindMask: mode bits that a socket made here lacks.
    pub bind_mask: u32,
    /// StreamLocalBindUnlink: a socket that is there is removed before.
    pub bind_unlink: bool,
    /// ExitOnForwardFailure.
    pub exit_on_failure: bool,
    /// PermitRemoteOpen.
    pub permit_remote_open: PermitOpen,
    /// AddressFamily, for addresses to listen on.
    pub family: AddressFamily,
    /// ChannelTimeout: patterns of kinds of channels, and how long those may rest.
    pub timeouts: Vec<(String, Duration)>,
    /// EnableEscapeCommandline: forwards may be changed in the session.
    pub command_line: bool,
}

impl Default for ForwardSettings {
    /// ssh's.
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
