//! A login by exactly one key, on a connection of its own, to see that the key opens the door.

use std::sync::Arc;

use super::key::{KeyToInstall, PrivateHalf};
use crate::cli::connect::context::ConnectContext;
use crate::cli::connect::enter::enter;
use crate::cli::connect::route;
use crate::client::session::relay;
use crate::client::state::{RememberedCredential, RememberedLogin};
use crate::config::{AddKeys, Method, MethodChoice, Origin};
use crate::error::{Error, Kind};

/// What came of a login with a key.
#[derive(Clone, Debug)]
pub enum KeyTrial {
    /// It logs in.
    LogsIn,
    /// The server does not take it.
    Refused(Error),
    /// It could not be tried.
    NotTried(Error),
}

/// Logs in once more, with this key and nothing else: no certificate, no other key, no agent where
/// the key is in a file. Jump hosts are logged in to as before. Later logins of this run are as if this
/// one had not been.
pub async fn logs_in(context: &ConnectContext<'_>, key: &KeyToInstall) -> KeyTrial {
    let mut plan = context.plan.clone();
    plan.agent_identities = false;
    plan.ends_on_refusal = true;
    plan.options.certificate_files.value.clear();
    plan.options.add_keys_to_agent.value = AddKeys::default();
    let label = route::label(&plan);
    let remembered = context.remembered.copied();
    remembered.forget(&label);
    plan.method = MethodChoice::Chain(vec![match &key.private {
        PrivateHalf::File(path) => {
            let named = &mut plan.options.identity_files;
            (named.value, named.origin) = (vec![path.clone()], Origin::Flag("-i"));
            Method::PublicKey
        }
        PrivateHalf::Agent(_) => {
            let user = plan.options.user.value.clone();
            let credential = RememberedCredential::Held(key.public.clone());
            let kept = RememberedLogin { user, method: Method::Agent, credential };
            remembered.put(&label, kept);
            plan.options.identity_files.value.clear();
            Method::Agent
        }
    }]);
    let ConnectContext { environment, prompt, .. } = context;
    let again = ConnectContext::new(&plan, environment, Arc::clone(prompt), &remembered);
    let again = again.keeping_logins().for_further(true).with_key_alone();
    match enter(&again, None).await {
        Ok((session, _)) => {
            relay::close(session).await;
            KeyTrial::LogsIn
        }
        Err(error) if error.kind() == Kind::Authentication => KeyTrial::Refused(error),
        Err(error) => KeyTrial::NotTried(error),
    }
}
