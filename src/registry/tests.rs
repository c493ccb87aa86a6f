//! The files of PuTTY, regedit and WinSCP, whole and broken.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const EXPORT: &[u8] = include_bytes!("../../tests/data/putty/putty-export.reg");
const WINSCP: &[u8] = include_bytes!("../../tests/data/putty/WinSCP.ini");
const SESSIONS: &str = "SimonTatham\\PuTTY\\Sessions";
const AUTHORITIES: &str = "SimonTatham\\PuTTY\\SshHostCAs";

fn reg(bytes: &[u8]) -> crate::error::Result<RegistryTree> {
    parse_reg(Path::new("/x.reg"), bytes)
}

/// A version 5 file with these lines.
fn wide(lines: &str) -> Vec<u8> {
    let text = format!("Windows Registry Editor Version 5.00\r\n\r\n{lines}");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

fn narrow(lines: &str) -> Vec<u8> {
    format!("REGEDIT4\n\n{lines}").into_bytes()
}

/// The first fault of a file: its own, or that of a key.
fn fault(tree: &RegistryTree, path: &str) -> String {
    let own = tree.check().err();
    let key = tree.children(path).find_map(|key| key.check().err());
    own.or(key).map_or_else(String::new, |error| error.to_string())
}

fn assert_values(key: &RegistryKey, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        match value {
            Value::Number(number) => {
                assert_eq!(key.number(name).map(i64::from), number.as_i64(), "{name}");
            }
            value => assert_eq!(key.text(name).as_deref(), value.as_str(), "{name}"),
        }
    }
}

#[test]
fn an_export_has_the_values_that_were_put_in() {
    let expected = include_str!("../../tests/data/putty/putty-export.expected.json");
    let expected: Value = serde_json::from_str(expected).unwrap();
    let tree = reg(EXPORT).unwrap();
    tree.check().unwrap();
    let sessions = expected["sessions"].as_object().unwrap();
    assert_eq!(tree.children(SESSIONS).count(), sessions.len());
    for (name, session) in sessions {
        let key = tree.children(SESSIONS).find(|key| key.name() == name).unwrap();
        key.check().unwrap();
        assert_values(&key, &session["values"]);
        assert_eq!(registry_escaped(name), session["registry_key"].as_str().unwrap());
    }
    for (name, record) in expected["hostcas"].as_object().unwrap() {
        let key = tree.children(AUTHORITIES).find(|key| key.name() == name).unwrap();
        assert_values(&key, &record["values"]);
        let hosts = record["MatchHosts"].as_array().cloned().unwrap_or_default();
        assert_eq!(key.all("MatchHosts"), hosts);
    }
    let keys = tree.key("SimonTatham\\PuTTY\\SshHostKeys").unwrap();
    assert_values(&keys, &expected["hostkeys"]);
    assert_eq!(keys.names().count(), expected["hostkeys"].as_object().unwrap().len());
}

#[test]
fn a_name_ends_at_the_last_bracket_and_case_does_not_count() {
    let tree = reg(&narrow("[HKEY_CURRENT_USER\\Software\\simontatham\\PUTTY\\Sessions\\a%20[b]]\n\"Hostname\"=\"h\"\n")).unwrap();
    let key = tree.children(SESSIONS).next().unwrap();
    assert_eq!((key.name(), key.text("HostName").as_deref()), ("a [b]", Some("h")));
}

#[test]
fn what_is_deleted_is_gone_and_the_last_value_counts() {
    let lines = "[K\\P\\a]\n\"x\"=\"1\"\n\"x\"=\"2\"\n\"y\"=\"1\"\n\"y\"=-\n[K\\P\\b]\n[K\\P\\b\\c]\n[K\\P\\bc]\n[-K\\P\\b]\n";
    let tree = reg(&narrow(lines)).unwrap();
    let names: Vec<&str> = tree.names("P").map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "bc"]);
    let key = tree.key("P\\a").unwrap();
    assert_eq!((key.text("x").as_deref(), key.has("y")), (Some("2"), false));
    assert!(tree.key("P\\b\\c").is_none());
}

#[test]
fn every_kind_of_value_is_read() {
    let lines = "[P\\a]\r\n\"n\"=dword:ffffffff\r\n\"t\"=\"a\\\\b\\\"c\\d\"\r\n\"e\"=hex(2):41,00,\\\r\n  42,00,00,00\r\n\"m\"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n\"b\"=hex:01,02\r\n\"q\"=hex(4):10,00,00,00\r\n@=\"default\"\r\n";
    let tree = reg(&wide(lines)).unwrap();
    let key = tree.key("P\\a").unwrap();
    key.check().unwrap();
    assert_eq!(key.number("n"), Some(-1));
    assert_eq!(key.text("t").as_deref(), Some("a\\b\"c\\d"));
    assert_eq!(key.text("e").as_deref(), Some("AB"));
    assert_eq!(key.all("m"), ["a", "b"]);
    assert_eq!((key.text("b"), key.has("b")), (None, true));
    assert_eq!(key.number("q"), Some(16));
    assert_eq!(key.text("").as_deref(), Some("default"));
    let tree = reg(&narrow("[P\\a]\n\"m\"=hex(7):61,00,62,00,00\n\"e\"=hex(2):41,00\n")).unwrap();
    let key = tree.key("P\\a").unwrap();
    assert_eq!(key.all("m"), ["a", "b"]);
    assert_eq!(key.text("e").as_deref(), Some("A"));
}

