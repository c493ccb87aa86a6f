//! `publickey` (RFC 4252 section 7), with a key file, a certificate or the agent.
//!
//! The server is asked about each identity that was named until it accepts one, which then signs. A
//! key that the server would take and that is out of reach ([`AttemptFault::OutOfReach`]) makes way
//! for the next. Nothing else is offered: no other key of the agent, no other file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use log::{debug, info, warn};
use russh::client::AuthResult;
use russh::keys::agent::AgentIdentity;
use russh::keys::ssh_key::{Algorithm, Certificate, HashAlg, PrivateKey, PublicKey};
use tokio::time::timeout;

use crate::client::algorithms::{
    AlgorithmFamily, SSH_RSA, is_legacy, legacy_warning, of_certificate,
};
use crate::client::handshake::verify::Transport;
use crate::client::login::certificates::UserCertificates;
use crate::client::login::dialogue::{
    Announced, AttemptFault, Dialogue, MethodOutcome, TriedWith, answered_after_signing,
};
use crate::client::login::host_bound;
use crate::client::login::identity::{Identity, InteractiveSigner, Signer, unlock};
use crate::client::login::order::{Candidate, arrange};
use crate::client::state::remembered::RememberedCredential;
use crate::config::AddKeys;
use crate::error::{Error, Kind, Result};
use crate::keys::agent::{Agent, MAX_KEYS};
use crate::keys::{KeyFile, KeyFormat};
use crate::prompt::{Notice, UnlockedKey, held_key};
use crate::say;
use crate::text;
use crate::trust::fingerprint;

/// What became of a key that was to be offered.
enum KeyAttempt {
    Made(MethodOutcome),
    /// It may not be offered to this server.
    PassedOver(Error),
}

impl Dialogue {
    /// Offers the chosen identities until the server accepts one.
    pub(super) async fn publickey(&mut self) -> Result<MethodOutcome> {
        let files = std::mem::take(&mut self.login.identities);
        let identities = self.candidates(files).await?;
        if identities.is_empty() {
            return Err(
                Error::new(Kind::Identity, say!(identity_none)).hint(say!(identity_none_hint))
            );
        }
        let several = identities.len() > 1;
        let mut refused = None;
        let (mut unusable, mut passed_over) = (None, None);
        let mut tried = Vec::new();
        for candidate in identities {
            let outcome = match self.candidate(candidate, several).await {
                Ok(KeyAttempt::Made(outcome)) => outcome,
                Ok(KeyAttempt::PassedOver(why)) => {
                    debug!("Skipping a key: {}", why.cause());
                    passed_over.get_or_insert(why);
                    continue;
                }
                Err(fault) if several && self.makes_way(&fault) => {
                    let error = fault.into_error();
                    self.transport.prompt.notice(Notice::Error(&error.to_string()));
                    unusable.get_or_insert(error);
                    continue;
                }
                Err(fault) => return Err(fault.into_error()),
            };
            match outcome {
                MethodOutcome::Success => return Ok(MethodOutcome::Success),
                MethodOutcome::Partial(wanted)
                    if !wanted.iter().any(|name| name == "publickey") =>
                {
                    return Ok(MethodOutcome::Partial(wanted));
                }
                // The server wants a second key (AuthenticationMethods publickey,publickey).
                outcome => refused = Some(outcome),
            }
            if let Some(TriedWith::Keys(keys)) = self.credential.take() {
                tried.extend(keys);
            }
        }
        self.credential = (!tried.is_empty()).then_some(TriedWith::Keys(tried));
        match refused {
            Some(outcome) => {
                self.fault = unusable;
                Ok(outcome)
            }
            // Nothing was refused, because nothing was offered.
            None => match unusable.or(passed_over) {
                Some(error) => Err(error),
                None => Ok(MethodOutcome::Refused(Vec::new())),
            },
        }
    }

