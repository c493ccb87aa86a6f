//! The authentication dialog: the person chooses one method, and nothing is sent before OK.
//!
//! Rows that do not belong to the chosen method are disabled, and so are methods that the server
//! does not accept. What is typed for one method is still there after another one was looked at,
//! and a choice moves the focus to what it needs. A key is unlocked in the dialog, on a separate thread, so that a wrong
//! passphrase is reported at once.

use std::any::Any;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::field::TextField;
use super::files::Files;
use super::form::{DialogForm, FormRow, Happened, Item, Widget};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::config::Method;
use crate::keys::KeyFile;
use crate::prompt::{Attempt, LoginAnswer, LoginCredential, LoginQuestion, MethodOffer, User};
use crate::say;
use crate::ui::login::{self, Unlocking};

/// The number of the agent's keys that are visible at once.
const AGENT_LINES: u16 = 3;
/// The most lines of a banner in the dialog.
const BANNER_LINES: usize = 4;
/// Clears the clipboard and the selection (xterm control sequences, OSC 52).
const CLEAR_CLIPBOARD: &[u8] = b"\x1b]52;c;\x1b\\\x1b]52;p;\x1b\\";
/// The group of the methods' radio buttons.
const METHODS: u8 = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Status,
    User,
    Password,
    Passphrase,
    Show,
    Clear,
    Method(Method),
    File,
    FileNote,
    AgentKeys,
    Again,
    Remember,
    Forward,
    Ok,
    Browse,
    Disconnect,
}

/// The dialog; after it has closed, it contains its answer.
pub(in crate::ui) struct LoginDialog {
    /// The person was warned that the password is empty; the next Enter sends it.
    sends_empty: bool,
    form: DialogForm<Key>,
    question: LoginQuestion,
    /// The key file that the field names, or why it cannot be used.
    examined: Option<Result<KeyFile, String>>,
    /// A path and its text in the field, if the two differ.
    written: Option<(String, PathBuf)>,
    work: Option<Receiver<Unlocking>>,
    turns: usize,
    is_lost: bool,
    answer: Option<LoginAnswer>,
}

impl LoginDialog {
    /// `banner` is the last text from the server, sanitised; it is usually empty.
    pub(in crate::ui) fn new(question: LoginQuestion, banner: &str) -> LoginDialog {
        let written = question
            .key_file
            .as_ref()
            .map(|path| (login::short(path, &question.home), path.clone()));
        let mut form = DialogForm::new(say!(login_title), rows(&question, banner, &written));
        form.hints = vec![("F2", say!(login_browse))];
        let mut dialog = LoginDialog {
            form,
            question,
            examined: None,
            written,
            work: None,
            turns: 0,
            sends_empty: false,
            is_lost: false,
            answer: None,
        };
        dialog.examine();
        dialog.begin();
        dialog
    }

    /// The person's answer; `None` means Disconnect.
    pub(in crate::ui) fn into_answer(self) -> Option<LoginAnswer> {
        self.answer
    }

    fn is_asking_user(&self) -> bool {
        matches!(self.question.user, User::Proposed(_))
    }

    fn method(&self) -> Option<Method> {
        let mut methods = self.question.methods.iter().map(|offer| offer.method);
        methods.find(|&method| self.form.is_on(Key::Method(method)))
    }

    /// Sets the initial focus.
    fn begin(&mut self) {
        if self.is_asking_user() {
            self.say(&[(Tone::Plain, say!(login_user_first))]);
        }
        self.adapt();
        let focus = match self.method() {
            _ if self.is_asking_user() => Key::User,
            Some(_) => self.needed().unwrap_or(Key::Ok),
            None => Key::Disconnect,
        };
        self.form.focus(focus);
    }

