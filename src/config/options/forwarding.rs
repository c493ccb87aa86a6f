//! The forwardings of a connection: LocalForward, RemoteForward, DynamicForward, the agent and X11.

use std::path::PathBuf;
use std::time::Duration;

use super::values::Values;
use crate::config::expand::{COMMON, tilde};
use crate::config::fault::ConfigFault;
use crate::config::keyword::Keyword;
use crate::config::origin::{Setting, at};
use crate::config::value::{self, Connect, Forward, Listen, is_none};
use crate::error::Result;

/// How long an untrusted X11 forwarding lasts by default.
const X11_TIMEOUT: Duration = Duration::from_secs(20 * 60);
/// The default of StreamLocalBindMask.
const SOCKET_MASK: u32 = 0o177;

/// The forwardings of one connection. Each field is the keyword of its name.
#[derive(Clone, Debug)]
pub struct Forwarding {
    /// LocalForward and `-L`; empty if ClearAllForwardings removes them.
    pub local: Vec<Setting<Forward>>,
    /// RemoteForward and `-R`; empty if ClearAllForwardings removes them.
    pub remote: Vec<Setting<Forward>>,
    /// DynamicForward and `-D`; empty if ClearAllForwardings removes them.
    pub dynamic: Vec<Setting<Forward>>,
    /// ClearAllForwardings.
    pub clear_all: Setting<bool>,
    /// ExitOnForwardFailure.
    pub exit_on_failure: Setting<bool>,
    /// GatewayPorts: local forwards without an address listen on all addresses.
    pub gateway_ports: Setting<bool>,
    /// StreamLocalBindMask: the mode bits that a socket created here does not get.
    pub bind_mask: Setting<u32>,
    /// StreamLocalBindUnlink: remove an existing socket before listening.
    pub bind_unlink: Setting<bool>,
    /// PermitRemoteOpen: the destinations that a remote dynamic forwarding may connect to.
    pub permit_remote_open: Setting<PermitOpen>,
    /// ForwardAgent.
    pub agent: Setting<ForwardAgent>,
    /// ForwardX11, ForwardX11Trusted, ForwardX11Timeout and XAuthLocation.
    pub x11: X11Options,
}

/// The destinations of PermitRemoteOpen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PermitOpen {
    /// Any destination.
    Any,
    /// No destination.
    None,
    /// These hosts and ports; `*` stands for any host or port.
    Only(Vec<(String, String)>),
}

/// The agent that ForwardAgent forwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardAgent {
    /// No agent.
    No,
    /// The agent that is used for logging in.
    Yes,
    /// The agent behind this socket.
    Socket(PathBuf),
    /// The agent behind the socket that this environment variable names.
    Variable(String),
}

/// X11 forwarding.
#[derive(Clone, Debug)]
pub struct X11Options {
    /// ForwardX11.
    pub forward: Setting<bool>,
    /// ForwardX11Trusted; yes by default, as in Debian's ssh(1).
    pub trusted: Setting<bool>,
    /// ForwardX11Timeout; zero never ends.
    pub timeout: Setting<Duration>,
    /// XAuthLocation; `None` for `none`.
    pub xauth_location: Setting<Option<PathBuf>>,
}

impl Values<'_> {
    pub(super) fn forwarding(&self) -> Result<Forwarding> {
        use Keyword as K;
        let clear_all = self.flag(K::ClearAllForwardings, false);
        let forwards = |keyword| match clear_all.value {
            true => Ok(Vec::new()),
            false => self.forwards(keyword),
        };
        Ok(Forwarding {
            local: forwards(K::LocalForward)?,
            remote: forwards(K::RemoteForward)?,
            dynamic: forwards(K::DynamicForward)?,
            exit_on_failure: self.flag(K::ExitOnForwardFailure, false),
            gateway_ports: self.flag(K::GatewayPorts, false),
            bind_mask: self.parsed(K::StreamLocalBindMask, SOCKET_MASK, value::octal),
            bind_unlink: self.flag(K::StreamLocalBindUnlink, false),
            permit_remote_open: self.arguments(K::PermitRemoteOpen, PermitOpen::Any, permit),
            agent: self.forward_agent(),
            x11: X11Options {
                forward: self.flag(K::ForwardX11, false),
                trusted: self.flag(K::ForwardX11Trusted, true),
                timeout: self.parsed(K::ForwardX11Timeout, X11_TIMEOUT, value::time),
                xauth_location: self.parsed(K::XAuthLocation, Some(usual_xauth()), xauth),
            },
            clear_all,
        })
    }

    /// The forwards of one keyword, with tokens in socket paths expanded.
    fn forwards(&self, keyword: Keyword) -> Result<Vec<Setting<Forward>>> {
        let mut seen: Vec<Forward> = Vec::new();
        let mut forwards = Vec::new();
        for entry in self.layers.all(keyword) {
            let fail = |fault: ConfigFault| at(&entry.origin, keyword, &fault);
            let forward = Forward::parse(keyword, &entry.args).map_err(fail)?;
            // `-L 1:h:2` and `LocalForward 1 h:2` are the same forwarding.
            if seen.contains(&forward) {
                continue;
            }
            seen.push(forward.clone());
            let forward = self.expand(forward).map_err(fail)?;
            forwards.push(Setting::new(forward, entry.origin.clone()));
        }
        Ok(forwards)
    }

    fn expand(&self, forward: Forward) -> Result<Forward, ConfigFault> {
        let expand = |path: &str| self.tokens.percent_dollar(path, COMMON, self.context);
        Ok(Forward {
            listen: match forward.listen {
                Listen::Path(path) => Listen::Path(expand(&path)?),
                tcp => tcp,
            },
            connect: match forward.connect {
                Connect::Path(path) => Connect::Path(expand(&path)?),
                other => other,
            },
        })
    }

    fn forward_agent(&self) -> Setting<ForwardAgent> {
        let text = |text: &str| match value::flag(text) {
            Ok(true) => Ok(ForwardAgent::Yes),
            Ok(false) => Ok(ForwardAgent::No),
            Err(_) => match text.strip_prefix('$').filter(|name| !name.starts_with('{')) {
                Some(name) => Ok(ForwardAgent::Variable(name.to_owned())),
                None => {
                    let path = tilde(text, self.context)?;
                    let path = self.tokens.percent_dollar(&path, COMMON, self.context)?;
                    Ok(ForwardAgent::Socket(path.into()))
                }
            },
        };
        self.parsed(Keyword::ForwardAgent, ForwardAgent::No, text)
    }
}

fn permit(args: &[String]) -> Result<PermitOpen, ConfigFault> {
    match args {
        [one] if one.eq_ignore_ascii_case("any") => Ok(PermitOpen::Any),
        [one] if is_none(one) => Ok(PermitOpen::None),
        all => {
            let places: Result<_, ConfigFault> =
                all.iter().map(|place| value::place(place)).collect();
            places.map(PermitOpen::Only)
        }
    }
}

fn usual_xauth() -> PathBuf {
    PathBuf::from("/usr/bin/xauth")
}

fn xauth(text: &str) -> Result<Option<PathBuf>, ConfigFault> {
    Ok(Some(PathBuf::from(text)).filter(|_| !is_none(text)))
}