    /// Whether the next key is offered after this fault. As in ssh, a key that is out of reach is no
    /// reason not to offer the others. Any other fault of a key may be a person's refusal, so only
    /// callers of ssh have the next key offered then.
    fn makes_way(&self, fault: &AttemptFault) -> bool {
        let skips = self.login.skip_unusable_keys;
        match fault {
            AttemptFault::OutOfReach(_) => true,
            AttemptFault::Declined(_) => skips,
            AttemptFault::Other(error) => skips && self.is_local(error),
        }
    }

    /// Offers one of `several` identities, or passes it over.
    async fn candidate(
        &mut self,
        candidate: Candidate,
        several: bool,
    ) -> Result<KeyAttempt, AttemptFault> {
        let identity = match candidate {
            Candidate::File(file) => self.identity(*file).await?,
            Candidate::Agent(held) => {
                let agent = self.reached_agent().await?;
                self.held(*held, agent)
            }
            Candidate::Certified(held) => {
                let agent = self.reached_agent().await?;
                Identity { plain: false, ..self.held(*held, agent) }
            }
            Candidate::Open(private, path) => self.open(private, &path),
        };
        match self.unusable(&identity).filter(|_| several) {
            Some(why) => Ok(KeyAttempt::PassedOver(why)),
            None => self.offer(identity).await.map(KeyAttempt::Made),
        }
    }

    /// The agent, to sign with a key; without it the key is out of reach.
    async fn reached_agent(&self) -> Result<Agent, AttemptFault> {
        self.open_agent().await.map_err(AttemptFault::OutOfReach)
    }

    /// The agent that is to sign with the key of a public key file, whose private key is not here;
    /// without it the key is out of reach.
    async fn agent_for(&self, file: &Path, public: &PublicKey) -> Result<Agent, AttemptFault> {
        self.agent_with(public).await.map_err(|error| {
            let error = error.context(say!(agent_needed, file = text::path(file)));
            AttemptFault::OutOfReach(error.hint(say!(key_file_public_only_hint)))
        })
    }

    /// The agent, if it has a key.
    async fn agent_with(&self, public: &PublicKey) -> Result<Agent> {
        let mut agent = self.open_agent().await?;
        let is_it = |held: &AgentIdentity| held.public_key().key_data() == public.key_data();
        match agent.identities().await {
            Ok(held) if held.iter().any(is_it) || held.len() == MAX_KEYS => Ok(agent),
            Ok(_) => {
                let key = fingerprint::sha256(public);
                Err(Error::new(Kind::Identity, say!(agent_without_key, key)))
            }
            // One that does not list its keys may sign with one, but not amid its answer.
            Err(_) => self.open_agent().await,
        }
    }

    /// The identities to offer, in the order of [`arrange`].
    async fn candidates(&mut self, files: Vec<KeyFile>) -> Result<Vec<Candidate>> {
        if let Some((private, path)) = self.login.opened.take() {
            // The first login with this key has already offered it to the agent.
            self.login.add_keys = AddKeys::default();
            return Ok(vec![Candidate::Open(private, path)]);
        }
        let all = self.login.agent_identities;
        let held = match all || !self.login.certificates.is_empty() {
            // As in ssh, the files are still offered if the agent cannot be reached.
            true => match self.open_agent().await {
                Ok(mut agent) => agent.identities().await.unwrap_or_default(),
                Err(_) => Vec::new(),
            },
            false => Vec::new(),
        };
        Ok(arrange(files, held, all, |key| !self.named_certificates(key).is_empty()))
    }

    /// Makes an identity of a key in the agent.
    fn held(&self, held: AgentIdentity, agent: Agent) -> Identity {
        let (public, certificates, plain) = match held {
            AgentIdentity::PublicKey { key, .. } => {
                let named = self.named_certificates(&key);
                (key, named, true)
            }
            // If the agent holds the key itself too, it lists it separately.
            AgentIdentity::Certificate { certificate, .. } => {
                let public = PublicKey::new(certificate.public_key().clone(), "");
                (public, vec![certificate], false)
            }
        };
        Identity { public, certificates, plain, signer: Signer::Agent(agent) }
    }