    /// What the chosen method needs from the person, if anything.
    fn needed(&self) -> Option<Key> {
        match self.method()? {
            Method::Password => Some(Key::Password),
            Method::PublicKey => match &self.examined {
                Some(Ok(file)) if file.is_encrypted() => Some(Key::Passphrase),
                Some(Ok(_)) => None,
                _ => Some(Key::File),
            },
            Method::Agent => Some(Key::AgentKeys),
            Method::KeyboardInteractive | Method::None => None,
        }
    }

    /// Enables the rows of the chosen method, and disables the others, which say why.
    fn adapt(&mut self) {
        let asking_user = self.is_asking_user();
        let method = self.method().filter(|_| !asking_user);
        let by_key = method == Some(Method::PublicKey);
        self.adapt_secret(method);
        match asking_user {
            true => self.form.enable(Key::User, true),
            false => self.form.disable(Key::User, say!(login_user_settled)),
        }
        self.form.enable(Key::File, by_key);
        self.form.enable(Key::AgentKeys, method == Some(Method::Agent));
        let why = match (method, self.question.remember) {
            (Some(Method::KeyboardInteractive), _) => Some(say!(login_nothing_to_remember)),
            (Some(_), None) => Some(say!(login_remember_later)),
            _ => None,
        };
        match why {
            Some(why) => self.form.disable(Key::Remember, why),
            None => self.form.enable(Key::Remember, method.is_some()),
        }
        self.form.enable(Key::Again, method.is_some());
        self.form.enable(Key::Forward, method.is_some() && self.question.forward.is_some());
    }

    /// Shows the field of the chosen method's secret: the passphrase's for a key file, else the
    /// password's.
    fn adapt_secret(&mut self, method: Option<Method>) {
        let by_key = method == Some(Method::PublicKey);
        let is_open = matches!(&self.examined, Some(Ok(file)) if !file.is_encrypted());
        let (own, other) = match by_key {
            true => (Key::Passphrase, Key::Password),
            false => (Key::Password, Key::Passphrase),
        };
        self.form.leave_out(own, false);
        self.form.leave_out(other, true);
        let why = match method {
            Some(Method::PublicKey) if is_open => Some(say!(login_secret_open)),
            Some(Method::PublicKey | Method::Password) => None,
            Some(_) => Some(say!(login_secret_unused)),
            None => Some(String::new()),
        };
        let is_used = why.is_none();
        if let Some(why) = why {
            self.form.disable(own, why);
        }
        for key in [Key::Show, Key::Clear] {
            self.form.enable(key, is_used);
        }
    }

    fn say(&mut self, lines: &[(Tone, String)]) {
        self.form.set_text(Key::Status, lines.to_vec());
    }

    /// Reports a local error, and that nothing was sent to the server.
    fn fault(&mut self, what: String, focus: Key) -> DialogAction {
        self.say(&[(Tone::Danger, what), (Tone::Plain, say!(login_nothing_sent))]);
        self.form.focus(focus);
        DialogAction::Stay
    }

    fn path(&self) -> Option<PathBuf> {
        let typed = self.form.text(Key::File);
        match &self.written {
            _ if typed.is_empty() => None,
            Some((text, path)) if text == typed => Some(path.clone()),
            _ => Some(login::expand(typed, &self.question.home)),
        }
    }

    /// Reads the key file that the field names.
    fn examine(&mut self) {
        self.examined = self.path().map(|path| login::read_key(&path));
        let note = match &self.examined {
            None => Vec::new(),
            Some(Ok(file)) => vec![(Tone::Plain, login::describe(file))],
            Some(Err(why)) => vec![(Tone::Warn, why.clone())],
        };
        self.form.set_text(Key::FileNote, note);
    }

    /// Accepts the user name and closes, because the server must be asked for its methods next.
    fn settle_user(&mut self) -> DialogAction {
        let name = self.form.text(Key::User).trim().to_owned();
        if name.is_empty() {
            return self.fault(say!(login_user_missing), Key::User);
        }
        self.answer = Some(LoginAnswer::User(name));
        DialogAction::Close
    }