#[test]
fn a_broken_value_is_the_fault_of_its_key_alone() {
    for (value, says) in [
        ("\"HostName\"=\"cut", "no end"),
        ("\"HostName", "no value"),
        ("\"HostName\"", "no value"),
        ("\"HostName\"=", "no value"),
        ("\"PortNumber\"=dword:123456789", "no value"),
        ("\"PortNumber\"=dword:xyz", "no value"),
        ("\"PortNumber\"=dword:", "no value"),
        ("\"M\"=hex(7):61,00,00", "no end"),
        ("\"M\"=hex(7):61,00,00,00", "no end"),
        ("\"M\"=hex(7):61,0", "no value"),
        ("\"M\"=hex(7):61,00,\\", "no value"),
        ("\"M\"=hex(1):61", "no end"),
    ] {
        let lines = format!("[P\\a]\r\n\"x\"=\"y\"\r\n[P\\b]\r\n{value}\r\n\r\n[P\\c]\r\n");
        let tree = reg(&wide(&lines)).unwrap();
        tree.check().unwrap();
        let faults: Vec<_> = tree.children("P").map(|key| key.check().err()).collect();
        let fault = faults[1].clone().unwrap_or_else(|| panic!("{value}")).to_string();
        assert!(fault.starts_with("/x.reg line 6: ") && fault.contains(says), "{value}: {fault}");
        assert!(faults[0].is_none() && (faults.len() == 2 || faults[2].is_none()));
    }
}

#[test]
fn a_file_that_ends_too_early_says_where() {
    // A number that is cut off would be another number.
    let tree = reg(&wide("[P\\a]\r\n\"PortNumber\"=dword:00000bc")).unwrap();
    assert!(fault(&tree, "P").starts_with("/x.reg line 4: "));
    // A name that is cut off would be another name.
    let tree = reg(&wide("[P\\a]\r\n[P\\b [c]")).unwrap();
    assert!(fault(&tree, "P").starts_with("/x.reg line 4: "));
    assert_eq!(tree.children("P").count(), 1);
    let mut odd = wide("[P\\a]\r\n\"x\"=\"y\"");
    odd.push(b'"');
    let tree = reg(&odd).unwrap();
    assert_eq!(tree.children("P").count(), 1);
    assert!(fault(&tree, "P").starts_with("/x.reg line 4: the file ends within"));
    let mut cut = EXPORT.to_vec();
    cut.truncate(EXPORT.len() / 2 + 1);
    assert!(reg(&cut).unwrap().children(SESSIONS).count() > 0);
}

#[test]
fn what_regedit_has_not_written_is_refused() {
    let mut big_endian = vec![0xfe, 0xff];
    big_endian.extend("REGEDIT4\n".encode_utf16().flat_map(u16::to_be_bytes));
    let bare: Vec<u8> = EXPORT[2..].to_vec();
    let marked = b"\xef\xbb\xbfWindows Registry Editor Version 5.00\r\n".to_vec();
    for bytes in [big_endian, bare, marked, b"REGEDIT5\n".to_vec(), Vec::new(), vec![0xff]] {
        let fault = reg(&bytes).unwrap_err().to_string();
        let told = ["/x.reg line 1: not ", "/x.reg line 1: neither a file that regedit "];
        assert!(told.iter().any(|told| fault.starts_with(told)), "{fault}");
    }
}

#[test]
fn winscp_keys_are_decoded() {
    let tree = parse_tree(Path::new("/WinSCP.ini"), WINSCP).unwrap();
    tree.check().unwrap();
    let names: Vec<&str> = tree.names("Sessions").map(|(name, _)| name).collect();
    let guide = "ubuntu@ip-172-31-30-140 [proxy:teleport.example.com]";
    assert_eq!(names.len(), 4);
    for name in ["café", "Default Settings", "prod/web 1", guide] {
        assert!(names.contains(&name), "{name}");
    }
    let named = |name: &str| tree.children("Sessions").find(|key| key.name() == name).unwrap();
    let site = named("prod/web 1");
    assert_eq!(site.text("RemoteDirectory").as_deref(), Some("/var/www/my site"));
    assert_eq!(site.text("note").as_deref(), Some("line1\r\nline2 *100%*"));
    assert_eq!(named("café").text("UserName").as_deref(), Some("andré"));
    let proxy = named(guide).text("ProxyTelnetCommand").unwrap();
    assert!(proxy.starts_with("C:\\\\Users\\\\gus\\\\tsh.exe proxy ssh "), "{proxy}");
    let authority = tree.children("SshHostCAs").next().unwrap();
    let validity = "*.corp.example && !(port:2222 || port:8022)";
    assert_eq!(authority.text("Validity").as_deref(), Some(validity));
    let keys = tree.key("SshHostKeys").unwrap();
    assert!(keys.text("rsa2@42211:127.0.0.1").unwrap().starts_with("0x10001,"));
    assert_eq!(tree.key("Configuration\\Security").unwrap().flag("UseMasterPassword"), Some(false));
}

