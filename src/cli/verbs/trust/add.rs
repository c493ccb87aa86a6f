//! `tessh trust add HOST [KEY]`: writes a key for a host. A key on the command line is written as
//! it is. Otherwise the host is asked for its key, which must be confirmed by the person or match a
//! fingerprint that was typed.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use russh::keys::ssh_key::PublicKey;
use russh::keys::ssh_key::public::KeyData;
use serde_json::{Value as Json, json};

use super::host::HostLookup;
use super::words::{NOTHING, TrustWords, usage};
use super::{check, remove, report};
use crate::cli::args::Typed;
use crate::cli::connect::prompt;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::trust::Trust;
use crate::cli::output::{print, print_json};
use crate::cli::{log, runtime};
use crate::error::{Error, Kind, Result, io_reason};
use crate::prompt::{Answer, HostKeyAnswer, HostKeyQuestion, Prompt};
use crate::say;
use crate::text;
use crate::trust::entries::{self, LinesToRemove, Struck};
use crate::trust::fingerprint::{self, Comparison};
use crate::trust::{
    Finding, FirstSeen, Judgement, KnownHosts, KnownKey, Sources, Subject, Verdict, store,
};

/// The most bytes of a file of public keys; ssh-keyscan writes a few lines.
const KEYS_BYTES_MAX: u64 = 1 << 20;
/// The most keys that are written at once; a host has one of each type.
const KEYS_MAX: usize = 64;
/// How many characters of a word an error quotes.
const MAX_SHOWN: usize = 60;

pub(super) fn run(words: TrustWords, environment: ProcessEnvironment) -> Result<u8> {
    let flags = [Trust::File, Trust::Fingerprint, Trust::Replace, Trust::DryRun];
    words.only("add", &flags)?;
    if let Some(typed) = &words.fingerprint {
        report::check_fingerprint(typed)?;
    }
    let typed = words.typed("add")?;
    if typed.command.is_empty() {
        return from_host(words, typed, environment);
    }
    let keys = given(&typed)?;
    if let (Some(wanted), [key]) = (&words.fingerprint, &keys[..]) {
        confirm_fingerprint(key, wanted)?;
    } else if words.fingerprint.is_some() {
        return Err(usage(say!(trust_fingerprint_of_one)));
    }
    let addition = Addition::new(&words, &HostLookup::find(&typed, &environment)?, &environment)?;
    let mut done = AddedKeys::default();
    for key in &keys {
        addition.write(key, words.replace, &mut done)?;
    }
    done.tell(&words)
}

/// The keys from the command line: a file, `-`, or type and base64.
fn given(typed: &Typed) -> Result<Vec<PublicKey>> {
    let texts: Vec<String> =
        typed.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let text = match &texts[..] {
        [dash] if dash == "-" => read(std::io::stdin().lock(), "-")?,
        [path] => {
            let failed = |error| unreadable(path, &error);
            let file = File::open(path).map_err(failed)?;
            if file.metadata().map_err(failed)?.is_dir() {
                return Err(no_key(path));
            }
            read(file, path)?
        }
        words => words.join(" "),
    };
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    let keys: Vec<PublicKey> = lines.take(KEYS_MAX + 1).map(key).collect::<Result<_>>()?;
    match keys.len() {
        0 => Err(no_key(&texts.join(" "))),
        1..=KEYS_MAX => Ok(keys),
        _ => Err(usage(say!(trust_too_many_keys, limit = KEYS_MAX))),
    }
}

fn read(from: impl Read, name: &str) -> Result<String> {
    let mut text = String::new();
    from.take(KEYS_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(name, &error))?;
    Ok(text)
}

/// Parses a line of a public key file or of ssh-keyscan: `host type base64`.
fn key(line: &str) -> Result<PublicKey> {
    let after_host = || line.split_once(char::is_whitespace).map(|(_, rest)| rest.trim_start());
    let parsed = PublicKey::from_openssh(line).ok();
    let parsed = parsed.or_else(|| PublicKey::from_openssh(after_host()?).ok());
    match parsed {
        Some(key) if !matches!(key.key_data(), KeyData::Certificate(_) | KeyData::Other(_)) => {
            Ok(PublicKey::new(key.key_data().clone(), ""))
        }
        _ => Err(no_key(line)),
    }
}

fn no_key(what: &str) -> Error {
    let shown = text::line(what, MAX_SHOWN);
    Error::new(Kind::Identity, say!(trust_no_key, shown)).hint(say!(trust_no_key_hint))
}

