//! The master of a shared connection (ControlMaster, `-M`): whether there is one, what it gets from
//! this process, and how long it runs.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use log::error;
use russh::Pty;
use tokio::io::AsyncWriteExt;

use super::background::ChildReport;
use super::context::ConnectContext;
use super::{forward, route};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::exit_code::exit_code;
use crate::cli::local::{Watcher, on_window_change};
use crate::cli::resolve::Plan;
use crate::client::Session;
use crate::client::flow::Exit;
use crate::client::forward::X11Request;
use crate::client::mux::{
    Master, MasterDisplay, MasterHost, MasterLifetime, Streams, control_path,
};
use crate::client::session::{Interlude, WindowSize};
use crate::config::{ControlMaster, ControlPersist, SessionType};
use crate::error::Result;
use crate::os::stdio::{DescriptorInput, DescriptorOutput};
use crate::os::{BorrowedDescriptor, Descriptor};
use crate::prompt::{Answer, Prompt};
use crate::terminal::{self, RemoteModes};

/// A connection that other invocations may share.
pub(super) struct SharedConnection {
    master: Arc<Master>,
    services: Arc<MasterServices>,
    _windows: Watcher,
}

/// Starts to listen if the options say so; `None` if another process listens already, which has
/// been reported.
///
/// # Errors
/// The socket cannot be created.
pub(super) fn begin(
    context: &ConnectContext<'_>,
    session: &Session,
) -> Result<Option<SharedConnection>> {
    let sharing = &context.plan.options.sharing;
    let path = match (sharing.master.value, &sharing.path.value) {
        (ControlMaster::No, _) | (_, None) => return Ok(None),
        (_, Some(path)) => path,
    };
    let Some(socket) = control_path::listen(path)? else { return Ok(None) };
    let services = Arc::new(MasterServices {
        plan: context.plan.clone(),
        environment: ProcessEnvironment::find(),
        prompt: Arc::clone(&context.prompt),
        asks: matches!(sharing.master.value, ControlMaster::Ask | ControlMaster::AutoAsk),
        occupied: AtomicBool::new(true),
        asking: Arc::default(),
    });
    let house = Arc::clone(&services);
    let master = Arc::new(Master::begin(session, socket, route::shown(context.plan), house));
    let changed = Arc::downgrade(&master);
    let windows = on_window_change(move || {
        if let Some(master) = changed.upgrade() {
            master.window_changed();
        }
    });
    Ok(Some(SharedConnection { master, services, _windows: windows }))
}

impl SharedConnection {
    /// Does the connection's own work, and continues as long as the clients need it. With
    /// ControlPersist there is no own work: the waiting parent does it as the first client.
    pub async fn around(
        &self,
        context: &ConnectContext<'_>,
        session: &Session,
        own: impl Future<Output = Result<Exit>>,
    ) -> Result<Exit> {
        let options = &context.plan.options;
        let persist = options.sharing.persist.value;
        let stays = persist != ControlPersist::No && context.has_parent();
        let nothing =
            options.session_type.value == SessionType::None && context.plan.stdio_forward.is_none();
        let keeps = match persist {
            ControlPersist::Idle(time) if stays => MasterLifetime::Idle(time),
            _ if stays || nothing => MasterLifetime::Always,
            _ => MasterLifetime::Clients,
        };
        if stays || nothing {
            match (stays, nothing) {
                // The parent sends its request to this process from here on.
                (true, false) => context.leave_terminal(ChildReport::Master)?,
                (true, true) => context.leave_terminal(ChildReport::Background)?,
                (false, _) => context.leave_if_forking()?,
            }
            self.services.occupied.store(false, Ordering::Relaxed);
            return tokio::select! {
                () = self.master.over(keeps) => Ok(Exit::Unknown),
                error = session.end() => Err(error),
            };
        }
        let exit = tokio::select! {
            exit = own => exit?,
            () = self.master.terminated() => return Ok(Exit::Unknown),
        };
        self.services.occupied.store(false, Ordering::Relaxed);
        if !matches!(exit, Exit::Escaped | Exit::HungUp) {
            tokio::select! {
                () = self.master.over(keeps) => {}
                // The own session has ended, and its exit status stays, even if the connection
                // fails now.
                _ = session.end() => {}
            }
        }
        Ok(exit)
    }

