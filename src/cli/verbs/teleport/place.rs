//! Where tsh and its files are, and the login that a verb works with.

use super::words::TeleportWords;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::settings;
use crate::cli::teleport::login;
use crate::cli::teleport::tsh::Tsh;
use crate::error::Result;
use crate::profiles::teleport::TshDirectory;

/// How many characters of one value are shown.
pub(super) const MAX_SHOWN: usize = 200;

/// The directory of tsh.
pub(super) fn directory(environment: &ProcessEnvironment) -> TshDirectory {
    login::directory(&|name| environment.get(name), environment.home())
}

/// Finds tsh.
pub(super) fn tsh(environment: &ProcessEnvironment) -> Result<Tsh> {
    let configured = settings::read(&environment.context())?.tsh;
    Tsh::find(configured.as_deref(), std::env::var_os("PATH").as_deref())
}

/// The proxy that is meant, with the login at it, which must be valid: tsh would otherwise ask for
/// one in the middle.
pub(super) fn login_at(
    words: &TeleportWords,
    environment: &ProcessEnvironment,
) -> Result<login::TeleportLogin> {
    let directory = directory(environment);
    let profile = login::profile(&directory, words.proxy.as_deref())?;
    let login = login::TeleportLogin::read(profile)?;
    login.check_time()?;
    Ok(login)
}
