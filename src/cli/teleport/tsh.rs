//! Finding and running tsh: with a deadline, and with bounds on what it prints.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use ::log::debug;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::cli::environment;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::process::{ProcessId, ended_by_signal};
use crate::os::signal::Signal;
use crate::profiles::teleport::{
    self, MAX_TSH_OUTPUT, TeleportCluster, TeleportNode, TshTarget, diagnose,
};
use crate::say;
use crate::text;

/// How long tsh may take to list something.
const DEADLINE: Duration = Duration::from_secs(10);
/// How much of its standard error is kept, in bytes; the last of it.
const MAX_ERRORS: usize = 16 * 1024;
/// How many characters of what it said are shown.
const MAX_SHOWN: usize = 300;
/// The program's name.
const NAME: &str = "tsh";

/// Teleport's client on this machine.
#[derive(Clone, Debug)]
pub struct Tsh {
    program: PathBuf,
}

/// What tsh printed, and how it ended.
struct TshOutput {
    stdout: Vec<u8>,
    /// Its standard error as it came.
    stderr: Vec<u8>,
    /// `None` if it had printed too much, and its end was not waited for.
    status: Option<ExitStatus>,
}

impl Tsh {
    /// Finds tsh: the path that the settings name, or else in PATH.
    ///
    /// # Errors
    /// [`Kind::Local`], with the next step: it is not there.
    pub fn find(configured: Option<&Path>, path: Option<&OsStr>) -> Result<Tsh> {
        let missing =
            |cause: String| Error::new(Kind::Local, cause).hint(say!(teleport_no_tsh_hint));
        if let Some(program) = configured {
            return match program.is_file() {
                true => Ok(Tsh { program: program.to_owned() }),
                false => Err(missing(say!(teleport_no_tsh_there, path = text::path(program)))),
            };
        }
        let found = environment::on_path(NAME, path);
        found.map(|program| Tsh { program }).ok_or_else(|| missing(say!(teleport_no_tsh)))
    }

    /// Its path.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The nodes of a cluster: the one that the proxy's profile has selected, or this one.
    ///
    /// # Errors
    /// tsh does not start, takes longer than 10 seconds, prints more than 64 MiB, or prints no
    /// list: then with the cause that it gave.
    pub async fn nodes(&self, proxy: &str, cluster: Option<&str>) -> Result<Vec<TeleportNode>> {
        let mut arguments = words(&["ls", "--format=json"]);
        arguments.push(format!("--proxy={proxy}").into());
        arguments.extend(cluster.map(|cluster| format!("--cluster={cluster}").into()));
        let leaf = cluster.map(str::to_owned);
        let target = TshTarget { proxy: proxy.to_owned(), leaf, ..TshTarget::default() };
        self.list(&arguments, &target, teleport::nodes).await
    }

    /// The clusters that the proxy leads to, the root cluster first.
    ///
    /// # Errors
    /// Those of [`Tsh::nodes`].
    pub async fn clusters(&self, proxy: &str) -> Result<Vec<TeleportCluster>> {
        let mut arguments = words(&["clusters", "--format=json"]);
        arguments.push(format!("--proxy={proxy}").into());
        let target = TshTarget { proxy: proxy.to_owned(), ..TshTarget::default() };
        self.list(&arguments, &target, teleport::clusters).await
    }

    /// Runs tsh for a list. The list counts even if tsh fails afterwards.
    async fn list<T>(
        &self,
        arguments: &[OsString],
        target: &TshTarget,
        read: fn(&[u8]) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        let output = self.run(arguments).await?;
        let Some(status) = output.status else {
            let limit = MAX_TSH_OUTPUT >> 20;
            return Err(Error::new(Kind::Local, say!(teleport_tsh_too_much, limit))
                .hint(say!(teleport_tsh_slow_hint)));
        };
        match read(&output.stdout) {
            Ok(list) => Ok(list),
            Err(_) if !status.success() => Err(failure(status, &output.stderr, target)),
            Err(error) => Err(error),
        }
    }

