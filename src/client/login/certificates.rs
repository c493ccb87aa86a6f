//! Finds the certificates of a key: those that were named, the one in its file, or the one next to
//! it. Only user certificates that are valid now count.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::ssh_key::certificate::CertType;
use russh::keys::ssh_key::{Certificate, PublicKey};

use crate::keys::{self, KeyFile};
use crate::say;

/// The sources of certificates.
pub(super) struct UserCertificates<'a> {
    /// Files that were named separately (CertificateFile).
    pub named: &'a [PathBuf],
    /// Whether keys go without certificates.
    pub none: bool,
    /// Called with the reason why a certificate does not count.
    pub tell: &'a dyn Fn(&str),
}

impl UserCertificates<'_> {
    /// The certificates for a key file.
    pub fn of(&self, file: &KeyFile, public: &PublicKey) -> Vec<Certificate> {
        if self.none {
            return Vec::new();
        }
        let path = file.path();
        let named = self.named_for(public);
        if !named.is_empty() {
            return named;
        }
        let own = match file.certificate() {
            Some(own) => self.usable(own.clone(), public, &path.display().to_string()),
            None => self.beside(path, public),
        };
        own.into_iter().collect()
    }

    /// The named certificates for this key.
    pub fn named_for(&self, public: &PublicKey) -> Vec<Certificate> {
        if self.none {
            return Vec::new();
        }
        let usable = |path: &PathBuf| match keys::certificate(path) {
            Ok(certificate) => self.usable(certificate, public, &path.display().to_string()),
            Err(error) => {
                (self.tell)(&error.to_string());
                None
            }
        };
        self.named.iter().filter_map(usable).collect()
    }

    /// The certificate in `KEY-cert.pub`, or in `KEY.pub` if that holds no plain key.
    pub fn beside(&self, path: &Path, public: &PublicKey) -> Option<Certificate> {
        if self.none {
            return None;
        }
        match keys::certificate_beside(path) {
            Some(Ok(certificate)) => {
                self.usable(certificate, public, &format!("{}-cert.pub", path.display()))
            }
            Some(Err(error)) => {
                (self.tell)(&error.to_string());
                None
            }
            None => {
                let place = format!("{}.pub", path.display());
                let certificate = keys::certificate(Path::new(&place)).ok()?;
                self.usable(certificate, public, &place)
            }
        }
    }

    /// Accepts a certificate that is for this key, for users, and valid now by our clock.
    fn usable(
        &self,
        certificate: Certificate,
        public: &PublicKey,
        place: &str,
    ) -> Option<Certificate> {
        if certificate.public_key() != public.key_data() {
            return None;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let fault = if certificate.cert_type() != CertType::User {
            say!(certificate_of_host)
        } else if now < certificate.valid_after() {
            say!(certificate_not_yet_valid)
        } else if now >= certificate.valid_before() {
            say!(certificate_expired)
        } else {
            return Some(certificate);
        };
        (self.tell)(&say!(certificate_left_out, place, fault));
        None
    }
}
