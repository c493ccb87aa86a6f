//! The content of one fact: its kind and values, and the line that words it.

use crate::catalogue::Language;
use crate::say_in;

/// The content of one fact. Its values are sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A line marks the key `@revoked`.
    Revoked {
        /// The place of the line.
        at: String,
    },
    /// RevokedHostKeys forbids the key.
    Forbidden {
        /// The reason, one whole line.
        reason: String,
    },
    /// The key is pinned.
    Pinned {
        /// The pin that matches.
        pin: String,
        /// The flag or session that pinned it.
        from: String,
        /// Whether it is an MD5 fingerprint.
        is_weak: bool,
    },
    /// Keys are pinned, and the offered key is none of them.
    NotPinned {
        /// The first pins.
        pins: String,
        /// The number of pins.
        count: usize,
        /// The flag or session that pinned them.
        from: String,
    },
    /// NoHostAuthenticationForLocalhost accepts any key.
    Loopback {
        /// The address of this machine.
        address: String,
    },
    /// The host's certificate does not count.
    CertificateVoid {
        /// The reason.
        fault: String,
    },
    /// An authority signed the host's certificate.
    Certified {
        /// The place of the authority's line or record.
        at: String,
        /// The authority's fingerprint.
        authority: String,
        /// The name of its record, if it has one.
        record: Option<String>,
        /// The certificate's key ID.
        key_id: String,
        /// The principals of the certificate.
        holders: String,
        /// The certificate's period of validity.
        period: String,
    },
    /// An authority covers the host and has not signed its key.
    Covered {
        /// The place of the authority's line or record.
        at: String,
        /// The authority's fingerprint.
        authority: String,
        /// The name of its record, if it has one.
        record: Option<String>,
    },
    /// The host has a certificate, and no authority covers it.
    NoAuthority,
    /// A record of an authority cannot be used.
    AuthorityUnusable {
        /// The place and the fault.
        problem: String,
    },
    /// A line about SSHFP records.
    Dns {
        /// The line.
        text: String,
    },
    /// A file could not be searched.
    FileUnread {
        /// The file.
        file: String,
        /// The reason.
        reason: String,
    },
    /// A file has this key.
    Known {
        /// The place of the line.
        at: String,
    },
    /// A file has another key of the host.
    OtherKey {
        /// The place of the line.
        place: String,
        /// The type of that key.
        kind: String,
        /// Its fingerprint.
        fingerprint: String,
    },
    /// A file has more other keys than the facts name.
    MoreKeys {
        /// The file.
        file: String,
        /// The number of keys that are not named.
        count: usize,
    },
    /// A file has no key of this type for the host.
    NoneOfType {
        /// The file.
        file: String,
        /// The type of the offered key.
        kind: String,
    },
    /// A file has nothing about the host.
    NoEntry {
        /// The file.
        file: String,
    },
    /// A line could not be used.
    LineSkipped {
        /// The file.
        file: String,
        /// The number of the line.
        line: usize,
        /// The reason.
        reason: String,
    },
    /// More lines could not be used than the facts name.
    MoreLinesSkipped {
        /// The file.
        file: String,
        /// The number of lines that are not named.
        count: usize,
    },
    /// Nothing is on record for the host.
    NothingOnRecord,
}

impl Statement {
    /// Whether the fact only reports skipped lines, which alone need no attention.
    pub fn is_about_skipped_lines(&self) -> bool {
        matches!(self, Statement::LineSkipped { .. } | Statement::MoreLinesSkipped { .. })
    }

    /// The statement as one line.
    pub fn text(&self, language: Language) -> String {
        match self {
            Statement::Revoked { at } => say_in!(language, fact_revoked, at),
            Statement::Forbidden { reason } => reason.clone(),
            Statement::Pinned { pin, from, is_weak: true } => {
                say_in!(language, fact_pinned_md5, pin, from)
            }
            Statement::Pinned { pin, from, is_weak: false } => {
                say_in!(language, fact_pinned, pin, from)
            }
            Statement::NotPinned { pins, count, from } => {
                say_in!(language, fact_not_pinned, pins, count, from)
            }
            Statement::Loopback { address } => say_in!(language, fact_loopback, address),
            Statement::CertificateVoid { fault } => {
                say_in!(language, evidence_certificate, fault)
            }
            Statement::Certified { at, authority, record, key_id, holders, period } => match record
            {
                Some(record) => {
                    say_in!(
                        language,
                        fact_certified_record,
                        at,
                        record,
                        authority,
                        key_id,
                        holders,
                        period
                    )
                }
                None => {
                    say_in!(language, fact_certified, at, authority, key_id, holders, period)
                }
            },
            Statement::Covered { at, authority, record: Some(record) } => {
                say_in!(language, fact_covered_record, at, record, authority)
            }
            Statement::Covered { at, authority, record: None } => {
                say_in!(language, fact_covered, at, authority)
            }
            Statement::NoAuthority => say_in!(language, fact_no_authority),
            Statement::AuthorityUnusable { problem } => {
                say_in!(language, fact_authority_unusable, problem)
            }
            Statement::Dns { text } => text.clone(),
            Statement::FileUnread { file, reason } => {
                say_in!(language, evidence_unread, file, reason)
            }
            Statement::Known { at } => say_in!(language, fact_known, at),
            Statement::OtherKey { place, kind, fingerprint } => {
                say_in!(language, evidence_key, place, kind, fingerprint)
            }
            Statement::MoreKeys { file, count } => {
                say_in!(language, evidence_more_keys, file, count)
            }
            Statement::NoneOfType { file, kind } => {
                say_in!(language, evidence_none_of_type, file, kind)
            }
            Statement::NoEntry { file } => say_in!(language, evidence_nothing, file),
            Statement::LineSkipped { file, line, reason } => {
                say_in!(language, evidence_skipped, file, line, reason)
            }
            Statement::MoreLinesSkipped { file, count } => {
                say_in!(language, evidence_more_skipped, file, count)
            }
            Statement::NothingOnRecord => say_in!(language, fact_first_use),
        }
    }
}