    /// Handles OK: makes exactly the chosen attempt, once.
    fn submit(&mut self) -> DialogAction {
        if self.is_lost {
            return DialogAction::Close;
        }
        if self.is_asking_user() {
            return self.settle_user();
        }
        match self.method() {
            Some(Method::Password) if self.is_empty_by_accident() => {
                self.sends_empty = true;
                self.fault(say!(login_empty_password), Key::Password)
            }
            Some(Method::Password) => {
                let secret = self.form.field(Key::Password).map(TextField::take_secret);
                secret.map_or(DialogAction::Stay, |secret| {
                    self.attempt(LoginCredential::Password(secret))
                })
            }
            Some(Method::KeyboardInteractive) => self.attempt(LoginCredential::Interactive),
            Some(Method::Agent) => {
                let at = self.form.selected(Key::AgentKeys);
                let key = self.question.agent.held().get(at).cloned();
                key.map_or(DialogAction::Stay, |key| {
                    self.attempt(LoginCredential::Agent(Box::new(key)))
                })
            }
            Some(Method::PublicKey) => self.unlock(),
            Some(Method::None) | None => {
                self.form.notice(say!(login_none_usable));
                self.form.focus(Key::Disconnect);
                DialogAction::Stay
            }
        }
    }

    /// Whether the password is empty and the person was not warned yet.
    fn is_empty_by_accident(&mut self) -> bool {
        let empty = self.form.field(Key::Password).is_none_or(|field| field.is_empty());
        empty && !self.question.handed_over && !self.sends_empty
    }

    fn attempt(&mut self, credential: LoginCredential) -> DialogAction {
        let remember = self.form.is_on(Key::Remember) && self.question.remember.is_some();
        let forward = self.form.is_on(Key::Forward) && self.question.forward.is_some();
        let again = self.form.is_on(Key::Again);
        let attempt = Attempt { credential, remember, again, forward };
        self.answer = Some(LoginAnswer::Attempt(Box::new(attempt)));
        DialogAction::Close
    }

    fn unlock(&mut self) -> DialogAction {
        // The file may have changed since it was read.
        self.examine();
        let file = match self.examined.take() {
            None => return self.fault(say!(login_key_file_missing), Key::File),
            Some(Err(why)) => return self.fault(why, Key::File),
            Some(Ok(file)) => file,
        };
        if !file.is_encrypted() {
            return self.opened(login::open(file, None));
        }
        if self.form.field(Key::Passphrase).is_none_or(|field| field.is_empty()) {
            self.examined = Some(Ok(file));
            return self.fault(say!(login_key_passphrase), Key::Passphrase);
        }
        let Some(passphrase) = self.form.field(Key::Passphrase).map(TextField::take_secret) else {
            return DialogAction::Stay;
        };
        let (done, work) = channel();
        // The key derivation takes as long as the creator of the file chose.
        thread::spawn(move || done.send(login::open(file, Some(&passphrase))));
        self.work = Some(work);
        self.turns = 0;
        self.say(&[(Tone::Strong, say!(login_unlocking))]);
        DialogAction::Stay
    }

    fn opened(&mut self, opened: Unlocking) -> DialogAction {
        match opened {
            Unlocking::Key(key) => self.attempt(LoginCredential::Key(key)),
            Unlocking::WrongPassphrase(error) => {
                self.examine();
                self.fault(error.to_string(), Key::Passphrase)
            }
            Unlocking::Unusable(error) => {
                self.examine();
                self.fault(error.to_string(), Key::File)
            }
        }
    }

    /// Opens the file picker; a file that is picked chooses the method as well.
    fn browse(&mut self) -> DialogAction {
        if self.is_lost {
            return DialogAction::Stay;
        }
        let methods = &self.question.methods;
        let offer = methods.iter().find(|offer| offer.method == Method::PublicKey);
        let why = match offer {
            _ if self.is_asking_user() => say!(login_user_first),
            None => say!(login_note_not_accepted),
            Some(offer) if !offer.is_usable() => login::note(&self.question, offer),
            Some(_) => String::new(),
        };
        if !why.is_empty() {
            let label = login::label(Method::PublicKey);
            self.form.notice(say!(choice_unusable, label, why));
            return DialogAction::Stay;
        }
        DialogAction::Open(Box::new(Files::new(self.path(), &self.question.home)))
    }

