//! An SFTP server of OpenSSH's as a child on pipes: no login, no encryption.

use std::path::Path;
use std::process::Stdio;

use tessh::sftp::{InFlight, Sftp};
use tokio::process::{Child, Command};

const SERVER: &str = "/usr/lib/openssh/sftp-server";

/// A server that starts in this directory, and a connection to it.
pub async fn sftp_server(directory: &Path) -> (Sftp, Child) {
    let mut child = Command::new(SERVER)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (reader, writer) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let (sftp, driver) = Sftp::open(reader, writer, InFlight::default()).await.unwrap();
    tokio::spawn(driver);
    (sftp, child)
}
