//! `tessh demo`: an SSH server on loopback and a login to it, through the main path.
//!
//! `--serve` runs only the server. All files are in temporary directories that are removed
//! afterwards; the user's known_hosts and keys are not touched. The shells start in an empty
//! directory of their own. Where the administrator runs it, they are those of the user nobody: a
//! demonstration hands out no shell that can do everything.

mod guide;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use russh::keys::ssh_key::LineEnding;

use crate::cli::args::{self, Typed, Verb};
use crate::cli::connect::prompt;
use crate::cli::connect::session::{self, Inherited};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::output::print;
use crate::cli::{help, log, resolve, runtime};
use crate::demo::{DemoOptions, DemoServer};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::attributes;
use crate::os::private::{self, TemporaryDirectory};
use crate::os::user::{self, UserId};
use crate::say;
use crate::terminal;
use crate::trust::fingerprint;
use guide::GuidedPrompt;

/// The shell, which every system has and which takes the prompt that it is given.
const SHELL: &str = "/bin/sh";
/// Whose shells they are where the administrator runs the demonstration, and its usual ids.
const NOBODY: &str = "nobody";
const NOBODY_IDS: (u32, u32) = (65_534, 65_534);
/// What a shell reads when it starts, and what it shows then.
const PROFILE: &str = ".profile";
const HELLO: &str = ".hello";
/// A prompt that says where one is.
const PROFILE_TEXT: &str = "PS1=\"$LOGNAME@demo\\$ \"\ncat \"$HOME/.hello\"\n";

pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let serve = match typed.rest.iter().map(|word| word.to_str()).collect::<Vec<_>>()[..] {
        [] => false,
        [Some("--serve")] => true,
        [Some("--help")] => return print(&help::demo_help()),
        _ => {
            return Err(
                Error::new(Kind::Usage, say!(demo_takes_no_arguments)).hint(Verb::Demo.see_help())
            );
        }
    };
    if !serve && terminal::open_controlling().is_err() {
        return Err(
            Error::new(Kind::Usage, say!(demo_needs_terminal)).hint(say!(demo_needs_terminal_hint))
        );
    }
    let directory = TemporaryDirectory::create("tessh-demo-").map_err(|error| {
        Error::new(Kind::Local, say!(demo_no_directory, error = io_reason(&error)))
    })?;
    let home = shell_home()?;
    runtime::run_to_exit_code(async move {
        let options = options(&environment, home.path());
        if let Some(ids) = options.run_as {
            hand_over(home.path(), ids)?;
        }
        let is_nobodys = options.run_as.is_some();
        let server = DemoServer::start(options)?;
        let key = directory.path().join("id_ed25519");
        write_key(&server, &key)?;
        announce(&server, &key);
        if is_nobodys {
            log::to_stderr(&(say!(demo_as_root) + "\n\n"));
        }
        if serve {
            return std::future::pending().await;
        }
        log_in(&server, directory.path(), &environment).await
    })
}

fn failed(error: &std::io::Error) -> Error {
    Error::new(Kind::Local, say!(demo_no_directory, error = io_reason(error)))
}

/// The directory that the shells start in: it has their prompt, and what they say first.
fn shell_home() -> Result<TemporaryDirectory> {
    let home = TemporaryDirectory::create("tessh-demo-home-").map_err(|error| failed(&error))?;
    let write = |name: &str, text: &str| {
        let mut file = private::create_file(&home.path().join(name))?;
        file.write_all(text.as_bytes())
    };
    let written = write(PROFILE, PROFILE_TEXT);
    written
        .and_then(|()| write(HELLO, &(say!(demo_hello) + "\n")))
        .map_err(|error| failed(&error))?;
    Ok(home)
}

/// Gives the directory of the shells to their user; itself last, so that until then nobody else can
/// put anything in the place of a file.
fn hand_over(home: &Path, (user, group): (u32, u32)) -> Result<()> {
    let all = [home.join(PROFILE), home.join(HELLO), home.to_owned()];
    let given = all.iter().try_for_each(|path| attributes::set_owner(path, user, group));
    given.map_err(|error| failed(&error))
}

fn options(environment: &ProcessEnvironment, home: &Path) -> DemoOptions {
    let passed = ["PATH", "LANG", "LC_ALL"];
    let env =
        environment.all().into_iter().filter(|(name, _)| passed.contains(&name.as_str())).collect();
    let is_root = UserId::effective().is_root();
    let run_as = is_root.then(|| user::account_of(NOBODY).map_or(NOBODY_IDS, |nobody| nobody.ids));
    DemoOptions {
        shell: SHELL.into(),
        home: home.to_owned(),
        user: if run_as.is_some() { NOBODY.to_owned() } else { environment.user().to_owned() },
        run_as,
        env,
        address: std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0)),
    }
}

/// Writes the key for the login, readable only by the user.
fn write_key(server: &DemoServer, path: &Path) -> Result<()> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::new(Kind::Local, say!(key_not_written, value = path.display(), why = error))
    };
    let text = server.identity().to_openssh(LineEnding::LF).map_err(|error| failed(&error))?;
    let file = private::create_file(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| failed(&error))
}

fn announce(server: &DemoServer, key: &Path) {
    let address = server.address();
    let host_key = server.host_key();
    log::to_stderr(
        &(say!(
            demo_welcome,
            address,
            user = server.user(),
            password = server.password().expose(),
            key = key.display(),
            kind = fingerprint::type_name(host_key),
            fingerprint = fingerprint::sha256(host_key),
            port = address.port(),
            ip = address.ip()
        ) + "\n\n"),
    );
}

async fn log_in(
    server: &DemoServer,
    directory: &Path,
    environment: &ProcessEnvironment,
) -> Result<u8> {
    let known_hosts = directory.join("known_hosts");
    let address = server.address();
    let words = [
        "--auth".to_owned(),
        "ask".to_owned(),
        "-F".to_owned(),
        "none".to_owned(),
        "-o".to_owned(),
        format!("UserKnownHostsFile={}", known_hosts.display()),
        "-o".to_owned(),
        "GlobalKnownHostsFile=none".to_owned(),
        "-o".to_owned(),
        format!("IdentityFile={}", directory.join("id_ed25519").display()),
        "-p".to_owned(),
        address.port().to_string(),
        "-l".to_owned(),
        server.user().to_owned(),
        "--".to_owned(),
        address.ip().to_string(),
    ];
    let typed = args::parse(words.into_iter().map(Into::into), false)?;
    let plan = resolve::resolve(&typed, &environment.context())?;
    log::start(plan.options.log_level.value, None)?;
    let password = server.password().expose().to_owned();
    let prompt = prompt::choose(&plan, &typed, environment);
    let prompt = Arc::new(GuidedPrompt { prompt, password });
    let code = session::run_plan(&plan, Inherited::default(), environment, prompt, || {}).await?;
    log::to_stderr(&(say!(demo_over) + "\n"));
    Ok(code)
}