    /// Makes an identity of a key that is already unlocked.
    fn open(&self, private: Arc<PrivateKey>, path: &Path) -> Identity {
        let public = private.public_key().clone();
        let mut certificates = self.named_certificates(&public);
        if certificates.is_empty() {
            certificates.extend(self.certificate_beside(path, &public));
        }
        let signer = Signer::Open(private, path.display().to_string());
        Identity { public, certificates, plain: true, signer }
    }

    /// Offers the agent's key that was picked, or its first one.
    pub(super) async fn agent(&mut self) -> Result<MethodOutcome> {
        let mut agent = self.open_agent().await?;
        let held = agent.identities().await?;
        let file = self.login.agent_key.take();
        let wanted = file.as_ref().map(public).transpose()?.cloned();
        let wanted = self.login.agent_held.take().or(wanted).map(|key| fingerprint::sha256(&key));
        let wanted = self.login.agent_fingerprint.take().or(wanted);
        let picked = held.into_iter().find(|identity| match &wanted {
            Some(wanted) => fingerprint::sha256(&held_key(identity).0) == *wanted,
            None => true,
        });
        let Some(picked) = picked else {
            let (missing, hint) = match (wanted, agent.unreadable()) {
                (Some(key), _) => (say!(agent_without_key, key), say!(agent_without_key_hint)),
                (None, 0) => (say!(agent_empty), say!(agent_without_key_hint)),
                (None, count) => (say!(agent_unreadable, count), say!(agent_unreadable_hint)),
            };
            return Err(Error::new(Kind::Identity, missing).hint(hint));
        };
        let mut identity = self.held(picked, agent);
        if identity.certificates.is_empty()
            && let Some(file) = file
        {
            identity.certificates = self.certificates_of(&file, &identity.public);
        }
        self.offer(identity).await.map_err(AttemptFault::into_error)
    }

    /// Makes one attempt with an unlocked key.
    pub(super) async fn try_key(&mut self, key: &UnlockedKey) -> Result<MethodOutcome> {
        let public = key.private.public_key().clone();
        let certificates = self.certificates_of(&key.file, &public);
        let signer = Signer::Open(Arc::clone(&key.private), key.file.path().display().to_string());
        let identity = Identity { public, certificates, plain: true, signer };
        self.offer(identity).await.map_err(AttemptFault::into_error)
    }

    /// Makes one attempt with this key of the agent.
    pub(super) async fn try_held(&mut self, held: &AgentIdentity) -> Result<MethodOutcome> {
        let agent = self.open_agent().await?;
        let identity = self.held(held.clone(), agent);
        self.offer(identity).await.map_err(AttemptFault::into_error)
    }

    async fn open_agent(&self) -> Result<Agent> {
        match &self.login.agent {
            Some(socket) => {
                let mut agent = Agent::connect(socket).await?;
                // The agent lists keys for certain destinations only to a connection that is bound
                // to one. An agent that does not know the request has no such keys.
                if let Some(binding) = self.transport.handle.agent_session_binding()
                    && let Err(why) = agent.bind(binding).await
                {
                    debug!("ssh_agent_bind_hostkey: {why}");
                }
                Ok(agent)
            }
            None => Err(Error::new(Kind::Identity, say!(agent_none)).hint(say!(agent_none_hint))),
        }
    }

    /// Makes an identity of a file once its public key is known.
    async fn identity(&mut self, file: KeyFile) -> Result<Identity, AttemptFault> {
        if let Some(public) = file.public().cloned() {
            let certificates = self.certificates_of(&file, &public);
            let signer = match file.format() {
                KeyFormat::PublicOnly => Signer::Agent(self.agent_for(file.path(), &public).await?),
                _ => Signer::File(Box::new(file)),
            };
            return Ok(Identity { public, certificates, plain: true, signer });
        }
        let private = unlock(&file, &self.transport.shared, &self.transport.prompt).await?;
        let public = private.public_key().clone();
        let certificates = self.certificates_of(&file, &public);
        let signer = Signer::Open(Arc::new(private), file.path().display().to_string());
        Ok(Identity { public, certificates, plain: true, signer })
    }

