//! The node browser: `tessh teleport ls --browse`, and `tessh teleport` at a terminal. The node
//! that is chosen is connected to as a session that is saved for it.

use std::sync::Arc;

use super::place::tsh;
use super::save::NodeSession;
use super::words::{TeleportWords, usage};
use crate::cli::args::Typed;
use crate::cli::connect::invocation;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::sources::store;
use crate::cli::teleport::login::{SOON, TeleportLogin, shown_time_left};
use crate::cli::teleport::tsh::Tsh;
use crate::cli::{look, runtime};
use crate::error::{Error, Kind, Result, io_reason};
use crate::profiles::ProfileStore;
use crate::profiles::teleport::{TeleportCluster, TeleportNode};
use crate::say;
use crate::ui::nodes::{NodeChoice, NodeSource, Nodes};
use crate::ui::screen::Screen;
use crate::ui::screen::nodes::NodeBrowser;

/// The exit code if the person leaves without a connection, as for New connection.
const LEFT: u8 = 130;

/// Whether the browser can be shown.
pub(super) fn is_possible(environment: &ProcessEnvironment) -> bool {
    look::full_screen(environment).is_some()
}

/// Shows the nodes of a cluster, and connects to the one that is chosen.
///
/// # Errors
/// There is no terminal for it, or the connection fails.
pub(super) fn run(
    words: &TeleportWords,
    login: TeleportLogin,
    environment: ProcessEnvironment,
) -> Result<u8> {
    let no_terminal = || usage(say!(nodes_no_terminal));
    let look = look::full_screen(&environment).ok_or_else(no_terminal)?;
    let screen = Screen::open(look).map_err(|_| no_terminal())?;
    let cluster = words.cluster.clone().unwrap_or_else(|| login.profile.cluster.clone());
    let proxy = login.profile.proxy.clone();
    let source = Arc::new(TshNodes {
        tsh: tsh(&environment)?,
        store: store(&environment.context()),
        user: environment.user().to_owned(),
        login,
    });
    let browser = NodeBrowser::new(&proxy, Nodes::of(source.clone(), &cluster));
    let closed = screen.run(browser).map_err(|error| {
        Error::new(Kind::Local, say!(connection_terminal_fault, error = io_reason(&error)))
    })?;
    let Some(choice) = closed.into_chosen() else { return Ok(LEFT) };
    let name = source.save(&choice)?;
    let typed = Typed { profile: Some(format!("own:{name}")), ..Typed::default() };
    invocation::run(&typed, environment)
}

/// What tsh lists, for the browser.
struct TshNodes {
    tsh: Tsh,
    store: ProfileStore,
    user: String,
    login: TeleportLogin,
}

impl NodeSource for TshNodes {
    fn clusters(&self) -> Result<Vec<TeleportCluster>> {
        runtime::build()?.block_on(self.tsh.clusters(&self.login.profile.proxy))
    }

    fn nodes(&self, cluster: &str) -> Result<Vec<TeleportNode>> {
        let profile = &self.login.profile;
        let other = Some(cluster).filter(|cluster| *cluster != profile.cluster);
        runtime::build()?.block_on(self.tsh.nodes(&profile.proxy, other))
    }

    fn save(&self, choice: &NodeChoice) -> Result<String> {
        let node = &choice.node;
        let session = NodeSession {
            user: choice.login.clone(),
            // A name that several nodes have leads to none of them; the UUID always does.
            host: if choice.is_alone { node.hostname.clone() } else { node.id.clone() },
            port: node.port,
            cluster: choice.cluster.clone(),
            uuid: Some(node.id.clone()).filter(|id| !id.is_empty()),
        };
        session.save(&self.store, &self.login)
    }

    fn lasts(&self) -> (String, bool) {
        match self.login.remaining() {
            None => (say!(nodes_expired, command = self.login.profile.login_command()), true),
            Some(left) if left < SOON => (self.login.warning(SOON).unwrap_or_default(), true),
            Some(_) if self.login.valid_until.is_none() => (String::new(), false),
            Some(left) => (say!(nodes_lasts, left = shown_time_left(left)), false),
        }
    }

    /// The logins of the certificate; that of the local user first, if it is among them.
    fn logins(&self) -> Vec<String> {
        let mut logins = self.login.logins.clone();
        if let Some(at) = logins.iter().position(|login| *login == self.user) {
            logins[..=at].rotate_right(1);
        }
        match logins.is_empty() {
            true => vec![self.user.clone()],
            false => logins,
        }
    }
}
