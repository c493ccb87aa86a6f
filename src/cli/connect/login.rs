//! Builds the input of a login from the options: the methods, the identities, the agent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use log::warn;

use super::wants::signatures;
use super::{forward, route};
use crate::cli::args::Typed;
use crate::cli::descriptor;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::Plan;
use crate::client::login::{AfterRefusal, Login, LoginDialogOptions};
use crate::client::state::{RememberedCredential, RememberedLogin, UsedLogin};
use crate::config::{Context, Method, MethodChoice, Options, Origin};
use crate::error::{Error, Kind, Result};
use crate::keys::security_key::SecurityKeys;
use crate::keys::{KeyFile, place};
use crate::profiles::{Source, winscp};
use crate::prompt::MethodObstacle;
use crate::say;
use crate::secret::Secret;
use crate::trust::fingerprint;
use crate::{os, terminal, text};

/// The keyword that names the methods of which one may be used.
const PREFERRED: &str = "PreferredAuthentications";
/// The most characters of a session's name that a message shows.
const MAX_SHOWN: usize = 80;

/// The password that was handed over, or that the site's own program has stored.
///
/// # Errors
/// There is none where one was named.
pub fn handed_over(typed: &Typed, plan: &Plan, context: &Context) -> Result<Option<Secret>> {
    if let Some(fd) = typed.password_fd {
        return descriptor::read_secret("--password-fd", fd).map(Some);
    }
    if !typed.stored_password {
        return Ok(None);
    }
    let site = plan.profile.as_ref().filter(|session| session.source == Source::WinScp);
    let site = site.ok_or_else(|| {
        Error::new(Kind::Usage, say!(stored_password_no_site)).hint(say!(stored_password_files))
    })?;
    let stored = winscp::stored_password(&site.place, &site.name, context.uid)?;
    let missing = || {
        let name = text::line(&site.name, MAX_SHOWN);
        Error::new(Kind::Config, say!(stored_password_missing, name))
    };
    stored.ok_or_else(missing).map(Some)
}

/// Reads a key file, or the public key next to it if the private key is only in an agent.
fn key_file(path: &Path) -> Result<KeyFile> {
    let public = place::public(path, false);
    KeyFile::read(if path.exists() || !public.exists() { path } else { &public })
}

pub fn login(
    plan: &Plan,
    environment: &ProcessEnvironment,
    password: Option<Secret>,
) -> Result<Login> {
    let options = &plan.options;
    let user = options.user.value.clone();
    let chain = match &plan.method {
        MethodChoice::Chain(chain) => chain.clone(),
        MethodChoice::Ask => Vec::new(),
    };
    let agent_key = match (options.identity_files.first(), &plan.method) {
        (Some(path), MethodChoice::Chain(chain)) if chain.contains(&Method::Agent) => {
            Some(key_file(path)?)
        }
        // A file that cannot be read is reported by the dialog.
        (Some(path), MethodChoice::Ask) => KeyFile::read(path).ok(),
        _ => None,
    };
    let pubkey = options.pubkey_accepted_algorithms.value.as_deref();
    Ok(Login {
        label: format!("{user}@{}", *options.hostname),
        user,
        chain,
        identities: identities(plan, environment)?,
        skip_unusable_keys: plan.as_ssh,
        certificates: options.certificate_files.value.clone(),
        agent: plan.agent.clone(),
        agent_identities: plan.agent_identities,
        agent_key,
        add_keys: *options.add_keys_to_agent,
        devices: devices(options, environment),
        host_bound: *options.host_bound_authentication,
        password,
        tries: options.number_of_password_prompts.value,
        rsa_bits: *options.required_rsa_size,
        signatures: signatures(pubkey, true)?,
        warn_weak_crypto: options.warn_weak_crypto.value,
        ..Login::default()
    })
}

/// The settings for security keys. As in ssh(1), SSH_SK_HELPER is an environment variable, and a
/// provider that starts with `$` names one.
fn devices(options: &Options, environment: &ProcessEnvironment) -> SecurityKeys {
    let usual = SecurityKeys::default();
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let provider = match options.security_key_provider.value.as_deref() {
        None => usual.provider,
        Some(named) => match named.strip_prefix('$').filter(|name| !name.is_empty()) {
            Some(name) => set(name).unwrap_or_default(),
            None if named.eq_ignore_ascii_case("none") => String::new(),
            None => named.to_owned(),
        },
    };
    SecurityKeys { helper: set("SSH_SK_HELPER").map_or(usual.helper, PathBuf::from), provider }
}

/// What follows if the method that was settled beforehand does not log in: a person at a terminal is
/// asked, in the dialog where `dialogs` come, or else in one line.
pub fn after_refusal(
    plan: &Plan,
    environment: &ProcessEnvironment,
    worked: Option<UsedLogin>,
    dialogs: bool,
) -> AfterRefusal {
    let options = &plan.options;
    let nobody = plan.ends_on_refusal || options.batch_mode.value;
    if nobody || terminal::open_controlling().is_err() {
        return AfterRefusal::End;
    }
    let stdin = terminal::is_terminal(os::descriptor::stdin());
    if dialogs || (!plan.as_ssh && stdin && terminal::is_terminal(os::descriptor::stderr())) {
        return AfterRefusal::Dialog(Box::new(asking(plan, environment, worked)));
    }
    let off = switched_off(options);
    let asks = [Method::Password, Method::KeyboardInteractive];
    let is_on = |method: &Method| !off.iter().any(|(off, _)| off == method);
    AfterRefusal::Line(asks.into_iter().filter(is_on).collect())
}

