//! `tessh trust check HOST`: connects up to and including the key exchange, and shows how the host
//! would be judged. Logs in only to jump hosts, asks nobody about a key, and writes nothing.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::json;

use super::words::{NOTHING, TrustWords};
use crate::cli::args::Typed;
use crate::cli::connect::context::ConnectContext;
use crate::cli::connect::{enter, prompt};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::output::{print, print_json};
use crate::cli::resolve::Plan;
use crate::cli::{log, resolve, runtime};
use crate::client::state::RememberedLogins;
use crate::config::{StrictHostKeyChecking, UpdateHostKeys};
use crate::error::{Error, Kind, Result};
use crate::prompt::Prompt;
use crate::say;
use crate::trust::fingerprint::{self, Hash};
use crate::trust::{HostStanding, Judgement, Verdict};
use crate::ui::evidence;

/// The exit code if it cannot be decided whether the host is trusted.
const CANNOT_TELL: u8 = 2;

pub(super) fn run(words: &TrustWords, environment: ProcessEnvironment) -> Result<u8> {
    words.only("check", &[])?;
    let typed = words.host_alone("check")?;
    let plan = plan(typed.clone(), &environment)?;
    let prompt = prompt::choose(&plan, &typed, &environment);
    let json = words.json;
    runtime::run_to_exit_code(async move {
        match judge(&plan, &environment, &prompt).await {
            Ok(judgement) => tell(&judgement, json),
            Err(error) => tell_failure(&error, json),
        }
    })
}

/// The plan of a connection that changes no file.
pub(super) fn plan(mut typed: Typed, environment: &ProcessEnvironment) -> Result<Plan> {
    // There is no login to the host, so nothing is prepared for one.
    typed.auth = Some("none".to_owned());
    typed.command.clear();
    let mut plan = resolve::resolve(&typed, &environment.context())?;
    log::start(plan.options.log_level.value, typed.log_file.as_deref())?;
    let mut before = plan.via.as_deref_mut();
    while let Some(host) = before {
        // On jump hosts too, nobody is asked about a key, and none is written.
        host.options.strict_host_key_checking.value = StrictHostKeyChecking::Yes;
        host.options.update_host_keys.value = UpdateHostKeys::No;
        before = host.via.as_deref_mut();
    }
    Ok(plan)
}

/// Connects and returns the judgement.
pub(super) async fn judge(
    plan: &Plan,
    environment: &ProcessEnvironment,
    prompt: &Arc<dyn Prompt>,
) -> Result<Judgement> {
    let remembered = RememberedLogins::default();
    let context = ConnectContext::new(plan, environment, Arc::clone(prompt), &remembered);
    enter::judge(&context).await
}

fn tell(judgement: &Judgement, json: bool) -> Result<u8> {
    match json {
        true => print_json(&format!("{:#}\n", judgement.json()))?,
        false => print(&page(judgement))?,
    };
    Ok(match judgement.standing() {
        HostStanding::Trusted => 0,
        HostStanding::NotTrusted => NOTHING,
        HostStanding::CannotTell => CANNOT_TELL,
    })
}

/// Reports a failure. A host key that is never trusted (too short, or a wrong proof) means not
/// trusted; any other failure means that it cannot be decided.
fn tell_failure(error: &Error, json: bool) -> Result<u8> {
    let (standing, code) = match error.kind() {
        Kind::HostKey => (HostStanding::NotTrusted, NOTHING),
        _ => (HostStanding::CannotTell, CANNOT_TELL),
    };
    if json {
        let object = json!({
            "standing": standing.word(),
            "error": error.kind().word(),
            "cause": error.cause(),
            "hint": error.next_step(),
        });
        print_json(&format!("{object:#}\n"))?;
    } else {
        log::fatal(&error.to_string());
    }
    Ok(code)
}

/// The key, the records that were checked, and the verdict.
pub(super) fn page(judgement: &Judgement) -> String {
    let Judgement { host, algorithm, evidence, .. } = judgement;
    let kind = fingerprint::type_name(&evidence.offered);
    let sha256 = fingerprint::sha256(&evidence.offered);
    let name = evidence.subject.entry_name();
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{}", say!(trust_check_key, host, name, kind, sha256, algorithm));
    for line in evidence::lines(evidence, Hash::Sha256).iter().skip(1) {
        let _ = writeln!(out, "  {}", line.text);
    }
    let _ = writeln!(out, "{}", verdict(judgement));
    out
}

fn verdict(judgement: &Judgement) -> String {
    let [headline, _] = evidence::summary(&judgement.host, &judgement.evidence);
    match (judgement.standing(), &judgement.verdict) {
        (HostStanding::Trusted, _) => {
            say!(trust_check_trusted, why = judgement.because().unwrap_or_default())
        }
        (HostStanding::CannotTell, _) => say!(trust_check_cannot_tell),
        (_, Verdict::Reject(reason)) => say!(trust_check_rejected, reason),
        (_, Verdict::AcceptAndRecord) => say!(trust_check_would_record),
        (_, Verdict::AcceptRestricted) => say!(trust_check_restricted, why = headline.text),
        _ => say!(trust_check_would_ask, why = headline.text),
    }
}
