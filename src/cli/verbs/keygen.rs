//! `tessh keygen`: creates keys, converts them, changes passphrases and shows keys, in the wording
//! of ssh-keygen(1).
//!
//! Keys, formats and files are implemented in `keys`; this part has the questions and the output.

mod ask;
mod options;
mod show;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use russh::keys::{PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::copy_id;
use crate::cli::args::Typed;
use crate::cli::connect::copy_id::KeyToInstall;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::output::print;
use crate::cli::{help, log, look, runtime};
use crate::error::{Error, Kind, Result};
use crate::keys::generate::KeyType;
use crate::keys::save::{self, Readers};
use crate::keys::{self, KeyFile, KeyFormat, ListedKey, place, write};
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::trust::sshfp;
use crate::ui::plain::{Plain, Sigils};
use crate::ui::screen::Screen;
use crate::ui::screen::generator::{GeneratorDefaults, generator};
use ask::{KeygenQuestions, OpenedKey, shown};
use options::{KeygenAction, KeygenOptions, OutputForm};

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(250);

/// The files of sshd's host keys.
const HOST_KEYS: [&str; 3] = [
    "/etc/ssh/ssh_host_rsa_key.pub",
    "/etc/ssh/ssh_host_ecdsa_key.pub",
    "/etc/ssh/ssh_host_ed25519_key.pub",
];

/// The work with its options and questions.
struct Work {
    options: KeygenOptions,
    asker: KeygenQuestions,
    directory: PathBuf,
    comment: String,
}

pub(super) fn run(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    let options = KeygenOptions::parse(&typed.rest)?;
    let context = environment.context();
    let work = Work {
        options,
        asker: KeygenQuestions {
            plain: Plain {
                batch: false,
                banner: false,
                ask_pass: environment.ask_pass(),
                say: log::to_stderr,
                sigils: Sigils::default(),
                report: None,
            },
        },
        directory: context.home.join(".ssh"),
        comment: format!("{}@{}", context.local_user, context.local_host),
    };
    let screen = match typed.rest.is_empty() {
        true => look::full_screen(environment).and_then(|look| Screen::open(look).ok()),
        false => None,
    };
    let home = context.home;
    let install = Arc::new(Mutex::new(None));
    let to_install = Arc::clone(&install);
    // Runs on a thread of its own, so that Ctrl-C at a question restores the terminal and ends the
    // program.
    let code = runtime::run_to_exit_code(async move {
        let run = move || match screen {
            Some(screen) => work.on_screen(&screen, home, &to_install),
            None => work.run(),
        };
        let done = tokio::task::spawn_blocking(run).await;
        done.unwrap_or_else(|_| Err(Error::new(Kind::Local, say!(keygen_broken_off))))
    })?;
    let wanted = install.lock().unwrap_or_else(PoisonError::into_inner).take();
    match wanted {
        Some((host, file)) => {
            let typed = Typed { destination: Some(host), ..Typed::default() };
            let key = KeyToInstall::of_file(&file)?;
            copy_id::begin(&typed, Some(key), ProcessEnvironment::find())
        }
        None => Ok(code),
    }
}

/// The host that the new key is to be installed on, and the key's file.
type InstallRequest = Mutex<Option<(String, PathBuf)>>;

impl Work {
    fn run(mut self) -> Result<u8> {
        match self.options.action() {
            KeygenAction::Help => print(&help::keygen_help()),
            KeygenAction::Make => self.make(),
            KeygenAction::Convert => self.convert(),
            KeygenAction::Change => self.change(),
            KeygenAction::Public => {
                let path = self.named()?;
                let opened =
                    self.open(&path, &say!(keygen_ask_passphrase, value = shown(&path)))?;
                self.emit(&write::public_line(opened.key.public_key()), Readers::All)
            }
            KeygenAction::List => self.list(),
            KeygenAction::Records => self.records(),
            KeygenAction::Export => {
                let listed = self.first_listed()?;
                self.emit(&write::rfc4716(&listed.key), Readers::All)
            }
            KeygenAction::Import => {
                let listed = self.first_listed()?;
                self.emit(&write::public_line(&listed.key), Readers::All)
            }
        }
    }