    fn changed(&mut self, key: Key) {
        match key {
            Key::Show => {
                let shown = self.form.is_on(Key::Show);
                for key in [Key::Password, Key::Passphrase] {
                    if let Some(field) = self.form.field(key) {
                        field.show(shown);
                    }
                }
            }
            Key::File => {
                self.examine();
                self.adapt();
            }
            Key::Method(_) => {
                self.adapt();
                self.form.focus(self.needed().unwrap_or(key));
            }
            _ => {}
        }
    }

    /// Handles events while a key is being unlocked: only leaving is possible.
    fn handle_at_work(&mut self, event: &Event) -> DialogAction {
        let leaves = matches!(event, Event::Key(KeyEvent { code: KeyCode::Esc, .. }));
        if leaves { DialogAction::Close } else { DialogAction::Stay }
    }
}

impl Component for LoginDialog {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        if self.work.is_some() {
            return self.handle_at_work(event);
        }
        if self.is_asking_user() && self.form.focused() == Some(Key::User) && leaves_field(event) {
            return self.settle_user();
        }
        let clears = matches!(event, Event::Paste(_))
            && matches!(self.form.focused(), Some(Key::Password | Key::Passphrase))
            && self.form.is_on(Key::Clear);
        match self.form.handle(event) {
            Happened::Changed(key) => self.changed(key),
            Happened::Pressed(Key::Ok) | Happened::Entered(_) => return self.submit(),
            Happened::Pressed(Key::Browse)
            | Happened::Unused(KeyEvent { code: KeyCode::F(2), .. }) => return self.browse(),
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            Happened::Nothing | Happened::Unused(_) => {}
        }
        if clears { DialogAction::Write(CLEAR_CLIPBOARD.to_vec()) } else { DialogAction::Stay }
    }

    fn resumed(&mut self, closed: Box<dyn Any>) -> DialogAction {
        if let Ok(files) = closed.downcast::<Files>()
            && let Some(path) = files.into_picked()
        {
            let text = login::short(&path, &self.question.home);
            if let Some(field) = self.form.field(Key::File) {
                field.set(&text);
            }
            self.written = Some((text, path));
            self.form.choose(Key::Method(Method::PublicKey));
            self.examine();
            self.adapt();
            self.form.focus(self.needed().unwrap_or(Key::File));
        }
        DialogAction::Stay
    }

    /// Always busy: the connection may be lost at any time.
    fn is_busy(&self) -> bool {
        true
    }

    fn turn(&mut self) -> DialogAction {
        if !self.is_lost
            && let Some(why) = (self.question.lost)()
        {
            self.is_lost = true;
            self.work = None;
            self.say(&[(Tone::Danger, say!(login_lost, why))]);
            self.form.focus(Key::Disconnect);
        }
        let Some(work) = &self.work else { return DialogAction::Stay };
        match work.try_recv() {
            Ok(opened) => {
                self.work = None;
                self.opened(opened)
            }
            Err(TryRecvError::Empty) => {
                self.turns += 1;
                let dots = ".".repeat(self.turns / 4 % 4);
                self.say(&[(Tone::Strong, format!("{}{dots}", say!(login_unlocking)))]);
                DialogAction::Stay
            }
            // The thread panicked, which has been reported.
            Err(TryRecvError::Disconnected) => {
                self.work = None;
                self.examine();
                self.say(&[]);
                DialogAction::Stay
            }
        }
    }
}