    fn certificates_of(&self, file: &KeyFile, public: &PublicKey) -> Vec<Certificate> {
        self.certificates(&|text| self.tell(text)).of(file, public)
    }

    fn named_certificates(&self, public: &PublicKey) -> Vec<Certificate> {
        self.certificates(&|text| self.tell(text)).named_for(public)
    }

    fn certificate_beside(&self, path: &Path, public: &PublicKey) -> Option<Certificate> {
        self.certificates(&|text| self.tell(text)).beside(path, public)
    }

    fn certificates<'a>(&'a self, tell: &'a dyn Fn(&str)) -> UserCertificates<'a> {
        UserCertificates { named: &self.login.certificates, none: self.login.key_alone, tell }
    }

    fn tell(&self, text: &str) {
        self.transport.prompt.notice(Notice::Warning(text));
    }

    /// Asks the server about each certificate of an identity, then about the key itself, as ssh(1)
    /// does, until it accepts one.
    async fn offer(&mut self, mut identity: Identity) -> Result<MethodOutcome, AttemptFault> {
        if let Some(error) = self.unusable(&identity) {
            return Err(error.into());
        }
        let certificates = std::mem::take(&mut identity.certificates);
        let forms = certificates.into_iter().map(Some);
        let plain = identity.plain.then_some(None);
        let mut tried = Vec::new();
        let mut refused = MethodOutcome::Refused(Vec::new());
        let accepted = |form: &Option<_>| self.is_accepted(&identity.public, form.is_some());
        let forms: Vec<_> = forms.chain(plain).filter(accepted).collect();
        for form in forms {
            let described = identity.describe(form.is_some());
            match self.offer_form(&mut identity, form).await? {
                MethodOutcome::Refused(accepted) => refused = MethodOutcome::Refused(accepted),
                taken => {
                    self.keep_key(&identity);
                    if let Signer::Open(private, path) = &identity.signer {
                        self.give_to_agent(private, Path::new(path)).await;
                    }
                    self.credential = Some(TriedWith::Keys(vec![described]));
                    return Ok(taken);
                }
            }
            tried.push(described);
        }
        self.credential = (!tried.is_empty()).then_some(TriedWith::Keys(tried));
        Ok(refused)
    }

    /// Keeps a key for further connections, if the login asks for that.
    fn keep_key(&mut self, identity: &Identity) {
        if self.login.keep {
            self.kept = match &identity.signer {
                Signer::Open(private, path) => {
                    Some(RememberedCredential::Key(Arc::clone(private), path.into()))
                }
                Signer::Agent(_) => Some(RememberedCredential::Held(identity.public.clone())),
                Signer::File(_) => None,
            };
        }
    }

    /// Makes one attempt with a certificate, or with the key itself.
    async fn offer_form(
        &mut self,
        identity: &mut Identity,
        certificate: Option<Certificate>,
    ) -> Result<MethodOutcome, AttemptFault> {
        let described = identity.describe(certificate.is_some());
        info!("Offering public key: {described}");
        let result = loop {
            // A passphrase may have been asked for before the first request.
            let was_asked = !self.transport.shared.paused().is_zero();
            if was_asked && self.stay_connected().await? {
                self.renew(identity).await?;
            }
            // Without a result, the person has unlocked the key meanwhile.
            if let Some(result) = self.request(identity, certificate.clone()).await? {
                break result;
            }
        };
        let outcome = self.outcome(result).await?;
        if matches!(outcome, MethodOutcome::Success) {
            debug!("Server accepts key: {described}");
        }
        if matches!(outcome, MethodOutcome::Success | MethodOutcome::Partial(_)) {
            self.warn_of_legacy(&identity.public, certificate.is_some()).await?;
        }
        Ok(outcome)
    }

