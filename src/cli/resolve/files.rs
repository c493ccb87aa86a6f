//! The files of ssh_config(5) that apply to a command line.

use std::path::PathBuf;

use crate::cli::args::Typed;
use crate::config::{self, ConfigFile, Context, FileKind};

/// The system's configuration file.
const SYSTEM_CONFIG: &str = "/etc/ssh/ssh_config";

/// The files to read: only the one of `-F`, or the user's and the system's.
pub fn files(typed: &Typed, context: &Context) -> Vec<ConfigFile> {
    match &typed.config_file {
        Some(word) if word.as_os_str().eq_ignore_ascii_case("none") => Vec::new(),
        Some(path) => vec![ConfigFile { path: path.clone(), kind: FileKind::Named }],
        None => {
            let user = config::user_directory(context).join("config");
            vec![
                ConfigFile { path: user, kind: FileKind::User },
                ConfigFile { path: PathBuf::from(SYSTEM_CONFIG), kind: FileKind::System },
            ]
        }
    }
}
