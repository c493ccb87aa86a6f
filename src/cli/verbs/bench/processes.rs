//! The programs that are measured as processes: tessh itself and ssh, each with the same options, and
//! with the login that has worked.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tokio::process::Command;
use tokio::task::yield_now;

use crate::bench::BenchProgram;
use crate::cli::args::{Typed, TypedSetting};
use crate::cli::connect::measure::{MeasuredHost, SETTINGS, SilentCredential};
use crate::cli::flags;
use crate::config::{Keyword, Method};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private::{self, TemporaryDirectory};
use crate::profiles::Source;
use crate::say;

/// What older releases of ssh do not know and need not.
const IGNORED: &str = "SessionType,ForkAfterAuthentication,ObscureKeystrokeTiming";
/// What is set in each program beside what is set everywhere: it asks nobody, learns nothing, and says
/// only what went wrong.
const OPTIONS: &[&str] =
    &["BatchMode=yes", "StrictHostKeyChecking=yes", "LogLevel=ERROR", "EscapeChar=none"];
/// Since 9.5 ssh sends keys on a clock of 20 ms. That is a feature, not its speed.
const KEYS_AT_ONCE: &str = "ObscureKeystrokeTiming=no";
/// The bytes of an upload's file that are read before Ctrl-C is looked at again.
const READ_AT_ONCE: u64 = 16 << 20;

/// How a program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemoteSide {
    /// Without a terminal.
    Plain,
    /// With a terminal.
    Terminal,
}

/// The programs, and what their command lines are made of.
pub(super) struct MeasuredProcesses {
    tessh: PathBuf,
    ssh: Option<PathBuf>,
    /// The words for tessh and for ssh: options, up to the cipher.
    of_tessh: Vec<OsString>,
    of_ssh: Vec<OsString>,
    destination: OsString,
    host: OsString,
    /// What uploads read, and an agent's public key.
    place: TemporaryDirectory,
}

impl MeasuredProcesses {
    /// What is needed to start them; `ssh` is compared with, if it can be.
    ///
    /// # Errors
    /// A temporary file cannot be made.
    pub(super) fn new(
        host: &MeasuredHost,
        credential: &SilentCredential,
        ssh: Option<PathBuf>,
    ) -> Result<MeasuredProcesses> {
        let failed = |error: &io::Error| {
            Error::new(Kind::Local, say!(bench_no_temporary, reason = io_reason(error)))
        };
        let place = TemporaryDirectory::create("tessh-bench-").map_err(|error| failed(&error))?;
        let identity = match credential {
            SilentCredential::KeyFile(file) => Some(file.clone()),
            SilentCredential::AgentKey(key) => {
                let file = place.path().join("agent.pub");
                let line = key.to_openssh().unwrap_or_default();
                let written =
                    private::create_file(&file).and_then(|mut file| writeln!(file, "{line}"));
                written.map_err(|error| failed(&error))?;
                Some(file)
            }
            SilentCredential::Nothing => None,
        };
        let method = match credential {
            SilentCredential::KeyFile(_) => Method::PublicKey,
            SilentCredential::AgentKey(_) => Method::Agent,
            SilentCredential::Nothing => Method::None,
        };
        let identity: Vec<OsString> =
            identity.into_iter().flat_map(|file| ["-i".into(), file.into_os_string()]).collect();
        let common = common(&host.typed);
        let mut of_tessh = set();
        of_tessh.extend(common.iter().cloned());
        of_tessh.extend(own_words(&host.typed));
        of_tessh.extend(["--auth".into(), method.name().into()]);
        of_tessh.extend(identity.iter().cloned());
        let mut of_ssh: Vec<OsString> =
            vec!["-o".into(), format!("IgnoreUnknown={IGNORED}").into()];
        of_ssh.extend(set());
        of_ssh.extend(option(KEYS_AT_ONCE));
        of_ssh.extend(common);
        of_ssh.extend(places_for_ssh(host, method));
        of_ssh.extend(identity);
        Ok(MeasuredProcesses {
            tessh: std::env::current_exe().map_err(|error| failed(&error))?,
            ssh,
            of_tessh,
            of_ssh,
            destination: host.typed.destination.clone().unwrap_or_default().into(),
            host: host.plan.host.clone().into(),
            place,
        })
    }

