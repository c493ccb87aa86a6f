//! The known_hosts files in memory, and their evidence about an offered key.
//!
//! The look-up follows ssh(1): every matching line of every file counts, names are in lower case,
//! and `[host]:port` stands for ports other than 22. If nothing is known for the port, an exact
//! match under the name without the port suffices, except in PuTTY's cache. The look-up only collects facts; `decide` draws
//! the conclusion.

mod index;
mod search;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::{Certificate, PublicKey};

use super::authority::{Authorities, RsaHashes};
use super::cache::HostKeyCache;
use super::certificate::{self, Presented, WantedPrincipal};
use super::cluster::ClusterAuthorities;
use super::evidence::{Covering, Evidence, Finding, KnownKey, KnownTypes, Sources};
use super::file::read;
use super::fingerprint::{self, is_same};
use super::first_seen::Dates;
use super::line::Marker;
use super::pin::Pin;
use super::place::{FileLine, Problem};
use super::quote;
use super::requirements::Requirements;
use super::revoked::RevokedKeys;
use super::sshfp::Sshfp;
use super::subject::Subject;
use crate::say;
use index::IndexedFile;
use search::Hit;

/// The most lines about a host that repeat the key before them: more tell nothing new.
const REPEATED_MAX: usize = 100;

/// The content of the known_hosts files when they were loaded, with revoked keys, authorities and
/// pins.
pub struct KnownHosts {
    files: Vec<IndexedFile>,
    searched: Vec<PathBuf>,
    problems: Vec<Problem>,
    revoked: Option<RevokedKeys>,
    authorities: Authorities,
    requirements: Requirements,
    pins: Vec<Pin>,
    cluster: Option<ClusterAuthorities>,
    /// The last search and its result, because a connection asks about one host several times.
    last: Mutex<Option<(Subject, Arc<Matches>)>>,
}

/// The lines about one name.
#[derive(Default)]
struct Matches {
    keys: Vec<KnownKey>,
    /// Keys under the name without its port: a match counts, but a different key does not count as
    /// changed.
    keys_without_port: Vec<KnownKey>,
    authorities: Vec<KnownKey>,
    revoked: Vec<KnownKey>,
    problems: Vec<Problem>,
}

impl KnownHosts {
    /// Reads the files, the user's before the global ones. A missing file is empty. A file or line
    /// that cannot be used (a directory, an unreadable file, one over 64 MiB, a malformed line or
    /// one over 64 KiB) becomes a [`Problem`] of the evidence, and everything else still counts.
    pub fn load(sources: &Sources) -> KnownHosts {
        let files = sources.user.iter().chain(&sources.global);
        let searched: Vec<PathBuf> = files.clone().chain(&sources.caches).cloned().collect();
        let mut known = KnownHosts {
            files: Vec::new(),
            searched,
            problems: Vec::new(),
            revoked: None,
            authorities: Authorities::default(),
            requirements: Requirements::default(),
            pins: Vec::new(),
            cluster: None,
            last: Mutex::new(None),
        };
        for path in files {
            match read(path) {
                Ok(Some(text)) => {
                    let file = IndexedFile::split(path.clone(), text, &mut known.problems);
                    known.files.push(file);
                }
                Ok(None) => {}
                Err(reason) => {
                    known.problems.push(Problem { file: path.clone(), line: None, reason });
                }
            }
        }
        for path in &sources.caches {
            let mut cache = HostKeyCache::load(path);
            known.problems.append(&mut cache.problems);
            known.files.push(IndexedFile::of_cache(path.clone(), &cache));
        }
        known
    }

    /// Adds RevokedHostKeys: its keys are refused, whatever the files say.
    pub fn with_revoked(mut self, revoked: Option<RevokedKeys>) -> KnownHosts {
        self.revoked = revoked;
        self
    }

    /// Adds authorities: certificates that they signed count for the hosts they cover.
    pub fn with_authorities(mut self, authorities: Authorities) -> KnownHosts {
        self.authorities = authorities;
        self
    }