#[test]
fn settings_are_read_as_putty_reads_them() {
    let text = b"no equals\nA=1\r\nA=2\nB==x=\n\xe9=caf\xe9\nempty=\n=nameless";
    let key = parse_settings("n", Path::new("/f"), text).unwrap();
    assert_eq!(key.text("A").as_deref(), Some("1"));
    assert_eq!(key.text("B").as_deref(), Some("=x="));
    assert_eq!(key.text("é").as_deref(), Some("café"));
    assert_eq!(key.text("empty").as_deref(), Some(""));
    for (text, says) in [
        (&b"A=1\nB=\0\n"[..], "line 2: it has a NUL"),
        (b"A=1\rB=2\r", "line 1: text after a carriage return"),
    ] {
        let fault = parse_settings("n", Path::new("/f"), text).unwrap_err().to_string();
        assert!(fault.contains(says), "{fault}");
    }
}

#[test]
fn places_are_found_as_putty_finds_them() {
    let find = |set: &[(&str, &str)], there: &str| {
        let set: Vec<_> = set.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        let variable = |name: &str| set.iter().find(|(n, _)| n == name).map(|(_, v)| v.into());
        PuttyPlaces::find(variable, Some(Path::new("/h")), |path| path == Path::new(there))
    };
    let folder = |path: &str| Some(PuttyPlaces::within(Path::new(path)));
    assert_eq!(find(&[], ""), folder("/h/.putty"));
    assert_eq!(find(&[], "/h/.config/putty"), folder("/h/.config/putty"));
    assert_eq!(find(&[("XDG_CONFIG_HOME", "/x")], "/h/.config/putty"), folder("/h/.putty"));
    assert_eq!(find(&[("XDG_CONFIG_HOME", "/x")], "/x/putty"), folder("/x/putty"));
    assert_eq!(find(&[("PUTTYDIR", "/p")], "/h/.config/putty"), folder("/p"));
    let places = find(&[("PUTTYSSHHOSTKEYS", "/k")], "").unwrap();
    assert_eq!(places.host_keys, PathBuf::from("/k"));
    assert_eq!(places.sessions, PathBuf::from("/h/.putty/sessions"));
    assert_eq!(PuttyPlaces::find(|_| None, None, |_| false), None);
}

#[test]
fn a_folder_lists_its_files_and_opens_them_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let user = crate::os::user::UserId::effective();
    let folder = PuttyFolder::new(directory.path().join("sessions"), user);
    assert_eq!(folder.names().unwrap().len(), 0);
    std::fs::create_dir(folder.directory()).unwrap();
    for file in ["lab%20one", "caf%E9", "raw space"] {
        std::fs::write(folder.directory().join(file), "HostName=h\n").unwrap();
    }
    let names = folder.names().unwrap();
    let shown: Vec<(&str, bool)> = names.iter().map(|(name, it)| (&name[..], it.is_ok())).collect();
    assert_eq!(shown, [("café", true), ("lab one", true), ("raw space", false)]);
    let fault = names[2].1.clone().unwrap_err().to_string();
    assert!(fault.contains("name it raw%20space"), "{fault}");
    for name in ["café", "lab one"] {
        assert_eq!(folder.open(name).unwrap().unwrap().text("HostName").as_deref(), Some("h"));
    }
    assert!(folder.open("raw space").unwrap().is_none());
    assert!(folder.find("lab one").is_some() && folder.find("..").is_none());
    std::fs::write(folder.directory().join("big"), vec![b'x'; 1 << 20]).unwrap();
    assert!(folder.open("big").unwrap_err().to_string().contains("larger"));
    std::fs::create_dir(folder.directory().join("dir")).unwrap();
    folder.open("dir").unwrap_err();
}

#[test]
fn a_file_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let folder =
        PuttyFolder::new(directory.path().to_owned(), crate::os::user::UserId::effective());
    let file = directory.path().join("a");
    std::fs::write(&file, "HostName=h\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(folder.open("a").unwrap_err().to_string().contains("chmod go-w"));
}

proptest! {
    #[test]
    fn no_file_makes_a_reader_panic(
        bytes: Vec<u8>,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..20),
        end: proptest::sample::Index,
    ) {
        let path = Path::new("/f");
        for whole in [&bytes[..], EXPORT, WINSCP] {
            let mut broken = whole.to_vec();
            for (at, byte) in &changes {
                if !broken.is_empty() {
                    let at = at.index(broken.len());
                    broken[at] = *byte;
                }
            }
            broken.truncate(end.index(broken.len() + 1));
            for tree in [parse_reg(path, &broken), Ok(parse_ini(path, &broken))].into_iter().flatten() {
                tree.children(SESSIONS).chain(tree.children("Sessions")).for_each(|key| {
                    let _ = (key.check(), key.all("MatchHosts"), key.text("HostName"));
                });
            }
            let _ = parse_settings("n", path, &broken);
        }
    }
}