    /// The programs that are there.
    pub(super) fn programs(&self) -> Vec<BenchProgram> {
        let ssh = self.ssh.as_ref().map(|_| BenchProgram::Ssh);
        [BenchProgram::Tessh].into_iter().chain(ssh).collect()
    }

    /// Leaves ssh out from now on.
    pub(super) fn forget_ssh(&mut self) {
        self.ssh = None;
    }

    /// The command that runs this on the server.
    pub(super) fn command(
        &self,
        program: BenchProgram,
        cipher: &str,
        (remote, side): (&str, RemoteSide),
    ) -> Command {
        let mut command = match (program, &self.ssh) {
            (BenchProgram::Ssh, Some(ssh)) => Command::new(ssh),
            _ => Command::new(&self.tessh),
        };
        match program {
            BenchProgram::Tessh => command.arg("connect").args(&self.of_tessh),
            BenchProgram::Ssh => command.args(&self.of_ssh),
        };
        command.args(["-c", cipher]);
        command.arg(if side == RemoteSide::Terminal { "-tt" } else { "-T" });
        command.arg("--");
        match program {
            BenchProgram::Tessh if self.destination.is_empty() => {}
            BenchProgram::Tessh => drop(command.arg(&self.destination)),
            BenchProgram::Ssh => drop(command.arg(&self.host)),
        }
        command.arg(remote).env_remove("TESSH_AS_SSH").kill_on_drop(true);
        command
    }

    /// A file of this many zeros, which takes no space on the disk. It is read once when it is made: the
    /// first program that reads it would otherwise pay for the pages that all others find in memory.
    ///
    /// # Errors
    /// [`Kind::Local`]: it cannot be made.
    pub(super) async fn zeros(&self, bytes: u64) -> Result<File> {
        let path = self.place.path().join(bytes.to_string());
        file_of_zeros(&path, bytes).await.map_err(|error| {
            Error::new(Kind::Local, say!(bench_no_temporary, reason = io_reason(&error)))
        })
    }
}

/// What [`MeasuredProcesses::zeros`] does. The file is read in parts, between which Ctrl-C and the end
/// of the time are seen.
async fn file_of_zeros(path: &Path, bytes: u64) -> io::Result<File> {
    if !path.exists() {
        private::create_file(path)?.set_len(bytes)?;
        let mut file = File::open(path)?;
        while io::copy(&mut Read::by_ref(&mut file).take(READ_AT_ONCE), &mut io::sink())? > 0 {
            yield_now().await;
        }
    }
    File::open(path)
}

/// Why ssh cannot be given what tessh was given; `None` if it can.
pub(super) fn obstacle_for_ssh(host: &MeasuredHost) -> Option<String> {
    let plan = &host.plan;
    let is_own = plan.profile.as_ref().is_some_and(|session| session.source != Source::OpenSsh);
    match (is_own || host.typed.profile.is_some(), plan.proxy.is_some(), plan.teleport.is_some()) {
        (true, ..) => Some(say!(bench_ssh_no_session)),
        (_, true, _) => Some(say!(bench_ssh_no_proxy)),
        (.., true) => Some(say!(bench_ssh_no_teleport)),
        _ if host.credential().is_none() => Some(say!(bench_login_asks)),
        _ => None,
    }
}

/// The options that are set in every program.
fn set() -> Vec<OsString> {
    let fixed = OPTIONS.iter().map(|text| (*text).to_owned());
    let settings = SETTINGS.iter().map(|(keyword, value)| format!("{}={value}", keyword.name()));
    fixed.chain(settings).flat_map(|text| option(&text)).collect()
}

fn option(text: &str) -> [OsString; 2] {
    ["-o".into(), text.into()]
}

