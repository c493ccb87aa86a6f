//! From a [`Transport`] to a [`Session`]: exactly the chosen method (RFC 4252).
//!
//! There is no fallback. A chain is the list of methods that the person configured for a server
//! that wants several steps. Each method is tried when it is its turn. After a refusal a person is
//! asked (see `setback`), or the login ends with a message that names what the server would accept.

use log::{debug, info};

use crate::client::connection::Session;
use crate::client::handshake::verify::Transport;
use crate::client::login::dialogue::{Dialogue, MethodOutcome, name};
use crate::client::login::request::Login;
use crate::client::login::setback::Setback;
use crate::config::Method;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Logs in.
///
/// # Errors
/// The server refuses, wants more steps than the chain has, or the connection is lost.
pub async fn authenticate(transport: Transport, login: Login) -> Result<Session> {
    let mut dialogue = Dialogue::new(transport, login);
    let chain = dialogue.login.chain.clone();
    for (index, &method) in chain.iter().enumerate() {
        info!("Next authentication method: {}", name(method));
        let outcome = match dialogue.run(method).await {
            Ok(outcome) => outcome,
            Err(error) => {
                return dialogue.after(&chain[..=index], method, Setback::Failed(error)).await;
            }
        };
        match outcome {
            MethodOutcome::Success => {
                debug!("Authenticated using \"{}\".", name(method));
                return Ok(dialogue.finish(method));
            }
            MethodOutcome::Partial(wanted) => {
                debug!("Authenticated using \"{}\" with partial success.", name(method));
                let described = dialogue.tried(method);
                dialogue.done.push(described);
                let next = chain.get(index + 1).map(|&next| name(next));
                if !next.is_some_and(|next| wanted.iter().any(|name| name == next)) {
                    let setback = Setback::Further(wanted);
                    return dialogue.after(&chain[..=index], method, setback).await;
                }
            }
            MethodOutcome::Refused(accepted) => {
                let setback = Setback::Refused(accepted);
                return dialogue.after(&chain[..=index], method, setback).await;
            }
        }
    }
    Err(Error::new(Kind::Authentication, say!(auth_no_method_chosen))
        .hint(say!(auth_no_method_chosen_hint)))
}

impl Dialogue {
    /// Tries one method.
    async fn run(&mut self, method: Method) -> Result<MethodOutcome> {
        self.fault = None;
        if self.transport.shared.is_restricted()
            && matches!(method, Method::Password | Method::KeyboardInteractive)
        {
            return Err(Error::new(
                Kind::HostKey,
                say!(auth_method_restricted, method = name(method)),
            )
            .hint(say!(auth_method_restricted_hint)));
        }
        match method {
            Method::None => self.none().await,
            Method::Password => self.password().await,
            Method::KeyboardInteractive => self.keyboard_interactive().await,
            Method::PublicKey => self.publickey().await,
            Method::Agent => self.agent().await,
        }
    }
}