    /// Waits a moment for the clients once the connection has ended.
    pub async fn last_words(&self) {
        self.master.last_words().await;
    }
}

/// This process's services for the clients.
struct MasterServices {
    plan: Plan,
    environment: ProcessEnvironment,
    prompt: Arc<dyn Prompt>,
    /// Whether each request is confirmed by the person (ControlMaster ask, autoask).
    asks: bool,
    /// Whether the terminal is in use by the connection's own session.
    occupied: AtomicBool,
    /// Locked while a question is asked, so that there is only one at a time.
    asking: Arc<tokio::sync::Mutex<()>>,
}

impl MasterHost for MasterServices {
    fn streams(&self, fds: [Descriptor; 3], has_pty: bool) -> io::Result<Streams> {
        let [stdin, stdout, stderr] = &fds;
        let mut streams = Streams {
            stdin: Box::pin(DescriptorInput::new(stdin)?),
            stdout: Box::new(DescriptorOutput::new(stdout)?),
            stderr: Box::new(DescriptorOutput::new(stderr)?),
            put_back: None,
        };
        if has_pty && !self.plan.as_ssh && terminal::is_terminal(stdout) {
            let modes = RemoteModes::default();
            streams.stdout = Box::new(modes.watch(streams.stdout));
            let mut again = DescriptorOutput::new(stdout)?;
            streams.put_back = Some(Box::new(move || {
                Box::pin(async move {
                    // Where the terminal has gone, there is nothing to put back.
                    let _ = again.write_all(modes.back().as_bytes()).await;
                })
            }));
        }
        Ok(streams)
    }

    fn terminal(&self, fd: BorrowedDescriptor<'_>) -> (Vec<(Pty, u32)>, WindowSize) {
        (terminal::modes(fd), terminal::window_size(fd).unwrap_or_default())
    }

    fn permits(&self, name: &str) -> bool {
        let patterns = &self.plan.options.send_env;
        patterns.iter().any(|pattern| crate::pattern::matches(pattern, name))
    }

    fn agent(&self, session: &Session) -> bool {
        forward::agent(&self.plan, &self.environment, session).unwrap_or_else(|error| {
            // The client's session goes on without it.
            error!("{error}");
            false
        })
    }

    fn x11(&self) -> MasterDisplay {
        let x11 = &self.plan.options.forwarding.x11;
        match self.environment.get("DISPLAY").filter(|_| *x11.forward) {
            Some(display) => MasterDisplay::To { display, trusted: *x11.trusted },
            None => MasterDisplay::Nowhere,
        }
    }

    fn display<'a>(&'a self, session: &'a Session) -> Interlude<'a, Option<X11Request>> {
        Box::pin(forward::display(&self.plan.options, &self.environment, session))
    }

    fn allows<'a>(&'a self, question: String) -> Interlude<'a, bool> {
        Box::pin(async move {
            if !self.asks {
                return true;
            }
            // A question cannot share the keyboard with the session. An askpass program has its own
            // window.
            if self.occupied.load(Ordering::Relaxed) && self.environment.ask_pass().is_none() {
                return false;
            }
            let asking = Arc::clone(&self.asking).lock_owned().await;
            let prompt = Arc::clone(&self.prompt);
            let question = move || {
                // A question whose client has left stays until it is answered.
                let _asking = asking;
                prompt.confirm(&question)
            };
            let asked = tokio::task::spawn_blocking(question).await;
            matches!(asked, Ok(Answer::Given(true)))
        })
    }

    fn status(&self, exit: &Exit) -> u32 {
        match exit {
            Exit::Status(status) => *status,
            other => u32::from(exit_code(other)),
        }
    }
}
