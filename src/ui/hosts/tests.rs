//! The list of hosts: sessions and history in, entries and what is shown of them out.

use std::path::Path;
use std::time::SystemTime;

use super::*;
use crate::os::user::UserId;
use crate::profiles::{OpenSshHost, OpenSshHosts, OwnSessions};

fn store(dir: &tempfile::TempDir) -> ProfileStore {
    ProfileStore::new(dir.path().join("sessions"), UserId::real())
}

/// Own sessions, hosts of ssh_config(5), and what was connected to, newest first.
fn hosts(sessions: &[Profile], config: &[&str], recent: &[&str]) -> (tempfile::TempDir, Hosts) {
    let dir = tempfile::tempdir().unwrap();
    let store = store(&dir);
    for profile in sessions {
        // The note of these is their name.
        let mut document = store.create(profile.note.as_deref().unwrap()).unwrap();
        document.set(Profile { note: None, ..profile.clone() }).unwrap();
        store.save(&mut document).unwrap();
    }
    let history = History::new(dir.path().join("history"));
    for name in recent.iter().rev() {
        let target = match qualified(name) {
            Some(_) => RecentTarget::Session((*name).to_owned()),
            None => RecentTarget::Host((*name).to_owned()),
        };
        let two_hours = Duration::from_secs(2 * 3600 + 60);
        assert!(history.add(target, SystemTime::now() - two_hours).unwrap());
    }
    let hosts = found_in(store, config, history);
    (dir, hosts)
}

fn found_in(store: ProfileStore, config: &[&str], history: History) -> Hosts {
    let host = |name: &&str| OpenSshHost {
        name: (*name).to_owned(),
        file: Path::new("config").into(),
        hostname: Some(format!("{name}.example.net")).filter(|_| name.starts_with('z')),
        user: None,
        port: None,
    };
    let names: Vec<_> = config.iter().map(host).collect();
    let config = OpenSshHosts::new("config".into(), Box::new(move || names.clone()));
    let sessions = Sessions::new(vec![Box::new(OwnSessions(store.clone())), Box::new(config)]);
    Hosts::find(store, sessions, history)
}

/// A session of this name and host.
fn named(name: &str, host: &str) -> Profile {
    Profile { host: host.to_owned(), note: Some(name.to_owned()), ..Profile::default() }
}

fn found(hosts: &Hosts, typed: &str) -> Vec<String> {
    let found = hosts.matching(&HostSearch::new(typed)).into_iter();
    found.map(|at| hosts.entries()[at].name().to_owned()).collect()
}

/// The entries, each with its mark.
fn marked(hosts: &Hosts) -> Vec<(HostMark, String)> {
    let line = |entry| hosts.line(entry);
    hosts.entries().iter().map(line).map(|line| (line.mark, line.name)).collect()
}

#[test]
fn what_was_connected_to_comes_first_then_sessions_by_name() {
    let all = [named("web", "w"), named("db", "d"), named("app", "a")];
    let recent = ["z", "own:web", "zeta", "own:gone", "a"];
    let (_dir, mut hosts) = hosts(&all, &["zeta", "alpha"], &recent);
    hosts.read_more(Duration::from_secs(60));
    use HostMark::{Config, Own, Recent};
    let wanted = [
        (Recent, "z"),
        (Recent, "web"),
        (Recent, "zeta"),
        (Recent, "a"),
        (Config, "alpha"),
        (Own, "app"),
        (Own, "db"),
    ];
    assert_eq!(marked(&hosts), wanted.map(|(mark, name)| (mark, name.to_owned())));
    let lines: Vec<_> = hosts.entries().iter().map(|entry| hosts.line(entry)).collect();
    assert_eq!((lines[1].destination.as_str(), lines[1].detail.as_str()), ("w", "2 h ago"));
    assert_eq!(lines[2].detail, "2 h ago  ~/.ssh/config");
    assert_eq!((lines[4].destination.as_str(), lines[4].detail.as_str()), ("", "~/.ssh/config"));
    // The host of ssh_config(5) is named with its source, whatever else is named so.
    assert_eq!(hosts.entries()[2].session().unwrap().full_name(), "openssh:zeta");
}

#[test]
fn a_session_and_a_host_of_one_name_are_two_entries() {
    let (_dir, hosts) = hosts(&[named("web", "w")], &["web"], &["own:web", "web", "anna@web"]);
    let entries = hosts.entries().iter();
    let targets: Vec<_> = entries
        .map(|entry| match &entry.target {
            HostTarget::Session(at) => at.full_name(),
            HostTarget::Host(host) => host.clone(),
        })
        .collect();
    assert_eq!(targets, ["own:web", "openssh:web", "anna@web"]);
}

