//! Saved sessions (profiles) of all sources.
//!
//! A [`SavedSession`] is a session of any source, its settings a [`Profile`]; [`Sessions`] finds it
//! among all of them. `own` has the sessions that tessh saves, one TOML file each in a directory of
//! the user's: the file names, the text and the directory. `history` has the hosts that were reached without a session,
//! and `file` writes files that must not be lost. What the values mean for a connection is not
//! known here: `cli` makes them a layer of options between the command line and ssh_config(5).
//! Comments and unknown keys stay when a session is saved again. There is no field for a password
//! or passphrase, and a file with a key of such a name is refused, so that nobody relies on one.
//!
//! ```toml
//! host = "web.example.org"            # the only field that must be there
//! port = 2222
//! user = "deploy"
//! method = "publickey"                # or a chain: ["publickey", "password"]
//! identity = ["~/.ssh/deploy"]        # paths: absolute, or from ~
//! certificate = ["~/.ssh/deploy-cert.pub"]
//! known_hosts = ["~/.ssh/known_hosts.work"]
//! fingerprints = ["SHA256:…"]         # the only host keys that are right
//! jump = "gate.example.org"           # or proxy_command = "nc %h %p"
//! proxy = "socks5h://proxy.example.org:1080"  # the way to the first host: http, socks4a, …
//! proxy_telnet_command = 'connect %host %port\n'  # what a telnet:// proxy is sent
//! host_key_name = "inner.example.org:22"  # under which the host key is looked up
//! command = "tmux attach"
//! pty = "force"                       # yes, no, force, auto
//! terminal_type = "vt220"             # instead of TERM
//! terminal_modes = ["ERASE=127"]      # or "-ERASE": not sent
//! options = ["Compression=yes"]       # what has no field of its own, as -o takes it
//! encoding = "utf-8"
//! log = "~/logs/&h-%Y%m%d"            # a template, as --log takes it
//! log_format = "text"                 # or raw
//! log_timestamp = "local"             # none, local, utc, elapsed, connection
//! confirm_paste = true                # ask before a paste of several lines is sent
//! note = "the one in the cellar"
//! tags = ["work"]
//! imported_from = "putty"             # it stands for the session of its name there
//! forwards.local = ["8080:localhost:80"]  # also remote, dynamic: as -L, -R, -D take them
//! environment.LANG = "C.UTF-8"
//! teleport = { proxy = "teleport.example.org", cluster = "example" }  # perhaps uuid
//! keepalive = { interval = 30, count = 3 }  # seconds, messages
//! algorithms.cipher = "aes256-gcm@openssh.com"  # also kex, host_key, mac
//! ```

mod export_file;
mod file;
mod history;
mod logins;
mod near;
mod openssh;
mod own;
mod profile;
pub mod putty;
mod putty_form;
mod session;
mod sources;
pub mod teleport;
pub mod winscp;

pub use history::{History, MAX_HISTORY, Recent, RecentTarget};
pub use logins::{LoginThatWorked, LoginsThatWorked};
pub use near::typing_mistakes;
pub use openssh::{AliasLookup, OpenSshHost, OpenSshHosts};
pub use own::{
    Document, MAX_NAME, MAX_PROFILES, OwnSessions, ProfileStore, ReadyDocument, TOGETHER,
    check_name, file_name, from_file_name,
};
pub use profile::{
    LOG_FORMATS, LOG_TIMESTAMPS, MAX_FILE, METHODS, PTY, Profile, TeleportMembership, Value,
};
pub use putty_form::{ExportFacts, ExportRoute, PuttyExport, putty_session};
pub use session::{SavedSession, Source, TrustPlaces, UnknownKey};
pub use sources::{ListedSession, SessionPlace, SessionSource, Sessions, qualified};