    /// Creates a key as [`Work::make`] does, with the input of the key generator dialog.
    fn on_screen(self, screen: &Screen, home: PathBuf, install: &InstallRequest) -> Result<u8> {
        let (directory, comment) = (self.directory.clone(), self.comment.clone());
        let done = screen.run(generator(GeneratorDefaults { home, directory, comment }));
        let done = done.map_err(|error| {
            Error::new(
                Kind::Local,
                say!(
                    stream_unusable,
                    what = say!(terminal_label),
                    error = crate::error::io_reason(&error)
                ),
            )
        })?;
        match done.saved() {
            Some(saved) => {
                let host = done.install_on().map(|host| (host.to_owned(), saved.file.clone()));
                *install.lock().unwrap_or_else(PoisonError::into_inner) = host;
                self.report_made(&saved.key, &saved.file, &saved.public_file)
            }
            None => Err(ask::cancelled()),
        }
    }

    /// Creates a key in OpenSSH's or PuTTY's format, with its public key file.
    fn make(&mut self) -> Result<u8> {
        let name = self.options.kind.as_deref().unwrap_or("ed25519");
        let kind = KeyType::parse(name, self.options.bits)?;
        if kind == KeyType::Ed25519 && self.options.bits.is_some_and(|bits| bits != 256) {
            self.say_aside(&(say!(keygen_bits_ignored) + "\n"));
        }
        let ppk = self.options.form == Some(OutputForm::Ppk);
        let kind_name = kind.name();
        self.say(&(say!(keygen_generating, kind_name) + "\n"))?;
        let path = self.new_file(kind, ppk)?;
        let public_path = place::public(&path, ppk);
        let existing = self.asker.existing(&[&path, &public_path])?;
        // For a new key both flags mean the same.
        let given = self.options.new_passphrase.take().or(self.options.passphrase.take());
        let label = say!(keygen_ask_first_passphrase);
        let passphrase = self.asker.new_passphrase(given, &label)?;
        let comment = self.options.comment.take().unwrap_or_else(|| self.comment.clone());
        let key = generate(kind, comment, self.options.quiet)?;
        let form = self.options.form.unwrap_or(OutputForm::OpenSsh);
        let text = self.private(&key, passphrase.as_ref(), form)?;
        let line = write::public_line(key.public_key());
        save::pair((&path, &text), (&public_path, &line), existing)?;
        self.report_made(key.public_key(), &path, &public_path)
    }

    fn report_made(&self, public: &PublicKey, path: &Path, public_path: &Path) -> Result<u8> {
        use crate::trust::fingerprint;
        self.say(
            &(say!(
                keygen_made,
                private = shown(path),
                public = shown(public_path),
                fingerprint = fingerprint::sha256(public),
                comment = public.comment().as_str_lossy(),
                picture = fingerprint::randomart(public)
            ) + "\n"),
        )
    }

    /// The file of a new key: from -f, or asked for, with the usual path as the default.
    fn new_file(&self, kind: KeyType, ppk: bool) -> Result<PathBuf> {
        if let Some(path) = &self.options.file {
            return Ok(path.clone());
        }
        let default = place::usual(&self.directory, kind, ppk);
        let path = self.asker.file(&say!(keygen_ask_target), default)?;
        place::make_directory(&self.directory, &path)?;
        Ok(path)
    }

    /// Converts the key in -f to another format.
    fn convert(&mut self) -> Result<u8> {
        let path = self.named()?;
        let form = self.options.form.unwrap_or(OutputForm::OpenSsh);
        if !matches!(form, OutputForm::OpenSsh | OutputForm::Ppk) {
            return self.convert_public(&path, form);
        }
        let Some(output) = self.options.output.clone() else {
            return Err(
                Error::new(Kind::Usage, say!(keygen_no_target)).hint(say!(keygen_no_target_hint))
            );
        };
        let file = KeyFile::read(&path)?;
        let existing = self.asker.existing(&[&output])?;
        let given = self.options.passphrase.take();
        let label = say!(keygen_ask_passphrase, value = shown(&path));
        let OpenedKey { mut key, passphrase } = self.asker.unlock(&file, given, &label)?;
        self.set_comment(&mut key, file.comment());
        let passphrase = match self.options.new_passphrase.take() {
            Some(given) => self.asker.new_passphrase(Some(given), "")?,
            None => passphrase,
        };
        let text = self.private(&key, passphrase.as_ref(), form)?;
        save::one(&output, &text, Readers::Owner, existing)?;
        if file.certificate().is_some() {
            let line = say!(keygen_certificate_left_out, value = shown(&path)) + "\n";
            self.say_aside(&line);
        }
        self.say(&(say!(keygen_converted, output = shown(&output)) + "\n"))
    }

