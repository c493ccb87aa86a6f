//! What New connection does with saved sessions: saving, editing, duplicating and removing them.

use std::sync::Arc;

use super::ask::{AskName, Confirm, MakeDocument};
use super::edit::Edit;
use super::{Key, NewConnection, shown};
use crate::config::{Keyword, split_keyword};
use crate::error::{Error, Kind, Result};
use crate::profiles::{Document, Profile, ProfileStore, Source};
use crate::say;
use crate::ui::hosts::{AddressChoice, Entered, HostEntry};
use crate::ui::screen::component::DialogAction;
use crate::ui::screen::look::Tone;

/// The largest number that is appended to a name that exists already.
const MAX_NUMBERED: usize = 999;

impl NewConnection {
    /// Asks for a name, and saves the fields, or the session that is chosen, as a session under it.
    pub(super) fn save(&mut self) -> DialogAction {
        let now = self.now();
        // A session that is chosen is saved as what it is, under another name.
        if now.session.is_some() {
            return match self.entered_check.check(&now) {
                Err(error) => self.complain(&error),
                Ok(()) => self.copy(Some(now)),
            };
        }
        match self.entered_check.profile(&now) {
            Err(error) => self.complain(&error),
            Ok(profile) => {
                let name = profile.host.clone();
                let make = move |store: &ProfileStore, name: &str| {
                    let mut document = store.create(name)?;
                    document.set(profile.clone())?;
                    Ok(document)
                };
                let title = say!(connection_save_title);
                self.ask_name(title, &name, Box::new(make))
            }
        }
    }

    pub(super) fn edit(&mut self) -> DialogAction {
        match self.opened() {
            None => self.only_sessions(),
            Some(Err(error)) => self.complain(&error),
            Some(Ok(document)) if document.is_new() => self.only_ours(),
            Some(Ok(document)) => {
                let (store, entered_check) =
                    (self.hosts.store.clone(), Arc::clone(&self.entered_check));
                DialogAction::Open(Box::new(Edit::new(store, entered_check, document)))
            }
        }
    }

    pub(super) fn duplicate(&mut self) -> DialogAction {
        self.copy(None)
    }

    /// Asks for a name, and saves the selected session under it, with the options that were
    /// entered.
    fn copy(&mut self, entered: Option<Entered>) -> DialogAction {
        match self.opened() {
            None => self.only_sessions(),
            Some(Err(error)) => self.complain(&error),
            Some(Ok(document)) => {
                let name = document.name().to_owned();
                let profile = entered.map(|entered| with_options(document.profile(), &entered));
                let profile = match profile.transpose() {
                    Err(error) => return self.complain(&error),
                    Ok(profile) => profile,
                };
                let make = move |store: &ProfileStore, name: &str| {
                    let mut copy = store.copy(&document, name)?;
                    profile.clone().map_or(Ok(()), |profile| copy.set(profile))?;
                    Ok(copy)
                };
                let title = say!(connection_duplicate_title, name = shown(&name));
                self.ask_name(title, &name, Box::new(make))
            }
        }
    }

    /// Asks for a name, at first this one or the next that is free, and saves what `make` makes.
    fn ask_name(&self, title: String, name: &str, make: MakeDocument) -> DialogAction {
        let store = &self.hosts.store;
        DialogAction::Open(Box::new(AskName::new(title, &free(store, name), store, make)))
    }

    /// The selected session as it is on disk now, a new one for a session of another program; `None`
    /// if the selection is not a session.
    fn opened(&self) -> Option<Result<Document>> {
        let entry = self.chosen()?;
        let at = entry.session()?;
        if let Some(error) = entry.fault() {
            return Some(Err(error.clone()));
        }
        let gone = || Error::new(Kind::Local, say!(connection_gone));
        if at.source == Source::Own {
            return Some(self.hosts.store.open(&at.name).and_then(|it| it.ok_or_else(gone)));
        }
        let session = self.hosts.open(at).and_then(|it| it.ok_or_else(gone));
        Some(session.and_then(|session| {
            let mut document = self.hosts.store.create(&free(&self.hosts.store, &at.name))?;
            document.set(session.profile)?;
            Ok(document)
        }))
    }

