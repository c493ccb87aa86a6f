//! The key generator dialog. It asks for type, passphrase, comment, file and format, creates the
//! key, shows its fingerprint and picture, and saves it. It combines Tera Term's dialog with
//! ssh-keygen's questions.
//!
//! What asks for nothing that counts is left out. After the key is saved there are its public line,
//! and the host to install it on, which whoever opened the dialog does.
//!
//! `keys` implements keys, formats and files, as for `tessh keygen` with flags. Overwriting a file
//! and leaving a key without a passphrase must be confirmed. An error keeps everything that was
//! typed.

mod job;
mod question;
mod rows;

use std::any::Any;
use std::path::PathBuf;

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;
use russh::keys::{EcdsaCurve, PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, Happened, SideBlock};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::error::{Error, Kind, Result};
use crate::keys::generate::KeyType;
use crate::keys::save::{self, Existing};
use crate::keys::{place, write};
use crate::say;
use crate::secret::Secret;
use crate::text;
use crate::trust::fingerprint;
use job::Job;
pub use question::Question;
use rows::{GeneratorKey, INPUTS, PPK, RSA, rows};

/// The longest comment in characters; the same limit applies to comments that are read.
const COMMENT_MAX: usize = 256;
/// Shown one after the other, to show that work is in progress.
const SPINNER: [char; 4] = ['|', '/', '-', '\\'];

/// The defaults from the environment.
pub struct GeneratorDefaults {
    /// What `~/` stands for.
    pub home: PathBuf,
    /// The usual directory for keys; it is created with mode 0700 if a key is saved in it.
    pub directory: PathBuf,
    /// The initial comment, `user@host`.
    pub comment: String,
}

/// The result: a key that was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The file of the private key.
    pub file: PathBuf,
    /// The file of the public key.
    pub public_file: PathBuf,
    /// The public key.
    pub key: PublicKey,
}

/// The work in progress.
enum Work {
    Nothing,
    Generating(Job<PrivateKey>),
    /// A key is being encrypted for this destination, which can no longer be changed.
    Sealing(Job<Zeroizing<String>>, Box<Saved>, Existing),
}

/// The open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GeneratorConfirmation {
    Empty,
    Existing,
    Lose,
}

/// The dialog; [`Generator::saved`] is its result.
pub struct Generator {
    form: DialogForm<GeneratorKey>,
    surroundings: GeneratorDefaults,
    /// Whether the file name is still the default, which depends on the type.
    usual_file: bool,
    work: Work,
    turns: usize,
    key: Option<PrivateKey>,
    asked: Option<GeneratorConfirmation>,
    agreed: Vec<GeneratorConfirmation>,
    saved: Option<Saved>,
    install_on: Option<String>,
}

/// Creates the dialog with Ed25519 selected and no key.
pub fn generator(surroundings: GeneratorDefaults) -> Generator {
    let form = DialogForm::new(say!(generator_title), rows(&surroundings.comment));
    let mut generator = Generator {
        form,
        surroundings,
        usual_file: true,
        work: Work::Nothing,
        turns: 0,
        key: None,
        asked: None,
        agreed: Vec::new(),
        saved: None,
        install_on: None,
    };
    generator.form.leave_out(GeneratorKey::Host, true);
    generator.follow_type();
    generator
}

impl Generator {
    /// The key that was saved, if one was.
    pub fn saved(&self) -> Option<&Saved> {
        self.saved.as_ref()
    }

    /// The host that the key is to be installed on, as it was typed.
    pub fn install_on(&self) -> Option<&str> {
        self.install_on.as_deref()
    }

    fn is_ppk(&self) -> bool {
        self.form.selected(GeneratorKey::Format) == PPK
    }

    fn kind(&self) -> Result<KeyType> {
        match self.form.selected(GeneratorKey::Type) {
            1 => Ok(KeyType::Ecdsa(EcdsaCurve::NistP256)),
            2 => Ok(KeyType::Ecdsa(EcdsaCurve::NistP384)),
            3 => Ok(KeyType::Ecdsa(EcdsaCurve::NistP521)),
            RSA => KeyType::parse("rsa", Some(self.number(GeneratorKey::Bits)?)),
            _ => Ok(KeyType::Ed25519),
        }
    }