    /// Makes these keys the only accepted ones; an empty list changes nothing.
    pub fn with_pins(mut self, pins: Vec<Pin>) -> KnownHosts {
        self.pins = pins;
        self
    }

    /// Makes the authorities of this cluster the only ones that count, and its certificates the only
    /// proof; what the files revoke stays revoked.
    pub fn with_cluster(mut self, cluster: Option<ClusterAuthorities>) -> KnownHosts {
        if let Some(cluster) = &cluster {
            self.searched = vec![cluster.rule.known_hosts.clone()];
            self.problems.extend(cluster.problems.iter().cloned());
        }
        self.cluster = cluster;
        self
    }

    /// Sets which algorithms authorities may sign with.
    pub fn with_requirements(mut self, requirements: Requirements) -> KnownHosts {
        self.requirements = requirements;
        self
    }

    /// Adds lines that a program printed, searched after the files; messages call it `name`.
    pub fn add_output(&mut self, name: &str, text: Vec<u8>) {
        let path = PathBuf::from(name);
        self.searched.push(path.clone());
        let file = IndexedFile::split(path, text, &mut self.problems);
        self.files.push(file);
        self.last = Mutex::new(None);
    }

    /// Looks up the key or certificate offered for the subject, at this time.
    pub fn lookup(
        &self,
        subject: &Subject,
        offered: &PublicKeyOrCertificate,
        at: SystemTime,
    ) -> Evidence {
        let matches = self.matches(subject);
        let certificate = offered.certificate();
        let key = offered.public_key();
        let mut fault = None;
        let candidates = self.candidates(&matches, subject);
        let forbidden = self.revoked.as_ref().and_then(|revoked| revoked.forbids(offered));
        let forbidden = forbidden.map(Finding::Forbidden);
        let revoked = forbidden.or_else(|| matches.find_revoked(&key, certificate));
        let finding = revoked.unwrap_or_else(|| {
            // Without an authority that covers the host, certificates do not count.
            let certificate = certificate.filter(|_| !candidates.is_empty());
            let find = |it| self.find_certified(it, &candidates, subject, at);
            match certificate.map(find) {
                Some(Ok(finding)) => return finding,
                Some(Err(reason)) => fault = Some(reason),
                None => {}
            }
            if self.cluster.is_some() {
                return Finding::Unknown;
            }
            matches.find_key(&key)
        });
        let authorities = candidates.into_iter().map(|(covering, _)| covering).collect();
        let problems = self.problems.iter().chain(&matches.problems).cloned().collect();
        Evidence {
            subject: subject.clone(),
            offered: PublicKey::new(key.key_data().clone(), ""),
            pins: self.pins.clone(),
            certificate: certificate.map(Presented::of),
            authorities,
            finding,
            certificate_fault: fault,
            sshfp: Sshfp::NotLookedUp,
            searched: self.searched.clone(),
            problems,
            dates: Dates::default(),
            authority_problems: self.authority_problems(),
            cluster: self.cluster.as_ref().map(|it| quote::piece(&it.rule.cluster)),
            loopback: None,
        }
    }

    /// The algorithms on record for the subject, without revoked keys. With pins, the algorithms of
    /// the pinned keys, if known, and no certificates. For a host of a cluster, certificates alone.
    pub fn known_types(&self, subject: &Subject) -> KnownTypes {
        if self.cluster.is_some() {
            return KnownTypes { keys: Vec::new(), authority: true, only_certificates: true };
        }
        let matches = self.matches(subject);
        let pins = &self.pins;
        let is_right = |key: &PublicKey| pins.is_empty() || pins.iter().any(|it| it.matches(key));
        let known = matches.keys.iter().chain(&matches.keys_without_port);
        let known = known.filter(|it| !is_among(&matches.revoked, &it.key) && is_right(&it.key));
        let pinned = pins.iter().filter_map(Pin::algorithm);
        // A revoked authority counts as well, so that its certificate is requested and refused by
        // name.
        let authority = pins.is_empty() && !self.candidates(&matches, subject).is_empty();
        let mut types = KnownTypes { authority, ..KnownTypes::default() };
        for algorithm in pinned.chain(known.map(|known| known.key.algorithm())) {
            if !types.keys.contains(&algorithm) {
                types.keys.push(algorithm);
            }
        }
        types
    }

