//! The test beds: a server, a home, and a key in the home that logs in. Most tests begin with
//! one.

use std::path::{Path, PathBuf};

use super::{DEMO_USER, Demo, Home, Pty, Run, Sshd, USER, arg, strs};

/// OpenSSH's server, a home that knows it and a key that it takes.
pub struct Bed {
    pub sshd: Sshd,
    pub home: Home,
    pub key: PathBuf,
}

impl Bed {
    /// With these lines in sshd_config.
    pub fn new(lines: &[&str]) -> Bed {
        Bed::of(Sshd::start(lines))
    }

    /// With a server that has been prepared.
    pub fn of(sshd: Sshd) -> Bed {
        let home = Home::knowing(&sshd);
        let key = home.key("id", &["ed25519"], "");
        sshd.authorize(&key, "");
        Bed { sshd, home, key }
    }

    /// What logs in with the key: these options, then a command.
    pub fn words(&self, options: &[&str], command: &[&str]) -> Vec<String> {
        let login = ["--auth", "publickey", "-i", arg(&self.key)];
        self.sshd.to(&[&login, options].concat(), command)
    }

    /// The program logging in with the key, without anybody to ask.
    pub fn run(&self, options: &[&str], command: &[&str]) -> Run {
        let words = self.words(&[&["-o", "BatchMode=yes"], options].concat(), command);
        self.home.tessh(&strs(&words))
    }

    /// The program logging in with the key on a terminal.
    pub fn on_pty(&self, options: &[&str], command: &[&str]) -> Pty {
        self.home.on_pty(&strs(&self.words(options, command)))
    }

    /// A Host block of ssh_config for these names of the server, and these lines more, for
    /// OpenSSH's programs as well as ours.
    pub fn host_block(&self, names: &str, more: &[&str]) -> String {
        let known = self.home.path(".ssh/known_hosts");
        let mut block = format!(
            "Host {names}
 HostName 127.0.0.1
 Port {}
 User {USER}
 IdentityFile {}
 UserKnownHostsFile {}
",
            self.sshd.port(),
            arg(&self.key),
            arg(&known),
        );
        for line in more {
            block.push_str(&format!(" {line}\n"));
        }
        block
    }
}

/// The demo server and a home with its identity, which logs in.
pub struct DemoBed {
    pub demo: Demo,
    pub home: Home,
    pub key: PathBuf,
}

impl DemoBed {
    /// The home knows the server.
    pub fn new() -> DemoBed {
        let bed = DemoBed::unknown();
        bed.home.write(".ssh/known_hosts", &bed.demo.known_hosts());
        bed
    }

    /// The home knows the server; the identity is locked.
    pub fn locked(passphrase: &str) -> DemoBed {
        let bed = DemoBed::new();
        bed.demo.write_identity(&bed.home, Some(passphrase));
        bed
    }

    /// The home does not know the server.
    pub fn unknown() -> DemoBed {
        let (demo, home) = (Demo::start(), Home::new());
        let key = demo.write_identity(&home, None);
        DemoBed { demo, home, key }
    }

    /// What logs in with the identity: these options, then a command.
    pub fn words(&self, options: &[&str], command: &[&str]) -> Vec<String> {
        let (port, host) = (self.demo.port(), format!("{DEMO_USER}@127.0.0.1"));
        let login = ["--auth", "publickey", "-i", arg(&self.key), "-p", &port];
        let words = [&login, options, &[&host], command].concat();
        words.into_iter().map(str::to_owned).collect()
    }

    /// The program logging in with the identity, without a terminal.
    pub fn run(&self, options: &[&str], command: &[&str]) -> Run {
        self.home.tessh(&strs(&self.words(options, command)))
    }

    /// The program logging in on a terminal, where it asks in lines.
    pub fn in_lines(&self, options: &[&str], command: &[&str]) -> Pty {
        let words = self.words(&[&["--plain"], options].concat(), command);
        self.home.on_pty(&strs(&words))
    }

    /// The program logging in on a terminal in this locale, where it asks in dialogs.
    pub fn in_dialogs(&self, options: &[&str], locale: &str) -> Pty {
        self.home.on_pty_with(&strs(&self.words(options, &[])), &[("LANG", locale)])
    }

    /// The shell on a terminal, once it prompts; what is asked is asked in lines.
    pub fn shell(&self, options: &[&str]) -> Pty {
        let pty = self.in_lines(options, &[]);
        pty.wait_for("demo$");
        pty
    }
}

/// A key's `SHA256:…` as ssh-keygen says it.
pub fn fingerprint(key: &Path) -> String {
    let line = super::tool("/usr/bin/ssh-keygen", &["-l", "-f", arg(key)]);
    line.split_whitespace().nth(1).unwrap().to_owned()
}