    fn number(&self, key: GeneratorKey) -> Result<u32> {
        let typed = self.form.text(key).trim();
        typed.parse().map_err(|_| Error::new(Kind::Usage, say!(generator_no_number)))
    }

    /// The file as typed, with `~/` as the home directory.
    fn file(&self) -> PathBuf {
        let typed = self.form.text(GeneratorKey::File);
        match typed.strip_prefix("~/") {
            Some(rest) => self.surroundings.home.join(rest),
            None => PathBuf::from(typed),
        }
    }

    /// Updates what depends on type and format.
    fn follow_type(&mut self) {
        let is_rsa = self.form.selected(GeneratorKey::Type) == RSA;
        self.form.leave_out(GeneratorKey::Bits, !is_rsa);
        self.form.leave_out(GeneratorKey::Rounds, self.is_ppk());
        if self.usual_file {
            // The file name does not depend on the size.
            let kind = match self.form.selected(GeneratorKey::Type) {
                RSA => KeyType::Rsa(0),
                _ => self.kind().unwrap_or(KeyType::Ed25519),
            };
            let path = place::usual(&self.surroundings.directory, kind, self.is_ppk());
            let shown = match path.strip_prefix(&self.surroundings.home) {
                Ok(rest) => format!("~/{}", rest.to_string_lossy()),
                Err(_) => path.to_string_lossy().into_owned(),
            };
            if let Some(field) = self.form.field(GeneratorKey::File) {
                field.set(&shown);
            }
        }
        self.warn_of_existing();
    }

    /// The file that is there already in the place of the key or its public half.
    fn existing(&self) -> Option<PathBuf> {
        let file = self.file();
        let public_file = place::public(&file, self.is_ppk());
        let is_there = |path: &PathBuf| std::fs::symlink_metadata(path).is_ok();
        [file, public_file].into_iter().find(is_there)
    }

    /// Says beside the name of the file that something is there, before it is saved to.
    fn warn_of_existing(&mut self) {
        let remark = match self.existing() {
            Some(there) => say!(generator_is_there, file = text::path(&there)),
            None => String::new(),
        };
        self.form.remark(GeneratorKey::File, Tone::Warn, remark);
    }

    /// Drops the key, because another type was selected.
    fn forget(&mut self) {
        self.work = Work::Nothing;
        self.key = None;
        self.form.set_blocks(GeneratorKey::Made, Vec::new());
        self.tell(Tone::Plain, String::new());
        self.offer();
    }

    fn tell(&mut self, tone: Tone, text: String) {
        let lines = if text.is_empty() { Vec::new() } else { vec![(tone, text)] };
        self.form.set_text(GeneratorKey::Message, lines);
    }

    /// Reports an error about a row and focuses the row.
    fn object(&mut self, key: GeneratorKey, text: String) {
        let lines = vec![(Tone::Danger, text)];
        match key {
            GeneratorKey::Again => self.form.set_text(GeneratorKey::Match, lines),
            _ => self.form.set_text(GeneratorKey::Message, lines),
        }
        self.form.focus(key);
    }

    /// Shows the buttons that can be used now.
    fn offer(&mut self) {
        let close = (GeneratorKey::Close, 'c', say!(close));
        let buttons = match (&self.work, &self.key, &self.saved) {
            (Work::Generating(_) | Work::Sealing(..), _, _) => {
                vec![(GeneratorKey::Cancel, 'c', say!(cancel))]
            }
            (Work::Nothing, _, Some(_)) => {
                vec![(GeneratorKey::Install, 'i', say!(generator_install)), close]
            }
            (Work::Nothing, None, _) => {
                vec![(GeneratorKey::Generate, 'g', say!(generator_generate)), close]
            }
            (Work::Nothing, Some(_), None) => vec![
                (GeneratorKey::Save, 's', say!(generator_save)),
                (GeneratorKey::Generate, 'g', say!(generator_another)),
                close,
            ],
        };
        self.form.set_buttons(buttons);
    }