#[test]
fn a_few_letters_find_what_is_meant() {
    let all =
        [named("web-prod", "10.0.0.1"), named("web-test", "10.0.0.2"), named("cobweb", "10.0.0.3")];
    let (_dir, mut hosts) = hosts(&all, &[], &["root@db.example.org"]);
    hosts.read_more(Duration::from_secs(60));
    assert!(hosts.is_complete());
    for (typed, names) in [
        ("web", &["web-prod", "web-test", "cobweb"][..]),
        ("WEB-T", &["web-test"]),
        ("wp", &["web-prod"]),
        ("0.0.3", &["cobweb"]),
        ("db.ex", &["root@db.example.org"]),
        ("zzz", &[]),
    ] {
        assert_eq!(found(&hosts, typed), names, "{typed}");
    }
}

#[test]
fn every_word_must_be_found_in_name_host_user_tags_or_note() {
    let (dir, _) = hosts(&[], &[], &[]);
    let store = store(&dir);
    let text = "host = \"Host190.example.org\"\nuser = \"deploy\"\ntags = [\"prod\"]\n\
                note = \"Rack 1\\nleft of the door\"\n";
    store.save(&mut store.create("srv-190").unwrap()).unwrap_err();
    std::fs::create_dir_all(store.directory()).unwrap();
    std::fs::write(store.directory().join("srv-190.toml"), text).unwrap();
    std::fs::write(store.directory().join("srv-19.toml"), "host = \"h\"\n").unwrap();
    let mut hosts = found_in(store, &["zeta"], History::new(dir.path().join("history")));
    hosts.read_more(Duration::from_secs(60));
    for typed in ["prod 19", "19 PROD", "rack deploy", "door host190 srv", "deploy@host190 1"] {
        assert_eq!(found(&hosts, typed), ["srv-190"], "{typed}");
    }
    assert_eq!(found(&hosts, "19"), ["srv-19", "srv-190"]);
    assert_eq!(found(&hosts, "19 nowhere"), [""; 0]);
    assert_eq!(found(&hosts, "ssh/config"), ["zeta"]);
    // A host of ssh_config(5) is found and shown with its HostName.
    assert_eq!(found(&hosts, "example.net zet"), ["zeta"]);
    let zeta = hosts.entries().iter().find(|entry| entry.name() == "zeta").unwrap();
    assert_eq!(hosts.line(zeta).destination, "zeta.example.net");
    // A word of the note is not made of scattered letters.
    assert_eq!(found(&hosts, "lotd"), [""; 0]);
    let entry = hosts.entries().iter().find(|entry| entry.name() == "srv-190").unwrap();
    let line = hosts.line(entry);
    assert_eq!(line.destination, "deploy@Host190.example.org");
    assert_eq!(line.detail, "#prod  Rack 1 left of the door");
}

#[test]
fn thousands_of_sessions_are_not_read_before_the_first_screen() {
    let names: Vec<String> = (0..2_000).map(|n| format!("s{n:04}")).collect();
    let (dir, _) = hosts(&[named("s0000", "h")], &[], &[]);
    let store = store(&dir);
    for name in &names {
        let file = store.directory().join(format!("{name}.toml"));
        std::fs::write(file, "host = \"h\"\ntags = [\"many\"]\n").unwrap();
    }
    let history = History::new(dir.path().join("history"));
    history.add(RecentTarget::Session("own:s1999".to_owned()), SystemTime::now()).unwrap();
    let mut hosts = found_in(store, &[], history);
    let unread = |hosts: &Hosts| hosts.entries().iter().filter(|it| it.said.is_none()).count();
    assert_eq!(unread(&hosts), 2_000);
    hosts.read_more(Duration::ZERO);
    assert_eq!(unread(&hosts), 1_999);
    assert!(hosts.entries()[0].said.is_some(), "the first of the list is read first");
    hosts.read_first(Duration::from_secs(60), 30);
    assert_eq!(unread(&hosts), 1_970);
    assert_eq!(found(&hosts, "s1998"), ["s1998"], "found by name all the same");
    // Listing them again forgets nothing.
    hosts.look_again();
    assert_eq!((unread(&hosts), hosts.is_complete()), (1_970, false));
    assert_eq!(found(&hosts, "many").len(), 30);
}

#[test]
fn a_broken_file_is_there_with_its_line_and_the_others_work() {
    let (dir, _) = hosts(&[named("good", "h")], &[], &[]);
    let store = store(&dir);
    let directory = store.directory();
    std::fs::write(directory.join("bad.toml"), "host = \"h\"\nport = \"x\"\n").unwrap();
    std::fs::write(directory.join("b@d.toml"), "host = \"h\"\n").unwrap();
    let mut hosts = found_in(store, &[], History::new(dir.path().join("history")));
    hosts.read_more(Duration::from_secs(60));
    let faults: Vec<_> = hosts.entries().iter().map(|it| it.fault().is_some()).collect();
    assert_eq!(found(&hosts, ""), ["b@d.toml", "bad", "good"]);
    assert_eq!(faults, [true, true, false]);
    let line = hosts.line(&hosts.entries()[1]);
    assert!(line.is_broken && line.detail.starts_with("! cannot be used: bad.toml line 2: "));
}
