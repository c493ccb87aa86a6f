//! The process's environment: variables, home, user, shell. It is read only here.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::client::host_key::sshfp;
use crate::config::{self, Context};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::host;
use crate::os::process::is_program;
use crate::os::user::{self, UserId};
use crate::say;
use crate::text;
use crate::trust::FirstSeen;
use crate::trust::authority;
use crate::ui::plain::AskPass;

/// How many characters of a variable an error shows.
const MAX_SHOWN: usize = 64;

/// The process's environment.
pub struct ProcessEnvironment {
    home: PathBuf,
    user: String,
    shell: PathBuf,
}

impl ProcessEnvironment {
    /// Reads the environment. HOME and SHELL come from the passwd entry if they are not set.
    pub fn find() -> ProcessEnvironment {
        let entry = user::account();
        let (name, home, shell) = match entry {
            Some(entry) => (entry.name, entry.home, entry.shell),
            None => (String::new(), PathBuf::from("/"), PathBuf::new()),
        };
        let path = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
        let usable = |path: &PathBuf| !path.as_os_str().is_empty();
        ProcessEnvironment {
            home: path("HOME").filter(usable).unwrap_or(home),
            user: name,
            shell: path("SHELL")
                .filter(usable)
                .or(Some(shell).filter(usable))
                .unwrap_or_else(|| PathBuf::from("/bin/sh")),
        }
    }

    /// A variable, if it is set and UTF-8.
    pub fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// All variables that are UTF-8.
    pub fn all(&self) -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The home directory.
    pub fn home(&self) -> &PathBuf {
        &self.home
    }

    /// The directory for state: `$XDG_STATE_HOME/tessh`, by default in `~/.local/state`.
    pub fn state(&self) -> PathBuf {
        let base = self.get("XDG_STATE_HOME").map(PathBuf::from);
        let base = base.filter(|path| path.is_absolute());
        base.unwrap_or_else(|| self.home.join(".local/state")).join("tessh")
    }

    /// The file that notes when keys were first written.
    pub fn first_seen(&self) -> FirstSeen {
        FirstSeen::at(self.state().join("first-seen"))
    }

    /// The user's name on this machine.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The user's shell.
    pub fn shell(&self) -> PathBuf {
        self.shell.clone()
    }

    /// The values for expanding configuration files and tokens.
    pub fn context(&self) -> Context {
        Context {
            home: self.home.clone(),
            local_user: self.user.clone(),
            local_host: host::name(),
            uid: UserId::real(),
            env: Box::new(|name| std::env::var(name).ok()),
        }
    }

    /// The records of authorities: `$XDG_CONFIG_HOME/tessh/authorities`, by default in `~/.config`.
    /// A variable that is not an absolute path is ignored.
    pub fn authorities(&self) -> authority::AuthorityStore {
        let base = self.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let base = base.filter(|path| path.is_absolute());
        let base = base.unwrap_or_else(|| self.home.join(".config"));
        authority::AuthorityStore::new(authority::directory(&base), UserId::real())
    }

    /// The identities that are tried if none is named.
    pub fn default_identities(&self) -> Vec<PathBuf> {
        config::default_identity_files(&self.context())
    }

    /// The DNS servers and the trusted keys for SSHFP records. TESSH_DNS_SERVER (`address:port`)
    /// and TESSH_DNS_ANCHORS (a file of DNSKEY records) replace those of the system and the root:
    /// for tests and for networks with a root of their own.
    pub fn dns_resolver(&self) -> Result<sshfp::Resolver> {
        let set = |name: &str| self.get(name).filter(|value| !value.is_empty());
        let mut resolver = sshfp::Resolver::default();
        if let Some(text) = set("TESSH_DNS_SERVER") {
            let server = text.parse().map_err(|_| {
                let shown = text::line(&text, MAX_SHOWN);
                Error::new(Kind::Usage, say!(dns_server_bad, shown)).hint(say!(dns_server_bad_hint))
            })?;
            resolver.server = Some(server);
        }
        resolver.anchors = set("TESSH_DNS_ANCHORS").map(PathBuf::from);
        Ok(resolver)
    }

    /// The program that asks for secrets instead of the terminal.
    pub fn ask_pass(&self) -> Option<AskPass> {
        ask_pass(&|name| self.get(name))
    }
}

/// The first program of this name in the directories of a PATH, those that are named from the root;
/// where there is none, the first file of the name, which may not be run and will say so.
pub(super) fn on_path(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let places = path.map(std::env::split_paths).into_iter().flatten();
    let files = places.filter(|place| place.is_absolute()).map(|place| place.join(name));
    let files: Vec<_> = files.filter(|file| file.is_file()).collect();
    files.iter().find(|file| is_program(file)).or(files.first()).cloned()
}

/// The directory in which the program was started.
///
/// # Errors
/// [`Kind::Local`]: it has gone.
pub fn working_directory() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| directory_gone(&error))
}

/// A path as an absolute one, without looking whether it exists.
///
/// # Errors
/// [`Kind::Local`]: the working directory has gone.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| directory_gone(&error))
}

fn directory_gone(error: &std::io::Error) -> Error {
    Error::new(Kind::Local, say!(sessions_no_directory, error = io_reason(error)))
}

/// The askpass program, following ssh(1)'s rules for SSH_ASKPASS and SSH_ASKPASS_REQUIRE: it is
/// used if it is forced, or if there is a display; with `prefer` instead of the terminal, too.
pub(super) fn ask_pass(get: &dyn Fn(&str) -> Option<String>) -> Option<AskPass> {
    let set = |name: &str| get(name).filter(|value| !value.is_empty());
    let program = set("SSH_ASKPASS")?;
    let always = match get("SSH_ASKPASS_REQUIRE").unwrap_or_default().to_ascii_lowercase().as_str()
    {
        "never" => return None,
        "force" => true,
        word => {
            set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY"))?;
            word == "prefer"
        }
    };
    Some(AskPass { program: PathBuf::from(program), always })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_asks_where_there_is_a_display_or_it_is_forced() {
        for (required, display, wanted) in [
            ("", ":0", Some(false)),
            ("", "", None),
            ("prefer", ":0", Some(true)),
            ("Prefer", "", None),
            ("force", "", Some(true)),
            ("never", ":0", None),
            ("else", ":0", Some(false)),
        ] {
            let found = ask_pass(&|name| match name {
                "SSH_ASKPASS" => Some("/usr/bin/ask".to_owned()),
                "SSH_ASKPASS_REQUIRE" => Some(required.to_owned()),
                "DISPLAY" => Some(display.to_owned()),
                _ => None,
            });
            assert_eq!(found.map(|found| found.always), wanted, "{required} {display}");
        }
    }
}
