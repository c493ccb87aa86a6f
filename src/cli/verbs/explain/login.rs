//! The authentication part of `explain`: the method, its origin, and the keys that it would use.
//! Key files are read and the agent lists its keys; nothing is unlocked and nothing signs.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use russh::keys::agent::AgentIdentity;

use super::found::{AgentKey, KeyToUse, LoginOnRecord, LoginPlan, place, shown};
use crate::cli::args::{Typed, TypedSetting};
use crate::cli::connect::{habit, login};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::profile::shown_name;
use crate::cli::resolve::{Plan, ResolvedOptions};
use crate::cli::runtime;
use crate::config::{self, Context, Keyword, Method, MethodChoice, Options};
use crate::error::{Error, Result};
use crate::keys::KeyFile;
use crate::keys::agent::Agent;
use crate::text;
use crate::trust::fingerprint;

/// How many of the agent's keys are listed.
const MAX_HELD: usize = 32;

/// The authentication plan.
pub(super) fn plan(
    typed: &Typed,
    resolved: &ResolvedOptions,
    plan: Option<&Plan>,
    (context, environment): (&Context, &ProcessEnvironment),
) -> LoginPlan {
    let options = &resolved.options;
    let keys = plan.filter(|plan| uses(plan, Method::PublicKey));
    let keys = keys.map(|plan| keys_of(plan, resolved, context)).unwrap_or_default();
    let agent = plan.and_then(|plan| plan.agent.as_deref());
    LoginPlan {
        settled: plan.is_some(),
        methods: plan.and_then(methods),
        method_origin: plan.and_then(|plan| origin(typed, resolved, plan)),
        asked: plan.is_some_and(|plan| plan.method == MethodChoice::Ask),
        on_record: plan.and_then(|plan| on_record(plan, environment)),
        keys,
        certificates: options.certificate_files.iter().map(|it| text::path(it)).collect(),
        agent: agent.map(text::path),
        agent_keys_offered: plan.is_some_and(|plan| plan.agent_identities),
        agent_keys: plan.and_then(held),
        identities_only: *options.identities_only,
        password_tries: *options.number_of_password_prompts,
    }
}

/// The login that worked the last time.
fn on_record(plan: &Plan, environment: &ProcessEnvironment) -> Option<LoginOnRecord> {
    let (used, when) = habit::on_record(plan, environment)?;
    Some(LoginOnRecord {
        is_repeated: login::is_repeated(&used, plan),
        method: used.method.name(),
        user: shown(&used.user),
        key: used.key.as_deref().map(shown),
        file: used.file.as_deref().map(text::path),
        again: used.again == Some(true),
        when: when.and_then(|when| Timestamp::try_from(when).ok()),
    })
}

/// The methods of the chain; `None` if the person is asked.
pub(super) fn methods(plan: &Plan) -> Option<Vec<&'static str>> {
    match &plan.method {
        MethodChoice::Ask => None,
        MethodChoice::Chain(chain) => Some(chain.iter().map(|method| method.name()).collect()),
    }
}

fn uses(plan: &Plan, method: Method) -> bool {
    match &plan.method {
        MethodChoice::Ask => true,
        MethodChoice::Chain(chain) => chain.contains(&method),
    }
}

/// The origin of the method, by the rules of `config::choose`; `None` if it is not determined.
fn origin(typed: &Typed, resolved: &ResolvedOptions, plan: &Plan) -> Option<String> {
    let MethodChoice::Chain(chain) = &plan.method else { return None };
    let preferred = &resolved.options.preferred_authentications;
    let words = preferred.as_deref().unwrap_or_default();
    let of_profile = resolved.profile.as_ref().filter(|session| {
        let saved = &session.profile.method;
        !saved.is_empty() && saved.iter().eq(chain.iter().map(|method| method.name()))
    });
    let identity_typed = typed.settings.iter().any(|setting| {
        matches!(setting, TypedSetting::Flag { keyword: Keyword::IdentityFile, .. })
    });
    if typed.auth.is_some() {
        Some("--auth".to_owned())
    } else if let Some(session) = of_profile {
        Some(place(&config::Origin::Profile(shown_name(session))))
    } else if chain.first().is_some_and(|method| words.iter().any(|word| word == method.name())) {
        Some(format!("PreferredAuthentications, {}", place(&preferred.origin)))
    } else if identity_typed {
        Some("-i".to_owned())
    } else {
        Some("default".to_owned())
    }
}

fn keys_of(plan: &Plan, resolved: &ResolvedOptions, context: &Context) -> Vec<KeyToUse> {
    let options = &resolved.options;
    if options.identity_files.is_set() {
        let entries = resolved.layers.entries().iter().filter(|entry| {
            entry.keyword == Keyword::IdentityFile && !entry.args[0].eq_ignore_ascii_case("none")
        });
        let named = options.identity_files.iter().zip(entries);
        return named.map(|(file, entry)| key(file, &place(&entry.origin))).collect();
    }
    let existing = config::default_identity_files(context).into_iter().filter(|it| it.exists());
    // Only one, unless the caller expects ssh's behaviour.
    let most = if plan.offers_all_keys() { usize::MAX } else { 1 };
    existing.take(most).map(|file: PathBuf| key(&file, "default")).collect()
}

/// A key file, as far as it can be read without a passphrase.
fn key(file: &Path, origin: &str) -> KeyToUse {
    let exists = file.exists();
    let read = exists.then(|| KeyFile::read(file));
    let opened = read.as_ref().and_then(|read| read.as_ref().ok());
    let public = opened.and_then(KeyFile::public);
    let fault = read.as_ref().and_then(|read| read.as_ref().err());
    KeyToUse {
        file: text::path(file),
        origin: origin.to_owned(),
        exists,
        public: public.map(|key| (fingerprint::type_name(key), fingerprint::sha256(key))),
        needs_passphrase: opened.map(KeyFile::is_encrypted),
        fault: fault.map(|error| shown(&error.to_string())),
    }
}

/// The agent's keys, if the agent is used; the key that `agent` would use is marked.
fn held(plan: &Plan) -> Option<Result<Vec<AgentKey>, String>> {
    let socket = plan.agent.as_deref()?;
    if !uses(plan, Method::Agent) && !plan.agent_identities {
        return None;
    }
    let identities: Result<Vec<AgentIdentity>> = runtime::build().and_then(|runtime| {
        runtime.block_on(async { Agent::connect(socket).await?.identities().await })
    });
    Some(match identities {
        Err(error) => Err(shown(&error.to_string())),
        Ok(identities) => Ok(agent_keys(&identities, wanted(&plan.options))),
    })
}

/// The key that `-i` or IdentityFile selects in the agent.
fn wanted(options: &Options) -> Option<Result<KeyFile, Error>> {
    options.identity_files.first().map(|path| KeyFile::read(path))
}

fn agent_keys(
    identities: &[AgentIdentity],
    wanted: Option<Result<KeyFile, Error>>,
) -> Vec<AgentKey> {
    let is_wanted = |identity: &AgentIdentity| match &wanted {
        None => true,
        Some(Ok(file)) => {
            file.public().is_some_and(|key| key.key_data() == identity.public_key().key_data())
        }
        Some(Err(_)) => false,
    };
    let chosen = identities.iter().position(is_wanted);
    let keys = identities.iter().take(MAX_HELD).enumerate().map(|(at, identity)| {
        let key = identity.public_key();
        AgentKey {
            kind: fingerprint::type_name(&key),
            fingerprint: fingerprint::sha256(&key),
            comment: shown(identity.comment()),
            chosen: Some(at) == chosen,
        }
    });
    keys.collect()
}
