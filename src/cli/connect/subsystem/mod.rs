//! The main path for files: to an SFTP client that is logged in, in place of a relay.
//!
//! A verb calls [`prepare`] before there is a runtime, [`SftpTarget::open`] in it, and
//! [`SftpConnection::close`] when it has done its work:
//!
//! ```text
//!   let target = subsystem::prepare(typed, "get", &environment)?;
//!   runtime::run_to_exit_code(async move {
//!       let connection = target.open().await?;
//!       let names = connection.sftp.open_directory(b".").await?; …
//!       connection.close().await?;
//!       Ok(0)
//!   })
//! ```
//!
//! `typed` is what connecting takes: any destination word, with the flags of connecting. A master
//! that is there is used as for any other session; otherwise the way is `enter`, in `own`.

mod connection;
mod feed;
mod own;
mod shared;
mod shell;

use super::share::{self, ShareRequest};
use super::{choice, login};
use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::log;
use crate::cli::resolve::{self, OwnConnection, Plan, ResolvedOptions};
use crate::config::{Context, Keyword};
use crate::error::Result;
use crate::os::local::UnattachedStream;
use crate::secret::Secret;
pub use connection::{SftpBeside, SftpConnection};
pub use own::around;

/// The keywords that are set whatever the files say, as sftp(1) does.
pub const SETTINGS: &[(Keyword, &str)] = &[
    (Keyword::SessionType, "subsystem"),
    (Keyword::RequestTTY, "no"),
    (Keyword::RemoteCommand, "none"),
    (Keyword::ForkAfterAuthentication, "no"),
    (Keyword::PermitLocalCommand, "no"),
    (Keyword::ClearAllForwardings, "yes"),
    (Keyword::ForwardAgent, "no"),
    (Keyword::ForwardX11, "no"),
    (Keyword::Tunnel, "no"),
];

/// A server that is about to be connected to.
pub struct SftpTarget {
    typed: Typed,
    way: Way,
}

/// How the server is reached.
enum Way {
    /// By a connection of our own, with the password that was handed over.
    Own(Box<Plan>, Option<Secret>),
    /// Through the master behind this socket, if it can be used.
    Master(UnattachedStream, Box<ShareRequest>, Box<ResolvedOptions>),
}

/// Finds out what a command line means for files: the plan, or the master that is there. Asks which
/// saved session is meant. `verb` is the flag or verb that settings are said to come from.
///
/// Blocks: it reads files, and may look names up.
///
/// # Errors
/// The command line or configuration asks for something that cannot be done.
pub fn prepare(
    typed: &Typed,
    verb: &'static str,
    environment: &ProcessEnvironment,
) -> Result<SftpTarget> {
    let context = environment.context();
    let mut typed = choice::source_chosen(typed, &context)?;
    typed.command = vec![connection::SFTP.into()];
    typed.overrule(verb, SETTINGS);
    let resolved = resolve::checked(&typed, &context)?;
    log::start_as_typed(&typed, &resolved.options)?;
    // What a terminal would need is of no use here; pinned keys need a connection of our own.
    let own = resolve::own_connection(&typed, &resolved, &context)?;
    let request = ShareRequest {
        command: resolve::command_of(&typed, &resolved)?,
        options: resolved.options.clone(),
        stdio_forward: None,
        control: None,
        own: own.filter(|own| matches!(own, OwnConnection::Pins(_))),
        puts_modes_back: !typed.as_ssh,
    };
    let way = match share::find(&request)? {
        Some(stream) => Way::Master(stream, Box::new(request), Box::new(resolved)),
        None => own_way(&typed, resolved, &context)?,
    };
    Ok(SftpTarget { typed, way })
}

/// The way without a master.
fn own_way(typed: &Typed, resolved: ResolvedOptions, context: &Context) -> Result<Way> {
    let plan = resolve::settle(typed, resolved, context)?;
    let password = login::handed_over(typed, &plan, context)?;
    Ok(Way::Own(Box::new(plan), password))
}

impl SftpTarget {
    /// Whether BatchMode forbids questions.
    pub fn is_batch(&self) -> bool {
        match &self.way {
            Way::Own(plan, _) => *plan.options.batch_mode,
            Way::Master(_, _, resolved) => *resolved.options.batch_mode,
        }
    }

    /// Connects, verifies, logs in and greets the SFTP server.
    ///
    /// # Errors
    /// The connection fails, or the server does not speak SFTP.
    pub async fn open(self) -> Result<SftpConnection> {
        let SftpTarget { typed, way } = self;
        let environment = ProcessEnvironment::find();
        let way = match way {
            Way::Master(stream, request, resolved) => {
                resolved.options.warnings.iter().for_each(|warning| ::log::warn!("{warning}"));
                let shared = shared::open(*request, stream, &environment).await?;
                if let Some(shared) = shared {
                    return Ok(shared);
                }
                let mut resolved = *resolved;
                resolved.options.warnings.clear();
                own_way(&typed, resolved, &environment.context())?
            }
            own => own,
        };
        match way {
            Way::Own(plan, password) => own::open(*plan, typed, environment, password).await,
            Way::Master(..) => Err(connection::stopped()),
        }
    }
}