fn unreadable(name: &str, error: &std::io::Error) -> Error {
    let shown = text::line(name, MAX_SHOWN);
    Error::new(Kind::Local, say!(trust_cannot_read, shown, error = io_reason(error)))
}

/// Gets the key from the host; the person or the fingerprint must confirm it.
fn from_host(words: TrustWords, typed: Typed, environment: ProcessEnvironment) -> Result<u8> {
    let plan = check::plan(typed.clone(), &environment)?;
    let addition = Addition::new(&words, &HostLookup::find(&typed, &environment)?, &environment)?;
    let asker = prompt::choose(&plan, &typed, &environment);
    runtime::run_to_exit_code(async move {
        let judgement = check::judge(&plan, &environment, &asker).await?;
        let key = judgement.evidence.offered.clone();
        if let (Finding::Known(at), Verdict::Accept) =
            (&judgement.evidence.finding, &judgement.verdict)
        {
            let mut done = AddedKeys::default();
            done.known.push(KnownKey { at: at.clone(), key });
            return done.tell(&words);
        }
        let replace = match confirmed(&words, judgement, &asker).await? {
            Some(replace) => replace || words.replace,
            None => {
                log::write(&format!("tessh: {}", say!(trust_not_added)));
                return Ok(NOTHING);
            }
        };
        let mut done = AddedKeys::default();
        addition.write(&key, replace, &mut done)?;
        done.tell(&words)
    })
}

/// Whether the key is to be written; `Some(true)` if it replaces another one.
async fn confirmed(
    words: &TrustWords,
    judgement: Judgement,
    asker: &Arc<dyn Prompt>,
) -> Result<Option<bool>> {
    let evidence = &judgement.evidence;
    if let (Finding::Revoked(_) | Finding::Forbidden(_), Verdict::Reject(reason)) =
        (&evidence.finding, &judgement.verdict)
    {
        return Err(Error::new(Kind::HostKey, reason));
    }
    if let Some(wanted) = &words.fingerprint {
        confirm_fingerprint(&evidence.offered, wanted)?;
        return Ok(Some(false));
    }
    if words.dry_run {
        log::write(check::page(&judgement).trim_end());
        return Ok(Some(true));
    }
    let is_changed = matches!(evidence.finding, Finding::Changed(_));
    let key = evidence.offered.clone();
    let asker = Arc::clone(asker);
    let asked = tokio::task::spawn_blocking(move || {
        asker.host_key(&HostKeyQuestion::new(&judgement.host, &judgement.evidence))
    });
    match asked.await.unwrap_or(Answer::Cancelled) {
        Answer::Given(HostKeyAnswer::Record) => Ok(Some(is_changed)),
        Answer::Given(HostKeyAnswer::IfFingerprint(typed)) => {
            confirm_fingerprint(&key, &typed)?;
            Ok(Some(is_changed))
        }
        Answer::Given(HostKeyAnswer::Once | HostKeyAnswer::Disconnect) | Answer::Cancelled => {
            Ok(None)
        }
        Answer::CannotAsk => {
            let (kind, sha256) = (fingerprint::type_name(&key), fingerprint::sha256(&key));
            Err(Error::new(Kind::HostKey, say!(trust_nobody_to_ask, kind, sha256))
                .hint(say!(trust_nobody_to_ask_hint)))
        }
    }
}

fn confirm_fingerprint(key: &PublicKey, wanted: &str) -> Result<()> {
    match fingerprint::compare(key, wanted) {
        Comparison::Same => Ok(()),
        Comparison::Other | Comparison::Unreadable => {
            let (kind, sha256) = (fingerprint::type_name(key), fingerprint::sha256(key));
            let wanted = text::line(wanted, MAX_SHOWN);
            Err(Error::new(Kind::HostKey, say!(trust_other_fingerprint, kind, sha256, wanted))
                .hint(say!(trust_other_fingerprint_hint)))
        }
    }
}

/// The file to write to, and how to write.
struct Addition {
    file: PathBuf,
    subject: Subject,
    sources: Sources,
    hash: bool,
    dry_run: bool,
    first_seen: FirstSeen,
}

/// The keys that were written, and those that existed already.
#[derive(Default)]
struct AddedKeys {
    added: Vec<(PathBuf, PublicKey, String)>,
    removed: Vec<Struck>,
    known: Vec<KnownKey>,
}