    fn compare(&mut self) {
        let again = self.copied(GeneratorKey::Again);
        let lines = match (again.is_empty(), self.is_repeated()) {
            (true, _) => Vec::new(),
            (false, true) => vec![(Tone::Good, say!(generator_match))],
            (false, false) => vec![(Tone::Warn, say!(generator_mismatch))],
        };
        self.form.set_text(GeneratorKey::Match, lines);
    }

    fn is_repeated(&mut self) -> bool {
        self.copied(GeneratorKey::Passphrase).expose() == self.copied(GeneratorKey::Again).expose()
    }

    fn copied(&mut self, key: GeneratorKey) -> Secret {
        match self.form.field(key) {
            Some(field) => field.copy_secret(),
            None => Secret::new(String::new()),
        }
    }

    /// Checks the input; reports an error at the row that has it.
    fn check(&mut self) -> bool {
        let rounds = self.number(GeneratorKey::Rounds).and_then(write::check_rounds);
        let fault = if let Err(error) = self.kind() {
            Some((GeneratorKey::Bits, error.to_string()))
        } else if self.form.text(GeneratorKey::Comment).chars().count() > COMMENT_MAX {
            Some((GeneratorKey::Comment, say!(generator_long_comment, max = COMMENT_MAX)))
        } else if self.form.text(GeneratorKey::File).trim().is_empty() {
            Some((GeneratorKey::File, say!(generator_no_file)))
        } else if !self.is_repeated() {
            Some((GeneratorKey::Again, say!(generator_mismatch)))
        } else if let (false, Err(error)) = (self.is_ppk(), rounds) {
            Some((GeneratorKey::Rounds, error.to_string()))
        } else {
            None
        };
        match fault {
            Some((key, text)) => {
                self.object(key, text);
                false
            }
            None => true,
        }
    }

    fn generate(&mut self) {
        self.forget();
        if !self.check() {
            return;
        }
        if let Ok(kind) = self.kind() {
            self.work = Work::Generating(Job::start(move || kind.generate("")));
            self.progress();
            self.offer();
            self.form.focus(GeneratorKey::Cancel);
        }
    }

    fn progress(&mut self) {
        let spinner = SPINNER[self.turns % SPINNER.len()];
        let text = match &self.work {
            Work::Nothing => return,
            Work::Generating(job) => {
                say!(generator_at_work, spinner, seconds = job.seconds())
            }
            Work::Sealing(job, ..) => say!(generator_sealing, spinner, seconds = job.seconds()),
        };
        self.turns += 1;
        self.tell(Tone::Strong, text);
    }

    fn made(&mut self, result: Result<PrivateKey>) {
        self.work = Work::Nothing;
        match result {
            Ok(key) => {
                self.key = Some(key);
                self.tell(Tone::Plain, String::new());
                self.offer();
                self.show_key();
                let empty = self.copied(GeneratorKey::Passphrase).is_empty();
                self.form.focus(if empty { GeneratorKey::Passphrase } else { GeneratorKey::Save });
            }
            Err(error) => {
                self.offer();
                self.tell(Tone::Danger, error.to_string());
                self.form.focus(GeneratorKey::Generate);
            }
        }
    }

    fn show_key(&mut self) {
        let Some(key) = &self.key else { return };
        let public = key.public_key();
        let kind = fingerprint::type_name(public);
        let mut lines = vec![
            (Tone::Plain, say!(generator_made, kind)),
            (Tone::Strong, fingerprint::sha256(public)),
            (Tone::Plain, String::new()),
        ];
        lines.extend(match &self.saved {
            None => vec![(Tone::Warn, say!(generator_unsaved))],
            Some(saved) => vec![
                (Tone::Good, say!(generator_saved, file = text::path(&saved.file))),
                (Tone::Good, say!(generator_saved_public, file = text::path(&saved.public_file))),
            ],
        });
        let blocks =
            vec![SideBlock::art(&fingerprint::randomart(public)), SideBlock::wrapped(lines)];
        self.form.set_blocks(GeneratorKey::Made, blocks);
    }

