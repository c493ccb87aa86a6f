//! The dialog's input becomes the command line that would have been typed.

use super::*;

use crate::os::user::UserId;

fn line_of(base: &[&str]) -> (tempfile::TempDir, EnteredCommandLine) {
    let dir = tempfile::tempdir().unwrap();
    let store = ProfileStore::new(dir.path().to_owned(), UserId::real());
    let base = args::parse_open(base.iter().map(Into::into), false).unwrap();
    (
        dir,
        EnteredCommandLine {
            base: beforehand(&base).0,
            store,
            environment: Arc::new(ProcessEnvironment::find()),
        },
    )
}

fn entered(host: &str, port: &str, family: AddressChoice) -> Entered {
    Entered { host: host.into(), port: port.into(), family, ..Entered::default() }
}

/// These words as a command line.
fn typed(words: &[&str]) -> Typed {
    args::parse(words.iter().map(Into::into), false).unwrap()
}

#[test]
fn the_host_field_takes_what_the_command_line_takes() {
    let (_dir, line) = line_of(&[]);
    for (host, words) in [
        ("web", &["--", "web"][..]),
        ("  root@web:2222 ", &["--", "root@web:2222"]),
        ("[2001:db8::7]:2222", &["--", "[2001:db8::7]:2222"]),
        ("::1", &["--", "::1"]),
        ("ssh://u@h:22", &["--", "ssh://u@h:22"]),
        ("keygen", &["--", "keygen"]),
        ("ssh", &["--", "ssh"]),
        ("ssh web", &["--", "web"]),
        ("ssh -p 2222 -l root web", &["-p", "2222", "-l", "root", "web"]),
        ("/usr/bin/ssh web ls '-l a' \"b c\"", &["--", "web", "ls", "-l a", "b c"]),
        ("ssh keygen", &["--", "keygen"]),
        ("tessh web", &["--", "web"]),
        ("tessh connect keygen", &["--", "keygen"]),
        ("tessh --auth agent web", &["--auth", "agent", "web"]),
        ("tessh --profile web", &["--profile", "web"]),
    ] {
        let got = line.typed(&entered(host, "", AddressChoice::Auto));
        let got = got.unwrap_or_else(|error| panic!("{host}: {error}"));
        assert_eq!(got, typed(words), "{host}");
    }
}

