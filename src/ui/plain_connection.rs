//! New connection as plain lines: numbered, what was connected to before and then the other saved
//! sessions, and one question. The
//! choices and the input are those of the dialog; sessions are edited with `tessh sessions`.

use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::Error;
use crate::terminal;
use crate::ui::hosts::{Entered, EnteredCheck, HostEntry, HostTarget, Hosts};
use crate::{say, text};

/// The most entries of each of the two parts that are listed, so that the list fits on a screen.
const MAX_LISTED: usize = 20;
/// How long sessions are read for their notes before the list is printed.
const READING: Duration = Duration::from_millis(200);
/// How many characters of an error are shown.
const MAX_MESSAGE: usize = 400;

/// Prints the list and asks until the input can be used to connect; `None` for an empty line or the
/// end of input. `failed` is the error of the last attempt.
///
/// # Errors
/// The terminal failed or is gone.
pub fn ask(
    mut tty: &File,
    hosts: &mut Hosts,
    entered_check: &dyn EnteredCheck,
    before: &Entered,
    failed: Option<Error>,
) -> io::Result<Option<Entered>> {
    let listed = match failed {
        Some(error) => {
            tty.write_all(complaint(&error).as_bytes())?;
            listed(hosts)
        }
        None => {
            hosts.read_more(READING);
            let listed = listed(hosts);
            tty.write_all(list(hosts, &listed).as_bytes())?;
            listed
        }
    };
    loop {
        let Some(typed) = terminal::secret::read_shown(tty, &say!(connection_lines_ask))? else {
            return Ok(None);
        };
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let entry = number.and_then(|at| listed.get(at)).map(|&at| &hosts.entries()[at]);
        let mut entered = before.clone();
        match entry.map(|entry| &entry.target) {
            Some(HostTarget::Session(at)) => entered.session = Some(at.full_name()),
            Some(HostTarget::Host(host)) => {
                entered.host.clone_from(host);
                entered.is_host = true;
            }
            None => typed.clone_into(&mut entered.host),
        }
        let fault = entry.and_then(HostEntry::fault).cloned();
        match fault.or_else(|| entered_check.check(&entered).err()) {
            None => return Ok(Some(entered)),
            Some(error) => tty.write_all(complaint(&error).as_bytes())?,
        }
    }
}

/// The numbers of the listed entries, in order.
fn listed(hosts: &Hosts) -> Vec<usize> {
    let all = hosts.entries().iter().enumerate();
    let recent = all.clone().filter(|(_, entry)| entry.recent.is_some());
    let sessions = all.filter(|(_, entry)| entry.recent.is_none());
    recent.take(MAX_LISTED).chain(sessions.take(MAX_LISTED)).map(|(at, _)| at).collect()
}

fn list(hosts: &Hosts, listed: &[usize]) -> String {
    let mut out = format!("{}\n", say!(connection_title));
    if let Some(error) = hosts.fault() {
        out.push_str(&complaint(error));
    }
    let entries = hosts.entries();
    if entries.is_empty() && hosts.fault().is_none() {
        out.push_str(&format!("{}\n", say!(connection_first_run)));
    }
    for (heading, recent) in
        [(say!(connection_lines_recent), true), (say!(connection_lines_sessions), false)]
    {
        let of = |entry: &HostEntry| entry.recent.is_some() == recent;
        let count = entries.iter().filter(|entry| of(entry)).count();
        if count == 0 {
            continue;
        }
        out.push_str(&format!("{heading}\n"));
        for (number, &at) in listed.iter().enumerate().filter(|(_, at)| of(&entries[**at])) {
            let line = hosts.line(&entries[at]);
            let parts = [line.name, line.destination, line.detail].into_iter();
            let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
            out.push_str(&format!("  {:>2}  {}\n", number + 1, parts.join("  ")));
        }
        if let Some(more) = count.checked_sub(MAX_LISTED).filter(|more| *more > 0) {
            out.push_str(&format!("      {}\n", say!(connection_lines_more, count = more)));
        }
    }
    out
}

fn complaint(error: &Error) -> String {
    format!("tessh: {}\n", text::line(&error.to_string(), MAX_MESSAGE))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::os::user::UserId;
    use crate::profiles::{History, OwnSessions, Profile, ProfileStore, RecentTarget, Sessions};

    #[test]
    fn the_list_is_numbered_through_and_has_no_boxes() {
        let dir = tempfile::tempdir().unwrap();
        let uid = UserId::real();
        let store = ProfileStore::new(dir.path().join("sessions"), uid);
        for number in 0..MAX_LISTED + 2 {
            let mut document = store.create(&format!("s{number:02}")).unwrap();
            document.set(Profile { host: "h".into(), ..Profile::default() }).unwrap();
            store.save(&mut document).unwrap();
        }
        std::fs::write(dir.path().join("sessions/s00.toml"), "host = 1\n").unwrap();
        let history = History::new(dir.path().join("history"));
        for host in ["old", "new"] {
            history.add(RecentTarget::Host(host.to_owned()), SystemTime::now()).unwrap();
        }
        history.add(RecentTarget::Session("own:s03".to_owned()), SystemTime::now()).unwrap();
        let sessions = Sessions::new(vec![Box::new(OwnSessions(store.clone()))]);
        let mut hosts = Hosts::find(store, sessions, history);
        hosts.read_more(Duration::from_secs(60));
        let listed = listed(&hosts);
        let text = list(&hosts, &listed);
        for part in [
            "   1  s03  h  just now\n   2  new  just now\n   3  old  just now\n",
            "   4  s00  ",
            "line 1",
            "   5  s01  h\n",
            "and 1 more",
        ] {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
        assert!(!text.contains("s21"), "{text}");
        assert!(text.is_ascii(), "{text}");
    }
}
