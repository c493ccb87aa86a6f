//! `tessh teleport status`: the logins, from the files of tsh alone.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::place::{MAX_SHOWN, directory};
use super::words::TeleportWords;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::teleport::Teleport;
use crate::cli::log;
use crate::cli::output::{print, print_json};
use crate::cli::teleport::login::{SOON, TeleportLogin, json_time, shown_time, shown_time_left};
use crate::error::{Error, Result};
use crate::profiles::teleport::{self, ListedTshProfile};
use crate::say;
use crate::text;

/// The column in which values start.
const COLUMN: usize = 14;

/// A profile with its login, or why there is none.
struct Shown {
    name: String,
    login: Result<TeleportLogin>,
}

/// Prints the logins, the active one first.
///
/// # Errors
/// There is no active login, or it has expired or is broken; the others are printed all the same.
pub(super) fn run(words: &TeleportWords, environment: &ProcessEnvironment) -> Result<u8> {
    words.only("status", &[Teleport::Proxy, Teleport::Json])?;
    words.no_more("status")?;
    let directory = directory(environment);
    let listed = directory.profiles()?;
    let named = match &words.proxy {
        Some(proxy) => Ok(Some(proxy.clone())),
        None => directory.current(),
    };
    // A broken name of the active profile does not keep the others from being shown.
    let (active, fault) = match named {
        Ok(name) => (name, None),
        Err(error) => (None, Some(error)),
    };
    let is_active =
        |name: &str| active.as_deref().is_some_and(|active| active.split(':').next() == Some(name));
    let read = |listed: ListedTshProfile| Shown {
        name: listed.name,
        login: listed.profile.and_then(TeleportLogin::read),
    };
    let (mut first, others): (Vec<Shown>, Vec<Shown>) =
        listed.into_iter().map(read).partition(|shown| is_active(&shown.name));
    let active_login = first.pop();
    match words.json {
        true => print_json(&json_of(active_login.as_ref(), &others))?,
        false => print(&text_of(active_login.as_ref(), &others))?,
    };
    if !words.json {
        others.iter().filter_map(|it| it.login.as_ref().err()).for_each(report);
    }
    if let Some(error) = fault {
        return Err(error);
    }
    let missing = || match &active {
        Some(active) => teleport::not_logged_in(active),
        None => teleport::no_proxy(),
    };
    let login = active_login.ok_or_else(missing)?.login?;
    login.check()?;
    if let Some(warning) = login.warning(SOON) {
        log::write(&format!("tessh: {warning}"));
    }
    Ok(0)
}

fn report(error: &Error) {
    log::write(&format!("tessh: {error}"));
}

fn text_of(active: Option<&Shown>, others: &[Shown]) -> String {
    let mut out = String::new();
    let marked = active.map(|shown| (">", shown)).into_iter();
    for (mark, shown) in marked.chain(others.iter().map(|shown| (" ", shown))) {
        let Ok(login) = &shown.login else { continue };
        let profile = &login.profile;
        let _ = writeln!(out, "{mark} {}", line(&profile.address));
        let until = match (login.valid_until, login.remaining()) {
            (None, _) => say!(teleport_status_forever),
            (Some(until), None) => say!(teleport_status_expired, time = shown_time(until)),
            (Some(until), Some(left)) => {
                let (time, left) = (shown_time(until), shown_time_left(left));
                say!(teleport_status_left, time, left)
            }
        };
        for (label, value) in [
            (say!(teleport_status_user), line(&profile.user)),
            (say!(teleport_status_cluster), line(&profile.cluster)),
            (say!(teleport_status_logins), line(&login.logins.join(", "))),
            (say!(teleport_status_until), until),
        ] {
            let gap = " ".repeat(COLUMN.saturating_sub(text::columns(&label)));
            let _ = writeln!(out, "    {label}{gap}{value}");
        }
    }
    out
}

/// The object that `tsh status --format=json` prints, as far as the files tell it, and `state`.
fn json_of(active: Option<&Shown>, others: &[Shown]) -> String {
    let others: Vec<Json> = others.iter().map(one_json).collect();
    let mut all = json!({ "profiles": others });
    if let (Some(active), Some(all)) = (active, all.as_object_mut()) {
        all.insert("active".to_owned(), one_json(active));
    }
    format!("{all:#}\n")
}

fn one_json(shown: &Shown) -> Json {
    match &shown.login {
        Ok(login) => {
            let profile = &login.profile;
            let state = if login.remaining().is_some() { "valid" } else { "expired" };
            json!({
                "profile_url": format!("https://{}", profile.address),
                "proxy": profile.proxy,
                "username": profile.user,
                "cluster": profile.cluster,
                "logins": login.logins,
                "valid_until": login.valid_until.and_then(json_time),
                "remaining_seconds": login.valid_until
                    .map(|_| login.remaining().map_or(0, |left| left.as_secs())),
                "state": state,
            })
        }
        Err(error) => json!({
            "proxy": shown.name,
            "state": "broken",
            "error": error.kind().word(),
            "cause": error.cause(),
            "hint": error.next_step(),
        }),
    }
}

fn line(value: &str) -> String {
    text::line(value, MAX_SHOWN)
}