/// The methods that the options exclude, and by what.
fn switched_off(options: &Options) -> Vec<(Method, MethodObstacle)> {
    let off = [
        (options.password_authentication.value, "PasswordAuthentication", &[Method::Password][..]),
        (
            options.kbd_interactive_authentication.value,
            "KbdInteractiveAuthentication",
            &[Method::KeyboardInteractive],
        ),
        (
            options.pubkey_authentication.value,
            "PubkeyAuthentication",
            &[Method::PublicKey, Method::Agent],
        ),
    ];
    let off = off.into_iter().filter(|(on, _, _)| !on);
    let off = off.flat_map(|(_, keyword, methods)| {
        methods.iter().map(move |&method| (method, MethodObstacle::SwitchedOff(keyword)))
    });
    let mut all: Vec<_> = off.collect();
    if let Some(words) = options.preferred_authentications.value.as_deref() {
        let is_named = |method: Method| {
            let wire = if method == Method::Agent { Method::PublicKey } else { method };
            words.iter().any(|word| word == method.name() || word == wire.name())
        };
        let others = Method::ALL.into_iter().filter(|&method| !is_named(method));
        all.extend(others.map(|method| (method, MethodObstacle::NotNamed(PREFERRED))));
    }
    all
}

/// The initial content of the authentication dialog.
pub fn asking(
    plan: &Plan,
    environment: &ProcessEnvironment,
    worked: Option<UsedLogin>,
) -> LoginDialogOptions {
    let options = &plan.options;
    let named = options.identity_files.first().cloned();
    let existing = || environment.default_identities().into_iter().find(|path| path.exists());
    LoginDialogOptions {
        host: route::shown(plan),
        user_is_proposed: options.user.origin == Origin::Default,
        switched_off: switched_off(options),
        key_file_is_named: named.is_some(),
        key_file: named.or_else(existing),
        worked,
        home: environment.home().clone(),
        forward: forward::agent_offered(plan, environment),
    }
}

/// Chooses what worked the last time. It is used without the dialog if the person wants that, and it
/// can still be used; otherwise only its user name is proposed.
pub fn repeat(login: &mut Login, worked: &UsedLogin, plan: &Plan, is_restricted: bool) {
    if plan.options.user.origin == Origin::Default {
        login.set_user(&worked.user);
    }
    if !is_repeated(worked, plan) {
        return;
    }
    match worked.method {
        Method::Password | Method::KeyboardInteractive if !is_restricted => {}
        Method::PublicKey => {
            let file = worked.file.as_ref().and_then(|path| KeyFile::read(path).ok());
            let key = file.as_ref().and_then(KeyFile::public).map(fingerprint::sha256);
            let Some(file) = file.filter(|_| key.is_none() || key == worked.key) else { return };
            login.identities = vec![file];
        }
        Method::Agent if login.agent.is_some() => login.agent_fingerprint.clone_from(&worked.key),
        _ => return,
    }
    login.chain = vec![worked.method];
    // After the first refusal the dialog comes.
    login.tries = 1;
}

/// Whether what worked the last time is used without the dialog, as far as the settings decide.
pub fn is_repeated(worked: &UsedLogin, plan: &Plan) -> bool {
    let is_off = switched_off(&plan.options).iter().any(|(method, _)| *method == worked.method);
    let is_open = plan.method == MethodChoice::Ask && !plan.is_asked;
    worked.again == Some(true) && is_open && !is_off
}

/// Fills in a login from a remembered one.
pub fn recall(login: &mut Login, kept: &RememberedLogin) {
    login.user.clone_from(&kept.user);
    login.chain = vec![kept.method];
    match &kept.credential {
        RememberedCredential::Nothing => {}
        RememberedCredential::Held(key) => login.agent_held = Some(key.clone()),
        RememberedCredential::Password(secret) => {
            login.password = Some(Secret::new(secret.expose().to_owned()));
        }
        RememberedCredential::Key(key, path) => {
            login.opened = Some((Arc::clone(key), path.clone()));
        }
    }
}

/// Reads the identities before connecting, so that a bad file costs no connection. A file that
/// cannot be used is skipped with a warning if another one was named too, or if there is an agent
/// whose keys are offered as well.
fn identities(plan: &Plan, environment: &ProcessEnvironment) -> Result<Vec<KeyFile>> {
    let wanted = match &plan.method {
        MethodChoice::Chain(chain) => chain.contains(&Method::PublicKey),
        // The dialog reads the file that the person chooses.
        MethodChoice::Ask => false,
    };
    if !wanted {
        return Ok(Vec::new());
    }
    let named = &plan.options.identity_files;
    if !named.is_set() {
        // Only one, unless the caller expects ssh's behaviour.
        let most = if plan.offers_all_keys() { usize::MAX } else { 1 };
        let existing = environment.default_identities().into_iter().filter(|path| path.exists());
        let usable = existing.filter_map(|path| match KeyFile::read(&path) {
            Ok(file) => Some(file),
            Err(error) => {
                warn!("{error}");
                None
            }
        });
        return Ok(usable.take(most).collect());
    }
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in distinct(named) {
        match key_file(path) {
            Ok(file) => files.push(file),
            Err(error) => faults.push(error),
        }
    }
    // As in ssh, the agent's keys are offered where no file that was named can be read.
    if files.is_empty() && !faults.is_empty() && !plan.agent_identities {
        return Err(faults.swap_remove(0));
    }
    for error in faults {
        warn!("{error}");
    }
    Ok(files)
}

fn distinct(paths: &[PathBuf]) -> Vec<&Path> {
    let mut seen: Vec<&Path> = Vec::new();
    for path in paths {
        if !seen.contains(&path.as_path()) {
            seen.push(path);
        }
    }
    seen
}