    fn convert_public(&mut self, path: &Path, form: OutputForm) -> Result<u8> {
        let mut listed = match keys::listed(path) {
            Ok(listed) => listed,
            Err(error) => match KeyFile::read(path) {
                // In this format the public key is encrypted too, so the key must be unlocked.
                Ok(file) if file.is_encrypted() => {
                    let label = say!(keygen_ask_passphrase, value = shown(path));
                    let given = self.options.passphrase.take();
                    let key = self.asker.unlock(&file, given, &label)?.key;
                    vec![ListedKey { key: key.public_key().clone(), certified: false }]
                }
                _ => return Err(error),
            },
        };
        if let Some(comment) = &self.options.comment {
            for listed in &mut listed {
                listed.key.set_comment(comment.as_str());
            }
        }
        let text: String = listed
            .iter()
            .map(|listed| match form {
                OutputForm::Rfc4716 => write::rfc4716(&listed.key),
                OutputForm::Fingerprint => {
                    show::key(listed, self.options.md5, self.options.verbose)
                }
                _ => write::public_line(&listed.key),
            })
            .collect();
        self.emit(&text, Readers::All)
    }

    /// Changes the passphrase of the key in -f, in place.
    fn change(&mut self) -> Result<u8> {
        let path = match &self.options.file {
            Some(path) => path.clone(),
            None => {
                let default = self.directory.join(KeyType::Ed25519.file_name());
                self.asker.file(&say!(keygen_ask_source), default)?
            }
        };
        let file = KeyFile::read(&path)?;
        if file.certificate().is_some() && file.format() != KeyFormat::PublicOnly {
            let name = shown(&path);
            return Err(Error::new(Kind::Identity, say!(keygen_certificate_would_be_lost, name))
                .hint(say!(keygen_certificate_would_be_lost_hint)));
        }
        let form = match file.format() {
            KeyFormat::Ppk(_) => OutputForm::Ppk,
            _ => OutputForm::OpenSsh,
        };
        if form == OutputForm::Ppk && self.options.rounds.is_some() {
            return Err(Error::new(Kind::Usage, say!(keygen_ppk_without_rounds))
                .hint(say!(keygen_ppk_without_rounds_hint)));
        }
        let given = self.options.passphrase.take();
        let OpenedKey { mut key, .. } =
            self.asker.unlock(&file, given, &say!(keygen_ask_old_passphrase))?;
        self.set_comment(&mut key, file.comment());
        self.say(&(say!(keygen_comment, comment = write::comment(key.public_key())) + "\n"))?;
        let given = self.options.new_passphrase.take();
        let label = say!(keygen_ask_new_passphrase);
        let passphrase = self.asker.new_passphrase(given, &label)?;
        let text = self.private(&key, passphrase.as_ref(), form)?;
        save::rewrite(&path, &text)?;
        self.say(&(say!(keygen_passphrase_changed) + "\n"))
    }

    fn list(&self) -> Result<u8> {
        let path = match &self.options.file {
            Some(_) => self.named()?,
            None => {
                let default = self.directory.join(KeyType::Ed25519.file_name());
                self.asker.file(&say!(keygen_ask_source), default)?
            }
        };
        let keys = keys::listed(&path)?;
        let (md5, verbose) = (self.options.md5, self.options.verbose);
        print(&keys.iter().map(|listed| show::key(listed, md5, verbose)).collect::<String>())
    }