    /// The authorities that cover the subject, and the hashes they may sign with.
    fn candidates(&self, matches: &Matches, subject: &Subject) -> Vec<(Covering, RsaHashes)> {
        // A record permits SHA-1 itself; for lines, CASignatureAlgorithms does.
        let sha1 = self.requirements.permits("ssh-rsa").unwrap_or_default();
        let hashes = RsaHashes { sha1, ..RsaHashes::default() };
        let of_lines = match &self.cluster {
            Some(cluster) => &cluster.own,
            None => &matches.authorities,
        };
        let lines = of_lines.iter().map(|known| {
            let KnownKey { at, key } = known.clone();
            (Covering { at, record: None, key }, hashes)
        });
        let records = self.authorities.covering(subject).filter(|_| self.cluster.is_none());
        let records = records.map(|it| {
            let (at, key) = (it.at.clone(), it.key.clone());
            (Covering { at, record: Some(it.shown()), key }, it.hashes)
        });
        lines.chain(records).collect()
    }

    /// The faults of records; for a host of a cluster, records do not count.
    fn authority_problems(&self) -> Vec<Problem> {
        match &self.cluster {
            Some(_) => Vec::new(),
            None => self.authorities.problems.clone(),
        }
    }

    /// The lines about the subject, for display: keys of the host, authorities, revoked keys. For a
    /// host of a cluster, its authorities and the revoked keys.
    pub fn lines(&self, subject: &Subject) -> [Vec<KnownKey>; 3] {
        let matches = self.matches(subject);
        if let Some(cluster) = &self.cluster {
            return [Vec::new(), cluster.own.clone(), matches.revoked.clone()];
        }
        let keys = matches.keys.iter().chain(&matches.keys_without_port).cloned().collect();
        [keys, matches.authorities.clone(), matches.revoked.clone()]
    }

    /// Checks whether an authority that covers the subject signed the certificate, and whether it
    /// holds. Of several authorities with one key, a single one suffices. The error is the fault,
    /// with the content of the certificate.
    fn find_certified(
        &self,
        certificate: &Certificate,
        candidates: &[(Covering, RsaHashes)],
        subject: &Subject,
        at: SystemTime,
    ) -> Result<Finding, String> {
        let authority = certificate::authority(certificate);
        let shown = fingerprint::sha256(&authority);
        let (name, requirements) = (subject.bare_name(), &self.requirements);
        let wanted = match &self.cluster {
            Some(cluster) => WantedPrincipal::OneOf(&cluster.rule.principals),
            None => WantedPrincipal::Host(&name),
        };
        let mut first = None;
        for (covering, hashes) in candidates.iter().filter(|(it, _)| is_same(&it.key, &authority)) {
            match certificate::check(certificate, wanted, at, (*hashes, requirements)) {
                Ok(()) => {
                    let (at, record) = (covering.at.clone(), covering.record.clone());
                    return Ok(Finding::Certified { at, authority: shown, record });
                }
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        let fault = first.or_else(|| certificate::check_authority(certificate, requirements).err());
        let fault = fault.unwrap_or_else(|| match &self.cluster {
            Some(cluster) => cluster.refusal(&authority, &shown),
            None => {
                let host = quote::piece(&subject.entry_name());
                say!(certificate_no_authority, host, shown)
            }
        });
        let presented = Presented::of(certificate);
        let (key_id, holders, period) =
            (&presented.key_id, presented.holders(), presented.period());
        Err(say!(certificate_fault, fault, key_id, holders, period))
    }

    /// The lines about the subject. Lines with a marker count with and without the port.
    fn matches(&self, subject: &Subject) -> Arc<Matches> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, matches)) = &*last
            && of == subject
        {
            return Arc::clone(matches);
        }
        let matches = Arc::new(self.search(subject));
        *last = Some((subject.clone(), Arc::clone(&matches)));
        matches
    }

    fn search(&self, subject: &Subject) -> Matches {
        let (name, bare_name) = (subject.entry_name(), subject.bare_name());
        let with_bare = !subject.is_bare();
        let names: Vec<&str> =
            if with_bare { vec![&name, &bare_name] } else { vec![name.as_str()] };
        let hits = |file| -> Vec<(Hit, usize)> {
            let hits = search::hits(file, &names);
            let numbers = file.numbers(hits.iter().map(|hit| hit.entry));
            hits.into_iter().zip(numbers).collect()
        };
        let hits: Vec<_> = self.files.iter().map(|file| (file, hits(file))).collect();
        let every = |wanted: usize| {
            let hits =
                hits.iter().flat_map(|(file, hits)| hits.iter().map(move |hit| (*file, hit)));
            hits.filter(move |(_, (hit, _))| hit.name == wanted)
        };
        let mut matches = Matches::default();
        for (file, (hit, number)) in every(0) {
            matches.take(file, hit, *number);
        }
        let with_keys = matches.keys.is_empty();
        let mut bare = Matches::default();
        for (file, (hit, number)) in every(1).filter(|(file, _)| !file.has_ports) {
            if with_keys || hit.marker != Marker::None {
                bare.take(file, hit, *number);
            }
        }
        matches.absorb_without_port(bare);
        matches
    }
}