impl Addition {
    fn new(
        words: &TrustWords,
        host: &HostLookup,
        environment: &ProcessEnvironment,
    ) -> Result<Addition> {
        let file = host.target(words)?;
        let mut sources = Sources {
            user: host.options.user_known_hosts_files.value.clone(),
            global: host.options.global_known_hosts_files.value.clone(),
            caches: Vec::new(),
        };
        if !sources.user.contains(&file) {
            sources.user.push(file.clone());
        }
        Ok(Addition {
            file,
            subject: host.subject.clone(),
            sources,
            hash: *host.options.hash_known_hosts,
            dry_run: words.dry_run,
            first_seen: environment.first_seen(),
        })
    }

    fn write(&self, key: &PublicKey, replace: bool, done: &mut AddedKeys) -> Result<()> {
        let [keys, _, revoked] = KnownHosts::load(&self.sources).lines(&self.subject);
        let same = |known: &&KnownKey| known.key.key_data() == key.key_data();
        if let Some(known) = revoked.iter().find(same) {
            let at = &known.at;
            return Err(Error::new(Kind::HostKey, say!(trust_is_revoked, at)));
        }
        if let Some(known) = keys.into_iter().find(|known| same(&known)) {
            done.known.push(known);
            return Ok(());
        }
        let others = self.others(key)?;
        if let (Some(other), false) = (others.first(), replace) {
            let (kind, at) = (fingerprint::type_name(key), &other.at);
            return Err(Error::new(Kind::HostKey, say!(trust_has_another, kind, at))
                .hint(say!(trust_has_another_hint)));
        }
        let line = store::line(&self.subject, key, self.hash)?;
        if !self.dry_run {
            match others.is_empty() {
                true => store::add(&self.file, &self.subject, key, self.hash)?,
                false => drop(store::replace(&self.file, &self.subject, key, self.hash)?),
            }
            if let Err(error) = self.first_seen.note(&self.subject, key) {
                ::log::debug!("the day is not noted: {error}");
            }
        }
        done.removed.extend(others);
        done.added.push((self.file.clone(), key.clone(), line));
        Ok(())
    }

    /// The host's keys of the same type that are in the file now.
    fn others(&self, key: &PublicKey) -> Result<Vec<Struck>> {
        let wanted = LinesToRemove {
            names: vec![self.subject.entry_name()],
            kind: Some(key.algorithm().as_str().to_owned()),
            fingerprint: None,
        };
        Ok(entries::would_remove(&self.file, &wanted)?.struck)
    }
}

impl AddedKeys {
    fn tell(&self, words: &TrustWords) -> Result<u8> {
        if words.json {
            let object = json!({
                "dry_run": words.dry_run,
                "added": self.added.iter().map(added).collect::<Vec<_>>(),
                "removed": self.removed.iter().map(remove::struck).collect::<Vec<_>>(),
                "known": self.known.iter().map(known).collect::<Vec<_>>(),
            });
            return print_json(&format!("{object:#}\n"));
        }
        let mut out = String::new();
        for key in &self.known {
            out.push_str(&say!(trust_already, key = shown(&key.key), place = key.at));
            out.push('\n');
        }
        for line in self.removed.iter().filter(|_| words.dry_run) {
            out.push_str(&remove::change(line));
        }
        for (file, key, line) in &self.added {
            let (file, key) = (text::path(file), shown(key));
            out.push_str(&match words.dry_run {
                true => format!("+{file}: {}\n", line.trim_end()),
                false if self.removed.is_empty() => say!(trust_added, key, file) + "\n",
                false => say!(trust_replaced, key, file) + "\n",
            });
        }
        print(&out)
    }
}

fn shown(key: &PublicKey) -> String {
    format!("{} {}", fingerprint::type_name(key), fingerprint::sha256(key))
}

fn added((file, key, line): &(PathBuf, PublicKey, String)) -> Json {
    json!({
        "file": file.to_string_lossy(),
        "type": fingerprint::type_name(key),
        "fingerprint": fingerprint::sha256(key),
        "text": line.trim_end(),
    })
}

fn known(known: &KnownKey) -> Json {
    json!({
        "file": known.at.file.to_string_lossy(),
        "line": known.at.line,
        "type": fingerprint::type_name(&known.key),
        "fingerprint": fingerprint::sha256(&known.key),
    })
}
