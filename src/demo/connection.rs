//! One connection: who may log in, and which requests on its channels are granted.
//!
//! Session channels with `pty-req`, `env`, `shell`, `exec` and `window-change` are granted;
//! everything else is refused (RFC 4252 sections 5 to 8, RFC 4254 section 6, RFC 4256). Bytes for a
//! program go to its queue in `session`, not to the channel's queue in russh, because russh stops
//! the whole connection while one of its queues is full.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Response, Session, VerifiedPublicKey,
};
use russh::{
    Channel, ChannelId, ChannelOpenFailure, ChannelWriteHalf, MethodKind, MethodSet, Pty, Sig,
};

use super::session::{DemoProgram, Overflow, ProgramHandle, RequestedTerminal};
use super::shared::DemoState;

use crate::os::size::WindowSize;

/// The authentication methods that the server offers.
pub(super) const METHODS: [MethodKind; 3] =
    [MethodKind::PublicKey, MethodKind::Password, MethodKind::KeyboardInteractive];
/// OpenSSH's MaxSessions.
const MAX_CHANNELS: usize = 10;
/// The most variables per channel: more than there are locale variables. The packet size bounds
/// each.
const MAX_ENV: usize = 32;

/// The state of one connection.
pub(super) struct Connection {
    shared: Arc<DemoState>,
    logged_in: Arc<AtomicBool>,
    channels: HashMap<ChannelId, Slot>,
}

/// A session channel: before its program starts, what was requested for it; then the program.
enum Slot {
    Preparing {
        writer: ChannelWriteHalf<Msg>,
        terminal: Option<RequestedTerminal>,
        env: Vec<EnvPair>,
    },
    Running(ProgramHandle),
}

type EnvPair = (String, String);

impl Connection {
    pub(super) fn new(shared: Arc<DemoState>, logged_in: Arc<AtomicBool>) -> Connection {
        Connection { shared, logged_in, channels: HashMap::new() }
    }

    /// Starts the shell or a command and answers the request.
    fn run(
        &mut self,
        id: ChannelId,
        command: Option<&[u8]>,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let slot = match self.channels.remove(&id) {
            Some(Slot::Preparing { writer, terminal, env }) => {
                let program = DemoProgram { shared: self.shared.clone(), terminal, env };
                program.start(command, writer, session.handle())
            }
            Some(running) => {
                self.channels.insert(id, running);
                None
            }
            None => None,
        };
        let Some(running) = slot else { return session.channel_failure(id) };
        self.channels.insert(id, Slot::Running(running));
        session.channel_success(id)
    }

    /// Closes a channel whose program leaves too much waiting.
    fn unless_full(
        &mut self,
        id: ChannelId,
        queued: Result<(), Overflow>,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        if queued.is_err() {
            self.channels.remove(&id);
            session.close(id)?;
        }
        Ok(())
    }

    fn running(&self, id: ChannelId) -> Option<&ProgramHandle> {
        match self.channels.get(&id) {
            Some(Slot::Running(running)) => Some(running),
            _ => None,
        }
    }

    /// The answer to an attempt. A refusal names all methods again: otherwise russh removes the
    /// refused one.
    fn verdict(accepted: bool) -> Auth {
        if accepted {
            return Auth::Accept;
        }
        Auth::Reject {
            proceed_with_methods: Some(MethodSet::from(&METHODS[..])),
            partial_success: false,
        }
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(Self::verdict(self.shared.credentials.accepts_password(user, password.as_bytes())))
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(Self::verdict(self.shared.credentials.accepts_key(user, offer.public_key)))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(Self::verdict(self.shared.credentials.accepts_key(user, key.public_key)))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        let Some(mut answers) = response else {
            return Ok(Auth::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![("Password: ".into(), false)].into(),
            });
        };
        let answer = answers.next().unwrap_or_default();
        let accepted = self.shared.credentials.accepts_password(user, &answer);
        Ok(Self::verdict(accepted && answers.next().is_none()))
    }

    async fn auth_succeeded(&mut self, _session: &mut Session) -> Result<(), russh::Error> {
        self.logged_in.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        // russh does not report the close of a channel that the server closed first: remove it
        // here.
        self.channels.retain(|_, slot| !matches!(slot, Slot::Running(it) if it.is_over()));
        if self.channels.len() >= MAX_CHANNELS {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        }
        let id = channel.id();
        let (_, writer) = channel.split();
        self.channels.insert(id, Slot::Preparing { writer, terminal: None, env: Vec::new() });
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        pixels_wide: u32,
        pixels_high: u32,
        modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let Some(Slot::Preparing { terminal: terminal @ None, .. }) = self.channels.get_mut(&id)
        else {
            return session.channel_failure(id);
        };
        *terminal = Some(RequestedTerminal {
            term: term.to_owned(),
            size: WindowSize { columns, rows, width: pixels_wide, height: pixels_high },
            modes: modes.to_vec(),
        });
        session.channel_success(id)
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        name: &str,
        value: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        match self.channels.get_mut(&id) {
            Some(Slot::Preparing { env, .. }) if env.len() < MAX_ENV && allowed(name, value) => {
                env.push((name.to_owned(), value.to_owned()));
                session.channel_success(id)
            }
            _ => session.channel_failure(id),
        }
    }

    async fn shell_request(
        &mut self,
        id: ChannelId,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.run(id, None, session)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.run(id, Some(command), session)
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_failure(id)
    }

    async fn x11_request(
        &mut self,
        id: ChannelId,
        _single_connection: bool,
        _protocol: &str,
        _cookie: &str,
        _screen: u32,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_failure(id)
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        pixels_wide: u32,
        pixels_high: u32,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        if let Some(running) = self.running(id) {
            let size = WindowSize { columns, rows, width: pixels_wide, height: pixels_high };
            let queued = running.resize(size);
            self.unless_full(id, queued, session)?;
        }
        Ok(())
    }

    async fn signal(
        &mut self,
        _id: ChannelId,
        _signal: Sig,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn data(
        &mut self,
        id: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let Some(running) = self.running(id) else { return Ok(()) };
        let queued = running.feed(Bytes::copy_from_slice(data));
        self.unless_full(id, queued, session)
    }

    async fn channel_eof(
        &mut self,
        id: ChannelId,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        if let Some(running) = self.running(id) {
            let queued = running.end_of_input();
            self.unless_full(id, queued, session)?;
        }
        Ok(())
    }

    async fn channel_close(
        &mut self,
        id: ChannelId,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.remove(&id);
        Ok(())
    }
}

/// Whether the client may set this variable: only the locale; the server sets everything else.
fn allowed(name: &str, value: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    plain && (name == "LANG" || name.starts_with("LC_")) && !value.contains('\0')
}
