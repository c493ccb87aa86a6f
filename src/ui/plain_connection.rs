//! New connection as plain lines: numbered saved sessions and recent hosts, and one question. The
//! choices and the input are those of the dialog; sessions are edited with `tessh sessions`.

use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::Error;
use crate::terminal;
use crate::ui::hosts::{Entered, EnteredCheck, HostEntry, Hosts};
use crate::{say, text};

/// The most sessions, and the most hosts, that are listed, so that the list fits on a screen.
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
        match entry {
            Some(HostEntry::Session { at, .. }) => entered.session = Some(at.full_name()),
            Some(HostEntry::Recent(host)) => entered.host.clone_from(host),
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
    let sessions = all.clone().filter(|(_, entry)| matches!(entry, HostEntry::Session { .. }));
    let recent = all.filter(|(_, entry)| matches!(entry, HostEntry::Recent(_)));
    sessions.take(MAX_LISTED).chain(recent.take(MAX_LISTED)).map(|(at, _)| at).collect()
}

fn list(hosts: &Hosts, listed: &[usize]) -> String {
    let mut out = format!("{}\n", say!(connection_title));
    if let Some(error) = hosts.fault() {
        out.push_str(&complaint(error));
    }
    let entries = hosts.entries();
    for (heading, sessions) in
        [(say!(connection_lines_sessions), true), (say!(connection_lines_recent), false)]
    {
        let of = |entry: &HostEntry| matches!(entry, HostEntry::Session { .. }) == sessions;
        let count = entries.iter().filter(|entry| of(entry)).count();
        if count == 0 {
            continue;
        }
        out.push_str(&format!("{heading}\n"));
        for (number, &at) in listed.iter().enumerate().filter(|(_, at)| of(&entries[**at])) {
            let (name, note) = hosts.shown(&entries[at]);
            let note = if sessions { format!("  {note}") } else { String::new() };
            out.push_str(&format!("  {:>2}  {name}{note}\n", number + 1));
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
    use super::*;
    use crate::os::user::UserId;
    use crate::profiles::{History, OwnSessions, Profile, ProfileStore, Sessions};

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
        history.add("old").unwrap();
        history.add("new").unwrap();
        let sessions = Sessions::new(vec![Box::new(OwnSessions(store.clone()))]);
        let mut hosts = Hosts::find(store, sessions, history);
        hosts.read_more(Duration::from_secs(60));
        let listed = listed(&hosts);
        let text = list(&hosts, &listed);
        for part in [" 1  s00  ", "line 1", " 2  s01  h\n", "and 2 more", "  21  new\n  22  old\n"]
        {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
        assert!(!text.contains("s21"), "{text}");
        assert!(text.is_ascii(), "{text}");
    }
}
