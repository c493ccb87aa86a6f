//! Agent forwarding (draft-ietf-sshm-ssh-agent section 5): channels that lead to the agent's
//! socket, byte for byte.
//!
//! Each connection is first bound to this session as a forwarded one (OpenSSH's PROTOCOL.agent
//! section 1): an agent with keys for certain destinations then knows that somebody on the server
//! is asking.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use log::debug;
use russh::keys::agent::AgentSessionBinding;
use russh::keys::agent::client::AgentClient;
use tokio::time::timeout;

use crate::client::flow::socket::LocalSocket;

use crate::os::local::LocalStream;

/// Time for the agent to confirm the binding.
const ANSWER: Duration = Duration::from_secs(5);

/// The agent that a server may reach.
#[derive(Clone)]
pub(crate) struct ForwardedAgent {
    /// The path of its socket.
    pub socket: PathBuf,
    /// The data that binds a connection to this session; `None` if the server has proved no plain
    /// key.
    pub binding: Option<AgentSessionBinding>,
}

impl ForwardedAgent {
    /// Opens and binds a new connection to the agent.
    pub async fn connect(&self) -> io::Result<LocalSocket> {
        let mut stream = LocalStream::connect(&self.socket).await?;
        if let Some(binding) = &self.binding {
            let mut client = AgentClient::connect(&mut stream);
            match timeout(ANSWER, client.bind_session(binding, true)).await {
                Ok(Ok(())) => debug!("bound agent to hostkey"),
                // Agents that do not know the request have no keys that require it.
                Ok(Err(why)) => debug!("ssh_agent_bind_hostkey: {why}"),
                // A late answer would be taken for the answer to the next request, so this
                // connection is given up.
                Err(_) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        Ok(LocalSocket::Local(stream))
    }
}
