//! The users of this machine: who runs this program, and their accounts.

use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;

use nix::unistd::{User, getuid};

/// The id of a user of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserId(u32);

/// The account of a user (passwd(5)).
#[derive(Clone, Debug)]
pub struct Account {
    /// The login name.
    pub name: String,
    /// The user's id, and that of the first group.
    pub ids: (u32, u32),
    /// The home directory.
    pub home: PathBuf,
    /// The shell; empty if none is set.
    pub shell: PathBuf,
}

impl UserId {
    /// The real user: the one who started this program.
    pub fn real() -> UserId {
        UserId(rustix::process::getuid().as_raw())
    }

    /// The effective user: the one who owns the files that this program creates.
    pub fn effective() -> UserId {
        UserId(rustix::process::geteuid().as_raw())
    }

    /// Whether the user is the administrator, who can read and write everything.
    pub fn is_root(self) -> bool {
        self.0 == 0
    }
}

impl From<u32> for UserId {
    fn from(number: u32) -> UserId {
        UserId(number)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The account of the real user, if the system has one. The system is asked once.
pub fn account() -> Option<Account> {
    static FOUND: OnceLock<Option<Account>> = OnceLock::new();
    FOUND.get_or_init(|| User::from_uid(getuid()).ok().flatten().map(Account::from)).clone()
}

/// The account of this name.
pub fn account_of(name: &str) -> Option<Account> {
    User::from_name(name).ok().flatten().map(Account::from)
}

impl From<User> for Account {
    fn from(user: User) -> Account {
        let ids = (user.uid.as_raw(), user.gid.as_raw());
        Account { name: user.name, ids, home: user.dir, shell: user.shell }
    }
}