    /// Continues saving: asks the next open question, or starts to encrypt.
    fn save(&mut self) -> DialogAction {
        if !self.check() {
            return DialogAction::Stay;
        }
        let Some(key) = &self.key else { return DialogAction::Stay };
        let mut key = key.clone();
        key.set_comment(self.form.text(GeneratorKey::Comment));
        let passphrase =
            Some(self.copied(GeneratorKey::Passphrase)).filter(|secret| !secret.is_empty());
        if passphrase.is_none() && !self.agreed.contains(&GeneratorConfirmation::Empty) {
            return self.ask(GeneratorConfirmation::Empty, say!(generator_really_empty));
        }
        let (ppk, rounds) = (self.is_ppk(), self.number(GeneratorKey::Rounds).unwrap_or_default());
        let file = self.file();
        let public_file = place::public(&file, ppk);
        let mut existing = Existing::Keep;
        if let Some(there) = self.existing() {
            if !self.agreed.contains(&GeneratorConfirmation::Existing) {
                return self.ask(
                    GeneratorConfirmation::Existing,
                    say!(generator_exists, file = text::path(&there)),
                );
            }
            existing = Existing::Replace;
        }
        let to = Saved { file, public_file, key: key.public_key().clone() };
        let job = Job::start(move || match ppk {
            true => write::ppk(&key, passphrase.as_ref()),
            false => write::openssh(&key, passphrase.as_ref(), rounds),
        });
        self.work = Work::Sealing(job, Box::new(to), existing);
        self.progress();
        self.offer();
        self.form.focus(GeneratorKey::Cancel);
        DialogAction::Stay
    }

    fn ask(&mut self, what: GeneratorConfirmation, text: String) -> DialogAction {
        self.asked = Some(what);
        DialogAction::Open(Box::new(Question::new(say!(generator_title), text)))
    }

    /// Writes both files: complete and with mode 0600, or not at all.
    fn write(&mut self, text: Result<Zeroizing<String>>, to: Saved, existing: Existing) {
        let written = text.and_then(|text| {
            place::make_directory(&self.surroundings.directory, &to.file)?;
            let line = write::public_line(&to.key);
            save::pair((&to.file, &text), (&to.public_file, &line), existing)
        });
        if let Err(error) = written {
            self.tell(Tone::Danger, error.to_string());
            self.offer();
            self.form.focus(GeneratorKey::File);
            return;
        }
        self.is_saved(to);
    }

    /// Shows what follows after the key is saved.
    fn is_saved(&mut self, to: Saved) {
        self.saved = Some(to);
        self.tell(Tone::Plain, String::new());
        self.form.set_text(GeneratorKey::Match, Vec::new());
        for key in [GeneratorKey::Passphrase, GeneratorKey::Again] {
            if let Some(field) = self.form.field(key) {
                field.set("");
            }
        }
        for key in INPUTS {
            self.form.leave_out(key, true);
        }
        self.show_key();
        self.show_line();
        self.offer();
        self.form.focus(GeneratorKey::Close);
    }

    /// Shows the public line, and asks for the host to install it on.
    fn show_line(&mut self) {
        let Some(saved) = &self.saved else { return };
        let line = write::public_line(&saved.key).trim_end().to_owned();
        let lines = vec![(Tone::Dim, say!(generator_line)), (Tone::Plain, line)];
        self.form.set_text(GeneratorKey::Line, lines);
        self.form.leave_out(GeneratorKey::Host, false);
    }

    /// Closes the dialog to install the key on the host that was typed.
    fn install(&mut self) -> DialogAction {
        let host = self.form.text(GeneratorKey::Host).trim().to_owned();
        if host.is_empty() {
            self.form.remark(GeneratorKey::Host, Tone::Warn, say!(generator_no_host));
            self.form.focus(GeneratorKey::Host);
            return DialogAction::Stay;
        }
        self.install_on = Some(host);
        DialogAction::Close
    }