    /// Asks whether to remove what is selected: the session if it is tessh's own, else its entry in
    /// the history.
    pub(super) fn remove(&mut self) -> DialogAction {
        let Some(entry) = self.chosen().cloned() else { return DialogAction::Stay };
        let name = shown(entry.name());
        let question = match is_own(&entry) {
            true => say!(connection_remove_session, name),
            false if entry.recent.is_some() => say!(connection_remove_recent, name),
            false => return self.only_ours(),
        };
        self.asked = Some(entry);
        let title = say!(connection_remove_title);
        DialogAction::Open(Box::new(Confirm::new(title, question, say!(connection_remove))))
    }

    /// Removes an entry; the next one takes its place.
    pub(super) fn removed(&mut self, entry: &HostEntry) {
        let mut removed = match entry.session().filter(|_| is_own(entry)) {
            Some(at) => self.hosts.store.remove(&at.name).map(|_| ()),
            None => Ok(()),
        };
        if let (Ok(()), Some(recent)) = (&removed, &entry.recent) {
            removed = self.hosts.history.remove(&recent.target);
        }
        let at = self.form.selected(Key::List);
        self.list_again();
        self.fill(None, at);
        match removed {
            Ok(()) => {
                let name = shown(entry.name());
                self.say(Tone::Good, say!(connection_removed, name));
            }
            Err(error) => self.say_error(&error),
        }
    }

    /// Selects a session that was just saved. What is typed goes only if it hides the session.
    pub(super) fn saved(&mut self, name: &str) {
        self.list_again();
        let is_saved = |entry: &&HostEntry| {
            entry.session().is_some_and(|at| at.source == Source::Own && at.name == name)
        };
        let target = self.hosts.entries().iter().find(is_saved).map(|entry| entry.target.clone());
        if !self.fill(target.as_ref(), 0) {
            if let Some(field) = self.form.field(Key::Host) {
                field.set("");
            }
            self.fill(target.as_ref(), 0);
        }
        self.form.focus(Key::List);
        self.counts = true;
        self.say(Tone::Good, say!(connection_saved, name = shown(name)));
    }

    fn only_ours(&mut self) -> DialogAction {
        self.say(Tone::Warn, say!(connection_only_ours));
        DialogAction::Stay
    }

    fn only_sessions(&mut self) -> DialogAction {
        self.say(Tone::Warn, say!(connection_only_sessions));
        DialogAction::Stay
    }
}

/// The session with the options that were entered; those that were left alone are its own.
fn with_options(profile: &Profile, entered: &Entered) -> Result<Profile> {
    let mut profile = profile.clone();
    profile.port = entered.port_number()?.or(profile.port);
    let family = match entered.family {
        AddressChoice::Auto => None,
        AddressChoice::V4 => Some("inet"),
        AddressChoice::V6 => Some("inet6"),
    };
    if let Some(family) = family {
        let keyword = Keyword::AddressFamily.name();
        let is_other = |option: &String| {
            split_keyword(option).is_none_or(|(name, _)| !name.eq_ignore_ascii_case(keyword))
        };
        profile.options.retain(is_other);
        profile.options.push(format!("{keyword}={family}"));
    }
    // What the session says of pastes takes precedence, as when it connects.
    let cleared = (!entered.confirm_paste).then_some(false);
    profile.confirm_paste = profile.confirm_paste.or(cleared);
    Ok(profile)
}

/// Whether this is a file of tessh's own.
fn is_own(entry: &HostEntry) -> bool {
    entry.session().is_some_and(|at| at.source == Source::Own)
}

/// The name, with a number appended if a session has that name already.
fn free(store: &ProfileStore, name: &str) -> String {
    if !store.has(name) {
        return name.to_owned();
    }
    let base = match name.rsplit_once('-') {
        Some((base, digits)) if !base.is_empty() && digits.parse::<u16>().is_ok() => base,
        _ => name,
    };
    let mut numbered = (2..=MAX_NUMBERED).map(|number| format!("{base}-{number}"));
    numbered.find(|name| !store.has(name)).unwrap_or_else(|| name.to_owned())
}
