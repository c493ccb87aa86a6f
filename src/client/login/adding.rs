//! AddKeysToAgent: adds a key file's key to the agent after the server has accepted it.
//!
//! A key is added only if the configuration says so, and only to the agent in use. A failure is a
//! warning, and the login continues.

use std::path::Path;

use log::debug;
use russh::keys::PrivateKey;

use crate::client::handshake::verify::Transport;
use crate::client::login::dialogue::{Dialogue, ask};
use crate::config::AddKeys;
use crate::error::Result;
use crate::keys::agent::{Agent, Terms};
use crate::keys::security_key;
use crate::prompt::{Answer, Notice};
use crate::say;
use crate::text;

/// How many characters of a key's comment are shown.
const SHOWN: usize = 100;

impl Dialogue {
    /// Adds this key to the agent, if the configuration says so and there is an agent.
    pub(super) async fn give_to_agent(&self, key: &PrivateKey, path: &Path) {
        let AddKeys { add: true, ask, confirm, lifetime } = self.login.add_keys else { return };
        let Some(socket) = &self.login.agent else {
            return debug!("no authentication agent, not adding key");
        };
        let place = path.display().to_string();
        let comment = match text::line_bytes(key.comment().as_bytes(), SHOWN) {
            none if none.is_empty() => place.clone(),
            comment => comment,
        };
        if ask && !self.may_add(&place, &comment).await {
            return debug!("user denied adding this key");
        }
        let device = security_key::is_handle(key).then(|| self.login.devices.provider.clone());
        let terms = Terms { lifetime, confirm, provider: device };
        match add(socket, key, &comment, &terms).await {
            Ok(()) => debug!("identity added to agent: {place}"),
            Err(error) => {
                let said = say!(agent_not_added, path = place, reason = error.to_string());
                self.transport.prompt.notice(Notice::Warning(&said));
            }
        }
    }

    /// Asks the person; without anybody to ask, the answer is no.
    async fn may_add(&self, path: &str, comment: &str) -> bool {
        let question = say!(agent_add, path, comment);
        let Transport { shared, prompt, .. } = &self.transport;
        let answer = ask(shared, prompt, move |prompt| prompt.yes(&question)).await;
        matches!(answer, Answer::Given(true))
    }
}

async fn add(socket: &Path, key: &PrivateKey, comment: &str, terms: &Terms) -> Result<()> {
    Agent::connect(socket).await?.add(key, comment, terms).await
}
