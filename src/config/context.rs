//! The facts that the configuration depends on besides its text. The caller provides them: this
//! room neither reads the environment nor asks the system for the user.

use std::path::PathBuf;

use crate::os::user::UserId;

/// Looks up an environment variable.
pub type EnvironmentLookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The facts that the configuration depends on besides its text.
pub struct Context {
    /// The home directory of the local user, for `~` and `%d`.
    pub home: PathBuf,
    /// The local user's name, for `%u`, `Match localuser` and as the default of User.
    pub local_user: String,
    /// The local host name with its domain, for `%l` and `%L`.
    pub local_host: String,
    /// The local user's id, for `%i` and the ownership of the files.
    pub uid: UserId,
    /// The environment, for `${NAME}` and `$NAME` where ssh_config(5) allows them.
    pub env: EnvironmentLookup,
}

/// The directory of the user's own files, `~/.ssh`.
pub fn user_directory(context: &Context) -> PathBuf {
    context.home.join(".ssh")
}
