//! The library's own demo server, for tests that need a server and no other program.

use std::path::PathBuf;

use russh::keys::ssh_key::{LineEnding, PrivateKey};
use tessh::demo::{DemoOptions, DemoServer};

use super::{Home, Hosted};

/// A running demo server; it ends when dropped.
pub struct Demo {
    port: u16,
    password: String,
    identity: PrivateKey,
    host_key: String,
    _hosted: Hosted,
    home: tempfile::TempDir,
}

/// The only user who can log in.
pub const DEMO_USER: &str = "someone";

impl Demo {
    /// Starts one with /bin/sh.
    pub fn start() -> Demo {
        let home = tempfile::tempdir().unwrap();
        // After /etc/profile, which has a prompt of its own.
        std::fs::write(home.path().join(".profile"), "PS1='demo$ '\n").unwrap();
        let options = DemoOptions {
            shell: "/bin/sh".into(),
            home: home.path().to_owned(),
            user: DEMO_USER.to_owned(),
            run_as: None,
            env: Vec::new(),
            address: "127.0.0.1:0".parse().unwrap(),
        };
        let (_hosted, facts) = Hosted::start(|begins| async move {
            let server = DemoServer::start(options).unwrap();
            let facts = (
                server.address().port(),
                server.password().expose().to_owned(),
                server.identity().clone(),
                server.host_key().to_openssh().unwrap(),
            );
            begins.send(facts).unwrap();
            std::future::pending::<()>().await;
        });
        let (port, password, identity, host_key) = facts;
        Demo { port, password, identity, host_key, _hosted, home }
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> String {
        self.port.to_string()
    }

    /// The user's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// A place in the directory that its shells begin in.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Its host key's fingerprint, `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        let key = russh::keys::ssh_key::PublicKey::from_openssh(&self.host_key).unwrap();
        key.fingerprint(russh::keys::HashAlg::Sha256).to_string()
    }

    /// What known_hosts must have.
    pub fn known_hosts(&self) -> String {
        format!("[127.0.0.1]:{} {}\n", self.port, self.host_key)
    }

    /// Writes the identity into a home, locked if a passphrase is given.
    pub fn write_identity(&self, home: &Home, passphrase: Option<&str>) -> PathBuf {
        let locked = passphrase.map(|passphrase| {
            self.identity.encrypt(&mut russh::keys::key::safe_rng(), passphrase).unwrap()
        });
        let key = locked.as_ref().unwrap_or(&self.identity);
        home.write("identity.pub", &key.public_key().to_openssh().unwrap());
        home.write("identity", &key.to_openssh(LineEnding::LF).unwrap())
    }
}