    /// Runs tsh without input, and reads what it prints.
    async fn run(&self, arguments: &[OsString]) -> Result<TshOutput> {
        debug!("Running {} {arguments:?}", self.program.display());
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.not_started(&error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let errors = tokio::spawn(last_of(stderr));
        let work = async {
            let stdout = first_of(stdout).await;
            if stdout.len() > MAX_TSH_OUTPUT {
                return TshOutput { stdout, stderr: Vec::new(), status: None };
            }
            let stderr = errors.await.unwrap_or_default();
            TshOutput { stdout, stderr, status: child.wait().await.ok() }
        };
        let output = timeout(DEADLINE, work).await;
        let done = output.as_ref().is_ok_and(|output| output.status.is_some());
        if !done {
            kill(&child);
        }
        output.map_err(|_| {
            let seconds = DEADLINE.as_secs();
            Error::new(Kind::Timeout, say!(teleport_tsh_too_slow, seconds))
                .hint(say!(teleport_tsh_slow_hint))
        })
    }

    /// Runs `tsh login` in this terminal, for as long as it takes.
    ///
    /// # Errors
    /// tsh does not start.
    pub async fn log_in(&self, arguments: &[OsString]) -> Result<ExitStatus> {
        debug!("Running {} login", self.program.display());
        let mut command = Command::new(&self.program);
        command.arg("login").args(arguments);
        command.status().await.map_err(|error| self.not_started(&error))
    }

    fn not_started(&self, error: &std::io::Error) -> Error {
        let (path, reason) = (text::path(&self.program), io_reason(error));
        Error::new(Kind::Local, say!(teleport_tsh_not_started, path, reason))
            .hint(say!(teleport_no_tsh_hint))
    }
}

/// Ends a child with all that it has started, which may hold its output open.
fn kill(child: &Child) {
    let id = child.id().and_then(ProcessId::of);
    for process in id.map(ProcessId::with_descendants).unwrap_or_default() {
        process.tell(Signal::Kill);
    }
}

/// Reads up to one byte more than the bound.
async fn first_of(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // A failure is the end: what has been read decides.
        let _ = stream.take(MAX_TSH_OUTPUT as u64 + 1).read_to_end(&mut bytes).await;
    }
    bytes
}

/// Reads all, and keeps the last of it.
async fn last_of(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let (mut kept, mut piece) = (Vec::new(), [0; 4096]);
    let Some(mut stream) = stream else { return kept };
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        kept.extend_from_slice(&piece[..read]);
        let surplus = kept.len().saturating_sub(MAX_ERRORS);
        kept.drain(..surplus);
    }
    kept
}

/// The error for a tsh that failed: what its words mean, or the words.
fn failure(status: ExitStatus, stderr: &[u8], target: &TshTarget) -> Error {
    let said = text::block_bytes(stderr, MAX_ERRORS, usize::MAX);
    let line = essence(&said);
    if let Some(error) = diagnose(&said, target) {
        let cause = say!(teleport_tsh_cause, cause = error.cause(), line);
        let hint = error.next_step().map(str::to_owned);
        return Error::new(error.kind(), cause).hint(hint.unwrap_or_default());
    }
    let how = match (status.code(), ended_by_signal(status)) {
        (Some(code), _) => say!(route_command_status, code),
        (None, Some((signal, _))) => say!(route_command_signal, signal),
        (None, None) => status.to_string(),
    };
    let cause = match line.is_empty() {
        true => say!(teleport_tsh_failed, how),
        false => say!(teleport_tsh_failed_saying, how, line),
    };
    Error::new(Kind::Local, cause).hint(say!(teleport_tsh_failed_hint))
}

/// The line that says what failed: the last that begins with `ERROR:`, or else the last.
fn essence(said: &str) -> String {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().rfind(|line| line.starts_with("ERROR:"));
    text::line(error.or_else(|| lines().next_back()).unwrap_or_default(), MAX_SHOWN)
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_line_that_matters_is_found() {
        assert_eq!(
            essence("hint\nERROR: no matching hosts found\n\nmore\n"),
            "ERROR: no matching hosts found"
        );
        assert_eq!(essence("one\ntwo\n\n"), "two");
        assert_eq!(essence(""), "");
    }

    #[test]
    fn tsh_is_found_in_path_or_where_the_settings_say() {
        let [dir, before] = [(), ()].map(|()| tempfile::tempdir().unwrap());
        let program = dir.path().join("tsh");
        std::fs::write(&program, "").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        // What may not be run is passed over for a program.
        std::fs::write(before.path().join("tsh"), "").unwrap();
        let path = [before.path(), dir.path()].map(|place| place.display().to_string()).join(":");
        let path = format!("relative:/nowhere:{path}");
        let found = Tsh::find(None, Some(OsStr::new(&path))).unwrap();
        assert_eq!(found.program(), program);
        assert!(Tsh::find(None, Some(OsStr::new("/nowhere"))).is_err());
        assert!(Tsh::find(None, None).is_err());
        assert!(Tsh::find(Some(Path::new("/nowhere/tsh")), Some(OsStr::new(&path))).is_err());
    }
}
