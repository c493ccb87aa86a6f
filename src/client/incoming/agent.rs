//! Agent forwarding (draft-ietf-sshm-ssh-agent section 5): channels that lead to the agent's
//! socket, byte for byte.
//!
//! Each connection is bound to this session first (OpenSSH's PROTOCOL.agent section 1), as one
//! that was forwarded: an agent that holds keys for certain destinations then knows that
//! somebody on the server is asking.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use log::debug;
use russh::keys::agent::AgentSessionBinding;
use russh::keys::agent::client::AgentClient;
use tokio::time::timeout;

use crate::client::flow::socket::LocalSocket;

use crate::os::local::LocalStream;

/// Time for the agent to answer that it is bound.
const ANSWER: Duration = Duration::from_secs(5);

/// The agent that a server may reach.
#[derive(Clone)]
pub(crate) struct ForwardedAgent {
    /// Its socket.
    pub socket: PathBuf,
    /// What ties a connection to this session; none where the server has proved no plain key.
    pub binding: Option<AgentSessionBinding>,
}

impl ForwardedAgent {
    /// A new connection to the agent.
    pub async fn connect(&self) -> io::Result<LocalSocket> {
        let mut stream = LocalStream::connect(&self.socket).await?;
        if let Some(binding) = &self.binding {
            let mut client = AgentClient::connect(&mut stream);
            match timeout(ANSWER, client.bind_session(binding, true)).await {
                Ok(Ok(())) => debug!("bound agent to hostkey"),
                // Agents that do not know it hold no keys that need it.
                Ok(Err(why)) => debug!("ssh_agent_bind_hostkey: {why}"),
                // An answer that comes later would be taken for the answer to something else.
                Err(_) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        Ok(LocalSocket::Local(stream))
    }
}