/// What was typed and means the same to both programs.
fn common(typed: &Typed) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    if let Some(file) = &typed.config_file {
        words.extend(["-F".into(), file.clone().into_os_string()]);
    }
    for setting in &typed.settings {
        match setting {
            TypedSetting::Option(text) => words.extend(option(text)),
            TypedSetting::Flag { flag: "bench", .. } => {}
            TypedSetting::Flag { keyword, .. } if is_settled(*keyword) => {}
            TypedSetting::Flag { flag, value, .. } => {
                words.push((*flag).into());
                let row = flags::FLAGS.iter().find(|row| row.name == *flag);
                if row.is_some_and(|row| row.value.is_some()) {
                    words.push(value.clone().into());
                }
            }
        }
    }
    words
}

/// What bench says itself.
fn is_settled(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(keyword, K::LogLevel | K::RequestTTY | K::Ciphers | K::IdentityFile)
}

/// What was typed and only tessh knows.
fn own_words(typed: &Typed) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    for key in &typed.host_keys {
        words.extend(["--host-key".into(), key.into()]);
    }
    for (flag, value) in [("--profile", &typed.profile), ("--proxy", &typed.proxy)] {
        words.extend(value.iter().flat_map(|value| [flag.into(), value.into()]));
    }
    words
}

/// Where ssh finds what tessh has found: it may look in another home directory, and takes no port in
/// the destination. What was typed comes before this, and counts.
fn places_for_ssh(host: &MeasuredHost, method: Method) -> Vec<OsString> {
    let options = &host.plan.options;
    let files = options.user_known_hosts_files.value.iter();
    let files: Vec<String> = files.map(|file| quoted(file)).collect();
    let files = if files.is_empty() { "none".to_owned() } else { files.join(" ") };
    let method = match method {
        Method::Agent => Method::PublicKey,
        other => other,
    };
    let mut words = Vec::new();
    words.extend(option(&format!("UserKnownHostsFile={files}")));
    words.extend(option(&format!("PreferredAuthentications={}", method.name())));
    words.extend(option("IdentitiesOnly=yes"));
    words.extend(option(&format!("Port={}", options.port.value)));
    words.extend(option(&format!("User={}", options.user.value)));
    words
}

/// A path as one word of ssh_config(5), in which a percent sign begins a token.
fn quoted(file: &Path) -> String {
    format!("\"{}\"", file.to_string_lossy().replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::cli::args;

    #[test]
    fn both_programs_get_what_was_typed_and_neither_what_bench_says_itself() {
        let line = "-F none -4 -p 22 -J gate -c aes128-ctr -i key -v -o Port=5 --proxy none h";
        let words = line.split(' ').map(OsString::from);
        let mut typed = args::parse_open(words, true).unwrap();
        typed.settings.push(TypedSetting::Flag {
            flag: "bench",
            keyword: Keyword::Compression,
            value: "no".to_owned(),
            overrules: true,
        });
        let shown = common(&typed).join(&OsString::from(" "));
        assert_eq!(shown, "-F none -4 -p 22 -J gate -o Port=5");
        assert_eq!(own_words(&typed), ["--proxy", "none"]);
    }

    #[test]
    fn each_option_of_every_program_is_one_of_ssh_config() {
        for word in set().iter().skip(1).step_by(2) {
            let word = word.to_str().unwrap();
            let (name, value) = word.split_once('=').unwrap();
            assert!(Keyword::find(name).is_some() && !value.is_empty(), "{word}");
        }
        assert_eq!(quoted(Path::new("/a b/50%")), "\"/a b/50%%\"");
    }

    #[test]
    fn an_upload_of_any_size_is_made_in_parts_between_which_it_can_be_given_up() {
        let place = TemporaryDirectory::create("tessh-zeros-").unwrap();
        let path = place.path().join("zeros");
        let mut making = pin!(file_of_zeros(&path, 2 * READ_AT_ONCE + 1));
        let mut context = Context::from_waker(Waker::noop());
        for _part in 0..3 {
            assert!(making.as_mut().poll(&mut context).is_pending());
        }
        match making.as_mut().poll(&mut context) {
            Poll::Ready(Ok(file)) => {
                assert_eq!(file.metadata().unwrap().len(), 2 * READ_AT_ONCE + 1);
            }
            other => panic!("{other:?}"),
        }
    }
}