    /// Warns of a signature that only old servers need, now that one was made.
    async fn warn_of_legacy(&mut self, public: &PublicKey, certified: bool) -> Result<()> {
        let algorithm = public.algorithm();
        let name = match &algorithm {
            Algorithm::Rsa { .. } if self.hash(public, certified).await?.is_some() => return Ok(()),
            Algorithm::Rsa { .. } => SSH_RSA,
            other => other.as_str(),
        };
        if self.login.warn_weak_crypto && is_legacy(name) {
            warn!("{}", legacy_warning(AlgorithmFamily::Pubkey, name));
        }
        Ok(())
    }

    /// Makes an identity fit for a new connection: an agent is told which one it signs for.
    async fn renew(&self, identity: &mut Identity) -> Result<()> {
        if matches!(identity.signer, Signer::Agent(_)) {
            identity.signer = Signer::Agent(self.open_agent().await?);
        }
        Ok(())
    }

    /// Asks the server about a key, or its certificate, and signs if it accepts it. `None` if the
    /// connection was lost before that, while a question was open, and can be made again.
    async fn request(
        &mut self,
        identity: &mut Identity,
        certificate: Option<Certificate>,
    ) -> Result<Option<AuthResult>, AttemptFault> {
        let public = identity.public.clone();
        let file = match &identity.signer {
            Signer::File(file) => Some(file.path().to_owned()),
            Signer::Open(_, path) => Some(path.into()),
            Signer::Agent(_) => None,
        };
        self.key = Some((fingerprint::sha256(&public), file));
        let hash = self.hash(&public, certificate.is_some()).await?;
        let user = self.login.user.clone();
        let shared = Arc::clone(&self.transport.shared);
        let prompt = Arc::clone(&self.transport.prompt);
        let host_key = self.host_key_to_name(&identity.signer);
        let signer = &mut identity.signer;
        let devices = &self.login.devices;
        let (shared, prompt) = (&shared, &prompt);
        let unsent = false;
        let mut signer = InteractiveSigner { signer, host_key, devices, shared, prompt, unsent };
        let handle = &mut self.transport.handle;
        let result = match certificate {
            Some(certificate) => {
                let request =
                    handle.authenticate_certificate_with(user, certificate, hash, &mut signer);
                answered_after_signing(shared, request).await
            }
            None => {
                let request = handle.authenticate_publickey_with(user, public, hash, &mut signer);
                answered_after_signing(shared, request).await
            }
        };
        match result {
            Err(_) if signer.unsent && self.reconnection().is_some() => Ok(None),
            result => result.map(Some),
        }
    }

    /// Why an identity is not offered, if so: its RSA key is shorter than RequiredRSASize, or
    /// PubkeyAcceptedAlgorithms contains neither its certificates nor the key itself.
    fn unusable(&self, identity: &Identity) -> Option<Error> {
        let (bits, least) = (fingerprint::bits(&identity.public), self.login.rsa_bits);
        if identity.public.algorithm().is_rsa() && bits < least {
            let key = identity.describe(false);
            let error = Error::new(Kind::Identity, say!(agent_rsa_too_short, key, bits, least));
            return Some(error.hint(say!(agent_rsa_hint)));
        }
        let certified = !identity.certificates.is_empty();
        let accepted = identity.plain && self.is_accepted(&identity.public, false)
            || certified && self.is_accepted(&identity.public, true);
        (!accepted).then(|| not_accepted(identity, !identity.plain))
    }

    /// Whether PubkeyAcceptedAlgorithms contains the algorithm of a key or its certificate. The
    /// whole name is compared, so that one curve does not stand for another. RSA has a name for
    /// each hash.
    fn is_accepted(&self, public: &PublicKey, certified: bool) -> bool {
        const RSA: [&str; 3] = ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
        match public.algorithm() {
            Algorithm::Rsa { .. } => RSA.iter().any(|name| self.allows(name, certified)),
            algorithm => self.allows(algorithm.as_str(), certified),
        }
    }

