//! An SSH server that a session goes through.

/// The server: PuTTY looks for a session of this name first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PuttyJump {
    /// A session's name, or else a host.
    pub host: String,
    /// The port, if it is a host.
    pub port: Option<u16>,
    /// The user, if the session that goes through it names one.
    pub user: Option<String>,
}

impl PuttyJump {
    /// The server as `-J` takes it, if it is a host.
    pub fn typed(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        match self.host.contains(':') && !self.host.starts_with('[') {
            true => format!("{user}[{}]{port}", self.host),
            false => format!("{user}{}{port}", self.host),
        }
    }
}
