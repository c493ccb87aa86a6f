//! `tessh demo`: an SSH server on loopback and a login to it, through the main path.
//!
//! `--serve` runs only the server. All files are in a temporary directory that is removed
//! afterwards; the user's known_hosts and keys are not touched.

use std::io::Write;
use std::path::Path;

use russh::keys::ssh_key::LineEnding;

use crate::cli::args::{self, Typed};
use crate::cli::connect::prompt;
use crate::cli::connect::session::{self, Inherited};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::{log, resolve, runtime};
use crate::demo::{DemoOptions, DemoServer};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private::{self, TemporaryDirectory};
use crate::say;
use crate::terminal;
use crate::trust::fingerprint;

pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let serve = match typed.rest.iter().map(|word| word.to_str()).collect::<Vec<_>>()[..] {
        [] => false,
        [Some("--serve")] => true,
        _ => {
            return Err(Error::new(Kind::Usage, say!(demo_takes_no_arguments)));
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
    runtime::run_to_exit_code(async move {
        let server = DemoServer::start(options(&environment))?;
        let key = directory.path().join("id_ed25519");
        write_key(&server, &key)?;
        announce(&server, &key);
        if serve {
            return std::future::pending().await;
        }
        log_in(&server, directory.path(), &environment).await
    })
}

fn options(environment: &ProcessEnvironment) -> DemoOptions {
    let passed = ["PATH", "LANG", "LC_ALL", "USER", "LOGNAME"];
    let env =
        environment.all().into_iter().filter(|(name, _)| passed.contains(&name.as_str())).collect();
    DemoOptions {
        shell: environment.shell(),
        home: environment.home().clone(),
        user: environment.user().to_owned(),
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
    let prompt = prompt::choose(&plan, &typed, environment);
    session::run_plan(&plan, Inherited::default(), environment, prompt, || {}).await
}