    fn allows(&self, name: &str, certified: bool) -> bool {
        let name = if certified { of_certificate(name) } else { name.to_owned() };
        self.login.signatures.contains(&name)
    }

    /// The host's key, if the signature has to include it.
    fn host_key_to_name(&self, signer: &Signer) -> Option<Vec<u8>> {
        let Transport { handle, shared, .. } = &self.transport;
        let wanted = self.login.host_bound && matches!(signer, Signer::Agent(_));
        if !wanted || !host_bound::is_known_to(&shared.record.server()) {
            return None;
        }
        handle.agent_session_binding().map(|binding| binding.host_key().to_vec())
    }

    /// The hash for an RSA signature: the best one that the server announced (RFC 8308) and the
    /// person allows. A server that announces nothing is old: it gets SHA-1 if the person allows
    /// that, as in ssh, and otherwise SHA-2, which some old servers know.
    async fn hash(&mut self, public: &PublicKey, certified: bool) -> Result<Option<HashAlg>> {
        if !matches!(public.algorithm(), Algorithm::Rsa { .. }) {
            return Ok(None);
        }
        let announced = self.announced().await?;
        let allowed = |name: &str| self.allows(name, certified);
        let (old, [sha512, sha256]) =
            (allowed("ssh-rsa"), [allowed("rsa-sha2-512"), allowed("rsa-sha2-256")]);
        match announced {
            None | Some(None) if old => Ok(None),
            Some(Some(HashAlg::Sha256)) if sha256 => Ok(Some(HashAlg::Sha256)),
            _ if sha512 => Ok(Some(HashAlg::Sha512)),
            _ if sha256 => Ok(Some(HashAlg::Sha256)),
            _ if old => Ok(None),
            _ => Err(no_rsa()),
        }
    }

    /// The server's announcement of its signature algorithms. It comes with the server's first
    /// packet after NEWKEYS, or only after the login, so the wait is only as long as that packet
    /// may take; the library would wait for a second (gap G16).
    async fn announced(&mut self) -> Result<Announced> {
        /// Lets the library's task run.
        const TURN: Duration = Duration::from_millis(50);
        if let Some(announced) = self.announced {
            return Ok(announced);
        }
        let wire = &self.transport.shared.wire;
        let way = if wire.has_answered() { Duration::ZERO } else { 2 * wire.turnaround() };
        let best = self.transport.handle.best_supported_rsa_hash();
        let announced = match timeout(TURN + way, best).await {
            Ok(Ok(announced)) => announced,
            Ok(Err(_)) => {
                crate::client::login::dialogue::lost(&self.transport.shared).await?;
                return Err(crate::client::login::dialogue::lost_for_no_reason());
            }
            Err(_) => None,
        };
        self.announced = Some(announced);
        Ok(announced)
    }
}

fn no_rsa() -> Error {
    Error::new(Kind::Identity, say!(rsa_no_signature_algorithm))
        .hint(say!(rsa_no_signature_algorithm_hint))
}

fn not_accepted(identity: &Identity, certified: bool) -> Error {
    let path = identity.describe(certified);
    let algorithm = identity.public.algorithm();
    match algorithm {
        Algorithm::Rsa { .. } => no_rsa(),
        Algorithm::Dsa => {
            Error::new(Kind::Identity, say!(agent_dsa_not_allowed, path)).hint(say!(agent_dsa_hint))
        }
        _ => {
            let plain = algorithm.as_str();
            let name = if certified { of_certificate(plain) } else { plain.to_owned() };
            Error::new(Kind::Identity, say!(key_algorithm_not_accepted, path, name))
                .hint(say!(key_algorithm_not_accepted_hint, name))
        }
    }
}

fn public(file: &KeyFile) -> Result<&PublicKey> {
    file.public().ok_or_else(|| {
        let path = file.path().display();
        Error::new(Kind::Identity, say!(key_public_unknown, path))
            .hint(say!(key_public_unknown_hint))
    })
}
