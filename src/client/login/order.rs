//! The order in which `publickey` offers identities, and the listing of them for `-Z`.
//!
//! The listing shows exactly what a login would try: both use [`arrange`].

use std::path::PathBuf;
use std::sync::Arc;

use russh::keys::agent::AgentIdentity;
use russh::keys::ssh_key::{Algorithm, Certificate, PrivateKey, PublicKey};

use crate::client::login::certificates::UserCertificates;
use crate::client::login::request::Login;
use crate::error::Result;
use crate::keys::agent::Agent;
use crate::keys::{KeyFile, KeyFormat};
use crate::text;
use crate::trust::fingerprint;

/// How many characters of an agent key's comment are shown.
const MAX_COMMENT: usize = 256;
/// The certificate extension that lets a security key sign without a touch.
const NO_TOUCH: &str = "no-touch-required";

/// An identity that may be offered, not unlocked yet.
pub(super) enum Candidate {
    File(Box<KeyFile>),
    Agent(Box<AgentIdentity>),
    /// A key of the agent, offered only with a certificate that names it.
    Certified(Box<AgentIdentity>),
    Open(Arc<PrivateKey>, PathBuf),
}

/// Puts the identities in order. Without `all`: the agent's keys that a certificate but no file
/// names, then the named files. With `all`, as callers of ssh expect, first the agent's keys that a
/// file names, in the order of the files; then certificates of security keys that need no touch,
/// other certificates, certificates of security keys that need a touch, and plain keys; then the
/// files whose keys the agent does not hold.
pub(super) fn arrange(
    files: Vec<KeyFile>,
    mut held: Vec<AgentIdentity>,
    all: bool,
    is_certified: impl Fn(&PublicKey) -> bool,
) -> Vec<Candidate> {
    let place = |held: &AgentIdentity| files.iter().position(|file| is_same(file, held));
    if !all {
        held.retain(|held| {
            matches!(held, AgentIdentity::PublicKey { key, .. } if is_certified(key))
                && place(held).is_none()
        });
    }
    held.sort_by_key(|held| (place(held).unwrap_or(usize::MAX), rank(held)));
    let mut rest: Vec<KeyFile> = files;
    rest.retain(|file| !held.iter().any(|held| is_same(file, held)));
    let from_agent = if all { Candidate::Agent } else { Candidate::Certified };
    let held = held.into_iter().map(|held| from_agent(Box::new(held)));
    held.chain(rest.into_iter().map(|file| Candidate::File(Box::new(file)))).collect()
}

fn is_same(file: &KeyFile, held: &AgentIdentity) -> bool {
    file.public().is_some_and(|key| key.key_data() == held.public_key().key_data())
}

fn rank(held: &AgentIdentity) -> u8 {
    let AgentIdentity::Certificate { certificate, .. } = held else { return 3 };
    let touch = !certificate.extensions().iter().any(|(name, _)| name == NO_TOUCH);
    match (is_on_device(&held.public_key().algorithm()), touch) {
        (true, false) => 0,
        (false, _) => 1,
        (true, true) => 2,
    }
}

fn is_on_device(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256)
}

/// Lists the identities that a login would offer, one line each, in the order of trying: `FILE TYPE
/// FINGERPRINT [explicit] [authenticator] [agent]`. `explicit` means that files were named.
///
/// # Errors
/// The agent was reached but does not list its keys.
pub async fn listing(mut login: Login, explicit: bool) -> Result<Vec<String>> {
    let files = std::mem::take(&mut login.identities);
    let held = match &login.agent {
        Some(socket) => match Agent::connect(socket).await {
            Ok(mut agent) => agent.identities().await?,
            Err(_) => Vec::new(),
        },
        None => Vec::new(),
    };
    let silent = |_: &str| {};
    let certificates =
        UserCertificates { named: &login.certificates, none: login.key_alone, tell: &silent };
    let named: Vec<(PathBuf, PublicKey)> = files
        .iter()
        .filter_map(|file| Some((file.path().to_owned(), file.public()?.clone())))
        .filter(|_| explicit)
        .collect();
    let wanted = match login.agent_identities || !login.certificates.is_empty() {
        true => held,
        false => Vec::new(),
    };
    let is_certified = |key: &PublicKey| !certificates.named_for(key).is_empty();
    let candidates = arrange(files, wanted, login.agent_identities, is_certified);
    Ok(candidates
        .iter()
        .flat_map(|candidate| lines(candidate, &certificates, &named, explicit))
        .collect())
}

fn lines(
    candidate: &Candidate,
    certificates: &UserCertificates<'_>,
    named: &[(PathBuf, PublicKey)],
    explicit: bool,
) -> Vec<String> {
    match candidate {
        Candidate::File(file) => {
            let path = text::path(file.path());
            let Some(public) = file.public() else { return vec![path] };
            let with = certificates.of(file, public);
            let flags = Flags { explicit, agent: file.format() == KeyFormat::PublicOnly };
            entries(&path, public, &with, (true, flags))
        }
        Candidate::Agent(held) | Candidate::Certified(held) => {
            let (public, with, plain, comment) = match &**held {
                AgentIdentity::PublicKey { key, comment } => {
                    let plain = matches!(candidate, Candidate::Agent(_));
                    (key.clone(), certificates.named_for(key), plain, comment)
                }
                AgentIdentity::Certificate { certificate, comment } => {
                    let public = PublicKey::new(certificate.public_key().clone(), "");
                    (public, vec![certificate.clone()], false, comment)
                }
            };
            let file = named.iter().find(|(_, key)| key.key_data() == public.key_data());
            let name = file.map_or(comment.clone(), |(path, _)| path.display().to_string());
            let flags = Flags { explicit: file.is_some(), agent: true };
            entries(&text::line(&name, MAX_COMMENT), &public, &with, (plain, flags))
        }
        Candidate::Open(_, path) => vec![path.display().to_string()],
    }
}

/// The marks of an identity in the listing.
#[derive(Clone, Copy)]
struct Flags {
    explicit: bool,
    agent: bool,
}

/// The lines of one identity: its certificates, then the key itself if it is offered too.
fn entries(
    name: &str,
    public: &PublicKey,
    certificates: &[Certificate],
    (plain, flags): (bool, Flags),
) -> Vec<String> {
    let marks = [
        (flags.explicit, " explicit"),
        (is_on_device(&public.algorithm()), " authenticator"),
        (flags.agent, " agent"),
    ];
    let marks: String = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
    let (kind, print) = (fingerprint::type_name(public), fingerprint::sha256(public));
    let line = |suffix: &str| format!("{name} {kind}{suffix} {print}{marks}");
    let certified = certificates.iter().map(|_| line("-CERT"));
    certified.chain(plain.then(|| line(""))).collect()
}