impl fmt::Debug for KnownHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownHosts")
            .field("searched", &self.searched)
            .field("lines", &self.files.iter().map(|file| file.starts.len()).sum::<usize>())
            .field("problems", &self.problems)
            .finish()
    }
}

impl Matches {
    /// Decodes the key of a matching line and adds it to the list for its marker.
    fn take(&mut self, file: &IndexedFile, hit: &Hit, number: usize) {
        let at = FileLine { file: file.path.clone(), line: number };
        match file.line(hit.entry).key() {
            Ok(key) => {
                let list = match hit.marker {
                    Marker::None => &mut self.keys,
                    Marker::Authority => &mut self.authorities,
                    Marker::Revoked => &mut self.revoked,
                };
                let is_repeated = list.last().is_some_and(|last| last.key == key);
                if list.len() < REPEATED_MAX || !is_repeated {
                    list.push(KnownKey { at, key });
                }
            }
            Err(reason) => self.problems.push(Problem {
                file: at.file,
                line: Some(at.line),
                reason: reason.text(),
            }),
        }
    }

    fn absorb_without_port(&mut self, bare: Matches) {
        self.keys_without_port = bare.keys;
        self.authorities.extend(bare.authorities);
        self.revoked.extend(bare.revoked);
        for problem in bare.problems {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    /// Finds a `@revoked` line for the key itself or the certificate's authority, which overrides
    /// everything else.
    fn find_revoked(&self, key: &PublicKey, certificate: Option<&Certificate>) -> Option<Finding> {
        let authority = certificate.map(certificate::authority);
        let is_revoked = |known: &&KnownKey| {
            is_same(&known.key, key) || authority.as_ref().is_some_and(|a| is_same(&known.key, a))
        };
        self.revoked.iter().find(is_revoked).map(|known| Finding::Revoked(known.at.clone()))
    }

    fn find_key(&self, key: &PublicKey) -> Finding {
        let exact = |list: &[KnownKey]| {
            let found = list.iter().find(|known| is_same(&known.key, key));
            found.map(|known| Finding::Known(known.at.clone()))
        };
        if let Some(known) = exact(&self.keys) {
            return known;
        }
        if self.keys.is_empty() {
            return exact(&self.keys_without_port).unwrap_or(Finding::Unknown);
        }
        let same_type = |known: &&KnownKey| known.key.algorithm() == key.algorithm();
        let same_type: Vec<KnownKey> = self.keys.iter().filter(same_type).cloned().collect();
        if same_type.is_empty() {
            Finding::OtherTypeKnown(self.keys.clone())
        } else {
            Finding::Changed(same_type)
        }
    }
}

fn is_among(list: &[KnownKey], key: &PublicKey) -> bool {
    list.iter().any(|known| is_same(&known.key, key))
}

#[cfg(test)]
mod tests;