    fn pressed(&mut self, key: GeneratorKey) -> DialogAction {
        match key {
            GeneratorKey::Generate => self.generate(),
            GeneratorKey::Save => {
                self.agreed.clear();
                return self.save();
            }
            GeneratorKey::Cancel => self.give_up(),
            GeneratorKey::Install => return self.install(),
            _ => return self.leave(),
        }
        DialogAction::Stay
    }

    /// Closes the dialog; asks first if the key is not saved.
    fn leave(&mut self) -> DialogAction {
        match (&self.key, &self.saved) {
            (Some(_), None) => self.ask(GeneratorConfirmation::Lose, say!(generator_really_lose)),
            _ => DialogAction::Close,
        }
    }

    /// Abandons the work in progress.
    fn give_up(&mut self) {
        self.work = Work::Nothing;
        self.tell(Tone::Warn, say!(generator_cancelled));
        self.offer();
        self.form.focus(if self.key.is_some() {
            GeneratorKey::Save
        } else {
            GeneratorKey::Generate
        });
    }

    fn changed(&mut self, key: GeneratorKey) {
        if !self.is_busy() {
            self.tell(Tone::Plain, String::new());
        }
        match key {
            GeneratorKey::Type | GeneratorKey::Format => self.follow_type(),
            GeneratorKey::File => {
                self.usual_file = false;
                self.warn_of_existing();
            }
            GeneratorKey::Passphrase | GeneratorKey::Again => self.compare(),
            GeneratorKey::Show => {
                let on = self.form.is_on(GeneratorKey::Show);
                for key in [GeneratorKey::Passphrase, GeneratorKey::Again] {
                    if let Some(field) = self.form.field(key) {
                        field.show(on);
                    }
                }
            }
            _ => {}
        }
        if matches!(key, GeneratorKey::Type | GeneratorKey::Bits) {
            let lost = self.key.is_some();
            self.forget();
            if lost {
                self.tell(Tone::Warn, say!(generator_other_type));
            }
        }
    }
}

impl Component for Generator {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let happened = self.form.handle(event);
        match happened {
            Happened::Pressed(key) => return self.pressed(key),
            Happened::Cancelled if self.is_busy() => self.give_up(),
            Happened::Cancelled => return self.leave(),
            // The input is fixed while the key is being encrypted.
            _ if matches!(self.work, Work::Sealing(..)) => {}
            Happened::Changed(key) => self.changed(key),
            Happened::Entered(_) if self.is_busy() => {}
            Happened::Entered(GeneratorKey::Host) => return self.install(),
            Happened::Entered(_) => {
                let next =
                    if self.key.is_some() { GeneratorKey::Save } else { GeneratorKey::Generate };
                return self.pressed(next);
            }
            _ => {}
        }
        DialogAction::Stay
    }

    fn resumed(&mut self, closed: Box<dyn Any>) -> DialogAction {
        let yes = closed.downcast::<Question>().is_ok_and(|question| question.is_yes());
        match self.asked.take() {
            Some(GeneratorConfirmation::Lose) if yes => return DialogAction::Close,
            Some(asked) if yes => {
                self.agreed.push(asked);
                return self.save();
            }
            Some(GeneratorConfirmation::Empty) => self.form.focus(GeneratorKey::Passphrase),
            Some(GeneratorConfirmation::Existing) => self.form.focus(GeneratorKey::File),
            Some(GeneratorConfirmation::Lose) => self.form.focus(GeneratorKey::Save),
            None => {}
        }
        DialogAction::Stay
    }

    fn is_busy(&self) -> bool {
        !matches!(self.work, Work::Nothing)
    }

    fn turn(&mut self) -> DialogAction {
        self.progress();
        match &self.work {
            Work::Nothing => {}
            Work::Generating(job) => {
                if let Some(result) = job.poll() {
                    self.made(result);
                }
            }
            Work::Sealing(job, ..) => {
                if let Some(text) = job.poll()
                    && let Work::Sealing(_, to, existing) =
                        std::mem::replace(&mut self.work, Work::Nothing)
                {
                    self.write(text, *to, existing);
                }
            }
        }
        DialogAction::Stay
    }
}

#[cfg(test)]
pub(super) mod tests;