#[test]
fn what_is_no_host_is_refused_with_a_line() {
    let (_dir, line) = line_of(&[]);
    let long = "h".repeat(10_000);
    for (host, port, said) in [
        ("", "", "empty"),
        (&*long, "", "longer than 1025"),
        ("h;rm -rf", "", "invalid characters"),
        ("root@web rm", "", "invalid characters"),
        ("h:99999", "", "Bad port"),
        ("h", "0", "Bad port"),
        ("h", "x", "Bad port"),
        ("h:22", "2222", "two ports"),
        ("ssh -p 22 h", "2222", "two ports"),
        ("ssh -6 h", "", "IPv4 and IPv6"),
        ("ssh 'h", "", "quote"),
        ("ssh -p", "", "requires an argument"),
        ("ssh -v", "", "no host"),
        ("ssh --nonsense h", "", "unknown option"),
        ("ssh -G h", "", "-G"),
        ("ssh -V", "", "-V"),
        ("ssh --password-fd 3 h", "", "--password-fd"),
        ("tessh keygen -t rsa", "", "does not connect"),
    ] {
        let family =
            if host.starts_with("ssh -6") { AddressChoice::V4 } else { AddressChoice::Auto };
        let error = line.check(&entered(host, port, family)).expect_err(host).to_string();
        assert!(error.contains(said), "{host}: {error}");
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
}

#[test]
fn port_and_addresses_are_flags_and_the_same_said_twice_is_no_fault() {
    let (_dir, line) = line_of(&[]);
    let got = line.typed(&entered("h", " 2222 ", AddressChoice::V6)).unwrap();
    assert_eq!(got, typed(&["-6", "-p", "2222", "--", "h"]));
    line.check(&entered("h:2222", "2222", AddressChoice::Auto)).unwrap();
    line.check(&entered("ssh -4 -p 022 h", "22", AddressChoice::V4)).unwrap();
    let session =
        Entered { session: Some("a b".into()), ..entered("x", "22", AddressChoice::Auto) };
    assert_eq!(line.typed(&session).unwrap(), typed(&["-p", "22", "--profile", "a b"]));
}

#[test]
fn the_name_of_a_session_need_not_be_that_of_a_host() {
    let (_dir, line) = line_of(&[]);
    let name = entered("prod/web 1", "", AddressChoice::Auto);
    line.check(&name).expect_err("no such session yet");
    let mut document = line.store.create("prod/web 1").unwrap();
    document.set(Profile { host: "h".into(), ..Profile::default() }).unwrap();
    line.store.save(&mut document).unwrap();
    line.check(&name).unwrap();
}

#[test]
fn what_tessh_was_called_with_counts_and_port_and_addresses_fill_the_fields() {
    let words = ["-v", "-p", "22", "-6", "-o", "User=u", "--auth", "agent", "--plain"];
    let base = args::parse_open(words.map(Into::into).into_iter(), false).unwrap();
    let (base, before) = beforehand(&base);
    assert_eq!((before.port.as_str(), before.family), ("22", AddressChoice::V6));
    let dir = tempfile::tempdir().unwrap();
    let line = EnteredCommandLine {
        base,
        store: ProfileStore::new(dir.path().to_owned(), 0.into()),
        environment: Arc::new(ProcessEnvironment::find()),
    };
    let got = line.typed(&Entered { host: "h".into(), ..before }).unwrap();
    let same = typed(&["-o", "User=u", "--auth", "agent", "--plain", "-6", "-p", "22", "--", "h"]);
    assert_eq!((&got.auth, got.plain, &got.destination), (&same.auth, true, &same.destination));
    for setting in same.settings {
        assert!(got.settings.contains(&setting), "{setting:?}");
    }
    assert!(got.destination_at == got.settings.len());
}

#[test]
fn box_for_pastes_is_the_flag_unless_the_session_says_otherwise() {
    let (_dir, line) = line_of(&["--confirm-paste"]);
    let mut document = line.store.create("quiet").unwrap();
    let quiet = Profile { host: "h".into(), confirm_paste: Some(false), ..Profile::default() };
    document.set(quiet).unwrap();
    line.store.save(&mut document).unwrap();
    let asks = |host: &str, confirm_paste| {
        let entered = Entered { confirm_paste, ..entered(host, "", AddressChoice::Auto) };
        line.typed(&entered).unwrap().confirm_paste
    };
    assert!(asks("h", true) && !asks("h", false), "the box has the last word");
    assert!(!asks("quiet", true) && asks("ssh --confirm-paste h", false));
    let chosen =
        Entered { session: Some("quiet".into()), confirm_paste: true, ..Entered::default() };
    assert!(!line.typed(&chosen).unwrap().confirm_paste);
    let saved = |confirm_paste| {
        let entered = Entered { confirm_paste, ..entered("h", "", AddressChoice::Auto) };
        line.profile(&entered).unwrap().confirm_paste
    };
    assert_eq!((saved(true), saved(false)), (Some(true), Some(false)));
}

#[test]
fn a_line_becomes_a_session_to_save() {
    let (_dir, line) = line_of(&[]);
    let profile = line.profile(&entered("ssh -J gate -i /k root@web", "2222", AddressChoice::Auto));
    let profile = profile.unwrap();
    assert_eq!((profile.host.as_str(), profile.port), ("web", Some(2222)));
    assert_eq!(profile.user.as_deref(), Some("root"));
    assert_eq!(profile.jump.as_deref(), Some("gate"));
    assert_eq!(profile.identity, ["/k"]);
    line.profile(&entered("ssh://u:secret@h", "", AddressChoice::Auto)).expect_err("a password");
}