/// Whether a key ends the input in a field.
fn leaves_field(event: &Event) -> bool {
    matches!(
        event,
        Event::Key(KeyEvent { code: KeyCode::Enter | KeyCode::Tab | KeyCode::Down, kind, .. })
            if *kind != KeyEventKind::Release
    )
}

fn rows(
    question: &LoginQuestion,
    banner: &str,
    written: &Option<(String, PathBuf)>,
) -> Vec<FormRow<Key>> {
    let mut rows: Vec<_> = login::heading(question)
        .into_iter()
        .map(|(tone, text)| FormRow::text(tone, text))
        .collect();
    if !banner.trim().is_empty() {
        rows.push(FormRow::text(Tone::Server, beginning(banner)));
    }
    rows.extend([
        FormRow::lines(Key::Status, Vec::new()),
        FormRow::field(Key::User, say!(login_user), TextField::new(question.user.name())),
        FormRow::field(Key::Password, say!(login_password), TextField::secret()),
        FormRow::field(Key::Passphrase, say!(login_passphrase), TextField::secret()),
        FormRow::check(Key::Show, false, say!(login_show)).indented(2),
        FormRow::check(Key::Clear, false, say!(login_clear)).indented(2),
    ]);
    let path = written.as_ref().map_or("", |(text, _)| text);
    rows.extend(question.methods.iter().flat_map(|offer| method_rows(question, offer, path)));
    let forward = match question.forward {
        Some(_) => say!(login_forward),
        None => say!(login_forward_unavailable),
    };
    rows.extend([
        FormRow::check(Key::Again, question.again, say!(login_again)),
        FormRow::check(Key::Remember, question.remember == Some(true), say!(login_remember)),
        FormRow::check(Key::Forward, question.forward == Some(true), forward),
        FormRow::buttons(vec![
            (Key::Ok, 'o', say!(ok)),
            (Key::Browse, 'b', say!(login_browse)),
            (Key::Disconnect, 'd', say!(login_disconnect)),
        ]),
    ]);
    rows
}

/// The radio button of a method, and the rows that it needs.
fn method_rows(question: &LoginQuestion, offer: &MethodOffer, path: &str) -> Vec<FormRow<Key>> {
    let on = question.preselected == Some(offer.method);
    let mut button =
        FormRow::radio(Key::Method(offer.method), METHODS, on, login::label(offer.method))
            .with_access(letter(offer.method))
            .noted(login::note(question, offer));
    button.enabled = offer.is_usable();
    match offer.method {
        Method::PublicKey => vec![
            button,
            FormRow::field(Key::File, say!(login_key_file), TextField::new(path)).indented(4),
            FormRow::lines(Key::FileNote, Vec::new()).indented(4),
        ],
        Method::Agent => vec![button, agent_keys(question).indented(4)],
        _ => vec![button],
    }
}

/// The letter that chooses a method.
fn letter(method: Method) -> char {
    match method {
        Method::Password | Method::None => 'p',
        Method::PublicKey => 'k',
        Method::Agent => 'a',
        Method::KeyboardInteractive => 'i',
    }
}

/// The first lines of a banner; all of it is on the main screen.
fn beginning(banner: &str) -> String {
    let lines: Vec<_> = banner.trim_end().lines().collect();
    let mut text = lines[..lines.len().min(BANNER_LINES)].join("\n");
    if lines.len() > BANNER_LINES {
        text.push_str("\n...");
    }
    text
}

fn agent_keys(question: &LoginQuestion) -> FormRow<Key> {
    let item = |key| {
        let (text, note) = login::held(key);
        Item { text, note }
    };
    let items: Vec<_> = question.agent.held().iter().map(item).collect();
    let height = u16::try_from(items.len()).unwrap_or(AGENT_LINES).min(AGENT_LINES);
    let mut row = FormRow::list(Key::AgentKeys, items, height);
    if let Widget::List { selected, .. } = &mut row.widget {
        *selected = question.agent_key;
    }
    row
}

#[cfg(test)]
pub(super) mod tests;