    /// Prints the SSHFP records of the key in -f, or of this machine's host keys.
    fn records(&self) -> Result<u8> {
        let host = self.options.host.clone().unwrap_or_default();
        let listed = match &self.options.file {
            Some(_) => vec![self.first_listed()?],
            None => own_host_keys()?,
        };
        let mut text = String::new();
        for listed in &listed {
            let Some(lines) = sshfp::resource_records(&host, &listed.key) else {
                let kind = crate::trust::fingerprint::type_name(&listed.key);
                let cause = say!(keygen_sshfp_no_number, kind);
                return Err(
                    Error::new(Kind::Identity, cause).hint(say!(keygen_sshfp_no_number_hint))
                );
            };
            lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        }
        self.emit(&text, Readers::All)
    }

    fn first_listed(&self) -> Result<ListedKey> {
        let mut keys = keys::listed(&self.named()?)?;
        Ok(keys.swap_remove(0))
    }

    fn open(&mut self, path: &Path, label: &str) -> Result<OpenedKey> {
        let file = KeyFile::read(path)?;
        let mut opened = self.asker.unlock(&file, self.options.passphrase.take(), label)?;
        self.set_comment(&mut opened.key, file.comment());
        Ok(opened)
    }

    /// Sets the comment: from -C, otherwise the key's own, otherwise that of the public key file.
    fn set_comment(&mut self, key: &mut PrivateKey, beside: &str) {
        if let Some(comment) = self.options.comment.take() {
            key.set_comment(comment);
        } else if key.comment().is_empty() {
            key.set_comment(beside);
        }
    }

    /// The file of -f, which is required; `-` is standard input.
    fn named(&self) -> Result<PathBuf> {
        match self.options.file.as_deref() {
            Some(path) if path == Path::new("-") => Ok(PathBuf::from("/dev/stdin")),
            Some(path) => Ok(path.to_owned()),
            None => self
                .asker
                .file(&say!(keygen_ask_source), self.directory.join(KeyType::Ed25519.file_name())),
        }
    }

    fn private(
        &self,
        key: &PrivateKey,
        passphrase: Option<&Secret>,
        form: OutputForm,
    ) -> Result<Zeroizing<String>> {
        match form {
            OutputForm::Ppk => write::ppk(key, passphrase),
            _ => write::openssh(key, passphrase, self.options.rounds()),
        }
    }

    /// Writes a text to the file of --output, or to standard output.
    fn emit(&self, text: &str, readers: Readers) -> Result<u8> {
        let Some(output) = &self.options.output else { return print(text) };
        let existing = self.asker.existing(&[output])?;
        save::one(output, text, readers, existing)?;
        Ok(0)
    }

    /// Prints a message on standard output, as ssh-keygen does.
    fn say(&self, text: &str) -> Result<u8> {
        if self.options.quiet { Ok(0) } else { print(text) }
    }

    fn say_aside(&self, text: &str) {
        if !self.options.quiet {
            log::to_stderr(text);
        }
    }
}

/// The public host keys of this machine's sshd, in ssh-keygen's order.
fn own_host_keys() -> Result<Vec<ListedKey>> {
    let files = HOST_KEYS.map(PathBuf::from);
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        found.extend(keys::listed(file)?.into_iter().take(1));
    }
    if found.is_empty() {
        return Err(Error::new(Kind::Identity, say!(keygen_no_host_keys))
            .hint(say!(keygen_no_host_keys_hint)));
    }
    Ok(found)
}

/// Creates the key; during the search for primes a terminal shows progress.
fn generate(kind: KeyType, comment: String, quiet: bool) -> Result<PrivateKey> {
    let KeyType::Rsa(bits) = kind else { return kind.generate(&comment) };
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || {
        // Sending fails only if the program is ending.
        let _ = done.send(kind.generate(&comment));
    });
    let visible = !quiet && terminal::is_terminal(std::io::stderr());
    let start = Instant::now();
    let progress = || {
        let seconds = start.elapsed().as_secs();
        let looking = say!(keygen_primes, bits, seconds);
        log::to_stderr(&format!("\r{looking} "));
        let _ = std::io::stderr().flush();
    };
    if visible {
        progress();
    }
    loop {
        match result.recv_timeout(TICK) {
            Ok(key) => {
                if visible {
                    log::to_stderr("\n");
                }
                return key;
            }
            Err(RecvTimeoutError::Timeout) if visible => progress(),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(Kind::Local, say!(keygen_not_made)));
            }
        }
    }
}
